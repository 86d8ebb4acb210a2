"""The documents: links, Python, commands and the picture are what they say."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import symconv
from symconv.command import sites
from symconv.command.cli import main
from tests.project import ROOT as PROJECT
from tests.whole.test_house import ROOMS

FOLDERS = ("symconv", "proofs", "tests", ".github", ".ci")
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *(p for f in FOLDERS for p in (PROJECT / f).rglob("*.md"))]
)


def read(path: Path | str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def blocks(path: Path | str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read(path), re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


WITH_PYTHON = [path for path in DOCUMENTS if blocks(path, "python")]


def test_the_documents_are_found() -> None:
    found = set(map(name, DOCUMENTS))
    assert {
        "README.md",
        "symconv/README.md",
        "proofs/README.md",
        ".github/CONTRIBUTING.md",
    } <= found


def test_the_readme_is_short_and_has_three_commands_to_install() -> None:
    lines = read("README.md").splitlines()
    assert len(lines) <= 120
    assert sum(line.startswith("pip install ") for line in lines) == 3  # .ci/run runs these


# --- links -----------------------------------------------------------------------------


def headings(path: Path) -> set[str]:
    """The anchors of a document, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", read(path), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", read(path), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^()\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.is_relative_to(PROJECT.resolve()), target
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def test_every_document_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    left = [(PROJECT / "README.md").resolve()]
    while left:
        path = left.pop()
        if path not in reached:
            reached.add(path)
            targets = re.findall(r"\]\(([^()\s#]+\.md)\)", path.read_text(encoding="utf-8"))
            left += [(path.parent / target).resolve() for target in targets]
    assert {path.resolve() for path in DOCUMENTS} <= reached


# --- Python ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", WITH_PYTHON, ids=name)
def test_python_prints_what_the_document_says(path: Path) -> None:
    """All blocks of a document, one after another; `# …` stands for what is left out."""
    code = """
import sys, traceback
names = {"__name__": "document"}
for block in sys.stdin.read().split("\\0"):
    print("\\0", end="")
    try:
        exec(block, names)
    except Exception as error:
        print(*traceback.format_exception_only(error), sep="", end="")
"""
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        input="\0".join(blocks(path, "python")),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for block, printed in zip(blocks(path, "python"), result.stdout.split("\0")[1:], strict=True):
        said = [line[2:] for line in block.splitlines() if line.startswith("# ")]
        lines = printed.splitlines()
        if "…" in said:
            said = said[: said.index("…")]
            lines = lines[: len(said)]
        assert lines == said


def test_the_test_in_the_readme_passes() -> None:
    names: dict[str, Any] = {}
    for block in blocks("README.md", "python"):
        exec(block, names)
    names["test_strided_layers_compose"]()
    picture = PROJECT / "proofs" / "pictures" / "two_layers.svg"
    assert picture.read_text(encoding="utf-8") == names["picture"].svg + "\n", "draw it again"


# --- commands --------------------------------------------------------------------------

COMMANDS = [
    (name(path), shlex.split(found)[1:])
    for path in DOCUMENTS
    for block in blocks(path, "sh")
    for found in re.findall(r"(?:^|&& )(symconv .*)$", block.replace("\\\n", ""), re.MULTILINE)
]


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize(("where", "arguments"), COMMANDS)
def test_commands_in_documents_have_these_options(where: str, arguments: list[str]) -> None:
    assert arguments[0] in main.commands, where
    command = main.commands[arguments[0]]
    command.make_parser(click.Context(command)).parse_args(arguments[1:])


def test_every_command_is_in_the_reference() -> None:
    text = read("symconv/command/README.md")
    for command in main.commands:
        assert f"| `symconv {command}" in text, command


# --- what the documents say of the code -------------------------------------------------


def test_the_table_of_rooms_is_the_one_that_is_tested() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\w, ]*)\|$", read("symconv/README.md"), re.MULTILINE)
    table = {room: set(re.findall(r"\w+", known)) for room, known in rows}
    assert table == ROOMS
    assert list(table) == list(ROOMS)


def test_every_file_that_is_named_is_there() -> None:
    for file in re.findall(r"`([\w/]+\.py)`", read("symconv/README.md")):
        assert (PROJECT / "symconv" / file).exists(), file
    for file in re.findall(
        r"(?:symconv|tests)/[\w/]+\.(?:py|txt)", read(".github/CONTRIBUTING.md")
    ):
        assert (PROJECT / file).exists(), file
    for place in re.findall(r"pytest (tests/\w+)", read(".github/CONTRIBUTING.md")):
        assert (PROJECT / place).exists(), place


def test_every_module_that_is_public_is_in_the_reference() -> None:
    (command,) = (b for b in blocks(".github/CONTRIBUTING.md", "sh") if "-m pdoc" in b)
    for public in symconv.__all__:
        value = getattr(symconv, public)
        assert not inspect.ismodule(value) or value.__name__ in command.split(), public
    listed = [word for word in command.split() if word != "\\"]
    assert listed[listed.index("symconv") :] == list(sites._MODULES)  # on the site, too

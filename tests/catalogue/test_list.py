"""Finding claims of the catalogue: the list, its search, and completion in the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import symconv
from symconv.catalogue.certificates import recorded
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.published import PUBLISHED
from symconv.catalogue.searching import Listing
from symconv.catalogue.suites import SUITES
from symconv.catalogue.theorems import MAIN, THEOREMS
from symconv.command.cli import main
from tests.project import ROOT

EVERYTHING = Listing(THEOREMS, PUBLISHED)
EVERY_NAME = [*CATALOGUE, *(name for suite in SUITES.values() for name in suite.theorems)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def found(*arguments: str) -> dict[str, Any]:
    result = run("list", *arguments, "--json")
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert isinstance(record, dict)
    return record


# --- search --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["upsampling", "NOBLE"], "noble_identity_for_upsampling"),  # in its name
        (["k ∗ (k ↑4)"], "k4_is_dilated_by_four"),  # in its statement
        (["only the second factor is dilated"], "k4_is_both_factors_dilated"),  # in its reason
        (["vaidyanathan"], "noble_identity_for_downsampling"),  # in its source
    ],
)
def test_theorems_are_found_by_words(words: list[str], name: str) -> None:
    assert name in [row["name"] for row in found(*words)["theorems"]]
    assert len(found(*words)["theorems"]) < 5
    assert name in run("list", *words).output


@pytest.mark.parametrize("attribute", ["topic", "statement", "condition", "source", "unsettled"])
def test_statements_are_found_by_what_is_said_of_them(attribute: str) -> None:
    said = next(p for p in PUBLISHED if getattr(p, attribute))
    (row,) = [r for r in found(getattr(said, attribute))["published"] if r["topic"] == said.topic]
    assert [claim["name"] for claim in row["claims"]] == [t.name for t in said.theorems]


def test_of_a_statement_those_claims_that_have_the_words() -> None:
    statement = next(p for p in PUBLISHED if len(p.theorems) > 2)
    wanted = statement.theorems[1]
    (row,) = found(wanted.name, statement.topic)["published"]
    assert [claim["name"] for claim in row["claims"]] == [wanted.name]


@pytest.mark.parametrize("verdict", ["true", "false", "conditional"])
def test_verdicts(verdict: str) -> None:
    record = found("--verdict", verdict)
    theorems = [t.name for t in THEOREMS if str(t.is_true).lower() == verdict]
    assert [row["name"] for row in record["theorems"]] == theorems
    topics = [p.topic for p in PUBLISHED if p.verdict == verdict]
    assert [row["topic"] for row in record["published"]] == topics
    assert topics
    fewer = found("padding", "--verdict", verdict)["published"]
    assert 0 < len(fewer) < len(topics)
    assert all(row["verdict"] == verdict for row in fewer)


def test_the_score_is_for_the_whole_list() -> None:
    assert "score" in found()
    assert "score" not in found("padding")
    assert f"{len(PUBLISHED)} statements, " in run("list").output
    some = found("padding")
    numbers = f"{len(some['theorems'])} of {len(THEOREMS)} theorems, {len(some['published'])} of"
    assert run("list", "padding").output.rstrip().split("\n")[-1].startswith(numbers)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["paddng"], "There is nothing about 'paddng'; did you mean padding"),
        (["noble", "Dilaton"], "nothing about 'Dilaton'; did you mean dilation"),
        (["q7q7q7"], "nothing about 'q7q7q7'; 'symconv list' shows everything."),
        (["noble", "--verdict", "conditional"], "with the verdict conditional; with others, 2 "),
        (["noble", "reflect"], "about 'noble' 'reflect' in one place; leave out one of the words"),
    ],
)
def test_a_search_that_finds_nothing_says_so(arguments: list[str], said: str) -> None:
    result = run("list", *arguments)
    assert result.exit_code == 0
    assert said in result.stdout
    assert result.stdout.count("\n") == 1
    result = run("list", *arguments, "--json")
    assert json.loads(result.stdout) == {"theorems": [], "published": []}
    assert said in result.stderr


def test_only_names() -> None:
    assert run("list", "--names").output.split() == list(CATALOGUE)
    names = run("list", "noble", "--names").output.split()
    assert set(names) < CATALOGUE.keys()
    assert "noble_identity_for_upsampling" in names
    nothing = run("list", "q7q7q7", "--names")
    assert nothing.stdout == ""
    assert "There is nothing" in nothing.stderr
    assert run("list", "--names", "--json").exit_code == 2


def test_an_empty_listing_is_false() -> None:
    assert EVERYTHING
    assert not Listing((), ())


def test_a_list_in_a_narrow_terminal() -> None:
    result = CliRunner(env={"COLUMNS": "40"}).invoke(main, ["list", "noble"])
    wide = [line for line in result.output.splitlines() if len(line) > 40]
    assert not [line for line in wide if " " in line.strip().partition(" ")[2].strip()]


# --- certificates --------------------------------------------------------------------


@pytest.mark.parametrize("suite", ["", *SUITES])
def test_certificates_of_all_true_claims(suite: str) -> None:
    more = ["--suite", suite] if suite else []
    claims = SUITES[suite].theorems if suite else CATALOGUE
    true = [name for name, theorem in claims.items() if theorem.is_true]
    record = found("--certificates", *more)
    assert [row["name"] for row in record["claims"]] == true
    have_one = [row["name"] for row in record["claims"] if row["certificate"]]
    assert have_one == [name for name in true if name in recorded().accepted]
    assert all(row["certificate"] == (row["reason"] is None) for row in record["claims"])
    assert (record["true"], record["with_certificate"]) == (len(true), len(have_one))
    output = run("list", "--certificates", *more).output
    assert [line[7:] for line in output.splitlines() if line.startswith("yes  ")] == have_one
    said = " ".join(output.split())
    assert all(" ".join((row["reason"] or "").split()) in said for row in record["claims"])
    assert said.endswith(f"with MathComp {recorded().mathcomp} has accepted.")
    assert f"{len(have_one)} of {len(true)} true claims have a certificate" in said


def test_certificates_of_what_was_searched() -> None:
    record = found("noble", "--certificates")
    names = [row["name"] for row in record["claims"]]
    assert "noble_identity_for_upsampling" in names
    assert names == [n for n in run("list", "noble", "--names").output.split() if n in names]
    assert all(CATALOGUE[name].is_true for name in names)
    wrong = run("list", "k4_is_dilated_by_four", "--certificates")
    assert wrong.output == "No true claim is among these.\n"
    nothing = run("list", "q7q7q7", "--certificates")
    assert nothing.output.count("\n") == 1
    assert "There is nothing" in nothing.output
    nothing = run("list", "q7q7q7", "--certificates", "--json")
    assert json.loads(nothing.stdout)["claims"] == []
    assert run("list", "--names", "--certificates").exit_code == 2


def test_a_claim_that_is_not_recorded_was_not_tried() -> None:
    assert recorded().reason("such_a_claim") == "not tried yet"


# --- suites --------------------------------------------------------------------------


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_is_listed_instead_of_the_catalogue(suite: str) -> None:
    record = found("--suite", suite)
    stated = SUITES[suite].published
    assert record["theorems"] == []
    assert [row["topic"] for row in record["published"]] == [p.topic for p in stated]
    assert record["score"]["claims"] == len(SUITES[suite].theorems)
    assert "suites" not in record
    output = run("list", "--suite", suite).output
    assert output.split("\n")[0] == SUITES[suite].about
    assert all(f"  {name}" in output for name in SUITES[suite].theorems)
    assert run("list", "--suite", suite, "--names").output.split() == list(SUITES[suite].theorems)


def test_suites_are_searched_as_the_catalogue_is() -> None:
    said = found("dilation", "--suite", "xla", "--verdict", "conditional")
    assert 0 < len(said["published"]) < len(SUITES["xla"].published)
    assert all(row["verdict"] == "conditional" for row in said["published"])
    last = run("list", "--suite", "taso", "ReLU").output.rstrip().split("\n")[-1]
    assert last == f"1 of {len(SUITES['taso'].published)} statements."
    nothing = run("list", "--suite", "taso", "q7q7q7").output
    assert nothing.endswith("'symconv list --suite taso' shows everything.\n")
    assert run("list", "--suite", "all", "q7q7q7").output.endswith(
        "--suite all' shows everything.\n"
    )
    names = run("list", "--suite", "all", "--names").output.split()
    assert [*CATALOGUE, *names] == EVERY_NAME
    assert run("list", "--suite", "tvm").exit_code == 2


def test_the_list_says_which_suites_there_are() -> None:
    assert found()["suites"] == {suite.name: suite.about for suite in SUITES.values()}
    assert f"{', '.join(SUITES)}; 'symconv list" in " ".join(run("list").output.split())
    assert "suites" not in found("padding")


def test_claims_of_a_suite_are_proved_by_name() -> None:
    name = "xla_crop_folds_into_padding_window"
    for more in ([], ["--timeout", "60"]):
        result = run("prove", name, "--json", *more)
        assert result.exit_code == 1
        record = json.loads(result.stdout)
        assert record["name"] == name
        assert record["source"] == SUITES["xla"].theorems[name].source
    assert run("prove", "tensorright_convolution_is_a_dot").exit_code == 0
    wrong = run("prove", "xla_crop_fold_into_padding_window")
    assert wrong.exit_code == 2
    assert name in wrong.output


# --- completion ----------------------------------------------------------------------


def completed(*words: str, shell: str = "bash") -> list[str]:
    code = "from symconv.command.cli import main; main(prog_name='symconv')"
    line = " ".join(["symconv", *words])
    environment = {
        "_SYMCONV_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line if shell != "fish" else line.rpartition(" ")[0],
        "COMP_CWORD": str(len(words)) if shell != "fish" else words[-1],
    }
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert result.stderr == ""
    return result.stdout.split()


def test_the_names_for_completion_are_those_of_the_catalogue() -> None:
    file = Path(symconv.__file__).parent / "command" / "claim_names.txt"
    assert file.read_text(encoding="utf-8").split() == EVERY_NAME, (
        "(symconv list --names; symconv list --names --suite all) > symconv/command/claim_names.txt"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_names_and_commands(shell: str) -> None:
    names = completed("prove", "noble_identity_for_u", shell=shell)
    assert any("noble_identity_for_upsampling" in name for name in names)
    assert not any("downsampling" in name for name in names)
    assert any("check" in command for command in completed("ch", shell=shell))


def test_completion_of_every_name_and_of_options() -> None:
    assert {f"plain,{name}" for name in EVERY_NAME} == set(completed("prove", ""))
    assert completed("check", "--tot") == ["plain,--total-timeout"]
    assert "plain,conditional" in completed("list", "--verdict", "")
    assert {f"plain,{suite}" for suite in (*SUITES, "all")} == set(completed("list", "--suite", ""))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_document_says_how_to_have_completion(shell: str) -> None:
    document = ROOT / "symconv" / "command" / "README.md"
    text = document.read_text(encoding="utf-8")
    assert f"_SYMCONV_COMPLETE={shell}_source symconv" in text
    code = "from symconv.command.cli import main; main(prog_name='symconv')"
    script = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "_SYMCONV_COMPLETE": f"{shell}_source"},
        capture_output=True,
        encoding="utf-8",
        check=shell != "bash",  # click says where bash itself is missing or too old
    ).stdout
    assert f"_SYMCONV_COMPLETE={shell}_complete" in script


def test_completion_needs_no_sympy() -> None:
    code = (
        "import sys, click\nfrom symconv.command.cli import main\n"
        "from click.shell_completion import ShellComplete\n"
        "found = ShellComplete(main, {}, 'symconv', '').get_completions(['prove'], 'two')\n"
        f"assert {MAIN.name!r} in [item.value for item in found]\n"
        "assert not {'sympy', 'rich'} & sys.modules.keys()"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

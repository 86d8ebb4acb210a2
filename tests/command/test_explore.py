"""Pages to play with in the command: what is written, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from symconv.command.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explore", *arguments])


def data(path: Path) -> Any:
    content = path.read_text(encoding="utf-8")
    (found,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', content, re.S
    )
    return json.loads(found)


def test_the_page_of_the_exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run()
    assert result.exit_code == 0
    assert re.fullmatch(r"explore\.html  \d+ kB\n", result.output)
    record = data(tmp_path / "explore.html")
    assert record["name"] == "two_stride2_layers_eq_one_stride4_layer"
    assert record["verdict"]["kind"] == "proved"


def test_the_page_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert run("stride1_then_stride1_eq_stride1", "-o", str(path)).exit_code == 0
    assert data(path)["name"] == "stride1_then_stride1_eq_stride1"


def test_the_page_of_a_claim_that_is_typed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    claim = "x.pad(1, 1).correlate(k).length == n"
    declared = ("--signal", "x:n", "--signal", "k:c", "--given", "n >= 2")
    # The page is made whatever the verdict is.
    assert run(claim, *declared, "-o", str(path)).exit_code == 0
    record = data(path)
    assert record["claim"] == "x.pad(1, 1).correlate(k).length = n"
    assert record["verdict"]["condition"] == ["=", "c", 3]
    assert [one["text"] for one in record["given"]] == ["n ≥ 2"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("no_such_claim",), "no claim named"),
        (("x.flip(axis=0) == x", "--tensor", "x:64,64"), "has room for 1200 cells"),
        (("x.pad(1) == x", "--signal", "x:n"), "pad"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], why: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    result = run(*arguments, "-o", str(path))
    assert result.exit_code == 2
    assert why in result.output
    assert not path.exists()


def test_the_page_of_functions_and_tensors(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    claim = "f(x).max_pool(2, axes=1) == f(x.max_pool(2, axes=1))"
    assert run(claim, "--tensor", "x:m,n", "--function", "f:1", "-o", str(path)).exit_code == 0
    record = data(path)
    assert record["functions"] == [{"name": "f", "zero": 1}]
    assert record["verdict"]["kind"] == "refuted"


def test_a_decision_that_takes_too_long_leaves_the_page_without_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    name = "output_is_a_quarter_iff_padding_fits"
    assert run(name, "-o", str(path), "--timeout", "0.01").exit_code == 0
    assert data(path)["verdict"]["said"] == "Not decided: no verdict within 0.01 s."
    assert run(name, "-o", str(path), "--timeout", "60").exit_code == 0
    in_time = data(path)
    assert run(name, "-o", str(path)).exit_code == 0
    assert data(path) == in_time


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    result = run("-o", str(tmp_path / "no" / "page.html"))
    assert result.exit_code == 2
    assert "cannot be written" in result.output

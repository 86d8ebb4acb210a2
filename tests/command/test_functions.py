"""Claims about functions and maxima in the command: options, reports, records and refusals."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from symconv.command.cli import main

SIGNAL = ("--signal", "x:n")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def test_a_proof() -> None:
    result = run("check", "f(x.flip()) == f(x).flip()", *SIGNAL, "--function", "f")
    assert result.exit_code == 0
    assert "f(flip(x))  =  flip(f(x))" in result.output
    assert "for all integers n ≥ 0, and all x of length n, and all functions f\n" in result.output
    assert "PROVED" in result.output


def test_a_refutation() -> None:
    claim = "f(x.pad(1, 1)) == g(x).pad(1, 1)"
    result = run("check", claim, *SIGNAL, "--function", "f", "--function", "g:0", "--json")
    assert result.exit_code == 1
    record = json.loads(result.output)
    assert record["functions"] == {"f": None, "g": 0}
    assert record["quantifiers"].endswith("and all functions f, g with g(0) = 0")
    assert record["counterexample"]["functions"].keys() == {"f", "g"}
    assert "lambda v: " in record["numpy"]
    assert (record["condition"], "without functions" in record["condition_unknown"]) == (None, True)


def test_a_counterexample_shows_its_functions() -> None:
    result = run("check", "f(x.pad(1, 1)) == f(x).pad(1, 1)", *SIGNAL, "--function", "f")
    assert "this is the smallest counterexample that was met" in result.output
    assert "\n    x = []\n    f(v) = v**2 + 1\n    left side  = [1, 1]\n" in result.output


def test_a_child_knows_the_functions() -> None:
    claim = ("check", "f(x.pad(1, 1)) == f(x).pad(1, 1)", *SIGNAL)
    assert run(*claim, "--function", "f:0", "--timeout", "60").exit_code == 0
    assert run(*claim, "--function", "f", "--timeout", "60").exit_code == 1


def test_a_file() -> None:
    text = "signal x: n\nfunction f\nrelu(f(x)).flip() == relu(f(x.flip()))\nf(x) == x\n"
    result = run("check", "--file", "-", "--json", stdin=text)
    assert result.exit_code == 1
    assert [record["verdict"] for record in json.loads(result.output)] == ["proved", "refuted"]


def test_what_is_known_is_no_free_function() -> None:
    record = json.loads(run("check", "x.relu().relu() == x.relu()", *SIGNAL, "--json").output)
    assert record["verdict"] == "proved"
    assert "functions" not in record


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--function", "f:n"), "--function, line 1, column 3: expected a number"),
        (("--function", "f", "--function", "f:0"), "'f:0': it is declared twice"),
        (("--function", "x"), "it is declared twice"),
        (("--function", "relu"), "relu is a function that is known"),
        (("--function", "f", "--at", "n=3"), "simplify compares polynomials, and there are func"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], problem: str) -> None:
    result = run("check", "f(x) == x", *SIGNAL, *arguments)
    assert result.exit_code == 2
    assert problem in result.output


def test_there_is_no_certificate_of_what_is_true_of_some_functions() -> None:
    result = run("check", "x.relu().relu() == x.relu()", *SIGNAL, "--formal")
    assert "for every function in place of relu" in " ".join(result.output.split())
    assert result.exit_code == 3


def test_help_says_what_there_is() -> None:
    text = " ".join(run("check", "--help").output.split())
    for words in ("--function NAME[:VALUE]", "x.relu()", "x.max_pool(size,", "maximum(x, y, /)"):
        assert words in text

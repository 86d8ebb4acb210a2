"""`symconv audit`: what it prints, how it ends, and its time limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symconv.command.cli import main
from symconv.exercises.auditing import audits
from tests.project import ROOT

HEAD = "signal x: n\nsignal k: c\ngiven n >= 1 and c >= 1\nindex u\n"
RIGHT = f"{HEAD}start Sum(x[m]*k[u - m], m)\n= Sum(x[u - i]*k[i], i)  [i = u - m]\n"
WRONG = f"{RIGHT}= Sum(x[u + i]*k[i], i)  [the kernel is flipped]\n"
BAD = f"{WRONG}= Sum(x[u + i]*h[i], i)\n"
OPEN = f"{HEAD}start Sum(k[i]*k[u - 2*i], i)\n= Sum(k[i % c]*k[u - 2*(i % c)], (i, c, 2*c - 1))\n"


def run(text: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["audit", *options, "-"], input=text.encode())


def test_it_shows_the_audit() -> None:
    result = run(WRONG)
    (audit,) = audits(WRONG)
    assert result.output == f"{audit}\n"
    assert result.exit_code == 1
    assert "(2) = Σ_i k[i]·x[i + u]    [the kernel is flipped]" in result.output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RIGHT, 0),
        (WRONG, 1),
        (f"{RIGHT}= x[m]*k[u - m]\n", 1),
        (BAD, 2),
        (f"{HEAD}start k[u]\n", 2),
        (HEAD, 2),
        ("", 2),
        (f"{RIGHT}\n{HEAD.replace('x', 'y').replace('k', 'h')}\n", 2),
        (f"{RIGHT}derivation two\nstart k[u]\n= x[u]\n", 1),
    ],
)
def test_exit_codes(text: str, code: int) -> None:
    assert run(text).exit_code == code


def test_a_line_that_cannot_be_read_is_told_and_the_others_are_audited() -> None:
    result = run(BAD)
    assert "standard input, line 8, column 16: 'h' is not a signal here" in result.output
    assert "The first wrong step is (2)." in result.output


def test_a_time_limit_for_each_step() -> None:
    slow = run(WRONG, "--timeout", "60")
    assert slow.output == run(WRONG).output
    assert slow.exit_code == 1
    fast = run(WRONG, "--timeout", "0.01")
    assert fast.output.count("Not decided: no verdict within 0.01 s.") == 2
    assert fast.exit_code == 3


def test_ill_formed_steps_are_passed_over_within_a_time_limit() -> None:
    text = f"{RIGHT}= x[m]*k[u - m]\n= Sum(x[u - i]*k[i], i)\n"
    limited = run(text, "--timeout", "60")
    assert limited.output == run(text).output
    assert "(compared with (1))" in limited.output


def test_json() -> None:
    (record,) = json.loads(run(BAD, "--json").output)
    (audit,) = audits(WRONG)
    expected = audit.record()
    assert [step["verdict"] for step in record["steps"]] == ["proved", "refuted"]
    assert record["first_wrong"] == 2
    assert [step["line"] for step in record["steps"]] == [6, 7]
    for step, other in zip(record["steps"], expected["steps"], strict=True):
        assert {key: step[key] for key in other} == json.loads(json.dumps(other))
    assert [(one["line"], one["column"]) for one in record["unread"]] == [(8, 16)]


def test_markdown() -> None:
    (audit,) = audits(WRONG)
    assert run(WRONG, "--markdown").output == f"{audit.markdown()}\n"
    assert run(WRONG, "--markdown", "--json").exit_code == 2


def test_a_step_that_is_open_decides_last() -> None:
    result = run(OPEN)
    assert result.exit_code == 3, result.output


def test_files() -> None:
    published = ROOT / "proofs" / "derivations" / "repaired_solution.txt"
    result = CliRunner().invoke(main, ["audit", str(published)])
    assert result.exit_code == 0
    assert result.output.endswith("Every step is right.\n")
    assert CliRunner().invoke(main, ["audit", "no such file"]).exit_code == 2


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "derivation.txt"
    file.write_bytes(b"signal k: c\n\xff")
    result = CliRunner().invoke(main, ["audit", str(file)])
    assert result.exit_code == 2
    assert "line 2: this is not UTF-8" in result.output

"""Unknown kernels and amounts in the command: reports, records, exit codes and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from symconv.command.cli import main
from symconv.command.solving import Wanted

SIGNALS = ("--signal", "x:n", "--signal", "k:c")
IMAGES = ("--tensor", "x:C,H,W", "--tensor", "w:O,C,3,3", "--tensor", "v:O,C,1,1")
TWICE = "x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2)"
EXERCISE = f"{TWICE} == x.pad(l, r).correlate(K, stride=4)"
BETWEEN = "x.pad(1, 1).correlate(k).pad(1, 1).correlate(k) == x.pad(2, 2).correlate(K)"
PADDINGS = "x.pad(p, p).correlate(k).pad(q, q).correlate(k) == x.pad(P, P).correlate(k.convolve(k))"
STRIDE = (
    "x.correlate(k, stride=2).correlate(k, stride=2)"
    " == x.correlate(k.convolve(k.dilate(2)), stride=s)"
)
QUARTER = f"{TWICE}.length == n/4"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["solve", *arguments])


def record(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").output)


# --- tensors -------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
def test_a_kernel_that_is_found(more: tuple[str, ...]) -> None:
    result = run(EXERCISE, "--unknown", "K", *SIGNALS, *more)
    assert result.exit_code == 0
    for line in (
        "    ((pad(x; l, r) ⋆ k)↓2 ⋆ k)↓2  =  (pad(x; l, r) ⋆ K)↓4\n",
        "K, for all lengths\n  FOUND\n    K = k ∗ k↑2\n",
        "    K[t] = Σ_{0 ≤ i ≤ c − 1} k[t − 2i]·k[i]\n    K is of length 3c − 2\n",
        "  It is the only one of that shape over fields of characteristic 0.\n",
        "For all lengths, by integer sets\n  PROVED",
        "the same sum, by t = 2i + j, v = i\n",
    ):
        assert line in result.output
    assert "size_of_K" not in result.output


def test_a_kernel_of_a_given_shape() -> None:
    claim = "x.conv(w, padding=1) + x.conv(v) == x.conv(K, padding=1)"
    result = run(claim, "--unknown", "K:O,C,3,3", *IMAGES)
    assert result.exit_code == 0
    assert "    K is of shape (O, C, 3, 3)\n  It is the only one" in result.output
    assert "all v" not in result.output
    assert "w of shape (O, C, 3, 3)" in " ".join(result.output.split())


def test_several_kernels() -> None:
    claim = "x.correlate(k) + y.correlate(h) == x.correlate(K) + y.correlate(L)"
    more = ("--signal", "y:n", "--signal", "h:c")
    result = run(claim, "--unknown", "K", "--unknown", "L", *SIGNALS, *more)
    assert result.exit_code == 0
    assert "    K = k\n    K is of length c\n    L = h\n    L is of length c\n" in result.output
    assert (
        "They are the only ones of these shapes over fields of characteristic 0." in result.output
    )


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
def test_where_there_is_none(more: tuple[str, ...]) -> None:
    result = run(BETWEEN, "--unknown", "K", *SIGNALS, *more)
    assert result.exit_code == 1
    for line in (
        "  THERE IS NONE",
        "    There is no K of one axis over fields of characteristic 0: at c = 3,",
        "      at             output   before   needs\n",
        "      c = 3, n = 1   [0]      x[0]     K[2] = k[1]**2\n",
        "      c = 3, n = 2   [0]      x[0]     K[2] = k[1]**2 + k[0]*k[2]\n",
        "  With K = k ∗ k it holds for all n exactly when c ≤ 2.\n",
    ):
        assert line in result.output
    lengths = run("x.correlate(k) == x.correlate(K)", "--unknown", "K:c+1", *SIGNALS)
    assert lengths.exit_code == 1
    assert "whatever K is." in " ".join(lengths.output.split())


def test_what_is_not_known() -> None:
    result = run("x.relu() == x.correlate(K)", "--unknown", "K", *SIGNALS)
    assert result.exit_code == 3
    assert "UNKNOWN" in result.output
    assert "there are functions or maxima in it" in result.output


def test_reports_fit_a_pipe_of_80_columns() -> None:
    for claim, unknown in ((EXERCISE, "K"), (BETWEEN, "K"), (PADDINGS, "P")):
        output = run(claim, "--unknown", unknown, *SIGNALS).output
        assert "\x1b" not in output
        assert max(map(len, output.splitlines())) <= 80


def test_the_record_of_a_kernel() -> None:
    found = record(EXERCISE, "--unknown", "K", *SIGNALS)
    assert found["answer"] == "found"
    assert found["problem"] == EXERCISE
    assert (found["exists"], found["is_unique"]) == (True, True)
    assert found["unknowns"] == {
        "K": {
            "kernel": "k.convolve(k.dilate(2))",
            "mathematics": "k ∗ k↑2",
            "shape": ["3*c - 2"],
            "indices": ["t"],
            "entry": "Sum(k[-2*i + t]*k[i], (i, 0, c - 1))",
        }
    }
    assert found["for_all"] == ["n"]
    assert found["assumed"]["c"] == "c ≥ 1 (a kernel is not empty)"
    checked = CliRunner().invoke(main, ["check", found["claim"], *SIGNALS, "--json"])
    for key in ("verdict", "scope", "ring"):
        assert found["verdict"][key] == json.loads(checked.output)[key]


def test_the_record_where_there_is_none() -> None:
    found = record(BETWEEN, "--unknown", "K", *SIGNALS)
    assert (found["answer"], found["exists"], found["is_unique"]) == ("none", False, None)
    assert found["condition"] == "c ≤ 2"
    assert found["verdict"]["verdict"] == "refuted"
    needs = found["obstacle"]["needs"]
    assert [need["lengths"] for need in needs] == [{"c": 3, "n": 1}, {"c": 3, "n": 2}]
    assert {need["unknown"] for need in needs} == {"K[2]"}


def test_a_limit_that_is_over() -> None:
    arguments = (EXERCISE, "--unknown", "K", *SIGNALS, "--timeout", "0.01")
    assert run(*arguments).exit_code == 3
    assert record(*arguments) == {
        "problem": EXERCISE,
        "answer": "unknown",
        "reason": "no verdict within 0.01 s",
    }


# --- amounts -------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
@pytest.mark.parametrize(
    ("claim", "options", "code", "answer"),
    [
        (PADDINGS, ["--unknown", "P"], 0, "exactly P = p + q where q = 0 or c ≤ p + 1, for all n"),
        (STRIDE, ["--unknown", "s", "--among", "s:1..8"], 0, "only s = 4, of 1 to 8, for all n"),
        (STRIDE, ["--unknown", "s", "--among", "s:2,5"], 1, "no such amount, of 2, 5, for all n"),
        (
            QUARTER,
            ["--unknown", "l", "--unknown", "r", "--for-all", "n", "--given", "n % 4 == 0"],
            0,
            "exactly for 3c − 6 ≤ l + r ≤ 3c − 3, for all n, given n mod 4 = 0",
        ),
        ("n == P", ["--unknown", "P", "--for-all", ""], 0, "exactly P = n"),
        ("n == P", ["--unknown", "P", "--for-all", "n"], 1, "no such amount, for all n"),
    ],
)
def test_amounts(
    claim: str, options: list[str], code: int, answer: str, more: tuple[str, ...]
) -> None:
    result = run(claim, *options, *SIGNALS, *more)
    assert answer in " ".join(result.output.split())
    assert result.exit_code == code


def test_the_record_of_amounts() -> None:
    found = record(PADDINGS, "--unknown", "P", *SIGNALS)
    assert (found["answer"], found["kind"]) == ("found", "some")
    assert found["values"] == {"P": "p + q"}
    assert found["for_all"] == ["n"]
    assert "P ≥ 0" not in found["quantifiers"]


def test_numbers_that_nobody_asked_for_leave_the_rest_open() -> None:
    """No stride of those that are tried serves: whether another does is not known."""
    claim = "x.correlate(k, stride=9) == x.correlate(k, stride=s)"
    unlisted = run(claim, "--unknown", "s", *SIGNALS)
    assert unlisted.exit_code == (0 if "s = 9" in unlisted.output else 3)
    listed = run(claim, "--unknown", "s", "--among", "s:1..8", *SIGNALS)
    assert listed.exit_code == 1


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "options", "problem"),
    [
        (EXERCISE, [], "Missing option '--unknown'"),
        (EXERCISE, ["--unknown", "J"], "the unknown J does not stand in it\n"),
        (EXERCISE, ["--unknown", "k"], "'k' is declared a signal, so it is known"),
        (EXERCISE, ["--unknown", "K:3*("], "--unknown, line 1, column 5: this ( is never closed"),
        (EXERCISE, ["--unknown", "K:"], "--unknown, line 1, column 3: there is nothing here"),
        (EXERCISE, ["--unknown", "K", "--unknown", "K:c"], "--unknown 'K:c': it is given twice"),
        (EXERCISE, ["--unknown", "K", "--of", "y"], "of y: it is no tensor that is declared"),
        (EXERCISE, ["--unknown", "K", "--function", "f"], "--function 'f': what is unknown is"),
        (EXERCISE, ["--unknown", "K", "--for-all", "n"], "are about unknown integers"),
        (EXERCISE, ["--unknown", "K", "--among", "s:1..2"], "are about unknown integers"),
        ("x.correlate(K) == K.correlate(x)", ["--unknown", "K"], "it stands on both sides"),
        ("x.correlate(k) == x.correlate(K*K)", ["--unknown", "K"], "cannot multiply K by K"),
        (STRIDE, ["--unknown", "s", "--of", "x"], "--of is about unknown tensors"),
        (STRIDE, ["--unknown", "s", "--among", "s"], "expected SYMBOL:FIRST..LAST"),
        (STRIDE, ["--unknown", "s", "--among", "s:1...3"], "expected SYMBOL:FIRST..LAST"),
        (STRIDE, ["--unknown", "s", "--among", "s:3..1"], "3 is more than 1"),
        (STRIDE, ["--unknown", "s", "--among", "s:1", "--among", "s:2"], "s is given twice"),
        (STRIDE, ["--unknown", "s", "--among", "s:1..999999999"], "at most 300 numbers"),
        (STRIDE, ["--unknown", "s", "--among", "t:1..3"], "among t: it is no integer symbol"),
        (STRIDE, ["--unknown", "s", "--for-all", "m"], "for all m: it is no integer symbol"),
        (QUARTER, ["--unknown", "l"], "say for which symbols it shall hold, such as --for-all n"),
    ],
)
def test_usage_errors(claim: str, options: list[str], problem: str) -> None:
    result = run(claim, *options, *SIGNALS)
    assert result.exit_code == 2
    assert problem in result.output
    assert "Traceback" not in result.output


def test_errors_have_carets() -> None:
    result = run("x.correlate(K) == K.correlate(x)", "--unknown", "K", *SIGNALS)
    assert "  x.correlate(K) == K.correlate(x)\n                    ^\n" in result.output


def test_what_is_wanted_can_be_sent_to_another_process() -> None:
    wanted = Wanted(("x",), None, {"s": range(1, 4)})
    again = Wanted(**json.loads(json.dumps(wanted.record())))
    assert again.for_all is None
    assert list(again.among["s"]) == [1, 2, 3]
    assert list(again.of) == ["x"]

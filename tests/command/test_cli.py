"""The command: what it prints, for people and for scripts, and its exit codes."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.theorems import MAIN, THEOREMS
from symconv.command import worker
from symconv.command.cli import main
from symconv.command.terminal import console
from symconv.command.typed_claims import TypedClaim
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Proved, Unknown


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_prove_shows_the_theorem_its_proof_instances_and_the_output_size() -> None:
    result = run("prove")
    assert result.exit_code == 0
    for expected in (
        MAIN.name,
        "((pad(x; l, r) ⋆ k)↓2 ⋆ k)↓2  =  (pad(x; l, r) ⋆ (k ∗ k↑2))↓4",
        "for all integers c ≥ 1, l ≥ 0, n ≥ 1, r ≥ 0",
        "The kernel, found before it is proved",
        "((pad(x; l, r) ⋆ k)↓2 ⋆ k)↓2 = (pad(x; l, r) ⋆ K)↓4",
        "K = k ∗ k↑2 ",
        "3c − 2 taps, and no others serve",
        "PROVED",
        "c = 3, l = 3, n = 8, r = 3",
        "every difference is 0",
        "iff 3c − 6 ≤ l + r ≤ 3c − 3",
    ):
        assert expected in result.output
    assert result.output.index("found before") < result.output.index("PROVED")
    assert result.output.count(" ms") + result.output.count(" s\n") >= 4 + len(MAIN.instances)


@pytest.mark.parametrize(
    "name", [*[t.name for t in THEOREMS], *list(CATALOGUE)[len(THEOREMS) :: 12]]
)
def test_prove_name_exits_by_the_verdict(name: str) -> None:
    result = run("prove", name)
    true = CATALOGUE[name].is_true
    assert result.exit_code == (0 if true else 1)
    assert ("PROVED" in result.output) is true
    assert ("REFUTED" in result.output) is not true


def test_a_refutation_shows_the_counterexample_and_where_the_claim_holds() -> None:
    result = run("prove", "padding_each_layer_eq_padding_once")
    for expected in (
        "c = 3, n = 2, p = 1",
        "k = [1, 0, 1]",
        "x = [0, 1]",
        "left side  = [0]",
        "right side = [1]",
        "It holds exactly when",
    ):
        assert expected in result.output


def test_unknown_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "prove", lambda _: Unknown("it is too hard"))
    result = run("prove", "noble_identity_for_downsampling")
    assert result.exit_code == 3
    assert "UNKNOWN" in result.output
    assert "it is too hard" in result.output


def test_json_of_a_proof() -> None:
    result = run("prove", "--json", "--at", "n=8,c=3,l=3,r=3")
    record = json.loads(result.output)
    assert record["verdict"] == "proved"
    assert record["scope"] == "all lengths"
    assert record["ring"] == "every commutative ring"
    assert record["output_size"]["condition"] == "3c − 6 ≤ l + r ≤ 3c − 3"
    (instance,) = record["instances"]
    assert instance["lengths"] == {"n": 8, "c": 3, "l": 3, "r": 3}
    assert instance["holds"] is True
    assert record["seconds"] > 0
    assert record["found"]["unknowns"]["K"]["kernel"] == "k.convolve(k.dilate(2))"


def test_a_kernel_that_is_not_found_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from symconv.decision.solving.kernels import finding

    monkeypatch.setattr(finding, "_candidates", lambda _: iter(()))
    result = run("prove")
    assert result.exit_code == 0
    assert "K was not found" in result.output
    assert "PROVED" in result.output


def test_json_of_a_refutation() -> None:
    result = run("prove", "--json", "k4_is_k_convolved_with_itself")
    assert result.exit_code == 1
    record = json.loads(result.output)
    assert record["verdict"] == "refuted"
    assert record["counterexample"]["lengths"] == {"c": 2, "l": 0, "n": 1, "r": 2}
    assert (record["counterexample"]["lhs"], record["counterexample"]["rhs"]) == ([], [1])


PALINDROMIC = ("--given", "k == k.flip()", "--signal", "x:n", "--signal", "k:c")


def test_a_hypothesis_on_taps() -> None:
    result = run("check", "x.correlate(k) == x.correlate(k.flip())", *PALINDROMIC)
    assert result.exit_code == 0
    assert "k of length c with k = flip(k)" in " ".join(result.output.split())
    assert "k == k.flip(): put into both sides" in result.output
    result = run("check", "x.correlate(k) == x.convolve(k)[1:]", *PALINDROMIC, "--json")
    assert result.exit_code == 1
    record = json.loads(result.output)
    assert record["claim"].endswith("given k == k.flip()")
    taps = record["counterexample"]["signals"]["k"]
    assert taps == taps[::-1]


def test_a_hypothesis_on_taps_in_a_process_of_its_own() -> None:
    claim = "x.correlate(k) == x.correlate(k.flip())"
    record = json.loads(run("check", claim, *PALINDROMIC, "--timeout", "60", "--json").output)
    assert record["verdict"] == "proved"


def test_what_a_refuted_claim_lacks() -> None:
    arguments = ("check", "x.correlate(k) == x.correlate(k.flip())", *PALINDROMIC[2:])
    assert "  It holds for all lengths where k = k.flip().\n" in run(*arguments).output
    assert json.loads(run(*arguments, "--json").output)["would_hold_given"] == ["k == k.flip()"]
    other = run("check", "x.flip() == x", "--signal", "x:n", "--json")
    assert "would_hold_given" not in json.loads(other.output)


def test_a_certificate_has_hypotheses_on_taps(tmp_path: Path) -> None:
    file = tmp_path / "claim.v"
    claim = "x.correlate(k) == x.correlate(k.flip())"
    result = run("check", claim, *PALINDROMIC, "--certificate", str(file))
    assert result.exit_code == 0
    assert "\n    k = flip 0 k ->\n" in file.read_text(encoding="utf-8")


def test_the_ring_of_a_proof() -> None:
    arguments = ("check", "x/2 + x/2 == x", "--signal", "x:n")
    assert "  PROVED, over every commutative ℚ-algebra" in run(*arguments).output
    assert json.loads(run(*arguments, "--json").output)["ring"] == "every commutative ℚ-algebra"


def test_a_false_claim_at_lengths_where_it_fails() -> None:
    result = run("prove", "padding_each_layer_eq_padding_once", "--at", "n=2,c=3,p=1")
    assert "1 output, 1 of them differ" in result.output
    result = run("prove", "k4_is_k_convolved_with_itself", "--at", "n=1,c=2,l=0,r=2")
    assert "0 and 1 outputs" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove", "two_stride2_layers_eq_one_stride3_layer"], f"did you mean {MAIN.name}"),
        (["prove", "qqqqqqqqq"], "there is no claim named 'qqqqqqqqq'; see 'symconv list'"),
        (["prove", "--at", "n=8,c=3,l=3"], "no value for r: expected c, l, n, r"),
        (["prove", "--at", "n=8,c=3,l=3,r=3,q=1"], "unknown name 'q': expected c, l, n, r"),
        (
            ["prove", "--at", "n=8,c=0,l=3,r=3"],
            "c = 0 contradicts the assumption",
        ),
        (["prove", "--at", "n=8;c=3"], "expected name=integer, got 'n=8;c=3'"),
        (["prove", "--at", "n=8,n=9"], "n is given twice"),
        (["prove", "--at", "n=__import__('os')"], "expected name=integer"),
        (["prove", "one", "two"], "unexpected extra argument"),
        (["kernel"], "Missing argument 'TAPS...'"),
        (["kernel", "1", "x y"], "the tap 'x y' is not an integer, a fraction such as 1/3"),
        (["kernel", "1/0"], "the tap '1/0' is not an integer"),
        (["kernel", "1e9"], "the tap '1e9' is not an integer"),
        (["kernel", "--jsn", "1"], "the tap '--jsn' is not an integer"),
        (["kernel", "9" * 5000], "is not an integer"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_usage_errors_exit_with_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("taps", "expected"),
    [
        (["1", "2", "1"], "k4 = [1, 2, 3, 4, 3, 2, 1]"),
        (["5"], "k4 = [25]"),
        (["-1", "2"], "k4 = [1, -2, -2, 4]"),
        (["1/2", "1/3"], "k4 = [1/4, 1/6, 1/6, 1/9]"),
        (["0.5", "-.5"], "k4 = [1/4, -1/4, -1/4, 1/4]"),
        (["a", "b"], "k4 = [a**2, a*b, a*b, b**2]"),
        (["a", "-1/2"], "k4 = [a**2, -a/2, -a/2, 1/4]"),
        (["a", "-b", "c"], "k4 = [a**2, -a*b, -a*b + a*c, b**2, a*c - b*c, -b*c, c**2]"),
    ],
)
def test_kernel(taps: list[str], expected: str) -> None:
    result = run("kernel", *taps)
    assert result.exit_code == 0
    assert result.output == f"{expected}\n"


def test_kernel_json() -> None:
    result = run("kernel", "--json", "1", "1/2", "a")
    assert json.loads(result.output) == {
        "k": [1, "1/2", "a"],
        "k4": [1, "1/2", "a + 1/2", "1/4", "3*a/2", "a/2", "a**2"],
    }


def test_list() -> None:
    result = run("list")
    assert result.exit_code == 0
    for theorem in CATALOGUE.values():
        assert theorem.name in result.output
    record = json.loads(run("list", "--json").output)
    rows = [*record["theorems"], *(row for p in record["published"] for row in p["claims"])]
    assert [row["name"] for row in rows] == list(CATALOGUE)
    assert [row["true"] for row in rows] == [t.is_true for t in CATALOGUE.values()]
    score = record["score"]
    assert score["statements"] == len(record["published"]) == score["settled"] + score["in_part"]
    assert score["settled"] >= 24
    assert all(p["settled"] or p["not_covered"] for p in record["published"])
    assert f"{score['settled']} of them settled" in " ".join(result.output.split())


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


def test_help_needs_no_sympy() -> None:
    code = (
        "import sys\nfrom symconv.command.cli import main\n"
        "try: main(['--help'])\nfinally: assert not {'sympy', 'islpy', 'rich'} & sys.modules.keys()"
    )
    result = python("-c", code)
    assert result.returncode == 0, result.stderr
    assert "Exit codes: 0 proved, 1 refuted, 2 usage error, 3 unknown" in result.stdout


def test_importing_symconv_imports_no_islpy() -> None:
    code = "import sys, symconv; symconv.Claim; symconv.Signal; assert 'islpy' not in sys.modules"
    assert python("-c", code).returncode == 0


def test_a_pipe_gets_no_colours_and_no_progress() -> None:
    result = python("-m", "symconv.command.cli", "prove", COLUMNS="80")
    assert result.returncode == 0
    assert "\x1b" not in result.stdout + result.stderr
    assert "\r" not in result.stdout
    assert result.stderr == ""


def test_an_encoding_without_mathematics_is_no_reason_to_fail() -> None:
    result = python("-m", "symconv.command.cli", "list", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr


# --- help ----------------------------------------------------------------------------


def test_the_help_of_check_lists_the_operators() -> None:
    result = run("check", "--help")
    assert result.exit_code == 0
    for expected in (
        "x.pad(left, right, mode='zeros', *, axis=None)",
        "x.conv(weight, bias=None, *, stride=1, padding=0",
        "einsum(pattern, /, *tensors)",
        "--tensor NAME:SIZE,SIZE,...",
        "'reflect', 'symmetric', 'replicate'",
        "x.correlate(kernel, *, stride=1, dilation=1, axis=None)",
        "x.phases(factor)[0]",
        "taps(*numbers)",
        "floor(n/2)",
        "also called Max",
        "--total-timeout SECONDS",
    ):
        assert expected in result.output
    assert all(len(line) <= 90 for line in result.output.splitlines())


# --- check ---------------------------------------------------------------------------

EXAMPLE = "x.pad(p,p).correlate(a).pad(q,q).correlate(b) == x.pad(p+q,p+q).correlate(a.convolve(b))"
DECLARED = ("--signal", "x:n", "--signal", "a:i", "--signal", "b:j")


def test_check_refutes_a_claim_of_your_own() -> None:
    result = run("check", EXAMPLE, *DECLARED, "--given", "n >= i", "--at", "n=3,i=2,j=2,p=1,q=0")
    assert result.exit_code == 1
    for expected in (
        "for all integers i ≥ 1, j ≥ 1, n ≥ 0, p ≥ 0, q ≥ 0 with n ≥ i",
        "Not declared, so taken as integers: i ≥ 1, j ≥ 1 (a kernel is not empty), n",
        "REFUTED, and this is the smallest counterexample",
        "i = 2, j = 1, n = 2, p = 0, q = 1",
        "i = 2, j = 2, n = 3, p = 1, q = 0",
        "every difference is 0",
    ):
        assert expected in result.output


def test_check_a_condition() -> None:
    declared = ("--signal", "x:n", "--signal", "k:c")
    result = run("check", "x.correlate(k).length <= n", *declared)
    assert result.exit_code == 0
    assert "    x.correlate(k).length <= n\n    max(0, n + 1 − c) ≤ n\n" in result.output
    assert "iff" not in result.output
    result = run("check", "x.correlate(k).length  <  n", *declared, "--at", "n=3,c=2")
    assert result.exit_code == 1
    assert "    x.correlate(k).length < n\n" in result.output
    assert "the condition is false\n" in result.output
    assert "c = 2, n = 3                      the condition is true" in result.output
    assert "It holds exactly when" in result.output


def test_what_was_typed_is_shown_where_lengths_are_compared() -> None:
    result = run("check", "len(x.pad(1, 1)) == n", "--signal", "x:n")
    assert "    len(x.pad(1, 1)) == n\n    n + 2  =  n\n" in result.output
    assert "x.flip() ==" not in run("check", "x.flip() == x", "--signal", "x:n").output


@pytest.mark.parametrize(
    "hypotheses",
    [["n >= 3", "n <= 2"], ["n % 2 == 0", "n % 4 == 3"]],
    ids=str,
)
@pytest.mark.parametrize("limit", [[], ["--timeout", "60"]], ids=str)
def test_an_error_stands_alone(hypotheses: list[str], limit: list[str]) -> None:
    given = [f"--given={hypothesis}" for hypothesis in hypotheses]
    result = run("check", "x.flip().flip() == x", "--signal", "x:n", *given, *limit)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no lengths satisfy the hypotheses" in result.stderr


def test_a_scope_is_not_said_to_be_the_only_one_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "prove", lambda _: Proved("s from 1 to 6 only"))
    assert "PROVED for s from 1 to 6 only " in run("check", "n == n").output


def test_check_json() -> None:
    result = run("check", "x.correlate(k) == x", "--signal", "x:n", "--signal", "k:1", "--json")
    assert result.exit_code == 1
    record = json.loads(result.output)
    assert record["claim"] == "x.correlate(k) == x"
    assert record["assumed"] == {"n": "n ≥ 0"}
    assert record["verdict"] == "refuted"
    assert "name" not in record
    result = run("check", "iff(n % 4 == 0, n % 8 == 0 or n % 8 == 4)", "--json", "--name", "mod")
    assert result.exit_code == 0
    assert json.loads(result.output)["name"] == "mod"


def test_a_proof_for_some_lengths_only_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "prove", lambda _: Proved("all lengths and 1 ≤ s ≤ 8"))
    result = run("check", "x == x", "--signal", "x:n")
    assert result.exit_code == 3
    assert "PROVED only for all lengths and 1 ≤ s ≤ 8" in result.output
    record = json.loads(run("check", "x == x", "--signal", "x:n", "--json").output)
    assert (record["verdict"], record["scope"]) == ("proved", "all lengths and 1 ≤ s ≤ 8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x.pda(1, 1) == x", "--signal", "x:n"], "column 3: a signal has no method 'pda'"),
        (["x == x", "--signal", "x:n +"], "--signal, line 1, column 6: this ends too early"),
        (["x == x", "--signal", "x:n", "--given", "n >"], "--given, line 1, column 4"),
        (["x == x", "--signal", "x"], "expected NAME:LENGTH, such as x:n"),
        (["x == x", "--signal", "x:n", "--signal", "x:m"], "it is declared twice"),
        (["x == x", "--signal", "x:n", "--at", "m=1"], "unknown name 'm': expected n"),
        (["n == n", "--timeout", "0"], "more than 0 and at most 1000000; got 0"),
        (["n == n", "--timeout", "nan"], "more than 0 and at most 1000000; got nan"),
        (["n == n", "--total-timeout", "-1"], "more than 0 and at most 1000000; got -1"),
        ([], "expected either a claim or --file"),
        (["--file", "no such file"], "No such file"),
        (["n == n", "--given", "n > m", "--given", "n < m"], "no lengths satisfy the hypotheses"),
    ],
)
def test_usage_errors_of_check(arguments: list[str], message: str) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert result.stdout == ""
    assert "Usage: main check" in result.output
    assert "Traceback" not in result.output


def test_errors_about_lengths_show_the_usage_of_their_command() -> None:
    assert "Usage: main prove" in run("prove", "--at", "n=8").output


CLAIMS = """\
signal x: n  # the input
signal k: c

flips: x.flip().flip() == x
x.convolve(k)
  == x
given c == 1
len(x.convolve(k)) == n + c - 1
"""


def in_file(tmp_path: Path, text: str, *arguments: str) -> Result:
    path = tmp_path / "claims.txt"
    path.write_text(text, encoding="utf-8")
    return run("check", "--file", str(path), *arguments)


def test_a_file_of_claims(tmp_path: Path) -> None:
    result = in_file(tmp_path, CLAIMS)
    assert result.exit_code == 1
    assert [result.output.count(word) for word in ("PROVED", "REFUTED", "flips")] == [2, 1, 1]
    records = json.loads(in_file(tmp_path, CLAIMS, "--json").output)
    assert [record["verdict"] for record in records] == ["proved", "refuted", "proved"]
    assert in_file(tmp_path, CLAIMS.split("x.convolve")[0]).exit_code == 0


def test_a_file_on_standard_input() -> None:
    result = CliRunner().invoke(main, ["check", "--file", "-"], input="n == n\n\nn + ==")
    assert result.exit_code == 2
    assert "standard input, line 3, column 5" in result.output
    assert CliRunner().invoke(main, ["check", "--file", "-"], input="n == n").exit_code == 0


def test_an_unknown_claim_in_a_file_counts_less_than_a_refuted_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Claim, "prove", lambda _: Unknown("it is too hard"))
    assert in_file(tmp_path, "n == n\nm == m").exit_code == 3
    decide = {"a": Unknown("it is too hard"), "b": Proved("all lengths")}
    monkeypatch.setattr(Claim, "prove", lambda claim: decide[claim.name])
    assert in_file(tmp_path, "a: n == n\nb: m == m").exit_code == 3


def test_an_error_of_one_claim_in_a_file_does_not_hide_the_others(tmp_path: Path) -> None:
    text = "signal x: n\nsignal k: c\nx.correlate(k.pad(-1, 0)) == x\nx == x"
    result = in_file(tmp_path, text, "--json")
    assert result.exit_code == 2
    assert "claims.txt, line 3, column 1: " in result.stderr
    verdicts = [record["verdict"] for record in json.loads(result.stdout)]
    assert verdicts == ["error", "proved"]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "claims.txt"
    path.write_bytes(b"n == n\n\xff")
    result = run("check", "--file", str(path))
    assert result.exit_code == 2
    assert "line 2: this is not UTF-8" in result.output


# --- children ------------------------------------------------------------------------


def test_a_child_gives_the_same_verdict() -> None:
    arguments = ("check", "-x == x", "--signal=x:n", "--given=n >= 2", "--json", "--name=a")
    record = json.loads(run("check", *arguments[2:], "--timeout=60", "--", arguments[1]).stdout)
    alone = json.loads(run("check", *arguments[2:], "--", arguments[1]).stdout)
    assert alone["verdict"] == "refuted"
    assert {**record, "seconds": 0} == {**alone, "seconds": 0}


def test_a_timeout_is_no_verdict() -> None:
    for arguments in (["prove"], ["check", "n == n"]):
        result = run(*arguments, "--timeout", "0.01", "--json")
        assert result.exit_code == 3
        record = json.loads(result.stdout)
        assert record["verdict"] == "unknown"
        assert record["reason"] == "no verdict within 0.01 s"
        result = run(*arguments, "--timeout", "0.01")
        assert result.exit_code == 3
        assert "UNKNOWN" in result.output
        assert "no verdict within 0.01 s" in result.output


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_child_that_is_killed_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(worker, "_command", lambda: [sys.executable, "-c", code])
    result = run("check", "n == n", "--timeout", "60", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["reason"] == "the computation was ended by signal 9"


def test_a_child_that_breaks_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_command", lambda: [sys.executable, "-c", "exit(5)"])
    result = run("check", "n == n", "--timeout", "60")
    assert result.exit_code == 70
    assert "in the child process: it ended with exit code 5" in result.stderr


def task(text: str, **declared: Any) -> worker.Task:
    return worker.Task("claim", {"typed": asdict(TypedClaim(text, **declared)), "points": []})


def test_a_child_is_ended_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(worker, "_command", lambda: sleep)
    start = time.monotonic()
    with worker.Child() as started, pytest.raises(worker.TimeIsOverError):
        started.report(task("n == n"), 0.2, console())
    assert time.monotonic() - start < 20


def test_one_child_decides_many_claims_and_another_follows_where_one_was_ended() -> None:
    with worker.Child() as started:
        processes = set()
        for number in range(3):
            record, text = started.report(task(f"n + {number} == n"), 60, console())
            assert record["verdict"] == ("refuted" if number else "proved")
            assert f"n + {number}  =  n" in text or not number
            processes.add(started._process)
        assert len(processes) == 1
        layers = "x" + ".pad(1, 1, 'reflect').correlate(k.flip())" * 12
        long = task(f"{layers} == x", signals={"x": "n", "k": "c"}, given=["n >= 40", "c <= 3"])
        with pytest.raises(worker.TimeIsOverError):
            started.report(long, 0.2, console())
        assert started.report(task("n == n"), 60, console())[0]["verdict"] == "proved"
        assert started._process not in processes


def test_modules_in_the_working_directory_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("raise SystemExit(1)")
    code = "import os; from symconv.command.cli import main; os.chdir({!r}); main({!r})"
    arguments = ["check", "n == n", "--timeout", "60"]
    result = python("-P", "-c", code.format(str(tmp_path), arguments))
    assert result.returncode == 0, result.stderr
    assert "PROVED" in result.stdout


def test_a_defect_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Claim) -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(Claim, "prove", fail)
    result = run("check", "n == n")
    assert result.exit_code == 70
    assert "This is a defect of symconv, and no verdict." in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_reader_who_leaves_is_no_verdict() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "symconv", "prove"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def test_narrow_terminals() -> None:
    result = python("-m", "symconv", "check", EXAMPLE, *DECLARED, COLUMNS="40")
    assert result.returncode == 1
    long = [line for line in result.stdout.splitlines() if len(line) > 40]
    # Formulas and code are never broken.
    assert [line.split()[0] for line in long] == [
        "pad(pad(x;",
        "a,",
        "print(np.correlate(np.pad(np.zeros(0,",
    ]

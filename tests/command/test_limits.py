"""Limits of the command: the time of a claim and of all claims, memory, and instances."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sympy import symbols

from symconv import Claim, Signal, SignalExpr, SymconvError
from symconv.arithmetic.limits import MOST_PRODUCTS_SIMPLIFIED
from symconv.catalogue.theorems import THEOREMS
from symconv.command import terminal, worker
from symconv.command.cli import main
from symconv.command.simplify_cost import check_workload

n, c = symbols("n c", integer=True, positive=True)
x, k = Signal("x", n), Signal("k", c)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def in_file(tmp_path: Path, text: str, *arguments: str) -> Result:
    path = tmp_path / "claims.txt"
    path.write_text(text, encoding="utf-8")
    return run("check", "--file", str(path), *arguments)


# --- time ----------------------------------------------------------------------------


def test_a_limit_for_all_claims_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("symconv.command.deciding.monotonic", lambda: now)
    limits = []

    def report(
        self: worker.Child, task: worker.Task, seconds: float, out: object
    ) -> tuple[dict[str, str], str]:
        nonlocal now
        limits.append(seconds)
        now += 4
        if now == 108:
            raise worker.TimeIsOverError("no verdict within so many seconds")
        return {"claim": task.arguments["typed"]["text"], "verdict": "proved"}, ""

    monkeypatch.setattr(worker.Child, "report", report)
    text = "n == n\nm == m\np == p\nlast: q == q"
    records = json.loads(
        in_file(tmp_path, text, "--total-timeout", "10", "--timeout", "7", "--json").stdout
    )
    assert limits == [7, 6, 2]
    assert [record["verdict"] for record in records] == ["proved", "unknown", "proved", "unknown"]
    assert records[1]["reason"] == "no verdict before the 10 s for all claims were over"
    assert records[3]["reason"] == "not reached: the 10 s for all claims were over"
    assert (records[3]["name"], records[3]["claim"]) == ("last", "q == q")


def test_what_is_not_reached_is_unknown(tmp_path: Path) -> None:
    start = time.monotonic()
    result = in_file(tmp_path, "n == n\n" * 40 + "last: m == m", "--total-timeout", "0.01")
    assert time.monotonic() - start < 20
    assert result.exit_code == 3
    assert result.output.count("UNKNOWN") == 41
    assert result.output.count("not reached: the 0.01 s for all claims were over") >= 40
    assert "last\n\n    m == m\n" in result.output


def test_within_the_limit_for_all_nothing_changes(tmp_path: Path) -> None:
    text = "signal x: n\nx.flip() == x\nx.flip().flip() == x"
    limited, unlimited = (
        in_file(tmp_path, text, "--json", *limit) for limit in (["--total-timeout", "60"], [])
    )
    assert limited.exit_code == unlimited.exit_code == 1
    records = [json.loads(result.stdout) for result in (limited, unlimited)]
    for record in (*records[0], *records[1]):
        del record["seconds"]
    assert records[0] == records[1]


def test_a_claim_of_which_there_is_no_verdict_is_shown() -> None:
    result = run("check", "x.flip()  ==\n x", "--signal=x:n", "--name=flipped", "--timeout=1e-3")
    assert result.exit_code == 3
    assert result.output.startswith("flipped\n\n    x.flip() == x\n\n  UNKNOWN\n")


def test_one_limit_for_all_bounds_a_claim_that_stands_alone_too() -> None:
    result = run("check", "n == n", "--total-timeout", "0.001", "--json")
    assert result.exit_code == 3
    reason = json.loads(result.stdout)["reason"]
    assert reason.endswith("the 0.001 s for all claims were over")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_terminal_shows_that_something_is_going_on() -> None:
    import pty

    code = (
        "import time\nfrom symconv.command.terminal import console, working\n"
        "with working(console(), 'deciding claim 3 of 200'): time.sleep(1.2)"
    )
    reading, writing = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdout=writing) as process:
        os.close(writing)
        shown = b""
        try:
            while piece := os.read(reading, 4096):
                shown += piece
        except OSError:  # how Linux tells the end
            pass
    os.close(reading)
    assert process.returncode == 0
    assert b"deciding claim 3 of 200" in shown
    assert b"0:00:01" in shown


def test_a_pipe_is_not_told_that_something_is_going_on(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.working(terminal.console(), "deciding"):
        print("done")
    assert capsys.readouterr().out == "done\n"


# --- memory and depth ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    [(MemoryError, "the memory is used up"), (RecursionError, "nested too deeply for Python")],
)
@pytest.mark.parametrize("arguments", [["check", "n == n"], ["prove"]])
def test_too_little_memory_is_no_defect(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    error: type[Exception],
    reason: str,
) -> None:
    def fail(_: Claim) -> None:
        raise error

    monkeypatch.setattr(Claim, "prove", fail)
    result = run(*arguments, "--json")
    assert result.exit_code == 3
    record = json.loads(result.stdout)
    assert record["verdict"] == "unknown"
    assert reason in record["reason"]
    result = run(*arguments)
    assert result.exit_code == 3
    assert "UNKNOWN" in result.output
    assert "defect" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_too_little_memory_where_nothing_is_decided(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(SignalExpr, "evaluate", fail)
    result = run("kernel", "1")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: ")
    assert "so there is no verdict" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform != "linux", reason="limits on memory")
def test_a_child_with_too_little_memory_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    command = worker._command()
    limited = (
        "import resource, symconv.command.reports; from symconv import Claim\n"
        "def prove(_):\n"
        "    size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (size + 2**27, -1))\n"
        "    return len(bytearray(2**30))\n"
        "Claim.prove = prove\n"
    )
    command[-1] = limited + command[-1].replace("; ", "\n")
    monkeypatch.setattr(worker, "_command", lambda: command)
    result = run("check", "n == n", "--timeout", "60", "--json")
    assert result.exit_code == 3, result.output
    assert json.loads(result.stdout)["reason"] == "the memory is used up"


def test_a_defect_in_a_child_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    command = worker._command()
    command[-1] = f"import symconv.command.reports; symconv.Claim.prove = 3\n{command[-1]}"
    monkeypatch.setattr(worker, "_command", lambda: command)
    result = run("check", "n == n", "--timeout", "60")
    assert result.exit_code == 70
    assert "TypeError: 'int' object is not callable" in result.stderr
    assert "This is a defect of symconv, and no verdict." in result.stderr


# --- instances -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "at"),
    [
        (Claim(x.flip(), x), {"n": 10**6}),
        (Claim(x.downsample(10**5), x.downsample(10**5)), {"n": 10**6}),
        (Claim(x.convolve(x), x.convolve(x)), {"n": 200}),
        (Claim(x.correlate(k), x.correlate(k)), {"n": 10**8, "c": 10**8}),
        (Claim(x.multiply(x), x + x), {"n": 10**5}),
        (Claim(Signal.ones(n), Signal.ones(n)), {"n": 10**5}),
    ],
    ids=str,
)
def test_an_instance_that_is_too_large_is_refused_at_once(claim: Claim, at: dict[str, int]) -> None:
    start = time.process_time()
    with pytest.raises(SymconvError, match=r"products of entries to simplify, and \d+ are allowed"):
        check_workload(claim.at(**at))
    assert time.process_time() - start < 2


def test_the_products_are_counted() -> None:
    size = int((MOST_PRODUCTS_SIMPLIFIED / 2) ** 0.5) - 5
    check_workload(Claim(x.convolve(x), x.convolve(x)).at(n=size))
    with pytest.raises(SymconvError):
        check_workload(Claim(x.convolve(x), x.convolve(x)).at(n=size + 10))


def test_lengths_alone_are_never_too_large() -> None:
    result = run(
        "check", "len(x.correlate(k)) <= n", "--signal=x:n", "--signal=k:c", "--at=n=9999999,c=3"
    )
    assert result.exit_code == 0
    assert "c = 3, n = 9999999" in result.output


def test_the_instances_of_the_catalogue_are_small() -> None:
    for theorem in THEOREMS:
        for lengths in theorem.instances:
            check_workload(theorem.claim.at(**lengths))
    assert any(theorem.instances for theorem in THEOREMS)


def test_nothing_is_shown_before_an_instance_is_refused() -> None:
    result = run("check", "x.flip() == x", "--signal", "x:n", "--at", "n=1000000")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "at n = 1000000 there are about 3000000 products" in result.stderr
    assert "choose smaller lengths" in result.stderr

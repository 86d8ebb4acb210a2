"""How the command ends, in processes of its own: full disks, closed streams, interrupts."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symconv.command import exit_codes
from tests.project import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and devices of POSIX")

SYMCONV = [sys.executable, "-m", "symconv"]
COMMANDS = [
    ["--help"],
    ["--version"],
    ["check", "--help"],
    ["check", "n == n"],
    ["check", "n == n", "--json"],
    ["check", "n == n", "--timeout", "60"],
    ["solve", "x.flip() == x.flip() + K", "--unknown", "K", "--signal", "x:n"],
    ["list"],
    ["list", "--json"],
    ["kernel", "1", "2"],
    ["grade", "--answer", "k * k"],
    ["audit", "proofs/derivations/repaired_solution.txt"],
]
FULL = Path("/dev/full")


def shell(redirected: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    script = f'"$@" {redirected}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *SYMCONV, *arguments], capture_output=True, text=True, timeout=60
    )


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written_is_no_verdict(arguments: list[str]) -> None:
    result = shell(">/dev/full", arguments)
    assert result.stderr == (
        "Error: cannot write or read: No space left on device; this is no verdict\n"
    )
    assert result.returncode == 74


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_a_certificate_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "full.v").symlink_to(FULL)
    result = shell("", ["check", "n == n", "--certificate", str(tmp_path / "full.v")])
    assert result.returncode == 2
    assert "is no ordinary file" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_errors_that_nobody_can_be_told_are_no_verdict_either() -> None:
    assert shell("2>/dev/full", ["check", "n =="]).returncode == 74
    assert shell(">/dev/full 2>/dev/full", ["check", "n == n"]).returncode == 74


@pytest.mark.parametrize(
    ("closed", "arguments", "code"),
    [
        (">&-", ["check", "n == n"], 0),
        (">&-", ["check", "n == n + 1", "--json"], 1),
        (">&-", ["check", "n == n + 1", "--timeout", "60"], 1),
        ("2>&-", ["check", "n =="], 2),
        ("<&-", ["check", "--file", "-"], 2),
        ("<&- >&- 2>&-", ["check", "n == n + 1"], 1),
        ("<&- >&- 2>&-", ["check", "n == n + 1", "--timeout", "60"], 1),
    ],
)
def test_streams_that_are_closed_do_not_change_the_verdict(
    closed: str, arguments: list[str], code: int
) -> None:
    result = shell(closed, arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["list"], ["check", "--help"], ["check", "n == n"]])
def test_a_reader_who_leaves_is_no_verdict(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen([*SYMCONV, *arguments], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 141


def test_the_document_and_the_help_say_all_exit_codes() -> None:
    document = ROOT / "symconv" / "command" / "README.md"
    text = document.read_text(encoding="utf-8")
    said = text.partition("Exit codes: ")[2].partition("\n\n")[0]
    helped = shell("", ["--help"]).stdout.partition("Exit codes: ")[2].partition("\n\n")[0]
    codes = {
        *exit_codes.EXIT.values(),
        exit_codes._DEFECT,
        exit_codes._NO_OUTPUT,
        exit_codes._NO_READER,
        130,
    }
    for text in (said, helped):
        assert {int(number) for number in re.findall(r"\b\d+\b", text)} == codes


# --- interrupts ----------------------------------------------------------------------

# Before it is ready, Python itself is starting, and an interrupt is Python's affair.
READY = """
import sys
from symconv.command.interrupts import leave_at_once
leave_at_once()
print("ready", flush=True)
from symconv.__main__ import main
sys.argv = ["symconv", *sys.argv[1:]]
main()
"""


def not_ignored() -> None:
    """Interrupts reach the process, even where they do not reach the one that tests."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    "arguments", [["prove"], ["prove", "--timeout", "60"], ["list"]], ids=" ".join
)
def test_an_interrupt_at_any_moment_leaves_no_traceback(arguments: list[str]) -> None:
    moments = random.Random(1)
    interrupted = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", READY, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=not_ignored,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0, 0.4))
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1]
        assert process.returncode in (0, 130), error
        assert error == (b"Interrupted\n" if process.returncode else b"")
        interrupted += process.returncode == 130
    assert interrupted


def test_an_interrupt_ends_the_child_too(tmp_path: Path) -> None:
    note = tmp_path / "child"
    slow = f"""
import os, time, symconv.command.reports
def prove(_):
    with open({str(note)!r}, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(60)
symconv.Claim.prove = prove
"""
    code = f"""
import sys
from symconv.command import worker
command = worker._command()
command[-1] = {slow!r} + command[-1]
worker._command = lambda: command
sys.argv = ["symconv", "check", "n == n", "--timeout", "50"]
from symconv.__main__ import main
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=not_ignored,
    )
    until = time.monotonic() + 60
    while not note.exists() or not note.read_text(encoding="ascii"):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the child gets it too
    error = process.communicate(timeout=20)[1]
    assert (process.returncode, error) == (130, b"Interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="ascii")), 0)


def test_an_interrupt_is_ignored_where_it_was_ignored_before() -> None:
    process = subprocess.Popen(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", READY, "prove"],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    assert b"PROVED" in process.communicate(timeout=60)[0]
    assert process.returncode == 0

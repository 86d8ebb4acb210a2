"""Rocq's compiler: finding it, and having it check files."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from symconv.errors import SymconvError

__all__ = ["Checked", "NoRocqError", "RejectedError", "Rocq"]

_PACKAGES = "coq libcoq-mathcomp-ssreflect libcoq-mathcomp-algebra libcoq-mathcomp-zify"
_INSTALL = (
    "on Debian and Ubuntu: apt-get install --no-install-recommends "
    f"{_PACKAGES}; elsewhere, Coq 8.16 with MathComp 1.15 and mathcomp-zify"
)
_ERROR = re.compile(
    r'^File "(?P<file>[^"]*)", line (?P<line>\d+), characters [\d-]+:\nError:\s*(?P<message>.*)',
    re.MULTILINE | re.DOTALL,
)

_MISSING = re.compile(
    r"Cannot find a physical path bound to logical path\s+\S+\s+with prefix mathcomp"
)


class NoRocqError(SymconvError):
    """Rocq, or a library of it, is not installed; the message says what to install."""


class RejectedError(Exception):
    """A file that Rocq does not accept.

    Attributes:
        file: its name, without the ending.
        line: the line of the error; 0 where there is none.
        message: what Rocq says.
        version: the version of Rocq.
    """

    def __init__(self, file: str, line: int, message: str, version: str) -> None:
        super().__init__(f"{file}.v, line {line}: {message}")
        self.version = version
        self.file = file
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that Rocq accepted.

    Attributes:
        output: what it printed.
        seconds: how long it took.
    """

    output: str
    seconds: float


class Rocq:
    """The compiler `coqc`, with a folder of its own in which files are checked.

    Use it as `with Rocq() as rocq: rocq.check(name, text)`; the folder is removed at the end.

    Raises:
        NoRocqError: there is no `coqc`.
    """

    def __init__(self) -> None:
        found = shutil.which("coqc")
        if found is None:
            raise NoRocqError(
                f"there is no coqc, the compiler of Rocq (Coq). Install it {_INSTALL}"
            )
        self._coqc = found
        self._folder = TemporaryDirectory(prefix="symconv-")

    def __enter__(self) -> Rocq:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    @property
    def version(self) -> str:
        """The version, such as 8.16.1."""
        output = self._run(["--version"], None)
        found = re.search(r"version (\S+)", output.stdout)
        return found[1] if found else "of unknown version"

    def check(self, name: str, text: str, *, timeout: float | None = None) -> Checked:
        """Have a file checked; later ones can `From symconv Require Import` it.

        Args:
            name: what the file is called, without the ending.
            text: the file.
            timeout: how many seconds it may take.

        Raises:
            RejectedError: Rocq does not accept the file.
            NoRocqError: a library that it needs is not installed.
            TimeoutError: there was no answer in time.
        """
        path = Path(self._folder.name) / f"{name}.v"
        path.write_text(text, encoding="utf-8")
        start = perf_counter()
        done = self._run(["-q", "-R", ".", "symconv", path.name], timeout)
        seconds = perf_counter() - start
        if done.returncode == 0:
            return Checked(done.stdout, seconds)
        if _MISSING.search(done.stderr):
            raise NoRocqError(f"a library of Rocq is missing. Install {_INSTALL}")
        found = _ERROR.search(done.stderr)
        if found is None:
            raise RejectedError(name, 0, (done.stderr or done.stdout).strip(), self.version)
        raise RejectedError(name, int(found["line"]), found["message"].strip(), self.version)

    def _run(self, arguments: list[str], timeout: float | None) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self._coqc, *arguments],
                cwd=self._folder.name,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"Rocq gave no answer within {timeout:.1f} s") from None
        except OSError as error:
            raise NoRocqError(
                f"{self._coqc} cannot be run: {error.strerror}. Install it {_INSTALL}"
            ) from None

"""The formal theory: every file of `proofs/rocq`, checked by Rocq, and what it assumes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from symconv.formal.rocq import Rocq
from symconv.formal.rocq_files import FILES, Statement, source, statements

__all__ = ["MAIN_STATEMENT", "NOTHING", "CheckedStatement", "Theory", "check_theory"]

MAIN_STATEMENT = "two_stride2_layers_eq_one_stride4_layer"
"""The theorem of the exercise."""

NOTHING = "Closed under the global context"
"""What Rocq prints where nothing is assumed."""


@dataclass(frozen=True, slots=True)
class CheckedStatement:
    """A statement that Rocq has accepted.

    Attributes:
        statement: the statement.
        assumptions: what its proof assumes, as Rocq prints it; empty if that is nothing.
    """

    statement: Statement
    assumptions: str


@dataclass(frozen=True, slots=True)
class Theory:
    """The checked theory.

    Attributes:
        version: the version of Rocq.
        statements: all statements, in order.
        seconds: how long it took to check each file.
    """

    version: str
    statements: tuple[CheckedStatement, ...]
    seconds: dict[str, float]

    @property
    def is_free_of_assumptions(self) -> bool:
        """Whether no proof assumes anything: no axiom, and nothing that was admitted."""
        return not any(checked.assumptions for checked in self.statements)


def check_theory(
    files: Sequence[str] = FILES,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Theory:
    """Have Rocq check files, and ask it what every statement in them assumes.

    Args:
        files: the files, by default all, after those that they need.
        timeout: how many seconds it may take in all.
        progress: is told of each file before it is checked.

    Raises:
        NoRocqError: Rocq or MathComp is not installed.
        RejectedError: Rocq does not accept a file.
        TimeoutError: it took longer than `timeout`.
    """
    end = None if timeout is None else monotonic() + timeout

    def left() -> float | None:
        if end is not None and end <= monotonic():
            raise TimeoutError(f"Rocq was not done within {timeout:g} s")
        return None if end is None else end - monotonic()

    found = [statement for name in files for statement in statements(name)]
    seconds: dict[str, float] = {}
    with Rocq() as rocq:
        for name in files:
            progress(f"{name}.v")
            seconds[name] = rocq.check(name, source(name), timeout=left()).seconds
        progress("Print Assumptions")
        together = rocq.check("together", _question(files, found), timeout=left())
        seconds["assumptions"] = together.seconds
        if together.output.strip() == NOTHING:
            answers = dict.fromkeys(map(_qualified, found), "")
        else:
            asked = rocq.check("assumptions", _questions(files, found), timeout=left())
            seconds["assumptions"] += asked.seconds
            answers = _answers(asked.output)
        return Theory(
            rocq.version,
            tuple(CheckedStatement(s, answers.get(_qualified(s), "no answer")) for s in found),
            seconds,
        )


def _qualified(statement: Statement) -> str:
    """The name of a statement with its file, as two files may use the same name."""
    return f"{statement.file}.{statement.name}"


def _question(files: Sequence[str], found: list[Statement]) -> str:
    """A file that has Rocq print what all statements together assume, which is far quicker."""
    return (
        f"From symconv Require Import {' '.join(files)}.\n"
        f"Definition all := ({', '.join(['I', *(f'@{_qualified(s)}' for s in found)])}).\n"
        "Print Assumptions all.\n"
    )


def _questions(files: Sequence[str], found: list[Statement]) -> str:
    """A file that has Rocq print the assumptions of each statement after its name."""
    lines = [f"From symconv Require Import {' '.join(files)}."]
    for statement in found:
        name = _qualified(statement)
        lines.append(f'Goal True. idtac "statement {name}". Abort.')
        lines.append(f"Print Assumptions {name}.")
    return "\n".join(lines) + "\n"


def _answers(output: str) -> dict[str, str]:
    r"""The assumptions of each statement, by its name with its file.

    >>> _answers(f"statement f.a\n{NOTHING}\nstatement f.b\nAxioms:\nc : False")
    {'f.a': '', 'f.b': 'Axioms:\nc : False'}
    """
    parts = re.split(r"^statement ([\w.]+)\n", output, flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {name: "" if text.strip() == NOTHING else text.strip() for name, text in pairs}

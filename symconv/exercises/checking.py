"""Answers to exercises, checked: any correct answer is accepted, for all lengths at once.

What is asked for is stated by the property that defines it, so that a notebook can hold the
check and not the solution.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from numbers import Real
from typing import Any, TypeAlias

import sympy
from sympy import Basic, Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import LONGEST_ANSWER_SHOWN, MOST_ENTRIES_OF_ANSWER
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown
from symconv.derivations.finite_sums import made_finite
from symconv.errors import SymconvError, Undecided
from symconv.exercises.powers import decided
from symconv.language.notation import plain
from symconv.language.signals import Signal, SignalExpr

__all__ = ["UnreadableAnswer", "WrongAnswer", "check"]


Expected: TypeAlias = SignalExpr | Expr | Boolean | int | Claim


class WrongAnswer(SymconvError):  # noqa: N818 - it is the answer that is wrong
    """An answer that is not right; the message holds the smallest counterexample."""

    def _render_traceback_(self) -> list[str]:
        # What Jupyter shows: the lines of a traceback would only hide the message.
        return [f"Not right yet. {self}"]


class UnreadableAnswer(WrongAnswer):
    """An answer that cannot be read, or that is not there."""

    def _render_traceback_(self) -> list[str]:
        return [f"This answer cannot be checked: {self}."]


def check(
    answer: Any,
    expected: Expected,
    *,
    index: Symbol | None = None,
    given: Iterable[Hypothesis] | Hypothesis = (),
    for_all: Sequence[Symbol] = (),
) -> None:
    """Decide whether an answer is right; say so, or raise with the smallest counterexample.

    Args:
        answer: what the student wrote: a signal, the list of its entries (integers or
            fractions), a formula for its entries, a length, or a condition on lengths.
        expected: the signal, length or condition that it has to equal.  Or a claim: then
            the answer is the condition under which the claim holds, exactly.
        index: the index of the formula, for an answer that gives every entry of a signal.
        given: hypotheses; see `Claim`.
        for_all: with a claim, the symbols for all of whose values it has to hold.

    A kernel is checked by what it has to do.  Any correct way of writing it is accepted:

    >>> from sympy import Sum
    >>> from symconv import integers
    >>> n, c = integers("n c", positive=True)
    >>> i, t = integers("i t")
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> twice = x.correlate(k).correlate(k)
    >>> check(x.correlate(k.convolve(k)), twice)
    Right: proved for all lengths.
    >>> check(Sum(k[i] * k[t - i], (i, 0, t)), k.convolve(k), index=t)
    Right: proved for all lengths.
    >>> check(x.correlate(k.dilate(2)), twice)
    Traceback (most recent call last):
    symconv.exercises.checking.WrongAnswer: At c = 1, n = 1, k = [2], x = [1] your answer gives
    [2] instead of [4].
    >>> check(n > c, Claim(twice.length, 0))
    Traceback (most recent call last):
    symconv.exercises.checking.WrongAnswer: At c = 1, n = 2 your condition is true, and should
    be false.

    Exponents may be symbols, as in what L layers make:

    >>> L = integers("L", positive=True)
    >>> check(2 ** (L + 1) * c - c, 2 * c * 2**L - c)
    Right: proved for all lengths.

    Where there are no lengths and no named signals, the message does not say what would have
    been right, because that would be the solution.

    Raises:
        WrongAnswer: the answer is not right.
        UnreadableAnswer: the answer is not of the kind that is asked for.
        Undecided: it cannot be decided whether the answer is right.
        SymconvError: the question does not make sense.
    """
    if isinstance(expected, Claim):
        given = (*expected.given, *_hypotheses(given))
        expected = Claim(expected.lhs, expected.rhs, given).condition(for_all=for_all)
    elif for_all:
        raise SymconvError("for_all= belongs to a claim whose condition is asked for")
    claim, verdict = decided(_read(answer, expected, index), expected, _hypotheses(given))
    match verdict:
        case Proved():
            print(f"Right: {verdict}.")
        case Refuted(found):
            raise WrongAnswer(f"{_difference(claim, found)}{_hint(claim, answer)}")
        case Unknown(reason):
            raise Undecided(
                f"whether this is right could not be decided: {reason}; a simpler way of writing "
                "it may help"
            )


def _hypotheses(given: Iterable[Hypothesis] | Hypothesis) -> tuple[Hypothesis, ...]:
    return (given,) if isinstance(given, Boolean | bool | Claim) else tuple(given)


def _read(answer: Any, expected: Expected, index: Symbol | None) -> Any:
    """The answer as a side of a claim."""
    if answer is None or answer is ...:
        raise UnreadableAnswer("there is no answer yet")
    if isinstance(answer, str):
        raise UnreadableAnswer(f"the answer is the text {_short(answer)}; write it without quotes")
    if isinstance(expected, SignalExpr):
        return _as_signal(answer, expected, index)
    if index is not None:
        raise SymconvError(f"index={index} belongs to a formula for the entries of a signal")
    if hasattr(answer, "__index__") and not isinstance(answer, bool | Expr):
        answer = int(answer)
    if isinstance(answer, Fraction):
        answer = sympy.Rational(answer)
    if isinstance(answer, float) or (isinstance(answer, Expr) and answer.has(sympy.Float)):
        raise UnreadableAnswer(f"{_short(answer)} is rounded; write it with integers, as in n/4")
    wanted = "a condition" if _is_condition(expected) else "a length"
    if _is_condition(answer) != _is_condition(expected) or not isinstance(
        answer, Boolean | Expr | int
    ):
        raise UnreadableAnswer(f"the answer should be {wanted}; it is {_described(answer)}")
    return sympy.true if answer is True else sympy.false if answer is False else answer


def _is_condition(value: object) -> bool:
    return isinstance(value, Boolean | bool) and not isinstance(value, Expr)  # as symbols are


def _as_signal(answer: Any, expected: SignalExpr, index: Symbol | None) -> SignalExpr:
    if isinstance(answer, SignalExpr):
        return answer
    if hasattr(answer, "tolist"):  # of NumPy
        answer = answer.tolist()
    if isinstance(answer, list | tuple | sympy.Tuple):
        if len(answer) > MOST_ENTRIES_OF_ANSWER:
            raise UnreadableAnswer(
                f"the list has {len(answer)} entries; at most {MOST_ENTRIES_OF_ANSWER}"
            )
        try:
            return Signal.taps(*answer)
        except (SymconvError, TypeError) as error:
            raise UnreadableAnswer(
                f"the entries {_short(answer)} cannot be read: {error}"
            ) from None
    if index is not None and isinstance(answer, Expr | Real):
        try:
            entry = sympy.sympify(answer, strict=True)  # a number or an expression, never a text
            return Signal.from_formula(index, made_finite(entry), length=expected.length)
        except (SymconvError, sympy.SympifyError) as error:
            raise UnreadableAnswer(
                f"the formula {_short(answer)} cannot be read: {error}"
            ) from None
    wanted = "a signal or the list of its entries"
    if index is not None:
        wanted += f" or a formula in {index}"
    raise UnreadableAnswer(f"the answer should be {wanted}; it is {_described(answer)}")


def _described(answer: Any) -> str:
    match answer:
        case SignalExpr():
            return f"the signal {plain(answer)}"
        case Expr():
            return f"the expression {plain(answer)}"
        case Boolean():
            return f"the condition {plain(answer)}"
    return f"{_short(answer)}, {_article(type(answer).__name__)}"


def _short(value: Any) -> str:
    """A value as text, cut off where it is long."""
    if isinstance(value, str | bytes):
        value = value[: LONGEST_ANSWER_SHOWN + 1]
    try:
        text = _written(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a value with a number of thousands of digits"
    return text if len(text) <= LONGEST_ANSWER_SHOWN else f"{text[:LONGEST_ANSWER_SHOWN]}…"


def _written(value: Any) -> str:
    match value:
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case Basic() | Fraction():
            return str(value)
    return repr(value)


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _difference(claim: Claim, found: Counterexample) -> str:
    values = chain(found.lengths.items(), found.signals.items())
    at = ", ".join(f"{name} = {_short(value)}" for name, value in values)
    if not at:
        return _without_the_solution(claim, found)
    if claim.is_condition:
        said, true = (str(bool(side)).lower() for side in (found.lhs, found.rhs))
        return f"At {at} your condition is {said}, and should be {true}."
    return f"At {at} your answer gives {_short(found.lhs)} instead of {_short(found.rhs)}."


def _without_the_solution(claim: Claim, found: Counterexample) -> str:
    if not claim.signals:
        return f"It is not {_short(claim.lhs)}."
    if found.index is None:
        sizes = _sizes(found.lhs)
        if len(sizes) == 1:
            return f"The number of entries is not {sizes[0]}."
        return f"The shape is not ({', '.join(map(str, sizes))})."
    entry = found.lhs
    for place in found.index if isinstance(found.index, tuple) else (found.index,):
        entry = entry[place]
    return f"Entry {found.index} is not {_short(entry)}."


def _sizes(entries: Any) -> list[int]:
    """How many there are along each axis of nested lists."""
    sizes = []
    while isinstance(entries, list):
        sizes.append(len(entries))
        entries = entries[0] if entries else None
    return sizes


def _hint(claim: Claim, answer: Any) -> str:
    if answer is False and not claim.signals:
        return " (Between symbols, Python's == is False; write Eq(a, b) for a = b.)"
    return _foreign_names(claim)


def _foreign_names(claim: Claim) -> str:
    """A hint at names that only the answer has."""
    asked = Claim(claim.rhs, claim.rhs, claim.given)
    known = {s.name for s in asked.symbols} | asked.named.keys()
    used = {s.name for s in claim.symbols} | claim.named.keys()
    if not used - known:
        return ""
    return f" Your answer uses {', '.join(sorted(used - known))}, which the question does not."

"""Records for scripts: what JSON holds exactly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from numbers import Rational
from typing import TYPE_CHECKING, Any

import flint

from symconv.arithmetic.limits import (
    LARGEST_EXACT_NUMBER,
    MOST_DIGITS_PYTHON_WRITES,
    MOST_DIGITS_SHOWN,
    MOST_ENTRIES_SHOWN,
    MOST_FILLED_SHOWN,
)

if TYPE_CHECKING:
    from symconv.decision.verdicts import Counterexample  # which shows itself with this module

__all__ = ["counterexample_record", "json_number", "shown"]


def json_number(value: Any) -> int | str:
    """A number, a truth value or an expression as JSON holds it exactly: itself, or text.

    >>> from fractions import Fraction
    >>> [json_number(value) for value in (-3, Fraction(1, 3), Fraction(4, 2), 2**60)]
    [-3, '1/3', 2, '1152921504606846976']
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, Rational) and value.denominator == 1:
        number = int(value.numerator)
        return number if abs(number) < LARGEST_EXACT_NUMBER else _all_digits(number)
    if isinstance(value, Rational):
        return f"{_all_digits(int(value.numerator))}/{_all_digits(int(value.denominator))}"
    return str(value)


def counterexample_record(
    found: Counterexample, left: str = "lhs", right: str = "rhs"
) -> dict[str, Any]:
    """A counterexample; `left` and `right` say what its sides are called."""

    def values(side: Any) -> Any:
        return list(map(values, side)) if isinstance(side, list | tuple) else json_number(side)

    return {
        "lengths": dict(found.lengths),
        "signals": {name: values(entries) for name, entries in found.signals.items()},
        "index": list(found.index) if isinstance(found.index, tuple) else found.index,
        left: values(found.lhs),
        right: values(found.rhs),
    } | ({"functions": dict(found.functions)} if found.functions else {})


def _all_digits(number: int) -> str:
    """All digits, of which Python itself writes some thousands at most."""
    if abs(number) < 10**MOST_DIGITS_PYTHON_WRITES:
        return str(number)
    return str(flint.fmpz(number))


def shown(value: Any) -> str:
    """A number, an expression or a list of them, which may be nested, as a person writes it.

    Of long lists and large numbers the beginning and the end are shown.

    >>> from fractions import Fraction
    >>> print(shown([Fraction(1, 3), 0]))
    [1/3, 0]
    >>> print(shown(list(range(100))))
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … 83 more …, 95, 96, 97, 98, 99]
    >>> print(shown([[0] * 40, [1] + [0] * 39]))
    (zeros of shape (2, 40) but 1 at (1, 0))
    >>> print(shown(10**100))
    10000000…00000000 (101 digits)
    """
    if not isinstance(value, list):
        return _shown_number(value)
    if any(isinstance(row, list) for row in value):
        entries = list(_entries(value, ()))
        filled = [(index, entry) for index, entry in entries if entry != 0]
        if len(entries) > MOST_ENTRIES_SHOWN and len(filled) <= MOST_FILLED_SHOWN:
            return _sparse(value, filled)
    texts = list(map(shown, value))
    if len(texts) > MOST_ENTRIES_SHOWN:
        left_out = len(texts) - 17
        texts = [*texts[:12], f"… {left_out} more …", *texts[-5:]]
    return f"[{', '.join(texts)}]"


def _entries(value: Any, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The entries of nested lists, each with its index."""
    if not isinstance(value, list):
        yield index, value
        return
    for i, row in enumerate(value):
        yield from _entries(row, (*index, i))


def _sparse(value: list[Any], filled: list[tuple[tuple[int, ...], Any]]) -> str:
    """Many entries of which few are not 0."""
    shape = []
    rows: Any = value
    while isinstance(rows, list):
        shape.append(len(rows))
        rows = rows[0]
    zeros = f"zeros of shape {tuple(shape)}"
    told = ", ".join(f"{_shown_number(entry)} at {index}" for index, entry in filled)
    return f"({zeros} but {told})" if told else f"({zeros})"


def _shown_number(value: Any) -> str:
    if isinstance(value, Fraction):
        parts = [value.numerator, value.denominator]
        return "/".join(map(_shown_number, parts[: 1 if value.denominator == 1 else 2]))
    if not isinstance(value, int) or abs(value) < 10**MOST_DIGITS_SHOWN:
        return str(value)
    digits = _all_digits(abs(value))
    return f"{'-' * (value < 0)}{digits[:8]}…{digits[-8:]} ({len(digits)} digits)"

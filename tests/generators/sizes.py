"""Integers in symbols for the claims about tensors: Python's text, and its value at a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any, TypeAlias

__all__ = ["LEAST", "ONE", "ZERO", "At", "Size", "Whole", "divided_up", "largest", "smallest"]

At: TypeAlias = Mapping[str, int]
Monomial: TypeAlias = tuple[str, ...]

LEAST: Mapping[str, int | None] = {
    **dict.fromkeys(("N", "C", "D", "O", "H", "W", "L", "K", "G", "r", "s"), 1),
    **dict.fromkeys(("p", "q"), 0),
    "t": None,
}
"""What each symbol is at least; None for one of any sign."""

_HELP: dict[str, Any] = {"__builtins__": {}, "Max": max, "Min": min}


@dataclass(frozen=True)
class Size:
    """A polynomial with integer coefficients in symbols, and in texts of what is no polynomial.

    Attributes:
        terms: the coefficient of each product of atoms, in order.
    """

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(number: Whole) -> Size:
        if isinstance(number, Size):
            return number
        if isinstance(number, str):
            return _sorted({(number,): 1})
        return _sorted({(): number})

    @property
    def number(self) -> int | None:
        """The integer that it is, if it is one whatever the symbols are."""
        if not self.terms:
            return 0
        ((monomial, coefficient), *more) = self.terms
        return coefficient if not monomial and not more else None

    @property
    def least(self) -> int | None:
        """A number that it is never below, if one is plain to see."""
        total = 0
        for monomial, coefficient in self.terms:
            low = coefficient
            for atom in monomial:
                known = LEAST.get(atom, 0 if atom.startswith("Max(0, ") else None)
                if known is None or coefficient < 0:
                    return None
                low *= known
            total += low
        return total

    @property
    def text(self) -> str:
        """Python's text of it."""
        parts: list[str] = []
        for monomial, coefficient in self.terms:
            size = abs(coefficient)
            factors = [str(size)] if size != 1 or not monomial else []
            sign = ("-" if coefficient < 0 else "+") if parts else "-" * (coefficient < 0)
            parts.append(sign + "*".join([*factors, *monomial]))
        return " ".join(p if i == 0 else f"{p[0]} {p[1:]}" for i, p in enumerate(parts)) or "0"

    @property
    def names(self) -> frozenset[str]:
        """The symbols in it."""
        words = set(_code(self.text).co_names)
        return frozenset(words & LEAST.keys())

    def at(self, values: At) -> int:
        """Its value."""
        return int(eval(_code(self.text), _HELP, dict(values)))

    def __add__(self, other: Whole) -> Size:
        terms = dict(self.terms)
        for monomial, coefficient in Size.of(other).terms:
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return _sorted(terms)

    def __mul__(self, other: Whole) -> Size:
        terms: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in Size.of(other).terms:
                monomial = tuple(sorted(left + right))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _sorted(terms)

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Whole) -> Size:
        return self + -Size.of(other)

    def __floordiv__(self, other: Whole) -> Size:
        """The quotient, rounded down; exact where the divisor divides each term."""
        divisor = Size.of(other)
        if self.number is not None and divisor.number is not None:
            return Size.of(self.number // divisor.number)
        exact = self.divided(divisor)
        if exact is not None:
            return exact
        return Size.of(f"(({self.text})//({divisor.text}))")

    def divided(self, divisor: Size) -> Size | None:
        """The quotient, where the divisor is a product that divides each term."""
        if len(divisor.terms) != 1:
            return None
        ((by, number),) = divisor.terms
        terms: dict[Monomial, int] = {}
        for monomial, coefficient in self.terms:
            rest = list(monomial)
            for atom in by:
                if atom not in rest:
                    return None
                rest.remove(atom)
            if coefficient % number:
                return None
            terms[tuple(rest)] = coefficient // number
        return _sorted(terms)


Whole: TypeAlias = Size | int | str


@cache
def _code(text: str) -> CodeType:
    return compile(text, "<size>", "eval")


def _sorted(terms: Mapping[Monomial, int]) -> Size:
    kept = [(monomial, coefficient) for monomial, coefficient in terms.items() if coefficient]
    # The constant comes last, and what is subtracted after what is added.
    return Size(tuple(sorted(kept, key=lambda term: (not term[0], term[1] < 0, term[0]))))


ZERO, ONE = Size.of(0), Size.of(1)


def largest(low: int, size: Size) -> Size:
    """The larger one of a number and a size."""
    if size.number is not None:
        return Size.of(max(low, size.number))
    if size.least is not None and size.least >= low:
        return size
    return Size.of(f"Max({low}, {size.text})")


def smallest(one: Size, other: Size) -> Size:
    """The smaller one of two sizes."""
    if one.number is not None and other.number is not None:
        return Size.of(min(one.number, other.number))
    more = other - one
    if more.least is not None and more.least >= 0:
        return one
    less = one - other
    if less.least is not None and less.least >= 0:
        return other
    return Size.of(f"Min({one.text}, {other.text})")


def divided_up(size: Size, divisor: Size) -> Size:
    """The quotient, rounded up."""
    if divisor.number == 1:
        return size
    exact = size.divided(divisor)
    return exact if exact is not None else (size + divisor - 1) // divisor

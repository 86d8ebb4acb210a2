"""How answers, counterexamples and points are written."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from symconv.decision.verdicts import Counterexample, Refuted
from symconv.language.operators import (
    Add,
    Convolve,
    Dilate,
    Downsample,
    Flip,
    Formula,
    Named,
    Scale,
)
from symconv.language.operators.add import positive_part
from symconv.language.signals import Signal, SignalExpr

__all__ = ["given_by", "is_formula", "operators", "pretty", "vector", "with_content", "written"]


def vector(values: Any) -> str:
    """A list of entries, or a number, as text."""
    return f"[{', '.join(map(vector, values))}]" if isinstance(values, list) else str(values)


def given_by(found: Counterexample) -> str:
    """The lengths and signals of a counterexample."""
    parts = [f"{name} = {value}" for name, value in found.lengths.items()]
    parts += [f"{name} = {vector(taps)}" for name, taps in found.signals.items()]
    parts += [f"{name}(v) = {value}" for name, value in found.functions.items()]
    return ", ".join(parts)


def with_content(verdict: Refuted) -> Counterexample:
    """The smallest counterexample with outputs, if there is one."""
    return verdict.with_content or verdict.counterexample


def written(points: Fraction) -> str:
    """A number of points: 2, 1.5 or 1/3."""
    if points.denominator == 1:
        return str(points.numerator)
    decimal = f"{float(points):g}"
    return decimal if Fraction(decimal) == points else f"{points.numerator}/{points.denominator}"


def pretty(name: str) -> str:
    """A name with its number below the line: k₄."""
    found = re.fullmatch(r"([A-Za-z]+)_?(\d+)", name)
    return name if not found else found[1] + found[2].translate(_LOW)


_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def operators(signal: SignalExpr) -> str:
    """An operator expression with parentheses around every factor that has an operator."""
    if not _is_plain(signal):
        return str(signal)
    match signal:
        case SignalExpr(Named(name)):
            return name
        case SignalExpr(Flip(), (Signal(name),)):
            return f"{name}\u0303"
        case SignalExpr(Flip(), (inner,)):
            return f"flip({operators(inner)})"
        case SignalExpr(Dilate(factor), (inner,)) if factor.number is not None:
            return f"{_factor(inner)} ↑{factor}"
        case SignalExpr(Downsample(factor), (inner,)) if factor.number is not None:
            return f"{_factor(inner)} ↓{factor}"
        case SignalExpr(Convolve(), (left, right)):
            return f"{_factor(left)} ∗ {_factor(right)}"
        case SignalExpr(Add(), (left, right)):
            subtracted = positive_part(right)
            sign, shown = ("+", right) if subtracted is None else ("−", subtracted)
            return f"{operators(left)} {sign} {operators(shown)}"
        case SignalExpr(Scale(number), (inner,)):
            return f"{_number(number)} {_factor(inner)}"
    return str(signal)


def _number(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number)
    return f"({number.numerator}/{number.denominator})"


def _is_plain(signal: SignalExpr) -> bool:
    """Whether an expression has only the operators of the exercise."""
    known = Named | Flip | Dilate | Downsample | Convolve | Add | Scale
    return isinstance(signal.operator, known) and all(map(_is_plain, signal.operands))


def _factor(signal: SignalExpr) -> str:
    text = operators(signal)
    return text if isinstance(signal.operator, Named | Flip) else f"({text})"


def is_formula(signal: object) -> bool:
    """Whether a signal was given by a formula."""
    return isinstance(signal, SignalExpr) and isinstance(signal.operator, Formula)

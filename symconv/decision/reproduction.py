"""A counterexample as three lines of NumPy, for people who do not have symconv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from keyword import iskeyword
from typing import Any

import sympy
from sympy import Symbol
from sympy.core.relational import Eq, Ne
from sympy.printing.str import StrPrinter

from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.unevaluated import spelled_with
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Counterexample
from symconv.language import arrays
from symconv.language.lengths import spelled_out
from symconv.language.points import Point
from symconv.language.signals import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
)

__all__ = ["numpy_lines"]

_USED = {"np", "print", "int", "floor", "ceil", "max", "min", "abs"}
_MODES = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


def numpy_lines(claim: Claim, found: Counterexample) -> str:
    """Three lines of Python that print both sides of the claim at the counterexample.

    A layer whose input is shorter than its kernel stands as `np.zeros(0, int)`, because
    NumPy would exchange the two.
    """
    at = {s: found.lengths[s.name] for s in claim.symbols}
    names = _names([*found.signals, *found.lengths])
    if claim.signals:
        values = {names[name]: _array(entries) for name, entries in found.signals.items()}
        coder = _Coder(found.signals, at, names)
        sides = [coder.code(side) for side in claim.signals]
    else:
        values = {names[s.name]: str(at[s]) for s in claim.symbols}
        renamed = {s: IntegerSymbol(names[s.name]) for s in claim.symbols}
        sides = [
            _Python().doprint(spelled_with(spelled_out(side), renamed))
            for side in claim.expressions
        ]
    first = "import numpy as np" if claim.signals else "from math import ceil, floor"
    assigned = f"{', '.join(values)} = {', '.join(values.values())}" if values else "pass"
    return "\n".join([first, assigned, f"print({', '.join(sides)})"])


def _names(names: Iterable[str]) -> dict[str, str]:
    """For each name one that Python allows, and that the three lines do not use themselves."""
    result: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name)
        plain = plain if plain.isidentifier() and not iskeyword(plain) else f"_{plain}"
        while plain in _USED or plain in result.values():
            plain += "_"
        result[name] = plain
    return result


class _Python(StrPrinter):  # type: ignore[misc]
    """SymPy's text, as Python with integers, floats and `math`."""

    def _print_Mod(self, e: Any) -> str:  # noqa: N802
        return f"(({self._print(e.args[0])}) % ({self._print(e.args[1])}))"

    def _print_ceiling(self, e: Any) -> str:
        return f"ceil({self._print(e.args[0])})"

    def _print_Max(self, e: Any) -> str:  # noqa: N802
        return f"max({', '.join(map(self._print, e.args))})"

    def _print_Min(self, e: Any) -> str:  # noqa: N802
        return f"min({', '.join(map(self._print, e.args))})"

    def _print_Abs(self, e: Any) -> str:  # noqa: N802
        return f"abs({self._print(e.args[0])})"

    def _print_Piecewise(self, e: Any) -> str:  # noqa: N802
        text = "0"
        for value, condition in reversed(e.args):
            if condition == sympy.true:
                text = self._print(value)
                continue
            text = f"({self._print(value)} if {self._print(condition)} else {text})"
        return text

    def _print_Relational(self, e: Any) -> str:  # noqa: N802
        signs = {Eq: "==", Ne: "!="}
        sign = signs.get(type(e), e.rel_op)
        return f"({self._print(e.lhs)}) {sign} ({self._print(e.rhs)})"

    def _print_And(self, e: Any) -> str:  # noqa: N802
        return " and ".join(f"({self._print(a)})" for a in e.args)

    def _print_Or(self, e: Any) -> str:  # noqa: N802
        return " or ".join(f"({self._print(a)})" for a in e.args)

    def _print_ITE(self, e: Any) -> str:  # noqa: N802
        condition, then, otherwise = map(self._print, e.args)
        return f"(({then}) if ({condition}) else ({otherwise}))"

    def _print_Implies(self, e: Any) -> str:  # noqa: N802
        condition, then = map(self._print, e.args)
        return f"(not ({condition}) or ({then}))"

    def _print_Equivalent(self, e: Any) -> str:  # noqa: N802
        return " == ".join(f"bool({self._print(a)})" for a in e.args)

    def _print_Not(self, e: Any) -> str:  # noqa: N802
        return f"not ({self._print(e.args[0])})"


class _Coder:
    """Writes signals as NumPy expressions at fixed lengths."""

    def __init__(self, data: Mapping[str, list[int]], at: Point, names: Mapping[str, str]) -> None:
        self.data = data
        self.at = at
        self.names = names

    def size(self, signal: SignalExpr) -> int:
        return arrays.length_at(signal, self.at)

    def code(self, signal: SignalExpr) -> str:
        match signal:
            case Signal(name):
                return self.names[name]
            case Taps(numbers):
                return _array(numbers)
            case Formula():
                return self._formula(signal)
            case Pad(inner, left, right):
                return self._pad(inner, left.at(self.at), right.at(self.at))
            case Extend(inner, left, right, mode):
                amounts = f"({left.at(self.at)}, {right.at(self.at)})"
                return f'np.pad({self.code(inner)}, {amounts}, "{_MODES[mode]}")'
            case Flip(inner):
                return f"{self._operand(inner)}[::-1]"
            case Downsample(inner, factor):
                return f"{self._operand(inner)}[::{factor.at(self.at)}]"
            case Dilate(inner, factor):
                return self._dilated(inner, factor.at(self.at))
            case Convolve(left, right):
                if not self.size(signal):
                    return "np.zeros(0, int)"
                return f"np.convolve({self.code(left)}, {self.code(right)})"
            case Correlate(inner, kernel, stride, dilation):
                if not self.size(signal):
                    return "np.zeros(0, int)"
                taps = self._dilated(kernel, dilation.at(self.at))
                layer = f'np.correlate({self.code(inner)}, {taps}, "valid")'
                step = stride.at(self.at)
                return layer if step == 1 else f"{layer}[::{step}]"
            case Add(left, Scale(number, right)) if number == -1:
                return f"{self.code(left)} - {self._operand(right)}"
            case Add(left, right):
                return f"{self.code(left)} + {self.code(right)}"
            case Multiply(left, right):
                return f"{self._operand(left)} * {self._operand(right)}"
            case Scale(number, inner):
                divided = f" / {number.denominator}" if number.denominator > 1 else ""
                times = f"{number.numerator} * " if number.numerator != 1 else ""
                return f"{times}{self._operand(inner)}{divided}"
        raise NotImplementedError(f"no NumPy code for {type(signal).__name__}")

    def _operand(self, signal: SignalExpr) -> str:
        text = self.code(signal)
        return f"({text})" if isinstance(signal, Add | Multiply | Scale) else text

    def _pad(self, inner: SignalExpr, left: int, right: int) -> str:
        text = self._operand(inner)
        before, after = max(left, 0), max(right, 0)
        if before or after:
            text = f"np.pad({self.code(inner)}, ({before}, {after}))"
        if left >= 0 and right >= 0:
            return text
        start = max(-left, 0)
        size = max(0, self.size(inner) + left + right)
        return f"{text}[{start}:{start + size}]"

    def _dilated(self, signal: SignalExpr, factor: int) -> str:
        if factor == 1 or not self.size(signal):
            return self._operand(signal)
        spread = f"np.kron({self.code(signal)}, [1{', 0' * (factor - 1)}])"
        return f"{spread}[:{factor * (self.size(signal) - 1) + 1}]"

    def _formula(self, signal: Formula) -> str:
        size = signal.size.at(self.at)
        if signal.entry == 1:
            return f"np.ones({size}, int)"
        named = {
            name: [Symbol(f"{self.names[name]}[{i}]") for i in range(len(entries))]
            for name, entries in self.data.items()
        }
        written = arrays.entries(signal, named, self.at, sympy.S.Zero)
        return f"np.array([{', '.join(map(_Python().doprint, written))}]{', int' * (not size)})"


def _array(numbers: Any) -> str:
    texts = [
        str(n) if not isinstance(n, Fraction) or n.denominator > 1 else str(int(n)) for n in numbers
    ]
    return f"np.array([{', '.join(texts)}]{', int' * (not texts)})"

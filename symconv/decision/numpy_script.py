"""A counterexample as three lines of NumPy or PyTorch, for people who do not have symconv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
from symconv.language import fixed_size
from symconv.language.arrays import Array, indices
from symconv.language.assignments import Point, leaf_shape
from symconv.language.graph import leaves, walk
from symconv.language.length_symbols import spelled_out
from symconv.language.operators import Conv
from symconv.language.signals import SignalExpr

__all__ = ["numpy_lines", "pytorch_lines"]

_USED = {"np", "math", "torch", "print", "int", "floor", "ceil", "max", "min", "abs"}


def numpy_lines(claim: Claim, found: Counterexample) -> str:
    """Three lines of Python that print both sides of the claim at the counterexample.

    A layer whose input is shorter than its kernel stands as `np.zeros(0, int)`, because
    NumPy would exchange the two.
    """
    return _lines(claim, found, with_torch=False)


def pytorch_lines(claim: Claim, found: Counterexample) -> str:
    """The same where layers with channels are PyTorch's; empty if there is none.

    What is no layer stays NumPy's.
    """
    nodes = walk(*claim.signals)
    if not any(isinstance(node.operator, Conv) for node in nodes):
        return ""
    return _lines(claim, found, with_torch=True)


def _lines(claim: Claim, found: Counterexample, *, with_torch: bool) -> str:
    at = {s: found.lengths[s.name] for s in claim.symbols}
    names = _names([*found.signals, *found.lengths])
    functions = _names(found.functions, names.values())
    if claim.signals:
        kind = "float" if with_torch else ""  # PyTorch's layers take no integers
        values = {
            names[name]: _array(entries, kind, leaf_shape(claim.named[name], at))
            for name, entries in found.signals.items()
        }
        coder = _Coder(at, names, functions, with_torch)
        sides = [coder.text(side) for side in claim.signals]
        values |= {
            functions[name]: f"lambda v: {_of_v(value)}" for name, value in found.functions.items()
        }
    else:
        values = {names[s.name]: str(at[s]) for s in claim.symbols}
        renamed = {s: IntegerSymbol(names[s.name]) for s in claim.symbols}
        sides = [
            _Python().doprint(spelled_with(spelled_out(side), renamed))
            for side in claim.expressions
        ]
    needed = "math, " * any("math." in side for side in sides)
    first = f"import {needed}numpy as np" if claim.signals else "from math import ceil, floor"
    first += ", torch" * with_torch
    assigned = f"{', '.join(values)} = {', '.join(values.values())}" if values else "pass"
    return "\n".join([first, assigned, f"print({', '.join(sides)})"])


def _of_v(polynomial: str) -> str:
    """A polynomial as NumPy computes it of an array, also where it is a number."""
    return polynomial if "v" in polynomial else f"0 * v + {polynomial}"


def _names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """For each name one that Python allows, and that the three lines do not use themselves."""
    used = {*_USED, *taken}
    result: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name)
        plain = plain if plain.isidentifier() and not iskeyword(plain) else f"_{plain}"
        while plain in used or plain in result.values():
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
    """Writes tensors as NumPy expressions at fixed sizes."""

    def __init__(
        self, at: Point, names: Mapping[str, str], functions: Mapping[str, str], with_torch: bool
    ) -> None:
        self.at = at
        self.names = names
        self.functions = functions
        self.with_torch = with_torch

    def text(self, signal: SignalExpr) -> str:
        """The expression of a tensor."""
        return signal.operator.numpy_code(self, signal)

    def operand(self, signal: SignalExpr) -> str:
        """The same, so that it can be indexed or multiplied."""
        text = self.text(signal)
        return f"({text})" if signal.operator.parenthesised_in_numpy else text

    def shape(self, signal: SignalExpr) -> tuple[int, ...]:
        """How many entries a tensor has along each axis."""
        return fixed_size.shape_at(signal, self.at)

    def name(self, name: str) -> str:
        """The name of a tensor, as Python allows it."""
        return self.names[name]

    def function(self, name: str) -> str:
        """The name of a function of which nothing is known, as Python allows it."""
        return self.functions[name]

    def array(self, numbers: Sequence[Any]) -> str:
        """Numbers as an array."""
        return _array(numbers)

    def entries(self, signal: SignalExpr) -> str:
        """The entries one by one, as an array."""
        named = {}
        for name, leaf in leaves(signal).items():
            shape = leaf_shape(leaf, self.at)
            places = (", ".join(map(str, index)) for index in indices(shape))
            named[name] = Array(shape, [Symbol(f"{self.names[name]}[{p}]") for p in places])
        written = fixed_size.array(signal, named, self.at, sympy.S.Zero)
        texts = ", ".join(map(_Python().doprint, written.entries))
        text = f"np.array([{texts}]{', int' * (not written.entries)})"
        return text if signal.ndim == 1 else f"{text}.reshape({written.shape})"


def _array(numbers: Any, kind: str = "", shape: tuple[int, ...] = ()) -> str:
    if 0 in shape[:-1]:  # nested lists end at the first axis without entries
        return f"np.zeros({shape}, {kind or 'int'})"

    def text(part: Any) -> str:
        if isinstance(part, list | tuple):
            return f"[{', '.join(map(text, part))}]"
        whole = isinstance(part, Fraction) and part.denominator == 1
        return str(int(part) if whole else part)

    listed = text(numbers if isinstance(numbers, int | Fraction) else list(numbers))
    kind = kind or ("" if re.search(r"\d", listed) else "int")
    return f"np.array({listed}{f', {kind}' * bool(kind)})"

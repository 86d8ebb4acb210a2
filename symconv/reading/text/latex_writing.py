"""Formulas as LaTeX, in the order in which they were written."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import sympy

from symconv.language.signals import Signal
from symconv.reading.text.formulas import ParsedFormula
from symconv.reading.text.trees import is_condition, is_restricted, is_signal_tree

__all__ = ["latex_of"]

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly an operator binds
_SIGNS = {
    ast.Eq: "=", ast.NotEq: r"\neq", ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq",
}  # fmt: skip  # fmt: skip


def latex_of(parsed: ParsedFormula, signals: dict[str, Signal]) -> str:
    r"""A formula as LaTeX in the order in which it was written.

    >>> from symconv import integers
    >>> from symconv.reading.text.latex import parse_latex
    >>> k = Signal("k", integers("c", positive=True))
    >>> print(latex_of(parse_latex(r"\sum_i k_i k_{t - 2i}", {"k": k}), {"k": k}))
    \sum_{i} k[i]\, k[t - 2 i]
    """
    tree, writer = parsed.phrase.tree, _Writer(signals)
    if is_restricted(tree):
        formula, condition = map(writer.written, tree.args)
        return rf"{formula}, \quad {condition}"
    return writer.written(tree)


class _Writer:
    def __init__(self, signals: dict[str, Signal]) -> None:
        self._signals = signals

    def written(self, node: ast.AST, least: int = _SUM) -> str:
        """A tree as LaTeX, in parentheses where it binds less tightly than it should."""
        text, binding = self._written(node)
        return text if binding >= least else rf"\left({text}\right)"

    def _written(self, node: ast.AST) -> tuple[str, int]:
        match node:
            case ast.Constant(value):
                return str(value), _ATOM
            case ast.Name(name):
                return self._name(name), _ATOM
            case ast.UnaryOp(ast.USub(), operand):
                return f"-{self.written(operand, _PRODUCT)}", _SUM
            case ast.UnaryOp(ast.UAdd(), operand):
                return self._written(operand)
            case ast.UnaryOp(_, operand):
                return rf"\neg {self.written(operand, _ATOM)}", _SUM
            case ast.BinOp(left, operator, right):
                return self._binary(left, operator, right)
            case ast.BoolOp(operator, parts):
                sign = r" \wedge " if isinstance(operator, ast.And) else r" \vee "
                return sign.join(self.written(part, _PRODUCT) for part in parts), _SUM
            case ast.Compare(first, operators, others):
                sides = [self.written(first)]
                for comparison, side in zip(operators, others, strict=True):
                    sides += [_SIGNS.get(type(comparison), "?"), self.written(side)]
                return " ".join(sides), _SUM
            case ast.Subscript(signal, position):
                return f"{self.written(signal, _POWER)}[{self.written(position)}]", _ATOM
            case ast.Call(ast.Name(name) as signal, [position]) if name in self._signals:
                return f"{self.written(signal, _POWER)}[{self.written(position)}]", _ATOM
            case ast.List([condition]) if is_condition(condition):
                return rf"\left[{self.written(condition)}\right]", _ATOM
            case ast.Call(ast.Name(name), arguments):
                return self._function(name, arguments)
            case ast.Call(ast.Attribute(inner, name), arguments):
                return self._method(inner, name, arguments)
        return rf"\text{{{ast.unparse(node)}}}", _ATOM

    def _name(self, name: str) -> str:
        if name in self._signals:
            return self._signals[name].name
        if name == "oo":
            return r"\infty"
        letter, _, number = name.partition("_")
        letter = letter if len(letter) < 2 or letter[-1].isdigit() else rf"\{letter}"
        return f"{letter}_{{{number}}}" if number else letter

    def _binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        match operator:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(operator, ast.Add) else "-"
                return f"{self.written(left)} {sign} {self.written(right, _PRODUCT)}", _SUM
            case ast.Mult():
                one, other = self.written(left, _PRODUCT), self.written(right, _POWER)
                signals = is_signal_tree(left, self._signals) and is_signal_tree(
                    right, self._signals
                )
                sign = " * " if signals else r" \cdot " if other[0].isdigit() else r"\, "
                if not signals and other.startswith(r"\left("):
                    sign = r" \cdot "
                elif isinstance(left, ast.Constant) and not other[0].isdigit():
                    sign = " "
                return f"{one}{sign}{other}", _PRODUCT
            case ast.Div():
                return rf"\frac{{{self.written(left)}}}{{{self.written(right)}}}", _ATOM
            case ast.FloorDiv():
                inside = rf"\frac{{{self.written(left)}}}{{{self.written(right)}}}"
                return rf"\left\lfloor {inside} \right\rfloor", _ATOM
            case ast.Mod():
                sides = self.written(left, _PRODUCT), self.written(right, _POWER)
                return rf"({sides[0]} \bmod {sides[1]})", _ATOM
        return f"{self.written(left, _ATOM)}^{{{self.written(right)}}}", _POWER

    def _function(self, name: str, arguments: Sequence[ast.expr]) -> tuple[str, int]:
        match name, arguments:
            case "Sum", [body, *limits] if any(map(is_condition, limits)):
                below = ", ".join(self._range(one) for one in limits if not is_condition(one))
                such = ", ".join(self.written(one) for one in limits if is_condition(one))
                return rf"\sum_{{{below} : {such}}} {self.written(body, _PRODUCT)}", _SUM
            case "Sum", [body, *limits]:
                signs = " ".join(self._limit(limit) for limit in reversed(limits))
                return f"{signs} {self.written(body, _PRODUCT)}", _SUM
            case "Piecewise", _:
                rows = (
                    f"{self.written(part.elts[0])} & {self._case(part.elts[1])}"
                    for part in arguments
                    if isinstance(part, ast.Tuple)
                )
                inside = " \\\\ ".join(rows)
                return rf"\begin{{cases}}{inside}\end{{cases}}", _ATOM
            case "Mod", [value, modulus]:
                return self._binary(value, ast.Mod(), modulus)
            case "floor", [value]:
                return rf"\left\lfloor {self.written(value)} \right\rfloor", _ATOM
            case (("ceil" | "ceiling"), [value]):
                return rf"\left\lceil {self.written(value)} \right\rceil", _ATOM
            case "len", [ast.Name(signal)] if signal in self._signals:
                return str(sympy.latex(self._signals[signal].sizes[0].written)), _SUM
            case "Eq", [left, right]:
                return f"{self.written(left)} = {self.written(right)}", _SUM
        inside = ", ".join(self.written(argument) for argument in arguments)
        word = name.lower()
        sign = rf"\{word}" if word in ("min", "max") else rf"\operatorname{{{name}}}"
        return rf"{sign}({inside})", _ATOM

    def _limit(self, limit: ast.expr) -> str:
        match limit:
            case ast.Tuple([index, low, high]):
                below, above = self.written(low), self.written(high)
                return rf"\sum_{{{self.written(index)}={below}}}^{{{above}}}"
            case ast.Tuple([index]):
                return rf"\sum_{{{self.written(index)}}}"
        return rf"\sum_{{{self.written(limit)}}}"

    def _range(self, limit: ast.expr) -> str:
        """An index and its ends as they stand below a sum with a condition."""
        match limit:
            case ast.Tuple([index, low, high]):
                parts = [self.written(index)]
                if not _is_infinite(low):
                    parts = [self.written(low), r"\leq", *parts]
                if not _is_infinite(high):
                    parts += [r"\leq", self.written(high)]
                return " ".join(parts)
            case ast.Tuple([index]):
                return self.written(index)
        return self.written(limit)

    def _case(self, condition: ast.expr) -> str:
        match condition:
            case ast.Constant(True):
                return r"\text{otherwise}"
        return rf"\text{{if }} {self.written(condition)}"

    def _method(self, inner: ast.expr, name: str, arguments: Sequence[ast.expr]) -> tuple[str, int]:
        match name, arguments:
            case "flip", []:
                if isinstance(inner, ast.Name):
                    return rf"\tilde{{{self.written(inner)}}}", _ATOM
                return rf"\operatorname{{flip}}({self.written(inner)})", _ATOM
            case (("dilate" | "downsample"), [factor]):
                arrow = r"\uparrow" if name == "dilate" else r"\downarrow"
                return rf"{self.written(inner, _POWER)}{arrow}_{{{self.written(factor)}}}", _POWER
            case "convolve", [other]:
                sides = self.written(inner, _PRODUCT), self.written(other, _POWER)
                return f"{sides[0]} * {sides[1]}", _PRODUCT
        inside = ", ".join(map(self.written, [inner, *arguments]))
        return rf"\operatorname{{{name}}}({inside})", _ATOM


def _is_infinite(end: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "oo" for part in ast.walk(end))

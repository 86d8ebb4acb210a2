"""Formulas as Rocq writes them: sums and products of tensors that are one term each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import sympy
from sympy import And, Expr, Indexed, Piecewise, Rational, Sum, Symbol
from sympy.core.relational import Eq

from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.such_that import SuchThat
from symconv.errors import Uncertified
from symconv.formal.rocq_syntax import Names, argument, list_text, polynomial_text, scalar_text
from symconv.language.notation import plain
from symconv.language.operators import Formula
from symconv.language.signals import SignalExpr

__all__ = ["Combined", "Node", "Scaled", "Term", "formula_text", "read_formula"]

Position: TypeAlias = tuple[Polynomial, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of products of entries, or of a number, where equations hold.

    Indices of the formula are atoms by the numbers of their axes; the numbers of the integers
    that the sum runs over follow.

    Attributes:
        sizes: how many values each of these has, from 0 on.
        equations: pairs that have to be equal.
        entries: the entries of operands that are multiplied; at most two.
        number: the number, where there is no entry.
    """

    sizes: tuple[Polynomial, ...]
    equations: tuple[tuple[Polynomial, Polynomial], ...]
    entries: tuple[tuple[str, Position], ...]
    number: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number times a formula."""

    number: Fraction
    of: Node


@dataclass(frozen=True, slots=True)
class Combined:
    """The sum or the product of two formulas; `word` is `add` or `multiply`."""

    word: str
    one: Node
    other: Node


Node: TypeAlias = Term | Scaled | Combined


def read_formula(signal: SignalExpr) -> Node:
    """The formula as what it is made of.

    Raises:
        Uncertified: there is no rule for something in it.
    """
    operator = signal.operator
    assert isinstance(operator, Formula)
    values = {s: amount.polynomial for s, amount in operator.chosen}
    values |= {s: Polynomial.of(axis) for axis, s in enumerate(operator.indices)}
    node = _node(operator.expression, values, len(operator.indices))
    if node is None:
        raise Uncertified(f"certificates have no rule for the formula {plain(signal)}")
    return node


def _node(expression: Expr, values: Mapping[Symbol, Polynomial], rank: int) -> Node | None:
    term = _term(expression, values, rank)
    if term is not None:
        return term
    if not isinstance(expression, sympy.Add | sympy.Mul):
        return None
    word = "add" if isinstance(expression, sympy.Add) else "multiply"
    nodes = [
        (
            part,
            None
            if isinstance(part, Rational) and word == "multiply"
            else _node(part, values, rank),
        )
        for part in expression.args
    ]
    result: Node | None = None
    for part, node in reversed(nodes):
        if isinstance(part, Rational) and word == "multiply" and result is not None:
            result = Scaled(Fraction(int(part.p), int(part.q)), result)
        elif node is None:
            return None
        else:
            result = node if result is None else Combined(word, node, result)
    return result


def _term(expression: Expr, values: Mapping[Symbol, Polynomial], rank: int) -> Term | None:
    known = dict(values)
    sizes: list[Polynomial] = []
    while isinstance(expression, Sum):
        for symbol, low, high in expression.limits:
            size = _polynomial(high + 1, values)
            if low != 0 or size is None or size.indices():
                return None
            known[symbol] = Polynomial.of(rank + len(sizes))
            sizes.append(size)
        expression = expression.function
    equations: list[tuple[Polynomial, Polynomial]] = []
    match expression:
        case Piecewise(args=(inside, *others)) if [tuple(one) for one in others] in (
            [],
            [(0, sympy.true)],
        ):
            expression, condition = inside.expr, inside.cond
        case SuchThat(args=(inside, condition)):
            expression = inside
        case _:
            condition = sympy.true
    for one in condition.args if isinstance(condition, And) else (condition,):
        if one == sympy.true:
            continue
        if not isinstance(one, Eq):
            return None
        left, right = (_polynomial(side, known) for side in one.args)
        if left is None or right is None:
            return None
        equations.append((left, right))
    if isinstance(expression, Rational):
        return Term(
            tuple(sizes), tuple(equations), (), Fraction(int(expression.p), int(expression.q))
        )
    entries: list[tuple[str, Position]] = []
    for factor in sympy.Mul.make_args(expression):
        if not isinstance(factor, Indexed):
            return None
        position = [_polynomial(index, known) for index in factor.indices]
        if None in position:
            return None
        entries.append((str(factor.base.label), tuple(p for p in position if p is not None)))
    if len(entries) > 2 or (len(entries) == 2 and not sizes and not equations):
        return None
    return Term(tuple(sizes), tuple(equations), tuple(entries))


def _polynomial(expression: Expr, values: Mapping[Symbol, Polynomial]) -> Polynomial | None:
    found, divisor = scaled_polynomial(expression, values)
    return found if divisor == 1 else None


# --- as text -------------------------------------------------------------------------


def formula_text(signal: SignalExpr, operands: Sequence[str], names: Names) -> str:
    """The formula as a tensor."""
    assert isinstance(signal.operator, Formula)
    standing = dict(zip(signal.operator.bases, operands, strict=True))
    sizes = [size.polynomial for size in signal.operator.sizes]
    return _text(read_formula(signal), sizes, standing, names)


def _text(
    node: Node, sizes: Sequence[Polynomial], operands: Mapping[str, str], names: Names
) -> str:
    match node:
        case Term():
            return TermText(node, len(sizes), operands, names).tensor(sizes)
        case Scaled(number, of):
            return f"scale {scalar_text(number)} {argument(_text(of, sizes, operands, names))}"
        case Combined(word, one, other):
            parts = (argument(_text(part, sizes, operands, names)) for part in (one, other))
            return f"{word} {' '.join(parts)}"


@dataclass(frozen=True, slots=True)
class TermText:
    """The texts of a term.

    Attributes:
        term: the term.
        rank: how many indices the formula has.
        operands: what the operands are called.
        names: what the symbols are called.
    """

    term: Term
    rank: int
    operands: Mapping[str, str]
    names: Names

    def tensor(self, sizes: Sequence[Polynomial]) -> str:
        """The term as a tensor."""
        atoms: dict[Atom, str] = dict(self.names.items())
        shape = list_text(polynomial_text(size, atoms) for size in sizes)
        value = self._value()
        if self.term.equations:
            value = f"if holds {self.equations()} then {value} else 0%R"
        if self._is_sum:
            value = f"(\\sum_(v <- box {self.box()}) ({value}))%R"
        return f"build {shape} (fun{self._bound()} {value})"

    @property
    def _is_sum(self) -> bool:
        return bool(self.term.sizes or (self.term.equations and self.term.entries))

    @property
    def _is_in_ring(self) -> bool:
        """Whether signs in the text mean those of the ring, unless it says otherwise."""
        return self._is_sum or len(self.term.entries) == 2

    def _bound(self) -> str:
        used = self.term.sizes or self.term.equations or self.term.entries
        return " i =>" if used else "=>"

    def _value(self) -> str:
        entries = [
            f"{argument(self.operands[name])}.[{self.index(n)}]"
            for n, (name, _) in enumerate(self.term.entries)
        ]
        if len(entries) == 2:
            return f"({' * '.join(entries)})%R"
        return entries[0] if entries else scalar_text(self.term.number)

    def box(self) -> str:
        """The sizes of the box that the sum runs over."""
        return list_text(map(self._integer, self.term.sizes))

    def index(self, number: int) -> str:
        """Where an entry stands."""
        return list_text(map(self._integer, self.term.entries[number][1]))

    def equations(self) -> str:
        """The equations, as a list."""
        return list_text(
            f"({self._integer(one)} =? {self._integer(other)})%Z"
            if self._is_in_ring
            else f"{self._integer(one)} =? {self._integer(other)}"
            for one, other in self.term.equations
        )

    def _integer(self, polynomial: Polynomial) -> str:
        atoms: dict[Atom, str] = dict(self.names.items())
        atoms |= {axis: f"(component i {axis})" for axis in range(self.rank)}
        atoms |= {self.rank + n: f"(component v {n})" for n in range(len(self.term.sizes))}
        text = polynomial_text(polynomial, atoms)
        return f"{argument(text)}%Z" if self._is_in_ring else text

"""Formulas as Rocq writes them: sums and products of tensors that are one term each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import TypeAlias

import sympy
from sympy import And, Basic, Expr, Indexed, Not, Or, Piecewise, Rational, Sum, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne

from symconv.arithmetic.from_sympy import FormulaReader, scaled_polynomial
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Guard,
    Guarded,
    Polynomial,
    Relation,
    conjoined,
    negated,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.errors import Uncertified
from symconv.formal.arithmetic import Fact, are_contradictory, known_facts
from symconv.formal.expansions import AtMost, Condition
from symconv.formal.index_maps import Comparison
from symconv.formal.rocq_syntax import (
    Names,
    argument,
    equation_text,
    integer_text,
    list_text,
    polynomial_text,
    scalar_text,
)
from symconv.language.notation import plain
from symconv.language.operators import Formula
from symconv.language.signals import SignalExpr

__all__ = [
    "Cases",
    "CasesText",
    "Combined",
    "Node",
    "Scaled",
    "Term",
    "formula_text",
    "node_text",
    "read_formula",
]

Position: TypeAlias = tuple[Polynomial, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of products of entries, or of a number, where equations hold.

    Indices of the formula are atoms by the numbers of their axes; the numbers of the integers
    that the sum runs over follow.

    Attributes:
        sizes: how many values each of these has, from 0 on.
        conditions: what has to hold.
        entries: the entries of operands that are multiplied; at most two.
        number: the number, where there is no entry.
    """

    sizes: tuple[Polynomial, ...]
    conditions: tuple[Condition, ...]
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


@dataclass(frozen=True, slots=True)
class Cases:
    """A formula in cases, and the formulas of one case each of which it is the sum.

    Attributes:
        expression: the formula.
        indices: the names of its indices.
        sum: the sum.
    """

    expression: Expr
    indices: tuple[str, ...]
    sum: Node


Node: TypeAlias = Term | Scaled | Combined | Cases


def read_formula(signal: SignalExpr) -> Node:
    """The formula as what it is made of.

    Raises:
        Uncertified: there is no rule for something in it.
    """
    operator = signal.operator
    assert isinstance(operator, Formula)
    values = {s: amount.polynomial for s, amount in operator.chosen}
    values |= {s: Polynomial.of(axis) for axis, s in enumerate(operator.indices)}
    node = _node(operator.expression, values, len(operator.indices)) or _cases(operator, values)
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


def _cases(operator: Formula, values: Mapping[Symbol, Polynomial]) -> Node | None:
    """A formula in cases as the sum of its cases."""
    rank = len(operator.indices)
    inner = {symbol.name for symbol in operator.indices}
    if any(inner & amount.polynomial.symbols() for _, amount in operator.chosen):
        return None
    result: Node | None = None
    for term in reversed(FormulaReader(count(rank)).terms(operator.expression, values)):
        if term.indices or term.divisors or len(term.factors) > 2:
            return None
        for guards, positions in _single_cases(term.guards, [f.position for f in term.factors]):
            entries = [(f.name, p) for f, p in zip(term.factors, positions, strict=True)]
            if len(entries) == 2 and not guards:
                return None
            number = Fraction(1) if entries else term.coefficient
            one: Node = Term((), tuple(map(_condition, guards)), tuple(entries), number)
            if term.coefficient != number:
                one = Scaled(term.coefficient, one)
            result = one if result is None else Combined("add", one, result)
    return result and Cases(operator.spelled, tuple(s.name for s in operator.indices), result)


def _single_cases(
    guards: Conjunction, positions: Sequence[Position]
) -> Iterator[tuple[Conjunction, Sequence[Position]]]:
    """The same without amounts that are chosen by cases, which become conditions."""
    parts = [*(guard.polynomial for guard in guards), *(p for one in positions for p in one)]
    chosen = {a for part in parts for a in part.every_atom() if isinstance(a, Guarded)}
    if not chosen:
        facts = [
            Fact("", p) for guard in guards for p in Comparison.of(_condition(guard)).nonnegative
        ]
        told = known_facts(a for guard in guards for a in guard.polynomial.every_atom())
        if not are_contradictory([*facts, *told], set()):
            yield guards, positions
        return
    atom = min(chosen, key=lambda a: (a.written_size, str(a)))
    ways = [(atom.value, atom.guards)]
    for number, guard in enumerate(atom.guards):
        ways += [(Polynomial({}), (*atom.guards[:number], other)) for other in negated(guard)]
    for value, where in ways:
        put: dict[Atom, Polynomial] = {atom: value}
        changed = (*(g.map(lambda p: p.substitute(put)) for g in guards), *where)  # noqa: B023
        known = conjoined(changed)
        if known is not None:
            there = [tuple(p.substitute(put) for p in one) for one in positions]
            yield from _single_cases(known, there)


def _condition(guard: Guard) -> Condition:
    """A guard, with what is subtracted on the other side."""
    terms = guard.polynomial.terms.items()
    positive = Polynomial({m: c for m, c in terms if c > 0})
    negative = Polynomial({m: -c for m, c in terms if c < 0})
    return (
        AtMost(negative, positive)
        if guard.relation is Relation.AT_LEAST_ZERO
        else (negative, positive)
    )


# --- as text -------------------------------------------------------------------------


def formula_text(signal: SignalExpr, operands: Sequence[str], names: Names) -> str:
    """The formula as a tensor."""
    assert isinstance(signal.operator, Formula)
    standing = dict(zip(signal.operator.bases, operands, strict=True))
    sizes = [size.polynomial for size in signal.operator.sizes]
    return node_text(read_formula(signal), sizes, standing, names)


def node_text(
    node: Node, sizes: Sequence[Polynomial], operands: Mapping[str, str], names: Names
) -> str:
    """A formula, or a part of one, as a tensor."""
    match node:
        case Term():
            return TermText(node, len(sizes), operands, names).tensor(sizes)
        case Scaled(number, of):
            return f"scale {scalar_text(number)} {argument(node_text(of, sizes, operands, names))}"
        case Cases(expression, indices, _):
            return CasesText(expression, indices, operands, names).tensor(sizes)
        case Combined(word, one, other):
            parts = (argument(node_text(part, sizes, operands, names)) for part in (one, other))
            return f"{word} {' '.join(parts)}"


@dataclass(frozen=True, slots=True)
class CasesText:
    """The text of a formula in cases.

    Attributes:
        expression: the formula.
        indices: the names of its indices.
        operands: what the operands are called.
        names: what the symbols are called.
    """

    expression: Expr
    indices: tuple[str, ...]
    operands: Mapping[str, str]
    names: Names

    def tensor(self, sizes: Sequence[Polynomial]) -> str:
        """The formula as a tensor."""
        atoms: dict[Atom, str] = dict(self.names.items())
        shape = list_text(polynomial_text(size, atoms) for size in sizes)
        return f"build {shape} (fun i => {self._entry(self.expression)})"

    @property
    def _integers(self) -> dict[str, str]:
        components = {name: f"(component i {axis})" for axis, name in enumerate(self.indices)}
        return dict(self.names) | components

    def _entry(self, expression: Expr) -> str:
        match expression:
            case Rational():
                return scalar_text(Fraction(int(expression.p), int(expression.q)))
            case sympy.Add() | sympy.Mul():
                sign = " + " if isinstance(expression, sympy.Add) else " * "
                return f"({sign.join(map(self._entry, expression.args))})%R"
            case Indexed():
                at = list_text(f"({integer_text(p, self._integers)})%Z" for p in expression.indices)
                return f"{argument(self.operands[str(expression.base.label)])}.[{at}]"
            case Piecewise(args=cases):
                text = "0%R"
                for value, condition in reversed(cases):
                    then = self._entry(value)
                    if condition == sympy.true:
                        text = then
                    else:
                        text = f"(if {self._condition(condition)} then {then} else {text})"
                return text
            case SuchThat(args=(value, condition)):
                return f"(if {self._condition(condition)} then {self._entry(value)} else 0%R)"
        raise Uncertified(f"there is no rule for {plain(expression)} in a certificate")

    def _condition(self, condition: Basic) -> str:
        match condition:
            case And() | Or():
                sign = " && " if isinstance(condition, And) else " || "
                return f"({sign.join(map(self._condition, condition.args))})"
            case Not():
                return f"~~ {self._condition(condition.args[0])}"
            case Eq() | Le() | Lt():
                sign = {Eq: "=?", Le: "<=?", Lt: "<?"}[type(condition)]
                text = equation_text(condition.lhs, condition.rhs, sign, self._integers)
                return f"({text})%Z"
            case Ge() | Gt():
                return self._condition(condition.reversed)
            case Ne():
                return f"~~ {self._condition(Eq(condition.lhs, condition.rhs, evaluate=False))}"
        raise Uncertified(f"there is no rule for the condition {plain(condition)} in a certificate")


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
        if self.term.conditions:
            value = f"if holds {self.conditions()} then {value} else 0%R"
        if self._is_sum:
            value = f"(\\sum_(v <- box {self.box()}) ({value}))%R"
        return f"build {shape} (fun{self._bound()} {value})"

    @property
    def _is_sum(self) -> bool:
        return bool(self.term.sizes or (self.term.conditions and self.term.entries))

    @property
    def _is_in_ring(self) -> bool:
        """Whether signs in the text mean those of the ring, unless it says otherwise."""
        return self._is_sum or len(self.term.entries) == 2

    def _bound(self) -> str:
        used = self.term.sizes or self.term.conditions or self.term.entries
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

    def conditions(self) -> str:
        """The conditions, as a list."""
        return list_text(
            f"({text})%Z" if self._is_in_ring else text
            for text in map(self._comparison, self.term.conditions)
        )

    def _comparison(self, condition: Condition) -> str:
        sign = "<=?" if isinstance(condition, AtMost) else "=?"
        return f"{self._integer(condition[0])} {sign} {self._integer(condition[1])}"

    def _integer(self, polynomial: Polynomial) -> str:
        atoms: dict[Atom, str] = dict(self.names.items())
        atoms |= {axis: f"(component i {axis})" for axis in range(self.rank)}
        atoms |= {self.rank + n: f"(component v {n})" for n in range(len(self.term.sizes))}
        text = polynomial_text(polynomial, atoms)
        return f"{argument(text)}%Z" if self._is_in_ring else text

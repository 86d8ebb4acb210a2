"""Claims with symbolic strides at given strides: which symbols to replace, by which numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, count, product

from sympy import Symbol

from symconv.arithmetic.from_sympy import cases, scaled_polynomial
from symconv.arithmetic.polynomials import Floor, Guarded, Monomial, Polynomial
from symconv.arithmetic.terms import free_index
from symconv.decision.claims import Claim
from symconv.decision.networks.maxima import is_maximum
from symconv.errors import Undecided
from symconv.language.any_size import guarded_sum
from symconv.language.assignments import allows
from symconv.language.graph import has_opaque, walk
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, StandIn, replaced

__all__ = ["strides_of", "values_of", "values_up_to"]


def strides_of(claim: Claim) -> tuple[Symbol, ...]:
    """Symbols without which the claim has no products: with numbers for them it is linear.

    Raises:
        Undecided: indices are multiplied with each other.
    """
    monomials: list[Monomial] = []
    fixed: set[str] = set()
    for polynomial in _polynomials(claim):
        _collect(polynomial, monomials, fixed)
    for monomial in monomials:
        if sum(isinstance(a, int) for a in monomial) > 1:
            raise Undecided(
                "indices are multiplied with each other, which no numbers for strides undo"
            )
        if any(isinstance(a, int | Floor | Guarded) for a in monomial):
            fixed |= {a for a in monomial if isinstance(a, str)}
    while True:
        left = [
            {a for a in monomial if isinstance(a, str)} - fixed
            for monomial in monomials
            if sum(not isinstance(a, str) or a not in fixed for a in monomial) > 1
        ]
        counted = Counter(name for names in left for name in sorted(names))
        if not counted:
            return tuple(s for s in claim.symbols if s.name in fixed)
        fixed.add(counted.most_common(1)[0][0])


def values_of(symbol: Symbol, largest: int) -> Iterator[int]:
    """The values from −largest to largest that the assumptions allow, small ones first."""
    ordered = sorted(range(-largest, largest + 1), key=lambda v: (abs(v), v))
    return (v for v in ordered if allows(symbol, v))


def values_up_to(symbols: tuple[Symbol, ...], largest: int) -> Iterator[dict[Symbol, int]]:
    """Such values for several symbols, those of small sum first."""
    allowed = [list(values_of(s, largest)) for s in symbols]
    every = sorted(product(*allowed), key=lambda values: (sum(map(abs, values)), values))
    for values in every:
        yield dict(zip(symbols, values, strict=True))


def _polynomials(claim: Claim) -> Iterator[Polynomial]:
    for signal in claim.signals:
        yield from _of_maxima(signal)
    for part in _parts(claim):
        sum_ = guarded_sum(part)
        yield from sum_.shape
        yield from chain(*sum_.shapes.values())
        for term in sum_.terms:
            yield from (p for factor in term.factors for p in factor.position)
            yield from (guard.polynomial for guard in term.guards)
            yield from term.divisors
    conditions = [*claim.given, *(claim.expressions if claim.is_condition else ())]
    for condition in conditions:
        yield from (guard.polynomial for case in cases(condition) for guard in case)
    if not claim.is_condition:
        for expression in claim.expressions:
            yield scaled_polynomial(expression)[0]


def _parts(claim: Claim) -> list[SignalExpr]:
    """The sums of products of which the sides are made, with names for functions and maxima."""
    if not has_opaque(*claim.signals):
        return list(claim.signals)
    names: dict[SignalExpr, SignalExpr] = {}
    parts: dict[SignalExpr, None] = dict.fromkeys(claim.signals)
    for node in walk(*claim.signals):
        if node.operator.is_opaque:
            sizes = tuple(size_along(node, axis) for axis in range(node.ndim))
            names[node] = StandIn(f"t#{len(names)}", sizes)
            parts |= dict.fromkeys(node.operands)
    return [replaced(part, names.get) for part in parts]


def _of_maxima(signal: SignalExpr) -> Iterator[Polynomial]:
    for node in walk(signal):
        if is_maximum(node):
            fresh = count(node.ndim)
            for one in node.operator.candidates(node, free_index(node.ndim), fresh):
                yield from one.index
                yield from (guard.polynomial for guard in one.guards)


def _collect(polynomial: Polynomial, monomials: list[Monomial], fixed: set[str]) -> None:
    """Gathers products, and the symbols that something is divided by."""
    for part in polynomial.every_part():
        monomials += [monomial for monomial in part.terms if len(monomial) > 1]
    for atom in polynomial.every_atom():
        if isinstance(atom, Floor):
            fixed |= {a for a in atom.divisor.atoms() if isinstance(a, str)}

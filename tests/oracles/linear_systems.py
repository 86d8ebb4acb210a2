"""Kernels by linear algebra: which entries make two sides equal for every input, at given sizes.

With numbers for all symbols and for the parameters, a side in unknown tensors is a polynomial
in the entries of the inputs, whose coefficients are linear in the entries of the unknowns.  That
the sides are equal for every input says one linear equation for each monomial of each output.
The sides are read at fixed sizes, by the definitions of the operators; nothing is known here of
how symconv decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, TypeAlias

import flint
from sympy import Symbol

from symconv import SignalExpr, Tensor
from symconv.language.arrays import Array, Place
from symconv.language.assignments import leaf_shape
from symconv.language.fixed_size import array
from symconv.language.graph import leaves, symbols_in

__all__ = ["LinearSystem", "NotLinearError", "Numbers", "RightSide", "joint", "linear_system"]

Row: TypeAlias = tuple[Fraction, ...]
Entry: TypeAlias = tuple[str, Place]
"""An entry of a tensor: its name, and its index."""

Read: TypeAlias = tuple[Any, ...]
"""What an equation is of: an output, and entries of the inputs with their powers."""

RightSide: TypeAlias = Callable[..., SignalExpr]
"""The right side, of unknown tensors."""

Numbers: TypeAlias = Mapping[str, Array]
"""The entries of the parameters."""


class NotLinearError(ValueError):
    """The unknowns are multiplied with each other."""


@dataclass(frozen=True)
class LinearSystem:
    """Equations in the entries of unknown tensors.

    Attributes:
        unknowns: the entries, each by the name of its tensor and its index there.
        equations: the coefficients of each equation, and what they have to give, by what it is
            of; None for that of shapes that differ.
    """

    unknowns: tuple[Entry, ...]
    equations: Mapping[Read | None, Row]

    @cached_property
    def rows(self) -> frozenset[Row]:
        """The equations that are not the same."""
        return frozenset(self.equations.values())

    @cached_property
    def _reduced(self) -> tuple[list[Row], list[int]]:
        """The reduced echelon form without its rows of zeros, and the column of each pivot."""
        rows, width = sorted(self.rows), len(self.unknowns) + 1
        flat = [flint.fmpq(a.numerator, a.denominator) for row in rows for a in row]
        matrix, rank = flint.fmpq_mat(len(rows), width, flat).rref()
        reduced = [
            tuple(Fraction(int(matrix[i, j].p), int(matrix[i, j].q)) for j in range(width))
            for i in range(rank)
        ]
        return reduced, [next(j for j, a in enumerate(row) if a) for row in reduced]

    @property
    def is_solvable(self) -> bool:
        """Whether there are such entries, among the fractions."""
        _, pivots = self._reduced
        return len(self.unknowns) not in pivots

    @property
    def rank(self) -> int:
        """How many of the equations say something new of the unknowns."""
        _, pivots = self._reduced
        return sum(pivot < len(self.unknowns) for pivot in pivots)

    @property
    def freedom(self) -> int:
        """The dimension of the null space: how many unknowns may be chosen, if there are any."""
        return len(self.unknowns) - self.rank

    @property
    def determined(self) -> frozenset[Entry]:
        """The unknowns that the equations leave no choice of."""
        reduced, pivots = self._reduced
        last = len(self.unknowns)
        return frozenset(
            self.unknowns[pivot]
            for row, pivot in zip(reduced, pivots, strict=True)
            if pivot < last and not any(row[pivot + 1 : last])
        )

    @property
    def solution(self) -> dict[Entry, Fraction]:
        """One solution: 0 for all that may be chosen.

        Raises:
            ValueError: there is none.
        """
        if not self.is_solvable:
            raise ValueError("the equations have no solution")
        reduced, pivots = self._reduced
        found = dict.fromkeys(self.unknowns, Fraction(0))
        found.update({self.unknowns[p]: row[-1] for row, p in zip(reduced, pivots, strict=True)})
        return found

    def solved_by(self, values: Mapping[str, Array]) -> bool:
        """Whether these entries of the unknown tensors fulfil all equations."""
        entries = [Fraction(values[name].at(place)) for name, place in self.unknowns]
        return all(
            sum(a * b for a, b in zip(row, entries, strict=False)) == row[-1] for row in self.rows
        )


def joint(systems: Iterable[LinearSystem]) -> LinearSystem:
    """The equations of several sizes of the inputs, for the same unknowns.

    Raises:
        ValueError: the unknowns have other shapes, or there are no systems.
    """
    given = list(systems)
    if len({system.unknowns for system in given}) != 1:
        raise ValueError("systems of several sizes need the same unknowns")
    rows = frozenset[Row]().union(*(system.rows for system in given))
    return LinearSystem(given[0].unknowns, {(n,): row for n, row in enumerate(sorted(rows))})


def linear_system(
    lhs: SignalExpr,
    rhs: RightSide,
    unknowns: Mapping[str, tuple[Any, ...]],
    at: Mapping[str, int],
    numbers: Numbers,
) -> LinearSystem:
    """The equations for the unknowns that say that both sides are equal, for every input.

    Where the sides have not the same shape, there is one equation, 0 = 1.

    Args:
        lhs: the left side.
        rhs: makes the right side of the unknowns, in the order in which these are given.
        unknowns: their names and shapes.
        at: the values of all integer symbols.
        numbers: the entries of the parameters; what is neither among them nor an unknown is
            an input.

    Raises:
        NotLinearError: the unknowns are multiplied with each other.
        SymconvError: an operator is not defined at these sizes.
    """
    tensors = [Tensor(name, shape) for name, shape in unknowns.items()]
    sides = (lhs, rhs(*tensors))
    named: dict[str, SignalExpr] = {tensor.name: tensor for tensor in tensors}
    for side in sides:
        named = {**leaves(side), **named}
    points = [_point(side, at) for side in (*sides, *tensors)]
    point = {symbol: value for one in points for symbol, value in one.items()}
    shapes = {name: leaf_shape(leaf, point) for name, leaf in named.items()}  # type: ignore[arg-type]
    free = [*unknowns, *(name for name in named if name not in unknowns and name not in numbers)]
    places = [(name, place) for name in free for place in _indices(shapes[name])]
    first = sum(prod(shapes[name]) for name in unknowns)
    ring = flint.fmpq_mpoly_ctx.get(
        tuple(f"v{number}" for number in range(len(places))), flint.Ordering.degrevlex
    )
    generators = iter(ring.gens())
    arrays = {
        name: Array(shapes[name], [next(generators) for _ in _indices(shapes[name])])
        for name in free
    }
    for name in named.keys() & numbers.keys():
        given = (Fraction(a) for a in numbers[name].entries)
        constants = [ring.constant(flint.fmpq(a.numerator, a.denominator)) for a in given]
        arrays[name] = Array(numbers[name].shape, constants)
    left, right = (
        array(side, {name: arrays[name] for name in leaves(side)}, point, ring.constant(0))
        for side in sides
    )
    unknown, inputs = tuple(places[:first]), places[first:]
    if left.shape != right.shape:
        return LinearSystem(unknown, {None: (*[Fraction(0)] * first, Fraction(1))})
    found: dict[Read | None, Row] = {}
    for output, one, other in zip(_indices(left.shape), left.entries, right.entries, strict=True):
        for exponents, row in _equations(ring.constant(0) + one - other, first).items():
            read = [(p, int(e)) for p, e in zip(inputs, exponents, strict=True) if e]
            found[output, tuple(read)] = tuple(row)
    return LinearSystem(unknown, found)


def _equations(difference: Any, first: int) -> dict[tuple[int, ...], list[Fraction]]:
    """One equation for each monomial of the inputs; the unknowns are the first variables."""
    rows: dict[tuple[int, ...], list[Fraction]] = {}
    for exponents, coefficient in difference.terms():
        chosen = [i for i in range(first) if exponents[i]]
        if sum(int(exponents[i]) for i in chosen) > 1:
            raise NotLinearError("the right side is not linear in the unknowns")
        row = rows.setdefault(tuple(exponents[first:]), [Fraction(0)] * (first + 1))
        value = Fraction(int(coefficient.p), int(coefficient.q))
        if chosen:
            row[chosen[0]] += value
        else:
            row[-1] -= value
    return rows


def _point(signal: SignalExpr, at: Mapping[str, int]) -> dict[Symbol, int]:
    return {symbol: at[name] for name, symbol in symbols_in(signal).items()}


def _indices(shape: tuple[int, ...]) -> Iterable[Place]:
    return product(*map(range, shape))

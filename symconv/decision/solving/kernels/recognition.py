"""Recognising a kernel: convolutions, dilations, flips and sums of known ones.

What is recognised is tried, and proved to be the tensor of the formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from string import ascii_letters
from typing import Any

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Guard, Polynomial, Relation, quotient
from symconv.arithmetic.symbols import Sign
from symconv.arithmetic.terms import Term
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.decision.claims import Claim
from symconv.decision.solving.kernels.elimination import Elimination
from symconv.decision.solving.kernels.formulas import by_terms
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.tensor_functions import einsum

__all__ = ["recognised"]


def recognised(
    problem: Problem, name: str, terms: Sequence[Term], formula: SignalExpr
) -> SignalExpr | None:
    """The unknown as operators on known tensors, if it is recognised; equal to the formula.

    Args:
        problem: the problem, in which the shapes are known.
        name: the unknown.
        terms: the terms of an entry, in the first indices.
        formula: the tensor with these entries.
    """
    if not terms:
        return None
    sizes = problem.unknowns[name].lengths
    made = {i: next(_made(problem, term, sizes), None) for i, term in enumerate(terms)}
    others = [term for i, term in enumerate(terms) if made[i] is None]
    parts = [part for part in made.values() if part is not None]
    if not parts:
        return None
    if others:  # the part that is not recognised stands behind the others, as a formula
        parts.append(by_terms(problem, name, others))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    with suppress(SymconvError):
        if isinstance(Claim(formula, total).prove(), Proved):
            return total
    return None


def _made(problem: Problem, term: Term, sizes: Sequence[Polynomial]) -> Iterator[SignalExpr]:
    """What the sum of one term may be, as operators, in the shape of the unknown."""
    reading = _Reading(problem, term, sizes)
    for way in (reading.einsum, reading.moved, reading.convolution, reading.transposed):
        made = None
        with suppress(SymconvError):
            made = way()
            if made is not None:
                made = reading.fitted(reading.weighted(made))
        if made is not None:
            yield made


class _Reading:
    """The term of an entry, whose free indices are those of the unknown."""

    def __init__(self, problem: Problem, term: Term, sizes: Sequence[Polynomial]) -> None:
        self.problem = problem
        self.term = term
        self.sizes = sizes
        self.axes = len(sizes)
        self.factors: list[SignalExpr] = [problem.named[f.name] for f in term.factors]
        self.positions = [list(f.position) for f in term.factors]

    def _written(self, polynomial: Polynomial) -> Any:
        number = polynomial.as_integer()
        return polynomial_expression(polynomial, self.problem.symbols) if number is None else number

    def weighted(self, made: SignalExpr) -> SignalExpr:
        """The tensor with the coefficient of the term."""
        if self.term.coefficient != 1:
            made = self.term.coefficient * made
        for divisor in self.term.divisors:
            made = made.divide(polynomial_expression(divisor, self.problem.symbols))
        return made

    def fitted(self, made: SignalExpr) -> SignalExpr | None:
        """The tensor padded at its ends to the shape of the unknown."""
        if made.ndim != self.axes:
            return None
        nothing = [Polynomial({})] * self.axes
        return self._placed(made, nothing)

    def _placed(self, made: SignalExpr, before: Sequence[Polynomial]) -> SignalExpr:
        """The tensor with so many zeros before it along each axis, and as many behind it as fit."""
        pads: dict[tuple[Polynomial, Polynomial], list[int]] = {}
        for axis, (size, its, left) in enumerate(
            zip(self.sizes, made.lengths, before, strict=True)
        ):
            right = size - its - left
            if left.terms or right.terms:
                pads.setdefault((left, right), []).append(axis)
        for ends, axes in pads.items():
            written = map(self._written, ends)
            made = made.pad(*written) if made.ndim == 1 else made.pad(*written, axis=tuple(axes))
        return made

    # --- products of entries at plain indices ---

    def einsum(self) -> SignalExpr | None:
        """A sum of products in which every position is an index."""
        letters: dict[int, str] = {}
        names = iter(ascii_letters)
        if self.term.guards or not self.factors:
            return None
        inputs = []
        for row in self.positions:
            word = ""
            for p in row:
                index = _plain_index(p)
                if index is None:
                    return None
                if index not in letters:
                    letter = next(names, None)
                    if letter is None:
                        return None  # more than a pattern has
                    letters[index] = letter
                word += letters[index]
            inputs.append(word)
        if any(axis not in letters for axis in range(self.axes)):
            return None
        output = "".join(letters[axis] for axis in range(self.axes))
        if inputs == [output]:
            return self.factors[0]
        if self.axes == 1 and len(self.factors) == 1:
            return None
        return einsum(f"{','.join(inputs)}->{output}", *self.factors)

    # --- one factor ---

    def moved(self) -> SignalExpr | None:
        """One tensor, shifted, flipped and dilated along its axes."""
        if len(self.factors) != 1 or self.term.indices or self.factors[0].ndim != self.axes:
            return None
        (made,), (row,) = self.factors, self.positions
        sizes, before = made.lengths, []
        for axis, p in enumerate(row):
            c = p.coefficient(axis)
            rest = p - c * Polynomial.of(axis)
            if abs(c) != 1 or rest.indices():
                return None
            if c == -1:  # what is read at `rest` comes first
                made = made.flip() if made.ndim == 1 else made.flip(axis=axis)
                rest = sizes[axis] - 1 - rest
            before.append(-rest)
        return self._placed(made, before)

    # --- convolutions of one axis ---

    def convolution(self) -> SignalExpr | None:
        """Tensors of one axis, dilated and flipped, convolved with one another."""
        if self.axes != 1 or not self.factors or any(factor.ndim != 1 for factor in self.factors):
            return None
        boxes, left = _boxes(self.term.guards)
        if any(guard.relation is not Relation.ZERO for guard in left):
            return None
        factors = [*self.factors, *(Tensor.ones((self._written(size),)) for _, size in boxes)]
        places = self._places([*(row[0] for row in self.positions), *(p for p, _ in boxes)], 0)
        if places is None:
            return None
        steps, shift = places
        parts: list[tuple[tuple[bool, int, int], SignalExpr]] = []
        layers = list(self.problem.named)
        for factor, step in zip(factors, steps, strict=True):
            made, size, moved = self._turned(factor, step, 0)
            if made is None:
                return None
            shift = shift + moved
            number = size.as_integer()
            dilated = made if number == 1 else made.dilate(self._written(size))
            # Small dilations first, and inner layers.
            inner = layers.index(factor.name) if isinstance(factor, Tensor) else len(layers)
            parts.append(((number is None, number or 0, inner), dilated))
        parts.sort(key=lambda part: part[0])
        result = parts[0][1]
        for _, part in parts[1:]:
            result = result.convolve(part)
        return self._placed(result, [shift])

    def _turned(
        self, factor: SignalExpr, step: Polynomial, axis: int
    ) -> tuple[SignalExpr | None, Polynomial, Polynomial]:
        """A factor so that its entries stand at a positive step, and by how much that moves it."""
        signs = self.problem.signs
        if _is_positive(step, signs):
            return factor, step, Polynomial({})
        if not _is_positive(-step, signs):
            return None, step, Polynomial({})
        flipped = factor.flip() if factor.ndim == 1 else factor.flip(axis=axis)
        return flipped, -step, step * (factor.lengths[axis] - 1)

    def _places(
        self, positions: Sequence[Polynomial], axis: int
    ) -> tuple[list[Polynomial], Polynomial] | None:
        """The index along an axis as Σ step·position + shift."""
        numbers = [i.number for i in self.term.indices]
        first = 1 + max([*range(self.axes), *numbers])
        slots = range(first, first + len(positions))
        equations = [p - Polynomial.of(slot) for p, slot in zip(positions, slots, strict=True)]
        equations += [
            guard.polynomial
            for guard in self.term.guards
            if guard.relation is Relation.ZERO and guard.polynomial.mentions(axis)
        ]
        found = Elimination(equations, [*reversed(numbers), axis], self.problem.positive)
        place = found.values.get(axis)
        if place is None or found.left:
            return None
        steps = [place.cofactor(slot) for slot in slots]
        shift = place
        for slot, step in zip(slots, steps, strict=True):
            shift = shift - step * Polynomial.of(slot)
        if shift.indices() or any(step.indices() or not step.terms for step in steps):
            return None
        return steps, shift

    # --- weights of layers behind one another ---

    def transposed(self) -> SignalExpr | None:
        """Weights (O, C, …) of layers that follow one another, as transposed convolutions.

        Σ_{m,i} w₂[o, m, i]·w₁[m, c, t − s·i] is the transposed convolution of w₂ with w₁.
        """
        count = len(self.factors)
        if count < 2 or self.axes < 3:
            return None
        if any(guard.relation is not Relation.ZERO for guard in self.term.guards):
            return None
        if any(factor.ndim != self.axes for factor in self.factors):
            return None
        order = self._chained()
        if order is None:
            return None
        places = []
        for axis in range(2, self.axes):
            # The other axes of all of them are told apart by the indices in them.
            found = self._along(axis, order)
            if found is None:
                return None
            places.append(found)
        result = self.factors[order[0]]
        done = [steps[0] for steps in places]
        for k, i in enumerate(order[1:], start=1):
            factor = self.factors[i]
            strides, dilations = [], []
            for a, steps in enumerate(places):
                step, dilation = steps[k], Polynomial.constant(1)
                stride = quotient(done[a], step)
                if stride is None:
                    # A position stands at multiples of 1 in what was made so far.
                    stride, dilation = done[a], step
                    done[a] = Polynomial.constant(1)
                else:
                    done[a] = step
                if k == count - 1 and done[a].as_integer() != 1:
                    dilation = dilation * done[a]
                    stride = stride * done[a]
                strides.append(stride)
                dilations.append(dilation)
            result = result.conv_transpose(
                factor, stride=self._amounts(strides), dilation=self._amounts(dilations)
            )
        return result

    def _amounts(self, values: Sequence[Polynomial]) -> Any:
        written = tuple(map(self._written, values))
        return written[0] if len(set(values)) == 1 else written

    def _chained(self) -> list[int] | None:
        """The factors in an order in which each reads the channels that the next one makes."""
        rows = dict(enumerate(self.positions))
        order: list[int] = []
        channel = Polynomial.of(0)
        while rows:
            following = [i for i, row in rows.items() if row[0] == channel]
            if len(following) != 1:
                return None
            order += following
            channel = rows.pop(following[0])[1]
            if (channel == Polynomial.of(1)) != (not rows) or _plain_index(channel) is None:
                return None
        return order

    def _along(self, axis: int, order: Sequence[int]) -> list[Polynomial] | None:
        found = self._places([self.positions[i][axis] for i in order], axis)
        if found is None or found[1].terms:
            return None
        steps = found[0]
        return steps if all(_is_positive(s, self.problem.signs) for s in steps) else None


def _plain_index(polynomial: Polynomial) -> int | None:
    """The index that a position is."""
    if len(polynomial.terms) != 1:
        return None
    ((monomial, c),) = polynomial.terms.items()
    if c == 1 and len(monomial) == 1 and isinstance(monomial[0], int):
        return monomial[0]
    return None


def _is_positive(step: Polynomial, signs: Mapping[str, Sign]) -> bool:
    return is_at_least(step, 1, signs)


def _boxes(guards: Sequence[Guard]) -> tuple[list[tuple[Polynomial, Polynomial]], list[Guard]]:
    """Pairs of guards 0 ≤ p < size, each of which is a tensor of ones read at p; and the others."""
    left = list(guards)
    found: list[tuple[Polynomial, Polynomial]] = []
    for low in guards:
        if low not in left or low.relation is Relation.ZERO:
            continue
        for high in left:
            size = low.polynomial + high.polynomial + 1
            if high is not low and not size.indices() and high.relation is not Relation.ZERO:
                # Of the two, p is the one in which the index of the unknown is positive.
                p = low if low.polynomial.coefficient(0) > 0 else high
                found.append((p.polynomial, size))
                left.remove(low)
                left.remove(high)
                break
    return found, left

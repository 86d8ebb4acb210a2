"""The summation indices of an expanded signal, as the nested tuples that Rocq's lemmas use.

The lemma for an operator sums over an index of its own and the indices of its operands: those
of a layer are (j, (those of the kernel, those of the signal)).  A named signal has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from symconv.arithmetic.polynomials import Atom, Polynomial, Relation, floor
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.terms import Term
from symconv.decision.claims import Claim
from symconv.decision.index_changes import Change, Coordinates, by_positions
from symconv.errors import Uncertified
from symconv.formal.rocq_syntax import polynomial_text
from symconv.language.any_size import entry_terms, guarded_sum
from symconv.language.operators import Convolve, Correlate, Dilate
from symconv.language.signals import SignalExpr

__all__ = ["Indices", "change_of"]

Shape: TypeAlias = "tuple[int | Shape, Shape] | None"
"""A pair of an index or a shape and a shape; None for no index."""


@dataclass(frozen=True, slots=True)
class Indices:
    """The indices of an expanded signal.

    Attributes:
        term: the summand, with all equations between indices still in it.
        shape: how the indices are arranged.
        letter: what their names begin with.
    """

    term: Term
    shape: Shape
    letter: str

    @classmethod
    def of(cls, signal: SignalExpr, letter: str) -> Indices:
        """The indices of a signal, numbered as `symconv.language.any_size` numbers them."""
        (term,) = entry_terms(signal)
        return cls(term, _shape(signal, count(signal.ndim)), letter)

    @property
    def names(self) -> dict[Atom, str]:
        """The name of each index, by its number."""
        return {i.number: f"{self.letter}{i.number}" for i in self.term.indices}

    def pattern(self) -> str:
        """The tuple as a pattern of a function, such as '(i1, (_, (i2, _)))."""
        return "_" if self.shape is None else f"'{_text(self.shape, self.names, '_')}"

    def introduction(self) -> str:
        """The tuple as ssreflect takes it apart, such as [i1 [[] [i2 []]]]."""
        return _introduction(self.shape, self.names)

    def tuple(self, values: Mapping[int, Polynomial], names: Mapping[Atom, str]) -> str:
        """The tuple with values for the indices, in other indices that have these names."""
        texts: dict[Atom, str] = {}
        for number, value in values.items():
            text = polynomial_text(value, names)
            texts[number] = f"({text} : int)" if value.as_integer() is not None else text
        return _text(self.shape, texts, "tt")

    def values(
        self, kept: Mapping[int, Polynomial], lengths: Mapping[str, Polynomial]
    ) -> dict[int, Polynomial]:
        """The values of all indices, from those that no equation removes.

        Raises:
            Uncertified: the equations do not give the others one by one.
        """
        alone = [
            position
            for factor in self.term.factors
            for position in factor.position
            if lengths[factor.name] == Polynomial.constant(1)
        ]
        equations = alone + [
            guard.polynomial for guard in self.term.guards if guard.relation is Relation.ZERO
        ]
        known = dict(kept)
        open_ = {i.number for i in self.term.indices} - known.keys()
        while open_:
            found = next(_solutions(equations, open_, known), None)
            if found is None:
                raise Uncertified("an index of a sum is not given by the others")
            number, value = found
            known[number] = value
            open_.remove(number)
        return known


def change_of(claim: Claim, carried: Change | None) -> Change:
    """The change of indices that makes one side of the other.

    It is the one that the evidence carries; where integer sets were compared instead, the
    change that leaves all positions as they are.

    Raises:
        Uncertified: there is no such change.
    """
    if carried is not None:
        return carried
    positive = {s.name for s in claim.symbols if sign_of(s).least == 1}
    both = []
    for signal in claim.signals:
        sum_ = guarded_sum(signal)
        (term,) = sum_.terms
        both.append(Coordinates.of(term, sum_.shapes, positive, sum_.axes))
    change = by_positions(*both)
    if change is None:
        raise Uncertified(
            "the sides were compared as integer sets, and no change of the summation indices "
            "makes one of the other"
        )
    return change


def _shape(signal: SignalExpr, fresh: Iterator[int]) -> Shape:
    # The order of the numbers is that of symconv.language.any_size: an operator's index is first.
    match signal:
        case SignalExpr(Dilate(), (inner,)):
            return next(fresh), _shape(inner, fresh)
        case SignalExpr(Convolve(), (left, right)):
            m = next(fresh)
            first = _shape(left, fresh)
            return m, (first, _shape(right, fresh))
        case SignalExpr(Correlate(), (inner, kernel)):
            j = next(fresh)
            taps = _shape(kernel, fresh)
            return j, (taps, _shape(inner, fresh))
    (operand,) = signal.operands or (None,)
    return None if operand is None else _shape(operand, fresh)


def _text(shape: int | Shape, texts: Mapping[Atom, str], none: str) -> str:
    match shape:
        case None:
            return none
        case int():
            return texts[shape]
        case (first, second):
            return f"({_text(first, texts, none)}, {_text(second, texts, none)})"
    raise AssertionError(shape)


def _introduction(shape: int | Shape, names: Mapping[Atom, str]) -> str:
    match shape:
        case None:
            return "[]"
        case int():
            return names[shape]
        case (first, second):
            return f"[{_introduction(first, names)} {_introduction(second, names)}]"
    raise AssertionError(shape)


def _solutions(
    equations: list[Polynomial], open_: set[int], known: Mapping[int, Polynomial]
) -> Iterator[tuple[int, Polynomial]]:
    """Indices that an equation gives in what is known."""
    values: dict[Atom, Polynomial] = dict(known.items())
    for equation in equations:
        missing = open_.intersection(equation.indices())
        if len(missing) == 1:
            (number,) = missing
            c = equation.coefficient(number)
            rest = Polynomial.of(number) * c - equation
            if c and not rest.mentions(number):
                sign = 1 if c > 0 else -1
                yield number, floor(rest.substitute(values) * sign, abs(c))

"""Solving equations between indices, one after the other, where an index stands in one as ±1."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symconv.arithmetic.polynomials import Atom, Polynomial, equal
from symconv.decision.index_changes import is_unit, solved_for

__all__ = ["Elimination"]


class Elimination:
    """Equations between indices, of which one after the other is solved and put in.

    Attributes:
        values: what each index is that was solved for.
        left: the equations that were not solved.
    """

    def __init__(
        self, equations: Sequence[Polynomial], order: Sequence[int], positive: Collection[str]
    ) -> None:
        self.values: dict[Atom, Polynomial] = {}
        self.left: list[Polynomial] = []
        waiting = list(equations)
        while waiting:
            chosen = next(
                (
                    (equation, number)
                    for equation in map(self.put_in, waiting)
                    for number in order
                    if number not in self.values and is_unit(equation, number)
                ),
                None,
            )
            if chosen is None:
                break
            equation, number = chosen
            waiting = [e for e in map(self.put_in, waiting) if e != equation and e.terms]
            self.put(number, solved_for(equation, number, Polynomial({})))
        reduced = [equal(self.put_in(e), 0).reduced(frozenset(positive)) for e in waiting]
        if waiting and any(
            g.polynomial != self.put_in(e) for g, e in zip(reduced, waiting, strict=True)
        ):
            again = Elimination([g.polynomial for g in reduced], order, positive)
            for solved, value in again.values.items():
                self.put(solved, value)
            self.left = again.left
        else:
            self.left = [g.polynomial for g in reduced if g.polynomial.terms]

    def put_in(self, polynomial: Polynomial) -> Polynomial:
        """A polynomial with what was found."""
        return polynomial.substitute(self.values)

    def put(self, number: Atom, value: Polynomial) -> None:
        """Note what an index is, and put it in what the others are."""
        new: dict[Atom, Polynomial] = {number: value}
        self.values = {old: known.substitute(new) for old, known in self.values.items()}
        self.values[number] = value

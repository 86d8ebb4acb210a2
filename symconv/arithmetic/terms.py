"""Sums over integer indices, with guards, of products of entries of named tensors.

The form behind every claim: for free indices #0, #1, … (the output index, one for each axis),

    Σ over all integers #r, #r+1, … of  coefficient · [guards] · Π name[position] / Π divisor

where the divisors are sizes, in which no index stands, and an entry of a named tensor is zero
outside its range by definition, so that its range never has to be stated as a guard.
`symconv.language.any_size` reads a tensor into this form; `symconv.decision.coefficients` turns
it into integer sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from symconv.arithmetic.divisors import Divisors, factored
from symconv.arithmetic.plain_bounds import is_at_least, positive_signs
from symconv.arithmetic.polynomials import Atom, Conjunction, Guard, Polynomial, Relation, within

__all__ = ["Factor", "GuardedSum", "SummationIndex", "Term", "free_index", "without_counts"]


def free_index(axes: int) -> tuple[Polynomial, ...]:
    """The output index of so many axes: the indices are numbered from 0, and the others follow."""
    return tuple(map(Polynomial.of, range(axes)))


@dataclass(frozen=True, slots=True)
class Factor:
    """The entry of a named tensor at a position; a position has one index for each axis."""

    name: str
    position: tuple[Polynomial, ...]

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.position))}]"


@dataclass(frozen=True, slots=True)
class SummationIndex:
    """A summation index, and the range in which alone it contributes (both ends included).

    The range is for people: it follows from the factors and the guards, so that a
    decision need not look at it.
    """

    number: int
    lower: Polynomial
    upper: Polynomial


@dataclass(frozen=True, slots=True)
class Term:
    """Σ over the indices of coefficient · [guards] · Π factors / Π divisors.

    The divisors are sizes taken apart as far as possible (see `over`).
    """

    coefficient: Fraction = Fraction(1)
    indices: tuple[SummationIndex, ...] = ()
    factors: tuple[Factor, ...] = ()
    guards: Conjunction = ()
    divisors: Divisors = ()

    def __mul__(self, other: Term) -> Term:
        """The product of two sums with different summation indices, as one sum."""
        return Term(
            self.coefficient * other.coefficient,
            self.indices + other.indices,
            self.factors + other.factors,
            self.guards + other.guards,
            _ordered(self.divisors + other.divisors),
        )

    def scaled(self, number: Fraction) -> Term:
        """The term times a number."""
        return replace(self, coefficient=self.coefficient * number)

    def over(self, size: Polynomial) -> Term:
        """The term divided by a size, which is not 0.

        >>> n, m = Polynomial.of("n"), Polynomial.of("m")
        >>> print(Term().over(n * m * 2))
        1/2 /(m) /(n)
        """
        number, parts = factored(size)
        return replace(
            self,
            coefficient=self.coefficient / number,
            divisors=_ordered(self.divisors + parts),
        )

    def plus(self, coefficient: Fraction) -> Term:
        """The same sum with a larger coefficient."""
        return replace(self, coefficient=self.coefficient + coefficient)

    def renumbered(self, numbers: Mapping[int, int]) -> Term:
        """The same sum with other numbers for its indices."""
        values: dict[Atom, Polynomial] = {old: Polynomial.of(new) for old, new in numbers.items()}

        def new(polynomial: Polynomial) -> Polynomial:
            return polynomial.substitute(values)

        return Term(
            self.coefficient,
            tuple(
                SummationIndex(numbers.get(i.number, i.number), new(i.lower), new(i.upper))
                for i in self.indices
            ),
            tuple(Factor(f.name, tuple(map(new, f.position))) for f in self.factors),
            tuple(guard.map(new) for guard in self.guards),
            self.divisors,
        )

    def guarded(self, *guards: Guard) -> Term:
        """The term where the guards hold too."""
        return replace(self, guards=self.guards + guards)

    def without(self, guards: Set[Guard]) -> Term:
        """The term without guards that are known to hold."""
        if not any(guard in guards for guard in self.guards):
            return self
        return replace(self, guards=tuple(guard for guard in self.guards if guard not in guards))

    def summed(self, *indices: SummationIndex) -> Term:
        """The term summed over further indices, which come first."""
        return replace(self, indices=indices + self.indices)

    def substitute(self, values: Mapping[Atom, Polynomial]) -> Term:
        """The term with indices or quotients of them replaced.

        What is replaced is no longer summed over.
        """

        def new(polynomial: Polynomial) -> Polynomial:
            return polynomial.substitute(values)

        return Term(
            self.coefficient,
            tuple(
                SummationIndex(i.number, new(i.lower), new(i.upper))
                for i in self.indices
                if i.number not in values
            ),
            tuple(Factor(f.name, tuple(map(new, f.position))) for f in self.factors),
            tuple(guard.map(new) for guard in self.guards),
            self.divisors,
        )

    def solved(self) -> Term:
        """The same sum with every index removed that an equation gives as ± the rest.

        Of two such indices the one introduced last goes: in t = m + 2·i, that is m, and
        what is left reads Σ_t Σ_i, as in k₄[t] = Σ_i k[t − 2i]·k[i].
        """
        term = self
        while True:
            found = term._solvable()
            if found is None:
                return term
            guard, number = found
            c = guard.polynomial.coefficient(number)
            value = Polynomial.of(number) - guard.polynomial * c
            rest = tuple(g for g in term.guards if g is not guard)
            term = replace(term, guards=rest).substitute({number: value})

    def _solvable(self) -> tuple[Guard, int] | None:
        for guard in self.guards:
            if guard.relation is Relation.ZERO:
                for index in sorted((i.number for i in self.indices), reverse=True):
                    if abs(guard.polynomial.coefficient(index)) == 1:
                        rest = guard.polynomial - guard.polynomial.coefficient(
                            index
                        ) * Polynomial.of(index)
                        if not rest.mentions(index):
                            return guard, index
        return None

    def __str__(self) -> str:
        parts = [f"Σ{[f'#{i.number}' for i in self.indices]}"] if self.indices else []
        parts += [str(self.coefficient)] * (self.coefficient != 1)
        parts += [f"[{guard}]" for guard in self.guards]
        return " ".join([*parts, *map(str, self.factors), *(f"/({d})" for d in self.divisors)])


def _ordered(divisors: Divisors) -> Divisors:
    return tuple(sorted(divisors, key=str)) if len(divisors) > 1 else divisors


def without_counts(term: Term, positive: Set[str]) -> Term:
    """The term without indices over which it is summed so often as it is divided by.

    That is Σ 1/n over 0 ≤ i < n of what does not depend on i, as in the mean of a constant.

    Args:
        term: the term.
        positive: the symbols that are at least 1, which say that n is not negative.
    """
    signs = positive_signs(positive)
    for index in term.indices if term.divisors else ():
        size = index.upper + 1 - index.lower
        about = [guard for guard in term.guards if guard.polynomial.mentions(index.number)]
        if (
            index.lower.terms
            or not is_at_least(size, 0, signs)
            or set(about) != set(within(Polynomial.of(index.number), size))
            or any(p.mentions(index.number) for f in term.factors for p in f.position)
        ):
            continue
        number, parts = factored(size)
        left = Counter(term.divisors)
        left.subtract(parts)
        if number > 0 and all(times >= 0 for times in left.values()):
            guards = tuple(guard for guard in term.guards if guard not in about)
            indices = tuple(i for i in term.indices if i is not index)
            divisors = tuple(left.elements())
            term = replace(term, indices=indices, guards=guards, divisors=divisors)
            return without_counts(term.scaled(Fraction(number)), positive)
    return term


@dataclass(frozen=True, slots=True)
class GuardedSum:
    """A tensor as a formula: its entry at (#0, #1, …), its shape, the shapes of those it names.

    The terms describe the entries for 0 ≤ #a < shape[a].
    """

    terms: tuple[Term, ...]
    shape: tuple[Polynomial, ...]
    shapes: Mapping[str, tuple[Polynomial, ...]]

    @property
    def axes(self) -> int:
        """How many axes there are: the free indices are numbered below that."""
        return len(self.shape)

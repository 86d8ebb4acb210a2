"""Products of symbols and indices made linear: each product and quotient as an index of its own.

Integer sets know no products.  Where s·u is replaced by a new index, of which only some
true things are said, a set can only grow: what is empty then was empty before.  So
polynomials in symbolic strides can be proved equal in this way, and never refuted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import count

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import MOST_MULTIPLES_COMPARED, MOST_PRODUCTS_OF_SYMBOLS
from symconv.arithmetic.plain_bounds import is_at_least, positive_signs
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Floor,
    Guarded,
    Monomial,
    Polynomial,
    Relation,
    at_least,
    equal,
)
from symconv.arithmetic.symbols import Sign
from symconv.errors import Undecided

__all__ = ["Products", "impossible"]


def impossible(
    cases: Iterable[Conjunction], sets: IntegerSets, among: Set, positive: AbstractSet[str]
) -> bool:
    """Whether none of the cases holds for any parameters in `among` and any indices.

    False says nothing: there may be products in them, or it took too long.
    """
    return all(
        _is_out_of_bounds(case, positive)
        or sets.attempt(lambda: _is_impossible(case, sets, among, positive))  # noqa: B023
        for case in cases
    )


def _is_out_of_bounds(case: Conjunction, positive: AbstractSet[str]) -> bool:
    """Whether bounds that are said of single indices contradict one of the guards at once."""
    signs = positive_signs(positive)
    least: dict[int, Polynomial] = {}
    most: dict[int, Polynomial] = {}
    for guard in case:
        p = guard.polynomial
        alone = [a for monomial in p.terms if len(monomial) == 1 for a in monomial]
        numbers = [a for a in alone if isinstance(a, int)]
        if guard.relation is Relation.AT_LEAST_ZERO and len(numbers) == 1:
            (number,) = numbers
            c = p.coefficient(number)
            rest = p - c * Polynomial.of(number)
            if abs(c) == 1 and not rest.indices():
                (least if c > 0 else most).setdefault(number, -rest if c > 0 else rest)
    for guard in case:
        if guard.relation is not Relation.AT_LEAST_ZERO:
            continue
        largest = _largest(guard.polynomial, least, most, signs)
        if largest is not None and is_at_least(-largest, 1, signs):
            return True
    return False


def _largest(
    polynomial: Polynomial,
    least: Mapping[int, Polynomial],
    most: Mapping[int, Polynomial],
    signs: Mapping[str, Sign],
) -> Polynomial | None:
    """What a polynomial is at most, where each index has a bound; None if that is not plain."""
    ends: dict[Atom, Polynomial] = {}
    numbers = {a for monomial in polynomial.terms for a in monomial if isinstance(a, int)}
    if len(numbers) < 2 or numbers != polynomial.indices():
        return None
    for number in numbers:
        slope = polynomial.cofactor(number)
        if slope.indices():
            return None
        rises, falls = is_at_least(slope, 0, signs), is_at_least(-slope, 0, signs)
        end = (most if rises else least).get(number) if rises or falls else None
        if end is None:
            return None
        ends[number] = end
    return polynomial.substitute(ends)


def _is_impossible(
    case: Conjunction, sets: IntegerSets, among: Set, positive: AbstractSet[str]
) -> bool:
    first = 1 + max((i for guard in case for i in guard.polynomial.indices()), default=0)
    products = Products(count(first), positive)
    guards = products.linear(case)
    certain = tuple(g for fact in products.facts if len(fact) == 1 for g in fact[0])
    open_ = [fact for fact in products.facts if len(fact) > 1]
    coordinates = [*range(first), *products.indices]
    found = sets.points(coordinates, guards + certain).intersect_params(among)
    for fact in open_:
        if found.is_empty():
            return True
        found = found.intersect(_union([sets.points(coordinates, part) for part in fact]))
    return bool(found.is_empty())


def _union(parts: Sequence[Set]) -> Set:
    result = parts[0]
    for part in parts[1:]:
        result = result | part
    return result


class Products:
    """Names the products in guards by indices, and says what is known of these.

    Args:
        fresh: numbers for the new indices.
        positive: the symbols that are at least 1.
    """

    def __init__(self, fresh: Iterator[int], positive: AbstractSet[str]) -> None:
        self._fresh = fresh
        self._positive = positive
        self._numbers: dict[Monomial | Floor | Guarded, int] = {}
        self._facts: list[list[Conjunction]] = []
        self._linear_atoms: dict[Atom, Atom] = {}
        self._combined: set[tuple[str, Polynomial]] = set()
        self._multiples: dict[str, list[tuple[Polynomial, Polynomial]]] = {}

    @property
    def indices(self) -> list[int]:
        """The new indices."""
        return sorted(self._numbers.values())

    @property
    def facts(self) -> list[list[Conjunction]]:
        """What holds for the new indices: each a list of cases, of which one holds."""
        return self._facts

    def _number(self) -> int:
        if len(self._numbers) == MOST_PRODUCTS_OF_SYMBOLS:
            raise Undecided(
                f"more than {MOST_PRODUCTS_OF_SYMBOLS} products and quotients of symbols"
            )
        return next(self._fresh)

    def linear(self, guards: Conjunction) -> Conjunction:
        """The guards with every product and every quotient by a symbol replaced."""
        for guard in guards:
            self._combine(guard.polynomial)
        return tuple(guard.map(self._linear) for guard in guards)

    def _combine(self, polynomial: Polynomial) -> None:
        """Compares s·a + s·b, where a guard has that in it, with 0: it is s·(a + b)."""
        for symbol in sorted({a for a in polynomial.atoms() if isinstance(a, str)}):
            s = Polynomial.of(symbol)
            multiple = Polynomial({m: c for m, c in polynomial.terms.items() if symbol in m})
            cofactor = multiple.cofactor(symbol)
            fresh = (symbol, cofactor) not in self._combined and (symbol, -cofactor) not in (
                self._combined
            )
            if symbol in self._positive and len(cofactor.terms) > 1 and fresh:
                self._combined.add((symbol, cofactor))
                zero = Polynomial({})
                pair = self._linear(cofactor), self._linear(multiple)
                self._facts.append(_monotonic(s, pair, (zero, zero)))

    def _linear(self, polynomial: Polynomial) -> Polynomial:
        result = Polynomial({})
        for monomial, c in polynomial.terms.items():
            atoms = [self._atom(a) for a in monomial]
            if len(atoms) > 1:
                plain = (a if isinstance(a, str | int) else self._named(a) for a in atoms)
                atoms = [self._product(tuple(sorted(plain, key=str)))]
            part = Polynomial.of(atoms[0]) if atoms else Polynomial.constant(1)
            result = result + part * c
        return result

    def _atom(self, atom: Atom) -> Atom:
        if isinstance(atom, str | int):
            return atom
        if atom not in self._linear_atoms:
            self._linear_atoms[atom] = self._inside(atom)
        return self._linear_atoms[atom]

    def _inside(self, atom: Floor | Guarded) -> Atom:
        match atom:
            case Floor(numerator, divisor) if divisor.as_integer() is None:
                return self._quotient(atom)
            case Floor(numerator, divisor):
                return Floor(self._linear(numerator), divisor)
            case Guarded(value) if atom.is_nonnegative_part:
                for guard in atom.guards:
                    self._combine(guard.polynomial)
                inner = self._linear(value)
                return Guarded(inner, (at_least(inner, 0),))
        return Guarded(self._linear(atom.value), self.linear(atom.guards))

    def _named(self, atom: Floor | Guarded) -> int:
        """An index that equals the atom."""
        if atom not in self._numbers:
            self._numbers[atom] = self._number()
            self._facts.append([(equal(Polynomial.of(self._numbers[atom]), Polynomial.of(atom)),)])
        return self._numbers[atom]

    def _quotient(self, atom: Floor) -> int:
        """The index q with d·q ≤ a < d·q + d, for q = ⌊a/d⌋; of no meaning unless d is positive."""
        if atom not in self._numbers:
            self._numbers[atom] = self._number()
            q, a, d = Polynomial.of(self._numbers[atom]), atom.numerator, atom.divisor
            fact = [self.linear((at_least(a, d * q), at_least(d * q + d - 1, a)))]
            if not _is_positive(d, self._positive):
                fact = [(*fact[0], *self.linear((at_least(d, 1),))), self.linear((at_least(0, d),))]
            self._facts.append(fact)
        return self._numbers[atom]

    def _product(self, monomial: Monomial) -> int:
        """The index m = s·r of a product, compared with the other multiples of s."""
        if monomial not in self._numbers:
            self._numbers[monomial] = self._number()
            m = Polynomial.of(self._numbers[monomial])
            for symbol in sorted({a for a in monomial if isinstance(a, str)} & self._positive):
                rest = list(monomial)
                rest.remove(symbol)
                r = Polynomial.of(rest[0] if len(rest) == 1 else self._product(tuple(rest)))
                known = self._multiples.setdefault(symbol, [(Polynomial({}), Polynomial({}))])
                s = Polynomial.of(symbol)
                for other, multiple in known:
                    self._facts.append(_monotonic(s, (r, m), (other, multiple)))
                if len(known) < MOST_MULTIPLES_COMPARED:
                    known.append((r, m))
        return self._numbers[monomial]


def _is_positive(polynomial: Polynomial, positive: AbstractSet[str]) -> bool:
    """Whether the signs of the symbols say so at once."""
    return is_at_least(polynomial, 1, positive_signs(positive))


def _monotonic(
    s: Polynomial, one: tuple[Polynomial, Polynomial], other: tuple[Polynomial, Polynomial]
) -> list[Conjunction]:
    """For m = s·r and m' = s·r' with s ≥ 1: r > r' says m − m' ≥ s + (r − r' − 1), and so on."""
    (r, m), (r_, m_) = one, other
    return [
        (at_least(r, r_ + 1), at_least(m - m_, s + r - r_ - 1)),
        (equal(r, r_), equal(m, m_)),
        (at_least(r_, r + 1), at_least(m_ - m, s + r_ - r - 1)),
    ]

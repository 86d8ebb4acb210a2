"""Integer polynomials in named symbols, indices, floors and guarded values.

Every index and every length of a claim is such a polynomial.  SymPy could carry them
too, but nested `Max` and `floor` make its arithmetic some hundred times slower, and
SymPy expressions are for people: `symconv.arithmetic.from_sympy` and
`symconv.arithmetic.to_sympy` translate.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from math import gcd
from typing import Any

from symconv.arithmetic.limits import LONGEST_SORT_KEY, STEPS_PER_PRODUCT, STEPS_PER_SUBSTITUTION
from symconv.arithmetic.work import spend

__all__ = [
    "Atom",
    "Condition",
    "Conjunction",
    "Every",
    "Floor",
    "Guard",
    "Guarded",
    "Monomial",
    "Polynomial",
    "Relation",
    "Some",
    "at_least",
    "ceiling",
    "conjoined",
    "divided",
    "equal",
    "every",
    "floor",
    "maximum",
    "negated",
    "nonnegative_part",
    "quotient",
    "some",
    "within",
    "without_nonnegative_part",
]


class Polynomial:
    """An integer polynomial: a map from monomials (sorted tuples of atoms) to integers.

    Immutable; equal when the coefficients are.  An atom is the name of a symbol (`str`),
    the number of an index (`int`), a `Floor` or a `Guarded` value.

    >>> n, u = Polynomial.of("n"), Polynomial.of(0)
    >>> print(2 * u + n - 1)
    2*#0 + n - 1
    """

    __slots__ = ("_hash", "_text", "terms")

    terms: Mapping[Monomial, int]

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = {monomial: c for monomial, c in terms.items() if c}
        self._hash: int | None = None
        self._text: str | None = None

    @classmethod
    def _with(cls, terms: Mapping[Monomial, int]) -> Polynomial:
        """The polynomial with these terms, of which none is 0."""
        self = object.__new__(cls)
        self.terms = terms
        self._hash = self._text = None
        return self

    @classmethod
    def of(cls, atom: Atom) -> Polynomial:
        """The polynomial that is one atom."""
        return cls._with({(atom,): 1})

    @classmethod
    def constant(cls, value: int) -> Polynomial:
        """A constant polynomial."""
        return cls._with({(): value} if value else {})

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, type(self)) and self.terms == other.terms)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __add__(self, other: Polynomial | int) -> Polynomial:
        return self._plus(other, 1)

    def __neg__(self) -> Polynomial:
        return Polynomial._with({monomial: -c for monomial, c in self.terms.items()})

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        return self._plus(other, -1)

    def _plus(self, other: Polynomial | int, sign: int) -> Polynomial:
        """The sum with the other one, or with its negative."""
        more = {(): other} if isinstance(other, int) else other.terms
        if not more or other == 0:
            return self
        terms = dict(self.terms)
        for monomial, c in more.items():
            total = terms.get(monomial, 0) + sign * c
            if total:
                terms[monomial] = total
            else:
                terms.pop(monomial, None)
        return Polynomial._with(terms)

    def __rsub__(self, other: int) -> Polynomial:
        return -self + other

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        if isinstance(other, int):
            if not other:
                return Polynomial({})
            return Polynomial._with({monomial: c * other for monomial, c in self.terms.items()})
        spend(STEPS_PER_PRODUCT * len(self.terms) * len(other.terms))
        terms: dict[Monomial, int] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                product = tuple(sorted(left + right, key=_order))
                terms[product] = terms.get(product, 0) + a * b
        return Polynomial(terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self) -> str:
        if self._text is None:
            ordered = sorted(self.terms.items(), key=lambda item: [_order(a) for a in item[0]])
            text = " ".join(_signed(monomial, c) for monomial, c in reversed(ordered))
            sign = "-" if text.startswith("-") else ""
            text = sign + text[2:] or "0"
            if (
                len(text) > LONGEST_SORT_KEY
            ):  # nested floors and cases would double it at each level
                digest = blake2b(text.encode(), digest_size=10).hexdigest()
                text = f"{sign}<{digest}>"
            self._text = text
        return self._text

    def __repr__(self) -> str:
        return f"Polynomial({self})"

    def coefficient(self, atom: Atom) -> int:
        """The coefficient of the monomial that is this atom alone."""
        return self.terms.get((atom,), 0)

    def cofactor(self, atom: Atom) -> Polynomial:
        """What the atom is multiplied by once, in the monomials that have it."""
        result: dict[Monomial, int] = {}
        for monomial, c in self.terms.items():
            rest = _without(monomial, (atom,))
            if rest is not None:
                result[rest] = c
        return Polynomial(result)

    def as_integer(self) -> int | None:
        """The value of a constant polynomial, otherwise None."""
        if not self.terms:
            return 0
        return self.terms.get(()) if len(self.terms) == 1 else None

    def atoms(self) -> Iterator[Atom]:
        """The atoms of all monomials, with repetitions, not looking into atoms."""
        for monomial in self.terms:
            yield from monomial

    def every_atom(self) -> set[Atom]:
        """The atoms, those inside floors and guards too; each is looked into once."""
        found: set[Atom] = set()
        open_ = [self]
        while open_:
            for atom in open_.pop().atoms():
                if atom not in found:
                    found.add(atom)
                    if isinstance(atom, Floor | Guarded):
                        open_ += atom.parts
        return found

    def every_part(self) -> Iterator[Polynomial]:
        """The polynomial, and those inside of its floors and guards, each once."""
        yield self
        for atom in self.every_atom():
            if isinstance(atom, Floor | Guarded):
                yield from atom.parts

    def indices(self) -> set[int]:
        """The numbers of the indices, inside floors and guards too."""
        return {atom for atom in self.every_atom() if isinstance(atom, int)}

    def symbols(self) -> set[str]:
        """The names of the symbols, inside floors and guards too."""
        return {atom for atom in self.every_atom() if isinstance(atom, str)}

    def mentions(self, atom: Atom) -> bool:
        """Whether the atom occurs anywhere, inside floors and guards too."""
        return atom in self.every_atom()

    def written_size(self) -> int:
        """How many atoms there are when it is written out, with each one as often as it occurs."""
        return sum(1 if isinstance(atom, str | int) else atom.written_size for atom in self.atoms())

    def substitute(self, values: Mapping[Atom, Polynomial]) -> Polynomial:
        """The polynomial with atoms replaced, inside floors and guards too."""
        return self._substituted(values, {})

    def _substituted(
        self, values: Mapping[Atom, Polynomial], known: dict[Atom, Polynomial]
    ) -> Polynomial:
        if not any(_may_change(atom, values) for atom in self.atoms()):
            return self
        spend(STEPS_PER_SUBSTITUTION * len(self.terms))
        result = Polynomial({})
        for monomial, c in self.terms.items():
            if not any(_may_change(atom, values) for atom in monomial):
                result = result + Polynomial._with({monomial: c})
                continue
            product = _replaced(monomial[0], values, known)
            for atom in monomial[1:]:
                product = product * _replaced(atom, values, known)
            result = result + product * c
        return result

    def value(self, at: Mapping[Any, int]) -> int:
        """The value where each symbol and index has one.

        >>> n = Polynomial.of("n")
        >>> (floor(n, 2) * 3 + 1).value({"n": 5})
        7
        """
        return self._value(at, {})

    def _value(self, at: Mapping[Any, int], known: dict[Atom, int]) -> int:
        total = 0
        for monomial, c in self.terms.items():
            for atom in monomial:
                c *= _value(atom, at, known)
            total += c
        return total


class Relation(Enum):
    """How a guard compares its polynomial with zero."""

    AT_LEAST_ZERO = ">= 0"
    ZERO = "== 0"


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: `polynomial >= 0` or `polynomial == 0`."""

    polynomial: Polynomial
    relation: Relation

    def __hash__(self) -> int:
        return hash((self.polynomial, self.relation is Relation.ZERO))

    def __str__(self) -> str:
        return f"{self.polynomial} {self.relation.value}"

    def map(self, change: Callable[[Polynomial], Polynomial]) -> Guard:
        """The guard with its polynomial changed."""
        return Guard(change(self.polynomial), self.relation)

    def holds(self, at: Mapping[Any, int]) -> bool:
        """Whether it holds where each symbol and index has a value.

        >>> at_least(Polynomial.of("n"), 3).holds({"n": 2})
        False
        """
        return self._holds(at, {})

    def _holds(self, at: Mapping[Any, int], known: dict[Atom, int]) -> bool:
        value = self.polynomial._value(at, known)
        return value == 0 if self.relation is Relation.ZERO else value >= 0

    def up_to_sign(self) -> Hashable:
        """The same for p = 0 and −p = 0, and otherwise different for different guards.

        >>> n = Polynomial.of("n")
        >>> equal(n, 1).up_to_sign() == equal(-n, -1).up_to_sign()
        True
        """
        if self.relation is Relation.ZERO:
            return frozenset((self.polynomial, -self.polynomial))
        return self

    def reduced(self, positive: Set[str]) -> Guard:
        """The same condition without common factors: integers, and symbols known to be positive.

        >>> s, q = Polynomial.of("s"), Polynomial.of(1)
        >>> print(at_least(4 * s * q, 2 * s).reduced({"s"}))
        #1 - 1 >= 0
        """
        p = self.polynomial
        for symbol in sorted({a for a in p.atoms() if isinstance(a, str) and a in positive}):
            while p.terms and all(symbol in monomial for monomial in p.terms):
                p = _divided(p, Polynomial.of(symbol))[0]
        common = gcd(*(c for monomial, c in p.terms.items() if monomial))
        if self.relation is Relation.AT_LEAST_ZERO:
            if common > 1:
                p = Polynomial({m: c // common for m, c in p.terms.items()})  # floors the constant
        elif common > 1 and p.terms.get((), 0) % common == 0:
            p = Polynomial({m: c // common for m, c in p.terms.items()})
        if self.relation is Relation.ZERO and str(p).startswith("-"):
            p = -p
        return Guard(p, self.relation)


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """⌊numerator / divisor⌋, for a divisor that is positive.

    Build it with `floor`, which keeps a normal form.
    """

    numerator: Polynomial
    divisor: Polynomial
    written_size: int = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.numerator, self.divisor)))
        object.__setattr__(self, "written_size", 1 + sum(p.written_size() for p in self.parts))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, type(self))
            and self._hash == other._hash
            and self.numerator == other.numerator
            and self.divisor == other.divisor
        )

    def __hash__(self) -> int:
        return self._hash

    @property
    def parts(self) -> tuple[Polynomial, ...]:
        """The numerator and the divisor."""
        return self.numerator, self.divisor

    def __str__(self) -> str:
        return f"floor(({self.numerator})/({self.divisor}))"


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """`value` where every guard holds, and 0 elsewhere.

    Attributes:
        value: the value.
        guards: the guards.
        is_nonnegative_part: whether this is max(0, value).
    """

    value: Polynomial
    guards: Conjunction
    is_nonnegative_part: bool = field(init=False, repr=False)
    written_size: int = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        is_part = self.guards == (at_least(self.value, 0),)
        object.__setattr__(self, "is_nonnegative_part", is_part)
        object.__setattr__(self, "_hash", hash(self.value if is_part else self._both()))
        object.__setattr__(self, "written_size", 1 + sum(p.written_size() for p in self.parts))

    def _both(self) -> tuple[Polynomial, Conjunction]:
        return self.value, self.guards

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, type(self))
            and self._hash == other._hash
            and self.value == other.value
            and (
                self.is_nonnegative_part == other.is_nonnegative_part
                and (self.is_nonnegative_part or self.guards == other.guards)
            )
        )

    def __hash__(self) -> int:
        return self._hash

    @property
    def parts(self) -> tuple[Polynomial, ...]:
        """The value, and what the guards compare unless that is the value again."""
        if self.is_nonnegative_part:
            return (self.value,)
        return (self.value, *(guard.polynomial for guard in self.guards))

    def __str__(self) -> str:
        if self.is_nonnegative_part:
            return f"max(0, {self.value})"
        return f"({self.value} if {' and '.join(map(str, self.guards))} else 0)"


Atom = str | int | Floor | Guarded
Monomial = tuple[Atom, ...]
Conjunction = tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """A condition: all of the parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """A condition: one of the parts holds, or several do."""

    parts: tuple[Condition, ...]


Condition = Guard | Every | Some


def every(parts: Iterable[Condition]) -> Condition:
    """The conjunction of the parts, which is a single part itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Every(found)


def some(parts: Iterable[Condition]) -> Condition:
    """The disjunction of the parts, which is a single part itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Some(found)


def conjoined(guards: Conjunction) -> Conjunction | None:
    """The guards without those that others of them make superfluous; None if two contradict.

    Only guards that differ by a number are compared, such as p ≥ 2, p ≥ 3, p = 5 and p ≤ 1.

    >>> p = Polynomial.of("p")
    >>> [str(g) for g in conjoined((at_least(p, 2), at_least(p, 3), at_least(9, p)))]
    ['p - 3 >= 0', '-p + 9 >= 0']
    >>> conjoined((at_least(p, 3), equal(p, 2)))
    """
    least: dict[Polynomial, int] = {}  # what each polynomial, its constant aside, is at least
    for guard in guards:
        constant = guard.polynomial.terms.get((), 0)
        bare = guard.polynomial - constant
        least[bare] = max(least.get(bare, -constant), -constant)
        if guard.relation is Relation.ZERO:
            least[-bare] = max(least.get(-bare, constant), constant)
    result: dict[Guard, None] = {}
    for bare, low in least.items():
        if not bare.terms:
            if low > 0:
                return None
            continue
        opposite = least.get(-bare)
        if opposite is not None and low + opposite > 0:
            return None
        if opposite is not None and low + opposite == 0:
            exact = equal(bare, low)
            if equal(-bare, -low) not in result:
                result[exact] = None
        else:
            result[at_least(bare, low)] = None
    return tuple(result)


def negated(guard: Guard) -> tuple[Guard, ...]:
    """Guards of which one holds exactly where the given one does not."""
    p = guard.polynomial
    if guard.relation is Relation.ZERO:
        return (at_least(p, 1), at_least(-p, 1))
    return (at_least(-p, 1),)


def at_least(left: Polynomial | int, right: Polynomial | int) -> Guard:
    """The guard left ≥ right."""
    return Guard(_polynomial(left) - right, Relation.AT_LEAST_ZERO)


def equal(left: Polynomial, right: Polynomial | int) -> Guard:
    """The guard left = right."""
    return Guard(left - right, Relation.ZERO)


def floor(numerator: Polynomial, divisor: Polynomial | int) -> Polynomial:
    """⌊numerator / divisor⌋ for a positive divisor.

    Nested floors become one: ⌊(⌊a/s⌋ + b)/t⌋ = ⌊(a + s·b)/(s·t)⌋ for integers s, t ≥ 1
    and b (Graham, Knuth, Patashnik, *Concrete Mathematics*, eq. 3.11).

    >>> n = Polynomial.of("n")
    >>> print(floor(floor(n, 2) - 1, 2))
    floor((n - 2)/(4))
    >>> print(floor(4 * n - 2, 2))
    2*n - 1
    """
    divisor = _polynomial(divisor)
    inner = [a for a in numerator.atoms() if isinstance(a, Floor)]
    if len(inner) == 1 and numerator.terms.get((inner[0],)) == 1:
        nested = inner[0]
        rest = numerator - Polynomial.of(nested)
        return floor(nested.numerator + nested.divisor * rest, nested.divisor * divisor)
    number = divisor.as_integer()
    if number is not None:
        common = gcd(number, *numerator.terms.values())
        numerator = Polynomial({m: c // common for m, c in numerator.terms.items()})
        divisor = Polynomial.constant(number // common)
        value = numerator.as_integer()
        if number == common:
            return numerator
        if value is not None:
            return Polynomial.constant(value // (number // common))
    whole, rest = _divided(numerator, divisor)
    if number is None:
        value = rest.as_integer()
        if value is not None and -1 <= value <= 0:  # the divisor is at least 1
            return whole + value
        cases = [a for a in rest.atoms() if isinstance(a, Guarded)]
        if len(cases) == 1 and rest.terms.get((cases[0],)) == 1 and _is_simple(cases[0]):
            # ⌊·/d⌋ is monotonic: it may go inside of max(0, a) + b = max(b, a + b).
            without = rest - Polynomial.of(cases[0])
            low, high = floor(without, divisor), floor(without + cases[0].value, divisor)
            return whole + maximum(high, low)
    return whole + Polynomial.of(Floor(rest, divisor)) if rest.terms else whole


def _is_simple(atom: Guarded) -> bool:
    """Whether it is max(0, a) with no cases inside a, so that nothing grows exponentially."""
    return atom.is_nonnegative_part and not any(
        isinstance(inner, Guarded) for inner in atom.value.atoms()
    )


def divided(numerator: Polynomial, divisor: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The summands that a divisor divides, as a quotient; the rest.

    Of a divisor with several summands, these are the indices that are multiplied by it.

    >>> c, i = Polynomial.of("c"), Polynomial.of(0)
    >>> [str(p) for p in divided(3 * i + 4, Polynomial.constant(3))]
    ['#0', '4']
    """
    number = divisor.as_integer()
    if number is None and len(divisor.terms) == 1:
        return _divided(numerator, divisor)
    if number is None:
        multiples = Polynomial({})
        for index in sorted(numerator.indices()):
            if numerator.cofactor(index) == divisor:
                multiples = multiples + Polynomial.of(index)
        return multiples, numerator - multiples * divisor
    whole = {m: c // number for m, c in numerator.terms.items() if c % number == 0}
    return Polynomial(whole), Polynomial({m: c for m, c in numerator.terms.items() if c % number})


def quotient(numerator: Polynomial, divisor: Polynomial) -> Polynomial | None:
    """The numerator / the divisor, where it is plain that this is a polynomial.

    >>> n, m = Polynomial.of("n"), Polynomial.of("m")
    >>> print(quotient(6 * n * m - 2 * n, 2 * n), quotient(n + m, n + m), quotient(n + m, n))
    3*m - 1 1 None
    """
    if numerator == divisor:
        return Polynomial.constant(1)
    if not divisor.terms:
        return None
    whole, rest = divided(numerator, divisor)
    return None if rest.terms else whole


def _divided(numerator: Polynomial, divisor: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The summands that a divisor with one summand and a symbol divides, as a quotient; the rest.

    ⌊(s·a + b)/s⌋ = a + ⌊b/s⌋.
    """
    if len(divisor.terms) != 1 or divisor.as_integer() is not None:
        return Polynomial({}), numerator
    ((by, c),) = divisor.terms.items()
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, value in numerator.terms.items():
        quotient = _without(monomial, by)
        if quotient is None or value % c:
            rest[monomial] = value
        else:
            whole[quotient] = value // c
    return Polynomial(whole), Polynomial(rest)


def _without(monomial: Monomial, factor: Monomial) -> Monomial | None:
    """The monomial divided by another one; None if that does not divide it."""
    rest = list(monomial)
    for atom in factor:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def ceiling(numerator: Polynomial, divisor: Polynomial | int) -> Polynomial:
    """⌈numerator / divisor⌉ for a positive divisor, as ⌊(numerator + divisor − 1)/divisor⌋."""
    return floor(numerator + divisor - 1, divisor)


def nonnegative_part(value: Polynomial) -> Polynomial:
    """max(0, value)."""
    number = value.as_integer()
    if number is not None:
        return Polynomial.constant(max(0, number))
    return Polynomial.of(Guarded(value, (at_least(value, 0),)))


def maximum(left: Polynomial, right: Polynomial) -> Polynomial:
    """max(left, right), as right + max(0, left − right), where a number is on the right."""
    if left.as_integer() is not None:
        left, right = right, left
    return right + nonnegative_part(left - right)


def without_nonnegative_part(value: Polynomial) -> Polynomial:
    """`a` for a value that is max(0, a), otherwise the value itself."""
    if len(value.terms) == 1:
        ((monomial, c),) = value.terms.items()
        if c == 1 and len(monomial) == 1:
            (atom,) = monomial
            if isinstance(atom, Guarded) and atom.is_nonnegative_part:
                return atom.value
    return value


def within(index: Polynomial, length: Polynomial) -> Conjunction:
    """The guards 0 ≤ index < length, with max(0, …) and one floor cleared away.

    u < max(0, a) says u < a when u ≥ 0; u ≤ ⌊a/s⌋ + b says s·(u − b) ≤ a.

    >>> u, n = Polynomial.of(0), Polynomial.of("n")
    >>> for guard in within(u, nonnegative_part(floor(n - 3, 2) + 1)): print(guard)
    #0 >= 0
    -2*#0 + n - 3 >= 0
    """
    last = without_nonnegative_part(length) - 1
    atoms = [a for a in last.atoms() if isinstance(a, Floor)]
    if len(atoms) == 1 and last.terms.get((atoms[0],)) == 1:
        rest = last - Polynomial.of(atoms[0])
        below = at_least(atoms[0].numerator, atoms[0].divisor * (index - rest))
    else:
        below = at_least(last, index)
    return (at_least(index, 0), below)


def _polynomial(value: Polynomial | int) -> Polynomial:
    return value if isinstance(value, Polynomial) else Polynomial.constant(value)


def _order(atom: Atom) -> tuple[int, str]:
    rank = {int: 3, str: 2, Floor: 1, Guarded: 0}[type(atom)]
    return (rank, str(atom))


def _may_change(atom: Atom, values: Mapping[Atom, Polynomial]) -> bool:
    return atom in values or isinstance(atom, Floor | Guarded)


def _replaced(
    atom: Atom, values: Mapping[Atom, Polynomial], known: dict[Atom, Polynomial]
) -> Polynomial:
    if atom in values:
        return values[atom]
    if not isinstance(atom, Floor | Guarded):
        return Polynomial.of(atom)
    if atom not in known:
        known[atom] = _replaced_inside(atom, values, known)
    return known[atom]


def _replaced_inside(
    atom: Floor | Guarded, values: Mapping[Atom, Polynomial], known: dict[Atom, Polynomial]
) -> Polynomial:
    def new(polynomial: Polynomial) -> Polynomial:
        return polynomial._substituted(values, known)

    if isinstance(atom, Floor):
        return floor(new(atom.numerator), new(atom.divisor))
    if atom.is_nonnegative_part:
        return nonnegative_part(new(atom.value))
    guards = conjoined(tuple(guard.map(new) for guard in atom.guards))
    if guards is None:
        return Polynomial({})
    value = new(atom.value)
    return Polynomial.of(Guarded(value, guards)) if guards else value


def _value(atom: Atom, at: Mapping[Any, int], known: dict[Atom, int]) -> int:
    if not isinstance(atom, Floor | Guarded):
        return at[atom]
    if atom not in known:
        known[atom] = _value_inside(atom, at, known)
    return known[atom]


def _value_inside(atom: Floor | Guarded, at: Mapping[Any, int], known: dict[Atom, int]) -> int:
    if isinstance(atom, Floor):
        return atom.numerator._value(at, known) // atom.divisor._value(at, known)
    holds = all(guard._holds(at, known) for guard in atom.guards)
    return atom.value._value(at, known) if holds else 0


def _signed(monomial: Monomial, c: int) -> str:
    names: Iterable[str] = (f"#{a}" if isinstance(a, int) else str(a) for a in monomial)
    size = [] if abs(c) == 1 and monomial else [str(abs(c))]
    return f"{'-' if c < 0 else '+'} {'*'.join([*size, *names])}"

"""For which sizes a computation is defined: where all its layers are, and their kernels fit.

A linear layer behind a flattened image says how large the image is there, by a product of sizes.
What that leaves is a few sizes for each axis, which are found by factoring a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from math import isqrt
from types import MappingProxyType

from sympy import And, Symbol, true
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import DECISION_OPERATIONS, MOST_CASES_OF_SIZES, MOST_DIVISORS_TRIED
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Guard,
    Polynomial,
    Relation,
    at_least,
    equal,
    without_nonnegative_part,
)
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.conditions import as_condition
from symconv.decision.difference_sets import hypotheses, signs
from symconv.decision.parameters import Parameters
from symconv.decision.prove import bounded
from symconv.errors import NonlinearError, SymconvError, Undecided
from symconv.language.amounts import Amount
from symconv.language.fixed_size import shapes_at
from symconv.language.graph import mentioned, walk
from symconv.language.notation import plain
from symconv.language.operators import MaxPool, Windows
from symconv.language.operators.base import Requirement
from symconv.language.signals import SignalExpr, StandIn, Tensor

__all__ = ["Sizes", "in_words", "is_defined_at", "sizes_taken"]


@dataclass(frozen=True, eq=False)
class Sizes:
    """The sizes that a computation takes, among those that the hypotheses allow.

    Attributes:
        claim: names the symbols and the hypotheses.
        known: these as integer sets.
        among: the sizes that are taken.
        first: the smallest of these.
        missing: of what is required, what the hypotheses leave open.
        cases: the same in parts, in each of which products of sizes have one value for each factor.
    """

    claim: Claim
    known: Parameters
    among: Set
    first: Mapping[str, int]
    missing: tuple[Requirement, ...]
    cases: tuple[Sizes, ...] = ()

    @property
    def condition(self) -> Boolean:
        """The sizes that are taken, as a condition among those that the hypotheses allow."""
        return as_condition(self.claim, self.among, self.known.among, self.known.sets)

    @property
    def given(self) -> tuple[Hypothesis, ...]:
        """The hypotheses, and the condition where it says more."""
        condition = self.condition
        return self.claim.given if condition == true else (*self.claim.given, condition)

    def is_positive(self, size: Polynomial) -> bool:
        """Whether a size is known to be 1 or more for all sizes that are taken."""
        sets = self.known.sets
        try:
            with sets.within_budget():
                return self.among.is_subset(sets.where([(at_least(size, 1),)]))
        except Undecided:
            return False

    def as_number(self, amount: Amount) -> Amount:
        """An amount as a number, where it is the same for all sizes that are taken."""
        number = self._number(amount.polynomial)
        return amount if number is None else Amount.of(number)

    def _number(self, polynomial: Polynomial) -> int | None:
        number = polynomial.as_integer()
        if number is not None or polynomial.indices():
            return number
        value = polynomial.value(self.first)
        others = [
            (at_least(polynomial, value + 1),),
            (at_least(Polynomial.constant(value - 1), polynomial),),
        ]
        try:
            with self.known.sets.within_budget():
                is_always = self.among.intersect(self.known.sets.where(others)).is_empty()
        except Undecided:  # a product of sizes, of which each may be a number
            known = {
                atom: found
                for atom in {atom for monomial in polynomial.terms for atom in monomial}
                if Polynomial.of(atom) != polynomial
                and (found := self._number(Polynomial.of(atom))) is not None
            }
            total = Polynomial.constant(0)
            for monomial, coefficient in polynomial.terms.items():
                product = Polynomial.constant(coefficient)
                for atom in monomial:
                    product *= known.get(atom, Polynomial.of(atom))
                total += product
            return self._number(total) if known else None
        return value if is_always else None

    def in_words(self) -> str:
        """The sizes in words, hypotheses included, as "N, and H and W from 193 to 224"."""
        sets = self.known.sets
        with sets.within_budget():
            every = sets.where(signs(self.claim.symbols))
        condition = as_condition(self.claim, self.among, every, sets)
        return in_words(self.claim.symbols, sets, self.among, condition)

    def both(self, other: Sizes) -> Sizes | None:
        """The sizes that two computations take; None if there are none."""
        sets = self.known.sets
        with sets.within_budget():
            among = self.among.intersect(sets.taken_over(other.among, other.known.sets)).coalesce()
            if among.is_empty():
                return None
            first = sets.smallest(among)[1]
        missing = (*self.missing, *other.missing)
        both = Sizes(self.claim, self.known, among, first, missing)
        parts = (one.both(two) for one in self.cases or (self,) for two in other.cases or (other,))
        cases = tuple(one for one in parts if one) if self.cases or other.cases else ()
        return replace(both, cases=cases if len(cases) > 1 else ())

    def first_apart(self, other: Sizes) -> tuple[Mapping[str, int], bool] | None:
        """The smallest sizes that one of two takes alone, and whether this is the one.

        None where both take the same sizes.
        """
        sets = self.known.sets
        with sets.within_budget():
            others = sets.taken_over(other.among, other.known.sets)
            mine, theirs = self.among - others, others - self.among
            if mine.is_empty() and theirs.is_empty():
                return None
            at = sets.smallest(mine.union(theirs))[1]
            at_it = [tuple(equal(Polynomial.of(name), value) for name, value in at.items())]
            return at, not mine.intersect(sets.where(at_it)).is_empty()

    def why_not(self, at: Mapping[str, int]) -> str:
        """What is required that is not so at some sizes; empty where they are taken."""
        for requirement in self.missing:
            if not all(guard.holds(at) for guard in requirement.guards):
                return requirement.message
        return ""


def sizes_taken(
    outputs: Sequence[SignalExpr],
    inputs: Sequence[Tensor],
    given: Sequence[Hypothesis],
    places: Mapping[SignalExpr, str] = MappingProxyType({}),
) -> Sizes:
    """The sizes for which a computation is defined, as frameworks define it.

    They refuse a kernel or window that is larger than what it slides along, where symconv has an
    empty result.

    Args:
        outputs: what is computed, whether it is returned or not.
        inputs: of what.
        given: hypotheses.
        places: what layers are called in which nodes were made.

    Raises:
        SymconvError: there are no such sizes.
        Undecided: a requirement has products of sizes in it that are not solved.
    """
    every = StandIn("sizes", tuple(size for one in inputs for size in one.sizes))
    claim = Claim(every, every, given)
    sets = IntegerSets([symbol.name for symbol in claim.symbols], DECISION_OPERATIONS)
    with bounded(), sets.within_budget():
        known = hypotheses(claim, sets)
        if known.assumed:
            raise NonlinearError("a hypothesis has a product of sizes in it")
        return _taken(claim, known, list(_required(outputs, places)))


def _taken(claim: Claim, known: Parameters, required: Sequence[Requirement]) -> Sizes:
    sets, among = known.sets, known.among
    missing: list[Requirement] = []
    with_products: list[tuple[Requirement, Guard]] = []
    for requirement in required:
        for guard in requirement.guards:
            try:
                allowed = sets.where([(guard,)])
            except NonlinearError:
                with_products.append((requirement, guard))
                continue
            if not among.is_subset(allowed):
                among = among.intersect(allowed)
                missing.append(requirement)
    cases = [] if among.is_empty() else [among]

    def is_count(number: Polynomial) -> bool:
        """Whether it is 0 or more for all sizes that are left."""
        try:
            return among.is_subset(sets.where([(at_least(number, 0),)]))
        except NonlinearError:
            return False

    for requirement, guard in with_products if cases else ():
        alternatives = [sets.where([one]) for one in _solved(guard, is_count)]
        new = [case.intersect(one).coalesce() for case in cases for one in alternatives]
        new = [case for case in new if not case.is_empty()]
        if len(new) > MOST_CASES_OF_SIZES:
            raise NonlinearError(f"there are {len(new)} cases for the factors of {guard}")
        if len(new) != 1 or len(cases) != 1 or not cases[0].is_subset(new[0]):
            missing.append(requirement)
        cases = new
        if not cases:
            break
    among = reduce(Set.union, cases, sets.nothing(0).params()).coalesce()
    if among.is_empty():
        why = f": {missing[-1].message}" if missing else ""
        raise SymconvError(f"there are no sizes for which it is defined{why}")

    def taken(one: Set, parts: tuple[Sizes, ...] = ()) -> Sizes:
        return Sizes(claim, known, one, sets.smallest(one)[1], tuple(missing), parts)

    return taken(among, tuple(map(taken, cases)) if len(cases) > 1 else ())


def _required(
    outputs: Sequence[SignalExpr], places: Mapping[SignalExpr, str]
) -> Iterator[Requirement]:
    """What layers require, and that what slides along an axis fits in."""
    for node in mentioned(*outputs):
        place = places.get(node)
        for requirement in node.operator.requirements(node):
            told = partial(str, f"the sizes do not fit in {place}") if place else requirement.told
            yield Requirement(requirement.guards, told)
    seen: set[Polynomial] = set()
    for node in walk(*outputs):
        if not _slides(node):
            continue
        for size in node.lengths:
            number = size.as_integer()
            is_open = _is_linear(size) if number is None else number < 1
            if is_open and size not in seen:
                seen.add(size)
                made_in = places.get(node) or node.operator.method or "a layer"
                told = partial(str, f"the result of {made_in} has no entries")
                yield Requirement((at_least(size, 1),), told)


def _slides(node: SignalExpr) -> bool:
    """Whether it is a layer of which frameworks refuse to make nothing."""
    operator = node.operator
    return operator.kernel_operand is not None or isinstance(operator, MaxPool | Windows)


def is_defined_at(nodes: Sequence[SignalExpr], at: Mapping[str, int]) -> bool:
    """Whether nodes are defined at some sizes, as frameworks define it, by their values there.

    What is required for all sizes may be more than what is needed, and nothing of it is used here.
    """
    every = list(walk(*nodes))
    symbols = {symbol.name: symbol for node in every for symbol in node.names[1].values()}
    try:
        shapes = shapes_at(every, {symbols[name]: at[name] for name in symbols.keys() & at}, {})
    except SymconvError:
        return False
    return not any(0 in shape for node, shape in shapes.items() if _slides(node))


def _is_linear(polynomial: Polynomial) -> bool:
    """Whether no two symbols are multiplied; of a product, the factors are looked at."""
    return all(len(monomial) <= 1 for monomial, _ in polynomial.terms.items())


# --- products of sizes ---------------------------------------------------------------


def _solved(guard: Guard, is_count: Callable[[Polynomial], bool]) -> Iterator[Conjunction]:
    """The cases in which a guard with products of sizes holds.

    Of an equation each case has numbers for the sizes.  A sum of products of sizes is 1 or more
    where all factors of one of them are, and so is a product of sums, (F + c)·(G + b).

    Args:
        guard: the guard.
        is_count: whether a number is known to be at least 0.

    Raises:
        NonlinearError: an equation is of another form than a·F·G + b·F + c·G + d = 0, or this with
            G = F; or it says that something else is at least 0.
    """
    if guard.relation is Relation.AT_LEAST_ZERO:
        terms = without_nonnegative_part(guard.polynomial + 1).terms
        factors = {atom for monomial in terms for atom in monomial}
        counts = all(is_count(Polynomial.of(atom)) for atom in factors)
        if terms and min(terms.values()) > 0 and counts:
            for monomial in terms:
                yield tuple(at_least(Polynomial.of(one), 1) for one in dict.fromkeys(monomial))
            return
        sums = _factors(guard.polynomial + 1)
        if sums and all(map(is_count, sums)):
            yield tuple(at_least(one, 1) for one in sums)
            return
    polynomial = guard.polynomial
    atoms = sorted({atom for monomial in polynomial.terms for atom in monomial}, key=str)
    degrees = {len(monomial) for monomial in polynomial.terms}
    # Of degree 1 is what has a product within a floor, as that of ⌊H·W/2⌋.
    if guard.relation is not Relation.ZERO or max(degrees) != 2 or len(atoms) > 2:
        raise NonlinearError(f"a product of sizes is required: {guard}")
    terms = polynomial.terms
    d = terms.get((), 0)
    if len(atoms) == 1:
        (one,) = atoms
        a, b = terms.get((one, one), 0), terms.get((one,), 0)
        for value in _roots(a, b, d):
            yield (_is(one, value),)
        return
    one, other = atoms
    if any((atom, atom) in terms for atom in atoms):
        raise NonlinearError(f"a product of sizes is required: {guard}")
    a = next(c for monomial, c in terms.items() if len(monomial) == 2)
    b, c = terms.get((one,), 0), terms.get((other,), 0)
    # (a·F + c)·(a·G + b) = b·c − a·d
    product = b * c - a * d
    if product == 0:
        yield from ((_is(one, -c // a),) for _ in range(1) if c % a == 0)
        yield from ((_is(other, -b // a),) for _ in range(1) if b % a == 0)
        return
    for factor in _divisors(product):
        if (factor - c) % a == 0 and (product // factor - b) % a == 0:
            yield _is(one, (factor - c) // a), _is(other, (product // factor - b) // a)


def _factors(polynomial: Polynomial) -> tuple[Polynomial, ...]:
    """The sums F + c and G + b of which it is the product, for atoms F and G; none of others."""
    for monomial, number in polynomial.terms.items():
        if len(monomial) == 2 and number == 1:
            one, other = monomial
            b, c = polynomial.terms.get((one,), 0), polynomial.terms.get((other,), 0)
            sums = Polynomial.of(one) + c, Polynomial.of(other) + b
            if sums[0] * sums[1] == polynomial:
                return sums
    return ()


def _is(atom: Atom, value: int) -> Guard:
    return equal(Polynomial.of(atom), value)


def _roots(a: int, b: int, c: int) -> Iterator[int]:
    """The integers x with a·x² + b·x + c = 0, where a is not 0."""
    square = b * b - 4 * a * c
    if square < 0 or isqrt(square) ** 2 != square:
        return
    for root in {-b + isqrt(square), -b - isqrt(square)}:
        if root % (2 * a) == 0:
            yield root // (2 * a)


def _divisors(number: int) -> Iterator[int]:
    """All divisors of a number, the negative ones too."""
    number = abs(number)
    if isqrt(number) > MOST_DIVISORS_TRIED:
        raise NonlinearError(f"a product of sizes is required to be {number}")
    spend(isqrt(number))
    for small in range(1, isqrt(number) + 1):
        if number % small == 0:
            for divisor in {small, number // small}:
                yield from (divisor, -divisor)


# --- in words ------------------------------------------------------------------------


def in_words(symbols: Sequence[Symbol], sets: IntegerSets, among: Set, condition: Boolean) -> str:
    """Sizes in words, as "N, and H and W from 193 to 224"."""
    if condition == true:
        return ", ".join(s.name for s in symbols) or "inputs"
    ranges: dict[tuple[int | None, int | None], list[str]] = {}
    box: list[Guard] = []
    with sets.within_budget():
        for symbol in symbols:
            low, high = sets.range(among, symbol.name)
            least = sign_of(symbol).least
            ranges.setdefault((None if low == least else low, high), []).append(symbol.name)
            one = Polynomial.of(symbol.name)
            box += [at_least(one, low)] if low is not None else []
            box += [at_least(Polynomial.constant(high), one)] if high is not None else []
        is_box = sets.where([tuple(box)]).is_equal(among)
    if not is_box:
        parts = condition.args if isinstance(condition, And) else (condition,)
        return f"{', '.join(s.name for s in symbols)} with {' and '.join(map(plain, parts))}"
    told = []
    for (low, high), names in sorted(ranges.items(), key=lambda one: one[0] != (None, None)):
        listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        told.append(listed + _range(low, high))
    return ", and ".join(told)


def _range(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" from {low} on"
    if low is None:
        return f" up to {high}"
    return f" = {low}" if low == high else f" from {low} to {high}"

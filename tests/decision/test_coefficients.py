"""Coefficients of monomials, compared for all lengths: against all monomials at small ones."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.polynomials import Polynomial, at_least, equal, floor, nonnegative_part
from symconv.arithmetic.terms import Factor, GuardedSum, Term
from symconv.decision.coefficients import Comparison, compare
from symconv.decision.parameters import Parameters
from symconv.errors import Undecided
from tests.generators.terms import SHAPES, disguised, index, random_term
from tests.oracles.monomials import entry
from tests.oracles.points import members

n, c, s = map(Polynomial.of, "ncs")
u, i, j = map(Polynomial.of, range(3))
POSITIVE = {"n", "c"}
SETS = IntegerSets(["c", "n"], 1_000_000)
SMALL = {"c": range(1, 4), "n": range(1, 5)}
AMONG = SETS.where([(at_least(n, 1), at_least(c, 1))])
REACH = 9
OUTPUTS = range(-1, 5)
LENGTH = nonnegative_part(n - 1) + 1


def signal(*terms: Term, length: Polynomial = LENGTH) -> GuardedSum:
    return GuardedSum(terms, (length,), SHAPES)


def compared(lhs: GuardedSum, rhs: GuardedSum) -> list[Comparison]:
    return compare(lhs, rhs, Parameters(SETS, AMONG, POSITIVE, ()))


def differences(lhs: GuardedSum, rhs: GuardedSum, names: tuple[str, ...]) -> set[tuple[int, ...]]:
    """Where coefficients differ, by trying: the lengths, the output, positions in order."""
    found = set()
    for size, most, out in product(SMALL["c"], SMALL["n"], OUTPUTS):
        at = {"c": size, "n": most}
        one, other = (entry(side, at, out, REACH) for side in (lhs, rhs))
        for monomial in one.keys() | other.keys():
            if tuple(name for name, _ in monomial) == names and one.get(monomial, 0) != other.get(
                monomial, 0
            ):
                found.add((size, most, out, *(position for _, position in monomial)))
    return found


def points(where: Set, names: tuple[str, ...]) -> set[tuple[int, ...]]:
    return members(SETS, where, SMALL, [OUTPUTS, *[range(-1, 6)] * len(names)])


def unordered(found: set[tuple[int, ...]], names: tuple[str, ...]) -> set[tuple[int, ...]]:
    """With the positions of equal names in order."""
    return {(*at[:3], *(p for _, p in sorted(zip(names, at[3:], strict=True)))) for at in found}


def check(lhs: GuardedSum, rhs: GuardedSum) -> set[str]:
    """Hold a comparison against the monomials; returns how the kinds were compared."""
    told = compared(lhs, rhs)
    kinds = [tuple(sorted(f.name for f in term.factors)) for term in (*lhs.terms, *rhs.terms)]
    assert [one.names for one in told] == sorted(set(kinds))
    hows = set()
    for one in told:
        wanted = differences(lhs, rhs, one.names)
        if one.doubtful is None:
            assert not wanted, (lhs, rhs, one.names)
            hows.add("changes of indices")
            continue
        doubtful = unordered(points(one.doubtful, one.names), one.names)
        assert doubtful >= wanted, (lhs, rhs, one.names)
        if one.exactly is None:
            assert doubtful == wanted, (lhs, rhs, one.names)
            hows.add(one.how)
            continue
        try:
            exact = points(one.exactly(), one.names)
        except Undecided:
            assert "counted" in one.how
            hows.add("not counted")
            continue
        assert unordered(exact, one.names) == exact == wanted, (lhs, rhs, one.names)
        hows.add(one.how)
    return hows


# --- at random -----------------------------------------------------------------------


@pytest.mark.parametrize("names", ["x", "kx", "kk", "kkx"])
def test_random_sums(names: str) -> None:
    hows: set[str] = set()
    for seed in range(25):
        rng = random.Random(f"{names} {seed}")
        size = min(2, len(names))
        one = random_term(rng, names, indices=rng.randint(1, size))
        other = random_term(rng, names, indices=rng.randint(1, size))
        bounds = tuple(
            guard
            for term in (one, other)
            for number in [i.number for i in term.indices]
            for guard in (at_least(Polynomial.of(number), -4), at_least(4, Polynomial.of(number)))
        )
        one, other = (t.guarded(*(b for b in bounds if b.polynomial.indices() <= {
            i.number for i in t.indices})) for t in (one, other))  # fmt: skip
        lhs = signal(one, other)
        rhs = rng.choice([signal(other, one), signal(one), signal(other), signal(one, one)])
        hows |= check(lhs, rhs)
    assert "changes of indices" in hows
    assert len(hows) > 1


def where_not_0(told: Comparison) -> Set:
    assert told.doubtful is not None
    return told.doubtful if told.exactly is None else told.exactly()


@pytest.mark.parametrize("names", ["x", "kx", "kk", "kkx"])
def test_disguised_sums_are_equal(names: str) -> None:
    changed = 0
    for seed in range(30):
        rng = random.Random(f"{names} {seed}")
        made = random_term(rng, names)
        other = disguised(rng, made)
        (told,) = compared(signal(made), signal(other))
        # Together they are twice the sum, which is 0 nowhere else than the sum.
        (twice,), (once,) = (
            compared(signal(*terms), signal()) for terms in ([made, other], [made])
        )
        assert where_not_0(twice).is_equal(where_not_0(once))
        if told.doubtful is None:
            changed += 1
            assert len(told.changes) == 1
            assert (told.exactly, told.how) == (None, "")
        else:
            assert where_not_0(told).is_empty()
    assert changed == 30 or (len(set(names)) < len(names) and changed > 15)


# --- by hand -------------------------------------------------------------------------


def read(*positions: tuple[str, Polynomial], number: int = 1, guards: tuple = ()) -> Term:  # type: ignore[type-arg]
    factors = tuple(Factor(name, (position,)) for name, position in positions)
    indices = {i for _, p in positions for i in p.indices()} | {
        i for g in guards for i in g.polynomial.indices()
    }
    return Term(Fraction(number), tuple(map(index, sorted(indices - {0}))), factors, guards)


def test_weights_add_up() -> None:
    x = read(("x", u))
    for left, right, equal_ in (
        ([x, x], [x.scaled(Fraction(2))], True),
        ([x, x], [x], False),
        ([x.scaled(Fraction(1, 3)), x.scaled(Fraction(2, 3))], [x], True),
        ([x, x.scaled(Fraction(-1))], [], True),
        ([], [], True),
    ):
        told = compared(signal(*left), signal(*right))
        assert all(one.doubtful is None for one in told) == equal_
        check(signal(*left), signal(*right))


def test_pieces_that_make_a_whole() -> None:
    # x[u] for u ≤ 1, and for u ≥ 2: together x[u]; no change of indices says so.
    low, high = (read(("x", u), guards=(g,)) for g in (at_least(1, u), at_least(u, 2)))
    (told,) = compared(signal(low, high), signal(read(("x", u))))
    assert told.doubtful is not None
    assert told.doubtful.is_empty()
    assert told.how == "the same integer set"
    overlapping = read(("x", u), guards=(at_least(u, 1),))
    (told,) = compared(signal(low, overlapping), signal(read(("x", u))))
    assert told.doubtful is not None
    assert points(told.doubtful, ("x",)) == {
        (a, b, 1, 1) for a in SMALL["c"] for b in SMALL["n"] if b > 1
    }


def test_equal_names_are_exchanged() -> None:
    # Of k[0]·k[1] + k[1]·k[0] and 2·k[0]·k[1] each order is one half.
    one = read(("k", i), ("k", 1 - i), guards=(at_least(i, 0), at_least(1, i)))
    two = read(("k", Polynomial({})), ("k", Polynomial.constant(1)), number=2)
    (told,) = compared(signal(one), signal(two))
    assert told.names == ("k", "k")
    assert told.how == "the same coefficients, equal names exchanged"
    assert told.doubtful is not None
    assert not told.doubtful.is_empty()
    assert told.exactly is not None
    assert told.exactly().is_empty()
    check(signal(one), signal(two.plus(Fraction(1))))


def test_only_outputs_that_both_sides_have() -> None:
    x, twice = read(("x", u)), read(("x", u), number=2)
    short = signal(x, length=Polynomial.constant(1))
    (told,) = compared(short, signal(twice))
    assert told.doubtful is not None
    assert {at[2] for at in points(told.doubtful, ("x",))} == {0}


def test_only_among_the_parameters() -> None:
    x, other = read(("x", u)), read(("x", u), guards=(at_least(u, 1),))
    few = SETS.where([(at_least(n, 3), equal(c, 2))])
    (told,) = compare(signal(x), signal(other), Parameters(SETS, few, POSITIVE, ()))
    assert told.doubtful is not None
    assert points(told.doubtful, ("x",)) == {(2, b, 0, 0) for b in (3, 4)}
    nothing = SETS.where([])
    (told,) = compare(signal(x), signal(other), Parameters(SETS, nothing, POSITIVE, ()))
    assert told.doubtful is None or told.doubtful.is_empty()


def test_guards_that_positions_make_superfluous() -> None:
    # k[i] has nothing at i < 0, whether or not a guard says so.
    one = read(("k", i), ("x", u + i))
    other = read(("k", i), ("x", u + i), guards=(at_least(i, 0), at_least(c - 1, i)))
    (told,) = compared(signal(one), signal(other))
    assert told.doubtful is None
    assert len(told.changes) == 1
    (told,) = compared(signal(one), signal(other.guarded(at_least(i, 1))))
    assert told.doubtful is not None
    assert not told.doubtful.is_empty()


def test_what_is_assumed_makes_guards_superfluous() -> None:
    sets = IntegerSets(["c", "n", "s"], 1_000_000)
    among = sets.where([(at_least(n, 1), at_least(c, 1), at_least(s, 1))])
    x = read(("x", u))
    other = read(("x", u), guards=(at_least(s * c, n),))
    assumed = (at_least(s * c, n),)
    known = Parameters(sets, among, {"n", "c", "s"}, assumed)
    (told,) = compare(signal(x), signal(other), known)
    assert told.doubtful is None
    with pytest.raises(Undecided, match="product"):
        compare(signal(x), signal(other), replace(known, assumed=()))


def test_a_sum_that_repeats_a_monomial_is_counted() -> None:
    # Σ_{0 ≤ i ≤ 2} x[u] = 3·x[u].
    one = read(("x", u), guards=(at_least(i, 0), at_least(2, i)))
    (told,) = compared(signal(one), signal(read(("x", u), number=3)))
    assert told.how == "the same coefficients, counted"
    assert told.exactly is None
    assert told.doubtful is not None
    assert told.doubtful.is_empty()
    assert check(signal(one), signal(read(("x", u), number=2))) == {told.how}


def test_a_sum_that_repeats_a_monomial_more_often_further_on_is_counted() -> None:
    # Σ_{0 ≤ i ≤ u} x[u] = (u + 1)·x[u].
    one = read(("x", u), guards=(at_least(i, 0), at_least(u, i)))
    (told,) = compared(signal(one), signal(read(("x", u), number=2)))
    assert told.how == "the same coefficients, counted"
    assert told.exactly is not None
    assert check(signal(one), signal(read(("x", u), number=2))) == {told.how}


def test_an_index_that_a_floor_determines_is_not_counted() -> None:
    one = read(("x", i + floor(i, 2)))
    (told,) = compared(signal(one), signal(one.scaled(Fraction(2))))
    assert told.how == "the same integer set"
    (told,) = compared(signal(read(("x", floor(i, 2)))), signal())
    assert told.how == "the same coefficients, counted"


def test_too_many_equal_names() -> None:
    names = [("k", i if k == 0 else u + k * i) for k in range(7)]
    one = read(*names)
    other = read(*names, guards=(at_least(i, 1),))
    (told,) = compared(signal(one), signal(other))
    assert told.exactly is not None
    with pytest.raises(Undecided, match="in 5040 orders; the limit is 720"):
        told.exactly()


def test_products_of_indices_are_beyond_integer_sets() -> None:
    one = read(("x", i), guards=(equal(i * j, u),))
    with pytest.raises(Undecided, match="product"):
        compared(signal(one), signal(read(("x", u))))

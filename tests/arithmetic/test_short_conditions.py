"""Conditions that tell points apart: what they say, what they cost, and that they are found."""

from __future__ import annotations

import random
from itertools import product

import pytest

from symconv.arithmetic.polynomials import (
    Condition,
    Every,
    Guard,
    Polynomial,
    Relation,
    Some,
    at_least,
    equal,
    every,
    floor,
    negated,
    some,
)
from symconv.arithmetic.short_conditions import (
    Literals,
    Points,
    cost,
    is_plain,
    literals,
    residues,
    shortest,
    values,
)
from tests.generators.polynomials import says

P, N = Polynomial.of("p"), Polynomial.of("n")
SQUARE = [{"n": i, "p": j} for i in range(12) for j in range(6)]
LEAST = {"n": 0, "p": 0}


def where(condition: Condition) -> int:
    """The mask, by trying."""
    return sum(says(condition, at) << i for i, at in enumerate(SQUARE))


def random_guard(rng: random.Random) -> Guard:
    number = rng.choice([N, P, N - P, N + 2 * P, P - N])
    if rng.random() < 0.3:
        modulus = rng.randint(2, 5)
        rest = number - modulus * floor(number + rng.randint(0, 3), modulus)
        return rng.choice([equal(rest, rng.randint(-2, 3)), at_least(rest, rng.randint(-2, 3))])
    if rng.random() < 0.2:
        number = floor(number, rng.randint(2, 4)) + P
    shift = rng.randint(-2, 9)
    return equal(number, shift) if rng.random() < 0.25 else at_least(number, shift)


def random_condition(rng: random.Random) -> Condition:
    kinds: list[type[Every | Some]] = [Every, Some]
    inner, outer = rng.sample(kinds, 2)
    return outer(
        tuple(
            inner(tuple(random_guard(rng) for _ in range(rng.randint(1, 2))))
            for _ in range(rng.randint(1, 3))
        )
    )


# --- masks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (residues(N, 4, {0, 3}), lambda at: at["n"] % 4 in (0, 3)),
        (residues(N + P, 3, {1}), lambda at: (at["n"] + at["p"]) % 3 == 1),
        (residues(N, 5, {0, 2, 3}), lambda at: at["n"] % 5 in (0, 2, 3)),
        (values(N, [9, 2]), lambda at: at["n"] in (2, 9)),
        (Every((at_least(N, P), equal(P, 2))), lambda at: at["n"] >= at["p"] == 2),
        (
            Some((at_least(N, P + 7), equal(P, 2))),
            lambda at: at["n"] >= at["p"] + 7 or at["p"] == 2,
        ),
        (Every(()), lambda at: True),
        (Some(()), lambda at: False),
    ],
)
def test_masks(said: Condition, wanted) -> None:  # type: ignore[no-untyped-def]
    mask = Points(SQUARE).mask(said)
    assert [bool(mask >> i & 1) for i in range(len(SQUARE))] == [wanted(at) for at in SQUARE]


def test_masks_of_random_conditions() -> None:
    points = Points(SQUARE)
    for seed in range(200):
        said = random_condition(random.Random(seed))
        assert points.mask(said) == where(said), said
    assert points.all == 2**72 - 1
    assert Points([]).mask(at_least(N, 0)) == Points([]).all == 0


def test_columns_are_values() -> None:
    points = Points(SQUARE)
    for number in (3 * N - P + 1, floor(2 * N - 5, 3) * 2, floor(floor(N, 2) + floor(P, 3), 2)):
        assert points.column(number) == [number.value(at) for at in SQUARE]
        assert points.column(number) is points.column(number + 0)


def test_every_set_of_residues() -> None:
    points = Points(SQUARE)
    for modulus in range(2, 7):
        for chosen in product((False, True), repeat=modulus):
            allowed = {r for r, is_in in enumerate(chosen) if is_in}
            if 0 < len(allowed) < modulus:
                said = residues(N + P, modulus, allowed)
                wanted = [(at["n"] + at["p"]) % modulus in allowed for at in SQUARE]
                assert points.mask(said) == sum(w << i for i, w in enumerate(wanted))
                assert is_plain(said)


# --- what it costs -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (at_least(N, 3), 4),
        (at_least(N, 0), 3),
        (equal(N, P), 4),
        (at_least(N, 2 * P + 3), 6),
        (at_least(9 * N, P), 7),
        (at_least(floor(N, 2), 3), 15),
        (residues(N, 4, {2}), 5),
        (residues(N, 4, {0, 2}), 6),
        (residues(N + P, 4, {2}), 6),
        (values(N, [3]), 4),
        (values(N, [2, 4, 7]), 6),
        (values(N, range(0, 14, 2)), 13),
        (Some(negated(equal(N, 3))), 4),
        (Every((at_least(N, 3), equal(P, 2))), 8),
        (Some((at_least(N, 3), equal(P, 2))), 10),
        (Every((Some((at_least(N, 3), equal(P, 2))), equal(P, 1))), 16),
        (Some((Every((at_least(N, 3), equal(P, 2))), equal(P, 1))), 16),
        (Every(()), 0),
    ],
)
def test_cost(said: Condition, words: int) -> None:
    assert cost(said) == words


def test_plain_conditions() -> None:
    half = at_least(floor(N, 2), P)
    assert not is_plain(half)
    assert not is_plain(Every((at_least(N, 2), half)))
    assert not is_plain(Some((at_least(N, 2), half)))
    assert is_plain(Some((at_least(N, 2), residues(N, 3, {0, 2}))))
    assert not is_plain(at_least(floor(N, 2) + floor(P, 2), 1))
    # 3⌊n/2⌋ − n is no remainder.
    assert not is_plain(at_least(3 * floor(N, 2), N))
    assert is_plain(at_least(N - 2 * floor(N, 2), 1))


# --- literals ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_literals_come_with_their_opposites(seed: int) -> None:
    rng = random.Random(seed)
    points = Points(SQUARE)
    good = where(random_condition(rng))
    found = literals([random_guard(rng) for _ in range(6)], [], LEAST, points, good)
    assert len(found.conditions) == len(found.costs) > 0
    for i in range(0, len(found.conditions), 2):
        one, other = map(points.mask, found.conditions[i : i + 2])
        assert one ^ other == points.all, found.conditions[i : i + 2]
    assert found.costs == list(map(cost, found.conditions))


def test_literals_are_new_and_few() -> None:
    found = Literals()
    found.add(at_least(N, 1), at_least(0, N))
    found.add(at_least(N, 1), at_least(0, N))
    found.add(at_least(0, N), at_least(N, 1))
    assert found.conditions == [at_least(N, 1), at_least(0, N)]
    for k in range(200):
        found.add(at_least(P, k), at_least(k - 1, P))
    assert len(found.conditions) == len(found.costs) == 120


def test_guards_that_say_nothing_are_left_out() -> None:
    always = at_least(N - 2 * floor(N, 2), 0)
    points = Points(SQUARE)
    found = literals([always], [], LEAST, points, 1)
    assert all(points.mask(c) not in (0, points.all) for c in found.conditions)


def test_the_least_values_are_equations() -> None:
    points = Points(SQUARE)
    found = literals([at_least(-P - N, 0), at_least(P, 1)], [], LEAST, points, 0)
    assert found.conditions == [
        every([equal(P, 0), equal(N, 0)]),
        Some((at_least(P, 1), at_least(N, 1))),
        equal(P, 0),
        at_least(P, 1),
    ]
    found = literals([at_least(3, N + P)], [], {"n": 1, "p": 2}, points, 0)
    assert found.conditions[0] == every([equal(N, 1), equal(P, 2)])
    # Nothing of the kind where it could hold otherwise, or where there is no least value.
    for guard, least in (
        (at_least(1, N + P), LEAST),
        (at_least(N, P), LEAST),
        (at_least(0, N + P), {"n": 0}),
    ):
        assert literals([guard], [], least, points, 0).conditions[0] == guard


def test_lists_of_values_come_first() -> None:
    few = [(values(N, [2, 5]), Every((Some(negated(equal(N, 2))), Some(negated(equal(N, 5))))))]
    found = literals([at_least(N, 4)], few, LEAST, Points(SQUARE), 5)
    assert found.conditions[:2] == list(few[0])


def test_residues_that_were_seen() -> None:
    points = Points(SQUARE)
    good = sum((at["n"] % 6 in (0, 1, 4)) << i for i, at in enumerate(SQUARE))
    known = literals([at_least(floor(N, 6), 1)], [], LEAST, points, good)
    found = shortest(known, points, good)
    assert found == residues(N, 6, {0, 1, 4})


# --- the search ----------------------------------------------------------------------


def guards_in(condition: Condition) -> set[Guard]:
    if isinstance(condition, Guard):
        return {condition}
    return {guard for part in condition.parts for guard in guards_in(part)}


def is_conjunction(condition: Condition) -> bool:
    parts = condition.parts if isinstance(condition, Every) else (condition,)
    return all(cost_of_one(part) for part in parts)


def cost_of_one(condition: Condition) -> bool:
    """Whether it is a literal: a guard, or what is read as one."""
    return isinstance(condition, Guard) or all(isinstance(p, Guard) for p in condition.parts)


@pytest.mark.parametrize(
    "meant",
    [
        Every((Some((at_least(N, 5), equal(P, 0))), Some((at_least(N, P), at_least(P, 4))))),
        Some((residues(N, 2, {1}), Every((at_least(N, 3), at_least(2, P))))),
        values(N, [1, 4, 5, 9]),
    ],
)
def test_the_search_finds_what_was_meant(meant: Condition) -> None:
    points = Points(SQUARE)
    good = points.mask(meant)
    guards = guards_in(meant)
    found = shortest(literals(guards, [], LEAST, points, good), points, good)
    assert found is not None
    assert points.mask(found) == good
    assert cost(found) <= cost(meant)
    cases = shortest(literals(guards, [], LEAST, points, good), points, good, only_cases=True)
    assert cases is not None
    assert points.mask(cases) == good
    assert not isinstance(cases, Every) or all(isinstance(part, Guard) for part in cases.parts)


@pytest.mark.parametrize("seed", range(0, 120, 40))
def test_what_is_found_says_the_right_thing(seed: int) -> None:
    points = Points(SQUARE)
    missed = 0
    for one in range(seed, seed + 40):
        meant = random_condition(random.Random(one))
        good = where(meant)
        known = literals(guards_in(meant), [], LEAST, points, good)
        for only_cases in (False, True):
            found = shortest(known, points, good, only_cases=only_cases)
            missed += found is None
            assert found is None or where(found) == good, (meant, found)
            if found is not None and only_cases:
                parts = found.parts if isinstance(found, Some) else (found,)
                assert all(map(is_conjunction, parts)), found
    assert missed < 8


def test_nothing_and_everything() -> None:
    points = Points(SQUARE)
    known = literals([at_least(N, P)], [], LEAST, points, 1)
    assert shortest(known, points, 0) == Some(())
    everything = shortest(known, points, points.all)
    assert everything is not None
    assert where(everything) == points.all


def test_no_literals_no_condition() -> None:
    points = Points(SQUARE)
    good = points.mask(at_least(N, P))
    assert shortest(literals([], [], {}, points, good), points, good) is None
    # Nor where the literals cannot tell good points from bad ones.
    known = literals([at_least(P, 3)], [], LEAST, points, good)
    assert shortest(known, points, good) is None


def test_more_cases_than_can_be_read() -> None:
    points = Points([{"n": k, "p": 0} for k in range(40)])
    for number in (9, 10):
        good = sum(1 << 4 * k for k in range(number))
        known = Literals()
        for k in range(0, 40, 4):
            known.add(equal(N, k), Some(negated(equal(N, k))))
        found = shortest(known, points, good)
        assert (found is None) == (number == 10)


def test_the_simplest_literal_stands_for_all_that_say_the_same() -> None:
    points = Points(SQUARE)
    good = points.mask(at_least(N, 4))
    known = Literals()
    for one in (at_least(7 * N, 22), at_least(N, 4), at_least(2 * N, 7)):
        known.add(one, Some(negated(one)))
    assert shortest(known, points, good) == at_least(N, 4)


def test_what_the_cases_share_is_said_once() -> None:
    points = Points(SQUARE)
    one, other, shared = at_least(N, 8), equal(P, 5), at_least(N - P, 2)
    meant = Every((shared, Some((one, other))))
    good = points.mask(meant)
    known = Literals()
    for guard in (one, other, shared):
        known.add(guard, Some(negated(guard)))
    found = shortest(known, points, good)
    assert found is not None
    assert where(found) == good
    assert cost(found) <= cost(meant)
    assert Relation.ZERO in {guard.relation for guard in guards_in(found)}


def test_only_cases_share_nothing() -> None:
    one, other, shared = at_least(N, 8), equal(P, 1), at_least(N - 2 * P, 1)
    known = Literals()
    for guard in (one, other, shared):
        known.add(guard, Some(negated(guard)))
    points = Points(SQUARE)
    good = points.mask(Every((shared, Some((one, other)))))
    found = shortest(known, points, good, only_cases=True)
    assert isinstance(found, Some)
    assert where(found) == good
    factored = shortest(known, points, good)
    assert isinstance(factored, Every)


def test_two_factors_are_shorter_than_their_cases() -> None:
    first = Some((equal(P, 1), at_least(N, 5)))
    second = Some((at_least(N, 3 * P), residues(N, 2, {0})))
    known = Literals()
    for guard in (*first.parts, *second.parts):
        assert isinstance(guard, Guard)
        known.add(guard, some(negated(guard)))
    points = Points(SQUARE)
    good = where(Every((first, second)))
    found = shortest(known, points, good)
    assert isinstance(found, Every)
    assert where(found) == good
    assert cost(found) <= cost(Every((first, second)))


def test_residues_come_of_bounds_on_remainders() -> None:
    points = Points(SQUARE)
    rest = N - 4 * floor(N, 4)
    for guard, allowed in (
        (at_least(rest, 2), {2, 3}),
        (at_least(1, rest), {0, 1}),
        (equal(rest, 3), {3}),
        (at_least(N + 1 - 4 * floor(N + 1, 4), 3), {2}),
    ):
        found = Literals()
        found.add_guard(guard, LEAST)
        assert found.conditions[0] == residues(N, 4, allowed)
        assert where(found.conditions[0]) == points.mask(guard)


def test_residues_that_are_only_seen_where_it_holds() -> None:
    points = Points(SQUARE)
    meant = Some((residues(N, 6, {0, 1, 4}), equal(P, 5)))
    good = where(meant)
    known = literals([at_least(floor(N, 6), 1), equal(P, 5)], [], LEAST, points, good)
    found = shortest(known, points, good)
    assert found is not None
    assert cost(found) <= cost(meant)
    assert where(found) == good


@pytest.mark.parametrize("allowed", [{3, 0}, {1, 2}, {2, 3, 0}, {3, 0, 1}])
def test_residues_in_a_row_are_one_comparison(allowed: set[int]) -> None:
    assert isinstance(residues(N, 4, allowed), Guard)

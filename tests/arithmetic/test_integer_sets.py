"""Integer sets against a search of small points, and what they refuse."""

from __future__ import annotations

import random
from itertools import permutations, product
from threading import Thread
from typing import Any

import islpy as isl
import pytest

from symconv.arithmetic import integer_sets
from symconv.arithmetic.integer_sets import IntegerSets, Set, as_integer
from symconv.arithmetic.polynomials import (
    Conjunction,
    Guarded,
    Polynomial,
    at_least,
    equal,
    floor,
    maximum,
    nonnegative_part,
)
from symconv.arithmetic.work import WorkUsedUpError, allowed, left
from symconv.errors import NonlinearError, Undecided
from tests.generators.polynomials import Says, conjunction
from tests.oracles.points import members

n, p = Polynomial.of("n"), Polynomial.of("p")
u, i, j = Polynomial.of(0), Polynomial.of(1), Polynomial.of(2)
SETS = IntegerSets(["p", "n"], 1_000_000)
LENGTHS = {"n": range(-5, 6), "p": range(-4, 5)}
NEAR = range(-6, 7)


def lengths(set_: Set) -> set[tuple[int, ...]]:
    return members(SETS, set_, LENGTHS)


def searched(*cases: Says) -> set[tuple[int, ...]]:
    """What `lengths` gives for these cases, by trying."""
    found = product(LENGTHS["n"], LENGTHS["p"])
    return {at for at in found if any(c.holds(dict(zip("np", at, strict=True))) for c in cases)}


# --- which points are in a set -------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, 150, 50))
def test_where_cases_hold(seed: int) -> None:
    sizes = set()
    for one in range(seed, seed + 50):
        rng = random.Random(one)
        cases = [conjunction(rng, ("n", "p"), 2) for _ in range(rng.randint(1, 3))]
        found = SETS.where([case.made for case in cases])
        assert found.is_params()
        assert lengths(found) == searched(*cases), [list(map(str, c.made)) for c in cases]
        sizes.add(len(lengths(found)))
    assert len(sizes) > 8
    assert SETS.where([]).is_empty()
    assert lengths(SETS.where([()])) == set(product(LENGTHS["n"], LENGTHS["p"]))


@pytest.mark.parametrize("seed", range(0, 80, 40))
def test_points_with_hidden_indices(seed: int) -> None:
    # Every index that is hidden is bounded, so that a search finds its values.
    nonempty = 0
    for one in range(seed, seed + 40):
        rng = random.Random(one)
        said = conjunction(rng, ("n", 3, 5), 1)
        bounds = (at_least(Polynomial.of(5), -4), at_least(4, Polynomial.of(5)))
        found = SETS.points([3], (*said.made, *bounds), hidden=[5])
        window = {"n": LENGTHS["n"], "p": range(1)}
        wanted = {
            (a, 0, b)
            for a, b in product(LENGTHS["n"], NEAR)
            if any(said.holds({"n": a, 3: b, 5: c}) for c in range(-4, 5))
        }
        assert members(SETS, found, window, [NEAR]) == wanted, list(map(str, said.made))
        nonempty += bool(wanted)
    assert nonempty > 15


def test_large_numbers_are_exact() -> None:
    huge = 2**70 + 1
    for value in (huge, -huge, 2**31, -(2**31), 2**31 - 1):
        there = SETS.where([(equal(n, value), equal(p, 0))])
        assert SETS.smallest(there)[1] == {"n": value, "p": 0}
    scaled = SETS.where([(equal(floor(n, huge), 3), equal(p, 0))])
    assert SETS.smallest(scaled)[1] == {"n": 3 * huge, "p": 0}


def test_the_names_of_parameters_are_sorted() -> None:
    assert SETS.parameters == ("n", "p")
    there = SETS.where([(equal(n, 1), equal(p, 2))])
    assert lengths(there) == {(1, 2)}


# --- smallest points -----------------------------------------------------------------


def test_the_smallest_points_come_in_order() -> None:
    for seed in range(40):
        rng = random.Random(seed)
        said = conjunction(rng, ("n", "p"), 1)
        inside = SETS.where([said.made])
        box = SETS.where([tuple(
            guard
            for name, values in LENGTHS.items()
            for guard in (
                at_least(Polynomial.of(name), values.start),
                at_least(values.stop - 1, Polynomial.of(name)),
            )
        )])  # fmt: skip
        found = [(at["n"], at["p"]) for at in SETS.in_order(inside.intersect(box))]
        wanted = sorted(searched(said), key=lambda at: (sum(map(abs, at)), at))
        assert found == wanted, list(map(str, said.made))


def test_the_smallest_point_has_the_smallest_coordinates() -> None:
    guards = (at_least(n, 2), equal(p, -1), at_least(u, n), at_least(i, 3 - u), at_least(9, i))
    key, at, point = SETS.smallest(SETS.points([0, 1], (*guards, at_least(9, u))))
    assert (at, point) == ({"n": 2, "p": -1}, (2, 1))
    assert key == (3, 2, -1, 2, 1)
    # The sum of the absolute values comes first, then n, then p, then the coordinates.
    either = SETS.where([(equal(n, 4), equal(p, 0)), (equal(n, -1), equal(p, 2))])
    assert SETS.smallest(either)[1] == {"n": -1, "p": 2}
    tie = SETS.where([(equal(n, 2), equal(p, -1)), (equal(n, 1), equal(p, 2))])
    assert SETS.smallest(tie)[1] == {"n": 1, "p": 2}


def test_a_smallest_point_of_many_parameters_of_which_nothing_is_said() -> None:
    names = [f"s{i:02}" for i in range(14)]  # with the signs of all of them, 2 to the 14 cases
    many = IntegerSets(names, 10_000)
    said = (at_least(Polynomial.of(names[3]) + Polynomial.of(names[9]), 5),)
    _, at, _ = many.smallest(many.where([said]))
    assert at == {**dict.fromkeys(names, 0), names[9]: 5}


def test_no_smallest_point_of_no_parameters() -> None:
    bare = IntegerSets([], 1000)
    assert bare.smallest(bare.points([0], (at_least(u, -3), at_least(5, u)))) == (
        (0, -3),
        {},
        (-3,),
    )


# --- sets made of sets ---------------------------------------------------------------


def test_for_all_and_exists() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        said, among = conjunction(rng, ("n", "p"), 1), conjunction(rng, ("n", "p"), 1)
        small = (at_least(p, -4), at_least(4, p))
        there = SETS.where([(*among.made, *small)])
        always = SETS.for_all(SETS.where([said.made]), there, ["p"])
        sometimes = SETS.exists(SETS.where([(*said.made, *small)]), ["p"])
        for a in LENGTHS["n"]:
            ps = [b for b in LENGTHS["p"] if among.holds({"n": a, "p": b})]
            every = bool(ps) and all(said.holds({"n": a, "p": b}) for b in ps)
            some = any(said.holds({"n": a, "p": b}) for b in LENGTHS["p"])
            assert {b for c, b in lengths(always) if c == a} == (set(LENGTHS["p"]) & set(
                LENGTHS["p"] if every else ()
            ))  # fmt: skip
            assert ((a, 0) in lengths(sometimes)) == some
    both = SETS.exists(SETS.where([(equal(n, 3), equal(p, 3))]), ["n", "p"])
    assert len(lengths(both)) == len(LENGTHS["n"]) * len(LENGTHS["p"])


def test_permuted_coordinates() -> None:
    guards = (equal(u, 1), equal(i, n), equal(j, 3))
    there = SETS.points([0, 1, 2], (*guards, equal(n, 2), equal(p, 0)))
    for order in permutations(range(3)):
        moved = SETS.permuted(there, order)
        values = (1, 2, 3)
        wanted = {(2, 0, *(values[old] for old in order))}
        assert members(SETS, moved, LENGTHS, [NEAR] * 3) == wanted


def test_shown_coordinates() -> None:
    there = SETS.points([0, 1], (at_least(u, 0), at_least(3, u), equal(2 * i, u), equal(n, 0)))
    assert there.dim(isl.dim_type.set) == 2
    seen = members(SETS, SETS.shown(there, 1), {"n": range(1), "p": range(1)}, [NEAR])
    assert seen == {(0, 0, 0), (0, 0, 2)}
    assert SETS.nothing(2).is_empty()
    assert (SETS.nothing(2) | there).is_equal(there)


def test_an_index_as_a_parameter() -> None:
    there = SETS.points([0, 1], (equal(u, 2 * n), at_least(i, u), at_least(n + 1, i)))
    more = SETS.with_indices(["u"])
    assert more.parameters == ("n", "p", "u")
    moved = SETS.indices_as_parameters(there, 1)
    assert moved.is_params()
    wanted = {(a, 0, 2 * a) for a in range(-5, 6) if 2 * a <= a + 1 and 2 * a in NEAR}
    assert members(more, moved, {"n": range(-5, 6), "p": range(1), "u": NEAR}) == wanted


# --- what is refused, and what it costs ----------------------------------------------


@pytest.mark.parametrize(
    ("guards", "message"),
    [
        ((at_least(n * p, 2),), "n·p is a product"),
        ((equal(n * n, 2),), "n·n is a product"),
        ((at_least(n * u, 2),), "index is a product"),
        ((equal(nonnegative_part(n) * p, 2),), "is a product"),
        ((at_least(floor(n, p), 2),), r"floor\(\(n\)/\(p\)\) divides by a symbol"),
        ((equal(nonnegative_part(floor(n * p, 2)), 1),), "n·p is a product"),
    ],
)
def test_products_are_refused(guards: Conjunction, message: str) -> None:
    with pytest.raises(NonlinearError, match=message):
        SETS.points([0], guards)


def test_a_value_with_too_many_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integer_sets, "MOST_PIECES", 20)
    for size in (4, 5):
        names = [f"a{k}" for k in range(size)]
        many = IntegerSets(names, 10_000_000)
        value = sum((nonnegative_part(Polynomial.of(name)) for name in names), Polynomial({}))
        for one in (
            nonnegative_part(value - 1),
            Polynomial.of(Guarded(value, (at_least(value, 2),))),
        ):
            if size == 4:
                assert not many.where([(equal(one, 3),)]).is_empty()
            else:
                with pytest.raises(Undecided, match="more than 20 cases"):
                    many.where([(equal(one, 3),)])


def hard(sets: IntegerSets) -> bool:
    value = maximum(floor(n + p, 3), floor(2 * n - p, 5)) + maximum(floor(n, 7), floor(p, 2))
    return bool(sets.where([(equal(value, 3),), (at_least(value, 5),)]).coalesce().is_empty())


def test_a_budget_that_is_used_up() -> None:
    small = IntegerSets(["n", "p"], 50)
    with pytest.raises(Undecided, match="the budget of 50 isl operations"), small.within_budget():
        hard(small)
    with pytest.raises(Undecided, match="the budget of 60 isl"), SETS.within_budget(60):
        hard(SETS)
    # Afterwards, there is as much as before.
    with SETS.within_budget():
        assert not hard(SETS)
    assert not hard(SETS)


def in_blocks(times: int, budget: int) -> None:
    for _ in range(times):
        with SETS.within_budget(budget):
            hard(SETS)


def test_a_block_takes_from_the_one_around_it() -> None:
    in_blocks(10, 20_000)
    with pytest.raises(Undecided, match="isl operations was used up"), SETS.within_budget(20_000):
        in_blocks(200, 20_000)
    with pytest.raises(Undecided, match=r"the budget of [1-8]\d\d isl"), SETS.within_budget(900):
        in_blocks(1, 20_000)


def test_operations_are_work() -> None:
    with allowed(1_000_000):
        before = left()
        with SETS.within_budget():
            hard(SETS)
        assert left() < before - 100
    there = SETS.where([(at_least(floor(n, 3), p),), (equal(n, 2 * p),)])
    with allowed(1_000_000):
        before = left()
        with SETS.within_budget():  # nothing but isl is at work
            for _ in range(30):
                there.complement().coalesce()
        assert left() < before - 10
    with allowed(0), pytest.raises(WorkUsedUpError), SETS.within_budget():
        hard(SETS)
    with allowed(20):
        with pytest.raises(WorkUsedUpError), SETS.within_budget():
            hard(SETS)
        assert left() == 0


def test_questions_that_may_be_left_open() -> None:
    assert SETS.attempt(lambda: True) is True
    assert SETS.attempt(lambda: False) is False
    assert SETS.attempt(lambda: not hard(SETS)) is True

    def endless() -> bool:
        for _ in range(100_000):
            hard(SETS)
        return True

    assert SETS.attempt(endless) is False

    def raising(error: Exception) -> bool:
        raise error

    assert SETS.attempt(lambda: raising(Undecided("open"))) is False
    for error in (NonlinearError("a product"), WorkUsedUpError("all of it"), KeyError("other")):
        with pytest.raises(type(error)):
            SETS.attempt(lambda: raising(error))  # noqa: B023
    assert not hard(SETS)


def test_another_error_of_isl_is_a_question_left_open() -> None:
    with pytest.raises(Undecided, match="isl gave up: "), SETS.within_budget():
        raise isl.Error("out of its mind")
    with pytest.raises(Undecided, match="isl operations was used up"), SETS.within_budget():
        raise isl.Error("maximal number of operations exceeded")


def test_numbers_of_isl() -> None:
    assert as_integer(isl.Val("-12")) == -12
    assert as_integer(isl.Val(str(2**80))) == 2**80

    class Nothing:
        def to_str(self) -> None:
            return None

    nothing: Any = Nothing()
    with pytest.raises(isl.Error, match="maximal number of operations exceeded"):
        as_integer(nothing)
    with pytest.raises(ValueError, match="1/2"):
        as_integer(isl.Val("1/2"))


def test_another_thread_has_sets_of_its_own() -> None:
    found: list[dict[str, int]] = []

    def decide() -> None:
        own = IntegerSets(["n"], 1_000_000)
        with own.within_budget():
            found.append(own.smallest(own.where([(at_least(n, 4),)]))[1])

    with SETS.within_budget():
        thread = Thread(target=decide)
        thread.start()
        thread.join()
        assert not hard(SETS)
    assert found == [{"n": 4}]

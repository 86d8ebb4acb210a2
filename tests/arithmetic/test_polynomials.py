"""Polynomials, floors and guards against plain integers, and their normal forms."""

from __future__ import annotations

import random
from itertools import product
from math import gcd
from typing import Any

import pytest

from symconv.arithmetic.polynomials import (
    Atom,
    Every,
    Floor,
    Guard,
    Guarded,
    Polynomial,
    Relation,
    Some,
    at_least,
    ceiling,
    conjoined,
    equal,
    every,
    floor,
    maximum,
    negated,
    nonnegative_part,
    some,
    within,
    without_nonnegative_part,
)
from symconv.arithmetic.work import WorkUsedUpError, allowed
from tests.generators.polynomials import (
    Double,
    box,
    conjunction,
    holds,
    linear,
    piecewise_linear,
    polynomial,
)

n, p, s, t = map(Polynomial.of, "npst")
u, i = Polynomial.of(0), Polynomial.of(1)

ATOMS = ("n", "p", 0)
POSITIVE = ("s", "t")


def point(rng: random.Random) -> dict[Any, int]:
    free = {atom: rng.randint(-9, 9) for atom in ATOMS}
    return {**free, **{name: rng.randint(1, 5) for name in POSITIVE}}


def agree(rng: random.Random, double: Double, times: int = 8) -> None:
    for _ in range(times):
        at = point(rng)
        assert double.made.value(at) == double.number(at), (double.made, at)


# --- values --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, 400, 50))
def test_values_are_those_of_plain_integers(seed: int) -> None:
    kinds = set()
    for one in range(seed, seed + 50):
        rng = random.Random(one)
        double = polynomial(rng, ATOMS, POSITIVE, 4)
        kinds |= {type(atom) for atom in double.made.every_atom()}
        agree(rng, double)
    assert kinds == {str, int, Floor, Guarded}


def test_sums_and_products() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        a, b, c = (polynomial(rng, ATOMS, POSITIVE, 2).made for _ in range(3))
        at, k = point(rng), rng.randint(-4, 4)
        x, y = a.value(at), b.value(at)
        assert (a + b).value(at) == x + y
        assert (a - b).value(at) == x - y
        assert (-a).value(at) == -x
        assert (a * b).value(at) == x * y
        assert ((a + k).value(at), (k + a).value(at)) == (x + k, k + x)
        assert ((a - k).value(at), (k - a).value(at)) == (x - k, k - x)
        assert ((a * k).value(at), (k * a).value(at)) == (k * x, k * x)
        for one, other in (
            (a * (b + c), a * c + a * b),
            (a * b * c, c * (b * a)),
            (a - b, -(b - a)),
            (a + b - b, a),
        ):
            assert one == other
            assert hash(one) == hash(other)
            assert str(one) == str(other)
        assert all((a * b).terms.values())
        assert (a - a).terms == {}
        assert (a * 0).terms == {}
        assert a != a + 1


def test_a_polynomial_is_no_number() -> None:
    assert Polynomial.constant(3) != 3
    assert Polynomial.constant(3).as_integer() == 3
    assert Polynomial({}).as_integer() == Polynomial.constant(0).as_integer() == 0
    assert n.as_integer() is None
    assert (n + 3).as_integer() is None
    assert (n + 3 - n).as_integer() == 3


# --- substitution --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, 200, 50))
def test_substituted_values(seed: int) -> None:
    for one in range(seed, seed + 50):
        rng = random.Random(one)
        double = polynomial(rng, ATOMS, POSITIVE, 3)
        chosen: list[Atom] = list(rng.sample(ATOMS, 2))
        put = {atom: linear(rng, ATOMS) for atom in chosen}
        moved = double.made.substitute({atom: value.made for atom, value in put.items()})
        for _ in range(6):
            at = point(rng)
            there = {**at, **{atom: value.number(at) for atom, value in put.items()}}
            assert moved.value(at) == double.number(there), (double.made, put, at)


def test_values_are_put_in_at_once() -> None:
    assert (n + 2 * p).substitute({"n": p, "p": n}) == p + 2 * n
    inside = floor(n - 3 * p, 4) + nonnegative_part(n - p)
    assert inside.substitute({"n": p, "p": n}) == floor(p - 3 * n, 4) + nonnegative_part(p - n)


def test_what_is_not_there_changes_nothing() -> None:
    whole = n * p + floor(n, 3)
    assert whole.substitute({"s": p, 0: n}) == whole
    assert (n + p).substitute({"s": n}) is not None


def test_guards_that_are_decided_by_a_value_go() -> None:
    case = Polynomial.of(Guarded(n + 1, (at_least(p, 2), at_least(n, 0))))
    assert case.substitute({"p": Polynomial.constant(1)}) == Polynomial({})
    inner = case.substitute({"p": Polynomial.constant(2)})
    assert inner == Polynomial.of(Guarded(n + 1, (at_least(n, 0),)))
    assert inner.substitute({"n": Polynomial.constant(5)}).as_integer() == 6


# --- parts ---------------------------------------------------------------------------


def test_what_is_mentioned_is_what_a_value_needs() -> None:
    for seed in range(80):
        rng = random.Random(seed)
        whole = polynomial(rng, ATOMS, POSITIVE, 3).made
        mentioned = whole.symbols() | whole.indices()
        assert mentioned == {a for a in whole.every_atom() if isinstance(a, str | int)}
        at = point(rng)
        assert whole.value({a: at[a] for a in mentioned}) == whole.value(at)
        for atom in (*ATOMS, *POSITIVE):
            assert whole.mentions(atom) == (atom in mentioned)
            if atom not in mentioned:
                assert whole.substitute({atom: n * n * 7}) == whole


def test_parts_of_floors_and_cases() -> None:
    inner = n - 2 * u
    whole = 3 * floor(inner, s) + Polynomial.of(Guarded(p, (equal(t, 4),))) * i
    assert whole.symbols() == {"n", "s", "p", "t"}
    assert whole.indices() == {0, 1}
    assert set(whole.every_part()) == {whole, inner, s, p, t - 4}
    assert whole.written_size() == 1 + 2 + 1 + 1 + 1 + 1 + 1
    assert nonnegative_part(n + p).written_size() == 3
    assert (n * n + 2 * n + 1).written_size() == 3


def test_coefficients_and_cofactors() -> None:
    whole = 3 * n * s - 2 * n + s * s * p + 7
    assert [whole.coefficient(a) for a in ("n", "s", "p")] == [-2, 0, 0]
    assert whole.cofactor("n") == 3 * s - 2
    assert whole.cofactor("s") == 3 * n + s * p
    assert whole.cofactor("t") == Polynomial({})
    for seed in range(60):
        rng = random.Random(seed)
        one = polynomial(rng, ATOMS, POSITIVE, 2).made
        for atom in (*ATOMS, *POSITIVE):
            rest = one - Polynomial.of(atom) * one.cofactor(atom)
            assert atom not in set(rest.atoms())


# --- floors --------------------------------------------------------------------------


def kept(numerator: Polynomial, divisor: Polynomial | int) -> Polynomial:
    """The quotient as it stands."""
    number = Polynomial.constant(divisor) if isinstance(divisor, int) else divisor
    return Polynomial.of(Floor(numerator, number))


@pytest.mark.parametrize(
    ("quotient", "normal"),
    [
        (floor(n, 1), n),
        (floor(n + 1, 2), kept(n + 1, 2)),
        (floor(6 * n + 4, 2), 3 * n + 2),
        (floor(6 * n + 4, 4), kept(3 * n + 2, 2)),
        (floor(6 * n + 4, 8), kept(3 * n + 2, 4)),
        (floor(Polynomial.constant(-7), 2), Polynomial.constant(-4)),
        (floor(floor(n, 3) + p, 2), kept(n + 3 * p, 6)),
        (floor(floor(n, s) + p, t), kept(n + s * p, s * t)),
        (floor(2 * floor(n, 3), 2), kept(n, 3)),
        (floor(2 * floor(n, 3) + 1, 2), kept(2 * kept(n, 3) + 1, 2)),
        (floor(floor(n, 3) + floor(p, 3), 2), kept(kept(n, 3) + kept(p, 3), 2)),
        (floor(s * n + p, s), n + kept(p, s)),
        (floor(s * n - 1, s), n - 1),
        (floor(s * n, s), n),
        (floor(s * n + 1, s), n + kept(Polynomial.constant(1), s)),
        (floor(s * n - 2, s), n + kept(Polynomial.constant(-2), s)),
        (floor(3 * s * n + p, 2 * s), kept(3 * s * n + p, 2 * s)),
        (floor(4 * s * n + p, 2 * s), 2 * n + kept(p, 2 * s)),
        (floor(s * t * n + p, s * t), n + kept(p, s * t)),
        (floor(nonnegative_part(n) + p, s), maximum(kept(n + p, s), kept(p, s))),
        (floor(nonnegative_part(n) - 1, s), maximum(kept(n - 1, s), Polynomial.constant(-1))),
    ],
    ids=str,
)
def test_normal_forms_of_floors(quotient: Polynomial, normal: Polynomial) -> None:
    assert quotient == normal
    assert str(quotient) == str(normal)


def test_floors_of_random_numerators() -> None:
    for seed in range(120):
        rng = random.Random(seed)
        inner = piecewise_linear(rng, ATOMS, 2)
        for divisor in (1, 2, 3, 6):
            made = floor(inner.made, divisor)
            up = ceiling(inner.made, divisor)
            for _ in range(4):
                at = point(rng)
                value = inner.number(at)
                assert made.value(at) == value // divisor
                assert up.value(at) == -(-value // divisor)
        assert floor(divisor * inner.made, divisor) == inner.made


def test_a_floor_holds_no_floor_alone() -> None:
    for seed in range(80):
        rng = random.Random(seed)
        made = floor(floor(linear(rng, ATOMS).made, rng.randint(2, 5)) + rng.randint(-3, 3), 7)
        assert len([a for a in made.every_atom() if isinstance(a, Floor)]) == 1


def test_maxima() -> None:
    assert nonnegative_part(Polynomial.constant(-2)).as_integer() == 0
    assert nonnegative_part(Polynomial.constant(2)).as_integer() == 2
    assert str(maximum(n, Polynomial.constant(3))) == "max(0, n - 3) + 3"
    assert maximum(Polynomial.constant(3), n) == maximum(n, Polynomial.constant(3))
    assert without_nonnegative_part(nonnegative_part(n - p)) == n - p
    others = (
        n,
        2 * nonnegative_part(n),
        nonnegative_part(n) + 1,
        n * nonnegative_part(n),
        Polynomial.of(Guarded(n, (at_least(p, 0),))),
        floor(n, 2),
    )
    assert all(without_nonnegative_part(other) == other for other in others)


def test_a_maximum_is_equal_however_it_is_guarded() -> None:
    one, other = Guarded(n, (at_least(n, 0),)), Guarded(n, (at_least(n, 1),))
    assert one.is_nonnegative_part
    assert not other.is_nonnegative_part
    assert one != other
    assert Polynomial.of(one) == nonnegative_part(n)
    assert Guarded(n, (equal(p, 1),)) != Guarded(n, (equal(p, 2),))
    assert Guarded(n, (equal(p, 1),)) == Guarded(n, (equal(p, 1),))
    assert Floor(n, s) != Floor(n, t)
    assert Floor(n, s) != Floor(p, s)
    assert len({Floor(n, s), Floor(n, s), Guarded(n, (at_least(n, 0),)), one}) == 2


# --- guards --------------------------------------------------------------------------

WINDOW = list(box(n=range(-8, 9), p=range(-8, 9)))


def random_guards(rng: random.Random) -> tuple[Guard, ...]:
    """Guards of which some differ by a number, or by the sign too."""
    bare = rng.choice([n, p, n - p, 2 * n + p, Polynomial({})])
    made = []
    for _ in range(rng.randint(1, 4)):
        side = rng.choice([bare, -bare, bare, n + p])
        shift = rng.randint(-4, 4)
        made.append(equal(side, shift) if rng.random() < 0.3 else at_least(side, shift))
    return tuple(made)


@pytest.mark.parametrize("seed", range(0, 300, 100))
def test_conjoined_guards_say_the_same(seed: int) -> None:
    contradictions = shorter = 0
    for one in range(seed, seed + 100):
        guards = random_guards(random.Random(one))
        found = conjoined(guards)
        there = [at for at in WINDOW if all(holds(g, at) for g in guards)]
        if found is None:
            contradictions += 1
            assert not there, guards
            continue
        assert there == [at for at in WINDOW if all(holds(g, at) for g in found)], guards
        assert len(found) <= len(guards)
        shorter += len(found) < len(guards)
        bare = [g.polynomial - g.polynomial.terms.get((), 0) for g in found]
        assert len(set(bare)) == len(bare)
        assert conjoined(found) == found
    assert min(contradictions, shorter) > 10


def test_conjoined_examples() -> None:
    assert conjoined(()) == ()
    assert conjoined((at_least(3, 2),)) == ()
    assert conjoined((at_least(2, 3),)) is None
    assert conjoined((equal(n, 2), equal(n, 3))) is None
    assert conjoined((equal(n, 2), at_least(n, 3))) is None
    assert conjoined((at_least(n, 3), at_least(2, n))) is None
    assert conjoined((at_least(n, 3), at_least(3, n))) == (equal(n, 3),)
    assert conjoined((equal(n, 3), equal(-n, -3), at_least(n, 1))) == (equal(n, 3),)


def test_negations() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        said = conjunction(rng, ("n", "p"), 1).made[0]
        for at in WINDOW[::7]:
            opposite = [holds(g, at) for g in negated(said)]
            assert sum(opposite) == (not holds(said, at))


def test_reduced_guards_say_the_same() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        made = linear(rng, ("n", "p", "s")).made * rng.randint(1, 4)
        if rng.random() < 0.6:
            made = made * Polynomial.of(rng.choice(["s", "n"]))
        made = made + rng.choice([0, 0, 0, 1, -3])
        for relation in Relation:
            said = Guard(made, relation)
            less = said.reduced({"s"})
            for at in box(n=range(-4, 5), p=range(-4, 5), s=range(1, 4)):
                assert holds(less, at) == holds(said, at), (str(said), str(less), at)
            assert gcd(*(c for m, c in less.polynomial.terms.items() if m)) <= 1 or (
                relation is Relation.ZERO
            )


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        (at_least(2 * n, 3), at_least(n, 2)),
        (at_least(-2 * n, -3), at_least(1, n)),
        (equal(2 * n, 4), equal(n, 2)),
        (equal(2 * n, 3), equal(2 * n, 3)),
        (equal(-n, -4), equal(n, 4)),
        (equal(Polynomial.constant(4), 4), equal(Polynomial({}), 0)),
        (at_least(s * s * n, s * p), at_least(s * n, p)),
        (at_least(s * s * n, s * s * p), at_least(n, p)),
        (at_least(t * n, t * p), at_least(t * n, t * p)),
        (at_least(s * n, p), at_least(s * n, p)),
        (equal(s * n, Polynomial({})), equal(n, 0)),
        (at_least(6 * s * n, 4 * s), at_least(n, 1)),
    ],
    ids=str,
)
def test_reduced_examples(guard: Guard, wanted: Guard) -> None:
    assert guard.reduced({"s"}) == wanted


def test_positions_inside_a_length() -> None:
    for seed in range(150):
        rng = random.Random(seed)
        inner = linear(rng, ("n", "p"))
        divisor, more = rng.randint(1, 4), rng.randint(-2, 3)
        length = floor(inner.made, divisor) + more
        if rng.random() < 0.5:
            length = nonnegative_part(length)
        guards = within(u, length)
        for at in box(n=range(-6, 7, 2), p=range(-6, 7, 3)):
            size = max(0, inner.number(at) // divisor + more)
            for position in range(-2, 12):
                inside = all(holds(g, {**at, 0: position}) for g in guards)
                assert inside == (0 <= position < size), (str(length), at, position)


def test_positions_inside_a_length_with_two_floors() -> None:
    length = floor(n, 2) + floor(p, 3)
    for at in box(n=range(6), p=range(6)):
        for position in range(-1, 6):
            inside = all(holds(g, {**at, 0: position}) for g in within(u, length))
            assert inside == (0 <= position < at["n"] // 2 + at["p"] // 3)


def test_a_single_part_is_itself() -> None:
    one, other = at_least(n, 0), equal(p, 1)
    assert every([one]) is some([one]) is one
    assert every([one, other]) == Every((one, other))
    assert some([one, other]) == Some((one, other))
    assert (every([]), some([])) == (Every(()), Some(()))


# --- text, and work ------------------------------------------------------------------


def test_text() -> None:
    assert str(Polynomial({})) == "0"
    assert str(-n) == "-n"
    assert str(1 - 2 * n * u) == "-2*n*#0 + 1"
    assert str(Polynomial.of(Guarded(n, (equal(p, 1), at_least(n, 2))))) == (
        "(n if p - 1 == 0 and n - 2 >= 0 else 0)"
    )
    assert repr(n - 1) == "Polynomial(n - 1)"


def test_long_polynomials_are_told_apart_by_a_short_text() -> None:
    names = [Polynomial.of(f"a_long_name_{k}") for k in range(200)]
    whole = sum(names[1:], names[0])
    text = str(whole)
    assert len(text) < 60
    assert str(whole) == text != str(whole + 1)
    assert str(-whole).startswith("-<")
    assert not text.startswith("-")
    assert floor(whole, 3) != floor(whole + 1, 3)


def test_every_product_and_substitution_is_work() -> None:
    names = [Polynomial.of(f"a{k}") for k in range(30)]
    whole = sum(names[1:], names[0])
    with allowed(2_000), pytest.raises(WorkUsedUpError):
        whole * whole
    with allowed(3_000):
        assert len((whole * whole).terms) == 465
    with allowed(100), pytest.raises(WorkUsedUpError):
        whole.substitute({"a0": n})
    with allowed(100):
        assert whole + whole == 2 * whole
        assert whole.substitute({"b": n}) == whole


def test_all_orders_of_names_are_one_polynomial() -> None:
    for order in product((n, u, floor(n, 2), nonnegative_part(p)), repeat=2):
        assert order[0] * order[1] == order[1] * order[0]
        assert str(order[0] * order[1]) == str(order[1] * order[0])

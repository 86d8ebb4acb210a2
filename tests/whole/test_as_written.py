"""Claims are decided as they were written: nothing simplifies them on the way.

SYMCONV_RANDOM_TEXTS gives another number of random expressions.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import pytest
from sympy import Abs, Eq, Expr, Max, Min, Mod, Ne, Piecewise, Sum, Symbol, ceiling, floor, symbols

from symconv import Claim, Proved, Refuted, Signal, SymconvError, integers
from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.polynomials import Atom
from symconv.derivations import such_that
from symconv.language.amounts import Amount, simplified_around
from symconv.reading.text import parse_claim
from tests.generators.trees import (
    Tree,
    as_text,
    built,
    calculated,
    names_in,
    random_condition,
    random_tree,
)
from tests.oracles import brute_force

EXPRESSIONS = int(os.environ.get("SYMCONV_RANDOM_TEXTS", "10000"))
AT_ONCE = 2500  # expressions in one test
POINTS = 6
NAMES = "npq"

n, m = integers("n m", nonnegative=True)
c, s = integers("c s", positive=True)
p = integers("p", nonnegative=True)
q = integers("q")
LETTERS: Mapping[str, Symbol] = {"n": n, "p": p, "q": q}


def decide(text: str, signals: Mapping[str, str], *given: str, whole: tuple[str, ...] = ()) -> Any:
    """The verdict on a claim as text, which brute force agrees with."""
    claim = parse_claim(text, signals=signals, given=given, integers=whole).claim
    verdict = claim.prove()
    brute_force.check_verdict(claim, verdict, 24, 400)
    return verdict


# --- what SymPy gets wrong -------------------------------------------------------------

X = {"x": "n"}


@pytest.mark.parametrize(
    ("text", "signals", "given"),
    [
        (
            "x.dilate(2).pad(1, -4).downsample(6).length == ceil(x.dilate(2).pad(1, -4).length/6)",
            X,
            ["n >= 1"],
        ),
        ("x.dilate(2).pad(1, -4).downsample(6).length == ceil(max(2*n - 4, 0)/6)", X, ["n >= 1"]),
        ("2*(p % 3) % 6 == 2*(p % 3)", {}, []),
        ("(2*(p % 3)) % 6 == 2*(p % 3)", {}, []),
        ("(2*(p % 3)) % 6 == (2*p) % 6", {}, []),
        ("(4*t % 6) % 3 == t % 3", {}, []),
        ("2*(t % 6) % 3 == 2*t % 3", {}, []),
        ("x.pad(0, 2*(n % 3) % 6) == x.pad(0, 2*(n % 3))", X, []),
        ("max(2*n, 4) == 2*max(n, 2)", {}, []),
        ("abs(2*p - 6)//6*6 + abs(2*p - 6) % 6 == abs(2*p - 6)", {}, []),
        ("min(4*p, 6) % 4 + min(4*p, 6)//4*4 == min(4*p, 6)", {}, []),
    ],
)
def test_what_is_true_is_proved(text: str, signals: Mapping[str, str], given: list[str]) -> None:
    verdict = decide(text, signals, *given)
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete


@pytest.mark.parametrize(
    ("text", "signals", "given", "lengths", "sides"),
    [
        ("max(2*n, 4)//6*6 == max(2*n, 4)", {}, [], {"n": 0}, (0, 4)),
        ("max(2*n, 4)//6*6 == max(2*n, 4)", {}, ["n >= 1"], {"n": 1}, (0, 4)),
        ("max(2*n, 4) % 6 == 0*n", {}, [], {"n": 0}, (4, 0)),
        ("max(2*n, 4) % 6 == 0*n", {}, ["n >= 1"], {"n": 1}, (4, 0)),
        ("z.length//6*6 == z.length", {"z": "max(2*n - 4, 0)"}, [], {"n": 3}, (0, 2)),
        ("(2*(p % 3)) % 6 == 0*p + 2*((p % 3)**2 % 3)", {}, [], {"p": 2}, (4, 2)),
        ("min(4*p, 6)//6*6 == min(4*p, 6)", {}, [], {"p": 1}, (0, 4)),
        ("abs(4*p - 2)//6*6 == abs(4*p - 2)", {}, [], {"p": 0}, (0, 2)),
        ("floor(max(2*n, 4)/10)*10 == max(2*n, 4)", {}, [], {"n": 0}, (0, 4)),
        ("ceil(max(2*n, 4)/6)*6 == max(2*n, 4)", {}, [], {"n": 0}, (6, 4)),
    ],
)
def test_what_is_false_is_refuted_at_the_smallest_point(
    text: str,
    signals: Mapping[str, str],
    given: list[str],
    lengths: dict[str, int],
    sides: tuple[int, int],
) -> None:
    verdict = decide(text, signals, *given)
    assert isinstance(verdict, Refuted), verdict
    found = verdict.counterexample
    assert (found.lengths, (found.lhs, found.rhs)) == (lengths, sides)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iff(max(2*n, 4) % 6 == 0, n % 3 == 0 and n >= 2)", None),
        ("iff(max(2*n, 4) % 6 == 0, n >= 0)", {"n": 0}),
        ("iff(max(2*n, 4)//6*6 == max(2*n, 4), max(2*n, 4) % 6 == 0)", None),
        ("iff(2*(p % 3) % 6 >= 3, p % 3 == 2)", None),
        ("iff(2*(p % 3) % 6 >= 3, p % 3 >= 1)", {"p": 1}),
    ],
)
def test_conditions_are_decided_as_written(text: str, expected: dict[str, int] | None) -> None:
    verdict = decide(text, {})
    found = verdict.counterexample.lengths if isinstance(verdict, Refuted) else None
    assert found == expected
    assert isinstance(verdict, Proved | Refuted)


@pytest.mark.parametrize(
    ("given", "least"),
    [
        ("max(2*n, 4) % 6 == 0", 3),
        ("max(2*n, 4) % 10 != 0", 0),
        ("max(2*n, 4)//6*6 == max(2*n, 4)", 3),
        ("2*(n % 3) % 6 == 4", 2),
        ("len(x.dilate(2).pad(1, -4)) % 6 == 0 and n >= 3", 5),
    ],
)
def test_hypotheses_are_read_as_written(given: str, least: int) -> None:
    verdict = decide("x.pad(0, 1) == x", X, given)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": least}


@pytest.mark.parametrize("given", ["max(2*n, 4) % 6 == 1", "2*(n % 3) % 6 == 3", "n < max(n, 0)"])
def test_hypotheses_that_never_hold_are_refused(given: str) -> None:
    with pytest.raises(SymconvError, match=r"no lengths satisfy|can never hold"):
        parse_claim("x == x", signals=X, given=[given]).claim.prove()


# --- in Python -------------------------------------------------------------------------


def test_a_hypothesis_about_a_length_is_kept() -> None:
    for size in (integers("n", positive=True), Symbol("n", integer=True, positive=True)):
        x = Signal("x", size)
        cropped = x.dilate(2).pad(1, -4)
        claim = Claim(x.pad(0, 1), x, given=[Eq(Mod(cropped.length, 6), 0)])
        assert len(claim.given) == 1
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        # The length is max(0, 2n − 4), which 6 divides at n = 1, 2, 5, 8, …
        holds = [at for at in range(1, 12) if not claim_excludes(claim, n=at)]
        assert holds == [1, 2, 5, 8, 11]


def claim_excludes(claim: Claim, **lengths: int) -> bool:
    try:
        claim.at(**lengths)
    except SymconvError as error:
        assert "contradicts the hypothesis" in str(error)  # noqa: PT017 - the others are allowed
        return True
    return False


def test_a_hypothesis_about_a_maximum_leaves_something() -> None:
    k = integers("k", positive=True)
    x = Signal("x", k)
    claim = Claim(x.pad(0, 1), x, given=[Ne(Mod(Max(2 * k, 4), 10), 0)])
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"k": 1}
    assert [at for at in range(1, 12) if not claim_excludes(claim, k=at)] == [
        at for at in range(1, 12) if max(2 * at, 4) % 10
    ]


PYTHON: Mapping[str, tuple[Callable[[Symbol], Any], Callable[[int], int]]] = {
    "a floor of a maximum": (
        lambda v: floor(Max(2 * v, 4) / 6) * 6,
        lambda v: max(2 * v, 4) // 6 * 6,
    ),
    "a remainder of a maximum": (lambda v: Mod(Max(2 * v, 4), 6), lambda v: max(2 * v, 4) % 6),
    "a remainder of a minimum": (lambda v: Mod(Min(4 * v, 10), 6), lambda v: min(4 * v, 10) % 6),
    "a remainder of an absolute value": (
        lambda v: Mod(Abs(4 * v - 10), 6),
        lambda v: abs(4 * v - 10) % 6,
    ),
    "a ceiling of a maximum": (
        lambda v: ceiling(Max(2 * v, 4) / 6),
        lambda v: -(-max(2 * v, 4) // 6),
    ),
    "a floor of a piecewise": (
        lambda v: floor(Piecewise((2 * v, v > 2), (4, True)) / 6),
        lambda v: (2 * v if v > 2 else 4) // 6,
    ),
    "a doubled remainder": (lambda v: Mod(2 * Mod(v, 3), 6), lambda v: 2 * (v % 3) % 6),
    "a remainder of a remainder": (lambda v: Mod(Mod(4 * v, 6), 3), lambda v: 4 * v % 6 % 3),
    "a doubled remainder of a remainder": (
        lambda v: Mod(2 * Mod(v, 6), 3),
        lambda v: 2 * (v % 6) % 3,
    ),
    "a square of a remainder": (
        lambda v: Mod(Mod(v, 3) ** 2, 3) * 2,
        lambda v: 2 * ((v % 3) ** 2 % 3),
    ),
}


@pytest.mark.parametrize("name", PYTHON)
def test_symbols_of_our_own_are_safe_in_sympy(name: str) -> None:
    expression, plain = PYTHON[name]
    for symbol in integers("v w")[:1] + integers("v w", nonnegative=True)[:1]:
        made = expression(symbol)
        low = -20 if symbol.sign.negative else 0
        for v in range(low, 21):
            assert brute_force.value(made, {"v": v}) == plain(v), f"{made} at {v}"
        verdict = Claim(made, made + symbol - symbol).prove()
        assert isinstance(verdict, Proved)
    wanted = integers("v", nonnegative=True)
    verdict = Claim(expression(wanted), wanted).prove()
    assert isinstance(verdict, Refuted)
    first = next(v for v in range(40) if plain(v) != v)
    assert verdict.counterexample.lengths == {"v": first}
    assert (verdict.counterexample.lhs, verdict.counterexample.rhs) == (plain(first), first)


def test_lengths_are_safe_with_any_symbols() -> None:
    own = integers("n", positive=True)
    foreign = symbols("n", integer=True, positive=True)
    for size in (own, foreign):
        length = Signal("x", size).dilate(2).pad(1, -4).length
        verdict = Claim(6 * floor(length / 6), length).prove()
        assert isinstance(verdict, Refuted)
        # max(0, 2n − 4) is 2 at n = 3
        assert verdict.counterexample.lengths == {"n": 3}
        assert (verdict.counterexample.lhs, verdict.counterexample.rhs) == (0, 2)
        verdict = Claim(6 * floor(length / 6) + Mod(length, 6), length).prove()
        assert isinstance(verdict, Proved)


# --- random expressions ----------------------------------------------------------------


def trees(first: int, number: int) -> list[Tree]:
    found = []
    for seed in range(first, first + number):
        rng = random.Random(seed)
        found.append(random_tree(rng, NAMES, rng.choice([2, 3, 4]), products=seed % 3 == 0))
    return found


def points(rng: random.Random, number: int = POINTS) -> list[dict[str, int]]:
    """Numbers for n and p, which are not negative, and for q."""
    return [
        {"n": rng.randint(0, most), "p": rng.randint(0, most), "q": rng.randint(-most, most)}
        for most in [rng.choice([3, 12, 50]) for _ in range(number)]
    ]


@pytest.mark.parametrize("first", range(0, EXPRESSIONS, AT_ONCE))
def test_random_expressions_are_read_as_written(first: int) -> None:
    rng = random.Random(first)
    for tree in trees(first, min(AT_ONCE, EXPRESSIONS - first)):
        text = as_text(tree)
        read = parse_claim(f"{text} == 0*n", signals={}, integers=["q"]).claim.lhs
        polynomial, denominator = scaled_polynomial(read)
        for at in points(rng):
            expected = calculated(tree, at)
            assert brute_force.value(read, at) == expected, f"{text} is read as {read}, at {at}"
            assert polynomial.value(by_name(at)) == denominator * expected, (
                f"{text}: {polynomial} at {at}"
            )


@pytest.mark.parametrize("first", range(0, EXPRESSIONS, AT_ONCE))
def test_random_expressions_in_symbols_of_our_own(first: int) -> None:
    rng = random.Random(first)
    refused = 0
    known: dict[Tree, Any] = {}
    for tree in trees(first, min(AT_ONCE, EXPRESSIONS - first)):
        made = built(tree, LETTERS, known)
        polynomial, denominator = scaled_polynomial(made)
        if simplified_around(made):  # refused, because SymPy may have changed it
            with pytest.raises(SymconvError, match="SymPy knows that"):
                Signal("x", n).pad(made, 0)
            refused += 1
            continue
        amount = Signal("x", n).pad(made, 0).operator.amounts[0]
        for at in points(rng):
            expected = calculated(tree, at)
            assert brute_force.value(made, at) == expected, f"{as_text(tree)}: {made} at {at}"
            assert polynomial.value(by_name(at)) == denominator * expected, (
                f"{made}: {polynomial} at {at}"
            )
            assert amount_at(amount, at) == expected, f"{made}: {amount} at {at}"
    assert refused < AT_ONCE / 50


def by_name(at: Mapping[str, int]) -> dict[Atom, int]:
    return dict(at.items())


def amount_at(amount: Amount, at: Mapping[str, int]) -> int:
    return amount.at({symbol: at[name] for name, symbol in amount.symbols.items()})


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_random_claims_about_numbers(first: int) -> None:
    kinds = set()
    for seed in range(first, first + 100):
        rng = random.Random(f"claim {seed}")
        left = random_tree(rng, NAMES, rng.choice([1, 2, 2]))
        right = random_tree(rng, NAMES, 2) if rng.random() < 0.5 else rewritten(rng, left)
        claim = parse_claim(
            f"{as_text(left)} == {as_text(right)}", signals={}, integers=["q"]
        ).claim
        verdict = brute_force.checked_verdict(claim, 14, 250)
        kinds.add(type(verdict))
        # Brute force reads the trees that were read; here it is what was written.
        lengths = [s.name for s in claim.symbols]
        for at in islice(brute_force.small_lengths(claim, 9), 60):
            same = calculated(left, at) == calculated(right, at)
            assert set(lengths) == names_in(left) | names_in(right)
            if isinstance(verdict, Proved):
                assert same, f"{claim}: {verdict}, but not at {at}"
            elif isinstance(verdict, Refuted) and not same:
                assert at == verdict.counterexample.lengths, f"{claim}: {verdict}"
                break
    assert kinds == {Proved, Refuted}


def rewritten(rng: random.Random, tree: Tree) -> Tree:
    """The same in other words."""
    number = rng.choice([2, 3, 6])
    kind = rng.choice(["divide", "lift", "halves", "twice"])
    if kind == "divide":
        back = Tree("scale", (Tree("quotient", (tree,), number),), number)
        return Tree("add", (back, Tree("remainder", (tree,), number)))
    if kind == "lift":
        return Tree("subtract", (Tree("max_0", (tree,)), Tree("max_0", (Tree("negate", (tree,)),))))
    if kind == "halves":
        return Tree("add", (Tree("max_0", (tree,)), Tree("min", (tree, Tree("", number=0)))))
    return Tree("quotient", (Tree("scale", (tree,), number),), number)


@pytest.mark.parametrize("first", range(0, 200, 100))
def test_random_conditions(first: int) -> None:
    for seed in range(first, first + 100):
        rng = random.Random(f"condition {seed}")
        left, right = (random_condition(rng, "np", 2) for _ in range(2))
        claim = parse_claim(f"iff({as_text(left)}, {as_text(right)})", signals={}).claim
        verdict = claim.prove()
        assert isinstance(verdict, Proved | Refuted), verdict
        names = [symbol.name for symbol in claim.symbols]
        for at in (
            {"n": a, "p": b} for total in range(9) for a in range(total + 1) for b in [total - a]
        ):
            if any(at[name] for name in {"n", "p"} - set(names)):
                continue
            same = bool(calculated(left, at)) == bool(calculated(right, at))
            if isinstance(verdict, Proved):
                assert same, f"{claim}: {verdict}, but not at {at}"
            elif not same:
                found = verdict.counterexample.lengths
                assert found == {name: at[name] for name in names}, f"{claim}: {verdict}"
                break


# --- what SymPy knows although it is told nothing ----------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        lambda c: 5 * Mod(ceiling(Max(c, 1) / 5), 6),  # once Mod(5*Mod(⌈max(c, 1)/5⌉, 6), 6)
        lambda c: Mod(floor(Mod(c, 8) / 2), 3),
        lambda c: Max(4, 2 * floor(Mod(c, 7) / 2)),  # once ⌊…/6⌋·6
        lambda c: floor(Mod(c, 7) / 2) * (floor(Mod(c, 7) / 2) + 1),
    ],
)
def test_what_sympy_may_have_changed_is_refused(made: Callable[[Symbol], Expr]) -> None:
    c = integers("c")
    with pytest.raises(SymconvError, match="SymPy knows that"):
        Claim(made(c), 0)
    with pytest.raises(SymconvError, match="SymPy knows that"):
        Claim(c, c, given=[Eq(made(c), c)])
    with pytest.raises(SymconvError, match="SymPy knows that"):
        Signal("x", 3).pad(made(c), 0)


def test_the_same_as_text_is_decided() -> None:
    text = "5*(ceil(max(c,1)/5)%6) == ((5*ceil(max(c,1)/5))%30)%6"
    verdict = parse_claim(text, signals={}).claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"c": 6}


def test_what_sympy_cannot_have_changed_is_taken() -> None:
    n = integers("n", positive=True)
    for made in (Mod(n, 4) // 2, Max(n - 3, 0) // 2, Max(0, floor(Max(0, n) / 6) - 1)):
        assert isinstance(Claim(made, made).prove(), Proved)


def test_a_condition_that_sympy_moves_out_of_a_sum_is_refused() -> None:
    u, i, j = integers("u i j")
    x = Signal("x", n)
    inner = Sum(Piecewise((x[j], j >= 1), (0, True)), (j, 0, 2))
    # SymPy moves the condition out of the inner sum where both indices have one name.
    with pytest.raises(SymconvError, match="give each index a name of its own"):
        Signal.from_formula(u, Sum(x[j] * inner, (j, 0, u)), length=n)
    apart = Signal.from_formula(u, Sum(x[i] * inner, (i, 0, u)), length=n)
    assert apart.evaluate(x=[1, 2, 3]) == [5, 15, 30]
    term = such_that(x[j], j >= 1)
    same = Signal.from_formula(u, Sum(x[j] * Sum(term, (j, 0, 2)), (j, 0, u)), length=n)
    assert isinstance(Claim(same, apart).prove(), Proved)

"""Conditions as a person would put them: factors, residues, lists; and how they are printed."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
from sympy import (
    And,
    Eq,
    Expr,
    IndexedBase,
    Max,
    Mod,
    Mul,
    Ne,
    Or,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    floor,
    oo,
    symbols,
    true,
)
from sympy.logic.boolalg import Boolean

from symconv import Claim, Refuted, Signal, SignalExpr
from symconv.arithmetic import limits
from symconv.arithmetic.conditions_of_sets import describe
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import DECISION_OPERATIONS
from symconv.arithmetic.polynomials import Condition, Every, Polynomial, Some, at_least
from symconv.arithmetic.short_conditions import cost
from symconv.catalogue.index import CATALOGUE
from symconv.decision.verdicts import Differences
from symconv.decision.wording import differences_sentences
from symconv.exercises import WrongAnswer, check
from symconv.language.notation import code, latex, plain
from symconv.testing import assert_equal
from tests.generators.polynomials import conjunction, says
from tests.oracles.brute_force import value
from tests.oracles.points import members

n, c = symbols("n c", integer=True, positive=True)
p, q, m = symbols("p q m", integer=True, nonnegative=True)
a, b = symbols("a b", integer=True)
u, t = symbols("u t", integer=True)
x, k = Signal("x", n), Signal("k", c)


def condition(said: Boolean, *given: Boolean) -> str:
    return plain(Claim(said, true, given=given).condition())


def catalogue(name: str) -> Refuted:
    verdict = CATALOGUE[name].claim.prove()
    assert isinstance(verdict, Refuted)
    return verdict


# --- factors -------------------------------------------------------------------------


def test_two_independent_parts_are_two_factors() -> None:
    both = And(Or(Eq(p, 0), n >= c), Or(Eq(q, 0), m >= 3))
    assert condition(both) == "(c ≤ n or p = 0) and (m ≥ 3 or q = 0)"
    written_out = Or(*(And(one, other) for one in both.args[0].args for other in both.args[1].args))
    assert condition(written_out) == "(c ≤ n or p = 0) and (m ≥ 3 or q = 0)"


def test_what_the_cases_have_in_common_is_said_once() -> None:
    claim = Claim(x.pad(p, p).correlate(k).pad(q, q), x.correlate(k))
    assert plain(claim.condition()) == "q = 0 and (p = 0 or n + 2p ≤ c − 1)"


def test_cases_are_still_cases() -> None:
    assert condition(Or(Eq(q, 0), c <= p + 1)) == "q = 0 or c ≤ p + 1"
    assert condition(Or(And(Eq(p, 0), Eq(q, 0)), n >= c + 9)) == "c ≤ n − 9 or (p = 0 and q = 0)"


def test_conditions_for_all_lengths_are_two_factors() -> None:
    theorem = CATALOGUE["zero_padded_convolution_and_stride2_blur_commute"]
    found = theorem.claim.condition(for_all=theorem.for_all)
    assert plain(found) == "(p = 0 or e ≤ q + 1) and (q = 0 or c ≤ p + 1)"


def test_overlapping_cases_are_put_together() -> None:
    verdict = catalogue("amounts_of_padding_add_up")
    assert verdict.condition is not None
    assert plain(verdict.condition) == (
        "L + l + n ≤ 0 or R + n + r ≤ 0 or L + R + l + n + r ≤ 0 "
        "or ((L ≤ 0 or l ≥ 0) and (R ≤ 0 or r ≥ 0))"
    )


def test_outputs_are_described_by_cases() -> None:
    verdict = catalogue("padding_fuses_into_a_pool_of_3_that_leaves_padding_out")
    assert verdict.differences is not None
    assert plain(verdict.differences.entries) == (
        "a + q − 2 ≤ 2u ≤ a + q − 1 or a + n + q − 2 ≤ 2u ≤ a + n + q − 1"
    )


# --- residues ------------------------------------------------------------------------


@pytest.mark.parametrize("residue", [0, 2])
def test_residues_of_one_symbol(residue: int) -> None:
    nested = Eq(Mod(n + 2 * floor((c + n) / 2), 4), 2)
    assert condition(nested, Eq(Mod(n, 4), residue)) == "c mod 4 ∈ {2, 3}"


def test_residues_instead_of_sums_of_remainders() -> None:
    for stride3 in (
        "stride3_of_pointwise_layer_moves_up_with_same_padding",
        "centred_padding_eq_same_padding_for_stride_3",
    ):
        found = catalogue(stride3).condition
        assert found is not None
        assert plain(found) == "c ≤ 2 or n mod 3 = 1 or (c mod 2 = 0 and n mod 3 ≠ 0)"


def test_a_residue_may_be_one_case_of_several() -> None:
    overlapping = Or(Eq(Mod(c, 4), 2), Eq(Mod(c, 4), 3), And(Eq(p, 0), n >= 5))
    assert condition(overlapping) == "c mod 4 ∈ {2, 3} or (p = 0 and n ≥ 5)"


# --- lists of values -----------------------------------------------------------------


def test_a_few_values_are_listed() -> None:
    assert condition(Or(Eq(n, 6), Eq(n, 8), Eq(n, 9), Eq(n, 11))) == "n ∈ {6, 8, 9, 11}"
    assert condition(And(Ne(n, 6), Ne(n, 8), Ne(n, 9), Ne(n, 11))) == "n ∉ {6, 8, 9, 11}"
    either = Or(Eq(a, -3), Eq(a, 5), Eq(a, 7), Eq(a, 8))
    assert condition(either) == "a ∈ {−3, 5, 7, 8}"
    assert condition(And(either, c >= 4)) == "a ∈ {−3, 5, 7, 8} and c ≥ 4"


def test_neighbouring_values_are_a_range() -> None:
    assert condition(And(n >= 3, n <= 40)) == "3 ≤ n ≤ 40"
    assert condition(And(n >= 3, n <= 6)) == "3 ≤ n ≤ 6"


def test_outputs_are_listed() -> None:
    verdict = Claim(Signal.taps(1, 2, 3, 4, 5, 6), Signal.taps(1, 0, 3, 0, 0, 6)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.differences is not None
    assert plain(verdict.differences.entries) == "u ∈ {1, 3, 4}"
    assert str(verdict).endswith("\nOnly the outputs u with u ∈ {1, 3, 4} differ.")


def test_sentences_about_outputs() -> None:
    def said(entries: Boolean) -> list[str]:
        return differences_sentences(Differences(~true, entries, (u,), (n,)))

    first = Or(Eq(u, 0), Eq(u, 3), Eq(u, 5), Eq(u, n - 1))
    assert said(first) == [
        "Only the first output and the outputs u with u ∈ {3, 5} and the last output differ."
    ]
    assert said(Or(Eq(Mod(c, 2), 0), u >= n - 2)) == [
        "If any output differs, output u does exactly when u ≥ n − 2 or c mod 2 = 0."
    ]


# --- always the same set -------------------------------------------------------------


def random_condition(source: random.Random) -> Boolean:
    """Relations of few symbols, joined by And and Or."""
    symbols_ = [n, c, p, a]

    def relation() -> Boolean:
        one, other = source.sample(symbols_, 2)
        number = source.randint(-2, 5)
        return source.choice(
            [
                one >= other + number,
                one <= number + 2,
                Eq(one, number),
                Ne(one, other),
                Eq(Mod(one + source.randint(0, 1) * other, source.randint(2, 4)), 1),
                2 * one <= 3 * other + number,
                floor(one / 2) + other <= number,
            ]
        )

    inner, outer = source.sample([And, Or], 2)
    return outer(*(inner(relation(), relation()) for _ in range(source.randint(1, 3))))


@pytest.mark.parametrize("seed", range(60))
def test_the_description_says_the_same(seed: int) -> None:
    source = random.Random(seed)
    said = random_condition(source)
    if said in (True, False):
        said = And(said, n >= 2)
    found = Claim(Or(said, n > 9), n > 9).condition()
    for numbers in product((1, 2, 3, 6, 9), (1, 2, 4, 5), (0, 1, 4), (-3, -1, 0, 2, 5)):
        at = dict(zip("ncpa", numbers, strict=True))
        expected = not value(said, at)
        assert bool(value(found, at)) == expected, (said, found, at)


def test_it_does_not_depend_on_what_is_described_before() -> None:
    both = Claim(And(Or(Eq(p, 0), n >= c), Or(Eq(q, 0), m >= 3)), true)
    first = both.condition()
    Claim(Or(Eq(n, 6), Eq(n, 8), Eq(n, 9), Eq(n, 11)), true).condition()
    assert both.condition() == first


# --- sets that are described -----------------------------------------------------------

N = Polynomial.of("n")
SETS = IntegerSets(["n", "p"], DECISION_OPERATIONS)
WINDOW = {"n": range(-7, 8), "p": range(-6, 7)}


def random_set(rng: random.Random) -> Set:
    parts = [conjunction(rng, ("n", "p"), 1).made for _ in range(rng.randint(1, 3))]
    return SETS.where(parts)


def check_description(found: Condition, of: Set, among: Set) -> None:
    there, inside = (members(SETS, one, WINDOW) for one in (among, of))
    for at in there:
        assert says(found, {"n": at[0], "p": at[1]}) == (at in inside), (found, of, at)


@pytest.mark.parametrize("only_cases", [False, True])
def test_a_description_says_the_same_as_the_set(only_cases: bool) -> None:
    for seed in range(50):
        rng = random.Random(seed)
        among, of = SETS.where([()]) if rng.random() < 0.5 else random_set(rng), random_set(rng)
        found = describe(of, among, SETS, only_cases=only_cases)
        check_description(found, of, among)
        assert describe(of, among, SETS, only_cases=only_cases) == found
        if only_cases:
            cases = found.parts if isinstance(found, Some) else (found,)
            parts = [part for case in cases if isinstance(case, Every) for part in case.parts]
            assert not any(isinstance(part, Every) for part in parts), found


def test_a_description_that_could_not_be_shortened_says_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = [limits.WAY_OPERATIONS, limits.SHORTENING_OPERATIONS]
    longer = 0
    for seed in range(50):
        rng = random.Random(seed)
        among, of = SETS.where([()]), random_set(rng)
        shortest_ = describe(of, among, SETS)
        monkeypatch.setattr(limits, "WAY_OPERATIONS", int(10 ** rng.uniform(2, 5)))
        monkeypatch.setattr(limits, "SHORTENING_OPERATIONS", int(10 ** rng.uniform(2, 5)))
        found = describe(of, among, SETS)
        check_description(found, of, among)
        longer += cost(found) > cost(shortest_)
        monkeypatch.setattr(limits, "WAY_OPERATIONS", before[0])
        monkeypatch.setattr(limits, "SHORTENING_OPERATIONS", before[1])
    assert longer > 0


def test_nothing_and_everything() -> None:
    everything, nothing = SETS.where([()]), SETS.where([])
    few = SETS.where([(at_least(N, 3),)])
    assert describe(nothing, everything, SETS) == Some(())
    assert describe(everything, few, SETS) == Every(())
    assert describe(few, few, SETS) == Every(())


# --- printing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "text", "tex"),
    [
        (Or(Eq(n, 8), Eq(n, 6)), "n ∈ {6, 8}", r"n \in \{6, 8\}"),
        (And(Ne(n, 8), Ne(n, 6)), "n ∉ {6, 8}", r"n \notin \{6, 8\}"),
        (Or(Eq(a, -1), Eq(a, 2)), "a ∈ {−1, 2}", r"a \in \{-1, 2\}"),
        (Or(Eq(n, 8), Eq(n, c)), "n = 8 or n = c", r"n = 8 \vee n = c"),
        (
            And(Ne(n, 8), Ne(n, 6), c >= 2),
            "n ∉ {6, 8} and c ≥ 2",
            r"n \notin \{6, 8\} \wedge c \geq 2",
        ),
        (And(Ne(Mod(n, 6), 1), Ne(Mod(n, 6), 3)), "n mod 6 ∉ {1, 3}", r"n \bmod 6 \notin \{1, 3\}"),
    ],
)
def test_lists_are_printed(said: Boolean, text: str, tex: str) -> None:
    assert plain(said) == text
    assert latex(said) == tex


def test_alternatives_in_a_conjunction_have_parentheses() -> None:
    either = Or(Eq(Mod(n, 2), 0), Eq(Mod(c, 3), 1))
    assert plain(And(either, p >= 2)) == "p ≥ 2 and (c mod 3 = 1 or n mod 2 = 0)"
    listed = Or(Eq(Mod(n, 4), 0), Eq(Mod(n, 4), 1))
    assert plain(And(listed, p >= 2)) == "n mod 4 ∈ {0, 1} and p ≥ 2"


K, X = IndexedBase("k"), IndexedBase("x")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (3 * c, "3c"),
        (-3 * c, "−3c"),
        (-c / 2, "−c/2"),
        (3 * c / 2, "3c/2"),
        (3 * (n + 1), "3n + 3"),
        (c * (n + 1), "c·(n + 1)"),
        (Mul(3, n + 1, evaluate=False), "3(n + 1)"),
        (2 * floor(n / 2), "2·⌊n/2⌋"),
        (n * c * 2, "2c·n"),
        (2 * Symbol("m_1"), "2m_1"),
        (2**n * 3, "3·2^n"),
        (n**2 * c, "c·n^2"),
        ((n + 1) ** 2, "(n + 1)^2"),
        (n ** (-c), "n^(−c)"),
        (1 / n, "1/n"),
        (c / (2 * n), "c/(2n)"),
        (-2 / n, "−2/n"),
        (Mul(1 / n, -3, evaluate=False), "−3/n"),
        (n - c - 3, "n − c − 3"),
        (Rational(-1, 2), "−1/2"),
        (2 * K[n] * X[2 * u - t], "2k[n]·x[2u − t]"),
        (Max(0, -3 * c + n), "max(0, n − 3c)"),
        (3 * Mod(c, 2), "3(c mod 2)"),
        (3 * Sum(K[t], (t, -oo, oo)), "3(Σ_t k[t])"),
        (n * Sum(K[t], (t, 0, n)), "n·(Σ_{0 ≤ t ≤ n} k[t])"),
        (Sum(K[t], (t, 0, n)) ** 2, "(Σ_{0 ≤ t ≤ n} k[t])^2"),
        (Piecewise((-n, n >= 3), (2 * n, true)), "(−n if n ≥ 3, else 2n)"),
        (Symbol("a-b"), "a-b"),
    ],
)
def test_products_and_signs(expression: Expr, text: str) -> None:
    assert plain(expression) == text


@pytest.mark.parametrize(
    "signal",
    [
        x.pad(0, 0),
        x.dilate(1),
        x.downsample(1),
        x.pad(0, 0, "reflect"),
        x.pad(0, 0).dilate(1).downsample(1),
    ],
)
def test_what_does_nothing_is_not_shown_in_mathematics(signal: SignalExpr) -> None:
    assert plain(signal) == latex(signal) == "x"
    assert plain(signal.correlate(k.dilate(1))) == "x ⋆ k"
    assert code(signal) != "x"


def test_parentheses_stay_around_what_does_nothing() -> None:
    assert plain((x + x.flip()).pad(0, 0).correlate(k)) == "(x + flip(x)) ⋆ k"
    assert plain(x.correlate(k).pad(0, 0).correlate(k)) == "(x ⋆ k) ⋆ k"


# --- numbers in counterexamples, NumPy -----------------------------------------------


def test_fractions_are_shown_as_fractions() -> None:
    verdict = Claim(x / 3, x, given=[Eq(n, 1)]).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lhs == [Fraction(1, 3)]
    assert "the left side is [1/3], the right side [1]" in str(verdict)
    with pytest.raises(AssertionError, match=r"the left side is \[1/3\], the right side \[1\]"):
        assert_equal(x / 3, x, given=[Eq(n, 1)])


def test_numpy_lines_have_no_conditions_that_always_hold() -> None:
    entry = Piecewise((x[u] * 2, u < 2), (0, true))
    verdict = Claim(Signal.from_formula(u, entry, length=n), x).prove()
    assert isinstance(verdict, Refuted)
    assert "True" not in verdict.reproduction
    lengths = Claim(Piecewise((n, n > c), (0, true)), n).prove()
    assert isinstance(lengths, Refuted)
    assert lengths.reproduction.endswith("print((n if (c) < (n) else 0), n)")


def test_an_answer_with_fractions_is_shown_with_fractions() -> None:
    with pytest.raises(WrongAnswer, match=r"At n = 1, x = \[1\] your answer gives \[1/3\]"):
        check(x / 3, x)

"""Claims, instances and verdicts as people use them."""

import pickle
from fractions import Fraction

import pytest
import sympy
from sympy import And, Eq, Max, Mod, Or, Piecewise, Sum, ceiling, floor, symbols

from symconv import Claim, Refuted, Signal, SymconvError, Undecided, Unknown, integers
from symconv.catalogue.theorems import MAIN
from symconv.decision.conditions import condition
from symconv.decision.prove import prove

n, c, d = symbols("n c d", integer=True, positive=True)
p, q = symbols("p q", integer=True, nonnegative=True)
s = symbols("s", integer=True, positive=True)
u, i, j, t = symbols("u i j t", integer=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)


def test_only_proved_is_true() -> None:
    assert Claim(x.flip().flip(), x).prove()
    assert not Claim(x.flip(), x).prove()
    assert not Claim(x.correlate(k, stride=s), x).prove()


def test_a_difference_is_not_expanded_so_that_simplify_has_something_to_do() -> None:
    instance = MAIN.claim.at(n=8, c=3, l=3, r=3)
    assert any(instance.difference)
    assert any(entry.has(sympy.Add) and entry != entry.expand() for entry in instance.difference)
    assert instance.simplified == [0, 0]
    assert instance.holds


def test_simplify_does_not_reduce_a_wrong_difference_to_zero() -> None:
    n, c = integers("n c", positive=True)
    wrong = Claim(MAIN.claim.lhs, Signal("x", n).correlate(Signal("k", c), stride=4))
    symbols_ = {str(symbol) for symbol in wrong.symbols}
    assert symbols_ == {"n", "c", "l", "r"}
    with pytest.raises(SymconvError, match=r"the sides have 2 and 1 entries .* no difference"):
        assert wrong.at(n=5, c=3, l=3, r=3).difference
    instance = Claim(k.convolve(k), k.convolve(k.flip())).at(c=2)
    assert any(instance.simplified)
    assert not instance.holds


def test_instances_of_claims_about_lengths() -> None:
    instance = Claim(x.correlate(k).length, n - c + 1).at(n=3, c=5)
    assert (instance.lhs, instance.rhs, instance.holds) == (0, -1, False)
    assert instance.difference == [1]


def test_a_counterexample_can_be_used_as_lengths() -> None:
    claim = Claim(x.pad(p, 0), x.pad(0, p))
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    assert found.lengths == {"n": 1, "p": 1}
    assert found.index == 0
    assert not claim.at(**found.lengths).holds
    assert x.pad(p, 0).evaluate(p=1, **found.signals) == found.lhs
    assert x.pad(0, p).evaluate(p=1, **found.signals) == found.rhs


def test_hypotheses_make_a_claim_true() -> None:
    claim = Claim(x.pad(p, 0), x.pad(0, p), given=Eq(p, 0))
    assert claim.prove()
    assert Claim(x.correlate(k).length, n - c + 1, given=[n >= c]).prove()
    assert not Claim(x.correlate(k).length, n - c + 1).prove()


def test_conditions() -> None:
    assert Claim(x.pad(p, 0), x.pad(0, p)).condition() == Eq(p, 0)
    assert Claim(x.correlate(k).length, n - c + 1).condition() == (c <= n + 1)
    assert Claim(x, x).condition() == sympy.true
    assert Claim(x.pad(1, 0), x).condition() == sympy.false
    odd = Claim(floor(n / 2), (n - 1) / 2).condition()
    assert odd == Eq(Mod(n, 2), 1)


def test_conditions_for_all_lengths_of_the_input() -> None:
    merged = Claim(
        x.pad(p, p).correlate(k).pad(q, q).correlate(h),
        x.pad(p + q, p + q).correlate(k.convolve(h)),
    )
    assert merged.condition(for_all=[n, d]) == Or(Eq(q, 0), c <= p + 1)


@pytest.mark.parametrize(
    ("left", "right", "holds"),
    [
        (ceiling(n / 2), floor((n + 1) / 2), True),
        (Mod(n, 3), n - 3 * floor(n / 3), True),
        (Max(n, c), c + Max(n - c, 0), True),
        (Max(n, c) + sympy.Min(n, c), n + c, True),
        (floor(floor(n / 2) / 2), floor(n / 4), True),
        (floor(floor((n - 3) / 2 + 1) / 2), floor((n - 1) / 4), True),
        (ceiling(n / 2), floor(n / 2), False),
        (sympy.Abs(n - c), Max(n, c) - sympy.Min(n, c), True),
        (sympy.Abs(n - c), n - c, False),
    ],
)
def test_claims_about_lengths(left: sympy.Expr, right: sympy.Expr, holds: bool) -> None:
    assert bool(Claim(left, right).prove()) is holds


def test_equivalent_conditions() -> None:
    assert Claim(Or(n < c, n > c), sympy.Ne(n, c)).prove()
    verdict = Claim(n >= c, n > c).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 1, "c": 1}
    assert (verdict.counterexample.lhs, verdict.counterexample.rhs) == (True, False)


def test_fractions_are_exact() -> None:
    third = Fraction(1, 3)
    assert Claim(third * x + third * x + third * x, x).prove()
    assert not Claim(third * x + third * x, x).prove()
    assert Claim(third * x - x, Fraction(-2, 3) * x).prove()
    assert Claim(sympy.Rational(1, 3) * x, third * x).prove()


def test_equal_names_are_interchangeable() -> None:
    assert Claim(k.convolve(k.dilate(3)), k.dilate(3).convolve(k)).prove()
    square = k.convolve(k)
    assert Claim(square.convolve(k), k.convolve(square)).prove()
    twice = x.correlate(k, stride=2).correlate(k) + x.correlate(k, stride=2).correlate(k)
    assert Claim(twice, 2 * x.correlate(k.convolve(k.dilate(2)), stride=2)).prove()


def test_monomials_of_equal_names_are_summed_over_both_orders() -> None:
    # k[i]·k[j] for i < j, i > j and i = j make up k ∗ k only together.
    def part(condition: sympy.Basic) -> Signal:
        term = Piecewise((k[i] * k[t - i], condition), (0, True))
        return Signal.from_formula(t, Sum(term, (i, 0, c - 1)), length=2 * c - 1)  # type: ignore[return-value]

    below, above, middle = part(2 * i < t), part(2 * i > t), part(Eq(2 * i, t))
    assert Claim(below, above).prove()
    assert Claim(2 * below + middle, k.convolve(k)).prove()
    assert isinstance(Claim(2 * below, k.convolve(k)).prove(), Refuted)


def test_unknown_says_why() -> None:
    odd_products = [Eq(Mod(n * c, 2), 1), Eq(Mod(n, 2), 0)]
    verdict = Claim(x.flip(), x, given=odd_products).prove()
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "no small lengths were found that satisfy the hypotheses"


def test_what_integer_sets_do_not_decide_is_refuted_at_small_lengths() -> None:
    verdict = Claim(x.correlate(k, stride=s), x.correlate(k)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"c": 1, "n": 2, "s": 2}
    wrong = Claim(x.downsample(s).flip(), x.flip().downsample(s)).prove()
    assert isinstance(wrong, Refuted)
    assert wrong.counterexample.lengths == {"n": 2, "s": 2}
    lengths = Claim(n * c, n + c).prove()
    assert isinstance(lengths, Refuted)
    assert (lengths.counterexample.lhs, lengths.counterexample.rhs) == (1, 2)


def test_an_index_that_guards_determine_need_not_be_counted() -> None:
    once = Signal.from_formula(
        u, Sum(Piecewise((x[u], Eq(3 * i, u)), (0, True)), (i, 0, n)), length=n
    )
    thirds = Signal.from_formula(u, Piecewise((x[u], Eq(Mod(u, 3), 0)), (0, True)), length=n)
    assert Claim(once, thirds).prove()
    assert Claim(once, x).condition() == Eq(n, 1)


def test_the_budget_bounds_a_decision() -> None:
    claim = MAIN.claim
    verdict = prove(claim, budget=50)
    assert isinstance(verdict, Unknown)
    assert "budget of 50 isl operations" in verdict.reason
    with pytest.raises(Undecided, match="budget of 50 isl operations"):
        condition(claim, (), budget=50)
    assert claim.prove()


def test_claims_show_themselves() -> None:
    claim = Claim(x.correlate(k, stride=2), x, given=[n >= c])
    assert str(claim) == "x.correlate(k, stride=2) == x given n >= c"
    assert r"\star" in claim._repr_latex_()
    assert str(Claim(x.pad(p, 0), x.pad(0, p)).prove()) == (
        "refuted at n = 1, p = 1, x = [1]: the left side is [0, 1], the right side [1, 0]; "
        "they differ at index 0\nIt holds exactly when p = 0.\n"
        "Only the first n outputs and the last n outputs differ."
    )
    assert str(Claim(And(n > 1, n > c), n > c)).count("<=>") == 1


def test_signed_symbols() -> None:
    z = symbols("z", integer=True)
    cropped = Claim(x.pad(z, -z).pad(-z, z), x)
    verdict = cropped.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths in ({"n": 1, "z": -1}, {"n": 1, "z": 1})
    assert not cropped.at(**verdict.counterexample.lengths).holds
    assert Claim(x.pad(z, -z).pad(-z, z), x, given=[Eq(z, 0)]).prove()


def test_a_difference_of_high_degree_is_found() -> None:
    # t(t − 1)(t − 2) vanishes at the smallest values.
    one = Signal("x", 1)
    verdict = Claim(one.convolve(one).convolve(one) + 2 * one, 3 * one.convolve(one)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.signals == {"x": [3]}


def test_symbols_declared_even_or_odd_are_refused() -> None:
    # SymPy simplifies Mod(e, 6) to 0 and floor(e/6) to e/6 for an even e.
    for parity in ("even", "odd"):
        e = sympy.Symbol("e", positive=True, **{parity: True})
        with pytest.raises(SymconvError, match=f"e is declared {parity}, .* declare it an integer"):
            Signal("x", e)
        with pytest.raises(SymconvError, match=f"e is declared {parity}"):
            Claim(x.length, n, given=[e > 3])
        with pytest.raises(SymconvError, match=f"e is declared {parity}"):
            Signal.from_formula(u, Piecewise((x[u], u < e), (0, True)), length=n)


def test_entries_of_a_formula_at_fractions_are_zero() -> None:
    base = sympy.IndexedBase("k", shape=(c,))
    halves = Signal.from_formula(u, base[u / 2], length=2 * c - 1)
    assert halves.evaluate(k=[1, 2]) == [1, 0, 2]
    assert Claim(halves, k.dilate(2)).prove()
    floored = Signal.from_formula(u, k[floor(u / 2)], length=2 * c - 1)
    assert Claim(halves, floored).condition() == Eq(c, 1)


def test_unevaluated_products_keep_all_their_factors() -> None:
    six = Signal.from_formula(u, sympy.Mul(2, 3, x[u], evaluate=False), length=n)
    assert six.evaluate(x=[1, 2]) == [6, 12]
    assert Claim(six, 6 * x).prove()


@pytest.mark.parametrize(
    "claim",
    [
        Claim(x.correlate(k), x.convolve(k), given=[n >= 5, k == k.flip()]),
        Claim(floor(n / 2), x.pad(1, 1, "reflect").length, given=[n >= 3]),
        Claim(x.relu(), x, name="f"),
    ],
)
def test_claims_and_their_verdicts_are_pickled(claim: Claim) -> None:
    assert pickle.loads(pickle.dumps(claim)) == claim
    verdict = claim.prove()
    assert str(pickle.loads(pickle.dumps(verdict))) == str(verdict)

"""The sets that decide a claim, against brute force at small lengths, and what is refused."""

from __future__ import annotations

import random
from itertools import product

import pytest
from sympy import And, Eq, Max, Mod, Not, Or, Piecewise, floor

from symconv import Claim, Signal, SymconvError, Undecided, integers
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import DECISION_OPERATIONS
from symconv.arithmetic.polynomials import Polynomial, at_least
from symconv.decision.difference_sets import Decision, hypotheses, where_holds
from symconv.errors import NonlinearError, VacuousError
from tests.generators.random_claims import random_claim
from tests.generators.trees import Tree, built, calculated, random_condition
from tests.oracles import brute_force
from tests.oracles.points import members

n, c, s = integers("n c s", positive=True)
p, q = integers("p q", nonnegative=True)
t, u, i = integers("t u i")
x, k, h = Signal("x", n), Signal("k", c), Signal("h", 3)


def lengths(sets: IntegerSets, where: Set, largest: int = 6) -> list[dict[str, int]]:
    """The values of the parameters in a set, those up to a number."""
    window = {name: range(-largest, largest + 1) for name in sets.parameters}
    found = members(sets, where, window)
    return [dict(zip(sets.parameters, at, strict=True)) for at in sorted(found)]


def searched(claim: Claim, largest: int = 6) -> list[dict[str, int]]:
    """The lengths that a claim allows, by trying."""
    names = sorted(symbol.name for symbol in claim.symbols)
    values = {s.name: brute_force.values_of(s, largest) for s in claim.symbols}
    every = product(*(values[name] for name in names))
    found = [dict(zip(names, at, strict=True)) for at in every]
    return sorted(
        (at for at in found if brute_force.satisfies(claim, at)), key=lambda at: list(at.values())
    )


# --- conditions ----------------------------------------------------------------------


def test_where_conditions_hold() -> None:
    sets = IntegerSets(["p", "q"], DECISION_OPERATIONS)
    sizes, known = set(), dict[Tree, object]()
    for seed in range(120):
        rng = random.Random(seed)
        tree = random_condition(rng, "pq", 2)
        said = built(tree, {"p": p, "q": q}, known)
        if said in (True, False):
            continue
        found = lengths(sets, where_holds(said, sets), 5)
        wanted = [
            at
            for at in ({"p": a, "q": b} for a, b in product(range(-5, 6), repeat=2))
            if calculated(tree, at)
        ]
        # SymPy was told nothing, so that what holds below 0 is as it was written.
        assert found == wanted, said
        sizes.add(len(found))
    assert len(sizes) > 20


def test_and_or_not() -> None:
    sets = IntegerSets(["n"], DECISION_OPERATIONS)
    one, other = n >= 3, Eq(Mod(n, 2), 1)
    for said, wanted in (
        (And(one, other), [3, 5]),
        (Or(one, other), [-5, -3, -1, 1, 3, 4, 5, 6]),
        (Not(And(one, other)), [a for a in range(-6, 7) if a not in (3, 5)]),
        (And(one, Not(other)), [4, 6]),
    ):
        assert [at["n"] for at in lengths(sets, where_holds(said, sets))] == wanted


# --- hypotheses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        Claim(x, x),
        Claim(x.pad(p, t), x.pad(p, t), given=[n + p + t >= 0]),
        Claim(x.pad(p, q), x, given=[p <= q, Or(n >= 3, Eq(q, 2))]),
        Claim(x.correlate(k), x, given=[x.correlate(k).length >= 2]),
        Claim(x, x, given=[Eq(Mod(n, 3), 1), n >= 2]),
        Claim(t + p, t, given=[Max(t, 2 * p) >= 3]),
    ],
    ids=str,
)
def test_what_the_hypotheses_allow(claim: Claim) -> None:
    sets = IntegerSets([symbol.name for symbol in claim.symbols], DECISION_OPERATIONS)
    known = hypotheses(claim, sets)
    assert known.assumed == ()
    assert lengths(sets, known.among) == searched(claim)


def test_hypotheses_with_products_are_kept_apart() -> None:
    claim = Claim(x, x, given=[s * c >= n, n >= 4])
    sets = IntegerSets(["c", "n", "s"], DECISION_OPERATIONS)
    known = hypotheses(claim, sets)
    assert {at["n"] for at in lengths(sets, known.among)} == {4, 5, 6}
    ours = {name: Polynomial.of(name) for name in "cns"}
    assert known.assumed == (at_least(ours["s"] * ours["c"], ours["n"]),)
    with pytest.raises(NonlinearError):
        hypotheses(Claim(x, x, given=[Or(s * c >= n, s * c <= 2 * n)]), sets)


@pytest.mark.parametrize("given", [[n >= 3, n <= 2], [Eq(Mod(n, 4), 1), Eq(Mod(n, 2), 0)]])
def test_no_lengths_satisfy_the_hypotheses(given: list[object]) -> None:
    claim = Claim(x.pad(1, 0), x, given=given)
    with pytest.raises(VacuousError, match=r"no lengths satisfy the hypotheses \(.*n.*\), so"):
        Decision(claim, DECISION_OPERATIONS)


# --- what has to be defined ----------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "at"),
    [
        (Claim(x.pad(p, q, "zeros"), x), None),
        (Claim(x.pad(p, 0, "reflect"), x.pad(p, 0, "reflect")), "n = 1, p = 1"),
        (Claim(x.pad(p, 0, "reflect"), x, given=[n >= 3]), "n = 3, p = 3"),
        (Claim(n, n, given=[x.pad(2, 0, "reflect").length >= 1]), "n = 1"),
    ],
    ids=str,
)
def test_undefined_signals_name_the_smallest_lengths(claim: Claim, at: str | None) -> None:
    if at is None:
        Decision(claim, DECISION_OPERATIONS)
        return
    with pytest.raises(SymconvError, match=rf"\(at {at}\)"):
        Decision(claim, DECISION_OPERATIONS)


def test_a_hypothesis_excludes_what_is_undefined() -> None:
    claim = Claim(x.pad(p, 0, "reflect"), x.pad(p, 0, "reflect"), given=[n > p])
    assert lengths(
        Decision(claim, DECISION_OPERATIONS).sets, Decision(claim, DECISION_OPERATIONS).holds()
    ) == searched(claim)


def test_products_of_symbols() -> None:
    with pytest.raises(NonlinearError, match="a hypothesis has a product of symbols in it"):
        Decision(Claim(x.pad(1, 0), x, given=[s * c >= n]), DECISION_OPERATIONS)
    with pytest.raises(NonlinearError):
        Decision(Claim(s * c, n), DECISION_OPERATIONS)
    with pytest.raises(NonlinearError, match="a hypothesis has a product of symbols in it"):
        Decision(Claim(x.pad(p, 0, "reflect"), x, given=[n >= s * c]), DECISION_OPERATIONS)
    # Equal formulas are equal, and a true one is true, whatever the products are.
    for claim in (Claim(s * c, c * s), Claim(x.dilate(s).downsample(s), x)):
        decision = Decision(claim, DECISION_OPERATIONS)
        assert decision.doubtful().is_empty()
        assert decision.evidence()
    with pytest.raises(Undecided, match="no small lengths were found"):
        Decision(Claim(x, x, given=[s * c >= 3 * n + 10**6, n >= 10**6]), DECISION_OPERATIONS)


def test_a_symbol_that_may_be_0_is_not_taken_for_positive() -> None:
    assert Decision(Claim(Max(s * c, 1), s * c), DECISION_OPERATIONS).doubtful().is_empty()
    with pytest.raises(NonlinearError):
        Decision(Claim(Max(q * c, 1), q * c, given=[c >= 2]), DECISION_OPERATIONS)


def test_what_is_defined_whatever_the_stride_is() -> None:
    reflected = x.dilate(s).pad(1, 0, "reflect")
    assert (
        Decision(Claim(reflected, reflected, given=[n >= 2]), DECISION_OPERATIONS)
        .doubtful()
        .is_empty()
    )
    with pytest.raises(SymconvError):
        Decision(Claim(reflected, reflected), DECISION_OPERATIONS)


def test_a_budget_that_is_too_small() -> None:
    claim = Claim(x.pad(p, q).correlate(k), x.correlate(k).pad(p, q))
    with pytest.raises(Undecided, match="the budget of 40 isl operations was used up"):
        Decision(claim, 40)


# --- where a claim holds -------------------------------------------------------------

CLAIMS = [
    Claim(x.pad(p, 0).correlate(k), x.correlate(k).pad(p, 0)),
    Claim(x.pad(-1, 0), x),
    Claim(x.flip(), x),
    Claim(x.convolve(k), k.convolve(x)),
    Claim(k.convolve(k.dilate(2)), k.convolve(k)),
    Claim(x.downsample(2).flip(), x.flip().downsample(2)),
    Claim(floor(n / 2), floor((n + p) / 3)),
    Claim(x.correlate(k).length, n - c + 1),
    Claim(n >= 3, n >= 1),
    Claim(n >= 1, n >= 3),
    Claim(n / 2, floor(n / 2)),
    Claim(n / 2, n / 3 + p),
    Claim(Eq(Mod(n, 4), 0), And(Eq(Mod(n, 2), 0), n >= 6)),
    Claim(Signal.from_formula(u, Piecewise((x[u], u >= 2), (0, True)), length=n), x),
    Claim(x.correlate(k + k.flip()), 2 * x.correlate(k), given=[n >= c]),
]


def check(claim: Claim, decision: Decision, largest: int) -> bool:
    """Compare the sets of a decision with brute force; returns whether the claim is true there."""
    failing = [at for at in searched(claim, largest) if not brute_force.holds(claim, at)]
    doubtful = lengths(decision.sets, decision.doubtful(), largest)
    assert all(at in doubtful for at in failing)
    if decision.is_exact:
        assert [at for at in doubtful if at in searched(claim, largest)] == failing
    holding = lengths(decision.sets, decision.holds(), largest)
    assert decision.is_exact
    assert holding == [at for at in searched(claim, largest) if at not in failing], claim
    first = decision.smallest_difference()
    if failing:
        assert first is not None
        assert first.lengths == min(
            failing, key=lambda at: (sum(map(abs, at.values())), [at[a] for a in sorted(at)])
        )
    elif first is not None:
        assert max(map(abs, first.lengths.values())) > largest
    else:
        assert decision.doubtful().is_empty()
        assert decision.evidence()
    return not failing


@pytest.mark.parametrize("claim", CLAIMS, ids=str)
def test_where_a_claim_holds(claim: Claim) -> None:
    check(claim, Decision(claim, DECISION_OPERATIONS), 5)


def test_where_random_claims_hold() -> None:
    found = {True: 0, False: 0}
    for seed in range(60):
        claim = random_claim(seed)
        if len(claim.symbols) > 2 or any(symbol.name.startswith("s") for symbol in claim.symbols):
            continue
        try:
            decision = Decision(claim, DECISION_OPERATIONS)
        except SymconvError:
            continue
        found[check(claim, decision, 4)] += 1
    assert min(found.values()) > 5, found


def test_within_some_parameters_only() -> None:
    claim = Claim(x.flip(), x)
    decision = Decision(claim, DECISION_OPERATIONS)
    everywhere = decision.smallest_difference()
    assert everywhere is not None
    assert everywhere.lengths == {"n": 2}
    few = decision.sets.where([(at_least(Polynomial.of("n"), 4),)])
    found = decision.smallest_difference(within=few)
    assert found is not None
    assert (found.lengths, found.names) == ({"n": 4}, ("x",))
    assert decision.smallest_difference(within=decision.sets.where([])) is None


def test_with_content() -> None:
    y = Signal("y", p)
    decision = Decision(Claim(y.correlate(h), 2 * y.correlate(h)), DECISION_OPERATIONS)
    outputs, filled = (lengths(decision.sets, where) for where in decision.with_content())
    assert outputs == [{"p": a} for a in range(3, 7)]
    assert filled == [{"p": a} for a in range(1, 7)]


def test_evidence_is_of_what_was_compared() -> None:
    def kinds(claim: Claim) -> list[str]:
        return [one.compared for one in Decision(claim, DECISION_OPERATIONS).evidence()]

    assert kinds(Claim(n, n + p - p)) == ["values"]
    assert kinds(Claim(p >= 1, p > 0)) == ["conditions"]
    signals = kinds(Claim(x.convolve(k), k.convolve(x)))
    assert signals[0] == "lengths"
    assert len(signals) == 2

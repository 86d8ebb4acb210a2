"""The catalogue: every claim is decided as expected, and brute force agrees."""

import pytest
from sympy import And, Eq, Mod, symbols

from symconv import Claim, Proved, Refuted
from symconv.theorems import CATALOGUE, MAIN, QUARTER, SIZE, Theorem
from tests import brute_force

TRUE = [t for t in CATALOGUE.values() if t.is_true]
FALSE = [t for t in CATALOGUE.values() if not t.is_true]


def name(theorem: Theorem) -> str:
    return theorem.name


def test_names_are_distinct_and_the_exercise_comes_first() -> None:
    assert len(CATALOGUE) == len(TRUE) + len(FALSE)
    assert len(FALSE) >= 3
    assert next(iter(CATALOGUE.values())) is MAIN


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_are_proved_for_all_lengths(theorem: Theorem) -> None:
    verdict = theorem.claim.prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.scope == "all lengths"
    assert verdict.evidence


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_hold_at_small_lengths(theorem: Theorem) -> None:
    for lengths in brute_force.small_lengths(theorem.claim, 9):
        assert brute_force.holds(theorem.claim, lengths), lengths


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_false_claims_are_refuted_at_the_smallest_lengths(theorem: Theorem) -> None:
    verdict = theorem.claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == theorem.counterexample
    total = sum(verdict.counterexample.lengths.values())
    failing = (
        lengths
        for lengths in brute_force.small_lengths(theorem.claim, total)
        if not brute_force.holds(theorem.claim, lengths)
    )
    assert next(failing) == theorem.counterexample


@pytest.mark.parametrize("theorem", CATALOGUE.values(), ids=name)
def test_instances_are_instances(theorem: Theorem) -> None:
    for lengths in theorem.instances:
        assert theorem.claim.at(**lengths).holds == theorem.is_true


@pytest.mark.parametrize("theorem", [t for t in TRUE if t.claim.signals], ids=name)
def test_simplify_reduces_the_differences_of_instances_to_zero(theorem: Theorem) -> None:
    for lengths in theorem.instances[:3]:
        assert not any(theorem.claim.at(**lengths).simplified)


def test_the_condition_on_the_padding_is_found() -> None:
    c = symbols("c", integer=True, positive=True)
    l, r = symbols("l r", integer=True, nonnegative=True)
    assert QUARTER.condition() == And(l + r >= 3 * c - 6, l + r <= 3 * c - 3)


@pytest.mark.parametrize(("low", "high"), [(-7, -3), (-5, -3), (-6, -4), (-6, -2)])
def test_no_other_condition_on_the_padding_is_equivalent(low: int, high: int) -> None:
    c, n = symbols("c n", integer=True, positive=True)
    l, r = symbols("l r", integer=True, nonnegative=True)
    wrong = And(3 * c + low <= l + r, l + r <= 3 * c + high)
    verdict = Claim(SIZE.claim.lhs, wrong, given=[Eq(Mod(n, 4), 0)]).prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    assert {found.lhs, found.rhs} == {True, False}
    padding = found.lengths["l"] + found.lengths["r"] - 3 * found.lengths["c"]
    assert (-6 <= padding <= -3) == found.lhs != (low <= padding <= high)


def test_the_decision_is_deterministic() -> None:
    for theorem in FALSE:
        assert str(theorem.claim.prove()) == str(theorem.claim.prove())

"""The theorems about the exercise: instances, and the condition on the padding."""

import pytest
from sympy import And, Eq, Mod

from symconv import Claim, Refuted, integers
from symconv.catalogue.theorems import MAIN, QUARTER, SIZE, THEOREMS, Theorem

TRUE = [t for t in THEOREMS if t.is_true]
FALSE = [t for t in THEOREMS if not t.is_true]


def name(theorem: Theorem) -> str:
    return theorem.name


def test_the_exercise_comes_first() -> None:
    assert THEOREMS[0] is MAIN
    assert len(FALSE) >= 3


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_a_theorem_holds_at_its_instances(theorem: Theorem) -> None:
    held = [theorem.claim.at(**lengths).holds for lengths in theorem.instances]
    assert held
    assert all(held)


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_a_mistake_fails_at_its_counterexample(theorem: Theorem) -> None:
    assert theorem.counterexample is not None
    for lengths in (theorem.counterexample, *theorem.instances):
        assert not theorem.claim.at(**lengths).holds


@pytest.mark.parametrize("theorem", [t for t in TRUE if t.claim.signals], ids=name)
def test_simplify_reduces_the_differences_of_instances_to_zero(theorem: Theorem) -> None:
    for lengths in theorem.instances[:3]:
        assert not any(theorem.claim.at(**lengths).simplified)


def test_the_condition_on_the_padding_is_found() -> None:
    c = integers("c", positive=True)
    l, r = integers("l r", nonnegative=True)
    assert QUARTER.condition() == And(l + r >= 3 * c - 6, l + r <= 3 * c - 3)


@pytest.mark.parametrize(("low", "high"), [(-7, -3), (-5, -3), (-6, -4), (-6, -2)])
def test_no_other_condition_on_the_padding_is_equivalent(low: int, high: int) -> None:
    c, n = integers("c n", positive=True)
    l, r = integers("l r", nonnegative=True)
    wrong = And(3 * c + low <= l + r, l + r <= 3 * c + high)
    verdict = Claim(SIZE.claim.lhs, wrong, given=[Eq(Mod(n, 4), 0)]).prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    assert {found.lhs, found.rhs} == {True, False}
    padding = found.lengths["l"] + found.lengths["r"] - 3 * found.lengths["c"]
    assert (-6 <= padding <= -3) == found.lhs != (low <= padding <= high)


def test_the_decision_is_deterministic() -> None:
    for theorem in FALSE:
        assert theorem.claim.prove() == theorem.claim.prove()

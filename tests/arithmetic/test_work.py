"""The allowance of work: what is spent, inside and outside, whatever ends a block."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from symconv import Claim, Signal, SignalExpr, Undecided, Unknown, integers
from symconv.arithmetic import limits
from symconv.arithmetic.integer_sets import _SCALE
from symconv.arithmetic.limits import ALLOWANCE
from symconv.arithmetic.work import WorkUsedUpError, allowed, left, spend
from symconv.decision.prove import bounded
from symconv.errors import SymconvError
from tests.benchmarks.bench_memory import decided, python_memory

n = integers("n", positive=True)


def test_nothing_is_limited_outside() -> None:
    spend(10 * ALLOWANCE)
    assert left() == ALLOWANCE


def test_what_isl_may_do_can_be_measured() -> None:
    budgets = {name: value for name, value in vars(limits).items() if name.endswith("_OPERATIONS")}
    assert max(budgets.values()) <= _SCALE[-1]


def test_what_is_spent_is_gone() -> None:
    with allowed(10):
        spend(4)
        assert left() == 6
        spend(6)
        assert left() == 0
        with pytest.raises(WorkUsedUpError, match=r"\(10 steps\) was used up"):
            spend(1)
        assert left() == 0
    assert left() == ALLOWANCE


def test_what_is_spent_inside_is_spent_outside() -> None:
    with allowed(10):
        with allowed(7):
            assert left() == 7
            spend(5)
        assert left() == 5
        with allowed(100):
            assert left() == 5  # no more than there is outside
            spend(2)
        assert left() == 3


def test_a_block_has_no_more_than_what_is_left_outside() -> None:
    with allowed(10):
        spend(8)
        with allowed(9), pytest.raises(WorkUsedUpError, match=r"\(10 steps\)"):
            spend(3)
        with allowed(1), pytest.raises(WorkUsedUpError):
            spend(1)


def test_a_block_that_fails_has_spent_too() -> None:
    with allowed(10):
        with pytest.raises(WorkUsedUpError, match=r"\(3 steps\)"), allowed(3):
            spend(4)
        assert left() <= 7
        before = left()
        with suppress(KeyError), allowed(3):
            spend(1)
            raise KeyError
        assert left() == before - 1


def test_random_blocks_never_spend_more_than_the_outermost() -> None:
    ends = set()
    for seed in range(200):
        rng = random.Random(seed)
        total = rng.randint(1, 60)
        spent: list[int] = []
        with allowed(total):
            try:
                spend_in_blocks(rng, 4, spent)
                ends.add("done")
            except WorkUsedUpError:
                ends.add("used up")
            assert sum(spent) <= total
            assert left() <= total - sum(spent)
        assert left() == ALLOWANCE
    assert ends == {"done", "used up"}


def spend_in_blocks(rng: random.Random, depth: int, spent: list[int]) -> None:
    for _ in range(rng.randint(1, 4)):
        if depth and rng.random() < 0.5:
            with allowed(rng.randint(1, 40)):
                spend_in_blocks(rng, depth - 1, spent)
        else:
            units, before = rng.randint(0, 9), left()
            spend(units)
            assert units <= before
            assert left() == before - units
            spent.append(units)


def test_used_up_work_is_undecided() -> None:
    assert issubclass(WorkUsedUpError, Undecided)
    assert issubclass(WorkUsedUpError, SymconvError)
    with pytest.raises(Undecided, match="was used up"), bounded(3):
        spend(4)
    with pytest.raises(Undecided, match="nested too deeply"), bounded(3):
        raise RecursionError
    with pytest.raises(Undecided, match="memory"), bounded(3):
        raise MemoryError


def test_a_decision_inside_a_small_allowance_is_unknown_and_the_next_is_not() -> None:
    x, k = Signal("x", n), Signal("k", 3)
    y: SignalExpr = x
    for _ in range(4):
        y = (y + y.flip()).correlate(k)
    claim = Claim(y.flip().flip(), y)
    with allowed(200):
        verdict = claim.prove()
        assert isinstance(verdict, Unknown)
        assert "was used up" in verdict.reason
    # What was decided before, or not, says nothing about what is decided next.
    again, fresh = claim.prove(), Claim(x.convolve(k), k.convolve(x)).prove()
    assert fresh
    assert str(again) == str(claim.prove())


def test_decisions_leave_little_of_python_behind() -> None:
    # What islpy keeps of its objects is measured by the benchmark.
    assert python_memory(decided, 200) < 5_000

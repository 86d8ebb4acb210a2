"""Claims about networks: functions of entries, compared by what they are applied to."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
from sympy import Eq

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Refuted,
    Signal,
    SymconvError,
    Tensor,
    integers,
)

n, m, s = integers("n m s", positive=True)
x, y = Signal("x", n), Signal("y", n)
f, g, h = Pointwise("f"), Pointwise("g", 0), Pointwise("h", Fraction(1, 2))


def is_proved(claim: Claim) -> bool:
    """Whether it is, for all sizes."""
    verdict = claim.prove()
    return isinstance(verdict, Proved) and verdict.is_complete


def is_refuted(claim: Claim) -> bool:
    return isinstance(claim.prove(), Refuted)


# --- side by side ------------------------------------------------------------------------


def test_what_is_repeated_does_not_end_where_it_has_its_entries() -> None:
    """One row is added to all; another tensor that begins after some of them overlaps with it."""
    row, block, other = Tensor("a", (1, n)), Tensor("b", (2, n)), Tensor("c", (5, n))
    both = row + block.pad(1, 5, axis=0)
    below = other.pad(3, 0, axis=0)
    assert is_refuted(Claim((both + below).relu(), both.relu() + below.relu()))
    apart = row.pad(0, 7, axis=0) + block.pad(1, 5, axis=0)
    assert is_proved(Claim((apart + below).relu(), apart.relu() + below.relu()))


def test_what_has_one_entry_by_a_hypothesis_is_not_repeated() -> None:
    """A row is repeated, and an equal tensor of m = 1 rows would not be: it does not replace it."""
    rows, block = Tensor("a", (m, s)), Tensor("b", (n, s))
    one = g(rows.pad(0, 1 - m, axis=0))
    total = g(rows).sum(axis=0) + one.multiply(block).sum(axis=0)
    first = g(rows)[0] + g(rows)[0].multiply(block[0])
    every = g(rows)[0] + g(rows)[0].multiply(block.sum(axis=0))
    assert is_refuted(Claim(total, first, given=[Eq(m, 1)]))
    assert is_proved(Claim(total, every, given=[Eq(m, 1)]))


def test_pools_of_sums_of_signals_of_one_entry() -> None:
    """Windows that reach into padding make two maxima of one entry, and long ones make none."""
    one, other = Signal("a", 1), Signal("b", 1)
    for size, padding in ((2, 1), (3, 0)):
        left, right = (
            both.max_pool(size, stride=1, padding=padding) for both in (one + other, other + one)
        )
        assert is_proved(Claim(left, right))
    row, bias = Tensor("a", (3, 1)), Tensor("b", (1,))
    pools = (row + bias).max_pool(2, stride=1, padding=1, axes=1)
    assert is_proved(Claim(pools, row.max_pool(2, stride=1, padding=1, axes=1) + bias))


def test_what_may_have_no_entry_has_no_largest_one() -> None:
    """The maximum along an axis needs an entry there, as it does at fixed sizes."""
    some = integers("z", nonnegative=True)
    column = Tensor("a", (some, n))
    claim = Claim(column.max(axis=0), column.flip(axis=0).max(axis=0))
    with pytest.raises(SymconvError, match=r"no largest one; add the hypothesis z >= 1"):
        claim.prove()
    assert is_proved(Claim(claim.lhs, claim.rhs, given=[some >= 1]))


def test_functions_with_a_value_at_zero_beside_functions_that_are_not_exact() -> None:
    """Their polynomials are computed with balls of real numbers too, and their f(0) is no float."""
    for claim in (Claim(g(x.silu()), g(x).silu()), Claim(h(x).pad(1, 0).exp(), h(x.pad(1, 0)))):
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        assert verdict.counterexample.functions


def test_products_of_functions_below_functions() -> None:
    """Swish is a product with a function that stands in no claim, and has trial values too."""
    for name in ("hardswish", "silu"):
        inner = getattr(x, name)()
        assert is_proved(Claim(inner.flip().sigmoid(), inner.sigmoid().flip()))
        assert is_refuted(Claim(inner.sigmoid(), getattr(x.sigmoid(), name)()))


@pytest.mark.parametrize(
    "claim",
    [
        Claim(f(x.pad(1, 1)), f(x).pad(1, 1), name="not at 0"),
        Claim(x.max_pool(3).relu(), x.relu().max_pool(3)),
        Claim(x.correlate(y), x.convolve(y), given=[y == y.flip(), n >= 2]),
        Claim(x / (n - 1), x, given=[n >= 2]),
        Claim(x.pad(1, 1).length, n + 2),
    ],
)
def test_claims_and_verdicts_are_pickled(claim: Claim) -> None:
    """Workers of other processes get them and give them back."""
    again = pickle.loads(pickle.dumps(claim))
    assert again == claim
    assert str(again) == str(claim)
    verdict = claim.prove()
    assert str(pickle.loads(pickle.dumps(verdict))) == str(verdict) == str(again.prove())

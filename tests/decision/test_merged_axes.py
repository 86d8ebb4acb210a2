"""Claims about tensors with merged axes of symbolic sizes; what is proved holds at small sizes."""

from __future__ import annotations

from itertools import product

import pytest
from sympy import Eq, Piecewise

from symconv import Claim, Proved, Signal, SignalExpr, Tensor, einsum, integers

C, H, W, K, J = integers("C H W K J", positive=True)
i, j = integers("i j")
x = Tensor("x", (C, H, W))


def _neighbours(rows: int, columns: int) -> SignalExpr:
    """The kernel of a depthwise layer that copies a window."""
    count = rows * columns
    entry = Piecewise((1, Eq(i, j)), (0, True))
    ones = Tensor.from_formula((i, j), entry, shape=(count, count))
    shifts = ones.rearrange("n (i j) -> n i j", i=rows)
    kernel = einsum("c,nij->cnij", Signal.ones(C), shifts)
    return kernel.rearrange("c n i j -> (c n) 1 i j")


def _flat(image: SignalExpr) -> SignalExpr:
    return image.rearrange("c h w -> c (h w)")


COPIES = x.conv(_neighbours(2, 2), groups=C)
HOLDS = {
    "no padding": (_flat(COPIES), x.unfold(2)),
    "padding": (_flat(x.conv(_neighbours(2, 3), groups=C, padding=1)), x.unfold((2, 3), padding=1)),
    "the other side": (x.unfold(2), _flat(COPIES)),
    "of a taller image": (_flat(x.pad(1, 1, axis=1)), _flat(x).pad(W, W, axis=1)),
}
FAILS = {
    "another order": (_flat(COPIES), x.unfold(2).flip(axis=0)),
    "one row moved": (_flat(x.roll(1, axis=1)), _flat(x)),
    "width and height": (x.rearrange("c h w -> c (w h)"), _flat(x)),
    "longer": (_flat(x.pad(1, 1, axis=2)), _flat(x)),
    "as many entries": (_flat(x.pad(0, 1, axis=1)), _flat(x).pad(1, W - 1, axis=1)),
}


def _equal_at_small_sizes(left: SignalExpr, right: SignalExpr) -> bool:
    claim = Claim(left, right)
    return all(
        claim.at(**dict(zip("CHW", sizes, strict=True))).holds
        for sizes in product((1, 2), (1, 2, 3), (1, 2, 3, 4))
    )


@pytest.mark.parametrize("name", HOLDS)
def test_it_is_proved_for_all_sizes(name: str) -> None:
    left, right = HOLDS[name]
    assert _equal_at_small_sizes(left, right)
    verdict = Claim(left, right).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete, verdict


@pytest.mark.parametrize("name", FAILS)
def test_what_fails_is_not_proved(name: str) -> None:
    left, right = FAILS[name]
    assert not _equal_at_small_sizes(left, right)
    assert not isinstance(Claim(left, right).prove(), Proved)


def test_a_size_that_is_0() -> None:
    empty = x.conv(Tensor("w", (1, C, K, J)))  # where J is more than W
    assert isinstance(Claim(_flat(empty), _flat(empty + 0 * empty)).prove(), Proved)
    assert not isinstance(Claim(_flat(empty), _flat(2 * empty)).prove(), Proved)


def test_hypotheses_are_kept() -> None:
    left, right = _flat(x.roll(1, axis=1)), _flat(x)
    assert isinstance(Claim(left, right, given=[Eq(H, 1)]).prove(), Proved)
    assert not isinstance(Claim(left, right, given=[Eq(H, 2)]).prove(), Proved)

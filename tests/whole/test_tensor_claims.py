"""Random claims about tensors: the verdicts against arithmetic on NumPy arrays.

SYMCONV_TENSOR_CLAIMS gives another number of claims, SYMCONV_TENSOR_SEED another first seed.
`python -m tests.runners.tensor_claims` checks as many as there is time for.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from symconv import Claim, Proved, Refuted, SignalExpr, Tensor, concatenate, einsum, integers
from symconv.decision.verdicts import ALL_LENGTHS, Counterexample
from tests.generators.sizes import ONE, Size
from tests.generators.tensor_claims import TensorClaim, points, tensor_claim
from tests.generators.tensor_terms import flip, pad, plain_conv
from tests.generators.tensors import MODULAR, Named, Node, UndefinedError, entries, run
from tests.oracles.outcomes import Disagreement, stated
from tests.oracles.tensor_claims import TensorOutcomes, check_verdict, checked
from tests.runners.tensor_claims import check

CLAIMS = int(os.environ.get("SYMCONV_TENSOR_CLAIMS", "150"))
SEED = int(os.environ.get("SYMCONV_TENSOR_SEED", "0"))
AT_ONCE = 50  # claims in one test


@pytest.mark.parametrize("first", range(SEED, SEED + CLAIMS, AT_ONCE))
def test_random_claims(first: int) -> None:
    number = min(AT_ONCE, SEED + CLAIMS - first)
    kinds = Counter(check(seed) for seed in range(first, first + number))
    assert kinds["Proved"] > number / 4, kinds
    assert kinds["Refuted"] > number / 8, kinds


# --- the generator -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(200))
def test_laws_hold_on_arrays(seed: int) -> None:
    """What is made by laws is equal on arrays, and shapes are what they are said to be."""
    claim = tensor_claim(seed)
    for at in islice(points(claim.names, claim.given, 12), 20):
        try:
            left, right = run(claim.sides, at, MODULAR, entries(seed))
        except UndefinedError:
            continue
        for side, values in zip(claim.sides, (left, right), strict=True):
            assert values.shape == tuple(size.at(at) for size in side.shape), claim
        if claim.kind == "law":
            assert left.shape == right.shape, claim
            assert (left == right).all(), claim


# --- the check itself ----------------------------------------------------------------

C, H, W = map(Size.of, "CHW")
X = Node(Named("x", (C, H, W)))
K = Node(Named("w", (Size.of(2), C, ONE, Size.of(2))))
FLIPPED = TensorClaim("mutated", 0, flip(X, 1), X)  # it fails first at C = W = 1 and H = 2
SHIFTED = TensorClaim(
    "mutated", 0, X.apply(plain_conv(2), K), pad(X, 0, 0, 0).apply(plain_conv(2), flip(K, 3))
)
LONGER = TensorClaim("mutated", 0, pad(X, 1, 0, 2), X)
TRUE = TensorClaim("law", 0, flip(flip(X, 1), 1), X)


@pytest.mark.parametrize("claim", [FLIPPED, SHIFTED, LONGER])
def test_a_wrong_proof_is_found(claim: TensorClaim) -> None:
    with pytest.raises(Disagreement, match="proved"):
        check_verdict(claim, Proved(ALL_LENGTHS), TensorOutcomes(claim))


@pytest.mark.parametrize("claim", [FLIPPED, SHIFTED, LONGER])
def test_the_right_refutation_is_found_right(claim: TensorClaim) -> None:
    kind, verdict = checked(claim, thorough=True)
    assert kind == "Refuted"
    assert isinstance(verdict, Refuted)


def flipped(**changes: Any) -> Refuted:
    """The refutation of FLIPPED, with changes."""
    parts: dict[str, Any] = {
        "lengths": {"C": 1, "H": 2, "W": 1},
        "signals": {"x": [[[1], [0]]]},
        "index": (0, 0, 0),
        "lhs": [[[0], [1]]],
        "rhs": [[[1], [0]]],
    }
    return Refuted(Counterexample(**{**parts, **changes}), stated(FLIPPED))


LARGER = {
    "lengths": {"C": 1, "H": 2, "W": 2},
    "signals": {"x": [[[1, 0], [0, 0]]]},
    "lhs": [[[0, 0], [1, 0]]],
    "rhs": [[[1, 0], [0, 0]]],
}


@pytest.mark.parametrize(
    ("topic", "changes"),
    [
        ("both sides", {"signals": {"x": [[[1], [1]]]}}),
        ("differ first", {"index": (0, 1, 0)}),
        ("differ first", {"index": None}),
        ("the sides are", {"lhs": [[[1], [1]]]}),
        ("the shape of x", {"signals": {"x": [[[1, 0]]]}}),
        ("x is not shown", {"signals": {}}),
        ("the hypotheses", {"lengths": {"C": 0, "H": 2, "W": 1}}),
        ("the symbols", {"lengths": {"C": 1, "H": 2}}),
        ("the first is", LARGER),
    ],
)
def test_a_wrong_counterexample_is_found(topic: str, changes: dict[str, Any]) -> None:
    check_verdict(FLIPPED, flipped(), TensorOutcomes(FLIPPED))
    with pytest.raises(Disagreement, match=topic):
        check_verdict(FLIPPED, flipped(**changes), TensorOutcomes(FLIPPED))


def test_a_refutation_of_what_is_true_is_found() -> None:
    verdict = flipped()
    with pytest.raises(Disagreement, match="both sides"):
        check_verdict(TRUE, verdict, TensorOutcomes(TRUE))


# --- what is repeated ends where the tensor does ---------------------------------------

u, v = integers("u v")
ROW, TAPS = Tensor("x", (4,)), Tensor("k", (2,))


def repeated(number: int) -> SignalExpr:
    return ROW.rearrange("a -> z a", z=number)


@pytest.mark.parametrize(
    "layer",
    [
        lambda x: x,
        lambda x: 2 * x,
        lambda x: x + x.flip(axis=1),
        lambda x: x + ROW,
        lambda x: x.multiply(ROW),
        lambda x: x.flip(axis=1),
        lambda x: x.roll(1, axis=1),
        lambda x: x.dilate(2, axis=1),
        lambda x: x.downsample(2, axis=1),
        lambda x: x.pad(1, -1, axis=1),
        lambda x: x.pad(1, 1, "replicate", axis=1),
        lambda x: x.correlate(TAPS, axis=1),
        lambda x: x.correlate(TAPS, stride=2, dilation=2, axis=1),
        lambda x: x.convolve(TAPS, axis=1),
        lambda x: x.windows(2, axis=1),
        lambda x: x.avg_pool((2,)),
        lambda x: x.upsample((2,)),
        lambda x: x[:, None].conv(TAPS[None, None], padding=1),
        lambda x: x[:, None].conv_transpose(TAPS[None, None], stride=2),
        lambda x: x.linear(Tensor("w", (3, 4))),
        lambda x: einsum("ab,b->ab", x, ROW),
        lambda x: x.rearrange("a (b c) -> a c b", c=2),
        lambda x: x.sum(1),
        lambda x: Tensor.from_formula((u, v), ROW[v], shape=x.shape),
    ],
)
def test_what_is_repeated_is_zero_outside(layer: Callable[[SignalExpr], SignalExpr]) -> None:
    """Padding it with zeros is not to repeat it more often; and it is what arithmetic says."""
    claim = Claim(layer(repeated(2)).pad(1, 1, axis=0), layer(repeated(4)))
    assert isinstance(claim.prove(), Refuted)
    again = Claim(concatenate([layer(repeated(2)), layer(repeated(3))])[:2], layer(repeated(2)))
    assert isinstance(again.prove(), Proved)


def test_what_is_merged_is_zero_outside() -> None:
    """The digits of a position are simpler inside, and then do not say where that ends."""
    split = Tensor("x", (1, 4)).rearrange("c (h a) -> (c a) h", a=2).pad(0, 1, axis=0)
    assert isinstance(Claim(split[2], Tensor("x", (1, 4))[0, 2::2].pad(0, 1)).prove(), Refuted)
    x, w = Tensor("x", (1, 2, 2)), Tensor("w", (1, 1, 2, 2))
    turned = w.pixel_unshuffle(2).flip(axis=1).pixel_shuffle(2)
    padded = x.pad(1, 1, axis=2)
    assert isinstance(Claim(padded.conv(turned), padded.conv(w.flip(axis=(2, 3)))).prove(), Proved)


def test_what_is_split_into_nothing() -> None:
    columns = Tensor("x", (4, 0, 4)).unfold((3, 3), dilation=(1, 2))
    assert isinstance(Claim(columns, columns).prove(), Proved)

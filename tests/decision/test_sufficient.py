"""What a refuted claim lacks about its taps."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Sum

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, Tensor, einsum, integers
from symconv.arithmetic import limits
from symconv.arithmetic.work import allowed, left
from symconv.catalogue.index import CATALOGUE
from symconv.decision.sufficient import sufficient_taps

n, c, m, s, C, O, P, H, W = integers("n c m s C O P H W", positive=True)
u, i = integers("u i")
x, k, h, g = Signal("x", n), Signal("k", c), Signal("h", m), Signal("g", c)
three, blur = Signal("k", 3), Signal("g", 3)
image = Tensor("x", (C, H, W))
w = Tensor("w", (C, O, 3, 3))
first, second = Signal("b1", O), Signal("b2", P)
pointwise, layer = Tensor("w1", (O, C, 1)), Tensor("w2", (P, O, 3))
one, other = Signal("b1", 1), Signal("b2", 1)


def lacks(claim: Claim) -> tuple[Claim, ...]:
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    return verdict.would_hold_given


def merged_with_bias() -> Claim:
    """A layer of one tap and a padded one, with biases, as one layer."""
    signal = Tensor("x", (C, n))
    kernel = einsum("poj,oc->pcj", layer, pointwise[:, :, 0])
    bias = second + einsum("poj,o->p", layer, first)
    return Claim(
        signal.conv(pointwise, first).conv(layer, second, padding=1),
        signal.conv(kernel, bias, padding=1),
    )


def reflecting(signal: SignalExpr, kernel: Signal, width: int) -> SignalExpr:
    return signal.pad(width, width, "reflect").correlate(kernel)


LACKING: dict[str, tuple[Claim, tuple[Claim, ...]]] = {
    "a bias in between": (merged_with_bias(), (first == 0 * first,)),
    "two biases": (
        Claim(
            x.correlate(three).add_bias(one).correlate(blur).add_bias(other),
            x.correlate(three.convolve(blur)),
        ),
        (one == 0 * one, other == 0 * other),
    ),
    "a branch": (
        Claim(
            x.pad(1, 1).correlate(three) + x.multiply(Signal("y", n)), x.pad(1, 1).correlate(three)
        ),
        (Signal("y", n) == 0 * Signal("y", n),),
    ),
    "what is added": (Claim(x + Signal("y", n), x), (Signal("y", n) == 0 * Signal("y", n),)),
    "a flip": (Claim(x.correlate(k), x.correlate(k.flip())), (k == k.flip(),)),
    "a flip with a stride": (
        Claim(x.correlate(k, stride=s), x.correlate(k.flip(), stride=s)),
        (k == k.flip(),),
    ),
    "a flip that one library leaves out": (
        Claim(x.conv_transpose(k, stride=2), x.conv_transpose(k.flip(), stride=2)),
        (k == k.flip(),),
    ),
    "a flip of images": (
        Claim(
            image.conv_transpose(w, padding=1),
            image.conv(w.rearrange("c o i j -> o c i j"), padding=1),
        ),
        (w == w.flip(axis=(2, 3)),),
    ),
    "a flip along one axis": (
        Claim(
            image.conv(w.rearrange("c o i j -> o c i j")),
            image.conv(w.flip(axis=3).rearrange("c o i j -> o c i j")),
        ),
        (w == w.flip(axis=3),),
    ),
    "two flips": (
        Claim(x.convolve(k).convolve(h), x.convolve(k.flip()).convolve(h.flip())),
        (k == k.flip(), h == h.flip()),
    ),
    "one of two flips": (
        Claim(x.convolve(k).convolve(h), x.convolve(k).convolve(h.flip())),
        (h == h.flip(),),
    ),
    "reflections on both sides": (
        Claim(
            reflecting(reflecting(x, Signal("k", 5), 2), blur, 1),
            reflecting(reflecting(x, blur, 1), Signal("k", 5), 2),
            given=[n >= 3],
        ),
        (Signal("k", 5) == Signal("k", 5).flip(), blur == blur.flip()),
    ),
    "one kernel twice": (
        Claim(x.convolve(k).convolve(g), x.convolve(g).convolve(g)),
        (k == g,),
    ),
    "one kernel twice, and turned": (
        Claim(x.convolve(k), x.convolve(g.flip())),
        (k == g.flip(),),
    ),
    "beside another hypothesis": (
        Claim(
            x.convolve(k).convolve(h),
            x.convolve(k.flip()).convolve(h.flip()),
            given=[h == h.flip()],
        ),
        (k == k.flip(),),
    ),
    "lengths differ": (Claim(x.correlate(k), x.convolve(k)), ()),
    "lengths differ somewhere": (Claim(x.convolve(k), x.convolve(h)), ()),
    "nothing on the list": (Claim(x.pad(1, 0).correlate(k), x.pad(0, 1).correlate(k)), ()),
    "a scale": (Claim(x.correlate(k), 2 * x.correlate(k)), ()),
    "no bias, but no input": (
        Claim(x.correlate(k).add_bias(one), (2 * x).correlate(k).add_bias(one)),
        (),
    ),
    "only signals without a kernel": (Claim(x.flip(), x), ()),
    "a formula": (
        Claim(
            Signal.from_formula(u, Sum(k[i] * x[u + i], (i, 0, c - 1)), length=n),
            x.pad(0, c - 1).convolve(k)[c - 1 : n + c - 1],
        ),
        (k == k.flip(),),
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_what_a_claim_lacks(name: str) -> None:
    claim, expected = LACKING[name]
    found = lacks(claim)
    assert found == expected
    given = (*claim.given, *found)
    verdict = Claim(claim.lhs, claim.rhs, given=given).prove()
    assert bool(verdict) == bool(expected)
    for dropped in found:
        rest = [hypothesis for hypothesis in given if hypothesis is not dropped]
        assert isinstance(Claim(claim.lhs, claim.rhs, given=rest).prove(), Refuted)


def test_a_condition_is_refuted_without_it() -> None:
    assert lacks(Claim(n // 2, (n + 1) // 2)) == ()


def test_both_sides_are_not_0_then() -> None:
    verdict = Claim(x.convolve(k), 2 * x.convolve(k)).prove()
    assert isinstance(verdict, Refuted)
    assert Claim(x.convolve(k), 2 * x.convolve(k), given=[k == 0 * k]).prove()
    assert verdict.would_hold_given == ()


def test_it_is_said_behind_the_condition() -> None:
    lines = str(Claim(x.correlate(k), x.correlate(k.flip())).prove()).splitlines()
    assert lines[1:3] == [
        "It holds exactly when c = 1 or c ≥ n + 1.",
        "It holds for all lengths where k = k.flip().",
    ]
    lines = str(merged_with_bias().prove()).splitlines()
    assert lines[1:3] == ["It never holds.", "But it holds for all sizes where b1 = 0."]
    two, _ = LACKING["two flips"]
    assert "It holds for all lengths where k = k.flip() and h = h.flip()." in str(two.prove())


def test_as_much_is_looked_at_as_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, expected = LACKING["two flips"]
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    with allowed():
        before = left()
        assert sufficient_taps(claim, verdict.counterexample) == expected
        assert before - left() <= limits.ALLOWANCE // limits.SUFFICIENT_SHARE
    monkeypatch.setattr(limits, "SUFFICIENT_SHARE", limits.ALLOWANCE // 100)
    assert sufficient_taps(claim, verdict.counterexample) == ()


CATALOGUED: dict[str, list[str]] = {
    "pointwise_layer_with_bias_merges_into_padded_layer": ["b == 0*b"],
    "layers_with_biases_eq_their_reversed_impulse_response": ["b == 0*b", "g == 0*g"],
    "reflecting_convolution_and_blur_commute": ["k == k.flip()", "h == h.flip()"],
    "jax_transposed_layer_of_stride_2_eq_torch": ["k == k.flip()"],
    "merged_kernel_has_the_second_one_flipped": ["h == h.flip()"],
    "two_padded_3_tap_layers_eq_one_5_tap_layer": [],
}


@pytest.mark.parametrize("name", CATALOGUED)
def test_published_mistakes(name: str) -> None:
    assert list(map(str, lacks(CATALOGUE[name].claim))) == CATALOGUED[name]


def test_it_is_what_makes_the_claim_true_for_everything() -> None:
    found: Any = lacks(LACKING["a flip with a stride"][0])
    verdict = Claim(x.correlate(k, stride=s), x.correlate(k.flip(), stride=s), given=found).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete

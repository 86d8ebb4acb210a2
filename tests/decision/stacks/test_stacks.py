"""Stacks of layers: sizes, receptive fields and claims, against stacks with numbers of layers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
from sympy import Expr, Integer, Max, Min, Ne, Symbol, expand, sympify

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    Undecided,
    assert_equal,
    concatenate,
    integers,
    receptive_field,
    repeat,
)
from symconv.arithmetic.limits import MOST_LAYERS
from symconv.arithmetic.symbols import sign_of
from symconv.decision.stacks.induction import StackClaim
from symconv.decision.stacks.sizes import sum_of_layers
from symconv.decision.stacks.stacked import Stack
from symconv.language.signals import substituted
from tests.oracles.brute_force import small_lengths

n, L = integers("n L", nonnegative=True)
c, s, M, N = integers("c s M N", positive=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", 3)
z, single, two = Signal("x", N), Signal("single", 1), Signal("two", 2)
C, H, W = integers("C H W", positive=True)
image, w = Tensor("image", (C, H, W)), Tensor("w", (C, C, 3, 3))

Layer = Callable[..., SignalExpr]


def residual(t: SignalExpr, i: Any) -> SignalExpr:
    """A residual causal layer, dilated by 2**i."""
    return t + t.pad(2**i * (c - 1), 0).correlate(k, dilation=2**i)


LAYERS: dict[str, Layer] = {
    "valid": lambda t: t.correlate(k),
    "valid, known taps": lambda t: t.correlate(h),
    "same": lambda t: t.pad(1, 1).correlate(h),
    "halving": lambda t: t.pad(1, 1).correlate(h, stride=2),
    "valid, stride 2": lambda t: t.correlate(h, stride=2),
    "valid, stride 3": lambda t: t.correlate(k, stride=3),
    "any stride": lambda t: t.pad(1, 0).correlate(k, stride=s),
    "downsampling": lambda t: t.downsample(s),
    "cropping": lambda t: t.pad(-1, -1),
    "growing": lambda t: t.pad(s, 1),
    "dilated": lambda t, i: t.correlate(k, dilation=2**i),
    "dilated, padded": lambda t, i: (
        t.pad(1, 0).pad(2**i, 0).correlate(Signal("a", 2), dilation=2**i)
    ),
    "dilated by 3**i": lambda t, i: t.pad(2, 3).correlate(single, dilation=3**i),
    "dilated by i + 1": lambda t, i: t.correlate(k, dilation=i + 1),
    "causal": lambda t, i: t.pad(2**i * (c - 1), 0).correlate(k, dilation=2**i),
    "residual": residual,
    "padded by i": lambda t, i: t.pad(i, 2 * i),
    "strided and dilated": lambda t, i: t.correlate(h, stride=2, dilation=2**i),
}

GROWING: dict[str, Layer] = {
    "zeros between": lambda t: t.dilate(2),
    "twice": lambda t: concatenate([t, t]),
    "upsampling": lambda t: t.upsample(3),
}


def numbers(expression: Expr, at: dict[Symbol, int]) -> Any:
    return expression.subs(at).doit()


# --- sizes and receptive fields ------------------------------------------------------


@pytest.mark.parametrize("name", [*LAYERS, *GROWING])
def test_lengths_are_those_of_numbers_of_layers(name: str) -> None:
    stack = repeat((LAYERS | GROWING)[name], L)(x)
    length = stack.length
    for layers in range(4):
        part = stack.at(L=layers)
        for size in (0, 1, 2, 3, 5, 8, 17, 40):
            for taps, stride in ((1, 1), (1, 2), (2, 1), (3, 3)):
                at = {n: size, c: taps, s: stride}
                used = {a: v for a, v in at.items() if a in part.length.free_symbols}
                exact = numbers(part.length, used)
                assert numbers(length, {**at, L: layers}) == exact, (layers, at)


@pytest.mark.parametrize("name", LAYERS)
def test_receptive_fields_are_those_of_numbers_of_layers(name: str) -> None:
    stack = repeat(LAYERS[name], L)(x)
    field = receptive_field(stack)
    for layers in range(4):
        part = receptive_field(stack.at(L=layers))
        for taps, stride in ((1, 1), (2, 2), (3, 3)):
            at = {n: 90, c: taps, s: stride, L: layers}
            for told in ("size", "jump"):
                assert numbers(getattr(field, told) - getattr(part, told), at) == 0, (told, at)
            for told in ("first", "last"):
                left, right = (getattr(one, told).subs({one[0].index: 5}) for one in (field, part))
                assert numbers(left - right, at) == 0, (told, at)


def test_what_stands_before_a_stack_is_read_too() -> None:
    stack = repeat(lambda t: t.correlate(h, stride=2), M)(x.pad(4, 0).correlate(k, stride=3))
    field = receptive_field(stack)
    for layers in range(1, 4):
        part = receptive_field(stack.at(M=layers))
        for told in ("size", "jump"):
            assert numbers(getattr(field, told) - getattr(part, told), {M: layers}).expand() == 0
        assert numbers(field.first.subs({field[0].index: 0}), {M: layers}) == -4
    with pytest.raises(SymconvError, match="has to be one positive number, not -1"):
        receptive_field(repeat(lambda t: t.correlate(h), M)(x.flip()))
    means = repeat(lambda t: t.correlate(h), M)(image.rearrange("c h w -> (c h) w").sum(axis=0))
    field = receptive_field(means)
    assert field.of is image
    assert (field[0].is_all, field[2].size) == (True, 2 * M + 1)


def test_what_is_not_empty_at_first_stays_so() -> None:
    assert repeat(lambda t: t.convolve(k), L)(z).length == L * c - L + N
    with pytest.raises(Undecided, match="has no closed form"):
        _ = repeat(lambda t: t.convolve(k), L)(x).length
    verdict = (repeat(lambda t: t.pad(1, 1).roll(1), L)(z) == z.pad(2 * L, 0)).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete
    # Which a layer may end.
    assert repeat(lambda t: t.correlate(h), L)(z).length.subs({L: 2, N: 3}) == 0
    for layer, least in ((lambda t: t.convolve(k), 1), (lambda t: t.correlate(h), 0)):
        assert sign_of(repeat(layer, L)(z).generic.fresh[0]).least == least


def test_stacks_of_images() -> None:
    stack = repeat(lambda t: t.conv(w, stride=(2, 1), padding=1), L)(image)
    channels, height, width = stack.shape
    assert (channels, width) == (C, W)
    for layers in range(4):
        part = stack.at(L=layers)
        for size in (1, 2, 7, 8):
            assert numbers(height, {L: layers, H: size}) == numbers(part.shape[1], {H: size})
    field = receptive_field(stack)
    assert field[0].is_all
    assert field[2].size == 2 * L + 1
    assert numbers(field[1].size, {L: 3}) == 15
    with pytest.raises(SymconvError, match="has 3 axes; its sizes are"):
        _ = stack.length


def test_published_stacks() -> None:
    """The receptive fields that are asked for of temporal convolutional networks."""

    def block(t: SignalExpr, i: Any) -> SignalExpr:
        for name in ("k1", "k2"):
            t = t.pad(2**i, 0).correlate(Signal(name, 2), dilation=2**i)
        return t

    assert numbers(receptive_field(repeat(block, L)(x)).size, {L: 8}) == 511

    def stack(t: SignalExpr) -> SignalExpr:
        for i in range(8):
            t = t + block(t, i)
        return t

    assert receptive_field(repeat(stack, L)(x)).size == 510 * L + 1
    thrice = repeat(lambda t: t.pad(1, 1).correlate(h, stride=2), L)(x).length
    for size in range(40):
        assert numbers(thrice, {L: 3, n: size}) == -(-size // 8)


def test_lengths_stand_in_claims() -> None:
    length = repeat(LAYERS["valid, known taps"], L)(x).length
    assert str(Claim(length, n - 2 * L).condition()) == "n >= 2*L"
    verdict = Claim(length, n - 2 * L, given=[n >= 2 * L]).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda t: t.correlate(h).pad(2, 2), "has no closed form: one layer makes"),
        (lambda t, i: t.pad(1, 1).correlate(k, dilation=2**i), "has no closed form"),
        (lambda t, i: t.downsample(i + 1), "has no closed form"),
        (lambda t: t[:1], "has no closed form"),
        (lambda t, i: t.pad(i, 0).upsample(2), "has no closed form"),
        (lambda t, i: t.upsample(2).pad(i, 0), "has no closed form"),
    ],
)
def test_a_size_without_a_closed_form_is_not_known(layer: Layer, message: str) -> None:
    with pytest.raises(Undecided, match=message):
        _ = repeat(layer, L)(x).length


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda t: t.flip(), "has to be one positive number"),
        (lambda t: t.roll(1), "beyond an end"),
        (lambda t: t + z, "read x beside what they get"),
        (lambda t: t.correlate(z), "read x beside what they get"),
        (lambda t: t + z.pad(0, 0, mode="reflect"), "read x beside what they get"),
        (lambda t: t.upsample(2), "does not move evenly"),
    ],
)
def test_a_receptive_field_that_is_not_told(layer: Layer, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        receptive_field(repeat(layer, L)(z))


def test_axes_that_are_exchanged_have_no_receptive_field() -> None:
    square = Tensor("a", (N, N))
    with pytest.raises(SymconvError, match="does not move evenly along it"):
        receptive_field(repeat(lambda t: t.rearrange("h w -> w h"), L)(square))


def test_sums_over_layers() -> None:
    (i,) = [integers("i", nonnegative=True)]
    for term in (Integer(3), 2 * i + 1, i**2, 2**i, 3**i * c, c + i):
        for ratio in (1, 2, 3):
            total = sum_of_layers(term, Integer(ratio), i, L)
            for layers in range(5):
                exact = sum(term.subs(i, j) * ratio**j for j in range(layers))
                assert (total.subs(L, layers) - exact).expand() == 0
    total = sum_of_layers(c, s, i, L)
    for stride in (1, 2, 5):
        assert total.subs({s: stride, L: 3}).expand() == c * (1 + stride + stride**2)
    with pytest.raises(Undecided, match="no closed form is known"):
        sum_of_layers(1 / (i + 1), Integer(1), i, L)


# --- claims --------------------------------------------------------------------------

kernels = Tensor("kernels", (L, 3))

TRUE: dict[str, tuple[Any, Any, list[Any]]] = {
    "pads": (repeat(lambda t: t.pad(1, 2), L)(x), x.pad(L, 2 * L), []),
    "a tensor first": (x.pad(L, 2 * L), repeat(lambda t: t.pad(1, 2), L)(x), []),
    "crops": (repeat(lambda t: t.pad(-1, -1), L)(x), x.pad(-L, -L), []),
    "pads and crops": (repeat(lambda t: t.pad(1, -1), L)(x), x.pad(L, -L), []),
    "flips": (repeat(lambda t: t.flip(), 2 * L)(x), x, []),
    "an odd number of flips": (repeat(lambda t: t.flip(), 2 * L + 1)(x), x.flip(), []),
    "rolls": (repeat(lambda t: t.roll(1), L)(z), z.roll(L), [L <= N]),
    "rolls backwards": (
        repeat(lambda t: t.roll(1), L)(z),
        repeat(lambda t: t.flip().roll(-1).flip(), L)(z),
        [],
    ),
    "replicated": (
        repeat(lambda t: t.pad(1, 1, mode="replicate"), L)(z),
        z.pad(L, L, mode="replicate"),
        [],
    ),
    "noble": (
        repeat(lambda t: t.correlate(k, stride=s), L)(x),
        repeat(lambda t: t.correlate(k).downsample(s), L)(x),
        [],
    ),
    "pairs": (
        repeat(lambda t: t.correlate(k), 2 * L)(x),
        repeat(lambda t: t.correlate(k.convolve(k)), L)(x),
        [],
    ),
    "one more": (
        repeat(lambda t: t.correlate(k), L + 1)(x),
        repeat(lambda t: t.correlate(k), L)(x.correlate(k)),
        [],
    ),
    "one less": (
        repeat(lambda t: t.correlate(k), M)(x),
        repeat(lambda t: t.correlate(k), M - 1)(x.correlate(k)),
        [],
    ),
    "two numbers": (
        repeat(lambda t: t.pad(1, 0).pad(0, 1), L * M)(x),
        repeat(lambda t: t.pad(1, 1), L * M)(x),
        [],
    ),
    "dilated": (
        repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x),
        repeat(lambda t, i: t.correlate(k.dilate(2**i)), L)(x),
        [],
    ),
    "each with its kernel": (
        repeat(lambda t, i: t.pad(1, 1).correlate(kernels[i]), L)(x),
        repeat(lambda t, i: t.flip().pad(1, 1).correlate(kernels[i].flip()).flip(), L)(x),
        [],
    ),
    "the number in the layers": (
        repeat(lambda t: t.pad(L, 0), L)(x),
        repeat(lambda t: t.flip().pad(0, L).flip(), L)(x),
        [],
    ),
    "reflected": (
        repeat(lambda t: t.pad(1, 1, mode="reflect").correlate(h), L)(z),
        repeat(lambda t: t.flip().pad(1, 1, mode="reflect").correlate(h.flip()).flip(), L)(z),
        [N >= 2],
    ),
    "reflected and longer": (
        repeat(lambda t: t.pad(1, 1, mode="reflect"), L)(z),
        repeat(lambda t: t.flip().pad(1, 1, mode="reflect").flip(), L)(z),
        [N >= 2],
    ),
    "rolls of what grows": (
        repeat(lambda t: t.pad(1, 1).roll(3), L)(z),
        repeat(lambda t: t.pad(1, 1).roll(1).roll(2), L)(z),
        [],
    ),
    "few layers": (
        repeat(lambda t, i: t.pad(i, 0), L)(x),
        x.pad(L * (L - 1) / 2, 0),
        [L <= 3],
    ),
    "images": (
        repeat(lambda t: t.conv(w, padding=1), L)(image),
        repeat(lambda t: t.pad(1, 1, axis=(1, 2)).conv(w), L)(image),
        [],
    ),
}

FALSE: dict[str, tuple[Any, Any, list[Any], int]] = {
    "flips": (repeat(lambda t: t.flip(), L)(x), x, [], 1),
    "at no layer": (repeat(lambda t: t.downsample(2), L)(x), x.downsample(2), [], 0),
    "pads": (repeat(lambda t: t.pad(1, 1), L)(x), x.pad(L, 2 * L), [], 1),
    "for one layer alone": (repeat(lambda t: t.pad(2, 0), L)(x), x.pad(L * L + L, 0), [], 2),
    "from three on": (
        repeat(lambda t: t.pad(1, 0), L)(x),
        x.pad(L, 0).pad(0, L * (L - 1) * (L - 2)),
        [],
        3,
    ),
    "padded between": (
        repeat(lambda t: t.pad(1, 1).correlate(h), 2 * L)(x),
        repeat(lambda t: t.pad(2, 2).correlate(h.convolve(h)), L)(x),
        [],
        1,
    ),
    "one less": (
        repeat(lambda t: t.correlate(k), M)(x),
        repeat(lambda t: t.correlate(k), M - 1)(x),
        [],
        1,
    ),
    "dilated": (
        repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x),
        repeat(lambda t: t.correlate(k), L)(x),
        [],
        2,
    ),
    "the number in the layers": (
        repeat(lambda t: t.pad(Min(L, 1), 0), L)(x),
        x.pad(Max(0, L - 1), 0),
        [],
        1,
    ),
    "what is given is not enough": (
        repeat(lambda t: t.pad(1, 1).correlate(h), L)(x),
        x,
        [n >= L],
        1,
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved_for_all_numbers_of_layers(name: str) -> None:
    left, right, given = TRUE[name]
    verdict = StackClaim(left, right, given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete
    assert verdict.evidence
    for layers in range(3):
        part = at_number(StackClaim(left, right, given), layers)
        if part is not None:
            for at in islice(small_lengths(part, 8), 40):
                assert fails_at(part, at) is not True, (layers, at)


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted_at_the_smallest_number_of_layers(name: str) -> None:
    left, right, given, smallest = FALSE[name]
    verdict = StackClaim(left, right, given).prove()
    assert isinstance(verdict, Refuted), verdict
    found = verdict.counterexample
    (symbol,) = {
        symbol for one in (left, right) if isinstance(one, Stack) for symbol in one.count.symbols
    }
    assert found.lengths[symbol] == smallest
    for layers in range(smallest):
        part = at_number(StackClaim(left, right, given), layers)
        assert part is None or isinstance(part.prove(), Proved)
    part = at_number(StackClaim(left, right, given), smallest)
    assert part is not None
    assert fails_at(part, {a.name: found.lengths[a.name] for a in part.symbols})
    assert f"refuted at {symbol} = {smallest}" in str(verdict)
    assert "holds exactly when" not in str(verdict)
    if verdict.with_content is not None:
        assert verdict.with_content.lengths[symbol] == smallest


def at_number(claim: StackClaim, layers: int) -> Claim | None:
    """The claim with a number for L and M; None where it is not allowed, or a hypothesis is."""
    values = {L: layers, M: layers}
    try:
        sides = [
            one.at_values(values) if isinstance(one, Stack) else substituted(one, values)
            for one in (claim.lhs, claim.rhs)
        ]
        return Claim(
            sides[0], sides[1], [h if isinstance(h, Claim) else h.subs(values) for h in claim.given]
        )
    except SymconvError:
        return None


def fails_at(claim: Claim, lengths: Mapping[str, int]) -> bool | None:
    """Whether a claim fails at fixed lengths; None where it says nothing of them."""
    try:
        return not claim.at(**lengths).holds
    except SymconvError:
        return None


def test_what_induction_does_not_prove_is_proved_number_by_number() -> None:
    verdict = (repeat(lambda t, i: t.pad(i, 0), L)(x) == x.pad(L * (L - 1) / 2, 0)).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "L from 0 to 4, and all other lengths"
    assert not verdict.is_complete
    assert "induction" in str(verdict.evidence[0])


def test_a_claim_that_fails_late_is_not_proved() -> None:
    late = L * (L - 1) * (L - 2) * (L - 3) * (L - 4)
    verdict = (repeat(lambda t: t.pad(1, 0), L)(x) == x.pad(L, 0).pad(0, late)).prove()
    assert not (isinstance(verdict, Proved) and verdict.is_complete)
    assert "L from 0 to 4" in str(verdict)


def test_hypotheses_about_the_number_of_layers() -> None:
    """They may fail for one layer less: then nothing follows from what holds there."""
    stack = repeat(lambda t: t.pad(1, 0), L)(x)
    target = x.pad(L, 0).pad(0, (L - 2) * (L - 2) * (L - 3) * (L - 3))
    assert isinstance(stack.equals(target).prove(), Refuted)
    verdict = stack.equals(target, given=[L >= 2]).prove()
    assert not (isinstance(verdict, Proved) and verdict.is_complete)
    verdict = stack.equals(target, given=[L >= 2, L <= 3]).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete
    with pytest.raises(SymconvError, match="hypotheses"):
        stack.equals(target, given=[L >= 5, L <= 3]).prove()


def test_hypotheses_that_leave_out_a_number_of_layers() -> None:
    """What holds at 0 says nothing of 2 then, though each step from 2 on is right."""
    target = x.pad(L, 0).pad(0, Min(1, Max(0, L - 1)))
    verdict = repeat(lambda t: t.pad(1, 0), L)(x).equals(target, given=[Ne(L, 1)]).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths["L"] == 2


def test_stacks_in_assertions() -> None:
    stack = repeat(lambda t: t.pad(1, 1), L)(x)
    assert_equal(stack, x.pad(L, L))
    assert_equal(x.pad(L, L), stack, given=[L >= 1], name="pads")
    with pytest.raises(AssertionError, match="is false\nat L = 1, n = 0"):
        assert_equal(stack, x.pad(L, 2 * L))
    with pytest.raises(AssertionError, match="proved only for L from 0 to 4"):
        assert_equal(repeat(lambda t, i: t.pad(i, 0), L)(x), x.pad(L * (L - 1) / 2, 0))
    with pytest.raises(SymconvError, match="a stack or a tensor on the other, got"):
        assert_equal(stack, n)


def test_hypotheses_on_taps() -> None:
    one = repeat(lambda t: t.pad(1, 1).correlate(h), L)(x)
    other = repeat(lambda t: t.convolve(h).pad(-1, -1), L)(x)
    assert isinstance((one == other).prove(), Refuted)
    verdict = one.equals(other, given=[h == h.flip(), n >= 1]).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete
    taps = repeat(lambda t: t.correlate(single), L)(x)
    verdict = taps.equals(x * 0, given=[single == 0 * single]).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths["L"] == 0
    verdict = taps.equals(x * 0, given=[single == 0 * single, L >= 1]).prove()
    assert isinstance(verdict, Proved), verdict


def test_layers_of_maxima_and_functions() -> None:
    one = repeat(lambda t: t.correlate(h).relu(), L)(x)
    other = repeat(lambda t: t.flip().correlate(h.flip()).flip().relu(), L)(x)
    verdict = (one == other).prove()
    assert isinstance(verdict, Proved)
    assert str(verdict) == "proved for all lengths, over the reals"
    pools = repeat(lambda t: t.max_pool(2, stride=1), L)(z)
    assert pools.length.subs({L: 3, N: 7}) == 4
    assert receptive_field(pools).size == L + 1
    verdict = (
        repeat(lambda t: t.max_pool(2, stride=1), M)(z) == z.max_pool(M + 1, stride=1)
    ).prove()
    assert isinstance(verdict, Proved)
    assert verdict.ring == "the reals"


def test_different_numbers_of_layers() -> None:
    verdict = (repeat(lambda t: t.pad(1, 0), M)(x) == repeat(lambda t: t.pad(1, 0), L)(x)).prove()
    assert isinstance(verdict, Refuted)
    assert dict(verdict.counterexample.lengths) == {"L": 0, "M": 1, "n": 0}
    stack = repeat(lambda t: t.pad(1, 0), L)(x)
    verdict = stack.equals(
        repeat(lambda t: t.flip().pad(0, 1).flip(), M)(x), [L <= M, M <= L]
    ).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "L from 1 to 4, M from 1 to 4, and all other lengths"


# The layers in a row do the same.
POOL: list[list[Layer]] = [
    [lambda t: t, lambda t: t.flip().flip(), lambda t: t.pad(1, 0).pad(-1, 0)],
    [lambda t: t.flip(), lambda t: t[::-1]],
    [lambda t: t.pad(1, 0), lambda t: t.flip().pad(0, 1).flip()],
    [lambda t: t.pad(0, 1)],
    [lambda t: t.pad(-1, 0).pad(1, 0), lambda t: t.flip().pad(0, -1).pad(0, 1).flip()],
    [
        lambda t: t.correlate(h),
        lambda t: t.flip().correlate(h.flip()).flip(),
        lambda t: t.convolve(h.flip()).pad(-2, -2),
    ],
    [lambda t: t.convolve(h).pad(-2, -2)],
    [lambda t: t.pad(1, 1).correlate(h), lambda t: t.convolve(h.flip()).pad(-1, -1)],
    [lambda t: t.downsample(2), lambda t: t[::2]],
    [lambda t: t.pad(0, 1).downsample(2)],
    [lambda t: t.correlate(h, stride=2), lambda t: t.correlate(h).downsample(2)],
    [lambda t: t + t, lambda t: t * 2, lambda t, i: t * 3 - t.pad(i, 0).pad(-i, 0)],
    [lambda t, i: t.pad(i, 0).pad(-i, 0), lambda t, i: t.flip().pad(0, i).flip().pad(-i, 0)],
    [lambda t, i: t.pad(0, i).correlate(two, dilation=i + 1)],
]


def test_random_claims() -> None:
    """Pairs of layers, on one and on two times as many layers, and layers against tensors."""
    rng = random.Random(7)
    proved = refuted = 0
    targets = [x, x.flip(), x.pad(L, 0), x.pad(0, L), x * 2, x.pad(L, 0).pad(-L, 0)]
    for _ in range(250):
        row = rng.choice(POOL)
        f, g = rng.choice(row), rng.choice(row if rng.random() < 0.5 else rng.choice(POOL))
        first, second = rng.choice([(L, L), (L, L), (2 * L, L), (L + 1, L), (2 * L, 2 * L)])
        left = repeat(f, first)(x)
        right = rng.choice(targets) if rng.random() < 0.4 else repeat(g, second)(x)
        claim = StackClaim(left, right)
        verdict = claim.prove()
        if isinstance(verdict, Proved):
            proved += 1
            for layers in range(4):
                part = at_number(claim, layers)
                assert part is not None
                assert not any(fails_at(part, {"n": size}) for size in range(7)), claim
        else:
            assert isinstance(verdict, Refuted), verdict
            refuted += 1
            found = verdict.counterexample.lengths
            part = at_number(claim, found["L"])
            assert part is not None
            assert fails_at(part, {a.name: found[a.name] for a in part.symbols}), claim
    assert proved > 50
    assert refuted > 80


# --- what is refused -----------------------------------------------------------------


def test_a_number_of_layers_is_a_composition() -> None:
    assert repeat(lambda t: t.flip(), 0)(x) is x
    assert repeat(lambda t, i: t.pad(i, 1), 3)(x) is x.pad(0, 1).pad(1, 1).pad(2, 1)
    assert repeat(lambda t: t.pad(1, 1), L)(x).at(L=2) is x.pad(1, 1).pad(1, 1)


def test_a_layer_may_have_arguments_of_its_own() -> None:
    def pads(t: SignalExpr, *, by: int = 2) -> SignalExpr:
        return t.pad(by, 0)

    assert repeat(pads, 2)(x) is x.pad(2, 0).pad(2, 0)
    assert repeat(SignalExpr.flip, 2)(x) is x.flip().flip()


FLIPPED = repeat(lambda t: t.flip(), L)(x)


@pytest.mark.parametrize(
    "layer",
    [
        lambda t, i: t if i == 0 else t.flip(),
        lambda t, i: t.flip() if i else t,
        lambda t, i: t if i < 1 else t.flip(),
        lambda t, i: [t, t.flip(), t.flip(), t.flip()][i],
        lambda t, i: {0: t}.get(i, t.flip()),
    ],
)
def test_what_a_layer_does_for_one_number_alone_is_not_said_of_all(layer: Any) -> None:
    """A symbol is not equal to 0: the first layer alone keeps the order, and no step says so."""
    stack = repeat(layer, L)(x)
    verdict = (stack == FLIPPED).prove()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample.lengths["L"] == 1
    assert str(stack) == "repeat(layer, L)(x)"
    with pytest.raises(Undecided):
        _ = stack.length


def test_the_second_layer_alone() -> None:
    stack = repeat(lambda t, i: t if i == 1 else t.flip(), L)(x)
    verdict = (stack == FLIPPED).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths["L"] == 2


def catching(t: SignalExpr, i: Any) -> SignalExpr:
    """A layer that takes every error for a no."""
    try:
        return t if i + 1 > 31 else t.flip()
    except Exception:
        return t.flip()


def suppressing(t: SignalExpr, i: Any) -> SignalExpr:
    """The same, of a table."""
    with suppress(Exception):
        return t if [False, True][i // 30] else t.flip()
    return t.flip()


FROM_30: dict[int, Any] = {number: SignalExpr.flip for number in range(100) if number != 30}


@pytest.mark.parametrize(
    "layer",
    [
        lambda t, i: t if i == 30 else t.flip(),
        lambda t, i: t if 30 == i else t.flip(),  # noqa: SIM300
        lambda t, i: t if n + i == n + 30 else t.flip(),
        lambda t, i: t if n == i + n - 30 else t.flip(),
        lambda t, i: t if Integer(30) == i else t.flip(),
        lambda t, i: t if i in (30, 31) else t.flip(),
        lambda t, i: t if i > 30 else t.flip(),
        lambda t, i: t if not i - 30 else t.flip(),
        lambda t, i: t if min(i, 30) == 30 else t.flip(),
        lambda t, i: FROM_30.get(i, lambda same: same)(t),
        lambda t, i: t if str(i) == "30" else t.flip(),
        lambda t, i: t if f"{i}" == "30" else t.flip(),
        lambda t, i: t if sympify(i) == 30 else t.flip(),
        lambda t, i: t if isinstance(i, int) and i == 30 else t.flip(),
        lambda t, i: t if getattr(i, "bit_length", None) and i == 30 else t.flip(),
        lambda t, i: t if hasattr(i, "bit_length") and i.bit_length() == 5 else t.flip(),
        lambda t, i: t if i & 32 else t.flip(),
        lambda t, i: t if 1 << i == 2**30 else t.flip(),
        lambda t, i: t if i.numerator == 30 else t.flip(),
        catching,
        suppressing,
    ],
)
def test_a_layer_cannot_ask_for_a_number_that_is_far_away(layer: Any) -> None:
    """Of those that were tried it is proved, and not of all."""
    verdict = (repeat(layer, L)(x) == FLIPPED).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "L from 0 to 4, and all other lengths"


@pytest.mark.parametrize(
    ("layer", "other"),
    [
        (lambda t: t.pad(5, 0) if t is x else t.pad(1, 0), lambda t: t.pad(1, 0)),
        (lambda t: t.flip() if isinstance(t, Tensor) else t, lambda t: t.flip()),
        (
            lambda t: t.correlate(h, stride=2) if t.length == n else t.correlate(h),
            lambda t: t.correlate(h),
        ),
    ],
)
def test_a_layer_that_looks_at_what_it_gets_is_not_said_to_do_the_same(
    layer: Layer, other: Layer
) -> None:
    """What it makes of a tensor that stands for any is not what it makes of the input."""
    stack = repeat(layer, L)(x)
    assert isinstance((stack == repeat(other, L)(x)).prove(), Refuted)
    with pytest.raises(Undecided, match="did the same with every tensor"):
        _ = stack.length
    assert str(stack) == "repeat(layer, L)(x)"


@pytest.mark.parametrize("number", [5, 20])
def test_a_layer_that_looks_at_far_sizes_is_not_said_to_do_the_same(number: int) -> None:
    def layer(t: SignalExpr) -> SignalExpr:
        return t.pad(2 if t.length == n + number else 1, 0)

    verdict = (repeat(layer, L)(x) == x.pad(L, 0)).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope == "L from 0 to 4, and all other lengths"
    with pytest.raises(Undecided, match="did the same with every tensor"):
        _ = repeat(layer, L)(x).length


def test_a_layer_that_looks_at_how_its_tensor_was_made() -> None:
    stack = repeat(lambda t: t if len(str(t)) > 90 else t.pad(1, 0), L)(x)
    verdict = (stack == x.pad(L, 0)).prove()
    assert isinstance(verdict, Proved)
    assert not verdict.is_complete


def test_far_sizes_beyond_a_number() -> None:
    stack = repeat(lambda t: t if (t.length - n > 30) == True else t.pad(1, 0), L)(x)  # noqa: E712
    assert not (stack == x.pad(L, 0)).prove().is_complete


@pytest.mark.parametrize("number", [2, 77])
def test_a_layer_that_tells_types_apart_is_refused_where_it_does_so(number: int) -> None:
    """It is called with an `int`, and with a number that calculates as one and is none."""

    def layer(t: SignalExpr, i: Any) -> SignalExpr:
        return t if type(i) is int and i == number else t.flip()

    assert repeat(layer, number)(x) is repeat(lambda t: t.flip(), number)(x)
    with pytest.raises(SymconvError, match=f"something else for the number {number}"):
        repeat(layer, number + 1)(x)


def test_a_stack_is_what_was_read_of_its_layer() -> None:
    """So that what was proved of it is right, whatever a function does that is no layer."""
    calls = 0

    def layer(t: SignalExpr) -> SignalExpr:
        nonlocal calls
        calls += 1
        return t if calls == 200 else t.flip()

    stack = repeat(layer, L)(x)
    verdict = (stack == FLIPPED).prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete
    for layers in (5, 77, 400):
        assert stack.at(L=layers) is FLIPPED.at(L=layers)
    assert calls < 200


@pytest.mark.parametrize("number", [5, 40])
def test_a_layer_that_counts_its_calls(number: int) -> None:
    calls = 0

    def layer(t: SignalExpr) -> SignalExpr:
        nonlocal calls
        calls += 1
        return t if calls == number else t.flip()

    stack = repeat(layer, L)(x)
    with pytest.raises(SymconvError, match=r"to do the same each time|the same with every tensor"):
        _ = stack.length


@pytest.mark.parametrize(
    "layer",
    [
        lambda t, i: t.convolve(Signal("e", i + 1)),
        lambda t: t.pad(1, 0).multiply(Signal("e", t.length + 1)),
    ],
)
def test_layers_whose_tensors_are_named_alike_and_have_other_sizes(layer: Layer) -> None:
    """From two layers on there is no such stack, of which nothing can be proved."""
    stack = repeat(layer, L)(x)
    with pytest.raises(SymconvError, match="two signals are named 'e'"):
        (stack == stack).prove()
    with pytest.raises(SymconvError, match="two signals are named 'e'"):
        _ = stack.length
    assert str(stack) == "repeat(layer, L)(x)"


def test_layers_calculate_with_their_numbers() -> None:
    layers = repeat(lambda t, i: t.pad(n + 2 * i, i + 1).pad(-i - n, abs(-i)), L)(x)
    assert expand(layers.length - (n + 3 * L * (L - 1) / 2 + L)) == 0
    halves = repeat(lambda t, i: t.pad(i * (i + 1) // 2 + (i % 2), 0), L)(x)
    others = repeat(lambda t, i: t.pad((i + i**2) // 2, 0).pad(i - 2 * (i // 2), 0), L)(x)
    assert isinstance((halves == others).prove(), Proved)


def test_a_table_of_layers_that_is_too_short_says_so() -> None:
    kernels = [Signal("a", 2), Signal("b", 2)]
    stack = repeat(lambda t, i: t.correlate(kernels[i]), L)(x)
    with pytest.raises(SymconvError, match="nothing for the number 2: IndexError"):
        (stack == repeat(lambda t, i: t.correlate(kernels[i]), L)(x)).prove()


class Alternating:
    """A layer that does not do the same each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, t: SignalExpr) -> SignalExpr:
        self.count += 1
        return t.pad(self.count, 0)


# What type checkers refuse is refused at run time too.
anything: Any = repeat
any_claim: Any = StackClaim


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: anything(x, L), "a layer is a function"),
        (lambda: anything(3, L), "a layer is a function"),
        (lambda: anything(lambda t, i, j: t, L), r"has the arguments \(t, i, j\)"),
        (lambda: anything(lambda: x, L), r"has the arguments \(\)"),
        (lambda: anything(lambda t: t, -1), "must not be negative, got -1"),
        (lambda: anything(lambda t: t, L - 1), "must not be negative, got L - 1; declare"),
        (lambda: anything(lambda t: t, 1.5), "the number of layers must be an integer"),
        (lambda: anything(lambda t: t, L / 2), "not known to be one"),
        (lambda: anything(lambda t: t, True), "got the truth value True"),
        (lambda: anything(lambda t: t, Symbol("q")), "q is not declared an integer"),
        (lambda: anything(lambda t: t, MOST_LAYERS + 1), "too many"),
        (lambda: anything(lambda t: t, L)(3), "takes a signal or a tensor x, got 3"),
        (
            lambda: anything(lambda t: t, L)(anything(lambda t: t, L)(x)),
            "takes a signal or a tensor",
        ),
        (lambda: anything(lambda t: 3, L)(x), "has to make a tensor of x, got 3"),
        (lambda: anything(lambda t: None, 2)(x), "has to make a tensor of x, got None"),
        (lambda: anything(lambda t: t.windows(2), L)(x), "makes a tensor of 2 axes"),
        (lambda: anything(Alternating(), L)(x), "has to do the same each time"),
        (lambda: anything(lambda t: t, L)(x).at(L=-1), "L"),
        (lambda: anything(lambda t: t, L)(x).at(L=MOST_LAYERS + 1), "there may be 0 to"),
        (lambda: anything(lambda t: t, L)(x).at(M=1), "M"),
        (lambda: bool(anything(lambda t: t, L)(x) == x), "not true or false before it is decided"),
        (lambda: any_claim(x, x), "has a stack on one side"),
        (lambda: any_claim(anything(lambda t: t, L)(x), 3), "has a stack on one side"),
        (lambda: anything(lambda t: t, L)(x) == image, "cannot compare a tensor of 1 axes"),
        (lambda: anything(lambda t: t, L)(x) == Signal("x", c), "two signals are named 'x'"),
        (
            lambda: anything(lambda t: t, L)(x).equals(x, given=3),
            "a hypothesis must be a condition",
        ),
        (lambda: Claim(anything(lambda t: t, L)(x), x), "must be a signal"),
        (lambda: anything(lambda t: t, L)(x) + x, "both must be signals"),
    ],
)
def test_what_is_refused(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        ask()


def test_a_layer_that_is_not_always_defined() -> None:
    layer = lambda t: t.roll(2)  # noqa: E731
    with pytest.raises(SymconvError, match="with L = 1"):
        (repeat(layer, L)(z) == repeat(lambda t: t.roll(1).roll(1), L)(z)).prove()
    with pytest.raises(SymconvError, match="more entries than t could have"):
        _ = repeat(lambda t: t.pad(1, 1, mode="reflect"), L)(z).length


def test_a_stack_says_what_it_is() -> None:
    stack = repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x)
    assert repr(stack) == "repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x)"
    assert str(stack == x) == f"{stack} == x"
    assert (stack == 3) is False
    assert len({stack, stack}) == 1

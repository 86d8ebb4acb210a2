"""Claims about networks, true and false, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sympy import Eq, Piecewise

from symconv import (
    Claim,
    Pointwise,
    Signal,
    SignalExpr,
    Tensor,
    concatenate,
    einsum,
    integers,
    maximum,
)

__all__ = ["FALSE", "TRUE", "chain", "dense_block", "inception", "shuffled", "squeeze_and_excite"]

C, H, W, O, R, G, Q, n, m = integers("C H W O R G Q n m", positive=True)
f, g = Pointwise("f"), Pointwise("g", 0)
x = Tensor("x", (C, H, W))
s, t = Signal("s", n), Signal("t", n)


def image(vector: SignalExpr) -> SignalExpr:
    """A number for each channel, repeated along both axes."""
    return vector.rearrange("c -> c 1 1")


# --- chains ------------------------------------------------------------------------------


def chain(layers: int, channels: Any = None, wrong_at: int | None = None) -> Claim:
    """Layers with biases and ReLUs; on the right a bias is a kernel of a channel of ones.

    Args:
        layers: how many.
        channels: of all layers; symbols of their own unless they are given.
        wrong_at: the layer that has no ReLU on the right.
    """
    if channels is None:
        sizes = integers(" ".join(f"C{i}" for i in range(layers + 1)), positive=True)
        sizes = list(sizes)
    else:
        sizes = [channels] * (layers + 1)
    left: SignalExpr = Tensor("x", (sizes[0], H, W))
    right = left
    for i in range(layers):
        weight = Tensor(f"w{i}", (sizes[i + 1], sizes[i], 3, 3))
        bias = Signal(f"b{i}", sizes[i + 1])
        left = left.conv(weight, bias, padding=1).relu()
        ones = Tensor.ones((1, H + 2, W + 2))
        centre = bias.rearrange("o -> o 1 1 1").pad(1, 1, axis=(2, 3))
        padded = concatenate([right.pad(1, 1, axis=(1, 2)), ones])
        right = padded.conv(concatenate([weight, centre], axis=1))
        right = right if i == wrong_at else right.relu()
    return Claim(left, right)


def residual_chain(layers: int) -> Claim:
    """Residual blocks; on the right the identity is one more kernel of the same layer."""
    o, c, i, j = integers("o c i j")
    is_centre = Eq(o, c) & Eq(i, 1) & Eq(j, 1)
    identity = Tensor.from_formula(
        (o, c, i, j), Piecewise((1, is_centre), (0, True)), shape=(C, C, 3, 3)
    )
    left: SignalExpr = x
    right: SignalExpr = x
    for layer in range(layers):
        weight = Tensor(f"w{layer}", (C, C, 3, 3))
        left = (left + left.conv(weight, padding=1)).relu()
        right = right.conv(weight + identity, padding=1).relu()
    return Claim(left, right)


# --- blocks ------------------------------------------------------------------------------


def squeeze_and_excite(is_gated_twice: bool = False) -> Claim:
    """Batch norm folded into the kernel; the gate by linear layers or by 1×1 convolutions."""
    first, second = Tensor("w1", (R, C)), Tensor("w2", (C, R))
    one, two = Signal("b1", R), Signal("b2", C)
    kernel = Tensor("k", (C, C, 3, 3))
    scale, shift = Signal("g", C), Signal("b", C)
    left = x.conv(kernel, padding=1).multiply(image(scale)) + image(shift)
    gate = einsum("chw->c", left).linear(first, one).relu().linear(second, two).sigmoid()
    left = left.multiply(image(gate))
    right = x.conv(kernel.multiply(scale.rearrange("c -> c 1 1 1")), shift, padding=1)
    squeezed = image(einsum("chw->c", right))
    hidden = squeezed.conv(first.rearrange("r c -> r c 1 1"), one).relu()
    excited = hidden.conv(second.rearrange("c r -> c r 1 1"), two).sigmoid()
    right = right.multiply(excited)
    return Claim(left, right.multiply(excited) if is_gated_twice else right)


def dense_block(layers: int, forgets: bool = False) -> Claim:
    """Each layer sees all before it; on the right each kernel is cut, and its parts are added."""
    left: SignalExpr = x
    parts = [left]
    for i in range(layers):
        kernel = Tensor(f"w{i}", (G, C + i * G, 3, 3))
        left = concatenate([left, left.relu().conv(kernel, padding=1)])
        total, start = None, 0
        for j, part in enumerate(parts):
            size = G if j else C
            seen = part if forgets and j == 1 else part.relu()
            one = seen.conv(kernel[:, start : start + size], padding=1)
            total = one if total is None else total + one
            start = start + size
        assert total is not None
        parts.append(total)
    return Claim(left, concatenate(parts))


def inception(pads_with_zeros: bool = False) -> Claim:
    """Four branches; on the right the three 1×1 layers are one, and ReLUs come last."""
    first, second, third, fourth, small, smaller = integers("A B D E R S", positive=True)
    one = Tensor("w1", (first, C, 1, 1))
    to_three, three = Tensor("r3", (small, C, 1, 1)), Tensor("w3", (second, small, 3, 3))
    to_five, five = Tensor("r5", (smaller, C, 1, 1)), Tensor("w5", (third, smaller, 5, 5))
    last = Tensor("wp", (fourth, C, 1, 1))
    pooled = x.max_pool((3, 3), stride=1, padding=1)
    left = concatenate(
        [
            x.conv(one).relu(),
            x.conv(to_three).relu().conv(three, padding=1).relu(),
            x.conv(to_five).relu().conv(five, padding=2).relu(),
            pooled.conv(last).relu(),
        ]
    )
    merged = x.conv(concatenate([one, to_three, to_five])).relu()
    if pads_with_zeros:
        pooled = x.pad(1, 1, axis=(1, 2)).max_pool((3, 3), stride=1)
    right = concatenate(
        [
            merged[:first],
            merged[first : first + small].conv(three, padding=1),
            merged[first + small :].conv(five, padding=2),
            pooled.conv(last),
        ]
    ).relu()
    return Claim(left, right)


def shuffled(groups: int = 2, wrong_way: bool = False) -> Claim:
    """ShuffleNet's unit; on the right ReLU and the depthwise layer come before the shuffle."""
    images = Tensor("x", (groups * Q, H, W))
    first, last = Tensor("w", (groups * Q, Q, 1, 1)), Tensor("v", (groups * Q, Q, 1, 1))
    depthwise = Tensor("d", (groups * Q, 1, 3, 3))

    def shuffle(y: SignalExpr) -> SignalExpr:
        return y.rearrange("(g q) h w -> (q g) h w", g=groups)

    begun = images.conv(first, groups=groups)
    left = shuffle(begun.relu()).conv(depthwise, padding=1, groups=groups * Q)
    pattern = "(g q) a b c -> (q g) a b c" if wrong_way else "(q g) a b c -> (g q) a b c"
    moved = depthwise.rearrange(pattern, g=groups)
    right = shuffle(begun.relu().conv(moved, padding=1, groups=groups * Q))
    return Claim(left.conv(last, groups=groups), right.conv(last, groups=groups))


def gated(is_true: bool = True) -> Claim:
    """A gate of one layer with twice the channels, or of two layers."""
    first, second = Tensor("a", (O, C, 3, 3)), Tensor("b", (O, C, 3, 3))
    both = x.conv(concatenate([first, second]))
    left = both[:O].tanh().multiply(both[O:].sigmoid())
    value, gate = (first, second) if is_true else (second, first)
    return Claim(left, x.conv(gate).sigmoid().multiply(x.conv(value).tanh()))


def maxout(of_neighbours: bool = False) -> Claim:
    """The larger one of two layers, or the maximum along a new axis, of blocks or of neighbours."""
    first, second = Tensor("a", (O, C, 3, 3)), Tensor("b", (O, C, 3, 3))
    both = x.conv(first), x.conv(second)
    blocks = concatenate([one.rearrange("o h w -> 1 o h w") for one in both])
    if of_neighbours:
        blocks = concatenate(both).rearrange("(o k) h w -> k o h w", k=2)
    return Claim(maximum(*both), blocks.max(axis=0))


def pyramid(last: int = 13) -> Claim:
    """Spatial pyramid pooling: pools of 5, 9 and 13, or one after the other of 5."""

    def pool(y: SignalExpr, size: int) -> SignalExpr:
        return y.max_pool((size, size), stride=1, padding=size // 2)

    once = pool(x, 5)
    twice = pool(once, 5)
    in_turn = concatenate([x, once, twice, pool(twice, 5)])
    return Claim(concatenate([x, pool(x, 5), pool(x, 9), pool(x, last)]), in_turn)


def stem(is_true: bool = True) -> Claim:
    """A layer, ReLU and max pool; on the right the pool comes before ReLU, after zeros or not."""
    weight, bias = Tensor("w", (O, C, 7, 7)), Signal("b", O)
    begun = x.conv(weight, bias, stride=2, padding=3)
    left = begun.relu().max_pool((3, 3), stride=2, padding=1)
    if is_true:
        return Claim(left, begun.max_pool((3, 3), stride=2, padding=1).relu())
    return Claim(
        begun.max_pool((3, 3), stride=2, padding=1),
        begun.pad(1, 1, axis=(1, 2)).max_pool((3, 3), stride=2),
    )


def _mobile(function: Callable[[SignalExpr], SignalExpr], scale: Fraction = Fraction(1)) -> Claim:
    """A depthwise and a pointwise layer, or one whose kernel is their product."""
    depthwise, pointwise = Tensor("d", (C, 1, 3, 3)), Tensor("v", (O, C, 1, 1))
    left = function(x.conv(depthwise, padding=1, groups=C).conv(pointwise))
    kernel = einsum("oc,cij->ocij", pointwise[:, :, 0, 0], depthwise[:, 0])
    return Claim(left, function(scale * x.conv(kernel, padding=1)))


TRUE: dict[str, Callable[[], Claim]] = {
    "chain of 3 layers": lambda: chain(3),
    "chain of 3 layers of equally many channels": lambda: chain(3, C),
    "residual chain": lambda: residual_chain(4),
    "squeeze and excite": squeeze_and_excite,
    "dense block": lambda: dense_block(3),
    "inception": inception,
    "shuffle of 2 groups": shuffled,
    "shuffle of 3 groups": lambda: shuffled(3),
    "gate": gated,
    "maxout": maxout,
    "spatial pyramid": pyramid,
    "stem": stem,
    "separable layer, hardswish": lambda: _mobile(lambda y: y.hardswish()),
    "separable layer, SiLU": lambda: _mobile(lambda y: y.silu()),
    "separable layer, GELU": lambda: _mobile(lambda y: y.gelu()),
    "separable layer, any function": lambda: _mobile(f),
}
"""Claims that hold for all sizes."""

FALSE: dict[str, Callable[[], Claim]] = {
    "chain without a ReLU": lambda: chain(3, C, wrong_at=1),
    "gated twice": lambda: squeeze_and_excite(True),
    "dense block without a ReLU": lambda: dense_block(2, True),
    "inception, padded with zeros": lambda: inception(True),
    "kernels shuffled the wrong way": lambda: shuffled(3, True),
    "value and gate exchanged": lambda: gated(False),
    "maxout of neighbours": lambda: maxout(True),
    "too small a pyramid": lambda: pyramid(11),
    "max pool of zeros": lambda: stem(False),
    "separable layer, scaled": lambda: _mobile(lambda y: y.hardswish(), Fraction(2)),
    "separable layer, any function, scaled": lambda: _mobile(f, Fraction(2)),
}
"""Claims that do not."""

"""True theorems of every kind, to be proved, certified and mutated."""

from __future__ import annotations

from fractions import Fraction

from sympy import (
    And,
    Eq,
    Equivalent,
    Integer,
    Max,
    Min,
    Mod,
    Not,
    Or,
    ceiling,
    floor,
    symbols,
)

from symconv import Claim, Signal

n, c, d, e = symbols("n c d e", integer=True, positive=True)
l, r, p, q = symbols("l r p q", integer=True, nonnegative=True)
t = symbols("t", integer=True)
u, i, j = symbols("u i j", integer=True)

x, k, h, g = Signal("x", n), Signal("k", c), Signal("h", d), Signal("g", e)
x_or_none = Signal("x", p)
padded = x.pad(l, r)


def composition(first: int, second: int) -> Claim:
    return Claim(
        padded.correlate(k, stride=first).correlate(h, stride=second),
        padded.correlate(k.convolve(h.dilate(first)), stride=first * second),
    )


THEOREMS: dict[str, Claim] = {
    "two layers, one kernel": Claim(
        padded.correlate(k, stride=2).correlate(k, stride=2),
        padded.correlate(k.convolve(k.dilate(2)), stride=4),
    ),
    **{f"two layers, strides {s} and {z}": composition(s, z) for s, z in [(2, 2), (1, 3), (3, 2)]},
    "two layers, output size": Claim(
        Eq(padded.correlate(k, stride=2).correlate(k, stride=2).length, n / 4),
        And(3 * c - 6 <= l + r, l + r <= 3 * c - 3),
        given=[Eq(Mod(n, 4), 0)],
    ),
    "dilated layers": Claim(
        x.correlate(k, stride=2, dilation=3).correlate(h, dilation=2),
        x.correlate(k.dilate(3).convolve(h.dilate(4)), stride=2),
    ),
    "dilated layer": Claim(
        padded.correlate(k, stride=2, dilation=3), padded.correlate(k.dilate(3), stride=2)
    ),
    "three layers, one kernel": Claim(
        x.correlate(k, stride=2).correlate(k, stride=2).correlate(k, stride=2),
        x.correlate(k.convolve(k.dilate(2)).convolve(k.dilate(4)), stride=8),
    ),
    "three layers, three kernels": Claim(
        x.correlate(k, stride=2).correlate(h).correlate(g, stride=3),
        x.correlate(k.convolve(h.dilate(2)).convolve(g.dilate(2)), stride=6),
    ),
    "flipped kernels": Claim(
        k.convolve(k.dilate(2)).flip(), k.flip().convolve(k.flip().dilate(2))
    ),
    "noble identity, downsampling": Claim(
        x_or_none.downsample(2).convolve(k), x_or_none.convolve(k.dilate(2)).downsample(2)
    ),
    "noble identity, upsampling": Claim(
        x_or_none.convolve(k).dilate(3), x_or_none.dilate(3).convolve(k.dilate(3))
    ),
    "convolution, commutative": Claim(x_or_none.convolve(k), k.convolve(x_or_none)),
    "convolution, associative": Claim(x.convolve(k).convolve(h), x.convolve(k.convolve(h))),
    "convolution, associative with equal names": Claim(
        k.convolve(k.dilate(2)).convolve(k), k.convolve(k).convolve(k.dilate(2))
    ),
    "flip of a padding": Claim(x_or_none.pad(l, 2 * r).flip(), x_or_none.flip().pad(2 * r, l)),
    "flip of a dilation": Claim(x_or_none.dilate(2).flip(), x_or_none.flip().dilate(2)),
    "flip of a layer": Claim(
        x.correlate(k, dilation=2).flip(), x.flip().correlate(k.flip(), dilation=2)
    ),
    "layer as convolution": Claim(
        padded.correlate(k, stride=2),
        padded.convolve(k.flip()).pad(1 - c, 1 - c).downsample(2),
    ),
    "pads compose": Claim(x_or_none.pad(l, 1).pad(t, r), x_or_none.pad(l + t, r + 1)),
    "crops compose": Claim(
        x_or_none.pad(-l, -1).pad(-r, -2), x_or_none.pad(-l - r, -3), given=[p >= l + r + 3]
    ),
    "crop undoes padding": Claim(x.pad(l, r).pad(-l, -r), x),
    "crop of a dilation": Claim(
        x.dilate(2).pad(-2 * l, 0), x.pad(-l, 0).dilate(2), given=[n > l]
    ),
    "downsampling undoes dilation": Claim(x_or_none.dilate(3).downsample(3), x_or_none),
    "downsamplings compose": Claim(
        x_or_none.downsample(2).downsample(3), x_or_none.downsample(6)
    ),
    "flip of a downsampling": Claim(
        x.downsample(2).flip(), x.flip().downsample(2), given=[Eq(Mod(n, 2), 1)]
    ),
    "sums": Claim(
        (x + 2 * x.flip()).correlate(k, stride=2),
        x.correlate(k, stride=2) + x.flip().correlate(k, stride=2) * 2,
    ),
    "multiples": Claim(
        (Fraction(3, 2) * x).convolve(Fraction(-2, 3) * k), x.convolve(k.flip().flip()) * -1
    ),
    "square of a sum": Claim(
        (k + k.flip()).convolve(k + k.flip()),
        k.convolve(k) + 2 * k.convolve(k.flip()) + k.flip().convolve(k.flip()),
    ),
    "sum of a kernel and its flip": Claim(
        padded.correlate(k + k.flip()), padded.correlate(k.flip()) + padded.correlate(k)
    ),
    "padding between layers": Claim(
        x.pad(p, p).correlate(k).pad(q, q).correlate(h),
        x.pad(p + q, p + q).correlate(k.convolve(h)),
        given=[Or(Eq(q, 0), And(Eq(p + 1, c), Eq(1, c)))],
    ),
    "padding between layers, one tap": Claim(
        x.correlate(k, stride=2).pad(l, r).correlate(h, stride=2),
        x.pad(2 * l, 2 * r).correlate(k.convolve(h.dilate(2)), stride=4),
        given=[Eq(c, 1), Eq(Mod(n, 2), 1)],
    ),
    "length of a dilated kernel": Claim(k.convolve(k.dilate(2)).length, 3 * c - 2),
    "length of a layer": Claim(
        padded.correlate(k, stride=3).length, Max(0, floor((n + l + r - c) / 3) + 1)
    ),
    "ceiling as floor": Claim(ceiling(t / Integer(3)), floor((t + 2) / Integer(3))),
    "Mod as floor": Claim(Mod(t, 5), t - 5 * floor(t / Integer(5))),
    "nested floors": Claim(floor((floor(t / 2) + p) / 3), floor((t + 2 * p) / 6)),
    "Max and Min": Claim(Max(t, p) + Min(t, p), t + p),
    "halves of an even number": Claim(n / 2, floor((n + 1) / 2), given=[Eq(Mod(n, 2), 0)]),
    "half and half": Claim(floor(t / 2) + ceiling(t / 2) + 1, t + 1),
    "same padding": Claim(
        x.pad(floor(c / 2), floor(c / 2)).correlate(k).length - 1, n - 1, given=[Eq(Mod(c, 2), 1)]
    ),
    "condition on a remainder": Claim(
        Or(Eq(Mod(t, 4), 0), Eq(Mod(t, 4), 2)), Eq(Mod(t, 2), 0)
    ),
    "condition on a length": Claim(
        Eq(x.correlate(k).length, 0), Not(n >= c), given=[Or(n > 2, c > 2)]
    ),
    "condition both ways": Claim(
        Equivalent(p <= q, 2 * p <= 2 * q + 1), Max(p, q) >= Min(p, q)
    ),
}  # fmt: skip

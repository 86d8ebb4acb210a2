"""Claims about layers of several axes, true and false, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable

from sympy import And, Eq, Piecewise

from symconv import Claim, Signal, SignalExpr, Tensor, concatenate, einsum, integers

__all__ = ["FALSE", "TRUE", "after", "grouped_after"]

N, C, M, O, H, W, D, G, Q, P = integers("N C M O H W D G Q P", positive=True)
K, L, R, S = integers("K L R S", positive=True)
p, q = integers("p q", nonnegative=True)


def after(second: SignalExpr, first: SignalExpr, stride: int = 1) -> SignalExpr:
    """The kernel of one layer after another, of which the first has a stride."""
    axes = range(2, first.ndim)
    spread = second.dilate(stride, axis=tuple(axes))
    names = " ".join(f"k{axis}" for axis in axes)
    rows = first.rearrange(f"m c {names} -> c m {names}")
    for axis in axes:
        beyond = stride * (second.shape[axis] - 1)
        rows = rows.pad(beyond, beyond, axis=axis)
    return rows.conv(spread.flip(axis=tuple(axes))).rearrange(f"c o {names} -> o c {names}")


def grouped_after(second: SignalExpr, first: SignalExpr, groups: object) -> SignalExpr:
    """The kernel of one 3×3 layer after another, group by group."""
    a = first.rearrange("(g m) c k l -> g c m k l", g=groups)
    b = second.flip(axis=(2, 3)).rearrange("(g o) m k l -> g o m k l", g=groups)
    windows = a.pad(2, 2, axis=(3, 4)).windows(3, axis=3).windows(3, axis=4)
    return einsum("gcmklij,gomij->gockl", windows, b).rearrange("g o c k l -> (g o) c k l")


x = Tensor("x", (N, C, H, W))
y = Tensor("y", (N, M, H, W))
w = Tensor("w", (O, C, 3, 3))
k = Signal("k", 3)


def _two_layers(padding_between: bool = False) -> Claim:
    a, b = Tensor("a", (M, C, K, L)), Tensor("b", (O, M, R, S))
    first = x.conv(a, stride=2, padding=(p, q))
    second = first.conv(b, stride=2, padding=1 if padding_between else 0)
    outer = (p + 2, q + 2) if padding_between else (p, q)
    return Claim(second, x.conv(after(b, a, 2), stride=4, padding=outer))


def _three_dimensions() -> Claim:
    volume = Tensor("x", (N, C, D, H, W))
    a, b = Tensor("a", (M, C, 3, K, L)), Tensor("b", (O, M, 3, R, S))
    two = volume.conv(a, stride=2, padding=p).conv(b, stride=2)
    return Claim(two, volume.conv(after(b, a, 2), stride=4, padding=p))


def _grouped(groups: object = G) -> Claim:
    image = Tensor("x", (N, groups * Q, H, W))
    a, b = Tensor("a", (groups * M, Q, 3, 3)), Tensor("b", (groups * O, M, 3, 3))
    two = image.conv(a, groups=groups, padding=p).conv(b, groups=groups)
    return Claim(two, image.conv(grouped_after(b, a, groups), groups=groups, padding=p))


def _repvgg(padding: int = 1) -> Claim:
    w3, w1 = Tensor("w3", (C, C, 3, 3)), Tensor("w1", (C, C, 1, 1))
    o, c, i, j = integers("o c i j")
    unit = Piecewise((1, And(Eq(o, c), Eq(i, 1), Eq(j, 1))), (0, True))
    identity = Tensor.from_formula((o, c, i, j), unit, shape=(C, C, 3, 3))
    merged = w3 + w1.pad(padding, 2 - padding, axis=(2, 3)) + identity
    return Claim(x.conv(w3, padding=1) + x.conv(w1) + x, x.conv(merged, padding=1))


def _batch_norm_behind() -> Claim:
    b, mean, r, g, beta = (Signal(name, O) for name in ("b", "mean", "r", "g", "beta"))
    scale = g.multiply(r)
    folded = w.multiply(scale.rearrange("o -> o 1 1 1"))
    bias = (b - mean).multiply(scale) + beta
    return Claim(
        x.conv(w, b, padding=1).batch_norm(mean, r, g, beta), x.conv(folded, bias, padding=1)
    )


def _batch_norm_before(padding: int) -> Claim:
    mean, r, g, beta = (Signal(name, C) for name in ("mean", "r", "g", "beta"))
    scale = g.multiply(r)
    folded = w.multiply(scale.rearrange("c -> 1 c 1 1"))
    bias = einsum("ockl,c->o", w, beta - mean.multiply(scale))
    normal = x.batch_norm(mean, r, g, beta)
    return Claim(normal.conv(w, padding=padding), x.conv(folded, bias, padding=padding))


def _separable(stride: int = 1) -> Claim:
    a, b = Tensor("a", (M, C, 1, 3)), Tensor("b", (O, M, 3, 1))
    both = einsum("mcl,omk->ockl", a[:, :, 0], b[:, :, :, 0])
    two = x.conv(a, padding=(0, 1), stride=(1, 2)).conv(b, padding=(1, 0), stride=(stride, 1))
    return Claim(two, x.conv(both, padding=1, stride=(2, 2)))


def _patches(size: object) -> Claim:
    image = Tensor("x", (N, C, size * H, size * W))
    kernel = Tensor("w", (O, C, size, size))
    columns = image.rearrange("n c (h a) (w b) -> n h w (c a b)", a=size, b=size)
    matrix = kernel.rearrange("o c a b -> o (c a b)")
    rows = columns.linear(matrix).rearrange("n h w o -> n o h w")
    return Claim(image.conv(kernel, stride=size), rows)


def _columns() -> Claim:
    matrix = w.rearrange("o c a b -> o (c a b)")
    rows = x.conv(w, padding=1).rearrange("n o h w -> n o (h w)")
    return Claim(rows, einsum("ok,nkl->nol", matrix, x.unfold(3, padding=1)))


def _transposed(flipped: bool = True) -> Claim:
    kernel = Tensor("w", (C, O, 3, 3))
    taps = kernel.flip(axis=(2, 3)) if flipped else kernel
    spread = x.dilate(2, axis=(2, 3)).pad(1, 2, axis=(2, 3))
    layer = x.conv_transpose(kernel, stride=2, padding=1, output_padding=1)
    return Claim(layer, spread.conv(taps.rearrange("c o k l -> o c k l")))


def _shuffled_is_folded() -> Claim:
    image = Tensor("x", (N, 4 * C, H, W))
    columns = image.rearrange("n c h w -> n c (h w)")
    return Claim(image.pixel_shuffle(2), columns.fold((2 * H, 2 * W), 2, stride=2))


def _concatenated(second: SignalExpr = y) -> Claim:
    v = Tensor("v", (O, M, 3, 3))
    joined = concatenate([x, second], axis=1).conv(concatenate([w, v], axis=1), padding=1)
    return Claim(joined, x.conv(w, padding=1) + y.conv(v, padding=1))


def _two_groups(swapped: bool = False) -> Claim:
    z, v = Tensor("z", (N, C, H, W)), Tensor("v", (O, C, 3, 3))
    apart = [x.conv(w, padding=1), z.conv(v, padding=1)]
    joined = concatenate([x, z], axis=1)
    kernel = concatenate([v, w] if swapped else [w, v], axis=0)
    return Claim(joined.conv(kernel, padding=1, groups=2), concatenate(apart, axis=1))


def _depthwise() -> Claim:
    depth, point = Tensor("d", (C, 1, 3, 3)), Tensor("v", (O, C, 1, 1))
    both = einsum("ckl,oc->ockl", depth[:, 0], point[:, :, 0, 0])
    return Claim(x.conv(depth, groups=C, padding=1).conv(point), x.conv(both, padding=1))


def _blurred(padding: int = 0) -> Claim:
    def blurred(image: SignalExpr) -> SignalExpr:
        padded = image.pad(padding, padding, axis=(2, 3))
        return padded.correlate(k, axis=2).correlate(k, axis=3)

    before = blurred(x).conv(w, stride=2, padding=padding)
    return Claim(blurred(x.conv(w, padding=padding)).downsample(2, axis=(2, 3)), before)


TRUE: dict[str, Callable[[], Claim]] = {
    "two layers, all of it symbolic": _two_layers,
    "two layers in three dimensions": _three_dimensions,
    "two grouped layers": _grouped,
    "two layers of two groups": lambda: _grouped(2),
    "three branches": _repvgg,
    "batch norm behind a layer": _batch_norm_behind,
    "batch norm before a layer": lambda: _batch_norm_before(0),
    "1×3 and then 3×1": lambda: _separable(2),
    "pixel shuffle and back": lambda: Claim(
        (image := Tensor("x", (N, C * P * P, H, W))).pixel_shuffle(P).pixel_unshuffle(P), image
    ),
    "a pointwise layer is linear": lambda: Claim(
        x.conv(v := Tensor("v", (O, C, 1, 1))),
        x.rearrange("n c h w -> n h w c").linear(v[:, :, 0, 0]).rearrange("n h w c -> n c h w"),
    ),
    "patches": lambda: _patches(4),
    "patches of symbolic size": lambda: _patches(P),
    "im2col": _columns,
    "a transposed layer": _transposed,
    "a pixel shuffle folds": _shuffled_is_folded,
    "concatenated channels": _concatenated,
    "two groups": _two_groups,
    "depthwise and pointwise": _depthwise,
    "average pools": lambda: Claim(x.avg_pool((2, 2)).avg_pool((2, 2)), x.avg_pool((4, 4))),
    "boxes along two axes": lambda: Claim(
        x.correlate(Signal.ones(K), axis=2)
        .correlate(Signal.ones(L), axis=2)
        .correlate(Signal.ones(R), axis=3)
        .correlate(Signal.ones(S), axis=3),
        x.correlate(Signal.ones(S), axis=3)
        .correlate(Signal.ones(R), axis=3)
        .correlate(Signal.ones(L), axis=2)
        .correlate(Signal.ones(K), axis=2),
    ),
    "average pools change places": lambda: Claim(
        x.avg_pool((3, 2), stride=1).avg_pool((2, 3), stride=1),
        x.avg_pool((2, 3), stride=1).avg_pool((3, 2), stride=1),
    ),
    "upsampling and pooling": lambda: Claim(x.upsample((2, 2)).avg_pool((2, 2)), x),
    "a dilated kernel": lambda: Claim(x.conv(w, dilation=2), x.conv(w.dilate(2, axis=(2, 3)))),
    "blur and layer": _blurred,
    "a layer is linear": lambda: Claim(
        (x + (z := Tensor("z", (N, C, H, W)))).conv(w), x.conv(w) + z.conv(w)
    ),
    "stride and downsampling": lambda: Claim(x.conv(w, stride=(2, 3)), x.conv(w)[:, :, ::2, ::3]),
    "one dimension as two": lambda: Claim(
        (z := Tensor("z", (C, W))).conv(v := Tensor("v", (O, C, K)), stride=P, padding=p),
        z.rearrange("c w -> c 1 w").conv(
            v.rearrange("o c k -> o c 1 k"), stride=(1, P), padding=(0, p)
        )[:, 0],
    ),
    "an image turned": lambda: Claim(
        x.conv(w).flip(axis=(2, 3)), x.flip(axis=(2, 3)).conv(w.flip(axis=(2, 3)))
    ),
    "channels in another order": lambda: Claim(x.flip(axis=1).conv(w.flip(axis=1)), x.conv(w)),
    "the sum of all": lambda: Claim(x.sum(), x.sum(axis=(0, 2)).sum()),
}
"""Claims that hold for all sizes."""

FALSE: dict[str, tuple[Callable[[], Claim], str]] = {
    "padding between layers": (
        lambda: Claim(
            x.conv(a := Tensor("a", (M, C, 3, 3)), padding=1).conv(
                b := Tensor("b", (O, M, 3, 3)), padding=1
            ),
            x.conv(after(b, a), padding=2),
        ),
        "Only the outputs at the border differ, ",
    ),
    "kernels added at the corner": (lambda: _repvgg(0), "Every output differs"),
    "batch norm before a padded layer": (
        lambda: _batch_norm_before(1),
        "Only the outputs at the border differ, ",
    ),
    "a stride forgotten": (lambda: _separable(1), "shape"),
    "a flip forgotten": (lambda: _transposed(False), "differ"),
    "groups in the wrong order": (lambda: _two_groups(True), "differ"),
    "blur and layer, padded": (lambda: _blurred(1), "differ"),
    "an axis mixed up": (lambda: Claim(x.flip(axis=2), x.flip(axis=3)), "differ"),
    "a slice too long": (lambda: Claim(x[:, :, 1:], x[:, :, :-1]), "differ"),
    "a transposed kernel": (
        lambda: Claim(x.conv(w), x.conv(w.rearrange("o c k l -> o c l k"))),
        "Every output differs",
    ),
    "upsampling with stride": (
        lambda: Claim(x.upsample((2, 2)), x.dilate(2, axis=(2, 3)).pad(0, 1, axis=(2, 3))),
        "differ",
    ),
}
"""Claims that do not, and what is said of it."""

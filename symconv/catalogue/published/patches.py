"""Published statements about patches: as channels, as columns, and folded again."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add

from sympy import And, Eq, Expr, Integer, Mod, Piecewise, Sum, Symbol, ceiling, floor

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import (
    Published,
    c,
    fails,
    holds,
    i,
    j,
    k,
    l,
    m,
    n,
    p,
    published,
    q,
    s,
    u,
    x,
)
from symconv.catalogue.published.tensors import (
    A,
    C,
    G,
    H,
    J,
    K,
    N,
    O,
    W,
    image,
    large,
    v,
)
from symconv.catalogue.theorems import Theorem
from symconv.language.signals import Signal, SignalExpr, Tensor

__all__ = ["PATCHES"]


def _rearranged(size: int) -> SignalExpr:
    """Each phase of the input times its tap, the products added."""
    kernel = Signal("k", size)
    products = (
        phase.correlate(kernel.pad(-tap, tap + 1 - size))
        for tap, phase in enumerate(x.phases(size))
    )
    return reduce(add, products)


def _phases_as_channels(size: int) -> Theorem:
    return holds(
        f"phases_of_{size}_and_linear_map_eq_layer",
        _rearranged(size),
        x.correlate(Signal("k", size), stride=size),
        f"The {size} phases as channels and a linear map are the layer with {size} taps and stride "
        f"{size}.",
        "Entry u of phase j is x[Pu + j].",
        given=[Eq(Mod(n, size), 0)],
    )


P = integers("P", positive=True)
_tiled, _square = Tensor("x", (N, C, P * H, P * W)), Tensor("k", (O, C, P, P))
_with_rest = Tensor("x", (N, C, P * H + p, P * W + q))
_halved, _quarters = Tensor("x", (N, C, 2 * H, 2 * W)), Tensor("k", (O, C, 2, 2))
_block = Tensor("k", (O, C, A, K, J))
_blocks, _volume = Tensor("x", (N, C, A * G, K * H, J * W)), Tensor("x", (N, C, A, K, J))


def _by_patches(pixels: SignalExpr) -> SignalExpr:
    """Each patch as a column, a linear layer, and the columns as an image again."""
    columns = pixels.rearrange("n c (h a) (w b) -> n h w (c a b)", a=P, b=P)
    matrix = _square.rearrange("o c a b -> o (c a b)")
    return columns.linear(matrix, large).rearrange("n h w o -> n o h w")


_PATCHES = published(
    "patches_and_linear_map_as_strided_layer",
    "Rearranging patches of P entries into channels and a linear map is a layer with P taps and "
    "stride P.",
    source="https://github.com/LabSAINT/SPD-Conv/issues/5, "
    "https://github.com/microsoft/GLIP/issues/40, "
    "https://github.com/lucidrains/vit-pytorch/issues/236, "
    "https://github.com/sgl-project/sglang-omni/pull/132",
    verdict="true",
    condition="where P divides n; otherwise the layer drops the last n mod P entries",
    theorems=(
        holds(
            "linear_map_of_patches_eq_layer",
            Signal.from_formula(u, Sum(k[j] * x[c * u + j], (j, 0, c - 1)), length=floor(n / c)),
            x.correlate(k, stride=c),
            "A linear map of each whole patch of c entries is the layer with c taps and stride c.",
            "Output u is the sum of k[j]·x[cu + j].",
        ),
        holds(
            "layer_on_patches_drops_what_is_left",
            x.correlate(k, stride=c),
            x.pad(0, -Mod(n, c)).correlate(k, stride=c),
            "The layer never reads the last n mod c entries.",
            "The last window ends at c⌊n/c⌋.",
        ),
        *(_phases_as_channels(size) for size in (2, 3, 4)),
        *(
            fails(
                f"layer_has_an_output_for_every_patch_of_{size}",
                x.correlate(Signal("k", size), stride=size).length,
                ceiling(n / size),
                f"The layer has an output for every patch of {size}, the last one in part.",
                "A window that does not fit has no output.",
                at={"n": 1},
                condition=Eq(Mod(n, size), 0),
            )
            for size in (2, 3)
        ),
        holds(
            "linear_map_of_square_patches_eq_layer",
            _tiled.conv(_square, large, stride=P),
            _by_patches(_tiled),
            "Over channels and along two axes, patches of P×P as columns and a linear layer are "
            "the layer with P×P taps and stride P.",
            "Each patch is one window.",
        ),
        holds(
            "layer_on_square_patches_drops_what_is_left",
            _with_rest.conv(_square, large, stride=P),
            _by_patches(_with_rest.pad(0, -p, axis=2).pad(0, -q, axis=3)),
            "The layer drops the p rows and q columns that are left over.",
            "No whole window reads them.",
            given=[p < P, q < P],
        ),
        holds(
            "space_to_depth_and_pointwise_layer_eq_layer",
            _halved.rearrange("n c (h a) (w b) -> n (a b c) h w", a=2, b=2).conv(
                _quarters.rearrange("o c a b -> o (a b c) 1 1")
            ),
            _halved.conv(_quarters, stride=2),
            "Space to depth by 2 and a 1×1 layer are the 2×2 layer of stride 2, with the kernel "
            "in the order of the channels.",
            "Each entry of a patch is a channel.",
        ),
        holds(
            "linear_map_of_blocks_of_a_volume_eq_layer",
            _blocks.conv(_block, stride=(A, K, J)),
            _blocks.rearrange("n c (d i) (h j) (w k) -> n d h w (c i j k)", i=A, j=K, k=J)
            .linear(_block.rearrange("o c i j k -> o (c i j k)"))
            .rearrange("n d h w o -> n o d h w"),
            "In three dimensions so it is for blocks of any size.",
            "Each block is one window.",
        ),
        holds(
            "layer_as_large_as_the_volume_eq_linear_layer",
            _volume.conv(_block, stride=(A, K, J))[:, :, 0, 0, 0],
            _volume.rearrange("n c i j k -> n (c i j k)").linear(
                _block.rearrange("o c i j k -> o (c i j k)")
            ),
            "A layer whose kernel and strides are as large as its input is a linear layer on all "
            "of it as a column.",
            "There is one window.",
        ),
    ),
)

i_wide, j_wide = integers("a b")


def _folded(
    values: Callable[[Expr], Expr], size: int | Symbol, stride: int | Symbol, padding: Symbol
) -> SignalExpr:
    """The sum over all windows of the entries values(v), each put back where it was taken."""
    windows = floor((n + 2 * padding - size) / stride) + 1
    here = Piecewise((values(u), Eq(stride * i + j - padding, u)))
    return Signal.from_formula(u, Sum(Sum(here, (j, 0, size - 1)), (i, 0, windows - 1)), length=n)


def _entry(v: Expr) -> Expr:
    return x[v]


def _one(_: Expr) -> Expr:
    return Integer(1)


_with_left_over = Signal("x", c * m + q)
_put_back = Piecewise((_with_left_over[u], Eq(c * i + j, u)))
_folded_whole = Signal.from_formula(
    u, Sum(Sum(_put_back, (j, 0, c - 1)), (i, 0, m - 1)), length=c * m + q
)
_plane = Tensor("x", (H, W))


def _folded_plane(value: Expr) -> SignalExpr:
    """The same along two axes, for c×c windows of stride s padded by l."""
    tall, wide = (floor((size + 2 * l - c) / s) + 1 for size in (H, W))
    here = Piecewise((value, And(Eq(s * i + j - l, u), Eq(s * i_wide + j_wide - l, v))))
    rows = Sum(Sum(here, (j, 0, c - 1)), (i, 0, tall - 1))
    total = Sum(Sum(rows, (j_wide, 0, c - 1)), (i_wide, 0, wide - 1))
    return Tensor.from_formula((u, v), total, shape=(H, W))


_FOLD = published(
    "folding_after_unfolding",
    "Folding what was unfolded multiplies each entry by the number of windows that hold it, "
    "fold(unfold(x)) = fold(unfold(1))·x; without overlap (c = s) it gives x back.",
    source="https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html, "
    "https://blog.csdn.net/weixin_39916966/article/details/132446282",
    verdict="conditional",
    condition="the first always; the second iff (n + 2p) mod c ≤ p: so many entries of the "
    "padded input are lost at its end, of which p are padding",
    theorems=(
        holds(
            "folding_counts_the_windows",
            _folded(_entry, c, s, l),
            _folded(_one, c, s, l).multiply(x),
            "Each entry is multiplied by the number of windows that hold it.",
            "Every window that holds x[v] puts it back at v.",
        ),
        *(
            fails(
                f"folding_windows_of_{size}_without_overlap_gives_the_input_back",
                _folded(_entry, size, size, p),
                x,
                f"Windows of {size} with stride {size}: folding gives the input back.",
                "Entries that no window holds are lost: what is left over on the right, unless "
                "that is padding.",
                at={"n": 1, "p": 0},
                condition=Mod(n + 2 * p, size) <= p,
            )
            for size in (2, 3)
        ),
        holds(
            "folding_windows_without_overlap_gives_the_input_back",
            _folded(_entry, c, c, l),
            x,
            "Without overlap, folding gives the input back if what is left over is padding.",
            "Every entry is in one window.",
            given=[Mod(n + 2 * l, c) <= l],
        ),
        holds(
            "folding_without_overlap_loses_what_no_window_holds",
            _folded_whole,
            _with_left_over.pad(0, -q).pad(0, q),
            "Without overlap and padding, m windows of cm + q entries give all but the last q of "
            "them back.",
            "Each other entry is in one window.",
        ),
        holds(
            "folding_counts_the_windows_along_two_axes",
            _folded_plane(_plane[u, v]),
            _folded_plane(Integer(1)).multiply(_plane),
            "So it is along two axes.",
            "Every window that holds x[u, v] puts it back there.",
        ),
        *(
            fails(
                f"folding_square_windows_of_{size}_without_overlap_gives_the_image_back",
                image.unfold(size, stride=size, padding=p).fold(
                    (H, W), size, stride=size, padding=p
                ),
                image,
                f"Windows of {size}×{size} with stride {size}: folding gives the image back.",
                "Rows and columns that no window holds are lost.",
                at=dict.fromkeys("CHNW", 1) | {"p": 0},
                condition=And(Mod(H + 2 * p, size) <= p, Mod(W + 2 * p, size) <= p),
            )
            for size in (2, 3)
        ),
    ),
)


PATCHES: tuple[Published, ...] = (_PATCHES, _FOLD)

"""Random tensors: operators and layers one after the other, of sizes with a few symbols."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from tests.generators.sizes import ONE, ZERO, Size, Whole
from tests.generators.tensor_terms import (
    FULL,
    LETTERS,
    NEW,
    added,
    contracted,
    entry,
    flip,
    joined,
    pad,
    part,
    part_along,
    permuted,
    plain_conv,
    ranged,
    rearranged,
    scaled,
    times,
)
from tests.generators.tensors import (
    AvgPool,
    BatchNorm,
    Conv,
    Convolve,
    ConvTranspose,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Expand,
    IllTypedError,
    Index,
    Linear,
    Mean,
    Named,
    Node,
    PadSame,
    PixelShuffle,
    PixelUnshuffle,
    Roll,
    Shape,
    Slice,
    Sum,
    Unfold,
    Upsample,
    Windows,
    sizes,
)

__all__ = ["CONV_MODES", "MODES", "Change", "Maker"]

Change = Callable[[], Node]

MODES = ("reflect", "symmetric", "replicate", "circular")
CONV_MODES = ("reflect", "replicate", "circular")


class Maker:
    """Random tensors, whose sizes are numbers and a few symbols.

    What it makes depends on what it was given by `rng` alone, so that a program can be run again.
    """

    def __init__(self, rng: random.Random, symbols: Sequence[str]) -> None:
        self.rng = rng
        self.symbols = symbols
        self.known: dict[str, Node] = {}
        self.last = 0

    def size(self, *choices: Whole) -> Size:
        """One of the choices whose symbols are among those of the claim."""
        fitting = [s for s in map(Size.of, choices) if s.names <= set(self.symbols)]
        symbolic = [s for s in fitting if s.names]
        return self.rng.choice(symbolic if symbolic and self.rng.random() < 0.5 else fitting)

    def channels(self) -> Size:
        c = Size.of("C")
        return self.size(c, c, c, c * 2, c * 4, 2, 3, 4, 1)

    def outputs(self) -> Size:
        return self.size("O", "O", "D", "C", 2, 3, 1, 4)

    def height(self) -> Size:
        h = Size.of("H")
        return self.size(h, h, h, h * 2, h + 1, 3, 4, 5)

    def width(self) -> Size:
        w = Size.of("W")
        return self.size(w, w, "L", w * 2, "H", 3, 4, 2)

    def kernel(self) -> Size:
        return self.size(1, 2, 3, 2, 3, "K", "K")

    def factor(self) -> Size:
        return self.size(1, 2, 2, 3, "s", "r") if self.rng.random() < 0.8 else ONE

    def amount(self) -> Size:
        p, t = Size.of("p"), Size.of("t")
        return self.size(0, 1, 1, 2, -1, -2, "p", "q", t, -p, p + 1, p - 1)

    def small(self) -> Size:
        return self.size(0, 1, 1, 2, "p", "q")

    def named(self, name: str, shape: Shape) -> Node:
        """A named tensor; now and then one of the same shape that there is already."""
        same = [node for node in self.known.values() if node.shape == shape]
        if same and self.rng.random() < 0.4:
            return self.rng.choice(same)
        while name in self.known:
            self.last += 1
            name = f"{name.rstrip('0123456789')}{self.last}"
        self.known[name] = Node(Named(name, shape))
        return self.known[name]

    def source(self) -> Node:
        rng = self.rng
        c, h, w = self.channels(), self.height(), self.width()
        n = self.size("N", "N", 2, 1)
        shapes: list[Shape] = [
            (c, h, w),
            (c, h, w),
            (n, c, h, w),
            (n, c, h),
            (c, h),
            (c, h),
            (h, w),
            (h,),
            (n, c),
        ]
        x = self.named("x", rng.choice(shapes))
        return self.repeated(x) if rng.random() < 0.2 and x.rank < 4 else x

    def repeated(self, x: Node) -> Node:
        """The same along a new axis, wherever that is put: what is outside has to be told there."""
        rng = self.rng
        count = self.size(2, 3, "C", "D", "N")
        if rng.random() < 0.5:
            letters = list(LETTERS[: x.rank])
            letters.insert(rng.randint(0, x.rank), "z")
            return rearranged(x, f"{' '.join(LETTERS[: x.rank])} -> {' '.join(letters)}", z=count)
        where = rng.randint(0, x.rank)
        shape = (*x.shape[:where], count, *x.shape[where:])
        unit = part_along(x, where, NEW) if where < x.rank else part(x, *[FULL] * x.rank, NEW)
        if rng.random() < 0.5:
            return unit.apply(Expand(shape))
        _check_plain(shape)
        return added(self.named("y", shape), unit)

    def expression(self, source: Node, depth: int) -> Node:
        """Some operators on a tensor."""
        node = source
        for _ in range(depth):
            for _ in range(20):
                with suppress(IllTypedError, IndexError):
                    node = self.rng.choice(self.makes(node, source))()
                    break
        return node

    def network(self, source: Node) -> Node:
        """Layers as they are put together: one after the other, side by side, around others."""
        rng = self.rng
        counts = [count for count in (1, 2) if source.rank in (count + 1, count + 2)]
        if not counts:
            raise IllTypedError("no axes for a layer")
        count = rng.choice(counts)
        channel, last = source.rank - count - 1, source.rank - 1
        channels, ones = source.shape[channel], tuple([ONE] * count)
        kernel = [self.kernel() for _ in range(count)]

        def layer(x: Node, outputs: Size, stride: Shape = ones) -> Node:
            op = replace(plain_conv(count), stride=stride)
            return x.apply(op, self.named("w", (outputs, x.shape[channel], *kernel)))

        def same(x: Node, outputs: Size) -> Node:
            pairs = tuple(((c - 1) // 2, c - 1 - (c - 1) // 2) for c in kernel)
            op = Conv(ones, pairs, ones)
            return x.apply(op, self.named("w", (outputs, x.shape[channel], *kernel)))

        def twice() -> Node:
            stride = tuple(self.factor() for _ in range(count))
            return layer(layer(source, self.outputs(), stride), self.outputs(), stride)

        def residual() -> Node:
            inner = same(source, channels)
            return added(inner, same(inner, channels) if rng.random() < 0.5 else source)

        def of_sum() -> Node:
            _check_plain(source.shape)
            return layer(added(source, self.named("y", source.shape)), self.outputs())

        def side_by_side() -> Node:
            return joined(channel, layer(source, self.outputs()), layer(source, self.outputs()))

        def shuffled() -> Node:
            r = self.size(2, 2, "r")
            if count == 1:
                raise IllTypedError("one axis")
            return layer(source, self.outputs() * r * r).apply(PixelShuffle(r))

        def unshuffled() -> Node:
            if count == 1:
                raise IllTypedError("one axis")
            return layer(source.apply(PixelUnshuffle(self.size(2, 2, "s"))), self.outputs())

        def separable() -> Node:
            depthwise = replace(plain_conv(count), groups=channels)
            inner = source.apply(depthwise, self.named("w", (channels, ONE, *kernel)))
            pointwise = self.named("v", (self.outputs(), channels, *ones))
            return inner.apply(plain_conv(count), pointwise)

        def around() -> Node:
            return pad(
                layer(pad(source, self.amount(), self.amount(), last), self.outputs()), 1, 0, last
            )

        makes = [
            twice,
            twice,
            residual,
            of_sum,
            side_by_side,
            shuffled,
            unshuffled,
            separable,
            around,
        ]
        return rng.choice(makes)()

    def makes(self, x: Node, source: Node) -> list[Change]:
        rng = self.rng
        axis = rng.randrange(x.rank) if x.rank else 0
        axes = tuple(sorted(rng.sample(range(x.rank), min(x.rank, rng.choice([1, 1, 2])))))
        common: list[Change] = [
            lambda: pad(x, self.amount(), self.amount(), *axes),
            lambda: pad(x, self.amount(), self.amount(), axis),
            lambda: pad(x, self.small(), self.small(), axis, mode=rng.choice(MODES)),
            lambda: flip(x, *axes),
            lambda: x.apply(Roll(self.size(1, -1, 1, 2, "p", "t"), axes)),
            lambda: x.apply(Dilate(self.factor(), (axis,))),
            lambda: x.apply(Downsample(self.factor(), (axis,), self.size(0, 0, 1, "p"))),
            lambda: self.bracketed(x),
            lambda: self.bracketed(x),
            lambda: self.permuted(x),
            lambda: self.permuted(x),
            lambda: added(x, flip(x, axis)),
            lambda: times(x, flip(x, axis)),
            lambda: added(x, scaled(self.like(x), rng.choice([1, -1, 2]))),
            lambda: times(x, self.like(x)),
            lambda: x.apply(Divide((x.shape[axis],))),
            lambda: joined(axis, x, flip(x, axis)),
            lambda: joined(axis, x, self.like(x)),
            lambda: x.apply(Correlate(axis, self.factor(), self.factor()), self.taps()),
            lambda: x.apply(Convolve(axis), self.taps()),
            lambda: self.merged(x),
            lambda: self.product(x),
            lambda: self.same(x, 1),
            lambda: x.apply(Linear(), *self.biased((self.outputs(), x.shape[-1]))),
        ]
        if x.rank >= 2:
            common += [
                lambda: x.apply(Sum(axes if len(axes) < x.rank else (axis,))),
                lambda: x.apply(Mean(axes if len(axes) < x.rank else (axis,))),
            ]
        if x.rank <= 3:
            common.append(
                lambda: x.apply(Windows(self.kernel(), axis, self.factor(), self.factor()))
            )
            common.append(lambda: self.expanded(x))
        if x.rank >= 3:
            common += [
                lambda: x.apply(PixelShuffle(self.size(2, 2, "r"))),
                lambda: x.apply(PixelUnshuffle(self.size(2, 2, "s"))),
                lambda: x.apply(Upsample((self.factor(), self.factor()))),
                lambda: self.pooled(x, 2),
                lambda: self.batch_norm(x),
            ]
        if x.rank in (3, 4):
            common += [*[lambda: self.conv(x, 2)] * 6, lambda: self.unfolded(x)]
            common += [lambda: self.conv_transpose(x, 2)] * 2
        if x.rank in (2, 3):
            common += [*[lambda: self.conv(x, 1)] * 4, lambda: self.conv_transpose(x, 1)]
        if x.rank >= 1:
            common += [lambda: self.pooled(x, 1), lambda: x.apply(Upsample((self.factor(),)))]
        return common

    def like(self, x: Node) -> Node:
        """A tensor that may be added: of the same shape, or with unit axes, or fewer axes."""
        shape = list(x.shape)
        if self.rng.random() < 0.5:
            for i in range(len(shape)):
                if self.rng.random() < 0.4:
                    shape[i] = ONE
            if self.rng.random() < 0.4 and len(shape) > 1:
                shape = shape[1:]
        _check_plain(shape)
        return self.named("y", tuple(shape))

    def taps(self) -> Node:
        return self.named("k", (self.kernel(),))

    def biased(self, weight: Shape, outputs: Size | None = None) -> list[Node]:
        """A weight, and often a bias."""
        _check_plain(weight)
        operands = [self.named("w", weight)]
        if self.rng.random() < 0.25:
            operands.append(self.named("b", (outputs or weight[0],)))
        return operands

    def groups(self, channels: Size) -> Size:
        fitting = [ONE, ONE, ONE, channels]
        fitting += [g for g in sizes(2, "G") if channels.divided(g) is not None]
        return self.size(*fitting)

    def conv(self, x: Node, count: int) -> Node:
        rng = self.rng
        if x.rank not in (count + 1, count + 2):
            raise IllTypedError("a convolution")
        channels = x.shape[x.rank - count - 1]
        groups = self.groups(channels)
        inside = channels.divided(groups)
        outputs = self.outputs() if groups == ONE else groups * self.size(1, 1, 2, "O")
        if inside is None:
            raise IllTypedError("groups")
        kernel = [self.kernel() for _ in range(count)]
        if rng.random() < 0.5:
            kernel = kernel[:1] * count
        stride = [ONE] * count if rng.random() < 0.5 else [self.factor() for _ in range(count)]
        dilation = [ONE] * count if rng.random() < 0.6 else [self.factor() for _ in range(count)]
        said, mode, kind = "", "zeros", rng.random()
        if kind < 0.45:
            padding = [(ZERO, ZERO)] * count
        elif kind < 0.65:
            padding = [(amount := self.small(), amount) for _ in range(count)]
        elif kind < 0.85:
            padding = [(self.amount(), self.amount()) for _ in range(count)]
        elif kind < 0.93:
            said, stride = "same", [ONE] * count
            padding = []
            for c, d in zip(kernel, dilation, strict=True):
                total = d * (c - 1)
                padding.append((total // 2, total - total // 2))
        else:
            padding = [(amount := self.small(), amount) for _ in range(count)]
            mode = rng.choice(CONV_MODES)
        op = Conv(tuple(stride), tuple(padding), tuple(dilation), groups, mode, said)
        return x.apply(op, *self.biased((outputs, inside, *kernel)))

    def conv_transpose(self, x: Node, count: int) -> Node:
        rng = self.rng
        if x.rank not in (count + 1, count + 2):
            raise IllTypedError("a transposed convolution")
        channels = x.shape[x.rank - count - 1]
        groups = self.groups(channels)
        inside = self.outputs() if groups == ONE else self.size(1, 1, 2)
        kernel = [self.kernel() for _ in range(count)]
        zeros = [ZERO] * count
        op = ConvTranspose(
            tuple(self.factor() for _ in range(count)),
            tuple(zeros if rng.random() < 0.5 else [self.small() for _ in range(count)]),
            tuple(zeros if rng.random() < 0.7 else [self.size(0, 1) for _ in range(count)]),
            tuple([ONE] * count if rng.random() < 0.6 else [self.factor() for _ in range(count)]),
            groups,
        )
        return x.apply(op, *self.biased((channels, inside, *kernel), inside * groups))

    def bracketed(self, x: Node) -> Node:
        rng = self.rng
        items: list[Slice] = []
        axes = rng.randint(1, x.rank)
        for _ in range(axes):
            kind = rng.random()
            if kind < 0.35:
                items.append(FULL)
            elif kind < 0.5:
                items.append(ranged(step=self.size(2, 3, "s")))
            elif kind < 0.62:
                items.append(ranged(self.size(1, 1, "p", -1, -2)))
            elif kind < 0.74:
                items.append(ranged(None, self.size(-1, -1, 1, 2, 3, "C", "p")))
            elif kind < 0.82:
                items.append(ranged(self.size(1, "p"), -1))
            elif kind < 0.88:
                items.append(ranged(step=-1))
            elif x.rank > 1 and not any(not item.is_range for item in items):
                items.append(entry(self.size(0, -1)))
            else:
                items.append(FULL)
        if rng.random() < 0.15 and x.rank < 4:
            items.insert(rng.randint(0, len(items)), NEW)
        return x.apply(Index(tuple(items), is_last=rng.random() < 0.3))

    def permuted(self, x: Node) -> Node:
        order = list(range(x.rank))
        self.rng.shuffle(order)
        return permuted(x, order)

    def merged(self, x: Node) -> Node:
        """Axes split, exchanged and merged."""
        rng = self.rng
        letters = list(LETTERS[: x.rank])
        left, right = list(letters), list(letters)
        known: dict[str, Whole] = {}
        i = rng.randrange(x.rank)
        factors = [f for f in sizes(2, "C", "r", "s", "G") if x.shape[i].divided(f) is not None]
        if factors and rng.random() < 0.7:
            a, factor = letters[i], rng.choice(factors)
            left[i] = rng.choice([f"({a} z)", f"(z {a})"])
            right.append("z")
            known["z"] = factor
        rng.shuffle(right)
        if len(right) > 1 and (rng.random() < 0.6 or len(right) > 4):
            j = rng.randrange(len(right) - 1)
            right[j : j + 2] = [f"({right[j]} {right[j + 1]})"]
        if rng.random() < 0.2 and len(right) < 4:
            right.insert(rng.randint(0, len(right)), "y")
            known["y"] = self.size(2, "N", "s")
        return rearranged(x, f"{' '.join(left)} -> {' '.join(right)}", **known)

    def expanded(self, x: Node) -> Node:
        if self.rng.random() < 0.5:
            return x.apply(Expand((self.size(2, "N", "D", 3), *x.shape)))
        widened = part(x, *[FULL] * self.rng.randint(0, x.rank - 1), NEW)
        count = self.size(2, "N", "K", 3)
        return widened.apply(Expand(tuple(count if s == ONE else s for s in widened.shape)))

    def product(self, x: Node) -> Node:
        """An einsum with a matrix, or with the tensor itself."""
        rng = self.rng
        letters = LETTERS[: x.rank]
        i = rng.randrange(x.rank)
        kind = rng.random()
        if kind < 0.5:
            matrix = self.named("m", (self.outputs(), x.shape[i]))
            _check_plain(x.shape)
            return contracted(
                f"z{letters[i]},{letters}->{letters.replace(letters[i], 'z')}", matrix, x
            )
        if kind < 0.7 and x.rank >= 2:
            return contracted(f"{letters},{letters}->{letters.replace(letters[i], '')}", x, x)
        if kind < 0.85 and x.rank <= 2:
            other = letters.replace(letters[i], "z")
            rest = "" if x.rank == 1 else letters.replace(letters[i], "")
            return contracted(f"{letters},{other}->{rest}{letters[i]}z", x, flip(x, i))
        kept = "".join(a for a in letters if a != letters[i] or x.rank == 1)
        return contracted(f"{letters}->{kept[::-1]}", x)

    def pooled(self, x: Node, count: int) -> Node:
        rng = self.rng
        windows = tuple(self.size(1, 2, 2, 3) for _ in range(count))
        stride = None if rng.random() < 0.5 else tuple(self.factor() for _ in range(count))
        padding = None if rng.random() < 0.6 else tuple(self.size(0, 1) for _ in range(count))
        if padding and any(p == ONE and w == ONE for p, w in zip(padding, windows, strict=True)):
            padding = None  # at most half of the window, as in PyTorch
        return x.apply(
            AvgPool(
                windows,
                stride,
                padding,
                rng.random() < 0.15,
                rng.random() < 0.7,
                rng.choice([None, None, None, None, 2]),
            )
        )

    def same(self, x: Node, count: int) -> Node:
        if self.rng.random() < 0.5 and x.rank >= 2:
            count = 2
        sizes_ = [tuple(self.kernel() for _ in range(count))]
        sizes_ += [tuple(self.factor() for _ in range(count)) for _ in range(2)]
        return x.apply(PadSame(*sizes_))

    def batch_norm(self, x: Node) -> Node:
        c = x.shape[1]
        _check_plain([c])
        names = ["mean", "inverse", "gamma", "beta"][: self.rng.choice([2, 4])]
        return x.apply(BatchNorm(), *(self.named(name, (c,)) for name in names))

    def unfolded(self, x: Node) -> Node:
        def two(one: Callable[[], Size]) -> Shape:
            return (one(), one())

        ones, zeros = (ONE, ONE), (ZERO, ZERO)
        rng = self.rng
        return x.apply(
            Unfold(
                two(self.kernel),
                ones if rng.random() < 0.6 else two(self.factor),
                zeros if rng.random() < 0.6 else two(lambda: self.size(0, 1, "p")),
                ones if rng.random() < 0.5 else two(self.factor),
            )
        )


def _check_plain(shape: Sequence[Size]) -> None:
    """Sizes of named tensors are sums of products, that symconv can tell the sign of."""
    for size in shape:
        if size.least is None or any("(" in atom for m, _ in size.terms for atom in m):
            raise IllTypedError(f"a tensor of {size.text}")

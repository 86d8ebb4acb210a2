"""Laws of the operators and layers: tensors that are equal to a given one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial

from tests.generators.sizes import ONE, ZERO, Size, Whole
from tests.generators.tensor_programs import Change
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
    Broadcast,
    Concatenate,
    Conv,
    Convolve,
    ConvTranspose,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Einsum,
    Expand,
    Flip,
    Fold,
    Formula,
    IllTypedError,
    Index,
    Linear,
    Mean,
    Named,
    Node,
    Pad,
    PadSame,
    PixelShuffle,
    PixelUnshuffle,
    Rearrange,
    Roll,
    Shape,
    Sum,
    Unfold,
    Upsample,
    Windows,
    sizes,
    walk,
)

__all__ = ["Laws", "everywhere", "laws", "one_of", "rewritten"]

Laws = Callable[[Node], Iterator[Change]]


def everywhere(node: Node, changes: Callable[[Node], Iterator[Change]]) -> Iterator[Change]:
    """For each node in turn, the ways to make the whole tensor with that node changed."""
    yield from changes(node)
    for i, inner in enumerate(node.operands):
        for change in everywhere(inner, changes):
            yield partial(_rebuilt, node, i, change)


def _rebuilt(node: Node, place: int, change: Change) -> Node:
    return Node(node.op, tuple(change() if i == place else o for i, o in enumerate(node.operands)))


def general_laws(x: Node) -> Iterator[Change]:
    """Tensors that are equal to the node, whatever it is."""
    if not x.rank:
        return
    last, letters = x.rank - 1, LETTERS[: x.rank]
    for axis in {0, last}:
        yield partial(lambda a: flip(flip(x, a), a), axis)
        yield partial(lambda a: pad(pad(x, "p", 1, a), -Size.of("p"), -1, a), axis)
        yield partial(
            lambda a: x.apply(Dilate(Size.of(2), (a,))).apply(Downsample(Size.of(2), (a,))), axis
        )
        yield partial(
            lambda a: joined(a, part_along(x, a, ranged(None, 1)), part_along(x, a, ranged(1))),
            axis,
        )
        yield partial(lambda a: part_along(x.apply(Windows(ONE, a)), x.rank, entry(0)), axis)
        yield partial(lambda a: part_along(x, a, NEW).apply(Sum((a,))), axis)
        yield partial(lambda a: part_along(x, a, ranged(step=-1)).apply(Flip((a,))), axis)
        yield partial(
            lambda a: (
                joined(a, x, x)
                .apply(Roll(ZERO, (a,)))
                .apply(Index((*[FULL] * a, ranged(None, x.shape[a]))))
            ),
            axis,
        )
    yield lambda: added(scaled(x, 3), scaled(x, -2))
    yield lambda: contracted(f"{letters}->{letters}", x)
    yield lambda: permuted(permuted(x, range(x.rank)[::-1]), range(x.rank)[::-1])
    yield lambda: part_along(x.apply(Expand((Size.of(2), *x.shape))), 0, entry(1))
    yield lambda: x.apply(Expand((Size.of(3), *x.shape))).apply(Mean((0,)))
    yield lambda: rearranged(
        rearranged(x, f"{' '.join(letters)} -> ({' '.join(letters)} z)", z=1),
        f"({' '.join(letters)}) -> {' '.join(letters)}",
        **dict(zip(letters[:-1], x.shape[:-1], strict=True)),
    )
    yield lambda: x.apply(Upsample((Size.of(2),))).apply(Index((ranged(step=2),), is_last=True))
    if x.rank >= 3:
        yield (
            lambda: (
                x.apply(Upsample(sizes(2, 2)))
                .apply(PixelUnshuffle(Size.of(2)))
                .apply(Index((ranged(step=4), FULL, FULL), is_last=True))
            )
        )
        yield lambda: x.apply(PixelShuffle(Size.of(2))).apply(PixelUnshuffle(Size.of(2)))
        yield lambda: x.apply(PixelUnshuffle(Size.of(2))).apply(PixelShuffle(Size.of(2)))


def laws(x: Node) -> Iterator[Change]:
    """Tensors that are equal to the node at all sizes at which it is defined."""
    match x.op, x.operands:
        case Conv() as op, (source, weight, *bias):
            yield from conv_laws(x, op, source, weight, bias)
        case ConvTranspose() as op, (source, weight, *bias):
            yield from transposed_laws(x, op, source, weight, bias)
        case Pad() as op, (source,):
            yield from pad_laws(op, source)
        case Flip(axes), (source,):
            yield from flip_laws(x, axes, source)
        case Downsample(factor, axes, offset), (source,):
            yield from (
                partial(part_along, source, a, ranged(offset, None, factor))
                for a in axes
                if len(axes) == 1
            )
        case Dilate(factor, (axis,)), (source,) if axis == source.rank - 1:
            # Each entry before its zeros, and the last zeros gone.
            yield lambda: pad(
                rearranged(
                    pad(part(source, *[FULL] * source.rank, NEW), 0, factor - 1, source.rank),
                    f"{' '.join(LETTERS[: source.rank])} z -> "
                    f"{' '.join(LETTERS[: source.rank - 1])} ({LETTERS[source.rank - 1]} z)",
                ),
                0,
                -(factor - 1),
                axis,
            )
        case Roll(amount, (axis,)), (source,) if amount.number is not None:
            yield lambda: joined(
                axis,
                part_along(source, axis, ranged(-amount)),
                part_along(source, axis, ranged(None, -amount)),
            )
        case Index(items, False), (source,):
            for i, item in enumerate(items):
                if item == ranged(step=-1):
                    kept = (*items[:i], FULL, *items[i + 1 :])
                    if all(one.is_range for one in items):
                        yield partial(lambda i, kept: flip(source, i).apply(Index(kept)), i, kept)
                elif item.is_range and item.step is not None and item.start is None is item.stop:
                    kept = (*items[:i], FULL, *items[i + 1 :])
                    if all(one.is_range for one in items):
                        yield partial(
                            lambda i, kept, s: source.apply(Downsample(s, (i,))).apply(Index(kept)),
                            i,
                            kept,
                            item.step,
                        )
        case Windows() as op, (source,):
            yield from windows_laws(op, source)
        case Rearrange() as op, (source,):
            if not op.sizes and "(" not in op.pattern:
                left, _, right = op.pattern.partition("->")
                yield lambda: contracted(
                    "".join(left.split()) + "->" + "".join(right.split()), source
                )
        case PixelShuffle(r), (source,):
            lead = " ".join("nm"[: source.rank - 3])
            yield lambda: rearranged(
                source, f"{lead} (c i j) h w -> {lead} c (h i) (w j)", i=r, j=r
            )
        case PixelUnshuffle(r), (source,):
            lead = " ".join("nm"[: source.rank - 3])
            yield lambda: rearranged(
                source, f"{lead} c (h i) (w j) -> {lead} (c i j) h w", i=r, j=r
            )
        case Upsample(factors), (source,):
            yield from upsample_laws(factors, source)
        case Concatenate(axis), (one, other):
            yield lambda: flip(joined(axis, flip(other, axis), flip(one, axis)), axis)
            yield lambda: added(
                pad(one, 0, other.shape[axis], axis), pad(other, one.shape[axis], 0, axis)
            )
        case Sum(axes), (source,):
            yield from sum_laws(x, axes, source)
        case Divide(divisors), (source,):
            axes = tuple(range(source.rank))
            yield lambda: flip(flip(source, *axes).apply(Divide(divisors)), *axes)
            yield lambda: scaled(source.apply(Divide((*divisors, Size.of(2)))), 2)
            yield lambda: scaled(source, 3).apply(Divide((divisors[0] * 3, *divisors[1:])))
        case Broadcast("+"), (one, other):
            yield lambda: added(other, one)
            match one.op, one.operands:
                case Broadcast("+"), (first, second):
                    yield lambda: added(first, added(second, other))
        case Broadcast("-"), (one, other):
            yield lambda: added(scaled(other, -1), one)
        case Broadcast("*"), (one, other):
            yield lambda: times(other, one)
            if one.rank == other.rank and one.shape == other.shape:
                letters = LETTERS[: one.rank]
                yield lambda: contracted(f"{letters},{letters}->{letters}", one, other)
            match one.op, one.operands:
                case Broadcast("+"), (first, second):
                    yield lambda: added(times(first, other), times(second, other))
        case Formula(pattern), operands:
            yield lambda: contracted(pattern, *operands)
        case Einsum(pattern), operands:
            yield from einsum_laws(pattern, operands)
        case Linear(), (source, weight, *bias):
            letters = LETTERS[: source.rank - 1]
            yield lambda: _with_bias(
                contracted(f"{letters}i,oi->{letters}o", source, weight), bias, 0
            )
            yield lambda: _with_bias(
                contracted(f"oi,{letters}i->{letters}o", weight, source), bias, 0
            )
        case Correlate(), (source, k):
            yield from correlate_laws(x, source, k)
        case Convolve(axis), (source, k):
            reach = k.shape[0] - 1
            yield lambda: pad(source, reach, reach, axis).apply(Correlate(axis), flip(k, 0))
            match source.op, source.operands:
                case Convolve(before), (inner, h):
                    yield lambda: inner.apply(Convolve(axis), k).apply(Convolve(before), h)
                    if axis == before:
                        yield lambda: inner.apply(Convolve(axis), h.apply(Convolve(0), k))
        case BatchNorm(), (source, mean, inverse, *rest):
            yield lambda: _normalised(source, mean, inverse, rest)
        case AvgPool() as op, (source,):
            yield from pool_laws(op, source)
        case PadSame() as op, (source,):
            yield from same_laws(op, source)
        case Unfold() as op, (source,) if not isinstance(op, Fold):
            yield from unfold_laws(op, source)
        case Expand(shape), (source,):
            if len(shape) == source.rank + 1:
                letters = " ".join(LETTERS[: source.rank])
                yield lambda: rearranged(source, f"{letters} -> z {letters}", z=shape[0])


def _with_bias(x: Node, bias: Sequence[Node], spatial: int) -> Node:
    return added(x, part(bias[0], FULL, *[NEW] * spatial)) if bias else x


def _normalised(source: Node, mean: Node, inverse: Node, rest: Sequence[Node]) -> Node:
    after = [NEW] * (source.rank - 2)
    scale = inverse if not rest else times(inverse, rest[0])
    shift = scaled(times(mean, scale), -1)
    if rest:
        shift = added(shift, rest[1])
    return added(times(source, part(scale, FULL, *after)), part(shift, FULL, *after))


def conv_laws(
    x: Node, op: Conv, source: Node, weight: Node, bias: Sequence[Node]
) -> Iterator[Change]:
    count = len(op.stride)
    first = source.rank - count
    spatial = range(first, source.rank)
    channel = first - 1
    ones = tuple(ONE for _ in range(count))
    zeros = tuple((ZERO, ZERO) for _ in range(count))
    is_plain = op.padding == zeros and not op.said
    unit = op.stride == op.dilation == ones
    outputs, inputs, *kernel = weight.shape
    bare = replace(op, padding=zeros, mode="zeros", said="")

    def padded() -> Node:
        result = source
        for axis, (left, right) in zip(spatial, op.padding, strict=True):
            result = pad(result, left, right, axis, mode=op.mode)
        return result

    def spread_weight() -> Node:
        result = weight
        for i, d in enumerate(op.dilation):
            result = result if d == ONE else result.apply(Dilate(d, (2 + i,)))
        return result

    def windowed() -> Node:
        result = padded()
        for i, axis in enumerate(spatial):
            result = result.apply(Windows(kernel[i], axis, op.stride[i], op.dilation[i]))
        return result

    batch = "n" if first == 2 else ""
    places, taps = "uvw"[:count], "ijk"[:count]

    yield lambda: padded().apply(bare, weight, *bias)
    if op.stride != ones:
        once = replace(op, stride=ones, said="")
        steps = [ranged(step=s) for s in op.stride]
        yield lambda: source.apply(once, weight, *bias).apply(Index(tuple(steps), is_last=True))
    if op.dilation != ones:
        yield lambda: source.apply(replace(op, dilation=ones, said=""), spread_weight(), *bias)
    if bias:
        yield lambda: _with_bias(source.apply(op, weight), bias, count)
        return
    if op.groups == ONE:
        yield lambda: contracted(
            f"{batch}c{places}{taps},oc{taps}->{batch}o{places}", windowed(), weight
        )
        yield lambda: contracted(
            f"oc{taps},{batch}c{places}{taps}->{batch}o{places}", weight, windowed()
        )
    else:
        names = " ".join([*batch, "(g c)", *places, *taps])
        yield lambda: rearranged(
            contracted(
                f"{batch}gc{places}{taps},goc{taps}->{batch}go{places}",
                rearranged(windowed(), f"{names} -> {names.replace('(g c)', 'g c')}", g=op.groups),
                rearranged(
                    weight,
                    f"(g o) c {' '.join(taps)} -> g o c {' '.join(taps)}",
                    g=op.groups,
                ),
            ),
            f"{' '.join([*batch, 'g', 'o', *places])} -> {' '.join([*batch, '(g o)', *places])}",
        )
        number = op.groups.number
        if number is not None and number <= 4:
            mine, wide = inputs, outputs // number

            def group(g: int) -> Node:
                return part_along(source, channel, ranged(mine * g, mine * (g + 1))).apply(
                    replace(op, groups=ONE), part(weight, ranged(wide * g, wide * (g + 1)))
                )

            yield lambda: joined(channel, *(group(g) for g in range(number)))
    if is_plain and unit:
        both = tuple(spatial)
        taps_ = tuple(range(2, 2 + count))
        yield lambda: flip(flip(source, *both).apply(op, flip(weight, *taps_)), *both)
        axis = spatial[0]
        yield lambda: flip(flip(source, axis).apply(op, flip(weight, 2)), axis)
    if op.groups == ONE:
        yield lambda: flip(source, channel).apply(op, flip(weight, 1))
        yield lambda: flip(source.apply(op, flip(weight, 0)), channel)
        if inputs.number is not None and inputs.number >= 2:
            yield lambda: added(
                part_along(source, channel, ranged(None, 1)).apply(
                    op, part(weight, FULL, ranged(None, 1))
                ),
                part_along(source, channel, ranged(1)).apply(op, part(weight, FULL, ranged(1))),
            )
        yield lambda: joined(
            channel,
            source.apply(op, part(weight, ranged(None, 1))),
            source.apply(op, part(weight, ranged(1))),
        )
    if count == 2:
        exchanged = [*range(first), first + 1, first]
        yield lambda: permuted(
            permuted(source, exchanged).apply(
                replace(
                    op,
                    stride=op.stride[::-1],
                    padding=op.padding[::-1],
                    dilation=op.dilation[::-1],
                ),
                permuted(weight, [0, 1, 3, 2]),
            ),
            exchanged,
        )
    if first == 1:
        yield lambda: part(part(source, NEW).apply(op, weight), entry(0))
    if op.groups == ONE and is_plain and op.dilation == ones and all(c == ONE for c in kernel):
        strided = source
        for axis, s in zip(spatial, op.stride, strict=True):
            strided = strided if s == ONE else strided.apply(Downsample(s, (axis,)))
        matrix = part(weight, FULL, FULL, *[entry(0)] * count)
        yield lambda: contracted(f"oc,{batch}c{places}->{batch}o{places}", matrix, strided)
    is_even = op.mode == "zeros" and all(left == right for left, right in op.padding)
    if count == 2 and op.groups == ONE and not op.said and is_even:
        pads = tuple(left for left, _ in op.padding)
        columns = Unfold(tuple(kernel), op.dilation, pads, op.stride)
        rows = rearranged(weight, "o c i j -> o (c i j)")
        yield lambda: rearranged(
            contracted(f"ok,{batch}kl->{batch}ol", rows, source.apply(columns)),
            f"{batch} o (u v) -> {batch} o u v",
            u=x.shape[-2],
        )
    match source.op, source.operands:
        case Broadcast("+"), (one, other) if one.shape == other.shape == source.shape:
            yield lambda: added(one.apply(op, weight), other.apply(op, weight))
        case Conv() as inner, (start, early) if (
            inner.groups == op.groups == ONE
            and is_plain
            and inner.padding == zeros
            and inner.dilation == ones
            and op.dilation == ones
            and not inner.said
            and len(inner.stride) == count
        ):
            # Two layers are one: its kernel is the second one, spread, with the first one.
            merged = ConvTranspose(inner.stride, tuple([ZERO] * count), tuple([ZERO] * count), ones)
            strides = tuple(a * b for a, b in zip(inner.stride, op.stride, strict=True))
            yield lambda: start.apply(replace(op, stride=strides), weight.apply(merged, early))


def transposed_laws(
    x: Node, op: ConvTranspose, source: Node, weight: Node, bias: Sequence[Node]
) -> Iterator[Change]:
    count = len(op.stride)
    first = source.rank - count
    spatial = list(range(first, source.rank))
    if bias:
        yield lambda: _with_bias(source.apply(op, weight), bias, count)
        return
    zeros = tuple([ZERO] * count)
    if op.padding != zeros or op.output_padding != zeros:

        def cropped() -> Node:
            full = source.apply(replace(op, padding=zeros, output_padding=zeros), weight)
            for axis, p, more in zip(spatial, op.padding, op.output_padding, strict=True):
                full = pad(full, -p, more - p, axis)
            return full

        yield cropped
    if op.groups == ONE:

        def direct() -> Node:
            result = source
            for axis, s in zip(spatial, op.stride, strict=True):
                result = result if s == ONE else result.apply(Dilate(s, (axis,)))
            pairs = []
            for i, (p, more) in enumerate(zip(op.padding, op.output_padding, strict=True)):
                reach = op.dilation[i] * (weight.shape[2 + i] - 1)
                pairs.append((reach - p, reach - p + more))
            ones = tuple([ONE] * count)
            turned = permuted(flip(weight, *range(2, 2 + count)), [1, 0, *range(2, 2 + count)])
            return result.apply(Conv(ones, tuple(pairs), op.dilation), turned)

        yield direct
        yield (
            lambda: (
                flip(flip(source, first - 1).apply(op, flip(weight, 0)), first - 1)
                if weight.shape[1] == ONE
                else flip(source, first - 1).apply(op, flip(weight, 0))
            )
        )
        yield lambda: flip(source.apply(op, flip(weight, 1)), first - 1)
    if op.dilation != tuple([ONE] * count):
        spread = weight
        for i, d in enumerate(op.dilation):
            spread = spread if d == ONE else spread.apply(Dilate(d, (2 + i,)))
        yield lambda: source.apply(replace(op, dilation=tuple([ONE] * count)), spread)
    if count == 2:
        exchanged = [*range(first), first + 1, first]
        yield lambda: permuted(
            permuted(source, exchanged).apply(
                ConvTranspose(
                    op.stride[::-1],
                    op.padding[::-1],
                    op.output_padding[::-1],
                    op.dilation[::-1],
                    op.groups,
                ),
                permuted(weight, [0, 1, 3, 2]),
            ),
            exchanged,
        )


def pad_laws(op: Pad, source: Node) -> Iterator[Change]:
    left, right, axes, mode = op.left, op.right, op.axes, op.mode
    if len(axes) > 1:
        yield lambda: pad(
            pad(source, left, right, axes[0], mode=mode), left, right, *axes[1:], mode=mode
        )
        yield lambda: pad(
            pad(source, left, right, *axes[1:], mode=mode), left, right, axes[0], mode=mode
        )
    yield lambda: flip(pad(flip(source, *axes), right, left, *axes, mode=mode), *axes)
    if mode == "zeros":
        yield lambda: pad(pad(source, left, right + 1, *axes), 0, -1, *axes)
        if left.least is not None and left.least >= 0:
            yield lambda: pad(pad(source, left, 0, *axes), 0, right, *axes)
        if len(axes) == 1 and left == ZERO and right.number is not None and right.number < 0:
            yield lambda: part_along(source, axes[0], ranged(None, right))
        match source.op:
            case Pad(first, second, again, "zeros") if again == axes:
                plain = [s.least for s in (first, second)]
                if all(low is not None and low >= 0 for low in plain):
                    yield lambda: pad(source.operands[0], first + left, second + right, *axes)
    elif mode != "circular":
        yield lambda: pad(pad(source, left, 0, *axes, mode=mode), 0, right, *axes, mode=mode)
    elif (
        len(axes) == 1 and left.number is not None and right.number is not None and left.number > 0
    ):
        (axis,) = axes
        yield lambda: joined(
            axis,
            part_along(source, axis, ranged(-left)),
            source,
            part_along(source, axis, ranged(None, right)),
        )
    match source.op, source.operands:
        case Broadcast("+"), (one, other) if one.shape == other.shape:
            yield lambda: added(
                pad(one, left, right, *axes, mode=mode), pad(other, left, right, *axes, mode=mode)
            )


def flip_laws(x: Node, axes: Sequence[int], source: Node) -> Iterator[Change]:
    if len(axes) > 1:
        yield lambda: flip(flip(source, axes[0]), *axes[1:])
    else:
        yield lambda: part_along(source, axes[0], ranged(step=-1))
    match source.op, source.operands:
        case Pad(left, right, others, mode), (inner,):
            if others == tuple(axes):
                yield lambda: pad(flip(inner, *axes), right, left, *others, mode=mode)
            elif not set(others) & set(axes):
                yield lambda: pad(flip(inner, *axes), left, right, *others, mode=mode)
        case Broadcast(sign), (one, other) if one.shape == other.shape:
            yield lambda: flip(one, *axes).apply(Broadcast(sign), flip(other, *axes))
        case Convolve(axis), (inner, k) if tuple(axes) == (axis,):
            yield lambda: flip(inner, axis).apply(Convolve(axis), flip(k, 0))
        case Dilate(), (inner,):
            yield lambda: flip(inner, *axes).apply(source.op)
        case Roll(amount, others), (inner,) if tuple(others) == tuple(axes):
            yield lambda: flip(inner, *axes).apply(Roll(-amount, others))


def windows_laws(op: Windows, source: Node) -> Iterator[Change]:
    if op.stride != ONE:
        yield lambda: source.apply(replace(op, stride=ONE)).apply(Downsample(op.stride, (op.axis,)))
    if op.dilation != ONE and op.size.number is not None:
        reach = (op.size - 1) * op.dilation + 1
        yield lambda: source.apply(Windows(reach, op.axis, op.stride)).apply(
            Downsample(op.dilation, (source.rank,))
        )
    if op.stride == ONE:
        yield lambda: flip(flip(source, op.axis).apply(op), op.axis, source.rank)


def upsample_laws(factors: Shape, source: Node) -> Iterator[Change]:
    first = source.rank - len(factors)
    letters = LETTERS[: source.rank]
    if len(factors) <= 2:
        inside = [f"({a} {'yz'[i]})" for i, a in enumerate(letters[first:])]
        known: dict[str, Whole] = {"yz"[i]: f for i, f in enumerate(factors)}
        yield lambda: rearranged(
            source, f"{' '.join(letters)} -> {' '.join([*letters[:first], *inside])}", **known
        )
    if len(factors) == 2:
        yield lambda: permuted(
            permuted(source, [*range(first), first + 1, first]).apply(Upsample(factors[::-1])),
            [*range(first), first + 1, first],
        )
    axes = tuple(range(first, source.rank))
    yield lambda: flip(flip(source, *axes).apply(Upsample(factors)), *axes)


def sum_laws(x: Node, axes: Sequence[int], source: Node) -> Iterator[Change]:
    op = x.op
    assert isinstance(op, Sum)
    yield lambda: flip(source, *axes).apply(op)
    if len(axes) > 1:
        yield lambda: source.apply(replace(op, axes=(max(axes),))).apply(
            replace(op, axes=(min(axes),))
        )
    letters = LETTERS[: source.rank]
    kept = "".join(a for i, a in enumerate(letters) if i not in axes)
    if isinstance(op, Mean):
        divisors = tuple(source.shape[axis] for axis in axes)
        yield lambda: source.apply(Sum(tuple(axes))).apply(Divide(divisors))
        yield lambda: source.apply(Divide(divisors)).apply(Sum(tuple(axes)))
        numbers = [source.shape[axis].number for axis in axes]
        if all(number is not None for number in numbers):
            total = 1
            for number in numbers:
                total *= number or 1
            yield lambda: scaled(source.apply(Sum(tuple(axes))), Fraction(1, total))
        return
    yield lambda: contracted(f"{letters}->{kept}", source)
    match source.op, source.operands:
        case Broadcast("+"), (one, other) if one.shape == other.shape:
            yield lambda: added(one.apply(op), other.apply(op))
        case Concatenate(axis), parts if tuple(axes) == (axis,) and len(parts) == 2:
            yield lambda: added(parts[0].apply(op), parts[1].apply(op))
        case Pad(left, right, others, "zeros"), (inner,) if others == tuple(axes):
            if (
                left.least is not None
                and right.least is not None
                and min(left.least, right.least) >= 0
            ):
                yield lambda: inner.apply(op)
        case Roll(_, others), (inner,) if set(others) <= set(axes):
            yield lambda: inner.apply(op)


def einsum_laws(pattern: str, operands: Sequence[Node]) -> Iterator[Change]:
    inputs, _, output = pattern.partition("->")
    terms = inputs.split(",")
    if all(isinstance(o.op, Named) for o in operands):
        spans: dict[str, Size] = {}
        for term, operand in zip(terms, operands, strict=True):
            spans.update(zip(term, operand.shape, strict=True))
        yield lambda: Node(Formula(pattern, tuple(spans.items())), tuple(operands))
    if len(operands) == 2:
        yield lambda: contracted(f"{terms[1]},{terms[0]}->{output}", operands[1], operands[0])
    if len(output) > 1:
        back = " ".join(output[::-1]) + " -> " + " ".join(output)
        yield lambda: rearranged(contracted(f"{inputs}->{output[::-1]}", *operands), back)
    summed = [a for a in dict.fromkeys(inputs) if a.isalpha() and a not in output]
    if summed and all(len(set(t)) == len(t) for t in terms):
        a = summed[0]

        def turned(t: str, node: Node) -> Node:
            return flip(node, t.index(a)) if a in t else node

        yield lambda: contracted(
            pattern, *(turned(t, o) for t, o in zip(terms, operands, strict=True))
        )
        yield lambda: contracted(f"{inputs}->{output}{a}", *operands).apply(Sum((len(output),)))
    for i, operand in enumerate(operands):
        match operand.op, operand.operands:
            case Broadcast("+"), (one, other) if one.shape == other.shape:

                def split(i: int, one: Node, other: Node) -> Node:
                    before, after = operands[:i], operands[i + 1 :]
                    return added(
                        contracted(pattern, *before, one, *after),
                        contracted(pattern, *before, other, *after),
                    )

                yield partial(split, i, one, other)


def correlate_laws(x: Node, source: Node, k: Node) -> Iterator[Change]:
    op = x.op
    assert isinstance(op, Correlate)
    axis, stride, dilation = op.axis, op.stride, op.dilation
    letters = LETTERS[: source.rank]
    yield lambda: contracted(
        f"{letters}z,z->{letters}", source.apply(Windows(k.shape[0], axis, stride, dilation)), k
    )
    if stride != ONE:
        yield lambda: source.apply(replace(op, stride=ONE), k).apply(Downsample(stride, (axis,)))
    if dilation != ONE:
        yield lambda: source.apply(replace(op, dilation=ONE), k.apply(Dilate(dilation, (0,))))
    if stride == ONE:
        yield lambda: flip(flip(source, axis).apply(op, flip(k, 0)), axis)
    if source.rank == 2 and axis == 1:
        # One channel after the other.
        yield lambda: part_along(
            part_along(source, 1, NEW).apply(
                replace(plain_conv(1), stride=(stride,), dilation=(dilation,)), part(k, NEW, NEW)
            ),
            1,
            entry(0),
        )
        yield lambda: source.apply(
            replace(plain_conv(1), stride=(stride,), dilation=(dilation,), groups=source.shape[0]),
            rearranged(k, "i -> c 1 i", c=source.shape[0]),
        )
    match source.op, source.operands:
        case Correlate(other, step, spread), (inner, h):
            if other != axis:
                yield lambda: inner.apply(op, k).apply(source.op, h)
            elif spread == dilation == ONE:
                merged = k.apply(Dilate(step, (0,))).apply(Convolve(0), h)
                yield lambda: inner.apply(Correlate(axis, step * stride), merged)


def pool_laws(op: AvgPool, source: Node) -> Iterator[Change]:
    numbers = [size.number or 0 for size in op.size]
    first = source.rank - len(op.size)
    if op.ceil_mode or not all(numbers):
        return
    total = 1
    for number in numbers:
        total *= number
    strides = op.size if op.stride is None else op.stride
    zero = tuple(ZERO for _ in op.size)
    pads = zero if op.padding is None else op.padding
    if not op.count_include_pad and pads != zero and op.divisor is None:
        return
    divisor = op.divisor or total

    def padded() -> Node:
        result = source
        for i, p in enumerate(pads):
            result = result if p == ZERO else pad(result, p, p, first + i)
        return result

    def windowed() -> Node:
        result = padded()
        for i, (c, s) in enumerate(zip(op.size, strides, strict=True)):
            result = result.apply(Windows(c, first + i, s))
        return result

    summed = tuple(range(source.rank, source.rank + len(op.size)))
    yield lambda: scaled(windowed().apply(Sum(summed)), Fraction(1, divisor))
    if divisor == total:
        yield lambda: windowed().apply(Mean(summed))
        yield lambda: source.apply(replace(op, stride=strides, divisor=total))
    yield lambda: padded().apply(replace(op, padding=None, divisor=divisor, stride=strides))
    if len(op.size) == 2 and op.divisor is None:
        # One axis after the other.
        lead = replace(op, size=op.size[:1], stride=strides[:1], padding=pads[:1])
        rest = replace(op, size=op.size[1:], stride=strides[1:], padding=pads[1:])
        turn = [*range(first), first + 1, first]
        yield lambda: permuted(permuted(source.apply(rest), turn).apply(lead), turn)


def same_laws(op: PadSame, source: Node) -> Iterator[Change]:
    first = source.rank - len(op.size)
    if all(s == ONE for s in op.stride):

        def padded() -> Node:
            result = source
            for i, (c, d) in enumerate(zip(op.size, op.dilation, strict=True)):
                total = d * (c - 1)
                result = pad(result, total // 2, total - total // 2, first + i)
            return result

        yield padded
    if len(op.size) == 2:

        def last(i: int) -> PadSame:
            return PadSame(op.size[i:][:1], op.stride[i:][:1], op.dilation[i:][:1])

        turn = [*range(first), first + 1, first]
        yield lambda: permuted(permuted(source.apply(last(1)), turn).apply(last(0)), turn)


def unfold_laws(op: Unfold, source: Node) -> Iterator[Change]:
    first = source.rank - 2
    batch = "n " if first == 2 else ""

    def windowed() -> Node:
        result = source
        for i, p in enumerate(op.padding):
            result = result if p == ZERO else pad(result, p, p, first + i)
        for i in (0, 1):
            result = result.apply(Windows(op.size[i], first + i, op.stride[i], op.dilation[i]))
        return result

    yield lambda: rearranged(windowed(), f"{batch}c u v i j -> {batch}(c i j) (u v)")


def folding(x: Node) -> Iterator[Change]:
    """The tensor after windows without gaps and overlaps, and back."""
    for size in sizes(2, 3):
        if x.rank in (3, 4) and all(n.divided(size) is not None for n in x.shape[-2:]):
            yield partial(_folded, x, size)


def _folded(x: Node, size: Size) -> Node:
    both, ones, zeros = (size, size), (ONE, ONE), (ZERO, ZERO)
    columns = x.apply(Unfold(both, ones, zeros, both))
    return columns.apply(Fold(both, ones, zeros, both, x.shape[-2:]))


# --- rewriting ---


def one_of(rng: random.Random, changes: Iterator[Change]) -> Node:
    """One of the changes that fits."""
    choices = list(changes)
    rng.shuffle(choices)
    for change in choices:
        with suppress(IllTypedError, IndexError):
            return change()
    raise IllTypedError("no change fits")


def rewritten(rng: random.Random, x: Node, steps: int, known: Laws = laws) -> Node:
    """The tensor after some of the laws that are known, or of those of any tensor."""
    for _ in range(steps):
        kind = rng.random()
        if kind < 0.75:
            # Layers have more to be rewritten than flips, of which there are many.
            sorts = sorted({type(node.op).__name__ for node in walk(x)} - {"Named"})
            sort = rng.choice(sorts) if sorts else ""

            def of_sort(node: Node, sort: str = sort) -> Iterator[Change]:
                return known(node) if type(node.op).__name__ == sort else iter(())

            with suppress(IllTypedError):
                x = one_of(rng, everywhere(x, of_sort))
                continue
        with suppress(IllTypedError):
            x = one_of(rng, everywhere(x, general_laws if kind < 0.95 else folding))
    return x

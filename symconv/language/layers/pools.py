"""Average pooling, along one axis or several."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from sympy import Eq, Expr, Piecewise, Rational, Symbol

from symconv.arithmetic.polynomials import divided
from symconv.arithmetic.to_sympy import letters
from symconv.arithmetic.unevaluated import (
    difference,
    largest,
    negative,
    product,
    quotient,
    rounded_up,
    smallest,
    sum_of,
)
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.any_size import length_expression
from symconv.language.layers.arguments import each_axis, sliding_axes, small_number, steps
from symconv.language.layers.channels import along_axis
from symconv.language.layers.paddings import padded, pads_along
from symconv.language.operators import Multiply
from symconv.language.operators.base import size_along
from symconv.language.operators.scale import exact_number
from symconv.language.signals import Signal, SignalExpr, by_formula
from symconv.language.tensor_functions import concatenate

__all__ = ["adaptive_avg_pool", "avg_pool"]


def avg_pool(
    signal: SignalExpr,
    size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
    axes: int | Sequence[int] | None = None,
    dilation: Any = 1,
) -> SignalExpr:
    """Average pooling: the mean of each window of `size` entries.

    The stride is the size unless it is given.  With `count_include_pad` the zeros of the
    padding count as entries; without, the sum is divided by the number of entries of the
    signal in the window, and then the size has to be a number, as it has with `ceil_mode`.

    Args:
        signal: the input.
        size: of the windows; of several axes a tuple, for the last ones.
        stride: for all axes or for each.
        padding: on both sides, for all axes or for each; or a pair for each.
        ceil_mode: whether a window that goes beyond the padded input counts, if it begins
            within the input or the padding before it; what lies beyond does not count.
        count_include_pad: whether the padding counts.
        divisor_override: what the sums are divided by instead, a number or a positive size.
        axes: along which, where there are several and no tuple of sizes.
        dilation: from one entry of a window to the next; PyTorch has none, and ONNX has.

    References:
        `torch.nn.functional.avg_pool1d`, `avg_pool2d`, `avg_pool3d`; ONNX, AveragePool.

    >>> Signal("x", 3).avg_pool(2, stride=1, padding=1, count_include_pad=False).vector()
    [x0, x0/2 + x1/2, x1/2 + x2/2, x2]
    """
    pool = _windows_of(signal, size, stride, padding, ceil_mode, axes, dilation)
    sums = padded(signal, pool.axes, pool.pads)
    for axis, c, s, d in zip(pool.axes, pool.sizes, pool.strides, pool.dilations, strict=True):
        sums = sums.correlate(Signal.ones(c), stride=s, dilation=d, axis=axis)
    if divisor_override is None:
        return _averaged(signal, sums, pool, ceil_mode, count_include_pad)
    if isinstance(divisor_override, Expr) and not divisor_override.is_number:
        return sums.divide(divisor_override)
    divisor = exact_number(divisor_override)
    if not divisor:
        raise SymconvError(
            f"divisor_override must be a number other than 0, got {as_given(divisor_override)}"
        )
    return sums / divisor


def adaptive_avg_pool(
    signal: SignalExpr, output_size: Any, axes: int | Sequence[int] | None = None
) -> SignalExpr:
    """Average pooling to a given number of outputs, a number.

    Of m outputs for n entries, output i is the mean of the entries from ⌊i·n/m⌋ on and before
    ⌈(i + 1)·n/m⌉.  Where n is m·q, that is `avg_pool(q)`; then m may be a symbol.

    Args:
        signal: the input.
        output_size: m; of several axes a tuple, for the last ones, in which None leaves an axis
            as it is.
        axes: along which, where there are several and no tuple of sizes.

    Raises:
        SymconvError: m is a symbol, and n no multiple of it.

    References:
        `torch.nn.functional.adaptive_avg_pool1d`, `adaptive_avg_pool2d`, `adaptive_avg_pool3d`.

    >>> Signal("x", 5).adaptive_avg_pool(2).vector()
    [x0/3 + x1/3 + x2/3, x2/3 + x3/3 + x4/3]
    """
    along = sliding_axes(signal, output_size, axes, "x.adaptive_avg_pool(m)")
    wanted = dict(zip(along, _output_sizes(signal, output_size, len(along)), strict=True))
    sizes = {axis: size_along(signal, axis) for axis in along}
    quotients = {axis: _quotient(sizes[axis], m) for axis, m in wanted.items() if m is not None}
    for axis, q in quotients.items():
        m = wanted[axis]
        if q is None and m is not None and m.number is None:
            raise SymconvError(
                f"an adaptive pool has a number of outputs, or one that divides the size: {signal} "
                f"has size {sizes[axis]} along axis {axis}, which is not written as a multiple of "
                f"{m}"
            )
    single = tuple(axis for axis in quotients if wanted[axis] == 1 and sizes[axis] != 1)
    whole = {
        axis: q for axis, q in quotients.items() if q is not None and q != 1 and axis not in single
    }
    result = signal
    if single:
        result = _with_axes(signal.mean(single), single)
    if whole:
        result = avg_pool(result, tuple(whole.values()), axes=tuple(whole))
    for axis, q in quotients.items():
        m = wanted[axis]
        if q is None and m is not None:
            result = _adapted(result, axis, m)
    return result


def _output_sizes(signal: SignalExpr, given: Any, count: int) -> list[Amount | None]:
    """How many outputs there are along each axis; None where it is left as it is."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        each: Sequence[Any] = given
    else:
        each = [given] * count
    chosen = [1 if one is None else one for one in each]
    sizes = each_axis(chosen, count, "the output size", signal, positive=True)
    return [None if one is None else size for one, size in zip(each, sizes, strict=True)]


def _quotient(n: Amount, m: Amount) -> Amount | None:
    """n/m where n is written as a multiple of m; None where it is not."""
    whole, rest = divided(n.polynomial, m.polynomial)
    if rest.terms or not whole.terms:
        return None
    number = whole.as_integer()
    if number is not None:
        return Amount.of(number)
    return Amount(whole, {name: n.symbols[name] for name in whole.symbols()})


def _adapted(signal: SignalExpr, axis: int, m: Amount) -> SignalExpr:
    """The means of m windows along an axis that cover it evenly."""
    n = size_along(signal, axis)
    count = small_number(m, "the output size of an adaptive pool")
    firsts = [n * i // count for i in range(count)]
    ends = [*((n * (i + 1)).divided_up(count) for i in range(count - 1)), n]
    parts = [
        _with_axes(signal.pad(-first, end - n, axis=axis).sum(axis), (axis,)).divide(end - first)
        for first, end in zip(firsts, ends, strict=True)
    ]
    return concatenate(parts, axis)


def _with_axes(signal: SignalExpr, axes: Sequence[int]) -> SignalExpr:
    """The tensor with new axes of one entry, which are then these."""
    rank = signal.ndim + len(axes)
    kept: SignalExpr = signal[tuple(None if axis in axes else slice(None) for axis in range(rank))]
    return kept


class _Windows(NamedTuple):
    """The windows of a pool, along each axis along which it slides.

    Attributes:
        axes: these axes.
        sizes: how many entries a window has.
        strides: from one to the next.
        dilations: from one entry of a window to the next.
        paddings: what was given, before and after.
        pads: what is padded before and after, which with `ceil_mode` is more than was given.
    """

    axes: tuple[int, ...]
    sizes: list[Amount]
    strides: list[Amount]
    dilations: list[Amount]
    paddings: list[tuple[Amount, Amount]]
    pads: list[tuple[Amount, Amount]]


def _windows_of(
    signal: SignalExpr,
    size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    axes: int | Sequence[int] | None,
    dilation: Any,
) -> _Windows:
    """The windows that the arguments of a pool say; see `avg_pool`."""
    along = sliding_axes(signal, size, axes, "x.avg_pool(c)")
    count = len(along)
    sizes = each_axis(size, count, "the size of an average pool", signal, positive=True)
    strides, dilations = steps(1 if stride is None else stride, dilation, count, signal)
    if stride is None:
        strides = sizes
    paddings = pads_along(padding, count, signal)
    pads = []
    for axis, c, s, d, (l, r) in zip(along, sizes, strides, dilations, paddings, strict=True):
        reach = d * (c - 1) + 1
        more = _beyond(size_along(signal, axis), reach, s, l, r) if ceil_mode else Amount.of(0)
        pads.append((l, r + more))
    return _Windows(along, sizes, strides, dilations, paddings, pads)


def _averaged(
    signal: SignalExpr, sums: SignalExpr, pool: _Windows, ceil_mode: bool, count_include_pad: bool
) -> SignalExpr:
    """The sums divided by the number of entries that count in each window."""
    are_alike = [
        not ceil_mode and (count_include_pad or (l == 0 and r == 0)) for l, r in pool.paddings
    ]
    alike_sizes = [c for c, alike in zip(pool.sizes, are_alike, strict=True) if alike]
    if alike_sizes:
        sums = sums.divide(prod(alike_sizes, start=Amount.of(1)))
    for along, alike in enumerate(are_alike):
        if not alike:
            share = _share(signal, sums, pool, along, count_include_pad)
            sums = sums.apply(Multiply(), along_axis(share, pool.axes[along], sums.ndim, "u"))
    return sums


def _beyond(n: Amount, reach: Amount, s: Amount, l: Amount, r: Amount) -> Amount:
    """How far the last window goes beyond the padded input, with as many windows as may begin."""
    windows = (n + l + r - reach).divided_up(s) + 1
    begun = (n + l - 1) // s + 1
    fewest = -(-windows).or_at_least(-begun)
    return ((fewest - 1) * s + reach - n - l - r).or_at_least(0)


def _share(
    signal: SignalExpr, sums: SignalExpr, pool: _Windows, along: int, with_pad: bool
) -> SignalExpr:
    """1 over the number of entries in each window along one of the axes."""
    axis, s, d = pool.axes[along], pool.strides[along], pool.dilations[along]
    left, right = pool.paddings[along]
    c = small_number(pool.sizes[along], "the size of an average pool with uneven windows")
    taken = {name for names in sums.names for name in names}
    u = Symbol(str(next(letters("uvw", taken))), integer=True)
    first = difference(product(s.written, u), left.written)
    n = length_expression(signal, axis=axis)  # of one axis, as each goes through all of a network
    end = sum_of(n, right.written) if with_pad else n
    if d == 1:
        last = smallest(sum_of(first, Amount.of(c).written), end)
        begin: Expr = first if with_pad else largest(first, Amount.of(0).written)
        entries = difference(last, begin)
    else:  # those before the end, less those before the input
        counted = rounded_up(quotient(difference(end, first), d.written))
        skipped = (
            Amount.of(0).written if with_pad else rounded_up(quotient(negative(first), d.written))
        )
        entries = difference(
            smallest(Amount.of(c).written, counted), largest(skipped, Amount.of(0).written)
        )
    shares = [(Rational(1, i), Eq(entries, i, evaluate=False)) for i in range(1, c + 1)]
    share = Piecewise(*shares, (0, True), evaluate=False)
    return by_formula((u,), share, (size_along(sums, axis),))

"""Convolution layers over channels, in any number of dimensions, as PyTorch has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.limits import MOST_COLUMNS
from symconv.arithmetic.polynomials import Polynomial, equal, floor
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, positive_argument
from symconv.language.arrays import Array, Doubles, indices
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    POSTFIX,
    PRODUCT,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operator,
    Requirement,
    Rule,
    Shape,
    guarded,
    inside_of,
    not_negative,
    positive_at,
    products,
    summed,
    to_assume,
    worded,
)
from symconv.language.operators.kernels import check_kernel, check_kernel_at, is_no_empty_kernel
from symconv.language.operators.pad import Pad
from symconv.language.operators.radix import quotient, times
from symconv.language.operators.torch_code import torch_tensor
from symconv.language.operators.windows import (
    count_of_windows,
    count_of_windows_at,
    sliding_windows,
)

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Conv"]


@dataclass(frozen=True, slots=True)
class Conv(Operator):
    """A layer without padding and bias; see `symconv.language.layers.convolutions.conv`.

    The operands are the input (N, C, *spatial) or (C, *spatial), and the kernel
    (O, C/groups, *spatial).

    Attributes:
        stride: along each spatial axis.
        dilation: along each spatial axis.
        groups: how many groups of channels there are.
    """

    stride: tuple[Amount, ...]
    dilation: tuple[Amount, ...]
    groups: Amount

    is_drawn = False
    method = "conv"
    call = "x.conv(w)"
    multiplies = True
    kernel_operand = 1
    names_entries = True
    may_be_torch = True
    arity = 2

    @property
    def dimensions(self) -> int:
        """How many spatial axes there are."""
        return len(self.stride)

    def _batch(self, node: SignalExpr) -> int:
        """How many axes stand before that of the channels: one, or none."""
        return node.operands[0].ndim - self.dimensions - 1

    def check_axes(self, node: SignalExpr) -> None:
        """Refuse an input and a kernel of which one is for more dimensions."""
        signal, kernel = node.operands
        if kernel.ndim != self.dimensions + 2 or self._batch(node) not in (0, 1):
            raise SymconvError(
                f"{kernel} has {kernel.ndim} axes, and is a kernel for an input of "
                f"{kernel.ndim - 1} axes (C, …) or {kernel.ndim} axes (N, C, …); {signal} has "
                f"{signal.ndim}"
            )

    def check(self, node: SignalExpr) -> None:
        """Refuse channels and groups that do not fit, and an empty kernel."""
        signal, kernel = node.operands
        for what, amounts in (("stride", self.stride), ("dilation", self.dilation)):
            for amount in amounts:
                positive_argument(amount, f"the {what}", signal)
        positive_argument(self.groups, "the number of groups", signal)
        check_kernel(kernel)
        for condition, message in self._channels(node):
            one, other = (p.as_integer() for p in condition)
            if one is not None and other is not None and one != other:
                raise SymconvError(message())

    def _channels(self, node: SignalExpr) -> Iterator[tuple[tuple[Polynomial, Polynomial], Any]]:
        """What has to be equal: the channels that are there and read, and outputs and groups."""
        signal, kernel = node.operands
        axis = self._batch(node)
        groups = self.groups.polynomial
        inputs, outputs = kernel.lengths[1], kernel.lengths[0]
        yield (
            (signal.lengths[axis], inputs * groups),
            partial(self._wrong_channels, node),
        )
        if groups != Polynomial.constant(1):
            yield (
                (outputs, floor(outputs, groups) * groups),
                partial(self._wrong_groups, node),
            )

    def _wrong_channels(self, node: SignalExpr) -> str:
        signal, kernel = node.operands
        axis = self._batch(node)
        have, read = signal.shape[axis], kernel.shape[1]
        times_ = "" if self.groups == 1 else f" for each of {self.groups} groups"
        wanted = read * self.groups.written
        return (
            f"{signal} has {have} channels along axis {axis}, and the kernel {kernel} reads "
            f"{read}{times_} (its axis 1){to_assume(f'{have} == {wanted}', have, wanted)}"
        )

    def _wrong_groups(self, node: SignalExpr) -> str:
        _, kernel = node.operands
        outputs = kernel.shape[0]
        return (
            f"the kernel {kernel} has {outputs} output channels (its axis 0), which {self.groups} "
            "groups do not divide"
            + to_assume(f"Eq(Mod({outputs}, {self.groups}), 0)", outputs, self.groups.written)
        )

    def shape(self, node: SignalExpr) -> Shape:
        """The batch, the output channels, and max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1) for each axis."""
        signal, kernel = node.operands
        first = self._batch(node) + 1
        sizes = []
        for axis, (s, d) in enumerate(zip(self.stride, self.dilation, strict=True)):
            n, c = signal.lengths[first + axis], kernel.lengths[2 + axis]
            sizes.append(not_negative(count_of_windows(n, c, s, d), node))
        return (*signal.lengths[: first - 1], kernel.lengths[0], *sizes)

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Never: the input may be too short."""
        return False

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The kernel is not empty, and the channels fit."""
        yield from is_no_empty_kernel(node.operands[1])
        for (one, other), message in self._channels(node):
            if one != other:
                yield Requirement((equal(one, other),), message)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Σ w[o, q, j, …]·x[n, g·Q + q, s·u + d·j, …] over q, j, …, in the group g of o."""
        signal, kernel = node.operands
        batch = self._batch(node)
        before, o, places = index[:batch], index[batch], index[batch + 1 :]
        outputs, inputs, *sizes = kernel.lengths
        groups = self.groups.polynomial
        q, *js = (next(fresh) for _ in kernel.lengths[1:])
        group = quotient(o, floor(outputs, groups), groups)
        channel = times(group, inputs) + Polynomial.of(q)
        position = tuple(
            s.polynomial * u + d.polynomial * Polynomial.of(j)
            for u, j, s, d in zip(places, js, self.stride, self.dilation, strict=True)
        )
        taps = yield kernel, (o, *map(Polynomial.of, (q, *js))), False
        source = yield signal, (*before, channel, *position), True
        terms = products(taps, source, fresh)
        for number, size in reversed(list(zip((q, *js), (inputs, *sizes), strict=True))):
            terms = summed(terms, number, size)
        return guarded(terms, () if inside else inside_of(index, node.lengths))

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The same as `shape`."""
        signal, kernel = shapes
        first = self._batch(node) + 1
        check_kernel_at(node.operands[1], prod(kernel))
        groups = positive_at(self.groups, at, "number of groups")
        if signal[first - 1] != kernel[1] * groups:
            raise SymconvError(self._wrong_channels(node))
        if kernel[0] % groups:
            raise SymconvError(self._wrong_groups(node))
        counts = []
        for axis, (s, d) in enumerate(zip(self.stride, self.dilation, strict=True)):
            counts.append(count_of_windows_at(at, signal[first + axis], kernel[2 + axis], s, d))
        return (*signal[: first - 1], kernel[0], *counts)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """Each entry a sum over the taps of its group."""
        x, w = operands
        batch = len(shape) - self.dimensions - 1
        strides = [s.at(fixed.at) for s in self.stride]
        dilations = [d.at(fixed.at) for d in self.dilation]
        outputs, inputs, *sizes = w.shape
        of_group = outputs // self.groups.at(fixed.at)
        result = []
        for *before, o, in_place in self._outputs(shape, batch):
            first = (o // of_group) * inputs
            total = fixed.zero
            for q, *taps in product(range(inputs), *map(range, sizes)):
                place = (
                    s * u + d * j
                    for u, j, s, d in zip(in_place, taps, strides, dilations, strict=True)
                )
                total = total + w.at((o, q, *taps)) * x.at((*before, first + q, *place))
            result.append(total)
        return result

    def _outputs(self, shape: tuple[int, ...], batch: int) -> Iterator[tuple[Any, ...]]:
        for index in indices(shape):
            yield (*index[: batch + 1], index[batch + 1 :])

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each output with each tap, of which no more than all can be read."""
        return prod(shape) * prod(shapes[1])

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """Products of matrices: the kernel times columns of what each window holds.

        The columns are written some at a time.  Of channels that are not summed over, whole
        rows are multiplied, tap by tap.
        """
        import numpy as np

        x, w = operands
        batch, groups = len(shape) - self.dimensions - 1, self.groups.at(given.at)
        outputs, inputs, *taps = w.shape
        samples = prod(shape[:batch])
        source = x.reshape(samples, groups, inputs, *x.shape[batch + 1 :])
        kernel = w.reshape(groups, outputs // groups, inputs, *taps)
        result = np.zeros((samples, *kernel.shape[:2], *shape[batch + 1 :]))
        if result.size:
            strides = [s.at(given.at) for s in self.stride]
            dilations = [d.at(given.at) for d in self.dilation]
            write = _write_tap_by_tap if inputs == 1 < groups else _write_by_columns
            write(result, source, kernel, strides, dilations)
        return result.reshape(shape)

    def double_steps(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Each output with each tap of its group."""
        return prod(shape) * prod(shapes[1][1:])

    def doubles_held(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """The result, another one while taps are added, and a copy of the operands or columns."""
        return 2 * prod(shape) + max(MOST_COLUMNS, sum(map(prod, shapes)))

    def terms(self, sizes: Sequence[int]) -> int:
        """One for each tap."""
        return sizes[1]

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call of the method, with what is not 1."""
        signal, kernel = node.operands
        arguments = [write.text(kernel)]
        for name, amounts in (("stride", self.stride), ("dilation", self.dilation)):
            if any(amount != 1 for amount in amounts):
                arguments.append(f"{name}={_several(amounts, write.argument)}")
        arguments += write.unless_one(groups=self.groups)
        return f"{write.receiver(signal)}.conv({', '.join(arguments)})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """A star, as for one channel, and below or behind it what is not 1."""
        signal, kernel = node.operands
        told = [
            worded(write, name, _several(amounts, write.number))
            for name, amounts in (("stride", self.stride), ("dilation", self.dilation))
            if any(amount != 1 for amount in amounts)
        ]
        told += [worded(write, "groups", write.number(self.groups))] * (self.groups != 1)
        left, right = write.operand(signal, POSTFIX), write.operand(kernel, POSTFIX)
        if write.is_latex:
            sign = rf"\underset{{{', '.join(told)}}}{{\star}}" if told else r"\star"
            return f"{left} {sign} {right}", PRODUCT
        return f"{left} ⋆{f'[{chr(44).join(told)}]' if told else ''} {right}", PRODUCT

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """An einsum over sliding windows, where groups are an axis of their own."""
        signal, kernel = node.operands
        batch, shape = self._batch(node), write.shape(node)
        if 0 in shape:
            return f"np.zeros({shape}, int)"
        if write.with_torch:
            return self._torch_code(write, node)
        taps = write.shape(kernel)
        windows = [
            (batch + 1 + i, taps[2 + i], s.at(write.at), d.at(write.at))
            for i, (s, d) in enumerate(zip(self.stride, self.dilation, strict=True))
        ]
        text = sliding_windows(write.text(signal), signal.ndim, windows)
        before, places, js = "n" * batch, "hwdefg"[: self.dimensions], "ijklpq"[: self.dimensions]
        groups = self.groups.at(write.at)
        weights = write.operand(kernel)
        if groups == 1:
            return (
                f'np.einsum("{before}c{places}{js},oc{js}->{before}o{places}", {text}, {weights})'
            )
        counts = shape[batch + 1 :]
        first = (*shape[:batch], groups, taps[1], *counts, *taps[2:])
        second = (groups, taps[0] // groups, *taps[1:])
        return (
            f'np.einsum("{before}gc{places}{js},goc{js}->{before}go{places}", '
            f"{text}.reshape({first}), {weights}.reshape({second})).reshape({shape})"
        )

    def _torch_code(self, write: NumPy, node: SignalExpr) -> str:
        """PyTorch's layer, with the padding that stands before it where that is its own."""
        signal, kernel = node.operands
        first = self._batch(node) + 1
        padding = [0] * self.dimensions
        while isinstance(signal.operator, Pad):
            left, right = signal.operator.left.at(write.at), signal.operator.right.at(write.at)
            place = signal.operator.axis - first
            (inner,) = signal.operands
            if left != right or left < 0 or place < 0 or padding[place]:
                break
            if 0 in write.shape(inner)[first:]:  # which PyTorch refuses, however much is padded
                break
            padding[place] = left
            signal = inner
        given = {
            "stride": [amount.at(write.at) for amount in self.stride],
            "padding": padding,
            "dilation": [amount.at(write.at) for amount in self.dilation],
        }
        arguments = [torch_tensor(write.text(part), part) for part in (signal, kernel)]
        for name, amounts in given.items():
            if set(amounts) - {0 if name == "padding" else 1}:
                same = len(set(amounts)) == 1
                arguments.append(f"{name}={amounts[0] if same else tuple(amounts)}")
        groups = self.groups.at(write.at)
        arguments += [f"groups={groups}"] * (groups != 1)
        layer = f"torch.nn.functional.conv{self.dimensions}d"
        return f"{layer}({', '.join(arguments)}).numpy()"


# --- in double precision ---------------------------------------------------------------
# The source is (samples, groups, channels, *spatial), the kernel (groups, outputs, channels, *taps)
# and the result (samples, groups, outputs, *places).


def _write_tap_by_tap(
    result: Doubles,
    source: Doubles,
    kernel: Doubles,
    strides: Sequence[int],
    dilations: Sequence[int],
) -> None:
    """For channels that are not summed over: multiples of whole rows, added up."""
    places, taps = result.shape[3:], kernel.shape[3:]
    for tap in indices(taps):
        one: tuple[Any, ...] = (..., 0, *tap)
        read: tuple[Any, ...] = tuple(
            slice(d * j, d * j + s * (size - 1) + 1, s)
            for j, size, s, d in zip(tap, places, strides, dilations, strict=True)
        )
        factors = kernel[one]
        result += factors.reshape(*factors.shape, *(1 for _ in places)) * source[(..., *read)]


def _write_by_columns(
    result: Doubles,
    source: Doubles,
    kernel: Doubles,
    strides: Sequence[int],
    dilations: Sequence[int],
) -> None:
    """The kernel as a matrix, times columns of what each window holds, some at a time."""
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view

    groups, outputs, channels, *taps = kernel.shape
    (height, *widths), count = result.shape[3:], len(taps)
    width, inner = prod(widths), channels * prod(taps)
    matrices = kernel.reshape(groups, outputs, inner)
    flat = result.reshape(len(result), groups, outputs, height * width)
    if inner == channels and prod(strides) == 1:
        np.matmul(matrices, source.reshape(len(source), groups, channels, -1), out=flat)
        return
    reaches = tuple(d * (c - 1) + 1 for c, d in zip(taps, dilations, strict=True))
    steps: tuple[Any, ...] = (..., *(slice(None, None, step) for step in (*strides, *dilations)))
    windows = sliding_window_view(source, reaches, tuple(range(3, 3 + count)))[steps]
    # (samples, groups, channels, *taps, *places): each place is a column.
    columns = windows.transpose(0, 1, 2, *range(3 + count, 3 + 2 * count), *range(3, 3 + count))
    rows = min(height, max(1, MOST_COLUMNS // (inner * width)))
    together = min(groups, max(1, MOST_COLUMNS // (inner * width * height)))
    buffer = np.empty(together * inner * rows * width)
    every = (slice(None),) * (1 + count)
    for n, g, r in product(range(len(result)), range(0, groups, together), range(0, height, rows)):
        of_groups, of_rows = slice(g, g + together), slice(r, r + rows)
        part = columns[(n, of_groups, *every, of_rows)]
        written = buffer[: part.size].reshape(part.shape)
        written[...] = part
        into = flat[n, of_groups, :, r * width : (r + rows) * width]
        np.matmul(matrices[of_groups], written.reshape(len(part), inner, -1), out=into)


def _several(amounts: Sequence[Amount], write: Any) -> str:
    """One amount for all axes, or a tuple."""
    if all(amount == amounts[0] for amount in amounts):
        return str(write(amounts[0]))
    return f"({', '.join(map(write, amounts))})"

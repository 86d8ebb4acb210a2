"""Expressions of tensors with a meaning of their own: Python's text for symconv, and NumPy arrays.

Nothing here is taken from symconv: the values are computed by the definitions of the layers, on
integers modulo a prime, or on integers and fractions as they are.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tests.generators.sizes import ONE, ZERO, At, Size, Whole, divided_up, largest, smallest

__all__ = [
    "EXACT",
    "MODULAR",
    "AvgPool",
    "BatchNorm",
    "Broadcast",
    "Concatenate",
    "Conv",
    "ConvTranspose",
    "Convolve",
    "Correlate",
    "Dilate",
    "Divide",
    "Downsample",
    "Einsum",
    "Expand",
    "Flip",
    "Fold",
    "Formula",
    "IllTypedError",
    "Index",
    "Linear",
    "Mean",
    "Named",
    "Node",
    "Op",
    "Pad",
    "PadSame",
    "PixelShuffle",
    "PixelUnshuffle",
    "Rearrange",
    "Ring",
    "Roll",
    "Scale",
    "Shape",
    "Slice",
    "Sum",
    "UndefinedError",
    "Unfold",
    "Upsample",
    "Windows",
    "entries",
    "named_tensors",
    "names_of",
    "program",
    "run",
    "sizes",
    "walk",
]

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = tuple[Size, ...]
Position: TypeAlias = int | None  # None is a zero
Pairs: TypeAlias = tuple[tuple[Size, Size], ...]


class IllTypedError(ValueError):
    """The tensors do not fit together."""


class UndefinedError(ValueError):
    """An operator has no meaning at these sizes."""


@dataclass(frozen=True)
class Ring:
    """Where the entries are.

    Attributes:
        prime: of the integers modulo a prime, small enough that sums of 2,000 products are exact
            in 64 bits; None for integers and fractions as they are.
    """

    prime: int | None

    @property
    def dtype(self) -> type[Any]:
        return np.int64 if self.prime else object

    def reduced(self, a: Array) -> Array:
        return a % self.prime if self.prime else a

    def zeros(self, shape: Sequence[int]) -> Array:
        return np.zeros(shape, dtype=self.dtype)

    def times(self, a: Array, number: Fraction) -> Array:
        """The multiple by a number."""
        if self.prime is None:
            exact = number.numerator if number.denominator == 1 else number
            return a * exact
        return self.reduced(
            a * (number.numerator * pow(number.denominator, -1, self.prime) % self.prime)
        )

    def contracted(self, pattern: str, *arrays: Array) -> Array:
        """Sums of products, by letters: every letter is a loop."""
        inputs, _, output = pattern.partition("->")
        terms = inputs.split(",")
        sizes: dict[str, int] = {}
        for term, array in zip(terms, arrays, strict=True):
            for letter, size in zip(term, array.shape, strict=True):
                if sizes.setdefault(letter, size) != size:
                    raise UndefinedError(f"{pattern} with {letter} of {size} and {sizes[letter]}")
        letters = output + "".join(a for a in sizes if a not in output)
        result = np.ones([sizes[a] for a in letters], dtype=self.dtype)
        for term, array in zip(terms, arrays, strict=True):
            result = self.reduced(result * _spread(term, array, letters))
        axes = tuple(range(len(output), len(letters)))
        return self.reduced(result.sum(axis=axes)) if axes else result


MODULAR = Ring(67_108_859)
EXACT = Ring(None)


def _spread(term: str, array: Array, letters: str) -> Array:
    """The array with an axis for each of the letters; a letter twice is a diagonal."""
    while len(set(term)) < len(term):
        twice = next(a for a in term if term.count(a) > 1)
        i, j = [m for m, a in enumerate(term) if a == twice][:2]
        array = np.diagonal(array, axis1=i, axis2=j)
        term = "".join(a for m, a in enumerate(term) if m not in (i, j)) + twice
    order = sorted(range(len(term)), key=lambda m: letters.index(term[m]))
    array = array.transpose(order)
    sizes = {term[m]: array.shape[at] for at, m in enumerate(order)}
    return array.reshape([sizes.get(a, 1) for a in letters])


# --- axes ----------------------------------------------------------------------------


def _axes(axes: Sequence[int], rank: int) -> list[int]:
    """The axes, counted from the left."""
    if any(not -rank <= axis < rank for axis in axes):
        raise IllTypedError(f"axes {axes} of {rank}")
    found = [axis % rank for axis in axes]
    if len(set(found)) < len(found):
        raise IllTypedError("an axis twice")
    return found


def _along(shape: Shape, axes: Sequence[int], change: Callable[[Size], Size]) -> Shape:
    found = _axes(axes, len(shape))
    return tuple(change(size) if i in found else size for i, size in enumerate(shape))


def _taken(a: Array, axis: int, positions: Sequence[Position]) -> Array:
    """The entries at some positions of an axis."""
    n = a.shape[axis]
    row = np.zeros([1 if i == axis else size for i, size in enumerate(a.shape)], dtype=a.dtype)
    inside = [p if p is not None and 0 <= p < n else n for p in positions]
    return np.take(np.concatenate([a, row], axis=axis), np.array(inside, dtype=int), axis=axis)


def _every(a: Array, axes: Sequence[int], positions: Callable[[int], Sequence[Position]]) -> Array:
    for axis in _axes(axes, a.ndim):
        a = _taken(a, axis, positions(a.shape[axis]))
    return a


def _axis_code(axes: Sequence[int]) -> str:
    return f"axis={axes[0]}" if len(axes) == 1 else f"axis={tuple(axes)}"


def _tuple_code(sizes: Sequence[Size]) -> str:
    inside = ", ".join(size.text for size in sizes)
    return f"({inside},)" if len(sizes) == 1 else f"({inside})"


def _one_or_tuple(sizes: Sequence[Size]) -> str:
    return sizes[0].text if len(set(sizes)) == 1 else _tuple_code(sizes)


def _positive(value: int, what: str) -> int:
    if value < 1:
        raise UndefinedError(f"{what} is {value}")
    return value


def _plain(low: int, *sizes: Size) -> None:
    """See that sizes are large enough whatever their symbols are."""
    for size in sizes:
        if size.least is None or size.least < low:
            raise IllTypedError(f"{size.text} may be below {low}")


def _same(one: Size, other: Size, what: str) -> None:
    if one != other:
        raise IllTypedError(f"{what}: {one.text} and {other.text}")


# --- expressions ---------------------------------------------------------------------


@dataclass(frozen=True)
class Op:
    """An operator: its shape, its Python, and its values."""

    def shape(self, *operands: Shape) -> Shape:
        raise NotImplementedError

    def code(self, *operands: str) -> str:
        raise NotImplementedError

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Node:
    """A tensor: an operator and its operands, which other nodes may share."""

    op: Op
    operands: tuple[Node, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.op, Formula) and not all(isinstance(o.op, Named) for o in self.operands):
            raise IllTypedError("a formula is one in entries of named tensors")
        assert self.shape is not None  # whoever makes what does not fit is told at once

    @cached_property
    def shape(self) -> Shape:
        return self.op.shape(*(operand.shape for operand in self.operands))

    @property
    def rank(self) -> int:
        return len(self.shape)

    def apply(self, op: Op, *others: Node) -> Node:
        return Node(op, (self, *others))


def walk(*roots: Node) -> Iterator[Node]:
    """Every node once, operands first."""
    seen: set[int] = set()

    def visit(node: Node) -> Iterator[Node]:
        if id(node) not in seen:
            seen.add(id(node))
            for operand in node.operands:
                yield from visit(operand)
            yield node

    for root in roots:
        yield from visit(root)


def named_tensors(*roots: Node) -> dict[str, Shape]:
    """The named tensors, with their shapes."""
    return {node.op.name: node.shape for node in walk(*roots) if isinstance(node.op, Named)}


def names_of(*roots: Node) -> set[str]:
    """The symbols, of shapes and of amounts."""
    found: set[str] = set()
    for node in walk(*roots):
        found.update(*(size.names for size in _sizes_in(node.op)))
    return found


def _sizes_in(part: Any) -> Iterator[Size]:
    if isinstance(part, Size):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _sizes_in(inner)
    elif isinstance(part, Op | Slice):
        for field in fields(part):
            yield from _sizes_in(getattr(part, field.name))


Entry: TypeAlias = Callable[[str, tuple[int, ...]], Array]


def run(roots: Sequence[Node], at: At, ring: Ring, entry: Entry) -> list[Array]:
    """The values at a point; a node that is shared is computed once.

    Raises:
        UndefinedError: something has no meaning there.
    """
    done: dict[int, Array] = {}
    for node in walk(*roots):
        if isinstance(node.op, Named):
            sizes = tuple(size.at(at) for size in node.op.sizes)
            if min(sizes, default=0) < 0:
                raise UndefinedError(f"{node.op.name} has the shape {sizes}")
            done[id(node)] = entry(node.op.name, sizes)
        else:
            done[id(node)] = node.op.values(at, ring, *(done[id(o)] for o in node.operands))
    return [done[id(root)] for root in roots]


def program(roots: Sequence[Node], names: Sequence[str] = ("lhs", "rhs")) -> list[str]:
    """Lines of Python; what is used more than once has a line of its own."""
    uses = Counter(id(o) for node in walk(*roots) for o in node.operands)
    uses.update(map(id, roots))
    texts: dict[int, str] = {}
    lines: list[str] = []
    made = 0
    for node in walk(*roots):
        if isinstance(node.op, Named):
            if not any(line.startswith(f"{node.op.name} = ") for line in lines):
                lines.insert(0, f"{node.op.name} = {node.op.code()}")
            texts[id(node)] = node.op.name
            continue
        text = node.op.code(*(texts[id(o)] for o in node.operands))
        if uses[id(node)] > 1:
            made += 1
            lines.append(f"t{made} = {text}")
            text = f"t{made}"
        texts[id(node)] = text
    return [*lines, *(f"{n} = {texts[id(r)]}" for n, r in zip(names, roots, strict=True))]


# --- what is given -------------------------------------------------------------------


@dataclass(frozen=True)
class Named(Op):
    name: str
    sizes: Shape

    def shape(self, *operands: Shape) -> Shape:
        return self.sizes

    def code(self, *operands: str) -> str:
        return f'Tensor("{self.name}", {_tuple_code(self.sizes)})'


# --- along axes ----------------------------------------------------------------------


def _zeros(n: int, left: int, right: int) -> list[Position]:
    return [u - left if 0 <= u - left < n else None for u in range(max(0, n + left + right))]


def _extended(n: int, left: int, right: int, mode: str) -> list[Position]:
    if mode == "zeros":
        return _zeros(n, left, right)
    most = max(left, right)
    needed = {"reflect": most + 1, "replicate": 1}.get(mode, most) if most else 0
    if min(left, right) < 0 or n < needed:
        raise UndefinedError(f"{mode} padding of {n} by {left} and {right}")
    found: list[Position] = []
    for v in range(-left, n + right):
        if 0 <= v < n:
            found.append(v)
        elif mode == "replicate":
            found.append(0 if v < 0 else n - 1)
        elif mode == "circular":
            found.append(v + n if v < 0 else v - n)
        elif mode == "symmetric":
            found.append(-1 - v if v < 0 else 2 * n - 1 - v)
        else:
            found.append(-v if v < 0 else 2 * n - 2 - v)
    return found


@dataclass(frozen=True)
class Pad(Op):
    left: Size
    right: Size
    axes: tuple[int, ...]
    mode: str = "zeros"

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        if self.mode != "zeros":
            _plain(0, self.left, self.right)
        return _along(shape, self.axes, lambda n: largest(0, n + self.left + self.right))

    def code(self, *operands: str) -> str:
        mode = "" if self.mode == "zeros" else f'"{self.mode}", '
        amounts = f"{self.left.text}, {self.right.text}"
        return f"{operands[0]}.pad({amounts}, {mode}{_axis_code(self.axes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        left, right = self.left.at(at), self.right.at(at)
        return _every(arrays[0], self.axes, lambda n: _extended(n, left, right, self.mode))


@dataclass(frozen=True)
class Flip(Op):
    axes: tuple[int, ...]

    def shape(self, *operands: Shape) -> Shape:
        return _along(operands[0], self.axes, lambda n: n)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.flip({_axis_code(self.axes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        return _every(arrays[0], self.axes, lambda n: range(n)[::-1])


@dataclass(frozen=True)
class Roll(Op):
    amount: Size
    axes: tuple[int, ...]

    def shape(self, *operands: Shape) -> Shape:
        return _along(operands[0], self.axes, lambda n: n)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.roll({self.amount.text}, {_axis_code(self.axes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        amount = self.amount.at(at)

        def rolled(n: int) -> list[int]:
            if abs(amount) > n:
                raise UndefinedError(f"rolling {n} by {amount}")
            return [(u - amount) % n for u in range(n)]

        return _every(arrays[0], self.axes, rolled)


@dataclass(frozen=True)
class Dilate(Op):
    factor: Size
    axes: tuple[int, ...]

    def shape(self, *operands: Shape) -> Shape:
        _plain(1, self.factor)

        def longer(n: Size) -> Size:
            return largest(0, (n - 1) * self.factor + 1)

        return _along(operands[0], self.axes, longer)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.dilate({self.factor.text}, {_axis_code(self.axes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        d = _positive(self.factor.at(at), "a dilation")

        def dilated(n: int) -> list[Position]:
            return [None if u % d else u // d for u in range((n - 1) * d + 1 if n else 0)]

        return _every(arrays[0], self.axes, dilated)


@dataclass(frozen=True)
class Downsample(Op):
    factor: Size
    axes: tuple[int, ...]
    offset: Size = ZERO

    def shape(self, *operands: Shape) -> Shape:
        _plain(1, self.factor)
        _plain(0, self.offset)

        def shorter(n: Size) -> Size:
            return divided_up(largest(0, n - self.offset), self.factor)

        return _along(operands[0], self.axes, shorter)

    def code(self, *operands: str) -> str:
        offset = "" if self.offset.number == 0 else f"offset={self.offset.text}, "
        return f"{operands[0]}.downsample({self.factor.text}, {offset}{_axis_code(self.axes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        s, first = _positive(self.factor.at(at), "a stride"), self.offset.at(at)
        return _every(arrays[0], self.axes, lambda n: range(first, n, s))


@dataclass(frozen=True)
class Slice:
    """What stands for an axis between brackets; one entry, where it is no range."""

    start: Size | None = None
    stop: Size | None = None
    step: Size | None = None
    is_range: bool = True

    @property
    def text(self) -> str:
        if not self.is_range:
            return self.start.text if self.start is not None else "None"
        start, stop, step = (
            "" if s is None else s.text for s in (self.start, self.stop, self.step)
        )
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"

    def size(self, n: Size) -> Size:
        """How many entries it leaves of n, for bounds whose sign is plain."""
        step = self.step or Size.of(1)
        if step.number is not None and step.number < 0:
            if self.start is not None or self.stop is not None:
                raise IllTypedError("bounds with a negative step")
            return divided_up(n, -step)
        start = _bounded(self.start, n) if self.start is not None else Size.of(0)
        stop = _bounded(self.stop, n) if self.stop is not None else n
        return divided_up(largest(0, stop - start), step)

    def at(self, values: At) -> Any:
        """What stands between the brackets in NumPy."""
        if not self.is_range:
            return None if self.start is None else self.start.at(values)
        start, stop, step = (
            None if s is None else s.at(values) for s in (self.start, self.stop, self.step)
        )
        if step == 0:
            raise UndefinedError("a step is 0")
        return slice(start, stop, step)


def _bounded(bound: Size, n: Size) -> Size:
    if bound.least is not None and bound.least >= 0:
        return smallest(bound, n)
    negative = (-bound).least
    if negative is not None and negative >= 1:
        return largest(0, n + bound)
    raise IllTypedError(f"the sign of {bound.text} is not plain")


@dataclass(frozen=True)
class Index(Op):
    """NumPy's brackets: ranges, entries and new axes, from the first axis on."""

    items: tuple[Slice, ...]
    is_last: bool = False
    """Whether they are for the last axes, after "..."."""

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        taken = sum(item.is_range or item.start is not None for item in self.items)
        if taken > len(shape):
            raise IllTypedError(f"{taken} indices for {len(shape)} axes")
        rest = list(shape[len(shape) - taken :] if self.is_last else shape[:taken])
        sizes: list[Size] = []
        for item in self.items:
            if item.is_range:
                sizes.append(item.size(rest.pop(0)))
            elif item.start is None:
                sizes.append(Size.of(1))
            else:
                rest.pop(0)
        others = shape[: len(shape) - taken] if self.is_last else shape[taken:]
        return (*others, *sizes) if self.is_last else (*sizes, *others)

    def code(self, *operands: str) -> str:
        texts = [item.text for item in self.items]
        return f"{operands[0]}[{', '.join(['...', *texts] if self.is_last else texts)}]"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        items = [item.at(at) for item in self.items]
        try:
            return arrays[0][tuple([..., *items] if self.is_last else items)]
        except IndexError:
            raise UndefinedError("an index outside") from None


@dataclass(frozen=True)
class Windows(Op):
    size: Size
    axis: int
    stride: Size = ONE
    dilation: Size = ONE

    def shape(self, *operands: Shape) -> Shape:
        def count(n: Size) -> Size:
            return _places(n, self.size, self.stride, self.dilation)

        return (*_along(operands[0], [self.axis], count), self.size)

    def code(self, *operands: str) -> str:
        steps = _steps_code(self.stride, self.dilation)
        return f"{operands[0]}.windows({self.size.text}{steps}, axis={self.axis})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        (axis,) = _axes([self.axis], a.ndim)
        c, s, d = (part.at(at) for part in (self.size, self.stride, self.dilation))
        count = _count(a.shape[axis], c, s, d)
        parts = [_taken(a, axis, [s * u + d * j for u in range(count)]) for j in range(c)]
        return np.stack(parts, axis=-1)


def _steps_code(stride: Size, dilation: Size) -> str:
    step = "" if stride.number == 1 else f", stride={stride.text}"
    return step + ("" if dilation.number == 1 else f", dilation={dilation.text}")


def _places(n: Size, c: Size, s: Size, d: Size) -> Size:
    """How many places a window has."""
    _plain(1, c, s, d)
    reach = d * (c - 1)
    if s.number == 1:
        return largest(0, n - reach)
    return largest(0, (n - reach - 1) // s + 1)


def _count(n: int, c: int, s: int, d: int) -> int:
    for value, what in ((c, "a kernel"), (s, "a stride"), (d, "a dilation")):
        _positive(value, what)
    return len(range(0, n - d * (c - 1), s))


# --- rearrangements ------------------------------------------------------------------


def _groups(side: str) -> list[list[str]]:
    """The axes of one side of a pattern, each with the names in it."""
    found = []
    for group, single in re.findall(r"\(([^)]*)\)|(\S+)", side):
        names = group.split() if not single else [single]
        found.append([name for name in names if name != "1"])
    return found


@dataclass(frozen=True)
class Rearrange(Op):
    pattern: str
    sizes: tuple[tuple[str, Size], ...] = ()

    def _sides(self) -> tuple[list[list[str]], list[list[str]]]:
        left, _, right = self.pattern.partition("->")
        return _groups(left), _groups(right)

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        left, right = self._sides()
        if len(left) != len(shape):
            raise IllTypedError(f"{self.pattern} for {len(shape)} axes")
        _plain(1, *(size for _, size in self.sizes))
        known = dict(self.sizes)
        for names, size in zip(left, shape, strict=True):
            open_ = [name for name in names if name not in known]
            given = math.prod([known[n] for n in names if n in known], start=Size.of(1))
            if not open_:
                _same(given, size, self.pattern)
                continue
            quotient = size.divided(given)
            if quotient is None or len(open_) > 1:
                raise IllTypedError(f"{self.pattern} for {size.text}")
            known[open_[0]] = quotient
        if any(name not in known for names in right for name in names):
            raise IllTypedError(self.pattern)
        return tuple(math.prod([known[n] for n in names], start=Size.of(1)) for names in right)

    def code(self, *operands: str) -> str:
        sizes = "".join(f", {name}={size.text}" for name, size in self.sizes)
        return f'{operands[0]}.rearrange("{self.pattern}"{sizes})'

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        left, right = self._sides()
        known = {name: size.at(at) for name, size in self.sizes}
        for names, size in zip(left, a.shape, strict=True):
            given = math.prod(known[n] for n in names if n in known)
            for name in names:
                if name not in known:
                    if given == 0 or size % given:
                        raise UndefinedError(f"{self.pattern} of {a.shape}")
                    known[name] = size // given
            if math.prod(known[n] for n in names) != size:
                raise UndefinedError(f"{self.pattern} of {a.shape}")
        here = [name for names in left for name in names]
        there = [name for names in right for name in names]
        a = a.reshape([known[name] for name in here])
        a = a.transpose([here.index(name) for name in there if name in here])
        kept = [known[name] if name in here else 1 for name in there]
        full = np.broadcast_to(a.reshape(kept), [known[name] for name in there])
        return full.reshape([math.prod(known[name] for name in names) for names in right])


@dataclass(frozen=True)
class Expand(Op):
    sizes: Shape

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        if len(self.sizes) < len(shape):
            raise IllTypedError("fewer axes")
        for size, wanted in zip(shape, self.sizes[len(self.sizes) - len(shape) :], strict=True):
            if size.number != 1:
                _same(size, wanted, "expand")
        return self.sizes

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.expand({_tuple_code(self.sizes)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        return np.broadcast_to(arrays[0], [size.at(at) for size in self.sizes])


@dataclass(frozen=True)
class PixelShuffle(Op):
    factor: Size

    def shape(self, *operands: Shape) -> Shape:
        *rest, c, h, w = _at_least(operands[0], 3)
        channels = c.divided(self.factor * self.factor)
        _plain(1, self.factor)
        if channels is None:
            raise IllTypedError(f"{c.text} channels")
        return (*rest, channels, h * self.factor, w * self.factor)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.pixel_shuffle({self.factor.text})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        r = _positive(self.factor.at(at), "a factor")
        *rest, c, h, w = a.shape
        if c % (r * r):
            raise UndefinedError(f"{c} channels, for {r}")
        result = ring.zeros([*rest, c // (r * r), h * r, w * r])
        for o, i, j in product(range(c // (r * r)), range(r), range(r)):
            result[..., o, i::r, j::r] = a[..., (o * r + i) * r + j, :, :]
        return result


@dataclass(frozen=True)
class PixelUnshuffle(Op):
    factor: Size

    def shape(self, *operands: Shape) -> Shape:
        *rest, c, h, w = _at_least(operands[0], 3)
        height, width = h.divided(self.factor), w.divided(self.factor)
        _plain(1, self.factor)
        if height is None or width is None:
            raise IllTypedError("it does not divide")
        return (*rest, c * self.factor * self.factor, height, width)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.pixel_unshuffle({self.factor.text})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        r = _positive(self.factor.at(at), "a factor")
        *rest, c, h, w = a.shape
        if h % r or w % r:
            raise UndefinedError(f"{h} by {w}, for {r}")
        result = ring.zeros([*rest, c * r * r, h // r, w // r])
        for o, i, j in product(range(c), range(r), range(r)):
            result[..., (o * r + i) * r + j, :, :] = a[..., o, i::r, j::r]
        return result


def _layered(shape: Shape, count: int) -> Shape:
    """The shape of an image, or of several: before the axes of the layer there are two at most."""
    if not count <= len(shape) <= count + 2:
        raise IllTypedError(f"{len(shape)} axes for a layer of {count}")
    return shape


def _at_least(shape: Shape, rank: int) -> Shape:
    if len(shape) < rank:
        raise IllTypedError(f"{len(shape)} axes, not {rank}")
    return shape


@dataclass(frozen=True)
class Upsample(Op):
    factors: Shape

    def shape(self, *operands: Shape) -> Shape:
        shape = _layered(operands[0], len(self.factors))
        _plain(1, *self.factors)
        first = len(shape) - len(self.factors)
        grown = (n * f for n, f in zip(shape[first:], self.factors, strict=True))
        return (*shape[:first], *grown)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.upsample({_tuple_code(self.factors)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        for i, factor in enumerate(self.factors):
            a = np.repeat(a, _positive(factor.at(at), "a factor"), axis=i - len(self.factors))
        return a


@dataclass(frozen=True)
class Concatenate(Op):
    axis: int

    def shape(self, *operands: Shape) -> Shape:
        first = operands[0]
        (axis,) = _axes([self.axis], len(first))
        for other in operands[1:]:
            if len(other) != len(first):
                raise IllTypedError("other axes")
            for i, (one, size) in enumerate(zip(first, other, strict=True)):
                if i != axis:
                    _same(one, size, "concatenate")
        total = sum((shape[axis] for shape in operands), start=Size.of(0))
        return (*first[:axis], total, *first[axis + 1 :])

    def code(self, *operands: str) -> str:
        return f"concatenate([{', '.join(operands)}], axis={self.axis})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        try:
            return np.concatenate(arrays, axis=self.axis)
        except ValueError:
            raise UndefinedError("concatenated sizes differ") from None


# --- sums and products ---------------------------------------------------------------


@dataclass(frozen=True)
class Sum(Op):
    axes: tuple[int, ...]

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        gone = _axes(self.axes, len(shape))
        return tuple(size for i, size in enumerate(shape) if i not in gone)

    def _argument(self) -> str:
        return str(self.axes[0]) if len(self.axes) == 1 else str(self.axes)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.sum({self._argument()})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        for axis in sorted(_axes(self.axes, a.ndim), reverse=True):
            total = ring.zeros([size for i, size in enumerate(a.shape) if i != axis])
            for u in range(a.shape[axis]):
                total = total + np.take(a, u, axis=axis)
            a = ring.reduced(total)
        return a


@dataclass(frozen=True)
class Mean(Sum):
    def shape(self, *operands: Shape) -> Shape:
        for axis in _axes(self.axes, len(operands[0])):
            if operands[0][axis].number == 0:
                raise IllTypedError("a mean over no entries")
        return super().shape(*operands)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.mean({self._argument()})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        number = math.prod(a.shape[axis] for axis in _axes(self.axes, a.ndim))
        if not number:
            raise UndefinedError("the mean of nothing")
        return ring.times(super().values(at, ring, a), Fraction(1, number))


@dataclass(frozen=True)
class Scale(Op):
    number: Fraction

    def shape(self, *operands: Shape) -> Shape:
        return operands[0]

    def code(self, *operands: str) -> str:
        number = self.number
        exact = str(number) if number.denominator == 1 else f"Fraction({number})"
        if number.denominator != 1:
            exact = f"Fraction({number.numerator}, {number.denominator})"
        return f"({exact}*{operands[0]})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        return ring.times(arrays[0], self.number)


@dataclass(frozen=True)
class Divide(Op):
    """The quotient by a size, which is a product of some."""

    divisors: tuple[Size, ...]

    def shape(self, *operands: Shape) -> Shape:
        if any(size.number is not None and size.number < 1 for size in self.divisors):
            raise IllTypedError("a divisor that is not positive")
        return operands[0]

    def code(self, *operands: str) -> str:
        return f"({operands[0]}/({'*'.join(f'({size.text})' for size in self.divisors)}))"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        number = math.prod(size.at(at) for size in self.divisors)
        if number < 1:
            raise UndefinedError("a divisor that is not positive")
        return ring.times(arrays[0], Fraction(1, number))


@dataclass(frozen=True)
class Broadcast(Op):
    """A sum, a difference or a product, entry by entry, after NumPy's broadcasting."""

    sign: str

    def shape(self, *operands: Shape) -> Shape:
        one, other = operands
        rank = max(len(one), len(other))
        unit = Size.of(1)
        if rank == 1:
            _same(one[0], other[0], self.sign)  # signals of one axis are not broadcast
        pairs = zip(
            (*[unit] * (rank - len(one)), *one),
            (*[unit] * (rank - len(other)), *other),
            strict=True,
        )
        sizes = []
        for a, b in pairs:
            if unit not in (a, b):
                _same(a, b, self.sign)
            sizes.append(b if a == unit else a)
        return tuple(sizes)

    def code(self, *operands: str) -> str:
        left, right = operands
        return f"{left}.multiply({right})" if self.sign == "*" else f"({left} {self.sign} {right})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        one, other = arrays
        try:
            if self.sign == "*":
                return ring.reduced(one * other)
            return ring.reduced(one + other if self.sign == "+" else one - other)
        except ValueError:
            raise UndefinedError("shapes do not fit") from None


@dataclass(frozen=True)
class Einsum(Op):
    pattern: str

    def shape(self, *operands: Shape) -> Shape:
        inputs, _, output = self.pattern.partition("->")
        sizes: dict[str, Size] = {}
        terms = inputs.split(",")
        if len(terms) != len(operands):
            raise IllTypedError(self.pattern)
        for term, shape in zip(terms, operands, strict=True):
            if len(term) != len(shape):
                raise IllTypedError(self.pattern)
            for letter, size in zip(term, shape, strict=True):
                _same(sizes.setdefault(letter, size), size, self.pattern)
        return tuple(sizes[letter] for letter in output)

    def code(self, *operands: str) -> str:
        return f'einsum("{self.pattern}", {", ".join(operands)})'

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        return ring.contracted(self.pattern, *arrays)


@dataclass(frozen=True)
class Formula(Einsum):
    """The same as a formula: the indices of the entries are u0, u1, …, those of sums j0, j1, …

    Attributes:
        spans: the sizes of the letters.
    """

    spans: tuple[tuple[str, Size], ...] = ()

    def shape(self, *operands: Shape) -> Shape:
        result = super().shape(*operands)  # which looks at how many axes there are
        inputs = self.pattern.partition("->")[0].split(",")
        for term, shape in zip(inputs, operands, strict=True):
            for letter, size in zip(term, shape, strict=True):
                _same(dict(self.spans)[letter], size, "a formula")
        return result

    def code(self, *operands: str) -> str:
        inputs, _, output = self.pattern.partition("->")
        summed = [a for a in dict.fromkeys(inputs) if a.isalpha() and a not in output]
        names = {a: f"u{i}" for i, a in enumerate(output)}
        names.update((a, f"j{i}") for i, a in enumerate(summed))
        entries_ = "*".join(
            f"{operand}[{', '.join(names[a] for a in term)}]"
            for term, operand in zip(inputs.split(","), operands, strict=True)
        )
        known = dict(self.spans)
        for a in summed:
            entries_ = f"Sum({entries_}, ({names[a]}, 0, {(known[a] - 1).text}))"
        indices = ", ".join(names[a] for a in output)
        outside = f"({indices},)" if len(output) == 1 else f"({indices})"
        sizes_ = _tuple_code([known[a] for a in output])
        return f"Tensor.from_formula({outside}, {entries_}, shape={sizes_})"


@dataclass(frozen=True)
class Linear(Op):
    def shape(self, *operands: Shape) -> Shape:
        x, weight, *bias = operands
        if len(weight) != 2:
            raise IllTypedError("a weight has two axes")
        _same(x[-1], weight[1], "linear")
        _check_bias(bias, weight[0])
        return (*x[:-1], weight[0])

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.linear({', '.join(operands[1:])})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, weight, *bias = arrays
        result = ring.zeros([*x.shape[:-1], weight.shape[0]])
        if x.shape[-1] != weight.shape[1]:
            raise UndefinedError("a weight of another size")
        for i, o in product(range(weight.shape[1]), range(weight.shape[0])):
            result[..., o] = ring.reduced(result[..., o] + x[..., i] * weight[o, i])
        return ring.reduced(result + bias[0]) if bias else result


def _check_bias(bias: Sequence[Shape], outputs: Size) -> None:
    for shape in bias:
        if len(shape) != 1:
            raise IllTypedError("a bias has one axis")
        _same(shape[0], outputs, "bias")


@dataclass(frozen=True)
class BatchNorm(Op):
    """Its operands: x, mean, 1/√(σ² + ε), and perhaps the weight and the bias."""

    def shape(self, *operands: Shape) -> Shape:
        x, *others = operands
        for other in others:
            _check_bias([other], _at_least(x, 2)[1])
        return x

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.batch_norm({', '.join(operands[1:])}, axis=1)"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, mean, inverse, *rest = arrays
        result = ring.zeros(x.shape)
        for c in range(x.shape[1]):
            normal = ring.reduced((x[:, c] - mean[c]) * inverse[c])
            if rest:
                normal = ring.reduced(normal * rest[0][c] + rest[1][c])
            result[:, c] = normal
        return result


# --- along one axis, with a kernel of one axis -----------------------------------------


@dataclass(frozen=True)
class Correlate(Op):
    axis: int
    stride: Size = ONE
    dilation: Size = ONE

    def shape(self, *operands: Shape) -> Shape:
        x, k = operands
        if len(k) != 1:
            raise IllTypedError("a kernel has one axis")
        return _along(x, [self.axis], lambda n: _places(n, k[0], self.stride, self.dilation))

    def code(self, *operands: str) -> str:
        steps = _steps_code(self.stride, self.dilation)
        return f"{operands[0]}.correlate({operands[1]}{steps}, axis={self.axis})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, k = arrays
        (axis,) = _axes([self.axis], x.ndim)
        s, d = self.stride.at(at), self.dilation.at(at)
        count = _count(x.shape[axis], len(k), s, d)
        result = ring.zeros([count if i == axis else n for i, n in enumerate(x.shape)])
        for j in range(len(k)):
            part = _taken(x, axis, [s * u + d * j for u in range(count)])
            result = ring.reduced(result + part * k[j])
        return result


@dataclass(frozen=True)
class Convolve(Op):
    axis: int

    def shape(self, *operands: Shape) -> Shape:
        x, k = operands
        if len(k) != 1:
            raise IllTypedError("a kernel has one axis")
        (axis,) = _axes([self.axis], len(x))
        empty = (size.least is None or size.least < 1 for size in (x[axis], k[0]))
        if any(empty):
            raise IllTypedError("a size is not plain")
        return _along(x, [self.axis], lambda n: n + k[0] - 1)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.convolve({operands[1]}, axis={self.axis})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, k = arrays
        (axis,) = _axes([self.axis], x.ndim)
        n, c = x.shape[axis], len(k)
        count = n + c - 1 if n and c else 0
        result = ring.zeros([count if i == axis else m for i, m in enumerate(x.shape)])
        for j in range(c):
            part = _taken(x, axis, [u - j for u in range(count)])
            result = ring.reduced(result + part * k[j])
        return result


# --- layers --------------------------------------------------------------------------


def _per_axis(sizes: Shape, count: int, what: str) -> Shape:
    if len(sizes) != count:
        raise IllTypedError(f"{len(sizes)} of {what} for {count} axes")
    return sizes


@dataclass(frozen=True)
class Conv(Op):
    """PyTorch's layers; a stride, a dilation and a pair of pads for each axis of the kernel."""

    stride: Shape
    padding: Pairs
    dilation: Shape
    groups: Size = ONE
    mode: str = "zeros"
    said: str = ""
    """How the padding is called, where it has a name."""

    def shape(self, *operands: Shape) -> Shape:
        x, weight, *bias = operands
        spatial = len(weight) - 2
        if spatial < 1 or len(x) not in (spatial + 1, spatial + 2):
            raise IllTypedError("axes of a convolution")
        _per_axis(self.stride, spatial, "strides")
        _per_axis(self.dilation, spatial, "dilations")
        if len(self.padding) != spatial:
            raise IllTypedError("pads of a convolution")
        if self.mode == "symmetric":
            raise IllTypedError("PyTorch has no such mode")
        if self.said == "same":
            for (left, right), c, d, s in zip(
                self.padding, weight[2:], self.dilation, self.stride, strict=True
            ):
                total = d * (c - 1)
                _same(left, total // 2, "same")
                _same(right, total - left, "same")
                _same(s, Size.of(1), "same")
        *batch, channels = x[: len(x) - spatial]
        _plain(1, self.groups)
        if self.mode != "zeros":
            _plain(0, *(a for pair in self.padding for a in pair))
        _same(channels, weight[1] * self.groups, "channels")
        if weight[0].divided(self.groups) is None:
            raise IllTypedError("the groups do not divide the outputs")
        _check_bias(bias, weight[0])
        places = (
            _places(largest(0, n + left + right), c, s, d)
            for n, (left, right), c, s, d in zip(
                x[len(x) - spatial :],
                self.padding,
                weight[2:],
                self.stride,
                self.dilation,
                strict=True,
            )
        )
        return (*batch, weight[0], *places)

    def code(self, *operands: str) -> str:
        words = list(operands[1:])
        if any(s.number != 1 for s in self.stride):
            words.append(f"stride={_one_or_tuple(self.stride)}")
        if self.said:
            words.append(f'padding="{self.said}"')
        elif any(a.number != 0 for pair in self.padding for a in pair):
            if all(left == right for left, right in self.padding):
                words.append(f"padding={_one_or_tuple([left for left, _ in self.padding])}")
            else:
                pairs = ", ".join(f"({a.text}, {b.text})" for a, b in self.padding)
                words.append(f"padding=({pairs}{',' if len(self.padding) == 1 else ''})")
        if any(d.number != 1 for d in self.dilation):
            words.append(f"dilation={_one_or_tuple(self.dilation)}")
        if self.groups.number != 1:
            words.append(f"groups={self.groups.text}")
        if self.mode != "zeros":
            words.append(f'padding_mode="{self.mode}"')
        return f"{operands[0]}.conv({', '.join(words)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, weight, *bias = arrays
        spatial, kernel = weight.ndim - 2, weight.shape[2:]
        batched = x if x.ndim == spatial + 2 else x[None]
        if not weight.size:
            raise UndefinedError("a kernel is empty")
        strides = [s.at(at) for s in self.stride]
        dilations = [d.at(at) for d in self.dilation]
        groups = _positive(self.groups.at(at), "the groups")
        if batched.shape[1] != weight.shape[1] * groups or weight.shape[0] % groups:
            raise UndefinedError(f"{groups} groups of {batched.shape[1]} by {weight.shape}")
        for i, (before, after) in enumerate(self.padding):
            left, right = before.at(at), after.at(at)
            n = batched.shape[2 + i]
            batched = _taken(batched, 2 + i, _extended(n, left, right, self.mode))
        counts = [
            _count(n, c, s, d)
            for n, c, s, d in zip(batched.shape[2:], kernel, strides, dilations, strict=True)
        ]
        outputs, inputs = weight.shape[:2]
        result = ring.zeros([batched.shape[0], outputs, *counts])
        for place in product(*map(range, kernel)):
            part = batched
            for i, j in enumerate(place):
                s, d = strides[i], dilations[i]
                part = _taken(part, 2 + i, [s * u + d * j for u in range(counts[i])])
            for o, c in product(range(outputs), range(inputs)):
                group = o // (outputs // groups)
                product_ = part[:, group * inputs + c] * weight[(o, c, *place)]
                result[:, o] = ring.reduced(result[:, o] + product_)
        if bias:
            result = ring.reduced(result + bias[0].reshape([-1, *[1] * spatial]))
        return result if x.ndim == spatial + 2 else result[0]


@dataclass(frozen=True)
class ConvTranspose(Op):
    stride: Shape
    padding: Shape
    output_padding: Shape
    dilation: Shape
    groups: Size = ONE

    def shape(self, *operands: Shape) -> Shape:
        x, weight, *bias = operands
        spatial = len(weight) - 2
        if spatial < 1 or len(x) not in (spatial + 1, spatial + 2):
            raise IllTypedError("axes of a transposed convolution")
        for sizes in (self.stride, self.padding, self.output_padding, self.dilation):
            _per_axis(sizes, spatial, "arguments")
        _plain(1, *self.stride, *self.dilation, self.groups, *weight[2:])
        _plain(0, *self.padding, *self.output_padding)
        *batch, channels = x[: len(x) - spatial]
        _same(channels, weight[0], "channels")
        if channels.divided(self.groups) is None:
            raise IllTypedError("the groups do not divide the channels")
        outputs = weight[1] * self.groups
        _check_bias(bias, outputs)
        sizes_ = []
        for i, (n, c) in enumerate(zip(x[len(x) - spatial :], weight[2:], strict=True)):
            if n.least is None or n.least < 1:
                raise IllTypedError("a size is not plain")
            full = (n - 1) * self.stride[i] + self.dilation[i] * (c - 1) + 1
            more = self.output_padding[i] - self.padding[i] * 2
            sizes_.append(largest(0, full + more))
        return (*batch, outputs, *sizes_)

    def code(self, *operands: str) -> str:
        words = list(operands[1:])
        for name, sizes, usual in (
            ("stride", self.stride, 1),
            ("padding", self.padding, 0),
            ("output_padding", self.output_padding, 0),
            ("dilation", self.dilation, 1),
        ):
            if any(size.number != usual for size in sizes):
                words.append(f"{name}={_one_or_tuple(sizes)}")
        if self.groups.number != 1:
            words.append(f"groups={self.groups.text}")
        return f"{operands[0]}.conv_transpose({', '.join(words)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        x, weight, *bias = arrays
        spatial, kernel = weight.ndim - 2, weight.shape[2:]
        batched = x if x.ndim == spatial + 2 else x[None]
        if not weight.size:
            raise UndefinedError("a kernel is empty")
        groups = _positive(self.groups.at(at), "the groups")
        channels, outputs = weight.shape[:2]
        if channels % groups or batched.shape[1] != channels:
            raise UndefinedError("the channels of a transposed convolution")
        strides = [_positive(s.at(at), "a stride") for s in self.stride]
        dilations = [_positive(d.at(at), "a dilation") for d in self.dilation]
        for c in kernel:
            _positive(c, "a kernel")
        sizes = [
            (n - 1) * s + d * (c - 1) + 1 if n else 0
            for n, c, s, d in zip(batched.shape[2:], kernel, strides, dilations, strict=True)
        ]
        result = ring.zeros([batched.shape[0], outputs * groups, *sizes])
        for u in product(*map(range, batched.shape[2:])):
            for j in product(*map(range, kernel)):
                at_ = tuple(
                    s * a + d * b for s, a, d, b in zip(strides, u, dilations, j, strict=True)
                )
                for c, o in product(range(channels), range(outputs)):
                    out = c // (channels // groups) * outputs + o
                    here: Any = (slice(None), out, *at_)
                    there: Any = (slice(None), c, *u)
                    more = batched[there] * weight[(c, o, *j)]
                    result[here] = ring.reduced(result[here] + more)
        for i, (before, after) in enumerate(zip(self.padding, self.output_padding, strict=True)):
            left, more = before.at(at), after.at(at)
            result = _taken(result, 2 + i, _zeros(result.shape[2 + i], -left, more - left))
        if bias:
            result = ring.reduced(result + bias[0].reshape([-1, *[1] * spatial]))
        return result if x.ndim == spatial + 2 else result[0]


@dataclass(frozen=True)
class AvgPool(Op):
    size: Shape
    stride: Shape | None = None
    padding: Shape | None = None
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor: int | None = None

    def _steps(self) -> tuple[Shape, Shape]:
        zero = tuple(Size.of(0) for _ in self.size)
        _plain(1, *self.size)
        steps = self.size if self.stride is None else self.stride
        pads = zero if self.padding is None else self.padding
        count = len(self.size)
        return _per_axis(steps, count, "strides"), _per_axis(pads, count, "pads")

    def shape(self, *operands: Shape) -> Shape:
        shape = _layered(operands[0], len(self.size))
        strides, pads = self._steps()
        _plain(1, *strides)
        _plain(0, *pads)
        first = len(shape) - len(self.size)
        one = Size.of(1)
        sizes = []
        for n, c, s, p in zip(shape[first:], self.size, strides, pads, strict=True):
            if self.ceil_mode:
                # What is left of a last window counts, if it starts before the right padding.
                count = Size.of(
                    f"Min({((n + p - 1) // s + 1).text}, {(divided_up(n + p + p - c, s) + 1).text})"
                )
                sizes.append(largest(0, count))
            else:
                sizes.append(_places(largest(0, n + p + p), c, s, one))
        return (*shape[:first], *sizes)

    def code(self, *operands: str) -> str:
        words = [_tuple_code(self.size)]
        if self.stride is not None:
            words.append(f"stride={_one_or_tuple(self.stride)}")
        if self.padding is not None:
            words.append(f"padding={_one_or_tuple(self.padding)}")
        if self.ceil_mode:
            words.append("ceil_mode=True")
        if not self.count_include_pad:
            words.append("count_include_pad=False")
        if self.divisor is not None:
            words.append(f"divisor_override={self.divisor}")
        return f"{operands[0]}.avg_pool({', '.join(words)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        steps, amounts = self._steps()
        sizes = [size.at(at) for size in self.size]
        strides = [_positive(s.at(at), "a stride") for s in steps]
        pads = [p.at(at) for p in amounts]
        first = a.ndim - len(sizes)
        places = [
            self._starts(n, c, s, p)
            for n, c, s, p in zip(a.shape[first:], sizes, strides, pads, strict=True)
        ]
        result = ring.zeros([*a.shape[:first], *map(len, places)])
        for spot in product(*(range(len(starts)) for starts in places)):
            inside, counted = [], []
            for i, u in enumerate(spot):
                n, start = a.shape[first + i], places[i][u]
                end = min(start + sizes[i], n + pads[i])
                low, high = max(start, 0), min(end, n)
                inside.append(slice(low, max(low, high)))
                counted.append(end - start if self.count_include_pad else max(0, high - low))
            number = self.divisor or math.prod(counted)
            window: Any = (..., *inside)
            part = a[window]
            total = ring.reduced(part.sum(axis=tuple(range(first, a.ndim))))
            if number:
                here: Any = (..., *spot)
                result[here] = ring.times(total, Fraction(1, number))
        return result

    def _starts(self, n: int, c: int, s: int, p: int) -> list[int]:
        """Where the windows start, as PyTorch counts them."""
        span = n + 2 * p - _positive(c, "a window")
        count = -(-span // s) + 1 if self.ceil_mode else span // s + 1
        if self.ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        return [s * u - p for u in range(max(0, count))]


@dataclass(frozen=True)
class PadSame(Op):
    """TensorFlow's SAME, for the last axes."""

    size: Shape
    stride: Shape
    dilation: Shape

    def shape(self, *operands: Shape) -> Shape:
        shape = _layered(operands[0], len(self.size))
        _plain(1, *self.size, *self.stride, *self.dilation)
        first = len(shape) - len(self.size)
        grown = []
        for n, c, s, d in zip(shape[first:], self.size, self.stride, self.dilation, strict=True):
            reach = d * (c - 1) + 1
            total = reach - 1 if s == ONE else (divided_up(n, s) - 1) * s + reach - n
            grown.append(n + largest(0, total))
        return (*shape[:first], *grown)

    def code(self, *operands: str) -> str:
        words = [_tuple_code(self.size)]
        if any(size != ONE for size in self.stride):
            words.append(f"stride={_one_or_tuple(self.stride)}")
        if any(size != ONE for size in self.dilation):
            words.append(f"dilation={_one_or_tuple(self.dilation)}")
        return f"{operands[0]}.pad_same({', '.join(words)})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        first = a.ndim - len(self.size)
        for i, sizes_ in enumerate(zip(self.size, self.stride, self.dilation, strict=True)):
            c, s, d = (_positive(size.at(at), "an argument") for size in sizes_)
            n = a.shape[first + i]
            total = max((-(-n // s) - 1) * s + d * (c - 1) + 1 - n, 0)
            a = _taken(a, first + i, _zeros(n, total // 2, total - total // 2))
        return a


@dataclass(frozen=True)
class Unfold(Op):
    size: Shape
    dilation: Shape
    padding: Shape
    stride: Shape

    def _places(self, height: Size, width: Size) -> Size:
        counts = (
            _places(largest(0, n + p + p), c, s, d)
            for n, c, d, p, s in zip(
                (height, width), self.size, self.dilation, self.padding, self.stride, strict=True
            )
        )
        return math.prod(counts, start=Size.of(1))

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        if len(shape) not in (3, 4):
            raise IllTypedError("unfold has three or four axes")
        *batch, c, h, w = shape
        return (*batch, c * self.size[0] * self.size[1], self._places(h, w))

    def _words(self) -> str:
        words = [_tuple_code(self.size)]
        for name, sizes, usual in (
            ("dilation", self.dilation, 1),
            ("padding", self.padding, 0),
            ("stride", self.stride, 1),
        ):
            if any(size.number != usual for size in sizes):
                words.append(f"{name}={_one_or_tuple(sizes)}")
        return ", ".join(words)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.unfold({self._words()})"

    def _numbers(self, at: At) -> list[list[int]]:
        return [
            [part.at(at) for part in parts]
            for parts in (self.size, self.dilation, self.padding, self.stride)
        ]

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        sizes, dilations, pads, strides = self._numbers(at)
        for i in (0, 1):
            n = a.shape[a.ndim - 2 + i]
            a = _taken(a, a.ndim - 2 + i, _zeros(n, pads[i], pads[i]))
        *batch, channels, height, width = a.shape
        rows = _count(height, sizes[0], strides[0], dilations[0])
        columns = _count(width, sizes[1], strides[1], dilations[1])
        result = ring.zeros([*batch, channels * sizes[0] * sizes[1], rows * columns])
        for c, i, j in product(*map(range, (channels, *sizes))):
            for u, v in product(range(rows), range(columns)):
                y, x = strides[0] * u + dilations[0] * i, strides[1] * v + dilations[1] * j
                row = (c * sizes[0] + i) * sizes[1] + j
                result[..., row, u * columns + v] = a[..., c, y, x]
        return result


@dataclass(frozen=True)
class Fold(Unfold):
    output: Shape = ()

    def shape(self, *operands: Shape) -> Shape:
        (shape,) = operands
        if len(shape) not in (2, 3) or len(self.output) != 2:
            raise IllTypedError("fold has two or three axes")
        _plain(1, *self.output, *shape[-2:])
        *batch, rows, columns = shape
        channels = rows.divided(self.size[0] * self.size[1])
        if channels is None:
            raise IllTypedError("the windows do not divide the channels")
        _same(columns, self._places(*self.output), "fold")
        return (*batch, channels, *self.output)

    def code(self, *operands: str) -> str:
        return f"{operands[0]}.fold({_tuple_code(self.output)}, {self._words()})"

    def values(self, at: At, ring: Ring, *arrays: Array) -> Array:
        (a,) = arrays
        sizes, dilations, pads, strides = self._numbers(at)
        height, width = (n.at(at) for n in self.output)
        taps = sizes[0] * sizes[1]
        *batch, rows, count = a.shape
        down = _count(max(0, height + 2 * pads[0]), sizes[0], strides[0], dilations[0])
        across = _count(max(0, width + 2 * pads[1]), sizes[1], strides[1], dilations[1])
        if rows % taps or count != down * across:
            raise UndefinedError(f"folding {a.shape}")
        result = ring.zeros([*batch, rows // taps, height, width])
        for c, i, j in product(range(rows // taps), *map(range, sizes)):
            for u, v in product(range(down), range(across)):
                y = strides[0] * u + dilations[0] * i - pads[0]
                x = strides[1] * v + dilations[1] * j - pads[1]
                if 0 <= y < height and 0 <= x < width:
                    more = a[..., (c * sizes[0] + i) * sizes[1] + j, u * across + v]
                    result[..., c, y, x] = ring.reduced(result[..., c, y, x] + more)
        return result


def sizes(*numbers: Whole) -> Shape:
    """Sizes of numbers and symbols."""
    return tuple(map(Size.of, numbers))


def arguments(op: Op) -> Mapping[str, Any]:
    """The arguments of an operator, by name."""
    return {field.name: getattr(op, field.name) for field in fields(op)}


def entries(seed: int, prime: int = 67_108_859) -> Entry:
    """Random entries of the named tensors, the same ones whenever they are asked for."""

    def entry(name: str, shape: tuple[int, ...]) -> Array:
        rng = np.random.default_rng([seed, *map(ord, name), *shape])
        return rng.integers(1, prime, size=shape, dtype=np.int64)

    return entry

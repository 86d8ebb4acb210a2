"""Random claims about networks: true by laws, mutated, and of networks that only look alike."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice

import mpmath
import numpy as np

from tests.generators.network_nodes import (
    DIGITS,
    FREE,
    KNOWN,
    Apply,
    Drawn,
    Maximum,
    MaxPool,
    Numbers,
    applied,
    functions_of,
    is_exact,
    maximum,
    pooled,
    real,
)
from tests.generators.sizes import ONE, ZERO, At, Size
from tests.generators.tensor_claims import TensorClaim, mutated, points, size_at
from tests.generators.tensor_laws import laws, rewritten
from tests.generators.tensor_mistakes import mutations
from tests.generators.tensor_programs import MODES, Change, Maker
from tests.generators.tensor_terms import (
    added,
    entry,
    flip,
    joined,
    pad,
    part_along,
    permuted,
    ranged,
    scaled,
    times,
)
from tests.generators.tensors import (
    Array,
    Concatenate,
    Conv,
    Correlate,
    Dilate,
    Downsample,
    Entry,
    Expand,
    Flip,
    IllTypedError,
    Index,
    Node,
    Pad,
    PadSame,
    PixelShuffle,
    PixelUnshuffle,
    Rearrange,
    Roll,
    Scale,
    UndefinedError,
    Unfold,
    Upsample,
    Windows,
    run,
    walk,
)

__all__ = ["NetworkClaim", "are_equal", "drawn", "network_claim", "values"]

HEAVIEST = 34  # nodes of a claim
MOST = 20_000  # entries at a point that is looked at


@dataclass(frozen=True)
class NetworkClaim(TensorClaim):
    """A claim about tensors with functions and maxima."""

    @property
    def is_exact(self) -> bool:
        """Whether all values are fractions."""
        return is_exact(*self.sides)

    def __str__(self) -> str:
        free = sorted(set(functions_of(*self.sides)) & FREE.keys())
        lines = []
        for name in free:
            at_zero = FREE[name]
            given = "" if at_zero is None else f", Fraction({at_zero})"
            if at_zero is not None and at_zero.denominator != 1:
                given = f", Fraction({at_zero.numerator}, {at_zero.denominator})"
            lines.append(f'{name} = Pointwise("{name}"{given})')
        return "\n".join([*lines, TensorClaim.__str__(self)])


# --- values --------------------------------------------------------------------------


def drawn(seed: int, exactly: bool) -> tuple[Numbers, Entry]:
    """Functions and small entries, negative ones too; equal ones are frequent."""
    ring = Numbers(None, {name: Drawn(name, seed) for name in FREE})
    reach = (1, 3, 9)[seed % 3]

    def given(name: str, shape: tuple[int, ...]) -> Array:
        rng = random.Random(f"{seed} {name} {shape}")
        result = np.empty(shape, dtype=object)
        for place in np.ndindex(*shape):
            number = rng.randint(-reach, reach)
            result[place] = number if exactly else real(number)
        return result

    return ring, given


def values(claim: TensorClaim, at: At, seed: int) -> tuple[Array, Array]:
    """Both sides at a point.

    Raises:
        UndefinedError: something has no meaning there.
    """
    with mpmath.workdps(DIGITS):
        left, right = run(claim.sides, at, *drawn(seed, is_exact(*claim.sides)))
    return left, right


def are_equal(left: Array, right: Array, least: int = 1) -> bool:
    """Whether arrays are equal, up to the last of many digits where they are not exact.

    Args:
        left: the one.
        right: the other.
        least: numbers that are smaller are compared as if they were of this size.
    """
    if left.shape != right.shape:
        return False
    for one, other in zip(left.ravel(), right.ravel(), strict=True):
        exact = all(isinstance(v, int | Fraction | np.integer) for v in (one, other))
        if exact:
            if one != other:
                return False
        else:
            a, b = real(one), real(other)
            if abs(a - b) > 1e-35 * (least + abs(a) + abs(b)):
                return False
    return True


# --- laws ----------------------------------------------------------------------------

_SELECTIONS = (
    *(Flip, Roll, Downsample, Index, Windows, Rearrange, Expand, Upsample, PixelShuffle),
    *(PixelUnshuffle, Concatenate),
)
_SELECTIONS_AND_ZEROS = (*_SELECTIONS, Pad, Dilate, PadSame, Unfold)


def _goes_through(function: Apply, node: Node) -> bool:
    """Whether a function of what a node selects is what it selects of the function."""
    if isinstance(node.op, MaxPool | Maximum):
        return function.rises
    if isinstance(node.op, Pad) and node.op.mode != "zeros":
        return True
    if isinstance(node.op, Unfold) and type(node.op) is not Unfold:  # it folds
        return False
    kinds = _SELECTIONS_AND_ZEROS if function.at_zero == 0 else _SELECTIONS
    return isinstance(node.op, kinds)


def network_laws(x: Node) -> Iterator[Change]:
    """Tensors that are equal to the node, those with functions and maxima too."""
    yield from laws(x)
    inner = {o.op for o in x.operands if isinstance(o.op, Apply)}
    if x.operands and len(inner) == 1 and all(isinstance(o.op, Apply) for o in x.operands):
        (function,) = inner
        if isinstance(function, Apply) and _goes_through(function, x):
            arguments = tuple(o.operands[0] for o in x.operands)
            yield lambda: Node(x.op, arguments).apply(function)
    match x.op, x.operands:
        case Apply() as op, (source,):
            yield from function_laws(op, source)
        case MaxPool() as op, (source,):
            yield from pool_laws(x, op, source)
        case Maximum(), (one, other):
            yield lambda: maximum(other, one)
            yield lambda: maximum(one, maximum(other, one))
            match one.op, one.operands:
                case Maximum(), (first, second):
                    yield lambda: maximum(first, maximum(second, other))
                case Scale(number), (first,) if number > 0:
                    yield lambda: scaled(maximum(first, scaled(other, 1 / number)), number)


def function_laws(op: Apply, source: Node) -> Iterator[Change]:
    if source.operands and _goes_through(op, source):
        yield lambda: Node(source.op, tuple(o.apply(op) for o in source.operands))
    match source.op, source.operands:
        case Scale(number), (first,) if number > 0 and op.function in ("relu", "leaky_relu"):
            yield lambda: scaled(first.apply(op), number)
    match op.function:
        case "relu":
            yield lambda: maximum(source, scaled(source, 0))
            yield lambda: maximum(scaled(source, 0), source)
            yield lambda: source.apply(op).apply(op)
            yield lambda: scaled(scaled(source, Fraction(1, 2)).apply(op), 2)
        case "relu6":
            yield lambda: source.apply(op).apply(op)
        case "leaky_relu" if op.slope == 0:
            yield lambda: source.apply(op).apply(op)
        case "silu":
            yield lambda: times(source, applied("sigmoid", source))


def pool_laws(x: Node, op: MaxPool, source: Node) -> Iterator[Change]:
    axis = op.axis
    is_padded = op.left != ZERO or op.right != ZERO or op.ceil_mode
    size = op.size.number
    yield (
        lambda: (
            source.apply(replace(op, stride=ONE, ceil_mode=False)).apply(
                Downsample(op.stride, (axis,))
            )
            if not op.ceil_mode
            else x
        )
    )
    if source.rank > 1:
        order = [axis, *(i for i in range(source.rank) if i != axis)]
        back = [order.index(i) for i in range(source.rank)]
        yield lambda: permuted(permuted(source, order).apply(replace(op, axis=0)), back)
    if not op.ceil_mode and op.stride == ONE:
        yield lambda: flip(
            flip(source, axis).apply(replace(op, left=op.right, right=op.left)), axis
        )
    if not is_padded:
        yield lambda: part_along(
            pooled(
                source.apply(Windows(op.size, axis, op.stride, op.dilation)), source.rank, op.size
            ),
            source.rank,
            entry(0),
        )
        if op.stride == ONE and size in (2, 3):
            d = op.dilation

            def shifted(j: int) -> Node:
                return pad(source, -(d * j), -(d * ((size or 1) - 1 - j)), axis)

            yield (
                lambda: (
                    maximum(shifted(0), shifted(1))
                    if size == 2
                    else maximum(shifted(2), maximum(shifted(0), shifted(1)))
                )
            )
        if op.stride == ONE == op.dilation and size is not None and size >= 3:
            yield lambda: pooled(pooled(source, axis, 2), axis, op.size - 1)
        if size in (2, 4, 6) and op.dilation == ONE:
            yield lambda: pooled(pooled(source, axis, 2), axis, op.size // 2, op.stride, dilation=2)
    fives = replace(op, size=Size.of(5), left=Size.of(2), right=Size.of(2))
    if op == fives and not op.ceil_mode and op.stride == ONE == op.dilation:
        once = pooled(source, axis, 3, left=1, right=1)
        yield lambda: pooled(once, axis, 3, left=1, right=1)
    match source.op, source.operands:
        case MaxPool() as first, (inner,) if first.axis != axis:
            yield lambda: inner.apply(op).apply(first)
        case MaxPool() as first, (inner,) if first.axis == axis:
            a, b = first.size.number, size
            plain = first.left == first.right == ZERO and not first.ceil_mode and not is_padded
            if plain and a and b and first.dilation == op.dilation == ONE:
                s, t = first.stride, op.stride
                if s.number is not None and s.number <= a:
                    yield lambda: inner.apply(MaxPool(first.size + s * (op.size - 1), axis, s * t))
        case Apply(function), (inner,) if function in ("relu", "relu6") and not op.ceil_mode:
            yield lambda: pad(source, op.left, op.right, axis).apply(
                replace(op, left=ZERO, right=ZERO)
            )
        case Scale(number), (inner,) if number > 0:
            yield lambda: scaled(inner.apply(op), number)
        case Maximum(), (one, other):
            yield lambda: maximum(one.apply(op), other.apply(op))
        case ((Flip(axes) | Roll(_, axes) | Downsample(_, axes, _)), (inner,)) if axis not in axes:
            yield lambda: inner.apply(op).apply(source.op)
        case Pad(axes=axes), (inner,) if axis not in axes:
            yield lambda: inner.apply(op).apply(source.op)
        case Concatenate(along), parts if along != axis:
            yield lambda: joined(along, *(one.apply(op) for one in parts))


# --- mistakes ------------------------------------------------------------------------


def network_mistakes(x: Node) -> Iterator[Change]:
    """The node with a change that often matters; laws applied where they do not hold."""
    yield from mutations(x)
    match x.op, x.operands:
        case Apply() as op, (source,):
            for other in (*FREE, *KNOWN):
                if other != op.function:
                    yield partial(applied, other, source, op.slope)
            yield partial(_itself, source)
            yield lambda: x.apply(op)
            if source.operands and isinstance(
                source.op, (*_SELECTIONS_AND_ZEROS, MaxPool, Maximum, Scale)
            ):
                yield lambda: Node(source.op, tuple(o.apply(op) for o in source.operands))
            yield lambda: scaled(scaled(source, -1).apply(op), -1)
        case MaxPool() as op, (source,):
            plain = replace(op, left=ZERO, right=ZERO, ceil_mode=False)
            if op.left != ZERO or op.right != ZERO:
                yield lambda: pad(source, op.left, op.right, op.axis).apply(plain)
                yield lambda: pad(source, op.left, op.right, op.axis, mode="circular").apply(plain)
            yield lambda: scaled(scaled(source, -1).apply(op), -1)
            yield lambda: source.apply(op).apply(replace(plain, size=Size.of(2), stride=ONE))
        case Maximum(), (one, other):
            yield lambda: added(one, other)
            yield partial(_itself, one)
            yield lambda: scaled(maximum(scaled(one, -1), scaled(other, -1)), -1)


def _itself(x: Node) -> Node:
    return x


# --- networks ------------------------------------------------------------------------


class NetworkMaker(Maker):
    """Random networks of small sizes."""

    def source(self) -> Node:
        c, h, w = self.channels(), self.height(), self.width()
        shapes = [(h,), (h,), (h,), (c, h), (c, h), (c, h), (h, w), (c, h, w)]
        return self.named("x", self.rng.choice(shapes))

    def function(self, x: Node) -> Node:
        rng = self.rng
        name = rng.choice(
            [*["relu"] * 6, "relu6", "leaky_relu", *"ffffgggh", "sigmoid", "sigmoid", *KNOWN]
        )
        return applied(
            name,
            x,
            rng.choice([Fraction(1, 10), Fraction(0), Fraction(-1, 2), Fraction(1), Fraction(2)]),
        )

    def pool(self, x: Node) -> Node:
        rng = self.rng
        axis = rng.randrange(x.rank)
        size = self.size(1, 2, 2, 3, 3, 5, "K")
        stride = self.size(1, 1, 1, 2, 2, 3, "s")
        dilation = self.size(1, 1, 1, 1, 2, 3)
        left = right = ZERO
        if rng.random() < 0.4:
            left, right = self.size(1, 1, 2), self.size(1, 1, 2, 0)
            if rng.random() < 0.6:
                right = left
        return x.apply(MaxPool(size, axis, stride, left, right, dilation, rng.random() < 0.12))

    def makes(self, x: Node, source: Node) -> list[Change]:
        rng = self.rng
        axis = rng.randrange(x.rank)
        spatial = [n for n in (1, 2) if x.rank in (n + 1, n + 2)]
        found: list[Change] = [
            *[lambda: self.function(x)] * 12,
            *[lambda: self.pool(x)] * 8,
            lambda: maximum(x, self.named("y", x.shape)),
            lambda: maximum(x, flip(x, axis)),
            lambda: maximum(x, self.function(x)),
            lambda: maximum(x, scaled(x, 0)),
            *[lambda: pad(x, self.amount(), self.amount(), axis)] * 2,
            lambda: pad(x, 1, 1, axis),
            lambda: pad(x, self.small(), self.small(), axis, mode=rng.choice(MODES)),
            lambda: flip(x, axis),
            lambda: x.apply(Roll(self.size(1, -1, 1, 2), (axis,))),
            lambda: x.apply(Downsample(self.factor(), (axis,), self.size(0, 0, 1))),
            lambda: x.apply(Dilate(self.factor(), (axis,))),
            lambda: self.bracketed(x),
            lambda: self.permuted(x),
            lambda: added(x, flip(x, axis)),
            lambda: added(x, self.function(x)),
            lambda: added(x, self.like(x)),
            lambda: added(x, pad(part_along(x, axis, ranged(1)), 1, 0, axis)),
            lambda: times(x, self.function(x)),
            lambda: times(x, self.like(x)),
            lambda: scaled(x, rng.choice(_FACTORS)),
            lambda: joined(axis, x, self.function(x)),
            lambda: joined(axis, x, flip(x, axis)),
            lambda: joined(axis, x, self.like(x)),
            lambda: self.side_by_side(x, axis),
            *[lambda: self.correlated(x, axis)] * 3,
            lambda: self.merged(x),
            lambda: self.product(x),
        ]
        if spatial:
            found += [lambda: self.conv(x, rng.choice(spatial))] * 6
        if x.rank <= 2:
            found.append(
                lambda: x.apply(Windows(self.kernel(), axis, self.factor(), self.factor()))
            )
            found.append(lambda: self.expanded(x))
        if x.rank >= 2:
            found.append(lambda: self.pooled(x, 1))
        return found

    def correlated(self, x: Node, axis: int) -> Node:
        return x.apply(Correlate(axis, self.factor(), self.size(1, 1, 2)), self.taps())

    def side_by_side(self, x: Node, axis: int) -> Node:
        """A sum of tensors that are padded to stand side by side, or overlap by a little."""
        rng = self.rng
        n = x.shape[axis]
        other = self.function(x) if rng.random() < 0.5 else self.named("y", x.shape)
        m = rng.choice([n, n, n, n - 1, n + 1])
        return added(pad(x, 0, m, axis), pad(other, m, 0, axis))


_FACTORS = tuple(Fraction(numerator, 2) for numerator in (4, -2, 6, 1, 0))

_ALPHABETS: Sequence[Sequence[str]] = (
    *(("H",), ("H",), ("C", "H"), ("H", "W"), ("H", "K"), ("H", "s"), ("H", "p"), ()),
    *(("C", "H", "W"), ("H", "K", "p"), ("O", "C", "H"), ("H", "L")),
)


def network_claim(seed: int) -> NetworkClaim:
    """A claim: rewritten by laws (true), then often mutated; or of two similar networks."""
    rng = random.Random(f"networks {seed}")
    while True:
        with suppress(IllTypedError, IndexError):
            found = _network_claim(rng, seed)
            if found is not None:
                return found


def _network_claim(rng: random.Random, seed: int) -> NetworkClaim | None:
    maker = NetworkMaker(rng, rng.choice(_ALPHABETS))
    source = maker.source()
    lhs = maker.expression(source, rng.choice([2, 2, 3, 3, 4, 5]))
    kind = rng.choices(("law", "mutated", "unrelated"), (0.5, 0.4, 0.1))[0]
    if kind == "unrelated":
        rhs = maker.expression(source, rng.choice([1, 2, 3]))
    else:
        rhs = rewritten(rng, lhs, rng.choice([1, 2, 2, 3, 4]), network_laws)
        if kind == "mutated":
            rhs = mutated(rng, rhs, network_mistakes, _differ, shares=(0.85, 0.5), most=40)
            if rng.random() < 0.3:
                lhs = rewritten(rng, lhs, 1, network_laws)
    if rng.random() < 0.3:
        lhs, rhs = rhs, lhs
    nodes = list(walk(lhs, rhs))
    if len(nodes) > HEAVIEST or max(node.rank for node in nodes) > 5:
        return None
    if lhs.rank != rhs.rank or not lhs.rank:
        return None
    if not any(isinstance(node.op, Apply | MaxPool | Maximum) for node in nodes):
        return None
    if any(isinstance(o.op, Apply | MaxPool | Maximum) for n in nodes for o in _kernels(n)):
        return None
    claim = NetworkClaim(kind, seed, lhs, rhs)
    given = _hypotheses(rng, claim)
    return None if given is None else replace(claim, given=given)


def _kernels(node: Node) -> Sequence[Node]:
    return node.operands[1:] if isinstance(node.op, Conv) else ()


def _differ(one: Node, other: Node) -> bool:
    claim = NetworkClaim("mutated", 0, one, other)
    for at in islice(points(claim.names, (), 12), 10):
        with suppress(UndefinedError):
            if size_at(claim, at) < MOST and not are_equal(*values(claim, at, 2)):
                return True
    return False


def _hypotheses(rng: random.Random, claim: NetworkClaim) -> tuple[str, ...] | None:
    """Hypotheses under which everything has a meaning, and now and then another one."""
    names = claim.names
    given: tuple[str, ...] = ()
    if names and rng.random() < 0.15:
        a, b = rng.choice(names), rng.choice(names)
        given = (rng.choice([f"{a} >= {b}", f"{a} >= 2", f"Eq({a} % 2, 0)", f"{a} <= 4"]),)
    wanted = [f"{name} >= {least}" for least in (3, 6) for name in names if name in "HWCL"]
    wanted += [f"{name} <= 2" for name in names if name in "KsrpqO"]
    for number in range(len(wanted) + 1):
        tried = given + tuple(wanted[:number])
        if _is_defined(claim, tried):
            return tried if any(True for _ in points(names, tried, 14)) else None
    return given if rng.random() < 0.1 else None


def _is_defined(claim: NetworkClaim, given: Sequence[str]) -> bool:
    for at in islice(points(claim.names, given, 14), 12):
        if size_at(claim, at) > MOST:
            continue
        try:
            values(claim, at, 0)
        except UndefinedError:
            return False
    return True

"""Axes moved, split, merged, added and left out: einops' patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain
from math import prod
from operator import mul
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Integer

from symconv.arithmetic.polynomials import (
    Conjunction,
    Guard,
    Polynomial,
    at_least,
    equal,
    floor,
    within,
)
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount, Whole, integer_argument, positive_argument
from symconv.language.arrays import Array, Doubles, indices
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Index,
    Mathematics,
    NumPy,
    Operand,
    Operator,
    Requirement,
    Rule,
    Shape,
    guarded,
    signal_of,
    size_along,
    to_assume,
)
from symconv.language.operators.patterns import Groups, Pattern, read_pattern, shown_pattern
from symconv.language.operators.radix import digits, joined

if TYPE_CHECKING:
    from symconv.language.operators.base import Fixed, InDoubles
    from symconv.language.signals import SignalExpr

__all__ = ["Rearrange", "RearrangeMethods"]

Sizes: TypeAlias = "dict[str, Polynomial]"


@dataclass(frozen=True, slots=True)
class Rearrange(Operator):
    """See `RearrangeMethods.rearrange`.

    Attributes:
        source: for each axis of the operand the names of the axes that are merged in it.
        target: the same of the result.
        names: the axes by name.
        sizes: how many entries each of these has.
    """

    source: Groups
    target: Groups
    names: tuple[str, ...]
    sizes: tuple[Amount, ...]

    moves = True
    is_drawn = False
    method = "rearrange"
    empty_by_operands_alone = True
    checked_as_kernel = True

    @property
    def is_idle(self) -> bool:
        """Whether every axis stays as it is."""
        return self.source == self.target

    def check_axes(self, node: SignalExpr) -> None:
        """Refuse a pattern of another number of axes."""
        (signal,) = node.operands
        if len(self.source) != signal.ndim:
            raise SymconvError(
                f"the pattern {self.pattern!r} is for {len(self.source)} axes, and {signal} has "
                f"{signal.ndim}"
            )

    def check(self, node: SignalExpr) -> None:
        """Refuse sizes that contradict the pattern."""
        (signal,) = node.operands
        for axis, (have, named) in enumerate(zip(signal.lengths, self._merged(), strict=True)):
            one, other = have.as_integer(), named.as_integer()
            if one is not None and other is not None and one != other:
                raise SymconvError(self._misfit(signal, axis))

    def _misfit(self, signal: SignalExpr, axis: int) -> str:
        group, size = self.source[axis], signal.shape[axis]
        sizes = dict(zip(self.names, self.sizes, strict=True))
        if not group:
            return (
                f"axis {axis} of {signal} has size {size}, and the pattern {self.pattern!r} "
                f"leaves it out as one of size 1{to_assume(f'{size} == 1', size)}"
            )
        each = [sizes[name].written for name in group]
        if len(group) == 1:
            return (
                f"axis {axis} of {signal} has size {size}, and {group[0]} is said to be "
                f"{each[0]}{to_assume(f'{size} == {each[0]}', size, each[0])}"
            )
        told = f"axis {axis} of {signal} has size {size}"
        for i, name in enumerate(group):
            others = prod([one for j, one in enumerate(each) if j != i], start=Integer(1))
            rest = _product(sizes[n].polynomial for n in group if n != name)
            if rest.terms and sizes[name].polynomial == floor(signal.lengths[axis], rest):
                needed = to_assume(f"Eq(Mod({size}, {others}), 0)", size, others)
                return (
                    f"{told}, and {others} does not divide that, so that there is no {name} in "
                    f"({' '.join(group)}){needed}"
                )
        whole = prod(each, start=Integer(1))
        return (
            f"{told}, which the pattern {self.pattern!r} splits into ({' '.join(group)}) of sizes "
            f"{', '.join(map(str, each))}{to_assume(f'{size} == {whole}', size, whole)}"
        )

    @property
    def pattern(self) -> str:
        """The pattern as text."""
        return shown_pattern(Pattern(self.source, self.target))

    def _merged(self, groups: Groups | None = None) -> list[Polynomial]:
        """The size of each group: the product of those in it."""
        sizes = self._sizes()
        result = []
        for group in self.source if groups is None else groups:
            result.append(_product(sizes[name] for name in group))
        return result

    def _sizes(self) -> Sizes:
        return {n: size.polynomial for n, size in zip(self.names, self.sizes, strict=True)}

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """As many as stand on the right of the pattern."""
        return len(self.target)

    def shape(self, node: SignalExpr) -> Shape:
        """The products of the sizes; of an axis that stays as it is, that of the operand."""
        kept = self._kept()
        lengths = node.operands[0].lengths
        return tuple(
            lengths[kept[group[0]]] if len(group) == 1 and group[0] in kept else size
            for group, size in zip(self.target, self._merged(self.target), strict=True)
        )

    def _kept(self) -> dict[str, int]:
        """The names that are a whole axis of the operand, and which."""
        return {group[0]: axis for axis, group in enumerate(self.source) if len(group) == 1}

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether the operand has one, and no axis is repeated no times."""
        read = set(chain(*self.source))
        new = [s for n, s in zip(self.names, self.sizes, strict=True) if n not in read]
        return node.operands[0].is_nonempty and all(size.is_at_least(1) for size in new)

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """What is split into parts is as long as these together."""
        (signal,) = node.operands
        for axis, (have, named) in enumerate(zip(signal.lengths, self._merged(), strict=True)):
            if have != named:
                yield Requirement((equal(have, named),), partial(self._misfit, signal, axis))

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """x[…, b·i + j, …] where an axis is split into (i, j), and so on."""
        (signal,) = node.operands
        sizes, kept = self._sizes(), self._kept()
        at: dict[str, Polynomial] = {}
        guards: list[Guard] = []
        for u, size, group in zip(index, node.lengths, self.target, strict=True):
            named = [sizes[name] for name in group]
            parts = digits(u, named) if len(group) > 1 else [u]
            at.update(zip(group, parts, strict=False))
            if inside:
                continue
            if len(group) > 1 and parts != digits(u, named, is_inside=False):
                guards += within(u, size)  # that it is inside made the digits simpler
            # Of a merged axis the other positions are remainders, and inside by themselves; along
            # a whole axis of the operand, that is 0 outside by itself.
            elif not (group and group[0] in kept):
                guards += within(parts[0], sizes[group[0]] if group else size)
        guards += self._not_empty()
        position = tuple(
            joined([at[name] for name in group], [sizes[name] for name in group])
            for group in self.source
        )
        return guarded((yield signal, position, inside), tuple(guards))

    def _not_empty(self) -> Conjunction:
        """That what is divided by is positive: where it is 0, there are no entries."""
        by = {name for group in self.target for name in group[1:]}
        return tuple(
            at_least(size.polynomial, 1)
            for name, size in zip(self.names, self.sizes, strict=True)
            if name in by and not size.is_at_least(1)
        )

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The products of the sizes."""
        sizes = self._sizes_at(at, shapes[0])
        for axis, group in enumerate(self.source):
            if prod(sizes[name] for name in group) != shapes[0][axis]:
                raise SymconvError(self._misfit(node.operands[0], axis))
        return tuple(prod(sizes[name] for name in group) for group in self.target)

    def _sizes_at(self, at: Point, shape: tuple[int, ...]) -> dict[str, int]:
        kept = self._kept()  # data may be given whose size no symbol says
        return {
            name: shape[kept[name]] if name in kept else size.at(at)
            for name, size in zip(self.names, self.sizes, strict=True)
        }

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The entries of the operand in the order of all its axes by name, and then as they go."""
        (x,) = operands
        sizes = self._sizes_at(fixed.at, x.shape)
        before = list(chain(*self.source))
        steps: dict[str, int] = {}
        step = 1
        for name in reversed(before):
            steps[name] = step
            step *= sizes[name]
        after = list(chain(*self.target))
        strides = [steps.get(name, 0) for name in after]
        return [
            x.entries[sum(i * s for i, s in zip(index, strides, strict=True))]
            for index in indices(tuple(sizes[name] for name in after))
        ]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The axes by name, moved, repeated and merged; a view as far as there is one."""
        import numpy as np

        (x,) = operands
        sizes = self._sizes_at(given.at, x.shape)
        before, after = list(chain(*self.source)), list(chain(*self.target))
        split = x.reshape([sizes[name] for name in before])
        moved = split.transpose([before.index(name) for name in after if name in before])
        new = tuple(place for place, name in enumerate(after) if name not in before)
        named = np.broadcast_to(np.expand_dims(moved, new), [sizes[name] for name in after])
        return named.reshape(shape)

    def arguments(self, write: Code, node: SignalExpr) -> list[str]:
        """The pattern, and the sizes that do not follow from it."""
        return [f'"{self.pattern}"', *(f"{n}={write.argument(s)}" for n, s in self._needed())]

    def _needed(self) -> list[tuple[str, Amount]]:
        """The sizes that a reader of the pattern would have to be told."""
        sizes = dict(zip(self.names, self.sizes, strict=True))
        needed = [name for group in self.source if len(group) > 1 for name in group[1:]]
        read = set(chain(*self.source))
        return [
            (name, sizes[name]) for name in (*needed, *(n for n in self.names if n not in read))
        ]

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The pattern behind the operand."""
        (inner,) = node.operands
        sizes = "".join(
            f", {write.name(name)} = {write.number(size)}" for name, size in self._needed()
        )
        if write.is_latex:
            left, _, right = self.pattern.replace("_", r"\_").partition(" -> ")
            told = rf"\text{{{left}}} \to \text{{{right}}}{sizes}"
            operand = write.operand(inner, 0)
            return rf"\operatorname{{rearrange}}\left({operand};\, {told}\right)", ATOM
        return f"rearrange({write.operand(inner, 0)}; {self.pattern}{sizes})", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """A reshape, a transpose, repetitions and a reshape, as far as they are needed."""
        (inner,) = node.operands
        shape = write.shape(inner)
        sizes = self._sizes_at(write.at, shape)
        before, after = list(chain(*self.source)), list(chain(*self.target))
        text = write.operand(inner)
        split = tuple(sizes[name] for name in before)
        if split != shape:
            text = f"{text}.reshape({split})"
        order = [before.index(name) for name in after if name in before]
        if order != sorted(order):
            text = f"{text}.transpose({tuple(order)})"
        for place, name in enumerate(after):
            if name not in before:
                text = f"np.repeat(np.expand_dims({text}, {place}), {sizes[name]}, axis={place})"
        merged = tuple(prod(sizes[name] for name in group) for group in self.target)
        if merged != tuple(sizes[name] for name in after):
            text = f"{text}.reshape({merged})"
        return text


class RearrangeMethods(Operand):
    """The methods of signals."""

    __slots__ = ()

    def rearrange(self, pattern: str, /, **sizes: Whole) -> SignalExpr:
        """Move, split, merge, add and leave out axes, by a pattern as einops has them.

        Left of the arrow the axes of the tensor are named, right of it those of the result.
        `(h r)` is one axis that holds h and r, of which r runs fastest: entry r·i + j of it is
        entry (i, j) of both.  `1` or `()` is an axis of size 1.  An axis that is named on the
        right alone repeats the tensor along it, and needs a size.

        Args:
            pattern: such as "c (h r) w -> (c r) h w".
            sizes: of axes, by name; in each pair of parentheses on the left, all but one have
                to be given.  They may be symbols.

        >>> from symconv import Tensor, integers
        >>> C, H = integers("C H", positive=True)
        >>> x = Tensor("x", (4*C, H))
        >>> x.rearrange("(c r) h -> c (h r)", r=4).shape
        (C, 4*H)

        Raises:
            SymconvError: the pattern has a mistake, or a size is missing or does not fit.

        References:
            A. Rogozhnikov, *Einops: clear and reliable tensor manipulations with Einstein-like
            notation*, ICLR 2022.
        """
        this = signal_of(self)
        read = read_pattern(pattern, this.ndim, this)
        given = {name: _size(size, name, this) for name, size in sizes.items()}
        names = list(dict.fromkeys(chain(*read.source, *read.target)))
        for name in given:
            if name not in names:
                raise SymconvError(
                    f"the size of {name!r} is given, and the pattern {pattern!r} has no such axis"
                )
        known = _sizes_of(this, read, given, pattern)
        for name in names:
            if name not in known:
                raise SymconvError(
                    f"the axis {name!r} is on the right of {pattern!r} alone: give its size, as in "
                    f"{name}=2, along which the tensor is repeated"
                )
        new = Rearrange(
            read.source, read.target, tuple(names), tuple(known[name] for name in names)
        )
        return self.apply(new)

    def expand(self, shape: Sequence[Whole]) -> SignalExpr:
        """Repeat the tensor along axes of size 1, and along new axes before the first.

        Entry (…, u, …) is x[…, 0, …] along an axis of size 1, whatever u is.

        Raises:
            SymconvError: the shape has fewer axes, or another size along one that is not 1.

        References:
            `torch.Tensor.expand`, `numpy.broadcast_to`.
        """
        this = signal_of(self)
        if not isinstance(shape, Sequence):
            raise SymconvError(f"expand takes a shape such as (3, 4), got {as_given(shape)}")
        sizes = [integer_argument(size, "a size to expand to", this) for size in shape]
        new = len(sizes) - this.ndim
        if new < 0:
            raise SymconvError(f"{this} has {this.ndim} axes, and cannot expand to {len(sizes)}")
        names = [f"a{axis}" for axis in range(len(sizes))]
        one = Polynomial.constant(1)
        is_unit = [size == one for size in this.lengths]
        source = tuple(() if unit else (n,) for n, unit in zip(names[new:], is_unit, strict=True))
        target = tuple((name,) for name in names)
        known = dict(zip(names, sizes, strict=True))
        ordered = dict.fromkeys(chain(*source, *target))  # as `rearrange` has them
        return self.apply(
            Rearrange(source, target, tuple(ordered), tuple(known[name] for name in ordered))
        )


def _size(value: Whole, name: str, signal: SignalExpr) -> Amount:
    """A size that is given, which is not negative."""
    size = integer_argument(value, f"the size of {name}", signal)
    if not size.is_at_least(0):
        raise SymconvError(
            f"the size of {name} must not be negative, got {size}; declare the signs of its symbols"
        )
    return size


def _product(sizes: Iterable[Polynomial]) -> Polynomial:
    """The product of sizes; 1 without any."""
    return reduce(mul, sizes, Polynomial.constant(1))


def _sizes_of(
    signal: SignalExpr, pattern: Pattern, given: dict[str, Amount], text: str
) -> dict[str, Amount]:
    """The sizes of the axes on the left, and those that were given."""
    known = dict(given)
    for axis, group in enumerate(pattern.source):
        open_ = [name for name in group if name not in known]
        if len(open_) > 1:
            raise SymconvError(
                f"the sizes of {', '.join(open_)} in {text!r} are not known: give all but one of "
                f"them, as in {open_[-1]}=2"
            )
        if open_:
            size = size_along(signal, axis)
            for name in group:
                if name not in open_:
                    size = size // positive_argument(known[name], f"the size of {name}", signal)
            known[open_[0]] = size
    return known

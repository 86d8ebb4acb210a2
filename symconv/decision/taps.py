"""Hypotheses on taps: a tensor is made of others, is 0, or is the same from both ends.

A claim with such hypotheses is the claim about what stands for these tensors:

- w == E, where w does not occur in E, says that E stands for w; their shapes have to agree;
- b == 0*b says that 0·b does;
- w == w.flip(axis=A) says that w is given by one half of it: of each pair of entries that the
  flip exchanges, the first one in the order of the indices along A stands for both.  Over every
  commutative ring, these are exactly the tensors that are the same after the flip;
- w == -w.flip(axis=A) says the same with a sign.  What the flip leaves in its place is then its
  own opposite, which need not be 0 where 2 is no unit: it is read where there is no such entry,
  because a size along A is even.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import sympy
from sympy import Eq, Expr, Ge, Indexed, IndexedBase, Integer, Le
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.to_sympy import letters
from symconv.arithmetic.unevaluated import (
    choice,
    difference,
    negative,
    product,
    quotient,
    relation,
    rounded_down,
)
from symconv.errors import SymconvError
from symconv.language.any_size import length_of
from symconv.language.graph import is_zero, leaves, walk
from symconv.language.operators import Flip, Formula, Scale
from symconv.language.operators.pointwise import Apply
from symconv.language.signals import SignalExpr, Tensor, formula_of, put_in

if TYPE_CHECKING:
    from symconv.decision.claims import Claim  # which has such hypotheses

__all__ = ["Standing", "read_taps"]

_READ = (
    "a hypothesis on taps is w == E, where the tensor w does not occur in E; b == 0*b; or "
    "w == w.flip(), along one axis or several"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for tensors by hypotheses on their taps.

    Attributes:
        tensors: what stands for each of them, by name.
        conditions: that the shapes of both sides of the hypotheses agree, where that is open.
    """

    tensors: Mapping[str, SignalExpr]
    conditions: tuple[Boolean, ...]

    def put_in(self, signal: SignalExpr) -> SignalExpr:
        """The tensor with what stands for others."""
        return put_in(signal, self.tensors)

    def and_then(self, name: str, stands: SignalExpr, *more: Boolean) -> Standing:
        """With something that stands for one tensor more, also in what stands for the others."""
        tensors = {other: put_in(made, {name: stands}) for other, made in self.tensors.items()}
        return Standing({**tensors, name: stands}, (*self.conditions, *more))


def read_taps(hypotheses: Sequence[Claim]) -> Standing:
    """What stands for tensors by hypotheses, which are applied one after the other.

    Raises:
        SymconvError: a hypothesis is of none of the forms that are read, says nothing, or
            contradicts what is known of sizes.
    """
    known = Standing({}, ())
    open_ = list(hypotheses)
    while open_:
        first = open_.pop(0)
        same = _symmetry(first, known)
        if same is None:
            known = _defined(first, known)
            continue
        symmetries = {first: same}
        for other in list(open_):
            more = _symmetry(other, known)
            if more is not None and more.tensor is same.tensor:
                symmetries[other] = more
                open_.remove(other)
        stands: SignalExpr = same.tensor
        for one in _independent(symmetries):
            stands = _mirrored(stands, one)
        known = known.and_then(same.tensor.name, stands)
    return known


# --- w == E --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Turned:
    """A named tensor, or minus it, flipped along some axes."""

    tensor: Tensor
    axes: frozenset[int]
    sign: int


def _turned(side: SignalExpr) -> _Turned | None:
    """A side as such a tensor, if it is one."""
    axes: frozenset[int] = frozenset()
    sign = 1
    while not isinstance(side, Tensor):
        match side.operator:
            case Flip(axis):
                axes ^= {axis}
            case Scale(number) if abs(number) == 1:
                sign *= int(number)
            case _:
                return None
        (side,) = side.operands
    return _Turned(side, axes, sign)


def _is_computed(operator: Apply) -> bool:
    """Whether a function is known, and its values at fractions are fractions."""
    return operator.function.meaning is not None and operator.function.is_exact


def _sides(hypothesis: Claim, known: Standing) -> tuple[SignalExpr, SignalExpr]:
    left, right = (known.put_in(side) for side in hypothesis.signals)
    return left, right


def _defined(hypothesis: Claim, known: Standing) -> Standing:
    """With what stands for a tensor by a hypothesis that says what it is made of."""
    sides = _sides(hypothesis, known)
    for node in walk(*sides):
        if isinstance(node.operator, Apply) and not _is_computed(node.operator):
            raise SymconvError(
                f"the hypothesis {hypothesis} is refused: a counterexample could not be written, "
                f"in which {node} would have to stand as a number; leave the function out"
            )
    for side, other in (sides, sides[::-1]):
        turned = _turned(side)
        if turned is None:
            continue
        tensor = turned.tensor
        if is_zero(other):
            return known.and_then(tensor.name, 0 * tensor, *_same_shape(tensor, other))
        if tensor.name not in leaves(other):
            made = other
            for axis in sorted(turned.axes):
                made = made.apply(Flip(axis))
            made = made if turned.sign == 1 else -made
            conditions = _same_shape(tensor, made)
            return known.and_then(tensor.name, _of_shape(made, tensor), *conditions)
    told = "" if not known.tensors else f", once what {', '.join(known.tensors)} is has been put in"
    if sides[0] is sides[1]:
        raise SymconvError(f"the hypothesis {hypothesis} says nothing{told}; leave it out")
    raise SymconvError(f"the hypothesis {hypothesis} cannot be read{told}: {_READ}")


def _same_shape(one: Tensor, other: SignalExpr) -> Iterator[Boolean]:
    """The conditions under which two shapes are the same, of which one is that of a name.

    Raises:
        SymconvError: they never are.
    """
    for axis, (size, its) in enumerate(zip(one.lengths, other.lengths, strict=True)):
        if size == its:
            continue
        condition = relation(Eq, one.sizes[axis].written, length_of(other, axis=axis))
        if size.as_integer() is not None and its.as_integer() is not None:
            raise SymconvError(
                f"{one} and {other} are never equal: their sizes along axis {axis} are {size} "
                f"and {its}"
            )
        yield condition


def _of_shape(made: SignalExpr, tensor: Tensor) -> SignalExpr:
    """The same entries with the shape of a tensor, of which it is known that they agree."""
    if made.lengths == tensor.lengths and (made.is_nonempty or not tensor.is_nonempty):
        return made
    index = _index(tensor, made)
    formula = Formula(tuple(index), _entry(tensor, index), tensor.sizes)
    return formula_of(formula, {tensor.name: made})


# --- w == w.flip() -------------------------------------------------------------------


def _symmetry(hypothesis: Claim, known: Standing) -> _Turned | None:
    """The tensor that is the same, up to a sign, after a flip, if a hypothesis says that."""
    left, right = map(_turned, _sides(hypothesis, known))
    if left is None or right is None or left.tensor is not right.tensor:
        return None
    axes = left.axes ^ right.axes
    return _Turned(left.tensor, axes, left.sign * right.sign) if axes else None


def _independent(symmetries: Mapping[Claim, _Turned]) -> list[_Turned]:
    """The same symmetries along axes of their own, no two of which share one.

    Raises:
        SymconvError: there is no such way of putting them, or they contradict each other.
    """
    rows: list[_Turned] = []
    for hypothesis, new in symmetries.items():
        for row in rows:
            if min(row.axes) in new.axes:
                new = _after(new, row)
        if not new.axes:
            what = "contradicts" if new.sign < 0 else "says nothing beyond"
            raise SymconvError(f"the hypothesis {hypothesis} {what} the others; leave it out")
        rows = [_after(row, new) if min(new.axes) in row.axes else row for row in rows]
        rows.append(new)
    if sum(len(row.axes) for row in rows) > len(frozenset().union(*(row.axes for row in rows))):
        listed = ", ".join(map(str, symmetries))
        raise SymconvError(
            f"the hypotheses {listed} are flips that share axes; say along which axes alone, or "
            "along which of them together, the tensor is the same from both ends"
        )
    return rows


def _after(one: _Turned, other: _Turned) -> _Turned:
    return _Turned(one.tensor, one.axes ^ other.axes, one.sign * other.sign)


def _mirrored(made: SignalExpr, symmetry: _Turned) -> SignalExpr:
    """What stands for a tensor that is the same, up to a sign, after a flip.

    Args:
        made: what stands for it without that; of the same shape.
        symmetry: the tensor, the axes and the sign.
    """
    tensor, axes = symmetry.tensor, sorted(symmetry.axes)
    if symmetry.sign < 0:
        even = [axis for axis in axes if _is_even(tensor, axis)]
        if not even:
            raise SymconvError(
                f"{tensor} has entries that a flip leaves in their place, unless a size along "
                f"{'it' if len(axes) == 1 else 'these axes'} is even; they would be their own "
                "opposites, which are not 0 over every ring: write the size as 2*m"
            )
        axes = even[:1]
    index = _index(tensor, made)
    last = [difference(size.written, Integer(1)) for size in tensor.sizes]
    here: list[Expr] = list(index)
    there = [difference(last[a], u) if a in symmetry.axes else u for a, u in enumerate(index)]
    branches: list[tuple[Expr, Boolean]] = []
    for axis in axes:
        doubled = product(Integer(2), index[axis])
        turned = _entry(tensor, there)
        branches += [
            (_entry(tensor, here), relation(Le, doubled, difference(last[axis], Integer(1)))),
            (
                turned if symmetry.sign > 0 else negative(turned),
                relation(Ge, doubled, tensor.sizes[axis].written),
            ),
        ]
        # In the middle.  Its place is written in the same way before and after a flip, so that
        # sums over it are seen to be the same where strides are symbols.
        here[axis] = there[axis] = rounded_down(quotient(last[axis], Integer(2)))
    branches.append((_entry(tensor, here), sympy.true))
    formula = Formula(tuple(index), choice(*branches), tensor.sizes)
    return formula_of(formula, {tensor.name: made})


def _is_even(tensor: Tensor, axis: int) -> bool:
    """Whether a size is plainly even."""
    return all(coefficient % 2 == 0 for coefficient in tensor.lengths[axis].terms.values())


def _index(tensor: Tensor, made: SignalExpr) -> list[IntegerSymbol]:
    """Names for an index, which nothing else has."""
    taken = {name for signal in (tensor, made) for names in signal.names for name in names}
    return list(islice(letters("u", taken), tensor.ndim))


def _entry(tensor: Tensor, index: Sequence[Expr]) -> Expr:
    return Indexed(IndexedBase(tensor.name, shape=tensor.written_shape), *index)

"""What an output of a stack reads."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer, Symbol

from symconv.arithmetic.from_sympy import is_at_least as is_plainly_at_least
from symconv.arithmetic.to_sympy import output_letters
from symconv.arithmetic.work import allowed
from symconv.decision.stacks.numbers import LayerNumber, told
from symconv.decision.stacks.sizes import spread_out, sum_of_layers
from symconv.decision.stacks.stacked import Stack
from symconv.errors import SymconvError
from symconv.language.graph import leaves
from symconv.language.receptive_fields import Reach, ReceptiveField, receptive_field
from symconv.language.signals import SignalExpr

__all__ = ["field_of_stack"]


def field_of_stack(stack: Stack, of: SignalExpr | str | None = None) -> ReceptiveField:
    """What an output of a stack of one layer or more reads: see `receptive_field`.

    >>> from symconv import Signal, integers, receptive_field, repeat
    >>> n, c, s, L = integers("n c s L", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> field = receptive_field(repeat(lambda t: t.correlate(k, stride=2), L)(x))
    >>> field.size, field.jump
    (2**L*c - 2**L - c + 2, 2**L)
    >>> receptive_field(repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x)).size
    2**L*c - 2**L - c + 2
    """
    with allowed():
        generic = stack.generic
        (image,) = generic.images
        base = receptive_field(stack.start, of)
        if any(base.of is leaf for leaf in leaves(image).values()):
            raise SymconvError(f"the layers of {stack} read {base.of} beside what they get")
        one = receptive_field(image, of=generic.tensor)
        taken = {name for part in (image, stack.start) for names in part.names for name in names}
        index = output_letters(stack.ndim, taken | stack.count.symbols.keys())
        axes = tuple(
            before
            if isinstance(before, str) or before.axis is None  # however much is read of the start
            else _along(stack, one.axes[before.axis], before, base.of.shape[axis], index)
            for axis, before in enumerate(base.axes)
        )
    if all(isinstance(reach, str) for reach in axes):
        raise SymconvError(f"there is no receptive field of {base.of}: {axes[0]}")
    return ReceptiveField(base.of, axes)


def _along(
    stack: Stack, layer: Reach | str, before: Reach, size: Expr, index: Sequence[Symbol]
) -> Reach | str:
    """What is read along an axis of the input, which has the given size; or why nobody knows."""
    if isinstance(layer, str) or before.axis is None:
        return layer
    if not layer.is_all:
        try:
            return _composed(stack, layer, before, index[before.axis])
        except SymconvError as problem:
            return str(problem)
    if before.first != before.index or before.size != 1 or stack.start.shape[before.axis] != size:
        return "all of what a layer gets is read, and that is a part of the input"
    return Reach(Integer(0), size - 1, size, Integer(0), is_all=True)


def _composed(stack: Stack, layer: Reach, before: Reach, index: Symbol) -> Reach:
    """What is read along an axis, by one layer and by what stands before the stack.

    With the jump s, an output of L layers reads from s^L·u + Σ p_i·s^i on, Σ (r_i − 1)·s^i further.
    """
    start, jump = _even(layer, before.axis)
    first, step = _even(before, before.axis)
    number, count = stack.generic.number, stack.count.written
    start, size, jump = (
        part.xreplace({s: told(s) for s in part.free_symbols}) for part in (start, layer.size, jump)
    )
    if set(stack.generic.fresh.values()) & {s for p in (start, size) for s in p.free_symbols}:
        raise SymconvError("what a layer reads depends on the size of what it gets")
    for moved in (jump, step):
        if moved.has(LayerNumber) or not is_plainly_at_least(moved, 1):
            raise SymconvError(f"the jump of each layer has to be one positive number, not {moved}")
    start = spread_out(step * sum_of_layers(start, jump, number, count) + first)
    size = spread_out(step * sum_of_layers(size - 1, jump, number, count) + before.size)
    whole = step * jump**count
    begin = whole * index + start
    return Reach(begin, spread_out(begin + size - 1), size, whole, before.axis, index)


def _even(reach: Reach, axis: int | None) -> tuple[Expr, Expr]:
    """Where what is read begins for output 0, and the jump.

    Raises:
        SymconvError: it does not move by the jump from each output to the next.
    """
    start = spread_out(reach.first - reach.jump * (reach.index or 0))
    if reach.axis != axis or reach.index in start.free_symbols | reach.size.free_symbols:
        raise SymconvError("what a layer reads along an axis does not move evenly along it")
    return start, reach.jump

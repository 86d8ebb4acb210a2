"""What stands in brackets behind a tensor: an entry, or a part of it as in NumPy."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, SupportsIndex

from sympy import Expr

from symconv.errors import SymconvError
from symconv.language.amounts import Amount, integer_argument, positive_argument
from symconv.language.operators import Downsample, Flip, Pad, Rearrange
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr

__all__ = ["subscript"]


def subscript(signal: SignalExpr, key: Any) -> Expr | SignalExpr:
    """`signal[key]`: an integer for every axis gives an entry, and anything else a part.

    Raises:
        SymconvError: there are too many subscripts, or the sign of a bound is not known, so that
            it is open from which end it counts.
    """
    parts = _for_each_axis(signal, key if isinstance(key, tuple) else (key,))
    if not any(part is None or isinstance(part, slice) for part in parts):
        from symconv.language.any_size import entry_expression

        return entry_expression(
            signal, [integer_argument(p, "the position", signal) for p in parts]
        )
    result, axis = signal, 0
    source: list[tuple[str, ...]] = []
    target: list[tuple[str, ...]] = []
    names: list[str] = []
    for part in parts:
        if part is None:
            target.append(())
            continue
        if isinstance(part, slice):
            result = _sliced(result, part, axis)
            names.append(f"a{axis}")
            target.append((names[-1],))
            source.append((names[-1],))
        else:
            result = _picked(result, part, axis)
            source.append(())
        axis += 1
    if all(map(len, source)) and len(target) == len(source):
        return result
    sizes = [size_along(result, axis) for axis, group in enumerate(source) if group]
    return result.apply(Rearrange(tuple(source), tuple(target), tuple(names), tuple(sizes)))


def _for_each_axis(signal: SignalExpr, parts: tuple[Any, ...]) -> list[Any]:
    """The subscripts without an ellipsis, one for each axis, and None for new axes."""
    dots = [i for i, part in enumerate(parts) if isinstance(part, EllipsisType)]
    given = sum(part is not None for part in parts) - len(dots)
    if len(dots) > 1 or given > signal.ndim:
        raise SymconvError(
            f"{signal} has {signal.ndim} ax{'is' if signal.ndim == 1 else 'es'}, and "
            f"{given} positions were given"
            if len(dots) < 2
            else "there can be one ... in brackets"
        )
    rest = [slice(None)] * (signal.ndim - given)
    if not dots:
        return [*parts, *rest]
    return [*parts[: dots[0]], *rest, *parts[dots[0] + 1 :]]


def _position(signal: SignalExpr, bound: Any, axis: int, what: str) -> Amount:
    """A bound as it counts from the beginning; a negative one counts from the end.

    Raises:
        SymconvError: its sign is not known.
    """
    amount = integer_argument(bound, what, signal)
    if amount.is_at_least(0):
        return amount
    if (-amount).is_at_least(1):
        return amount + size_along(signal, axis)
    least = "1" if (-amount).is_at_least(0) else "0"
    shown = -amount if least == "1" else amount
    if what == "the position":
        raise SymconvError(
            f"{signal} has {signal.ndim} axes, and an entry of it has an integer for each; "
            f"{amount} alone is a part of {signal}, which counts from the end where it is "
            "negative: declare its symbols nonnegative=True for that"
        )
    raise SymconvError(
        f"{what} {amount} of {signal} counts from the beginning where it is 0 or more, and from "
        f"the end where it is negative, and may be both; add the hypothesis {shown} >= {least}, by "
        f"declaring its symbols {'positive' if least == '1' else 'nonnegative'}=True"
    )


def _smaller(one: Amount, other: Amount) -> Amount:
    return -(-one).or_at_least(-other)


def _sliced(signal: SignalExpr, part: slice, axis: int) -> SignalExpr:
    """The entries from `start` to before `stop`, every so many of them."""
    n = size_along(signal, axis)
    step = Amount.of(1) if part.step is None else integer_argument(part.step, "the step", signal)
    if (-step).is_at_least(1):
        return _backwards(signal, part, axis, n, -step)
    step = positive_argument(step, "the step", signal)
    start, stop = Amount.of(0), n
    if part.start is not None:
        start = _within(_position(signal, part.start, axis, "the beginning"), n)
    if part.stop is not None:
        stop = _within(_position(signal, part.stop, axis, "the end"), n)
    return _every(_cropped(signal, start, stop, axis, n), step, axis)


def _backwards(signal: SignalExpr, part: slice, axis: int, n: Amount, step: Amount) -> SignalExpr:
    """The same from the end to the beginning: from `start` down to after `stop`."""
    first, last = Amount.of(0), n
    if part.stop is not None:
        first = _within(_position(signal, part.stop, axis, "the end") + 1, n)
    if part.start is not None:
        last = _within(_position(signal, part.start, axis, "the beginning") + 1, n)
    return _every(_cropped(signal, first, last, axis, n).apply(Flip(axis)), step, axis)


def _within(position: Amount, n: Amount) -> Amount:
    return _smaller(position.or_at_least(0), n)


def _cropped(signal: SignalExpr, start: Amount, stop: Amount, axis: int, n: Amount) -> SignalExpr:
    crop = Pad(-start, stop - n, axis)
    return signal if crop.is_idle else signal.apply(crop)


def _every(signal: SignalExpr, step: Amount, axis: int) -> SignalExpr:
    return signal if step == 1 else signal.apply(Downsample(step, axis))


def _picked(signal: SignalExpr, position: SupportsIndex | Expr, axis: int) -> SignalExpr:
    """One entry along an axis, which stays as an axis of size 1."""
    n = size_along(signal, axis)
    at = _position(signal, position, axis, "the position")
    if (at - n).is_at_least(0) or (-at).is_at_least(1):
        raise SymconvError(f"there is no position {position} along axis {axis} of {signal}: {n}")
    return signal.apply(Pad(-at, at + 1 - n, axis))

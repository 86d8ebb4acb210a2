"""What shapes are calculated with: the operators of ONNX on integers in which there are sizes.

The arrays are NumPy's, of Python's integers and of sizes, which NumPy adds and compares by their
own operators.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from symconv.arithmetic.limits import MOST_SIZES_CALCULATED
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.reading.networks.onnx_files.entrywise import axes_of_reduction
from symconv.reading.networks.onnx_files.moving import by_numbers, new_axes, slices_of
from symconv.reading.networks.onnx_files.numbers import FLOATS, exactly, kind_called
from symconv.reading.networks.onnx_files.values import Call, Constant, Integers
from symconv.reading.networks.sizes import Size

__all__ = ["INTEGERS"]

Meaning = Callable[[Call], Any]


def _array(call: Call, place: int = 0) -> Any:
    """An input as an array of Python's numbers and of sizes."""
    found = call.value(place)
    if isinstance(found, Integers):
        return found.array
    numbers = call.constant(place, "what is calculated with sizes").numbers
    if math.prod(numbers.shape) > MOST_SIZES_CALCULATED:
        raise SymconvError(f"{numbers.name} has more entries than are calculated with sizes")
    plain = numbers.array()
    result = np.empty(plain.shape, dtype=object)
    flat = plain.reshape(-1)
    for i, one in enumerate(flat):
        is_real = isinstance(one, np.floating)
        result.reshape(-1)[i] = exactly(one, numbers.name) if is_real else one.item()
    return result


def _is_real(call: Call) -> bool:
    """Whether the first input holds real numbers, and no integers."""
    found = call.value(0)
    return found.is_real if isinstance(found, Integers | Constant) else False


def _made(array: Any, is_real: bool) -> Integers:
    result = np.empty(np.shape(array), dtype=object)
    result[...] = array
    if result.size > MOST_SIZES_CALCULATED:
        raise SymconvError(
            f"an array of integers that depend on sizes has at most {MOST_SIZES_CALCULATED} "
            f"entries, and here are {result.size}"
        )
    return Integers(result, is_real)


def _each(operation: Callable[..., Any], gives_real: bool | None = None) -> Meaning:
    """Something of each entry, or of the entries of several arrays."""

    def meaning(call: Call) -> Integers:
        arrays = [_array(call, place) for place in range(len(call.inputs))]
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        if math.prod(shape) > MOST_SIZES_CALCULATED:
            raise SymconvError(f"{shape} are more entries than are calculated with sizes")
        result = np.empty(shape, dtype=object)
        spread = [np.broadcast_to(array, shape).reshape(-1) for array in arrays]
        flat = result.reshape(-1)
        for i, numbers in enumerate(zip(*spread, strict=True)):
            flat[i] = _plain(operation, numbers)
        return Integers(result, _is_real(call) if gives_real is None else gives_real)

    return meaning


def _plain(operation: Callable[..., Any], numbers: Sequence[Any]) -> Any:
    """A result, which is an integer where it is one.

    Raises:
        SymconvError: sizes and fractions do not go together in that way.
    """
    try:
        result = operation(*numbers)
    except TypeError as error:
        listed = " and ".join(map(str, numbers))
        raise SymconvError(f"what is calculated of {listed} is not followed") from error
    is_whole = isinstance(result, Fraction) and result.denominator == 1
    return int(result) if is_whole else result


def _quotient(is_real: bool) -> Callable[[Any, Any], Any]:
    def divided(a: Any, b: Any) -> Any:
        if not isinstance(b, Size) and b == 0:
            raise SymconvError("divides by 0")
        if is_real:
            return a * (1 / Fraction(b)) if isinstance(b, int | Fraction) else a / b
        if isinstance(a, int) and isinstance(b, int):
            return int(Fraction(a, b))  # towards 0
        if a >= 0 and b > 0:
            return a // b
        raise SymconvError(f"{a} is divided by {b}, and rounded towards 0; one may be negative")

    return divided


def _div(call: Call) -> Integers:
    return _each(_quotient(_is_real(call)))(call)  # type: ignore[no-any-return]


def _mod(call: Call) -> Integers:
    def remainder(a: Any, b: Any) -> Any:
        if call.get("fmod", 0) and not (a >= 0 and b > 0):
            raise SymconvError(f"{a} modulo {b} has the sign of {a} with fmod=1, which is not read")
        return a % b

    return _each(remainder)(call)  # type: ignore[no-any-return]


def _larger(a: Any, b: Any) -> Any:
    if isinstance(a, Size) or isinstance(b, Size):
        size = a if isinstance(a, Size) else b
        amounts = [one.amount if isinstance(one, Size) else Amount.of(one) for one in (a, b)]
        return size._made(amounts[0].or_at_least(amounts[1]))
    return max(a, b)


def _smaller(a: Any, b: Any) -> Any:
    return -_larger(-a, -b)


def _of_many(operation: Callable[[Any, Any], Any]) -> Meaning:
    return _each(lambda *numbers: reduce(operation, numbers))


def _reduced(operation: Callable[[Any, Any], Any], by_input: int) -> Meaning:
    """A sum or a product over axes."""

    def meaning(call: Call) -> Integers:
        array = _array(call)
        axes = axes_of_reduction(call, array.ndim, by_input)
        if axes is None:
            return Integers(array, _is_real(call))
        keep = bool(call.get("keepdims", 1))
        result = array
        for axis in sorted(axes, reverse=True):
            if not result.shape[axis]:
                raise SymconvError("sums over an axis without entries")
            parts = [np.take(result, i, axis) for i in range(result.shape[axis])]
            result = np.asarray(reduce(np.frompyfunc(operation, 2, 1), parts), dtype=object)
            result = np.expand_dims(result, axis) if keep else result
        return _made(result, _is_real(call))

    return meaning


# --- moved ---------------------------------------------------------------------------


def _concat(call: Call) -> Integers:
    arrays = [_array(call, place) for place in range(len(call.inputs))]
    axis = call.axis(call.get("axis", 0), arrays[0].ndim)
    return _made(np.concatenate(arrays, axis), _is_real(call))


def _gather(call: Call) -> Integers:
    array = _array(call)
    axis = call.axis(call.get("axis", 0), array.ndim)
    places = np.array(_array(call, 1), dtype=object)
    n = array.shape[axis]
    if any(not isinstance(one, int) or not -n <= one < n for one in places.reshape(-1)):
        raise SymconvError(f"positions {places.tolist()} are not all among {n} entries")
    return _made(np.take(array, places.astype(np.int64), axis), _is_real(call))


def _slice(call: Call) -> Integers:
    array = _array(call)
    parts: list[Any] = [slice(None)] * array.ndim
    for axis, start, end, step in slices_of(call, array.ndim):
        if not isinstance(start, int) or not isinstance(end, int):
            raise SymconvError("a part of a shape is told by numbers")
        parts[axis] = by_numbers(start, end, step, array.shape[axis])
    return _made(array[tuple(parts)], _is_real(call))


def _reshape(call: Call) -> Integers:
    array = _array(call)
    shape = call.integers(1, "the shape")
    if not all(isinstance(size, int) for size in shape):
        raise SymconvError("the shape of an array of sizes is given by numbers")
    wanted = [
        array.shape[axis] if size == 0 and not call.get("allowzero", 0) else size
        for axis, size in enumerate(shape)
    ]
    return _made(array.reshape(wanted), _is_real(call))


def _squeeze(call: Call) -> Integers:
    array = _array(call)
    axes = call.listed("axes", 1, "the axes")
    found = None if axes is None else tuple(call.axes(axes, array.ndim))
    return _made(np.squeeze(array, found), _is_real(call))


def _unsqueeze(call: Call) -> Integers:
    array = _array(call)
    places = tuple(new_axes(call, array.ndim))
    return _made(np.expand_dims(array, places), _is_real(call))


def _transpose(call: Call) -> Integers:
    return _made(np.transpose(_array(call), call.get("perm")), _is_real(call))


def _expand(call: Call) -> Integers:
    array, shape = _array(call), call.integers(1, "the shape")
    if not all(isinstance(size, int) for size in shape):
        raise SymconvError("an array of sizes is repeated a number of times")
    wanted = np.broadcast_shapes(array.shape, tuple(shape))
    if math.prod(wanted) > MOST_SIZES_CALCULATED:
        raise SymconvError(f"{wanted} are more entries than are calculated with sizes")
    return _made(np.broadcast_to(array, wanted), _is_real(call))


def _split(call: Call) -> tuple[Integers, ...]:
    array = _array(call)
    axis = call.axis(call.get("axis", 0), array.ndim)
    count, n = len(call.node.outputs), array.shape[axis]
    sizes = call.listed("split", 1, "the sizes of the parts")
    if sizes is None:
        if n % count:
            raise SymconvError(f"{n} entries are no {count} equal parts")
        sizes = [n // count] * count
    if not all(isinstance(one, int) and one >= 0 for one in sizes) or sum(sizes) != n:
        raise SymconvError(f"parts of sizes {sizes} are not {n} entries")
    ends = np.cumsum(sizes)[:-1]
    return tuple(_made(part, _is_real(call)) for part in np.split(array, ends, axis))


def _cast(call: Call) -> Integers:
    array, real = _array(call), _is_real(call)
    kind = kind_called(call.get("to"))
    if kind in FLOATS:
        return Integers(array, True)
    if kind == "BOOL":
        return _each(lambda a: bool(a != 0), False)(call)  # type: ignore[no-any-return]
    if kind not in ("INT32", "INT64"):
        raise SymconvError(f"makes sizes entries of the kind {kind}, which is not read")
    if not real:
        return Integers(array)

    def towards_zero(a: Any) -> Any:
        if not a >= 0:
            raise SymconvError(f"{a} is rounded towards 0, and may be negative")
        return math.floor(a)

    return _each(towards_zero, False)(call)  # type: ignore[no-any-return]


def _where(call: Call) -> Integers:
    chosen = _each(lambda condition, a, b: a if condition else b)(call)
    second = call.value(1)
    return Integers(
        chosen.array, second.is_real if isinstance(second, Integers | Constant) else False
    )


INTEGERS: Mapping[str, Meaning] = {
    "Abs": _each(lambda a: _larger(a, -a)),
    "Add": _each(lambda a, b: a + b),
    "And": _each(lambda a, b: bool(a and b), False),
    "Cast": _cast,
    "Ceil": _each(math.ceil),
    "Concat": _concat,
    "Div": _div,
    "Equal": _each(lambda a, b: bool(a == b), False),
    "Expand": _expand,
    "Floor": _each(math.floor),
    "Gather": _gather,
    "Greater": _each(lambda a, b: bool(a > b), False),
    "GreaterOrEqual": _each(lambda a, b: bool(a >= b), False),
    "Identity": lambda call: call.value(0),
    "Less": _each(lambda a, b: bool(a < b), False),
    "LessOrEqual": _each(lambda a, b: bool(a <= b), False),
    "Max": _of_many(_larger),
    "Min": _of_many(_smaller),
    "Mod": _mod,
    "Mul": _each(lambda a, b: a * b),
    "Neg": _each(lambda a: -a),
    "Not": _each(lambda a: not a, False),
    "Or": _each(lambda a, b: bool(a or b), False),
    "ReduceProd": _reduced(lambda a, b: a * b, 18),
    "ReduceSum": _reduced(lambda a, b: a + b, 13),
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": _each(lambda a, b: a - b),
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}
"""What these operators mean of integers, and of real numbers that are made of sizes."""

"""The operators of ONNX that slide along axes: convolutions, pools and paddings.

What `auto_pad` says is what the specification says, with dilations too, which ONNX Runtime leaves
out in pools.  A total of −1, as for a kernel of one tap and stride 2, is none.

With `ceil_mode`, windows that would begin in the padding after the input are left out, as opset 22
says, and implementations do in older ones too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.layers.paddings import same_padding
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.onnx_files.values import Call

__all__ = ["SLIDING"]

Pairs = list[tuple[Amount, Amount]]


def _dimensions(x: SignalExpr) -> int:
    """Along how many axes it slides: all but those of the batch and the channels."""
    if not 3 <= x.ndim <= 5:
        raise SymconvError(f"is read along one axis to three, (N, C, …), and there are {x.ndim}")
    return x.ndim - 2


def _each(call: Call, name: str, count: int) -> list[int]:
    """An attribute with a positive number for each axis, 1 by default."""
    values: list[int] = call.get(name) or [1] * count
    if len(values) != count or any(value < 1 for value in values):
        raise SymconvError(f"{name} has a positive number for each of {count} axes, got {values}")
    return values


def _pairs(given: list[Any] | None, count: int, what: str) -> list[tuple[Any, Any]]:
    """What is padded before and after each axis: all beginnings stand before all ends."""
    amounts = given or [0] * (2 * count)
    if len(amounts) != 2 * count:
        raise SymconvError(f"{what} has two numbers for each of {count} axes, got {amounts}")
    return list(zip(amounts[:count], amounts[count:], strict=True))


def _padding(
    call: Call, x: SignalExpr, kernel: list[Amount], strides: list[int], dilations: list[int]
) -> Pairs:
    """What is padded before and after each axis."""
    count = len(kernel)
    pads = _pairs(call.get("pads"), count, "pads")
    auto = call.choice("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
    if auto != "NOTSET" and any(map(any, pads)):
        raise SymconvError(f"auto_pad={auto} and pads contradict each other")
    if any(p < 0 for pair in pads for p in pair):
        raise SymconvError(f"pads are not negative here, got {call.get('pads')}")
    if not auto.startswith("SAME"):
        return [(Amount.of(l), Amount.of(r)) for l, r in pads]
    pairs = []
    for axis, (c, s, d) in enumerate(zip(kernel, strides, dilations, strict=True)):
        n, reach = size_along(x, 2 + axis), (c - 1) * d + 1
        total = (n.divided_up(s) - 1) * s + reach - n
        if not (reach - s).is_at_least(-1) and not total.is_at_least(-1):
            raise SymconvError(
                f"auto_pad={auto} with windows that reach over {reach} entries, and a stride of "
                f"{s}: implementations differ in what a padding below 0 means"
            )
        pairs.append(same_padding(n, c, Amount.of(s), Amount.of(d), auto == "SAME_LOWER"))
    return pairs


def _kernel_of(call: Call, weight: SignalExpr, count: int) -> list[Amount]:
    """The sizes of a kernel, which may be said twice."""
    if weight.ndim != count + 2:
        raise SymconvError(f"the kernel has {weight.ndim} axes, and the input {count + 2}")
    sizes = [size_along(weight, 2 + axis) for axis in range(count)]
    said = call.get("kernel_shape")
    if said is not None and [size.number for size in sizes] != list(said):
        raise SymconvError(f"kernel_shape is {said}, and the kernel has {[*map(str, sizes)]}")
    return sizes


def _conv(call: Call) -> Any:
    x, weight = call.tensor(0), call.tensor(1)
    count = _dimensions(x)
    strides, dilations = _each(call, "strides", count), _each(call, "dilations", count)
    padding = _padding(call, x, _kernel_of(call, weight, count), strides, dilations)
    return call.layer(
        f"conv{count}d",
        x,
        weight,
        call.optional(2),
        stride=strides,
        padding=padding,
        dilation=dilations,
        groups=call.get("group", 1),
    )


def _conv_transpose(call: Call) -> Any:
    x, weight = call.tensor(0), call.tensor(1)
    count = _dimensions(x)
    strides, dilations = _each(call, "strides", count), _each(call, "dilations", count)
    kernel = _kernel_of(call, weight, count)
    auto = call.choice("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
    more = call.get("output_padding") or [0] * count
    shape = call.get("output_shape")
    if len(more) != count or any(m < 0 for m in more):
        raise SymconvError(f"output_padding has a number for each of {count} axes, got {more}")
    for m, s, d in zip(more, strides, dilations, strict=True):
        if m >= max(s, d):
            raise SymconvError(f"output_padding {m} is less than the stride or the dilation")
    if shape is not None and len(shape) != count:
        raise SymconvError(f"output_shape has a number for each of {count} axes, got {shape}")
    if shape is None and not auto.startswith("SAME"):
        pairs = _pairs(call.get("pads"), count, "pads")
    else:  # what is cropped leaves the given size, or that of the input times the stride
        pairs = []
        for axis, (c, s, d) in enumerate(zip(kernel, strides, dilations, strict=True)):
            n = size_along(x, 2 + axis)
            wanted = n * s if shape is None else Amount.of(shape[axis])
            total = (n - 1) * s + more[axis] + (c - 1) * d + 1 - wanted
            if not total.is_at_least(0 if auto.startswith("SAME") else -1):
                raise SymconvError(
                    f"of {n} entries {wanted} are made, more than there are: implementations "
                    "differ in where they are put"
                )
            half = total // 2
            pairs.append((half, total - half) if auto == "SAME_UPPER" else (total - half, half))
    return call.layer(
        f"conv_transpose{count}d",
        x,
        weight,
        call.optional(2),
        stride=strides,
        padding=pairs,
        output_padding=more,
        groups=call.get("group", 1),
        dilation=dilations,
    )


def _windows(call: Call, x: SignalExpr) -> tuple[int, dict[str, Any]]:
    """The windows of a pool: along how many axes, and the arguments of the layer."""
    count = _dimensions(x)
    kernel = call.get("kernel_shape")
    if not kernel or len(kernel) != count or any(c < 1 for c in kernel):
        raise SymconvError(f"kernel_shape has a positive number for each of {count} axes")
    strides, dilations = _each(call, "strides", count), _each(call, "dilations", count)
    padding = _padding(call, x, [Amount.of(c) for c in kernel], strides, dilations)
    ceil_mode, auto = bool(call.get("ceil_mode", 0)), call.get("auto_pad", "NOTSET")
    if ceil_mode and auto == "VALID":
        raise SymconvError(
            "is not read with auto_pad=VALID and ceil_mode=1: by the specification no window goes "
            "beyond the input then, and by implementations one does"
        )
    arguments = {
        "kernel_size": list(kernel),
        "stride": strides,
        "padding": padding,
        "dilation": dilations,
        # With SAME padding there are ⌈n/s⌉ windows in either case.
        "ceil_mode": ceil_mode and not auto.startswith("SAME"),
    }
    return count, arguments


def _average_pool(call: Call) -> Any:
    x = call.tensor()
    count, arguments = _windows(call, x)
    counts_padding = bool(call.get("count_include_pad", 0))
    if not counts_padding:
        _check_entries(call, x, arguments)
    return call.layer(f"avg_pool{count}d", x, **arguments, count_include_pad=counts_padding)


def _check_entries(call: Call, x: SignalExpr, arguments: dict[str, Any]) -> None:
    """Refuse windows that may lie in the padding alone, whose mean is none.

    Raises:
        SymconvError: one may.
    """
    names = ("kernel_size", "dilation", "padding")
    for axis, (c, d, pads) in enumerate(zip(*(arguments[name] for name in names), strict=True)):
        if pads == (0, 0):
            continue
        n = call.context.integer(size_along(x, 2 + axis))
        before, after = (call.context.integer(p) for p in pads)
        reach = d * (c - 1)
        if before > reach or after > reach or (d > 1 and not n >= d):
            raise SymconvError(
                f"a window of {c} entries with dilation {d} could lie in the padding alone, which "
                "does not count, so that its mean is none"
            )


def _max_pool(call: Call) -> Any:
    x = call.tensor()
    count, arguments = _windows(call, x)
    return call.layer(f"max_pool{count}d", x, **arguments)


def _norm_pool(call: Call) -> Any:
    """The norm of each window, which is the p-th root of the sum of p-th powers."""
    x, p = call.tensor(), call.get("p", 2)
    if p not in (1, 2, 4):
        raise SymconvError(f"is read with p=1, 2 and 4, whose roots are square roots, got p={p}")
    count, arguments = _windows(call, x)
    powers = call.layer("abs", x) if p == 1 else call.layer("pow", x, p)
    sums = call.layer(f"avg_pool{count}d", powers, **arguments, divisor_override=1)
    return sums if p == 1 else call.layer("pow", sums, Fraction(1, p))


def _global(layer: str) -> Callable[[Call], Any]:
    """A pool whose one window is the whole input."""

    def pool(call: Call) -> Any:
        x = call.tensor()
        if x.ndim < 3:
            raise SymconvError(f"takes a tensor (N, C, …), and there are {x.ndim} axes")
        return call.layer(layer, x, list(range(2, x.ndim)), True)

    return pool


_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def _pad(call: Call) -> Any:
    x = call.tensor()
    mode = call.choice("mode", "constant", "reflect", "edge", "wrap")
    if call.version < 11:
        amounts = call.get("pads")
        value: Any = call.real("value")
    else:
        amounts = call.integers(1, "the padding")
        value = call.number(2, "the value of a padding") if call.has(2) else 0
    axes = call.integers(3, "the axes") if call.has(3) else list(range(x.ndim))
    along = call.axes(axes, x.ndim)
    pairs = dict(zip(along, _pairs(amounts, len(along), "the padding"), strict=True))
    flat = [p for axis in reversed(range(x.ndim)) for p in pairs.get(axis, (0, 0))]
    if mode == "constant":
        return call.layer("pad", x, flat, mode, value)
    if any(amount < 0 for amount in flat):
        raise SymconvError(f"a negative padding is read with the mode constant, and not {mode}")
    return call.layer("pad", x, flat, _MODES[mode])


def _columns_added(call: Call) -> Any:
    """Col2Im, with the padding alike before and after."""
    x = call.tensor()
    image = call.integers(1, "the shape of the image")
    block = call.integers(2, "the shape of a block")
    count = len(image)
    if count != 2 or len(block) != 2:
        raise SymconvError(f"is read for images of two axes, and there are {count}")
    pads = _pairs(call.get("pads"), count, "pads")
    if any(before != after for before, after in pads):
        raise SymconvError("is read with the same padding before and after each axis")
    strides, dilations = _each(call, "strides", count), _each(call, "dilations", count)
    return call.layer("fold", x, image, block, dilations, [before for before, _ in pads], strides)


SLIDING: Mapping[str, Callable[[Call], Any]] = {
    "AveragePool": _average_pool,
    "Col2Im": _columns_added,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "GlobalAveragePool": _global("mean"),
    "GlobalMaxPool": _global("amax"),
    "LpPool": _norm_pool,
    "MaxPool": _max_pool,
    "Pad": _pad,
}
"""What these operators mean."""

"""The operators of ONNX that act entry by entry, over axes, or multiply matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from symconv.errors import SymconvError
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.onnx_files.values import Call, Constant, Integers

__all__ = ["ENTRYWISE", "axes_of_reduction"]

Meaning = Callable[[Call], Any]


def _function(name: str) -> Meaning:
    """A function of each entry that the table has."""
    return lambda call: call.layer(name, call.tensor())


def _of_two(name: str) -> Meaning:
    """Arithmetic of two tensors."""
    return lambda call: call.layer(name, call.tensor(0), call.tensor(1))


def _of_many(name: str) -> Meaning:
    """Arithmetic of one tensor or more, one after the other."""

    def meaning(call: Call) -> Any:
        return reduce(lambda one, other: call.layer(name, one, other), call.tensors())

    return meaning


# --- arithmetic ----------------------------------------------------------------------


def _mul(call: Call) -> Any:
    for place in (0, 1):
        other = call.value(1 - place)
        if isinstance(other, Integers) and other.is_real and other.array.size == 1:
            return call.layer("mul", call.tensor(place), call.number(1 - place, "a factor"))
    return call.layer("mul", call.tensor(0), call.tensor(1))


def _div(call: Call) -> Any:
    x, divisor = call.tensor(0), call.value(1)
    if isinstance(divisor, Integers) and divisor.is_real:
        return call.layer("div", x, call.number(1, "the divisor"))
    if isinstance(divisor, Constant) and divisor.is_real:
        numbers = divisor.numbers
        is_of_weights = divisor.is_weight and numbers.shape and divisor.by_layer is not None
        if prod(numbers.shape) == 1 and not is_of_weights:
            quotient = call.layer("div", x, call.number(1, "the divisor"))
            missing = len(numbers.shape) - x.ndim
            for _ in range(missing):
                quotient = call.layer("unsqueeze", quotient, 0)
            return quotient
        if divisor.by_layer is not None:
            quotient = call.layer("div", x, call.tensor(1))
            named = call.context.deviations_named(quotient, [x])
            if named is not quotient:  # by the deviation of a batch norm
                return named
        origin = f"{numbers.name}.reciprocal"
        return call.layer(
            "mul", x, divisor.made_of(call.context, "reciprocal", origin, lambda a: 1 / a)
        )
    return call.layer("div", x, call.tensor(1))


def _mean_of_many(call: Call) -> Any:
    return call.layer("div", _of_many("add")(call), len(call.inputs))


def _named(meaning: Meaning) -> Meaning:
    """What may be the deviation of a batch norm that nodes calculate."""

    def named(call: Call) -> Any:
        return call.context.deviations_named(meaning(call), [])

    return named


def _pow(call: Call) -> Any:
    x = call.tensor(0)
    exponent = call.number(1, "the exponent")
    for number, name in ((Fraction(1, 2), "sqrt"), (Fraction(-1, 2), "rsqrt"), (-1, "reciprocal")):
        if exponent == number:
            return call.layer(name, x)
    if exponent == 0:
        return filled([size_along(x, axis) for axis in range(x.ndim)], 1)
    return call.layer("pow", x, exponent)


# --- functions -----------------------------------------------------------------------


def _clip(call: Call) -> Any:
    if call.version < 11:
        bounds = [call.get("min"), call.get("max")]
        # What is there by default is the least and the largest number of single precision.
        ends = np.finfo(np.float32)
        kept: list[Any] = [
            None if bound is None or bound in (ends.min, ends.max) else call.real(name)
            for name, bound in zip(("min", "max"), bounds, strict=True)
        ]
    else:
        kept = [call.number(place, "a bound") if call.has(place) else None for place in (1, 2)]
    if kept == [None, None]:
        return call.tensor()
    return call.layer("clamp", call.tensor(), *kept)


def _hard_sigmoid(call: Call) -> Any:
    x, alpha, beta = call.tensor(), call.real("alpha", 0.2), call.real("beta", 0.5)
    if (alpha, beta) == (Fraction(1, 6), Fraction(1, 2)):
        return call.layer("hardsigmoid", x)
    line = call.layer("add", call.layer("mul", x, alpha), beta)
    return call.layer("clamp", line, 0, 1)


def _selu(call: Call) -> Any:
    x, alpha, gamma = call.tensor(), call.get("alpha"), call.get("gamma")
    nearest = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}
    given = {"alpha": alpha, "gamma": gamma}
    if all(one is None or np.float32(one) == np.float32(nearest[k]) for k, one in given.items()):
        return call.layer("selu", x)
    scaled = call.layer("elu", x, call.real("alpha", nearest["alpha"]))
    return call.layer("mul", scaled, call.real("gamma", nearest["gamma"]))


def _prelu(call: Call) -> Any:
    """X where x ≥ 0, and a slope times x elsewhere, which is repeated as in products."""
    x, slope = call.tensor(0), call.tensor(1)
    below = call.layer("neg", call.layer("relu", call.layer("neg", x)))
    return call.layer("add", call.layer("relu", x), call.layer("mul", below, slope))


def _swish(call: Call) -> Any:
    x, alpha = call.tensor(), call.real("alpha", 1.0)
    if alpha == 1:
        return call.layer("silu", x)
    return call.layer("mul", x, call.layer("sigmoid", call.layer("mul", x, alpha)))


def _along(name: str) -> Meaning:
    """A function of the entries along an axis; before opset 13 along all from one on."""

    def meaning(call: Call) -> Any:
        x = call.tensor()
        axis = call.axis(call.get("axis", -1 if call.version >= 13 else 1), x.ndim)
        if call.version >= 13 or axis == x.ndim - 1:
            return call.layer(name, x, axis)
        rows = call.layer("flatten", x, axis, -1)
        return call.layer("reshape", call.layer(name, rows, axis), *call.sizes(x))

    return meaning


# --- over axes -----------------------------------------------------------------------


def axes_of_reduction(call: Call, rank: int, by_input: int) -> list[int] | None:
    """The axes over which is summed; None where these are none, and nothing is to be done.

    Args:
        call: the node.
        rank: how many axes there are.
        by_input: the version from which the axes are an input.
    """
    axes = call.listed("axes", 1, "the axes", by_input)
    if not axes:
        return None if call.get("noop_with_empty_axes", 0) else list(range(rank))
    return sorted(call.axes(axes, rank))


def _reduced(
    layer: str, before: Callable[[Call, SignalExpr], SignalExpr] | None = None, by_input: int = 18
) -> Meaning:
    """Something of the entries along axes, of each of which a function may be taken before."""

    def meaning(call: Call) -> Any:
        x = call.tensor()
        axes = axes_of_reduction(call, x.ndim, by_input)
        if before is not None:
            if axes is None:
                raise SymconvError("is not read with noop_with_empty_axes=1")
            x = before(call, x)
        if not axes:  # none, or the tensor has none
            return x
        return call.layer(layer, x, axes, bool(call.get("keepdims", 1)))

    return meaning


def _norm(call: Call) -> Any:
    """The root of the sum of squares."""
    squares = _reduced("sum", lambda call, x: call.layer("square", x))(call)
    return call.layer("sqrt", squares)


# --- matrices ------------------------------------------------------------------------


def _gemm(call: Call) -> Any:
    one, other = call.tensor(0), call.tensor(1)
    if one.ndim != 2 or other.ndim != 2:
        raise SymconvError(f"multiplies matrices, and got {one.ndim} and {other.ndim} axes")
    one = call.layer("t", one) if call.get("transA", 0) else one
    other = call.layer("t", other) if call.get("transB", 0) else other
    alpha, beta = call.real("alpha", 1.0), call.real("beta", 1.0)
    product = call.layer("matmul", one, other)
    product = product if alpha == 1 else call.layer("mul", product, alpha)
    if not call.has(2):
        return product
    more = call.tensor(2)
    return call.layer("add", product, more if beta == 1 else call.layer("mul", more, beta))


def _einsum(call: Call) -> Any:
    return call.layer("einsum", call.get("equation", ""), call.tensors())


# --- normalisation -------------------------------------------------------------------


def _batch_norm(call: Call) -> Any:
    if call.get("training_mode", 0):
        raise SymconvError("normalises by the statistics of its input, as in training")
    if any(call.node.outputs[1:]):
        raise SymconvError("gives statistics, as in training")
    x = call.tensor()
    scale, shift, mean = (call.tensor(place) for place in (1, 2, 3))
    variance = call.constant(4, "the variance")
    epsilon = call.real("epsilon", 1e-5)
    deviation = call.context.inverse_deviation(variance, epsilon)
    return call.layer("batch_norm", x, mean, deviation, scale, shift)


def _instance_norm(call: Call) -> Any:
    x, epsilon = call.tensor(), call.real("epsilon", 1e-5)
    return call.layer("instance_norm", x, call.tensor(1), call.tensor(2), epsilon)


def _layer_norm(call: Call) -> Any:
    x, epsilon = call.tensor(), call.real("epsilon", 1e-5)
    sizes = call.sizes(x)[call.axis(call.get("axis", -1), x.ndim) :]
    return call.layer("layer_norm", x, sizes, call.tensor(1), call.optional(2), epsilon)


def _group_norm(call: Call) -> Any:
    if call.version < 21:
        raise SymconvError(
            "has a factor for each group before opset 21, in which that was mended to one for "
            "each channel; it is read from there on"
        )
    x, epsilon = call.tensor(), call.real("epsilon", 1e-5)
    groups = call.get("num_groups")
    if groups < 1:
        raise SymconvError(f"num_groups is positive, got {groups}")
    return call.layer("group_norm", x, groups, call.tensor(1), call.tensor(2), epsilon)


def _response_norm(call: Call) -> Any:
    """Divided by (k + α·m)^β, m being the mean of the squares of so many channels around.

    Of an even number of channels one more lies behind; in the table it lies before.
    """
    x, size = call.tensor(), call.get("size")
    numbers = call.real("alpha", 1e-4), call.real("beta", 0.75), call.real("bias", 1.0)
    if size % 2:
        return call.layer("local_response_norm", x, size, *numbers)
    turned = call.layer("local_response_norm", call.layer("flip", x, 1), size, *numbers)
    return call.layer("flip", turned, 1)


def _root_mean_square_norm(call: Call) -> Any:
    x, epsilon = call.tensor(), call.real("epsilon", 1e-5)
    axes = list(range(call.axis(call.get("axis", -1), x.ndim), x.ndim))
    mean = call.layer("mean", call.layer("square", x), axes, True)
    inverse = call.layer("rsqrt", call.layer("add", mean, epsilon))
    return call.layer("mul", call.layer("mul", x, inverse), call.tensor(1))


def _norm_along(call: Call) -> Any:
    x, p = call.tensor(), call.get("p", 2)
    return call.layer("div", x, call.layer("norm", x, p, call.get("axis", -1), True))


def _global_norm(call: Call) -> Any:
    x = call.tensor()
    return call.layer("norm", x, call.get("p", 2), list(range(2, x.ndim)), True)


ENTRYWISE: Mapping[str, Meaning] = {
    **{
        name: _function(layer)
        for name, layer in {
            "Abs": "abs",
            "Erf": "erf",
            "Exp": "exp",
            "HardSwish": "hardswish",
            "Log": "log",
            "Mish": "mish",
            "Neg": "neg",
            "Relu": "relu",
            "Sigmoid": "sigmoid",
            "Softplus": "softplus",
            "Softsign": "softsign",
            "Sqrt": "sqrt",
            "Tanh": "tanh",
        }.items()
    },
    "Add": _of_two("add"),
    "BatchNormalization": _batch_norm,
    "Celu": lambda call: call.layer("celu", call.tensor(), call.real("alpha", 1.0)),
    "Clip": _clip,
    "Div": _div,
    "Einsum": _einsum,
    "Elu": lambda call: call.layer("elu", call.tensor(), call.real("alpha", 1.0)),
    "Gelu": lambda call: call.layer("gelu", call.tensor(), call.get("approximate", "none")),
    "Gemm": _gemm,
    "GlobalLpPool": _global_norm,
    "GroupNormalization": _group_norm,
    "HardSigmoid": _hard_sigmoid,
    "InstanceNormalization": _instance_norm,
    "LRN": _response_norm,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": lambda call: call.layer("leaky_relu", call.tensor(), call.real("alpha", 0.01)),
    "LogSoftmax": _along("log_softmax"),
    "LpNormalization": _norm_along,
    "MatMul": _of_two("matmul"),
    "Max": _of_many("maximum"),
    "Mean": _mean_of_many,
    "Min": _of_many("minimum"),
    "Mul": _mul,
    "PRelu": _prelu,
    "RMSNormalization": _root_mean_square_norm,
    "Pow": _named(_pow),
    "Reciprocal": _named(_function("reciprocal")),
    "ReduceL1": _reduced("sum", lambda call, x: call.layer("abs", x)),
    "ReduceL2": _norm,
    "ReduceMax": _reduced("amax"),
    "ReduceMean": _reduced("mean"),
    "ReduceMin": _reduced("amin"),
    "ReduceSum": _reduced("sum", by_input=13),
    "ReduceSumSquare": _reduced("sum", lambda call, x: call.layer("square", x)),
    "Selu": _selu,
    "Softmax": _along("softmax"),
    "Sub": _of_two("sub"),
    "Sum": _of_many("add"),
    "Swish": _swish,
}
"""What these operators mean."""

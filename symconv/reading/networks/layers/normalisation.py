"""Layers that divide by what they calculate of their input: deviations, norms, exponentials.

Quotients and roots are functions of which the decision knows little; what is read of these layers
is what PyTorch's documentation says, where nothing is divided by 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sympy.core.numbers import One

from symconv.errors import SymconvError, as_given
from symconv.language.functions import Function
from symconv.language.operators import Add, Apply, Formula, Multiply
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.arguments import as_list, constant, exact, sizes_of, which_axes
from symconv.reading.networks.layers.entrywise import (
    absolute,
    add,
    amax,
    div,
    filled,
    matmul,
    maximum,
    mean,
    mul,
    power,
    reciprocal,
    reciprocal_root,
    square,
    sub,
    summed,
    unmoved,
)
from symconv.reading.networks.layers.shapes import reshape, swapped

__all__ = [
    "attention",
    "batch_norm",
    "deviation",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "log_softmax",
    "logarithm",
    "logsumexp",
    "norm",
    "normalize",
    "rms_norm",
    "softmax",
    "softmin",
    "variance",
    "weight_norm",
]


# --- by statistics -------------------------------------------------------------------


def batch_norm(
    input: SignalExpr,  # noqa: A002
    running_mean: SignalExpr,
    inverse_deviation: SignalExpr,
    weight: SignalExpr | None = None,
    bias: SignalExpr | None = None,
) -> SignalExpr:
    """Batch normalisation in evaluation, by 1/√(σ² + ε) as it is; the channels are axis 1.

    References:
        `torch.nn.functional.batch_norm`.
    """
    if input.ndim < 2:
        raise SymconvError(f"batch_norm takes a tensor (N, C, …), got {input.ndim} axes")
    return input.batch_norm(running_mean, inverse_deviation, weight, bias, axis=1)


def variance(
    input: SignalExpr,  # noqa: A002
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    correction: Any = None,
) -> SignalExpr:
    """The sum of the squares of what entries differ by from their mean, over one less than many.

    Args:
        input: the tensor.
        dim: the axes; all of them where there is none.
        unbiased: whether one is taken away from how many there are.
        keepdim: whether the axes stay, with one entry.
        correction: how many are taken away instead.

    References:
        `torch.var`.
    """
    if isinstance(dim, bool):  # as in x.var(False)
        dim, unbiased = None, dim
    axes = which_axes(input, dim)
    less = (1 if unbiased in (None, True) else 0) if correction is None else correction
    count = _count(input, axes) - int(exact(less, "the correction"))
    squares = square(sub(input, mean(input, axes, keepdim=True)))
    return div(summed(squares, axes, keepdim), count)


def _count(x: SignalExpr, axes: Sequence[int]) -> Any:
    """How many entries there are along some axes together."""
    total: Any = 1
    for axis in axes:
        total = size_along(x, axis) * total
    return total


def deviation(
    input: SignalExpr,  # noqa: A002
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    correction: Any = None,
) -> SignalExpr:
    """The square root of the variance.

    References:
        `torch.std`.
    """
    return variance(input, dim, unbiased, keepdim, correction).sqrt()


def _normalised(x: SignalExpr, axes: Sequence[int], eps: Any) -> SignalExpr:
    """(x − μ)/√(σ² + ε), by mean and variance over axes."""
    moved = sub(x, mean(x, axes, keepdim=True))
    spread = mean(square(moved), axes, keepdim=True)
    return mul(moved, reciprocal_root(spread + constant(exact(eps, "eps"))))


def layer_norm(
    input: SignalExpr,  # noqa: A002
    normalized_shape: Sequence[Any],
    weight: SignalExpr | None = None,
    bias: SignalExpr | None = None,
    eps: Any = 1e-5,
) -> SignalExpr:
    """By mean and variance over the last axes, with a weight and a bias for each entry of these.

    References:
        `torch.nn.functional.layer_norm`; J. L. Ba et al., *Layer Normalization*, arXiv:1607.06450.
    """
    result = _normalised(input, _last_axes(input, normalized_shape), eps)
    result = result if weight is None else mul(result, weight)
    return result if bias is None else add(result, bias)


def rms_norm(
    input: SignalExpr,  # noqa: A002
    normalized_shape: Sequence[Any],
    weight: SignalExpr | None = None,
    eps: Any = None,
) -> SignalExpr:
    """x/√(mean of x² + ε) over the last axes, with a weight for each entry of these.

    References:
        `torch.nn.functional.rms_norm`; B. Zhang, R. Sennrich, *Root Mean Square Layer
        Normalization*, arXiv:1910.07467.
    """
    if eps is None:
        raise SymconvError("rms_norm without eps takes that of the kind of numbers; give eps=…")
    spread = mean(square(input), _last_axes(input, normalized_shape), keepdim=True)
    result = mul(input, reciprocal_root(spread + constant(exact(eps, "eps"))))
    return result if weight is None else mul(result, weight)


def _last_axes(x: SignalExpr, shape: Sequence[Any]) -> range:
    """The axes at the end, which have to have these sizes."""
    sizes = as_list([shape])
    back = len(sizes)
    if not 0 < back <= x.ndim or any(
        (mine - size).number != 0
        for mine, size in zip(sizes_of(x)[x.ndim - back :], sizes, strict=True)
    ):
        listed = ", ".join(map(str, sizes))
        raise SymconvError(f"the last sizes of the input are not those of its norm, ({listed})")
    return range(x.ndim - back, x.ndim)


def group_norm(
    input: SignalExpr,  # noqa: A002
    num_groups: Any,
    weight: SignalExpr | None = None,
    bias: SignalExpr | None = None,
    eps: Any = 1e-5,
) -> SignalExpr:
    """By mean and variance over the channels of each group and all positions.

    References:
        `torch.nn.functional.group_norm`; Y. Wu, K. He, *Group Normalization*, arXiv:1803.08494.
    """
    if input.ndim < 2:
        raise SymconvError(f"group_norm takes a tensor (N, C, …), got {input.ndim} axes")
    batch, channels, *rest = sizes_of(input)
    grouped = reshape(input, batch, num_groups, channels // num_groups, *rest)
    normalised = _normalised(grouped, range(2, grouped.ndim), eps)
    return _for_channels(reshape(normalised, batch, channels, *rest), weight, bias)


def _for_channels(x: SignalExpr, weight: SignalExpr | None, bias: SignalExpr | None) -> SignalExpr:
    """Times a weight and plus a bias for each channel, along axis 1."""
    shape = [-1, *[1] * (x.ndim - 2)]
    x = x if weight is None else mul(x, reshape(weight, *shape))
    return x if bias is None else add(x, reshape(bias, *shape))


def instance_norm(
    input: SignalExpr,  # noqa: A002
    weight: SignalExpr | None = None,
    bias: SignalExpr | None = None,
    eps: Any = 1e-5,
) -> SignalExpr:
    """By mean and variance of each channel over all positions.

    References:
        `torch.nn.functional.instance_norm`; D. Ulyanov et al., *Instance Normalization*,
        arXiv:1607.08022.
    """
    if input.ndim < 3:
        raise SymconvError(f"instance_norm takes a tensor (N, C, …, L), got {input.ndim} axes")
    return _for_channels(_normalised(input, range(2, input.ndim), eps), weight, bias)


# --- by norms ------------------------------------------------------------------------


def norm(
    input: SignalExpr,  # noqa: A002
    p: Any = 2,
    dim: Any = None,
    keepdim: bool = False,
) -> SignalExpr:
    """√(Σ x²) over axes, for p = 1 the sum of the absolute values, for ∞ the largest of them.

    References:
        `torch.norm`.
    """
    if p in ("fro", None) or p == 2:
        return summed(square(input), dim, keepdim).sqrt()
    if p == 1:
        return summed(absolute(input), dim, keepdim)
    if p in (float("inf"), "inf"):
        return amax(absolute(input), dim, keepdim)
    raise SymconvError(f"a norm is read for p = 1, 2 and infinity, got {as_given(p)}")


def normalize(
    input: SignalExpr,  # noqa: A002
    p: Any = 2.0,
    dim: Any = 1,
    eps: Any = 1e-12,
) -> SignalExpr:
    """Divided by the norm along an axis, or by ε where that is larger.

    References:
        `torch.nn.functional.normalize`.
    """
    return div(input, maximum(norm(input, p, dim, keepdim=True), exact(eps, "eps")))


def weight_norm(v: SignalExpr, g: SignalExpr, dim: int = 0) -> SignalExpr:
    """g·v/‖v‖, by the norm over all axes but one, or over all for −1.

    References:
        `torch.nn.utils.parametrizations.weight_norm`; T. Salimans, D. P. Kingma, *Weight
        Normalization*, arXiv:1602.07868.
    """
    axes = [axis for axis in range(v.ndim) if axis != dim]
    return mul(div(v, norm(v, 2, axes, keepdim=True)), g)


def local_response_norm(
    input: SignalExpr,  # noqa: A002
    size: Any,
    alpha: Any = 1e-4,
    beta: Any = 0.75,
    k: Any = 1.0,
) -> SignalExpr:
    """Divided by (k + α·m)^β, m being the mean of the squares of so many channels around.

    Beyond the first and the last channel there are zeros; of an even number of channels one
    more lies before.

    References:
        `torch.nn.functional.local_response_norm`; A. Krizhevsky et al., *ImageNet
        Classification with Deep Convolutional Neural Networks*, 2012, section 3.3.
    """
    if input.ndim < 3:
        raise SymconvError(f"local_response_norm takes (N, C, …, L), got {input.ndim} axes")
    around = square(input).pad(size // 2, (size - 1) // 2, axis=1)
    means = around.avg_pool(size, stride=1, axes=1)
    factor, base = exact(alpha, "alpha"), constant(exact(k, "k"))
    return mul(input, power(means * factor + base, -exact(beta, "beta")))


# --- by exponentials -----------------------------------------------------------------


def softmax(input: SignalExpr, dim: int) -> SignalExpr:  # noqa: A002
    """exp(x)/Σ exp(x) along an axis.

    Along one of two entries it is the sigmoid of an entry less the other one, and 1 along one of
    one entry.

    References:
        `torch.nn.functional.softmax`.
    """
    (axis,) = _one_axis(input, dim)
    if size_along(input, axis) == 1:
        return filled(sizes_of(input), 1)
    if size_along(input, axis) == 2:
        return (input - input.flip(axis=axis)).sigmoid()
    each = input.exp()
    return mul(each, reciprocal(summed(each, axis, keepdim=True)))


def _one_axis(x: SignalExpr, dim: Any) -> tuple[int, ...]:
    if dim is None:
        raise SymconvError("say along which axis, by dim")
    return which_axes(x, dim)


def softmin(input: SignalExpr, dim: int) -> SignalExpr:  # noqa: A002
    """The softmax of −x."""
    return softmax(-input, dim)


def logarithm(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """log(x), which is x of exp(x), and x + log(y) of exp(x)·y, so that of a softmax it is linear.

    All of it where the logarithm is defined, as exponentials are positive.
    """
    moved, x = unmoved(input)
    match x.operator:
        case Apply(Function("exp")):
            (result,) = x.operands
        case Apply(Function("reciprocal")):
            result = -logarithm(x.operands[0])
        case Apply(Function("sigmoid")) if (axis := _axis_of_two(x.operands[0])) is not None:
            result = log_softmax(x.operands[0].operands[0], axis)
        case Multiply() if any(map(_is_exponential, x.operands)):
            one, other = map(logarithm, x.operands)
            result = add(one, other)
        case Formula(expression=One()):
            result = filled(sizes_of(x), 0)
        case _:
            return input.log()
    return reduce(SignalExpr.apply, moved, result)


def _is_exponential(x: SignalExpr) -> bool:
    return isinstance(x.operator, Apply) and x.operator.function.name == "exp"


def _axis_of_two(x: SignalExpr) -> int | None:
    """The axis of two entries along which each is less the other one; None if that is not so."""
    if not isinstance(x.operator, Add):
        return None
    one = x.operands[0]
    axes = (axis for axis in range(one.ndim) if size_along(one, axis) == 2)
    return next((axis for axis in axes if one - one.flip(axis=axis) is x), None)


def logsumexp(input: SignalExpr, dim: Any, keepdim: bool = False) -> SignalExpr:  # noqa: A002
    """The logarithm of Σ exp(x) over axes."""
    return summed(input.exp(), dim, keepdim).log()


def log_softmax(input: SignalExpr, dim: int) -> SignalExpr:  # noqa: A002
    """X − log Σ exp(x) along an axis."""
    (axis,) = _one_axis(input, dim)
    if size_along(input, axis) == 1:
        return filled(sizes_of(input), 0)
    return sub(input, logsumexp(input, axis, keepdim=True))


def attention(
    query: SignalExpr,
    key: SignalExpr,
    value: SignalExpr,
    attn_mask: SignalExpr | None = None,
    dropout_p: Any = 0.0,
    is_causal: bool = False,
    scale: Any = None,
) -> SignalExpr:
    """softmax(q·kᵀ·s)·v over the last two axes, by a mask that is added before the softmax.

    The factor s is 1/√E as Python calculates it, for queries of E entries.

    References:
        `torch.nn.functional.scaled_dot_product_attention`.
    """
    if is_causal or dropout_p:
        raise SymconvError("is read without dropout and is_causal")
    width = size_along(query, query.ndim - 1)
    if scale is None:
        if width.number is None:
            raise SymconvError(f"the width of the queries has to be a number, and it is {width}")
        scale = width.number**-0.5
    scores = mul(matmul(query, swapped(key)), exact(scale, "the scale"))
    weights = softmax(scores if attn_mask is None else add(scores, attn_mask), -1)
    return matmul(weights, value)

"""Arithmetic and functions entry by entry, sums and maxima over axes, products of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from string import ascii_lowercase
from typing import Any

from sympy import Eq, Piecewise, true
from sympy.core.numbers import One

from symconv.arithmetic.limits import MOST_FACTORS
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount, integer_argument
from symconv.language.operators import (
    Apply,
    Flip,
    Formula,
    Multiply,
    Operator,
    Pad,
    Rearrange,
    Scale,
)
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor, indices_of
from symconv.language.tensor_functions import einsum as product_of
from symconv.language.tensor_functions import maximum as larger
from symconv.reading.networks.layers.arguments import (
    constant,
    exact,
    sizes_of,
    which_axes,
)
from symconv.reading.networks.layers.shapes import chunk, expand, unsqueeze

__all__ = [
    "absolute",
    "add",
    "addcmul",
    "addmm",
    "amax",
    "amin",
    "celu",
    "clamp",
    "diag",
    "div",
    "dot",
    "einsum",
    "elu",
    "filled",
    "gelu",
    "glu",
    "hardsigmoid",
    "hardtanh",
    "leaky_relu",
    "lerp",
    "linear",
    "logsigmoid",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "mish",
    "mul",
    "neg",
    "outer",
    "power",
    "prelu",
    "reciprocal",
    "reciprocal_root",
    "root",
    "rsub",
    "selu",
    "softplus",
    "softshrink",
    "softsign",
    "square",
    "sub",
    "summed",
    "tanhshrink",
    "unmoved",
]

Operand = Any
"""A tensor, or a number."""


# --- arithmetic ----------------------------------------------------------------------


def _tensor(value: Operand) -> SignalExpr:
    return value if isinstance(value, SignalExpr) else constant(value)


def _aligned(one: SignalExpr, other: SignalExpr) -> tuple[SignalExpr, SignalExpr]:
    """Two tensors, of which one of a single entry is repeated along the one axis of the other.

    Tensors of several axes do that by themselves; two signals have to be equally long.
    """
    if one.ndim == other.ndim == 1:
        if size_along(one, 0) == 1 and size_along(other, 0) != 1:
            return one.rearrange("1 -> "), other
        if size_along(other, 0) == 1 and size_along(one, 0) != 1:
            return one, other.rearrange("1 -> ")
    return one, other


def add(input: Operand, other: Operand, alpha: Any = 1) -> SignalExpr:  # noqa: A002
    """The sum, of which the second summand is multiplied by a number."""
    factor = exact(alpha, "alpha")
    second = _tensor(other)
    one, two = _aligned(_tensor(input), second if factor == 1 else second * factor)
    return one + two


def sub(input: Operand, other: Operand, alpha: Any = 1) -> SignalExpr:  # noqa: A002
    """The difference."""
    return add(input, other, -exact(alpha, "alpha"))


def addcmul(input: Operand, tensor1: Operand, tensor2: Operand, value: Any = 1) -> SignalExpr:  # noqa: A002
    """The sum of a tensor and a number times the product of two others."""
    return add(input, mul(tensor1, tensor2), value)


def lerp(input: Operand, end: Operand, weight: Operand) -> SignalExpr:  # noqa: A002
    """From one tensor so much of the way to another one."""
    return add(input, mul(sub(end, input), weight))


def rsub(input: Operand, other: Operand, alpha: Any = 1) -> SignalExpr:  # noqa: A002
    """The difference the other way round."""
    return sub(other, input, alpha)


def mul(input: Operand, other: Operand) -> SignalExpr:  # noqa: A002
    """The product."""
    if not isinstance(input, SignalExpr):
        input, other = other, input  # noqa: A001
    if isinstance(other, SignalExpr):
        one, two = _aligned(input, other)
        return one.multiply(two)
    if isinstance(other, Amount) and other.number is None:
        raise SymconvError(f"a tensor can be multiplied by a number, and {other} is a symbol here")
    scaled: SignalExpr = input * exact(_plain(other), "a factor")
    return scaled


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Amount) else value


def div(input: Operand, other: Operand, rounding_mode: str | None = None) -> SignalExpr:  # noqa: A002
    """The quotient by a number, a size or a tensor."""
    if rounding_mode is not None:
        raise SymconvError("quotients that are rounded are not read")
    if isinstance(other, SignalExpr):
        return mul(reciprocal(other), input)
    if isinstance(other, Amount) and other.number is None:
        divided: SignalExpr = _tensor(input).divide(other)
        return divided
    number = exact(_plain(other), "the divisor")
    if not number:
        raise SymconvError("cannot divide by 0")
    quotient: SignalExpr = _tensor(input) / number
    return quotient


def neg(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """The negative."""
    return -input


def power(input: SignalExpr, exponent: Any) -> SignalExpr:  # noqa: A002
    """A power with a number for its exponent: products, and square roots of square roots."""
    number = exact(exponent, "the exponent") if isinstance(input, SignalExpr) else Fraction(0)
    if not number or abs(number) > MOST_FACTORS or number.denominator not in (1, 2, 4):
        raise SymconvError(
            f"an exponent is a whole number of quarters from −{MOST_FACTORS} to {MOST_FACTORS}, "
            f"and not 0, and the base is a tensor, got {as_given(exponent)}"
        )
    whole, rest = divmod(abs(number), 1)
    factors, root = [input] * whole, input
    while rest:
        root, rest = root.sqrt(), 2 * rest
        if rest >= 1:
            factors, rest = [*factors, root], rest - 1
    result = reduce(mul, factors)
    return result if number > 0 else reciprocal(result)


def reciprocal(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """1/x, where a product is split, and 1/(1/x) is x: all of it where no entry is 0."""
    moved, x = unmoved(input)
    match x.operator:
        case Apply(function) if function.name == "reciprocal":
            (result,) = x.operands
        case Scale(number) if number:
            result = reciprocal(x.operands[0]) * (1 / number)
        case Multiply():
            one, other = map(reciprocal, x.operands)
            result = one.multiply(other)
        case Formula(expression=One()):
            result = x
        case _:
            return input.reciprocal()
    return reduce(SignalExpr.apply, moved, result)


def unmoved(x: SignalExpr) -> tuple[list[Operator], SignalExpr]:
    """What moves the entries of a tensor, where nothing stands beside them, and the one before."""
    moved: list[Operator] = []
    while len(x.operands) == 1 and _only_moves(x.operator):
        moved.insert(0, x.operator)
        (x,) = x.operands
    return moved, x


def _only_moves(operator: Operator) -> bool:
    """Whether nothing stands beside the entries that are moved, as the zeros of a padding."""
    match operator:
        case Pad(left, right):
            return (-left).is_at_least(0) and (-right).is_at_least(0)
        case Rearrange() | Flip():
            return True
    return False


def root(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """The square root."""
    return input.sqrt()


def reciprocal_root(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """1/√x."""
    return reciprocal(input.sqrt())


def square(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """Each entry times itself."""
    return mul(input, input)


# --- functions -----------------------------------------------------------------------


def maximum(input: Operand, other: Operand) -> SignalExpr:  # noqa: A002
    """The larger of two, entry by entry."""
    return larger(*_aligned(_tensor(input), _tensor(other)))


def minimum(input: Operand, other: Operand) -> SignalExpr:  # noqa: A002
    """The smaller of two, entry by entry."""
    return -maximum(-_tensor(input), -_tensor(other))


def absolute(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """The larger of an entry and its negative."""
    return larger(input, -input)


def clamp(input: SignalExpr, min: Any = None, max: Any = None) -> SignalExpr:  # noqa: A002
    """Not less than one bound, and then not more than the other one."""
    if min is None and max is None:
        raise SymconvError("clamp takes a lower bound, an upper one, or both")
    is_by_numbers = not isinstance(min, SignalExpr) and not isinstance(max, SignalExpr)
    if is_by_numbers and (min, max) == (0, 6):
        return input.relu6()
    if min is not None:
        is_zero = not isinstance(min, SignalExpr) and min == 0
        input = input.relu() if is_zero else maximum(input, min)  # noqa: A001
    return input if max is None else minimum(input, max)


def hardtanh(input: SignalExpr, min_val: Any = -1.0, max_val: Any = 1.0) -> SignalExpr:  # noqa: A002
    """Between two bounds; ReLU6 is between 0 and 6."""
    return clamp(input, min_val, max_val)


def hardsigmoid(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """relu6(x + 3)/6."""
    return (input + constant(3)).relu6() / 6


def leaky_relu(input: SignalExpr, negative_slope: Any = 0.01) -> SignalExpr:  # noqa: A002
    """X where x ≥ 0, and the slope times x elsewhere."""
    return input.leaky_relu(exact(negative_slope, "the slope"))


def prelu(input: SignalExpr, weight: SignalExpr) -> SignalExpr:  # noqa: A002
    """X where x ≥ 0, and a weight times x elsewhere: one weight, or one for each channel."""
    below = -(-input).relu()
    if input.ndim > 1 and size_along(weight, 0) != 1:
        weight = weight.rearrange("c -> c" + " 1" * (input.ndim - 2))
    return input.relu() + mul(below, weight)


def _exponential_below(x: SignalExpr, alpha: Fraction, width: Fraction) -> SignalExpr:
    """α(exp(x/width) − 1) where x < 0, and 0 elsewhere."""
    below = -(-x).relu()
    return ((below / width).exp() + constant(-1)) * alpha


def elu(input: SignalExpr, alpha: Any = 1.0) -> SignalExpr:  # noqa: A002
    """X where x ≥ 0, and α(exp(x) − 1) elsewhere."""
    return input.relu() + _exponential_below(input, exact(alpha, "alpha"), Fraction(1))


def celu(input: SignalExpr, alpha: Any = 1.0) -> SignalExpr:  # noqa: A002
    """X where x ≥ 0, and α(exp(x/α) − 1) elsewhere."""
    number = exact(alpha, "alpha")
    if number <= 0:
        raise SymconvError(f"alpha of CELU has to be positive here, got {number}")
    return input.relu() + _exponential_below(input, number, number)


def selu(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """λx where x ≥ 0, and λα(exp(x) − 1) elsewhere.

    References:
        G. Klambauer et al., *Self-normalizing neural networks*, arXiv:1706.02515, for the numbers.
    """
    alpha, scale = Fraction("1.6732632423543772"), Fraction("1.0507009873554805")
    return elu(input, alpha) * scale


def gelu(input: SignalExpr, approximate: str = "none") -> SignalExpr:  # noqa: A002
    """X·Φ(x); not its approximation."""
    if approximate != "none":
        raise SymconvError("gelu is read as the exact one, and not as its approximation by tanh")
    return input.gelu()


def tanhshrink(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """X less its hyperbolic tangent."""
    return input - input.tanh()


def softshrink(input: SignalExpr, lambd: Any = 0.5) -> SignalExpr:  # noqa: A002
    """Nearer to 0 by λ, and 0 between −λ and λ."""
    width = constant(-exact(lambd, "lambd"))
    return (input + width).relu() - (-input + width).relu()


def glu(input: SignalExpr, dim: int = -1) -> SignalExpr:  # noqa: A002
    """The first half along an axis times the sigmoid of the second one."""
    one, other = chunk(input, 2, dim)
    return one.multiply(other.sigmoid())


def softplus(input: SignalExpr, beta: Any = 1.0, threshold: Any = 20.0) -> SignalExpr:  # noqa: A002
    """log(1 + exp(βx))/β, which PyTorch rounds to x above a threshold.

    Above its default 20 that is less than what numbers in single precision are rounded by.
    """
    factor = exact(beta, "beta")
    if factor <= 0 or exact(threshold, "the threshold") < 20:
        raise SymconvError(
            f"softplus is read with a positive beta and a threshold of 20 or more, got beta={beta} "
            f"and threshold={threshold}"
        )
    scaled = input if factor == 1 else input * factor
    result = (constant(1) + scaled.exp()).log()
    return result if factor == 1 else result / factor


def logsigmoid(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """The logarithm of the sigmoid, −log(1 + exp(−x))."""
    return -softplus(-input)


def mish(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """X·tanh(log(1 + exp(x)))."""
    return input.multiply(softplus(input).tanh())


def softsign(input: SignalExpr) -> SignalExpr:  # noqa: A002
    """x/(1 + |x|)."""
    return div(input, constant(1) + absolute(input))


# --- over axes -----------------------------------------------------------------------


def _kept(x: SignalExpr, axes: Sequence[int], keepdim: bool) -> SignalExpr:
    """The tensor, with the axes that were left out as axes of one entry where they are kept."""
    for axis in sorted(axes) if keepdim else ():
        x = unsqueeze(x, axis)
    return x


def summed(input: SignalExpr, dim: Any = None, keepdim: bool = False) -> SignalExpr:  # noqa: A002
    """The sum over axes."""
    axes = which_axes(input, dim)
    return _kept(input.sum(axes), axes, keepdim)


def mean(input: SignalExpr, dim: Any = None, keepdim: bool = False) -> SignalExpr:  # noqa: A002
    """The mean over axes."""
    axes = which_axes(input, dim)
    return _kept(input.mean(axes), axes, keepdim)


def amax(input: SignalExpr, dim: Any = None, keepdim: bool = False) -> SignalExpr:  # noqa: A002
    """The largest entry along axes."""
    axes = which_axes(input, dim)
    return _kept(input.max(axes), axes, keepdim)


def amin(input: SignalExpr, dim: Any = None, keepdim: bool = False) -> SignalExpr:  # noqa: A002
    """The smallest entry along axes."""
    return -amax(-input, dim, keepdim)


# --- matrices ------------------------------------------------------------------------


def linear(input: SignalExpr, weight: SignalExpr, bias: SignalExpr | None = None) -> SignalExpr:  # noqa: A002
    """Σ w[o, i]·x[…, i] + b[o]."""
    return input.linear(weight, bias)


def matmul(input: SignalExpr, other: SignalExpr) -> SignalExpr:  # noqa: A002
    """The product of matrices in the last two axes, for each position along the axes before.

    References:
        `torch.matmul`.
    """
    one, two = input.ndim, other.ndim
    if not one or not two:
        raise SymconvError("matmul takes tensors of one axis and more")
    left = "y" if one == 1 else "xy"
    right = "y" if two == 1 else "yz"
    batch = ascii_lowercase[: max(one, two, 2) - 2]
    before = [batch[len(batch) - max(n - 2, 0) :] for n in (one, two)]
    fitted = _batches(input, other)
    pattern = f"{before[0]}{left},{before[1]}{right}->{batch}{left[:-1]}{right[1:]}"
    return product_of(pattern, *fitted)


def _batches(one: SignalExpr, other: SignalExpr) -> list[SignalExpr]:
    """Both, with axes of one entry before the matrices repeated as the other one needs it."""
    result = []
    for x, y in ((one, other), (other, one)):
        sizes = sizes_of(x)
        for back in range(3, min(x.ndim, y.ndim) + 1):
            if sizes[-back] == 1:
                sizes[-back] = size_along(y, y.ndim - back)
        result.append(expand(x, *sizes))
    return result


def addmm(
    input: SignalExpr,  # noqa: A002
    mat1: SignalExpr,
    mat2: SignalExpr,
    beta: Any = 1,
    alpha: Any = 1,
) -> SignalExpr:
    """β·input + α·mat1·mat2.

    References:
        `torch.addmm`.
    """
    return add(mul(input, beta), mul(matmul(mat1, mat2), alpha))


def dot(input: SignalExpr, tensor: SignalExpr) -> SignalExpr:  # noqa: A002
    """The sum of the products of the entries of two vectors."""
    return product_of("i,i->", input, tensor)


def outer(input: SignalExpr, vec2: SignalExpr) -> SignalExpr:  # noqa: A002
    """The products of each entry of one vector and each of another."""
    return product_of("i,j->ij", input, vec2)


def diag(input: SignalExpr, diagonal: int = 0) -> SignalExpr:  # noqa: A002
    """The matrix with a vector on its diagonal, and the other way round.

    References:
        `torch.diag`.
    """
    if diagonal or input.ndim not in (1, 2):
        raise SymconvError("diag takes a vector or a matrix, and is read for its main diagonal")
    if input.ndim == 1:
        return _unit_matrix(*sizes_of(input) * 2).multiply(input)
    unit = _unit_matrix(*sizes_of(input))
    return product_of("ij,ij->i", unit, input)


def _unit_matrix(rows: Amount, columns: Amount) -> SignalExpr:
    """1 where both positions are equal."""
    if rows != columns:
        raise SymconvError(f"diag takes a square matrix, got one of size {rows} by {columns}")
    i, j = indices_of(2)
    return Tensor.from_formula((i, j), Piecewise((1, Eq(i, j)), (0, true)), shape=(rows, columns))


def einsum(equation: str, *operands: Any) -> SignalExpr:
    """Sums of products over letters.

    References:
        `torch.einsum`.
    """
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    text = equation.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    free = [letter for letter in ascii_lowercase if letter not in text.lower()]
    names = {c: c for c in text if c.islower()}
    for capital in (c for c in text if c.isupper()):
        if capital not in names:
            names[capital] = capital.lower() if capital.lower() not in text else free.pop()
    lists, dots = inputs.split(","), ""
    if len(lists) != len(operands):
        raise SymconvError(
            f"{as_given(equation)} is for {len(lists)} operands, got {len(operands)}"
        )
    if "..." in text:
        widths = [
            x.ndim - len(one.replace("...", "")) for x, one in zip(operands, lists, strict=True)
        ]
        most = max((w for w, one in zip(widths, lists, strict=True) if "..." in one), default=0)
        dots = "".join(free[:most])
        lists = [
            one.replace("...", dots[most - width :] if width else "")
            for one, width in zip(lists, widths, strict=True)
        ]
        output = output.replace("...", dots)
    if not arrow:  # what the dots are for comes first, and is in several operands
        every = "".join(lists)
        single = sorted(c for c in {*every} - {*dots} if every.count(c) == 1)
        output = dots + "".join(single)
    operands, lists = _without_repeated_axes(operands, lists)
    renamed = ["".join(names.get(c, c) for c in one) for one in (*lists, output)]
    return product_of(f"{','.join(renamed[:-1])}->{renamed[-1]}", *operands)


def _without_repeated_axes(
    operands: Sequence[Any], lists: Sequence[str]
) -> tuple[tuple[Any, ...], list[str]]:
    """The operands without axes of one entry that stand for as many as others have."""
    longer = {
        letter
        for x, letters in zip(operands, lists, strict=True)
        for letter, size in zip(letters, x.lengths, strict=False)
        if size.as_integer() != 1
    }
    kept, named = [], []
    for x, letters in zip(operands, lists, strict=True):
        repeats = [
            letter in longer and size.as_integer() == 1
            for letter, size in zip(letters, x.lengths, strict=False)
        ]
        kept.append(x[tuple(0 if one else slice(None) for one in repeats)] if any(repeats) else x)
        named.append("".join(c for c, one in zip(letters, repeats, strict=False) if not one))
    return tuple(kept), named


# --- known tensors -------------------------------------------------------------------


def filled(shape: Sequence[Any], value: Any) -> SignalExpr:
    """The tensor of a shape of which every entry is a number."""
    sizes = [integer_argument(size, "a size") for size in shape]
    number = exact(value, "the value")
    if not sizes:
        return constant(number)
    ones = Tensor.ones(sizes)
    return ones if number == 1 else ones * number

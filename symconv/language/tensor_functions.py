"""What is made of several tensors, none of which comes first: sums of products, joining, maxima."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.operators import Einsum, Maximum, Pad
from symconv.language.operators.base import axes_of, check_operand, size_along
from symconv.language.operators.patterns import read_letters
from symconv.language.signals import Applied, SignalExpr

__all__ = ["concatenate", "einsum", "maximum"]


def einsum(pattern: str, /, *tensors: SignalExpr) -> SignalExpr:
    """Σ of products of entries, over the letters that the result does not have.

    Before the arrow there is a letter for each axis of each tensor, behind it those of the
    result; without an arrow these are the letters that stand once, in the alphabet's order.

    >>> from symconv import Tensor, integers
    >>> O, C, H = integers("O C H", positive=True)
    >>> w, x = Tensor("w", (O, C)), Tensor("x", (C, H))
    >>> einsum("oc,ch->oh", w, x).formula(*integers("o h"))
    Sum(w[o, i]*x[i, h], (i, 0, C - 1))

    Raises:
        SymconvError: the pattern has a mistake, or does not fit the tensors.

    References:
        `numpy.einsum`.
    """
    inputs, output = read_letters(pattern)
    for tensor in tensors:
        check_operand(tensor, "einsum(pattern, …)")
    return Applied(Einsum(inputs, output), tensors)


def concatenate(tensors: Sequence[SignalExpr], axis: int = 0) -> SignalExpr:
    """The tensors one after the other along an axis; along all others they have one size.

    It is the sum of all of them, each padded with as many zeros as the others are long.

    >>> from symconv import Signal
    >>> concatenate([Signal("a", 2), Signal("b", 1)]).vector()
    [a0, a1, b0]

    Raises:
        SymconvError: there is none, or they differ in the number of axes or in another size.

    References:
        `numpy.concatenate`, `torch.cat`.
    """
    if isinstance(tensors, SignalExpr) or not isinstance(tensors, Sequence) or not tensors:
        raise SymconvError(
            f"concatenate takes a list of tensors, such as [x, y], got {as_given(tensors)}"
        )
    for tensor in tensors:
        check_operand(tensor, "concatenate([x, y])")
    first = tensors[0]
    (along,) = axes_of(first, axis)
    for other in tensors:
        if other.ndim != first.ndim:
            raise SymconvError(
                f"cannot concatenate {first} of {first.ndim} axes and {other} of {other.ndim}"
            )
        for one, (a, b) in enumerate(zip(first.lengths, other.lengths, strict=True)):
            if one != along and None not in (a.as_integer(), b.as_integer()) and a != b:
                raise SymconvError(
                    f"cannot concatenate {first} and {other} along axis {along}: their sizes "
                    f"along axis {one} are {a} and {b}"
                )
    sizes = [size_along(tensor, along) for tensor in tensors]
    parts = []
    for i, tensor in enumerate(tensors):
        before = reduce(add, sizes[:i], Amount.of(0))
        after = reduce(add, sizes[i + 1 :], Amount.of(0))
        pad = Pad(before, after, along)
        parts.append(tensor if pad.is_idle else tensor.apply(pad))
    return reduce(add, parts)


def maximum(x: SignalExpr, y: SignalExpr, /) -> SignalExpr:
    """The larger of two tensors, entry by entry; axes of one entry are repeated, as in sums.

    >>> from symconv import Signal
    >>> maximum(Signal("x", 2), Signal("y", 2)).evaluate(x=[1, 4], y=[3, 2])
    [3, 4]

    Raises:
        SymconvError: one is no tensor, or their shapes do not fit.

    References:
        `numpy.maximum`, `torch.maximum`.
    """
    for tensor in (x, y):
        check_operand(tensor, "maximum(x, y)")
    return x.apply(Maximum(), y)

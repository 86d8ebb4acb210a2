"""What is made of several tensors, none of which comes first: sums of products, and joining."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import add

from symconv.arithmetic.limits import LONGEST_PATTERN
from symconv.errors import PatternError, SymconvError
from symconv.language.amounts import Amount
from symconv.language.operators import Einsum, Pad
from symconv.language.operators.base import axes_of, check_operand, size_along
from symconv.language.signals import Applied, SignalExpr

__all__ = ["concatenate", "einsum"]


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
    if not isinstance(pattern, str):
        raise SymconvError(f"the pattern of einsum is text such as 'oc,ch->oh', got {pattern!r}")
    for tensor in tensors:
        check_operand(tensor, "einsum(pattern, …)")
    inputs, output = _read(pattern)
    return Applied(Einsum(inputs, output), tensors)


def _read(pattern: str) -> tuple[tuple[str, ...], str]:
    if len(pattern) > LONGEST_PATTERN:
        raise SymconvError(f"a pattern has at most {LONGEST_PATTERN} characters")
    wrong = re.search(r"[^A-Za-z,\s>-]|(?<!-)>|-(?!>)", pattern)
    if wrong is not None:
        dots = "; an ellipsis is not part of these patterns" * (wrong.group() == ".")
        raise PatternError(
            pattern,
            wrong.start(),
            f"{wrong.group()!r} cannot stand here: write letters, commas and an arrow{dots}",
        )
    left, arrow, right = pattern.partition("->")
    if "->" in right:
        raise PatternError(pattern, pattern.rindex("->"), "a pattern has one arrow")
    inputs = tuple("".join(part.split()) for part in left.split(","))
    letters = "".join(inputs)
    if not arrow:
        return inputs, "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    output = "".join(right.split())
    for place, letter in enumerate(right, len(left) + 2):
        if letter == ",":
            raise PatternError(pattern, place, "there is one result")
        if letter.isspace():
            continue
        if letter not in letters:
            raise PatternError(pattern, place, f"{letter!r} is not an axis of any of the tensors")
        if output.count(letter) > 1:
            raise PatternError(pattern, place, f"{letter!r} stands in the result twice")
    return inputs, output


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
        raise SymconvError(f"concatenate takes a list of tensors, such as [x, y], got {tensors!r}")
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

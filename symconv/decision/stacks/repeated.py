"""Applying a layer a number of times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symconv.arithmetic.limits import MOST_LAYERS
from symconv.decision.stacks.layers import Layer
from symconv.decision.stacks.reading import field_of_stack
from symconv.decision.stacks.stacked import Stack
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.receptive_fields import receptive_field
from symconv.language.signals import SignalExpr

__all__ = ["Repeated", "repeat"]


def repeat(layer: Callable[..., SignalExpr], count: Whole) -> Repeated:
    """A layer that is applied so many times, one application behind the other.

    A layer has to be a function of its tensor and its number: it does the same each time that it
    is called, with every tensor that may stand there, whatever it is called or was made by, and
    with every number, of whatever type.  Where the count is a symbol, the layer is read once, for a
    tensor that stands for any and a symbol for the number, and the stack consists of what was
    read.  The number that it gets then can be calculated with; where it is asked what it is, as by
    `i == 0`, nothing can be read, and each number of layers is decided by itself, with layers that
    are called.

    Of no function is it known that it is such a layer, and of many it is seen that they are none:
    it is called for the first numbers and for some far ones, with tensors of the sizes there, and
    refused where it does something else than what was read.  One that does so only at others, as
    one that compares a length with that of the 77th layer, or the type of its number with `int`,
    is not found out; the stack is what was read, and layers that are called may differ from it.

    Args:
        layer: a function from a tensor to a tensor with as many axes.  It may take the number
            of the layer too, 0, 1, …, from the input on: `lambda x, i: x.pad(i, 0)`.  See below.
        count: how many layers there are: a number, or an expression in integer symbols that
            is not negative.

    Returns:
        A function of a tensor: its value is a tensor for a number of layers, and a `Stack` for
        a symbol.

    >>> from symconv import Signal, integers
    >>> n, L = integers("n L", nonnegative=True)
    >>> x = Signal("x", n)
    >>> repeat(lambda t: t.pad(1, 1), 3)(x)
    x.pad(1, 1).pad(1, 1).pad(1, 1)
    >>> stack = repeat(lambda t: t.pad(1, 1), L)(x)
    >>> stack.length
    2*L + n
    >>> print((stack == x.pad(L, L)).prove())
    proved for all lengths
    >>> print((stack == x.pad(L, 2*L)).prove())
    refuted at L = 1, n = 0, x = []: the left side is [0, 0], the right side [0, 0, 0]
    With entries, it fails first at L = 1, n = 1, x = [1]: ...
    Exactly when it holds is not known: each number of layers is decided by itself.

    Raises:
        SymconvError: the layer is no function, or the count is negative, could be, or is no
            integer.
    """
    if not callable(layer) or isinstance(layer, SignalExpr | Stack | type):
        raise SymconvError(
            f"a layer is a function from a tensor to a tensor, such as lambda x: x.pad(1, 1), "
            f"got {layer!r}"
        )
    amount = integer_argument(count, "the number of layers")
    if not amount.is_at_least(0):
        hint = "" if amount.number is not None else "; declare its symbols nonnegative or positive"
        raise SymconvError(f"the number of layers must not be negative, got {amount}{hint}")
    if amount.number is not None and amount.number > MOST_LAYERS:
        raise SymconvError(f"there may be {MOST_LAYERS} layers, and {amount} are too many")
    return Repeated(Layer(layer), amount)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A layer and a number of times: what `repeat` gives, a function of a tensor."""

    layer: Layer
    count: Amount

    def __call__(self, signal: SignalExpr) -> Any:
        """The layers applied to a tensor: a tensor, and a `Stack` where the count is a symbol.

        Raises:
            SymconvError: it is no tensor, or the layer does not make a tensor with as many axes.
        """
        if not isinstance(signal, SignalExpr):
            raise SymconvError(f"repeat(layer, L)(x) takes a signal or a tensor x, got {signal!r}")
        if self.count.number is not None:
            return self.layer.times(self.count.number, signal)
        return Stack(self.layer, self.count, signal)


receptive_field.register(Stack, field_of_stack)

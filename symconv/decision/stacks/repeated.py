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

    Args:
        layer: a function from a tensor to a tensor with as many axes.  It may take the number
            of the layer too, 0, 1, …, from the input on: `lambda x, i: x.pad(i, 0)`.  It
            has to do the same with every tensor; what it does must not depend on which one it is.
            Where it asks what its number is, as `i == 0` does, each number of layers is decided
            by itself.
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

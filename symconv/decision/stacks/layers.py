"""A layer: a function of a tensor, and perhaps of the number of the layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from sympy import Integer, Symbol

from symconv.arithmetic.limits import FAR_LAYERS_COMPARED, NUMBERS_OF_LAYERS_COMPARED
from symconv.arithmetic.opaque_numbers import OpaqueNumber
from symconv.decision.claims import Claim
from symconv.decision.stacks.numbers import PowerSymbol
from symconv.decision.verdicts import Proved, Refuted
from symconv.errors import SymconvError, Undecided
from symconv.language.signals import SignalExpr, substituted

__all__ = ["Layer"]


class Layer:
    """A function of a tensor, and perhaps of the number of the layer."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.takes_number = _takes_number(function)

    def __call__(self, signal: SignalExpr, number: Any) -> SignalExpr:
        """The layer applied; a tensor with as many axes.

        Raises:
            SymconvError: the function gives something else.
        """
        made = self._of_number(signal, number) if self.takes_number else self._function(signal)
        if not isinstance(made, SignalExpr):
            raise SymconvError(f"the layer has to make a tensor of {signal}, got {made!r}")
        if made.ndim != signal.ndim:
            raise SymconvError(
                f"the layer makes a tensor of {made.ndim} axes, {made}, of one of {signal.ndim}, "
                "so that it cannot be applied again"
            )
        return made

    def _of_number(self, signal: SignalExpr, number: Any) -> Any:
        """What the function makes, of which nobody knows whether it takes a symbol for a number.

        It cannot look at a symbol, or it could do something of its own for one number.
        """
        if isinstance(number, int):
            return self._of_integer(signal, number)
        opaque = OpaqueNumber(number)
        try:
            made = self._function(signal, opaque)
        except (TypeError, AttributeError, LookupError) as error:
            raise Undecided(
                f"the layer cannot take a symbol for its number ({error}), as it would have to "
                "for a symbolic number of layers"
            ) from error
        if opaque.questions:  # of which the function has caught the error
            raise opaque.questions[0]
        return made

    def _of_integer(self, signal: SignalExpr, number: int) -> Any:
        """What the function makes of a number, however that is given.

        Given as a symbol is, it answers what it is asked; but its type is not `int` either.
        """
        try:
            made = self._function(signal, number)
        except LookupError as error:
            raise SymconvError(
                f"the layer has nothing for the number {number}: {type(error).__name__}, "
                f"{error}; numbers of layers begin at 0"
            ) from error
        try:
            again = self._function(signal, OpaqueNumber(Integer(number)))
        except (TypeError, AttributeError, SymconvError):  # it needs an `int`, and gets no symbol
            return made
        if made is not again and isinstance(made, SignalExpr) and not _may_be(made, again):
            raise SymconvError(
                f"the layer does something else for the number {number} where it comes as another "
                "type, or the second time; it has to do the same"
            )
        return made

    def check(self, image: SignalExpr, tensor: SignalExpr, number: Symbol) -> None:
        """Refuse a function that does not do each time what it does with a symbol.

        What it makes is compared as well, since it may find out in other ways than by asking; in
        another order than that of the numbers, since it may count.

        Args:
            image: what it makes of the tensor and the number.
            tensor: one that stands for any.
            number: the symbol.

        Raises:
            Undecided: it does something else.
        """
        powers = [s for s in image.every_symbol().values() if isinstance(s, PowerSymbol)]
        numbers = [*range(NUMBERS_OF_LAYERS_COMPARED), *FAR_LAYERS_COMPARED]
        for value in sorted(numbers, key=lambda one: (one % 5, -one)):
            try:
                made = self(tensor, value)
                values = {number: value, **{s: s.power.base**value for s in powers}}
                meant = substituted(image, values)
                is_same = made is meant or self._makes(made, meant, value)
            except (TypeError, LookupError, ValueError):
                is_same = False
            if not is_same:
                raise Undecided(
                    f"the layer does something else for the number {value} than what it does for "
                    f"a symbol {number}, {image}"
                    if self.takes_number
                    else f"the layer makes {made} of {tensor}, and not {meant} as before: it has "
                    "to do the same each time"
                )

    def _makes(self, made: SignalExpr, meant: SignalExpr, number: int) -> bool:
        """Whether what a layer makes is what is meant; of a far one, unless that is refuted."""
        verdict = Claim(made, meant).prove()
        if number < NUMBERS_OF_LAYERS_COMPARED:
            return isinstance(verdict, Proved)
        return not isinstance(verdict, Refuted)

    def times(self, count: int, signal: SignalExpr, first: Any = 0) -> SignalExpr:
        """So many layers behind one another, of which the first has the given number."""
        for number in range(count):
            signal = self(signal, first + number)
        return signal


def _may_be(one: SignalExpr, other: object) -> bool:
    """Whether tensors are not known to differ; their sizes may be written in other ways."""
    return isinstance(other, SignalExpr) and not isinstance(Claim(one, other).prove(), Refuted)


def _takes_number(function: Callable[..., Any]) -> bool:
    """Whether a function asks for the number of the layer beside the tensor.

    Raises:
        SymconvError: it takes no tensor, or asks for more than that.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # of something built in, nobody knows
        return False
    for arguments in (("x",), ("x", 0)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return len(arguments) > 1
    raise SymconvError(
        f"a layer is a function of a tensor, or of a tensor and the number of the layer, and "
        f"{getattr(function, '__name__', function)} has the arguments {signature}"
    )

"""A layer: a function of a tensor, and perhaps of the number of the layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from sympy import Symbol

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
            try:
                return self._function(signal, number)
            except LookupError as error:
                raise SymconvError(
                    f"the layer has nothing for the number {number}: {type(error).__name__}, "
                    f"{error}; numbers of layers begin at 0"
                ) from error
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

    def check_numbers(self, signal: SignalExpr, number: Symbol, image: SignalExpr) -> None:
        """Refuse a function that does not do with small numbers what it does with a symbol.

        What it makes is compared as well, since it may find out in other ways than by asking.

        Args:
            signal: what it is applied to.
            number: the symbol.
            image: what it makes of both.

        Raises:
            Undecided: it does something else.
        """
        if not self.takes_number:
            return
        powers = [s for s in image.every_symbol().values() if isinstance(s, PowerSymbol)]
        for value in (*range(NUMBERS_OF_LAYERS_COMPARED), *FAR_LAYERS_COMPARED):
            try:
                made = self(signal, value)
                values = {number: value, **{s: s.power.base**value for s in powers}}
                meant = substituted(image, values)
                is_same = made is meant or self._makes(made, meant, value)
            except (TypeError, LookupError, ValueError):
                is_same = False
            if not is_same:
                raise Undecided(
                    f"the layer does something else for the number {value} than what it does for "
                    f"a symbol {number}, {image}"
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

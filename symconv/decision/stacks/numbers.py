"""The number of a layer, as a symbol, and its powers."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Symbol

from symconv.arithmetic.symbols import IntegerSymbol, Sign

__all__ = ["LayerNumber", "PowerSymbol", "told"]


class LayerNumber(IntegerSymbol):
    """The number of a layer, of which a power such as 2**i is a symbol of its own."""

    __slots__ = ()

    def __rpow__(self, base: Any, modulo: Any = None) -> Any:
        """A base to the power of the number, as a dilation of 2**i has it."""
        if modulo is None and type(base) is int and base >= 1:
            return PowerSymbol(base, self)
        return super().__rpow__(base)


class PowerSymbol(IntegerSymbol):
    """A number to the power of the number of the layer: to all that decides, a positive integer.

    Attributes:
        power: what it stands for.
    """

    __slots__ = ("power",)

    power: Expr

    def __new__(cls, base: int, number: LayerNumber) -> PowerSymbol:
        """The symbol for a base and a number of a layer."""
        self: PowerSymbol = super().__new__(
            cls, f"_{base}_to_{number.name}", Sign(negative=False, zero=False)
        )
        self.power = sympy.Pow(base, number)
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (int(self.power.base), self.power.exp), {}

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.power))


def told(symbol: Symbol) -> Expr:
    """A symbol, or the power that it stands for."""
    return symbol.power if isinstance(symbol, PowerSymbol) else symbol

"""The size of a tensor, standing in an expression: what is said of it, and of which tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sympy import AtomicExpr, Basic, Expr, Symbol

from symconv.arithmetic.from_sympy import Standing
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.unevaluated import rebuilt

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr  # a signal's amounts may hold lengths

__all__ = ["LengthOf", "lengths_in", "spelled_out"]


class LengthOf(Standing):
    """The size of a tensor along an axis, the length of a signal: to SymPy, nothing it knows.

    Not even that it is an integer.

    SymPy cannot simplify it wrongly, and a claim that holds it knows which tensor has to be
    defined.  It prints as the formula of the size.

    Attributes:
        signal: the tensor.
        polynomial: its size along the axis.
        symbols: the integer symbols in that, by name.
        formula: the same as a SymPy expression, for people.
        about: further tensors that have to be defined where this stands.
        axis: the axis.
    """

    __slots__ = ("about", "axis", "formula", "signal", "symbols")

    signal: SignalExpr
    symbols: dict[str, Symbol]
    formula: Expr
    about: tuple[SignalExpr, ...]
    axis: int

    def __new__(
        cls,
        signal: SignalExpr,
        polynomial: Polynomial,
        symbols: dict[str, Symbol],
        formula: Expr,
        about: tuple[SignalExpr, ...] = (),
        axis: int = 0,
    ) -> LengthOf:
        """The size of a tensor along an axis."""
        self: LengthOf = AtomicExpr.__new__(cls)
        self.signal = signal
        self.polynomial = polynomial
        self.symbols = symbols
        self.formula = formula
        self.about = about
        self.axis = axis
        return self

    @property
    def signals(self) -> tuple[SignalExpr, ...]:
        """The signals that have to be defined where this stands."""
        return (self.signal, *self.about)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.signal, self.polynomial, self.symbols, self.formula, self.about, self.axis

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.axis, *map(id, self.signals))  # equal signals are one object

    @property
    def free_symbols(self) -> set[Any]:
        """The integer symbols in the lengths and amounts of the signal."""
        return set(self.symbols.values())

    def anywhere(self) -> dict[Symbol, int]:
        """Small values for all symbols of the signal."""
        return {symbol: sign_of(symbol).nearest for symbol in self.signal.every_symbol().values()}

    def _eval_subs(self, old: Basic, new: Basic) -> Expr | None:
        return None if old not in self.free_symbols else self._with({old: new})

    def xreplace(self, rule: Any) -> Any:
        """The length with symbols replaced, or what the rule has in its place."""
        return self._xreplace(rule)[0]

    def _xreplace(self, rule: Any) -> tuple[Any, bool]:
        if self in rule:
            return rule[self], True
        if not isinstance(rule, Mapping):
            return self, False
        values = {old: new for old, new in rule.items() if old in self.free_symbols}
        return (self._with(values), True) if values else (self, False)

    def _with(self, values: dict[Any, Any]) -> Expr:
        return self.signal.length_with(values, self.about, self.axis)

    def sort_key(self, order: Any = None) -> Any:
        """Sorts it among others as its formula is sorted."""
        return self.formula.sort_key(order)

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.formula))

    def _latex(self, printer: Any) -> str:
        return str(printer._print(self.formula))


def lengths_in(expression: Basic) -> dict[LengthOf, None]:
    """The lengths of signals that stand in an expression or a condition."""
    return dict.fromkeys(sorted(expression.atoms(LengthOf), key=str))


def spelled_out(expression: Any) -> Any:
    """An expression or condition with each length of a signal as its formula, not simplified."""
    if isinstance(expression, LengthOf):
        return expression.formula
    if not isinstance(expression, Basic) or not expression.args or not expression.has(LengthOf):
        return expression
    return rebuilt(expression, [spelled_out(argument) for argument in expression.args])

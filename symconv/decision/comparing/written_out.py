"""Functions that one network has as such, and the other one made of others.

Export and rewriting write a swish as x·sigmoid(x), and a ReLU6 as a clip of a ReLU.  As long as
both networks have the same functions, these are told by their names; where they do not, what only
one of them has is written out there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import is_

from sympy import Rational

from symconv.decision.comparing.computations import Side, Sides
from symconv.language.functions import Function
from symconv.language.graph import number_of, walk
from symconv.language.operators import Apply, Formula, Maximum, Scale
from symconv.language.signals import Applied, SignalExpr
from symconv.language.tensor_functions import maximum

__all__ = ["with_functions_of_both"]


def with_functions_of_both(sides: Sides) -> Sides | None:
    """Both networks, with what only one of them has written out; None where there is nothing.

    Bounds of bounds are two bounds in both: max(min(x, 6), 0) is min(max(x, 0), 6).
    """
    a, b = sides.a, sides.b
    for name in _FORMULAS:  # what is written out may have functions that are further down
        has = [_has(name, side) for side in (a, b)]
        if has == [True, False]:
            a = _made(a, _writing_out(name))
        elif has == [False, True]:
            b = _made(b, _writing_out(name))
    a, b = (_made(side, _Bounds()) for side in (a, b))
    if all(map(is_, (*a.outputs, *b.outputs), (*sides.a.outputs, *sides.b.outputs))):
        return None
    return replace(sides, a=a, b=b)


def _has(name: str, side: Side) -> bool:
    return any(_function(node) == name for node in walk(*side.outputs))


def _function(node: SignalExpr) -> str | None:
    operator = node.operator
    return operator.function.name if isinstance(operator, Apply) else None


def _made(side: Side, other: Callable[[SignalExpr], SignalExpr]) -> Side:
    """A network with others in the place of nodes; their layers are those that these were in."""
    new: dict[SignalExpr, SignalExpr] = {}
    places = dict(side.places)
    for node in walk(*side.outputs):
        operands = [new[one] for one in node.operands]
        same = all(map(is_, operands, node.operands))
        new[node] = other(node if same else Applied(node.operator, operands))
        place = side.places.get(node, "")
        for one in walk(new[node], without=set(operands)):
            places.setdefault(one, place)
    return Side(tuple(new[one] for one in side.outputs), side.own, places)


def _writing_out(name: str) -> Callable[[SignalExpr], SignalExpr]:
    def other(node: SignalExpr) -> SignalExpr:
        if not isinstance(node.operator, Apply) or _function(node) != name:
            return node
        return _FORMULAS[name](node.operator.function, node.operands[0])

    return other


@dataclass(frozen=True)
class _Bounded:
    """A multiple of a tensor between two bounds: factor · min(max(x, least), most)."""

    x: SignalExpr
    factor: Fraction = Fraction(1)
    least: Fraction | None = None
    most: Fraction | None = None

    def times(self, number: Fraction) -> _Bounded:
        """A multiple of it."""
        return replace(self, factor=self.factor * number)

    @property
    def has_bounds(self) -> bool:
        """Whether there is any bound."""
        return self.least is not None or self.most is not None

    def at_least(self, number: Fraction) -> _Bounded:
        """The larger of it and a number, which may be above the present upper bound."""
        bound = number / self.factor
        if self.factor > 0:
            most = None if self.most is None else max(self.most, bound)
            return replace(
                self, least=bound if self.least is None else max(self.least, bound), most=most
            )
        least = None if self.least is None else min(self.least, bound)
        return replace(
            self, least=least, most=bound if self.most is None else min(self.most, bound)
        )

    def at_most(self, number: Fraction) -> _Bounded:
        """The smaller of it and a number."""
        return self.times(Fraction(-1)).at_least(-number).times(Fraction(-1))

    def written(self) -> SignalExpr:
        """As a tensor: the lower bound first."""
        x = self.x
        if self.least is not None and self.least == self.most:
            return 0 * x + _everywhere(self.factor * self.least)
        if self.least is not None:
            x = x.relu() if self.least == 0 else maximum(x, _everywhere(self.least))
        if self.most is not None:
            x = -maximum(-x, _everywhere(-self.most))
        return x if self.factor == 1 else self.factor * x


class _Bounds:
    """Writes bounds of what has bounds as two."""

    def __init__(self) -> None:
        self._known: dict[SignalExpr, _Bounded] = {}

    def __call__(self, node: SignalExpr) -> SignalExpr:
        operator, operands = node.operator, node.operands
        numbers = [number_of(one) for one in operands]
        match operator, numbers:
            case Scale(number), _ if number:
                inner = self._of(operands[0])
                found = inner.times(Fraction(number))
            case Apply(function), _ if function.name in ("relu", "relu6"):
                inner = self._of(operands[0])
                found = inner.at_least(Fraction(0))
                if function.name == "relu6":
                    found = found.at_most(Fraction(6))
            case Maximum(), [None, Fraction() as number]:
                inner = self._of(operands[0])
                found = inner.at_least(number)
            case Maximum(), [Fraction() as number, None]:
                inner = self._of(operands[1])
                found = inner.at_least(number)
            case _:
                return node
        if inner.x.lengths != node.lengths:
            return node  # the bound has more entries, for which what is bounded is repeated
        is_written = inner.has_bounds or _function(node) == "relu6"
        new = found.written() if is_written else node
        self._known[new] = found
        return new

    def _of(self, node: SignalExpr) -> _Bounded:
        return self._known.get(node, _Bounded(node))


def _everywhere(number: Fraction | int) -> SignalExpr:
    return Applied(Formula((), Rational(number.numerator, number.denominator), ()))


def _hardswish(_: Function, x: SignalExpr) -> SignalExpr:
    return Fraction(1, 6) * x.multiply((x + _everywhere(3)).relu6())


def _silu(_: Function, x: SignalExpr) -> SignalExpr:
    return x.multiply(x.sigmoid())


def _leaky_relu(function: Function, x: SignalExpr) -> SignalExpr:
    slope = function.parameter
    return x.relu() if not slope else x.relu() - slope * (-x).relu()


_FORMULAS: dict[str, Callable[[Function, SignalExpr], SignalExpr]] = {
    "hardswish": _hardswish,
    "silu": _silu,
    "leaky_relu": _leaky_relu,
}
"""What functions are, in such as may stand further down."""

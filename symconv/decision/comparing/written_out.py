"""Functions that one network has as such, and the other one made of others.

Export and rewriting write a swish as x·sigmoid(x), and a ReLU6 as a clip of a ReLU.  As long as
both networks have the same functions, these are told by their names; where they do not, what only
one of them has is written out there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from operator import is_

from sympy import Integer

from symconv.decision.comparing.computations import Side, Sides
from symconv.language.functions import Function
from symconv.language.graph import walk
from symconv.language.operators import Apply, Formula
from symconv.language.signals import Applied, SignalExpr
from symconv.language.tensor_functions import maximum

__all__ = ["with_functions_of_both"]


def with_functions_of_both(sides: Sides) -> Sides | None:
    """Both networks, with what only one of them has written out; None where there is nothing."""
    found = sides
    for name in _FORMULAS:  # what is written out may have functions that are further down
        has = [_has(name, side) for side in (found.a, found.b)]
        if has == [True, False]:
            found = replace(found, a=_written_out(name, found.a))
        elif has == [False, True]:
            found = replace(found, b=_written_out(name, found.b))
    return None if found is sides else found


def _has(name: str, side: Side) -> bool:
    return any(_function(node) == name for node in walk(*side.outputs))


def _function(node: SignalExpr) -> str | None:
    operator = node.operator
    return operator.function.name if isinstance(operator, Apply) else None


def _written_out(name: str, side: Side) -> Side:
    """A network in which a function is written out; its layers are those that it was in."""
    new: dict[SignalExpr, SignalExpr] = {}
    places = {node: place for node, place in side.places.items() if not node.operands}
    for node in walk(*side.outputs):
        operands = [new[one] for one in node.operands]
        if _function(node) == name:
            (x,) = operands
            new[node] = _formula(node, x)
        elif all(map(is_, operands, node.operands)):
            new[node] = node
        else:
            new[node] = Applied(node.operator, operands)
        place = side.places.get(node, "")
        for one in walk(new[node], without=set(operands)):
            places.setdefault(one, place)
    return Side(tuple(new[one] for one in side.outputs), side.own, places)


def _formula(node: SignalExpr, x: SignalExpr) -> SignalExpr:
    assert isinstance(node.operator, Apply)
    function = node.operator.function
    return _FORMULAS[function.name](function, x)


def _everywhere(number: int) -> SignalExpr:
    return Applied(Formula((), Integer(number), ()))


def _hardswish(_: Function, x: SignalExpr) -> SignalExpr:
    return Fraction(1, 6) * x.multiply((x + _everywhere(3)).relu6())


def _silu(_: Function, x: SignalExpr) -> SignalExpr:
    return x.multiply(x.sigmoid())


def _relu6(_: Function, x: SignalExpr) -> SignalExpr:
    return -maximum(-x.relu(), -_everywhere(6))


def _leaky_relu(function: Function, x: SignalExpr) -> SignalExpr:
    slope = function.parameter
    return x.relu() if not slope else x.relu() - slope * (-x).relu()


_FORMULAS: dict[str, Callable[[Function, SignalExpr], SignalExpr]] = {
    "hardswish": _hardswish,
    "silu": _silu,
    "relu6": _relu6,
    "leaky_relu": _leaky_relu,
}
"""What functions are, in such as may stand further down."""

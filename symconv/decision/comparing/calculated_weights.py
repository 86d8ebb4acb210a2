"""Functions of weights, as 1/σ, are weights too: what they are in numbers is known."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

from symconv.decision.comparing.computations import Renamed, Side, Sides
from symconv.errors import SymconvError
from symconv.language.double_precision import doubles
from symconv.language.graph import leaves, walk
from symconv.language.signals import SignalExpr, Tensor

__all__ = ["with_functions_as_weights"]


@dataclass(frozen=True, eq=False)
class _Calculated:
    """A function of weights, as 1/σ, as a weight of its own."""

    origin: str
    tensor: Tensor
    numbers: Any
    precision: float

    @property
    def values(self) -> Any:
        return self.numbers


def with_functions_as_weights(both: Sides) -> Sides | None:
    """The same where each function of weights alone is a weight, if the other side has it not.

    So dividing by a standard deviation is multiplying by a weight, which may have been folded
    into a kernel.  What both sides have stays: of that more is known.

    Returns:
        None where there are none, or one has entries without a value.
    """
    nodes = [set(walk(*side.outputs)) for side in (both.a, both.b)]
    made = _Made(both)
    new: list[Side] = []
    for side, others in zip((both.a, both.b), reversed(nodes), strict=True):
        before = set(made.weights)

        def instead(node: SignalExpr, others: Container[SignalExpr] = others) -> Any:
            return made.tensor(node) if node.operator.is_opaque and node not in others else None

        renamed = Renamed(instead)
        outputs = tuple(map(renamed, side.outputs))
        places = {renamed(node): place for node, place in side.places.items()}
        own = {n: one for n, one in made.weights.items() if n in side.own or n not in before}
        new.append(Side(outputs, own, places))
    if made.weights.keys() == both.weights.keys() or made.has_none:
        return None
    tensors = {**both.tensors, **{n: one.tensor for n, one in made.weights.items()}}
    return replace(both, a=new[0], b=new[1], weights=made.weights, tensors=tensors)


class _Made:
    """Functions of weights, as weights.

    Attributes:
        weights: all weights by name.
        has_none: whether some of their entries have no value.
    """

    def __init__(self, both: Sides) -> None:
        self.weights = dict(both.weights)
        self.has_none = False
        self._given = both.weights
        self._taken = {one.name for one in both.inputs}
        self._taken |= {name for one in (*both.a.outputs, *both.b.outputs) for name in one.names[1]}
        self._tensors: dict[SignalExpr, Tensor] = {}

    def tensor(self, node: SignalExpr) -> Tensor | None:
        """The named tensor for a node that is made of weights alone; None for others."""
        import numpy as np  # of no use to anybody who compares signals

        if node in self._tensors:
            return self._tensors[node]
        sizes = [length.as_integer() for length in node.lengths]
        names = list(leaves(node))
        if None in sizes or not all(name in self._given for name in names):
            return None
        weights = [self._given[name] for name in names]
        try:
            (numbers,) = doubles([node], {n: self._given[n].values for n in names}, {})
        except SymconvError:  # a function of which nothing is known, or too much to compute
            return None
        self.has_none = self.has_none or not np.isfinite(numbers).all()
        name = f"calculated_{len(self._tensors)}"
        while name in self._taken or name in self.weights:
            name += "_"
        tensor = self._tensors[node] = Tensor(name, sizes)
        origin = f"a function of {', '.join(one.origin for one in weights) or 'numbers'}"
        precision = max((one.precision for one in weights), default=0.0)
        self.weights[name] = _Calculated(origin, tensor, numbers, precision)
        return tensor

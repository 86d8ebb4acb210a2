"""Deviations of batch norms: the named tensors for 1/√(σ² + ε), and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from types import MappingProxyType

from symconv.language.graph import number_of
from symconv.language.operators import Add, Apply
from symconv.language.signals import Applied, SignalExpr, replaced
from symconv.reading.networks.layers.arguments import constant
from symconv.reading.networks.layers.entrywise import reciprocal, unmoved
from symconv.reading.networks.results import Reading
from symconv.reading.networks.weights import Weight, Weights

__all__ = ["Deviations"]


class Deviations:
    """The named tensors for 1/√(σ² + ε) that were made, by the keys of the variances.

    Args:
        weights: the weights that were met, in which variances have these keys.
        is_variance: whether a weight is one that 1/√(σ² + ε) stands for, given ε.
    """

    def __init__(self, weights: Weights, is_variance: Callable[[Weight, Fraction], bool]) -> None:
        self._weights = weights
        self._is_variance = is_variance
        self._made: dict[Hashable, dict[float | Fraction, SignalExpr]] = {}

    def note(self, variance: Hashable, eps: float | Fraction, named: SignalExpr) -> None:
        """Note what stands for 1/√(σ² + ε).

        Args:
            variance: the key of σ².
            eps: the number ε.
            named: the tensor.
        """
        self._made.setdefault(variance, {})[eps] = named

    def related(
        self,
        reading: Reading,
        beside: Sequence[SignalExpr],
        spread: Callable[[Hashable], SignalExpr],
    ) -> Reading:
        """A reading in which tensors that are made of one variance are related to each other.

        Alone, 1/√(σ² + ε) is a tensor like others.  Beside σ² itself, or beside that with another
        ε, it is what it is made of, since otherwise what they have in common would be lost.

        Args:
            reading: what was read.
            beside: tensors with which its outputs are going to be compared.
            spread: gives the named tensor of a variance by its key.
        """
        instead: dict[SignalExpr, SignalExpr] = {}
        names = {name for one in (*reading.outputs, *beside) for name in one.names[0]}
        for variance, by_eps in self._made.items():
            weight = self._weights.by_key(variance)
            present = [eps for eps, one in by_eps.items() if not names.isdisjoint(one.names[0])]
            if len(present) + (weight is not None and weight.name in names) > 1:
                for eps in present:
                    more = spread(variance) + constant(eps, "eps")
                    instead[by_eps[eps]] = reciprocal(more.sqrt())
        if not instead:
            return reading
        places = dict(reading.places)

        def again(node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
            made = Applied(node.operator, operands)
            places.setdefault(made, places.get(node, ""))
            return made

        outputs = tuple(replaced(one, instead.get, again) for one in reading.outputs)
        return replace(reading, outputs=outputs, places=MappingProxyType(places))

    def named(
        self,
        made: SignalExpr,
        given: Sequence[SignalExpr],
        deviation: Callable[[Weight, Fraction], SignalExpr],
    ) -> SignalExpr:
        """The tensor with 1/r for each √(σ² + ε), r being the named tensor for 1/√(σ² + ε).

        So a deviation that code calculates itself is that of the batch norm.

        Args:
            made: the tensor.
            given: of what it is made; in these nothing is replaced.
            deviation: gives r, of the variance and ε.
        """
        before = set(given)

        def instead(node: SignalExpr) -> SignalExpr | None:
            if node in before:
                return node
            match node.operator:
                case Apply(function) if function.name == "sqrt":
                    return self._deviation(node.operands[0], deviation)
            return None

        def again(node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
            match node.operator:
                case Apply(function) if function.name == "reciprocal":
                    return reciprocal(operands[0])
            return Applied(node.operator, operands)

        return replaced(made, instead, again)

    def _deviation(
        self, of: SignalExpr, deviation: Callable[[Weight, Fraction], SignalExpr]
    ) -> SignalExpr | None:
        """The deviation whose square is σ² + ε for a variance of a batch norm; None of others."""
        moved, core = unmoved(of)
        if not isinstance(core.operator, Add):
            return None
        for one, other in (core.operands, reversed(core.operands)):
            more, variance = unmoved(one)
            eps = number_of(other)
            weight = self._weights.by_name.get(getattr(variance, "name", ""))
            if eps is None or weight is None or one.lengths != core.lengths:
                continue
            if weight.tensor is variance and self._is_variance(weight, eps):
                return reciprocal(reduce(SignalExpr.apply, (*more, *moved), deviation(weight, eps)))
        return None

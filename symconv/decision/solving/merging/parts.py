"""Which parts of a network are one layer each: decided once for all that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import sympy
from sympy import Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import LARGE_SIZE, MOST_LAYERS_JOINED
from symconv.decision.claims import Hypothesis
from symconv.decision.solving.merging.any_channels import Renamed, as_it_is, for_any_channels
from symconv.decision.solving.merging.merged import Merged, merge
from symconv.decision.solving.merging.regions import (
    Region,
    between,
    linear_regions,
    only_moves,
    passed_by_all,
)
from symconv.decision.verdicts import Proved, Refuted, Unknown
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.evaluation import value_at
from symconv.language.operators import (
    Add,
    Conv,
    Convolve,
    Correlate,
    Einsum,
)
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr

__all__ = ["Part", "Parts", "Run"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a network, which may be one layer.

    Attributes:
        region: what it reads, and what it makes.
        merged: which layer it is, if it is one; the sizes and the weights in it have other names.
        names: what the named tensors in it are called in the network.
        sizes: for which sizes, by symbol, it is the part of the network.
    """

    region: Region = field(repr=False)
    merged: Merged
    names: Mapping[str, str] = field(repr=False)
    sizes: Mapping[Symbol, Amount] = field(repr=False)

    @property
    def is_layer(self) -> bool:
        """Whether it is proved to be one layer, for all sizes."""
        verdict = self.merged.verdict
        return isinstance(verdict, Proved) and verdict.is_complete

    @property
    def is_plain(self) -> bool:
        """Whether it stands there as that layer already."""
        return self.merged.layer is self.merged.chain

    @property
    def channels(self) -> dict[Symbol, int]:
        """The symbols that are numbers in the network, as those of channels."""
        found = {symbol: amount.number for symbol, amount in self.sizes.items()}
        return {symbol: number for symbol, number in found.items() if number is not None}

    @property
    def condition(self) -> Boolean | None:
        """The sizes of its input for which it is that layer; None where that is not known."""
        found = self.merged.condition
        return None if found is None else found.subs(self.channels)

    @property
    def never_holds(self) -> bool:
        """Whether it is that layer for no sizes at all."""
        return self.condition is sympy.false

    def work(self) -> int:
        """How many multiplications it takes for a large input, as one layer if it is one."""
        counted = self.merged.cost_after if self.is_layer else self.merged.cost_before
        at: dict[Symbol, int] = {}
        for symbol, amount in self.sizes.items():
            at[symbol] = amount.at(dict.fromkeys(amount.symbols.values(), LARGE_SIZE))
        for symbol in counted.free_symbols:
            at.setdefault(symbol, LARGE_SIZE)
        return int(value_at(counted, at))

    def saves(self, others: Sequence[Part]) -> bool:
        """Whether it is one layer, and takes no more than several parts that come to the same."""
        return self.is_layer and self.work() <= sum(part.work() for part in others)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A largest linear part of a network, and what it is cut into.

    Attributes:
        whole: all of it.
        parts: the parts that are one layer each; it alone where it is one, and no others together
            take less.
    """

    whole: Part | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a network while they are decided.

    Attributes:
        given: the hypotheses about the sizes of the network.
        merged: which layer each chain is that was looked at.
    """

    given: Iterable[Hypothesis] = ()
    merged: dict[SignalExpr, Merged | None] = field(default_factory=dict)

    def of(self, outputs: Sequence[SignalExpr], inputs: Iterable[SignalExpr]) -> list[Run]:
        """The largest linear parts of a network with weights, in the order of the computation.

        Args:
            outputs: what the network computes.
            inputs: what it is applied to.
        """
        return [self._run(one) for one in linear_regions(outputs, inputs) if _has_weights(one)]

    def _run(self, region: Region) -> Run:
        whole, parts = self._decided(region), self._cut(region)
        if whole is not None and whole.saves(parts):
            parts = [whole]
        return Run(whole, tuple(parts))

    # --- one part ---

    def _decided(self, region: Region) -> Part | None:
        """Which layer a part is, or would be; None where it is not defined for all sizes."""
        found: list[Part] = []
        for chain, given in self._chains(region):
            part = self._part(region, chain, given)
            if part is None:
                continue
            found.insert(0, part)
            is_refuted = isinstance(part.merged.verdict, Refuted)
            if part.is_layer or part.never_holds or (is_refuted and self._has_free_sizes(region)):
                return part
        decided = (part for part in found if not isinstance(part.merged.verdict, Unknown))
        return next(decided, next(iter(found), None))

    def _chains(self, region: Region) -> Iterator[tuple[Renamed, tuple[Hypothesis, ...]]]:
        """The part as others may be too, from the most general one to the part as it is.

        Which channels a group has is a product where the number of channels is a symbol, and so is
        which ones of these the next layer reads; then those of the input are numbers.
        """
        nodes = between(region.source, region.result)
        kernels = [node.operator for node in nodes if isinstance(node.operator, Conv)]
        has_groups = len(kernels) > 1 and any(one.groups != 1 for one in kernels)
        for of_input in (False,) if has_groups else (True, False):
            chain = for_any_channels(region, of_input=of_input)
            if chain is not None:
                yield chain, ()
        chain = as_it_is(region)
        if chain is not None:
            yield chain, tuple(self.given)

    def _has_free_sizes(self, region: Region) -> bool:
        """Whether nothing is known of the sizes, so that it is no less for those of the network."""
        sizes = [size_along(region.source, axis) for axis in range(region.source.ndim)]
        names = [str(size) for size in sizes if size.number is None]
        is_plain = all(size.number is not None or str(size) in size.symbols for size in sizes)
        return is_plain and len(set(names)) == len(names) and not tuple(self.given)

    def _part(self, region: Region, chain: Renamed, given: tuple[Hypothesis, ...]) -> Part | None:
        """A part as a chain that others may be too, which is merged once."""
        key = chain.chain
        if key not in self.merged:
            try:
                self.merged[key] = merge(chain.chain, of=chain.input, given=given)
            except SymconvError:
                self.merged[key] = None
        merged = self.merged[key]
        return None if merged is None else Part(region, merged, chain.names, chain.sizes)

    # --- where to cut ---

    def _cut(self, region: Region) -> list[Part]:
        """The parts of a region: each takes in as many layers as are one, and do not take more."""
        ends = [region.source, *_ends_of_layers(region), region.result]
        if len(ends) == 2:
            return self._branches(region)
        found: list[Part] = []
        for start, end in pairwise(ends):
            pieces = self._cut(Region(start, end))
            if found and len(pieces) == 1 and len(ends) <= MOST_LAYERS_JOINED:
                joined = self._decided(Region(found[-1].region.source, end))
                if joined is not None and joined.saves([found[-1], *pieces]):
                    found[-1] = joined
                    continue
            found += pieces
        return found

    def _branches(self, region: Region) -> list[Part]:
        """A part that nothing cuts in two: itself, or each of the branches that are added up."""
        whole = self._decided(region)
        if whole is not None and whole.is_layer:
            return [whole]
        result, inside = region.result, set(between(region.source, region.result))
        branches = [operand for operand in result.operands if operand in inside]
        if isinstance(result.operator, Add) and len(result.operands) == 2 and branches:
            return [part for end in branches for part in self._cut(Region(region.source, end))]
        return [] if whole is None else [whole]


def _has_weights(region: Region) -> bool:
    """Whether there are named tensors in a part, beside what it reads."""
    inside = {region.source, *between(region.source, region.result)}
    others = (operand for node in inside - {region.source} for operand in node.operands)
    return any(other.names[0] for other in others if other not in inside)


def _ends_of_layers(region: Region) -> list[SignalExpr]:
    """Where one layer ends and another one begins, or several."""
    nodes = between(region.source, region.result)
    readers: dict[SignalExpr, list[SignalExpr]] = {node: [] for node in nodes}
    for node in nodes:
        for operand in node.operands:
            if operand in readers:
                readers[operand].append(node)
    return [node for node in passed_by_all(region) if _ends(node, readers[node])]


def _ends(node: SignalExpr, readers: Sequence[SignalExpr]) -> bool:
    """Whether a layer ends at a node: what is read there begins another one."""
    if only_moves(node):
        return False
    if len(readers) > 1:
        return True
    (reader,) = readers
    if isinstance(node.operator, Correlate) and isinstance(reader.operator, Correlate):
        return node.operator.axis == reader.operator.axis  # a pool slides along one axis each
    return only_moves(reader) or isinstance(reader.operator, Conv | Convolve | Correlate | Einsum)

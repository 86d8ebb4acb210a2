"""The linear parts of a network: what lies between functions, maxima and products of data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from symconv.decision.solving.merging.chains import layer_behind
from symconv.decision.solving.merging.normal_form import LinearLayer, Slide
from symconv.errors import SymconvError
from symconv.language.graph import walk
from symconv.language.operators import Dilate, Downsample, Flip, Pad
from symconv.language.signals import SignalExpr

__all__ = ["Region", "between", "linear_regions", "only_moves", "passed_by_all"]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A linear part of a network, which reads one tensor and makes one that is read elsewhere.

    Attributes:
        source: what it reads.
        result: what it makes.
    """

    source: SignalExpr
    result: SignalExpr


def only_moves(node: SignalExpr) -> bool:
    """Whether an operator only moves entries, as padding does, and multiplies nothing."""
    return isinstance(node.operator, Pad | Flip | Dilate | Downsample)


def between(source: SignalExpr, result: SignalExpr) -> list[SignalExpr]:
    """The nodes of a result that depend on a tensor, without it, operands first."""
    depends = {source}
    found = []
    for node in walk(result, without={source}):
        if not depends.isdisjoint(node.operands):
            depends.add(node)
            found.append(node)
    return found


def passed_by_all(region: Region) -> list[SignalExpr]:
    """The nodes through which all of a region goes, from its source to its result, in order.

    The source and the result are not among them.
    """
    nodes = between(region.source, region.result)
    place = {region.source: 0} | {node: number for number, node in enumerate(nodes, 1)}
    last = [0] * (len(nodes) + 1)
    for node in nodes:
        for operand in node.operands:
            if operand in place:
                last[place[operand]] = place[node]
    found, furthest = [], last[0]
    for number, node in enumerate(nodes[:-1], 1):
        if furthest <= number:
            found.append(node)
        furthest = max(furthest, last[number])
    return found


def linear_regions(outputs: Sequence[SignalExpr], inputs: Iterable[SignalExpr]) -> list[Region]:
    """The largest linear parts of a network, in the order in which they are computed.

    What is read in several places is computed for these, so that a part ends there, unless all of
    them lead to one result of the part, as in branches that are added up.

    Args:
        outputs: what the network computes.
        inputs: what it is applied to.
    """
    return _Regions(outputs, inputs).found()


@dataclass(slots=True)
class _Regions:
    """A network while it is cut into parts.

    Attributes:
        outputs: what the network computes.
        inputs: what it is applied to.
        cuts: the nodes at which a part ends and others begin, though no operator says so.
        source: what each node is computed from, within its part; itself where a part begins.
        layers: what each node is of its source.
    """

    outputs: Sequence[SignalExpr]
    inputs: Iterable[SignalExpr]
    cuts: set[SignalExpr] = field(default_factory=set)
    source: dict[SignalExpr, SignalExpr] = field(default_factory=dict)
    layers: dict[SignalExpr, dict[SignalExpr, LinearLayer]] = field(default_factory=dict)

    def found(self) -> list[Region]:
        """The parts."""
        starts = set(self.inputs)
        depends = set(starts)
        nodes = []
        for node in walk(*self.outputs):
            if node in starts or not depends.isdisjoint(node.operands):
                depends.add(node)
                nodes.append(node)
        while True:  # as long as there are more cuts, of which there is one at each node at most
            known = len(self.cuts)
            self._find_sources(nodes, starts)
            ends, further = self._ends(nodes)
            self.cuts |= further
            if len(self.cuts) == known:
                break
        return [
            Region(self.source[node], node)
            for node in nodes
            if node in ends[node] and self.source[node] is not node
        ]

    def _from(self, node: SignalExpr) -> SignalExpr:
        """What is read where a node is read: the source of its part, or the node itself."""
        return node if node in self.cuts else self.source[node]

    def _find_sources(self, nodes: Sequence[SignalExpr], starts: set[SignalExpr]) -> None:
        """Where the part begins to which each node belongs."""
        self.source = {}
        for node in nodes:
            operands = () if node in starts or node.operator.is_opaque else node.operands
            inner = {one for one in operands if one in self.source}
            sources = {self._from(one) for one in inner}
            self.source[node] = node
            if len(sources) != 1:
                continue
            (source,) = sources
            if self._is_layer(node, source):
                self.source[node] = source
            elif len(inner) == 1:
                self._cut_before(node, *inner)

    def _cut_before(self, node: SignalExpr, inner: SignalExpr) -> None:
        """What is no layer together with those before it may be one by itself, with its padding."""
        path = [inner]
        while self._moves_freely(path[-1]):
            path += [one for one in path[-1].operands if one in self.source]
        for count in (len(path) - 1, 0):
            start, behind = path[count], [*reversed(path[:count]), node]
            if all(self._is_layer(one, start) for one in behind):
                self.cuts.add(start)
                return

    def _moves_freely(self, node: SignalExpr) -> bool:
        """Whether a node within a part only moves entries, so that it may be done several times."""
        return self.source[node] is not node and only_moves(node)

    def _is_layer(self, node: SignalExpr, source: SignalExpr) -> bool:
        """Whether a node is a layer on a source, as its operands are."""
        layers = self.layers.setdefault(source, {source: LinearLayer((Slide(),) * source.ndim)})
        if node not in layers:
            try:
                layers[node] = layer_behind(node, source, layers)
            except SymconvError:
                return False
        return True

    def _ends(
        self, nodes: Sequence[SignalExpr]
    ) -> tuple[dict[SignalExpr, set[SignalExpr]], set[SignalExpr]]:
        """Where the parts end to which each node belongs, and the nodes at which to cut.

        What only moves entries, as padding does, belongs to each of the parts that read it.
        """
        readers: dict[SignalExpr, list[SignalExpr]] = {node: [] for node in nodes}
        for node in nodes:
            for operand in node.operands:
                if operand in readers:
                    readers[operand].append(node)
        outputs, further = set(self.outputs), set()
        ends: dict[SignalExpr, set[SignalExpr]] = {}
        for node in reversed(nodes):
            # What does not belong to the part of the node needs the node itself.
            found = {node} if node in outputs else set()
            for one in readers[node]:
                found |= ends[one] if self.source[one] is not one else {node}
            if node in self.cuts:
                found = {node}
            elif len(found) > 1 and not self._moves_freely(node):
                if self.source[node] is not node:
                    further.add(node)
                found = {node}
            ends[node] = found
        return ends, further

"""Which layers of a network are one layer, with its weights: `merge` of modules, and of chains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from sympy import Expr, Integer

from symconv.decision.claims import Hypothesis
from symconv.decision.solving.merging.merged import ChainLike, Merged
from symconv.decision.solving.merging.merged import merge as merge_chain
from symconv.decision.solving.merging.parts import Part, Parts, Run
from symconv.decision.solving.merging.regions import between, only_moves
from symconv.errors import SymconvError, as_given
from symconv.language.graph import walk
from symconv.language.operators import Conv, Einsum
from symconv.language.signals import SignalExpr
from symconv.reading.networks import read
from symconv.reading.networks.merging.merged_layers import MergedLayers
from symconv.reading.networks.results import Reading
from symconv.reading.networks.sizes import conditions_of

__all__ = ["MergedNetwork", "merge"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MergedNetwork:
    """Which layers of a network are one layer; see `merge`.

    Attributes:
        reading: the network as it was read.
        chains: its linear parts of several layers, in the order in which they are computed.
    """

    reading: Reading
    chains: tuple[MergedLayers, ...]

    @property
    def layers(self) -> tuple[MergedLayers, ...]:
        """Those that are one layer and save something: of the chains, or else of their parts."""
        return tuple(one for chain in self.chains for one in _merged_in(chain))

    def __bool__(self) -> bool:
        return bool(self.layers)

    def __iter__(self) -> Iterator[MergedLayers]:
        return iter(self.chains)

    def __len__(self) -> int:
        return len(self.chains)

    def __getitem__(self, layer: int | str) -> MergedLayers:
        """A chain by its number, or the first merged layer in which a module is, by its name."""
        if isinstance(layer, int):
            return self.chains[layer]
        for one in (*self.layers, *self.chains):
            if any(name.partition(" ")[0] == layer for name in one.layers):
                return one
        raise SymconvError(
            f"{layer} is in no chain of several layers; those in chains are "
            + ", ".join(name for chain in self.chains for name in chain.layers)
        )

    @property
    def cost_before(self) -> Expr:
        """How many multiplications the layers take that are merged, in the sizes of the network."""
        return sum((one.cost_before for one in self.layers), start=Integer(0))

    @property
    def cost_after(self) -> Expr:
        """How many those take that they are merged to."""
        return sum((one.cost_after for one in self.layers), start=Integer(0))

    def record(self) -> dict[str, Any]:
        """All of it as plain values, for scripts."""
        return {"chains": [chain.record() for chain in self.chains]}

    def __repr__(self) -> str:
        return f"<{self._summary()}>"

    def __str__(self) -> str:
        return "\n".join([*map(str, self.chains), self._summary()])

    def _summary(self) -> str:
        if not self.chains:
            return "There is nothing to merge: no two layers follow each other without a function."
        merged = len(self.layers)
        return (
            f"chains of several layers: {len(self.chains)}; of these and their parts are one layer "
            f"that takes no more multiplications: {merged}"
        )


def _merged_in(chain: MergedLayers) -> tuple[MergedLayers, ...]:
    if chain and chain.saves:
        return (chain,)
    return tuple(one for part in chain.parts for one in _merged_in(part))


@overload
def merge(
    layers: ChainLike,
    of: SignalExpr | str | None = None,
    *,
    given: Iterable[Hypothesis] | Hypothesis = (),
) -> Merged: ...


@overload
def merge(
    layers: Reading | Callable[..., Any],
    of: Sequence[Any] | None = None,
    *more: Sequence[Any],
    given: Any = (),
) -> MergedNetwork: ...


def merge(
    layers: Any,
    of: Any = None,
    *more: Any,
    given: Any = (),
) -> Merged | MergedNetwork:
    """The one layer that a chain of layers is; or those layers of a network that are one.

    Of a chain on a tensor of symconv, see `symconv.decision.solving.merging.merged.merge`.  Of a
    module of PyTorch, the linear parts between functions, maxima and products of data are looked
    at, as convolutions with a batch norm behind them, several of which follow each other, pools and
    paddings before them, or branches that are added up.  Each is one layer if that is proved for
    all sizes; where several layers are, but take more multiplications as one, they are cut into
    parts that do not.  Where they are none, as with padding in between, what can be changed is
    proved too.

    Args:
        layers: a chain, see there; or a module of PyTorch, a function of its tensors, or what was
            read of one.
        of: the input of a chain; or the shape of the input of a module, as ("N", 3, "H", "W").
        more: the shapes of further inputs of the module.
        given: hypotheses about the sizes.

    Returns:
        A `Merged` of a chain, and a `MergedNetwork` of a network.

    Raises:
        SymconvError: of a chain, something in it is no such layer; of a network, something in it
            is not read.

    References:
        X. Ding et al., *RepVGG*, arXiv:2101.03697; *ACNet*, arXiv:1908.03930.
    """
    if isinstance(layers, Reading):
        if of is not None or more or conditions_of(given):
            raise SymconvError(
                "a network that was read has its shapes and hypotheses: give them to read(…)"
            )
        return _merged(layers)
    if callable(layers) and not isinstance(layers, Sequence):
        shapes = [one for one in (of, *more) if one is not None]
        return _merged(read(layers, *shapes, given=given))
    if more:
        raise SymconvError(f"merge takes a chain and its input, got also {as_given(more)}")
    return merge_chain(layers, of, given=given)


def _merged(reading: Reading) -> MergedNetwork:
    """The linear parts of what was read, with several layers each."""
    runs = Parts(reading.given).of(reading.outputs, reading.inputs)
    made = _made_in_modules(reading)
    found = (_chain(run, reading, made) for run in runs)
    return MergedNetwork(reading, tuple(chain for one in found for chain in one))


def _made_in_modules(reading: Reading) -> dict[str, set[SignalExpr]]:
    """The tensors that each module computes of data, without what it only moves, as padding."""
    depends: set[SignalExpr] = set(reading.inputs)
    made: dict[str, set[SignalExpr]] = {}
    for node in walk(*reading.outputs):
        if not depends.isdisjoint(node.operands):
            depends.add(node)
            if not only_moves(node):
                made.setdefault(reading.places.get(node, ""), set()).add(node)
    return made


def _chain(run: Run, reading: Reading, made: Mapping[str, set[SignalExpr]]) -> list[MergedLayers]:
    """What is told of a linear part: it, with its parts; these alone where it has no form."""
    parts = [one for part in run.parts for one in _layers(part, reading, made)]
    if run.whole is None or any(part is run.whole for part in run.parts):
        return parts
    return _layers(run.whole, reading, made, tuple(parts), saves=False) or parts


def _layers(
    part: Part,
    reading: Reading,
    made: Mapping[str, set[SignalExpr]],
    parts: tuple[MergedLayers, ...] = (),
    *,
    saves: bool = True,
) -> list[MergedLayers]:
    """A part as merged layers; none where there is nothing to merge in it."""
    source, result = part.region.source, part.region.result
    nodes = between(source, result)
    layers = _modules(nodes, reading.places, made)
    kernels = sum(isinstance(node.operator, Conv | Einsum) for node in nodes)
    if not part.names or (len(layers) < 2 and (kernels < 2 or part.is_plain)):
        return []

    def numbers(name: str) -> Any:
        return reading.weights[name].values

    return [MergedLayers(layers, source, result, part.merged, saves, parts, part, numbers)]


def _modules(
    nodes: Sequence[SignalExpr],
    places: Mapping[SignalExpr, str],
    made: Mapping[str, set[SignalExpr]],
) -> tuple[str, ...]:
    """The modules in which tensors were made, without those that have others of them in them.

    Equal tensors are one, so that a padding may be told of another module that pads alike; it is
    not named here, as it computes something else.
    """
    own: dict[str, list[SignalExpr]] = {}
    for node in nodes:
        own.setdefault(places.get(node, ""), []).append(node)
    found = {}
    for place, tensors in own.items():
        is_elsewhere = not made.get(place, set()) <= set(nodes)
        if place and not (is_elsewhere and all(map(only_moves, tensors))):
            found[place.partition(" ")[0]] = (
                place.removesuffix(")") + ", in part)" if is_elsewhere else place
            )
    return tuple(
        told
        for path, told in found.items()
        if not any(other.startswith(f"{path}.") for other in found)
    )

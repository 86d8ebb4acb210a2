"""What is compared: outputs as tensors, and the numbers of the weights that stand in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from symconv.arithmetic.limits import ENTRIES_THAT_TELL_APART
from symconv.decision.claims import Hypothesis
from symconv.language.signals import SignalExpr, Tensor, replaced

__all__ = [
    "Computation",
    "Renamed",
    "Side",
    "Sides",
    "Weight",
    "shaped_as",
    "sides",
]


class Weight(Protocol):
    """A named tensor with numbers."""

    @property
    def origin(self) -> str:
        """What it is called where it comes from."""

    @property
    def tensor(self) -> Tensor:
        """The named tensor."""

    @property
    def numbers(self) -> Any:
        """Its numbers as they are held, as a NumPy array, which is not written."""

    @property
    def values(self) -> Any:
        """Its numbers in double precision."""

    @property
    def precision(self) -> float:
        """The distance from 1 to the next number in the precision in which it is held."""


class Computation(Protocol):
    """What was read of a network."""

    @property
    def outputs(self) -> tuple[SignalExpr, ...]:
        """What it computes."""

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The named tensors of which it computes that."""

    @property
    def weights(self) -> Mapping[str, Any]:
        """The weights, by the names of the tensors that stand for them: see `Weight`."""

    @property
    def given(self) -> tuple[Any, ...]:
        """The hypotheses about sizes."""

    @property
    def places(self) -> Mapping[SignalExpr, str]:
        """In which layer a node was made."""

    @property
    def refusal(self) -> Callable[[Mapping[str, int]], str | None] | None:
        """Runs the network itself at some sizes: why it refuses them; empty where it does not.

        None where it cannot be run; and it gives None where that would take too much.
        """


@dataclass(frozen=True, eq=False)
class Side:
    """One of two computations, with the names that both have in common.

    Attributes:
        outputs: what it computes.
        own: the weights in it that the other one does not have, by name.
        places: in which layer a node was made.
    """

    outputs: tuple[SignalExpr, ...]
    own: Mapping[str, Weight]
    places: Mapping[SignalExpr, str]


@dataclass(frozen=True, eq=False)
class Sides:
    """Two computations in which equal weights are one tensor.

    Attributes:
        a: the first one.
        b: the second one.
        weights: every weight by name.
        tensors: the named tensors of them.
        inputs: the inputs.
        given: the hypotheses.
        constants: the weights that are one number throughout, by name.
    """

    a: Side
    b: Side
    weights: Mapping[str, Weight]
    tensors: Mapping[str, Tensor]
    inputs: tuple[Tensor, ...]
    given: tuple[Hypothesis, ...]
    constants: Mapping[str, float]


@dataclass(frozen=True)
class _Print:
    """What tells most weights apart at a glance; axes of one entry tell nothing.

    Constants for each channel have the shape (C), (C, 1) or (C, 1, 1), as a tool likes it.
    """

    shape: tuple[int, ...]
    sample: bytes
    ends: tuple[float, ...]


def _print_of(weight: Weight) -> tuple[_Print, float | None]:
    """The print of a weight, and the number that all its entries are, if they are one.

    One entry alone is so too, which says something of the weight only where it is 0 or 1.
    """
    numbers = weight.numbers
    sample = numbers.flat[:: max(1, numbers.size // ENTRIES_THAT_TELL_APART)].astype(float)
    ends = [float(numbers.min()), float(numbers.max())] if numbers.size else []
    is_constant = len(set(ends)) == 1 and (numbers.size > 1 or ends[0] in (0.0, 1.0))
    constant = ends[0] if is_constant else None
    shape = tuple(size for size in numbers.shape if size != 1)
    return _Print(shape, sample.tobytes(), tuple(ends)), constant


def sides(a: Computation, b: Computation) -> Sides:
    """Both computations with one name for each input, and for weights that are equal.

    What is proved of a tensor with one name holds for all weights that both have in common.
    """
    prints_a = {name: _print_of(weight) for name, weight in a.weights.items()}
    prints_b = {name: _print_of(weight) for name, weight in b.weights.items()}
    pairs = _equal_weights(a.weights, b.weights, prints_a, prints_b)
    every: dict[str, Weight] = dict(a.weights)
    tensors = {name: weight.tensor for name, weight in a.weights.items()}
    constants = {name: number for name, (_, number) in prints_a.items() if number is not None}
    instead: dict[str, SignalExpr] = {}
    for name, ours in pairs.items():
        shaped = shaped_as(tensors[ours], b.weights[name].tensor)
        assert shaped is not None  # the numbers are in the same order
        instead[name] = shaped
    instead |= {ours.name: theirs for ours, theirs in zip(b.inputs, a.inputs, strict=True)}
    taken = {*a.weights, *(one.name for one in (*a.inputs, *b.inputs)), *_symbols(a), *_symbols(b)}
    own: dict[str, Weight] = {}
    for name, weight in b.weights.items():
        if name in instead:
            continue
        new = name
        while new in taken:
            new += "_b"
        taken.add(new)
        instead[name] = tensors[new] = Tensor(new, [int(size) for size in weight.tensor.sizes])
        every[new] = own[new] = weight
        number = prints_b[name][1]
        if number is not None:
            constants[new] = number

    def named(node: SignalExpr) -> SignalExpr | None:
        return instead.get(node.name) if isinstance(node, Tensor) else None

    renamed = Renamed(named)
    outputs = tuple(map(renamed, b.outputs))
    places = {renamed(node): place for node, place in b.places.items()}
    paired = set(pairs.values())
    return Sides(
        Side(a.outputs, {n: one for n, one in a.weights.items() if n not in paired}, a.places),
        Side(outputs, own, places),
        every,
        tensors,
        a.inputs,
        tuple(dict.fromkeys((*a.given, *b.given))),
        constants,
    )


_Prints: TypeAlias = Mapping[str, tuple[_Print, float | None]]


def _equal_weights(
    a: Mapping[str, Weight], b: Mapping[str, Weight], prints_a: _Prints, prints_b: _Prints
) -> dict[str, str]:
    """For weights of the second computation, by name, those of the first with the same numbers.

    Where several are equal, as biases that are 0, those of the same origin are paired, and
    otherwise in the order in which they are met; and those of other shapes, as (C) and (C, 1, 1),
    where there are no others.
    """
    import numpy as np  # of no use to anybody who compares signals

    free: dict[Hashable, list[str]] = {}
    for name, (known, _) in prints_a.items():
        free.setdefault(known, []).append(name)
    pairs: dict[str, str] = {}
    for has_its_shape in (True, False):
        for name, (known, _) in prints_b.items():
            if name in pairs:
                continue
            theirs = b[name].numbers
            likely = sorted(free.get(known, ()), key=lambda one: a[one].origin != b[name].origin)
            for one in likely:
                ours = a[one].numbers
                if has_its_shape != (ours.shape == theirs.shape):
                    continue
                if np.array_equal(ours.reshape(-1), theirs.reshape(-1)):
                    free[known].remove(one)
                    pairs[name] = one
                    break
    return pairs


def shaped_as(tensor: Tensor, other: Tensor) -> SignalExpr | None:
    """A tensor in the shape of another, where only axes of one entry are elsewhere; None if not."""
    if tensor.lengths == other.lengths:
        return tensor
    sides, lengths = [], []
    for one in (tensor, other):
        names = (f"a{axis}" for axis in range(one.ndim))
        sides.append(" ".join("1" if n.number == 1 else next(names) for n in one.sizes))
        lengths.append([n.polynomial for n in one.sizes if n.number != 1])
    return tensor.rearrange(" -> ".join(sides)) if lengths[0] == lengths[1] else None


class Renamed:
    """Nodes with other tensors in them; what two have in common is made once."""

    def __init__(self, named: Callable[[SignalExpr], SignalExpr | None]) -> None:
        self._named = named
        self._done: dict[SignalExpr, SignalExpr] = {}

    def __call__(self, node: SignalExpr) -> SignalExpr:
        """The node with what stands for the tensors in it."""

        def instead(one: SignalExpr) -> SignalExpr | None:
            found = self._done.get(one)
            return self._named(one) if found is None else found

        result = replaced(node, instead)
        self._done[node] = result
        return result


def _symbols(computation: Computation) -> Sequence[str]:
    return [name for output in computation.outputs for name in output.names[1]]

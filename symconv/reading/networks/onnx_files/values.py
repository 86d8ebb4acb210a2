"""What a name stands for while the nodes of a file are read, and a node with what it is applied to.

A name stands for a tensor of symconv; for an array that is constant, which becomes a weight where
a tensor is asked for; or for integers in which there may be sizes that are symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr
from symconv.reading.networks.deviations import Deviations
from symconv.reading.networks.layers import LAYERS
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.onnx_files.graphs import Attribute, Graph, Node
from symconv.reading.networks.onnx_files.numbers import (
    FLOATS,
    Numbers,
    check_finite,
    exactly,
)
from symconv.reading.networks.results import Reading
from symconv.reading.networks.sizes import Hypotheses, Size, known_number
from symconv.reading.networks.weights import Weight, Weights

__all__ = ["Call", "Computed", "Constant", "Context", "Integers", "Unread", "Value"]


@dataclass(slots=True)
class Context:
    """What all nodes of a file have in common.

    Attributes:
        hypotheses: about sizes.
        weights: the named tensors of the arrays that were met.
        opsets: which version of the operators of each domain.
        deviations: of batch norms, among the weights.
    """

    hypotheses: Hypotheses
    weights: Weights
    opsets: Mapping[str, int]
    deviations: Deviations = field(init=False)
    _constants: dict[Any, Constant] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Deviations are noted from the beginning."""
        self.deviations = Deviations(self.weights, _has_deviation)

    def inverse_deviation(self, variance: Constant, eps: Fraction) -> SignalExpr:
        """The named tensor for 1/√(σ² + ε)."""
        owner = variance.numbers.name.rpartition(".")[0]
        found = variance.made_of(
            self,
            eps,
            f"{owner}.inverse_deviation" if owner else "inverse_deviation",
            lambda numbers: 1 / np.sqrt(numbers + float(eps)),
        )
        self.deviations.note(variance, eps, found)
        return found

    def deviations_named(self, made: SignalExpr, given: Sequence[SignalExpr]) -> SignalExpr:
        """What is made of some tensors, with the deviations of batch norms that are in it."""
        return self.deviations.named(
            made,
            given,
            lambda weight, eps: self.inverse_deviation(self._constants[weight.name], eps),
        )

    def related(self, reading: Reading) -> Reading:
        """What was read, with deviations related to variances that stand beside them."""

        def spread(variance: Any) -> SignalExpr:
            found: SignalExpr = variance.tensor(self)
            return found

        return self.deviations.related(reading, (), spread)

    def note(self, named: SignalExpr, constant: Constant) -> None:
        """Note for which constant a named tensor stands."""
        for name in named.names[0]:
            self._constants[name] = constant

    def integer(self, amount: Amount) -> Any:
        """A size as code calculates with it: a number where it is one."""
        number = amount.number
        return Size(amount, self.hypotheses) if number is None else number


def _has_deviation(weight: Weight, eps: Fraction) -> bool:
    """Whether 1/√(w + ε) is defined; in files variances are called anything."""
    return bool(np.min(weight.numbers, initial=np.inf) + float(eps) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """A tensor that depends on what is put in."""

    expression: SignalExpr

    def tensor(self, context: Context) -> SignalExpr:
        """The tensor."""
        return self.expression


@dataclass(slots=True, eq=False)
class Constant:
    """An array that depends on nothing.

    Attributes:
        numbers: the array.
        is_weight: whether one entry is a weight too; otherwise it is a number.
        by_layer: the tensor in terms of others that are constant, where that is known.
    """

    numbers: Numbers
    is_weight: bool = False
    by_layer: Callable[[], SignalExpr] | None = None
    _made: SignalExpr | None = field(default=None, init=False)

    @property
    def is_real(self) -> bool:
        """Whether the entries are real numbers, and no integers or truth values."""
        return self.numbers.kind in FLOATS

    def tensor(self, context: Context) -> SignalExpr:
        """The array as a tensor: in terms of weights, a weight of its own, or a number."""
        if self._made is None:
            self._made = self._found(context)
        return self._made

    def _found(self, context: Context) -> SignalExpr:
        if self.by_layer is not None:
            try:
                return self.by_layer()
            except SymconvError:
                pass  # what no layer means is a weight of its own
        name, shape = self.numbers.name, self.numbers.shape
        if not self.is_real:
            raise SymconvError(
                f"{name} holds entries of the kind {self.numbers.kind}, where real numbers are "
                "expected"
            )
        if prod(shape) == 1 and not (self.is_weight and shape):
            return filled(shape, exactly(self.numbers.array().reshape(-1)[0], name))
        if self not in context.weights:
            check_finite(self.numbers.array(), name)
        numbers = self.numbers
        named = context.weights.tensor(self, name, shape, numbers, numbers.array, numbers.precision)
        context.note(named, self)
        return named

    def made_of(
        self, context: Context, what: Any, origin: str, values: Callable[[Any], Any]
    ) -> SignalExpr:
        """A weight of its own that is computed from this one.

        Args:
            context: of the file.
            what: tells what is made of one array in different ways.
            origin: what it is called.
            values: its numbers, of those of this one in double precision.
        """

        def computed() -> Any:
            return values(np.array(self.numbers.array(), np.float64))

        key = (self, what)
        if key not in context.weights:
            check_finite(self.numbers.array(), self.numbers.name)
            with np.errstate(all="ignore"):
                check_finite(computed(), origin)
        numbers = self.numbers
        return context.weights.tensor(
            key, origin, numbers.shape, numbers, computed, numbers.precision
        )


@dataclass(frozen=True, slots=True, eq=False)
class Integers:
    """Integers in which there are sizes, and what is calculated of them; or truth values.

    Attributes:
        array: of Python's integers, truth values, sizes and fractions.
        is_real: whether they were made real numbers, as those by which a mean is divided.
    """

    array: Any
    is_real: bool = False

    def tensor(self, context: Context) -> SignalExpr:
        """An error, unless they are numbers."""
        entries = self.array.reshape(-1)
        if self.is_real and len(entries) == 1 and isinstance(entries[0], int | Fraction):
            return filled(self.array.shape, entries[0])
        raise SymconvError(f"{_shown(self.array)} stands where a tensor is expected")


@dataclass(frozen=True, slots=True, eq=False)
class Unread:
    """A result of a node that is not read, beside others that are.

    Attributes:
        name: what it is called.
    """

    name: str

    def tensor(self, context: Context) -> SignalExpr:
        """An error."""
        raise SymconvError(f"{self.name}, which a node gives beside its result, is not read")


Value = Computed | Constant | Integers | Unread


def _shown(array: Any) -> str:
    return str(array.tolist())


class Call:
    """A node with what it is applied to.

    Attributes:
        node: the node.
        context: of the file.
        opset: the version of its operators.
        version: the opset in which its operator was last changed.
        inputs: what it is applied to; None for what was left out.
    """

    def __init__(
        self,
        node: Node,
        context: Context,
        opset: int,
        version: int,
        inputs: Sequence[Value | None],
        attributes: Mapping[str, Attribute],
    ) -> None:
        self.node = node
        self.context = context
        self.opset = opset
        self.version = version
        self.inputs = inputs
        self._attributes = attributes

    # --- what it is applied to ---

    def has(self, place: int) -> bool:
        """Whether there is such an input."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def value(self, place: int) -> Value:
        """What stands at a place.

        Raises:
            SymconvError: it was left out.
        """
        found = self.inputs[place] if place < len(self.inputs) else None
        if found is None:
            raise SymconvError(f"input {place} is missing")
        if isinstance(found, Unread):
            found.tensor(self.context)
        return found

    def tensor(self, place: int = 0) -> SignalExpr:
        """An input as a tensor."""
        return self.value(place).tensor(self.context)

    def tensors(self) -> list[SignalExpr]:
        """All inputs as tensors."""
        return [self.tensor(place) for place in range(len(self.inputs))]

    def optional(self, place: int) -> SignalExpr | None:
        """An input as a tensor; None where it was left out."""
        return self.tensor(place) if self.has(place) else None

    def constant(self, place: int, what: str) -> Constant:
        """An input that has to be constant.

        Raises:
            SymconvError: it depends on what is put in.
        """
        found = self.value(place)
        if not isinstance(found, Constant):
            raise SymconvError(f"{what} is read where it is constant, and it depends on the input")
        return found

    def number(self, place: int, what: str) -> Fraction | Amount:
        """An input of one entry: a number, or a size.

        Raises:
            SymconvError: it depends on what is put in, or has more entries.
        """
        found = self.value(place)
        array = found.array if isinstance(found, Integers) else self._entries(place, what)
        if array.size != 1:
            raise SymconvError(f"{what} is one number, and has the shape {array.shape}")
        one = array.reshape(-1)[0]
        if isinstance(one, Size):
            return one.amount
        return one if isinstance(one, Fraction) else exactly(one, what)

    def integers(self, place: int, what: str) -> list[Any]:
        """An input that is a list of integers: numbers and sizes.

        Raises:
            SymconvError: it depends on what is put in, or has several axes.
        """
        found = self.value(place)
        array = found.array if isinstance(found, Integers) else self._entries(place, what)
        real = found.is_real if isinstance(found, Integers | Constant) else True
        if array.ndim > 1 or real:
            raise SymconvError(f"{what} is a list of integers, got {_shown(array)}")
        return list(array.reshape(-1).tolist())

    def listed(self, name: str, place: int, what: str, by_input: int = 13) -> list[Any] | None:
        """Integers that were an attribute until they became an input; None where left out.

        Args:
            name: of the attribute.
            place: of the input.
            what: what they are, for errors.
            by_input: the version from which they are an input.

        Raises:
            SymconvError: they depend on what is put in.
        """
        if self.version < by_input:
            found: list[Any] | None = self.get(name)
            return found
        return self.integers(place, what) if self.has(place) else None

    def _entries(self, place: int, what: str) -> Any:
        return self.constant(place, what).numbers.array()

    # --- its attributes ---

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, or what it is by default."""
        return self._attributes[name].value if name in self._attributes else default

    def plain_attributes(self) -> dict[str, Any]:
        """All attributes that are numbers, text, or lists of them.

        Raises:
            SymconvError: there is another one.
        """
        for name, one in self._attributes.items():
            if one.kind not in ("FLOAT", "INT", "STRING", "FLOATS", "INTS", "STRINGS"):
                raise SymconvError(f"the attribute {name} is of the kind {one.kind}")
        return {name: one.value for name, one in self._attributes.items()}

    def real(self, name: str, default: float = 0.0) -> Fraction:
        """A number of single precision, as it was meant."""
        return exactly(np.float32(self.get(name, default)), name)

    def choice(self, name: str, default: str, *others: str) -> str:
        """A word.

        Raises:
            SymconvError: it is none of those that are read.
        """
        word: str = self.get(name, default)
        if word not in (default, *others):
            raise SymconvError(f"is not read with {name}={as_given(word)}")
        return word

    def only(self, name: str, *values: Any) -> None:
        """Refuse an attribute that is not what it is by default, the first of these values.

        Raises:
            SymconvError: it is none of them.
        """
        value = self.get(name, values[0])
        if value not in values:
            raise SymconvError(f"is not read with {name}={as_given(value)}")

    # --- what it means ---

    def layer(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A layer of the table.

        Raises:
            SymconvError: there is none of that name.
        """
        layer = LAYERS.get(name)
        if layer is None:
            raise SymconvError("is not read, being no layer of the table")
        read = [_plain(one) for one in args]
        return layer(*read, **{key: _plain(one) for key, one in kwargs.items()})

    def sizes(self, x: SignalExpr) -> list[Any]:
        """The sizes of a tensor, to calculate with."""
        return [self.context.integer(size_along(x, axis)) for axis in range(x.ndim)]

    def axis(self, axis: Any, rank: int) -> int:
        """An axis, which may be counted from the end.

        Raises:
            SymconvError: there is no such axis.
        """
        if not isinstance(axis, int) or not -rank <= axis < rank:
            raise SymconvError(f"there is no axis {axis} of {rank}")
        return axis % rank

    def axes(self, axes: Sequence[Any], rank: int) -> list[int]:
        """Axes, each of which may be counted from the end.

        Raises:
            SymconvError: there is no such axis, or one is named twice.
        """
        found = [self.axis(axis, rank) for axis in axes]
        if len(set(found)) != len(found):
            raise SymconvError(f"the axes {axes} are not different")
        return found

    def graph(self, name: str) -> Graph:
        """An attribute that is a graph.

        Raises:
            SymconvError: it is none.
        """
        found = self.get(name)
        if not isinstance(found, Graph):
            raise SymconvError(f"the attribute {name} is missing")
        return found


def _plain(value: Any) -> Any:
    """Arguments as layers take them."""
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return known_number(value)

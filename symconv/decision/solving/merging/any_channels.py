"""A chain of layers for any number of channels, of which that of a network is one case.

The layers of a network have so many channels, in numbers, and there are many alike: a claim about
any number of channels is decided once for all of these, and needs no sums over 512 of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from sympy import Symbol

from symconv.arithmetic.symbols import integers
from symconv.decision.solving.merging.regions import Region
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, integer_argument
from symconv.language.graph import walk
from symconv.language.operators import (
    Apply,
    Conv,
    Divide,
    Einsum,
    Flip,
    Rearrange,
    Scale,
)
from symconv.language.operators.base import AlongAxis, Operator, size_along
from symconv.language.operators.equal_shapes import Entrywise
from symconv.language.signals import Applied, SignalExpr, StandIn, Tensor

__all__ = ["Renamed", "as_it_is", "for_any_channels"]

_INPUT = "x"
_AXES = {1: "L", 2: "NC", 3: "NCL", 4: "NCHW", 5: "NCDHW"}


@dataclass(frozen=True, slots=True, eq=False)
class Renamed:
    """A chain of layers by itself, in which tensors have names that say nothing of a network.

    Attributes:
        chain: the chain, on `input`.
        input: a named tensor in the place of what the chain is applied to.
        names: what its named tensors are called in the network.
        sizes: for which sizes, by symbol, it is the chain of the network.
    """

    chain: SignalExpr
    input: Tensor
    names: Mapping[str, str]
    sizes: Mapping[Symbol, Amount]


def for_any_channels(region: Region, *, of_input: bool = True) -> Renamed | None:
    """The linear part of a network, on an input of any size and for any number of channels.

    Chains that are alike, of weights of the same kinds, become the same one.  None where something
    in the part depends on the sizes of the network.

    Args:
        region: the part.
        of_input: whether the input, too, has any number of channels.
    """
    classes = _Sizes()
    shapes: dict[SignalExpr, list[int]] = {}
    nodes = _part(region)
    try:
        for node in nodes:
            operands = [] if node is region.source else [shapes[one] for one in node.operands]
            shapes[node] = _shape(node, operands, region, classes)
        if not of_input:
            classes.fix_numbers(shapes[region.source])
        return _rebuilt(region, nodes, shapes, classes)
    except SymconvError:
        return None


def as_it_is(region: Region) -> Renamed | None:
    """The linear part of a network with the sizes that it has there.

    None where one of these is called as a tensor is here.
    """
    try:
        return _with_own_sizes(region)
    except SymconvError:
        return None


def _with_own_sizes(region: Region) -> Renamed:
    new: dict[SignalExpr, SignalExpr] = {}
    names: dict[str, str] = {}
    for node in _part(region):
        sizes = tuple(size_along(node, axis) for axis in range(node.ndim))
        if node is region.source:
            new[node] = made = StandIn(_INPUT, sizes)
        elif isinstance(node, Tensor):
            new[node] = _weight(node, sizes, names)
        else:
            new[node] = Applied(node.operator, [new[operand] for operand in node.operands])
    return Renamed(new[region.result], made, names, {})


def _weight(node: Tensor, sizes: Sequence[Any], names: dict[str, str]) -> Tensor:
    """A weight under its new name, which is written down."""
    name = f"{'b' if node.ndim == 1 else 'k'}{len(names) + 1}"
    names[name] = node.name
    return Tensor(name, sizes)


def _part(region: Region) -> list[SignalExpr]:
    """The nodes of a part, its weights with them, operands first; the source is the first one."""
    return [region.source, *walk(region.result, without={region.source})]


# --- which sizes are the same --------------------------------------------------------------


@dataclass(slots=True)
class _Sizes:
    """Sizes, of which some have to be the same, and some what they are.

    Attributes:
        parents: of each size another one that is the same, or itself.
        amounts: how large each is; None of what a layer makes by sliding, which is as long as it
            is.
        fixed: those that are no symbols.
    """

    parents: list[int] = field(default_factory=list)
    amounts: list[Amount | None] = field(default_factory=list)
    fixed: set[int] = field(default_factory=set)

    def new(self, amount: Amount | None, *, is_fixed: bool = False) -> int:
        """One size more."""
        number = len(self.parents)
        self.parents.append(number)
        self.amounts.append(amount)
        if is_fixed or amount == 1:
            self.fixed.add(number)
        return number

    def root(self, size: int) -> int:
        """The one that stands for all that are the same."""
        while self.parents[size] != size:
            self.parents[size] = self.parents[self.parents[size]]
            size = self.parents[size]
        return size

    def is_one(self, size: int) -> bool:
        """Whether it is 1, so that what has it is repeated."""
        amount = self.amounts[self.root(size)]
        return amount is not None and amount == 1

    def fix(self, *sizes: int) -> None:
        """They are what they are."""
        self.fixed |= {self.root(size) for size in sizes}

    def fix_numbers(self, sizes: Iterable[int]) -> None:
        """Those that are numbers are these."""
        amounts = {size: self.amounts[self.root(size)] for size in sizes}
        self.fix(*(size for size, a in amounts.items() if a is not None and a.number is not None))

    def join(self, one: int, other: int) -> int:
        """Both are the same."""
        a, b = self.root(one), self.root(other)
        if a != b:
            known = [amount for amount in (self.amounts[a], self.amounts[b]) if amount is not None]
            # Where both are not plainly the same, the network is defined where they are.
            numbers = [amount for amount in known if amount.number is not None]
            if len({amount.number for amount in numbers}) > 1:
                raise SymconvError(f"{numbers[0]} and {numbers[1]} are not the same")
            self.parents[b] = a
            self.amounts[a] = next(iter([*numbers, *known]), None)
            if b in self.fixed:
                self.fixed.add(a)
        return a


def _shape(
    node: SignalExpr, operands: Sequence[Sequence[int]], region: Region, classes: _Sizes
) -> list[int]:
    """The sizes of a node, once those of its operands are known.

    Raises:
        SymconvError: it depends on sizes in a way that is not followed.
    """
    operator = node.operator
    if node is region.source or isinstance(node, Tensor):
        return [classes.new(size_along(node, axis)) for axis in range(node.ndim)]
    if not isinstance(operator, Rearrange) and any(a.number is None for a in operator.amounts):
        raise _depends(operator)
    match operator:
        case Entrywise():
            return _broadcast(operands, classes)
        case Conv():
            return _convolved(operator, operands, classes)
        case Einsum(inputs, output):
            letters: dict[str, int] = {}
            for word, sizes in zip(inputs, operands, strict=True):
                for letter, size in zip(word, sizes, strict=True):
                    letters[letter] = classes.join(letters.setdefault(letter, size), size)
            return [letters[letter] for letter in output]
        case Rearrange():
            return _rearranged(operator, operands[0], classes)
        case Scale() | Divide() | Apply() | Flip():
            return list(operands[0])
        case AlongAxis(axis=axis):
            for sizes in operands[1:]:
                classes.fix(*sizes)
            return [*operands[0][:axis], classes.new(None), *operands[0][axis + 1 :]]
    for sizes in operands:
        classes.fix(*sizes)
    return [classes.new(size_along(node, axis), is_fixed=True) for axis in range(node.ndim)]


def _broadcast(operands: Sequence[Sequence[int]], classes: _Sizes) -> list[int]:
    """The sizes of a sum or a product, in which axes of one entry are repeated."""
    result = []
    for one, other in zip_longest(*map(reversed, operands)):
        if one is None or other is None:
            result.append(one if other is None else other)
        elif classes.is_one(one) != classes.is_one(other):
            result.append(other if classes.is_one(one) else one)
        else:
            result.append(classes.join(one, other))
    return result[::-1]


def _convolved(operator: Conv, operands: Sequence[Sequence[int]], classes: _Sizes) -> list[int]:
    """The sizes of a convolution layer: of one group, or of a group for each channel."""
    signal, (outputs, inputs, *taps) = operands
    first = len(signal) - len(taps)
    channels = signal[first - 1]
    classes.fix(*taps)
    if operator.groups == 1:
        classes.join(channels, inputs)
    elif _is_depthwise(operator, outputs, inputs, classes):
        classes.join(channels, outputs)
    else:
        classes.fix(channels, inputs, outputs)
    return [*signal[: first - 1], outputs, *(classes.new(None) for _ in taps)]


def _is_depthwise(operator: Conv, outputs: int, inputs: int, classes: _Sizes) -> bool:
    """Whether there is one group for each channel, in and out."""
    amount = classes.amounts[classes.root(outputs)]
    return classes.is_one(inputs) and amount is not None and amount == operator.groups.number


def _rearranged(operator: Rearrange, sizes: Sequence[int], classes: _Sizes) -> list[int]:
    """The sizes of a tensor whose axes are moved; those that are merged or split are numbers."""
    named = _named_sizes(operator, sizes, classes)
    result = []
    for group in operator.target:
        if len(group) == 1:
            result.append(named[group[0]])
            continue
        classes.fix(*(named[name] for name in group))
        whole = Amount.of(1)
        for name in group:
            amount = classes.amounts[classes.root(named[name])]
            if amount is None:
                raise _depends(operator)
            whole = whole * amount
        result.append(classes.new(whole, is_fixed=True))
    return result


def _named_sizes(operator: Rearrange, sizes: Sequence[int], classes: _Sizes) -> dict[str, int]:
    """The sizes of the axes of a pattern by their names."""
    given = dict(zip(operator.names, operator.sizes, strict=True))
    named: dict[str, int] = {}
    for size, group in zip(sizes, operator.source, strict=True):
        if len(group) == 1:
            named[group[0]] = size
        else:
            classes.fix(size)
    for name, amount in given.items():
        if name not in named:
            if amount.number is None:
                raise _depends(operator)
            named[name] = classes.new(amount, is_fixed=True)
    return named


def _depends(operator: Operator) -> SymconvError:
    return SymconvError(f"{operator} depends on the sizes of the network")


# --- the chain of these sizes --------------------------------------------------------------


def _rebuilt(
    region: Region,
    nodes: Sequence[SignalExpr],
    shapes: Mapping[SignalExpr, Sequence[int]],
    classes: _Sizes,
) -> Renamed:
    """The chain whose sizes are symbols, unless they are fixed.

    Raises:
        SymconvError: a size of the network is one of those that are fixed.
    """
    symbols: dict[int, Symbol] = {}
    own = _AXES.get(region.source.ndim) or [f"N{axis}" for axis in range(region.source.ndim)]

    def size(number: int, name: str) -> Any:
        root = classes.root(number)
        amount = classes.amounts[root]
        if root in classes.fixed:
            if amount is None or amount.number is None:
                raise SymconvError("a size of the network is fixed")
            return amount
        if root not in symbols:
            taken = {symbol.name for symbol in symbols.values()}
            free = [name, *(f"{name}{more}" for more in range(2, len(taken) + 3))]
            chosen = next(one for one in free if one not in taken)
            # What may be empty in the network may be so here.
            is_positive = amount is not None and amount.is_at_least(1)
            symbols[root] = integers(chosen, positive=is_positive, nonnegative=True)
        return symbols[root]

    new: dict[SignalExpr, SignalExpr] = {}
    names: dict[str, str] = {}
    for node in nodes:
        sizes = shapes[node]
        if node is region.source:
            new[node] = Tensor(_INPUT, [size(*one) for one in zip(sizes, own, strict=True)])
        elif isinstance(node, Tensor):
            new[node] = _weight(node, [size(one, "O") for one in sizes], names)
        else:
            operator = _with_sizes(node, shapes, size, classes)
            new[node] = Applied(operator, [new[operand] for operand in node.operands])
    made = new[region.source]
    assert isinstance(made, Tensor)
    amounts = {symbol: classes.amounts[root] for root, symbol in symbols.items()}
    known = {symbol: amount for symbol, amount in amounts.items() if amount is not None}
    return Renamed(new[region.result], made, names, known)


def _with_sizes(
    node: SignalExpr,
    shapes: Mapping[SignalExpr, Sequence[int]],
    size: Any,
    classes: _Sizes,
) -> Operator:
    """The operator of a node, in which the sizes are the new ones."""

    def amount(number: int) -> Amount:
        found = integer_argument(size(number, "O"), "a size")
        return Amount(found.polynomial, found.symbols) if found.number is None else found

    operator = node.operator
    match operator:
        case Conv(stride, dilation, groups) if groups != 1:
            outputs, inputs, *_ = shapes[node.operands[1]]
            if _is_depthwise(operator, outputs, inputs, classes):
                return Conv(stride, dilation, amount(outputs))
        case Rearrange(source, target, names, given):
            named = dict(zip(names, given, strict=True))
            for group, number in zip(source, shapes[node.operands[0]], strict=True):
                new = amount(number)
                if len(group) == 1 and new.number != named[group[0]].number:
                    named[group[0]] = new
            return Rearrange(source, target, names, tuple(named[name] for name in names))
    return operator

"""Tensors as graphs: their nodes, their names, and what has to hold for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Rational, Symbol

from symconv.arithmetic.polynomials import conjoined
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.errors import SymconvError
from symconv.language.length_symbols import lengths_in
from symconv.language.named_tensors import NamedTensors
from symconv.language.operators import Flip, Formula, Rearrange, Scale, Taps
from symconv.language.operators.base import Requirement
from symconv.language.scalars import strongest

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr, Tensor

__all__ = [
    "check_names",
    "clash",
    "has_opaque",
    "in_kernels",
    "is_zero",
    "leaves",
    "mentioned",
    "merge_symbols",
    "number_of",
    "requirements",
    "ring_of",
    "symbols_in",
    "walk",
]


def walk(*signals: SignalExpr, without: AbstractSet[SignalExpr] = frozenset()) -> list[SignalExpr]:
    """The different nodes of tensors, each once, operands before what is made of them.

    Args:
        signals: the tensors.
        without: nodes that are left out, and not looked below.
    """
    found: dict[SignalExpr, None] = {}
    open_ = [(signal, False) for signal in reversed(signals)]
    while open_:
        node, is_done = open_.pop()
        if is_done:
            found[node] = None
        elif node not in found and node not in without:
            open_.append((node, True))
            open_ += [(operand, False) for operand in reversed(node.operands)]
    return list(found)


def has_opaque(*signals: SignalExpr) -> bool:
    """Whether there are functions or maxima in them, whose entries are compared as names."""
    return any(node.operator.is_opaque for node in walk(*signals))


def number_of(signal: SignalExpr) -> Fraction | None:
    """The number that every entry of a tensor plainly is; None of other tensors."""
    match signal.operator:
        case Formula(expression=Rational() as number):
            return Fraction(int(number.p), int(number.q))
        case Scale(factor):
            number = number_of(signal.operands[0])
            return None if number is None else factor * number
        case Rearrange():
            return number_of(signal.operands[0])
    return None


def is_zero(signal: SignalExpr) -> bool:
    """Whether every entry is plainly 0, as in 0 times something, flipped or with a factor."""
    while True:
        match signal.operator:
            case Taps(numbers):
                return not any(numbers)
            case Formula(_, expression):
                return bool(expression == 0)
            case Scale(number) if not number:
                return True
            case Flip() | Scale():
                (signal,) = signal.operands
            case _:
                return False


def requirements(*signals: SignalExpr) -> Iterator[Requirement]:
    """The conditions on the sizes that the signs of the symbols leave open.

    Those of the tensors too by whose sizes an amount was given.
    """
    for node in mentioned(*signals):
        for requirement in node.operator.requirements(node):
            open_ = conjoined(requirement.guards)
            if open_ != ():  # numbers may show that nothing is left open
                yield requirement


def mentioned(*signals: SignalExpr) -> list[SignalExpr]:
    """The nodes of tensors, and those of all whose sizes stand in their amounts."""
    found: dict[SignalExpr, None] = {}
    open_ = list(signals)
    while open_:
        nodes = [node for node in walk(*open_) if node not in found]
        found |= dict.fromkeys(nodes)
        standing = [
            one for node in nodes for amount in node.operator.amounts for one in amount.mentioned
        ]
        for node in nodes:
            for expression in node.operator.expressions:
                standing += lengths_in(expression)
        open_ = [signal for one in standing for signal in one.signals if signal not in found]
    return list(found)


def ring_of(*signals: SignalExpr) -> str:
    """Over what all operators in tensors are defined; see `symconv.language.scalars`."""
    return strongest(node.operator.ring for node in walk(*signals))


# --- names ---------------------------------------------------------------------------


def leaves(*signals: SignalExpr) -> dict[str, Tensor]:
    """The named tensors that occur, by name; see `check_names` for what it raises."""
    return dict(check_names(signals, ())[0])


def in_kernels(*signals: SignalExpr) -> set[Tensor]:
    """The named tensors that are kernels of layers, or parts of one."""
    kernels = [
        node.operands[node.operator.kernel_operand]
        for node in walk(*signals)
        if node.operator.kernel_operand is not None
    ]
    return set(leaves(*kernels).values())


def symbols_in(*signals: SignalExpr) -> dict[str, Symbol]:
    """The integer symbols in the sizes and amounts of tensors, by name."""
    return dict(check_names(signals, ())[1])


def check_names(
    signals: Iterable[SignalExpr], symbols: Iterable[Symbol]
) -> tuple[NamedTensors, Mapping[str, Symbol]]:
    """The named tensors, and the integer symbols, in tensors and beside them.

    Raises:
        SymconvError: two tensors share a name but not the shape, two symbols share a
            name but not the assumptions, or a symbol is called like a tensor.
    """
    # Every node has checked its names when it was made, so that only parts can clash with each
    # other, and what only one part has, or has in common with another, needs no second look.
    # Equal tensors are one object, as most symbols are, so that `is` sees what is in common; the
    # part with the most names comes first, since then the others seldom have further ones.
    parts = tuple(signals)
    if len(parts) == 1 and not symbols:
        return parts[0].names
    named: NamedTensors | None = None
    every: dict[str, Symbol] = {}
    for part in sorted(parts, key=lambda part: -len(part.names[0])):
        its_signals, its_symbols = part.names
        named = its_signals if named is None else _with_more(named, its_signals)
        merge_symbols(every, its_symbols)
    for symbol in symbols:
        merge_symbols(every, {symbol.name: symbol})
    if named is None:
        named = NamedTensors()
    both = sorted(name for name in every if name in named)
    if both:
        raise clash(both[0])
    return named, MappingProxyType(every)


def _with_more(named: NamedTensors, more: NamedTensors) -> NamedTensors:
    """The named tensors of one part and of another.

    Raises:
        SymconvError: two share a name but not the shape.
    """
    new = []
    for leaf in more.without_those_of(named):
        other = named.get(leaf.name)
        if other is None:
            new.append(leaf)
        elif _said(other) != _said(leaf):  # else symbols differ
            raise SymconvError(
                f"two signals are named {leaf.name!r} but have "
                f"{'lengths' if other.ndim == leaf.ndim == 1 else 'shapes'} "
                f"{_said(other)} and {_said(leaf)}; give one of them another name"
            )
    return named.continued(new)


def _said(leaf: Tensor) -> str:
    """The length of a named signal, or the shape of a tensor, in words."""
    sizes = ", ".join(map(str, leaf.sizes))
    return sizes if leaf.ndim == 1 else f"({sizes})"


def merge_symbols(into: dict[str, Symbol], more: Mapping[str, Symbol]) -> None:
    """Add symbols to others.

    Raises:
        SymconvError: two of them share a name.
    """
    if not into:
        into.update(more)  # names of a mapping are different ones
        return
    if all(map(is_, map(into.get, more), more.values())):
        return  # nothing is new
    for name, symbol in more.items():
        other = into.setdefault(name, symbol)
        if other is not symbol and other != symbol:
            same_kind = isinstance(other, IntegerSymbol) == isinstance(symbol, IntegerSymbol)
            raise SymconvError(
                f"two symbols are named {name!r} but "
                + ("have different assumptions" if same_kind else _KINDS)
                + "; create it once and use it everywhere"
            )


_KINDS = "one is SymPy's own and one is made by integers(), of symconv"


def clash(name: str) -> SymconvError:
    """The error that a name is that of a tensor and that of a symbol."""
    return SymconvError(f"{name!r} names both a signal and an integer symbol; rename one of them")

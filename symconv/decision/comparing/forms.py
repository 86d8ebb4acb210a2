"""What two segments are apart from the names in them: their form, which many have in common.

What is proved of a form is proved of all that have it.  In a general form the sizes of what
stands below are symbols of their own, of which nothing is known but whether they are positive: so
are segments at different depths of a network of one form, and what their sizes are there,
quotients of quotients, plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sympy import Symbol

from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import integers
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.graph import walk
from symconv.language.signals import Applied, SignalExpr, StandIn, Tensor, replaced

__all__ = ["Form", "Leaf", "form_of", "spelling"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is known of a named tensor besides its shape.

    Attributes:
        own: which side it belongs to, 0 or 1, if it is a weight that the other one does not have.
        is_weight: whether it is a weight.
        constant: what its entries are, where they are all 0 or all 1.
    """

    own: int | None = None
    is_weight: bool = False
    constant: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Two segments with names and sizes that say nothing.

    Attributes:
        a: the first one.
        b: the second one.
        leaves: the tensors in them, and what is known of these, in the order of `walk`.
    """

    a: SignalExpr
    b: SignalExpr
    leaves: tuple[tuple[Tensor, Leaf], ...]

    def own(self, side: int) -> dict[str, Tensor]:
        """The weights that only one side has, by name."""
        return {tensor.name: tensor for tensor, leaf in self.leaves if leaf.own == side}

    def numbers(self) -> dict[str, int]:
        """The weights that are 0 or 1 throughout, by name."""
        found = ((tensor.name, leaf.constant) for tensor, leaf in self.leaves)
        return {name: constant for name, constant in found if constant is not None}


def spelling(
    a: SignalExpr, b: SignalExpr, known: Callable[[Tensor], Leaf]
) -> tuple[Hashable, list[Tensor]]:
    """What two segments are apart from the names in them, as they stand, and their tensors.

    Those of one spelling have one form, in which the tensors are in the same order; to spell is
    much less work than to make it.

    Args:
        a: the first one.
        b: the second one.
        known: what is known of a tensor.
    """
    nodes = walk(a, b)
    places = {node: place for place, node in enumerate(nodes)}
    tensors: list[Tensor] = []
    spelled: list[Hashable] = []
    for node in nodes:
        if isinstance(node, Tensor):
            tensors.append(node)
            spelled.append((node.sizes, known(node)))
        else:
            spelled.append((node.operator, tuple(places[one] for one in node.operands)))
    return (tuple(spelled), places[a], places[b]), tensors


def form_of(
    a: SignalExpr,
    b: SignalExpr,
    known: Callable[[Tensor], Leaf],
    is_positive: Callable[[Polynomial], bool] | None = None,
) -> Form:
    """The form of two segments, with its tensors in the order of theirs.

    Args:
        a: the first one.
        b: the second one.
        known: what is known of a tensor.
        is_positive: of a general form, whether a size is never 0; sizes are symbols of their own.

    Raises:
        SymconvError: they have no general form, as sizes stand in them in another way than as
            those of what is below.
    """
    tensors = [node for node in walk(a, b) if isinstance(node, Tensor)]
    symbols = {*a.names[1], *b.names[1]}
    sizes = None if is_positive is None else _Sizes(tensors, symbols, is_positive)
    new: dict[Tensor, Tensor] = {}
    leaves = []
    for number, tensor in enumerate(tensors):
        leaf = known(tensor)
        its = tensor.sizes if sizes is None else tuple(map(sizes, tensor.sizes))
        # A name with a space is that of no symbol.  What weights have to be is told in formulas.
        name = f"w{number}_" if leaf.is_weight else f"x {number}"
        while name in symbols:
            name += "_"
        made = Tensor(name, [one.written for one in its]) if leaf.is_weight else StandIn(name, its)
        new[tensor] = made
        leaves.append((made, leaf))

    def instead(node: SignalExpr) -> SignalExpr | None:
        return new[node] if isinstance(node, Tensor) else None

    made_of = () if sizes is None else (sizes.made,)
    sides = [replaced(side, instead, *made_of) for side in (a, b)]
    return Form(sides[0], sides[1], tuple(leaves))


class _Sizes:
    """Symbols for sizes: positive ones, or those that may be 0 too, as a part of a tensor."""

    def __init__(
        self, tensors: list[Tensor], taken: set[str], is_positive: Callable[[Polynomial], bool]
    ) -> None:
        self._new: dict[Polynomial, Amount] = {}
        every = [size.polynomial for tensor in tensors for size in tensor.sizes]
        for size in every:
            if size.as_integer() is None and size not in self._new:
                if any(len(monomial) > 1 for monomial in size.terms):
                    raise SymconvError(f"the size {size} is a product")
                positive = is_positive(size)
                name = f"{'n' if positive else 'm'}{len(self._new) + 1}"
                while name in taken:
                    name += "_"
                symbol = integers(name, positive=positive, nonnegative=not positive)
                self._new[size] = Amount(Polynomial.of(name), {name: symbol}, symbol)

    def __call__(self, amount: Amount) -> Amount:
        """An amount in the new symbols.

        Raises:
            SymconvError: it cannot be told in them.
        """
        if amount.number is not None:
            return amount
        new = self._new.get(amount.polynomial)
        if new is not None:
            return new
        chosen: dict[Symbol, Amount] = {}
        for name, symbol in amount.symbols.items():
            alone = self._new.get(Polynomial.of(name))
            if alone is None:
                raise SymconvError(f"{amount} is no size of what is below")
            chosen[symbol] = alone
        return amount.substituted(chosen)

    def made(self, node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
        """A node of other operands, with amounts in the new symbols."""
        operator = node.operator.with_amounts(self)
        if any(not self._is_new(name) for one in operator.amounts for name in one.symbols):
            raise SymconvError(f"sizes stand in a formula, {operator}")
        return Applied(operator, operands)

    def _is_new(self, name: str) -> bool:
        return any(name in one.symbols for one in self._new.values())

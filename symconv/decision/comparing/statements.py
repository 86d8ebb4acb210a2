"""What was proved of two segments, as a claim in names that say nothing.

Segments of one form have one claim, whatever their layers are called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sympy import IndexedBase

from symconv.arithmetic.unevaluated import spelled_with
from symconv.decision.claims import Claim
from symconv.decision.comparing.in_operators import in_operators
from symconv.language.amounts import Amount
from symconv.language.graph import walk
from symconv.language.operators import Formula
from symconv.language.signals import Applied, SignalExpr, StandIn, Tensor, formula_of

__all__ = ["Statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim that was proved of two segments: for all sizes, and all numbers in its tensors.

    Where a weight of one side has to be something, that stands in its place.

    Attributes:
        claim: the claim.
        names: what its tensors are in the networks, in words.
        weights: which of its tensors are weights.
        numbers: the weights that stand in it as the one number that all their entries are, 0 or 1.
        is_turned: whether the second segment stands on the left.
    """

    claim: Claim
    names: Mapping[str, str]
    weights: frozenset[str]
    numbers: Mapping[str, int]
    is_turned: bool = False

    def told(self) -> Statement:
        """The same with the first segment on the left.

        Tensors are called x1 and so on, and weights k1 and so on.  Formulas of kernels are written
        in operators where that is found, as certificates have rules for these.

        Raises:
            SymconvError: this is more work than is allowed.
        """
        claim, old = _renamed(self.claim, self.weights)
        if self.is_turned:
            claim = Claim(claim.rhs, claim.lhs, claim.given)
        names = {new: self.names[name] for new, name in old.items()}
        weights = frozenset(new for new, name in old.items() if name in self.weights)
        return Statement(claim, names, weights, self.numbers)


def _renamed(claim: Claim, weights: Collection[str]) -> tuple[Claim, Mapping[str, str]]:
    """A claim in which tensors have other names, and how they were called."""
    nodes = walk(*claim.signals)
    taken = {symbol.name for symbol in claim.symbols}
    taken |= {label for node in nodes for label, operand in _read(node) if operand.operands}
    made: dict[SignalExpr, SignalExpr] = {}
    old: dict[str, str] = {}
    counts = {"k": 0, "x": 0}
    for node in nodes:
        if isinstance(node, Tensor):
            letter = "k" if node.name in weights else "x"
            counts[letter] += 1
            name = f"{letter}{counts[letter]}"
            while name in taken:
                name += "_"
            made[node] = _tensor(name, node.sizes)
            old[name] = node.name
        elif isinstance(node.operator, Formula):
            made[node] = in_operators(_formula(node, made))
        else:
            made[node] = in_operators(Applied(node.operator, [made[one] for one in node.operands]))
    left, right = (made[side] for side in claim.signals)
    return Claim(left, right, claim.given), old


def _tensor(name: str, sizes: tuple[Amount, ...]) -> Tensor:
    """A named tensor; without axes, it stands in for a number."""
    return Tensor(name, [one.written for one in sizes]) if sizes else StandIn(name, sizes)


def _read(node: SignalExpr) -> list[tuple[str, SignalExpr]]:
    """What a formula names, and what it reads there; nothing of other operators."""
    if not isinstance(node.operator, Formula):
        return []
    return list(zip(node.operator.bases, node.operands, strict=True))


def _formula(node: SignalExpr, made: Mapping[SignalExpr, SignalExpr]) -> SignalExpr:
    """A formula that names the tensors which it reads as they are called now."""
    operator = node.operator
    assert isinstance(operator, Formula)
    old = {str(base.label): base for base in operator.expression.atoms(IndexedBase)}
    new: dict[IndexedBase, IndexedBase] = {}
    standing: dict[str, SignalExpr] = {}
    for label, operand in _read(node):
        now = made[operand]
        name = now.name if isinstance(now, Tensor) else label
        new[old[label]] = IndexedBase(name, shape=old[label].shape)
        standing[name] = now
    entry = spelled_with(operator.expression, new)
    return formula_of(Formula(operator.indices, entry, operator.sizes, operator.chosen), standing)

"""Networks compared node by node: equal nodes are found from the inputs on, and become one.

Entries of functions and of maxima are no sums of products.  Here each is a name, and two names
are one where what they stand for is the same: functions of tensors that are equal, and maxima of
the same sets of entries.  Functions go through what only moves entries, so that they stand
directly on what is calculated: f(x[1:]) is f(x)[1:].  Which nodes may be equal is seen from their
values on a small random input; that they are equal is proved with names in the place of what both
have in common, and these names are opened again where the proof fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from fractions import Fraction

from sympy import Integer

from symconv.arithmetic.limits import LONGEST_REASON, MOST_EQUALS_TRIED, MOST_NAMES_OPENED
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.work import WorkUsedUpError, spend
from symconv.decision.claims import Claim
from symconv.decision.networks.maxima import Elements, is_maximum
from symconv.decision.networks.selections import Selections
from symconv.decision.networks.trial_values import TrialValues
from symconv.decision.parameters import Parameters
from symconv.decision.verdicts import Evidence
from symconv.errors import NonlinearError, Undecided
from symconv.language.functions import Function
from symconv.language.graph import is_zero, walk
from symconv.language.operators import (
    Add,
    Apply,
    Dilate,
    Formula,
    Maximum,
    MaxPool,
    Multiply,
    Pad,
    Scale,
)
from symconv.language.operators.base import Operator, size_along
from symconv.language.signals import (
    Applied,
    SignalExpr,
    StandIn,
    Tensor,
    indices_of,
    replaced,
)

__all__ = ["Network"]

Compared = Callable[[SignalExpr, SignalExpr], Callable[[], tuple[Evidence, ...]] | None]
"""Tells the evidence that two tensors without names are equal; None where they seem not to be."""


class Network:
    """The nodes of both sides of a claim, of which equal ones are one.

    Args:
        claim: the claim.
        known: what is known of the symbols in some tensors.
        compared: compares two tensors that are sums of products.
    """

    def __init__(self, claim: Claim, known: Callable[..., Parameters], compared: Compared) -> None:
        self._claim = claim
        self._parameters = known
        self._compared = compared
        self._values = TrialValues(claim)
        self._selections = Selections()
        self._names: dict[SignalExpr, Tensor] = {}
        self._is_one_of: dict[SignalExpr, SignalExpr] = {}
        self._alike: dict[Hashable, list[SignalExpr]] = defaultdict(list)
        self._known: dict[tuple[SignalExpr, SignalExpr], bool] = {}
        self._pushed: dict[tuple[Function, SignalExpr], SignalExpr] = {}
        self._split: dict[SignalExpr, tuple[Function | None, SignalExpr, SignalExpr]] = {}
        self._made_of: dict[SignalExpr, frozenset[SignalExpr]] = {}
        self._told: list[Callable[[], tuple[Evidence, ...]]] = []
        self._beyond: NonlinearError | None = None

    def are_equal(self) -> bool:
        """Whether both sides are proved to be equal.

        Raises:
            NonlinearError: they are not, and something lies beyond Presburger arithmetic that may
                not do so with numbers for strides.
            Undecided: the work that it may take is used up.
        """
        left, right = self._claim.signals
        images: dict[SignalExpr, SignalExpr] = {}
        for node in walk(left, right):
            images[node] = self._image(node, [images[operand] for operand in node.operands])
        if self._equal(images[left], images[right]):
            return True
        if self._beyond is not None:
            raise self._beyond
        return False

    def reason(self) -> str:
        """Why they are not proved to be equal."""
        general = "it is not found that functions or maxima on both sides are of the same tensors"
        for (one, other), is_proved in self._known.items():
            is_likely = type(one.operator) is type(other.operator)
            if not is_proved and is_likely and self._values.of(one) == self._values.of(other):
                told = f"{self._shown(one)} and {self._shown(other)}"
                if len(told) <= LONGEST_REASON:
                    return f"{general}; it is open whether {told} are equal"
        return general

    def evidence(self) -> tuple[Evidence, ...]:
        """Why the nodes are equal of which the sides consist."""
        return tuple(one for told in self._told for one in told())

    def name_of(self, node: SignalExpr) -> Tensor:
        """The name that stands for a node; a named tensor stands for itself."""
        if isinstance(node, Tensor):
            return node
        if node not in self._names:
            operator = node.operator
            word = operator.function.name if isinstance(operator, Apply) else operator.method
            name = f"{word or 't'}#{len(self._names) + 1}"
            sizes = tuple(size_along(node, axis) for axis in range(node.ndim))
            self._names[node] = StandIn(name, sizes)
        return self._names[node]

    # --- nodes in one form ---

    def _image(self, node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
        """What a node is, made of what its operands are."""
        operator = node.operator
        if not operands:
            return self._one_of(node)
        if isinstance(operator, Apply):
            return self._applied(operator.function, operands[0])
        if isinstance(operator, Maximum):
            for one, other in (operands, reversed(operands)):
                if is_zero(other) and one.lengths == node.lengths:
                    return self._applied(Function("relu", Fraction(0)), one)
        if isinstance(operator, MaxPool):
            found = self._pool_of(operator, operands[0])
            if found is not None:
                return found
        if operator.moves:
            return self._moved(operator, operands[0])
        splits = [self._split[one] for one in operands if one in self._split]
        if is_maximum(node) and len(splits) == len(operands):
            function, _, _ = splits[0]
            if function is not None and all(one == function for one, _, _ in splits):
                largest = self._made(operator, [moved for _, moved, _ in splits])
                return self._sum_of(function, largest, self._constant(function, largest))
        return self._made(operator, operands)

    def _moved(self, operator: Operator, node: SignalExpr) -> SignalExpr:
        """A node whose entries are moved: below a maximum of two, and in both parts of f."""
        if isinstance(node.operator, Maximum) and all(
            one.lengths == node.lengths for one in node.operands
        ):
            both = [self._moved(operator, one) for one in node.operands]
            return self._made(node.operator, both)
        result = self._made(operator, [node])
        if node in self._split:
            # Both parts have to be known; what moves the sum stays, for maxima of it.
            function, moved, constant = self._split[node]
            parts = [self._made(operator, [part]) for part in (moved, constant)]
            is_full = not isinstance(operator, Pad | Dilate)
            self._split[result] = function if is_full else None, parts[0], parts[1]
        return result

    def _pool_of(self, operator: MaxPool, node: SignalExpr) -> SignalExpr | None:
        """The maxima of positive multiples and of sums with what is the same in all of a window."""
        match node.operator:
            case Scale(number) if number > 0:
                return self._made(node.operator, [self._image_of_pool(operator, node.operands[0])])
            case Add():
                for one, other in (node.operands, reversed(node.operands)):
                    if one.lengths == node.lengths and _is_repeated(other, node, operator.axis):
                        return self._made(Add(), [self._image_of_pool(operator, one), other])
        return None

    def _as_pool(self, node: SignalExpr) -> tuple[MaxPool, SignalExpr] | None:
        """The same the other way round: a pool, and of what it is one."""
        match node.operator:
            case Scale(number) if number > 0:
                (one,) = node.operands
                if isinstance(one.operator, MaxPool):
                    return one.operator, self._made(node.operator, list(one.operands))
            case Add():
                for one, other in (node.operands, reversed(node.operands)):
                    pool = one.operator
                    if not isinstance(pool, MaxPool) or one.lengths != node.lengths:
                        continue
                    if _is_repeated(other, node, pool.axis):
                        return pool, self._made(Add(), [one.operands[0], other])
        return None

    def _image_of_pool(self, operator: MaxPool, node: SignalExpr) -> SignalExpr:
        return self._pool_of(operator, node) or self._made(operator, [node])

    def _made(self, operator: Operator, operands: list[SignalExpr]) -> SignalExpr:
        """The node of an operator, or one that is equal to it and was there before."""
        return self._one_of(Applied(operator, operands))

    def _one_of(self, node: SignalExpr) -> SignalExpr:
        if node not in self._is_one_of:
            self._is_one_of[node] = self._found(node)
        return self._is_one_of[node]

    def _found(self, node: SignalExpr) -> SignalExpr:
        """A node that is equal to this one and was there before; otherwise it itself."""
        spend(50)
        values = self._values.of(node)
        if values is None:
            return node
        present = self._alike[values]
        if not node.operator.is_source:
            for other in self._likely(node, present):
                shaped = _with_unit_axes(other, node)
                if shaped is not None and self._equal(shaped, node):
                    return shaped
        present.append(node)
        return node

    def _likely(self, node: SignalExpr, present: list[SignalExpr]) -> list[SignalExpr]:
        """Some nodes of the same values, those of the same operator first.

        Where there are many, those that are made of the same names: where ReLUs have made zeros
        of everything, values say nothing.
        """
        if len(present) > MOST_EQUALS_TRIED:
            names = self._names_below(node)
            present = [other for other in present if self._names_below(other) == names]
        kind = type(node.operator)
        ordered = sorted(present, key=lambda other: type(other.operator) is not kind)
        return ordered[:MOST_EQUALS_TRIED]

    def _names_below(self, node: SignalExpr) -> frozenset[SignalExpr]:
        """Of what a node is made, if functions and maxima are names."""
        if node not in self._made_of:
            below = self._below(node)
            self._made_of[node] = frozenset(
                one for one in below if one.operator.is_opaque or one.operator.is_source
            )
        return self._made_of[node]

    def _applied(self, function: Function, node: SignalExpr) -> SignalExpr:
        """A function of a node: f = (f − f(0)) + f(0), of which the first goes through zeros.

        Products of others are written as such.
        """
        match function.name:
            case "silu":
                return self._made(Multiply(), [node, self._applied(_SIGMOID, node)])
            case "hardswish":
                product = self._made(Multiply(), [node, self._applied(_RELU6_OF_3_MORE, node)])
                return self._made(Scale(Fraction(1, 6)), [product])
        moved = self._through(function.shifted(), node)
        if function.at_zero == 0 or function.is_shifted:
            return moved
        return self._sum_of(function, moved, self._constant(function, moved))

    def _constant(self, function: Function, node: SignalExpr) -> SignalExpr:
        """The tensor of the shape of a node of which each entry is f(0)."""
        sizes = tuple(size_along(node, axis) for axis in range(node.ndim))
        ones: SignalExpr = Applied(Formula(indices_of(node.ndim), Integer(1), sizes))
        if function.at_zero is None:
            return self._made(Multiply(), [ones, StandIn(f"{function.name}(0)", ())])
        return self._made(Scale(function.at_zero), [ones])

    def _sum_of(
        self, function: Function | None, moved: SignalExpr, constant: SignalExpr
    ) -> SignalExpr:
        """F − f(0) and f(0) together; what moves the entries of the sum moves those of both.

        Where the constant part is the same everywhere, the function is given.
        """
        result = self._made(Add(), [moved, constant])
        self._split[result] = function, moved, constant
        return result

    def _through(self, function: Function, node: SignalExpr) -> SignalExpr:
        """A function that is 0 at 0 of a node, below what only moves entries."""
        key = (function, node)
        if key not in self._pushed:
            self._pushed[key] = self._pushed_through(function, node)
        return self._pushed[key]

    def _pushed_through(self, function: Function, node: SignalExpr) -> SignalExpr:
        operator, operands = node.operator, list(node.operands)
        if is_zero(node):
            return node
        pooled = self._as_pool(node) if function.rises else None
        if pooled is not None:
            return self._made(pooled[0], [self._through(function, pooled[1])])
        if self._selections.has(node) or (is_maximum(node) and function.rises):
            return self._made(operator, [self._through(function, one) for one in operands])
        match operator:
            case Scale(number) if number > 0 and function.is_homogeneous:
                return self._made(operator, [self._through(function, operands[0])])
            case Apply(inner) if inner == function and function.is_idempotent:
                return node
        return self._made(Apply(function), [node])

    # --- comparison ---

    def _equal(self, one: SignalExpr, other: SignalExpr) -> bool:
        """Whether two nodes are proved to be equal."""
        if one is other:
            return True
        if one.ndim != other.ndim:
            return False
        key = (one, other)
        if key not in self._known:
            self._known[key] = False  # while it is being looked at
            try:
                self._known[key] = self._is_proved(one, other)
            except WorkUsedUpError:
                raise
            except NonlinearError as problem:
                self._beyond = problem
            except Undecided:
                pass
        return self._known[key]

    def _is_proved(self, one: SignalExpr, other: SignalExpr) -> bool:
        known = self._parameters(one, other) if one.lengths != other.lengths else None
        if known is not None and not all(map(known.are_equal, one.lengths, other.lengths)):
            return False
        left, right = self._as_function(one), self._as_function(other)
        if left is not None and right is not None:
            (function, x), (another, y) = left, right
            if function == another and self._equal(x, y):
                how = f"{function.name} of tensors that are equal"
                self._tell(one, other, how)
                return True
        if any(
            is_maximum(node) for side in (one, other) for node in self._selections.origins(side)
        ):
            try:
                elements = Elements(self.name_of, self._selections, self._parameters(one, other))
                if elements.are_the_same(one, other):
                    self._tell(one, other, "maxima of the same entries")
                    return True
            except NonlinearError as problem:
                self._beyond = problem
        for name, sum_ in ((one, other), (other, one)):
            if name.operator.is_opaque and name not in self._below(sum_):
                return False
        return self._is_one_sum(one, other)

    def _tell(self, one: SignalExpr, other: SignalExpr, how: str) -> None:
        self._told.append(lambda: (Evidence(f"{self._shown(one)} and {self._shown(other)}", how),))

    def _shown(self, node: SignalExpr) -> str:
        """A node as text, with names for the functions and maxima below it."""

        def name(one: SignalExpr) -> SignalExpr | None:
            return self.name_of(one) if one.operator.is_opaque and one is not node else None

        return str(replaced(node, name))

    def _as_function(self, node: SignalExpr) -> tuple[Function, SignalExpr] | None:
        """A node that only moves values of one function: the function, and its argument moved."""
        functions = {
            origin.operator.function if isinstance(origin.operator, Apply) else None
            for origin in self._selections.origins(node)
        }
        if len(functions) != 1:
            return None
        (function,) = functions
        if function is None:
            return None

        def argument(one: SignalExpr) -> SignalExpr | None:
            return None if self._selections.has(one) else one.operands[0]

        return function, replaced(node, argument, lambda n, new: self._made(n.operator, new))

    def _is_one_sum(self, one: SignalExpr, other: SignalExpr) -> bool:
        """Whether two nodes are equal as sums of products of names.

        What both have in common is a name at first.  Where they are not equal then, these names
        are opened, and what lies below them in common is a name.
        """
        closed = self._below(one) & self._below(other)
        open_: set[SignalExpr] = set()
        for attempt in range(MOST_NAMES_OPENED + 1):
            if attempt == MOST_NAMES_OPENED:
                open_ |= closed
            names: set[SignalExpr] = set()
            common = closed - open_

            def name(node: SignalExpr) -> SignalExpr | None:
                if node.operator.is_opaque:
                    return self.name_of(node)
                if node in common and not node.operator.is_source:  # noqa: B023
                    names.add(node)  # noqa: B023
                    return self.name_of(node)
                return None

            left, right = (replaced(node, name) for node in (one, other))
            try:
                told = self._compared(left, right)
            except NonlinearError as problem:
                self._beyond, told = problem, None
            if told is not None:
                self._told.append(told)
                return True
            if not names:
                return False
            open_ |= names
        return False

    def _below(self, node: SignalExpr) -> set[SignalExpr]:
        """The node, and what is below it down to names."""
        found: set[SignalExpr] = set()
        open_ = [node]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_ += () if one.operator.is_opaque else one.operands
        return found


_SIGMOID = Function("sigmoid", Fraction(1, 2))
_RELU6_OF_3_MORE = Function("relu6(3 + …)", Fraction(3))


def _with_unit_axes(node: SignalExpr, other: SignalExpr) -> SignalExpr | None:
    """A node with axes of one entry where another one has such; None if the others do not fit.

    Only where a size is written as 1 is an entry repeated, so that a size that is 1 by a hypothesis
    is not the same.
    """
    ours, theirs = (
        [size != Polynomial.constant(1) for size in one.lengths] for one in (node, other)
    )
    if ours == theirs:
        return node
    if sum(ours) != sum(theirs):
        return None
    texts = []
    for axes in (ours, theirs):
        letters = iter(f"a{i}" for i in range(sum(axes)))
        texts.append(" ".join(next(letters) if is_long else "1" for is_long in axes))
    return node.rearrange(f"{texts[0]} -> {texts[1]}")


def _is_repeated(part: SignalExpr, node: SignalExpr, axis: int) -> bool:
    """Whether a part of a sum is the same all along an axis; no signal of one axis is repeated."""
    back = node.ndim - axis
    is_one = part.ndim >= back and part.lengths[-back] == Polynomial.constant(1)
    return part.ndim < back or (is_one and node.ndim > 1)

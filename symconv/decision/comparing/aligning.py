"""Two networks side by side: which function, maximum or output of one is which of the other.

Between functions and maxima stand sums of products, the segments.  They are compared from the
inputs on, and what is equal becomes one name, so that each comparison is about one segment, and
costs what is new in it.  Where two segments differ they are told, and taken for equal afterwards:
what lies behind them is compared on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from symconv.arithmetic.limits import MOST_SEGMENTS_TRIED, WORK_OF_A_COMPARISON
from symconv.arithmetic.work import allowed
from symconv.decision.comparing.computations import Side, Sides
from symconv.decision.comparing.segments import Comparer, Equality
from symconv.decision.comparing.sizes import Sizes
from symconv.errors import SymconvError, Undecided
from symconv.language.graph import is_zero, walk
from symconv.language.operators import Add, Apply, Einsum, Extend, Multiply, Pad, Scale
from symconv.language.operators.base import size_along
from symconv.language.signals import Applied, SignalExpr, StandIn, Tensor, replaced

__all__ = ["Alignment", "How", "Pair", "align", "below_what_is_equal"]

How: TypeAlias = Literal["proved", "agree", "weights", "functions", "layers", "open"]
"""What is known of two segments: proved for all weights; with weights that agree up to rounding;
weights that differ; other functions of equal tensors; other layers; or neither."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A segment of one network and one of the other.

    Attributes:
        a: the layers of the first, as places.
        b: the layers of the second.
        how: what is known.
        equality: the proof, where there is one.
        segments: both, with names for what was compared before.
        reason: why nothing is known, or in what they differ.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    how: How
    equality: Equality | None
    segments: tuple[SignalExpr, SignalExpr]
    reason: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the segments are equal, up to the tolerance of weights."""
        return self.how in ("proved", "agree")


@dataclass(eq=False)
class Alignment:
    """What was compared, in the order of the second network.

    Attributes:
        pairs: the segments.
        unmatched: the places of functions, maxima or outputs for which nothing was found.
        between: sums that are in no layer, and equal for all weights.
    """

    pairs: list[Pair] = field(default_factory=list)
    between: list[Pair] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether it is known of all segments in what they differ, if they do."""
        return not self.unmatched and all(pair.how != "open" for pair in self.pairs)

    @property
    def is_equal(self) -> bool:
        """Whether all segments are equal."""
        return not self.unmatched and all(pair.is_equal for pair in self.pairs)


def align(
    sides: Sides,
    sizes: Sizes,
    comparer: Comparer,
    progress: Callable[[Pair], None] = lambda pair: None,
) -> Alignment:
    """Compare two networks segment by segment.

    Args:
        sides: both.
        sizes: which sizes they take.
        comparer: proves segments equal.
        progress: is told of each pair.
    """
    return _Aligning(sides, sizes, comparer, progress).run()


class _Half:
    """One network, in which what was matched is a name.

    Attributes:
        side: the network.
        names: what stands for the nodes that were matched.
        points: what may be matched, operands first: functions, maxima, what several nodes read,
            and what layers with a kernel, sums and concatenations are made of.
    """

    def __init__(self, side: Side, inputs: frozenset[str]) -> None:
        self.side = side
        self.names: dict[SignalExpr, Tensor] = {}
        nodes = walk(*side.outputs)
        self._users: dict[SignalExpr, list[SignalExpr]] = {node: [] for node in nodes}
        self._made_of: dict[SignalExpr, frozenset[SignalExpr] | None] = {}
        varying: set[SignalExpr] = set()  # what depends on inputs, or is a function or a maximum
        for node in nodes:
            for operand in node.operands:
                self._users[operand].append(node)
            is_input = isinstance(node, Tensor) and node.name in inputs
            if is_input or node.operator.is_opaque or not varying.isdisjoint(node.operands):
                varying.add(node)
            self._made_of[node] = frozenset([node]) if is_input else self._found_below(node)
        chains = [chain for node in nodes for chain in _read_alone(node, varying) if chain]
        read = {one for chain in chains for one in chain}
        self.points = [
            node
            for node in nodes
            if node.operator.is_opaque
            or (node in varying and node.operands and (len(self._users[node]) > 1 or node in read))
            if not is_zero(node)
        ]
        alone = {chain[0] for chain in chains}
        self.inside = {chain[0]: self._inside(chain, alone) for chain in chains}
        self._places = {node: place for place, node in enumerate(self.points)}
        self._open: defaultdict[frozenset[SignalExpr] | None, set[SignalExpr]] = defaultdict(set)
        for node in self.points:
            self._open[self._made_of[node]].add(node)

    def _inside(
        self, chain: Sequence[SignalExpr], alone: AbstractSet[SignalExpr]
    ) -> list[SignalExpr]:
        """What is read in no other way than scaled or shifted, the innermost first."""
        return [
            node
            for node in reversed(chain[1:])
            if node.operands
            and not node.operator.is_opaque
            and len(self._users[node]) == 1
            and node not in alone
        ]

    def made_of(self, node: SignalExpr) -> frozenset[SignalExpr] | None:
        """The names and inputs of which a node is made.

        None where a function or a maximum is below it that has no name.
        """
        return self._made_of[node]

    def open_made_of(self, names: frozenset[SignalExpr]) -> list[SignalExpr]:
        """The points made of these names that are not matched yet, in the order of the network."""
        return sorted(self._open[names], key=self._places.__getitem__)

    def _found_below(self, node: SignalExpr) -> frozenset[SignalExpr] | None:
        found: set[SignalExpr] = set()
        for operand in node.operands:
            name = self.names.get(operand)
            below = self._made_of[operand] if name is None else (name,)
            if below is None or (name is None and operand.operator.is_opaque):
                return None
            found.update(below)
        return frozenset(found)

    def is_open(self, node: SignalExpr) -> bool:
        """Whether a point is not matched yet."""
        return node in self._open[self._made_of[node]]

    def close(self, node: SignalExpr) -> None:
        """Match a node with nothing from now on."""
        self._open[self._made_of[node]].discard(node)

    def segment(self, node: SignalExpr) -> SignalExpr:
        """A node of names.

        Raises:
            SymconvError: a name stands for something of another shape, taken for equal.
        """
        return replaced(node, lambda one: self.names.get(one) if one is not node else None)

    def layers(self, node: SignalExpr) -> tuple[str, ...]:
        """In which layers a segment was made, the first one first."""
        found: dict[str, None] = {}
        seen: set[SignalExpr] = set()
        open_ = [node]
        order: list[SignalExpr] = []
        while open_:
            one = open_.pop()
            if one in seen or (one in self.names and one is not node):
                continue
            seen.add(one)
            order.append(one)
            open_ += one.operands
        for one in reversed(order):
            place = self.side.places.get(one, "")
            if place and not isinstance(one, Tensor):
                found[place] = None
        return tuple(found)

    def match(self, node: SignalExpr, name: Tensor) -> None:
        """Put a name in the place of a node from now on, also in what is made of it."""
        self.close(node)
        self.names[node] = name
        changed = [node]
        while changed:
            for user in self._users[changed.pop()]:
                before, now = self._made_of[user], self._found_below(user)
                if now == before:
                    continue
                if user in self._open[before]:
                    self._open[before].remove(user)
                    self._open[now].add(user)
                self._made_of[user] = now
                if user not in self.names and not user.operator.is_opaque:
                    changed.append(user)


class _Aligning:
    def __init__(
        self,
        sides: Sides,
        sizes: Sizes,
        comparer: Comparer,
        progress: Callable[[Pair], None],
    ) -> None:
        self.sizes = sizes
        self.comparer = comparer
        inputs = frozenset(one.name for one in sides.inputs)
        self.a, self.b = (_Half(side, inputs) for side in (sides.a, sides.b))
        self.found = Alignment()
        self.off: dict[SignalExpr, tuple[SignalExpr, Pair]] = {}
        self.progress = progress

    def run(self) -> Alignment:
        """Compare all points, and then the outputs."""
        with allowed(WORK_OF_A_COMPARISON):
            return self._run()

    def _run(self) -> Alignment:
        later = {node for inner in self.b.inside.values() for node in inner}
        for point in self.b.points:
            if point not in later:
                self._match(point)
        for one, other in zip(self.a.side.outputs, self.b.side.outputs, strict=True):
            if one in self.a.names and self.a.names[one] is self.b.names.get(other):
                continue
            self._match_output(one, other)
        return self.found

    def _match(self, point: SignalExpr) -> None:
        names = self.b.made_of(point)
        if names is None:
            if point.operator.is_opaque:
                self.found.unmatched.append(_place(self.b, point))
            return
        try:
            segment = self.b.segment(point)
        except SymconvError:
            if point.operator.is_opaque:
                self.found.unmatched.append(_place(self.b, point))
            return
        first = self._likeliest(point, segment, names)
        if not point.operator.is_opaque and (first is None or not first[1].is_equal):
            if self._match_inside(point):
                self._match(point)
                return
            # A sum that several layers read: it is part of what these make of it.
            if first is not None and first[1].how == "weights":
                self.off[point] = first
            return
        if first is not None and first[1].how == "open" and self._keep_what_is_off(point):
            self._match(point)
            return
        if first is None:
            self.found.unmatched.append(_place(self.b, point))
            return
        self._keep(first[0], point, first[1])

    def _match_inside(self, point: SignalExpr) -> bool:
        """Compare what is scaled or shifted in a node; whether some of it has a name now."""
        before = len(self.b.names)
        for node in self.b.inside.pop(point, ()):
            self._match(node)
        return len(self.b.names) > before

    def _likeliest(
        self, point: SignalExpr, segment: SignalExpr, names: frozenset[SignalExpr]
    ) -> tuple[SignalExpr, Pair] | None:
        """The node of the first network that is this one, or of which most is known."""
        first: tuple[SignalExpr, Pair] | None = None
        for candidate, other in self._candidates(point, segment, names):
            pair = self._compared(candidate, other, point, segment)
            if first is None or _distance(pair) < _distance(first[1]):
                first = candidate, pair
            if pair.is_equal:
                break
        return first

    def _keep_what_is_off(self, point: SignalExpr) -> bool:
        """Take a sum below a node for equal whose weights alone are not what they have to be.

        It is the one that is off by least, as a kernel without the scale behind it is another one.
        Only where nothing can be said otherwise: what is off in one layer may be made up for in
        the next one.
        """
        below = [
            (_worst(self.off[node][1]), node)
            for node in walk(point, without=self.b.names.keys())
            if node in self.off and self.a.is_open(self.off[node][0])
        ]
        if not below:
            return False
        _, node = min(below, key=lambda one: float(f"{one[0]:.0e}"))  # the lowest of much the same
        self._keep(self.off[node][0], node, self.off[node][1])
        under = set(walk(node))
        self.off = {
            one: its
            for one, its in self.off.items()
            if one not in under and node not in set(walk(one))
        }
        return True

    def _keep(self, one: SignalExpr, other: SignalExpr, pair: Pair) -> None:
        if pair.a or pair.b or other.operator.is_opaque or pair.how != "proved":
            self._tell(pair)
        else:
            self.found.between.append(pair)
        if not pair.is_equal and one.lengths != other.lengths:
            # What reads one of them cannot read the other, as where a norm has other groups.
            self.a.close(one)
            return
        word = other.operator.method or "t"
        name = StandIn(
            f"{word}#{len(self.b.names) + 1}",
            tuple(size_along(one, axis) for axis in range(one.ndim)),
        )
        place = self.a.side.places.get(one) or " behind ".join((_word(one), *pair.a[-1:]))
        self.comparer.stand_for[name.name] = f"what {place} makes"
        self.a.match(one, name)
        self.b.match(other, name)

    def _tell(self, pair: Pair) -> None:
        self.found.pairs.append(pair)
        self.progress(pair)

    def _match_output(self, one: SignalExpr, other: SignalExpr) -> None:
        try:
            left, right = self.a.segment(one), self.b.segment(other)
        except SymconvError as error:
            layers = self.a.layers(one), self.b.layers(other)
            self._tell(Pair(*layers, "open", None, (one, other), str(error)))
            return
        pair = self._compared(one, left, other, right)
        if pair.how == "open" and self._keep_what_is_off(other):
            self._match_output(one, other)
            return
        self._tell(pair)

    def _candidates(
        self, point: SignalExpr, segment: SignalExpr, names: frozenset[SignalExpr]
    ) -> Iterator[tuple[SignalExpr, SignalExpr]]:
        """Nodes of the first network that may be this one, the likeliest first."""
        likely: list[tuple[int, SignalExpr, SignalExpr]] = []
        for other in self.a.open_made_of(names):
            if other.operator.is_opaque != point.operator.is_opaque or other.ndim != point.ndim:
                continue
            try:
                its = self.a.segment(other)
            except SymconvError:
                continue  # it reads what was taken for equal and is not
            if not point.operator.is_opaque and _have_other_sizes(its, segment):
                continue  # of functions, that is told
            rank = 0 if its.operator == segment.operator else 1
            rank += 0 if its.lengths == segment.lengths else 2
            likely.append((rank, other, its))
        likely.sort(key=lambda one: one[0])
        for _, other, its in likely[:MOST_SEGMENTS_TRIED]:
            yield other, its

    def _compared(self, one: SignalExpr, a: SignalExpr, other: SignalExpr, b: SignalExpr) -> Pair:
        try:
            with allowed():  # for all attempts together
                how, equality, reason = self._judged(a, b)
        except Undecided as problem:
            how, equality, reason = "open", None, str(problem)
        return Pair(self.a.layers(one), self.b.layers(other), how, equality, (a, b), reason)

    def _judged(self, a: SignalExpr, b: SignalExpr) -> tuple[How, Equality | None, str]:
        equality = self._equality(a, b)
        if isinstance(equality, str):
            return self._judged_functions(a, b, equality)
        if not equality.deviations and equality.is_for_all_weights:
            return "proved", equality, ""
        return ("agree" if equality.is_within else "weights"), equality, ""

    def _equality(self, a: SignalExpr, b: SignalExpr) -> Equality | str:
        """Why segments are equal, or why that is not found.

        Where it helps, amounts that are the same for all sizes are numbers.
        """
        left, right = below_what_is_equal(a, b)
        found = self.comparer.equality(left, right, self.comparer.given)
        if isinstance(found, str):
            one, other = (_with_settled_sizes(side, self.sizes) for side in (left, right))
            found = self.comparer.equality(one, other, self.comparer.narrower)
        if isinstance(found, str) and self.sizes.cases:
            found = self._equality_by_cases(left, right)
        if isinstance(found, str) and left is not a:
            whole = self.comparer.equality(a, b, self.comparer.narrower)
            return (found or whole) if isinstance(whole, str) else whole
        return found if isinstance(found, str) else replace(found, last=_above(a, left))

    def _equality_by_cases(self, a: SignalExpr, b: SignalExpr) -> Equality | str:
        """The same for each case of the sizes by itself."""
        found: list[Equality] = []
        for case in self.sizes.cases:
            one, other = (_with_settled_sizes(side, case) for side in (a, b))
            equal = self.comparer.equality(one, other, case.given)
            if isinstance(equal, str):
                return equal
            found.append(equal)
        deviations = dict.fromkeys(one for equal in found for one in equal.deviations)
        return Equality(
            found[0].verdict,
            tuple(deviations),
            all(one.is_for_all_weights for one in found),
            tuple(one for equal in found for one in equal.statements),
        )

    def _judged_functions(
        self, a: SignalExpr, b: SignalExpr, reason: str
    ) -> tuple[How, Equality | None, str]:
        """Whether two segments differ in the last function alone."""
        if a.operator.is_opaque and b.operator.is_opaque and a.operator != b.operator:
            pairs = list(zip(a.operands, b.operands, strict=False))
            if len(a.operands) == len(b.operands) and all(
                isinstance(self._equality(*one), Equality) for one in pairs
            ):
                one, other = _word(a), _word(b)
                told = f"{one} and {other}" if one != other else f"{one} with other arguments"
                return "functions", None, told
        return "open", None, reason


def _read_alone(node: SignalExpr, varying: set[SignalExpr]) -> Iterator[list[SignalExpr]]:
    """What a layer with a kernel reads, and what is added or concatenated.

    That is without zeros around it.  What a layer reads stands before the same without its scales
    and shifts.  With names for what is read, no two kernels are multiplied where such layers
    follow each other, as in separable ones, and no kernel is solved for behind a shuffle of
    channels, or a mean.  With names for what is added, kernels are solved for in each part by
    itself: together they are not the only ones with their sum.

    Args:
        node: which.
        varying: the nodes that depend on inputs.
    """
    if isinstance(node.operator, Einsum) or node.operator.kernel_operand is not None:
        for operand in node.operands:
            chain: list[SignalExpr] = []
            read: SignalExpr | None = operand
            while read is not None:
                if not isinstance(read.operator, Pad):
                    chain.append(read)
                read = _without_weights(read, varying)
            yield chain
    elif _is_sum(node, varying):
        parts = map(_without_padding, node.operands)
        yield from ([part] for part in parts if not _is_sum(part, varying))


def _without_weights(node: SignalExpr, varying: set[SignalExpr]) -> SignalExpr | None:
    """What is padded, scaled or shifted; None of what is made otherwise, or of several."""
    if not isinstance(node.operator, Pad | Extend | Scale | Multiply | Add):
        return None
    data = [one for one in node.operands if one in varying]
    return data[0] if len(data) == 1 else None


def _is_sum(node: SignalExpr, varying: set[SignalExpr]) -> bool:
    """Whether several are added that depend on inputs, and not a shift to one."""
    return isinstance(node.operator, Add) and varying.issuperset(node.operands)


def _without_padding(node: SignalExpr) -> SignalExpr:
    while isinstance(node.operator, Pad | Extend):
        (node,) = node.operands
    return node


def _have_other_sizes(one: SignalExpr, other: SignalExpr) -> bool:
    """Whether tensors plainly differ in a size, for all sizes of inputs."""
    apart = (a - b for a, b in zip(one.lengths, other.lengths, strict=True))
    return any(number.as_integer() not in (None, 0) for number in apart)


def _distance(pair: Pair) -> tuple[int, float]:
    """How far segments are from equal: what is known, and by how much weights are off."""
    order: Sequence[How] = ("proved", "agree", "weights", "functions", "layers", "open")
    return order.index(pair.how), _worst(pair)


def _worst(pair: Pair) -> float:
    """By how much weights are off, at most."""
    deviations = () if pair.equality is None else pair.equality.deviations
    return max((one.relative for one in deviations), default=0.0)


def _place(half: _Half, node: SignalExpr) -> str:
    return half.side.places.get(node, "") or _word(node)


def _word(node: SignalExpr) -> str:
    operator = node.operator
    if isinstance(operator, Apply):
        return operator.function.name
    return operator.method or type(operator).__name__


def _above(node: SignalExpr, below: SignalExpr) -> tuple[str, ...]:
    """What is done to something in a node, the first of it first."""
    found: list[str] = []
    while node is not below:
        found.append(_word(node))
        node = next(one for one in node.operands if below in set(walk(one)))
    return tuple(reversed(found))


def _with_settled_sizes(segment: SignalExpr, sizes: Sizes) -> SignalExpr:
    """A segment in which amounts that are the same for all sizes are numbers."""

    def name(node: SignalExpr) -> SignalExpr | None:
        if not isinstance(node, Tensor):
            return None
        new = tuple(map(sizes.as_number, node.sizes))
        if new == node.sizes:
            return None
        named = isinstance(node, StandIn)
        return StandIn(node.name, new) if named else Tensor(node.name, [n.written for n in new])

    def made(node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
        return Applied(node.operator.with_amounts(sizes.as_number), operands)

    return replaced(segment, name, made)


def below_what_is_equal(a: SignalExpr, b: SignalExpr) -> tuple[SignalExpr, SignalExpr]:
    """What stands below operators of one operand that both have last.

    Of a maximum it is the one operand that is not the same, where there is such.
    """
    while a.operator == b.operator and len(a.operands) == len(b.operands):
        pairs = list(zip(a.operands, b.operands, strict=True))
        if len(pairs) > 1 and a.operator.is_opaque:
            pairs = [(one, other) for one, other in pairs if one is not other]
        if len(pairs) != 1:
            break
        a, b = pairs[0]
    return a, b

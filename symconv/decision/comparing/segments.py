"""One segment of a network compared with one of another: sums of products between functions.

Where weights are the same, that is a claim.  Where the second has weights of its own, as a kernel
into which a batch norm was folded, it is asked what they have to be: that is found symbolically, so
that it holds for all sizes, and then compared with the numbers that they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Symbol

from symconv.arithmetic.limits import MOST_KERNELS_TRIED_ALONE, TOLERANCE_IN_ROUNDINGS
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.comparing.computations import Sides
from symconv.decision.prove import proof
from symconv.decision.solving.kernels.finding import solved
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.verdicts import Proved, Unknown
from symconv.errors import SymconvError, Undecided
from symconv.language.double_precision import doubles, magnitudes
from symconv.language.graph import leaves
from symconv.language.operators import Add, Rearrange, Scale
from symconv.language.signals import SignalExpr, Tensor, put_in, replaced

__all__ = ["Comparer", "Deviation", "Equality"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far numbers of weights are from what they have to be.

    Attributes:
        weight: the weight, by its origin.
        formula: what it has to be.
        relative: the largest difference, over the largest entry; where sums cancel, over the
            largest sum of absolute values.
        allowed: how large it may be.
        note: what the numbers are instead, where that is seen.
        name: of the tensor that stands for the weight.
        wanted: what it has to be, in the other weights.
    """

    weight: str
    formula: str
    relative: float
    allowed: float
    note: str = ""
    name: str = ""
    wanted: SignalExpr | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Equality:
    """That two segments are equal for all sizes, if some weights are what they have to be.

    Attributes:
        verdict: the proof; for all values of the weights that are left.
        deviations: how far the others are from what they have to be.
        is_for_all_weights: whether weights that are 0 or 1 throughout may be others.
    """

    verdict: Proved
    deviations: tuple[Deviation, ...] = ()
    is_for_all_weights: bool = True

    @property
    def is_within(self) -> bool:
        """Whether all weights are what they have to be, up to what is allowed."""
        return all(one.relative <= one.allowed for one in self.deviations)

    @property
    def largest(self) -> float:
        """The largest deviation."""
        return max((one.relative for one in self.deviations), default=0.0)


class Comparer:
    """Proves that segments are equal, given the weights that each side has for itself.

    Attributes:
        weights: every weight by name.
        tensors: the named tensors of them.
        wider: the hypotheses.
        given: the same, and which sizes the networks take.
        constants: weights that are one number throughout.
    """

    def __init__(
        self, sides: Sides, given: tuple[Hypothesis, ...], tolerance: float | None
    ) -> None:
        self._tolerance = tolerance
        self.weights = sides.weights
        self.tensors = sides.tensors
        self.wider = sides.given
        self.given = given
        self._given = given
        self.constants = sides.constants
        self._own = frozenset(sides.a.own), frozenset(sides.b.own)
        self.reason = ""

    def equality(
        self, a: SignalExpr, b: SignalExpr, given: tuple[Hypothesis, ...]
    ) -> Equality | None:
        """Why two segments are equal; None where that is not found, and `reason` says why."""
        self.reason = ""
        self._given = given
        if a.ndim != b.ndim:
            self.reason = f"one has {a.ndim} axes and the other {b.ndim}"
            return None
        of_a, of_b = self._own_in(a, 0), self._own_in(b, 1)
        if not of_a and not of_b:
            return self._plain(a, b)
        for way in (self._paired, self._found, self._found_the_other_way):
            equal = way(a, b)
            if equal is not None:
                return equal
        return self._plain(a, b)

    def allowed(self, name: str) -> float:
        """How far the numbers of a weight may be from what they have to be.

        By the precision in which they are held, unless a tolerance was given: in single precision
        the folding of a batch norm moves a tensor by a tenth of that, and an eps of 10⁻⁶ for 10⁻⁵
        by thirty times as much.
        """
        if self._tolerance is not None:
            return self._tolerance
        return TOLERANCE_IN_ROUNDINGS * self.weights[name].precision

    def _own_in(self, segment: SignalExpr, side: int) -> list[str]:
        return [name for name in leaves(segment) if name in self._own[side]]

    def _plain(self, a: SignalExpr, b: SignalExpr) -> Equality | None:
        verdict = self._proved(a, b)
        if verdict is not None:
            return Equality(verdict)
        # Where numbers matter: weights that are 0 or 1, as biases and scales, are these numbers.
        left, right = self._with_numbers(a), self._with_numbers(b)
        if left is not a or right is not b:
            verdict = self._proved(left, right)
            if verdict is not None:
                return Equality(verdict, is_for_all_weights=False)
        return None

    def _proved(self, a: SignalExpr, b: SignalExpr) -> Proved | None:
        """The proof for all sizes."""
        try:
            verdict = proof(Claim(a, b, self._given))
        except SymconvError as error:
            self.reason = str(error)
            return None
        if isinstance(verdict, Proved):
            return verdict
        self.reason = verdict.reason
        return None

    def _with_numbers(self, segment: SignalExpr) -> SignalExpr:
        """The segment in which weights that are 0 or 1 throughout are these numbers."""

        def number(node: SignalExpr) -> SignalExpr | None:
            if isinstance(node, Tensor) and self.constants.get(node.name) in (0.0, 1.0):
                return Tensor.from_formula(
                    tuple(Symbol(f"i{axis}", integer=True) for axis in range(node.ndim)),
                    int(self.constants[node.name]),
                    shape=node.shape,
                )
            return None

        return replaced(segment, number)

    # --- weights of one side ---

    def _paired(self, a: SignalExpr, b: SignalExpr) -> Equality | None:
        """Equal in form, with other weights in the same places."""
        names = _paired(a, b, self._own)
        if names is None:
            return None
        form = put_in(b, {new: self.tensors[old] for new, old in names.items()})
        verdict = self._proved(a, form)
        if verdict is None:
            return None
        told = [
            self._deviation(new, self.tensors[old], self.weights[old].origin)
            for new, old in names.items()
        ]
        return Equality(verdict, tuple(told))

    def _found(self, a: SignalExpr, b: SignalExpr) -> Equality | None:
        return self._solved(a, b, self._own_in(b, 1))

    def _found_the_other_way(self, a: SignalExpr, b: SignalExpr) -> Equality | None:
        return self._solved(b, a, self._own_in(a, 0))

    def _solved(self, known: SignalExpr, other: SignalExpr, own: Sequence[str]) -> Equality | None:
        """What the weights of the other side have to be, and how far they are from it."""
        for unknown in _sets_of_unknowns(other, own):
            tensors = {name: self.tensors[name] for name in unknown}
            problem = Problem(known, _with_tensors(other, unknown), tensors, {}, self._given)
            try:
                solution = solved(problem, proof)
                verdict = solution.verdict
                if (
                    not isinstance(verdict, Proved)
                    and solution.kernels
                    and self._given != self.given
                ):
                    found = problem.claim(solution.kernels)
                    verdict = proof(Claim(found.lhs, found.rhs, self.given))
            except (SymconvError, Undecided) as error:
                self.reason = str(error)
                continue
            if isinstance(verdict, Proved) and verdict.is_complete:
                told = [
                    self._deviation(name, kernel, str(solution.formulas[name]))
                    for name, kernel in solution.kernels.items()
                ]
                return Equality(verdict, tuple(told))
            if isinstance(verdict, Unknown):
                self.reason = verdict.reason
        return None

    def _deviation(self, name: str, kernel: SignalExpr, formula: str) -> Deviation:
        """How far a weight is from a formula, in numbers."""
        import numpy as np  # of no use to anybody who compares signals

        has = self.weights[name].values
        named = {one: self.weights[one].values for one in leaves(kernel)}
        (wanted,) = doubles([kernel], named, {})
        (scale,) = magnitudes([kernel], named, {})
        largest = float(np.max(scale, initial=0.0)) or float(np.max(np.abs(has), initial=0.0))
        apart = float(np.max(np.abs(wanted - has), initial=0.0))
        relative = apart / largest if largest else apart
        return Deviation(
            self.weights[name].origin,
            formula,
            relative,
            self.allowed(name),
            _instead(wanted, has, apart, largest),
            name,
            kernel,
        )


def _instead(wanted: Any, has: Any, apart: float, largest: float) -> str:
    """What numbers are that are not those that they have to be, where that is seen."""
    import numpy as np

    near = 1e-5 * largest
    if apart <= near or wanted.ndim < 2:
        return ""
    ways: list[tuple[str, Any]] = []
    if wanted.shape[0] == wanted.shape[1]:
        ways.append(("it has its first two axes exchanged", wanted.swapaxes(0, 1)))
    last = tuple(range(2, wanted.ndim))
    if last:
        ways.append(("it is flipped", np.flip(wanted, last)))
        if len(last) == 2 and wanted.shape[2] == wanted.shape[3]:
            ways.append(("it has its last two axes exchanged", wanted.swapaxes(2, 3)))
    for note, other in ways:
        if float(np.max(np.abs(other - has), initial=0.0)) <= near:
            return note
    return ""


def _with_tensors(segment: SignalExpr, names: Sequence[str]) -> Callable[..., SignalExpr]:
    """A function of tensors, which stand in the places of named ones."""

    def made(*tensors: SignalExpr) -> SignalExpr:
        instead = dict(zip(names, tensors, strict=True))
        return put_in(segment, instead)

    return made


def _sets_of_unknowns(segment: SignalExpr, own: Sequence[str]) -> Iterator[list[str]]:
    """Which weights are asked for; the others are known by their numbers.

    Of several that are added as they are, as two biases, only the sum is determined, so that one
    of them is asked for; and where kernels beside each other read the same, one of these.
    """
    added = _added(segment)
    biases = [name for name in own if name in added]
    kernels = [name for name in own if name not in added]
    first = [*kernels, *biases[:1]]
    if first:
        yield first
    if len(kernels) > 1:
        for kernel in kernels[:MOST_KERNELS_TRIED_ALONE]:
            yield [kernel, *biases[:1]]


def _added(segment: SignalExpr) -> set[str]:
    """The named tensors that are added as they are, and multiplied with numbers alone."""
    found: set[str] = set()
    seen: set[SignalExpr] = set()
    open_ = [segment]
    while open_:
        node = open_.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, Tensor):
            found.add(node.name)
        elif isinstance(node.operator, Add | Rearrange | Scale) or node.operator.moves:
            open_ += node.operands
    return found


def _paired(
    a: SignalExpr, b: SignalExpr, own: tuple[frozenset[str], frozenset[str]]
) -> dict[str, str] | None:
    """Which weight of one stands where one of the other does, if both are equal in form.

    None where they are not, or where nothing is paired.
    """
    names: dict[str, str] = {}
    seen: set[tuple[SignalExpr, SignalExpr]] = set()
    open_ = [(a, b)]
    while open_:
        one, other = open_.pop()
        if one is other or (one, other) in seen:
            continue
        seen.add((one, other))
        if isinstance(one, Tensor) and isinstance(other, Tensor):
            is_own = one.name in own[0] and other.name in own[1]
            if not is_own or one.lengths != other.lengths:
                return None
            if names.setdefault(other.name, one.name) != one.name:
                return None
            continue
        if one.operator != other.operator or len(one.operands) != len(other.operands):
            return None
        open_ += zip(one.operands, other.operands, strict=True)
    return names or None

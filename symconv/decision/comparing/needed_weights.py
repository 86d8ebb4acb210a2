"""What the weights of one side of a form have to be so that both sides are equal.

That is found symbolically, so that it holds for all sizes, and proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sympy import Piecewise, Symbol

from symconv.arithmetic.limits import MOST_KERNELS_TRIED_ALONE
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.comparing.forms import Form
from symconv.decision.prove import proof
from symconv.decision.solving.kernels.finding import solved
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.verdicts import ALL_SIZES, Proved, Unknown
from symconv.errors import SymconvError
from symconv.language.operators import Add, Formula, Rearrange, Scale
from symconv.language.signals import SignalExpr, Tensor, by_formula, put_in, replaced

__all__ = ["Needed", "needed_weights"]


@dataclass(frozen=True, slots=True)
class Needed:
    """What is known of a form.

    Attributes:
        verdict: the proof, for all values of the weights that are left; None where there is none.
        claim: what it proves, with the kernels in their places; None where the sides are one.
        is_turned: whether the second side stands on the left in the claim.
        kernels: what weights have to be, by name.
        is_for_all_weights: whether weights that are 0 or 1 throughout may be others.
        reason: why there is no proof.
    """

    verdict: Proved | None
    claim: Claim | None = None
    is_turned: bool = False
    kernels: Mapping[str, SignalExpr] = field(default_factory=lambda: MappingProxyType({}))
    is_for_all_weights: bool = True
    reason: str = ""


def needed_weights(
    form: Form, given: tuple[Hypothesis, ...], narrower: tuple[Hypothesis, ...] | None = None
) -> Needed:
    """What the weights that only one side has have to be, with a proof.

    Args:
        form: the sides.
        given: hypotheses.
        narrower: more of them, for what was found and is not proved without.
    """
    return _Asking(form, given, narrower).needed()


class _Asking:
    def __init__(
        self,
        form: Form,
        given: tuple[Hypothesis, ...],
        narrower: tuple[Hypothesis, ...] | None,
    ) -> None:
        self.form = form
        self.given = given
        self.narrower = narrower
        self.reason = ""

    def needed(self) -> Needed:
        """See `needed_weights`."""
        form = self.form
        if form.a is form.b:
            return Needed(Proved(ALL_SIZES))
        if form.a.ndim != form.b.ndim:
            return Needed(None, reason=f"one has {form.a.ndim} axes and the other {form.b.ndim}")
        if form.own(0) or form.own(1):
            for way in (self._paired, self._found, self._found_the_other_way):
                needed = way()
                if needed is not None:
                    return needed
        return self._plain() or Needed(None, reason=self.reason)

    def _plain(self) -> Needed | None:
        a, b = self.form.a, self.form.b
        needed = self._proved(a, b)
        if needed is not None:
            return needed
        # Where numbers matter: weights that are 0 or 1, as biases and scales, are these numbers.
        numbers = self.form.numbers()
        left, right = _with_numbers(a, numbers), _with_numbers(b, numbers)
        if left is not a or right is not b:
            needed = self._proved(left, right)
            if needed is not None:
                return replace(needed, is_for_all_weights=False)
        return None

    def _proved(self, a: SignalExpr, b: SignalExpr) -> Needed | None:
        """The proof for all sizes."""
        try:
            claim = Claim(a, b, self.given)
            verdict = proof(claim)
        except SymconvError as error:
            self.reason = str(error)
            return None
        if isinstance(verdict, Proved):
            return Needed(verdict, claim)
        self.reason = verdict.reason
        return None

    # --- weights of one side ---

    def _paired(self) -> Needed | None:
        """Equal in form, with other weights in the same places."""
        names = _paired(self.form)
        if names is None:
            return None
        of_a = self.form.own(0)
        kernels = {new: of_a[old] for new, old in names.items()}
        needed = self._proved(self.form.a, put_in(self.form.b, kernels))
        return None if needed is None else replace(needed, kernels=kernels)

    def _found(self) -> Needed | None:
        return self._solved(self.form.a, self.form.b, self.form.own(1))

    def _found_the_other_way(self) -> Needed | None:
        needed = self._solved(self.form.b, self.form.a, self.form.own(0))
        return None if needed is None else replace(needed, is_turned=True)

    def _solved(
        self, known: SignalExpr, other: SignalExpr, own: Mapping[str, Tensor]
    ) -> Needed | None:
        """What the weights of the other side have to be."""
        for unknown in _sets_of_unknowns(other, list(own)):
            tensors = {name: own[name] for name in unknown}
            problem = Problem(known, _with_tensors(other, unknown), tensors, {}, self.given)
            try:
                solution = solved(problem, proof)
                verdict, claim, given = solution.verdict, solution.claim, self.given
                is_open = not isinstance(verdict, Proved) and solution.kernels
                if is_open and self.narrower is not None and self.narrower != given:
                    given = self.narrower
                    claim = _serving(problem, solution.kernels, given)
                    verdict = proof(claim)
            except SymconvError as error:
                self.reason = str(error)
                continue
            if isinstance(verdict, Proved) and verdict.is_complete:
                needed = Needed(verdict, claim, kernels=solution.kernels)
                return _with_free_entries(problem, solution, needed, given)
            if isinstance(verdict, Unknown):
                self.reason = verdict.reason
        return None


def _serving(
    problem: Problem, kernels: Mapping[str, SignalExpr], given: tuple[Hypothesis, ...]
) -> Claim:
    claim = problem.claim(kernels)
    return Claim(claim.lhs, claim.rhs, given)


def _with_free_entries(
    problem: Problem, solution: Solution, needed: Needed, given: tuple[Hypothesis, ...]
) -> Needed:
    """The same where entries that are 0 stay what they are, if that is proved to serve as well.

    No output reads them, as most of a kernel that slides along one entry with zeros about it.
    """
    for name, formula in solution.formulas.items():
        match formula.operator:
            case Formula(indices, Piecewise(args=(read, otherwise)), sizes) if otherwise.expr == 0:
                free = problem.unknowns[name][indices]
                entry = Piecewise(read, (free, otherwise.cond))
            case _:
                continue
        kernels = {**needed.kernels, name: by_formula(indices, entry, sizes)}
        with suppress(SymconvError):
            claim = _serving(problem, kernels, given)
            verdict = proof(claim)
            if isinstance(verdict, Proved) and verdict.is_complete:
                needed = Needed(verdict, claim, kernels=kernels)
    return needed


def _with_numbers(segment: SignalExpr, numbers: Mapping[str, int]) -> SignalExpr:
    """The segment in which weights that are 0 or 1 throughout are these numbers."""

    def number(node: SignalExpr) -> SignalExpr | None:
        if isinstance(node, Tensor) and node.name in numbers:
            return Tensor.from_formula(
                tuple(Symbol(f"i{axis}", integer=True) for axis in range(node.ndim)),
                numbers[node.name],
                shape=node.shape,
            )
        return None

    return replaced(segment, number)


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


def _paired(form: Form) -> dict[str, str] | None:
    """Which weight of one side stands where one of the other does, if both are equal but for that.

    None where they are not, or where nothing is paired.
    """
    of_a, of_b = form.own(0), form.own(1)
    names: dict[str, str] = {}
    seen: set[tuple[SignalExpr, SignalExpr]] = set()
    open_ = [(form.a, form.b)]
    while open_:
        one, other = open_.pop()
        if one is other or (one, other) in seen:
            continue
        seen.add((one, other))
        if isinstance(one, Tensor) and isinstance(other, Tensor):
            is_own = one.name in of_a and other.name in of_b
            if not is_own or one.lengths != other.lengths:
                return None
            if names.setdefault(other.name, one.name) != one.name:
                return None
            continue
        if one.operator != other.operator or len(one.operands) != len(other.operands):
            return None
        open_ += zip(one.operands, other.operands, strict=True)
    return names or None

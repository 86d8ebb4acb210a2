"""One segment of a network compared with one of another: sums of products between functions.

Where weights are the same, that is a claim.  Where the second has weights of its own, as a kernel
into which a batch norm was folded, it is asked what they have to be, and that is compared with the
numbers that they are.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Symbol

from symconv.arithmetic.limits import NEARNESS_OF_OTHER_WEIGHTS, TOLERANCE_IN_ROUNDINGS
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.comparing.computations import Sides, shaped_as
from symconv.decision.comparing.forms import Form, Leaf, form_of, spelling
from symconv.decision.comparing.needed_weights import Needed, needed_weights
from symconv.decision.comparing.sizes import Sizes
from symconv.decision.comparing.statements import Statement
from symconv.decision.prove import proof
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError, Undecided
from symconv.language.double_precision import doubles, magnitudes
from symconv.language.graph import leaves
from symconv.language.signals import SignalExpr, Tensor, indices_of, put_in

__all__ = ["Comparer", "Deviation", "Equality", "largest_of"]

_Hypotheses: TypeAlias = tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far numbers of weights are from what they have to be.

    Attributes:
        weight: the weight, by its origin.
        relative: the largest difference, over the largest entry; where sums cancel, over the
            largest sum of absolute values.
        allowed: how large it may be.
        note: what the numbers are instead, where that is seen.
        name: of the tensor that stands for the weight.
        wanted: what it has to be, in the other weights.
    """

    weight: str
    relative: float
    allowed: float
    note: str = ""
    name: str = ""
    wanted: SignalExpr | None = field(default=None, repr=False, compare=False)

    @property
    def is_within(self) -> bool:
        """Whether it is no more than is allowed; not where it is no number."""
        return self.relative <= self.allowed

    @property
    def formula(self) -> str:
        """What the weight has to be, entry by entry."""
        if self.wanted is None:
            return ""
        taken = {*leaves(self.wanted), *self.wanted.names[1]}
        indices = []
        for index in indices_of(self.wanted.ndim):
            while index.name in taken:  # weights are called as they are in the network
                index = Symbol(f"{index.name}_", integer=True)
            indices.append(index)
        return str(self.wanted.formula(*indices))


@dataclass(frozen=True, slots=True)
class Equality:
    """That two segments are equal for all sizes, if some weights are what they have to be.

    Attributes:
        verdict: the proof; for all values of the weights that are left.
        deviations: how far the others are from what they have to be.
        is_for_all_weights: whether weights that are 0 or 1 throughout may be others.
        statements: the claims that were proved; none where both are built alike, of the same
            tensors.
        last: what both do last in the same way, which the claims are not about.
    """

    verdict: Proved
    deviations: tuple[Deviation, ...] = ()
    is_for_all_weights: bool = True
    statements: tuple[Statement, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def is_within(self) -> bool:
        """Whether all weights are what they have to be, up to what is allowed."""
        return all(one.is_within for one in self.deviations)


class Comparer:
    """Proves that segments are equal, given the weights that each side has for itself.

    Attributes:
        weights: every weight by name.
        given: the hypotheses.
        narrower: the same, and which sizes the networks take.
        stand_for: what tensors are that are no weights, in words.
    """

    def __init__(self, sides: Sides, sizes: Sizes, tolerance: float | None) -> None:
        self._tolerance = tolerance
        self.weights = dict(sides.weights)
        self.stand_for = {one.name: f"the input {one.name}" for one in sides.inputs}
        self.given = sides.given
        self.narrower = sizes.given
        self._is_positive = cache(sizes.is_positive)
        self._constants = dict(sides.constants)
        self._own = dict(sides.a.own), dict(sides.b.own)
        self._forms: dict[tuple[Hashable, bool], Form | str] = {}
        self._known: dict[tuple[Form, _Hypotheses, _Hypotheses | None], Needed] = {}

    def equality(self, a: SignalExpr, b: SignalExpr, given: _Hypotheses) -> Equality | str:
        """Why two segments are equal; or why that is not found, in words."""
        found = self._nearly_equal(a, b, given) or self._equality(a, b, given)
        apart = self._apart(b) if isinstance(found, str) else b
        found = found if apart is b else self._equality(a, apart, given)
        if isinstance(found, str) or found.is_within:
            return found
        return self._without_what_is_not_read(a, apart, given, found) or found

    def _nearly_equal(self, a: SignalExpr, b: SignalExpr, given: _Hypotheses) -> Equality | None:
        """Why segments are equal if weights that differ by no more than is allowed are the same.

        A deviation that one computes in single precision and the other in double is one of these,
        and it stands in several places, as beside a kernel and a bias.
        """
        free = {
            name: tensor
            for name, tensor in leaves(a).items()
            if name in self._own[0] and name not in self._constants
        }
        instead: dict[str, SignalExpr] = {}
        for name, tensor in leaves(b).items():
            if name not in self._own[1] or name in self._constants:
                continue
            for other, theirs in free.items():
                shaped = shaped_as(theirs, tensor)
                if shaped is not None and self._agrees(name, shaped):
                    instead[name] = shaped
                    free.pop(other)
                    break
        if not instead:
            return None
        found = self._equality(a, put_in(b, instead), given)
        if isinstance(found, str):
            return None
        near = tuple(self._deviation(name, theirs) for name, theirs in instead.items())
        return replace(found, deviations=(*near, *found.deviations))

    def _without_what_is_not_read(
        self, a: SignalExpr, b: SignalExpr, given: _Hypotheses, found: Equality
    ) -> Equality | None:
        """The same where taps of a kernel that are off may be any, as those that read zeros alone.

        The other taps are what they have to be; that the two are equal then is proved again.
        """
        import numpy as np

        instead: dict[str, SignalExpr] = {}
        kept: list[Deviation] = []
        for one in found.deviations:
            tensor = leaves(b).get(one.name)
            if one.is_within or one.wanted is None or tensor is None:
                kept.append(one)
                continue
            has, wanted = self.weights[one.name].values, self._values(one.wanted)
            apart = np.abs(wanted - has)
            if has.ndim < 3 or has.shape != wanted.shape:
                return None
            is_near = np.all(apart <= one.allowed * largest_of(wanted), axis=(0, 1), keepdims=True)
            taps = is_near.astype(int)
            instead[one.name] = one.wanted.multiply(Tensor.taps(taps.tolist())) + tensor.multiply(
                Tensor.taps((1 - taps).tolist())
            )
            relative = largest_of(apart * is_near) / (largest_of(wanted) or 1.0)
            note = "some of its taps read nothing, and may be any"
            kept.append(replace(one, relative=relative, note=note, wanted=None))
        for one in kept:
            if one.wanted is not None and one.name in leaves(b):
                instead[one.name] = one.wanted
        try:
            claim = Claim(a, put_in(b, instead), given)
            verdict = proof(claim)
        except SymconvError:
            return None
        if not isinstance(verdict, Proved):
            return None
        return Equality(verdict, tuple(kept), statements=self.statements(claim, claim.named))

    def _values(self, kernel: SignalExpr) -> Any:
        """What a weight has to be, in numbers."""
        (wanted,) = doubles([kernel], {n: self.weights[n].values for n in leaves(kernel)}, {})
        return wanted

    def _agrees(self, name: str, wanted: SignalExpr) -> bool:
        found = self._deviation(name, wanted)
        return found.relative <= found.allowed

    def _apart(self, b: SignalExpr) -> SignalExpr:
        """The second segment in which weights that are one number throughout are its own.

        Zeros of a bias are those of a mean by chance alone, so that it is asked what they have to
        be as well.
        """
        instead: dict[str, Tensor] = {}
        for name, tensor in leaves(b).items():
            if name in self._constants and not any(name in own for own in self._own):
                new = f"{name}_apart"
                while self.weights.get(new, self.weights[name]) is not self.weights[name]:
                    new += "_"  # another weight is called so
                instead[name] = Tensor(new, tensor.shape)
                self.weights[new] = self._own[1][new] = self.weights[name]
                self._constants[new] = self._constants[name]
        return put_in(b, instead) if instead else b

    def _equality(self, a: SignalExpr, b: SignalExpr, given: _Hypotheses) -> Equality | str:
        reason = ""
        spelled, tensors = spelling(a, b, self._leaf)
        for is_general in (True, False):
            form = self._form(spelled, a, b, is_general)
            if isinstance(form, str):
                reason = form
                continue
            if is_general:  # hypotheses are about symbols that are not those of its sizes
                needed = self._needed(form, (), None)
            else:
                needed = self._needed(form, given, self.narrower if given == self.given else None)
            if needed.verdict is not None:
                named = {
                    leaf.name: ours for (leaf, _), ours in zip(form.leaves, tensors, strict=True)
                }
                numbers = {} if needed.is_for_all_weights else form.numbers()
                return self._told(needed.verdict, needed, named, numbers)
            reason = needed.reason
        return reason

    def _form(
        self, spelled: Hashable, a: SignalExpr, b: SignalExpr, is_general: bool
    ) -> Form | str:
        """The form of two segments that are so spelled; or why they have none."""
        key = spelled, is_general
        if key not in self._forms:
            try:
                is_positive = self._is_positive if is_general else None
                self._forms[key] = form_of(a, b, self._leaf, is_positive)
            except Undecided as error:
                return str(error)  # with more work that is left, they may have one
            except SymconvError as error:
                self._forms[key] = str(error)
        return self._forms[key]

    def _needed(self, form: Form, given: _Hypotheses, narrower: _Hypotheses | None) -> Needed:
        key = form, given, narrower
        if key not in self._known:
            self._known[key] = needed_weights(*key)
        return self._known[key]

    def _leaf(self, tensor: Tensor) -> Leaf:
        name = tensor.name
        own = next((side for side in (0, 1) if name in self._own[side]), None)
        constant = self._constants.get(name)
        return Leaf(own, name in self.weights, int(constant) if constant in (0.0, 1.0) else None)

    def _told(
        self,
        verdict: Proved,
        needed: Needed,
        tensors: Mapping[str, Tensor],
        numbers: Mapping[str, int],
    ) -> Equality:
        """What was found of a form, of the tensors that have its names here."""
        deviations = [
            self._deviation(tensors[name].name, put_in(kernel, tensors))
            for name, kernel in needed.kernels.items()
        ]
        statements = (
            self.statements(needed.claim, tensors, numbers, needed.is_turned)
            if needed.claim is not None
            else ()
        )
        return Equality(verdict, tuple(deviations), needed.is_for_all_weights, statements)

    def statements(
        self,
        claim: Claim,
        tensors: Mapping[str, Tensor],
        numbers: Mapping[str, int] = MappingProxyType({}),
        is_turned: bool = False,
    ) -> tuple[Statement, ...]:
        """A claim that was proved; none if it says nothing.

        Args:
            claim: the claim.
            tensors: what its tensors are here.
            numbers: those that are one number throughout, and stand in it as that.
            is_turned: whether the second segment stands on the left.
        """
        if claim.lhs is claim.rhs:
            return ()
        names = {name: self._in_words(tensor) for name, tensor in tensors.items()}
        weights = frozenset(name for name, one in tensors.items() if one.name in self.weights)
        constants = {names[name]: number for name, number in numbers.items()}
        return (Statement(claim, names, weights, constants, is_turned),)

    def _in_words(self, tensor: Tensor) -> str:
        name = tensor.name
        if name not in self.weights:
            return self.stand_for.get(name, name)
        which = ("of the first", "of the second")
        whose = next((told for told, own in zip(which, self._own, strict=True) if name in own), "")
        return f"{self.weights[name].origin} {whose or 'of both'}"

    def allowed(self, name: str) -> float:
        """How far the numbers of a weight may be from what they have to be.

        By the precision in which they are held, unless a tolerance was given: in single precision
        the folding of a batch norm moves a tensor by a tenth of that, and an eps of 10⁻⁶ for 10⁻⁵
        by thirty times as much.
        """
        if self._tolerance is not None:
            return self._tolerance
        return TOLERANCE_IN_ROUNDINGS * self.weights[name].precision

    def _deviation(self, name: str, kernel: SignalExpr) -> Deviation:
        """How far a weight is from what it has to be, in numbers."""
        has = self.weights[name].values
        named = {one: self.weights[one].values for one in leaves(kernel)}
        (wanted,) = doubles([kernel], named, {})
        (scale,) = magnitudes([kernel], named, {})
        largest = largest_of(scale) or largest_of(has)
        apart = largest_of(wanted - has)
        relative = apart / largest if largest else apart
        return Deviation(
            self.weights[name].origin,
            relative,
            max(map(self.allowed, (name, *leaves(kernel)))),
            _instead(wanted, has, apart, largest),
            name,
            kernel,
        )


def largest_of(array: Any) -> float:
    """The largest absolute value of numbers; 0 of none."""
    import numpy as np

    return float(np.max(np.abs(array), initial=0.0))


def _instead(wanted: Any, has: Any, apart: float, largest: float) -> str:
    """What numbers are that are not those that they have to be, where that is seen."""
    import numpy as np

    near = NEARNESS_OF_OTHER_WEIGHTS * largest
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
        if largest_of(other - has) <= near:
            return note
    return ""

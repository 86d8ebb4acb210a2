"""The verdicts on a claim, and what they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.decision.records import shown
from symconv.language.scalars import EVERY_RING
from symconv.language.telling import Told

if TYPE_CHECKING:
    from symconv.decision.claims import Claim  # a refuted claim is asked for its condition
    from symconv.decision.difference_sets import Decision
    from symconv.decision.index_changes import Change

__all__ = [
    "ALL_LENGTHS",
    "ALL_SIZES",
    "Counterexample",
    "Differences",
    "Evidence",
    "Extent",
    "Proved",
    "Refuted",
    "Unknown",
    "Verdict",
]


ALL_LENGTHS = "all lengths"
"""The scope of a proof that leaves nothing out."""

ALL_SIZES = "all sizes"
"""The same of tensors of several axes."""


@dataclass(frozen=True, slots=True)
class Evidence(Told):
    """One comparison that a proof rests on.

    Where two sums are the same by a change of the summation indices, the change is here,
    so that it can be checked without symconv: put `indices` into the product `right`, and
    it is the product `left`; `inverse` goes back.

    Attributes:
        compared: what was compared, such as the names k, k, x of a kind of monomial.
        how: how it was found to be equal.
        left: the product that one sum adds up, in its summation indices.
        right: the product that the other sum adds up.
        indices: each summation index of the right sum, in those of the left one.
        inverse: each summation index of the left sum, in those of the right one.
        is_identical: whether the products become the same as they stand.  Otherwise the
            conditions of a sum say that an index is a quotient (0 ≤ a − d·i < d says that i
            is ⌊a/d⌋), and the products are the same under these conditions.
        change: the same change of indices by numbers of indices, for other programs.
    """

    compared: str
    how: str
    left: Expr | None = None
    right: Expr | None = None
    indices: Mapping[Symbol, Expr] = field(default_factory=dict)
    inverse: Mapping[Symbol, Expr] = field(default_factory=dict)
    is_identical: bool = True
    change: Change | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.compared}: {self.how}"


class _Shown(Told):
    """Shows itself in a notebook as its text, with the verdict in bold letters."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        verdict, _, rest = str(self).partition(" ")
        return f"<b>{escape(verdict)}</b> {escape(rest)}".replace("\n", "<br>")


@dataclass(frozen=True, slots=True)
class Proved(_Shown):
    """The claim holds within its scope; the only verdict that is true as a `bool`.

    Attributes:
        scope: `ALL_LENGTHS` or `ALL_SIZES`, or the strides for which it was decided.
        evidence: what the proof rests on.
        ring: over what it holds: "every commutative ring", "every commutative ℚ-algebra"
            where there are fractions in the claim, or "the reals".
    """

    scope: str
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    ring: str = EVERY_RING

    @property
    def is_complete(self) -> bool:
        """Whether nothing that the hypotheses allow was left out."""
        return self.scope in (ALL_LENGTHS, ALL_SIZES)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"proved for {self.scope}{self.over}"

    @property
    def over(self) -> str:
        """The ring behind a scope in a sentence; empty where it is every ring."""
        return "" if self.ring == EVERY_RING else f", over {self.ring}"


@dataclass(frozen=True, slots=True)
class Counterexample(Told):
    """A smallest point at which a claim fails, checked by plain arithmetic.

    Attributes:
        lengths: the values of the integer symbols, by name.
        signals: the entries of the named signals; those of tensors in nested lists.
        index: the first output index at which the sides differ, a tuple where there are
            several axes; None where the lengths differ, and for claims about lengths.
        lhs: the left side: its entries, or its value for a claim about lengths.
        rhs: the right side.
        functions: the functions that were chosen where nothing is known of one, by name, as
            polynomials in v.
    """

    lengths: Mapping[str, int]
    signals: Mapping[str, list[Any]]
    index: int | tuple[int, ...] | None
    lhs: Any
    rhs: Any
    functions: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_content(self) -> bool:
        """Whether no signal is empty, nor one of the outputs that are compared."""
        sides = [side for side in (self.lhs, self.rhs) if isinstance(side, list)]
        return all(map(_has_entries, [*self.signals.values(), *sides]))

    def __str__(self) -> str:
        at = ", ".join(f"{name} = {value}" for name, value in self.lengths.items())
        given = "".join(f", {name} = {shown(value)}" for name, value in self.signals.items())
        given += "".join(f", {name}(v) = {value}" for name, value in self.functions.items())
        sides = f"the left side is {shown(self.lhs)}, the right side {shown(self.rhs)}"
        if self.index is not None and self.index != ():  # a number has no place
            sides += f"; they differ at index {self.index}"
        return f"at {at}{given}: {sides}" if at else f"{given.removeprefix(', ')}: {sides}"


def _has_entries(nested: Any) -> bool:
    """Whether there is an entry in nested lists."""
    return not isinstance(nested, list) or any(map(_has_entries, nested))


@dataclass(frozen=True, slots=True)
class Differences:
    """Where the two sides of a refuted claim about signals differ.

    Attributes:
        lengths: the condition under which the outputs differ in length (in shape).
        entries: for lengths at which equally long outputs differ anywhere, the condition
            under which they differ at the index.
        indices: the output index, one symbol for each axis.
        shape: the shape of the outputs, where both have the same.
    """

    lengths: Boolean
    entries: Boolean
    indices: tuple[Symbol, ...]
    shape: tuple[Expr, ...]

    @property
    def index(self) -> Symbol:
        """The output index, of one axis."""
        (index,) = self.indices
        return index

    @property
    def length(self) -> Expr:
        """The length of the outputs, which have one axis."""
        (length,) = self.shape
        return length


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a refuted claim fails.

    Attributes:
        condition: exactly the lengths at which it holds; None if that is undecided.
        differences: where its sides differ; None if that is undecided.
        undecided: why there is no condition.
    """

    condition: Boolean | None = None
    differences: Differences | None = None
    undecided: str = ""


@dataclass(frozen=True)
class Refuted(_Shown):
    """The claim is false: the counterexample is the smallest one.

    That it fails there was checked by exact arithmetic.  That nothing smaller fails is what
    the integer sets say; where a search takes their place, smaller lengths were tried with
    random 64-bit entries, which miss a difference with a probability below 2⁻⁵⁰.  Where there are
    functions or maxima, a few entries are tried at each of the smaller lengths, of either sign:
    the counterexample is then the smallest one that was met.

    What follows from the same decision is computed when it is first asked for.
    """

    counterexample: Counterexample
    claim: Claim = field(repr=False, compare=False)
    decision: Decision | None = field(default=None, repr=False, compare=False)
    """The integer sets that refuted the claim; None where a search did."""
    reason: str = field(default="", repr=False, compare=False)
    """Why there are no integer sets that tell where the claim holds, if there are none."""

    def __bool__(self) -> bool:
        return False

    def __hash__(self) -> int:
        return hash(str(self.counterexample))

    def __reduce__(self) -> tuple[Any, ...]:
        # isl's sets are for this process; elsewhere the claim is decided again when it is asked.
        return Refuted, (self.counterexample, self.claim, None, self.reason)

    @property
    def condition(self) -> Boolean | None:
        """Exactly the lengths at which the claim holds; None if that is undecided."""
        return self._extent.condition

    @property
    def differences(self) -> Differences | None:
        """Where the sides differ; None for claims about lengths, or if that is undecided."""
        return self._extent.differences

    @property
    def undecided(self) -> str:
        """Why there is no condition; empty if there is one."""
        return self._extent.undecided

    @cached_property
    def _extent(self) -> Extent:
        from symconv.decision.conditions import extent

        return extent(self.claim, self.decision, self.reason)

    @property
    def with_content(self) -> Counterexample | None:
        """The smallest counterexample in which nothing is empty, where something is in this one.

        None where nothing is, and where no such counterexample was found.
        """
        return self._content[0]

    @property
    def needs_entries(self) -> bool:
        """Whether the claim holds wherever no named signal is empty."""
        return self._content[1]

    @cached_property
    def _content(self) -> tuple[Counterexample | None, bool]:
        from symconv.decision.prove import found_with_content

        if self.counterexample.has_content:
            return None, False
        return found_with_content(self.claim, self.decision)

    @cached_property
    def would_hold_given(self) -> tuple[Claim, ...]:
        """Hypotheses on taps with which the claim is proved, all of them together.

        From a short list: a tensor that is 0, as a bias, a kernel that is the same from both
        ends, or two kernels that are equal or one the flip of the other.  Empty where none of
        these helps, where the sides are then 0, and where it takes too long to tell.

        >>> from symconv import Claim, Signal
        >>> x, k = Signal("x", 5), Signal("k", 3)
        >>> Claim(x.correlate(k), x.correlate(k.flip())).prove().would_hold_given
        (<claim: k == k.flip()>,)
        """
        from symconv.decision.sufficient import sufficient_taps

        return sufficient_taps(self.claim, self.counterexample)

    @property
    def reproduction(self) -> str:
        """Three lines of NumPy that print both sides at the counterexample."""
        from symconv.decision.numpy_script import numpy_lines

        return numpy_lines(self.claim, self.counterexample)

    @property
    def pytorch(self) -> str:
        """The same with PyTorch's own layers; empty where the claim has no layer with channels."""
        from symconv.decision.numpy_script import pytorch_lines

        return pytorch_lines(self.claim, self.counterexample)

    def __str__(self) -> str:
        from symconv.decision.wording import (
            content_sentence,
            differences_sentences,
            extent_sentences,
            sufficient_sentence,
        )

        lines = [f"refuted {self.counterexample}", content_sentence(self), *extent_sentences(self)]
        lines.append(sufficient_sentence(self))
        return "\n".join(filter(None, [*lines, *differences_sentences(self.differences)]))


@dataclass(frozen=True, slots=True)
class Unknown(_Shown):
    """Neither proved nor refuted, for the reason given."""

    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


Verdict: TypeAlias = Proved | Refuted | Unknown

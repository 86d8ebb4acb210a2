"""What a refuted claim lacks about its taps: hypotheses from a short list under which it holds.

People merge layers that have a bias, or leave out a flip: such a claim is false, and true where
the bias is 0, or where the kernel is the same from both ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations, islice

from symconv.arithmetic import limits
from symconv.decision.claims import Claim
from symconv.decision.first_differences import (
    difference_in_values,
    has_content,
    random_sides,
    small_lengths,
)
from symconv.decision.prove import bounded, prove
from symconv.decision.verdicts import Counterexample, Proved
from symconv.errors import SymconvError, Undecided
from symconv.language.any_size import guarded_sum
from symconv.language.assignments import Point, TooLongError
from symconv.language.graph import has_opaque, in_kernels
from symconv.language.signals import SignalExpr, Tensor

__all__ = ["sufficient_taps"]


def sufficient_taps(claim: Claim, found: Counterexample) -> tuple[Claim, ...]:
    """Hypotheses on taps with which a refuted claim is proved, as few as there are of a kind.

    Empty where the list has none: a tensor that is 0, or a kernel that is the same from both
    ends; all such tensors 0, or all kernels the same from both ends; two kernels that are equal,
    or one the flip of the other.  Where both sides are 0 then, nothing is gained.

    Args:
        claim: the claim.
        found: its smallest counterexample.
    """
    if not claim.signals or found.index is None:  # taps do not change lengths
        return ()
    with (
        suppress(Undecided, TooLongError),
        bounded(limits.ALLOWANCE // limits.SUFFICIENT_SHARE),
    ):
        search = _Search(claim, found)
        for hypotheses in search.candidates():
            if search.suffice(hypotheses):
                return search.needed(hypotheses)
    return ()


class _Search:
    """The search for such hypotheses.

    Attributes:
        zeros: the hypotheses that a tensor is 0, of those that are like biases.
        kernels: the named tensors in kernels of layers.
    """

    def __init__(self, claim: Claim, found: Counterexample) -> None:
        self.claim = claim
        # In a derivation, the index of an output is a symbol of the claim, and stands apart here.
        known_here = all(s.name in found.lengths for s in claim.symbols)
        first = [{s: found.lengths[s.name] for s in claim.symbols}] if known_here else []
        more = (at for at in small_lengths(claim.free) if has_content(claim, at, outputs=True))
        self._points: list[Point] = [*first, *islice(more, limits.MOST_LENGTHS_TO_SUFFICE)]
        known = claim.standing.tensors
        free = [tensor for name, tensor in claim.named.items() if name not in known]
        kernels = in_kernels(*claim.signals)
        self._has_opaque = has_opaque(*claim.signals)
        self.zeros: list[Claim] = []
        if not self._has_opaque:
            needed = set[str]().union(*map(_without_which_little_is_left, claim.free.signals))
            self.zeros = [Claim(tensor, 0 * tensor) for tensor in free if tensor.name not in needed]
        self.kernels = [tensor for tensor in free if tensor in kernels]

    def candidates(self) -> Iterator[tuple[Claim, ...]]:
        """What is tried, in this order."""
        yield from ((zero,) for zero in self.zeros)
        for kernel in self.kernels:
            yield from ((_palindromic(kernel, axes),) for axes in _axes(kernel))
        palindromic = [_palindromic(kernel, _last_axes(kernel)) for kernel in self.kernels]
        yield from (tuple(every) for every in (self.zeros, palindromic) if len(every) > 1)
        for one, other in combinations(self.kernels, 2):
            if one.lengths == other.lengths:
                yield (Claim(one, other),)
                yield (Claim(one, other.flip(axis=_last_axes(other))),)

    def suffice(self, hypotheses: Sequence[Claim]) -> bool:
        """Whether the claim is proved with the hypotheses, and its sides are not 0 then."""
        claim = self.claim
        with suppress(SymconvError):  # a hypothesis may say nothing beyond those of the claim
            closer = Claim(claim.lhs, claim.rhs, (*claim.given, *hypotheses), about=claim.about)
            verdict = prove(closer) if self._may_hold(closer) else None
            return isinstance(verdict, Proved) and verdict.is_complete
        return False

    def _may_hold(self, closer: Claim) -> bool:
        """Whether sides of random entries are equal at small lengths, and not 0 at all of them."""
        if self._has_opaque:  # functions of large numbers are no numbers that could be compared
            return not any(difference_in_values(closer.free, at) for at in self._points)
        has_entries = False
        for at in self._points:
            one, other = random_sides(closer.free, at)
            if one != other:
                return False
            has_entries = has_entries or any(one.entries)
        return has_entries

    def needed(self, hypotheses: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """As many of the hypotheses as the claim needs; of two, each alone was tried before."""
        for one in hypotheses if len(hypotheses) > 2 else ():
            rest = tuple(other for other in hypotheses if other is not one)
            if self.suffice(rest):
                hypotheses = rest
        return hypotheses


def _without_which_little_is_left(side: SignalExpr) -> set[str]:
    """The names in all of the longest products of a side.

    In x·k·h + b·h + g, these are x, k and h: where the kernels are 0, biases alone are left.
    """
    products = [[factor.name for factor in term.factors] for term in guarded_sum(side).terms]
    degree = max(map(len, products), default=0)
    longest = [set(names) for names in products if len(names) == degree]
    return set.intersection(*longest) if longest else set()


def _palindromic(kernel: Tensor, axes: tuple[int, ...]) -> Claim:
    return Claim(kernel, kernel.flip(axis=axes))


def _axes(kernel: Tensor) -> list[tuple[int, ...]]:
    """Each single axis, the last two together, and all."""
    every = tuple(range(kernel.ndim))
    return list(dict.fromkeys([*((axis,) for axis in every), every[-2:], every]))


def _last_axes(kernel: Tensor) -> tuple[int, ...]:
    """Along which a kernel is flipped as a whole: behind the channels, if there are any."""
    return tuple(range(kernel.ndim))[-2:]

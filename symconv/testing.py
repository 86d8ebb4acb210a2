"""For tests: the assertion that two signals, lengths or conditions are equal at all lengths.

In a test of yours, say:

    from symconv.testing import assert_equal

    def test_layers_compose() -> None:
        assert_equal(x.correlate(k).correlate(h), x.correlate(k.convolve(h)))
"""

from __future__ import annotations

from collections.abc import Iterable

from symconv.decision.claims import Claim, Hypothesis, Side
from symconv.decision.stacks.induction import StackClaim
from symconv.decision.stacks.stacked import Stack
from symconv.decision.verdicts import Proved, Refuted, Unknown

__all__ = ["assert_equal"]


def assert_equal(
    lhs: Side | Stack | int,
    rhs: Side | Stack | int,
    *,
    given: Iterable[Hypothesis] | Hypothesis = (),
    name: str | None = None,
) -> None:
    """Assert that a claim holds for all lengths that the hypotheses allow.

    Args:
        lhs: a signal, an expression in lengths, or a condition; see `Claim`.  Or a stack of
            layers; see `repeat`.
        rhs: another one of the same sort.
        given: hypotheses.
        name: what the claim is called in the message.

    Raises:
        AssertionError: the claim is refuted, and the message shows the smallest
            counterexample; or it could not be proved for all lengths.
        SymconvError: the claim makes no sense: see `Claim`.

    >>> from symconv import Signal
    >>> x, k = Signal("x", 3), Signal("k", 2)
    >>> assert_equal(x.convolve(k), k.convolve(x))
    >>> assert_equal(x.flip(), x)
    Traceback (most recent call last):
    AssertionError: x.flip() == x is false
    x = [1, 0, 0]: the left side is [0, 0, 1], the right side [1, 0, 0]; they differ at index 0
    It never holds.
    Only the first output and the last output differ.
    """
    __tracebackhide__ = True  # pytest then points at the caller
    claim: Claim | StackClaim
    if isinstance(lhs, Stack) or isinstance(rhs, Stack):
        claim = StackClaim(lhs, rhs, given)
    else:
        claim = Claim(lhs, rhs, given, name)
    title = f"{name}: {claim}" if name else str(claim)
    match claim.prove():
        case Proved(scope) as verdict if not verdict.is_complete:
            raise AssertionError(f"{title} was proved only for {scope}")
        case Refuted() as verdict:
            raise AssertionError(f"{title} is false\n{str(verdict).removeprefix('refuted ')}")
        case Unknown(reason):
            raise AssertionError(f"{title} could not be decided\n{reason}")

"""For tests: the assertion that two computations are the same for all sizes.

In a test of yours, say:

    from symconv.testing import assert_equal

    def test_layers_compose() -> None:
        assert_equal(x.correlate(k).correlate(h), x.correlate(k.convolve(h)))

    def test_folding_changes_nothing() -> None:  # of modules of PyTorch
        assert_equal(net, fuse(net), shape=("N", 3, "H", "W"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from symconv.decision.claims import Claim, Hypothesis, Side
from symconv.decision.stacks.induction import StackClaim
from symconv.decision.stacks.stacked import Stack
from symconv.decision.verdicts import Proved, Refuted, Unknown
from symconv.errors import SymconvError
from symconv.reading.networks.comparing import compare

__all__ = ["assert_equal"]


def assert_equal(
    lhs: Side | Stack | int | Callable[..., Any],
    rhs: Side | Stack | int | Callable[..., Any],
    *,
    given: Iterable[Hypothesis] | Hypothesis = (),
    name: str | None = None,
    shape: Any = None,
    tolerance: float | None = None,
) -> None:
    """Assert that a claim holds for all lengths that the hypotheses allow.

    Args:
        lhs: a signal, an expression in lengths, or a condition; see `Claim`.  Or a stack of
            layers; see `repeat`.  Or, with a shape, a module of PyTorch or a function of its
            tensors; see `compare`.
        rhs: another one of the same sort.
        given: hypotheses.
        name: what the claim is called in the message.
        shape: of modules, the shape of the input, as ("N", 3, "H", "W"); or a list of the shapes
            of several inputs.
        tolerance: of modules, how far weights may be from what they have to be.

    Raises:
        AssertionError: the claim is refuted, and the message shows the smallest
            counterexample; or it could not be proved for all lengths.
        SymconvError: the claim makes no sense: see `Claim`; or a module is not read.

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
    if shape is not None:
        _assert_same(lhs, rhs, shape, given, name, tolerance)
        return
    if tolerance is not None:
        raise SymconvError("a tolerance is for the weights of modules, which need a shape=")
    if callable(lhs) or callable(rhs):
        raise SymconvError(
            "functions and modules are compared for inputs of a shape; give it, as "
            'shape=("N", 3, "H", "W")'
        )
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


def _assert_same(
    before: Any, after: Any, shape: Any, given: Any, name: str | None, tolerance: float | None
) -> None:
    """Assert that two modules compute the same for all sizes."""
    __tracebackhide__ = True
    shapes = shape if isinstance(shape, list) else [shape]
    found = compare(before, after, *shapes, given=given, tolerance=tolerance)
    if not found:
        raise AssertionError(f"{name}: {found}" if name else str(found))

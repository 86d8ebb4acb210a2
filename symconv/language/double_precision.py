"""Reading tensors at fixed sizes in double precision, fast enough for networks.

It is no part of a proof: doubles are rounded.  By how much that may have moved the results is
seen where each is read once more with entries that are a little different, or by magnitudes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from symconv.arithmetic.limits import DOUBLES_PER_STEP, MOST_DOUBLE_STEPS, MOST_DOUBLES
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, as_given
from symconv.language.arrays import Doubles
from symconv.language.assignments import Point, TooLongError, check_point, spell
from symconv.language.fixed_size import shapes_at
from symconv.language.graph import walk
from symconv.language.operators import Named
from symconv.language.operators.base import InDoubles
from symconv.language.signals import SignalExpr

__all__ = ["doubles", "every_node", "magnitudes"]

Functions: TypeAlias = Mapping[str, Callable[[Doubles], Doubles]]
"""What functions are, of an array, by name."""

_NUMBERS = "iufO"  # the kinds of NumPy's numbers that can be doubles: integers, floats, objects


def doubles(
    outputs: Sequence[SignalExpr],
    named: Mapping[str, Any],
    at: Point,
    functions: Functions = MappingProxyType({}),
    *,
    perturbed: float = 0.0,
    seed: int = 0,
) -> list[Doubles]:
    """The entries of tensors in double precision, as arrays of their own.

    Each node is computed once, operands first, and forgotten when nothing needs it any more.

    Args:
        outputs: the tensors.
        named: the entries of the named tensors, as arrays of numbers of any kind.
        at: the values of the integer symbols.
        functions: what functions are, of an array, entry by entry, by name: those of which nothing
            is known, or others instead of the known ones.
        perturbed: how much is put to what operators compute, as rounding does: each entry is
            multiplied by 1 + perturbed·ξ, with ξ at random between −1 and 1.  What is infinite
            is no number then, and what is not normal is moved by the least normal number.
        seed: of these random numbers.

    >>> from symconv import Signal
    >>> doubles([Signal("x", 3).correlate(Signal.taps(1, 1)) / 2], {"x": [1, 2, 4]}, {})
    [array([1.5, 3. ])]

    Raises:
        TooLongError: there would be too many entries, or too much to compute.
        SymconvError: entries are missing, are no real numbers or of another shape, nothing is
            known of a function, or an operator is not defined there.
    """
    given = InDoubles(at, named, functions)
    return _outputs(outputs, given, _nodes(outputs, given, outputs, perturbed, seed))


def every_node(
    outputs: Sequence[SignalExpr],
    named: Mapping[str, Any],
    at: Point,
    functions: Functions = MappingProxyType({}),
    *,
    perturbed: float = 0.0,
    seed: int = 0,
) -> Iterator[tuple[SignalExpr, Doubles]]:
    """Every node of tensors with its entries, operands first, one after the other.

    For whoever looks at all of them, and cannot keep all of them: an array is forgotten when
    nothing needs it any more.  It may be one of those that are given, or be read again for a
    later node, so that nothing may be written into it.

    Args:
        outputs: the tensors.
        named: as for `doubles`.
        at: as for `doubles`.
        functions: as for `doubles`.
        perturbed: as for `doubles`.
        seed: as for `doubles`.

    >>> from symconv import Signal
    >>> for node, entries in every_node([2 * Signal("x", 2).flip()], {"x": [1, 2]}, {}):
    ...     print(node, entries)
    x [1. 2.]
    x.flip() [2. 1.]
    2*x.flip() [4. 2.]

    Raises:
        TooLongError: as for `doubles`.
        SymconvError: as for `doubles`.
    """
    return _nodes(outputs, InDoubles(at, named, functions), (), perturbed, seed)


def magnitudes(outputs: Sequence[SignalExpr], named: Mapping[str, Any], at: Point) -> list[Doubles]:
    """The same as `doubles` where every entry and every number is without its sign.

    Of sums of products it is the sum of the products' sizes: how large the numbers are that may
    cancel, which rounding errors are proportional to.  Maxima, ReLUs and leaky ReLUs are bounded.

    >>> from symconv import Signal
    >>> x = Signal("x", 3)
    >>> magnitudes([x - 2 * x.flip()], {"x": [1, -2, 4]}, {})
    [array([9., 6., 6.])]

    Raises:
        TooLongError: as for `doubles`.
        SymconvError: as for `doubles`; and there is another function.
    """
    given = InDoubles(at, named, magnitudes=True)
    return _outputs(outputs, given, _nodes(outputs, given, outputs, 0.0, 0))


def _outputs(
    outputs: Sequence[SignalExpr],
    given: InDoubles,
    nodes: Iterable[tuple[SignalExpr, Doubles]],
) -> list[Doubles]:
    """The entries of the outputs; arrays that are views, or somebody else's, are copied."""
    wanted = set(outputs)
    found = {node: entries for node, entries in nodes if node in wanted}
    taken = set(map(id, given.named.values()))
    result = []
    for output in outputs:
        entries = found[output]
        is_new = entries.base is None and id(entries) not in taken
        taken.add(id(entries))
        result.append(entries if is_new else entries.copy())
    return result


def _nodes(
    outputs: Sequence[SignalExpr],
    given: InDoubles,
    kept: Sequence[SignalExpr],
    perturbed: float,
    seed: int,
) -> Iterator[tuple[SignalExpr, Doubles]]:
    check_point(given.at)
    shapes = shapes_at(walk(*outputs), given.at, {})
    _check_named(shapes, given)
    _check_size(shapes, kept)
    return _computed(shapes, given, perturbed, np.random.default_rng(seed))


def _computed(
    shapes: Mapping[SignalExpr, tuple[int, ...]],
    given: InDoubles,
    perturbed: float,
    random: np.random.Generator,
) -> Iterator[tuple[SignalExpr, Doubles]]:
    uses = Counter(operand for node in shapes for operand in node.operands)
    read: dict[SignalExpr, Doubles] = {}
    for node, shape in shapes.items():
        operands = [read[operand] for operand in node.operands]
        with np.errstate(all="ignore"):  # infinities and NaNs are results, too
            found = np.asarray(node.operator.doubles(given, shape, *operands))
            if perturbed and node.operator.rounds:
                found = _moved(found, perturbed * random.uniform(-1.0, 1.0, shape), perturbed)
        if found.shape != shape:
            raise AssertionError(f"{node.operator} gave {found.shape}, and not {shape}")
        if node in uses:
            read[node] = found
        yield node, found
        del operands, found
        for operand in node.operands:
            uses[operand] -= 1
            if not uses[operand]:
                del read[operand]


def _moved(entries: Doubles, shares: Doubles, perturbed: float) -> Doubles:
    """The entries, and of each a share that is much smaller.

    What is too large for a double is none from here on, as a quotient by it would be an exact 0.
    What is too small for all its digits is moved by as much as normal numbers are, without a sign
    where it is 0, which may have a root.
    """
    changes = entries * shares  # 1 plus a share would be rounded more coarsely above 1 than below
    is_small = np.abs(entries) < np.finfo(float).tiny / perturbed
    if is_small.any():
        least = np.finfo(float).tiny * shares / perturbed
        changes = np.where(is_small, np.where(entries == 0, np.abs(least), least), changes)
    result = entries + changes
    return np.where(np.isfinite(entries), result, np.nan)


def _check_named(shapes: Mapping[SignalExpr, tuple[int, ...]], given: InDoubles) -> None:
    """Refuse entries that are missing, are no real numbers, or more or fewer than there are."""
    for node, shape in shapes.items():
        if not isinstance(node.operator, Named):
            continue
        name = node.operator.name
        if name not in given.named:
            raise SymconvError(f"no entries for {name!r}, an array of shape {shape}")
        entries = given.named[name]
        if not hasattr(entries, "dtype"):
            entries = np.asarray(entries)
        if entries.dtype.kind not in _NUMBERS and entries.size:
            raise SymconvError(
                f"the entries of {name!r} have to be real numbers, got {as_given(entries.dtype)}"
            )
        if tuple(entries.shape) != shape:
            raise SymconvError(
                f"{name!r} has the shape {shape} at {spell(given.at)}, "
                f"got entries of shape {tuple(entries.shape)}"
            )


def _check_size(shapes: Mapping[SignalExpr, tuple[int, ...]], kept: Sequence[SignalExpr]) -> None:
    """Refuse what would take too much memory or too long, before anything is computed."""
    uses = Counter(operand for node in shapes for operand in node.operands)
    uses.update(kept)
    held = total = 0
    for node, shape in shapes.items():
        of_operands = [shapes[operand] for operand in node.operands]
        needed = held + node.operator.doubles_held(shape, of_operands)
        if needed > MOST_DOUBLES:
            raise TooLongError(
                f"for {node} {needed} doubles would be held at once; the limit is {MOST_DOUBLES}"
            )
        total += node.operator.double_steps(shape, of_operands)
        held += prod(shape)
        for operand in node.operands:
            uses[operand] -= 1
            if not uses[operand]:
                held -= prod(shapes[operand])
    if total > MOST_DOUBLE_STEPS:
        raise TooLongError(
            f"there would be {total} steps in double precision; the limit is {MOST_DOUBLE_STEPS}"
        )
    spend(len(shapes) + total // DOUBLES_PER_STEP)

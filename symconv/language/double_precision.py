"""Reading tensors at fixed sizes in double precision, fast enough for networks.

It is no part of a proof: doubles are rounded.  By how much that may have moved the results is
seen where each is read once more with entries that are a little different, or by magnitudes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

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

__all__ = ["doubles", "magnitudes"]

_NUMBERS = "iufO"  # the kinds of NumPy's numbers that can be doubles: integers, floats, objects


def doubles(
    outputs: Sequence[SignalExpr],
    named: Mapping[str, Any],
    at: Point,
    functions: Mapping[str, Callable[[Doubles], Doubles]] = MappingProxyType({}),
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
            multiplied by 1 + perturbed·ξ, with ξ at random between −1 and 1.
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
    return _read(outputs, given, perturbed, np.random.default_rng(seed))


def magnitudes(outputs: Sequence[SignalExpr], named: Mapping[str, Any], at: Point) -> list[Doubles]:
    """The same where every entry and every number is without its sign, and minus is plus.

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
    return _read(outputs, InDoubles(at, named, magnitudes=True), 0.0, np.random.default_rng(0))


def _read(
    outputs: Sequence[SignalExpr],
    given: InDoubles,
    perturbed: float,
    random: np.random.Generator,
) -> list[Doubles]:
    check_point(given.at)
    nodes = walk(*outputs)
    shapes = shapes_at(nodes, given.at, {})
    _check_named(shapes, given)
    _check_size(outputs, shapes)
    uses = _uses(outputs, shapes)
    read: dict[SignalExpr, Doubles] = {}
    with np.errstate(all="ignore"):  # infinities and NaNs are results, too
        for node, shape in shapes.items():
            operands = [read[operand] for operand in node.operands]
            found = np.asarray(node.operator.doubles(given, shape, *operands))
            if found.shape != shape:
                raise AssertionError(f"{node.operator} gave {found.shape}, and not {shape}")
            if perturbed and node.operator.rounds:
                found = found * (1.0 + perturbed * random.uniform(-1.0, 1.0, shape))
            read[node] = found
            del operands, found
            for operand in node.operands:
                uses[operand] -= 1
                if not uses[operand]:
                    del read[operand]
    return [np.array(read[output]) for output in outputs]


def _uses(
    outputs: Sequence[SignalExpr], shapes: Mapping[SignalExpr, tuple[int, ...]]
) -> Counter[SignalExpr]:
    """How often each node is read, and that the outputs are handed out."""
    uses = Counter(operand for node in shapes for operand in node.operands)
    uses.update(outputs)
    return uses


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


def _check_size(
    outputs: Sequence[SignalExpr], shapes: Mapping[SignalExpr, tuple[int, ...]]
) -> None:
    """Refuse what would take too much memory or too long, before anything is computed."""
    uses = _uses(outputs, shapes)
    held = total = 0
    for node, shape in shapes.items():
        of_operands = [shapes[operand] for operand in node.operands]
        needed = held + node.operator.doubles_held(shape, of_operands)
        if needed > MOST_DOUBLES:
            raise TooLongError(
                f"up to {node.operator}, {needed} doubles would be held at once; the limit is "
                f"{MOST_DOUBLES}"
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

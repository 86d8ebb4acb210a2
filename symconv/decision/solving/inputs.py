"""Which symbols are sizes of the inputs: what "for all sizes of the input" is about.

It stands beside the rooms for kernels, amounts and layers, as each of them has its own inputs and
all of them mean the same by their sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from symconv.arithmetic.polynomials import Polynomial

__all__ = ["sizes_of_inputs"]

_Shape: TypeAlias = Sequence[Polynomial]


def sizes_of_inputs(inputs: Iterable[_Shape], others: Iterable[_Shape]) -> frozenset[str]:
    """The names in the sizes of the inputs alone.

    What stands in the size of another tensor too, as a number of channels does in that of a kernel,
    is no size that comes and goes with the input: the other tensor is for that size.

    Args:
        inputs: the shapes of the inputs.
        others: the shapes of the kernels, and of all else that is no input.

    >>> n, c = Polynomial.of("n"), Polynomial.of("c")
    >>> sorted(sizes_of_inputs([(c, n)], [(c, c * 2)]))
    ['n']
    """
    return frozenset(_names(inputs) - _names(others))


def _names(shapes: Iterable[_Shape]) -> set[str]:
    return {name for shape in shapes for size in shape for name in size.symbols()}

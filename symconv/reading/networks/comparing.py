"""Networks that are compared, as they are given: modules, functions of tensors, or readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from numbers import Real
from typing import Any

from symconv.decision.comparing.comparison import Comparison, Layers, compare_computations
from symconv.errors import SymconvError, as_given
from symconv.language.signals import SignalExpr
from symconv.reading.networks import read
from symconv.reading.networks.results import Reading
from symconv.reading.networks.running import reproduction
from symconv.reading.networks.sizes import conditions_of

__all__ = ["compare", "compare_readings"]


def compare(
    before: Any,
    after: Any,
    shape: Any = None,
    *further: Any,
    given: Iterable[Any] = (),
    tolerance: float | None = None,
    progress: Callable[[Layers], None] = lambda layers: None,
) -> Comparison:
    """Whether two modules of PyTorch, or functions of tensors, compute the same for all sizes.

    Both run on symbols, as `symconv.reading.networks.read` does it.  Weights that are equal are
    one free tensor, so that what is proved holds for all weights; where one module has others, as
    kernels into which a batch norm was folded, it is found what they have to be, for all sizes,
    and then the numbers are compared.

    The sizes that a network takes are found: those for which all its layers are defined and no
    tensor in it is empty.

    Args:
        before: a module, a function of tensors, or what was read of one.
        after: another one.
        shape: the shape of the input, such as ("N", 3, "H", "W"), in which names are positive
            integers; not needed for readings.
        further: the shapes of further inputs.
        given: hypotheses about the sizes.
        tolerance: how far a weight may be from what it has to be, relative to the largest entry of
            its tensor: unless given, 17 times the precision of its numbers, which is 2·10⁻⁶ in
            single precision.
        progress: is called with layers as they are compared.

    Returns:
        The verdict, true where they are the same; see `Comparison`.  Several outputs are compared
        one after the other, and those of dictionaries by their keys.

    Raises:
        SymconvError: PyTorch is not installed, a module cannot be read, the two have different
            inputs, or outputs with other keys, or shapes or hypotheses are given for what was
            read already.
    """
    if tolerance is not None and not (isinstance(tolerance, Real) and 0 <= tolerance < 1):
        raise SymconvError(
            f"the tolerance is relative, a number from 0 to 1, got {as_given(tolerance)}"
        )
    shapes = further if shape is None else (shape, *further)
    given = conditions_of(given)  # it is read twice
    if (shapes or given) and isinstance(before, Reading) and isinstance(after, Reading):
        raise SymconvError(
            "networks that were read have their shapes and hypotheses: give them to read(…)"
        )
    first, second = (_reading(one, shapes, given) for one in (before, after))
    return compare_readings(first, second, tolerance, progress)


def compare_readings(
    first: Reading,
    second: Reading,
    tolerance: float | None = None,
    progress: Callable[[Layers], None] = lambda layers: None,
) -> Comparison:
    """The same of what was read of two networks; their inputs are paired in their order.

    Args:
        first: one of them.
        second: the other.
        tolerance: as for `compare`.
        progress: as for `compare`.

    Raises:
        SymconvError: their inputs have different shapes, their outputs are not equally many,
            or have other keys.
    """
    second = _in_the_order_of(first, second)
    first, second = _with_inputs_of(first, second), _with_inputs_of(second, first)
    found = compare_computations(first, second, tolerance, progress)
    return replace(found, reproduced=partial(reproduction, first, second))


def _with_inputs_of(one: Reading, other: Reading) -> Reading:
    """A reading with the inputs of another one, if it has fewer: it does not depend on the rest.

    Files are read without the inputs on which nothing depends.
    """
    shapes = {tensor.name: tensor.lengths for tensor in other.inputs}
    is_part = all(shapes.get(tensor.name) == tensor.lengths for tensor in one.inputs)
    is_free = {*shapes}.isdisjoint(one.weights)
    fewer = len(one.inputs) < len(other.inputs)
    return replace(one, inputs=other.inputs) if fewer and is_part and is_free else one


def _in_the_order_of(first: Reading, second: Reading) -> Reading:
    """The second reading with its outputs in the order of the first, where they have keys.

    Raises:
        SymconvError: they have other keys.
    """
    if not (any(first.keys) and any(second.keys)) or first.keys == second.keys:
        return second
    if sorted(first.keys) != sorted(second.keys):
        told = [", ".join(one.keys) for one in (first, second)]
        raise SymconvError(
            f"the first returns {told[0]} and the second {told[1]}; compare functions that return "
            "the tensors in question"
        )
    by_key: dict[str, list[SignalExpr]] = {}
    for key, output in zip(second.keys, second.outputs, strict=True):
        by_key.setdefault(key, []).append(output)
    outputs = tuple(by_key[key].pop(0) for key in first.keys)
    return replace(second, outputs=outputs, keys=first.keys)


def _reading(given_as: Any, shapes: tuple[Any, ...], given: Iterable[Any]) -> Reading:
    if isinstance(given_as, Reading):
        return given_as
    if isinstance(given_as, str):
        raise SymconvError(f"expected a module or a function of tensors, got {as_given(given_as)}")
    return read(given_as, *shapes, given=given)

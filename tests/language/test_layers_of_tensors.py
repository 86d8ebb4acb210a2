"""Every layer of tensors in every reading, against loops and PyTorch, for a table of arguments."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Expr, Integer, Symbol, symbols

from symconv import Claim, Proved, Refuted, Signal, Tensor
from symconv.language.graph import leaves
from tests.generators.layer_cases import CASES, CHANGED, LETTERS, LayerCase, TableCase, by_name
from tests.generators.random_layers import DRAWN, drawn
from tests.oracles import layers_by_loops, layers_by_torch
from tests.oracles.layers_by_loops import agree

NUMBER, PLACES = 20, 12

INDICES = symbols("u v w p q", integer=True)

each_case = pytest.mark.parametrize("case", CASES, ids=str)
sizes = pytest.mark.parametrize("sizes", ["letters", "numbers"])

Shapes = Mapping[str, tuple[Any, ...]]


def layer(case: LayerCase, shapes: Shapes) -> Any:
    """The layer of tensors of these shapes."""
    tensors = {name: Tensor(name, shape) for name, shape in shapes.items()}
    x = tensors.pop("x")
    if case.layer == "conv_transpose":
        tensors["kernel"] = tensors.pop("weight")
    return getattr(x, case.layer)(**tensors, **case.arguments)


def of_sizes(case: TableCase, sizes: str) -> Any:
    return layer(case, case.letters if sizes == "letters" else case.shapes)


def exact(entries: Any) -> bool:
    return all(isinstance(entry, int | Fraction) for entry in np.array(entries, dtype=object).flat)


@each_case
@sizes
def test_numbers(case: TableCase, sizes: str) -> None:
    entries = of_sizes(case, sizes).evaluate(**case.arrays)
    assert agree(entries, case.by(layers_by_loops))
    assert exact(entries)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.refused and case.layer != "pad_same"], ids=str
)
def test_pytorch_agrees(case: TableCase) -> None:
    assert agree(of_sizes(case, "letters").evaluate(**case.arrays), case.by(layers_by_torch))


KINDS = [(layer, axes) for layer, (_, several) in DRAWN.items() for axes in several]


@pytest.mark.parametrize(
    ("name", "axes"), KINDS, ids=[f"{layer}, axes {axes}" for layer, axes in KINDS]
)
def test_numbers_at_random(name: str, axes: int) -> None:
    for case in drawn(name, axes, NUMBER):
        entries = layer(case, case.shapes).evaluate(**case.arrays)
        assert agree(entries, case.by(layers_by_loops)), (case, case.shapes, case.arguments)


def at(case: TableCase, expression: Expr) -> Expr:
    return expression.xreplace({LETTERS[name]: Integer(n) for name, n in case.sizes.items()})


@each_case
def test_shape(case: TableCase) -> None:
    shape = case.by(layers_by_loops).shape
    assert tuple(at(case, size) for size in of_sizes(case, "letters").shape) == shape
    assert of_sizes(case, "numbers").shape == shape


def letters_of(case: TableCase) -> dict[str, int]:
    """The letters that the case has, and what they stand for."""
    names = {s.name for shape in case.letters.values() for size in shape for s in size.free_symbols}
    return {name: case.sizes[name] for name in names}


def values_of_entries(case: TableCase) -> dict[Expr, Expr]:
    """The symbols that arrays of polynomials have, such as x_0_0_1 and bias0, and their values."""
    return {
        Symbol(name + "_" * (array.ndim > 1) + "_".join(map(str, place))): Integer(array[place])
        for name, array in case.arrays.items()
        for place in np.ndindex(*array.shape)
    }


@each_case
@sizes
def test_polynomials(case: TableCase, sizes: str) -> None:
    given = letters_of(case) if sizes == "letters" else {}
    polynomials = of_sizes(case, sizes).array(**given)
    values = values_of_entries(case)
    entries = np.empty(polynomials.shape, dtype=object)
    for place in np.ndindex(*polynomials.shape):
        entries[place] = polynomials[place].xreplace(values)
    assert agree(entries, case.by(layers_by_loops))


@each_case
@sizes
def test_formula_at_the_data(case: TableCase, sizes: str) -> None:
    signal = of_sizes(case, sizes)
    indices = INDICES[: signal.ndim]
    reread = Tensor.from_formula(indices, signal.formula(*indices), shape=signal.shape)
    assert agree(reread.evaluate(**case.arrays), case.by(layers_by_loops))


@each_case
def test_entries_are_zero_outside(case: TableCase) -> None:
    signal = of_sizes(case, "letters")
    indices = INDICES[: signal.ndim]
    shape = [size + 5 for size in signal.shape]
    window = Tensor.from_formula(indices, signal[tuple(u - 2 for u in indices)], shape=shape)
    assert agree(window.evaluate(**case.arrays), np.pad(case.by(layers_by_loops), (2, 3)))


@each_case
def test_single_entries(case: TableCase) -> None:
    entries = case.by(layers_by_loops)
    signal = of_sizes(case, "numbers")
    corners = [sorted({-1, 0, size // 2, size - 1, size}) for size in entries.shape]
    places = list(itertools.product(*corners))
    for place in random.Random(case.name).sample(places, min(len(places), PLACES)):
        inside = all(0 <= u < size for u, size in zip(place, entries.shape, strict=True))
        single = Tensor.from_formula((INDICES[0],), signal[place], shape=(1,))
        data = {name: case.arrays[name] for name in leaves(single)}
        assert single.evaluate(**data) == [entries[place] if inside else 0], place


H, W, C, D, I = (LETTERS[letter] for letter in "HWCDI")


def test_what_is_padded_along_another_axis_is_zero_there() -> None:
    # Each layer is read outside along the axis 0, in which it does not slide.
    x, k, h = Tensor("x", (H, W)), Signal("k", C), Signal("h", D)
    layers = [
        x.correlate(k, axis=0).correlate(h, axis=1),
        x.avg_pool((2, 2), stride=1),
        x.avg_pool((C, D), stride=1),
        x.adaptive_avg_pool((3, 2)),
        x.adaptive_avg_pool((1, 1)),
        x.mean(axis=0)[None],
        x / C,
        Tensor("x", (1, W)).rearrange("a w -> (a r) w", r=2),
        x + Tensor("b", (W,)),
        x.multiply(Tensor("b", (1, 1))),
    ]
    for layer_ in layers:
        row = layer_.pad(1, 0, axis=0)[:1]
        assert isinstance(Claim(row, 0 * row).prove(), Proved), layer_


def enough(case: TableCase) -> list[Any]:
    """Sizes at which there is what a reflected or circular padding repeats."""
    return [H >= 4, W >= 5, I <= 3] if "padding_mode" in case.arguments else []


@each_case
@sizes
def test_formula_for_all_sizes(case: TableCase, sizes: str) -> None:
    signal = of_sizes(case, sizes)
    indices = INDICES[: signal.ndim]
    reread = Tensor.from_formula(indices, signal.formula(*indices), shape=signal.shape)
    given = enough(case) if sizes == "letters" else []
    assert isinstance(Claim(signal, reread, given=given).prove(), Proved)


@pytest.mark.parametrize("name", CHANGED)
def test_changed_arguments_are_refuted(name: str) -> None:
    # The counterexample is one for the loops too.
    case = by_name(name)
    for change in CHANGED[name]:
        wrong = replace(case, arguments={**case.arguments, **change})
        claim = Claim(of_sizes(case, "letters"), of_sizes(wrong, "letters"), given=enough(wrong))
        verdict = claim.prove()
        assert isinstance(verdict, Refuted), change
        found = verdict.counterexample
        arrays = {name: np.array(entries, dtype=object) for name, entries in found.signals.items()}
        left, right = (
            getattr(layers_by_loops, case.layer)(**arrays, **one.arguments) for one in (case, wrong)
        )
        assert left.tolist() == found.lhs
        assert right.tolist() == found.rhs
        if left.shape == right.shape:
            assert left[found.index] != right[found.index]
        else:
            assert found.index is None

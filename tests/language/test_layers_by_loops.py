"""The loops that layers are held against, held against PyTorch; and that this can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.generators.layer_cases import CASES, CHANGED, REFUSED, LayerCase, TableCase, by_name
from tests.generators.random_layers import DRAWN, drawn
from tests.oracles import layers_by_loops, layers_by_torch
from tests.oracles.layers_by_loops import Array, agree, tensorflow_same, torch_same, zeros

NUMBER = 60

PYTORCH = [case for case in CASES if not case.refused and case.layer != "pad_same"]
"""TensorFlow's padding is not one of PyTorch's."""

KINDS = [(layer, axes) for layer, (_, several) in DRAWN.items() for axes in several]


def test_the_table_is_consistent() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.layer for case in CASES} == {*DRAWN, "pad_same"}
    # Most entries are not 0, which would hide mistakes.
    for case in CASES:
        entries = case.by(layers_by_loops)
        assert not entries.size or np.count_nonzero(entries), case


# --- PyTorch -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", PYTORCH, ids=str)
def test_pytorch_agrees(case: TableCase) -> None:
    assert agree(case.by(layers_by_loops), case.by(layers_by_torch))


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_pytorch_refuses(case: TableCase) -> None:
    # Where there is no output, or where windows lie in the padding.
    with pytest.raises(RuntimeError, match=case.refused):
        case.by(layers_by_torch)
    assert not case.by(layers_by_loops).size or "at most half" in case.refused


def by_pytorch(case: LayerCase) -> Array | str:
    """The outputs, or why it refuses to compute them."""
    try:
        return case.by(layers_by_torch)
    except RuntimeError as error:
        return str(error)


@pytest.mark.parametrize(
    ("layer", "axes"), KINDS, ids=[f"{layer}, axes {axes}" for layer, axes in KINDS]
)
def test_pytorch_agrees_at_random(layer: str, axes: int) -> None:
    held = 0
    for case in drawn(layer, axes, NUMBER):
        ours = case.by(layers_by_loops)
        theirs = by_pytorch(case)
        if isinstance(theirs, str):
            # Only where there is no output; and its pool in three axes pads no small image.
            small = "smaller than kernel size" in theirs and layer == "avg_pool" and axes == 3
            assert small or not ours.size, (case, case.shapes, case.arguments, theirs)
        else:
            assert agree(ours, theirs), (case, case.shapes, case.arguments)
            held += 1
    assert held >= NUMBER / 5


def dimensions(weight: tuple[int, ...], groups: int, x: tuple[int, ...]) -> dict[str, Any]:
    shapes = {"x": x, "weight": weight}
    return {"shapes": shapes, "arguments": {"groups": groups}}


CONV, TRANSPOSED = by_name("conv: two axes"), by_name("conv_transpose: two axes")
WRONG = {
    "channels": replace(CONV, **dimensions((2, 3, 1, 1), 1, (2, 4, 4))),
    "channels of a group": replace(CONV, **dimensions((2, 2, 1, 1), 2, (2, 4, 4))),
    "groups of features": replace(CONV, **dimensions((3, 1, 1, 1), 2, (2, 4, 4))),
    "same with a stride": replace(CONV, arguments={"padding": "same", "stride": 2}),
    "reflect": replace(CONV, arguments={"padding": 4, "padding_mode": "reflect"}),
    "circular": replace(CONV, arguments={"padding": (5, 0), "padding_mode": "circular"}),
    "axes": replace(CONV, arguments={"stride": (1, 1, 1)}),
    "transposed channels": replace(TRANSPOSED, **dimensions((3, 2, 1, 1), 1, (2, 4, 4))),
    "transposed groups": replace(TRANSPOSED, **dimensions((2, 1, 1, 1), 3, (2, 4, 4))),
    "columns": replace(by_name("linear: rows"), shapes={"x": (2, 4), "weight": (2, 3)}),
    "squares": replace(by_name("pixel_shuffle: by 2"), shapes={"x": (6, 2, 2)}),
    "sides": replace(by_name("pixel_unshuffle: by 2"), shapes={"x": (1, 4, 3)}),
    "windows": replace(by_name("fold: an image"), shapes={"x": (12, 8)}),
    "rows of windows": replace(by_name("fold: an image"), shapes={"x": (11, 9)}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_has_no_meaning_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        WRONG[name].by(layers_by_loops)


@pytest.mark.parametrize("name", WRONG)
def test_what_has_no_meaning_is_refused_by_pytorch(name: str) -> None:
    with pytest.raises((RuntimeError, ValueError)):
        WRONG[name].by(layers_by_torch)


# --- by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "c", "s", "d", "amounts"),
    [
        (13, 6, 5, 1, (1, 2)),
        (5, 3, 2, 1, (1, 1)),
        (4, 3, 2, 1, (0, 1)),
        (4, 1, 2, 1, (0, 0)),
        (4, 2, 3, 1, (0, 1)),
        (7, 2, 4, 1, (0, 0)),
        (5, 3, 1, 2, (2, 2)),
        (5, 2, 1, 3, (1, 2)),
    ],
)
def test_same_of_tensorflow(n: int, c: int, s: int, d: int, amounts: tuple[int, int]) -> None:
    assert tensorflow_same([n], [c], [s], [d]) == [amounts]
    if s == 1:
        assert torch_same([c], [d]) == [amounts]
    left, right = amounts
    length = (n + left + right - d * (c - 1) - 1) // s + 1
    assert length == -(-n // s)
    # With a zero less there would be fewer outputs.
    assert not left + right or (n + left + right - 1 - d * (c - 1) - 1) // s + 1 < length


def test_small_layers() -> None:
    x = np.array([[1, 2, 3]], dtype=object)
    k = np.array([[[1, 10]]], dtype=object)
    assert layers_by_loops.conv(x, k).tolist() == [[21, 32]]
    assert layers_by_loops.conv(x, k, padding=((1, 0),)).tolist() == [[10, 21, 32]]
    assert layers_by_loops.conv_transpose(x, k, stride=2).tolist() == [[1, 10, 2, 20, 3, 30]]
    assert layers_by_loops.avg_pool(x, (2,), ceil_mode=True).tolist() == [[Fraction(3, 2), 3]]
    assert layers_by_loops.upsample(x, (2,)).tolist() == [[1, 1, 2, 2, 3, 3]]
    squares = np.arange(4).reshape(4, 1, 1)
    assert layers_by_loops.pixel_shuffle(squares, 2).tolist() == [[[0, 1], [2, 3]]]
    image = np.arange(6).reshape(1, 2, 3)
    assert layers_by_loops.unfold(image, (2, 2)).tolist() == [[0, 1], [1, 2], [3, 4], [4, 5]]


TRANSPOSES: list[dict[str, Any]] = [
    {},
    {"stride": (2, 1)},
    {"dilation": (1, 2)},
    {"padding": (1, 0)},
    {"groups": 2},
    {"stride": (3, 2), "dilation": (1, 2), "padding": (0, 1), "groups": 2},
]


@pytest.mark.parametrize("arguments", TRANSPOSES, ids=str)
def test_a_transposed_layer_is_the_transpose(arguments: dict[str, Any]) -> None:
    # ⟨conv(x), y⟩ = ⟨x, conv_transpose(y)⟩, with the output padding that gives the size of x.
    groups = arguments.get("groups", 1)
    weight = (2, 4 // groups, 2, 3)
    case = replace(CONV, shapes={"x": (4, 5, 6), "weight": weight}, arguments=arguments)
    x, k = case.arrays["x"], case.arrays["weight"]
    image = case.by(layers_by_loops)
    y = np.arange(image.size).reshape(image.shape) - 3
    smaller = layers_by_loops.conv_transpose(y, k, **arguments)
    rest = tuple(n - m for n, m in zip(x.shape[1:], smaller.shape[1:], strict=True))
    back = layers_by_loops.conv_transpose(y, k, **arguments, output_padding=rest)
    assert (image * y).sum() == (x * back).sum() != 0


# --- the comparison itself -----------------------------------------------------------------

ARRAY = np.array([[3, 0, -1], [4, 0, 2]], dtype=object)

CHANGES: dict[str, Callable[[], Any]] = {
    "transposed": lambda: ARRAY.T,
    "flat": lambda: ARRAY.ravel(),
    "another axis": lambda: ARRAY[None],
    "flipped": lambda: ARRAY[:, ::-1],
    "rolled": lambda: np.roll(ARRAY, 1),
    "shorter": lambda: ARRAY[:, :2],
    "a row": lambda: ARRAY[:1],
    "nothing": lambda: ARRAY[:0],
    "one entry": lambda: ARRAY + np.eye(2, 3, dtype=object),
    "a little": lambda: ARRAY + 1e-9,
    "fractions": lambda: ARRAY + Fraction(1, 10**9),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_answer_is_seen(name: str) -> None:
    for oracle in (ARRAY, ARRAY.astype(float), ARRAY.astype(np.int64)):
        assert agree(ARRAY, oracle)
        assert agree(ARRAY.tolist(), oracle)
        assert not agree(CHANGES[name](), oracle)


def test_fractions_are_compared_as_they_are() -> None:
    third = np.array([Fraction(1, 3)], dtype=object)
    assert agree(third, third)
    assert agree(third, np.array([1 / 3]))
    assert not agree([1 / 3], third)
    assert not agree(third + Fraction(1, 1000), np.array([1 / 3]))
    assert agree(zeros((0, 2)), np.zeros((0, 2)))
    assert not agree(zeros((2, 0)), np.zeros((0, 2)))


@pytest.mark.parametrize("name", CHANGED)
def test_changed_arguments_are_seen(name: str) -> None:
    case = by_name(name)
    right = case.by(layers_by_loops)
    for change in CHANGED[name]:
        wrong = replace(case, arguments={**case.arguments, **change})
        assert not agree(wrong.by(layers_by_loops), right), change


def test_flipped_kernels_are_seen() -> None:
    for name in ("conv: two axes", "conv_transpose: two axes", "linear: rows", "conv: two groups"):
        case = by_name(name)
        right = case.by(layers_by_loops)
        arrays = case.arrays
        flipped = np.flip(arrays["weight"], axis=-1)
        layer = getattr(layers_by_loops, case.layer)
        wrong = layer(**{**arrays, "weight": flipped}, **case.arguments)
        assert wrong.shape == right.shape
        assert not agree(wrong, right), name

"""The table of layers by itself, against NumPy, without any framework."""

from __future__ import annotations

import numpy as np
import pytest

from symconv.language.double_precision import doubles
from symconv.language.signals import Tensor
from symconv.reading.networks.layers import LAYERS


@pytest.mark.parametrize(
    ("have", "want"),
    [
        ((4, 4), (2, 2, 2, 2)),
        ((4, 9), (2, 2, 3, 3)),
        ((6, 5, 4), (2, 3, 5, 2, 2)),
        ((4, 1, 6), (2, 2, 6, 1)),
        ((2, 3, 4, 6), (6, 2, 2, 6)),
        ((3, 8), (8, 3)),
        ((3, 8, 4), (6, 4, 2, 2)),
    ],
)
def test_entries_stay_in_their_order(have: tuple[int, ...], want: tuple[int, ...]) -> None:
    entries = np.arange(float(np.prod(have))).reshape(have)
    result = LAYERS["reshape"](Tensor("x", have), *want)
    (found,) = doubles([result], {"x": entries}, {})
    assert np.array_equal(found, entries.reshape(want))


@pytest.mark.parametrize("equation", ["...ij,...jk", "...ba", "b...,...b->...", "...b"])
def test_what_the_dots_are_for_comes_first(equation: str) -> None:
    by_two: dict[str, list[tuple[int, ...]]] = {
        "...ij,...jk": [(2, 3, 4), (2, 4, 5)],
        "b...,...b->...": [(3, 2), (2, 3)],
    }
    wanted = by_two.get(equation, [(3, 2, 4)])
    random = np.random.default_rng(1)
    entries = {f"x{i}": random.normal(size=shape) for i, shape in enumerate(wanted)}
    tensors = [Tensor(name, one.shape) for name, one in entries.items()]
    (found,) = doubles([LAYERS["einsum"](equation, *tensors)], entries, {})
    assert np.allclose(found, np.einsum(equation, *entries.values()))


@pytest.mark.parametrize("back", [False, True])
def test_depth_and_space(back: bool) -> None:
    n, c, h, w, r = 2, 3, 2, 4, 2
    x = np.random.default_rng(2).normal(size=(n, r * r * c, h, w))
    parts = x.reshape(n, r, r, c, h, w).transpose(0, 3, 4, 1, 5, 2)
    image = parts.reshape(n, c, h * r, w * r)
    name, given, wanted = ("space_to_depth", image, x) if back else ("depth_to_space", x, image)
    (found,) = doubles([LAYERS[name](Tensor("x", given.shape), r)], {"x": given}, {})
    assert np.array_equal(found, wanted)

"""The table of layers by itself, against NumPy, without any framework."""

from __future__ import annotations

import numpy as np
import pytest

from symconv.arithmetic.symbols import integers
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


def test_one_window_is_a_maximum_over_axes() -> None:
    """As in files, where it is an operator of its own: as one pool after the other they differ."""
    x = Tensor("x", (2, 3, *integers("H W", positive=True)))
    assert LAYERS["adaptive_max_pool2d"](x, 1) is LAYERS["amax"](x, [2, 3], True)


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("counts_padding", [False, True])
@pytest.mark.parametrize(("c", "s", "d", "left", "right"), [(2, 1, 3, 1, 2), (3, 2, 2, 2, 0)])
def test_means_of_dilated_windows(
    c: int, s: int, d: int, left: int, right: int, counts_padding: bool, ceil_mode: bool
) -> None:
    length = integers("n", positive=True)
    pool = LAYERS["avg_pool1d"](
        Tensor("x", (1, length)), c, s, [(left, right)], ceil_mode, counts_padding, dilation=d
    )
    for n in range(d * (c - 1) + 1, 12):
        x = np.random.default_rng(n).normal(size=n)
        rest = n + left + right - d * (c - 1) - 1
        count = (-(-rest // s) if ceil_mode else rest // s) + 1
        count = min(count, (n + left - 1) // s + 1) if ceil_mode else count
        places = [[s * u + d * j - left for j in range(c)] for u in range(count)]
        sums = [sum(x[v] for v in window if 0 <= v < n) for window in places]
        ends = (-left, n + right) if counts_padding else (0, n)
        counted = [sum(ends[0] <= v < ends[1] for v in window) for window in places]
        (found,) = doubles([pool], {"x": x[None]}, {length: n})
        assert np.allclose(found, [np.array(sums) / counted])

"""Networks that are written by hand, compared: the verdicts, the sizes, and what is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symconv import SignalExpr, SymconvError, Tensor, concatenate, integers
from symconv.decision.comparing import aligning
from symconv.decision.comparing.comparison import Comparison, compare_computations
from tests.generators.computations import H, N, Network, Numbers, W, channelwise, network, random


def normed(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
    """A convolution and a batch norm."""
    return (x.conv(w, padding=1).multiply(channelwise(scale)) + channelwise(shift)).relu()


def folded(x: SignalExpr, k: Tensor, shift: Tensor) -> SignalExpr:
    return x.conv(k, shift, padding=1).relu()


KERNEL, SCALE, SHIFT = random(4, 3, 3, 3), random(4), random(4, seed=1)
UNFOLDED = {"w": KERNEL, "scale": SCALE, "shift": SHIFT}
FOLDED = {"k": KERNEL * SCALE[:, None, None, None], "shift": SHIFT}


def compared(one: Network, other: Network, **options: Any) -> Comparison:
    return compare_computations(one, other, **options)


def test_the_same_weights_are_any_weights() -> None:
    found = compared(network(normed, UNFOLDED), network(normed, UNFOLDED))
    assert found.verdict == "proved"
    assert found
    assert str(found).startswith("equal for all H, N, W, and for all weights: proved")
    assert found.deviation == 0


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_folded_scale_is_solved_for(is_turned: bool) -> None:
    pair = [network(normed, UNFOLDED), network(folded, FOLDED)]
    found = compared(*(reversed(pair) if is_turned else pair))
    assert found.verdict == "agree"
    (layers,) = found.layers
    (weight,) = (one for one in layers.deviations if one.weight == "k")
    assert weight.relative < 1e-15
    assert "scale[" in weight.formula
    assert "w[" in weight.formula


def test_weights_may_be_called_as_indices_are() -> None:
    def scaled(x: SignalExpr, w: Tensor, u: Tensor) -> SignalExpr:
        return x.conv(w).multiply(channelwise(u).rearrange("c 1 1 -> c 1"))

    def plain(x: SignalExpr, k: Tensor) -> SignalExpr:
        return x.conv(k)

    w, u = random(2, 3, 3), random(2)
    one = network(scaled, {"w": w, "u": u}, shape=(N, 3, W))
    found = compared(one, network(plain, {"k": w * u[:, None, None]}, shape=(N, 3, W)))
    assert found.record()["layers"][0]["weights"][0]["formula"] == "u[u_]*w[u_, v, w_]"


def branches(x: SignalExpr, u: SignalExpr, v: SignalExpr, w: SignalExpr) -> SignalExpr:
    """Two branches that stand one after the other, and a third that is added."""
    return concatenate([u, v], axis=1) + w


def test_weights_of_branches_that_are_joined_are_solved_for_each_by_itself() -> None:
    """Together, of the shifts behind the folded kernels only sums would be determined."""

    def unfolded(x: SignalExpr, **by: Tensor) -> SignalExpr:
        made = [
            (x.conv(by[f"w{i}"]) + channelwise(by[f"s{i}"])).multiply(channelwise(by[f"f{i}"]))
            for i in range(3)
        ]
        return branches(x, *made)

    def of_one_kernel(x: SignalExpr, **by: Tensor) -> SignalExpr:
        return branches(x, *(x.conv(by[f"k{i}"], by[f"b{i}"]) for i in range(3)))

    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for i, width in enumerate((2, 2, 4)):
        kernel, factor, shift = random(width, 3, 3, 3), random(width, seed=i), random(width, seed=9)
        before |= {f"w{i}": kernel, f"f{i}": factor, f"s{i}": shift}
        after |= {f"k{i}": kernel * factor[:, None, None, None], f"b{i}": shift * factor}
    networks = network(unfolded, before), network(of_one_kernel, after)
    for found in (compared(*networks), compared(*reversed(networks))):
        assert found.verdict == "agree"
        assert [len(one.deviations) for one in found.layers if one.how == "agree"] == [2, 2, 2]
    after["b2"] = after["b2"] + 0.1
    assert compared(networks[0], network(of_one_kernel, after)).verdict == "refuted"


def test_weights_may_have_axes_of_one_entry_elsewhere() -> None:
    def wide(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        return (x.conv(w, padding=1).multiply(scale) + shift).relu()

    by_channel = UNFOLDED | {
        "scale": SCALE.reshape(4, 1, 1),
        "shift": SHIFT.reshape(1, 4, 1, 1),
    }
    pair = network(normed, UNFOLDED), network(wide, by_channel)
    assert compared(*pair).verdict == "proved"
    assert compared(*reversed(pair)).verdict == "proved"
    by_channel["shift"] = SHIFT[::-1].reshape(1, 4, 1, 1)
    assert compared(pair[0], network(wide, by_channel)).verdict == "refuted"


@pytest.mark.parametrize("name", ["scale", "mean_apart", "shift_apart"])
def test_weights_that_are_zero_by_chance_are_not_those_of_others(name: str) -> None:
    def plain(x: SignalExpr, w: Tensor, mean: Tensor, shift: Tensor, **by: Tensor) -> SignalExpr:
        made, scale = x.conv(w, padding=1) - channelwise(mean), by[name]
        return made.multiply(channelwise(scale)) + channelwise(shift)

    def with_bias(x: SignalExpr, k: Tensor, bias: Tensor) -> SignalExpr:
        return x.conv(k, bias, padding=1)

    numbers = {"w": KERNEL, "mean": np.zeros(4), name: SCALE, "shift": np.zeros(4)}
    found = compared(
        network(plain, numbers), network(with_bias, {"k": FOLDED["k"], "bias": np.zeros(4)})
    )
    assert found.verdict == "agree"


def test_entries_of_a_kernel_that_nothing_reads_may_be_anything() -> None:
    """Of a kernel that slides along one entry with zeros about it, only the middle is read."""

    def repeated(x: SignalExpr, shift: Tensor) -> SignalExpr:
        return x.rearrange("n c 1 1 -> n c h w", h=1, w=5) + channelwise(shift)

    def scaled(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        return repeated(x.conv(w, padding=1).multiply(channelwise(scale)), shift)

    def plain(x: SignalExpr, k: Tensor, shift: Tensor) -> SignalExpr:
        return repeated(x.conv(k, padding=1), shift)

    def changed(row: int, column: int) -> Comparison:
        k = FOLDED["k"].copy()
        k[1, 2, row, column] += 1
        one = network(scaled, UNFOLDED, shape=(N, 3, 1, 1))
        return compared(one, network(plain, FOLDED | {"k": k}, shape=(N, 3, 1, 1)))

    for row in range(3):
        for column in range(3):
            found = changed(row, column)
            assert found.verdict == ("refuted" if row == column == 1 else "agree"), found
    assert "k[" in changed(0, 0).layers[-1].deviations[0].formula


def test_rounding_is_no_error_and_an_error_is_none_of_rounding() -> None:
    rounded = FOLDED | {"k": FOLDED["k"].astype(np.float32)}
    found = compared(network(normed, UNFOLDED), network(folded, rounded))
    assert found.verdict == "agree"
    assert 1e-9 < found.deviation < 2e-7
    wrong = FOLDED | {"k": FOLDED["k"] * (1 + 1e-5)}
    found = compared(network(normed, UNFOLDED), network(folded, wrong))
    assert found.verdict == "refuted"
    assert found.differing[0].how == "weights"
    assert "k is off by 1.0e-05" in str(found)
    found = compared(network(normed, UNFOLDED), network(folded, wrong), tolerance=1e-4)
    assert found.verdict == "agree"


def test_weights_that_are_off_by_rounding_are_told_where_no_layer_has_a_place() -> None:
    def twice_read(x: SignalExpr, k: Tensor) -> SignalExpr:
        made = x.conv(k)
        return made + made.relu()

    one, other = (network(twice_read, {"k": by * KERNEL}) for by in (1, 1 + 1e-9))
    found = compared(replace(one, places={}), replace(other, places={}))
    assert found.verdict == "agree"
    assert 5e-10 < found.deviation < 2e-9


def test_a_counterexample_has_the_smallest_sizes_and_both_numbers() -> None:
    def reflected(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        padded = x.pad(1, 1, axis=(2, 3), mode="reflect")
        return (padded.conv(w).multiply(channelwise(scale)) + channelwise(shift)).relu()

    one, other = network(normed, UNFOLDED), network(reflected, UNFOLDED)
    found = compared(one, other)
    assert found.verdict == "refuted"
    assert "the first takes H, N, W, and the second" in found.reason
    assert found.where_both is not None
    difference = found.where_both.difference
    assert difference is not None
    assert difference.sizes == {"H": 2, "N": 1, "W": 2}
    assert difference.values[0] != difference.values[1]
    assert found.where_both.differing[0].how == "layers"


def test_inputs_are_saved_under_any_name(tmp_path: Path) -> None:
    x = Tensor("file", (N, 3, H, W))  # as NumPy's function calls where it writes them
    found = compared(Network((x,), (x,), {}), Network((2 * x,), (x,), {}))
    found.save_inputs(tmp_path / "found.npz")
    assert found.counterexample is not None
    with np.load(tmp_path / "found.npz") as held:
        assert np.array_equal(held["file"], found.counterexample.inputs["file"])


def test_a_size_at_which_nothing_differs_is_no_counterexample() -> None:
    def floor(x: SignalExpr) -> SignalExpr:
        return x.avg_pool((2, 2))

    def cropped(x: SignalExpr) -> SignalExpr:
        shorter: SignalExpr = x[:, :, :, :-1]
        return shorter.pad(0, 1, axis=3).avg_pool((2, 2))

    found = compared(network(floor, {}), network(cropped, {}))
    assert found.verdict == "refuted"
    assert found.difference is not None
    assert found.difference.sizes == {"H": 2, "N": 1, "W": 2}


def test_a_forgotten_bias_is_a_weight() -> None:
    def forgotten(x: SignalExpr, k: Tensor) -> SignalExpr:
        return x.conv(k, padding=1).relu()

    found = compared(network(normed, UNFOLDED), network(forgotten, {"k": FOLDED["k"]}))
    assert found.verdict == "refuted"
    assert found.differing[0].how == "weights"
    assert "a constant is added" in str(found)


def extended(x: SignalExpr, w: Tensor, mode: Any = "reflect") -> SignalExpr:
    return x.pad(1, 1, mode, axis=(2, 3)).conv(w).relu()


def normed_first(x: SignalExpr, w: Tensor, shift: Tensor) -> SignalExpr:
    return (x + channelwise(shift)).pad(1, 1, axis=(2, 3)).conv(w).relu()


def folded_through_zeros(x: SignalExpr, k: Tensor, bias: Tensor) -> SignalExpr:
    return x.conv(k, bias, padding=1).relu()


@pytest.mark.parametrize("shape", [(N, 3, H, W), (N, 3, 9, 10), (N, 3, 2 * H, W)])
def test_what_differs_at_the_border_alone_is_told(shape: tuple[Any, ...]) -> None:
    one = network(partial(extended, mode="zeros"), {"w": KERNEL}, shape)
    other = network(extended, {"w": KERNEL}, shape)
    found = compared(one, other)
    (layers,) = (found if found.where_both is None else found.where_both).differing
    assert layers.how == "layers"
    assert layers.reason.endswith("only outputs at the border differ")
    assert "the same for all inputs" not in layers.reason


def test_a_shift_through_zeros_is_missing_at_the_border() -> None:
    shift = random(3)
    one = network(normed_first, {"w": KERNEL, "shift": shift})
    bias = np.einsum("oihw,i->o", KERNEL, shift)
    other = network(folded_through_zeros, {"k": KERNEL, "bias": bias})
    (layers,) = compared(one, other).differing
    assert layers.how == "layers"
    assert "only outputs at the border differ, and by the same for all inputs" in layers.reason


def test_what_differs_in_the_middle_is_no_border() -> None:
    def moved(x: SignalExpr, w: Tensor) -> SignalExpr:
        return x.pad(0, 2, axis=(2, 3)).conv(w).relu()

    def at_one_end(x: SignalExpr, w: Tensor) -> SignalExpr:
        made: SignalExpr = x.pad(1, 1, axis=(2, 3)).conv(w)
        first: SignalExpr = made[:, :1]
        return (made + first.pad(0, 3, axis=1)).relu()  # another first channel

    plain = network(partial(extended, mode="zeros"), {"w": KERNEL})
    for function in (moved, at_one_end):
        (layers,) = compared(plain, network(function, {"w": KERNEL})).differing
        assert layers.how == "layers"
        assert not layers.reason


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda k: np.flip(k, (2, 3)), "it is flipped"),
        (lambda k: k.swapaxes(2, 3), "its last two axes exchanged"),
        (lambda k: k.swapaxes(0, 1), "its first two axes exchanged"),
    ],
)
def test_what_a_wrong_kernel_is(change: Callable[[Any], Any], note: str) -> None:
    square = random(3, 3, 3, 3)
    scale = random(3)
    one = network(normed, {"w": square, "scale": scale, "shift": SHIFT[:3]})
    right = square * scale[:, None, None, None]
    found = compared(one, network(folded, {"k": change(right), "shift": SHIFT[:3]}))
    assert found.verdict == "refuted"
    assert note in str(found)


def test_another_function_is_named() -> None:
    def other(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        made = x.conv(w, padding=1).multiply(channelwise(scale)) + channelwise(shift)
        return made.relu6()

    found = compared(network(normed, UNFOLDED), network(other, UNFOLDED))
    assert found.verdict == "refuted"
    assert found.differing[0].how == "functions"
    assert "relu and relu6" in str(found)


def test_an_error_in_the_middle_does_not_hide_what_is_right_behind_it() -> None:
    def deep(x: SignalExpr, w: Tensor, v: Tensor, u: Tensor) -> SignalExpr:
        return x.conv(w, padding=1).relu().conv(v, padding=1).relu().conv(u, padding=1).relu()

    right = {"w": random(3, 3, 3, 3), "v": random(3, 3, 3, 3, seed=1), "u": random(3, 3, 1, 1)}
    wrong = right | {"v": right["v"] * 1.01}
    found = compared(network(deep, right), network(deep, wrong))
    assert found.verdict == "refuted"
    assert [one.how for one in found.layers] == ["proved", "weights", "proved"]


def test_sizes_behind_a_linear_layer_are_found() -> None:
    def net(x: SignalExpr, w: Tensor, v: Tensor) -> SignalExpr:
        pooled = x.conv(w, padding=1).relu().avg_pool((7, 7), stride=1)
        return pooled.rearrange("n c h w -> n (c h w)").linear(v)

    numbers = {"w": random(4, 3, 3, 3), "v": random(5, 4)}
    found = compared(network(net, numbers), network(net, numbers))
    assert found.verdict == "proved"
    assert found.sizes == "N, and H and W = 7"
    wide = {"w": random(4, 3, 3, 3), "v": random(5, 16)}
    found = compared(network(net, wide), network(net, wide))
    assert found.verdict == "proved"
    for height, width in ((7, 10), (8, 8), (10, 7)):
        assert f"H = {height} and W = {width}" in found.sizes.replace("(", "").replace(")", "")


@pytest.mark.parametrize("beside", [False, True])
def test_sizes_in_a_half_of_a_product_are_not_found(beside: bool) -> None:
    def pooled(x: SignalExpr, v: Tensor) -> SignalExpr:
        rows = x.rearrange("n h w -> n (h w)").avg_pool(2, axes=1)
        return (concatenate([rows, x[:, :, 0]], axis=1) if beside else rows).linear(v)

    net = network(pooled, {"v": random(2, 10)}, (N, H, W))
    found = compared(net, net)
    assert found.verdict == "unknown"
    assert "a product of sizes is required" in found.reason


def test_hypotheses_are_said() -> None:
    pair = [network(lambda x: x.relu(), {}, given=(H >= 32, W <= H)) for _ in range(2)]
    assert compared(*pair).sizes == "H, N, W with H ≥ 32 and H ≥ W"
    pair = [network(lambda x: x.relu(), {}, given=(H >= 32,)) for _ in range(2)]
    assert str(compared(*pair)).startswith("equal for all N and W, and H from 32 on: proved")
    pair = [network(lambda x: x.relu(), {}, shape=(1, 2)) for _ in range(2)]
    assert str(compared(*pair)).startswith("equal for all inputs: proved")


def test_no_sizes_at_all() -> None:
    def net(x: SignalExpr, v: Tensor) -> SignalExpr:
        return x.rearrange("n c h w -> n (c h w)").linear(v)

    with pytest.raises(SymconvError, match="no sizes for which it is defined"):
        compared(network(net, {"v": random(5, 4)}), network(net, {"v": random(5, 4)}))


def test_where_a_network_itself_says_something_else_nothing_is_known() -> None:
    def wide(x: SignalExpr) -> SignalExpr:
        return x.avg_pool((3, 3), stride=1).sum(axis=(2, 3))

    def narrow(x: SignalExpr) -> SignalExpr:
        return x.avg_pool((1, 1), stride=1).sum(axis=(2, 3))

    pair = network(wide, {}), network(narrow, {})
    found = compared(*pair)
    assert found.verdict == "refuted"
    assert "at H = 1, N = 1, W = 1 the second is defined and the first is not" in str(found)
    assert found.where_both is not None
    assert found.where_both.verdict == "refuted"
    seen: list[Mapping[str, int]] = []

    def takes_all(at: Mapping[str, int]) -> str:
        seen.append(at)
        return ""

    found = compared(replace(pair[0], refusal=takes_all), pair[1])
    assert found.verdict == "unknown"
    assert "the network itself runs there" in str(found)
    assert seen == [{"H": 1, "N": 1, "W": 1}]
    refuses = replace(pair[0], refusal=lambda at: "too small")
    assert compared(refuses, pair[1]).verdict == "refuted"


def test_an_empty_part_is_no_size_that_is_refused() -> None:
    def parts(x: SignalExpr) -> SignalExpr:
        rest: SignalExpr = x[:, :, 1:]
        return rest.sum(axis=2)

    def difference(x: SignalExpr) -> SignalExpr:
        first: SignalExpr = x[:, :, 0]
        return x.sum(axis=2) - first

    assert compared(network(parts, {}), network(difference, {})).verdict == "proved"


@pytest.mark.parametrize("name", ["M", "n1", "n2"])
def test_what_is_known_of_one_size_is_not_used_of_another(name: str) -> None:
    size, length = integers(f"{name} L", positive=True)
    inputs = Tensor("z", (1, size)), Tensor("y", (1, length))
    five, kernel, scale = random(1, 1, 5), random(2, 1, 1), random(2)

    def made(other: Callable[..., SignalExpr], numbers: Mapping[str, Any]) -> Network:
        tensors = {one: Tensor(one, list(array.shape)) for one, array in numbers.items()}
        weights = {one: Numbers(one, tensors[one], array) for one, array in numbers.items()}
        z, y = inputs  # the first asks for five entries, and the second for none
        return Network((z.conv(tensors.pop("five")).relu(), other(y, **tensors)), inputs, weights)

    def first(y: SignalExpr, w: Tensor, s: Tensor) -> SignalExpr:
        long = y.pad(-4, 0, axis=1).pad(4, 0, axis=1)  # at least four entries
        return long.conv(w).multiply(s.rearrange("c -> c 1"))

    def second(y: SignalExpr, k: Tensor) -> SignalExpr:
        beginning = y.pad(0, 4 - length, axis=1).pad(0, length - 4, axis=1)
        return (y - beginning).conv(k)

    one = made(first, {"five": five, "w": kernel, "s": scale})
    other = made(second, {"five": five, "k": kernel * scale[:, None, None]})
    found = compared(one, other)
    assert found.verdict == "refuted"
    assert found.difference is not None
    assert dict(found.difference.sizes) == {"L": 1, name: 5}


def test_equal_numbers_may_stand_for_different_weights() -> None:
    def two(x: SignalExpr, one: Tensor, other: Tensor) -> SignalExpr:
        return (x.multiply(channelwise(one)) + channelwise(other)).relu()

    def turned(x: SignalExpr, other: Tensor, one: Tensor) -> SignalExpr:
        return (x.multiply(channelwise(one)) + channelwise(other)).relu()

    ones = {"one": np.ones(3), "other": np.ones(3)}
    assert compared(network(two, ones), network(turned, ones)).verdict == "proved"

    def without(x: SignalExpr) -> SignalExpr:
        return x.relu()

    idle = {"one": np.ones(3), "other": np.zeros(3)}
    found = compared(network(two, idle), network(without, {}))
    assert found.verdict == "agree"
    assert {one.weight: one.relative for one in found.layers[0].deviations} == {
        "one": 0,
        "other": 0,
    }


def test_what_cannot_be_compared() -> None:
    one = network(lambda x: x.relu(), {})
    small = network(lambda x: x.relu(), {}, shape=(N, 3, H))
    with pytest.raises(SymconvError, match="inputs have different shapes"):
        compared(one, small)
    several = Network((*one.outputs, *one.outputs), one.inputs, {})
    with pytest.raises(SymconvError, match="1 outputs and the second 2"):
        compared(one, several)


def test_records_are_plain() -> None:
    import json

    wrong = FOLDED | {"k": FOLDED["k"] * 1.5}
    found = compared(network(normed, UNFOLDED), network(folded, wrong)).record()
    assert json.loads(json.dumps(found)) == found
    assert found["verdict"] == "refuted"
    assert found["counterexample"]["sizes"] == {"H": 1, "N": 1, "W": 1}
    assert found["layers"][0]["weights"][0]["allowed"] == pytest.approx(2e-6, rel=0.02)


def test_progress_tells_of_each_layer() -> None:
    seen: list[str] = []
    compared(
        network(normed, UNFOLDED),
        network(normed, UNFOLDED),
        progress=lambda layers: seen.append(layers.how),
    )
    assert seen == ["proved"]


def test_parts_that_are_concatenated_are_compared_by_themselves() -> None:
    def joined(layer: Callable[..., SignalExpr], x: SignalExpr, **by: Tensor) -> SignalExpr:
        weights = list(by.values())
        parts = [layer(x, *weights[start : start + 3]) for start in range(0, len(weights), 3)]
        last = len(parts) - 1
        padded = [
            part.pad(4 * number, 4 * (last - number), axis=1) for number, part in enumerate(parts)
        ]
        return reduce(add, padded).relu()

    def scaled(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        return x.conv(w, padding=1).multiply(channelwise(scale)) + channelwise(shift)

    def plain(x: SignalExpr, k: Tensor, shift: Tensor, more: Tensor) -> SignalExpr:
        return x.conv(k, shift, padding=1) + channelwise(more)

    numbers: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for part in range(6):
        w, scale, shift = (random(*s, seed=part) for s in ((4, 3, 3, 3), (4,), (4,)))
        numbers |= {f"w{part}": w, f"scale{part}": scale, f"shift{part}": shift}
        k = w * scale[:, None, None, None]
        merged |= {f"k{part}": k, f"most{part}": 0.75 * shift, f"more{part}": 0.25 * shift}
    found = compared(
        network(partial(joined, scaled), numbers), network(partial(joined, plain), merged)
    )
    assert found.verdict == "agree"
    assert [len(one.deviations) for one in found.layers] == [0] + [2] * 6 + [0]
    merged["k4"] = merged["k4"][:, :, ::-1]
    found = compared(
        network(partial(joined, scaled), numbers), network(partial(joined, plain), merged)
    )
    assert found.verdict == "refuted"
    assert [one.how for one in found.layers].count("weights") == 1
    assert "k4 is off by" in str(found.differing[0])


def test_work_grows_with_the_layers_and_not_with_their_square(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked_at(depth: int) -> int:
        def residual(x: SignalExpr, w: Tensor, shift: Tensor) -> SignalExpr:
            for _ in range(depth):
                x = x + (x.conv(w, padding=1) + channelwise(shift)).relu()
            return x

        seen: list[SignalExpr] = []

        def counted(method: Callable[..., Any]) -> Callable[..., Any]:
            def run(self: Any, node: SignalExpr) -> Any:
                seen.append(node)
                return method(self, node)

            return run

        numbers = {"w": random(3, 3, 3, 3), "shift": random(3)}
        with monkeypatch.context() as patched:
            for name in ("_found_below", "segment", "layers"):
                method = getattr(aligning._Half, name)
                patched.setattr(aligning._Half, name, counted(method))
            assert compared(network(residual, numbers), network(residual, numbers))
        return len(seen)

    once, twice = looked_at(12), looked_at(24)
    assert twice <= 2.1 * once


def test_layers_of_other_widths() -> None:
    def narrowed(width: int, padding: int) -> Network:
        numbers = {"w": random(width, 3, 3, 3), "v": random(5, width, 1, 1)}
        return network(lambda x, w, v: x.conv(w, padding=padding).relu().conv(v), numbers)

    found = compared(narrowed(4, 1), narrowed(6, 1))
    assert found.verdict == "refuted"
    assert [one.how for one in found.layers] == ["layers", "layers"]
    # Of which the sizes differ too.
    found = compared(narrowed(4, 1), narrowed(6, 0))
    assert found.verdict == "refuted"
    assert found.where_both is not None
    assert found.where_both.verdict == "refuted"

    def flattened(width: int) -> Network:
        numbers = {"w": random(width, 3, 3, 3), "v": random(5, 4 * width)}
        return network(
            lambda x, w, v: x.conv(w).relu().rearrange("n c h w -> n (c h w)").linear(v),
            numbers,
            shape=(N, 3, 4, 4),
        )

    assert compared(flattened(4), flattened(2)).verdict == "refuted"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda x: x.log().exp(), lambda x: x.exp().log()),
        (lambda x: x.log().exp(), lambda x: x.log().exp().log().exp()),
        (lambda x: 2 * x.exp().exp().exp().exp().log(), lambda x: 2 * x.exp().exp().exp()),
    ],
)
def test_what_has_no_value_is_no_difference(one: Any, other: Any) -> None:
    """As the logarithm of −1, and what is too large for a double."""
    found = compared(network(one, {}), network(other, {}))
    assert found.verdict in ("unknown", "proved")


def test_a_difference_beside_what_has_no_value() -> None:
    found = compared(network(lambda x: x.log(), {}), network(lambda x: 2 * x.log(), {}))
    assert found.verdict == "refuted"
    assert found.difference is not None
    first, second = found.difference.values
    assert second == 2 * first


def test_a_part_may_be_empty() -> None:
    def part(x: SignalExpr) -> SignalExpr:
        return x.pad(-5, 0, axis=2).relu()

    def spread(x: SignalExpr) -> SignalExpr:  # the same, but that of nothing it makes a zero
        return part(x).dilate(2, axis=2).pad(0, 1, axis=2).downsample(2, axis=2)

    one, other = (network(lambda x, of=of: of(x).relu(), {}) for of in (spread, part))
    found = compared(one, other)
    assert found.verdict == "refuted"
    assert found.difference is not None
    assert found.difference.values == ((1, 3, 1, 1), (1, 3, 0, 1))
    longer = [replace(one, given=(H >= 6,)) for one in (one, other)]
    assert compared(*longer).verdict == "proved"


def two_layers(x: SignalExpr, v: Tensor, w: Tensor) -> SignalExpr:
    return x.conv(v).relu().conv(w)


def test_layers_that_make_up_for_each_other_are_no_difference() -> None:
    v, w = (random(3, 3, 1, 1, seed=i).astype(np.float32) for i in range(2))
    other = {"v": v * np.float32(3), "w": w / np.float32(3)}
    assert compared(network(two_layers, {"v": v, "w": w}), network(two_layers, other)).verdict == (
        "unknown"
    )
    other["w"] = w / np.float32(3.001)
    found = compared(network(two_layers, {"v": v, "w": w}), network(two_layers, other))
    assert found.verdict == "refuted"


def test_an_error_that_is_not_seen_makes_no_difference_of_rounding() -> None:
    def with_dead_layer(x: SignalExpr, v: Tensor, w: Tensor, dead: Tensor) -> SignalExpr:
        return two_layers(x, v, w) + 0 * x.conv(dead).relu()

    v, w, dead = (random(3, 3, 1, 1, seed=i).astype(np.float32) for i in range(3))
    other = {"v": v * np.float32(3), "w": w / np.float32(3), "dead": dead + 1}
    found = compared(
        network(with_dead_layer, {"v": v, "w": w, "dead": dead}), network(with_dead_layer, other)
    )
    assert found.verdict == "unknown"


def test_numbers_that_are_too_large_are_no_counterexample() -> None:
    def plain(x: SignalExpr) -> SignalExpr:
        return (1000 * (x.relu() + (-x).relu())).exp()

    def another(x: SignalExpr) -> SignalExpr:
        return (1000 * (x + 2 * (-x).relu())).exp()

    assert compared(network(plain, {}), network(another, {})).verdict != "refuted"


def test_weights_are_as_precise_as_the_least_precise_of_them() -> None:
    def scaled(x: SignalExpr, w: Tensor) -> SignalExpr:
        return x.multiply(channelwise(w))

    single = network(scaled, {"w": random(3)})
    double = network(scaled, {"w": random(3) * (1 + 1e-9)})
    double = replace(double, weights={"w": replace(double.weights["w"], precision=2.0**-52)})
    assert compared(single, double).verdict == "agree"
    assert compared(double, single).verdict == "agree"
    assert compared(double, replace(double, weights=single.weights)).verdict == "agree"


def test_functions_of_other_shapes_are_no_error() -> None:
    def grouped(groups: int) -> Callable[[SignalExpr], SignalExpr]:
        def normed(x: SignalExpr) -> SignalExpr:
            parts = x.rearrange("n (g c) h w -> n g c h w", g=groups)
            largest = parts.sum(axis=(2, 3, 4)).relu().rearrange("n g -> n g 1 1 1")
            return parts.multiply(largest).rearrange("n g c h w -> n (g c) h w")

        return normed

    found = compared(network(grouped(2), {}, (N, 4, H, W)), network(grouped(4), {}, (N, 4, H, W)))
    assert found.verdict == "refuted"


def test_two_values_that_differ_are_told_apart() -> None:
    found = compared(
        network(lambda x: x.relu(), {}),
        network(lambda x: x.relu() * Fraction(10**9 + 1, 10**9), {}),
    )
    assert found.verdict == "refuted"
    assert found.difference is not None
    told = re.search(r"is (\S+) in the first and (\S+) in the second", str(found))
    assert told
    assert tuple(map(float, told.groups())) == pytest.approx(found.difference.values, rel=1e-9)
    assert told[1] != told[2]


def test_what_is_computed_for_nothing_may_refuse_sizes() -> None:
    pair = [network(lambda x: x.relu(), {}) for _ in range(2)]
    runs = replace(pair[0], refusal=lambda at: "")
    refuses = replace(pair[1], refusal=lambda at: "the kernel is larger than the input")
    found = compared(runs, refuses)
    assert found.verdict == "unknown"
    assert "the second itself does not run at H = 1, N = 1, W = 1 (the kernel" in str(found)
    assert compared(refuses, refuses).verdict == "proved"
    assert compared(runs, runs).verdict == "proved"

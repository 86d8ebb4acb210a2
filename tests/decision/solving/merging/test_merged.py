"""One layer of a chain, held against the arithmetic of both, and of the layers one by one."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Or, false, true

from symconv import Proved, Refuted, Signal, SignalExpr, SymconvError, Tensor, integers
from symconv.decision.solving.merging.merged import merge
from symconv.language.graph import leaves
from tests.generators.chains import image_chain, signal_chain, symbolic_chain

n, c, d, e, s, t = integers("n c d e s t", positive=True)
l, r, p, q = integers("l r p q", nonnegative=True)
C, M, O, G, H, W = integers("C M O G H W", positive=True)
x, k, h, b = Signal("x", n), Signal("k", c), Signal("h", e), Signal("b", 1)
image = Tensor("x", (C, H, W))
first, second = Tensor("k", (M, C, 3, 3)), Tensor("h", (O, M, 3, 3))
small, large = Signal("b", M), Signal("g", O)


def numbers(tensor: SignalExpr, at: dict[str, int], rng: random.Random) -> dict[str, Any]:
    """Random entries for the named tensors, and values for the symbols."""
    data: dict[str, Any] = {}
    for name, leaf in leaves(tensor).items():
        shape = tuple(
            size.at({s_: at[s_.name] for s_ in leaf.every_symbol().values()}) for size in leaf.sizes
        )
        entries = np.array([rng.randint(-9, 9) for _ in range(int(np.prod(shape)))], dtype=object)
        data[name] = entries.reshape(shape).tolist()
    return data | {name: at[name] for name in tensor.every_symbol() if name in at}


def values(tensor: SignalExpr, data: dict[str, Any]) -> Any:
    known = {*leaves(tensor), *tensor.every_symbol()}
    result = tensor.evaluate(**{name: value for name, value in data.items() if name in known})
    return np.array(result, dtype=object)


def agree(one: SignalExpr, other: SignalExpr, at: dict[str, int], rng: random.Random) -> bool:
    data = numbers(one, at, rng)
    left, right = values(one, data), values(other, data)
    return left.shape == right.shape and bool(np.all(left == right))


# --- what is asked of merge ----------------------------------------------------------------


def test_numbers_without_axes() -> None:
    three = Tensor.from_formula((), 3, shape=())
    y = image.conv(first, small)
    for chain in (y + three, (image + three).conv(first), y.multiply(three) + three):
        merged = merge(chain, of=image)
        assert merged, merged
        assert agree(merged.chain, merged.layer, {"C": 2, "M": 3, "H": 4, "W": 5}, random.Random(1))
    line = x.correlate(k) + three
    assert merge(line).bias is not None
    assert merge(line)


def test_the_exercise() -> None:
    merged = merge(x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2))
    assert merged.layer is x.pad(l, r).correlate(k.convolve(k.dilate(2)), stride=4)
    assert merged.kernel is k.convolve(k.dilate(2))
    assert (merged.stride, merged.dilation, merged.padding) == (4, 1, (l, r))
    assert merged
    assert isinstance(merged.verdict, Proved)
    assert merged.verdict.is_complete
    assert merged.condition is true
    assert merged.repair is None
    before, after = merged.cost_before, merged.cost_after
    at = {n: 20, c: 3, l: 1, r: 2}
    assert before.subs(at) == 3 * 11 + 3 * 5
    assert after.subs(at) == 7 * 5
    assert [cost.layer for cost in merged.costs] == ["….correlate(k, stride=2)"] * 2


def test_symbolic_strides_and_dilations() -> None:
    merged = merge(x.pad(l, r).correlate(k, stride=s, dilation=d).correlate(h, stride=t))
    assert merged.layer is x.pad(l, r).correlate(k.dilate(d).convolve(h.dilate(s)), stride=s * t)
    assert merged.stride == s * t
    assert merged


@pytest.mark.parametrize(
    ("chain", "kernel", "dilation"),
    [
        (x.correlate(k, dilation=d).correlate(h, dilation=d), k.convolve(h), d),
        (x.correlate(k, dilation=2).correlate(h, dilation=4), k.convolve(h.dilate(2)), 2),
        (x.correlate(k, dilation=4).correlate(h, dilation=6), k.dilate(2).convolve(h.dilate(3)), 2),
        (
            x.correlate(k, dilation=s * d).correlate(h, dilation=t * d),
            k.dilate(s).convolve(h.dilate(t)),
            d,
        ),
        (x.downsample(s).correlate(k).downsample(t), k, s),
        (x.correlate(k.dilate(3)), k, 3),
        (x.correlate(k).correlate(h, dilation=5), k.convolve(h.dilate(5)), 1),
    ],
)
def test_dilations_have_what_they_share(
    chain: SignalExpr, kernel: SignalExpr, dilation: Any
) -> None:
    merged = merge(chain)
    assert merged.kernel is kernel
    assert merged.dilation == dilation
    assert merged


def test_padding_between_is_refuted_and_repaired() -> None:
    chain = x.pad(p, p).correlate(k, stride=2).pad(q, q).correlate(h)
    merged = merge(chain, given=[n + 2 * p >= c])
    assert not merged
    assert merged.padding == (p + 2 * q, p + 2 * q)
    assert isinstance(merged.verdict, Refuted)
    assert merged.condition_for_all_inputs == Or(Eq(q, 0), c <= p + 1)
    repair = merged.repair
    assert repair is not None
    assert repair.verdict.is_complete
    assert repair.how == "pad before the first layer only"
    assert repair.chain is x.pad(p + 2 * q, p + 2 * q).correlate(k, stride=2).correlate(h)
    assert repair.layer is merged.layer
    text = str(merged)
    assert "refuted at" in text
    assert "repair: pad before the first layer only" in text


def test_padding_between_is_one_layer_where_the_first_pads_fully() -> None:
    chain = x.pad(p, p).correlate(k).pad(q, q).correlate(h)
    assert merge(chain, given=[p >= c - 1])


def test_bias_before_padding_is_repaired_by_padding_with_it() -> None:
    pointwise = Tensor("v", (M, C, 1, 1))
    merged = merge(image.conv(pointwise, small).conv(second, large, padding=1))
    assert isinstance(merged.verdict, Refuted)
    assert merged.condition is false
    assert merged.padding == ((1, 1), (1, 1))
    how, where = (one.how for one in merged.repairs)
    assert how == "pad between the layers with the bias of the layer before, and not with 0"
    assert where == "pad before the first layer only"
    filled, moved = (one.chain for one in merged.repairs)
    padded = image.conv(pointwise).pad(1, 1, axis=(1, 2))
    assert filled is (padded + small.rearrange("o -> o 1 1")).conv(second, large)
    assert moved is image.pad(1, 1, axis=(1, 2)).conv(pointwise, small).conv(second, large)
    # Without the bias there is nothing to repair.
    assert merge(image.conv(pointwise).conv(second, large, padding=1))


def test_bias_that_is_no_constant_at_the_border_is_repaired_by_padding_first_alone() -> None:
    merged = merge(image.conv(first, small, padding=1).conv(second, padding=1))
    assert [one.how for one in merged.repairs] == ["pad before the first layer only"]


def test_a_layer_that_pads_fully_before_a_bias_is_repaired_by_it() -> None:
    merged = merge(x.pad(c - 1, c - 1).correlate(k).add_bias(b).pad(q, q).correlate(h))
    assert merged.repair is not None
    assert "with the bias" in merged.repair.how


def test_convolution_and_batch_norm() -> None:
    mean, deviation, scale, shift = (Signal(name, M) for name in ("m", "v", "a", "z"))
    norm = image.conv(first, small, padding=(l, r), stride=s).batch_norm(
        mean, deviation, scale, shift, axis=0
    )
    merged = merge(norm)
    factor = [one.rearrange("o -> o 1 1 1") for one in (deviation, scale)]
    assert merged.kernel is first.multiply(factor[0]).multiply(factor[1])
    assert merged.bias is not None
    assert (merged.stride, merged.padding) == (s, ((l, l), (r, r)))
    assert merged
    before = [cost.layer for cost in merged.costs]
    assert before[0] == "….conv(k, stride=s)"
    assert all("multiply" in one for one in before[1:])


def test_two_layers_over_channels() -> None:
    merged = merge(image.conv(first, small, stride=2, padding=1).conv(second, large, dilation=d))
    assert merged
    assert merged.bias is not None
    assert merged.kernel.shape == (O, C, 4 * d + 3, 4 * d + 3)
    assert merged.cost_before.subs({C: 2, M: 3, O: 4, H: 12, W: 12, d: 1}) == (
        9 * 2 * 3 * 6 * 6 + 9 * 3 * 4 * 4 * 4
    )
    assert merged.cost_after.subs({C: 2, O: 4, H: 12, W: 12, d: 1}) == 49 * 2 * 4 * 4 * 4


def test_three_branches_are_one_layer() -> None:
    square, one = Tensor("k", (C, C, 3, 3)), Tensor("w", (C, C, 1, 1))
    merged = merge(image.conv(square, padding=1) + image.conv(one) + image)
    assert merged
    assert merged.padding == ((1, 1), (1, 1))
    assert merged.kernel.shape == (C, C, 3, 3)
    assert merged.cost_after.subs({C: 3, H: 5, W: 7}) == 9 * 3 * 3 * 5 * 7


def test_branches_behind_a_layer_and_with_norms() -> None:
    trunk = image.conv(first, stride=2)
    square = Tensor("q", (M, M, 3, 3))
    norm = [Signal(name, M) for name in ("m", "v", "a", "z")]
    branches = trunk.conv(square) + trunk.pad(-1, -1, axis=(1, 2)).batch_norm(*norm, axis=0)
    merged = merge(branches)
    assert merged
    assert merged.stride == 2
    assert merged.kernel.shape == (M, C, 7, 7)


@pytest.mark.parametrize(
    ("first_groups", "later_groups", "merged_groups"),
    [(G, 1, 1), (1, G, 1), (G, G, G), (2 * G, G, G), (G, 2 * G, G)],
)
def test_groups(first_groups: Any, later_groups: Any, merged_groups: Any) -> None:
    between = 2 * G * M
    x_ = Tensor("x", (2 * G * C, H, W))
    k_ = Tensor("k", (between, 2 * G * C / first_groups, 3, 3))
    h_ = Tensor("h", (2 * G * O, between / later_groups, 2, 2))
    merged = merge(x_.conv(k_, groups=first_groups, stride=2).conv(h_, groups=later_groups))
    assert merged.groups == merged_groups
    assert merged


def test_groups_of_which_neither_divides_the_other() -> None:
    x_, k_, h_ = Tensor("x", (6, H, W)), Tensor("k", (6, 2, 3, 2)), Tensor("h", (4, 3, 2, 2))
    merged = merge(x_.conv(k_, groups=3).conv(h_, groups=2))
    assert merged
    assert merged.groups == 1


def test_norms_and_biases_before_groups() -> None:
    x_, k_ = Tensor("x", (2 * C, H, W)), Tensor("k", (2 * M, C, 3, 3))
    norm = [Signal(name, 2 * C) for name in ("m", "v", "a", "z")]
    merged = merge(x_.batch_norm(*norm, axis=0).conv(k_, groups=2, stride=2))
    assert merged
    assert merged.groups == 2
    assert merged.bias is not None


def test_depthwise_layers() -> None:
    depth = Tensor("k", (C, 1, 3, 3))
    assert merge(image.conv(depth, groups=C, padding=1).conv(Tensor("w", (O, C, 1, 1))))
    merged = merge(image.conv(depth, groups=C, padding=1) + image)
    assert merged
    assert merged.groups == C


def test_depthwise_then_pointwise_for_all_strides() -> None:
    depth = Tensor("k", (C, 1, H, W))
    y = Tensor("x", (C, n, e))
    merged = merge(y.conv(depth, groups=C, stride=s, padding=l).conv(Tensor("w", (O, C, 1, 1))))
    assert isinstance(merged.verdict, Proved)
    assert merged.verdict.is_complete


def test_grouped_branches_keep_their_groups() -> None:
    x_ = Tensor("x", (G * 2, H, W))
    merged = merge(x_.conv(Tensor("k", (G * 2, 2, 3, 3)), padding=1, groups=G) + x_)
    assert merged
    assert merged.groups == G


def test_slices_leave_the_kernel_free_of_the_size_of_the_input() -> None:
    y = image.conv(first)
    merged = merge(y.conv(Tensor("q", (M, M, 3, 3))) + y[:, 1:-1, 1:-1])
    assert merged
    assert merged.kernel.shape == (M, C, 5, 5)
    assert merge(x[2:-1].correlate(k)[::3]).padding == (-2, -1)


def test_the_input_is_found_or_given() -> None:
    chain = b.expand((n,)) + x.correlate(Signal("w", 1))
    assert merge(chain).input is x
    assert merge(k.convolve(x).correlate(h), of="x").input is x
    with pytest.raises(SymconvError, match="no part of"):
        merge(chain, of="z")


def test_average_pools() -> None:
    merged = merge(image.avg_pool((2, 2)).conv(first))
    assert merged
    assert merged.stride == 2
    assert merged.kernel.shape == (M, C, 6, 6)
    assert merge(x.avg_pool(c).correlate(h, stride=s)).stride == c * s
    branches = merge(image.avg_pool((3, 3), stride=1, padding=1) + image)
    assert branches
    assert branches.groups == C


def test_linear_layers() -> None:
    z, a, w = Tensor("z", (n, C)), Tensor("a", (M, C)), Tensor("w", (O, M))
    of_one = merge(x.linear(Tensor("a", (M, n))).linear(w))
    assert of_one
    assert (of_one.stride, of_one.padding) == ((), ())
    merged = merge(z.linear(a, small).linear(w, large))
    assert merged
    assert merged.kernel.shape == (O, C)
    assert merged.cost_after == C * O * n


def test_transposed_layers() -> None:
    merged = merge(x.conv_transpose(k, stride=2).conv_transpose(h, stride=3))
    assert merged
    assert merged.input_dilation == 6
    assert merged.kernel is k.dilate(3).convolve(h)
    assert merged.cost_after.expand() == (n * (3 * c + e - 3)).expand()
    w = Tensor("w", (C, M, 4, 4))
    assert merge(image.conv_transpose(w, stride=2, padding=1).conv(Tensor("v", (O, M, 1, 1))))


def test_layers_along_axes_one_by_one() -> None:
    plane = Tensor("x", (H, W))
    merged = merge(plane.correlate(k, axis=0).correlate(h, axis=1).correlate(k, axis=0, stride=2))
    assert merged
    assert merged.kernel == (merged.kernel[0], h)
    assert merged.stride == (2, 1)


def test_flips() -> None:
    merged = merge(x.correlate(k).flip().correlate(h).flip())
    assert merged
    assert merged.layer is x.correlate(k.flip().convolve(h).flip())
    assert merge(x.pad(l, r).flip().correlate(k, stride=2))


def test_functions_of_a_tensor() -> None:
    merged = merge([lambda y: y.correlate(k), lambda y: y.correlate(h, stride=2)], x.pad(1, 1))
    assert merged.input is x.pad(1, 1)
    assert merged.layer is x.pad(1, 1).correlate(k.convolve(h), stride=2)


def test_a_record_is_plain() -> None:
    merged = merge(x.pad(1, 1).correlate(k).pad(1, 1).correlate(h))
    record = json.loads(json.dumps(merged.record()))
    assert record["verdict"] == "refuted"
    assert record["counterexample"]["lengths"]["c"] == 3
    assert record["repairs"][0]["verdict"] == "proved"
    assert record["multiplications"]["after"] == str(merged.cost_after)


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        (x.correlate(k).relu().correlate(h), "relu is not linear"),
        (x.correlate(k).max_pool(2).correlate(h), "maximum is not linear"),
        (x.convolve(x), "multiplied by itself"),
        (x.correlate(k).roll(1).correlate(h), "roll is none of the layers"),
        (x.pad(1, 1, mode="reflect").correlate(k), "none of the layers"),
        (x.correlate(k, stride=2).flip().correlate(h), "behind a stride"),
        (x.correlate(k, stride=2) + x.downsample(3)[: x.correlate(k, stride=2).length], "strides"),
        (x.correlate(k) + Signal("y", n).correlate(k), "not one number for each channel"),
        (x.linear(Tensor("a", (M, n))).correlate(k), "axis 0 has channels of their own numbers"),
        (x.linear(Tensor("a", (M, n))).pad(1, 1), "axis 0 has channels of their own numbers"),
        (x.linear(Tensor("a", (M, n))).downsample(2), "axis 0 has channels of their own numbers"),
    ],
)
def test_what_is_no_layer_is_refused(chain: SignalExpr, words: str) -> None:
    with pytest.raises(SymconvError, match=words):
        merge(chain)


def test_a_function_says_where_to_cut() -> None:
    inner = x.correlate(k).relu()
    chain = inner.correlate(h).correlate(k)
    with pytest.raises(SymconvError, match=r"merge\(x\.correlate\(k\)\)"):
        merge(chain)
    assert merge(chain, of=inner).layer is inner.correlate(h.convolve(k))


@pytest.mark.parametrize("layers", [3, "x", [3], {}])
def test_what_is_no_chain_is_refused(layers: Any) -> None:
    with pytest.raises(SymconvError):
        merge(layers)
    with pytest.raises(SymconvError, match="takes the tensor"):
        merge([lambda y: y])


# --- against arithmetic --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("make", [signal_chain, image_chain])
def test_random_chains_without_padding_between_are_one_layer(make: Any, seed: int) -> None:
    rng = random.Random(seed)
    chain = make(rng, n, pads_between=False)
    merged = merge(chain)
    assert isinstance(merged.verdict, Proved), (chain, merged.layer, merged.verdict)
    for size in (1, 4, 7, 12):
        assert agree(chain, merged.layer, {"n": size}, rng), (chain, merged.layer, size)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("make", [signal_chain, image_chain])
def test_random_chains_with_padding_between_are_repaired(make: Any, seed: int) -> None:
    rng = random.Random(seed)
    chain = make(rng, n, pads_between=True)
    merged = merge(chain)
    if isinstance(merged.verdict, Refuted):
        found = merged.verdict.counterexample
        data = {**found.signals, **found.lengths}
        left, right = values(chain, data), values(merged.layer, data)
        assert left.shape != right.shape or np.any(left != right)
        assert merged.repairs, (chain, merged.layer)
    for repair in merged.repairs:
        for size in (1, 4, 9):
            assert agree(repair.chain, merged.layer, {"n": size}, rng), (repair, size)


@pytest.mark.parametrize("seed", range(40))
def test_random_chains_with_symbols_are_one_layer_or_repaired(seed: int) -> None:
    rng = random.Random(seed)
    chain = symbolic_chain(rng)
    merged = merge(chain)
    assert isinstance(merged.verdict, Proved | Refuted)
    pairs = [(repair.chain, merged.layer) for repair in merged.repairs]
    assert merged or pairs
    if merged:
        pairs.append((chain, merged.layer))
    for one, other in pairs:
        for _ in range(3):
            at = {name: rng.randint(1, 3) for name in "cesdpq"} | {"n": rng.randint(1, 14)}
            assert agree(one, other, at, rng), (one, other, at)


@pytest.mark.parametrize("make", [signal_chain, image_chain])
def test_solve_finds_the_same_kernels(make: Any) -> None:
    """It reads the kernel off, and knows nothing of how kernels are composed."""
    found = 0
    for seed in range(25):
        rng = random.Random(seed)
        merged = merge(make(rng, n, pads_between=False))
        solution = merged.solution
        if solution is None or not isinstance(solution.verdict, Proved) or not merged.is_unique:
            continue
        found += 1
        pairs = [(solution["K"], merged.kernel)]
        if merged.bias is not None:
            pairs.append((solution["B"], merged.bias))
        for one, other in pairs:
            data = {**numbers(one, {"n": 9}, rng), **numbers(other, {"n": 9}, rng)}
            assert np.all(values(one, data) == values(other, data)), (one, other)
    assert found >= 20


def test_where_no_kernel_serves_that_is_said() -> None:
    merged = merge(x.pad(1, 1).correlate(k).pad(1, 1).correlate(h))
    assert merged.obstacle is not None
    assert merged.is_unique is None
    assert "No other kernel of this shape does it either" in str(merged)
    merged = merge(image.conv(first, small, padding=1).conv(second))
    assert merged.is_unique
    assert "the only one of this shape" in str(merged)

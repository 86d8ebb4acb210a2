"""Published merges of branches are proved for all weights and sizes; wrong ones are refuted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from symconv import Claim, Proved, Refuted
from symconv.reading.networks import read_rewritten
from symconv.reading.networks.comparing import compare
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import random_weights
from tests.reading.networks.published_merges import RIGHT, WRONG, merged

torch = installed()

EVERYWHERE = "Every output differs, if any does."
AT_THE_BORDER = "Only the outputs at the border differ"

TOLD = {
    "ACNet, kernels at a corner": EVERYWHERE,
    "DBB, zeros behind inner norms": "dbb_1x1_kxk_bn1_bn_bias = 0",
    "ExpandNets, bias and padding": AT_THE_BORDER,
    "ExpandNets, padding between": AT_THE_BORDER,
    "norm before a convolution with padding": AT_THE_BORDER,
    "the mean forgotten": "holds for all sizes where norm_running_mean = 0",
}
"""What a verdict says of mistakes."""


def claimed(make: Any, shape: Sequence[Any]) -> Claim:
    """That a block computes the same when it is deployed, by the same rule on all weights."""
    torch.manual_seed(0)
    block = make().eval()
    before, after = read_rewritten(block, lambda one: one.switch_to_deploy(), tuple(shape))
    assert set(after.outputs[0].names[0]) <= {*before.weights, *after.weights, "x"}
    return Claim(before.output, after.output)


def with_numbers(make: Any) -> tuple[Any, Any]:
    """A block with random weights and statistics, and what it is when it is deployed."""
    torch.manual_seed(1)
    block = random_weights(make(), 1).float()
    with torch.no_grad():
        return block, merged(block)


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_proved_for_all_weights_and_sizes(name: str) -> None:
    verdict = claimed(*RIGHT[name]).prove()
    assert isinstance(verdict, Proved)
    assert verdict.scope in ("all sizes", "all lengths")


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_right(name: str) -> None:
    """PyTorch's own numbers agree."""
    make, shape = RIGHT[name]
    torch.manual_seed(1)
    block, deployed = with_numbers(make)
    x = torch.randn([{"N": 2, "H": 8, "W": 7}.get(one, one) for one in shape])
    with torch.no_grad():
        one, other = block(x), deployed(x)
    assert one.shape == other.shape
    assert (one - other).abs().max() < 1e-4 * one.abs().max()


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_agree_in_numbers(name: str) -> None:
    make, shape = RIGHT[name]
    found = compare(*with_numbers(make), shape)
    assert found
    assert found.deviation < 1e-6


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_are_refuted(name: str) -> None:
    verdict = claimed(*WRONG[name]).prove()
    assert isinstance(verdict, Refuted)
    assert TOLD.get(name, "") in str(verdict)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_differ_where_the_comparison_says(name: str) -> None:
    make, shape = WRONG[name]
    block, deployed = with_numbers(make)
    found = compare(block, deployed, shape)
    assert found.verdict == "refuted"
    difference = found.difference
    assert difference is not None
    assert difference.index is not None
    x = torch.from_numpy(difference.inputs["x"]).double()
    with torch.no_grad():
        for module, value in zip((block, deployed), difference.values, strict=True):
            assert abs(float(module.double()(x)[difference.index]) - value) < 1e-5
    assert any(layers.how in ("weights", "layers") for layers in found.differing)

"""Errors in networks are found and named; what is no error is proved to be none."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from symconv.reading.networks.comparing import compare
from tests.oracles.layers_by_torch import installed

torch = installed()

from tests.generators.planted_errors import CHANGES, planted  # noqa: E402
from tests.generators.small_networks import NETWORKS, folded, made  # noqa: E402

NO_ERRORS = {
    ("flattened", "rounded_up"),  # of an image in which all windows are full
    ("branches", "moved_stride"),  # with which the branches fit together for no sizes
}

ERRORS = [
    (name, kind)
    for name in NETWORKS
    for kind in CHANGES
    if planted(made(name), kind) is not None and (name, kind) not in NO_ERRORS
]

WORDS = [
    ("branches", "branch", "mix"),
    ("branches", "order", "mix"),
    ("branches", "halved", "last"),
    ("branches", "in place", "last"),
    ("branches", "crop", "last"),
    ("flattened", "flatten", "fc1"),
    ("flattened", "turned", "fc1"),
]


def compared(before: Any, after: Any, name: str) -> Any:
    """The comparison, whose counterexample PyTorch confirms."""
    found = compare(before, after, NETWORKS[name][1])
    if found.difference is not None:
        (x,) = found.difference.inputs.values()
        x = torch.from_numpy(x)
        with torch.no_grad():
            one, other = (copy.deepcopy(net).double()(x.clone()) for net in (before, after))
        if found.difference.index is None:
            assert found.difference.values == (tuple(one.shape), tuple(other.shape))
        else:
            seen = tuple(float(y[found.difference.index]) for y in (one, other))
            assert seen == pytest.approx(found.difference.values, rel=1e-6, abs=1e-9)
    return found


def named(found: Any) -> str:
    """The layers that are said to differ."""
    return " ".join(name for one in found.differing for name in (*one.first, *one.second))


def test_many_kinds_of_errors_are_tried() -> None:
    assert {kind for _, kind in ERRORS} == CHANGES.keys()
    assert len(CHANGES) + len(WORDS) >= 35


@pytest.mark.parametrize(("name", "kind"), ERRORS)
def test_an_error_is_found_and_its_layer_named(name: str, kind: str) -> None:
    net = made(name)
    change = planted(net, kind)
    assert change is not None
    found = compared(net, change.net, name)
    assert found.verdict == "refuted", found
    if found.differing:  # where the sizes differ, they tell
        assert any(layer in named(found) for layer in change.layers), found


@pytest.mark.parametrize(("name", "kind"), ERRORS)
def test_an_error_is_found_behind_folded_batch_norms(name: str, kind: str) -> None:
    net = made(name)
    change = planted(net, kind)
    assert change is not None
    found = compared(net, folded(change.net), name)
    assert found.verdict == "refuted", found


@pytest.mark.parametrize(("name", "error", "layer"), WORDS)
def test_an_error_without_a_layer_is_found(name: str, error: str, layer: str) -> None:
    found = compared(made(name), made(name, error), name)
    assert found.verdict == "refuted", found
    assert layer in named(found), found


@pytest.mark.parametrize("name", NETWORKS)
def test_folded_batch_norms_are_no_error(name: str) -> None:
    net = made(name)
    found = compare(net, folded(net), NETWORKS[name][1])
    assert found.verdict == "agree", found
    assert found.deviation < 5e-7


@pytest.mark.parametrize("name", NETWORKS)
def test_what_does_nothing_is_no_error(name: str) -> None:
    net, other = made(name), made(name)
    for one in other.modules():
        if isinstance(one, torch.nn.BatchNorm2d):
            one.momentum = 0.7
        if isinstance(one, torch.nn.Dropout):
            one.p = 0.9
    if name == "residual":
        other.dropout = torch.nn.Identity()
    found = compare(net, other, NETWORKS[name][1])
    assert found.verdict == "proved", found

"""Modules and functions of PyTorch's tensors, compared as they are given."""

from __future__ import annotations

from typing import Any

import pytest

from symconv import SymconvError
from symconv.reading.networks.comparing import compare
from tests.oracles.layers_by_torch import installed

torch = installed()
nn, F = torch.nn, torch.nn.functional

IMAGES = ("N", 3, "H", "W")


def test_outputs_of_dictionaries_are_compared_by_their_keys() -> None:
    def one(x: Any) -> Any:
        return {"out": F.relu(x), "all": [x, -x]}

    assert compare(one, lambda x: {"all": [x, -x], "out": F.relu(x)}, IMAGES).verdict == "proved"
    turned = compare(one, lambda x: {"all": [-x, x], "out": F.relu(x)}, IMAGES)
    assert turned.verdict == "refuted"
    exchanged = compare(lambda x: {"a": x, "b": -x}, lambda x: {"b": x, "a": -x}, IMAGES)
    assert exchanged.verdict == "refuted"
    assert compare(one, lambda x: (F.relu(x), x, -x), IMAGES).verdict == "proved"
    with pytest.raises(SymconvError, match=r"the first returns \['a'\] and the second \['b'\]"):
        compare(lambda x: {"a": x}, lambda x: {"b": x}, IMAGES)


def test_norms_of_other_groups_differ() -> None:
    found = compare(nn.GroupNorm(2, 4).eval(), nn.GroupNorm(4, 4).eval(), ("N", 4, "H", "W"))
    assert found.verdict == "refuted"

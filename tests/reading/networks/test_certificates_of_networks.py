"""Certificates for modules of PyTorch that are compared: which claims they state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symconv import compare
from tests.oracles.layers_by_torch import installed

torch = installed()

from torch import nn  # noqa: E402

from tests.generators.small_networks import NETWORKS, folded, made  # noqa: E402


class Branches(nn.Module):  # type: ignore[misc]
    """The block of RepVGG in training: kernels of 3×3 and 1×1, and what it reads, each normed."""

    def __init__(self) -> None:
        super().__init__()
        self.wide, self.narrow = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.Conv2d(4, 4, 1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(4) for _ in range(3))
        for one in self.norms:
            one.running_mean.normal_()
            one.running_var.uniform_(0.5, 1.5)
            one.weight.data.normal_()

    def forward(self, x: Any) -> Any:
        parts = (self.wide(x), self.narrow(x), x)
        return sum(norm(one) for norm, one in zip(self.norms, parts, strict=True)).relu()

    def merged(self) -> Any:
        """The same as one layer."""
        identity = torch.eye(4)[:, :, None, None]
        narrow = [nn.functional.pad(one, (1, 1, 1, 1)) for one in (self.narrow.weight, identity)]
        biases = (0, self.narrow.bias, 0)
        layer = nn.Conv2d(4, 4, 3, padding=1)
        layer.weight.data, layer.bias.data = torch.zeros(4, 4, 3, 3), torch.zeros(4)
        for kernel, bias, norm in zip((self.wide.weight, *narrow), biases, self.norms, strict=True):
            factor = norm.weight / (norm.running_var + norm.eps).sqrt()
            layer.weight.data += (kernel * factor[:, None, None, None]).data
            layer.bias.data += ((bias - norm.running_mean) * factor + norm.bias).data
        return nn.Sequential(layer, nn.ReLU()).eval()


def test_branches_that_are_merged_have_a_certificate() -> None:
    torch.manual_seed(0)
    net = Branches().eval()
    found = compare(net, net.merged(), ("N", 4, "H", "W"))
    assert found.verdict == "agree"
    certificates = found.certificates("net", "merged")
    ((name, text),) = certificates.files.items()
    assert name.startswith("segment_1_wide_norms_0_narrow")
    assert "The first is net, and the second merged." in text
    assert "wide.weight of the first" in text
    assert "left to numbers: 0.weight has to be" in " ".join(certificates.index.split())


@pytest.mark.parametrize("name", NETWORKS)
def test_all_claims_of_folded_networks_have_certificates(name: str, tmp_path: Path) -> None:
    net = made(name)
    found = compare(net, folded(net), NETWORKS[name][1])
    assert found.verdict == "agree"
    certificates = found.certificates()
    assert any(one.statements for one in certificates.segments)
    assert not any(one.is_left_out for one in certificates.segments)
    for segment in certificates.segments:
        assert bool(segment.files) == bool(segment.statements)
        assert bool(segment.reasons) == (not segment.statements)
    certificates.save(tmp_path / "folder")
    assert len([*(tmp_path / "folder").iterdir()]) == len(certificates.files) + 1

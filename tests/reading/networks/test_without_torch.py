"""PyTorch is not needed until it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symconv.errors import SymconvError
from symconv.reading.networks import read, symbolic
from symconv.reading.networks.layers import LAYERS


def test_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not there
    for call in (lambda: symbolic("x", ("N", 3)), lambda: read(abs, ("N", 3))):
        with pytest.raises(SymconvError, match=r'pip install "symconv\[torch\]"'):
            call()


def test_the_table_of_layers_knows_no_framework() -> None:
    code = "import sys, symconv.reading.networks.layers; print('torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True).stdout.split() == ["False"]
    assert "conv2d" in LAYERS

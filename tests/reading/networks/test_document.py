"""The document about networks says what is so; its code needs PyTorch."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

from tests.oracles.layers_by_torch import installed
from tests.project import ROOT


def test_the_example_prints_what_the_document_says() -> None:
    installed()
    path = ROOT / "symconv/reading/networks/README.md"
    blocks = re.findall(r"^```py\n(.*?)^```$", path.read_text(encoding="utf-8"), re.M | re.S)
    code = "\n".join(blocks)
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    said = [line[2:] for line in code.splitlines() if line.startswith("# ")]
    assert printed.getvalue().splitlines() == said

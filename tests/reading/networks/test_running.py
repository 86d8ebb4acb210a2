"""The lines that run two networks print what they compute where they differ."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symconv import Comparison, SymconvError, compare
from symconv.reading.networks import read_onnx
from tests.generators import network_files
from tests.oracles import layers_by_torch, onnx_models

FREE = ("N", 3, "H", "W")


def printed(code: str, **held: Any) -> list[float]:
    out = StringIO()
    with redirect_stdout(out):
        exec(code, held)
    return [float(one) for one in out.getvalue().split()]


def check(found: Comparison, **held: Any) -> None:
    assert found.verdict == "refuted"
    assert found.counterexample is not None
    assert found.record()["reproduction"] == found.reproduction
    assert printed(found.reproduction, **held) == pytest.approx(
        found.counterexample.values, rel=1e-5
    )


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_modules_that_somebody_holds(kind: str) -> None:
    torch = layers_by_torch.installed()
    one = torch.nn.Conv2d(3, 4, 3, padding=1).to(getattr(torch, kind)).eval()
    other = torch.nn.Conv2d(3, 4, 3, padding=1).to(getattr(torch, kind)).eval()
    found = compare(one, other, FREE)
    assert "# before and after: what was compared" in found.reproduction
    check(found, before=one, after=other)


def test_the_output_that_differs_is_found_in_what_a_function_returns() -> None:
    layers_by_torch.installed()

    def before(x: Any, y: Any) -> Any:
        return {"same": x, "rest": (y, [x + y])}

    def after(x: Any, y: Any) -> Any:
        return [x, y, x - y]

    found = compare(before, after, ("N", 2), ("N", 2))
    check(found, before=before, after=after)
    assert "['rest'][1][0]" in found.reproduction


def test_inputs_for_which_functions_are_cut_off() -> None:
    torch = layers_by_torch.installed()
    before, after = torch.nn.functional.relu6, lambda x: x.clamp(0, 7)
    found = compare(before, after, ("N",))
    assert found.counterexample is not None
    assert abs(found.counterexample.scale) == 8
    check(found, before=before, after=after)


def test_other_shapes(tmp_path: Path) -> None:
    onnx_models.installed()
    paths = tmp_path / "a.onnx", tmp_path / "b.onnx"
    from onnx import helper

    for path, axis in zip(paths, (0, 1), strict=True):
        network_files.write_file(
            path, [helper.make_node("Concat", ["x", "x"], ["y"], axis=axis)], {"x": ("N", 2)}, {}
        )
    found = compare(*map(read_onnx, paths))
    assert found.reproduction.splitlines()[-1] == "print(before.shape, after.shape)"
    out = StringIO()
    with redirect_stdout(out):
        exec(found.reproduction, {})
    assert out.getvalue() == "(2, 2) (1, 4)\n"


def test_inputs_in_a_file(tmp_path: Path) -> None:
    onnx_models.installed()
    network_files.unfolded(tmp_path / "a.onnx")
    network_files.folded(tmp_path / "b.onnx", 2 * network_files.MEAN)
    after = read_onnx(tmp_path / "b.onnx", {"input.1": FREE})
    found = compare(read_onnx(tmp_path / "a.onnx"), after)
    saved = tmp_path / "found.npz"
    found.save_inputs(saved)
    assert printed(found.reproduction_from(str(saved))) == printed(found.reproduction)
    assert found.counterexample is not None
    with np.load(saved) as held:
        for name, array in found.counterexample.inputs.items():
            assert (held[name] == array).all()  # nothing is rounded
    with pytest.raises(SymconvError, match="is there already, and is left as it is"):
        found.save_inputs(saved)


def test_there_are_no_lines_where_nothing_differs_or_nobody_can_run_it(tmp_path: Path) -> None:
    onnx_models.installed()
    network_files.unfolded(tmp_path / "a.onnx")
    network_files.folded(tmp_path / "b.onnx", 2 * network_files.MEAN)
    one = read_onnx(tmp_path / "a.onnx")
    same = compare(one, one)
    assert (same.reproduction, "reproduction" in same.record()) == ("", False)
    with pytest.raises(SymconvError, match="no inputs at which they are known to differ"):
        same.save_inputs(tmp_path / "none.npz")
    nowhere = read_onnx((tmp_path / "b.onnx").read_bytes(), {"input.1": FREE})
    found = compare(one, nowhere)
    assert (found.verdict, found.reproduction) == ("refuted", "")

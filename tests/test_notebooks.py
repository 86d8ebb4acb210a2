"""The proof notebooks run from start to end, and are stored without outputs."""

from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

PROOFS = sorted((Path(__file__).parent.parent / "proofs").glob("*.py"))


def executed(notebook: Any) -> Any:
    return NotebookClient(notebook, timeout=60, kernel_name="python3").execute()


def test_there_are_notebooks() -> None:
    assert PROOFS[0].stem == "01_index_argument"


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_notebook_runs(path: Path) -> None:
    notebook = jupytext.read(path)
    executed(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    said = "".join(o.get("text", "") for cell in code for o in cell.outputs)
    assert "proved for all lengths" in said


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
def test_notebook_is_in_percent_format_without_outputs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "format_name: percent" in text
    assert not any(cell.get("outputs") for cell in jupytext.read(path).cells)


@pytest.mark.filterwarnings("ignore")
def test_a_wrong_step_stops_the_notebook() -> None:
    path = PROOFS[0]
    wrong = path.read_text(encoding="utf-8").replace(
        "Sum(k[i] * k[t - 2 * i] * xp(4 * u + t)", "Sum(k[i] * k[t - i] * xp(4 * u + t)"
    )
    with pytest.raises(CellExecutionError, match="refuted at"):
        executed(jupytext.reads(wrong, fmt="py:percent"))

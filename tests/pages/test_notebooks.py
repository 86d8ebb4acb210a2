"""The proof notebooks as sources; the tests of the handouts run them from start to end."""

import re
from pathlib import Path

import jupytext
import pytest

from symconv.pages.handouts import HandoutError, Source
from symconv.pages.handouts.execution import Kernels, executed
from tests.project import NOTEBOOKS


def test_the_course_is_complete() -> None:
    numbers = [int(path.stem.split("_")[0]) for path in NOTEBOOKS]
    assert numbers == list(range(1, 13))  # each goes on from the one before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_in_percent_format_without_outputs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "format_name: percent" in text
    assert not any(cell.get("outputs") for cell in jupytext.read(path).cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_exercises_that_check_answers(path: Path) -> None:
    cells = Source.read(path).cells
    solved = [cell for cell in cells if cell.has_solution]
    asked = [cell for cell in cells if not cell.is_code and cell.text.startswith("**Exercise ")]
    assert 3 <= len(asked) <= 8
    assert len(solved) >= len(asked)
    checked = [cell for cell in solved if cell.is_code and "check(" in cell.version("student")]
    assert checked, "an answer that checks itself"
    assert any(not cell.is_code for cell in solved), "an answer in words"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_exercise_has_a_hint(path: Path) -> None:
    cells = Source.read(path).cells
    asked = [found for cell in cells for found in re.findall(r"\*\*(Exercise \d+)", cell.text)]
    hinted = [cell.hint_to for cell in cells if cell.hint_to is not None]
    assert hinted == asked


@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_a_wrong_step_stops_the_notebook(tmp_path: Path) -> None:
    right = NOTEBOOKS[0].read_text(encoding="utf-8")
    wrong = right.replace(
        "Sum(k[i] * k[t - 2 * i] * xp(4 * u + t)", "Sum(k[i] * k[t - i] * xp(4 * u + t)"
    )
    assert wrong != right
    path = tmp_path / "wrong.py"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(HandoutError, match="refuted at"):
        executed(Source.read(path), ["instructor"], lambda cell: None, Kernels())

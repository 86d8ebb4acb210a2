"""Notebooks are run as Jupyter runs them, and what two versions begin with is run once."""

import sys
from pathlib import Path
from typing import Any

import pytest

from symconv.pages.handouts import HandoutError, Source, Version, execution
from symconv.pages.handouts.execution import Kernels, executed

BOTH: tuple[Version, ...] = ("student", "instructor")
SOLUTION = "# %%\n### BEGIN SOLUTION\n{}\n### END SOLUTION\n\n"


def ran(tmp_path: Path, text: str, *versions: Version) -> dict[Version, list[Any]]:
    """The outputs of the code cells of each version."""
    folder = tmp_path / "notes"
    folder.mkdir(exist_ok=True)
    (folder / "sheet.py").write_text(text, encoding="utf-8")
    source = Source.read(folder / "sheet.py")
    books = executed(source, versions or ("instructor",), lambda cell: None, Kernels())
    return {version: [cell.outputs for cell in book.cells] for version, book in books.items()}


def told(outputs: Any) -> list[str]:
    """The outputs in a word each."""
    return [o.text if o.output_type == "stream" else o.data["text/plain"] for o in outputs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("print(1)\ndisplay(2)\nprint(3)\nprint(4)\n5", ["1\n", "2", "3\n4\n", "5"]),
        ("print(1, end='')\nimport os\nos.system('echo 2')\n3;", ["12\n"]),
        ("!echo 1", ["1\n"]),
        ("import subprocess\nsubprocess.run(['echo', '1']).returncode", ["0", "1\n"]),
        ("for i in range(3):\n    print(end=f'\\r{i} of 2')", ["2 of 2"]),
        ("print('1\\r2\\r\\n3\\r\\r\\n4')", ["2\n3\n4\n"]),
        ("print(end='a' * 10**6)", ["a" * 10**6]),
        ("from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)", ["2\n"]),
        ("from IPython.display import clear_output\nprint(1)\nclear_output(wait=True)", ["1\n"]),
        ("shown = display(1, display_id=True)\nprint(2)\nshown.update(3)", ["3", "2\n"]),
        ("import asyncio\nawait asyncio.sleep(0, 1)", ["1"]),
        ("__name__", ["'__main__'"]),
        ("get_ipython().enable_gui('inline')", []),  # as plots do
        ("import beside\nbeside.value", ["7"]),
        ("import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A", ["True"]),
        ("import sys\nsys.stdin.read()", ["''"]),
        ("%%writefile a.txt\n1", ["Writing a.txt\n"]),
    ],
)
def test_what_a_cell_shows(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "beside.py").write_text("value = 7\n")
    assert told(ran(tmp_path, f"# %%\n{text}\n")["instructor"][0]) == expected


def test_numbers_and_earlier_results(tmp_path: Path) -> None:
    text = "# %%\n1\n\n# %% [markdown]\n# words\n\n# %%\n_ + 1\n\n# %%\nOut[1] + _2\n"
    first, _, second, third = ran_cells(tmp_path, text)
    assert [told(c.outputs) for c in (first, second, third)] == [["1"], ["2"], ["3"]]
    assert [c.execution_count for c in (first, second, third)] == [1, 2, 3]
    assert [c.outputs[0].execution_count for c in (first, second, third)] == [1, 2, 3]


def ran_cells(tmp_path: Path, text: str) -> list[Any]:
    path = tmp_path / "sheet.py"
    path.write_text(text, encoding="utf-8")
    book = executed(Source.read(path), ["instructor"], lambda cell: None, Kernels())["instructor"]
    return list(book.cells)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "line 2: the cell fails, ZeroDivisionError: division by zero"),
        ("a = (", "line 2: the cell fails, .*SyntaxError"),
        ("import sys\nsys.exit(3)", "line 3: the cell fails, SystemExit: 3"),
        ("%nonsense", "line 2: the cell fails, UsageError"),
        ("input()", "line 2: the cell fails, EOFError"),
        ("await nothing()", "line 2: the cell fails, NameError"),
        ("class A:\n    def _repr_latex_(self):\n        1 / 0\nA()", "ZeroDivisionError"),
        ("import os\nos._exit(0)", "line 1: the Python process of the notebook has died"),
        ("import os\nos.system('echo a word >&2')", "line 1: the cell writes a warning: a word"),
        ("import warnings\nwarnings.warn('a word')", "line 1: the cell writes a warning"),
    ],
)
def test_cells_that_fail(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HandoutError, match=message):
        ran(tmp_path, f"# %%\n{text}\n")


def test_a_cell_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "SECONDS_FOR_CELL", 3)
    with pytest.raises(HandoutError, match="line 4: the cell takes more than 3 seconds"):
        ran(tmp_path, "# %%\n1\n\n# %%\nwhile True:\n    pass\n")


# --- both versions ---------------------------------------------------------------------


def counting(tmp_path: Path) -> str:
    """A cell that leaves a line in a file elsewhere each time it is run."""
    return f"# %%\nwith open({str(tmp_path / 'runs')!r}, 'a') as file:\n    print(1, file=file)\n\n"


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "runs").read_text().splitlines())


needs_copies = pytest.mark.skipif(
    sys.platform != "linux", reason="a process can be copied on Linux alone"
)


@needs_copies
def test_what_is_alike_is_run_once(tmp_path: Path) -> None:
    text = counting(tmp_path) + "# %%\na = 2\n\n" + SOLUTION.format("b = 3") + "# %%\na + 1\n"
    found = ran(tmp_path, text, *BOTH)
    assert runs(tmp_path) == 1
    assert [told(found[version][3]) for version in BOTH] == [["3"], ["3"]]
    found = ran(tmp_path, counting(tmp_path) + "# %%\n1\n", *BOTH)  # no solution at all
    assert runs(tmp_path) == 2
    assert [told(found[version][1]) for version in BOTH] == [["1"], ["1"]]


def test_what_has_threads_is_run_twice(tmp_path: Path) -> None:
    text = (
        "# %%\nimport threading\n\nend = threading.Event()\n"
        "threading.Thread(target=end.wait, daemon=True).start()\n\n"
        f"{counting(tmp_path)}{SOLUTION.format('b = 3')}# %%\nend.is_set()\n"
    )
    found = ran(tmp_path, text, *BOTH)
    assert runs(tmp_path) == 2
    assert [told(found[version][3]) for version in BOTH] == [["False"], ["False"]]


@pytest.mark.parametrize("copied", [pytest.param(True, marks=needs_copies), False])
def test_neither_version_sees_what_the_other_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: bool
) -> None:
    if not copied:
        monkeypatch.setattr(execution._Process, "split", lambda process: False)
    look = "print([p.read_text() for p in Path('.').rglob('*.txt')], hasattr(sys, 'leaked'), a)\n"
    text = (
        "# %%\nimport sys\nfrom pathlib import Path\n\na = [0]\n"
        "_ = Path('first.txt').write_text('first')\n\n"
        # Before the stub of its cell the student's version writes too.
        "# %%\nPath('first.txt').unlink()\na.append(1)\n"
        "Path('new').mkdir()\nPath('new/second.txt').write_text('second')\n"
        "### BEGIN SOLUTION\nsys.leaked = 5\n"
        "a.append(2)\nPath('planted.txt').write_text('planted')\n### END SOLUTION\n\n"
        f"# %%\n{look}"
    )
    found = ran(tmp_path, text, *BOTH)
    assert told(found["student"][2]) == ["['second'] False [0, 1]\n"]
    (said,) = told(found["instructor"][2])
    assert said in (
        "['planted', 'second'] True [0, 1, 2]\n",
        "['second', 'planted'] True [0, 1, 2]\n",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k8", "line 7: the cell fails in the student's version, NameError.*a solution defines"),
        (
            "import os\nif 'k8' not in vars():\n    os._exit(0)",
            "line 6: the Python process .* died",
        ),
        ("k8 / 0", "line 7: the cell fails in the student's version, NameError"),
        ("if 'k8' in vars():\n    1 / 0", "line 8: the cell fails, ZeroDivisionError"),
    ],
)
def test_versions_that_fail(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HandoutError, match=message):
        ran(tmp_path, f"{SOLUTION.format('k8 = 1')}# %%\n{text}\n", *BOTH)

"""Handouts: no trace of a solution for students, and no page that cannot be set."""

import asyncio
import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from pypdf import PdfReader
from pypdf.generic import StreamObject

from symconv.command.cli import main
from symconv.pages.handouts import FORMATS, HandoutError, Source, Version, build
from symconv.pages.handouts.notebooks import STUB
from tests.oracles.chromium import chromium, needs_chromium
from tests.oracles.onnx_models import installed as onnx_installed
from tests.project import NOTEBOOKS

VERSIONS: tuple[Version, ...] = ("student", "instructor")
HEAD = "# %% [markdown]\n# # A title\n\n"

pytestmark = pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries


def source(tmp_path: Path, text: str, name: str = "sheet.py") -> Source:
    path = tmp_path / name
    path.write_text(HEAD + text, encoding="utf-8")
    return Source.read(path)


def built(
    tmp_path: Path, text: str, version: Version = "instructor", *formats: Any
) -> dict[str, Path]:
    paths = build(source(tmp_path, text), [version], formats or FORMATS, tmp_path / "out")
    return {path.suffix[1:]: path for path in paths}


def everything(path: Path) -> str:
    """All that a file holds: text, figures, alternatives, metadata."""
    if path.suffix != ".pdf":
        text = path.read_text(encoding="utf-8")
        embedded = re.findall(r"data:image/[^;]*;base64,([A-Za-z0-9+/=]*)", text)
        return text + "".join(base64.b64decode(data).decode("latin-1") for data in embedded)
    reader = PdfReader(path)
    parts = [page.extract_text() for page in reader.pages]
    size: Any = reader.trailer["/Size"]
    for number in range(1, int(size)):
        found = reader.get_object(number)
        parts.append(str(found))
        if isinstance(found, StreamObject):
            parts.append(found.get_data().decode("latin-1"))
    return "\n".join([*parts, str(reader.metadata)])


# --- no trace of a solution ------------------------------------------------------------

PLANTED = """
# %%
from symconv.pages.diagrams import Diagram

def answer():
    pass

def show(word):
    pass

# %% [markdown]
# **Exercise 1** (first words). Visiblequestion.

# %%
before = "visiblebefore"
### BEGIN SOLUTION
plantedname = "planted" + "output"  # plantedsource
import sys

sys.leaked = "plantedstate"
print(plantedname)
### END SOLUTION
print("visibleafter")

# %%
import sys

print("state:", getattr(sys, "leaked", "untouched"))

# %% [markdown] tags=["solution"]
# The plantedwords are $17 \\cdot 19$.

# %% tags=["solution"]
svg = '''<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">
<rect width="40" height="20" fill="#123456"/></svg>'''
Diagram(svg, "plantedfigure")

# %%
svg = '''<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">
<rect width="40" height="20" fill="#654321"/></svg>'''
Diagram(svg, "visiblefigure")
"""
COLOURS = {
    "planted": ("#123456", "0.07058824 0.20392157"),
    "visible": ("#654321", "0.39607844 0.2627451"),
}
WORDS = {
    "planted": ["plantedoutput", "plantedsource", "plantedstate", "plantedwords", "plantedfigure"],
    "visible": ["visiblebefore", "visibleafter", "isiblequestion", "visiblefigure"],
}


def test_students_get_no_trace_of_a_solution(tmp_path: Path) -> None:
    built_together = build(source(tmp_path, PLANTED), VERSIONS, FORMATS, tmp_path / "together")
    check_no_trace(
        {
            version: {p.suffix[1:]: p for p in built_together if version in p.name}
            for version in VERSIONS
        }
    )
    alone = {version: built(tmp_path, PLANTED, version) for version in VERSIONS}
    check_no_trace(alone)
    for path in built_together:
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def check_no_trace(paths: dict[Version, dict[str, Path]]) -> None:
    for kind in FORMATS:
        student, instructor = (everything(paths[version][kind]) for version in VERSIONS)
        for word in WORDS["visible"]:
            assert word in instructor
            assert word in student
        for word in WORDS["planted"]:
            assert word in instructor, "the search has to be able to find what it looks for"
        assert "planted" not in student
        if kind != "ipynb":  # the student's notebook has no outputs
            assert "state: untouched" in student
            assert "state: plantedstate" in instructor
        is_pdf = kind == "pdf"
        assert COLOURS["planted"][is_pdf] in instructor
        assert COLOURS["planted"][is_pdf] not in student
        assert COLOURS["visible"][is_pdf] in student


def test_references_and_files_of_a_solution_stay_in_it(tmp_path: Path) -> None:
    text = """# %% [markdown]
# See the [hint] and the note[^1].

# %% [markdown] tags=["solution"]
# [hint]: https://example.org/planted "planted"
# [^1]: plantedfootnote
# ## A plantedheading

# %%
### BEGIN SOLUTION
from pathlib import Path

Path("answer.txt").write_text("plantedfile")
### END SOLUTION

# %%
from pathlib import Path

print([path.read_text() for path in Path(".").glob("*.txt")])
"""
    for version in ("instructor", "student"):
        found = [everything(path) for path in built(tmp_path, text, version).values()]
        assert all(("planted" in one.replace("plantedfile", "")) for one in found) == (
            version == "instructor"
        )
        assert ("plantedfile" in found[1]) == (version == "instructor")
    assert not list(tmp_path.glob("answer.txt"))


def test_what_depends_on_a_solution_is_an_error(tmp_path: Path) -> None:
    text = "# %%\n### BEGIN SOLUTION\nk8 = 7\n### END SOLUTION\n\n# %%\nprint(k8)\n"
    built(tmp_path, text, "instructor", "ipynb")
    with pytest.raises(HandoutError, match=r"line 10: .*NameError: .*k8.*nothing that a solution"):
        built(tmp_path, text, "student", "ipynb")


def test_what_fails_before_its_stub_is_an_error(tmp_path: Path) -> None:
    text = "# %%\nmissing\n### BEGIN SOLUTION\nk8 = 7\n### END SOLUTION\n"
    with pytest.raises(HandoutError, match=r"line 4: .* fail with its stub, .* NameError"):
        built(tmp_path, text, "student", "ipynb")


def test_students_find_ruled_space_and_a_stub(tmp_path: Path) -> None:
    text = (
        "# %%\ndef f(n):\n    ### BEGIN SOLUTION\n    return n + 1\n    ### END SOLUTION\n\n\n"
        "f(1)\n\n# %%\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\nprint(a)\n\n"
        '# %% tags=["solution"]\nb = 2\n\n# %% [markdown] tags=["solution"]\n# words\n\n'
        '# %% tags=["solution"]\nb = 3\n\n# %% [markdown]\n# **Exercise 2**\n\n'
        '# %% tags=["solution"]\nc = 4\n\n# %% tags=["solution"]\nc = 5\n'
    )
    paths = built(tmp_path, text, "student")
    page = paths["html"].read_text(encoding="utf-8")
    assert page.count('class="ruled"') == 2, "one for each exercise, behind its code"
    shown = re.sub("<[^>]*>", "", page)
    assert re.search(r"def f\(n\):\s+# your solution\s+f\(1\)", shown)
    assert re.search(r"# your solution\s+print\(a\)", shown)
    notebook = nbformat.read(paths["ipynb"], as_version=4)
    nbformat.validate(notebook)
    stub = f'raise NotImplementedError("{STUB}")'
    assert [(cell.cell_type, cell.source) for cell in notebook.cells[1:]] == [
        ("code", f"def f(n):\n    {stub}\n\n\nf(1)"),
        ("code", f"{stub}\nprint(a)"),
        ("markdown", "*Your answer:*"),  # words are asked for, and they are one answer
        ("markdown", "**Exercise 2**"),
        ("code", stub),
    ]
    assert not any(c.metadata or c.get("outputs") for c in notebook.cells)
    notebook = nbformat.read(built(tmp_path, text)["ipynb"], as_version=4)
    assert [c.source for c in notebook.cells if "words" in c.source] == ["**Solution**\n\nwords"]


# --- hints -----------------------------------------------------------------------------

HINTED = """# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (first). Visiblequestion.

# %% [markdown] tags=["hint"]
# Try $u = 0$, thehint.
#
# - asecondthought

# %% [markdown] tags=["hint"]
# anotherhint

# %%
### BEGIN SOLUTION
a = 1
### END SOLUTION

# %% [markdown]
# ### The second one
#
# Anotherquestion.

# %% [markdown] tags=["hint"]
# thelasthint

# %% [markdown] tags=["solution"]
# words
"""
HINTS = ("thehint", "asecondthought", "anotherhint", "thelasthint")


@pytest.mark.parametrize("version", VERSIONS)
def test_hints_are_folded_on_screens_and_at_the_end_on_paper(
    tmp_path: Path, version: Version
) -> None:
    paths = built(tmp_path, HINTED, version)
    page = paths["html"].read_text(encoding="utf-8")
    check_self_contained(page)
    folded = re.findall(r"<details[^>]*><summary>Hint</summary>(.*?)</details>", page, re.DOTALL)
    assert len(folded) == 3
    assert all("".join(folded).count(word) == page.count(word) == 1 for word in HINTS)
    first, *others = (cell.source for cell in nbformat.read(paths["ipynb"], 4).cells[3:5])
    assert first.startswith("<details>\n<summary>Hint</summary>\n\nTry $u = 0$")
    assert all(text.endswith("\n\n</details>") for text in (first, *others))
    *before, last = (page.extract_text() for page in PdfReader(paths["pdf"]).pages)
    assert not any(word in text for word in HINTS for text in before)
    assert [text.count(f"A hint is on page {len(before) + 1}.") for text in before] == [2]
    said = [last.index(word) for word in ("Hints", "Exercise 1", *HINTS[:3], "The second one")]
    assert said == sorted(said)
    assert last.index("The second one") < last.index("thelasthint")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('# %% tags=["hint"]\na = 1', 4, "a hint is Markdown, and follows an exercise"),
        ('# %% [markdown] tags=["hint"]\n#', 4, "a hint is Markdown"),
        ("# %% [markdown] hint\n# a", 4, "looks like a hint; expected the tag"),
        ('# %% [markdown] tags=["Hint"]\n# a', 4, "mean nothing here"),
        ('# %% [markdown] tags=["hint", "solution"]\n# a', 4, "mean nothing here"),
        (f'# %% [markdown] tags=["hint"]\n# a\n# {"### BEGIN SOLUTION"}', 6, "marker in Markdown"),
    ],
)
def test_bad_hints_name_their_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(HandoutError, match=f"sheet.py, line {line}: .*{message}"):
        source(tmp_path, text)


def test_a_hint_before_all_exercises(tmp_path: Path) -> None:
    path = tmp_path / "sheet.py"
    path.write_text('# %% [markdown] tags=["hint"]\n# a\n')
    with pytest.raises(HandoutError, match="line 1: a hint is Markdown, and follows an exercise"):
        Source.read(path)


# --- the notebooks of this project -----------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("version", VERSIONS)
def test_handouts_of_the_proofs(tmp_path: Path, path: Path, version: Version) -> None:
    folder = os.environ.get("SYMCONV_HANDOUTS")  # where they are already
    if folder:
        pdf, html, jupyter = (Path(folder, f"{path.stem}-{version}.{f}") for f in FORMATS)
    else:
        if "import onnx" in path.read_text(encoding="utf-8"):
            onnx_installed()
        pdf, html, jupyter = build(Source.read(path), [version], FORMATS, tmp_path)
    assert [p.name for p in (pdf, html, jupyter)] == [f"{path.stem}-{version}.{f}" for f in FORMATS]
    text = html.read_text(encoding="utf-8")
    check_self_contained(text)
    assert text.count("<math") > 20
    has_solutions = 'class="solution"' in text
    has_space = 'class="ruled"' in text
    assert (has_solutions, has_space) == (version == "instructor", version == "student")
    said = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "Exercise 1" in said
    assert text.count('<details class="page">') == len(FRAME.findall(text)) >= 1
    assert "this claim can be played with" in " ".join(said.split())
    assert ("raise NotImplementedError" in jupyter.read_text()) == (version == "student")
    if version == "instructor":
        assert "proved for all lengths" in said
        nbformat.validate(nbformat.read(jupyter, as_version=4))
    elif path == NOTEBOOKS[0]:
        # Building checks this too, for each notebook; here Jupyter's own way of running is tried.
        check_that_only_stubs_fail(jupyter)


def check_that_only_stubs_fail(made: Path) -> None:
    notebook = nbformat.read(made, as_version=4)
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True)
    asyncio.run(client.async_execute())
    errors = {
        number: output
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    stubs = [
        n
        for n, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and "raise NotImplementedError" in cell.source
    ]
    assert stubs
    assert list(errors) == stubs
    assert {(e.ename, e.evalue) for e in errors.values()} == {("NotImplementedError", STUB)}


class References(HTMLParser):
    """What a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs]


FRAME = re.compile(
    r'<iframe title="[^"]*" sandbox="allow-scripts" loading="lazy" style="[^"]*" srcdoc="([^"]*)">'
)


def check_self_contained(text: str) -> None:
    """Nothing is asked for, and nothing runs, but in pages to play with, which ask for nothing."""
    for page in FRAME.findall(text):
        assert "default-src 'none'" in unescape(page)
    text = FRAME.sub("", text)
    assert not re.search(r"<script|<link|<iframe|@import|javascript:", text, re.IGNORECASE)
    assert set(re.findall(r"url\(([a-z]*):", text)) <= {"data"}
    page = References()
    page.feed(text)
    assert not [name for _, name, _ in page.found if name.startswith("on")]
    sources = [value for _, name, value in page.found if name in ("src", "srcset", "data")]
    assert all(value.startswith("data:image/") for value in sources)
    images = [tag for tag, name, _ in page.found if (tag, name) == ("img", "src")]
    described = [v for tag, name, v in page.found if (tag, name) == ("img", "alt")]
    assert len(images) == len(described)
    assert all(described)


@pytest.mark.parametrize(
    "page",
    [
        "<script>1</script>",
        '<img src="https://example.org/a.png" alt="a">',
        '<p onclick="f()">',
        "<style>@import 'a.css'</style>",
        '<img src="data:image/png;base64,AA">',
        '<iframe title="a" sandbox="allow-scripts" loading="lazy" style="b" srcdoc="c"></iframe>',
        '<iframe title="a" srcdoc="default-src &#x27;none&#x27;"></iframe>',
    ],
)
def test_the_check_of_pages_can_fail(page: str) -> None:
    with pytest.raises(AssertionError):
        check_self_contained(page)


# --- markers that are not as they should be --------------------------------------------

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"# %%\n{BEGIN}\na = 1", 5, "no '### END SOLUTION' after this"),
        (f"# %%\na = 1\n{END}", 6, "no '### BEGIN SOLUTION' before this"),
        (f"# %%\n{BEGIN}\na = 1\n{BEGIN}\n{END}\n{END}", 7, "within the one .* line 5"),
        (f"# %%\n{BEGIN}\na = 1\n\n# %%\nb = 1\n{END}", 5, "no '### END SOLUTION' after"),
        (f"# %%\n{BEGIN}\n{END}", 6, "an empty solution"),
        (f"# %%\na = 1\n{BEGIN}\n{END}", 7, "an empty solution"),
        (f'# %% tags=["solution"]\n{BEGIN}\na = 1\n{END}', 5, "solution as a whole"),
        (f"# %% [markdown]\n# {BEGIN}\n# a\n# {END}", 5, "a marker in Markdown"),
        ("# %%\n###BEGIN SOLUTION\na = 1\n### END SOLUTION", 5, "expected '### BEGIN"),
        ("# %%\n# BEGIN SOLUTION\na = 1\n# END SOLUTION", 5, "expected '### BEGIN"),
        ("# %%\n### begin solution\na = 1\n### end solution", 5, "expected '### BEGIN"),
        ("# %%\n### BEGIN SOLUTIONS\na = 1\n### END SOLUTIONS", 5, "expected '### BEGIN"),
        (f"# %%\na = 1  {BEGIN}\n{END}", 5, "expected '### BEGIN"),
        (f"# %%\n{BEGIN} (hard)\na = 1\n{END}", 5, "expected '### BEGIN"),
        ("# %%\na = 1  # begin solution\nb = 1", 5, "expected '### BEGIN"),
        ("# %%\n### BEGIN\tSOLUTION\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### BEGIN\u00a0SOLUTION\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### BEGIN SOLU\u200bTION\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### Begin: Solution (hard)\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### SOLUTION BEGIN\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### START SOLUTION\na = 1", 5, "expected '### BEGIN"),
        ("# %%\n### BEGIN HIDDEN TESTS\na = 1", 5, "expected '### BEGIN"),
        ('# %%\n# + tags=["solution"]\na = 1', 5, "expected '### BEGIN"),
        ('# %%\n## %% tags=["solution"]\na = 1', 5, "expected '### BEGIN"),
        ("# %%\n# region solution\na = 1", 5, "expected '### BEGIN"),
        ('# %% tags=["Solution"]\na = 1', 4, r"the tags \['Solution'\] mean nothing here"),
        ('# %% tags=["solutions"]\na = 1', 4, "mean nothing here"),
        ('# %% tags=["answer"]\na = 1', 4, "mean nothing here"),
        ('# %% tags=["solution"] tags=["x"]\na = 1', 4, "the tags"),
        ("# %% tags=[solution]\na = 1", 4, "the tags cannot be read"),
        ("# %% solution\na = 1", 4, "looks like a solution"),
        ('# %% [markdown] tag=["solution"]\n# a', 4, "looks like a solution"),
        ("# %% [raw]\n# a", 4, "a raw cell; expected code or Markdown"),
    ],
)
def test_bad_markers_name_their_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(HandoutError, match=f"sheet.py, line {line}: .*{message}"):
        source(tmp_path, text)


def test_indented_and_repeated_markers(tmp_path: Path) -> None:
    text = f"# %%\nif True:\n    {BEGIN}\n    a = 1\n    {END}\n{BEGIN}\nb = 1\n{END}\n"
    _, cell = source(tmp_path, text).cells
    assert [part.is_solution for part in cell.parts] == [False, True]
    assert cell.version("instructor") == text.removeprefix("# %%\n").rstrip()
    assert "b = 1" not in cell.version("student")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.md", b"# a", r"a.md: expected a notebook in jupytext's percent format \(.py\)"),
        ("a.py", b"\xff", "not UTF-8"),
        ("a.py", b"import os\n# %%\na = 1\n", "no text before the first"),
        ("a.py", b'# %% tags="solution"\na = 1\n', "cannot be read as a notebook"),
        ("a.py", b'# %% tags=["solution", 5]\na = 1\n', "cannot be read as a notebook"),
        (
            "a.py",
            b"# ---\n# jupyter:\n#   kernelspec:\n#     name: 5\n# ---\n# %%\na = 1\n",
            "cannot be read as a notebook",
        ),
    ],
)
def test_files_that_are_no_notebooks(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(HandoutError, match=message):
        Source.read(tmp_path / name)


# --- what cannot be set ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% [markdown]\n# $a \\tag{1}$", r"line 5: in the formula .*\\tag cannot be set"),
        ("# %% [markdown]\n# $$a \\; b$$", r"line 5: .*\\; cannot be set; write \\,"),
        ("# %% [markdown]\n# $|x|$", r"line 5: .*\| cannot be set"),
        ("# %% [markdown]\n# \\begin{align} a \\end{align}", r"line 5: .*not within dollar"),
        ("# %% [markdown]\n# $a", r"line 5: .*not within dollar"),
        ("# %% [markdown]\n# $\\color{red} a$", r"\\color cannot be set"),
        ("# %% [markdown]\n# $\\begin{vmatrix} a \\end{vmatrix}$", "environment vmatrix cannot"),
        ("# %% [markdown]\n# $\\frac{a}$", r"pandoc says: .*\\frac\{a\}"),
        ("# %% [markdown]\n# $\\left( a$", r"line 5: .*\\left without \\right"),
        ("# %% [markdown]\n# <b>a</b>", "line 5: '<b>' is html; expected Markdown"),
        ("# %% [markdown]\n# a\n#\n# b ![a](b.png)", "line 7: a picture within a text"),
        ("# %% [markdown]\n# a\n#\n# ![a](b.png)", r"line 7: .*'b.png' cannot be read: No such"),
        ("# %% [markdown]\n# ![a](/etc/b.png)", "line 5: .*'/etc/b.png'; expected an SVG or PNG"),
        ("# %% [markdown]\n# ![a](../b.svg)", "line 5: .*in the folder of the notebook"),
        ("# %% [markdown]\n# ![a](https://example.org/b.svg)", "line 5: .* in the folder"),
        ("# %% [markdown]\n# ![a](sheet.py)", "line 5: .*expected an SVG or PNG file"),
        ("# %% [markdown]\n# a $b$\n#\n# c\n# $$a \\tag{1}$$", "line 8: in the formula a"),
        ("# %% [markdown]\n# [a](javascript:alert)", "line 5: a link to 'javascript:alert'"),
        ("# %% [markdown]\n# $\\overline{ab}$", r"overline cannot be set"),
        ("# %% [markdown]\n# $$x \\begin{aligned} a &= b \\end{aligned}$$", "the whole formula"),
        ("# %% [markdown]\n# $\\begin{cases} a \\\\ b \\end{cases}$", "one & in each row"),
        ("# %% [markdown]\n# $\\begin{matrix} a \\end{matrix}$", "without brackets"),
        ("# %% [markdown]\n# $\\left\\{ a \\right.$", r"right. cannot be set"),
        ("# %% [markdown]\n# $k₄$", "₄ cannot be set in a formula"),
        ("# %% [markdown]\n# 3. a\n#    1. b", "begin with 1 holds another"),
        ("# %%\nfrom IPython.display import HTML\n\nHTML('<b>x</b>')", "shows text/html, which"),
        ("# %%\nprint(chr(27) + '[31mred')", "line 4: .*control character"),
        (
            '# %%\nfrom IPython.display import SVG\n\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg">'
            '<image href="https://example.org/a.png"/></svg>\')',
            "not self-contained",
        ),
        ("# %% [markdown]\n# A hieroglyph: \U00013000", "page 1 a character is in none"),
        ('# %%\nfrom IPython.display import Latex\n\nLatex("$a \\\\tag{1}$")', "in the output a"),
        ("# %%\nimport sys\n\nprint('a word', file=sys.stderr)", "line 4: .*warning: a word"),
        ("# %%\n1 / 0", "line 5: the cell fails, ZeroDivisionError: division by zero"),
        ("# %%\na = 1\n\nif a:\n    b.c", "line 8: the cell fails, NameError: name 'b'"),
        ("# %%\nimport os\n\nos._exit(1)", "has died"),
        ("# %%\nfrom sympy import symbols\n\nsum(symbols('abcdefgh0:30'))", "as wide as the page"),
        (
            "# %%\nfrom IPython.display import display\n\ndisplay({'text/css': 'a'}, raw=True)",
            "shows text/css, which cannot be set",
        ),
    ],
)
def test_what_cannot_be_set_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HandoutError, match=message):
        built(tmp_path, f"{text}\n\n# %% [markdown]\n# $a$\n", "instructor", "pdf")
    assert not list(tmp_path.glob("out/*"))


def test_what_can_be_set_is_there(tmp_path: Path) -> None:
    text = """# %% [markdown]
# ## A *second* heading with $k_4$
#
# Text with `code`, a [link](https://example.org), **bold**, and a list:
# - one
# - two
#
# | a | b |
# |---|---|
# | $k\\uparrow_2$ | 2 |
#
# $$\\begin{aligned} a &= \\sum_i b_i \\\\ &= c \\cap d \\end{aligned}$$

# %%
from sympy import Piecewise, floor, symbols
from IPython.display import Markdown, display

n = symbols("n")
display(Markdown("some *marked* text"))
Piecewise((floor(n / 2), n > 3), (0, True))
"""
    paths = built(tmp_path, text)
    said = " ".join(p.extract_text() for p in PdfReader(paths["pdf"]).pages)
    for word in ("second heading", "code", "link", "one", "↑", "∩", "marked text", "otherwise"):
        assert word in said
    page = paths["html"].read_text(encoding="utf-8")
    check_self_contained(page)
    assert page.count("<table") == 1
    assert page.count("<math") == 4
    assert "<title>A title, instructor’s version</title>" in page


def test_a_page_to_play_with_is_in_the_handout(tmp_path: Path) -> None:
    text = """# %%
from symconv import Signal, explore

x = Signal("x", 3)
explore(x.flip().flip() == x)
"""
    student = built(tmp_path, text, "student")
    (page,) = FRAME.findall(student["html"].read_text(encoding="utf-8"))
    assert '"claim":"flip(flip(x)) = x"' in unescape(page)
    (cell,) = [
        cell
        for cell in nbformat.read(built(tmp_path, text, "instructor")["ipynb"], 4).cells
        if cell.cell_type == "code"
    ]
    assert cell.outputs[0].data["text/html"].startswith("<iframe ")


# --- what looks wrong on paper ---------------------------------------------------------


def pages(path: Path) -> list[str]:
    """The text of each page, without its footer."""
    return [page.extract_text().rsplit("\n", 1)[0] for page in PdfReader(path).pages]


def contents(path: Path) -> list[bytes]:
    """What each page draws."""
    found = (page.get_contents() for page in PdfReader(path).pages)
    return [content.get_data() for content in found if content is not None]


def filling(lines: int) -> str:
    """A cell of Markdown that takes some lines."""
    return "# %% [markdown]\n" + "#\n".join(f"# filling {n}\n" for n in range(lines)) + "\n"


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        ("# %% [markdown]\n# Thelead:\n#\n# $$\\sum_{i} Q$$\n\n", "Thelead", "𝑄"),
        ("# %% [markdown]\n# Thelead is\n# $$\\sum_{i} Q$$\n\n", "Thelead", "𝑄"),
        ('# %%\nprint("a" + "word")\n\n', "print", "aword"),
        (
            "# %%\nfrom IPython.display import Markdown\n\n"
            'Markdown("Thelead:\\n\\n**(0)**\\n$$\\\\sum_{i} Q$$")\n\n',
            "import Markdown",
            "𝑄",
        ),
    ],
)
def test_no_page_ends_with_what_leads_to_the_next_thing(
    tmp_path: Path, cells: str, first: str, last: str
) -> None:
    text = "".join(filling(3 + n % 5) + cells for n in range(40))
    made = pages(built(tmp_path, text, "instructor", "pdf")["pdf"])
    assert len(made) > 4
    assert sum(page.count(first) for page in made) == 40
    assert all(page.count(first) == page.count(last) for page in made)


@pytest.mark.parametrize("hint", ["", '# %% [markdown] tags=["hint"]\n# a\n\n'])
def test_a_question_stays_with_the_room_for_its_answer(tmp_path: Path, hint: str) -> None:
    question = "# %% [markdown]\n# **Exercise {}** Thequestion " + 60 * "words " + "\n\n"
    answer = "# %%\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\nthecheck = a\n\n"
    text = "".join(filling(3 + n % 5) + question.format(n) + hint + answer for n in range(20))
    made = pages(built(tmp_path, text, "student", "pdf")["pdf"])
    found = [(page.count("Thequestion"), page.count("thecheck")) for page in made]
    assert all(asked == checked for asked, checked in found)
    assert sum(asked for asked, _ in found) == 20


def test_a_picture_that_does_not_fit_leaves_no_blank(tmp_path: Path) -> None:
    picture = """# %%
from symconv.pages.diagrams import Diagram

svg = '''<svg xmlns="http://www.w3.org/2000/svg" width="300" height="{}" viewBox="0 0 9 9">
<rect width="9" height="9" fill="#123456"/></svg>'''
Diagram(svg, "a picture")

"""
    text = filling(15) + picture.format(710) + filling(25).replace("filling", "behind")
    first, second, *others = pages(built(tmp_path, text, "instructor", "pdf")["pdf"])
    assert "The picture is on page 2." in first
    assert "behind 3" in first
    assert "behind 24" in second
    assert not others
    text = filling(15) + picture.format(550) + "# %% [markdown]\n# behind\n"
    drawn = contents(built(tmp_path, text, "instructor", "pdf")["pdf"])
    assert [b"0.07058824" in page for page in drawn] == [True, False]  # it is smaller


def test_long_lines_of_code_go_on_behind_their_beginning(tmp_path: Path) -> None:
    names = [f"a{n}" for n in range(40)]
    text = f"# %%\n{' = '.join(names)} = 0\nif True:\n    value = [{', '.join(names)}]\n"
    (page,) = PdfReader(built(tmp_path, text, "instructor", "pdf")["pdf"]).pages
    found: list[tuple[str, float]] = []

    def note(said: str, place: list[float], inner: list[float], *_: Any) -> None:
        found.append((said.strip(), place[4] + inner[4]))

    page.extract_text(visitor_text=note)
    words = [said for said, _ in found]
    name, its_place = found[words.index("value")]
    assert name == "value"
    behind = [x for said, x in found[words.index("value") :] if said.startswith("a")]
    assert found[words.index("if")][1] < its_place < min(behind)


def test_ruled_lines_are_not_cut_by_a_page(tmp_path: Path) -> None:
    words = 20 * "# some words of a solution that is long\n"
    cells = f'# %% [markdown] tags=["solution"]\n{words}\n# %% [markdown]\n# between\n\n'
    made = built(tmp_path, 7 * cells, "student", "pdf")["pdf"]
    lines = [page.count(b"0.5882353 scn") for page in contents(made)]
    assert len(lines) > 3
    assert sum(lines) == 7 * 16


def test_quotes_in_prose_are_curled_and_in_code_they_are_not(tmp_path: Path) -> None:
    text = """# %% [markdown]
# ## A "heading"
#
# "He said 'no'", don't, ("$x$"), *"it"*, '90s, `"a" + 'b'`, --flag, -1...
#
# - "item"

# %%
word = "code"
"""
    paths = built(tmp_path, text)
    page = paths["html"].read_text(encoding="utf-8")
    said = pages(paths["pdf"])[0]
    for word in ("A “heading”", "“He said ‘no’”, don’t, (“", "”), ", "“it”", "’90s", "“item”"):
        assert word in " ".join(re.sub("</?(em|span)[^>]*>", "", page).split())
        assert word in " ".join(said.split())
    for word in ("\"a\" + 'b'", "--flag, -1...", '"code"'):
        assert word in re.sub("<[^>]*>", "", page).replace("&quot;", '"').replace("&#39;", "'")
        assert word in said
    assert "“He" not in paths["ipynb"].read_text(encoding="utf-8")


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">'
    '<rect width="40" height="20" fill="#654321"/></svg>'
)
DOT = base64.b64decode(  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def test_pictures_in_text_are_in_each_page(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a drawing.svg").write_text(DRAWING)
    (tmp_path / "dot.png").write_bytes(DOT)
    text = """# %% [markdown]
# A text.
#
# ![a drawing](pictures/a%20drawing.svg)
#
# ![a dot](dot.png)
"""
    for version in VERSIONS:
        paths = built(tmp_path, text, version)
        page = paths["html"].read_text(encoding="utf-8")
        check_self_contained(page)
        assert [f'alt="{words}"' in page for words in ("a drawing", "a dot")] == [True, True]
        for kind in FORMATS:
            assert COLOURS["visible"][kind == "pdf"] in everything(paths[kind])
        notebook = nbformat.read(paths["ipynb"], as_version=4)
        assert notebook.cells[1].source.count("](data:image/") == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("words", "is no SVG file"),
        (DRAWING.replace("<rect", '<image href="https://example.org/a.png"/><rect'), "self-cont"),
        (DRAWING.replace("<rect", "<script>1</script><rect"), "not self-contained"),
        (DRAWING + 2_000_000 * " ", "more than 2 MB"),
    ],
)
def test_bad_pictures_in_text(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.svg").write_text(content)
    with pytest.raises(HandoutError, match=f"line 5: .*{message}"):
        built(tmp_path, "# %% [markdown]\n# ![a](a.svg)\n", "student", "html")
    with pytest.raises(HandoutError, match=r"line 5: .* says nothing in words"):
        built(tmp_path, "# %% [markdown]\n# ![](a.svg)\n", "student", "html")


def test_pictures_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.svg").write_text(DRAWING)
    (tmp_path / "in/a.svg").symlink_to(tmp_path / "secret.svg")
    made = source(tmp_path / "in", "# %% [markdown]\n# ![a](a.svg)\n")
    with pytest.raises(HandoutError, match=r"line 5: .*in the folder of the notebook"):
        build(made, ["student"], ["html"], tmp_path / "out")


def test_numbers_in_prose_begin_no_lists(tmp_path: Path) -> None:
    text = "# %% [markdown]\n# " + 40 * "Their stride is 9. Find it. " + "\n"
    (page,) = pages(built(tmp_path, text, "instructor", "pdf")["pdf"])
    assert " ".join(page.split()).count("stride is 9. Find it.") == 40


def test_verdicts_are_shown_as_what_people_read(tmp_path: Path) -> None:
    text = """# %%
from symconv import Claim, Signal, integers, solve_amounts

n, c = integers("n c", positive=True)
p = integers("p", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)
verdict = Claim(x.correlate(k), x.convolve(k)).prove()
verdict

# %%
verdict.counterexample

# %%
Claim(x, x.flip().flip()).prove()

# %%
solve_amounts(Claim(x.pad(p, p).length, n), p, for_all=[n])
"""
    paths = built(tmp_path, text)
    for said in (pages(paths["pdf"])[0], paths["html"].read_text(), paths["ipynb"].read_text()):
        assert "refuted at c = 2, n = 1" in said
        assert "at c = 2, n = 1, k = [1, 1], x = [1]: the left side is []" in said
        assert "proved for all lengths" in said
        assert "p = 0" in said
        assert not re.search(r"(Proved|Refuted|Counterexample|Amounts)\(", said)


# --- what looks wrong on a phone -------------------------------------------------------


@needs_chromium
@pytest.mark.parametrize("width", [390, 1200])
def test_pages_fit_a_phone(tmp_path: Path, width: int) -> None:
    word = "condition"
    text = f"""# %% [markdown]
# {40 * "word $x$. "}({15 * "$k(z)$, "}).
#
# $k(z)\\,k(z^2) = \\prod_{{i < 2e}} (1 + z^{{2^i}}) = 1 + z + z^2 + \\ldots + z^{{n - 1}}$.
#
# $$\\sum_{{i=0}}^{{n-1}} {" + ".join(f"k_{{{n}}}[i]" for n in range(40))}$$
#
# | {" | ".join([word] * 8)} |
# |{"---|" * 8}
# | {" | ".join(["$a_1 + a_2$"] * 8)} |

# %%
print({60 * "1 + "}1)  # {60 * "w"}
"""
    made = built(tmp_path, text, "instructor", "html")["html"]
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(made.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        together = page.evaluate(
            "[...document.querySelectorAll('.keep')].map(e => [e.textContent.slice(-1),"
            " Math.round(e.getBoundingClientRect().height) < 40])"
        )
        assert len(together) > 50
        assert all(is_one_line for _, is_one_line in together)
        assert {last for last, _ in together} >= {".", ","}
        heads = page.evaluate(
            "[...document.querySelectorAll('th')].map(e => {"
            " const r = document.createRange(); r.selectNodeContents(e);"
            " return r.getClientRects().length; })"
        )
        assert heads == 8 * [1]  # no word is cut


def test_builds_are_the_same_each_time(tmp_path: Path) -> None:
    text = '# %%\nprint("a")\n\n# %%\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\n'
    first, again = (
        {kind: path.read_bytes() for kind, path in built(tmp_path, text, "student").items()}
        for _ in range(2)
    )
    assert first == again


# --- the command -----------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["handout", *arguments])


def test_command(tmp_path: Path, run: Callable[..., Any]) -> None:
    text = '# %% [markdown] tags=["solution"]\n# words\n'
    (tmp_path / "notes").mkdir()
    source(tmp_path / "notes", text, "01_first.py")
    source(tmp_path / "notes", text, "02_second.py")
    result = run("notes", "--to", "ipynb", "--to", "html")
    assert result.exit_code == 0, result.output
    made = sorted(path.name for path in (tmp_path / "build/handouts").iterdir())
    assert made == [
        f"{name}-{version}.{kind}"
        for name in ("01_first", "02_second")
        for version in ("instructor", "student")
        for kind in ("html", "ipynb")
    ]
    assert len(result.output.splitlines()) == len(made)
    result = run("notes/01_first.py", "--student", "--to", "pdf", "--output", "elsewhere")
    assert result.exit_code == 0, result.output
    assert [p.name for p in (tmp_path / "elsewhere").iterdir()] == ["01_first-student.pdf"]


def test_command_with_bad_input(tmp_path: Path, run: Callable[..., Any]) -> None:
    assert run().exit_code == 2
    assert run("missing.py").exit_code == 2
    (tmp_path / "empty").mkdir()
    result = run("empty")
    assert result.exit_code == 2
    assert "there are no notebooks" in result.output
    for folder in "ab":
        (tmp_path / folder).mkdir()
        source(tmp_path / folder, "")
    result = run("a", "b")
    assert result.exit_code == 2
    assert "the same files" in result.output
    source(tmp_path / "a", "# %%\n1 / 0\n", "bad.py")
    result = run("a", "--to", "ipynb")
    assert result.exit_code == 2
    assert result.output.count("ZeroDivisionError") == 1
    assert (tmp_path / "build/handouts/sheet-student.ipynb").exists(), "the others are made"


def test_files_that_cannot_be_written(tmp_path: Path, run: Callable[..., Any]) -> None:
    source(tmp_path, "")
    (tmp_path / "taken").write_text("")
    result = run("sheet.py", "--to", "ipynb", "--output", "taken/out")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_an_interrupted_build_writes_nothing(tmp_path: Path) -> None:
    source(tmp_path, "# %%\nimport time\n\ntime.sleep(50)\n")
    command = [sys.executable, "-m", "symconv", "handout", "sheet.py"]
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - begun < 40, "the cell takes longer"
    assert not (tmp_path / "build").exists()


def test_command_without_the_extra(
    tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path, "# %%\na = 1\n")
    for name in ("command.handouts", "pages.handouts.formats"):
        monkeypatch.delitem(sys.modules, f"symconv.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "typst", None)
    result = run("sheet.py")
    assert result.exit_code == 2
    assert "pip install 'symconv[handouts]'" in result.output

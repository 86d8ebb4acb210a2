"""The course, the claims of the catalogue and the reference as a site of static pages."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import click
from rich.progress import Progress

from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.published import PUBLISHED
from symconv.catalogue.theorems import THEOREMS
from symconv.command.handouts import found_notebooks, shown_progress
from symconv.command.terminal import console
from symconv.errors import SymconvError
from symconv.pages import site
from symconv.pages.explore.pages import page
from symconv.pages.handouts.execution import Kernels, executed
from symconv.pages.handouts.formats import html_parts, html_style
from symconv.pages.handouts.notebooks import HandoutError, Source, Version
from symconv.pages.handouts.pages import document

__all__ = ["build_site"]

_MODULES = (
    *("symconv", "symconv.testing", "symconv.exercises", "symconv.derivations"),
    *("symconv.reading.text", "symconv.formal", "symconv.pages.diagrams"),
    "symconv.reading.networks",
)
_LIST = ".symconv-site"  # of the files of a site, so that it can be written anew


def build_site(paths: Sequence[str], version: Version, output: str) -> None:
    """Write the site, and print where it begins.

    Args:
        paths: notebooks, and folders of them.
        version: "student", without solutions, or "instructor".
        output: the folder to write to; what an earlier site has left there goes.

    Raises:
        UsageError: pdoc is not installed.
        HandoutError: a notebook has no page, or a file cannot be written.
    """
    if find_spec("pdoc") is None:
        raise click.UsageError("the site needs the package pdoc: pip install 'symconv[docs]'")
    sources = [Source.read(path) for path in found_notebooks(paths)]
    out = console()
    kernels = Kernels()
    with (
        shown_progress(out) as progress,
        tempfile.TemporaryDirectory() as place,
        ThreadPoolExecutor(os.cpu_count()) as pool,
        # Each in a new Python: this one has threads.
        ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as processes,
    ):
        try:
            course = [pool.submit(_notebook, s, version, progress, kernels) for s in sources]
            reference = pool.submit(_reference, Path(place), progress)
            claims = _claims(processes, progress)
            parts = [job.result() for job in course]
            files = {**_course(parts, version, len(claims) - 1), **claims, **reference.result()}
        except BaseException:  # a notebook that fails, Ctrl-C
            pool.shutdown(wait=False, cancel_futures=True)
            processes.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise
    folder = Path(output)
    _write(folder, files)
    size = sum(len(content) for content in files.values())
    first = folder / "index.html"
    out.print(f"{first}  {len(files)} files, {size / 10**6:.1f} MB", soft_wrap=True)


# --- what there is ---------------------------------------------------------------------


def _notebook(
    source: Source, version: Version, progress: Progress, kernels: Kernels
) -> tuple[site.Notebook, str]:
    """A notebook, and the style sheet of its code."""
    task = progress.add_task(f"{source.name}: starting")
    total = len(source.cells)

    def ran(cell: int) -> None:
        progress.update(task, description=f"{source.name}: {cell} of {total} cells done")

    try:
        paged = document(source, version, executed(source, [version], ran, kernels)[version])
        body, highlighting = html_parts(paged)
    finally:
        progress.remove_task(task)
    return site.Notebook(source.name, paged.title, body), highlighting


def _course(
    parts: Sequence[tuple[site.Notebook, str]], version: Version, claims: int
) -> dict[str, bytes]:
    notebooks = [notebook for notebook, _ in parts]
    highlighting = "\n".join(dict.fromkeys(code for _, code in parts))
    style = site.style(html_style([one.body for one in notebooks], highlighting))
    pages = {
        f"course/{one.name}.html": site.course_page(notebooks, number, version)
        for number, one in enumerate(notebooks)
    }
    pages |= {"index.html": site.index_page(notebooks, version, claims), "style.css": style}
    return {name: text.encode() for name, text in pages.items()}


def _claims(pool: ProcessPoolExecutor, progress: Progress) -> dict[str, bytes]:
    """The pages of the claims, and the list of all."""
    groups = [("Two layers with stride 2", "", THEOREMS)]
    groups += [(one.statement, one.source, one.theorems) for one in PUBLISHED]
    jobs = {t.name: pool.submit(_claim, t.name) for _, _, theorems in groups for t in theorems}
    task = progress.add_task("claims: starting")
    files = {}
    rows = {}
    for number, (name, job) in enumerate(jobs.items(), 1):
        statement, verdict, html = job.result()
        progress.update(task, description=f"claims: {number} of {len(jobs)} done")
        rows[name] = site.Row(name, statement, verdict)
        if html:
            files[f"claims/{name}.html"] = html.encode()
    progress.remove_task(task)
    listed = [site.Group(title, source, [rows[t.name] for t in ts]) for title, source, ts in groups]
    return files | {"claims/index.html": site.claims_page(listed).encode()}


def _claim(name: str) -> tuple[str, str, str]:
    """A claim in words, its verdict and its page; the last two are empty if it has none."""
    theorem = CATALOGUE[name]
    try:
        verdict = theorem.claim.prove()
        shown = page(theorem.claim, verdict, statement=theorem.statement, why=theorem.why)
    except SymconvError:  # it is too large to be drawn
        return theorem.statement, "", ""
    linked = site.with_way_back(shown.html, "<body>", "index.html", "All claims")
    return theorem.statement, str(verdict).splitlines()[0], linked


def _reference(place: Path, progress: Progress) -> dict[str, bytes]:
    """What pdoc writes, with a link to the first page."""
    task = progress.add_task("reference")
    template = Path(site.__file__).with_name("reference")
    options = ["-d", "google", "--no-show-source", "-t", str(template), "-o", str(place)]
    command = [sys.executable, "-m", "pdoc", *options, *_MODULES]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise HandoutError(f"the reference cannot be made: pdoc says: {said}")
    files = {}
    for path in sorted(p for p in place.rglob("*") if p.is_file()):
        name = path.relative_to(place)
        content = path.read_bytes()
        if path.suffix == ".html":
            up = "../" * len(name.parts)
            text = site.with_way_back(
                content.decode(), '<nav class="pdoc">', f"{up}index.html", "Contents of the site"
            )
            content = text.encode()
        files[f"api/{name.as_posix()}"] = content
    progress.remove_task(task)
    return files


# --- files -----------------------------------------------------------------------------


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _of_an_earlier_site(folder):
            path.unlink(missing_ok=True)
        (folder / _LIST).write_text("".join(f"{name}\n" for name in files), encoding="utf-8")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise HandoutError(f"{error.filename} cannot be written: {error.strerror}") from None


def _of_an_earlier_site(folder: Path) -> list[Path]:
    """Its files, by the list that it has left; nothing outside of the folder is one."""
    known = folder / _LIST
    names = known.read_text(encoding="utf-8", errors="replace") if known.exists() else ""
    paths = [folder / name for name in names.splitlines() if name]
    here = folder.resolve()
    return [path for path in paths if path.parent.resolve().is_relative_to(here)]

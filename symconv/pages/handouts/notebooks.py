"""Notebook sources in jupytext's percent format, with their solutions and hints marked.

A solution is a cell with the tag `solution`, or the lines of a code cell between

    ### BEGIN SOLUTION
    ### END SOLUTION

The student's version holds a stub in its place, which fails and says what to do; where words
are asked for, it is a text instead, one for all cells of a solution that follow each other.
A hint is a Markdown cell with the tag `hint`, somewhere after its exercise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any, Literal, TypeAlias

import jupytext

from symconv.arithmetic.limits import FEWEST_RULED_LINES, MOST_RULED_LINES
from symconv.errors import SymconvError
from symconv.pages.handouts.markers import BEGIN, END, MarkerError, Tag, marker, tag

__all__ = ["STUB", "Cell", "HandoutError", "Part", "Source", "Version"]

Version: TypeAlias = Literal["student", "instructor"]

STUB = "write your solution in place of this line"
_TEXT_STUB = "*Your answer:*"
_ROOM = "# your solution"

_CELL = re.compile(r"# ?%%+(\s|$)")
_BOLD = re.compile(r"(?:\A|\n\n)\s*\*\*([^*]+)\*\*")
_HEADING = re.compile(r"\A\s*#+\s+(.+)")
_ROW = 60  # characters of a typed solution that take a ruled line when written by hand


class HandoutError(SymconvError):
    """A notebook of which no handout can be made; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a cell that are a solution, or that are none."""

    text: str
    is_solution: bool

    @property
    def rows(self) -> int:
        """How many ruled lines leave room to write this by hand."""
        needed = sum(max(1, ceil(len(line) / _ROW)) for line in self.text.splitlines() if line)
        return min(max(needed + 2, FEWEST_RULED_LINES), MOST_RULED_LINES)

    @property
    def indent(self) -> str:
        """The spaces before the first line."""
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        return first[: len(first) - len(first.lstrip())]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a notebook.

    Attributes:
        is_code: whether it is a code cell; otherwise it holds Markdown.
        text: the whole cell, as it is in the source.
        parts: the same without the markers, cut into what is a solution and what is not.
        line: the number of its first line in the file.
        tag: the tag of the whole cell.
        hint_to: the name of the exercise to which it is a hint, as "Exercise 1"; or None.
        is_spare: whether the student answers in another cell, of the same solution.
    """

    is_code: bool
    text: str
    parts: tuple[Part, ...]
    line: int
    tag: Tag | None = None
    hint_to: str | None = None
    is_spare: bool = False

    @property
    def has_solution(self) -> bool:
        """Whether a part of the cell is a solution."""
        return any(part.is_solution for part in self.parts)

    def version(self, version: Version) -> str:
        """The cell as it stands in the notebook of a version."""
        if self.hint_to is not None:
            return f"<details>\n<summary>Hint</summary>\n\n{self.text.strip()}\n\n</details>"
        if (
            version == "instructor"
            and self.tag == "solution"
            and not (self.is_code or self.is_spare)
        ):
            return f"**Solution**\n\n{self.text}"
        if version == "instructor" or not self.has_solution:
            return self.text
        return "\n".join(self._stub(part) if part.is_solution else part.text for part in self.parts)

    def on_paper(self) -> str:
        """The lines of the student's cell on paper, which has room for the solution elsewhere."""
        lines = (f"{p.indent}{_ROOM}" if p.is_solution else p.text for p in self.parts)
        return "" if all(part.is_solution for part in self.parts) else "\n".join(lines)

    def _stub(self, part: Part) -> str:
        if not self.is_code:
            return _TEXT_STUB
        return f'{part.indent}raise NotImplementedError("{STUB}")'


@dataclass(frozen=True)
class Source:
    """A notebook source.

    Raises:
        HandoutError: the file cannot be read as a notebook, or its solutions are not marked
            as they should be: a marker that is nested, stray or not closed, or what only
            looks like a marker.
    """

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read a file."""
        if path.suffix != ".py":
            raise HandoutError(
                f"{path}: expected a notebook in jupytext's percent format (.py); "
                "'jupytext --to py:percent' converts others"
            )
        try:
            source = cls(path, path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise HandoutError(f"{path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise HandoutError(f"{path} cannot be read: it is not UTF-8") from None
        _ = source.cells
        return source

    @property
    def name(self) -> str:
        """The name of the file, without its ending."""
        return self.path.stem

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in order."""
        try:
            notebook = jupytext.reads(self.text, fmt="py:percent")
        except Exception as error:  # of YAML, of nbformat, and others: the header is the user's
            problem = (str(error).splitlines() or [type(error).__name__])[0]
            raise HandoutError(
                f"{self.path} cannot be read as a notebook: {problem}; "
                "'jupytext --to py:percent' writes what is expected"
            ) from None
        lines = [n for n, text in enumerate(self.text.splitlines(), 1) if _CELL.match(text)]
        if len(lines) != len(notebook.cells):
            raise HandoutError(
                f"{self.path}: expected each cell to begin with a line '# %%', and no text before "
                f"the first one; there are {len(lines)} such lines and {len(notebook.cells)} cells"
            )
        return tuple(_with_one_stub(self._cells(zip(notebook.cells, lines, strict=True))))

    def error(self, line: int, message: str) -> HandoutError:
        """An error at a line."""
        return HandoutError(f"{self.path}, line {line}: {message}")

    def _cells(self, found: Iterable[tuple[Any, int]]) -> Iterator[Cell]:
        name = ""  # of the exercise, or whatever the last text with a name was
        for cell, line in found:
            if cell.cell_type not in ("code", "markdown"):
                raise self.error(line, f"a {cell.cell_type} cell; expected code or Markdown")
            try:
                its_tag = tag(self.text.splitlines()[line - 1], cell.metadata)
            except MarkerError as error:
                raise self.error(line, str(error)) from None
            is_code, is_hint = cell.cell_type == "code", its_tag == "hint"
            if is_hint and (is_code or not name or not cell.source.strip()):
                raise self.error(
                    line,
                    "a hint is Markdown, and follows an exercise, a cell that begins with a name "
                    "as in '**Exercise 1**'",
                )
            tagged = its_tag == "solution"
            parts = self._parts(cell.source, line + 1, tagged=tagged, is_code=is_code)
            hint_to = name if is_hint else None
            yield Cell(is_code, cell.source, tuple(parts), line, its_tag, hint_to)
            if its_tag is None and not is_code:
                name = _name(cell.source) or name

    def _parts(self, text: str, first: int, *, tagged: bool, is_code: bool) -> Iterator[Part]:
        opened = 0  # the line of the marker
        found: list[tuple[bool, str]] = []
        for number, line in enumerate(text.splitlines(), first):
            try:
                found_marker = marker(line, is_code=is_code)
            except MarkerError as error:
                raise self.error(number, str(error)) from None
            if found_marker is None:
                found.append((bool(opened) or tagged, line))
                continue
            if tagged:
                raise self.error(number, "a marker in a cell that is a solution as a whole")
            if found_marker == "begin" and opened:
                raise self.error(number, f"a solution within the one that begins in line {opened}")
            if found_marker == "end" and not opened:
                raise self.error(number, f"there is no '{BEGIN}' before this in the cell")
            if found_marker == "end" and not any(solution for solution, _ in found[-1:]):
                raise self.error(number, "an empty solution")
            opened = number if found_marker == "begin" else 0
        if opened:
            raise self.error(opened, f"there is no '{END}' after this in the cell")
        for is_solution, lines in groupby(found, key=lambda pair: pair[0]):
            yield Part("\n".join(line for _, line in lines), is_solution)


def _with_one_stub(cells: Iterable[Cell]) -> Iterator[Cell]:
    """The cells; of those of one solution, all but the first one in words are spare."""
    for its_tag, found in groupby(cells, key=lambda cell: cell.tag):
        run = list(found)
        answer = next((cell for cell in run if not cell.is_code), run[0])
        for cell in run:
            yield replace(cell, is_spare=its_tag == "solution" and cell is not answer)


def _name(text: str) -> str:
    """What an exercise is called: bold words at the start of a paragraph, or its heading."""
    bold = _BOLD.findall(text)
    numbered = [words for words in bold if re.search(r"\d", words)]
    found = numbered[-1:] or bold[:1] or _HEADING.findall(text)[:1]
    return found[0].strip(" .:") if found else ""

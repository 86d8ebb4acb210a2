"""The picture `taps`: which products each tap of a kernel is, or why there is no such kernel."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from symconv.arithmetic.limits import (
    MOST_PICTURE_SENTENCES,
    MOST_TAPS_DRAWN,
    WIDEST_PICTURE,
)
from symconv.decision.solving.kernels.obstacles import Obstacle
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.solving.kernels.telling import absence, conflict, needs_table
from symconv.errors import SymconvError, as_given
from symconv.language.assignments import point, spell
from symconv.language.graph import has_opaque, symbols_in
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr, substituted
from symconv.pages.diagrams.boxes import box_size, draw_box, shortened
from symconv.pages.diagrams.entries import polynomials, sum_text, terms
from symconv.pages.diagrams.lettering import SMALL, text_width
from symconv.pages.diagrams.svg import GREY, HEIGHT, SHADE, Canvas, Diagram

__all__ = ["taps"]


def taps(kernel: SignalExpr | Solution, /, **lengths: int) -> Diagram:
    """The taps of a kernel at fixed sizes, each with the sum of products that it is.

    A kernel of one axis is a row, one of two a grid; one of more axes is a grid for each index
    along the others.  What `solve` found is such a kernel, and has its name; where it found that
    there is none, the outputs that are in the way are shown instead.

    Args:
        kernel: a signal or a tensor, or what `solve` found for a single unknown.
        lengths: the values of the symbols in it.

    Returns:
        The picture; its text alternative lists the taps.

    Raises:
        SymconvError: neither a kernel nor an obstacle was found, a value is missing, or there are
            too many taps to be legible.

    >>> from symconv import Signal, integers, solve
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> found = solve(x.correlate(k).correlate(k), lambda K: x.correlate(K))
    >>> taps(found, c=2)
    K = k ∗ k at c = 2.
    K[0] = k₀².
    K[1] = 2k₀k₁.
    K[2] = k₁².
    >>> taps(solve(x.flip().correlate(k), lambda K: x.correlate(K)))
    There is no K of one axis over fields of characteristic 0: at c = 1, n = 2, this output needs
    what cannot be.
    Output [0], before x[1], needs 0 = k[0].
    """
    name = "tap"
    if isinstance(kernel, Solution):
        if kernel.obstacle is not None:
            return _in_the_way(kernel, kernel.obstacle)
        name, kernel = next(iter(kernel.problem.unknowns)), kernel.kernel
    if not isinstance(kernel, SignalExpr):
        raise SymconvError(
            f"expected a kernel, such as a signal or what solve found, got {as_given(kernel)}"
        )
    return _Taps(name, kernel, lengths).diagram()


class _Taps:
    """The taps of a kernel at fixed sizes: their sums, and how they are drawn."""

    def __init__(self, name: str, kernel: SignalExpr, lengths: dict[str, Any]) -> None:
        if has_opaque(kernel):
            raise SymconvError(
                f"a picture shows sums of products of entries, and {plain(kernel)} is a function "
                "or a maximum of them"
            )
        at = point(list(symbols_in(kernel).values()), lengths)
        fixed = substituted(kernel, at)
        self.shape = tuple(size.value({}) for size in fixed.lengths)
        count = 1
        for size in self.shape:
            count *= size
        if count > MOST_TAPS_DRAWN:
            raise SymconvError(
                f"{plain(kernel)} has {count} entries there; a picture holds at most "
                f"{MOST_TAPS_DRAWN}: choose smaller sizes"
            )
        self.name = name
        self.heading = f"{plain(kernel)}{f' at {spell(at)}' if at else ''}"
        (self.sums,) = polynomials([fixed])
        self.cells = [shortened(terms(one)) for one in self.sums]

    def diagram(self) -> Diagram:
        """The picture, and what it shows in words."""
        places = product(*map(range, self.shape))
        words = [
            f"{self.name}[{', '.join(map(str, index))}] = {sum_text(one)}."
            for index, one in zip(places, self.sums, strict=True)
        ]
        left_out = len(words) - MOST_PICTURE_SENTENCES
        if left_out > 0:
            words = [*words[:MOST_PICTURE_SENTENCES], f"{left_out} more taps are drawn."]
        canvas = Canvas()
        self._draw(canvas)
        sign = "" if self.name == "tap" else f"{self.name} = "
        head = f"{sign}{self.heading}"
        return canvas.diagram("Taps of a kernel", "\n".join([f"{head}.", *words]))

    def _draw(self, canvas: Canvas) -> None:
        *others, rows, columns = (1, *self.shape) if len(self.shape) == 1 else self.shape
        width, height = box_size(self.cells)
        cells = iter(self.cells)
        margin = text_width(self.name) + 14 if len(self.shape) == 1 else 24.0
        if margin + columns * width > WIDEST_PICTURE:
            raise SymconvError(
                f"it would be {margin + columns * width:.0f} pixels wide; a picture holds at most "
                f"{WIDEST_PICTURE}: choose smaller sizes"
            )
        y = 0.0
        for place in product(*map(range, others)):
            if others:
                label = f"{self.name}[{', '.join(map(str, place))}]"
                canvas.text(0, y, label, anchor="start")
                y += 20
            for column in range(columns):
                x = margin + (column + 0.5) * width
                canvas.text(x, y, str(column), size=SMALL, colour=GREY)
            y += 12
            for row in range(rows):
                label = self.name if len(self.shape) == 1 else str(row)
                small = SMALL if len(self.shape) > 1 else 13.0
                canvas.text(0, y + height / 2, label, size=small, anchor="start")
                for column in range(columns):
                    draw_box(canvas, margin + column * width, y, width, height, next(cells))
                y += height
            y += 20
        if not self.cells:
            canvas.text(margin, y, "no entries", anchor="start", colour=GREY)


def _in_the_way(found: Solution, obstacle: Obstacle) -> Diagram:
    """The outputs that contradict each other, as a table."""
    none = f"There is {absence(found)}"
    canvas = Canvas()
    if not obstacle.needs:
        words = [f"{none}: {obstacle}."]
        _draw_lines(canvas, words)
        return canvas.diagram("No kernel", words[0])
    head, rows = needs_table(obstacle)
    apart = head[0] == "at"
    told = [
        f"{f'At {row[0]}, o' if apart else 'O'}{str(need)[1:]}."
        for row, need in zip(rows, obstacle.needs, strict=True)
    ]
    words = [f"{none}: {conflict(obstacle)}.", *told]
    _draw_lines(canvas, words[:1])
    widths = [max(map(text_width, column)) + 16 for column in zip(head, *rows, strict=True)]
    starts = [sum(widths[:i]) for i in range(len(widths))]
    for start, title in zip(starts, head, strict=True):
        canvas.text(start + 8, 22, title, size=SMALL, anchor="start", colour=GREY)
    for number, cells in enumerate(rows):
        y = 32 + number * HEIGHT
        for start, width, text in zip(starts, widths, cells, strict=True):
            canvas.rect(start, y, width, HEIGHT, fill=SHADE if start == starts[-1] else "white")
            canvas.text(start + 8, y + HEIGHT / 2, text, anchor="start")
    return canvas.diagram("No kernel", "\n".join(words))


def _draw_lines(canvas: Canvas, lines: Iterable[str]) -> None:
    for number, text in enumerate(lines):
        canvas.text(0, 16 * number, text, anchor="start")

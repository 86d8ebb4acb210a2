"""The picture `grids`: tensors of two axes, and tables of numbers or of yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import Any

from sympy import Expr
from sympy.logic.boolalg import BooleanAtom

from symconv.arithmetic.limits import MOST_TAPS_DRAWN, WIDEST_PICTURE
from symconv.errors import SymconvError, as_given
from symconv.language.assignments import Point, point
from symconv.language.graph import has_opaque, symbols_in
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr, substituted
from symconv.pages.diagrams.boxes import Lines, box_size, draw_box, shortened
from symconv.pages.diagrams.entries import number_text, polynomials, sum_text, terms
from symconv.pages.diagrams.lettering import text_width
from symconv.pages.diagrams.svg import DARK, Canvas, Diagram

__all__ = ["grids"]

_SQUARE = 18.0
_GAP = 30.0


def grids(panels: Mapping[str, Any], /, **sizes: int) -> Diagram:
    """Tables side by side, each with its name below it.

    Args:
        panels: by its name, each a tensor of two axes, or a list of rows.  In a row stand
            `True`, a dark cell, and `False`, a white one; or numbers and expressions, which
            are written.  Arrays of NumPy, of PyTorch and of SymPy are such lists.
        sizes: the values of the symbols in the tensors.

    Returns:
        The picture; its text alternative tells the rows, with # for a dark cell.

    Raises:
        SymconvError: a panel is no table, a value is missing, or there are too many cells to be
            legible.

    >>> from symconv import Tensor
    >>> image = Tensor("x", (2, 2))
    >>> grids({"image": image, "padded": image.pad(1, 0, axis=(0, 1))})
    Grids, row by row.
    image: x₀₀, x₀₁; x₁₀, x₁₁.
    padded: 0, 0, 0; 0, x₀₀, x₀₁; 0, x₁₀, x₁₁.
    >>> grids({"border": [[max(u, v) == 1 for u in (-1, 0, 1)] for v in (-1, 0, 1)]})
    Grids, row by row; # is a dark cell.
    border: ..# ..# ###.
    """
    if not isinstance(panels, Mapping) or not panels:
        raise SymconvError(
            f"expected tables by their names, such as {{'image': x}}, got {as_given(panels)}"
        )
    tensors = [panel for panel in panels.values() if isinstance(panel, SignalExpr)]
    at = point(list({s: s for one in tensors for s in symbols_in(one).values()}), sizes)
    tables = {str(name): _table(str(name), panel, at) for name, panel in panels.items()}
    canvas = Canvas()
    _draw(canvas, tables)
    dark = any(isinstance(cell, bool) for t in tables.values() for row in t.rows for cell in row)
    words = [f"Grids, row by row{'; # is a dark cell' * dark}."]
    words += [f"{name}: {table.words}." for name, table in tables.items()]
    return canvas.diagram("Grids", "\n".join(words))


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of cells, each dark or not, or with lines of text; and what they say."""

    rows: Sequence[Sequence[bool | Lines]]
    words: str

    @property
    def cell(self) -> tuple[float, float]:
        """The width and the height of its cells."""
        written = [cell for row in self.rows for cell in row if not isinstance(cell, bool)]
        return box_size(written) if written else (_SQUARE, _SQUARE)

    @property
    def size(self) -> tuple[float, float]:
        """Its width and its height."""
        width, height = self.cell
        return width * max(map(len, self.rows), default=0), height * len(self.rows)


def _table(name: str, panel: Any, at: Point) -> _Table:
    if isinstance(panel, SignalExpr):
        return _of_tensor(name, panel, at)
    rows = panel.tolist() if hasattr(panel, "tolist") else panel
    if not _is_list(rows) or not all(map(_is_list, rows)):
        raise SymconvError(
            f"{name!r} should be a tensor of two axes or a list of rows, got {as_given(panel)}"
        )
    if len({len(row) for row in rows}) > 1:
        raise SymconvError(f"the rows of {name!r} have {sorted({*map(len, rows)})} entries")
    _check_number(name, sum(map(len, rows)))
    cells = [[_cell(name, value) for value in row] for row in rows]
    if all(isinstance(cell, bool) for row in cells for cell in row):
        words = " ".join("".join(".#"[cell is True] for cell in row) for row in cells)
    else:
        told = ((".#"[cell] if isinstance(cell, bool) else cell[0] for cell in r) for r in cells)
        words = "; ".join(map(", ".join, told))
    return _Table(cells, words or "no entries")


def _of_tensor(name: str, tensor: SignalExpr, at: Point) -> _Table:
    if tensor.ndim != 2:
        raise SymconvError(f"{name!r} should have two axes; {plain(tensor)} has {tensor.ndim}")
    if has_opaque(tensor):
        raise SymconvError(
            f"a picture shows sums of products of entries, and {plain(tensor)} is a function "
            "or a maximum of them"
        )
    fixed = substituted(tensor, {s: at[s] for s in symbols_in(tensor).values()})
    rows, columns = (size.value({}) for size in fixed.lengths)
    _check_number(name, rows * columns)
    (sums,) = polynomials([fixed])
    told = [sums[i * columns : (i + 1) * columns] for i in range(rows)]
    words = "; ".join(", ".join(map(sum_text, row)) for row in told)
    cells = [[shortened(terms(one)) for one in row] for row in told]
    return _Table(cells, words if sums else "no entries")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _check_number(name: str, count: int) -> None:
    if count > MOST_TAPS_DRAWN:
        raise SymconvError(
            f"{name!r} has {count} cells; a picture holds at most {MOST_TAPS_DRAWN} in a grid: "
            "choose smaller sizes"
        )


def _cell(name: str, value: Any) -> bool | Lines:
    match value.item() if hasattr(value, "item") else value:  # of NumPy and PyTorch
        case bool() | BooleanAtom():
            return bool(value)
        case int() | Fraction() as number:
            return [number_text(number)]
        case Expr() as expression:
            return [plain(expression)]
        case Real() as rounded:
            return [number_text(f"{rounded:.3g}")]
    raise SymconvError(
        f"a cell of {name!r} should be True, False, a number or an expression, got "
        f"{as_given(value)}"
    )


def _draw(canvas: Canvas, tables: Mapping[str, _Table]) -> None:
    tallest = max(table.size[1] for table in tables.values())
    left = 0.0
    for name, table in tables.items():
        (width, height), (across, down) = table.size, table.cell
        room = max(width, text_width(name))
        x, y = left + (room - width) / 2, (tallest - height) / 2
        for i, row in enumerate(table.rows):
            for j, cell in enumerate(row):
                corner = (x + j * across, y + i * down)
                if isinstance(cell, bool):
                    canvas.rect(*corner, across, down, fill=DARK if cell else "white")
                else:
                    draw_box(canvas, *corner, across, down, cell)
        canvas.text(left + room / 2, tallest + 16, name)
        left += room + _GAP
    if left - _GAP > WIDEST_PICTURE:
        raise SymconvError(
            f"it would be {left - _GAP:.0f} pixels wide; a picture holds at most "
            f"{WIDEST_PICTURE}: choose smaller sizes, or fewer grids"
        )

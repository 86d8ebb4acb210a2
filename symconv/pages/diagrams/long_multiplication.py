"""The picture `products`: a convolution as a long multiplication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import SupportsIndex

from symconv.arithmetic.limits import WIDEST_PICTURE
from symconv.errors import SymconvError
from symconv.language.assignments import point, spell
from symconv.language.graph import symbols_in
from symconv.language.notation import plain
from symconv.language.operators import Convolve
from symconv.language.signals import SignalExpr
from symconv.pages.diagrams.arguments import check_signal, fixed_signal
from symconv.pages.diagrams.entries import Polynomial, monomial_text, polynomials, sum_text, terms
from symconv.pages.diagrams.lettering import text_width
from symconv.pages.diagrams.svg import PALE, Canvas, Diagram

__all__ = ["products"]


def products(kernel: SignalExpr, /, **lengths: SupportsIndex) -> Diagram:
    """A convolution as a long multiplication: which products add up to which tap.

    Both factors stand above, each entry in the column of its index.  Then there is a row for
    each entry of the second factor that is not 0, with the products of the first factor's
    entries by it: that of the entries i and j stands in column t = i + j.  Below the rule are
    the sums of the columns, which are the taps.

    Args:
        kernel: a convolution, such as k.convolve(k.dilate(2)).
        lengths: the values of the integer symbols.

    Returns:
        The picture; its text alternative lists rows and sums.

    Raises:
        SymconvError: the signal is no convolution, a length is missing, unknown or
            impossible, or the picture would not be legible.

    >>> from symconv import Signal
    >>> k = Signal("k", 2)
    >>> products(k.convolve(k.dilate(2)))
    Long multiplication of k by k↑2; columns t = 0 to 3.
    k: k₀ k₁.
    k↑2: k₀ 0 k₁.
    Times k₀, from column 0: k₀k₀, k₁k₀.
    Times k₁, from column 2: k₀k₁, k₁k₁.
    Sums of the columns: t = 0: k₀²; t = 1: k₀k₁; t = 2: k₀k₁; t = 3: k₁².
    """
    at = point(list(symbols_in(check_signal(kernel)).values()), lengths)
    if not isinstance(kernel.operator, Convolve):
        raise SymconvError(
            f"expected a convolution such as k.convolve(k.dilate(2)), got {plain(kernel)}"
        )
    fixed = fixed_signal(kernel, at)
    first, second, sums = polynomials([*fixed.operands, fixed])
    found = _Multiplication(
        [plain(factor) for factor in fixed.operands],
        [list(map(sum_text, entries)) for entries in (first, second)],
        [
            _Row(sum_text(b), j, [_product_text(a, b) for a in first])
            for j, b in enumerate(second)
            if b
        ],
        list(map(sum_text, sums)),
        [terms(entry) for entry in sums],
        plain(fixed),
    )
    column = max([36, *(text_width(text) + 14 for text in found.texts())])
    if column * len(sums) > WIDEST_PICTURE:
        raise SymconvError(
            f"the products of {plain(kernel)} would be {column * len(sums):.0f} pixels wide; a "
            f"picture holds at most {WIDEST_PICTURE}: choose smaller lengths, or named signals as "
            "factors"
        )
    canvas = Canvas()
    _draw(canvas, found, column)
    words = found.words(f" at {spell(at)}" if at else "")
    return canvas.diagram(f"Long multiplication of {' by '.join(found.names)}", "\n".join(words))


@dataclass(frozen=True, slots=True)
class _Row:
    """The products of the first factor by one entry of the second, from a column on."""

    by: str
    start: int
    products: list[str]


@dataclass(frozen=True, slots=True)
class _Multiplication:
    """A long multiplication as text.

    Attributes:
        names: what the two factors are called.
        factors: their entries.
        rows: a row for each entry of the second factor that is not 0.
        sums: the sums of the columns.
        stacks: the terms of each sum, which stand below each other.
        total: what the product is called.
    """

    names: list[str]
    factors: list[list[str]]
    rows: list[_Row]
    sums: list[str]
    stacks: list[list[str]]
    total: str

    def texts(self) -> Iterator[str]:
        """All that stands in a column."""
        yield from chain(*(row.products for row in self.rows), *self.stacks, *self.factors)

    def words(self, where: str) -> Iterator[str]:
        """The picture in sentences."""
        ends = f"columns t = 0 to {len(self.sums) - 1}" if self.sums else "there are no columns"
        yield f"Long multiplication of {' by '.join(self.names)}{where}; {ends}."
        for name, entries in zip(self.names, self.factors, strict=True):
            yield f"{name}: {' '.join(entries) or 'no entries'}."
        for row in self.rows:
            if row.products:
                yield f"Times {row.by}, from column {row.start}: {', '.join(row.products)}."
        if self.sums:
            totals = "; ".join(f"t = {t}: {text}" for t, text in enumerate(self.sums))
            yield f"Sums of the columns: {totals}."


def _draw(canvas: Canvas, found: _Multiplication, column: float) -> None:
    first, second = found.names
    labels = [first, f"∗ {second}", *(f"times {row.by}" for row in found.rows), found.total]
    margin = max(map(text_width, labels)) + 14
    width = margin + column * max(len(found.sums), 1)

    def put(y: float, label: str, cells: Sequence[str], start: int = 0) -> None:
        canvas.text(0, y, label, anchor="start")
        for t, text in enumerate(cells, start):
            canvas.text(margin + column * (t + 0.5), y, text)

    y = 0.0
    put(y, "t", [str(t) for t in range(len(found.sums))])
    canvas.line((0, y + 11), (width, y + 11), stroke=PALE)
    for label, entries in zip(labels, found.factors, strict=False):
        y += 23
        put(y, label, entries)
    canvas.line((0, y + 12), (width, y + 12))
    y += 1
    for row in found.rows:
        y += 23
        put(y, f"times {row.by}", row.products, row.start)
    canvas.line((0, y + 12), (width, y + 12))
    y += 24
    put(y, found.total, [stack[0] for stack in found.stacks])
    for number in range(1, max(map(len, found.stacks), default=0)):
        y += 17
        for t, stack in enumerate(found.stacks):
            if number < len(stack):
                canvas.text(margin + column * (t + 0.5), y, stack[number])


def _product_text(a: Polynomial, b: Polynomial) -> str:
    """The product of two entries as it stands in a long multiplication, not multiplied out."""
    if not a or not b:
        return "0"
    factors = [f"({sum_text(p)})" if len(p) > 1 else sum_text(p) for p in (a, b)]
    if factors[1].startswith("−"):
        factors[1] = f"({factors[1]})"
    short = all(len(p) == 1 and monomial_text(*p) == sum_text(p) for p in (a, b))
    long = any(len(name) > 1 for p in (a, b) for monomial in p for name, _ in monomial)
    return ("" if short and not long else "·").join(factors)

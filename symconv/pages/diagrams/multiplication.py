"""The picture `products`: a convolution as a long multiplication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex

from symconv.arithmetic.limits import WIDEST_PICTURE
from symconv.errors import SymconvError
from symconv.language.graph import symbols_in
from symconv.language.notation import plain
from symconv.language.operators import Convolve
from symconv.language.points import point, spell
from symconv.language.signals import SignalExpr
from symconv.pages.diagrams.entries import Polynomial, monomial_text, polynomials, sum_text, terms
from symconv.pages.diagrams.lettering import text_width
from symconv.pages.diagrams.questions import check_signal, fixed_signal
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
    names = [plain(factor) for factor in fixed.operands]
    rows = [
        (sum_text(b), j, [_product_text(a, b) for a in first]) for j, b in enumerate(second) if b
    ]
    stacks = [terms(entry) for entry in sums]
    where = f" at {spell(at)}" if at else ""
    ends = f"; columns t = 0 to {len(sums) - 1}" if sums else "; there are no columns"
    words = [f"Long multiplication of {names[0]} by {names[1]}{where}{ends}."]
    for name, entries in zip(names, (first, second), strict=True):
        words.append(f"{name}: {' '.join(map(sum_text, entries)) or 'no entries'}.")
    words += [f"Times {b}, from column {j}: {', '.join(texts)}." for b, j, texts in rows if texts]
    totals = "; ".join(f"t = {t}: {sum_text(entry)}" for t, entry in enumerate(sums))
    words += [f"Sums of the columns: {totals}."] * bool(sums)

    canvas = Canvas()
    texts = [text for _, _, row in rows for text in row] + [t for stack in stacks for t in stack]
    texts += [sum_text(entry) for entry in (*first, *second)]
    column = max([36, *(text_width(text) + 14 for text in texts)])
    if column * len(sums) > WIDEST_PICTURE:
        raise SymconvError(
            f"the products of {plain(kernel)} would be {column * len(sums):.0f} pixels wide; a "
            f"picture holds at most {WIDEST_PICTURE}: choose smaller lengths, or named signals as "
            "factors"
        )
    total = plain(fixed)
    labels = [names[0], f"∗ {names[1]}", *(f"times {b}" for b, _, _ in rows), total]
    margin = max(map(text_width, labels)) + 14
    width = margin + column * max(len(sums), 1)

    def put(y: float, label: str, cells: Sequence[str], start: int = 0) -> None:
        canvas.text(0, y, label, anchor="start")
        for t, text in enumerate(cells, start):
            canvas.text(margin + column * (t + 0.5), y, text)

    y = 0.0
    put(y, "t", [str(t) for t in range(len(sums))])
    canvas.line((0, y + 11), (width, y + 11), stroke=PALE)
    for label, entries in zip(labels, (first, second), strict=False):
        y += 23
        put(y, label, [sum_text(entry) for entry in entries])
    canvas.line((0, y + 12), (width, y + 12))
    y += 1
    for b, j, row in rows:
        y += 23
        put(y, f"times {b}", row, j)
    canvas.line((0, y + 12), (width, y + 12))
    y += 24
    put(y, total, [stack[0] for stack in stacks])
    for number in range(1, max(map(len, stacks), default=0)):
        y += 17
        for t, stack in enumerate(stacks):
            if number < len(stack):
                canvas.text(margin + column * (t + 0.5), y, stack[number])
    return canvas.diagram(f"Long multiplication of {names[0]} by {names[1]}", "\n".join(words))


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

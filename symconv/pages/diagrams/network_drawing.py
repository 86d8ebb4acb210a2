"""The pictures `network` and `networks`: rows of cells, and the wires that reach an output."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from fractions import Fraction
from typing import SupportsIndex

from symconv.arithmetic.limits import MOST_CELLS, MOST_OUTPUTS_NAMED
from symconv.decision.claims import Claim
from symconv.errors import SymconvError
from symconv.language.assignments import point, spell
from symconv.language.graph import symbols_in
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr
from symconv.pages.diagrams.alt_text import network_words
from symconv.pages.diagrams.arguments import (
    check_range,
    check_signal,
    chosen_outputs,
    fixed_sides,
    fixed_signal,
    size_of,
)
from symconv.pages.diagrams.cells import DASHES
from symconv.pages.diagrams.labels import labelled_lines
from symconv.pages.diagrams.lettering import SMALL, text_width, wrapped
from symconv.pages.diagrams.network_layout import Names, Network, Row, Wire, build
from symconv.pages.diagrams.svg import GREY, HEIGHT, PALE, SHADE, Canvas, Diagram

__all__ = ["network", "networks"]

_GAP, _WIDE, _WIDEST = 32.0, 640.0, 1100.0
_ROOMY = 20


def network(
    signal: SignalExpr, /, *, outputs: Iterable[SupportsIndex] = (0,), **lengths: SupportsIndex
) -> Diagram:
    """The network that computes a signal: a row of cells for each operator, and the lines.

    The input is above, the output below.  Lines lead to the chosen outputs from all cells
    that reach them; these are shaded.  Lines through a layer carry its taps.  Zeros of a
    padding have a dashed outline, zeros between the entries of a dilated signal a dotted one.
    What is added stands side by side, above the sum.
    Operators that change nothing, such as pad(0, 0), have no row.

    Args:
        signal: an input (a named signal, known taps or a formula) under `pad`, `flip`,
            `downsample`, `dilate`, `correlate`, `convolve` (its first factor is in the row
            above), multiples and sums of these.
        outputs: the indices of the outputs.
        lengths: the values of the integer symbols.

    Returns:
        The picture; its text alternative lists the rows and the sums.

    Raises:
        SymconvError: a length or an output is missing, unknown or impossible, the signal
            is a product of two signals, or the picture would not be legible.

    >>> from symconv import Signal
    >>> x, k = Signal("x", 4), Signal("k", 2)
    >>> network(x.pad(1, 1).correlate(k, stride=2))
    Network of (pad(x; 1, 1) ⋆ k)↓2, from the input to the output.
    x: x₀ x₁ x₂ x₃.
    pad(1, 1): 0 x₀ x₁ x₂ x₃ 0.
    y = … ⋆ k, stride 2: y₀ y₁ y₂.
    Output 0 is reached by x₀ and 1 zero of the padding.
    y₀ = k₀·0 + k₁·x₀.
    """
    at = point(list(symbols_in(check_signal(signal)).values()), lengths)
    fixed = fixed_signal(signal, at)
    chosen = chosen_outputs(outputs)
    check_range(max(chosen, default=-1), size_of(fixed), at)
    net = build(fixed, chosen, Names(fixed))
    canvas = Canvas()
    _draw_network(canvas, net, 0, 0, _margin(net))
    title = f"Network of {plain(fixed)}"
    where = f" at {spell(at)}" if at else ""
    words = [f"Network of {plain(signal)}{where}, from the input to the output."]
    return canvas.diagram(title, "\n".join([*words, *network_words(net)]))


def networks(
    claim: Claim, /, *, outputs: Iterable[SupportsIndex] = (0,), **lengths: SupportsIndex
) -> Diagram:
    """The networks of both sides of a claim about signals, in one picture.

    They are drawn as `network` draws them, side by side where there is room.

    Args:
        claim: a claim about signals.
        outputs: the indices of the outputs.
        lengths: the values of the integer symbols.

    Returns:
        The picture; its text alternative lists the rows and the sums of both sides.

    Raises:
        SymconvError: as for `network`, or the claim is not about signals.

    >>> from symconv import Claim, Signal
    >>> x, k, h = Signal("x", 2), Signal("k", 1), Signal("h", 1)
    >>> networks(Claim(x.correlate(k).correlate(h), x.correlate(k.convolve(h))))
    Networks of both sides of a claim.
    Left side: (x ⋆ k) ⋆ h.
    x: x₀ x₁.
    a = … ⋆ k: a₀ a₁.
    y = … ⋆ h: y₀ y₁.
    Output 0 is reached by x₀.
    y₀ = h₀·a₀.
    a₀ = k₀·x₀.
    Right side: x ⋆ (k ∗ h).
    x: x₀ x₁.
    z = … ⋆ w: z₀ z₁.
    Output 0 is reached by x₀.
    z₀ = w₀·x₀.
    w = k ∗ h: w₀ = h₀k₀.
    """
    at, *sides = fixed_sides(claim, lengths)
    chosen = chosen_outputs(outputs)
    check_range(max(chosen, default=-1), max(map(size_of, sides)), at)
    names = Names(*sides)
    nets = [build(side, chosen, names, letter) for side, letter in zip(sides, "yz", strict=True)]
    words = [f"Networks of both sides of a claim{f' at {spell(at)}' if at else ''}."]
    widths = []
    for net in nets:
        scratch = Canvas()
        _draw_network(scratch, net, 0, 0, _margin(net))
        head = text_width("right side:", bold=True) + 6 + text_width(plain(net.signal))
        widths.append(max(scratch.right, head))
    canvas = Canvas()
    side_by_side = sum(widths) + _GAP <= _WIDE
    margin = max(map(_margin, nets))
    x = y = 0.0
    for net, title, width in zip(nets, ("left side", "right side"), widths, strict=True):
        canvas.text(x, y, f"{title}:", anchor="start", bold=True)
        indent = text_width(f"{title}:", bold=True) + 6
        canvas.text(x + indent, y, plain(net.signal), anchor="start")
        _draw_network(canvas, net, x, y + 18, _margin(net) if side_by_side else margin)
        x, y = (x + width + _GAP, y) if side_by_side else (x, canvas.bottom + _GAP)
        words += [f"{title.capitalize()}: {plain(net.signal)}.", *network_words(net)]
    return canvas.diagram("Networks of both sides of a claim", "\n".join(words))


def _margin(net: Network) -> float:
    """The room that the labels of the rows need."""
    return max(text_width(line) for row in net.rows for line in row.label) + 14


def _draw_network(canvas: Canvas, net: Network, left: float, top: float, margin: float) -> None:
    y, last, notes = _draw_rows(canvas, net, left, top, margin)
    if (len(net.rows) > 1 or net.branches) and not net.rows[-1].is_new and net.rows[-1].cells:
        y += 9
        _draw_indices(canvas, left, last, y)
    y += 20
    stand = [note for part in net.parts() for note in part.notes]
    for note in dict.fromkeys(filter(None, (_legend(net), *stand, *notes))):
        for line in wrapped(note, max(canvas.right - left, 380), SMALL):
            canvas.text(left, y, line, size=SMALL, anchor="start")
            y += 15


def _draw_rows(
    canvas: Canvas, net: Network, left: float, top: float, margin: float
) -> tuple[float, list[float], list[str]]:
    """Draw a network without its legend: where it ends, its last cells, and what has to be said."""
    places = _places(net.rows)
    crowded = max((row[-1] for row in places if row), default=0) > _ROOMY
    texts = (cell.text for row in net.rows for cell in row.cells)
    cell = max([24 if crowded else 30, *(text_width(text) + 6 for text in texts)])
    column = cell + (4 if crowded else 6)
    xs = [[left + margin + cell / 2 + column * float(p) for p in row] for row in places]
    y, notes = top, list[str]()
    if net.branches:
        y, ends, notes = _draw_branches(canvas, net, left, top)
        middle = (min(map(min, ends)) + max(map(max, ends))) / 2 if all(ends) else 0.0
        shift = max(0.0, middle - sum(xs[0][:: max(1, len(xs[0]) - 1)][:2]) / 2 if xs[0] else 0.0)
        xs = [[x + shift for x in row] for row in xs]
        joins = zip(ends, net.joins(), strict=True)
        lines = [(end[wire.source], xs[0][wire.target]) for end, wires in joins for wire in wires]
        y, _ = labelled_lines(canvas, y, lines, [""] * len(lines), least=72)
    for number, row in enumerate(net.rows):
        if number:
            wires = net.wires(number)
            lines = [(xs[number - 1][wire.source], xs[number][wire.target]) for wire in wires]
            y, complete = labelled_lines(canvas, y, lines, [wire.tap for wire in wires])
            if not complete:
                notes.append(f"{row.label[0]}: {_order(wires)}")
        _draw_label(canvas, row, left, y + HEIGHT / 2)
        _draw_cells(canvas, row, net.reached[number], xs[number], y, cell)
        if not row.cells:
            canvas.text(left + margin, y + HEIGHT / 2, "no entries", anchor="start", colour=GREY)
        y += HEIGHT
    return y, xs[-1], notes


def _draw_branches(
    canvas: Canvas, net: Network, left: float, top: float
) -> tuple[float, list[list[float]], list[str]]:
    """Draw what is added side by side, so that the last rows stand at one height."""
    sizes = []
    for branch in net.branches:
        scratch = Canvas()
        height, _, _ = _draw_rows(scratch, branch, 0, 0, _margin(branch))
        sizes.append((scratch.right, height))
    if sum(width for width, _ in sizes) + _GAP * len(sizes) > _WIDEST:
        raise SymconvError(
            f"the parts of {plain(net.signal)} are too wide to stand side by side: "
            "choose smaller lengths, or draw them one at a time"
        )
    bottom, ends, notes = top + max(height for _, height in sizes), [], list[str]()
    for branch, (width, height) in zip(net.branches, sizes, strict=True):
        _, last, said = _draw_rows(canvas, branch, left, bottom - height, _margin(branch))
        ends.append(last)
        notes += said
        left += width + _GAP
    return bottom, ends, notes


def _draw_label(canvas: Canvas, row: Row, left: float, middle: float) -> None:
    for i, line in enumerate(row.label):
        canvas.text(left, middle + 15 * (i - (len(row.label) - 1) / 2), line, anchor="start")


def _draw_cells(
    canvas: Canvas, row: Row, reached: Container[int], xs: Sequence[float], y: float, width: float
) -> None:
    for u, (entry, x) in enumerate(zip(row.cells, xs, strict=True)):
        stands_out = u in reached
        canvas.cell(
            x - width / 2,
            y,
            width,
            entry.text,
            dashes=DASHES[entry.kind],
            fill=SHADE if stands_out else "white",
            stroke="black" if stands_out else PALE,
            colour="black" if stands_out else GREY,
        )


def _draw_indices(canvas: Canvas, left: float, xs: Sequence[float], y: float) -> None:
    canvas.text(left, y, "index", size=SMALL, anchor="start", colour=GREY)
    for u, x in enumerate(xs):
        canvas.text(x, y, str(u), size=SMALL, colour=GREY)


def _order(wires: Sequence[Wire]) -> str:
    """Which taps the lines carry whose labels have no room."""
    into: dict[int, list[Wire]] = {}
    for wire in wires:
        into.setdefault(wire.target, []).append(wire)
    longest = max(len(group) for group in into.values())
    group = next(group for group in into.values() if len(group) == longest)
    taps = ", ".join(wire.tap for wire in sorted(group, key=lambda wire: wire.source))
    return f"from left to right, the lines into each cell have taps in the order {taps}"


def _places(rows: Sequence[Row]) -> list[list[Fraction]]:
    """Where the cells lie, in columns; a row without room for this is centred."""
    least = min((row.pitch for row in rows if len(row.cells) > 1), default=Fraction(1))
    places = [[(row.origin + u * row.pitch) / least for u in range(len(row.cells))] for row in rows]
    ends = [p for row in places for p in row] or [Fraction(0)]
    if max(ends) - min(ends) >= MOST_CELLS:
        places = [[u - Fraction(len(row) - 1, 2) for u in range(len(row))] for row in places]
        ends = [p for row in places for p in row]
    return [[p - min(ends) for p in row] for row in places]


def _legend(net: Network) -> str:
    kinds = {cell.kind for part in net.parts() for row in part.rows for cell in row.cells}
    last = net.rows[-1]
    shown = [u for u in net.outputs if u < len(last.cells)]
    names = ", ".join(last.cells[u].text if last.is_new else str(u) for u in shown)
    if not last.is_new:
        names = f"output{'s' * (len(shown) > 1)} {names}"
    if len(shown) > MOST_OUTPUTS_NAMED:
        names = f"{len(shown)} outputs"
    parts = [f"shaded: what reaches {names}"] if shown else []
    parts += ["dashed: padding"] * ("padding" in kinds)
    parts += ["dotted: inserted zeros"] * ("inserted" in kinds)
    return "; ".join(parts)

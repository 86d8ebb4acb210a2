"""Networks in words: their rows, what reaches the outputs, and the sums."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from symconv.arithmetic.limits import MOST_PICTURE_SENTENCES
from symconv.pages.diagrams.lettering import listed
from symconv.pages.diagrams.network_layout import Network

__all__ = ["network_words"]


def network_words(net: Network) -> list[str]:
    """The rows, what reaches the outputs, and the sums, a line each."""
    rows = []
    for row in (row for part in net.parts() for row in part.rows):
        cells = " ".join(cell.text for cell in row.cells) or "no entries"
        rows.append(f"{', '.join(row.label)}: {cells}.")
    rows = [*dict.fromkeys(rows)]  # branches begin with the same input
    lines = [_reach_words(net, u) for u in net.outputs if u < len(net.rows[-1].cells)]
    sums = [*dict.fromkeys(line for part in reversed([*net.parts()]) for line in _sums(part))]
    if len(rows) + len(lines) + len(sums) > MOST_PICTURE_SENTENCES:
        shaded = [
            pair for part in net.parts() for pair in zip(part.rows, part.reached, strict=True)
        ]
        lines = [
            f"{row.label[0]}: {len(reached)} of {len(row.cells)} cells reach the "
            f"{len(net.outputs)} outputs."
            for row, reached in shaded
        ]
        sums = [f"{len(sums)} sums are drawn, too many to be listed."]
    notes = dict.fromkeys(f"{note}." for part in net.parts() for note in part.notes)
    return [*rows, *lines, *sums, *notes]


def _reach_words(net: Network, u: int) -> str:
    zeros = dict.fromkeys(("padding", "inserted"), 0)
    parts = [*dict.fromkeys(_inputs(net, {u}, zeros))]
    for kind, words in (("padding", "of the padding"), ("inserted", "of a dilation")):
        number = zeros[kind]
        parts += [f"{number} zero{'s' * (number > 1)} {words}"] * bool(number)
    return f"Output {u} is reached by {listed(parts) or 'nothing'}."


def _inputs(net: Network, reached: set[int], zeros: dict[str, int]) -> Iterator[str]:
    """The entries of the inputs that reach some outputs; the zeros are counted."""
    for row in reversed(net.rows[1:]):
        wires = [wire for wire in row.wires if wire.target in reached]
        for v in reached - {wire.target for wire in wires}:
            kind = row.cells[v].kind
            if kind != "entry":
                zeros[kind] += 1
        reached = {wire.source for wire in wires}
    if not net.branches:
        yield from (net.rows[0].cells[m].text for m in sorted(reached))
    for branch, wires in zip(net.branches, net.joins(), strict=True):
        yield from _inputs(branch, {w.source for w in wires if w.target in reached}, zeros)


def _sums(net: Network) -> Iterator[str]:
    """The sums that make up the reached cells, the last row first."""
    for number in range(len(net.rows) - 1, 0, -1):
        yield from _equations(net, number)
    if net.branches:
        lasts = [branch.rows[-1].cells for branch in net.branches]
        for wires in zip(*net.joins(), strict=True):
            terms = (cells[wire.source].text for cells, wire in zip(lasts, wires, strict=True))
            yield f"{net.rows[0].cells[wires[0].target].text} = {' + '.join(terms)}."


def _equations(net: Network, number: int) -> list[str]:
    """The sums that make up the reached cells of a row."""
    row, above = net.rows[number], net.rows[number - 1]
    wires = net.wires(number)
    lines = []
    for target, group in groupby(wires, key=lambda wire: wire.target):
        terms = [(wire.tap, above.cells[wire.source].text) for wire in group if wire.tap]
        if terms:
            sum_ = " + ".join(f"{tap}·{text}" for tap, text in terms).replace(" + −", " − ")
            lines.append(f"{row.cells[target].text} = {sum_}.")
    return lines

"""Networks in words: their rows, what reaches the outputs, and the sums."""

from __future__ import annotations

from itertools import groupby

from symconv.arithmetic.limits import MOST_PICTURE_SENTENCES
from symconv.pages.diagrams.lettering import listed
from symconv.pages.diagrams.network_layout import Network

__all__ = ["network_words"]


def network_words(net: Network) -> list[str]:
    """The rows, what reaches the outputs, and the sums, a line each."""
    lines = []
    for row in net.rows:
        cells = " ".join(cell.text for cell in row.cells) or "no entries"
        lines.append(f"{', '.join(row.label)}: {cells}.")
    lines += [_reach_words(net, u) for u in net.outputs if u < len(net.rows[-1].cells)]
    sums = [line for i in range(len(net.rows) - 1, 0, -1) for line in _equations(net, i)]
    if len(lines) + len(sums) > MOST_PICTURE_SENTENCES:
        lines = lines[: len(net.rows)]
        shaded = zip(net.rows, net.reached, strict=True)
        lines += [
            f"{row.label[0]}: {len(reached)} of {len(row.cells)} cells reach the "
            f"{len(net.outputs)} outputs."
            for row, reached in shaded
        ]
        sums = [f"{len(sums)} sums are drawn, too many to be listed."]
    return [*lines, *sums, *(f"{note}." for note in net.notes)]


def _reach_words(net: Network, u: int) -> str:
    reached, zeros = {u}, dict.fromkeys(("padding", "inserted"), 0)
    for row in reversed(net.rows[1:]):
        wires = [wire for wire in row.wires if wire.target in reached]
        for v in reached - {wire.target for wire in wires}:
            kind = row.cells[v].kind
            if kind != "entry":
                zeros[kind] += 1
        reached = {wire.source for wire in wires}
    parts = [net.rows[0].cells[m].text for m in sorted(reached)]
    for kind, words in (("padding", "of the padding"), ("inserted", "of a dilation")):
        number = zeros[kind]
        parts += [f"{number} zero{'s' * (number > 1)} {words}"] * bool(number)
    return f"Output {u} is reached by {listed(parts) or 'nothing'}."


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

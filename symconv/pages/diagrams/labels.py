"""Lines that lead down, with labels on them where these hide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symconv.arithmetic.limits import MOST_LABELS
from symconv.pages.diagrams.lettering import SMALL, text_width
from symconv.pages.diagrams.svg import GREY, HALO, Canvas

__all__ = ["label_places", "labelled_lines"]

_HEIGHTS = (64.0, 96.0)
_ROOM = 1.5


def labelled_lines(
    canvas: Canvas,
    y: float,
    lines: Sequence[tuple[float, float]],
    labels: Sequence[str],
    least: float = 0.0,
) -> tuple[float, bool]:
    """Lines that lead down from the height y, with labels on them where there is room.

    Args:
        canvas: where they are drawn.
        y: where they begin.
        lines: from where to where each leads across.
        labels: the text on each, or "".
        least: how far they lead down at least, if one is not straight.

    Returns:
        Where they end, and whether all labels are there.
    """
    places: list[float | None] = [None] * len(lines)
    if any(labels):
        room, height = -float("inf"), _HEIGHTS[-1]
        for tried in _HEIGHTS:
            found, there = label_places(lines, labels, tried)
            if found > room:
                room, height, places = found, tried, there
            if room >= _ROOM:
                break
    else:
        is_straight = all(abs(start - end) < 1 for start, end in lines)
        height = 26.0 if is_straight else max(48.0, least)
    for start, end in lines:
        canvas.line((start, y), (end, y + height), stroke=GREY)
    for (start, end), label, place in zip(lines, labels, places, strict=True):
        if place is not None:
            x = start + place * (end - start)
            canvas.text(x, y + place * height, label, size=SMALL, halo=True)
    return y + height, not any(labels) or None not in places


def label_places(
    lines: Sequence[tuple[float, float]], labels: Sequence[str], height: float
) -> tuple[float, list[float | None]]:
    """Where the labels of lines may stand so that they hide nothing.

    The lines lead from the height 0 to another one; a place is how far down a line its label
    stands, between 0 and 1.  If possible, all labels stand at one height; otherwise those of
    one text do; otherwise each stands where there is room.

    Args:
        lines: where each line begins and ends.
        labels: the text on each line.
        height: how far down the lines lead.

    Returns:
        The least distance of a label from the other labels and lines, negative where they
        overlap; and the places, None for a label that finds no room.
    """
    everything = range(len(lines))
    if len(lines) > MOST_LABELS:
        return -float("inf"), [None] * len(lines)
    plan = _Plan(lines, labels, height)
    texts = [[i for i in everything if labels[i] == text] for text in dict.fromkeys(labels)]
    found = []
    for groups in ([everything] if lines else [], texts, [[i] for i in everything]):
        total, placed = plan.together(groups)
        if total >= _ROOM:
            return total, [placed[i] for i in everything]
        found.append((total, placed))
    best = max(found, key=lambda result: result[0])
    total, placed = next((result for result in found if result[0] >= 0), best)
    shown: dict[int, float] = {}
    for i, level in placed.items():
        if plan.room(i, level, shown, -1) > -1:
            shown[i] = level
    return total, [shown.get(i) for i in everything]


_LEVELS = tuple(step / 20 for step in (9, 8, 10, 7, 11, 6, 12, 5, 13, 4, 14, 15))
"""How far down a line its label may stand, the best place first."""


class _Plan:
    """Lines with labels that are to be placed."""

    def __init__(
        self, lines: Sequence[tuple[float, float]], labels: Sequence[str], height: float
    ) -> None:
        self._lines = lines
        self._widths = [text_width(label, SMALL) + 2 for label in labels]
        self._half = HALO * SMALL / 2 / height  # of the height of a label

    def _at(self, i: int, level: float) -> float:
        start, end = self._lines[i]
        return start + level * (end - start)

    def room(self, i: int, level: float, placed: Mapping[int, float], enough: float) -> float:
        """The distance of a label from what is nearest; roughly, where that is too near."""
        x, least, half = self._at(i, level), float("inf"), self._half
        for j in range(len(self._lines)):
            if j != i:
                ends = self._at(j, level - half), self._at(j, level + half)
                away = max(min(ends) - x, x - max(ends), 0.0)
                least = min(least, away - self._widths[i] / 2)
            if j != i and j in placed and abs(level - placed[j]) < 2 * half:
                between = abs(self._at(j, placed[j]) - x)
                least = min(least, between - (self._widths[i] + self._widths[j]) / 2)
            if least <= enough:
                break
        return least

    def together(self, groups: Iterable[Sequence[int]]) -> tuple[float, dict[int, float]]:
        """One level for each group, one group after the other."""
        placed: dict[int, float] = {}
        total = float("inf")
        for group in groups:
            most, best = self._level(group, placed)
            placed |= dict.fromkeys(group, best)
            total = min(total, most)
        return total, placed

    def _level(self, group: Sequence[int], placed: Mapping[int, float]) -> tuple[float, float]:
        """The level at which a group has the most room, and how much that is."""
        most, best = -float("inf"), _LEVELS[0]
        for level in _LEVELS:
            here = {**placed, **dict.fromkeys(group, level)}
            least = float("inf")
            for i in group:
                least = min(least, self.room(i, level, here, most))
                if least <= most:
                    break
            if least > most:
                most, best = least, level
            if least >= _ROOM:
                break
        return most, best

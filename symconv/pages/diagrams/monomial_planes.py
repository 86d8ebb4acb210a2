"""The picture `monomials`: those of one output, as points in the plane of two indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsIndex, TypeAlias

from symconv.arithmetic.limits import WIDEST_PICTURE
from symconv.decision.claims import Claim
from symconv.errors import SymconvError
from symconv.language.assignments import spell, whole
from symconv.pages.diagrams.arguments import fixed_sides
from symconv.pages.diagrams.entries import (
    Monomial,
    Polynomial,
    monomial_text,
    number_text,
    polynomials,
)
from symconv.pages.diagrams.lettering import SMALL, text_width
from symconv.pages.diagrams.svg import Canvas, Diagram, Shape

__all__ = ["Axis", "Mark", "marks", "monomials"]

Axis: TypeAlias = str | tuple[str, int]
"""The name of a signal, or that and which of its factors, counted from 0 in rising order."""

_BOTH, _LEFT, _RIGHT, _DIFFERENT = (
    "both sides",
    "left side only",
    "right side only",
    "different coefficients",
)
_SHAPES: Mapping[str, Shape] = {
    _BOTH: "dot",
    _LEFT: "circle",
    _RIGHT: "square",
    _DIFFERENT: "diamond",
}

_TICK = 30.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A monomial of either side, and where it lies.

    Attributes:
        place: its indices on the two axes.
        monomial: its text.
        sort: which of the sides it is on.
        coefficient: its coefficient where it is not 1, that of both sides if they differ.
    """

    place: tuple[int, int]
    monomial: str
    sort: str
    coefficient: str


def marks(
    left: Polynomial, right: Polynomial, axes: tuple[tuple[str, int], tuple[str, int]]
) -> list[Mark]:
    """The monomials of two polynomials, in the plane of two indices."""
    result = []
    for monomial in sorted({*left, *right}):
        a, b = left.get(monomial), right.get(monomial)
        numbers = [c for c in dict.fromkeys((a, b)) if c is not None]
        sort = _BOTH if a == b else _LEFT if b is None else _RIGHT if a is None else _DIFFERENT
        text = " | ".join(map(number_text, numbers)) if numbers != [1] else ""
        place = []
        for name, which in axes:
            indices = [i for factor, i in monomial if factor == name]
            if which >= len(indices):
                raise SymconvError(
                    f"the monomial {monomial_text(monomial) or 1} has {len(indices)} factors of "
                    f"{name}, so it has no index for the axis ({name!r}, {which}); "
                    "choose other axes"
                )
            place.append(indices[which])
        result.append(Mark((place[0], place[1]), monomial_text(monomial), sort, text))
    return result


def monomials(
    claim: Claim,
    /,
    *,
    axes: tuple[Axis, Axis] = ("k", "x"),
    output: SupportsIndex = 0,
    **lengths: SupportsIndex,
) -> Diagram:
    """The monomials of one output of both sides, as points in the plane of two indices.

    A filled dot is a monomial of both sides with one coefficient, a circle is one of the left
    side only, a square one of the right side only, a diamond one with different coefficients.
    Coefficients other than 1 stand beside the points.  Monomials that share a point stand
    side by side.

    Args:
        claim: a claim about signals.
        axes: the horizontal and the vertical axis: the name of a signal, or the name and
            which of the factors of this name, counted from 0 in rising order of the index:
            ("k", 1) is the larger index of k in k₀k₂x₃.
        output: the index of the output.
        lengths: the values of the integer symbols.

    Returns:
        The picture; its text alternative lists the monomials.

    Raises:
        SymconvError: a length, the output or an axis is missing, unknown or impossible, a
            monomial has no such factor, or the picture would not be legible.

    >>> from symconv import Claim, Signal
    >>> x, k = Signal("x", 3), Signal("k", 2)
    >>> monomials(Claim(x.correlate(k), x.convolve(k).pad(-1, -1)))
    Monomials of output 0 of both sides, at (index of k, index of x).
    Left side only: k₀x₀ at (0, 0), k₁x₁ at (1, 1).
    Right side only: k₀x₁ at (0, 1), k₁x₀ at (1, 0).
    """
    at, *sides = fixed_sides(claim, lengths)
    u = whole("the output's index", output)
    entries = polynomials(sides)
    if not 0 <= u < min(map(len, entries)):
        sizes = " and ".join(str(len(entry)) for entry in entries)
        raise SymconvError(
            f"no output {u} on both sides: they have {sizes} outputs at {spell(at)}; "
            "choose another one"
        )
    chosen = _axes(axes, sorted(claim.named))
    left, right = (entry[u] for entry in entries)
    found = marks(left, right, chosen)
    titles = [_axis_title(axis, [*left, *right]) for axis in chosen]
    where = f" at {spell(at)}" if at else ""
    words = [f"Monomials of output {u} of both sides{where}, at ({', '.join(titles)})."]
    for sort in _SHAPES:
        parts = [
            f"{mark.monomial or 1} at {mark.place}"
            + (f" (coefficient {mark.coefficient})" if mark.coefficient else "")
            for mark in found
            if mark.sort == sort
        ]
        if parts:
            words.append(f"{sort[0].upper()}{sort[1:]}: {', '.join(parts)}.")
    if not found:
        words.append("There are none: the output is 0 on both sides.")
    canvas = Canvas()
    _draw_marks(canvas, found, titles)
    return canvas.diagram(f"Monomials of output {u} of both sides", "\n".join(words))


def _axes(axes: object, names: Sequence[str]) -> tuple[tuple[str, int], tuple[str, int]]:
    """Both axes as pairs."""
    if not isinstance(axes, tuple | list) or len(axes) != 2:
        raise SymconvError(f"axes must be a pair such as ('k', 'x'), got {axes!r}")
    result = []
    for axis in axes:
        pair = (axis, 0) if isinstance(axis, str) else axis
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise SymconvError(
                f"an axis is the name of a signal, or a pair such as ('k', 1), got {axis!r}"
            )
        name, which = pair[0], whole("the number of a factor", pair[1])
        if name not in names:
            raise SymconvError(
                f"no signal named {name!r} for an axis: expected {', '.join(names) or 'none'}"
            )
        if which < 0:
            raise SymconvError(f"the number of a factor must be at least 0, got {which}")
        result.append((name, which))
    return result[0], result[1]


def _axis_title(axis: tuple[str, int], found: Iterable[Monomial]) -> str:
    name, which = axis
    most = max((sum(factor == name for factor, _ in monomial) for monomial in found), default=0)
    if most <= 1:
        return f"index of {name}"
    if most == 2:
        return f"{'larger' if which else 'smaller'} index of {name}"
    return f"index {which + 1} of {name} in rising order"


def _draw_marks(canvas: Canvas, found: Sequence[Mark], titles: Sequence[str]) -> None:
    shared = {place: [m for m in found if m.place == place] for place in (m.place for m in found)}
    step = max([_TICK, *(sum(map(_width, group)) + 8 for group in shared.values())])
    columns, lines = (max((m.place[i] for m in found), default=0) + 1 for i in (0, 1))
    if step * columns > WIDEST_PICTURE:
        raise SymconvError(
            f"the points would need {step * columns:.0f} pixels; a picture holds at most "
            f"{WIDEST_PICTURE}: up to {max(map(len, shared.values()))} monomials share one; "
            "choose other axes or smaller lengths"
        )
    xs = [step * (i + 0.5) for i in range(columns)]
    ys = [_TICK * (lines - i - 0.5) for i in range(lines)]
    right = step * columns
    _draw_axes(canvas, xs, ys, (right, _TICK * lines), titles)
    for (i, j), group in shared.items():
        _draw_group(canvas, group, xs[i], ys[j])
    _draw_key(canvas, found, right + 24, 10.0)


def _width(mark: Mark) -> float:
    return 15 + text_width(mark.coefficient, SMALL)


def _draw_axes(
    canvas: Canvas,
    xs: Sequence[float],
    ys: Sequence[float],
    corner: tuple[float, float],
    titles: Sequence[str],
) -> None:
    """The grid, the two axes, their numbers and their titles."""
    right, bottom = corner
    for x in xs:
        canvas.line((x, 0), (x, bottom), stroke="#dddddd")
    for y in ys:
        canvas.line((0, y), (right, y), stroke="#dddddd")
    canvas.line((0, bottom), (right, bottom))
    canvas.line((0, 0), (0, bottom))
    for i, x in enumerate(xs):
        canvas.line((x, bottom), (x, bottom + 4))
        canvas.text(x, bottom + 14, str(i), size=SMALL)
    for i, y in enumerate(ys):
        canvas.line((-4, y), (0, y))
        canvas.text(-9, y, str(i), size=SMALL, anchor="end")
    canvas.text(right / 2, bottom + 32, titles[0])
    canvas.text(-28, -14, titles[1], anchor="start")


def _draw_group(canvas: Canvas, group: Sequence[Mark], x: float, y: float) -> None:
    """The marks that share a point, side by side."""
    widths = list(map(_width, group))
    start = x - (sum(widths[:-1]) / 2 if len(group) > 1 else 0)
    for mark, width in zip(group, widths, strict=True):
        canvas.mark(_SHAPES[mark.sort], start, y)
        if mark.coefficient:
            canvas.text(start + 8, y - 1, mark.coefficient, size=SMALL, anchor="start", halo=True)
        start += width


def _draw_key(canvas: Canvas, found: Sequence[Mark], x: float, y: float) -> None:
    """What the shapes mean, and how many marks there are of each."""
    for sort in _SHAPES:
        number = sum(mark.sort == sort for mark in found)
        if number:
            canvas.mark(_SHAPES[sort], x, y)
            order = ", left | right" if sort == _DIFFERENT else ""
            canvas.text(x + 12, y, f"{sort}{order} ({number})", anchor="start")
            y += 22

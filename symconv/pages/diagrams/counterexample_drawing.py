"""The picture `counterexample`: the vectors of a refuted claim, and where its sides differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symconv.decision.verdicts import Counterexample, Refuted
from symconv.errors import SymconvError
from symconv.language import fixed_size
from symconv.language.assignments import point, spell
from symconv.language.graph import leaves, walk
from symconv.language.notation import plain
from symconv.language.operators import Extend, Pad
from symconv.language.signals import Signal, SignalExpr
from symconv.pages.diagrams.arguments import fixed_signal, size_of
from symconv.pages.diagrams.cells import DASHES, Cell
from symconv.pages.diagrams.entries import number_text
from symconv.pages.diagrams.lettering import SMALL, listed, text_width
from symconv.pages.diagrams.svg import GREY, HEIGHT, SHADE, Canvas, Diagram

__all__ = ["counterexample"]


@dataclass(frozen=True, slots=True)
class _Vector:
    label: str
    cells: tuple[Cell, ...]
    differs: frozenset[int] = frozenset()


def counterexample(verdict: Refuted, /) -> Diagram:
    """The smallest counterexample to a claim about signals, in numbers.

    The entries of the signals, the padded inputs, and both outputs stand below each other,
    each entry in the column of its index.  Outputs that differ, or that only one side has,
    have a thick outline and the sign ≠ between them.

    Args:
        verdict: what `Claim.prove` returns for a claim that is false.

    Returns:
        The picture; its text alternative lists the vectors and where they differ.

    Raises:
        SymconvError: the verdict is no refutation of a claim about signals, or the vectors
            are too long to be legible.

    >>> from symconv import Claim, Signal
    >>> x = Signal("x", 2)
    >>> counterexample(Claim(x.flip(), x).prove())
    Smallest counterexample to flip(x) = x.
    x: 1 0.
    Left side, flip(x): 0 1.
    Right side, x: 1 0.
    They differ at index 0 (0 ≠ 1) and index 1 (1 ≠ 0).
    """
    claim = _checked(verdict).claim
    at = point(claim.symbols, verdict.counterexample.lengths)
    sides = [fixed_signal(side, at) for side in claim.signals]
    inputs = list(_inputs(sides, verdict.counterexample.signals))
    outputs = _outputs(verdict.counterexample)
    where = f" at {spell(at)}" if at else ""
    lhs, rhs = claim.signals
    words = [f"Smallest counterexample to {plain(lhs)} = {plain(rhs)}{where}."]
    notes = [f"{o.label}, {plain(side)}" for o, side in zip(outputs, sides, strict=True)]
    labels = [vector.label for vector in inputs] + [note[0].upper() + note[1:] for note in notes]
    for label, vector in zip(labels, (*inputs, *outputs), strict=True):
        words.append(f"{label}: {' '.join(cell.text for cell in vector.cells) or 'no entries'}.")
    words.append(_difference_words(outputs))
    canvas = Canvas()
    _draw_vectors(canvas, inputs, outputs, notes)
    return canvas.diagram("Smallest counterexample", "\n".join(words))


def _checked(verdict: object) -> Refuted:
    """The refutation of a claim about signals, if it is one."""
    if not isinstance(verdict, Refuted):
        raise SymconvError(
            "expected the verdict on a claim that is false, Refuted, got "
            f"{type(verdict).__name__}: {verdict}"
        )
    if not verdict.claim.signals:
        raise SymconvError(
            "expected a refuted claim about signals, got one about lengths or conditions: "
            f"{verdict.claim}; print its verdict instead"
        )
    return verdict


def _inputs(sides: Sequence[SignalExpr], signals: Mapping[str, Sequence[int]]) -> Iterator[_Vector]:
    """The named signals, and what becomes of those that are padded."""
    for name in leaves(*sides):
        yield _vector(name, signals[name])
    for node in dict.fromkeys(node for side in sides for node in walk(side)):
        match node:
            case SignalExpr(Pad(left) | Extend(left), (Signal() as padded,)):
                first, after = int(left), int(left) + size_of(padded)
                put = frozenset(u for u in range(size_of(node)) if not first <= u < after)
                yield _vector(plain(node), fixed_size.entries(node, signals, {}), put)


def _outputs(found: Counterexample) -> list[_Vector]:
    """The vectors of both sides, with what differs."""
    one, other = (list(side) for side in (found.lhs, found.rhs))
    longest = max(len(one), len(other))
    differs = frozenset(u for u in range(longest) if one[u : u + 1] != other[u : u + 1])
    return [
        _Vector(f"{which} side", _vector("", values).cells, differs)
        for which, values in (("left", one), ("right", other))
    ]


def _vector(label: str, values: Iterable[Any], padding: frozenset[int] = frozenset()) -> _Vector:
    cells = (
        Cell(number_text(value), "padding" if u in padding else "entry")
        for u, value in enumerate(values)
    )
    return _Vector(label, tuple(cells))


def _difference_words(outputs: Sequence[_Vector]) -> str:
    left, right = (vector.cells for vector in outputs)
    common = range(min(len(left), len(right)))
    parts = [
        f"index {u} ({left[u].text} ≠ {right[u].text})" for u in common if u in outputs[0].differs
    ]
    sentence = f"They differ at {listed(parts)}." if parts else ""
    if len(left) == len(right):
        return sentence
    longer = "left" if len(left) > len(right) else "right"
    surplus = [f"index {u}" for u in range(len(common), max(len(left), len(right)))]
    return f"{sentence} Only the {longer} side has an output at {listed(surplus)}.".lstrip()


def _draw_vectors(
    canvas: Canvas, inputs: Sequence[_Vector], outputs: Sequence[_Vector], notes: Sequence[str]
) -> None:
    vectors_ = [*inputs, *outputs]
    texts = [cell.text for vector in vectors_ for cell in vector.cells]
    cell = max([30, *(text_width(text) + 8 for text in texts)])
    margin = max(text_width(vector.label) for vector in vectors_) + 14
    longest = max(len(vector.cells) for vector in vectors_)

    def put(vector: _Vector, y: float) -> None:
        canvas.text(0, y + HEIGHT / 2, vector.label, anchor="start")
        for u, entry in enumerate(vector.cells):
            fill = SHADE if u in vector.differs else "white"
            dashes = DASHES[entry.kind]
            canvas.cell(margin + u * cell, y, cell, entry.text, dashes=dashes, fill=fill)
        for u in sorted(vector.differs):
            if u < len(vector.cells):
                canvas.rect(margin + u * cell, y, cell, HEIGHT, fill="none", thickness=2.6)
        if not vector.cells:
            canvas.text(margin, y + HEIGHT / 2, "no entries", anchor="start", colour=GREY)

    canvas.text(0, 0, "index", size=SMALL, anchor="start", colour=GREY)
    for u in range(longest):
        canvas.text(margin + (u + 0.5) * cell, 0, str(u), size=SMALL, colour=GREY)
    y = 12.0
    for vector in inputs:
        put(vector, y)
        y += HEIGHT + 8
    y += 10
    for vector in outputs:
        put(vector, y)
        y += HEIGHT + 20
    for u in sorted(outputs[0].differs):
        canvas.text(margin + (u + 0.5) * cell, y - HEIGHT - 30, "≠", size=15)
    for note in notes:
        canvas.text(0, y, note.replace(",", ":", 1), size=SMALL, anchor="start")
        y += 15

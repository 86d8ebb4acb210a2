"""Networks as rows of cells and the wires between them: what is connected, by definition.

Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from symconv.errors import SymconvError
from symconv.language import arrays
from symconv.language.notation import plain
from symconv.language.signals import (
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Flip,
    Formula,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
    leaves,
)
from symconv.pages.diagrams.cells import Cell
from symconv.pages.diagrams.entries import entry_text, number_text, polynomials, sum_text
from symconv.pages.diagrams.questions import size_of

__all__ = ["MOST_LINES", "Names", "Network", "Row", "Wire", "build"]

MOST_LINES = 400
"""The most lines that can be told apart."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A line from a cell of the row above to a cell of a row; moved entries have no tap."""

    source: int
    target: int
    tap: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One stage of a network: its cells, the wires from the row above, and where it lies.

    Attributes:
        label: what is written beside the row.
        cells: the entries.
        wires: all lines from the row above.
        origin: where the first cell lies.
        pitch: how far apart neighbours are.
        is_new: whether the entries have names of their own, and are not moved ones.
    """

    label: tuple[str, ...]
    cells: tuple[Cell, ...]
    wires: tuple[Wire, ...] = ()
    origin: Fraction = Fraction(0)
    pitch: Fraction = Fraction(1)
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """The rows from the input to the output, and what reaches the chosen outputs.

    Attributes:
        signal: what is drawn, at fixed lengths.
        rows: the rows, the input first.
        outputs: the chosen outputs.
        reached: for each row the indices of the cells that reach them.
        notes: what the names of compound kernels stand for.
    """

    signal: SignalExpr
    rows: tuple[Row, ...]
    outputs: tuple[int, ...]
    reached: tuple[frozenset[int], ...]
    notes: tuple[str, ...]

    def wires(self, number: int) -> list[Wire]:
        """The wires into the reached cells of a row."""
        return [w for w in self.rows[number].wires if w.target in self.reached[number]]


class Names:
    """Letters for rows and kernels that have no name, none of them the name of a signal."""

    def __init__(self, *signals: SignalExpr) -> None:
        self._taken = set(leaves(*signals))
        self._kernels: dict[SignalExpr, str] = {}

    def fresh(self, letters: str) -> str:
        """The first letter that is free; from then on it is taken."""
        candidates = (letter + "′" * primes for primes in count() for letter in letters)
        name = next(letter for letter in candidates if letter not in self._taken)
        self._taken.add(name)
        return name

    def kernel(self, kernel: SignalExpr) -> str:
        """The letter of a compound kernel, always the same one."""
        if kernel not in self._kernels:
            self._kernels[kernel] = self.fresh("wvghq")
        return self._kernels[kernel]


def build(signal: SignalExpr, outputs: tuple[int, ...], names: Names, letter: str = "y") -> Network:
    """The network of a signal at fixed lengths."""
    path = [signal]
    while (inner := _inner(path[-1])) is not None:
        path.append(inner)
    path = [node for node in path if not _is_idle(node)]
    zeros = {name: [0] * int(leaf.size) for name, leaf in leaves(signal).items()}
    arrays.entries(signal, zeros, {})  # finds what is not defined at these lengths
    notes: list[str] = []
    rows: list[Row] = []
    for node in reversed(path):
        name = ""
        if isinstance(node, Correlate | Convolve | Scale):
            name = names.fresh(letter if node is path[0] else "abdefgpq")
        elif isinstance(node, Formula):
            name = names.fresh("fgh")
            notes.append(f"{name} is the input with the entries {plain(node)}")
        rows.append(_row(node, rows[-1] if rows else None, name, *_taps(node, names, notes)))
    reached = [frozenset(outputs) & frozenset(range(len(rows[-1].cells)))]
    for row in reversed(rows[1:]):
        reached.append(frozenset(w.source for w in row.wires if w.target in reached[-1]))
    result = Network(signal, tuple(rows), outputs, tuple(reversed(reached)), tuple(notes))
    lines = sum(len(result.wires(number)) for number in range(len(rows)))
    if lines > MOST_LINES:
        raise SymconvError(
            f"the network of {plain(signal)} has {lines} lines; a picture holds at most "
            f"{MOST_LINES}: choose fewer outputs or smaller lengths"
        )
    return result


def _inner(signal: SignalExpr) -> SignalExpr | None:
    """The signal that the row above shows; None for the input."""
    match signal:
        case Signal() | Formula() | Taps():
            return None
        case Convolve(left, _):
            return left
        case Pad() | Extend() | Flip() | Downsample() | Dilate() | Correlate() | Scale():
            return signal.signal
    parts = " and ".join(plain(operand) for operand in signal.operands)
    raise SymconvError(
        f"a network has one row above each row, but {plain(signal)} is made of two signals: "
        f"draw {parts} one at a time"
    )


def _is_idle(node: SignalExpr) -> bool:
    """Whether it leaves its operand as it is, so that a row would say the same again."""
    match node:
        case Pad(_, left, right) | Extend(_, left, right):
            return bool(left == 0 and right == 0)
        case Downsample(_, factor) | Dilate(_, factor):
            return bool(factor == 1)
    return False


def _taps(node: SignalExpr, names: Names, notes: list[str]) -> tuple[str, list[str]]:
    """The name of a node's kernel, and the texts of its taps, "" for those that are 0."""
    match node:
        case Correlate(_, kernel) | Convolve(_, kernel):
            (entries,) = polynomials([kernel])
            if all(len(entry) <= 1 and all(len(m) <= 1 for m in entry) for entry in entries):
                simple = isinstance(kernel, Signal | Taps | Formula | Dilate | Flip | Pad)
                name = plain(kernel) if simple else f"({plain(kernel)})"
                return name, [sum_text(entry) if entry else "" for entry in entries]
            name = names.kernel(kernel)
            values = ", ".join(
                f"{entry_text(name, t)} = {sum_text(e)}" for t, e in enumerate(entries)
            )
            notes.append(f"{name} = {plain(kernel)}: {values}")
            return name, [entry_text(name, t) if entry else "" for t, entry in enumerate(entries)]
        case Scale(number, _):
            return number_text(number), [number_text(number) if number else ""]
    return "", []


def _row(node: SignalExpr, above: Row | None, name: str, kernel: str, taps: list[str]) -> Row:
    """The row of a node below the row of the signal that it is made of."""
    size = size_of(node)
    if above is None:
        if isinstance(node, Taps):
            return Row(("taps",), tuple(Cell(number_text(number)) for number in node.numbers))
        name = node.name if isinstance(node, Signal) else name
        return Row((name,), tuple(Cell(entry_text(name, m)) for m in range(size)))
    n = len(above.cells)
    label, wires, shift, stretch = _connections(node, n, size, kernel, taps)
    wires = [wire for wire in wires if 0 <= wire.source < n]
    place = above.origin + shift * above.pitch, above.pitch * stretch
    if name:
        label = (f"{name} = {label[0]}", *label[1:])
        cells = [Cell(entry_text(name, u)) for u in range(size)]
    else:
        cells = [Cell("0", "inserted" if isinstance(node, Dilate) else "padding")] * size
        for wire in wires:
            cell = above.cells[wire.source]
            copied = isinstance(node, Extend) and not 0 <= wire.target - int(node.left) < n
            cells[wire.target] = Cell(cell.text, "padding") if copied else cell
    return Row(label, tuple(cells), tuple(wires), *place, bool(name))


def _connections(
    node: SignalExpr, n: int, size: int, kernel: str, taps: list[str]
) -> tuple[tuple[str, ...], list[Wire], Fraction, Fraction]:
    """What an operator makes of a row of n cells, by its definition.

    Returns:
        The label; the wires, among them some from sources outside the row, which are 0;
        by how many neighbours the row begins later; how much farther apart its cells are.
    """
    used = [(j, tap) for j, tap in enumerate(taps) if tap]
    none, same = Fraction(0), Fraction(1)
    match node:
        case Pad(_, left, right):
            wires = [Wire(u - int(left), u) for u in range(size)]
            return (f"pad({plain(left)}, {plain(right)})",), wires, Fraction(-int(left)), same
        case Extend(_, left, right, mode):
            label = f"pad({plain(left)}, {plain(right)})", mode
            beyond: Callable[[int], int] = {
                "reflect": lambda v: -v if v < 0 else 2 * n - 2 - v,
                "symmetric": lambda v: -1 - v if v < 0 else 2 * n - 1 - v,
                "replicate": lambda v: 0 if v < 0 else n - 1,
                "circular": lambda v: v + n if v < 0 else v - n,
            }[mode]
            places = [(u, u - int(left)) for u in range(size)]
            wires = [Wire(v if 0 <= v < n else beyond(v), u) for u, v in places]
            return label, wires, Fraction(-int(left)), same
        case Flip():
            return ("flip",), [Wire(n - 1 - u, u) for u in range(size)], none, same
        case Downsample(_, factor):
            s = int(factor)
            return (f"↓{s}",), [Wire(s * u, u) for u in range(size)], none, Fraction(s)
        case Dilate(_, factor):
            d = int(factor)
            return (f"↑{d}",), [Wire(u, d * u) for u in range(n)], none, Fraction(1, d)
        case Correlate(_, _, stride, dilation):
            s, d = int(stride), int(dilation)
            options = (f"stride {s}",) * (s > 1) + (f"dilation {d}",) * (d > 1)
            wires = [Wire(s * u + d * j, u, tap) for u in range(size) for j, tap in used]
            middle = Fraction(d * (len(taps) - 1), 2)
            return (f"… ⋆ {kernel}", *options), wires, middle, Fraction(s)
        case Convolve():
            wires = [Wire(t - j, t, tap) for t in range(size) for j, tap in used]
            return (f"… ∗ {kernel}",), wires, Fraction(1 - len(taps), 2), same
        case Scale():
            wires = [Wire(u, u, tap) for u in range(size) for _, tap in used]
            return (f"{kernel} · …",), wires, none, same
    raise NotImplementedError(f"no picture of {type(node).__name__}")

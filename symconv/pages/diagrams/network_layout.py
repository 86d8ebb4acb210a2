"""Networks as rows of cells and the wires between them: what is connected, by definition.

Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from symconv.arithmetic.limits import MOST_LINES
from symconv.errors import SymconvError
from symconv.language import fixed_size
from symconv.language.arrays import Array
from symconv.language.graph import leaves
from symconv.language.notation import plain, plain_factor
from symconv.language.operators import Add, Formula, Scale, Taps
from symconv.language.operators.base import Fixed
from symconv.language.signals import Signal, SignalExpr
from symconv.pages.diagrams.arguments import size_of
from symconv.pages.diagrams.cells import Cell
from symconv.pages.diagrams.entries import entry_text, number_text, polynomials, sum_text

__all__ = ["Names", "Network", "Row", "Wire", "build"]

_LETTERS = "abdefgpq"


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
        branches: where the first row is a sum, the networks of what is added.
    """

    signal: SignalExpr
    rows: tuple[Row, ...]
    outputs: tuple[int, ...]
    reached: tuple[frozenset[int], ...]
    notes: tuple[str, ...]
    branches: tuple[Network, ...] = ()

    def wires(self, number: int) -> list[Wire]:
        """The wires into the reached cells of a row."""
        return [w for w in self.rows[number].wires if w.target in self.reached[number]]

    def joins(self) -> list[list[Wire]]:
        """The wires from the last row of each branch into the reached cells of the sum."""
        return [[Wire(u, u) for u in sorted(self.reached[0])] for _ in self.branches]

    def parts(self) -> Iterator[Network]:
        """The branches, those of branches before them, and the network itself."""
        for branch in self.branches:
            yield from branch.parts()
        yield self


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
    zeros = {name: [0] * int(leaf.sizes[0]) for name, leaf in leaves(signal).items()}
    fixed_size.entries(signal, zeros, {})  # finds what is not defined at these lengths
    result = _reached(_rows(signal, names, letter), outputs)
    lines = sum(len(part.wires(i)) for part in result.parts() for i in range(len(part.rows)))
    lines += sum(len(wires) for part in result.parts() for wires in part.joins())
    if lines > MOST_LINES:
        raise SymconvError(
            f"the network of {plain(signal)} has {lines} lines; a picture holds at most "
            f"{MOST_LINES}: choose fewer outputs or smaller lengths"
        )
    return result


def _rows(signal: SignalExpr, names: Names, letter: str) -> Network:
    """The rows of a network, before anything is said of outputs."""
    path = [signal]
    while (inner := _inner(path[-1])) is not None:
        path.append(inner)
    path = [node for node in path if not node.operator.is_idle]
    branches = tuple(_rows(part, names, _LETTERS) for part in _summands(path[-1]))
    notes: list[str] = []
    rows: list[Row] = []
    for node in reversed(path):
        name = ""
        if node.operator.names_entries or isinstance(node.operator, Add):
            name = names.fresh(letter if node is path[0] else _LETTERS)
        elif isinstance(node.operator, Formula):
            name = names.fresh("fgh")
            notes.append(f"{name} is the input with the entries {plain(node)}")
        if isinstance(node.operator, Add):
            cells = (Cell(entry_text(name, u)) for u in range(size_of(node)))
            rows.append(Row((f"{name} = {' + '.join(map(_called, branches))}",), tuple(cells)))
        else:
            above = rows[-1] if rows else None
            rows.append(_row(node, above, name, *_taps(node, names, notes)))
    return Network(signal, tuple(rows), (), (), tuple(notes), branches)


def _called(branch: Network) -> str:
    """The name of what a branch adds."""
    last = branch.rows[-1]
    return last.label[0].partition(" = ")[0] if last.is_new else "…"


def _reached(net: Network, outputs: Iterable[int]) -> Network:
    """The network with what reaches some outputs."""
    chosen = tuple(sorted(outputs))
    reached = [frozenset(chosen) & frozenset(range(len(net.rows[-1].cells)))]
    for row in reversed(net.rows[1:]):
        reached.append(frozenset(w.source for w in row.wires if w.target in reached[-1]))
    branches = tuple(_reached(branch, reached[-1]) for branch in net.branches)
    return replace(net, outputs=chosen, reached=tuple(reversed(reached)), branches=branches)


def _inner(signal: SignalExpr) -> SignalExpr | None:
    """The signal that the row above shows; None for the input, and for a sum."""
    if signal.operator.is_source or isinstance(signal.operator, Add):
        return None
    if len(signal.operands) == 1 or signal.operator.kernel_operand is not None:
        return signal.operands[0]
    parts = " and ".join(plain(operand) for operand in signal.operands)
    raise SymconvError(
        f"a network has one row above each row, but {plain(signal)} is made of two signals: "
        f"draw {parts} one at a time"
    )


def _summands(signal: SignalExpr) -> Iterator[SignalExpr]:
    """What is added, if the signal is a sum."""
    if isinstance(signal.operator, Add):
        for operand in signal.operands:
            if isinstance(operand.operator, Add):
                yield from _summands(operand)
            else:
                yield operand


def _taps(node: SignalExpr, names: Names, notes: list[str]) -> tuple[str, list[str]]:
    """The name of a node's kernel, and the texts of its taps, "" for those that are 0."""
    operator = node.operator
    if isinstance(operator, Scale):
        number = number_text(operator.number)
        return number, [number if operator.number else ""]
    if operator.kernel_operand is None:
        return "", []
    kernel = node.operands[operator.kernel_operand]
    (entries,) = polynomials([kernel])
    if all(len(entry) <= 1 and all(len(m) <= 1 for m in entry) for entry in entries):
        return plain_factor(kernel), [sum_text(entry) if entry else "" for entry in entries]
    name = names.kernel(kernel)
    values = ", ".join(f"{entry_text(name, t)} = {sum_text(e)}" for t, e in enumerate(entries))
    notes.append(f"{name} = {plain(kernel)}: {values}")
    return name, [entry_text(name, t) if entry else "" for t, entry in enumerate(entries)]


def _row(node: SignalExpr, above: Row | None, name: str, kernel: str, taps: list[str]) -> Row:
    """The row of a node below the row of the signal that it is made of."""
    size = size_of(node)
    if above is None:
        if isinstance(node.operator, Taps):
            numbers = map(number_text, node.operator.numbers)
            return Row(("taps",), tuple(map(Cell, numbers)))
        name = node.name if isinstance(node, Signal) else name
        return Row((name,), tuple(Cell(entry_text(name, m)) for m in range(size)))
    n = len(above.cells)
    operator = node.operator
    label = operator.label(kernel)
    shift, stretch = operator.place(len(taps))
    place = above.origin + shift * above.pitch, above.pitch * stretch
    if name:
        used = ((m, u, taps[j]) for m, u, j in operator.wires(size, len(taps)))
        wires = [Wire(m, u, tap) for m, u, tap in used if tap and 0 <= m < n]
        label = (f"{name} = {label[0]}", *label[1:])
        cells = [Cell(entry_text(name, u)) for u in range(size)]
        return Row(label, tuple(cells), tuple(wires), *place)
    # The operator moves entries: where each comes from is seen by moving their places.
    moved = operator.array(Fixed({}, {}, None), (size,), Array((n,), list(range(n))))
    cells = [
        Cell("0", operator.absent)
        if m is None
        else Cell(above.cells[m].text, "padding")
        if operator.kind(u, n) == "padding"
        else above.cells[m]
        for u, m in enumerate(moved)
    ]
    wires = [Wire(m, u) for u, m in enumerate(moved) if m is not None]
    return Row(label, tuple(cells), tuple(wires), *place, False)

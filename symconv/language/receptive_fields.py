"""Receptive fields: which inputs an output reads, along each axis, at any size.

They are read off from the rules of the operators, one after the other: where a rule asks for an
entry of its operand, the position is a polynomial in the index of the result and in summation
indices, and its least and its largest value over the ranges of these are what is read.  What
stands between, as the zeros of a padding do, does not count: a border cuts a receptive field,
and does not move it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce, singledispatch
from itertools import chain, count
from typing import Any, TypeAlias

from sympy import Expr, Integer, Symbol

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Floor,
    Guarded,
    Polynomial,
    Relation,
    ceiling,
    floor,
    nonnegative_part,
)
from symconv.arithmetic.symbols import Sign, sign_of
from symconv.arithmetic.terms import Factor, SummationIndex, Term, free_index
from symconv.arithmetic.to_sympy import output_letters, polynomial_expression
from symconv.arithmetic.work import allowed
from symconv.errors import SymconvError, as_given
from symconv.language.graph import leaves, walk
from symconv.language.notation import plain
from symconv.language.operators import Apply, Extend, Named, Roll
from symconv.language.operators.base import Operator
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.telling import Told

__all__ = ["Reach", "ReceptiveField", "receptive_field"]


@dataclass(frozen=True, slots=True)
class Reach(Told):
    """What an output reads along one axis of the input.

    Attributes:
        first: the first position that it reads.
        last: the last one.
        size: how many positions there are from the first to the last one.
        jump: by how much these move from one output to the next; a fraction where several
            outputs have to pass before they move by one, and 0 where all outputs read the same.
        axis: which axis of the output they move along; None if none.
        index: the index of the output along that axis, in `first` and `last`.
        is_all: whether it is the whole axis of the input.
    """

    first: Expr
    last: Expr
    size: Expr
    jump: Expr
    axis: int | None = None
    index: Symbol | None = None
    is_all: bool = False

    def __str__(self) -> str:
        if self.is_all:
            return "all"
        if self.first == self.last:
            return plain(self.first)
        return f"{plain(self.first)} to {plain(self.last)}"


@dataclass(frozen=True, slots=True)
class ReceptiveField(Told):
    """What an output reads of an input, along each axis; see `receptive_field`.

    Attributes:
        of: the input.
        axes: what is read along each of its axes, or, as a text, why that cannot be told.
    """

    of: SignalExpr
    axes: tuple[Reach | str, ...] = field(repr=False)

    def __getitem__(self, axis: int) -> Reach:
        """What is read along an axis, which is counted from the end where it is negative.

        Raises:
            SymconvError: there is no such axis, or there is no range for it.
        """
        count_ = len(self.axes)
        if isinstance(axis, bool) or not isinstance(axis, int) or not -count_ <= axis < count_:
            raise SymconvError(
                f"{self.of} has the axes 0 to {count_ - 1}, and no axis {as_given(axis)}"
            )
        found = self.axes[axis]
        if isinstance(found, str):
            raise SymconvError(f"along axis {axis % count_} of {self.of}, {found}")
        return found

    @property
    def first(self) -> Expr:
        """The first position that is read of an input of one axis."""
        return self._only("first").first

    @property
    def last(self) -> Expr:
        """The last position that is read of an input of one axis."""
        return self._only("last").last

    @property
    def size(self) -> Expr:
        """How many positions are read of an input of one axis, from the first to the last one."""
        return self._only("size").size

    @property
    def jump(self) -> Expr:
        """By how much the positions move from one output to the next, of an input of one axis."""
        return self._only("jump").jump

    def _only(self, what: str) -> Reach:
        if len(self.axes) != 1:
            raise SymconvError(
                f"{self.of} has {len(self.axes)} axes: write field[axis].{what} for one of them"
            )
        return self[0]

    def __str__(self) -> str:
        parts = []
        for axis, reach in enumerate(self.axes):
            told = f"not known ({reach})" if isinstance(reach, str) else str(reach)
            if isinstance(reach, Reach) and reach.jump != 0 and (reach.size, reach.jump) != (1, 1):
                told += f" (size {plain(reach.size)}, jump {plain(reach.jump)})"
            parts.append(told if len(self.axes) == 1 else f"axis {axis}: {told}")
        return f"{self.of}: {'; '.join(parts)}"


@singledispatch
def receptive_field(signal: Any, of: SignalExpr | str | None = None) -> ReceptiveField:
    """The first and the last input that an output reads, along each axis of the input.

    An entry of the input is read where a tap is multiplied with it, be it a tap of value 0.
    Borders do not count: of `x.pad(1, 1).correlate(k)` output 0 reads from −1 on.  So the
    output at u reads, of an input of one axis, positions from jump·u + start to jump·u + start
    + size − 1, and of one layer with c taps, stride s, dilation d and p zeros on the left

        jump = s,   start = −p,   size = d·(c − 1) + 1.

    Layers behind one another have the product of the jumps, and the sum of the size − 1, each
    times the jumps before it.  Of several branches, it is the range that holds all of theirs.
    An output may read less than that where zeros stand between the inputs, as in a transposed
    layer, and never more.

    Args:
        signal: the output; or a stack of layers, see `repeat`.
        of: the input, a named tensor or its name, where the output reads several beside its
            kernels.  Those of fewer axes, such as a bias, do not count as several.

    >>> from symconv import Signal, Tensor, integers
    >>> n, c = integers("n c", positive=True)
    >>> s, d, p = integers("s d p", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(receptive_field(x.pad(p, p).correlate(k, stride=s, dilation=d)))
    x: s·u − p to c·d + s·u − d − p (size c·d + 1 − d, jump s)
    >>> y = x
    >>> for dilation in (1, 2, 4, 8):
    ...     y = y.correlate(Signal("h", 2), dilation=dilation)
    >>> receptive_field(y).size
    16
    >>> C, H, W = integers("C H W", positive=True)
    >>> image, kernel = Tensor("image", (C, H, W)), Tensor("kernel", (4, C, 3, 5))
    >>> field = receptive_field(image.conv(kernel, stride=2, padding=1))
    >>> print(field)
    image: axis 0: all; axis 1: 2v − 1 to 2v + 1 (size 3, jump 2); axis 2: ...
    >>> field[2].size
    5

    Raises:
        SymconvError: nothing is read, or several tensors are, and none is chosen; or what is read
            does not move with the output, as where a signal is reflected at its ends.

    References:
        A. Araujo, W. Norris, J. Sim, *Computing Receptive Fields of Convolutional Neural
        Networks*, Distill, 2019.
    """
    if not isinstance(signal, SignalExpr):
        raise SymconvError(
            f"receptive_field takes a signal, a tensor or a stack, got {as_given(signal)}"
        )
    with allowed():
        leaf, ranges = _chosen(signal, of)
        symbols = signal.every_symbol()
        taken = symbols.keys() | leaves(signal).keys()
        letters_ = output_letters(signal.ndim, taken)
        signs = _Signs(symbols)
        axes = tuple(
            found
            if isinstance(found, str)
            else _reach(found, size, signs, {**symbols, **dict(enumerate(letters_))})
            for found, size in zip(ranges, leaf.lengths, strict=True)
        )
    if all(isinstance(reach, str) for reach in axes):
        raise SymconvError(f"there is no receptive field of {leaf}: {axes[0]}")
    return ReceptiveField(leaf, axes)


# --- which input ---------------------------------------------------------------------

Range: TypeAlias = tuple[Polynomial, Polynomial]
"""The first and the last position, in the index of the result."""
Ranges: TypeAlias = "tuple[Range | str, ...]"
"""One for each axis of the input, or why there is none."""


def _chosen(signal: SignalExpr, of: SignalExpr | str | None) -> tuple[Tensor, Ranges]:
    """The input that is asked for, or the only one that there is, and what is read of it."""
    named = leaves(signal)
    if of is not None:
        name = of.name if isinstance(of, Tensor) else of
        if not isinstance(name, str):
            raise SymconvError(
                f"`of` must be a named tensor such as x, or its name, got {as_given(of)}"
            )
        if name not in named or (isinstance(of, Tensor) and named[name] is not of):
            raise SymconvError(f"{signal} has no tensor {of}; it has {', '.join(named)}")
        ranges = _read(signal, named[name])
        if ranges is None:
            raise SymconvError(f"no output of {signal} reads {name}")
        return named[name], ranges
    found: dict[Tensor, Ranges] = {}
    kernels = []
    for name, leaf in named.items():
        try:
            ranges = _read(signal, leaf)
        except _KernelError:
            kernels.append(name)
            continue
        if ranges is not None and any(_moves(one) for one in ranges):
            found[leaf] = ranges
    most = max((leaf.ndim for leaf in found), default=0)
    inputs = {leaf: ranges for leaf, ranges in found.items() if leaf.ndim == most}
    if not inputs:
        beside = f" beside the kernels {', '.join(kernels)}" if kernels else ""
        raise SymconvError(f"{signal} reads no tensor{beside} of which each output has its part")
    if len(inputs) > 1:
        names = sorted(leaf.name for leaf in inputs)
        raise SymconvError(
            f"{signal} reads {' and '.join(names)}: say of which, as in of={names[0]!r}"
        )
    return next(iter(inputs.items()))


def _moves(found: Range | str) -> bool:
    """Whether what is read depends on the output; where nobody knows, it does."""
    return isinstance(found, str) or any(p.indices() for p in found)


class _KernelError(SymconvError):
    """The tensor is a kernel."""


# --- what is read --------------------------------------------------------------------


class _NoRangeError(Exception):
    """There is no range, for the reason given."""


def _read(signal: SignalExpr, leaf: Tensor) -> Ranges | None:
    """What the entry at (#0, #1, …) reads of a tensor; None where nothing.

    Raises:
        SymconvError: the tensor is a kernel.
    """
    signs = _Signs(signal.every_symbol())
    read: dict[SignalExpr, Ranges | None] = {}
    for node in walk(signal):
        if isinstance(node.operator, Named):
            read[node] = tuple((u, u) for u in free_index(leaf.ndim)) if node is leaf else None
            continue
        kernel = node.operator.kernel_operand
        if kernel is not None and read[node.operands[kernel]] is not None:
            raise _KernelError(
                f"{leaf} is a kernel, or part of one, in {node}; of kernels every tap is read"
            )
        below = [read[operand] for operand in node.operands]
        found = [
            _of_factor(node, term, factor, node.operands[number], ranges, signs)
            for term in _terms(node)
            for factor in term.factors
            for number in [_operand_of(node, factor)]
            for ranges in [below[number]]
            if ranges is not None
        ]
        read[node] = reduce(lambda a, b: _hull(a, b, signs), found) if found else None
    return read[signal]


def _terms(node: SignalExpr) -> tuple[Term, ...]:
    """The entry of one operator, whose operands are factors, each called by its number."""
    places = {operand: number for number, operand in enumerate(node.operands)}
    if node.operator.is_opaque:
        return _of_opaque(node, places)
    rule = node.operator.entry(node, free_index(node.ndim), True, count(node.ndim))
    answer: Any = None
    while True:
        try:
            operand, index, _ = rule.send(answer)
        except StopIteration as finished:
            terms: tuple[Term, ...] = finished.value
            return tuple(term.solved() for term in terms)
        answer = (Term(factors=(Factor(str(places[operand]), index),)),)


def _of_opaque(node: SignalExpr, places: Mapping[SignalExpr, int]) -> tuple[Term, ...]:
    """The same where it is no sum of products: a term for each entry that it is made of."""
    index = free_index(node.ndim)
    if isinstance(node.operator, Apply):
        return (Term(factors=(Factor("0", index),)),)
    return tuple(
        Term(
            indices=tuple(
                SummationIndex(number, Polynomial({}), _largest(number, one.guards))
                for number in one.indices
            ),
            factors=(Factor(str(places[one.operand]), one.index),),
        )
        for one in node.operator.candidates(node, index, count(node.ndim))
    )


def _largest(number: int, guards: Conjunction) -> Polynomial:
    """The largest value of an index, which is counted from 0, by the guards about it alone."""
    index = Polynomial.of(number)
    ends = [guard.polynomial + index for guard in guards]
    return next(end for end in ends if not end.indices())


def _operand_of(node: SignalExpr, factor: Factor) -> int:
    if factor.name.isdecimal():
        return int(factor.name)
    names = [operand.name for operand in node.operands if isinstance(operand, Tensor)]
    return names.index(factor.name)  # in a formula, which names what it reads


def _of_factor(
    node: SignalExpr,
    term: Term,
    factor: Factor,
    operand: SignalExpr,
    ranges: Ranges,
    signs: _Signs,
) -> Ranges:
    """What is read where a summand reads one entry of an operand."""
    at: dict[Atom, Polynomial] = dict(enumerate(factor.position))
    over = _Summation(node, term, factor, operand, signs)

    def along(found: Range | str) -> Range | str:
        if isinstance(found, str):
            return found
        first, last = found
        if _returns(node.operator, first) or _returns(node.operator, last):
            return "what lies beyond an end is read at another place again"
        try:
            return (
                over.extreme(first.substitute(at), least=True),
                over.extreme(last.substitute(at), least=False),
            )
        except _NoRangeError as problem:
            return str(problem)

    return tuple(map(along, ranges))


def _returns(operator: Operator, position: Polynomial) -> bool:
    """Whether an operator puts what it reads along an axis in several places."""
    return isinstance(operator, Extend | Roll) and position.mentions(operator.axis)


class _Signs:
    """What the signs of the symbols show; indices are not below 0."""

    def __init__(self, symbols: Mapping[str, Symbol]) -> None:
        self._known = {name: sign_of(symbol) for name, symbol in symbols.items()}

    def is_at_least(self, polynomial: Polynomial, least: int) -> bool:
        """Whether a polynomial is plainly so large, with indices from 0 on."""
        indices = polynomial.indices()
        named: dict[Atom, Polynomial] = {one: Polynomial.of(f"#{one}") for one in indices}
        known = self._known | {f"#{one}": Sign(negative=False) for one in indices}
        return is_at_least(polynomial.substitute(named), least, known)

    def direction(self, polynomial: Polynomial, number: int) -> int | None:
        """1 if a polynomial grows with an index, −1 if it falls; None if that is not plain."""
        found = set()
        for monomial in polynomial.terms:
            for atom in dict.fromkeys(monomial):
                if atom == number:
                    inner: int | None = 1
                elif isinstance(atom, Floor) and not atom.divisor.mentions(number):
                    inner = self.direction(atom.numerator, number)
                elif isinstance(atom, Guarded) and atom.is_nonnegative_part:
                    inner = self.direction(atom.value, number)
                else:
                    inner = None if Polynomial.of(atom).mentions(number) else 0
                if inner == 0:
                    continue
                factor = polynomial.cofactor(atom)
                if inner is None or factor.indices():
                    return None
                if self.is_at_least(factor, 0):
                    found.add(inner)
                elif self.is_at_least(-factor, 0):
                    found.add(-inner)
                else:
                    return None
        return found.pop() if len(found) == 1 else None if found else 0


class _Summation:
    """The summation indices of a summand, and between which ends each of them lies.

    An index by which the operand itself is read, from its first to its last entry, has no ends
    by that: there the operand begins and ends, and reads are cut.  The other factors then say
    where it lies, as h does in Σ x[m]·h[u − m].
    """

    def __init__(
        self, node: SignalExpr, term: Term, factor: Factor, operand: SignalExpr, signs: _Signs
    ) -> None:
        self._signs = signs
        self._term = term
        self._free = node.ndim
        self._ends = {index.number: (index.lower, index.upper) for index in term.indices}
        self._own = {
            number: (Polynomial({}), size - 1)
            for number, size in zip(
                (_only_index(p) for p in factor.position), operand.lengths, strict=True
            )
            if number is not None
        }
        self._others = [
            (position, size)
            for other in term.factors
            if other is not factor
            for position, size in zip(
                other.position, node.operands[_operand_of(node, other)].lengths, strict=True
            )
        ]

    def extreme(self, position: Polynomial, *, least: bool) -> Polynomial:
        """The least or the largest value of a position, in the free indices alone.

        Raises:
            _NoRangeError: it is not plain which that is.
        """
        for _ in self._term.indices:
            number = max(position.indices(), default=-1)
            if number < self._free:
                break
            direction = self._signs.direction(position, number)
            if direction is None:
                raise _NoRangeError("it is not plain in which direction a summation index moves it")
            at_lower = (direction > 0) == least
            position = position.substitute({number: self._end(number, at_lower)})
        if max(position.indices(), default=-1) >= self._free:
            raise _NoRangeError("a summation index has no range of its own")
        return position

    def _end(self, number: int, at_lower: bool) -> Polynomial:
        """The first or the last value of a summation index."""
        equations = (g.polynomial for g in self._term.guards if g.relation is Relation.ZERO)
        for equation in equations:
            solved = self._solved(equation, number)
            if solved is not None:  # as in u = d·q, which holds for some u alone
                return ceiling(*solved) if at_lower else floor(*solved)
        found = []
        end = self._ends[number][not at_lower]
        if number not in self._own or end != self._own[number][not at_lower]:
            found.append(end)
        for position, size in self._others:
            # 0 ≤ ±#number + rest < size
            sign = position.coefficient(number)
            rest = position - Polynomial.of(number) * sign
            if abs(sign) == 1 and not rest.mentions(number):
                lower, upper = -rest, size - 1 - rest
                if sign < 0:
                    lower, upper = rest - size + 1, rest
                found.append(lower if at_lower else upper)
        if not found:
            return end
        inner = found[0]
        for other in found[1:]:
            gain = other - inner if at_lower else inner - other
            if self._signs.is_at_least(gain, 1):
                inner = other
        return inner

    def _solved(self, equation: Polynomial, number: int) -> tuple[Polynomial, Polynomial] | None:
        """The numerator and the divisor of what an equation says an index is, if it does."""
        factor = equation.cofactor(number)
        rest = equation - factor * Polynomial.of(number)
        if factor.indices() or rest.mentions(number):
            return None
        if self._signs.is_at_least(factor, 1):
            return -rest, factor
        return (rest, -factor) if self._signs.is_at_least(-factor, 1) else None


def _only_index(polynomial: Polynomial) -> int | None:
    """The number of the index that a polynomial is, if it is one."""
    if len(polynomial.terms) != 1:
        return None
    ((monomial, c),) = polynomial.terms.items()
    (atom, *more) = monomial or ("",)
    return atom if c == 1 and isinstance(atom, int) and not more else None


def _hull(one: Ranges, other: Ranges, signs: _Signs) -> Ranges:
    """The range that holds both, along each axis."""

    def joined(a: Range | str, b: Range | str) -> Range | str:
        if isinstance(a, str) or isinstance(b, str):
            return a if isinstance(a, str) else b
        try:
            return _smaller(a[0], b[0], signs), -_smaller(-a[1], -b[1], signs)
        except _NoRangeError as problem:
            return str(problem)

    return tuple(map(joined, one, other))


def _smaller(a: Polynomial, b: Polynomial, signs: _Signs) -> Polynomial:
    """The smaller one of two ends, whatever the index is."""
    if signs.is_at_least(a - b, 0):
        return b
    if signs.is_at_least(b - a, 0):
        return a
    if (a - b).indices():
        raise _NoRangeError("two branches read at places that move differently with the output")
    return a - nonnegative_part(a - b)


# --- in SymPy's words ----------------------------------------------------------------


def _reach(found: Range, size: Polynomial, signs: _Signs, names: Mapping[Any, Expr]) -> Reach | str:
    """What is read, told with jumps; or why it cannot be."""
    first, last = found
    moving = sorted(first.indices() | last.indices())
    if len(moving) > 1:
        return "what is read depends on the index of the output along several axes"
    number = last - first + 1
    told = [polynomial_expression(p, names) for p in (first, last, number)]
    if not moving:
        is_all = not first.terms and last == size - 1
        return Reach(told[0], told[1], told[2], Integer(0), is_all=is_all)
    jumps = {_rate(end, moving[0], names) for end in found}
    if len(jumps) > 1 or None in jumps:
        return "what is read does not move evenly with the output"
    (jump,) = jumps
    return Reach(told[0], told[1], told[2], jump, moving[0], names[moving[0]])


def _rate(polynomial: Polynomial, number: int, names: Mapping[Any, Expr]) -> Expr | None:
    """By how much a polynomial grows with an index, floors aside; None if not evenly."""
    rate: Expr = Integer(0)
    for atom in dict.fromkeys(chain(*polynomial.terms)):
        inner: Expr | None = Integer(0)
        if atom == number:
            inner = Integer(1)
        elif isinstance(atom, Floor) and not atom.divisor.mentions(number):
            inner = _rate(atom.numerator, number, names)
            if inner is not None:
                inner = inner / polynomial_expression(atom.divisor, names)
        elif Polynomial.of(atom).mentions(number):
            inner = None
        if inner == 0:
            continue
        factor = polynomial.cofactor(atom)
        if inner is None or factor.mentions(number):
            return None
        rate += inner * polynomial_expression(factor, names)
    return rate

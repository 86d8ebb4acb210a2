"""Integer expressions, conditions and signals that are each said three times.

As text, as what a user of symconv writes in Python, and as a function of plain integers.
The three are made side by side and never from one another: the functions see nothing but
integers, fractions and lists, so whatever reading the text or building the objects does to
an expression cannot reach them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

import sympy

from symconv import Signal
from symconv.derivations import such_that as restricted

Exact: TypeAlias = int | Fraction


class UndefinedError(ValueError):
    """Something has no meaning at these values: an empty kernel, say, or a negative length."""


class World:
    """What is said in Python: the symbols, and each object once however often it is used."""

    def __init__(self, symbols: Mapping[str, Any]) -> None:
        self._symbols = symbols
        self._made: dict[int, Any] = {}

    def symbol(self, name: str) -> Any:
        """A symbol of the claim, or an index."""
        return self._symbols.get(name) or sympy.Symbol(name, integer=True)

    def row(self, row: Row) -> Any:
        """The signal."""
        if id(row) not in self._made:
            self._made[id(row)] = row.make(self)
        return self._made[id(row)]


class Point:
    """Values of the symbols and of the entries of named signals."""

    def __init__(
        self,
        at: Mapping[str, int],
        entry: Callable[[str, int], Any],
        number: Callable[[Fraction], Any] = lambda q: int(q) if q.denominator == 1 else q,
    ) -> None:
        self.at = dict(at)  # indices come and go
        self.entry = entry
        self.number = number
        self._known: dict[int, list[Any]] = {}

    def row(self, row: Row) -> list[Any]:
        """The entries of a signal."""
        if id(row) not in self._known:
            self._known[id(row)] = row.value(self)
        return self._known[id(row)]

    def over(self, name: str, values: Iterable[int], body: Callable[[Point], Any]) -> list[Any]:
        """The body at each value of an index; what else has its name is hidden meanwhile."""
        outside = self.at.get(name)
        result = []
        for value in values:
            self.at[name] = value
            result.append(body(self))
        if outside is None:
            self.at.pop(name, None)
        else:
            self.at[name] = outside
        return result

    def integer(self, number: Number) -> int:
        """The value of an expression that has to be an integer."""
        value = number.value(self)
        if value != math.floor(value):
            raise UndefinedError(f"{number.text} is {value}, no integer")
        return math.floor(value)

    def positive(self, number: Number) -> int:
        """The value of a factor, which has to be 1 or more."""
        value = self.integer(number)
        if value < 1:
            raise UndefinedError(f"{number.text} is {value}, not positive")
        return value


# --- integer expressions -------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Number:
    """An integer expression.

    Attributes:
        text: as text.
        make: in Python.
        value: on integers.
        names: the symbols in it.
        plain: whether the language of texts has it.
        rows: the signals in it.
    """

    text: str
    make: Callable[[World], Any]
    value: Callable[[Point], Exact]
    names: frozenset[str] = frozenset()
    plain: bool = True
    rows: tuple[Row, ...] = ()

    def __add__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text} + {right.text})",
            lambda w: self.make(w) + right.make(w),
            lambda p: self.value(p) + right.value(p),
            self,
            right,
        )

    def __sub__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text} - {right.text})",
            lambda w: self.make(w) - right.make(w),
            lambda p: self.value(p) - right.value(p),
            self,
            right,
        )

    def __mul__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text}*{right.text})",
            lambda w: self.make(w) * right.make(w),
            lambda p: self.value(p) * right.value(p),
            self,
            right,
        )

    def __neg__(self) -> Number:
        return _number(f"(-{self.text})", lambda w: -self.make(w), lambda p: -self.value(p), self)

    def __floordiv__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text}//{right.text})",
            lambda w: self.make(w) // right.make(w),
            lambda p: math.floor(_ratio(self, right, p)),
            self,
            right,
        )

    def __mod__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text} % {right.text})",
            lambda w: self.make(w) % right.make(w),
            lambda p: _remainder(self, right, p),
            self,
            right,
        )

    def __truediv__(self, other: Number | int) -> Number:
        right = whole(other)
        return _number(
            f"({self.text}/{right.text})",
            lambda w: self.make(w) / right.make(w),
            lambda p: _ratio(self, right, p),
            self,
            right,
        )


def _number(
    text: str,
    make: Callable[[World], Any],
    value: Callable[[Point], Exact],
    *parts: Number | Condition,
) -> Number:
    return Number(
        text,
        make,
        value,
        frozenset().union(*(part.names for part in parts)),
        all(part.plain for part in parts),
        tuple(row for part in parts for row in part.rows),
    )


def _ratio(left: Number, right: Number, point: Point) -> Fraction:
    divisor = right.value(point)
    if divisor <= 0:
        raise UndefinedError(f"{right.text} is {divisor}, and something is divided by it")
    return Fraction(left.value(point)) / divisor


def _remainder(left: Number, right: Number, point: Point) -> Exact:
    return left.value(point) - right.value(point) * math.floor(_ratio(left, right, point))


def whole(value: Number | int) -> Number:
    """An integer as an expression."""
    if isinstance(value, Number):
        return value
    text = str(value) if value >= 0 else f"({value})"
    return Number(text, lambda w: sympy.Integer(value), lambda p: value)


def letter(name: str) -> Number:
    """A symbol."""
    return Number(name, lambda w: w.symbol(name), lambda p: p.at[name], frozenset([name]))


def index(name: str) -> Number:
    """The index of a formula or a sum."""
    return Number(name, lambda w: w.symbol(name), lambda p: p.at[name])


def remainder(left: Number, right: Number | int) -> Number:
    """Mod, under its other name."""
    other = whole(right)
    return _number(
        f"Mod({left.text}, {other.text})",
        lambda w: sympy.Mod(left.make(w), other.make(w)),
        lambda p: _remainder(left, other, p),
        left,
        other,
    )


def floor(inner: Number) -> Number:
    """⌊a⌋ of a fraction."""
    return _number(
        f"floor({inner.text})",
        lambda w: sympy.floor(inner.make(w)),
        lambda p: math.floor(inner.value(p)),
        inner,
    )


def ceiling(inner: Number) -> Number:
    """⌈a⌉ of a fraction."""
    return _number(
        f"ceil({inner.text})",
        lambda w: sympy.ceiling(inner.make(w)),
        lambda p: math.ceil(inner.value(p)),
        inner,
    )


def largest(*parts: Number | int) -> Number:
    """The maximum."""
    numbers = list(map(whole, parts))
    return _number(
        f"max({', '.join(a.text for a in numbers)})",
        lambda w: sympy.Max(*(a.make(w) for a in numbers)),
        lambda p: max(a.value(p) for a in numbers),
        *numbers,
    )


def smallest(*parts: Number | int) -> Number:
    """The minimum."""
    numbers = list(map(whole, parts))
    return _number(
        f"min({', '.join(a.text for a in numbers)})",
        lambda w: sympy.Min(*(a.make(w) for a in numbers)),
        lambda p: min(a.value(p) for a in numbers),
        *numbers,
    )


def magnitude(inner: Number) -> Number:
    """The absolute value."""
    return _number(
        f"abs({inner.text})",
        lambda w: sympy.Abs(inner.make(w)),
        lambda p: _absolute(inner.value(p)),
        inner,
    )


def _absolute(value: Exact) -> Exact:
    return value if value >= 0 else -value


def chosen(condition: Condition, then: Number, otherwise: Number) -> Number:
    """One of two values, which the language of texts does not have."""

    def value(point: Point) -> Exact:
        branch = then if condition.value(point) else otherwise
        return branch.value(point)

    result = _number(
        f"({then.text} if {condition.text} else {otherwise.text})",
        lambda w: sympy.Piecewise((then.make(w), condition.make(w)), (otherwise.make(w), True)),
        value,
        condition,
        then,
        otherwise,
    )
    return replace(result, plain=False)


# --- conditions ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Condition:
    """A condition on integers; its attributes are those of `Number`."""

    text: str
    make: Callable[[World], Any]
    value: Callable[[Point], bool]
    names: frozenset[str] = frozenset()
    plain: bool = True
    rows: tuple[Row, ...] = ()

    def __invert__(self) -> Condition:
        return _condition(
            f"(not {self.text})",
            lambda w: sympy.Not(self.make(w)),
            lambda p: not self.value(p),
            self,
        )

    def __and__(self, other: Condition) -> Condition:
        return _condition(
            f"({self.text} and {other.text})",
            lambda w: sympy.And(self.make(w), other.make(w)),
            lambda p: self.value(p) and other.value(p),
            self,
            other,
        )

    def __or__(self, other: Condition) -> Condition:
        return _condition(
            f"({self.text} or {other.text})",
            lambda w: sympy.Or(self.make(w), other.make(w)),
            lambda p: self.value(p) or other.value(p),
            self,
            other,
        )


def _condition(
    text: str,
    make: Callable[[World], Any],
    value: Callable[[Point], bool],
    *parts: Number | Condition,
) -> Condition:
    return Condition(
        text,
        make,
        value,
        frozenset().union(*(part.names for part in parts)),
        all(part.plain for part in parts),
        tuple(row for part in parts for row in part.rows),
    )


_RELATIONS: dict[str, tuple[Any, Callable[[Exact, Exact], bool]]] = {
    "==": (sympy.Eq, lambda a, b: a == b),
    "!=": (sympy.Ne, lambda a, b: a != b),
    "<=": (sympy.Le, lambda a, b: a <= b),
    ">=": (sympy.Ge, lambda a, b: a >= b),
    "<": (sympy.Lt, lambda a, b: a < b),
    ">": (sympy.Gt, lambda a, b: a > b),
}
RELATIONS = tuple(_RELATIONS)


def compared(left: Number | int, relation: str, right: Number | int) -> Condition:
    """A comparison."""
    one, other = whole(left), whole(right)
    symbolic, plain = _RELATIONS[relation]
    return _condition(
        f"({one.text} {relation} {other.text})",
        lambda w: symbolic(one.make(w), other.make(w)),
        lambda p: plain(one.value(p), other.value(p)),
        one,
        other,
    )


def implied(premise: Condition, conclusion: Condition) -> Condition:
    """An implication: in Python as such, as text by `not` and `or`."""
    return _condition(
        f"(not {premise.text} or {conclusion.text})",
        lambda w: sympy.Implies(premise.make(w), conclusion.make(w)),
        lambda p: not premise.value(p) or conclusion.value(p),
        premise,
        conclusion,
    )


# --- formulas for entries ------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    """What can stand in a formula for an entry; its attributes are those of `Number`."""

    text: str
    make: Callable[[World], Any]
    value: Callable[[Point], Any]
    names: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()

    def __add__(self, other: Term) -> Term:
        return _term(
            f"({self.text} + {other.text})",
            lambda w: self.make(w) + other.make(w),
            lambda p: self.value(p) + other.value(p),
            self,
            other,
        )

    def __mul__(self, other: Term) -> Term:
        return _term(
            f"{self.text}*{other.text}",
            lambda w: self.make(w) * other.make(w),
            lambda p: self.value(p) * other.value(p),
            self,
            other,
        )


def _term(
    text: str,
    make: Callable[[World], Any],
    value: Callable[[Point], Any],
    *parts: Number | Condition | Term,
    rows: tuple[Row, ...] = (),
) -> Term:
    names = frozenset().union(*(part.names for part in parts), *(row.names for row in rows))
    return Term(text, make, value, names, (*rows, *(row for part in parts for row in part.rows)))


def constant(value: Exact) -> Term:
    """A rational number in a formula."""
    exact = Fraction(value)
    return Term(
        f"({value})",
        lambda w: sympy.Rational(exact.numerator, exact.denominator),
        lambda p: p.number(exact),
    )


def entry(row: Row, position: Number) -> Term:
    """The entry of a named signal, 0 outside of its range and at fractions."""
    name, size = row.name, row.leaves[row.name]

    def make(world: World) -> Any:
        return sympy.IndexedBase(name, shape=(size.make(world),))[position.make(world)]

    def value(point: Point) -> Any:
        at = position.value(point)
        if at == math.floor(at) and 0 <= at < size.value(point):
            return point.entry(name, math.floor(at))
        return 0

    return _term(f"{name}[{position.text}]", make, value, position, rows=(row,))


def entry_of(row: Row, position: Number) -> Term:
    """The entry of any signal, 0 outside of its range."""

    def value(point: Point) -> Any:
        entries, at = point.row(row), point.integer(position)
        return entries[at] if 0 <= at < len(entries) else 0

    return _term(
        f"({row.text})[{position.text}]",
        lambda w: w.row(row)[position.make(w)],
        value,
        position,
        rows=(row,),
    )


def total(body: Callable[[Number], Term], name: str, low: Number | int, high: Number | int) -> Term:
    """The sum over an index between two ends; empty where the upper one is the smaller."""
    first, last, over = whole(low), whole(high), index(name)
    inner = body(over)

    def value(point: Point) -> Any:
        ends = range(point.integer(first), point.integer(last) + 1)
        return sum(point.over(name, ends, inner.value))

    return _term(
        f"Sum({inner.text}, ({name}, {first.text}, {last.text}))",
        lambda w: sympy.Sum(inner.make(w), (w.symbol(name), first.make(w), last.make(w))),
        value,
        inner,
        first,
        last,
    )


def such_that(term: Term, condition: Condition) -> Term:
    """The term where the condition holds, 0 elsewhere."""
    return _term(
        f"such_that({term.text}, {condition.text})",
        lambda w: restricted(term.make(w), condition.make(w)),
        lambda p: term.value(p) if condition.value(p) else 0,
        term,
        condition,
    )


def piecewise(*branches: tuple[Term, Condition]) -> Term:
    """The first term whose condition holds, 0 where none does."""
    text = ", ".join(f"({term.text}, {condition.text})" for term, condition in branches)
    return _term(
        f"Piecewise({text}, (0, True))",
        lambda w: sympy.Piecewise(
            *((term.make(w), condition.make(w)) for term, condition in branches), (0, True)
        ),
        lambda p: next((term.value(p) for term, condition in branches if condition.value(p)), 0),
        *(part for branch in branches for part in branch),
    )


# --- signals -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """A signal.

    Attributes:
        form: the text, with its operands as {}.
        parts: the operands; one may occur in many places.
        make: in Python.
        value: the entries, as a list.
        names: the symbols in it.
        leaves: the lengths of the named signals in it.
        plain: whether the language of texts has it.
        size: how many operators its text has, where nothing is shared.
        terms: about how many products an entry is a sum of.
        degree: how many entries are multiplied with each other.
        made: which operator made it, and of what.
    """

    form: str
    parts: tuple[Row, ...]
    make: Callable[[World], Any]
    value: Callable[[Point], list[Any]]
    names: frozenset[str]
    leaves: Mapping[str, Number]
    plain: bool = True
    size: int = 1
    terms: int = 1
    degree: int = 1
    made: tuple[Any, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name of a named signal."""
        return self.form

    @property
    def text(self) -> str:
        """The text, with each operand written out."""
        return self.form.format(*(part.text for part in self.parts))

    @property
    def length(self) -> Number:
        """The length."""
        return Number(
            f"{self.text if self.size < 200 else '…'}.length",
            lambda w: w.row(self).length,
            lambda p: len(p.row(self)),
            self.names,
            self.plain,
            (self,),
        )

    def pad(self, left: Number | int, right: Number | int, mode: str = "zeros") -> Row:
        """Zeros, or a continuation, before and after."""
        one, other = whole(left), whole(right)

        def value(point: Point) -> list[Any]:
            x, before, after = point.row(self), point.integer(one), point.integer(other)
            if mode == "zeros":
                padded = [0] * max(before, 0) + x[max(-before, 0) :] + [0] * max(after, 0)
                return padded[: max(0, len(x) + before + after)]
            return _extended(x, before, after, mode)

        quoted = "" if mode == "zeros" else f", '{mode}'"
        return _row(
            f"{{}}.pad({one.text}, {other.text}{quoted})",
            (self,),
            lambda w: w.row(self).pad(one.make(w), other.make(w), mode),
            value,
            (one, other),
            terms=self.terms * (1 if mode == "zeros" else 3),
            made=("pad", self, one, other, mode),
        )

    def flip(self) -> Row:
        """In reverse."""
        return _row(
            "{}.flip()",
            (self,),
            lambda w: w.row(self).flip(),
            lambda p: p.row(self)[::-1],
            made=("flip", self),
        )

    def downsample(self, factor: Number | int, offset: Number | int = 0) -> Row:
        """Every so many entries."""
        step, first = whole(factor), whole(offset)

        def value(point: Point) -> list[Any]:
            start = point.integer(first)
            if start < 0:
                raise UndefinedError("a negative offset")
            return point.row(self)[start :: point.positive(step)]

        more = "" if first.text == "0" else f", offset={first.text}"
        return _row(
            f"{{}}.downsample({step.text}{more})",
            (self,),
            lambda w: w.row(self).downsample(step.make(w), offset=first.make(w)),
            value,
            (step, first),
            made=("downsample", self, step, first),
        )

    def dilate(self, factor: Number | int) -> Row:
        """Zeros between the entries."""
        by = whole(factor)

        def value(point: Point) -> list[Any]:
            return _spread(point.row(self), point.positive(by))

        return _row(
            f"{{}}.dilate({by.text})",
            (self,),
            lambda w: w.row(self).dilate(by.make(w)),
            value,
            (by,),
            made=("dilate", self, by),
        )

    def convolve(self, other: Row) -> Row:
        """The full convolution."""
        return _row(
            "{}.convolve({})",
            (self, other),
            lambda w: w.row(self).convolve(w.row(other)),
            lambda p: _convolution(p.row(self), p.row(other)),
            terms=self.terms * other.terms,
            degree=self.degree + other.degree,
            made=("convolve", self, other),
        )

    def correlate(self, kernel: Row, stride: Number | int = 1, dilation: Number | int = 1) -> Row:
        """A layer."""
        step, by = whole(stride), whole(dilation)

        def value(point: Point) -> list[Any]:
            x, k = point.row(self), point.row(kernel)
            s, d = point.positive(step), point.positive(by)
            if not k:
                raise UndefinedError("a kernel is empty")
            starts = range(0, len(x) - d * (len(k) - 1), s)
            return [sum(k[j] * x[u + d * j] for j in range(len(k))) for u in starts]

        options = "" if step.text == "1" else f", stride={step.text}"
        options += "" if by.text == "1" else f", dilation={by.text}"
        return _row(
            f"{{}}.correlate({{}}{options})",
            (self, kernel),
            lambda w: w.row(self).correlate(
                w.row(kernel), stride=step.make(w), dilation=by.make(w)
            ),
            value,
            (step, by),
            terms=self.terms * kernel.terms,
            degree=self.degree + kernel.degree,
            made=("correlate", self, kernel, step, by),
        )

    def multiply(self, other: Row) -> Row:
        """The entrywise product."""

        def value(point: Point) -> list[Any]:
            return [a * b for a, b in _alike(point.row(self), point.row(other))]

        return _row(
            "{}.multiply({})",
            (self, other),
            lambda w: w.row(self).multiply(w.row(other)),
            value,
            terms=self.terms * other.terms,
            degree=self.degree + other.degree,
            made=("multiply", self, other),
        )

    def __add__(self, other: Row) -> Row:
        def value(point: Point) -> list[Any]:
            return [a + b for a, b in _alike(point.row(self), point.row(other))]

        return _row(
            "({} + {})",
            (self, other),
            lambda w: w.row(self) + w.row(other),
            value,
            terms=self.terms + other.terms,
            degree=max(self.degree, other.degree),
            made=("add", self, other),
        )

    def __sub__(self, other: Row) -> Row:
        def value(point: Point) -> list[Any]:
            return [a - b for a, b in _alike(point.row(self), point.row(other))]

        return _row(
            "({} - {})",
            (self, other),
            lambda w: w.row(self) - w.row(other),
            value,
            terms=self.terms + other.terms,
            degree=max(self.degree, other.degree),
            made=("subtract", self, other),
        )

    def scale(self, number: Exact) -> Row:
        """A rational multiple."""
        exact = Fraction(number)
        return _row(
            f"(Fraction({exact.numerator}, {exact.denominator})*{{}})",
            (self,),
            lambda w: exact * w.row(self),
            lambda p: [p.number(exact) * a for a in p.row(self)],
            made=("scale", self, number),
        )

    def conv_transpose(
        self,
        kernel: Row,
        stride: Number | int = 1,
        dilation: Number | int = 1,
        padding: Number | int = 0,
        output_padding: Number | int = 0,
    ) -> Row:
        """A transposed layer: k[j]·y[u] is added to the entry s·u + d·j − p."""
        step, by, crop, more = map(whole, (stride, dilation, padding, output_padding))

        def value(point: Point) -> list[Any]:
            y, k = point.row(self), point.row(kernel)
            s, d = point.positive(step), point.positive(by)
            p, extra = point.integer(crop), point.integer(more)
            if not k:
                raise UndefinedError("the kernel of a transposed layer is empty")
            full = s * (len(y) - 1) + d * (len(k) - 1) + 1 if y else 0
            result = [0] * max(0, full - 2 * p + extra)
            for u, a in enumerate(y):
                for j, b in enumerate(k):
                    if 0 <= s * u + d * j - p < len(result):
                        result[s * u + d * j - p] += a * b
            return result

        return _row(
            f"{{}}.conv_transpose({{}}, stride={step.text}, dilation={by.text}, "
            f"padding={crop.text}, output_padding={more.text})",
            (self, kernel),
            lambda w: w.row(self).conv_transpose(
                w.row(kernel),
                stride=step.make(w),
                dilation=by.make(w),
                padding=crop.make(w),
                output_padding=more.make(w),
            ),
            value,
            (step, by, crop, more),
            terms=self.terms * kernel.terms,
            degree=self.degree + kernel.degree,
            made=("conv_transpose", self, kernel, step, by, crop, more),
        )

    def pad_same(self, size: Number | int, stride: Number | int, dilation: Number | int) -> Row:
        """The padding with which a layer has ⌈n/s⌉ outputs; more of it on the right."""
        taps, step, by = map(whole, (size, stride, dilation))

        def value(point: Point) -> list[Any]:
            x = point.row(self)
            c, s, d = point.positive(taps), point.positive(step), point.positive(by)
            needed = (-(-len(x) // s) - 1) * s + d * (c - 1) + 1
            missing = max(0, needed - len(x))
            return [0] * (missing // 2) + x + [0] * (missing - missing // 2)

        return _row(
            f"{{}}.pad_same({taps.text}, stride={step.text}, dilation={by.text})",
            (self,),
            lambda w: w.row(self).pad_same(taps.make(w), stride=step.make(w), dilation=by.make(w)),
            value,
            (taps, step, by),
            made=("pad_same", self, taps, step, by),
        )

    def avg_pool(self, size: int, stride: int, padding: int, *, counts_padding: bool) -> Row:
        """The mean of each window."""

        def value(point: Point) -> list[Any]:
            x = point.row(self)
            result = []
            for first in range(-padding, len(x) + padding - size + 1, stride):
                inside = x[max(first, 0) : max(first + size, 0)]
                count = size if counts_padding else max(len(inside), 1)
                result.append(sum(inside) * point.number(Fraction(1, count)))
            return result

        option = "" if counts_padding else ", count_include_pad=False"
        return _row(
            f"{{}}.avg_pool({size}, stride={stride}, padding={padding}{option})",
            (self,),
            lambda w: w.row(self).avg_pool(
                size, stride=stride, padding=padding, count_include_pad=counts_padding
            ),
            value,
            terms=self.terms * (1 if counts_padding else size),
            made=("avg_pool", self, size, stride, padding),
        )

    def add_bias(self, bias: Row) -> Row:
        """One entry added to all."""

        def value(point: Point) -> list[Any]:
            (b,) = point.row(bias)
            return [a + b for a in point.row(self)]

        return _row(
            "{}.add_bias({})",
            (self, bias),
            lambda w: w.row(self).add_bias(w.row(bias)),
            value,
            terms=self.terms + 1,
            degree=max(self.degree, 1),
            made=("add_bias", self, bias),
        )

    def phase(self, number: int, of: int) -> Row:
        """One of the polyphase components."""
        return _row(
            f"{{}}.phases({of})[{number}]",
            (self,),
            lambda w: w.row(self).phases(of)[number],
            lambda p: p.row(self)[number::of],
            made=("phase", self, number, of),
        )


def _row(
    form: str,
    parts: tuple[Row, ...],
    make: Callable[[World], Any],
    value: Callable[[Point], list[Any]],
    numbers: Sequence[Number] = (),
    *,
    plain: bool = True,
    terms: int = 0,
    degree: int = 0,
    made: tuple[Any, ...] = (),
) -> Row:
    inside = [*parts, *(row for number in numbers for row in number.rows)]
    every: list[Row | Number] = [*inside, *numbers]
    return Row(
        form,
        parts,
        make,
        value,
        frozenset().union(*(part.names for part in every)),
        {name: size for part in inside for name, size in part.leaves.items()},
        plain and all(part.plain for part in every),
        1 + sum(part.size for part in inside),
        terms or max((part.terms for part in parts), default=1),
        degree or max((part.degree for part in parts), default=0),
        made,
    )


def named(name: str, length: Number | int) -> Row:
    """A named signal, whose entries are free."""
    size = whole(length)

    def value(point: Point) -> list[Any]:
        return [point.entry(name, i) for i in range(_length(point.integer(size)))]

    return Row(
        name,
        (),
        lambda w: Signal(name, size.make(w)),
        value,
        size.names,
        {name: size},
        size.plain,
        made=("named", size),
    )


def taps(*numbers: Exact) -> Row:
    """Known entries."""
    return _row(
        f"taps({', '.join(map(str, numbers))})",
        (),
        lambda w: Signal.taps(*numbers),
        lambda p: [p.number(Fraction(a)) for a in numbers],
        made=("taps", numbers),
    )


def ones(length: Number | int) -> Row:
    """The box filter."""
    size = whole(length)
    return _row(
        f"ones({size.text})",
        (),
        lambda w: Signal.ones(size.make(w)),
        lambda p: [1] * _length(p.integer(size)),
        (size,),
        made=("ones", size),
    )


def interleaved(*rows: Row) -> Row:
    """Signals whose entries take turns; the last entry of one of them is the last of all."""

    def value(point: Point) -> list[Any]:
        s, parts = len(rows), [point.row(row) for row in rows]
        ends = [s * (len(part) - 1) + r + 1 for r, part in enumerate(parts) if part]
        result: list[Any] = [0] * max(ends, default=0)
        for r, part in enumerate(parts):
            for u, a in enumerate(part):
                result[s * u + r] = a
        return result

    return _row(
        f"interleave({', '.join(['{}'] * len(rows))})",
        rows,
        lambda w: Signal.interleave(*map(w.row, rows)),
        value,
        terms=sum(row.terms for row in rows),
        made=("interleave", *rows),
    )


def from_formula(name: str, body: Term, length: Number | int) -> Row:
    """A signal by a formula for its entries, which the language of texts does not have."""
    size = whole(length)

    def value(point: Point) -> list[Any]:
        return point.over(name, range(_length(point.integer(size))), body.value)

    leaves = {key: a for row in (*body.rows, *size.rows) for key, a in row.leaves.items()}
    return Row(
        f"from_formula({name}, {body.text}, length={size.text})".replace("{", "{{"),
        (),
        lambda w: Signal.from_formula(w.symbol(name), body.make(w), length=size.make(w)),
        value,
        body.names | size.names,
        leaves,
        False,
        made=("formula", body, size),
    )


def by_formula(row: Row) -> Row:
    """The same signal, by the formula for its entries that symconv writes."""

    def make(world: World) -> Any:
        signal, u = world.row(row), sympy.Symbol("index_of_formula", integer=True)
        return Signal.from_formula(u, signal.formula(u), length=signal.length)

    return _row(
        "by_formula({})",
        (row,),
        make,
        lambda p: p.row(row),
        plain=False,
        made=("by_formula", row),
    )


def _length(size: int) -> int:
    if size < 0:
        raise UndefinedError(f"a length is {size}")
    return size


def _alike(x: list[Any], h: list[Any]) -> list[tuple[Any, Any]]:
    if len(x) != len(h):
        raise UndefinedError(f"signals of {len(x)} and {len(h)} entries are combined")
    return list(zip(x, h, strict=True))


def _spread(x: list[Any], factor: int) -> list[Any]:
    result = [0] * (factor * (len(x) - 1) + 1 if x else 0)
    result[::factor] = x
    return result


def _convolution(x: list[Any], h: list[Any]) -> list[Any]:
    result = [0] * (len(x) + len(h) - 1 if x and h else 0)
    for i, a in enumerate(x):
        for j, b in enumerate(h):
            result[i + j] += a * b
    return result


def _extended(x: list[Any], before: int, after: int, mode: str) -> list[Any]:
    """The signal with copies of its own entries at its ends."""
    if min(before, after) < 0:
        raise UndefinedError(f"{mode} padding by {before} and {after}")
    most, n = max(before, after), len(x)
    least = {"reflect": most + 1, "symmetric": most, "circular": most, "replicate": 1}[mode]
    if most and n < least:
        raise UndefinedError(f"{mode} padding of {n} entries by {before} and {after}")
    back = x[::-1]
    match mode:
        case "reflect":
            first, last = x[1 : 1 + before][::-1], back[1 : 1 + after]
        case "symmetric":
            first, last = back[n - before :], back[:after]
        case "replicate":
            first, last = x[:1] * before, x[-1:] * after
        case _:
            first, last = x[n - before :], x[:after]
    return first + x + last


def described(*rows: Row) -> str:
    """The texts of signals; what is used more than once is named and written once."""
    uses: Counter[int] = Counter()
    order: list[Row] = []
    letters: dict[int, str] = {}

    def visit(row: Row) -> None:
        uses[id(row)] += 1
        if uses[id(row)] == 1:
            for part in row.parts:
                visit(part)
            order.append(row)

    def spell(row: Row) -> str:
        return row.form.format(*(letters.get(id(part)) or spell(part) for part in row.parts))

    for row in rows:
        visit(row)
    lines = []
    for row in order:
        if uses[id(row)] > 1 and row.parts:
            said = spell(row)
            letters[id(row)] = f"y{len(letters) + 1}"
            lines.append(f"{letters[id(row)]} = {said}")
    sides = [letters.get(id(row)) or spell(row) for row in rows]
    return "; ".join([*lines, " == ".join(sides)])

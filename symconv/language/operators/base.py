"""What an operator is: one class for each, with all that is known of it.

A tensor is an operator applied to tensors: `x.pad(1, 1)` is `Pad(1, 1)` applied to x, and a
named tensor is an operator that is applied to none.  The module of an operator says what it
is in every reading: at any size, at fixed sizes, as text, in LaTeX, in NumPy, in a picture;
and it has a mixin with the method by which users call it.  The readings ask, and hold what is
common to all: the order in which nodes are read, what is shared, and what it may cost.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from math import prod
from operator import index as as_index
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    Protocol,
    SupportsIndex,
    TypeAlias,
    cast,
)

from sympy import Expr, Symbol

from symconv.arithmetic.limits import MOST_FACTORS
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Conjunction, Polynomial, nonnegative_part, within
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.terms import SummationIndex, Term
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, Undecided, as_given
from symconv.language.amounts import Amount
from symconv.language.arrays import Array, Doubles, from_lines, lines
from symconv.language.assignments import Point
from symconv.language.scalars import EVERY_RING, RATIONAL

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = [
    "ATOM",
    "POSTFIX",
    "PRODUCT",
    "SUM",
    "AlongAxis",
    "Candidate",
    "Code",
    "Fixed",
    "InDoubles",
    "Index",
    "Kind",
    "Mathematics",
    "NumPy",
    "Operand",
    "Operator",
    "Requirement",
    "Rule",
    "Shape",
    "Terms",
    "Wanted",
    "along",
    "applied_along",
    "axes_of",
    "check_operand",
    "guarded",
    "inside_of",
    "no_axis",
    "not_negative",
    "positive_at",
    "products",
    "shown",
    "signal_of",
    "size_along",
    "summed",
    "to_assume",
    "worded",
]

Index: TypeAlias = tuple[Polynomial, ...]
"""Where an entry lies: one integer for each axis."""

Shape: TypeAlias = tuple[Polynomial, ...]
"""How many entries there are along each axis."""

Terms: TypeAlias = tuple[Term, ...]
Wanted: TypeAlias = "tuple[SignalExpr, Index, bool]"
"""An entry: of which tensor, at which index, and whether that is known to lie inside."""
Rule: TypeAlias = Generator[Wanted, Terms, Terms]
"""Asks for entries by `yield`, and returns what an entry is made of."""

Kind: TypeAlias = Literal["entry", "padding", "inserted"]
"""What a cell of a picture holds: an entry, or what an operator has put there."""

# How tightly an operator binds in mathematical notation; an operand that binds less tightly
# is parenthesised.
SUM, PRODUCT, POSTFIX, ATOM = range(4)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the sizes without which an operator is not defined.

    What is missing is said only where it is asked for: it speaks of sizes, whose own
    requirements would have to be known for that.
    """

    guards: Conjunction
    told: Callable[[], str] = field(compare=False)

    @property
    def message(self) -> str:
        """What is missing, and what to do."""
        return self.told()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Entries of which an entry of a maximum is the largest.

    Attributes:
        operand: whose entries they are.
        index: where they stand, in the index of the maximum and the indices.
        indices: the numbers of the indices, for whose values there is an entry each.
        guards: for which values there is one; they say too that it lies inside.
    """

    operand: SignalExpr
    index: Index
    indices: tuple[int, ...]
    guards: Conjunction


@dataclass(frozen=True, slots=True)
class Fixed:
    """Fixed sizes and entries, at which tensors are read.

    Attributes:
        at: the values of the integer symbols.
        arrays: the entries of the named tensors.
        zero: the zero of the ring in which the entries are.
        functions: what functions are, by name, where it is chosen.
    """

    at: Point
    arrays: Mapping[str, Array]
    zero: Any = 0
    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InDoubles:
    """Fixed sizes and entries, at which tensors are read in double precision.

    Attributes:
        at: the values of the integer symbols.
        named: the entries of the named tensors, as arrays of numbers of any kind.
        functions: what functions of an array are, entry by entry, by name, where it is chosen.
        magnitudes: whether every number is read without its sign.
    """

    at: Point
    named: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Callable[[Doubles], Doubles]] = field(default_factory=dict)
    magnitudes: bool = False

    def number(self, exact: Fraction) -> float:
        """A number that stands in an operator, as a double.

        Raises:
            SymconvError: it is larger than any double.
        """
        try:
            return float(abs(exact) if self.magnitudes else exact)
        except OverflowError:
            raise SymconvError("a number is too large for double precision") from None


# --- what writes operators -----------------------------------------------------------


class Code(Protocol):
    """Writes tensors as Python calls."""

    def text(self, operand: SignalExpr) -> str:
        """The code of an operand."""

    def receiver(self, operand: SignalExpr) -> str:
        """The same, so that a method can be called on it."""

    def argument(self, value: object) -> str:
        """An amount, a number or a word."""

    def unless_one(self, **amounts: Amount) -> list[str]:
        """Arguments by name; without those that are 1, as they are by default."""


class Mathematics(Protocol):
    """Writes tensors in mathematical notation.

    Attributes:
        is_latex: whether that is LaTeX, and not plain text.
        minus: the sign of subtraction.
    """

    is_latex: bool
    minus: str

    def operand(self, signal: SignalExpr, least: int) -> str:
        """The text of an operand, in parentheses if it binds less tightly than `least`."""

    def number(self, value: Amount | Expr) -> str:
        """An amount."""

    def factor(self, value: Amount) -> str:
        """An amount that stands behind an arrow."""

    def parenthesised(self, text: str) -> str:
        """The text in parentheses."""

    def name(self, name: str) -> str:
        """The name of a tensor."""


class NumPy(Protocol):
    """Writes tensors as NumPy expressions at fixed sizes.

    Attributes:
        at: the values of the integer symbols.
        with_torch: whether layers with channels are PyTorch's.
    """

    at: Point
    with_torch: bool

    def text(self, signal: SignalExpr) -> str:
        """The expression of an operand."""

    def operand(self, signal: SignalExpr) -> str:
        """The same, so that it can be indexed or multiplied."""

    def shape(self, signal: SignalExpr) -> tuple[int, ...]:
        """How many entries an operand has along each axis."""

    def name(self, name: str) -> str:
        """The name of a tensor, as Python allows it."""

    def function(self, name: str) -> str:
        """The name of a function of which nothing is known, as Python allows it."""

    def array(self, numbers: Sequence[Any]) -> str:
        """Numbers as an array."""

    def entries(self, signal: SignalExpr) -> str:
        """The entries one by one, as an array."""


# --- operators -----------------------------------------------------------------------


class Operand:
    """What operators are applied to: the base of `SignalExpr`, and of the operators' methods."""

    __slots__ = ()

    def apply(self, operator: Operator, *others: SignalExpr) -> SignalExpr:
        """The tensor that an operator makes of this one, and of others."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: a frozen dataclass whose fields are its amounts and numbers.

    Most act along one axis: see `AlongAxis`.

    An operator whose entries are moved, and have no names of their own in a picture, is drawn by
    what `values` makes of places; one that `names_entries` has `wires`.

    Attributes:
        arity: how many tensors it is applied to; None for those in a formula.
        call: how it is called, for the error that an operand is no signal.
        method: the method of signals that applies it; empty where a sign does.
        plain: its notation in plain text, in which {0}, {1} are the operands, and the names
            of fields are these.
        latex: its notation in LaTeX, in the same way (with doubled braces).
        numpy: the same in NumPy, where fields are the numbers that they have.
        binding: how tightly the notation binds.
        least: how tightly an operand has to bind, not to be parenthesised.
        parenthesised_in_code: whether a method cannot be called on its code as it stands.
        parenthesised_in_numpy: whether its NumPy cannot be indexed or multiplied as it stands.
        is_source: whether a picture begins with it: a named signal, known taps or a formula.
        is_drawn: whether a picture, which has one axis, can show it.
        moves: whether each of its entries is one of its first operand, or zero.
        is_opaque: whether its entries are no sums of products, so that they are compared as
            names of what they are made of.
        multiplies: whether entries of its operands are multiplied by one another.
        empty_by_operands_alone: whether it is empty exactly where an operand is.
        checked_as_kernel: whether a kernel made by it is refused at once where its operand
            could be empty; of other kernels, a hypothesis may say that they are not.
        kernel_operand: which operand is drawn as taps on lines; None if none is.
        names_entries: whether a picture gives its entries new names.
        may_be_torch: whether it is one call of PyTorch where layers are.
        absent: what its entries are, in a picture, that come from no entry of the operand.
    """

    arity: ClassVar[int | None] = 1
    call: ClassVar[str] = "an operator"
    method: ClassVar[str] = ""
    plain: ClassVar[str] = ""
    latex: ClassVar[str] = ""
    numpy: ClassVar[str] = ""
    binding: ClassVar[int] = ATOM
    least: ClassVar[int] = SUM
    parenthesised_in_code: ClassVar[bool] = False
    parenthesised_in_numpy: ClassVar[bool] = False
    is_source: ClassVar[bool] = False
    is_drawn: ClassVar[bool] = True
    moves: ClassVar[bool] = False
    is_opaque: ClassVar[bool] = False
    multiplies: ClassVar[bool] = False
    empty_by_operands_alone: ClassVar[bool] = False
    checked_as_kernel: ClassVar[bool] = False
    kernel_operand: ClassVar[int | None] = None
    names_entries: ClassVar[bool] = False
    may_be_torch: ClassVar[bool] = False
    absent: ClassVar[Kind] = "padding"

    # --- what it is ---

    def check_axes(self, node: SignalExpr) -> None:
        """Refuse operands of another number of axes than the operator is for.

        Raises:
            SymconvError: with how many there are.
        """

    def check(self, node: SignalExpr) -> None:
        """Refuse operands or arguments of which the operator is never defined.

        Raises:
            SymconvError: with what is wrong, and what to write instead.
        """

    def check_arguments(self) -> None:
        """Refuse amounts and numbers that did not pass through the method that checks them.

        Raises:
            SymconvError: there is one.
        """
        for name, expected in _checked_fields(type(self)):
            value = getattr(self, name)
            if not isinstance(value, expected):
                raise SymconvError(
                    f"the {name} of {type(self).__name__} has to be checked, "
                    f"got {as_given(value)}; "
                    "call the method of the signal"
                )

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """How many axes the result has; as many as the first operand unless the operator says."""
        return operands[0].ndim

    def shape(self, node: SignalExpr) -> Shape:
        """The shape of the result; that of the first operand unless the operator changes it."""
        return node.operands[0].lengths

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether the signs of the symbols alone show that there is an entry."""
        return all(operand.is_nonempty for operand in node.operands)

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """What has to hold for the operator, that the signs of the symbols leave open."""
        return iter(())

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts in it."""
        values = self._values()
        for name in _tuples(type(self)):
            values += getattr(self, name)
        return tuple([value for value in values if isinstance(value, Amount)])

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """The SymPy expressions in it, in which sizes of tensors may stand."""
        return ()

    def substituted(self, values: Mapping[Symbol, Amount], named: Mapping[str, Any]) -> Operator:
        """The operator with integer symbols replaced.

        Args:
            values: what stands for the symbols.
            named: the named signals, as they are then.
        """
        return self.with_amounts(lambda amount: amount.substituted(values))

    def with_amounts(self, change: Callable[[Amount], Amount]) -> Operator:
        """The operator with other amounts in the places of its own."""

        def new(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(map(new, value))
            return change(value) if isinstance(value, Amount) else value

        kind: Any = type(self)
        replaced: Operator = kind(*map(new, self._values()))
        return replaced

    def _values(self) -> list[Any]:
        return [getattr(self, name) for name in _fields(type(self))]

    # --- at any size ---

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The entry at an index, zero outside.

        Args:
            node: the result, of which the operands and the shape are asked.
            index: where.
            inside: whether the index is known to lie inside the result, so that no guard has
                to say it.
            fresh: numbers for summation indices.

        Raises:
            Undecided: its entries are no sums of products, see `is_opaque`.
        """
        yield from ()
        if self.is_opaque:
            raise Undecided(f"an entry of {node} is no sum of products, which have formulas here")
        raise NotImplementedError(f"no entry rule for {type(self).__name__}")

    def candidates(self, node: SignalExpr, index: Index, fresh: Iterator[int]) -> list[Candidate]:
        """For a maximum: the entries of which the one at an index, inside, is the largest.

        Args:
            node: the result.
            index: where.
            fresh: numbers for indices.
        """
        raise NotImplementedError(f"no maximum in {type(self).__name__}")

    # --- at fixed sizes ---

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """How many entries there are along each axis, for operands of the given shapes.

        Raises:
            SymconvError: the operator is not defined there.
        """
        return shapes[0]

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The entries by rows, from those of the operands, by the definition of the operator.

        The rule for entries at any size is not used here, so that what it says is re-checked.

        Args:
            fixed: the sizes and the ring.
            shape: how many entries there are along each axis.
            operands: what the operator is applied to.
        """
        raise NotImplementedError(f"no entries for {type(self).__name__}")

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """About how much work the entries are.

        Args:
            shape: how many entries there are along each axis.
            shapes: the same of each operand.
        """
        return prod(shape)

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The entries in double precision, from those of the operands, by the definition.

        Args:
            given: the sizes and the numbers.
            shape: how many entries there are along each axis.
            operands: what the operator is applied to; nothing is written into them, and the
                result may be a view of one.

        Raises:
            SymconvError: there is a number that is no double, or a function that is not known.
        """
        raise NotImplementedError(f"no doubles for {type(self).__name__}")

    def double_steps(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """About how many doubles are multiplied or moved for the entries.

        Args:
            shape: how many entries there are along each axis.
            shapes: the same of each operand.
        """
        return self.work(shape, shapes)

    def doubles_held(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """How many doubles there are beside the operands while the entries are computed, at most.

        Args:
            shape: how many entries there are along each axis.
            shapes: the same of each operand.
        """
        return 2 * prod(shape)

    @property
    def rounds(self) -> bool:
        """Whether its entries are computed in doubles, and not only moved or chosen."""
        return not (self.moves or self.is_source)

    def count_products(
        self, each: Sequence[int], size: int, sizes: Sequence[int]
    ) -> tuple[int, int]:
        """How many products are in one entry, at most, and newly in all of them.

        Args:
            each: how many there are in an entry of each operand.
            size: how many entries there are.
            sizes: how many entries each operand has.
        """
        one = max(1, prod(each) * self.terms(sizes))
        return one, one * size

    def terms(self, sizes: Sequence[int]) -> int:
        """Of how many products of entries of the operands an entry is the sum, at most."""
        return 1

    @property
    def has_fractions(self) -> bool:
        """Whether its entries may have fractions where those of its operands have none."""
        return False

    @property
    def ring(self) -> str:
        """Over what it is defined: one of the rings of `symconv.language.scalars`."""
        return RATIONAL if self.has_fractions else EVERY_RING

    # --- as text ---

    @property
    def is_idle(self) -> bool:
        """Whether it plainly leaves its operand as it is, as padding by 0 does."""
        return False

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that applies the operator."""
        others = map(write.text, node.operands[1:])
        arguments = ", ".join([*others, *self.arguments(write, node)])
        return f"{write.receiver(node.operands[0])}.{self.method}({arguments})"

    def arguments(self, write: Code, node: SignalExpr) -> list[str]:
        """The arguments of the call that are no tensors."""
        return list(map(write.argument, self._values()))

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The notation, and how tightly it binds."""
        texts = [write.operand(operand, self.least) for operand in node.operands]
        named = {
            name: write.number(value) if isinstance(value, Amount) else str(value)
            for name, value in zip(_fields(type(self)), self._values(), strict=True)
        }
        form = self.latex if write.is_latex else self.plain
        return form.format(*texts, **named), self.binding

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """The same in NumPy, at fixed sizes."""
        named = {
            name: value.at(write.at) if isinstance(value, Amount) else value
            for name, value in zip(_fields(type(self)), self._values(), strict=True)
        }
        return self.numpy.format(*map(write.operand, node.operands), **named)

    # --- in a picture ---

    def label(self, kernel: str) -> tuple[str, ...]:
        """What stands beside its row in a picture, in lines; `kernel` is the name of the taps."""
        arguments = ", ".join(map(shown, self.label_values()))
        return (f"{self.method}({arguments})" if arguments else self.method,)

    def label_values(self) -> list[Any]:
        """What is said beside its row."""
        return self._values()

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """By how many neighbours its row begins later, and how much farther apart its cells are."""
        return Fraction(0), Fraction(1)

    def kind(self, target: int, size: int) -> Kind:
        """What a cell holds that comes from an entry of the operand, which has `size` of them."""
        return "entry"

    def wires(self, size: int, taps: int) -> Iterator[tuple[int, int, int]]:
        """For a layer: the source, the target and the tap of each line."""
        raise NotImplementedError(f"no wires for {type(self).__name__}")


class AlongAxis(Operator):
    """An operator along one axis, which does the same to each line of entries along it.

    What it does is written for one line: `size`, `size_at` and `values` know nothing of other axes.
    Its other operands, such as a kernel, have one axis.

    Attributes:
        axis: the axis along which it acts.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        axis: int

    def check_axes(self, node: SignalExpr) -> None:
        """Refuse an axis that the first operand does not have, and kernels of several axes."""
        signal = node.operands[0]
        if not 0 <= self.axis < signal.ndim:
            raise no_axis(signal, self.axis)
        for other in node.operands[1:]:
            if other.ndim != 1:
                raise SymconvError(
                    f"{self.call} takes a signal, which has one axis, and {other} has "
                    f"{other.ndim}; x.conv(w) takes a kernel of several axes"
                )

    def size(self, node: SignalExpr) -> Polynomial:
        """How many entries there are along the axis; as many as before unless the operator says."""
        return node.operands[0].lengths[self.axis]

    def shape(self, node: SignalExpr) -> Shape:
        """Along the axis by `size`, and otherwise that of the operand."""
        return along(node.operands[0].lengths, self.axis, self.size(node))

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """How many entries there are along the axis, for operands of the given sizes.

        Raises:
            SymconvError: the operator is not defined there.
        """
        return sizes[0]

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """Along the axis by `size_at`, and otherwise that of the operand."""
        first, *others = shapes
        sizes = [first[self.axis], *(shape[0] for shape in others)]
        return (
            *first[: self.axis],
            self.size_at(at, node, sizes),
            *first[self.axis + 1 :],
        )

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries of one line, from those of the operands, by the definition."""
        raise NotImplementedError(f"no entries for {type(self).__name__}")

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """Line by line."""
        first, *others = operands
        rest = [other.entries for other in others]
        if len(shape) == 1:
            return self.values(fixed, first.entries, *rest)
        rows = (self.values(fixed, line, *rest) for line in lines(first, self.axis))
        return from_lines(rows, shape, self.axis)

    def fill(self, given: InDoubles, into: Doubles, *operands: Doubles) -> None:
        """Write the entries of all lines at once.

        Args:
            given: the sizes and the numbers.
            into: where, all zeros; along its first axis the lines run.
            operands: what the operator is applied to; along the first axis of the first one
                the lines run too.
        """
        raise NotImplementedError(f"no doubles for {type(self).__name__}")

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """All lines at once."""
        import numpy as np

        first, *others = operands
        result = np.zeros(shape)
        self.fill(given, result.swapaxes(0, self.axis), first.swapaxes(0, self.axis), *others)
        return result

    def label_values(self) -> list[Any]:
        """What is said of a line: everything but the axis."""
        return [getattr(self, name) for name in _fields(type(self)) if name != "axis"]

    def alike(self, node: SignalExpr) -> tuple[list[int], SignalExpr]:
        """The axes along which the same is done one after the other, and to what."""
        axes, inner = [self.axis], node.operands[0]
        while (
            len(node.operands) == 1
            and isinstance(inner.operator, type(self))
            and inner.operator.label_values() == self.label_values()
            and inner.operator.axis not in axes
        ):
            axes.insert(0, inner.operator.axis)
            (inner,) = inner.operands
        return axes, inner

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that applies the operator, once for all axes along which it does the same."""
        _, inner = self.alike(node)
        others = map(write.text, node.operands[1:])
        arguments = ", ".join([*others, *self.arguments(write, node)])
        return f"{write.receiver(inner)}.{self.method}({arguments})"

    def arguments(self, write: Code, node: SignalExpr) -> list[str]:
        """The arguments; the axis by its name, and only where there are several."""
        return [*map(write.argument, self.label_values()), *self.named_axis(node)]

    def named_axis(self, node: SignalExpr) -> list[str]:
        """The argument for the axis, where there are several."""
        if node.operands[0].ndim == 1:
            return []
        axes, _ = self.alike(node)
        return [f"axis={axes[0] if len(axes) == 1 else tuple(axes)}"]

    def along(self, write: Mathematics, node: SignalExpr) -> str:
        """In which direction, where there are several; behind a sign."""
        if node.operands[0].ndim == 1:
            return ""
        axes, _ = self.alike(node)
        listed = ", ".join(map(str, axes))
        return rf"^{{({listed})}}" if write.is_latex else f"[axis {listed}]"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The notation, where {along} says along which axis."""
        _, inner = self.alike(node)
        texts = [write.operand(operand, self.least) for operand in (inner, *node.operands[1:])]
        named = {
            name: write.number(value) if isinstance(value, Amount) else str(value)
            for name, value in zip(_fields(type(self)), self._values(), strict=True)
        }
        form = self.latex if write.is_latex else self.plain
        return form.format(*texts, **named, along=self.along(write, node)), self.binding

    def selected(self, text: str) -> str:
        """A subscript along the axis, in NumPy."""
        return ":, " * self.axis + text


_TUPLES: dict[type[Operator], tuple[str, ...]] = {}
_FIELDS: dict[type[Operator], tuple[str, ...]] = {}
_CHECKED: dict[type[Operator], list[tuple[str, type]]] = {}
_KINDS: Mapping[str, type] = {"Amount": Amount, "Fraction": Fraction}


def _fields(kind: type[Operator]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(given.name for given in fields(kind))
    return _FIELDS[kind]


def _tuples(kind: type[Operator]) -> tuple[str, ...]:
    """The fields that hold amounts in a tuple."""
    if kind not in _TUPLES:
        held = (given.name for given in fields(kind) if "tuple[Amount" in str(given.type))
        _TUPLES[kind] = tuple(held)
    return _TUPLES[kind]


def _checked_fields(kind: type[Operator]) -> list[tuple[str, type]]:
    if kind not in _CHECKED:
        kinds = ((given.name, _KINDS.get(str(given.type))) for given in fields(kind))
        _CHECKED[kind] = [(name, expected) for name, expected in kinds if expected is not None]
    return _CHECKED[kind]


# --- for methods ---------------------------------------------------------------------


def signal_of(operand: Operand) -> SignalExpr:
    """The operand as what it is: no other class than `SignalExpr` has that base."""
    return cast("SignalExpr", operand)


def applied_along(
    operand: Operand, axis: int | Sequence[int] | None, operator: Callable[[int], Operator]
) -> SignalExpr:
    """What an operator makes of a signal along each of the axes that are meant, one by one.

    Args:
        operand: the signal.
        axis: the argument of the method; see `axes_of`.
        operator: makes the operator along an axis.
    """
    result = signal_of(operand)
    for one in axes_of(result, axis):
        result = result.apply(operator(one))
    return result


# --- for rules of entries ------------------------------------------------------------


def along(index: Index, axis: int, new: Polynomial) -> Index:
    """The index with another position along an axis."""
    return (*index[:axis], new, *index[axis + 1 :])


def inside_of(index: Index, shape: Shape) -> Conjunction:
    """The guards that say that an index lies inside, along every axis."""
    return tuple(guard for u, size in zip(index, shape, strict=True) for guard in within(u, size))


def not_negative(value: Polynomial, node: SignalExpr) -> Polynomial:
    """max(0, value), and the value itself where the signs of the symbols say that it is one."""
    symbols = node.names[1]
    signs = {name: sign_of(symbols[name]) for name in value.symbols()}
    return value if is_at_least(value, 0, signs) else nonnegative_part(value)


def guarded(terms: Terms, guards: Conjunction) -> Terms:
    """The terms where guards hold too."""
    return tuple(term.guarded(*guards) for term in terms) if guards else terms


def summed(terms: Iterable[Term], number: int, size: Polynomial) -> Terms:
    """The terms summed over an index from 0 to size − 1."""
    index = SummationIndex(number, Polynomial.constant(0), size - 1)
    return tuple(term.summed(index) for term in terms)


def products(left: Terms, right: Terms, fresh: Iterator[int]) -> Terms:
    """Each term times each; an index that both sum over gets another number in one of them.

    Raises:
        Undecided: the products have too many factors.
    """
    degree = sum(max((len(term.factors) for term in terms), default=0) for terms in (left, right))
    if degree > MOST_FACTORS:
        raise Undecided(f"an entry is a sum of products of more than {MOST_FACTORS} entries")
    spend(len(left) * len(right) * (4 + degree))
    ours = {index.number for term in left for index in term.indices}
    apart = tuple(_renumbered(term, ours, fresh) for term in right) if ours else right
    return tuple(a * b for a in left for b in apart)


def _renumbered(term: Term, taken: set[int], fresh: Iterator[int]) -> Term:
    numbers = {i.number: next(fresh) for i in term.indices if i.number in taken}
    return term.renumbered(numbers) if numbers else term


# --- for pictures --------------------------------------------------------------------


def shown(value: object) -> str:
    """An amount or a word beside a row; a minus is one, and no hyphen."""
    return str(value).replace("-", "−")


# --- for notations ---------------------------------------------------------------------


def worded(write: Mathematics, word: str, value: str) -> str:
    """A word and what it is, such as `stride 2`."""
    return rf"\text{{{word} }}{value}" if write.is_latex else f"{word} {value}"


# --- for checks ----------------------------------------------------------------------


def check_operand(value: object, call: str) -> None:
    """Refuse what is no signal.

    Raises:
        SymconvError: with what to write instead.
    """
    if not isinstance(value, Operand):
        raise SymconvError(
            f"{call} takes a signal, got {as_given(value)}; write Signal('k', c) for a kernel"
        )


def axes_of(signal: SignalExpr, axis: int | Sequence[int] | None) -> tuple[int, ...]:
    """The axes that are meant, from 0: those of an argument `axis`, or the only one.

    Raises:
        SymconvError: there is no such axis, one is named twice, or it is open which is meant.
    """
    if axis is None:
        if signal.ndim != 1:
            raise SymconvError(
                f"{signal} has {signal.ndim} axes; say along which, as in axis=0 or axis=(0, 1)"
            )
        return (0,)
    found = []
    for one in axis if isinstance(axis, Sequence) and not isinstance(axis, str) else (axis,):
        if isinstance(one, bool) or not isinstance(one, SupportsIndex):
            raise SymconvError(f"an axis is a number such as 0 or −1, got {as_given(one)}")
        number = as_index(one)
        if not -signal.ndim <= number < signal.ndim:
            raise no_axis(signal, number)
        found.append(number % signal.ndim)
    if len(set(found)) < len(found):
        raise SymconvError(f"an axis is named twice in axis={axis}")
    return tuple(found)


def size_along(signal: SignalExpr, axis: int) -> Amount:
    """The size along an axis, as an amount."""
    polynomial, symbols = signal.lengths[axis], signal.names[1]
    used = polynomial.symbols()
    return Amount(polynomial, {name: s for name, s in symbols.items() if name in used})


def to_assume(condition: str, *sizes: Expr) -> str:
    """The hypothesis that would make sizes fit; nothing where they are numbers that do not."""
    if all(size.is_Integer for size in sizes):
        return ""
    return f"; add the hypothesis {condition}"


def no_axis(signal: SignalExpr, axis: int) -> SymconvError:
    """The error that a tensor does not have an axis."""
    many = f"axes 0 to {signal.ndim - 1}" if signal.ndim > 1 else "axis 0 alone"
    return SymconvError(
        f"{signal} has {many if signal.ndim else 'no axes'}, and no axis {as_given(axis)}"
    )


def positive_at(amount: Amount, at: Point, what: str) -> int:
    """The value of an amount that has to be positive.

    Raises:
        SymconvError: it is not.
    """
    value = amount.at(at)
    if value < 1:
        raise SymconvError(f"the {what} {amount} must be positive, got {value}")
    return value

"""What an operator is: one class for each, with all that is known of it.

A signal is an operator applied to signals: `x.pad(1, 1)` is `Pad(1, 1)` applied to x, and a
named signal is an operator that is applied to none.  The module of an operator says what it
is in every reading: at any size, at fixed sizes, as text, in LaTeX, in NumPy, in a picture;
and it has a mixin with the method by which users call it.  The readings ask, and hold what is
common to all: the order in which nodes are read, what is shared, and what it may cost.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

from sympy import Expr, Symbol

from symconv.arithmetic.limits import MOST_FACTORS
from symconv.arithmetic.polynomials import Conjunction, Polynomial
from symconv.arithmetic.terms import SummationIndex, Term
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, Undecided
from symconv.language.amounts import Amount
from symconv.language.assignments import Point

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = [
    "ATOM",
    "POSTFIX",
    "PRODUCT",
    "SUM",
    "Code",
    "Fixed",
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
    "along",
    "check_operand",
    "guarded",
    "positive_at",
    "products",
    "shown",
    "summed",
]

Index: TypeAlias = tuple[Polynomial, ...]
"""Where an entry lies: one integer for each axis."""

Shape: TypeAlias = tuple[Polynomial, ...]
"""How many entries there are along each axis."""

Terms: TypeAlias = tuple[Term, ...]
Wanted: TypeAlias = "tuple[SignalExpr, Index, bool]"
"""An entry: of which signal, at which index, and whether that is known to lie inside."""
Rule: TypeAlias = Generator[Wanted, Terms, Terms]
"""Asks for entries by `yield`, and returns what an entry is made of."""

Kind: TypeAlias = Literal["entry", "padding", "inserted"]
"""What a cell of a picture holds: an entry, or what an operator has put there."""

# How tightly an operator binds in mathematical notation; an operand that binds less tightly
# is parenthesised.
SUM, PRODUCT, POSTFIX, ATOM = range(4)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the lengths without which an operator is not defined.

    What is missing is said only where it is asked for: it speaks of lengths, whose own
    requirements would have to be known for that.
    """

    guards: Conjunction
    told: Callable[[], str] = field(compare=False)

    @property
    def message(self) -> str:
        """What is missing, and what to do."""
        return self.told()


@dataclass(frozen=True, slots=True)
class Fixed:
    """Fixed lengths and entries, at which signals are read.

    Attributes:
        at: the values of the integer symbols.
        vectors: the entries of the named signals.
        zero: the zero of the ring in which the entries are.
    """

    at: Point
    vectors: Mapping[str, Sequence[Any]]
    zero: Any = 0


# --- what writes operators -----------------------------------------------------------


class Code(Protocol):
    """Writes signals as Python calls."""

    def text(self, operand: SignalExpr) -> str:
        """The code of an operand."""

    def receiver(self, operand: SignalExpr) -> str:
        """The same, so that a method can be called on it."""

    def argument(self, value: object) -> str:
        """An amount, a number or a word."""


class Mathematics(Protocol):
    """Writes signals in mathematical notation.

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
        """The name of a signal."""


class NumPy(Protocol):
    """Writes signals as NumPy expressions at fixed lengths.

    Attributes:
        at: the values of the integer symbols.
    """

    at: Point

    def text(self, signal: SignalExpr) -> str:
        """The expression of an operand."""

    def operand(self, signal: SignalExpr) -> str:
        """The same, so that it can be indexed or multiplied."""

    def size(self, signal: SignalExpr) -> int:
        """How many entries an operand has."""

    def name(self, name: str) -> str:
        """The name of a signal, as Python allows it."""

    def array(self, numbers: Sequence[Any]) -> str:
        """Numbers as an array."""

    def entries(self, signal: SignalExpr) -> str:
        """The entries one by one, as an array."""


# --- operators -----------------------------------------------------------------------


class Operand:
    """What operators are applied to: the base of `SignalExpr`, and of the operators' methods."""

    __slots__ = ()

    def apply(self, operator: Operator, *others: SignalExpr) -> SignalExpr:
        """The signal that an operator makes of this one, and of others."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: a frozen dataclass whose fields are its amounts and numbers.

    An operator whose entries are moved, and have no names of their own in a picture, is drawn by
    what `values` makes of places; one that `names_entries` has `wires`.

    Attributes:
        axis: the axis along which it acts.
        arity: how many signals it is applied to; None for those in a formula.
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
        multiplies: whether entries of its operands are multiplied by one another.
        empty_by_operands_alone: whether it is empty exactly where an operand is.
        checked_as_kernel: whether a kernel made by it is refused at once where its operand
            could be empty; of other kernels, a hypothesis may say that they are not.
        kernel_operand: which operand is drawn as taps on lines; None if none is.
        names_entries: whether a picture gives its entries new names.
        absent: what its entries are, in a picture, that come from no entry of the operand.
    """

    axis: ClassVar[int] = 0
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
    multiplies: ClassVar[bool] = False
    empty_by_operands_alone: ClassVar[bool] = False
    checked_as_kernel: ClassVar[bool] = False
    kernel_operand: ClassVar[int | None] = None
    names_entries: ClassVar[bool] = False
    absent: ClassVar[Kind] = "padding"

    # --- what it is ---

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
                    f"the {name} of {type(self).__name__} has to be checked, got {value!r}; "
                    "call the method of the signal"
                )

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
        return tuple(value for value in self._values() if isinstance(value, Amount))

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """The SymPy expressions in it, in which lengths of signals may stand."""
        return ()

    def substituted(self, values: Mapping[Symbol, Amount], named: Mapping[str, Any]) -> Operator:
        """The operator with integer symbols replaced.

        Args:
            values: what stands for the symbols.
            named: the named signals, as they are then.
        """
        new = [v.substituted(values) if isinstance(v, Amount) else v for v in self._values()]
        kind: Any = type(self)
        replaced: Operator = kind(*new)
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
        """
        raise NotImplementedError(f"no entry rule for {type(self).__name__}")

    # --- at fixed sizes ---

    def size_at(self, at: Point, node: SignalExpr, sizes: Sequence[int]) -> int:
        """How many entries there are, for operands of the given sizes.

        Raises:
            SymconvError: the operator is not defined there.
        """
        return sizes[0]

    def values(self, fixed: Fixed, *entries: list[Any]) -> list[Any]:
        """The entries, from those of the operands, by the definition of the operator.

        The rule for entries at any size is not used here, so that what it says is re-checked.
        """
        raise NotImplementedError(f"no entries for {type(self).__name__}")

    def work(self, size: int, sizes: Sequence[int]) -> int:
        """About how much work the entries are."""
        return size

    def count_products(
        self, each: Sequence[int], size: int, sizes: Sequence[int]
    ) -> tuple[int, int]:
        """How many products are in one entry, at most, and newly in all of them.

        Args:
            each: how many there are in an entry of each operand.
            size: how many entries there are.
            sizes: how many entries each operand has.
        """
        one = max(1, prod(each))
        return one, one * size

    @property
    def has_fractions(self) -> bool:
        """Whether its entries may have fractions where those of its operands have none."""
        return False

    # --- as text ---

    @property
    def is_idle(self) -> bool:
        """Whether it plainly leaves its operand as it is, as padding by 0 does."""
        return False

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that applies the operator."""
        others = map(write.text, node.operands[1:])
        arguments = ", ".join([*others, *map(write.argument, self._values())])
        return f"{write.receiver(node.operands[0])}.{self.method}({arguments})"

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
        """The same in NumPy, at fixed lengths."""
        named = {
            name: value.at(write.at) if isinstance(value, Amount) else value
            for name, value in zip(_fields(type(self)), self._values(), strict=True)
        }
        return self.numpy.format(*map(write.operand, node.operands), **named)

    # --- in a picture ---

    def label(self, kernel: str) -> tuple[str, ...]:
        """What stands beside its row in a picture, in lines; `kernel` is the name of the taps."""
        arguments = ", ".join(map(shown, self._values()))
        return (f"{self.method}({arguments})" if arguments else self.method,)

    def place(self, taps: int) -> tuple[Fraction, Fraction]:
        """By how many neighbours its row begins later, and how much farther apart its cells are."""
        return Fraction(0), Fraction(1)

    def kind(self, target: int, size: int) -> Kind:
        """What a cell holds that comes from an entry of the operand, which has `size` of them."""
        return "entry"

    def wires(self, size: int, taps: int) -> Iterator[tuple[int, int, int]]:
        """For a layer: the source, the target and the tap of each line."""
        raise NotImplementedError(f"no wires for {type(self).__name__}")


_FIELDS: dict[type[Operator], tuple[str, ...]] = {}
_CHECKED: dict[type[Operator], list[tuple[str, type]]] = {}
_KINDS: Mapping[str, type] = {"Amount": Amount, "Fraction": Fraction}


def _fields(kind: type[Operator]) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(given.name for given in fields(kind))
    return _FIELDS[kind]


def _checked_fields(kind: type[Operator]) -> list[tuple[str, type]]:
    if kind not in _CHECKED:
        kinds = ((given.name, _KINDS.get(str(given.type))) for given in fields(kind))
        _CHECKED[kind] = [(name, expected) for name, expected in kinds if expected is not None]
    return _CHECKED[kind]


# --- for rules of entries ------------------------------------------------------------


def along(index: Index, axis: int, new: Polynomial) -> Index:
    """The index with another position along an axis."""
    return (*index[:axis], new, *index[axis + 1 :])


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


# --- for checks ----------------------------------------------------------------------


def check_operand(value: object, call: str) -> None:
    """Refuse what is no signal.

    Raises:
        SymconvError: with what to write instead.
    """
    if not isinstance(value, Operand):
        raise SymconvError(
            f"{call} takes a signal, got {value!r}; write Signal('k', c) for a kernel"
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

"""The language: signals and the operators of convolution arithmetic, as immutable graphs.

A signal is a finite sequence with entries in a commutative ring, indexed from 0 to
length − 1, and zero at every other integer index.  Lengths are integers or SymPy
expressions in integer symbols; the assumptions of the symbols are hypotheses.

Equal signals are one object, so that a signal that is used in many places is looked at
once: work grows with the number of different signals in a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from keyword import iskeyword
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex
from weakref import WeakValueDictionary

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Rational, Sum, Symbol
from sympy.core.relational import Relational

from symconv.arithmetic.from_sympy import FormulaReader
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.terms import FREE
from symconv.arithmetic.unevaluated import spelled_with
from symconv.arithmetic.work import allowed
from symconv.errors import SymconvError
from symconv.language.amounts import (
    Amount,
    Whole,
    integer_argument,
    length_argument,
    simplified_around,
)
from symconv.language.graph import check_names, clash, merge_symbols, walk
from symconv.language.hints import explained, no_attribute
from symconv.language.length_symbols import lengths_in
from symconv.language.operators import Formula, Methods, Named, Taps
from symconv.language.operators.base import Operator, Shape, check_operand
from symconv.language.operators.formula import check_formula, check_symbols
from symconv.language.operators.scale import exact_number, exact_number_hint

if TYPE_CHECKING:
    from symconv.decision.claims import Claim  # two signals that are compared make one

__all__ = ["Applied", "Signal", "SignalExpr", "substituted", "with_lengths"]

_made: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


_lock = Lock()


class _OneOfEach(type):
    """Makes equal signals one object."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        new = super().__call__(*args, **kwargs)
        with _lock:
            return _made.setdefault((cls, new.operator, new.operands), new)


@explained
class SignalExpr(Methods, metaclass=_OneOfEach):
    """What every signal can do: `Signal` and the results of its operators.

    `x[m]` is the entry at the integer m as a SymPy expression, zero outside the range, and
    `x == y` is the claim that both are equal.

    Attributes:
        operator: what makes it.
        operands: what that is applied to.
    """

    __slots__ = (
        "__weakref__",
        "_is_nonempty",
        "_shape",
        "names",
        "operands",
        "operator",
    )
    __match_args__ = ("operator", "operands")

    internal = frozenset(
        [
            "apply",
            "every_symbol",
            "internal",
            "is_nonempty",
            "length_with",
            "lengths",
            "names",
            "operands",
            "operator",
        ]
    )
    """What is public between the modules of symconv, and nothing to suggest to anybody."""

    __iter__ = None  # x[m] is defined for every integer m, so there is no end to reach
    __array_ufunc__ = None  # NumPy scalars leave `*` to us

    if not TYPE_CHECKING:  # a type checker knows that there is nothing else

        def __getattr__(self, name: str) -> NoReturn:
            no_attribute(self, name)

    operator: Operator
    operands: tuple[SignalExpr, ...]
    names: tuple[Mapping[str, Signal], Mapping[str, Symbol]]
    """The named signals, and the integer symbols, in it; by name."""
    _shape: Shape | None
    _is_nonempty: bool

    def __init__(self, operator: Operator, operands: Sequence[SignalExpr] = ()) -> None:
        _set(self, operator=operator, operands=tuple(operands), _shape=None)
        _check_operands(operator, self.operands)
        own: dict[str, Symbol] = {}
        for amount in operator.amounts:
            merge_symbols(own, amount.symbols)
        _set(self, names=check_names(self.operands, own.values()))
        operator.check(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a signal does not change; its {name} is what it is")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a signal does not change; its {name} stays")

    def apply(self, operator: Operator, *others: SignalExpr) -> SignalExpr:
        """The signal that an operator makes of this one, and of others."""
        return Applied(operator, (self, *others))

    def __eq__(self, other: object) -> Claim:  # type: ignore[override]
        """The claim that two signals are equal; whether they are one object says `is`."""
        if not isinstance(other, SignalExpr):
            return NotImplemented
        from symconv.decision.claims import Claim

        return Claim(self, other)

    __hash__ = object.__hash__

    def __copy__(self) -> SignalExpr:
        return self

    def __deepcopy__(self, memo: Any) -> SignalExpr:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.operator, self.operands)

    @property
    def lengths(self) -> Shape:
        """How many entries there are along each axis, in symconv's own integers."""
        return _measured(self)._shape or ()

    @property
    def is_nonempty(self) -> bool:
        """Whether the signs of the symbols alone show that there is an entry."""
        return _measured(self)._is_nonempty

    def conv_transpose(
        self,
        kernel: SignalExpr,
        *,
        stride: Whole = 1,
        dilation: Whole = 1,
        padding: Whole = 0,
        output_padding: Whole = 0,
    ) -> SignalExpr:
        """A transposed convolution layer, as `layers.conv_transpose` defines it."""
        from symconv.language.layers import conv_transpose

        return conv_transpose(self, kernel, stride, dilation, padding, output_padding)

    def pad_same(self, size: Whole, *, stride: Whole = 1, dilation: Whole = 1) -> SignalExpr:
        """TensorFlow's SAME padding, as `layers.pad_same` defines it."""
        from symconv.language.layers import pad_same

        return pad_same(self, size, stride, dilation)

    def avg_pool(
        self,
        size: SupportsIndex,
        *,
        stride: Whole | None = None,
        padding: Whole = 0,
        count_include_pad: bool = True,
    ) -> SignalExpr:
        """Average pooling, as `layers.avg_pool` defines it."""
        from symconv.language.layers import avg_pool

        return avg_pool(self, size, stride, padding, count_include_pad)

    def add_bias(self, bias: Signal) -> SignalExpr:
        """The entry of a signal of length 1 added to every entry: y[u] + b[0]."""
        from symconv.language.layers import add_bias

        return add_bias(self, bias)

    def phases(self, factor: SupportsIndex) -> tuple[SignalExpr, ...]:
        """The polyphase components: phase r has the entries x[s·u + r] (space to depth).

        `Signal.interleave` puts them together again.
        """
        from symconv.language.layers import phases

        return phases(self, factor)

    def __getitem__(self, position: Whole) -> Expr:
        from symconv.language.any_size import entry_expression

        return entry_expression(self, integer_argument(position, "the position", self))

    @property
    def length(self) -> Expr:
        """The length as a SymPy expression, safe to calculate with.

        Where SymPy could simplify it wrongly, or the signal is not defined for all lengths,
        it is one symbol to SymPy that prints as the formula.
        """
        from symconv.language.any_size import length_expression

        return length_expression(self)

    def every_symbol(self) -> Mapping[str, Symbol]:
        """The integer symbols in the lengths, amounts and factors, by name."""
        return self.names[1]

    def length_with(self, values: Mapping[Any, Any], about: Iterable[SignalExpr]) -> Expr:
        """The length where symbols are replaced; `about` are more signals to be defined then."""
        from symconv.language.any_size import length_expression

        return length_expression(*(substituted(signal, values) for signal in (self, *about)))

    def formula(self, index: Whole) -> Expr:
        """The entry at `index`, for 0 ≤ index < length, as a SymPy index formula.

        The formula is made of `Sum`, `Indexed` and `Piecewise`.  Entries of named signals
        are zero outside their range by definition, so no guard says that again.

        >>> from symconv import integers
        >>> n, c = integers("n c", positive=True)
        >>> u = integers("u", nonnegative=True)
        >>> Signal("x", n).correlate(Signal("k", c), stride=2).formula(u)
        Sum(k[i]*x[i + 2*u], (i, 0, c - 1))
        """
        from symconv.language.any_size import formula

        return formula(self, integer_argument(index, "the index", self))

    def vector(self, /, **lengths: SupportsIndex) -> list[Expr]:
        """The entries at the given lengths, as expanded SymPy expressions.

        The entries of a signal x are the symbols x0, x1, …; of a signal k2, whose name
        ends in a digit, k2_0, k2_1, ….

        >>> x, k = Signal("x", 4), Signal("k", 2)
        >>> x.correlate(k, stride=2).vector()
        [k0*x0 + k1*x1, k0*x2 + k1*x3]

        Raises:
            SymconvError: a length is unknown, missing, not an integer, or contradicts
                the assumptions of its symbol.
        """
        from symconv.language.fixed_size import vector

        return vector(self, lengths)

    def evaluate(self, /, **data: Any) -> list[Any]:
        """The entries for given data: a sequence for each signal, integers for other symbols.

        Lengths are inferred from the data.  The entries may be integers, fractions,
        floats, SymPy expressions, or one-dimensional NumPy arrays.

        >>> x, k = Signal("x", 4), Signal("k", 2)
        >>> x.correlate(k, stride=2).evaluate(x=[1, 2, 3, 4], k=[1, -1])
        [-1, -1]

        Raises:
            SymconvError: a name is unknown or missing, or lengths contradict the data or
                the assumptions.
        """
        from symconv.language.fixed_size import evaluate

        return evaluate(self, data)

    def __str__(self) -> str:
        from symconv.language.notation import code

        return code(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        from symconv.language.notation import latex

        return f"$\\displaystyle {latex(self)}$"


class Applied(SignalExpr):
    """The result of an operator.

    It is no base of `Signal`: Python asks a subclass first what `==` means, which would exchange
    the sides of a claim.
    """

    __slots__ = ()


class Signal(SignalExpr):
    """A named signal of a given length, all of whose entries are free.

    Args:
        name: an identifier.
        length: the length, at least 0: an integer, or an expression in integer symbols whose
            sign is declared (`positive=True` or `nonnegative=True`).

    >>> from symconv import integers
    >>> n = integers("n", positive=True)
    >>> Signal("x", n).pad(1, 1).length
    n + 2
    """

    __slots__ = ()
    __match_args__ = ("name", "size")

    def __init__(self, name: str, length: Whole) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise SymconvError(
                f"a signal's name must be an identifier such as 'x' or 'k2', got {name!r}"
            )
        super().__init__(Named(name, length_argument(length, f"signal {name!r}")))
        _, symbols = self.names
        if name in symbols:
            raise clash(name)
        _set(self, names=(MappingProxyType({name: self}), symbols))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.size)

    @property
    def name(self) -> str:
        """The name."""
        return self._named.name

    @property
    def size(self) -> Amount:
        """The length, as an amount."""
        return self._named.size

    @property
    def _named(self) -> Named:
        assert isinstance(self.operator, Named)
        return self.operator

    @staticmethod
    def taps(*numbers: SupportsIndex | Fraction | Rational) -> SignalExpr:
        """The signal with known entries: integers, or exact fractions.

        >>> Signal("x", 4).correlate(Signal.taps(1, -2, 1)).vector()
        [x0 - 2*x1 + x2, x1 - 2*x2 + x3]
        """
        exact = tuple(map(exact_number, numbers))
        known = tuple(number for number in exact if number is not None)
        for number, given in zip(exact, numbers, strict=True):
            if number is None:
                raise SymconvError(
                    f"a tap must be an integer or a fraction, got {given!r}"
                    f"{exact_number_hint(given)}; an unknown tap is an entry of a named signal"
                )
        return Applied(Taps(known))

    @staticmethod
    def delta() -> SignalExpr:
        """The unit δ of the convolution: the signal of length 1 whose entry is 1."""
        return Applied(Taps((Fraction(1),)))

    @staticmethod
    def ones(length: Whole) -> SignalExpr:
        """The box filter: every entry is 1."""
        return Applied(Formula(_OUTPUT, Integer(1), length_argument(length, "ones")))

    @staticmethod
    def interleave(*phases: SignalExpr) -> SignalExpr:
        """The signal with given polyphase components, as `layers.interleave` defines it."""
        from symconv.language.layers import interleave

        return interleave(phases)

    @staticmethod
    def from_formula(index: Symbol, entry: Expr, *, length: Whole) -> SignalExpr:
        """The signal whose entry at `index` is a formula of your own.

        The formula is a SymPy expression in entries of signals (`x[m]`, zero outside their
        range and at fractions), sums with finite limits (empty when the upper limit is below
        the lower one), `Piecewise` with conditions in the indices and lengths (zero where
        none holds), and rational numbers.

        >>> from sympy import Sum
        >>> from symconv import integers
        >>> n, c = integers("n c", positive=True)
        >>> u, j = integers("u j")
        >>> x, k = Signal("x", n), Signal("k", c)
        >>> y = Signal.from_formula(u, Sum(k[j] * x[u + j], (j, 0, c - 1)), length=n - c + 1)
        >>> y.evaluate(x=[1, 2, 3], k=[1, 1])
        [3, 5]
        """
        around = next(filter(None, map(simplified_around, _whole_parts(entry))), "")
        if around:
            raise SymconvError(f"in the formula {entry}, {around}")
        return by_formula(index, entry, length_argument(length, "a formula"))


# --- the graph -----------------------------------------------------------------------


def by_formula(index: Symbol, entry: Expr | int, size: Amount) -> SignalExpr:
    """The signal with a formula for its entries; see `Signal.from_formula`.

    Raises:
        SymconvError: it is no formula of a signal.
    """
    if isinstance(entry, int) and not isinstance(entry, bool):
        entry = Integer(entry)
    check_formula(index, entry)
    return formula_of(Formula(index, entry, size))


def formula_of(formula: Formula) -> SignalExpr:
    """The signal of a formula, whose operands are the signals in it.

    Raises:
        SymconvError: something in it is not declared, or cannot stand in a formula.
    """
    entry = formula.expression
    length_argument(formula.size, "a formula")
    named = sorted({_named_by(base) for base in entry.atoms(IndexedBase)}, key=_name_of)
    check_symbols(formula)
    made = Applied(formula, named)
    check_names((), [formula.index, *(s for s in formula.free() if s.name == formula.index.name)])
    # Reading it once finds what cannot stand in a formula.
    FormulaReader(count(FREE + 1)).terms(entry, {formula.index: Polynomial.of(FREE)})
    return made


def _name_of(signal: Signal) -> str:
    return signal.name


def _named_by(base: IndexedBase) -> Signal:
    if base.shape is None or len(base.shape) != 1:
        raise SymconvError(
            f"the length of {base} is not known; write entries as x[m] for a Signal x, "
            f"or IndexedBase({str(base)!r}, shape=(n,))"
        )
    return Signal(str(base.label), base.shape[0])


def _whole_parts(entry: Any) -> list[Basic]:
    """The positions, the ends of sums and the comparisons in a formula, which are integers."""
    if not isinstance(entry, Expr):
        return []
    positions = [index for one in entry.atoms(Indexed) for index in one.indices]
    ends = [end for one in entry.atoms(Sum) for _, *limits in one.limits for end in limits]
    return [*positions, *ends, *entry.atoms(Relational)]


def _check_operands(operator: Operator, operands: tuple[SignalExpr, ...]) -> None:
    """Refuse what no method of a signal would make.

    Raises:
        SymconvError: it is no operator, or one of other operands or with unchecked arguments.
    """
    if not isinstance(operator, Operator):
        raise SymconvError(f"expected an operator such as Flip(), got {operator!r}")
    for operand in operands:
        check_operand(operand, operator.call)
    expected = operator.arity
    if expected is not None and len(operands) != expected:
        raise SymconvError(f"{operator} is applied to {expected} signals, and got {len(operands)}")
    operator.check_arguments()


def _measured(signal: SignalExpr) -> SignalExpr:
    """The signal, once its shape is known; that of each node is calculated once."""
    if signal._shape is None:
        with allowed():
            _measure(signal)
    return signal


def _measure(signal: SignalExpr) -> None:
    open_ = [signal]
    while open_:
        node = open_[-1]
        missing = [part for part in node.operands if part._shape is None]
        open_ += missing
        if not missing:
            open_.pop()
            if node._shape is None:
                _set(node, _is_nonempty=node.operator.shows_an_entry(node))
                _set(node, _shape=node.operator.shape(node))


def substituted(signal: SignalExpr, values: Mapping[Any, Any]) -> SignalExpr:
    """The signal with integer symbols replaced in every length, amount and factor.

    Args:
        signal: the signal.
        values: integers or expressions, by symbol.

    Raises:
        SymconvError: an operator is not defined then, as for a negative length.
    """
    chosen = {s: integer_argument(value, f"what stands for {s}") for s, value in values.items()}
    new: dict[SignalExpr, SignalExpr] = {}
    named: dict[str, Signal] = {}
    for node in walk(signal):
        operator = node.operator.substituted(chosen, named)
        match operator:
            case Named(name, size):
                new[node] = named[name] = Signal(name, size)
            case Formula(index, expression, size, kept):
                entry = with_lengths(expression, values)
                new[node] = formula_of(Formula(index, entry, size, kept))
            case _:
                new[node] = Applied(operator, [new[operand] for operand in node.operands])
    return new[signal]


def with_lengths(part: Any, values: Mapping[Any, Any]) -> Any:
    """An expression or condition in which the lengths of signals are those with new symbols."""
    from symconv.language.any_size import length_of

    return spelled_with(
        part,
        {
            standing: length_of(*(substituted(s, values) for s in standing.signals))
            for standing in lengths_in(part)
            if standing.free_symbols & values.keys()
        },
    )


_OUTPUT = Symbol("u", integer=True)  # the index of formulas that symconv writes itself


def _set(node: SignalExpr, **values: Any) -> None:
    """Gives a node that is being constructed what it consists of."""
    for name, value in values.items():
        object.__setattr__(node, name, value)

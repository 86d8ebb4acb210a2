"""The language: signals and the operators of convolution arithmetic, as immutable graphs.

A signal is a finite sequence with entries in a commutative ring, indexed from 0 to
length − 1, and zero at every other integer index.  Lengths are integers or SymPy
expressions in integer symbols; the assumptions of the symbols are hypotheses.

Equal signals are one object, so that a signal that is used in many places is looked at
once: work grows with the number of different signals in a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from keyword import iskeyword
from operator import index as as_index
from typing import TYPE_CHECKING, Any, Literal, NoReturn, SupportsIndex, TypeAlias, get_args
from weakref import WeakValueDictionary

from sympy import (
    Basic,
    Expr,
    Float,
    Indexed,
    IndexedBase,
    Integer,
    Piecewise,
    Rational,
    Sum,
    Symbol,
)
from sympy.core.relational import Relational

from symconv.arithmetic.from_sympy import FormulaReader, is_at_least
from symconv.arithmetic.polynomials import (
    Conjunction,
    Guarded,
    Polynomial,
    at_least,
    ceiling,
    conjoined,
    equal,
    floor,
    nonnegative_part,
    without_nonnegative_part,
)
from symconv.arithmetic.symbols import IntegerSymbol, is_integer, sign_of
from symconv.arithmetic.terms import FREE
from symconv.arithmetic.unevaluated import spelled_with
from symconv.arithmetic.work import allowed
from symconv.errors import SymconvError
from symconv.language.amounts import (
    Amount,
    Whole,
    integer_argument,
    length_argument,
    parity_problem,
    positive_argument,
    simplified_around,
    undeclared,
)
from symconv.language.hints import about_mode, explained, no_attribute
from symconv.language.lengths import lengths_in

if TYPE_CHECKING:
    from symconv.decision.claims import Claim  # two signals that are compared make one

__all__ = [
    "Add",
    "Convolve",
    "Correlate",
    "Dilate",
    "Downsample",
    "Extend",
    "Extension",
    "Flip",
    "Formula",
    "Multiply",
    "Pad",
    "Requirement",
    "Scale",
    "Signal",
    "SignalExpr",
    "Taps",
    "check_names",
    "is_nonempty",
    "leaves",
    "length",
    "mentioned",
    "requirements",
    "substituted",
    "symbols_in",
    "walk",
]

Extension: TypeAlias = Literal["reflect", "symmetric", "replicate", "circular"]
"""What stands beyond the ends of a signal, where it is not zeros."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition on the lengths without which an operator is not defined."""

    guards: Conjunction
    message: str


_made: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


class _OneOfEach(type):
    """Makes equal signals one object."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        new = super().__call__(*args, **kwargs)
        key = (cls, *(getattr(new, name) for name in cls.__match_args__))  # type: ignore[attr-defined]
        return _made.setdefault(key, new)


@explained
class SignalExpr(metaclass=_OneOfEach):
    """What every signal can do: `Signal` and the results of its operators.

    `x[m]` is the entry at the integer m as a SymPy expression, zero outside the range, and
    `x == y` is the claim that both are equal.
    """

    __slots__ = ("__weakref__", "_is_nonempty", "_length", "_named", "_operands", "_symbols")
    __match_args__: tuple[str, ...] = ()

    __iter__ = None  # x[m] is defined for every integer m, so there is no end to reach
    __array_ufunc__ = None  # NumPy scalars leave `*` to us

    if not TYPE_CHECKING:  # a type checker knows that there is nothing else

        def __getattr__(self, name: str) -> NoReturn:
            no_attribute(self, name)

    _named: Mapping[str, Signal]
    _symbols: Mapping[str, Symbol]
    _operands: tuple[SignalExpr, ...]
    _length: Polynomial | None
    _is_nonempty: bool

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
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)

    @property
    def operands(self) -> tuple[SignalExpr, ...]:
        """The signals that this one is made of."""
        return self._operands

    @property
    def parameters(self) -> tuple[Amount, ...]:
        """The lengths, amounts and factors in this node."""
        values = (getattr(self, name) for name in self.__match_args__)
        return tuple(value for value in values if isinstance(value, Amount))

    def _of(self, *operands: SignalExpr) -> None:
        """Completes a node that is being constructed: what it is made of, and the names in it.

        Raises:
            SymconvError: two things share a name; see `check_names`.
        """
        own: dict[str, Symbol] = {}
        for amount in self.parameters:
            _merge_symbols(own, amount.symbols)
        named, symbols = check_names(operands, own.values())
        _set(self, _operands=operands, _named=named, _symbols=symbols, _length=None)

    def _own_length(self) -> Polynomial:
        """The length, from those of the operands."""
        raise NotImplementedError(f"no length rule for {type(self).__name__}")

    def _shows_an_entry(self) -> bool:
        """Whether the signs of the symbols alone show that there is an entry."""
        return all(map(is_nonempty, self._operands))

    def _own_requirements(self) -> Iterator[Requirement]:
        """What has to hold for this operator, that the signs of the symbols leave open."""
        return iter(())

    def pad(
        self, left: Whole, right: Whole, mode: Extension | Literal["zeros"] = "zeros"
    ) -> Pad | Extend:
        """Put `left` zeros before and `right` zeros after the signal; negative amounts crop.

        Entry u is x[u − left]; the length is max(0, n + left + right).  In another mode
        the signal continues at its ends instead (with v = u − left, beyond 0 ≤ v < n):
        "reflect" has x[−v] and x[2n − 2 − v], "symmetric" x[−1 − v] and x[2n − 1 − v],
        "replicate" x[0] and x[n − 1], "circular" x[v + n] and x[v − n].  These take no
        negative amounts, and none beyond n (n − 1 for "reflect").
        """
        before = integer_argument(left, "the left padding", self)
        after = integer_argument(right, "the right padding", self)
        return Pad(self, before, after) if mode == "zeros" else Extend(self, before, after, mode)

    def flip(self) -> Flip:
        """Reverse the order of the entries: entry u is x[n − 1 − u]."""
        return Flip(self)

    def downsample(self, factor: Whole, *, offset: Whole = 0) -> Downsample:
        """↓s, keep every s-th entry from `offset` on, which is 0 or more.

        Entry u is x[s·u + offset]; the length is ⌈(n − offset)/s⌉, and 0 when that is negative.
        """
        kept = self if _is_zero(offset) else _cropped(self, offset)
        return Downsample(kept, positive_argument(factor, "the downsampling factor", kept))

    def dilate(self, factor: Whole) -> Dilate:
        """↑d, put d − 1 zeros between neighbours.

        Entry u is k[u/d] where d divides u, else 0; the length is d(c − 1) + 1, and 0
        when the signal is empty.
        """
        return Dilate(self, positive_argument(factor, "the dilation", self))

    def convolve(self, other: SignalExpr) -> Convolve:
        """The full convolution: entry u is Σ_m x[m]·h[u − m].

        The length is n + c − 1, and 0 when either signal is empty.
        """
        return Convolve(self, other)

    def correlate(self, kernel: SignalExpr, *, stride: Whole = 1, dilation: Whole = 1) -> Correlate:
        """A convolution layer: "valid" cross-correlation, the kernel not flipped.

        Entry u is Σ_j k[j]·x[s·u + d·j]; the length is max(0, ⌊(n − d(c − 1) − 1)/s⌋ + 1).
        An input shorter than the dilated kernel gives an empty output.

        Raises:
            SymconvError: the stride or the dilation is not a positive integer, or the
                kernel is empty or could be.

        References:
            V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*,
            arXiv:1603.07285, relations 1–6.
        """
        _check_signal(kernel, "x.correlate(k)")
        step = positive_argument(stride, "the stride", self)
        return Correlate(self, kernel, step, positive_argument(dilation, "the dilation", self))

    def multiply(self, other: SignalExpr) -> Multiply:
        """The entrywise product with a signal of the same length: entry u is x[u]·h[u]."""
        return Multiply(self, other)

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

    def pad_same(self, size: Whole, *, stride: Whole = 1, dilation: Whole = 1) -> Pad | Extend:
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

    def add_bias(self, bias: Signal) -> Add:
        """The entry of a signal of length 1 added to every entry: y[u] + b[0]."""
        from symconv.language.layers import add_bias

        return add_bias(self, bias)

    def phases(self, factor: SupportsIndex) -> tuple[Downsample, ...]:
        """The polyphase components: phase r has the entries x[s·u + r] (space to depth).

        `Signal.interleave` puts them together again.
        """
        from symconv.language.layers import phases

        return phases(self, factor)

    def __add__(self, other: object) -> Add:
        if not isinstance(other, SignalExpr):
            raise SymconvError(f"cannot add {self} and {other!r}: both must be signals")
        return Add(self, other)

    def __radd__(self, other: object) -> Add:
        raise SymconvError(f"cannot add {other!r} and {self}: both must be signals")

    def __sub__(self, other: object) -> Add:
        if not isinstance(other, SignalExpr):
            raise SymconvError(f"cannot subtract {other!r} from {self}: both must be signals")
        return Add(self, -other)

    def __rsub__(self, other: object) -> Add:
        raise SymconvError(f"cannot subtract {self} from {other!r}: both must be signals")

    def __neg__(self) -> Scale:
        return Scale(Fraction(-1), self)

    def __mul__(self, number: object) -> Scale:
        if isinstance(number, SignalExpr):
            raise SymconvError(
                f"cannot multiply {self} by {number}: a product of signals is not part of the "
                "language; write x.convolve(h) for their convolution"
            )
        return Scale(number, self)  # type: ignore[arg-type]  # checked there

    __rmul__ = __mul__

    def __truediv__(self, number: object) -> Scale:
        exact = Scale(number, self).number  # type: ignore[arg-type]  # checked there
        if not exact:
            raise SymconvError(f"cannot divide {self} by zero")
        return Scale(1 / exact, self)

    def __getitem__(self, position: Whole) -> Expr:
        from symconv.language.formulas import entry_expression

        return entry_expression(self, integer_argument(position, "the position", self))

    @property
    def length(self) -> Expr:
        """The length as a SymPy expression, safe to calculate with.

        Where SymPy could simplify it wrongly, or the signal is not defined for all lengths,
        it is one symbol to SymPy that prints as the formula.
        """
        from symconv.language.formulas import length_expression

        return length_expression(self)

    def every_symbol(self) -> Mapping[str, Symbol]:
        """The integer symbols in the lengths, amounts and factors, by name."""
        return self._symbols

    def length_with(self, values: Mapping[Any, Any], about: Iterable[SignalExpr]) -> Expr:
        """The length where symbols are replaced; `about` are more signals to be defined then."""
        from symconv.language.formulas import length_expression

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
        from symconv.language.formulas import formula

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
        from symconv.language.arrays import vector

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
        from symconv.language.arrays import evaluate

        return evaluate(self, data)

    def __str__(self) -> str:
        from symconv.language.notation import code

        return code(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        from symconv.language.notation import latex

        return f"$\\displaystyle {latex(self)}$"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Signal(SignalExpr):
    """A named signal of a given length, all of whose entries are free.

    Args:
        name: an identifier.
        size: the length, at least 0: an integer, or an expression in integer symbols whose
            sign is declared (`positive=True` or `nonnegative=True`).

    >>> from symconv import integers
    >>> n = integers("n", positive=True)
    >>> Signal("x", n).pad(1, 1).length
    n + 2
    """

    name: str
    size: Amount

    def __init__(self, name: str, length: Whole) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise SymconvError(
                f"a signal's name must be an identifier such as 'x' or 'k2', got {name!r}"
            )
        _set(self, name=name, size=length_argument(length, f"signal {name!r}"))
        self._of()
        if name in self._symbols:
            raise _clash(name)
        _set(self, _named={name: self})

    def _own_length(self) -> Polynomial:
        return self.size.polynomial

    def _shows_an_entry(self) -> bool:
        return self.size.is_at_least(1)

    def _own_requirements(self) -> Iterator[Requirement]:
        return _is_not_negative(self, self.size)

    @staticmethod
    def taps(*numbers: SupportsIndex | Fraction | Rational) -> Taps:
        """The signal with known entries: integers, or exact fractions.

        >>> Signal("x", 4).correlate(Signal.taps(1, -2, 1)).vector()
        [x0 - 2*x1 + x2, x1 - 2*x2 + x3]
        """
        return Taps(numbers)  # type: ignore[arg-type]  # checked there

    @staticmethod
    def delta() -> Taps:
        """The unit δ of the convolution: the signal of length 1 whose entry is 1."""
        return Taps((Fraction(1),))

    @staticmethod
    def ones(length: Whole) -> Formula:
        """The box filter: every entry is 1."""
        return Formula(_OUTPUT, Integer(1), length_argument(length, "ones"))

    @staticmethod
    def interleave(*phases: SignalExpr) -> SignalExpr:
        """The signal with given polyphase components, as `layers.interleave` defines it."""
        from symconv.language.layers import interleave

        return interleave(phases)

    @staticmethod
    def from_formula(index: Symbol, entry: Expr, *, length: Whole) -> Formula:
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
        return Formula(index, entry, length_argument(length, "a formula"))


def _moved_out(entry: Expr) -> set[Basic]:
    """Indices of sums in conditions that SymPy may have moved out of these sums."""
    pieces = entry.atoms(Piecewise)
    found = _summed_over(entry) & entry.free_symbols if pieces else set()
    for piece in pieces:
        told = set[Basic]().union(*(condition.free_symbols for _, condition in piece.args))
        found |= told & set[Basic]().union(*(_summed_over(value) for value, _ in piece.args))
    return found


def _summed_over(expression: Expr) -> set[Basic]:
    return {limits[0] for sum_ in expression.atoms(Sum) for limits in sum_.limits}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Formula(SignalExpr):
    """A signal given by a formula for its entries; see `Signal.from_formula`.

    Attributes:
        index: the index of the formula.
        entry: the entry at the index, as a SymPy expression.
        size: the length.
        chosen: amounts that stand in the place of symbols of the formula.
    """

    index: Symbol
    entry: Expr
    size: Amount
    chosen: tuple[tuple[Symbol, Amount], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.index, Symbol):
            raise SymconvError(f"the index of a formula must be a symbol, got {self.index!r}")
        entry = self.entry
        if isinstance(entry, int) and not isinstance(entry, bool):
            entry = Integer(entry)
        if not isinstance(entry, Expr):
            raise SymconvError(
                f"the entry of a formula must be a SymPy expression, got {self.entry!r}"
            )
        _check_index(self.index)
        for limits in (limits for sum_ in entry.atoms(Sum) for limits in sum_.limits):
            if len(limits) != 3 or any(bound.is_infinite for bound in limits[1:]):
                raise SymconvError(f"the sum over {limits[0]} in {entry} needs two finite limits")
            _check_index(limits[0])
            _check_begin(limits[0], limits[1], entry)
        outside = sorted(map(str, _moved_out(entry)))
        if outside:
            raise SymconvError(
                f"{outside[0]} is summed over in {entry}, and stands outside of that sum; SymPy "
                "itself moves a Piecewise out of a sum: write such_that(term, condition), of "
                "symconv.derivations.steps, instead, and give each index a name of its own"
            )
        named = sorted({_named_by(base) for base in entry.atoms(IndexedBase)}, key=_name_of)
        _set(self, entry=entry, size=length_argument(self.size, "a formula"))
        loose = sorted({name for s in self._free() for name in undeclared(s)})
        if loose:
            raise SymconvError(
                f"{', '.join(loose)} in the formula {entry} is not declared an integer; a factor "
                "that varies is an entry of a signal, such as k[0] for a Signal k"
            )
        self._of(*named)
        check_names((), [self.index, *(s for s in self._free() if s.name == self.index.name)])
        declared = next(filter(None, map(parity_problem, self._free())), "")
        if declared:
            raise SymconvError(f"in the formula {entry}, {declared}")
        # Reading it once finds what cannot stand in a formula.
        FormulaReader(count(FREE + 1)).terms(entry, {self.index: Polynomial.of(FREE)})

    def _free(self) -> list[Symbol]:
        """The symbols in the formula that are neither its index nor replaced, by name."""
        bases = {str(base.label) for base in self.entry.atoms(IndexedBase)}
        free = self.entry.free_symbols - {self.index, *(symbol for symbol, _ in self.chosen)}
        symbols = {s for s in free if isinstance(s, Symbol) and s.name not in bases}
        return sorted(symbols, key=str)

    @property
    def parameters(self) -> tuple[Amount, ...]:
        """The length, and the symbols in the formula that are not indices."""
        symbols = (Amount(Polynomial.of(s.name), {s.name: s}, s) for s in self._free())
        return (self.size, *symbols, *(amount for _, amount in self.chosen))

    @property
    def spelled(self) -> Expr:
        """The formula with the chosen amounts in it, not simplified."""
        return spelled_with(self.entry, {s: amount.written for s, amount in self.chosen})

    def _own_length(self) -> Polynomial:
        return self.size.polynomial

    def _shows_an_entry(self) -> bool:
        return self.size.is_at_least(1)

    def _own_requirements(self) -> Iterator[Requirement]:
        return _is_not_negative(self, self.size)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Taps(SignalExpr):
    """A signal with known entries; see `Signal.taps`."""

    numbers: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        exact = tuple(map(_exact_number, self.numbers))
        for number, given in zip(exact, self.numbers, strict=True):
            if number is None:
                raise SymconvError(
                    f"a tap must be an integer or a fraction, got {given!r}{_hint(given)}; "
                    "an unknown tap is an entry of a named signal"
                )
        _set(self, numbers=exact)
        self._of()

    def _own_length(self) -> Polynomial:
        return Polynomial.constant(len(self.numbers))

    def _shows_an_entry(self) -> bool:
        return bool(self.numbers)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pad(SignalExpr):
    """See `SignalExpr.pad`."""

    signal: SignalExpr
    left: Amount
    right: Amount

    def __post_init__(self) -> None:
        left = integer_argument(self.left, "the left padding", self.signal)
        right = integer_argument(self.right, "the right padding", self.signal)
        _set(self, left=left, right=right)
        self._of(self.signal)

    @property
    def crops(self) -> bool:
        """Whether one of the amounts could be negative."""
        return not (self.left.is_at_least(0) and self.right.is_at_least(0))

    def _own_length(self) -> Polynomial:
        inner = length(self.signal)
        more = self.left.polynomial + self.right.polynomial
        if not self.crops:
            return inner + more
        if (-self.left).is_at_least(0) and (-self.right).is_at_least(0):
            inner = without_nonnegative_part(inner)
        return nonnegative_part(inner + more)

    def _shows_an_entry(self) -> bool:
        return not self.crops and (
            is_nonempty(self.signal) or self.left.is_at_least(1) or self.right.is_at_least(1)
        )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Extend(SignalExpr):
    """A signal that continues beyond its ends; see `SignalExpr.pad`."""

    signal: SignalExpr
    left: Amount
    right: Amount
    mode: Extension

    def __post_init__(self) -> None:
        left = integer_argument(self.left, "the left padding", self.signal)
        right = integer_argument(self.right, "the right padding", self.signal)
        modes = get_args(Extension)
        if self.mode not in modes:
            hint = about_mode(self.mode)
            raise SymconvError(
                f"the mode of padding must be 'zeros', {', '.join(map(repr, modes))}, "
                f"got {self.mode!r}{f'; {hint}' * bool(hint)}"
            )
        for amount in (left, right):
            if not amount.is_at_least(0):
                raise SymconvError(
                    f"{self.mode} padding of {self.signal} needs amounts that are not negative, "
                    f"got {amount}; crop with pad(-1, -1), and declare symbols nonnegative=True"
                )
        _set(self, left=left, right=right)
        self._of(self.signal)

    def _own_length(self) -> Polynomial:
        return length(self.signal) + self.left.polynomial + self.right.polynomial

    def _own_requirements(self) -> Iterator[Requirement]:
        size = length(self.signal)
        if self.mode == "replicate":
            enough = [at_least(size, 1)]
        else:
            most = size - 1 if self.mode == "reflect" else size
            enough = [at_least(most, p.polynomial) for p in (self.left, self.right)]
        yield Requirement(
            tuple(enough),
            f"{self.mode} padding by {self.left} and {self.right} needs more entries than "
            f"{self.signal} could have; add a hypothesis on its length {self.signal.length}",
        )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Flip(SignalExpr):
    """See `SignalExpr.flip`."""

    signal: SignalExpr

    def __post_init__(self) -> None:
        self._of(self.signal)

    def _own_length(self) -> Polynomial:
        return length(self.signal)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Downsample(SignalExpr):
    """See `SignalExpr.downsample`."""

    signal: SignalExpr
    factor: Amount

    def __post_init__(self) -> None:
        _set(self, factor=positive_argument(self.factor, "the downsampling factor", self.signal))
        self._of(self.signal)

    def _own_length(self) -> Polynomial:
        inner = length(self.signal)
        clear = without_nonnegative_part(inner)
        value = ceiling(clear, self.factor.polynomial)
        return value if clear == inner else nonnegative_part(value)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Dilate(SignalExpr):
    """See `SignalExpr.dilate`."""

    signal: SignalExpr
    factor: Amount

    def __post_init__(self) -> None:
        _set(self, factor=positive_argument(self.factor, "the dilation", self.signal))
        self._of(self.signal)

    def _own_length(self) -> Polynomial:
        inner = without_nonnegative_part(length(self.signal))
        value = self.factor.polynomial * (inner - 1) + 1
        return value if is_nonempty(self.signal) else nonnegative_part(value)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Convolve(SignalExpr):
    """See `SignalExpr.convolve`.

    Attributes:
        left: the one signal.
        right: the other one.
        is_layer: whether `right` is the kernel of a layer, which is never empty.
    """

    left: SignalExpr
    right: SignalExpr
    is_layer: bool = False

    def __post_init__(self) -> None:
        _check_signal(self.right, "x.convolve(h)")
        if self.is_layer:
            _check_kernel(self.right)
        self._of(self.left, self.right)

    def _own_length(self) -> Polynomial:
        left, right = length(self.left), length(self.right)
        doubtful = [
            at_least(size, 1)
            for part, size in ((self.left, left), (self.right, right))
            if not is_nonempty(part) and not (self.is_layer and part is self.right)
        ]
        value = left + right - 1
        return Polynomial.of(Guarded(value, tuple(doubtful))) if doubtful else value

    def _own_requirements(self) -> Iterator[Requirement]:
        return _is_no_empty_kernel(self.right) if self.is_layer else iter(())


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Correlate(SignalExpr):
    """See `SignalExpr.correlate`."""

    signal: SignalExpr
    kernel: SignalExpr
    stride: Amount
    dilation: Amount

    def __post_init__(self) -> None:
        _check_signal(self.kernel, "x.correlate(k)")
        stride = positive_argument(self.stride, "the stride", self.signal)
        dilation = positive_argument(self.dilation, "the dilation", self.signal)
        _set(self, stride=stride, dilation=dilation)
        _check_kernel(self.kernel)
        self._of(self.signal, self.kernel)

    def _own_length(self) -> Polynomial:
        reach = self.dilation.polynomial * (length(self.kernel) - 1)
        last = without_nonnegative_part(length(self.signal)) - reach - 1
        return nonnegative_part(floor(last, self.stride.polynomial) + 1)

    def _shows_an_entry(self) -> bool:
        return False

    def _own_requirements(self) -> Iterator[Requirement]:
        return _is_no_empty_kernel(self.kernel)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Add(SignalExpr):
    """The entrywise sum of two signals of one length."""

    left: SignalExpr
    right: SignalExpr

    def __post_init__(self) -> None:
        self._of(self.left, self.right)
        _check_equal_lengths(self.left, self.right, "add")

    def _own_length(self) -> Polynomial:
        return length(self.left)

    def _own_requirements(self) -> Iterator[Requirement]:
        return _are_equally_long(self.left, self.right, "add")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Multiply(SignalExpr):
    """The entrywise product of two signals of one length."""

    left: SignalExpr
    right: SignalExpr

    def __post_init__(self) -> None:
        _check_signal(self.right, "x.multiply(h)")
        self._of(self.left, self.right)
        _check_equal_lengths(self.left, self.right, "multiply")

    def _own_length(self) -> Polynomial:
        return length(self.left)

    def _own_requirements(self) -> Iterator[Requirement]:
        return _are_equally_long(self.left, self.right, "multiply")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Scale(SignalExpr):
    """A rational multiple of a signal."""

    number: Fraction
    signal: SignalExpr

    def __post_init__(self) -> None:
        number = self.number
        exact = _exact_number(number)
        if exact is None:
            raise SymconvError(
                "a signal can be multiplied by an integer or a fraction, "
                f"got {number!r}{_hint(number)}"
            )
        _set(self, number=exact)
        self._of(self.signal)

    def _own_length(self) -> Polynomial:
        return length(self.signal)


# --- the graph -----------------------------------------------------------------------


def walk(*signals: SignalExpr) -> list[SignalExpr]:
    """The different nodes of signals, each once, operands before what is made of them."""
    found: dict[SignalExpr, None] = {}
    open_ = [(signal, False) for signal in reversed(signals)]
    while open_:
        node, is_done = open_.pop()
        if is_done:
            found[node] = None
        elif node not in found:
            open_.append((node, True))
            open_ += [(operand, False) for operand in reversed(node.operands)]
    return list(found)


def length(signal: SignalExpr) -> Polynomial:
    """The length of a signal.

    max(0, …) inside a length is dropped where a later max(0, …) makes up for it.
    """
    size = _measured(signal)._length
    assert size is not None
    return size


def is_nonempty(signal: SignalExpr) -> bool:
    """Whether the signs of the symbols alone show that the signal has an entry."""
    return _measured(signal)._is_nonempty


def _measured(signal: SignalExpr) -> SignalExpr:
    """The signal, once its length is known; that of each node is calculated once."""
    if signal._length is None:
        with allowed():
            _measure(signal)
    return signal


def _measure(signal: SignalExpr) -> None:
    open_ = [signal]
    while open_:
        node = open_[-1]
        missing = [part for part in node.operands if part._length is None]
        open_ += missing
        if not missing:
            open_.pop()
            if node._length is None:
                _set(node, _is_nonempty=node._shows_an_entry())
                _set(node, _length=node._own_length())


def requirements(*signals: SignalExpr) -> Iterator[Requirement]:
    """The conditions on the lengths that the signs of the symbols leave open.

    Those of the signals too by whose lengths an amount was given.
    """
    for node in mentioned(*signals):
        for requirement in node._own_requirements():
            open_ = conjoined(requirement.guards)
            if open_ != ():  # numbers may show that nothing is left open
                yield Requirement(requirement.guards, requirement.message)


def mentioned(*signals: SignalExpr) -> list[SignalExpr]:
    """The nodes of signals, and those of all signals whose lengths stand in their amounts."""
    found: dict[SignalExpr, None] = {}
    open_ = list(signals)
    while open_:
        nodes = [node for node in walk(*open_) if node not in found]
        found |= dict.fromkeys(nodes)
        standing = [one for node in nodes for amount in node.parameters for one in amount.mentioned]
        for node in nodes:
            if isinstance(node, Formula):
                standing += lengths_in(node.entry)
        open_ = [signal for one in standing for signal in one.signals if signal not in found]
    return list(found)


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

    def replaced(value: Any) -> Any:
        if isinstance(value, SignalExpr):
            return new[value]
        return value.substituted(chosen) if isinstance(value, Amount) else value

    for node in walk(signal):
        arguments = [replaced(getattr(node, name)) for name in node.__match_args__]
        if isinstance(node, Formula):
            kept = {s: amount.substituted(chosen) for s, amount in node.chosen}
            more = {s: a for s, a in chosen.items() if s in node._free()}
            arguments[-1] = tuple(sorted({**kept, **more}.items(), key=str))
            arguments[1] = with_lengths(node.entry, values)
            new[node] = _renamed(Formula(*arguments), new)
        else:
            new[node] = type(node)(*arguments)
    return new[signal]


def with_lengths(part: Any, values: Mapping[Any, Any]) -> Any:
    """An expression or condition in which the lengths of signals are those with new symbols."""
    from symconv.language.formulas import length_of

    return spelled_with(
        part,
        {
            standing: length_of(*(substituted(s, values) for s in standing.signals))
            for standing in lengths_in(part)
            if standing.free_symbols & values.keys()
        },
    )


def _renamed(formula: Formula, new: Mapping[SignalExpr, SignalExpr]) -> Formula:
    """The formula about the signals as they are now."""
    named = {signal.name: signal for signal in new.values() if isinstance(signal, Signal)}
    bases = {
        base: IndexedBase(base.label, shape=(named[str(base.label)].size.written,))
        for base in formula.entry.atoms(IndexedBase)
        if str(base.label) in named
    }
    if all(old == base for old, base in bases.items()):
        return formula
    entry = spelled_with(formula.entry, bases)
    return Formula(formula.index, entry, formula.size, formula.chosen)


# --- names ---------------------------------------------------------------------------


def leaves(*signals: SignalExpr) -> dict[str, Signal]:
    """The named signals that occur, by name; see `check_names` for what it raises."""
    return dict(check_names(signals, ())[0])


def symbols_in(*signals: SignalExpr) -> dict[str, Symbol]:
    """The integer symbols in the lengths, amounts and factors of signals, by name."""
    return dict(check_names(signals, ())[1])


def check_names(
    signals: Iterable[SignalExpr], symbols: Iterable[Symbol]
) -> tuple[Mapping[str, Signal], Mapping[str, Symbol]]:
    """The named signals, and the integer symbols, in signals and beside them.

    Raises:
        SymconvError: two signals share a name but not the length, two symbols share a
            name but not the assumptions, or a symbol is called like a signal.
    """
    parts = tuple(signals)
    if len(parts) == 1 and not symbols:
        return parts[0]._named, parts[0]._symbols
    named: dict[str, Signal] = {}
    every: dict[str, Symbol] = {}
    for part in parts:
        for name, leaf in part._named.items():
            other = named.setdefault(name, leaf)
            if other is not leaf and str(other.size) != str(leaf.size):  # else symbols differ
                raise SymconvError(
                    f"two signals are named {name!r} but have lengths "
                    f"{other.size} and {leaf.size}; give one of them another name"
                )
        _merge_symbols(every, part._symbols)
    for symbol in symbols:
        _merge_symbols(every, {symbol.name: symbol})
    clash = sorted(named.keys() & every.keys())
    if clash:
        raise _clash(clash[0])
    return named, every


def _merge_symbols(into: dict[str, Symbol], more: Mapping[str, Symbol]) -> None:
    for name, symbol in more.items():
        other = into.setdefault(name, symbol)
        if other is not symbol and other != symbol:
            same_kind = isinstance(other, IntegerSymbol) == isinstance(symbol, IntegerSymbol)
            raise SymconvError(
                f"two symbols are named {name!r} but "
                + ("have different assumptions" if same_kind else _KINDS)
                + "; create it once and use it everywhere"
            )


_KINDS = "one is SymPy's own and one is made by integers(), of symconv"


def _clash(name: str) -> SymconvError:
    return SymconvError(f"{name!r} names both a signal and an integer symbol; rename one of them")


def _name_of(signal: Signal) -> str:
    return signal.name


# --- arguments -----------------------------------------------------------------------

_OUTPUT = Symbol("u", integer=True)  # the index of formulas that symconv writes itself


def _set(node: SignalExpr, **values: Any) -> None:
    """Replaces the arguments of a node that is being constructed by their checked values."""
    for name, value in values.items():
        object.__setattr__(node, name, value)


def _hint(number: object) -> str:
    inexact = isinstance(number, float | Float)
    return "; write Fraction(...) for an exact number" if inexact else ""


def _cropped(signal: SignalExpr, offset: Whole) -> Pad:
    first = integer_argument(offset, "the offset", signal)
    if not first.is_at_least(0):
        raise SymconvError(
            f"the offset of {signal} must not be negative, got {first}; declare its symbols "
            "nonnegative=True, or pad on the left"
        )
    return Pad(signal, -first, Amount.of(0))


def _is_zero(value: object) -> bool:
    return isinstance(value, int | Amount | Integer) and value == 0


def _exact_number(number: object) -> Fraction | None:
    if isinstance(number, Rational):
        return Fraction(int(number.p), int(number.q))
    if isinstance(number, Fraction):
        return number
    if isinstance(number, SupportsIndex) and not isinstance(number, bool):
        with suppress(TypeError):  # an array has __index__, but is no integer
            return Fraction(as_index(number))
    return None


def _check_equal_lengths(left: SignalExpr, right: SignalExpr, verb: str) -> None:
    lengths = length(left).as_integer(), length(right).as_integer()
    if None not in lengths and lengths[0] != lengths[1]:
        raise SymconvError(
            f"cannot {verb} {left} and {right}: their lengths are "
            f"{lengths[0]} and {lengths[1]}; pad one of them"
        )


def _check_signal(value: object, call: str) -> None:
    if not isinstance(value, SignalExpr):
        raise SymconvError(
            f"{call} takes a signal, got {value!r}; write Signal('k', c) for a kernel"
        )


def _check_kernel(kernel: SignalExpr) -> None:
    """Refuse a kernel whose own symbols say that it is or may be empty.

    Where its length is compound, the hypotheses of a claim may still exclude that: then
    `prove` decides.
    """
    open_ = [kernel]
    while open_:
        part = open_.pop()
        if length(part).as_integer() == 0:
            raise SymconvError(
                f"the kernel {part} is empty; a layer's kernel has at least one entry"
            )
        if isinstance(part, Flip | Dilate | Convolve):
            open_ += [operand for operand in part.operands if not is_nonempty(operand)]
        if isinstance(part, Signal) and part.size.written.is_Symbol and not is_nonempty(part):
            name = str(part.size)
            raise SymconvError(
                f"the kernel {part} could be empty, because {name} >= 0 is all that is known; "
                f"add the hypothesis {name} >= 1, by integers({name!r}, positive=True)"
            )


def _check_index(index: Symbol) -> None:
    """Refuse an index whose assumptions leave out integers that it takes."""
    narrower = ("positive", "negative", "nonpositive", "even", "odd", "prime", "composite")
    said = [a for a in narrower if getattr(index, f"is_{a}")]
    sign = sign_of(index)
    if not said and (not sign.zero or sign.largest is not None):
        said = ["nonpositive" if sign.zero else "never 0"]
    if not is_integer(index) or said:
        raise SymconvError(
            f"the index {index} must be an integer and nothing more"
            + (f", but it is declared {said[0]}" if said else "")
            + f"; write integers({str(index)!r}), of symconv"
        )


def _check_begin(index: Symbol, begin: Expr, entry: Expr) -> None:
    """Refuse a sum that may begin below what is declared of its index."""
    least = sign_of(index).least
    if least is not None and not is_at_least(begin, least):
        raise SymconvError(
            f"the index {index} is declared to be {least} or more, and its sum in {entry} may "
            f"begin below that, at {begin}; write integers({str(index)!r}), of symconv"
        )


def _whole_parts(entry: Any) -> list[Basic]:
    """The positions, the ends of sums and the comparisons in a formula, which are integers."""
    if not isinstance(entry, Expr):
        return []
    positions = [index for one in entry.atoms(Indexed) for index in one.indices]
    ends = [end for one in entry.atoms(Sum) for _, *limits in one.limits for end in limits]
    return [*positions, *ends, *entry.atoms(Relational)]


def _named_by(base: IndexedBase) -> Signal:
    if base.shape is None or len(base.shape) != 1:
        raise SymconvError(
            f"the length of {base} is not known; write entries as x[m] for a Signal x, "
            f"or IndexedBase({str(base)!r}, shape=(n,))"
        )
    return Signal(str(base.label), base.shape[0])


# --- requirements --------------------------------------------------------------------


def _is_not_negative(signal: SignalExpr, size: Amount) -> Iterator[Requirement]:
    if not size.is_at_least(0):
        yield Requirement(
            (at_least(size.polynomial, 0),),
            f"the length of {signal}, {size}, could be negative; add the hypothesis {size} >= 0",
        )


def _is_no_empty_kernel(kernel: SignalExpr) -> Iterator[Requirement]:
    if not is_nonempty(kernel):
        yield Requirement(
            (at_least(length(kernel), 1),),
            f"the kernel {kernel} could be empty; add the hypothesis {kernel.length} >= 1",
        )


def _are_equally_long(left: SignalExpr, right: SignalExpr, verb: str) -> Iterator[Requirement]:
    if length(left) != length(right):
        yield Requirement(
            (equal(length(left), length(right)),),
            f"cannot {verb} {left} and {right}: their lengths {left.length} and "
            f"{right.length} could differ; pad one of them or add a hypothesis",
        )

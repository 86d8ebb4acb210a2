"""The language: signals and the operators of convolution arithmetic, as immutable trees.

A signal is a finite sequence with entries in a commutative ring, indexed from 0 to
length − 1, and zero at every other integer index.  Lengths are integers or SymPy
expressions in integer symbols; the assumptions of the symbols are hypotheses.
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

from sympy import Basic, Expr, Float, IndexedBase, Integer, Piecewise, Rational, Sum, Symbol

from symconv.errors import SymconvError
from symconv.from_sympy import FormulaReader
from symconv.hints import about_mode, explained, no_attribute
from symconv.integers import (
    Whole,
    integer_expression,
    length_argument,
    parity_problem,
    positive_argument,
    specialised_integer,
)
from symconv.polynomials import Polynomial
from symconv.signs import is_at_least
from symconv.sums import FREE

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
    "Scale",
    "Signal",
    "SignalExpr",
    "Taps",
    "leaves",
    "specialised",
    "walk",
]

Extension: TypeAlias = Literal["reflect", "symmetric", "replicate", "circular"]
"""What stands beyond the ends of a signal, where it is not zeros."""


@explained
@dataclass(frozen=True, slots=True)
class SignalExpr:
    """What every signal can do: `Signal` and the results of its operators.

    `x[m]` is the entry at the integer m as a SymPy expression, zero outside the range.
    """

    __iter__ = None  # x[m] is defined for every integer m, so there is no end to reach
    __array_ufunc__ = None  # NumPy scalars leave `*` to us

    if not TYPE_CHECKING:  # a type checker knows that there is nothing else

        def __getattr__(self, name: str) -> NoReturn:
            no_attribute(self, name)

    @property
    def operands(self) -> tuple[SignalExpr, ...]:
        """The signals that this one is made of."""
        values = (getattr(self, name) for name in self.__dataclass_fields__)
        return tuple(value for value in values if isinstance(value, SignalExpr))

    @property
    def parameters(self) -> tuple[Expr, ...]:
        """The SymPy expressions (lengths, amounts, factors) in this node."""
        values = (getattr(self, name) for name in self.__dataclass_fields__)
        return tuple(value for value in values if isinstance(value, Expr))

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
        return Pad(self, left, right) if mode == "zeros" else Extend(self, left, right, mode)

    def flip(self) -> Flip:
        """Reverse the order of the entries: entry u is x[n − 1 − u]."""
        return Flip(self)

    def downsample(self, factor: Whole, *, offset: Whole = 0) -> Downsample:
        """↓s, keep every s-th entry from `offset` on, which is 0 or more.

        Entry u is x[s·u + offset]; the length is ⌈(n − offset)/s⌉, and 0 when that is negative.
        """
        return Downsample(self if offset == 0 else _cropped(self, offset), factor)

    def dilate(self, factor: Whole) -> Dilate:
        """↑d, put d − 1 zeros between neighbours.

        Entry u is k[u/d] where d divides u, else 0; the length is d(c − 1) + 1, and 0
        when the signal is empty.
        """
        return Dilate(self, factor)

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
        return Correlate(self, kernel, stride, dilation)

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
        """A transposed convolution layer, as `symconv.layers.conv_transpose` defines it."""
        from symconv.layers import conv_transpose

        return conv_transpose(self, kernel, stride, dilation, padding, output_padding)

    def pad_same(self, size: Whole, *, stride: Whole = 1, dilation: Whole = 1) -> Pad | Extend:
        """TensorFlow's SAME padding, as `symconv.layers.pad_same` defines it."""
        from symconv.layers import pad_same

        return pad_same(self, size, stride, dilation)

    def avg_pool(
        self,
        size: SupportsIndex,
        *,
        stride: Whole | None = None,
        padding: Whole = 0,
        count_include_pad: bool = True,
    ) -> SignalExpr:
        """Average pooling, as `symconv.layers.avg_pool` defines it."""
        from symconv.layers import avg_pool

        return avg_pool(self, size, stride, padding, count_include_pad)

    def add_bias(self, bias: Signal) -> Add:
        """The entry of a signal of length 1 added to every entry: y[u] + b[0]."""
        from symconv.layers import add_bias

        return add_bias(self, bias)

    def phases(self, factor: SupportsIndex) -> tuple[Downsample, ...]:
        """The polyphase components: phase r has the entries x[s·u + r] (space to depth).

        `Signal.interleave` puts them together again.
        """
        from symconv.layers import phases

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
        from symconv.formulas import entry_expression

        return entry_expression(self, integer_expression(position, "the position", self))

    @property
    def length(self) -> Expr:
        """The length as a SymPy expression."""
        from symconv.formulas import length_expression

        return length_expression(self)

    def formula(self, index: Whole) -> Expr:
        """The entry at `index`, for 0 ≤ index < length, as a SymPy index formula.

        The formula is made of `Sum`, `Indexed` and `Piecewise`.  Entries of named signals
        are zero outside their range by definition, so no guard says that again.

        >>> from sympy import symbols
        >>> n, c = symbols("n c", integer=True, positive=True)
        >>> u = symbols("u", integer=True, nonnegative=True)
        >>> Signal("x", n).correlate(Signal("k", c), stride=2).formula(u)
        Sum(k[i]*x[i + 2*u], (i, 0, c - 1))
        """
        from symconv.formulas import formula

        return formula(self, integer_expression(index, "the index", self))

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
        from symconv.vectors import vector

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
        from symconv.vectors import evaluate

        return evaluate(self, data)

    def __str__(self) -> str:
        from symconv.notation import code

        return code(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        from symconv.notation import latex

        return f"$\\displaystyle {latex(self)}$"


@dataclass(frozen=True, slots=True, repr=False)
class Signal(SignalExpr):
    """A named signal of a given length, all of whose entries are free.

    Args:
        name: an identifier.
        size: the length, at least 0: an integer, or a SymPy expression in integer symbols
            whose sign is declared (`positive=True` or `nonnegative=True`).

    >>> from sympy import symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> Signal("x", n).pad(1, 1).length
    n + 2
    """

    name: str
    size: Expr

    def __init__(self, name: str, length: Whole) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise SymconvError(
                f"a signal's name must be an identifier such as 'x' or 'k2', got {name!r}"
            )
        _set(self, name=name, size=length_argument(length, f"signal {name!r}"))
        leaves(self)

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
        return Formula(Symbol("u", integer=True), Integer(1), length_argument(length, "ones"))

    @staticmethod
    def interleave(*phases: SignalExpr) -> SignalExpr:
        """The signal with given polyphase components, as `symconv.layers.interleave` defines it."""
        from symconv.layers import interleave

        return interleave(phases)

    @staticmethod
    def from_formula(index: Symbol, entry: Expr, *, length: Whole) -> Formula:
        """The signal whose entry at `index` is a formula of your own.

        The formula is a SymPy expression in entries of signals (`x[m]`, zero outside their
        range and at fractions), sums with finite limits (empty when the upper limit is below
        the lower one), `Piecewise` with conditions in the indices and lengths (zero where
        none holds), and rational numbers.

        >>> from sympy import Sum, symbols
        >>> n, c = symbols("n c", integer=True, positive=True)
        >>> u, j = symbols("u j", integer=True)
        >>> x, k = Signal("x", n), Signal("k", c)
        >>> y = Signal.from_formula(u, Sum(k[j] * x[u + j], (j, 0, c - 1)), length=n - c + 1)
        >>> y.evaluate(x=[1, 2, 3], k=[1, 1])
        [3, 5]
        """
        return Formula(index, entry, length)


@dataclass(frozen=True, slots=True, repr=False)
class Formula(SignalExpr):
    """A signal given by a formula for its entries; see `Signal.from_formula`."""

    index: Symbol
    entry: Expr
    size: Expr
    signals: tuple[Signal, ...] = ()

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
        bound = {limits[0] for sum_ in entry.atoms(Sum) for limits in sum_.limits}
        outside = sorted(map(str, bound & entry.free_symbols))
        if outside and entry.has(Piecewise):
            raise SymconvError(
                f"{outside[0]} is summed over in {entry}, and stands outside of that sum; SymPy "
                "itself moves a Piecewise out of a sum: write such_that(term, condition), of "
                "symconv.derivations, instead"
            )
        named = {_named_by(base) for base in entry.atoms(IndexedBase)}
        size = length_argument(self.size, "a formula")
        _set(self, entry=entry, size=size, signals=tuple(sorted(named, key=lambda x: x.name)))
        leaves(self, expressions=(self.index,))
        loose = sorted(str(s) for p in self.parameters for s in p.free_symbols if not s.is_integer)
        if loose:
            raise SymconvError(
                f"{', '.join(loose)} in the formula {entry} is not declared an integer; a factor "
                "that varies is an entry of a signal, such as k[0] for a Signal k"
            )
        declared = next(filter(None, map(parity_problem, self.parameters)), "")
        if declared:
            raise SymconvError(f"in the formula {entry}, {declared}")
        # Reading it once finds what cannot stand in a formula.
        FormulaReader(count(FREE + 1)).terms(entry, {self.index: Polynomial.of(FREE)})

    @property
    def operands(self) -> tuple[SignalExpr, ...]:
        """The signals whose entries the formula names."""
        return self.signals

    @property
    def parameters(self) -> tuple[Expr, ...]:
        """The length, and the symbols in the formula that are not indices."""
        names = {signal.name for signal in self.signals}
        free = self.entry.free_symbols - {self.index}
        symbols = {s for s in free if isinstance(s, Symbol) and s.name not in names}
        return (self.size, *sorted(symbols, key=str))


@dataclass(frozen=True, slots=True, repr=False)
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


@dataclass(frozen=True, slots=True, repr=False)
class Pad(SignalExpr):
    """See `SignalExpr.pad`."""

    signal: SignalExpr
    left: Expr
    right: Expr

    def __post_init__(self) -> None:
        left = integer_expression(self.left, "the left padding", self.signal)
        right = integer_expression(self.right, "the right padding", self.signal)
        _set(self, left=left, right=right)


@dataclass(frozen=True, slots=True, repr=False)
class Extend(SignalExpr):
    """A signal that continues beyond its ends; see `SignalExpr.pad`."""

    signal: SignalExpr
    left: Expr
    right: Expr
    mode: Extension

    def __post_init__(self) -> None:
        left = integer_expression(self.left, "the left padding", self.signal)
        right = integer_expression(self.right, "the right padding", self.signal)
        modes = get_args(Extension)
        if self.mode not in modes:
            hint = about_mode(self.mode)
            raise SymconvError(
                f"the mode of padding must be 'zeros', {', '.join(map(repr, modes))}, "
                f"got {self.mode!r}{f'; {hint}' * bool(hint)}"
            )
        for amount in (left, right):
            if not is_at_least(amount, 0):
                raise SymconvError(
                    f"{self.mode} padding of {self.signal} needs amounts that are not negative, "
                    f"got {amount}; crop with pad(-1, -1), and declare symbols nonnegative=True"
                )
        _set(self, left=left, right=right)


@dataclass(frozen=True, slots=True, repr=False)
class Flip(SignalExpr):
    """See `SignalExpr.flip`."""

    signal: SignalExpr


@dataclass(frozen=True, slots=True, repr=False)
class Downsample(SignalExpr):
    """See `SignalExpr.downsample`."""

    signal: SignalExpr
    factor: Expr

    def __post_init__(self) -> None:
        _set(self, factor=positive_argument(self.factor, "the downsampling factor", self.signal))


@dataclass(frozen=True, slots=True, repr=False)
class Dilate(SignalExpr):
    """See `SignalExpr.dilate`."""

    signal: SignalExpr
    factor: Expr

    def __post_init__(self) -> None:
        _set(self, factor=positive_argument(self.factor, "the dilation", self.signal))


@dataclass(frozen=True, slots=True, repr=False)
class Convolve(SignalExpr):
    """See `SignalExpr.convolve`."""

    left: SignalExpr
    right: SignalExpr

    def __post_init__(self) -> None:
        _check_signal(self.right, "x.convolve(h)")
        leaves(self)


@dataclass(frozen=True, slots=True, repr=False)
class Correlate(SignalExpr):
    """See `SignalExpr.correlate`."""

    signal: SignalExpr
    kernel: SignalExpr
    stride: Expr
    dilation: Expr

    def __post_init__(self) -> None:
        _check_signal(self.kernel, "x.correlate(k)")
        stride = positive_argument(self.stride, "the stride", self.signal)
        dilation = positive_argument(self.dilation, "the dilation", self.signal)
        _set(self, stride=stride, dilation=dilation)
        _check_kernel(self.kernel)
        leaves(self)


@dataclass(frozen=True, slots=True, repr=False)
class Add(SignalExpr):
    """The entrywise sum of two signals of one length."""

    left: SignalExpr
    right: SignalExpr

    def __post_init__(self) -> None:
        _check_equal_lengths(self.left, self.right, "add")
        leaves(self)


@dataclass(frozen=True, slots=True, repr=False)
class Multiply(SignalExpr):
    """The entrywise product of two signals of one length."""

    left: SignalExpr
    right: SignalExpr

    def __post_init__(self) -> None:
        _check_signal(self.right, "x.multiply(h)")
        _check_equal_lengths(self.left, self.right, "multiply")
        leaves(self)


@dataclass(frozen=True, slots=True, repr=False)
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


def _set(node: SignalExpr, **values: Any) -> None:
    """Replaces the arguments of a node that is being constructed by their checked values."""
    for name, value in values.items():
        object.__setattr__(node, name, value)


def _hint(number: object) -> str:
    inexact = isinstance(number, float | Float)
    return "; write Fraction(...) for an exact number" if inexact else ""


def _cropped(signal: SignalExpr, offset: Whole) -> Pad:
    first = integer_expression(offset, "the offset", signal)
    if not is_at_least(first, 0):
        raise SymconvError(
            f"the offset of {signal} must not be negative, got {first}; declare its symbols "
            "nonnegative=True, or pad on the left"
        )
    return Pad(signal, -first, Integer(0))


def _check_equal_lengths(left: SignalExpr, right: SignalExpr, verb: str) -> None:
    from symconv.formulas import length

    lengths = length(left).as_integer(), length(right).as_integer()
    if None not in lengths and lengths[0] != lengths[1]:
        raise SymconvError(
            f"cannot {verb} {left} and {right}: their lengths are "
            f"{lengths[0]} and {lengths[1]}; pad one of them"
        )


def _exact_number(number: object) -> Fraction | None:
    if isinstance(number, Rational):
        return Fraction(int(number.p), int(number.q))
    if isinstance(number, Fraction):
        return number
    if isinstance(number, SupportsIndex) and not isinstance(number, bool):
        with suppress(TypeError):  # an array has __index__, but is no integer
            return Fraction(as_index(number))
    return None


def walk(signal: SignalExpr) -> Iterator[SignalExpr]:
    """The nodes of a signal, each occurrence, operands before the node itself."""
    for operand in signal.operands:
        yield from walk(operand)
    yield signal


def specialised(signal: SignalExpr, values: Mapping[Symbol, Integer]) -> SignalExpr:
    """The signal with integer symbols replaced by numbers in every length, amount and factor."""

    def new(value: Any) -> Any:
        if isinstance(value, SignalExpr):
            return specialised(value, values)
        return specialised_integer(value, values) if isinstance(value, Expr) else value

    if isinstance(signal, Formula):
        # An index may be called like one of the symbols; subs leaves summation indices alone.
        free = {s: value for s, value in values.items() if s != signal.index}
        return Formula(signal.index, signal.entry.subs(free), new(signal.size))
    return type(signal)(*(new(getattr(signal, name)) for name in signal.__dataclass_fields__))


def leaves(*signals: SignalExpr, expressions: Iterable[Basic] = ()) -> dict[str, Signal]:
    """The named signals that occur, by name.

    Checks the names, of the symbols in further expressions too.

    Raises:
        SymconvError: two signals share a name but not the length, two symbols share a
            name but not the assumptions, or a symbol is called like a signal.
    """
    named: dict[str, Signal] = {}
    symbols: dict[str, Basic] = {}
    for node in (node for signal in signals for node in walk(signal)):
        if isinstance(node, Signal) and named.setdefault(node.name, node) != node:
            other = named[node.name]
            if str(other.size) != str(node.size):  # otherwise the symbols differ: see below
                raise SymconvError(
                    f"two signals are named {node.name!r} but have lengths "
                    f"{other.size} and {node.size}; give one of them another name"
                )
        expressions = (*expressions, *node.parameters)
    for symbol in {symbol for e in expressions for symbol in e.free_symbols}:
        name = symbol.name if isinstance(symbol, Symbol) else str(symbol)
        if symbols.setdefault(name, symbol) != symbol:
            raise SymconvError(
                f"two symbols are named {name!r} but have different assumptions; "
                "create it once and use it everywhere"
            )
    clash = sorted(named.keys() & symbols.keys())
    if clash:
        raise SymconvError(
            f"{clash[0]!r} names both a signal and an integer symbol; rename one of them"
        )
    return named


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
    from symconv.formulas import length

    if length(kernel).as_integer() == 0:
        raise SymconvError(f"the kernel {kernel} is empty; a layer's kernel has at least one entry")
    if isinstance(kernel, Flip | Dilate | Convolve):
        for operand in kernel.operands:
            _check_kernel(operand)
    if isinstance(kernel, Signal) and kernel.size.is_Symbol and not kernel.size.is_positive:
        name = str(kernel.size)
        raise SymconvError(
            f"the kernel {kernel} could be empty, because {name} >= 0 is all that is known; "
            f"add the hypothesis {name} >= 1, by symbols({name!r}, integer=True, positive=True)"
        )


def _check_index(index: Symbol) -> None:
    """Refuse an index whose assumptions leave out integers that it takes."""
    narrower = ("positive", "negative", "nonpositive", "even", "odd", "prime", "composite")
    said = [a for a in narrower if getattr(index, f"is_{a}")]
    if not index.is_integer or said:
        raise SymconvError(
            f"the index {index} must be declared integer=True"
            + (f" and nothing more, but it is declared {said[0]}" if said else "")
        )


def _named_by(base: IndexedBase) -> Signal:
    if base.shape is None or len(base.shape) != 1:
        raise SymconvError(
            f"the length of {base} is not known; write entries as x[m] for a Signal x, "
            f"or IndexedBase({str(base)!r}, shape=(n,))"
        )
    return Signal(str(base.label), base.shape[0])

"""The language: tensors and the operators of convolution arithmetic, as immutable graphs.

A tensor is a finite array with entries in a commutative ring, indexed from 0 along each axis,
and zero at every other tuple of integers; a signal is a tensor of one axis.  Sizes are integers
or SymPy expressions in integer symbols; the assumptions of the symbols are hypotheses.

Equal tensors are one object, so that one that is used in many places is looked at once: work
grows with the number of different ones in a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from keyword import iskeyword
from operator import is_
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex
from weakref import WeakValueDictionary

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Rational, Sum, Symbol
from sympy.core.relational import Relational

from symconv.arithmetic.from_sympy import FormulaReader
from symconv.arithmetic.terms import free_index
from symconv.arithmetic.unevaluated import spelled_with
from symconv.arithmetic.work import allowed
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import (
    Amount,
    Whole,
    integer_argument,
    length_argument,
    simplified_around,
)
from symconv.language.arrays import Array
from symconv.language.graph import check_names, clash, merge_symbols, walk
from symconv.language.hints import explained, no_attribute
from symconv.language.layers.methods import LayerMethods
from symconv.language.length_symbols import lengths_in
from symconv.language.named_tensors import NamedTensors
from symconv.language.operators import Formula, Methods, Named, Taps
from symconv.language.operators.base import Operator, Shape, check_operand
from symconv.language.operators.formula import check_formula, check_symbols, divisors
from symconv.language.operators.scale import exact_number, exact_number_hint

if TYPE_CHECKING:
    from symconv.decision.claims import Claim  # two signals that are compared make one

__all__ = [
    "Applied",
    "Signal",
    "SignalExpr",
    "StandIn",
    "Tensor",
    "as_numpy",
    "formula_of",
    "indices_of",
    "put_in",
    "replaced",
    "substituted",
    "with_lengths",
]

_made: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()
_lock = Lock()


class _OneOfEach(type):
    """Makes equal tensors one object."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        new = super().__call__(*args, **kwargs)
        if cls is Tensor and new.ndim == 1:
            return Signal(new.name, new.sizes[0])
        with _lock:
            return _made.setdefault((cls, new.operator, new.operands), new)


@explained
class SignalExpr(Methods, LayerMethods, metaclass=_OneOfEach):
    """What every tensor can do: `Tensor`, `Signal` and the results of their operators.

    `x[i, j]` is the entry at these integers as a SymPy expression, zero outside the range; with
    slices, as in `x[:, ::2]`, it is a part of x as in NumPy.  `x == y` is the claim that both
    are equal.

    Attributes:
        operator: what makes it.
        operands: what that is applied to.
    """

    __slots__ = (
        "__weakref__",
        "_is_nonempty",
        "_shape",
        "names",
        "ndim",
        "operands",
        "operator",
    )
    __match_args__ = ("operator", "operands")

    internal = frozenset(
        [
            "apply",
            "every_symbol",
            "internal",
            "kind",
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
    ndim: int
    """How many axes there are."""
    names: tuple[NamedTensors, Mapping[str, Symbol]]
    """The named tensors, and the integer symbols, in it; by name."""
    _shape: Shape | None
    _is_nonempty: bool

    def __init__(self, operator: Operator, operands: Sequence[SignalExpr] = ()) -> None:
        parts = tuple(operands)
        _check_operands(operator, parts)
        rank = operator.rank(parts)
        own: dict[str, Symbol] = {}
        for amount in operator.amounts:
            merge_symbols(own, amount.symbols)
        names = check_names(parts, own.values())
        _set(self, operator=operator, operands=parts, ndim=rank, names=names, _shape=None)
        operator.check_axes(self)
        operator.check(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a signal does not change; its {name} is what it is")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a signal does not change; its {name} stays")

    def apply(self, operator: Operator, *others: SignalExpr) -> SignalExpr:
        """The tensor that an operator makes of this one, and of others."""
        return Applied(operator, (self, *others))

    def __eq__(self, other: object) -> Claim:  # type: ignore[override]
        """The claim that two tensors are equal; whether they are one object says `is`."""
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
    def kind(self) -> str:
        """What it is called in errors."""
        return "signal" if self.ndim == 1 else "tensor"

    @property
    def shape(self) -> tuple[Expr, ...]:
        """The size along each axis as a SymPy expression; see `length`."""
        from symconv.language.any_size import length_expression

        return tuple(length_expression(self, axis=axis) for axis in range(self.ndim))

    @property
    def is_nonempty(self) -> bool:
        """Whether the signs of the symbols alone show that there is an entry."""
        return _measured(self)._is_nonempty

    if TYPE_CHECKING:  # an integer for every axis gives an entry, and anything else a part

        def __getitem__(self, position: Any) -> Any: ...

    else:

        def __getitem__(self, position: Any) -> Expr | SignalExpr:
            from symconv.language.subscripts import subscript

            return subscript(self, position)

    @property
    def length(self) -> Expr:
        """The length of a signal, which has one axis, as a SymPy expression to calculate with.

        Where SymPy could simplify it wrongly, or the signal is not defined for all lengths,
        it is one symbol to SymPy that prints as the formula.
        """
        from symconv.language.any_size import length_expression

        if self.ndim != 1:
            raise SymconvError(f"{self} has {self.ndim} axes; its sizes are x.shape")
        return length_expression(self)

    def every_symbol(self) -> Mapping[str, Symbol]:
        """The integer symbols in the sizes and amounts, by name."""
        return self.names[1]

    def length_with(
        self, values: Mapping[Any, Any], about: Iterable[SignalExpr], axis: int
    ) -> Expr:
        """A size where symbols are replaced; `about` are more signals to be defined then."""
        from symconv.language.any_size import length_expression

        new = (substituted(signal, values) for signal in (self, *about))
        return length_expression(*new, axis=axis)

    def formula(self, *index: Whole) -> Expr:
        """The entry at an index, one integer for each axis, as a SymPy index formula.

        It is what the entry is for 0 ≤ index < size along each axis.

        The formula is made of `Sum`, `Indexed` and `Piecewise`.  Entries of named signals
        are zero outside their range by definition, so no guard says that again.

        >>> from symconv import integers
        >>> n, c = integers("n c", positive=True)
        >>> u = integers("u", nonnegative=True)
        >>> Signal("x", n).correlate(Signal("k", c), stride=2).formula(u)
        Sum(k[i]*x[i + 2*u], (i, 0, c - 1))
        """
        from symconv.language.any_size import formula

        if len(index) != self.ndim:
            raise SymconvError(
                f"{self} has {self.ndim} ax{'is' if self.ndim == 1 else 'es'}: formula takes so "
                f"many integers, got {len(index)}"
            )
        return formula(self, [integer_argument(one, "the index", self) for one in index])

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

    def array(self, /, **sizes: SupportsIndex) -> Any:
        """The entries at the given sizes as a NumPy array of expanded SymPy expressions.

        The entries of a tensor a of two axes are the symbols a_0_0, a_0_1, …; those of a
        signal are named as in `vector`.

        >>> w = Tensor("w", (2, 2))
        >>> w.flip(axis=1).array()
        array([[w_0_1, w_0_0],
               [w_1_1, w_1_0]], dtype=object)

        Raises:
            SymconvError: as for `vector`.
        """
        from symconv.language.fixed_size import symbol_array

        return as_numpy(symbol_array(self, sizes))

    def evaluate(self, /, **data: Any) -> Any:
        """The entries for given data: a sequence for each signal, integers for other symbols.

        Lengths are inferred from the data.  The entries may be integers, fractions,
        floats, or SymPy expressions, in lists or in NumPy arrays.  Of one axis, the result is
        a list; of several, a NumPy array, of floats where all entries are, and otherwise of
        Python's own numbers, which are exact.

        >>> x, k = Signal("x", 4), Signal("k", 2)
        >>> x.correlate(k, stride=2).evaluate(x=[1, 2, 3, 4], k=[1, -1])
        [-1, -1]

        Raises:
            SymconvError: a name is unknown or missing, or lengths contradict the data or
                the assumptions.
        """
        from symconv.language.fixed_size import evaluate

        result = evaluate(self, data)
        return result.entries if self.ndim == 1 else as_numpy(result)

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


class Tensor(SignalExpr):
    """A named tensor of a given shape, all of whose entries are free.

    A tensor of one axis is a `Signal`.

    Args:
        name: an identifier.
        shape: the size along each axis, at least 0: integers, or expressions in integer
            symbols whose signs are declared (`positive=True` or `nonnegative=True`).

    >>> from symconv import integers
    >>> C, H, W = integers("C H W", positive=True)
    >>> Tensor("x", (C, H, W)).pad(1, 1, axis=(1, 2)).shape
    (C, H + 2, W + 2)
    """

    __slots__ = ()
    __match_args__ = ("name", "sizes")

    def __init__(self, name: str, shape: Sequence[Whole]) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
            raise SymconvError(
                f"a signal's name must be an identifier such as 'x' or 'k2', got {as_given(name)}"
            )
        if not isinstance(shape, Sequence) or isinstance(shape, str):
            raise SymconvError(
                f"the shape of {name!r} must be a tuple of sizes such as (C, H, W), "
                f"got {as_given(shape)}"
            )
        if not shape:
            raise SymconvError(
                f"the tensor {name!r} would have no axes; a number that is free is a signal of "
                f"length 1, Signal({name!r}, 1)"
            )
        what = f"signal {name!r}" if len(shape) == 1 else f"{name!r} along axis"
        sizes = tuple(
            length_argument(size, what if len(shape) == 1 else f"{what} {axis}")
            for axis, size in enumerate(shape)
        )
        super().__init__(Named(name, sizes))
        _, symbols = self.names
        if name in symbols:
            raise clash(name)
        _set(self, names=(NamedTensors(self), symbols))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.sizes)

    @property
    def name(self) -> str:
        """The name."""
        return self._named.name

    @property
    def sizes(self) -> tuple[Amount, ...]:
        """The size along each axis, as amounts."""
        return self._named.sizes

    @property
    def written_shape(self) -> tuple[Expr, ...]:
        """The sizes as they were given."""
        return tuple(size.written for size in self.sizes)

    @property
    def _named(self) -> Named:
        assert isinstance(self.operator, Named)
        return self.operator

    @staticmethod
    def taps(entries: Any) -> SignalExpr:
        """The tensor with known entries, integers or exact fractions, in nested lists.

        >>> laplacian = Tensor.taps([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
        >>> laplacian.flip(axis=(0, 1)).array().tolist() == laplacian.array().tolist()
        True

        Raises:
            SymconvError: rows differ in length, or an entry is no exact number.
        """
        return Applied(Taps(*_known(entries)))

    @staticmethod
    def ones(shape: Sequence[Whole]) -> SignalExpr:
        """The tensor of a shape of which every entry is 1."""
        if not isinstance(shape, Sequence):
            raise SymconvError(f"ones takes a shape such as (3, 4), got {as_given(shape)}")
        return _by_formula_of(indices_of(len(shape)), Integer(1), shape)

    @staticmethod
    def from_formula(indices: Any, entry: Expr, *, shape: Any) -> SignalExpr:
        """The tensor whose entry at the indices is a formula of your own.

        The formula is a SymPy expression in entries of tensors (`x[i, j]`, zero outside their
        range and at fractions), sums with finite limits (empty when the upper limit is below
        the lower one), `Piecewise` with conditions in the indices and sizes (zero where
        none holds), and rational numbers.

        >>> from symconv import integers
        >>> H, W = integers("H W", positive=True)
        >>> i, j = integers("i j")
        >>> x = Tensor("x", (H, W))
        >>> Tensor.from_formula((j, i), x[i, j], shape=(W, H)).evaluate(x=[[1, 2, 3]]).tolist()
        [[1], [2], [3]]
        """
        return _by_formula_of(indices, entry, shape)


def _tap(number: object) -> Fraction:
    exact = exact_number(number)
    if exact is None:
        raise SymconvError(
            f"a tap must be an integer or a fraction, got {as_given(number)}"
            f"{exact_number_hint(number)}; an unknown tap is an entry of a named signal"
        )
    return exact


def _known(entries: Any) -> tuple[tuple[Fraction, ...], tuple[int, ...] | None]:
    """The numbers in nested lists, by rows, and the shape; none of one axis."""
    shape: list[int] = []
    level = [entries.tolist() if hasattr(entries, "tolist") else entries]
    while level and all(isinstance(row, Sequence) and not isinstance(row, str) for row in level):
        lengths = {len(row) for row in level}
        if len(lengths) > 1:
            raise SymconvError("the rows of taps differ in length: " + str(sorted(lengths)))
        shape.append(lengths.pop())
        level = [entry for row in level for entry in row]
    if not shape:
        raise SymconvError(f"taps are in lists, such as [[1, 2], [3, 4]], got {as_given(entries)}")
    return tuple(map(_tap, level)), None if len(shape) == 1 else tuple(shape)


def _by_formula_of(indices: Any, entry: Expr, shape: Any) -> SignalExpr:
    for one, what in ((indices, "indices"), (shape, "shape")):
        if not isinstance(one, Sequence) or isinstance(one, str):
            raise SymconvError(f"the {what} of a formula must be a tuple, got {as_given(one)}")
    if len(indices) != len(shape):
        raise SymconvError(
            f"a formula has one index for each axis, and {len(indices)} indices were given for "
            f"{len(shape)} axes"
        )
    sizes = tuple(length_argument(size, "a formula") for size in shape)
    return by_formula(tuple(indices), entry, sizes)


class Signal(Tensor):
    """A named signal of a given length, all of whose entries are free: a tensor of one axis.

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
        super().__init__(name, (length,))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.size)

    @property
    def size(self) -> Amount:
        """The length, as an amount."""
        (size,) = self.sizes
        return size

    @staticmethod
    def taps(
        *numbers: SupportsIndex | Fraction | Rational,
    ) -> SignalExpr:
        """The signal with known entries: integers, or exact fractions.

        >>> Signal("x", 4).correlate(Signal.taps(1, -2, 1)).vector()
        [x0 - 2*x1 + x2, x1 - 2*x2 + x3]
        """
        return Applied(Taps(tuple(map(_tap, numbers))))

    @staticmethod
    def delta() -> SignalExpr:
        """The unit δ of the convolution: the signal of length 1 whose entry is 1."""
        return Applied(Taps((Fraction(1),)))

    @staticmethod
    def ones(length: Any) -> SignalExpr:
        """The box filter: every entry is 1."""
        return Applied(Formula(indices_of(1), Integer(1), (length_argument(length, "ones"),)))

    @staticmethod
    def interleave(*phases: SignalExpr) -> SignalExpr:
        """The signal with given polyphase components, as `layers.polyphase` has it."""
        from symconv.language.layers.polyphase import interleave

        return interleave(phases)

    @staticmethod
    def from_formula(  # type: ignore[override]  # a signal has one index and a length
        index: Symbol, entry: Expr, *, length: Whole
    ) -> SignalExpr:
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
        return by_formula((index,), entry, (length_argument(length, "a formula"),))


class StandIn(Tensor):
    """A name in the place of a tensor, of which only the shape is of interest then.

    Its name is no identifier, so that nobody else has it; and it may have no axes.
    """

    __slots__ = ()
    __match_args__ = ("name", "sizes")

    def __init__(self, name: str, sizes: tuple[Amount, ...]) -> None:
        SignalExpr.__init__(self, Named(name, sizes))
        _set(self, names=(NamedTensors(self), self.names[1]))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.sizes)


# --- the graph -----------------------------------------------------------------------


def by_formula(
    indices: tuple[Symbol, ...], entry: Expr | int, sizes: tuple[Amount, ...]
) -> SignalExpr:
    """The tensor with a formula for its entries; see `Tensor.from_formula`.

    Raises:
        SymconvError: it is no formula of a tensor.
    """
    if isinstance(entry, int) and not isinstance(entry, bool):
        entry = Integer(entry)
    check_formula(indices, entry)
    around = next(filter(None, map(simplified_around, _whole_parts(entry))), "")
    if around:
        raise SymconvError(f"in the formula {entry}, {around}")
    return formula_of(Formula(indices, entry, sizes))


def formula_of(
    formula: Formula, standing: Mapping[str, SignalExpr] = MappingProxyType({})
) -> SignalExpr:
    """The tensor of a formula, whose operands are those in it.

    Args:
        formula: the formula.
        standing: what stands for names in it, if not the tensors of these names.

    Raises:
        SymconvError: something in it is not declared, or cannot stand in a formula.
    """
    entry = formula.expression
    for size in formula.sizes:
        length_argument(size, "a formula")
    named, _ = check_names(set(map(_named_by, entry.atoms(IndexedBase))), ())
    check_symbols(formula)
    made = Applied(formula, [standing.get(name, named[name]) for name in formula.bases])
    own = {index.name for index in formula.indices}
    check_names((), [*formula.indices, *(s for s in formula.free() if s.name in own)])
    # Reading it once finds what cannot stand in a formula.
    axes = len(formula.indices)
    names = dict(zip(formula.indices, free_index(axes), strict=True))
    FormulaReader(count(axes)).terms(entry, names)
    return made


def _named_by(base: IndexedBase) -> Tensor:
    if base.shape is None:
        raise SymconvError(
            f"the length of {base} is not known; write entries as x[m] for a Signal x, "
            f"or IndexedBase({str(base)!r}, shape=(n,))"
        )
    return Tensor(str(base.label), tuple(base.shape))


def _whole_parts(entry: Any) -> list[Basic]:
    """What is an integer in a formula: positions, the ends of sums, divisors and comparisons."""
    if not isinstance(entry, Expr):
        return []
    positions = [index for one in entry.atoms(Indexed) for index in one.indices]
    ends = [end for one in entry.atoms(Sum) for _, *limits in one.limits for end in limits]
    return [*positions, *ends, *divisors(entry), *entry.atoms(Relational)]


def _check_operands(operator: Operator, operands: tuple[SignalExpr, ...]) -> None:
    """Refuse what no method of a tensor would make.

    Raises:
        SymconvError: it is no operator, or one of other operands or with unchecked arguments.
    """
    if not isinstance(operator, Operator):
        raise SymconvError(f"expected an operator such as Flip(), got {as_given(operator)}")
    for operand in operands:
        check_operand(operand, operator.call)
    expected = operator.arity
    if expected is not None and len(operands) != expected:
        raise SymconvError(f"{operator} is applied to {expected} signals, and got {len(operands)}")
    operator.check_arguments()


def _measured(signal: SignalExpr) -> SignalExpr:
    """The tensor, once its shape is known; that of each node is calculated once."""
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
    """The tensor with integer symbols replaced in every size and amount.

    Args:
        signal: the tensor.
        values: integers or expressions, by symbol.

    Raises:
        SymconvError: an operator is not defined then, as for a negative size.
    """
    chosen = {s: integer_argument(value, f"what stands for {s}") for s, value in values.items()}
    new: dict[SignalExpr, SignalExpr] = {}
    named: dict[str, Tensor] = {}
    for node in walk(signal):
        operator = node.operator.substituted(chosen, named)
        match operator:
            case Named(name, sizes):
                new[node] = named[name] = Tensor(name, sizes)
            case Formula(indices, expression, sizes, kept):
                entry = with_lengths(expression, values)
                standing = zip(operator.bases, node.operands, strict=True)
                new[node] = formula_of(
                    Formula(indices, entry, sizes, kept), {name: new[o] for name, o in standing}
                )
            case _:
                new[node] = Applied(operator, [new[operand] for operand in node.operands])
    return new[signal]


def put_in(signal: SignalExpr, tensors: Mapping[str, SignalExpr]) -> SignalExpr:
    """The tensor where others, of the same shapes, stand for named ones.

    Args:
        signal: the tensor.
        tensors: what stands for the named tensors, by their names.

    >>> x, k, h = Signal("x", 4), Signal("k", 2), Signal("h", 2)
    >>> print(put_in(x.convolve(k), {"k": h.flip()}))
    x.convolve(h.flip())
    """
    return replaced(
        signal, lambda node: tensors.get(node.name) if isinstance(node, Tensor) else None
    )


def _with_operands(node: SignalExpr, operands: list[SignalExpr]) -> SignalExpr:
    return Applied(node.operator, operands)


def replaced(
    signal: SignalExpr,
    instead: Callable[[SignalExpr], SignalExpr | None],
    made: Callable[[SignalExpr, list[SignalExpr]], SignalExpr] = _with_operands,
) -> SignalExpr:
    """The tensor with others in the place of some of its nodes.

    Args:
        signal: the tensor.
        instead: what stands for a node; None where it stays, and what is below it is looked at.
        made: makes the node of other operands.
    """
    done: dict[SignalExpr, SignalExpr] = {}
    open_ = [signal]
    while open_:
        node = open_[-1]
        if node in done:
            open_.pop()
            continue
        other = instead(node)
        if other is not None:
            done[node] = other
            continue
        missing = [operand for operand in node.operands if operand not in done]
        if missing:
            open_ += missing
            continue
        operands = [done[operand] for operand in node.operands]
        same = all(map(is_, operands, node.operands))
        done[node] = node if same else made(node, operands)
    return done[signal]


def with_lengths(part: Any, values: Mapping[Any, Any]) -> Any:
    """An expression or condition in which the sizes of tensors are those with new symbols."""
    from symconv.language.any_size import length_of

    return spelled_with(
        part,
        {
            standing: length_of(
                *(substituted(s, values) for s in standing.signals), axis=standing.axis
            )
            for standing in lengths_in(part)
            if standing.free_symbols & values.keys()
        },
    )


def indices_of(axes: int) -> tuple[Symbol, ...]:
    """The indices of formulas that symconv writes itself."""
    names = "uvw" if axes <= 3 else [f"u_{axis}" for axis in range(axes)]
    return tuple(Symbol(name, integer=True) for name in list(names)[:axes])


def as_numpy(array: Array) -> Any:
    """An array of NumPy: of floats where all entries are, otherwise of objects."""
    import numpy as np  # of no use to anybody who has one axis

    result = np.empty(array.shape, dtype=object)
    result.reshape(-1)[:] = array.entries
    inexact = array.entries and all(isinstance(a, float | complex) for a in array.entries)
    return np.array(result.tolist()) if inexact else result


def _set(node: SignalExpr, **values: Any) -> None:
    """Gives a node that is being constructed what it consists of."""
    for name, value in values.items():
        object.__setattr__(node, name, value)

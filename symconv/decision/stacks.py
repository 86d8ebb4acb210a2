"""Stacks: a layer that is applied a number of times, which may be a symbol.

A stack stands outside of the graph of operators: it is no tensor, since no operator knows how
often something is to be done.  What is said of all its layers is proved by induction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, SupportsIndex

import sympy
from sympy import Dummy, Eq, Expr, Integer, Max, Piecewise, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.from_sympy import is_at_least as is_plainly_at_least
from symconv.arithmetic.limits import MOST_LAYERS, NUMBERS_OF_LAYERS_COMPARED
from symconv.arithmetic.opaque_numbers import OpaqueNumber
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Floor,
    Polynomial,
    nonnegative_part,
    without_nonnegative_part,
)
from symconv.arithmetic.symbols import IntegerSymbol, Sign, sign_of
from symconv.arithmetic.to_sympy import letters, output_letters, polynomial_expression
from symconv.arithmetic.work import allowed
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError, Undecided
from symconv.language.amounts import Amount, Whole, integer_argument
from symconv.language.assignments import point
from symconv.language.graph import leaves, requirements
from symconv.language.operators.base import size_along
from symconv.language.receptive_fields import Reach, ReceptiveField, receptive_field
from symconv.language.signals import SignalExpr, Tensor, substituted

__all__ = ["Generic", "LayerNumber", "Repeated", "Stack", "repeat"]


def repeat(layer: Callable[..., SignalExpr], count: Whole) -> Repeated:
    """A layer that is applied so many times, one application behind the other.

    Args:
        layer: a function from a tensor to a tensor with as many axes.  It may take the number
            of the layer too, 0, 1, …, from the input on: `lambda x, i: x.pad(i, 0)`.  It
            has to do the same with every tensor; what it does must not depend on which one it is.
            Where it asks what its number is, as `i == 0` does, each number of layers is decided
            by itself.
        count: how many layers there are: a number, or an expression in integer symbols that
            is not negative.

    Returns:
        A function of a tensor: its value is a tensor for a number of layers, and a `Stack` for
        a symbol.

    >>> from symconv import Signal, integers
    >>> n, L = integers("n L", nonnegative=True)
    >>> x = Signal("x", n)
    >>> repeat(lambda t: t.pad(1, 1), 3)(x)
    x.pad(1, 1).pad(1, 1).pad(1, 1)
    >>> stack = repeat(lambda t: t.pad(1, 1), L)(x)
    >>> stack.length
    2*L + n
    >>> print((stack == x.pad(L, L)).prove())
    proved for all lengths
    >>> print((stack == x.pad(L, 2*L)).prove())
    refuted at L = 1, n = 0, x = []: the left side is [0, 0], the right side [0, 0, 0]
    With entries, it fails first at L = 1, n = 1, x = [1]: ...
    Exactly when it holds is not known: each number of layers is decided by itself.

    Raises:
        SymconvError: the layer is no function, or the count is negative, could be, or is no
            integer.
    """
    if not callable(layer) or isinstance(layer, SignalExpr | Stack | type):
        raise SymconvError(
            f"a layer is a function from a tensor to a tensor, such as lambda x: x.pad(1, 1), "
            f"got {layer!r}"
        )
    amount = integer_argument(count, "the number of layers")
    if not amount.is_at_least(0):
        hint = "" if amount.number is not None else "; declare its symbols nonnegative or positive"
        raise SymconvError(f"the number of layers must not be negative, got {amount}{hint}")
    if amount.number is not None and amount.number > MOST_LAYERS:
        raise SymconvError(f"there may be {MOST_LAYERS} layers, and {amount} are too many")
    return Repeated(_Layer(layer), amount)


class LayerNumber(IntegerSymbol):
    """The number of a layer, of which a power such as 2**i is a symbol of its own."""

    __slots__ = ()

    def __rpow__(self, base: Any, modulo: Any = None) -> Any:
        """A base to the power of the number, as a dilation of 2**i has it."""
        if modulo is None and type(base) is int and base >= 1:
            return PowerSymbol(base, self)
        return super().__rpow__(base)


class PowerSymbol(IntegerSymbol):
    """A number to the power of the number of the layer: to all that decides, a positive integer.

    Attributes:
        power: what it stands for.
    """

    __slots__ = ("power",)

    power: Expr

    def __new__(cls, base: int, number: LayerNumber) -> PowerSymbol:
        """The symbol for a base and a number of a layer."""
        self: PowerSymbol = super().__new__(
            cls, f"_{base}_to_{number.name}", Sign(negative=False, zero=False)
        )
        self.power = sympy.Pow(base, number)
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (int(self.power.base), self.power.exp), {}

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.power))


class _Layer:
    """A function of a tensor, and perhaps of the number of the layer."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.takes_number = _takes_number(function)

    def __call__(self, signal: SignalExpr, number: Any) -> SignalExpr:
        """The layer applied; a tensor with as many axes.

        Raises:
            SymconvError: the function gives something else.
        """
        made = self._of_number(signal, number) if self.takes_number else self._function(signal)
        if not isinstance(made, SignalExpr):
            raise SymconvError(f"the layer has to make a tensor of {signal}, got {made!r}")
        if made.ndim != signal.ndim:
            raise SymconvError(
                f"the layer makes a tensor of {made.ndim} axes, {made}, of one of {signal.ndim}, "
                "so that it cannot be applied again"
            )
        return made

    def _of_number(self, signal: SignalExpr, number: Any) -> Any:
        """What the function makes, of which nobody knows whether it takes a symbol for a number.

        It cannot look at a symbol, or it could do something of its own for one number.
        """
        if isinstance(number, int):
            try:
                return self._function(signal, number)
            except LookupError as error:
                raise SymconvError(
                    f"the layer has nothing for the number {number}: {type(error).__name__}, "
                    f"{error}; numbers of layers begin at 0"
                ) from error
        try:
            return self._function(signal, OpaqueNumber(number))
        except (TypeError, AttributeError, LookupError) as error:
            raise Undecided(
                f"the layer cannot take a symbol for its number ({error}), as it would have to "
                "for a symbolic number of layers"
            ) from error

    def check_numbers(self, signal: SignalExpr, number: Symbol, image: SignalExpr) -> None:
        """Refuse a function that does not do with small numbers what it does with a symbol.

        What it makes is compared as well, since it may find out in other ways than by asking.

        Args:
            signal: what it is applied to.
            number: the symbol.
            image: what it makes of both.

        Raises:
            Undecided: it does something else.
        """
        if not self.takes_number:
            return
        powers = [s for s in image.every_symbol().values() if isinstance(s, PowerSymbol)]
        for value in range(NUMBERS_OF_LAYERS_COMPARED):
            try:
                made = self(signal, value)
                values = {number: value, **{s: s.power.base**value for s in powers}}
                meant = substituted(image, values)
                is_same = made is meant or isinstance(Claim(made, meant).prove(), Proved)
            except (TypeError, LookupError, ValueError):
                is_same = False
            if not is_same:
                raise Undecided(
                    f"the layer does something else for the number {value} than what it does for "
                    f"a symbol {number}, {image}"
                )

    def times(self, count: int, signal: SignalExpr, first: Any = 0) -> SignalExpr:
        """So many layers behind one another, of which the first has the given number."""
        for number in range(count):
            signal = self(signal, first + number)
        return signal


def _takes_number(function: Callable[..., Any]) -> bool:
    """Whether a function asks for the number of the layer beside the tensor.

    Raises:
        SymconvError: it takes no tensor, or asks for more than that.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # of something built in, nobody knows
        return False
    for arguments in (("x",), ("x", 0)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return len(arguments) > 1
    raise SymconvError(
        f"a layer is a function of a tensor, or of a tensor and the number of the layer, and "
        f"{getattr(function, '__name__', function)} has the arguments {signature}"
    )


@dataclass(frozen=True, slots=True)
class Repeated:
    """A layer and a number of times: what `repeat` gives, a function of a tensor."""

    layer: _Layer
    count: Amount

    def __call__(self, signal: SignalExpr) -> Any:
        """The layers applied to a tensor: a tensor, and a `Stack` where the count is a symbol.

        Raises:
            SymconvError: it is no tensor, or the layer does not make a tensor with as many axes.
        """
        if not isinstance(signal, SignalExpr):
            raise SymconvError(f"repeat(layer, L)(x) takes a signal or a tensor x, got {signal!r}")
        if self.count.number is not None:
            return self.layer.times(self.count.number, signal)
        return Stack(self.layer, self.count, signal)


class Stack:
    """A layer applied to a tensor as many times as an expression says; see `repeat`.

    `stack == other` is the claim that it is equal to another stack, or to a tensor.
    """

    __slots__ = ("__dict__", "count", "layer", "start")

    layer: _Layer
    count: Amount
    """How many layers there are."""
    start: SignalExpr
    """What the first of them is applied to."""

    def __init__(self, layer: _Layer, count: Amount, start: SignalExpr) -> None:
        self.layer = layer
        self.count = count
        self.start = start
        once, again = layer(start, 0), layer(start, 0)
        if once is not again:
            raise SymconvError(
                f"the layer makes {once} of {start}, and then {again}: it has to do the same "
                "each time"
            )

    def __eq__(self, other: object) -> Any:
        """The claim that both are equal, to be decided by `prove()`."""
        if not isinstance(other, Stack | SignalExpr):
            return NotImplemented
        return self.equals(other)

    __hash__ = object.__hash__

    def equals(
        self, other: Stack | SignalExpr, given: Iterable[Hypothesis] | Hypothesis = ()
    ) -> Any:
        """The claim that both are equal, under hypotheses on the sizes; see `StackClaim`."""
        from symconv.decision.induction import StackClaim

        return StackClaim(self, other, given)

    def at(self, /, **numbers: SupportsIndex) -> SignalExpr:
        """The layers that there are for given values of the symbols in their number.

        >>> from symconv import Signal, integers
        >>> L = integers("L", nonnegative=True)
        >>> repeat(lambda t: t.flip(), L)(Signal("x", 3)).at(L=2)
        x.flip().flip()

        Raises:
            SymconvError: a symbol is missing or unknown, or there are too many layers.
        """
        symbols = sorted(self.count.symbols.values(), key=str)
        return self.at_values(point(tuple(symbols), numbers))

    def at_values(self, values: Mapping[Symbol, int]) -> SignalExpr:
        """The same for values of symbols, which are replaced in the layers too."""
        count = self.count.at(values)
        if not 0 <= count <= MOST_LAYERS:
            raise SymconvError(f"there may be 0 to {MOST_LAYERS} layers, not {count}")
        return substituted(self.layer.times(count, self.start), values)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self.start.ndim

    @property
    def length(self) -> Expr:
        """The length of a stack of one axis; see `shape`."""
        if self.ndim != 1:
            raise SymconvError(f"{self} has {self.ndim} axes; its sizes are stack.shape")
        return self.shape[0]

    @property
    def shape(self) -> tuple[Expr, ...]:
        """The size along each axis, for every number of layers.

        A layer that makes max(0, ⌊(n + b)/s⌋) entries of n, as every one does that slides along
        an axis, makes max(0, ⌊(n + b·(1 + s + … + s^(L−1)))/s^L⌋) if it is applied L times: for
        b ≥ 0 nothing is ever cut off at 0, and for b < 0 nothing comes of what was.  The same
        holds of r·n + b in place of the quotient, and where b depends on the number i of the
        layer and is never positive or never negative, with Σ b_i·s^i.  That the sum is what
        SymPy says is checked by induction.

        >>> from symconv import Signal, integers
        >>> n, c, L = integers("n c L", positive=True)
        >>> x, k = Signal("x", n), Signal("k", c)
        >>> repeat(lambda t: t.correlate(k), L)(x).length
        Max(0, -L*c + L + n)
        >>> repeat(lambda t: t.pad(1, 1).correlate(Signal("h", 3), stride=2), L)(x).length
        floor((2**L + n - 1)/2**L)
        >>> repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x).length
        Max(0, -2**L*c + 2**L + c + n - 1)

        Raises:
            Undecided: no such form was found.
            SymconvError: the layer is not defined for all sizes.
        """
        with allowed():
            generic = self.generic
            for part in (self.start, *generic.images):
                _require_defined(part)
            return tuple(map(self.size, range(self.ndim)))

    def size(self, axis: int) -> Expr:
        """The size along an axis, where the layers are defined; see `shape`."""
        generic, count = self.generic, self.count
        if axis not in generic.fresh:
            return self.start.shape[axis]
        (image,) = generic.images
        symbols = {**self.start.every_symbol(), **image.every_symbol(), **count.symbols}
        form = _Form.of(image.lengths[axis], generic.fresh[axis].name, symbols)
        problem = f"the size of {self} along axis {axis} has no closed form: "
        if form is None:
            raise Undecided(f"{problem}one layer makes {image.shape[axis]} of what it gets")
        n = self.start.lengths[axis]
        depends = generic.depends_on_number(form.added)
        if form.ratio.as_integer() == 1 and not depends:
            size = n + count.polynomial * form.added
            return polynomial_expression(nonnegative_part(size) if form.is_cut else size, symbols)
        if form.is_uneven or generic.depends_on_number(form.ratio) or (depends and form.grows_more):
            raise Undecided(f"{problem}one layer makes {image.shape[axis]}, layer by layer")
        names = {name: _told(symbol) for name, symbol in symbols.items()}
        before, added, ratio = (
            polynomial_expression(p, names) for p in (n, form.added, form.ratio)
        )
        power = ratio**count.written
        total = sum_of_layers(added, ratio, generic.number, count.written)
        if form.grows:
            size_ = _spread_out(power * before + total)
        else:
            size_ = _floor(_spread_out(before + total), power)
        return Max(0, size_, evaluate=False) if form.is_cut else size_

    @cached_property
    def generic(self) -> Generic:
        """One layer on a tensor that stands for what any number of layers have made."""
        generic = Generic(self.start, [self.layer], [self.count])
        self.layer.check_numbers(generic.tensor, generic.number, generic.images[0])
        return generic

    def __str__(self) -> str:
        try:
            generic = self.generic
        except Undecided:  # no one expression says what the layers do
            return f"repeat(layer, {self.count})({self.start})"
        arguments = f"{generic.tensor.name}{f', {generic.number}' * self.layer.takes_number}"
        (image,) = generic.images
        return f"repeat(lambda {arguments}: {image}, {self.count})({self.start})"

    def __repr__(self) -> str:
        return str(self)


class Generic:
    """A tensor that stands for whatever layers have made of another one, and layers on it.

    Along the axes along which the layers change the size, its size is a new symbol, 0 or more;
    along the others it is that of the other tensor, as it then is after every layer.

    Attributes:
        tensor: the tensor.
        number: the number of the layer.
        images: what the layers make of it.
        fresh: the new sizes, by axis.
    """

    def __init__(
        self,
        start: SignalExpr,
        layers: Sequence[Callable[[SignalExpr, Any], SignalExpr]],
        beside: Iterable[Amount] = (),
        given: Sequence[Hypothesis] = (),
    ) -> None:
        parts = [start, *(layer(start, 0) for layer in layers)]
        taken = {name for part in parts for names in part.names for name in names}
        taken |= {name for amount in beside for name in amount.symbols}
        for hypothesis in given:
            if isinstance(hypothesis, Claim):
                taken |= {*hypothesis.named, *(symbol.name for symbol in hypothesis.symbols)}
            else:
                taken |= {symbol.name for symbol in hypothesis.free_symbols}
        conditions = [h for h in given if not isinstance(h, Claim)]
        self.number = LayerNumber(next(letters("i", taken)).name, Sign(negative=False))
        name = next(letters("t", taken)).name
        sizes = letters("m", taken | {name, self.number.name})
        self._before = [size_along(start, axis) for axis in range(start.ndim)]
        self.fresh: dict[int, Symbol] = {}
        while True:
            shape = [self.fresh.get(a, size) for a, size in enumerate(self._before)]
            self.tensor = Tensor(name, shape)
            self.images = [layer(self.tensor, self.number) for layer in layers]
            changed = [axis for axis in range(start.ndim) if self._changes(axis, conditions)]
            if not changed:
                break
            for axis in changed:
                size = self.fresh[axis].name if axis in self.fresh else next(sizes).name
                # What is positive at first is so after each layer, until a layer may end that.
                is_positive = axis not in self.fresh and self._before[axis].is_at_least(1)
                self.fresh[axis] = IntegerSymbol(size, Sign(negative=False, zero=not is_positive))

    def _changes(self, axis: int, given: Sequence[Boolean]) -> bool:
        """Whether what the size is said to be has to be given up, seeing what the layers make."""
        if axis not in self.fresh:
            return not all(self._keeps(axis, image, given) for image in self.images)
        if sign_of(self.fresh[axis]).least == 0:
            return False
        return not all(size_along(image, axis).is_at_least(1) for image in self.images)

    def _keeps(self, axis: int, image: SignalExpr, given: Sequence[Boolean]) -> bool:
        """Whether the layer certainly leaves the size along an axis as it is."""
        before, after = self.tensor.lengths[axis], image.lengths[axis]
        if before == after:
            return True
        if image.shape[axis].has(LayerNumber):
            return False
        try:
            verdict = Claim(image.shape[axis], self.tensor.shape[axis], given).prove()
        except SymconvError:  # where it is not defined, nothing is certain
            return False
        return isinstance(verdict, Proved) and verdict.is_complete

    def depends_on_number(self, polynomial: Polynomial) -> bool:
        """Whether the number of the layer stands in a polynomial, or a power of it."""
        symbols = {name: s for image in self.images for name, s in image.every_symbol().items()}
        return any(
            isinstance(symbols.get(name), LayerNumber | PowerSymbol)
            for name in polynomial.symbols()
        )


@dataclass(frozen=True, slots=True)
class _Form:
    """What a layer makes of a size m: r·m + b, or ⌊(m + b)/s⌋; or 0 where that is negative.

    Attributes:
        added: b.
        ratio: r or s.
        grows: whether that is r.
        is_cut: whether it may be negative, and is 0 then.
        is_uneven: whether it is not plain that b is never negative, or never positive.
    """

    added: Polynomial
    ratio: Polynomial
    grows: bool
    is_cut: bool
    is_uneven: bool

    @property
    def grows_more(self) -> bool:
        """Whether each entry becomes several: then what was added before does so too."""
        return self.grows and self.ratio.as_integer() != 1

    @classmethod
    def of(cls, size: Polynomial, name: str, symbols: Mapping[str, Symbol]) -> _Form | None:
        """The form of a size in a symbol, if it has one."""
        signs = {known: sign_of(symbol) for known, symbol in symbols.items()}
        bare = without_nonnegative_part(size)
        factor = bare.cofactor(name)
        rest = bare - factor * Polynomial.of(name)
        grows = not rest.mentions(name)
        if not grows:
            quotients = [atom for atom in bare.atoms() if isinstance(atom, Floor)]
            if len(quotients) != 1 or bare.terms.get((quotients[0],)) != 1:
                return None
            behind = bare - Polynomial.of(quotients[0])
            inner = quotients[0].numerator - Polynomial.of(name)
            factor = quotients[0].divisor
            rest = inner + factor * behind
        if rest.mentions(name) or factor.mentions(name) or not is_at_least(factor, 1, signs):
            return None
        is_never_less = is_at_least(rest, 0, signs)
        is_cut = bare != size and not is_never_less
        is_uneven = (
            is_cut
            and any(isinstance(symbols[n], LayerNumber | PowerSymbol) for n in rest.symbols())
            and not is_at_least(-rest, 0, signs)
        )
        return cls(rest, factor, grows, is_cut, is_uneven)


def _require_defined(signal: SignalExpr) -> None:
    """Raise an error unless a tensor is defined at all sizes.

    Raises:
        SymconvError: it is not.
        Undecided: that is not known.
    """
    if next(requirements(signal), None) is not None:
        verdict = Claim(signal, signal).prove()  # raises an error where it is not
        if not isinstance(verdict, Proved):
            raise Undecided(f"it is not known whether {signal} is defined for all sizes")


def _told(symbol: Symbol) -> Expr:
    """A symbol, or the power that it stands for."""
    return symbol.power if isinstance(symbol, PowerSymbol) else symbol


def _spread_out(expression: Expr) -> Expr:
    """The expression multiplied out, unless cases would be repeated by that."""
    return expression if expression.has(Piecewise) else sympy.expand(expression)


def _floor(numerator: Expr, divisor: Expr) -> Expr:
    """⌊numerator / divisor⌋, as it is written."""
    if divisor == 1:
        return numerator
    return sympy.floor(sympy.Mul(1 / divisor, numerator, evaluate=False), evaluate=False)


def sum_of_layers(term: Expr, ratio: Expr, number: Symbol, count: Expr) -> Expr:
    """Σ term·ratio^i over the numbers i = 0, …, count − 1 of layers.

    >>> from symconv import integers
    >>> i, L = integers("i L", nonnegative=True)
    >>> sum_of_layers(3 * i, Integer(1), i, L)
    3*L**2/2 - 3*L/2

    Raises:
        Undecided: SymPy knows no closed form, or none that is right at 0 and from each number of
            layers to the next.
    """
    if number not in term.free_symbols:
        if ratio == 1:
            return count * term
        geometric = (ratio**count - 1) / (ratio - 1)
        if not ratio.is_number:
            geometric = Piecewise((count, Eq(ratio, 1)), (geometric, True))
        return term * geometric
    i, last = Dummy(integer=True), Dummy(integer=True, positive=True)
    found = sympy.summation(term.subs(number, i) * ratio**i, (i, 0, last - 1))
    step = found.subs(last, last + 1) - found - term.subs(number, last) * ratio**last
    if (
        found.has(sympy.Sum, Piecewise)
        or sympy.expand(found.subs(last, 0)) != 0
        or not _vanishes(step, last)
    ):
        raise Undecided(f"no closed form is known of the sum of {term * ratio**number} over layers")
    return sympy.expand(found.subs(last, count))


def _vanishes(expression: Expr, exponent: Symbol) -> bool:
    """Whether it is 0 as a polynomial, in which p^M is an independent variable for each prime p."""
    variables: dict[Expr, Symbol] = {}

    def of(base: Expr, power: Expr) -> Expr:
        times, rest = power.coeff(exponent), power.subs(exponent, 0)
        if not times.is_Integer or sympy.expand(times * exponent + rest - power) != 0:
            return base**power
        primes = sympy.factorint(base) if base.is_Integer and base > 0 else {base: 1}
        found = [
            variables.setdefault(sympy.sympify(prime), Dummy()) ** (many * times)
            for prime, many in primes.items()
        ]
        return sympy.Mul(base**rest, *found)

    spread = sympy.expand(expression)
    powers = {p: of(*p.as_base_exp()) for p in spread.atoms(sympy.Pow) if p.exp.has(exponent)}
    return bool(sympy.expand(spread.xreplace(powers)) == 0)


# --- what is read --------------------------------------------------------------------


@receptive_field.register(Stack)
def _of_stack(stack: Stack, of: SignalExpr | str | None = None) -> ReceptiveField:
    """What an output of a stack of one layer or more reads: see `receptive_field`.

    >>> from symconv import Signal, integers
    >>> n, c, s, L = integers("n c s L", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> field = receptive_field(repeat(lambda t: t.correlate(k, stride=2), L)(x))
    >>> field.size, field.jump
    (2**L*c - 2**L - c + 2, 2**L)
    >>> receptive_field(repeat(lambda t, i: t.correlate(k, dilation=2**i), L)(x)).size
    2**L*c - 2**L - c + 2
    """
    with allowed():
        generic = stack.generic
        (image,) = generic.images
        base = receptive_field(stack.start, of)
        if any(base.of is leaf for leaf in leaves(image).values()):
            raise SymconvError(f"the layers of {stack} read {base.of} beside what they get")
        one = receptive_field(image, of=generic.tensor)
        taken = {name for part in (image, stack.start) for names in part.names for name in names}
        index = output_letters(stack.ndim, taken | stack.count.symbols.keys())
        axes = tuple(
            before
            if isinstance(before, str) or before.axis is None  # however much is read of the start
            else _along(stack, one.axes[before.axis], before, base.of.shape[axis], index)
            for axis, before in enumerate(base.axes)
        )
    if all(isinstance(reach, str) for reach in axes):
        raise SymconvError(f"there is no receptive field of {base.of}: {axes[0]}")
    return ReceptiveField(base.of, axes)


def _along(
    stack: Stack, layer: Reach | str, before: Reach, size: Expr, index: Sequence[Symbol]
) -> Reach | str:
    """What is read along an axis of the input, which has the given size; or why nobody knows."""
    if isinstance(layer, str) or before.axis is None:
        return layer
    if not layer.is_all:
        try:
            return _composed(stack, layer, before, index[before.axis])
        except SymconvError as problem:
            return str(problem)
    if before.first != before.index or before.size != 1 or stack.start.shape[before.axis] != size:
        return "all of what a layer gets is read, and that is a part of the input"
    return Reach(Integer(0), size - 1, size, Integer(0), is_all=True)


def _composed(stack: Stack, layer: Reach, before: Reach, index: Symbol) -> Reach:
    """What is read along an axis, by one layer and by what stands before the stack.

    With the jump s, an output of L layers reads from s^L·u + Σ p_i·s^i on, Σ (r_i − 1)·s^i further.
    """
    start, jump = _even(layer, before.axis)
    first, step = _even(before, before.axis)
    number, count = stack.generic.number, stack.count.written
    start, size, jump = (
        part.xreplace({s: _told(s) for s in part.free_symbols})
        for part in (start, layer.size, jump)
    )
    if set(stack.generic.fresh.values()) & {s for p in (start, size) for s in p.free_symbols}:
        raise SymconvError("what a layer reads depends on the size of what it gets")
    for moved in (jump, step):
        if moved.has(LayerNumber) or not is_plainly_at_least(moved, 1):
            raise SymconvError(f"the jump of each layer has to be one positive number, not {moved}")
    start = _spread_out(step * sum_of_layers(start, jump, number, count) + first)
    size = _spread_out(step * sum_of_layers(size - 1, jump, number, count) + before.size)
    whole = step * jump**count
    begin = whole * index + start
    return Reach(begin, _spread_out(begin + size - 1), size, whole, before.axis, index)


def _even(reach: Reach, axis: int | None) -> tuple[Expr, Expr]:
    """Where what is read begins for output 0, and the jump.

    Raises:
        SymconvError: it does not move by the jump from each output to the next.
    """
    start = _spread_out(reach.first - reach.jump * (reach.index or 0))
    if reach.axis != axis or reach.index in start.free_symbols | reach.size.free_symbols:
        raise SymconvError("what a layer reads along an axis does not move evenly along it")
    return start, reach.jump

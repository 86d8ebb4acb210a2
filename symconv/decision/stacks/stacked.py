"""Stacks: a layer that is applied a number of times, which may be a symbol.

A stack stands outside of the graph of operators: it is no tensor, since no operator knows how often
something is to be done.  What is said of all its layers is proved by induction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, SupportsIndex

from sympy import Expr, Max, Symbol

from symconv.arithmetic.limits import (
    FAR_LAYERS_COMPARED,
    LONGEST_SIZE_COMPARED,
    MOST_LAYERS,
    NUMBERS_OF_LAYERS_COMPARED,
)
from symconv.arithmetic.polynomials import (
    nonnegative_part,
)
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.arithmetic.work import allowed
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.stacks.generic import Generic
from symconv.decision.stacks.layers import Layer
from symconv.decision.stacks.numbers import told
from symconv.decision.stacks.sizes import Form, rounded_down, spread_out, sum_of_layers
from symconv.decision.verdicts import Proved, Refuted
from symconv.errors import SymconvError, Undecided
from symconv.language.amounts import Amount, integer_argument
from symconv.language.assignments import point
from symconv.language.graph import leaves, requirements
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor, replaced, substituted

__all__ = ["Stack"]


class _NoForm(Undecided):
    """A size of which no closed form is found; the message says why."""


class Stack:
    """A layer applied to a tensor as many times as an expression says; see `repeat`.

    `stack == other` is the claim that it is equal to another stack, or to a tensor.
    """

    __slots__ = ("__dict__", "count", "layer", "start")

    layer: Layer
    count: Amount
    """How many layers there are."""
    start: SignalExpr
    """What the first of them is applied to."""

    def __init__(self, layer: Layer, count: Amount, start: SignalExpr) -> None:
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
        from symconv.decision.stacks.induction import StackClaim

        return StackClaim(self, other, given)

    def at(self, /, **numbers: SupportsIndex) -> SignalExpr:
        """The layers that there are for given values of the symbols in their number.

        >>> from symconv import Signal, integers, repeat
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
        return substituted(self.layers(count, self.start), values)

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

        >>> from symconv import Signal, integers, repeat
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
        try:
            return self._size(self.generic, axis, self.count)
        except _NoForm as reason:
            raise Undecided(
                f"the size of {self} along axis {axis} has no closed form: {reason}"
            ) from None

    def _size(self, generic: Generic, axis: int, count: Amount) -> Expr:
        """The size along an axis after so many layers, which are read."""
        if axis not in generic.fresh:
            return self.start.shape[axis]
        (image,) = generic.images
        symbols = {**self.start.every_symbol(), **image.every_symbol(), **count.symbols}
        form = Form.of(image.lengths[axis], generic.fresh[axis].name, symbols)
        if form is None:
            raise _NoForm(f"one layer makes {image.shape[axis]} of what it gets")
        n = self.start.lengths[axis]
        depends = generic.depends_on_number(form.added)
        if form.ratio.as_integer() == 1 and not depends:
            size = n + count.polynomial * form.added
            return polynomial_expression(nonnegative_part(size) if form.is_cut else size, symbols)
        if form.is_uneven or generic.depends_on_number(form.ratio) or (depends and form.grows_more):
            raise _NoForm(f"one layer makes {image.shape[axis]}, layer by layer")
        names = {name: told(symbol) for name, symbol in symbols.items()}
        before, added, ratio = (
            polynomial_expression(p, names) for p in (n, form.added, form.ratio)
        )
        power = ratio**count.written
        total = sum_of_layers(added, ratio, generic.number, count.written)
        if form.grows:
            size_ = spread_out(power * before + total)
        else:
            size_ = rounded_down(spread_out(before + total), power)
        return Max(0, size_, evaluate=False) if form.is_cut else size_

    @property
    def generic(self) -> Generic:
        """One layer on a tensor that stands for what any number of layers have made.

        Raises:
            SymconvError: the layer cannot be read so, or does something else with some tensors or
                numbers.
        """
        if isinstance(self._read, SymconvError):
            raise self._read
        return self._read

    @cached_property
    def _read(self) -> Generic | SymconvError:
        """The same, or why there is none."""
        try:
            generic = Generic(self.start, [self.layer], [self.count])
            self.layer.check(generic.images[0], generic.tensor, generic.number)
            self._check_tensors(generic)
        except SymconvError as problem:
            return problem
        return generic

    def _check_tensors(self, generic: Generic) -> None:
        """Refuse a layer that does with what layers have made something else than with any tensor.

        Compared are the first layers, as long as the sizes are short, and far ones by tensors of
        the size that they get, where that has a closed form.

        Raises:
            Undecided: it does.
            SymconvError: layers name tensors alike that have other sizes.
        """
        signal = self.start
        for number in range(NUMBERS_OF_LAYERS_COMPARED):
            if sum(size.written_size() for size in signal.lengths) > LONGEST_SIZE_COMPARED:
                break
            signal = self._compared(generic, signal, number)
        for number, sizes in self._far_sizes(generic):
            self._compared(generic, Tensor(generic.tensor.name, sizes), number)

    def _far_sizes(self, generic: Generic) -> Iterator[tuple[int, list[Amount]]]:
        """Numbers of far layers, with the sizes that they get, where these have a closed form."""
        count = integer_argument(generic.number, "the number of the layer")
        with suppress(SymconvError):
            sizes = [self._size(generic, axis, count) for axis in range(self.ndim)]
            for number in FAR_LAYERS_COMPARED:
                at = (size.subs(generic.number, number) for size in sizes)
                yield number, [integer_argument(size, "a size") for size in at]

    def _compared(self, generic: Generic, signal: SignalExpr, number: int) -> SignalExpr:
        """What a layer makes of a tensor; an error unless that is what it does with any.

        What is compared is one layer, whatever the tensor was made by.
        """
        made, meant = self.layer(signal, number), generic.applied(signal, number)
        leaves(made)  # the same names for other sizes are refused
        if made is not meant:
            sizes = [size_along(signal, axis) for axis in range(self.ndim)]
            one = {signal: Tensor(generic.tensor.name, sizes)}
            claim = Claim(replaced(made, one.get), replaced(meant, one.get))
            if isinstance(claim.prove(), Refuted):
                raise Undecided(
                    f"the layer makes {made} of {signal}, and not {meant}, as it would have to if "
                    "it did the same with every tensor"
                )
        return meant

    def layers(self, count: int, signal: SignalExpr, first: Any = 0) -> SignalExpr:
        """So many layers behind one another on a tensor, of which the first has the given number.

        They are what was read of the layer, and nothing that it may do another time; a layer that
        cannot be read for every tensor and number is applied to each.
        """
        read = self._read
        one = self.layer if isinstance(read, SymconvError) else read.applied
        for number in range(count):
            signal = one(signal, first + number)
        return signal

    def __str__(self) -> str:
        try:
            generic = self.generic
        except SymconvError:  # no one expression says what the layers do
            return f"repeat(layer, {self.count})({self.start})"
        arguments = f"{generic.tensor.name}{f', {generic.number}' * self.layer.takes_number}"
        (image,) = generic.images
        return f"repeat(lambda {arguments}: {image}, {self.count})({self.start})"

    def __repr__(self) -> str:
        return str(self)


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

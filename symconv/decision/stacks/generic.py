"""One layer on a tensor that stands for whatever the layers before have made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sympy import Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.polynomials import (
    Polynomial,
)
from symconv.arithmetic.symbols import IntegerSymbol, Sign, sign_of
from symconv.arithmetic.to_sympy import letters
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.stacks.numbers import LayerNumber, PowerSymbol
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr, Tensor, put_in, substituted

__all__ = ["Generic"]


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

    def applied(self, signal: SignalExpr, number: Any) -> SignalExpr:
        """What the layer of a number makes of a tensor, by what it makes of this one."""
        (image,) = self.images
        powers = [s for s in image.every_symbol().values() if isinstance(s, PowerSymbol)]
        sizes = {size: size_along(signal, axis) for axis, size in self.fresh.items()}
        values = {**sizes, self.number: number, **{s: int(s.power.base) ** number for s in powers}}
        return put_in(substituted(image, values), {self.tensor.name: signal})

    def depends_on_number(self, polynomial: Polynomial) -> bool:
        """Whether the number of the layer stands in a polynomial, or a power of it."""
        symbols = {name: s for image in self.images for name, s in image.every_symbol().items()}
        return any(
            isinstance(symbols.get(name), LayerNumber | PowerSymbol)
            for name in polynomial.symbols()
        )

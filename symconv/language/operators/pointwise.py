"""Functions of each entry: those of which nothing is known, and those that networks use."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symconv.errors import SymconvError, as_given
from symconv.language.arrays import Array, Doubles
from symconv.language.functions import FUNCTIONS, Function, leaky_relu, unknown_function
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Operator,
    check_operand,
)
from symconv.language.operators.scale import exact_number, exact_number_hint
from symconv.language.operators.torch_code import torch_tensor
from symconv.language.scalars import EVERY_RING, RATIONAL, REALS

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Apply", "Pointwise", "PointwiseMethods"]

_IN_LATEX = {
    "relu": r"\operatorname{ReLU}",
    "relu6": r"\operatorname{ReLU6}",
    "leaky_relu": r"\operatorname{LeakyReLU}",
    "gelu": r"\operatorname{GELU}",
    "silu": r"\operatorname{SiLU}",
    "tanh": r"\tanh",
    "exp": r"\exp",
    "log": r"\log",
}
"""Functions as they are written in papers; the others by their names."""


@dataclass(frozen=True, slots=True)
class Apply(Operator):
    """A function of each entry.

    Attributes:
        function: which.
    """

    function: Function

    is_drawn = False
    is_opaque = True
    names_entries = True
    may_be_torch = True
    empty_by_operands_alone = True

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The function of each; zeros that were put beside floats are floats."""
        entries = operands[0].entries
        if any(isinstance(entry, float) for entry in entries):
            entries = [float(a) if isinstance(a, int | Fraction) else a for a in entries]
        return [self.function.value(a, fixed.functions) for a in entries]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The function of each; of magnitudes, by how much it may stretch them."""
        import numpy as np

        from symconv.language.functions_of_doubles import of_doubles

        (x,) = operands
        name = self.function.name
        found = given.functions.get(name) or of_doubles(self.function)
        if found is None:
            raise SymconvError(
                f"nothing is known of the function {name}; say what it is of an array, as in "
                f"functions={{{name!r}: np.tanh}}"
            )
        if not given.magnitudes:
            values = np.asarray(found(x), dtype=np.float64)
            if values.shape != shape:
                raise SymconvError(
                    f"the function {name} is one of each entry, and made an array of shape "
                    f"{values.shape} of one of shape {shape}"
                )
            return values - found(np.zeros(1))[0] if self.function.is_shifted else values
        if not self.function.is_homogeneous or name in given.functions:
            raise SymconvError(
                f"there are no magnitudes of {name}(x), which is no sum of products and no "
                "multiple of x on either side of 0"
            )
        return x * float(np.max(np.abs(found(np.array([-1.0, 1.0])))))

    @property
    def has_fractions(self) -> bool:
        """Whether there may be fractions: what is said of a function does not exclude them."""
        return True

    @property
    def ring(self) -> str:
        """The reals, of a function that is known; and what f(0) asks for, of another one."""
        if self.function.meaning is not None:
            return REALS
        at_zero = self.function.at_zero
        return EVERY_RING if at_zero is None or at_zero.denominator == 1 else RATIONAL

    def code(self, write: Code, node: SignalExpr) -> str:
        """The method, and f(x) of a function of which nothing is known."""
        (inner,) = node.operands
        if self.function.meaning is None or self.function.is_shifted:
            return self.function.call.format(write.text(inner))
        slope = self.function.parameter
        argument = "" if slope is None else write.argument(slope)
        return f"{write.receiver(inner)}.{self.function.name}({argument})"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The function as it is written."""
        inner = write.operand(node.operands[0], 0)
        name, slope = self.function.name, self.function.parameter
        if write.is_latex:
            known = self.function.meaning is not None
            name = _IN_LATEX.get(name, rf"\operatorname{{{name}}}") if known else write.name(name)
            if slope is not None:
                name += f"_{{{slope}}}"
            return rf"{name}\left({inner}\right)", ATOM
        return f"{name}({inner}{'' if slope is None else f'; {slope}'})", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """The function in NumPy."""
        (inner,) = node.operands
        meaning = self.function.meaning
        if meaning is None:
            return f"{write.function(self.function.name)}({write.text(inner)})"
        if write.with_torch:
            slope = self.function.parameter
            given = "" if slope is None else f", {slope}"
            return f"{meaning.torch}({torch_tensor(write.text(inner), inner)}{given}).numpy()"
        return meaning.numpy.format(write.text(inner))


@dataclass(frozen=True, slots=True)
class Pointwise:
    """A function of which nothing is known but, where it is given, its value at 0.

    Applied to a tensor it is applied to each entry.  What is proved with it holds for every
    function; what is refuted is refuted with one that is a polynomial.

    Args:
        name: an identifier.
        at_zero: f(0), an integer or a fraction; padding with zeros commutes with f where it is 0.

    >>> from symconv import Claim, Signal, integers
    >>> n = integers("n", positive=True)
    >>> x, f = Signal("x", n), Pointwise("f")
    >>> print(Claim(f(x.flip()), f(x).flip()).prove())
    proved for all lengths

    Raises:
        SymconvError: the name is no identifier or one of a function that is known, or the value
            is no exact number.
    """

    name: str
    at_zero: Any = None
    function: Function = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        value = self.at_zero
        exact = None if value is None else exact_number(value)
        if exact is None and value is not None:
            raise SymconvError(
                f"f(0) of {self.name} is an integer or a fraction, got {as_given(value)}"
                f"{exact_number_hint(value)}"
            )
        object.__setattr__(self, "function", unknown_function(self.name, exact))

    def __call__(self, x: SignalExpr) -> SignalExpr:
        """The function of each entry."""
        check_operand(x, f"{self.name}(x)")
        return x.apply(Apply(self.function))

    def __str__(self) -> str:
        return self.name


class PointwiseMethods(Operand):
    """The methods of tensors, for functions that are known."""

    __slots__ = ()

    def relu(self) -> SignalExpr:
        """max(x, 0), entry by entry."""
        return self._of("relu")

    def relu6(self) -> SignalExpr:
        """min(max(x, 0), 6), entry by entry."""
        return self._of("relu6")

    def leaky_relu(self, negative_slope: Any = Fraction(1, 100)) -> SignalExpr:
        """X where x ≥ 0, and the slope times x elsewhere.

        Raises:
            SymconvError: the slope is no exact number.
        """
        slope = exact_number(negative_slope)
        if slope is None:
            raise SymconvError(
                f"the slope of a leaky ReLU is an integer or a fraction, "
                f"got {as_given(negative_slope)}"
                f"{exact_number_hint(negative_slope)}"
            )
        return self.apply(Apply(leaky_relu(slope)))

    def sigmoid(self) -> SignalExpr:
        """1/(1 + exp(−x)), entry by entry; it is 1/2 at 0."""
        return self._of("sigmoid")

    def tanh(self) -> SignalExpr:
        """The hyperbolic tangent of each entry."""
        return self._of("tanh")

    def gelu(self) -> SignalExpr:
        """x·Φ(x) with the normal distribution Φ, entry by entry; not its approximation."""
        return self._of("gelu")

    def silu(self) -> SignalExpr:
        """x/(1 + exp(−x)), entry by entry."""
        return self._of("silu")

    def hardswish(self) -> SignalExpr:
        """x·relu6(x + 3)/6, entry by entry."""
        return self._of("hardswish")

    def exp(self) -> SignalExpr:
        """The exponential function of each entry; it is 1 at 0."""
        return self._of("exp")

    def reciprocal(self) -> SignalExpr:
        """1/x, entry by entry; what is claimed of it is claimed where no entry of x is 0."""
        return self._of("reciprocal")

    def sqrt(self) -> SignalExpr:
        """√x, entry by entry; what is claimed of it is claimed where no entry of x is negative."""
        return self._of("sqrt")

    def log(self) -> SignalExpr:
        """The natural logarithm of each entry; it is claimed about where all are positive."""
        return self._of("log")

    def erf(self) -> SignalExpr:
        """The error function of each entry, by which `gelu` is defined."""
        return self._of("erf")

    def _of(self, name: str) -> SignalExpr:
        return self.apply(Apply(Function(name, FUNCTIONS[name].at_zero)))

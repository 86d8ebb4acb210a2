"""Functions of one number: those that networks use, and those of which nothing is known.

What a function is known for (its value at 0, that it rises) is what the decision uses; what it
is, for numbers of every kind, is used to compute, and to refute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from keyword import iskeyword
from typing import Any

import flint
import sympy
from sympy import Expr, Rational

from symconv.errors import SymconvError, as_given

__all__ = [
    "FUNCTIONS",
    "Function",
    "Meaning",
    "largest",
    "leaky_relu",
    "number_of_kind",
    "unknown_function",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a known function is.

    Attributes:
        value: of a number, which may be exact, a float, a ball of real numbers or of SymPy.
        at_zero: f(0); None where it has no value.
        rises: whether f(a) ≤ f(b) for a ≤ b, so that it may be exchanged with a maximum.
        is_nonnegative: whether f(a) ≥ 0.
        is_idempotent: whether f(f(a)) = f(a).
        is_homogeneous: whether f(c·a) = c·f(a) for c > 0.
        is_exact: whether it is a fraction of every fraction.
        numpy: the same in NumPy, of {0}, so that it can be indexed or multiplied.
        torch: the function of PyTorch.
    """

    value: Callable[[Any], Any]
    at_zero: Fraction | None
    numpy: str
    torch: str
    rises: bool = False
    is_nonnegative: bool = False
    is_idempotent: bool = False
    is_homogeneous: bool = False
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A function of numbers by its name, less a number.

    Attributes:
        name: what it is called; of a known function, what the method of tensors is called.
        at_zero: its value at 0; None where that is not known.
        parameter: the slope of a leaky ReLU on the negative side.
        is_shifted: whether f(0) is subtracted, so that 0 becomes 0.
    """

    name: str
    at_zero: Fraction | None = None
    parameter: Fraction | None = None
    is_shifted: bool = False

    @property
    def meaning(self) -> Meaning | None:
        """What it is, where that is known; without what is subtracted."""
        if self.parameter is not None:
            return _leaky(self.parameter)
        return FUNCTIONS.get(self.name)

    @property
    def rises(self) -> bool:
        """Whether it is known to rise."""
        return self.meaning is not None and self.meaning.rises

    @property
    def is_nonnegative(self) -> bool:
        """Whether it is known to be nowhere negative."""
        return self.meaning is not None and self.meaning.is_nonnegative and not self._is_moved

    @property
    def is_idempotent(self) -> bool:
        """Whether applying it again is known to change nothing."""
        return self.meaning is not None and self.meaning.is_idempotent and not self._is_moved

    @property
    def is_homogeneous(self) -> bool:
        """Whether positive factors are known to go through it."""
        return self.meaning is not None and self.meaning.is_homogeneous and not self._is_moved

    @property
    def is_exact(self) -> bool:
        """Whether its values are fractions where its arguments are; a free one may be chosen so."""
        return self.meaning is None or self.meaning.is_exact

    @property
    def _is_moved(self) -> bool:
        return self.is_shifted and self.at_zero != 0

    def shifted(self) -> Function:
        """The function less its value at 0."""
        if self.at_zero == 0 or self.is_shifted:
            return self
        return Function(self.name, self.at_zero, self.parameter, True)

    def value(self, number: Any, chosen: Mapping[str, Callable[[Any], Any]]) -> Any:
        """The value at a number.

        Args:
            number: where.
            chosen: what functions are instead; one of which nothing is known otherwise is a
                function of SymPy.
        """
        found = chosen.get(self.name) or self._known
        if self.is_shifted:
            return found(number) - found(number * 0)
        return found(number)

    @property
    def _known(self) -> Callable[[Any], Any]:
        if self.meaning is not None:
            return self.meaning.value
        return lambda number: (
            sympy.Integer(0)
            if number == 0 and self.at_zero == 0
            else sympy.Function(self.name)(sympy.sympify(_for_sympy(number)))
        )

    @property
    def call(self) -> str:
        """How it is written, of {0}."""
        text = f"{self.name}({{0}})"
        return f"({text} - {self.name}(0))" if self._is_moved else text


# --- numbers of several kinds --------------------------------------------------------


def largest(numbers: list[Any]) -> Any:
    """The largest of some numbers of one kind, of which there is at least one.

    Raises:
        SymconvError: they have no order, as complex numbers.
    """
    try:
        return _largest(numbers)
    except (TypeError, ValueError):
        listed = ", ".join(map(str, numbers))
        raise SymconvError(f"there is no largest of {listed}; real numbers have an order") from None


def _largest(numbers: list[Any]) -> Any:
    first = numbers[0]
    if isinstance(first, Expr) or any(isinstance(number, Expr) for number in numbers):
        return sympy.Max(*map(_for_sympy, numbers))
    if isinstance(first, flint.arb):
        result = first
        for number in numbers[1:]:
            result = result.max(number)
        return result
    return max(numbers)


def number_of_kind(number: Fraction, of: Any) -> Any:
    """An exact number as one of the kind of another."""
    if isinstance(of, flint.arb):
        return flint.arb(flint.fmpq(number.numerator, number.denominator))
    if isinstance(of, float):
        return float(number)
    if isinstance(of, Expr):
        return Rational(number.numerator, number.denominator)
    return number.numerator if number.denominator == 1 else number


def _for_sympy(number: Any) -> Any:
    if isinstance(number, Fraction):
        return Rational(number.numerator, number.denominator)
    return sympy.Integer(number) if isinstance(number, int) else number


def _transcendental(name: str) -> Callable[[Any], Any]:
    """exp, tanh or erf: of a float a float, of a ball a ball, and otherwise SymPy's."""
    of_floats: Callable[[float], float] = getattr(math, name)
    of_expressions = getattr(sympy, name)

    def value(number: Any) -> Any:
        if isinstance(number, float):
            with suppress(OverflowError):
                return of_floats(number)
            return math.inf  # as NumPy has it
        if isinstance(number, flint.arb):
            return getattr(number, name)()
        return of_expressions(_for_sympy(number))

    return value


_exp, _tanh, _erf = map(_transcendental, ("exp", "tanh", "erf"))


def _reciprocal(number: Any) -> Any:
    """1/a, which has no value at 0."""
    if isinstance(number, flint.arb):
        return 1 / number
    if number != 0:
        return number_of_kind(Fraction(1), number) / _as_fraction(number)
    if isinstance(number, float):
        return math.nan
    raise SymconvError("1/a is asked for at a = 0, where it has no value")


def _as_fraction(number: Any) -> Any:
    return Fraction(number) if isinstance(number, int) else number


def _of_positive(name: str) -> Callable[[Any], Any]:
    """A square root or a logarithm: of a float a float, of a ball a ball, and otherwise SymPy's.

    Where it has no value, it is no number (nan) of floats and balls.
    """
    of_floats: Callable[[float], float] = getattr(math, name)
    of_expressions = getattr(sympy, name)

    def value(number: Any) -> Any:
        if isinstance(number, float):
            with suppress(ValueError):
                return of_floats(number)
            return math.nan
        if isinstance(number, flint.arb):
            return getattr(number, name)()
        found = of_expressions(_for_sympy(number))
        if found.is_real is False or found.is_finite is False:
            raise SymconvError(f"{name}(a) is asked for at a = {number}, where it has no value")
        return found

    return value


_sqrt, _log = map(_of_positive, ("sqrt", "log"))


def _root_of_two(number: Any) -> Any:
    if isinstance(number, float):
        return math.sqrt(2)
    return flint.arb(2).sqrt() if isinstance(number, flint.arb) else sympy.sqrt(2)


def _relu(number: Any) -> Any:
    return largest([number, number * 0 + 0])  # a float may be −0.0


def _between(number: Any, low: int, high: int) -> Any:
    """The number, or the nearer one of two between which it does not lie."""
    above = largest([number, number * 0 + low])
    return -largest([-above, number * 0 - high])


def _sigmoid(number: Any) -> Any:
    if isinstance(number, float):  # whose exp may overflow
        return math.tanh(number / 2) / 2 + 0.5
    return 1 / (1 + _exp(-number))


def _half(number: Any) -> Any:
    return number_of_kind(Fraction(1, 2), number) * number


def _gelu(number: Any) -> Any:
    return _half(number) * (_erf(_over_root(number)) + 1)


def _over_root(number: Any) -> Any:
    number = _for_sympy(number)
    return number / _root_of_two(number)


def _silu(number: Any) -> Any:
    return _for_sympy(number) * _sigmoid(number)


def _hardswish(number: Any) -> Any:
    return number * _between(number + 3, 0, 6) * number_of_kind(Fraction(1, 6), number)


def _leaky(slope: Fraction) -> Meaning:
    def value(number: Any) -> Any:
        below = -largest([-number, number * 0])
        return largest([number, number * 0]) + number_of_kind(slope, number) * below

    return Meaning(
        value,
        Fraction(0),
        f"np.where({{0}} > 0, {{0}}, ({{0}}) * {slope.numerator} / {slope.denominator})",
        "torch.nn.functional.leaky_relu",
        rises=slope >= 0,
        is_nonnegative=slope <= 0,
        is_idempotent=slope <= 0 or slope == 1,
        is_homogeneous=True,
    )


_ZERO = Fraction(0)

FUNCTIONS: Mapping[str, Meaning] = {
    "relu": Meaning(
        _relu,
        _ZERO,
        "np.maximum({0}, 0)",
        "torch.nn.functional.relu",
        rises=True,
        is_nonnegative=True,
        is_idempotent=True,
        is_homogeneous=True,
    ),
    "relu6": Meaning(
        lambda number: _between(number, 0, 6),
        _ZERO,
        "np.clip({0}, 0, 6)",
        "torch.nn.functional.relu6",
        rises=True,
        is_nonnegative=True,
        is_idempotent=True,
    ),
    "sigmoid": Meaning(
        _sigmoid,
        Fraction(1, 2),
        "(1 / (1 + np.exp(-({0}))))",
        "torch.sigmoid",
        rises=True,
        is_nonnegative=True,
        is_exact=False,
    ),
    "tanh": Meaning(_tanh, _ZERO, "np.tanh({0})", "torch.tanh", rises=True, is_exact=False),
    "gelu": Meaning(
        _gelu,
        _ZERO,
        "(({0}) / 2 * (1 + np.vectorize(math.erf, otypes=[float])(({0}) / np.sqrt(2))))",
        "torch.nn.functional.gelu",
        is_exact=False,
    ),
    "silu": Meaning(
        _silu, _ZERO, "(({0}) / (1 + np.exp(-({0}))))", "torch.nn.functional.silu", is_exact=False
    ),
    "hardswish": Meaning(
        _hardswish, _ZERO, "(({0}) * np.clip(({0}) + 3, 0, 6) / 6)", "torch.nn.functional.hardswish"
    ),
    "exp": Meaning(
        _exp,
        Fraction(1),
        "np.exp({0})",
        "torch.exp",
        rises=True,
        is_nonnegative=True,
        is_exact=False,
    ),
    "reciprocal": Meaning(
        _reciprocal, None, "(1 / np.asarray({0}))", "torch.reciprocal", is_exact=False
    ),
    "sqrt": Meaning(
        _sqrt,
        _ZERO,
        "np.sqrt({0})",
        "torch.sqrt",
        rises=True,
        is_nonnegative=True,
        is_exact=False,
    ),
    "log": Meaning(_log, None, "np.log({0})", "torch.log", rises=True, is_exact=False),
    "erf": Meaning(
        _erf,
        _ZERO,
        "np.vectorize(math.erf, otypes=[float])({0})",
        "torch.erf",
        rises=True,
        is_exact=False,
    ),
}
"""The functions that tensors have methods for, besides the leaky ReLU, which has a parameter.

References:
    The names are those of torch.nn.functional, and from exp on of torch itself.
"""


def leaky_relu(slope: Fraction) -> Function:
    """X where x ≥ 0, and slope·x elsewhere."""
    return Function("leaky_relu", _ZERO, slope)


def unknown_function(name: str, at_zero: Fraction | None) -> Function:
    """A function of which nothing is known, but for its value at 0 where that is given.

    Raises:
        SymconvError: it has the name of a function that is known, or no name.
    """
    if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
        raise SymconvError(
            f"a function's name must be an identifier such as 'f', got {as_given(name)}"
        )
    if name in FUNCTIONS or name == "leaky_relu":
        raise SymconvError(f"{name} is a function that is known; write x.{name}()")
    return Function(name, at_zero)

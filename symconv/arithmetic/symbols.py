"""Integer symbols that are safe to calculate with, and what is known of the sign of a symbol.

SymPy simplifies what it knows to be an integer, and not always rightly: with integer
symbols `floor(Max(2*n, 4)/6)*6` becomes `Max(2*n, 4)`, because SymPy takes every even
number divided by 6 for an integer.  Of the symbols made here SymPy knows nothing, so that
it leaves floors and remainders alone; that they are integers, and their signs, is
symconv's own knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy
from sympy import Symbol

from symconv.errors import SymconvError, as_given

__all__ = ["IntegerSymbol", "Sign", "integers", "is_integer", "sign_of"]


@dataclass(frozen=True, slots=True)
class Sign:
    """Which signs an integer may have."""

    negative: bool = True
    zero: bool = True
    positive: bool = True

    @property
    def least(self) -> int | None:
        """The smallest value, if there is one."""
        return None if self.negative else 0 if self.zero else 1

    @property
    def largest(self) -> int | None:
        """The largest value, if there is one."""
        return None if self.positive else 0 if self.zero else -1

    @property
    def nearest(self) -> int:
        """The value nearest to 0."""
        return 0 if self.zero else 1 if self.positive else -1

    def allows(self, value: int) -> bool:
        """Whether a value has one of these signs."""
        return (
            (value < 0 and self.negative)
            or (value == 0 and self.zero)
            or (value > 0 and self.positive)
        )


_ANY = Sign()


class IntegerSymbol(Symbol):  # type: ignore[misc]
    """A SymPy symbol that symconv, and not SymPy, knows to be an integer; see `integers`."""

    __slots__ = ("sign",)

    sign: Sign

    def __new__(cls, name: str, sign: Sign = _ANY) -> IntegerSymbol:
        """The symbol of that name and sign; two of them are equal when both are."""
        self: IntegerSymbol = Symbol.__xnew__(cls, name)
        self.sign = sign
        return self

    @classmethod
    def class_key(cls) -> Any:
        """Sorts it among SymPy's own symbols by its name, so that sums are printed alike."""
        return Symbol.class_key()

    def __getnewargs_ex__(self) -> tuple[tuple[str, Sign], dict[str, Any]]:
        return (self.name, self.sign), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        # SymPy compares these to put symbols in order.
        return (self.name, self.sign.negative, self.sign.zero, self.sign.positive)


def integers(
    names: str,
    *,
    positive: bool = False,
    nonnegative: bool = False,
    negative: bool = False,
    nonpositive: bool = False,
    nonzero: bool = False,
) -> Any:
    """Integer symbols, for lengths, amounts, strides and indices.

    They are SymPy symbols in all but one respect: SymPy is not told that they are integers,
    since some of what it then simplifies comes out wrong.  symconv knows.

    Args:
        names: the names, with spaces or commas between them, as `sympy.symbols` takes them.
        positive: 1 or more.
        nonnegative: 0 or more.
        negative: −1 or less.
        nonpositive: 0 or less.
        nonzero: not 0.

    Returns:
        One symbol for one name, otherwise a tuple.

    >>> n, c = integers("n c", positive=True)
    >>> 6 * ((2 * n + c) // 6)
    6*floor(c/6 + n/3)
    >>> import sympy
    >>> m = sympy.Symbol("m", integer=True)  # with SymPy's own integers this goes wrong:
    >>> sympy.Mod(sympy.Max(2 * m, 4), 6), sympy.Mod(sympy.Max(2 * n, 4), 6)
    (0, Mod(Max(4, 2*n), 6))

    Raises:
        SymconvError: what is said of the signs leaves nothing.
    """
    if not isinstance(names, str) or not names.strip(", "):
        raise SymconvError(f"expected names such as 'n c', got {as_given(names)}")
    sign = Sign(
        negative=not (positive or nonnegative),
        zero=not (positive or negative or nonzero),
        positive=not (negative or nonpositive),
    )
    if not (sign.negative or sign.zero or sign.positive):
        raise SymconvError(f"no integer has all of these signs; the symbols {names!r}")
    return sympy.symbols(names, cls=lambda name: IntegerSymbol(name, sign))


def is_integer(symbol: Any) -> bool:
    """Whether a symbol stands for an integer, by what SymPy or symconv knows."""
    return isinstance(symbol, IntegerSymbol) or bool(symbol.is_integer)


def sign_of(symbol: Symbol) -> Sign:
    """Which signs a symbol may have, by what SymPy or symconv knows.

    >>> sign_of(Symbol("n", integer=True, nonnegative=True))
    Sign(negative=False, zero=True, positive=True)
    """
    return symbol.sign if isinstance(symbol, IntegerSymbol) else _declared_sign(symbol)


@lru_cache(maxsize=4096)
def _declared_sign(symbol: Symbol) -> Sign:
    possible = (symbol.is_negative, symbol.is_zero, symbol.is_positive)
    return Sign(*(known is not False for known in possible))

"""A term of a sum that counts only where a condition holds.

SymPy's `Piecewise` says the same, but `Sum` moves a Piecewise out of a sum within it, with
a condition on the inner index: the formula then says something else.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Function, Piecewise
from sympy.logic.boolalg import Boolean

from symconv.errors import SymconvError, as_given

__all__ = ["SuchThat", "such_that"]


class SuchThat(Function):  # type: ignore[misc]
    """The term where the condition holds, and 0 elsewhere; see `such_that`."""

    nargs = 2

    @property
    def free_symbols(self) -> set[Any]:
        """Those of the term and of the condition."""
        found: set[Any] = set().union(*(a.free_symbols for a in self.args))
        return found

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = str(printer._print(Piecewise(self.args, (0, True))))
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


def such_that(term: Expr, condition: Boolean | bool) -> Expr:
    """The term where the condition holds, and 0 elsewhere.

    A sum over even m of x[m] is Sum(such_that(x[m], Eq(Mod(m, 2), 0)), (m, -oo, oo)).

    >>> from sympy import Eq, Sum
    >>> from symconv import Claim, Signal, integers
    >>> n = integers("n", positive=True)
    >>> u, m = integers("u m")
    >>> x = Signal("x", n)
    >>> even = Sum(such_that(x[m], Eq(m, 2 * u)), (m, 0, n - 1))
    >>> kept = Signal.from_formula(u, even, length=x.downsample(2).length)
    >>> print(Claim(kept, x.downsample(2)).prove())
    proved for all lengths

    Raises:
        SymconvError: the term is no expression, or the condition is none.
    """
    if not isinstance(term, Expr | int) or isinstance(term, bool):
        raise SymconvError(f"expected a term such as x[m], got {as_given(term)}")
    if not isinstance(condition, Boolean | bool) or isinstance(condition, Expr):
        raise SymconvError(
            f"expected a condition such as Eq(Mod(m, 2), 0), got {as_given(condition)}"
        )
    result: Expr = SuchThat(sympy.sympify(term), sympy.true if condition is True else condition)
    return result

"""Formulas as Rocq writes them, and the cases that a rule speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sympy import And, Indexed, Piecewise, Rational
from sympy.core.relational import Eq

from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.errors import Uncertified
from symconv.formal.rocq_syntax import Names, argument, list_text, polynomial_text, scalar_text
from symconv.language.notation import plain
from symconv.language.operators import Formula
from symconv.language.signals import SignalExpr

__all__ = ["Case", "case_of", "formula_text"]


@dataclass(frozen=True, slots=True)
class Case:
    """A formula that Rocq is told: a number under equations, or an entry.

    Attributes:
        number: the number.
        equations: pairs that have to be equal.
        position: where the entry of the operand stands, in the indices of the formula.
    """

    number: Fraction
    equations: tuple[tuple[Polynomial, Polynomial], ...] = ()
    position: tuple[Polynomial, ...] | None = None


def case_of(signal: SignalExpr) -> Case:
    """The formula, where its indices are atoms by the numbers of their axes.

    Raises:
        Uncertified: it is of another kind.
    """
    operator = signal.operator
    assert isinstance(operator, Formula)
    values = {s: amount.polynomial for s, amount in operator.chosen}
    values |= {s: Polynomial.of(axis) for axis, s in enumerate(operator.indices)}

    def polynomial(expression: object) -> Polynomial:
        found, divisor = scaled_polynomial(expression, values)
        if divisor != 1:
            raise Uncertified(f"certificates have no rule for the formula {plain(signal)}")
        return found

    match operator.expression:
        case Rational() as number:
            return Case(Fraction(int(number.p), int(number.q)))
        case Piecewise(args=(inside, outside)) if outside.expr == 0 and isinstance(
            inside.expr, Rational
        ):
            number, condition = inside.expr, inside.cond
            equations = condition.args if isinstance(condition, And) else (condition,)
            if all(isinstance(one, Eq) for one in equations):
                return Case(
                    Fraction(int(number.p), int(number.q)),
                    tuple((polynomial(one.lhs), polynomial(one.rhs)) for one in equations),
                )
        case Indexed() as entry if len(signal.operands) == 1:
            return Case(Fraction(1), (), tuple(map(polynomial, entry.indices)))
    raise Uncertified(f"certificates have no rule for the formula {plain(signal)}")


def formula_text(signal: SignalExpr, operands: Sequence[str], names: Names) -> str:
    """The formula as a function of a list of indices."""
    case = case_of(signal)
    atoms: dict[Atom, str] = dict(names.items())
    atoms |= {axis: f"(component i {axis})" for axis in range(signal.ndim)}
    if case.position is not None:
        index = list_text(polynomial_text(p, atoms) for p in case.position)
        return f"(fun i => {argument(operands[0])}.[{index}])"
    value = scalar_text(case.number)
    if not case.equations:
        return f"(fun=> {value})"
    equations = "; ".join(
        f"{polynomial_text(one, atoms)} =? {polynomial_text(other, atoms)}"
        for one, other in case.equations
    )
    return f"(fun i => if holds [:: {equations}] then {value} else 0%R)"

"""To SymPy: polynomials, conditions and guarded terms, written as a person would.

The opposite direction of `symconv.arithmetic.from_sympy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, count, islice
from types import MappingProxyType
from typing import Any

import sympy
from sympy import (
    And,
    Eq,
    Expr,
    Ge,
    IndexedBase,
    Integer,
    Le,
    Max,
    Mod,
    Mul,
    Ne,
    Or,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    false,
    true,
)
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import LARGEST_MODULUS_LISTED, LARGEST_WRITTEN_OUT
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Atom,
    Condition,
    Conjunction,
    Every,
    Floor,
    Guard,
    Guarded,
    Polynomial,
    Relation,
    Some,
    at_least,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import IntegerSymbol, sign_of
from symconv.arithmetic.terms import SummationIndex, Term
from symconv.arithmetic.unevaluated import all_of, choice, quotient

__all__ = [
    "condition_expression",
    "is_readable",
    "letters",
    "output_letters",
    "polynomial_expression",
    "terms_expression",
]

Names = Mapping[Any, Expr]  # by atom


def is_readable(polynomial: Polynomial) -> bool:
    """Whether the polynomial can be written out; nested floors and cases may double it often."""
    return polynomial.written_size() <= LARGEST_WRITTEN_OUT


def polynomial_expression(polynomial: Polynomial, names: Names) -> Expr:
    """The polynomial as a SymPy expression; `names` gives symbols and indices.

    One that nobody could read is a symbol without a meaning, `…`.
    """
    if not is_readable(polynomial):
        return Symbol("…", commutative=True)
    return sympy.Add(*(Mul(c, *(_atom(a, names) for a in m)) for m, c in polynomial.terms.items()))


def _atom(atom: Atom, names: Names) -> Expr:
    match atom:
        case Floor():
            numerator = polynomial_expression(atom.numerator, names)
            divisor = polynomial_expression(atom.divisor, names)
            if numerator.is_number and divisor.is_number:
                return sympy.floor(numerator / divisor)
            if numerator.is_Mul:  # 2n/3, and not (2n)/3
                return sympy.floor(quotient(numerator, divisor), evaluate=False)
            # Unevaluated, so that (n + 1)/2 is not spread out as n/2 + 1/2.
            return sympy.floor(Mul(1 / divisor, numerator, evaluate=False), evaluate=False)
        case Guarded() if atom.is_nonnegative_part:
            value = polynomial_expression(atom.value, names)
            plain = {a for a in atom.value.atoms() if isinstance(a, str)}
            if plain.issuperset(atom.value.atoms()) and is_at_least(
                atom.value, 0, {name: sign_of(names[name]) for name in plain}
            ):
                return value
            return Max(0, value, evaluate=bool(value.is_number))
        case Guarded():
            value = polynomial_expression(atom.value, names)
            where = all_of(*(_relation(guard, names) for guard in atom.guards))
            if where in (sympy.true, sympy.false):
                return value if where is sympy.true else Integer(0)
            return choice((value, where), (Integer(0), sympy.true))
        case _:
            return names[atom]


# --- conditions ----------------------------------------------------------------------


def condition_expression(
    condition: Condition, names: Names, solve_for: Sequence[Symbol] = ()
) -> Boolean:
    """A condition on polynomials as a SymPy condition.

    Args:
        condition: the condition.
        names: the symbols.
        solve_for: symbols of which the last one that occurs stands alone on its side.

    >>> c, p = Polynomial.of("c"), Polynomial.of("p")
    >>> symbols = {name: Symbol(name, integer=True) for name in "cp"}
    >>> condition_expression(Every((at_least(p, 3 * c - 6), at_least(3 * c - 3, p))), symbols)
    (p >= 3*c - 6) & (p <= 3*c - 3)
    """
    match condition:
        case Every(parts):
            return _joined(parts, names, solve_for, And)
        case Some(parts):
            return _joined(parts, names, solve_for, Or)
        case _:
            return _joined((condition,), names, solve_for, And)


def _joined(
    parts: Sequence[Condition], names: Names, solve_for: Sequence[Symbol], join: type[And | Or]
) -> Boolean:
    """The parts; those that speak of one residue say together which ones it may be."""
    rest = list(parts)
    result: list[Boolean] = []
    if join is Or:
        for one, other in combinations(parts, 2):
            if not (isinstance(one, Guard) and isinstance(other, Guard)):
                continue
            if one in rest and other in rest and _are_both_sides(one, other):
                rest = [part for part in rest if part not in (one, other)]
                result.append(_unequal(one, names, solve_for))
    residues: dict[tuple[Expr, int], set[int]] = {}
    for part in rest:
        summands = _summands(part.polynomial, names) if isinstance(part, Guard) else {}
        found = _residues(part, summands) if isinstance(part, Guard) else None
        if found is not None:
            value, modulus, allowed = found
            known = residues.setdefault((value, modulus), allowed)
            residues[value, modulus] = known | allowed if join is Or else known & allowed
        elif isinstance(part, Guard):
            result.append(_comparison(part, names, summands, solve_for))
        else:
            result.append(condition_expression(part, names, solve_for))
    for (value, modulus), allowed in residues.items():
        remainder = Mod(value, modulus)
        missing = set(range(modulus)) - allowed
        if len(missing) == 1 < len(allowed):
            result.append(Ne(remainder, missing.pop()))
        else:
            result.append(Or(*(Eq(remainder, r) for r in sorted(allowed))) if missing else true)
    return join(*result)


def _unequal(one: Guard, names: Names, solve_for: Sequence[Symbol]) -> Boolean:
    """The inequation p ≠ 0, from the guard p ≥ 1 of the two that say it."""
    equation = Guard(one.polynomial + 1, Relation.ZERO)
    relation = _solved(equation, _summands(equation.polynomial, names), solve_for)
    return Ne(relation.lhs, relation.rhs)


def _are_both_sides(one: Guard, other: Guard) -> bool:
    """Whether they say p ≥ 1 and p ≤ −1: together, p ≠ 0."""
    return one.relation is other.relation is Relation.AT_LEAST_ZERO and one.polynomial + 1 == -(
        other.polynomial + 1
    )


def _residues(guard: Guard, summands: Mapping[Expr, int]) -> tuple[Expr, int, set[int]] | None:
    """For a condition on one residue: of what, the modulus, and the residues that fulfil it."""
    rest = {e: c for e, c in summands.items() if e != 1}
    if len(rest) != 1:
        return None
    ((remainder, c),) = rest.items()
    if not isinstance(remainder, Mod) or not remainder.args[1].is_Integer:
        return None
    modulus = int(remainder.args[1])
    if modulus > LARGEST_MODULUS_LISTED:
        return None
    constant, value = remainder.args[0].as_coeff_Add()
    if not constant.is_Integer:
        return None
    sign = -1 if value.could_extract_minus_sign() else 1
    allowed = set()
    for r in range(modulus):  # the residue of sign·value
        number = c * ((sign * r + int(constant)) % modulus) + summands.get(Integer(1), 0)
        if number == 0 if guard.relation is Relation.ZERO else number >= 0:
            allowed.add(r)
    return sign * value, modulus, allowed


def _relation(guard: Guard, names: Names) -> Boolean:
    return _comparison(guard, names, _summands(guard.polynomial, names), ())


def _comparison(
    guard: Guard, names: Names, summands: Mapping[Expr, int], solve_for: Sequence[Symbol]
) -> Boolean:
    """The guard as a comparison, unless the signs of the symbols say at once whether it holds."""
    known = {n: sign_of(s) for n, s in names.items() if isinstance(n, str) and s.is_Symbol}
    is_positive = is_at_least(guard.polynomial, 1, known)
    is_negative = is_at_least(-guard.polynomial, 1, known)
    if guard.relation is Relation.ZERO and (is_positive or is_negative):
        return false
    if guard.relation is Relation.AT_LEAST_ZERO:
        if is_negative:
            return false
        if is_positive or is_at_least(guard.polynomial, 0, known):
            return true
    return _solved(guard, summands, solve_for)


def _solved(guard: Guard, summands: Mapping[Expr, int], solve_for: Sequence[Symbol]) -> Boolean:
    """The guard solved for the side with more summands; constants go to the other side."""
    constant = summands.get(Integer(1), 0)
    plus = {e: c for e, c in summands.items() if c > 0 and e != 1}
    minus = {e: -c for e, c in summands.items() if c < 0 and e != 1}
    wanted = next((symbol for symbol in reversed(solve_for) if symbol in {*plus, *minus}), None)
    if wanted is not None:
        left_is_plus = wanted in plus
        side, rest = (plus, minus) if left_is_plus else (minus, plus)
        middle = {wanted: side.pop(wanted)}
        other = {**rest, **{e: -c for e, c in side.items()}}
    else:
        left_is_plus = _weight(plus) <= _weight(minus)
        middle, other = (plus, minus) if left_is_plus else (minus, plus)
    left = sympy.Add(*(c * e for e, c in middle.items()))
    right = sympy.Add(*(c * e for e, c in other.items()), -constant if left_is_plus else constant)
    if guard.relation is Relation.ZERO:
        return _congruence(left, right) if _is_residue(left, right) else Eq(left, right)
    return Ge(left, right) if left_is_plus else Le(left, right)


def _is_residue(remainder: Expr, value: Expr) -> bool:
    """Whether remainder = value says that one integer is congruent to another one."""
    if not isinstance(remainder, Mod) or not remainder.args[1].is_Integer:
        return False
    return bool(value.is_Integer and 0 <= value < remainder.args[1])


def _congruence(remainder: Mod, value: Expr) -> Boolean:
    """(a + b) mod m = r as a mod m = r − b, and with a positive first symbol."""
    dividend, modulus = remainder.args
    constant, rest = dividend.as_coeff_Add()
    residue = value - constant
    if rest.could_extract_minus_sign():
        rest, residue = -rest, -residue
    return Eq(Mod(rest, modulus), Mod(residue, modulus))


def _weight(side: Mapping[Expr, int]) -> tuple[int, int, list[str]]:
    """Sorts the side to solve for first: many summands, small coefficients, then by name."""
    return (-len(side), sum(side.values()), sorted(map(str, side)))


def _summands(polynomial: Polynomial, names: Names) -> dict[Expr, int]:
    """The polynomial as coefficients of SymPy expressions, with m·⌊a/m⌋ as a − a mod m."""
    result: dict[Expr, int] = {}

    def add(expression: Expr, c: int) -> None:
        result[expression] = result.get(expression, 0) + c

    for monomial, c in polynomial.terms.items():
        match monomial:
            case (Floor(numerator, divisor),) if (m := divisor.as_integer()) and c % m == 0:
                for expression, inner in _summands(numerator, names).items():
                    add(expression, c // m * inner)
                left = _reduced(numerator, m)
                number = left.as_integer()
                if number is not None:
                    add(Integer(1), -(c // m) * number)
                else:
                    add(Mod(polynomial_expression(left, names), m), -(c // m))
            case _:
                add(Mul(*(_atom(a, names) for a in monomial)), c)
    return {expression: c for expression, c in result.items() if c}


def _reduced(polynomial: Polynomial, modulus: int) -> Polynomial:
    """A shorter polynomial with the same residues; SymPy finds it for its own integers only."""
    parenthesised_in_code = (
        len(polynomial.terms) > 1
    )  # n − c stays as it is, and −c becomes 2c modulo 3
    return Polynomial(
        {
            monomial: -(-c % modulus)
            if c < 0 and monomial and parenthesised_in_code
            else c % modulus
            for monomial, c in polynomial.terms.items()
        }
    )


# --- guarded terms -------------------------------------------------------------------


def terms_expression(
    terms: Iterable[Term],
    shapes: Mapping[str, tuple[Expr, ...]],
    symbols: Mapping[str, Symbol],
    indices: Mapping[int, Symbol] = MappingProxyType({}),
) -> Expr:
    """A sum of guarded terms as a SymPy formula of `Sum`, `Indexed` and `Piecewise`.

    `shapes` gives the shapes of the named tensors; an entry outside is zero.  `indices` are the
    symbols of indices, by their numbers; the others that are summed over get letters.
    """
    bases = {name: IndexedBase(name, shape=shape) for name, shape in shapes.items()}
    taken = symbols.keys() | bases.keys()
    names: Names = {**symbols, **indices}
    return sympy.Add(*(_term(term, bases, names, letters("ijmtpqrs", taken)) for term in terms))


def letters(first: str, taken: Iterable[str]) -> Iterator[Symbol]:
    """Names for indices: the given letters, then i_1, i_2, … for a first letter i."""
    candidates = chain(first, (f"{first[0]}_{k}" for k in count(1)))
    return (IntegerSymbol(letter) for letter in candidates if letter not in taken)


def output_letters(axes: int, taken: Iterable[str]) -> list[Symbol]:
    """Names for the output index, one for each axis: u of one, and t, u, v, w of four."""
    first = "uvw" if axes <= 3 else "opqrstuvw"[-axes:]
    return list(islice(letters(first, taken), axes))


def _term(
    term: Term,
    bases: Mapping[str, IndexedBase],
    symbols: Names,
    unused: Iterator[Symbol],
) -> Expr:
    divided, guards = _divided_indices(term)
    names: dict[Any, Expr] = dict(symbols)
    summed = [index for index in term.indices if index.number not in divided]
    names.update({i.number: next(unused) for i in summed if i.number not in names})
    conditions: list[Boolean] = []
    for number, (rest, c) in divided.items():
        value = polynomial_expression(rest, names)
        names[number] = value / c
        conditions.append(Eq(Mod(value, c), 0))
    implied = {g for i in summed for g in _range(i)}
    conditions += [_relation(g, names) for g in guards if g not in implied]
    bound = {names[index.number] for index in summed}
    inner = And(*(c for c in conditions if c.free_symbols & bound))
    outer = And(*(c for c in conditions if not c.free_symbols & bound))
    entries = [
        bases[f.name][tuple(polynomial_expression(p, names) for p in f.position)]
        for f in term.factors
    ]
    number = Rational(term.coefficient.numerator, term.coefficient.denominator)
    # Not a Piecewise: Sum would rewrite it, and move it out of a sum within.
    result: Expr = Mul(number, *entries)
    result = result if inner == true else SuchThat(result, inner)
    for index in reversed(summed):  # the first index is the outermost sum
        limits = (polynomial_expression(p, names) for p in (index.lower, index.upper))
        result = Sum(result, (names[index.number], *limits))
    for divisor in term.divisors:
        result = result / polynomial_expression(divisor, names)
    return _where(result, outer)


def _divided_indices(term: Term) -> tuple[dict[Atom, tuple[Polynomial, int]], list[Guard]]:
    """Indices that an equation c·q = p determines, as (p, c), and the guards that remain."""
    divided: dict[Atom, tuple[Polynomial, int]] = {}
    guards: list[Guard] = []
    for guard in term.guards:
        for index in term.indices if guard.relation is Relation.ZERO else ():
            c = guard.polynomial.coefficient(index.number)
            rest = Polynomial.of(index.number) * c - guard.polynomial
            if (
                c
                and index.number not in divided
                and not any(map(rest.mentions, [*divided, index.number]))
            ):
                divided[index.number] = (rest if c > 0 else -rest, abs(c))
                break
        else:
            guards.append(guard)
    return divided, guards


def _range(index: SummationIndex) -> Conjunction:
    number = Polynomial.of(index.number)
    return (at_least(number, index.lower), at_least(index.upper, number))


def _where(value: Expr, condition: Boolean) -> Expr:
    return value if condition == true else Piecewise((value, condition), (0, True))

"""Tensors given by a formula for their entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import sympy
from sympy import (
    Basic,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Piecewise,
    Rational,
    Sum,
    Symbol,
)

from symconv.arithmetic.divisors import doubtful
from symconv.arithmetic.from_sympy import FormulaReader, is_at_least, scaled_polynomial
from symconv.arithmetic.limits import MOST_ENTRIES
from symconv.arithmetic.polynomials import Polynomial, at_least
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import is_integer, sign_of
from symconv.arithmetic.terms import Term
from symconv.arithmetic.unevaluated import spelled_with
from symconv.arithmetic.work import spend
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount, parity_problem, undeclared
from symconv.language.arrays import Array, Doubles, indices
from symconv.language.assignments import Point, TooLongError
from symconv.language.evaluation import holds_at, value_at
from symconv.language.length_symbols import lengths_in, spelled_out
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Requirement,
    Rule,
    Terms,
    guarded,
    inside_of,
    products,
)
from symconv.language.operators.named import Named, OfGivenShape
from symconv.language.scalars import EVERY_RING, POLYNOMIALS, RATIONAL, multiple

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr, Tensor

__all__ = ["Formula", "check_formula", "check_symbols", "divisors"]


@dataclass(frozen=True, slots=True)
class Formula(OfGivenShape):
    """A tensor given by a formula, applied to the tensors in it, by their names.

    Once something else stands for one of these, the operand is that, read where the formula
    has the name.

    Attributes:
        indices: the indices of the formula, one for each axis.
        expression: the entry at the index, as a SymPy expression.
        sizes: the size along each axis.
        chosen: amounts that stand in the place of symbols of the formula.
    """

    indices: tuple[Symbol, ...]
    expression: Expr
    sizes: tuple[Amount, ...]
    chosen: tuple[tuple[Symbol, Amount], ...] = ()

    arity = None

    def free(self) -> list[Symbol]:
        """The symbols in the formula that are neither its indices nor replaced, by name."""
        bases = {str(base.label) for base in self.expression.atoms(IndexedBase)}
        free = self.expression.free_symbols - {
            *self.indices,
            *(symbol for symbol, _ in self.chosen),
        }
        symbols = {s for s in free if isinstance(s, Symbol) and s.name not in bases}
        return sorted(symbols, key=str)

    @property
    def bases(self) -> list[str]:
        """The names of the tensors in the formula, one for each operand."""
        return sorted({str(base.label) for base in self.expression.atoms(IndexedBase)})

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The sizes, and the symbols in the formula that are not indices."""
        symbols = (Amount(Polynomial.of(s.name), {s.name: s}, s) for s in self.free())
        return (*self.sizes, *symbols, *(amount for _, amount in self.chosen))

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """The formula, in which sizes may stand."""
        return (self.expression,)

    @property
    def spelled(self) -> Expr:
        """The formula with the chosen amounts in it, not simplified."""
        return spelled_with(self.expression, {s: amount.written for s, amount in self.chosen})

    def substituted(self, values: Mapping[Symbol, Amount], named: Mapping[str, Tensor]) -> Formula:
        """The formula about other tensors, where amounts are chosen for its symbols."""
        bases = {
            base: IndexedBase(base.label, shape=named[str(base.label)].written_shape)
            for base in self.expression.atoms(IndexedBase)
            if str(base.label) in named
        }
        changed = any(old != new for old, new in bases.items())
        entry = spelled_with(self.expression, bases) if changed else self.expression
        kept = {s: amount.substituted(values) for s, amount in self.chosen}
        more = {s: a for s, a in values.items() if s in self.free()}
        chosen = tuple(sorted({**kept, **more}.items(), key=str))
        sizes = tuple(size.substituted(values) for size in self.sizes)
        return Formula(self.indices, entry, sizes, chosen)

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """The formula at the index."""
        names: dict[Symbol, Polynomial] = {s: amount.polynomial for s, amount in self.chosen}
        names |= zip(self.indices, index, strict=True)
        terms = FormulaReader(fresh).terms(self.expression, names)
        other = {
            name: operand
            for name, operand in zip(self.bases, node.operands, strict=True)
            if not (isinstance(operand.operator, Named) and operand.operator.name == name)
        }
        if other:
            terms = yield from _read_through(terms, other, fresh)
        return guarded(terms, () if inside else inside_of(index, node.lengths))

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """No size is negative, and what is divided by is positive."""
        yield from OfGivenShape.requirements(self, node)
        symbols = node.names[1]
        signs = {name: sign_of(symbol) for name, symbol in symbols.items()}
        names = {s: amount.polynomial for s, amount in self.chosen}
        for divisor in self._divisors():
            size, _ = scaled_polynomial(divisor, names)
            for part in doubtful(size, signs):
                yield Requirement((at_least(part, 1),), partial(_could_be_zero, divisor, node))

    def _divisors(self) -> list[Expr]:
        """The sizes that are divided by."""
        return list(dict.fromkeys(divisors(self.expression)))

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The given sizes."""
        chosen = {symbol: amount.at(at) for symbol, amount in self.chosen}
        for divisor in self._divisors():
            value = value_at(divisor, {**at, **chosen})
            if value <= 0:
                raise SymconvError(f"the divisor {divisor} must be positive, got {value}")
        return OfGivenShape.shape_at(self, at, node, shapes)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """The formula at each index, in plain arithmetic."""
        chosen = {symbol: amount.at(fixed.at) for symbol, amount in self.chosen}
        # What was chosen for a symbol of the formula is not what its lengths are made of.
        known = {one: Integer(int(value_at(one, fixed.at))) for one in lengths_in(self.expression)}
        written = spelled_with(self.expression, known)
        about = replace(fixed, arrays=dict(zip(self.bases, operands, strict=True)))
        return [
            _value(
                written, {**fixed.at, **chosen, **dict(zip(self.indices, u, strict=True))}, about
            )
            for u in indices(shape)
        ]

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """The formula at all indices at once."""
        import numpy as np

        from symconv.language.formula_doubles import entries_on

        numbers = dict(given.at) | {symbol: amount.at(given.at) for symbol, amount in self.chosen}
        known = {one: Integer(int(value_at(one, given.at))) for one in lengths_in(self.expression)}
        grid = {symbol: np.array(number) for symbol, number in numbers.items()}
        for axis, (index, size) in enumerate(zip(self.indices, shape, strict=True)):
            along = [1] * len(shape)
            along[axis] = size
            grid[index] = np.arange(size).reshape(along)
        arrays = dict(zip(self.bases, operands, strict=True))
        entries = entries_on(spelled_with(self.expression, known), grid, arrays, given)
        return np.broadcast_to(entries, shape)

    def doubles_held(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Several values of its parts, and positions along each axis, unless it is a number."""
        return prod(shape) * (2 if self.expression.is_Rational else 4 + 2 * len(shape))

    @property
    def rounds(self) -> bool:
        """Whether there is something to compute."""
        return not self.expression.is_Integer

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """More than that of moving an entry."""
        return 20 * prod(shape)

    def count_products(
        self, each: Sequence[int], size: int, sizes: Sequence[int]
    ) -> tuple[int, int]:
        """One for each value of the indices of its sums, at most."""
        limits = sum(len(found.limits) for found in self.expression.atoms(Sum))
        one = max(1, max(sizes, default=1) ** limits)
        return one, one * size

    @property
    def has_fractions(self) -> bool:
        """Whether there may be some: always."""
        return True

    @property
    def ring(self) -> str:
        """Every ring, unless a number that is no integer stands beside its entries."""
        return RATIONAL if _has_fraction(self.expression) else EVERY_RING

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call that makes it."""
        formula = write.argument(self.spelled)
        if len(self.sizes) == 1:
            (index,), (size,) = self.indices, map(write.argument, self.sizes)
            if self.expression == 1:
                return f"Signal.ones({size})"
            return f"Signal.from_formula({index}, {formula}, length={size})"
        sizes = ", ".join(map(write.argument, self.sizes))
        if self.expression == 1:
            return f"Tensor.ones(({sizes}))"
        listed = ", ".join(map(str, self.indices))
        return f"Tensor.from_formula(({listed}), {formula}, shape=({sizes}))"

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The formula as a function of the indices."""
        if self.expression == 1:
            size = (r" \times " if write.is_latex else ", ").join(map(write.number, self.sizes))
            return rf"\mathbf{{1}}_{{{size}}}" if write.is_latex else f"ones({size})", ATOM
        formula = spelled_out(self.spelled)
        shown = write.number(formula) if write.is_latex else str(formula)
        arrow = r"\mapsto" if write.is_latex else "↦"
        index = ", ".join(map(str, self.indices))
        if len(self.indices) > 1:
            index = write.parenthesised(index)
        return write.parenthesised(f"{index} {arrow} {shown}"), ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """Ones, or the entries one by one."""
        if self.expression == 1:
            sizes = tuple(size.at(write.at) for size in self.sizes)
            return f"np.ones({sizes[0] if len(sizes) == 1 else sizes}, int)"
        return write.entries(node)


# --- its entries at any size ---------------------------------------------------------


def _read_through(terms: Terms, made: Mapping[str, SignalExpr], fresh: Iterator[int]) -> Rule:
    """The terms where entries of some names are those of other tensors, zero outside of these."""
    result: Terms = ()
    for term in terms:
        read: Terms = (replace(term, factors=()),)
        for factor in term.factors:
            entry: Terms = (Term(factors=(factor,)),)
            if factor.name in made:
                entry = yield made[factor.name], factor.position, False
            read = products(read, entry, fresh)
        result += read
    return result


def divisors(entry: Basic) -> Iterator[Expr]:
    """The sizes by which terms of a formula are divided."""
    match entry:
        case sympy.Pow(args=(base, Integer() as exponent)):
            if exponent < 0:
                yield base
            else:
                yield from divisors(base)
        case sympy.Add() | sympy.Mul():
            for part in entry.args:
                yield from divisors(part)
        case Piecewise():
            for value, _ in entry.args:
                yield from divisors(value)
        case SuchThat() | Sum():
            yield from divisors(entry.args[0])


def _could_be_zero(divisor: Expr, node: SignalExpr) -> str:
    return f"the divisor {divisor} in {node} could be 0 or less; add the hypothesis {divisor} >= 1"


# --- its entries at fixed sizes ------------------------------------------------------


def _value(e: Expr, names: Mapping[Symbol, int], fixed: Fixed) -> Any:
    zero = fixed.zero
    match e:
        case Rational():
            return zero + multiple(Fraction(int(e.p), int(e.q)), zero + 1)
        case sympy.Add():
            return sum((_value(a, names, fixed) for a in e.args), start=zero)
        case sympy.Pow(args=(_, Integer() as exponent)) if exponent < 0:
            return zero + multiple(value_at(e, names), zero + 1)
        case sympy.Mul() | sympy.Pow():
            return _product(e, names, fixed)
        case Indexed():
            array = fixed.arrays[str(e.base.label)]
            place = [value_at(index, names) for index in e.indices]
            inside = all(
                position.denominator == 1 and 0 <= position < size
                for position, size in zip(place, array.shape, strict=True)
            )
            return array.at(tuple(map(int, place))) if inside else zero
        case Piecewise():
            return next((_value(v, names, fixed) for v, c in e.args if holds_at(c, names)), zero)
        case SuchThat(args=(term, condition)):
            return _value(term, names, fixed) if holds_at(condition, names) else zero
        case Sum():
            (symbol, lower, upper), outer = e.limits[-1], e.limits[:-1]
            inner = Sum(e.function, *outer) if outer else e.function
            numbers = range(_end(lower, names), _end(upper, names) + 1)
            if len(numbers) > MOST_ENTRIES:
                raise TooLongError(f"a sum over {symbol} would have {len(numbers)} terms")
            spend(40 * len(numbers))
            terms = (_value(inner, {**names, symbol: i}, fixed) for i in numbers)
            return sum(terms, start=zero)
    raise SymconvError(f"{e} cannot stand in a formula")


def _product(e: Expr, names: Mapping[Symbol, int], fixed: Fixed) -> Any:
    factors = [e.base] * int(e.exp) if isinstance(e, sympy.Pow) else list(e.args)
    scale = Fraction(1)
    product = fixed.zero + 1
    for a in factors:
        if a.is_Rational:
            scale *= Fraction(int(a.p), int(a.q))
        else:
            factor = _value(a, names, fixed)
            spend(_product_cost(product, factor))
            product = product * factor
    return multiple(scale, product)


def _product_cost(one: Any, other: Any) -> int:
    """About how much work a product is."""
    if isinstance(one, POLYNOMIALS) and isinstance(other, POLYNOMIALS):
        return len(one) * len(other)
    if isinstance(one, int) and isinstance(other, int):
        return 1 + int((max(one.bit_length(), other.bit_length()) / 64) ** 1.5) // 100
    return 1


def _end(limit: Expr, names: Mapping[Symbol, int]) -> int:
    value = value_at(limit, names)
    if value.denominator != 1:
        raise SymconvError(f"the end {limit} of a sum is {value}, not an integer")
    return value.numerator


def _has_fraction(e: Expr) -> bool:
    """Whether an entry is a multiple by a fraction; positions and conditions do not count."""
    match e:
        case Rational():
            return not e.is_Integer
        case Indexed():
            return False
        case Piecewise():
            return any(_has_fraction(value) for value, _ in e.args)
        case SuchThat(args=(term, _)):
            return _has_fraction(term)
        case Sum():
            return _has_fraction(e.function)
    return any(map(_has_fraction, e.args))


# --- checks --------------------------------------------------------------------------


def check_formula(indices: Sequence[Symbol], entry: Expr) -> None:
    """Refuse what cannot be the formula of a tensor, before it is read.

    Raises:
        SymconvError: with what is wrong.
    """
    for index in indices:
        if not isinstance(index, Symbol):
            raise SymconvError(f"the index of a formula must be a symbol, got {as_given(index)}")
    if not isinstance(entry, Expr):
        raise SymconvError(
            f"the entry of a formula must be a SymPy expression, got {as_given(entry)}"
        )
    for index in indices:
        _check_index(index)
    if len({index.name for index in indices}) < len(indices):
        raise SymconvError(f"the indices {', '.join(map(str, indices))} are not different")
    for limits in (limits for sum_ in entry.atoms(Sum) for limits in sum_.limits):
        if len(limits) != 3 or any(bound.is_infinite for bound in limits[1:]):
            raise SymconvError(f"the sum over {limits[0]} in {entry} needs two finite limits")
        _check_index(limits[0])
        _check_begin(limits[0], limits[1], entry)
    outside = sorted(map(str, _moved_out(entry)))
    if outside:
        raise SymconvError(
            f"{outside[0]} is summed over in {entry}, and stands outside of that sum; SymPy "
            "itself moves a Piecewise out of a sum: write such_that(term, condition), of "
            "symconv.derivations, instead, and give each index a name of its own"
        )


def check_symbols(formula: Formula) -> None:
    """Refuse symbols that are no integers, or are declared to be more than that.

    Raises:
        SymconvError: with what to declare.
    """
    entry, free = formula.expression, formula.free()
    loose = sorted({name for s in free for name in undeclared(s)})
    if loose:
        raise SymconvError(
            f"{', '.join(loose)} in the formula {entry} is not declared an integer; a factor "
            "that varies is an entry of a signal, such as k[0] for a Signal k"
        )
    declared = next(filter(None, map(parity_problem, free)), "")
    if declared:
        raise SymconvError(f"in the formula {entry}, {declared}")


def _moved_out(entry: Expr) -> set[Basic]:
    """Indices of sums in conditions that SymPy may have moved out of these sums."""
    pieces = entry.atoms(Piecewise)
    found = _summed_over(entry) & entry.free_symbols if pieces else set()
    for piece in pieces:
        told = set[Basic]().union(*(condition.free_symbols for _, condition in piece.args))
        found |= told & set[Basic]().union(*(_summed_over(value) for value, _ in piece.args))
    return found


def _summed_over(expression: Expr) -> set[Basic]:
    return {limits[0] for sum_ in expression.atoms(Sum) for limits in sum_.limits}


def _check_index(index: Symbol) -> None:
    """Refuse an index whose assumptions leave out integers that it takes."""
    narrower = ("positive", "negative", "nonpositive", "even", "odd", "prime", "composite")
    said = [a for a in narrower if getattr(index, f"is_{a}")]
    sign = sign_of(index)
    if not said and (not sign.zero or sign.largest is not None):
        said = ["nonpositive" if sign.zero else "never 0"]
    if not is_integer(index) or said:
        raise SymconvError(
            f"the index {index} must be an integer and nothing more"
            + (f", but it is declared {said[0]}" if said else "")
            + f"; write integers({str(index)!r}), of symconv"
        )


def _check_begin(index: Symbol, begin: Expr, entry: Expr) -> None:
    """Refuse a sum that may begin below what is declared of its index."""
    least = sign_of(index).least
    if least is not None and not is_at_least(begin, least):
        raise SymconvError(
            f"the index {index} is declared to be {least} or more, and its sum in {entry} may "
            f"begin below that, at {begin}; write integers({str(index)!r}), of symconv"
        )

"""Index formulas as text, such as Sum(k[i]*k[t - 2*i], i): nothing is evaluated.

    formula     k[t - 2*i]   k(t)   a + b   a*b   a/2   a**2   Sum(a, i)   Sum(a, (i, 0, c - 1))
                Sum(a, i + 2*j == t)   Sum(a, 0 <= i < c, j >= 0)   Sum(a, i, j, i + 2*j == t)
                Piecewise((a, t % 2 == 0), (0, True))   [t % 2 == 0]*a
    position    an expression in the index, the indices of sums and the lengths, with floor,
                ceil, //, %, Mod, min and max; an entry at a fraction is zero

A sum over an index alone is over all integers; `symconv.reading.text.sums` says what a sum
under conditions is over.  A condition in brackets is 1 where it holds, and 0 elsewhere.  Signals
without a position make an operator expression instead, such as k.convolve(k.dilate(2)); in it,
`*` between two signals is their convolution.  `symconv.reading.text.latex` makes the same trees
from LaTeX.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

import sympy
from sympy import (
    Eq,
    Expr,
    Ge,
    Indexed,
    IndexedBase,
    Integer,
    Le,
    Ne,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
)
from sympy.logic.boolalg import Boolean

from symconv.arithmetic import unevaluated
from symconv.arithmetic.from_sympy import scaled_polynomial
from symconv.arithmetic.limits import (
    LARGEST_END,
    LONGEST_NAME,
    MOST_COMPARISONS,
    MOST_ENTRIES_TYPED,
    MOST_ROUNDED,
    MOST_SUMS,
)
from symconv.arithmetic.such_that import SuchThat, such_that
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.unevaluated import difference
from symconv.errors import SymconvError
from symconv.language.operators import Flip
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.declarations import Declarations, Names, Vocabulary
from symconv.reading.text.formula_names import INFINITY, OWN, Scope, with_numbered_entries
from symconv.reading.text.functions import (
    DIVISOR,
    FUNCTIONS,
    POINTWISE,
    close,
)
from symconv.reading.text.python_operators import Value, combined, sort
from symconv.reading.text.reader import Reader
from symconv.reading.text.sums import with_named_indices
from symconv.reading.text.syntax import Passage, Phrase, read_phrase
from symconv.reading.text.trees import Star, is_condition, is_restricted, starred, unparsed

__all__ = ["ParsedFormula", "parse_formula", "read_formula", "text_of"]

_ROUNDED = {"floor", "ceil", "ceiling", "abs", "Abs", "min", "Min", "max", "Max", "Mod"}


@dataclass(frozen=True, slots=True)
class ParsedFormula:
    """A formula, or an operator expression, that was read.

    Attributes:
        value: a SymPy expression in entries of signals, or a signal.
        index: the index of the formula; None for an operator expression, and for a formula
            that has none.
        phrase: the tree, in which each sum names its indices, and where it was written.
        sums: where the sum over each index stands, for errors.
        domain: for which indices it was said to be; None where that was not said.  The value is
            0 elsewhere, as a signal is outside of its range.
        everywhere: what the formula gives at every index, in its domain or not.
    """

    value: Expr | SignalExpr
    index: Symbol | None
    phrase: Phrase
    sums: Mapping[str, ast.expr]
    domain: Boolean | None = None
    everywhere: Expr | None = None


def parse_formula(
    text: str,
    signals: Mapping[str, Signal],
    *,
    index: str | None = None,
    symbols: Iterable[Symbol] = (),
) -> ParsedFormula:
    """Read an index formula, or an operator expression; nothing in the text is evaluated.

    Args:
        text: the formula.
        signals: what its names of signals mean.
        index: the index of the formula; without it, the one name that is neither bound by a
            sum nor a length.
        symbols: symbols that the formula may use besides those in the lengths.

    >>> from symconv import integers
    >>> k = Signal("k", integers("c", positive=True))
    >>> parse_formula("Sum(k[i]*k[t - 2*i], (i, 0, c - 1))", {"k": k}).value
    Sum(k[-2*i + t]*k[i], (i, 0, c - 1))
    >>> parse_formula("Sum(k[i], i)*k[i]", {"k": k}, index="t")
    Traceback (most recent call last):
        ...
    symconv.reading.text.syntax.TextError: the formula, line 1, column 16: i is the index of a sum,
    and stands outside of that sum
      Sum(k[i], i)*k[i]
                     ^

    Raises:
        TextError: the text is not of this form; it says where.
    """
    phrase = read_phrase(Passage(text, "the formula"))
    return read_formula(starred(phrase), signals, index=index, symbols=symbols)


def read_formula(
    phrase: Phrase,
    signals: Mapping[str, Signal],
    *,
    index: str | None = None,
    symbols: Iterable[Symbol] = (),
    loose: bool = False,
) -> ParsedFormula:
    """Read the tree of a formula; see `parse_formula`.

    Where a domain was said, as in k[t] for 0 <= t < c, the value is 0 elsewhere.  A line of a
    derivation is read `loose`: names that stand for nothing are let through, as they are what is
    wrong with it, and its domain may be about lengths alone, also that of an operator expression.
    """
    sizes = [symbol for signal in signals.values() for symbol in signal.sizes[0].symbols.values()]
    fixed = {symbol.name: symbol for symbol in (*sizes, *symbols)}
    try:
        phrase = with_numbered_entries(phrase, {*signals}, {*fixed})
        phrase = with_named_indices(phrase, signals, fixed, index)
        scope = Scope(phrase, signals, fixed, index, loose=loose)
        reader = _FormulaReader(phrase, signals, scope)
        value, domain = reader.whole(loose=loose)
    except RecursionError:
        raise phrase.error(phrase.tree, "nested too deeply") from None
    if isinstance(value, SignalExpr):
        return ParsedFormula(value, None, phrase, scope.sums, domain)
    symbol = IntegerSymbol(scope.index) if scope.index else None
    within = value if domain is None else such_that(value, domain)
    return ParsedFormula(within, symbol, phrase, scope.sums, domain, value)


def text_of(parsed: ParsedFormula, signals: Mapping[str, Signal]) -> str:
    """A formula as text in the order in which it was written, which can be read again.

    >>> from symconv import integers
    >>> k = Signal("k", integers("c", positive=True))
    >>> text_of(parse_formula("Sum(k2(i) * k2(t-2*i), i)", {"k2": k}), {"k2": k})
    'Sum(k[i]*k[t - 2*i], i)'
    """
    tree = _Named(signals).visit(deepcopy(parsed.phrase.tree))
    parts = tree.args if is_restricted(tree) else [tree]
    return " for ".join(map(unparsed, parts))


class _Named(ast.NodeTransformer):
    """The names of the signals, and brackets around positions."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        self._signals = signals

    def visit_Call(self, node: ast.Call) -> ast.expr:
        is_entry = isinstance(node.func, ast.Name) and node.func.id in self._signals
        self.generic_visit(node)
        return ast.Subscript(node.func, node.args[0], ast.Load()) if is_entry else node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        signal = self._signals.get(node.id)
        return node if signal is None else ast.Name(signal.name, ast.Load())


# --- values ----------------------------------------------------------------------------


class _FormulaReader(Reader):
    """Reads signals, positions, conditions, and formulas in entries."""

    def __init__(self, phrase: Phrase, signals: Mapping[str, Signal], scope: Scope) -> None:
        super().__init__(phrase, Names(Vocabulary(Declarations(), [phrase]), signals))
        self._scope = scope
        self._counted = dict.fromkeys(("sums", "entries", "comparisons", "floors and cases"), 0)

    def whole(self, *, loose: bool = False) -> tuple[Expr | SignalExpr, Boolean | None]:
        """The whole formula or operator expression, and its domain; see `read_formula`."""
        tree = self.phrase.tree
        if not is_restricted(tree):
            return self._whole(tree), None
        formula, condition = tree.args
        value = self._whole(formula)
        if loose:
            domain = self.condition(condition)
            known = {*self._scope.fixed, self._scope.index}
            unknown = sorted({symbol.name for symbol in domain.free_symbols} - known)
            if unknown:
                raise self.error(condition, f"{unknown[0]!r} is neither the index nor a length")
            return value, domain
        if isinstance(value, SignalExpr):
            raise self.error(
                condition, "an operator expression has no index, and so no domain; leave it out"
            )
        domain = self.condition(condition)
        if self._scope.index not in {symbol.name for symbol in domain.free_symbols}:
            raise self.error(
                condition,
                f"a domain is about the index {self._scope.index or 't'}, such as 0 <= t < c; for "
                "lengths the formula has to be right for all of them",
            )
        return value, domain

    def _whole(self, tree: ast.expr) -> Expr | SignalExpr:
        value = self.value(tree)
        return (
            self._of_one_axis(tree, value)
            if isinstance(value, SignalExpr)
            else self._formula(tree, value)
        )

    def _of_one_axis(self, node: ast.expr, signal: SignalExpr) -> SignalExpr:
        if signal.ndim != 1:
            raise self.error(node, f"expected a signal, of one axis, and this has {signal.ndim}")
        return signal

    def signal(self, node: ast.expr) -> SignalExpr:
        """A node that must be a signal."""
        value = self.value(node)
        if not isinstance(value, SignalExpr):
            raise self.error(node, f"expected a signal, and this is {_sort(value)}")
        return value

    def integer(self, node: ast.expr, instead: str = "") -> Expr:
        """A node that must be an integer expression, without entries of signals."""
        value = super().integer(node, instead)
        if value.has(Indexed, Sum):
            raise self.error(node, "positions, limits and conditions hold no entries of signals")
        return _with_cases(value)

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Compare(ops=operators):
                for _ in operators:
                    self._count("comparisons", MOST_COMPARISONS, node)
            case ast.BinOp(op=ast.Mod() | ast.FloorDiv()):
                self._count("floors and cases", MOST_ROUNDED, node)
            case ast.Call(ast.Name(name)) if name in _ROUNDED:
                self._count("floors and cases", MOST_ROUNDED, node)
        match node:
            case ast.Constant(int()) | ast.UnaryOp() | ast.BoolOp() | ast.Compare():
                return super()._value(node)
            case ast.Subscript(ast.Call(ast.Attribute(attr="phases"))):
                return super()._value(node)
            case ast.Subscript(target, position):
                return self._entry(target, position)
            case ast.Call(ast.Name(name) as target, [position]) if name in self.names.signals:
                return self._entry(target, position)
            case ast.Call(ast.Name("Sum")):
                return self._sum(node)
            case ast.Call(ast.Name("Piecewise")):
                return self._piecewise(node)
            case ast.List([condition]) if is_condition(condition):
                return self._where(Integer(1), condition)
            case ast.Call(ast.Name(name)) if name not in FUNCTIONS:
                known = FUNCTIONS | OWN | self.names.signals.keys()
                hint = close(name, known, "expected a signal, Sum, Piecewise, floor, min or max")
                if name in POINTWISE:
                    hint = "a formula is a sum of products of entries"
                raise self.error(node, f"there is no function {name[:LONGEST_NAME]!r}; {hint}")
            case ast.Name(name):
                return self._named(node, name)
            case ast.Tuple() | ast.List():
                raise self.error(node, "a comma is not expected here")
        return super()._value(node)

    def _named(self, node: ast.expr, name: str) -> Value:
        if name in self.names.signals:
            return self.names.signals[name]
        if name in self._scope.fixed:
            return self._scope.fixed[name]
        if name == INFINITY:
            raise self.error(node, "infinity stands in the limits of a sum only")
        return IntegerSymbol(name)

    def _entry(self, target: ast.expr, position: ast.expr) -> Expr:
        self._count("entries", MOST_ENTRIES_TYPED, target)
        signal = self._of_one_axis(target, self.signal(target))
        if isinstance(position, ast.Slice):
            raise self.error(position, "a position is one integer here, as in k[t]")
        at = self.integer(position)
        match signal:
            case Signal(name, size):
                return Indexed(IndexedBase(name, shape=(size.written,)), at)
            case SignalExpr(Flip(), (Signal(name, size),)):
                last = difference(size.written, Integer(1))
                return Indexed(IndexedBase(name, shape=(size.written,)), difference(last, at))
        try:
            return signal[at]
        except SymconvError as error:
            raise self.error(position, str(error)) from None

    def _count(self, what: str, most: int, node: ast.expr) -> None:
        self._counted[what] += 1
        if self._counted[what] > most:
            raise self.error(node, f"more than {most} {what}")

    def _sum(self, node: ast.Call) -> Expr:
        self._count("sums", MOST_SUMS, node)
        if len(node.args) < 2 or node.keywords:
            raise self.error(
                node,
                "expected Sum(formula, i), Sum(formula, (i, 0, c - 1)) or a condition, "
                "Sum(formula, i + 2*j == t)",
            )
        body, *nodes = node.args
        value = self._formula(body, self.value(body))
        limits = []
        for name, ends in self._scope.limits(nodes):
            index = IntegerSymbol(name.id)
            low, high = map(self._end, ends) if ends else (-sympy.oo, sympy.oo)
            if sympy.oo == low or high == -sympy.oo:
                at = ends[0] if sympy.oo == low else ends[1]
                raise self.error(at, "this end of the sum is infinite on the wrong side")
            limits.append((index, low, high))
        read = [self.condition(one) for one in nodes if is_condition(one)]
        conditions = [part for one in read for part in sympy.And.make_args(one)]
        limits, conditions = _without_solved(value, limits, conditions)
        if conditions:
            value = such_that(value, unevaluated.all_of(*conditions))
        return Sum(value, *limits) if limits else value

    def _where(self, value: Expr, condition: ast.expr) -> Expr:
        """The value where a condition holds, and 0 elsewhere."""
        return such_that(value, self.condition(condition))

    def _end(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name("oo") | ast.UnaryOp(ast.UAdd(), ast.Name("oo")):
                return sympy.oo
            case ast.UnaryOp(ast.USub(), ast.Name("oo")):
                return -sympy.oo
        end = self.integer(node)
        numbers = [abs(int(a)) for a in end.atoms(Integer)]
        if max(numbers, default=0) > LARGEST_END:
            raise self.error(node, f"an end of a sum with a number beyond {LARGEST_END}")
        if any(power.exp > 2 for power in end.atoms(Pow)):
            raise self.error(node, "an end of a sum with a power beyond 2")
        return end

    def _piecewise(self, node: ast.Call) -> Expr:
        branches: list[Expr] = []
        before: list[Boolean] = []
        for part in node.args:
            match part:
                case ast.Tuple([value, condition]):
                    read = self.value(value)
                    if not isinstance(read, Expr):
                        raise self.error(value, f"expected a formula, and this is {_sort(read)}")
                    holds = self.condition(condition)
                    # SymPy would take a Piecewise out of a sum, with a condition on its index.
                    branches.append(such_that(read, unevaluated.all_of(holds, *before)))
                    before.append(_denied(holds))
                case _:
                    raise self.error(part, "expected (formula, condition), such as (0, True)")
        if not branches or node.keywords:
            raise self.error(node, "expected Piecewise((formula, condition), (0, True))")
        return unevaluated.sum_of(*(one for one in branches if one.args[0] != 0))

    def _formula(self, node: ast.expr, value: Value) -> Expr:
        """A value that must be a formula in entries and rational numbers."""
        if not isinstance(value, Expr):
            raise self.error(node, f"expected a formula in entries, and this is {_sort(value)}")
        stray = _stray(value)
        if stray is not None:
            raise self.error(
                _place(node, stray.name) or node,
                f"{stray} is a position, not an entry: it stands in positions, limits and "
                "conditions only",
            )
        return value

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        for part, value in ((node.left, left), (node.right, right)):
            if not isinstance(value, SignalExpr | Expr):
                raise self.error(part, f"expected a formula or a signal, and this is {sort(value)}")
        match left, right:
            case SignalExpr(), SignalExpr():
                return self._signals(node, left, right)
            case SignalExpr(), Expr() if not right.is_Rational:
                raise self.error(node.right, f"{_sort(right)} beside a signal; {_POSITION}")
            case Expr(), SignalExpr() if not left.is_Rational:
                raise self.error(node.right, f"a signal beside {_sort(left)}; {_POSITION}")
            case Expr(), Expr():
                self._check_numbers(node, left, right)
        try:
            return combined(node.op, left, right)
        except SymconvError as error:
            raise self.error(node.right, str(error)) from None

    def _signals(self, node: ast.BinOp, left: SignalExpr, right: SignalExpr) -> Value:
        if isinstance(node.op, Star):
            return left.convolve(right)
        if isinstance(node.op, ast.Mult):
            raise self.error(
                node.right, f"between signals, * is their convolution; otherwise {_POSITION}"
            )
        return combined(node.op, left, right)

    def _check_numbers(self, node: ast.BinOp, left: Expr, right: Expr) -> None:
        entries = [value.has(Indexed, Sum) for value in (left, right)]
        if isinstance(node.op, ast.FloorDiv | ast.Mod | ast.Div | ast.Pow) and any(entries):
            if entries[1]:
                raise self.error(node.right, "expected a number, not entries of signals")
            if isinstance(node.op, ast.FloorDiv | ast.Mod):
                raise self.error(node.left, "entries of signals are not rounded")
        if isinstance(node.op, ast.FloorDiv | ast.Mod):
            self._check_positive(node.right, right, DIVISOR)
        if isinstance(node.op, ast.Div) and right.is_zero:
            raise self.error(node.right, "division by zero")
        if isinstance(node.op, ast.Div) and right.has(SuchThat):
            raise self.error(node.right, "expected a number, and this is one in some cases only")
        if any(entries):
            for part, value in ((node.left, left), (node.right, right)):
                self._formula(part, value)


def _denied(condition: Boolean) -> Boolean:
    """That a condition does not hold: ≠ for =."""
    if isinstance(condition, Eq | Ne):
        other = Ne if isinstance(condition, Eq) else Eq
        return unevaluated.relation(other, condition.lhs, condition.rhs)
    return unevaluated.negation(condition)


def _with_cases(position: Expr) -> Expr:
    """A position with its cases as SymPy has them, and not as terms that are 0 elsewhere."""
    if not position.has(SuchThat):
        return position
    if isinstance(position, SuchThat):
        value, condition = position.args
        return Piecewise((_with_cases(value), condition), (0, True), evaluate=False)
    parts = [_with_cases(one) if isinstance(one, Expr) else one for one in position.args]
    return position.func(*parts, evaluate=False)


_Limit: TypeAlias = tuple[Symbol, Expr, Expr]


def _without_solved(
    value: Expr, limits: list[_Limit], conditions: list[Boolean]
) -> tuple[list[_Limit], list[Boolean]]:
    """The limits without indices that a condition gives in terms of others, as j in i + j = t.

    Only one that the term of the sum does not have: each choice of the others then leaves one term
    at most.
    """
    for index, low, high in limits:
        if index in value.free_symbols:
            continue
        if any(end.has(index) for _, *ends in limits for end in ends):
            continue
        for equation in conditions:
            if isinstance(equation, Eq) and (at := _solved(equation, index)) is not None:
                others = [one for one in conditions if one is not equation]
                if low != -sympy.oo:
                    others.append(unevaluated.relation(Ge, index, low))
                if high != sympy.oo:
                    others.append(unevaluated.relation(Le, index, high))
                rest = [limit for limit in limits if limit[0] != index]
                return _without_solved(value, rest, [one.xreplace({index: at}) for one in others])
    return limits, conditions


def _solved(equation: Eq, index: Symbol) -> Expr | None:
    """The integer that an index is by an equation, if it is one for all others."""
    difference = sympy.expand(equation.lhs - equation.rhs)
    coefficient = difference.coeff(index)
    rest = sympy.expand(difference - coefficient * index)
    if abs(coefficient) != 1 or rest.has(index):
        return None
    try:
        _, denominator = scaled_polynomial(rest)
    except SymconvError:
        return None
    return -coefficient * rest if denominator == 1 else None


_POSITION = "an entry has a position, as in k[t]"


def _sort(value: Value) -> str:
    if isinstance(value, SignalExpr):
        return "a signal without a position"
    if isinstance(value, Boolean) and not isinstance(value, Expr):
        return "a condition"
    return "an entry" if value.has(Indexed, Sum) else "an integer expression"


def _stray(value: Expr) -> Symbol | None:
    """A symbol that is a factor or a term of a formula, as entries and numbers are."""
    match value:
        case Rational() | Indexed():
            return None
        case Sum():
            return _stray(value.function)
        case SuchThat():
            return _stray(value.args[0])
        case sympy.Add() | sympy.Mul():
            return next(filter(None, map(_stray, value.args)), None)
        case Pow():
            return _stray(value.args[0])
    symbols: list[Symbol] = sorted(value.free_symbols, key=str)
    return symbols[0] if symbols else None


def _place(tree: ast.expr, name: str) -> ast.expr | None:
    """Where a name stands outside of positions, limits and conditions."""
    match tree:
        case ast.Name(found):
            return tree if found == name else None
        case ast.BinOp(left, _, right):
            return _place(left, name) or _place(right, name)
        case ast.UnaryOp(operand=operand):
            return _place(operand, name)
        case ast.Call(ast.Name("Sum"), [body, *_]):
            return _place(body, name)
    return None

"""The tree of the grammar `latex.lark` made into the tree that the same formula has as text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast
from unicodedata import digit

from lark import Token, Transformer, Tree

from symconv.reading.text.conditions import (
    Dots,
    Everywhere,
    Item,
    Member,
    Otherwise,
    Row,
    below_sum,
    joined,
)
from symconv.reading.text.marked import DIVISIBLE, EVEN
from symconv.reading.text.syntax import Passage, TextError
from symconv.reading.text.trees import (
    Star,
    both,
    divided,
    in_a_row,
    is_condition,
    is_signal_tree,
    placed,
    restricted,
)

__all__ = ["built"]

_Node = ast.expr


def built(
    parsed: Tree[Token], passage: Passage, places: list[int], signals: Collection[str]
) -> list[ast.expr]:
    """The trees of the sides of an equation.

    Args:
        parsed: the tree of the grammar.
        passage: where it was written.
        places: where each character that was parsed stands in the passage.
        signals: the names of signals.

    Raises:
        VisitError: of what is refused, a `TextError`; or it is nested too deeply.
    """
    trees: list[ast.expr] = _Builder(passage, places, signals).transform(parsed)
    return trees


@dataclass(frozen=True, slots=True)
class _Part:
    """A factor, or an operand of a convolution, before it is known what stands before it.

    Attributes:
        tree: what it is without its suffixes.
        is_argument: whether it stands in parentheses or brackets, as a position does.
        suffixes: what comes after it.
        is_square: whether these are square brackets.
    """

    tree: _Node
    is_argument: bool
    suffixes: Sequence[Callable[[_Node], _Node]]
    is_square: bool = False

    def after(self, tree: _Node) -> _Node:
        """The suffixes, put after a tree."""
        return reduce(lambda inner, suffix: suffix(inner), self.suffixes, tree)


@dataclass(frozen=True, slots=True)
class _Group:
    tree: _Node
    is_square: bool = False


@dataclass(frozen=True, slots=True)
class _Domain:
    condition: _Node | None


@dataclass(frozen=True, slots=True)
class _Modulus:
    tree: _Node


_RELATIONS: dict[str, type[ast.cmpop]] = {
    "=": ast.Eq, "<": ast.Lt, ">": ast.Gt, "≤": ast.LtE, "≥": ast.GtE, "≠": ast.NotEq,
    "==": ast.Eq, "<=": ast.LtE, ">=": ast.GtE, "!=": ast.NotEq, "⩽": ast.LtE, "⩾": ast.GtE,
    "lt": ast.Lt, "gt": ast.Gt, "le": ast.LtE, "leq": ast.LtE, "leqslant": ast.LtE,
    "ge": ast.GtE, "geq": ast.GtE, "geqslant": ast.GtE, "ne": ast.NotEq, "neq": ast.NotEq,
}  # fmt: skip  # fmt: skip


class _Builder(Transformer[Token, Any]):
    """Makes the tree of Python's parser from that of the grammar, from the leaves on."""

    def __init__(self, passage: Passage, places: list[int], signals: Collection[str]) -> None:
        super().__init__(visit_tokens=False)
        self._passage = passage
        self._places = places
        self._signals = signals
        self._remainders: dict[int, _Node] = {}  # without brackets around them

    # Each method is a rule of the grammar, or one of its alternatives.

    def start(self, parts: list[Any]) -> list[_Node]:
        *sides, last = (part for part in parts if not isinstance(part, Token))
        if not isinstance(last, _Domain):
            return [*sides, last]
        formula = sides.pop()
        if last.condition is None:
            return [*sides, formula]
        return [*sides, restricted(formula, last.condition)]

    def domain(self, parts: list[Any]) -> _Domain:
        return _Domain(joined(parts[-1], self._error))

    def expr(self, parts: list[Any]) -> _Node:
        result: _Node | None = None
        sign: Token | None = None
        self._check_remainders(parts)
        for part in filter(None, parts):
            if isinstance(part, Token):
                sign = part
            elif result is None:
                result = self._signed(sign, part)
            else:
                plus = sign is not None and sign.type == "PLUS"
                result = _binary(result, ast.Add() if plus else ast.Sub(), part)
        assert result is not None
        return result

    def term(self, parts: list[Any]) -> _Node:
        """A product: what is in parentheses after a signal is a position."""
        factors: list[_Node] = []
        operators: list[ast.operator] = []
        operator: Token | None = None
        for part in parts:
            if isinstance(part, Token):
                operator = part
                continue
            tree, after = (part.tree, part.after) if isinstance(part, _Part) else (part, None)
            if factors and operator is None:
                if (
                    after is not None
                    and part.is_argument
                    and is_signal_tree(factors[-1], self._signals)
                    and not is_signal_tree(tree, self._signals)
                ):
                    factors[-1] = after(_entry(factors[-1], tree))
                    continue
                if after is not None and part.is_argument and self._is_delta(factors[-1]):
                    factors[-1] = after(self._unit(factors[-1], tree))
                    continue
                self._check_beside(tree, operators)
                if after is not None and part.is_argument:
                    self._check_argument(factors[-1])
            if after is not None and part.is_square and _is_fraction(tree):
                raise self._error(
                    tree,
                    "is this rounded? write \\lfloor … \\rfloor, or parentheses where it is not",
                )
            factors.append(after(tree) if after is not None else tree)
            if len(factors) > 1:
                operators.append(_operator(operator))
            operator = None
        pairs = zip(operators, factors[1:], strict=True)
        product = reduce(lambda left, pair: _binary(left, *pair), pairs, factors[0])
        if any(isinstance(one, ast.Mod) for one in operators):
            self._remainders[id(product)] = product
        return product

    def _check_remainders(self, parts: list[Any]) -> None:
        """Refuse t - i mod 2, which people and programs read differently."""
        terms = [part for part in parts if part is not None and not isinstance(part, Token)]
        for term in terms if len(terms) > 1 else ():
            if id(term) in self._remainders:
                raise self._error(
                    term, r"is only this divided? write (t - i) \bmod 2 or t - (i \bmod 2)"
                )

    def _check_beside(self, tree: _Node, operators: Sequence[ast.operator]) -> None:
        """Refuse a factor without a sign before it where it could mean two things."""
        if operators and isinstance(operators[-1], ast.Div | ast.Mod):
            raise self._error(
                tree,
                "does this belong to the denominator? write \\frac{…}{…}, brackets, or \\cdot",
            )
        if isinstance(tree, ast.Constant):
            raise self._error(tree, "a number stands before what it multiplies")

    def _check_argument(self, before: _Node) -> None:
        """Refuse h(t) for an unknown h, which would be a product."""
        if isinstance(before, ast.Name) and before.id not in self._signals:
            known = ", ".join(sorted(self._signals))
            raise self._error(
                before,
                f"{before.id} is not a signal here, expected {known}; a product has a sign, "
                f"{before.id} \\cdot (…)",
            )

    def part(self, parts: list[Any]) -> _Part:
        atom, *suffixes = parts
        if isinstance(atom, _Group):
            return _Part(atom.tree, True, suffixes, atom.is_square)
        # A subscript belongs to the name before it.
        while suffixes and getattr(suffixes[0], "is_low", False):
            atom = suffixes.pop(0)(atom)
        return _Part(atom, False, suffixes)

    def number(self, parts: list[Token]) -> _Node:
        return placed(ast.Constant(int(parts[0])), self._at(parts[0]))

    def letter(self, parts: list[Token]) -> _Node:
        return self._named(parts[0])

    def infinity(self, parts: list[Token]) -> _Node:
        return placed(ast.Name("oo", ast.Load()), self._at(parts[0]))

    def tilde(self, parts: list[Any]) -> _Node:
        """A flipped signal; its subscript may follow, and is put into its name."""
        inner = parts[-1]
        if isinstance(inner, Token):
            inner = self._named(inner, str(inner).removesuffix("\u0303"))
        return _method(inner, "flip", [], self._at(parts[0]))

    def group(self, parts: list[Row]) -> _Group:
        return _Group(self._within(parts[0]))

    def bracket(self, parts: list[Row]) -> _Node | _Group:
        """What a position is, or 1 where a condition holds and 0 elsewhere."""
        tree = self._within(parts[0])
        return self._indicator(tree) if is_condition(tree) else _Group(tree, is_square=True)

    def indicator(self, parts: list[Any]) -> _Node:
        row = parts[1]
        match row:
            case [ast.List([tree])]:  # brackets within the subscript
                return self._indicator(tree)
        condition = joined(row, self._error)
        if condition is None:
            raise self._passage.error("expected a condition here", self._at(parts[0]))
        return self._indicator(condition)

    def _indicator(self, condition: _Node) -> _Node:
        return placed(ast.List([condition], ast.Load()), condition.col_offset)

    def _is_delta(self, tree: _Node) -> bool:
        """Whether a tree is the letter of Kronecker's delta, and no signal."""
        return isinstance(tree, ast.Name) and tree.id == "delta" and "delta" not in self._signals

    def _unit(self, delta: _Node, tree: _Node, other: _Node | None = None) -> _Node:
        """Kronecker's delta: 1 where a position is 0, or two are the same, and 0 elsewhere."""
        if not is_condition(tree):
            at = delta.col_offset
            other = other or placed(ast.Constant(0), at)
            tree = placed(ast.Compare(tree, [ast.Eq()], [other]), at)
        return self._indicator(tree)

    def _within(self, row: Row) -> _Node:
        """What stands in parentheses or brackets: an expression or a condition."""
        match row:
            case [ast.expr() as tree]:
                self._remainders.pop(id(tree), None)
                return tree
            case [ast.expr() as tree, Token() as comma, *_] if (
                comma.type == "COMMA" and not is_condition(tree)
            ):
                raise self._passage.error("a comma is not expected here", self._at(comma))
        condition = joined(row, self._error)
        if condition is None:
            at = next((one.tree.col_offset for one in row if isinstance(one, Everywhere)), 0)
            raise self._passage.error("this is not expected here", at)
        return condition

    def braces(self, parts: list[_Node]) -> _Node:
        return parts[0]

    def fraction(self, parts: list[Any]) -> _Node:
        bottom = parts[2]
        if isinstance(bottom, Token):
            if len(bottom) > 1 and not bottom.startswith("\\"):
                raise self._passage.error(
                    "put braces around the denominator, \\frac{…}{…}", self._at(bottom)
                )
            bottom = self._short(str(bottom), self._at(bottom))
        return _binary(parts[1], ast.Div(), bottom)

    def short_top(self, parts: list[Any]) -> _Node:
        top = self._short(str(parts[0])[-1], self._at(parts[0]))
        return _binary(top, ast.Div(), parts[1])

    def short_fraction(self, parts: list[Token]) -> _Node:
        r"""\frac12, whose numerator and denominator are one character each."""
        signs = str(parts[0]).replace(" ", "")
        top, bottom = signs[-2], signs[-1]
        at = self._at(parts[0])
        return _binary(self._short(top, at), ast.Div(), self._short(bottom, at))

    def _short(self, sign: str, at: int) -> _Node:
        if sign.isnumeric():
            return placed(ast.Constant(int(sign)), at)
        return placed(ast.Name(sign.lstrip("\\"), ast.Load()), at)

    def rounded(self, parts: list[Any]) -> _Node:
        opening: Token = parts[0]
        is_floor = opening.type == "LEFT_FLOOR"
        return self._call("floor" if is_floor else "ceil", [parts[1]], opening)

    def function(self, parts: list[Any]) -> _Node:
        parts = [part for part in parts if not _is_token(part, "COMMA")]
        word = next(w for w in ("min", "max", "floor", "ceil", "flip") if w in parts[0])
        if word == "flip":
            if len(parts) > 2:
                raise self._error(parts[2], "flip takes one signal")
            return _method(parts[1], "flip", [], self._at(parts[0]))
        return self._call(word, parts[1:], parts[0])

    def low(self, parts: list[Any]) -> Callable[[_Node], _Node]:
        """A subscript: the number in the name of a signal, or the position of an entry."""
        return _Low(self, [part for part in parts if not _is_token(part, "COMMA")])

    def high(self, parts: list[Any]) -> Callable[[_Node], _Node]:
        exponent = self._small(parts[0])

        def applied(base: _Node) -> _Node:
            match base, exponent:
                case ast.Name(name), ast.Constant(int() as number) if name in self._signals:
                    if f"{name}_{number}" in self._signals:  # k^{(2)} is the second kernel
                        named = ast.Name(f"{name}_{number}", ast.Load())
                        return placed(named, base.col_offset)
            return _binary(base, ast.Pow(), exponent)

        return applied

    def suffix(self, parts: list[Any]) -> Any:
        return parts[0]

    def arrow(self, parts: list[Any]) -> Callable[[_Node], _Node]:
        factor = self._small(parts[1])
        up = parts[0] == "↑" or "up" in parts[0]
        at = self._at(parts[0])

        def applied(signal: _Node) -> _Node:
            if not is_signal_tree(signal, self._signals):
                raise self._passage.error(f"{parts[0]} belongs after a kernel", at)
            return _method(signal, "dilate" if up else "downsample", [factor], at)

        return applied

    # --- sums --------------------------------------------------------------------------

    def sum(self, parts: list[Any]) -> _Node:
        sign, *limits, body = parts
        below = [value for place, value in limits if place == "below"]
        above = [value for place, value in limits if place == "above"]
        if len(below) != 1 or len(above) > 1:
            raise self._passage.error(
                "expected the index of the sum below it, as in \\sum_{i}", self._at(sign)
            )
        high = above[0] if above else None
        return self._call("Sum", [body, *below_sum(below[0], high, self._error)], sign)

    def below(self, parts: list[Any]) -> tuple[str, Row]:
        if isinstance(parts[0], Token):
            return "below", [self._small(parts[0])]
        return "below", parts[0]

    def above(self, parts: list[Any]) -> tuple[str, _Node]:
        return "above", self._small(parts[0])

    # --- conditions --------------------------------------------------------------------

    def conditions(self, parts: list[Item | Token]) -> Row:
        """The items and the signs between them, of which ", and" is one."""
        return [
            part
            for part, after in zip(parts, [*parts[1:], None], strict=True)
            if not (isinstance(part, Token) and isinstance(after, Token))
        ]

    def negation(self, parts: list[Any]) -> _Node:
        if not is_condition(parts[1]):
            raise self._error(parts[1], "expected a condition in brackets")
        return placed(ast.UnaryOp(ast.Not(), parts[1]), self._at(parts[0]))

    def relation(self, parts: list[Any]) -> _Node:
        modulus = parts.pop() if isinstance(parts[-1], _Modulus) else None
        if len(parts) == 1:
            if modulus is not None:
                raise self._error(modulus.tree, "expected a congruence, as in t \\equiv 0 \\pmod 2")
            tree: _Node = parts[0]
            return tree
        if modulus is not None or any(_is_token(sign, "EQUIVALENT") for sign in parts[1::2]):
            return self._congruence(parts, modulus)
        signs = [_RELATIONS[str(sign).lstrip("\\:")]() for sign in parts[1::2]]
        return placed(ast.Compare(parts[0], signs, parts[2::2]), parts[0].col_offset)

    def _congruence(self, parts: list[Any], modulus: _Modulus | None) -> _Node:
        if len(parts) > 3 or not _is_token(parts[1], "EQUIVALENT", "EQUALS"):
            raise self._error(parts[0], "a congruence has two sides, as in t \\equiv 0 \\pmod 2")
        left, _, right = parts
        if modulus is None:
            match left, right:
                case _, ast.BinOp(inner, ast.Mod(), divisor) if id(right) in self._remainders:
                    right, modulus = inner, _Modulus(divisor)
                case ast.BinOp(inner, ast.Mod(), divisor), _:
                    left, modulus = inner, _Modulus(divisor)
                case _:
                    raise self._error(left, "modulo what? write t \\equiv 0 \\pmod 2")
        match right:
            case ast.Constant(0):
                return divided(left, modulus.tree)
        return divided(_binary(left, ast.Sub(), right), modulus.tree)

    def modulus(self, parts: list[Any]) -> _Modulus:
        tree = parts[1]
        if isinstance(tree, Token):
            tree = self._short(str(tree), self._at(tree))
        return _Modulus(tree)

    def set(self, parts: list[Any]) -> Callable[[_Node], _Node | None]:
        """What is said of what lies in the set; None for all integers."""
        match parts:
            case [Token(type="INTEGERS")]:
                return self._whole
            case [Token(type="NUMBER") as factor, Token()]:
                return lambda tree: divided(tree, self.number([factor]))
            case [Token(type="NATURALS") as naturals]:
                if "0" in naturals or "₀" in naturals:
                    return lambda tree: self._compared(tree, [ast.GtE()], [self._zero(naturals)])
                raise self._passage.error(
                    "does 0 belong to it? write i \\ge 0 or i \\ge 1", self._at(naturals)
                )
        items = self._expressions(parts[0])
        match items:
            case [*first, Dots(), ast.expr() as last] if first and in_a_row(first):
                return self._between(first[0], last)
            case _ if all(isinstance(one, ast.expr) for one in items):
                return lambda tree: both(
                    [self._compared(tree, [ast.Eq()], [one]) for one in items], ast.Or
                )
        raise self._passage.error(
            "expected a set such as \\{0, \\dots, c - 1\\}, \\{0, 1\\} or \\mathbb{Z}",
            next((one.col_offset for one in items if isinstance(one, ast.expr)), 0),
        )

    def interval(self, parts: list[Any]) -> Callable[[_Node], _Node | None]:
        """The integers between two ends."""
        items = self._expressions(parts[0])
        if len(items) == 2 and all(isinstance(one, ast.expr) for one in items):
            return self._between(*items)
        raise self._passage.error(
            "expected two ends, as in [0, c - 1]",
            next((one.col_offset for one in items if isinstance(one, ast.expr)), 0),
        )

    def _between(self, low: Any, high: Any) -> Callable[[_Node], _Node | None]:
        return lambda tree: self._compared(low, [ast.LtE(), ast.LtE()], [tree, high])

    def _expressions(self, row: Row) -> list[Any]:
        """What stands between the commas of a set."""
        for one in row:
            if isinstance(one, Token) and one.type != "COMMA":
                raise self._passage.error("expected a comma here", self._at(one))
            if is_condition(one):
                raise self._error(cast("_Node", one), "expected an element of the set")
        return [one for one in row if not isinstance(one, Token)]

    def _compared(self, first: _Node, signs: list[ast.cmpop], others: list[_Node]) -> _Node:
        return placed(ast.Compare(first, signs, others), first.col_offset)

    def _zero(self, token: Token) -> _Node:
        return placed(ast.Constant(0), self._at(token))

    def member(self, parts: list[Any]) -> Item:
        tree, sign, says = parts
        if sign.type == "IN":
            return Member(tree, says)

        def denied(one: _Node) -> _Node:
            condition = says(one)
            if condition is None:
                raise self._error(one, "every index is an integer; expected a fraction, (t - i)/2")
            return placed(ast.UnaryOp(ast.Not(), condition), one.col_offset)

        return Member(tree, denied)

    def parity(self, parts: list[Any]) -> _Node:
        sign, tree = parts if isinstance(parts[0], Token) else parts[::-1]
        at = tree.col_offset
        remainder = _binary(tree, ast.Mod(), placed(ast.Constant(2), at))
        rest = placed(ast.Constant(int(str(sign) != EVEN)), at)
        return placed(ast.Compare(remainder, [ast.Eq()], [rest]), at)

    def integral(self, parts: list[Any]) -> Item:
        return Member(parts[0], self._whole)

    def _whole(self, tree: _Node) -> _Node | None:
        """That an expression is an integer: that the denominator divides, if it is a fraction."""
        match tree:
            case ast.BinOp(top, ast.Div(), bottom):
                return divided(top, bottom)
        for part in ast.walk(tree):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
                raise self._error(tree, "write one fraction, as in (t - i)/2 \\in \\mathbb{Z}")
        return None

    def divisible(self, parts: list[Any]) -> _Node:
        tree, sign, divisor = parts
        return divided(tree, divisor, divides=str(sign) == DIVISIBLE)

    def every(self, parts: list[Any]) -> Item:
        return Everywhere(parts[1])

    def otherwise(self, parts: list[Any]) -> Item:
        word = next(part for part in parts if isinstance(part, Token))
        value = next((part for part in parts if not isinstance(part, Token)), None)
        return Otherwise(self._at(word), value)

    def dots(self, parts: list[Token]) -> Item:
        return Dots(self._at(parts[0]))

    # --- cases -------------------------------------------------------------------------

    def cases(self, parts: list[Any]) -> _Node:
        sign, *rows = parts
        return self._call("Piecewise", rows, sign)

    def row(self, parts: list[Any]) -> _Node:
        value, *others = parts
        match others[-1]:
            case Token(type="OTHERWISE") | [Otherwise(value=None)]:
                condition: _Node = placed(ast.Constant(True), value.col_offset)
            case row:
                found = joined(row, self._error)
                condition = found or placed(ast.Constant(True), value.col_offset)
        return placed(ast.Tuple([value, condition], ast.Load()), value.col_offset)

    # --- pieces ------------------------------------------------------------------------

    def _at(self, token: Token) -> int:
        return self._places[token.start_pos or 0]

    def _error(self, node: _Node, problem: str) -> TextError:
        return self._passage.error(problem, node.col_offset)

    def _named(self, token: Token, name: str = "") -> _Node:
        return placed(ast.Name((name or str(token)).lstrip("\\"), ast.Load()), self._at(token))

    def _small(self, what: Any) -> _Node:
        """A subscript or superscript of one character, or what was in braces."""
        if not isinstance(what, Token):
            tree: _Node = what
            return tree
        if what.type == "INFINITY":
            return self.infinity([what])
        sign = str(what).lstrip("_^").strip()
        at = self._places[(what.start_pos or 0) + len(what) - len(sign)]
        if sign.isnumeric():
            return placed(ast.Constant(digit(sign)), at)
        return placed(ast.Name(sign.lstrip("\\"), ast.Load()), at)

    def _signed(self, sign: Token | None, tree: _Node) -> _Node:
        if sign is None or sign.type == "PLUS":
            return tree
        return placed(ast.UnaryOp(ast.USub(), tree), self._at(sign))

    def _call(self, name: str, arguments: list[_Node], token: Token) -> _Node:
        at = self._at(token)
        function = placed(ast.Name(name, ast.Load()), at)
        return placed(ast.Call(function, arguments, []), at)


class _Low:
    """A subscript, to be put after a name."""

    is_low = True

    def __init__(self, builder: _Builder, parts: list[Any]) -> None:
        self._builder = builder
        self._trees = [builder._small(part) for part in parts]

    def __call__(self, base: _Node) -> _Node:
        if len(self._trees) > 2 or not isinstance(self._trees[0], ast.Constant | ast.expr):
            raise self._builder._error(self._trees[2], "a comma is not expected here")
        if self._builder._is_delta(base) and not isinstance(self._trees[-1], ast.Constant):
            return self._builder._unit(base, *self._trees)
        if len(self._trees) == 2 and not isinstance(self._trees[0], ast.Constant):
            raise self._builder._error(self._trees[1], "a comma is not expected here")
        for tree in self._trees:
            base = self._put(base, tree)
        return base

    def _put(self, base: _Node, tree: _Node) -> _Node:
        match base, tree:
            case ast.Name(name), ast.Constant(int() as number):
                return placed(ast.Name(f"{name}_{number}", ast.Load()), base.col_offset)
            case ast.Call(ast.Attribute(ast.Name() as inner, "flip"), [], []), ast.Constant():
                return _method(self._put(inner, tree), "flip", [], base.col_offset)
        if not is_signal_tree(base, self._builder._signals):
            raise self._builder._error(
                tree, "a subscript belongs to a kernel, as in k_2 or k_{t-2i}"
            )
        return _entry(base, tree)


def _is_token(part: object, *kinds: str) -> bool:
    return isinstance(part, Token) and part.type in kinds


def _binary(left: _Node, operator: ast.operator, right: _Node) -> _Node:
    return placed(ast.BinOp(left, operator, right), left.col_offset)


def _is_fraction(tree: _Node) -> bool:
    """Whether a tree is of positions and lengths, and is divided, but not rounded."""
    if any(isinstance(part, ast.Subscript) for part in ast.walk(tree)):
        return False
    match tree:
        case ast.BinOp(left, operator, right):
            return isinstance(operator, ast.Div) or _is_fraction(left) or _is_fraction(right)
        case ast.UnaryOp(operand=inner):
            return _is_fraction(inner)
    return False


def _entry(signal: _Node, position: _Node) -> _Node:
    return placed(ast.Subscript(signal, position, ast.Load()), signal.col_offset)


def _method(signal: _Node, name: str, arguments: list[_Node], at: int) -> _Node:
    function = placed(ast.Attribute(signal, name, ast.Load()), at)
    function.end_col_offset = at + len(name)  # where errors find the name
    return placed(ast.Call(function, arguments, []), min(at, signal.col_offset))


def _operator(token: Token | None) -> ast.operator:
    match None if token is None else token.type:
        case "STAR":
            return Star()
        case "OVER":
            return ast.Div()
        case "MODULO":
            return ast.Mod()
    return ast.Mult()

r"""Index formulas and operator expressions in LaTeX, read without evaluating anything.

    formula     \sum_{i} k(i)\, k(t - 2i)   \sum_{i=0}^{c-1} k_i k_{t-2i}   \frac{1}{2} k[t]
    operators   k * (k \uparrow_2)   k * k\uparrow_{2}   \tilde{k}   (k * k)\downarrow_2

and the same in Unicode, such as k ∗ k↑₂ or Σ_i k[i]·k[t − 2i]; sums under conditions, cases,
brackets that are 1 where a condition holds, and the domain of a formula after it.  In the notation
of the exercise both * and \star are the convolution of signals, a tilde flips, and ↑ and ↓ belong
to the factor before them.  A grammar, `latex.lark`, makes the tree that the same formula has
as Python-like text; `symconv.reading.text.formulas` reads it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import islice
from typing import Any, TypeVar, cast
from unicodedata import digit

import sympy
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from symconv.arithmetic.limits import (
    DEEPEST_BRACKETS,
    LONGEST_NAME,
    MOST_CHARACTERS,
    MOST_DIGITS,
    MOST_SUMS,
    MOST_TOKENS,
)
from symconv.language.signals import Signal
from symconv.reading.text.conditions import (
    Dots,
    Everywhere,
    Item,
    Member,
    Otherwise,
    Row,
    below_sum,
    both,
    divided,
    in_a_row,
    is_condition,
    joined,
)
from symconv.reading.text.formulas import (
    ParsedFormula,
    Star,
    is_restricted,
    is_signal_tree,
    read_formula,
    restricted,
)
from symconv.reading.text.marked import DIVISIBLE, EVEN, Marked, marked
from symconv.reading.text.syntax import (
    Passage,
    Phrase,
    TextError,
    within_limits,
)

__all__ = ["latex_of", "parse_latex", "read_latex"]

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}

_INSTEAD = {
    r"\bar": r"a flipped kernel is \tilde{k}",
    r"\hat": r"a flipped kernel is \tilde{k}",
    r"\overline": r"a flipped kernel is \tilde{k}",
    r"\begin": r"write cases as \begin{cases} k_{t/2} & \text{if } 2 \mid t \\ 0 & "
    r"\text{otherwise} \end{cases}",
    r"\prod": "products are written out",
    r"\circledast": "a convolution is *",
    r"\otimes": "a convolution is *",
    r"\underbrace": "what is said about a part of a formula is left out",
}
_EXPECTED = {
    "COMMA": r"; what follows a whole formula is its domain, such as , 0 \le t < c",
    "_END_CASES": r"; a row of cases is k_{t/2} & \text{if } t \text{ even}",
    "_ROW": r"; a row of cases is k_{t/2} & \text{if } t \text{ even}",
    "MODULUS": r"; it belongs to a congruence, t \equiv 0 \pmod 2, and a remainder is t \bmod 2",
}

_T = TypeVar("_T", bound=ast.expr)
_Node = ast.expr


def parse_latex(
    text: str, signals: dict[str, Signal], *, index: str | None = None
) -> ParsedFormula:
    r"""Read an index formula or an operator expression in LaTeX.

    >>> from symconv import integers
    >>> k = Signal("k", integers("c", positive=True))
    >>> parse_latex(r"\sum_{i=0}^{c-1} k(i)\, k(t - 2i)", {"k": k}).value
    Sum(k[-2*i + t]*k[i], (i, 0, c - 1))
    >>> parse_latex(r"k * k\uparrow_2", {"k": k}).value
    k.convolve(k.dilate(2))

    Raises:
        TextError: the text is not of this form; it says where.
    """
    sides = read_latex(Passage(text, "the formula"), signals)
    if len(sides) > 1:
        raise sides[1].error(sides[1].tree, "expected one formula, without an equals sign")
    return read_formula(sides[0], signals, index=index)


def read_latex(passage: Passage, signals: Collection[str]) -> list[Phrase]:
    """The trees of the sides of an equation in LaTeX; one for a formula alone.

    Args:
        passage: the text.
        signals: the names of signals, as in the text; k_2 is the name of one, k_i an entry.

    Raises:
        TextError: the text is beyond the limits, or not of this form; it says where.
    """
    inner = _undressed(passage)
    content = inner.content
    if len(content) > MOST_CHARACTERS:
        raise inner.error(
            f"{len(content)} characters, and {MOST_CHARACTERS} are allowed",
            MOST_CHARACTERS,
        )
    if not content.strip():
        raise passage.error("there is nothing here")
    text = marked(inner)
    try:
        _check_tokens(inner, text)
        parsed = _parser().parse(text.content)
        places = [inner.start - passage.start + place for place in text.places]
        trees: list[_Node] = _Builder(passage, places, signals).transform(parsed)
    except UnexpectedInput as error:
        raise _explained(error, inner, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, TextError):
            raise error.orig_exc from None
        if isinstance(error.orig_exc, RecursionError):
            raise inner.error("nested too deeply") from None
        raise
    except RecursionError:
        raise inner.error("nested too deeply") from None
    return [within_limits(Phrase(passage, tree)) for tree in trees]


@cache
def _parser() -> Lark:
    return Lark.open("latex.lark", rel_to=__file__, parser="lalr", lexer="basic")


_DRESSES = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))


def _undressed(passage: Passage) -> Passage:
    """The passage without the signs of a formula around it, and the full stop."""
    content = passage.content
    start, stop = len(content) - len(content.lstrip()), len(content.rstrip())
    for opening, closing in _DRESSES:
        if content.startswith(opening, start):
            start += len(opening)
            end = content.find(closing, start)
            if end < 0:
                raise passage.error(
                    f"this {opening} is never closed by {closing}", start - len(opening)
                )
            rest = content[end + len(closing) : stop]
            if rest.strip(" .,;\n\t"):
                raise passage.error("expected one formula, and nothing beside it", end)
            stop = end
            break
    piece = content[start:stop].rstrip()
    piece = piece[:-1] if piece.endswith((".", ",", ";")) and piece[-2:-1] != "\\" else piece
    begin = passage.start + start
    return Passage(passage.text, passage.where, begin, begin + len(piece))


def _check_tokens(passage: Passage, text: Marked) -> None:
    """Refuse what is too long or deep, and brackets that do not match, before it is parsed."""
    opened: list[Token] = []
    sums = 0
    for number, token in enumerate(islice(_parser().lex(text.content), MOST_TOKENS + 1)):
        at = text.places[token.start_pos or 0]
        sums += token.type == "SUM"
        if number == MOST_TOKENS:
            raise passage.error(f"more than {MOST_TOKENS} names, numbers and signs", at)
        if sums > MOST_SUMS:
            raise passage.error(f"more than {MOST_SUMS} sums", at)
        if token.type == "NUMBER" and len(token) > MOST_DIGITS:
            raise passage.error(
                f"a number of {len(token)} digits, and {MOST_DIGITS} are allowed", at
            )
        if token in _CLOSED_BY:
            opened.append(token)
            if len(opened) > DEEPEST_BRACKETS:
                raise passage.error(f"brackets more than {DEEPEST_BRACKETS} deep", at)
        elif token in _CLOSED_BY.values() and (
            not opened or _CLOSED_BY[str(opened.pop())] != token
        ):
            raise passage.error(f"this {token} closes nothing", at)
    if opened:
        at = text.places[opened[-1].start_pos or 0]
        raise passage.error(f"this {opened[-1]} is never closed", at)


def _explained(error: UnexpectedInput, passage: Passage, text: Marked) -> TextError:
    content = passage.content
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return passage.error("this ends too early", len(content.rstrip()))
    at = text.places[error.pos_in_stream or 0]
    command = re.match(r"\\[A-Za-z]+|\\.", content[at:])
    if isinstance(error, UnexpectedCharacters) and command:
        hint = _INSTEAD.get(command[0], "")
        return passage.error(f"{command[0]} is not read here{'; ' * bool(hint)}{hint}", at)
    word = re.match(r"[A-Za-z]{2,}", content[at:])
    if word and isinstance(error, UnexpectedCharacters):
        return passage.error(
            f"{word[0][:LONGEST_NAME]!r} is not read here: names are single letters, and a "
            "product has a space or a sign between them",
            at,
        )
    character = content[at]
    if character == ".":
        return passage.error(r"decimals are not exact; write a fraction such as \frac{1}{2}", at)
    if isinstance(error, UnexpectedToken):
        hint = _EXPECTED.get(error.token.type, "")
        found = re.compile(r"\\[A-Za-z]+(\{\w+\*?\})?|\w+|\S").match(content, at)
        shown = str(error.token)[:20] if str(error.token).isprintable() or not found else found[0]
        return passage.error(f"{shown} is not expected here{hint}", at)
    shown = character if character.isprintable() else ascii(character)
    return passage.error(f"unexpected character {shown}", at)


# --- from the grammar's tree to Python's -----------------------------------------------


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
}  # fmt: skip


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
        return _placed(ast.Constant(int(parts[0])), self._at(parts[0]))

    def letter(self, parts: list[Token]) -> _Node:
        return self._named(parts[0])

    def infinity(self, parts: list[Token]) -> _Node:
        return _placed(ast.Name("oo", ast.Load()), self._at(parts[0]))

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
        return _placed(ast.List([condition], ast.Load()), condition.col_offset)

    def _is_delta(self, tree: _Node) -> bool:
        """Whether a tree is the letter of Kronecker's delta, and no signal."""
        return isinstance(tree, ast.Name) and tree.id == "delta" and "delta" not in self._signals

    def _unit(self, delta: _Node, tree: _Node, other: _Node | None = None) -> _Node:
        """Kronecker's delta: 1 where a position is 0, or two are the same, and 0 elsewhere."""
        if not is_condition(tree):
            at = delta.col_offset
            other = other or _placed(ast.Constant(0), at)
            tree = _placed(ast.Compare(tree, [ast.Eq()], [other]), at)
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
            return _placed(ast.Constant(int(sign)), at)
        return _placed(ast.Name(sign.lstrip("\\"), ast.Load()), at)

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
                        return _placed(named, base.col_offset)
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
        return _placed(ast.UnaryOp(ast.Not(), parts[1]), self._at(parts[0]))

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
        return _placed(ast.Compare(parts[0], signs, parts[2::2]), parts[0].col_offset)

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
        return _placed(ast.Compare(first, signs, others), first.col_offset)

    def _zero(self, token: Token) -> _Node:
        return _placed(ast.Constant(0), self._at(token))

    def member(self, parts: list[Any]) -> Item:
        tree, sign, says = parts
        if sign.type == "IN":
            return Member(tree, says)

        def denied(one: _Node) -> _Node:
            condition = says(one)
            if condition is None:
                raise self._error(one, "every index is an integer; expected a fraction, (t - i)/2")
            return _placed(ast.UnaryOp(ast.Not(), condition), one.col_offset)

        return Member(tree, denied)

    def parity(self, parts: list[Any]) -> _Node:
        sign, tree = parts if isinstance(parts[0], Token) else parts[::-1]
        at = tree.col_offset
        remainder = _binary(tree, ast.Mod(), _placed(ast.Constant(2), at))
        rest = _placed(ast.Constant(int(str(sign) != EVEN)), at)
        return _placed(ast.Compare(remainder, [ast.Eq()], [rest]), at)

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
                condition: _Node = _placed(ast.Constant(True), value.col_offset)
            case row:
                found = joined(row, self._error)
                condition = found or _placed(ast.Constant(True), value.col_offset)
        return _placed(ast.Tuple([value, condition], ast.Load()), value.col_offset)

    # --- pieces ------------------------------------------------------------------------

    def _at(self, token: Token) -> int:
        return self._places[token.start_pos or 0]

    def _error(self, node: _Node, problem: str) -> TextError:
        return self._passage.error(problem, node.col_offset)

    def _named(self, token: Token, name: str = "") -> _Node:
        return _placed(ast.Name((name or str(token)).lstrip("\\"), ast.Load()), self._at(token))

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
            return _placed(ast.Constant(digit(sign)), at)
        return _placed(ast.Name(sign.lstrip("\\"), ast.Load()), at)

    def _signed(self, sign: Token | None, tree: _Node) -> _Node:
        if sign is None or sign.type == "PLUS":
            return tree
        return _placed(ast.UnaryOp(ast.USub(), tree), self._at(sign))

    def _call(self, name: str, arguments: list[_Node], token: Token) -> _Node:
        at = self._at(token)
        function = _placed(ast.Name(name, ast.Load()), at)
        return _placed(ast.Call(function, arguments, []), at)


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
                return _placed(ast.Name(f"{name}_{number}", ast.Load()), base.col_offset)
            case ast.Call(ast.Attribute(ast.Name() as inner, "flip"), [], []), ast.Constant():
                return _method(self._put(inner, tree), "flip", [], base.col_offset)
        if not is_signal_tree(base, self._builder._signals):
            raise self._builder._error(
                tree, "a subscript belongs to a kernel, as in k_2 or k_{t-2i}"
            )
        return _entry(base, tree)


def _is_token(part: object, *kinds: str) -> bool:
    return isinstance(part, Token) and part.type in kinds


def _placed(node: _T, at: int) -> _T:
    node.lineno = node.end_lineno = 1
    node.col_offset = node.end_col_offset = at
    return node


def _binary(left: _Node, operator: ast.operator, right: _Node) -> _Node:
    return _placed(ast.BinOp(left, operator, right), left.col_offset)


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
    return _placed(ast.Subscript(signal, position, ast.Load()), signal.col_offset)


def _method(signal: _Node, name: str, arguments: list[_Node], at: int) -> _Node:
    function = _placed(ast.Attribute(signal, name, ast.Load()), at)
    function.end_col_offset = at + len(name)  # where errors find the name
    return _placed(ast.Call(function, arguments, []), min(at, signal.col_offset))


def _operator(token: Token | None) -> ast.operator:
    match None if token is None else token.type:
        case "STAR":
            return Star()
        case "OVER":
            return ast.Div()
        case "MODULO":
            return ast.Mod()
    return ast.Mult()


# --- from a tree to LaTeX --------------------------------------------------------------


def _is_infinite(end: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "oo" for part in ast.walk(end))


_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly an operator binds
_SIGNS = {
    ast.Eq: "=", ast.NotEq: r"\neq", ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq",
}  # fmt: skip


def latex_of(parsed: ParsedFormula, signals: dict[str, Signal]) -> str:
    r"""A formula as LaTeX in the order in which it was written.

    >>> from symconv import integers
    >>> k = Signal("k", integers("c", positive=True))
    >>> print(latex_of(parse_latex(r"\sum_i k_i k_{t - 2i}", {"k": k}), {"k": k}))
    \sum_{i} k[i]\, k[t - 2 i]
    """
    tree, writer = parsed.phrase.tree, _Writer(signals)
    if is_restricted(tree):
        formula, condition = map(writer.written, tree.args)
        return rf"{formula}, \quad {condition}"
    return writer.written(tree)


class _Writer:
    def __init__(self, signals: dict[str, Signal]) -> None:
        self._signals = signals

    def written(self, node: ast.AST, least: int = _SUM) -> str:
        """A tree as LaTeX, in parentheses where it binds less tightly than it should."""
        text, binding = self._written(node)
        return text if binding >= least else rf"\left({text}\right)"

    def _written(self, node: ast.AST) -> tuple[str, int]:
        match node:
            case ast.Constant(value):
                return str(value), _ATOM
            case ast.Name(name):
                return self._name(name), _ATOM
            case ast.UnaryOp(ast.USub(), operand):
                return f"-{self.written(operand, _PRODUCT)}", _SUM
            case ast.UnaryOp(ast.UAdd(), operand):
                return self._written(operand)
            case ast.UnaryOp(_, operand):
                return rf"\neg {self.written(operand, _ATOM)}", _SUM
            case ast.BinOp(left, operator, right):
                return self._binary(left, operator, right)
            case ast.BoolOp(operator, parts):
                sign = r" \wedge " if isinstance(operator, ast.And) else r" \vee "
                return sign.join(self.written(part, _PRODUCT) for part in parts), _SUM
            case ast.Compare(first, operators, others):
                sides = [self.written(first)]
                for comparison, side in zip(operators, others, strict=True):
                    sides += [_SIGNS.get(type(comparison), "?"), self.written(side)]
                return " ".join(sides), _SUM
            case ast.Subscript(signal, position):
                return f"{self.written(signal, _POWER)}[{self.written(position)}]", _ATOM
            case ast.Call(ast.Name(name) as signal, [position]) if name in self._signals:
                return f"{self.written(signal, _POWER)}[{self.written(position)}]", _ATOM
            case ast.List([condition]) if is_condition(condition):
                return rf"\left[{self.written(condition)}\right]", _ATOM
            case ast.Call(ast.Name(name), arguments):
                return self._function(name, arguments)
            case ast.Call(ast.Attribute(inner, name), arguments):
                return self._method(inner, name, arguments)
        return rf"\text{{{ast.unparse(node)}}}", _ATOM

    def _name(self, name: str) -> str:
        if name in self._signals:
            return self._signals[name].name
        if name == "oo":
            return r"\infty"
        letter, _, number = name.partition("_")
        letter = letter if len(letter) < 2 or letter[-1].isdigit() else rf"\{letter}"
        return f"{letter}_{{{number}}}" if number else letter

    def _binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        match operator:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(operator, ast.Add) else "-"
                return f"{self.written(left)} {sign} {self.written(right, _PRODUCT)}", _SUM
            case ast.Mult():
                one, other = self.written(left, _PRODUCT), self.written(right, _POWER)
                signals = is_signal_tree(left, self._signals) and is_signal_tree(
                    right, self._signals
                )
                sign = " * " if signals else r" \cdot " if other[0].isdigit() else r"\, "
                if not signals and other.startswith(r"\left("):
                    sign = r" \cdot "
                elif isinstance(left, ast.Constant) and not other[0].isdigit():
                    sign = " "
                return f"{one}{sign}{other}", _PRODUCT
            case ast.Div():
                return rf"\frac{{{self.written(left)}}}{{{self.written(right)}}}", _ATOM
            case ast.FloorDiv():
                inside = rf"\frac{{{self.written(left)}}}{{{self.written(right)}}}"
                return rf"\left\lfloor {inside} \right\rfloor", _ATOM
            case ast.Mod():
                sides = self.written(left, _PRODUCT), self.written(right, _POWER)
                return rf"({sides[0]} \bmod {sides[1]})", _ATOM
        return f"{self.written(left, _ATOM)}^{{{self.written(right)}}}", _POWER

    def _function(self, name: str, arguments: Sequence[ast.expr]) -> tuple[str, int]:
        match name, arguments:
            case "Sum", [body, *limits] if any(map(is_condition, limits)):
                below = ", ".join(self._range(one) for one in limits if not is_condition(one))
                such = ", ".join(self.written(one) for one in limits if is_condition(one))
                return rf"\sum_{{{below} : {such}}} {self.written(body, _PRODUCT)}", _SUM
            case "Sum", [body, *limits]:
                signs = " ".join(self._limit(limit) for limit in reversed(limits))
                return f"{signs} {self.written(body, _PRODUCT)}", _SUM
            case "Piecewise", _:
                rows = (
                    f"{self.written(part.elts[0])} & {self._case(part.elts[1])}"
                    for part in arguments
                    if isinstance(part, ast.Tuple)
                )
                inside = " \\\\ ".join(rows)
                return rf"\begin{{cases}}{inside}\end{{cases}}", _ATOM
            case "Mod", [value, modulus]:
                return self._binary(value, ast.Mod(), modulus)
            case "floor", [value]:
                return rf"\left\lfloor {self.written(value)} \right\rfloor", _ATOM
            case (("ceil" | "ceiling"), [value]):
                return rf"\left\lceil {self.written(value)} \right\rceil", _ATOM
            case "len", [ast.Name(signal)] if signal in self._signals:
                return str(sympy.latex(self._signals[signal].sizes[0].written)), _SUM
            case "Eq", [left, right]:
                return f"{self.written(left)} = {self.written(right)}", _SUM
        inside = ", ".join(self.written(argument) for argument in arguments)
        word = name.lower()
        sign = rf"\{word}" if word in ("min", "max") else rf"\operatorname{{{name}}}"
        return rf"{sign}({inside})", _ATOM

    def _limit(self, limit: ast.expr) -> str:
        match limit:
            case ast.Tuple([index, low, high]):
                below, above = self.written(low), self.written(high)
                return rf"\sum_{{{self.written(index)}={below}}}^{{{above}}}"
            case ast.Tuple([index]):
                return rf"\sum_{{{self.written(index)}}}"
        return rf"\sum_{{{self.written(limit)}}}"

    def _range(self, limit: ast.expr) -> str:
        """An index and its ends as they stand below a sum with a condition."""
        match limit:
            case ast.Tuple([index, low, high]):
                parts = [self.written(index)]
                if not _is_infinite(low):
                    parts = [self.written(low), r"\leq", *parts]
                if not _is_infinite(high):
                    parts += [r"\leq", self.written(high)]
                return " ".join(parts)
            case ast.Tuple([index]):
                return self.written(index)
        return self.written(limit)

    def _case(self, condition: ast.expr) -> str:
        match condition:
            case ast.Constant(True):
                return r"\text{otherwise}"
        return rf"\text{{if }} {self.written(condition)}"

    def _method(self, inner: ast.expr, name: str, arguments: Sequence[ast.expr]) -> tuple[str, int]:
        match name, arguments:
            case "flip", []:
                if isinstance(inner, ast.Name):
                    return rf"\tilde{{{self.written(inner)}}}", _ATOM
                return rf"\operatorname{{flip}}({self.written(inner)})", _ATOM
            case (("dilate" | "downsample"), [factor]):
                arrow = r"\uparrow" if name == "dilate" else r"\downarrow"
                return rf"{self.written(inner, _POWER)}{arrow}_{{{self.written(factor)}}}", _POWER
            case "convolve", [other]:
                sides = self.written(inner, _PRODUCT), self.written(other, _POWER)
                return f"{sides[0]} * {sides[1]}", _PRODUCT
        inside = ", ".join(map(self.written, [inner, *arguments]))
        return rf"\operatorname{{{name}}}({inside})", _ATOM

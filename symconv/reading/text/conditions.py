"""Conditions as they stand in LaTeX: below sums, in brackets, beside cases, after formulas.

What the grammar finds is a row of items with signs between them, and what a comma or a vertical
line means depends on its neighbours: `i, j ≥ 0` says it of both, `2 | t` is a divisibility, and
in `i, j | 2i + j = t` the line only begins the condition.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from lark import Token

from symconv.reading.text.syntax import TextError
from symconv.reading.text.trees import both, divided, in_a_row, is_condition, placed

__all__ = [
    "Dots",
    "Everywhere",
    "Item",
    "Member",
    "Otherwise",
    "Row",
    "below_sum",
    "joined",
]

_Node = ast.expr
_Error: TypeAlias = Callable[[_Node, str], TextError]

RISING, FALLING = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


@dataclass(frozen=True, slots=True)
class Dots:
    """The dots of t = 0, …, c − 1."""

    at: int


@dataclass(frozen=True, slots=True)
class Everywhere:
    """That something is an integer: an index, which it says nothing more about."""

    tree: _Node


@dataclass(frozen=True, slots=True)
class Member:
    """That something lies in a set.

    Attributes:
        tree: what lies in it.
        says: the condition that this is for a tree; None where it is that it is an integer.
    """

    tree: _Node
    says: Callable[[_Node], _Node | None]

    def condition(self) -> _Node | Everywhere:
        """The condition that it is."""
        return self.says(self.tree) or Everywhere(self.tree)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is elsewhere: nothing is said, or a value."""

    at: int
    value: _Node | None


Item: TypeAlias = _Node | Dots | Everywhere | Member | Otherwise
Row: TypeAlias = Sequence[Item | Token]


def joined(row: Row, error: _Error) -> _Node | None:
    """The condition that a row is; None where nothing is said, as by `for all t`.

    Raises:
        TextError: it is no condition, or it has "and" beside "or" without brackets.
    """
    items = _with_ranges(_shared(_with_divisions(row, error)), error)
    conditions: list[_Node] = []
    signs: set[str] = set()
    for item in items:
        match item:
            case Token():
                signs.add("OR" if item.type == "OR" else "AND")
            case ast.expr() if is_condition(item):
                conditions.append(item)
            case ast.expr():
                raise error(item, "expected a condition, such as 0 \\le t < c, 2 \\mid t or t even")
            case Dots() | Otherwise():
                at = item.at
                raise error(placed(ast.Constant(0), at), "this is not expected here")
            case Everywhere():
                pass
    if len(signs) > 1:
        raise error(conditions[0], '"and" beside "or": put brackets around what belongs together')
    return both(conditions, ast.Or if "OR" in signs else ast.And) if conditions else None


def below_sum(row: Row, high: _Node | None, error: _Error) -> list[_Node]:
    """What stands below a sum, as the arguments of Sum: indices, ranges and conditions.

    Args:
        row: what stands below it.
        high: the upper end of the range, which stands above it.
        error: makes an error at a node.
    """
    items = list(_shared(_with_divisions(row, error, below=True), high is not None))
    colon = next((n for n, item in enumerate(items) if _is_colon(item)), len(items))
    indices = [item for item in items[:colon] if not isinstance(item, Token)]
    limits = [_limit(item, high, colon < len(items), error) for item in indices]
    if high is not None and not any(isinstance(one, ast.Tuple) for one in limits):
        raise error(high, "the lower end is missing: write \\sum_{i=0}^{c-1}")
    condition = joined(items[colon + 1 :], error) if colon < len(items) else None
    return limits if condition is None else [*limits, condition]


def _is_colon(item: Item | Token) -> bool:
    return isinstance(item, Token) and item.type in ("COLON", "SUCH", "DIVIDES")


def _limit(item: Item, high: _Node | None, has_colon: bool, error: _Error) -> _Node:
    match item:
        case ast.Name():
            return item
        case Everywhere(ast.Name() as name):
            return name
        case ast.Compare(ast.Name() as name, [ast.Eq()], [low]) if high is not None:
            return placed(ast.Tuple([name, low, high], ast.Load()), name.col_offset)
        case ast.Compare(ast.Name(), [ast.Eq()], [ast.Constant()]) if not has_colon:
            raise error(item, "the upper end of this sum is missing")
        case ast.expr() if is_condition(item):
            return item
    at = item.tree if isinstance(item, Everywhere) else item if isinstance(item, ast.expr) else None
    raise error(
        at or placed(ast.Constant(0), item.at if isinstance(item, Dots | Otherwise) else 0),
        "expected the index of the sum, i, its range, i=0 or 0 ≤ i < c, or a condition, "
        "\\sum_{i, j : 2i + j = t}",
    )


def _with_divisions(row: Row, error: _Error, *, below: bool = False) -> list[Item | Token]:
    """The row with its vertical lines read, from the right, where they say that one divides."""
    items = list(row)
    for place in reversed(range(1, len(items), 2)):
        sign = items[place]
        if not (isinstance(sign, Token) and sign.type in ("DIVIDES", "DIVIDES_NOT")):
            continue
        left, right = items[place - 1], items[place + 1]
        is_line = below and sign.type == "DIVIDES" and is_condition(right)
        if is_line and not isinstance(left, ast.Constant):
            continue
        for one in (left, right):
            if not isinstance(one, ast.expr) or is_condition(one):
                node = one if isinstance(one, ast.expr) else placed(ast.Constant(0), 0)
                raise error(node, "expected a number beside the line, as in 2 \\mid t")
        assert isinstance(left, ast.expr)
        assert isinstance(right, ast.expr)
        items[place - 1 : place + 2] = [divided(right, left, divides=sign.type == "DIVIDES")]
    return items


def _shared(items: Sequence[Item | Token], has_end: bool = False) -> list[Item | Token]:
    """The row with what is said of several names by commas, as i, j ≥ 0, said of each."""
    result = list(items)
    for place in reversed(range(2, len(result), 2)):
        sign, before, item = result[place - 1], result[place - 2], result[place]
        if not (isinstance(sign, Token) and sign.type == "COMMA"):
            continue
        match before, item:
            case ast.Name(), Member(ast.Name()):
                result[place - 2] = replace(item, tree=before)
            case ast.Name(), ast.Compare(ast.Name(), [ast.Eq()] as signs, others) if has_end:
                result[place - 2] = _comparison(before, signs, others)
            case ast.Name(), ast.Compare(ast.Name(), signs, others) if not _has_equation(signs):
                result[place - 2] = _comparison(before, signs, others)
            case (
                ast.Compare(low, [first], [ast.Name() as one]),
                ast.Compare(ast.Name() as other, [second, *more], [_, *_] as ends),
            ) if (
                not isinstance(low, ast.Name)
                and one.id != other.id
                and _same_direction([first, second, *more])
            ):
                result[place - 2] = _comparison(low, [first, second, *more], [one, *ends])
                result[place] = _comparison(low, [first, second, *more], [other, *ends])
    return [item.condition() if isinstance(item, Member) else item for item in result]


def _comparison(first: _Node, signs: Sequence[ast.cmpop], others: Sequence[_Node]) -> _Node:
    return placed(ast.Compare(first, [*signs], [*others]), first.col_offset)


def _has_equation(signs: Sequence[ast.cmpop]) -> bool:
    return any(isinstance(sign, ast.Eq | ast.NotEq) for sign in signs)


def _same_direction(signs: Sequence[ast.cmpop]) -> bool:
    return any(all(isinstance(sign, kinds) for sign in signs) for kinds in (RISING, FALLING))


def _with_ranges(items: Sequence[Item | Token], error: _Error) -> list[Item | Token]:
    """The row with t = 0, 1, …, c − 1 as 0 ≤ t ≤ c − 1, and without "0 otherwise"."""
    result: list[Item | Token] = []
    rest = list(items)
    while rest:
        item = rest.pop(0)
        match item:
            case Otherwise(value=value):
                zero = isinstance(value, ast.Constant) and value.value == 0
                if value is not None and not zero:
                    raise error(value, "elsewhere, a signal is 0; write cases for another value")
                if result and isinstance(result[-1], Token):
                    result.pop()
            case ast.Compare(value, [ast.Eq()], [low]) if dots := _dots(rest):
                if not in_a_row([low, *rest[1:dots:2]]):
                    raise error(low, "expected integers in a row, as in t = 0, 1, \\dots, c - 1")
                high = rest[dots + 2] if dots + 2 < len(rest) else None
                if not isinstance(high, ast.expr) or is_condition(high):
                    raise error(low, "expected the last one after the dots")
                result.append(_comparison(low, [ast.LtE(), ast.LtE()], [value, high]))
                del rest[: dots + 3]
            case _:
                result.append(item)
    return result


def _dots(rest: Sequence[Item | Token]) -> int:
    """Where the dots of a list stand that goes on here; 0 if there are none."""
    for place, item in enumerate(rest):
        if isinstance(item, Dots):
            return place
        if not (isinstance(item, Token) and item.type == "COMMA") and not isinstance(
            item, ast.Constant
        ):
            return 0
    return 0

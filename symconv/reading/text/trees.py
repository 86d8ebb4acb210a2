"""Trees of formulas and conditions, as Python's parser makes them: put together, and told apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import TypeGuard, TypeVar

from symconv.reading.text.syntax import Phrase

__all__ = [
    "Star",
    "both",
    "divided",
    "in_a_row",
    "is_condition",
    "is_restricted",
    "is_signal_tree",
    "placed",
    "restricted",
    "starred",
    "unparsed",
]

_DOMAIN = "for"  # no text has such a name

_T = TypeVar("_T", bound=ast.expr)


class Star(ast.Mult):
    """The sign *, which is the product of numbers and the convolution of signals."""


def placed(node: _T, at: int) -> _T:
    """The node, with the place where it stands."""
    node.lineno = node.end_lineno = 1
    node.col_offset = node.end_col_offset = at
    return node


def starred(phrase: Phrase) -> Phrase:
    """The phrase with its * read as `Star`."""
    for node in ast.walk(phrase.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            node.op = Star()
    return phrase


def restricted(formula: ast.expr, condition: ast.expr) -> ast.expr:
    """The tree of a formula that is said to be for those indices that satisfy a condition."""
    at = formula.col_offset
    word = placed(ast.Name(_DOMAIN, ast.Load()), at)
    return placed(ast.Call(word, [formula, condition], []), at)


def is_restricted(tree: ast.expr) -> TypeGuard[ast.Call]:
    """Whether a tree is a formula with its domain, as `restricted` makes it."""
    return (
        isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and (tree.func.id == _DOMAIN)
    )


def is_condition(node: object) -> bool:
    """Whether a tree is a condition as it stands, and no number."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(ast.Not()) | ast.Constant(bool()):
            return True
        case ast.Call(ast.Name("Eq" | "Ne" | "iff")):
            return True
    return False


def is_signal_tree(node: ast.expr, signals: Iterable[str]) -> bool:
    """Whether a tree is an operator expression, not a number."""
    match node:
        case ast.Name(name):
            return name in signals
        case ast.Call(ast.Attribute()):
            return True
        case ast.BinOp(left, _, right):
            return is_signal_tree(left, signals) or is_signal_tree(right, signals)
        case ast.UnaryOp(operand=operand):
            return is_signal_tree(operand, signals)
    return False


def both(conditions: Sequence[ast.expr], operator: type[ast.boolop] = ast.And) -> ast.expr:
    """One condition of several; that which always holds for none."""
    if not conditions:
        return placed(ast.Constant(True), 0)
    if len(conditions) == 1:
        return conditions[0]
    return placed(ast.BoolOp(operator(), [*conditions]), conditions[0].col_offset)


def divided(value: ast.expr, divisor: ast.expr, *, divides: bool = True) -> ast.expr:
    """That a divisor divides a value, or that it does not."""
    at = value.col_offset
    remainder = placed(ast.BinOp(value, ast.Mod(), divisor), at)
    zero = placed(ast.Constant(0), at)
    return placed(ast.Compare(remainder, [ast.Eq() if divides else ast.NotEq()], [zero]), at)


def in_a_row(values: Sequence[object]) -> bool:
    """Whether trees are numbers, each one more than the one before it; one alone always is."""
    numbers = [one.value if isinstance(one, ast.Constant) else None for one in values]
    first = numbers[0]
    return len(numbers) == 1 or (
        isinstance(first, int) and numbers == [*range(first, first + len(numbers))]
    )


def unparsed(tree: ast.expr) -> str:
    """A tree as text, in Python's own signs."""
    tree = deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, Star):
            node.op = ast.Mult()
    return re.sub(r" (\*\*?|//?) ", r"\1", ast.unparse(tree))

"""Random integer arithmetic, kept apart from any package: as text, as numbers, in SymPy.

A tree is written as it stands, calculated with Python's own integers and fractions, or
built with SymPy's functions; what is made of one can be held against what is made of
another.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy import Integer, Rational, Symbol

__all__ = ["Tree", "as_text", "built", "calculated", "names_in", "random_condition", "random_tree"]

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Tree:
    """An operator and its operands; a name or a number has none."""

    operator: str
    operands: tuple[Tree, ...] = ()
    number: int = 0


# What is written of the texts of the operands, by operator; k is the number of the node.
_TEXTS = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "scale": "{k}*{0}",
    "negate": "(-{0})",
    "square": "({0})**2",
    "quotient": "({0})//{k}",
    "remainder": "({0}) % {k}",
    "floor": "floor(({0})/{k})",
    "ceil": "ceil(({0})/{k})",
    "max": "max({0}, {1})",
    "min": "min({0}, {1})",
    "max_0": "max({0}, 0)",
    "abs": "abs({0})",
    ">=": "({0}) >= ({1})",
    "<": "({0}) < ({1})",
    "==": "({0}) == ({1})",
    "!=": "({0}) != ({1})",
    "and": "(({0}) and ({1}))",
    "or": "(({0}) or ({1}))",
    "not": "(not ({0}))",
}


def as_text(tree: Tree) -> str:
    """The tree in Python's notation."""
    if not tree.operands:
        return tree.operator or str(tree.number)
    form = _TEXTS[tree.operator]
    text = form.format(*map(as_text, tree.operands), k=tree.number)
    return f"({text})" if tree.operator in ("scale", "quotient", "remainder") else text


_CALCULATED: dict[str, Any] = {
    "add": lambda k, a, b: a + b,
    "subtract": lambda k, a, b: a - b,
    "multiply": lambda k, a, b: a * b,
    "scale": lambda k, a: k * a,
    "negate": lambda k, a: -a,
    "square": lambda k, a: a * a,
    "quotient": lambda k, a: a // k,
    "remainder": lambda k, a: a % k,
    "floor": lambda k, a: math.floor(Fraction(a, k)),
    "ceil": lambda k, a: math.ceil(Fraction(a, k)),
    "max": lambda k, a, b: max(a, b),
    "min": lambda k, a, b: min(a, b),
    "max_0": lambda k, a: max(a, 0),
    "abs": lambda k, a: abs(a),
    ">=": lambda k, a, b: a >= b,
    "<": lambda k, a, b: a < b,
    "==": lambda k, a, b: a == b,
    "!=": lambda k, a, b: a != b,
    "and": lambda k, a, b: a and b,
    "or": lambda k, a, b: a or b,
    "not": lambda k, a: not a,
}


def calculated(tree: Tree, at: Mapping[str, int]) -> Any:
    """The value of the tree, an integer or a truth value."""
    if not tree.operands:
        return at[tree.operator] if tree.operator else tree.number
    return _CALCULATED[tree.operator](tree.number, *(calculated(t, at) for t in tree.operands))


_BUILT: dict[str, Any] = {
    **_CALCULATED,
    "floor": lambda k, a: sympy.floor(a / k),
    "ceil": lambda k, a: sympy.ceiling(a / k),
    "quotient": lambda k, a: sympy.floor(a * Rational(1, k)),
    "remainder": lambda k, a: sympy.Mod(a, k),
    "max": lambda k, a, b: sympy.Max(a, b),
    "min": lambda k, a, b: sympy.Min(a, b),
    "max_0": lambda k, a: sympy.Max(a, 0),
    "abs": lambda k, a: sympy.Abs(a),
    "==": lambda k, a, b: sympy.Eq(a, b),
    "!=": lambda k, a, b: sympy.Ne(a, b),
    "and": lambda k, a, b: sympy.And(a, b),
    "or": lambda k, a, b: sympy.Or(a, b),
    "not": lambda k, a: sympy.Not(a),
}


def built(tree: Tree, symbols: Mapping[str, Symbol], known: dict[Tree, Any] | None = None) -> Any:
    """The tree as somebody would write it with SymPy's functions; `known` spares equal parts."""
    known = {} if known is None else known
    if tree not in known:
        known[tree] = _built(tree, symbols, known)
    return known[tree]


def _built(tree: Tree, symbols: Mapping[str, Symbol], known: dict[Tree, Any]) -> Any:
    if not tree.operands:
        return symbols[tree.operator] if tree.operator else Integer(tree.number)
    return _BUILT[tree.operator](tree.number, *(built(t, symbols, known) for t in tree.operands))


def names_in(tree: Tree) -> set[str]:
    """The names in the tree."""
    own = {tree.operator} if tree.operator and not tree.operands else set()
    return own.union(*map(names_in, tree.operands))


_ONE = ["scale", "negate", "quotient", "quotient", "remainder", "remainder", "floor", "ceil"]
_ROUND = ["max_0", "max_0", "abs", "scale", "quotient", "remainder", "floor"]
_TWO = ["add", "add", "subtract", "max", "max", "min"]
_DIVISORS = [2, 2, 3, 4, 5, 6, 6]


def random_tree(rng: random.Random, names: str, depth: int, *, products: bool = False) -> Tree:
    """Integer arithmetic in the names; without products of them unless these are asked for."""
    if depth <= 0 or rng.random() < 0.1:
        if rng.random() < 0.75:
            return Tree(rng.choice(names))
        return Tree("", number=rng.choice([0, 1, 2, 3, 4, 6, 7]))
    kind = rng.random()
    if products and kind < 0.15:
        if rng.random() < 0.5:
            return Tree("square", (random_tree(rng, names, depth - 1),))
        first, second = (random_tree(rng, names, depth - less) for less in (1, 2))
        return Tree("multiply", (first, second))
    if kind < 0.4:
        operator = rng.choice(_TWO)
        parts = tuple(random_tree(rng, names, depth - 1, products=products) for _ in range(2))
        return Tree(operator, parts)
    operator = rng.choice(_ONE if kind < 0.8 else _ROUND)
    number = rng.choice(_DIVISORS)
    return Tree(operator, (random_tree(rng, names, depth - 1, products=products),), number)


def random_condition(rng: random.Random, names: str, depth: int) -> Tree:
    """A condition on integer arithmetic in the names."""
    if depth <= 0 or rng.random() < 0.5:
        parts = random_tree(rng, names, 2), random_tree(rng, names, 1)
        return Tree(rng.choice([">=", "<", "==", "!="]), parts)
    if rng.random() < 0.25:
        return Tree("not", (random_condition(rng, names, depth - 1),))
    halves = tuple(random_condition(rng, names, depth - 1) for _ in range(2))
    return Tree(rng.choice(["and", "or"]), halves)

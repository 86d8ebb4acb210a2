"""Names in a formula: which are bound by its sums, and which is its index."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from copy import deepcopy

from sympy import Symbol

from symconv.errors import SymconvError
from symconv.language.signals import Signal
from symconv.reading.text.functions import RESERVED, check_name, close
from symconv.reading.text.syntax import Phrase
from symconv.reading.text.trees import is_condition, is_signal_tree

__all__ = ["INFINITY", "OWN", "Scope", "with_numbered_entries"]

INFINITY = "oo"
OWN = {"Sum", "Piecewise"}
"""The functions that formulas have, and claims have not."""


def with_numbered_entries(phrase: Phrase, signals: Set[str], fixed: Set[str]) -> Phrase:
    """The phrase with x_0 as an entry, where x is a signal, and x_0 has no meaning of its own.

    That is only so beside other entries: in k_1 * k_2, kernels are meant.
    """
    if not any(map(_is_subscript, ast.walk(phrase.tree))):
        return phrase
    tree = _Numbered(signals, fixed).visit(deepcopy(phrase.tree))
    return Phrase(phrase.passage, tree)


class _Numbered(ast.NodeTransformer):
    def __init__(self, signals: Set[str], fixed: Set[str]) -> None:
        self._signals = signals
        self._known = signals | fixed

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        node.slice = self.visit(node.slice)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Name):  # not k_2(t), and not k_2.flip()
            node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name, _, number = node.id.rpartition("_")
        if node.id in self._known or name not in self._signals or not number.isdecimal():
            return node
        signal, place = ast.Name(name, ast.Load()), ast.Constant(int(number))
        entry = ast.Subscript(signal, place, ast.Load())
        for made in (signal, place, entry):
            ast.copy_location(made, node)
        return entry


class Scope:
    """Which names a formula binds and which it leaves free.

    Attributes:
        index: the index of the formula, if it has one.
        fixed: the symbols that stand for lengths.
        sums: where the sum over each index stands.
    """

    def __init__(
        self,
        phrase: Phrase,
        signals: Mapping[str, Signal],
        fixed: Mapping[str, Symbol],
        index: str | None,
        *,
        loose: bool = False,
    ) -> None:
        self.phrase = phrase
        self.signals = signals
        self.fixed = fixed
        self.loose = loose and index is not None
        self.sums: dict[str, ast.expr] = {}
        self._given = index
        free = list(self._free(phrase.tree, frozenset()))
        unknown = [node for node in free if node.id not in {*signals, *fixed, INFINITY}]
        parts = ast.walk(phrase.tree)
        if is_signal_tree(phrase.tree, signals) and not any(map(_is_subscript, parts)):
            for node in unknown:
                raise phrase.error(node, self._unknown(node.id, is_signal=True))
        self.index = self._index(unknown)

    def limits(self, nodes: Sequence[ast.expr]) -> list[tuple[ast.Name, list[ast.expr]]]:
        """The index and the ends of each limit of a sum."""
        found: list[tuple[ast.Name, list[ast.expr]]] = []
        for node in nodes:
            match node:
                case _ if is_condition(node):
                    continue
                case ast.Name():
                    found.append((node, []))
                case ast.Tuple([ast.Name() as name]):
                    found.append((name, []))
                case ast.Tuple([ast.Name() as name, low, high]):
                    found.append((name, [low, high]))
                case _:
                    raise self.phrase.error(
                        node, "expected the index of the sum, i, or its range, (i, 0, c - 1)"
                    )
        return found

    def _free(self, node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
        match node:
            case ast.Call(ast.Name("Sum"), [body, *nodes]):
                limits = self.limits(nodes)
                names = [name.id for name, _ in limits]
                for position, (name, ends) in enumerate(limits):
                    self._check_bound(name, bound, names[:position])
                    self.sums.setdefault(name.id, node)
                    for end in ends:
                        yield from self._free(end, bound.union(names[position + 1 :]))
                for inner in (body, *filter(is_condition, nodes)):
                    yield from self._free(inner, bound.union(names))
            case ast.Call(ast.Name(name), arguments) if name not in self.signals:
                for argument in arguments:
                    yield from self._free(argument, bound)
            case ast.Subscript(ast.Name(name) as base, position) if name not in self.signals:
                similar = close(name, self.signals, f"expected {', '.join(sorted(self.signals))}")
                raise self.phrase.error(base, f"{name!r} is not a signal here; {similar}")
            case ast.Name(name):
                if name not in bound:
                    yield node
            case _:
                for part in ast.iter_child_nodes(node):
                    yield from self._free(part, bound)

    def _check_bound(self, node: ast.Name, bound: frozenset[str], before: Sequence[str]) -> None:
        name = node.id
        problem = ""
        if name in self.signals:
            problem = f"{name} is a signal, and cannot be the index of a sum"
        elif name in self.fixed:
            problem = f"{name} is a length here, and cannot be the index of a sum"
        elif name == self._given:
            problem = f"{name} is the index of the formula; sum over another letter"
        elif name in bound or name in before:
            problem = f"{name} is the index of another sum around this; take another letter"
        elif name in RESERVED | OWN | {INFINITY}:
            problem = f"{name!r} is a word of the language, not an index"
        if problem:
            raise self.phrase.error(node, problem)
        _checked_name(self.phrase, node)

    def _index(self, loose: Sequence[ast.Name]) -> str | None:
        for node in loose:
            if node.id in self.sums and not self.loose:
                raise self.phrase.error(
                    node, f"{node.id} is the index of a sum, and stands outside of that sum"
                )
            if node.id in RESERVED | OWN:
                raise self.phrase.error(
                    node, f"{node.id!r} is a word of the language, not an index"
                )
            _checked_name(self.phrase, node)
            if self._given is not None and node.id != self._given and not self.loose:
                raise self.phrase.error(node, self._unknown(node.id))
        names = list(dict.fromkeys(node.id for node in loose))
        if len(names) > 1 and not self.loose:
            second = next(node for node in loose if node.id == names[1])
            lengths = "".join(f", and {name} is a length" for name in sorted(self.fixed))
            raise self.phrase.error(
                second,
                f"both {names[0]} and {names[1]} are free: a formula has one index{lengths}; all "
                "other letters are bound by sums",
            )
        return self._given or (names[0] if names else None)

    def _unknown(self, name: str, *, is_signal: bool = False) -> str:
        known = {*self.signals, *self.fixed} if is_signal else {*self.fixed, self._given or ""}
        what = "" if is_signal else f"; the index is {self._given}"
        similar = close(name, known - {""}, f"expected {', '.join(sorted(known - {''}))}")
        return f"{name!r} is not known here{what}; {similar}"


def _is_subscript(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript)


def _checked_name(phrase: Phrase, node: ast.Name) -> None:
    try:
        check_name(node.id, "an index")
    except SymconvError as error:
        raise phrase.error(node, str(error)) from None

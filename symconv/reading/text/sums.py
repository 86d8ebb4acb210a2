r"""Which names a sum under a condition binds, as \sum_{i + 2j = t} k_i k_j does i and j.

A sum that names its indices, as \sum_{i, j : i + 2j = t} or \sum_{i=0}^{t}, binds these.  Otherwise
it binds what a chain of inequalities has in its middle, 0 ≤ i < c, and what one side alone is,
i ≥ 0; and all other names in its conditions that are neither lengths, nor the index of the
formula, nor bound by a sum around it.  Where nothing else says what the index of the formula is, it
is t or u, or the name that stands alone on a side of an equation and not in the term of the sum.
What could be read in two ways is an error.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from symconv.reading.text.conditions import FALLING, RISING
from symconv.reading.text.syntax import Phrase, TextError
from symconv.reading.text.trees import both, is_condition, placed

__all__ = ["with_named_indices"]

_OUTPUTS = ("t", "u")
"""The letters of outputs: where nothing else is said, no condition binds them."""


def with_named_indices(
    phrase: Phrase, signals: Collection[str], fixed: Collection[str], index: str | None
) -> Phrase:
    """The phrase with the indices of each sum named, and conditions after them.

    Args:
        phrase: the formula.
        signals: the names of signals.
        fixed: the names of lengths.
        index: the index of the formula, if that is known.

    Raises:
        TextError: it is ambiguous which names a sum binds.
    """
    if not any(map(_is_conditional, ast.walk(phrase.tree))):
        return phrase
    tree = deepcopy(phrase.tree)
    known = frozenset({*signals, *fixed, "oo"})
    naming = _Naming(phrase.error, signals)
    if index is None:
        free = {name.id for name in _free(tree, known)}
        index = next(iter(free)) if len(free) == 1 else None
        if not free:
            index = naming.output(tree, known)
    if index is not None:
        known |= {index}
    naming.name(tree, known)
    return Phrase(phrase.passage, tree)


def _is_conditional(node: ast.AST) -> bool:
    match node:
        case ast.Call(ast.Name("Sum"), [_, *others]):
            return any(map(is_condition, others))
    return False


def _names(node: ast.AST, signals: Collection[str] = ()) -> set[str]:
    """The names in a tree that are no functions and no signals."""
    called = {id(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    every = (p for p in ast.walk(node) if isinstance(p, ast.Name) and id(p) not in called)
    return {part.id for part in every} - {*signals}


@dataclass(slots=True)
class _Bound:
    """What the conditions of a sum bind.

    Attributes:
        ranges: the names of which they say a range, with the ends and where these stand.
        others: the conditions that are no range.
        candidates: the names in these that may be bound.
    """

    ranges: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    others: list[ast.expr] = field(default_factory=list)
    candidates: dict[str, ast.expr] = field(default_factory=dict)


def _explicit(others: Collection[ast.expr]) -> set[str]:
    found = set()
    for one in others:
        match one:
            case ast.Name(name) | ast.Tuple([ast.Name(name), *_]):
                found.add(name)
    return found


def _bound(others: Collection[ast.expr], known: frozenset[str]) -> _Bound:
    """What the conditions among the arguments of a sum bind, by their form."""
    explicit = _explicit(others)
    known |= explicit
    conditions = [part for one in others if is_condition(one) for part in _conjuncts(one)]
    bound = _Bound()
    pending = []
    for condition in conditions:
        found = list(_ranged(condition, known))
        if not found:
            pending.append(condition)
        for name, low, high in found:
            ends = bound.ranges.setdefault(name, [None, None])
            left_over = []
            for side, end in enumerate((low, high)):
                if end is not None and ends[side] is None:
                    ends[side] = end
                elif end is not None:
                    left_over.append(end)
            if (left_over or low is high is None) and condition not in bound.others:
                bound.others.append(condition)
    bound.others += pending
    if not explicit:
        for condition in pending:
            for name in sorted(_names(condition) - known - bound.ranges.keys()):
                bound.candidates.setdefault(name, condition)
    return bound


def _conjuncts(condition: ast.expr) -> Iterator[ast.expr]:
    match condition:
        case ast.BoolOp(ast.And(), parts):
            for part in parts:
                yield from _conjuncts(part)
        case _:
            yield condition


def _ranged(
    condition: ast.expr, known: frozenset[str]
) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """The names of which a chain of inequalities says a range, with the ends of it."""
    match condition:
        case ast.Compare(first, signs, others) if all(isinstance(s, RISING) for s in signs):
            sides, signs = [first, *others], list(signs)
        case ast.Compare(first, signs, others) if all(isinstance(s, FALLING) for s in signs):
            sides, signs = [*reversed([first, *others])], [*reversed(signs)]
        case _:
            return
    strict = [isinstance(sign, ast.Lt | ast.Gt) for sign in signs]
    loose = [
        side.id if isinstance(side, ast.Name) and side.id not in known else "" for side in sides
    ]
    for name in filter(None, loose):
        if sum(name in _names(side) for side in sides) > 1:
            return
    if len(sides) == 2:
        if all(loose) or not any(loose):
            return  # i < j may bind either
        place = 0 if loose[0] else 1
        if place == 1 and _names(sides[0]) - known:
            return
        yield _range(loose[place], sides, strict, place)
        return
    inner = [place for place in range(1, len(sides) - 1) if loose[place]]
    for place in inner:
        if len(sides) == 3:
            yield _range(loose[place], sides, strict, place)
        else:
            yield loose[place], None, None


def _range(
    name: str, sides: list[ast.expr], strict: list[bool], place: int
) -> tuple[str, ast.expr | None, ast.expr | None]:
    low = high = None
    if place > 0:
        low = _shifted(sides[place - 1], ast.Add()) if strict[place - 1] else sides[place - 1]
    if place < len(sides) - 1:
        high = _shifted(sides[place + 1], ast.Sub()) if strict[place] else sides[place + 1]
    return name, low, high


def _shifted(node: ast.expr, operator: ast.operator) -> ast.expr:
    at = node.col_offset
    return placed(ast.BinOp(node, operator, placed(ast.Constant(1), at)), at)


def _conditional_sums(
    node: ast.AST, known: frozenset[str]
) -> Iterator[tuple[ast.Call, frozenset[str]]]:
    """The sums under conditions, each with the names that are known there."""
    match node:
        case ast.Call(ast.Name("Sum"), [_, *others]):
            if any(map(is_condition, others)):
                yield node, known
            bound = _bound(others, known)
            known |= _explicit(others) | bound.ranges.keys() | bound.candidates.keys()
    for part in ast.iter_child_nodes(node):
        yield from _conditional_sums(part, known)


def _free(node: ast.AST, known: frozenset[str]) -> Iterator[ast.Name]:
    """The free names, where each sum binds all that it may bind."""
    match node:
        case ast.Call(ast.Name("Sum"), [body, *others]):
            bound = _bound(others, known)
            inner = known | _explicit(others) | bound.ranges.keys() | bound.candidates.keys()
            for part in (body, *others):
                yield from _free(part, inner)
        case ast.Call(ast.Name(), arguments):
            for part in arguments:
                yield from _free(part, known)
        case ast.Name() as name:
            if name.id not in known:
                yield name
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _free(child, known)


class _Naming:
    """Names the indices of sums, from the outermost on."""

    def __init__(
        self, error: Callable[[ast.expr, str], TextError], signals: Collection[str]
    ) -> None:
        self._error = error
        self._signals = signals

    def output(self, tree: ast.AST, known: frozenset[str]) -> str | None:
        """The index of the formula, where only the conditions of its sums can say which it is.

        It is t or u, or it stands alone on a side of an equation and not in the term.
        """
        found: dict[str, ast.expr] = {}
        for node, inner in _conditional_sums(tree, known):
            body, *others = node.args
            bound = _bound(others, inner)
            within = _names(body, self._signals)
            for name, condition in bound.candidates.items():
                is_alone = name not in within and any(
                    _is_alone(name, one, inner) for one in bound.others
                )
                if name in _OUTPUTS or is_alone:
                    found.setdefault(name, condition)
            if bound.candidates and not bound.candidates.keys() & found.keys():
                several = len(bound.candidates.keys() | bound.ranges.keys()) > 1
                if several or not bound.candidates.keys() <= within:
                    condition = next(iter(bound.candidates.values()))
                    raise self._ambiguous(condition, bound.candidates)
        if len(found) > 1:
            raise self._ambiguous(next(iter(found.values())), found)
        return next(iter(found), None)

    def name(self, node: ast.AST, known: frozenset[str]) -> None:
        """Change the sums in a tree, in which some names are known."""
        match node:
            case ast.Call(ast.Name("Sum"), [body, *others]):
                if any(map(is_condition, others)):
                    node.args = [body, *self._limits(body, others, known)]
                known |= _explicit(node.args[1:])
                self.name(body, known)
                return
        for part in ast.iter_child_nodes(node):
            self.name(part, known)

    def _limits(
        self, body: ast.expr, others: list[ast.expr], known: frozenset[str]
    ) -> list[ast.expr]:
        bound = _bound(others, known)
        named: list[ast.expr] = [one for one in others if not is_condition(one)]
        conditions = list(bound.others)
        waiting = dict(bound.ranges)
        ordered: list[ast.expr] = []
        while waiting:
            # The ends of a range may hold the indices that are summed outside of it.
            inner = {n for n in waiting if any(n in _ends(e) for m, e in waiting.items() if m != n)}
            name = next((n for n in waiting if n not in inner), None)
            if name is None:  # i ≤ j and j ≤ i
                name = next(iter(waiting))
                ends = waiting.pop(name)
                conditions += self._as_conditions(name, ends)
                ordered.insert(0, placed(ast.Name(name, ast.Load()), body.col_offset))
                continue
            low, high = waiting.pop(name)
            at = (low or high or body).col_offset
            if low is None and high is None:
                ordered.insert(0, placed(ast.Name(name, ast.Load()), at))
                continue
            infinite = placed(ast.Name("oo", ast.Load()), at)
            low = low or placed(ast.UnaryOp(ast.USub(), infinite), at)
            ends_of = [placed(ast.Name(name, ast.Load()), at), low, high or infinite]
            ordered.insert(0, placed(ast.Tuple(ends_of, ast.Load()), at))
        ordered.reverse()
        for name, condition in bound.candidates.items():
            named.append(placed(ast.Name(name, ast.Load()), condition.col_offset))
        limits = [*ordered, *named]
        if not limits:
            raise self._error(
                others[0], "this sum has no index: its conditions hold no other name than are known"
            )
        return [*limits, both(conditions)] if conditions else limits

    def _as_conditions(self, name: str, ends: list[ast.expr | None]) -> Iterator[ast.expr]:
        low, high = ends
        for end, sign in ((low, ast.GtE()), (high, ast.LtE())):
            if end is not None:
                left = placed(ast.Name(name, ast.Load()), end.col_offset)
                yield placed(ast.Compare(left, [sign], [end]), end.col_offset)

    def _ambiguous(self, condition: ast.expr, names: Collection[str]) -> TextError:
        listed = sorted(names)
        return self._error(
            condition,
            f"which of {', '.join(listed)} does this sum run over? name its indices before the "
            f"condition, as in \\sum_{{i, j : i + 2j = t}} or Sum(…, i, j, i + 2*j == t), or put "
            "the index of the formula on its left side, k_4[t] = …",
        )


def _ends(ends: list[ast.expr | None]) -> set[str]:
    return {name for end in ends if end is not None for name in _names(end)}


def _is_alone(name: str, condition: ast.expr, known: frozenset[str]) -> bool:
    """Whether a side of an equation has that name and no other that is not known."""
    match condition:
        case ast.Compare(left, [ast.Eq()], [right]):
            return any(_names(side) - known == {name} for side in (left, right))
    return False

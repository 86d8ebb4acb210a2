"""Random claims about tensors: true by laws of the layers, mutated, and of unrelated ones."""

from __future__ import annotations

import operator
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from types import CodeType
from typing import Any

import numpy as np

from tests.generators.sizes import LEAST, At
from tests.generators.tensor_laws import everywhere, one_of, rewritten
from tests.generators.tensor_mistakes import mutations
from tests.generators.tensor_programs import Change, Maker
from tests.generators.tensor_terms import (
    added,
)
from tests.generators.tensors import (
    MODULAR,
    Broadcast,
    Concatenate,
    IllTypedError,
    Named,
    Node,
    Shape,
    UndefinedError,
    entries,
    named_tensors,
    names_of,
    program,
    run,
    walk,
)

__all__ = [
    "KINDS",
    "TensorClaim",
    "key",
    "mutated",
    "points",
    "satisfies",
    "size_at",
    "tensor_claim",
]

KINDS = ("law", "mutated", "unrelated")
HEAVIEST = 40  # nodes of a claim
DEGREE = 4  # of the entries


@dataclass(frozen=True)
class TensorClaim:
    """A claim that two tensors are equal.

    Attributes:
        kind: how it was made.
        seed: what it was made from.
        lhs: the left side.
        rhs: the right side.
        given: the hypotheses, as Python.
    """

    kind: str
    seed: int
    lhs: Node
    rhs: Node
    given: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[Node, Node]:
        return self.lhs, self.rhs

    @property
    def names(self) -> list[str]:
        """The symbols, sorted."""
        said = {name for text in self.given for name in _code(text).co_names if name in LEAST}
        return sorted(names_of(*self.sides) | said)

    @property
    def tensors(self) -> dict[str, Shape]:
        """The named tensors, with their shapes."""
        return named_tensors(*self.sides)

    def __str__(self) -> str:
        """Lines of Python that make `claim`."""
        signs = ((1, "positive=True"), (0, "nonnegative=True"), (None, ""))
        lines = []
        for low, sign in signs:
            names = [name for name in self.names if LEAST[name] == low]
            if names:
                rest = f", {sign}" if sign else ""
                lines.append(f'{", ".join(names)} = integers("{" ".join(names)}"{rest})')
        lines += [
            f'{name} = integers("{name}")'
            for name in ("u0", "u1", "u2", "u3", "j0", "j1", "j2")
            if any(re.search(rf"\b{name}\b", line) for line in program(self.sides))
        ]
        lines += program(self.sides)
        given = f", given=[{', '.join(self.given)}]" if self.given else ""
        return "\n".join([*lines, f"claim = Claim(lhs, rhs{given})"])


@cache
def _code(text: str) -> CodeType:
    return compile(text, "<hypothesis>", "eval")


_HELP: dict[str, Any] = {
    "__builtins__": {},
    "Eq": operator.eq,
    "Max": max,
    "Min": min,
}


def satisfies(given: Sequence[str], at: At) -> bool:
    """Whether the hypotheses hold at a point."""
    return all(eval(_code(text), _HELP, dict(at)) for text in given)


def key(at: At) -> tuple[int, list[int]]:
    """What makes a point small: the sum of absolute values, then by name the values."""
    return sum(map(abs, at.values())), [at[name] for name in sorted(at)]


def points(names: Sequence[str], given: Sequence[str], total: int) -> Iterator[dict[str, int]]:
    """The points that the hypotheses allow, smallest first."""
    for size in range(total + 1):
        for values in _with_sum([LEAST[name] for name in names], size):
            at = dict(zip(names, values, strict=True))
            if satisfies(given, at):
                yield at


def _with_sum(least: Sequence[int | None], size: int) -> Iterator[tuple[int, ...]]:
    if not least:
        if not size:
            yield ()
        return
    low = -size if least[0] is None else least[0]
    for value in range(low, size + 1):
        for rest in _with_sum(least[1:], size - abs(value)):
            yield (value, *rest)


def size_at(claim: TensorClaim, at: At) -> int:
    """How many entries there are in all at a point."""
    total = 0
    for node in walk(*claim.sides):
        count = 1
        for size in node.shape:
            count *= max(0, size.at(at))
        total += count
    return total


def degree(*roots: Node) -> int:
    """How many entries are multiplied, at most."""
    found: dict[int, int] = {}
    for node in walk(*roots):
        parts = [found[id(o)] for o in node.operands]
        match node.op:
            case Named():
                found[id(node)] = 1
            case Broadcast("+" | "-") | Concatenate():
                found[id(node)] = max(parts)
            case _:
                found[id(node)] = sum(parts)
    return max(found[id(root)] for root in roots)


_ALPHABETS = (
    ("C", "H", "W"),
    ("C", "O", "H", "W"),
    ("C", "H"),
    ("H", "W", "K"),
    ("C", "H", "p"),
    ("H", "W", "p"),
    ("C", "O", "K", "H"),
    ("N", "C", "H", "W"),
    ("C", "H", "s"),
    ("H", "W", "t"),
    ("H", "p", "q"),
    ("O", "C", "L", "W"),
    ("C", "G", "H"),
    ("H", "r", "W"),
    ("N", "D", "C"),
    ("H",),
    (),
)


def mutated(
    rng: random.Random,
    x: Node,
    mistakes: Callable[[Node], Iterator[Change]],
    differ: Callable[[Node, Node], bool],
    *,
    shares: tuple[float, float],
    most: int,
) -> Node:
    """The tensor with a change; most often one that is a mistake, and leaves the shape.

    Args:
        rng: draws.
        x: the tensor.
        mistakes: the changes of a node.
        differ: whether two tensors are not the same.
        shares: of how many the shape stays, and of how many the change matters.
        most: changes that are tried.
    """
    same_shape, matters = rng.random() < shares[0], rng.random() < shares[1]
    changes = list(everywhere(x, mistakes))
    rng.shuffle(changes)
    for change in islice(changes, most):
        with suppress(IllTypedError, IndexError):
            other = change()
            if same_shape and other.shape != x.shape:
                continue
            if not matters or differ(x, other):
                return other
    return one_of(rng, iter(changes))


def _differ(one: Node, other: Node) -> bool:
    """Whether two tensors differ at a small point."""
    for at in islice(points(sorted(names_of(one, other)), (), 14), 12):
        with suppress(UndefinedError):
            left, right = run([one, other], at, MODULAR, entries(0))
            if not np.array_equal(left, right):
                return True
    return False


def tensor_claim(seed: int) -> TensorClaim:
    """A claim: rewritten by laws (true), then often mutated; or of two unrelated tensors."""
    rng = random.Random(f"tensors {seed}")
    while True:
        with suppress(IllTypedError):
            found = _tensor_claim(rng, seed)
            if found is not None:
                return found


def _tensor_claim(rng: random.Random, seed: int) -> TensorClaim | None:
    maker = Maker(rng, rng.choice(_ALPHABETS))
    source = maker.source()
    depth = rng.choice([1, 1, 2, 2, 3])
    start = maker.network(source) if rng.random() < 0.3 else source
    lhs = maker.expression(start, depth if start is source else rng.choice([0, 0, 1]))
    kind = rng.choices(KINDS, (0.52, 0.4, 0.08))[0]
    if kind == "unrelated":
        rhs = maker.expression(source, depth)
        for _ in range(15):
            if rhs.shape == lhs.shape:
                break
            rhs = maker.expression(source, depth)
    else:
        rhs = rewritten(rng, lhs, rng.choice([1, 1, 2, 3]))
        if kind == "mutated":
            rhs = mutated(rng, rhs, mutations, _differ, shares=(0.8, 0.7), most=60)
    if rng.random() < 0.3:
        lhs, rhs = rhs, lhs
    if rng.random() < 0.15:
        lhs, rhs = added(lhs, source) if lhs.shape == source.shape else lhs, rhs
        if lhs.shape == source.shape == rhs.shape:
            rhs = added(rhs, source)
    if sum(1 for _ in walk(lhs, rhs)) > HEAVIEST or degree(lhs, rhs) > DEGREE:
        return None
    if max(node.rank for node in walk(lhs, rhs)) > 7 or lhs.rank != rhs.rank or not lhs.rank:
        return None
    claim = TensorClaim(kind, seed, lhs, rhs)
    given = _hypotheses(rng, claim)
    return None if given is None else replace(claim, given=given)


def _hypotheses(rng: random.Random, claim: TensorClaim) -> tuple[str, ...] | None:
    """Hypotheses under which all operators have a meaning, and now and then another one."""
    names = claim.names
    given: tuple[str, ...] = ()
    if names and rng.random() < 0.2:
        a, b = rng.choice(names), rng.choice(names)
        given = (
            rng.choice([f"{a} >= {b}", f"{a} >= 2", f"{a} >= 3", f"Eq({a} % 2, 0)", f"{a} <= 4"]),
        )
    candidates = [f"{name} >= 3" for name in names if LEAST[name] == 1]
    candidates += [f"{name} <= 2" for name in names if LEAST[name] == 0]
    candidates += [f"{name} >= -1" for name in names if LEAST[name] is None]
    candidates += [f"{name} <= 1" for name in names if LEAST[name] is None]
    rng.shuffle(candidates)
    for more in range(len(candidates) + 1):
        tried = given + tuple(candidates[:more])
        if _is_defined(claim, tried):
            return tried if any(True for _ in points(names, tried, 12)) else given
    return given if rng.random() < 0.1 else None


def _is_defined(claim: TensorClaim, given: Sequence[str]) -> bool:
    """Whether all operators have a meaning at some of the smallest points."""
    for at in islice(points(claim.names, given, 12), 30):
        try:
            run(claim.sides, at, MODULAR, entries(0))
        except UndefinedError:
            return False
    return True

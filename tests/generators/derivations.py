"""Right derivations, and mutants of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy import (
    Add,
    Basic,
    Eq,
    Expr,
    Ge,
    Indexed,
    Mod,
    Mul,
    Ne,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Tuple,
    oo,
    symbols,
)

from symconv import Signal, Tensor
from symconv.derivations import Derivation
from tests.oracles import formulas as oracle

n, c, d = symbols("n c d", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
u, v, i, j, m, q, t = symbols("u v i j m q t", integer=True)

x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
y, w = Tensor("y", (n, d)), Tensor("w", (c, 2))
g = Tensor("g", (2, d, c))
EVEN_U, EVEN_M = Eq(Mod(u, 2), 0), Eq(Mod(m, 2), 0)


def only(term: Expr, condition: Basic) -> Expr:
    """The term where the condition holds, else 0."""
    return Piecewise((term, condition), (0, True))


# --- right derivations ---------------------------------------------------------------


@dataclass(frozen=True)
class Right:
    """A derivation all of whose steps are right."""

    formulas: tuple[Expr, ...]
    where: Basic = sympy.true
    given: tuple[Basic, ...] = field(default=())
    indices: tuple[Symbol, ...] = (u,)

    def derivation(self, formulas: tuple[Expr, ...] | None = None) -> Derivation:
        start, *steps = formulas or self.formulas
        introduced = oracle.symbols_in(self.formulas)
        index = self.indices if len(self.indices) > 1 else self.indices[0]
        derivation = Derivation(
            start, index=index, where=self.where, given=self.given, introduced=introduced
        )
        for formula in steps:
            derivation.step(formula)
        return derivation


def exercise() -> Right:
    """Two layers with stride 2 are one with stride 4."""

    def xp(position: Expr) -> Expr:
        return x[position - l]

    twice = k[i] * k[j] * xp(4 * u + 2 * i + j)
    gathered = k[i] * k[t - 2 * i] * xp(4 * u + t)
    tap = Sum(k[i] * k[t - 2 * i], (i, -oo, oo))
    return Right(
        (
            Sum(k[i] * Sum(k[j] * xp(2 * (2 * u + i) + j), (j, 0, c - 1)), (i, 0, c - 1)),
            Sum(twice, (j, 0, c - 1), (i, 0, c - 1)),
            Sum(twice, (i, 0, c - 1), (j, 0, c - 1)),
            Sum(gathered, (i, 0, c - 1), (t, 0, 3 * c - 3)),
            Sum(gathered, (t, -oo, oo), (i, -oo, oo)),
            Sum(xp(4 * u + t) * tap, (t, -oo, oo)),
        )
    )


def two_kernels(stride: int, other: int) -> Right:
    """Two layers with any strides and kernels, without operators."""
    both = stride * other
    return Right(
        (
            Sum(h[i] * Sum(k[j] * x[stride * (other * u + i) + j], (j, 0, c - 1)), (i, 0, d - 1)),
            Sum(h[i] * k[j] * x[both * u + stride * i + j], (j, 0, c - 1), (i, 0, d - 1)),
            Sum(h[i] * k[t - stride * i] * x[both * u + t], (i, 0, d - 1), (t, -oo, oo)),
            Sum(
                h[i] * k[t - stride * i] * x[both * u + t],
                (t, stride * i, stride * i + c - 1),
                (i, -oo, oo),
            ),
        )
    )


def exchange() -> Right:
    """A triangle, summed by rows and by columns."""
    term = k[i] * x[m]
    return Right(
        (
            Sum(x[m] * Sum(k[i], (i, 0, m)), (m, 0, u)),
            Sum(term, (i, 0, m), (m, 0, u)),
            Sum(term, (m, i, u), (i, 0, u)),
            Sum(k[i] * Sum(x[m], (m, i, u)), (i, 0, u)),
            Sum(k[i] * Sum(x[i + t], (t, 0, u - i)), (i, 0, c - 1)),
        )
    )


def flip() -> Right:
    """A convolution is a correlation with the flipped kernel."""
    return Right(
        (
            Sum(x[m] * k[u - m], (m, -oo, oo)),
            Sum(x[m] * k[u - m], (m, -c / 2, n + c / 2)),
            Sum(x[u - i] * k[i], (i, 0, c - 1)),
            Sum(x[u - c + 1 + j] * k[c - 1 - j], (j, 0, c - 1)),
            Sum(x[t] * k[u - t], (t, u - c + 1, u)),
        )
    )


def parity() -> Right:
    """Every second output: the even and the odd summation indices."""
    term = x[m] * k[2 * u - m]
    return Right(
        (
            Sum(term, (m, -oo, oo)),
            Sum(only(term, Eq(Mod(m, 2), 0)), (m, -oo, oo))
            + Sum(only(term, Eq(Mod(m, 2), 1)), (m, -oo, oo)),
            Sum(x[2 * q] * k[2 * u - 2 * q], (q, -oo, oo))
            + Sum(x[2 * q + 1] * k[2 * u - 2 * q - 1], (q, -oo, oo)),
            Sum(x[2 * q] * k[2 * (u - q)], (q, 0, (n - 1) / 2))
            + Sum(only(term, Ne(Mod(m, 2), 0)), (m, 0, n - 1)),
        )
    )


def associativity() -> Right:
    """Convolution is associative: sums over all integers."""
    term = x[t - i] * k[i] * h[u - t]
    return Right(
        (
            Sum(x[m] * Sum(k[i] * h[u - m - i], (i, -oo, oo)), (m, -oo, oo)),
            Sum(x[m] * k[i] * h[u - m - i], (i, -oo, oo), (m, -oo, oo)),
            Sum(term, (i, -oo, oo), (t, -oo, oo)),
            Sum(term, (t, -oo, oo), (i, -oo, oo)),
            Sum(h[u - t] * Sum(x[t - i] * k[i], (i, 0, t)), (t, -oo, oo)),
        )
    )


def even_outputs() -> Right:
    """Spread taps, at even outputs only."""
    return Right(
        (
            Sum(only(x[m], Eq(Mod(m, 2), 0)) * k[u - m], (m, -oo, oo)),
            Sum(only(x[m] * k[u - m], Eq(Mod(u - m, 2), 0)), (m, -oo, oo)),
            Sum(x[u - 2 * i] * k[2 * i], (i, -oo, oo)),
            Sum(x[u - 2 * i] * k[2 * i], (i, 0, u / 2)),
        ),
        where=EVEN_U,
    )


def shifted_window() -> Right:
    """A product of two sums, at outputs from 0 on, where the kernel is no longer than x."""
    return Right(
        (
            Sum(x[u + i] * k[i], (i, 0, c - 1)) * Sum(h[j], (j, -oo, oo)),
            Sum(x[u + i] * k[i] * h[j], (i, 0, n - 1), (j, 0, d)),
            Sum(h[j] * Sum(x[m] * k[m - u], (m, u, oo)), (j, 0, d - 1)),
        ),
        where=Ge(u, 0),
        given=(Ge(n, c),),
    )


def plane() -> Right:
    """A convolution of two axes, flipped in one after the other."""
    return Right(
        (
            Sum(y[m, q] * w[u - m, v - q], (m, -oo, oo), (q, -oo, oo)),
            Sum(y[u - i, q] * w[i, v - q], (i, -oo, oo), (q, 0, d - 1)),
            Sum(y[u - i, v - j] * w[i, j], (j, 0, 1), (i, 0, c - 1)),
            Sum(y[u - i, v - j] * w[i, j], (i, -oo, u), (j, -oo, oo)),
            Sum(Sum(y[t, v - j] * w[u - t, j], (t, u - c + 1, u)), (j, 0, v)),
        ),
        indices=(u, v),
    )


def checkerboard() -> Right:
    """The fields of one colour are in even rows and columns, or in odd ones."""
    term = y[m, q] * w[u - m, v - q]
    return Right(
        (
            Sum(only(term, Eq(Mod(m + q, 2), 0)), (m, -oo, oo), (q, -oo, oo)),
            Sum(only(term, Eq(Mod(q - m, 2), 0)), (q, -oo, oo), (m, 0, n - 1)),
            Sum(y[2 * i, 2 * j] * w[u - 2 * i, v - 2 * j], (i, -oo, oo), (j, -oo, oo))
            + Sum(
                y[2 * i + 1, 2 * j + 1] * w[u - 2 * i - 1, v - 2 * j - 1],
                (i, -oo, oo),
                (j, -oo, oo),
            ),
        ),
        indices=(u, v),
    )


def channels() -> Right:
    """A layer of each channel, and one that sums over the channels q; v is one of its outputs."""
    twice = g[v, q, i] * k[j] * y[4 * u + 2 * i + j, q]
    gathered = g[v, q, i] * k[t - 2 * i] * y[4 * u + t, q]
    layer = Sum(k[j] * y[2 * (2 * u + i) + j, q], (j, 0, c - 1))
    return Right(
        (
            Sum(g[v, q, i] * layer, (i, 0, c - 1), (q, 0, d - 1)),
            Sum(twice, (j, 0, c - 1), (i, 0, c - 1), (q, 0, d - 1)),
            Sum(twice, (q, 0, d - 1), (i, 0, c - 1), (j, 0, c - 1)),
            Sum(gathered, (q, -oo, oo), (i, 0, c - 1), (t, 0, 3 * c - 3)),
            Sum(
                y[4 * u + t, q] * Sum(g[v, q, i] * k[t - 2 * i], (i, -oo, oo)),
                (t, -oo, oo),
                (q, -oo, oo),
            ),
        ),
        indices=(v, u),
    )


RIGHT: dict[str, Right] = {
    "exercise": exercise(),
    "strides 2 and 3": two_kernels(2, 3),
    "strides 3 and 2": two_kernels(3, 2),
    "exchange": exchange(),
    "flip": flip(),
    "parity": parity(),
    "associativity": associativity(),
    "even outputs": even_outputs(),
    "window": shifted_window(),
    "plane": plane(),
    "checkerboard": checkerboard(),
    "channels": channels(),
}


def bound_in(formula: Expr) -> set[Symbol]:
    return {limits[0] for one in formula.atoms(Sum) for limits in one.limits}


# --- mutations -----------------------------------------------------------------------

Path = tuple[int, ...]


def at_path(part: Basic, path: Path) -> Basic:
    for place in path:
        part = part.args[place]
    return part


def replaced(part: Basic, path: Path, new: Basic) -> Any:
    if not path:
        return new
    place, *rest = path
    inner = replaced(part.args[place], tuple(rest), new)
    return part.func(*part.args[:place], inner, *part.args[place + 1 :])


def paths(part: Basic, path: Path = ()) -> Iterator[Path]:
    """Where entries, sums, products, terms and branches stand; not positions or conditions."""
    yield path
    match part:
        case Sum():
            yield from paths(part.function, (*path, 0))
        case Piecewise():
            for place, (branch, _) in enumerate(part.args):
                yield from paths(branch, (*path, place, 0))
        case Add() | Mul() | sympy.Pow():
            for place, argument in enumerate(part.args):
                yield from paths(argument, (*path, place))


Changes = dict[str, list[tuple[Path, Basic]]]


def changes(formula: Expr, signals: list[Tensor], indices: list[Symbol]) -> Changes:
    """What may stand in place of one part of a formula, by the kind of the change."""
    found: Changes = {}

    def add(kind: str, path: Path, *news: Basic) -> None:
        if news:
            found.setdefault(kind, []).extend((path, new) for new in news)

    for path in paths(formula):
        part = at_path(formula, path)
        match part:
            case Indexed():
                base, *positions = part.args
                for axis, position in enumerate(positions):

                    def at(p: Expr, axis: int = axis, part: Indexed = part) -> Expr:
                        base, *positions = part.args
                        return base[(*positions[:axis], p, *positions[axis + 1 :])]

                    add("constant", path, *(at(position + a) for a in (1, -1, 2)))
                    for s in sorted(position.free_symbols, key=lambda s: s.name):
                        others = [other for other in indices if other != s]
                        moved = (position + s, position - s, position.subs(s, -s))
                        add("coefficient", path, *map(at, moved))
                        add("swapped index", path, *(at(position.subs(s, o)) for o in others))
                alike = [one for one in signals if one.ndim == len(positions)]
                names = [one[tuple(positions)] for one in alike if one.name != str(base.label)]
                add("swapped name", path, *names)
                if len(positions) > 1:
                    add("swapped axes", path, base[tuple(reversed(positions))])
            case Sum():
                for place, (symbol, lower, upper) in enumerate(part.limits, start=1):
                    near = [(lower + a, upper) for a in (1, -1)] if lower != -oo else []
                    near += [(lower, upper + a) for a in (1, -1)] if upper != oo else []
                    add("bound", (*path, place), *(Tuple(symbol, *ends) for ends in near))
                    wide = [(-oo, upper), (lower, oo), (0, upper), (lower, u)]
                    add("other end", (*path, place), *(Tuple(symbol, *ends) for ends in wide))
                    add("wider", (*path, place), Tuple(symbol, lower - 1, upper + 1))
                    for modulus, residue in ((2, 0), (2, 1), (3, 1)):
                        condition = Eq(Mod(symbol, modulus), residue)
                        add("new condition", (*path, 0), only(part.function, condition))
                if len(part.limits) > 1:
                    add("order", path, Sum(part.function, *reversed(part.limits)))
            case Piecewise():
                add("no condition", path, part.args[0][0])
                condition = part.args[0][1]
                add("condition", (*path, 0, 1), sympy.Not(condition))
                for divisor in (2, 3):
                    for s in sorted(condition.free_symbols, key=lambda s: s.name):
                        other = Eq(Mod(s + 1, divisor), 0)
                        add("condition", (*path, 0, 1), other)
            case Mul() | Add():
                kind = "factor" if isinstance(part, Mul) else "term"
                for place, argument in enumerate(part.args):
                    rest = part.func(*part.args[:place], *part.args[place + 1 :])
                    add(f"no {kind}", path, rest)
                    add(f"new {kind}", path, part.func(*part.args, argument))
    add(
        "scale",
        (),
        -formula,
        Rational(3, 2) * formula,
        formula + signals[0][(u,) * signals[0].ndim],
    )
    return found


@dataclass(frozen=True)
class Mutant:
    """A right derivation with one wrong (or unusual) formula."""

    name: str
    place: int
    kind: str
    formula: Expr

    @property
    def formulas(self) -> tuple[Expr, ...]:
        right = RIGHT[self.name].formulas
        return (*right[: self.place], self.formula, *right[self.place + 1 :])

    def __str__(self) -> str:
        return f"{self.name}, formula {self.place}, {self.kind}: {self.formula}"


def random_mutant(seed: int) -> Mutant:
    rng = random.Random(seed)
    name = rng.choice(list(RIGHT))
    right = RIGHT[name]
    place = rng.randrange(1, len(right.formulas))
    used = oracle.signals_in(right.formulas)
    signals = [s for s in (x, k, h, y, w, g) if s.name in used]
    indices = set(oracle.symbols_in(right.formulas)).union(*map(bound_in, right.formulas))
    formula = right.formulas[place]
    kinds = changes(formula, signals, sorted(indices, key=lambda s: s.name))
    while True:
        kind = rng.choice(sorted(kinds))
        path, new = rng.choice(kinds[kind])
        changed = replaced(formula, path, new)
        if changed != formula:
            return Mutant(name, place, kind, changed)

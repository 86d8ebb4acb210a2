"""Random claims, each said three times: see `tests.generators.doubles`.

A claim is a program of operators, run twice: for the left side as it stands, and for the
right side with rewritings that keep the value, or with a mistake somewhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from tests.generators.doubles import (
    RELATIONS,
    Condition,
    Number,
    Point,
    Row,
    Term,
    by_formula,
    ceiling,
    chosen,
    compared,
    constant,
    described,
    entry,
    entry_of,
    floor,
    from_formula,
    implied,
    index,
    interleaved,
    largest,
    letter,
    magnitude,
    named,
    ones,
    piecewise,
    remainder,
    smallest,
    such_that,
    taps,
    total,
    whole,
)

__all__ = ["DEEP", "KINDS", "Letters", "Statement", "expression", "statement", "variants"]

Side: TypeAlias = Row | Number | Condition

LEAST: Mapping[str, int | None] = {
    **dict.fromkeys("ncdsr", 1),
    **dict.fromkeys("mpq", 0),
    **dict.fromkeys("tv", None),
}
"""What each symbol is at least; None for those of any sign."""

_OTHER_LETTERS = [
    *"abefglowzuvijmABDFGKLMPQRTUVWXYZIENO",
    *("p0", "p1", "p2", "x0", "x1", "k0", "k_0", "x_1", "oo", "pi", "u_", "i_1"),
]
_MODES = ("reflect", "symmetric", "replicate", "circular")
_MOST_TERMS = 40
_LONGEST_TEXT = 60  # operators; beyond, a claim is said in Python


@dataclass(frozen=True)
class Statement:
    """A claim.

    Attributes:
        kind: the kind of claims that it belongs to.
        seed: what it was made from.
        lhs: the left side.
        rhs: the right side, of the same sort.
        given: the hypotheses.
        least: what each symbol is at least.
        is_text: whether it is put as a text, rather than in Python.
    """

    kind: str
    seed: int
    lhs: Side
    rhs: Side
    given: tuple[Condition, ...]
    least: Mapping[str, int | None]
    is_text: bool

    @property
    def parts(self) -> tuple[Side, ...]:
        """The sides and the hypotheses."""
        return (self.lhs, self.rhs, *self.given)

    @property
    def signals(self) -> dict[str, Number]:
        """The named signals, with their lengths."""
        leaves: dict[str, Number] = {}
        for part in self.parts:
            for row in [part] if isinstance(part, Row) else part.rows:
                leaves.update(row.leaves)
        return leaves

    @property
    def names(self) -> list[str]:
        """The symbols, sorted."""
        sizes = (size.names for size in self.signals.values())
        return sorted(frozenset().union(*(part.names for part in self.parts), *sizes))

    @property
    def text(self) -> str:
        """The claim as a text."""
        if isinstance(self.lhs, Condition):
            return f"iff({self.lhs.text}, {self.rhs.text})"
        return f"{self.lhs.text} == {self.rhs.text}"

    def __str__(self) -> str:
        rows = [side for side in (self.lhs, self.rhs) if isinstance(side, Row)]
        said = described(*rows) if rows and not self.is_text else self.text
        signals = "".join(f" --signal {name}:{a.text}" for name, a in self.signals.items())
        given = "".join(f' --given "{h.text}"' for h in self.given)
        signs = ", ".join(
            f"{name} of any sign" if self.least[name] is None else f"{name} >= {self.least[name]}"
            for name in self.names
        )
        how = "text" if self.is_text else "Python"
        return f'{how}: "{said}"{signals}{given} [{signs}]'


class Letters:
    """The symbols and signals of a claim, under any names."""

    def __init__(self, rename: random.Random | None = None) -> None:
        self._names = {name: name for name in "ncdsrmpqtvxykhgb"}
        if rename is not None:
            others = rename.sample(_OTHER_LETTERS, len(self._names))
            self._names = dict(zip(self._names, others, strict=True))
        self.least = {self._names[name]: least for name, least in LEAST.items()}
        self._rows: dict[str, Row] = {}

    def number(self, name: str) -> Number:
        """A symbol."""
        return letter(self._names[name])

    def row(self, name: str, size: Number | int) -> Row:
        """A named signal, which has one length in a claim."""
        if name not in self._rows:
            self._rows[name] = named(self._names[name], size)
        return self._rows[name]


# --- integer expressions and conditions ----------------------------------------------


def expression(
    rng: random.Random,
    letters: Letters,
    depth: int,
    names: str = "ncmpqt",
    *,
    products: bool = False,
) -> Number:
    """A random integer expression in floors, remainders, maxima and so on."""

    def inner() -> Number:
        return expression(rng, letters, depth - 1, names, products=products)

    if depth <= 0 or rng.random() < 0.1:
        if rng.random() < 0.75:
            return letters.number(rng.choice(names))
        return whole(rng.randint(-4, 12))
    divisor = whole(rng.choice([2, 2, 3, 3, 4, 5, 6, 6, 10, 12]))
    makes: list[Callable[[], Number]] = [
        lambda: inner() + inner(),
        lambda: inner() - inner(),
        lambda: inner() + rng.randint(-5, 5),
        lambda: whole(rng.choice([2, 2, 3, 4, 6, -1, -2])) * inner(),
        lambda: whole(rng.choice([2, 2, 3, 4, 6])) * inner(),
        lambda: -inner(),
        lambda: inner() // divisor,
        lambda: inner() // divisor * divisor,
        lambda: inner() % divisor,
        lambda: inner() % divisor,
        lambda: remainder(inner(), divisor),
        lambda: floor(inner() / divisor),
        lambda: ceiling(inner() / divisor),
        lambda: largest(inner(), inner()),
        lambda: smallest(inner(), inner()),
        lambda: largest(inner(), rng.randint(-3, 6)),
        lambda: magnitude(inner()),
    ]
    if products:
        makes.append(lambda: inner() * letters.number(rng.choice(names)))
    return rng.choice(makes)()


def _small(rng: random.Random, letters: Letters, names: str) -> Number:
    """A short expression, as hypotheses are made of."""
    a, b = (letters.number(rng.choice(names)) for _ in range(2))
    makes: list[Callable[[], Number]] = [
        lambda: a,
        lambda: a,
        lambda: a + b,
        lambda: a - b,
        lambda: whole(rng.choice([2, 3])) * a,
        lambda: a % rng.choice([2, 3, 4]),
        lambda: (a + b) % rng.choice([2, 3]),
        lambda: a // rng.choice([2, 3]),
        lambda: largest(a, b),
        lambda: smallest(a, whole(2) * b),
        lambda: magnitude(a - b),
    ]
    return rng.choice(makes)()


def condition(
    rng: random.Random, letters: Letters, names: str, depth: int = 2, *, products: bool = False
) -> Condition:
    """A random condition: joined comparisons, implications, remainders, products."""

    def inner() -> Condition:
        return condition(rng, letters, names, depth - 1, products=products)

    if depth > 0 and rng.random() < 0.7:
        a, b = inner(), inner()
        return rng.choice([a & b, a | b, a | b, ~a | b, implied(a, b), ~(a & b), ~a])
    left = _small(rng, letters, names)
    if products and rng.random() < 0.3:
        left = left * letters.number(rng.choice(names))
    right = whole(rng.randint(0, 4)) if rng.random() < 0.7 else _small(rng, letters, names)
    return compared(left, rng.choice([*RELATIONS, "!=", "=="]), right)


# --- programs of operators -----------------------------------------------------------


class Maker:
    """Applies operators, as they are, rewritten, or with a mistake.

    Args:
        rewrite: where given, results are replaced by equal signals now and then.
        mistakes: where given, arguments are changed now and then, or operators.
        often: how often anything is rewritten.
    """

    def __init__(
        self,
        letters: Letters,
        rewrite: random.Random | None = None,
        mistakes: random.Random | None = None,
        often: float = 0.35,
    ) -> None:
        self.letters = letters
        self._rewrite, self._mistakes, self._often = rewrite, mistakes, often

    def _wrong(self) -> bool:
        return self._mistakes is not None and self._mistakes.random() < 0.3

    def _done(self, row: Row) -> Row:
        rng = self._rewrite
        if rng is None or rng.random() > self._often:
            return row
        p = self.letters.number("p")
        choices: list[Callable[[], Row]] = [
            lambda: row.flip().flip(),
            lambda: row.pad(1, 0).pad(-1, 0),
            lambda: row.pad(p, 2).pad(-p, -2),
            lambda: row.dilate(2).downsample(2),
            lambda: row.scale(3) - row.scale(2) if row.terms < 8 else row.flip().flip(),
            lambda: row.convolve(taps(1)),
            lambda: row.correlate(taps(1)),
            lambda: row.pad(1, 0).downsample(1, offset=1),
        ]
        if row.size <= 8 and row.terms <= 6:
            choices.append(lambda: by_formula(row))
        match row.made:
            case ("pad", inner, left, right, "zeros") if "p" not in right.text + left.text:
                choices += [lambda: inner.flip().pad(right, left).flip()] * 4
            case ("convolve" | "multiply" as how, one, other):
                choices += [lambda: getattr(other, how)(one)] * 8
            case ("add", one, other):
                choices += [lambda: other + one] * 6
            case ("correlate", inner, kernel, stride, dilation):
                choices += [
                    lambda: inner.correlate(kernel.dilate(dilation), stride=stride),
                    lambda: inner.correlate(kernel, dilation=dilation).downsample(stride),
                    lambda: (
                        inner.flip()
                        .correlate(kernel.flip(), dilation=dilation)
                        .flip()
                        .downsample(stride)
                    ),
                ] * 2
                match inner.made:
                    case ("correlate", first, k, s, d):
                        choices += [
                            lambda: first.correlate(
                                k.dilate(d).convolve(kernel.dilate(s * dilation)),
                                stride=s * stride,
                            )
                        ] * 8
            case ("downsample", Row(made=("dilate", first, by)), factor, _) if by is factor:
                choices += [lambda: first] * 5
            case ("dilate", inner, factor):
                match inner.made:
                    case ("dilate", first, by):
                        choices += [lambda: first.dilate(by * factor)] * 5
                    case ("convolve", one, other):
                        choices += [lambda: one.dilate(factor).convolve(other.dilate(factor))] * 5
            case ("flip", inner):
                match inner.made:
                    case ("convolve", one, other):
                        choices += [lambda: one.flip().convolve(other.flip())] * 5
        # What a program does next depends on these, and the program is to stay the same.
        return replace(rng.choice(choices)(), terms=row.terms, degree=row.degree)

    def pad(self, row: Row, left: Number | int, right: Number | int, mode: str = "zeros") -> Row:
        if self._wrong() and self._mistakes is not None:
            change = self._mistakes.choice(["shift", "mode", "swap"])
            if change == "mode" and mode != "zeros":
                mode = self._mistakes.choice(_MODES)
            elif change == "swap":
                left, right = right, left
            elif mode == "zeros":
                left, right = whole(left) + 1, whole(right) - 1
        return self._done(row.pad(left, right, mode))

    def flip(self, row: Row) -> Row:
        return row if self._wrong() else self._done(row.flip())

    def dilate(self, row: Row, factor: Number | int) -> Row:
        return self._done(row.dilate(whole(factor) + 1 if self._wrong() else factor))

    def downsample(self, row: Row, factor: Number | int, offset: Number | int = 0) -> Row:
        wrong = self._wrong()
        return self._done(row.downsample(factor, whole(offset) + 1 if wrong else offset))

    def convolve(self, row: Row, other: Row) -> Row:
        return self._done(row.convolve(other.flip() if self._wrong() else other))

    def correlate(
        self, row: Row, kernel: Row, stride: Number | int = 1, dilation: Number | int = 1
    ) -> Row:
        if self._wrong() and self._mistakes is not None:
            change = self._mistakes.choice(["flip", "stride", "dilation"])
            kernel = kernel.flip() if change == "flip" else kernel
            stride = whole(stride) + 1 if change == "stride" else stride
            dilation = whole(dilation) + 1 if change == "dilation" else dilation
        return self._done(row.correlate(kernel, stride, dilation))

    def multiply(self, row: Row, other: Row) -> Row:
        return self._done(row.multiply(other))

    def add(self, row: Row, other: Row) -> Row:
        return self._done(row - other if self._wrong() else row + other)

    def scale(self, row: Row, number: int | Fraction) -> Row:
        return self._done(row.scale(number + 1 if self._wrong() else number))

    def any(self, row: Row) -> Row:
        """What some other operator has made."""
        return self._done(row)


def _numbers(*values: Number | int) -> list[Number]:
    return list(map(whole, values))


def _source(maker: Maker, rng: random.Random) -> Row:
    letters = maker.letters
    n, m, c, p, q = map(letters.number, "nmcpq")
    usual = [n, n, n, m, m, m + 1, whole(2) * n, n + c, whole(4)]
    rare = [p - q, largest(whole(2) * n - 4, 0), n // 2, n % 5, magnitude(p - q), n + c - 1]
    return letters.row("x", rng.choice(usual if rng.random() < 0.85 else rare))


def _kernel(maker: Maker, rng: random.Random) -> Row:
    letters = maker.letters
    c, d = map(letters.number, "cd")
    return rng.choice(
        [
            letters.row("k", c),
            letters.row("k", c),
            letters.row("h", d),
            letters.row("g", 2),
            taps(1, -2, 1),
            ones(3),
            *([_rare_kernel(rng, letters)] if rng.random() < 0.3 else []),
        ]
    )


def _rare_kernel(rng: random.Random, letters: Letters) -> Row:
    c, p = letters.number("c"), letters.number("p")
    return rng.choice(
        [
            taps(),
            taps(0, 0),
            taps(0, 1, 0),
            taps(Fraction(1, 2), Fraction(-2, 3)),
            taps(999_999_937, 1),
            ones(p),
            ones(c),
            ones(c) - ones(c).flip(),
            letters.row("k", c).pad(p, -p),
            letters.row("k", c).scale(0),
        ]
    )


def _twin(maker: Maker, rng: random.Random, row: Row) -> Row:
    """A signal that is as long as another one, and made of it."""
    g = maker.letters.row("g", 2)
    makes: list[Callable[[], Row]] = [
        lambda: maker.flip(row),
        lambda: maker.scale(row, Fraction(rng.choice([4, -2, 1]), 2)),
        lambda: maker.pad(maker.pad(row, 1, 0), 0, -1),
        lambda: maker.correlate(maker.pad(row, 1, 1), taps(1, 0, 2)),
        lambda: maker.correlate(maker.pad(row, 0, 1), g),
        lambda: row,
    ]
    return rng.choice(makes)()


def shared(maker: Maker, rng: random.Random) -> Row:
    """Deep compositions in which signals are used several times."""
    return _graph(maker, rng, rng.choice([2, 3, 4, 5, 6, 8]), _MOST_TERMS // 2)


def deep(maker: Maker, rng: random.Random) -> Row:
    """The same, so deep that nobody can write them out."""
    return _graph(maker, rng, rng.choice([12, 16, 24, 40]), 10**9)


def _graph(maker: Maker, rng: random.Random, steps: int, terms: int) -> Row:
    pool = [_source(maker, rng)]
    for _ in range(steps):
        y = rng.choice(pool[-2:])
        if y.terms > terms or y.degree > 3:
            y = rng.choice(pool[:2])
        makes: list[Callable[[Row], Row]] = [
            *[lambda y: maker.add(y, _twin(maker, rng, y))] * 3,
            *[lambda y: maker.add(y, maker.flip(y))] * 3,
            *[lambda y: maker.add(_twin(maker, rng, y), maker.flip(y))] * 2,
            lambda y: maker.correlate(y, _kernel(maker, rng)),
            lambda y: maker.convolve(y, _kernel(maker, rng)),
            *[lambda y: maker.pad(y, rng.choice([0, 1, -1]), rng.choice([0, 1, 2, -1]))] * 2,
            lambda y: maker.downsample(y, 2),
            lambda y: maker.dilate(y, 2),
        ]
        if steps < 10:  # further on, some signal has no entry to copy
            makes.append(lambda y: maker.pad(y, 1, rng.choice([0, 1]), "replicate"))
        # The lengths of phases are in what is made of them, so few of these are enough.
        if not any(row.made[0] == "interleave" for row in pool):
            makes += [
                lambda y: maker.any(interleaved(y.phase(0, 2), y.phase(1, 2))),
                lambda y: maker.any(interleaved(y, maker.flip(y))),
            ]
        if y.degree <= 1:
            makes.append(lambda y: maker.multiply(y, maker.flip(y)))
        pool.append(rng.choice(makes)(y))
    return pool[-1]


def strides(maker: Maker, rng: random.Random) -> Row:
    """Strides and dilations that are symbols."""
    s, r, p = map(maker.letters.number, "srp")
    factors = _numbers(s, s, s, r, 2, 1)
    if rng.random() < 0.25:
        factors += [p + 1, s + r, s * r, s % 2 + 1, largest(s, 2)]
    row = _source(maker, rng) if rng.random() < 0.85 else maker.letters.row("x", s - r)
    for _ in range(rng.choice([1, 2, 2, 3])):
        k, a, b = _kernel(maker, rng), rng.choice(factors), rng.choice(factors)
        makes: list[Callable[[Row], Row]] = [
            lambda y: maker.correlate(y, k, a),  # noqa: B023 - used in this round only
            lambda y: maker.correlate(y, k, a, b),  # noqa: B023
            lambda y: maker.correlate(y, k, 1, b),  # noqa: B023
            lambda y: maker.dilate(y, a),  # noqa: B023
            lambda y: maker.downsample(y, a),  # noqa: B023
            lambda y: maker.downsample(y, a, rng.choice(_numbers(0, 1, p))),  # noqa: B023
            lambda y: maker.convolve(y, maker.dilate(k, a)),  # noqa: B023
            lambda y: maker.any(y.conv_transpose(k, a, b, rng.choice([0, 1]))),  # noqa: B023
            lambda y: maker.downsample(maker.dilate(y, a), b),  # noqa: B023
        ]
        row = rng.choice(makes)(row)
    return row


def extension(maker: Maker, rng: random.Random) -> Row:
    """Signals that continue at their ends."""
    p = maker.letters.number("p")
    row = _source(maker, rng)
    for _ in range(rng.choice([1, 2, 2, 3])):
        if row.terms > _MOST_TERMS:
            break
        left = rng.choice(_numbers(0, 1, 1, 2, p))
        right = rng.choice(_numbers(0, 0, 1, 1, p))
        mode, k = rng.choice(_MODES), _kernel(maker, rng)
        makes: list[Callable[[Row], Row]] = [
            lambda y: maker.pad(y, left, right, mode),  # noqa: B023 - in this round only
            lambda y: maker.pad(y, left, right, mode),  # noqa: B023
            lambda y: maker.pad(y, left, right, mode),  # noqa: B023
            lambda y: maker.correlate(maker.pad(y, left, left, mode), k),  # noqa: B023
            lambda y: maker.flip(y),
            lambda y: maker.add(y, maker.flip(y)),
            lambda y: maker.downsample(y, 2),
            lambda y: maker.pad(y, -1, 1),
        ]
        row = rng.choice(makes)(row)
    return row


def powers(maker: Maker, rng: random.Random) -> Row:
    """Signals that are multiplied by themselves."""
    k = maker.letters.row("k", maker.letters.number("c"))
    row = rng.choice([k, _source(maker, rng)])
    for _ in range(rng.choice([1, 2, 2])):
        makes: list[Callable[[Row], Row]] = [
            lambda y: maker.convolve(y, y),
            lambda y: maker.convolve(y, maker.flip(y)),
            lambda y: maker.convolve(maker.convolve(y, k), k),
            lambda y: maker.correlate(maker.correlate(y, k), k),
            lambda y: maker.correlate(maker.correlate(y, k, 2), k, 2),
            lambda y: maker.correlate(y, maker.convolve(k, k)),
            lambda y: maker.correlate(y, maker.convolve(k, maker.dilate(k, 2))),
            lambda y: maker.multiply(y, maker.flip(y)),
            lambda y: maker.multiply(y, y),
            lambda y: maker.add(maker.convolve(y, k), maker.convolve(k, maker.scale(y, -2))),
        ]
        if row.degree > 2:  # what equal names can stand for grows with the factorial
            makes = makes[-1:]
        row = rng.choice(makes)(row)
    ends: list[Callable[[Row], Row]] = [
        lambda y: y,
        lambda y: maker.flip(y),
        lambda y: maker.pad(y, 1, -1),
        lambda y: maker.downsample(y, 2),
    ]
    return rng.choice(ends)(row)


def counted(maker: Maker, rng: random.Random) -> Row:
    """Coefficients that have to be counted."""
    letters = maker.letters
    n, c, d, p = map(letters.number, "ncdp")
    x = letters.row("x", n)
    u, i, j = index("u"), "i", "j"
    boxes = [ones(c), ones(d), ones(2), ones(c), ones(p + 1), taps(1, 1)]
    makes: list[Callable[[], Row]] = [
        lambda: maker.convolve(*rng.sample(boxes, 2)),
        lambda: maker.convolve(maker.convolve(*rng.sample(boxes, 2)), rng.choice(boxes)),
        lambda: maker.convolve(maker.convolve(x, rng.choice(boxes)), rng.choice(boxes)),
        lambda: maker.correlate(maker.correlate(x, rng.choice(boxes)), rng.choice(boxes)),
        lambda: maker.any(
            from_formula("u", total(lambda _: entry(x, u), j, 0, rng.choice([u, c, u // 2])), n)
        ),
        lambda: maker.any(
            from_formula(
                "u",
                total(
                    lambda a: total(lambda _: entry(x, u - a), i, 0, rng.choice([a, c - a, d])),
                    j,
                    0,
                    u,
                ),
                n,
            )
        ),
        lambda: maker.any(
            from_formula(
                "u",
                total(
                    lambda _: constant(rng.choice([1, 2])), j, rng.choice([0, 1]), smallest(u, c)
                ),
                n + d,
            )
        ),
    ]
    row = rng.choice(makes)()
    ends: list[Callable[[Row], Row]] = [
        lambda y: y,
        lambda y: maker.flip(y),
        lambda y: maker.downsample(y, 2),
        lambda y: maker.convolve(y, ones(2)),
        lambda y: maker.add(y, maker.flip(y)),
    ]
    return rng.choice(ends)(row)


def mixed(maker: Maker, rng: random.Random) -> Row:
    """A few ordinary operators."""
    p, q, t, c = map(maker.letters.number, "pqtc")
    row = _source(maker, rng)
    amounts = _numbers(0, 1, 1, 2, -1, p, q, t, p - q, c - 1)
    if rng.random() < 0.4:
        n = row.length
        amounts += [
            -n % 4,
            -n % c,
            whole(2) * (n % 3) % 6,
            n - n // 2,
            smallest(p, n),
            largest(p - n, -n),
            expression(rng, maker.letters, 2, "pqct"),
            expression(rng, maker.letters, 1, "pqct"),
            chosen(compared(p, ">=", q), p - q, whole(1)),
        ]
    for _ in range(rng.choice([1, 2])):
        k = _kernel(maker, rng)
        size, step, by = rng.choice([2, 3]), rng.choice([1, 2, 3]), rng.choice([1, 1, 2])
        makes: list[Callable[[Row], Row]] = [
            lambda y: maker.pad(y, rng.choice(amounts), rng.choice(amounts)),
            lambda y: maker.pad(y, rng.choice(amounts), rng.choice(amounts)),
            lambda y: maker.correlate(y, k, step, by),  # noqa: B023 - in this round only
            lambda y: maker.correlate(y, k),  # noqa: B023
            lambda y: maker.any(y.conv_transpose(k, step, by, rng.choice(_numbers(0, 1, p)))),  # noqa: B023
            lambda y: maker.correlate(
                maker.any(y.pad_same(size, step, by)),  # noqa: B023
                ones(size),  # noqa: B023
                step,  # noqa: B023
                by,  # noqa: B023
            ),
            lambda y: maker.any(
                y.avg_pool(size, step, rng.choice([0, 1]), counts_padding=rng.random() < 0.6)  # noqa: B023
            ),
            lambda y: maker.any(y.add_bias(maker.letters.row("b", 1))),
            lambda y: maker.any(interleaved(y, y.pad(0, -1), maker.flip(y))),
            lambda y: maker.downsample(y, 2, y.length // 2),
            lambda y: maker.scale(y, 0),
            lambda y: maker.convolve(y, k),  # noqa: B023
        ]
        row = rng.choice(makes)(row)
    return row


# --- formulas ------------------------------------------------------------------------


def _position(rng: random.Random, letters: Letters, *indices: Number) -> Number:
    result = whole(rng.choice([0, 0, 0, 1, -1]))
    for each in indices:
        result = result + each * rng.choice([1, 1, 1, -1, 2, 0])
    if rng.random() < 0.06:
        result = result + indices[0] * letters.number("s")
    makes: list[Callable[[Number], Number]] = [
        *[lambda a: a] * 6,
        lambda a: a // 2,
        lambda a: a / 2,
        lambda a: a % 3,
        lambda a: ceiling(a / 2),
        lambda a: letters.number("c") - 1 - a,
    ]
    return rng.choice(makes)(result)


def formulas(rng: random.Random, letters: Letters) -> tuple[Row, Row]:
    """Two signals by formulas: sums that are the same in another way, or nearly."""
    n, c = map(letters.number, "nc")
    # An index may be called like another one, or like a symbol that stands elsewhere.
    free = rng.choice(["u", "u", "u", "t"])
    over, under = rng.choice([("j", "i")] * 6 + [("j", "j"), ("t", "i"), (free, "i"), ("j", free)])
    x, k, u = letters.row("x", n), letters.row("k", c), index(free)
    y = rng.choice([x.pad(1, 1), x.convolve(k), x.dilate(2), x.correlate(k), x + x.flip()])
    ends: list[tuple[Number | int, Number | int]] = [
        (0, c - 1),
        (0, u),
        (-u, c - 1),
        (0, u // 2),
        (0, n - 1),
        (u - c + 1, u),
        (0, u % 3),
        (rng.choice([0, 1]), ceiling((u + 1) / 2)),
    ]
    low, high = map(whole, rng.choice(ends))
    inner_ends: list[Callable[[Number], tuple[Number, Number]]] = [
        lambda j: (whole(0), j),
        lambda j: (whole(0), c - 1),
        lambda j: (j, u),
        lambda j: (whole(0), j // 2),
    ]
    inner = rng.choice(inner_ends) if rng.random() < 0.45 else None
    seed = rng.random()

    def product(j: Number, chosen: random.Random) -> Term:
        """The term of the sum, the same one for each index that it is asked for."""

        def at(*indices: Number) -> Term:
            position = _position(chosen, letters, u, *indices)
            term = entry_of(y, floor(position)) if chosen.random() < 0.1 else entry(x, position)
            if chosen.random() < 0.6:
                term = term * entry(k, _position(chosen, letters, *indices))
            if chosen.random() < 0.4:
                left = _position(chosen, letters, u, *indices)
                allowed = rng_conditions(chosen, left)
                term = such_that(term, allowed)
            return term

        if inner is None:
            return at(j)
        return total(lambda i: at(i, j), under, *inner(j))

    def rng_conditions(chosen: random.Random, left: Number) -> Condition:
        found = compared(left, chosen.choice(["<=", ">=", "==", "!="]), chosen.randint(0, 3))
        rest = compared(left % 2, "==", chosen.randint(0, 1))
        return chosen.choice([found, rest, found | rest, ~rest & found])

    def body(j: Number) -> Term:
        return product(j, random.Random(seed))

    whole_sum = total(body, over, low, high)
    if inner is None and rng.random() < 0.1:
        whole_sum = whole_sum * whole_sum
    middle = rng.choice([whole(0), low, u // 2])
    even = compared(u % 2, "==", 0)
    same: list[Callable[[], Term]] = [
        lambda: total(lambda j: body(low + high - j), over, low, high),
        lambda: total(lambda j: body(low + high - j), over, low, high),
        lambda: total(lambda j: body(j - 1), over, low + 1, high + 1),
        lambda: total(body, over, low, middle) + total(body, over, middle + 1, high),
        lambda: total(
            lambda j: (
                such_that(body(j), compared(j % 2, "==", 0))
                + such_that(body(j), compared(j % 2, "!=", 0))
            ),
            over,
            low,
            high,
        ),
        lambda: piecewise((whole_sum, even), (whole_sum, ~even)),
        lambda: constant(Fraction(1, 2)) * whole_sum + whole_sum * constant(Fraction(1, 2)),
        lambda: total(lambda j: total(lambda _: body(j), "i", u, u), over, low, high),
        lambda: total(lambda j: such_that(body(j), compared(j, ">=", 0)), over, low, high),
        lambda: total(body, over, low, largest(high, low)),
    ]
    wrong: list[Callable[[], Term]] = [
        lambda: total(body, over, low, high - 1),
        lambda: total(lambda j: body(j + 1), over, low, high),
        lambda: total(lambda j: such_that(body(j), compared(j, "!=", 1)), over, low, high),
        lambda: piecewise((whole_sum, even)),
        lambda: constant(2) * whole_sum,
    ]
    other = rng.choice(same if rng.random() < 0.65 else wrong)()
    size = rng.choice([n, n, n + c - 1, n // 2 + 1, largest(n, c)])
    made = from_formula(free, whole_sum, size), from_formula(free, other, size)
    if rng.random() < 0.15:
        return made[0].flip().flip(), made[1]
    if rng.random() < 0.2:
        t = letters.number("t")
        return made[0].pad(t, 1), made[1].pad(t, 1)
    return made


# --- lengths and conditions ----------------------------------------------------------


def _equal_numbers(rng: random.Random, letters: Letters) -> tuple[Number, Number]:
    """Two expressions that are equal, by what everybody knows of floors and maxima."""
    names = "".join(rng.sample("ncmpqt", 2))

    def part(depth: int = 1) -> Number:
        return expression(rng, letters, depth, names)

    a, b, d, e = part(rng.choice([1, 2])), part(), rng.choice([2, 3, 4, 6]), rng.choice([2, 3, 5])
    zero = part() * 0
    pairs = [
        (a // d * d + a % d, a),
        (ceiling(a / d), (a + (d - 1)) // d),
        (ceiling(a / d), -(-a // d)),
        (largest(a, b) + smallest(a, b), a + b),
        (magnitude(a), largest(a, -a)),
        (a % (d * e) % d, a % d),
        (a % d % (d * e), a % d),
        (a // d // e, a // (d * e)),
        (floor(floor(a / d) / e), floor(a / whole(d * e))),
        ((a + d) // d, a // d + 1),
        ((a + whole(d) * b) % d, remainder(a, d)),
        (whole(e) * (a % d), (whole(e) * a) % (d * e)),
        (largest(a, b) % d, chosen(compared(a, ">=", b), a % d, b % d)),
        (largest(whole(2) * a, 2 * d) // (2 * d), largest(a, d) // d),
        (a % 2, a % 2 % 2),
        (whole(2) * (a % d) % (2 * d), whole(2) * (a % d)),
        (smallest(a, b), -largest(-a, -b)),
        (whole(e) * (a % d) % (d * e), whole(e) * (a % d)),
        ((-a) % d, (whole(d) - a % d) % d),
        (a % d + zero, a - a // d * d),
        (a / d, a // d),
        (a / d + a / d, whole(2) * a / d),
        (floor(a / d + b / e), (whole(e) * a + whole(d) * b) // (d * e)),
    ]
    return rng.choice(pairs)


def _composed_lengths(rng: random.Random, letters: Letters) -> tuple[Number, Number]:
    """The length of a composition, and of another or of the same one in another way."""
    program = rng.choice([mixed, mixed, strides, extension, shared, powers])
    once, slips = rng.random(), random.Random(rng.random())
    row = program(Maker(letters), random.Random(once))
    n, c = letters.number("n"), letters.number("c")
    if rng.random() < 0.5:
        row = row.downsample(2).convolve(letters.row("k", c))
    other = program(
        Maker(letters, random.Random(rng.random()), slips if rng.random() < 0.4 else None),
        random.Random(once),
    )
    makes: list[Callable[[], tuple[Number, Number]]] = [
        lambda: (row.length, other.length),
        lambda: (row.length, row.flip().length),
        lambda: (row.length, whole(rng.choice([0, 0, 1, 3]))),
        lambda: (row.length, rng.choice([n, n + c, n // 2])),
        lambda: (row.length % 3, other.length % 3),
        lambda: (row.length // 6 * 6, row.length),
        lambda: (row.length / 2, other.length // 2),
        lambda: (largest(row.length, other.length), other.length),
        lambda: (row.length % 2 * 2 % 4, other.length % 2 * 2),
        lambda: (row.pad(0, -row.length % 4).length % 4, whole(0)),
    ]
    return rng.choice(makes)()


def lengths(rng: random.Random, letters: Letters) -> tuple[Number, Number]:
    """Two lengths, or expressions in them."""
    kind = rng.random()
    if kind < 0.45:
        return _equal_numbers(rng, letters)
    if kind < 0.65:
        one, other = _equal_numbers(rng, letters)
        change: list[Callable[[Number], Number]] = [
            lambda a: a + 1,
            lambda a: a % 6,
            lambda a: largest(a, 2),
            lambda a: a // 2 * 2,
            lambda a: magnitude(a),
        ]
        return one, rng.choice(change)(other)
    n, c, s, d, p = map(letters.number, "ncsdp")
    maker = Maker(letters)
    step = rng.choice([whole(1), whole(2), whole(3), s])
    by = rng.choice([whole(1), whole(2), d])
    x, k = letters.row("x", rng.choice([n, n, n + c, whole(2) * n])), letters.row("k", c)
    size = x.length
    pairs: list[Callable[[], tuple[Number, Number]]] = [
        lambda: (
            x.correlate(k, step, by).length,
            largest(0, (size - by * (c - 1) - 1) // step + 1),
        ),
        lambda: (x.correlate(k, step, by).length, (size - by * (c - 1) - 1) // step + 1),
        lambda: (x.downsample(step).length, ceiling(size / step)),
        lambda: (x.downsample(step, p).length, largest(0, ceiling((size - p) / step))),
        lambda: (
            x.conv_transpose(k, step, by, 1).length,
            (size - 1) * step + by * (c - 1) + 1 - 2,
        ),
        lambda: (x.pad_same(3, step, 1).correlate(ones(3), step).length, ceiling(size / step)),
        lambda: (mixed(maker, rng).length, mixed(maker, rng).length),
        lambda: (x.dilate(2).pad(1, -4).downsample(6).length, ceiling((size * 2 - 4) / 6)),
        lambda: (x.pad(1, p, rng.choice(_MODES)).length, size + p + 1),
        lambda: (
            (x.correlate(k) + x.correlate(rng.choice([k.flip(), letters.row("h", d)]))).length,
            largest(0, size - c + 1),
        ),
        lambda: (x.avg_pool(2, 2, 0, counts_padding=True).length, size // 2),
        *[lambda: _composed_lengths(rng, letters)] * 8,
    ]
    return rng.choice(pairs)()


def conditions(rng: random.Random, letters: Letters) -> tuple[Condition, Condition]:
    """Two conditions that may be the same."""
    names = "".join(rng.sample("ncmpqt", rng.choice([1, 2, 2, 3])))
    products = rng.random() < 0.1
    a = condition(rng, letters, names, rng.choice([0, 1, 2]), products=products)
    b = condition(rng, letters, names, 1)
    number = _small(rng, letters, names)
    m, r = rng.choice([2, 3, 4, 6]), rng.randint(0, 2)
    pairs = [
        (~(a & b), ~a | ~b),
        (~(a | b), ~a & ~b),
        (implied(a, b), ~a | b),
        (implied(a, b), implied(~b, ~a)),
        (a & (a | b), a),
        ((a & b) | (a & ~b), a),
        (implied(a, b), implied(b, a)),
        (a | b, b),
        (a, b),
        (compared(number % m, "==", r), compared((number - r) % m, "==", 0)),
        (compared(number // m, ">=", r), compared(number, ">=", m * r)),
        (compared(ceiling(number / m), "<=", r), compared(number, "<=", m * r)),
        (compared(number, "!=", r), compared(number, "<", r) | compared(number, ">", r)),
        (compared(number % m, "!=", r), compared(number % (2 * m), "!=", r)),
        (compared(largest(number, r), ">=", 2), compared(number, ">=", 2) | ~(a & ~a)),
    ]
    return rng.choice(pairs)


# --- claims --------------------------------------------------------------------------

_PROGRAMS: Mapping[str, Callable[[Maker, random.Random], Row]] = {
    "shared": shared,
    "deep": deep,
    "counted": counted,
    "extension": extension,
    "strides": strides,
    "powers": powers,
}
_PAIRS: Mapping[str, Callable[[random.Random, Letters], tuple[Side, Side]]] = {
    "formulas": formulas,
    "lengths": lengths,
    "conditions": conditions,
}
DEEP = "deep"
"""A kind whose claims cannot be written out: what reads them has to read each part once."""
_VARIED = ["powers", "strides", "extension", "lengths", "hypotheses", "shared", "conditions"]
KINDS = (*(kind for kind in _PROGRAMS if kind != DEEP), *_PAIRS, "hypotheses", "metamorphic")
"""The other kinds of claims."""


def _sides(
    kind: str,
    rng: random.Random,
    letters: Letters,
    meddle: random.Random | None = None,
) -> tuple[Side, Side]:
    """The two sides of a claim; where `meddle` is given, both are rewritten too."""
    if kind in _PAIRS:
        return _PAIRS[kind](rng, letters)
    program = mixed if kind == "hypotheses" else _PROGRAMS[kind]
    if kind == "hypotheses" and rng.random() < 0.25:
        return lengths(rng, letters)
    once, rewriting, slips = rng.random(), rng.random(), rng.random()
    mistakes = random.Random(slips) if rng.random() < 0.6 else None
    unrelated = rng.random() < 0.08
    left = Maker(letters, meddle) if meddle is not None else Maker(letters)
    right = Maker(letters, random.Random(rewriting), mistakes)
    lhs = program(left, random.Random(once))
    rhs = program(right, random.Random(rng.random() if unrelated else once))
    return (rhs, lhs) if rng.random() < 0.3 else (lhs, rhs)


def _satisfiable(rng: random.Random, letters: Letters, given: Condition) -> bool:
    """Whether a hypothesis holds at one of some small values at least."""
    for _ in range(40):
        at = {
            name: rng.randint(-3 if letters.least[name] is None else letters.least[name] or 0, 5)
            for name in sorted(given.names)
        }
        if given.value(Point(at, lambda name, i: 0)):
            return True
    return False


def _hypotheses(
    kind: str, rng: random.Random, letters: Letters, names: str
) -> tuple[Condition, ...]:
    if not names:
        return ()
    if kind == "hypotheses":
        products = rng.random() < 0.15
        number = rng.choice([1, 1, 2])
        drawn = (
            condition(rng, letters, names, rng.choice([0, 1, 2]), products=products)
            for _ in range(number)
        )
        # Most of those that say nothing are left out; some stay, for their errors.
        if rng.random() < 0.15 and {"n", "c"} <= {*names}:
            n, c = letters.number("n"), letters.number("c")
            layer = letters.row("x", n).correlate(letters.row("k", c), rng.choice([1, 2, 3]))
            least = rng.choice([whole(1), whole(2), c, n // 2])
            return (compared(layer.length, rng.choice(["==", ">=", "!=", "<"]), least),)
        return tuple(h for h in drawn if _satisfiable(rng, letters, h) or rng.random() < 0.1)
    single = condition(rng, letters, names, 0)
    return (single,) if rng.random() < 0.25 and _satisfiable(rng, letters, single) else ()


def _enough(kind: str, rng: random.Random, letters: Letters, names: str) -> tuple[Condition, ...]:
    """For most claims with extensions: enough entries to copy."""
    if kind != "extension" or rng.random() < 0.15:
        return ()
    least = whole(rng.choice([2, 4, 6]))
    for name in names.replace("n", "").replace("m", ""):
        least = least + letters.number(name) * (3 if name == "p" else 1)
    return tuple(compared(letters.number(name), ">=", least) for name in "nm" if name in names)


def statement(
    kind: str,
    seed: int,
    *,
    rename: random.Random | None = None,
    meddle: random.Random | None = None,
) -> Statement:
    """The claim of a kind with a seed.

    Args:
        kind: one of `KINDS`.
        seed: what it is made from; nothing else is.
        rename: where given, all names are others.
        meddle: where given, the left side is rewritten.
    """
    rng = random.Random(f"{kind} {seed}")
    letters = Letters(rename)
    base = kind
    if kind == "metamorphic":
        base = rng.choice(_VARIED)
    lhs, rhs = _sides(base, rng, letters, meddle)
    made = Statement(kind, seed, lhs, rhs, (), letters.least, is_text=False)
    back = {letters.number(name).text: name for name in LEAST}
    names = "".join(sorted(back[name] for name in made.names))
    given = _hypotheses(base, rng, letters, names)
    given += _enough(base, rng, letters, names)
    for more, less in (
        (letters.number("p"), letters.number("q")),
        (
            letters.number("s"),
            letters.number("r"),
        ),
    ):
        if (more - less).text in {size.text for size in made.signals.values()}:
            given += (compared(more, ">=", less),) * (rng.random() < 0.8)
    plain = all(part.plain for part in (lhs, rhs, *given))
    rows = [side for side in (lhs, rhs) if isinstance(side, Row)]
    is_text = plain and rng.random() < 0.5 and all(row.size <= _LONGEST_TEXT for row in rows)
    return replace(made, given=given, is_text=is_text)


def variants(seed: int) -> list[tuple[str, Statement]]:
    """Claims that say the same as the metamorphic claim with that seed."""
    claim = statement("metamorphic", seed)
    rng = random.Random(f"variants {seed}")
    renamed = statement("metamorphic", seed, rename=random.Random(f"names {seed}"))
    meddled = statement("metamorphic", seed, meddle=random.Random(f"rewritten {seed}"))
    rewritten = replace(
        claim,
        lhs=meddled.lhs,
        rhs=meddled.rhs,
        is_text=claim.is_text and meddled.lhs.plain and meddled.rhs.plain,
    )
    more = list(claim.given)
    letters = [letter(name) for name in claim.names]
    for name in rng.sample(letters, min(2, len(letters))):
        least = claim.least[name.text]
        more.append(
            rng.choice(
                [
                    compared(name % 2, "==", 0) | compared(name % 2, "==", 1),
                    compared(name, ">=", 0) | compared(name, "<", 0),
                    compared(whole(2) * name // 2, "==", name),
                ]
                if least is None
                else [
                    compared(name, ">=", least - 1) & compared(name, ">=", least),
                    compared(whole(2) * name, ">=", name + least - 1),
                    compared(name, "!=", least - 1) | compared(name, ">", least),
                    compared(magnitude(name), "==", name),
                ]
            )
        )
    rng.shuffle(more)
    found = [
        ("with other names", renamed),
        ("with more hypotheses, in another order", replace(claim, given=tuple(more))),
        ("with its sides exchanged", replace(claim, lhs=claim.rhs, rhs=claim.lhs)),
    ]
    if isinstance(claim.lhs, Row) and isinstance(claim.rhs, Row):
        found += [
            ("with the left side rewritten", rewritten),
            ("with both sides reversed", _both(claim, lambda row: row.flip())),
            ("with zeros around", _both(claim, lambda row: row.pad(1, 2).pad(0, 1))),
        ]
    elif isinstance(claim.lhs, Number) and isinstance(claim.rhs, Number):
        difference = claim.lhs - claim.rhs
        found.append(("as a difference", replace(claim, lhs=difference, rhs=whole(0))))
    elif isinstance(claim.lhs, Condition) and isinstance(claim.rhs, Condition):
        both = (claim.lhs & claim.rhs) | (~claim.lhs & ~claim.rhs)
        true = compared(whole(0), "==", 0)
        found += [
            ("with both sides negated", replace(claim, lhs=~claim.lhs, rhs=~claim.rhs)),
            ("as one condition", replace(claim, lhs=both, rhs=true)),
        ]
    if len(renamed.given) != len(claim.given):
        found = found[1:]  # the generator draws again where a hypothesis cannot be said
    # Whatever it is, as a text it is the same as in Python.
    if all(part.plain for part in claim.parts) and len(claim.text) < 900:
        found.append(("put otherwise", replace(claim, is_text=not claim.is_text)))
    return [(how, other) for how, other in found if not (other.is_text and len(other.text) > 1500)]


def _both(claim: Statement, change: Callable[[Row], Row]) -> Statement:
    lhs, rhs = claim.lhs, claim.rhs
    assert isinstance(lhs, Row)
    assert isinstance(rhs, Row)
    return replace(claim, lhs=change(lhs), rhs=change(rhs))

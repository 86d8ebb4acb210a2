"""Verdicts against plain arithmetic, for claims of `tests.generators.independent_claims`.

`python -m tests.runners.independent` checks as many as there is time for.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy

from symconv import Claim, Proved, Refuted, SymconvError, Unknown
from symconv.decision.verdicts import Extent
from symconv.reading.text import parse_claim
from tests.generators import doubles
from tests.generators.doubles import (
    Number,
    Point,
    Row,
    UndefinedError,
    World,
    letter,
    named,
    ones,
    taps,
)
from tests.generators.independent_claims import (
    LEAST,
    Letters,
    Statement,
    expression,
    statement,
    variants,
)
from tests.oracles.outcomes import Disagreement
from tests.runners.independent import (
    check,
    check_condition,
    check_differences,
    check_verdict,
    handed_out,
    is_limit,
    main,
    outcomes,
    says,
    stated,
)

SEEDS = {
    "shared": 20,
    "counted": 35,
    "extension": 40,
    "strides": 35,
    "powers": 30,
    "formulas": 35,
    "lengths": 35,
    "conditions": 30,
    "hypotheses": 30,
    "metamorphic": 15,
}
# A nested sum with a condition inside, and the length of a signal in a formula.
FOUND = [
    ("strides", 3000882),
    ("hypotheses", 2000805),
    ("strides", 5000632),
    ("formulas", 5001997),
    ("metamorphic", 5007473),
    ("formulas", 5007839),
]


@pytest.mark.parametrize(
    ("kind", "seed"),
    [(kind, seed) for kind, number in SEEDS.items() for seed in range(number)] + FOUND,
)
def test_claim(kind: str, seed: int) -> None:
    said = check(statement(kind, seed)).partition(", and ")[0]
    assert said in {
        "proved",
        "proved in part",
        "refuted",
        "unknown",
        "refused: undefined",
        "refused: says nothing",
        "refused: a limit",
    }


def test_runner(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--claims", "4", "--kinds", "conditions", "extension"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-2]] == ["kind", "conditions", "extension"]
    assert lines[-2].split()[:3] == ["in", "all", "4"]


# --- the oracle ----------------------------------------------------------------------


def _entries(row: Row, at: dict[str, int] | None = None, **given: list[int]) -> list[Any]:
    return Point(at or {}, lambda name, i: given[name][i]).row(row)


_X, _K = named("x", 4), named("k", 2)

VALUES: list[tuple[Row, list[Any]]] = [
    (_X.pad(1, 2), [0, 1, 2, 3, 4, 0, 0]),
    (_X.pad(-1, 1), [2, 3, 4, 0]),
    (_X.pad(2, -5), [0]),
    (_X.pad(-3, -3), []),
    (_X.pad(-6, 4), [0, 0]),
    (_X.pad(4, -9), []),
    (_X.pad(2, 3, "reflect"), [3, 2, 1, 2, 3, 4, 3, 2, 1]),
    (_X.pad(2, 4, "symmetric"), [2, 1, 1, 2, 3, 4, 4, 3, 2, 1]),
    (_X.pad(1, 6, "replicate"), [1, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4]),
    (_X.pad(1, 4, "circular"), [4, 1, 2, 3, 4, 1, 2, 3, 4]),
    (_X.flip(), [4, 3, 2, 1]),
    (_X.downsample(3), [1, 4]),
    (_X.downsample(2, 1), [2, 4]),
    (_X.downsample(2, 7), []),
    (_X.dilate(3), [1, 0, 0, 2, 0, 0, 3, 0, 0, 4]),
    (_X.pad(-4, 0).dilate(3), []),
    (_X.convolve(_K), [1, 12, 23, 34, 40]),
    (_X.correlate(_K), [21, 32, 43]),
    (_X.correlate(_K, 2), [21, 43]),
    (_X.correlate(_K, 1, 3), [41]),
    (_X.correlate(_K, 1, 4), []),
    (_X.multiply(_X.flip()), [4, 6, 6, 4]),
    (_X + _X.flip(), [5, 5, 5, 5]),
    (_X - _X.flip(), [-3, -1, 1, 3]),
    (_X.scale(Fraction(1, 2)), [Fraction(1, 2), 1, Fraction(3, 2), 2]),
    (_K.conv_transpose(_X, 2, 1, 1, 1), [2, 13, 24, 30, 40]),
    (_X.pad_same(3, 2, 1), [1, 2, 3, 4, 0]),
    (_X.pad_same(3, 1, 2), [0, 0, 1, 2, 3, 4, 0, 0]),
    (_X.avg_pool(2, 2, 1, counts_padding=True), [Fraction(1, 2), Fraction(5, 2), 2]),
    (_X.avg_pool(2, 2, 1, counts_padding=False), [1, Fraction(5, 2), 4]),
    (_X.add_bias(named("b", 1)), [101, 102, 103, 104]),
    (_X.phase(1, 3), [2]),
    (doubles.interleaved(_K, _X), [1, 1, 10, 2, 0, 3, 0, 4]),
    (ones(3), [1, 1, 1]),
    (taps(1, -2), [1, -2]),
]


@pytest.mark.parametrize(("row", "expected"), VALUES, ids=[row.text for row, _ in VALUES])
def test_operators_of_the_oracle(row: Row, expected: list[Any]) -> None:
    # Worked out by hand.
    assert _entries(row, x=[1, 2, 3, 4], k=[1, 10], b=[100]) == expected


UNDEFINED = [
    _X + _K,
    _X.multiply(_K),
    _X.correlate(_K.pad(-2, 0)),
    _X.conv_transpose(_K.pad(-2, 0)),
    _X.pad(4, 0, "reflect"),
    _X.pad(0, 5, "symmetric"),
    _X.pad(0, 5, "circular"),
    _X.pad(-4, 0).pad(1, 1, "replicate"),
    _X.pad(-1, 0, "symmetric"),
    _X.dilate(0),
    _X.downsample(-1),
    _X.downsample(2, -1),
    _X.pad(doubles.whole(1) / 2, 0),
    ones(-1),
]


@pytest.mark.parametrize("row", UNDEFINED, ids=[row.text for row in UNDEFINED])
def test_what_the_oracle_calls_undefined(row: Row) -> None:
    with pytest.raises(UndefinedError):
        _entries(row, x=[1, 2, 3, 4], k=[1, 10])


def test_formulas_of_the_oracle() -> None:
    u = doubles.index("u")
    sums = doubles.total(
        lambda j: (
            doubles.entry(_X, u - j) * doubles.entry(_K, j / 2)
            + doubles.such_that(doubles.constant(100), doubles.compared(j % 2, "==", 1))
        ),
        "j",
        u - 1,
        u,
    )
    even = doubles.compared(u % 2, "==", 0)
    row = doubles.from_formula("u", doubles.piecewise((sums, even)), 4)
    # u = 0: j = −1, 0; u = 2: j = 1, 2.
    assert _entries(row, x=[1, 2, 3, 4], k=[1, 10]) == [101, 0, 110, 0]


def test_reading_conditions_without_sympy() -> None:
    n, p = sympy.symbols("n p", integer=True)
    remainder = sympy.Mod(sympy.Mul(2, sympy.Mod(p, 3), evaluate=False), 6, evaluate=False)
    condition = sympy.And(
        sympy.Ge(sympy.Max(n, 2 * p), sympy.ceiling(n / 3)),
        sympy.Or(sympy.Eq(remainder, 4, evaluate=False), sympy.Ne(n, 1)),
        evaluate=False,
    )
    assert says(condition, {"n": 1, "p": 2}) is True
    assert says(condition, {"n": 1, "p": 3}) is False
    assert says(sympy.Piecewise((n / 2, n > 1), (p, True)), {"n": 3, "p": 7}) == Fraction(3, 2)


def _put(lhs: Row | Number, rhs: Row | Number) -> Statement:
    return Statement("lengths", 0, lhs, rhs, (), LEAST, is_text=False)


_N, _C = letter("n"), letter("c")
_SIGNAL, _KERNEL = named("x", _N), named("k", _C)
_TRUE = _put(_SIGNAL.convolve(_KERNEL), _KERNEL.convolve(_SIGNAL))
_FALSE = _put(_SIGNAL.pad(1, 1).correlate(_KERNEL), _SIGNAL.correlate(_KERNEL).pad(1, 1))
_FLIPPED = _put(_SIGNAL, _SIGNAL.flip())
_LENGTHS = _put(_SIGNAL.downsample(2).length, _N // 2)


def _refuted(claim: Statement) -> Refuted:
    verdict = stated(claim)[0].prove()
    assert isinstance(verdict, Refuted)
    return verdict


def _with(verdict: Refuted, **changes: Any) -> Refuted:
    return Refuted(replace(verdict.counterexample, **changes), verdict.claim)


WRONG: dict[str, Callable[[], tuple[Statement, Proved | Refuted]]] = {
    "a false claim is proved": lambda: (_FALSE, Proved("all lengths")),
    "a false claim is proved in part": lambda: (_FALSE, Proved("c from 1 to 6, and all others")),
    "a false claim about lengths is proved": lambda: (_LENGTHS, Proved("all lengths")),
    "a true claim is refuted": lambda: (_TRUE, _refuted(_FALSE)),
    "the counterexample is not the smallest": lambda: (
        _FLIPPED,
        _with(
            _refuted(_FLIPPED), lengths={"n": 3}, signals={"x": [1, 0, 0]}, lhs=[1, 0, 0],
            rhs=[0, 0, 1],
        ),
    ),
    "a symbol is missing": lambda: (_FLIPPED, _with(_refuted(_FLIPPED), lengths={"m": 2})),
    "a sign is wrong": lambda: (_LENGTHS, _with(_refuted(_LENGTHS), lengths={"n": -1})),
    "a signal has another length": lambda: (
        _FLIPPED, _with(_refuted(_FLIPPED), signals={"x": [1]}),
    ),
    "the data are the same on both sides": lambda: (
        _FLIPPED, _with(_refuted(_FLIPPED), signals={"x": [1, 1]}),
    ),
    "the index is wrong": lambda: (_FLIPPED, _with(_refuted(_FLIPPED), index=1)),
    "the left side is wrong": lambda: (_FLIPPED, _with(_refuted(_FLIPPED), lhs=[2, 0])),
    "the right side is wrong": lambda: (_LENGTHS, _with(_refuted(_LENGTHS), rhs=5)),
    "the hypotheses do not hold": lambda: (
        replace(_FLIPPED, given=(doubles.compared(_N, ">=", 3),)), _refuted(_FLIPPED),
    ),
    "something is undefined": lambda: (
        _put(_SIGNAL.pad(1, 1, "reflect").length, _N + 2), Proved("all lengths"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_wrong_verdicts_are_noticed(
    wrong: Callable[[], tuple[Statement, Proved | Refuted]],
) -> None:
    claim, verdict = wrong()
    least = {name: claim.least[name] for name in claim.names}
    with pytest.raises(Disagreement):
        check_verdict(claim, verdict, outcomes(claim, least))


def test_right_verdicts_pass() -> None:
    for claim in (_FALSE, _FLIPPED, _LENGTHS):
        least = {name: claim.least[name] for name in claim.names}
        found = outcomes(claim, least)
        assert len(found.near) > 9
        check_verdict(claim, _refuted(claim), found)
        check_condition(claim, _refuted(claim).condition, found)


def test_wrong_conditions_are_noticed() -> None:
    found = outcomes(_FALSE, {"c": 1, "n": 1})
    condition = _refuted(_FALSE).condition
    assert condition is not None
    for wrong in (sympy.Not(condition), sympy.true, sympy.false):
        with pytest.raises(Disagreement):
            check_condition(_FALSE, wrong, found)


def test_wrong_differences_are_noticed() -> None:
    found = outcomes(_FALSE, {"c": 1, "n": 1})
    verdict = _refuted(_FALSE)
    right = verdict.differences
    assert right is not None
    check_differences(_FALSE, verdict, found)
    for changes in (
        {"lengths": sympy.Not(right.lengths)},
        {"entries": sympy.Not(right.entries)},
        {"shape": (right.length + 1,)},
    ):
        told = Refuted(verdict.counterexample, verdict.claim)
        told.__dict__["_extent"] = Extent(verdict.condition, replace(right, **changes))
        with pytest.raises(Disagreement):
            check_differences(_FALSE, told, found)


def test_variants_say_the_same() -> None:
    """By plain arithmetic: otherwise a changed verdict would say nothing."""
    compared = 0
    for seed in range(40):
        claim = statement("metamorphic", seed)
        for how, other in variants(seed):
            if how == "with other names":
                continue
            # Symbols that a rewriting brings in do not matter.
            least = {name: claim.least[name] for name in {*claim.names, *other.names}}
            for one, same in zip(
                outcomes(claim, least).near, outcomes(other, least).near, strict=True
            ):
                assert one.at == same.at
                assert (one.sides is None, one.holds) == (same.sides is None, same.holds), (
                    f"{claim}\n{how}: {other}\nat {one.at}"
                )
                compared += 1
    assert compared > 2000


# --- integer expressions -------------------------------------------------------------

EXPRESSIONS, AT_ONCE = int(os.environ.get("SYMCONV_RANDOM_TEXTS", "10000")), 1_000


def _expressions(first: int) -> Iterator[tuple[random.Random, Number, Number]]:
    """Pairs of random expressions in floors, remainders, maxima and absolute values."""
    for seed in range(first, first + AT_ONCE, 2):
        rng = random.Random(f"expressions {seed}")
        depth = rng.choice([2, 3, 3, 4])
        one, other = (
            expression(rng, Letters(), depth, "npt", products=rng.random() < 0.2) for _ in range(2)
        )
        yield rng, one, other


def _compared(rng: random.Random, claim: Claim, one: Number, other: Number) -> Iterator[str]:
    """Where the values of the sides are not those of the expressions."""
    for _ in range(2):
        at = {"n": rng.randint(1, 12), "p": rng.randint(0, 12), "t": rng.randint(-12, 12)}
        instance = claim.at(**{s.name: at[s.name] for s in claim.symbols})
        for side, value in ((one, instance.lhs), (other, instance.rhs)):
            expected = side.value(Point(at, lambda name, i: 0))
            if says(value, {}) != expected:
                yield f"{side.text} at {at} is {expected}, not {value}"


@pytest.mark.parametrize("first", range(0, EXPRESSIONS, AT_ONCE))
def test_expressions_as_text(first: int) -> None:
    wrong: list[str] = []
    read = 0
    for rng, one, other in _expressions(first):
        try:
            parsed = parse_claim(
                f"{one.text} == {other.text}", signals={}, given=["n >= 1"], integers=["t"]
            )
        except SymconvError as error:
            if not is_limit(error):
                raise
            continue
        read += 1
        wrong += _compared(rng, parsed.claim, one, other)
    assert read > 0.4 * AT_ONCE
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.parametrize("first", range(0, EXPRESSIONS, AT_ONCE))
def test_expressions_in_python(first: int) -> None:
    """With the symbols that symconv hands out, which SymPy must not simplify wrongly."""
    world = World(handed_out({"n": 1, "p": 0, "t": None}))
    wrong: list[str] = []
    taken = 0
    for rng, one, other in _expressions(first):
        try:
            claim = Claim(one.make(world), other.make(world))
        except SymconvError as error:
            if not is_limit(error):
                raise
            continue
        taken += 1
        wrong += _compared(rng, claim, one, other)
    assert taken > 0.9 * AT_ONCE / 2
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.parametrize("first", range(0, EXPRESSIONS, 2 * AT_ONCE))
def test_decisions_about_expressions(first: int) -> None:
    """What is decided is what was written, too."""
    settled = 0
    for rng, one, _ in list(_expressions(first))[::25]:
        at = {"n": rng.randint(1, 9), "p": rng.randint(0, 9), "t": rng.randint(-9, 9)}
        value = one.value(Point(at, lambda name, i: 0))
        given = ["n >= 1", *(f"{name} == {at[name]}" for name in sorted(one.names))]
        for claimed in (value, value + 1):
            try:
                verdict = parse_claim(
                    f"{one.text} == {claimed}", signals={}, given=given, integers=["t"]
                ).claim.prove()
            except SymconvError as error:
                if not is_limit(error):
                    raise
                continue
            wrong = Refuted if claimed == value else Proved
            assert not isinstance(verdict, wrong), (
                f"{one.text} is {value} at {at}; {claimed}: {verdict}"
            )
            settled += not isinstance(verdict, Unknown)
    assert settled > 30

"""Suites of what other projects state: each claim is decided as stated, and holds there alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import count, islice, product, takewhile
from typing import Any

import numpy as np
import pytest

from symconv import Claim, Proved, Refuted, SignalExpr, SymconvError
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.published import Published
from symconv.catalogue.suites import SUITES
from symconv.catalogue.theorems import Theorem
from symconv.language.assignments import allows
from tests.oracles import brute_force
from tests.oracles.windows import convolved, padded

STATEMENTS = [statement for suite in SUITES.values() for statement in suite.published]
ALL = [theorem for suite in SUITES.values() for theorem in suite.theorems.values()]
TRUE = [theorem for theorem in ALL if theorem.is_true]
FALSE = [theorem for theorem in ALL if not theorem.is_true]

MOST_POINTS = 800
"""Of so many smaller sizes at most it is tried whether a false claim holds there."""

At = Mapping[str, int]


def name(theorem: Theorem) -> str:
    return theorem.name


def topic(published: Published) -> str:
    return published.topic


def sides(claim: Claim, at: At) -> list[Any]:
    """Both sides at fixed sizes, by the definitions of the operators, for random entries."""
    rng = np.random.default_rng(1)
    entries = {}
    for tensor, named in claim.named.items():
        shape = [int(brute_force.value(size.written, at)) for size in named.sizes]
        entries[tensor] = rng.integers(-99, 99, shape).astype(object)
    found: list[Any] = []
    for side in (claim.lhs, claim.rhs):
        if isinstance(side, SignalExpr):
            symbols = {symbol: at[symbol] for symbol in side.every_symbol()}
            tensors = {tensor: entries[tensor] for tensor in side.names[0]}
            found.append(np.array(side.evaluate(**tensors, **symbols), dtype=object))
        else:
            found.append(brute_force.value(side, at))
    return found


def holds(claim: Claim, at: At) -> bool:
    left, right = sides(claim, at)
    return np.array_equal(left, right)


def larger(claim: Claim, most: int) -> Iterator[dict[str, int]]:
    """Sizes at random that satisfy the hypotheses."""
    source = random.Random(str(claim.name))
    allowed = {s.name: [v for v in range(-3, 5) if allows(s, v)] for s in claim.symbols}
    chosen = ({name: source.choice(values) for name, values in allowed.items()} for _ in count())
    yield from islice((at for at in chosen if brute_force.satisfies(claim, at)), most)


# --- what is said --------------------------------------------------------------------


def test_names_are_distinct_and_begin_with_that_of_the_suite() -> None:
    every = [t.name for statement in STATEMENTS for t in statement.theorems]
    assert len({*CATALOGUE, *every}) == len(CATALOGUE) + len(every)
    assert len(set(map(topic, STATEMENTS))) == len(STATEMENTS)
    for suite in SUITES.values():
        assert suite.name.isidentifier()
        assert list(suite.theorems) == [t.name for p in suite.published for t in p.theorems]
        for one in (*suite.theorems, *map(topic, suite.published)):
            assert one.startswith(f"{suite.name}_")
            assert one.isidentifier()


@pytest.mark.parametrize("published", STATEMENTS, ids=topic)
def test_everything_is_said(published: Published) -> None:
    assert published.statement.endswith(".")
    assert published.condition
    assert published.theorems
    for theorem in published.theorems:
        assert theorem.source == published.source
        assert theorem.source.startswith("https://github.com/")
        assert theorem.statement.endswith(".")
        assert theorem.why.endswith(".")
    refuted = [theorem for theorem in published.theorems if not theorem.is_true]
    assert bool(refuted) or published.verdict == "true"
    assert all(theorem.condition is not None for theorem in refuted)


# --- claims --------------------------------------------------------------------------


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_are_proved_for_all_sizes(theorem: Theorem) -> None:
    verdict = theorem.claim.prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_hold_at_the_sizes_tried(theorem: Theorem) -> None:
    for at in (*islice(brute_force.small_lengths(theorem.claim, 24), 8), *larger(theorem.claim, 3)):
        assert holds(theorem.claim, at), at


@pytest.mark.parametrize("theorem", [t for t in TRUE if t.claim.given], ids=name)
def test_hypotheses_are_needed(theorem: Theorem) -> None:
    claim = theorem.claim
    for dropped in range(len(claim.given)):
        rest = claim.given[:dropped] + claim.given[dropped + 1 :]
        try:
            verdict = Claim(claim.lhs, claim.rhs, rest).prove()
        except SymconvError:
            continue  # it is undefined somewhere then
        assert isinstance(verdict, Refuted), claim.given[dropped]


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_false_claims_are_refuted_at_the_smallest_sizes(theorem: Theorem) -> None:
    claim = theorem.claim
    verdict = claim.prove()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample.lengths == theorem.counterexample
    total = sum(map(abs, verdict.counterexample.lengths.values()))
    points = brute_force.small_lengths(claim, total)
    smaller = list(takewhile(lambda at: at != theorem.counterexample, points))
    if len(smaller) > MOST_POINTS:
        smaller = random.Random(0).sample(smaller, MOST_POINTS)
    assert all(holds(claim, at) for at in smaller)
    assert not holds(claim, verdict.counterexample.lengths)


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_conditions_are_exactly_as_stated(theorem: Theorem) -> None:
    claim = theorem.claim
    found = claim.condition(for_all=theorem.for_all)
    verdict = Claim(found, theorem.condition, claim.given).prove()
    assert isinstance(verdict, Proved), f"{found} is not {theorem.condition}: {verdict}"


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_conditions_hold_at_the_sizes_tried(theorem: Theorem) -> None:
    claim, condition = theorem.claim, theorem.condition
    assert condition is not None
    for at in (*islice(brute_force.small_lengths(claim, 24), 15), *larger(claim, 15)):
        assert bool(brute_force.value(condition, at)) == holds(claim, at), at


# --- the windows of XLA, by loops ----------------------------------------------------

_FOLDING = re.compile(
    r"The pad (?P<pad>\S+) of the (?P<of>input|kernel)"
    r"(?: (?:before|with) the window \{(?P<old>.*?)\})? folds into the window \{(?P<new>.*?)\}"
)
FOLDINGS = [p for p in SUITES["xla"].published if _FOLDING.match(p.statement)]


@pytest.mark.parametrize("published", FOLDINGS, ids=topic)
def test_windows_are_those_of_the_statement(published: Published) -> None:
    """Pads and windows are read from the statement, and both sides computed by loops."""
    said = _FOLDING.match(published.statement)
    assert said
    theorem = published.theorems[0]
    rng = np.random.default_rng(2)
    outputs = 0
    for at in (*islice(brute_force.small_lengths(theorem.claim, 24), 30), *sized(theorem.claim)):
        image = rng.integers(-99, 99, [at[size] for size in "NCHW"]).astype(object)
        kernel = rng.integers(-99, 99, [at[size] for size in "KLCO"]).astype(object)
        before, after = said["old"] or "", said["new"]
        if said["of"] == "input":
            left = convolved(padded(image, said["pad"]), kernel, before)
        else:
            left = convolved(image, padded(kernel, said["pad"]), before)
        right = convolved(image, kernel, after)
        expected = theorem.is_true or bool(brute_force.value(theorem.condition, at))
        assert np.array_equal(left, right) == expected, at
        outputs += left.size
        if "w" in theorem.claim.named and said["of"] == "input":
            kernel = np.moveaxis(kernel, (3, 2), (0, 1))
        for side, wanted in zip(theorem.claim.signals, (left, right), strict=True):
            assert np.array_equal(side.evaluate(x=image, w=kernel), wanted), at
    assert outputs > 99


def sized(claim: Claim) -> Iterator[dict[str, int]]:
    """Sizes at which there are outputs, with kernels of which some are long as the input."""
    source = random.Random(str(claim.name))
    for _ in range(8):
        small = {size: source.randint(1, 2) for size in "NCO"}
        most = 9 if "input" in str(claim.name) else 40
        rows, columns = source.randint(1, most), source.randint(1, most)
        yield {**small, "H": rows, "W": columns, "K": source.randint(1, 4), "L": 1}


def test_the_windows_that_are_read() -> None:
    assert len(FOLDINGS) >= 20
    assert sum("which XLA refuses" in p.statement for p in FOLDINGS) == 11
    ones = np.ones((1, 1, 2, 1), dtype=object)
    assert padded(ones, "0_0x0_0x1_0_2x-1_1").ravel().tolist() == [0, 0, 0, 0, 0]
    assert padded(ones, "0_0x0_0x1_0_2x0_0").ravel().tolist() == [0, 1, 0, 0, 1]
    taps = np.array([1, 10, 100], dtype=object).reshape(3, 1, 1, 1)
    line = np.arange(1, 5).reshape(1, 1, 4, 1).astype(object)
    assert convolved(line, taps, "").ravel().tolist() == [321, 432]
    assert convolved(line, taps, "pad=1_-1x0_0").ravel().tolist() == [210, 321]
    assert convolved(line, taps, "lhs_dilate=2x1 rhs_dilate=2x1").ravel().tolist() == [321, 0, 432]


# --- the pools of TASO, by loops -----------------------------------------------------

_POOL = re.compile(
    r"taso_12_constant_kernel_(valid|same|centred)_(\d)x(\d)_stride_(\d)(_without_padding)?"
)


@pytest.mark.parametrize("theorem", [t for t in ALL if _POOL.fullmatch(t.name)], ids=name)
def test_pools_are_what_their_names_say(theorem: Theorem) -> None:
    said = _POOL.fullmatch(theorem.name)
    assert said
    padding, stride, leaves_out = said[1], int(said[4]), said[5] is not None
    layer, pool = theorem.claim.signals
    rng = np.random.default_rng(3)
    for rows, columns in product(range(1, 7), (1, 2, 3, 6)):
        image = rng.integers(-99, 99, (1, 1, rows, columns)).astype(object)
        along = [
            windows(size, int(taps), stride, padding)
            for size, taps in ((rows, said[2]), (columns, said[3]))
        ]
        taps = int(said[2]) * int(said[3])
        for side, divides_by_entries in ((layer, False), (pool, leaves_out)):
            expected = np.zeros((1, 1, *map(len, along)), dtype=object)
            for (u, i), (v, j) in product(*map(enumerate, along)):
                entries = image[0, 0][np.ix_(i, j)]
                total = Fraction(int(entries.sum()))
                expected[0, 0, u, v] = total / (entries.size if divides_by_entries else taps)
            assert np.array_equal(side.evaluate(x=image), expected), (rows, columns)


def windows(size: int, taps: int, stride: int, padding: str) -> list[list[int]]:
    """The entries that each window has."""
    total = max((-(-size // stride) - 1) * stride + taps - size, 0)
    before = {"valid": 0, "same": total // 2, "centred": -(-total // 2)}[padding]
    behind = {"valid": 0, "same": total - total // 2, "centred": before}[padding]
    padded_size = size + before + behind
    firsts = range(-before, padded_size - before - taps + 1, stride)
    return [[v for v in range(first, first + taps) if 0 <= v < size] for first in firsts]

"""The catalogue: each claim is decided as stated, and brute force agrees."""

import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import pytest
from scipy import ndimage, signal
from sympy import Symbol, symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError
from symconv.arithmetic.symbols import sign_of
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.published import PUBLISHED, Published
from symconv.catalogue.theorems import THEOREMS, Theorem
from symconv.decision.verdicts import Verdict
from symconv.language.assignments import allows
from symconv.language.signals import substituted
from tests.oracles import brute_force

ALL = list(CATALOGUE.values())
TRUE = [theorem for theorem in ALL if theorem.is_true]
FALSE = [theorem for theorem in ALL if not theorem.is_true]
CONDITIONAL = [theorem for theorem in FALSE if theorem.condition is not None]
BY_NAME = {theorem.name: theorem for theorem in ALL}


def name(theorem: Theorem) -> str:
    return theorem.name


def topic(published: Published) -> str:
    return published.topic


def holds(claim: Claim, lengths: Mapping[str, int]) -> bool:
    """Whether a claim holds at fixed lengths, by the definitions of all operators.

    Those of tensors are `symconv`'s own, which tests of the language hold against loops; the
    oracle that is used for signals knows one axis.
    """
    if claim.has_several_axes:
        return claim.at(**lengths).holds
    return brute_force.holds(claim.free, lengths)


def lengths_to_try(claim: Claim, most: int) -> Iterator[dict[str, int]]:
    """The smallest lengths, and as many larger ones at random; fewer and smaller of tensors."""
    largest = 9
    if claim.has_several_axes:
        most, largest = 6, 4
    yield from islice(brute_force.small_lengths(claim, 24), most)
    source = random.Random(str(claim.name))
    tried = 0
    for _ in range(40 * most):
        lengths = {
            symbol.name: source.choice([v for v in range(-4, largest) if allows(symbol, v)])
            for symbol in claim.symbols
        }
        if brute_force.satisfies(claim, lengths):
            yield lengths
            tried += 1
            if tried == most:
                return


# --- the catalogue -------------------------------------------------------------------


def test_names_and_topics_are_distinct() -> None:
    every = (*THEOREMS, *(t for published in PUBLISHED for t in published.theorems))
    assert len(CATALOGUE) == len(every)
    assert len({published.topic for published in PUBLISHED}) == len(PUBLISHED)
    assert len(PUBLISHED) >= 65


@pytest.mark.parametrize("published", PUBLISHED, ids=topic)
def test_everything_is_said(published: Published) -> None:
    assert published.statement.endswith((".", ".)"))
    assert published.condition
    assert published.theorems
    assert not published.unsettled or published.unsettled.endswith(".")
    for theorem in published.theorems:
        assert theorem.source == published.source
        assert "http" in theorem.source or "/" in theorem.source
        assert theorem.statement.endswith(".")
        assert theorem.why.endswith(".")
        assert theorem.name.isidentifier()
    refuted = [theorem for theorem in published.theorems if not theorem.is_true]
    assert refuted or published.verdict == "true"
    assert len(refuted) < len(published.theorems) or published.verdict != "true"


# --- true claims ---------------------------------------------------------------------


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_are_proved_for_all_lengths(theorem: Theorem) -> None:
    verdict = theorem.claim.prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete
    assert verdict.scope in ("all lengths", "all sizes")


@pytest.mark.parametrize("theorem", TRUE, ids=name)
def test_true_claims_hold_at_the_lengths_tried(theorem: Theorem) -> None:
    for lengths in lengths_to_try(theorem.claim, 40):
        assert holds(theorem.claim, lengths), lengths


@pytest.mark.parametrize("theorem", [f for f in TRUE if f.claim.given], ids=name)
def test_hypotheses_are_needed(theorem: Theorem) -> None:
    claim = theorem.claim
    for dropped in range(len(claim.given)):
        rest = claim.given[:dropped] + claim.given[dropped + 1 :]
        assert fails_somewhere(claim.lhs, claim.rhs, rest), claim.given[dropped]


@pytest.mark.parametrize("theorem", [t for t in TRUE if t not in THEOREMS], ids=name)
def test_signs_of_amounts_are_needed(theorem: Theorem) -> None:
    claim = theorem.claim
    for symbol in claim.symbols:
        if sign_of(symbol).least == 0:
            free = {symbol: Symbol(symbol.name, integer=True)}
            try:
                lhs, rhs = (replaced(side, free) for side in (claim.lhs, claim.rhs))
            except SymconvError:  # a length, say, or an amount of reflection
                continue
            given = [hypothesis.xreplace(free) for hypothesis in claim.conditions]
            assert fails_somewhere(lhs, rhs, given), f"{symbol} >= 0"


def fails_somewhere(lhs: Any, rhs: Any, given: Any) -> bool:
    """Whether the claim is refuted, or says nothing: an operator is undefined somewhere."""
    try:
        verdict: Verdict = Claim(lhs, rhs, given).prove()
    except SymconvError:
        return True
    return isinstance(verdict, Refuted)


def replaced(part: Any, names: Mapping[Symbol, Symbol]) -> Any:
    """A signal or an expression with other symbols."""
    return substituted(part, names) if isinstance(part, SignalExpr) else part.xreplace(names)


# --- false claims --------------------------------------------------------------------


@pytest.mark.parametrize("theorem", FALSE, ids=name)
def test_false_claims_are_refuted_at_the_smallest_lengths(theorem: Theorem) -> None:
    verdict = theorem.claim.prove()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample.lengths == theorem.counterexample
    total = sum(map(abs, verdict.counterexample.lengths.values()))
    if total < 99 and not theorem.claim.has_several_axes and not theorem.claim.about_taps:
        brute_force.check_counterexample(theorem.claim, verdict)
    failing = (
        lengths
        for lengths in brute_force.small_lengths(theorem.claim, total)
        if not holds(theorem.claim, lengths)
    )
    assert next(failing) == theorem.counterexample


@pytest.mark.parametrize("theorem", CONDITIONAL, ids=name)
def test_conditions_are_exactly_as_stated(theorem: Theorem) -> None:
    claim = theorem.claim
    found = claim.condition(for_all=theorem.for_all)
    assert not found.free_symbols & set(theorem.for_all)
    verdict = Claim(found, theorem.condition, claim.conditions).prove()
    assert isinstance(verdict, Proved), f"{found} is not {theorem.condition}: {verdict}"


@pytest.mark.parametrize("theorem", [f for f in CONDITIONAL if not f.for_all], ids=name)
def test_conditions_hold_at_the_lengths_tried(theorem: Theorem) -> None:
    assert theorem.condition is not None
    for lengths in lengths_to_try(theorem.claim, 40):
        stated = bool(brute_force.value(theorem.condition, lengths))
        assert stated == holds(theorem.claim, lengths), lengths


@pytest.mark.parametrize("theorem", [f for f in CONDITIONAL if f.for_all], ids=name)
def test_conditions_for_all_lengths_of_some_symbols(theorem: Theorem) -> None:
    claim, condition = theorem.claim, theorem.condition
    assert condition is not None
    if not claim.has_several_axes:
        (symbol,) = theorem.for_all
        brute_force.check_condition_for_all(claim, symbol, 8, largest=16, most=30)
        return
    quantified = {symbol.name for symbol in theorem.for_all}
    for lengths in lengths_to_try(claim, 6):
        stated = bool(brute_force.value(condition, lengths))
        # Larger and larger images of one channel: nothing else is needed to see a difference.
        sizes = ({n: size if n in "HW" else 1 for n in quantified} for size in range(1, 9))
        found = [lengths | size for size in sizes if brute_force.satisfies(claim, lengths | size)]
        assert stated == all(holds(claim, one) for one in (lengths, *found)), lengths


# --- other implementations -----------------------------------------------------------


def at(finding: str, **lengths: int) -> tuple[list[Any], list[Any], dict[str, list[int]]]:
    """Both sides of a claim on random entries, and these entries."""
    claim = BY_NAME[finding].claim
    entries = {
        name: [
            random.randint(-9, 9) for _ in range(brute_force.value(named.sizes[0].written, lengths))
        ]
        for name, named in claim.named.items()
    }
    left, right = (
        brute_force.evaluate(side, lengths, lambda name, i: entries[name][i])
        for side in claim.signals
    )
    return left, right, entries


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_interpolation_is_that_of_scipy(factor: int, size: int) -> None:
    _, right, entries = at(f"triangle_layer_of_factor_{factor}_interpolates", n=size)
    zoomed = ndimage.zoom(
        np.array(entries["x"], float), factor, order=1, mode="nearest", grid_mode=True
    )
    assert np.allclose(zoomed, [float(value) for value in right])


@pytest.mark.parametrize(("size", "other", "period"), [(3, 2, 3), (4, 4, 5), (5, 3, 9)])
def test_circular_convolution_is_that_of_numpy(size: int, other: int, period: int) -> None:
    lengths = {"n": size, "e": other, "m": period}
    left, right, entries = at("circular_convolution_eq_linear_convolution", **lengths)
    spectrum = np.fft.fft(entries["x"], period) * np.fft.fft(entries["h"], period)
    assert np.allclose(np.fft.ifft(spectrum), left)
    linear = np.convolve(entries["x"], entries["h"])
    assert np.allclose(np.pad(linear, (0, 9))[:period], right)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_transposed_layer_is_upfirdn_of_scipy(stride: int) -> None:
    lengths = {"m": 4, "c": 3, "s": stride, "d": 1, "a": 0}
    left, right, entries = at("output_padding_without_padding_appends_zeros", **lengths)
    assert left == right
    assert np.allclose(signal.upfirdn(entries["k"], entries["y"], up=stride), left)


def test_gradient_is_that_of_finite_differences() -> None:
    lengths = {"m": 3, "c": 3, "s": 2, "d": 2, "l": 1, "a": 1}
    left, _, entries = at("gradient_of_layer_eq_padded_full_convolution", **lengths)
    x, k = Signal("x", symbols("n", integer=True, positive=True)), Signal("k", 3)
    layer = x.pad(1, 1).correlate(k, stride=2, dilation=2)

    def loss(values: list[int]) -> int:
        outputs = layer.evaluate(x=values, k=entries["k"])
        assert len(outputs) == 3
        return int(np.dot(outputs, entries["g"]))

    basis = np.eye(len(left), dtype=int).tolist()
    assert [loss(unit) for unit in basis] == left

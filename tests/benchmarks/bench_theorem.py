"""How long the theorem takes, beside SymPy's simplify and python-flint in the same run.

Run with `pytest tests/benchmarks/bench_theorem.py -n 0 --benchmark-enable`; the ratios stand in
parentheses.
"""

import subprocess
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import flint
import pytest
from sympy import symbols

from symconv import Claim, Signal
from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.limits import DECISION_OPERATIONS
from symconv.decision.coefficients import compare
from symconv.decision.difference_sets import hypotheses
from symconv.language.any_size import guarded_sum
from symconv.language.signals import SignalExpr

fresh = count()


def theorem() -> Claim:
    """The theorem in new symbols, so that nothing about them has been cached."""
    number = next(fresh)
    n, c = symbols(f"n_{number} c_{number}", integer=True, positive=True)
    l, r = symbols(f"l_{number} r_{number}", integer=True, nonnegative=True)
    x, k = Signal(f"x{number}", n), Signal(f"k{number}", c)
    padded = x.pad(l, r)
    twice = padded.correlate(k, stride=2).correlate(k, stride=2)
    return Claim(twice, padded.correlate(k.convolve(k.dilate(2)), stride=4))


def lengths(claim: Claim, n: int, c: int, l: int, r: int) -> dict[str, int]:
    return {str(s): {"n": n, "c": c, "l": l, "r": r}[str(s)[0]] for s in claim.symbols}


def sides(claim: Claim) -> tuple[SignalExpr, SignalExpr]:
    left, right = claim.signals
    return left, right


@pytest.mark.benchmark(group="the theorem: all lengths beside one instance n = 16, c = 3")
class TestTheorem:
    def test_all_lengths_from_new_signals(self, benchmark: Any) -> None:
        assert benchmark.pedantic(lambda: theorem().prove(), rounds=50, warmup_rounds=3)

    def test_simplify_one_instance(self, benchmark: Any) -> None:
        def difference() -> tuple[tuple[Any], dict[str, Any]]:
            claim = theorem()
            return (claim.at(**lengths(claim, 16, 3, 3, 3)),), {}

        result = benchmark.pedantic(
            lambda instance: instance.simplified, setup=difference, rounds=8, warmup_rounds=1
        )
        assert result == [0, 0, 0, 0]


@pytest.mark.benchmark(group="where the time of all lengths goes")
class TestParts:
    def test_everything(self, benchmark: Any) -> None:
        benchmark.pedantic(lambda: theorem().prove(), rounds=50, warmup_rounds=3)

    def test_writing_the_claim(self, benchmark: Any) -> None:
        benchmark.pedantic(theorem, rounds=50, warmup_rounds=3)

    def test_guarded_sums(self, benchmark: Any) -> None:
        benchmark.pedantic(
            lambda claim: [guarded_sum(side) for side in sides(claim)],
            setup=lambda: ((theorem(),), {}),
            rounds=50,
            warmup_rounds=3,
        )

    def test_changes_of_indices(self, benchmark: Any) -> None:
        def prepared() -> tuple[tuple[Any, ...], dict[str, Any]]:
            claim = theorem()
            sets = IntegerSets([s.name for s in claim.symbols], DECISION_OPERATIONS)
            left, right = map(guarded_sum, sides(claim))
            return (left, right, hypotheses(claim, sets)), {}

        benchmark.pedantic(compare, setup=prepared, rounds=50, warmup_rounds=3)


# --- instances -----------------------------------------------------------------------

QUARTERS = [
    (n, c, l, total - l)
    for n in range(4, 33, 4)
    for c in range(1, 8)
    for total in range(max(0, 3 * c - 6), 3 * c - 2)
    for l in range(total + 1)
]
SAMPLE = [(8, 3, 3, 3), (16, 3, 1, 2), (16, 4, 4, 4)]


def directly(n: int, c: int, l: int, r: int) -> bool:
    """Both sides written out for python-flint by hand."""
    names = [f"x{i}" for i in range(n)] + [f"k{i}" for i in range(c)]
    ring = flint.fmpz_mpoly_ctx.get(tuple(names), flint.Ordering.degrevlex)
    zero, generators = ring.constant(0), ring.gens()
    x, k = list(generators[:n]), list(generators[n:])

    def layer(a: list[Any], taps: list[Any], stride: int) -> list[Any]:
        starts = range(0, len(a) - len(taps) + 1, stride)
        return [sum((taps[j] * a[s + j] for j in range(len(taps))), start=zero) for s in starts]

    padded = [zero] * l + x + [zero] * r
    k4 = [
        sum((k[i] * k[t - 2 * i] for i in range(c) if 0 <= t - 2 * i < c), start=zero)
        for t in range(3 * c - 2)
    ]
    left = layer(layer(padded, k, 2), k, 2)
    return left == layer(padded, k4, 4) and len(left) == n // 4


def by_symconv(claim: Claim, points: list[tuple[int, int, int, int]]) -> bool:
    return all([claim.at(**lengths(claim, *point)).holds for point in points])  # noqa: C419


@pytest.mark.benchmark(group=f"all {len(QUARTERS)} instances n <= 32, c <= 7 with n/4 outputs")
class TestInstances:
    def test_symconv(self, benchmark: Any) -> None:
        claim = theorem()
        assert benchmark.pedantic(by_symconv, args=(claim, QUARTERS), rounds=2)

    def test_python_flint(self, benchmark: Any) -> None:
        assert benchmark.pedantic(lambda: all([directly(*p) for p in QUARTERS]), rounds=2)  # noqa: C419


@pytest.mark.benchmark(group=f"a sample of {len(SAMPLE)} instances")
class TestSample:
    def test_symconv(self, benchmark: Any) -> None:
        claim = theorem()
        assert benchmark.pedantic(by_symconv, args=(claim, SAMPLE), rounds=5)

    def test_simplify(self, benchmark: Any) -> None:
        def simplify(claim: Claim) -> list[list[Any]]:
            return [claim.at(**lengths(claim, *point)).simplified for point in SAMPLE]

        setup: Callable[[], tuple[tuple[Claim], dict[str, Any]]] = lambda: ((theorem(),), {})  # noqa: E731
        result = benchmark.pedantic(simplify, setup=setup, rounds=3)
        assert not any(entry for entries in result for entry in entries)


# --- whole processes -----------------------------------------------------------------


@pytest.mark.benchmark(group="whole processes")
class TestProcesses:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["-c", "pass"],
            ["-c", "import sympy"],
            ["-m", "symconv.command.cli", "--help"],
            ["-m", "symconv.command.cli", "prove"],
        ],
        ids=["python", "import sympy", "symconv --help", "symconv prove"],
    )
    def test_process(self, benchmark: Any, arguments: list[str]) -> None:
        command = [sys.executable, *arguments]
        benchmark.pedantic(
            lambda: subprocess.run(command, check=True, capture_output=True),
            rounds=3,
            warmup_rounds=1,
        )

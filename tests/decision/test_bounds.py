"""Every decision ends: hostile claims are decided, or unknown with a reason, and soon.

The time is not asserted, because machines differ; what would never end ends the run.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections.abc import Callable

import pytest
from sympy import Eq, Max, Min, Mod, Sum, primerange

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, Unknown, integers
from symconv.arithmetic import limits
from symconv.catalogue.index import CATALOGUE
from symconv.exercises.mistakes import MISTAKES
from tests.project import ROOT

n, c, d = integers("n c d", positive=True)
p, u, i = integers("p u i")
a, b = integers("a b", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)


def repeated(operator: Callable[[SignalExpr], SignalExpr], times: int) -> SignalExpr:
    """An operator applied so often, to x."""
    signal: SignalExpr = x
    for _ in range(times):
        signal = operator(signal)
    return signal


_NESTED = Max(Min(Max(Min(Max(Min(n, c), d), a), b), n + 1), c + 2)
_TWISTED = Max(Min(Max(Min(Max(Min(c, n), d), b), a), n + 1), c + 2)

UNKNOWN: dict[str, Callable[[], Claim]] = {
    "a hundred million entries": lambda: Claim(x.flip(), x, given=[n >= 10**8]),
    "huge factors": lambda: Claim(x.downsample(10**30), x.downsample(10**30 + 1)),
    "a residue for each prime": lambda: Claim(
        x.flip(), x, given=[Eq(Mod(n, prime), 1) for prime in primerange(38)]
    ),
    "phases five times": lambda: Claim(repeated(lambda y: Signal.interleave(*y.phases(2)), 5), x),
    "twelve reflections": lambda: Claim(
        repeated(lambda y: y.pad(1, 1, "reflect").correlate(k.flip()), 12),
        x,
        given=[n >= 40, c <= 3],
    ),
    "a sum over a thousand million": lambda: Claim(
        Signal.from_formula(u, Sum(k[i], (i, 0, 10**9)), length=n),
        Signal.from_formula(u, k[0], length=n),
    ),
    "a million million zeros": lambda: Claim(x.pad(10**12, 0).flip(), x),
}
REFUTED: dict[str, Callable[[], Claim]] = {
    "crops of any size": lambda: Claim(repeated(lambda y: y.pad(p, -1), 20), x),
    "two hundred crops": lambda: Claim(repeated(lambda y: y.pad(p, -1), 200), x),
    "nested maxima": lambda: Claim(_NESTED, _TWISTED),
    "a large power": lambda: Claim((n + c) ** 60, n**60),
    "a graph of two hundred flips": lambda: Claim(repeated(lambda y: y + y.flip(), 200), x),
    "a graph of three hundred sums": lambda: Claim(repeated(lambda y: y + y, 300), x),
    "a thousand paddings": lambda: Claim(repeated(lambda y: y.pad(1, 1), 1000), x),
    "a thousand halvings": lambda: Claim(repeated(lambda y: y.downsample(2), 1000), x),
}
PROVED: dict[str, Callable[[], Claim]] = {
    "a thousand flips": lambda: Claim(repeated(lambda y: y.flip(), 1000), x),
    "sixteen doublings": lambda: Claim(repeated(lambda y: y + y, 16), 2**16 * x),
    "equal graphs": lambda: Claim(
        repeated(lambda y: y + y.flip(), 60), repeated(lambda y: y.flip() + y, 60)
    ),
    "binomial coefficients": lambda: Claim(
        repeated(lambda y: y.pad(1, 0) + y.pad(0, 1), 5),
        x.convolve(Signal.taps(1, 5, 10, 10, 5, 1)),
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_too_much_is_unknown_with_a_reason(name: str) -> None:
    verdict = UNKNOWN[name]().prove()
    assert isinstance(verdict, Unknown)
    assert len(verdict.reason) > 20


@pytest.mark.parametrize("name", REFUTED)
def test_a_counterexample_is_found_all_the_same(name: str) -> None:
    verdict = REFUTED[name]().prove()
    assert isinstance(verdict, Refuted)
    assert verdict.condition is not None or verdict.undecided


@pytest.mark.parametrize("name", PROVED)
def test_large_graphs_are_read_once(name: str) -> None:
    assert isinstance(PROVED[name]().prove(), Proved)


def asked_after_hard_questions() -> int:
    """Asks the same before and after them; returns the memory that this process took at most."""
    claim = Claim(x.pad(1, 1).correlate(k), x.correlate(k).pad(1, 1))
    first = claim.condition(), str(claim.prove())
    for other in (*UNKNOWN.values(), *REFUTED.values()):
        other().prove()
    assert (claim.condition(), str(claim.prove())) == first
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_hard_questions_leave_memory_and_other_answers_as_they_were() -> None:
    # In a process of its own, because other tests take memory too.
    code = "from tests.decision.test_bounds import *; print(asked_after_hard_questions())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 2**30


def test_a_graph_is_shown_shortened() -> None:
    graph = repeated(lambda y: y + y.flip(), 200)
    assert len(str(graph)) < 10_000
    assert "…" in str(graph)


def test_a_large_formula_is_refused() -> None:
    with pytest.raises(SymconvError, match="more than 500 terms"):
        Signal.from_formula(u, x[u] ** (10**6), length=n)


@pytest.mark.parametrize("seed", range(4))
def test_wherever_the_work_ends_there_is_an_answer(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    false = [theorem.claim for theorem in CATALOGUE.values() if not theorem.is_true]
    false += [mistake.claim for mistake in MISTAKES]
    for claim in rng.sample(false, 25):
        monkeypatch.setattr(limits, "ALLOWANCE", int(10 ** rng.uniform(2, 6.9)))
        monkeypatch.setattr(limits, "WAY_OPERATIONS", int(10 ** rng.uniform(2, 5.5)))
        monkeypatch.setattr(limits, "SHORTENING_OPERATIONS", int(10 ** rng.uniform(2, 5.7)))
        verdict = claim.prove()
        assert isinstance(verdict, Refuted | Unknown)
        assert str(verdict)

"""Random chains of layers: what `solve` finds against linear algebra over the fractions.

SYMCONV_KERNELS gives another number of problems, SYMCONV_KERNEL_SEED another first seed.
`python -m tests.runners.kernels` checks as many as there is time for.
"""

from __future__ import annotations

import os
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from sympy import Eq

from symconv import Proved, Signal, SignalExpr, Unknown, integers, solve
from symconv.decision.solving.kernels.obstacles import Need
from symconv.decision.verdicts import ALL_LENGTHS
from tests.generators.kernel_problems import KernelProblem
from tests.oracles.kernels import Oracle
from tests.oracles.solutions import Disagreement, check_solution
from tests.runners.kernels import check

PROBLEMS = int(os.environ.get("SYMCONV_KERNELS", "90"))
SEED = int(os.environ.get("SYMCONV_KERNEL_SEED", "0"))
AT_ONCE = 30  # problems in one test


@pytest.mark.parametrize("first", range(SEED, SEED + PROBLEMS, AT_ONCE))
def test_random_problems(first: int) -> None:
    number = min(AT_ONCE, SEED + PROBLEMS - first)
    kinds = Counter(check(seed).partition(",")[0] for seed in range(first, first + number))
    assert kinds["found"] > number / 4, kinds
    assert kinds["none"] > number / 10, kinds


# --- the check itself ----------------------------------------------------------------

n, c = integers("n c", positive=True)
k = Signal("k", c)
RIGHT = k.convolve(k.dilate(2))


def asked(lhs: str, rhs: str, shape: str, *given: str) -> Oracle:
    tensors = {"x": "(n,)", "k": "(c,)"}
    return Oracle(
        KernelProblem("planted", 0, tensors, lhs, f"lambda K: {rhs}", {"K": shape}, True, given, ())
    )


TWICE = "x.correlate(k, stride=2).correlate(k, stride=2)"
LAYERS = asked(TWICE, "x.correlate(K, stride=4)", "(3*c - 2,)")
PADDED = asked(
    "x.correlate(k, stride=2).pad(1, 1).correlate(k, stride=2)",
    "x.pad(2, 2).correlate(K, stride=4)",
    "(3*c - 2,)",
)
UNSEEN = asked("x.dilate(2).correlate(k, stride=2)", "x.dilate(2).correlate(K, stride=2)", "(c,)")


def said(kernel: SignalExpr, **changes: Any) -> Any:
    """A solution that says so, and that the kernel is proved."""
    told = {
        "exists": True,
        "is_unique": True,
        "kernels": {"K": kernel},
        "formulas": {"K": kernel},
        "verdict": Proved(ALL_LENGTHS),
        "obstacle": None,
        "condition": None,
    }
    return SimpleNamespace(**told | changes)


def none_at(condition: Any = None, **lengths: int) -> Any:
    """A solution that says that there is none at these sizes, and that they are the smallest."""
    return said(
        RIGHT,
        exists=False,
        condition=condition,
        obstacle=SimpleNamespace(lengths=lengths, needs=()),
    )


def needed(reads: str, unknown: str, value: str) -> Any:
    """That there is none, as an output needs something that cannot be."""
    lengths = {"n": 2, "c": 2}
    need = Need(lengths, (0,), reads, unknown, value)
    return said(k, exists=False, obstacle=SimpleNamespace(lengths=lengths, needs=(need,)))


def test_what_is_right_is_let_through() -> None:
    assert check_solution(LAYERS, said(RIGHT)) == "found, planted, unique: True"
    assert check_solution(LAYERS, said(RIGHT, is_unique=None)) == "found, planted, unique: None"
    assert check_solution(UNSEEN, said(k, is_unique=False)) == "found, planted, unique: False"
    assert check_solution(PADDED, none_at(n=2, c=2)) == "none, planted"
    only = none_at(n=2, c=2, condition=Eq(c, 1))
    assert check_solution(PADDED, only) == "none, planted"
    assert check_solution(PADDED, needed("x[0]", "K[2]", "k[0]*k[1]")) == "none, planted"
    assert check_solution(PADDED, needed("x[1]", "-K[3]", "-k[1]**2")) == "none, planted"
    unknown = said(k, exists=None, verdict=Unknown("it took more than 5 steps"))
    assert check_solution(LAYERS, unknown) == "not known, planted: it took more than … steps"


@pytest.mark.parametrize(
    ("topic", "oracle", "found"),
    [
        ("kernel", LAYERS, said(RIGHT.flip())),
        ("kernel", LAYERS, said(2 * RIGHT)),
        ("kernel", LAYERS, said(RIGHT, formulas={"K": k.pad(0, 2 * c - 2)})),
        ("kernel", LAYERS, said(k.convolve(k))),
        ("depends", LAYERS, said(RIGHT.pad(n, -n))),
        ("exists", PADDED, said(RIGHT)),
        ("unique", LAYERS, said(RIGHT, is_unique=False)),
        ("unique", UNSEEN, said(k)),
        ("obstacle", LAYERS, none_at(n=7, c=3)),
        ("obstacle", PADDED, none_at(n=1, c=2)),
        ("smallest", PADDED, none_at(n=3, c=2)),
        ("condition", PADDED, none_at(n=2, c=2, condition=Eq(c, 2))),
        ("need", PADDED, needed("x[0]", "K[3]", "k[0]*k[1]")),
        ("need", PADDED, needed("x[0]", "K[2]", "k[1]*k[1]")),
        ("need", PADDED, needed("x[1]", "K[2]", "k[0]*k[1]")),
        ("need", PADDED, needed("x[1]", "K[3]", "2*k[1]**2")),
        ("none", LAYERS, said(k, exists=False)),
    ],
)
def test_what_is_wrong_is_found(topic: str, oracle: Oracle, found: Any) -> None:
    with pytest.raises(Disagreement, match=topic):
        check_solution(oracle, found)


# --- what random problems have shown ---------------------------------------------------


def test_no_index_is_left_free() -> None:
    """What is read off had a sum whose bounds named the index of a sum within it."""
    x, h = Signal("x", n), Signal("h", 3)
    layers = (x.convolve(h).correlate(k) + x.convolve(h).correlate(2 * k)).avg_pool(2, stride=2)
    found = solve(layers, lambda taps: x.pad(2, 2).correlate(taps, stride=2), shape=c + 3)
    assert isinstance(found.verdict, Proved)
    assert found.formula.every_symbol().keys() == {"c"}


def test_where_many_lengths_fit_the_smallest_inputs() -> None:
    """Where there is no output, all kernels that are long enough fit, and no shorter ones."""
    x, a, b = Signal("x", n), Signal("a", 2), Signal("b", 3)
    found = solve(
        x.correlate(a, stride=3).convolve(b), lambda taps: x.pad(6, 6).correlate(taps, stride=3)
    )
    assert found.exists is False
    assert found.obstacle is not None
    assert found.obstacle.lengths == {"n": 2}
    long = solve(x.conv_transpose(k, stride=3), lambda taps: x.conv_transpose(taps, stride=3))
    assert long.exists is not False


def test_a_bias_that_is_computed() -> None:
    x, one = Signal("x", n), Signal("one", 1)
    found = solve(
        x.add_bias(one).correlate(k),
        lambda taps, bias: x.correlate(taps).add_bias(bias),
        shape={"taps": c, "bias": 1},
    )
    assert isinstance(found.verdict, Proved)
    assert found["bias"].evaluate(one=[5], k=[1, 2, 3]) == [30]

"""How long decisions about layers of several axes take.

Run with `pytest tests/benchmarks/bench_tensors.py -n 0 --benchmark-enable`.
"""

from typing import Any

import pytest

from symconv import Claim, Signal, integers
from tests.generators.tensor_theorems import FALSE, TRUE


@pytest.mark.benchmark(group="layers of several axes, proved")
@pytest.mark.parametrize("name", TRUE)
def test_true(benchmark: Any, name: str) -> None:
    assert benchmark.pedantic(lambda: TRUE[name]().prove(), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="layers of several axes, refuted and told")
@pytest.mark.parametrize("name", FALSE)
def test_false(benchmark: Any, name: str) -> None:
    make, said = FALSE[name]
    assert said in benchmark.pedantic(lambda: str(make().prove()), rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="layers of several axes, proved")
def test_one_axis(benchmark: Any) -> None:
    """The exercise itself, to compare with."""
    n, c = integers("n c", positive=True)
    x, k = Signal("x", n), Signal("k", c)
    two = x.correlate(k, stride=2).correlate(k, stride=2)
    claim = Claim(two, x.correlate(k.convolve(k.dilate(2)), stride=4))
    assert benchmark.pedantic(claim.prove, rounds=5, warmup_rounds=1)

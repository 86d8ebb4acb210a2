"""How long decisions about networks take.

Run with `pytest tests/benchmarks/bench_networks.py -n 0 --benchmark-enable`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from symconv import Claim, Proved, integers
from tests.generators.network_theorems import (
    FALSE,
    chain,
    dense_block,
    inception,
    shuffled,
    squeeze_and_excite,
)

C = integers("C", positive=True)

NETWORKS: dict[str, Callable[[], Claim]] = {
    "chain of 50 layers": lambda: chain(50),
    "chain of 100 layers": lambda: chain(100),
    "chain of 100 layers of equally many channels": lambda: chain(100, C),
    "squeeze and excite": squeeze_and_excite,
    "dense block of 12 layers": lambda: dense_block(12),
    "inception": inception,
    "shuffle of 2 groups": shuffled,
    "shuffle of 3 groups": lambda: shuffled(3),
}


@pytest.mark.benchmark(group="networks, proved")
@pytest.mark.parametrize("name", NETWORKS)
def test_true(benchmark: Any, name: str) -> None:
    verdict = benchmark.pedantic(lambda: NETWORKS[name]().prove(), rounds=3, warmup_rounds=1)
    assert isinstance(verdict, Proved)


@pytest.mark.benchmark(group="networks, refuted and told")
@pytest.mark.parametrize("name", FALSE)
def test_false(benchmark: Any, name: str) -> None:
    assert "differ" in benchmark.pedantic(lambda: str(FALSE[name]().prove()), rounds=2)

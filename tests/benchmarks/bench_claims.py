"""How long decisions take: over the catalogue, and as layers are stacked.

Run with `pytest tests/benchmarks/bench_claims.py -n 0 --benchmark-enable`.
"""

import subprocess
import sys
from itertools import count
from typing import Any

import pytest
from sympy import symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr
from symconv.catalogue.index import CATALOGUE

fresh = count()


def stack(layers: int, kernels: str, *, wrong: bool = False) -> Claim:
    """Stacked stride-2 layers as one, in new symbols; with the kernel flipped it is false."""
    tag = next(fresh)
    n, *c = symbols(f"n_{tag} c_{tag}_1:{layers + 1}", integer=True, positive=True)
    l, r = symbols(f"l_{tag} r_{tag}", integer=True, nonnegative=True)
    padded = Signal(f"x{tag}", n).pad(l, r)
    one = Signal(f"k{tag}", c[0])
    layer: SignalExpr = padded
    merged: SignalExpr | None = None
    for i in range(layers):
        kernel = one if kernels == "one" else Signal(f"k{tag}_{i}", c[i])
        layer = layer.correlate(kernel, stride=2)
        merged = kernel if merged is None else merged.convolve(kernel.dilate(2**i))
    assert merged is not None
    return Claim(layer, padded.correlate(merged.flip() if wrong else merged, stride=2**layers))


@pytest.mark.benchmark(group="the whole catalogue")
def test_catalogue(benchmark: Any) -> None:
    def decide() -> int:
        return sum(isinstance(t.claim.prove(), Proved | Refuted) for t in CATALOGUE.values())

    assert benchmark.pedantic(decide, rounds=1) == len(CATALOGUE)


@pytest.mark.benchmark(group="stacked stride-2 layers, for all lengths")
@pytest.mark.parametrize("kernels", ["distinct", "one"])
@pytest.mark.parametrize("layers", [1, 2, 4, 8, 12])
def test_stacked_layers(benchmark: Any, layers: int, kernels: str) -> None:
    def fresh_claim() -> tuple[tuple[Claim], dict[str, Any]]:
        return (stack(layers, kernels),), {}

    assert benchmark.pedantic(Claim.prove, setup=fresh_claim, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="stacked stride-2 layers, refuted")
@pytest.mark.parametrize("kernels", ["distinct", "one"])
@pytest.mark.parametrize("layers", [1, 2, 4, 8])
def test_wrong_stacked_layers(benchmark: Any, layers: int, kernels: str) -> None:
    def fresh_claim() -> tuple[tuple[Claim], dict[str, Any]]:
        return (stack(layers, kernels, wrong=True),), {}

    verdict = benchmark.pedantic(Claim.prove, setup=fresh_claim, rounds=3, warmup_rounds=1)
    assert isinstance(verdict, Refuted)


@pytest.mark.benchmark(group="memory of a process that decides the catalogue")
def test_memory(benchmark: Any) -> None:
    code = (
        "import resource\nfrom symconv.catalogue.index import CATALOGUE\n"
        "for theorem in CATALOGUE.values(): theorem.claim.prove()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )

    def peak() -> int:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        return int(done.stdout)

    megabytes = benchmark.pedantic(peak, rounds=1)
    benchmark.extra_info["megabytes"] = megabytes
    assert megabytes < 500

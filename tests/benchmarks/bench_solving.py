"""How long it takes to find a kernel, to see that it is the only one, or that there is none.

Run with `pytest tests/benchmarks/bench_solving.py -n 0 --benchmark-enable`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from symconv import Signal, SignalExpr, Solution, Tensor, integers, solve

n, c, d, l, r, s, p, q = integers("n c d l r s p q", positive=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
padded = x.pad(l, r)
C, O, M, H, W, a, b = integers("C O M H W a b", positive=True)
image = Tensor("image", (C, H, W))
w1, w2 = Tensor("w1", (M, C, a, b)), Tensor("w2", (O, M, 3, 3))
b1, b2 = Signal("b1", M), Signal("b2", O)
w3, v = Tensor("w3", (C, C, 3, 3)), Tensor("v", (C, C, 1, 1))


def chain_of_ten() -> SignalExpr:
    """Ten layers, of which four have a stride of 2."""
    layers: SignalExpr = x
    for i in range(10):
        layers = layers.correlate(Signal(f"k{i}", 3), stride=2 if i % 3 == 0 else 1)
    return layers


FOUND: dict[str, Callable[[], Solution]] = {
    "the exercise": lambda: solve(
        padded.correlate(k, stride=2).correlate(k, stride=2),
        lambda K: padded.correlate(K, stride=4),
    ),
    "symbolic strides": lambda: solve(
        padded.correlate(k, stride=s).correlate(h, stride=s),
        lambda K: padded.correlate(K, stride=s * s),
    ),
    "two layers, channels and biases": lambda: solve(
        image.conv(w1, bias=b1, stride=2, padding=1).conv(w2, bias=b2, stride=2),
        lambda K, B: image.conv(K, bias=B, stride=4, padding=1),
    ),
    "three branches": lambda: solve(
        image.conv(w3, padding=1) + image.conv(v) + image, lambda K: image.conv(K, padding=1)
    ),
    "ten layers": lambda: solve(chain_of_ten(), lambda K: x.correlate(K, stride=16)),
}


@pytest.mark.benchmark(group="kernels, found and proved")
@pytest.mark.parametrize("name", FOUND)
def test_found(benchmark: Any, name: str) -> None:
    assert benchmark.pedantic(FOUND[name], rounds=5, warmup_rounds=1).exists


@pytest.mark.benchmark(group="kernels, the only ones")
@pytest.mark.parametrize("name", FOUND)
def test_unique(benchmark: Any, name: str) -> None:
    solutions = iter([FOUND[name]() for _ in range(6)])
    assert benchmark.pedantic(lambda: next(solutions).is_unique, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="kernels, none")
@pytest.mark.parametrize("between", [1, q])
def test_none(benchmark: Any, between: Any) -> None:
    def told() -> str:
        layers = x.pad(p, p).correlate(k).pad(between, between).correlate(h)
        return str(solve(layers, lambda K: x.pad(p + between, p + between).correlate(K)))

    assert "exactly when c <= p + 1" in benchmark.pedantic(told, rounds=3, warmup_rounds=1)

"""How long layers take in double precision, and how that compares with products of matrices.

Run with `pytest tests/benchmarks/bench_double_precision.py -n 0 --benchmark-enable`.  Where other
processes take the processors, OPENBLAS_NUM_THREADS=1 says more: threads then wait for each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv import SignalExpr, Tensor
from symconv.language.double_precision import doubles
from symconv.language.graph import leaves

SHAPE = (1, 64, 56, 56)

LAYERS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "3 x 3": (SHAPE, (64, 64, 3, 3), {"padding": 1}),
    "3 x 3, dilation 2": (SHAPE, (64, 64, 3, 3), {"padding": 2, "dilation": 2}),
    "1 x 1": (SHAPE, (256, 64, 1, 1), {}),
    "7 x 7, stride 2": ((1, 3, 224, 224), (64, 3, 7, 7), {"padding": 3, "stride": 2}),
    "3 x 3, 512 channels": ((1, 512, 7, 7), (512, 512, 3, 3), {"padding": 1}),
    "depthwise": (SHAPE, (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    "32 groups": ((1, 128, 56, 56), (128, 4, 3, 3), {"padding": 1, "groups": 32}),
}


def entries(output: SignalExpr) -> dict[str, Any]:
    """Random entries of the named tensors, so small that they stay small."""
    random = np.random.default_rng(0)
    shapes = {name: tuple(map(int, one.sizes)) for name, one in leaves(output).items()}
    return {
        name: random.normal(size=shape) / np.sqrt(np.prod(shape[1:]))
        for name, shape in shapes.items()
    }


@pytest.mark.benchmark(group="double precision, one layer")
@pytest.mark.parametrize("name", LAYERS)
def test_layer(benchmark: Any, name: str) -> None:
    shape, kernel, more = LAYERS[name]
    output = Tensor("x", shape).conv(Tensor("w", kernel), **more)
    named = entries(output)
    (found,) = benchmark(lambda: doubles([output], named, {}))
    products = found.size * np.prod(kernel[1:])
    benchmark.extra_info["milliard products"] = products / 1e9
    assert np.isfinite(found).all()


@pytest.mark.benchmark(group="double precision, one layer")
def test_product_of_matrices(benchmark: Any) -> None:
    """As many products as the layer of 3 x 3 has, in one call: the most that can be reached."""
    left, right = np.ones((64, 576)), np.ones((576, 56 * 56))
    assert benchmark(lambda: left @ right)[0, 0] == 576


def residual(blocks: int) -> SignalExpr:
    """Blocks of two layers with normalisation and a sum around them, as in a ResNet."""
    x: SignalExpr = Tensor("x", SHAPE)
    for block in range(blocks):
        inner = x
        for number in range(2):
            name = f"{block}_{number}"
            inner = inner.conv(Tensor(f"w{name}", (64, 64, 3, 3)), padding=1)
            inner = inner.multiply(Tensor(f"scale{name}", (64, 1, 1)))
            inner = inner + Tensor(f"bias{name}", (64, 1, 1))
            inner = inner if number else inner.relu()
        x = (x + inner).relu()
    return x


@pytest.mark.benchmark(group="double precision, a network")
@pytest.mark.parametrize("blocks", [1, 8])
def test_chain(benchmark: Any, blocks: int) -> None:
    output = residual(blocks)
    named = entries(output)
    (found,) = benchmark.pedantic(lambda: doubles([output], named, {}), rounds=5, warmup_rounds=1)
    assert found.shape == SHAPE
    assert np.isfinite(found).all()


@pytest.mark.benchmark(group="double precision, functions")
@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "gelu", "silu", "exp"])
def test_functions(benchmark: Any, name: str) -> None:
    output = getattr(Tensor("x", (1_000_000, 1)), name)()
    named = entries(output)
    (found,) = benchmark(lambda: doubles([output], named, {}))
    assert found.shape == (1_000_000, 1)


@pytest.mark.benchmark(group="double precision, two million entries")
@pytest.mark.parametrize("name", ["einsum", "transposed", "formula"])
def test_kernels(benchmark: Any, name: str) -> None:
    """Kernels that are made of others."""
    from sympy import Eq, Piecewise

    from symconv import einsum, integers

    o, c = integers("o c")
    v, w = Tensor("v", (512, 512, 1, 1)), Tensor("w", (512, 512, 3, 3))
    delta = Tensor.from_formula((o, c), Piecewise((1, Eq(o, c)), (0, True)), shape=(512, 512))
    output = {
        "einsum": einsum("oc,cihw->oihw", v[:, :, 0, 0], w),
        "transposed": w.rearrange("o i h w -> i o h w").flip(axis=(2, 3)),
        "formula": w + delta[:, :, None, None],
    }[name]
    named = entries(output)
    (found,) = benchmark(lambda: doubles([output], named, {}))
    assert found.size == 512 * 512 * 9

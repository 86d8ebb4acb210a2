"""How long it takes to write a certificate, and Rocq to check one.

Run with `pytest tests/benchmarks/bench_formal.py -n 0 --benchmark-enable`.
"""

from typing import Any

import pytest

from symconv.catalogue.index import CATALOGUE
from symconv.formal import Rocq, certificate
from tests.generators.certificate_sample import ONE_AXIS, TWO_LAYERS
from tests.oracles.rocq import needs_rocq

NAMES = [
    "two_stride2_layers_eq_one_stride4_layer",
    "three_stride2_layers_eq_one_stride8_layer",
    "two_padded_layers_agree_inside",
    ONE_AXIS,
    TWO_LAYERS,
]


@pytest.mark.benchmark(group="writing a certificate")
@pytest.mark.parametrize("name", NAMES)
def test_write(benchmark: Any, name: str) -> None:
    assert "Qed." in benchmark(certificate, CATALOGUE[name].claim)


@needs_rocq
@pytest.mark.benchmark(group="Rocq checks a certificate")
@pytest.mark.parametrize("name", [NAMES[0], ONE_AXIS, TWO_LAYERS])
def test_check(benchmark: Any, name: str) -> None:
    text = certificate(CATALOGUE[name].claim)
    with Rocq() as rocq:
        checked = benchmark.pedantic(rocq.check, ("it", text), rounds=1)
    assert checked.output

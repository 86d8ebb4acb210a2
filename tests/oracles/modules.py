"""Modules of PyTorch as it runs them itself, beside what symconv reads in them.

The numbers of both are in double precision, so that they differ by rounding alone.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symconv.language.signals import SignalExpr
from symconv.reading.networks import read, read_rewritten
from tests.oracles.layers_by_torch import installed

TOLERANCE = 1e-9


def random_weights(module: Any, seed: int) -> Any:
    """The module in evaluation and in double precision, with statistics that are not trivial."""
    torch = installed()
    torch.manual_seed(seed)
    for one in module.modules():
        if hasattr(one, "running_var") and one.running_var is not None:
            one.running_mean.uniform_(-1, 1)
            one.running_var.uniform_(0.5, 2)
            if one.affine:
                one.weight.data.uniform_(0.5, 2)
                one.bias.data.uniform_(-1, 1)
    return module.double().eval()


def values(
    expression: SignalExpr, inputs: Mapping[str, Any], weights: Mapping[str, Any], sizes: Any = None
) -> Any:
    """The numbers of a tensor that was read, for numbers in its inputs and in its weights."""
    named, symbols = expression.names
    data = {name: inputs[name] for name in inputs if name in named}
    data |= {name: weights[name].values for name in weights if name in named}
    data |= {name: one for name, one in (sizes or {}).items() if name in symbols}
    return np.array(expression.evaluate(**data), dtype=float)


def agree(
    module: Any,
    shape: Sequence[Any],
    sizes: Sequence[Mapping[str, int]] = ({},),
    given: Sequence[Any] = (),
    seed: int = 1,
) -> Any:
    """Check that what is read has PyTorch's numbers at each of some sizes, and give it back."""
    torch = installed()
    if isinstance(module, torch.nn.Module):
        random_weights(module, seed)
    reading = read(module, tuple(shape), given=given)
    for at in sizes:
        numbers = [at.get(one, one) for one in shape]
        x = torch.randn(numbers, dtype=torch.float64)
        with torch.no_grad():
            found = module(x.clone())
        expected = list(found) if isinstance(found, tuple | list) else [found]
        assert len(expected) == len(reading.outputs)
        for wanted, output in zip(expected, reading.outputs, strict=True):
            ours = values(output, {"x": x.numpy()}, reading.weights, at)
            assert ours.shape == tuple(wanted.shape)
            assert np.allclose(ours, wanted.numpy(), rtol=TOLERANCE, atol=TOLERANCE)
    return reading


def agree_rewritten(
    module: Any, rewrite: Any, shape: Sequence[Any], sizes: Sequence[Mapping[str, int]]
) -> Any:
    """Check that both readings have PyTorch's numbers, for the same code run on numbers.

    What it makes of the module in double precision may have parameters in single precision.
    """
    torch = installed()
    random_weights(module, 1)
    readings = read_rewritten(module, rewrite, tuple(shape))
    copied = copy.deepcopy(module)
    with torch.no_grad():
        made = rewrite(copied)
    real = (module, (copied if made is None else made).double())
    for at in sizes:
        numbers = [at.get(one, one) for one in shape]
        x = torch.randn(numbers, dtype=torch.float64)
        for ours, theirs in zip(readings, real, strict=True):
            found = values(ours.output, {"x": x.numpy()}, ours.weights, at)
            with torch.no_grad():
                wanted = theirs(x.clone()).numpy()
            assert found.shape == wanted.shape
            assert np.allclose(found, wanted, rtol=1e-5, atol=1e-5)
    return readings


def some_sizes(names: str, seed: int, least: int = 2, most: int = 5) -> list[dict[str, int]]:
    """Two random assignments to sizes."""
    chooser = random.Random(seed)
    return [{name: chooser.randint(least, most) for name in names.split()} for _ in range(2)]

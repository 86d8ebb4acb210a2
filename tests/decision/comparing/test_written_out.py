"""Functions that one network has as such, and the other one made of others."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from symconv import SignalExpr, Tensor, maximum
from symconv.decision.comparing.comparison import compare_computations
from symconv.decision.comparing.computations import sides
from symconv.decision.comparing.written_out import with_functions_of_both
from tests.generators.computations import channelwise, network, random

Activation = Callable[[SignalExpr], SignalExpr]

SIX, THREE = (Tensor.from_formula((), number, shape=()) for number in (6, 3))


def clipped(x: SignalExpr) -> SignalExpr:
    return -maximum(-x.relu(), -SIX)


def bent(slope: Fraction) -> Activation:
    return lambda x: x.relu() - slope * (-x).relu()


def swish(x: SignalExpr) -> SignalExpr:
    return Fraction(1, 6) * x.multiply(clipped(x + THREE))


FORMULAS: dict[str, tuple[Activation, Activation]] = {
    "relu6": (lambda x: x.relu6(), clipped),
    "silu": (lambda x: x.silu(), lambda x: x.sigmoid().multiply(x)),
    "hardswish": (lambda x: x.hardswish(), swish),
    "bounds of bounds": (
        lambda x: maximum(-maximum(-x, -SIX), THREE),
        lambda x: -maximum(-maximum(x, THREE), -SIX),
    ),
    "bounds that cross": (
        lambda x: maximum(-maximum(-x, -THREE), SIX),
        lambda x: 2 * -maximum(-maximum(0 * x, THREE), -THREE),
    ),
    "bounds of multiples": (
        lambda x: (2 * x.relu6()).relu(),
        lambda x: -maximum(-2 * SIX, -(2 * x.relu())),
    ),
    "leaky": (lambda x: x.leaky_relu(Fraction(1, 8)), bent(Fraction(1, 8))),
    "leaky, 0": (lambda x: x.leaky_relu(0), lambda x: x.relu()),
}

OTHERS: dict[str, tuple[Activation, Activation]] = {
    "relu6 of 3": (lambda x: x.relu6(), lambda x: -maximum(-x.relu(), -THREE)),
    "another slope": (lambda x: x.leaky_relu(Fraction(1, 8)), bent(Fraction(1, 4))),
    "a swish that is not divided": (lambda x: x.hardswish(), lambda x: 6 * swish(x)),
    "the gate alone": (lambda x: x.silu(), lambda x: x.sigmoid()),
}

WEIGHTS = {"w": random(4, 3, 3, 3), "v": random(2, 4, 1, 1)}


def between(function: Activation) -> Callable[..., SignalExpr]:
    return lambda x, w, v: function(x.conv(w, padding=1)).conv(v)


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_function_is_what_it_is_made_of(name: str, is_turned: bool) -> None:
    pair = [network(between(one), WEIGHTS) for one in FORMULAS[name]]
    found = compare_computations(*(reversed(pair) if is_turned else pair))
    assert found.verdict == "proved", found


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_told_apart(name: str) -> None:
    one, other = (network(between(one), WEIGHTS) for one in OTHERS[name])
    found = compare_computations(one, other)
    assert found.verdict == "refuted", found
    assert found.difference is not None
    assert not np.isclose(*found.difference.values)


def test_bounds_with_more_entries_than_what_they_bound_stay() -> None:
    zeros = 0 * Tensor.ones((1, 3, 1, 1))
    one = network(lambda x: maximum(x[:, :1].relu6(), zeros), {})
    written = with_functions_of_both(sides(one, network(lambda x: x.relu(), {})))
    assert written is not None
    assert written.a.outputs[0].lengths == one.outputs[0].lengths


def divided(x: SignalExpr, w: Tensor, spread: Tensor) -> SignalExpr:
    return x.conv(w, padding=1).multiply(channelwise(spread.reciprocal())).relu()


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "agree"), (1.001, "refuted")])
def test_what_weights_are_divided_by_is_folded_into_a_kernel(
    factor: float, verdict: str, is_turned: bool
) -> None:
    kernel, spread = random(4, 3, 3, 3), 1 + random(4) ** 2
    quotient = factor * kernel / spread[:, None, None, None]
    pair = [
        network(divided, {"w": kernel, "spread": spread}),
        network(lambda x, k: x.conv(k, padding=1).relu(), {"k": quotient}),
    ]
    found = compare_computations(*(reversed(pair) if is_turned else pair))
    assert found.verdict == verdict, found


def test_a_divisor_that_is_its_own_inverse_by_chance_is_not_so_for_all_weights() -> None:
    """Of weights that are 1, both networks make the same, and of others not."""
    ones = {"w": random(4, 3, 3, 3), "spread": np.ones(4)}

    def multiplied(x: SignalExpr, w: Tensor, spread: Tensor) -> SignalExpr:
        return x.conv(w, padding=1).multiply(channelwise(spread)).relu()

    found = compare_computations(network(divided, ones), network(multiplied, ones))
    assert found.verdict in ("agree", "unknown"), found

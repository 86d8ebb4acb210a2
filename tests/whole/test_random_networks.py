"""Random claims about networks: the verdicts against arithmetic on NumPy arrays.

SYMCONV_NETWORK_CLAIMS gives another number of claims, SYMCONV_NETWORK_SEED another first seed.
`python -m tests.runners.networks` checks as many as there is time for.
"""

from __future__ import annotations

import os
from collections import Counter
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from symconv import Proved, Refuted, Unknown
from symconv.decision.verdicts import ALL_LENGTHS, Counterexample
from tests.generators.network_nodes import applied, maximum, pooled
from tests.generators.networks import NetworkClaim, are_equal, network_claim, values
from tests.generators.sizes import Size
from tests.generators.tensor_claims import points, size_at
from tests.generators.tensor_terms import flip, pad, scaled
from tests.generators.tensors import Named, Node, UndefinedError
from tests.oracles.networks import NetworkOutcomes, check_verdict, checked
from tests.oracles.outcomes import Disagreement, stated
from tests.runners.networks import check

CLAIMS = int(os.environ.get("SYMCONV_NETWORK_CLAIMS", "60"))
SEED = int(os.environ.get("SYMCONV_NETWORK_SEED", "0"))
AT_ONCE = 20  # claims in one test


@pytest.mark.parametrize("first", range(SEED, SEED + CLAIMS, AT_ONCE))
def test_random_networks(first: int) -> None:
    number = min(AT_ONCE, SEED + CLAIMS - first)
    kinds = Counter(check(seed) for seed in range(first, first + number))
    assert kinds["Proved"] > number / 4, kinds
    assert kinds["Refuted"] > number / 8, kinds


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_laws_hold_on_arrays(first: int) -> None:
    """What is made by laws is equal on arrays."""
    held = 0
    for claim in map(network_claim, range(first, first + 25)):
        if claim.kind != "law":
            continue
        for at in islice(points(claim.names, claim.given, 10), 4):
            if size_at(claim, at) > 2000:
                continue
            try:
                left, right = values(claim, at, claim.seed)
            except UndefinedError:
                continue
            assert are_equal(left, right), claim
            held += 1
    assert held


# --- the check itself ----------------------------------------------------------------

X = Node(Named("x", (Size.of("H"),)))
ZEROS = pooled(pad(X, 1, 1, 0), 0, 3)
FALSE = {
    "padding": NetworkClaim("mutated", 0, pooled(X, 0, 3, left=1, right=1), ZEROS),
    "value at zero": NetworkClaim(
        "mutated", 0, applied("sigmoid", pad(X, 1, 0, 0)), pad(applied("sigmoid", X), 1, 0, 0)
    ),
    "free function": NetworkClaim("mutated", 0, applied("f", scaled(X, 2)), applied("f", X)),
    "minimum": NetworkClaim(
        "mutated", 0, maximum(X, flip(X, 0)), scaled(maximum(scaled(X, -1), flip(X, 0)), -1)
    ),
}
TRUE = NetworkClaim("law", 0, applied("g", pad(X, 1, 0, 0)), pad(applied("g", X), 1, 0, 0))


@pytest.mark.parametrize("name", FALSE)
def test_a_wrong_proof_is_found(name: str) -> None:
    claim = FALSE[name]
    with pytest.raises(Disagreement, match="proved"):
        check_verdict(claim, Proved(ALL_LENGTHS), NetworkOutcomes(claim))


@pytest.mark.parametrize("name", FALSE)
def test_the_right_refutation_is_found_right(name: str) -> None:
    kind, verdict = checked(FALSE[name])
    assert kind == "Refuted"
    assert isinstance(verdict, Refuted)


def refuted(claim: NetworkClaim, **changes: Any) -> Refuted:
    """The refutation of f(2x) = f(x) or of another claim, with changes."""
    parts: dict[str, Any] = {
        "lengths": {"H": 1},
        "signals": {"x": [1]},
        "index": 0,
        "lhs": [5],
        "rhs": [2],
        "functions": {"f": "v**2 + 1"},
    }
    return Refuted(Counterexample(**{**parts, **changes}), stated(claim))


@pytest.mark.parametrize(
    ("topic", "changes"),
    [
        ("both sides", {"signals": {"x": [0]}}),
        ("both sides", {"functions": {"f": "1"}}),
        ("the sides are", {"lhs": [4]}),
        ("the shape of x", {"signals": {"x": [1, 2]}}),
        ("x is not shown", {"signals": {}}),
        ("the hypotheses", {"lengths": {"H": 0}}),
    ],
)
def test_a_wrong_counterexample_is_found(topic: str, changes: dict[str, Any]) -> None:
    claim = FALSE["free function"]
    check_verdict(claim, refuted(claim), NetworkOutcomes(claim))
    with pytest.raises(Disagreement, match=topic):
        check_verdict(claim, refuted(claim, **changes), NetworkOutcomes(claim))


def test_a_function_of_another_value_at_zero_is_found() -> None:
    verdict = refuted(TRUE, lhs=[1, 2], rhs=[0, 2], functions={"g": "v**2 + 1"}, signals={"x": [1]})
    with pytest.raises(Disagreement, match=r"g\(0\) = 0"):
        check_verdict(TRUE, verdict, NetworkOutcomes(TRUE))


def test_numbers_that_are_close_are_told_apart() -> None:
    close = NetworkClaim(
        "mutated", 0, applied("tanh", X), applied("tanh", scaled(X, 1 + Fraction(1, 10**30)))
    )
    with pytest.raises(Disagreement, match="proved"):
        check_verdict(close, Proved(ALL_LENGTHS), NetworkOutcomes(close))
    assert isinstance(checked(close)[1], Refuted | Unknown)

"""Random claims, true, mutated and unrelated: the verdicts against brute force.

SYMCONV_RANDOM_CLAIMS gives another number of claims, SYMCONV_RANDOM_SEED another first seed.
`python -m tests.runners.random_claims` checks as many as there is time for.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from symconv import Proved, Refuted, Unknown
from tests.runners.random_claims import check

CLAIMS = int(os.environ.get("SYMCONV_RANDOM_CLAIMS", "800"))
SEED = int(os.environ.get("SYMCONV_RANDOM_SEED", "0"))
AT_ONCE = 100  # claims in one test


def unknown(kinds: Counter[str]) -> int:
    """How many claims with strides that are numbers stay undecided."""
    return kinds[Unknown.__name__]


@pytest.mark.parametrize("first", range(SEED, SEED + CLAIMS, AT_ONCE))
def test_random_claims(first: int) -> None:
    number = min(AT_ONCE, SEED + CLAIMS - first)
    kinds = Counter(check(seed) for seed in range(first, first + number))
    assert kinds[Proved.__name__] > number / 4, kinds
    assert kinds[Refuted.__name__] > number / 8, kinds
    # Each part keeps to 5 %, so that all claims together do.
    assert unknown(kinds) <= 0.05 * number, kinds

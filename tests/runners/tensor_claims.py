"""Random claims about tensors against arithmetic on NumPy arrays.

    python -m tests.runners.tensor_claims --claims 5000 --start 0

goes on after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

import random

from tests.generators.tensor_claims import tensor_claim
from tests.oracles.tensor_claims import checked
from tests.runners.seeds import check_seeds

CONDITIONS = 0.4  # of so many claims the condition is checked


def check(seed: int) -> str:
    """Compare one random claim with the arrays; returns the kind of its verdict."""
    thorough = random.Random(f"conditions {seed}").random() < CONDITIONS
    kind, _ = checked(tensor_claim(seed), thorough=thorough)
    return kind


if __name__ == "__main__":
    check_seeds("Checks random claims about tensors.", check, tensor_claim)

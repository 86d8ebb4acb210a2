"""Random claims about networks against arithmetic on NumPy arrays.

    python -m tests.runners.networks --claims 5000 --start 0

goes on after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

from tests.generators.networks import network_claim
from tests.oracles.networks import checked
from tests.runners.seeds import check_seeds


def check(seed: int) -> str:
    """Compare one random claim with the arrays; returns the kind of its verdict."""
    kind, _ = checked(network_claim(seed))
    return kind


if __name__ == "__main__":
    check_seeds("Checks random claims about networks.", check, network_claim)

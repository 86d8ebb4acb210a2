"""Claims about convolution layers, decided for every length.

The public names are few: write signals and their operators with `Signal`, state a claim
with `Claim`, and ask it to `prove()` itself.
"""

from symconv.claims import Claim, Counterexample, Instance, Proved, Refuted, Unknown
from symconv.errors import SymconvError, Undecided
from symconv.signals import Signal, SignalExpr

__all__ = [
    "Claim",
    "Counterexample",
    "Instance",
    "Proved",
    "Refuted",
    "Signal",
    "SignalExpr",
    "SymconvError",
    "Undecided",
    "Unknown",
]

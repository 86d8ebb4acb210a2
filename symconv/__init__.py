"""Claims about convolution layers, proved for every length or refuted.

The public names are few: write signals and their operators with `Signal`, state a claim
with `Claim`, and let it `prove()` itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.claims import Claim, Instance
    from symconv.errors import SymconvError, Undecided
    from symconv.signals import Signal, SignalExpr
    from symconv.symbols import integers
    from symconv.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict

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
    "Verdict",
    "integers",
]

_MODULES = {
    **dict.fromkeys(("Signal", "SignalExpr"), "symconv.signals"),
    **dict.fromkeys(("SymconvError", "Undecided"), "symconv.errors"),
    **dict.fromkeys(("Claim", "Instance"), "symconv.claims"),
    "integers": "symconv.symbols",
}


def __getattr__(name: str) -> Any:
    # Names are imported when they are first used, so that `symconv --help` needs no SymPy.
    if name not in __all__:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    value = getattr(import_module(_MODULES.get(name, "symconv.verdicts")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

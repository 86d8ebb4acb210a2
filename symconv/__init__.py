"""Claims about convolution layers, proved for every length or refuted.

The public names are few:

- `integers` makes symbols for lengths, amounts and strides; `Signal` a signal, and the methods
  of `SignalExpr` are the operators.  `einsum`, `concatenate` and `maximum` take several tensors,
  and `Pointwise` is a function of each entry of which nothing is known.
- `Claim` states a claim, and its `prove()` gives a `Verdict`: `Proved`, `Refuted` with a
  `Counterexample`, or `Unknown`.  An `Instance` is a claim at fixed lengths.
- `solve_amounts` finds the paddings, strides or dilations with which a claim holds for all
  lengths, as `Amounts`.
- `assert_equal` asserts a claim in a test.
- `repeat` applies a layer a number of times, which may be a symbol; `receptive_field` says which
  inputs an output reads.
- `solve` finds unknown kernels; what it found is a `Solution`.
- `merge` says which one layer a chain of linear layers is, as a `Merged`; and which layers of a
  module of PyTorch are one, as a `MergedNetwork`.
- `compare` says whether two modules of PyTorch compute the same, as a `Comparison`.
- `Derivation` and `such_that`: chains of formulas, audited step by step.
- `check` and `grade` decide students' answers; `MISTAKES` are typical ones, by name.  Exercises
  of one's own are files, which `symconv.exercises.Exercise` reads.
- `CATALOGUE` has the claims that symconv knows, by name.
- `diagrams`, which is the module `symconv.pages.diagrams`, draws pictures; `explore(claim)` makes
  a page on which a claim can be played with.
- `SymconvError` is raised where a question cannot be answered as it was asked, and `Undecided`
  where it lies beyond what is decided.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.arithmetic.symbols import integers
    from symconv.catalogue.index import CATALOGUE
    from symconv.decision.claims import Claim, Instance
    from symconv.decision.comparing.comparison import Comparison
    from symconv.decision.solving.amounts.answers import Amounts, solve_amounts
    from symconv.decision.solving.kernels.finding import solve
    from symconv.decision.solving.kernels.solutions import Solution
    from symconv.decision.solving.merging.merged import Merged
    from symconv.decision.stacks.repeated import repeat
    from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
    from symconv.derivations.steps import Derivation, such_that
    from symconv.errors import SymconvError, Undecided
    from symconv.exercises.checking import check
    from symconv.exercises.grading import grade
    from symconv.exercises.mistakes import MISTAKES
    from symconv.language.operators.pointwise import Pointwise
    from symconv.language.receptive_fields import receptive_field
    from symconv.language.signals import Signal, SignalExpr, Tensor
    from symconv.language.tensor_functions import concatenate, einsum, maximum
    from symconv.pages import diagrams
    from symconv.pages.explore.pages import explore
    from symconv.reading.networks.comparing import compare
    from symconv.reading.networks.merging.networks import MergedNetwork, merge
    from symconv.testing import assert_equal

__all__ = [
    "CATALOGUE",
    "MISTAKES",
    "Amounts",
    "Claim",
    "Comparison",
    "Counterexample",
    "Derivation",
    "Instance",
    "Merged",
    "MergedNetwork",
    "Pointwise",
    "Proved",
    "Refuted",
    "Signal",
    "SignalExpr",
    "Solution",
    "SymconvError",
    "Tensor",
    "Undecided",
    "Unknown",
    "Verdict",
    "assert_equal",
    "check",
    "compare",
    "concatenate",
    "diagrams",
    "einsum",
    "explore",
    "grade",
    "integers",
    "maximum",
    "merge",
    "receptive_field",
    "repeat",
    "solve",
    "solve_amounts",
    "such_that",
]

_PLACES = {
    **dict.fromkeys(("Signal", "SignalExpr", "Tensor"), "language.signals"),
    **dict.fromkeys(("concatenate", "einsum", "maximum"), "language.tensor_functions"),
    **dict.fromkeys(("SymconvError", "Undecided"), "errors"),
    **dict.fromkeys(("Claim", "Instance"), "decision.claims"),
    **dict.fromkeys(
        ("Counterexample", "Proved", "Refuted", "Unknown", "Verdict"), "decision.verdicts"
    ),
    **dict.fromkeys(("Amounts", "solve_amounts"), "decision.solving.amounts.answers"),
    **dict.fromkeys(("Derivation", "such_that"), "derivations.steps"),
    **dict.fromkeys(("MergedNetwork", "merge"), "reading.networks.merging.networks"),
    "CATALOGUE": "catalogue.index",
    "Comparison": "decision.comparing.comparison",
    "MISTAKES": "exercises.mistakes",
    "Merged": "decision.solving.merging.merged",
    "Pointwise": "language.operators.pointwise",
    "Solution": "decision.solving.kernels.solutions",
    "assert_equal": "testing",
    "check": "exercises.checking",
    "compare": "reading.networks.comparing",
    "diagrams": "pages.diagrams",
    "explore": "pages.explore.pages",
    "grade": "exercises.grading",
    "integers": "arithmetic.symbols",
    "receptive_field": "language.receptive_fields",
    "repeat": "decision.stacks.repeated",
    "solve": "decision.solving.kernels.finding",
}


def __getattr__(name: str) -> Any:
    # Names are imported when they are first used, so that `symconv --help` needs no SymPy.
    if name not in __all__:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    module = import_module(f"symconv.{_PLACES[name]}")
    value = module if _PLACES[name].endswith(f".{name}") else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

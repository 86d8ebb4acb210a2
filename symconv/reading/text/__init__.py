"""Claims as text, read without evaluating anything; each error points at its place.

- `syntax`, `trees`: trees of Python's parser, within limits; how they are put together.
- `functions`, `declarations`, `python_operators`, `reader`: what names, functions and signs mean.
- `claims`, `files`, `problems`, `help_words`: claims, files of them, and what is unknown in them.
- `formulas`, `formula_names`, `sums`: formulas for entries, and which names their sums bind.
- `latex`, `marked`, `latex_trees`, `conditions`, `latex_writing`: the same in LaTeX.
- `answers`, `derivations`: a formula with what stands around it, and chains of formulas.
"""

from __future__ import annotations

from symconv.reading.text.claims import Context, ParsedClaim, parse_claim, read_claim
from symconv.reading.text.declarations import Assumption, Declarations
from symconv.reading.text.files import read_claims
from symconv.reading.text.problems import ParsedAmounts, ParsedProblem, parse_problem, read_problem
from symconv.reading.text.syntax import Passage, TextError

__all__ = [
    "Assumption",
    "Context",
    "Declarations",
    "ParsedAmounts",
    "ParsedClaim",
    "ParsedProblem",
    "Passage",
    "TextError",
    "parse_claim",
    "parse_problem",
    "read_claim",
    "read_claims",
    "read_problem",
]

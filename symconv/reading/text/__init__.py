"""Claims as text, read without evaluating anything; each error points at its place."""

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

"""Which true claims have a certificate that Rocq has accepted, and why the others have none.

The record, `certificates.toml`, is written by `python -m tests.runners.certificates --record`,
which has Rocq check them all.  Nothing is checked here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["RECORD", "Certificates", "recorded"]

RECORD = Path(__file__).with_name("certificates.toml")
"""Where the record is."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """What came of the certificates of claims, by their names.

    Attributes:
        rocq: the version of Rocq that checked them.
        mathcomp: the version of MathComp.
        accepted: the claims whose certificates Rocq has accepted, with a digest of the statement
            that it has accepted.
        refused: those for which symconv writes none, with what it says.
        rejected: those whose certificates Rocq does not accept, with what it says.
        unfinished: those that took more time or memory than they were given, with how much that is.
    """

    rocq: str
    mathcomp: str
    accepted: Mapping[str, str]
    refused: Mapping[str, str]
    rejected: Mapping[str, str]
    unfinished: Mapping[str, str]

    def reason(self, name: str) -> str:
        """Why a claim has no certificate; empty if it has one.

        >>> recorded().reason("two_stride2_layers_eq_one_stride4_layer")
        ''
        """
        if name in self.accepted:
            return ""
        if name in self.refused:
            return self.refused[name]
        if name in self.rejected:
            return f"Rocq does not accept what symconv writes: {self.rejected[name]}"
        if name in self.unfinished:
            return f"Rocq was not done with what symconv writes: {self.unfinished[name]}"
        return "not tried yet"


@cache
def recorded() -> Certificates:
    """The record."""
    read = tomllib.loads(RECORD.read_text(encoding="utf-8"))
    return Certificates(**read)

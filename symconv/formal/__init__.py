"""Formal proofs: the theorems in Rocq, and certificates for claims, which `coqc` checks.

Nothing here decides anything: what Rocq has not accepted is not formally proved.
"""

from symconv.formal.certificates import certificate
from symconv.formal.rocq import NoRocqError, Rocq

__all__ = ["NoRocqError", "Rocq", "certificate"]

"""Formal proofs: the theorems in Rocq, and certificates for claims, which `coqc` checks.

Nothing here decides anything: what Rocq has not accepted is not formally proved.
"""

from symconv.formal.certificates import certificate
from symconv.formal.highlighting import Listing
from symconv.formal.rocq import NoRocqError, RejectedError, Rocq
from symconv.formal.rocq_files import source, statements
from symconv.formal.solved import kernel_certificate
from symconv.formal.theory import check_theory

__all__ = [
    "Listing",
    "NoRocqError",
    "RejectedError",
    "Rocq",
    "certificate",
    "check_theory",
    "kernel_certificate",
    "source",
    "statements",
]

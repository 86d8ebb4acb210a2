"""Rocq for the tests: skipped, with a reason, where it is not installed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence

import pytest

from symconv.formal.rocq import Rocq
from symconv.formal.rocq_files import imports

__all__ = ["evaluated", "needs_rocq"]

needs_rocq = pytest.mark.skipif(
    shutil.which("coqc") is None,
    reason="coqc is not installed: apt-get install coq libcoq-mathcomp-ssreflect "
    "libcoq-mathcomp-algebra libcoq-mathcomp-zify",
)

# MathComp's sums do not compute.  Each operator gets a twin that does, with a proof in the pair
# that it equals the operator of definitions.v.
_TWINS = """
Local Open Scope ring_scope.
Notation seqz := (seq int).
Module Computing.
Definition conv_layer_twin s (k x : seqz) : {y | conv_layer s k x = y}.
Proof. by eexists; rewrite /conv_layer unlock; reflexivity. Defined.
Definition dilated_layer_twin s d (k x : seqz) : {y | dilated_layer s d k x = y}.
Proof. by eexists; rewrite /dilated_layer unlock; reflexivity. Defined.
Definition convolve_twin (a b : seqz) : {y | convolve a b = y}.
Proof. by eexists; rewrite /convolve unlock; reflexivity. Defined.
Definition conv_layer s k x := sval (conv_layer_twin s k x).
Definition dilated_layer s d k x := sval (dilated_layer_twin s d k x).
Definition convolve a b := sval (convolve_twin a b).
Definition pad l r (x : seqz) : seqz := pad l r x.
Definition dilate d (k : seqz) : seqz := dilate d k.
Definition downsample s (x : seqz) : seqz := downsample s x.
Definition flip (x : seqz) : seqz := flip x.
End Computing.
Import Computing.
"""


def evaluated(rocq: Rocq, terms: Sequence[str]) -> list[list[int]]:
    """What Rocq evaluates terms to: sequences of integers, by the operators of definitions.v.

    The file `definitions` has to be checked before.
    """
    lines = [imports(), "From symconv Require Import definitions.", _TWINS]
    for term in terms:
        lines.append('Goal True. idtac "term". Abort.')
        lines.append(f"Eval vm_compute in ({term} : seqz).")
    output = rocq.check("evaluations", "\n".join(lines)).output
    return [_integers(answer) for answer in output.split("term\n")[1:]]


def _integers(answer: str) -> list[int]:
    """The integers of an answer such as `= [:: 3%Z; (-2)%Z] : seqz`."""
    found = re.fullmatch(r"\s*= \[::(.*?)\]\s*: seqz\s*", answer, re.DOTALL)
    assert found, answer
    numbers = [part.strip() for part in found[1].split(";") if part.strip()]
    return [int(re.sub(r"\(|\)|%Z", "", number)) for number in numbers]

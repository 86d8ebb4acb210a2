"""Rocq for the tests: skipped, with a reason, where it is not installed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence

import pytest

from symconv.formal.rocq import Rocq
from symconv.formal.rocq_files import imports

__all__ = ["evaluated", "evaluated_tensors", "needs_rocq"]

needs_rocq = pytest.mark.skipif(
    shutil.which("coqc") is None,
    reason="coqc is not installed: apt-get install coq libcoq-mathcomp-ssreflect "
    "libcoq-mathcomp-algebra libcoq-mathcomp-zify",
)

# MathComp's sums do not compute.  Each operator gets a twin that does, with a proof in the pair
# that it equals the operator of definitions.v.
_SIGNALS = """
From mathcomp Require Import all_ssreflect all_algebra.
From symconv Require Import definitions.
Import GRing.Theory.
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

# Those of tensors.v with sums have twins too.  The entries are in Rocq's integers, which are made
# a ring here, or in MathComp's rational numbers; of these both parts are listed.
_TENSORS = """
From mathcomp Require Import ssrint rat.
Delimit Scope Z_scope with Z.
From symconv Require Import tensors.
Definition to_naturals (n : Z) := (Z.to_nat n, Z.to_nat (- n)).
Definition of_naturals (p : nat * nat) : Z := Z.of_nat p.1 - Z.of_nat p.2.
Lemma there_and_back : cancel to_naturals of_naturals.
Proof. by rewrite /to_naturals /of_naturals => n /=; lia. Qed.
Canonical Z_choiceType := ChoiceType Z (CanChoiceMixin there_and_back).
Canonical Z_zmodType :=
  ZmodType Z (ZmodMixin Z.add_assoc Z.add_comm Z.add_0_l Z.add_opp_diag_l).
Canonical Z_ringType := RingType Z (@ComRingMixin Z_zmodType (Zpos xH) Z.mul
  Z.mul_assoc Z.mul_comm Z.mul_1_l Z.mul_add_distr_r isT).
Canonical Z_comRingType := ComRingType Z Z.mul_comm.
Definition whole (sizes entries : seq Z) : tensor Z_comRingType :=
  build sizes (fun i => nth 0 entries (index i (box sizes))).
Definition fractions (sizes entries : seq Z) : tensor [fieldType of rat] :=
  build sizes (fun i => number (nth 0 entries (index i (box sizes)))).
Definition in_order (x : tensor Z_comRingType) : seq Z :=
  Z.of_nat (size (shape x)) :: shape x ++ data x.
Definition of_int (n : int) : Z :=
  match n with Posz m => Z.of_nat m | Negz m => - Z.of_nat (S m) end.
Definition parts_in_order (x : tensor [fieldType of rat]) : seq Z :=
  Z.of_nat (size (shape x)) :: shape x ++
  flatten [seq [:: of_int (numq q); of_int (denq q)] | q <- data x].
Definition relu : Z -> Z := Z.max 0.
Definition maximum (w : seq Z) : Z := foldr Z.max (head 0 w) w.
Definition larger (p q : rat) : rat := if le_rat p q then q else p.
Definition relu_of_fraction : rat -> rat := larger zeroq.
Definition maximum_of_fractions (w : seq rat) : rat := foldr larger (head zeroq w) w.
Section Twins.
Variable R : comRingType.
Implicit Types k w x : tensor R.
Definition convolve_twin a x k : {y | convolve a x k = y}.
Proof. by eexists; rewrite /convolve unlock; reflexivity. Defined.
Definition correlate_twin a s d k x : {y | correlate a s d k x = y}.
Proof. by eexists; rewrite /correlate unlock; reflexivity. Defined.
Definition conv_twin b ss ds g w x : {y | conv b ss ds g w x = y}.
Proof. by eexists; rewrite /conv unlock; reflexivity. Defined.
Definition einsum_twin sizes output over (xs : seq (seq nat * tensor R)) :
  {y | einsum sizes output over xs = y}.
Proof. by eexists; rewrite /einsum unlock; reflexivity. Defined.
End Twins.
Module Computing.
Definition convolve R a x k := sval (@convolve_twin R a x k).
Definition correlate R a s d k x := sval (@correlate_twin R a s d k x).
Definition conv R b ss ds g w x := sval (@conv_twin R b ss ds g w x).
Definition einsum R sizes output over xs := sval (@einsum_twin R sizes output over xs).
End Computing.
Import Computing.
"""


def evaluated(rocq: Rocq, terms: Sequence[str]) -> list[list[int]]:
    """What Rocq evaluates terms to: sequences of integers, by the operators of definitions.v.

    The file `definitions` has to be checked before.
    """
    return _evaluated(rocq, _SIGNALS, [f"{term} : seqz" for term in terms])


def evaluated_tensors(rocq: Rocq, terms: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """What Rocq evaluates terms to, by the operators of tensors.v: shapes and entries.

    A term is built from tensors `whole sizes entries` or from `fractions sizes entries`, the
    latter if it has `ratio` in it; its entries are then numerators and denominators in turn.
    Functions of entries and windows are `relu` and `maximum`, or those of fractions.
    The file `tensors` has to be checked before.
    """
    asked = [f"{'parts_in_order' if 'ratio' in term else 'in_order'} ({term})" for term in terms]
    found = _evaluated(rocq, f"{imports()}\n{_TENSORS}", asked)
    return [(rest[:rank], rest[rank:]) for rank, *rest in found]


def _evaluated(rocq: Rocq, preamble: str, terms: Sequence[str]) -> list[list[int]]:
    lines = [preamble, "Set Printing Depth 100000."]
    for term in terms:
        lines.append('Goal True. idtac "term". Abort.')
        lines.append(f"Eval vm_compute in ({term}).")
    output = rocq.check("evaluations", "\n".join(lines)).output
    return [_integers(answer) for answer in output.split("term\n")[1:]]


def _integers(answer: str) -> list[int]:
    """The integers of an answer such as `= [:: 3%Z; (-2)%Z] : seqz`."""
    found = re.fullmatch(r"\s*= \[::(.*?)\]\s*: seq\w* ?\w*\s*", answer, re.DOTALL)
    assert found, answer
    numbers = [part.strip() for part in found[1].split(";") if part.strip()]
    return [int(re.sub(r"\(|\)|%Z", "", number)) for number in numbers]

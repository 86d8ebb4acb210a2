(* Formulas in cases: each is the sum of formulas of one case. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia Ring.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_cases tensor_numbers.
From symconv Require Import tensor_changes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Lemma same_entries (R : comRingType) s (f : seq Z -> R) (y : tensor R) :
  shape y = clipped s -> (forall i, inside s i -> f i = y.[i]) -> build s f = y.
Proof.
move=> y_s same_f; apply: equal_tensors => [| i]; rewrite shape_build ?y_s // inside_clipped.
by move=> i_in; rewrite entry_build i_in same_f.
Qed.

Ltac in_cases :=
  rewrite /add /scale; apply: same_entries;
  [ by rewrite !shape_build ?clipped_twice
  | let h := fresh in move=> ? h;
    rewrite !(entry_build, shape_build, inside_clipped) h; clear h;
    lazy beta iota zeta delta [box holds andb orb negb]; rewrite ?big_seq1;
    repeat (match goal with
      | |- context [Z.leb ?a ?b] => case: (Z.leb_spec a b) => ?
      | |- context [Z.ltb ?a ?b] => case: (Z.ltb_spec a b) => ?
      | |- context [Z.eqb ?a ?b] => case: (Z.eqb_spec a b) => ?
      end; try (exfalso; lia); lazy beta iota zeta);
    rewrite ?(mulr0, addr0, add0r, addrA); entries_agree_by ltac:(lia); reflexivity ].

(* Integers and quotients of integers as numbers of a ring: how they are multiplied. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Fixpoint product_of {R : comRingType} (numbers : seq R) : R :=
  match numbers with
  | [::] => 1
  | [:: q] => q
  | q :: rest => q * product_of rest
  end%R.

Lemma number_1 (R : ringType) : number 1 = 1%R :> R.
Proof. by []. Qed.

Lemma number_opposite (R : ringType) n : number (- n) = (- number n)%R :> R.
Proof. by case: n => [| p | p] /=; rewrite ?oppr0 ?opprK. Qed.

Lemma number_product (R : ringType) a b : number (a * b) = (number a * number b)%R :> R.
Proof.
by case: a b => [| a | a] [| b | b] /=;
  rewrite ?mul0r ?mulr0 ?Pos2Nat.inj_mul ?natrM ?mulNr ?mulrN ?opprK.
Qed.

Section Ratios.
Variable R : fieldType.

Lemma number_as_ratio n : number n = ratio n 1 :> R.
Proof. by rewrite /ratio /= divr1. Qed.

Lemma ratio_product p q r s : (ratio p q * ratio r s = ratio (p * r) (q * s) :> R)%R.
Proof. by rewrite /ratio !number_product invfM mulrACA. Qed.

(* Equal products across, where numbers that are not zero are not zero in the field. *)
Lemma equal_ratios p q r s : (forall n, n <> 0 -> number n <> 0%R :> R) ->
  q <> 0 -> s <> 0 -> p * s = r * q -> ratio p q = ratio r s :> R.
Proof.
move=> nonzero /nonzero /eqP q_ne /nonzero /eqP s_ne across.
by apply/eqP; rewrite /ratio eqr_div // -!number_product across.
Qed.

End Ratios.

Ltac equal_numbers :=
  lazy beta iota delta [product_of];
  rewrite -?number_1 -?number_product; congr number; lia.

Ltac equal_quotients nonzero :=
  lazy beta iota delta [product_of];
  rewrite -?number_1 ?number_as_ratio ?ratio_product;
  apply: (equal_ratios nonzero); first [lia | nia | ring].

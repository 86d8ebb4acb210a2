(* Sums taken apart: by conditions on the integers that they run over, into those that are sums of
   the other side and those that are nothing. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Section Cases.
Variable R : comRingType.
Implicit Types (s t : sum R) (c : seq Z -> seq Z -> bool).

(* The summands of s for which c holds too. *)
Definition piece c s : sum R :=
  Sum (sizes s) (fun i v => c i v :: conditions s i v) (summand s).

(* Those for which the first of the conditions holds, then of the others those for which the second
   does, and so on; those for which none holds come last. *)
Fixpoint pieces (cs : seq (seq Z -> seq Z -> bool)) s : seq (sum R) :=
  if cs is c :: rest then piece c s :: pieces rest (piece (fun i v => ~~ c i v) s) else [:: s].

Lemma value_piece c s i :
  value s i = (value (piece c s) i + value (piece (fun i v => ~~ c i v) s) i)%R.
Proof.
rewrite /value -big_split; apply: eq_bigr => v _ /=.
by case: (c i v); rewrite ?addr0 ?add0r.
Qed.

Lemma value_pieces cs s i : value s i = (\sum_(t <- pieces cs s) value t i)%R.
Proof.
elim: cs s => [| c cs IH] s /=; first by rewrite big_seq1.
by rewrite big_cons (value_piece c) -IH.
Qed.

(* The sums of a tensor, each in pieces by conditions of its own. *)
Fixpoint by_cases (css : seq (seq (seq Z -> seq Z -> bool))) (sums : seq (sum R)) : seq (sum R) :=
  match css, sums with
  | cs :: css', s :: sums' => pieces cs s ++ by_cases css' sums'
  | _, _ => sums
  end.

Lemma expands_by_cases css (x : tensor R) sums : expands x sums -> expands x (by_cases css sums).
Proof.
move=> x_is i i_in; rewrite x_is // !totalE {x_is}.
elim: css sums => [| cs css IH] [| s sums] //=.
by rewrite big_cons big_cat -IH (value_pieces cs).
Qed.

(* A sum is nothing if no integers satisfy its conditions, or if all that it adds up is zero. *)
Lemma no_summands s i a : sizes s = a ->
  (forall v, inside a v -> holds (conditions s i v) -> summand s i v = 0%R) -> value s i = 0%R.
Proof.
move=> <- zero; rewrite /value big_seq big1 // => v; rewrite mem_box => v_in.
by case: ifP => // v_ok; apply: zero.
Qed.

Lemma nothing_left (a b c : R) : a = 0%R -> b = c -> (a + b = c)%R.
Proof. by move=> -> ->; rewrite add0r. Qed.
Lemma nothing_right (a b c : R) : b = 0%R -> a = c -> a = (b + c)%R.
Proof. by move=> -> ->; rewrite add0r. Qed.
Lemma both_nothing (a b : R) : a = 0%R -> b = 0%R -> a = b.
Proof. by move=> -> ->. Qed.

End Cases.

(* What conditions say. *)
Lemma unequal_first a b cs : holds (~~ (a =? b) :: cs) -> a <> b /\ holds cs.
Proof. by move=> /andP [/negPf /Z.eqb_neq]. Qed.
Lemma at_most_first a b cs : holds ((a <=? b) :: cs) -> a <= b /\ holds cs.
Proof. by move=> /andP [/Z.leb_le]. Qed.
Lemma above_first a b cs : holds (~~ (a <=? b) :: cs) -> b < a /\ holds cs.
Proof. by move=> /andP [/negPf /Z.leb_gt]. Qed.

Lemma holds_unequal a b cs : a <> b -> holds cs -> holds (~~ (a =? b) :: cs).
Proof. by move=> /Z.eqb_neq /= ->. Qed.
Lemma holds_at_most a b cs : a <= b -> holds cs -> holds ((a <=? b) :: cs).
Proof. by move=> /Z.leb_le /= ->. Qed.
Lemma holds_above a b cs : b < a -> holds cs -> holds (~~ (a <=? b) :: cs).
Proof. by move=> /Z.leb_gt /= ->. Qed.

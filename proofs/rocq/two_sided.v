(* The same for two-sided signals, which have an entry at every integer. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers composition.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TwoSided.

Variable R : comRingType.
Implicit Types (k x : seq R) (X : int -> R) (s : nat).

Theorem two_sided_layers_eq_one_layer s1 s2 k1 k2 X (u : int) : (0 < s1)%N ->
  two_sided_layer s2 k2 (two_sided_layer s1 k1 X) u
  = two_sided_layer (s1 * s2) (convolve k1 (dilate s1 k2)) X u.
Proof.
move=> s1_gt0; pose Y (t : nat) := X ((s1 * s2)%N%:Z * u + t%:Z).
rewrite /two_sided_layer -(@sum_of_sums _ _ _ _ Y) //; apply: eq_bigr => i _; congr (_ * _).
by apply: eq_bigr => j _; rewrite /Y !PoszD !PoszM mulrDr mulrA addrA.
Qed.

(* A layer on a padded signal reads the signal continued by zeros. *)
Theorem padded_layer_eq_two_sided_layer s l r k x (u : nat) :
    (u < size (conv_layer s k (pad l r x)))%N ->
  (conv_layer s k (pad l r x))`_u = two_sided_layer s k (zero_extended l x) u.
Proof.
move=> u_lt; rewrite nth_conv_layer //; apply: eq_big_nat => j j_lt; congr (_ * _).
rewrite nth_pad /zero_extended ?PoszD ?PoszM //.
by move: u_lt; rewrite size_conv_layer => /outputs_inside; lia.
Qed.

End TwoSided.

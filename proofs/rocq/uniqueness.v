(* The outputs of a layer determine its kernel. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers composition.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Uniqueness.

Variable R : comRingType.
Implicit Types (k x : seq R) (s : nat).

Lemma sum_of_one k j (F : nat -> R) : (j < size k)%N ->
    (forall i, (i < size k)%N -> F i = (i == j)%:R) ->
  \sum_(0 <= i < size k) k`_i * F i = k`_j.
Proof.
move=> j_lt F_eq; rewrite (bigD1_seq j) ?iota_uniq ?mem_index_iota //= F_eq // eqxx mulr1.
rewrite big_seq_cond big1 ?addr0 // => i; rewrite mem_index_iota => /andP[i_lt i_j].
by rewrite F_eq ?(negPf i_j) ?mulr0.
Qed.

(* Of the kernels of one size, only one has these outputs: inputs of that size tell them apart. *)
Theorem layer_determines_kernel s k k' : size k = size k' ->
    (forall x, size x = size k -> conv_layer s k x = conv_layer s k' x) ->
  k = k'.
Proof.
move=> sizes same; apply: (@eq_from_nth _ 0) => // j j_lt.
pose x : seq R := mkseq (fun i => (i == j)%:R) (size k).
have output h : size h = size k -> (conv_layer s h x)`_0 = h`_j.
  move=> size_h; rewrite nth_conv_layer ?size_conv_layer ?size_mkseq /outputs ?size_h ?leqnn //.
  rewrite -size_h; apply: sum_of_one => [|i i_lt]; first by rewrite size_h.
  by rewrite muln0 nth_mkseq -?size_h.
by rewrite -!output ?same ?size_mkseq.
Qed.

(* The same for a layer on padded inputs, whatever the padding. *)
Theorem padded_layer_determines_kernel s l r k k' : (0 < s)%N -> size k = size k' ->
    (forall x, conv_layer s k (pad l r x) = conv_layer s k' (pad l r x)) ->
  k = k'.
Proof.
move=> s_gt0 sizes same; apply: (@eq_from_nth _ 0) => // j j_lt.
pose u := absz l; pose n := (s * u + size k + absz l + absz r)%N.
have l_le : (absz l <= s * u)%N by rewrite leq_pmull.
pose x : seq R := mkseq (fun i => (i == absz ((s * u + j)%N%:Z - l))%:R) n.
have output h : size h = size k -> (conv_layer s h (pad l r x))`_u = h`_j.
  move=> size_h; have fits : (s * u + size h <= size (pad l r x))%N.
    have := size_pad l r x; rewrite size_h [size x](size_mkseq _ n) /n.
    by move: (size k) (s * u)%N (size (pad l r x)) => c m ?; lia.
  rewrite nth_conv_layer; last first.
    by rewrite size_conv_layer lt_outputs // size_h (leq_ltn_trans _ j_lt).
  apply: sum_of_one => [|i i_lt]; first by rewrite size_h.
  rewrite nth_pad; last by lia.
  have [m m_eq] : exists m, (s * u + i)%N%:Z - l = Posz m.
    by exists (absz ((s * u + i)%N%:Z - l)); lia.
  rewrite m_eq /= nth_mkseq; first by congr (nat_of_bool _)%:R; lia.
  by rewrite /n; move: i_lt; rewrite size_h; move: (size k) => c; lia.
by rewrite -!output ?same.
Qed.

Theorem k4_is_unique l r k k4 : k != [::] -> size k4 = (3 * size k - 2)%N ->
    (forall x, conv_layer 2 k (conv_layer 2 k (pad l r x)) = conv_layer 4 k4 (pad l r x)) ->
  k4 = convolve k (dilate 2 k).
Proof.
move=> k_nonempty size_eq same.
apply: (@padded_layer_determines_kernel 4 l r) => // [|x]; first by rewrite size_k4.
by rewrite -same two_stride2_layers_eq_one_stride4_layer.
Qed.

End Uniqueness.

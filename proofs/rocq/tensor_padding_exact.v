(* Padding between layers is harmless only where tensor_padding.v says so: one axis, one channel. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
From symconv Require Import tensor_composition tensor_kernels tensor_uniqueness tensor_padding.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Section Exact.
Variable R : comRingType.
Implicit Types (w x : tensor R).

Lemma shape_impulse sizes p : clipped sizes = sizes -> shape (impulse R sizes p) = sizes.
Proof. by rewrite shape_build. Qed.

(* A kernel that picks tap j, on an input that is 1 at e and 0 elsewhere. *)
Lemma output_at_impulse s c n l r j e v :
  0 <= l -> 0 <= r -> 0 <= j < c -> 0 <= e < n ->
  0 <= v < windows_in s 1 c (n + l + r) -> s * v + j - l = e ->
  (conv 0 [:: s] [:: 1] 1 (impulse R [:: 1; 1; c] [:: 0; 0; j])
    (pads 1 [:: l] [:: r] (impulse R [:: 1; n] [:: 0; e]))).[[:: 0; v]] = 1%R.
Proof.
move=> l_ge r_ge j_in e_in v_in read.
have ok : amounts 1 [:: l] [:: r] by apply: amounts_add.
have w_shape : shape (impulse R [:: 1; 1; c] [:: 0; 0; j]) = [:: 1; 1; c].
  by apply: shape_impulse; rewrite /clipped; repeat (apply: equal_lists; first lia).
have x_shape : shape (impulse R [:: 1; n] [:: 0; e]) = [::] ++ 1 :: [:: n].
  by apply: shape_impulse; rewrite /clipped; repeat (apply: equal_lists; first lia).
have x_shape' := shape_pads_behind (ns := [::]) (xs := [:: n]) erefl ok x_shape.
have v_inside :
    inside (windows_along [:: s] [:: 1] [:: c] (plus (plus [:: n] [:: l]) [:: r])) [:: v].
  exact: inside_and.
have := entry_conv (ns := [::]) (ms := [::]) 1 0 erefl x_shape' w_shape isT v_inside.
rewrite !cat0s => ->; rewrite (_ : range 1 = [:: 0]) // big_seq1.
have tap_in : inside [:: 1; 1; c] [:: 0; 0; j] by do 2!apply: inside_and => //; apply: inside_and.
have one_in : inside [:: 1; n] [:: 0; e] by apply: inside_and => //; apply: inside_and.
rewrite (sum_alone (i := [:: j])) ?uniq_box //.
- rewrite (entry_pads_behind (ms := [::]) _ _ erefl ok) //.
  have -> : minus (places [:: s] [:: 1] [:: v] [:: j]) [:: l] = [:: e].
    by rewrite -read -[in RHS](Z.mul_1_l j).
  by rewrite !entry_impulse // !eqxx mulr1.
- by rewrite mem_box; apply: inside_and.
move=> i _ /eqP i_ne; rewrite (entry_impulse _ _ tap_in).
by case: eqP => [[/esym/i_ne] | _] //; rewrite mul0r.
Qed.

(* For layers of one axis, one channel and dilation 1, and inputs with an entry. *)
Theorem padding_is_harmless_iff s c n l r p q :
    0 < s -> 0 < c -> 0 < n -> 0 <= l -> 0 <= r -> 0 <= p -> 0 <= q ->
  (forall w x, shape w = [:: 1; 1; c] -> shape x = [:: 1; n] ->
    pads 1 [:: p] [:: q] (conv 0 [:: s] [:: 1] 1 w (pads 1 [:: l] [:: r] x))
    = conv 0 [:: s] [:: 1] 1 w (pads 1 [:: l + s * p] [:: r + s * q] x))
  <-> (p = 0 \/ c - 1 < l + s) /\ (q = 0 \/ n + l <= s * windows_in s 1 c (n + l + r)).
Proof.
move=> s_gt0 c_gt0 n_gt0 l_ge r_ge p_ge q_ge.
have lr_ok : amounts 1 [:: l] [:: r] by apply: amounts_add.
have pq_ok : amounts 1 [:: p] [:: q] by apply: amounts_add.
split=> [agree | [front behind] w x w_shape x_shape]; last first.
  have layer : is_layer 1 [:: s] [:: 1] w.
    rewrite /is_layer w_shape /positive /=.
    by do 2!(case: Z.ltb_spec; first move=> _; last lia).
  apply: (@padded_output_eq_output_of_padded_input _ 1 _ _ _ _ _ [::] 1 [:: n]) => //.
  - by move=> [| a] // _; rewrite w_shape [drop _ _]/= Z.mul_1_l.
  by move=> [| a] // _; rewrite w_shape.
set m := windows_in s 1 c (n + l + r) in agree *.
have sp_ge := Z.mul_nonneg_nonneg s p; have sq_ge := Z.mul_nonneg_nonneg s q.
have more : windows_in s 1 c (n + (l + s * p) + (r + s * q)) = m + (p + q).
  rewrite /m /windows_in.
  have -> : n + (l + s * p) + (r + s * q) - 1 * (c - 1) - 1
      = n + l + r - 1 * (c - 1) - 1 + (p + q) * s by ring.
  by rewrite Z.div_add; lia.
have more_ok : amounts 1 [:: l + s * p] [:: r + s * q] by apply: amounts_add => //; lia.
have shapes w x : shape w = [:: 1; 1; c] -> shape x = [:: 1; n] ->
    shape (conv 0 [:: s] [:: 1] 1 w (pads 1 [:: l] [:: r] x)) = [:: 1; Z.max 0 m] /\
    Z.max 0 m + p + q = Z.max 0 (m + (p + q)).
  move=> w_shape x_shape.
  have y_shape := shape_pads_behind (ns := [::]) (xs := [:: n]) erefl lr_ok x_shape.
  have z_shape := shape_conv (ns := [::]) [:: s] [:: 1] 1 erefl y_shape w_shape.
  have y_shape' := shape_pads_behind (ns := [::]) (xs := [:: n]) erefl more_ok x_shape.
  have z_shape' := shape_conv (ns := [::]) [:: s] [:: 1] 1 erefl y_shape' w_shape.
  split; first exact: z_shape.
  have := congr1 shape (agree w x w_shape x_shape).
  rewrite (shape_pads_behind (ns := [::]) (xs := [:: Z.max 0 m]) erefl pq_ok z_shape).
  by rewrite [RHS]z_shape' -more => -[->].
have w_shape j : shape (impulse R [:: 1; 1; c] [:: 0; 0; j]) = [:: 1; 1; c].
  by apply: shape_impulse; rewrite /clipped; repeat (apply: equal_lists; first lia).
have x_shape e : shape (impulse R [:: 1; n] [:: 0; e]) = [:: 1; n].
  by apply: shape_impulse; rewrite /clipped; repeat (apply: equal_lists; first lia).
have [_ sizes] := shapes _ _ (w_shape 0) (x_shape 0).
have probe j e v : 0 <= j < c -> 0 <= e < n -> 0 <= v < m + (p + q) ->
    s * v + j - (l + s * p) = e -> 0 <= v - p < m.
  move=> j_in e_in v_in read.
  have [y_shape _] := shapes _ _ (w_shape j) (x_shape e).
  have := congr1 (fun y => y.[[:: 0; v]]) (agree _ _ (w_shape j) (x_shape e)) => /=.
  rewrite output_at_impulse ?more //; [| lia | lia].
  rewrite (entry_pads_behind (ms := [::]) 0 (v := [:: v]) _ erefl pq_ok) //.
  case: (boolP (inside [:: 1; Z.max 0 m] [:: 0; v - p])) => [| outside].
    by case/inside_parts=> _ [_ [[<- <-] [_ /inside_parts [_ [_ [[<- _] [? _]]]]]]]; lia.
  by rewrite entry_outside ?y_shape // => /esym/eqP; rewrite oner_eq0.
have m_large : m * s >= n + l + r - (c - 1).
  have := Z.mul_succ_div_gt (n + l + r - 1 * (c - 1) - 1) s s_gt0.
  rewrite /m /windows_in; lia.
split.
  case: (Z.eq_dec p 0) => [-> | p_ne]; [by left | right].
  case: (Z.lt_ge_cases (c - 1) (l + s)) => // wide.
  by have := probe (l + s) 0 (p - 1); lia.
case: (Z.eq_dec q 0) => [-> | q_ne]; [by left | right].
case: (Z.le_gt_cases (n + l) (s * m)) => // short.
have := probe (Z.max 0 (l - s * m)) (Z.max 0 (s * m - l)) (p + m); rewrite Z.mul_add_distr_l; lia.
Qed.

(* The most frequent case: stride 1, and l and p zeros on both sides. *)
Theorem padding_of_stride_1_is_harmless_iff c n l p :
    0 < c -> 0 < n -> 0 <= l -> 0 <= p ->
  (forall w x, shape w = [:: 1; 1; c] -> shape x = [:: 1; n] ->
    pads 1 [:: p] [:: p] (conv 0 [:: 1] [:: 1] 1 w (pads 1 [:: l] [:: l] x))
    = conv 0 [:: 1] [:: 1] 1 w (pads 1 [:: l + 1 * p] [:: l + 1 * p] x))
  <-> p = 0 \/ c - 1 <= l.
Proof.
move=> c_gt0 n_gt0 l_ge p_ge; have one_gt0 : 0 < 1 by lia.
have [forth back] := padding_is_harmless_iff one_gt0 c_gt0 n_gt0 l_ge l_ge p_ge p_ge.
move: forth back; rewrite /windows_in Z.div_1_r => forth back.
by split=> [/forth | ?]; [lia | apply: back; lia].
Qed.

End Exact.

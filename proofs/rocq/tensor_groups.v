(* A layer with groups is a layer with fewer groups, and a kernel that is zero outside blocks. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
From symconv Require Import tensor_composition.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Section Groups.
Variable R : comRingType.
Implicit Types (w x : tensor R) (ss ds : seq Z).

(* The kernel for g groups of a layer with g h groups: a block of `a` channels out of h, for each
   output its own; the shape of w is (O, a, ...). *)
Definition blocks (g h : Z) w : tensor R :=
  let outputs := component (shape w) 0 in
  let a := component (shape w) 1 in
  build [:: outputs, h * a & drop 2 (shape w)]
    (fun k => let o := component k 0 in let q := component k 1 in
      if q / a =? (o / (outputs / (g * h))) mod h then w.[[:: o, q mod a & drop 2 k]] else 0)%R.

(* A sum over h blocks of a terms of which all are zero but those of block c. *)
Lemma sum_of_one_block h a c (F : Z -> R) : 0 <= c < h ->
  (forall q, 0 <= q < h * a -> q / a <> c -> F q = 0%R) ->
  (\sum_(q <- range (h * a)) F q = \sum_(q <- range a) F (c * a + q)%Z)%R.
Proof.
move=> c_in others; rewrite -(big_map (fun q => c * a + q) xpredT F).
rewrite (bigID (fun q => q / a == c)) /= [X in (_ + X)%R]big_seq_cond [X in (_ + X)%R]big1.
  rewrite addr0 -big_filter; apply: perm_big; apply: uniq_perm.
    - by rewrite filter_uniq ?uniq_range.
    - by rewrite map_inj_uniq ?uniq_range // => i j; lia.
  move=> q; rewrite mem_filter; apply/andP/mapP => [[/eqP q_block /mem_rangeP q_in] | [i]].
    have a_gt0 : 0 < a by nia.
    exists (q mod a); first by apply/mem_rangeP/Z.mod_pos_bound.
    by have := Z_div_mod_eq_full q a; rewrite q_block; lia.
  move=> /mem_rangeP i_in ->; split; first by rewrite Z.div_add_l ?Z.div_small ?Z.add_0_r //; lia.
  apply/mem_rangeP; nia.
by move=> q /andP [/mem_rangeP q_in /eqP]; apply: others.
Qed.

Lemma shape_blocks g h w O a cs : 0 <= h -> shape w = [:: O, a & cs] ->
  shape (blocks g h w) = [:: O, h * a & cs].
Proof.
move=> h_ge w_shape; have := shape_nonnegative w; rewrite w_shape => -[O_ok a_ok cs_ok].
rewrite shape_build w_shape /= drop0 -/(clipped _) -O_ok -cs_ok.
have ? := Z.mul_nonneg_nonneg h a; congr [:: _, _ & _]; lia.
Qed.

Theorem layer_with_groups_eq_layer_with_blocks r ss ds g h w x ns C xs O a cs :
    shape w = [:: O, a & cs] -> shape x = ns ++ C :: xs -> size cs = r -> size xs = r ->
    0 < g -> 0 < h -> O mod (g * h) = 0 ->
  conv (size ns) ss ds (g * h) w x = conv (size ns) ss ds g (blocks g h w) x.
Proof.
move=> w_shape x_shape size_cs size_xs g_gt0 h_gt0 divides.
have gh_gt0 := Z.mul_pos_pos g h g_gt0 h_gt0.
have k_shape := shape_blocks g (Z.lt_le_incl 0 h h_gt0) w_shape.
apply: (equal_by_parts (shape_conv ss ds (g * h) (erefl _) x_shape w_shape)).
  exact: shape_conv x_shape k_shape.
move=> ms o u ms_in o_in; rewrite inside_clipped => u_in.
rewrite (entry_conv (g * h) o (erefl _) x_shape w_shape ms_in u_in).
rewrite (entry_conv g o (erefl _) x_shape k_shape ms_in u_in).
set p := O / (g * h); have O_is : O = g * h * p by apply: Z_div_exact_2; lia.
have p_gt0 : 0 < p.
  by case: (Z.le_gt_cases p 0) => // p_le; have := Z.mul_nonneg_nonpos (g * h) p; lia.
have Og_is : O / g = p * h by rewrite O_is -Z.mul_assoc (Z.mul_comm g) Z.div_mul; lia.
have c_in := Z.mod_pos_bound (o / p) h h_gt0.
have k_entries q j : 0 <= q < h * a -> inside cs j -> (blocks g h w).[[:: o, q & j]]
    = (if q / a =? (o / p) mod h then w.[[:: o, q mod a & j]] else 0)%R.
  move=> q_in j_in; rewrite entry_build w_shape /= !drop0.
  by have /= -> := inside_and o_in (inside_and q_in j_in).
rewrite (sum_of_one_block c_in).
  apply: eq_big_seq => q /mem_rangeP q_in; apply: eq_big_seq => j; rewrite mem_box => j_in.
  set k := (o / p) mod h * a + q; have k_block : k / a = (o / p) mod h.
    by rewrite /k Z.div_add_l ?(Z.div_small q) ?Z.add_0_r //; lia.
  have k_rest : k mod a = q by have := Z_div_mod_eq_full k a; rewrite k_block /k; lia.
  have k_in : 0 <= k < h * a by rewrite /k; nia.
  rewrite k_entries // k_block Z.eqb_refl k_rest Og_is -Z.div_div; [| lia | lia].
  congr (_ * x.[_ ++ _ :: _])%R; rewrite /k.
  by have := Z_div_mod_eq_full (o / p) h; move: (_ / h) (_ mod h) => y z ->; ring.
move=> q q_in q_block; rewrite big_seq big1 // => j; rewrite mem_box => j_in.
rewrite k_entries //; case: (Z.eqb_spec (q / a) ((o / p) mod h)) => // _.
by rewrite mul0r.
Qed.

(* So layers with different numbers of groups are one layer, with a divisor of both. *)
Theorem two_layers_with_any_groups_eq_one_layer r ss1 ss2 ds1 ds2 g h1 h2 w1 w2 x ns C xs :
    is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 -> shape x = ns ++ C :: xs -> size xs = r ->
    0 < g -> 0 < h1 -> 0 < h2 ->
    component (shape w1) 0 mod (g * h1) = 0 -> component (shape w2) 0 mod (g * h2) = 0 ->
    g = 1 \/ h2 * component (shape w2) 1 = component (shape w1) 0 / g ->
  conv (size ns) ss2 ds2 (g * h2) w2 (conv (size ns) ss1 ds1 (g * h1) w1 x)
  = conv (size ns) (times ss1 ss2) (nseq r 1) g
      (merged ds1 (times ss1 ds2) g (blocks g h1 w1) (blocks g h2 w2)) x.
Proof.
move=> layer1 layer2 x_shape size_xs g_gt0 h1_gt0 h2_gt0.
have [O1 [a1 [cs1 [w1_shape size_cs1 size_ss1 size_ds1 _]]]] := is_layer_parts layer1.
have [O2 [a2 [cs2 [w2_shape size_cs2 size_ss2 size_ds2 _]]]] := is_layer_parts layer2.
have k1_shape := shape_blocks g (Z.lt_le_incl 0 h1 h1_gt0) w1_shape.
have k2_shape := shape_blocks g (Z.lt_le_incl 0 h2 h2_gt0) w2_shape.
rewrite {1 2}w1_shape {1 2}w2_shape => divides1 divides2 groups_ok.
rewrite (layer_with_groups_eq_layer_with_blocks ss1 ds1 w1_shape x_shape size_cs1) //.
have y_shape := shape_conv ss1 ds1 g (erefl _) x_shape k1_shape.
rewrite (layer_with_groups_eq_layer_with_blocks ss2 ds2 w2_shape y_shape size_cs2) //.
  apply: two_layers_of_any_rank_eq_one_layer.
  - by move: layer1; rewrite /is_layer w1_shape k1_shape.
  - by move: layer2; rewrite /is_layer w2_shape k2_shape.
  - by rewrite x_shape size_cat /= size_xs.
  by rewrite k1_shape k2_shape.
by rewrite size_map size_windows_along ?size_cs1 ?size_xs.
Qed.

End Groups.

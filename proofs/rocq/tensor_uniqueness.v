(* The kernel of a layer with channels, of any rank, is determined by what the layer does. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
From symconv Require Import tensor_composition tensor_kernels.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Lemma windows_in_positive s d c n : 0 < s -> 0 < windows_in s d c n -> d * (c - 1) < n.
Proof. by move=> s_gt0 /(windows_in_le s_gt0); rewrite Z.mul_0_r. Qed.

Lemma inputs_positive ss ds cs ns :
  size ss = size cs -> size ds = size cs -> size ns = size cs ->
  positive ss -> positive ds -> positive cs -> positive (windows_along ss ds cs ns) -> positive ns.
Proof.
elim: cs ss ds ns => [| c cs IH] [| s ss] [| d ds] [| n ns] //.
move=> [size_ss] [size_ds] [size_ns] /andP [/Z.ltb_lt s_gt0 ss_ok] /andP [/Z.ltb_lt d_gt0 ds_ok].
move=> /andP [/Z.ltb_lt c_gt0 cs_ok] /andP [/Z.ltb_lt outputs rest].
rewrite positive_cons (IH ss ds ns) // andbT; apply/Z.ltb_lt.
have := windows_in_positive s_gt0 outputs.
have : 0 <= d * (c - 1) by apply: Z.mul_nonneg_nonneg; lia.
lia.
Qed.

Lemma positive_cat v w : positive (v ++ w) = positive v && positive w.
Proof. exact: all_cat. Qed.

Lemma size_times v w : size v = size w -> size (times v w) = size w.
Proof. by move=> vw; rewrite size_map size_zip vw minnn. Qed.

Lemma positive_times v w : positive v -> positive w -> positive (times v w).
Proof.
elim: v w => [| i v IH] [| j w] // /andP [/Z.ltb_lt i_gt0 v_ok] /andP [/Z.ltb_lt j_gt0 w_ok].
by apply/andP; split; [apply/Z.ltb_lt; apply: Z.mul_pos_pos | apply: IH].
Qed.

Lemma size_reaches es fs cs hs : size es = size cs -> size fs = size cs -> size hs = size cs ->
  size (reaches es fs cs hs) = size cs.
Proof.
by elim: cs es fs hs => [| c cs IH] [| e es] [| f fs] [| h hs] //= [?] [?] [?]; rewrite IH.
Qed.

Section Uniqueness.
Variable R : comRingType.
Implicit Types (v w x : tensor R) (ss ds : seq Z).

(* Inputs of one shape are enough, if there is an output; the layer reads all channels of the kernel
   if they are there. *)
Theorem layer_of_any_rank_determines_kernel r ss ds g v w ns C xs :
    is_layer r ss ds w -> shape v = shape w -> size xs = r ->
    0 < g -> component (shape w) 0 mod g = 0 -> g * component (shape w) 1 <= C ->
    positive ns -> positive (windows_along ss ds (drop 2 (shape w)) xs) ->
    (forall x, shape x = ns ++ C :: xs ->
      conv (size ns) ss ds g v x = conv (size ns) ss ds g w x) ->
  v = w.
Proof.
move=> layer v_shape size_xs g_gt0 divides channels ns_ok outputs agree.
have [O [a [cs [w_shape size_cs size_ss size_ds]]]] := is_layer_parts layer.
case/and3P=> ss_ok ds_ok cs_ok.
have cs_is : drop 2 (shape w) = cs by rewrite w_shape /= drop0.
rewrite cs_is in outputs; have determined :=
  layer_at_impulses_determines_kernel layer v_shape size_xs g_gt0 divides channels ns_ok.
apply: (determined (zeros (size (windows_along ss ds cs xs)))); rewrite cs_is.
  exact: zeros_inside.
move=> q j q_in j_in; apply: agree; have xs_ok : positive xs.
  by apply: (@inputs_positive ss ds cs); rewrite ?size_cs.
by rewrite shape_build clipped_cat /= -/(clipped _) !clipped_positive // Z.max_r //; lia.
Qed.

Lemma merged_is_layer r ss1 ds1 ss2 ds2 g w1 w2 :
  is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 ->
  is_layer r (times ss1 ss2) (nseq r 1) (merged ds1 (times ss1 ds2) g w1 w2).
Proof.
case/is_layer_parts=> O1 [a1 [cs1 [w1_shape size_cs1 size_ss1 size_ds1 /and3P [ss1_ok ds1_ok ?]]]].
case/is_layer_parts=> O2 [a2 [cs2 [w2_shape size_cs2 size_ss2 size_ds2 /and3P [ss2_ok ds2_ok ?]]]].
have ones_ok : positive (nseq r 1) by rewrite /positive all_nseq orbT.
case: (@reaches_positive ss1 (nseq r 1) ds1 ds2 ds1 (times ss1 ds2) cs1 cs2);
  rewrite ?size_cs1 ?times_ones ?size_times ?size_ss1 //.
move=> reaches_ok _; rewrite /is_layer ones_ok positive_times //.
rewrite size_times ?size_ss1 // size_nseq shape_build w1_shape w2_shape /= !drop0 -/(clipped _).
rewrite clipped_positive // reaches_ok size_reaches ?size_times ?size_cs1 ?size_ss1 //.
by rewrite size_ss2 !eqxx.
Qed.

(* The merged kernel is the only kernel of its shape that merges the two layers. *)
Theorem merged_kernel_is_unique r ss1 ss2 ds1 ds2 g k w1 w2 ns C xs :
    is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 -> size xs = r ->
    g = 1 \/ component (shape w2) 1 = component (shape w1) 0 / g ->
    0 < g -> component (shape w2) 0 mod g = 0 -> g * component (shape w1) 1 <= C ->
    positive ns ->
    let K := merged ds1 (times ss1 ds2) g w1 w2 in
    positive (windows_along (times ss1 ss2) (nseq r 1) (drop 2 (shape K)) xs) ->
    shape k = shape K ->
    (forall x, shape x = ns ++ C :: xs ->
      conv (size ns) ss2 ds2 g w2 (conv (size ns) ss1 ds1 g w1 x)
      = conv (size ns) (times ss1 ss2) (nseq r 1) g k x) ->
  k = K.
Proof.
move=> layer1 layer2 size_xs groups_ok g_gt0 divides channels ns_ok K outputs k_shape agree.
have [O1 [a1 [cs1 [w1_shape _ _ _ _]]]] := is_layer_parts layer1.
have [O2 [a2 [cs2 [w2_shape _ _ _ _]]]] := is_layer_parts layer2.
have [[O2_ok] _] := @clipped_shape _ w2 [:: O2] _ w2_shape.
have [[_ a1_ok] _] := @clipped_shape _ w1 [:: O1; a1] _ w1_shape.
have layerK := merged_is_layer g layer1 layer2.
have K_divides : component (shape K) 0 mod g = 0.
  by move: divides; rewrite shape_build w2_shape /= O2_ok.
have K_channels : g * component (shape K) 1 <= C.
  by move: channels; rewrite shape_build w1_shape /= a1_ok.
have determined := layer_of_any_rank_determines_kernel layerK k_shape size_xs g_gt0.
apply: (determined _ _ K_divides K_channels ns_ok).
  exact: outputs.
move=> x x_shape; rewrite -agree // (two_layers_of_any_rank_eq_one_layer layer1 layer2) //.
by rewrite x_shape size_cat /= size_xs.
Qed.

End Uniqueness.

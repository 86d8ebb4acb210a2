(* Axes rearranged and put back; pixel shuffle. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* --- the values that an index gives to names --- *)

Definition nonnegative (v : seq Z) : bool := all (fun n => 0 <=? n) v.

Lemma component_nonnegative sizes a : nonnegative sizes -> 0 <= component sizes a.
Proof.
move=> /allP ge; case: (ltnP a (size sizes)) => [a_lt | ?]; last by rewrite nth_default //; lia.
by apply/Z.leb_le; apply: ge; rewrite mem_nth.
Qed.

Lemma grouped_nonnegative sizes groups :
  nonnegative sizes -> all nonnegative (grouped sizes groups).
Proof.
move=> ge; rewrite /grouped all_map; apply/allP => g _ /=; rewrite /nonnegative all_map.
by apply/allP => a _ /=; apply/Z.leb_le; apply: component_nonnegative.
Qed.

(* Values of names that are inside their sizes. *)
Definition values_inside (sizes : seq Z) (names : seq nat) (f : nat -> Z) : Prop :=
  forall a, a \in names -> 0 <= f a < component sizes a.

Lemma inside_map sizes names f : values_inside sizes names f ->
  inside [seq component sizes a | a <- names] [seq f a | a <- names].
Proof.
elim: names => [| a names IH] // f_in; apply: inside_and; first by apply: f_in; rewrite inE eqxx.
by apply: IH => b b_in; apply: f_in; rewrite inE b_in orbT.
Qed.

Lemma position_of_map names f a : a \in names -> position_of names [seq f b | b <- names] a = f a.
Proof.
elim: names => [| b names IH] //=; rewrite inE; case: (Nat.eqb_spec a b) => [-> // | ab].
by case/orP=> [/eqP // | /IH].
Qed.

Lemma map_position_of names values : uniq names -> size values = size names ->
  [seq position_of names values a | a <- names] = values.
Proof.
elim: names values => [| a names IH] [| v values] //= /andP [a_out names_uniq] [size_v].
rewrite PeanoNat.Nat.eqb_refl; congr (_ :: _); rewrite -[RHS](IH values) //.
apply/eq_in_map => b b_in; case: (Nat.eqb_spec b a) => // ba.
by rewrite -ba b_in in a_out.
Qed.

Lemma position_of_inside sizes names values :
  inside [seq component sizes a | a <- names] values ->
  values_inside sizes names (position_of names values).
Proof.
elim: names values => [| b names IH] [| v values] //= /and3P [/Z.leb_le ? /Z.ltb_lt ? rest] a.
rewrite inE; case: (Nat.eqb_spec a b) => [-> // | ab].
by case/orP=> [/eqP // | /(IH _ rest)].
Qed.

(* --- groups of names --- *)

Definition joined_groups (sizes : seq Z) (groups : seq (seq nat)) (f : nat -> Z) : seq Z :=
  [seq joined [seq component sizes a | a <- g] [seq f a | a <- g] | g <- groups].

Lemma joined_groups_inside sizes groups f : values_inside sizes (flatten groups) f ->
  inside [seq product g | g <- grouped sizes groups] (joined_groups sizes groups f).
Proof.
elim: groups => [| g groups IH] // f_in; apply: inside_and.
  by apply/joined_inside/inside_map => a a_in; apply: f_in; rewrite /= mem_cat a_in.
by apply: IH => a a_in; apply: f_in; rewrite /= mem_cat a_in orbT.
Qed.

Lemma digits_of_joined_groups sizes groups f : values_inside sizes (flatten groups) f ->
  all_digits (grouped sizes groups) (joined_groups sizes groups f)
  = [seq f a | a <- flatten groups].
Proof.
elim: groups => [| g groups IH] // f_in; rewrite /all_digits /= map_cat digits_joined.
  by congr (_ ++ _); apply: IH => a a_in; apply: f_in; rewrite /= mem_cat a_in orbT.
by apply: inside_map => a a_in; apply: f_in; rewrite /= mem_cat a_in.
Qed.

Lemma all_digits_inside groups i : all nonnegative groups ->
  inside [seq product g | g <- groups] i -> inside (flatten groups) (all_digits groups i).
Proof.
elim: groups i => [| g groups IH] i; first by case: i.
move=> /andP [g_ge gs_ge] /inside_parts [u [v [-> [u_in v_in]]]].
by rewrite /all_digits /= inside_cat ?size_digits // digits_inside //; apply: IH.
Qed.

Lemma all_digits_injective groups i j : all nonnegative groups ->
  inside [seq product g | g <- groups] i -> inside [seq product g | g <- groups] j ->
  all_digits groups i = all_digits groups j -> i = j.
Proof.
elim: groups i j => [| g groups IH] i j; first by case: i; case: j.
move=> /andP [g_ge gs_ge] /inside_parts [u [v [-> [u_in v_in]]]].
move=> /inside_parts [u' [v' [-> [u'_in v'_in]]]] /eqP.
rewrite /all_digits /= eqseq_cat ?size_digits // => /andP [/eqP uu' /eqP vv'].
by rewrite -(joined_digits g_ge u_in) uu' joined_digits // (IH _ _ gs_ge v_in v'_in vv').
Qed.

Lemma flatten_grouped sizes groups :
  flatten (grouped sizes groups) = [seq component sizes a | a <- flatten groups].
Proof. by rewrite map_flatten. Qed.

Section Rearranging.
Variable R : comRingType.
Implicit Types x : tensor R.

Lemma entry_rearrange sizes source target x i :
  inside [seq product g | g <- grouped sizes target] i ->
  (rearrange sizes source target x).[i]
  = x.[joined_groups sizes source
         (position_of (flatten target) (all_digits (grouped sizes target) i))].
Proof.
rewrite -map_comp => i_in; rewrite entry_build i_in.
have -> : [seq digits [seq component sizes a | a <- gu.1] gu.2 | gu <- zip target i]
        = [seq digits gu.1 gu.2 | gu <- zip (grouped sizes target) i].
  by elim: target i {i_in} => [| g target IH] [| u i] //=; rewrite IH.
by [].
Qed.

Theorem rearranged_and_back sizes source target x :
    nonnegative sizes -> uniq (flatten source) -> perm_eq (flatten target) (flatten source) ->
    shape x = [seq product [seq component sizes a | a <- g] | g <- source] ->
  rearrange sizes target source (rearrange sizes source target x) = x.
Proof.
move=> ge names_uniq same_names x_shape.
have shape_is : shape x = [seq product g | g <- grouped sizes source] by rewrite -map_comp.
apply: equal_tensors => [| i]; rewrite shape_build -x_shape -shape_nonnegative // shape_is => i_in.
have v_in := all_digits_inside (grouped_nonnegative source ge) i_in.
rewrite entry_rearrange //; set f := position_of _ _.
have f_in : values_inside sizes (flatten source) f.
  by apply: position_of_inside; rewrite -flatten_grouped.
have f_in' : values_inside sizes (flatten target) f.
  by move=> a; rewrite (perm_mem same_names); apply: f_in.
rewrite entry_rearrange ?joined_groups_inside // digits_of_joined_groups //.
congr (x.[_]); apply: (all_digits_injective (grouped_nonnegative source ge)) => //.
  apply: joined_groups_inside => a a_in.
  by rewrite position_of_map ?(perm_mem same_names) //; apply: f_in.
rewrite digits_of_joined_groups => [| a a_in]; last first.
  by rewrite position_of_map ?(perm_mem same_names) //; apply: f_in.
rewrite -[RHS](map_position_of names_uniq).
  by apply/eq_in_map => a a_in; rewrite position_of_map ?(perm_mem same_names).
by rewrite (size_inside v_in) flatten_grouped size_map.
Qed.

(* Pixel shuffle: r^2 channels become r times r pixels; and back.  Their sizes are those of x. *)
Definition pixel_shuffle (r : Z) x : tensor R :=
  let n := component (shape x) 0 in let c := component (shape x) 1 / (r * r) in
  rearrange [:: n; c; r; r; component (shape x) 2; component (shape x) 3]
    [:: [:: 0]; [:: 1; 2; 3]; [:: 4]; [:: 5]]%N [:: [:: 0]; [:: 1]; [:: 4; 2]; [:: 5; 3]]%N x.
Definition pixel_unshuffle (r : Z) x : tensor R :=
  let n := component (shape x) 0 in let c := component (shape x) 1 in
  rearrange [:: n; c; r; r; component (shape x) 2 / r; component (shape x) 3 / r]
    [:: [:: 0]; [:: 1]; [:: 4; 2]; [:: 5; 3]]%N [:: [:: 0]; [:: 1; 2; 3]; [:: 4]; [:: 5]]%N x.

(* What the first does: pixel (r u + i, r v + j) of channel k is pixel (u, v) of channel
   r^2 k + r i + j. *)
Theorem entry_pixel_shuffle r x n c h w m k u v i j :
    0 < r -> shape x = [:: n; c * (r * r); h; w] ->
    0 <= m < n -> 0 <= k < c -> 0 <= u < h -> 0 <= v < w -> 0 <= i < r -> 0 <= j < r ->
  (pixel_shuffle r x).[[:: m; k; u * r + i; v * r + j]]
  = x.[[:: m; k * (r * r) + (i * r + j); u; v]].
Proof.
move=> r_gt0 x_shape m_in k_in u_in v_in i_in j_in.
rewrite /pixel_shuffle x_shape /= Z.div_mul; last by have := Z.mul_pos_pos r r; lia.
have f_in : values_inside [:: n; c; r; r; h; w] [:: 0; 1; 4; 2; 5; 3]%N
    (nth 0 [:: m; k; i; j; u; v]).
  by move=> a; rewrite !inE; do 5!(case/orP => [/eqP -> // |]); move/eqP->.
have index_is : [:: m; k; u * r + i; v * r + j] = joined_groups [:: n; c; r; r; h; w]
    [:: [:: 0]; [:: 1]; [:: 4; 2]; [:: 5; 3]]%N (nth 0 [:: m; k; i; j; u; v]).
  by rewrite /joined_groups /=; do 4!(apply: equal_lists; first lia).
rewrite index_is entry_rearrange ?joined_groups_inside // digits_of_joined_groups //.
by congr (x.[_]); rewrite /joined_groups /=; do 4!(apply: equal_lists; first lia).
Qed.

Theorem pixel_unshuffle_shuffle r x n c h w :
    0 < r -> shape x = [:: n; c * (r * r); h; w] ->
  pixel_unshuffle r (pixel_shuffle r x) = x.
Proof.
move=> r_gt0 x_shape; have rr_gt0 := Z.mul_pos_pos r r r_gt0 r_gt0.
have := shape_nonnegative x; rewrite x_shape => -[n_ge crr_ge h_ge w_ge].
have c_ge : 0 <= c by apply: (proj1 (Z.mul_nonneg_cancel_r c (r * r) _)); lia.
have shape_is : shape (pixel_shuffle r x) = [:: n; c; h * r; w * r].
  rewrite /pixel_shuffle shape_build x_shape /= Z.div_mul; last lia.
  have ? := Z.mul_nonneg_nonneg h r; have ? := Z.mul_nonneg_nonneg w r.
  by do 4!(apply: equal_lists; first lia).
rewrite /pixel_unshuffle shape_is /= !Z.div_mul; [| lia | lia].
rewrite /pixel_shuffle x_shape /= Z.div_mul; last lia.
apply: rearranged_and_back => //.
  by do 6!(apply/andP; split; first by apply/Z.leb_le; lia).
by rewrite x_shape /=; do 4!(apply: equal_lists; first lia).
Qed.

Theorem pixel_shuffle_unshuffle r x n c h w :
    0 < r -> shape x = [:: n; c; h * r; w * r] ->
  pixel_shuffle r (pixel_unshuffle r x) = x.
Proof.
move=> r_gt0 x_shape; have rr_gt0 := Z.mul_pos_pos r r r_gt0 r_gt0.
have := shape_nonnegative x; rewrite x_shape => -[n_ge c_ge hr_ge wr_ge].
have h_ge : 0 <= h by apply: (proj1 (Z.mul_nonneg_cancel_r h r _)); lia.
have w_ge : 0 <= w by apply: (proj1 (Z.mul_nonneg_cancel_r w r _)); lia.
have shape_is : shape (pixel_unshuffle r x) = [:: n; c * (r * r); h; w].
  rewrite /pixel_unshuffle shape_build x_shape /= !Z.div_mul; [| lia | lia].
  have ? := Z.mul_nonneg_nonneg c (r * r).
  by do 4!(apply: equal_lists; first lia).
rewrite /pixel_shuffle shape_is /= Z.div_mul; last lia.
rewrite /pixel_unshuffle x_shape /= !Z.div_mul; [| lia | lia].
apply: rearranged_and_back => //.
  by do 6!(apply/andP; split; first by apply/Z.leb_le; lia).
by rewrite x_shape /=; do 4!(apply: equal_lists; first lia).
Qed.

End Rearranging.

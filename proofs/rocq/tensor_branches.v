(* Layers that are added up are one layer: branches of different kernel sizes, and the identity. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
From symconv Require Import tensor_folding tensor_padding.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Lemma windows_of_padded_kernel s d c n l r :
  windows_in s d (c + l + r) (n + d * l + d * r) = windows_in s d c n.
Proof. by rewrite /windows_in; f_equal; f_equal; ring. Qed.

Lemma amounts_times r ds ls rs : size ds = r -> positive ds -> amounts r ls rs ->
  amounts r (times ds ls) (times ds rs).
Proof.
elim: r ds ls rs => [| r IH] [| d ds] // ls rs; first by move=> _ _ /amounts_nil [-> ->].
move=> [size_ds] /andP [/Z.ltb_lt d_gt0 ds_ok].
case/amounts_cons=> l [ls' [q [rs' [-> -> l_ge q_ge ok]]]].
have ? := Z.mul_nonneg_nonneg d l; have ? := Z.mul_nonneg_nonneg d q.
by apply: amounts_add; rewrite /=; [lia | lia | apply: IH].
Qed.

Lemma windows_along_padded_kernel ss ds cs ns ls rs :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> amounts (size cs) ls rs ->
  windows_along ss ds (plus (plus cs ls) rs) (plus (plus ns (times ds ls)) (times ds rs))
  = windows_along ss ds cs ns.
Proof.
elim: cs ss ds ns ls rs => [| c cs IH] [| s ss] // [| d ds] // [| n ns] // ls rs.
move=> [?] [?] [?] /amounts_cons [l [ls' [r [rs' [-> -> _ _ ok]]]]].
by congr (_ :: _); [apply: windows_of_padded_kernel | apply: IH].
Qed.

Lemma places_of_padded_kernel ss ds ls u j :
  size ss = size u -> size ds = size u -> size ls = size u -> size j = size u ->
  minus (places ss ds u j) (times ds ls) = places ss ds u (minus j ls).
Proof.
elim: u ss ds ls j => [| u us IH] [| s ss] [| d ds] [| l ls] [| j js] // [?] [?] [?] [?].
congr (_ :: _); last exact: IH.
by rewrite /=; ring.
Qed.

Lemma minus_injective v w u : size v = size u -> size w = size u -> minus v u = minus w u -> v = w.
Proof.
elim: u v w => [| i u IH] [| j v] [| k w] // [?] [?] [jk /IH ->] //.
by congr (_ :: _); lia.
Qed.

Lemma inside_plus cs ls rs v : amounts (size cs) ls rs -> inside cs v ->
  exists j, [/\ inside (plus (plus cs ls) rs) j, size j = size cs & minus j ls = v].
Proof.
elim: cs ls rs v => [| c cs IH] ls rs v.
  by case/amounts_nil=> -> -> /=; case: v => // _; exists [::].
case/amounts_cons=> l [ls' [r [rs' [-> -> l_ge r_ge ok]]]] /inside_parts [i [v' [-> [i_in v_in]]]].
have [j [j_in size_j j_is]] := IH _ _ _ ok v_in.
exists (i + l :: j); split; [| by rewrite /= size_j |].
  by apply: inside_and => //=; lia.
by congr (_ :: _) => //=; lia.
Qed.

Lemma positive_ones r : positive (nseq r 1).
Proof. by rewrite /positive all_nseq orbT. Qed.

Lemma windows_of_one_tap ds ns : size ds = size ns ->
  windows_along (nseq (size ns) 1) ds (nseq (size ns) 1) ns = ns.
Proof.
elim: ns ds => [| n ns IH] [| d ds] // [size_ds]; congr (_ :: _); last exact: IH.
by rewrite /windows_in Z.div_1_r; lia.
Qed.

Lemma places_of_one_tap ds u : size ds = size u ->
  places (nseq (size u) 1) ds u (nseq (size u) 0) = u.
Proof.
elim: u ds => [| i u IH] [| d ds] // [size_ds]; congr (_ :: _); last exact: IH.
by rewrite Z.mul_1_l Z.mul_0_r Z.add_0_r.
Qed.

Lemma box_ones r : box (nseq r 1) = [:: nseq r 0].
Proof. by elim: r => [| r IH] //=; rewrite IH. Qed.

Section Branches.
Variable R : comRingType.
Implicit Types (v w x : tensor R) (ss ds : seq Z).

(* A sum over the taps of a padded kernel is one over those of the kernel. *)
Lemma sum_of_padded_kernel cs ls rs (F : seq Z -> R) : amounts (size cs) ls rs ->
  (forall j, ~~ inside cs j -> F j = 0%R) ->
  (\sum_(j <- box (plus (plus cs ls) rs)) F (minus j ls) = \sum_(j <- box cs) F j)%R.
Proof.
move=> ok outside; rewrite -(big_map (minus^~ ls) xpredT F).
have size_ls : size ls = size cs by case/and4P: ok => /eqP.
have size_rs : size rs = size cs by case/and4P: ok => _ /eqP.
have size_sum : size (plus (plus cs ls) rs) = size cs by rewrite !size_plus ?size_ls.
rewrite (bigID (fun j => j \in box cs)) /= [X in (_ + X)%R]big1 ?addr0; last first.
  by move=> j; rewrite mem_box => /outside.
rewrite -big_filter; apply: perm_big; apply: uniq_perm; rewrite ?uniq_box //.
  rewrite filter_uniq // map_inj_in_uniq ?uniq_box // => i j i_in j_in.
  by apply: minus_injective; rewrite size_ls -size_sum; apply: size_box.
move=> j; rewrite mem_filter; case: (boolP (j \in box cs)) => //= j_in; apply/mapP.
move: j_in; rewrite mem_box => /(inside_plus ok) [i [i_in _ i_is]].
by exists i; rewrite ?mem_box.
Qed.

(* Zeros around a kernel are zeros around the input, d for each. *)
Theorem layer_eq_layer_with_padded_kernel r ss ds g w x ns C xs O a cs ls rs :
    shape w = O :: a :: cs -> shape x = ns ++ C :: xs ->
    size cs = r -> size xs = r -> size ss = r -> size ds = r -> positive ds -> amounts r ls rs ->
  let b := size ns in
  conv b ss ds g w x
  = conv b ss ds g (pads 2 ls rs w) (pads b.+1 (times ds ls) (times ds rs) x).
Proof.
move=> w_shape x_shape size_cs size_xs size_ss size_ds ds_ok ok b.
have size_ls : size ls = r by case/and4P: ok => /eqP.
have size_dls : size (times ds ls) = r by rewrite size_map size_zip size_ls size_ds minnn.
have more_ok := amounts_times size_ds ds_ok ok.
have w_shape' : shape (pads 2 ls rs w) = O :: a :: plus (plus cs ls) rs.
  by apply: (shape_pads_behind (ns := [:: O])); rewrite ?size_cs.
have x_shape' : shape (pads b.+1 (times ds ls) (times ds rs) x)
    = ns ++ C :: plus (plus xs (times ds ls)) (times ds rs).
  by apply: shape_pads_behind; rewrite ?size_xs.
have same_windows : windows_along ss ds (plus (plus cs ls) rs)
    (plus (plus xs (times ds ls)) (times ds rs)) = windows_along ss ds cs xs.
  by apply: windows_along_padded_kernel; rewrite ?size_cs.
apply: (equal_by_parts (shape_conv ss ds g (erefl b) x_shape w_shape)).
  by rewrite (shape_conv ss ds g (erefl b) x_shape' w_shape') same_windows.
move=> ms o u ms_in o_in; rewrite inside_clipped => u_in.
have size_ms := size_inside ms_in.
have size_u : size u = r by rewrite (size_inside u_in) size_windows_along ?size_cs.
rewrite (entry_conv g o (erefl b) x_shape w_shape ms_in u_in).
rewrite (entry_conv g o (erefl b) x_shape' w_shape' ms_in); last by rewrite same_windows.
apply: eq_bigr => q _; set k := (_ / _ * _ + _).
rewrite -(sum_of_padded_kernel (ls := ls) (rs := rs)
    (F := fun j => w.[[:: o, q & j]] * x.[ms ++ k :: places ss ds u j])%R); rewrite ?size_cs //.
  apply: eq_big_seq => j; rewrite mem_box => j_in.
  have size_j : size j = r.
    by rewrite (size_inside j_in) !size_plus ?size_ls ?size_cs //; case/and4P: ok => _ /eqP.
  have kernel := @entry_pads_behind _ 1 r [:: o] q j ls rs w erefl ok size_j.
  rewrite [X in _ = (X * _)%R]kernel (entry_pads_behind _ _ size_ms more_ok).
    by rewrite places_of_padded_kernel ?size_u.
  by rewrite size_places ?size_u.
move=> j outside; rewrite entry_outside ?mul0r // w_shape /=.
by rewrite (negPf outside) !andbF.
Qed.

Lemma entry_add v w i : shape v = shape w -> (add v w).[i] = (v.[i] + w.[i])%R.
Proof.
move=> vw; rewrite entry_build; case: ifP => // i_out.
by rewrite !entry_outside ?addr0 -?vw ?i_out.
Qed.

(* Layers of any shapes, with kernels of one shape. *)
Theorem sum_of_layers_eq_layer_of_sum b ss ds g v w x : shape v = shape w ->
  add (conv b ss ds g v x) (conv b ss ds g w x) = conv b ss ds g (add v w) x.
Proof.
move=> vw; have shapes := shape_conv_of_kernels b ss ds g x vw.
have sum_shape : shape (add v w) = shape w by rewrite shape_same.
have shapes' := shape_conv_of_kernels b ss ds g x sum_shape.
apply: equal_tensors => [| i]; rewrite shape_same ?shapes ?shapes' // => i_in.
rewrite entry_add // !entry_any_conv ?shapes ?shapes' // vw sum_shape /= -big_split.
by apply: eq_bigr => j _; rewrite entry_add // mulrDl.
Qed.

(* A layer and one with a smaller kernel: zeros around that make it as large as the other. *)
Theorem branches_eq_one_layer r ss ds g v w x ns C xs O a cs ls rs :
    shape w = O :: a :: cs -> shape x = ns ++ C :: xs ->
    size cs = r -> size xs = r -> size ss = r -> size ds = r -> positive ds -> amounts r ls rs ->
    shape v = O :: a :: plus (plus cs ls) rs ->
  let b := size ns in
  let padded := pads b.+1 (times ds ls) (times ds rs) x in
  add (conv b ss ds g v padded) (conv b ss ds g w x)
  = conv b ss ds g (add v (pads 2 ls rs w)) padded.
Proof.
move=> w_shape x_shape size_cs size_xs size_ss size_ds ds_ok ok v_shape b padded.
rewrite (@layer_eq_layer_with_padded_kernel r ss ds g w x ns C xs O a cs ls rs) //.
apply: sum_of_layers_eq_layer_of_sum.
by rewrite v_shape (shape_pads_behind (ns := [:: O]) _ _ w_shape) ?size_cs.
Qed.

(* The kernel of one tap with which a layer of C channels and g groups does nothing. *)
Definition identity_kernel (r : nat) (g C : Z) : tensor R :=
  build [:: C, C / g & nseq r 1]
    (fun k => if component k 1 =? component k 0 mod (C / g) then 1 else 0)%R.

Lemma shape_identity_kernel r g C : 0 <= C -> 0 < g ->
  shape (identity_kernel r g C) = [:: C, C / g & nseq r 1].
Proof.
move=> C_ge g_gt0; have a_ge : 0 <= C / g by apply: Z.div_pos.
by rewrite shape_build /= -/(clipped _) clipped_positive ?positive_ones // !Z.max_r.
Qed.

Theorem layer_with_identity_kernel r ds g x ns C xs :
    shape x = ns ++ C :: xs -> size xs = r -> size ds = r -> 0 < g -> C mod g = 0 ->
  conv (size ns) (nseq r 1) ds g (identity_kernel r g C) x = x.
Proof.
move=> x_shape size_xs size_ds g_gt0 divides.
have [_ [C_ok xs_ok]] := clipped_shape x_shape.
have C_ge : 0 <= C by lia.
have a_ge : 0 <= C / g by apply: Z.div_pos.
have C_is : C = g * (C / g) by apply: Z_div_exact_2; lia.
have k_shape := shape_identity_kernel r C_ge g_gt0.
have same_windows : clipped (windows_along (nseq r 1) ds (nseq r 1) xs) = xs.
  by rewrite -size_xs windows_of_one_tap ?size_ds.
apply: (equal_by_parts (ns := ns) (C := C) (us := xs)) => //.
  by rewrite (shape_conv _ ds g (erefl _) x_shape k_shape) same_windows.
move=> ms o u ms_in o_in u_in.
rewrite (entry_conv g o (erefl _) x_shape k_shape ms_in); last first.
  by rewrite -inside_clipped same_windows.
have size_u : size u = r by rewrite (size_inside u_in).
have o_is : o = C / g * (o / (C / g)) + o mod (C / g) by apply: Z_div_mod_eq_full.
have a_gt0 : 0 < C / g by case: (Z.le_gt_cases (C / g) 0) => // a_le; have : C / g = 0; lia.
have m_in : 0 <= o mod (C / g) < C / g by apply: Z.mod_pos_bound.
have k_entries q : 0 <= q < C / g ->
    (identity_kernel r g C).[[:: o, q & nseq r 0]] = (if q =? o mod (C / g) then 1 else 0)%R.
  move=> q_in; rewrite entry_build.
  have zeros_in : inside (nseq r 1) (nseq r 0) by rewrite -mem_box box_ones inE.
  by rewrite (inside_and o_in (inside_and q_in zeros_in)).
rewrite box_ones (sum_alone (i := o mod (C / g))) ?uniq_range ?mem_rangeP //.
  rewrite big_seq1 k_entries // Z.eqb_refl mul1r -size_u places_of_one_tap ?size_ds //.
  by rewrite [in RHS]o_is Z.mul_comm.
move=> q /mem_rangeP q_in /eqP q_ne; rewrite big_seq1 k_entries //.
by case: (Z.eqb_spec q (o mod (C / g))) => // _; rewrite mul0r.
Qed.

(* RepVGG: a layer with a kernel of l + r + 1 taps along each axis, one with a kernel of one tap,
   and the input itself, added up; each of stride 1. *)
Theorem repvgg_branches_eq_one_layer r ds g v w x ns C xs ls rs :
    shape x = ns ++ C :: xs -> size xs = r -> size ds = r -> positive ds -> amounts r ls rs ->
    0 < g -> C mod g = 0 ->
    shape v = [:: C, C / g & plus (plus (nseq r 1) ls) rs] -> shape w = [:: C, C / g & nseq r 1] ->
  let b := size ns in
  let one := nseq r 1 in
  let padded := pads b.+1 (times ds ls) (times ds rs) x in
  add (add (conv b one ds g v padded) (conv b one ds g w x)) x
  = conv b one ds g (add (add v (pads 2 ls rs w)) (pads 2 ls rs (identity_kernel r g C))) padded.
Proof.
move=> x_shape size_xs size_ds ds_ok ok g_gt0 divides v_shape w_shape b one padded.
have size_one : size one = r by rewrite size_nseq.
rewrite (@branches_eq_one_layer r one ds g v w x ns C xs C (C / g) one ls rs) //.
transitivity (add (conv b one ds g (add v (pads 2 ls rs w)) padded)
    (conv b one ds g (identity_kernel r g C) x)).
  by rewrite (@layer_with_identity_kernel r ds g x ns C xs).
apply: (@branches_eq_one_layer r one ds g _ _ x ns C xs C (C / g) one ls rs) => //.
  by apply: shape_identity_kernel => //; have [_ [C_ok _]] := clipped_shape x_shape; lia.
by rewrite shape_same.
Qed.

End Branches.

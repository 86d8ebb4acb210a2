(* Two layers with channels, of any rank, are one. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* The sizes that hold every e i + f j, for 0 <= i < c and 0 <= j < h. *)
Definition reach (e f c h : Z) : Z := e * (c - 1) + f * (h - 1) + 1.
Fixpoint reaches (es fs cs hs : seq Z) : seq Z :=
  match es, fs, cs, hs with
  | e :: es', f :: fs', c :: cs', h :: hs' => reach e f c h :: reaches es' fs' cs' hs'
  | _, _, _, _ => [::]
  end.

(* Windows of windows are windows. *)
Lemma windows_of_windows s1 s2 d d1 d2 e1 e2 c1 c2 n :
  0 < s1 -> 0 < s2 -> 0 < d -> 0 < d1 -> 0 < d2 -> 0 < c1 -> 0 < c2 ->
  d * e1 = d1 -> d * e2 = s1 * d2 ->
  Z.max 0 (windows_in s2 d2 c2 (Z.max 0 (windows_in s1 d1 c1 n)))
  = Z.max 0 (windows_in (s1 * s2) d (reach e1 e2 c1 c2) n).
Proof.
move=> s1_gt0 s2_gt0 d_gt0 d1_gt0 d2_gt0 c1_gt0 c2_gt0 de1 de2; rewrite /windows_in /reach.
have -> : d * (e1 * (c1 - 1) + e2 * (c2 - 1) + 1 - 1) = d1 * (c1 - 1) + s1 * d2 * (c2 - 1).
  by rewrite -de1 -de2; ring.
set a := n - d1 * (c1 - 1) - 1; have : 0 <= d2 * (c2 - 1) by apply: Z.mul_nonneg_nonneg; lia.
have -> : n - (d1 * (c1 - 1) + s1 * d2 * (c2 - 1)) - 1 = a + (- (d2 * (c2 - 1))) * s1.
  by rewrite /a; ring.
rewrite -Z.div_div; [| lia | lia]; rewrite Z.div_add; last lia.
move: (d2 * (c2 - 1)) => b b_ge0; case: (Z.le_gt_cases 0 (a / s1 + 1)) => [a_ge | a_lt].
  by rewrite (Z.max_r 0 (a / s1 + 1)) //; do 3!f_equal; lia.
have := Z.div_lt_upper_bound (a / s1 + - b) s2 0 s2_gt0.
have := Z.div_lt_upper_bound (Z.max 0 (a / s1 + 1) - b - 1) s2 0 s2_gt0.
lia.
Qed.

Lemma clipped_windows_of_windows ss1 ss2 ds ds1 ds2 es1 es2 cs1 cs2 ns :
  size ss1 = size cs1 -> size ss2 = size cs1 -> size ds1 = size cs1 -> size ds2 = size cs1 ->
  size cs2 = size cs1 -> size ns = size cs1 ->
  positive ss1 -> positive ss2 -> positive ds -> positive ds1 -> positive ds2 ->
  positive cs1 -> positive cs2 -> times ds es1 = ds1 -> times ds es2 = times ss1 ds2 ->
  clipped (windows_along ss2 ds2 cs2 (clipped (windows_along ss1 ds1 cs1 ns)))
  = clipped (windows_along (times ss1 ss2) ds (reaches es1 es2 cs1 cs2) ns).
Proof.
elim: cs1 ss1 ss2 ds ds1 ds2 es1 es2 cs2 ns => [| c1 cs1 IH] [| s1 ss1] // [| s2 ss2] //.
move=> ds [| d1 ds1] // [| d2 ds2] // es1 es2 [| c2 cs2] // [| n ns] //.
case: ds es1 es2 => [| d ds] [| e1 es1] [| e2 es2] // [?] [?] [?] [?] [?] [?].
rewrite !positive_cons; do 7!(case/andP=> /Z.ltb_lt ? ?); case=> ? ? [? ?].
by congr (_ :: _); [apply: windows_of_windows | apply: IH].
Qed.

Lemma reaches_positive ss ds ds1 ds2 es1 es2 cs1 cs2 :
  size ds1 = size cs1 -> size ss = size cs1 -> size ds2 = size cs1 -> size cs2 = size cs1 ->
  positive ss -> positive ds -> positive ds1 -> positive ds2 -> positive cs1 -> positive cs2 ->
  times ds es1 = ds1 -> times ds es2 = times ss ds2 ->
  positive (reaches es1 es2 cs1 cs2) /\
  forall i j, inside cs1 i -> inside cs2 j -> inside (reaches es1 es2 cs1 cs2) (places es1 es2 i j).
Proof.
elim: cs1 ss ds ds1 ds2 es1 es2 cs2 => [| c1 cs1 IH] [| s ss] // ds.
  move=> [| d1 ds1] // [| d2 ds2] // es1 es2 [| c2 cs2] // _ _ _ _ _ _ _ _ _ _ _ _.
  by case: es1 => [| ? ?]; case: es2 => [| ? ?]; split=> // [] [| ? ?] // [| ? ?].
move=> [| d1 ds1] // [| d2 ds2] // es1 es2 [| c2 cs2] //.
case: ds es1 es2 => [| d ds] [| e1 es1] [| e2 es2] // [?] [?] [?] [?].
rewrite !positive_cons; do 6!(case/andP=> /Z.ltb_lt ? ?); case=> de1 ? [de2 ?].
have e1_gt0 : 0 < e1 by apply: (proj1 (Z.mul_pos_cancel_l d e1 _)); lia.
have sd2_gt0 : 0 < s * d2 by apply: Z.mul_pos_pos.
have e2_gt0 : 0 < e2 by apply: (proj1 (Z.mul_pos_cancel_l d e2 _)); lia.
case: (IH ss ds ds1 ds2 es1 es2 cs2) => // positives insides.
split.
  rewrite /= positives andbT; apply/Z.ltb_lt; rewrite /reach.
  have : 0 <= e1 * (c1 - 1) by apply: Z.mul_nonneg_nonneg; lia.
  have : 0 <= e2 * (c2 - 1) by apply: Z.mul_nonneg_nonneg; lia.
  lia.
move=> i' j' /inside_parts [i [w [-> [? ?]]]] /inside_parts [j [js [-> [? ?]]]].
apply: inside_and; last exact: insides.
have : 0 <= e1 * i <= e1 * (c1 - 1).
  by split; [apply: Z.mul_nonneg_nonneg; lia | apply: Z.mul_le_mono_nonneg_l; lia].
have : 0 <= e2 * j <= e2 * (c2 - 1).
  by split; [apply: Z.mul_nonneg_nonneg; lia | apply: Z.mul_le_mono_nonneg_l; lia].
rewrite /reach; lia.
Qed.

Lemma places_of_places ss1 ss2 ds ds1 ds2 es1 es2 u h j :
  size ss2 = size ss1 -> size ds1 = size ss1 -> size ds2 = size ss1 -> size h = size j ->
  times ds es1 = ds1 -> times ds es2 = times ss1 ds2 ->
  places ss1 ds1 (places ss2 ds2 u j) h = places (times ss1 ss2) ds u (places es1 es2 h j).
Proof.
elim: ss1 ss2 ds ds1 ds2 es1 es2 u h j => [| s1 ss1 IH] [| s2 ss2] //.
move=> ds [| d1 ds1] // [| d2 ds2] //.
case: ds => [| d ds] [| e1 es1] [| e2 es2] //.
case=> [| u us] [| h hs] [| j js] // [?] [?] [?] [?] [de1 ?] [de2 ?] /=.
congr (_ :: _); last by rewrite (IH ss2 ds ds1 ds2 es1 es2).
have : d * (e2 * j) = s1 * (d2 * j) by rewrite !Z.mul_assoc de2.
have : d * (e1 * h) = d1 * h by rewrite Z.mul_assoc de1.
rewrite !Z.mul_add_distr_l Z.mul_assoc; lia.
Qed.

(* A channel between two layers is in the group that it is read by. *)
Lemma same_group g O1 O2 a o m : g = 1 \/ a = O1 / g ->
  0 <= m < a -> 0 <= o < O2 -> 0 <= o / (O2 / g) * a + m < O1 ->
  (o / (O2 / g) * a + m) / (O1 / g) = o / (O2 / g).
Proof.
case=> [-> | <-] m_in o_in; last by rewrite Z.div_add_l ?(Z.div_small m); lia.
by rewrite !Z.div_1_r (Z.div_small o) // => k_in; rewrite Z.div_small.
Qed.

Section Composition.
Variable R : comRingType.
Implicit Types (w x : tensor R) (ss ds : seq Z).

(* The merged kernel of two layers with g groups: entry (o, q, t) is the sum of
   w2[o, m, j] w1[Q a + m, q, i] over all m, i and j with t = es1 i + es2 j, where w2 has the
   shape (O, a, ...), and Q = o / (O / g) is the group of o. *)
Definition merged (es1 es2 : seq Z) (g : Z) w1 w2 : tensor R :=
  let outputs := component (shape w2) 0 in
  let between := component (shape w2) 1 in
  build (outputs :: component (shape w1) 1 ::
         reaches es1 es2 (drop 2 (shape w1)) (drop 2 (shape w2)))
    (fun k => let o := component k 0 in let q := component k 1 in
      \sum_(m <- range between) \sum_(j <- box (drop 2 (shape w2)))
        \sum_(i <- box (drop 2 (shape w1)))
          if places es1 es2 i j == drop 2 k
          then w2.[o :: m :: j] * w1.[[:: o / (outputs / g) * between + m, q & i]%Z] else 0)%R.

(* The merged layer may be dilated by any ds that divide the dilations of the first layer and what
   one tap of the second is worth in entries of the input. *)
Theorem two_layers_of_any_rank_eq_one_dilated_layer b r ss1 ss2 ds ds1 ds2 es1 es2 g w1 w2 x :
    is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 -> size (shape x) = (b + r.+1)%nat ->
    g = 1 \/ component (shape w2) 1 = component (shape w1) 0 / g ->
    positive ds -> times ds es1 = ds1 -> times ds es2 = times ss1 ds2 ->
  conv b ss2 ds2 g w2 (conv b ss1 ds1 g w1 x)
  = conv b (times ss1 ss2) ds g (merged es1 es2 g w1 w2) x.
Proof.
case/is_layer_parts=> O1 [a1 [cs1 [w1_shape size_cs1 size_ss1 size_ds1 /and3P [? ? ?]]]].
case/is_layer_parts=> O2 [a2 [cs2 [w2_shape size_cs2 size_ss2 size_ds2 /and3P [? ? ?]]]].
case/shape_parts=> ns [C [xs [x_shape size_ns size_xs]]]; rewrite {1}w1_shape {1}w2_shape /=.
move=> groups_ok ds_ok de1 de2.
case: (@reaches_positive ss1 ds ds1 ds2 es1 es2 cs1 cs2); rewrite ?size_cs1 //.
move=> reaches_ok places_in.
have k_shape : shape (merged es1 es2 g w1 w2) = O2 :: a1 :: reaches es1 es2 cs1 cs2.
  rewrite /merged shape_build w1_shape w2_shape /= !drop0 -/(clipped _) clipped_positive //.
  have [[_ ->] _] := @clipped_shape _ w1 [:: O1; a1] _ w1_shape.
  by have [[->] _] := @clipped_shape _ w2 [:: O2] _ w2_shape.
have y_shape := shape_conv ss1 ds1 g size_ns x_shape w1_shape.
have windows_ok : clipped (windows_along ss2 ds2 cs2 (clipped (windows_along ss1 ds1 cs1 xs)))
    = clipped (windows_along (times ss1 ss2) ds (reaches es1 es2 cs1 cs2) xs).
  by apply: clipped_windows_of_windows; rewrite ?size_cs1.
have z_shape := shape_conv ss2 ds2 g size_ns y_shape w2_shape.
have k_conv_shape := shape_conv (times ss1 ss2) ds g size_ns x_shape k_shape.
apply: (equal_by_parts z_shape); first by rewrite k_conv_shape windows_ok.
move=> ms o u ms_in o_in u_in.
move: (u_in); rewrite windows_ok inside_clipped => u_in'; rewrite inside_clipped in u_in.
rewrite (entry_conv g o size_ns y_shape w2_shape ms_in u_in).
rewrite (entry_conv g o size_ns x_shape k_shape ms_in u_in').
(* The left side as a sum over all indices. *)
have y_entries m j : inside cs2 j ->
    ((conv b ss1 ds1 g w1 x).[ms ++ m :: places ss2 ds2 u j]
     = \sum_(q <- range a1) \sum_(h <- box cs1) w1.[m :: q :: h]
         * x.[ms ++ (m / (O1 / g) * a1 + q)%Z :: places ss1 ds1 (places ss2 ds2 u j) h])%R.
  move=> j_in; apply: (entry_conv g m size_ns x_shape w1_shape ms_in).
  rewrite -inside_clipped; apply: places_inside u_in j_in => //; rewrite ?size_cs2 //.
  by rewrite size_map size_windows_along ?size_cs1.
have k_entries q t : 0 <= q < a1 -> inside (reaches es1 es2 cs1 cs2) t ->
    ((merged es1 es2 g w1 w2).[[:: o, q & t]]
     = \sum_(m <- range a2) \sum_(j <- box cs2) \sum_(h <- box cs1)
         if places es1 es2 h j == t
         then w2.[[:: o, m & j]] * w1.[[:: o / (O2 / g) * a2 + m, q & h]%Z] else 0)%R.
  move=> q_in t_in; have := inside_and o_in (inside_and q_in t_in).
  by rewrite /merged entry_build w1_shape w2_shape /= !drop0 => ->.
pose term q m j h := (w2.[[:: o, m & j]] * w1.[[:: o / (O2 / g) * a2 + m, q & h]%Z]
  * x.[ms ++ (o / (O2 / g) * a1 + q)%Z :: places (times ss1 ss2) ds u (places es1 es2 h j)])%R.
transitivity (\sum_(q <- range a1) \sum_(m <- range a2) \sum_(j <- box cs2) \sum_(h <- box cs1)
    term q m j h)%R.
  rewrite [RHS]exchange_big; apply: eq_big_seq => m /mem_rangeP m_in.
  rewrite [RHS]exchange_big; apply: eq_big_seq => j; rewrite mem_box => j_in.
  rewrite y_entries // big_distrr; apply: eq_bigr => q _.
  rewrite big_distrr; apply: eq_big_seq => h h_in; rewrite /term -mulrA; congr (_ * _)%R.
  rewrite (@places_of_places ss1 ss2 ds ds1 ds2 es1 es2); rewrite ?size_ss1 //; last first.
    by rewrite (size_box h_in) (size_inside j_in) size_cs1.
  case: (boolP (inside (O1 :: a1 :: cs1) [:: o / (O2 / g) * a2 + m, q & h]%Z)) => [| outside].
    case/inside_parts=> _ [_ [[<- <-] [k_in _]]]; congr (_ * x.[_ ++ (_ * _ + _)%Z :: _])%R.
    exact: same_group.
  by rewrite entry_outside ?w1_shape // !mul0r.
apply: eq_big_seq => q /mem_rangeP q_in; apply/esym.
rewrite (eq_big_seq (fun t => \sum_(m <- range a2) \sum_(j <- box cs2) \sum_(h <- box cs1)
    if places es1 es2 h j == t
    then w2.[[:: o, m & j]] * w1.[[:: o / (O2 / g) * a2 + m, q & h]%Z]
      * x.[ms ++ (o / (O2 / g) * a1 + q)%Z :: places (times ss1 ss2) ds u t] else 0))%R; last first.
  move=> t; rewrite mem_box => t_in; rewrite k_entries // big_distrl; apply: eq_bigr => m _.
  rewrite big_distrl; apply: eq_bigr => j _; rewrite big_distrl; apply: eq_bigr => h _ /=.
  by case: ifP => _; rewrite ?mul0r.
rewrite exchange_big; apply: eq_bigr => m _ /=.
rewrite exchange_big; apply: eq_big_seq => j j_in /=.
rewrite exchange_big; apply: eq_big_seq => h h_in /=.
rewrite sum_of_one_term ?uniq_box // mem_box; apply: places_in; by rewrite -mem_box.
Qed.

(* In particular the merged layer may be one without dilation. *)
Theorem two_layers_of_any_rank_eq_one_layer b r ss1 ss2 ds1 ds2 g w1 w2 x :
    is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 -> size (shape x) = (b + r.+1)%nat ->
    g = 1 \/ component (shape w2) 1 = component (shape w1) 0 / g ->
  conv b ss2 ds2 g w2 (conv b ss1 ds1 g w1 x)
  = conv b (times ss1 ss2) (nseq r 1) g (merged ds1 (times ss1 ds2) g w1 w2) x.
Proof.
move=> ok1 ok2 size_x groups_ok.
have [_ [_ [_ [_ _ size_ss1 size_ds1 _]]]] := is_layer_parts ok1.
have [_ [_ [_ [_ _ _ size_ds2 _]]]] := is_layer_parts ok2.
apply: (two_layers_of_any_rank_eq_one_dilated_layer ok1) => //.
- by rewrite /positive all_nseq orbT.
- by rewrite times_ones.
by rewrite times_ones // /times size_map size_zip size_ss1 size_ds2 minnn.
Qed.

End Composition.

(* --- each condition is needed --- *)

Section Needed.
Variable R : comRingType.

(* One channel and one axis, all entries 1. *)
Definition ones sizes : tensor R := build sizes (fun=> 1%R).

Example strides_must_be_positive :
  conv 0 [:: 1] [:: 1] 1 (ones [:: 1; 1; 2])
    (conv 0 [:: 0] [:: 1] 1 (ones [:: 1; 1; 1]) (ones [:: 1; 1]))
  <> conv 0 [:: 0] [:: 1] 1 (merged [:: 1] [:: 0] 1 (ones [:: 1; 1; 1]) (ones [:: 1; 1; 2]))
       (ones [:: 1; 1]).
Proof. by move/(congr1 shape). Qed.

Example first_kernel_must_have_taps :
  conv 0 [:: 1] [:: 1] 1 (ones [:: 1; 1; 1])
    (conv 0 [:: 1] [:: 2] 1 (ones [:: 1; 1; 0]) (ones [:: 1; 1]))
  <> conv 0 [:: 1] [:: 1] 1 (merged [:: 2] [:: 1] 1 (ones [:: 1; 1; 0]) (ones [:: 1; 1; 1]))
       (ones [:: 1; 1]).
Proof. by move/(congr1 shape). Qed.

Example second_kernel_must_have_taps :
  conv 0 [:: 1] [:: 1] 1 (ones [:: 1; 1; 0])
    (conv 0 [:: 2] [:: 1] 1 (ones [:: 1; 1; 1]) (ones [:: 1; 1]))
  <> conv 0 [:: 2] [:: 1] 1 (merged [:: 1] [:: 2] 1 (ones [:: 1; 1; 1]) (ones [:: 1; 1; 0]))
       (ones [:: 1; 1]).
Proof. by move/(congr1 shape). Qed.

Example channels_must_be_those_of_the_groups :
  let x := build [:: 2; 1] (fun i => if i == [:: 1; 0] then 1%R else 0%R) in
  conv 0 [:: 1] [:: 1] 2 (ones [:: 2; 2; 1])
    (conv 0 [:: 1] [:: 1] 2 (ones [:: 2; 1; 1]) x)
  <> conv 0 [:: 1] [:: 1] 2 (merged [:: 1] [:: 1] 2 (ones [:: 2; 1; 1]) (ones [:: 2; 2; 1])) x.
Proof.
move=> /= /(congr1 (fun y => y.[[:: 0; 0]])); rewrite /conv /merged /ones unlock /=.
rewrite /entry /= /reducebig /= !(mulr0, mulr1, addr0, add0r) => /eqP.
by rewrite oner_eq0.
Qed.

End Needed.

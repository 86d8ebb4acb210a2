(* Layers with channels, of any rank: shapes and entries. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* --- lists of integers, one for each axis --- *)

Definition positive (v : seq Z) : bool := all (Z.ltb 0) v.

Definition times (v w : seq Z) : seq Z := [seq i.1 * i.2 | i <- zip v w].

Lemma inside_parts n ns v :
  inside (n :: ns) v -> exists i w, v = i :: w /\ 0 <= i < n /\ inside ns w.
Proof.
case: v => [| i v] //= /and3P [/Z.leb_le i_ge /Z.ltb_lt i_lt v_in].
by exists i, v; split=> //; split=> //; lia.
Qed.

Lemma clipped_cat ns ms : clipped (ns ++ ms) = clipped ns ++ clipped ms.
Proof. by rewrite /clipped map_cat. Qed.

Lemma mem_rangeP n i : (i \in range n) <-> 0 <= i < n.
Proof.
rewrite mem_range; split=> [/andP [/Z.leb_le ? /Z.ltb_lt ?] | i_in]; first lia.
by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
Qed.

Lemma times_ones n v : size v = n -> times (nseq n 1) v = v.
Proof.
elim: n v => [| n IH] [| i v] // [/IH v_is].
by rewrite -[in RHS]v_is; congr (_ :: _); apply: Z.mul_1_l.
Qed.

Lemma positive_cons i v : positive (i :: v) = (0 <? i) && positive v.
Proof. by []. Qed.

Lemma windows_in_le s d c n u : 0 < s -> u < windows_in s d c n -> s * u + d * (c - 1) < n.
Proof.
rewrite /windows_in => s_gt0 u_lt.
have := Z.mul_div_le (n - d * (c - 1) - 1) s s_gt0.
have : s * u <= s * ((n - d * (c - 1) - 1) / s) by apply: Z.mul_le_mono_nonneg_l; lia.
lia.
Qed.

(* The tap j of the window u lies inside. *)
Lemma place_inside s d c n u j : 0 < s -> 0 < d -> 0 <= u < windows_in s d c n -> 0 <= j < c ->
  0 <= s * u + d * j < n.
Proof.
move=> s_gt0 d_gt0 u_in j_in; have := @windows_in_le s d c n u s_gt0 (proj2 u_in).
have : d * j <= d * (c - 1) by apply: Z.mul_le_mono_nonneg_l; lia.
have : 0 <= s * u by apply: Z.mul_nonneg_nonneg; lia.
have : 0 <= d * j by apply: Z.mul_nonneg_nonneg; lia.
lia.
Qed.

Lemma places_inside ss ds cs ns us js :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> positive ss -> positive ds ->
  inside (windows_along ss ds cs ns) us -> inside cs js -> inside ns (places ss ds us js).
Proof.
elim: cs ss ds ns us js => [| c cs IH] [| s ss] [| d ds] [| n ns] us js //.
move=> [size_ss] [size_ds] [size_ns] /andP [/Z.ltb_lt s_gt0 ss_gt0] /andP [/Z.ltb_lt d_gt0 ds_gt0].
move=> /inside_parts [u [us' [-> [u_in us_in]]]] /inside_parts [j [js' [-> [j_in js_in]]]].
by apply: inside_and; [apply: place_inside u_in j_in | apply: IH].
Qed.

Lemma size_windows_along ss ds cs ns :
  size ss = size cs -> size ds = size cs -> size ns = size cs ->
  size (windows_along ss ds cs ns) = size cs.
Proof.
by elim: cs ss ds ns => [| c cs IH] [| s ss] [| d ds] [| n ns] //= [?] [?] [?]; rewrite IH.
Qed.

Lemma clipped_positive ns : positive ns -> clipped ns = ns.
Proof. by elim: ns => //= n ns IH /andP [/Z.ltb_lt n_gt0 /IH ->]; rewrite Z.max_r //; lia. Qed.

Section Layers.
Variable R : comRingType.
Implicit Types (w x : tensor R) (ss ds : seq Z).

(* A sum of which one term remains. *)
Lemma sum_of_one_term (s : seq (seq Z)) t (F : seq Z -> R) : uniq s -> t \in s ->
  (\sum_(v <- s) (if t == v then F v else 0) = F t)%R.
Proof.
move=> s_uniq t_in; rewrite (bigD1_seq t) //= eqxx big1 ?addr0 // => v.
by rewrite eq_sym => /negPf ->.
Qed.

Lemma sum_box_cons n ns (F : seq Z -> R) :
  (\sum_(v <- box (n :: ns)) F v = \sum_(i <- range n) \sum_(w <- box ns) F (i :: w))%R.
Proof. exact: sum_pairs. Qed.

Lemma clipped_shape x ns ms : shape x = ns ++ ms -> clipped ns = ns /\ clipped ms = ms.
Proof.
move=> x_shape; have := shape_nonnegative x; rewrite x_shape clipped_cat => /esym/eqP.
by rewrite eqseq_cat ?size_map // => /andP [/eqP ? /eqP ?].
Qed.

(* --- a layer --- *)

(* Tensors with channels behind some axes, and before others. *)
Lemma equal_by_parts x y ns C us :
  shape x = ns ++ C :: us -> shape y = ns ++ C :: us ->
  (forall ms o u, inside ns ms -> 0 <= o < C -> inside us u ->
    x.[ms ++ o :: u] = y.[ms ++ o :: u]) ->
  x = y.
Proof.
move=> x_shape y_shape agree; apply: equal_tensors => [| i]; first by rewrite x_shape.
rewrite x_shape => i_in; have size_i := size_inside i_in; move: i_in.
rewrite -(cat_take_drop (size ns) i).
rewrite inside_cat ?size_takel ?size_i ?size_cat ?leq_addr // => /andP [ms_in].
by case/inside_parts=> o [u [-> [o_in u_in]]]; apply: agree.
Qed.

(* The sizes of a layer's output, for a kernel of shape (O, a, c ...) and an input of shape
   (n ..., C, x ...); and its entries.  Outside the channels 0, ..., O - 1 they are zero. *)
Lemma shape_conv b ss ds g w x ns C xs O a cs :
  size ns = b -> shape x = ns ++ C :: xs -> shape w = O :: a :: cs ->
  shape (conv b ss ds g w x) = ns ++ O :: clipped (windows_along ss ds cs xs).
Proof.
move=> size_ns x_shape w_shape; rewrite /conv shape_build x_shape w_shape /= drop0.
rewrite take_size_cat // -(cat_rcons C) drop_size_cat ?size_rcons ?size_ns // clipped_cat /=.
have [-> _] := clipped_shape x_shape.
by have := @clipped_shape w [:: O] _ w_shape; case=> [[->] _].
Qed.

Lemma entry_conv b ss ds g w x ns C xs O a cs ms o u :
  size ns = b -> shape x = ns ++ C :: xs -> shape w = O :: a :: cs ->
  inside ns ms -> inside (windows_along ss ds cs xs) u ->
  ((conv b ss ds g w x).[ms ++ o :: u]
   = \sum_(q <- range a) \sum_(j <- box cs)
       w.[o :: q :: j] * x.[ms ++ (o / (O / g) * a + q)%Z :: places ss ds u j])%R.
Proof.
move=> size_ns x_shape w_shape ms_in u_in; have size_ms := size_inside ms_in.
rewrite /conv entry_build x_shape w_shape [behead _]/= [drop 2 _]/= drop0.
rewrite take_size_cat // -(cat_rcons C) drop_size_cat ?size_rcons ?size_ns //.
rewrite inside_cat // ms_in /= u_in andbT; case: ifP => o_in.
  rewrite (sum_box_cons a cs); apply: eq_bigr => q _; apply: eq_bigr => j _; rewrite /=.
  rewrite nth_cat size_ms size_ns ltnn subnn take_size_cat ?size_ms //.
  by rewrite -(cat_rcons o) drop_size_cat ?size_rcons ?size_ms ?size_ns.
rewrite big1 // => q _; rewrite big1 // => j _; rewrite entry_outside ?mul0r //.
by rewrite w_shape /=; move: o_in; case: (0 <=? o) => //= ->.
Qed.

(* Strides, dilations and a kernel for r spatial axes: strides and dilations are positive, and the
   kernel has taps. *)
Definition is_layer (r : nat) ss ds w : bool :=
  [&& size ss == r, size ds == r, size (shape w) == r.+2,
      positive ss, positive ds & positive (drop 2 (shape w))].

Lemma is_layer_parts r ss ds w : is_layer r ss ds w -> exists O a cs,
  [/\ shape w = O :: a :: cs, size cs = r, size ss = r, size ds = r
    & [&& positive ss, positive ds & positive cs]].
Proof.
case/and4P=> /eqP size_ss /eqP size_ds; case: (shape w) => [| O [| a cs]] // /eqP [size_cs].
by rewrite [drop _ _]/= drop0; exists O, a, cs.
Qed.

Lemma shape_parts b r x : size (shape x) = (b + r.+1)%nat -> exists ns C xs,
  [/\ shape x = ns ++ C :: xs, size ns = b & size xs = r].
Proof.
move=> size_x; have := cat_take_drop b (shape x).
have : size (drop b (shape x)) = r.+1 by rewrite size_drop size_x addKn.
have : size (take b (shape x)) = b by rewrite size_takel // size_x leq_addr.
case: (drop b (shape x)) => [| C xs] // size_ns [size_xs] <-.
by exists (take b (shape x)), C, xs.
Qed.


End Layers.

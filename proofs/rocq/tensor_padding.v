(* Zeros around inputs, between layers and around kernels. *)

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

Definition plus (v w : seq Z) : seq Z := [seq i.1 + i.2 | i <- zip v w].
Definition minus (v w : seq Z) : seq Z := [seq i.1 - i.2 | i <- zip v w].

Lemma size_minus v w : size v = size w -> size (minus v w) = size w.
Proof. by move=> vw; rewrite size_map size_zip vw minnn. Qed.

Lemma size_plus v w : size v = size w -> size (plus v w) = size w.
Proof. by move=> vw; rewrite size_map size_zip vw minnn. Qed.

(* Amounts of zeros: as many in front as behind, none below 0. *)
Definition amounts (r : nat) (ls rs : seq Z) : bool :=
  [&& size ls == r, size rs == r, all (Z.leb 0) ls & all (Z.leb 0) rs].

Lemma amounts_cons r ls rs : amounts r.+1 ls rs ->
  exists l ls' r' rs', [/\ ls = l :: ls', rs = r' :: rs', 0 <= l, 0 <= r' & amounts r ls' rs'].
Proof.
case: ls rs => [| l ls] [| q rs] //; first by rewrite /amounts andbF.
case/and4P=> /= size_l size_r /andP [/Z.leb_le l_ge ls_ge] /andP [/Z.leb_le r_ge rs_ge].
by exists l, ls, q, rs; split=> //; apply/and4P; split.
Qed.

Lemma amounts_add r l ls q rs :
  0 <= l -> 0 <= q -> amounts r ls rs -> amounts r.+1 (l :: ls) (q :: rs).
Proof.
move=> l_ge q_ge /and4P [size_l size_r ls_ge rs_ge]; apply/and4P; split=> //.
  by apply/andP; split=> //; apply/Z.leb_le.
by apply/andP; split=> //; apply/Z.leb_le.
Qed.

Lemma amounts_nil ls rs : amounts 0 ls rs -> ls = [::] /\ rs = [::].
Proof. by case: ls; case: rs. Qed.

(* --- zeros around what a layer makes, one axis after the other --- *)

(* Where ps zeros in front of a layer's output are what the layer makes of more zeros in front of
   its input, which has ls already: along each axis there are none, or the last window that is added
   ends before the input begins. *)
Definition harmless_in_front (r : nat) (ss ds cs ls ps : seq Z) : Prop :=
  forall a, (a < r)%N ->
    component ps a = 0 \/ component ds a * (component cs a - 1) < component ls a + component ss a.

(* The same for qs zeros behind: the first window that is added begins after the input ends. *)
Definition harmless_behind (r : nat) (ss ds cs ns ls rs qs : seq Z) : Prop :=
  forall a, (a < r)%N ->
    component qs a = 0 \/ component ns a + component ls a
      <= component ss a * component (windows_along ss ds cs (plus (plus ns ls) rs)) a.

Lemma component_plus v w a :
  size v = size w -> component (plus v w) a = component v a + component w a.
Proof.
by elim: v w a => [| i v IH] [| j w] [| a] //= [] /IH.
Qed.

Lemma component_windows_along ss ds cs ns a :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> (a < size cs)%N ->
  component (windows_along ss ds cs ns) a
  = windows_in (component ss a) (component ds a) (component cs a) (component ns a).
Proof.
elim: cs ss ds ns a => [| c cs IH] [| s ss] [| d ds] [| n ns] [| a] //= [?] [?] [?] a_lt.
exact: IH.
Qed.

Lemma positive_component ss a : positive ss -> (a < size ss)%N -> 0 < component ss a.
Proof. by move=> /allP ss_ok a_lt; apply/Z.ltb_lt/ss_ok/mem_nth. Qed.

(* Enough zeros around the input for a whole window but one entry make any padding harmless. *)
Theorem wide_padding_is_harmless ss ds cs ns ls rs ps qs :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> size ls = size cs ->
  size rs = size cs -> positive ss ->
  (forall a, (a < size cs)%N ->
    component ds a * (component cs a - 1) <= component ls a /\
    component ds a * (component cs a - 1) <= component rs a) ->
  harmless_in_front (size cs) ss ds cs ls ps /\ harmless_behind (size cs) ss ds cs ns ls rs qs.
Proof.
move=> size_ss size_ds size_ns size_ls size_rs ss_ok wide; split=> a a_lt; right.
  by have := wide a a_lt; have := @positive_component ss a; rewrite size_ss => /(_ ss_ok a_lt); lia.
have s_gt0 : 0 < component ss a by apply: positive_component; rewrite ?size_ss.
have size1 : size (plus ns ls) = size cs by rewrite size_plus ?size_ls.
have size2 : size (plus (plus ns ls) rs) = size cs by rewrite size_plus ?size1 ?size_rs.
rewrite component_windows_along // !component_plus ?size1 ?size_ls //.
have [_ behind] := wide a a_lt; rewrite /windows_in.
set m := _ - 1; have := Z.mul_succ_div_gt m _ s_gt0; rewrite /m; lia.
Qed.

Lemma windows_with_zeros s d c n l r p q :
  0 < s -> 0 <= n -> 0 <= l -> 0 <= r -> 0 <= p -> 0 <= q ->
  p = 0 \/ d * (c - 1) < l + s -> q = 0 \/ n + l <= s * windows_in s d c (n + l + r) ->
  Z.max 0 (windows_in s d c (n + (l + s * p) + (r + s * q)))
  = Z.max 0 (windows_in s d c (n + l + r)) + p + q.
Proof.
move=> s_gt0 n_ge l_ge r_ge p_ge q_ge front behind.
have -> : windows_in s d c (n + (l + s * p) + (r + s * q)) = windows_in s d c (n + l + r) + (p + q).
  rewrite /windows_in.
  have -> : n + (l + s * p) + (r + s * q) - d * (c - 1) - 1
      = n + l + r - d * (c - 1) - 1 + (p + q) * s by ring.
  by rewrite Z.div_add; lia.
have : p = 0 \/ 0 <= windows_in s d c (n + l + r).
  case: front => [-> | front]; [by left | right; rewrite /windows_in].
  have : -1 <= (n + l + r - d * (c - 1) - 1) / s by apply: Z.div_le_lower_bound; lia.
  lia.
have : q = 0 \/ 0 <= windows_in s d c (n + l + r).
  case: behind => [-> | behind]; [by left | right].
  case: (Z.le_gt_cases 0 (windows_in s d c (n + l + r))) => // negative.
  have := Z.mul_pos_neg s _ s_gt0 negative; lia.
lia.
Qed.

(* A window that is not among those of the input, with the zeros that it has, reads only zeros. *)
Lemma window_of_zeros s d c n l r p q v j :
  0 < s -> 0 < d -> 0 <= n -> 0 <= l -> 0 <= p -> 0 <= j < c ->
  p = 0 \/ d * (c - 1) < l + s -> q = 0 \/ n + l <= s * windows_in s d c (n + l + r) ->
  0 <= v < Z.max 0 (windows_in s d c (n + l + r)) + p + q ->
  0 <= s * v + d * j - (l + s * p) < n -> 0 <= v - p < windows_in s d c (n + l + r).
Proof.
move=> s_gt0 d_gt0 n_ge l_ge p_ge j_in front behind v_in read.
have : d * j <= d * (c - 1) by apply: Z.mul_le_mono_nonneg_l; lia.
have : 0 <= d * j by apply: Z.mul_nonneg_nonneg; lia.
have v_is : s * v = s * (v - p) + s * p by ring.
move: (windows_in _ _ _ _) behind v_in => m behind v_in dj_ge dj_le.
have v_ge : 0 <= v - p.
  case: (Z.le_gt_cases 0 (v - p)) => // v_lt.
  have : s * (v - p) <= s * -1 by apply: Z.mul_le_mono_nonneg_l; lia.
  by case: front; lia.
split=> //; case: (Z.le_gt_cases m (v - p)) => // v_ge_m.
have : s * m <= s * (v - p) by apply: Z.mul_le_mono_nonneg_l; lia.
by case: behind; lia.
Qed.

Lemma clipped_windows_with_zeros ss ds cs ns ls rs ps qs :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> positive ss ->
  amounts (size cs) ls rs -> amounts (size cs) ps qs -> clipped ns = ns ->
  harmless_in_front (size cs) ss ds cs ls ps -> harmless_behind (size cs) ss ds cs ns ls rs qs ->
  clipped (windows_along ss ds cs
    (plus (plus ns (plus ls (times ss ps))) (plus rs (times ss qs))))
  = plus (plus (clipped (windows_along ss ds cs (plus (plus ns ls) rs))) ps) qs.
Proof.
elim: cs ss ds ns ls rs ps qs => [| c cs IH] [| s ss] // [| d ds] // [| n ns] // ls rs ps qs.
  by move=> _ _ _ _ /amounts_nil [-> ->] /amounts_nil [-> ->].
move=> [size_ss] [size_ds] [size_ns] /andP [/Z.ltb_lt s_gt0 ss_ok].
case/amounts_cons=> l [ls' [r [rs' [-> -> l_ge r_ge lr_ok]]]].
case/amounts_cons=> p [ps' [q [qs' [-> -> p_ge q_ge pq_ok]]]] [n_ok ns_ok] front behind.
rewrite /plus /=; congr (_ :: _).
  apply: windows_with_zeros => //; [lia | exact: (front 0%N) | exact: (behind 0%N)].
by apply: IH => // a a_lt; [apply: (front a.+1) | apply: (behind a.+1)].
Qed.

Lemma windows_of_zeros ss ds cs ns ls rs ps qs v j :
  size ss = size cs -> size ds = size cs -> size ns = size cs -> positive ss -> positive ds ->
  amounts (size cs) ls rs -> amounts (size cs) ps qs -> clipped ns = ns ->
  harmless_in_front (size cs) ss ds cs ls ps -> harmless_behind (size cs) ss ds cs ns ls rs qs ->
  inside (plus (plus (clipped (windows_along ss ds cs (plus (plus ns ls) rs))) ps) qs) v ->
  inside cs j -> inside ns (minus (places ss ds v j) (plus ls (times ss ps))) ->
  inside (windows_along ss ds cs (plus (plus ns ls) rs)) (minus v ps).
Proof.
elim: cs ss ds ns ls rs ps qs v j => [| c cs IH] [| s ss] // [| d ds] // [| n ns] // ls rs ps qs.
  by move=> v j _ _ _ _ _ /amounts_nil [-> ->] /amounts_nil [-> ->] _ _ _; case: v.
move=> v j [size_ss] [size_ds] [size_ns].
move=> /andP [/Z.ltb_lt s_gt0 ss_ok] /andP [/Z.ltb_lt d_gt0 ds_ok].
case/amounts_cons=> l [ls' [r [rs' [-> -> l_ge r_ge lr_ok]]]].
case/amounts_cons=> p [ps' [q [qs' [-> -> p_ge q_ge pq_ok]]]] [n_ok ns_ok] front behind.
case/inside_parts=> u [v' [-> [u_in v_in]]] /inside_parts [i [j' [-> [i_in j_in]]]].
case/inside_parts=> _ [_ [[<- <-] [read reads]]]; apply: inside_and.
  by apply: (window_of_zeros (q := q)) read => //; [lia | exact: (front 0%N) | exact: (behind 0%N)].
apply: (IH ss ds ns ls' rs' ps' qs' v' j') => // a a_lt; first exact: (front a.+1).
exact: (behind a.+1).
Qed.

Lemma places_with_zeros ss ds ls ps v j :
  size ss = size v -> size ds = size v -> size ls = size v -> size ps = size v -> size j = size v ->
  minus (places ss ds v j) (plus ls (times ss ps)) = minus (places ss ds (minus v ps) j) ls.
Proof.
elim: v ss ds ls ps j => [| u v IH] [| s ss] [| d ds] [| l ls] [| p ps] [| i j] //.
move=> [?] [?] [?] [?] [?]; congr (_ :: _); last exact: IH.
by rewrite /=; ring.
Qed.

Lemma size_places ss ds v j : size ss = size v -> size ds = size v -> size j = size v ->
  size (places ss ds v j) = size v.
Proof. by elim: v ss ds j => [| u v IH] [| s ss] [| d ds] [| i j] //= [?] [?] [?]; rewrite IH. Qed.

Lemma amounts_plus r ss ls rs ps qs : size ss = r -> positive ss ->
  amounts r ls rs -> amounts r ps qs -> amounts r (plus ls (times ss ps)) (plus rs (times ss qs)).
Proof.
elim: r ss ls rs ps qs => [| r IH] [| s ss] // ls rs ps qs.
  by move=> _ _ /amounts_nil [-> ->] /amounts_nil [-> ->].
move=> [size_ss] /andP [/Z.ltb_lt s_gt0 ss_ok].
case/amounts_cons=> l [ls' [l' [rs' [-> -> l_ge r_ge lr_ok]]]].
case/amounts_cons=> p [ps' [q [qs' [-> -> p_ge q_ge pq_ok]]]].
have ? := Z.mul_nonneg_nonneg s p; have ? := Z.mul_nonneg_nonneg s q.
by apply: amounts_add; rewrite /=; [lia | lia | apply: IH].
Qed.

Section Padding.
Variable R : comRingType.
Implicit Types (w x : tensor R) (ss ds : seq Z).

(* l zeros in front and r behind, along axis a; then along the axes after it. *)
Fixpoint pads (a : nat) (ls rs : seq Z) x : tensor R :=
  match ls, rs with
  | l :: ls', r :: rs' => pads a.+1 ls' rs' (pad a l r x)
  | _, _ => x
  end.

Lemma along_cat ns f n ms : along (size ns) f (ns ++ n :: ms) = ns ++ f n :: ms.
Proof. by elim: ns => //= m ns ->. Qed.

Lemma along_inside a sizes i l r : 0 <= l -> 0 <= r ->
  inside sizes (along a (fun u => u - l) i) -> inside (along a (fun n => n + l + r) sizes) i.
Proof.
move=> l_ge r_ge; elim: sizes i a => [| n sizes IH] [| u i] [| a] //=.
  move=> /and3P [/Z.leb_le ? /Z.ltb_lt ? ->]; rewrite andbT.
  by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
by move=> /and3P [-> -> /IH ->].
Qed.

Lemma entry_pad a l r x i : 0 <= l -> 0 <= r -> (pad a l r x).[i] = x.[along a (fun u => u - l) i].
Proof.
move=> l_ge r_ge; rewrite entry_build; case: ifP => // i_out; rewrite entry_outside //.
by apply: contraFN i_out; apply: along_inside.
Qed.

Lemma shape_pad ns n ms l r x : 0 <= l -> 0 <= r -> shape x = ns ++ n :: ms ->
  shape (pad (size ns) l r x) = ns ++ n + l + r :: ms.
Proof.
move=> l_ge r_ge x_shape; rewrite shape_build x_shape along_cat clipped_cat.
have [ns_ok [n_ok ms_ok]] := clipped_shape x_shape.
by rewrite ns_ok /= ms_ok -n_ok; congr (_ ++ _ :: _); lia.
Qed.

Lemma shape_pads ns ms ls rs x : amounts (size ms) ls rs -> shape x = ns ++ ms ->
  shape (pads (size ns) ls rs x) = ns ++ plus (plus ms ls) rs.
Proof.
elim: ms ns ls rs x => [| n ms IH] ns ls rs x.
  by case/amounts_nil=> -> ->.
case/amounts_cons=> l [ls' [r [rs' [-> -> l_ge r_ge ok]]]] x_shape /=.
have shape1 := shape_pad l_ge r_ge x_shape.
have := IH (rcons ns (n + l + r)) ls' rs' (pad (size ns) l r x) ok.
by rewrite size_rcons !cat_rcons => /(_ shape1).
Qed.

Lemma entry_pads r ms v ls rs x : amounts r ls rs -> size v = r ->
  (pads (size ms) ls rs x).[ms ++ v] = x.[ms ++ minus v ls].
Proof.
elim: r ms v ls rs x => [| r IH] ms [| u v] // ls rs x.
  by case/amounts_nil=> -> ->.
case/amounts_cons=> l [ls' [q [rs' [-> -> l_ge q_ge ok]]]] [size_v] /=.
have := IH (rcons ms u) v ls' rs' (pad (size ms) l q x) ok size_v.
by rewrite size_rcons !cat_rcons => ->; rewrite entry_pad // along_cat.
Qed.

(* The same behind an axis of channels. *)
Lemma shape_pads_behind b ns C xs ls rs x : size ns = b -> amounts (size xs) ls rs ->
  shape x = ns ++ C :: xs -> shape (pads b.+1 ls rs x) = ns ++ C :: plus (plus xs ls) rs.
Proof.
by move=> <- ok; rewrite -!cat_rcons -(size_rcons ns C); apply: shape_pads.
Qed.

Lemma entry_pads_behind b r ms k v ls rs x : size ms = b -> amounts r ls rs -> size v = r ->
  (pads b.+1 ls rs x).[ms ++ k :: v] = x.[ms ++ k :: minus v ls].
Proof.
by move=> <- ok size_v; rewrite -!cat_rcons -(size_rcons ms k); apply: entry_pads size_v.
Qed.

(* --- padding between layers --- *)

(* Zeros around the output of a layer are zeros around its input, a stride of them for each, if the
   windows that are added lie in zeros. *)
Theorem padded_output_eq_output_of_padded_input r ss ds g w x ns C xs ls rs ps qs :
    is_layer r ss ds w -> shape x = ns ++ C :: xs -> size xs = r ->
    amounts r ls rs -> amounts r ps qs ->
    harmless_in_front r ss ds (drop 2 (shape w)) ls ps ->
    harmless_behind r ss ds (drop 2 (shape w)) xs ls rs qs ->
  let b := size ns in
  pads b.+1 ps qs (conv b ss ds g w (pads b.+1 ls rs x))
  = conv b ss ds g w (pads b.+1 (plus ls (times ss ps)) (plus rs (times ss qs)) x).
Proof.
case/is_layer_parts=> O [a [cs [w_shape size_cs size_ss size_ds /and3P [ss_ok ds_ok cs_ok]]]].
rewrite w_shape /= drop0 => x_shape size_xs lr_ok pq_ok front behind.
have more_ok := amounts_plus size_ss ss_ok lr_ok pq_ok.
have [_ [_ xs_ok]] : clipped ns = ns /\ Z.max 0 C = C /\ clipped xs = xs.
  by have [? [? ?]] := clipped_shape x_shape.
have padded us vs : amounts r us vs ->
    shape (pads (size ns).+1 us vs x) = ns ++ C :: plus (plus xs us) vs.
  by move=> ok; apply: shape_pads_behind; rewrite ?size_xs.
have y_shape := shape_conv ss ds g (erefl _) (padded _ _ lr_ok) w_shape.
have z_shape := shape_conv ss ds g (erefl _) (padded _ _ more_ok) w_shape.
have size_ls : size ls = r by case/and4P: lr_ok => /eqP.
have size_rs : size rs = r by case/and4P: lr_ok => _ /eqP.
have size_ps : size ps = r by case/and4P: pq_ok => /eqP.
have size_qs : size qs = r by case/and4P: pq_ok => _ /eqP.
have size_sum : size (plus (plus xs ls) rs) = size cs by rewrite !size_plus ?size_ls ?size_rs.
set W := windows_along ss ds cs (plus (plus xs ls) rs) in y_shape.
have size_W : size W = r by rewrite size_windows_along ?size_sum ?size_cs.
have out_shape :
    shape (pads (size ns).+1 ps qs (conv (size ns) ss ds g w (pads (size ns).+1 ls rs x)))
    = ns ++ O :: plus (plus (clipped W) ps) qs.
  by apply: shape_pads_behind => //; rewrite size_map size_W.
apply: (equal_by_parts out_shape).
  by rewrite z_shape clipped_windows_with_zeros ?size_cs.
move=> ms o v ms_in o_in v_in.
have size_v : size v = r.
  by rewrite (size_inside v_in) !size_plus ?size_map ?size_W ?size_ps ?size_qs.
have v_in' : inside (windows_along ss ds cs
    (plus (plus xs (plus ls (times ss ps))) (plus rs (times ss qs)))) v.
  by rewrite -inside_clipped clipped_windows_with_zeros ?size_cs.
rewrite (entry_conv g o (erefl _) (padded _ _ more_ok) w_shape ms_in v_in').
have size_ms := size_inside ms_in; rewrite (entry_pads_behind _ _ size_ms pq_ok) //.
set more := pads _ (plus ls _) _ x.
have more_entries j k : inside cs j ->
    more.[ms ++ k :: places ss ds v j]
    = x.[ms ++ k :: minus (places ss ds (minus v ps) j) ls].
  move=> j_in; have size_j := size_inside j_in.
  rewrite (entry_pads_behind _ _ size_ms more_ok) ?size_places ?size_v ?size_ss ?size_ds ?size_j //.
  by rewrite places_with_zeros ?size_v ?size_ls ?size_ps ?size_j.
case: (boolP (inside W (minus v ps))) => [read | outside].
  rewrite (entry_conv g o _ (padded _ _ lr_ok) w_shape ms_in read) //.
  apply: eq_bigr => q _; apply: eq_big_seq => j; rewrite mem_box => j_in.
  rewrite more_entries //; have size_j := size_inside j_in.
  rewrite (entry_pads_behind _ _ size_ms lr_ok) //.
  by rewrite size_places size_minus ?size_v ?size_ss ?size_ds ?size_ps ?size_j.
rewrite entry_outside; last first.
  by rewrite y_shape inside_cat // /= inside_clipped (negPf outside) !andbF.
rewrite big1 // => q _; rewrite big_seq big1 // => j; rewrite mem_box => j_in.
rewrite more_entries // [x.[_]]entry_outside ?mulr0 // x_shape inside_cat //=.
apply: contra outside => /and4P [_ _ _ read].
apply: (@windows_of_zeros ss ds cs xs ls rs ps qs v j); rewrite ?size_cs //.
by rewrite places_with_zeros ?size_v ?size_ls ?size_ps // (size_inside j_in).
Qed.

(* So two layers with padding before each of them are one layer, with more padding. *)
Theorem two_padded_layers_eq_one_layer r ss1 ss2 ds1 ds2 g w1 w2 x ns C xs ls rs ps qs :
    is_layer r ss1 ds1 w1 -> is_layer r ss2 ds2 w2 -> shape x = ns ++ C :: xs -> size xs = r ->
    g = 1 \/ component (shape w2) 1 = component (shape w1) 0 / g ->
    amounts r ls rs -> amounts r ps qs ->
    harmless_in_front r ss1 ds1 (drop 2 (shape w1)) ls ps ->
    harmless_behind r ss1 ds1 (drop 2 (shape w1)) xs ls rs qs ->
  let b := size ns in
  conv b ss2 ds2 g w2 (pads b.+1 ps qs (conv b ss1 ds1 g w1 (pads b.+1 ls rs x)))
  = conv b (times ss1 ss2) (nseq r 1) g (merged ds1 (times ss1 ds2) g w1 w2)
      (pads b.+1 (plus ls (times ss1 ps)) (plus rs (times ss1 qs)) x).
Proof.
move=> layer1 layer2 x_shape size_xs groups_ok lr_ok pq_ok front behind b.
rewrite (padded_output_eq_output_of_padded_input g layer1 x_shape) //.
apply: two_layers_of_any_rank_eq_one_layer => //.
have [_ [_ [_ [_ _ size_ss1 _ /and3P [ss1_ok _ _]]]]] := is_layer_parts layer1.
have more_ok := amounts_plus size_ss1 ss1_ok lr_ok pq_ok.
rewrite (shape_pads_behind (erefl _) _ x_shape) ?size_xs // size_cat /=.
case/and4P: more_ok => /eqP size_more /eqP size_more' _ _.
by rewrite size_plus size_more' // size_plus size_more ?size_xs.
Qed.

(* Such as none in front and behind, where the padding is 1 and the kernel has 3 taps. *)
Example padding_between_layers_may_harm :
  let ones sizes : tensor R := build sizes (fun=> 1%R) in
  pads 1 [:: 1] [:: 1]
    (conv 0 [:: 1] [:: 1] 1 (ones [:: 1; 1; 3]) (pads 1 [:: 1] [:: 1] (ones [:: 1; 1])))
  <> conv 0 [:: 1] [:: 1] 1 (ones [:: 1; 1; 3]) (pads 1 [:: 2] [:: 2] (ones [:: 1; 1])).
Proof.
move=> /= /(congr1 (fun y => y.[[:: 0; 0]])); rewrite /conv /pad unlock /entry /= /reducebig /=.
rewrite !(mulr0, mulr1, addr0, add0r) => /esym/eqP.
by rewrite oner_eq0.
Qed.

End Padding.

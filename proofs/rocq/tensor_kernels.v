(* What a layer does to its inputs, which may be padded first, determines its kernel. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Definition zeros (n : nat) : seq Z := nseq n 0.

Lemma zeros_inside ns : positive ns -> inside ns (zeros (size ns)).
Proof. by elim: ns => [| n ns IH] //= /andP [-> /IH ->]. Qed.

Lemma places_injective ss ds us i j :
  size ss = size us -> size ds = size us -> size i = size us -> size j = size us -> positive ds ->
  places ss ds us i = places ss ds us j -> i = j.
Proof.
elim: us ss ds i j => [| u us IH] [| s ss] [| d ds] [| i is'] [| j js] //.
move=> [size_ss] [size_ds] [size_i] [size_j] /andP [/Z.ltb_lt d_gt0 ds_gt0] [ij /(IH ss ds) ->] //.
by congr (_ :: _); apply: (proj1 (Z.mul_cancel_l i j d _)); lia.
Qed.

(* Each channel that a kernel reads is one of the g a channels of the groups. *)
Lemma channel_inside g O a o q : 0 < g -> O mod g = 0 -> 0 <= o < O -> 0 <= q < a ->
  0 <= o / (O / g) * a + q < g * a.
Proof.
move=> g_gt0 divides o_in q_in; have O_is : O = g * (O / g) by apply: Z_div_exact_2; lia.
have h_gt0 : 0 < O / g by case: (Z.le_gt_cases (O / g) 0) => // ?; nia.
have : 0 <= o / (O / g) by apply: Z.div_pos; lia.
have : o / (O / g) < g by apply: Z.div_lt_upper_bound; lia.
move: (o / (O / g)) => k ? ?; split; last first.
  have : k * a <= (g - 1) * a by apply: Z.mul_le_mono_nonneg_r; lia.
  lia.
have : 0 <= k * a by apply: Z.mul_nonneg_nonneg; lia.
lia.
Qed.

Lemma inside_clips ns v : inside ns v -> clipped ns = ns.
Proof.
elim: ns v => [| n ns IH] [| i v] // /and3P [/Z.leb_le i_ge /Z.ltb_lt i_lt /IH ns_is] /=.
by rewrite -/(clipped ns) ns_is Z.max_r //; lia.
Qed.

Lemma along_cat f v i w : along (size v) f (v ++ i :: w) = v ++ f i :: w.
Proof. by elim: v => //= j v ->. Qed.

(* Amounts of padding, for each of some axes: (l, r), or none where that axis is not padded; what
   they make of sizes and of places. *)
Notation paddings := (seq (option (Z * Z))).
Definition padded_size (p : option (Z * Z)) (n : Z) : Z :=
  if p is Some (l, r) then n + l + r else n.
Definition moved_by (p : option (Z * Z)) (i : Z) : Z := if p is Some (l, _) then i + l else i.
Fixpoint each (f : option (Z * Z) -> Z -> Z) (ps : paddings) (v : seq Z) : seq Z :=
  match ps, v with
  | p :: ps', i :: v' => f p i :: each f ps' v'
  | _, _ => [::]
  end.

(* That the window of the output u lies in the input: it begins at s u in the padded input, has c
   taps, d apart, and the input has n entries. *)
Definition reads_input (s d c n u : Z) (p : option (Z * Z)) : Prop :=
  let: (l, r) := if p is Some lr then lr else (0, 0) in
  0 <= u /\ l <= s * u /\ s * u + d * (c - 1) < n + l + Z.min 0 r.
Fixpoint read_input (ss ds cs ns us : seq Z) (ps : paddings) : Prop :=
  match ss, ds, cs, ns, us, ps with
  | [::], [::], [::], [::], [::], [::] => True
  | s :: ss', d :: ds', c :: cs', n :: ns', u :: us', p :: ps' =>
      reads_input s d c n u p /\ read_input ss' ds' cs' ns' us' ps'
  | _, _, _, _, _, _ => False
  end.

(* Then there is this output, and each tap reads an entry of the input. *)
Lemma reads_output s d c n u p : 0 < s -> 0 < d -> 0 < c -> reads_input s d c n u p ->
  0 <= u < windows_in s d c (padded_size p n).
Proof.
move=> s_gt0 d_gt0 c_gt0 reads; have {reads} : 0 <= u /\ s * u + d * (c - 1) < padded_size p n.
  by case: p reads => [[l r] |]; rewrite /reads_input /=; lia.
move=> [u_ge0 u_lt]; split=> //; rewrite /windows_in.
have : u <= (padded_size p n - d * (c - 1) - 1) / s by apply: Z.div_le_lower_bound; lia.
lia.
Qed.

Lemma reads_entry s d c n u p j : 0 < d -> reads_input s d c n u p -> 0 <= j < c ->
  exists2 i, 0 <= i < n & moved_by p i = s * u + d * j.
Proof.
move=> d_gt0 reads j_in; have : d * j <= d * (c - 1) by apply: Z.mul_le_mono_nonneg_l; lia.
have : 0 <= d * j by apply: Z.mul_nonneg_nonneg; lia.
move: reads; rewrite /reads_input; case: p => [[l r] |] /=.
  by exists (s * u + d * j - l); lia.
by exists (s * u + d * j); lia.
Qed.

Lemma read_outputs ss ds cs ns us ps :
  positive ss -> positive ds -> positive cs -> read_input ss ds cs ns us ps ->
  inside (windows_along ss ds cs (each padded_size ps ns)) us.
Proof.
elim: cs ss ds ns us ps => [| c cs IH] [| s ss] [| d ds] [| n ns] [| u us] [| p ps] //=.
move=> /andP [/Z.ltb_lt s_gt0 ss_ok] /andP [/Z.ltb_lt d_gt0 ds_ok] /andP [/Z.ltb_lt c_gt0 cs_ok].
move=> [reads read]; apply: inside_and; [exact: reads_output | exact: IH].
Qed.

Lemma read_entries ss ds cs ns us ps j :
  positive ds -> read_input ss ds cs ns us ps -> inside cs j ->
  exists2 i, inside ns i & each moved_by ps i = places ss ds us j.
Proof.
elim: cs ss ds ns us ps j => [| c cs IH] [| s ss] [| d ds] [| n ns] [| u us] [| p ps] // j.
  by case: j => // _ _ _; exists [::].
move=> /andP [/Z.ltb_lt d_gt0 ds_ok] [reads read] /inside_parts [j0 [j' [-> [j0_in j'_in]]]].
have [i0 i0_in i0_is] := reads_entry d_gt0 reads j0_in.
have [i i_in i_is] := IH ss ds ns us ps j' ds_ok read j'_in.
by exists (i0 :: i); [apply: inside_and | rewrite /= i0_is i_is].
Qed.

Lemma size_read ss ds cs ns us ps : read_input ss ds cs ns us ps ->
  [/\ size ns = size cs, size us = size cs & size ps = size cs].
Proof.
elim: cs ss ds ns us ps => [| c cs IH] [| s ss] [| d ds] [| n ns] [| u us] [| p ps] //.
by case=> _ /IH /= [-> -> ->].
Qed.

Lemma size_each f ps v : size ps = size v -> size (each f ps v) = size v.
Proof. by elim: ps v => [| p ps IH] [| i v] //= [/IH ->]. Qed.

Lemma positive_and i v : 0 < i -> positive v -> positive (i :: v).
Proof. by move=> /Z.ltb_lt i_gt0 v_ok; apply/andP. Qed.

Section Kernels.
Variable R : comRingType.
Implicit Types (v w k x : tensor R) (ss ds : seq Z).

Lemma is_layer_of_shape r ss ds w O a cs : shape w = [:: O, a & cs] ->
  size ss = r -> size ds = r -> size cs = r -> positive ss -> positive ds -> positive cs ->
  is_layer r ss ds w.
Proof.
move=> w_shape size_ss size_ds size_cs ss_ok ds_ok cs_ok.
by rewrite /is_layer w_shape size_ss size_ds /= size_cs !eqxx ss_ok ds_ok drop0.
Qed.

(* One at p, and zero elsewhere. *)
Definition impulse (sizes p : seq Z) : tensor R := build sizes (fun i => if i == p then 1 else 0)%R.

Lemma entry_impulse sizes p i : inside sizes p ->
  (impulse sizes p).[i] = (if p == i then 1 else 0)%R.
Proof.
by move=> p_in; rewrite entry_build (eq_sym p); case: eqP => [-> | _]; [rewrite p_in | case: ifP].
Qed.

(* x padded along the axes from a on. *)
Fixpoint padded (a : nat) (ps : paddings) x : tensor R :=
  match ps with
  | [::] => x
  | Some (l, r) :: ps' => padded a.+1 ps' (pad a l r x)
  | None :: ps' => padded a.+1 ps' x
  end.

Lemma pad_impulse ms n ns m i j l r :
  inside (ms ++ n :: ns) (m ++ i :: j) -> size m = size ms -> 0 <= i + l < n + l + r ->
  pad (size ms) l r (impulse (ms ++ n :: ns) (m ++ i :: j))
  = impulse (ms ++ n + l + r :: ns) (m ++ i + l :: j).
Proof.
move=> old_in size_m place_in; have old_is := inside_clips old_in.
have new_in : inside (ms ++ n + l + r :: ns) (m ++ i + l :: j).
  move: old_in; rewrite !inside_cat // => /andP [-> /inside_parts [i' [j' [[_ ->] [_ j_in]]]]].
  exact: inside_and.
apply: equal_tensors => [| e]; first by rewrite !shape_build old_is along_cat.
rewrite [shape _]/= old_is along_cat inside_clipped => e_in.
rewrite entry_build [shape _]/= old_is along_cat e_in !entry_impulse //.
have size_e : size e = size (ms ++ n + l + r :: ns) by apply: size_inside.
have : exists e1 c e2, e = e1 ++ c :: e2 /\ size e1 = size ms.
  exists (take (size ms) e), (nth 0 e (size ms)), (drop (size ms).+1 e).
  have lt : (size ms < size e)%N by rewrite size_e size_cat /= -addn1 leq_add2l.
  by rewrite -drop_nth // cat_take_drop size_takel // ltnW.
move=> [e1 [c [e2 [-> size_e1]]]]; rewrite -size_e1 along_cat !eqseq_cat ?size_m //.
rewrite !eqseq_cons; congr (if _ && (_ && _) then _ else _).
by apply/eqP/eqP; lia.
Qed.

Lemma padded_impulse ms ns m i ps :
  inside ms m -> inside ns i -> inside (each padded_size ps ns) (each moved_by ps i) ->
  size ps = size ns ->
  padded (size ms) ps (impulse (ms ++ ns) (m ++ i))
  = impulse (ms ++ each padded_size ps ns) (m ++ each moved_by ps i).
Proof.
elim: ps ns i ms m => [| p ps IH] [| n ns] i ms m //.
  by move=> _ i_in _ _; rewrite (size0nil (size_inside i_in)).
move=> m_in /inside_parts [i0 [i' [-> {i} [i0_in i_in]]]] moved_in [size_ps].
have size_m := size_inside m_in.
case/inside_parts: moved_in => [? [? [[<- <-] [i0_moves i_moves]]]].
have step n' i0' : 0 <= i0' < n' ->
    padded (size ms).+1 ps (impulse (ms ++ n' :: ns) (m ++ i0' :: i'))
    = impulse (ms ++ n' :: each padded_size ps ns) (m ++ i0' :: each moved_by ps i').
  move=> i0'_in; rewrite -!(cat_rcons n') -!(cat_rcons i0') -(size_rcons ms n') IH //.
  by rewrite -!cats1 inside_cat // m_in; apply: inside_and.
case: p i0_moves => [[l r] |] /= i0_moves; last exact: step.
rewrite pad_impulse // ?step //.
by rewrite inside_cat // m_in; apply: inside_and.
Qed.

(* A layer with channels is determined by what it does to inputs that have a one at a place that
   the output us reads, and zeros elsewhere. *)
Lemma layer_at_impulses_determines_kernel r ss ds g v w ms C ys us :
    is_layer r ss ds w -> shape v = shape w -> size ys = r ->
    0 < g -> component (shape w) 0 mod g = 0 -> g * component (shape w) 1 <= C ->
    positive ms -> inside (windows_along ss ds (drop 2 (shape w)) ys) us ->
    (forall q j, 0 <= q < C -> inside (drop 2 (shape w)) j ->
      let x := impulse (ms ++ C :: ys) (zeros (size ms) ++ q :: places ss ds us j) in
      conv (size ms) ss ds g v x = conv (size ms) ss ds g w x) ->
  v = w.
Proof.
case/is_layer_parts=> O [a [cs [w_shape size_cs size_ss size_ds /and3P [ss_ok ds_ok cs_ok]]]].
rewrite w_shape /= drop0 => v_shape size_ys g_gt0 divides channels ms_ok us_in agree.
apply: equal_tensors; rewrite v_shape // => k /inside_parts [o [k' [-> {k} [o_in]]]].
case/inside_parts=> q [j [-> {k'} [q_in j_in]]].
have [channel_ge channel_lt] := channel_inside g_gt0 divides o_in q_in.
have size_us : size us = r by rewrite (size_inside us_in) size_windows_along size_cs.
pose p (h : Z) i := zeros (size ms) ++ (o / (O / g) * a + h) :: places ss ds us i.
have p_in : inside (ms ++ C :: ys) (p q j).
  rewrite inside_cat ?size_nseq // zeros_inside //; apply: inside_and; first lia.
  by apply: places_inside us_in j_in; rewrite ?size_cs.
have x_shape : shape (impulse (ms ++ C :: ys) (p q j)) = ms ++ C :: ys.
  by rewrite shape_build (inside_clips p_in).
have entries (k : tensor R) : shape k = [:: O, a & cs] ->
    (conv (size ms) ss ds g k (impulse (ms ++ C :: ys) (p q j))).[zeros (size ms) ++ o :: us]
    = k.[[:: o, q & j]].
  move=> k_shape; rewrite (entry_conv g o (erefl _) x_shape k_shape (zeros_inside ms_ok) us_in).
  rewrite -(@sum_of_one_term _ (box (a :: cs)) (q :: j) (fun i => k.[o :: i])) ?uniq_box //.
    rewrite sum_box_cons; apply: eq_bigr => q' _; apply: eq_big_seq => j'; rewrite mem_box => j'_in.
    rewrite entry_impulse //= /p eqseq_cat // eqxx !eqseq_cons.
    have -> : (o / (O / g) * a + q == o / (O / g) * a + q') = (q == q').
      by apply/eqP/eqP => [? | ->] //; lia.
    have -> : (places ss ds us j == places ss ds us j') = (j == j').
      apply/eqP/eqP => [| -> //]; apply: places_injective; rewrite ?size_us //.
      - by rewrite (size_inside j_in).
      by rewrite (size_inside j'_in).
    by case: (_ && (j == _)); rewrite ?mulr1 ?mulr0.
  by rewrite mem_box; apply: inside_and.
by rewrite -(entries v) // -(entries w) // agree //; lia.
Qed.

(* Padded inputs of one shape are enough, if the whole window of one output us lies in the input;
   the layer reads all channels of the kernel if they are there. *)
Theorem padded_layer_of_any_rank_determines_kernel r ss ds g v w ms C ns us ps :
    is_layer r ss ds w -> shape v = shape w ->
    0 < g -> component (shape w) 0 mod g = 0 -> g * component (shape w) 1 <= C ->
    positive ms -> read_input ss ds (drop 2 (shape w)) ns us ps ->
    (forall x, shape x = ms ++ C :: ns ->
      conv (size ms) ss ds g v (padded (size ms).+1 ps x)
      = conv (size ms) ss ds g w (padded (size ms).+1 ps x)) ->
  v = w.
Proof.
move=> layer v_shape g_gt0 divides channels ms_ok read agree.
have [O [a [cs [w_shape size_cs size_ss size_ds]]]] := is_layer_parts layer.
case/and3P=> ss_ok ds_ok cs_ok.
have cs_is : drop 2 (shape w) = cs by rewrite w_shape /= drop0.
rewrite cs_is in read; have [size_ns size_us size_ps] := size_read read.
have us_in := read_outputs ss_ok ds_ok cs_ok read.
have size_ys : size (each padded_size ps ns) = r by rewrite size_each ?size_ps ?size_ns.
have determined := layer_at_impulses_determines_kernel layer v_shape size_ys g_gt0 divides channels.
apply: (determined _ us ms_ok); rewrite cs_is // => q j q_in j_in x.
have [i i_in i_is] := read_entries ds_ok read j_in.
have moves : inside (each padded_size ps ns) (each moved_by ps i).
  by rewrite i_is; apply: places_inside us_in j_in; rewrite ?size_cs ?size_ys.
have zeros_in : inside (rcons ms C) (rcons (zeros (size ms)) q).
  by rewrite -!cats1 inside_cat ?size_nseq // zeros_inside //; apply: inside_and.
have x_is : x = padded (size ms).+1 ps
    (impulse (ms ++ C :: ns) (zeros (size ms) ++ q :: i)).
  rewrite -!(cat_rcons C) -!(cat_rcons q) -(size_rcons ms C) padded_impulse //.
    by rewrite i_is !cat_rcons.
  by rewrite size_ps size_ns.
rewrite x_is agree // shape_build; apply: (@inside_clips _ (zeros (size ms) ++ q :: i)).
by rewrite -(cat_rcons C) -(cat_rcons q) inside_cat ?size_rcons ?size_nseq // zeros_in.
Qed.

(* The same for signals. *)
Theorem padded_correlation_determines_kernel s d v w c n u ps :
    0 < s -> 0 < d -> 0 < c -> shape w = [:: c] -> shape v = [:: c] -> reads_input s d c n u ps ->
    (forall x, shape x = [:: n] ->
      correlate 0 s d v (padded 0 [:: ps] x) = correlate 0 s d w (padded 0 [:: ps] x)) ->
  v = w.
Proof.
move=> s_gt0 d_gt0 c_gt0 w_shape v_shape reads agree.
apply: equal_tensors; rewrite v_shape // => k /inside_parts [j [k' [-> {k} [j_in]]]].
move/size_inside/size0nil=> -> {k'}.
have u_in := reads_output s_gt0 d_gt0 c_gt0 reads.
have [i i_in i_is] := reads_entry d_gt0 reads j_in.
pose x := impulse [:: n] [:: i].
have x_shape : shape x = [:: n] by rewrite shape_build /=; congr (_ :: _); lia.
have place_in : inside [:: padded_size ps n] [:: s * u + d * j].
  by apply: inside_and => //; apply: place_inside u_in j_in.
have x_is : padded 0 [:: ps] x = impulse [:: padded_size ps n] [:: s * u + d * j].
  rewrite -i_is; apply: (@padded_impulse [::] [:: n] [::] [:: i] [:: ps]) => //.
    exact: inside_and.
  by rewrite /= i_is.
have y_shape : shape (impulse [:: padded_size ps n] [:: s * u + d * j]) = [:: padded_size ps n].
  by rewrite shape_build (inside_clips place_in).
have entries (k : tensor R) : shape k = [:: c] ->
    (correlate 0 s d k (padded 0 [:: ps] x)).[[:: u]] = k.[[:: j]].
  move=> k_shape; rewrite x_is entry_build k_shape y_shape [along _ _ _]/= [nth _ _ _]/=.
  rewrite (@inside_and u _ [::] [::]) // (@sum_alone _ _ _ j) ?uniq_range //.
  - by rewrite entry_impulse // eqxx mulr1.
  - exact/mem_rangeP.
  move=> j' _ /eqP j'_ne; rewrite entry_impulse //; case: eqP => [[] |]; rewrite ?mulr0 //.
  by move/Z.add_reg_l/Z.mul_reg_l=> same; case: j'_ne; rewrite same //; lia.
by rewrite -(entries v) // -(entries w) // agree.
Qed.

End Kernels.

(* One rule for each operator: its shape, and its entries as a sum. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Section Rules.
Variable R : comRingType.
Implicit Types (x y k : tensor R) (a : nat) (s : seq Z).

Lemma sum_box_one n (F : seq Z -> R) :
  (\sum_(v <- box [:: n]) F v = \sum_(i <- range n) F [:: i])%R.
Proof.
have -> : box [:: n] = [seq [:: i] | i <- range n] by rewrite /=; elim: (range n) => //= i r ->.
by rewrite big_map.
Qed.

(* A sum of which one summand alone is not zero. *)
Lemma sum_alone (T : eqType) (r : seq T) i (F : T -> R) :
  uniq r -> i \in r -> (forall j, j \in r -> j != i -> F j = 0%R) -> (\sum_(j <- r) F j = F i)%R.
Proof.
move=> r_uniq i_in others; rewrite (bigD1_seq i) //= big_seq_cond big1 ?addr0 //.
by move=> j /andP [] /others h /h.
Qed.

Lemma expand_pad a l r x s sums : expands x sums -> shape x = s ->
  expands (pad a l r x) [seq moved (along a (fun u => u - l)) s t | t <- sums].
Proof. by apply: expand_moved => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_flip a x s sums : expands x sums -> shape x = s ->
  expands (flip a x) [seq moved (along a (fun u => component s a - 1 - u)) s t | t <- sums].
Proof.
move=> x_is s_is; apply: (expand_moved _ x_is s_is) => i i_in.
by rewrite entry_build -inside_clipped i_in s_is.
Qed.

Lemma expand_downsample a d x s sums : expands x sums -> shape x = s ->
  expands (downsample a d x) [seq moved (along a (Z.mul d)) s t | t <- sums].
Proof. by apply: expand_moved => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_windows a c e d x s sums : expands x sums -> shape x = s ->
  expands (windows a c e d x)
    [seq moved (fun i => along a (fun u => e * u + d * last 0 i) (take (size i).-1 i)) s t
    | t <- sums].
Proof. by apply: expand_moved => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_dilate a d x s sums : 0 < d -> (a < size s)%N -> expands x sums -> shape x = s ->
  expands (dilate a d x)
    [seq sum_of_one [:: component s a] (fun i v => [:: component i a =? d * head 0 v])
           (fun i v => along a (fun=> head 0 v) i) s t
    | t <- sums].
Proof.
move=> d_gt a_lt x_is s_is; apply: (expand_one _ x_is s_is) => i i_in.
rewrite entry_build -inside_clipped i_in sum_box_one /=.
under eq_bigr => q _ do rewrite andbT.
have away q : ~~ ((0 <=? q) && (q <? component s a)) -> x.[along a (fun=> q) i] = 0%R.
  move=> out; apply: entry_outside; rewrite s_is; move: i_in; rewrite inside_clipped s_is.
  elim: a s i a_lt out {x_is s_is} => [| a IH] [| n s] [| u i] //= a_lt out.
    by move=> _; apply: contra out => /and3P [-> ->].
  by move=> /and3P [-> -> /=]; apply: IH.
case: ifP => [/Z.eqb_eq divides | /Z.eqb_neq divides]; last first.
  rewrite big1 // => q _; case: ifP => // /Z.eqb_eq i_is; case: divides.
  by rewrite i_is Z.mul_comm Z_mod_mult.
have i_is : component i a = d * (component i a / d).
  by have := Z_div_mod_eq_full (component i a) d; lia.
have -> : along a (Z.div^~ d) i = along a (fun=> component i a / d) i.
  by elim: a i {a_lt away divides i_in i_is} => [| a IH] [| u i] //=; rewrite IH.
case q_in : (component i a / d \in range (component s a)); last first.
  rewrite away -?mem_range ?q_in // big_seq big1 // => q q_in'.
  case: ifP => // /Z.eqb_eq i_is'; rewrite i_is' Z.mul_comm Z.div_mul in q_in; last lia.
  by rewrite q_in' in q_in.
rewrite (sum_alone (uniq_range _) q_in) => [| q _ /eqP q_ne].
  by rewrite -i_is Z.eqb_refl.
case: ifP => // /Z.eqb_eq; rewrite {1}i_is => /Z.mul_reg_l h.
by case: q_ne; rewrite h //; lia.
Qed.

Lemma expand_convolve a x k s c sums taps :
  expands x sums -> shape x = s -> expands k taps -> shape k = c ->
  expands (convolve a x k)
    [seq sum_of_two [:: component s a] (fun _ _ => [::]) (fun i v => along a (fun=> head 0 v) i)
           (fun i v => [:: component i a - head 0 v]) s c t u
    | t <- sums, u <- taps].
Proof.
move=> x_is s_is k_is c_is; apply: (expand_two _ x_is s_is k_is c_is) => i i_in.
by rewrite entry_build -inside_clipped i_in sum_box_one s_is.
Qed.

Lemma expand_correlate a e d k x c s taps sums :
  expands k taps -> shape k = c -> expands x sums -> shape x = s ->
  expands (correlate a e d k x)
    [seq sum_of_two [:: component c 0] (fun _ _ => [::]) (fun _ v => [:: head 0 v])
           (fun i v => along a (fun u => e * u + d * head 0 v) i) c s t u
    | t <- taps, u <- sums].
Proof.
move=> k_is c_is x_is s_is; apply: (expand_two _ k_is c_is x_is s_is) => i i_in.
by rewrite entry_build -inside_clipped i_in sum_box_one c_is.
Qed.

(* A layer with channels, without groups. *)
Lemma expand_conv b ss ds w x c s taps sums :
  (b < size s)%N -> expands w taps -> shape w = c -> expands x sums -> shape x = s ->
  expands (conv b ss ds 1 w x)
    [seq sum_of_two (behead c) (fun _ _ => [::]) (fun i v => component i b :: v)
           (fun i v => take b i ++ head 0 v :: places ss ds (drop b.+1 i) (behead v)) c s t u
    | t <- taps, u <- sums].
Proof.
move=> b_lt w_is c_is x_is s_is; apply: (expand_two _ w_is c_is x_is s_is) => i.
rewrite shape_build inside_clipped => i_in; rewrite entry_build i_in c_is; apply: eq_bigr => v _ /=.
suff o_in : 0 <= component i b < component c 0.
  by rewrite Z.div_1_r Z.div_small.
move: i_in; rewrite s_is c_is.
have size_take_b : size (take b s) = b by rewrite size_takel // ltnW.
move: (take b s) (component c 0) (windows_along _ _ _ _) size_take_b => r o q.
elim: r b i {b_lt} => [| n r IH] b i /= <-; case: i => //= u i /and3P [/Z.leb_le ? /Z.ltb_lt ?] //.
by move=> i_in; apply: (IH _ i).
Qed.

(* A layer with channels in groups, where these divide the r * g outputs. *)
Lemma expand_grouped_conv b ss ds g r w x c s taps sums :
  (b < size s)%N -> 0 < g -> component c 0 = g * r ->
  expands w taps -> shape w = c -> expands x sums -> shape x = s ->
  expands (conv b ss ds g w x)
    [seq sum_of_two (g :: r :: behead c)
           (fun i v => [:: component i b =? head 0 v * r + component v 1])
           (fun i v => component i b :: drop 2 v)
           (fun i v => take b i ++ (head 0 v * component c 1 + component v 2)
                       :: places ss ds (drop b.+1 i) (drop 3 v)) c s t u
    | t <- taps, u <- sums].
Proof.
move=> b_lt g_gt c0 w_is c_is x_is s_is; apply: (expand_two _ w_is c_is x_is s_is) => i.
rewrite shape_build inside_clipped => i_in; rewrite entry_build i_in c_is c0.
have o_in : 0 <= component i b < g * r.
  move: i_in; rewrite s_is c_is c0.
  have size_take_b : size (take b s) = b by rewrite size_takel // ltnW.
  move: (take b s) (g * r) (windows_along _ _ _ _) size_take_b => q o q'.
  elim: q b i {b_lt} => [| n q IH] b i /= <-; case: i => //= u i /and3P [/Z.leb_le ? /Z.ltb_lt ?] //.
  by move=> i_in; apply: (IH _ i).
have r_gt : 0 < r by nia.
rewrite Z.mul_comm Z.div_mul; last lia.
set o := component i b in o_in *.
have o_is := Z_div_mod_eq_full o r; have o_mod := Z.mod_pos_bound o r r_gt.
rewrite /= sum_pairs (sum_alone (i := o / r)) ?uniq_range //; last first.
- move=> h _ /eqP h_ne; rewrite sum_pairs big_seq big1 // => m; rewrite mem_range.
  move=> /andP [/Z.leb_le m_ge /Z.ltb_lt m_lt]; rewrite big1 // => v _ /=.
  case: Z.eqb_spec => // o_is'; case: h_ne.
  by rewrite o_is' Z.div_add_l ?Z.div_small; lia.
- rewrite mem_range; apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt].
    by apply: Z.div_pos; lia.
  by apply: Z.div_lt_upper_bound; lia.
rewrite sum_pairs (sum_alone (i := o mod r)) ?uniq_range //; last first.
- move=> m; rewrite mem_range => /andP [/Z.leb_le m_ge /Z.ltb_lt m_lt] /eqP m_ne.
  rewrite big1 // => v _ /=; case: Z.eqb_spec => // o_is'; case: m_ne; lia.
- by rewrite mem_range; apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
apply: eq_bigr => v _ /=; rewrite drop0 /=.
have -> : (o =? o / r * r + o mod r) = true by apply/Z.eqb_eq; lia.
by case: v => [| j v] //=; rewrite drop0.
Qed.

Lemma expand_scale q x sums : expands x sums ->
  expands (scale q x) [seq scaled (fun=> q) t | t <- sums].
Proof.
apply: expand_scaled => [i i_in |]; last by rewrite /= -shape_nonnegative.
by rewrite entry_build -inside_clipped i_in.
Qed.

Lemma expand_sum x y sums others :
  shape x = shape y -> expands x sums -> expands y others -> expands (add x y) (sums ++ others).
Proof.
move=> xy; apply: expand_add => [i i_in | |]; rewrite /= -?xy -?shape_nonnegative //.
by rewrite entry_build -inside_clipped i_in.
Qed.

Lemma expand_multiply x y s r sums others :
  expands x sums -> shape x = s -> expands y others -> shape y = r ->
  expands (multiply x y)
    [seq sum_of_two [::] (fun _ _ => [::]) (fun i _ => i) (fun i _ => i) s r t u
    | t <- sums, u <- others].
Proof.
move=> x_is s_is y_is r_is; apply: (expand_two _ x_is s_is y_is r_is) => i i_in.
by rewrite entry_build -inside_clipped i_in /= big_seq1.
Qed.

Lemma expand_einsum_one sizes' output over f x s sums :
  expands x sums -> shape x = s ->
  expands (einsum sizes' output over [:: (f, x)])
    [seq sum_of_one [seq component sizes' a | a <- over] (fun _ _ => [::])
           (fun i v => [seq position_of (output ++ over) (i ++ v) a | a <- f]) s t
    | t <- sums].
Proof.
move=> x_is s_is; apply: (expand_one _ x_is s_is) => i i_in.
rewrite entry_build -inside_clipped i_in; apply: eq_bigr => v _.
by rewrite big_seq1.
Qed.

Lemma expand_einsum_two sizes' output over f g x y s r sums others :
  expands x sums -> shape x = s -> expands y others -> shape y = r ->
  expands (einsum sizes' output over [:: (f, x); (g, y)])
    [seq sum_of_two [seq component sizes' a | a <- over] (fun _ _ => [::])
           (fun i v => [seq position_of (output ++ over) (i ++ v) a | a <- f])
           (fun i v => [seq position_of (output ++ over) (i ++ v) a | a <- g]) s r t u
    | t <- sums, u <- others].
Proof.
move=> x_is s_is y_is r_is; apply: (expand_two _ x_is s_is y_is r_is) => i i_in.
rewrite entry_build -inside_clipped i_in; apply: eq_bigr => v _.
by rewrite big_cons big_seq1.
Qed.

Lemma expand_spread sizes' axes x s sums : expands x sums -> shape x = s ->
  expands (spread sizes' axes x)
    [seq moved (fun i => [seq (if a is Some b then component i b else 0) | a <- axes]) s t
    | t <- sums].
Proof. by apply: expand_moved => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_entries sizes' f x s sums : expands x sums -> shape x = s ->
  expands (build sizes' (fun i => x.[f i])) [seq moved f s t | t <- sums].
Proof. by apply: expand_moved => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_constant sizes' (q : R) :
  expands (build sizes' (fun=> q)) [:: known (fun=> [::]) (fun=> q)].
Proof. by apply: expand_known => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_cases sizes' cs (q : seq Z -> R) :
  expands (build sizes' (fun i => if holds (cs i) then q i else 0%R)) [:: known cs q].
Proof. by apply: expand_known => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

(* Formulas: sums over a box, where conditions hold. *)
Lemma expand_number sizes' e c (q : R) :
  expands (build sizes' (fun i => \sum_(v <- box e) if holds (c i v) then q else 0)%R)
    [:: Sum e c (fun _ _ => q)].
Proof. by move=> i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_one_entry sizes' e c f x s sums : expands x sums -> shape x = s ->
  expands (build sizes' (fun i => \sum_(v <- box e) if holds (c i v) then x.[f i v] else 0)%R)
    [seq sum_of_one e c f s t | t <- sums].
Proof. by apply: expand_one => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

Lemma expand_two_entries sizes' e c f g k x s r taps sums :
  expands k taps -> shape k = s -> expands x sums -> shape x = r ->
  expands (build sizes'
      (fun i => \sum_(v <- box e) if holds (c i v) then k.[f i v] * x.[g i v] else 0)%R)
    [seq sum_of_two e c f g s r t u | t <- taps, u <- sums].
Proof. by apply: expand_two => i i_in; rewrite entry_build -inside_clipped i_in. Qed.

(* --- known entries: a number at each place, or one for all places --- *)

Fixpoint zero_elsewhere (kept : seq bool) (entries : seq R) : Prop :=
  match kept, entries with
  | b :: kept', q :: entries' => (b \/ q = 0%R) /\ zero_elsewhere kept' entries'
  | [::], [::] => True
  | _, _ => False
  end.

Lemma listed_places (places : seq (seq Z)) kept entries i :
  uniq places -> size entries = size places -> zero_elsewhere kept entries ->
  nth 0%R entries (index i places)
  = (\sum_(p <- mask kept (zip places entries)) if holds (same i p.1) then p.2 else 0)%R.
Proof.
elim: places kept entries => [| p places IH] [| b kept] [| q entries] //=.
  by rewrite big_nil.
move=> /andP [p_out places_uniq] [sizes_are] [q_is others].
have rest := IH kept entries places_uniq sizes_are others.
set others' := mask kept _ in rest *.
have -> : (\sum_(r <- (if b then (p, q) :: others' else others'))
      (if holds (same i r.1) then r.2 else 0)
    = (if p == i then q else 0) + entries`_(index i places))%R.
  rewrite rest; case: b q_is => [_ | [// | ->]]; last by rewrite if_same add0r.
  by rewrite big_cons /= holds_same eq_sym.
case: (p =P i) => [p_i | _] /=; last by rewrite add0r.
by rewrite [X in (q + X)%R]nth_default ?addr0 // sizes_are leqNgt index_mem -p_i.
Qed.

Lemma expand_listed sizes' entries kept :
  size entries = size (box sizes') -> zero_elsewhere kept entries ->
  expands (listed sizes' entries)
    [seq known (fun i => same i p.1) (fun=> p.2) | p <- mask kept (zip (box sizes') entries)].
Proof.
move=> sizes_are zeros i; rewrite shape_build inside_clipped => i_in.
rewrite entry_build i_in (listed_places _ (uniq_box _) sizes_are zeros) totalE big_map.
by apply: eq_bigr => p _; rewrite /value /= big_seq1.
Qed.

Lemma expand_listed_equal sizes' entries (q : R) :
  entries = nseq (size (box sizes')) q ->
  expands (listed sizes' entries) [:: known (fun=> [::]) (fun=> q)].
Proof.
move=> ->; apply: expand_known => i; rewrite shape_build inside_clipped => i_in.
by rewrite entry_build i_in nth_nseq index_mem mem_box i_in.
Qed.

Lemma expand_zero sizes' (q : R) : q = 0%R -> expands (build sizes' (fun=> q)) [::].
Proof. by move=> -> i _; rewrite entry_build; case: ifP. Qed.

Lemma expand_scaled_zero (q : R) x : q = 0%R -> expands (scale q x) [::].
Proof. by move=> -> i _; rewrite entry_build; case: ifP => _; rewrite ?mul0r. Qed.

(* --- rearranging: the digits of the positions are the integers of the sum --- *)

Fixpoint all_joined (groups : seq (seq Z)) (v : seq Z) : seq Z :=
  if groups is g :: rest then joined g (take (size g) v) :: all_joined rest (drop (size g) v)
  else [::].
Definition all_digits (groups : seq (seq Z)) (i : seq Z) : seq Z :=
  flatten [seq digits gu.1 gu.2 | gu <- zip groups i].

Lemma size_digits g u : size (digits g u) = size g.
Proof. by elim: g u => //= n g IH u; rewrite IH. Qed.

Lemma product_nonnegative g v : inside g v -> 0 < product g.
Proof.
by elim: g v => [| n g IH] [| i v] //= /and3P [/Z.leb_le ? /Z.ltb_lt ? /IH ?]; nia.
Qed.

Lemma joined_inside g v : inside g v -> 0 <= joined g v < product g.
Proof.
elim: g v => [| n g IH] [| i v] //= /and3P [/Z.leb_le ? /Z.ltb_lt ? v_in].
by have := IH v v_in; nia.
Qed.

Lemma digits_joined g v : inside g v -> digits g (joined g v) = v.
Proof.
elim: g v => [| n g IH] [| i v] //= /and3P [_ _ v_in].
have := joined_inside v_in; have := product_nonnegative v_in => p_gt v_lt.
rewrite Z.div_add_l; last lia.
rewrite Z.div_small // Z.add_0_r Z.add_comm Z_mod_plus_full Z.mod_small // IH //.
Qed.

Lemma digits_inside g u : all (fun n => 0 <=? n) g -> 0 <= u < product g -> inside g (digits g u).
Proof.
elim: g u => [| n g IH] u //= /andP [/Z.leb_le n_ge g_ge] u_in.
have p_gt : 0 < product g.
  have : 0 <= product g by elim: g g_ge {IH u_in} => //= m g IH /andP [/Z.leb_le ? /IH]; nia.
  by nia.
rewrite IH ?andbT //; last exact: Z.mod_pos_bound.
apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; first by apply: Z.div_pos; lia.
by apply: Z.div_lt_upper_bound; lia.
Qed.

Lemma joined_digits g u : all (fun n => 0 <=? n) g -> 0 <= u < product g ->
  joined g (digits g u) = u.
Proof.
elim: g u => [| n g IH] u /=; first lia.
move=> /andP [/Z.leb_le n_ge g_ge] u_in.
have p_gt : 0 < product g.
  have : 0 <= product g by elim: g g_ge {IH u_in} => //= m g IH /andP [/Z.leb_le ? /IH]; nia.
  by nia.
rewrite IH //; last exact: Z.mod_pos_bound.
by have := Z_div_mod_eq_full u (product g); lia.
Qed.

Lemma inside_cat s r v w : size v = size s -> inside (s ++ r) (v ++ w) = inside s v && inside r w.
Proof.
by elim: s v => [| n s IH] [| i v] //= [/IH ->]; rewrite -!andbA.
Qed.

Lemma size_inside s v : inside s v -> size v = size s.
Proof. by rewrite -mem_box; exact: size_box. Qed.

Lemma sum_digits groups i (F : seq Z -> R) :
  all (all (fun n => 0 <=? n)) groups -> inside [seq product g | g <- groups] i ->
  F (all_digits groups i)
  = (\sum_(v <- box (flatten groups)) if holds (same i (all_joined groups v)) then F v else 0)%R.
Proof.
move=> g_ge i_in.
have d_in : inside (flatten groups) (all_digits groups i).
  elim: groups i g_ge i_in => [| g groups IH] [| u i] //= /andP [g_ge gs_ge].
  move=> /and3P [/Z.leb_le u_ge /Z.ltb_lt u_lt i_in].
  by rewrite inside_cat ?size_digits // digits_inside //= IH.
have back v : inside (flatten groups) v -> all_digits groups (all_joined groups v) = v.
  elim: groups v {i_in d_in g_ge} => [| g groups IH] v /=; first by case: v.
  move=> v_in; have size_v := size_inside v_in.
  have g_le : (size g <= size v)%N by rewrite size_v size_cat leq_addr.
  move: v_in; rewrite -{1}(cat_take_drop (size g) v) inside_cat ?size_takel // => /andP [one two].
  rewrite /all_digits /= digits_joined // -/(all_digits _ _) IH //.
  by rewrite cat_take_drop.
have forth : all_joined groups (all_digits groups i) = i.
  elim: groups i g_ge i_in {d_in back} => [| g groups IH] [| u i] //= /andP [g_ge gs_ge].
  move=> /and3P [/Z.leb_le u_ge /Z.ltb_lt u_lt i_in].
  rewrite /all_digits /= take_size_cat ?size_digits // drop_size_cat ?size_digits //.
  by rewrite joined_digits // -/(all_digits _ _) IH.
rewrite (sum_alone (i := all_digits groups i)) ?uniq_box ?mem_box //.
  by rewrite forth holds_same eqxx.
move=> v; rewrite mem_box => v_in /eqP v_ne; rewrite holds_same; case: eqP => // i_is.
by case: v_ne; rewrite i_is back.
Qed.

Definition grouped (sizes' : seq Z) (groups : seq (seq nat)) : seq (seq Z) :=
  [seq [seq component sizes' a | a <- g] | g <- groups].

Lemma expand_rearrange sizes' source target x s sums :
  all (fun n => 0 <=? n) sizes' -> all (all (fun a => (a < size sizes')%N)) target ->
  expands x sums -> shape x = s ->
  expands (rearrange sizes' source target x)
    [seq sum_of_one (flatten (grouped sizes' target))
           (fun i v => same i (all_joined (grouped sizes' target) v))
           (fun _ v => [seq joined [seq component sizes' a | a <- g]
                          [seq position_of (flatten target) v a | a <- g] | g <- source]) s t
    | t <- sums].
Proof.
move=> sizes_ge named x_is s_is; apply: (expand_one _ x_is s_is) => i.
rewrite shape_build inside_clipped => i_in; rewrite entry_build i_in.
have -> : [seq digits [seq component sizes' a | a <- gu.1] gu.2 | gu <- zip target i]
        = [seq digits gu.1 gu.2 | gu <- zip (grouped sizes' target) i].
  by elim: target i {i_in named} => [| g target IH] [| u i] //=; rewrite IH.
rewrite -/(all_digits _ _).
rewrite -(sum_digits (fun v => x.[[seq joined [seq component sizes' a | a <- g]
   [seq position_of (flatten target) v a | a <- g] | g <- source]])) //.
- by rewrite /grouped all_map; apply: sub_all named => g /= g_ok; rewrite all_map;
    apply: sub_all g_ok => a /= a_lt; apply: (allP sizes_ge); rewrite mem_nth.
- by rewrite /grouped -map_comp.
Qed.

End Rules.

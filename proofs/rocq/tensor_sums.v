(* Every entry of a tensor as one sum, and when two sums are one.

   A sum runs over all lists of integers inside some sizes that satisfy conditions, and adds up a
   product.  The entries of what an operator makes are such sums if those of its operands are: each
   rule below says which.  The integers of the new sum are those of the operator, then an index of
   each operand, then the integers of that operand's sum. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* That two lists of integers are equal, one integer after the other. *)
Fixpoint same (v w : seq Z) : seq bool :=
  match v, w with
  | [::], [::] => [::]
  | i :: v', j :: w' => (i =? j) :: same v' w'
  | _, _ => [:: false]
  end.

Lemma holds_cat a b : holds (a ++ b) = holds a && holds b.
Proof. by elim: a => //= c a ->; rewrite andbA. Qed.

Lemma holds_same v w : holds (same v w) = (v == w).
Proof.
elim: v w => [| i v IH] [| j w] //=.
by rewrite IH eqseq_cons.
Qed.

Section Sums.
Variable R : comRingType.

Record sum := Sum {
  sizes : seq Z;
  conditions : seq Z -> seq Z -> seq bool;
  summand : seq Z -> seq Z -> R
}.

(* The sum for the entry at i. *)
Definition value (s : sum) (i : seq Z) : R :=
  (\sum_(v <- box (sizes s)) if holds (conditions s i v) then summand s i v else 0)%R.

Fixpoint total (sums : seq sum) (i : seq Z) : R :=
  if sums is s :: rest then
    (if rest is [::] then value s i else value s i + total rest i)%R
  else 0%R.

Lemma totalE sums i : total sums i = (\sum_(s <- sums) value s i)%R.
Proof.
elim: sums => [| s [| t sums] IH] /=; rewrite ?big_nil // big_cons.
  by rewrite big_nil addr0.
by rewrite -IH.
Qed.

Definition expands (x : tensor R) (sums : seq sum) : Prop :=
  forall i, inside (shape x) i -> x.[i] = total sums i.

(* --- sums over boxes --- *)

Lemma sum_pairs (A B C : Type) (h : A -> B -> C) a b (F : C -> R) :
  (\sum_(u <- [seq h i j | i <- a, j <- b]) F u = \sum_(i <- a) \sum_(j <- b) F (h i j))%R.
Proof. by rewrite big_flatten big_map; apply: eq_bigr => i _; rewrite big_map. Qed.

Lemma sum_box_cat a b (F : seq Z -> R) :
  (\sum_(u <- box (a ++ b)) F u = \sum_(v <- box a) \sum_(w <- box b) F (v ++ w))%R.
Proof.
elim: a F => [| n a IH] F /=; first by rewrite big_seq1.
rewrite !sum_pairs; apply: eq_bigr => i _.
by rewrite (IH (fun u => F (i :: u))).
Qed.

Lemma size_box sizes' v : v \in box sizes' -> size v = size sizes'.
Proof.
rewrite mem_box; elim: sizes' v => [| n s IH] [| i v] //= /and3P [_ _ /IH ->] //.
Qed.

(* The entry at any list as a sum over all lists inside, of which one is that list. *)
Lemma entry_as_sum (x : tensor R) i :
  x.[i] = (\sum_(p <- box (shape x)) if holds (same p i) then x.[p] else 0)%R.
Proof.
rewrite (eq_bigr (fun p => if p == i then x.[p] else 0%R)); last by move=> p _; rewrite holds_same.
case: (boolP (i \in box (shape x))) => i_in.
  rewrite (bigD1_seq i) ?uniq_box //= eqxx big1_seq ?addr0 // => p /andP [/negPf -> _] //.
rewrite entry_outside -?mem_box // big_seq big1 // => p p_in.
by case: eqP => // pi; rewrite -pi p_in in i_in.
Qed.

(* --- the rules --- *)

(* A named tensor. *)
Lemma expand_entry (x : tensor R) :
  expands x [:: Sum [::] (fun _ _ => [::]) (fun i _ => x.[i])].
Proof. by move=> i _; rewrite /= /value /= big_seq1. Qed.

(* An operand that is read at p, which is a summation index of its own. *)
Definition read (s : seq Z) (t : sum) : sum :=
  Sum (s ++ sizes t)
    (fun i u => let p := take (size s) u in
      same p i ++ conditions t p (drop (size s) u))
    (fun i u => summand t (take (size s) u) (drop (size s) u)).

Lemma value_read (x : tensor R) sums s i :
  expands x sums -> shape x = s -> x.[i] = (\sum_(t <- sums) value (read s t) i)%R.
Proof.
move=> x_is <-; rewrite entry_as_sum /value /=.
under [RHS] eq_bigr => t _ do rewrite sum_box_cat.
rewrite exchange_big /=; apply: eq_big_seq => p p_in.
have size_p := size_box p_in.
case: ifP => p_i; last first.
  rewrite big1 // => t _; rewrite big1 // => w _.
  by rewrite take_size_cat ?size_p // holds_cat p_i.
rewrite x_is -?mem_box // totalE; apply: eq_bigr => t _; apply: eq_bigr => w _.
by rewrite take_size_cat ?size_p // drop_size_cat ?size_p // holds_cat p_i.
Qed.

(* Operators whose entries are entries of one operand. *)
Definition moved (f : seq Z -> seq Z) (s : seq Z) (t : sum) : sum :=
  Sum (sizes (read s t))
    (fun i u => conditions (read s t) (f i) u) (fun i u => summand (read s t) (f i) u).

Lemma expand_moved (x y : tensor R) sums s f :
  (forall i, inside (shape y) i -> y.[i] = x.[f i]) ->
  expands x sums -> shape x = s -> expands y [seq moved f s t | t <- sums].
Proof.
move=> y_is x_is s_is i i_in.
by rewrite y_is // (value_read (f i) x_is s_is) totalE big_map.
Qed.

(* Multiples, by a number that may depend on the index. *)
Definition scaled (q : seq Z -> R) (t : sum) : sum :=
  Sum (sizes t) (conditions t) (fun i u => q i * summand t i u)%R.

Lemma expand_scaled (x y : tensor R) sums q :
  (forall i, inside (shape y) i -> y.[i] = q i * x.[i])%R -> shape x = shape y ->
  expands x sums -> expands y [seq scaled q t | t <- sums].
Proof.
move=> y_is xy x_is i i_in; rewrite y_is // x_is ?xy // !totalE big_map mulr_sumr.
apply: eq_bigr => t _; rewrite /value mulr_sumr; apply: eq_bigr => v _ /=.
by case: ifP; rewrite ?mulr0.
Qed.

(* Numbers under conditions. *)
Definition known (c : seq Z -> seq bool) (q : seq Z -> R) : sum :=
  Sum [::] (fun i _ => c i) (fun i _ => q i).

Lemma expand_known (y : tensor R) c q :
  (forall i, inside (shape y) i -> y.[i] = if holds (c i) then q i else 0%R) ->
  expands y [:: known c q].
Proof. by move=> y_is i i_in; rewrite y_is //= /value /= big_seq1. Qed.

(* Operators whose entries are sums of entries of one operand, or of products of two. *)
Definition sum_of_one (e : seq Z) (c : seq Z -> seq Z -> seq bool) (f : seq Z -> seq Z -> seq Z)
    (s : seq Z) (t : sum) : sum :=
  Sum (e ++ sizes (read s t))
    (fun i u => let v := take (size e) u in
      c i v ++ conditions (read s t) (f i v) (drop (size e) u))
    (fun i u => let v := take (size e) u in summand (read s t) (f i v) (drop (size e) u)).

Lemma expand_one (x y : tensor R) sums s e c f :
  (forall i, inside (shape y) i ->
    y.[i] = \sum_(v <- box e) if holds (c i v) then x.[f i v] else 0)%R ->
  expands x sums -> shape x = s ->
  expands y [seq sum_of_one e c f s t | t <- sums].
Proof.
move=> y_is x_is s_is i i_in; rewrite y_is // totalE big_map.
under eq_bigr => v _ do rewrite (value_read (f i v) x_is s_is).
rewrite [RHS](eq_bigr (fun t => \sum_(v <- box e)
    if holds (c i v) then value (read s t) (f i v) else 0)%R); last first.
  move=> t _; rewrite /value /= sum_box_cat; apply: eq_big_seq => v v_in.
  have size_v := size_box v_in; case: ifP => c_v; last first.
    by rewrite big1 // => w _; rewrite take_size_cat ?size_v // holds_cat c_v.
  apply: eq_bigr => w _.
  by rewrite take_size_cat ?size_v // drop_size_cat ?size_v // holds_cat c_v.
rewrite exchange_big /=; apply: eq_bigr => v _.
by case: ifP => // _; symmetry; rewrite big1.
Qed.

Definition sum_of_two (e : seq Z) (c : seq Z -> seq Z -> seq bool) (f g : seq Z -> seq Z -> seq Z)
    (s r : seq Z) (t u : sum) : sum :=
  let a := read s t in let b := read r u in
  Sum (e ++ sizes a ++ sizes b)
    (fun i w => let v := take (size e) w in let w' := drop (size e) w in
      c i v ++ conditions a (f i v) (take (size (sizes a)) w')
            ++ conditions b (g i v) (drop (size (sizes a)) w'))
    (fun i w => let v := take (size e) w in let w' := drop (size e) w in
      summand a (f i v) (take (size (sizes a)) w') * summand b (g i v) (drop (size (sizes a)) w'))%R.

Lemma expand_two (x k y : tensor R) sums taps s r e c f g :
  (forall i, inside (shape y) i ->
    y.[i] = \sum_(v <- box e) if holds (c i v) then k.[f i v] * x.[g i v] else 0)%R ->
  expands k taps -> shape k = s -> expands x sums -> shape x = r ->
  expands y [seq sum_of_two e c f g s r t u | t <- taps, u <- sums].
Proof.
move=> y_is k_is s_is x_is r_is i i_in; rewrite y_is // totalE sum_pairs.
rewrite [RHS](eq_bigr (fun t => \sum_(u <- sums) \sum_(v <- box e)
    if holds (c i v) then value (read s t) (f i v) * value (read r u) (g i v) else 0)%R).
  under eq_bigr => v _ do
    rewrite (value_read (f i v) k_is s_is) (value_read (g i v) x_is r_is) big_distrlr /=.
  under [RHS] eq_bigr => t _ do rewrite exchange_big.
  rewrite exchange_big /=; apply: eq_bigr => v _.
  by case: ifP => // _; symmetry; rewrite big1 // => t _; rewrite big1.
move=> t _; apply: eq_bigr => u _; rewrite /value /= sum_box_cat; apply: eq_big_seq => v v_in.
have size_v := size_box v_in; case: ifP => c_v; last first.
  by rewrite big1 // => w _; rewrite take_size_cat ?size_v // holds_cat c_v.
rewrite sum_box_cat big_distrlr /=; apply: eq_big_seq => w w_in; apply: eq_bigr => w' _.
have size_w := size_box w_in.
rewrite take_size_cat ?size_v // drop_size_cat ?size_v //.
rewrite take_size_cat ?size_w // drop_size_cat ?size_w // !holds_cat c_v /=.
by do 4!case: (holds _); rewrite /= ?mulr0 ?mul0r.
Qed.

Lemma expand_add (x y z : tensor R) sums others :
  (forall i, inside (shape z) i -> z.[i] = x.[i] + y.[i])%R ->
  shape x = shape z -> shape y = shape z ->
  expands x sums -> expands y others -> expands z (sums ++ others).
Proof.
move=> z_is xz yz x_is y_is i i_in.
by rewrite z_is // x_is ?xz // y_is ?yz // !totalE big_cat.
Qed.

(* --- when two sums are one --- *)

(* A change of the summation indices and its inverse, each of which stays inside. *)
Lemma change_of_indices (s t : sum) i (f g : seq Z -> seq Z) a b :
  sizes s = a -> sizes t = b ->
  (forall v, inside a v -> holds (conditions s i v) ->
    [/\ inside b (f v), holds (conditions t i (f v)), g (f v) = v
      & summand s i v = summand t i (f v)]) ->
  (forall w, inside b w -> holds (conditions t i w) ->
    [/\ inside a (g w), holds (conditions s i (g w)) & f (g w) = w]) ->
  value s i = value t i.
Proof.
move=> <- <- forth back.
have as_filter (u : sum) : (value u i
    = \sum_(v <- [seq v <- box (sizes u) | holds (conditions u i v)]) summand u i v)%R.
  by rewrite big_filter big_mkcond.
rewrite !as_filter.
rewrite (eq_big_seq (fun v => summand t i (f v))); last first.
  by move=> v; rewrite mem_filter mem_box => /andP [v_ok v_in]; case: (forth v v_in v_ok).
rewrite -(big_map f xpredT); apply: perm_big; apply: uniq_perm.
- rewrite map_inj_in_uniq ?filter_uniq ?uniq_box // => v w.
  rewrite !mem_filter !mem_box => /andP [v_ok v_in] /andP [w_ok w_in] /(congr1 g).
  by case: (forth v v_in v_ok) => _ _ -> _; case: (forth w w_in w_ok) => _ _ ->.
- by rewrite filter_uniq ?uniq_box.
move=> w; rewrite mem_filter mem_box; apply/mapP/andP => [[v] | [w_ok w_in]].
  rewrite mem_filter mem_box => /andP [v_ok v_in] ->.
  by case: (forth v v_in v_ok).
have [g_in g_ok f_g] := back w w_in w_ok.
by exists (g w); rewrite // mem_filter mem_box g_ok.
Qed.

End Sums.

Arguments expand_entry {R} x : rename.

(* Changes of summation variables, and sums weighted by the entries of a kernel. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Sums.

Variable R : comRingType.
Implicit Types a b k : seq R.

(* Two finite sums are equal if f takes the summands of the one to those of the other. *)
Lemma change_of_variables (I J : eqType) (A : seq I) (B : seq J) (P : pred I) (Q : pred J)
    (f : I -> J) (g : J -> I) (F : I -> R) (G : J -> R) :
    uniq A -> uniq B ->
    (forall i, i \in A -> P i -> [/\ f i \in B, Q (f i), g (f i) = i & F i = G (f i)]) ->
    (forall j, j \in B -> Q j -> [/\ g j \in A, P (g j) & f (g j) = j]) ->
  \sum_(i <- A | P i) F i = \sum_(j <- B | Q j) G j.
Proof.
move=> uniqA uniqB forward backward.
have {}forward i : i \in [seq i <- A | P i] ->
    [/\ f i \in [seq j <- B | Q j], g (f i) = i & F i = G (f i)].
  by rewrite mem_filter => /andP[Pi /forward/(_ Pi)[fB Qf gf FG]]; rewrite mem_filter Qf fB.
have {}backward j : j \in [seq j <- B | Q j] -> g j \in [seq i <- A | P i] /\ f (g j) = j.
  by rewrite mem_filter => /andP[Qj /backward/(_ Qj)[gA Pg fg]]; rewrite mem_filter Pg gA.
rewrite -big_filter -[RHS]big_filter.
transitivity (\sum_(j <- [seq f i | i <- A & P i]) G j).
  by rewrite big_map; apply: eq_big_seq => i /forward[].
apply/perm_big/uniq_perm; rewrite ?filter_uniq //.
  rewrite map_inj_in_uniq ?filter_uniq // => i i' /forward[_ gf _] /forward[_ gf' _] ff.
  by rewrite -gf ff.
move=> j; apply/mapP/idP => [[i /forward[fB _ _] ->] // | /backward[gA fg]].
by exists (g j).
Qed.

(* More summands change nothing if they are 0. *)
Lemma sum_longer (F : nat -> R) n m : (n <= m)%N -> (forall i, (n <= i)%N -> F i = 0) ->
  \sum_(0 <= i < m) F i = \sum_(0 <= i < n) F i.
Proof.
move=> n_m F0; rewrite (big_cat_nat _ _ _ (leq0n n) n_m) /= [X in _ + X]big_nat_cond.
by rewrite [X in _ + X]big1 ?addr0 // => i /andP[/andP[/F0]].
Qed.

Lemma sum_dilate d k (f : nat -> R) : (0 < d)%N ->
  \sum_(0 <= t < size (dilate d k)) (dilate d k)`_t * f t
  = \sum_(0 <= j < size k) k`_j * f (d * j)%N.
Proof.
move=> d0; rewrite size_mkseq.
transitivity (\sum_(0 <= t < dilated_size d (size k) | (d %| t)%N) k`_(t %/ d) * f t).
  rewrite [RHS]big_mkcond; apply: eq_big_nat => t t_lt.
  by rewrite nth_mkseq //; case: ifP => // _; rewrite mul0r.
apply: (@change_of_variables _ _ _ _ _ _ (fun t => t %/ d)%N (fun j => d * j)%N);
  rewrite ?iota_uniq // => t; rewrite !mem_index_iota /dilated_size.
  case: (size k) => [|c] // t_lt /dvdnP[q t_q]; rewrite {}t_q in t_lt *.
  by rewrite mulnK // mulnC; split=> //; nia.
by case: (size k) => [|c] // t_lt _; rewrite mulKn // dvdn_mulr ?dvdnn //; split=> //; nia.
Qed.

Lemma sum_convolve a b (f : nat -> R) :
  \sum_(0 <= t < size (convolve a b)) (convolve a b)`_t * f t
  = \sum_(0 <= i < size a) \sum_(0 <= j < size b) a`_i * b`_j * f (i + j)%N.
Proof.
set N := size _; have N_eq : (0 < size a)%N -> (0 < size b)%N -> N = (size a + size b).-1.
  by rewrite /N size_mkseq; case: (a) (b) => [|? ?] [|? ?].
transitivity (\sum_(0 <= t < N) \sum_(0 <= i < N | (i <= t)%N) a`_i * b`_(t - i) * f t).
  apply: eq_big_nat => t t_lt; rewrite nth_mkseq; last by move: t_lt; rewrite /N size_mkseq.
  rewrite big_distrl /=.
  by rewrite (@big_nat_widen _ _ _ 0 t.+1 N).
rewrite (exchange_big_dep_nat xpredT) //=.
case: (posnP (size a)) => [a0 | a_gt0].
  rewrite a0 big_nil big1 // => i _; rewrite big1 // => t _.
  by rewrite nth_default ?a0 // !mul0r.
case: (posnP (size b)) => [b0 | b_gt0].
  rewrite b0 [RHS]big1 => [|i _]; last by rewrite big_nil.
  by rewrite big1 // => i _; rewrite big1 // => t _; rewrite [b`__]nth_default ?b0 // mulr0 mul0r.
rewrite (@sum_longer _ (size a)) => [||i a_i]; first 1 last.
- by rewrite N_eq //; lia.
- by rewrite big1 // => t _; rewrite nth_default // !mul0r.
apply: eq_big_nat => i i_lt; transitivity (\sum_(i <= t < N) a`_i * b`_(t - i) * f t).
  by rewrite (@big_nat_widenl _ _ _ i 0) // big_nat_cond [RHS]big_nat_cond.
rewrite -{1}[i]add0n big_addn.
rewrite (@sum_longer _ (size b)) => [||j b_j]; first 1 last.
- by rewrite N_eq //; lia.
- by rewrite addnK [b`__]nth_default // mulr0 mul0r.
by apply: eq_bigr => j _; rewrite addnK addnC.
Qed.

End Sums.

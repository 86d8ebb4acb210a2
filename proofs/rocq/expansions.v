(* For certificates: the entries of a signal as sums over sets of index tuples, one rule for each
   operator, and the change of summation variables that makes one such sum of another. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Expansions.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (d s : nat) (l r m u : int).

(* v is the sum of F p over the finite set of all p with S p. *)
Definition sum_over (T : eqType) (S : pred T) (F : T -> R) (v : R) : Prop :=
  exists A : seq T, [/\ uniq A, forall p, S p -> p \in A & v = \sum_(p <- A | S p) F p].

(* Every entry x[m] is the sum of the products F m p over the index tuples p with S m p; and
   x has an entry at m >= 0 where B m. *)
Definition expansion (T : eqType) (S : int -> pred T) (F : int -> T -> R) (B : pred int) x :=
  (forall m, sum_over (S m) (F m) (entry x m)) /\ (forall m, 0 <= m -> (m < (size x)%:Z) = B m).

(* The change of variables f, undone by g, makes one sum of the other. *)
Lemma sums_are_equal (T T' : eqType) (S : pred T) (S' : pred T') F F' (f : T -> T') g v v' :
    sum_over S F v -> sum_over S' F' v' ->
    (forall p, S p -> [/\ S' (f p), g (f p) = p & F p = F' (f p)]) ->
    (forall q, S' q -> S (g q) /\ f (g q) = q) ->
  v = v'.
Proof.
move=> [A [uA SA ->]] [B [uB SB ->]] forward backward.
apply: (@change_of_variables _ _ _ _ _ _ _ f g) => // [p _ /forward[]|q _ /backward[]] *.
  by split=> //; apply: SB.
by split=> //; apply: SA.
Qed.

(** * Sums of sums *)

Lemma sum_over_none (T : eqType) (S : pred T) F : (forall p, ~~ S p) -> sum_over S F 0.
Proof.
by move=> none; exists [::]; split=> // [p|]; rewrite ?big_nil // (negPf (none p)).
Qed.

Lemma sum_over_if (T : eqType) (b : bool) (S : pred T) F v :
  sum_over S F v -> sum_over (fun p => b && S p) F (if b then v else 0).
Proof. by case: b => // _; apply: sum_over_none. Qed.

Lemma sum_over_product (T T' : eqType) (S : pred T) (S' : pred T') F F' v v' :
    sum_over S F v -> sum_over S' F' v' ->
  sum_over (fun p => S p.1 && S' p.2) (fun p => F p.1 * F' p.2) (v * v').
Proof.
move=> [A [uA SA ->]] [B [uB SB ->]]; exists [seq (p, q) | p <- A, q <- B]; split.
- by apply: allpairs_uniq => // [[? ?] [? ?]].
- by move=> [p q] /andP[/SA pA /SB qB]; apply/allpairsP; exists (p, q).
rewrite [RHS]big_mkcond big_allpairs big_distrl [LHS]big_mkcond; apply: eq_bigr => p _ /=.
case: (S p); last by rewrite big1.
by rewrite big_distrr [LHS]big_mkcond.
Qed.

Lemma sum_over_sum (T : eqType) (n : nat) (S : int -> pred T) (F : int -> T -> R) v :
    (forall i, (i < n)%N -> sum_over (S i%:Z) (F i%:Z) (v i)) ->
  sum_over (fun p : int * T => (0 <= p.1 < n%:Z) && S p.1 p.2) (fun p => F p.1 p.2)
           (\sum_(0 <= i < n) v i).
Proof.
move=> sums; have [A A_sums] : exists A : nat -> seq T, forall i, (i < n)%N ->
    [/\ uniq (A i), forall p, S i%:Z p -> p \in A i & v i = \sum_(p <- A i | S i%:Z p) F i%:Z p].
  elim: n sums => [|n IH] sums; first by exists (fun=> [::]).
  have [|A A_sums] := IH; first by move=> i i_lt; apply: sums; lia.
  have [B B_sums] := sums n (leqnn _); exists (fun i => if i == n then B else A i) => i.
  by rewrite ltnS leq_eqVlt; case: eqP => [-> _|_ /A_sums].
exists [seq (Posz i, p) | i <- iota 0 n, p <- A i]; split.
- apply: allpairs_uniq_dep => [|i|]; first exact: iota_uniq.
    by rewrite mem_iota => /A_sums[].
  by move=> [? ?] [? ?] /= _ _ [-> ->].
- move=> [m p] /andP[/andP[/= m_ge m_lt] Sp]; case: m m_ge m_lt Sp => // i _ i_lt Sp.
  apply/allpairsPdep; exists i, p.
  by rewrite mem_iota; have [_ SA _] := A_sums i i_lt; split=> //; apply: SA.
rewrite [RHS]big_mkcond big_allpairs_dep /index_iota subn0; apply: eq_big_seq => i.
rewrite mem_iota add0n => /= i_lt; have [_ _ ->] := A_sums i i_lt; rewrite [LHS]big_mkcond.
by apply: eq_bigr => p _; rewrite /= ltz_nat i_lt.
Qed.

(** * One rule for each operator *)

Lemma entry_outside x m : ~~ (0 <= m < (size x)%:Z) -> entry x m = 0.
Proof. by case: m => m //=; rewrite -leqNgt => ?; rewrite nth_default. Qed.

Lemma expand_signal x :
  expansion (fun m (_ : unit) => 0 <= m < (size x)%:Z) (fun m _ => entry x m)
            (fun m => m < (size x)%:Z) x.
Proof.
split=> // m; exists [:: tt]; split=> //.
by rewrite big_mkcond big_seq1; case: ifP => // /negbT; apply: entry_outside.
Qed.

Lemma expand_pad l r (T : eqType) (S : int -> pred T) F B x y :
    pad l r x = y -> expansion S F B x ->
  expansion (fun m p => (0 <= m < (size x)%:Z + l + r) && S (m - l) p) (fun m => F (m - l))
            (fun m => m < (size x)%:Z + l + r) y.
Proof.
move=> <- [sums _]; split=> [m|m m_ge]; last by have := size_pad l r x; lia.
rewrite (_ : entry _ _ = if 0 <= m < (size x)%:Z + l + r then entry x (m - l) else 0).
  exact: sum_over_if.
have := size_pad l r x; case: ifP => inside size_eq; last by rewrite entry_outside //; lia.
by case: m inside => // m inside; rewrite /= nth_pad //; lia.
Qed.

Lemma expand_flip (T : eqType) (S : int -> pred T) F B x y :
    flip x = y -> expansion S F B x ->
  expansion (fun m => S ((size x)%:Z - 1 - m)) (fun m => F ((size x)%:Z - 1 - m)) B y.
Proof.
move=> <- [sums inside_x]; split=> m; last by rewrite size_rev; exact: inside_x.
rewrite (_ : entry _ _ = entry x ((size x)%:Z - 1 - m)) //.
have size_eq := size_rev x; case inside: (0 <= m < (size x)%:Z); last first.
  by rewrite !entry_outside ?size_rev //; move: (size x) inside => n; lia.
case: m inside => // m inside; rewrite /= nth_rev //.
by rewrite (_ : _ - m%:Z = Posz (size x - m.+1)) //; lia.
Qed.

Lemma expand_downsample s (T : eqType) (S : int -> pred T) F B x y :
    downsample s x = y -> (0 < s)%N -> expansion S F B x ->
  expansion (fun m => S (s%:Z * m)) (fun m => F (s%:Z * m)) (fun m => B (s%:Z * m)) y.
Proof.
move=> <- s_gt0 [sums inside_x]; split=> m; last first.
  case: m => // m _; rewrite -PoszM -inside_x // !ltz_nat size_downsample leq_divRL // mulSn.
  by rewrite mulnC; move: (size x) => n; lia.
rewrite (_ : entry _ _ = entry x (s%:Z * m)) //.
case: m => m; first by rewrite /= nth_downsample // PoszM.
by rewrite [RHS]entry_outside //; nia.
Qed.

Lemma expand_dilate d (T : eqType) (S : int -> pred T) F B k y :
    dilate d k = y -> (0 < d)%N -> expansion S F B k ->
  expansion (fun m (p : int * T) => (m == d%:Z * p.1) && S p.1 p.2)
            (fun m (p : int * T) => F p.1 p.2)
            (fun m => m < d%:Z * ((size k)%:Z - 1) + 1) y.
Proof.
move=> <- d_gt0 [sums _]; split=> [m|m m_ge]; last first.
  by rewrite size_dilate; case: (size k) => [|c] /=; lia.
have [[q m_q]|none] : (exists q, m = d%:Z * q) \/ (forall q, m != d%:Z * q).
  case: (boolP (d%:Z %| m)%Z) => [/dvdzP[q ->]|d_m]; first by left; exists q; rewrite mulrC.
  by right=> q; apply: contraNneq d_m => ->; rewrite dvdz_mulr.
- rewrite (_ : entry _ _ = entry k q); last first.
    case: q m_q => q ->; first by rewrite -PoszM /= nth_dilate // dvdn_mulr ?mulKn.
    by rewrite entry_outside //; nia.
  have [A [uA SA v_eq]] := sums q; exists [seq (q, p) | p <- A]; split.
  + by rewrite map_inj_uniq // => ? ? [].
  + move=> [q' p] /andP[/eqP]; rewrite m_q => /= qq Sp.
    have q_q' : q = q' by nia.
    by apply/mapP; exists p; rewrite -?q_q' // SA // q_q'.
  + rewrite v_eq big_map [RHS]big_mkcond [LHS]big_mkcond.
    by apply: eq_bigr => p _; rewrite /= m_q eqxx.
rewrite (_ : entry _ _ = 0); first by apply: sum_over_none => -[q p] /=; rewrite (negPf (none q)).
case: m none => // m none; rewrite /= nth_dilate //; case: ifP => // /dvdnP[q m_q].
by have /negP[] := none q; rewrite m_q PoszM mulrC.
Qed.

Lemma expand_convolve (T T' : eqType) (S : int -> pred T) (S' : int -> pred T') F F' B B' a b y :
    convolve a b = y -> expansion S F B a -> expansion S' F' B' b ->
  expansion (fun m (p : int * (T * T')) =>
               (0 <= p.1 < (size a)%:Z) && (S p.1 p.2.1 && S' (m - p.1) p.2.2))
            (fun m (p : int * (T * T')) => F p.1 p.2.1 * F' (m - p.1) p.2.2)
            (fun m => [&& (size a)%:Z > 0, (size b)%:Z > 0 & m < (size a)%:Z + (size b)%:Z - 1]) y.
Proof.
move=> <- [sums _] [sums' _]; split=> [m|m m_ge]; last first.
  by rewrite size_convolve_if; case: (size a) (size b) => [|n] [|c]; rewrite ?addnS /=; lia.
rewrite (_ : entry _ _ = \sum_(0 <= i < size a) a`_i * entry b (m - i%:Z)).
  apply: (@sum_over_sum _ _ (fun i p => S i p.1 && S' (m - i) p.2)
    (fun i p => F i p.1 * F' (m - i) p.2)) => i i_lt.
  by apply: sum_over_product; [exact: (sums (Posz i)) | exact: sums'].
case: m => m; last first.
  by rewrite /= big1 // => i _; rewrite (_ : _ - _ = Negz (m + i)) ?mulr0 //; lia.
rewrite /= nth_convolve; apply/esym; case: (leqP m.+1 (size a)) => [m_a|a_m].
  rewrite (@big_cat_nat _ _ _ m.+1) //= [X in _ + X]big_nat [X in _ + X]big1 ?addr0.
    by apply: eq_big_nat => i i_lt; rewrite (_ : m%:Z - i%:Z = Posz (m - i)) //; lia.
  by move=> i i_gt; rewrite (_ : m%:Z - i%:Z = Negz (i - m).-1) ?mulr0 //; lia.
rewrite [RHS](@big_cat_nat _ _ _ (size a)) ?(ltnW a_m) //=.
rewrite [X in _ = _ + X]big_nat [X in _ = _ + X]big1 ?addr0.
  by apply: eq_big_nat => i i_lt; rewrite (_ : m%:Z - i%:Z = Posz (m - i)) //; lia.
by move=> i /andP[i_gt _]; rewrite nth_default ?mul0r.
Qed.

Lemma expand_dilated_layer s d (T T' : eqType) (S : int -> pred T) (S' : int -> pred T')
    F F' B B' x k y :
    dilated_layer s d k x = y -> (0 < s)%N -> (0 < size k)%N ->
    expansion S' F' B' k -> expansion S F B x ->
  expansion (fun m (p : int * (T' * T)) =>
                        ((0 <= m) && B (s%:Z * m + d%:Z * ((size k)%:Z - 1)))
                        && ((0 <= p.1 < (size k)%:Z)
                            && (S' p.1 p.2.1 && S (s%:Z * m + d%:Z * p.1) p.2.2)))
            (fun m (p : int * (T' * T)) => F' p.1 p.2.1 * F (s%:Z * m + d%:Z * p.1) p.2.2)
            (fun m => B (s%:Z * m + d%:Z * ((size k)%:Z - 1))) y.
Proof.
move=> <- s_gt0 k_gt0 [sums' _] [sums inside_x].
have inside_y m : 0 <= m -> (m < (size (dilated_layer s d k x))%:Z)
    = B (s%:Z * m + d%:Z * ((size k)%:Z - 1)).
  case: m => // m _; rewrite -inside_x; last by move: (size k) k_gt0 => c; nia.
  by rewrite ltz_nat size_mkseq lt_dilated_outputs.
split=> // m.
rewrite (_ : entry _ _ = if (0 <= m) && B (s%:Z * m + d%:Z * ((size k)%:Z - 1))
  then \sum_(0 <= j < size k) k`_j * entry x (s%:Z * m + d%:Z * j%:Z) else 0).
  apply/sum_over_if/(@sum_over_sum _ _ (fun j p => S' j p.1 && S (s%:Z * m + d%:Z * j) p.2)
    (fun j p => F' j p.1 * F (s%:Z * m + d%:Z * j) p.2)) => j j_lt.
  by apply: sum_over_product; [exact: (sums' (Posz j)) | exact: sums].
case: m => m //; rewrite /entry -inside_y // ltz_nat; case: ifP => inside.
  by move: inside; rewrite size_mkseq => m_lt; rewrite nth_mkseq.
by rewrite nth_default // leqNgt; move: inside => /= ->.
Qed.

Lemma expand_conv_layer s (T T' : eqType) (S : int -> pred T) (S' : int -> pred T')
    F F' B B' x k y :
    conv_layer s k x = y -> (0 < s)%N -> (0 < size k)%N ->
    expansion S' F' B' k -> expansion S F B x ->
  expansion (fun m (p : int * (T' * T)) =>
                        ((0 <= m) && B (s%:Z * m + 1 * ((size k)%:Z - 1)))
                        && ((0 <= p.1 < (size k)%:Z)
                            && (S' p.1 p.2.1 && S (s%:Z * m + 1 * p.1) p.2.2)))
            (fun m (p : int * (T' * T)) => F' p.1 p.2.1 * F (s%:Z * m + 1 * p.1) p.2.2)
            (fun m => B (s%:Z * m + 1 * ((size k)%:Z - 1))) y.
Proof. by rewrite -dilated_layer_1_eq_layer; apply: expand_dilated_layer. Qed.

(** * What follows from expansions *)

(* The size, as linear arithmetic can use it: the first place that is not inside. *)
Lemma size_from_places (T : eqType) (S : int -> pred T) F B x : expansion S F B x ->
  ~~ B (size x)%:Z /\ ((size x)%:Z = 0 \/ B ((size x)%:Z - 1)).
Proof.
move=> [_ inside_x]; rewrite -inside_x // ltz_nat ltnn; split=> //.
by case: (size x) inside_x => [|n] inside_x; [left | right; rewrite -inside_x; lia].
Qed.

(* Two signals are equal if they have the same places and the same entries there. *)
Lemma eq_signals (T T' : eqType) (S : int -> pred T) (S' : int -> pred T') F F' B B' x y :
    expansion S F B x -> expansion S' F' B' y ->
    (forall m, 0 <= m -> B m = B' m) ->
    (forall m, 0 <= m -> B m -> entry x m = entry y m) ->
  x = y.
Proof.
move=> [_ inside_x] [_ inside_y] places entries.
have same (u : nat) : (u < size x)%N = (u < size y)%N.
  by rewrite -!ltz_nat inside_x // inside_y // places.
have sizes : size x = size y.
  by apply/eqP; rewrite eqn_leq leqNgt same ltnn leqNgt -same ltnn.
apply: (@eq_from_nth _ 0) => // u u_lt; apply: (entries (Posz u)) => //.
by rewrite -inside_x.
Qed.

End Expansions.

(** * What a certificate ends with *)

Arguments entry : simpl never.

Ltac equal_tuples := first [reflexivity | by repeat congr (_, _); lia].

(* Proves that two products of entries are equal, whatever the order of the factors: entries at
   positions that linear arithmetic finds equal are the same. *)
Ltac same_entry x m m' := replace (entry x m') with (entry x m) by (congr (entry x _); lia).
Ltac equal_factors :=
  rewrite -?mulrA;
  do 400 try first [reflexivity | apply: congr1 | rewrite [RHS]mulrC -?mulrA].
Ltac pair_of_entries tac :=
  match goal with |- ?one = ?other =>
    match one with context [entry ?x ?m] =>
      match other with context [entry x ?m'] => tac x m m'; generalize (entry x m); intro end
    end
  end.
Ltac equal_products :=
  first
    [ solve [repeat pair_of_entries ltac:(fun x m m' => constr_eq m m');
             repeat pair_of_entries same_entry; equal_factors]
    | solve [repeat match goal with |- context [entry ?x ?m] =>
               match goal with |- context [entry x ?m'] =>
                 tryif constr_eq m m' then fail else same_entry x m m'
               end
             end; equal_factors] ].

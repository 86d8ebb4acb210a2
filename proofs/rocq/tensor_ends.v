(* Rules for tensors that go on at their ends: padding that repeats entries, and rolling. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_cases tensor_numbers.
From symconv Require Import tensor_changes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* --- one component of an index --- *)

Lemma along_at a (f : Z -> Z) i : along a f i = along a (fun=> f (component i a)) i.
Proof. by elim: a i => [| a IH] [| u i] //=; rewrite IH. Qed.

Lemma component_inside a s i : (a < size s)%N -> inside s i ->
  0 <= component i a < component s a.
Proof.
elim: a s i => [| a IH] [| n s] [| u i] //= a_lt /and3P [/Z.leb_le ? /Z.ltb_lt ? i_in] //.
exact: IH.
Qed.

Lemma component_along a s f i : (a < size s)%N -> inside s (along a f i) ->
  0 <= f (component i a) < component s a.
Proof.
elim: a s i => [| a IH] [| n s] [| u i] //= a_lt /and3P [/Z.leb_le ? /Z.ltb_lt ? i_in] //.
exact: IH.
Qed.

Lemma component_of_changed a f s : (a < size s)%N -> component (along a f s) a = f (component s a).
Proof. by elim: a s => [| a IH] [| n s] //=; apply: IH. Qed.

Lemma size_along a f s : size (along a f s) = size s.
Proof. by elim: a s => [| a IH] [| n s] //=; rewrite IH. Qed.

Section Ends.
Variable R : comRingType.
Implicit Types (x : tensor R) (a : nat) (s : seq Z).

(* An index along the axis that is none of x. *)
Lemma entry_beyond a w x i : (a < size (shape x))%N -> w < 0 \/ component (shape x) a <= w ->
  x.[along a (fun=> w) i] = 0%R.
Proof.
move=> a_lt out; apply: entry_outside; apply/negP => /(component_along a_lt) /=; lia.
Qed.

Lemma sum_at n u (F : seq Z -> R) :
  (\sum_(v <- box [:: n]) (if holds [:: head 0%Z v =? u] then F v else 0)
   = if (0 <=? u) && (u <? n) then F [:: u] else 0)%R.
Proof.
rewrite sum_box_one -mem_range; case u_in: (u \in range n); last first.
  rewrite big_seq big1 // => j j_in /=; case: Z.eqb_spec => //= j_u.
  by rewrite -j_u j_in in u_in.
rewrite (sum_alone (uniq_range n) u_in) => [| j _ /eqP j_ne] /=.
  by rewrite Z.eqb_refl.
by case: Z.eqb_spec.
Qed.

(* x by itself, and what stands before and after it; `before` and `after` are the entries of x
   there, counted from the first one of each of them on. *)
Lemma expand_extend a l r ends before after x s sums :
  (a < size s)%N -> 0 <= l -> 0 <= r ->
  (forall j, 0 <= j < l -> ends (component s a) (j - l) = before j) ->
  (forall j, 0 <= j < r -> ends (component s a) (component s a + j) = after j) ->
  expands x sums -> shape x = s ->
  expands (extend a l r ends x)
    ([seq sum_of_one [:: l] (fun i v => [:: head 0 v =? component i a])
            (fun i v => along a (fun=> before (head 0 v)) i) s t | t <- sums]
     ++ [seq moved (along a (fun u => u - l)) s t | t <- sums]
     ++ [seq sum_of_one [:: r] (fun i v => [:: head 0 v =? component i a - l - component s a])
               (fun i v => along a (fun=> after (head 0 v)) i) s t | t <- sums]).
Proof.
move=> a_lt l_ge r_ge before_is after_is x_is s_is i i_in.
have i_in' : inside (along a (fun n => n + l + r) s) i by rewrite -inside_clipped -s_is.
have := component_inside (a := a) _ i_in'; rewrite size_along component_of_changed // => /(_ a_lt).
have := size_nonnegative (a := a) s_is.
move: (expand_one_entry (sizes' := along a (fun n => n + l + r) (shape x)) (e := [:: l])
  (c := fun i v => [:: head 0 v =? component i a])
  (f := fun i v => along a (fun=> before (head 0 v)) i) x_is s_is i_in).
move: (expand_entries (sizes' := along a (fun n => n + l + r) (shape x))
  (f := along a (fun u => u - l)) x_is s_is i_in).
move: (expand_one_entry (sizes' := along a (fun n => n + l + r) (shape x)) (e := [:: r])
  (c := fun i v => [:: head 0 v =? component i a - l - component s a])
  (f := fun i v => along a (fun=> after (head 0 v)) i) x_is s_is i_in).
rewrite !entry_build -inside_clipped i_in !sum_at !totalE !big_cat /= => <- <- <-.
rewrite !(along_at a (fun u => u - l)) s_is.
set n := component s a in before_is after_is *; set u := component i a => n_ge u_in.
rewrite along_at -/u -/n.
have beyond w : w < 0 \/ n <= w -> x.[along a (fun=> w) i] = 0%R.
  by move=> out; apply: entry_beyond; rewrite s_is.
case: (Z.leb_spec 0 (u - l)) => u_l /=.
  have -> : u <? l = false by apply/Z.ltb_ge; lia.
  rewrite andbF add0r; case: (Z.ltb_spec (u - l) n) => u_n.
    have -> : 0 <=? u - l - n = false by apply/Z.leb_gt; lia.
    by rewrite addr0.
  rewrite (beyond (u - l)) ?add0r; last by right.
  have -> : (0 <=? u - l - n) && (u - l - n <? r).
    by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
  rewrite -after_is; last lia.
  by have -> : n + (u - l - n) = u - l by lia.
rewrite (beyond (u - l)) ?add0r; last by left.
have -> : (0 <=? u) && (u <? l).
  by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
have -> : 0 <=? u - l - n = false by apply/Z.leb_gt; lia.
by rewrite addr0 -before_is //; lia.
Qed.

(* Tensors that go round: y has the entry of x at the remainder of u - m, for u - m at most one
   round away.  That is one sum, over the round too, or three of which two are nothing. *)
Definition goes_round a m x y : Prop :=
  forall i, inside (shape y) i ->
    - component (shape x) a <= component i a - m < 2 * component (shape x) a /\
    y.[i] = x.[along a (fun u => (u - m) mod component (shape x) a) i].

Lemma expand_in_one a m x y s sums :
  (a < size s)%N -> goes_round a m x y -> expands x sums -> shape x = s ->
  expands y
    [seq sum_of_one [:: 3; component s a]
           (fun i v => [:: head 0 v * component s a + component v 1
                           =? component i a - m + component s a])
           (fun i v => along a (fun=> component v 1) i) s t | t <- sums].
Proof.
move=> a_lt round x_is s_is; apply: (expand_one _ x_is s_is) => i /round [].
rewrite along_at s_is; set n := component s a; set u := component i a.
move=> u_in ->; set w := u - m + n; have w_in : 0 <= w < 3 * n by lia.
have n_gt : 0 < n by lia.
have -> : (u - m) mod n = w mod n by rewrite -(Z_mod_plus_full _ 1) Z.mul_1_l.
have w_is := Z_div_mod_eq_full w n; have w_mod := Z.mod_pos_bound w n n_gt.
have in_box : [:: w / n; w mod n] \in box [:: 3; n].
  rewrite mem_box /= andbT; apply/and3P; split; try apply/andP; try split;
    try apply/Z.leb_le; try apply/Z.ltb_lt; nia.
rewrite (sum_alone (uniq_box _) in_box) => [| v]; last first.
  rewrite mem_box; case: v => [| p [| q [| ? ?]]]; rewrite /= ?andbF // andbT.
  move=> /and3P [/Z.leb_le p_ge /Z.ltb_lt p_lt /andP [/Z.leb_le q_ge /Z.ltb_lt q_lt]].
  move=> /eqP differ; case: Z.eqb_spec => // pq; case: differ.
  by have [-> ->] : p = w / n /\ q = w mod n by apply: (same_digits (q := n)); lia.
by have -> : holds [:: head 0 [:: w / n; w mod n] * n + component [:: w / n; w mod n] 1 =? w]
  by rewrite /= andbT; apply/Z.eqb_eq; lia.
Qed.

Lemma expand_in_three a m x y s sums :
  (a < size s)%N -> goes_round a m x y -> expands x sums -> shape x = s ->
  expands y
    ([seq moved (along a (fun u => u - m + component s a)) s t | t <- sums]
     ++ [seq moved (along a (fun u => u - m)) s t | t <- sums]
     ++ [seq moved (along a (fun u => u - m - component s a)) s t | t <- sums]).
Proof.
move=> a_lt round x_is s_is i i_in.
have part f := expand_entries (sizes' := shape y) (f := along a f) x_is s_is.
have inside_y : inside (clipped (shape y)) i by rewrite -shape_nonnegative.
rewrite !totalE !big_cat /= -!totalE -!part // !entry_build -inside_clipped inside_y.
have [u_in ->] := round i i_in.
rewrite along_at (along_at a (fun u => u - m)) (along_at a (fun u => u - m - component s a)).
rewrite (along_at a (fun u => u - m + component s a)).
move: u_in; rewrite s_is; set n := component s a; set v := component i a - m => v_in.
have beyond w : w < 0 \/ n <= w -> x.[along a (fun=> w) i] = 0%R.
  by move=> out; apply: entry_beyond; rewrite s_is.
have [v_lt | [v_at | v_ge]] : v < 0 \/ 0 <= v < n \/ n <= v by lia.
- rewrite (beyond v) ?(beyond (v - n)) ?addr0; try lia.
  by have -> : v mod n = v + n by rewrite -(Z_mod_plus_full v 1) Z.mod_small; lia.
- by rewrite (beyond (v + n)) ?(beyond (v - n)) ?addr0 ?add0r ?Z.mod_small //; lia.
rewrite (beyond v) ?(beyond (v + n)) ?add0r; try lia.
by have -> : v mod n = v - n by rewrite -(Z_mod_plus_full v (-1)) Z.mod_small; lia.
Qed.

Lemma extend_goes_round a l r x s : shape x = s -> (a < size s)%N ->
  0 <= l <= component s a -> 0 <= r <= component s a ->
  goes_round a l x (extend a l r circular_ends x).
Proof.
move=> s_is a_lt l_in r_in i i_in; rewrite s_is.
have i_in' : inside (along a (fun n => n + l + r) s) i by rewrite -inside_clipped -s_is.
have := component_inside (a := a) _ i_in'; rewrite size_along component_of_changed // => /(_ a_lt).
move=> u_in; split; first lia.
rewrite entry_build -inside_clipped i_in s_is along_at [in RHS]along_at /circular_ends.
set n := component s a in l_in r_in u_in *; set v := component i a - l.
suff -> : (if (0 <=? v) && (v <? n) then v else if v <? 0 then v + n else v - n) = v mod n by [].
have [v_lt | [v_in | v_ge]] : v < 0 \/ 0 <= v < n \/ n <= v by lia.
- have -> : 0 <=? v = false by apply/Z.leb_gt.
  by have -> : v <? 0 by [apply/Z.ltb_lt]; rewrite /= -(Z_mod_plus_full v 1) Z.mod_small; lia.
- have -> : (0 <=? v) && (v <? n).
    by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
  by rewrite Z.mod_small.
have -> : v <? n = false by apply/Z.ltb_ge.
have -> : v <? 0 = false by apply/Z.ltb_ge; lia.
by rewrite andbF -(Z_mod_plus_full v (-1)) Z.mod_small; lia.
Qed.

Lemma roll_goes_round a m x s : shape x = s -> (a < size s)%N ->
  - component s a <= m <= component s a -> goes_round a m x (roll a m x).
Proof.
move=> s_is a_lt m_in i i_in; rewrite s_is.
have i_in' : inside s i by rewrite -inside_clipped -s_is.
have := component_inside a_lt i_in'.
by split; [lia | rewrite entry_build -inside_clipped i_in s_is].
Qed.

(* A kernel that is the same from both ends has equal entries at both. *)
Lemma mirrored a (k : tensor R) s : k = flip a k -> shape k = s -> (a < size s)%N ->
  forall i, k.[i] = k.[along a (fun u => component s a - 1 - u) i].
Proof.
move=> k_is s_is a_lt i; rewrite {1}k_is entry_build s_is; case: ifP => // i_out.
symmetry; apply: entry_outside; rewrite s_is; apply: contraFN i_out.
elim: a s i a_lt {k_is s_is} => [| a IH] [| n s] [| u i] //= a_lt.
  by move=> /and3P [/Z.leb_le ? /Z.ltb_lt ? ->]; rewrite andbT;
    apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
by move=> /and3P [-> -> /=]; apply: IH.
Qed.

End Ends.

(* What stands before and after a tensor, as a function of the place there. *)
Ltac ends_are :=
  move=> ? [? ?]; lazy beta iota delta [nth reflect_ends symmetric_ends replicate_ends];
  case: Z.ltb_spec => ?; lia.

(* Entries of a tensor that is the same from both ends, at indices that are each other's mirror images
   as far as a tactic shows, are one entry. *)
Ltac entries_agree_mirrored mirrored equal := repeat match goal with
  | |- ?one = ?other =>
    match one with
    | context [entry ?x ?i] =>
      match other with
      | context [entry x ?j] =>
        tryif constr_eq i j then fail else
          (let e := fresh in
           assert (e : entry x j = entry x i) by
             (rewrite (mirrored j); lazy beta iota delta [along nth]; refine (f_equal (entry x) _);
              repeat (apply: equal_lists; first equal); reflexivity);
           rewrite e; clear e)
      end
    end
  end.

(* What the proof of a certificate is made of: lists of integers taken apart, sizes, and the
   arithmetic that is left. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia Ring.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_cases tensor_numbers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* Two tensors are equal if they have one shape, and their sums are equal. *)
Lemma equal_by_sums (R : comRingType) (x y : tensor R) s sums others :
  shape x = s -> shape y = s -> expands x sums -> expands y others ->
  (forall i, inside s i -> total sums i = total others i) -> x = y.
Proof.
move=> x_s y_s x_is y_is h; apply: equal_tensors => [| i]; rewrite ?x_s ?y_s // => i_in.
by rewrite x_is ?x_s // y_is ?y_s // h.
Qed.

(* Sums in another order have the same total, and two sums are equal one by one. *)
Lemma expands_in_order (R : comRingType) (x : tensor R) sums order :
  expands x sums -> perm_eq order (iota 0 (size sums)) ->
  expands x [seq nth (known (fun=> [::]) (fun=> 0%R)) sums k | k <- order].
Proof.
move=> x_is same_sums i i_in; rewrite x_is // !totalE big_map (perm_big _ same_sums) /=.
rewrite -[in LHS](mkseq_nth (known (fun=> [::]) (fun=> 0%R)) sums) /mkseq.
by rewrite big_map.
Qed.

Lemma equal_sums (R : comRingType) (a b c d : R) : a = b -> c = d -> (a + c = b + d)%R.
Proof. by move=> -> ->. Qed.

(* An index inside is a list of integers, each in its range. *)
Lemma inside_nil (P : seq Z -> Prop) : P [::] -> forall v, inside [::] v -> P v.
Proof. by move=> h [| i v]. Qed.

Lemma inside_cons n s (P : seq Z -> Prop) :
  (forall i, 0 <= i < n -> forall v, inside s v -> P (i :: v)) ->
  forall v, inside (n :: s) v -> P v.
Proof.
by move=> h [| i v] //= /and3P [/Z.leb_le ? /Z.ltb_lt ? v_in]; apply: h.
Qed.

Lemma inside_and i n s v : 0 <= i < n -> inside s v -> inside (n :: s) (i :: v).
Proof. by move=> [/Z.leb_le i_ge /Z.ltb_lt i_lt] v_in; rewrite /= i_ge i_lt. Qed.

(* What is shown by refuting the opposite. *)
Lemma not_below a b : (a < b -> False) -> b <= a.
Proof. lia. Qed.
Lemma not_above a b : (b <= a -> False) -> a < b.
Proof. lia. Qed.
Lemma not_apart a b : (a < b -> False) -> (b < a -> False) -> a = b.
Proof. lia. Qed.

Lemma holds_nil : holds [::].
Proof. by []. Qed.

Lemma holds_equal a b cs : a = b -> holds cs -> holds ((a =? b) :: cs).
Proof. by move=> -> h; rewrite /= Z.eqb_refl. Qed.

Lemma holds_cons a b cs : holds ((a =? b) :: cs) -> a = b /\ holds cs.
Proof. by move=> /andP [/Z.eqb_eq]. Qed.

Lemma equal_lists (a b : Z) (v w : seq Z) : a = b -> v = w -> a :: v = b :: w.
Proof. by move=> -> ->. Qed.

(* What is known of sizes. *)
Lemma size_of_windows s d c n m : 0 < s -> m = Z.max 0 (windows_in s d c n) ->
  [/\ n - d * (c - 1) <= s * m, 0 < m -> s * (m - 1) <= n - d * (c - 1) - 1
    & 0 < m -> d * (c - 1) < n].
Proof.
rewrite /windows_in => s_gt ->.
have : 0 <= n - d * (c - 1) - 1 -> 0 <= (n - d * (c - 1) - 1) / s by move=> h; exact: Z.div_pos.
set a := n - d * (c - 1) - 1; have := Z_div_mod_eq_full a s; have := Z.mod_pos_bound a s s_gt.
by split; nia.
Qed.

Lemma size_of_downsampled s n m : 0 < s -> 0 <= n -> m = Z.max 0 ((n + s - 1) / s) ->
  n <= s * m /\ (0 < m -> s * (m - 1) <= n - 1).
Proof.
move=> s_gt n_ge ->; have := Z_div_mod_eq_full (n + s - 1) s.
have := Z.mod_pos_bound (n + s - 1) s s_gt.
by split; nia.
Qed.

Lemma size_of_dilated d n m : 0 < d -> 0 <= n -> m = Z.max 0 (d * (n - 1) + 1) ->
  (0 < n -> m = d * (n - 1) + 1) /\ (0 < m -> 0 < n).
Proof. by move=> d_gt n_ge ->; split; nia. Qed.

Lemma size_of_convolved n c m : 0 <= n -> 0 <= c ->
  m = Z.max 0 (convolved_size n c) ->
  [/\ 0 < n -> 0 < c -> m = n + c - 1, 0 < m -> 0 < n & 0 < m -> 0 < c].
Proof.
rewrite /convolved_size => n_ge c_ge ->; case: (Z.eqb_spec n 0) => n0; case: (Z.eqb_spec c 0) => c0 /=; split; lia.
Qed.

Lemma comring_is_ring (R : comRingType) :
  @ring_theory (GRing.Ring.sort R) 0%R 1%R +%R *%R (fun a b => a - b)%R -%R eq.
Proof.
split=> //.
- exact: add0r.
- exact: addrC.
- exact: addrA.
- exact: mul1r.
- exact: mulrC.
- exact: mulrA.
- by move=> a b c; rewrite mulrDl.
- by move=> a; rewrite addrN.
Qed.

Lemma size_nonnegative (R : comRingType) (x : tensor R) s a : shape x = s -> 0 <= component s a.
Proof.
move=> <-; rewrite shape_nonnegative /clipped.
by elim: (shape x) a => [| n s' IH] [| a] //=; lia.
Qed.

Lemma shape_like (R : comRingType) (x : tensor R) s (f : seq Z -> R) :
  shape x = s -> shape (build (shape x) f) = s.
Proof. by move=> <-; rewrite shape_build -shape_nonnegative. Qed.

(* A quotient and a remainder, each by what determines it. *)
Lemma quotient_facts a b : 0 < b -> b * (a / b) <= a < b * (a / b) + b.
Proof.
by move=> b_gt; have := Z_div_mod_eq_full a b; have := Z.mod_pos_bound a b b_gt; lia.
Qed.

Lemma same_digits q a b c d : 0 <= b < q -> 0 <= d < q -> q * a + b = q * c + d -> a = c /\ b = d.
Proof.
move=> [b_ge b_lt] [d_ge d_lt] e.
have ac : a = c by case: (Z.lt_trichotomy a c) => [? | [// | ?]]; exfalso; nia.
by subst c; split; lia.
Qed.

(* A position in blocks of q, and two positions that differ by a multiple of their size. *)
Lemma position_in q s a d : 0 <= a < q -> 0 <= d < s -> 0 <= a + q * d < q * s.
Proof. by move=> ? ?; nia. Qed.
Lemma same_quotient q q' a b m :
  0 <= a < q -> 0 <= b < q' -> q = q' -> a - b = q * m -> m = 0.
Proof. by move=> ? ? e ?; subst q'; nia. Qed.

Lemma quotient_is a r q b : 0 <= r < q -> a = q * b + r -> a / q = b.
Proof. by move=> r_in ->; rewrite Z.mul_comm Z.div_add_l ?Z.div_small; lia. Qed.

Ltac positive := first
  [ assumption | lia
  | apply: Z.mul_pos_pos; positive
  | apply: Z.mul_nonneg_nonneg; positive
  | apply: Z.add_nonneg_nonneg; positive
  | nia ].

Ltac nonnegatives := lazy beta iota zeta delta [all]; repeat (apply/andP; split; [apply/Z.leb_le; positive |]); by [].

Ltac compute_sums := lazy beta iota zeta delta
  [total sizes conditions summand piece read moved scaled known sum_of_one sum_of_two same cat take
   drop
   size head behead nth along places last rcons belast joined all_joined grouped product
   position_of Nat.eqb map flatten foldr subn predn].

Ltac compute_terms := lazy beta iota zeta delta
  [total pieces by_cases map flatten foldr cat nth].

Ltac compute_shape := lazy beta iota zeta delta
  [clipped size head behead nth along windows_along cat take drop rcons last map product].

(* Each of the comparisons that the goal depends on holds, or does not. *)
Ltac compared := repeat match goal with
  | |- context [Z.eqb ?a ?b] => case: (Z.eqb_spec a b) => ?
  | |- context [Z.leb ?a ?b] => case: (Z.leb_spec a b) => ?
  end; lazy beta iota zeta delta [andb orb].

Ltac equal_sizes := first
  [ repeat (apply: equal_lists; first lia); reflexivity
  | repeat (apply: equal_lists; first by (lia ||
      (rewrite /windows_in ?Z.div_1_r; (lia || (Z.to_euclidean_division_equations; first [lia | nia])))));
    reflexivity
  | rewrite /convolved_size; compared; repeat (apply: equal_lists; first lia); reflexivity ].

Ltac sizes_are :=
  lazy beta iota zeta delta
    [pad extend flip roll downsample dilate windows convolve correlate conv rearrange einsum
     spread listed add multiply scale];
  rewrite shape_build;
  repeat match goal with h : shape ?x = _ |- context [shape ?x] => rewrite h end;
  compute_shape; equal_sizes.

Ltac same_integer := first [reflexivity | ring].

(* Entries of one tensor at indices that are equal, as far as a tactic shows, are one entry. *)
Ltac entries_agree_by equal := repeat match goal with
  | |- ?one = ?other =>
    match one with
    | context [entry ?x ?i] =>
      match other with
      | context [entry x ?j] =>
        tryif constr_eq i j then fail else
          (let e := fresh in
           assert (e : j = i) by
             (repeat (apply: equal_lists; first equal); reflexivity);
           rewrite e; clear e)
      end
    end
  end.
Ltac entries_agree := entries_agree_by same_integer.

(* The equation that is left, as one in the ring that `ring` has been told of: this is found by what
   stands on the left. *)
Lemma equal_times_1 (R : comRingType) (a b : R) : (a * 1 = b)%R -> a = b.
Proof. by rewrite mulr1. Qed.

Ltac in_the_ring :=
  apply: equal_times_1;
  match goal with
  | |- @eq (GRing.ComRing.sort ?R) ?a ?b =>
    change (@eq (GRing.Ring.sort (GRing.ComRing.ringType R)) a b)
  | |- @eq (GRing.Field.sort ?R) ?a ?b =>
    change (@eq (GRing.Ring.sort (GRing.ComRing.ringType (GRing.Field.comRingType R))) a b)
  | _ => idtac
  end.

(* The same where it follows from an equation between products of numbers. *)
Ltac ring_by equation :=
  in_the_ring;
  lazy beta iota delta [product_of] in equation;
  match goal with
  | |- @eq ?T _ _ =>
    match type of equation with
    | @eq _ ?a ?b => let e := fresh in have e : @eq T a b := equation; ring [e]
    end
  end.

(* From here on `lia` knows what quotients by numbers are. *)
Ltac Zify.zify_post_hook ::= Z.div_mod_to_equations.

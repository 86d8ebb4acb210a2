(* Functions of entries and of windows, of which nothing is known: tensors that are equal have equal
   values, and what acts along one axis may be done before tensors are put together along another. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* --- one axis, and the others --- *)

Lemma along_id a v : along a id v = v.
Proof. by elim: v a => [| i v IH] [| a] //=; rewrite IH. Qed.

Lemma along_along a f g v : along a f (along a g v) = along a (fun u => f (g u)) v.
Proof. by elim: v a => [| i v IH] [| a] //=; rewrite IH. Qed.

Lemma along_swapped a b f g v : a <> b -> along a f (along b g v) = along b g (along a f v).
Proof.
by elim: v a b => [| i v IH] [| a] [| b] //= ab; rewrite IH // => ab'; case: ab; rewrite ab'.
Qed.

Lemma size_along a f v : size (along a f v) = size v.
Proof. by elim: v a => [| i v IH] [| a] //=; rewrite IH. Qed.

Lemma component_along a f v :
  (a < size v)%N -> component (along a f v) a = f (component v a).
Proof. by elim: v a => [| i v IH] [| a] //= /IH. Qed.

Lemma component_swapped a b f v : a <> b -> component (along b f v) a = component v a.
Proof.
elim: v a b => [| i v IH] [| a] [| b] //= ab.
by rewrite IH // => ab'; case: ab; rewrite ab'.
Qed.

Lemma component_clipped a s : component (clipped s) a = Z.max 0 (component s a).
Proof. by elim: s a => [| n s IH] [| a] //=; rewrite IH. Qed.

Lemma along_1_clipped a s : along a (fun=> 1) (clipped s) = clipped (along a (fun=> 1) s).
Proof. by elim: s a => [| n s IH] [| a] //=; rewrite IH. Qed.

Lemma clipped_longer a m s : 0 <= m -> 0 <= component s a ->
  clipped (along a (Z.add^~ m) s) = along a (Z.add^~ m) (clipped s).
Proof.
move=> m_ge; elim: s a => [| n s IH] [| a] //= n_ge; first by rewrite !Z.max_r //; lia.
by rewrite IH.
Qed.

(* An index lies inside along all axes but a. *)
Definition elsewhere a (s v : seq Z) : bool := inside (along a (fun=> 1) s) (along a (fun=> 0) v).

Lemma inside_along a f s v : (a < size s)%N ->
  inside (along a f s) v
  = [&& elsewhere a s v, 0 <=? component v a & component v a <? f (component s a)].
Proof.
rewrite /elsewhere; elim: s a v => [| n s IH] [| a] [| i v] //= a_lt.
  by rewrite andbA andbC.
by rewrite IH // !andbA.
Qed.

Lemma elsewhere_along a f s v : elsewhere a s (along a f v) = elsewhere a s v.
Proof. by rewrite /elsewhere along_along. Qed.

Lemma inside_size s v : inside s v -> size v = size s.
Proof. by elim: s v => [| n s IH] [| i v] //= /and3P [_ _ /IH ->]. Qed.

Lemma elsewhere_size a s v : elsewhere a s v -> size v = size s.
Proof. by move=> /inside_size; rewrite !size_along. Qed.

Section Functions.
Variable R : comRingType.
Implicit Types (x y z w : tensor R) (a b : nat).

Lemma shape_apply (f : R -> R) x : shape (apply f x) = shape x.
Proof. by rewrite shape_build -shape_nonnegative. Qed.

Lemma entry_apply (f : R -> R) x i : inside (shape x) i -> (apply f x).[i] = f x.[i].
Proof. by move=> i_in; rewrite entry_build i_in. Qed.

Lemma clipped_shape x : clipped (shape x) = shape x.
Proof. by rewrite -shape_nonnegative. Qed.

Lemma size_nonnegative_of x a : 0 <= component (shape x) a.
Proof.
rewrite shape_nonnegative /clipped.
by elim: (shape x) a => [| n s IH] [| a] //=; lia.
Qed.
Arguments size_nonnegative_of x a : clear implicits.

Lemma shape_pool a c s d l r (f : seq R -> R) x t n : shape x = t -> component t a + l + r = n ->
  shape (pool a c s d l r f x) = clipped (along a (fun=> windows_in s d c n) t).
Proof.
move=> <- <-; rewrite shape_build; move: (shape x) => t'.
suff -> : along a (fun n => windows_in s d c (n + l + r)) t'
  = along a (fun=> windows_in s d c (component t' a + l + r)) t' by [].
by elim: t' a => [| n' t' IH] [| a] //=; rewrite IH.
Qed.

(* --- one tensor, and another one behind it along axis a --- *)

Lemma shape_pad a l r x : 0 <= l -> 0 <= r ->
  shape (pad a l r x) = along a (fun n => n + l + r) (shape x).
Proof.
move=> l_ge r_ge; rewrite shape_build -(clipped_shape x); move: (shape x) => t.
elim: t a => [| n t IH] [| a] //=; last by rewrite IH Z.max_r //; lia.
by rewrite -/(clipped t) clipped_twice Z.max_r //; lia.
Qed.

Lemma entry_pad a l r x i : 0 <= l -> 0 <= r -> (a < size (shape x))%N ->
  (pad a l r x).[i] = x.[along a (fun u => u - l) i].
Proof.
move=> l_ge r_ge a_lt; rewrite entry_build; case: ifP => // out.
rewrite entry_outside //; apply: contraFN out.
rewrite -[X in inside X _ -> _](along_id a) !inside_along // elsewhere_along.
move=> /and3P [ok]; rewrite component_along ?(elsewhere_size ok) // ok.
move=> /Z.leb_le ? /Z.ltb_lt ? /=.
by apply/andP; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
Qed.

(* Along all axes but a both have the same sizes. *)
Definition fit a x y : bool :=
  (a < size (shape x))%N && (along a (fun=> 1) (shape x) == along a (fun=> 1) (shape y)).
Definition behind a x y : tensor R :=
  add (pad a 0 (component (shape y) a) x) (pad a (component (shape x) a) 0 y).

Lemma fit_size a x y : fit a x y -> (a < size (shape y))%N.
Proof. by move=> /andP [a_lt /eqP /(congr1 size)]; rewrite !size_along => <-. Qed.

Lemma fit_elsewhere a x y i : fit a x y -> elsewhere a (shape x) i = elsewhere a (shape y) i.
Proof. by rewrite /elsewhere => /andP [_ /eqP ->]. Qed.

Lemma along_ext a f g v : f =1 g -> along a f v = along a g v.
Proof. by move=> fg; elim: v a => [| i v IH] [| a] //=; rewrite ?fg ?IH. Qed.

Lemma shape_behind a x y :
  shape (behind a x y) = along a (Z.add^~ (component (shape y) a)) (shape x).
Proof.
have := (size_nonnegative_of y a); rewrite shape_build -shape_nonnegative => m_ge.
by rewrite shape_pad //; apply: along_ext => n; lia.
Qed.

Lemma inside_behind a x y i : fit a x y ->
  inside (shape (behind a x y)) i
  = if component i a <? component (shape x) a then inside (shape x) i
    else inside (shape y) (along a (fun u => u - component (shape x) a) i).
Proof.
move=> xy; have a_lt : (a < size (shape x))%N by case/andP: xy.
have a_lt' := fit_size xy; have m_ge := size_nonnegative_of y a.
have n_ge := size_nonnegative_of x a.
rewrite shape_behind inside_along //.
rewrite -[X in if _ then inside X _ else _](along_id a).
rewrite -[X in _ = if _ then _ else inside X _](along_id a).
rewrite !inside_along // elsewhere_along -(fit_elsewhere _ xy).
case ok : (elsewhere a (shape x) i); last by rewrite if_same.
rewrite component_along ?(elsewhere_size ok) // /id.
by do ?[case: Z.leb_spec => ? | case: Z.ltb_spec => ?] => //; exfalso; lia.
Qed.

Lemma entry_behind a x y i : fit a x y ->
  (behind a x y).[i]
  = if component i a <? component (shape x) a then x.[i]
    else y.[along a (fun u => u - component (shape x) a) i].
Proof.
move=> xy; have a_lt : (a < size (shape x))%N by case/andP: xy.
have a_lt' := fit_size xy; have m_ge := size_nonnegative_of y a.
have n_ge := size_nonnegative_of x a.
case i_in : (inside (shape (behind a x y)) i); last first.
  rewrite entry_outside ?i_in //; move: i_in; rewrite inside_behind //.
  by case: ifP => _ /negbT /entry_outside.
have := i_in; rewrite {1 2}/behind entry_build shape_build inside_clipped => ->.
rewrite !entry_pad //; move: i_in; rewrite inside_behind //.
have -> : along a (Z.sub^~ 0) i = i by rewrite -[RHS](along_id a); apply: along_ext => u; lia.
case: Z.ltb_spec => [h | h] i_in.
  rewrite [X in (_ + X)%R]entry_outside ?addr0 //.
  rewrite -[shape y](along_id a) inside_along // elsewhere_along.
  have ok : size i = size (shape x) by apply: inside_size.
  rewrite component_along ?ok //; apply/negP => /and3P [_ /Z.leb_le ? _]; lia.
rewrite [X in (X + _)%R]entry_outside ?add0r //.
rewrite -[shape x](along_id a) inside_along //; apply/negP => /and3P [_ _ /Z.ltb_lt ?]; lia.
Qed.

Lemma apply_behind a (f : R -> R) x y : fit a x y ->
  apply f (behind a x y) = behind a (apply f x) (apply f y).
Proof.
move=> xy; have fxy : fit a (apply f x) (apply f y) by rewrite /fit !shape_apply.
apply: equal_tensors => [| i]; first by rewrite !(shape_apply, shape_behind).
rewrite shape_apply => i_in; rewrite entry_apply // !entry_behind // !shape_apply.
by move: i_in; rewrite inside_behind //; case: ifP => _ i_in; rewrite entry_apply.
Qed.

(* --- pools --- *)

(* A function of what a window holds is the same if the places of two windows are inside at once and
   have the same entries. *)
Lemma equal_windows (f : seq R -> R) (T : Type) (r : seq T) (p q : T -> seq Z) x y :
  (forall j, inside (shape x) (p j) = inside (shape y) (q j)) -> (forall j, x.[p j] = y.[q j]) ->
  f [seq x.[v] | v <- [seq p j | j <- r] & inside (shape x) v]
  = f [seq y.[v] | v <- [seq q j | j <- r] & inside (shape y) v].
Proof.
move=> same_inside same_entry; congr f.
by elim: r => //= j r IH; rewrite same_inside; case: ifP => //= _; rewrite same_entry IH.
Qed.

Lemma size_of_pool a b c s d l r (f : seq R -> R) x : a <> b ->
  component (shape (pool b c s d l r f x)) a = component (shape x) a.
Proof.
move=> ab; rewrite shape_build component_clipped component_swapped // Z.max_r //.
exact: size_nonnegative_of.
Qed.

Lemma pool_behind a b c s d l r (f : seq R -> R) x y : a <> b -> fit a x y ->
  pool b c s d l r f (behind a x y)
  = behind a (pool b c s d l r f x) (pool b c s d l r f y).
Proof.
move=> ab xy; have ba : b <> a by move=> /esym.
have shape_of z : shape (pool b c s d l r f z)
  = clipped (along b (fun n => windows_in s d c (n + l + r)) (shape z)) by [].
have same_size z := size_of_pool c s d l r f z ab.
have fitting : fit a (pool b c s d l r f x) (pool b c s d l r f y).
  case/andP: xy => a_lt /eqP others; rewrite /fit !shape_of size_map size_along a_lt.
  by rewrite !along_1_clipped !(along_swapped _ _ _ ab) others eqxx.
have shapes : shape (pool b c s d l r f (behind a x y))
  = shape (behind a (pool b c s d l r f x) (pool b c s d l r f y)).
  rewrite shape_of !shape_behind same_size shape_of (along_swapped _ _ _ ba) clipped_longer //.
    exact: size_nonnegative_of.
  rewrite component_swapped //; exact: size_nonnegative_of.
apply: equal_tensors => // i i_in; rewrite entry_behind // entry_build -inside_clipped.
rewrite i_in; move: i_in; rewrite shapes inside_behind // same_size.
case: ifP => i_lt i_in; rewrite entry_build -inside_clipped i_in; apply: equal_windows => j.
- by rewrite inside_behind // component_swapped // i_lt.
- by rewrite entry_behind // component_swapped // i_lt.
- by rewrite inside_behind // component_swapped // i_lt (along_swapped _ _ _ ab).
- by rewrite entry_behind // component_swapped // i_lt (along_swapped _ _ _ ab).
Qed.

(* The same for shapes that are told, as certificates tell them. *)
Lemma fit_of_shapes a x y t u : shape x = t -> shape y = u -> (a < size t)%N ->
  along a (fun=> 1) t = along a (fun=> 1) u -> fit a x y.
Proof. by rewrite /fit => -> -> -> ->; rewrite eqxx. Qed.

Lemma apply_of_two a (f : R -> R) x y t u m n : shape x = t -> shape y = u -> (a < size t)%N ->
  along a (fun=> 1) t = along a (fun=> 1) u -> component u a = m -> component t a = n ->
  apply f (add (pad a 0 m x) (pad a n 0 y))
  = add (pad a 0 m (apply f x)) (pad a n 0 (apply f y)).
Proof.
move=> x_t y_u a_lt others <- <-; have xy := fit_of_shapes x_t y_u a_lt others.
by rewrite -x_t -y_u; have := apply_behind f xy; rewrite /behind !shape_apply.
Qed.

Lemma pool_of_two a b c s d l r (f : seq R -> R) x y t u m n :
  shape x = t -> shape y = u -> a != b -> (a < size t)%N ->
  along a (fun=> 1) t = along a (fun=> 1) u -> component u a = m -> component t a = n ->
  pool b c s d l r f (add (pad a 0 m x) (pad a n 0 y))
  = add (pad a 0 m (pool b c s d l r f x)) (pad a n 0 (pool b c s d l r f y)).
Proof.
move=> x_t y_u /eqP ab a_lt others <- <-; have xy := fit_of_shapes x_t y_u a_lt others.
rewrite -x_t -y_u; have := pool_behind c s d l r f ab xy; rewrite /behind.
by rewrite !size_of_pool.
Qed.

End Functions.

(* Tensors of any rank, and the operators on them that claims are made of.

   A tensor has a size along each axis and an entry, in a commutative ring R, at each list of
   integers inside; x.[i] is its entry at the list i, and zero outside.  Sizes and indices are
   integers, written as Coq's Z: a size below 0 counts as 0. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

(* Integers can be told apart, which is what MathComp asks of what it searches lists for. *)
Lemma equal_integers : Equality.axiom Z.eqb.
Proof. by move=> a b; apply: (iffP idP) => [/Z.eqb_eq | /Z.eqb_eq]. Qed.
Canonical integer_eqType := EqType Z (EqMixin equal_integers).

(* 0, 1, ..., n - 1; nothing if n is negative. *)
Definition range (n : Z) : seq Z := [seq Z.of_nat i | i <- iota 0 (Z.to_nat n)].

(* All indices inside sizes, the last component running fastest. *)
Fixpoint box (sizes : seq Z) : seq (seq Z) :=
  if sizes is n :: rest then [seq i :: v | i <- range n, v <- box rest] else [:: [::]].

(* Whether an index lies inside: as many components as sizes, and 0 <= i < n for each. *)
Fixpoint inside (sizes v : seq Z) : bool :=
  match sizes, v with
  | [::], [::] => true
  | n :: sizes', i :: v' => [&& 0 <=? i, i <? n & inside sizes' v']
  | _, _ => false
  end.

Lemma mem_range n i : (i \in range n) = (0 <=? i) && (i <? n).
Proof.
apply/mapP/andP => [[k] | [/Z.leb_le i_ge /Z.ltb_lt i_lt]].
  rewrite mem_iota add0n => /andP [_ /ltP k_lt] ->; split; [apply/Z.leb_le | apply/Z.ltb_lt]; lia.
exists (Z.to_nat i); last lia.
by rewrite mem_iota add0n; apply/andP; split=> //; apply/ltP; lia.
Qed.

Lemma mem_box sizes v : (v \in box sizes) = inside sizes v.
Proof.
elim: sizes v => [| n sizes IH] [| i v] //=.
  by apply/negP => /allpairsP [[j w] [_ _]].
rewrite andbA -mem_range -IH.
apply/allpairsP/andP => [[[j w] [/= j_in w_in [-> ->]]] // | [i_in v_in]].
by exists (i, v).
Qed.

Lemma uniq_range n : uniq (range n).
Proof. by rewrite map_inj_uniq ?iota_uniq // => a b /Nat2Z.inj. Qed.

Lemma uniq_box sizes : uniq (box sizes).
Proof.
elim: sizes => [| n sizes IH] //=; apply: allpairs_uniq => //; first exact: uniq_range.
by move=> [a v] [b w] _ _ [-> ->].
Qed.

(* Sizes as a tensor has them: those below 0 are 0. *)
Definition clipped (sizes : seq Z) : seq Z := [seq Z.max 0 n | n <- sizes].

Lemma box_clipped sizes : box (clipped sizes) = box sizes.
Proof.
elim: sizes => [| n sizes IH] //=; rewrite IH /range.
by have -> : Z.to_nat (Z.max 0 n) = Z.to_nat n by lia.
Qed.

Lemma inside_clipped sizes v : inside (clipped sizes) v = inside sizes v.
Proof. by rewrite -!mem_box box_clipped. Qed.

Lemma clipped_twice sizes : clipped (clipped sizes) = clipped sizes.
Proof. by elim: sizes => //= n sizes ->; rewrite Z.max_r //; lia. Qed.

Section Tensors.
Variable R : comRingType.

(* The sizes, and the entries in the order of the box. *)
Record tensor := Tensor {
  shape : seq Z;
  data : seq R;
  _ : (shape == clipped shape) && (size data == size (box shape))
}.

Definition entry (x : tensor) (i : seq Z) : R := nth 0%R (data x) (index i (box (shape x))).

(* The tensor with a given entry at each index inside. *)
Lemma build_fits sizes (f : seq Z -> R) :
  (clipped sizes == clipped (clipped sizes))
  && (size [seq f i | i <- box (clipped sizes)] == size (box (clipped sizes))).
Proof. by rewrite clipped_twice size_map !eqxx. Qed.
Definition build (sizes : seq Z) (f : seq Z -> R) : tensor := Tensor (build_fits sizes f).

Lemma shape_build sizes f : shape (build sizes f) = clipped sizes.
Proof. by []. Qed.

Lemma entry_build sizes f i :
  entry (build sizes f) i = if inside sizes i then f i else 0%R.
Proof.
rewrite /entry /= box_clipped -mem_box; case: ifP => i_in.
  by rewrite (nth_map i) ?index_mem // nth_index.
by rewrite nth_default // size_map leqNgt index_mem i_in.
Qed.

Lemma entry_outside x i : ~~ inside (shape x) i -> entry x i = 0%R.
Proof.
rewrite -mem_box => i_out; rewrite /entry nth_default //.
case: x i_out => sizes entries /= /andP [_ /eqP ->] i_out.
by rewrite leqNgt index_mem.
Qed.

Lemma equal_tensors x y :
  shape x = shape y -> (forall i, inside (shape x) i -> entry x i = entry y i) -> x = y.
Proof.
case: x y => [s a s_ok] [t b t_ok] /= st; subst t => same.
suff ab : a = b by subst b; congr Tensor; apply: bool_irrelevance.
move: (s_ok) (t_ok) => /andP [_ /eqP size_a] /andP [_ /eqP size_b].
apply: (@eq_from_nth _ 0%R); rewrite ?size_a // => i i_lt.
have := same (nth [::] (box s) i); rewrite /entry /= index_uniq ?uniq_box //.
by apply; rewrite -mem_box mem_nth.
Qed.

Lemma shape_nonnegative x : shape x = clipped (shape x).
Proof. by case: x => s a /= /andP [/eqP]. Qed.

End Tensors.

Arguments entry {R} x i : rename.
Arguments shape {R} x : rename.
Arguments build {R} sizes f.
Notation "x .[ i ]" := (entry x i) (at level 2, left associativity, format "x .[ i ]").

(* A change of one component of a list, that of axis a. *)
Fixpoint along (a : nat) (f : Z -> Z) (v : seq Z) : seq Z :=
  match v, a with
  | [::], _ => [::]
  | i :: w, 0%nat => f i :: w
  | i :: w, S b => i :: along b f w
  end.

Notation component v a := (nth 0 v a).

(* How many windows of c entries, d apart, there are in n entries, one at every s-th. *)
Definition windows_in (s d c n : Z) : Z := (n - d * (c - 1) - 1) / s + 1.

(* How many entries the full convolution of n and c entries has: none where there are none. *)
Definition convolved_size (n c : Z) : Z := if (n =? 0) || (c =? 0) then 0 else n + c - 1.

(* The number of windows for several axes; and where tap j of window u lies, along each of them. *)
Fixpoint windows_along (ss ds cs ns : seq Z) : seq Z :=
  match ss, ds, cs, ns with
  | s :: ss', d :: ds', c :: cs', n :: ns' => windows_in s d c n :: windows_along ss' ds' cs' ns'
  | _, _, _, _ => [::]
  end.
Fixpoint places (ss ds us js : seq Z) : seq Z :=
  match ss, ds, us, js with
  | s :: ss', d :: ds', u :: us', j :: js' => s * u + d * j :: places ss' ds' us' js'
  | _, _, _, _ => [::]
  end.

(* Digits of a position in mixed radix; the last one runs fastest.  And back. *)
Fixpoint product (sizes : seq Z) : Z := if sizes is n :: rest then n * product rest else 1.
Fixpoint joined (sizes digits : seq Z) : Z :=
  match sizes, digits with
  | n :: sizes', i :: digits' => i * product sizes' + joined sizes' digits'
  | _, _ => 0
  end.
Fixpoint digits (sizes : seq Z) (u : Z) : seq Z :=
  if sizes is n :: rest then u / product rest :: digits rest (u mod product rest) else [::].

(* Where a tensor continues beyond its ends: which of its n entries stands at v, for v < 0 before
   them, and for n <= v after them. *)
Definition reflect_ends (n v : Z) : Z := if v <? 0 then - v else 2 * n - 2 - v.
Definition symmetric_ends (n v : Z) : Z := if v <? 0 then - 1 - v else 2 * n - 1 - v.
Definition replicate_ends (n v : Z) : Z := if v <? 0 then 0 else n - 1.
Definition circular_ends (n v : Z) : Z := if v <? 0 then v + n else v - n.

(* All of the conditions hold; claims use it for a formula that has cases. *)
Fixpoint holds (conditions : seq bool) : bool :=
  if conditions is c :: rest then c && holds rest else true.

Section Operators.
Variable R : comRingType.
Implicit Types (x y k : tensor R) (a : nat) (s d : Z).

(* l zeros before x and r zeros after it, along axis a; negative amounts crop. *)
Definition pad a l r x : tensor R :=
  build (along a (fun n => n + l + r) (shape x)) (fun i => x.[along a (fun u => u - l) i]).

(* l entries before x and r entries after it, along axis a, as `ends` says which ones. *)
Definition extend a l r (ends : Z -> Z -> Z) x : tensor R :=
  build (along a (fun n => n + l + r) (shape x))
    (fun i => x.[along a (fun u => let n := component (shape x) a in let v := u - l in
                   if (0 <=? v) && (v <? n) then v else ends n v) i]).

(* The entries in the opposite order, along axis a. *)
Definition flip a x : tensor R :=
  build (shape x) (fun i => x.[along a (fun u => component (shape x) a - 1 - u) i]).

(* The entries m places further, and those that leave x at one end come back at the other. *)
Definition roll a m x : tensor R :=
  build (shape x) (fun i => x.[along a (fun u => (u - m) mod component (shape x) a) i]).

(* Every s-th entry along axis a, from entry 0 on. *)
Definition downsample a s x : tensor R :=
  build (along a (fun n => (n + s - 1) / s) (shape x)) (fun i => x.[along a (Z.mul s) i]).

(* d - 1 zeros between neighbours, along axis a. *)
Definition dilate a d x : tensor R :=
  build (along a (fun n => d * (n - 1) + 1) (shape x))
    (fun i => if component i a mod d =? 0 then x.[along a (fun u => u / d) i] else 0%R).

(* Along axis a windows of c entries, d apart, one at every s-th; they lie along a new last axis. *)
Definition windows a c s d x : tensor R :=
  build (rcons (along a (windows_in s d c) (shape x)) c)
    (fun i => let j := last 0 i in x.[along a (fun u => s * u + d * j) (take (size i).-1 i)]).

(* The full convolution of x with the signal k along axis a; empty where one of them is. *)
Definition convolve a x k : tensor R :=
  build (along a (convolved_size^~ (component (shape k) 0)) (shape x))
    (fun i => \sum_(m <- range (component (shape x) a))
                x.[along a (fun=> m) i] * k.[[:: (component i a - m)%Z]])%R.

(* A layer of one channel along axis a: it correlates with the signal k (no flip). *)
Definition correlate a s d k x : tensor R :=
  build (along a (windows_in s d (component (shape k) 0)) (shape x))
    (fun i => \sum_(j <- range (component (shape k) 0))
                k.[[:: j]] * x.[along a (fun u => (s * u + d * j)%Z) i])%R.

(* A layer with channels.  The input has shape (C, ...), behind `batch` further axes; the kernel
   w has shape (O, C/groups, ...); there is a stride and a dilation for each spatial axis.
   Entry (n, o, u) is the sum of w[o, q, j] x[n, Q (o / (O / groups)) + q, s u + d j]. *)
Definition conv (batch : nat) (ss ds : seq Z) (groups : Z) w x : tensor R :=
  let outputs := component (shape w) 0 in
  let channels := component (shape w) 1 in
  build (take batch (shape x) ++
         outputs :: windows_along ss ds (drop 2 (shape w)) (drop batch.+1 (shape x)))
    (fun i => let o := component i batch in
      \sum_(j <- box (behead (shape w)))
        w.[o :: j] *
        x.[take batch i ++ (o / (outputs / groups) * channels + head 0 j)%Z ::
           places ss ds (drop batch.+1 i) (behead j)])%R.

(* Axes split, moved, merged, repeated and left out.  Axes have numbers as names, with sizes;
   `source` lists for each axis of x the names that are merged in it, `target` the same for the
   result. *)
Fixpoint position_of (names : seq nat) (values : seq Z) (a : nat) : Z :=
  match names, values with
  | b :: names', i :: values' => if Nat.eqb a b then i else position_of names' values' a
  | _, _ => 0
  end.
Definition rearrange (sizes : seq Z) (source target : seq (seq nat)) x : tensor R :=
  let of_group g := [seq component sizes a | a <- g] in
  build [seq product (of_group g) | g <- target]
    (fun i => let names := flatten target in
      let values := flatten [seq digits (of_group gu.1) gu.2 | gu <- zip target i] in
      x.[[seq joined (of_group g) [seq position_of names values a | a <- g] | g <- source]]).

(* Sums of products, as einsum has them: letters are numbers, each with a size; `output` lists the
   letters of the result, `over` those that are summed over, and each operand comes with its own. *)
Definition einsum (sizes : seq Z) (output over : seq nat) (operands : seq (seq nat * tensor R))
    : tensor R :=
  build [seq component sizes a | a <- output]
    (fun i => \sum_(v <- box [seq component sizes a | a <- over])
       \prod_(f <- operands) f.2.[[seq position_of (output ++ over) (i ++ v) a | a <- f.1]])%R.

(* x repeated along axes: `axes` has, for each axis of x, which one of the result it is, or None
   where x has one entry that is repeated. *)
Definition spread (sizes : seq Z) (axes : seq (option nat)) x : tensor R :=
  build sizes (fun i => x.[[seq (if a is Some b then component i b else 0) | a <- axes]]).

(* Known entries, in the order of the box. *)
Definition listed (sizes : seq Z) (entries : seq R) : tensor R :=
  build sizes (fun i => nth 0%R entries (index i (box sizes))).

(* Sums, products and multiples, entry by entry. *)
Definition add x y : tensor R := build (shape x) (fun i => x.[i] + y.[i])%R.
Definition multiply x y : tensor R := build (shape x) (fun i => x.[i] * y.[i])%R.
Definition scale (q : R) x : tensor R := build (shape x) (fun i => q * x.[i])%R.

(* A function of each entry. *)
Definition apply (f : R -> R) x : tensor R := build (shape x) (fun i => f x.[i]).

(* Along axis a windows as those of `windows`, over x with l places before it and r after it: a
   function of the list of those entries of each window that x has. *)
Definition pool a c s d l r (f : seq R -> R) x : tensor R :=
  build (along a (fun n => windows_in s d c (n + l + r)) (shape x))
    (fun i => let window := [seq along a (fun u => s * u + d * j - l) i | j <- range c] in
      f [seq x.[p] | p <- window & inside (shape x) p]).

End Operators.

(* An integer as an element of a ring, and a quotient of two of them in a field. *)
Definition number {R : ringType} (n : Z) : R :=
  match n with
  | Z0 => 0
  | Zpos p => (Pos.to_nat p)%:R
  | Zneg p => - (Pos.to_nat p)%:R
  end%R.
Definition ratio {F : fieldType} (p q : Z) : F := (number p / number q)%R.

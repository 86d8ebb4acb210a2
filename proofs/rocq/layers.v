(* Sizes and entries of the operators. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Layers.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (d s u : nat).

Lemma size_conv_layer s k x : size (conv_layer s k x) = outputs s (size k) (size x).
Proof. exact: size_mkseq. Qed.

Lemma size_dilate d k : size (dilate d k) = dilated_size d (size k).
Proof. exact: size_mkseq. Qed.

Lemma size_convolve_if a b : size (convolve a b)
  = if (size a == 0%N) || (size b == 0%N) then 0%N else (size a + size b).-1.
Proof. exact: size_mkseq. Qed.

Lemma size_convolve a b : a != [::] -> b != [::] -> size (convolve a b) = (size a + size b).-1.
Proof. by rewrite size_mkseq; case: a b => [|? ?] [|? ?]. Qed.

Lemma size_downsample s x : size (downsample s x) = ((size x + s.-1) %/ s)%N.
Proof. exact: size_mkseq. Qed.

Lemma dilate_nonempty d k : k != [::] -> dilate d k != [::].
Proof. by rewrite -!size_eq0 size_dilate; case: k. Qed.

Lemma convolve_nonempty a b : a != [::] -> b != [::] -> convolve a b != [::].
Proof. by rewrite -!size_eq0 size_mkseq; case: a b => [|? ?] [|? ?] //= _ _; lia. Qed.

Lemma size_pad l r x : (size (pad l r x))%:Z = Num.max (0 : int) ((size x)%:Z + l + r).
Proof. by rewrite size_mkseq; case: (_ + r) => n; lia. Qed.

Lemma nth_conv_layer s k x u : (u < size (conv_layer s k x))%N ->
  (conv_layer s k x)`_u = \sum_(0 <= j < size k) k`_j * x`_(s * u + j).
Proof. by rewrite size_conv_layer => u_lt; rewrite /conv_layer nth_mkseq. Qed.

(* Beyond the end of a signal its formula is 0 too. *)

Lemma nth_downsample s x u : (0 < s)%N -> (downsample s x)`_u = x`_(s * u).
Proof.
move=> s_gt0; have [u_lt|u_ge] := ltnP u (size (downsample s x)).
  by rewrite size_downsample in u_lt; rewrite nth_mkseq.
rewrite !nth_default //; move: u_ge; rewrite size_downsample -[(_ <= u)%N]ltnS ltn_divLR //.
by move: (size x) => n; nia.
Qed.

Lemma nth_dilate d k u : (0 < d)%N ->
  (dilate d k)`_u = if (d %| u)%N then k`_(u %/ d) else 0.
Proof.
move=> d_gt0; have [u_lt|u_ge] := ltnP u (size (dilate d k)).
  by rewrite size_dilate in u_lt; rewrite nth_mkseq.
rewrite nth_default //; case: ifP => // /dvdnP[q u_q]; rewrite nth_default // u_q mulnK //.
by move: u_ge; rewrite size_dilate u_q; case: (size k) => [|c] //=; nia.
Qed.

Lemma nth_convolve a b u : (convolve a b)`_u = \sum_(0 <= m < u.+1) a`_m * b`_(u - m).
Proof.
have [u_lt|u_ge] := ltnP u (size (convolve a b)).
  by rewrite size_mkseq in u_lt; rewrite nth_mkseq.
rewrite nth_default // big1 // => m _.
have [a_m|m_a] := leqP (size a) m; first by rewrite nth_default // mul0r.
rewrite [b`__]nth_default ?mulr0 //; move: u_ge; rewrite size_mkseq.
by case: (a) (b) m_a => [|? ?] [|? ?] //=; lia.
Qed.

Lemma nth_pad l r x u : (u < size (pad l r x))%N -> (pad l r x)`_u = entry x (u%:Z - l).
Proof. by rewrite size_mkseq => u_lt; rewrite nth_mkseq. Qed.

(* All taps of an output read inside ... *)
Lemma outputs_inside s c n u : (u < outputs s c n)%N -> (s * u + c <= n)%N.
Proof.
rewrite /outputs; case: ifP => c_n //; case: s => [|s]; first by rewrite divn0; lia.
by rewrite ltnS leq_divRL // mulnC; lia.
Qed.

(* ... and if they do, it is one. *)
Lemma lt_outputs s c n u : (0 < s)%N -> (0 < c)%N ->
  (u < outputs s c n)%N = (s * u + c <= n)%N.
Proof.
rewrite /outputs => s0 c0; case: ifP => c_n; last by lia.
by rewrite ltnS leq_divRL // mulnC; lia.
Qed.

Lemma outputs_outputs s1 s2 c1 c2 n : (0 < s1)%N -> (0 < c1)%N -> (0 < c2)%N ->
  outputs s2 c2 (outputs s1 c1 n) = outputs (s1 * s2) (c1 + dilated_size s1 c2).-1 n.
Proof.
case: c2 => [|c2] // s1_gt0 c1_gt0 _; rewrite addnS /= [LHS]/outputs lt_outputs // addnC /outputs.
case: ifP => // fits; rewrite ifT ?subSS; last by lia.
by rewrite subnDA -[X in (_ - _ - X)%N]mulnC divnMA divnBMl.
Qed.

End Layers.

(* The definitions mean what they are meant to: they agree with others' notions. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Sanity.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (c d i l r s u : nat).

(* With the entries as coefficients, [convolve] is the product of polynomials ... *)
Theorem convolve_is_polynomial_product a b : Poly (convolve a b) = Poly a * Poly b.
Proof.
apply/polyP => u; rewrite coef_Poly nth_convolve coefM big_mkord.
by apply: eq_bigr => m _; rewrite !coef_Poly.
Qed.

(* ... and [dilate d] puts 'X^d in the place of 'X. *)
Theorem dilate_is_composition_with_a_power d k : (0 < d)%N ->
  Poly (dilate d k) = Poly k \Po 'X^d.
Proof.
move=> d_gt0; apply/polyP => u; rewrite coef_Poly nth_dilate // coef_comp_poly.
under eq_bigr do rewrite -exprM coefXn.
case: ifP => [/dvdnP[q ->]|d_u]; last first.
  by rewrite big1 // => i _; case: eqP d_u => [->|_]; rewrite ?dvdn_mulr ?dvdnn ?mulr0.
rewrite mulnK //; have [q_lt|q_ge] := ltnP q (size (Poly k)).
  rewrite (bigD1 (Ordinal q_lt)) //= mulnC eqxx mulr1 coef_Poly big1 ?addr0 // => i i_q.
  by rewrite eqn_pmul2l // eq_sym (negPf (i_q : (i : nat) != q)) mulr0.
rewrite -coef_Poly nth_default // big1 // => i _.
by rewrite mulnC eqn_pmul2l // gtn_eqF ?mulr0 // (leq_trans (ltn_ord i)).
Qed.

(* Padding puts zeros before and after a signal ... *)
Theorem pad_eq_zeros_around l r x : pad l r x = nseq l 0 ++ x ++ nseq r 0.
Proof.
have sizes : size (pad l r x) = size (nseq l (0 : R) ++ x ++ nseq r 0).
  by have := size_pad l r x; rewrite !size_cat !size_nseq; move: (size x) (size _) => n m; lia.
apply: (@eq_from_nth _ 0) => // u u_lt; rewrite nth_pad // !nth_cat !nth_nseq !size_nseq.
have [u_l|l_u] := ltnP u l.
  by have [m ->] : exists m, u%:Z - l%:Z = Negz m by exists (l - u).-1; lia.
have -> : u%:Z - l%:Z = Posz (u - l) by lia.
by rewrite /=; case: ltnP => // x_u; rewrite nth_default // if_same.
Qed.

(* ... and negative amounts drop entries. *)
Theorem pad_eq_entries_dropped l r x : pad (- l%:Z) (- r%:Z) x = drop l (take (size x - r) x).
Proof.
have sizes : size (pad (- l%:Z) (- r%:Z) x) = size (drop l (take (size x - r) x)).
  have := size_pad (- l%:Z) (- r%:Z) x; rewrite size_drop size_takel ?leq_subr //.
  by move: (size x) (size _) => n m; lia.
apply: (@eq_from_nth _ 0) => // u u_lt; rewrite nth_pad // opprK nth_drop addrC -PoszD.
by rewrite nth_take //; move: u_lt; rewrite sizes size_drop size_takel ?leq_subr //; lia.
Qed.

(* A layer is the convolution with the flipped kernel, where both overlap entirely. *)
Theorem conv_layer_eq_cropped_convolution k x : k != [::] ->
  conv_layer 1 k x = pad (1 - (size k)%:Z) (1 - (size k)%:Z) (convolve x (flip k)).
Proof.
case/lastP: k => // k a _; rewrite /flip size_rcons.
set h := rcons k a; have size_h : size h = (size k).+1 by rewrite size_rcons.
have sizes : size (conv_layer 1 h x)
    = size (pad (- (size k)%:Z) (- (size k)%:Z) (convolve x (rev h))).
  have := size_pad (- (size k)%:Z) (- (size k)%:Z) (convolve x (rev h)).
  rewrite size_conv_layer size_convolve_if size_rev size_h /outputs divn1.
  move: (size x) (size k) (size _) => n c m; case: n => [|n] /=; first by lia.
  by case: ifP => fits; lia.
rewrite (_ : 1 - _ = - (size k)%:Z); last by lia.
apply: (@eq_from_nth _ 0) => // u u_lt; rewrite nth_conv_layer // nth_pad -?sizes //.
rewrite opprK -PoszD /= nth_convolve size_h.
have fits : (u + size k < size x)%N.
  by move: u_lt; rewrite size_conv_layer lt_outputs ?size_h ?mul1n ?addnS.
transitivity (\sum_(0 + u <= m < u + (size k).+1) x`_m * (rev h)`_(u + size k - m)).
  rewrite [RHS]big_addn addKn; apply: eq_big_nat => j j_lt.
  by rewrite mul1n addnC mulrC nth_rev ?size_h //; [congr (_ * _`_ _); lia | lia].
rewrite add0n addnS [RHS](@big_cat_nat _ _ _ u) //=; last by lia.
rewrite [X in _ = X + _]big_nat [X in _ = X + _]big1 ?add0r // => m m_lt.
by rewrite [(rev h)`__]nth_default ?mulr0 // size_rev size_h; lia.
Qed.

End Sanity.

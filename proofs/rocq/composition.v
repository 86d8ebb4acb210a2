(* Layers in a row are one layer. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Composition.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (d s u n : nat).

(** * Two layers are one *)

(* The change of variables t = s1 i + j, for any entries X of the input. *)
Lemma sum_of_sums s1 k1 k2 (X : nat -> R) : (0 < s1)%N ->
  \sum_(0 <= i < size k2) k2`_i * (\sum_(0 <= j < size k1) k1`_j * X (s1 * i + j)%N)
  = \sum_(0 <= t < size (convolve k1 (dilate s1 k2))) (convolve k1 (dilate s1 k2))`_t * X t.
Proof.
move=> s1_gt0; rewrite sum_convolve.
under [LHS]eq_bigr do rewrite big_distrr.
rewrite exchange_big_nat; apply: eq_bigr => j _ /=.
under [RHS]eq_bigr do rewrite [k1`__ * _]mulrC -mulrA.
rewrite (@sum_dilate _ _ _ (fun t => k1`_j * X (j + t)%N)) //.
by apply: eq_bigr => i _; rewrite addnC.
Qed.

Theorem two_layers_eq_one_layer s1 s2 k1 k2 x :
    (0 < s1)%N -> k1 != [::] -> k2 != [::] ->
  conv_layer s2 k2 (conv_layer s1 k1 x)
  = conv_layer (s1 * s2) (convolve k1 (dilate s1 k2)) x.
Proof.
move=> s1_gt0 k1_nonempty k2_nonempty.
have c1_gt0 : (0 < size k1)%N by rewrite lt0n size_eq0.
have c2_gt0 : (0 < size k2)%N by rewrite lt0n size_eq0.
have sizes : size (conv_layer s2 k2 (conv_layer s1 k1 x))
    = size (conv_layer (s1 * s2) (convolve k1 (dilate s1 k2)) x).
  by rewrite !size_conv_layer outputs_outputs // size_convolve ?dilate_nonempty // size_dilate.
apply: (@eq_from_nth _ 0) => // u u_lt.
rewrite !nth_conv_layer -?sizes // -sum_of_sums //; apply: eq_big_nat => i i_lt.
rewrite nth_conv_layer; last first.
  by move: u_lt; rewrite [X in (u < X)%N]size_conv_layer => /outputs_inside; lia.
by congr (_ * _); apply: eq_bigr => j _; congr (_ * _`_ _); lia.
Qed.

(** * Many layers are one *)

Lemma compose_proper (f g : layer R) : proper f -> proper g -> proper (compose f g).
Proof.
case: f g => [s1 k1] [s2 k2] /andP[/= s1_gt0 k1_nonempty] /andP[/= s2_gt0 k2_nonempty].
by rewrite /proper /= muln_gt0 s1_gt0 s2_gt0 convolve_nonempty ?dilate_nonempty.
Qed.

Lemma conv_layer_1 x : conv_layer 1 [:: 1] x = x.
Proof.
have sizes : size (conv_layer 1 [:: 1] x) = size x.
  by rewrite size_conv_layer /outputs /= divn1; case: (size x) => [|m] //=; lia.
apply: (@eq_from_nth _ 0) => // u u_lt.
by rewrite nth_conv_layer // big_nat1 mul1r mul1n addn0.
Qed.

Theorem layers_eq_one_layer (layers : seq (layer R)) x : all (@proper R) layers ->
  network layers x = conv_layer (composed layers).1 (composed layers).2 x.
Proof.
have from f : proper f -> all (@proper R) layers -> network layers (conv_layer f.1 f.2 x)
    = conv_layer (foldl (@compose R) f layers).1 (foldl (@compose R) f layers).2 x.
  elim: layers f => [|g layers IH] f //= f_proper /andP[g_proper valid].
  have [/andP[f1 f2] /andP[_ g2]] := (f_proper, g_proper).
  by rewrite -IH ?compose_proper // two_layers_eq_one_layer.
by rewrite -{1}[x]conv_layer_1; exact: (from (1%N, [:: 1])).
Qed.

(** * The exercise *)

Theorem two_stride2_layers_eq_one_stride4_layer l r k x : k != [::] ->
  conv_layer 2 k (conv_layer 2 k (pad l r x))
  = conv_layer 4 (convolve k (dilate 2 k)) (pad l r x).
Proof. by move=> k_nonempty; rewrite two_layers_eq_one_layer. Qed.

Theorem size_k4 k : k != [::] -> size (convolve k (dilate 2 k)) = (3 * size k - 2)%N.
Proof. by case: k => // ? k _; rewrite size_convolve ?dilate_nonempty // size_dilate /=; lia. Qed.

(* The output has a quarter of the input's entries exactly for these amounts of padding. *)
Theorem size_is_a_quarter_iff l r k x : k != [::] -> (4 %| size x)%N -> (0 < size x)%N ->
  size (conv_layer 2 k (conv_layer 2 k (pad l r x))) = (size x %/ 4)%N
  <-> (3 * size k)%:Z <= l + r + 6 /\ l + r + 3 <= (3 * size k)%:Z.
Proof.
case: k => // a k _; rewrite !size_conv_layer outputs_outputs //= /outputs.
have := size_pad l r x; move: (size (pad l r x)) (size k) (size x) => m c n m_eq /dvdnP[q n_q].
by rewrite n_q mulnK // in m_eq *; case: ifP => fits q_gt0; lia.
Qed.

End Composition.

(** * The hypotheses of [two_layers_eq_one_layer] are needed: over the integers ... *)

Example stride_must_be_positive :
  conv_layer 1 [:: 1; 1] (conv_layer 0 [:: 1] [:: 1; 2])
  <> conv_layer (0 * 1) (convolve [:: 1] (dilate 0 [:: 1; 1])) [:: 1; 2] :> seq int.
Proof. by move/(congr1 size); rewrite !size_mkseq. Qed.

Example first_kernel_must_not_be_empty :
  conv_layer 1 [:: 1; 1] (conv_layer 1 [::] [::])
  <> conv_layer (1 * 1) (convolve [::] (dilate 1 [:: 1; 1])) [::] :> seq int.
Proof. by move/(congr1 size); rewrite !size_mkseq. Qed.

Example second_kernel_must_not_be_empty :
  conv_layer 1 [::] (conv_layer 1 [:: 1; 1] [:: 1])
  <> conv_layer (1 * 1) (convolve [:: 1; 1] (dilate 1 [::])) [:: 1] :> seq int.
Proof. by move/(congr1 size); rewrite !size_mkseq. Qed.

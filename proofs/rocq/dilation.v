(* Dilated kernels, dilated layers, and the noble identities. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra zify.
From symconv Require Import definitions sums layers composition.
Set Implicit Arguments.
Unset Strict Implicit.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Dilation.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (d s t u : nat).

Theorem dilated_layer_eq_layer_with_dilated_kernel s d k x : (0 < d)%N ->
  dilated_layer s d k x = conv_layer s (dilate d k) x.
Proof.
move=> d_gt0; apply: (@eq_from_nth _ 0) => [|u]; rewrite !size_mkseq // => u_lt.
by rewrite !nth_mkseq ?size_dilate // -size_dilate (@sum_dilate _ _ _ (fun t => x`_(s * u + t))).
Qed.

Lemma dilate_dilate d e k : (0 < d)%N -> (0 < e)%N -> dilate d (dilate e k) = dilate (d * e) k.
Proof.
move=> d_gt0 e_gt0; apply: (@eq_from_nth _ 0) => [|u _].
  by rewrite !size_dilate; case: (size k) => //= c; rewrite mulnA.
rewrite !nth_dilate ?muln_gt0 ?d_gt0 //; case: (boolP (d %| u)%N) => [/dvdnP[q ->]|d_u].
  by rewrite mulnK // [(q * d)%N]mulnC dvdn_pmul2l // divnMl.
by case: ifP => // /(dvdn_trans (dvdn_mulr e (dvdnn d))); rewrite (negPf d_u).
Qed.

Theorem two_dilated_layers_eq_one_layer s1 s2 d1 d2 k1 k2 x :
    (0 < s1)%N -> (0 < d1)%N -> (0 < d2)%N -> k1 != [::] -> k2 != [::] ->
  dilated_layer s2 d2 k2 (dilated_layer s1 d1 k1 x)
  = conv_layer (s1 * s2) (convolve (dilate d1 k1) (dilate (s1 * d2) k2)) x.
Proof.
move=> s1_gt0 d1_gt0 d2_gt0 k1_nonempty k2_nonempty.
rewrite !dilated_layer_eq_layer_with_dilated_kernel // two_layers_eq_one_layer ?dilate_nonempty //.
by rewrite dilate_dilate.
Qed.

Theorem conv_layer_eq_downsampled_layer s k x : (0 < s)%N -> k != [::] ->
  conv_layer s k x = downsample s (conv_layer 1 k x).
Proof.
move=> s_gt0 k_nonempty; have c_gt0 : (0 < size k)%N by rewrite lt0n size_eq0.
have sizes : size (conv_layer s k x) = size (downsample s (conv_layer 1 k x)).
  rewrite size_downsample !size_conv_layer /outputs; case: ifP => _; last first.
    by rewrite divn_small //; lia.
  rewrite divn1 -[X in _ = (X %/ _)%N](_ : (size x - size k + 1 * s = _)%N); last by lia.
  by rewrite divnDMl // addn1.
apply: (@eq_from_nth _ 0) => // u u_lt; rewrite nth_downsample //.
rewrite !nth_conv_layer //; first by apply: eq_bigr => j _; rewrite mul1n.
by move: u_lt; rewrite !size_conv_layer !lt_outputs // => ?; lia.
Qed.

(** * The noble identities *)

Theorem noble_identity_for_downsampling s k x : (0 < s)%N ->
  convolve (downsample s x) k = downsample s (convolve x (dilate s k)).
Proof.
move=> s_gt0; apply: (@eq_from_nth _ 0) => [|u _].
  rewrite size_downsample !size_mkseq /nilp size_downsample size_dilate.
  have none : ((0 + s.-1) %/ s = 0)%N by rewrite divn_small //; lia.
  case: (size x) (size k) => [|n] [|c]; rewrite /= ?none ?orbT ?addn0 //= ?orbF.
  rewrite ifF; last by apply/negbTE; rewrite -lt0n divn_gt0 //; lia.
  rewrite (_ : (n.+1 + (s * c).+1).-1 + s.-1 = n.+1 + s.-1 + c * s)%N; last by lia.
  by rewrite divnDMl // addnS.
rewrite nth_downsample // !nth_convolve.
under [RHS]eq_bigr do rewrite nth_dilate //.
rewrite [RHS](eq_big_nat _ _ (F2 := fun m => if (s %| m)%N then x`_m * k`_(u - m %/ s) else 0)).
  rewrite -big_mkcond.
  apply: (@change_of_variables _ _ _ _ _ _ _ (fun m => s * m)%N (fun m => m %/ s)%N);
    rewrite ?iota_uniq // => m; rewrite !mem_index_iota.
    by move=> m_lt _; rewrite nth_downsample // mulKn // dvdn_mulr ?dvdnn //; split=> //; nia.
  by move=> m_lt /dvdnP[q m_q]; rewrite m_q mulnK // mulnC; split=> //; nia.
move=> m m_lt; have -> : (s %| s * u - m)%N = (s %| m)%N by rewrite dvdn_subr ?dvdn_mulr //; lia.
case: ifP => [/dvdnP[q m_q]|_]; last by rewrite mulr0.
by congr (_ * k`_ _); rewrite m_q mulnK // [(s * u)%N]mulnC -mulnBl mulnK.
Qed.

Theorem noble_identity_for_upsampling s k x : (0 < s)%N ->
  dilate s (convolve x k) = convolve (dilate s x) (dilate s k).
Proof.
move=> s_gt0; apply: (@eq_from_nth _ 0) => [|u _].
  rewrite size_dilate !size_mkseq /nilp !size_dilate.
  by case: (size x) (size k) => [|n] [|c]; rewrite ?addnS //= ?mulnDr ?addn0.
rewrite nth_dilate // !nth_convolve.
under [RHS]eq_bigr do rewrite !nth_dilate //.
case: ifP => [/dvdnP[v ->]|s_u]; last first.
  rewrite big_nat big1 // => m m_lt; case: ifP => s_m; last by rewrite mul0r.
  by rewrite dvdn_subl ?s_u ?mulr0 //; lia.
rewrite mulnK // [RHS](eq_big_nat _ _ (F2 := fun m =>
  if (s %| m)%N then x`_(m %/ s) * k`_(v - m %/ s) else 0)).
  rewrite -big_mkcond.
  apply: (@change_of_variables _ _ _ _ _ _ _ (fun m => s * m)%N (fun m => m %/ s)%N);
    rewrite ?iota_uniq // => m; rewrite !mem_index_iota.
    by move=> m_lt _; rewrite mulKn // dvdn_mulr ?dvdnn //; split=> //; nia.
  by move=> m_lt /dvdnP[q m_q]; rewrite m_q mulnK // mulnC; split=> //; nia.
move=> m m_lt; case: ifP => [/dvdnP[q m_q]|_]; last by rewrite mul0r.
by rewrite m_q -mulnBl dvdn_mull ?dvdnn // !mulnK.
Qed.

Theorem noble_identity_for_layers s t k x : (0 < s)%N -> k != [::] ->
  conv_layer t k (downsample s x) = conv_layer (s * t) (dilate s k) x.
Proof.
move=> s_gt0 k_nonempty.
have -> : downsample s x = conv_layer s [:: 1] x.
  by rewrite conv_layer_eq_downsampled_layer // conv_layer_1.
rewrite two_layers_eq_one_layer //; congr conv_layer.
apply: (@eq_from_nth _ 0) => [|u _]; first by rewrite size_convolve ?dilate_nonempty.
rewrite nth_convolve big_nat_recl // big1 => [|m _]; last by rewrite nth_default ?mul0r.
by rewrite mul1r subn0 addr0.
Qed.

End Dilation.

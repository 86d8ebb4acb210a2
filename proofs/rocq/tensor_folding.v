(* What follows a layer, channel by channel, is folded into its kernel and its bias. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith Lia.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq choice fintype bigop ssralg.
From symconv Require Import tensors tensor_sums tensor_rules tensor_changes tensor_layers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope Z_scope.

Lemma component_inside sizes i a : inside sizes i -> (a < size sizes)%N ->
  0 <= component i a < component sizes a.
Proof.
elim: sizes i a => [| n sizes IH] i [| a] // /inside_parts [j [v [-> [j_in v_in]]]] //= a_lt.
exact: IH.
Qed.

Section Folding.
Variable R : comRingType.
Implicit Types (w x y v : tensor R) (ss ds : seq Z).

(* Each channel, along axis a, multiplied by the entry of v that belongs to it; the entry added. *)
Definition scale_channels a v x : tensor R :=
  build (shape x) (fun i => v.[[:: component i a]] * x.[i])%R.
Definition bias_channels a v x : tensor R :=
  build (shape x) (fun i => x.[i] + v.[[:: component i a]])%R.

(* Batch norm in evaluation: mean, inverse of the deviation, weight and bias of each channel. *)
Definition batch_norm a (mean inverse weight bias : tensor R) x : tensor R :=
  build (shape x) (fun i => let o := [:: component i a] in
    (x.[i] - mean.[o]) * inverse.[o] * weight.[o] + bias.[o])%R.

Lemma shape_same x (f : seq Z -> R) : shape (build (shape x) f) = shape x.
Proof. by rewrite shape_build -shape_nonnegative. Qed.

Lemma entry_same x (f : seq Z -> R) i : inside (shape x) i -> (build (shape x) f).[i] = f i.
Proof. by rewrite entry_build => ->. Qed.

(* Products are zero where the first factor ends, so no index needs to be inside. *)
Lemma entry_multiply x y i : (multiply x y).[i] = (x.[i] * y.[i])%R.
Proof.
rewrite entry_build; case: ifP => // i_out.
by rewrite (entry_outside (x := x)) ?i_out // mul0r.
Qed.

Lemma entry_scale_channels a v x i :
  (scale_channels a v x).[i] = (v.[[:: component i a]] * x.[i])%R.
Proof.
rewrite entry_build; case: ifP => // i_out.
by rewrite (entry_outside (x := x)) ?i_out // mulr0.
Qed.

Lemma entry_bias_channels a v x i : inside (shape x) i ->
  (bias_channels a v x).[i] = (x.[i] + v.[[:: component i a]])%R.
Proof. exact: entry_same. Qed.

Lemma shape_conv_of_kernels b ss ds g v w x : shape v = shape w ->
  shape (conv b ss ds g v x) = shape (conv b ss ds g w x).
Proof. by move=> vw; rewrite !shape_build vw. Qed.

(* The entries of a layer, of any shapes. *)
Lemma entry_any_conv b ss ds g w x i : inside (shape (conv b ss ds g w x)) i ->
  ((conv b ss ds g w x).[i] = let o := component i b in
    \sum_(j <- box (behead (shape w))) w.[o :: j] *
      x.[take b i ++ (o / (component (shape w) 0 / g) * component (shape w) 1 + head 0 j)%Z ::
         places ss ds (drop b.+1 i) (behead j)])%R.
Proof. by rewrite shape_build inside_clipped entry_build => ->. Qed.

Theorem scale_folds_into_kernel b ss ds g v w x :
  scale_channels b v (conv b ss ds g w x) = conv b ss ds g (scale_channels 0 v w) x.
Proof.
have kernels : shape (scale_channels 0 v w) = shape w := shape_same _ _.
have shapes := shape_conv_of_kernels b ss ds g x kernels.
apply: equal_tensors => [| i]; rewrite shape_same ?shapes // => i_in.
rewrite entry_same // !entry_any_conv ?shapes // kernels /= big_distrr.
by apply: eq_bigr => j _; rewrite /= entry_scale_channels mulrA.
Qed.

Theorem scale_and_bias_fold b ss ds g scales biases w x :
  scale_channels b scales (bias_channels b biases (conv b ss ds g w x))
  = bias_channels b (multiply scales biases) (conv b ss ds g (scale_channels 0 scales w) x).
Proof.
rewrite -scale_folds_into_kernel.
apply: equal_tensors => [| i]; rewrite !shape_same // => i_in.
rewrite entry_scale_channels !entry_bias_channels ?shape_same //.
by rewrite entry_scale_channels entry_multiply mulrDr.
Qed.

(* The bias that a layer with the bias t has after batch norm. *)
Definition folded_bias (mean inverse weight bias t : tensor R) : tensor R :=
  build (shape t) (fun o => (t.[o] - mean.[o]) * inverse.[o] * weight.[o] + bias.[o])%R.

Theorem batch_norm_folds b ss ds g mean inverse weight bias t w x :
    (b < size (shape x))%N -> shape t = [:: component (shape w) 0] ->
  batch_norm b mean inverse weight bias (bias_channels b t (conv b ss ds g w x))
  = bias_channels b (folded_bias mean inverse weight bias t)
      (conv b ss ds g (scale_channels 0 (multiply inverse weight) w) x).
Proof.
move=> b_lt t_shape; rewrite -scale_folds_into_kernel.
have z_shape : shape (conv b ss ds g w x) = take b (shape x) ++ clipped
    (component (shape w) 0 :: windows_along ss ds (drop 2 (shape w)) (drop b.+1 (shape x))).
  rewrite shape_build clipped_cat; congr (_ ++ _).
  by have [] := clipped_shape (esym (cat_take_drop b (shape x))).
apply: equal_tensors => [| i]; rewrite !shape_same // => i_in.
rewrite entry_same ?shape_same // !entry_bias_channels ?shape_same //.
rewrite entry_scale_channels entry_multiply [(folded_bias _ _ _ _ _).[_]]entry_build t_shape.
have o_in : 0 <= component i b < component (shape w) 0.
  have := component_inside i_in; rewrite z_shape => /(_ b).
  rewrite size_cat size_takel ?(ltnW b_lt) // /= -[X in (X < _)%N]addn0 ltn_add2l => /(_ isT).
  by rewrite nth_cat size_takel ?(ltnW b_lt) // ltnn subnn /=; lia.
rewrite (inside_and o_in (v := [::])) //= [RHS]addrA; congr (_ + _)%R.
rewrite -addrA; move: (_ - _)%R => e.
by rewrite !mulrDl; congr (_ + _)%R; rewrite -mulrA mulrC.
Qed.

End Folding.

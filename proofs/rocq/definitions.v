(* Convolution layers on finite signals: everything that the theorems speak of.

   A signal is the sequence of its entries 0, 1, ..., size x - 1 in a commutative ring R,
   and zero at every other integer.  MathComp writes x`_i for entry i, where i is a natural
   number (0 beyond the end), mkseq f n for the sequence f 0, ..., f (n - 1), and n%:Z for
   n as an integer. *)

Set Warnings "-notation-overridden,-ambiguous-paths".
Set Implicit Arguments.
Unset Strict Implicit.
From mathcomp Require Import all_ssreflect all_algebra.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Definitions.

Variable R : comRingType.
Implicit Types (a b k x : seq R) (c d i j l n r s u : nat) (m : int).

(* x[m]: the entry at any integer m, zero outside of the signal. *)
Definition entry x m : R := if m is Posz i then x`_i else 0.

(* x with l zeros before it and r zeros after it; a negative amount crops.
   There are max(0, size x + l + r) entries. *)
Definition pad (l r : int) x : seq R :=
  mkseq (fun u => entry x (u%:Z - l)) (if ((size x)%:Z + l + r)%R is Posz n then n else 0%N).

(* How many outputs a layer has: none if its c taps do not fit into n entries. *)
Definition outputs s c n : nat := if (c <= n)%N then ((n - c) %/ s).+1 else 0%N.

(* A convolution layer with stride s, unpadded: it correlates (no flip of the kernel k). *)
Definition conv_layer s k x : seq R :=
  mkseq (fun u => \sum_(0 <= j < size k) k`_j * x`_(s * u + j)) (outputs s (size k) (size x)).

(* How long c taps are with d - 1 zeros between neighbours. *)
Definition dilated_size d c : nat := if c is c'.+1 then (d * c').+1 else 0%N.

(* A layer with stride s and dilation d: its taps meet entries that are d apart. *)
Definition dilated_layer s d k x : seq R :=
  mkseq (fun u => \sum_(0 <= j < size k) k`_j * x`_(s * u + d * j))
        (outputs s (dilated_size d (size k)) (size x)).

(* k with d - 1 zeros between neighbours: entry u is k[u/d] where d divides u, else 0. *)
Definition dilate d k : seq R :=
  mkseq (fun u => if (d %| u)%N then k`_(u %/ d) else 0) (dilated_size d (size k)).

(* The full convolution of two signals, of size a + size b - 1 entries; empty if one is. *)
Definition convolve a b : seq R :=
  mkseq (fun u => \sum_(0 <= m < u.+1) a`_m * b`_(u - m))
        (if nilp a || nilp b then 0%N else (size a + size b).-1).

(* Every s-th entry, from entry 0 on. *)
Definition downsample s x : seq R := mkseq (fun u => x`_(s * u)) ((size x + s.-1) %/ s).

(* The entries in the opposite order. *)
Definition flip x : seq R := rev x.

(* A layer as data: its stride and its kernel.  It has to have a stride and a tap at all. *)
Definition layer : Type := nat * seq R.
Definition proper (f : layer) : bool := (0 < f.1)%N && (f.2 != [::]).

(* What layers in a row, the first one first, make of x. *)
Definition network (layers : seq layer) x : seq R :=
  foldl (fun y f => conv_layer f.1 f.2 y) x layers.

(* The one layer that two layers in a row are to equal; the same for a list of layers. *)
Definition compose (f g : layer) : layer := ((f.1 * g.1)%N, convolve f.2 (dilate f.1 g.2)).
Definition composed (layers : seq layer) : layer := foldl compose (1%N, [:: 1]) layers.

(* A layer on a two-sided signal, which has an entry at every integer. *)
Definition two_sided_layer s k (X : int -> R) (u : int) : R :=
  \sum_(0 <= j < size k) k`_j * X (s%:Z * u + j%:Z).

(* A finite signal as a two-sided one, its entry 0 moved to l. *)
Definition zero_extended (l : int) x (m : int) : R := entry x (m - l).

End Definitions.

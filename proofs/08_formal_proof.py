# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A formal proof
#
# The other notebooks prove that two stride-2 layers are one stride-4 layer in words and formulas,
# and have a program decide the steps. Words can hide a gap, and a program can have a bug. A
# *formal* proof is written in a language so exact that a small program, the *kernel* of a proof
# assistant, can check every step of it and needs to understand nothing. The proof assistant here
# is [Rocq](https://rocq-prover.org), which was called Coq until 2025, with its library
# MathComp. Nothing of it has to be known beforehand.
#
# One thing the kernel cannot check: that the statement says what we mean. So we read the
# definitions first, then the theorem, then the idea of its proof. Then Rocq checks it.
#
# **Conventions.** A signal is a finite sequence with entries in a commutative ring, and its
# entry at every other integer is 0. A layer does not flip its kernel, and pads nothing by itself.

# %%
import shutil

from symconv import Claim, Signal, explore, integers
from symconv.exercises import check
from symconv.formal import (
    Listing,
    RejectedError,
    Rocq,
    certificate,
    check_theory,
    source,
    statements,
)

n, c, d, s1, s2 = integers("n c d s1 s2", positive=True)
l, r = integers("l r", nonnegative=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)


def part(name, start, end):
    """The lines of a Rocq file from one that begins with `start` to one that ends with `end`."""
    text = source(name)
    first = text.index(f"\n{start}") + 1
    return Listing(text[first : text.index(f"{end}\n", first) + len(end)])


def rocq_is_there():
    """Whether Rocq can be run here; says how to install it where it cannot."""
    if shutil.which("coqc"):
        return True
    print("Rocq is not installed here, so nothing was checked. On Debian and Ubuntu:")
    print("  apt-get install --no-install-recommends coq libcoq-mathcomp-ssreflect \\")
    print("    libcoq-mathcomp-algebra libcoq-mathcomp-zify")
    return False


# %% [markdown]
# ## The definitions
#
# In Rocq, `x` is a signal if its type is `seq R`: a list of elements of the ring `R`. Its length
# is `size x`, and MathComp writes ``x`_i`` for entry $i$, counted from 0. Beyond the end that is 0.
# The text between `(*` and `*)` is for us; Rocq skips it.
#
# A layer is the list of the values of a formula, at the indices $0, 1, \ldots$ up to the number of
# outputs: that is what `mkseq` makes. The formula is the one that we know,
# $y[u] = \sum_{0 \le j < c} k[j]\,x[s u + j]$.

# %%
part("definitions", "(* How many outputs", "(size x)).")

# %% [markdown]
# Natural numbers in Rocq have no negatives: `n - c` is 0 where $n < c$. Therefore `outputs` asks
# first whether the kernel fits. Otherwise it is $\lfloor (n - c)/s \rfloor + 1$: `%/` divides and
# rounds down, and `.+1` adds one.
#
# The input is padded before the layers. For that, entries at negative places are needed, and so
# integers: `u%:Z` is the natural number `u` as an integer, and `Posz i` is the integer that is the
# natural number `i`. What is no `Posz` is negative.

# %%
part("definitions", "(* x[m]: the entry", "then n else 0%N).")

# %% [markdown]
# The kernel of the single layer is made of a dilation and a convolution. In `dilated_size`, a length
# `c` that is not 0 is called `c'.+1`, so that `c'` is $c - 1$.

# %%
part("definitions", "(* How long c taps", "else 0%N.")

# %%
part("definitions", "(* k with d - 1 zeros", "then 0%N else (size a + size b).-1).")

# %% [markdown]
# How do we know that these definitions are right? One reads them. And one ties them to notions
# that other people have defined: with its entries as the coefficients of a polynomial, a
# convolution has to be the product of polynomials, and $k\uparrow_d$ has to be $k(X^d)$. Both are
# theorems, in the file `sanity.v`, and so are three other ways to see padding and layers. (`\Po` puts
# a polynomial into another one, `nseq l 0` is a list of $l$ zeros, and `++` joins lists.)

# %%
for statement in statements("sanity"):
    if statement.kind == "Theorem":
        print(statement.text)

# %% [markdown]
# Rocq can also evaluate the definitions on numbers, and so can symconv. The tests of symconv
# compare both on some hundred inputs.
#
# ## The statement
#
# In full, the theorem says: for any commutative ring $R$, any integers $l$ and $r$, and any lists
# $k$ and $x$ of elements of $R$, if $k$ is not empty, then the two sides are equal as lists. `->`
# is "implies", and `[::]` is the empty list. Lists are equal when they have the same length and
# the same entries; so the statement includes the output size, and inputs that are too short for
# any output.

# %%
part("composition", "Theorem two_stride2_layers_eq_one_stride4_layer", "(pad l r x).")

# %% [markdown]
# Nothing in it is special about the number 2, nor about equal kernels or the padding. It is a case
# of the theorem on two layers, which needs a positive first stride and two kernels:

# %%
part("composition", "Theorem two_layers_eq_one_layer", "(dilate s1 k2)) x.")

# %% [markdown]
# ## The idea of the proof
#
# It is the index argument of the first notebook. Two lemmas say how to sum *with the taps of a
# kernel as weights*, for any function $f$ of the index:
#
# $$\sum_t (a * b)[t]\,f(t) = \sum_i \sum_j a[i]\,b[j]\,f(i + j), \qquad
# \sum_t (k\uparrow_d)[t]\,f(t) = \sum_j k[j]\,f(d j).$$
#
# The first one says that a tap of a convolution collects all pairs of taps whose indices add up
# to $t$; the second one, that the taps of a dilated kernel stand at multiples of $d$, and that
# the other summands are 0.

# %%
for statement in statements("sums"):
    if statement.name in ("sum_convolve", "sum_dilate"):
        print(statement.text)

# %% [markdown]
# With $f(t) = x[s_1 s_2 u + t]$, the output of the single layer becomes
#
# $$\sum_t (k_1 * k_2\uparrow_{s_1})[t]\,f(t) = \sum_j \sum_i k_1[j]\,k_2[i]\,f(j + s_1 i),$$
#
# and after the exchange of the two sums that is what the second layer makes of the first one's
# outputs: $\sum_i k_2[i] \sum_j k_1[j]\,x[s_1(s_2 u + i) + j]$. The change of variables
# $t = s_1 i + j$ took place inside the lemmas. Here is that computation in Rocq. Each line after
# `Proof.` changes the goal; `rewrite` replaces equals by equals, and `exchange_big_nat` is the
# exchange of the sums, which the exercise's published solution calls "discrete Fubini".

# %%
part("composition", "Lemma sum_of_sums", "Qed.")

# %% [markdown]
# What remains is that the lengths agree, and that the second layer reads the first one's output
# only where there is one. Both are arithmetic, which a decision procedure called `lia` does.

# %%
part("composition", "Theorem two_layers_eq_one_layer", "Qed.")

# %% [markdown]
# ## The check
#
# `check_theory` runs Rocq's compiler on the files, and then asks what the statements assume, all of
# them together, which is the command `Print Assumptions`. A proof may be left open (`Admitted`) or rest
# on an axiom; then it would be listed. "Closed under the global context" means that there is
# nothing to list. In a terminal, `symconv prove --formal` does the same for all files.

# %%
if rocq_is_there():
    theory = check_theory(("definitions", "sums", "layers", "composition"))
    assert theory.is_free_of_assumptions
    for checked in theory.statements:
        if checked.statement.kind == "Theorem":
            print(f"{checked.statement.name}: checked, no assumptions")

# %% [markdown]
# ## Certificates
#
# symconv decides claims by itself, without Rocq. It can write down a formal proof as well: a
# *certificate*, a file with the definitions, the statement, and a proof. So one need not believe
# symconv, nor the libraries that it uses. Here is a claim with symbols for the strides and for the
# padding, and with two different kernels.

# %%
two_layers = Claim(
    x.pad(l, r).correlate(k, stride=s1).correlate(h, stride=s2),
    x.pad(l, r).correlate(k.convolve(h.dilate(s1)), stride=s1 * s2),
    name="two_layers_with_any_strides",
)
text = certificate(two_layers)
theorem = text[text.index("Theorem two_layers_with_any_strides") :]
statement, proof = theorem.split("Proof.\n")
Listing(statement)

# %% [markdown]
# The hypotheses are written out, and then the claim, operator by operator. Compare it line by line
# with the cell above: who has read this and the definitions knows what was proved.
#
# The definitions are others than before, as certificates are for claims with several axes too. They are
# in the file `tensors.v`, and at the head of every certificate. A *tensor* has a *shape*, a list of
# sizes, and an entry for each list of integers inside, `x.[i]`; outside, that is 0. A signal is a
# tensor with one axis, which is axis 0: hence the 0 behind every operator. Sizes and indices are
# integers, which Rocq calls `Z`, and `/` rounds down.

# %%
part("tensors", "(* The sizes, and the entries", "(index i (box (shape x))).")

# %% [markdown]
# `box` lists all indices inside a shape, and `build` makes the tensor with a given shape and a
# given entry at each index. A negative size counts as 0; so nothing has to be said of a kernel that
# does not fit.

# %%
part("tensors", "Definition build", "(build_fits sizes f).")

# %% [markdown]
# With it each operator is one line for its shape and one for its entries. Here are the four of the
# statement, and the two sizes that they speak of. `along a f i` is the list `i` with `f` applied
# to its component number `a`. In `pad` the entry is $x[u - l]$, at every place: in front of $x$ and
# behind it that is 0, and for negative amounts the entries that are cropped are never asked for.

# %%
part("tensors", "(* How many windows of c", "else n + c - 1.")

# %%
part("tensors", "(* l zeros before x", "(fun u => u - l) i]).")

# %%
part("tensors", "(* d - 1 zeros between neighbours, along", "else 0%R).")

# %%
part("tensors", "(* The full convolution of x", "(s * u + d * j)%Z) i])%R.")

# %% [markdown]
# The proof need not be read by anybody. But its parts are those of the proof by hand. First,
# every part of both sides gets a name, a shape, and a lemma that says which sum its entries
# are; here for the padded input:

# %%
first = proof.index("  move y2_is")
Listing(proof[first : proof.index("  have sum_k", first)])

# %% [markdown]
# Then both sides are sums of products $h[j]\,k[i]\,x[m]$ over lists of integers, of which many are given
# by others. The change of variables turns one list into the other, and `g` turns it back: it is
# $t = s_1 j + i$ again, where `v1` is $j$ and `v4` is $i$.

# %%
first = proof.index("  apply: (change_of_indices")
Listing(proof[first : proof.index("    (a :=", first)])

# %% [markdown]
# What remains is that indices stay in their ranges, and that one comes back to where one began.
# That is arithmetic, and `lia` decides it if it is *linear*. Here $s_1 j$ is a product of two
# unknowns. `lia` takes that for one more unknown, of which it knows nothing. So the proof
# says what it needs: a product of two amounts that are not negative is not negative.

# %%
first = proof.index("(have ? : ")
Listing(proof[first : proof.index("; lia)", first) + len("; lia)")])

# %%
explore(two_layers, n=9, c=2, d=2, l=1, r=1, s1=2, s2=2)

# %% [markdown]
# Rocq checks the whole file, with the definitions and lemmas in it, in some seconds:

# %%
if rocq_is_there():
    with Rocq() as rocq:
        print(rocq.check("two_layers", text).output)

# %% [markdown]
# A false claim has no certificate. If we dilate by $s_2$ on the right side, in the statement and in
# the proof, Rocq objects to a step of the proof:

# %%
if rocq_is_there():
    false = text.replace("dilate 0 s1 h", "dilate 0 s2 h")
    try:
        with Rocq() as rocq:
            rocq.check("false", false)
    except RejectedError as error:
        print(f"Rocq, line {error.line}:", error.message)
    else:
        raise AssertionError("Rocq accepted a false claim")

# %% [markdown]
# ## What one must trust
#
# - That the definitions and the statement say what we mean. They are short, and we have read them;
#   of a certificate, those at its head and the statement at its end.
# - Rocq's kernel, which has been in use for decades, and the definitions of MathComp that the
#   statement mentions: lists, sums, integers, commutative rings.
#
# The proofs themselves need not be trusted: the kernel has checked them. Neither need symconv.
#
# ## Exercises
#
# **Exercise 1.** The theorem on two layers asks for a positive first stride. In Rocq, division by
# 0 gives 0. How many outputs does `conv_layer 0 [:: 1] [:: a; b]` have, and which ones? Put a layer
# with two taps behind it, and compare the number of outputs with that of the single layer.

# %% [markdown] tags=["hint"]
# Read `outputs` with the stride 0: the quotient is 0 then, and the kernel fits. How long is a
# kernel of two taps that is dilated by 0, by the definition of `dilate`?

# %% [markdown] tags=["solution"]
# `outputs 0 1 2` is $(2 - 1)/0 + 1 = 0 + 1 = 1$ by this convention: one output, $a$. The two taps
# behind it do not fit, so there is no output. On the other side, $k_2\uparrow_0$ is a single tap, as
# its length is $0 \cdot (2 - 1) + 1$; the composed kernel has one tap, and the layer of stride 0 has
# one output. The lists have different lengths. This is `stride_must_be_positive` in
# `composition.v`.

# %% [markdown]
# **Exercise 2.** `layers_eq_one_layer` composes a list of layers, from the first one on: two layers
# with the strides $s$ and $t$ and the kernels $k$ and $h$ become one with the stride $s t$ and the
# kernel $k * h\uparrow_s$. Which kernel does it give for three layers with stride 2 and the kernel
# $k$? Use `convolve` and `dilate`.

# %% [markdown] tags=["hint"]
# The first two layers become one, of which the stride and the kernel are known. Apply the rule
# once more, to it and the third layer.

# %%
### BEGIN SOLUTION
kernel = k.convolve(k.dilate(2)).convolve(k.dilate(4))
### END SOLUTION
three = x.correlate(k, stride=2).correlate(k, stride=2).correlate(k, stride=2)
check(x.correlate(kernel, stride=8), three)

# %% [markdown]
# **Exercise 3.** Why does the statement of the exercise not say that the output has $n/4$ entries?
# Which theorem does, and why does it speak of $3c \le l + r + 6$ and not of $3c - 6 \le l + r$?

# %% [markdown] tags=["hint"]
# For how many amounts $l + r$ does the output have $n/4$ entries, and for how many are the layers
# equal? What is $3c - 6$ for $c = 1$, if numbers are never negative?

# %% [markdown] tags=["solution"]
# Because that depends on the padding: it holds for four amounts $l + r$ only, and the equality of
# the layers holds for all. The theorem is `size_is_a_quarter_iff`. In it $l$ and $r$ are integers,
# so one could subtract; but for natural numbers $3c - 6$ would be 0 where $c \le 2$, and another
# statement. Written as a sum it cannot be misread.

# %% [markdown]
# **Exercise 4.** State that a layer with stride $s_1$ can be had from a layer with stride 1, and
# give the right side, for all strides. With a number for $s_1$ all arithmetic in a certificate would be
# linear. Which inequality is it that `lia` does not find for a symbol, and how does one help it?

# %% [markdown] tags=["hint"]
# Which outputs of the layer with stride 1 does the layer with stride $s_1$ make? For the
# question: output $u$ of $m$ outputs reads entry $s_1 u$, which lies inside the input because
# $u \le m - 1$. Which product of two amounts that are not negative says so?

# %%
### BEGIN SOLUTION
right = x.correlate(k).downsample(s1)
### END SOLUTION
check(right, x.correlate(k, stride=s1))

# %% [markdown] tags=["solution"]
# From $u \le m - 1$ follows $s_1 u \le s_1 (m - 1)$, but not for `lia`, to which $s_1 u$ and $s_1 m$
# are unknowns that have nothing to do with $u$ and $m$. The product $0 \le s_1 (m - 1 - u)$ tells it:
# both factors are not negative, and written out it is linear in $s_1 m$, $s_1$ and $s_1 u$. A
# certificate has such products where it needs them.

# %% [markdown]
# **Exercise 5.** In the statement of the certificate, `shape x = [:: n]` is a hypothesis. What would the
# theorem say without the three hypotheses on shapes, and would it still be true?

# %% [markdown] tags=["hint"]
# A tensor may have any number of axes. What are `component (shape h) 0` and `dilate 0 s1 h` for
# a kernel without entries?

# %% [markdown] tags=["solution"]
# It would be about tensors of any rank, and about kernels that may be empty, as nothing would tie
# $c$ and $d$ to them. It would be false: let $h$ be empty, and $k$ not longer than the input, with
# $s_1 = s_2 = 1$. On the left there are $m = n + l + r - c + 1$ outputs of the first layer, and $m + 1$
# windows of no entries at all among them. On the right, $k * h$ is empty, and there are
# $n + l + r + 1$ such windows: $c - 1$ more.

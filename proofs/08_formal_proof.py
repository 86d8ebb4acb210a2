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

n, c, s1, s2 = integers("n c s1 s2", positive=True)
l, r = integers("l r", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)


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
# symconv decides claims by itself, in some milliseconds and without Rocq. Such a verdict carries
# evidence, the change of the summation variables. This is enough to write a formal proof: a
# *certificate*, a file with the definitions, the statement, and a proof. So one need not believe
# symconv, nor the libraries that it uses.

# %%
noble = Claim(
    x.downsample(2).convolve(k), x.convolve(k.dilate(2)).downsample(2), name="noble_identity"
)
text = certificate(noble)
Listing(text[text.index("Theorem noble_identity") :])

# %%
explore(noble, n=8, c=3)

# %% [markdown]
# Each part of both sides gets a name and is expanded into a sum by a lemma. The functions `f` and
# `g` are the change of variables and its inverse: here $f$ takes the index $i$ of the left sum to
# $2(u - i)$ and $u - i$ on the right. After that, `lia` shows that indices stay in their ranges and that
# the products have the same entries.

# %%
if rocq_is_there():
    with Rocq() as rocq:
        print(rocq.check("noble", text).output)

# %% [markdown]
# A false claim has no certificate. If we dilate by 3 on the right side, in the statement and in the
# proof, Rocq objects to a step of the arithmetic:

# %%
if rocq_is_there():
    false = text.replace("dilate 2 k", "dilate 3 k")
    try:
        with Rocq() as rocq:
            rocq.check("false", false)
    except RejectedError as error:
        print("Rocq:", error.message)
    else:
        raise AssertionError("Rocq accepted a false claim")

# %% [markdown]
# ## What one must trust
#
# - That the definitions and the statement say what we mean. They are short, and we have read them.
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
# give the right side, for all strides. symconv decides it; but it writes no certificate for it.
# Why?

# %% [markdown] tags=["hint"]
# Which outputs of the layer with stride 1 does the layer with stride $s_1$ make? For the
# question: `lia` decides linear arithmetic. Look for a product of two unknowns.

# %%
### BEGIN SOLUTION
right = x.correlate(k).downsample(s1)
### END SOLUTION
check(right, x.correlate(k, stride=s1))

# %% [markdown] tags=["solution"]
# In a certificate the arithmetic is left to `lia`, which decides *linear* arithmetic. With a symbol
# for the stride, $s_1 u$ is a product of two unknowns. For a number in its place there is a
# certificate; and for all strides there is `conv_layer_eq_downsampled_layer` in `dilation.v`, whose
# proof a person has written.

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
# # All lengths at once
#
# A proof by indices finds the right substitution, $t = 2i + j$ for two stride-2 layers, and is
# done with every length. A machine that is given only the two sides of the statement knows no
# such substitution, and it cannot try all lengths, of which there are infinitely many. Yet it
# can decide the statement. The reason has three parts:
#
# 1. An output is a polynomial in the entries of the signals, so two outputs agree for all
#    inputs exactly when every monomial has the same coefficient in both.
# 2. The monomials of an output are integer points, and the conditions on these points are
#    affine inequalities in the indices *and* the lengths.
# 3. Whether two such sets of points are equal, for all lengths, is decidable.
#
# Each part is a section below. After them come the places where care is needed, the way from an
# unequal set to a counterexample, and the limits of the method.
#
# The example is the theorem on two stride-2 layers: with the kernels $k$ and $h$, one after the
# other, they are one stride-4 layer with the kernel $k * (h\uparrow_2)$. In the exercise that
# it comes from, the two kernels are equal, $h = k$. Different names are simpler, so we begin
# with these; what equal names change is the first of the places where care is needed.
#
# **Conventions.** A layer does not flip its kernel, entries are counted from 0, and an entry
# outside a signal's range is 0. The input $x$ has length $n$; the kernels $k$ and $h$ have $c$
# taps each; $l$ and $r$ zeros are padded on the left and on the right of the input.

# %%
from itertools import product

import islpy as isl
from sympy import Eq, Min, Mod, Sum, ceiling, floor

from symconv import Claim, Proved, Refuted, Signal, diagrams, explore, integers
from symconv.exercises import check

n, c, d, s = integers("n c d s", positive=True)
l, r, q = integers("l r q", nonnegative=True)
u, i, j, t = integers("u i j t")

x, k, h = Signal("x", n), Signal("k", c), Signal("h", c)


def decide(claim):
    """The verdict on a claim, printed with what it rests on."""
    verdict = claim.prove()
    print(verdict)
    for evidence in getattr(verdict, "evidence", ()):
        print("  ", evidence)
    return verdict


# %% [markdown]
# ## An output is a polynomial
#
# Padding, dilating and downsampling move entries or put zeros between them; a layer multiplies
# entries and adds the products. So every entry of an output is a polynomial with integer
# coefficients in the entries of $x$, $k$ and $h$. For the two layers, with $n = 7$ inputs and
# $c = 2$ taps:

# %%
padded = x.pad(l, r)
two_layers = padded.correlate(k, stride=2).correlate(h, stride=2)
two_layers.vector(n=7, c=2, l=0, r=0)

# %% [markdown]
# A claim $y = y'$ about two signals says that their lengths are equal, and that their entries
# are, whatever values the entries of $x$, $k$ and $h$ take, in whatever commutative ring:
# integers, real or complex numbers, residues, polynomials. (If an operator divides, as average
# pooling does, the coefficients are fractions, and the ring has to contain the rational
# numbers.)
#
# **Proposition.** For polynomials $f$ and $g$ with integer coefficients, the following are
# equivalent:
#
# - (a) $f$ and $g$ have the same values in every commutative ring;
# - (b) $f$ and $g$ have the same values at all positive integers;
# - (c) every monomial has the same coefficient in $f$ and in $g$.
#
# That (c) implies (a), and (a) implies (b), is clear. For (b) implies (c) we apply the
# following lemma to $f - g$.
#
# **Lemma.** A polynomial $f \ne 0$ in $N$ variables with integer coefficients, of degree at
# most $d$ in each variable, has a value $f(a) \ne 0$ at a point $a$ whose coordinates are among
# $1, 2, \ldots, d + 1$.
#
# *Proof.* By induction on $N$. For $N = 0$ the polynomial is a constant other than 0. For
# $N > 0$, sort $f$ by the powers of its last variable,
#
# $$f = \sum_{e=0}^{d} f_e(z_1, \ldots, z_{N-1})\, z_N^e .$$
#
# Some $f_e$ is not the zero polynomial; by induction it has a value other than 0 at a point
# $(a_1, \ldots, a_{N-1})$ of the kind described. With these values, $f$ is a non-zero
# polynomial of degree at most $d$ in $z_N$ alone. It has at most $d$ roots, so one of the
# $d + 1$ numbers $1, \ldots, d + 1$ is none.
#
# There is a shorter way from (a) to (c): among all commutative rings is the ring of polynomials
# itself, and there the values may be the variables. The lemma says more. Integers alone tell
# two polynomials apart, and small ones do; the counterexamples below rest on that. Real numbers
# tell them apart all the more.
#
# One particular ring need not. In $\mathbb{Z}/2$ we have $a \cdot a = a$ for both elements, so
# the entrywise product of a signal with itself is the signal, over this ring. As polynomials
# $x[0]^2$ and $x[0]$ are different, and the lemma with $d = 2$ promises a difference at 1, 2 or
# 3:

# %%
assert all((a * a - a) % 2 == 0 for a in (0, 1))

over_every_ring = decide(Claim(x.multiply(x), x))

# %% [markdown]
# A claim without fractions that symconv proves holds in $\mathbb{Z}/2$ as well. A claim that it
# refutes may still hold there.
#
# ## The monomials of an output
#
# By the proposition, we have to compare coefficients. Both layers written out are
#
# $$y[u] = \sum_{i=0}^{c-1} \sum_{j=0}^{c-1} h[i]\,k[j]\,x[4u + 2i + j - l].$$
#
# The monomial $h[i]\,k[j]\,x[m]$ stands in $y[u]$ if $m = 4u + 2i + j - l$ and all positions
# are within their signals (and $u$ is the index of an output), and it stands there once,
# because the monomial tells what $i$ and $j$ are. So the coefficients are 1 on a certain set of
# points $(u, i, j, m)$ and 0 elsewhere. The other side of the theorem, one layer with stride 4
# and the kernel $k_4 = k * (h\uparrow_2)$, is
#
# $$y'[u] = \sum_{t=0}^{3c-3} \sum_{i=0}^{c-1} h[i]\,k[t - 2i]\,x[4u + t - l];$$
#
# there the same monomial stands once if $m = 4u + t - l$ and $j = t - 2i$ for some $t$. Two
# outputs of this sort, of the same length, are equal exactly when the two sets of points are.
#
# The figure shows the monomials of $y[0]$ for $c = 3$ and $n = 7$, without padding. Each is a
# point, its place given by the tap $k[j]$ and the entry $x[m]$ in it. The three points in a
# column belong to $h[0]$, $h[1]$ and $h[2]$; they are two steps apart, as $m = 2i + j$ says.
# Every point belongs to both sides.

# %%
k4 = k.convolve(h.dilate(2))
theorem = Claim(two_layers, padded.correlate(k4, stride=4))
diagrams.monomials(theorem, axes=("k", "x"), output=0, n=7, c=3, l=0, r=0)

# %%
explore(theorem, n=11, c=3, l=0, r=0)

# %% [markdown]
# A tempting wrong answer forgets the dilation and takes $k * h$. That kernel is too short; to
# give it a fair chance we fill it up with $c - 1$ zeros, so that the lengths agree. Its
# monomials have $m = 4u + i + j - l$. In a column of the figure, its three points are one step
# apart instead of two, and only the one with $h[0]$ belongs to both sides. (Where a circle and
# a square stand side by side, $k[j]$ and $x[m]$ are the same, and the tap of $h$ is another
# one.) Each point that belongs to one side only refutes the claim.

# %%
wrong_kernel = k.convolve(h).pad(0, c - 1)
mistake = Claim(two_layers, padded.correlate(wrong_kernel, stride=4))
diagrams.monomials(mistake, axes=("k", "x"), output=0, n=7, c=3, l=0, r=0)

# %% [markdown]
# ## All lengths: affine inequalities
#
# The figures are for one choice of $n$, $c$, $l$ and $r$. But the conditions on a point
# $(u, i, j, m)$ are affine inequalities and equations in $u, i, j, m$ *and in the lengths*,
# with integer coefficients; the number of outputs adds a floor, and the kernel $k_4$ a "there
# is a $t$". Such conditions, with "and", "or", "not", "for all" and "there is" over the
# integers, are the formulas of *Presburger arithmetic*. M. Presburger showed in 1929 that their
# truth can be decided: one quantifier after another is replaced by a condition without it, in
# which divisibility by numbers may occur. Equality of two such sets for all lengths is one
# formula,
#
# $$\text{for all } n, c, l, r, u, i, j, m: \quad P(n, c, l, r, u, i, j, m) \iff
# P'(n, c, l, r, u, i, j, m).$$
#
# The library [isl](https://libisl.sourceforge.io) computes with sets of this kind. We can write
# both sides by hand:

# %%
lengths = "n >= 1 and c >= 1 and l >= 0 and r >= 0"
inside = "0 <= i < c and 0 <= j < c and 0 <= m < n"
two = f"{inside} and m = 4u + 2i + j - l and 0 <= u and 2u + c <= floor((n + l + r - c)/2) + 1"
fits = "0 <= u and 4u + 3c - 2 <= n + l + r"
one = f"{inside} and {fits} and exists t : 0 <= t <= 3c - 3 and j = t - 2i and m = 4u + t - l"


def points(formula):
    """The points (u, i, j, m) of a formula, for all lengths."""
    return isl.Set(f"[n, c, l, r] -> {{ [u, i, j, m] : {lengths} and ({formula}) }}")


print(points(two).is_equal(points(one)))

# %% [markdown]
# No length was fixed: $n$, $c$, $l$ and $r$ are parameters of the sets. This is the theorem,
# for two kernels with $c$ taps each, decided by a general procedure.
#
# symconv translates claims into such sets by itself. It first looks for a change of the
# summation indices that makes one sum of the other, because that is an even shorter proof, and
# one that people can check; the theorem has one. Where it finds none, the sets decide. A signal
# that is taken apart into its even and its odd entries and put together again is an example:
# there are two terms on one side and one on the other, and no single change of indices can do.

# %%
by_change = decide(theorem)

# %%
even_and_odd = Signal.interleave(*x.phases(2))
by_sets = decide(Claim(even_and_odd, x))

# %% [markdown]
# For the mistake, the sets differ, and isl can say where. We ask for the points that are in one
# set and not in the other, for the smallest sum $c + l + n + r$ first, then for the smallest
# $c, l, n, r$ and the smallest point:

# %%
mistaken = f"{inside} and {fits} and m = 4u + i + j - l"
only_one = f"(({two}) and not ({mistaken})) or (({mistaken}) and not ({two}))"
smallest = isl.Set(
    f"{{ [total, c, l, n, r, u, i, j, m] : total = c + l + n + r and {lengths} and ({only_one}) }}"
).lexmin()
print(smallest)

# %% [markdown]
# So $c = 2$, $n = 2$, $l = 0$, $r = 2$, and the monomial $h[1]\,k[0]\,x[1]$ of $y[0]$. symconv
# finds the same. It also says for which lengths the claim does hold. These are the lengths for
# which the difference is empty, again a Presburger set.

# %%
refuted = decide(mistake)

# %%
tried = list(product(range(1, 7), range(1, 5), range(4), range(4)))
fails = 0
for sizes in tried:
    here = "n = {} and c = {} and l = {} and r = {}".format(*sizes)
    differ = not points(f"({only_one}) and {here}").is_empty()
    holds = bool(refuted.condition.subs(dict(zip((n, c, l, r), sizes, strict=True))))
    assert holds == (not differ)
    fails += differ
print(f"isl and the condition agree: the claim fails at {fails} of {len(tried)} lengths")

# %% [markdown]
# ## Where care is needed
#
# "Compare the sets of points" is the whole method only in the simplest case. Four things can
# interfere.
#
# ### Equal names
#
# The exercise has one kernel: $h = k$. Then $k[i]\,k[j]$ and $k[j]\,k[i]$ are the same
# monomial, though $(i, j)$ and $(j, i)$ are different points. Take the taps $k_4[t]$, with
# their two factors once in the one order and once in the other:
#
# $$k_4[t] = \sum_{i} k[i]\,k[t - 2i] = \sum_{i} k[t - 2i]\,k[i].$$
#
# As sets of points (tap, first position, second position) these are different; they become
# equal when the two positions are exchanged.

# %%
range_ab = "0 <= a < c and 0 <= b < c"
first_order = isl.Set(f"[c] -> {{ [t, a, b] : {range_ab} and t = 2a + b }}")
second_order = isl.Set(f"[c] -> {{ [t, a, b] : {range_ab} and t = a + 2b }}")
exchange = isl.Map("{ [t, a, b] -> [t, b, a] }")
print(first_order.is_equal(second_order))
print(first_order.apply(exchange).is_equal(second_order))

# %% [markdown]
# For a proof it is enough if the sets are equal in *some* order: names that are kept apart can
# always be put equal afterwards. The theorem for $h$ and $k$ contains the theorem for $h = k$.
# For a refutation it is not enough that the sets differ. Then the coefficient of a monomial
# such as $k[a]\,k[b]\,x[m]$ with $a < b$ is the *sum* of two indicator functions, one for each
# order of $a$ and $b$, and the sums have to be compared. An example are the taps of $k * k$, in
# which every product of two different taps occurs twice:
#
# $$\sum_{i=0}^{t} k[i]\,k[t - i] = 2 \sum_{i < t/2} k[i]\,k[t - i] +
# \begin{cases} k[t/2]^2 & \text{ for even } t \\ 0 & \text{ for odd } t. \end{cases}$$
#
# The left side has the points $(i, t - i)$ with coefficient 1, the right side half of them with
# coefficient 2 and the points of the diagonal with coefficient 1.

# %%
folded = 2 * Sum(k[i] * k[t - i], (i, 0, ceiling(t / 2) - 1))
folded += Sum(k[i] ** 2, (i, ceiling(t / 2), floor(t / 2)))
square = Claim(k.convolve(k), Signal.from_formula(t, folded, length=2 * c - 1))
by_exchange = decide(square)

# %% [markdown]
# ### Coefficients that count
#
# A monomial of the two layers tells what $i$ and $j$ are. Box filters, whose taps are all 1,
# leave fewer traces: in
#
# $$\sum_{i=0}^{c-1} \sum_{j=0}^{d-1} x[u + i + j]$$
#
# the monomial $x[m]$ says only what $i + j$ is, and its coefficient is the number of pairs with
# that sum. Sets forget such numbers. Two boxes of two taps read the same entries as one box of
# three taps, and are not the same:

# %%
box2, box3 = Signal.ones(2), Signal.ones(3)
counted = decide(Claim(x.correlate(box2).correlate(box2), x.correlate(box3)))

# %% [markdown]
# So symconv checks whether the positions determine the summation indices. If not, it counts.
# For boxes of $c$ and $d$ taps the numbers form a trapezoid: $i + j = t$ has the solutions with
# $\max(0, t - d + 1) \le i \le \min(t, c - 1)$, and this makes
# $1 + \min(t,\, c - 1,\, d - 1,\, c + d - 2 - t)$ of them.

# %%
print(Signal.ones(3).convolve(Signal.ones(5)).vector())
solutions = Sum(1, (i, 0, Min(t, c - 1, d - 1, c + d - 2 - t)))
trapezoid = Signal.from_formula(t, solutions, length=c + d - 1)
by_count = decide(Claim(Signal.ones(c).convolve(Signal.ones(d)), trapezoid))

# %% [markdown]
# Counting the integer points of a set with parameters is a harder question than whether it is
# empty. Intervals, as here, are counted by isl; the coefficients of three boxes in a row need
# the library barvinok, and without it the verdict is `Unknown`, with the reason.
#
# ### Lengths
#
# Monomials say nothing about entries that are 0. A signal and the same signal with one more
# zero have the same monomials at the same indices, and are different signals. The lengths are
# therefore compared by themselves, and the monomials at those indices that both sides have.

# %%
longer = decide(Claim(x.pad(0, 1), x))

# %% [markdown]
# ### Short inputs
#
# The length of a layer's output is $\max(0, n - c + 1)$ for stride 1, and the maximum is not
# decoration. A formula that forgets it is wrong for inputs that are too short, and "for all
# lengths" includes them. It is right exactly for the lengths that the condition names, among
# them $n = c - 1$, where both are 0.

# %%
short = decide(Claim(x.correlate(k).length, n - c + 1))
assert Claim(short.condition, n >= c - 1).prove()

# %% [markdown]
# ## From a point to a counterexample
#
# A point at which the coefficients differ convinces nobody who has not followed the argument; a
# calculation does. To turn the one into the other, set all entries that do not occur in the
# monomial to 0. The difference of the two sides is then a polynomial in the few entries that
# are left; it is not 0, because it still has this monomial; and the lemma says that some small
# positive integers make its value different from 0.
#
# Where each name occurs once in every monomial, as with $h$, $k$ and $x$, the number 1
# suffices. A product $h[i]\,k[j]\,x[m]$ is then different from 0 only if all three of its
# entries are the chosen ones. So one monomial is left, and both sides show its coefficient: for
# the mistake, at the monomial $h[1]\,k[0]\,x[1]$ found above, 0 and 1. Where a name occurs more
# than once, several monomials may be left and cancel; then numbers up to one more than the
# degree are tried, which by the lemma is enough. The claim $x \cdot x = x$ needed $x[0] = 2$.

# %%
found = refuted.counterexample
print(found)
diagrams.counterexample(refuted)

# %% [markdown]
# The last step is to forget how the numbers were found and to calculate. symconv evaluates both
# sides by arithmetic that shares nothing with the sets, and would report a contradiction as its
# own defect. A few lines do the same by hand:


# %%
def layer(signal, kernel, stride):
    """A layer, by its definition, on lists of numbers."""
    places = range(0, len(signal) - len(kernel) + 1, stride)
    return [sum(tap * signal[at + p] for p, tap in enumerate(kernel)) for at in places]


found_h, found_k, found_x = (found.signals[name] for name in "hkx")
padded_x = [0] * found.lengths["l"] + found_x + [0] * found.lengths["r"]
k_times_h = [sum(found_k[p] * found_h[v - p] for p in (0, 1) if 0 <= v - p < 2) for v in range(3)]
by_hand = layer(layer(padded_x, found_k, 2), found_h, 2), layer(padded_x, [*k_times_h, 0], 4)
assert by_hand == (found.lhs, found.rhs)
by_hand

# %% [markdown]
# "Smallest" has a precise meaning: the sum of all lengths is as small as possible, then the
# lengths in the order of their names, then the index of the output. It follows that at all
# lengths with a smaller sum the claim holds.
#
# ## What is not decided this way
#
# Presburger arithmetic multiplies by numbers only. With a symbol $s$ for the stride,
# $s \cdot u$ is a product of two variables, and there is no way around this in general: by Y.
# Matiyasevich's theorem (1970) no algorithm decides whether a polynomial with integer
# coefficients has an integer zero, and a claim about lengths can state that it has none.
#
# What remains are proofs that somebody, or some search, has to find. A change of summation
# indices is such a proof: for the layers with strides $s$ and 2 it is $v = s\,i + j$, whatever
# $s$ is.

# %%
strided = padded.correlate(k, stride=s).correlate(h, stride=2)
any_stride = decide(Claim(strided, padded.correlate(k.convolve(h.dilate(s)), stride=2 * s)))

# %% [markdown]
# Where symconv finds no change of indices, it decides the claim for each stride in a range,
# with all lengths that are not strides, and names the range in the verdict. That is a check and
# not a proof for all strides. A case in point: flipping and downsampling may be exchanged if
# the last entry is one of those that are kept, that is, if $s$ divides $n - 1$.

# %%
last_is_kept = [Eq(Mod(n - 1, s), 0)]
bounded = decide(Claim(x.flip().downsample(s), x.downsample(s).flip(), given=last_is_kept))
assert not bounded.is_complete

# %% [markdown]
# For all strides this needs an idea, and a small one will do: write the hypothesis as a
# substitution, $n = s\,q + 1$. Both sides then have $q + 1$ entries. The left one is
# $x[n - 1 - s\,u] = x[s\,q - s\,u]$; the right one is entry $q - u$ of the downsampled signal,
# $x[s\,(q - u)]$. These are the same summand, and symconv sees that too, for all strides:

# %%
z = Signal("z", s * q + 1)
substituted = decide(Claim(z.flip().downsample(s), z.downsample(s).flip()))

# %% [markdown]
# Two more limits. Decidable is not the same as quick: a procedure for all Presburger formulas
# needs doubly exponential time at worst (M. Fischer and M. Rabin, 1974). Claims about layers
# are small formulas, and symconv gives each a fixed budget, beyond which the verdict is
# `Unknown`. And maxima of entries, ReLUs and rounding are not polynomials: the first part of
# the argument fails for them, and with it the rest.
#
# | the question | the answer rests on | scope |
# | --- | --- | --- |
# | sums that a change of indices makes the same | the change itself | all lengths, all strides |
# | strides that are numbers | integer sets | all lengths |
# | the same, with coefficients that count | numbers of integer points | all lengths |
# | symbolic strides, no change found | integer sets for each stride | a range of strides |
# | fixed lengths | expanding polynomials | these lengths |

# %%
complete = (by_change, by_sets, by_exchange, by_count, any_stride, substituted)
assert all(isinstance(verdict, Proved) and verdict.is_complete for verdict in complete)
assert all(isinstance(v, Refuted) for v in (over_every_ring, refuted, counted, longer, short))
assert over_every_ring.counterexample.signals == {"x": [2]}
assert found.lengths == {"c": 2, "l": 0, "n": 2, "r": 2}
assert points(two).is_equal(points(one))
assert not first_order.is_equal(second_order)

# %% [markdown]
# ## Exercises
#
# **Exercise 1** (a coefficient is a number of ways). Two box filters of 2 and 4 taps in a row
# are one layer. Write its taps as a list of numbers, `taps`, by counting pairs $(i, j)$ and
# without computing a convolution.

# %% [markdown] tags=["hint"]
# Tap $t$ counts the pairs with $i + j = t$, where $i$ is 0 or 1 and $j$ is one of $0, 1, 2, 3$.
# For each $t$: which $i$ leave a $j$ that is allowed?

# %%
### BEGIN SOLUTION
taps = [1, 2, 2, 2, 1]
### END SOLUTION
check(taps, Signal.ones(2).convolve(Signal.ones(4)))

# %% [markdown]
# **Exercise 2** (even taps). The taps of $k * (k\uparrow_2)$ at even places are the signal
# $(k * (k\uparrow_2))\downarrow_2$. Write it as a convolution `even` in which nothing is
# dilated.

# %% [markdown] tags=["hint"]
# The tap at $2t$ is $\sum_i k[i]\,k[2t - 2i]$, by the formula for $k * (k\uparrow_2)$. Of which
# signal is $k[2(t - i)]$ the entry at $t - i$?

# %%
### BEGIN SOLUTION
even = k.convolve(k.downsample(2))
### END SOLUTION
check(even, k.convolve(k.dilate(2)).downsample(2))

# %% [markdown]
# **Exercise 3** (entries and lengths). Dilating by 2 and downsampling by 3 can be exchanged, as
# far as the entries go that both sides have. The lengths need not agree. For which $n$ are
# $(x\uparrow_2)\downarrow_3$ and $(x\downarrow_3)\uparrow_2$ the same signal? Write the
# condition `equally_long` on $n$.

# %% [markdown] tags=["hint"]
# $\uparrow_2$ makes $2N - 1$ entries of $N$, and $\downarrow_3$ makes $\lceil N/3 \rceil$.
# Compare the two lengths for $n = 1, 2, 3$; what happens when $n$ grows by 3?

# %%
### BEGIN SOLUTION
equally_long = Mod(n, 3) > 0
### END SOLUTION
check(equally_long, Claim(x.dilate(2).downsample(3), x.downsample(3).dilate(2)))

# %% [markdown]
# **Exercise 4** (a proof for all factors). Let $d$ and $s$ be positive integers without a
# common divisor greater than 1. Show that $(x\uparrow_d)\downarrow_s$ and
# $(x\downarrow_s)\uparrow_d$ have the same entry at every index that both have. Where does the
# proof use that there is no common divisor, and why is this statement outside of Presburger
# arithmetic?

# %% [markdown] tags=["hint"]
# The left side's entry at $u$ is the entry of $x\uparrow_d$ at $s\,u$. For which $u$ is it an
# entry of $x$, and for which $u$ is the right side's one?

# %% [markdown] tags=["solution"]
# The left side has the entry $x[s\,u/d]$ at $u$ if $d$ divides $s\,u$, and 0
# otherwise. The right side has the entry $x[s \cdot (u/d)]$ at $u$ if $d$ divides $u$, and 0
# otherwise. If $d$ divides $u$, both are $x[s\,u/d]$. The two conditions are the same: $d$
# divides $s\,u$ exactly when it divides $u$, because $d$ and $s$ have no common divisor (this
# is the only place where that is used; with $d = s = 2$ and $u = 1$ the left side is $x[1]$ and
# the right side is 0). The statement multiplies the symbol $s$ by the index $u$ and divides by
# the symbol $d$, which Presburger arithmetic cannot express; for any two numbers $s$ and $d$ it
# can.

# %% [markdown]
# **Exercise 5** (a ring in which it holds). Let $a$ and $b$ be signals of the same length
# $n \ge 1$. In which commutative rings does $(a + b) * (a + b) = a * a + b * b$ hold for all
# $a$ and $b$? Which monomials have different coefficients on the two sides?

# %% [markdown] tags=["hint"]
# Multiply out the left side. What is left when $a * a + b * b$ is taken away?

# %% [markdown] tags=["solution"]
# Convolution is bilinear and commutative, so the left side is
# $a * a + b * b + 2\,(a * b)$. The sides differ in the monomials $a[i]\,b[j]$, which have the
# coefficient 2 on the left and 0 on the right. In a ring with $1 + 1 = 0$ the claim holds. In
# any other ring it fails for $a$ and $b$ with the first entry 1 and all others 0: entry 0 is
# $4 \cdot 1$ on the left and $2 \cdot 1$ on the right, and the difference is $1 + 1 \ne 0$.

# %% tags=["solution"]
a, b = Signal("a", n), Signal("b", n)
both = a + b
squares = a.convolve(a) + b.convolve(b)
assert decide(Claim(both.convolve(both), squares + 2 * a.convolve(b)))
assert not decide(Claim(both.convolve(both), squares))

# %% [markdown]
# **Exercise 6** (zeros and ones). Call a polynomial *multilinear* if it has degree at most 1 in
# every variable. Show that a multilinear polynomial $f \ne 0$ with integer coefficients has a
# value other than 0 at a point with coordinates 0 and 1. What does this say about
# counterexamples to claims in whose monomials no name occurs twice, such as layers with biases
# and pairwise different kernels?

# %% [markdown] tags=["hint"]
# To make some variables 1 and the others 0 is to choose a set of variables. Which monomials are
# then 1? Look for a set for which a single one is left.

# %% [markdown] tags=["solution"]
# Among the monomials of $f$ with a coefficient other than 0, choose one with as
# few variables as possible. Set its variables to 1 and all others to 0. A monomial of $f$ then
# has the value 1 if all of its variables are among the chosen ones, and 0 otherwise. By the
# choice, no monomial with a coefficient other than 0 has fewer variables, and a multilinear
# monomial is given by its set of variables; so only the chosen monomial is left, and the value
# is its coefficient.
#
# If no name occurs twice in a monomial, no entry does, and the difference of the two sides is
# multilinear at every output. So a claim of this sort that fails at all, fails for some input
# and kernels whose entries are zeros and ones. For repeated names this is false:
# $x[0]^2 - x[0]$ is 0 at 0 and at 1.

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
# # Two stride-2 layers are one stride-4 layer
#
# A convolution layer with stride 2 is applied twice, with one kernel $k$ of length $c$, to an
# input $x$ of length $n$. The input is padded with zeros once, $l$ of them on the left and $r$ on
# the right, before the first layer; nothing is padded between the layers.
#
# **Theorem.** The two layers equal one layer with stride 4, on the same padded input, with the
# kernel
#
# $$k_4 = k * (k\uparrow_2), \qquad k_4[t] = \sum_i k[i]\,k[t - 2i], \qquad 0 \le t \le 3c - 3,$$
#
# where $*$ is convolution and $k\uparrow_2$ puts a zero between neighbouring taps. The two sides
# agree in every entry and in their lengths, for all $n, c \ge 1$ and all $l, r \ge 0$.
#
# The proof below takes five steps. Each is a formula for the same output $y[u]$, and each is
# checked against the one before it, for all lengths at once.
#
# **Conventions.** A layer does not flip its kernel (it *correlates*). Entries are counted from 0,
# and an entry outside a signal's range is 0, so that sums need no care at their ends. The symbols
# for lengths and indices come from `integers`: symconv knows that they are integers, and SymPy,
# which would lose some floors of integers, does not.

# %%
from sympy import Eq, Mod, Sum

from symconv import Claim, Proved, Signal, diagrams, explore, integers, solve
from symconv.exercises import check

n, c = integers("n c", positive=True)
l, r = integers("l r", nonnegative=True)
u, v, i, j, t = integers("u v i j t")

x, k = Signal("x", n), Signal("k", c)

# %% [markdown]
# ## The definition
#
# The padded input has the entries $x_p[m] = x[m - l]$. The first layer and the second one are
#
# $$a[v] = \sum_{j=0}^{c-1} k[j]\,x_p[2v + j], \qquad y[u] = \sum_{i=0}^{c-1} k[i]\,a[2u + i].$$

# %%
padded = x.pad(l, r)


def xp(m):
    """The padded input's entry at m."""
    return x[m - l]


first = padded.correlate(k, stride=2)
output = first.correlate(k, stride=2)


def verify(signal, formula, index=u):
    """The signal that the formula gives, once it is proved to be this one, for all lengths."""
    given = Signal.from_formula(index, formula, length=signal.length)
    verdict = Claim(signal, given).prove()
    assert isinstance(verdict, Proved), verdict
    print(verdict)
    return given


# %% [markdown]
# The formula for the first layer is what the layer computes:

# %%
verify(first, Sum(k[j] * xp(2 * v + j), (j, 0, c - 1)), index=v)

# %% [markdown]
# For the second layer, call the first one's output $a$, a signal of some length $m$:

# %%
m = integers("m", nonnegative=True)
a = Signal("a", m)
verify(a.correlate(k, stride=2), Sum(k[i] * a[2 * u + i], (i, 0, c - 1)))

# %% [markdown]
# The picture shows both layers for $n = 8$, three taps, and three zeros on either side. Some
# entries of the input reach an output on several paths: $x[1]$ reaches $y[0]$ through $a[1]$, with
# the taps $k[2]$ and $k[1]$, and through $a[2]$, with $k[0]$ and $k[2]$. One layer has a single tap
# in place of the two paths, $k[1]\,k[2] + k[2]\,k[0]$.

# %%
diagrams.network(output, n=8, c=3, l=3, r=3, outputs=(0, 1))

# %% [markdown]
# ## Step 1: substitution
#
# The second layer reads $a$ at $v = 2u + i$. A layer reads only inside its input, so the formula
# for $a[v]$ holds at every entry that is read, and it may be substituted:
#
# $$y[u] = \sum_{i} k[i] \sum_{j} k[j]\,x_p[2(2u + i) + j].$$
#
# This is the step that fails when zeros are padded *between* the layers: then the second layer
# reads outside $[0, m)$, where $a$ is zero and its formula need not be.

# %%
substituted = Sum(k[i] * Sum(k[j] * xp(2 * (2 * u + i) + j), (j, 0, c - 1)), (i, 0, c - 1))
verify(output, substituted)

# %% [markdown]
# ## Step 2: one double sum
#
# $k[i]$ does not depend on $j$, so it moves under the inner sum; and $2(2u + i) + j$ is
# $4u + 2i + j$.

# %%
doubled = Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), (j, 0, c - 1), (i, 0, c - 1))
verify(Signal.from_formula(u, substituted, length=output.length), doubled)

# %% [markdown]
# ## Step 3: exchanging the sums
#
# Both sums are finite, and neither range depends on the other index: they may be exchanged.

# %%
exchanged = Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), (i, 0, c - 1), (j, 0, c - 1))
verify(Signal.from_formula(u, doubled, length=output.length), exchanged)

# %% [markdown]
# ## Step 4: a new summation index
#
# The input is read at $4u + t$ with $t = 2i + j$. For a fixed $i$, as $j$ runs over the integers,
# so does $t$, each once; and $j = t - 2i$. With $0 \le i, j \le c - 1$ we have
# $0 \le t \le 2(c-1) + (c-1) = 3c - 3$, and where $t - 2i$ falls outside $[0, c)$ the tap
# $k[t - 2i]$ is 0 by convention. So
#
# $$y[u] = \sum_{t=0}^{3c-3} \sum_{i=0}^{c-1} k[i]\,k[t - 2i]\,x_p[4u + t].$$

# %%
gathered = Sum(k[i] * k[t - 2 * i] * xp(4 * u + t), (i, 0, c - 1), (t, 0, 3 * c - 3))
verify(Signal.from_formula(u, exchanged, length=output.length), gathered)

# %% [markdown]
# ## Step 5: reading off $k_4$
#
# $x_p[4u + t]$ does not depend on $i$. What stands in front of it is the tap $k_4[t]$, and what
# remains is a layer with stride 4:
#
# $$y[u] = \sum_{t=0}^{3c-3} k_4[t]\,x_p[4u + t],
# \qquad k_4[t] = \sum_{i=0}^{c-1} k[i]\,k[t - 2i].$$
#
# This sum is a convolution. The taps of $k\uparrow_2$ are $k[i]$ at the even places $2i$ and 0 at
# the odd ones, so $\sum_i k[i]\,k[t - 2i] = \sum_s (k\uparrow_2)[s]\,k[t - s]$, which is
# $(k * (k\uparrow_2))[t]$. Its length is $c + (2(c - 1) + 1) - 1 = 3c - 2$.

# %%
k4 = k.convolve(k.dilate(2))
k4.length

# %%
verify(k4, Sum(k[i] * k[t - 2 * i], (i, 0, c - 1)), index=t)

# %%
one_layer = padded.correlate(k4, stride=4)
verify(one_layer, gathered)

# %% [markdown]
# For three taps, $k_4$ is a long multiplication: a row of products for each tap of
# $k\uparrow_2$, two places further on than the row before, and their sum below.

# %%
diagrams.products(k4, c=3)

# %%
k4.vector(c=3)

# %% [markdown]
# ## Without knowing the answer
#
# None of the steps needed to know $k_4$ beforehand; it was read off at the end. So the kernel can
# be asked for. `solve` takes the two layers, and a layer with stride 4 whose kernel $K$ is
# unknown, of unknown length:

# %%
found = solve(output, lambda K: padded.correlate(K, stride=4))
print(found)

# %%
assert found.kernel is k4
assert found.is_unique

# %% [markdown]
# It goes the way of this proof, and can tell it. Each line is decided against the one before it,
# as above:

# %%
found.derivation.audit()

# %%
assert found.derivation.audit()

# %% [markdown]
# ## The lengths
#
# A layer with stride $s$ and $c$ taps makes $\lfloor (N - c)/s \rfloor + 1$ outputs of $N \ge c$
# inputs, and none of fewer. Nested floors are one floor,
# $\lfloor (\lfloor a/s \rfloor + b)/t \rfloor = \lfloor (a + s\,b)/(s\,t) \rfloor$, and so the two
# layers and the one layer have the same length:

# %%
output.length

# %%
one_layer.length

# %% [markdown]
# ## All lengths at once
#
# The steps together prove the theorem. symconv can also decide it in one go: every entry is a sum
# of monomials $k[i]\,k[j]\,x[q]$, and on both sides the tuples $(u, i, j, q)$ that occur form the
# same set of integer points, for all $n, c, l, r$.

# %%
theorem = Claim(output, one_layer, name="two_stride2_layers_eq_one_stride4_layer")
theorem

# %%
verdict = theorem.prove()
print(verdict)
for evidence in verdict.evidence:
    print(" ", evidence)

# %% [markdown]
# At fixed lengths both sides can be drawn. The picture calls $k_4$ by the name $w$. Each of its
# taps gathers the paths of the left side that lead from one entry to output 0: for each path, the
# product of the two taps on it.

# %%
diagrams.networks(theorem, n=8, c=3, l=3, r=3)

# %%
explore(theorem, n=8, c=3, l=3, r=3)

# %% [markdown]
# The same can be seen on symbol vectors. The difference of the two sides is not
# 0 as it stands; SymPy's `simplify` makes it so.

# %%
instance = theorem.at(n=8, c=3, l=3, r=3)
instance.difference[0]

# %%
instance.simplified

# %% [markdown]
# ## When is the output a quarter of the input?
#
# Often a stride-4 layer is meant to make $n/4$ outputs, with $4 \mid n$. For which paddings is that
# so? The condition is found, not guessed, and it is exact:

# %%
quarter = Claim(output.length, n / 4, given=[Eq(Mod(n, 4), 0)])
quarter.condition()

# %%
assert verdict
assert instance.simplified == [0, 0]

# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (taps by hand). Two stride-2 layers have the kernel $k = (1, 2, 1)$. Work out by
# hand the seven taps of the one stride-4 layer, from $k_4[t] = \sum_i k[i]\,k[t - 2i]$, and
# write them as a list `taps`.

# %% [markdown] tags=["hint"]
# The taps of $k\uparrow_2$ are $1, 0, 2, 0, 1$. Write a row for each of them that is not 0: $k$
# times this tap, shifted to its place. Then add up the columns, as in the long multiplication
# above.

# %%
binomial = Signal.taps(1, 2, 1)
### BEGIN SOLUTION
# k is (1, 2, 1) and k ↑2 is (1, 0, 2, 0, 1); k is added at 0, twice at 2, and once at 4.
taps = [1, 2, 1 + 2, 4, 2 + 1, 2, 1]
### END SOLUTION
check(
    padded.correlate(Signal.taps(*taps), stride=4),
    padded.correlate(binomial, stride=2).correlate(binomial, stride=2),
)

# %% [markdown]
# **Exercise 2** (stride 3). Two layers with stride 3 and the kernel $k$ are one layer, whose
# stride is 9. Find its kernel, as a signal `k9` made of $k$ with `convolve` and `dilate`. How
# many taps has it? Write their number as an expression `size` in $c$.

# %% [markdown] tags=["hint"]
# The second layer reads the first one's output at $3u + i$, and the first one the padded input at
# $3(3u + i) + j$. What takes the place of $t = 2i + j$ in step 4, and what is the greatest $t$?

# %%
### BEGIN SOLUTION
k9 = k.convolve(k.dilate(3))
size = 4 * c - 3
### END SOLUTION
check(padded.correlate(k9, stride=9), padded.correlate(k, stride=3).correlate(k, stride=3))
check(size, k9.length)

# %% [markdown]
# **Exercise 3** (two different kernels). Let the first layer have the kernel $k$ of length $c$,
# and the second one a kernel $h$ of length $d$, both with stride 2. Go through the five steps
# again. Write tap $t$ of the one stride-4 layer as a formula `tap` in $t$, with `Sum`, and the
# number of its taps as an expression `size` in $c$ and $d$. May the two kernels be exchanged?

# %% [markdown] tags=["hint"]
# In $y[u]$ the tap $h[i]$ stands before $a[2u + i]$, and the taps $k[j]$ are within it. Which of
# $i$ and $j$ gets the factor 2 in $t$? For the last question, compare the numbers of taps for
# $c = 1$ and $d = 2$ in both orders.

# %%
d = integers("d", positive=True)
h = Signal("h", d)
### BEGIN SOLUTION
tap = Sum(h[i] * k[t - 2 * i], (i, 0, d - 1))
size = c + 2 * d - 2
### END SOLUTION
check(
    padded.correlate(Signal.from_formula(t, tap, length=size), stride=4),
    padded.correlate(k, stride=2).correlate(h, stride=2),
)

# %% [markdown] tags=["solution"]
# Step 1 gives $y[u] = \sum_i h[i] \sum_j k[j]\,x_p[2(2u + i) + j]$, and with $t = 2i + j$ as
# before the tap is $\sum_i h[i]\,k[t - 2i]$, for $0 \le t \le 2(d - 1) + (c - 1)$. It is the
# kernel of the second layer whose taps are spread. So the kernels may not be exchanged: for
# $k = (1)$ and $h = (1, 1)$ the taps are $1, 0, 1$, and in the other order $1, 1$. Asked for the
# kernel, `solve` says the same:

# %% tags=["solution"]
two_kernels = padded.correlate(k, stride=2).correlate(h, stride=2)
print(solve(two_kernels, lambda K: padded.correlate(K, stride=4)))

# %% [markdown]
# **Exercise 4** (three layers). Three stride-2 layers with the kernel $k$ are one stride-8
# layer. Find its kernel, as a signal `k8`, and the number of its taps, `size`. The theorem may
# be used for the first two layers.

# %% [markdown] tags=["hint"]
# The first two layers are one layer with the kernel $k_4$ and stride 4, of which the third layer
# reads the outputs $2u + i$. Where in the padded input does the window of such an output begin?

# %%
### BEGIN SOLUTION
k8 = k4.convolve(k.dilate(4))  # the third layer reads every fourth place of the padded input
size = 7 * c - 6
### END SOLUTION
check(
    padded.correlate(k8, stride=8),
    padded.correlate(k, stride=2).correlate(k, stride=2).correlate(k, stride=2),
)
check(size, k8.length)

# %% [markdown]
# **Exercise 5** (zeros between the layers). Suppose that one zero is put at either end of the
# first layer's output, too, before the second layer. Explain in words why step 1 then breaks. If
# it did not, with how many zeros before the first layer could the two zeros be replaced?

# %% [markdown] tags=["hint"]
# The zeros stand at the places $-1$ and $m$ of the first layer's output. What does the second
# layer read there, and what would the formula for $a[v]$ give? For the second question: one place
# in $a$ is how many places in $x_p$?

# %% [markdown] tags=["solution"]
# Let $b$ be the first layer's output with the two zeros: $b[v] = a[v - 1]$ for $1 \le v \le m$,
# and $b[0] = b[m + 1] = 0$. Step 1 would substitute $\sum_j k[j]\,x_p[2(v - 1) + j]$ for $b[v]$,
# at $v = 0$ and $v = m + 1$ as well. There this sum need not be 0. At $v = 0$ it is what the
# kernel makes of the padded input when it starts two places before it, and with $c \ge l + 3$
# taps it still reaches the input. At $v = m + 1$ it starts at $x_p[2m]$, where input may be
# left.
#
# If the substitution were right, the two layers would read $x_p[4u - 2 + 2i + j]$. One zero
# between the layers would do what two zeros before the first layer do, on either side. What
# becomes of this claim for $l = r = 0$:

# %% tags=["solution"]
between = x.correlate(k, stride=2).pad(1, 1).correlate(k, stride=2)
before = x.pad(2, 2).correlate(k4, stride=4)
wrong = Claim(between, before).prove()
print(wrong)
diagrams.counterexample(wrong)

# %% [markdown] tags=["solution"]
# No other kernel does it either. Inputs of two lengths ask for different values of one tap:

# %% tags=["solution"]
other = solve(between, lambda K: x.pad(2, 2).correlate(K, stride=4))
assert other.exists is False
print(other.obstacle)

# %% [markdown]
# **Exercise 6** (the flipped kernel). Frameworks speak of convolution but do not flip the
# kernel; many books do. Show from the formula for $k_4[t]$ that flipping $k$ flips $k_4$: if
# $\tilde{k}$ denotes the flipped kernel, $\tilde{k}[i] = k[c - 1 - i]$, then
# $\tilde{k}_4 = \tilde{k} * (\tilde{k}\uparrow_2)$. What follows for a symmetric $k$?

# %% [markdown] tags=["hint"]
# Tap $t$ of the flipped $k_4$ is $k_4[3c - 3 - t]$. Which new summation index in place of $i$
# makes $k[i]$ a tap of $\tilde{k}$?

# %% [markdown] tags=["solution"]
# In $\tilde{k}_4[t] = k_4[3c - 3 - t] = \sum_i k[i]\,k[3c - 3 - t - 2i]$ put $i = c - 1 - i'$.
# Then the first factor is $\tilde{k}[i']$. The second is
# $k[c - 1 - t + 2i'] = \tilde{k}[t - 2i']$. So the sum is
# $\sum_{i'} \tilde{k}[i']\,\tilde{k}[t - 2i']$. If $k$ is symmetric, $\tilde{k} = k$, then
# $\tilde{k}_4 = k_4$: the one kernel is symmetric, too, as in Exercise 1.

# %% tags=["solution"]
print(Claim(k4.flip(), k.flip().convolve(k.flip().dilate(2))).prove())

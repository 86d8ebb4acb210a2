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
# and an entry outside a signal's range is 0, so that sums need no care at their ends.

# %%
from sympy import Eq, Mod, Sum, symbols

from symconv import Claim, Proved, Signal

n, c = symbols("n c", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
u, v, i, j, t = symbols("u v i j t", integer=True)

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


def check(signal, formula, index=u):
    """The formula, once it is proved to give every entry of the signal, for all lengths."""
    verdict = Claim(signal, Signal.from_formula(index, formula, length=signal.length)).prove()
    assert isinstance(verdict, Proved), verdict
    print(verdict)
    return formula


# %% [markdown]
# The formula for the first layer is what the layer computes:

# %%
check(first, Sum(k[j] * xp(2 * v + j), (j, 0, c - 1)), index=v)

# %% [markdown]
# For the second layer, call the first one's output $a$, a signal of some length $m$:

# %%
m = symbols("m", integer=True, nonnegative=True)
a = Signal("a", m)
check(a.correlate(k, stride=2), Sum(k[i] * a[2 * u + i], (i, 0, c - 1)))

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
check(output, substituted)

# %% [markdown]
# ## Step 2: one double sum
#
# $k[i]$ does not depend on $j$, so it moves under the inner sum; and $2(2u + i) + j$ is
# $4u + 2i + j$.

# %%
doubled = Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), (j, 0, c - 1), (i, 0, c - 1))
check(Signal.from_formula(u, substituted, length=output.length), doubled)

# %% [markdown]
# ## Step 3: exchanging the sums
#
# Both sums are finite, and neither range depends on the other index: they may be exchanged.

# %%
exchanged = Sum(k[i] * k[j] * xp(4 * u + 2 * i + j), (i, 0, c - 1), (j, 0, c - 1))
check(Signal.from_formula(u, doubled, length=output.length), exchanged)

# %% [markdown]
# ## Step 4: a new summation index
#
# The input is read at $4u + t$ with $t = 2i + j$. For a fixed $i$, as $j$ runs over the integers,
# so does $t$, each once; and $j = t - 2i$. With $0 \le i, j \le c - 1$ we have
# $0 \le t \le 2(c-1) + (c-1) = 3c - 3$, and where $t - 2i$ falls outside $[0, c)$ the tap
# $k[t - 2i]$ is 0 by convention. So
#
# $$y[u] = \sum_{t=0}^{3c-3} \sum_{i=0}^{c-1} k[i]\,k[t - 2i]\;x_p[4u + t].$$

# %%
gathered = Sum(k[i] * k[t - 2 * i] * xp(4 * u + t), (i, 0, c - 1), (t, 0, 3 * c - 3))
check(Signal.from_formula(u, exchanged, length=output.length), gathered)

# %% [markdown]
# ## Step 5: reading off $k_4$
#
# $x_p[4u + t]$ does not depend on $i$. What stands in front of it is the tap $k_4[t]$, and what
# remains is a layer with stride 4:
#
# $$y[u] = \sum_{t=0}^{3c-3} k_4[t]\,x_p[4u + t], \qquad k_4[t] = \sum_{i=0}^{c-1} k[i]\,k[t - 2i].$$
#
# This sum is a convolution. The taps of $k\uparrow_2$ are $k[i]$ at the even places $2i$ and 0 at
# the odd ones, so $\sum_i k[i]\,k[t - 2i] = \sum_s (k\uparrow_2)[s]\,k[t - s]$, which is
# $(k * (k\uparrow_2))[t]$. Its length is $c + (2(c - 1) + 1) - 1 = 3c - 2$.

# %%
k4 = k.convolve(k.dilate(2))
k4.length

# %%
check(k4, Sum(k[i] * k[t - 2 * i], (i, 0, c - 1)), index=t)

# %%
one_layer = padded.correlate(k4, stride=4)
check(one_layer, gathered)

# %% [markdown]
# For three taps:

# %%
k4.vector(c=3)

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
# At fixed lengths the same can be seen on symbol vectors. The difference of the two sides is not
# 0 as it stands; SymPy's `simplify` makes it so.

# %%
instance = theorem.at(n=8, c=3, l=3, r=3)
instance.difference[0]

# %%
instance.simplified

# %% [markdown]
# ## When is the output a quarter of the input?
#
# The exercise asks for $n/4$ outputs, with $4 \mid n$. For which paddings is that so? The
# condition is found, not guessed, and it is exact:

# %%
quarter = Claim(output.length, n / 4, given=[Eq(Mod(n, 4), 0)])
quarter.condition()

# %%
assert verdict
assert instance.simplified == [0, 0]

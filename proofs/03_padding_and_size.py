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
# # Padding and size
#
# Two stride-2 layers are one stride-4 layer, if the input is padded once, before the first layer.
# This leaves two questions. How much padding makes the output exactly a quarter of the input, as
# the exercise asks? And what becomes of the theorem when each layer pads its own input, as layers
# usually do? The first question is about floors. The second is about what a layer finds beyond
# the ends of its input: zeros, by definition, where the first layer's formula might say otherwise.
# Both have exact answers.
#
# **Conventions.** The input $x$ has length $n \ge 1$, the kernels $k$ and $h$ have lengths
# $c, d \ge 1$, the strides are $s, t \ge 1$. The input is padded with $l$ zeros on the left and
# $r$ on the right; where zeros are also put between two layers, these are $p$ on the left and $q$
# on the right. A layer correlates, entries are counted from 0, and an entry outside a signal's
# range is 0.

# %%
from sympy import And, Eq, Max, Mod, Ne, Or, Piecewise, ceiling, false, floor

from symconv import Claim, Proved, Refuted, Signal, diagrams, explore, integers
from symconv.exercises import check

n, c, d, s, t = integers("n c d s t", positive=True)
l, r, p, q = integers("l r p q", nonnegative=True)
a, b, u = integers("a b u")

x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)


def prove(left, right, given=()):
    """Print that the two sides are equal, once that is proved for all lengths."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict
    print(verdict)


# %% [markdown]
# ## The length of a layer
#
# On an input of length $N$ the window of output $u$ covers the entries from $s\,u$ to
# $s\,u + c - 1$. It fits if $s\,u \le N - c$, that is, if $u \le \lfloor (N - c)/s \rfloor$. If
# $N \ge c$ there are $\lfloor (N - c)/s \rfloor + 1$ such $u \ge 0$. If $N < c$ there is none, and
# the same expression is 0 or less. So in both cases the number of outputs is
#
# $$\max\left(0,\, \left\lfloor \frac{N - c}{s} \right\rfloor + 1\right).$$

# %%
prove(x.correlate(k, stride=s).length, Max(0, floor((n - c) / s) + 1))

# %% [markdown]
# ## Nested floors
#
# The length of the second layer is a floor of a floor. Two floors are one:
#
# **Lemma.** For all integers $a$, $b$ and all integers $s, t \ge 1$,
#
# $$\left\lfloor \frac{\lfloor a/s \rfloor + b}{t} \right\rfloor
# = \left\lfloor \frac{a + s\,b}{s\,t} \right\rfloor.$$
#
# *Proof.* An integer $m$ satisfies $m \le \lfloor y \rfloor$ exactly when $m \le y$. Hence, for
# every integer $m$,
#
# $$\begin{aligned}
# m \le \left\lfloor \frac{\lfloor a/s \rfloor + b}{t} \right\rfloor
# &\iff t\,m - b \le \lfloor a/s \rfloor \\
# &\iff t\,m - b \le a/s \\
# &\iff m \le \frac{a + s\,b}{s\,t}
# \iff m \le \left\lfloor \frac{a + s\,b}{s\,t} \right\rfloor.
# \end{aligned}$$
#
# The second step uses that $t\,m - b$ is an integer. Two integers that have the same integers
# below them are equal.

# %%
prove(floor((floor(a / s) + b) / t), floor((a + s * b) / (s * t)))

# %% [markdown]
# ## The length of two layers
#
# Let $N = n + l + r$ be the length of the padded input. If $N \ge c$ the first layer has
# $\lfloor (N - c)/s \rfloor + 1$ outputs. A second layer, with $d$ taps and stride $t$, makes of
# these, by the lemma with $a = N - c$ and $b = 1 - d$,
#
# $$\left\lfloor \frac{\lfloor (N - c)/s \rfloor + 1 - d}{t} \right\rfloor + 1
# = \left\lfloor \frac{N - c - s\,(d - 1)}{s\,t} \right\rfloor + 1$$
#
# outputs, if that is positive, and none otherwise. If $N < c$ the first layer has no output and
# the second none either; and the right side is again 0 or less. The two layers are as long as one
# layer with the stride $s\,t$ and a kernel of $c + s\,(d - 1)$ taps.

# %%
padded = x.pad(l, r)
pair = padded.correlate(k, stride=s).correlate(h, stride=t)
prove(pair.length, Max(0, floor((n + l + r - c - s * (d - 1)) / (s * t)) + 1))

# %% [markdown]
# With one kernel and $s = t = 2$ the length is
#
# $$\max\left(0,\, \left\lfloor \frac{n + l + r - 3c + 2}{4} \right\rfloor + 1\right).$$

# %%
two_layers = padded.correlate(k, stride=2).correlate(k, stride=2)
prove(two_layers.length, Max(0, floor((n + l + r - 3 * c + 2) / 4) + 1))

# %% [markdown]
# ## Exactly a quarter
#
# The exercise asks for $n/4$ outputs, where $4 \mid n$. The claim that there are so many is not
# true for all paddings. We ask for the condition under which it is:

# %%
four_divides_n = Eq(Mod(n, 4), 0)
quarter = Claim(two_layers.length, n / 4, given=[four_divides_n])
quarter.condition()

# %% [markdown]
# **Theorem.** Let $4 \mid n$ and $n > 0$. The two layers have exactly $n/4$ outputs if and only
# if
#
# $$3c - 6 \le l + r \le 3c - 3.$$
#
# *Proof.* Let $S = l + r - 3c$. Since $n/4$ is an integer, it may be taken out of the floor, and
# the length is $\max\left(0,\, n/4 + 1 + \lfloor (S + 2)/4 \rfloor\right)$. This is to be $n/4$. As
# $n/4$ is positive, the maximum is not attained by 0 alone, and the condition is
# $\lfloor (S + 2)/4 \rfloor = -1$, that is, $-4 \le S + 2 \le -1$, or $-6 \le S \le -3$.

# %%
fits = And(3 * c - 6 <= l + r, l + r <= 3 * c - 3)
assert Claim(quarter.condition(), fits).prove()
prove(Eq(two_layers.length, n / 4), fits, given=[four_divides_n])

# %% [markdown]
# The condition does not contain $n$: a padding that is right for one multiple of 4 is right for
# all. Of the four totals that it allows, the smallest is the one for which the last window, of
# $k_4$ with its $3c - 2$ taps, ends at the last entry of the padded input. With each zero more, one
# more entry at the right end is read by no window, and a fourth one would make another window:

# %%
unread = Mod(n + l + r - (3 * c - 2), 4)
prove(unread, l + r - (3 * c - 6), given=[four_divides_n, fits])

# %% [markdown]
# **Padding by the same amount on both sides.** Of four consecutive integers two are even, so there
# are two choices of $l = r$: the condition becomes $3c - 6 \le 2l \le 3c - 3$, that is,
#
# $$l = \left\lfloor \frac{3(c - 1)}{2} \right\rfloor \quad \text{or} \quad
# l = \left\lfloor \frac{3(c - 1)}{2} \right\rfloor - 1$$
#
# (the second one only if it is not negative, which excludes $c = 1$). For three taps this is 3
# or 2.

# %%
most = floor(3 * (c - 1) / 2)
symmetric = Claim(quarter.lhs, quarter.rhs, given=[four_divides_n, Eq(l, r)])
prove(symmetric.condition(), Or(Eq(l, most), Eq(l, most - 1)), given=[Eq(l, r)])

# %% [markdown]
# **Lengths that 4 does not divide.** Then there is one total for which the output is $n/4$
# rounded up, whatever $n$ is, and one for which it is always rounded down. They are the two ends of
# the range. Indeed for $l + r = 3c - 3$ the length is
# $\lfloor (n - 1)/4 \rfloor + 1 = \lceil n/4 \rceil$, and for $l + r = 3c - 6$ it is
# $\lfloor (n - 4)/4 \rfloor + 1 = \lfloor n/4 \rfloor$; in between, the rounding depends on $n$.

# %%
rounded_up = Claim(two_layers.length, ceiling(n / 4)).condition(for_all=[n])
assert rounded_up == Eq(l + r, 3 * c - 3)
rounded_up

# %%
rounded_down = Claim(two_layers.length, floor(n / 4)).condition(for_all=[n])
assert rounded_down == Eq(l + r, 3 * c - 6)
rounded_down

# %% [markdown]
# ## Padding before each layer
#
# Usually each layer pads its own input. For a single stride-2 layer and an even $n$ the same
# argument gives $n/2$ outputs exactly when $c - 2 \le l + r \le c - 1$:

# %%
half = Claim(padded.correlate(k, stride=2).length, n / 2, given=[Eq(Mod(n, 2), 0)])
assert Claim(half.condition(), And(c - 2 <= l + r, l + r <= c - 1)).prove()
half.condition()

# %% [markdown]
# With $l = r = p$ this means $c = 2p + 1$ or $c = 2p + 2$. If both layers are padded in this way,
# the output is a quarter of the input, and for no other $c$:

# %%
first = x.pad(p, p).correlate(k, stride=2)
each = first.pad(p, p).correlate(k, stride=2)
each_quarter = Claim(each.length, n / 4, given=[four_divides_n]).condition()
assert Claim(each_quarter, Or(Eq(c, 2 * p + 1), Eq(c, 2 * p + 2))).prove()
each_quarter

# %% [markdown]
# A common case is three taps, stride 2 and padding 1. Padded once, three taps need a total
# of 3 to 6 zeros. A zero between the layers takes the room of two entries of the input, so the
# counterpart of padding by 1 before each layer is padding once by $1 + 2 \cdot 1 = 3$ on both
# sides. The lengths are then equal for every $n$. Are the outputs?

# %%
k3 = Signal("k", 3)
k4 = k3.convolve(k3.dilate(2))
per_layer = x.pad(1, 1).correlate(k3, stride=2).pad(1, 1).correlate(k3, stride=2)
once = x.pad(3, 3).correlate(k4, stride=4)

prove(per_layer.length, ceiling(n / 4))
prove(once.length, ceiling(n / 4))

verdict = Claim(per_layer, once).prove()
assert isinstance(verdict, Refuted)
print(verdict)

# %% [markdown]
# Not always, but for three lengths out of four. The rest of this notebook explains this answer.
# The figure shows $n = 6$, where the second output differs. The one layer, padded once, is drawn
# below as the two layers that it is by the theorem. Above, the third tap of the output reads a zero
# that was put there. Below, the same tap reads what the first layer computes from $x[5]$ and two
# zeros.

# %%
assert verdict.condition == Ne(Mod(n, 4), 2)
unmerged = x.pad(3, 3).correlate(k3, stride=2).correlate(k3, stride=2)
prove(once, unmerged)
diagrams.networks(Claim(per_layer, unmerged), outputs=(1,), n=6)

# %%
explore(Claim(per_layer, once), n=6)

# %% [markdown]
# The smallest counterexample in numbers:

# %%
diagrams.counterexample(verdict)

# %% [markdown]
# ## Zero by definition, and the formula continued
#
# Let the first layer have stride $s$ and $m$ outputs,
#
# $$a[v] = \sum_{j=0}^{c-1} k[j]\,x[s\,v + j - l], \quad 0 \le v < m.$$
#
# The sum makes sense for every integer $v$. Call it $f[v]$, the *formula continued*. For
# $v < 0$ and $v \ge m$ the signal $a$ is 0 by definition, while $f[v]$ is what a larger
# padding of the input would have made there. Precisely: pad the input by $l + s\,p$ and
# $r + s\,q$ instead of $l$ and $r$. The first layer then computes $f[v]$ for
# $-p \le v < m + q$. If we crop $p$ and $q$ outputs from it, $a$ is left:

# %%
some_outputs = n + l + r >= c
longer = x.pad(l + s * p, r + s * q).correlate(k, stride=s)
prove(longer.pad(-p, -q), padded.correlate(k, stride=s), given=[some_outputs])

# %% [markdown]
# (The hypothesis $n + l + r \ge c$ says that the first layer has an output.) If we put the zeros
# back, we have padded *between* the layers. So padding between the layers is padding once, with
# the values at $p$ places on the left and $q$ on the right replaced by zeros. It makes no
# difference exactly when these values are zero anyway.
#
# **Theorem.** Let $n + l + r \ge c$, and let $\rho = (n + l + r - c) \bmod s$, the number of
# entries at the right end of the padded input that no window reaches. Padding the first layer's
# output by $p$ and $q$ equals padding its input by $s\,p$ and $s\,q$ more if and only if
#
# $$(p = 0 \,\text{ or }\, c \le l + s) \quad \text{and} \quad
# (q = 0 \,\text{ or }\, c + \rho \le r + s).$$
#
# *Proof.* On the left: $f[-1]$ reads $x$ from $-s - l$, which is negative, to $c - 1 - l - s$.
# If $c \le l + s$ this is negative too, so $f[-1] = 0$, and the windows further to the left
# see nothing but zeros either. If $c > l + s$ the window contains $x[0]$, and $f[-1]$ has the term
# $k[l + s]\,x[0]$: it is not always 0. This matters if $p \ge 1$.
#
# On the right: from $m = \lfloor (n + l + r - c)/s \rfloor + 1$ follows
# $s\,m = n + l + r - c - \rho + s$. So $f[m]$ reads $x$ from $n + r + s - c - \rho$ on. If
# $c + \rho \le r + s$ this is $n$ or more, beyond the end of $x$, and so it is for the windows
# further to the right. Otherwise the window begins before the end of $x$, and ends at
# $n + r + s - 1 - \rho \ge n$: it contains $x[n - 1]$, and $f[m]$ is not always 0. This matters if
# $q \ge 1$.
#
# The proof is for every $s$. symconv computes the condition where the stride is a number; for
# $s = 1, 2, 3$ it is the one of the theorem:


# %%
def harmless(stride):
    """The condition of the theorem."""
    rho = Mod(n + l + r - c, stride)
    left = Or(Eq(p, 0), c <= l + stride)
    right = Or(Eq(q, 0), c + rho <= r + stride)
    return And(left, right)


for stride in (1, 2, 3):
    between = padded.correlate(k, stride=stride).pad(p, q)
    before = x.pad(l + stride * p, r + stride * q).correlate(k, stride=stride)
    found = Claim(between, before, given=[some_outputs]).condition()
    prove(found, harmless(stride), given=[some_outputs])

# %% [markdown]
# ## What the second layer sees of it
#
# The second layer has the kernel $h$ and the stride $t$. On the one side it reads $a$ with zeros
# around it, on the other side $f$. The difference of the two outputs is the sum of the
# products $h[i]\,f[v]$ over the places $v$ outside $[0, m)$ that the window of the output
# covers. In monomials $h[i]\,k[j]\,x[e]$ all coefficients of this sum are positive, so nothing
# cancels, even if $h$ and $k$ are the same kernel. Hence:
#
# - an output whose window covers no padded place is the same on both sides;
# - an output differs, for some inputs and kernels, exactly if its window covers a place outside
#   $[0, m)$ at which $f$ is not always zero.
#
# If $t = 1$ and there is an output at all, every place is covered by some window. Then the two
# layers, padded between, equal the one layer padded once under the condition of the theorem, and
# under no other:

# %%
for stride in (1, 2, 3):
    between = padded.correlate(k, stride=stride).pad(p, q).correlate(h)
    total = l + stride * p, r + stride * q
    before = x.pad(*total).correlate(k.convolve(h.dilate(stride)), stride=stride)
    an_output = c + stride * (d - 1) <= n + sum(total)
    found = Claim(between, before, given=[some_outputs, an_output]).condition()
    prove(found, harmless(stride), given=[some_outputs, an_output])

# %% [markdown]
# **The interior.** On the left, the output at $\lceil p/t \rceil$ is the first one whose window
# begins behind the $p$ padded places. On the right, the last window ends at or before the last of
# the $m + p + q$ places, and each earlier window ends $t$ places before the next one; so without
# the last $\lceil q/t \rceil$ windows, all end before the $q$ padded places. At most the first
# $\lceil p/t \rceil$ and the last $\lceil q/t \rceil$ outputs can differ. The interior, which
# remains when these are cropped, is the same on both sides: here decided for $t = 1$ with every
# $s$, and for $s = t = 2$.


# %%
def interior(signal, stride):
    """Without the outputs at either end that may read a padded place."""
    return signal.pad(-ceiling(p / stride), -ceiling(q / stride))


for one, two in ((s, 1), (2, 2)):
    between = padded.correlate(k, stride=one).pad(p, q).correlate(h, stride=two)
    kernel = k.convolve(h.dilate(one))
    before = x.pad(l + one * p, r + one * q).correlate(kernel, stride=one * two)
    prove(interior(between, two), interior(before, two), given=[some_outputs])

# %% [markdown]
# **Which outputs differ.** Let $s = t = 1$. For $v < 0$, the window of $f[v]$ ends at
# $v + c - 1 - l$, so $f[v]$ is not always 0 exactly if $l + 1 - c \le v \le -1$. There are such $v$
# if $c \ge l + 2$. The window of the output at $u$ covers the places from $u - p$ to
# $u - p + d - 1$. It meets these $v$, and the output differs, exactly if
#
# $$c \ge l + 2 \quad \text{and} \quad l + p + 2 - c - d \le u \le p - 1.$$
#
# On the right, with $m = n + l + r - c + 1$, the places $v$ with $m \le v \le n + l - 1$ matter.
# There are some if $c \ge r + 2$, and in the same way the outputs at $u$ differ that satisfy
# $m + p + 1 - d \le u \le n + l + p - 1$. symconv finds these outputs too: they are the verdict's
# `differences`.

# %%
total = n + l + r + p + q
general = Claim(
    padded.correlate(k).pad(p, q).correlate(h),
    x.pad(l + p, r + q).correlate(k.convolve(h)),
    given=[some_outputs, total >= c + d - 1],
).prove()
assert isinstance(general, Refuted)
where = general.differences
on_the_left = And(l + p + 2 - c - d <= where.index, where.index <= p - 1, c >= l + 2)
m = n + l + r - c + 1
on_the_right = And(m + p + 1 - d <= where.index, where.index <= n + l + p - 1, c >= r + 2)
assert where.lengths == false
assert Claim(where.entries, Or(on_the_left, on_the_right)).prove()
where.entries

# %% [markdown]
# A well-known example has stride 1: "two layers with 3 taps are one layer with 5 taps". With
# padding 1 before each layer, against padding 2 once, $c = 3 > l + s = 2$, so that the condition
# fails on both sides. It fails for every $n$, and at the border only:

# %%
h3 = Signal("h", 3)
five = Claim(
    x.pad(1, 1).correlate(k3).pad(1, 1).correlate(h3),
    x.pad(2, 2).correlate(k3.convolve(h3)),
).prove()
assert isinstance(five, Refuted)
assert five.condition == false
where = five.differences
ends = Or(Eq(where.index, 0), Eq(where.index, n - 1))
assert where.lengths == false
assert Claim(where.entries, ends).prove()
print(five)

# %% [markdown]
# ## Three taps, stride 2, padding 1
#
# Now the answer above can be derived. With $c = 3$, $s = 2$, $l = r = p = q = 1$ the condition on
# the left, $3 \le 1 + 2$, holds. On the right it is $3 + \rho \le 3$, where
# $\rho = (n - 1) \bmod 2$: it holds for odd $n$. For even $n$ the first layer has $m = n/2$
# outputs, and $f[m] = k[0]\,x[n - 1]$ since the window begins at the last entry of $x$.
#
# Is that place read? The padded signal between the layers has $m + 2$ entries, the last of which
# is the one in question. The second layer has $\lfloor (m + 1)/2 \rfloor$ outputs, and the last
# window ends at the place $2\lfloor (m + 1)/2 \rfloor$, counted from 0. This is the last place,
# $m + 1$, exactly if $m$ is odd. So the sides differ if $n$ is even and $n/2$ is odd, that is, if
# $n \bmod 4 = 2$. Then they differ in the last output, at $u = (n - 2)/4$, whose last tap reads
# the place: the difference is $k[2]\,k[0]\,x[n - 1]$.

# %%
difference = Piecewise((k3[2] * k3[0] * x[n - 1], Eq(4 * u, n - 2)), (0, True))
prove(once - per_layer, Signal.from_formula(u, difference, length=ceiling(n / 4)))

# %% [markdown]
# **Corollary.** For $4 \mid n$, two layers with three taps, stride 2 and padding 1 are one layer
# with the seven taps of $k_4$, stride 4 and padding 3. This is within the exercise's condition:
# $3c - 6 \le 3 + 3 \le 3c - 3$ for $c = 3$.

# %%
prove(per_layer, once, given=[four_divides_n])

# %% [markdown]
# It is the exception. Among all layers that are padded by $p$ on both sides and halve an even
# length, $c = 2p + 1$ or $c = 2p + 2$, and for $4 \mid n$, the two ways of padding agree exactly if
# $c \le p + 2$. That leaves $p = 0$ with one tap or two, where nothing is padded, and $p = 1$ with
# three taps.

# %%
halving = Or(Eq(c, 2 * p + 1), Eq(c, 2 * p + 2))
each_is_once = Claim(
    each,
    x.pad(3 * p, 3 * p).correlate(k.convolve(k.dilate(2)), stride=4),
    given=[four_divides_n, halving],
)
agree = each_is_once.condition()
assert Claim(agree, c <= p + 2, given=[halving]).prove()
assert Claim(agree, Or(Eq(p, 0), And(Eq(p, 1), Eq(c, 3))), given=[halving]).prove()
agree

# %% [markdown]
# ## SAME padding
#
# TensorFlow's SAME padding (`tf.nn.convolution`) chooses the zeros by the length of the input: as
# few as are needed for $\lceil n/s \rceil$ outputs, the smaller half of them on the left. For three
# taps, stride 2 and even $n$ that is none on the left and one on the right. The second layer's zero
# counts twice, and for $4 \mid n$ two such layers are one layer with 0 and $1 + 2 \cdot 1 = 3$
# zeros. The theorem allows this, as $p = 0$, $\rho = 0$ and $3 + \rho \le r + s = 1 + 2$. For other
# $n$ the two SAME layers never equal this layer.
#
# A SAME layer with the seven taps of $k_4$ and stride 4, for $4 \mid n$, puts one zero on the left
# and two on the right. It is another layer: the two SAME layers equal it exactly if
# $n \bmod 4 = 1$. To merge SAME layers, one has to make their padding explicit.

# %%
same = x.pad_same(3, stride=2).correlate(k3, stride=2).pad_same(3, stride=2).correlate(k3, stride=2)
explicit = Claim(same, x.pad(0, 3).correlate(k4, stride=4)).condition()
assert explicit == four_divides_n

prove(x.pad_same(3, stride=2), x.pad(0, 1), given=[Eq(Mod(n, 2), 0)])
prove(x.pad_same(7, stride=4), x.pad(1, 2), given=[four_divides_n])

same_once = Claim(same, x.pad_same(7, stride=4).correlate(k4, stride=4)).condition()
assert same_once == Eq(Mod(n, 4), 1)
same_once

# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (one layer). A layer with $c$ taps has stride 3, and $3 \mid n$. For which
# paddings does it have exactly $n/3$ outputs? Write the condition on $l$, $r$ and $c$ as a SymPy
# condition `third`.

# %% [markdown] tags=["hint"]
# The layer has $\lfloor (n + l + r - c)/3 \rfloor + 1$ outputs. As $3 \mid n$, the number $n/3$
# comes out of the floor. Which values may $l + r - c$ have, then?

# %%
thirds = Claim(padded.correlate(k, stride=3).length, n / 3, given=[Eq(Mod(n, 3), 0)])
### BEGIN SOLUTION
third = And(c - 3 <= l + r, l + r <= c - 1)
### END SOLUTION
check(third, thirds)

# %% [markdown]
# **Exercise 2** (half the kernel). A layer of stride 1 with an odd number of taps keeps the length
# if its input is padded by $\lfloor c/2 \rfloor$ on both sides. Pad so once before two stride-2
# layers, with $4 \mid n$. For which $c$ are there exactly $n/4$ outputs? Write the condition
# `right_for`.

# %% [markdown] tags=["hint"]
# The condition for exactly $n/4$ outputs is above. What is $l + r = 2\lfloor c/2 \rfloor$ for
# even $c$, and for odd $c$? Few $c$ are left; try each of them.

# %%
centred = x.pad(floor(c / 2), floor(c / 2))
centred_length = centred.correlate(k, stride=2).correlate(k, stride=2).length
### BEGIN SOLUTION
# 2⌊c/2⌋ is c or c − 1, and 3c − 6 ≤ c gives c ≤ 3; but for c = 3 it is 2 and not 3.
right_for = c <= 2
### END SOLUTION
check(right_for, Claim(centred_length, n / 4, given=[four_divides_n]))

# %% [markdown]
# **Exercise 3** (three layers). Three stride-2 layers with one kernel of $c$ taps, padded once,
# and $8 \mid n$: for which paddings are there exactly $n/8$ outputs? Write the condition `eighth`.
# How does it follow from the condition for one layer?

# %% [markdown] tags=["hint"]
# Exercise 1, with $s$ in place of 3, says for which paddings one layer makes $n/s$ outputs. With
# which stride and how many taps does one layer make as many outputs as the three?

# %%
three_layers = two_layers.correlate(k, stride=2)
### BEGIN SOLUTION
# One layer with C taps and stride s gives n/s outputs iff C − s ≤ l + r ≤ C − 1.  Three layers
# are as long as one with stride 8 and C = c + 2(c − 1) + 4(c − 1) = 7c − 6 taps.
eighth = And(7 * c - 14 <= l + r, l + r <= 7 * c - 7)
### END SOLUTION
check(eighth, Claim(three_layers.length, n / 8, given=[Eq(Mod(n, 8), 0)]))

# %% [markdown]
# **Exercise 4** (causal layers). Two layers of stride 1 are padded on the left only: the input by
# $l$ zeros, the first layer's output by $p$. Both layers have outputs, as the hypotheses below say.
# When are they equal to one layer on the input padded by $l + p$? Write the condition `causal`. Is
# it satisfied if both layers preserve the length?

# %% [markdown] tags=["hint"]
# The theorem on padding between the layers has a condition for each end. Put in $s = 1$ and
# $q = 0$. With which $l$ does the first layer preserve the length?

# %%
causal_layers = Claim(
    x.pad(l, 0).correlate(k).pad(p, 0).correlate(h),
    x.pad(l + p, 0).correlate(k.convolve(h)),
    given=[n + l >= c, n + l + p >= c + d - 1],
)
### BEGIN SOLUTION
# With s = 1 the theorem says so.  A layer preserves the length if l = c − 1: then it holds.
causal = Or(Eq(p, 0), c <= l + 1)
### END SOLUTION
check(causal, causal_layers)

# %% [markdown]
# **Exercise 5** (nested ceilings). Prove that
# $\lceil \lceil a/s \rceil / t \rceil = \lceil a/(s\,t) \rceil$ for all integers $a$ and
# $s, t \ge 1$. Which fact about subsampling does it state?

# %% [markdown] tags=["hint"]
# Two integers are equal if the same integers are greater than or equal to them. When is
# $\lceil y \rceil \le m$, for an integer $m$? Use this from the outside to the inside.

# %% [markdown] tags=["solution"]
# An integer $m$ satisfies $\lceil y \rceil \le m$ exactly when $y \le m$. So
# $\lceil \lceil a/s \rceil / t \rceil \le m$ means $\lceil a/s \rceil \le t\,m$, that is,
# $a/s \le t\,m$, because $t\,m$ is an integer, that is, $a/(s\,t) \le m$. Two integers with the
# same integers above them are equal.
#
# $\downarrow_s$ makes $\lceil n/s \rceil$ of $n$ entries: the identity says that $\downarrow_s$
# and then $\downarrow_t$ leave as many entries as $\downarrow_{st}$.

# %% tags=["solution"]
prove(ceiling(ceiling(a / s) / t), ceiling(a / (s * t)))

# %% [markdown]
# **Exercise 6** (full padding). The input is padded by $c - 1$ zeros on both sides, so that the
# first window of the first layer meets $x$ in $x[0]$ alone. Show that then padding between the
# layers, by any $p$ and $q$, is the same as padding once, for every stride $s$ of the first layer.
# What does this say about full convolutions?

# %% [markdown] tags=["hint"]
# Put $l = r = c - 1$ into the condition of the theorem. What is the greatest value that $\rho$
# may have?

# %% [markdown] tags=["solution"]
# With $l = r = c - 1$ the theorem asks for $c \le c - 1 + s$, which is true as $s \ge 1$, and for
# $c + \rho \le c - 1 + s$, which is true as $\rho \le s - 1$. And $n + l + r \ge c$, as
# $n \ge 1$ and $2(c - 1) \ge c - 1$. So the formula continued is zero beyond both ends: the layer
# has every window that meets $x$.
#
# A full convolution is a layer with the flipped kernel on an input padded in this way: beyond its
# ends the formula is zero as well, and the zeros by definition are no change. So full convolutions
# may be composed without a thought for their ends, as sequences on all the integers may.

# %% tags=["solution"]
full = x.pad(c - 1, c - 1).correlate(k, stride=s).pad(p, q)
prove(full, x.pad(c - 1 + s * p, c - 1 + s * q).correlate(k, stride=s))

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
# # Which stride-4 layers are two stride-2 layers?
#
# Two stride-2 layers with one kernel $k$ of length $c$ are one stride-4 layer with the kernel
# $k_4 = k * (k\uparrow_2)$ of length $3c - 2$. Two questions remain.
#
# - Is $k_4$ the only kernel that does it? It is, and one impulse shows each of its taps.
# - Which kernels of a stride-4 layer arise in this way? Not all of them can, since $3c - 2$ taps
#   are more than $c$. For $c = 2$ and $c = 3$ we find the conditions on the taps; for any $c$, a
#   short recursion finds $k$, or shows that there is none.
#
# **Conventions.** A layer does not flip its kernel. Entries are counted from 0, and an entry
# outside a signal's range is 0. A ring is commutative and has a 1.

# %%
from collections import Counter
from fractions import Fraction
from itertools import product
from math import isqrt
from random import Random

from sympy import And, Eq, I, Mod, Not, S, expand, factor, groebner, symbols

from symconv import Claim, Refuted, Signal, diagrams, explore, integers, solve
from symconv.exercises import check

n, c, d = integers("n c d", positive=True)
l, r, t, q = integers("l r t q", nonnegative=True)
u = integers("u")

x, k = Signal("x", n), Signal("k", c)
k4 = k.convolve(k.dilate(2))


def two_layers(signal):
    """Two stride-2 layers with the kernel k."""
    return signal.correlate(k, stride=2).correlate(k, stride=2)


# %% [markdown]
# ## Only one kernel does it
#
# **Theorem 1.** Let $k$ have $c$ taps and $g$ have $d$ taps in a ring. If the stride-4 layer
# with $g$ gives what the two stride-2 layers with $k$ give, for every $n$ and every input of
# length $n$, then $d = 3c - 2$ and $g = k_4$.
#
# *The length.* The two layers make one output of an input of length $3c - 2$ and none of a
# shorter one, as $k_4$ does. With $d > 3c - 2$ taps, the one layer makes no output of an input
# of length $3c - 2$; with $d < 3c - 2$ it makes one of an input of length $d$. So $d = 3c - 2$.
# For padded inputs symconv finds the same: the numbers of outputs agree for all $n$, $l$ and $r$
# exactly when

# %%
padded = x.pad(l, r)
any_kernel = Signal("g", d)
same_length = Claim(padded.correlate(any_kernel, stride=4).length, two_layers(padded).length)
same_length.condition(for_all=[n, l, r])

# %%
assert same_length.condition(for_all=[n, l, r]) == Eq(d, 3 * c - 2)

# %% [markdown]
# *The taps.* An input of length $3c - 2$ has one output, $\sum_t g[t]\,x[t]$. For the impulse
# $\delta_t$, whose entry is 1 at $t$ and 0 elsewhere, that is the tap $g[t]$. The two layers
# make $k_4[t]$ of it. So $g[t] = k_4[t]$, for each $t$.
#
# In symconv the place $t$ is one more symbol, the impulse is the signal $\delta$ of length 1 in
# its padding, and the signal that consists of $g[t]$ alone is $g$ with all other taps cropped
# off.

# %%
g = Signal("g", 3 * c - 2)
impulse = Signal.delta().pad(t, 3 * c - 3 - t)
inside = [t <= 3 * c - 3]


def only_tap(signal):
    """The signal of length 1 with the tap t of a signal of length 3c − 2."""
    return signal.pad(-t, -(3 * c - 3 - t))


reads_g = Claim(impulse.correlate(g, stride=4), only_tap(g), given=inside).prove()
reads_k4 = Claim(two_layers(impulse), only_tap(k4), given=inside).prove()
print(reads_g)
print(reads_k4)
assert reads_g
assert reads_k4

# %% [markdown]
# Asked for the kernel, symconv finds it with its length, for padded inputs too, and says that it
# is the only one:

# %%
only = solve(two_layers(padded), lambda K: padded.correlate(K, stride=4))
print(only)
assert only.kernel is k4
assert only.is_unique

# %% [markdown]
# The inputs above have entries 0 and 1, and nothing else about the ring was used. So the theorem
# holds over every ring, for each kernel $k$, and also for layers that are never fed anything but
# non-negative inputs.
#
# A longer kernel is not equivalent even if all that it adds are zeros at its end, for it makes
# fewer outputs of some inputs:

# %%
zero_at_the_end = Claim(x.correlate(k4.pad(0, 1), stride=4), two_layers(x)).prove()
print(zero_at_the_end)
assert isinstance(zero_at_the_end, Refuted)

# %%
explore(Claim(x.correlate(k4.pad(0, 1), stride=4), two_layers(x)), n=11, c=2)

# %% [markdown]
# Nor does any other kernel with one tap more:

# %%
longer = solve(two_layers(x), lambda K: x.correlate(K, stride=4), shape=3 * c - 1)
print(longer)
assert longer.exists is False

# %% [markdown]
# ## Which inputs are enough
#
# Theorem 1 asks for agreement on inputs of every length. Suppose that $g$ has $3c - 2$ taps, and
# that the layers were compared on inputs of one length $n$ only, padded by $l$ and $r$. Which
# taps have then been compared? Output $u$ multiplies the tap $g[t]$ with $x_p[4u + t]$, which is
# an entry of the input when $l \le 4u + t < l + n$, and padding otherwise. Say that a tap is
# *seen* if it meets an entry of the input in some output; about other taps the comparison says
# nothing. In the picture, with four taps, $n = 4$, $l = 1$ and $r = 2$, the tap $g[0]$ meets a
# zero of the padding in the only output. One more zero on the right would make a second output,
# which multiplies $g[0]$ with $x[3]$.

# %%
diagrams.network(padded.correlate(g, stride=4), n=4, c=2, l=1, r=2)

# %% [markdown]
# A kernel whose only tap is $e$, at the place $t$, gives zeros for every input exactly when the
# tap $t$ is not seen. The condition for this is found first; then the condition under which it
# is false for all $t$.

# %%
e = Signal("e", 1)
answer = padded.correlate(e.pad(t, 3 * c - 3 - t), stride=4)
unseen = Claim(answer, 0 * answer, given=inside).condition()
all_seen = Claim(Not(unseen), S.true, given=inside).condition(for_all=[t])
all_seen

# %% [markdown]
# For $n \le 3$ the taps with $t \equiv l + n \bmod 4$ are never seen, so only $c = 1$ remains.
# For $n \ge 4$ the condition can be written with $-l \bmod 4$, the distance from $l$ to the next
# multiple of 4: every tap is seen exactly when
#
# $$l + n \ge 3c - 2 \quad \text{and} \quad n + r \ge 3c - 2 + (-l \bmod 4).$$
#
# *Necessary.* The last tap, $t = 3c - 3$, is seen only if $4u + 3c - 3 < l + n$ for some
# $u \ge 0$. This gives the first condition. The tap $g[0]$ is seen only if $4u \ge l$, that is
# $4u \ge l + (-l \bmod 4)$, for an output $u$ that exists: $4u + 3c - 2 \le l + n + r$. This
# gives the second.
#
# *Sufficient.* Let $4v = l + (-l \bmod 4)$ be the first multiple of 4 that is not below $l$. By
# the second condition output $v$ exists, and with it the outputs before it. Given $t$, take the
# smallest $u \ge 0$ with $4u + t \ge l$; then $u \le v$, so this output exists. If $u = 0$, then
# $4u + t = t \le 3c - 3 < l + n$ by the first condition. If $u > 0$, then
# $4u + t \le l + 3 < l + n$, because $n \ge 4$. In both cases $g[t]$ meets an entry of the
# input.

# %%
by_hand = And(l + n >= 3 * c - 2, n + r >= 3 * c - 2 + Mod(-l, 4))
for_few_entries = Claim(all_seen, S.false, given=[n <= 3, c >= 2]).prove()
for_four_or_more = Claim(all_seen, by_hand, given=[n >= 4]).prove()
print(for_few_entries)
print(for_four_or_more)
assert for_few_entries
assert for_four_or_more

# %% [markdown]
# Without padding, one length $n \ge 3c - 2$ suffices: output 0 sees all taps. Below $3c - 2$
# there is no output. With padding, every $n \ge 3c + 1$ suffices whatever $l$ and $r$ are, since
# $-l \bmod 4$ is at most 3; and a smaller $n$ does not suffice for all $l$ and $r$:

# %%
unpadded = Claim(all_seen.subs({l: 0, r: 0}), n >= 3 * c - 2).prove()
print(unpadded)
every_padding = Claim(all_seen, S.true).condition(for_all=[l, r])
every_padding

# %%
assert unpadded
assert every_padding == (n >= 3 * c + 1)

# %% [markdown]
# ## Kernels as polynomials
#
# For the converse question, write a kernel as the polynomial $k(z) = \sum_i k[i]\,z^i$. A
# convolution of kernels is a product of polynomials, and the taps of $k\uparrow_2$ stand at the
# even powers, $(k\uparrow_2)(z) = \sum_i k[i]\,z^{2i} = k(z^2)$. So the question is which
# polynomials $g$ factor as
#
# $$g(z) = k(z)\,k(z^2), \qquad g[t] = \sum_{2i + j = t} k[i]\,k[j].$$

# %%
alpha, beta, gamma = symbols("alpha beta gamma")


def composed(kernel):
    """The taps of k ∗ (k ↑2): k[i]·k[j] is added to tap 2i + j."""
    taps = [0] * (3 * len(kernel) - 2)
    for i, left in enumerate(kernel):
        for j, right in enumerate(kernel):
            taps[2 * i + j] += left * right
    return taps


for kernel in [alpha, beta], [alpha, beta, gamma]:
    assert composed(kernel) == k4.evaluate(k=kernel)
    print(kernel, "->", composed(kernel))

# %% [markdown]
# ### At most two solutions
#
# With $k$ also $-k$ is a solution. There is no other one over an *integral domain*, a ring in
# which a product is 0 only if a factor is, such as $\mathbb{Z}$ or any field.
#
# **Theorem 2.** Let $k$ and $h$ be kernels over an integral domain. If
# $k(z)\,k(z^2) = h(z)\,h(z^2)$, then $h = k$ or $h = -k$.
#
# *Proof.* Call the index of the first tap that is not 0 the *order*. In an integral domain the
# orders add up in a product, and the first taps multiply. If one of the two sides is 0, then
# $k = h = 0$. Otherwise let $k$ have order $m$. The left side has order $m + 2m = 3m$ and starts
# with $k[m]^2$. So $h$ has order $m$, too, and $h[m]^2 = k[m]^2$, that is
# $(h[m] - k[m])(h[m] + k[m]) = 0$. Replace $h$ by $-h$ if necessary: then $h[m] = k[m]$. Now
# suppose that $f = h - k$ is not 0. Its order $p$ is greater than $m$, and
#
# $$h(z)\,h(z^2) - k(z)\,k(z^2) = f(z)\,h(z^2) + k(z)\,f(z^2).$$
#
# The first product on the right has order $p + 2m$, the second $m + 2p$, which is greater. So
# the right side has the tap $f[p]\,h[m] \ne 0$ at $p + 2m$ and is not 0: a contradiction.
#
# To see the theorem at work, take all kernels of two taps over the integers modulo $M$, and
# count the different $g$ that they give, and how many kernels share one $g$ at most. For a prime
# $M$ the integers modulo $M$ are a field. If it is odd, $k$ and $-k$ differ unless $k = 0$, and
# the $M^2$ kernels give $(M^2 + 1)/2$ different $g$.

# %%
for modulus in 2, 3, 5, 7, 8:
    kernels = list(product(range(modulus), repeat=2))
    found = Counter(tuple(tap % modulus for tap in composed(kernel)) for kernel in kernels)
    most = max(found.values())
    print(f"mod {modulus}: {len(kernels)} kernels, {len(found)} different g, at most {most} to one")
    if modulus in (3, 5, 7):
        assert len(found) == (modulus**2 + 1) // 2
        assert most == 2

# %% [markdown]
# Modulo 2, $-k = k$. The integers modulo 8 are no integral domain: $(3 - 1)(3 + 1) = 0$ there,
# so that $3^2 = 1$, and the kernels $(1, 0)$ and $(3, 0)$ give the same $g$.

# %% [markdown]
# ## Two taps
#
# Let $k = (\alpha, \beta)$. Then $g = (\alpha^2, \alpha\beta, \alpha\beta, \beta^2)$: the two
# middle taps are equal, and their square is the product of the outer two. Conversely:
#
# **Theorem 3.** Over an integral domain, $g = (g[0], \ldots, g[3])$ is $k * (k\uparrow_2)$ for
# some $k$ of two taps exactly when
#
# 1. $g[1] = g[2]$,
# 2. $g[1]^2 = g[0]\,g[3]$,
# 3. $g[0]$ and $g[3]$ are squares.
#
# *Proof.* The conditions are necessary. Let them hold, with $g[0] = \alpha^2$ and
# $g[3] = \beta^2$. By 2, $(g[1] - \alpha\beta)(g[1] + \alpha\beta) = 0$, so $g[1] = \alpha\beta$
# or $g[1] = -\alpha\beta$; in the second case replace $\beta$ by $-\beta$. Then $g$ is the
# kernel of $(\alpha, \beta)$.
#
# Over $\mathbb{C}$ condition 3 says nothing. Over $\mathbb{R}$ it says $g[0] \ge 0$ and
# $g[3] \ge 0$. Over $\mathbb{R}$, $\mathbb{Q}$ and $\mathbb{Z}$ only one of the two needs to be
# asked for:
#
# | taps | condition 3 | $k$, up to sign |
# | --- | --- | --- |
# | $g[0] \ne 0$ | $g[0] = \alpha^2$ | $(\alpha, g[1]/\alpha)$ |
# | $g[0] = 0$, then $g[1] = g[2] = 0$ | $g[3] = \beta^2$ | $(0, \beta)$ |
#
# In the first row $g[3] = (g[1]/\alpha)^2$ is a square by itself; over $\mathbb{Z}$ too, because
# $\alpha$ divides $g[1]$ if $\alpha^2$ divides $g[1]^2$. By Theorem 2, $g = 0$ has one solution,
# and every other $g$ has two or none.
#
# We compare the theorem with brute force, for all $9^4$ kernels $g$ with integer taps from $-4$
# to $4$. A $k$ for one of them has taps from $-2$ to $2$, because their squares are taps of $g$.
# There are 25 such $k$, and so $(25 + 1)/2 = 13$ different $g$.


# %%
def is_square(number):
    """Whether an integer is the square of an integer."""
    return number >= 0 and isqrt(number) ** 2 == number


def comes_from_two_taps(g):
    """The conditions of Theorem 3, over the integers."""
    return g[1] == g[2] and g[1] ** 2 == g[0] * g[3] and is_square(g[0]) and is_square(g[3])


by_conditions = {g for g in product(range(-4, 5), repeat=4) if comes_from_two_taps(g)}
by_brute_force = {tuple(composed(k)) for k in product(range(-2, 3), repeat=2)}
print(len(by_conditions), "of", 9**4)
assert by_conditions == by_brute_force

# %% [markdown]
# Over $\mathbb{R}$ these $g$ form a surface in the space where $g[1] = g[2]$. With the
# coordinates
#
# $$X = \frac{g[0] - g[3]}{2}, \quad Y = g[1], \quad Z = \frac{g[0] + g[3]}{2},$$
#
# condition 2 is $X^2 + Y^2 = Z^2$, a circular cone, and condition 3 chooses its upper half,
# $Z \ge 0$. With the imaginary unit $i$ we have $2(X + iY) = (\alpha + i\beta)^2$: seen from
# above, the point $(\alpha, \beta)$ is mapped to one at twice its angle. A half turn takes $k$
# to $-k$, and $g$ once around the cone.

# %%
g0, g1, _, g3 = composed([alpha, beta])
X, Y, Z = (g0 - g3) / 2, g1, (g0 + g3) / 2
assert expand(X**2 + Y**2 - Z**2) == 0
assert expand(2 * (X + I * Y) - (alpha + I * beta) ** 2) == 0

# %% [markdown]
# ## Three taps
#
# Let $k = (\alpha, \beta, \gamma)$. Then $g$ is
#
# $$(\alpha^2, \quad \alpha\beta, \quad \alpha\beta + \alpha\gamma, \quad \beta^2, \quad
# \alpha\gamma + \beta\gamma, \quad \beta\gamma, \quad \gamma^2).$$
#
# In long multiplication, each row of the picture is $k$ times one tap of $k\uparrow_2$. Two of
# the seven columns hold two products.

# %%
diagrams.products(k4, c=3)

# %% [markdown]
# The three squares are taps of $g$, and so are $\alpha\beta$ and $\beta\gamma$. The third
# product of two different taps is a difference of taps, in two ways:
# $\alpha\gamma = g[2] - g[1] = g[4] - g[5]$. Call it $w$. So all products can be read off from
# $g$, and they make up a matrix:
#
# $$\begin{pmatrix} g[0] & g[1] & w \\ g[1] & g[3] & g[5] \\ w & g[5] & g[6] \end{pmatrix} =
# \begin{pmatrix} \alpha \\ \beta \\ \gamma \end{pmatrix}
# \begin{pmatrix} \alpha & \beta & \gamma \end{pmatrix}.$$
#
# A column times a row has rank 0 or 1, so the minors of size 2 of this matrix are 0. It turns
# out that four of them are enough:
#
# **Theorem 4.** Over an integral domain, $g = (g[0], \ldots, g[6])$ is $k * (k\uparrow_2)$ for
# some $k$ of three taps exactly when, with $w = g[2] - g[1]$,
#
# 1. $w = g[4] - g[5]$,
# 2. $g[1]^2 = g[0]\,g[3]$, $\quad w^2 = g[0]\,g[6]$, $\quad g[5]^2 = g[3]\,g[6]$,
#    $\quad g[0]\,g[5] = g[1]\,w$,
# 3. $g[0]$, $g[3]$ and $g[6]$ are squares.
#
# *Proof.* The conditions are necessary. Let them hold, with $g[0] = \alpha^2$, $g[3] = \beta^2$,
# $g[6] = \gamma^2$. By 2, $g[1]$ is $\alpha\beta$ or $-\alpha\beta$, $w$ is $\alpha\gamma$ or
# $-\alpha\gamma$, and $g[5]$ is $\beta\gamma$ or $-\beta\gamma$. We may still change the signs
# of $\beta$ and $\gamma$.
#
# If $\alpha \ne 0$, choose them so that $g[1] = \alpha\beta$ and $w = \alpha\gamma$. The last
# equation of 2 says $\alpha^2 g[5] = \alpha^2 \beta\gamma$, and so $g[5] = \beta\gamma$.
#
# If $\alpha = 0$, then $g[1] = w = 0$ whatever the signs; choose that of $\gamma$ so that
# $g[5] = \beta\gamma$.
#
# In both cases $g[2] = g[1] + w$ and, by 1, $g[4] = g[5] + w$ are the taps they should be.
#
# Over $\mathbb{C}$ condition 3 says nothing, over $\mathbb{R}$ it says that these three taps are
# not negative. Over $\mathbb{R}$, $\mathbb{Q}$ and $\mathbb{Z}$ it is enough to ask it of the
# first one that is not 0:
#
# | taps | condition 3 | $k$, up to sign |
# | --- | --- | --- |
# | $g[0] \ne 0$ | $g[0] = \alpha^2$ | $(\alpha, g[1]/\alpha, w/\alpha)$ |
# | $g[0] = 0$, $g[3] \ne 0$ | $g[3] = \beta^2$ | $(0, \beta, g[5]/\beta)$ |
# | $g[0] = g[3] = 0$ | $g[6] = \gamma^2$ | $(0, 0, \gamma)$ |
#
# In the second row condition 2 makes $g[1] = w = 0$, so $g$ is three zeros and then four taps as
# in Theorem 3; in the third row $g[5] = 0$ as well, and only $g[6]$ is left.
#
# We compare with brute force again. Condition 1 leaves six free integers, $g[0]$, $g[1]$,
# $g[3]$, $g[5]$, $g[6]$ and $w$. Of the $9^6$ kernels for which they lie between $-4$ and $4$,
# the other conditions leave those that come from one of the 125 kernels $k$ with taps from $-2$
# to $2$: $(125 + 1)/2 = 63$.


# %%
def comes_from_three_taps(g):
    """The conditions of Theorem 4, over the integers."""
    w = g[2] - g[1]
    return (
        w == g[4] - g[5]
        and g[1] ** 2 == g[0] * g[3]
        and w**2 == g[0] * g[6]
        and g[5] ** 2 == g[3] * g[6]
        and g[0] * g[5] == g[1] * w
        and all(map(is_square, (g[0], g[3], g[6])))
    )


box = (
    (g0, g1, g1 + w, g3, g5 + w, g5, g6)
    for g0, g1, w, g3, g5, g6 in product(range(-4, 5), repeat=6)
)
by_conditions = set(filter(comes_from_three_taps, box))
by_brute_force = {tuple(composed(k)) for k in product(range(-2, 3), repeat=3)}
print(len(by_conditions), "of", 9**6)
assert by_conditions == by_brute_force

# %% [markdown]
# ### Every polynomial relation
#
# The symmetric matrix has six different minors of size 2. The two that condition 2 does not use,
# $g[3]\,w - g[1]\,g[5]$ and $g[1]\,g[6] - w\,g[5]$, vanish as well, but they are no polynomial
# combinations of condition 1 and the other four. With them the list of equations is complete:
# every polynomial with rational coefficients that vanishes on the seven taps, for all $\alpha$,
# $\beta$ and $\gamma$, is a combination of condition 1 and the six minors. To see this, take a
# Gröbner basis of the seven equations between $g[t]$ and $\alpha, \beta, \gamma$, in an order
# that puts $\alpha, \beta, \gamma$ first. The members of the basis that do not contain them
# generate all such polynomials. Two ideals are equal when their reduced bases are.

# %%
taps = symbols("g0:7")
g0, g1, g2, g3, g4, g5, g6 = taps
w = g2 - g1
linear = w - (g4 - g5)
four = [g1**2 - g0 * g3, w**2 - g0 * g6, g5**2 - g3 * g6, g0 * g5 - g1 * w]
other_two = [g3 * w - g1 * g5, g1 * g6 - w * g5]

kernel = [alpha, beta, gamma]
graph = [tap - value for tap, value in zip(taps, composed(kernel), strict=True)]
eliminated = [p for p in groebner(graph, *kernel, *taps) if not p.has(*kernel)]


def ideal(polynomials):
    """The reduced Gröbner basis, which is the same for the same ideal."""
    return groebner(polynomials, *taps, order="grevlex")


assert ideal(eliminated) == ideal([linear, *four, *other_two])
only_four = ideal([linear, *four])
print([only_four.contains(p) for p in other_two])

# %%
assert not any(only_four.contains(p) for p in other_two)

# %% [markdown]
# So no equation can take the place of condition 3 over $\mathbb{R}$: where these equations hold
# for $g$ they hold for $-g$, but if $g \ne 0$ comes from a real kernel, $-g$ does not.
#
# For $c = 4$ not all products can be read off in this way: $k[0]\,k[3]$ shares column 3 with
# $k[1]^2$ and column 6 with $k[2]^2$, and neither square is in another column.

# %%
diagrams.products(k4, c=4)

# %% [markdown]
# So for more taps we do not look for the products, but for the kernel itself.

# %% [markdown]
# ## Any number of taps
#
# Let $g = k * (k\uparrow_2)$ be different from 0, over an integral domain. If $k$ has order $m$,
# then $g$ has order $3m$ and $g[3m] = k[m]^2$. This gives $k[m]$ up to its sign. The other taps
# follow, one by one.
#
# **Theorem 5.** For $m < p < c$,
#
# $$k[m]\,k[p] = g[2m + p] - \sum_{i = m+1}^{\lfloor (m+p)/2 \rfloor} k[i]\,k[2m + p - 2i],$$
#
# and every tap in the sum has an index below $p$.
#
# *Proof.* $g[2m + p]$ is the sum of $k[i]\,k[j]$ over $2i + j = 2m + p$, where only $i, j \ge m$
# matter. For $i = m$ we have $j = p$. For $i > m$ we have $j \le p - 2$; and $j \ge m$ says
# $2i \le m + p$, so $i < p$.
#
# The recursion uses only the taps of $g$ from $3m$ to $2m + c - 1$. What it yields is the only
# candidate up to sign, and composing it decides whether it is a solution.
#
# The function below takes integers or fractions and works over $\mathbb{Q}$, exactly. Of the two
# solutions it returns the one whose first tap that is not 0 is positive, and `None` if there is
# none. There is none if the length of $g$ is not $3c - 2$ for any $c$, or if the number of its
# leading zeros is not a multiple of 3. The zero kernel comes from the zero kernel.


# %%
def rational_root(number):
    """The non-negative square root of a fraction, or None if that is not a fraction."""
    if number < 0:
        return None
    # In lowest terms, so that it is a square only if both parts are.
    root = Fraction(isqrt(number.numerator), isqrt(number.denominator))
    return root if root**2 == number else None


def two_layer_kernel(taps):
    """The k over the rationals with k ∗ (k ↑2) equal to the taps, or None if there is none."""
    g = list(map(Fraction, taps))
    c, left_over = divmod(len(g) + 2, 3)
    if left_over:
        return None
    order = next((t for t, tap in enumerate(g) if tap), None)
    if order is None:
        return [Fraction(0)] * c
    m, left_over = divmod(order, 3)
    first = rational_root(g[order])
    if left_over or first is None:
        return None
    k = [Fraction(0)] * m + [first]
    for p in range(m + 1, c):
        known = sum(k[i] * k[2 * m + p - 2 * i] for i in range(m + 1, (m + p) // 2 + 1))
        k.append((g[2 * m + p] - known) / first)
    return k if composed(k) == g else None


# %%
for taps in (
    [1, 2, 3, 4, 3, 2, 1],
    [1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1],
    [0, 0, 0, 4, -6, -6, 9],
    [0, 4, 0, 0],
    [2, 2, 2, 2],
    [1, 1, 1, 1, 0],
    [0, 0, 0, 0],
):
    found = two_layer_kernel(taps)
    print(taps, "->", found and f"({', '.join(map(str, found))})")

# %% [markdown]
# The first one comes from the binomial filter $(1, 2, 1)$. That two layers with the kernel found
# are the one layer, for every input and every padding, can be proved separately:

# %%
given_taps = [1, 2, 3, 4, 3, 2, 1]
found = Signal.taps(*two_layer_kernel(given_taps))
verdict = Claim(
    padded.correlate(found, stride=2).correlate(found, stride=2),
    padded.correlate(Signal.taps(*given_taps), stride=4),
).prove()
print(verdict)
assert verdict

# %% [markdown]
# ### Tests
#
# Kernels of random fractions, many of them 0, are recovered up to their sign:

# %%
random = Random(4)


def random_kernel():
    """One to six taps, each a fraction and often 0."""
    size = random.randint(1, 6)
    return [
        random.choice([0, 1, 1]) * Fraction(random.randint(-5, 5), random.randint(1, 4))
        for _ in range(size)
    ]


for _ in range(1000):
    kernel = random_kernel()
    assert two_layer_kernel(composed(kernel)) in (kernel, [-tap for tap in kernel])

# %% [markdown]
# If one tap of such a $g$ is changed by 1, there is no solution any more, unless at most one tap
# is different from 0 afterwards. (Why that is so is Exercise 5.)

# %%
outcomes = Counter()
for _ in range(1000):
    taps = composed(random_kernel())
    taps[random.randrange(len(taps))] += random.choice([-1, 1])
    found = two_layer_kernel(taps)
    outcomes["none" if found is None else "found"] += 1
    assert found is None or sum(map(bool, taps)) <= 1
print(dict(outcomes))

# %% [markdown]
# For integer kernels $g$, brute force over integer $k$ finds all rational $k$. The reason is the
# *content*, the greatest common divisor of the taps, also of rational ones: the positive
# generator of the group of their integer combinations. By Gauss's lemma the content of a product
# is the product of the contents. $k(z)$ and $k(z^2)$ have the same content, so its square is the
# content of $g$, an integer; and a rational number whose square is an integer is an integer.
#
# All $g$ with integer taps in a box, which for three taps is chosen such that $k$ has taps $-1$,
# 0 and 1 only:

# %%
boxes = {
    2: product(range(-4, 5), repeat=4),
    3: product(*(range(-2, 3) if t in (2, 4) else range(-1, 2) for t in range(7))),
}
for size, largest in (2, 2), (3, 1):
    entries = range(-largest, largest + 1)
    by_brute_force = {tuple(composed(kernel)) for kernel in product(entries, repeat=size)}
    tried = list(boxes[size])
    by_recursion = {taps for taps in tried if two_layer_kernel(taps) is not None}
    print(f"c = {size}: {len(by_recursion)} of {len(tried)}")
    assert by_recursion == by_brute_force

# %% [markdown]
# ### Cost
#
# The sum in Theorem 5 has $\lfloor (p - m)/2 \rfloor$ terms. So the recursion takes about
# $c^2/4$ multiplications, at most $c - 1$ divisions, and one square root; composing takes $c^2$
# multiplications.
#
# ### Real kernels
#
# A rational $g$ may come from a real kernel and from no rational one. An example is
# $(2, 2, 2, 2)$, which comes from $\lambda\,(1, 1)$ with $\lambda^2 = 2$. Only the square root
# stands in the way:
#
# **Theorem 6.** A rational $g \ne 0$ of order $3m$ comes from a real kernel exactly when
# $g[3m] > 0$ and $g/g[3m]$ comes from a rational kernel.
#
# *Proof.* If $g = k * (k\uparrow_2)$ with a real $k$, then $g[3m] = k[m]^2 > 0$, and $g/g[3m]$
# comes from $\rho = k/k[m]$. As $\rho[m] = 1$, Theorem 5 computes the taps of $\rho$ from those
# of $g/g[3m]$ by additions and multiplications, so they are rational. Conversely, if $g/g[3m]$
# comes from $\rho$ and $g[3m] = \lambda^2$ with a real $\lambda$, then $g$ comes from
# $\lambda\rho$.

# %%
assert two_layer_kernel([2, 2, 2, 2]) is None
assert two_layer_kernel([1, 1, 1, 1]) == [1, 1]

# %% [markdown]
# ## How many stride-4 layers are two stride-2 layers?
#
# Theorem 5 also says how much freedom there is. If $g[0] \ne 0$, then $m = 0$, and the recursion
# uses the first $c$ taps only. They may be anything, as long as $g[0]$ is a square; the other
# $2c - 2$ taps are then determined. For $c = 3$, the taps in terms of the first three are these:

# %%
g0, g1, g2 = symbols("g0:3")
rho = [1, g1 / g0, g2 / g0 - g1 / g0]
determined = [factor(g0 * tap) for tap in composed(rho)]
determined

# %%
assert determined[:3] == [g0, g1, g2]

# %% [markdown]
# So over $\mathbb{R}$ the kernels that come from two layers are a set of dimension $c$ in the
# space of dimension $3c - 2$. For $c \ge 2$ this set has measure 0: each of its kernels has
# $g[0] = 0$ or satisfies an equation $g[0]^N g[c] = P(g[0], \ldots, g[c - 1])$ with a fixed $N$
# and a fixed polynomial $P$, and a polynomial that is not the zero polynomial vanishes only on a
# set of measure 0. A stride-4 layer with random taps from a continuous distribution is almost
# surely not two stride-2 layers with one kernel. Two such layers are a restriction, not another
# way of writing a stride-4 layer: they have $c$ parameters in place of $3c - 2$.

# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (the recursion by hand). The kernel $g = (4, -2, 4, 1, 3, -3, 9)$ of a stride-4
# layer comes from two stride-2 layers with one kernel. Find that kernel from $g[0]$, $g[1]$,
# $g[2]$ alone, without a computer, and write its taps as a list `k2`.

# %% [markdown] tags=["hint"]
# Write $g[0]$, $g[1]$ and $g[2]$ as sums of products of $k[0]$, $k[1]$ and $k[2]$. Choose a sign
# for $k[0]$; the others follow one by one.

# %%
target = Signal.taps(4, -2, 4, 1, 3, -3, 9)
### BEGIN SOLUTION
k2 = [2, -1, 3]  # 4 = 2², −2/2 = −1, (4 − (−1)·2)/2 = 3; or all three with the other sign
### END SOLUTION
layer = Signal.taps(*k2)
check(
    padded.correlate(layer, stride=2).correlate(layer, stride=2),
    padded.correlate(target, stride=4),
)

# %% [markdown]
# **Exercise 2** (one impulse, several outputs). The input of a stride-4 layer with the kernel
# $g$ of $3c - 2$ taps is a 1 at $q$, and 0 elsewhere. Which tap does output $u$ show? Write the
# answer as a formula `entry` in $u$ with `g[...]`, which is 0 outside the range of $g$. How many
# such inputs are needed to see all taps, however large $c$ is? Does one input suffice that has
# several entries 1?

# %% [markdown] tags=["hint"]
# Output $u$ multiplies the tap $t$ with the input at $4u + t$. For which $t$ is that the 1? What
# have all taps in common that one impulse shows? For the last question, keep the entries 1 far
# apart.

# %%
response = Signal.delta().pad(q, n).correlate(g, stride=4)
### BEGIN SOLUTION
entry = g[q - 4 * u]
### END SOLUTION
check(entry, response, index=u)

# %% [markdown] tags=["solution"]
# Output $u$ multiplies the tap $t$ with the input at $4u + t$, so it shows the tap $q - 4u$. One
# impulse shows only taps with $t \equiv q \bmod 4$, so four are needed as soon as $c \ge 2$.
# Four are enough: with $q = 3c - 3, 3c - 2, 3c - 1, 3c$, and an input so long that there is an
# output at $\lfloor q/4 \rfloor$, each tap with $t \equiv q \bmod 4$ is shown by the output
# $(q - t)/4$.
#
# One input suffices. It has four entries 1, at places that are different modulo 4 and so far
# apart that no output reads two of them: at least $3c - 2$ apart.

# %% [markdown]
# **Exercise 3** (one fixed padding). Let the padding be fixed, $4 \mid n$, and let the two
# layers make exactly $n/4$ outputs. Then a stride-4 layer need not have $3c - 2$ taps to make as
# many. For which numbers $d$ of taps does it make $n/4$ outputs? Write the condition on $d$, $l$
# and $r$ as `condition`. Why is $k_4$ still the only kernel, apart from zeros at its end, if $n$
# is large?

# %% [markdown] tags=["hint"]
# The layer has $\lfloor (n + l + r - d)/4 \rfloor + 1$ outputs, and $4 \mid n$. For the question,
# append zeros to the shorter one of the two kernels, and let an output see a single 1 of the
# input.

# %%
### BEGIN SOLUTION
condition = And(l + r + 1 <= d, d <= l + r + 4)
### END SOLUTION
quarter = Claim(
    padded.correlate(any_kernel, stride=4).length,
    n / 4,
    given=[Eq(Mod(n, 4), 0)],
)
check(condition, quarter)

# %% [markdown] tags=["solution"]
# The layer has $\lfloor (n + l + r - d)/4 \rfloor + 1$ outputs, and this is $n/4$ exactly when
# $-4 \le l + r - d \le -1$. Append zeros to the shorter one of $g$ and $k_4$ until both have the
# same length. The number of outputs stays $n/4$, because the new length is that of the other
# kernel; and zeros do not change the values of the outputs. Now every tap can be read off. Take
# an output $u$ with $4u \ge l$. If $n$ is large, everything that it reads is an entry of the
# input, and an impulse there makes output $u$ the tap at $t$, for any $t$ and on both sides. So
# the two kernels are now equal.

# %% [markdown]
# **Exercise 4** (two different kernels). Let the first layer have the kernel $k$ and the second
# $h$, of two taps each, over a field. Show that a stride-4 kernel $g$ of four taps is
# $k * (h\uparrow_2)$ for some $k$ and $h$ exactly when $g[0]\,g[3] = g[1]\,g[2]$. How many
# solutions are there? Why has the condition about squares gone?

# %% [markdown] tags=["hint"]
# Tap $2i + j$ of $g$ is $h[i]\,k[j]$. Write the four taps as a matrix with the row $i$ and the
# column $j$. When is a matrix a column times a row?

# %% [markdown] tags=["solution"]
# The tap $2i + j$ is $h[i]\,k[j]$, and each $t$ is $2i + j$ in one way:
#
# $$\begin{pmatrix} g[0] & g[1] \\ g[2] & g[3] \end{pmatrix} =
# \begin{pmatrix} h[0] \\ h[1] \end{pmatrix} \begin{pmatrix} k[0] & k[1] \end{pmatrix}.$$
#
# A product of a column and a row has determinant 0, which is the condition. Conversely, let the
# determinant be 0. If the first row is not 0, the second is $\lambda$ times the first, and
# $k = (g[0], g[1])$, $h = (1, \lambda)$ is a solution. If the first row is 0, $k = (g[2], g[3])$
# and $h = (0, 1)$ is one.
#
# With $(k, h)$ also $(\lambda k, h/\lambda)$ is a solution, for every $\lambda \ne 0$; for
# $g \ne 0$ these are all, because $k$ must be a multiple of the rows and $h$ of the columns.
# (For $g = 0$ one of the two is 0 and the other is arbitrary.) If $h = k$ is asked for,
# $\lambda$ must be chosen such that $\lambda k = h/\lambda$. This makes $\lambda^2$ a given
# number, and only then does it matter which numbers are squares.

# %% [markdown]
# **Exercise 5** (one tap changed). Let $g = k * (k\uparrow_2)$ and $g' = h * (h\uparrow_2)$ over
# an integral domain with $2 \ne 0$, and let $g$ and $g'$ differ in exactly one tap. Show that
# neither has more than one tap different from 0. Start from $f = h - k$ and $s = h + k$, and
# look at the first and at the last tap of the products.

# %% [markdown] tags=["hint"]
# Show first that $2(g'(z) - g(z)) = f(z)\,s(z^2) + s(z)\,f(z^2)$. If $f$ has its last tap at $P$,
# and $s$ at $Q$: at which exponents do the two products end, and can their last terms cancel? The
# first terms go the same way.

# %% [markdown] tags=["solution"]
# From $2h = s + f$ and $2k = s - f$ we get, by multiplying out,
#
# $$2(g'(z) - g(z)) = f(z)\,s(z^2) + s(z)\,f(z^2).$$
#
# By assumption this has a single term; let $t$ be its exponent. Neither $f$ nor $s$ is 0, since
# otherwise $g = g'$. Let the first tap of $f$ that is not 0 be at $p$ and the last one at $P$,
# and those of $s$ at $q$ and $Q$.
#
# *The last term.* The two products have the degrees $P + 2Q$ and $Q + 2P$. If these differ,
# there is a term at the greater one. If they are equal, then $P = Q$, and there is the term
# $2 f[P]\,s[P]$ at $3P$. In both cases $t \ge P + 2Q$ and $t \ge Q + 2P$.
#
# *The first term.* Likewise $t \le p + 2q$ and $t \le q + 2p$.
#
# Together, $P + 2Q \le t \le p + 2q$. Since $p \le P$ and $q \le Q$, this says $p = P$ and
# $q = Q$, and $t = p + 2q = q + 2p$, so that $p = q$. Hence $f$ and $s$ have one tap each, at
# the same place, and so $h$ and $k$ have no tap elsewhere. Then $g$ and $g'$ have no tap but the
# one at $3p$.

# %% [markdown]
# **Exercise 6** (box filters). The box filter of four taps, $(1, 1, 1, 1)$, comes from $(1, 1)$.
# Find out, with `two_layer_kernel`, for which lengths a box filter comes from two stride-2
# layers with one kernel, and guess the rule. Write it as a function `comes_from_two_layers` that
# maps a length to `True` or `False`. Prove the rule.

# %% [markdown] tags=["hint"]
# Try all lengths up to 100 first. To show that those which occur do so, write the box filter as a
# product of polynomials $1 + z^{2^i}$. To show that no others do: $k$ is determined by the first
# taps of $g$, which are all 1; compare the sums of all taps on both sides of
# $g = k * (k\uparrow_2)$.

# %%
### BEGIN SOLUTION
print([size for size in range(1, 101) if two_layer_kernel([1] * size) is not None])


def comes_from_two_layers(size):
    """Whether the length is a power of 4."""
    while size % 4 == 0:
        size //= 4
    return size == 1


### END SOLUTION
for size in range(1, 301):
    found = two_layer_kernel([1] * size) is not None
    assert comes_from_two_layers(size) == found, f"not right yet: try {size} taps"

# %% [markdown] tags=["solution"]
# The lengths are the powers of 4.
#
# *These lengths occur.* Let $k(z) = \prod_{i < e} (1 + z^{4^i})$. Then
# $k(z)\,k(z^2) = \prod_{i < 2e} (1 + z^{2^i}) = 1 + z + \ldots + z^{4^e - 1}$, because every
# number below $4^e$ is a sum of different powers of 2 in exactly one way.
#
# *No others occur.* By Theorem 5 the first $c$ taps of $g$, which are all 1, determine $k$ up to
# its sign. So $k$ agrees with the kernel above, for a large $e$, in its first $c$ taps:
# $k[q] = 1$ if all digits of $q$ in base 4 are 0 or 1, and otherwise $k[q] = 0$. The last tap of
# $g$ is $k[c - 1]^2 = 1$, so $c - 1 = \sum_i b_i 4^i$ with digits $b_i$ that are 0 or 1. Put
# $b = \sum_i b_i 2^i$. The numbers $q < c$ with $k[q] = 1$ correspond to $0, \ldots, b$, so the
# taps of $k$ add up to $b + 1$. The taps of $g$ add up to the square of this:
# $(b + 1)^2 = 3c - 2 = 3(c - 1) + 1$, or $b^2 + 2b = 3(c - 1)$. Multiply out, with
# $b_i^2 = b_i$, and divide by 2:
#
# $$\sum_j b_j \left( 2^j + 2^j \sum_{i < j} b_i 2^i \right) = \sum_j b_j 4^j.$$
#
# On the left, the bracket is at most $2^j + 2^j (2^j - 1) = 4^j$, with equality only if all
# digits $b_i$ with $i < j$ are 1. So all digits below a digit 1 are 1: $b = 2^e - 1$, and
# $3c - 2 = (b + 1)^2 = 4^e$.

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
# # General strides, many layers, and what composing costs
#
# Two stride-2 layers with one kernel are one stride-4 layer. Nothing in the proof depends on
# the number 2, on the kernels being equal, or on there being two layers. This notebook states
# the general theorem, for any strides, dilations and number of layers, and then asks whether
# one should use it: the composed layer replaces two kernels by a longer one, and sometimes it
# multiplies less, sometimes more. The exact condition is simple.
#
# **Conventions.** A layer does not flip its kernel, entries are counted from 0, and an entry
# outside a signal's range is 0. The input $x$ has length $n$. Layer $l$ has the kernel $k_l$
# with $c_l \ge 1$ taps and the stride $s_l \ge 1$; nothing is padded between the layers.

# %%
import math

import sympy
from sympy import Mod, Sum, symbols

from symconv import Claim, Proved, Signal, diagrams, explore, integers, solve
from symconv.exercises import check

n, c1, c2, c3 = integers("n c1 c2 c3", positive=True)
s1, s2, s3, d1, d2 = integers("s1 s2 s3 d1 d2", positive=True)
u, i, t = integers("u i t", nonnegative=True)

x = Signal("x", n)
k1, k2, k3 = Signal("k1", c1), Signal("k2", c2), Signal("k3", c3)


def prove(lhs, rhs, *given):
    """Print the verdict on a claim that has to be true for all lengths and strides."""
    verdict = Claim(lhs, rhs, given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict
    print(verdict)


def find(lhs, rhs):
    """Print which tensors make both sides equal for all lengths and strides: there is one way."""
    found = solve(lhs, rhs)
    assert isinstance(found.verdict, Proved), found
    assert found.is_unique, found
    print(found)
    return found


# %% [markdown]
# ## Two layers
#
# **Theorem.** A layer with the kernel $k_1$ and stride $s_1$, followed by a layer with $k_2$
# and stride $s_2$, is one layer with
#
# $$\text{the stride } s_1 s_2 \quad \text{and the kernel } \quad k_1 * (k_2\uparrow_{s_1}).$$
#
# *Proof.* The second layer reads the first one's output, which is
# $a[v] = \sum_j k_1[j]\,x[s_1 v + j]$, at $v = s_2 u + i$ and only inside its range. So
#
# $$y[u] = \sum_i k_2[i] \sum_j k_1[j]\,x[s_1 (s_2 u + i) + j]
# = \sum_i \sum_j k_2[i]\,k_1[j]\,x[s_1 s_2 u + (s_1 i + j)].$$
#
# With $t = s_1 i + j$ in the place of $j$ this is
# $\sum_t x[s_1 s_2 u + t] \sum_i k_2[i]\,k_1[t - s_1 i]$, and the inner sum is the tap $t$ of
# $k_1 * (k_2\uparrow_{s_1})$, because the taps of $k_2\uparrow_{s_1}$ are $k_2[i]$ at $s_1 i$
# and 0 elsewhere.
#
# The lengths: the first layer has $m = \lfloor (n - c_1)/s_1 \rfloor + 1$ outputs if
# $n \ge c_1$, and the second one $\lfloor (m - c_2)/s_2 \rfloor + 1$ if $m \ge c_2$. As
# $\lfloor (\lfloor a/s \rfloor + b)/t \rfloor = \lfloor (a + s\,b)/(s\,t) \rfloor$, this is
#
# $$\lfloor (n - c_1 - s_1 (c_2 - 1))/(s_1 s_2) \rfloor + 1,$$
#
# the number of outputs of a layer with stride $s_1 s_2$ and $c_1 + s_1 (c_2 - 1)$ taps, which
# is the length of $k_1 * (k_2\uparrow_{s_1})$. And $m \ge c_2$ says that $n$ is at least this
# length: shorter inputs have no output on either side.
#
# The dilation is the stride of the *first* layer. The second stride plays no part in the
# kernel: it says only which outputs are kept. With the strides as symbols, symconv finds the
# kernel by itself, given that the stride is $s_1 s_2$, and that there is no other:

# %%
two_layers = x.correlate(k1, stride=s1).correlate(k2, stride=s2)
found = find(two_layers, lambda K: x.correlate(K, stride=s1 * s2))
composed = k1.convolve(k2.dilate(s1))
assert found.kernel is composed

# %% [markdown]
# To find it is to find the change of indices of the proof. The theorem is the claim with this
# kernel:

# %%
one_layer = x.correlate(composed, stride=s1 * s2)
prove(two_layers, one_layer)

# %% [markdown]
# The change of indices is the verdict's evidence, and it can be checked without symconv: put
# the indices into the product that the right side adds up, and it becomes the product of the
# left side.

# %%
change = Claim(two_layers, one_layer).prove().evidence[-1]
print(change.left)
print(change.right)
print(change.indices)
assert sympy.expand(change.right.subs(change.indices, simultaneous=True) - change.left) == 0

# %% [markdown]
# The figure shows both networks for a first layer with 3 taps and stride 2 and a second one
# with 2 taps and stride 3: the composed kernel has 5 taps, and the stride is 6. The middle row
# has one entry that nobody reads, because the second kernel is shorter than its stride, and so
# has the input.

# %%
shown = Claim(
    x.correlate(k1, stride=2).correlate(k2, stride=3),
    x.correlate(k1.convolve(k2.dilate(2)), stride=6),
)
diagrams.networks(shown, outputs=(0, 1), n=11, c1=3, c2=2)

# %%
explore(Claim(two_layers, one_layer), n=11, c1=3, c2=2, s1=2, s2=3)

# %% [markdown]
# ## The length of the composed kernel
#
# Dilating $k_2$ by $s_1$ gives $s_1 (c_2 - 1) + 1$ taps, and convolving with $c_1$ taps adds
# $c_1 - 1$ more. The composed kernel therefore has
#
# $$F = c_1 + s_1 (c_2 - 1)$$
#
# taps. This is the *receptive field* of the two layers, the number of neighbouring inputs that
# one output can depend on.

# %%
prove(composed.length, c1 + s1 * (c2 - 1))
composed.length

# %% [markdown]
# ## More layers
#
# For $L$ layers write $S_l = s_1 s_2 \ldots s_l$ for the product of the first $l$ strides, and
# $S_0 = 1$.
#
# **Theorem.** The $L$ layers are one layer with the stride $S_L$ and the kernel
#
# $$K_L = k_1 * (k_2\uparrow_{S_1}) * (k_3\uparrow_{S_2}) * \ldots * (k_L\uparrow_{S_{L-1}}),
# \quad F_L = 1 + \sum_{l=1}^{L} (c_l - 1)\,S_{l-1} \text{ taps}.$$
#
# *Proof.* By induction on $L$. For one layer there is nothing to show. By the induction
# hypothesis, the first $L - 1$ layers are one layer with the kernel $K_{L-1}$ and the stride
# $S_{L-1}$. Apply the theorem on two layers to this one and to layer $L$: together they are one
# layer with the stride $S_{L-1} s_L = S_L$ and the kernel
# $K_{L-1} * (k_L\uparrow_{S_{L-1}}) = K_L$, of length $F_{L-1} + S_{L-1}(c_L - 1) = F_L$.
#
# The step is the theorem on two layers, whose lengths and strides are symbols; so the two
# verdicts above cover it, for every $L$. For three layers with strides $s_1, s_2, s_3$ at once:

# %%
three_kernels = composed.convolve(k3.dilate(s1 * s2))
three_layers = two_layers.correlate(k3, stride=s3)
prove(three_layers, x.correlate(three_kernels, stride=s1 * s2 * s3))
prove(three_kernels.length, 1 + (c1 - 1) + (c2 - 1) * s1 + (c3 - 1) * s1 * s2)

# %% [markdown]
# ## Dilated layers
#
# A layer with dilation $d$ reads $x[s\,u + d\,j]$, so that there are $d - 1$ unread entries
# between two that it reads. It is the layer without dilation that has the kernel $k\uparrow_d$.
# The theorem then says what two layers with dilations $d_1$ and $d_2$ are: one layer with
#
# $$\text{the kernel } \quad (k_1\uparrow_{d_1}) * (k_2\uparrow_{d_2 s_1})
# \quad \text{ of length } \quad 1 + d_1 (c_1 - 1) + d_2 s_1 (c_2 - 1),$$
#
# because $(k_2\uparrow_{d_2})\uparrow_{s_1} = k_2\uparrow_{d_2 s_1}$.

# %%
prove(x.correlate(k1, stride=s1, dilation=d1), x.correlate(k1.dilate(d1), stride=s1))

dilated = x.correlate(k1, stride=s1, dilation=d1).correlate(k2, stride=s2, dilation=d2)
kernel = find(dilated, lambda K: x.correlate(K, stride=s1 * s2)).kernel
assert kernel is k1.dilate(d1).convolve(k2.dilate(d2 * s1))
prove(kernel.length, 1 + d1 * (c1 - 1) + d2 * s1 * (c2 - 1))

# %% [markdown]
# ## Taps that are always zero
#
# Where the first kernel is shorter than its stride, the first layer skips inputs, and the
# composed kernel has zeros in their places. For $c_1 = 2$ and $s_1 = 3$, every third tap is
# zero, and each of the others is a single product:

# %%
gaps = k1.convolve(k2.dilate(3))
print(gaps.vector(c1=2, c2=3))
diagrams.products(gaps, c1=2, c2=3)

# %% [markdown]
# In general, the tap $t$ is a sum of the products $k_1[j]\,k_2[i]$ with $s_1 i + j = t$.
#
# - If $c_1 \le s_1$, then $0 \le j < s_1$ leaves one possibility only,
#   $i = \lfloor t/s_1 \rfloor$ and $j = t \bmod s_1$. So the tap is
#   $k_1[t \bmod s_1]\,k_2[\lfloor t/s_1 \rfloor]$, which is zero where $t \bmod s_1 \ge c_1$,
#   and $c_1 c_2$ taps remain.
# - If $c_1 \ge s_1$, every tap holds a product: take
#   $i = \min(\lfloor t/s_1 \rfloor,\, c_2 - 1)$ and $j = t - s_1 i$. Then
#   $0 \le j < s_1 \le c_1$ if $i = \lfloor t/s_1 \rfloor$, and $0 \le j \le c_1 - 1$ if
#   $i = c_2 - 1$.
#
# Together, with $m = \min(c_1, s_1)$, the number of taps that are not zero by construction is
#
# $$Z = c_1 + m\,(c_2 - 1).$$
#
# For a stride of 3 symconv proves the formula for the taps, for all lengths. The number $Z$ is
# compared with the expanded kernels at small lengths.

# %%
single_products = Signal.from_formula(
    t, k1[Mod(t, 3)] * k2[sympy.floor(t / 3)], length=c1 + 3 * (c2 - 1)
)
prove(gaps, single_products, c1 <= 3)

for first in range(1, 6):
    for second in range(1, 5):
        for stride in range(1, 6):
            taps = k1.convolve(k2.dilate(stride)).vector(c1=first, c2=second)
            nonzero = sum(tap != 0 for tap in taps)
            assert nonzero == first + min(first, stride) * (second - 1)

# %% [markdown]
# ## Multiplications
#
# A layer with $c$ taps multiplies $c$ times for each of its outputs. How many multiplications
# does one output of the *last* layer cost?
#
# - *Composed:* $F = c_1 + s_1 (c_2 - 1)$.
# - *Separate:* $c_2$ in the second layer. With each new output it moves on by $s_2$ outputs of
#   the first layer, and each of these costs $c_1$. For long inputs this makes $c_2 + s_2 c_1$
#   for each output; what happens at the ends is counted further below.
#
# The difference is what composing saves:
#
# $$G = (c_2 + s_2 c_1) - (c_1 + s_1 (c_2 - 1)) = 1 + (s_2 - 1)\,c_1 - (s_1 - 1)(c_2 - 1).$$
#
# **Theorem.** For long inputs, the composed layer needs no more multiplications than the two
# layers exactly when
#
# $$(s_1 - 1)(c_2 - 1) \le 1 + (s_2 - 1)\,c_1,$$
#
# and fewer exactly when the inequality is strict. The proof is the identity for $G$:

# %%
separate_cost = c2 + s2 * c1
composed_cost = c1 + s1 * (c2 - 1)
saved = 1 + (s2 - 1) * c1 - (s1 - 1) * (c2 - 1)
assert sympy.expand(separate_cost - composed_cost - saved) == 0
prove(separate_cost - composed_cost, saved)

# %% [markdown]
# Both strides enter, and they pull in different directions. A large *second* stride favours
# composing: the two layers compute many intermediate outputs for each one that is kept. A large
# *first* stride is against it: it pulls the taps of the second kernel apart, and the composed
# kernel fills the space between them. Some consequences:
#
# - $s_1 = 1$: the left side is 0, so composing always saves. For $s_1 = s_2 = 1$ it saves
#   exactly one multiplication, $c_1 + c_2 - 1$ in the place of $c_1 + c_2$.
# - $s_2 = 1$: the condition is $(s_1 - 1)(c_2 - 1) \le 1$. For $s_1, c_2 \ge 2$ it leaves only
#   $s_1 = c_2 = 2$, where both cost the same.
# - $s_1 = s_2 = s \ge 2$: the condition is $(s - 1)(c_2 - 1 - c_1) \le 1$, that is,
#   $c_2 \le c_1 + 2$ for $s = 2$ and $c_2 \le c_1 + 1$ for $s \ge 3$. Two layers with kernels
#   of the same length and with the same stride are always worth composing, and save $s$
#   multiplications.
#
# For strides that are numbers, these conditions are linear, and symconv derives them from the
# costs:

# %%
for first, second in [(1, 1), (1, 2), (2, 1), (3, 1), (2, 2), (3, 3), (4, 4), (2, 3), (3, 2)]:
    at = {s1: first, s2: second}
    saves = Claim(composed_cost.subs(at) <= separate_cost.subs(at), sympy.true)
    print(f"strides {first}, {second}: composing costs no more iff", saves.condition())

# %%
for stride, reach in [(2, 2), (3, 1), (4, 1), (8, 1)]:
    at = {s1: stride, s2: stride}
    prove(composed_cost.subs(at) <= separate_cost.subs(at), c2 <= c1 + reach)

# %% [markdown]
# The number of *weights* behaves as if the second stride were 1. The two kernels have
# $c_1 + c_2$ taps, the composed one has $c_1 + s_1 (c_2 - 1)$, which is no more exactly when
# $(s_1 - 1)(c_2 - 1) \le 1$: when the first stride is 1, or the second kernel has a single tap,
# or both numbers are 2. In all other cases the composed kernel has more taps than there were
# before, and they are not free: they are determined by the fewer taps of the two kernels.
#
# Some common stacks of layers. The column "non-zero" counts only the taps that are not zero by
# construction; a program that knows them can skip the others. (As $Z$ is $F$ with
# $m = \min(c_1, s_1)$ in the place of $s_1$, so is the condition for such a program.)


# %%
def costs(*layers):
    """The multiplications for each output: separate, composed, and without zero taps.

    Each layer is (taps, stride) or (taps, stride, dilation).
    """
    separate, stride, places = 0, 1, {0}
    for at, (taps, step, *dilation) in enumerate(layers):
        separate += taps * math.prod(layer[1] for layer in layers[at + 1 :])
        distance = stride * (dilation[0] if dilation else 1)
        places = {place + distance * tap for place in places for tap in range(taps)}
        stride *= step
    return separate, max(places) + 1, len(places)


stacks = {
    "3 taps, stride 2, twice": [(3, 2)] * 2,
    "3 taps, stride 2, three times": [(3, 2)] * 3,
    "7 taps, stride 2, then 3 taps, stride 2": [(7, 2), (3, 2)],
    "3 taps, stride 2, then 5 taps, stride 2": [(3, 2), (5, 2)],
    "3 taps, stride 2, then 7 taps, stride 2": [(3, 2), (7, 2)],
    "3 taps, stride 1, then 3 taps, stride 2": [(3, 1), (3, 2)],
    "3 taps, stride 2, then 3 taps, stride 1": [(3, 2), (3, 1)],
    "4 taps, stride 4, twice": [(4, 4)] * 2,
    "1 tap, stride 4, then 3 taps, stride 1": [(1, 4), (3, 1)],
    "3 taps, stride 1, five times": [(3, 1)] * 5,
    "2 taps, dilations 1, 2, 4, 8": [(2, 1, 1), (2, 1, 2), (2, 1, 4), (2, 1, 8)],
}
print(f"{'layers':42}{'separate':>9}{'composed':>9}{'non-zero':>9}")
for name, layers in stacks.items():
    print(f"{name:42}{''.join(f'{cost:9}' for cost in costs(*layers))}")

# %% [markdown]
# The exercise, with three taps, needs 9 multiplications for each output in two layers and 7 in
# one. Exchanging the two layers of a stack can turn the answer around: 3 taps with stride 1
# before 3 taps with stride 2 cost 9 against 5, in the other order 6 against 7. (The two orders
# are different layers: the composed kernels have 5 and 7 taps.) A strided layer with a single
# tap makes the difference of the last two columns: 9 taps, of which 6 are zero.
#
# ## The ends of the input
#
# For an input of finite length both costs are exact numbers. Let the first layer have $m$
# outputs and the second one $w \ge 1$, and let $\rho = (m - c_2) \bmod s_2$ be the number of
# outputs of the first layer beyond the last one that is read. Then
# $m = s_2 (w - 1) + c_2 + \rho$, and
#
# $$(c_1 m + c_2 w) - F\,w = G\,w + c_1\,(c_2 - s_2 + \rho).$$
#
# The term with $w$ is the one from above. The other one is bounded. It comes from the first
# output, which needs $c_2$ new outputs of the first layer instead of $s_2$, and from the $\rho$
# outputs that nobody reads. Each line of the cell is for one choice of kernels and strides, and
# for all $n$ for which there is an output.


# %%
def totals(first, step1, second, step2):
    """Outputs of both layers, and the number of multiplications: separate and composed."""
    middle = x.correlate(Signal("a", first), stride=step1)
    outputs = middle.correlate(Signal("b", second), stride=step2).length
    field = first + step1 * (second - 1)
    return middle.length, outputs, first * middle.length + second * outputs, field * outputs


for first, step1, second, step2 in [(3, 2, 3, 2), (3, 2, 3, 1), (2, 4, 3, 1), (5, 3, 2, 4)]:
    m, w, separate, one = totals(first, step1, second, step2)
    gain = saved.subs({c1: first, s1: step1, c2: second, s2: step2})
    ends = first * (second - step2 + Mod(m - second, step2))
    prove(separate - one, gain * w + ends, n >= first + step1 * (second - 1))

# %% [markdown]
# So if $G \ge 0$ and $c_2 \ge s_2$, composing never costs more, however short the input. And if
# $G < 0$, it can be the cheaper one for short inputs at most. For 3 taps with stride 2 and then
# 3 taps with stride 1, where $G = -1$, the exact limit is $n = 18$:

# %%
_, _, separate, one = totals(3, 2, 3, 2)
prove(one <= separate, sympy.true)
_, _, separate, one = totals(3, 2, 3, 1)
prove(one <= separate, n <= 18)

# %% [markdown]
# One more detail: a network computes all outputs of its first layer. If $c_2 < s_2$, as in the
# first figure, the second layer reads only $c_2$ of every $s_2$ of them. A program that
# computes no others needs $c_2 + c_1 c_2$ multiplications for each output, and composing
# competes with that number.
#
# ## Many layers
#
# For $L$ layers, each output of the last one needs $s_{l+1} s_{l+2} \ldots s_L$ new outputs of
# layer $l$. So for long inputs the costs are
#
# $$\text{separate: } \sum_{l=1}^{L} c_l\, s_{l+1} \ldots s_L, \quad \text{composed: } F_L = 1 +
# \sum_{l=1}^{L} (c_l - 1)\, s_1 \ldots s_{l-1}.$$
#
# **Corollary.** $L$ layers with $c$ taps and stride $s$ each cost
#
# $$c\,(1 + s + \ldots + s^{L-1}) \quad \text{and} \quad 1 + (c - 1)(1 + s + \ldots + s^{L-1}),$$
#
# so that composing saves $s + s^2 + \ldots + s^{L-1}$ multiplications for each output.
#
# With stride 1 these are $c L$ and $(c - 1) L + 1$: for $c = 3$, $3 L$ against $2 L + 1$. The
# part that is saved is less than $1/c$ of the cost of the separate layers, and comes close to
# it when there are many layers.

# %%
for layers in range(1, 7):
    for taps in range(1, 6):
        for stride in range(1, 5):
            separate, one, _ = costs(*[(taps, stride)] * layers)
            assert separate - one == sum(stride**power for power in range(1, layers))
            assert taps * (separate - one) < separate

# %% [markdown]
# ## Channels, two dimensions, and what does not compose
#
# **Channels.** Layers in networks map $C_0$ channels to $C_1$ and these to $C_2$. The theorem
# holds for each path: from input channel $p$ to output channel $o$ leads one path through each
# middle channel $q$, with the composed kernel $k_{qp} * (h_{oq}\uparrow_{s_1})$, and the
# composed layer adds them up. For two middle channels:

# %%
ka, kb = Signal("ka", c1), Signal("kb", c1)
ha, hb = Signal("ha", c2), Signal("hb", c2)
through_two = x.correlate(ka, stride=s1).correlate(ha, stride=s2)
through_two += x.correlate(kb, stride=s1).correlate(hb, stride=s2)
sum_of_paths = find(through_two, lambda K: x.correlate(K, stride=s1 * s2)).kernel
prove(sum_of_paths, ka.convolve(ha.dilate(s1)) + kb.convolve(hb.dilate(s1)))

# %% [markdown]
# The costs become, for each position of the output,
#
# $$\text{separate: } C_1\,(s_2 c_1 C_0 + c_2 C_2), \quad \text{composed: } F\,C_0 C_2.$$
#
# If all three numbers of channels are equal to $C$, both costs are $C^2$ times those for one
# channel, and the comparison stays as it was. A *bottleneck*, few middle channels, turns it
# around: composing costs no more exactly when
#
# $$C_1 \ge \frac{F\,C_0 C_2}{s_2 c_1 C_0 + c_2 C_2}.$$
#
# With $C_0 = C_2 = C$ and two layers of 3 taps and stride 2, that is $C_1 \ge \frac{7}{9} C$. A
# network with fewer middle channels than that does better to keep its layers apart: the
# composed layer has a kernel for each pair of an input and an output channel, and gains nothing
# from the few channels between them.

# %%
C, C1 = symbols("C C1", positive=True)
cost_apart = C1 * (2 * 3 * C + 3 * C)
limit = sympy.solve(sympy.Eq(7 * C * C, cost_apart), C1)
print(limit)
assert limit == [7 * C / 9]

# %% [markdown]
# **Two dimensions.** With pairs of integers for the indices, the same proof composes layers on
# images: kernels of $c_1 \times c_1$ and $c_2 \times c_2$ taps to one of $F \times F$. Now
# $s_2^2 c_1^2 + c_2^2$ stands against $F^2$, and the square of a sum outgrows the sum of the
# squares. Two layers of $3 \times 3$ taps and stride 2 cost $9 + 4 \cdot 9 = 45$
# multiplications, the composed layer $7 \cdot 7 = 49$. With stride 1 it is 18 against 25; K.
# Simonyan and A. Zisserman argued in this way for stacks of $3 \times 3$ layers (2014,
# arXiv:1409.1556). Exercise 5 finds the exact condition for two layers of the same kind.
#
# **Biases.** A bias $b_1$ after the first layer is constant, and the second layer makes it
# $b_1 \sum_i k_2[i]$. Layers with biases compose.

# %%
b1, b2 = Signal("b1", 1), Signal("b2", 1)
with_biases = x.correlate(k1, stride=s1).add_bias(b1).correlate(k2, stride=s2).add_bias(b2)
bias = b1[0] * Sum(k2[i], (i, 0, c2 - 1)) + b2[0]
constant = Signal.from_formula(u, bias, length=with_biases.length)
prove(with_biases, one_layer + constant)

# %% [markdown]
# Kernel and bias can be asked for together. The kernel is the same as without biases:

# %%
both = solve(
    with_biases,
    lambda K, B: x.correlate(K, stride=s1 * s2).add_bias(B),
    shape={"B": 1},
)
assert both["K"] is composed
prove(both["B"], Signal.from_formula(u, bias, length=1))

# %% [markdown]
# **Nonlinearities.** With a function such as $\text{ReLU}(a) = \max(0, a)$ between the layers,
# nothing composes. One layer is linear, so its outputs for the inputs $x$ and $-x$ add up to 0.
# Already for kernels with the one tap 1, the network computes $\text{ReLU}(x)$, and
# $\text{ReLU}(1) + \text{ReLU}(-1) = 1$. Composing is for what is linear: antialiasing before
# downsampling, pyramids and wavelets, stacks whose activation was removed, and reasoning about
# receptive fields, which do not depend on what stands between the layers as long as it acts on
# each entry alone. Zeros that are padded between the layers prevent composing too, at the ends
# of the signal; notebook 03 is about these.

# %%
assert costs((3, 2), (3, 2)) == (9, 7, 7)
assert costs((3, 1), (3, 2)) == (9, 5, 5)
assert costs((3, 2), (3, 1)) == (6, 7, 7)
assert costs((1, 4), (3, 1)) == (4, 9, 3)
assert costs(*[(3, 1)] * 5) == (15, 11, 11)

# %% [markdown]
# ## Exercises
#
# **Exercise 1** (two different layers). A layer with the kernel $a$ of $c_1$ taps and stride 3
# is followed by one with the kernel $b$ of $c_2$ taps and stride 2. Write the kernel of the one
# layer that they are, `merged`, and its stride, `stride`.

# %% [markdown] tags=["hint"]
# A step of one place in the first layer's output is a step of 3 in the input. By how much are the
# taps of $b$ spread? And how far does the whole window move from one output to the next?

# %%
a, b = Signal("a", c1), Signal("b", c2)
### BEGIN SOLUTION
merged = a.convolve(b.dilate(3))
stride = 6
### END SOLUTION
check(x.correlate(merged, stride=stride), x.correlate(a, stride=3).correlate(b, stride=2))

# %% [markdown]
# **Exercise 2** (a receptive field). Three layers with stride 2 have $c_1$ taps each. What is
# the length `shortest` of the shortest input for which there is an output, as a formula in
# $c_1$?

# %% [markdown] tags=["hint"]
# Go backwards: one output of the third layer reads $c_1$ outputs of the second one. How many
# entries do these read, and how many of the input those? Or count the taps of the composed
# kernel.

# %%
stack = x.correlate(k1, stride=2).correlate(k1, stride=2).correlate(k1, stride=2)
### BEGIN SOLUTION
shortest = c1 + 2 * (c1 - 1) + 4 * (c1 - 1)
### END SOLUTION
check(n >= shortest, stack.length >= 1)

# %% [markdown]
# **Exercise 3** (dilated layers). Four layers with the 2-tap kernels $e_0, e_1, e_2, e_3$ and
# stride 1 have the dilations 1, 2, 4 and 8, as in networks for sound. Write the kernel `wide`
# of the one layer that they are, without computing its taps. How many taps has it, and what
# does one output cost before and after composing?

# %% [markdown] tags=["hint"]
# All strides are 1, so the taps of a layer are spread by its own dilation and by nothing else. In
# how many ways is $t = j_0 + 2 j_1 + 4 j_2 + 8 j_3$, where each $j$ is 0 or 1?

# %%
e0, e1, e2, e3 = (Signal(f"e{at}", 2) for at in "0123")
sound = x
for at, small in enumerate((e0, e1, e2, e3)):
    sound = sound.correlate(small, dilation=2**at)
### BEGIN SOLUTION
wide = e0.convolve(e1.dilate(2)).convolve(e2.dilate(4)).convolve(e3.dilate(8))
### END SOLUTION
check(x.correlate(wide), sound)

# %% [markdown] tags=["solution"]
# The kernel has $1 + 1 + 2 + 4 + 8 = 16$ taps. Each $t$ from 0 to 15 has exactly
# one way to be written as $j_0 + 2 j_1 + 4 j_2 + 8 j_3$ with binary digits, so every tap is a
# product of four taps, and none is zero by construction. The four layers cost $4 \cdot 2 = 8$
# multiplications for each output, and the one layer costs 16. With $L$ such layers it is $2 L$
# against $2^L$: a wide receptive field for little work is what these stacks are made for, and
# composing gives that away.

# %% [markdown]
# **Exercise 4** (when composing pays). The strides are 3 and 2. Write the condition `pays` on
# $c_1$ and $c_2$ under which the composed layer needs fewer multiplications for each output of
# a long input than the two layers, strictly.

# %% [markdown] tags=["hint"]
# One output of the second layer costs $c_2$ multiplications. How many new outputs of the first
# layer does it need, and what do they cost? How many taps has the composed kernel?

# %%
needed = k1.convolve(k2.dilate(3)).length
### BEGIN SOLUTION
pays = 2 * c2 < c1 + 3
### END SOLUTION
check(pays, needed < k2.length + 2 * k1.length)

# %% [markdown]
# **Exercise 5** (two dimensions). Two layers have $c \times c$ taps and strides $s \times s$
# each. Show that for long inputs the composed layer needs fewer multiplications than the two
# layers if $c \le s$, and more if $c > s$.

# %% [markdown] tags=["hint"]
# Along each axis the composed kernel has $c + s(c - 1)$ taps. In the difference of the costs a
# factor $s$ can be taken out; then look at $c(s + 1 - c)$, for $c \le s$ and for $c > s$.

# %% [markdown] tags=["solution"]
# The two layers cost $c^2 + s^2 c^2$, the composed layer
# $(c + s (c - 1))^2 = (c (s + 1) - s)^2$. The difference is
#
# $$c^2 (s^2 + 1) - (c (s + 1) - s)^2 = -2 s c^2 + 2 s (s + 1) c - s^2
# = s\,(2 c (s + 1 - c) - s).$$
#
# If $c \ge s + 1$, the product $c (s + 1 - c)$ is at most 0, and the difference is negative. If
# $1 \le c \le s$, then $c (s + 1 - c) - s = (c - 1)(s - c) \ge 0$, so the difference is at
# least $s (2 s - s) = s^2 > 0$.

# %% tags=["solution"]
taps, step = symbols("c s", positive=True)
difference = taps**2 + step**2 * taps**2 - (taps + step * (taps - 1)) ** 2
assert sympy.expand(difference - step * (2 * taps * (step + 1 - taps) - step)) == 0
for size in range(1, 30):
    for jump in range(1, 30):
        assert (difference.subs({taps: size, step: jump}) > 0) == (size <= jump)

# %% [markdown]
# **Exercise 6** (the order of composing). Three layers can be composed from the front, the
# first two and then the third, or from the back, the last two and then the first. Show with
# operators that the kernels are the same. Which rule for dilations does it need?

# %% [markdown] tags=["hint"]
# Write both kernels with $*$ and $\uparrow$. To make one of the other, move a dilation into a
# convolution, and make two dilations one.

# %% [markdown] tags=["solution"]
# From the front, the kernel is
# $(k_1 * (k_2\uparrow_{s_1})) * (k_3\uparrow_{s_1 s_2})$. From the back, the last two layers
# have the kernel $k_2 * (k_3\uparrow_{s_2})$, and with the first one
# $k_1 * ((k_2 * (k_3\uparrow_{s_2}))\uparrow_{s_1})$. Dilation moves entry $t$ to $s_1 t$; it
# therefore keeps convolutions, $(a * b)\uparrow_{s} = (a\uparrow_{s}) * (b\uparrow_{s})$, and
# two dilations are one, $(a\uparrow_{s_2})\uparrow_{s_1} = a\uparrow_{s_1 s_2}$. So the second
# kernel is $k_1 * ((k_2\uparrow_{s_1}) * (k_3\uparrow_{s_1 s_2}))$, and convolution is
# associative.

# %% tags=["solution"]
from_the_back = k1.convolve(k2.convolve(k3.dilate(s2)).dilate(s1))
prove(from_the_back, three_kernels)

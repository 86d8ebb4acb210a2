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
# # Surgery on networks
#
# A network is often changed once it is trained: a batch norm goes into the layer beside it, branches
# that are added up become one layer, two layers become one. It then runs faster, and is to compute
# the same as before. That is a theorem, or it is wrong. This notebook asks of each operation when it
# is right, exactly; what is in the way (mostly a padding); and, where the outputs have changed a
# little, whether that is rounding or an error.
#
# **Conventions.** A layer correlates: it does not flip its kernel. It pads with zeros, $p$ on each
# side, or $l$ on the left and $r$ on the right. Entries are counted from 0, and an entry outside a
# signal's range is 0. Over channels, the input $x$ has $C$ channels of length $n$, the kernel $w$ has
# the shape $(O, C, c)$ for $O$ output channels and $c$ taps, and the bias one number for each output
# channel. A *norm* is a batch norm as it is after training (S. Ioffe and C. Szegedy, 2015,
# [arXiv:1502.03167](https://arxiv.org/abs/1502.03167)): in each channel
#
# $$y = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}\,\gamma + \beta = (x - \mu)\,v\,\gamma + \beta
# \quad \text{with} \quad v = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}.$$
#
# We let $v$ be a number of its own, one for each channel. What is proved for all $v$ is right for
# those that come from some $\sigma^2$ and $\varepsilon$.

# %%
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sympy import And, Eq, Or, Piecewise, Sum

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Refuted,
    Signal,
    Tensor,
    compare,
    diagrams,
    einsum,
    explore,
    integers,
    merge,
    solve,
)
from symconv.exercises import check

n, c, d, s = integers("n c d s", positive=True)
C, O, G, A, B, H, W = integers("C O G A B H W", positive=True)
l, r, p, q, m = integers("l r p q m", nonnegative=True)
u, j, o, i = integers("u j o i")


# %%
def prove(left, right, given=()):
    """Print that the two sides are equal, once that is proved for all sizes."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict
    print(verdict)


def refute(left, right, given=()):
    """Print where the two sides are not equal, once that is found."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Refuted), verdict
    print(verdict)


# %% [markdown]
# ## A norm behind a layer
#
# In each channel a norm multiplies with a number and adds another one:
# $y = f\,x + (\beta - \mu f)$ with $f = \gamma v$. The same $f$ stands before all products of the
# layer that go into this channel:
#
# $$f[o] \left( \sum_{i,j} w[o,i,j]\,x[i,\,su+j] + b[o] - \mu[o] \right) + \beta[o]
# = \sum_{i,j} (f[o]\,w[o,i,j])\,x[i,\,su+j] + (b[o] - \mu[o])\,f[o] + \beta[o].$$
#
# **Theorem.** A layer with the kernel $w$ and the bias $b$, and a norm behind it, are one layer with
# the kernel $f[o]\,w[o,i,j]$ and the bias $(b - \mu)\,f + \beta$. Stride, padding and dilation stay as
# they are.


# %%
def norm_of(size):
    """The four numbers of a norm for each of so many channels."""
    return [Signal(name, size) for name in ("mu", "v", "gamma", "beta")]


def factor(norm):
    """What a norm multiplies with."""
    _, v, gamma, _ = norm
    return gamma.multiply(v)


def offset(norm):
    """What a norm makes of 0."""
    mu, _, _, beta = norm
    return beta - mu.multiply(factor(norm))


# %%
X, w, own = Tensor("x", (C, n)), Tensor("w", (O, C, c)), Signal("b", O)
mu, v, gamma, beta = norm = norm_of(O)
f = factor(norm)
folded = w.multiply(f.rearrange("o -> o 1 1"))

prove(
    X.conv(w, own, stride=s, padding=p, dilation=d).batch_norm(*norm, axis=0),
    X.conv(folded, (own - mu).multiply(f) + beta, stride=s, padding=p, dilation=d),
)

# %% [markdown]
# Nothing in this depends on the number of axes, nor on groups of channels. For images, and $G$ groups
# of $B$ input channels and $A$ output channels:

# %%
images, kernels = Tensor("x", (G * B, H, W)), Tensor("w", (G * A, B, 3, 3))
over_groups = norm_of(G * A)
prove(
    images.conv(kernels, stride=s, padding=p, groups=G).batch_norm(*over_groups, axis=0),
    images.conv(
        kernels.multiply(factor(over_groups).rearrange("o -> o 1 1 1")),
        offset(over_groups),
        stride=s,
        padding=p,
        groups=G,
    ),
)

# %% [markdown]
# A layer before a norm usually has no bias, as the norm would take it away again while it is trained.
# Whoever folds the norm into the weights alone loses the bias that the norm brings, as
# [a review noticed](https://github.com/tenstorrent/tt-metal/pull/5317). When is that harmless?
# symconv tells with the counterexample:

# %%
both = X.conv(w, padding=p).batch_norm(*norm, axis=0), X.conv(folded, padding=p)
refute(*both)
prove(*both, given=[mu == 0 * mu, beta == 0 * beta])

# %% [markdown]
# ## A norm before a layer
#
# Now the norm comes first. A tap $w[o,i,j]$ then sees $f[i]\,x + (\beta[i] - \mu[i]\,f[i])$, so that the
# kernel should become $w[o,i,j]\,f[i]$, and the bias
# $\sum_{i,j} w[o,i,j]\,(\beta[i] - \mu[i]\,f[i])$. Without padding it does:

# %%
before = norm_of(C)
scaled = w.multiply(factor(before).rearrange("i -> i 1"))
summed = einsum("oij,i->o", w, offset(before))

prove(X.batch_norm(*before, axis=0).conv(w, stride=s), X.conv(scaled, summed, stride=s))

# %% [markdown]
# With padding it does not, although it has been said
# [in public](https://github.com/tenstorrent/tt-metal/issues/1355), without this condition. (In the
# verdict an output is $[u, u_1]$: its channel and its place.)

# %%
into_next = Claim(
    X.batch_norm(*before, axis=0).conv(w, padding=p),
    X.conv(scaled, summed, padding=p),
)
refute(into_next.lhs, into_next.rhs)
assert into_next.condition(for_all=[n]) == Eq(p, 0)

# %% [markdown]
# One channel shows what happens. There the norm is $a\,x + b$ with two numbers $a$ and $b$.


# %%
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
a, b = Signal("a", 1), Signal("b", 1)


def constant(value, length):
    """A signal that has this value everywhere."""
    return Signal.from_formula(u, value, length=length)


def affine(signal):
    """The norm a x + b of one channel."""
    return signal.convolve(a).add_bias(b)


bias = constant(b[0] * Sum(k[j], (j, 0, c - 1)), 1)
claim = Claim(
    affine(x).pad(l, r).correlate(k),
    x.pad(l, r).correlate(k.convolve(a)).add_bias(bias),
)
assert claim.condition(for_all=[n]) == And(Eq(l, 0), Eq(r, 0))
refute(claim.lhs, claim.rhs)
prove(claim.lhs, claim.rhs, given=[b == 0 * b])

# %% [markdown]
# The picture has $a = b = 1$: the norm adds 1 to each entry.

# %%
add_one = Claim(
    (x + Signal.ones(n)).pad(p, p).correlate(k),
    x.pad(p, p).correlate(k) + Signal.ones(n + 2 * p).correlate(k),
)
verdict = add_one.prove()
assert isinstance(verdict, Refuted)
diagrams.counterexample(verdict)

# %%
explore(add_one, n=6, c=3, p=1)

# %% [markdown]
# The layer pads *behind* the norm: its taps find a 0 there. The folded layer pads before, and its
# bias says that each tap sees $b$, in the padding too. So for all weights and every $n$ it is right
# exactly if there is no padding; and with padding where $b = 0$, that is, $\beta = \mu f$. Otherwise
# the outputs near the ends are wrong, and only these.
#
# A layer with one tap and a bias does the same as a norm, from channels to other channels. So it does
# not go into a padded layer behind it either. Somebody took the function for this from the code of the
# Diverse Branch Block, tried it on two such layers, and
# [measured](https://github.com/DingXiaoH/DiverseBranchBlock/issues/9) a difference of 0.11. The block
# itself is in order, was the answer: it pads with the bias there (the second repair below). Without a
# bias the function is right.

# %%
mixing, its_bias = Tensor("w1", (A, C, 1)), Signal("b1", A)
second = Tensor("w2", (O, A, c))
mixed = einsum("oaj,ai->oij", second, mixing[:, :, 0])
pointwise = Claim(
    X.conv(mixing, its_bias).conv(second, padding=p),
    X.conv(mixed, einsum("oaj,a->o", second, its_bias), padding=p),
)
assert pointwise.condition(for_all=[n]) == Eq(p, 0)
prove(X.conv(mixing).conv(second, padding=p), X.conv(mixed, padding=p))

# %% [markdown]
# **Three repairs.**
#
# 1. Pad before the norm. That is another network, in which the padding is $b$ and not 0. It can be
#    trained like the first one, and be folded.

# %%
prove(
    affine(x.pad(l, r)).correlate(k, stride=s),
    x.pad(l, r).correlate(k.convolve(a), stride=s).add_bias(bias),
)

# %% [markdown]
# 2. Pad $x$ with the number $e$ of which the norm makes 0, $e = -b/a$. This is the first network,
#    where $a$ is not 0: the norm is $a\,(x - e)$.

# %%
e = Signal("e", 1)
filled = x.pad(l, r) + constant(e[0], n + l + r) - constant(e[0], n).pad(l, r)
prove(
    (x.convolve(a) - constant(a[0] * e[0], n)).pad(l, r).correlate(k, stride=s),
    filled.correlate(k.convolve(a), stride=s).add_bias(
        constant(-a[0] * e[0] * Sum(k[j], (j, 0, c - 1)), 1)
    ),
)

# %% [markdown]
# 3. Let the bias depend on the place. What the layer makes of a padded constant is a signal of its
#    own, which can be computed once for each length. This is the first network too, for every $a$.

# %%
prove(
    affine(x).pad(l, r).correlate(k, stride=s),
    x.pad(l, r).correlate(k.convolve(a), stride=s)
    + constant(b[0], n).pad(l, r).correlate(k, stride=s),
)

# %% [markdown]
# ## Branches
#
# While it is trained, a block of RepVGG (X. Ding and others, 2021,
# [arXiv:2101.03697](https://arxiv.org/abs/2101.03697)) adds up three branches: a layer with $3 \times 3$
# taps, one with $1 \times 1$, and the input itself, each with its norm. When it is used, it is one
# layer. This needs three lemmas.
#
# **1.** Layers with kernels of one size, and with the same stride and padding, add up to the layer with
# the sum of the kernels and the sum of the biases. This is linearity.
#
# **2.** Zeros around a kernel are harmless if the padding grows with them.

# %%
prove(
    x.pad(p, q).correlate(k, stride=s),
    x.pad(p + l, q + r).correlate(k.pad(l, r), stride=s),
)

# %% [markdown]
# **3.** The input is a layer with one tap, 1. Over channels its kernel is the identity matrix.

# %%
identity = Tensor.from_formula((o, i), Piecewise((1, Eq(o, i)), (0, True)), shape=(C, C))
prove(x.correlate(Signal.delta()), x)
prove(X.conv(identity.rearrange("o i -> o i 1")), X)

# %% [markdown]
# By 1 and 2, a branch with $d$ taps and padding $q$ goes into one with $d + l + r$ taps whose padding
# is $q + l$ and $q + r$. For three taps and one tap, and the input:

# %%
k3, w1 = Signal("k", 3), Signal("w", 1)
one_kernel = k3 + (w1 + Signal.delta()).pad(1, 1)
prove(x.pad(1, 1).correlate(k3) + x.correlate(w1) + x, x.pad(1, 1).correlate(one_kernel))
diagrams.taps(one_kernel)

# %%
wide = Signal("k", d + l + r)
prove(
    x.pad(q + l, q + r).correlate(wide, stride=s) + x.pad(q, q).correlate(h, stride=s),
    x.pad(q + l, q + r).correlate(wide + h.pad(l, r), stride=s),
)

# %% [markdown]
# Which branches with paddings $p$ and $q$ on both sides can be added at all? Their outputs have to be
# equally long. With stride 1, for $c$ and $d$ taps and every $n$:

# %%
lengths = Claim(x.pad(p, p).correlate(k).length, x.pad(q, q).correlate(h).length)
possible = lengths.condition(for_all=[n])
assert possible == Eq(c + 2 * q, d + 2 * p)
possible

# %% [markdown]
# So $c - d = 2\,(p - q)$ is even: with stride 1 and the same padding on both sides, a kernel with an
# even number of taps is never added to one with an odd number. And for $c \ge d$ the zeros of lemma 2
# are $l = r = p - q$.
#
# **The whole block.** First each norm goes into its layer, then the kernels and biases are added:

# %%
image = Tensor("x", (C, H, W))
w3, w1 = Tensor("w3", (C, C, 3, 3)), Tensor("w1", (C, C, 1, 1))
norms = [[Signal(f"{name}{at}", C) for name in ("mu", "v", "gamma", "beta")] for at in "310"]


def fold(kernel, norm):
    """The kernel of a layer with a norm behind it."""
    return kernel.multiply(factor(norm).rearrange("o -> o 1 1 1"))


branches = [image.conv(w3, padding=1), image.conv(w1), image]
first, second, third = (
    branch.batch_norm(*one, axis=0) for branch, one in zip(branches, norms, strict=True)
)

points = fold(w1, norms[1]) + fold(identity.rearrange("o i -> o i 1 1"), norms[2])
merged = fold(w3, norms[0]) + points.pad(1, 1, axis=(2, 3))
merged_bias = offset(norms[0]) + offset(norms[1]) + offset(norms[2])

prove(first + second + third, image.conv(merged, merged_bias, padding=1))

# %% [markdown]
# A ReLU behind the sum stays where it is. A ReLU in a branch is in the way: then the block is not
# linear, and no layer. Where all branches end with a ReLU, it does not help to add before it:

# %%
refute(
    x.convolve(a).relu() + x.convolve(b).relu(),
    x.convolve(a + b).relu(),
)

# %% [markdown]
# ## Padding between the layers
#
# Two layers without a function between them are one layer, with the kernel $k * h$ for stride 1
# (notebook 05 has all strides). If both of them pad, the paddings seem to add up. For two layers of
# $3 \times 3$ taps with padding 1 somebody
# [asked](https://discuss.pytorch.org/t/block-squeezing-simplify-sequence-of-convolutional-layers/154268)
# why 20 of 36 outputs were not the same. They are the border of $6 \times 6$ outputs. Along one axis:

# %%
h3 = Signal("h", 3)
claim = Claim(
    x.pad(1, 1).correlate(k3).pad(1, 1).correlate(h3),
    x.pad(2, 2).correlate(k3.convolve(h3)),
)
refute(claim.lhs, claim.rhs)

# %%
diagrams.network(claim.lhs, outputs=(0,), n=4)

# %% [markdown]
# The tap $h_0$ finds the padded 0. In the one layer, whose kernel is called $w$ in the picture, it goes
# on to $x_0$: its tap there is $w_2 = h_0 k_2 + h_1 k_1 + h_2 k_0$, where the two layers have
# $h_1 k_1 + h_2 k_0$.

# %%
diagrams.network(claim.rhs, outputs=(0,), n=4)

# %% [markdown]
# Between the layers the padding is a 0. At the same place the first layer, had it gone on, would have
# found entries of $x$, and the one layer does as if it had gone on. (For a bias it was the same: there
# the norm would have made $b$ of a 0.) With symbols:

# %%
between = Claim(
    x.pad(p, p).correlate(k).pad(q, q).correlate(h),
    x.pad(p + q, p + q).correlate(k.convolve(h)),
)
condition = between.condition(for_all=[n])
assert condition == Or(Eq(q, 0), c <= p + 1)
condition

# %% [markdown]
# **Theorem.** Padded by $p$ and then by $q$, the two layers are the one layer padded by $p + q$, for
# every $n$, exactly if $q = 0$ or $c \le p + 1$.
#
# *Why.* Number the outputs of the first layer so that output $u$ reads $x$ from $u - p$ to
# $u - p + c - 1$. Output $-1$, had it been computed, would read up to $c - p - 2$. If $c \le p + 1$, it
# finds nothing of $x$, and neither do those before it: they are 0, as the padding is. On the right it is
# the same, from the other end. If $c > p + 1$, the output $-1$ reads $x_0$, and may be anything; and
# if $q \ge 1$ and $n$ is large enough, the second layer reads the place.
#
# With $c = 3$ this asks for $p \ge 2$, where a layer has more outputs than inputs. The usual $p = 1$ is
# too little, and so is every padding with which the length stays, but for one tap.
#
# symconv's `merge` composes a chain, says when that is right, and what would repair it:

# %%
found = merge(between.lhs)
assert found.condition_for_all_inputs == condition
for repair in found.repairs:
    assert isinstance(repair.verdict, Proved)
    print(repair)

# %% [markdown]
# The repair is another network, as in the first repair above: it has to be trained with all padding
# before its first layer. A network that is trained already, and pads between its layers as usual, is
# no single layer.
#
# A *function* may stand before the padding as well. When does it not matter whether one pads before
# it or behind it? Let $f$ be any function of which nothing is known, and $g$ one with $g(0) = 0$, such
# as ReLU:

# %%
unknown, at_zero = Pointwise("f"), Pointwise("g", 0)
refute(unknown(x).pad(l, r), unknown(x.pad(l, r)))
prove(at_zero(x).pad(l, r), at_zero(x.pad(l, r)))

# %% [markdown]
# So there is one rule for all of this section, and the one on norms: *padding with zeros may be moved
# over whatever makes zeros of the zeros around $x$*. A norm with $b \ne 0$ does not, a sigmoid does
# not, and a layer with several taps does not as long as a window has an entry of $x$ in it.
#
# ## Rounding or error?
#
# After an operation one runs both networks on some input, and the outputs differ a little, as numbers
# in a computer are rounded. Is that all? Three operations, in single and in double precision:
#
# - *right*: a norm behind a layer, folded as proved above;
# - *epsilon*: the same, but $\varepsilon = 10^{-5}$ is forgotten, so that $v$ is $1/\sigma$;
# - *padding*: a norm before a padded layer, folded into it.

# %%
random = np.random.default_rng(1)
channels, taps, size = 16, 3, 100
data = {
    "x": random.normal(size=(channels, size)),
    "w": random.normal(size=(channels, channels, taps)),
    "mean": random.normal(size=channels),
    "variance": random.uniform(0.5, 2, channels),
    "gamma": random.normal(size=channels),
    "beta": random.normal(size=channels),
}
data = {name: values.astype(np.float32) for name, values in data.items()}


def layer(x, w, bias):
    """A layer with padding 1, in the precision of its arguments."""
    windows = sliding_window_view(np.pad(x, [(0, 0), (1, 1)]), w.shape[2], axis=1)
    return np.einsum("iuj,oij->ou", windows, w) + bias[:, None]


def normed(x, mean, f, beta):
    """The norm of each row."""
    return (x - mean[:, None]) * f[:, None] + beta[:, None]


# %% [markdown]
# How large can rounding be? Each operation multiplies its result with $1 + \delta$, where
# $\left|\delta\right| \le \eta$; $\eta$ is $2^{-24}$ in single and $2^{-53}$ in double precision. An
# output is a sum of products, and each of these passes through at most $N = C c + 3$ operations, before
# and after folding. So both outputs are off by at most $\frac{N \eta}{1 - N \eta}\,M$, where $M$ is the
# sum of the absolute values of the products (N. J. Higham, *Accuracy and Stability of Numerical
# Algorithms*, 2nd edition, SIAM 2002, Lemma 3.1). The network itself computes $M$, if it is given
# absolute values. Two computations of the same numbers differ by at most twice that.


# %%
def differences(operation, precision):
    """By how much an operation changes each output, and the most that rounding can do."""
    x, w, mean, variance, gamma, beta = (values.astype(precision) for values in data.values())
    f = gamma / np.sqrt(variance + precision(1e-5))
    none = np.zeros(channels, precision)
    if operation == "padding":
        first = layer(normed(x, mean, f, beta), w, none)
        second = layer(x, w * f[:, None], np.einsum("oij,i->o", w, beta - mean * f))
        largest = layer(normed(abs(x), -abs(mean), abs(f), abs(beta)), abs(w), none)
    else:
        used = f if operation == "right" else gamma / np.sqrt(variance)
        first = normed(layer(x, w, none), mean, f, beta)
        second = layer(x, w * used[:, None, None], beta - mean * used)
        largest = normed(layer(abs(x), abs(w), none), -abs(mean), abs(f), abs(beta))
    steps = (channels * taps + 3) * np.finfo(precision).eps / 2
    return abs(first - second), 2 * steps / (1 - steps) * largest


# %%
ratios = {}
print(f"{'operation':10}{'precision':>10}{'difference':>12}{'of what rounding can do':>26}")
for operation in ("right", "epsilon", "padding"):
    for precision in (np.float32, np.float64):
        changed, allowed = differences(operation, precision)
        ratios[operation, precision] = changed / allowed
        name = "single" if precision is np.float32 else "double"
        print(f"{operation:10}{name:>10}{changed.max():12.1e}{(changed / allowed).max():26.1e}")

# %% [markdown]
# The difference of the first operation shrinks with the precision, by about $2^{29}$, or 500
# million; in both it is far below what rounding can do. The forgotten $\varepsilon$ makes $f$ larger
# by $\varepsilon / (2 \sigma^2)$ of itself, some millionths. In single precision rounding could have
# done that too; in double precision it could not, by many powers of ten. An error does not shrink.
# And that of the padding sits at the ends; between them there is only rounding:

# %%
single, double = np.float32, np.float64
assert max(ratios["right", precision].max() for precision in (single, double)) < 1
assert ratios["epsilon", single].max() < 1
assert ratios["epsilon", double].max() > 1e6
for precision in (single, double):
    assert ratios["padding", precision][:, 1:-1].max() < 1
    assert ratios["padding", precision][:, [0, -1]].max() > 1e3

# %% [markdown]
# Both errors were seen because we looked for them. A proof needs no input and no precision. Another
# number $v'$ in the place of $v$ is refuted at once:

# %%
wrong = Signal("v2", O)
factors = gamma.multiply(wrong)
refute(
    X.conv(w, padding=1).batch_norm(*norm, axis=0),
    X.conv(w.multiply(factors.rearrange("o -> o 1 1")), beta - mu.multiply(factors), padding=1),
)

# %% [markdown]
# Frameworks have different $\varepsilon$: by default it is $10^{-5}$ in PyTorch and $10^{-3}$ in Keras.
# Weights that are carried from one to the other need their own.
#
# ## With PyTorch
#
# Code that changes a module of PyTorch can be settled as it is. symconv runs it on a copy whose
# weights are symbols. This section needs PyTorch, `pip install 'symconv[torch]'`; without it, the
# rest of the notebook is complete, and what would be shown here is left out.

# %%
try:
    import torch
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    from symconv.reading.networks import read_rewritten

    torch.manual_seed(0)
except ImportError:
    torch = None
    print("PyTorch is not installed: what this section shows is left out.")

# %%
SHAPE = ("N", 3, "H", "W")  # images of three channels, of any size


def trained(*layers):
    """A network with norms as they are after training."""
    net = nn.Sequential(*layers).eval()
    for one in net.modules():
        if isinstance(one, nn.BatchNorm2d):
            nn.init.uniform_(one.running_var, 0.5, 2)
            for numbers in (one.running_mean, one.weight, one.bias):
                nn.init.normal_(numbers)
    return net


def settle(net, code):
    """Decide for all weights and sizes whether code leaves what a network computes."""
    verdict = Claim(*(one.output for one in read_rewritten(net, code, SHAPE))).prove()
    assert isinstance(verdict, Proved | Refuted), verdict
    print("proved for all weights and sizes" if verdict else "refuted")
    return bool(verdict)


# %% [markdown]
# PyTorch itself has a function that folds a norm into the layer before it. It is right for all weights
# and for images of all sizes. `compare` looks at the numbers too: those of the folded layer are the
# right ones, up to rounding.

# %%
if torch:
    net = trained(nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8))
    assert settle(net, lambda net: fuse_conv_bn_eval(net[0], net[1]))
    comparison = compare(net, fuse_conv_bn_eval(net[0], net[1]), SHAPE)
    assert comparison.verdict == "agree"
    print(comparison)


# %% [markdown]
# With a forgotten $\varepsilon$ the layers are the right ones, and the numbers are not:


# %%
def without_epsilon(net):
    """Fold a norm into the layer before it, and forget epsilon."""
    conv, norm = net
    new = nn.Conv2d(3, 8, 3, stride=2, padding=1)
    f = norm.weight / norm.running_var.sqrt()
    new.weight.data = conv.weight * f.reshape(-1, 1, 1, 1)
    new.bias.data = norm.bias - norm.running_mean * f
    return new


if torch:
    assert not settle(net, without_epsilon)
    comparison = compare(net, without_epsilon(net), SHAPE)
    assert comparison.verdict == "refuted"
    print(comparison)


# %% [markdown]
# And a norm before a padded layer:


# %%
def into_the_next(net):
    """Fold a norm into the padded layer behind it."""
    norm, conv = net
    new = nn.Conv2d(3, 4, 3, padding=1)
    f = norm.weight / (norm.running_var + norm.eps).sqrt()
    new.weight.data = conv.weight * f.reshape(1, -1, 1, 1)
    new.bias.data = (conv.weight.sum((2, 3)) * (norm.bias - norm.running_mean * f)).sum(1)
    return new


if torch:
    net = trained(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3, padding=1, bias=False))
    assert not settle(net, into_the_next)
    comparison = compare(net, into_the_next(net), SHAPE)
    assert comparison.verdict == "refuted"
    print(comparison)

# %% [markdown]
# `merge` finds by itself what can be one layer, and tells of repairs where there are some:

# %%
if torch:
    (chain,) = merge(net, SHAPE)
    assert not chain
    assert len(chain.repairs) == 2
    print(chain)

# %% [markdown]
# ## In short
#
# For all weights, and inputs of every length:
#
# | operation | right exactly where | otherwise |
# |:--|:--|:--|
# | norm behind a layer, into it | always, with the bias | |
# | norm before a layer, into it | the layer does not pad | pad before the norm; with $e$; or a bias for each place |
# | branches into one layer | always, if $c - d = 2\,(p - q)$ and nothing but the sum joins them | |
# | two layers into one (stride 1) | $q = 0$ or $c \le p + 1$ | pad before the first one only |
# | padding moved over a function | $g(0) = 0$ | |
#
# ## Exercises
#
# **Exercise 1** (a transposed layer). The kernel of a transposed layer has the shape $(C, O, c)$: here
# the input channels come first. Fold the norm behind it into a kernel `kernel` and a bias `shift`.

# %% [markdown] tags=["hint"]
# `f` has one number for each output channel, and this is now the second axis of the kernel;
# `f.rearrange("o -> o 1")` puts an axis of one entry behind it.

# %%
turned = Tensor("w", (C, O, c))
normal = X.conv_transpose(turned, stride=s).batch_norm(*norm, axis=0)
### BEGIN SOLUTION
kernel = turned.multiply(f.rearrange("o -> o 1"))
shift = offset(norm)
### END SOLUTION
check(X.conv_transpose(kernel, shift, stride=s), normal)

# %% [markdown]
# **Exercise 2** (a branch with dilation). A branch with $2m + 1$ taps, dilation $d$ and padding
# $d\,m$ is added to a branch with the one tap $w$. Write the kernel `joint` of one layer, without
# dilation and with the same padding. (A user of RepVGG
# [asked](https://github.com/DingXiaoH/RepVGG/issues/57) whether blocks with a dilation can become one
# layer.)

# %% [markdown] tags=["hint"]
# Write the first branch without a dilation: `dilate` puts zeros between taps. How many taps has it
# then, and how many zeros go around the one tap, so that lemma 1 applies?

# %%
odd, point = Signal("k", 2 * m + 1), Signal("w", 1)
two_branches = x.pad(d * m, d * m).correlate(odd, dilation=d) + x.correlate(point)
### BEGIN SOLUTION
joint = odd.dilate(d) + point.pad(d * m, d * m)
### END SOLUTION
check(x.pad(d * m, d * m).correlate(joint), two_branches)

# %% [markdown]
# **Exercise 3** (a pool behind a layer). A layer with $c$ taps and padding $p$ is followed by an
# average of 2, with stride 2 and no padding. Write the kernel `pooled` of the one layer that they are,
# with stride 2 and padding $p$. (The code of Progressive GANs runs such pairs as one layer; T. Karras
# and others, 2018, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196).) Could a maximum of 2 in the
# place of the average be a layer, too? Say why.

# %% [markdown] tags=["hint"]
# An average is a layer: with which taps, and which stride? Two layers, of which the second one does
# not pad, are one. And what does a layer make of $-x$?

# %%
averaged = x.pad(p, p).correlate(k).avg_pool(2)
### BEGIN SOLUTION
pooled = k.convolve(Signal.ones(2)) / 2
### END SOLUTION
check(x.pad(p, p).correlate(pooled, stride=2), averaged)

# %% [markdown] tags=["solution"]
# The average is a layer with the taps 1/2 and 1/2 and stride 2, and nothing is padded before it. A
# maximum is no layer: a layer makes $-y$ of $-x$ if it makes $y$ of $x$, but the maxima of $x$ and of
# $-x$ are both 1 for $x = (1, -1)$.

# %% tags=["solution"]
refute((-x).max_pool(2), -x.max_pool(2))

# %% [markdown]
# **Exercise 4** (an average as a branch). The Diverse Branch Block (X. Ding and others, 2021,
# [arXiv:2103.13425](https://arxiv.org/abs/2103.13425)) adds averages to layers. Here one of three
# neighbours, in which zeros of the padding count, is added to a layer with three taps. Write the
# kernel `together`. And if the zeros do not count?

# %% [markdown] tags=["hint"]
# Which three taps does the average have? For the second question, write down the first two outputs,
# and compare what stands before the entry in the middle of each window.

# %%
with_average = x.pad(1, 1).correlate(k3) + x.avg_pool(3, stride=1, padding=1)
### BEGIN SOLUTION
together = k3 + Signal.ones(3) / 3
### END SOLUTION
check(x.pad(1, 1).correlate(together), with_average)

# %% [markdown] tags=["solution"]
# If they do not count, the first and the last output are divided by 2 (or by 1, for $n = 1$), and the
# others by 3. A layer has the same taps everywhere, so this is none as soon as there are three entries:
# the middle tap would have to be 1/2 and 1/3.

# %% tags=["solution"]
uncounted = x.avg_pool(3, stride=1, padding=1, count_include_pad=False)
none = solve(uncounted, lambda K: x.pad(1, 1).correlate(K), given=[n >= 3])
assert isinstance(none.verdict, Refuted)
print(str(none).splitlines()[0])

# %% [markdown]
# **Exercise 5** (a scale and a ReLU). Somebody wants to take the scale $a$ of a norm out of a layer, and
# to multiply with it behind the ReLU that follows: $\text{ReLU}(a\,x) = a\,\text{ReLU}(x)$. First guess,
# then settle it for $a = 2$ and for any $a$. For which $a$ is it right? Show it.

# %% [markdown] tags=["hint"]
# `2 * x` and `x.convolve(a)`, with the signal `a` of one entry from above, are the scales; `relu()`
# follows. Then ask for which $a$ multiplying with it keeps the order of two numbers.

# %% [markdown] tags=["solution"]
# For $a \ge 0$: then $\max(0, a\,x) = a \max(0, x)$, as multiplying with $a$ keeps the order. For
# $a < 0$ and $x = -1$ the left side is $-a > 0$, and the right side is 0. (M. Nagel and others use this
# to move scales between layers, 2019, [arXiv:1906.04721](https://arxiv.org/abs/1906.04721).)

# %% tags=["solution"]
prove((2 * x).relu(), 2 * x.relu())
refute(x.convolve(a).relu(), x.relu().convolve(a))

# %% [markdown]
# **Exercise 6** (rounding or error?). Someone folds the norms of a network with fifty layers. In single
# precision, outputs of about 10 change by $2 \cdot 10^{-5}$. Is the folding right? Say what you would
# measure to find out, and why no such measurement proves it.

# %% [markdown] tags=["hint"]
# How many roundings are $2 \cdot 10^{-5}$, beside 10? Which of the two shrinks in double precision, and
# where would an error of padding sit?

# %% [markdown] tags=["solution"]
# The number alone says nothing: it is two millionths of the outputs, as much as a few dozen roundings
# make, or a forgotten $\varepsilon$. Run both networks in double precision, folding in double precision
# too. If it was rounding, the difference shrinks by about $5 \cdot 10^8$, to some $10^{-14}$; an error
# stays as it is. Look where the outputs differ: an error of padding sits at the border. Fold one norm
# at a time. Even where all of this looks right, it is right for one input of one size. The theorem is
# about all of them.

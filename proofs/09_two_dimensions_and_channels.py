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
# # Two dimensions and channels
#
# So far a signal was a row of numbers. In networks it is an image with channels, and a kernel has
# four indices. What changes?
#
# - With a second axis, nearly nothing: the indices become pairs, and each axis goes its own way.
# - With channels, a tap becomes a *matrix*. Matrices can be multiplied, so layers still compose. But
#   the order matters now, and what was a product of two taps is a sum over the channels between.
# - With groups, these matrices have blocks on the diagonal, and zeros elsewhere.
#
# From this follows what a layer of $1 \times 3$ taps and one of $3 \times 1$ taps can do together,
# where zeros that are padded between two layers do harm, and what a depthwise and a pointwise layer
# are in one.
#
# **Conventions.** They are PyTorch's. An image $x$ has $C$ channels, height $H$ and width $W$; its
# entries are $x[c, u, v]$. A kernel $k$ of $K \times J$ taps, from $C$ channels to $O$, has the
# entries $k[o, c, i, j]$: output channel, input channel, row, column. A layer does not flip its
# kernel (it *correlates*), and is padded with zeros. Pairs stand for height and width, in this
# order. Entries are counted from 0; outside its range a tensor is 0. There are no biases, unless
# they are mentioned.

# %%
from sympy import And, Eq, Max, Mod, Ne, Or, Piecewise, Sum, ceiling, expand, false, floor

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    Tensor,
    concatenate,
    diagrams,
    einsum,
    explore,
    integers,
)
from symconv.exercises import check

C, M, O, H, W = integers("C M O H W", positive=True)  # channels, height, width
K, J, A, B, s, t, d, e = integers("K J A B s t d e", positive=True)  # taps, strides
p, q, p2, q2 = integers("p q p2 q2", nonnegative=True)  # paddings
o, c, m, i, j, u, v = integers("o c m i j u v")  # indices

x = Tensor("x", (C, H, W))


def prove(left, right, given=()):
    """Print that the two sides are equal, once that is proved for all sizes."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict
    print(verdict)


def refute(left, right, given=()):
    """Why the two sides are not always equal."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Refuted), verdict
    return verdict


# %% [markdown]
# ## One layer
#
# With the strides $(s, t)$ and without padding, a layer computes
#
# $$y[o, u, v] = \sum_{c=0}^{C-1} \sum_{i=0}^{K-1} \sum_{j=0}^{J-1}
# k[o, c, i, j]\, x[c,\, s u + i,\, t v + j].$$

# %%
k = Tensor("k", (O, C, K, J))
y = x.conv(k, stride=(s, t))
formula = Sum(
    k[o, c, i, j] * x[c, s * u + i, t * v + j], (c, 0, C - 1), (i, 0, K - 1), (j, 0, J - 1)
)
prove(y, Tensor.from_formula((o, u, v), formula, shape=y.shape))

# %% [markdown]
# The height of the output is the length of notebook 03, with the heights in it; and the width is the
# same with the widths.

# %%
prove(y.shape[1], Max(0, floor((H - K) / s) + 1))
prove(x.conv(Tensor("k", (O, C, 3, 3)), stride=2, padding=1).shape[2], ceiling(W / 2))

# %% [markdown]
# With one channel, a padding of 1 and $3 \times 3$ taps: the kernel is laid on each $3 \times 3$ part
# of the padded image, what lies on each other is multiplied, and all nine products are added up.

# %%
gray, plane = Tensor("x", (4, 4)), Tensor("k", (3, 3))
diagrams.grids({"image": gray, "padded by 1": gray.pad(1, 1, axis=(0, 1)), "kernel": plane})

# %% [markdown]
# Now with channels. At the place $(i, j)$ in the kernel, $k[\cdot, \cdot, i, j]$ is a matrix with $O$
# rows and $C$ columns; and $x[\cdot, u, v]$ is a vector with $C$ entries. In this notation
#
# $$y[u, v] = \sum_{i, j} k[i, j]\, x[s u + i,\, t v + j],$$
#
# which is the formula for signals, with a matrix where there was a tap and a pair where there was
# an index.
#
# ## Two layers
#
# Let a layer with the kernel $a$, of $K \times J$ taps from $C$ channels to $M$, be followed by one
# with the kernel $b$, of $A \times B$ taps from $M$ channels to $O$. Their strides are $(s, t)$ and
# $(d, e)$.
#
# **Theorem.** The two layers are one layer, with the strides $(s d,\, t e)$ and the kernel
#
# $$k[o, c, i, j] = \sum_{m=0}^{M-1} \sum_{i', j'} b[o, m, i', j']\, a[m, c,\, i - s i',\, j - t j'],$$
#
# which has $K + s (A - 1)$ rows and $J + t (B - 1)$ columns. The input may be padded before the
# first layer, and nothing is padded between them.
#
# *Proof.* In the notation with matrices, substitute the first layer in the second one:
#
# $$y[u, v] = \sum_{i', j'} b[i', j'] \sum_{i, j} a[i, j]\,
# x[s (d u + i') + i,\, t (e v + j') + j].$$
#
# Here $b[i', j']\,a[i, j]$ is a product of matrices, in this order, and it meets
# $x[s d\, u + (s i' + i),\, t e\, v + (t j' + j)]$. Collect the terms with equal sums in the round
# brackets.
#
# It is the convolution $a * (b\uparrow)$ of notebook 05, along both axes. In symconv a full
# convolution with a sum over channels is what a transposed layer computes:


# %%
def swapped(kernel):
    """A kernel with its two axes of channels exchanged."""
    return kernel.rearrange("o c k l -> c o k l")


def one_kernel(second, first, stride=1):
    """The kernel of two layers as one; the stride is that of the first layer."""
    return swapped(swapped(first).conv_transpose(swapped(second), dilation=stride))


a, b = Tensor("a", (M, C, K, J)), Tensor("b", (O, M, A, B))
both = one_kernel(b, a, (s, t))
formula = Sum(
    b[o, m, u, v] * a[m, c, i - s * u, j - t * v], (m, 0, M - 1), (u, 0, A - 1), (v, 0, B - 1)
)
prove(both, Tensor.from_formula((o, c, i, j), formula, shape=both.shape))
prove(both.shape[2], K + s * (A - 1))

# %%
two_layers = x.conv(a, stride=(s, t), padding=(p, p2)).conv(b, stride=(d, e))
prove(two_layers, x.conv(both, stride=(s * d, t * e), padding=(p, p2)))

# %% [markdown]
# **The order.** Two kernels on signals may change places, if the strides are 1 and nothing is
# padded between. With channels they may not, even if both lead from $C$ channels to $C$. Kernels
# with one tap are enough to see it: they are matrices, and $b\,a$ is not $a\,b$.

# %%
a_square, b_square = Tensor("a", (C, C, K, J)), Tensor("b", (C, C, A, B))
order = refute(x.conv(a_square).conv(b_square), x.conv(b_square).conv(a_square))
assert order.counterexample.lengths["C"] == 2
print(order)

# %% [markdown]
# Whatever the sizes of the two kernels, the order is free for all images if and only if there is a
# single channel:

# %%
exchange = Claim(order.claim.lhs, order.claim.rhs).condition(for_all=[H, W])
assert exchange == Eq(C, 1)
exchange

# %% [markdown]
# ## 1×3, then 3×1
#
# What a layer does along the width does not touch the height. So padding, strides and taps along
# different axes change places as they like:

# %%
f, g = Signal("f", K), Signal("g", J)
prove(
    x.correlate(f, axis=1, stride=s).pad(p, q, axis=2).correlate(g, axis=2, stride=t),
    x.pad(p, q, axis=2).correlate(g, axis=2, stride=t).correlate(f, axis=1, stride=s),
)

# %% [markdown]
# Let the first layer have a kernel $r$ with one row of three taps, padded by 1 along the width, and
# the second a kernel $h$ with one column of three taps, padded by 1 along the height. This pads
# *between* the layers, which in notebook 03 did harm. Here it does none. The theorem gives the
# $3 \times 3$ kernel
#
# $$k[o, c, i, j] = \sum_m h[o, m, i]\, r[m, c, j],$$
#
# and with their zeros in the same places the three layers fit together:

# %%
r, h = Tensor("r", (M, C, 1, 3)), Tensor("h", (O, M, 3, 1))
square = einsum("omi,mcj->ocij", h[:, :, :, 0], r[:, :, 0])
prove(
    x.conv(r, padding=(0, 1)).conv(h, padding=(1, 0)),
    x.conv(square, padding=1),
)

# %% [markdown]
# Row $-1$ of the first layer's output, if it were computed, would come from row $-1$ of the image
# alone, because the kernel has a single row. It would be zero anyway.
#
# **The other way round.** Is every $3 \times 3$ layer such a pair? With one channel everywhere,
# $k[i, j] = h[i]\, r[j]$ is a column times a row:

# %%
column, row = Signal("h", 3), Signal("r", 3)
outer = einsum("i,j->ij", column, row)
diagrams.grids({"h": column.rearrange("i -> i 1"), "r": row.rearrange("j -> 1 j"), "k": outer})

# %% [markdown]
# Such a matrix has at most *rank 1*, and its $2 \times 2$ minors are 0:

# %%
prove(einsum("ij,kl->ijkl", outer, outer), einsum("il,kj->ijkl", outer, outer))

# %% [markdown]
# Those of nine free taps are not, so the answer is no. The smallest kernel that is not a column
# times a row has two ones on its diagonal:

# %%
minors = refute(einsum("ij,kl->ijkl", plane, plane), einsum("il,kj->ijkl", plane, plane))
minors.counterexample.signals["k"]

# %% [markdown]
# With $M$ channels in the middle there is more room. Write the kernel as a matrix with $3 O$ rows,
# one for each $(o, i)$, and $3 C$ columns, one for each $(c, j)$. The formula for $k$ says that
# this matrix is a product of one with $M$ columns and one with $M$ rows, and those are the matrices
# of rank $M$ or less:
#
# **Theorem.** Over a field, a $3 \times 3$ layer from $C$ to $O$ channels is a $1 \times 3$ layer to
# $M$ channels and a $3 \times 1$ layer if and only if this matrix has rank $M$ or less. So
# $M = 3 \min(C, O)$ channels are always enough.
#
# For $M = 3C$ one sees it without linear algebra. The first layer only copies: its channel
# $(c, j)$ is channel $c$, moved by $j$ columns. The second layer then has all of $k$ as its taps.


# %%
def identity(size):
    """The identity matrix."""
    entry = Piecewise((1, Eq(u, v)), (0, True))
    return Tensor.from_formula((u, v), entry, shape=(size, size))


k3 = Tensor("k", (O, C, 3, 3))
copies = einsum("cd,jl->cjdl", identity(C), identity(3)).rearrange("c j d l -> (c j) d 1 l")
rest = k3.rearrange("o c i j -> o (c j) i 1")
prove(x.conv(copies, padding=(0, 1)).conv(rest, padding=(1, 0)), x.conv(k3, padding=1))

# %% [markdown]
# That saves nothing. With $M = C = O$ the pair has $6 C^2$ weights and the square layer $9 C^2$, and
# it can do less. Networks have pairs of this kind from the start, with a nonlinearity behind each
# layer, and learn their kernels; C. Szegedy et al. propose it in
# [arXiv:1512.00567](https://arxiv.org/abs/1512.00567).
#
# ## The border
#
# When are two padded layers one layer? Take the strides 1 again, and pad by $(p, p_2)$ before the
# first layer and by $(q, q_2)$ between the two. The candidate is the one layer that is padded by
# the sum. We ask under which condition it is right for images of all sizes and all numbers of
# channels:

# %%
padded_twice = x.conv(a, padding=(p, p2)).conv(b, padding=(q, q2))
padded_once = x.conv(one_kernel(b, a), padding=(p + q, p2 + q2))
condition = Claim(padded_twice, padded_once).condition(for_all=[C, M, O, H, W])
expected = And(Or(Eq(q, 0), p >= K - 1), Or(Eq(q2, 0), p2 >= J - 1))
assert Claim(condition, expected).prove()
condition

# %%
explore(Claim(padded_twice, padded_once))

# %% [markdown]
# **Theorem.** The two layers are the one layer, for all images, if and only if *along each axis*
# the second layer is not padded, or the first one is padded by at least its number of taps less 1.
#
# *Proof.* Continue the first layer's formula to row $-1$. There its window covers the rows from
# $-p - 1$ to $K - 2 - p$ of the image. If $K \le p + 1$ these are all zeros, and above it is the
# same. So it is at the lower end, and along the other axis, and the zeros that are padded are what
# the formula would have given. If $K \ge p + 2$ the window reaches into the image. If also
# $q \ge 1$, an output at the border misses terms $b\,a\,x$ that the one layer has, and as all of
# them have the coefficient 1, none is cancelled.
#
# The second kernel does not occur in the condition. And one axis that is in order does not help the
# other one: both parts have to hold. Three pairs, all of them with padding that keeps the size. (An
# output is called $[u, v, w]$ in a verdict: its channel, its row and its column.)

# %%
a3, b3 = Tensor("a", (M, C, 3, 3)), Tensor("b", (O, M, 3, 3))
pairs = {
    "3×3, then 3×3": (
        x.conv(a3, padding=1).conv(b3, padding=1),
        x.conv(one_kernel(b3, a3), padding=2),
    ),
    "1×3, then 3×3": (
        x.conv(r, padding=(0, 1)).conv(b3, padding=1),
        x.conv(one_kernel(b3, r), padding=(1, 2)),
    ),
    "1×3, then 3×1": (
        x.conv(r, padding=(0, 1)).conv(h, padding=(1, 0)),
        x.conv(square, padding=1),
    ),
}
for name, pair in pairs.items():
    verdict = Claim(*pair).prove()
    print(name, *str(verdict).splitlines()[1:] or [verdict], sep="\n    ")

# %% [markdown]
# The picture shows it for images of $6 \times 6$ entries. To draw it, both sides are computed with
# symbols as entries, and compared one by one; where they differ, the cell is dark.


# %%
def differing(left, right):
    """Where the two sides differ, for one channel everywhere and 6×6 entries."""
    one, other = (side.array(C=1, M=1, O=1, H=6, W=6)[0] for side in (left, right))
    return [[expand(one[u, v] - other[u, v]) != 0 for v in range(6)] for u in range(6)]


diagrams.grids({name: differing(*pair) for name, pair in pairs.items()})

# %%
border = [differing(*pair) for pair in pairs.values()]
edge = (0, 5)
assert border[0] == [[u in edge or v in edge for v in range(6)] for u in range(6)]
assert border[1] == [[v in edge for v in range(6)] for u in range(6)]
assert not any(map(any, border[2]))

# %% [markdown]
# **With strides** the right end depends on the size of the image, as in notebook 03, and now on two
# sizes. At the left end stride 2 is in order: row $-1$ of the first layer, whose window covers the
# rows from $-3$ to $-1$, is 0. Two $3 \times 3$ layers with stride 2 and padding 1 are a $7 \times 7$
# layer with stride 4 and padding 3, except for some sizes:

# %%
strided = refute(
    x.conv(a3, stride=2, padding=1).conv(b3, stride=2, padding=1),
    x.conv(one_kernel(b3, a3, 2), stride=4, padding=3),
)
assert strided.condition == And(Ne(Mod(H, 4), 2), Ne(Mod(W, 4), 2))
strided.condition

# %% [markdown]
# **With a bias** there is one more thing that a padded zero may be in the place of. Let the first
# layer add $\beta_m$ to its channel $m$. The formula, continued to row $-1$, gives $\beta$ there
# and not 0, even where the window sees nothing of the image. The one layer has the bias
# $\sum_m \sum_{i,j} b[o, m, i, j]\, \beta_m$, and now no amount of padding before the first layer
# helps:

# %%
beta = Signal("beta", M)
with_bias = x.conv(a, beta, padding=(p, p2)).conv(b, padding=(q, q2))
moved_bias = einsum("omij,m->o", b, beta)
as_one = x.conv(one_kernel(b, a), moved_bias, padding=(p + q, p2 + q2))
condition = Claim(with_bias, as_one).condition(for_all=[C, M, O, H, W])
assert condition == And(Eq(q, 0), Eq(q2, 0))
condition

# %% [markdown]
# So the pair $1 \times 3$, then $3 \times 1$ is not one layer if the first one has a bias, though
# each layer is padded along its own axis. The first and the last row of the output are wrong:

# %%
thin = refute(
    x.conv(r, beta, padding=(0, 1)).conv(h, padding=(1, 0)),
    x.conv(square, einsum("omij,m->o", h, beta), padding=1),
)
assert "v = 0 or v = H − 1" in str(thin)
assert thin.condition == false
print(*str(thin).splitlines()[1:], sep="\n")

# %% [markdown]
# **The repair** is to pad with $\beta$ in place of zero: add the bias behind the padding.

# %%
repaired = x.conv(r, padding=(0, 1)).pad(1, 1, axis=1) + beta.rearrange("m -> m 1 1")
prove(repaired.conv(h), x.conv(square, einsum("omij,m->o", h, beta), padding=1))

# %% [markdown]
# A batch norm is a factor and a bias for each channel; all of this holds for one that stands
# between the layers. Diverse Branch Block ([arXiv:2103.13425](https://arxiv.org/abs/2103.13425))
# makes one layer of a $1 \times 1$ and a $3 \times 3$ layer with a norm between them. It pads with
# what the norm makes of 0, for this reason.
#
# ## Groups
#
# A layer with $G$ groups cuts the $G Q$ channels of its input into $G$ parts of $Q$, applies to
# each a layer of its own, from $Q$ channels to $P$, and joins the results. Its kernel has the shape
# $(G P,\, Q,\, K,\, J)$: only taps within a part are stored. For two groups, written out:

# %%
G, P, Q, R = integers("G P Q R", positive=True)
one, two = Tensor("one", (P, Q, K, J)), Tensor("two", (P, Q, K, J))
upper, lower = Tensor("upper", (Q, H, W)), Tensor("lower", (Q, H, W))
prove(
    concatenate([upper, lower]).conv(concatenate([one, two]), groups=2, padding=p),
    concatenate([upper.conv(one, padding=p), lower.conv(two, padding=p)]),
)

# %% [markdown]
# So at each place the matrix of taps consists of $G$ blocks on the diagonal, and is zero elsewhere.
# The layer is an ordinary one with this kernel:


# %%
def dense(kernel, groups):
    """The kernel of a grouped layer, with its zeros."""
    parts = kernel.rearrange("(g p) q k l -> g p q k l", g=groups)
    blocks = einsum("gh,gpqkl->gphqkl", identity(groups), parts)
    return blocks.rearrange("g p h q k l -> (g p) (h q) k l")


grouped = Tensor("x", (G * Q, H, W))
w = Tensor("w", (G * P, Q, K, J))
prove(
    grouped.conv(w, groups=G, stride=s, padding=p),
    grouped.conv(dense(w, G), stride=s, padding=p),
)


# %%
def blocks(groups):
    """Which of 4×4 pairs of an output and an input channel have taps."""
    taps = dense(Tensor("w", (4, 4 // groups, 1, 1)), groups).array()
    return [[taps[o, c, 0, 0] != 0 for c in range(4)] for o in range(4)]


# %%
assert [sum(map(sum, blocks(groups))) for groups in (1, 2, 4)] == [16, 8, 4]
diagrams.grids({"1 group": blocks(1), "2 groups": blocks(2), "4 groups": blocks(4)})

# %% [markdown]
# A row of a grid is an output channel, a column an input channel; white means zero. Where the sizes
# fit, the product of two matrices with $G$ blocks on the diagonal is again one, so two layers with
# $G$ groups are one layer with $G$ groups (Exercise 6). With $G = C$ and one output channel for
# each input channel the layer is called *depthwise*: its matrices are diagonal. Diagonal matrices
# commute. So for depthwise layers the order is free, for any number of channels:

# %%
d1, d2 = Tensor("d1", (C, 1, K, J)), Tensor("d2", (C, 1, A, B))
prove(x.conv(d1, groups=C).conv(d2, groups=C), x.conv(d2, groups=C).conv(d1, groups=C))

# %% [markdown]
# Not so with a padding in each of them. The sizes of the outputs agree, and the values at the
# border do not:

# %%
d3, e3 = Tensor("d1", (C, 1, 3, 3)), Tensor("d2", (C, 1, 3, 3))
padded_order = refute(
    x.conv(d3, groups=C, padding=1).conv(e3, groups=C, padding=1),
    x.conv(e3, groups=C, padding=1).conv(d3, groups=C, padding=1),
)
assert padded_order.condition == And(Eq(H, 1), Eq(W, 1))
print(*str(padded_order).splitlines()[1:], sep="\n")

# %% [markdown]
# ## Depthwise and pointwise
#
# A *pointwise* layer has $1 \times 1$ taps: a single full matrix $w[o, c]$. A depthwise layer with
# the kernels $d[c, i, j]$ looks at the neighbours and not at other channels, a pointwise one does
# the opposite. One behind the other they are the *depthwise separable* layer of MobileNets
# ([arXiv:1704.04861](https://arxiv.org/abs/1704.04861)). By the theorem on two layers they are one
# layer, with
#
# $$k[o, c, i, j] = w[o, c]\, d[c, i, j].$$
#
# Padding and stride of the depthwise layer become its own. It may have a bias: nothing is padded
# behind it.

# %%
depth, point = Tensor("d", (C, 1, 3, 3)), Tensor("point", (O, C, 1, 1))
matrix, gamma = point[:, :, 0, 0], Signal("gamma", C)
separable = einsum("oc,cij->ocij", matrix, depth[:, 0])
prove(
    x.conv(depth, gamma, groups=C, stride=s, padding=p).conv(point),
    x.conv(separable, einsum("oc,c->o", matrix, gamma), stride=s, padding=p),
)

# %% [markdown]
# In the other order, pointwise and then depthwise, the kernel is $d[o, i, j]\, w[o, c]$. A window
# of one tap needs no padding, so $K \le p + 1$ holds with $p = 0$, and the padding between does no
# harm, unless the pointwise layer has a bias:

# %%
behind, delta = Tensor("d", (O, 1, 3, 3)), Signal("delta", O)
exchanged = einsum("oij,oc->ocij", behind[:, 0], matrix)
prove(x.conv(point).conv(behind, groups=O, padding=1), x.conv(exchanged, padding=1))

bias = einsum("oij,o->o", behind[:, 0], delta)
pointwise_first = refute(
    x.conv(point, delta).conv(behind, groups=O, padding=1),
    x.conv(exchanged, bias, padding=1),
)
assert pointwise_first.condition == false
assert len(pointwise_first.would_hold_given) == 1
print(*str(pointwise_first).splitlines()[1:], sep="\n")

# %% [markdown]
# **The other way round.** A $3 \times 3$ layer has $9 C O$ weights, the pair $9 C + C O$. For which
# kernels is there a pair? For each input channel $c$, the matrix with the entries $k[o, c, i, j]$,
# with a row for each $o$ and a column for each of the nine places, has to be a column $w[\cdot, c]$
# times a row $d[c, \cdot]$. Over a field it is possible exactly if each of these $C$ matrices has
# rank 1 or 0.
#
# If the depthwise layer makes $D$ channels out of each (PyTorch: $C$ groups and $C D$ output
# channels), the rank may be $D$. With $D = 9$ every layer is such a pair: the depthwise layer
# copies the nine neighbours, and the pointwise layer has all of $k$. (PyTorch's `unfold` is the
# first of the two.)

# %%
shifts = identity(9).rearrange("n (i j) -> n i j", i=3)
neighbours = einsum("c,nij->cnij", Signal.ones(C), shifts).rearrange("c n i j -> (c n) 1 i j")
weights = k3.rearrange("o c i j -> o (c i j) 1 1")
prove(x.conv(neighbours, groups=C, padding=1).conv(weights), x.conv(k3, padding=1))
columns = x.unfold(3, padding=1).rearrange("k (h w) -> k h w", h=H)
prove(x.conv(neighbours, groups=C, padding=1), columns)

# %% [markdown]
# How a trained layer is approximated by few such pairs is the subject of J. Guo et al.,
# [arXiv:1808.05517](https://arxiv.org/abs/1808.05517).
#
# ## In PyTorch
#
# Where PyTorch is installed (`pip install torch`), the same can be asked of its own layers. The
# function `merged` below is what a program would do to a trained network: it makes one layer of
# two, by the formulas from above. symconv runs it with symbols as weights, and compares the
# networks before and after it. Without PyTorch these cells do nothing.

# %%
try:
    import torch
    from torch import nn

    from symconv.reading.networks import read_rewritten
except ImportError:
    torch = None
    print("PyTorch is not installed. What uses its layers is left out.")


# %%
def merged(pair):
    """A depthwise and a pointwise layer, in either order, as one."""
    first, second = pair
    if first.groups > 1:
        matrix, place = second.weight[:, :, 0, 0], first
        weight = torch.einsum("oc,cij->ocij", matrix, first.weight[:, 0])
        bias = matrix @ first.bias + second.bias
    else:
        matrix, place = first.weight[:, :, 0, 0], second
        weight = torch.einsum("oij,oc->ocij", second.weight[:, 0], matrix)
        bias = second.weight.sum(dim=(1, 2, 3)) * first.bias + second.bias
    layer = nn.Conv2d(first.in_channels, second.out_channels, 3, place.stride, place.padding)
    layer.weight.data, layer.bias.data = weight, bias
    return layer


# %%
if torch:
    torch.manual_seed(1)
    depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
    pair = nn.Sequential(depthwise, nn.Conv2d(8, 12, 1)).eval()
    before, after = read_rewritten(pair, merged, ("N", 8, "H", "W"))
    prove(before.output, after.output)

# %% [markdown]
# It is right for all weights, and images of all sizes. In the other order it is not, and the
# difference is far larger than rounding, but only at the border:

# %%
if torch:
    depthwise = nn.Conv2d(12, 12, 3, padding=1, groups=12)
    pair = nn.Sequential(nn.Conv2d(8, 12, 1), depthwise).eval()
    before, after = read_rewritten(pair, merged, ("N", 8, "H", "W"))
    print(*str(refute(before.output, after.output)).splitlines()[1:], sep="\n")
    with torch.no_grad():
        image = torch.randn(1, 8, 6, 6)
        error = (pair(image) - merged(pair)(image)).abs().amax(dim=(0, 1))
    seen = (error > 1e-5).tolist()
    assert seen == border[0]

# %%
diagrams.grids({"a difference above 0.00001": seen}) if torch else None

# %% [markdown]
# ## Exercises
#
# **Exercise 1** (a column, then a row). A $3 \times 1$ layer with the kernel $h$ from $C$ to $M$
# channels, padded by 1 along the height, is followed by a $1 \times 3$ layer with the kernel $r$
# from $M$ to $O$ channels, padded by 1 along the width. Write the kernel `square_2` of the one
# $3 \times 3$ layer that they are. (`einsum` writes sums of products; `h[:, :, :, 0]` and
# `r[:, :, 0]` leave out the axis with one entry.)

# %% [markdown] tags=["hint"]
# In the theorem on two layers, the second kernel is now $r$, with one row, and the first one is $h$,
# with one column. Which taps are left of the sum over $i'$ and $j'$?

# %%
h, r = Tensor("h", (M, C, 3, 1)), Tensor("r", (O, M, 1, 3))
### BEGIN SOLUTION
square_2 = einsum("omj,mci->ocij", r[:, :, 0], h[:, :, :, 0])
### END SOLUTION
check(x.conv(square_2, padding=1), x.conv(h, padding=(1, 0)).conv(r, padding=(0, 1)))

# %% [markdown]
# **Exercise 2** (strides). The layer with the kernel of Exercise 1 is to have the strides $(2, 3)$.
# Write `thin_layers`, the two thin layers in the order of Exercise 1, with strides and paddings, so
# that the output is the same.

# %% [markdown] tags=["hint"]
# Each axis goes its own way. Which of the two layers looks along the height, and may leave out rows?

# %%
wanted = x.conv(one_kernel(r, h), stride=(2, 3), padding=1)
### BEGIN SOLUTION
columns = x.conv(h, stride=(2, 1), padding=(1, 0))
thin_layers = columns.conv(r, stride=(1, 3), padding=(0, 1))
### END SOLUTION
check(thin_layers, wanted)

# %% [markdown]
# **Exercise 3** (weights). A $3 \times 3$ layer from 64 channels to 64 is replaced by a
# $1 \times 3$ layer to $M$ channels and a $3 \times 1$ layer. Write the condition `fewer` on $M$
# under which there are fewer weights than before.

# %% [markdown] tags=["hint"]
# A layer has a weight for each output channel, each input channel and each place in its window.

# %%
thin_weights = 3 * 64 * M + 3 * M * 64
### BEGIN SOLUTION
fewer = M < 96
### END SOLUTION
check(fewer, thin_weights < 9 * 64 * 64)

# %% [markdown]
# **Exercise 4** (the border). A $5 \times 5$ layer, padded by $p$ on all sides, is followed by a
# $3 \times 3$ layer, padded by $q$ on all sides. Write the condition `harmless` on $p$ and $q$
# under which the two are the $7 \times 7$ layer that is padded by $p + q$, for all images.

# %% [markdown] tags=["hint"]
# In which rows does the first layer find nothing of the image? How many of them does the second
# layer see?

# %%
a5 = Tensor("a", (M, C, 5, 5))
two_padded = x.conv(a5, padding=p).conv(b3, padding=q)
one_padded = x.conv(one_kernel(b3, a5), padding=p + q)
### BEGIN SOLUTION
harmless = Or(Eq(q, 0), p >= 4)
### END SOLUTION
check(harmless, Claim(two_padded, one_padded), for_all=[C, M, O, H, W])

# %% [markdown]
# **Exercise 5** (the Laplacian). The kernel $\Lambda$ with the rows $0, 1, 0$ and $1, -4, 1$ and
# $0, 1, 0$ is to be applied to images with one channel by a $1 \times 3$ layer to $M$ channels and
# a $3 \times 1$ layer. Show that $M = 1$ is not enough. Write the rows `r1`, `r2` and the columns
# `h1`, `h2` for $M = 2$, as `Signal.taps(…)` with three numbers each.

# %% [markdown] tags=["hint"]
# For $M = 1$, look at a minor. For $M = 2$, the kernel is a sum of two matrices, each of them a
# column times a row: how would you write the middle row of $\Lambda$ alone, and the middle column
# alone? They share the $-4$.

# %%
laplacian = concatenate(
    [Signal.taps(*taps).rearrange("j -> 1 j") for taps in [(0, 1, 0), (1, -4, 1), (0, 1, 0)]]
)
gray = Tensor("x", (1, H, W))
### BEGIN SOLUTION
r1, h1 = Signal.taps(1, -2, 1), Signal.taps(0, 1, 0)
r2, h2 = Signal.taps(0, 1, 0), Signal.taps(1, -2, 1)
### END SOLUTION
rows = concatenate([r1.rearrange("j -> 1 1 1 j"), r2.rearrange("j -> 1 1 1 j")])
columns = concatenate([h1.rearrange("i -> 1 1 i 1"), h2.rearrange("i -> 1 1 i 1")], axis=1)
thin = gray.conv(rows, padding=(0, 1)).conv(columns, padding=(1, 0))
check(thin, gray.conv(laplacian.rearrange("i j -> 1 1 i j"), padding=1))

# %% [markdown] tags=["solution"]
# With $M = 1$ the kernel has rank 1, and all its minors are 0. But the upper left
# minor of $\Lambda$ is $0 \cdot (-4) - 1 \cdot 1 = -1$. With $M = 2$ the kernel is a sum of two
# products of a column and a row, and indeed
#
# $$\Lambda =
# \begin{pmatrix} 0 \\ 1 \\ 0 \end{pmatrix} \begin{pmatrix} 1 & -2 & 1 \end{pmatrix} +
# \begin{pmatrix} 1 \\ -2 \\ 1 \end{pmatrix} \begin{pmatrix} 0 & 1 & 0 \end{pmatrix},$$
#
# second differences along the width, and along the height.

# %% [markdown]
# **Exercise 6** (two grouped layers). A $3 \times 3$ layer with $G$ groups, from $Q$ channels to
# $P$ in each group, is followed by a $1 \times 1$ layer with $G$ groups, from $P$ channels to $R$
# in each. Below, the axes of groups are split off, so that `first` has the indices g, p, q, i, j
# and `second` has g, r, p. Write the kernel `third` of the one layer, with the indices g, r, q, i,
# j.

# %% [markdown] tags=["hint"]
# Within a group it is the product of two matrices, as without groups. The index g is in both
# factors, and in the result: nothing is added up over it.

# %%
w3, w1 = Tensor("w3", (G * P, Q, 3, 3)), Tensor("w1", (G * R, P, 1, 1))
first = w3.rearrange("(g p) q i j -> g p q i j", g=G)
second = w1.rearrange("(g r) p 1 1 -> g r p", g=G)
### BEGIN SOLUTION
third = einsum("grp,gpqij->grqij", second, first)
### END SOLUTION
check(
    grouped.conv(third.rearrange("g r q i j -> (g r) q i j"), groups=G, padding=1),
    grouped.conv(w3, groups=G, padding=1).conv(w1, groups=G),
)

# %% [markdown]
# **Exercise 7** (what groups never learn). In a network all layers have 2 groups, and between them
# there are functions of each entry. Which input channels does the first output channel depend on,
# however many layers there are? What could be put between the layers so that this changes,
# and costs no weights?

# %% [markdown] tags=["hint"]
# Follow one output channel back, layer by layer. And what is a permutation of the channels, as a
# matrix?

# %% [markdown] tags=["solution"]
# On those of the first half. The first half of the channels of each layer is computed
# from the first half of the layer before, and a function of each entry does not mix channels: the
# network consists of two networks side by side that never meet. Products of matrices with two
# blocks on the diagonal have two blocks on the diagonal. A remedy is a permutation of the channels
# that brings channels of both halves into each group; ShuffleNet
# ([arXiv:1707.01083](https://arxiv.org/abs/1707.01083)) writes the channels $(g, p)$ in the order
# $(p, g)$.

# %% tags=["solution"]
w_upper, w_lower = Tensor("wu", (P, P, 3, 3)), Tensor("wl", (P, P, 3, 3))
upper, lower = Tensor("upper", (P, H, W)), Tensor("lower", (P, H, W))
layer = concatenate([upper, lower]).conv(concatenate([w_upper, w_lower]), groups=2, padding=1)
prove(layer.relu()[:P], upper.conv(w_upper, padding=1).relu())
prove(layer.relu()[P:], lower.conv(w_lower, padding=1).relu())

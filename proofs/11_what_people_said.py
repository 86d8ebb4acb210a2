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
# # What people said
#
# Here are eleven statements about convolution layers that were made in public: in threads, in a
# docstring, in a comment, in a specification; one of them, 6, was a question. Those who made them
# know their trade, and each statement can be heard in other places too. There are some that are
# always true, or never, and most are true under a condition that was not mentioned. A test at one
# size does not tell which.
#
# **Guess first.** Write into the table, in pencil, what you believe: *always*, *never*, or *when*
# it is true. Then settle each one. A, B and C are settled in the text, 1 to 8 are the exercises.
#
# | | it was said that | your guess |
# |:--|:-------------------------------------------------------------|:----------------|
# | A | padding by one reflected entry and by one repeated entry are identical | |
# | B | padding by hand before a strided layer is SAME padding with stride 1, of which every $s$-th output is kept | |
# | C | two layers can be collapsed only if they have no strides, dilations or groups, the second kernel is 1×1, and nothing is padded between | |
# | 1 | one zero on the right is SAME padding, for 3 taps and stride 2 | |
# | 2 | two layers of 3 taps and stride 2 make $\lfloor n/4 \rfloor$ outputs | |
# | 3 | three layers of stride 2 make as many outputs of a recording as of its chunks together | |
# | 4 | output padding puts zeros behind the output of a transposed layer | |
# | 5 | a layer and a blur may change places | |
# | 6 | a transposed layer of stride 2 is upsampling and then a layer | |
# | 7 | the gradient by a layer's input is a full convolution of the output's gradient | |
# | 8 | a receptive field is the number of stacks times the largest dilation times the number of taps | |
#
# **Conventions.** The input $x$ has $n \ge 1$ entries, counted from 0, the kernel $k$ has
# $c \ge 1$ taps. A layer correlates, $\sum_i k[i]\,x[s\,u + i]$, and pads nothing by itself; it is
# written $x \star k$. A star $*$ is the full convolution, $\tilde{k}$ is the flipped kernel,
# $\downarrow_s$ keeps every $s$-th entry, and $\uparrow_s$ puts $s - 1$ zeros between neighbours.
# An entry outside a signal's range is 0. Everything is along one axis, where most of this happens;
# images have two such axes. Some results are held against PyTorch, where it is installed; no proof
# rests on that.

# %%
from sympy import Eq, Mod, Or, ceiling, false, floor, true

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    Tensor,
    diagrams,
    einsum,
    explore,
    integers,
    receptive_field,
    repeat,
    solve,
)
from symconv.exercises import check

try:
    import torch
except ImportError:
    torch = None
    print("PyTorch is not installed: what is held against it below is left out.")

n, c, d, s, m = integers("n c d s m", positive=True)
a, p = integers("a p", nonnegative=True)

x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
k3 = Signal("k", 3)


def settle(left, right, given=()):
    """Decide whether two sides are equal, and print the verdict."""
    verdict = Claim(left, right, given=given).prove()
    print(verdict)
    return verdict


# %% [markdown]
# ## Settled here
#
# ### A. One reflected entry, one repeated entry
#
# *Reflection* pads by the entries next to the end, in reverse; *replication* repeats the entry at
# the end. By one entry both add a copy of the border, and only by more do they differ: [so it was
# said](https://github.com/jcjohnson/neural-style/pull/377) when somebody saw a difference in the
# pictures that a network painted. (Its author soon doubted it, and meant to try. Reflection needs
# $n \ge 2$.)

# %%
reflected = x.pad(1, 1, mode="reflect")
replicated = x.pad(1, 1, mode="replicate")
never = settle(reflected, replicated, given=[n >= 2])
assert isinstance(never, Refuted)
diagrams.counterexample(never)

# %% [markdown]
# The condition is that it never holds. Reflection leaves out the entry at the end: before $x[0]$
# it puts $x[1]$, and not $x[0]$. Its mirror stands *on* the last entry. There is a padding whose
# mirror stands behind it, *symmetric* padding, and about that the statement is right, by one entry
# and by no more:

# %%
symmetric = x.pad(p, p, mode="symmetric")
as_said = Claim(symmetric, x.pad(p, p, mode="replicate"), given=[p <= n])
assert as_said.condition(for_all=[n]) == (p <= 1)
by_one = settle(x.pad(1, 1, mode="symmetric"), replicated)
assert isinstance(by_one, Proved)

# %%
if torch is not None:
    row = torch.tensor([[[1.0, 0.0]]])
    for mode, entries in (("reflect", [0, 1, 0, 1]), ("replicate", [1, 1, 0, 0])):
        assert torch.nn.functional.pad(row, (1, 1), mode=mode).flatten().tolist() == entries

# %% [markdown]
# ### B. Padding by hand, and SAME
#
# SAME padding (`tf.nn.convolution`) puts as few zeros as are needed for $\lceil n/s \rceil$
# outputs, the smaller half of them on the left. The ResNets of TF-Slim do not use it for their
# strided layers. They pad by hand, with $d\,(c - 1)$ zeros in all for a dilation $d$, again the
# smaller half on the left. The docstring of their function `conv2d_same` says two things ([the
# file](https://github.com/tensorflow/models/blob/master/research/slim/nets/resnet_utils.py)), for 3
# taps: this is a SAME layer with stride 1 of which every $s$-th output is kept; and a SAME layer
# with stride $s$ is something else if the size of the input is even. The first one:

# %%
by_hand = x.pad(floor(d * (c - 1) / 2), ceiling(d * (c - 1) / 2))
subsampled = x.pad_same(c, dilation=d).correlate(k, dilation=d).downsample(s)
always = settle(by_hand.correlate(k, stride=s, dilation=d), subsampled)
assert isinstance(always, Proved)
assert always.is_complete

# %% [markdown]
# That is true for every length, number of taps, stride and dilation. The second one is true for
# stride 2 as well: the two are the same where $n$ is odd, and nowhere else.

# %%
same_2 = x.pad_same(3, stride=2).correlate(k3, stride=2)
by_hand_or_same = Claim(x.pad(1, 1).correlate(k3, stride=2), same_2)
assert by_hand_or_same.condition() == Eq(Mod(n, 2), 1)
diagrams.networks(by_hand_or_same, outputs=[0], n=6)

# %%
explore(by_hand_or_same, n=6)

# %% [markdown]
# For even $n$ one zero is enough, and SAME puts it on the right. Every window then stands one
# entry further to the right.
#
# For other strides and kernels *even* is not the word. With 3 taps and stride 3 both are the same
# where $n \bmod 3 = 1$; with 4 taps and stride 2 they always are:


# %%
def is_same(taps, stride):
    """When padding by hand is SAME padding."""
    kernel = Signal("k", taps)
    padded = x.pad(floor((taps - 1) / 2), ceiling((taps - 1) / 2))
    same = x.pad_same(taps, stride=stride)
    sides = (one.correlate(kernel, stride=stride) for one in (padded, same))
    return Claim(*sides).condition()


assert is_same(3, 3) == Eq(Mod(n, 3), 1)
assert is_same(4, 2) == true

# %% [markdown]
# ### C. A statement with *only*
#
# A tool that makes one layer of two has a comment that this can be done *only when* there are no
# strides and dilations, the second kernel is 1×1, there are no groups, and nothing is padded
# between the layers ([the change that brought
# it](https://github.com/SonySemiconductorSolutions/mct-model-optimization/pull/211)). As a
# description of what the tool does this is fine. As mathematics, *if* would be true, and *only if*
# says that each condition is necessary. One proof without it refutes that.
#
# Strides and dilations: a layer from $C$ to $M$ channels, and then a 1×1 layer to $O$ channels,
# with strides in both and a dilation. The kernel of the one layer is the product of the matrices,
# tap by tap.

# %%
C, M, O = integers("C M O", positive=True)
image = Tensor("x", (C, n))
first, second = Tensor("w", (M, C, c)), Tensor("v", (O, M, 1))
product = einsum("om,mck->ock", second[:, :, 0], first)
with_strides = settle(
    image.conv(first, stride=2, dilation=2, padding=p).conv(second, stride=2),
    image.conv(product, stride=4, dilation=2, padding=p),
)
assert isinstance(with_strides, Proved)

# %% [markdown]
# Groups, here one for each channel, and then a 1×1 layer:

# %%
depthwise = Tensor("w", (M, 1, c))
product = einsum("om,mk->omk", second[:, :, 0], depthwise[:, 0])
with_groups = settle(
    Tensor("x", (M, n)).conv(depthwise, groups=M).conv(second), Tensor("x", (M, n)).conv(product)
)
assert isinstance(with_groups, Proved)

# %% [markdown]
# A second kernel of any size, and padding by $p$ between the layers, if the first one pads by
# $c - 1$:

# %%
larger = settle(
    x.pad(c - 1, c - 1).correlate(k).pad(p, p).correlate(h),
    x.pad(c - 1 + p, c - 1 + p).correlate(k.convolve(h)),
)
assert isinstance(larger, Proved)

# %% [markdown]
# So none of the conditions is necessary. The last one is nearest to the truth: which padding
# between layers does no harm is told in notebooks 03, 09 and 10.
#
# ## For you to settle
#
# Each exercise asks for the exact condition, or for the repair, and for the reason in a few words:
# why was it believed, and where does it fail?

# %% [markdown]
# **Exercise 1** (one zero on the right). The first layer of MobileNetV2 has 3 taps and stride 2.
# One implementation pads its input by one zero at the end, 224 entries to 225; another one says
# SAME. [The two are equivalent](https://github.com/JonathanCMitchell/mobilenet_v2_keras/issues/5),
# somebody finds. For which $n$ are they? Write the condition `equivalent`.

# %% [markdown] tags=["hint"]
# How many zeros does SAME need for even $n$, and how many for odd $n$? On which side?

# %%
one_zero = x.pad(0, 1).correlate(k3, stride=2)
### BEGIN SOLUTION
equivalent = Eq(Mod(n, 2), 0)
### END SOLUTION
check(equivalent, Claim(one_zero, same_2))

# %% [markdown] tags=["solution"]
# For even $n$, 224 among them. SAME needs $(\lceil n/2 \rceil - 1) \cdot 2 + 3 - n$ zeros: one for
# even $n$, which stands on the right, and two for odd $n$. With B: for no $n$ are padding by 1 on
# both sides and one zero on the right the same layer. Weights that were trained with the one and
# are run with the other see every window moved by one entry.

# %% tags=["solution"]
one_zero_or_same = settle(one_zero, same_2)
both = Claim(one_zero, x.pad(1, 1).correlate(k3, stride=2))
assert isinstance(one_zero_or_same, Refuted)
assert one_zero_or_same.condition == equivalent
assert both.condition() == false

# %% [markdown]
# **Exercise 2** (a quarter). In ESPnet, a toolkit for speech, two layers of 3 taps and stride 2,
# without padding, stood before a linear layer for $\lfloor n/4 \rfloor$ numbers in each channel.
# [The report](https://github.com/espnet/espnet/issues/822) says that this fails if $n$ is a
# multiple of 4. For which $n \ge 3$ is $\lfloor n/4 \rfloor$ right? Write the condition
# `right_for`. Does the report tell the whole story?

# %% [markdown] tags=["hint"]
# Two layers of 3 taps and stride 2 are one layer: with how many taps, and with which stride?

# %%
outputs = x.correlate(k3, stride=2).correlate(k3, stride=2).length
### BEGIN SOLUTION
right_for = Eq(Mod(n, 4), 3)
### END SOLUTION
check(right_for, Claim(outputs, floor(n / 4), given=[n >= 3]))

# %% [markdown] tags=["solution"]
# It does not: $\lfloor n/4 \rfloor$ is wrong for three of four lengths, and the multiples of 4 are
# one of them. The two layers are one layer with 7 taps and stride 4, and have
# $\lfloor (n - 7)/4 \rfloor + 1 = \lfloor (n - 3)/4 \rfloor$ outputs if $n \ge 3$. [The
# repair](https://github.com/espnet/espnet/pull/921),
# $\lfloor (\lfloor (n - 1)/2 \rfloor - 1)/2 \rfloor$, says the same. For 83 numbers
# $\lfloor n/4 \rfloor$ is right by luck, and for 80 it is not.

# %% tags=["solution"]
old = settle(outputs, floor(n / 4), given=[n >= 3])
assert isinstance(old, Refuted)
for repaired in (floor((n - 3) / 4), floor((floor((n - 1) / 2) - 1) / 2)):
    assert isinstance(settle(outputs, repaired, given=[n >= 3]), Proved)

# %% [markdown]
# **Exercise 3** (in chunks). Three layers of 3 taps, stride 2 and padding 1 make
# $\lceil n/8 \rceil$ outputs. A long recording is cut into chunks of $c$ entries, with a rest of
# $m$ entries at the end, and each chunk goes through the layers alone. One part of a program
# counts the outputs of the whole recording, another one adds up those of the chunks, and both have
# to agree. ([A review](https://github.com/OpenMOSS/MOSS-Audio/pull/13) doubts that they do if the
# size of the chunks is changed.) For which $c$ do they, whatever the rest is? One chunk and a rest
# will do; write the condition `whole`.

# %% [markdown] tags=["hint"]
# A chunk that 8 does not divide is rounded up, and so is the rest. Try a rest of one entry, and then
# the largest one that the last output of the chunk has room for.

# %%
y = x
for _ in range(3):
    y = y.pad(1, 1).correlate(k3, stride=2)
assert isinstance(settle(y.length, ceiling(n / 8)), Proved)

# %%
in_chunks = Claim(ceiling(c / 8) + ceiling(m / 8), ceiling((c + m) / 8))
### BEGIN SOLUTION
whole = Eq(Mod(c, 8), 0)
### END SOLUTION
check(whole, in_chunks, for_all=[m])

# %% [markdown] tags=["solution"]
# If 8 divides $c$, then $\lceil (c + m)/8 \rceil = c/8 + \lceil m/8 \rceil$, and no other $c$ will
# do: with $m = 8 - (c \bmod 8)$ the left side is larger by 1. One chunk after another, the same
# follows for any number of chunks. The example of the review has $c = m = 402$: 102 outputs in two
# chunks, and 101 as a whole.

# %% tags=["solution"]
assert [side.subs({c: 402, m: 402}) for side in (in_chunks.lhs, in_chunks.rhs)] == [102, 101]

# %% [markdown]
# **Exercise 4** (output padding). A transposed layer puts $x[u] \cdot k$ at the place $s\,u$ and
# adds up; a padding $p$ crops $p$ entries at each end. A layer of stride 2 makes as many outputs of
# $n$ entries as of $n + 1$, for every second $n$. So `output_padding` $= a$ says whether the
# transposed layer makes one entry more. In [ONNX's
# specification](https://github.com/onnx/onnx/issues/2333) of 2019 it was a *zero-padding* added to
# one side of the output, and somebody reported to PyTorch that the last entry [is not
# zero](https://github.com/pytorch/pytorch/issues/8816). (Both texts have been clarified since.) For
# which $p$ and $a \le 1$ are $a$ zeros put behind the output, for every input and every kernel of
# every length? Write the condition `zeros`.

# %% [markdown] tags=["hint"]
# What are the last entries before they are cropped? Try one entry, and three taps.

# %%
with_a = x.conv_transpose(k, stride=2, padding=p, output_padding=a)
without = x.conv_transpose(k, stride=2, padding=p)
appended = Claim(with_a, without.pad(0, a), given=[a <= 1])
### BEGIN SOLUTION
zeros = Or(Eq(p, 0), Eq(a, 0))
### END SOLUTION
check(zeros, appended, for_all=[n, c])

# %% [markdown] tags=["solution"]
# Only if nothing is cropped, or nothing is padded. Output padding undoes a part of the cropping:
# the last $p - a$ entries are cropped instead of the last $p$ ones, for every stride; where $a$ is
# larger than $p$, the others are zeros. With one entry 1 and the taps 1, 2, 3 the output is 2, 3.

# %% tags=["solution"]
assert isinstance(appended.prove(), Refuted)
cropped = settle(
    x.conv_transpose(k, stride=s, padding=p, output_padding=a),
    x.conv_transpose(k, stride=s).pad(-p, a - p),
)
assert isinstance(cropped, Proved)

# %% tags=["solution"]
example = x.conv_transpose(k3, stride=2, padding=1, output_padding=1)
numbers = example.evaluate(x=[1], k=[1, 2, 3])
assert numbers == [2, 3]
if torch is not None:
    sizes = {"stride": 2, "padding": 1, "output_padding": 1}
    layer = torch.nn.ConvTranspose1d(1, 1, 3, **sizes, bias=False)
    layer.weight.data = torch.tensor([[[1.0, 2.0, 3.0]]])
    assert layer(torch.ones(1, 1, 1)).flatten().tolist() == numbers

# %% [markdown]
# **Exercise 5** (a layer and a blur). To a question about the place of a blur, an average over
# neighbours, there is the answer that a layer of stride 1 and then a blur of stride 2 is the blur
# of stride 1 and then the layer of stride 2, as the two commute. Somebody else [tests
# this](https://github.com/adobe/antialiased-cnns/issues/7) with a pool: a layer before an average
# pool of 2 and a layer behind it give different numbers. The answer is right without padding; $h$
# is the blur:

# %%
commute = settle(
    x.correlate(k).correlate(h, stride=2),
    x.correlate(h).correlate(k, stride=2),
)
assert isinstance(commute, Proved)
pooled_first = x.avg_pool(2).correlate(k)
assert isinstance(Claim(pooled_first, x.correlate(k).avg_pool(2)).prove(), Refuted)

# %% [markdown]
# The test is right too, and tests something else. Which kernel `K` does a layer before the pool
# need, to be equal to the layer with $k$ behind the pool?

# %% [markdown] tags=["hint"]
# Behind the pool, neighbours are two entries of $x$ apart.

# %%
### BEGIN SOLUTION
K = k.dilate(2)
### END SOLUTION
check(x.correlate(K).avg_pool(2), pooled_first)

# %% [markdown] tags=["solution"]
# The kernel with a zero between its taps. Behind the pool, neighbours are two entries apart; this
# is a noble identity. In the answer, the stride moves from the one operator to the other, and both
# work on neighbours; in the test, one layer works behind the downsampling. (With channels, the blur
# has to have one kernel for all of them.) With zeros padded before each layer the answer fails at
# the ends, unless both kernels are symmetric:

# %% tags=["solution"]
h3 = Signal("h", 3)
padded = settle(
    x.pad(1, 1).correlate(k3).pad(1, 1).correlate(h3, stride=2),
    x.pad(1, 1).correlate(h3).pad(1, 1).correlate(k3, stride=2),
)
assert isinstance(padded, Refuted)

# %% [markdown]
# **Exercise 6** (upsampling). [Is a transposed
# layer](https://github.com/keras-team/keras/issues/7307) of 3 taps, stride 2 and SAME padding
# equivalent to upsampling by 2, where each entry is repeated, and then a SAME layer of 3 taps?
# (SAME crops one entry at the end here.) It is not with the same taps $w$, and not with any three,
# unless $w_2 = 0$:

# %%
w = Signal("w", 3)
upsampled = x.upsample(2, axes=(0,)).pad(1, 1).correlate(w)
transposed = x.conv_transpose(w, stride=2)[: 2 * n]
assert isinstance(settle(transposed, upsampled), Refuted)
three = solve(upsampled, lambda K: x.conv_transpose(K, stride=2)[: 2 * n], shape=3)
assert three.exists is False
print(three.obstacle)

# %% [markdown]
# But a transposed layer with *four* taps and padding 1 can do it. Write its kernel `four` as an
# expression in $w$.

# %% [markdown] tags=["hint"]
# Upsampling is a transposed layer with the taps 1 and 1. Which way round does a layer read its
# kernel, and which way round does a transposed layer write it?

# %%
### BEGIN SOLUTION
four = w.flip().convolve(Signal.ones(2))
### END SOLUTION
check(x.conv_transpose(four, stride=2, padding=1), upsampled)

# %% [markdown] tags=["solution"]
# Repeating each entry is a transposed layer itself, with the taps 1 and 1 and stride 2. A layer
# correlates, and so it convolves with the flipped kernel $\tilde{w}$; both together are
# $\tilde{w} * (1, 1)$. The same works for every odd number of taps:

# %% tags=["solution"]
repeated = x.conv_transpose(Signal.ones(2), stride=2)
odd = Signal("w", 2 * p + 1)
steps = (
    settle(x.upsample(2, axes=(0,)), repeated),
    settle(
        x.conv_transpose(odd.flip().convolve(Signal.ones(2)), stride=2, padding=p),
        repeated.pad(p, p).correlate(odd),
    ),
)
assert all(isinstance(verdict, Proved) for verdict in steps)
diagrams.taps(w.flip().convolve(Signal.ones(2)))

# %% [markdown]
# **Exercise 7** (a gradient). Let $y = (x \star k)\downarrow_s$ and let $g[u]$ be the derivative
# of a loss by $y[u]$. For stride 1 the gradient by $x$ is the full convolution of $g$ with the
# kernel. For [larger strides](https://ai.stackexchange.com/questions/5774) one puts $s - 1$ zeros
# between the entries of $g$ before, it is said: $(g\uparrow_s) * k$. (In the words of people who
# call what a layer does a convolution, the kernel is rotated by 180 degrees.) A gradient by $x$
# has $n$ entries. Let the stride be 2. For which $n \ge c$ has $(g\uparrow_2) * k$ so many? Write
# the condition `complete`. How many zeros have to be put behind it for any $n \ge c$? Write the
# expression `missing`.

# %% [markdown] tags=["hint"]
# How many entries at the end of $x$ does no window reach?

# %%
g = Signal("g", floor((n - c) / 2) + 1)
full = g.dilate(2).convolve(k)
### BEGIN SOLUTION
complete = Eq(Mod(n - c, 2), 0)
missing = Mod(n - c, 2)
### END SOLUTION
check(complete, Claim(full.length, n, given=[n >= c]))
check(full.length + missing, n, given=[n >= c])

# %% [markdown] tags=["solution"]
# $g$ has $\lfloor (n - c)/2 \rfloor + 1$ entries, and so the full convolution has
# $2 \lfloor (n - c)/2 \rfloor + c = n - (n - c) \bmod 2$. The last $(n - c) \bmod s$ entries are
# read by no window, and their derivative is 0.
#
# Are the values right? The gradient $G$ by $x$ is what satisfies
# $\sum_u g[u]\,y[u] = \sum_m G[m]\,x[m]$ for every $x$, as $y$ is linear in $x$. That can be
# proved:

# %% tags=["solution"]
for stride in (2, 3):
    y = x.correlate(k, stride=stride)
    g = Signal("g", floor((n - c) / stride) + 1)
    gradient = g.dilate(stride).convolve(k).pad(0, Mod(n - c, stride))
    sums = (y.multiply(g).sum(axis=0), x.multiply(gradient).sum(axis=0))
    assert isinstance(settle(*sums, given=[n >= c]), Proved)

# %% tags=["solution"]
if torch is not None:
    row = torch.zeros(1, 1, 6, requires_grad=True)
    y = torch.nn.functional.conv1d(row, torch.tensor([[[1.0, 2.0, 3.0]]]), stride=2)
    y.backward(torch.tensor([[[1.0, 10.0]]]))
    # n − c is 3: the zero at the end is the missing one.
    assert row.grad.flatten().tolist() == [1, 2, 13, 20, 30, 0]

# %% [markdown]
# **Exercise 8** (receptive fields). A stack has layers of $c$ taps with the dilations 1, 2, 4 and
# 8, one for each, and there are $S$ stacks, one after the other. The receptive field, the number of
# inputs that one output reads, is $S$ times 8 times $c$, [it is
# said](https://github.com/philipperemy/keras-tcn/issues/71), and
# [elsewhere](https://github.com/philipperemy/keras-tcn/issues/8) that it is 192 for $c = 8$ and
# $S = 3$. Write the right number as an expression `field`. When is the rule right? Explain what it
# overlooks.

# %% [markdown] tags=["hint"]
# How far does one more layer reach beyond what is reached already?

# %%
S = integers("S", positive=True)


def stack(signal):
    """One stack of dilated layers."""
    for dilation in (1, 2, 4, 8):
        signal = signal.correlate(k, dilation=dilation)
    return signal


read = receptive_field(repeat(stack, S)(x)).size
### BEGIN SOLUTION
field = 15 * S * (c - 1) + 1
### END SOLUTION
check(field, read)

# %% [markdown] tags=["solution"]
# A layer of dilation $d$ reaches $d\,(c - 1)$ entries beyond the one it begins with, and reaches
# add up: $(1 + 2 + 4 + 8)\,(c - 1)$ for each stack, and 1 for the entry itself, once. The rule has
# the largest dilation in the place of their sum, and $c$ in the place of $c - 1$, as if the entry
# itself counted in each layer. It is right for $c = 2$ and $S = 1$, where
# $15 + 1 = 16 = 8 \cdot 2$, the case in everybody's picture, and for nothing else:
# $15\,S\,(c - 1) + 1 = 8\,S\,c$ means $S\,(7c - 15) = -1$, so that $S = 1$ and $7c = 14$. For
# $c = 8$ and $S = 3$ the field is 316 and not 192.

# %% tags=["solution"]
for taps in (1, 2, 3, 8):
    rule = Claim(read.subs(c, taps), 8 * S * taps)
    expected = Eq(S, 1) if taps == 2 else false
    assert rule.condition() == expected
assert read.subs({c: 8, S: 3}) == 316

# %% [markdown]
# ## How the guesses went
#
# How many of your guesses were right? What do the statements that you got wrong have in common?

# %% [markdown] tags=["solution"]
# | | always, never, or when | what is right instead |
# |:--|:------------------------------------------|:------------------------------------------|
# | A | never | symmetric padding by one entry |
# | B | always | |
# | C | *if*, but not *only if* | each condition can be done without |
# | 1 | for even $n$ | two zeros for odd $n$, one on each side |
# | 2 | for $n \bmod 4 = 3$, of $n \ge 3$ | $\lfloor (n - 3)/4 \rfloor$ |
# | 3 | if 8 divides the size of the chunks | count by chunks |
# | 4 | if $p = 0$ or $a = 0$ | it crops $p - a$ entries at the end |
# | 5 | without padding, if the stride moves along | behind a pool, dilate the kernel |
# | 6 | never, unless $w_2 = 0$ | four taps, $\tilde{w} * (1, 1)$ |
# | 7 | if $s$ divides $n - c$ | zeros behind it, $(n - c) \bmod s$ |
# | 8 | for $c = 2$ and $S = 1$ | $15\,S\,(c - 1) + 1$ |
#
# One statement of eleven is true as it stands. A and 6 never are, and C is half of a truth. The
# other seven do hold somewhere, and often just there where they were tried: at 224 entries,
# without a rest, with two taps. That is why they were believed.

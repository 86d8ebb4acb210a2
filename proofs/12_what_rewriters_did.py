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
# # What rewriters did
#
# A network that is to run somewhere is often exported as an ONNX file, and then rewritten: a
# padding goes into the layer behind it, two layers become one, an attribute is written in another
# way. Each rewriting states a theorem, that both files compute the same, for all inputs of all
# sizes. The tools that rewrite are made with care, and tested; but a test runs both files on a few
# inputs of one size. Here are ten rewritings, by four passes, that go too far. For each we find
# out exactly when it is right, and how it can be repaired.
#
# The tools are **onnxoptimizer** 0.4.2, **onnxsim** 0.8.1 and **onnxscript** 0.7.2. They need not
# be installed: what they make of each model stands here as text. This notebook needs the package
# `onnx` beside the usual, `pip install 'symconv[notebooks,onnx]'`.
#
# **Conventions.** The input $x$ has length $n \ge 1$. A node Pad puts $l$ zeros before it and $r$
# behind it; the layer behind that has windows of $w$ entries, a stride $s$, and a padding of its
# own, $p$ before and $q$ behind. In the files $n$ is called H.

# %%
import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from sympy import And, Eq, Max, Min, Or, ceiling, floor

from symconv import (
    Claim,
    Proved,
    Refuted,
    Signal,
    SymconvError,
    compare,
    explore,
    integers,
    solve_amounts,
)
from symconv.exercises import check
from symconv.reading.networks import read_onnx

n, w, d = integers("n w d", positive=True)
l, r, p, q = integers("l r p q", nonnegative=True)
t, a, b, lo, hi = integers("t a b lo hi")

x, k, k3 = Signal("x", n), Signal("k", w), Signal("k", 3)


def models(head, *bodies):
    """Models with the same inputs, constants and outputs."""
    version = '<ir_version: 8, opset_import: ["" : 13]>'
    return [onnx.parser.parse_model("\n".join([version, head, body])) for body in bodies]


def run(model, row):
    """What ONNX's own evaluator makes of a row of numbers, as a row."""
    axes = len(model.graph.input[0].type.tensor_type.shape.dim)
    data = np.array(row, np.float32).reshape((1,) * (axes - 1) + (-1,))
    (result,) = ReferenceEvaluator(model).run(None, {"x": data})
    return result.astype(float).ravel().round(4).tolist()


def look(head, before, after):
    """Compare two models for all sizes; where they differ, run both."""
    pair = models(head, before, after)
    found = compare(*(read_onnx(model.SerializeToString()) for model in pair))
    if found.difference is None:
        print(*found.verdict_lines())
    else:
        row = found.difference.inputs["x"].ravel()
        results = [run(model, row) for model in pair]
        assert results[0] != results[1]
        print("refuted at", ", ".join(f"{k} = {v}" for k, v in found.difference.sizes.items()))
        print("input ", row.round(4).tolist())
        print("before", results[0])
        print("after ", results[1])
    return found.verdict


def refusal(model):
    """Why symconv does not read a model."""
    try:
        read_onnx(model.SerializeToString())
    except SymconvError as error:
        return error
    raise AssertionError("it is read")


def prove(left, right, given=()):
    """Print that two sides are equal, once that is proved."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Proved), verdict
    print(verdict)


# %% [markdown]
# `look` has symconv read and compare both files. Where it refutes that they are equal, it gives
# sizes and an input at which they differ, and ONNX's own evaluator, which knows nothing of symconv,
# runs both files on that input. (The numbers are shown as one row; the other sizes are 1.)
#
# ## Padding that is moved into a pool
#
# The pass `fuse_pad_into_pool` of onnxoptimizer leaves out a node Pad before a pool, and adds its
# padding to that of the pool. For a convolution this would be right. A pool's padding is not
# always a zero.
#
# ### 1. An average that does not count its own padding
#
# With `count_include_pad=0`, which is the default, a sum is divided by the number of those entries
# of the window that do not lie in the pool's padding. The zeros of a Pad count. The pass has all
# of them count.

# %%
padded_by_1 = "g (float[N,1,H] x) => (float[N,1,Q] y) <int64[6] p = {0,0,1, 0,0,1}>"
found = look(
    padded_by_1,
    "{ t = Pad (x, p)  y = AveragePool <kernel_shape=[3], pads=[1,1]> (t) }",
    "{ y = AveragePool <kernel_shape=[3], pads=[2,2], count_include_pad=1> (x) }",
)
assert found == "refuted"

# %% [markdown]
# With symbols for all four paddings, when is it right for every $n$? With windows of three entries:


# %%
def uncounted(windows):
    """The claim of the pass for a pool that does not count its own padding."""
    return Claim(
        x.pad(l, r).avg_pool(windows, stride=1, padding=[(p, q)], count_include_pad=False),
        x.avg_pool(windows, stride=1, padding=[(l + p, r + q)]),
        given=[p < windows, q < windows],
    )


for windows in (2, 3, 4):
    claim = uncounted(windows)
    expected = And(Or(Eq(p, 0), l >= windows - 1), Or(Eq(q, 0), r >= windows - 1))
    assert Claim(claim.condition(for_all=[n]), expected, claim.given).prove()
uncounted(3).condition(for_all=[n])

# %%
explore(uncounted(3), n=6, l=1, r=1, p=1, q=1)

# %% [markdown]
# On each side the pool has no padding of its own, or Pad has put $w - 1$ zeros there, so that a
# window that reaches into the pool's padding sees nothing but zeros: its average is 0, whatever it
# is divided by.
#
# **The repair.** Fuse where the pool has no padding, or counts it. Then no condition is left, for
# any size of the windows. ONNX Runtime, which once had the same fault, has asked for this
# [since 2025](https://github.com/microsoft/onnxruntime/pull/23190).

# %%
prove(
    x.pad(l, r).avg_pool(w, stride=1, padding=[(p, q)]),
    x.avg_pool(w, stride=1, padding=[(l + p, r + q)]),
)
prove(
    x.pad(l, r).avg_pool(3, stride=1, count_include_pad=False),
    x.avg_pool(3, stride=1, padding=[(l, r)]),
)

# %% [markdown]
# ### 2. A largest entry among zeros
#
# A max pool pads with $-\infty$, so that its padding is never the largest entry. A zero of a Pad is
# the largest where all other entries are negative.

# %%
# With stride 2: ONNX's evaluator leaves out the padding of a max pool with stride 1.
found = look(
    padded_by_1,
    "{ t = Pad (x, p)  y = MaxPool <kernel_shape=[3], strides=[2]> (t) }",
    "{ y = MaxPool <kernel_shape=[3], strides=[2], pads=[1,1]> (x) }",
)
assert found == "refuted"

# %% [markdown]
# With which paddings is it right for every input? With none:

# %%
of_zeros = Claim(
    x.pad(l, r).max_pool(3, stride=2),
    x.max_pool(3, stride=2, padding=[(l, r)]),
    given=[l <= 2, r <= 2],
)
amounts = solve_amounts(of_zeros, among={l: range(3), r: range(3)})
assert amounts.values == {l: 0, r: 0}
assert amounts.is_complete
print(amounts)

# %% [markdown]
# **The repair.** Fuse only what is padded with $-\infty$; or what comes from a ReLU, if every window
# has an entry of $x$ in it. Among numbers that are not negative a zero more does no harm. This fault
# is [known](https://github.com/onnxsim/onnxsim/issues/290), and onnxsim 0.8.1 does not do it any
# more.

# %%
prove(
    x.relu().pad(l, r).max_pool(w, stride=2),
    x.relu().max_pool(w, stride=2, padding=[(l, r)]),
    given=[l < w, r < w],
)
found = look(
    padded_by_1,
    "{ u = Relu (x)  t = Pad (u, p)  y = MaxPool <kernel_shape=[3], strides=[2]> (t) }",
    "{ u = Relu (x)  y = MaxPool <kernel_shape=[3], strides=[2], pads=[1,1]> (u) }",
)
assert found == "proved"

# %% [markdown]
# ### 3. A last window that begins in the padding
#
# With `ceil_mode=1` there is one more window at the end, which goes beyond the input, if it begins
# within it. Zeros of a Pad belong to the input of the pool, and `pads` do not. onnxoptimizer and
# onnxsim both do this:

# %%
found = look(
    "g (float[N,1,H] x) => (float[N,1,Q] y) <int64[6] p = {0,0,0, 0,0,2}>",
    "{ t = Pad (x, p)  y = AveragePool <kernel_shape=[3], strides=[2], ceil_mode=1> (t) }",
    """{ y = AveragePool <kernel_shape=[3], strides=[2], ceil_mode=1,
                          count_include_pad=1, pads=[0,2]> (x) }""",
)
assert found == "refuted"


# %%
def rounded_up(windows, stride):
    """The claim of the pass for a pool with ceil_mode."""
    arguments = {"stride": stride, "ceil_mode": True}
    return Claim(
        x.pad(l, r).avg_pool(windows, **arguments),
        x.avg_pool(windows, padding=[(l, r)], **arguments),
        given=[l < windows, r < windows],
    )


verdict = rounded_up(3, 2).prove()
assert isinstance(verdict, Refuted)
print(verdict)

# %% [markdown]
# For every $n$ it is right where $r \le 1$. In general the condition is $r = 0$ or $r \le w - s$:
# so far behind the input no window begins. symconv finds it for each window and each stride:

# %%
for windows in (2, 3, 4):
    for stride in (1, 2, 3, 4):
        claim = rounded_up(windows, stride)
        expected = Or(Eq(r, 0), r <= windows - stride)
        assert Claim(claim.condition(for_all=[n]), expected, claim.given).prove()

# %% [markdown]
# **The repair.** Fuse under this condition, or where `ceil_mode` is 0.

# %%
prove(x.pad(l, r).avg_pool(w, stride=2), x.avg_pool(w, stride=2, padding=[(l, r)]))

# %% [markdown]
# ### 4. Two paddings that contradict each other
#
# With `auto_pad="SAME_UPPER"` a pool pads its input by itself, to as many outputs as there are
# entries. The pass adds `pads` beside it. The file then says two things at once, and symconv
# refuses to read it. ONNX Runtime and ONNX's evaluator let `auto_pad` win, and what Pad did is lost.

# %%
pair = models(
    padded_by_1,
    '{ t = Pad (x, p)  y = AveragePool <kernel_shape=[3], auto_pad="SAME_UPPER"> (t) }',
    """{ y = AveragePool <kernel_shape=[3], auto_pad="SAME_UPPER",
                          count_include_pad=1, pads=[1,1]> (x) }""",
)
print(refusal(pair[1]))
print("before", run(pair[0], [1, 2, 3]))
print("after ", run(pair[1], [1, 2, 3]))

# %%
as_many = {"stride": 1, "padding": 1, "count_include_pad": False}
lengths = Claim(x.pad(l, r).avg_pool(3, **as_many).length, x.avg_pool(3, **as_many).length)
verdict = lengths.prove()
assert isinstance(verdict, Refuted)
assert lengths.condition() == And(Eq(l, 0), Eq(r, 0))
print(verdict)

# %% [markdown]
# **The repair.** Do not fuse; or write both paddings out, where the pool counts its own. With stride 1
# that is $\lfloor (w - 1)/2 \rfloor$ before and $\lfloor w/2 \rfloor$ behind, in addition to $l$ and
# $r$:

# %%
prove(
    x.pad(l, r).pad_same(w).avg_pool(w, stride=1),
    x.avg_pool(w, stride=1, padding=[(l + floor((w - 1) / 2), r + floor(w / 2))]),
)
found = look(
    padded_by_1,
    """{ t = Pad (x, p)
    y = AveragePool <kernel_shape=[3], auto_pad="SAME_UPPER", count_include_pad=1> (t) }""",
    "{ y = AveragePool <kernel_shape=[3], count_include_pad=1, pads=[2,2]> (x) }",
)
assert found == "proved"

# %% [markdown]
# ### 5. SAME, where Pad puts nothing
#
# The `pads` are 0 then, and contradict nothing. But as in 1 the pass has the pool count its padding,
# and here that is the padding of SAME:

# %%
found = look(
    "g (float[N,1,H] x) => (float[N,1,Q] y) <int64[6] p = {0,0,0, 0,0,0}>",
    '{ t = Pad (x, p)  y = AveragePool <kernel_shape=[2], auto_pad="SAME_LOWER"> (t) }',
    """{ y = AveragePool <kernel_shape=[2], auto_pad="SAME_LOWER",
                          count_include_pad=1, pads=[0,0]> (x) }""",
)
assert found == "refuted"

# %% [markdown]
# This is 1 with $l = r = 0$. Then the condition is $p = q = 0$: SAME has to pad nothing, for every
# $n$. That is so for windows of one entry, and for no others.

# %%
for windows in (2, 3, 4):
    claim = Claim(
        x.avg_pool(windows, stride=1, padding=[(p, q)], count_include_pad=False),
        x.avg_pool(windows, stride=1, padding=[(p, q)]),
        given=[p < windows, q < windows],
    )
    assert claim.condition(for_all=[n]) == And(Eq(p, 0), Eq(q, 0))
size = Claim(x.pad_same(w).length, n)
assert size.condition(for_all=[n]) == Eq(w, 1)
print(size.prove())

# %% [markdown]
# **The repair.** Leave out a Pad that puts nothing, and leave the pool as it is.
#
# ### 6. VALID, and `pads`
#
# `auto_pad="VALID"` says that the pool has no padding. The pass adds one, as in 4, and again
# `auto_pad` wins: there are fewer outputs. (Where no window fits into $x$, ONNX Runtime and ONNX's
# evaluator fail.)

# %%
pair = models(
    padded_by_1,
    '{ t = Pad (x, p)  y = AveragePool <kernel_shape=[3], auto_pad="VALID"> (t) }',
    """{ y = AveragePool <kernel_shape=[3], auto_pad="VALID",
                          count_include_pad=1, pads=[1,1]> (x) }""",
)
print(refusal(pair[1]))
print("before", run(pair[0], [1, 2, 3]))
print("after ", run(pair[1], [1, 2, 3]))

# %%
lengths = Claim(
    x.pad(l, r).avg_pool(w, stride=1).length, x.avg_pool(w, stride=1).length, given=[n >= w]
)
assert lengths.condition() == And(Eq(l, 0), Eq(r, 0))
print(lengths.prove())

# %% [markdown]
# **The repair.** Leave out `auto_pad`. A pool with VALID has no padding of its own, and by the repair
# of 1 no condition is left.

# %%
found = look(
    padded_by_1,
    '{ t = Pad (x, p)  y = AveragePool <kernel_shape=[3], auto_pad="VALID"> (t) }',
    "{ y = AveragePool <kernel_shape=[3], count_include_pad=1, pads=[1,1]> (x) }",
)
assert found == "proved"

# %% [markdown]
# ### 7. More padding than a window reaches
#
# Here the two files are equal by the specification. But ONNX Runtime 1.32.0 does not load the second
# one, as a pool's padding has to be less than its window there. onnxoptimizer and onnxsim both
# write it.

# %%
padded_by_2 = "g (float[N,1,H] x) => (float[N,1,Q] y) <int64[6] p = {0,0,2, 0,0,2}>"
found = look(
    padded_by_2,
    "{ t = Pad (x, p)  y = AveragePool <kernel_shape=[2]> (t) }",
    "{ y = AveragePool <kernel_shape=[2], count_include_pad=1, pads=[2,2]> (x) }",
)
assert found == "proved"
prove(x.pad(l, r).avg_pool(w), x.avg_pool(w, padding=[(l, r)]))

# %% [markdown]
# For a max pool, of which onnxoptimizer does the same, there is a reason: a window would have no
# entry at all, and so no largest one.

# %%
(after,) = models(padded_by_2, "{ y = MaxPool <kernel_shape=[2], pads=[2,2]> (x) }")
print(refusal(after))

# %% [markdown]
# **The repair.** Fuse where $l < w$ and $r < w$.
#
# ## Padding that is written out
#
# ### 8. SAME, and a dilation
#
# The rule `normalize_pad_format_conv_rule` of onnxscript, which its optimizer and its rewriter apply,
# writes `pads` in the place of `auto_pad`. It computes them from the number of taps. With the
# dilation $d$, $w$ taps reach over $(w - 1)\,d + 1$ entries.

# %%
found = look(
    "g (float[N,1,3] x) => (float[N,1,3] y) <float[1,1,3] k = {1,2,4}>",
    '{ y = Conv <auto_pad="SAME_UPPER", kernel_shape=[3], dilations=[2]> (x, k) }',
    """{ y = Conv <auto_pad="NOTSET", kernel_shape=[3], dilations=[2],
                   pads=[1,1]> (x, k) }""",
)
assert found == "refuted"

# %% [markdown]
# (ONNX Runtime 1.32.0 refuses the first file, as it has no SAME with a dilation, and runs the second
# one: so nobody sees the difference there.) Which dilations are harmless for three taps, and how
# many taps for a dilation?

# %%
size = Claim(x.pad_same(3).correlate(k3, dilation=d).length, n)
assert size.condition() == Eq(d, 1)
for dilation in (2, 3, 4):
    written_out = x.pad_same(w).correlate(k, dilation=dilation)
    same = x.pad_same(w, dilation=dilation).correlate(k, dilation=dilation)
    assert Claim(written_out, same).condition() == Eq(w, 1)
print(size.prove())

# %% [markdown]
# So it is right where $d = 1$ or $w = 1$, and nowhere else.
#
# **The repair.** Put the reach in the place of the number of taps: of
# $\max(0,\, (\lceil n/s \rceil - 1)\,s + (w - 1)\,d + 1 - n)$ zeros the smaller half stands before.
# onnxscript has [merged](https://github.com/microsoft/onnxscript/pull/3037) this repair since.

# %%
for stride in (1, 2, 3):
    total = Max(0, (ceiling(n / stride) - 1) * stride + 2 * (w - 1) + 1 - n)
    repaired = x.pad(floor(total / 2), ceiling(total / 2))
    prove(
        repaired.correlate(k, stride=stride, dilation=2),
        x.pad_same(w, stride=stride, dilation=2).correlate(k, stride=stride, dilation=2),
    )
found = look(
    "g (float[N,1,H] x) => (float[N,1,Q] y) <float[1,1,3] k = {1,2,4}>",
    '{ y = Conv <auto_pad="SAME_UPPER", kernel_shape=[3], dilations=[2]> (x, k) }',
    "{ y = Conv <kernel_shape=[3], dilations=[2], pads=[2,2]> (x, k) }",
)
assert found == "proved"

# %% [markdown]
# ## Bounds that are put together
#
# ### 9. Clip behind Clip
#
# Clip with the bounds $a$ and $b$ makes $\min(\max(t, a), b)$ of each entry $t$. Two of them, with
# $a, b$ and then with $\text{lo}, \text{hi}$, seem to leave what lies in both ranges: so
# `successive_clip_rule` in onnxscript's optimizer takes the larger one of the lower bounds and the
# smaller one of the upper bounds. But ranges need not meet.

# %%
apart = """g (float[N] x) => (float[N] y)
    <float a = {0}, float b = {1}, float lo = {2}, float hi = {3}>"""
found = look(
    apart,
    "{ t = Clip (x, a, b)  y = Clip (t, lo, hi) }",
    "{ y = Clip (x, lo, b) }",
)
assert found == "refuted"

# %% [markdown]
# Clip only compares numbers, and chooses one of them. Which one it chooses depends on their order
# alone, and every order of five numbers is one of five integers. So what is proved for all integers
# is so for all real numbers, and about integers symconv finds the exact condition:


# %%
def clip(entry, least, largest):
    """What Clip makes of an entry."""
    return Min(Max(entry, least), largest)


twice = clip(clip(t, a, b), lo, hi)
in_both = Claim(twice, clip(t, Max(a, lo), Min(b, hi)), given=[a <= b, lo <= hi])
verdict = in_both.prove()
assert isinstance(verdict, Refuted)
assert in_both.condition(for_all=[t]) == (b >= lo)
print(verdict)

# %% [markdown]
# **The repair.** The upper bound goes through the second Clip itself; then there is no condition,
# not even that $a \le b$ and $\text{lo} \le \text{hi}$.

# %%
prove(twice, clip(t, Max(a, lo), clip(b, lo, hi)))
found = look(
    apart,
    "{ t = Clip (x, a, b)  y = Clip (t, lo, hi) }",
    "{ y = Clip (x, lo, lo) }",
)
assert found == "proved"

# %% [markdown]
# ### 10. ReLU behind Clip
#
# A ReLU is a Clip with the lower bound 0 and no upper one. `successive_relu_clip_rule` of onnxscript,
# in its optimizer and its rewriter, raises the lower bound to 0, and leaves the upper one.

# %%
below = """g (float[N] x) => (float[N] y)
    <float a = {-2}, float b = {-1}, float zero = {0}>"""
found = look(
    below,
    "{ t = Clip (x, a, b)  y = Relu (t) }",
    "{ y = Clip (x, zero, b) }",
)
assert found == "refuted"
clipped = Max(clip(t, a, b), 0)
raised = Claim(clipped, clip(t, Max(a, 0), b))
assert raised.condition(for_all=[t]) == (b >= 0)
print(raised.prove())

# %% [markdown]
# **The repair.** Raise both bounds.

# %%
prove(clipped, clip(t, Max(a, 0), Max(b, 0)))
found = look(
    below,
    "{ t = Clip (x, a, b)  y = Relu (t) }",
    "{ y = Clip (x, zero, zero) }",
)
assert found == "proved"

# %% [markdown]
# ## All of them
#
# | | before | tool | right exactly where | repair |
# |:-|:-|:-|:-|:-|
# | 1 | Pad, AveragePool | `onnxoptimizer` | the pool pads nothing, or Pad at least $w - 1$, on each side | fuse if the pool has no padding, or counts it |
# | 2 | Pad, MaxPool | `onnxoptimizer` | $l = r = 0$ | fuse $-\infty$, or behind a ReLU if $l, r < w$ |
# | 3 | Pad, `ceil_mode` | `onnxoptimizer`, `onnxsim` | $r = 0$ or $r \le w - s$ | ask for that |
# | 4 | Pad, SAME pool | `onnxoptimizer` | $l = r = 0$, and see 5 | write both out |
# | 5 | Pad by 0, SAME pool | `onnxoptimizer` | $w = 1$, or the pool counts its padding | keep the pool as it is |
# | 6 | Pad, VALID pool | `onnxoptimizer` | $l = r = 0$ | leave out VALID |
# | 7 | Pad, pool | `onnxoptimizer`, `onnxsim` | always | ask for $l, r < w$ |
# | 8 | SAME, dilation | `onnxscript` | $d = 1$ or $w = 1$ | count the reach |
# | 9 | Clip, Clip | `onnxscript` | $b \ge \text{lo}$ | clip $b$ too |
# | 10 | Clip, ReLU | `onnxscript` | $b \ge 0$ | raise $b$ too |
#
# ## Exercises
#
# **Exercise 1** (a convolution). onnxoptimizer has a pass `fuse_pad_into_conv`, too. A layer with the
# kernel $k$, stride 2 and a padding by $p$ and $q$ zeros stands behind a Pad with $l$ and $r$ zeros.
# Write the one layer, `fused`, on $x$. Under which condition is it right?

# %% [markdown] tags=["hint"]
# Two paddings with zeros, one behind the other, are one. In the pools it mattered what else was
# done with the entries beside adding them up. Is there anything like this in a convolution?

# %%
### BEGIN SOLUTION
fused = x.pad(l + p, r + q).correlate(k, stride=2)
### END SOLUTION
check(fused, x.pad(l, r).pad(p, q).correlate(k, stride=2))

# %% [markdown] tags=["solution"]
# Under none. The padding of a convolution is zeros, which are multiplied with taps like others, and
# nothing is divided, compared or rounded up.

# %% [markdown]
# **Exercise 2** (Clip behind ReLU). What about the other order, a ReLU and then a Clip with the bounds
# $a$ and $b$? Write the bounds `least` and `largest` of one Clip. Is there a condition, as in 10?

# %% [markdown] tags=["hint"]
# Which of the three bounds is applied last? Try $b < 0$.

# %%
### BEGIN SOLUTION
least, largest = Max(a, 0), b
### END SOLUTION
check(clip(t, least, largest), clip(Max(t, 0), a, b))

# %% [markdown] tags=["solution"]
# There is none. The upper bound $b$ is applied last on both sides, so that everything becomes $b$ where
# $b < 0$.

# %% [markdown]
# **Exercise 3** (the size alone). By the rule of 8, three taps with stride 2 and dilation $d$ get the
# padding for three taps without a dilation. For which $d$ has the output nevertheless
# $\lceil n/2 \rceil$ entries, for all $n$? Write the condition `enough`.

# %% [markdown] tags=["hint"]
# Three taps with dilation $d$ reach over $2d + 1$ entries. How many entries has the padded input
# for $n = 2$, and how many outputs should there be?

# %%
strided = x.pad_same(3, stride=2).correlate(k3, stride=2, dilation=d)
### BEGIN SOLUTION
enough = Eq(d, 1)
### END SOLUTION
check(enough, Claim(strided.length, ceiling(n / 2)), for_all=[n])

# %% [markdown]
# **Exercise 4** (a test). Somebody runs the files before and after on one random row of 7 numbers
# between 0 and 1. Which of the faults 1, 2 and 3 does that show, and which not? Why?

# %% [markdown] tags=["hint"]
# Think of the numbers' signs for 2, and of the exact condition in $n$ for 3.

# %% [markdown] tags=["solution"]
# Only the first one, whose first output is $x[0]/3$ instead of $x[0]/2$. The second one needs a window
# of negative numbers. The third one, with $l = 0$ and $r = 2$, needs an even $n$: by the condition
# above it is right where $l + n$ is odd. A test has to know what it is looking for; a proof finds
# it.

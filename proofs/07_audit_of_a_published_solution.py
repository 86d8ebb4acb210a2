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
# # An audit of a published solution
#
# The exercise that these notebooks started from has a published solution. Its plan is good: write
# two stride-2 layers as a double sum, exchange the two sums, and read the kernel of the stride-4
# layer off. With this plan one finds $k_4 = k * (k\uparrow_2)$. The solution finds another
# kernel, and that one is wrong.
#
# To say that the result is wrong helps nobody who wants to learn from the attempt. The question
# is which equality fails first, and why it could seem right. So we audit the solution: each of
# its formulas is transcribed and compared with the one before it, for all lengths and at every
# index. A formula is taken literally first. Where that says nothing, or says something false, we
# look for the most charitable reading that can be stated, and decide that too. Three of the steps
# look wrong and are right; they get the same care.
#
# **Conventions.** The input $x$ has length $n$, and an entry outside a signal's range is 0. The
# exercise writes a layer as a convolution with the flipped kernel $\tilde k$. The flip plays no
# part in what follows, since each formula contains $\tilde k$ and none contains the kernel before
# it was flipped: $\tilde k$ is a name here. We call this signal $k$, with the taps
# $k[0], \ldots, k[c - 1]$. Convolution is over all the integers, as in the exercise, and $u$ is
# the index of the output.
#
# **The formulas.** Let $R$ be the range from $-c/2$ to $n + c/2$ and $E$ the even integers in it,
# for which the solution writes $[-\frac{c}{2}, n + \frac{c}{2}] \text{ mod}_2$. In this notation
# it states, one after another,
#
# $$\begin{aligned}
# (x * k)[u] &= \sum_{m=-\infty}^{\infty} x[m]\,k[u - m] \quad (1) \\
# &= \sum_{m \in R} x[m]\,k[u - m], \quad (2) \\
# \sum_{m \in R} x[m]\,k[u - m] \downarrow_2 &= \sum_{m \in E} x[m]\,k[u - m], \quad (3) \\
# ((x * k)\downarrow_2 *\, k)\downarrow_2[u]
# &= \sum_{m \in R} \left[\sum_{t \in E} x[t]\,k[u - t]\right] k[u - m] \downarrow_2 \quad (4) \\
# &= \sum_{m \in E} k[m] \left[\sum_{t \in E} x[t]\,k[u - t - m]\right] \quad (5) \\
# &= \sum_{t \in E} x[t] \left[\sum_{m \in E} k[m]\,k[u - t - m]\right], \quad (6) \\
# k_4[u] &= \sum_{m \in E} k[m]\,k[u - t - m] \quad \text{for } u \bmod 4 = 0, \quad (7) \\
# ((x * k)\downarrow_2 *\, k)\downarrow_2[u] &= (x * k_4)\downarrow_4[u]. \quad (8)
# \end{aligned}$$

# %%
from sympy import And, Eq, Mod, Or, Sum, floor, oo

from symconv import Claim, Refuted, Signal, diagrams, explore, integers
from symconv.derivations import Derivation, such_that
from symconv.exercises import check
from symconv.exercises.grading import grade
from symconv.exercises.mistakes import MISTAKES

n, c = integers("n c", positive=True)
l, r = integers("l r", nonnegative=True)
u, m, t, i = integers("u m t i")

x, k = Signal("x", n), Signal("k", c)
R = (-c / 2, n + c / 2)
ALL = (-oo, oo)


def total(term, index, over=ALL, where=True):
    """The sum of a term over an index, in a range, where a condition holds."""
    return Sum(term if where is True else such_that(term, where), (index, *over))


def even(index):
    """The condition that the index is even."""
    return Eq(Mod(index, 2), 0)


def verdicts(audit):
    """What was found for each step, in one word."""
    return [type(step.verdict).__name__ for step in audit]


# %% [markdown]
# A derivation is a chain of formulas with reasons. Its audit compares each formula with the one
# before it, and calls the step right (proved for all lengths), wrong (with the smallest
# counterexample, and exactly where it holds nevertheless), or ill-formed. A sum over $R$ is
# written `total(term, m, over=R)`, one over $E$ `total(term, m, over=R, where=even(m))`, and a
# bracket within a sum is a total, too. A derivation that starts with a formula speaks of every
# index $u$. One that starts with a signal speaks of its outputs, unless `outside=True` asks for
# every index: the audit of the solution does, and our own derivations at the end do not.
#
# ## (1) and (2): the definition and its range
#
# Formula (1) is the definition. Formula (2) looks wrong for three reasons. For an odd $c$ the
# ends $-c/2$ and $n + c/2$ are no integers; the range is meant to make room for padding, and $x$
# is not padded in the formula; and why should half the kernel be enough? Nevertheless it is
# right. The sum runs over the integers between the ends, whatever the ends are. The only terms
# that are not zero by definition have $0 \le m \le n - 1$, and all of these are between $-c/2$
# and $n + c/2$. What else the range contains adds zeros.

# %%
start = Derivation(x.convolve(k), index=u, outside=True)
start.step(total(x[m] * k[u - m], m), because="definition of convolution")
start.step(total(x[m] * k[u - m], m, over=R), because="padding with half the kernel")
audit = start.audit()
assert audit
assert verdicts(audit) == ["Proved", "Proved"]
audit

# %% [markdown]
# ### What is said about the padding
#
# The formula is right, the reason that comes with it is not. In words the solution says that
# padding by half the size of the kernel keeps the size of the input. This is a statement about
# lengths, on which formula (2) does not depend. For a layer with stride 1 the exact condition is

# %%
keeps_size = Claim(x.pad(l, r).correlate(k).length, n).condition()
assert keeps_size == Eq(l + r, c - 1)
keeps_size

# %% [markdown]
# Half the kernel on each side makes $c$ zeros, one too many. Where $c/2$ is an integer it is
# never right, and with $\lfloor c/2 \rfloor$ it is right for odd $c$ alone:

# %%
half = floor(c / 2)
same_size = Claim(x.pad(half, half).correlate(k).length, n).prove()
assert isinstance(same_size, Refuted)
assert same_size.condition == Eq(Mod(c, 2), 1)
print(same_size)

# %% [markdown]
# But the size to be kept is not that of a layer with stride 1. The exercise asks for $n/4$
# outputs of two stride-2 layers, where $4 \mid n$. This takes a total of $3c - 6$ to $3c - 3$
# zeros, since the two layers are as long as one layer with $3c - 2$ taps. Half the kernel on each
# side makes so many only for one or two taps.

# %%
four_divides_n = Eq(Mod(n, 4), 0)
two = x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2)
quarter = Claim(two.length, n / 4, given=[four_divides_n]).condition()
assert Claim(quarter, And(3 * c - 6 <= l + r, l + r <= 3 * c - 3)).prove()

halved = x.pad(half, half).correlate(k, stride=2).correlate(k, stride=2)
too_short = Claim(halved.length, n / 4, given=[four_divides_n]).prove()
assert isinstance(too_short, Refuted)
assert too_short.condition == (c <= 2)
print(too_short)

# %% [markdown]
# **The misconception.** A rule of thumb for one layer with an odd kernel and stride 1 was taken
# for a rule about kernels. The room that two strided layers need is that of their common kernel,
# not of either one.
#
# **The repair.** $l + r = c - 1$ for one layer with stride 1; $3c - 6 \le l + r \le 3c - 3$ here.
# None of it is needed for (1) and (2).

# %% [markdown]
# ## (3): subsampling as a restriction of the sum
#
# Subsampling keeps the outputs at even places: the entry of $(x * k)\downarrow_2$ at $u$ is that
# of $x * k$ at $2u$, with all its terms. Formula (3) keeps the index $u$ and drops the terms with
# odd $m$ instead.

# %%
one_layer = x.convolve(k).downsample(2)
subsampling = Derivation(one_layer, index=u, outside=True)
subsampling.step(total(x[m] * k[2 * u - m], m, over=R), because="the entry at 2u")
subsampling.step(total(x[m] * k[u - m], m, over=R, where=even(m)), because="formula (3)")
audit_3 = subsampling.audit()
assert verdicts(audit_3) == ["Proved", "Refuted"]
assert audit_3[1].repair is not None
audit_3

# %% [markdown]
# The audit says exactly where (3) holds, lengths and index together. For which indices is it
# right whatever the lengths are, and for which lengths at every index? Below 0 both sides are 0,
# so the part of the output on which it is right is one entry, the first:

# %%
literal = audit_3[1].claim
assert literal.condition(for_all=[n, c]) == (u <= 0)
assert Claim(literal.condition(for_all=[u]), And(Eq(c, 1), n <= 2)).prove()
literal.condition(for_all=[n, c])

# %%
literal.condition(for_all=[u])

# %% [markdown]
# ### Charitable readings
#
# Three other things might have been meant.
#
# - The right side is to be read at $2u$, too.
# - $\downarrow_2$ does not move the entries, but sets those at odd places to 0: the left side is
#   $(x * k)[u]$ for even $u$ and 0 for odd $u$.
# - The input is subsampled first: the left side is $((x\downarrow_2) * k)[u]$.

# %%
restricted = total(x[m] * k[u - m], m, over=R, where=even(m))
at_2u = Derivation(total(x[m] * k[2 * u - m], m), index=u)
at_2u.step(total(x[m] * k[2 * u - m], m, over=R, where=even(m)), because="(3), read at 2u")

indicator = Derivation(such_that(total(x[m] * k[u - m], m), even(u)), index=u)
indicator.step(restricted, because="(3), odd outputs set to 0")

input_first = Derivation(x.downsample(2).convolve(k), index=u, outside=True)
input_first.step(restricted, because="(3), the input subsampled first")

readings_3 = [reading.audit() for reading in (at_2u, indicator, input_first)]
for audit in readings_3:
    assert verdicts(audit) == ["Refuted"]
    assert audit[0].claim.condition(for_all=[n, c]) == (u <= 0)

readings_3[0]

# %%
readings_3[1]

# %%
readings_3[2]

# %% [markdown]
# None of them is right, and each holds for all lengths at the first output only. But the right
# side of (3) does have a meaning. The sum over the even $m$ is a convolution in which $x$ has
# lost its odd entries,
#
# $$\sum_{m \in E} x[m]\,k[u - m] = \left(((x\downarrow_2)\uparrow_2) * k\right)[u],$$
#
# and no output was left out of it.


# %%
def without_odd(signal):
    """The signal with its entries at odd places set to 0."""
    return signal.downsample(2).dilate(2)


meaning_3 = Derivation(without_odd(x).convolve(k), index=u, outside=True)
meaning_3.step(restricted, because="what the right side of (3) says")
audit = meaning_3.audit()
assert audit
audit

# %% [markdown]
# The figure shows output 2 of $(x * k)\downarrow_2$, with five taps. It is the sum of
# $x[m]\,k[j]$ over the antidiagonal $m + j = 4$. The restricted sum, at $2u$, has only the points
# at which $m$ is even; as the sum of $m$ and $j$ is even, so is $j$.

# %%
kept = Signal.from_formula(
    u, total(x[m] * k[2 * u - m], m, over=(0, n - 1), where=even(m)), length=one_layer.length
)
diagrams.monomials(Claim(one_layer, kept), axes=("x", "k"), output=2, n=6, c=5)

# %%
explore(Claim(one_layer, kept), n=6, c=5)

# %% [markdown]
# At an even place, even entries meet even taps and odd entries odd taps. What (3) loses is the
# second half of this splitting, which is a *polyphase decomposition*:
#
# $$(x * k)[2u] = \sum_m x[2m]\,k[2(u - m)] + \sum_m x[2m + 1]\,k[2(u - m) - 1].$$

# %%
phases = Derivation(one_layer, index=u, outside=True)
phases.step(
    total(x[2 * m] * k[2 * u - 2 * m], m) + total(x[2 * m + 1] * k[2 * u - 2 * m - 1], m),
    because="even m and odd m apart",
)
audit = phases.audit()
assert audit
audit

# %% [markdown]
# **The misconception.** What subsampling does to the outputs was done to the terms of the sum.
# Subsampling chooses *which* sums are computed and leaves each of them whole.
#
# **The repair.** Put $2u$ for $u$, and sum over all $m$. The audit of (3) found this by itself.

# %% [markdown]
# ## (4): the two layers
#
# In (4) the second $\downarrow_2$ is still to be carried out. By the rule of (3) it restricts $m$
# to $E$, as it does in (5); so we read (4). Now the bracket in (4), which should be the output of
# the first layer, is taken at $u$. The second layer reads the first one at $m$.

# %%
two_layers = x.convolve(k).downsample(2).convolve(k).downsample(2)

bracket_4 = total(x[t] * k[u - t], t, over=R, where=even(t))
formula_4 = total(bracket_4 * k[u - m], m, over=R, where=even(m))
nested = Derivation(two_layers, index=u, outside=True).step(formula_4, because="formula (4)")
audit_4 = nested.audit()
assert verdicts(audit_4) == ["Refuted"]
assert audit_4[0].claim.condition(for_all=[n, c]) == (u <= -1)
print(audit_4[0].verdict.counterexample)

# %% [markdown]
# There is no output at which this is right for all lengths, not even the first. If the second
# $\downarrow_2$ is taken for what it is, with $2u$ for $u$ and every $m$, then two taps and one
# entry of input already refute it there:

# %%
bracket_at_2u = total(x[t] * k[2 * u - t], t, over=R, where=even(t))
subsampled_4 = total(bracket_at_2u * k[2 * u - m], m, over=R)
audit_subsampled_4 = Derivation(two_layers, index=u, outside=True).step(subsampled_4).audit()
assert verdicts(audit_subsampled_4) == ["Refuted"]
found = audit_subsampled_4[0].verdict.counterexample
assert (found.lengths, found.index) == ({"c": 2, "n": 1}, 0)
print(found)

# %% [markdown]
# A bracket that does not depend on $m$ may be taken out of the sum over $m$. So (4) is no
# convolution but a product of two numbers:

# %%
product = bracket_4 * total(k[u - m], m, over=R, where=even(m))
taken_out = Derivation(formula_4, index=u)
taken_out.step(product, because="the bracket does not depend on m")
audit = taken_out.audit()
assert audit
audit

# %% [markdown]
# This must be a slip of the pen, for (5) does not follow from it, and follows from what we get
# with $m$ in place of $u$ in the bracket. We read (4) as
#
# $$\sum_{m \text{ even}} \left[\sum_{t \text{ even}} x[t]\,k[m - t]\right] k[u - m],$$
#
# with sums over all the integers; the ranges come later. This is what the rule of (3) makes of
# two layers: convolve what is left of $x$ without the odd entries, drop the odd entries of the
# result, and convolve again. But it is not what the two layers compute.

# %%
bracket_at_m = total(x[t] * k[m - t], t, where=even(t))
charitable_4 = total(bracket_at_m * k[u - m], m, where=even(m))
rule_twice = without_odd(without_odd(x).convolve(k)).convolve(k)

meaning_4 = Derivation(rule_twice, index=u, outside=True).step(
    charitable_4, because="the rule of (3), twice"
)
assert meaning_4.audit()

reading_4 = Derivation(two_layers, index=u, outside=True).step(
    charitable_4, because="(4), the bracket at m"
)
charitable_audit_4 = reading_4.audit()
assert verdicts(charitable_audit_4) == ["Refuted"]
assert charitable_audit_4[0].claim.condition(for_all=[n, c]) == (u <= 0)
charitable_audit_4

# %% [markdown]
# **The range.** $R$ was made for $x$, whose index ends at $n - 1$. The outer sum runs over the
# outputs of the first layer. There are $n + c - 1$ of these before subsampling, and a range that
# goes $c/2$ beyond $n$ does not contain them all if $c$ is large. For which lengths is nothing
# lost, at any $u$?

# %%
bracket_in_range = total(x[t] * k[m - t], t, over=R, where=even(t))
with_ranges_4 = total(bracket_in_range * k[u - m], m, over=R, where=even(m))
range_4 = Derivation(charitable_4, index=u).step(with_ranges_4, because="m and t in R").audit()
assert verdicts(range_4) == ["Refuted"]

long_enough = range_4[0].claim.condition(for_all=[u])
by_hand = Or(c <= 4, Eq(c, 6), And(Or(Eq(c, 5), Eq(c, 8)), even(n)))
assert Claim(long_enough, by_hand).prove()
print(range_4[0].verdict.counterexample)

# %% [markdown]
# For up to four taps, for six, and for five or eight if $n$ is even; for no other kernel.
#
# **The misconception.** In a nested convolution the inner one is evaluated at the summation index
# of the outer one, since it is the inner *signal* that is convolved; writing $u$ in both places
# evaluates it at a single point. And each summation index has the range of the signal that it
# belongs to.
#
# **The repair.** With $y = (x * k)\downarrow_2$, the entry of the second layer at $u$ is
# $\sum_m y[m]\,k[2u - m]$, over all $m$, and $y[m] = \sum_t x[t]\,k[2m - t]$.

# %% [markdown]
# ## (5): the exchange by commutativity
#
# Literally, (5) does not follow from (4), in which the bracket is at $u$:

# %%
bracket_5 = total(x[t] * k[u - t - m], t, over=R, where=even(t))
formula_5 = total(k[m] * bracket_5, m, over=R, where=even(m))
literal_5 = Derivation(formula_4, index=u).step(formula_5, because="formula (5)").audit()
assert verdicts(literal_5) == ["Refuted"]
print(literal_5[0].verdict.counterexample)

# %% [markdown]
# So we go on from the charitable (4). The reason given is that convolution is commutative. A sum
# over the even $m$ alone is not. What makes $f * g = g * f$ is the substitution of $u - m$ for
# $m$, and this maps the even integers to themselves only if $u$ is even. For signals $f$ and $g$
# of any lengths:

# %%
f, g = Signal("f", n), Signal("g", c)
swap = Derivation(total(f[m] * g[u - m], m, where=even(m)), index=u)
swap.step(total(g[m] * f[u - m], m, where=even(m)), because="commutativity")
audit_swap = swap.audit()
assert verdicts(audit_swap) == ["Refuted"]
swap_part = audit_swap[0].claim.condition(for_all=[n, c])
assert swap_part == Or(u <= -1, even(u))
audit_swap

# %%
swap_part

# %% [markdown]
# The part of the index range on which the reason is good consists of the even $u$ (and of the
# $u < 0$, where there is nothing). One expects the step itself to be right there and wrong at the
# odd $u$. But it is right everywhere:

# %%
charitable_5 = total(k[m] * total(x[t] * k[u - t - m], t, where=even(t)), m, where=even(m))
exchange = Derivation(charitable_4, index=u)
exchange.step(charitable_5, because="commutativity")
audit_5 = exchange.audit()
assert audit_5
audit_5

# %% [markdown]
# The step looks wrong, is right, and has another reason. Fix an even $t$ and substitute $m + t$
# for $m$ in $k[m - t]\,k[u - m]$: this gives $k[m]\,k[u - t - m]$, and $m + t$ is even exactly
# when $m$ is, whatever $u$ may be. The signal in the bracket is not any $f$. Its entries come
# from even $t$ alone, and that saves the step. The proof that symconv found is the same
# substitution. It writes $i, j$ for the indices $m, t$ of the sum before, and $t, v$ for those of
# the sum after:

# %%
evidence = audit_5[0].verdict.evidence[-1]
assert {str(old): str(new) for old, new in evidence.indices.items()} == {"t": "i - j", "v": "j"}
print(evidence)

# %% [markdown]
# With the written ranges the step is wrong for long kernels once more. The taps of $k$ end at
# $c - 1$, and the even ones all lie in $R$ exactly if $c \le 2n + 4$ for an even $c$, and
# $c \le 2n + 2$ for an odd one: the kernel may be about twice as long as the input.

# %%
range_5 = Derivation(charitable_5, index=u).step(formula_5, because="m and t in R").audit()
assert verdicts(range_5) == ["Refuted"]
contains_taps = Or(And(even(c), c <= 2 * n + 4), And(Eq(Mod(c, 2), 1), c <= 2 * n + 2))
assert Claim(range_5[0].claim.condition(for_all=[u]), contains_taps).prove()
print(range_5[0].verdict.counterexample)

# %% [markdown]
# **The misconception.** Commutativity is a law about sums over all the integers, and it was used
# for a sum over a part of them. A part may be kept only if the substitution behind the law maps
# it to itself.
#
# **The repair.** Name the substitution, $m \mapsto m + t$, and sum over all integers.

# %% [markdown]
# ## (6): discrete Fubini
#
# The solution puts a question mark to its reason here. It need not. Exchanging two sums is a
# theorem with hypotheses when infinitely many terms are not zero, and in (6) only finitely many
# are. It is also wrong when the range of one sum depends on the index of the other, and here
# neither does. The step is right as it stands, in the written ranges or over all the integers:

# %%
bracket_6 = total(k[m] * k[u - t - m], m, over=R, where=even(m))
formula_6 = total(x[t] * bracket_6, t, over=R, where=even(t))
charitable_bracket_6 = total(k[m] * k[u - t - m], m, where=even(m))
charitable_6 = total(x[t] * charitable_bracket_6, t, where=even(t))
fubini = Derivation(formula_5, index=u).step(formula_6, because="discrete Fubini")
audit_6 = fubini.audit()
charitable_audit_6 = Derivation(charitable_5, index=u).step(charitable_6).audit()
assert audit_6
assert charitable_audit_6
audit_6

# %% [markdown]
# ## (7): reading the kernel off
#
# The bracket in (6) is to be the kernel. As (7) has it, it contains $t$, the index of the outer
# sum, and there is no outer sum any more. The formula is not wrong, it says nothing: an audit
# calls it ill-formed, and names the variable. To read the kernel off, one asks which factor
# stands in front of $x[t]$. In (6), for an even $t$, this factor depends on $u - t$ alone. That
# is how a tap of a kernel looks, and its formula is found by putting $t = 0$. This is the
# charitable reading,
#
# $$\kappa[u] = \sum_{m \text{ even}} k[m]\,k[u - m].$$
#
# The kernel that is right is $k_4 = k * (k\uparrow_2)$.

# %%
k4 = k.convolve(k.dilate(2))
kappa = total(k[m] * k[u - m], m, where=even(m))

reading_off = Derivation(k4, index=u, outside=True, introduced=[x])
reading_off.step(bracket_6, because="formula (7), literally")
reading_off.step(kappa, because="formula (7), with t = 0")
audit_7 = reading_off.audit()
assert verdicts(audit_7) == ["IllFormed", "Refuted"]
assert audit_7[0].verdict.name == "t"
audit_7

# %% [markdown]
# The two formulas agree in the taps 0 and 1 and in no other, except beyond the end. At $u = 2$
# the product $k[1]\,k[0]$ is missing. Restricting (7) to multiples of 4 does not help. If it says
# that $\kappa$ is right at these taps, that is refuted at $u = 4$. If it says that the kernel has
# no other taps, then it has lost the tap $k_4[1] = k[0]\,k[1]$.

# %%
assert Claim(audit_7[1].holds_where, Or(u <= 1, u >= 3 * c - 2)).prove()

multiple_of_4 = Eq(Mod(u, 4), 0)
at_multiples = Derivation(k4, index=u, outside=True, where=multiple_of_4).step(
    kappa, because="u mod 4 = 0"
)
audit_at_multiples = at_multiples.audit()
assert verdicts(audit_at_multiples) == ["Refuted"]
assert audit_at_multiples[0].verdict.counterexample.index == 4

only_multiples = Derivation(k4, index=u, outside=True)
only_multiples.step(such_that(k4[u], multiple_of_4), because="no other taps")
audit_only_multiples = only_multiples.audit()
assert verdicts(audit_only_multiples) == ["Refuted"]
print(audit_at_multiples[0].verdict.counterexample)
print(audit_only_multiples[0].verdict.counterexample)

# %% [markdown]
# The restriction to even $m$ is not out of place, though. It belongs to $k\uparrow_2$, whose
# entries at odd places are 0. Its entry at an even $m$ is $k[m/2]$, where $\kappa$ has $k[m]$. So
# $\kappa$ is one index away from the right kernel:

# %%
spread = total(k[floor(m / 2)] * k[u - m], m, where=even(m))
repaired_kernel = Derivation(k4, index=u, outside=True).step(spread, because="k[m/2] for k[m]")
audit = repaired_kernel.audit()
assert audit
audit

# %% [markdown]
# The two long multiplications show the difference, for four taps. In the right kernel each tap of
# the lower factor has a row, and the rows are two places apart. In $\kappa$ half of the rows are
# missing, as the odd taps were dropped where they should have been spread.

# %%
diagrams.products(k4, c=4)

# %%
diagrams.products(k.convolve(without_odd(k)), c=4)

# %% [markdown]
# ### Two even sums and the factor 4
#
# From the two sums over even indices the solution concludes that $x$ is subsampled by 4. As an
# equation this says that (6) equals $(x * \kappa)\downarrow_4$, the sum of $x[t]\,\kappa[4u - t]$
# over all $t$. It is refuted. What two even sums make is a convolution, with nothing subsampled
# at all, of $x$ without its odd entries and $\kappa$.

# %%
layer_of_kappa = total(x[t] * total(k[m] * k[4 * u - t - m], m, where=even(m)), t)
factor_4 = Derivation(charitable_6, index=u).step(layer_of_kappa, because="hence ↓4")
audit_factor_4 = factor_4.audit()
assert verdicts(audit_factor_4) == ["Refuted"]
print(audit_factor_4[0].verdict.counterexample)

# %%
meaning_6 = without_odd(x).convolve(without_odd(k).convolve(k))
audit = (
    Derivation(meaning_6, index=u, outside=True)
    .step(charitable_6, because="what formula (6) says")
    .audit()
)
assert audit
audit

# %% [markdown]
# **The misconception.** The parity of a summation index was taken for a subsampling of the
# result, and two of them for a subsampling by 4. A factor of subsampling shows in how the
# *output* index stands in the formula: as $2u$, or as $4u$.
#
# **The repair.** $k_4[t] = \sum_i k[i]\,k[t - 2i]$, for every $t$. The 4 comes from $2(2u - i)$,
# when the first layer is read at $2u - i$.

# %% [markdown]
# ## (8): the conclusion
#
# With $k_4$ as the exercise means it, (8) is the theorem, and true. With the kernel of (7) it is
# not:

# %%
conclusion = Derivation(two_layers, index=u, outside=True)
conclusion.step(x.convolve(k4).downsample(4), because="formula (8), with the right kernel")
conclusion.step(layer_of_kappa, because="formula (8), with the kernel of (7)")
audit_8 = conclusion.audit()
assert verdicts(audit_8) == ["Proved", "Refuted"]
final = audit_8[1].claim
found = audit_8[1].verdict.counterexample
assert (found.lengths, found.index) == ({"c": 2, "n": 2}, 1)
assert final.condition(for_all=[n, c]) == (u <= 0)
assert Claim(final.condition(for_all=[u]), Or(Eq(c, 1), c + n <= 3)).prove()
audit_8

# %% [markdown]
# The entries are right at every index for $c = 1$, where there is nothing to dilate, and for
# $c + n \le 3$, which for two taps leaves the input of one entry. For all lengths they are right
# at the first output only. So a test with one tap, or one that looks at the first output, does
# not find the mistake. The smallest test that does has two taps and an input of two entries, and
# looks at the second output.

# %% [markdown]
# ## The repaired derivation
#
# The plan of the solution stands: substitute, exchange, read off. Let $y = (x * k)\downarrow_2$.
# The index $2u$ takes the place of each restriction.

# %%
y = x.convolve(k).downsample(2)

first_layer = Derivation(total(x[m] * k[2 * u - m], m), index=u)
first_layer.step(y, because="the first layer: the entry of x ∗ k at 2u")
audit_first = first_layer.audit()
assert audit_first
assert bool(audit_first) is True
audit_first

# %%
repaired = Derivation(y.convolve(k).downsample(2), index=u)
repaired.step(total(y[m] * k[2 * u - m], m), because="the second layer reads y at m")
repaired.step(
    Sum(Sum(x[t] * k[2 * m - t], (t, *ALL)) * k[2 * u - m], (m, *ALL)),
    because="y[m] is the entry of x ∗ k at 2m",
)
repaired.step(
    Sum(k[i] * Sum(x[t] * k[4 * u - 2 * i - t], (t, *ALL)), (i, *ALL)), because="i = 2u − m"
)
repaired.step(
    Sum(x[t] * Sum(k[i] * k[4 * u - t - 2 * i], (i, *ALL)), (t, *ALL)),
    because="the sums are finite and may be exchanged",
)
repaired.step(Sum(x[t] * k4[4 * u - t], (t, *ALL)), because="the bracket is the tap at 4u − t")
repaired.step(x.convolve(k4).downsample(4), because="the entry of x ∗ k₄ at 4u")
audit_repaired = repaired.audit()
assert audit_repaired
assert verdicts(audit_repaired) == ["Proved"] * 6
audit_repaired

# %% [markdown]
# The kernel has been read off from the bracket, which depends on $4u - t$ alone:

# %%
tap = Derivation(k4, index=t)
tap.step(Sum(k[i] * k[t - 2 * i], (i, *ALL)), because="definition of k ∗ (k ↑2)")
audit_tap = tap.audit()
assert audit_tap
audit_tap

# %% [markdown]
# ## Summary
#
# | Step | Literal reading | Charitable reading | What it needs |
# | --- | --- | --- | --- |
# | (1) definition | right | | |
# | (2) range $R$ | right | | another reason; the claim about the padding is false |
# | (3) $\downarrow_2$ | wrong from $u = 1$ on | three, wrong from $u = 1$ on | $2u$, and all $m$ |
# | (4) two layers | wrong from $u = 0$ on | bracket at $m$: wrong from $u = 1$ on | $2u$ and $2m$ |
# | (5) commutativity | wrong | right over all integers | the substitution $m \mapsto m + t$ |
# | (6) Fubini | right | right | |
# | (7) kernel | ill-formed: $t$ | $t = 0$: wrong from the tap 2 on | $k[m/2]$ for $k[m]$ |
# | factor 4 | | wrong from $u = 1$ on | $4u$ in place of two even sums |
# | (8) conclusion | as (7) | wrong from $u = 1$ on | the right $k_4$ |
#
# *Wrong from $u = 1$ on* means: there are lengths for which it is wrong at this index, and at
# each later one. The first wrong step is (3). The restriction to even indices that it introduces
# stays to the end and spoils (4), (7) and (8). What else is wrong are slips that can be mended
# one by one: the index of the bracket, the range $R$ for long kernels, the $t$ that was left
# over. The plan is right, and most of the work that it takes is there.

# %%
from_1_on = [audit_3[1], *(audit[0] for audit in readings_3)]
from_1_on += [charitable_audit_4[0], audit_factor_4[0], audit_8[1]]
assert all(step.claim.condition(for_all=[n, c]) == (u <= 0) for step in from_1_on)
assert audit_4[0].claim.condition(for_all=[n, c]) == (u <= -1)
assert audit_7[1].claim.condition(for_all=[c]) == (u <= 1)
assert [audit_3.first_wrong, audit_7.first_wrong] == [audit_3[1], audit_7[0]]

# %% [markdown]
# ## Other answers
#
# The kernel $\kappa$ is one of several wrong answers that come naturally. Some of these, each as
# a claim that is refuted, with the smallest lengths at which it fails:

# %%
for mistake in MISTAKES:
    verdict = mistake.claim.prove()
    assert isinstance(verdict, Refuted)
    at = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.lengths.items())
    print(f"{at:14} {mistake.answer}")

# %% [markdown]
# An answer may be given as text. Here are $\kappa$, which is found among the typical mistakes,
# and the formula of the repaired derivation:

# %%
grade_kappa = grade("Sum(k[2*m]*k[t - 2*m], m)")
assert not grade_kappa.is_right
assert grade_kappa.mistake in MISTAKES
print(grade_kappa)

# %%
grade_repaired = grade("Sum(k[i]*k[t - 2*i], i)")
assert grade_repaired.is_right
print(grade_repaired)

# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (the range of a sum). The range $R$ is not the only one that is right in (2). For
# which integers $a$ and $b$ is the sum of $x[m]\,k[u - m]$ from $m = a$ to $m = b$ equal to
# $(x * k)[u]$ at every $u$? Write the condition `enough` on $a$, $b$ and $n$.

# %% [markdown] tags=["hint"]
# The products $x[m]\,k[u - m]$ that are not 0 for some $u$ must not be lost, and others do no
# harm. For which $m$ is there such a $u$?

# %%
a, b = integers("a b")
cut = Signal.from_formula(u, Sum(x[m] * k[u - m], (m, a, b)), length=x.convolve(k).length)
### BEGIN SOLUTION
# x[m] k[u − m] must not be lost for 0 ≤ m ≤ n − 1: take u = m, where k[0] x[m] is a term.
enough = And(a <= 0, b >= n - 1)
### END SOLUTION
check(enough, Claim(cut, x.convolve(k)))

# %% [markdown]
# **Exercise 2** (two layers with stride 3). By the same mistake as in (7), two layers with stride
# 3 would be one layer with stride 9 and the kernel with the taps $\sum k[m]\,k[u - m]$, where the
# sum is over the multiples $m$ of 3. Change one index in this formula so that it is right. Write
# it with `total` as a formula `tap9` in $u$. The sum may run from 0 to $3c - 3$, and
# $\lfloor m/3 \rfloor$ is `floor(m / 3)`.

# %% [markdown] tags=["hint"]
# The kernel of the one layer is $k * (k\uparrow_3)$. What is the entry of $k\uparrow_3$ at a
# multiple $m$ of 3?

# %%
strided = x.convolve(k).downsample(3).convolve(k).downsample(3)
### BEGIN SOLUTION
multiple_of_3 = Eq(Mod(m, 3), 0)
tap9 = total(k[floor(m / 3)] * k[u - m], m, over=(0, 3 * c - 3), where=multiple_of_3)
### END SOLUTION
check(x.convolve(Signal.from_formula(u, tap9, length=4 * c - 3)).downsample(9), strided)

# %% [markdown]
# **Exercise 3** (part of the index range). Let $f$ and $g$ be any two signals. For which indices
# $u \ge 1$ is
#
# $$\sum_{m \bmod 3 = 1} f[m]\,g[u - m] = \sum_{m \bmod 3 = 1} g[m]\,f[u - m]$$
#
# for all lengths and all entries? Write the condition `exchangeable` on $u$.

# %% [markdown] tags=["hint"]
# Put $u - m$ in place of $m$ into the sum on the right. Its terms are then those of the left
# side; over which remainders modulo 3 does it go?

# %%
one_mod_3 = Eq(Mod(m, 3), 1)
thirds = Derivation(total(f[m] * g[u - m], m, where=one_mod_3), index=u, where=u >= 1)
thirds.step(total(g[m] * f[u - m], m, where=one_mod_3), because="commutativity")
### BEGIN SOLUTION
# m ↦ u − m maps the m with m mod 3 = 1 to those with m mod 3 = (u − 1) mod 3.
exchangeable = Eq(Mod(u, 3), 2)
### END SOLUTION
check(exchangeable, thirds.audit()[0].claim, for_all=[n, c])

# %% [markdown]
# **Exercise 4** (an audit of your own). Let $y = (x * k)\downarrow_2$, and let $g$ be another
# kernel. A derivation for one layer of stride 2 in place of $y * g$ goes
#
# $$\begin{aligned}
# (y * g)[u] &= \sum_i g[i]\,y[u - i] \quad (1) \\
# &= \sum_i g[i] \sum_t x[t]\,k[2u - i - t] \quad (2) \\
# &= \sum_t x[t] \sum_i g[i]\,k[2u - i - t] \quad (3) \\
# &= \sum_t x[t]\,(g * k)[2u - t]. \quad (4)
# \end{aligned}$$
#
# Which step is wrong? Find it by hand first. Then write the derivation with `Derivation`, audit
# it as `own`, and write the kernel that is right as a signal `right_kernel`. On which part of the
# index range is the wrong step right for all lengths?

# %% [markdown] tags=["hint"]
# The entry $y[v]$ is that of $x * k$ at $2v$. Write it as a sum over $t$, and only then put
# $v = u - i$.

# %%
### BEGIN SOLUTION
own_derivation = Derivation(y.convolve(g), index=u)
own_derivation.step(total(g[i] * y[u - i], i), because="definition")
own_derivation.step(
    Sum(g[i] * Sum(x[t] * k[2 * u - i - t], (t, *ALL)), (i, *ALL)), because="substitution"
)
own_derivation.step(
    Sum(x[t] * Sum(g[i] * k[2 * u - i - t], (i, *ALL)), (t, *ALL)), because="exchange"
)
own_derivation.step(Sum(x[t] * g.convolve(k)[2 * u - t], (t, *ALL)), because="definition of g ∗ k")
own = own_derivation.audit()
right_kernel = k.convolve(g.dilate(2))
### END SOLUTION
check(x.convolve(right_kernel).downsample(2), y.convolve(g))
print(own)

# %% [markdown] tags=["solution"]
# Step (2) is the wrong one. The entry $y[u - i]$ is that of $x * k$ at $2(u - i) = 2u - 2i$, and
# not at $2u - i$. Steps (3) and (4) are right: what follows from a wrong formula may follow
# correctly. With $2i$ in place of $i$ they lead to $k * (g\uparrow_2)$. For all lengths, (2) is
# right at the first output only.

# %% tags=["solution"]
assert verdicts(own) == ["Proved", "Refuted", "Proved", "Proved"]
own[1].claim.condition(for_all=[n, c])

# %% [markdown]
# **Exercise 5** (in words). Explain to the author of the solution, in a few sentences, why it
# matters whether one subsamples first and sums then, or the other way round. When is it right to
# restrict a convolution sum to the even indices of one of its factors?

# %% [markdown] tags=["hint"]
# Take $x$ and $k$ with two or three entries, and write down the sums in both orders. Which terms,
# and which outputs, have gone? For the second question: when does a sum remain as it is, though
# terms are left out?

# %% [markdown] tags=["solution"]
# Subsampling drops outputs, and summing makes each output of all its terms. Dropping outputs
# after the sums leaves the remaining sums as they are: it replaces $u$ by $2u$. Dropping terms
# before the sums are made changes every output and drops none. So the two operations act on
# different indices, $\downarrow_2$ on that of the output and $\sum$ on that of the terms, and
# neither can do the work of the other.
#
# The sum may be restricted to the even indices of a factor if this factor is 0 at the odd ones,
# as $k\uparrow_2$ is: then only zeros are dropped. That is where even indices come from in
# $k_4 = k * (k\uparrow_2)$.

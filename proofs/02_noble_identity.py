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
# # The noble identity: a proof by operators
#
# Two stride-2 layers with one kernel $k$, on an input that is padded once, are one stride-4 layer
# with the kernel $k_4 = k * (k\uparrow_2)$. The first proof of this theorem followed an index
# through two sums. The proof here has no index in it: it takes a layer apart into two operators,
# finds the rules by which they move past each other, and then takes two lines. The rules hold for
# all strides and for different kernels, and so does the result. A third proof, with
# $z$-transforms, says the same with polynomials.
#
# **Conventions.** A layer correlates: it does not flip its kernel. Entries are counted from 0,
# and an entry outside a signal's range is 0. The input $x$ has length $n$ (whatever was padded is
# part of it), the kernels $k$ and $h$ have lengths $c, d \ge 1$, the strides are $s, t \ge 1$.

# %%
from sympy import Eq, Mod, Or, Symbol, ceiling, collect, expand, false, floor

from symconv import Claim, Proved, Refuted, Signal, diagrams, explore, integers, solve
from symconv.exercises import check

n, c, d, s, t = integers("n c d s t", positive=True)
p = integers("p", nonnegative=True)

x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)


def prove(left, right, given=()):
    """Print that the two sides are equal, once that is proved for all lengths."""
    verdict = Claim(left, right, given=given).prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete, verdict
    print(verdict)


# %% [markdown]
# ## A layer is two operators
#
# Write $x \star k$ for the layer without a stride, which makes one output for each position at
# which the kernel fits into the input, and $\downarrow_s$ for subsampling, which keeps every
# $s$-th entry, the entry 0 first:
#
# $$(x \star k)[u] = \sum_{j=0}^{c-1} k[j]\,x[u + j], \quad (x\downarrow_s)[u] = x[s\,u].$$
#
# A stride $s$ means that the kernel is moved by $s$ entries from one output to the next. The
# layer therefore computes every $s$-th output of the layer without a stride, and no other:
#
# $$\text{layer}(x) = (x \star k)\downarrow_s.$$
#
# The lengths agree too. Of $n - c + 1$ outputs, if that is positive, $\downarrow_s$ keeps
# $\lceil (n - c + 1)/s \rceil$, which is $\lfloor (n - c)/s \rfloor + 1$, the length of the layer.

# %%
prove(x.correlate(k, stride=s), x.correlate(k).downsample(s))

# %% [markdown]
# ## Like operators compose
#
# Subsampling twice is subsampling once: entry $u$ of $x\downarrow_s\downarrow_t$ is entry $t\,u$
# of $x\downarrow_s$, which is $x[s\,t\,u]$. So
#
# $$x\downarrow_s\downarrow_t = x\downarrow_{st},$$
#
# and $\downarrow_2$ after $\downarrow_2$ is $\downarrow_4$.

# %%
prove(x.downsample(s).downsample(t), x.downsample(s * t))

# %% [markdown]
# Correlating twice is correlating once, with the *convolution* of the kernels:
#
# $$(x \star k) \star h = x \star (k * h), \quad (k * h)[m] = \sum_i h[i]\,k[m - i].$$
#
# Entry $u$ of the left side is $\sum_i h[i] \sum_j k[j]\,x[u + i + j]$. The products that meet
# $x[u + m]$ are those with $i + j = m$, and their sum is $(k * h)[m]$. The convolution appears
# because the offsets $i$ and $j$ *add up* to the offset in the input; that the layers correlate
# with $x$ makes no difference to how the two kernels combine. As for the lengths, each layer
# takes away its kernel's length less 1, and $k * h$ has $c + d - 1$ taps.

# %%
prove(x.correlate(k).correlate(h), x.correlate(k.convolve(h)))

# %% [markdown]
# ## The noble identity
#
# In two layers the operators stand in the order $\star\,k$, $\downarrow_s$, $\star\,h$,
# $\downarrow_t$. The like ones can be merged only after the subsampling in the middle has moved
# past the second kernel. It can, and the kernel pays for it by being dilated. Write $h\uparrow_s$
# for the kernel with $s - 1$ zeros between neighbouring taps: $(h\uparrow_s)[s\,j] = h[j]$, and
# every other entry is 0.
#
# **Noble identity** (P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, 1993, section 4.2).
# For all sequences $a$ and $h$ on the integers, $h$ of finite support, and for every $s \ge 1$,
#
# $$(a\downarrow_s) * h = (a * (h\uparrow_s))\downarrow_s.$$
#
# *Proof.* Entry $u$ of the right side is $\sum_m (h\uparrow_s)[m]\,a[s\,u - m]$. Only the
# multiples $m = s\,j$ contribute, so it is $\sum_j h[j]\,a[s\,u - s\,j]$, and
# $a[s\,(u - j)]$ is $(a\downarrow_s)[u - j]$.
#
# For sequences on all the integers there are no lengths to compare. For signals that begin at 0
# and end, and for the full convolution, the lengths have to agree as well, and they do:

# %%
prove(x.downsample(s).convolve(h), x.convolve(h.dilate(s)).downsample(s))

# %% [markdown]
# A layer reads in the other direction, and only inside its input. The same argument, with plus
# signs, gives the identity in the form in which it is needed here:
#
# $$(x\downarrow_s) \star h = (x \star (h\uparrow_s))\downarrow_s.$$
#
# Entry $u$ of both sides is $\sum_j h[j]\,x[s\,u + s\,j]$. The left side has
# $\lceil n/s \rceil - (d - 1)$ outputs and the right side $\lceil (n - s(d-1))/s \rceil$ of them,
# where these are positive, and none otherwise. The two numbers are equal, because $s(d-1)/s$ is
# an integer, which may be moved out of the ceiling.

# %%
prove(x.downsample(s).correlate(h), x.correlate(h.dilate(s)).downsample(s))

# %% [markdown]
# One need not guess that the kernel has to be dilated. Ask for the kernel $K$ with which
# $(x\downarrow_s) \star h = (x \star K)\downarrow_s$, whatever its length:

# %%
found = solve(x.downsample(s).correlate(h), lambda K: x.correlate(K).downsample(s))
assert found.kernel is h.dilate(s)
print(found)

# %% [markdown]
# The hint of the exercise is about this: to correlate with $h\uparrow_s$ is to correlate with $h$
# and *dilation* $s$, that is, with the taps $s$ entries apart. A framework does not store the
# zeros.

# %%
prove(x.correlate(h.dilate(s)), x.correlate(h, dilation=s))
prove(x.downsample(s).correlate(h), x.correlate(h, dilation=s).downsample(s))

# %% [markdown]
# In the figure, $s = 2$ and $h$ has three taps. Above, every second entry is thrown away, and three
# neighbours among the rest are read. Below, three entries at distance 2 are read, and then every
# second output is thrown away. Both ways the output at index 1 reads the same entries of $x$
# through the same taps.

# %%
at_two = Claim(x.downsample(2).correlate(h), x.correlate(h.dilate(2)).downsample(2))
diagrams.networks(at_two, outputs=(1,), n=8, d=3)

# %%
explore(at_two, n=8, d=3)

# %% [markdown]
# ## The theorem in two lines
#
# Let $x$ be the padded input. The noble identity for $s = 2$, with $x \star k$ as the input, moves
# the first subsampling to the end; then like operators are merged:
#
# $$\begin{aligned}
# \left((x \star k)\downarrow_2 \star\, k\right)\downarrow_2
# &= \left((x \star k) \star (k\uparrow_2)\right)\downarrow_2\downarrow_2 \\
# &= \left(x \star (k * (k\uparrow_2))\right)\downarrow_4.
# \end{aligned}$$
#
# Each line as a claim for all lengths:

# %%
two_layers = x.correlate(k, stride=2).correlate(k, stride=2)
moved = x.correlate(k).correlate(k.dilate(2)).downsample(2).downsample(2)
merged = x.correlate(k.convolve(k.dilate(2))).downsample(4)

prove(two_layers, moved)
prove(moved, merged)

# %% [markdown]
# The rules did not ask for equal kernels or for stride 2. The same two lines with $h$ and $t$ in
# the second layer show that a layer with kernel $k$ and stride $s$, and then one with kernel $h$
# and stride $t$, are one layer with the stride $s\,t$ and the kernel $k * (h\uparrow_s)$. That is
# also what `solve` finds, and no other kernel does it:

# %%
two_kernels = x.correlate(k, stride=s).correlate(h, stride=t)
prove(two_kernels, x.correlate(k.convolve(h.dilate(s)), stride=s * t))

found = solve(two_kernels, lambda K: x.correlate(K, stride=s * t))
assert found.kernel is k.convolve(h.dilate(s))
print(found)

# %% [markdown]
# The second stride does not appear in the kernel, and the first one does: the taps of the second
# layer are $s$ entries of the input apart, however far its window moves. The figure writes
# $k * (k\uparrow_2)$ for three taps as a long multiplication: a row for each tap of $k\uparrow_2$
# that is not a filled-in zero, a column for each tap of $k_4$.

# %%
k4 = k.convolve(k.dilate(2))
diagrams.products(k4, c=3)

# %% [markdown]
# ## The wrong way past a subsampling
#
# It is tempting to let $\downarrow_2$ and a filter simply change places, with $h$ in place of
# $h\uparrow_2$. Both sides would then begin with $h[0]\,x[2u]$, but the next tap meets $x[2u + 2]$
# on the left and $x[2u + 1]$ on the right.

# %%
wrong = Claim(x.downsample(2).correlate(h), x.correlate(h).downsample(2)).prove()
assert isinstance(wrong, Refuted)
print(wrong)

# %% [markdown]
# And in the other direction, no kernel at all does behind $\downarrow_2$ what $h$ does before it:

# %%
none = solve(x.correlate(h).downsample(2), lambda K: x.downsample(2).correlate(K))
assert none.exists is False
print(none.obstacle)

# %% [markdown]
# It holds for one tap, since then there is nothing to dilate, and where both outputs are empty;
# it never holds otherwise. In the smallest counterexample the outputs differ in length already.
# For a kernel of two taps and an odd $n$ they have the same length, and the entries can be
# compared. The figure shows the smallest such case: the second tap reads $x[2]$ on the left side
# and $x[1]$ on the right side.

# %%
assert Claim(wrong.condition, Or(Eq(d, 1), d > n)).prove()

h2 = Signal("h", 2)
odd = Claim(x.downsample(2).correlate(h2), x.correlate(h2).downsample(2), given=[Eq(Mod(n, 2), 1)])
same_length = odd.prove()
assert isinstance(same_length, Refuted)
assert same_length.differences.lengths == false
diagrams.counterexample(same_length)

# %% [markdown]
# The same slip in the composition of two layers gives the kernel $k * k$ in place of
# $k * (k\uparrow_2)$. It is right for one tap, or where the outputs are empty, and for nothing
# else:

# %%
slip = Claim(two_layers, x.correlate(k.convolve(k), stride=4)).condition()
assert Claim(slip, Or(Eq(c, 1), n < 2 * c - 1)).prove()
slip

# %% [markdown]
# ## Where the flip matters
#
# The exercise writes a layer as a convolution with the flipped kernel. Two things are called the
# flipped kernel. On the integers it is $k[-m]$, and then
# $\sum_j k[j]\,x[u + j] = \sum_m k[-m]\,x[u - m]$ is the convolution of $x$ with it. Signals here
# begin at 0, and the flipped kernel is
#
# $$\tilde k[m] = k[c - 1 - m], \quad 0 \le m < c,$$
#
# which is the other one delayed by $c - 1$. The full convolution $x * \tilde k$ is the layer with
# $c - 1$ zeros on both sides, which lets the kernel reach beyond both ends of the input:

# %%
prove(x.convolve(k.flip()), x.pad(c - 1, c - 1).correlate(k))

# %% [markdown]
# A layer without these zeros is what remains when $c - 1$ entries are cropped at both ends,
# *before* the subsampling:

# %%
prove(x.correlate(k, stride=s), x.convolve(k.flip()).pad(1 - c, 1 - c).downsample(s))

# %% [markdown]
# The order matters, since $\downarrow_2$ keeps the entries at even places, and a delay by an odd
# number exchanges these with the others. For even $c$ the flipped kernel comes with an odd delay.
# Subsampling first and cropping half as much afterwards then keeps the wrong outputs. It is right
# only for odd $c$, or where there are no outputs:

# %%
late = x.convolve(k.flip()).downsample(2).pad(-floor((c - 1) / 2), -ceiling((c - 1) / 2))
cropped_late = Claim(x.correlate(k, stride=2), late).condition()
assert Claim(cropped_late, Or(Eq(Mod(c, 2), 1), n < c)).prove()
cropped_late

# %% [markdown]
# **Proposition.** Flipping distributes over convolution and over dilation:
#
# $$\text{flip}(k * h) = \tilde k * \tilde h, \quad \text{flip}(k\uparrow_s) = \tilde k\uparrow_s.$$
#
# *Proof.* $k * h$ has $c + d - 1$ taps, so
# $\text{flip}(k * h)[m] = \sum_i k[i]\,h[c + d - 2 - m - i]$. With $i = c - 1 - i'$ the summand
# becomes $k[c - 1 - i']\,h[d - 1 - (m - i')] = \tilde k[i']\,\tilde h[m - i']$. And
# $k\uparrow_s$ has $s(c-1) + 1$ taps; its entry at $s(c-1) - m$ is not a filled-in zero just when
# $s \mid m$, and then it is $k[c - 1 - m/s] = \tilde k[m/s]$.

# %%
prove(k.convolve(h).flip(), k.flip().convolve(h.flip()))
prove(k.dilate(s).flip(), k.flip().dilate(s))

# %% [markdown]
# Therefore the formula for $k_4$ is the same in both notations. With $\tilde k_4$ for the flipped
# $k_4$, as in the exercise,
#
# $$\tilde k_4 = \tilde k * (\tilde k\uparrow_2), \quad
# (x * \tilde k_4)\downarrow_4 = \left((x * \tilde k)\downarrow_2 *\, \tilde k\right)\downarrow_2.$$
#
# The second equation is the one by which the exercise defines $k_4$. It follows from the first by
# the noble identity for full convolutions, with nothing padded and nothing cropped.

# %%
flipped = k.flip()
prove(k4.flip(), flipped.convolve(flipped.dilate(2)))
prove(
    x.convolve(k4.flip()).downsample(4),
    x.convolve(flipped).downsample(2).convolve(flipped).downsample(2),
)

# %% [markdown]
# Either both factors are flipped or neither is. With one of them flipped the kernel is another
# one, unless there is only one tap:

# %%
one_flipped = Claim(k4, k.convolve(k.flip().dilate(2))).condition()
assert one_flipped == Eq(c, 1)
one_flipped

# %% [markdown]
# ## The same with z-transforms
#
# The $z$-transform of a sequence is the series that has its entries as coefficients. We take the
# sign convention of signal processing,
#
# $$K(z) = \sum_i k[i]\,z^{-i},$$
#
# in which a delay by one is multiplication by $z^{-1}$; a generating function has $z^i$ instead.
# Our sequences are finite, so this is a polynomial in $z^{-1}$ and there is no convergence to
# think of. A sequence that begins before 0 has positive powers of $z$ too. Two sequences are
# equal exactly when their transforms have the same coefficients.
#
# **Convolution is multiplication.** In the product of $\sum_i k[i]\,z^{-i}$ and
# $\sum_j h[j]\,z^{-j}$ the coefficient of $z^{-m}$ is the sum of $k[i]\,h[j]$ over $i + j = m$,
# which is $(k * h)[m]$.
#
# **Dilation is $z \mapsto z^s$.** $H(z^s) = \sum_j h[j]\,z^{-sj}$ has the coefficient $h[j]$ at
# $z^{-sj}$, and none between.
#
# So $k_4 = k * (k\uparrow_2)$ reads
#
# $$K_4(z) = K(z)\,K(z^2).$$
#
# **Subsampling is averaging over $z$ and $-z$.** Replacing $z$ by $-z$ multiplies the coefficient
# of $z^{-m}$ by $(-1)^m$. In the mean of the two the odd coefficients cancel and the even ones
# remain:
#
# $$\frac{1}{2}\left(X(z) + X(-z)\right) = \sum_m x[2m]\,z^{-2m}.$$
#
# The right side is the transform of $x\downarrow_2$ at $z^2$. With $z^{1/2}$ in place of $z$, the
# transform of $x\downarrow_2$ itself is
#
# $$\frac{1}{2}\left(X(z^{1/2}) + X(-z^{1/2})\right).$$
#
# The second term is called the *alias*. To keep the powers whole we stay with $z$, and write $E$
# for taking the even part, the mean over $z$ and $-z$.
#
# The following cells check these statements on polynomials with SymPy. Polynomials have fixed
# lengths: what the cells show holds at $c = 3$, $d = 2$ and $n = 6$, and the arguments above are
# what proves it for all.

# %%
z = Symbol("z")


def transform(signal, **lengths):
    """The sum of y[i]·z^(−i), for a signal y at fixed lengths."""
    return sum(entry * z**-i for i, entry in enumerate(signal.vector(**lengths)))


def even(function):
    """The even part ½(X(z) + X(−z))."""
    return expand((function + function.subs(z, -z)) / 2)


K, H, X = transform(k, c=3), transform(h, d=2), transform(x, n=6)
assert expand(K * H - transform(k.convolve(h), c=3, d=2)) == 0
assert expand(H.subs(z, z**3) - transform(h.dilate(3), d=2)) == 0
assert expand(even(X) - transform(x.downsample(2), n=6).subs(z, z**2)) == 0
even(X)

# %%
K4 = K * K.subs(z, z**2)
assert expand(K4 - transform(k4, c=3)) == 0
collect(expand(K4), z)

# %% [markdown]
# **The noble identity** now says that a factor in $z^2$ may be taken out of an even part. For a
# sequence $a$, replacing $z$ by $-z$ does not change $H(z^2)$, and so
#
# $$\frac{1}{2}\left(H(z^2)\,A(z) + H(z^2)\,A(-z)\right)
# = H(z^2) \cdot \frac{1}{2}\left(A(z) + A(-z)\right).$$
#
# The left side is the transform of $(a * (h\uparrow_2))\downarrow_2$ at $z^2$ and the right side
# that of $(a\downarrow_2) * h$ at $z^2$. With $h$ in place of $h\uparrow_2$ the left side would be
#
# $$\frac{1}{2}\left(H(z)\,A(z) + H(-z)\,A(-z)\right).$$
#
# The alias carries another factor, and nothing can be taken out. This is what goes wrong with the
# wrong way past a subsampling.
#
# **The theorem.** Let $G(z) = K(z^{-1})$ be the transform of $k[-m]$, the flipped kernel on the
# integers, so that a layer is multiplication by $G$ and then subsampling. Let $A$ be the transform
# of the first layer's output and $Y$ that of the second's. By the rule for subsampling
#
# $$A(z^2) = E\left(G(z)\,X(z)\right), \quad Y(z^2) = E\left(G(z)\,A(z)\right).$$
#
# Write $E_2$ for the same with $z^2$ in place of $z$: of a series in $z^2$ it takes the mean over
# $z^2$ and $-z^2$. Then, with $z^2$ for $z$ in the second equation,
#
# $$\begin{aligned}
# Y(z^4) &= E_2\left(G(z^2)\,A(z^2)\right) = E_2\left(G(z^2)\cdot E\left(G(z)\,X(z)\right)\right) \\
# &= E_2\,E\left(G(z^2)\,G(z)\,X(z)\right).
# \end{aligned}$$
#
# $E$ keeps the powers of $z$ that 2 divides, and $E_2$ of these the ones that 4 divides; together
# they are $\downarrow_4$. So the output is $x$ convolved with the kernel whose transform is
# $G_4(z) = G(z)\,G(z^2)$, and then subsampled by 4. With $z^{-1}$ for $z$ this is
# $K_4(z) = K(z)\,K(z^2)$: flipping is $z \mapsto z^{-1}$, which respects products and commutes
# with $z \mapsto z^2$. That is the proposition on flips in one line.
#
# On the integers a layer also has outputs at negative $u$ and near the end, where the kernel
# reaches beyond $x$. A layer with a finite input leaves these out. The second layer reads none of
# those that the first one leaves out, so the entries are those of the theorem on sequences. How
# many there are, transforms do not say; that was proved above.
#
# At $n = 12$ and $c = 3$ the two layers have two outputs. They are the coefficients of $z^0$ and
# $z^{-4}$ in $G(z)\,G(z^2)\,X(z)$; the cell checks both and shows the second one.

# %%
X = transform(x, n=12)
product = expand(K.subs(z, 1 / z) * K.subs(z, z**-2) * X)
outputs = two_layers.vector(n=12, c=3)
assert [expand(product.coeff(z, -4 * u) - y) for u, y in enumerate(outputs)] == [0, 0]
outputs[1]

# %% [markdown]
# ## Exercises

# %% [markdown]
# **Exercise 1** (a kernel with numbers). Two stride-2 layers, both with the kernel $(1, 1)$, are
# one stride-4 layer. Find its taps, and write them as a list `taps`. What does the layer compute?

# %% [markdown] tags=["hint"]
# The kernel of the one layer has the transform $K(z)\,K(z^2)$, here with $K(z) = 1 + z^{-1}$. Or
# write down which entries of $x$ are added in output 0.

# %%
sums = Signal.taps(1, 1)
two_sums = x.correlate(sums, stride=2).correlate(sums, stride=2)
### BEGIN SOLUTION
# K(z) K(z²) = (1 + z⁻¹)(1 + z⁻²): each output is the sum of four entries that follow each other.
taps = [1, 1, 1, 1]
### END SOLUTION
check(x.correlate(Signal.taps(*taps), stride=4), two_sums)

# %% [markdown]
# **Exercise 2** (three layers). Find the kernel `k8` of the one stride-8 layer that equals three
# stride-2 layers with the kernel $k$. Use the operators `convolve` and `dilate`.

# %% [markdown] tags=["hint"]
# Make one layer of the first two. Which stride has it, and by how much are the taps of the third
# layer spread, therefore?

# %%
three_layers = x.correlate(k, stride=2).correlate(k, stride=2).correlate(k, stride=2)
### BEGIN SOLUTION
k8 = k.convolve(k.dilate(2)).convolve(k.dilate(4))
### END SOLUTION
check(x.correlate(k8, stride=8), three_layers)

# %% [markdown]
# **Exercise 3** (a dilated layer after a strided one). A layer with kernel $k$ and stride 2 is
# followed by a layer with kernel $h$, stride 1 and dilation 3. Find the kernel `g` of the one
# layer, with stride 2, that equals both.

# %% [markdown] tags=["hint"]
# A layer with the kernel $h$ and dilation 3 is a layer with the kernel $h\uparrow_3$. What
# becomes of it when it is moved before a subsampling by 2?

# %%
both = x.correlate(k, stride=2).correlate(h, dilation=3)
### BEGIN SOLUTION
g = k.convolve(h.dilate(6))
assert solve(both, lambda K: x.correlate(K, stride=2)).kernel is g
### END SOLUTION
check(x.correlate(g, stride=2), both)

# %% [markdown]
# **Exercise 4** (delays). Put $p$ zeros before $x$ and subsample by 2; or subsample by 2 first and
# then put $\lfloor p/2 \rfloor$ zeros before the result. For which $p$ and $n$ are the two signals
# equal? Write the condition as a SymPy condition `equal`.

# %% [markdown] tags=["hint"]
# Take $p = 1$, and write down the first entries of both signals. Which entries of $x$ occur in
# the one, and which in the other?

# %%
delayed = Claim(x.pad(p, 0).downsample(2), x.downsample(2).pad(floor(p / 2), 0))
### BEGIN SOLUTION
# For odd p the one signal holds the odd entries of x and the other one the even ones, as x[0].
equal = Eq(Mod(p, 2), 0)
### END SOLUTION
check(equal, delayed)

# %% [markdown]
# **Exercise 5** (the other noble identity). Prove, by entries or by transforms, that
# $(x * h)\uparrow_s = (x\uparrow_s) * (h\uparrow_s)$. Why is there no such rule with
# $\downarrow_s$ in place of $\uparrow_s$?

# %% [markdown] tags=["hint"]
# What becomes of a transform under $\uparrow_s$? For the question, look at entry 1 of
# $(x * h)\downarrow_2$: which products $x[i]\,h[j]$ are in it?

# %% [markdown] tags=["solution"]
# The transform of $x * h$ is $X(z)\,H(z)$, and $\uparrow_s$ replaces $z$ by $z^s$: both sides have
# the transform $X(z^s)\,H(z^s)$. Putting a value into a product is putting it into both factors.
#
# Subsampling is not a substitution but a mean, and the mean of a product is not the product of the
# means. In $(x * h)\downarrow_2$ the entry at $u$ contains the products $x[i]\,h[j]$ with
# $i + j = 2u$ in which $i$ and $j$ are both odd; $(x\downarrow_2) * (h\downarrow_2)$ does not
# contain any of these.

# %% [markdown]
# **Exercise 6** (subsampling by $s$). Let $\omega$ be a primitive $s$-th root of unity. Show that
# the transform of $x\downarrow_s$ at $z^s$ is
#
# $$\frac{1}{s} \sum_{r=0}^{s-1} X(\omega^r z),$$
#
# and derive the noble identity for $\downarrow_s$ from it.

# %% [markdown] tags=["hint"]
# Which coefficient has $z^{-m}$ in the mean? Where $s$ does not divide $m$, it is a geometric
# sum. For the noble identity: what does $H(z^s)$ become when $\omega^r z$ is put in for $z$?

# %% [markdown] tags=["solution"]
# The coefficient of $z^{-m}$ in $X(\omega^r z)$ is $\omega^{-rm}\,x[m]$. If $s \mid m$, every
# $\omega^{-rm}$ is 1, and the mean over $r$ is $x[m]$. If not, $q = \omega^{-m}$ is not 1, while
# $q^s = 1$, and $\sum_r q^r = (q^s - 1)/(q - 1) = 0$. What remains is
# $\sum_m x[s\,m]\,z^{-sm}$, the transform of $x\downarrow_s$ at $z^s$.
#
# $H(z^s)$ does not change when $z$ is replaced by $\omega^r z$, as $(\omega^r z)^s = z^s$. It can
# be taken out of the sum:
#
# $$\frac{1}{s} \sum_r H\left((\omega^r z)^s\right) A(\omega^r z)
# = H(z^s) \cdot \frac{1}{s} \sum_r A(\omega^r z).$$
#
# The left side is the transform of $(a * (h\uparrow_s))\downarrow_s$ at $z^s$, and the right side
# that of $(a\downarrow_s) * h$.

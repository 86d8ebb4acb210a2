"""Unknown kernels: those that are found, those that there are not, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sympy import Eq, Ge, Le, Mod, expand

from symconv import (
    Claim,
    Proved,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    Unknown,
    concatenate,
    einsum,
    integers,
    solve,
)
from symconv.decision.solving.kernels.uniqueness import is_unique

n, c, d, l, r, s, p, q = integers("n c d l r s p q", positive=True)
x, y, k, h = Signal("x", n), Signal("y", n), Signal("k", c), Signal("h", d)
padded = x.pad(l, r)
C, O, M, H, W, a, b = integers("C O M H W a b", positive=True)
image = Tensor("image", (C, H, W))
w1, w2 = Tensor("w1", (M, C, a, b)), Tensor("w2", (O, M, 3, 3))
b1, b2 = Signal("b1", M), Signal("b2", O)
w3, v = Tensor("w3", (C, C, 3, 3)), Tensor("v", (C, C, 1, 1))
scale = Signal("scale", M)

Right = Callable[..., SignalExpr]

# The left side, the right side, the kernel as it is told, and its length.
FOUND: dict[str, tuple[SignalExpr, Right, str, Any]] = {
    "the exercise": (
        padded.correlate(k, stride=2).correlate(k, stride=2),
        lambda K: padded.correlate(K, stride=4),
        "k.convolve(k.dilate(2))",
        3 * c - 2,
    ),
    "two kernels": (
        x.correlate(k, stride=3).correlate(h, stride=2),
        lambda K: x.correlate(K, stride=6),
        "k.convolve(h.dilate(3))",
        c + 3 * d - 3,
    ),
    "symbolic strides": (
        padded.correlate(k, stride=s).correlate(h, stride=2),
        lambda K: padded.correlate(K, stride=2 * s),
        "k.convolve(h.dilate(s))",
        c + s * (d - 1),
    ),
    "full convolutions": (
        x.convolve(k).convolve(h),
        lambda K: x.convolve(K),
        "k.convolve(h)",
        c + d - 1,
    ),
    "a flipped kernel": (
        padded.correlate(k.flip()),
        lambda K: padded.correlate(K),
        "k.flip()",
        c,
    ),
    "a flip that moves through": (
        padded.correlate(k).flip(),
        lambda K: padded.flip().correlate(K),
        "k.flip()",
        c,
    ),
    "dilated": (
        x.correlate(k, dilation=2).correlate(h, dilation=3),
        lambda K: x.correlate(K),
        "k.dilate(2).convolve(h.dilate(3))",
        2 * c + 3 * d - 4,
    ),
    "transposed": (
        x.conv_transpose(k, stride=2).conv_transpose(h, stride=2),
        lambda K: x.conv_transpose(K, stride=4),
        "h.convolve(k.dilate(2))",
        2 * c + d - 2,
    ),
    "an average pool before": (
        x.avg_pool(2).correlate(k),
        lambda K: x.correlate(K, stride=2),
        "Fraction(1, 2)*Signal.ones(2).convolve(k.dilate(2))",
        2 * c,
    ),
    "the first entry cropped": (
        x[1:].correlate(k),
        lambda K: x.correlate(K),
        "k.pad(1, 0)",
        c + 1,
    ),
    "the last entry cropped": (
        x[:-1].correlate(k),
        lambda K: x.correlate(K),
        "k.pad(0, 1)",
        c + 1,
    ),
    "differences": (
        x.correlate(k)[1:] - x.correlate(k)[:-1],
        lambda K: x.correlate(K),
        "k.pad(1, 0) + (-k).pad(0, 1)",
        c + 1,
    ),
    "a multiple": (3 * x.correlate(k), lambda K: x.correlate(K), "3*k", c),
    "half of the right side": (x.correlate(k), lambda K: 2 * x.correlate(K), "Fraction(1, 2)*k", c),
    "a part that is known": (
        x.correlate(k) + x.pad(1, 0).correlate(k)[1:],
        lambda K: x.correlate(k) + x.correlate(K),
        "k",
        c,
    ),
    "a residual": (
        x.pad(1, 1).correlate(Signal("g", 3)) + x,
        lambda K: x.pad(1, 1).correlate(K),
        "g + ",
        3,
    ),
    "nothing": (0 * x.correlate(k), lambda K: x.correlate(K, stride=1), "", c),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_kernel_is_found_and_is_the_only_one(name: str) -> None:
    lhs, rhs, told, length = FOUND[name]
    found = solve(lhs, rhs)
    assert isinstance(found.verdict, Proved), found
    assert found.exists
    assert found
    assert told in str(found.kernel)
    assert expand(found.shape[0] - length) == 0
    assert found.is_unique
    assert isinstance(Claim(found.kernel, found.formula).prove(), Proved)
    assert isinstance((lhs == rhs(found.kernel)).prove(), Proved)
    assert found.obstacle is None


def test_the_exercise() -> None:
    lhs, rhs, _, _ = FOUND["the exercise"]
    found = solve(lhs, rhs)
    assert found["K"] is found.kernel
    assert found.kernel is k.convolve(k.dilate(2))
    assert found.formula.vector(c=2) == found.kernel.vector(c=2)
    assert str(found) == (
        "K = k.convolve(k.dilate(2))\n"
        "K has the shape (3*c - 2,)\n"
        "K[t] = Sum(k[-2*i + t]*k[i], (i, 0, c - 1))\n"
        "proved for all lengths\n"
        "It is the only one of that shape over fields of characteristic 0."
    )


def test_kernel_and_bias_of_two_layers() -> None:
    layers = image.conv(w1, bias=b1, stride=2, padding=1).conv(w2, bias=b2, stride=2)
    found = solve(layers, lambda K, B: image.conv(K, bias=B, stride=4, padding=1))
    assert isinstance(found.verdict, Proved)
    assert found.shapes == {"K": (O, C, a + 4, b + 4), "B": (O,)}
    assert found.is_unique
    assert str(found["B"]) == 'einsum("abcd,b->a", w2, b1) + b2'
    assert isinstance(
        (layers == image.conv(found["K"], bias=found["B"], stride=4, padding=1)).prove(), Proved
    )


def test_batch_norm_is_folded() -> None:
    mean, deviation = Signal("mean", M), Signal("deviation", M)
    gamma, beta = Signal("gamma", M), Signal("beta", M)
    layers = image.conv(w1, padding=1).batch_norm(mean, deviation, gamma, beta)
    found = solve(layers, lambda K, B: image.conv(K, bias=B, padding=1), shape={"K": (M, C, a, b)})
    assert isinstance(found.verdict, Proved)
    folded = einsum("ocij,o,o->ocij", w1, deviation, gamma)
    assert isinstance((found["K"] == folded).prove(), Proved)
    assert found.is_unique


def test_branches_are_one_kernel() -> None:
    block = image.conv(w3, padding=1) + image.conv(v) + image
    found = solve(block, lambda K: image.conv(K, padding=1))
    assert isinstance(found.verdict, Proved)
    assert found.shape == (C, C, 3, 3)
    assert found.is_unique


def test_two_unknowns_with_inputs_of_their_own() -> None:
    found = solve(x.convolve(k) + y.convolve(k.flip()), lambda A, B: x.convolve(A) + y.convolve(B))
    assert isinstance(found.verdict, Proved)
    assert found["A"] is k
    assert found["B"] is k.flip()
    assert found.is_unique


def test_the_phases_of_an_upsampling_convolution() -> None:
    four = Signal("f", 4)
    found = solve(
        x.dilate(2).convolve(four),
        lambda A, B: x.convolve(A).dilate(2).pad(0, 1) + x.convolve(B).dilate(2).pad(1, 0),
    )
    assert isinstance(found.verdict, Proved)
    assert found["A"].vector() == four.vector()[::2]
    assert found["B"].vector() == four.vector()[1::2]


def test_one_of_two_kernels_is_as_good_as_the_other() -> None:
    """What is added to one may be taken from the other."""
    found = solve(
        x.correlate(k), lambda A, B: x.correlate(A) + x.correlate(B), shape={"A": c, "B": c}
    )
    assert isinstance(found.verdict, Proved)
    assert isinstance((x.correlate(found["A"] + found["B"]) == x.correlate(k)).prove(), Proved)
    assert found.is_unique is False


def test_taps_that_cancel_are_not_the_only_ones() -> None:
    """What is left of K is K[0]: all other entries are added and taken away again."""

    def first(K: SignalExpr) -> SignalExpr:
        return x.correlate(K) - x.correlate(K[1:].pad(1, 0))

    three = Signal("k", 3)
    found = solve(first(three), first, shape=3)
    other = found.problem.claim({"K": three + Signal.taps(0, 5, -7)})
    assert isinstance(found.verdict, Proved)
    assert isinstance(other.prove(), Proved)
    assert found.is_unique is not True


def test_of_inputs_that_are_restricted_others_may_serve() -> None:
    """Of x = (a, a), K[0] + K[1] is all that is read."""
    two, same = Signal("k", 2), Signal("x", 2)
    given = same == same.flip()
    found = solve(same.correlate(two), lambda K: same.correlate(K), shape=2, given=given)
    other = found.problem.claim({"K": two + Signal.taps(1, -1)})
    assert isinstance(found.verdict, Proved)
    assert isinstance(other.prove(), Proved)
    assert found.is_unique is not True
    # A hypothesis on what is known takes nothing away.
    known = solve(x.correlate(k), lambda K: x.correlate(K), given=k == k.flip())
    assert known.is_unique


def test_what_may_be_exchanged_is_no_tensor_of_a_hypothesis() -> None:
    """A + B and A - B say what both are, also where some other d is 0."""
    four, two, zero = Signal("x", 4), Signal("k", 2), Signal("d", 2)

    def both(A: SignalExpr, B: SignalExpr) -> SignalExpr:
        one, other = four.correlate(A), four.correlate(B)
        return concatenate([one + other, one - other])

    found = solve(both(two, two), both, shape={"A": 2, "B": 2}, given=zero == 0 * zero)
    assert is_unique(found.problem) is not False


def test_what_is_found_for_some_strides_need_not_exist_for_all() -> None:
    found = solve(x.correlate(k, stride=s), lambda K: x.correlate(K, stride=s))
    assert found.exists is True
    assert replace(found, verdict=Proved("all lengths and 1 ≤ s ≤ 8")).exists is None


def test_the_size_of_another_input_is_no_size_that_a_kernel_may_depend_on() -> None:
    three = Signal("k", 3)
    found = solve(
        x.correlate(three) + y.correlate(three), lambda A: x.correlate(three) + y.correlate(A)
    )
    assert isinstance(found.verdict, Proved)
    assert found.kernel is three
    assert found.is_unique


def test_what_does_not_serve_is_not_handed_out() -> None:
    found = solve(
        x.pad(1, 1).correlate(k).pad(1, 1).correlate(k), lambda K: x.pad(2, 2).correlate(K)
    )
    assert found.kernels
    assert not found
    for ask in (lambda: found.kernel, lambda: found["K"], lambda: found.shape):
        with pytest.raises(SymconvError, match="K was not found"):
            ask()


def test_more_taps_than_are_read_are_not_the_only_ones() -> None:
    """At c = 3, n = 1 and l = r = 3 six taps of seven are never read."""
    one = Signal("x", 1).pad(3, 3)
    three = Signal("k", 3)
    found = solve(
        one.correlate(three, stride=2).correlate(three, stride=2),
        lambda K: one.correlate(K, stride=4),
    )
    assert isinstance(found.verdict, Proved)
    assert found.is_unique is False


def test_where_lengths_are_multiples_of_the_stride_an_eighth_tap_fits() -> None:
    three = Signal("k", 3)
    multiple = [Eq(Mod(n, 4), 0), Ge(n, 8)]
    lhs = x.correlate(three, stride=2).correlate(three, stride=2)
    for taps in (7, 8):
        found = solve(lhs, lambda K: x.correlate(K, stride=4), shape=taps, given=multiple)
        assert isinstance(found.verdict, Proved), found
        assert found.is_unique
    nine = solve(lhs, lambda K: x.correlate(K, stride=4), shape=9, given=multiple)
    assert nine.exists is False


# The sides, the smallest sizes at which there is none, and what is said of it.
NONE: dict[str, tuple[SignalExpr, Right, dict[str, int], str]] = {
    "a flip too many": (
        x.flip().correlate(k),
        lambda K: x.correlate(K),
        {"c": 1, "n": 2},
        "needs 0 = k[0]",
    ),
    "padding between": (
        x.pad(1, 1).correlate(Signal("k", 3)).pad(1, 1).correlate(Signal("h", 3)),
        lambda K: x.pad(2, 2).correlate(K),
        {"n": 2},
        "needs K[2] = k[1]*h[1] + k[0]*h[2]",
    ),
    "SAME twice": (
        x.pad(1, 1)
        .correlate(Signal("k", 3), stride=2)
        .pad(1, 1)
        .correlate(Signal("h", 3), stride=2),
        lambda K: x.pad(3, 3).correlate(K, stride=4),
        {"n": 3},
        "needs K[4]",
    ),
    "another input": (
        x.correlate(k),
        lambda K: y.correlate(K),
        {"c": 1, "n": 1},
        "needs 0 = x[0]*k[0]",
    ),
    "a constant": (
        x.add_bias(Signal("b", 1)),
        lambda K: x.correlate(K),
        {"n": 1},
        "needs 0 = b[0]",
    ),
}


@pytest.mark.parametrize("name", NONE)
def test_there_is_no_kernel(name: str) -> None:
    lhs, rhs, lengths, told = NONE[name]
    found = solve(lhs, rhs)
    assert found.exists is False
    assert not found
    assert found.is_unique is None
    assert found.obstacle is not None
    assert dict(found.obstacle.lengths) == lengths
    assert told in str(found.obstacle)
    assert str(found).startswith("there is no K of one axis over fields of characteristic 0: at ")


def test_an_unknown_may_have_no_entries() -> None:
    """At m = 0 and N = 1 the left side has no output, as x.convolve(K) has for an empty K."""
    m, size = integers("m N", nonnegative=True)
    signal, taps = Signal("x", size), Signal("k", m)
    for made in (taps.dilate(2), taps.convolve(Signal("g", m))):
        found = solve(signal.convolve(made), lambda K: signal.convolve(K))
        assert found.exists is not False, found
        given = solve(signal.convolve(made), lambda K: signal.convolve(K), shape=made.length)
        assert given.exists, given


@pytest.mark.parametrize(
    "given",
    [
        [Eq(n, 3), x == x.flip()],
        [x == 0 * x],
        [Eq(n, 3), x == Signal("middle", 1).pad(1, 1)],
    ],
)
def test_of_inputs_that_are_tied_together_no_kernel_is_the_only_one(given: Any) -> None:
    """In [a, b, a] the taps 1, 0, -1 cancel, and more do where x is 0."""
    three = Signal("k", 3)
    found = solve(x.correlate(three), lambda K: x.correlate(K), given=given)
    other = three + Signal.taps(1, 0, -1)
    assert isinstance(Claim(x.correlate(three), x.correlate(other), given).prove(), Proved)
    assert found.exists
    assert found.is_unique is not True


def test_the_condition_of_padding_between_layers() -> None:
    found = solve(
        x.pad(p, p).correlate(k).pad(q, q).correlate(h),
        lambda K: x.pad(p + q, p + q).correlate(K),
    )
    assert found.exists is False
    assert found.condition == Le(c, p + 1)
    assert "With K = k.convolve(h) it holds for all n exactly when c <= p + 1." in str(found)


def test_the_shape_is_what_was_asked_for() -> None:
    assert solve(x.correlate(k), lambda K: x.correlate(K), shape=c).exists
    longer = solve(x.correlate(k), lambda K: x.correlate(K), shape=c + 1)
    assert longer.exists is False
    assert "there is no K of the shape (c + 1,) over fields of characteristic 0: at" in str(longer)


@pytest.mark.parametrize(
    ("lhs", "rhs", "reason"),
    [
        (
            x.convolve(k).convolve(k),
            lambda K: x.convolve(K).convolve(K),
            "multiplied with one another",
        ),
        (x.correlate(k).relu(), lambda K: x.correlate(K).relu(), "functions or maxima"),
        (x.relu().correlate(k), lambda K: x.correlate(K), "functions or maxima"),
    ],
)
def test_what_lies_beyond_is_unknown(lhs: SignalExpr, rhs: Right, reason: str) -> None:
    found = solve(lhs, rhs)
    assert isinstance(found.verdict, Unknown)
    assert reason in found.verdict.reason
    assert found.exists is None
    assert found.is_unique is None
    assert str(found).startswith("whether there is a K is not known")
    with pytest.raises(SymconvError, match="K was not found"):
        _ = found.kernel


anything: Any = solve


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: anything(x, x), "a function of what is unknown"),
        (lambda: anything(3, lambda K: x), "the left side has to be a signal"),
        (lambda: anything(x, lambda: x), "one parameter for each unknown"),
        (lambda: anything(x, lambda *K: x), "one parameter for each unknown"),
        (lambda: anything(x, lambda K=1: x), "one parameter for each unknown"),
        (lambda: anything(x.correlate(k), lambda k: x.correlate(k)), "the unknown is called k"),
        (lambda: anything(x.correlate(k), lambda n: x.correlate(n)), "the unknown is called n"),
        (lambda: anything(x.correlate(k), lambda K: x), "has no part in the right side"),
        (lambda: anything(x.correlate(k), lambda K: 3), "the right side has to be a tensor"),
        (lambda: anything(x.correlate(k), lambda K: image.conv(w1)), "axes"),
        (lambda: anything(x, lambda K: x.correlate(K), shape="c"), "length of K"),
        (lambda: anything(x, lambda K: x.correlate(K), shape=-1), "must not be negative"),
        (lambda: anything(x, lambda K: x.correlate(K), shape={"J": 1}), "there is no unknown 'J'"),
        (lambda: anything(x, lambda K, B: x.convolve(K) + B, shape=3), "shapes by name"),
        (lambda: anything(x, lambda K: x.correlate(K), of=3), "of= takes named tensors"),
        (lambda: anything(x, lambda A, B, C, D, E: A + B + C + D + E), "at most 4 are found"),
        (lambda: anything(x, lambda P: x.pad(P, P)), "found by solve_amounts"),
        (lambda: anything(x, lambda K: x.correlate(K), of="y"), "no known tensor has that name"),
        (lambda: anything(x, lambda K: x.correlate(K), of="K"), "no known tensor has that name"),
        (
            lambda: anything(x, lambda K: x.correlate(K), given=[Signal("K", 2) == Signal("h", 2)]),
            "a hypothesis is about the unknown K",
        ),
        (lambda: anything(x, lambda B: x.add_bias(B)), "say so by shape={'B': 1}"),
        (lambda: solve(x, lambda K: x.correlate(K))["J"], "there is no unknown 'J'"),
        (lambda: solve(x + y, lambda A, B: x.correlate(A) + y.correlate(B)).kernel, "2 unknowns"),
        (lambda: anything(x, lambda K: x.correlate(K), given=[Le(n, 0)]), "no lengths satisfy"),
    ],
)
def test_bad_input(call: Callable[[], object], problem: str) -> None:
    with pytest.raises(SymconvError, match=problem):
        call()


def test_a_kernel_that_was_read_off_and_never_serves() -> None:
    found = solve(k, lambda K: K.pad(-1, -1))
    assert str(found) == (
        "whether there is a K is not known: what was read off does not serve, and others were not "
        "excluded\nWith K = k.pad(1, 0) it fails at c = 1; it never holds."
    )


def test_a_square_of_an_unknown_is_no_unknown() -> None:
    """K[0]² = 4 and K[0] = 2 do not contradict each other."""
    one = Signal("x", 1)
    found = solve(
        concatenate([4 * one, 2 * one]),
        lambda K: concatenate([one.multiply(K.multiply(K)), one.multiply(K)]),
        shape=1,
    )
    assert (found.exists, found.obstacle) == (None, None)
    assert "each has to enter linearly" in str(found)


def test_records() -> None:
    lhs, rhs, _, _ = FOUND["the exercise"]
    record = solve(lhs, rhs).record()
    assert record["exists"] is True
    assert record["is_unique"] is True
    assert record["unknowns"]["K"]["shape"] == ["3*c - 2"]
    lhs, rhs, lengths, _ = NONE["a flip too many"]
    record = solve(lhs, rhs).record()
    assert record["exists"] is False
    assert record["obstacle"]["lengths"] == lengths


def test_ten_layers_of_channels_with_biases() -> None:
    """The bias is a sum of ten products of up to ten tensors over 27 letters."""
    layers: SignalExpr = image
    for i in range(10):
        weight = Tensor(f"v{i}", (C, C, 3, 3))
        layers = layers.conv(weight, bias=Signal(f"c{i}", C), stride=2 if i < 2 else 1)
    found = solve(layers, lambda K, B: image.conv(K, bias=B, stride=4))
    assert isinstance(found.verdict, Proved)
    assert found.shapes == {"K": (C, C, 71, 71), "B": (C,)}


@pytest.mark.parametrize(
    ("groups", "of_group", "kernel"),
    [
        (2, 3, "k[t, u, v, w]*scale[u + S(3)*floor(t/S(2)), S(0), S(0)]"),
        (4, 1, "k[t, 0, v, w]*scale[t, 0, 0]"),
        (4, 2, "k[t, u, v, w]*scale[2*t + u, 0, 0]"),
    ],
)
def test_what_follows_a_transposed_layer_in_groups(groups: int, of_group: int, kernel: str) -> None:
    """The group is a quotient of the output channel, and of the first axis of the kernel."""
    pictures = Tensor("x", (4, H, W))
    kernel_of_all = Tensor("k", (4, of_group, 3, 3))
    factor = Tensor("scale", (groups * of_group, 1, 1))
    shape = (4, of_group, 3, 3)
    found = solve(
        pictures.conv_transpose(kernel_of_all, stride=2, groups=groups).multiply(factor),
        lambda K: pictures.conv_transpose(K, stride=2, groups=groups),
        shape=shape,
    )
    assert isinstance(found.verdict, Proved)
    assert found.is_unique
    assert kernel in str(found.kernel)

"""Claims about networks: functions of entries, compared by what they are applied to."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Refuted,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    Undecided,
    Unknown,
    concatenate,
    einsum,
    integers,
    maximum,
    repeat,
)
from symconv.arithmetic.work import allowed, left
from symconv.decision.first_differences import small_lengths
from symconv.decision.networks.trial_values import TrialValues
from symconv.decision.verdicts import ALL_SIZES
from symconv.language import fixed_size
from tests.generators.network_nodes import AT_ZERO, KNOWN
from tests.generators.network_theorems import FALSE, TRUE, chain

n, m, s, d, k, H, W = integers("n m s d k H W", positive=True)
p = integers("p", nonnegative=True)
x, y, z, w = Signal("x", n), Signal("y", n), Signal("z", n), Signal("w", m)
image = Tensor("X", (H, W))
f, g, h = Pointwise("f"), Pointwise("g", 0), Pointwise("h", Fraction(1, 2))

Function = Callable[[Any], Any]


def known(name: str, *arguments: Any) -> Function:
    """The method of tensors of that name."""
    return lambda tensor: getattr(tensor, name)(*arguments)


FUNCTIONS: dict[str, Function] = {
    "f": f,
    "g": g,
    "h": h,
    "leaky_relu(-1/2)": known("leaky_relu", Fraction(-1, 2)),
    **{name: known(name) for name in KNOWN},
}
IS_ZERO = {"f": False, "g": True, "h": False}
IS_ZERO |= {name: not AT_ZERO.get(name, 0) for name in FUNCTIONS if name not in IS_ZERO}
"""Whether they are 0 at 0, which nothing is known of where f is concerned."""

IDEMPOTENT = ("relu", "relu6", "leaky_relu(-1/2)")
HOMOGENEOUS = ("relu", "leaky_relu", "leaky_relu(-1/2)")
RISING = ("relu", "relu6", "leaky_relu", "sigmoid", "tanh", "exp")

each_function = pytest.mark.parametrize("name", FUNCTIONS)


def is_proved(claim: Claim) -> bool:
    """Whether it is, for all sizes."""
    verdict = claim.prove()
    return isinstance(verdict, Proved) and verdict.is_complete


def is_refuted(claim: Claim) -> bool:
    """Whether it is, and fails at the counterexample by arithmetic that knows nothing of it."""
    verdict = claim.prove()
    if not isinstance(verdict, Refuted):
        return False
    confirm(claim, verdict)
    return True


def confirm(claim: Claim, verdict: Refuted) -> None:
    """See that the sides differ at the counterexample, and are as it shows them."""
    found = verdict.counterexample
    sides = [value(side, found) for side in claim.signals]
    for shown, side in zip((found.lhs, found.rhs), sides, strict=True):
        for one, other in zip(np.ravel(np.array(shown, dtype=object)), side.ravel(), strict=True):
            assert sympy.N(one) == pytest.approx(sympy.N(other, 40), rel=1e-9, abs=1e-30)
    left, right = sides
    assert left.shape != right.shape or any(
        abs(sympy.N(one - other, 40)) > 0
        for one, other in zip(left.ravel(), right.ravel(), strict=True)
    )


def value(side: SignalExpr, found: Any) -> Any:
    """What a side evaluates to at a counterexample, where free functions are polynomials."""
    data = {name: np.array(row, dtype=object) for name, row in found.signals.items()}
    sizes = {name for leaf in side.names[0].values() for size in leaf.shape for name in [str(size)]}
    symbols = {name for name in found.lengths if name in side.names[1]}
    arguments = {name: row for name, row in data.items() if name in side.names[0]}
    arguments |= {name: found.lengths[name] for name in symbols - sizes}
    entries = np.array(side.evaluate(**arguments), dtype=object)

    def computed(entry: Any) -> Any:
        entry = sympy.sympify(entry)
        for name, text in found.functions.items():
            polynomial = sympy.sympify(text)
            entry = entry.replace(
                sympy.Function(name), lambda v, p=polynomial: p.subs(sympy.Symbol("v"), v)
            )
        return entry

    return np.array([computed(one) for one in entries.ravel()], dtype=object).reshape(entries.shape)


# --- what only moves entries -------------------------------------------------------------

even = Signal("q", n * m)
channels = Tensor("Y", (4 * m, H, W))

MOVES: dict[str, Callable[[Function], tuple[SignalExpr, SignalExpr]]] = {
    "crop": lambda a: (a(x[1:-1]), a(x)[1:-1]),
    "flip": lambda a: (a(x.flip()), a(x).flip()),
    "downsample": lambda a: (a(x.downsample(s)), a(x).downsample(s)),
    "odd entries": lambda a: (a(x.downsample(2, offset=1)), a(x)[1::2]),
    "concatenate": lambda a: (a(concatenate([x, w])), concatenate([a(x), a(w)])),
    "concatenate three": lambda a: (a(concatenate([x, w, y])), concatenate([a(x), a(w), a(y)])),
    "windows": lambda a: (a(x.windows(k, stride=s)), a(x).windows(k, stride=s)),
    "roll": lambda a: (a(x.roll(1)), a(x).roll(1)),
    "merge": lambda a: (a(image.rearrange("h w -> (w h)")), a(image).rearrange("h w -> (w h)")),
    "split": lambda a: (
        a(even.rearrange("(a b) -> b a", b=m)),
        a(even).rearrange("(a b) -> b a", b=m),
    ),
    "shuffle": lambda a: (a(channels.pixel_shuffle(2)), a(channels).pixel_shuffle(2)),
    "upsample": lambda a: (a(image.upsample((2, 3))), a(image).upsample((2, 3))),
    "expand": lambda a: (a(image.expand((3, H, W))), a(image).expand((3, H, W))),
    **{
        mode: lambda a, mode=mode: (a(x.pad(1, 1, mode)), a(x).pad(1, 1, mode))  # type: ignore[misc]
        for mode in ("reflect", "symmetric", "replicate", "circular")
    },
}
ZEROS: dict[str, Callable[[Function], tuple[SignalExpr, SignalExpr]]] = {
    "pad": lambda a: (a(x.pad(p, 1)), a(x).pad(p, 1)),
    "dilate": lambda a: (a(x.dilate(2)), a(x).dilate(2)),
    "pad along both axes": lambda a: (
        a(image.pad(1, 0, axis=(0, 1))),
        a(image).pad(1, 0, axis=(0, 1)),
    ),
    "apart": lambda a: (
        a(x.pad(0, m + 1) + w.pad(n + 1, 0)),
        a(x).pad(0, m + 1) + a(w).pad(n + 1, 0),
    ),
}


@each_function
@pytest.mark.parametrize("move", MOVES)
def test_functions_go_through_what_moves_entries(name: str, move: str) -> None:
    assert is_proved(Claim(*MOVES[move](FUNCTIONS[name]), given=[n >= 2]))


@each_function
@pytest.mark.parametrize("move", ZEROS)
def test_functions_go_through_zeros_exactly_where_they_are_zero_at_zero(
    name: str, move: str
) -> None:
    claim = Claim(*ZEROS[move](FUNCTIONS[name]))
    assert is_proved(claim) if IS_ZERO[name] else is_refuted(claim)


@pytest.mark.parametrize("name", ["f", "h", "sigmoid", "exp"])
def test_what_stands_beyond_is_the_value_at_zero(name: str) -> None:
    function = FUNCTIONS[name]
    zeros = 0 * Signal.ones(1)
    assert is_proved(Claim(function(x.pad(1, 0)), concatenate([function(zeros), function(x)])))
    if name != "f":
        at_zero = {"h": Fraction(1, 2)}.get(name, AT_ZERO.get(name))
        ends = at_zero * Signal.ones(1)
        assert is_proved(Claim(function(x.pad(1, 0)), concatenate([ends, function(x)])))
        assert is_refuted(Claim(function(x.pad(1, 0)), concatenate([2 * ends, function(x)])))


def test_what_is_repeated_does_not_end_where_it_has_its_entries() -> None:
    """One row is added to all; another tensor that begins after some of them overlaps with it."""
    row, block, other = Tensor("a", (1, n)), Tensor("b", (2, n)), Tensor("c", (5, n))
    both = row + block.pad(1, 5, axis=0)
    below = other.pad(3, 0, axis=0)
    assert is_refuted(Claim((both + below).relu(), both.relu() + below.relu()))
    apart = row.pad(0, 7, axis=0) + block.pad(1, 5, axis=0)
    assert is_proved(Claim((apart + below).relu(), apart.relu() + below.relu()))


@pytest.mark.parametrize("overlap", [-1, 0, 1, 2])
def test_sums_are_apart_where_they_do_not_overlap(overlap: int) -> None:
    left, right = x.pad(0, n + 2 - overlap), x.flip().pad(n + 2 - overlap, 0)
    claim = Claim((left + right).relu(), left.relu() + right.relu(), given=[n >= 2])
    assert is_proved(claim)
    closer = x.pad(0, n - 1), y.pad(n - 1, 0)
    assert is_refuted(Claim((closer[0] + closer[1]).relu(), closer[0].relu() + closer[1].relu()))


# --- what functions are applied to --------------------------------------------------------


@each_function
def test_functions_of_equal_tensors_are_equal(name: str) -> None:
    function = FUNCTIONS[name]
    two = x.correlate(w, stride=s).correlate(w, stride=d)
    one = x.correlate(w.convolve(w.dilate(s)), stride=s * d)
    assert is_proved(Claim(function(two), function(one)))
    assert is_proved(Claim(function(x + y).correlate(w), function(y + x).correlate(w)))
    assert is_proved(Claim(function(function(x).flip()), function(function(x)).flip()))


@each_function
def test_functions_of_others_are_not(name: str) -> None:
    function = FUNCTIONS[name]
    assert is_refuted(Claim(function(x), function(y)))
    assert is_refuted(Claim(function(x), function(2 * x)))
    assert is_refuted(Claim(function(x + y), function(x) + function(y)))
    assert is_refuted(Claim(function(x.correlate(w)), function(x).correlate(w)))
    assert is_refuted(Claim(function(x), function(x.flip())))


@pytest.mark.parametrize("one", FUNCTIONS)
@pytest.mark.parametrize("other", FUNCTIONS)
def test_different_functions_differ(one: str, other: str) -> None:
    claim = Claim(FUNCTIONS[one](x), FUNCTIONS[other](x))
    assert is_proved(claim) if one == other else is_refuted(claim)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_idempotent_functions(name: str) -> None:
    function = FUNCTIONS[name]
    claim = Claim(function(function(x)), function(x))
    assert is_proved(claim) if name in IDEMPOTENT else is_refuted(claim)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("number", [2, Fraction(1, 3), -1, -2, 0])
def test_factors(name: str, number: Any) -> None:
    """Positive ones go through ReLUs and leaky ones; none goes through others."""
    function = FUNCTIONS[name]
    verdict = Claim(function(number * x), number * function(x)).prove()
    if (number == 0 and IS_ZERO[name]) or (number > 0 and name in HOMOGENEOUS):
        assert isinstance(verdict, Proved)
    elif number == -1 and name == "tanh":  # which is odd
        assert not isinstance(verdict, Refuted)
    else:
        assert isinstance(verdict, Refuted)


def test_what_functions_are() -> None:
    assert is_proved(Claim(x.silu(), x.multiply(x.sigmoid())))
    zeros = 0 * x
    assert is_proved(Claim(x.relu(), maximum(x, zeros)))
    assert is_proved(Claim(x.relu(), maximum(zeros, x)))
    assert is_refuted(Claim(x.gelu(), x.silu()))
    assert is_refuted(Claim(x.hardswish(), x.silu()))
    assert is_refuted(Claim(x.relu(), x.relu6()))


@pytest.mark.parametrize(
    "claim",
    [
        Claim(x.leaky_relu(0), x.relu()),
        Claim(x.leaky_relu(1), x),
        Claim(x.relu6().relu(), x.relu6()),
        Claim(x.relu() - (-1 * x).relu(), x),
        Claim(x.sigmoid() + (-1 * x).sigmoid(), Signal.ones(n)),
        Claim((x + y).exp(), x.exp().multiply(y.exp())),
        Claim(x.gelu() - (-1 * x).gelu(), x),
    ],
    ids=str,
)
def test_what_is_true_is_not_refuted(claim: Claim) -> None:
    assert not isinstance(claim.prove(), Refuted)


# --- networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRUE)
def test_true_networks(name: str) -> None:
    verdict = TRUE[name]().prove()
    assert isinstance(verdict, Proved)
    assert (verdict.scope, verdict.is_complete) == (ALL_SIZES, True)
    assert verdict.evidence


@pytest.mark.parametrize("name", FALSE)
def test_false_networks(name: str) -> None:
    assert is_refuted(FALSE[name]())


def test_long_chain() -> None:
    assert is_proved(chain(50))


def test_chain_of_layers_of_one_channel() -> None:
    """Where ReLUs make zeros of everything at the sizes that are looked at."""
    left: SignalExpr = x
    right: SignalExpr = x
    for i in range(12):
        kernel = Signal(f"k{i}", 3)
        left = left.pad(1, 1).correlate(kernel).relu()
        right = right.pad(1, 1).convolve(kernel.flip()).pad(-2, -2).relu()
    assert is_proved(Claim(left, right))


def test_factors_go_through_a_chain() -> None:
    left: SignalExpr = x
    right: SignalExpr = x
    for i in range(8):
        kernel = Signal(f"k{i}", 3)
        left = left.pad(1, 1).correlate(kernel).relu()
        right = Fraction(1, 2) * (2 * right.pad(1, 1).correlate(kernel)).relu()
    assert is_proved(Claim(left, right))


def test_a_mistake_in_a_long_chain_is_found() -> None:
    left: SignalExpr = x
    right: SignalExpr = x
    for i in range(30):
        kernel = Signal(f"k{i}", 3)
        left = left.pad(1, 1).correlate(kernel).relu()
        right = right.pad(1, 1).correlate(kernel if i != 17 else kernel.flip()).relu()
    verdict = Claim(left, right).prove()
    assert not isinstance(verdict, Proved)


def test_many_symbols_and_hypotheses_about_them() -> None:
    """Nodes are compared with what is said of their own symbols, and of those connected."""
    sizes = integers(" ".join(f"a{i}" for i in range(16)), positive=True)
    left: SignalExpr = Signal("x", sizes[0])
    right = left
    for i, size in enumerate(sizes[1:]):
        kernel = Signal(f"k{i}", size)
        left, right = left.correlate(kernel).relu(), right.convolve(kernel.flip())
        right = right.pad(1 - size, 1 - size if i != 3 else -1).relu()
    claim = Claim(left, right, given=[sizes[4] <= 2, sizes[4] >= 2])
    assert is_proved(claim)
    assert not isinstance(Claim(left, right, given=[sizes[4] <= 3, sizes[4] >= 2]).prove(), Proved)


# --- counterexamples -----------------------------------------------------------------------


def test_counterexamples_are_small_and_whole() -> None:
    verdict = Claim(f(x.pad(1, 1)), f(x).pad(1, 1)).prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    assert (found.lengths, found.signals, found.index) == ({"n": 1}, {"x": [1]}, 0)
    assert found.functions == {"f": "v**2 + 1"}
    assert (found.lhs, found.rhs) == ([1, 2, 1], [0, 2, 0])


@pytest.mark.parametrize("at_zero", [0, 1, Fraction(1, 2), Fraction(-7, 3)])
def test_free_functions_in_a_counterexample_have_their_value_at_zero(at_zero: Any) -> None:
    a, b = Pointwise("a", at_zero), Pointwise("b")
    for claim in (Claim(a(x), b(x)), Claim(a(x).sigmoid(), b(x).tanh()), Claim(a(x), x.exp())):
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        confirm(claim, verdict)
        assert sympy.sympify(verdict.counterexample.functions["a"]).subs("v", 0) == sympy.Rational(
            Fraction(at_zero).numerator, Fraction(at_zero).denominator
        )


def test_tensors_of_other_sizes_are_told_in_numbers() -> None:
    verdict = Claim(x.sigmoid().pad(1, 0), x.tanh()).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.index is None
    assert verdict.counterexample.lhs == [0, pytest.approx(0.7310585786)]
    assert verdict.counterexample.rhs == [pytest.approx(0.7615941559)]
    free = Claim(f(x).pad(1, 0), f(x)).prove()
    assert isinstance(free, Refuted)
    assert free.counterexample.functions == {"f": "v**2 + 1"}
    assert free.counterexample.lhs == [0, 2]


def test_close_numbers_are_told_apart() -> None:
    """Where floats of both sides are equal, balls of real numbers are not."""
    small = Fraction(1, 10**20)
    assert is_refuted(Claim((x + small * y).tanh(), x.tanh()))


def entries_of(numbers: Any) -> list[Any]:
    """The entries of nested lists."""
    if not isinstance(numbers, list):
        return [numbers]
    return [entry for row in numbers for entry in entries_of(row)]


@pytest.mark.parametrize("often", [3, 4, 5])
def test_no_infinite_number_is_told(often: int) -> None:
    side: SignalExpr = x
    for _ in range(often):
        side = side.exp()
    for other in (2 * side, y):
        verdict = Claim(side, other).prove()
        if isinstance(verdict, Refuted):
            found = verdict.counterexample
            for entry in (*entries_of(found.lhs), *entries_of(found.rhs)):
                assert sympy.sympify(entry).is_finite
            assert found.lhs != found.rhs
        else:
            assert often == 5


def test_numbers_beyond_floats_are_told_in_full() -> None:
    large = (x.multiply(x) + 1000 * Signal.ones(n)).exp()
    verdict = Claim(large, 2 * large).prove()
    assert isinstance(verdict, Refuted)
    (left,), (right,) = verdict.counterexample.lhs, verdict.counterexample.rhs
    assert abs(sympy.log(left) - 1001) < 1e-20
    assert abs(right / left - 2) < 1e-20
    assert "e+434" in str(verdict)


def test_what_floats_do_not_tell_apart_is_told_in_more_digits() -> None:
    verdict = Claim((x.multiply(x) + 30 * Signal.ones(n)).tanh(), Signal.ones(n)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lhs != verdict.counterexample.rhs
    assert "is [0.99999999999999999999" in str(verdict)


def test_threads_do_not_change_the_precision_of_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []
    together: list[int] = []
    computed = fixed_size.array

    def watched(*arguments: Any) -> Any:
        inside.append(1)
        time.sleep(0.001)
        together.append(len(inside))
        result = computed(*arguments)
        inside.pop()
        return result

    monkeypatch.setattr(fixed_size, "array", watched)
    verdicts: list[str] = []
    claim = Claim(x.exp(), x.tanh())
    threads = [threading.Thread(target=lambda: verdicts.append(str(claim.prove()))) for _ in "abc"]
    before = flint.ctx.prec
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(together) == {1}
    assert len(verdicts) == 3
    assert len(set(verdicts)) == 1
    assert flint.ctx.prec == before


def test_formulas_within_networks() -> None:
    u = integers("u")
    formula = Signal.from_formula(u, x[u] * y[u], length=n)
    assert is_proved(Claim(formula.relu(), x.multiply(y).relu()))
    assert is_refuted(Claim(formula.relu(), x.multiply(x).relu()))
    assert is_proved(Claim(maximum(formula, z), maximum(z, y.multiply(x))))


def test_functions_of_functions_that_are_made_of_others() -> None:
    assert is_proved(Claim(x.hardswish().sigmoid().flip(), x.flip().hardswish().sigmoid()))
    assert is_refuted(Claim(x.hardswish().sigmoid(), x.silu().sigmoid()))
    assert is_proved(Claim(g(x.hardswish().tanh())[1:], g(x[1:].hardswish().tanh())))


def test_instances_are_no_polynomials() -> None:
    claim = Claim(x.relu(), x)
    with pytest.raises(Undecided, match="no polynomials"):
        claim.at(n=2).holds  # noqa: B018
    tried = [at for at in small_lengths(claim) if at]
    assert tried


def test_claims_without_symbols() -> None:
    one = Signal("x", 3)
    assert is_proved(Claim(one.relu().flip(), one.flip().relu()))
    assert is_refuted(Claim(one.relu(), one))
    assert isinstance(Claim(one.leaky_relu(0), one.relu()).prove(), Unknown)


def test_hypotheses_are_used() -> None:
    kernel = Signal("k", 3)
    claim = Claim(x.pad(p, 0).relu(), x.relu(), given=[p <= 0])
    assert is_proved(claim)
    assert is_refuted(Claim(x.pad(p, 0).relu(), x.relu()))
    assert is_proved(Claim(x.correlate(kernel).tanh(), x[:0].tanh(), given=[n <= 2]))


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SymconvError, match="could differ"):
        Claim((x + w).relu(), x.relu()).prove()


def test_einsum_within_networks() -> None:
    matrix = Tensor("M", (H, W))
    vector = Signal("v", W)
    assert is_proved(
        Claim(einsum("hw,w->h", matrix, vector).relu(), einsum("w,hw->h", vector, matrix).relu())
    )


def test_what_has_one_entry_by_a_hypothesis_is_not_repeated() -> None:
    """A row is repeated, and an equal tensor of m = 1 rows would not be: it does not replace it."""
    rows, block = Tensor("a", (m, s)), Tensor("b", (n, s))
    one = g(rows.pad(0, 1 - m, axis=0))
    total = g(rows).sum(axis=0) + one.multiply(block).sum(axis=0)
    first = g(rows)[0] + g(rows)[0].multiply(block[0])
    every = g(rows)[0] + g(rows)[0].multiply(block.sum(axis=0))
    assert is_refuted(Claim(total, first, given=[sympy.Eq(m, 1)]))
    assert is_proved(Claim(total, every, given=[sympy.Eq(m, 1)]))


def test_pools_of_sums_of_signals_of_one_entry() -> None:
    """Windows that reach into padding make two maxima of one entry, and long ones make none."""
    one, other = Signal("a", 1), Signal("b", 1)
    pools: list[dict[str, Any]] = [{"size": 2, "stride": 1, "padding": 1}, {"size": 3}]
    for pool in pools:
        assert is_proved(Claim((one + other).max_pool(**pool), (other + one).max_pool(**pool)))
    row, bias = Tensor("a", (3, 1)), Tensor("b", (1,))
    pooled = (row + bias).max_pool(2, stride=1, padding=1, axes=1)
    assert is_proved(Claim(pooled, row.max_pool(2, stride=1, padding=1, axes=1) + bias))


def test_what_may_have_no_entry_has_no_largest_one() -> None:
    """The maximum along an axis needs an entry there, as it does at fixed sizes."""
    some = integers("z", nonnegative=True)
    column = Tensor("a", (some, n))
    claim = Claim(column.max(axis=0), column.flip(axis=0).max(axis=0))
    with pytest.raises(SymconvError, match=r"no largest one; add the hypothesis z >= 1"):
        claim.prove()
    assert is_proved(Claim(claim.lhs, claim.rhs, given=[some >= 1]))


def test_functions_with_a_value_at_zero_beside_functions_that_are_not_exact() -> None:
    """Their polynomials are computed with balls of real numbers too, and their f(0) is no float."""
    for claim in (Claim(g(x.silu()), g(x).silu()), Claim(h(x).pad(1, 0).exp(), h(x.pad(1, 0)))):
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        assert verdict.counterexample.functions


def test_products_of_functions_below_functions() -> None:
    """Swish is a product with a function that stands in no claim, and has trial values too."""
    for name in ("hardswish", "silu"):
        inner = getattr(x, name)()
        assert is_proved(Claim(inner.flip().sigmoid(), inner.sigmoid().flip()))
        assert is_refuted(Claim(inner.sigmoid(), getattr(x.sigmoid(), name)()))


def test_trial_values_of_large_tensors_are_not_made() -> None:
    """What they take is counted: a large kernel has none, and what stands beside it still has."""
    large, small = Tensor("w", (1000, 1000)), Tensor("v", (2, 3))
    found = TrialValues(Claim(large, large))
    with allowed(1000):
        assert found.of(large) is None
        assert left() == 1000
        assert found.of(small) is not None
        assert left() == 1000 - 6


def test_a_fraction_at_zero_stands_beside_functions_that_are_not_exact() -> None:
    verdict = Claim(h(x).sigmoid(), h(x).tanh()).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.functions["h"].endswith("1/2")


@pytest.mark.parametrize(
    "claim",
    [
        Claim(f(x.pad(1, 1)), f(x).pad(1, 1), name="not at 0"),
        Claim(x.max_pool(3).relu(), x.relu().max_pool(3)),
        Claim(x.correlate(y), x.convolve(y), given=[y == y.flip(), n >= 2]),
        Claim(x / (n - 1), x, given=[n >= 2]),
        Claim(x.pad(1, 1).length, n + 2),
    ],
)
def test_claims_and_verdicts_are_pickled(claim: Claim) -> None:
    """Workers of other processes get them and give them back."""
    again = pickle.loads(pickle.dumps(claim))
    assert again == claim
    assert str(again) == str(claim)
    verdict = claim.prove()
    assert str(pickle.loads(pickle.dumps(verdict))) == str(verdict) == str(again.prove())


def test_functions_of_functions_end_in_bounded_time() -> None:
    """The polynomials that are tried for f have a degree that doubles with each layer."""
    layers = [repeat(f, count)(x) for count in (60, 61)]
    assert isinstance(Claim(layers[0], layers[1]).prove(), Refuted | Unknown)

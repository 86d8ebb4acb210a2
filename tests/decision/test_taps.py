"""Hypotheses on taps, held against arithmetic: entries that satisfy them are found by elimination.

Both sides of such a hypothesis are affine in the entries, so at fixed sizes it is a system of
linear equations, of which random solutions modulo a prime are taken.  That knows nothing of the
forms that are read, nor of what stands for a tensor.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from math import prod
from typing import Any

import numpy as np
import pytest
from sympy import Sum

from symconv import Claim, Proved, Refuted, Signal, SymconvError, Tensor, integers, repeat
from symconv.decision.verdicts import ALL_LENGTHS, ALL_SIZES
from symconv.decision.wording import quantifiers
from symconv.errors import VacuousError
from symconv.formal.certificates import certificate
from symconv.language.any_size import guarded_sum
from symconv.language.signals import SignalExpr
from tests.oracles.brute_force import small_lengths, value

PRIME = 2**61 - 1

n, c, m, s, C, O, H, W = integers("n c m s C O H W", positive=True)
l = integers("l", nonnegative=True)
u, j = integers("u j")
x, k, h, b = Signal("x", n), Signal("k", c), Signal("h", m), Signal("b", n)
g = Signal("g", c)
even, one = Signal("e", 2 * m), Signal("f", 1)
w = Tensor("w", (H, W))
image = Tensor("y", (n, c))
layer = Tensor("v", (O, C, 3, 2))
channels = Tensor("z", (C, H, W))


def over(kernel: SignalExpr) -> SignalExpr:
    """A layer of one channel on the image."""
    layer: SignalExpr = image[None].conv(kernel[None, None])
    return layer


# --- the arithmetic ------------------------------------------------------------------

Point = Mapping[str, int]
Data = dict[str, Any]


def shape_of(tensor: Tensor, at: Point) -> tuple[int, ...]:
    return tuple(int(value(size, at)) for size in tensor.written_shape)


def run(side: SignalExpr, data: Data, at: Point) -> Any:
    """A side at fixed sizes, by the definitions of its operators."""
    named, symbols = side.names
    given = {name: data[name] for name in named} | {name: at[name] for name in symbols}
    return np.array(side.evaluate(**given), dtype=object)


def solutions(claim: Claim, at: Point, seed: int) -> Data | None:
    """Random entries modulo a prime that satisfy the hypotheses; None where shapes differ."""
    rng = random.Random(f"{claim} {seed}")
    shapes = {name: shape_of(tensor, at) for name, tensor in claim.named.items()}
    places = [(name, i) for name, shape in shapes.items() for i in range(prod(shape))]

    def data(values: list[int]) -> Data:
        flat = iter(values)
        return {
            name: np.array([next(flat) for _ in range(prod(shape))], dtype=object).reshape(shape)
            for name, shape in shapes.items()
        }

    def defects(values: list[int]) -> list[int] | None:
        found = []
        for hypothesis in claim.about_taps:
            left, right = (run(side, data(values), at) for side in hypothesis.signals)
            if left.shape != right.shape:
                return None
            found += [int(a - b) % PRIME for a, b in zip(left.flat, right.flat, strict=True)]
        return found

    constant = defects([0] * len(places))
    if constant is None:
        return None
    columns = []
    for i in range(len(places)):
        moved = defects([int(i == other) for other in range(len(places))])
        assert moved is not None
        columns.append([(a - b) % PRIME for a, b in zip(moved, constant, strict=True)])
    rows = [
        [*(column[r] for column in columns), -constant[r] % PRIME] for r in range(len(constant))
    ]
    pivots = eliminated(rows)
    values = [rng.randrange(1, PRIME) for _ in places]
    for row, pivot in pivots:
        others = sum(row[i] * values[i] for i in range(len(places)) if i != pivot)
        values[pivot] = (row[-1] - others) % PRIME
    assert not any(defects(values) or ())
    return data(values)


def eliminated(rows: list[list[int]]) -> list[tuple[list[int], int]]:
    """Equations in reduced form modulo the prime, each with the unknown it is solved for."""
    done: list[tuple[list[int], int]] = []
    for row in rows:
        for other, pivot in done:
            row = [(a - row[pivot] * b) % PRIME for a, b in zip(row, other, strict=True)]
        first = next((i for i, a in enumerate(row[:-1]) if a), None)
        if first is None:
            assert not row[-1], "the hypotheses contradict each other"
            continue
        inverse = pow(row[first], -1, PRIME)
        row = [a * inverse % PRIME for a in row]
        done = [
            ([(a - other[first] * b) % PRIME for a, b in zip(other, row, strict=True)], p)
            for other, p in done
        ]
        done.append((row, first))
    return done


def holds_at(claim: Claim, at: Point) -> bool | None:
    """Whether a claim holds at fixed sizes; None where the hypotheses exclude them."""
    data = solutions(claim, at, 0)
    if data is None:
        return None
    left, right = (run(side, data, at) for side in claim.signals)
    return left.shape == right.shape and not any(a % PRIME for a in (left - right).flat)


def outcomes(claim: Claim, total: int, most: int) -> Iterator[tuple[Point, bool]]:
    """What a claim is at its smallest sizes."""
    for at in islice(small_lengths(claim, total), most):
        held = holds_at(claim, at)
        if held is not None:
            yield at, held


def check(claim: Claim, total: int = 9, most: int = 60) -> Proved | Refuted:
    """The verdict on a claim, compared with arithmetic at its smallest sizes."""
    verdict = claim.prove()
    found = list(outcomes(claim, total, most))
    assert found
    first = next((at for at, held in found if not held), None)
    if isinstance(verdict, Proved):
        assert verdict.is_complete
        assert first is None, f"{claim} is proved, and fails at {first}"
        return verdict
    assert isinstance(verdict, Refuted), str(verdict)
    assert first == dict(verdict.counterexample.lengths), f"{claim}: {verdict}, and first {first}"
    check_counterexample(claim, verdict)
    condition = verdict.condition
    assert condition is not None
    for at, held in found:
        assert bool(value(condition, at)) == held, f"{claim}: {condition} at {at}"
    return verdict


def check_counterexample(claim: Claim, verdict: Refuted) -> None:
    """The hypotheses hold there, and the sides are what is said, and differ."""
    for found in filter(None, (verdict.counterexample, verdict.with_content)):
        data = {name: np.array(entries, dtype=object) for name, entries in found.signals.items()}
        data = {
            name: entries.reshape(shape_of(claim.named[name], found.lengths))
            for name, entries in data.items()
        }
        assert data.keys() == claim.named.keys()
        for hypothesis in claim.about_taps:
            one, other = (run(side, data, found.lengths) for side in hypothesis.signals)
            assert one.tolist() == other.tolist(), f"{hypothesis} is false at {found}"
        sides = [run(side, data, found.lengths).tolist() for side in claim.signals]
        assert sides == [found.lhs, found.rhs]
        assert sides[0] != sides[1]
    printed: list[Any] = []
    lines = verdict.reproduction.splitlines()
    exec("\n".join(lines), {"print": lambda *sides: printed.extend(sides)})
    assert [side.tolist() for side in printed] == [
        verdict.counterexample.lhs,
        verdict.counterexample.rhs,
    ]


# --- verdicts ------------------------------------------------------------------------

TRUE: dict[str, Claim] = {
    "palindromic": Claim(x.correlate(k), x.correlate(k.flip()), given=[k == k.flip()]),
    "palindromic, turned": Claim(x.correlate(k), x.correlate(k.flip()), given=k.flip() == k),
    "palindromic, both flipped": Claim(
        x.convolve(k), x.convolve(k.flip()), given=[k.flip() == k.flip().flip()]
    ),
    "twice the kernel": Claim(
        x.correlate(k).correlate(k),
        x.correlate(k.convolve(k.flip())),
        given=[k == k.flip()],
    ),
    "strides": Claim(
        x.correlate(k, stride=s), x.correlate(k.flip(), stride=s), given=[k == k.flip()]
    ),
    "antisymmetric": Claim(
        x.correlate(even), -x.correlate(even.flip()), given=[even == -even.flip()]
    ),
    "no bias": Claim(
        (x.correlate(k) + Signal("b", n - c + 1)).pad(1, 1),
        x.correlate(k).pad(1, 1),
        given=[n >= c, Signal("b", n - c + 1) == 0 * Signal("b", n - c + 1)],
    ),
    "zero on the left": Claim(x + b, x, given=[0 * b == b]),
    "equal": Claim(x.convolve(k).convolve(g), x.convolve(g).convolve(g), given=[k == g]),
    "of other lengths": Claim(x.correlate(k), x.correlate(h), given=[k == h]),
    "a multiple of a flip": Claim(
        x.convolve(k), 2 * x.convolve(h.flip()), given=[k == 2 * h.flip()]
    ),
    "a flip of a multiple": Claim(
        x.convolve(k), 2 * x.convolve(h.flip()), given=[k.flip() == 2 * h]
    ),
    "padded": Claim(x.pad(1, 1).correlate(k), x.correlate(h), given=[k == h.pad(1, 1), n >= m]),
    "known": Claim(
        x.correlate(k), x.correlate(Signal.taps(1, 2, 1)), given=[k == Signal.taps(1, 2, 1)]
    ),
    "one after the other": Claim(
        x.convolve(k), x.convolve(g.flip()), given=[k == g.flip(), g == g.flip()]
    ),
    "in the other order": Claim(
        x.convolve(k), x.convolve(k.flip()), given=[g == g.flip(), k == g.flip()]
    ),
    "equal, and palindromic": Claim(
        x.convolve(k), x.convolve(g.flip()), given=[k == g, k == k.flip()]
    ),
    "in a formula": Claim(
        Signal.from_formula(u, Sum(k[j] * x[u + j], (j, 0, c - 1)), length=n - c + 1),
        x.correlate(k.flip()),
        given=[k == k.flip(), n >= c],
    ),
    "another in a formula": Claim(
        Signal.from_formula(u, Sum(k[j] * x[u + j], (j, 0, c - 1)), length=n - c + 1),
        x.correlate(h.pad(0, c - m)),
        given=[k == h.pad(0, c - m), n >= c, c >= m],
    ),
    "a point reflection": Claim(
        over(w), over(w.flip(axis=(0, 1))), given=[w == w.flip(axis=(0, 1))]
    ),
    "each axis": Claim(
        over(w), over(w.flip(axis=0)), given=[w == w.flip(axis=0), w == w.flip(axis=1)]
    ),
    "one axis, and both": Claim(
        over(w), over(w.flip(axis=0)), given=[w == w.flip(axis=(0, 1)), w == w.flip(axis=1)]
    ),
    "equal flips": Claim(
        over(w), over(w.flip(axis=(0, 1))), given=[w.flip(axis=0) == w.flip(axis=1)]
    ),
    "channels": Claim(
        channels.conv(layer),
        channels.conv(layer.flip(axis=(2, 3))),
        given=[layer == layer.flip(axis=(2, 3))],
    ),
}

FALSE: dict[str, Claim] = {
    "palindromic, doubled": Claim(x.correlate(k), x.correlate(2 * k.flip()), given=[k == k.flip()]),
    "palindromic does not mean 1": Claim(
        x.convolve(k), x.convolve(k[::-1] - k), given=[k == k.flip()]
    ),
    "shifted": Claim(x.pad(1, 0).correlate(k), x.pad(0, 1).correlate(k), given=[k == k.flip()]),
    "antisymmetric": Claim(
        x.correlate(even), x.correlate(even.flip()), given=[even == -even.flip()]
    ),
    "not the other one": Claim(
        x.convolve(k).convolve(g), x.convolve(k.flip()).convolve(g.flip()), given=[g == g.flip()]
    ),
    "no bias": Claim(x + b, 2 * x, given=[b == 0 * b]),
    "equal": Claim(x.convolve(k).convolve(g), x.convolve(g).convolve(g.flip()), given=[k == g]),
    "of other lengths": Claim(x.pad(0, 1).correlate(k), x.correlate(h), given=[k == h.pad(1, 0)]),
    "known": Claim(
        x.correlate(k), x.correlate(Signal.taps(1, 2, 1)), given=[k == Signal.taps(1, 2, 2)]
    ),
    "a point reflection": Claim(over(w), over(w.flip(axis=0)), given=[w == w.flip(axis=(0, 1))]),
    "one axis": Claim(over(w), over(w.flip(axis=(0, 1))), given=[w == w.flip(axis=1)]),
    "in a formula": Claim(
        Signal.from_formula(u, one[0] * x[u], length=n),
        x.multiply(b),
        given=[b == one.pad(0, n - 1)],
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved(name: str) -> None:
    verdict = check(TRUE[name])
    assert isinstance(verdict, Proved)
    assert verdict.scope in (ALL_LENGTHS, ALL_SIZES)
    told = [str(evidence) for evidence in verdict.evidence]
    assert all(f"{one}: put into both sides" in told for one in TRUE[name].about_taps)


@pytest.mark.parametrize("name", TRUE)
def test_without_the_hypotheses_on_taps_they_are_false(name: str) -> None:
    claim = TRUE[name]
    bare = Claim(claim.lhs, claim.rhs, given=claim.conditions)
    assert isinstance(bare.prove(), Refuted)


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted_in_the_tensors_that_are_named(name: str) -> None:
    assert isinstance(check(FALSE[name]), Refuted)


# --- at random -----------------------------------------------------------------------


def _turn(rng: random.Random, kernel: SignalExpr) -> SignalExpr:
    axes = [axis for axis in range(kernel.ndim) if rng.random() < 0.5]
    return kernel.flip(axis=axes) if axes else kernel


def _random_side(shape: random.Random, turns: random.Random, kernels: list[Signal]) -> SignalExpr:
    side: SignalExpr = x.pad(shape.randint(0, 1), shape.randint(0, 1))
    for kernel in kernels:
        turned = _turn(turns, kernel)
        if shape.random() < 0.5:
            side = side.correlate(turned, stride=shape.randint(1, 2))
        else:
            side = side.convolve(turned)
    return side


def random_claim(seed: int) -> Claim:
    """One or two layers, the same on both sides but for flips, with one or two hypotheses."""
    rng = random.Random(f"taps {seed}")
    kernels = [k, g] if rng.random() < 0.6 else [rng.choice([k, h])]
    left = _random_side(random.Random(seed), rng, kernels)
    changed = kernels[::-1] if rng.random() < 0.3 else kernels
    right = _random_side(random.Random(seed + (rng.random() < 0.2)), rng, changed)
    forms = {
        f"{kernel}": rng.choice(
            [
                kernel == kernel.flip(),
                kernel == kernel.flip(),
                kernel == 0 * kernel,
                kernel == rng.choice([-1, 2]) * _turn(rng, Signal("p", kernel.written_shape[0])),
            ]
        )
        for kernel in kernels
    }
    if len(kernels) == 2 and rng.random() < 0.5:
        forms["k"] = kernels[0] == rng.choice([1, 3]) * _turn(rng, kernels[1])
    return Claim(left, right, given=rng.sample(list(forms.values()), len(forms)))


@pytest.mark.parametrize("seed", range(60))
def test_random_claims_agree_with_arithmetic(seed: int) -> None:
    check(random_claim(seed), total=8, most=25)


def random_images(seed: int) -> Claim:
    """A layer on an image, whose kernel is flipped on one side, and symmetries of it."""
    rng = random.Random(f"images {seed}")
    sets = rng.sample([(0,), (1,), (0, 1)], rng.randint(1, 2))
    given = [w == w.flip(axis=axes) for axes in sets]
    left, right = (over(_turn(rng, w)) for _ in range(2))
    return Claim(left, right, given=given)


@pytest.mark.parametrize("seed", range(12))
def test_random_symmetries_of_images_agree_with_arithmetic(seed: int) -> None:
    check(random_images(seed), total=9, most=200)


def test_random_claims_are_of_both_kinds() -> None:
    verdicts = [bool(random_claim(seed).prove()) for seed in range(60)]
    assert min(verdicts.count(True), verdicts.count(False)) > 8


# --- what is read --------------------------------------------------------------------

v = Tensor("v", (H, W))
REFUSED: dict[str, tuple[list[Any], str]] = {
    "two equations for one tensor": ([2 * k == g.pad(1, -1)], "cannot be read"),
    "in itself": ([k == k + g], "cannot be read"),
    "minus itself": ([k == -k], "cannot be read"),
    "a roll": ([k == k.pad(1, -1)], "cannot be read"),
    "a circle": ([k == g.flip(), g == k.flip()], "cannot be read, once what k is"),
    "a circle of three": (
        [k == 2 * g, g == 2 * Signal("p", c), Signal("p", c) == 2 * k],
        "cannot be read, once what",
    ),
    "both ways": ([k == g, g == k], "says nothing, once what k is has been put in"),
    "itself": ([k == k], "says nothing; leave it out"),
    "a palindrome twice": ([w == w.flip(axis=0), w.flip(axis=0) == w], "says nothing beyond"),
    "what follows": (
        [w == w.flip(axis=0), w == w.flip(axis=1), w == w.flip(axis=(0, 1))],
        "says nothing beyond the others",
    ),
    "both signs": ([even == even.flip(), even == -even.flip()], "contradicts the others"),
    "shared axes": (
        [layer == layer.flip(axis=(0, 1)), layer == layer.flip(axis=(1, 2))],
        "flips that share axes",
    ),
    "antisymmetric": ([k == -k.flip()], "is even; they would be their own opposites"),
    "antisymmetric, 3 taps": ([Signal("t", 3) == -Signal("t", 3).flip()], "write the size as 2"),
    "other sizes": ([Signal("t", 3) == Signal("q", 4)], "never equal"),
    "sizes never fit": ([Signal("t", 3) == Signal("q", 2).pad(1, 1)], "never equal"),
    "lengths": ([Claim(n, c)], "is a claim about lengths"),
    "with hypotheses": ([Claim(k, k.flip(), given=[n >= c])], "has hypotheses itself"),
    "no hypothesis": ([k], "or a claim about taps such as w == w.flip()"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_forms_are_refused(name: str) -> None:
    given, problem = REFUSED[name]
    with pytest.raises(SymconvError, match=re.escape(problem)):
        Claim(x, x, given=given)


def test_a_tensor_that_is_its_own_opposite_need_not_be_0() -> None:
    # Modulo 2, [0, 1, 0] is minus its flip: the claim below is false there.
    three = Signal("t", 3)
    with pytest.raises(SymconvError, match="not 0 over every ring"):
        Claim(three[1:2], 0 * three[1:2], given=[three == -three.flip()])


def test_shapes_that_do_not_fit_are_excluded() -> None:
    claim = Claim(x.correlate(k), x.correlate(h), given=[k == h])
    assert claim.at(n=3, c=2, m=2).holds
    with pytest.raises(SymconvError, match=r"contradicts the hypothesis Eq\(c, m\)"):
        claim.at(n=3, c=2, m=3)
    with pytest.raises(VacuousError):
        Claim(x, x, given=[k == h, c > m]).prove()


def test_sides_of_hypotheses_have_to_be_defined() -> None:
    claim = Claim(x.correlate(k), x.correlate(k), given=[k == g + h])
    with pytest.raises(SymconvError, match="cannot add g and h"):
        claim.prove()


def test_instances_have_what_stands_for_the_taps() -> None:
    claim = Claim(x.convolve(k), x.convolve(k.flip()), given=[k == k.flip()])
    instance = claim.at(n=1, c=3)
    assert list(map(str, instance.lhs)) == ["k0*x0", "k1*x0", "k0*x0"]
    assert instance.holds
    assert instance.simplified == [0, 0, 0]


def test_some_symbols_may_be_numbers() -> None:
    claim = Claim(x.correlate(k), x.correlate(2 * h), given=[k == h, n >= c])
    part = claim.specialised({c: 3})
    assert str(part) == "x.correlate(k) == x.correlate(2*h) given k == h, n >= 3"
    verdict = part.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"m": 3, "n": 3}


def test_lengths_know_that_shapes_agree() -> None:
    assert Claim(k.length, m, given=[k == h]).prove()
    assert not Claim(k.length, m, given=[k == k.flip()]).prove()


def test_claims_with_other_hypotheses_are_not_equal() -> None:
    claims = [
        Claim(x.correlate(k), x.correlate(k), given=[k == k.flip()]),
        Claim(x.correlate(k), x.correlate(k), given=[k == 0 * k]),
        Claim(x.correlate(k), x.correlate(k)),
    ]
    assert len(set(claims)) == 3
    assert claims[0] == Claim(x.correlate(k), x.correlate(k), given=k == k.flip())


def test_hypotheses_are_said() -> None:
    claim = Claim(x.correlate(k), x.correlate(k.flip()), given=[n >= c, k == k.flip()])
    assert str(claim) == "x.correlate(k) == x.correlate(k.flip()) given n >= c, k == k.flip()"
    said = "for all integers c ≥ 1, n ≥ 1 with n ≥ c, and all x of length n, k of length c with "
    assert quantifiers(claim) == f"{said}k = flip(k)"
    assert r"\quad k = \tilde{k}$" in claim._repr_latex_()


def test_certificates_state_them() -> None:
    assert "\n    k = flip 0 k ->\n" in certificate(TRUE["palindromic"])


def test_a_kernel_and_its_flip_are_twice_the_kernel_however_often() -> None:
    given = [k == k.flip()]
    both, twice = k + k.flip(), 2 * k
    left, right = both, twice
    for _ in range(3):
        left, right = left.convolve(both), right.convolve(twice)
    claim = Claim(left, right, given=given)
    terms = [len(guarded_sum(side).terms) for side in claim.free.signals]
    assert terms[0] == terms[1]
    assert isinstance(claim.prove(), Proved)
    assert isinstance(Claim(left, 3 * right, given=given).prove(), Refuted)


# --- functions, and stacks ------------------------------------------------------------


def test_taps_beside_functions() -> None:
    given = [k == k.flip()]
    verdict = Claim(x.correlate(k).tanh(), x.correlate(k.flip()).tanh(), given=given).prove()
    assert isinstance(verdict, Proved)
    assert (verdict.is_complete, verdict.ring) == (True, "the reals")
    verdict = Claim(x.correlate(k).relu(), x.correlate(2 * k).relu(), given=given).prove()
    assert isinstance(verdict, Refuted)
    taps = verdict.counterexample.signals["k"]
    assert taps == taps[::-1]
    assert Claim(x.relu(), x, given=[x == b.relu()]).prove()
    with pytest.raises(SymconvError, match=r"b.exp\(\) would have to stand as a number"):
        Claim(x, x, given=[x == b.exp()])


def test_a_function_does_not_hide_what_is_lacking() -> None:
    verdict = Claim(x.correlate(k).sigmoid(), x.correlate(k.flip()).sigmoid()).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.would_hold_given == (k == k.flip(),)


def test_stacks_have_hypotheses_on_taps() -> None:
    layers = [repeat(lambda t, taps=taps: t.correlate(taps), m)(x) for taps in (k, k.flip())]
    given = layers[0].equals(layers[1], given=[k == k.flip()]).prove()
    assert isinstance(given, Proved)
    assert given.is_complete
    verdict = layers[0].equals(layers[1]).prove()
    assert isinstance(verdict, Refuted)
    # What suffices for one layer need not suffice for more.
    assert verdict.would_hold_given == ()
    assert "It holds for all" not in str(verdict)


def test_a_proof_about_a_stack_says_its_ring() -> None:
    halves = [repeat(lambda t: t.flip() / 2, m)(x), repeat(lambda t: (t / 2).flip(), m)(x)]
    verdict = halves[0].equals(halves[1]).prove()
    assert str(verdict) == "proved for all lengths, over every commutative ℚ-algebra"

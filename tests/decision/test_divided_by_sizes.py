"""Claims in which something is divided by sizes: means, pools, and when they are equal."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest
from sympy import Eq, Expr, Mod

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, Tensor, integers
from symconv.decision.first_differences import small_lengths
from symconv.formal.certificates import certificate
from symconv.language.evaluation import holds_at

n, m, c, s, C, H, W = integers("n m c s C H W", positive=True)
p = integers("p", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)
z, w = Tensor("z", (C, H, W)), Tensor("w", (3, C, 1, 1))
even = Tensor("e", (C, 2 * H, 3 * W))
both = Signal("b", H + W)
ONE = Signal.ones(1).sum()

TRUE: dict[str, Callable[[], Claim]] = {
    "means of means": lambda: Claim(z.mean(axis=1).mean(axis=1), z.mean(axis=(1, 2))),
    "a mean of a flat image": lambda: Claim(
        z.rearrange("c h w -> c (h w)").mean(axis=1), z.mean(axis=(2, 1))
    ),
    "one output": lambda: Claim(z.adaptive_avg_pool((1, 1))[:, 0, 0], z.mean(axis=(1, 2))),
    "outputs that divide": lambda: Claim(even.adaptive_avg_pool((2, 3)), even.avg_pool((H, W))),
    "windows that divide": lambda: Claim(even.adaptive_avg_pool((H, W)), even.avg_pool((2, 3))),
    "a mean of a flipped image": lambda: Claim(z.flip(axis=1).mean(axis=1), z.mean(axis=1)),
    "a mean of a rolled signal": lambda: Claim(x.roll(1).mean(), x.mean()),
    "a pointwise layer and a mean": lambda: Claim(
        z.conv(w).mean(axis=(1, 2)), z.mean(axis=(1, 2)).linear(w[:, :, 0, 0])
    ),
    "a pointwise layer and an adaptive pool": lambda: Claim(
        z.conv(w).adaptive_avg_pool((3, 2)), z.adaptive_avg_pool((3, 2)).conv(w)
    ),
    "a mean is linear": lambda: Claim(
        (2 * z - z.flip(axis=0)).mean(axis=2), 2 * z.mean(axis=2) - z.flip(axis=0).mean(axis=2)
    ),
    "adaptive pools are symmetric": lambda: Claim(
        x.flip().adaptive_avg_pool(3), x.adaptive_avg_pool(3).flip()
    ),
    "adaptive pools behind a padding along another axis": lambda: Claim(
        z.adaptive_avg_pool((3, 2)).pad(1, 2, axis=0), z.pad(1, 2, axis=0).adaptive_avg_pool((3, 2))
    ),
    "a constant": lambda: Claim(Tensor.ones((H, W)).mean(), ONE),
    "a padded constant": lambda: Claim(
        Signal.ones(n).pad(p, p).mean(), ONE - Signal.ones(2 * p).sum() / (n + 2 * p)
    ),
    "centred": lambda: Claim((x - x.mean().expand((n,))).mean(), 0 * x.mean()),
    "each entry repeated": lambda: Claim(x.upsample(s).mean(), x.mean()),
    "each entry repeated, pooled": lambda: Claim(x.upsample(s).avg_pool(s), x),
    "partial fractions": lambda: Claim(x / n - x / (n + 1), x / n / (n + 1)),
    "a mean weighed by parts": lambda: Claim(
        both[:H].sum() / (H + W) + both[H:].sum() / (H + W), both.mean()
    ),
    "a square of a mean": lambda: Claim(
        x.mean().multiply(x.mean()), x.sum().multiply(x.sum()) / (n * n)
    ),
    "pools of symbolic size": lambda: Claim(
        x.avg_pool(c, stride=s), x.correlate(Signal.ones(c) / c, stride=s)
    ),
    "a constant kernel, padded": lambda: Claim(
        z.avg_pool((2 * p + 1, 3), stride=1, padding=(p, 1)),
        z.pad(p, p, axis=1)
        .pad(1, 1, axis=2)
        .correlate(Signal.ones(2 * p + 1) / (6 * p + 3), axis=1)
        .correlate(Signal.ones(3), axis=2),
    ),
    "pools change places": lambda: Claim(
        x.avg_pool(c, stride=1).avg_pool(s, stride=1), x.avg_pool(s, stride=1).avg_pool(c, stride=1)
    ),
    "two paddings of a pool": lambda: Claim(
        x.pad(p, p).avg_pool(c, stride=s, padding=1), x.avg_pool(c, stride=s, padding=p + 1)
    ),
    "a mean of a convolution": lambda: Claim(
        x.convolve(k).mean(), x.sum().multiply(k.sum()) / (n + c - 1)
    ),
    "sizes that a hypothesis says": lambda: Claim(
        x.mean(), x.sum() / (2 * m), given=[Eq(n, 2 * m)]
    ),
    "sizes between others": lambda: Claim(x.mean(), x.sum() / m, given=[n <= m, m <= n]),
    "a product that a hypothesis says": lambda: Claim(
        z.mean(axis=1), z.sum(axis=1) / (C * W), given=[Eq(H, C * W)]
    ),
    "halves of an even signal": lambda: Claim(
        x.adaptive_avg_pool(2).mean(), x.mean(), given=[Eq(Mod(n, 2), 0)]
    ),
    "quarters of halves": lambda: Claim(
        x.adaptive_avg_pool(4).avg_pool(2), x.adaptive_avg_pool(2), given=[Eq(Mod(n, 4), 0)]
    ),
}
"""Claims that hold for all sizes."""

FALSE: dict[str, tuple[Callable[[], Claim], str, dict[str, int]]] = {
    "a mean of a padded signal": (
        lambda: Claim(x.pad(1, 1).mean(), x.mean()),
        "False",
        {"n": 1},
    ),
    "a mean of a padded image, padded": (
        lambda: Claim(
            z.pad(1, 0, axis=1).mean(axis=1).pad(1, 1, axis=0), z.mean(axis=1).pad(1, 1, axis=0)
        ),
        "False",
        {"C": 1, "H": 1, "W": 1},
    ),
    "means of unequal parts": (
        lambda: Claim((both[:H].mean() + both[H:].mean()) / 2, both.mean()),
        "Eq(H, W)",
        {"H": 1, "W": 2},
    ),
    "another size": (lambda: Claim(x.mean(), x.sum() / m), "Eq(m, n)", {"m": 1, "n": 2}),
    "one of two sizes": (
        lambda: Claim(z.mean(axis=(1, 2)), z.sum(axis=(1, 2)) / H),
        "Eq(W, 1)",
        {"C": 1, "H": 1, "W": 2},
    ),
    "halves of any signal": (
        lambda: Claim(x.adaptive_avg_pool(2).mean(), x.mean()),
        "Eq(n, 1) | Eq(Mod(n, 2), 0)",
        {"n": 3},
    ),
    "a mean of what was spread": (
        lambda: Claim(x.dilate(2).mean(), x.mean()),
        "Eq(n, 1)",
        {"n": 2},
    ),
    "a padded constant": (
        lambda: Claim(Signal.ones(n).pad(1, 1).mean(), ONE),
        "False",
        {"n": 1},
    ),
}
"""Claims that do not, exactly when they hold, and where they fail first."""

WITHOUT_CONDITION: dict[str, tuple[Callable[[], Claim], dict[str, int]]] = {
    "a product of other sizes": (
        lambda: Claim(z.mean(axis=1), z.sum(axis=1) / (C * W)),
        {"C": 1, "H": 1, "W": 2},
    ),
    "thirds of any signal": (
        lambda: Claim(x.adaptive_avg_pool(3).mean(), x.mean()),
        {"n": 4},
    ),
    "a mean of squares": (
        lambda: Claim(z.multiply(z).mean(), z.mean().multiply(z.mean())),
        {"C": 1, "H": 1, "W": 2},
    ),
}
"""Claims whose condition would need products of sizes."""


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved(name: str) -> None:
    verdict = TRUE[name]().prove()
    assert isinstance(verdict, Proved), verdict
    assert verdict.is_complete


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted(name: str) -> None:
    make, condition, first = FALSE[name]
    verdict = make().prove()
    assert isinstance(verdict, Refuted)
    assert str(verdict.condition) == condition
    assert verdict.counterexample.lengths == first


@pytest.mark.parametrize("name", FALSE)
def test_conditions_say_where_they_hold(name: str) -> None:
    claim = FALSE[name][0]()
    condition = claim.condition()
    for at in list(small_lengths(claim))[:40]:
        sizes = {symbol.name: value for symbol, value in at.items()}
        assert claim.at(**sizes).holds == holds_at(condition, at), sizes


@pytest.mark.parametrize("name", WITHOUT_CONDITION)
def test_products_of_sizes_leave_the_condition_open(name: str) -> None:
    make, first = WITHOUT_CONDITION[name]
    verdict = make().prove()
    assert isinstance(verdict, Refuted)
    assert verdict.condition is None
    assert "a question about products of sizes" in str(verdict)
    assert verdict.counterexample.lengths == first


def test_evidence_has_the_sizes() -> None:
    verdict = Claim(x.flip().mean(), x.mean()).prove()
    assert isinstance(verdict, Proved)
    (found,) = (one for one in verdict.evidence if one.change is not None)
    assert (str(found.left), str(found.right)) == ("x[-i + n - 1]/n", "x[a]/n")


def test_the_lines_of_numpy_divide() -> None:
    verdict = Claim(x.mean(), x.sum() / m).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.reproduction.splitlines()[1:] == [
        "x = np.array([1, 0])",
        'print(np.einsum("a->", x) / 2, np.einsum("a->", x) / 1)',
    ]


def test_certificates_divide_where_no_size_is_zero() -> None:
    text = certificate(Claim(x / n, x / n))
    assert "Variable R : fieldType." in text
    assert "(forall n : Z, n <> 0 -> number n <> 0%R :> R) ->\n  scale (ratio 1 n) x" in text


# --- at random -----------------------------------------------------------------------


def _size(rng: random.Random) -> Expr:
    return rng.choice([n, m, n + m, n + 1, 2 * n, n * m, 2 * m + 1, n * n, n + 2])


def _made(rng: random.Random, depth: int) -> SignalExpr:
    """A signal with as many operators, many of which divide."""
    if not depth:
        return rng.choice([x, x, Signal.ones(n)])
    inner = _made(rng, depth - 1)
    ways: list[Callable[[], SignalExpr]] = [
        lambda: inner.flip(),
        lambda: inner.pad(rng.randrange(3), rng.randrange(2)),
        lambda: inner / _size(rng),
        lambda: inner.mean()[None],
        lambda: inner.adaptive_avg_pool(rng.choice([1, 2, 3])),
        lambda: inner.upsample(rng.choice([2, m])),
        lambda: inner.avg_pool(2, stride=rng.choice([1, 2]), padding=1),
        lambda: inner - inner.mean().expand((inner.shape[0],)),
        lambda: inner.multiply(inner),
    ]
    return rng.choice(ways)()


def _claim(rng: random.Random) -> Claim:
    left = _made(rng, rng.randint(1, 3))
    ways: list[Callable[[], SignalExpr]] = [
        lambda: _made(rng, rng.randint(1, 3)),
        lambda: left.flip().flip(),
        lambda: left / _size(rng),
        lambda: (left + left) / 2,
        lambda: left / n + left / m - left / _size(rng),
        lambda: (left.sum() / left.shape[0])[None],
    ]
    return Claim(left, rng.choice(ways)())


@pytest.mark.parametrize("seed", range(60))
def test_verdicts_at_random(seed: int) -> None:
    claim = _claim(random.Random(f"divided {seed}"))
    verdict = claim.prove()
    condition = verdict.condition if isinstance(verdict, Refuted) else None
    names = [symbol.name for symbol in claim.symbols]
    for values in product(range(1, 5), repeat=len(names)):
        at = dict(zip(names, values, strict=True))
        holds = claim.at(**at).holds
        assert holds or not isinstance(verdict, Proved), (claim, at)
        if condition is not None:
            said = holds_at(condition, {symbol: at[symbol.name] for symbol in claim.symbols})
            assert said == holds, (claim, at)
    if isinstance(verdict, Refuted):
        assert not claim.at(**verdict.counterexample.lengths).holds

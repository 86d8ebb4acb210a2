"""Quotients by sizes and what is made of them: means and pools, in every reading."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from symconv import Claim, Proved, Signal, SymconvError, Tensor, integers
from symconv.language.any_size import guarded_sum
from symconv.language.notation import latex, plain
from symconv.language.operators import Divide, Scale

n, c, H, W = integers("n c H W", positive=True)
q = integers("q", nonnegative=True)
a, u = integers("a u")
x, image = Signal("x", n), Tensor("z", (H, W))


def test_entries_are_fractions() -> None:
    assert (x / n).evaluate(x=[3, 6, 1]) == [1, 2, Fraction(1, 3)]
    assert image.mean().evaluate(z=[[1, 2, 3], [5, 8, 9]]) == Fraction(14, 3)
    assert str(x.divide(2 * n).vector(n=2)) == "[x0/4, x1/4]"


def test_a_size_is_taken_apart() -> None:
    (term,) = guarded_sum(image.sum() / (2 * H * W + 2 * H)).terms
    assert term.coefficient == Fraction(1, 2)
    assert sorted(map(str, term.divisors)) == ["H", "W + 1"]


def test_the_formula_can_be_read() -> None:
    formula = image.mean(axis=0).formula(u)
    assert str(formula) == "Sum(z[i, u], (i, 0, H - 1))/H"
    again = Signal.from_formula(u, formula, length=W)
    assert isinstance(Claim(again, image.mean(axis=0)).prove(), Proved)
    assert again.evaluate(z=[[1, 2], [4, 8]]) == [Fraction(5, 2), 5]


def test_formulas_divide_by_positive_sizes_alone() -> None:
    with pytest.raises(SymconvError, match="the same for all indices, got u"):
        Signal.from_formula(u, x[u] / u, length=n)
    share = Signal.from_formula(u, x[u] / q, length=n)
    with pytest.raises(SymconvError, match="add the hypothesis q >= 1"):
        Claim(share, x / q).prove()
    with pytest.raises(SymconvError, match="the divisor q must be positive, got 0"):
        share.evaluate(x=[1], q=0)
    assert isinstance(Claim(share, x / q, given=[q >= 1]).prove(), Proved)


def test_notations() -> None:
    mean = image.mean()
    assert plain(mean) == "sum[axis 0, 1](z)/(H·W)"
    assert latex(x / n) == r"\frac{1}{n}\, x"
    assert str(x / n) == "x/n"
    assert str((x / n).flip()) == "(x/n).flip()"
    assert pickle.loads(pickle.dumps(mean)) is mean


def test_by_a_number_it_is_a_multiple() -> None:
    assert x.divide(4) is x / 4
    assert isinstance((x / 4).operator, Scale)
    assert isinstance((x / n).operator, Divide)
    (at_two,) = (Claim(x / n, x).specialised({n: 2}).lhs,)
    assert str(at_two) == "Fraction(1, 2)*x"


@pytest.mark.parametrize("divisor", [0, -3, -n, 1.5, "n"])
def test_what_is_never_positive_or_no_size_is_refused(divisor: object) -> None:
    with pytest.raises(SymconvError):
        x.divide(divisor)


def test_what_may_be_zero_asks_for_a_hypothesis() -> None:
    y = Tensor("y", (q, W))
    with pytest.raises(SymconvError, match=r"could be 0 or less; add the hypothesis q >= 1 \(at"):
        Claim(y.mean(), y.flip(axis=0).mean()).prove()
    assert isinstance(Claim(y.mean(), y.flip(axis=0).mean(), given=[q >= 1]).prove(), Proved)
    with pytest.raises(SymconvError, match="add the hypothesis a >= 1"):
        Claim(x / a, x / a).prove()
    with pytest.raises(SymconvError, match="the divisor a must be positive, got 0"):
        (x / a).evaluate(x=[1, 2], a=0)
    with pytest.raises(SymconvError, match="no mean over no entries"):
        Signal("x", 0).mean()


# --- adaptive pools ----------------------------------------------------------------------


@pytest.mark.parametrize("outputs", range(1, 6))
@pytest.mark.parametrize("size", range(1, 9))
def test_adaptive_pools_are_means_of_slices(size: int, outputs: int) -> None:
    entries = [3**i for i in range(size)]
    means = []
    for i in range(outputs):
        window = entries[i * size // outputs : -(-(i + 1) * size // outputs)]
        means.append(Fraction(sum(window), len(window)))
    assert x.adaptive_avg_pool(outputs).evaluate(x=entries) == means
    assert Signal("x", size).adaptive_avg_pool(outputs).evaluate(x=entries) == means


def test_adaptive_pools_of_what_is_divided_are_average_pools() -> None:
    wide = Tensor("z", (H, 6, 3 * W))
    assert wide.adaptive_avg_pool((2, W)) is wide.avg_pool((3, 3))
    assert wide.adaptive_avg_pool((6, None)) is wide
    assert wide.adaptive_avg_pool((1, 1)) is wide.mean(axis=(1, 2))[:, None, None]
    assert x.adaptive_avg_pool(n) is x


def test_what_an_adaptive_pool_cannot_be() -> None:
    with pytest.raises(SymconvError, match="size n along axis 0, which is not written as a mult"):
        x.adaptive_avg_pool(c)
    with pytest.raises(SymconvError, match="must be a number from 1 to 64, got 65"):
        x.adaptive_avg_pool(65)

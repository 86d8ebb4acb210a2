"""Claims about layers of several axes: proved for all sizes, or refuted as they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Expr, S, false

from symconv import Claim, Proved, Refuted, Signal, SymconvError, Tensor, Unknown, integers
from symconv.decision.first_differences import small_lengths
from symconv.decision.verdicts import ALL_SIZES
from symconv.language.evaluation import holds_at
from symconv.language.signals import SignalExpr
from tests.generators.tensor_theorems import FALSE, TRUE
from tests.oracles.layers_by_torch import installed

C, H, W = integers("C H W", positive=True)
x = Tensor("x", (C, H, W))


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved_for_all_sizes(name: str) -> None:
    verdict = TRUE[name]().prove()
    assert isinstance(verdict, Proved)
    assert (verdict.scope, verdict.is_complete) == (ALL_SIZES, True)
    assert str(verdict) == f"proved for all sizes{verdict.over}"


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_hold_at_small_sizes(name: str) -> None:
    claim = TRUE[name]()
    tried = 0
    for at in small_lengths(claim):
        sizes = {s.name: value for s, value in at.items()}
        if max(sizes.values()) > 2:
            continue
        assert claim.at(**sizes).holds, sizes
        tried += 1
        if tried == 4:
            return
    assert tried


@pytest.mark.parametrize("name", TRUE)
def test_changes_of_indices_go_there_and_back(name: str) -> None:
    verdict = TRUE[name]().prove()
    assert isinstance(verdict, Proved)
    for found in verdict.evidence:
        if found.change is None:
            continue
        for there, back in ((found.indices, found.inverse), (found.inverse, found.indices)):
            for index, value in there.items():
                again = value.subs(dict(back), simultaneous=True)
                if found.is_identical:
                    assert (again - index).expand() == 0, found


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_refuted(name: str) -> None:
    make, said = FALSE[name]
    verdict = make().prove()
    assert isinstance(verdict, Refuted)
    assert said in str(verdict)


def evaluated(claim: Claim, verdict: Refuted) -> list[Any]:
    """Both sides at the counterexample, by `evaluate`."""
    found = verdict.counterexample
    sides = []
    for side in claim.signals:
        symbols = {s.name for s in side.every_symbol().values()}
        data = {n: np.array(v, dtype=object) for n, v in found.signals.items()}
        named = {n: v for n, v in data.items() if n in side.names[0]}
        lengths = {n: v for n, v in found.lengths.items() if n in symbols}
        sides.append(np.asarray(side.evaluate(**named, **lengths)))
    return sides


@pytest.mark.parametrize("name", FALSE)
def test_counterexamples_are_what_they_say(name: str) -> None:
    claim = FALSE[name][0]()
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    left, right = evaluated(claim, verdict)
    assert left.tolist() == found.lhs
    assert right.tolist() == found.rhs
    if found.index is None:
        assert left.shape != right.shape
    else:
        assert left[found.index] != right[found.index]
        first = next(i for i in np.ndindex(left.shape) if left[i] != right[i])
        assert first == found.index


@pytest.mark.parametrize("name", FALSE)
def test_numpy_reproduces_the_counterexample(name: str) -> None:
    verdict = FALSE[name][0]().prove()
    assert isinstance(verdict, Refuted)
    assert len(verdict.reproduction.splitlines()) == 3
    printed: list[Any] = []
    exec(verdict.reproduction, {"print": lambda *sides: printed.extend(sides)})
    found = verdict.counterexample
    assert [np.asarray(side).tolist() for side in printed] == [found.lhs, found.rhs]


@pytest.mark.parametrize("name", FALSE)
def test_pytorch_reproduces_the_counterexample(name: str) -> None:
    verdict = FALSE[name][0]().prove()
    assert isinstance(verdict, Refuted)
    lines = verdict.pytorch
    if not lines:
        assert "conv(" not in str(verdict.claim)
        return
    installed()
    assert "torch.nn.functional.conv2d(" in lines or "np.zeros(" in lines
    printed: list[Any] = []
    exec(lines, {"print": lambda *sides: printed.extend(sides)})
    found = verdict.counterexample
    assert [np.asarray(side).tolist() for side in printed] == [found.lhs, found.rhs]


def printed(lines: str) -> list[Any]:
    """What three lines print, as lists."""
    sides: list[Any] = []
    exec(lines, {"print": lambda *shown: sides.extend(shown)})
    return [np.asarray(side).tolist() for side in sides]


def test_numpy_takes_empty_tensors_and_single_numbers() -> None:
    n, m = integers("n m", nonnegative=True)
    empty, number = Tensor("e", (n, m, 2)), Signal("a", 1).sum()
    for claim in (
        Claim(empty.pad(0, 1, axis=1), empty.pad(1, 0, axis=2)),
        Claim(number + number, number),
        Claim(number.multiply(Tensor("y", (2, 1))), Tensor("y", (2, 1))),
        Claim(x.unfold(2, stride=2).fold((H, W), 2, stride=2), x),
    ):
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        found = verdict.counterexample
        assert printed(verdict.reproduction) == [found.lhs, found.rhs]


def test_a_named_tensor_has_an_axis() -> None:
    with pytest.raises(SymconvError, match=r"no axes; a number .* is a signal of length 1"):
        Tensor("a", ())


def test_pytorch_takes_one_entry_backwards_and_kernels_of_numbers() -> None:
    installed()
    y, w = Tensor("y", (C, W)), Tensor("w", (2, C, 1))
    ones = Signal.ones(3).rearrange("k -> 1 1 k")
    for claim in (
        Claim(y.flip(axis=0).conv(w), y.conv(w.flip(axis=0).flip(axis=1))),
        Claim(y[:1].conv(ones, padding=1), y[:1], given=[C >= 1]),
        Claim(y[:1, 3:].conv(ones, padding=2), y[:1, :0].pad(0, 1, axis=1).conv(ones, padding=2)),
    ):
        verdict = claim.prove()
        assert isinstance(verdict, Refuted)
        assert printed(verdict.pytorch) == [verdict.counterexample.lhs, verdict.counterexample.rhs]


@pytest.mark.parametrize("name", FALSE)
def test_the_condition_and_the_differences_hold_pointwise(name: str) -> None:
    claim = FALSE[name][0]()
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    condition, found = verdict.condition, verdict.differences
    assert condition is not None
    assert found is not None
    tried = 0
    for at in small_lengths(claim):
        if max(at.values()) > 3:
            continue
        instance = claim.at(**{s.name: value for s, value in at.items()})
        left, right = instance.lhs, instance.rhs
        assert holds_at(condition, at) == instance.holds, at
        assert holds_at(found.lengths, at) == (left.shape != right.shape), at
        if left.shape == right.shape and not instance.holds:
            differing = [i for i in np.ndindex(left.shape) if (left - right)[i].expand() != 0]
            said = [
                i
                for i in np.ndindex(left.shape)
                if holds_at(found.entries, {**at, **dict(zip(found.indices, i, strict=True))})
            ]
            assert said == differing, at
        tried += 1
        if tried == 8:
            break


def test_numpy_knows_the_shape_of_what_is_empty() -> None:
    n = integers("n", nonnegative=True)
    empty = Tensor("z", (1, n, 2))
    verdict = Claim(empty.pad(1, 0, axis=1), empty.pad(0, 1, axis=2)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 0}
    printed: list[Any] = []
    exec(verdict.reproduction, {"print": lambda *sides: printed.extend(sides)})
    assert [side.shape for side in printed] == [(1, 1, 2), (1, 0, 3)]


def test_instances_have_arrays() -> None:
    claim = Claim(x.flip(axis=1).flip(axis=1), x)
    instance = claim.at(C=1, H=2, W=2)
    assert instance.lhs.shape == (1, 2, 2)
    assert instance.holds
    assert (instance.simplified == S.Zero).all()
    wrong = Claim(x.flip(axis=1), x.pad(0, 1, axis=2)).at(C=1, H=1, W=1)
    with pytest.raises(SymconvError, match=r"shapes \(1, 1, 1\) and \(1, 1, 2\)"):
        wrong.difference  # noqa: B018 - it raises


def test_shapes_that_differ_are_told() -> None:
    verdict = Claim(x.pad(1, 0, axis=1), x.pad(1, 0, axis=2)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.index is None
    assert verdict.counterexample.lengths == {"C": 1, "H": 1, "W": 1}
    assert "never have the same shape" in str(verdict)
    equal = Claim(x.pad(W, 0, axis=1), x.pad(H, 0, axis=2))
    assert "differ in shape exactly when" in str(equal.prove()) or not equal.prove()


def test_other_numbers_of_axes_are_no_claim() -> None:
    with pytest.raises(SymconvError, match="3 axes with one of 2"):
        Claim(x, Tensor("y", (C, H)))


def test_sizes_that_do_not_fit_are_refused_with_the_hypothesis() -> None:
    w = Tensor("w", (2, 4, 3, 3))
    with pytest.raises(SymconvError, match="add the hypothesis C == 4"):
        Claim(x.conv(w), x.conv(w)).prove()
    assert Claim(x.conv(w), x.conv(w), given=C >= 4) is not None
    from sympy import Eq

    assert Claim(x.conv(w), x.conv(w), given=[Eq(C, 4)]).prove()
    halves = x.rearrange("c (h r) w -> c h (w r)", r=2)
    with pytest.raises(SymconvError, match=r"Eq\(Mod\(H, 2\), 0\)"):
        Claim(halves, halves).prove()


def test_sums_that_have_to_be_counted_are_counted_or_unknown() -> None:
    ones = Tensor.ones((C, H))
    verdict = Claim(ones.sum(axis=0), Tensor.ones((H,)).pad(0, 0)).prove()
    assert isinstance(verdict, Refuted | Unknown)


def in_four_pieces(x: SignalExpr, height: Expr, width: Expr) -> SignalExpr:
    """A tensor cut along both axes, and put together again."""
    rows: SignalExpr = x[:1].pad(0, height - 1, axis=0) + x[1:].pad(1, 0, axis=0)
    whole: SignalExpr = rows[:, :2].pad(0, width - 2, axis=1) + rows[:, 2:].pad(2, 0, axis=1)
    return whole


def test_sums_over_pieces_are_counted_together() -> None:
    """Without barvinok; each of the pieces alone would have to be counted."""
    bias = Tensor("b", (1,))

    def image(height: Expr, width: Expr) -> SignalExpr:
        return bias.rearrange("1 -> h w", h=height, w=width)

    def boxed(x: SignalExpr) -> SignalExpr:
        return x.correlate(Signal.ones(3), axis=0).correlate(Signal.ones(3), axis=1)

    pieces = in_four_pieces(image(H + 2, W + 2), H + 2, W + 2)
    assert Claim(boxed(pieces), 9 * image(H, W)).prove()
    assert Claim(boxed(pieces), boxed(image(H + 2, W + 2))).prove()
    less = boxed(pieces - image(H + 2, 1).pad(0, W + 1, axis=1))
    eight = Claim(boxed(pieces), 8 * image(H, W)).prove()
    assert isinstance(eight, Refuted)
    assert eight.condition == false
    verdict = Claim(less, 9 * image(H, W)).prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"H": 1, "W": 1}


def test_sizes_too_large_for_a_counterexample_are_named_if_there_are_any() -> None:
    large = Tensor("y", (1000, 2000))
    verdict = Claim(large.flip(axis=0), large).prove()
    assert str(verdict).startswith("unknown: it seems to fail, which cannot be re-checked: ")

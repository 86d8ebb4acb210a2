"""Counterexamples with functions and maxima: the lines that reproduce them, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symconv import Claim, Pointwise, Refuted, Signal, Tensor, Undecided, integers, maximum
from symconv.language.functions import FUNCTIONS
from tests.oracles.layers_by_torch import installed

n = integers("n", positive=True)
x, y = Signal("x", n), Signal("y", n)
z = Tensor("z", (2, n))
f, g, np_, half = (
    Pointwise("f"),
    Pointwise("lambda_", 0),
    Pointwise("np", 1),  # a name that the lines use themselves
    Pointwise("phi", Fraction(1, 2)),
)


def false_claims() -> Iterator[tuple[str, Claim]]:
    for name in (*FUNCTIONS, "leaky_relu"):

        def of(t: Any, name: str = name) -> Any:
            return getattr(t, name)()

        yield f"{name} of a sum", Claim(of(x + y), of(x) + of(y))
        yield f"{name} in part", Claim(of(x)[1:], of(x)[:-1], given=[n >= 2])
        yield f"{name} twice, reversed", Claim(2 * of(x).flip(), of(2 * x + y))
        yield f"{name} in a product", Claim(of(x).flip().multiply(y), of(x).multiply(y))
        yield f"{name} of itself", Claim(of(of(x)).pad(1, 1), of(x).pad(1, 0))
    yield "a negative slope", Claim((x + y).leaky_relu(Fraction(-1, 2)), x)
    yield "any function", Claim(f(x).flip(), f(x))
    yield "padding and a function", Claim(np_(x).pad(1, 1), np_(x.pad(1, 1)))
    yield "a function of a sum", Claim(half(x) + half(y), half(x + y))
    yield "a function and nothing", Claim(g(x), x)
    yield "a function of two", Claim(f(x), f(y))
    yield "a function twice", Claim(f(f(x)), f(x))
    yield "a function of fractions", Claim(f(x / 2), f(x) / 2)
    yield "a maximum reversed", Claim(maximum(x + y, x).flip(), maximum(x + y, x))
    yield "a maximum that repeats", Claim(maximum(z, x), z)
    part = x.max_pool(2, stride=1)[0:1]
    yield "the first window", Claim(part, x.max_pool(n, stride=1), given=[n >= 2])
    yield "along the first axis", Claim(z.max(axis=0), z[0])
    yield "along the last axis", Claim(z.max(axis=1), z[:, 0])
    yield "a number", Claim(x.max(), x.sum())
    yield "ceil", Claim(x.max_pool(3, stride=2, padding=1, ceil_mode=True), x)
    yield "a sum of pools", Claim((x + y).max_pool(2) + x.max_pool(2), x.max_pool(2))


FALSE = dict(false_claims())


def floats(side: Any) -> Any:
    return [floats(part) for part in side] if isinstance(side, list) else float(side)


def check(lines: str, verdict: Refuted) -> None:
    """Whether the lines print what the counterexample says."""
    printed: list[Any] = []
    exec(lines, {"print": lambda *sides: printed.extend(sides)})
    found = verdict.counterexample
    for side, expected in zip(printed, (found.lhs, found.rhs), strict=True):
        assert np.shape(side) == np.shape(floats(expected))
        assert np.asarray(side, dtype=float) == pytest.approx(np.array(floats(expected)))


@pytest.mark.parametrize("name", FALSE)
@pytest.mark.filterwarnings("ignore:overflow")
def test_numpy_reproduces_the_counterexample(name: str) -> None:
    verdict = FALSE[name].prove()
    assert isinstance(verdict, Refuted)
    assert len(verdict.reproduction.splitlines()) == 3
    check(verdict.reproduction, verdict)
    assert verdict.counterexample.functions.keys() == FALSE[name].functions.keys()


def test_a_constant_function_is_one_of_arrays() -> None:
    from symconv.decision.numpy_script import numpy_lines
    from symconv.decision.verdicts import Counterexample

    found = Counterexample({"n": 2}, {"x": [1, 2]}, 0, [3, 3], [1, 2], {"f": "3"})
    printed: list[Any] = []
    exec(numpy_lines(Claim(f(x), x), found), {"print": lambda *sides: printed.extend(sides)})
    assert [side.tolist() for side in printed] == [[3, 3], [1, 2]]


# --- PyTorch -------------------------------------------------------------------------

w, image = Tensor("w", (3, 2, 3)), Tensor("q", (2, 5))
v, square = Tensor("v", (2, 2, 3, 3)), Tensor("r", (2, 5, 5))
F = "torch.nn.functional."
LAYERS: dict[str, tuple[Callable[[], Claim], str]] = {
    "relu": (
        lambda: Claim(image.conv(w).relu().max_pool((2,)), image.conv(w).max_pool((2,))),
        f"{F}max_pool1d({F}relu({F}conv1d(torch.tensor(q), torch.tensor(w))), 2).numpy()",
    ),
    "gelu": (
        lambda: Claim(square.conv(v, padding=1).gelu().conv(v), square.conv(v)),
        f"{F}gelu({F}conv2d(torch.tensor(r), torch.tensor(v), padding=1))",
    ),
    "two axes": (
        lambda: Claim(square.conv(v).max_pool((2, 3), stride=1, padding=1), square),
        f"{F}max_pool2d({F}conv2d(torch.tensor(r), torch.tensor(v)), (2, 3), stride=1, padding=1)",
    ),
    "a slope": (
        lambda: Claim(image.conv(w).leaky_relu(Fraction(1, 5)), image.conv(w)),
        f"{F}leaky_relu({F}conv1d(torch.tensor(q), torch.tensor(w)), 1/5).numpy()",
    ),
    "exp": (lambda: Claim(image.conv(w).exp(), image.conv(w)), "torch.exp(torch.nn"),
    "padding of one side": (
        lambda: Claim(image.conv(w).max_pool(2, padding=((1, 0),), axes=1), image.conv(w)),
        f"np.stack([np.take({F}conv1d(",
    ),
    "channels": (lambda: Claim(image.conv(w).max(axis=0), image[0]), "np.stack([np.take("),
}


@pytest.mark.parametrize("name", LAYERS)
def test_pytorch_lines(name: str) -> None:
    make, expected = LAYERS[name]
    verdict = make().prove()
    assert isinstance(verdict, Refuted)
    assert expected in verdict.pytorch


@pytest.mark.parametrize("name", LAYERS)
def test_pytorch_reproduces_the_counterexample(name: str) -> None:
    installed()
    verdict = LAYERS[name][0]().prove()
    assert isinstance(verdict, Refuted)
    check(verdict.pytorch, verdict)


# --- what there is not ---------------------------------------------------------------


def test_there_is_no_exact_condition() -> None:
    claim = Claim(x.relu().flip(), x.relu())
    with pytest.raises(Undecided, match="computed for sums of products alone"):
        claim.condition()
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    assert (verdict.condition, verdict.differences) == (None, None)
    assert "without functions" in verdict.undecided
    assert "without functions" in str(verdict)


def test_there_are_no_instances() -> None:
    with pytest.raises(Undecided, match=r"no polynomials; prove\(\) decides it"):
        Claim(x.relu(), x).at(n=3).holds  # noqa: B018 - it raises


def test_a_claim_knows_its_functions() -> None:
    claim = Claim(half(f(x)), g(x.relu()))
    assert claim.functions == {"f": None, "lambda_": 0, "phi": Fraction(1, 2)}
    assert Claim(x, y).functions == {}

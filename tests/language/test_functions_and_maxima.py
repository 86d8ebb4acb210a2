"""Functions of each entry, and maxima: their values, how they are written, what they have not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, cast

import numpy as np
import pytest
from sympy import I, Symbol

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Refuted,
    Signal,
    SymconvError,
    Tensor,
    Undecided,
    Unknown,
    integers,
    maximum,
)
from symconv.language.functions import FUNCTIONS
from symconv.language.notation import latex, plain
from symconv.reading.text.functions import POINTWISE
from tests.oracles.layers_by_torch import double, installed, numbers

n = integers("n", positive=True)
u = integers("u")
x, y = Signal("x", n), Signal("y", n)
f = Pointwise("f")

BY_DEFINITION: dict[str, Callable[[float], float]] = {
    "relu": lambda a: a if a > 0 else 0,
    "relu6": lambda a: 0 if a < 0 else 6 if a > 6 else a,
    "leaky_relu": lambda a: a if a > 0 else a / 100,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": lambda a: (math.exp(a) - math.exp(-a)) / (math.exp(a) + math.exp(-a)),
    "gelu": lambda a: a * (1 + math.erf(a / math.sqrt(2))) / 2,
    "silu": lambda a: a / (1 + math.exp(-a)),
    "hardswish": lambda a: 0 if a <= -3 else a if a >= 3 else a * (a + 3) / 6,
    "exp": math.exp,
    "reciprocal": lambda a: 1 / a,
    "sqrt": math.sqrt,
    "log": math.log,
    "erf": math.erf,
}
ARGUMENTS = [-7.5, -3, -1, -0.25, 0, 0.5, 2, 3, 6, 9]
DEFINED: dict[str, Callable[[float], bool]] = {
    "reciprocal": lambda a: a != 0,
    "sqrt": lambda a: a >= 0,
    "log": lambda a: a > 0,
}


def arguments_of(name: str) -> list[float]:
    """The arguments at which a function has a value."""
    return list(filter(DEFINED.get(name, lambda a: True), ARGUMENTS))


def test_every_function_is_here() -> None:
    assert BY_DEFINITION.keys() == {*FUNCTIONS, "leaky_relu"} == POINTWISE


@pytest.mark.parametrize("name", BY_DEFINITION)
def test_values(name: str) -> None:
    arguments = arguments_of(name)
    found = getattr(x, name)().evaluate(x=[Fraction(a) for a in arguments])
    assert [float(a) for a in found] == pytest.approx(list(map(BY_DEFINITION[name], arguments)))


@pytest.mark.parametrize("name", DEFINED)
def test_where_there_is_no_value(name: str) -> None:
    made = getattr(x, name)()
    for a in ARGUMENTS:
        if a in arguments_of(name):
            continue
        with pytest.raises(SymconvError, match="where it has no value"):
            made.evaluate(x=[Fraction(a)])
        assert math.isnan(made.evaluate(x=[float(a)])[0])


def test_claims_are_about_where_there_are_values() -> None:
    for name in DEFINED:
        one, other = getattr(x, name)(), getattr(y, name)()
        assert Claim(one.multiply(y).flip(), getattr(x.flip(), name)().multiply(y.flip())).prove()
        refuted = Claim(one, other).prove()
        assert isinstance(refuted, Refuted)
        entries = (*refuted.counterexample.signals["x"], *refuted.counterexample.signals["y"])
        assert all(map(DEFINED[name], entries))
    assert Claim(x.max_pool(2).log(), x.log().max_pool(2)).prove()
    assert isinstance(Claim(x.pad(1, 1).sqrt(), x.sqrt().pad(1, 1)).prove(), Proved)
    # 1/0 is nowhere, so that nothing is said of what stands beside padding
    assert isinstance(Claim(x.pad(1, 1).reciprocal(), x.reciprocal().pad(1, 1)).prove(), Unknown)


@pytest.mark.parametrize("name", BY_DEFINITION)
def test_pytorch_has_the_same_values(name: str) -> None:
    call = getattr(installed().nn.functional, name, None) or getattr(installed(), name)
    theirs = numbers(call(double(np.array(arguments_of(name)))))
    assert list(map(BY_DEFINITION[name], arguments_of(name))) == pytest.approx(theirs.tolist())


def test_functions_of_fractions_are_exact() -> None:
    third = Fraction(1, 3)
    assert x.leaky_relu(third).evaluate(x=[-1, 2]) == [-third, 2]
    assert x.hardswish().evaluate(x=[-1, 1]) == [Fraction(-1, 3), Fraction(2, 3)]
    assert x.relu().evaluate(x=[-third, third]) == [0, third]


def test_other_numbers() -> None:
    assert x.exp().evaluate(x=[1e308]) == [math.inf]
    assert x.sigmoid().evaluate(x=[-1e308, 1e308]) == [0, 1]
    a = Symbol("a", real=True)
    (found,) = x.silu().evaluate(x=[a])
    assert float(found.subs(a, 2)) == pytest.approx(BY_DEFINITION["silu"](2))


# --- maxima --------------------------------------------------------------------------


def pooled(a: Any, size: int, stride: int, padding: int, dilation: int) -> list[Any]:
    """The largest of each window of a sequence, place by place."""
    first, found = -padding, []
    while first + dilation * (size - 1) < len(a) + padding:
        places = [first + dilation * j for j in range(size)]
        found.append(max(a[p] for p in places if 0 <= p < len(a)))
        first += stride
    return found


WINDOWS = [
    (size, stride, padding, dilation)
    for size, stride, padding, dilation in product((1, 2, 3), (1, 2), (0, 1), (1, 2))
    if 2 * padding <= size
]


@pytest.mark.parametrize(("size", "stride", "padding", "dilation"), WINDOWS)
def test_max_pools(size: int, stride: int, padding: int, dilation: int) -> None:
    rng = random.Random(f"{size}{stride}{padding}{dilation}")
    for length in (4, 5, 7):
        entries = [rng.randint(-9, -1) for _ in range(length)]  # where a padded 0 would count
        made = Signal("x", length).max_pool(size, stride=stride, padding=padding, dilation=dilation)
        assert made.evaluate(x=entries) == pooled(entries, size, stride, padding, dilation)


def test_max_pools_of_images() -> None:
    rng = random.Random(1)
    entries = np.array([[[rng.randint(-9, 9) for _ in range(6)] for _ in range(5)]] * 2)
    made = Tensor("x", (2, 5, 6)).max_pool((2, 3), stride=(2, 1), padding=(1, 1))
    found = np.array(made.evaluate(x=entries))
    assert found.shape == made.shape == (2, 3, 6)
    for channel, u, v in np.ndindex(*found.shape):
        window = entries[channel, max(2 * u - 1, 0) : 2 * u + 1, max(v - 1, 0) : v + 2]
        assert found[channel, u, v] == window.max()


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pytorch_pools_the_same(stride: int, ceil_mode: bool) -> None:
    entries = np.array([[3, -1, 4, -1, 5, -9, 2, 6]])
    layer = installed().nn.functional.max_pool1d
    theirs = numbers(layer(double(entries), 3, stride, 1, ceil_mode=ceil_mode))
    ours = Tensor("x", (1, 8)).max_pool((3,), stride=stride, padding=1, ceil_mode=ceil_mode)
    assert np.array(ours.evaluate(x=entries)).tolist() == theirs.tolist()


def test_maxima_along_axes() -> None:
    entries = np.array([[[1, 5], [7, 2]], [[-3, -4], [-1, -2]]])
    tensor = Tensor("x", (2, 2, 2))
    axes: Sequence[int | tuple[int, ...]] = (0, 1, -1, (0, 1), (1, 2), (0, 1, 2))
    for axis in axes:
        made = np.array(tensor.max(axis=axis).evaluate(x=entries))
        assert made.tolist() == entries.max(axis=axis).tolist()
    larger = maximum(tensor, tensor[0]).evaluate(x=entries)
    assert np.array(larger).tolist() == np.maximum(entries, entries[0]).tolist()


# --- as it is written ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "text", "in_plain", "in_latex"),
    [
        (x.relu(), "x.relu()", "relu(x)", r"\operatorname{ReLU}\left(x\right)"),
        (x.silu(), "x.silu()", "silu(x)", r"\operatorname{SiLU}\left(x\right)"),
        (x.tanh(), "x.tanh()", "tanh(x)", r"\tanh\left(x\right)"),
        (
            x.leaky_relu(Fraction(1, 5)),
            "x.leaky_relu(Fraction(1, 5))",
            "leaky_relu(x; 1/5)",
            r"\operatorname{LeakyReLU}_{1/5}\left(x\right)",
        ),
        (x.sigmoid(), "x.sigmoid()", "sigmoid(x)", r"\operatorname{sigmoid}\left(x\right)"),
        (f(x), "f(x)", "f(x)", r"f\left(x\right)"),
        (Pointwise("phi")(x), "phi(x)", "phi(x)", r"\phi\left(x\right)"),
        (maximum(x, y), "maximum(x, y)", "max(x, y)", r"\max\left(x, y\right)"),
        (
            x.max_pool(2),
            "x.max_pool(2)",
            "maxpool(x; 2)",
            r"\operatorname{maxpool}\left(x;\, 2\right)",
        ),
    ],
    ids=str,
)
def test_notation(made: Any, text: str, in_plain: str, in_latex: str) -> None:
    assert (str(made), plain(made), latex(made)) == (text, in_plain, in_latex)


@pytest.mark.parametrize("made", [x.relu(), f(x), x.max_pool(2), maximum(x, y)], ids=str)
def test_they_have_no_formula(made: Any) -> None:
    for one in (made, made.pad(1, 1), made.convolve(x)):
        with pytest.raises(Undecided, match="no sum of products, which have formulas here"):
            one.formula(u)


def test_what_is_no_argument_is_refused() -> None:
    for call, message in (
        (lambda: cast("Any", maximum)(x, 0), r"maximum\(x, y\) takes a signal, got 0"),
        (lambda: cast("Any", f)(3), r"f\(x\) takes a signal, got 3"),
        (lambda: x.leaky_relu(0.1), "the slope of a leaky ReLU is an integer or a fraction"),
        (lambda: Pointwise("f", 0.5), r"f\(0\) of f is an integer or a fraction"),
        (lambda: Pointwise("relu"), r"relu is a function that is known; write x\.relu\(\)"),
        (lambda: Pointwise("2"), "an identifier such as 'f'"),
        (lambda: Pointwise("lambda"), "an identifier such as 'f'"),
        (lambda: x.max(axis=1), "x has axis 0 alone, and no axis 1"),
        (lambda: x.relu().evaluate(x=[1j]), "there is no largest of 1j, 0j; real numbers"),
        (lambda: x.max_pool(2).evaluate(x=[I, 1]), "there is no largest of I, 1"),
    ):
        with pytest.raises(SymconvError, match=message):
            call()

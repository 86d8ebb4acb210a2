"""Tensors of numbers that are formulas have these numbers; others are none."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from symconv.reading.networks.known_numbers import as_formula, meant


def step_of(kind: Any) -> Callable[[float], float]:
    return lambda number: float(np.spacing(kind(abs(number))))


def one_hot(shape: tuple[int, ...], places: Any, value: float = 1) -> Any:
    array = np.zeros(shape, dtype=np.float32)
    for place in places:
        array[place] = value
    return array


WINDOW = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64

KNOWN: dict[str, Any] = {
    "a number": np.array(3.5),
    "no entries": np.zeros((0, 3)),
    "zeros": np.zeros((2, 3)),
    "ninths": np.full((2, 3), 1 / 9, dtype=np.float32),
    "unit matrix": np.eye(40),
    "unit matrix turned": np.eye(40)[::-1],
    "a part of one": np.eye(30, 40, 5),
    "the identity as a kernel": one_hot((40, 40, 3, 3), [(i, i, 1, 1) for i in range(40)]),
    "the same in groups": one_hot((40, 8, 3, 3), [(i, i % 8, 1, 1) for i in range(40)]),
    "means in groups": one_hot((40, 8, 3, 3), [(i, i % 8) for i in range(40)], 1 / 9),
    "repeated entries": np.kron(np.eye(20), np.ones((1, 2))),
    "beside the middle": one_hot((5, 5, 3), [(i, i, 2) for i in range(5)], 0.1),
    "a few": np.array([1, -2, 0, 1.5]),
    "a binomial filter": WINDOW,
    "one row": one_hot((30, 30), [(3, j) for j in range(30)]),
}


@pytest.mark.parametrize("name", KNOWN)
def test_formulas_have_the_numbers(name: str) -> None:
    array = KNOWN[name]
    found = as_formula(array, step_of(array.dtype.type))
    assert found is not None
    assert found.ndim == array.ndim
    assert np.array(found.array(), dtype=float).shape == array.shape
    assert np.allclose(np.array(found.array(), dtype=float), array, rtol=1e-6)


UNKNOWN: dict[str, Any] = {
    "at random": np.random.default_rng(0).standard_normal((3, 3)),
    "many": np.arange(36.0).reshape(6, 6),
    "in single precision": np.random.default_rng(1).random(9).astype(np.float32),
    "twice in a row": one_hot((40, 40), [(i, (i * i) % 40) for i in range(40)]),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_other_numbers_are_none(name: str) -> None:
    assert as_formula(UNKNOWN[name], step_of(UNKNOWN[name].dtype.type)) is None


KINDS = [np.float32, np.float64]


def meant_by(number: Any, largest_denominator: int = 300) -> Fraction:
    return meant(float(number), step_of(type(number))(number), largest_denominator)


@pytest.mark.parametrize("kind", KINDS)
def test_simple_fractions(kind: Any) -> None:
    for p, q in product((0, 1, 2, 7, 100, -3), (1, 3, 9, 10, 49, 255)):
        assert meant_by(kind(p) / kind(q)) == Fraction(p, q)


@pytest.mark.parametrize("kind", KINDS)
def test_decimals_are_what_was_written(kind: Any) -> None:
    for written in ("0.044715", "-1.0507", "1e-5", "1e-12", "0.7978846", "123.456", "33554436"):
        assert meant_by(kind(written)) == Fraction(written)


def test_it_is_rounded_to_the_number() -> None:
    rng = np.random.default_rng(2)
    for number in rng.standard_normal(300).astype(np.float32):
        assert np.float32(float(meant_by(number))) == number
        simple = meant_by(number, 10**9)
        assert np.float32(simple.numerator / simple.denominator) == number
        smaller = range(1, min(simple.denominator, 200))
        assert all(np.float32(round(float(number) * q) / q) != number for q in smaller)

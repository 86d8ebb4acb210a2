"""Formulas of kernels written in operators: what is written is the same tensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Eq, Expr, Piecewise, Rational, Sum

from symconv import SignalExpr, Tensor, einsum, integers
from symconv.decision.comparing.in_operators import in_operators
from symconv.language.graph import leaves, walk
from symconv.language.operators import Einsum, Formula
from tests.generators.computations import random

t, u, v, i = integers("t u v i", nonnegative=True)
w, r, s = Tensor("w", (2, 3, 4)), Tensor("r", (2,)), Tensor("s", (2,))
p, q = Tensor("p", (2, 3, 1)), Tensor("q", (2, 2))
SHAPE = (2, 3, 4)


def where(condition: object, entry: Expr | int) -> Expr:
    return Piecewise((entry, condition), (0, True))


def values(tensor: SignalExpr) -> Any:
    named = {name: random(*map(int, one.shape)) for name, one in leaves(tensor).items()}
    return np.asarray(tensor.evaluate(**named), dtype=float)


@pytest.mark.parametrize(
    "entry",
    [
        w[t, u, v] * r[t] * s[t],
        -3 * w[t, u, v] * r[t],
        Rational(1, 2) * r[t],
        w[t, u, v] + where(Eq(v, 1), p[t, u, v - 1] * s[t]) - 2 * r[t] * s[t],
        where(Eq(t, u) & Eq(v, 1), r[t] * s[t]),
        where(Eq(v, 2), 5 * r[t]),
        where(v >= 1, r[t]),
        where(Eq(v, 1), p[t, u, v - 1]) + w[t, u, v] / 7,
    ],
)
def test_what_is_written_is_the_same(entry: Expr) -> None:
    formula = Tensor.from_formula((t, u, v), entry, shape=SHAPE)
    written = in_operators(formula)
    assert not any(isinstance(n.operator, Formula) and n.operands for n in walk(written))
    assert not any(len(n.operands) > 2 for n in walk(written) if isinstance(n.operator, Einsum))
    assert np.allclose(values(written), values(formula))
    assert np.any(values(formula))


@pytest.mark.parametrize(
    "entry",
    [
        Sum(w[t, u, i] * r[t], (i, 0, 3)),
        r[t] ** 2,
        w[t, u, v] * r[1 - t],
        q[t, t] * r[t],
        where(Eq(v, 1), w[t, u, v]) * where(Eq(u, 1), 1),
    ],
)
def test_other_formulas_are_left(entry: Expr) -> None:
    formula = Tensor.from_formula((t, u, v), entry, shape=SHAPE)
    assert in_operators(formula) is formula


def test_products_of_several_tensors_are_products_of_two() -> None:
    several = einsum("abc,a,b,cd->db", w, r, Tensor("m", (3,)), Tensor("n", (4, 5)))
    written = in_operators(several)
    assert [len(node.operands) for node in walk(written) if node.operands] == [2, 2, 2]
    assert np.allclose(values(written), values(several))
    assert in_operators(written) is written
    assert in_operators(w) is w

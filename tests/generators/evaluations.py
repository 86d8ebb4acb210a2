"""Tensors with data for them, from every operator that a statement of Rocq can have."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from sympy import And, Eq, Integer, Piecewise, Symbol, floor, symbols

from symconv import SignalExpr, SymconvError, Tensor, einsum
from symconv.language.graph import leaves
from symconv.language.operators import Extension

__all__ = ["STEPS", "Evaluation", "random_evaluation"]

MOST = 100
"""How many entries a tensor has at most."""


class Evaluation:
    """A tensor that is built step by step, and values for everything in it.

    Attributes:
        tensors: the entries of the named tensors.
        numbers: the values of the symbols.
        signal: what is built of them.
        value: its entries, as symconv evaluates it.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.tensors: dict[str, NDArray[Any]] = {}
        self.numbers: dict[str, int] = {}
        rank = rng.choice([1, 2, 2, 3, 3, 4])
        most = {1: 8, 2: 6}.get(rank, 3)
        weights = [1, *(4 for _ in range(most))]
        self.signal: SignalExpr = self.leaf(rng.choices(range(most + 1), weights, k=rank))
        self.value = self._value(self.signal)

    def leaf(self, sizes: list[int], shape: list[Any] | None = None) -> Tensor:
        """A new named tensor; its sizes may be told by symbols."""
        name = f"x{len(self.tensors)}_"
        entries = [self.rng.randint(-3, 3) for _ in range(prod(sizes))]
        self.tensors[name] = np.array(entries, dtype=object).reshape(sizes)
        return Tensor(name, [self.amount(size) for size in sizes] if shape is None else shape)

    def amount(self, value: int) -> Any:
        """An amount of a value: the number, or an expression in a symbol."""
        if self.rng.random() < 0.75:
            return value
        name = f"a{len(self.numbers)}_"
        self.numbers[name] = value
        if value > 0:
            return Symbol(name, integer=True, positive=True)
        if value == 0:
            return Symbol(name, integer=True, nonnegative=True)
        self.numbers[name] = 3 * value + 1
        return floor(Symbol(name, integer=True) / 3)

    def apply(self, step: Callable[[Evaluation], SignalExpr | None]) -> bool:
        """Take a step, where that is defined; whether it was."""
        if self.signal.ndim == 0:
            return False
        try:
            signal = step(self)
            value = None if signal is None else self._value(signal)
        except SymconvError:
            return False
        if signal is None or value is None or value.size > MOST:
            return False
        self.signal, self.value = signal, value
        return True

    def _value(self, signal: SignalExpr) -> NDArray[Any]:
        tensors = {name: self.tensors[name] for name in leaves(signal)}
        numbers = {name: self.numbers[name] for name in signal.every_symbol()}
        inferred = {s for leaf in leaves(signal).values() for s in leaf.every_symbol()}
        given = {name: value for name, value in numbers.items() if name not in inferred}
        return np.array(signal.evaluate(**tensors, **given), dtype=object)

    def axis(self) -> int:
        return self.rng.randrange(self.signal.ndim)

    def letters(self) -> str:
        return "abcdefgh"[: self.signal.ndim]


def random_evaluation(rng: random.Random, first: str, steps: int) -> Evaluation | None:
    """A tensor of a few random steps, of which one is given; None where that was not defined."""
    made = Evaluation(rng)
    for _ in range(steps):
        made.apply(STEPS[rng.choice(sorted(STEPS))])
    return made if made.apply(STEPS[first]) else None


# --- the steps -----------------------------------------------------------------------


def _pad(made: Evaluation) -> SignalExpr:
    left, right = (made.amount(made.rng.choice([-5, -3, -2, -1, 0, 1, 2, 4])) for _ in range(2))
    return made.signal.pad(left, right, axis=made.axis())


def _extend(made: Evaluation) -> SignalExpr:
    axis, mode = made.axis(), made.rng.choice(get_args(Extension))
    size = made.value.shape[axis]
    most = {"reflect": max(0, size - 1), "replicate": 3 if size else 0}.get(mode, size)
    left, right = (made.amount(made.rng.randint(0, min(most, 3))) for _ in range(2))
    return made.signal.pad(left, right, mode, axis=axis)


def _flip(made: Evaluation) -> SignalExpr:
    return made.signal.flip(axis=made.axis())


def _roll(made: Evaluation) -> SignalExpr:
    axis = made.axis()
    size = made.value.shape[axis]
    return made.signal.roll(made.rng.randint(-size, size), axis=axis)


def _downsample(made: Evaluation) -> SignalExpr:
    return made.signal.downsample(made.amount(made.rng.randint(1, 4)), axis=made.axis())


def _dilate(made: Evaluation) -> SignalExpr:
    return made.signal.dilate(made.amount(made.rng.randint(1, 3)), axis=made.axis())


def _windows(made: Evaluation) -> SignalExpr:
    size, stride, dilation = (made.amount(made.rng.choice([1, 2, 2, 3])) for _ in range(3))
    return made.signal.windows(size, stride=stride, dilation=dilation, axis=made.axis())


def _convolve(made: Evaluation) -> SignalExpr:
    return made.signal.convolve(made.leaf([made.rng.randint(0, 3)]), axis=made.axis())


def _correlate(made: Evaluation) -> SignalExpr:
    stride, dilation = (made.amount(made.rng.randint(1, 3)) for _ in range(2))
    kernel = made.leaf([made.rng.randint(1, 3)])
    return made.signal.correlate(kernel, stride=stride, dilation=dilation, axis=made.axis())


def _conv(made: Evaluation) -> SignalExpr | None:
    rng, rank = made.rng, made.signal.ndim
    batch = rng.choice([0, 1])
    axes = rank - 1 - batch
    if axes < 1:
        return None
    channels = made.value.shape[batch]
    groups = max(rng.choice([g for g in (1, 2, 3) if channels % g == 0]) for _ in range(2))
    kernel = made.leaf(
        sizes := [
            groups * rng.randint(1, 3 if groups == 1 else 2),
            channels // groups,
            *(rng.randint(1, 2) for _ in range(axes)),
        ],
        list(sizes),
    )
    stride, dilation = (tuple(made.amount(rng.randint(1, 3)) for _ in range(axes)) for _ in "sd")
    return made.signal.conv(kernel, stride=stride, dilation=dilation, groups=groups)


def _rearrange(made: Evaluation) -> SignalExpr:
    """Axes are split where their size allows it, mixed, merged, and one is added."""
    rng, sizes, names, source = made.rng, {}, [], []
    for letter, size in zip(made.letters(), made.value.shape, strict=True):
        parts = [d for d in (2, 3) if size and size % d == 0]
        if size == 1 and rng.random() < 0.4:
            source.append("1")
        elif parts and rng.random() < 0.6:
            sizes[f"{letter}1"] = rng.choice(parts)
            names += (pair := [f"{letter}0", f"{letter}1"])
            source.append(f"({' '.join(pair)})")
        else:
            names.append(letter)
            source.append(letter)
    if rng.random() < 0.3:
        names.append("new")
        sizes["new"] = rng.randint(1, 2)
    rng.shuffle(names)
    groups: list[list[str]] = []
    for name in names:
        if groups and (rng.random() < 0.4 or len(groups) == 4):
            groups[-1].append(name)
        else:
            groups.append([name])
    target = " ".join(f"({' '.join(group)})" for group in groups) or "1"
    return made.signal.rearrange(f"{' '.join(source)} -> {target}", **sizes)


def _einsum(made: Evaluation) -> SignalExpr:
    """Of one, two or three tensors; a letter may stand twice, and the output is any of them."""
    rng, shape = made.rng, made.value.shape
    sizes: dict[str, tuple[int, Any]] = {}
    words = [""]
    for place, (size, told) in enumerate(zip(shape, made.signal.shape, strict=True)):
        same = [letter for letter, (other, _) in sizes.items() if other == size]
        letter = rng.choice(same) if same and rng.random() < 0.2 else "abcdefgh"[place]
        sizes.setdefault(letter, (size, told))
        words[0] += letter
    operands: list[SignalExpr] = [made.signal]
    for _ in range(rng.choice([0, 0, 1, 1, 1, 2])):
        word = rng.sample(sorted(sizes), rng.randint(1, min(2, len(sizes))))
        if rng.random() < 0.5:
            fresh = "ijk"[len(operands) - 1]
            size = rng.randint(0, 3)
            sizes[fresh] = size, size
            word.append(fresh)
        words.append("".join(word))
        operands.append(made.leaf([sizes[a][0] for a in word], [sizes[a][1] for a in word]))
    output = rng.sample(sorted(sizes), rng.randint(0, min(3, len(sizes))))
    return einsum(f"{','.join(words)}->{''.join(output)}", *operands)


def _other(made: Evaluation) -> Tensor:
    """A tensor to add or multiply: of the same shape, or repeated along axes."""
    sizes, shape = list(made.value.shape), list(made.signal.shape)
    if made.rng.random() < 0.6:
        for axis in range(len(sizes)):
            if made.rng.random() < 0.4:
                sizes[axis] = shape[axis] = 1
        if len(sizes) > 1 and made.rng.random() < 0.3:
            sizes, shape = sizes[1:], shape[1:]
    return made.leaf(sizes, shape)


def _add(made: Evaluation) -> SignalExpr:
    return made.signal + _other(made)


def _multiply(made: Evaluation) -> SignalExpr:
    return made.signal.multiply(_other(made))


def _scale(made: Evaluation) -> SignalExpr:
    return made.signal * made.rng.choice([-2, 3, -1, Fraction(1, 2), Fraction(-4, 3)])


def _divide(made: Evaluation) -> SignalExpr:
    name = f"a{len(made.numbers)}_"
    made.numbers[name] = made.rng.randint(1, 4)
    divided: SignalExpr = made.signal / Symbol(name, integer=True, positive=True)
    return divided


def _taps(made: Evaluation) -> SignalExpr:
    """Known entries, of the shape that there is, which are added."""
    numbers = [0, 1, -2, 3] if made.rng.random() < 0.7 else [Fraction(1, 2), -1]
    entries = np.array([made.rng.choice(numbers) for _ in made.value.flat], dtype=object)
    return Tensor.taps(entries.reshape(made.value.shape).tolist()) + made.signal


def _formula(made: Evaluation) -> SignalExpr:
    """A constant, a number under equations between indices, or entries of a tensor."""
    rng = made.rng
    sizes = [rng.randint(0, 3) for _ in range(rng.randint(1, 3))]
    indices = symbols(" ".join("uvw"[: len(sizes)]), integer=True, seq=True)
    number = Integer(rng.choice([-2, 1, 3]))
    match rng.choice([0, 1, 1, 2]):
        case 0:
            entry: Any = number
        case 1:
            equations = [
                Eq(rng.choice(indices) * rng.randint(1, 2), rng.choice([1, 2, indices[-1] + 1]))
                for _ in range(rng.randint(1, 2))
            ]
            entry = Piecewise((number, And(*equations)), (0, True))
        case _:
            tensor = made.leaf([rng.randint(1, 3) for _ in range(rng.randint(1, 3))])
            position = [
                rng.randint(-1, 1) + rng.randint(-1, 2) * rng.choice(indices)
                for _ in range(tensor.ndim)
            ]
            entry = tensor[tuple(position)] if len(position) > 1 else tensor[position[0]]
    return Tensor.from_formula(indices, entry, shape=tuple(map(made.amount, sizes)))


def _relu(made: Evaluation) -> SignalExpr:
    return made.signal.relu()


def _max_pool(made: Evaluation) -> SignalExpr:
    rng = made.rng
    size, stride, dilation = (made.amount(rng.choice([1, 2, 2, 3])) for _ in range(3))
    padding = tuple(made.amount(rng.choice([0, 0, 1, 2, -1])) for _ in range(2))
    return made.signal.max_pool(
        size, stride=stride, padding=(padding,), dilation=dilation, axes=made.axis()
    )


STEPS: dict[str, Callable[[Evaluation], SignalExpr | None]] = {
    "pad": _pad,
    "extend": _extend,
    "flip": _flip,
    "roll": _roll,
    "downsample": _downsample,
    "dilate": _dilate,
    "windows": _windows,
    "convolve": _convolve,
    "correlate": _correlate,
    "conv": _conv,
    "rearrange": _rearrange,
    "einsum": _einsum,
    "add": _add,
    "multiply": _multiply,
    "scale": _scale,
    "divide": _divide,
    "taps": _taps,
    "formula": _formula,
    "relu": _relu,
    "max_pool": _max_pool,
}

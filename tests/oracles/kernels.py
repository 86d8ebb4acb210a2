"""Which kernels there are for a problem, by linear algebra at sizes that are numbers.

The parameters get random numbers, of which no two sums of products should be equal by chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from math import prod
from typing import Any

from sympy import Symbol

from symconv import SymconvError, Tensor
from symconv.language.arrays import Array
from symconv.language.assignments import leaf_shape
from symconv.language.evaluation import holds_at
from symconv.language.fixed_size import shape_at
from symconv.language.graph import symbols_in
from tests.generators.kernel_problems import KernelProblem, Stated, least, stated
from tests.oracles.linear_systems import LinearSystem, joint, linear_system

__all__ = ["At", "Oracle", "points"]

LARGEST = 100_003  # numerators of the parameters' numbers
HEAVY, HEAVIEST = 4_000, 40_000  # unknowns times inputs at one point
LARGEST_INPUT, FEW = 100, 4  # entries of an input, and outputs along an axis
TOGETHER = 7  # sizes of the input for one joint system
SETTINGS = 2  # values of the other symbols, beside 1, 2 and 3 for all of them

At = Mapping[str, int]


def points(names: tuple[str, ...], total: int) -> Iterator[dict[str, int]]:
    """All values of the symbols of which the sum is this."""
    if not names:
        if total == 0:
            yield {}
        return
    first, *rest = names
    if not rest:
        if total >= least(first):
            yield {first: total}
        return
    for value in range(least(first), total + 1):
        for others in points(tuple(rest), total - value):
            yield {first: value, **others}


class Oracle:
    """Which kernels there are for a problem, at sizes that are numbers."""

    def __init__(self, problem: KernelProblem) -> None:
        self.problem = problem
        self.stated: Stated = stated(problem)
        self.names = problem.symbols
        self._joint: dict[tuple[tuple[str, int], ...], LinearSystem | None] = {}
        self.inner = tuple(n for n in self.names if n not in problem.sizes_of_the_input)

    def symbols(self, at: At) -> dict[Symbol, int]:
        """The values by symbols, of all that is in the problem."""
        tensors = [Tensor(name, shape) for name, shape in self.stated.shapes.items()]
        sides = (self.stated.lhs, self.stated.rhs(*tensors), *tensors)
        found = {name: symbol for side in sides for name, symbol in symbols_in(side).items()}
        for condition in self.stated.given:
            found.update({symbol.name: symbol for symbol in condition.free_symbols})
        return {symbol: at[name] for name, symbol in found.items()}

    def is_allowed(self, at: At) -> bool:
        """Whether the hypotheses hold, and the left side is defined."""
        symbols = self.symbols(at)
        if not all(holds_at(condition, symbols) for condition in self.stated.given):
            return False
        with suppress(SymconvError):
            shape_at(self.stated.lhs, symbols)
            return True
        return False

    def weight(self, at: At) -> int:
        """How many unknowns there are times how many entries of the input, or other unknowns."""
        symbols = self.symbols(at)
        tensors = [Tensor(name, shape) for name, shape in self.stated.shapes.items()]
        unknown, inputs = (
            sum(prod(leaf_shape(leaf, symbols)) for leaf in every)
            for every in (tensors, self.stated.inputs.values())
        )
        return unknown * max(inputs, unknown // 2)

    def numbers(self, at: At) -> dict[str, Array]:
        """Numbers for the parameters: the same ones for all sizes of the input."""
        symbols = self.symbols(at)
        return {
            name: self.entries(name, leaf_shape(leaf, symbols))
            for name, leaf in self.stated.parameters.items()
        }

    def entries(self, name: str, shape: tuple[int, ...]) -> Array:
        rng = random.Random(f"{self.problem.seed} {name} {shape}")
        return Array(shape, [rng.randint(1, LARGEST) for _ in range(prod(shape))])

    def system(self, at: At, shapes: Mapping[str, tuple[Any, ...]] | None = None) -> LinearSystem:
        """The equations at one point, for unknowns of the planted shapes, or of others.

        Raises:
            SymconvError: the right side is not defined there.
        """
        asked = self.stated
        shapes = asked.shapes if shapes is None else shapes
        return linear_system(asked.lhs, asked.rhs, shapes, at, self.numbers(at))

    def exists(self, setting: At, inputs: Sequence[At]) -> bool:
        """Whether there is one kernel for several sizes of the input.

        It may be of any length where none was told.
        """
        largest = max(sum(sizes.values()) for sizes in inputs)
        shapes = self.possible_shapes(setting, largest)
        return any(self._serves(setting, inputs, one) for one in shapes)

    def possible_shapes(self, setting: At, largest: int) -> list[Mapping[str, tuple[Any, ...]]]:
        """What is told of the unknowns; where nothing is, many lengths of the one that there is."""
        shapes = self.stated.shapes
        if self.problem.is_told:
            return [shapes]
        (planted,) = leaf_shape(Tensor("K", shapes["K"]), self.symbols({**self.least, **setting}))
        return [
            {"K": (length,)} for length in range(1, planted + largest + sum(setting.values()) + 12)
        ]

    def _serves(
        self, setting: At, inputs: Sequence[At], shapes: Mapping[str, tuple[Any, ...]]
    ) -> bool:
        total: LinearSystem | None = None
        for sizes in inputs:
            try:
                system = self.system({**setting, **sizes}, shapes)
            except SymconvError:  # a kernel of this length is too long
                return False
            total = joint([system, total]) if total else system
            if not total.is_solvable:
                return False
        return True

    def up_to(self, setting: At, total: int) -> list[dict[str, int]]:
        """All sizes of the input that are allowed, with so much as their sum with the setting."""
        left = total - sum(setting.values())
        free = self.problem.sizes_of_the_input
        every = (one for most in range(left + 1) for one in points(free, most))
        return [one for one in every if self.is_allowed({**setting, **one})]

    @property
    def least(self) -> dict[str, int]:
        """The smallest values of all symbols."""
        return {name: least(name) for name in self.names}

    def small_settings(self) -> list[dict[str, int]]:
        """All small values of the symbols that are no sizes of the input."""
        every = product(*(range(least(name), 4) for name in self.inner))
        return [dict(zip(self.inner, values, strict=True)) for values in every]

    def settings(self) -> list[dict[str, int]]:
        """Values of the symbols that are no sizes of the input."""
        rng = random.Random(f"settings {self.problem.seed}")
        found = [dict.fromkeys(self.inner, value) for value in (1, 2, 3)]
        for _ in range(SETTINGS):
            found.append({name: rng.randint(least(name), 3) for name in self.inner})
        return [dict(one) for one in {tuple(sorted(one.items())): one for one in found}.values()]

    def inputs(self, setting: At) -> list[dict[str, int]]:
        """Sizes of the input for a setting: small ones, and some at which all taps are seen."""
        rng = random.Random(f"inputs {self.problem.seed} {sorted(setting.items())}")
        fit = [one for one in self.every_input() if self.is_fit({**setting, **one})]
        large = sorted(fit, key=lambda one: -sum(one.values()))[:TOGETHER]
        few = min(TOGETHER // 2, len(large))
        return [*rng.sample(large, few), *rng.sample(fit, min(TOGETHER - few, len(fit)))]

    def every_input(self) -> list[dict[str, int]]:
        """All small sizes of the input."""
        free = self.problem.sizes_of_the_input
        most = {0: 1, 1: 24}.get(len(free), 9)
        every = product(range(1, most), repeat=len(free))
        return [dict(zip(free, sizes, strict=True)) for sizes in every]

    def is_fit(self, at: At, most: int = HEAVY) -> bool:
        return self.is_allowed(at) and self.weight(at) <= most

    def jointly(self, setting: At) -> LinearSystem | None:
        """The equations of several sizes of the input, for one kernel; None where there are none.

        The unknowns have the planted shapes.
        """
        key = tuple(sorted(setting.items()))
        if key not in self._joint:
            self._joint[key] = self._together(setting, self.inputs(setting))
        return self._joint[key]

    def _together(self, setting: At, inputs: list[dict[str, int]]) -> LinearSystem | None:
        systems = []
        for sizes in inputs:
            with suppress(SymconvError):
                systems.append(self.system({**setting, **sizes}))
        return joint(systems) if systems else None

    def stays_free(self, setting: At) -> bool:
        """Whether kernels differ in what no input sees, however large it is.

        The sizes grow until nothing has changed since they were half as large, or until there
        would be too much to compute; then this is not known, and False.
        """
        free = self.problem.sizes_of_the_input
        total: LinearSystem | None = None
        size, since, last = 0, 0, -1
        while size < LARGEST_INPUT:
            size += 1 + size // 8
            at = {**setting, **dict.fromkeys(free, size)}
            if not self.is_allowed(at):
                continue
            if self.weight(at) > HEAVIEST:
                return False
            with suppress(SymconvError):
                system = self.system(at)
                total = joint([system, total]) if total else system
                if not total.freedom or not total.is_solvable:
                    return False
                if total.freedom != last:
                    since, last = size, total.freedom
            outputs = shape_at(self.stated.lhs, self.symbols(at))[-max(1, len(free)) :]
            if size >= 2 * since + 8 and min(outputs) >= FEW:
                return True
        return False

"""Why there is no kernel: at given sizes, the outputs ask of its entries what cannot be.

At given sizes, each output and each monomial of the inputs gives a linear equation for the entries
of the unknowns.  One kernel has to fulfil those of all sizes of the input that are allowed.  Sizes
are tried from the smallest on, by plain arithmetic over fractions, until the equations contradict
each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any, TypeAlias

from sympy import Symbol

from symconv.arithmetic.integer_sets import IntegerSets
from symconv.arithmetic.limits import (
    ALLOWANCE,
    DECISION_OPERATIONS,
    LARGEST_UNKNOWN_TRIED,
    MOST_EQUATIONS_OF_A_KERNEL,
    MOST_PARTS_OF_A_NEED_SHOWN,
    SEARCH_SHARE,
)
from symconv.arithmetic.polynomials import Atom, Polynomial, at_least, equal
from symconv.arithmetic.work import spend
from symconv.decision.claims import Claim
from symconv.decision.first_differences import small_lengths
from symconv.decision.prove import bounded
from symconv.decision.solving.kernels.problems import Problem
from symconv.errors import SymconvError, Undecided
from symconv.language import fixed_size
from symconv.language.arrays import indices
from symconv.language.assignments import leaf_shape, spell
from symconv.language.graph import leaves
from symconv.language.telling import Told

__all__ = ["Need", "Obstacle", "obstacle"]

Entry: TypeAlias = tuple[str, tuple[int, ...]]
"""An entry of a tensor: its name, and its index."""

Monomial: TypeAlias = tuple[tuple[Entry, int], ...]
"""Entries with their powers."""


@dataclass(frozen=True, slots=True)
class Need(Told):
    """What an output asks of the unknowns.

    Attributes:
        lengths: the values of the symbols.
        output: the index of the output.
        reads: the monomial of the inputs that is looked at, such as x[1]; empty for none.
        unknown: the sum of entries of unknowns in front of it, as it is written.
        value: what that has to be.
    """

    lengths: Mapping[str, int]
    output: tuple[int, ...]
    reads: str
    unknown: str
    value: str

    def __str__(self) -> str:
        before = f", before {self.reads}," if self.reads else ""
        at = ", ".join(map(str, self.output))
        return f"output [{at}]{before} needs {self.unknown} = {self.value}"

    def record(self) -> dict[str, Any]:
        """The same, for scripts."""
        return {
            "lengths": dict(self.lengths),
            "output": list(self.output),
            "reads": self.reads,
            "unknown": self.unknown,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Obstacle(Told):
    """The smallest sizes at which no kernel serves.

    Attributes:
        lengths: the values of the symbols.
        needs: what outputs ask for, and cannot all have; none where the shapes differ.
        problem: the same in words.
    """

    lengths: Mapping[str, int]
    needs: tuple[Need, ...]
    problem: str

    def __str__(self) -> str:
        at = spell({Symbol(name): value for name, value in self.lengths.items()})
        return f"at {at}: {self.problem}" if self.lengths else self.problem

    def record(self) -> dict[str, Any]:
        """The same, for scripts."""
        return {
            "lengths": dict(self.lengths),
            "needs": [need.record() for need in self.needs],
            "problem": self.problem,
        }


def obstacle(problem: Problem) -> Obstacle | None:
    """The smallest sizes at which no unknowns serve, where they are found; see above."""
    try:
        with bounded(ALLOWANCE // SEARCH_SHARE):
            return _Search(problem).smallest()
    except SymconvError:  # beyond what is computed, or not defined at some sizes
        return None


class _Search:
    """The equations of all sizes that were tried, by the sizes that are no sizes of the input."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.claim = problem.claim(problem.unknowns).free
        self.open = tuple(problem.open.values())
        self.families: dict[tuple[tuple[str, int], ...], _Family] = {}
        if len(self.open) > 1:
            raise Undecided("several sizes of the unknowns are not known")

    def smallest(self) -> Obstacle | None:
        """The smallest sizes at which the equations contradict each other."""
        for at in small_lengths(self.claim):
            # The sizes of an unknown are compared in each family, not tried like those of inputs.
            if any(at[symbol] != 1 for symbol in self.open):
                continue
            known = {s: v for s, v in at.items() if s not in self.open}
            key = tuple((s.name, v) for s, v in known.items() if s.name not in self.problem.unseen)
            family = self.families.setdefault(key, _Family(self.problem, self.claim))
            found = family.added(known)
            if found is not None:
                return found
        return None


class _Family:
    """The equations for unknowns of each size, where it is not known.

    Attributes:
        systems: the equations, by the sizes that the unknown may still have; None if it may have
            infinitely many.
    """

    def __init__(self, problem: Problem, claim: Claim) -> None:
        self._problem = problem
        self._claim = claim
        self._without = _without_entries(problem)
        self.systems: dict[int, _System] | None = None
        self._earlier: list[Mapping[Symbol, int]] = []  # where infinitely many sizes fit
        if not problem.open:
            self.systems = {0: _System(problem, claim)}

    def added(self, at: Mapping[Symbol, int]) -> Obstacle | None:
        """Add the equations at given sizes; why there is no unknown, once there is none."""
        lengths = {symbol.name: value for symbol, value in at.items()}
        if not self._problem.open:
            assert self.systems is not None
            self.systems[0].add(at, lengths)
            return self.systems[0].problem
        (symbol,) = self._problem.open.values()
        fitting = self._fitting(symbol, at)
        if self.systems is None:
            if fitting is None:
                self._earlier.append(at)
                return None  # as where no side has an output
            left = [size for size in fitting if self._has_fitted(symbol, size)]
            self.systems = {size: _System(self._problem, self._with(size)) for size in left}
            for size, system in self.systems.items():
                for before in self._earlier:
                    system.add({**before, symbol: size}, {s.name: v for s, v in before.items()})
        elif fitting is not None:
            self.systems = {size: s for size, s in self.systems.items() if size in fitting}
        if not self.systems:
            return self._never_as_long(at, lengths)
        for system_size, system in self.systems.items():
            system.add({**at, symbol: system_size}, lengths)
        problems = {size: s.problem for size, s in self.systems.items() if s.problem is not None}
        self.systems = {size: s for size, s in self.systems.items() if size not in problems}
        if self.systems:
            return None
        size, found = min(problems.items())
        name = next(iter(self._problem.open))[0]
        entries = f"{size} entries" if size != 1 else "1 entry"
        return Obstacle(lengths, found.needs, f"{name} has {entries} there, and {found.problem}")

    def _has_fitted(self, symbol: Symbol, size: int) -> bool:
        """Whether both sides have one shape with this size of the unknown, wherever many fit."""
        return all(
            fixed_size.shape_at(left, at) == fixed_size.shape_at(right, at)
            for left, right in [self._with(size).signals]
            for at in ({**before, symbol: size} for before in self._earlier)
        )

    def _with(self, size: int) -> Claim:
        """The claim, for unknowns of that size."""
        return self._without if size == 0 and self._without is not None else self._claim

    def _fitting(self, symbol: Symbol, at: Mapping[Symbol, int]) -> set[int] | None:
        """The sizes of the unknown with which both sides have one shape; None for infinitely many.

        Raises:
            Undecided: it cannot be told whether there are others.
        """
        values: dict[Atom, Polynomial] = {
            s.name: Polynomial.constant(value) for s, value in at.items()
        }
        left, right = (
            [size.substitute(values) for size in side.lengths] for side in self._claim.signals
        )
        fitting = {
            size
            for size in range(1, LARGEST_UNKNOWN_TRIED + 1)
            if all(
                p.value({symbol.name: size}) == q.value({symbol.name: size})
                for p, q in zip(left, right, strict=True)
            )
        }
        if self._fits_without(at):
            fitting.add(0)
        sets = IntegerSets([symbol.name], DECISION_OPERATIONS)
        with sets.within_budget():
            longer = (
                at_least(Polynomial.of(symbol.name), LARGEST_UNKNOWN_TRIED + 1),
                *(equal(p, q) for p, q in zip(left, right, strict=True)),
            )
            return fitting if sets.where([longer]).is_empty() else None

    def _fits_without(self, at: Mapping[Symbol, int]) -> bool:
        """Whether both sides have one shape if the unknown has no entries."""
        if self._without is None:
            return False
        try:
            one, other = (fixed_size.shape_at(side, at) for side in self._without.signals)
        except SymconvError:  # as for a layer, of which the kernel is not empty
            return False
        return one == other

    def _never_as_long(self, at: Mapping[Symbol, int], lengths: Mapping[str, int]) -> Obstacle:
        left = fixed_size.shape_at(self._claim.signals[0], at)
        name = next(iter(self._problem.open))[0]
        return Obstacle(
            lengths,
            (),
            f"the left side has {_count(left)}, and no {name} that serves smaller inputs gives the "
            "right side as many",
        )


def _without_entries(problem: Problem) -> Claim | None:
    """The claim for an unknown of no entries, which the symbol for its size does not stand for.

    None where that is refused, or its size is known.
    """
    if not problem.open:
        return None
    try:
        empty = problem.with_shapes(dict.fromkeys(problem.open.values(), Polynomial.constant(0)))
        return empty.claim(empty.unknowns).free
    except SymconvError:
        return None


class _System:
    """Linear equations for the entries of unknowns, of which one after the other is added.

    Attributes:
        problem: why there is no solution, once there is none.
    """

    def __init__(self, problem: Problem, claim: Claim) -> None:
        self._asked = problem
        self._claim = claim
        self.problem: Obstacle | None = None
        self._rows: dict[Entry, _Equation] = {}  # by the entry that each gives
        self._plain: dict[tuple[tuple[Entry, Fraction], ...], tuple[Need, Any]] = {}

    def add(self, at: Mapping[Symbol, int], lengths: Mapping[str, int]) -> None:
        """Add the equations of the outputs at given sizes."""
        if self.problem is not None:
            return
        left, right = self._claim.signals
        named = leaves(left, right)
        shapes = [fixed_size.shape_at(side, at) for side in (left, right)]
        if shapes[0] != shapes[1]:
            self.problem = Obstacle(
                lengths,
                (),
                f"the left side has {_count(shapes[0])}, and the right side {_count(shapes[1])}, "
                f"whatever {_list(self._asked.unknowns)} is",
            )
            return
        (one, other), _ = fixed_size.polynomials((left, right), named, at)
        entries = [
            (name, index) for name, leaf in named.items() for index in indices(leaf_shape(leaf, at))
        ]
        for output, a, b in zip(indices(one.shape), one.entries, other.entries, strict=True):
            for reads, equation in self._equations(entries, b - a).items():
                self._put(lengths, output, reads, equation)
                if self.problem is not None:
                    return

    def _equations(self, entries: Sequence[Entry], difference: Any) -> dict[Monomial, _Equation]:
        """What is in front of each monomial of the inputs, which has to be 0."""
        found: dict[Monomial, _Equation] = {}
        unknowns, inputs = self._asked.unknowns, self._asked.inputs
        for powers, c in difference.terms():
            used = [(e, int(p)) for e, p in zip(entries, powers, strict=True) if p]
            reads = tuple((e, p) for e, p in used if e[0] in inputs)
            asked = [e for e, power in used for _ in range(power) if e[0] in unknowns]
            rest = tuple((e, p) for e, p in used if e[0] not in inputs and e[0] not in unknowns)
            if len(asked) > 1 or (asked and rest):
                raise Undecided("the unknowns are multiplied with what they may depend on")
            equation = found.setdefault(reads, _Equation({}, {}))
            number = Fraction(int(c.p), int(c.q)) if hasattr(c, "p") else Fraction(int(c))
            if asked:
                equation.unknown[asked[0]] = number
            else:
                equation.value[rest] = -number
            spend(1)
        return found

    def _put(
        self,
        lengths: Mapping[str, int],
        output: tuple[int, ...],
        reads: Monomial,
        equation: _Equation,
    ) -> None:
        need = Need(
            lengths, output, _product(reads), _sum(equation.unknown), _polynomial(equation.value)
        )
        key = tuple(sorted(equation.unknown.items()))
        seen = self._plain.setdefault(key, (need, equation.value))
        if not key and equation.value:
            self._contradicted(lengths, (need,))
        elif seen[1] != equation.value:
            self._contradicted(lengths, (seen[0], need))
        elif seen[0] is need and not self._reduce(equation):
            self._contradicted(lengths, (need,))

    def _contradicted(self, lengths: Mapping[str, int], needs: tuple[Need, ...]) -> None:
        if len(needs) == 2:
            told = f"{needs[0]}, and {needs[1]}"
            if needs[0].lengths != lengths:
                first = spell({Symbol(n): v for n, v in needs[0].lengths.items()})
                told = f"{needs[1]}; and {needs[0]}, at {first}"
        elif needs[0].unknown == "0":
            told = f"{needs[0]}"
        else:
            told = f"{needs[0]}, which contradicts what other outputs need"
        self.problem = Obstacle(lengths, needs, told)

    def _reduce(self, equation: _Equation) -> bool:
        """Put in what other equations give, and keep what is left; False if that is wrong."""
        for entry, row in self._rows.items():
            spend(1)
            equation = equation.less(row, equation.unknown.get(entry, Fraction(0)))
        if not equation.unknown:
            return not equation.value
        if len(self._rows) > MOST_EQUATIONS_OF_A_KERNEL:
            raise Undecided("there are too many equations")
        entry, c = next(iter(equation.unknown.items()))
        row = equation.over(c)
        self._rows = {
            e: old.less(row, old.unknown.get(entry, Fraction(0))) for e, old in self._rows.items()
        }
        self._rows[entry] = row
        return True


@dataclass(slots=True)
class _Equation:
    """Σ c·K[t] = Σ c·(a product of entries of known tensors)."""

    unknown: dict[Entry, Fraction]
    value: dict[Monomial, Fraction]

    def less(self, other: _Equation, times: Fraction) -> _Equation:
        """The equation less so many times another one."""
        if not times:
            return self
        return _Equation(
            _less(self.unknown, other.unknown, times), _less(self.value, other.value, times)
        )

    def over(self, number: Fraction) -> _Equation:
        """The equation divided by a number."""
        return _Equation(
            {e: c / number for e, c in self.unknown.items()},
            {m: c / number for m, c in self.value.items()},
        )


def _less(
    one: dict[Any, Fraction], other: dict[Any, Fraction], times: Fraction
) -> dict[Any, Fraction]:
    found = dict(one)
    for key, c in other.items():
        found[key] = found.get(key, Fraction(0)) - times * c
    return {key: c for key, c in found.items() if c}


# --- in words ------------------------------------------------------------------------


def _count(shape: Sequence[int]) -> str:
    if len(shape) == 1:
        return f"{shape[0]} output{'s' * (shape[0] != 1)}"
    return f"the shape ({', '.join(map(str, shape))})"


def _list(names: Mapping[str, Any]) -> str:
    return " or ".join(names)


def _entry(entry: Entry) -> str:
    return f"{entry[0]}[{', '.join(map(str, entry[1]))}]"


def _product(monomial: Monomial) -> str:
    return "*".join(_entry(e) + f"**{p}" * (p > 1) for e, p in monomial)


def _sum(unknown: Mapping[Entry, Fraction]) -> str:
    return _joined([(_entry(e), c) for e, c in unknown.items()])


def _polynomial(value: Mapping[Monomial, Fraction]) -> str:
    return _joined([(_product(m), c) for m, c in value.items()])


def _joined(parts: Sequence[tuple[str, Fraction]]) -> str:
    """The sum of products with coefficients, as it is written; long ones are cut."""
    told = ""
    for text, c in islice(parts, MOST_PARTS_OF_A_NEED_SHOWN):
        size = abs(c)
        one = str(size) if not text else text if size == 1 else f"{size}*{text}"
        told += (
            one
            if not told and c > 0
            else f"-{one}"
            if not told
            else f" {'-' if c < 0 else '+'} {one}"
        )
    return (told or "0") + " + …" * (len(parts) > MOST_PARTS_OF_A_NEED_SHOWN)

"""Random polynomials with floors and cases, each made twice: for symconv, and as plain numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from symconv.arithmetic.polynomials import (
    Atom,
    Condition,
    Conjunction,
    Every,
    Guard,
    Guarded,
    Polynomial,
    Some,
    at_least,
    equal,
    floor,
    maximum,
    nonnegative_part,
)

At = Mapping[Any, int]


@dataclass(frozen=True)
class Double:
    """A polynomial, and the number that it is at values of its symbols and indices."""

    made: Polynomial
    number: Callable[[At], int]


@dataclass(frozen=True)
class Says:
    """Guards, and whether all of them hold."""

    made: Conjunction
    holds: Callable[[At], bool]


def letter(atom: Atom) -> Double:
    return Double(Polynomial.of(atom), lambda at: at[atom])


def number(value: int) -> Double:
    return Double(Polynomial.constant(value), lambda at: value)


def plus(a: Double, b: Double) -> Double:
    return Double(a.made + b.made, lambda at: a.number(at) + b.number(at))


def times(a: Double, b: Double) -> Double:
    return Double(a.made * b.made, lambda at: a.number(at) * b.number(at))


def quotient(a: Double, b: Double) -> Double:
    return Double(floor(a.made, b.made), lambda at: a.number(at) // b.number(at))


def positive_part(a: Double) -> Double:
    return Double(nonnegative_part(a.made), lambda at: max(0, a.number(at)))


def largest(a: Double, b: Double) -> Double:
    return Double(maximum(a.made, b.made), lambda at: max(a.number(at), b.number(at)))


def only_where(a: Double, said: Says) -> Double:
    made = Polynomial.of(Guarded(a.made, said.made)) if said.made else a.made
    return Double(made, lambda at: a.number(at) if said.holds(at) else 0)


def guard(a: Double, relation: str) -> Says:
    if relation == "==":
        return Says((equal(a.made, 0),), lambda at: a.number(at) == 0)
    return Says((at_least(a.made, 0),), lambda at: a.number(at) >= 0)


def both(one: Says, other: Says) -> Says:
    return Says(one.made + other.made, lambda at: one.holds(at) and other.holds(at))


def linear(rng: random.Random, atoms: Sequence[Atom], most: int = 3) -> Double:
    """A sum of a few multiples of atoms, and a number."""
    found = number(rng.randint(-5, 5))
    for atom in rng.sample(list(atoms), rng.randint(1, min(2, len(atoms)))):
        factor = rng.choice([c for c in range(-most, most + 1) if c])
        found = plus(found, times(number(factor), letter(atom)))
    return found


def piecewise_linear(rng: random.Random, atoms: Sequence[Atom], depth: int) -> Double:
    """Without products and without divisions by symbols, as integer sets can have it."""
    if not depth or rng.random() < 0.25:
        return linear(rng, atoms)
    inner = piecewise_linear(rng, atoms, depth - 1)
    match rng.randrange(5):
        case 0:
            return plus(inner, piecewise_linear(rng, atoms, depth - 1))
        case 1:
            return times(number(rng.choice([-2, -1, 2, 3])), inner)
        case 2:
            return quotient(inner, number(rng.randint(1, 5)))
        case 3:
            return positive_part(inner)
    return only_where(inner, conjunction(rng, atoms, depth - 1))


def conjunction(rng: random.Random, atoms: Sequence[Atom], depth: int) -> Says:
    """One to three guards."""
    found = Says((), lambda at: True)
    for _ in range(rng.randint(1, 3)):
        relation = rng.choice([">=", ">=", "=="])
        found = both(found, guard(piecewise_linear(rng, atoms, depth), relation))
    return found


def polynomial(
    rng: random.Random, atoms: Sequence[Atom], positive: Sequence[str], depth: int
) -> Double:
    """With products, and with divisions by symbols that are positive."""
    if not depth or rng.random() < 0.2:
        return linear(rng, [*atoms, *positive])
    inner = polynomial(rng, atoms, positive, depth - 1)
    match rng.randrange(7):
        case 0:
            return plus(inner, polynomial(rng, atoms, positive, depth - 1))
        case 1:
            return times(inner, linear(rng, [*atoms, *positive]))
        case 2:
            return quotient(inner, number(rng.randint(1, 6)))
        case 3:
            divisor = letter(rng.choice(positive))
            if rng.random() < 0.3:
                divisor = times(number(rng.randint(2, 3)), divisor)
            return quotient(inner, divisor)
        case 4:
            return positive_part(inner)
        case 5:
            return largest(inner, polynomial(rng, atoms, positive, depth - 1))
    said = guard(polynomial(rng, atoms, positive, depth - 1), rng.choice([">=", "=="]))
    return only_where(inner, said)


def box(**values: Sequence[int]) -> Iterator[dict[str, int]]:
    """Every choice of values for the names."""
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def holds(condition: Guard, at: At) -> bool:
    """A guard, by the value of its polynomial."""
    value = condition.polynomial.value(at)
    return value == 0 if condition.relation.value == "== 0" else value >= 0


def says(condition: Condition, at: At) -> bool:
    """A condition, by the values of its guards."""
    match condition:
        case Every(parts):
            return all(says(part, at) for part in parts)
        case Some(parts):
            return any(says(part, at) for part in parts)
        case Guard():
            return holds(condition, at)

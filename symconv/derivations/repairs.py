"""What would have made a wrong step right: formulas near it, each decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

import sympy
from sympy import Basic, Eq, Expr, Indexed, Integer, Max, Min, Mod, Piecewise, Sum, Symbol

from symconv.arithmetic.limits import MOST_REPAIR_WEIGHT, MOST_REPAIRS_TRIED, MOST_REPAIRS_UNDECIDED
from symconv.arithmetic.such_that import SuchThat, such_that
from symconv.language.notation import plain

__all__ = ["Repair", "repair"]


@dataclass(frozen=True, slots=True)
class Repair:
    """A formula near a wrong one that is right.

    Attributes:
        formula: the right formula.
        change: how it differs from the wrong one, such as "the sum over all m".
    """

    formula: Expr
    change: str


def repair(
    wrong: Expr, indices: Sequence[Symbol], is_right: Callable[[Expr], bool | None]
) -> Repair | None:
    """The first formula that is right among those that differ from a wrong one in one place.

    Tried are, in this order: a sum without the restriction of its index, another residue in
    it, ends moved by one, another restriction; in one entry or in all of them, an index
    multiplied or shifted; in an entry, two positions exchanged.
    A formula with 2u or 4u for its index u (for one of its indices, or for all of them) is also
    tried with the sum unrestricted.

    At most 80 are tried, fewer of a formula with more than 30 entries, or with more than 5
    sums and extrema in all, and none after two that could not be decided.

    Args:
        wrong: the formula.
        indices: the index of the formula, one symbol for each axis.
        is_right: decides a formula; None where it cannot.
    """
    seen = {wrong}
    undecided = 0
    for found in islice(
        _near(wrong, indices), min(MOST_REPAIRS_TRIED, MOST_REPAIR_WEIGHT // _weight(wrong))
    ):
        if found.formula in seen:
            continue
        seen.add(found.formula)
        answer = is_right(found.formula)
        if answer:
            return found
        undecided += answer is None
        if undecided == MOST_REPAIRS_UNDECIDED:
            return None
    return None


def _weight(formula: Expr) -> int:
    """How the time grows that it takes to read a formula: faster with what may be nested."""
    parts = list(sympy.preorder_traversal(formula))
    entries = sum(isinstance(part, Indexed) for part in parts)
    nested = sum(isinstance(part, Max | Min) for part in parts)
    nested += sum(len(part.limits) for part in parts if isinstance(part, Sum))
    return max(1, entries, nested**2)


def _near(wrong: Expr, indices: Sequence[Symbol]) -> Iterator[Repair]:
    sums = _sums(wrong)
    entries = sorted(wrong.atoms(Indexed), key=sympy.default_sort_key)
    yield from _in(wrong, sums, _without_restrictions)
    yield from _in(wrong, sums, _other_residues)
    yield from _in(wrong, sums, _other_ends)
    together = [tuple(indices), *((index,) for index in indices if len(indices) > 1)]
    for factor, chosen in product((2, 4), together):
        values = {index: factor * index for index in chosen}
        scaled = wrong.xreplace({e: _moved(e, values) for e in entries})
        change = " and ".join(f"{factor}{index} in place of {index}" for index in chosen)
        yield Repair(scaled, change)
        for other in _in(scaled, _sums(scaled), _without_restrictions):
            yield Repair(other.formula, f"{change}, and {other.change}")
    yield from _in(wrong, entries, lambda entry: _other_positions(entry, indices))
    yield from _in(wrong, sums, _restrictions)


def _sums(formula: Expr) -> list[Expr]:
    return sorted(formula.atoms(Sum), key=sympy.default_sort_key)


def _in(
    wrong: Expr, parts: list[Expr], changed: Callable[[Expr], Iterator[tuple[Expr, str]]]
) -> Iterator[Repair]:
    for part in parts:
        for new, change in changed(part):
            yield Repair(wrong.xreplace({part: new}), change)


def _without_restrictions(one: Sum) -> Iterator[tuple[Expr, str]]:
    for symbol, *_ in one.limits:
        if _restriction(one, symbol) is not None:
            free = Sum(_unrestricted(one.function, symbol), *one.limits)
            yield free, f"every {symbol} in the sum, without the condition on it"
    for symbol, lower, upper in one.limits:
        if (lower, upper) != (-sympy.oo, sympy.oo):
            limits = [(s, -sympy.oo, sympy.oo) if s == symbol else (s, *r) for s, *r in one.limits]
            yield Sum(one.function, *limits), f"the sum over all integers {symbol}"


def _other_residues(one: Sum) -> Iterator[tuple[Expr, str]]:
    for condition in sorted(one.function.atoms(Eq), key=sympy.default_sort_key):
        match condition.args:
            case (Mod() as remainder, Integer()) | (Integer(), Mod() as remainder):
                divisor = remainder.args[1]
                if divisor.is_Integer and divisor <= 6:
                    for residue in range(int(divisor)):
                        new = Eq(remainder, residue)
                        changed = Sum(one.function.xreplace({condition: new}), *one.limits)
                        yield (
                            changed,
                            f"the condition {remainder.args[0]} mod {divisor} = {residue}",
                        )


def _other_ends(one: Sum) -> Iterator[tuple[Expr, str]]:
    for place, (symbol, lower, upper) in enumerate(one.limits):
        for low, high in ((0, 1), (0, -1), (-1, 0), (1, 0)):
            ends = lower + low, upper + high
            limits = [*one.limits[:place], (symbol, *ends), *one.limits[place + 1 :]]
            new = f"{symbol} from {ends[0]}" if low else f"{symbol} up to {ends[1]}"
            yield Sum(one.function, *limits), f"the sum over {new}"


def _restrictions(one: Sum) -> Iterator[tuple[Expr, str]]:
    for symbol, *_ in one.limits:
        if _restriction(one, symbol) is None:
            for divisor in (2, 4):
                for residue in range(divisor):
                    condition = Eq(Mod(symbol, divisor), residue)
                    kept = such_that(one.function, condition)
                    yield (
                        Sum(kept, *one.limits),
                        f"the sum over {symbol} with {symbol} mod {divisor} = {residue} only",
                    )


def _other_positions(entry: Indexed, indices: Sequence[Symbol]) -> Iterator[tuple[Expr, str]]:
    changed: list[Expr] = []
    for symbol in sorted(_symbols_at(entry), key=lambda s: (s in indices, s.name)):
        for new in (2 * symbol, -symbol, 4 * symbol, symbol + 1, symbol - 1):
            changed.append(_moved(entry, {symbol: new}))
        if all(position.coeff(symbol) % 2 == 0 for position in entry.indices):
            changed.append(_moved(entry, {symbol: symbol / 2}))
    for one, other in combinations(range(len(entry.indices)), 2):
        positions = list(entry.indices)
        positions[one], positions[other] = positions[other], positions[one]
        changed.append(entry.func(entry.base, *positions))
    for new in changed:
        yield new, f"{plain(new)} in place of {plain(entry)}"


def _symbols_at(entry: Indexed) -> set[Symbol]:
    return {symbol for position in entry.indices for symbol in position.free_symbols}


def _moved(entry: Indexed, values: Mapping[Symbol, Expr]) -> Indexed:
    """The entry at other positions."""
    new = (position.subs(values, simultaneous=True) for position in entry.indices)
    return entry.func(entry.base, *new)


def _restriction(one: Sum, symbol: Symbol) -> Basic | None:
    """A condition in the sum that has its index."""
    for kept in one.function.atoms(SuchThat):
        if kept.args[1].has(symbol):
            return kept.args[1]
    for piecewise in one.function.atoms(Piecewise):
        for value, condition in piecewise.args:
            if value != 0 and condition.has(symbol):
                found: Basic = condition
                return found
    return None


def _unrestricted(function: Expr, symbol: Symbol) -> Expr:
    """The function without the conditions that have the symbol.

    Of a Piecewise its first value is left.
    """

    def without(part: Basic) -> Basic:
        if not part.args or not part.has(symbol):
            return part
        if isinstance(part, SuchThat) and part.args[1].has(symbol):
            return without(part.args[0])
        if isinstance(part, Piecewise) and part.args[0][1].has(symbol):
            return without(part.args[0][0])
        return part.func(*map(without, part.args))

    result: Expr = without(function)
    return result

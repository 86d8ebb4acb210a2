"""Amounts by trying: for which of them a claim holds at all lengths up to a bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from sympy import Symbol

from symconv import Amounts
from tests.oracles.brute_force import UndefinedError, satisfies, truth_of, value, values_of


def check_amounts(
    found: Amounts, small: int, *, largest: int = 12, far: int = 24, most: int = 60
) -> int:
    """Compare an answer with all small values of the symbols; returns how many were compared.

    Args:
        found: the answer.
        small: up to which number the unknowns and the other symbols go.
        largest: up to which number the symbols of `for_all` go.
        far: the same where a failure is expected, which may come late.
        most: how many values are compared.
    """
    claim, truth = found.claim, truth_of(found.claim)
    rest = [s for s in claim.symbols if s not in found.for_all]
    skipped = {tuple(sorted((s.name, v) for s, v in one.at.items())) for one in found.left}
    compared, others = 0, dict[tuple[int, ...], dict[str, int]]()
    for at in points(rest, small, found):
        if any(set(one) <= set(at.items()) for one in skipped):
            continue
        if compared == most:
            break
        said = bool(value(found.condition, at))
        try:
            seen, holds = False, True
            for lengths in points(found.for_all, largest if said else far, found):
                if satisfies(claim, {**at, **lengths}):
                    seen = True
                    holds = truth({**at, **lengths})
                    if not holds:
                        break
        except UndefinedError:
            continue
        if not seen:
            continue  # whether larger ones are allowed is not seen
        assert said == holds, f"{found}\nof {claim}: wrong at {at}"
        # These symbols satisfy the hypotheses, so that all parts of the answer say something.
        assert value(found.allowed, at), f"{found}\nof {claim}: {at} is not allowed"
        if said:
            assert value(found.exists, at), f"{found}\nof {claim}: exists is wrong at {at}"
            for unknown, formula in found.values.items():
                assert value(formula, at) == at[unknown.name], f"{found}\nof {claim}: {at}"
        compared += 1
        named = {s.name: at[s.name] for s in rest if s not in found.unknowns}
        others.setdefault(tuple(named.values()), named)
    for named in others.values():
        serve = any(
            value(found.condition, {**named, **amounts})
            for amounts in points(found.unknowns, 2 * far, found)
        )
        assert value(found.exists, named) == serve, f"{found}\nof {claim}: exists at {named}"
    return compared


def points(symbols: Sequence[Symbol], largest: int, found: Amounts) -> Iterator[dict[str, int]]:
    """All values of symbols up to a number, of those that were tried these numbers alone."""
    ranges = [found.tried.get(s, values_of(s, largest)) for s in symbols]
    for values in sorted(product(*ranges), key=lambda values: sum(map(abs, values))):
        yield {s.name: v for s, v in zip(symbols, values, strict=True)}

"""True theorems and every single change to them: each verdict against brute force."""

from __future__ import annotations

import os
import re
from collections import Counter
from itertools import islice

import pytest
from sympy import (
    Eq,
    Mod,
    Piecewise,
    Rational,
    Sum,
    floor,
)

from symconv import Claim, Proved, Refuted, Signal, Undecided, Unknown
from tests.generators.mutations import claim_mutants
from tests.generators.theorems import THEOREMS, c, i, j, k, l, n, p, padded, r, t, u
from tests.oracles.brute_force import (
    check_condition,
    check_condition_for_all,
    checked_verdict,
    holds,
    holds_exactly,
    is_defined,
    small_lengths,
)

TOTAL = int(os.environ.get("SYMCONV_MUTANTS_TOTAL", "7"))
MOST = 200  # lengths looked at for each mutant
CONDITIONS = 7  # of so many mutants, one has its condition checked

# The indices of these formulas lie inside floors, so that several i and j give one monomial.
x8, h8 = Signal("x", 8), Signal("h", 8)
FORMULAS: dict[str, Claim] = {
    "an index inside a floor": Claim(
        Signal.from_formula(
            u, Sum(x8[i + j + floor(i / 2)] * h8[i + j], (i, 0, 1), (j, 0, 1)), length=1
        ),
        Signal.from_formula(u, x8[0] * h8[0] + x8[1] * h8[1] + x8[2] * h8[2], length=1),
    ),
    "an index inside a condition": Claim(
        Signal.from_formula(
            u,
            Sum(Piecewise((x8[i + j], Eq(floor(i / 2) + j, 1)), (0, True)), (i, 0, 3), (j, 0, 1)),
            length=1,
        ),
        Signal.from_formula(u, x8[1] + x8[2] + x8[2], length=1),
    ),
}

# SymPy has remainders of fractions.
FRACTIONS: dict[str, Claim] = {
    "remainder of a half": Claim(Mod(n / 2, 1), 0),
    "condition on the remainder of a half": Claim(Eq(Mod(n / 2, 1), 0), Eq(Mod(n, 2), 0)),
    "remainder of thirds": Claim(Mod(n / 3 + c, 2) * 3, Mod(n + 3 * c, 6)),
    "remainder by a fraction": Claim(Mod(n, Rational(3, 2)), Mod(2 * n, 3) / 2),
}


@pytest.mark.parametrize("name", THEOREMS)
def test_theorem(name: str) -> None:
    claim = THEOREMS[name]
    assert isinstance(checked_verdict(claim, TOTAL + 2), Proved)
    assert check_condition(claim, TOTAL) == True  # noqa: E712
    for symbol in claim.symbols:
        assert claim.condition(for_all=[symbol]) == True  # noqa: E712


# Other strides give much the same mutants as 2 and 2.
MUTATED = [name for name in THEOREMS if not re.search("strides (1 and 3|3 and 2)", name)]


@pytest.mark.parametrize("name", MUTATED)
def test_mutants_of(name: str) -> None:
    kinds: Counter[type | None] = Counter()
    conditions: Counter[str] = Counter()
    for number, mutant in enumerate(claim_mutants(THEOREMS[name])):
        verdict = checked_verdict(mutant, TOTAL, MOST)
        kinds[None if verdict is None else type(verdict)] += 1
        assert not isinstance(verdict, Unknown), f"{mutant}: {verdict}"
        if isinstance(verdict, Refuted):
            try:
                if number % CONDITIONS == 0:
                    check_condition(mutant, TOTAL, MOST)
                if number % (5 * CONDITIONS) == 0:
                    symbol = mutant.symbols[number % len(mutant.symbols)]
                    check_condition_for_all(mutant, symbol, TOTAL - 3)
                conditions["right"] += 1
            except Undecided:  # a condition with dozens of cases may be beyond the budget
                conditions["undecided"] += 1
    assert kinds[Refuted], kinds
    assert conditions["right"] > conditions["undecided"], conditions


def test_a_symbol_alone_is_a_length() -> None:
    # To SymPy, each symbol is a condition too.
    claim = Claim(padded.correlate(k).length, n, given=[n + l + r >= c])
    assert isinstance(checked_verdict(claim, TOTAL), Refuted)
    assert isinstance(checked_verdict(Claim(t, 2 * t - t), TOTAL), Proved)
    assert isinstance(checked_verdict(Claim(t, p), TOTAL), Refuted)
    check_condition(claim, TOTAL)


@pytest.mark.parametrize("name", FORMULAS)
def test_formula_with_a_floor(name: str) -> None:
    verdict = checked_verdict(FORMULAS[name], TOTAL)
    assert verdict is not None
    if isinstance(verdict, Proved):
        check_condition(FORMULAS[name], TOTAL)


@pytest.mark.parametrize("name", FRACTIONS)
def test_remainder_of_a_fraction(name: str) -> None:
    checked_verdict(FRACTIONS[name], TOTAL)
    check_condition(FRACTIONS[name], TOTAL)


@pytest.mark.parametrize("name", [name for name, claim in THEOREMS.items() if claim.signals])
def test_random_entries_stand_for_polynomials(name: str) -> None:
    for mutant in islice(claim_mutants(THEOREMS[name]), 0, None, 9):
        for at in islice(small_lengths(mutant, 7), 0, None, 11):
            if is_defined(mutant, at):
                assert holds(mutant, at) == holds_exactly(mutant, at), f"{mutant} at {at}"

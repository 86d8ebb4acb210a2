"""Audits of mutated derivations against a naive evaluator of formulas.

    python -m tests.runners.derivations --minutes 5 --seed 7

goes on after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from symconv.derivations import Audit
from tests.generators.derivations import RIGHT, random_mutant
from tests.oracles.derivations import cached_value, check_closer, check_step

WHOLE = 0.1  # the share of mutants whose derivation is audited as a whole


def check_mutant(seed: int) -> list[str]:
    """Compare the audit of a mutant with the oracle.

    Returns the kinds of verdicts on the mutated step and on the one after it.
    """
    rng = random.Random(-seed - 1)
    mutant = random_mutant(seed)
    right, place = RIGHT[mutant.name], mutant.place
    first, after = 0, len(right.formulas) + 1
    if rng.random() > WHOLE:  # only the steps that the change can touch
        first, after = place - 1, place + 2
    audit = right.derivation(mutant.formulas[first:after]).audit()
    kinds = []
    for step in audit:
        try:
            kind = check_step(audit, step)
            if step.number + first not in (place, place + 1):
                assert kind == "Proved", f"step {step.number + first}: {step.verdict}"
            else:
                kinds.append(kind)
            if kind == "Refuted":
                check_closer(audit, step, rng.random())
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {mutant}: {error}") from error
    check_after(audit, place - first, kinds)
    return kinds


def check_after(audit: Audit, place: int, kinds: list[str]) -> None:
    """After a right or an ill-formed formula the next one is right; else it need not be."""
    if len(kinds) > 1 and kinds[0] in ("Proved", "IllFormed"):
        assert kinds[1] == "Proved", f"{audit}: after {kinds[0]}, {kinds[1]}"
    if len(kinds) > 1 and kinds[0] == "Refuted":
        assert kinds[1] in ("Refuted", "Unknown", "Refuted, no window"), f"{audit}: {kinds[1]}"


def main() -> None:
    """Checks mutants for some minutes, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    seed, start, slowest = arguments.seed, time.monotonic(), (0.0, 0)
    while time.monotonic() - start < 60 * arguments.minutes:
        began = time.monotonic()
        try:
            own, *after = check_mutant(seed)
            kinds[own] += 1
            kinds.update(f"after: {one}" for one in after)
            if own == "Unknown":
                unknown[random_mutant(seed).kind] += 1
        except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
            kinds["DISAGREEMENT"] += 1
            print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
        slowest = max(slowest, (time.monotonic() - began, seed))
        seed += 1
        cached_value.cache_clear() if seed % 500 == 0 else None
    number, seconds = seed - arguments.seed, time.monotonic() - start
    print(f"seeds {arguments.seed} to {seed - 1}: {number} mutants in {seconds:.0f} s")
    print(f"the slowest took {slowest[0]:.1f} s, with seed {slowest[1]}")
    for kind, found in kinds.most_common():
        print(f"{found:7}  {found / number:6.1%}  {kind}")
    print(f"unknown by mutation: {dict(unknown.most_common())}")
    sys.exit(1 if kinds["DISAGREEMENT"] else 0)


if __name__ == "__main__":
    main()

"""Random claims against brute force.

    python -m tests.runners.random_claims --minutes 60 --seed 100000

goes on after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from symconv import Proved, Refuted, Undecided
from tests.generators.random_claims import is_symbolic, random_claim
from tests.oracles.brute_force import check_condition, check_condition_for_all, checked_verdict
from tests.runners.patience import TooSlowError, patience, wake_up

CONDITIONS = 0.4, 0.1  # of so many refuted and proved claims the condition is checked
TOTAL, MOST = 9, 120  # how far brute force goes, among the smallest lengths


def check(seed: int) -> str:
    """Compare one random claim with brute force; returns the kind of its verdict."""
    rng = random.Random(seed)
    claim = random_claim(seed)
    verdict = checked_verdict(claim, TOTAL, MOST)
    if verdict is None:
        return "undefined"
    kind = type(verdict).__name__
    if is_symbolic(claim):
        return f"{kind}, symbolic strides"
    # A condition rests on the same sets as a proof does.
    shares = {Refuted: CONDITIONS[0], Proved: CONDITIONS[1]}
    if rng.random() < shares.get(type(verdict), 0):
        try:
            condition = check_condition(claim, TOTAL, MOST)
        except Undecided:
            return f"{kind}, condition undecided"
        assert isinstance(verdict, Refuted) or condition == True, f"{claim}: {condition}"  # noqa: E712
        if isinstance(verdict, Refuted) and claim.symbols and rng.random() < 0.15:
            symbol = rng.choice(claim.symbols)
            check_condition_for_all(claim, symbol, TOTAL - 5, largest=15, most=6)
    return kind


def main() -> None:
    """Checks random claims for some minutes, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--patience", type=int, default=60, help="seconds for one claim")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    start = printed = time.monotonic()
    seed: int = arguments.seed
    wake_up()
    while time.monotonic() - start < 60 * arguments.minutes:
        try:
            with patience(arguments.patience):
                kinds[check(seed)] += 1
        except TooSlowError:
            kinds["too slow"] += 1
            print(f"seed {seed}: too slow", flush=True)
        except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
            kinds["DISAGREEMENT"] += 1
            print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
        seed += 1
        if time.monotonic() - printed > 60:
            printed = time.monotonic()
            print(f"{seed - arguments.seed} claims: {dict(kinds)}", flush=True)
    number, seconds = seed - arguments.seed, time.monotonic() - start
    print(f"seeds {arguments.seed} to {seed - 1}: {number} claims in {seconds:.0f} s")
    for kind, found in kinds.most_common():
        print(f"{found:7}  {found / number:6.1%}  {kind}")
    sys.exit(1 if kinds["DISAGREEMENT"] else 0)


if __name__ == "__main__":
    main()

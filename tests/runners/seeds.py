"""Checks of random things by their seeds, one after the other, and what came of them."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable

from tests.oracles.outcomes import Disagreement
from tests.runners.patience import TooSlowError, patience, wake_up

__all__ = ["check_seeds"]


def _answer(
    seed: int, check: Callable[[int], str], made: Callable[[int], object], seconds: int
) -> tuple[str, str]:
    """What came of a seed, and the whole story where it is a disagreement."""
    try:
        with patience(seconds):
            return check(seed), ""
    except TooSlowError:
        return "too slow", "too slow"
    except Disagreement as found:
        return f"DISAGREEMENT: {found.topic}", str(found)
    except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
        return "DISAGREEMENT: crash", f"{type(error).__name__}: {error}\n{made(seed)}"


def check_seeds(
    description: str, check: Callable[[int], str], made: Callable[[int], object]
) -> None:
    """The command of a runner: goes through the claims that are asked for, and prints the kinds.

    Args:
        description: what it does.
        check: the kind of what a seed comes to.
        made: the claim of a seed, which is printed where the check itself ends with an error.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which it ends")
    parser.add_argument("--patience", type=int, default=60, help="seconds for one claim")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    begun = printed = time.monotonic()
    wake_up()
    seeds = range(arguments.start, arguments.start + arguments.claims)
    for seed in seeds:
        kind, story = _answer(seed, check, made, arguments.patience)
        kinds[kind] += 1
        if story:
            print(f"seed {seed}: {story}\n", flush=True)
        if time.monotonic() - printed > 60:
            printed = time.monotonic()
            print(f"{kinds.total()} claims: {dict(kinds)}", flush=True)
        if time.monotonic() - begun > 60 * arguments.minutes:
            break
    number, seconds = kinds.total(), time.monotonic() - begun
    print(f"seeds {seeds.start} to {seeds.start + number - 1}: {number} claims in {seconds:.0f} s")
    for kind, found in kinds.most_common():
        print(f"{found:7}  {found / number:6.1%}  {kind}")
    sys.exit(1 if any(kind.startswith("DISAGREEMENT") for kind in kinds) else 0)

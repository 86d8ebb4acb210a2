"""Random claims about networks against arithmetic on NumPy arrays.

    python -m tests.runners.networks --claims 5000 --start 0

goes on after a disagreement, and prints the kinds of verdicts that it met.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter

from tests.generators.networks import network_claim
from tests.oracles.networks import checked
from tests.oracles.tensor_claims import Disagreement
from tests.runners.patience import TooSlowError, patience, wake_up


def check(seed: int) -> str:
    """Compare one random claim with the arrays; returns the kind of its verdict."""
    kind, _ = checked(network_claim(seed))
    return kind


def answer(seed: int, seconds: int) -> tuple[str, str]:
    """What came of a claim, and the whole story where it is a disagreement."""
    try:
        with patience(seconds):
            return check(seed), ""
    except TooSlowError:
        return "too slow", "too slow"
    except Disagreement as found:
        return f"DISAGREEMENT: {found.topic}", str(found)
    except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
        return "DISAGREEMENT: crash", f"{type(error).__name__}: {error}\n{network_claim(seed)}"


def main() -> None:
    """Checks random claims about networks, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
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
        kind, story = answer(seed, arguments.patience)
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


if __name__ == "__main__":
    main()

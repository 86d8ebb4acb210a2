"""Random chains of layers: what `solve` finds, against linear algebra over the fractions.

    python -m tests.runners.kernels --problems 5000 --start 0 --minutes 10

goes on after a disagreement, and prints the kinds of answers that it met.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter

from tests.generators.kernel_problems import kernel_problem
from tests.oracles.solutions import Disagreement, checked
from tests.runners.patience import TooSlowError, patience, wake_up

__all__ = ["check"]


def check(seed: int) -> str:
    """Compare the answer to one random problem with linear algebra; returns its kind."""
    return checked(kernel_problem(seed))


def answer(seed: int, seconds: int) -> tuple[str, str]:
    """What came of a problem, and the whole story where it is a disagreement."""
    try:
        with patience(seconds):
            return check(seed), ""
    except TooSlowError:
        return "too slow", f"too slow\n{kernel_problem(seed)}"
    except Disagreement as found:
        return f"DISAGREEMENT: {found.topic}", str(found)
    except Exception as error:  # whatever it is, it is to be looked at; the rest goes on
        return "DISAGREEMENT: crash", f"{type(error).__name__}: {error}\n{kernel_problem(seed)}"


def main() -> None:
    """Checks random problems of kernels, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which it ends")
    parser.add_argument("--patience", type=int, default=60, help="seconds for one problem")
    parser.add_argument("--open", action="store_true", help="print what is not known, too")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    begun = printed = time.monotonic()
    wake_up()
    seeds = range(arguments.start, arguments.start + arguments.problems)
    for seed in seeds:
        kind, story = answer(seed, arguments.patience)
        kinds[kind] += 1
        if arguments.open and kind.startswith("not known"):
            story = f"{kind}\n{kernel_problem(seed)}"
        if story:
            print(f"seed {seed}: {story}\n", flush=True)
        if time.monotonic() - printed > 60:
            printed = time.monotonic()
            print(f"{kinds.total()} problems: {dict(kinds)}", flush=True)
        if time.monotonic() - begun > 60 * arguments.minutes:
            break
    number, seconds = kinds.total(), time.monotonic() - begun
    last = seeds.start + number - 1
    print(f"seeds {seeds.start} to {last}: {number} problems in {seconds:.0f} s")
    for kind, found in kinds.most_common():
        print(f"{found:7}  {found / number:6.1%}  {kind}")
    sys.exit(1 if any(kind.startswith("DISAGREEMENT") for kind in kinds) else 0)


if __name__ == "__main__":
    main()

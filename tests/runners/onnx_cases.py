"""How many of the cases that come with ONNX are read, and why the others are not.

    python -m tests.runners.onnx_cases --operator Conv

prints each that is not read with the reason, and each whose numbers differ.
"""

from __future__ import annotations

import argparse
from collections import Counter

from symconv.errors import SymconvError
from tests.oracles.onnx_cases import cases, disagreement, operators


def main() -> None:
    """Go through the cases."""
    parser = argparse.ArgumentParser(description="Reads the cases that come with ONNX.")
    parser.add_argument("--operator", help="only those with this operator")
    parser.add_argument("--reasons", action="store_true", help="say why cases are not read")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    by_operator: dict[str, Counter[str]] = {}
    for case in cases():
        found = operators(case)
        if arguments.operator and arguments.operator not in found:
            continue
        try:
            story = disagreement(case)
            kind = "differs" if story else "read"
        except SymconvError as error:
            story, kind = str(error), "refused"
        kinds[kind] += 1
        by_operator.setdefault(" ".join(found), Counter())[kind] += 1
        if kind == "differs" or arguments.operator or arguments.reasons:
            print(f"{case.name}: {kind} {story}"[:300])
    if arguments.operator is None:
        for name, counted in sorted(by_operator.items()):
            print(f"{name[:60]}: {dict(counted)}")
    print(f"{kinds.total()} cases: {dict(kinds)}")


if __name__ == "__main__":
    main()

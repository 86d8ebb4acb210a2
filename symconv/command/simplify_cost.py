"""How much an instance of a claim has to simplify, known before anything is simplified."""

from __future__ import annotations

from math import prod

from symconv.arithmetic.limits import MOST_ENTRIES, MOST_PRODUCTS_SIMPLIFIED
from symconv.decision.claims import Instance
from symconv.errors import SymconvError
from symconv.language.graph import has_opaque
from symconv.language.signals import SignalExpr

__all__ = ["check_workload"]


def check_workload(instance: Instance) -> None:
    """Refuse an instance at which SymPy's simplify would take minutes.

    >>> from symconv import Claim, Signal, integers
    >>> n = integers("n", positive=True)
    >>> x, k = Signal("x", n), Signal("k", n)
    >>> check_workload(Claim(x.convolve(k), k.convolve(x)).at(n=100))
    Traceback (most recent call last):
        ...
    symconv.errors.SymconvError: at n = 100 there are about 20400 products of entries to
    simplify, and 20000 are allowed; choose smaller lengths

    Raises:
        SymconvError: more than `MOST_PRODUCTS_SIMPLIFIED` products of entries would be simplified,
            or there are functions or maxima.
    """
    if has_opaque(*instance.claim.signals):
        raise SymconvError(
            f"simplify compares polynomials, and there are functions or maxima in {instance.claim};"
            " leave out the lengths, and it is decided for all of them"
        )
    symbols = {symbol.name: symbol for symbol in instance.claim.symbols}
    claim = instance.claim.specialised({symbols[n]: v for n, v in instance.lengths.items()})
    products = sum(_Work().products(signal) for signal in claim.signals)
    if products > MOST_PRODUCTS_SIMPLIFIED:
        raise SymconvError(
            f"at {instance} there are about {products} products of entries to simplify, and "
            f"{MOST_PRODUCTS_SIMPLIFIED} are allowed; choose smaller lengths"
        )


class _Work:
    """Counts products in the entries of signals whose lengths are numbers, each signal once."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, int]] = {}

    def products(self, signal: SignalExpr) -> int:
        """How many products there are in all entries, and in those of what it is made of."""
        return self._counted(signal)[1]

    def _counted(self, signal: SignalExpr) -> tuple[int, int]:
        """The products in one entry, at most; and in all."""
        known = self._seen.get(id(signal))
        if known is None:
            operands = list(map(self._counted, signal.operands))
            one, own = signal.operator.count_products(
                [each for each, _ in operands],
                _entries(signal),
                list(map(_entries, signal.operands)),
            )
            known = max(1, min(one, MOST_ENTRIES)), own + sum(total for _, total in operands)
            self._seen[id(signal)] = known
        return known


def _entries(signal: SignalExpr) -> int:
    """How many entries there are."""
    return prod(map(int, signal.shape))

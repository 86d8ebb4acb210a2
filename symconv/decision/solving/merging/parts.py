"""Which parts of a network are one layer each: decided once for all that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy import Expr, Symbol

from symconv.arithmetic.limits import LARGE_SIZE
from symconv.decision.claims import Hypothesis
from symconv.decision.solving.merging.any_channels import for_any_channels
from symconv.decision.solving.merging.merged import Merged, merge
from symconv.decision.solving.merging.multiplications import multiplications
from symconv.decision.solving.merging.chains import read_chain
from symconv.decision.solving.merging.regions import (
    Region,
    between,
    linear_regions,
    passed_by_all,
)
from symconv.decision.verdicts import Proved, Refuted, Unknown
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.graph import leaves, walk
from symconv.language.operators import (
    Add,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Einsum,
    Flip,
    Pad,
)
from symconv.language.signals import SignalExpr, Tensor, replaced

__all__ = ["Part", "Parts", "Run"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a network, which may be one layer.

    Attributes:
        region: what it reads, and what it makes.
        merged: which layer it is, if it is one; the sizes and the weights in it have other names.
        names: what the named tensors in it are called in the network.
        sizes: for which sizes, by symbol, it is the part of the network.
    """

    region: Region
    merged: Merged
    names: Mapping[str, str] = field(repr=False)
    sizes: Mapping[Symbol, Amount] = field(repr=False)

    @property
    def is_layer(self) -> bool:
        """Whether it is proved to be one layer, for all sizes."""
        verdict = self.merged.verdict
        return isinstance(verdict, Proved) and verdict.is_complete

    @property
    def is_plain(self) -> bool:
        """Whether it stands there as that layer already."""
        return self.merged.layer is self.merged.chain

    @property
    def channels(self) -> dict[Symbol, int]:
        """The symbols whose values are known: the numbers of channels."""
        found = {symbol: amount.number for symbol, amount in self.sizes.items()}
        return {symbol: number for symbol, number in found.items() if number is not None}

    def work(self) -> int:
        """How many multiplications it takes for a large input, as one layer if it is one."""
        counted = self.merged.cost_after if self.is_layer else self.merged.cost_before
        at: dict[Any, Any] = {}
        for symbol, amount in self.sizes.items():
            at[symbol] = amount.at(dict.fromkeys(amount.symbols.values(), LARGE_SIZE))
        rest = dict.fromkeys(counted.free_symbols - at.keys(), LARGE_SIZE)
        return int(counted.subs(at | rest))


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A largest linear part of a network, and what it is cut into.

    Attributes:
        whole: all of it.
        parts: the parts that are one layer each; it alone where it is one, and no others together
            take less.
    """

    whole: Part | None
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Parts:
    """The parts of a network while they are decided.

    Attributes:
        given: the hypotheses about the sizes of the network.
    """

    given: Iterable[Hypothesis] = ()
    _decided: dict[Any, Merged | SymconvError] = field(default_factory=dict)

    def of(self, outputs: Sequence[SignalExpr], inputs: Iterable[SignalExpr]) -> list[Run]:
        """The largest linear parts of a network, in the order in which they are computed.

        Args:
            outputs: what the network computes.
            inputs: what it is applied to.
        """
        return [self._run(region) for region in linear_regions(outputs, inputs)]

    def _run(self, region: Region) -> Run:
        whole = self._decided_part(region)
        parts = self._cut(region)
        if whole is not None and whole.is_layer and whole.work() <= _work(parts):
            parts = [whole]
        return Run(whole, tuple(parts))

    # --- one part ---

    def _decided_part(self, region: Region) -> Part | None:
        """Which layer a part is, or would be; None where it has no form of one."""
        general = for_any_channels(region)
        found = None
        if general is not None:
            merged = self._merge(general.chain, general.chain, general.input, ())
            if merged is not None:
                found = Part(region, merged, general.names, general.sizes)
                if found.is_layer or _never_holds(found):
                    return found
        own = self._as_it_is(region, None if general is None else general.chain)
        if found is None or (own is not None and not isinstance(own.merged.verdict, Unknown)):
            return own
        return found

    def _as_it_is(self, region: Region, alike: SignalExpr | None) -> Part | None:
        """The same with the sizes of the network, and the hypotheses about them."""
        source = region.source
        if isinstance(source, Tensor):
            x: SignalExpr = source
            chain = region.result
        else:
            sizes = source.lengths
            try:
                x = Tensor(_free_name(region.result), [_amount(source, a) for a in range(len(sizes))])
            except SymconvError:
                return None
            chain = replaced(region.result, lambda node: x if node is source else None)
        key = (chain,) if alike is None else (alike, *source.lengths)
        merged = self._merge(key, chain, x, tuple(self.given))
        if merged is None:
            return None
        return Part(region, merged, {name: name for name in leaves(merged.chain)}, {})

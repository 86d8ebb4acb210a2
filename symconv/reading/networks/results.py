"""What was read of a network: its outputs, and where its weights are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symconv.errors import SymconvError
from symconv.language.signals import SignalExpr, Tensor
from symconv.reading.networks.running import Running
from symconv.reading.networks.weights import Weight

__all__ = ["LocatedError", "Reading", "note_place"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a module computes.

    Attributes:
        outputs: what it returns, one after the other where these are several.
        inputs: the named tensors that it was run on.
        weights: its weights by the names of the tensors that stand for them.
        given: the hypotheses about sizes, for which the outputs are what they are.
        places: for each tensor on the way to the outputs, the module in which it was first made,
            as "layer1.0.conv2 (Conv2d)"; empty for what is made in none of its parts.
        running: how it is run on numbers, where that is known.
        refusal: runs it on zeros at some sizes, by name, and says why it refuses them; empty where
            it does not.  None where it cannot be run.
        keys: for each output the keys that lead to it, where a dictionary is returned, as
            "['logits']"; empty for others.
    """

    outputs: tuple[SignalExpr, ...]
    inputs: tuple[Tensor, ...]
    weights: Mapping[str, Weight]
    given: tuple[Any, ...]
    places: Mapping[SignalExpr, str] = field(default_factory=dict, repr=False)
    running: Running | None = field(default=None, repr=False, compare=False)
    refusal: Callable[[Mapping[str, int]], str | None] | None = field(default=None, repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def output(self) -> SignalExpr:
        """The output, where there is one.

        Raises:
            SymconvError: there are several.
        """
        if len(self.outputs) != 1:
            raise SymconvError(f"the module has {len(self.outputs)} outputs; see .outputs")
        return self.outputs[0]


class LocatedError(SymconvError):
    """An error that says already in which module or node it is met."""


def note_place(places: dict[SignalExpr, str], made: SignalExpr, place: str) -> None:
    """Note where a tensor is made, and all that was made for it on the way."""
    if made in places:
        return
    places[made] = place
    new = [made]
    while new:
        for part in new.pop().operands:
            if part not in places:
                places[part] = place
                new.append(part)

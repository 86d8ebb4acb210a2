"""Which symbols of a claim are the sizes of its inputs."""

from __future__ import annotations

from sympy import Symbol

from symconv.decision.claims import Claim
from symconv.language.graph import in_kernels, leaves, symbols_in

__all__ = ["sizes_of_inputs"]


def sizes_of_inputs(claim: Claim) -> tuple[Symbol, ...] | None:
    """The symbols in the shapes of the inputs of a claim, without those in shapes of kernels.

    An input is a named tensor that is no kernel of a layer, nor part of one.  A number of
    channels, which a kernel has too, is therefore no size of an input.

    None where there is no input: in a claim about lengths, which are numbers, none is named.

    >>> from symconv import Signal, integers
    >>> n, c, p = integers("n c p", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> sizes_of_inputs(Claim(x.pad(p, p).correlate(k), x))
    (n,)
    """
    kernels = in_kernels(*claim.signals)
    inputs = [leaf for leaf in leaves(*claim.signals).values() if leaf not in kernels]
    if not inputs:
        return None
    sizes = symbols_in(*inputs).keys() - symbols_in(*kernels).keys()
    return tuple(symbol for symbol in claim.symbols if symbol.name in sizes)

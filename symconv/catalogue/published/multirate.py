"""Published statements of signal processing: noble identities, polyphase, circular convolution."""

from __future__ import annotations

from functools import reduce
from operator import add

from sympy import Eq, Expr, Sum, floor

from symconv.catalogue.published.statements import (
    Published,
    c,
    e,
    fails,
    h,
    holds,
    i,
    j,
    k,
    m,
    n,
    published,
    s,
    u,
    x,
)
from symconv.language.signals import Signal, SignalExpr

__all__ = ["MULTIRATE"]


_NOBLE = published(
    "noble_identities",
    "Downsampling by s and then a filter is the filter dilated by s and then downsampling; a "
    "filter and then s − 1 zeros between entries is these zeros and then the dilated filter.",
    source="http://cnx.org/content/m10432/latest/, "
    "https://www.dsprelated.com/freebooks/sasp/Multirate_Noble_Identities.html",
    verdict="true",
    condition="for all lengths, valid or full; the lengths agree too",
    theorems=(
        holds(
            "valid_filter_after_downsampling",
            x.downsample(s).correlate(k),
            x.correlate(k.dilate(s)).downsample(s),
            "↓s and a layer is the layer with the dilated kernel and ↓s.",
            "Entry u of both is the sum of k[j]·x[s(u + j)].",
        ),
        holds(
            "full_filter_after_downsampling",
            x.downsample(s).convolve(k),
            x.convolve(k.dilate(s)).downsample(s),
            "The same for full convolutions.",
            "Entry u of both is the sum of k[j]·x[s(u − j)].",
        ),
        holds(
            "valid_filter_before_zeros_between",
            x.correlate(k).dilate(s),
            x.dilate(s).correlate(k.dilate(s)),
            "A layer and ↑s is ↑s and the layer with the dilated kernel.",
            "Only indices divisible by s meet on the right.",
        ),
        holds(
            "full_filter_before_zeros_between",
            x.convolve(k).dilate(s),
            x.dilate(s).convolve(k.dilate(s)),
            "The same for full convolutions.",
            "Only indices divisible by s meet on the right.",
        ),
    ),
)


def _valid_phases(factor: int) -> SignalExpr:
    length = x.correlate(k, stride=factor).length
    parts = (
        one.correlate(tap) for one, tap in zip(x.phases(factor), k.phases(factor), strict=True)
    )
    return reduce(add, (part.pad(0, length - part.length) for part in parts))


def _full_phases(factor: int) -> SignalExpr:
    length = x.convolve(k).downsample(factor).length
    parts = (
        x.pad(delay, 0).downsample(factor).convolve(phase)
        for delay, phase in enumerate(k.phases(factor))
    )
    return reduce(add, (part.pad(0, length - part.length) for part in parts))


_POLYPHASE = published(
    "polyphase_decimator",
    "A filter and then downsampling by s is the sum of the phases of the filter, each on a phase "
    "of the input, which computes nothing that is thrown away.",
    source="http://cnx.rice.edu/content/m10433/latest/",
    verdict="true",
    condition="for all lengths and strides",
    theorems=(
        *(
            holds(
                f"strided_layer_eq_sum_of_{factor}_phases",
                x.correlate(k, stride=factor),
                _valid_phases(factor),
                f"A layer of stride {factor} is the sum of {factor} layers of stride 1, on the "
                "phases of input and kernel.",
                "Write j = si + r: the input entry is s(u + i) + r.",
                given=[c >= factor],
            )
            for factor in (2, 3)
        ),
        *(
            holds(
                f"downsampled_convolution_eq_sum_of_{factor}_phases",
                x.convolve(k).downsample(factor),
                _full_phases(factor),
                f"A full convolution and ↓{factor} is the sum of {factor} convolutions, of the "
                "input delayed by r and downsampled with phase r of the kernel.",
                "Write j = si + r: the input entry is s(u − i) − r.",
            )
            for factor in (2, 3)
        ),
        holds(
            "strided_layer_eq_sum_over_phases",
            x.correlate(k, stride=s),
            Signal.from_formula(
                u,
                Sum(
                    Sum(k[s * i + j] * x[s * (u + i) + j], (i, 0, floor((c - 1 - j) / s))),
                    (j, 0, s - 1),
                ),
                length=x.correlate(k, stride=s).length,
            ),
            "The same for any stride, with a sum over the phases j = 0, …, s − 1.",
            "Write the tap as si + j.",
        ),
    ),
)


def _circular(period: Expr) -> SignalExpr:
    """Σ_i x[i]·h[(u − i) mod N], for a period N that is at least both lengths."""
    wrapped = Sum(x[i] * h[u - i], (i, 0, period - 1)) + Sum(
        x[i] * h[u - i + period], (i, 0, period - 1)
    )
    return Signal.from_formula(u, wrapped, length=period)


_CIRCULAR = published(
    "circular_and_linear_convolution",
    "The circular convolution with period N of n and e entries is the linear one iff "
    "N ≥ n + e − 1; with period n the entries e − 1, …, n − 1 agree.",
    source="https://dsp.stackexchange.com (the sub-range of circular and linear convolution), "
    "https://ccrma.stanford.edu/~jos/sasp/Acyclic_FFT_Convolution.html",
    verdict="true",
    condition="for all lengths (N ≥ n and N ≥ e)",
    theorems=(
        fails(
            "circular_convolution_eq_linear_convolution",
            _circular(m),
            x.convolve(h).pad(0, m - (n + e - 1)),
            "The circular convolution with period m is the linear one.",
            "What is beyond the period comes in again at the front.",
            at={"e": 2, "m": 2, "n": 2},
            condition=m >= n + e - 1,
            given=[m >= n, m >= e],
        ),
        holds(
            "circular_convolution_agrees_where_nothing_wraps",
            _circular(n).pad(1 - e, 0),
            x.convolve(h).pad(1 - e, 1 - e),
            "With period n, the entries from e − 1 on are those of the linear convolution "
            "(overlap-save).",
            "Only the last e − 1 entries of the linear convolution wrap around.",
        ),
        fails(
            "circular_convolution_agrees_everywhere",
            _circular(n),
            x.convolve(h).pad(0, 1 - e),
            "With period n, all entries are those of the linear convolution.",
            "The first e − 1 entries are sums with those that wrap around.",
            at={"e": 2, "n": 2},
            condition=Eq(e, 1),
            given=[n >= e],
        ),
        holds(
            "circular_convolution_eq_layer_with_circular_padding",
            _circular(n),
            x.pad(e - 1, 0, "circular").correlate(h.flip()),
            "Circular convolution is a layer with circular padding on the left and the flipped "
            "kernel.",
            "Tap e − 1 − j reads x[(u − j) mod n].",
            given=[n >= e],
        ),
    ),
)

MULTIRATE: tuple[Published, ...] = (_NOBLE, _POLYPHASE, _CIRCULAR)

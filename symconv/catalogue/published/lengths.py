"""Published statements about output lengths and masks."""

from __future__ import annotations

from sympy import And, Eq, Expr, Integer, Max, Mod, Symbol, ceiling, false, floor

from symconv.arithmetic.symbols import integers
from symconv.catalogue.published.statements import (
    Published,
    c,
    d,
    e,
    fails,
    h,
    h3,
    holds,
    k,
    k3,
    l,
    m,
    n,
    p,
    published,
    s,
    x,
)
from symconv.language.signals import Signal

__all__ = ["LENGTHS"]

_taps_times_dilation = integers("v", positive=True)
_odd = Signal("k", 2 * p + 1)


def _half_of_product(dilation: int | Symbol) -> Expr:
    amount = floor(dilation * c / 2)
    return x.pad(amount, amount).correlate(k, dilation=dilation).length


_PRESERVING = published(
    "length_preserving_padding_with_dilation",
    "Padding by ⌊dc/2⌋ on both sides preserves the length, for dilation d and stride 1.",
    source="https://github.com/Deci-AI/super-gradients/pull/555",
    verdict="false",
    condition="iff d = 1 and c is odd; d·⌊c/2⌋ preserves the length for all d and odd c",
    theorems=(
        fails(
            "padding_by_half_of_dilation_times_taps_preserves_the_length",
            _half_of_product(d),
            n,
            "Padding by ⌊dc/2⌋ preserves the length.",
            "A dilated kernel spans d(c − 1) + 1 entries, not dc.",
            at={"c": 1, "d": 2, "n": 1},
            given=[Eq(Mod(c, 2), 1)],
        ),
        fails(
            "padding_by_half_of_the_taps_preserves_the_length",
            _half_of_product(1),
            n,
            "Without dilation, padding by ⌊c/2⌋ preserves the length.",
            "For even c it adds one entry.",
            at={"c": 2, "n": 1},
            condition=Eq(Mod(c, 2), 1),
        ),
        *(
            fails(
                f"padding_by_half_of_{dilation}_times_taps_preserves_the_length",
                _half_of_product(dilation),
                n,
                f"For dilation {dilation}, padding by ⌊{dilation}c/2⌋ preserves the length.",
                "It adds d or d − 1 entries.",
                at=at,
                condition=false,
            )
            for dilation, at in ((2, {"n": 1}), (3, {"c": 1, "n": 1}))
        ),
        fails(
            "length_with_half_of_dilation_times_taps",
            n + 2 * floor(_taps_times_dilation / 2) - _taps_times_dilation + d,
            n,
            "The same for any d, with v for dc: n + 2⌊v/2⌋ − d(c − 1) is n.",
            "2⌊v/2⌋ − v is 0 or −1.",
            at={"d": 1, "n": 1, "v": 2},
            condition=And(Eq(d, 1), Eq(Mod(_taps_times_dilation, 2), 1)),
        ),
        holds(
            "padding_by_dilation_times_half_the_taps_preserves_the_length",
            x.pad(d * p, d * p).correlate(_odd, dilation=d).length,
            n,
            "For 2p + 1 taps, padding by dp preserves the length, for any dilation d.",
            "The dilated kernel spans 2dp + 1 entries.",
        ),
    ),
)


_POOL = published(
    "pool_length_by_ceiling",
    "The length of a pool is ⌈(n + 2p − c + 1)/s⌉, which is ⌊(n + 2p − c)/s⌋ + 1; rounding up "
    "instead, ⌈(n + 2p − c)/s⌉ + 1, is said to be another length.",
    source="https://github.com/BVLC/caffe/issues/4252",
    verdict="conditional",
    condition="the first equality always holds; the third form is equal iff s divides n + 2p − c",
    theorems=(
        holds(
            "pool_length_by_ceiling",
            ceiling((n + 2 * l - c + 1) / s),
            floor((n + 2 * l - c) / s) + 1,
            "⌈(n + 2p − c + 1)/s⌉ = ⌊(n + 2p − c)/s⌋ + 1.",
            "⌈(z + 1)/s⌉ = ⌊z/s⌋ + 1 for every integer z.",
        ),
        *(
            fails(
                f"pool_length_rounded_up_eq_rounded_down_for_stride_{stride}",
                ceiling((n + 2 * p - c) / stride) + 1,
                floor((n + 2 * p - c) / stride) + 1,
                f"For stride {stride}, rounding up and rounding down give the same length.",
                "A window that fits only in part counts in the first.",
                at=at,
                condition=Eq(Mod(n + 2 * p - c, stride), 0),
            )
            for stride, at in ((2, {"c": 1, "n": 2, "p": 0}), (3, {"c": 1, "n": 1, "p": 1}))
        ),
    ),
)

_two_layers = x.correlate(k3, stride=2).correlate(h3, stride=2).length


def _twice_halved(size: Expr) -> Expr:
    return floor((floor((size - 1) / 2) - 1) / 2)


_SUBSAMPLING = published(
    "length_after_two_stride2_layers",
    "Two layers of 3 taps and stride 2 have ⌊(⌊(n − 1)/2⌋ − 1)/2⌋ outputs; before, ⌊n/4⌋ was used.",
    source="https://github.com/espnet/espnet/pull/921, https://github.com/espnet/espnet/issues/822",
    verdict="conditional",
    condition="the new form holds for n ≥ 3 (and is (n − 3)/4 rounded down), the old one, where "
    "there is an output, iff n = 3 modulo 4",
    theorems=(
        holds(
            "two_stride2_layers_have_twice_halved_length",
            _two_layers,
            _twice_halved(n),
            "The length is ⌊(⌊(n − 1)/2⌋ − 1)/2⌋.",
            "A layer of 3 taps and stride 2 makes ⌊(n − 1)/2⌋ of n.",
            given=[n >= 3],
        ),
        holds(
            "two_stride2_layers_have_one_floor",
            _two_layers,
            floor((n - 3) / 4),
            "The length is ⌊(n − 3)/4⌋.",
            "Nested floors are one floor.",
            given=[n >= 3],
        ),
        fails(
            "two_stride2_layers_have_a_quarter_of_the_length",
            _two_layers,
            floor(n / 4),
            "The length is ⌊n/4⌋.",
            "Four more entries give one more output, but the first output needs seven.",
            at={"n": 8},
            condition=Eq(Mod(n, 4), 3),
            given=[n >= 7],
        ),
    ),
)


def _outputs(size: Expr) -> Expr:
    return Max(0, _twice_halved(size))


_mask = Signal.ones(n).pad(0, m - n)
_subsampled = _mask.pad(0, -2).downsample(2).pad(0, -2).downsample(2)
_expected = Signal.ones(_outputs(n)).pad(0, _outputs(m) - _outputs(n))

_MASK = published(
    "mask_of_subsampled_entries",
    "A mask of n true entries out of m, cut by 2 at the end and halved, twice, has as many true "
    "entries as two layers of 3 taps and stride 2 have outputs for n entries.",
    source="https://github.com/espnet/espnet/issues/3037, "
    "https://github.com/wenet-e2e/wenet/issues/221",
    verdict="conditional",
    condition="iff m ≤ 6 or n ≥ 7 and m ≤ n + (2 − n) mod 4: for the longest utterance (n = m), "
    "but with more padding there can be one true entry too many (6 instead of 5 for n = 24)",
    theorems=(
        fails(
            "mask_halved_twice_marks_the_outputs",
            _subsampled,
            _expected,
            "The mask that is left marks the outputs of the n entries.",
            "Cutting the end of the mask takes padding away, not entries that are true.",
            at={"m": 7, "n": 1},
            condition=(m <= 6) | And(n >= 7, m <= n + Mod(2 - n, 4)),
            given=[n <= m],
        ),
        holds(
            "mask_of_the_longest_utterance_marks_the_outputs",
            Signal.ones(n).pad(0, -2).downsample(2).pad(0, -2).downsample(2),
            Signal.ones(_outputs(n)),
            "Without padding it marks the outputs.",
            "Both lengths are ⌊(n − 3)/4⌋.",
        ),
        fails(
            "mask_of_24_entries_marks_5_outputs",
            _subsampled,
            _expected,
            "A mask with 24 true entries marks 5 outputs.",
            "From 27 entries with padding on it marks 6.",
            at={"m": 27, "n": 24},
            condition=m <= 26,
            given=[Eq(n, 24), m >= 24],
        ),
        holds(
            "repaired_length_of_the_mask",
            floor((floor((n - 3) / 2) - 2) / 2) + 1,
            _twice_halved(n),
            "⌊(⌊(n − 3)/2⌋ − 2)/2⌋ + 1 is the number of outputs.",
            "Both are ⌊(n − 3)/4⌋.",
        ),
    ),
)

_g3 = Signal("g", 3)
_one_layer = x.pad(1, 1).correlate(k3, stride=2)
_three_layers = (
    _one_layer.pad(1, 1).correlate(h3, stride=2).pad(1, 1).correlate(_g3, stride=2).length
)


def _chunked(size: int) -> Expr:
    return floor(n / size) * ceiling(Integer(size) / 8) + ceiling(Mod(n, size) / 8)


def _halved_thrice(size: Expr) -> Expr:
    for _ in range(3):
        size = floor((size - 1) / 2) + 1
    return size


_CHUNKS = published(
    "length_after_three_stride2_layers_in_chunks",
    "Three layers of 3 taps, stride 2 and padding 1 make ⌈n/8⌉ outputs of n entries, and as many "
    "in all when the input is processed in chunks.",
    source="https://github.com/OpenMOSS/MOSS-Audio/pull/13; Transformers, Qwen3-Omni, "
    "_get_feat_extract_output_lengths",
    verdict="conditional",
    condition="⌈n/8⌉ holds without chunks; in chunks of c entries, for all n, iff 8 divides c; the "
    "formula with 13 outputs for each 100 entries is the sum over chunks of 100",
    theorems=(
        holds(
            "three_stride2_layers_have_an_eighth_of_the_length",
            _three_layers,
            ceiling(n / 8),
            "Three layers of 3 taps, stride 2 and padding 1 have ⌈n/8⌉ outputs.",
            "Each makes ⌈n/2⌉ of n, and nested ceilings are one.",
        ),
        fails(
            "chunk_and_rest_have_an_eighth_of_the_length",
            ceiling(c / 8) + ceiling(m / 8),
            ceiling((c + m) / 8),
            "A chunk of c entries and a rest of m ≤ c have ⌈(c + m)/8⌉ outputs together.",
            "Each chunk is rounded up by itself: for all n, 8 has to divide c.",
            at={"c": 1, "m": 1},
            condition=Eq(Mod(c, 8), 0),
            for_all=[m],
            given=[m <= c],
        ),
        holds(
            "chunks_of_a_multiple_of_8_have_an_eighth_of_the_length",
            floor(n / (8 * m)) * m + ceiling(Mod(n, 8 * m) / 8),
            ceiling(n / 8),
            "Chunks of 8m entries, and what is left, have ⌈n/8⌉ outputs together.",
            "Each chunk has m outputs.",
        ),
        fails(
            "chunks_of_any_size_have_an_eighth_of_the_length",
            floor(n / c) * ceiling(c / 8) + ceiling(Mod(n, c) / 8),
            ceiling(n / 8),
            "Chunks of any size, and what is left, have ⌈n/8⌉ outputs together.",
            "Each chunk is rounded up by itself.",
            at={"c": 1, "n": 2},
        ),
        fails(
            "chunks_of_402_have_an_eighth_of_the_length",
            _chunked(402),
            ceiling(n / 8),
            "Chunks of 402 entries have ⌈n/8⌉ outputs together.",
            "402 is not a multiple of 8.",
            at={"n": 403},
            condition=Eq(
                floor(n / 402) + ceiling(Mod(n, 402) / 8),
                ceiling((2 * floor(n / 402) + Mod(n, 402)) / 8),
            ),
        ),
        holds(
            "formula_with_13_per_100_is_the_sum_over_chunks",
            _halved_thrice(Mod(n, 100)) + 13 * floor(n / 100),
            _chunked(100),
            "Three times ⌊(z − 1)/2⌋ + 1 from n mod 100 on, plus 13⌊n/100⌋, is the sum over chunks "
            "of 100 entries.",
            "⌈100/8⌉ = 13.",
        ),
        fails(
            "formula_with_13_per_100_is_an_eighth",
            _halved_thrice(Mod(n, 100)) + 13 * floor(n / 100),
            ceiling(n / 8),
            "The same formula is ⌈n/8⌉.",
            "Each full chunk is rounded up from 12.5 to 13.",
            at={"n": 101},
            condition=Eq(
                floor(n / 100) + ceiling(Mod(n, 100) / 8),
                ceiling((4 * floor(n / 100) + Mod(n, 100)) / 8),
            ),
        ),
    ),
)

_full = x.convolve(h)

_WAVELET = published(
    "length_of_a_wavelet_stage",
    "One stage of a wavelet transform, a filter of e taps and downsampling by 2, makes "
    "(n + e)/2 − 1 outputs of n entries, n and e even.",
    source="http://cnx.org/content/m10459/latest/",
    verdict="conditional",
    condition="iff every second entry is kept from the second one on; from the first one on there "
    "are (n + e)/2 (for n + e even)",
    theorems=(
        holds(
            "odd_phase_of_a_filter_has_half_the_lengths_less_one",
            _full.downsample(2, offset=1).length,
            (n + e) / 2 - 1,
            "Keeping the entries 1, 3, … of a full convolution leaves (n + e)/2 − 1.",
            "The convolution has n + e − 1 entries.",
            given=[Eq(Mod(n + e, 2), 0)],
        ),
        fails(
            "even_phase_of_a_filter_has_half_the_lengths_less_one",
            _full.downsample(2).length,
            (n + e) / 2 - 1,
            "Keeping the entries 0, 2, … leaves (n + e)/2 − 1.",
            "There is one more of these.",
            at={"e": 2, "n": 2},
            condition=false,
            given=[Eq(Mod(n, 2), 0), Eq(Mod(e, 2), 0)],
        ),
        holds(
            "even_phase_of_a_filter_has_half_the_lengths",
            _full.downsample(2).length,
            (n + e) / 2,
            "Keeping the entries 0, 2, … leaves (n + e)/2.",
            "The convolution has n + e − 1 entries.",
            given=[Eq(Mod(n + e, 2), 0)],
        ),
    ),
)

LENGTHS: tuple[Published, ...] = (
    _PRESERVING,
    _POOL,
    _SUBSAMPLING,
    _MASK,
    _CHUNKS,
    _WAVELET,
)

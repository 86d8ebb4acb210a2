"""Named claims about the exercise and around it, true and false.

A false claim stands beside the smallest lengths at which it fails; the tests hold the
decision to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sympy import And, Eq, Mod, Symbol, floor
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.symbols import integers
from symconv.decision.claims import Claim
from symconv.language.signals import Signal, SignalExpr

__all__ = ["MAIN", "QUARTER", "SIZE", "THEOREMS", "Theorem", "one_layer", "two_layers"]

_EXERCISE = "The exercise: two stride-2 layers with one kernel as one stride-4 layer"
_MISTAKE = "A common mistake in solutions of the exercise"
_NOBLE = "P. P. Vaidyanathan, Multirate Systems and Filter Banks, 1993, section 4.2"
_GUIDE = "V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning, 2016"


@dataclass(frozen=True, slots=True)
class Theorem:
    """A named claim.

    Attributes:
        claim: the claim; its name says the statement.
        statement: the statement in words.
        why: what makes it true, or what the mistake is.
        source: where it comes from.
        instances: lengths at which `symconv prove` puts the difference through `simplify`.
        counterexample: None if the claim is true, else the smallest lengths at which it fails.
        condition: for a false claim, exactly where it holds, among its hypotheses; None if
            that is not stated.
        for_all: the symbols that the condition does not name: it then says when the claim
            holds for all values of these.
    """

    claim: Claim
    statement: str
    why: str
    source: str
    instances: tuple[Mapping[str, int], ...] = ()
    counterexample: Mapping[str, int] | None = None
    condition: Boolean | None = None
    for_all: tuple[Symbol, ...] = ()

    @property
    def name(self) -> str:
        """What the claim is called."""
        return self.claim.name or ""

    @property
    def is_true(self) -> bool:
        """Whether the claim is to be proved rather than refuted."""
        return self.counterexample is None


n, c, d = integers("n c d", positive=True)
l, r, p = integers("l r p", nonnegative=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)

padded = x.pad(l, r)
two_layers = padded.correlate(k, stride=2).correlate(k, stride=2)


def one_layer(K: SignalExpr) -> SignalExpr:  # the name that it is told by
    """The one layer with stride 4, with whichever kernel: which one, is what the exercise asks."""
    return padded.correlate(K, stride=4)


four_divides_n = Eq(Mod(n, 4), 0)


def _at(names: str, *rows: tuple[int, ...]) -> tuple[Mapping[str, int], ...]:
    return tuple(dict(zip(names.split(), row, strict=True)) for row in rows)


_LENGTHS = _at("n c l r", (2, 3, 0, 0), (4, 2, 0, 0), (8, 3, 3, 3), (12, 4, 4, 4), (16, 3, 1, 2))

MAIN = Theorem(
    Claim(
        two_layers,
        one_layer(k.convolve(k.dilate(2))),
        name="two_stride2_layers_eq_one_stride4_layer",
    ),
    "Two stride-2 convolution layers with one kernel k, on an input padded once, equal one "
    "stride-4 layer with the kernel k₄ = k ∗ (k ↑2).",
    "y[u] = Σ_i k[i] Σ_j k[j] xp[2(2u + i) + j]; put t = 2i + j.",
    _EXERCISE,
    _LENGTHS,
)

QUARTER = Claim(two_layers.length, n / 4, given=[four_divides_n])
"""Not true for all paddings: its condition is what `SIZE` states."""

SIZE = Theorem(
    Claim(
        Eq(QUARTER.lhs, QUARTER.rhs),
        And(3 * c - 6 <= l + r, l + r <= 3 * c - 3),
        given=QUARTER.given,
        name="output_is_a_quarter_iff_padding_fits",
    ),
    "If 4 divides n, the output of the two layers has exactly n/4 entries iff "
    "3c − 6 ≤ l + r ≤ 3c − 3.",
    "The length is max(0, ⌊(n + l + r − 3c + 2)/4⌋ + 1), because nested floors are one floor.",
    _EXERCISE,
    _at("n c l r", (4, 2, 0, 0), (8, 3, 3, 3), (8, 3, 4, 3)),
)


def _composition(first: int, second: int) -> Theorem:
    return Theorem(
        Claim(
            padded.correlate(k, stride=first).correlate(h, stride=second),
            padded.correlate(k.convolve(h.dilate(first)), stride=first * second),
            name=f"stride{first}_then_stride{second}_eq_stride{first * second}",
        ),
        f"A stride-{first} layer with kernel k and then a stride-{second} layer with kernel h, on "
        f"an input padded once, equal one stride-{first * second} layer with the kernel "
        f"k ∗ (h ↑{first}).",
        f"y[u] = Σ_i h[i] Σ_j k[j] xp[{first}({second}u + i) + j]; put t = {first}i + j.",
        _GUIDE,
        _at("n c d l r", (6, 2, 2, 1, 0), (9, 3, 2, 0, 1)),
    )


_TRUE: Iterable[Theorem] = (
    MAIN,
    SIZE,
    Theorem(
        Claim(k.convolve(k.dilate(2)).length, 3 * c - 2, name="k4_has_3c_minus_2_taps"),
        "The kernel k₄ = k ∗ (k ↑2) has 3c − 2 taps.",
        "k ↑2 has 2(c − 1) + 1 taps, and a convolution has one fewer than both together.",
        _EXERCISE,
        _at("c", (1,), (3,)),
    ),
    Theorem(
        Claim(
            k.convolve(k.dilate(2)).flip(),
            k.flip().convolve(k.flip().dilate(2)),
            name="flipped_k4_eq_k4_of_flipped_kernel",
        ),
        "With flipped kernels, as the exercise writes it: k̃₄ = k̃ ∗ (k̃ ↑2).",
        "Flipping a convolution flips both factors, and dilation keeps the order of the taps.",
        _EXERCISE,
        _at("c", (2,), (3,)),
    ),
    *(_composition(*strides) for strides in ((1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (3, 3))),
    Theorem(
        Claim(
            x.downsample(2).convolve(k),
            x.convolve(k.dilate(2)).downsample(2),
            name="noble_identity_for_downsampling",
        ),
        "The noble identity: filtering after ↓2 is filtering with the dilated kernel before it.",
        "Entry u of both is Σ_i k[i] x[2(u − i)].",
        _NOBLE,
        _at("n c", (1, 1), (6, 3), (7, 2)),
    ),
    Theorem(
        Claim(
            x.convolve(k).dilate(3),
            x.dilate(3).convolve(k.dilate(3)),
            name="noble_identity_for_upsampling",
        ),
        "The other noble identity: ↑3 after a filter is ↑3 before the dilated filter.",
        "Only indices divisible by 3 meet on the right.",
        _NOBLE,
        _at("n c", (1, 1), (4, 3)),
    ),
    Theorem(
        Claim(
            padded.correlate(k, stride=2),
            padded.convolve(k.flip()).pad(1 - c, 1 - c).downsample(2),
            name="layer_eq_convolution_with_flipped_kernel",
        ),
        "A stride-2 layer is the full convolution with the flipped kernel, cropped by c − 1 on "
        "both sides, every second entry kept.",
        "Entry u + c − 1 of the convolution with k̃ is Σ_j k[j] xp[u + j].",
        _GUIDE,
        _at("n c l r", (5, 2, 1, 1), (6, 3, 0, 1)),
    ),
    Theorem(
        Claim(
            padded.correlate(k, stride=2).correlate(k, stride=2).correlate(k, stride=2),
            padded.correlate(k.convolve(k.dilate(2)).convolve(k.dilate(4)), stride=8),
            name="three_stride2_layers_eq_one_stride8_layer",
        ),
        "Three stride-2 layers with one kernel k equal one stride-8 layer with the kernel "
        "k ∗ (k ↑2) ∗ (k ↑4).",
        "Compose the first two layers, then the result with the third.",
        _EXERCISE,
        _at("n c l r", (8, 2, 0, 0), (10, 2, 1, 1)),
    ),
)


def _wrong_kernel(
    name: str, kernel: SignalExpr, words: str, why: str, at: Mapping[str, int]
) -> Theorem:
    return Theorem(
        Claim(two_layers, padded.correlate(kernel, stride=4), name=name),
        f"Two stride-2 layers with kernel k equal one stride-4 layer with kernel {words}.",
        why,
        _MISTAKE,
        counterexample=at,
    )


_FALSE: Iterable[Theorem] = (
    Theorem(
        Claim(
            x.pad(p, p).correlate(k, stride=2).pad(p, p).correlate(k, stride=2),
            x.pad(3 * p, 3 * p).correlate(k.convolve(k.dilate(2)), stride=4),
            name="padding_each_layer_eq_padding_once",
        ),
        "Padding by p before each of two stride-2 layers equals padding once by p + 2p.",
        "The second layer reads zeros outside the first one's output; with padding once it reads "
        "what the first kernel makes of the zeros together with the first entries of x.",
        "https://discuss.pytorch.org/t/block-squeezing-simplify-sequence-of-convolutional-layers/154268",
        counterexample={"c": 3, "n": 2, "p": 1},
    ),
    Theorem(
        Claim(
            x.pad(floor(c / 2), floor(c / 2)).correlate(k, stride=2).correlate(k, stride=2).length,
            n / 4,
            given=[four_divides_n],
            name="padding_by_half_the_kernel_gives_a_quarter",
        ),
        "Padding by ⌊c/2⌋ on each side makes the output of two layers n/4 entries long.",
        "Padding by half the kernel preserves the length of one stride-1 layer; two stride-2 "
        "layers need 3c − 6 ≤ l + r ≤ 3c − 3.",
        _MISTAKE,
        counterexample={"c": 3, "n": 4},
    ),
    _wrong_kernel(
        "k4_is_k_convolved_with_itself",
        k.convolve(k),
        "k ∗ k",
        "The second layer's taps are two entries of the input apart, so its kernel is dilated.",
        {"c": 2, "l": 0, "n": 1, "r": 2},
    ),
    _wrong_kernel(
        "k4_is_both_factors_dilated",
        k.dilate(2).convolve(k.dilate(2)),
        "(k ↑2) ∗ (k ↑2)",
        "The first layer's taps are neighbours in the input: only the second factor is dilated.",
        {"c": 2, "l": 0, "n": 1, "r": 3},
    ),
    _wrong_kernel(
        "k4_is_dilated_by_four",
        k.convolve(k.dilate(4)),
        "k ∗ (k ↑4)",
        "The second layer reads the output of a stride-2 layer: its taps are 2 apart, not 4.",
        {"c": 2, "l": 0, "n": 1, "r": 3},
    ),
    _wrong_kernel(
        "k4_has_one_factor_flipped",
        k.convolve(k.flip().dilate(2)),
        "k ∗ (k̃ ↑2)",
        "Both layers correlate with k; in the other notation both are flipped, or neither.",
        {"c": 2, "l": 0, "n": 1, "r": 3},
    ),
)

THEOREMS: tuple[Theorem, ...] = (*_TRUE, *_FALSE)
"""All of them, the theorem of the exercise first."""

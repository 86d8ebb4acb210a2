r"""The forms in which people write formulas: sums under conditions, cases, brackets, domains.

Each form is read and its entries are compared with those of a function in plain Python, which
shares nothing with symconv; and what is written of it, as text and as LaTeX, is read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

import pytest

from symconv import Signal, integers
from symconv.derivations.finite_sums import made_finite
from symconv.exercises.grading import grade
from symconv.language.notation import latex
from symconv.reading.text.answers import left_side, read_sides
from symconv.reading.text.formulas import ParsedFormula, read_formula, text_of
from symconv.reading.text.latex import parse_latex
from symconv.reading.text.latex_writing import latex_of
from symconv.reading.text.syntax import Passage, TextError

c = integers("c", positive=True)
t = integers("t")
k = Signal("k", c)
SIGNALS = {"k": k, "k2": k, "k_2": k}

Taps = Sequence[int]
Entry = Callable[[Taps, int], int]

# --- plain arithmetic --------------------------------------------------------------------


def at(taps: Taps, position: int | Fraction) -> int:
    inside = Fraction(position).denominator == 1 and 0 <= position < len(taps)
    return taps[int(position)] if inside else 0


def pairs(condition: Callable[[int, int, int], bool]) -> Entry:
    """The sum of k[i]·k[j] over the pairs that satisfy a condition with t."""

    def entry(taps: Taps, t: int) -> int:
        every = product(range(len(taps)), repeat=2)
        return sum(taps[i] * taps[j] for i, j in every if condition(i, j, t))

    return entry


def within(entry: Entry, condition: Callable[[int, int], bool]) -> Entry:
    """The entry where a condition on t and the number of taps holds, and 0 elsewhere."""
    return lambda taps, t: entry(taps, t) if condition(t, len(taps)) else 0


def half(taps: Taps, t: int) -> int:
    return at(taps, Fraction(t, 2))


def entry_t(taps: Taps, t: int) -> int:
    return at(taps, t)


K4 = pairs(lambda i, j, t: i + 2 * j == t)
SQUARE = pairs(lambda i, j, t: i + j == t)
HALF = within(half, lambda t, _: t % 2 == 0)
INSIDE = within(K4, lambda t, taps: 0 <= t <= 3 * taps - 3)
SHORT = within(K4, lambda t, taps: 0 <= t < 2 * taps - 1)
EVEN = within(K4, lambda t, _: t % 2 == 0)

FORMS: dict[str, Entry] = {
    # sums under conditions
    r"\sum_{i+2j=t} k_i k_j": K4,
    r"\sum_{t=i+2j} k_i k_j": K4,
    r"\sum_{2i+j=t} k(i)\,k(j)": K4,
    r"\sum_{t = 2i + j} k[i] k[j]": K4,
    r"\sum_{i+j=t} k_i k_j": SQUARE,
    r"\sum_{i+j=t} k_i k_{t-i}": SQUARE,
    r"\sum_{i+2j=t} k_{t-2j} k_j": K4,
    r"\sum_{i+2j=t,\ i < c} k_{t-2j} k_j": K4,
    r"\sum_{i = t} k_i": entry_t,
    r"\sum_{j=t-2i} k_i k_j": K4,
    r"\sum_{i+2j=u} k_i k_j": K4,
    r"\sum_{i+2j=n} k_i k_j": K4,
    r"\sum_{\substack{0\le i<c \\ 0\le j<c \\ i+2j=t}} k_i k_j": K4,
    r"\sum_{\substack{i,j\ge 0\\i+2j=t}} k_i k_j": K4,
    r"\sum_{0\le i<c,\, 0\le j<c,\, i+2j=t} k_i k_j": K4,
    r"\sum_{0\le i,j<c,\ i+2j=t} k_i k_j": K4,
    r"\sum_{i,j\ge 0,\ i+2j=t} k_i k_j": K4,
    r"\sum_{i,j\in\mathbb{Z},\, i+2j=t} k_i k_j": K4,
    r"\sum_{i,j\in\{0,\dots,c-1\}} [i+2j=t]\, k_i k_j": K4,
    r"\sum_{i,j\in[0,c-1]} [i+2j=t]\, k_i k_j": K4,
    r"\sum_{i, j : i+2j=t} k_i k_j": K4,
    r"\sum_{i, j \mid i+2j=t} k_i k_j": K4,
    r"\sum_{i, j \text{ with } i+2j=t} k_i k_j": K4,
    r"\sum_{i, j \text{ such that } i+2j=t} k_i k_j": K4,
    r"\sum_i \sum_{j : i+2j=t} k_i k_j": K4,
    r"\sum_i \sum_{i+2j=t} k_i k_j": K4,
    r"\sum_{i=0}^{c-1} \sum_{j=0}^{c-1} [i+2j=t] k_i k_j": K4,
    r"\sum_{i,j=0}^{c-1} [i+2j=t] k_i k_j": K4,
    r"\sum_{0\le i<c} k_i k_{t-2i}": K4,
    r"\sum_{0\leqslant i\leqslant c-1} k_i k_{t-2i}": K4,
    r"\sum_{i\in\mathbb{Z}} k_i k_{t-2i}": K4,
    r"\sum_{i \ge 0} k_i k_{t-2i}": K4,
    r"\sum_{0\le 2i\le t} k_i k_{t-2i}": K4,
    r"\sum_{i \le t/2} k_i k_{t-2i}": K4,
    r"\sum_{i \le t} k_i k_{t-i}": SQUARE,
    r"\sum_{i} k_{2,i}\, k_{2,t-2i}": K4,
    r"\sum_{i} k^{(2)}_i k^{(2)}_{t-2i}": K4,
    r"\sum_{i,j} \delta_{i+2j,t}\, k_i k_j": K4,
    r"\sum_{i,j} \delta(t-i-2j)\, k_i k_j": K4,
    r"\sum_{i,j} \delta_{t-i-2j}\, k_i k_j": K4,
    r"\sum_{i,j} \delta[t - i - 2j]\, k[i] k[j]": K4,
    r"\sum_{i,j} k(i) k(j) \delta(t - i - 2j)": K4,
    r"\sum_{i,j} k_i k_j \delta_{t-i-2j}": K4,
    "Σ_{i,j} k[i] k[j] δ[t − i − 2j]": K4,
    "∑_τ k[τ] k[t − 2τ]": K4,
    r"k_0 k_t + \sum_{i \ge 1} k_i k_{t-2i}": K4,
    r"\sum_{i \ge 0} k_i k_{t-2i} + k_{1} \cdot 0": K4,
    "k_0*k[t] + Sum(k[i]*k[t - 2*i], i >= 1)": K4,
    r"\sum_{i : 2 \mid t-i} k_i k_{(t-i)/2}": K4,
    r"\sum_{2 \mid i} k_{i/2} k_{t-i}": K4,
    r"\sum_{2 \nmid i} k_{t-i}": lambda taps, t: sum(at(taps, t - i) for i in range(-29, 30, 2)),
    r"\sum_{i \text{ even}} k_{i/2} k_{t-i}": K4,
    r"\sum_{i \text{ gerade}} k_{i/2} k_{t-i}": K4,
    r"\sum_{\text{even } i} k_{i/2} k_{t-i}": K4,
    r"\sum_{i \equiv 0 \pmod 2} k_{i/2} k_{t-i}": K4,
    r"\sum_{i \equiv t \pmod{2}} k_i k_{(t-i)/2}": K4,
    r"\sum_{i \equiv t \bmod 2} k_i k_{(t-i)/2}": K4,
    r"\sum_{i \equiv t \text{ (mod $2$)}} k_i k_{(t-i)/2}": K4,
    r"\sum_{(t-i)/2 \in \mathbb{Z}} k_i k_{(t-i)/2}": K4,
    r"\sum_{i \text{ divisible by } 2} k_{i/2} k_{t-i}": K4,
    r"\sum_{i \in 2\mathbb{Z}} k_{i/2} k_{t-i}": K4,
    "Σ_{i+2j=t} k_i k_j": K4,
    "∑_{i,j≥0} k_i k_j [i + 2j = t]": K4,
    "∑_{i∈ℤ} kᵢ·kₜ₋₂ᵢ": K4,
    "∑ᵢ k[i] k[t − 2i]": K4,
    "Sum(k[i]*k[j], i + 2*j == t)": K4,
    "Sum(k[i]*k[j], i, j, i + 2*j == t)": K4,
    "Sum(k[i]*k[j], 0 <= i < c, 0 <= j < c, i + 2*j == t)": K4,
    "Sum(k[i]*k[t - 2*i], 0 <= i < c)": K4,
    "Sum(k[i]*k[t - 2*i], i >= 0)": K4,
    "Sum(k[i/2]*k[t - i], i % 2 == 0)": K4,
    "Sum(k[i]*k[j]*[i + 2*j == t], i, j)": K4,
    # cases
    r"\begin{cases} k_{t/2} & \text{if } t \text{ even} \\ 0 & \text{otherwise} \end{cases}": HALF,
    r"\begin{cases} k_{t/2}, & 2 \mid t, \\ 0, & \text{else.} \end{cases}": HALF,
    r"\begin{cases} k_{t/2} & \text{falls } 2 \mid t \\ 0 & \text{sonst} \end{cases}": HALF,
    r"\begin{cases} k_{t/2} & t \equiv 0 \pmod 2 \\ 0 & t \equiv 1 \pmod 2 \end{cases}": HALF,
    r"\begin{cases} k_{t/2} & t \bmod 2 = 0 \\ 0 & t \bmod 2 = 1 \end{cases}": HALF,
    r"\begin{cases} k_{t/2} & \text{if $t$ is even} \\ 0 & \text{if $t$ is odd} \end{cases}": HALF,
    r"\begin{cases} k_{t/2} & t/2 \in \mathbb{Z} \\ 0 & t/2 \notin \mathbb{Z} \end{cases}": HALF,
    r"\begin{dcases} k_{\frac t2} & t\text{ even}\\[2pt] 0 & \text{otherwise} \end{dcases}": HALF,
    r"\begin{cases} k_{t/2} & t \text{ is divisible by } 2 \end{cases}": HALF,
    r"\begin{cases} 0 & t \text{ odd} \\ k_{\lfloor t/2\rfloor} & \text{else}\end{cases}": HALF,
    r"\left\{\begin{array}{ll} k_{t/2} & t\text{ even} \\ 0 & \text{else}\end{array}\right.": HALF,
    r"\begin{cases}\sum_i k_i k_{t-2i} & 0\le t<2c-1\\0 & \text{otherwise}\end{cases}": SHORT,
    r"\begin{cases}\sum_i k_i k_{t-2i} & \text{if } 0\le t \text{ and } t<2c-1\end{cases}": SHORT,
    r"\begin{cases} 0 & t < 0 \text{ or } t > c \\ k_t & \text{otherwise} \end{cases}": entry_t,
    "Piecewise((k[t/2], t % 2 == 0), (0, True))": HALF,
    # fractions and floors
    r"\sum_j k_{\frac j2} k_{t-j}": K4,
    r"\sum_j k_{\frac{j}2} k_{t-j}": K4,
    r"\sum_j k_{\tfrac{j}{2}} k_{t-j}": K4,
    r"\sum_{i} \frac12 \left(2 k_i k_{t-2i}\right)": K4,
    r"\sum_{i} \frac1{2} \cdot 2 k_i k_{t-2i}": K4,
    r"\sum_{i=0}^{\lfloor t/2\rfloor} k_i k_{t-2i}": K4,
    "½ · 2 k[t]": entry_t,
    r"\sum_{i=0}^{[\lfloor t/2\rfloor]} k_i k_{t-2i}": K4,
    r"\left[\frac12 \sum_i 2 k_i k_{t-2i}\right]": K4,
    # brackets
    r"[t \text{ even}]\, k_{t/2}": HALF,
    r"[2\mid t]\, k_{t/2}": HALF,
    r"k_{t/2}\,[2\mid t]": HALF,
    r"\sum_i [0\le i<c]\, k_i k_{t-2i}": K4,
    r"\mathbb{1}\{t \text{ even}\}\, k_{t/2}": HALF,
    r"\mathbf 1_{t \text{ even}}\, k_{t/2}": HALF,
    r"\mathbf{1}_{\{2 \mid t\}} k_{t/2}": HALF,
    r"\mathbb 1_{[2 \mid t]} k_{t/2}": HALF,
    r"\sum_{i,j} k_i k_j \mathbb{1}(i+2j=t)": K4,
    "[t % 2 == 0]*k[t/2]": HALF,
    # conditions on the index of a sum within another
    "Sum(k[i]*Sum(k[j]*[i + 2*j == t], j)*[i >= 0], i)": K4,
    "Sum(k[i]*Sum(Piecewise((k[j], i + 2*j == t), (0, True)), j), i, i >= 0)": K4,
    r"\sum_{i : i \ge 0} k_i \begin{cases} \sum_{j : i + 2j = t} k_j & i < c \end{cases}": K4,
    # domains
    r"\sum_i k_i k_{t-2i}, \quad 0\le t\le 3c-3": INSIDE,
    r"\sum_i k_i k_{t-2i}, \qquad 0 \leq t < 3c-2.": INSIDE,
    r"\sum_i k_i k_{t-2i} \text{ for } t=0,\dots,3c-3": INSIDE,
    r"\sum_i k_i k_{t-2i} \quad\text{for } t=0,1,\ldots,3c-3": INSIDE,
    r"\sum_i k_i k_{t-2i}, \quad t \in \{0, \dots, 3c-3\}": INSIDE,
    r"\sum_i k_i k_{t-2i}, \quad t \in [0, 3c-3]": INSIDE,
    r"\sum_i k_i k_{t-2i} \quad (0 \le t \le 3c-3)": INSIDE,
    r"\sum_i k_i k_{t-2i} \text{ if } 0 \le t < 2c-1, \text{ and } 0 \text{ otherwise}": SHORT,
    r"\sum_i k_i k_{t-2i} \text{ für } 0 \le t < 2c-1, \text{ sonst } 0": SHORT,
    r"\sum_i k_i k_{t-2i}, \quad 0 \le t, t < 2c-1": SHORT,
    r"\sum_i k_i k_{t-2i}\quad \forall t": K4,
    r"\sum_i k_i k_{t-2i} \text{ for all } t \in \mathbb{Z}": K4,
    r"\sum_i k_i k_{t-2i} \text{ for even } t": EVEN,
    "∑ᵢ k[i] k[t − 2i] for 0 ≤ t < 3c − 2": INSIDE,
    "Sum(k[i]*k[t - 2*i], i) for 0 <= t < 3*c - 2": INSIDE,
    "Sum(k[i]*k[t - 2*i], i), 0 <= t < 3*c - 2": INSIDE,
    "Sum(k[i]*k[t - 2*i], i) for t in range(3*c - 2)": INSIDE,
    "Sum(k[i]*k[t - 2*i], i) for t in range(0, 2*c - 1)": SHORT,
    "Sum(k[i]*k[t - 2*i], i) for t = 0, ..., 3*c - 3": INSIDE,
    "Sum(k[i]*k[t - 2*i], i) for t = 0, 1, ..., 3*c - 3": INSIDE,
    "Sum(k[i]*k[t - 2*i], i) for 0 <= t < 2*c - 1, 0 otherwise": SHORT,
    "Sum(k[i]*k[t - 2*i], i) for all t": K4,
    "k[t/2] if t % 2 == 0 else 0": HALF,
    r"k_{t/2} \text{ if } t \text{ is even, else } 0": HALF,
    r"k_{t/2} \text{ falls } t \text{ gerade, sonst } 0": HALF,
    "k_{t/2} if t even, 0 otherwise": HALF,
    "Σ_i k_i k_{t-2i} für 0 ≤ t < 2c-1": SHORT,
    "Sum(k[i]*k[t - 2*i], i) for even t": EVEN,
    "Sum(k[i]*k[t - 2*i], i) for t even": EVEN,
}


def read(text: str, index: str | None = None) -> ParsedFormula:
    (phrase,) = read_sides(Passage(text, "the formula"), SIGNALS)
    return read_formula(phrase, SIGNALS, index=index)


def entries(parsed: ParsedFormula, taps: Taps) -> list[int]:
    """The entries from 10 before the first to 10 after the last that could be other than 0."""
    index = parsed.index or t
    shifted = made_finite(parsed.value).xreplace({index: index - 10})
    values: list[int] = Signal.from_formula(index, shifted, length=40).evaluate(k=[*taps])
    return values


@pytest.mark.parametrize("text", FORMS)
def test_a_form_says_what_it_should(text: str) -> None:
    parsed = read(text)
    for taps in ([3], [2, 5], [1, -2, 7, 4]):
        assert entries(parsed, taps) == [FORMS[text](taps, t) for t in range(-10, 30)], taps


@pytest.mark.parametrize("text", FORMS)
def test_what_is_written_of_a_form_is_read_again(text: str) -> None:
    parsed = read(text)
    written = text_of(parsed, SIGNALS)
    again = read(written)
    assert text_of(again, SIGNALS) == written
    as_latex = parse_latex(latex_of(parsed, SIGNALS), SIGNALS)
    for other in (again, as_latex):
        assert other.index == parsed.index
        assert entries(other, [1, -2, 7]) == entries(parsed, [1, -2, 7])


@pytest.mark.parametrize("text", [t for t in FORMS if "for all" not in t and "forall" not in t])
def test_what_is_printed_of_the_value_is_read_again(text: str) -> None:
    parsed = read(text)
    printed = latex(parsed.value)
    again = parse_latex(printed, SIGNALS, index=parsed.index.name if parsed.index else "t")
    assert entries(again, [1, -2, 7]) == entries(parsed, [1, -2, 7]), printed


# --- what a sum runs over ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "index", "names"),
    [
        (r"\sum_{i+2j=t} k_i k_j", "t", {"i", "j"}),
        (r"\sum_{i+2j=t} k_i k_j", "i", {"j", "t"}),
        (r"\sum_{i+2j=m} k_i k_j", "m", {"i", "j"}),
        (r"\sum_{i<j} k_i k_{j-i}", "j", {"i"}),
        (r"\sum_{i\le t} k_i k_{t-i}", "t", {"i"}),
        (r"\sum_{t \ge i} k_i k_{t-i}", "t", {"i"}),
        (r"\sum_{t \ge 0} k_t k_{u-t}", "u", {"t"}),
        (r"\sum_{0\le i\le j\le t} k_i k_j", "t", {"i", "j"}),
        (r"\sum_{0\le j\le t,\ 0\le i\le j} k_i k_j", "t", {"i", "j"}),
        (r"\sum_{0\le i\le j,\ 0\le j\le t} k_i k_j", "t", {"i", "j"}),
        ("Sum(k[i]*k[j], 0 <= i <= j, 0 <= j <= t)", "t", {"i", "j"}),
    ],
)
def test_what_a_sum_binds(text: str, index: str, names: set[str]) -> None:
    parsed = read(text, index)
    assert parsed.sums.keys() == names
    assert str(parsed.index) == index


def test_ends_may_hold_the_indices_of_outer_sums() -> None:
    one = read(r"\sum_{0\le j\le t,\ 0\le i\le j} k_i k_j")
    for taps in ([1, -2, 7], [2, 5]):
        expected = pairs(lambda i, j, t: i <= j <= t)
        assert entries(one, taps) == [expected(taps, t) for t in range(-10, 30)]


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        (r"\sum_{i<j} k_i k_j", 7, "which of i, j does this sum run over?"),
        (r"\sum_{i+j=m} k_i k_{m-i}", 7, "which of i, j, m"),
        (r"\sum_{t+2j=u} k_t k_j", 7, "which of t, u"),
        (r"\sum_{2i+j=m} k_i k_{m-2i}", 7, "which of i, j, m"),
        ("Sum(k[i]*k[j], i < j)", 16, "which of i, j"),
        (r"\sum_{c = 3} k_c", 7, "the upper end of this sum is missing"),
        (r"\sum_{c < 3} k_c", 7, "this sum has no index"),
        (r"\sum_{i \in \mathbb{N}} k_i", 13, "does 0 belong to it?"),
        (r"\sum_{i, 2i+j=t} k_i k_j", 15, "both j and t are free"),
        (r"\sum_{2 \mid t = 0} k_t", 14, "expected a number beside the line"),
        (r"\sum_{i + 1} k_i", 7, "expected the index of the sum"),
        (r"\sum_{\dots} k_i", 7, "expected the index of the sum"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        read(text)
    assert problem in caught.value.problem
    assert caught.value.column == column


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        (r"k_t \text{ for small } t", 16, "the word 'small' is not read here"),
        (r"k_t \text{if", 10, "this { is never closed"),
        (r"\begin{cases} k_t & t > 0", 1, "these cases never end"),
        (r"\begin{cases} k_t \end{cases}", 19, "a row of cases is"),
        (r"\begin{cases} k_t & t \end{cases}", 21, "expected a condition"),
        (r"\begin{cases} k_t & t > 0, t < 2 \text{ or } t > 4 \end{cases}", 21, "put brackets"),
        (r"k_t, t", 6, "expected a condition"),
        (r"k_t, k_t", 6, "expected a condition"),
        (r"k_t, 0 \le i < c", 12, "both t and i are free"),
        (r"k_t, c \ge 2", 6, "a domain is about the index t"),
        (r"k * k\uparrow_2, 0 \le t < c", 18, "no index, and so no domain"),
        (r"k_t \text{ for } t = 0, 2, \dots, c", 22, "expected integers in a row"),
        (r"k_t \text{ for } t = 0, \dots", 22, "expected the last one after the dots"),
        (r"k_t, t \in \{0, 2, \dots, c\}", 14, "expected a set"),
        (r"k_t, t \in [0, 1, 2]", 13, "expected two ends"),
        (r"k_t, t > 0, \text{ and } 1 \text{ otherwise}", 26, "elsewhere, a signal is 0"),
        (r"[t \equiv 0] k_t", 2, "modulo what?"),
        (r"[t < 2 \pmod 2] k_t", 2, "a congruence has two sides"),
        (r"k_t / [t > 0]", 8, "expected a number"),
        (r"[t] k_t", 2, "t is a position"),
        (r"k_t \pmod 2", 5, "it belongs to a congruence"),
        (r"\frac{1}23 k_t", 9, "put braces around the denominator"),
        (r"k_{t,1}", 6, "a comma is not expected here"),
        (r"k[t, 1]", 3, "a comma is not expected here"),
        (r"\mathbb{1}\{t\} k_t", 13, "expected a condition"),
        (r"[t/2 + 1/2 \in \mathbb{Z}] k_t", 2, "write one fraction"),
        (r"[t \notin \mathbb{Z}] k_t", 2, "every index is an integer"),
        (r"k_{[t/2]}", 5, "is this rounded?"),
        (r"\sum_{i=0}^{\left[\frac{t}{2}\right]} k_i", 25, "is this rounded?"),
        (r"k_1 * k_3", 7, "both k_1 and k_3 are free"),
        (r"(k_1 * k_3)[t]", 8, "both k_1 and k_3 are free"),
        ("k_t \ue000", 5, "unexpected character"),
        ("k[t] for c >= 2", 10, "a domain is about the index t"),
        ("k[t] for t in range(0, c, 2)", 21, "expected range(end) or range(start, end)"),
        ("k[t] for t = 0, 2, ..., c", 9, "expected integers in a row"),
        ("k[t] for 0 <= t < ", 18, "this ends too early"),
        ("k[t] for ", 9, "there is nothing here"),
        ("k.flip() for 0 <= t < c", 14, "no index, and so no domain"),
    ],
)
def test_errors_say_where_and_what_can_be_written(text: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        read(text)
    assert problem in caught.value.problem
    assert caught.value.column == column, str(caught.value)


# --- left sides --------------------------------------------------------------------------

NAMES = {*SIGNALS, "k4", "k_4"}


@pytest.mark.parametrize(
    ("text", "index", "is_flipped"),
    [
        ("k4 = k", None, False),
        ("k4[u] = k[u]", "u", False),
        ("k_4(t) := k[t]", "t", False),
        (r"k_4(t) = \sum_{i+2j=t} k_i k_j", "t", False),
        (r"k_{4,t} = k_t", "t", False),
        (r"(k_4)_t = k_t", "t", False),
        (r"k_4[t] = k_t, \quad 0 \le t < c", "t", False),
        (r"\tilde{k}_4 = \tilde{k}", None, True),
        ("k4[t] = k[t] for 0 <= t < c", "t", False),
        (r"\begin{align} k_4[t] &= \sum_i k_i k_{t-2i} \label{k} \end{align}", "t", False),
    ],
)
def test_left_sides(text: str, index: str | None, is_flipped: bool) -> None:
    left, right = read_sides(Passage(text), NAMES)
    side = left_side(left, ("k4", "k_4"))
    assert (side.index, side.is_flipped) == (index, is_flipped)
    read_formula(right, SIGNALS, index=side.index)


def test_long_answers_take_no_long_time() -> None:
    blanks = " " * 100_000
    start = time.process_time()
    (phrase,) = read_sides(Passage(f"k[t]{blanks}"), SIGNALS)
    assert read_formula(phrase, SIGNALS).index == t
    for text in (f"k[t]{blanks}+ 1", f"k[t] = {blanks}1", f"k[t] for {blanks}t"):
        with pytest.raises(TextError, match=r"100\d\d\d characters, and 4000 are allowed"):
            read_sides(Passage(text), SIGNALS)
    assert time.process_time() - start < 10


def test_what_looks_like_text_may_be_mathematics() -> None:
    (phrase,) = read_sides(Passage("2 k(t)"), SIGNALS)
    assert read_formula(phrase, SIGNALS).index == t
    with pytest.raises(TextError):
        read_sides(Passage("2 k(t)"), SIGNALS, latex=False)


# --- grades ------------------------------------------------------------------------------


def test_a_domain_is_read_and_told() -> None:
    found = grade(r"k_4(t) = \sum_{i+2j=t} k_i k_j, \quad 0 \le t \le 3c - 3")
    assert found.is_right
    assert str(found.read_as) == (
        "k4[t] = Sum(k[i]*k[j], i, j, i + 2*j == t) for 0 <= t <= 3*c - 3"
    )
    assert not found.remarks
    assert grade(str(found.read_as)).is_right
    assert grade(found.read_as.latex).is_right


def test_a_domain_that_leaves_taps_out_is_wrong() -> None:
    found = grade("k4[t] = Sum(k[i]*k[t - 2*i], i) for 0 <= t < 2*c - 1")
    assert not found.is_right
    assert "The formula is right, and its domain, 0 <= t < 2*c - 1, is not" in str(found)


def test_a_domain_that_goes_beyond_is_told() -> None:
    found = grade(r"\sum_i k_i k_{t-2i}, \quad 0 \le t \le 3c")
    assert found.is_right
    assert "Its domain goes beyond 0 ≤ t < 3c − 2" in str(found)


def test_a_wrong_formula_with_a_domain_is_wrong() -> None:
    found = grade(r"\sum_i k_i k_{t-i}, \quad 0 \le t \le 3c - 3")
    assert not found.is_right
    assert "The formula is right" not in str(found)


@pytest.mark.parametrize("text", [text for text, entry in FORMS.items() if entry in (K4, INSIDE)])
def test_right_forms_are_graded_right(text: str) -> None:
    assert grade(text).is_right


@pytest.mark.parametrize(
    "text", [text for text, entry in FORMS.items() if entry in (HALF, SHORT, SQUARE)]
)
def test_wrong_forms_are_graded_wrong(text: str) -> None:
    assert not grade(text).is_right

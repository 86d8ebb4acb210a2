r"""Index formulas as text and as LaTeX: what is read, where errors point, hostile text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Add, Eq, Expr, Mod, Sum, Symbol, floor, oo

from symconv import Signal, SignalExpr, SymconvError, integers
from symconv.arithmetic.such_that import such_that
from symconv.exercises.grading import grade
from symconv.reading.text.formulas import ParsedFormula, parse_formula, text_of
from symconv.reading.text.latex import parse_latex
from symconv.reading.text.latex_writing import latex_of
from symconv.reading.text.syntax import TextError
from tests.oracles.alike import agree_on_entries, alike

c = integers("c", positive=True)
t, u, i, j, m = integers("t u i j m")
tau = integers("tau")
k = Signal("k", c)
K = k[i].base  # entries at fractions too
SIGNALS = {"k": k, "k2": k, "k_2": k}
RIGHT = Sum(K[i] * K[t - 2 * i], (i, -oo, oo))
BOUNDED = Sum(K[i] * K[t - 2 * i], (i, 0, c - 1))
PAIRS = Sum(such_that(K[i] * K[j], Eq(2 * i + j, t)), (i, -oo, oo), (j, -oo, oo))
FLIPPED = k.flip().convolve(k.flip().dilate(2))
K4 = k.convolve(k.dilate(2))


def same(one: Expr | SignalExpr, other: Expr | SignalExpr) -> bool:
    """Equal, up to what SymPy evaluates: text is not simplified when it is read."""
    if isinstance(one, SignalExpr) or isinstance(other, SignalExpr):
        return alike(one, other)
    return agree_on_entries(one, other)


TEXTS: dict[str, Expr | SignalExpr] = {
    "Sum(k[i]*k[t - 2*i], i)": RIGHT,
    "Sum(k[i]*k[t - 2*i], (i, -oo, oo))": RIGHT,
    "Sum(k[i]*k[t - 2*i], (i,))": RIGHT,
    "Sum(k2(i)*k_2(t - 2*i), i)": RIGHT,
    "Sum(k[i]*k[t - 2*i], (i, 0, c - 1))": BOUNDED,
    "Sum(k[i]*k[t - 2*i], (i, 0, len(k) - 1))": BOUNDED,
    "Sum(k[i]*k[t - 2*i], (i, 0, t//2))": Sum(K[i] * K[t - 2 * i], (i, 0, floor(t / 2))),
    "Sum(k[i]*k[t - 2*i], (i, 0, floor(t/2)))": Sum(K[i] * K[t - 2 * i], (i, 0, floor(t / 2))),
    "Sum(Sum(k[i]*k[j], (i, 0, j)), (j, 0, t))": Sum(K[i] * K[j], (i, 0, j), (j, 0, t)),
    "Sum(k[i]*k[j], (i, 0, j), (j, 0, t))": Sum(K[i] * K[j], (i, 0, j), (j, 0, t)),
    "Sum(Piecewise((k[i]*k[j], 2*i + j == t), (0, True)), i, j)": PAIRS,
    "Sum(Piecewise((k[i]*k[j], Eq(2*i + j, t)), (0, True)), i, j)": PAIRS,
    "Sum(k[j/2]*k[t - j], j)": Sum(K[j / 2] * K[t - j], (j, -oo, oo)),
    "k[t % 2] + k[Mod(t, 2)]": Add(K[Mod(t, 2)], K[Mod(t, 2)], evaluate=False),
    "k[t]**2/2 - -1": K[t] ** 2 / 2 + 1,
    "k[0]": K[0],
    "k.flip()[t]": K[c - 1 - t],
    "k.flip()[t/2]": K[c - 1 - t / 2],
    "k.convolve(k)[t]": k.convolve(k)[t],
    "k.convolve(k.dilate(2))": K4,
    "k*k.dilate(2)": K4,
    "2*k - k/2": 2 * k - k / 2,
}


@pytest.mark.parametrize(("text", "value"), TEXTS.items())
def test_texts(text: str, value: Expr | SignalExpr) -> None:
    assert same(parse_formula(text, SIGNALS).value, value)


LATEX: dict[str, Expr | SignalExpr] = {
    r"\sum_{i} k_2(i)\, k_2(t-2i)": RIGHT,
    r"\sum_i k(i) k(t-2i)": RIGHT,
    r"\sum_i k_i k_{t-2i}": RIGHT,
    r"\sum_ik_ik_{t-2i}": RIGHT,
    r"\sum_{i=-\infty}^{\infty} k[i] k[t - 2i]": RIGHT,
    r"\sum_{i=-\infty}^{+\infty} k[i] \cdot k[t - 2i]": RIGHT,
    r"\sum_{i=-\infty}^\infty k[i] \times k[t - 2i]": RIGHT,
    r"\sum_{i \in \mathbb{Z}} k[i]\;k[t - 2i]": RIGHT,
    r"\sum_{i\in\mathbb Z} k[i] * k[t - 2i]": RIGHT,
    r"\sum\limits_{i} k\left(i\right) k\left(t - 2i\right)": RIGHT,
    r"\displaystyle\sum_{i} k\bigl[i\bigr] k\big(t - 2 i\big)": RIGHT,
    r"\sum_{i} k_{2}(i) k_{2}(t - 2 \cdot i)": RIGHT,
    r"\sum_{i} \left( k_2[i] k_2[t - 2i] \right)": RIGHT,
    r"$\sum_i k[i] k[t-2i]$": RIGHT,
    r"$$\sum_i k[i] k[t-2i].$$": RIGHT,
    r"\[ \sum_i k[i] k[t-2i] \]": RIGHT,
    r"\( \sum_i k[i] k[t-2i] \).": RIGHT,
    "Σ_i k[i]·k[t − 2i]": RIGHT,
    "∑_{i} k₂(i) k₂(t − 2i)": RIGHT,
    r"\sum_{i=0}^{c-1} k[i] k[t - 2i]": BOUNDED,
    r"\sum^{c-1}_{i=0} k[i] k[t - 2i]": BOUNDED,
    r"\sum_{0 \le i \le c - 1} k[i] k[t - 2i]": BOUNDED,
    r"\sum_{0 \leq i < c} k[i] k[t - 2i]": BOUNDED,
    r"\sum_{i \ge 0} k[i] k[t - 2i]": Sum(K[i] * K[t - 2 * i], (i, 0, oo)),
    r"\sum_{i=0}^t k[i] k[t - 2i]": Sum(K[i] * K[t - 2 * i], (i, 0, t)),
    r"\sum_{i=0}^{\lfloor t/2 \rfloor} k[i] k[t-2i]": Sum(
        K[i] * K[t - 2 * i], (i, 0, floor(t / 2))
    ),
    r"\sum_{i=0}^{\left\lfloor \frac{t}{2} \right\rfloor} k[i] k[t-2i]": Sum(
        K[i] * K[t - 2 * i], (i, 0, floor(t / 2))
    ),
    r"\sum_{i=0}^{t} \sum_{j=0}^{i} k_i k_j": Sum(K[i] * K[j], (j, 0, i), (i, 0, t)),
    r"\sum_{i, j} k_i k_j": Sum(K[i] * K[j], (i, -oo, oo), (j, -oo, oo)),
    r"\sum_{i,j=0}^{3} k_i": Sum(K[i], (i, 0, 3), (j, 0, 3)),
    r"\sum_{i, j : 2i + j = t} k(i) k(j)": PAIRS,
    r"\sum_{i, j \mid 2i + j = t} k(i) k(j)": PAIRS,
    r"\sum_j k[\tfrac{j}{2}] k[t - j]": Sum(K[j / 2] * K[t - j], (j, -oo, oo)),
    r"\sum_j k(j/2) k(t - j)": Sum(K[j / 2] * K[t - j], (j, -oo, oo)),
    r"k(t \bmod 2)": K[Mod(t, 2)],
    r"k(\min(t, c - 1))": parse_formula("k[min(t, c - 1)]", SIGNALS).value,
    r"k(\max\{0, t\})": parse_formula("k[max(0, t)]", SIGNALS).value,
    r"k(\lceil t/2 \rceil)": parse_formula("k[ceil(t/2)]", SIGNALS).value,
    r"\frac{1}{2} k(t)^2 + \dfrac{k(t)^{2}}{2}": Add(K[t] ** 2 / 2, K[t] ** 2 / 2, evaluate=False),
    r"-k(t) + 2 k(0)": 2 * K[0] - K[t],
    r"2 \sum_i k_i - 1": 2 * Sum(K[i], (i, -oo, oo)) - 1,
    r"\tilde{k}(t)": K[c - 1 - t],
    r"\tilde k_2(t)": K[c - 1 - t],
    r"\tilde{k}_t": K[c - 1 - t],
    r"(k * k\uparrow_2)(t)": K4[t],
    r"(k * k\uparrow_2)[t] \cdot 2": 2 * K4[t],
    r"k * (k \uparrow_2)": K4,
    r"k_2 * k_2\uparrow_{2}": K4,
    r"k \ast k \uparrow 2": K4,
    r"k \star (k\uparrow^2)": K4,
    r"k * k^{\uparrow 2}": K4,
    r"k * k_{\uparrow 2}": K4,
    r"\left(k * \left(k \uparrow_2\right)\right)": K4,
    "k ∗ (k ↑2)": K4,
    "k₂ ⋆ k₂↑₂": K4,
    r"(k\uparrow 2) * k": k.dilate(2).convolve(k),
    r"(k * k) \downarrow_2": k.convolve(k).downsample(2),
    r"k * k \downarrow_2": k.convolve(k.downsample(2)),
    r"\tilde{k} * \tilde{k} \uparrow_2": FLIPPED,
    r"\tilde{k}_2 * (\tilde{k}_{2} \uparrow_2)": FLIPPED,
    r"\widetilde{k}_2 * \widetilde{k_2} \uparrow_2": FLIPPED,
    r"\tilde k_2 * \tilde k_2 \uparrow_2": FLIPPED,
    "k̃ ∗ k̃↑2": FLIPPED,
    "k̃_2 ∗ (k̃_2 ↑_2)": FLIPPED,
    r"\tilde{(k * k\uparrow_2)}": K4.flip(),
    r"\operatorname{flip}(k * k\uparrow_2)": K4.flip(),
    r"2 k - \frac{k}{2}": 2 * k - k / 2,
    r"\sum_\tau k(\tau) k(t - 2\tau)": Sum(
        K[tau] * K[t - 2 * tau],
        (tau, -oo, oo),
    ),
}


@pytest.mark.parametrize(("text", "value"), LATEX.items())
def test_latex(text: str, value: Expr | SignalExpr) -> None:
    assert same(parse_latex(text, SIGNALS).value, value)


def test_the_index_is_the_one_free_letter() -> None:
    assert parse_formula("Sum(k[i]*k[u - i], i)", SIGNALS).index == u
    assert parse_formula("Sum(k[i], i)", SIGNALS).index is None
    assert parse_formula("k[0]", SIGNALS, index="t").index == t
    assert parse_formula("k.flip()", SIGNALS).index is None
    assert parse_formula("k[t + n]", SIGNALS, index="t", symbols=[Symbol("n")]).index == t


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_read_can_be_written_and_read_again(text: str) -> None:
    parsed = parse_formula(text, SIGNALS)
    written = text_of(parsed, SIGNALS)
    again = parse_formula(written, SIGNALS)
    assert same(again.value, parsed.value)
    assert text_of(again, SIGNALS) == written
    latex = latex_of(parsed, SIGNALS)
    assert same(parse_latex(latex, SIGNALS).value, parsed.value), latex


@pytest.mark.parametrize("text", LATEX)
def test_latex_that_was_read_can_be_written_and_read_again(text: str) -> None:
    parsed = parse_latex(text, SIGNALS)
    assert same(parse_formula(text_of(parsed, SIGNALS), SIGNALS).value, parsed.value)
    written = latex_of(parsed, SIGNALS)
    assert same(parse_latex(written, SIGNALS).value, parsed.value), written


# --- random formulas -------------------------------------------------------------------

POSITIONS = st.tuples(
    st.sampled_from(["t", "i", "t - i", "t - 2*i", "c - 1 - i", "i + t", "2*i"]),
    st.integers(-3, 3),
).map(lambda pair: f"{pair[0]} + {pair[1]}" if pair[1] >= 0 else f"{pair[0]} - {-pair[1]}")
ENTRIES = POSITIONS.map(lambda position: f"k[{position}]")
PRODUCTS = st.lists(ENTRIES, min_size=1, max_size=3).map("*".join)
BODIES = st.lists(PRODUCTS, min_size=1, max_size=3).map(" + ".join)
LIMITS = st.sampled_from(["i", "(i, 0, c - 1)", "(i, 0, t)", "(i, -2, c + t)"])
FORMULAS = st.tuples(BODIES, LIMITS, st.integers(1, 3)).map(
    lambda parts: f"{parts[2]}*Sum({parts[0]}, {parts[1]})"
)


@settings(max_examples=60, deadline=None)
@given(FORMULAS)
def test_random_formulas_are_the_same_as_latex(text: str) -> None:
    parsed = parse_formula(text, SIGNALS, index="t")
    latex = latex_of(parsed, SIGNALS)
    again = parse_latex(latex, SIGNALS, index="t")
    assert same(again.value, parsed.value)
    assert same(parse_formula(text_of(again, SIGNALS), SIGNALS, index="t").value, parsed.value)


# --- errors ----------------------------------------------------------------------------


def read(text: str, latex: bool, index: str | None = None) -> ParsedFormula:
    parse = parse_latex if latex else parse_formula
    return parse(text, SIGNALS, index=index)


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("Sum(k[i], i)*k[i]", 16, "i is the index of a sum, and stands outside of that sum"),
        ("Sum(k[i]*k[t - 2*j], i)", 18, "both t and j are free"),
        ("Sum(k[i], (i, 0, i))", 18, "i is the index of a sum"),
        ("Sum(Sum(k[i]*k[t], i), i)", 20, "the index of another sum around this"),
        ("Sum(k[c], c)", 11, "c is a length here"),
        ("Sum(k[k], k)", 11, "k is a signal"),
        ("Sum(k[i])", 1, "expected Sum(formula, i)"),
        ("Sum(k[i], (i, 0))", 11, "expected the index of the sum, i, or its range"),
        ("Sum(k[i], (i, oo, t))", 15, "infinite on the wrong side"),
        ("h[t]", 1, "'h' is not a signal here; expected k, k2, k_2"),
        ("k3[t]", 1, "did you mean k"),
        ("k[::2]", 3, "a position is one integer here, as in k[t]"),
        ("k[:, None]", 3, "a comma is not expected here"),
        ("k[...]", 3, "expected a signal, an integer expression or a condition"),
        ("k.windows(2)", 1, "expected a signal, of one axis, and this has 2"),
        ("k.windows(2)[t]", 1, "expected a signal, of one axis, and this has 2"),
        ('k.rearrange("a -> a 1")[t]', 1, "expected a signal, of one axis, and this has 2"),
        ("sum(k[i], i)", 1, "did you mean Sum"),
        ("t*k[t]", 1, "t is a position, not an entry"),
        ("k[t] + c", 8, "c is a position, not an entry"),
        ("Sum(i*k[i], i)", 5, "i is a position, not an entry"),
        ("k[k[t]]", 3, "positions, limits and conditions hold no entries"),
        ("k[t]//2", 1, "entries of signals are not rounded"),
        ("1/k[t]", 3, "expected a number, not entries"),
        ("k[t]/0", 6, "division by zero"),
        ("k[t] + k", 8, "a signal beside an entry; an entry has a position"),
        ("k*k[t]", 3, "an entry beside a signal"),
        ("k[t, 2]", 3, "a comma is not expected here"),
        ("k[t] and k[0]", 1, "expected a condition"),
        ("Piecewise(k[t])", 11, "expected (formula, condition)"),
        ("Piecewise((k[t], k[t] > 0))", 18, "hold no entries"),
        ("k[oo]", 3, "infinity stands in the limits"),
        ("k[t % 0]", 7, "a divisor is positive"),
        ("k.flop()[t]", 3, "did you mean flip"),
        ("k.convolve(t)", 12, "'t' is not known here"),
        ("k*h", 3, "'h' is not known here"),
        ("k[t]**t", 7, "an exponent is a number"),
    ],
)
def test_errors_point_at_the_place(text: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        read(text, latex=False)
    assert problem in caught.value.problem or problem in str(caught.value)
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        (r"\sum_i k(i) \cdot k(t - 2j)", 1, 26, "both t and j are free"),
        ("\\sum_i k(i)\n  + k(i)", 2, 7, "i is the index of a sum, and stands outside"),
        (r"\sum_{2i+j=m} k(i) k(m-2i)", 1, 7, "which of i, j, m does this sum run over?"),
        (r"\sum_{i=0} k(i)", 1, 7, "the upper end of this sum is missing"),
        (r"\sum_i^{c-1} k(i)", 1, 9, "the lower end is missing"),
        (r"\sum k(i)", 1, 1, "expected the index of the sum below it"),
        (r"\sum_i \sum_i k(i)", 1, 13, "the index of another sum"),
        (r"k * (k \uparrow_2", 1, 5, "this ( is never closed"),
        (r"k * k) \uparrow_2", 1, 6, "this ) closes nothing"),
        (r"k * k] \uparrow_2", 1, 6, "this ] closes nothing"),
        (r"k \uparrow", 1, 11, "this ends too early"),
        (r"k k", 1, 3, "between signals, * is their convolution"),
        (r"k \cdot k", 1, 9, "between signals, * is their convolution"),
        (r"k(t)\uparrow_2", 1, 5, r"\uparrow belongs after a kernel"),
        (r"\bar{k} * k", 1, 1, r"a flipped kernel is \tilde{k}"),
        (r"\foo", 1, 1, r"\foo is not read here"),
        (r"\begin{cases} 0 \end{cases}", 1, 17, r"a row of cases is"),
        (r"\begin{pmatrix} 0 \end{pmatrix}", 1, 1, r"write cases as \begin{cases}"),
        (r"1/2 k(t)", 1, 5, "belong to the denominator"),
        (r"k(t) 2", 1, 6, "a number stands before"),
        (r"0.5 k(t)", 1, 2, r"\frac{1}{2}"),
        (r"x(t)", 1, 1, "x is not a signal here, expected k, k2, k_2"),
        (r"k_3(t)", 1, 1, "k_3 is not a signal here"),
        (r"h_{t}", 1, 4, "a subscript belongs to a kernel"),
        (r"\cos(t)", 1, 1, r"\cos is not read here"),
        (r"conv(k, k)", 1, 1, "names are single letters"),
        (r"$k * k", 1, 1, "this $ is never closed"),
        (r"$k$ and $k$", 1, 3, "expected one formula"),
        (r"k * * k", 1, 5, "* is not expected here"),
        (r"k = k", 1, 5, "expected one formula"),
        (r"k_2(t", 1, 4, "this ( is never closed"),
        ("k §", 1, 3, "unexpected character §"),
        ("", 1, 1, "there is nothing here"),
        ("$ $", 1, 1, "there is nothing here"),
    ],
)
def test_errors_in_latex_point_at_the_place(
    text: str, line: int, column: int, problem: str
) -> None:
    with pytest.raises(TextError) as caught:
        read(text, latex=True)
    assert problem in caught.value.problem
    assert (caught.value.line, caught.value.column) == (line, column)


def test_an_index_that_is_given_is_the_only_one() -> None:
    with pytest.raises(TextError, match="'u' is not known here; the index is t"):
        read("k[u]", latex=False, index="t")
    with pytest.raises(TextError, match="t is the index of the formula; sum over another letter"):
        read("Sum(k[t], t)", latex=False, index="t")


# --- hostile text ----------------------------------------------------------------------

HOSTILE = {
    "ten million characters": ("k" * 10**7, False),
    "as LaTeX": (r"\sum" * 10**6, True),
    "dollars": ("$" * 10**5, True),
    "open brackets": ("(" * 3900, True),
    "open braces": ("{" * 3900, True),
    "fractions": (r"\frac{" * 300 + "1" + "}{2}" * 300, True),
    "tildes": (r"\tilde " * 500 + "k", True),
    "arrows": ("k" + "↑2" * 900, True),
    "sums": (r"\sum_i" * 400 + "k(i)", True),
    "nested sums": ("Sum(" * 20 + "k[i]" + ",i)" * 20, False),
    "powers": ("(k[0] + k[1] + k[2])**9", False),
    "a tower": ("9" + "**9" * 9, False),
    "a tower in LaTeX": ("k(t)" + "^{9" * 28 + "}" * 28, True),
    "a long product": ("*".join(f"k[t-{n}]" for n in range(25)), False),
    "convolutions": ("*".join(["k"] * 400), False),
    "convolutions in LaTeX": (" * ".join(["k"] * 400), True),
    "remainders": ("k[" + "+".join(f"t%{n}" for n in range(2, 20)) + "]", False),
    "cases": (f"Piecewise({','.join(f'(k[{n}],t=={n})' for n in range(20))})", False),
    "digits": ("9" * 3000, True),
    "cases in cases": (r"\begin{cases}" * 200 + "k(t)" + r"& t>0\end{cases}" * 200, True),
    "words": (r"k(t) \text{" + "for even " * 400 + "}", True),
    "conditions": (r"\sum_{" + ",".join(f"i+j={n}" for n in range(300)) + "} k(i)", True),
    "conditions in text": (f"Sum(k[i], {','.join(f'i > {n}' for n in range(60))})", False),
    "indices": (f"Sum(k[t], {' + '.join(f'i{n}' for n in range(90))} == t)", False),
    "a domain": ("k[t] for " + "(" * 40 + "t" + ")" * 40 + " > 0", False),
    "an import": ("__import__('os').system('true')", False),
    "an import in LaTeX": ("__import__('os').system('true')", True),
    "attributes": ("k.__class__.__mro__", False),
    "attributes in LaTeX": (r"k.__class__ \cdot 1", True),
    "a lambda": ("(lambda: k)()", False),
    "a walrus": ("(k := 1)", False),
    "a comprehension": ("[k for k in k]", False),
}


@pytest.mark.parametrize(("text", "latex"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_at_once(text: str, latex: bool) -> None:
    start = time.process_time()
    with pytest.raises(TextError) as caught:
        read(text, latex)
    assert time.process_time() - start < 3
    assert len(str(caught.value)) < 1000


PIECES = r"""k k_2 i t 0 2 ( ) [ ] { } , . = ** * + - / \sum_i \sum_{ _ ^ \tilde{ \tilde \uparrow_2
    \downarrow \frac{ \lfloor \rfloor \min( \cdot \, $ \[ Σ ↑₂ k̃ ∗ Sum( Piecewise( % // == and
    k[ .flip() :  ∞ \infty \in \mathbb{Z} \left( \right) § __ lambda \text{if} \text{ even}
    \begin{cases} \end{cases} \\ & \mid \substack{ \pmod \equiv \forall \dots ≤ \mathbf1 \quad(
    for even otherwise \frac12 ₜ₋₂ᵢ ½ \land \lor \neg \text{ \{ \} i+2j=t"""
WORDS = st.sampled_from([" ", "\n", *PIECES.split()])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.lists(WORDS, max_size=12).map("".join))
@example("k^²")
@example("k₂₂")
@example("k_²")
@example("\\")
@example("k\\")
@example("\\sum_{i:}k(i)")
@example("\\sum_{}k(i)")
@example("{}")
@example("Sum(k[i], *i)")
@example("k[t:2]")
@example("Sum(k[i], i, i=1)")
def test_garbage_raises_nothing_but_our_errors(text: str) -> None:
    for latex in (False, True):
        try:
            parsed = read(text, latex)
        except SymconvError as error:
            assert str(error)  # noqa: PT017 - most texts are errors, some are formulas
        else:
            assert text_of(parsed, SIGNALS)
            assert latex_of(parsed, SIGNALS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"\sum_{i : t - i \bmod 2 = 0} k_i k_{(t-i)/2}", r"write \(t - i\) \\bmod 2"),
        ("Sum(k[i]*k[t-2*i], (i, 0, 10**9))", "a number beyond 60"),
        ("Sum(k[i]*k[t-2*i], (i, 0, c**9))", "a power beyond 2"),
    ],
)
def test_what_is_ambiguous_or_would_take_long_is_refused(text: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        grade(text)


def test_a_remainder_in_brackets() -> None:
    assert grade(r"\sum_{i : (t - i) \bmod 2 = 0} k_i k_{(t-i)/2}").is_right
    assert grade(r"\sum_{i : i \bmod 2 = 0} k_{i/2} k_{t-i}").is_right

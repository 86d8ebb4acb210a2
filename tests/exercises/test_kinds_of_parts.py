"""Answers to parts of all kinds, held to plain arithmetic, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import Refuted, SymconvError
from symconv.exercises import Exercise, Grade
from symconv.exercises.exercise import Posed
from tests.project import ROOT

FOLDER = ROOT / "proofs" / "exercises"
MERGING = Exercise.load(FOLDER / "merging.toml")
LENGTHS = Exercise.load(FOLDER / "output_length.toml").posed({"s": 2})
UPSAMPLING = Exercise.load(FOLDER / "upsampling.toml").posed({"s": 2})


def posed(parts: str, names: str = 'signals = { x = "n", k = "c" }') -> Posed:
    return Exercise(f"[names]\n{names}\n{parts}").posed()


def outcome(found: Grade) -> tuple[str, str | None]:
    return found.outcome, None if found.points is None else str(found.points)


# --- kernels ------------------------------------------------------------------------------


def convolved(a: list[int], b: list[int]) -> list[int]:
    result = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] += x * y
    return result


def dilated(a: list[int], d: int) -> list[int]:
    result = [0] * (d * (len(a) - 1) + 1)
    result[::d] = a
    return result


def layer(x: list[int], k: list[int], s: int) -> list[int]:
    count = max(0, (len(x) - len(k)) // s + 1)
    return [sum(k[j] * x[s * u + j] for j in range(len(k))) for u in range(count)]


KERNELS: dict[str, tuple[Callable[[list[int], int], list[int]], str, str]] = {
    "k.dilate({s}).convolve(k)": (lambda k, s: convolved(dilated(k, s), k), "right", "3"),
    r"k * (k \uparrow_{s})": (lambda k, s: convolved(k, dilated(k, s)), "right", "3"),
    "K[t] = Sum(k[i]*k[t - {s}*i], i)": (lambda k, s: convolved(k, dilated(k, s)), "right", "3"),
    "k * k": (lambda k, s: convolved(k, k), "partly right", "1"),
    "k.convolve(k).dilate({s})": (lambda k, s: dilated(convolved(k, k), s), "partly right", "1"),
    "k.convolve(k.dilate({s})).flip()": (
        lambda k, s: convolved(k, dilated(k, s))[::-1],
        "partly right",
        "2",
    ),
    "k.convolve(k.dilate({s})).pad(0, 2)": (
        lambda k, s: [*convolved(k, dilated(k, s)), 0, 0],
        "partly right",
        "2",
    ),
    "k.convolve(k.dilate({s})).pad(2, 0)": (
        lambda k, s: [0, 0, *convolved(k, dilated(k, s))],
        "partly right",
        "1",
    ),
    "k.convolve(k.dilate({s} * {s}))": (
        lambda k, s: convolved(k, dilated(k, s * s)),
        "wrong",
        "0",
    ),
    "k.flip().convolve(k.dilate({s}))": (
        lambda k, s: convolved(k[::-1], dilated(k, s)),
        "wrong",
        "0",
    ),
}


@pytest.mark.parametrize("text", KERNELS)
@pytest.mark.parametrize("s", [2, 3, 4])
def test_kernels_are_right_where_the_layers_say_so(text: str, s: int) -> None:
    plain, said, points = KERNELS[text]
    found = MERGING.posed({"s": s}).grade("kernel", text.replace("{s}", str(s)))
    assert outcome(found) == (said, points)
    for k, n in product(([1], [2, 3], [1, -2, 5]), range(1, 14)):
        x = [(7 * m * m + 3) % 11 for m in range(n)]
        agree = layer(layer(x, k, s), k, 1) == layer(x, plain(k, s), s)
        assert agree or said != "right"
    if said != "right":
        example = found.verdict.counterexample  # type: ignore[union-attr]
        k, x = example.signals["k"], example.signals["x"]
        assert layer(x, plain(k, s), s) == example.lhs
        assert layer(layer(x, k, s), k, 1) == example.rhs != example.lhs
    assert f"Read as {found.read_as}" in found.feedback


@pytest.mark.parametrize("index", "abdefghijlmnopqrstuvwxyz")
def test_any_letter_is_an_index(index: str) -> None:
    found = MERGING.posed({"s": 2}).grade("kernel", f"Sum(k[i1]*k[{index} - 2*i1], i1)")
    # x and n mean something in the question; an answer says nothing of them.
    assert found.is_right, found.feedback


def test_shifts_and_lengths_are_told() -> None:
    part = MERGING.posed({"s": 2})
    for text, words in {
        "Sum(k[i]*k[t - 2*i - 1], i)": "Its entries are right, and stand 1 place too late.",
        "Sum(k[i]*k[t + 2 - 2*i], i)": "Its entries are right, and stand 2 places too early.",
        "k.convolve(k.dilate(2)).pad(3, 0)": "and stand 3 places too late.",
        "k.convolve(k.dilate(2)).pad(0, 1)": "for c = 1 there are 2 entries instead of 1.",
    }.items():
        found = part.grade("kernel", text)
        assert words in found.why
    # A kernel of one tap is cut off whole, and the layer is none.
    assert part.grade("kernel", "k.convolve(k.dilate(2))[:-1]").outcome == "not read"
    assert part.grade("kernel", "Sum(k[i]*k[t - 2*i - 4], i)").outcome == "wrong"


def test_any_kernel_that_satisfies_the_claim_is_right() -> None:
    # Entry 1 of the kernel is read by no output.
    part = posed(
        '[[parts]]\nasks = "kernel"\nuses = ["k"]\n'
        'right = "x[:1].convolve(k).downsample(2) == x[:1].convolve(K).downsample(2)"\n'
        'answer = "k"'
    )
    assert part.grade("kernel", "k").is_right
    assert part.grade("kernel", "Piecewise((k[t], t % 2 == 0), (7, True))").is_right
    assert part.grade("kernel", "Piecewise((k[t], t % 2 == 1), (7, True))").is_right is False


def test_an_unknown_does_not_depend_on_what_it_is_multiplied_with() -> None:
    text = (
        '[[parts]]\nasks = "kernel"\nright = "x.correlate(k).correlate(k) == x.correlate(K)"\n'
        'answer = "k.convolve(k)"\n'
    )
    found = posed(text).grade("kernel", "k.convolve(k) + 0*x.correlate(x).convolve(k)")
    assert found.outcome == "not read"
    assert "'x' is not known here" in found.sentence
    assert posed(text).grade("kernel", "Sum(k[n]*k[t - n], n)").is_right
    found = posed(text + 'uses = ["x", "k"]').grade("kernel", "x")
    assert found.outcome == "wrong"


def test_symbols_that_are_declared_may_stand_in_answers() -> None:
    part = posed(
        '[[parts]]\nasks = "kernel"\ngiven = ["p >= 0"]\n'
        'right = "x.correlate(k).pad(p, p) == x.correlate(K)"\nanswer = "k"\n'
        '[[parts]]\nasks = "signal"\ngiven = ["p >= 0"]\nanswer = "k.pad(p, p)"'
    )
    assert part.grade("signal", "k.pad(0, p).pad(p, 0)").is_right
    assert part.grade("signal", "k.pad(q, q)").outcome == "not read"
    assert part.grade("signal", "k[t - p]").is_right


def test_flipped_answers_where_they_are_accepted() -> None:
    text = '[[parts]]\nasks = "kernel"\nuses = ["k"]\ncalled = ["h"]\nanswer = "k.dilate(2)"\n'
    for answer, strict, lenient in (
        ("k.dilate(2)", True, True),
        ("k.flip().dilate(2)", False, True),
        (r"\tilde{h} = \tilde{k}\uparrow_2", True, True),
        (r"\tilde{h} = k\uparrow_2", False, False),
        (r"h = \tilde{k}\uparrow_2", False, False),
    ):
        assert posed(text).grade("kernel", answer).is_right == strict
        assert posed(text + "or_flipped = true").grade("kernel", answer).is_right == lenient
    found = posed(text).grade("kernel", "k.flip().dilate(2)")
    assert "It would be right for the flipped h." in found.feedback


def test_numbers_are_graded_without_telling_the_solution() -> None:
    part = posed('[[parts]]\nasks = "kernel"\nanswer = "[1, 2, 1]"\n')
    for text in ("1, 2, 1", "[1, 2, 1]", "(1, 2, 1)", "taps(1, 2, 1)", "K = [1, 4/2, 1]"):
        assert part.grade("kernel", text).sentence == "Right."
    assert part.grade("kernel", "[1, 2]").sentence == "Not right: the number of entries is not 2."
    assert part.grade("kernel", "1, 3, 1").sentence == "Not right: entry 1 is not 3."
    assert part.grade("kernel", "1 2 1").outcome == "not read"


def test_tensors_of_several_axes() -> None:
    part = posed(
        '[[parts]]\nasks = "kernel"\nuses = ["w", "v"]\n'
        'right = "x.conv(w, padding=1) + x.conv(v) == x.conv(K, padding=1)"\n'
        'answer = "w + v.pad(1, 1, axis=(2, 3))"\n'
        '[[parts.mistakes]]\nanswer = "w"\nfeedback = "A branch is lost."',
        'tensors = { x = "C, H, W", w = "O, C, 3, 3", v = "O, C, 1, 1" }',
    )
    assert part.grade("kernel", "v.pad(1, 1, axis=(3, 2)) + w").sentence == "Right, for all sizes."
    assert "A branch is lost." in part.grade("kernel", "w + 0*w").feedback
    assert part.grade("kernel", "w + v").outcome == "wrong"
    assert part.grade("kernel", "x").outcome == "not read"


def test_a_formula_is_asked_for() -> None:
    for text in (
        "y[t] = Sum(x[i]*k[t - 2*i], i)",
        r"y_t = \sum_i x_i k_{t - 2i}",
        r"\sum_j k_j x_{(t - j)/2}",
    ):
        assert outcome(UPSAMPLING.grade("output", text)) == ("right", "2")
    for text in ("k.convolve(x.dilate(2))", "k * x", "k.convolve(x.dilate(2))[t]", "1, 2"):
        found = UPSAMPLING.grade("output", text)
        assert outcome(found) == ("not read", None)
    found = UPSAMPLING.grade("output", "x[t//2]*k[t % 2]")
    assert found.why == "1 of 2 points: It is right exactly when c ≤ 2."
    # With other strides, three taps are enough.
    third = Exercise.load(FOLDER / "upsampling.toml").posed({"s": 3})
    assert "exactly when c ≤ 3." in third.grade("output", "x[t//3]*k[t % 3]").why


def test_without_a_condition_it_has_to_be_right_for_long_inputs() -> None:
    part = posed(
        '[[parts]]\nasks = "length"\nanswer = "x.correlate(k).length"\npoints = 2\n'
        "[parts.partial]\nunder_condition = 1"
    )
    # It forgets that an output may be empty.
    found = part.grade("length", "n - c + 1")
    assert outcome(found) == ("wrong", "0")
    part = posed(
        '[[parts]]\nasks = "length"\nanswer = "max(n, 5)"\npoints = 2\n'
        "[parts.partial]\nunder_condition = 1"
    )
    found = part.grade("length", "n")
    assert found.why == "1 of 2 points: It is right exactly when n ≥ 5."


# --- random kernels, and what is said of them -----------------------------------------------

Maker = Callable[[list[int]], list[int]]


@st.composite
def kernels(draw: st.DrawFn) -> tuple[str, Maker]:
    """An expression in k near to k ∗ (k ↑2), and what it is of numbers."""

    def factor() -> tuple[str, Maker]:
        flips, d = draw(st.sampled_from([0, 0, 0, 1, 2])), draw(st.sampled_from([1, 2, 2, 3]))
        text = "k" + ".flip()" * flips + (f".dilate({d})" if d > 1 else "")
        return text, lambda k: dilated(k[::-1] if flips % 2 else k, d)

    (one, first), (other, second) = factor(), factor()
    text = f"{one}.convolve({other})"
    flips, left, right = draw(st.booleans()), *draw(st.sampled_from(ENDS))
    if flips:
        text += ".flip()"
    if (left, right) != (0, 0):
        text += f".pad({left}, {right})"

    def made(k: list[int]) -> list[int]:
        whole = convolved(first(k), second(k))
        whole = whole[::-1] if flips else whole
        return [0] * left + whole + [0] * right

    return text, made


ENDS = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 0), (2, 0), (1, 2)]
BY_ENTRIES = posed(
    '[[parts]]\nasks = "kernel"\nuses = ["k"]\nanswer = "k.convolve(k.dilate(2))"\npoints = 9\n'
    "[parts.partial]\nflipped = 5\nanother_length = 4\nshifted = 3\nunder_condition = 2\n"
    'condition = "c <= 2"'
)


@settings(max_examples=60, deadline=None)
@given(kernels())
def test_random_kernels_are_graded_as_numbers_say(drawn: tuple[str, Maker]) -> None:
    text, made = drawn
    found = BY_ENTRIES.grade("kernel", text)
    samples = [[3], [2, 5], [1, 4, 9], [2, 3, 7, 11], [5, 1, 8, 2, 6]]
    pairs = [(made(k), convolved(k, dilated(k, 2))) for k in samples]
    equal = all(mine == right for mine, right in pairs)
    # What a person would say, from what is worth most.
    trimmed = [(mine[: len(right)], right) for mine, right in pairs]
    cut = [m + [0] * (len(r) - len(m)) == r for m, r in trimmed]
    flipped = all(mine[::-1] == right for mine, right in pairs)
    places = next((d for d in (1, 2, 3) if all(m[d:] == r for m, r in pairs)), 0)
    kept = next((d for d in (1, 2, 3) if all([*m[d:], *[0] * d] == r for m, r in pairs)), places)
    short = all(mine == right for mine, right in pairs[:2])
    expected = (
        ("right", 9) if equal
        else ("flipped", 5) if flipped
        else ("another_length", 4) if all(cut)
        else ("shifted", 3) if kept
        else ("under_condition", 2) if short
        else ("wrong", 0)
    )  # fmt: skip
    said = found.rule.name if found.rule else found.outcome
    name, worth = expected
    assert said == name, found.feedback
    assert found.points == worth
    if not equal:
        assert isinstance(found.verdict, Refuted)
        example = found.verdict.counterexample
        k = example.signals["k"]
        assert made(k) == example.lhs
        assert convolved(k, dilated(k, 2)) == example.rhs != example.lhs


# --- lengths ----------------------------------------------------------------------------------

OUTPUTS: dict[str, tuple[Callable[[int, int, int], Fraction], str]] = {
    "(n + 2*p - c)//2 + 1": (lambda n, c, p: Fraction((n + 2 * p - c) // 2 + 1), "2"),
    "(n + 2p - c)//2 + 1": (lambda n, c, p: Fraction((n + 2 * p - c) // 2 + 1), "2"),
    r"\lfloor \frac{n + 2p - c}{2} \rfloor + 1": (
        lambda n, c, p: Fraction((n + 2 * p - c) // 2 + 1),
        "2",
    ),
    "L = ⌊(n + 2p − c)/2⌋ + 1": (lambda n, c, p: Fraction((n + 2 * p - c) // 2 + 1), "2"),
    "m := ceil((n + 2*p - c + 1)/2)": (lambda n, c, p: Fraction(-((c - n - 2 * p - 1) // 2)), "2"),
    "(n + 2*p - c)//2": (lambda n, c, p: Fraction((n + 2 * p - c) // 2), "1"),
    "floor((n - c)/2) + p": (lambda n, c, p: Fraction((n - c) // 2 + p), "1"),
    "(n + 2*p - c)//2 + 3": (lambda n, c, p: Fraction((n + 2 * p - c) // 2 + 3), "1"),
    "(n + 2*p - c)/2 + 1": (lambda n, c, p: Fraction(n + 2 * p - c, 2) + 1, "0"),
    "(n + p - c)//2 + 1": (lambda n, c, p: Fraction((n + p - c) // 2 + 1), "0"),
    "7": (lambda n, c, p: Fraction(7), "0"),
}


@pytest.mark.parametrize("text", OUTPUTS)
def test_lengths_are_graded_as_loops_do(text: str) -> None:
    plain, points = OUTPUTS[text]
    found = LENGTHS.grade("outputs", text)
    assert str(found.points) == points
    agree = []
    for n, c, p in product(range(1, 8), range(1, 8), range(4)):
        if c <= n:
            count = len(layer([1] * (n + 2 * p), [1] * c, 2))
            agree.append(plain(n, c, p) == count)
    assert all(agree) == (points == "2")
    if points != "2":
        at = found.verdict.counterexample.lengths  # type: ignore[union-attr]
        value = plain(at["n"], at["c"], at["p"])
        assert found.sentence == (
            f"Not right: for c = {at['c']}, n = {at['n']}, p = {at['p']} it gives {value} instead "
            f"of {len(layer([1] * (at['n'] + 2 * at['p']), [1] * at['c'], 2))}."
        )


def test_lengths_that_are_always_wrong_by_the_same() -> None:
    assert LENGTHS.grade("outputs", "(n + 2*p - c)//2 + 3").why == (
        "1 of 2 points: It is always 2 too large."
    )
    # A typical mistake with points of its own has its own words.
    found = LENGTHS.grade("outputs", "(n - c + 2p)//2")
    assert found.why == "1 of 2 points, for this mistake."
    assert found.hint.startswith("The window has a first place too")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("len(x)", "x is no number; it is said in c, n, p"),
        ("m", "'m' is not known here"),
        ("x.length", "x is no number"),
        ("n = c", "expected one expression, without an equals sign"),
        ("n >= c", "expected a length, and this is a condition"),
        ("(n + 2p) div 2", "this is not expected here"),
        ("n/0", "division by zero"),
        (r"[\frac{n - c}{2}] + 1", "is this rounded?"),
        ("n +", "this ends too early"),
        ("__import__('os')", "no two underscores"),
        ("9" * 5000, "characters"),
        ("(" * 500, "deep"),
    ],
)
def test_lengths_that_cannot_be_read(text: str, words: str) -> None:
    found = LENGTHS.grade("outputs", text)
    assert outcome(found) == ("not read", None)
    assert not found.is_right
    assert words in found.sentence


def test_any_length_that_satisfies_the_claim_is_right() -> None:
    part = posed(
        '[[parts]]\nasks = "length"\nunknown = "p"\nright = "x.pad(p, p).length >= n + 5"\n'
        'answer = "3"'
    )
    for text, right in (("3", True), ("p = n + 3", True), ("2", False), ("n", False)):
        assert part.grade("length", text).is_right == right
    assert part.grade("length", "n").sentence == (
        "Not right: for n = 1, where it is 1, it does not do what is asked for."
    )
    assert part.grade("length", "p").outcome == "not read"


# --- conditions ---------------------------------------------------------------------------------

CONDITIONS: dict[str, tuple[Callable[[int, int, int], bool], str]] = {
    "c == 2*p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c = 2p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "p = (c - 1)/2": (lambda n, c, p: 2 * p == c - 1, "2"),
    r"$\frac{c - 1}{2} = p$": (lambda n, c, p: 2 * p == c - 1, "2"),
    r"c \le 2p + 1 \land c \geq 2p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    r"c = 2p + 1, n \geq c": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c <= 2p + 1, c >= 2p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c ≤ 2p + 1 und c ≥ 2p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "not c != 2*p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "(c = 2p + 1) & (n >= c)": (lambda n, c, p: c == 2 * p + 1, "2"),
    "2p = c - 1 && c odd.": (lambda n, c, p: c == 2 * p + 1, "2"),
    r"2 \mid c - 1, p = \lfloor c/2 \rfloor": (lambda n, c, p: c == 2 * p + 1, "2"),
    r"p = \frac{c - 1}{2} \text{ und } c \text{ ungerade}": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c mod 2 = 1 and p = floor(c/2)": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c mod 2 = 1": (lambda n, c, p: c % 2 == 1, "1"),
    "c = 2p + 1 or c odd": (lambda n, c, p: c % 2 == 1, "1"),
    "4 | n": (lambda n, c, p: n % 4 == 0, "0"),
    "c = 2p + 1 and n > 1 or n = 1 and c = 2p + 1": (lambda n, c, p: c == 2 * p + 1, "2"),
    "c = 2p + 1 and n > 1": (lambda n, c, p: c == 2 * p + 1 and n > 1, "1"),
    "p == 1 and c == 3": (lambda n, c, p: p == 1 and c == 3, "1"),
    "p == (c - 1)//2": (lambda n, c, p: p == (c - 1) // 2, "1"),
    "c ≠ 2p": (lambda n, c, p: c != 2 * p, "1"),
    "p = c//2": (lambda n, c, p: p == c // 2, "1"),
    "c = 2p": (lambda n, c, p: c == 2 * p, "0"),
    "c = 1 or p = 1, c = 1": (lambda n, c, p: (c == 1 or p == 1) and c == 1, "0"),
    "always": (lambda n, c, p: True, "0"),
    "nie": (lambda n, c, p: False, "0"),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_are_graded_as_loops_do(text: str) -> None:
    plain, points = CONDITIONS[text]
    found = LENGTHS.grade("same", text)
    assert str(found.points) == points
    sizes = [(n, c, p) for n, c, p in product(range(1, 8), range(1, 8), range(4)) if c <= n]
    said = [plain(*size) for size in sizes]
    true = [len(layer([1] * (n + 2 * p), [1] * c, 1)) == n for n, c, p in sizes]
    assert (said == true) == (points == "2")
    enough = any(said) and all(t or not s for s, t in zip(said, true, strict=True))
    needed = not all(said) and all(s or not t for s, t in zip(said, true, strict=True))
    if points != "2":
        assert (enough or needed) == (points == "1")
        at = found.verdict.counterexample.lengths  # type: ignore[union-attr]
        size = at.get("n", 1), at.get("c", 1), at.get("p", 0)
        assert str(plain(*size)).lower() in found.sentence
    if found.rule is not None:
        assert found.rule.name == ("sufficient" if enough else "necessary")


@pytest.mark.parametrize(
    "text",
    ["5", "x", "s = 1", "p = (c-1)/2 and odd", "c = 2p +", "c >= x", "c=1 | p=1", "n is even"],
)
def test_conditions_that_cannot_be_read(text: str) -> None:
    assert outcome(LENGTHS.grade("same", text)) == ("not read", None)


def test_a_condition_for_all_values_of_a_symbol() -> None:
    part = posed(
        '[[parts]]\nasks = "condition"\nfor_all = ["n"]\n'
        'right = "x.pad(l, r).correlate(k).length == n"\nanswer = "l + r == c - 1"'
    )
    assert part.grade("condition", "c = l + r + 1").is_right
    assert part.grade("condition", "l + r = c - 1 and n >= 1").outcome == "not read"
    found = part.grade("condition", "l + r >= c - 1")
    assert found.sentence == "Not right: for c = 1, l = 0, r = 1 it is true, and should be false."


# --- yes or no ------------------------------------------------------------------------------------


def test_yes_or_no() -> None:
    for text in ("no", "No.", " nein ", "FALSE", "n"):
        assert LENGTHS.grade("order", text).is_right
    found = LENGTHS.grade("order", "ja")
    assert outcome(found) == ("wrong", "0")
    assert isinstance(found.verdict, Refuted)
    example = found.verdict.counterexample
    assert f"the left side is {example.lhs}, and the right side is {example.rhs}" in found.sentence
    for text in ("maybe", "yes and no", "0"):
        assert LENGTHS.grade("order", text).outcome == "not read"
    symmetric = MERGING.posed({"s": 3})
    assert symmetric.grade("symmetric", "yes").is_right
    assert symmetric.grade("symmetric", "no").sentence == "Not right: it always holds."


# --- what is said of all ------------------------------------------------------------------


def test_what_is_empty_is_no_answer() -> None:
    marks = MERGING.grade({"kernel": "  ", "length": "3*c - 2"}, variant={"s": 2})
    assert [grade.outcome for grade in marks.grades.values()] == ["no answer", "right", "no answer"]
    assert [marks.total, marks.out_of] == [1, 5]
    marks = MERGING.grade({"kernel": "k("}, variant={"s": 2})
    assert marks.total is None
    assert "total: not known yet of 5" in str(marks)
    assert marks.record()["total"] is None
    assert "Total: not known yet of 5" in marks._repr_markdown_()


def test_what_cannot_be_decided_has_no_points() -> None:
    part = posed('[[parts]]\nasks = "kernel"\nuses = ["k"]\nanswer = "k.convolve(k.dilate(2))"')
    found = part.grade("kernel", "Sum(k[i % c]*k[t - 2*(i % c)], (i, c, 2*c - 1))")
    assert outcome(found) == ("not decided", None)
    assert not found.is_right


def test_questions_that_make_no_sense() -> None:
    with pytest.raises(SymconvError, match="there is no part 'kern'; expected kernel, length"):
        MERGING.grade({"kern": "k"})
    with pytest.raises(SymconvError, match="answers are given by part: kernel, length"):
        MERGING.grade("k")
    with pytest.raises(SymconvError, match="an answer is a text, got 3"):
        MERGING.grade({"kernel": 3})  # type: ignore[dict-item]


def test_half_points_are_exact() -> None:
    marks = MERGING.grade(
        {"kernel": "k*k.dilate(2)", "length": "3*c", "symmetric": "yes"}, variant={"s": 2}
    )
    assert marks.total == Fraction(9, 2)
    assert marks.record()["total"] == "4.5"
    assert "0.5 of 1 point: It is always 2 too large." in str(marks)


TEXTS = st.text(st.sampled_from("kxnct012+-*/()[]=<>.,{}\\_^ ∑⌊⌋≤'\"\n\t\0"), max_size=40)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["outputs", "same", "order"]))
def test_no_text_stops_the_grading(text: str, part: str) -> None:
    found = LENGTHS.grade(part, text)
    assert found.outcome in {
        "right",
        "partly right",
        "wrong",
        "not decided",
        "not read",
        "no answer",
    }
    assert (found.points is None) == (found.outcome in ("not decided", "not read"))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_no_text_stops_the_grading_of_kernels(text: str) -> None:
    found = MERGING.posed({"s": 2}).grade("kernel", text)
    assert (found.points is None) == (found.outcome in ("not decided", "not read"))

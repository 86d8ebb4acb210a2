"""Answers for k₄ graded: what is right and wrong, and the typical answers, by plain arithmetic."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from sympy import Symbol

from symconv import Claim, Proved, Refuted, Signal, SymconvError, Unknown
from symconv.command.cli import main
from symconv.exercises.grading import grade
from symconv.exercises.mistakes import K4, KERNEL, MISTAKES, UNUSUAL, Mistake
from symconv.reading.text.syntax import TextError

Numbers = Sequence[int]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["grade", *arguments])


# --- plain arithmetic, which shares nothing with symconv --------------------------------


def convolved(a: Numbers, b: Numbers) -> list[int]:
    result = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] += x * y
    return result


def dilated(a: Numbers, d: int) -> list[int]:
    result = [0] * (d * (len(a) - 1) + 1)
    result[::d] = a
    return result


def layer(x: Numbers, k: Numbers) -> list[int]:
    """A stride-2 layer."""
    count = max(0, (len(x) - len(k)) // 2 + 1)
    return [sum(k[j] * x[2 * u + j] for j in range(len(k))) for u in range(count)]


def merged(k: Numbers) -> list[int]:
    """What the two layers make of unit impulses."""
    size = 3 * len(k) - 2
    impulses = ([int(s == t) for s in range(size)] for t in range(size))
    return [layer(layer(x, k), k)[0] for x in impulses]


def at(k: Numbers, m: int) -> int:
    return k[m] if 0 <= m < len(k) else 0


def total(k: Numbers, term: Callable[[int, int], int]) -> list[int]:
    """The formula Σ_i term(t, i) for 0 ≤ t < 3c − 2."""
    around = range(-4 * len(k), 4 * len(k))
    return [sum(term(t, i) for i in around) for t in range(3 * len(k) - 2)]


def fours(values: Numbers) -> list[int]:
    return [value * (t % 4 == 0) for t, value in enumerate(values)]


PLAIN: dict[str, Callable[[list[int]], list[int]]] = {
    "convolved_with_itself": lambda k: convolved(k, k),
    "both_factors_dilated": lambda k: convolved(dilated(k, 2), dilated(k, 2)),
    "dilated_by_four": lambda k: convolved(k, dilated(k, 4)),
    "first_factor_flipped": lambda k: convolved(k[::-1], dilated(k, 2)),
    "second_factor_flipped": lambda k: convolved(k, dilated(k[::-1], 2)),
    "correlated_with_itself": lambda k: total(k, lambda t, i: at(k, i) * at(k, t + 2 * i)),
    "kernel_subsampled": lambda k: convolved(k, k[::2]),
    "result_subsampled": lambda k: convolved(k, k)[::2],
    "summation_index_subsampled": lambda k: total(k, lambda t, m: at(k, 2 * m) * at(k, t - 2 * m)),
    "taps_at_multiples_of_four": lambda k: fours(convolved(k, dilated(k, 2))),
    "even_indices_and_multiples_of_four": lambda k: fours(
        total(k, lambda t, m: at(k, 2 * m) * at(k, t - 2 * m))
    ),
}
SMALLEST = {
    "convolved_with_itself": ([1, 1], [1, 2, 1]),
    "both_factors_dilated": ([1, 1], [1, 0, 2, 0, 1]),
    "dilated_by_four": ([1, 1], [1, 1, 0, 0, 1, 1]),
    "first_factor_flipped": ([1, 0], [0, 1, 0, 0]),
    "second_factor_flipped": ([1, 0], [0, 0, 1, 0]),
    "correlated_with_itself": ([1, 1], [1, 1, 0, 0]),
    "kernel_subsampled": ([1, 1], [1, 1]),
    "result_subsampled": ([1, 1], [1, 1]),
    "summation_index_subsampled": ([1, 1], [1, 1, 0, 0]),
    "taps_at_multiples_of_four": ([1, 1], [1, 0, 0, 0]),
    "even_indices_and_multiples_of_four": ([1, 1], [1, 0, 0, 0]),
}
KERNELS = [m for m in MISTAKES if m.kernel is not None]
PADDINGS = [m for m in MISTAKES if m.kernel is None]


def named(mistakes: Sequence[Mistake]) -> list[object]:
    return [pytest.param(mistake, id=mistake.name) for mistake in mistakes]


# --- the kernel ------------------------------------------------------------------------


def test_k4_is_what_the_two_layers_do() -> None:
    for k in ([2], [1, 2], [3, 1, 2], [1, -2, 0, 5]):
        assert K4.evaluate(k=k) == merged(k) == convolved(k, dilated(k, 2))
    assert Claim(K4, KERNEL.convolve(KERNEL.dilate(2))).prove()
    n, l, r = (Symbol(name, integer=True, nonnegative=True) for name in "nlr")
    x = Signal("x", n).pad(l, r)
    two = x.correlate(KERNEL, stride=2).correlate(KERNEL, stride=2)
    assert Claim(two, x.correlate(K4, stride=4)).prove()


# --- typical answers -------------------------------------------------------------------


@pytest.mark.parametrize("mistake", named(KERNELS))
def test_mistakes_are_refuted_with_the_smallest_kernel(mistake: Mistake) -> None:
    verdict = mistake.claim.prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    kernel, wrong = SMALLEST[mistake.name]
    assert found.lengths == mistake.counterexample == {"c": len(kernel)}
    assert found.signals == {"k": kernel}
    assert found.lhs == wrong == PLAIN[mistake.name](kernel)
    assert found.rhs == merged(kernel) != wrong
    # No shorter kernel shows it.
    for c in range(1, len(kernel)):
        for taps in product(range(-2, 3), repeat=c):
            assert PLAIN[mistake.name](list(taps)) == merged(taps)


@pytest.mark.parametrize("mistake", named(KERNELS))
def test_mistakes_are_recognised(mistake: Mistake) -> None:
    found = grade(mistake.answer)
    assert not found.is_right
    assert found.mistake is not None
    assert found.mistake.name == mistake.name
    assert found.hint == mistake.misconception
    assert mistake.misconception in str(found)


def test_different_mistakes_are_different_kernels() -> None:
    for k in ([1, 2], [3, 1, 2]):
        for first, second in product(KERNELS, repeat=2):
            if first.name < second.name and len(k) == 3:
                assert PLAIN[first.name](k) != PLAIN[second.name](k), (first.name, second.name)


@pytest.mark.parametrize("mistake", named(PADDINGS))
def test_paddings_are_refuted_and_right_where_it_is_said(mistake: Mistake) -> None:
    verdict = mistake.claim.prove()
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    assert found.lengths == mistake.counterexample
    c, n = found.lengths["c"], found.lengths["n"]
    padded = [0] * (c // 2) + [1] * n + [0] * (c // 2)
    assert len(layer(layer(padded, [1] * c), [1] * c)) == found.lhs != n // 4 == found.rhs
    n_symbol = next(s for s in mistake.claim.symbols if s.name == "n")
    assert mistake.claim.condition(for_all=[n_symbol]) == mistake.condition
    even = mistake.name == "padding_by_half_of_an_even_kernel"
    right = [
        c
        for c in range(1 + even, 9, 1 + even)
        if all(
            len(layer(layer([0] * (n + c // 2 * 2), [1] * c), [1] * c)) == n // 4
            for n in range(4, 41, 4)
        )
    ]
    assert right == ([2] if even else [1, 2])


@pytest.mark.parametrize("unusual", [pytest.param(u, id=u.name) for u in UNUSUAL])
def test_unusual_answers_are_proved(unusual: object) -> None:
    answer, claim = unusual.answer, unusual.claim  # type: ignore[attr-defined]
    assert claim.prove()
    found = grade(answer)
    assert isinstance(found.verdict, Proved)
    assert found.is_right
    assert str(found) == "Right, for all kernel lengths."
    for k in ([2], [1, 2], [3, 1, 2]):
        assert claim.lhs.evaluate(k=k) == merged(k)


# --- grades ----------------------------------------------------------------------------

RIGHT = [
    "Sum(k[i]*k[t - 2*i], i)",
    "k4[t] = Sum(k[i]*k[t - 2*i], (i, 0, c - 1))",
    "k_4(u) := Sum(k_2[i]*k2(u - 2*i), (i, 0, u//2))",
    "k4[n] == Sum(k[i]*k[n - 2*i], (i, max(0, ceil((n - c + 1)/2)), min(c - 1, n//2)))",
    "k4 = k.convolve(k.dilate(2))",
    "k*k.dilate(2)",
    "k.convolve(k.dilate(2))[t]",
    "flip(k4) = k.flip().convolve(k.flip().dilate(2))",
    "k4.flip()[u] = Sum(k.flip()[m]*k.flip()[u - 2*m], m)",
    r"\sum_{i} k_2(i)\, k_2(t-2i)",
    r"k_4[t] = \sum_{i=0}^{c-1} k[i] k[t - 2i]",
    r"$$k_4(t) = \sum_{i, j : 2i + j = t} k_i k_j$$",
    r"k_4 = k * (k \uparrow_2)",
    r"k_4[t] = (k * k\uparrow_2)[t]",
    r"(k\uparrow 2) \star k",
    r"\tilde{k}_4 = \tilde{k}_2 * (\tilde{k}_2 \uparrow_2)",
    r"\tilde{k}_4(u) = \sum_m \tilde{k}_2(m)\, \tilde{k}_2(u - 2m)",
    r"\tilde{k}_2 * \tilde{k}_2 \uparrow_2",
    r"\sum_i \tilde{k}(c - 1 - i)\, \tilde{k}(c - 1 - t + 2i)",
    r"\tilde{k}_4 = \tilde{(k * k \uparrow_2)}",
    "k₄ = k₂ ∗ (k₂ ↑₂)",
    "Σ_i k[i]·k[t − 2i]",
]
WRONG = {
    "k*k": ([1, 1], [1, 2, 1]),
    r"\sum_i k(i)\, k(t - i)": ([1, 1], [1, 2, 1, 0]),
    r"k_4 = \tilde{k} * \tilde{k} \uparrow_2": ([1, 0], [0, 0, 0, 1]),
    r"\tilde{k}_4 = k * k \uparrow_2": ([1, 0], [1, 0, 0, 0]),
    r"\sum_{i=1}^{c-1} k(i)\, k(t - 2i)": ([1], [0]),
    r"\sum_{i=0}^{c-2} k(i)\, k(t - 2i)": ([1], [0]),
    "k.convolve(k.dilate(2)).pad(0, 1)": ([1], [1, 0]),
    "k[t]": ([2], [2]),
    "0": ([1], [0]),
}


@pytest.mark.parametrize("answer", RIGHT)
def test_right_answers(answer: str) -> None:
    found = grade(answer)
    assert isinstance(found.verdict, Proved)
    assert found.is_right
    assert found.sentence == "Right, for all kernel lengths."
    assert found.mistake is None


@pytest.mark.parametrize("answer", WRONG)
def test_wrong_answers(answer: str) -> None:
    found = grade(answer)
    assert isinstance(found.verdict, Refuted)
    kernel, gives = WRONG[answer]
    example = found.verdict.counterexample
    assert example.signals == {"k": kernel}
    assert example.lhs == gives
    expected = merged(kernel)
    assert example.rhs == (expected[::-1] if r"\tilde{k}_4" in answer else expected)
    at = f"for c = {len(kernel)}, k = {kernel} it gives {gives} instead of {example.rhs}."
    assert found.sentence == f"Not right: {at}"


@pytest.mark.parametrize("answer", [*RIGHT, *WRONG])
def test_the_reading_is_an_answer_that_is_read_the_same(answer: str) -> None:
    found = grade(answer)
    for again, latex in ((found.read_as.text, None), (found.read_as.latex, True)):
        if r"\begin{cases}" not in again and r"\operatorname{pad}" not in again:
            other = grade(again, latex=latex)
            assert other.is_right == found.is_right
            assert str(other.verdict) == str(found.verdict)


def test_readings() -> None:
    assert str(grade(r"k_2 * k_2\uparrow_2").read_as) == "k4 = k ∗ (k ↑2)"
    assert str(grade(r"\sum_i k_2(i)\,k_2(u-2i)").read_as) == "k4[u] = Sum(k[i]*k[u - 2*i], i)"
    assert grade("Sum(k[i]*k[t - 2*i], i)").read_as.latex == r"k_4[t] = \sum_{i} k[i]\, k[t - 2 i]"
    assert str(grade(r"\tilde{k} * \tilde{k}\uparrow_2").read_as) == "flip(k4) = k̃ ∗ (k̃ ↑2)"


def test_remarks() -> None:
    found = grade("Sum(k[i]*k[min(t, 3*c - 3) - 2*i], i)")
    assert found.is_right
    (remark,) = found.remarks
    assert remark == (
        "Outside 0 ≤ t < 3c − 2, where k₄ is 0, the formula is not: for c = 1, k = [1] it gives 1 "
        "at t = 1. That does not count as wrong."
    )
    assert "⋆ is read as a convolution" in str(grade(r"k \star k\uparrow_2"))
    assert "compared with the flipped k₄" in str(grade(r"\tilde{k} * \tilde{k}\uparrow_2"))
    assert "It would be right for the flipped k₄." in grade("k4 = " + "k̃ ∗ k̃↑2").remarks
    assert "It would be right for k₄." in grade(r"\tilde{k}_4 = k * k\uparrow_2").remarks
    assert "belonging to the last factor" in str(grade(r"k * k \downarrow_2"))
    assert not grade(r"k * (k \downarrow_2)").remarks
    assert not grade(r"(k * k) \downarrow_2").remarks


def test_mistakes_are_recognised_in_other_words() -> None:
    for answer, name in {
        r"\sum_{i=0}^{t} k(i) k(t - i)": "convolved_with_itself",
        r"\tilde{k} * \tilde{k}": "convolved_with_itself",
        r"\tilde{k}_4(u) = \sum_m \tilde{k}_2(m)\, \tilde{k}_2(u - m)": "convolved_with_itself",
        r"(k * k)\uparrow_2": "both_factors_dilated",
        r"k_4(t) = \sum_i k(i) k(t - 4i)": "dilated_by_four",
        r"\sum_{i=0}^{c-1} k(c - 1 - i) k(t - 2i)": "second_factor_flipped",
        r"k * \tilde{k} \uparrow_2": "second_factor_flipped",
        r"\sum_{i=0}^{c-1} k(i) k(2i + t)": "correlated_with_itself",
    }.items():
        found = grade(answer)
        assert found.mistake is not None, answer
        assert found.mistake.name == name
    assert grade("k[t]").mistake is None


def test_what_cannot_be_decided_is_unknown() -> None:
    found = grade("Sum(k[i % c]*k[t - 2*(i % c)], (i, c, 2*c - 1))")
    assert isinstance(found.verdict, Unknown)
    assert not found.is_right
    assert found.sentence.startswith("Not decided: it is proved for c from 1 to")


def test_a_notebook_shows_the_verdict_and_the_reading() -> None:
    shown = grade(r"\sum_i k(i) k(t - i)")._repr_html_()
    assert shown.startswith("<p><b>Not right</b>: for c = 2, k = [1, 1] it gives [1, 2, 1, 0]")
    assert r"$k_4[t] = \sum_{i} k[i]\, k[t - i]$" in shown
    assert grade("k*k.dilate(2)")._repr_html_().startswith("<p><b>Right</b>, for all")


@pytest.mark.parametrize(
    ("answer", "line", "column", "problem"),
    [
        ("k4[t] = Sum(k[i], i)*k[i]", 1, 24, "i is the index of a sum, and stands outside"),
        ("k4[t] = k[u]", 1, 11, "'u' is not known here; the index is t"),
        ("k5 = k", 1, 1, "expected k4, k4[t] or the flipped"),
        ("k*k == k*k.dilate(2)", 1, 1, "expected k4, k4[t] or the flipped"),
        ("k4 = k = k", 1, 8, "one equals sign at most"),
        (r"k_4 = k = k \cdot k", 1, 11, "one equals sign at most"),
        ("k4[t] =", 1, 8, "there is nothing here"),
        ("Sum(1, i)", 1, 1, "the sum over all integers i has infinitely many terms"),
        ("k4 = Sum(k[i], i) + Sum(1, j)", 1, 21, "the sum over all integers j"),
        ("k4[t] = k4[t]", 1, 9, "'k4' is not a signal here; did you mean k"),
        ("k4[t] =\n  h[t]", 2, 3, "'h' is not a signal here"),
        ("x.correlate(k)", 1, 1, "'x' is not known here"),
        ("relu(k)", 1, 1, "there is no function 'relu'; a formula is a sum of products of entries"),
        ("__import__('os')", 1, 1, "no two underscores"),
        ("", 1, 1, "there is nothing here"),
    ],
)
def test_errors_point_at_the_place(answer: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        grade(answer)
    assert problem in caught.value.problem
    assert caught.value.where == "the answer"
    assert (caught.value.line, caught.value.column) == (line, column)


def test_an_answer_is_a_text() -> None:
    with pytest.raises(SymconvError, match="an answer is a text"):
        grade(K4)  # type: ignore[arg-type]


# --- random answers --------------------------------------------------------------------

STEPS = st.tuples(st.integers(-2, 2), st.integers(-1, 1), st.integers(-1, 1))
ENDS = st.sampled_from([("0", "c - 1"), ("0", "t"), ("0", "t//2"), ("1", "c"), ("-1", "t + 1")])


def end(text: str, c: int, t: int) -> int:
    values = {"c - 1": c - 1, "t": t, "t//2": t // 2, "c": c, "t + 1": t + 1}
    return values[text] if text in values else int(text)


@settings(max_examples=80, deadline=None)
@given(STEPS, STEPS, ENDS, st.booleans())
@example((1, 0, 0), (-2, 1, 0), ("0", "c - 1"), False)
@example((1, 0, 0), (-2, 1, 0), ("0", "t//2"), True)
@example((-2, 1, 0), (1, 0, 0), ("0", "t"), True)
def test_random_answers_are_graded_as_plain_arithmetic_does(
    first: tuple[int, int, int], second: tuple[int, int, int], ends: tuple[str, str], latex: bool
) -> None:
    positions = [f"{a}*i + {b}*t + {d}" for a, b, d in (first, second)]
    low, high = ends
    if latex:
        one, other = (p.replace("*", "").replace("+ -", "-") for p in positions)
        upper = high.replace("t//2", r"\lfloor t/2 \rfloor")
        found = grade(rf"\sum_{{i={low}}}^{{{upper}}} k({one})\, k({other})")
    else:
        found = grade(f"k4[t] = Sum(k[{positions[0]}]*k[{positions[1]}], (i, {low}, {high}))")

    def value(k: Numbers, t: int) -> int:
        ((a, b, d), (e, f, g)), c = (first, second), len(k)
        indices = range(end(low, c, t), end(high, c, t) + 1)
        return sum(at(k, a * i + b * t + d) * at(k, e * i + f * t + g) for i in indices)

    def given_by(k: Numbers) -> list[int]:
        return [value(k, t) for t in range(3 * len(k) - 2)]

    if isinstance(found.verdict, Proved):
        for k in ([3], [3, 5], [3, 5, 7], [3, 5, 7, 11], [3, 5, 7, 11, 13]):
            assert given_by(k) == merged(k)
    else:
        assert isinstance(found.verdict, Refuted)
        smallest = found.verdict.counterexample
        kernel = smallest.signals["k"]
        assert smallest.lhs == given_by(kernel) != merged(kernel) == smallest.rhs
        for c in range(1, len(kernel)):
            for taps in product(range(-1, 3), repeat=c):
                assert given_by(taps) == merged(taps)


# --- the command -----------------------------------------------------------------------


def test_the_command_exits_by_the_verdict() -> None:
    for answer, code, words in (
        ("Sum(k[i]*k[t-2*i], i)", 0, "Right, for all kernel lengths."),
        (r"\sum_i k_2(i)\, k_2(t-2i)", 0, "Read as  k4[t] = Sum(k[i]*k[t - 2*i], i)"),
        ("k*k", 1, "for c = 2, k = [1, 1] it gives [1, 2, 1] instead of [1, 1, 1, 1]."),
        ("k*k", 1, "The stride between the layers is forgotten"),
        ("Sum(k[i], i)*k[i]", 2, "the answer, line 1, column 16: i is the index of a sum"),
        ("Sum(k[i % c]*k[t - 2*(i % c)], (i, c, 2*c - 1))", 3, "Not decided"),
    ):
        result = run("--answer", answer)
        assert result.exit_code == code
        assert words in result.output


def test_the_command_reads_latex_when_it_is_told_to() -> None:
    assert run("--answer", "k_4[t] = 2 k[t]").exit_code == 1  # it cannot be text
    assert run("--latex", "--answer", "k_4[t] = 2 k[t]").exit_code == 1


def test_the_command_prints_json() -> None:
    record = json.loads(run("--json", "--answer", "k*k").output)
    assert record["verdict"] == "refuted"
    assert record["read_as"] == {"text": "k4 = k ∗ k", "latex": "k_4 = k * k"}
    assert record["counterexample"] == {
        "lengths": {"c": 2},
        "signals": {"k": [1, 1]},
        "index": None,
        "answer": [1, 2, 1],
        "expected": [1, 1, 1, 1],
    }
    assert record["mistake"]["name"] == "convolved_with_itself"
    assert json.loads(run("--json", "--answer", "k*k.dilate(2)").output)["is_right"] is True


def test_the_table_of_typical_answers_fits_a_terminal() -> None:
    result = run("--typical")
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert max(map(cell_len, result.output.splitlines())) <= 80
    words = " ".join(result.output.split())
    assert "k ∗ (k ↑4)" in words
    assert result.output.count("wrong") == len(MISTAKES)
    records = json.loads(run("--typical", "--json").output)
    assert [r["verdict"] for r in records] == ["refuted"] * len(MISTAKES) + ["proved"] * len(
        UNUSUAL
    )
    assert records[0]["counterexample"]["answer"] == [1, 2, 1]


def test_the_command_needs_one_thing_to_do() -> None:
    assert run().exit_code == 2
    assert run("--typical", "--answer", "k").exit_code == 2


@pytest.mark.parametrize("answer", ["k.relu().convolve(k.dilate(2))", "k.max_pool(1)"])
def test_functions_and_maxima_are_wrong_answers(answer: str) -> None:
    found = grade(answer)
    assert not found.is_right
    assert isinstance(found.verdict, Refuted)

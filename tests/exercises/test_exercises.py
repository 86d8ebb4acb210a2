"""Answers to exercises: any correct one is accepted, a wrong one is answered with a reason."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from sympy import And, Eq, Expr, Mod, Piecewise, Sum, floor, oo, symbols

from symconv import Claim, Signal, SignalExpr, SymconvError, Undecided, einsum
from symconv.exercises import WrongAnswer, check

n, c = symbols("n c", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
u, i, j, s, t = symbols("u i j s t", integer=True)
x, k = Signal("x", n), Signal("k", c)
padded = x.pad(l, r)
two = padded.correlate(k, stride=2).correlate(k, stride=2)
quarter = Claim(two.length, n / 4, given=[Eq(Mod(n, 4), 0)])
k4 = k.convolve(k.dilate(2))


def products(one: list[int], other: list[int]) -> SignalExpr:
    """A matrix of numbers."""
    return einsum("i,j->ij", Signal.taps(*one), Signal.taps(*other))


RIGHT: dict[str, Callable[[], None]] = {
    "the kernel": lambda: check(padded.correlate(k4, stride=4), two),
    "factors exchanged": lambda: check(padded.correlate(k.dilate(2).convolve(k), stride=4), two),
    "flips around": lambda: check(
        padded.correlate(k.flip().convolve(k.flip().dilate(2)).flip(), stride=4), two
    ),
    "a formula": lambda: check(Sum(k[i] * k[t - 2 * i], (i, 0, c - 1)), k4, index=t),
    "another range": lambda: check(Sum(k[i] * k[t - 2 * i], (i, -5, t)), k4, index=t),
    "another index": lambda: check(Sum(k[u - 2 * j] * k[j], (j, 0, c)), k4, index=u),
    "cases": lambda: check(
        Piecewise((x[floor(t / 2)], Eq(Mod(t, 2), 0)), (0, True)), x.dilate(2), index=t
    ),
    "numbers": lambda: check([1, 2, 2, 4, 2, 2, 1], Signal.taps(1, 2, 2, 4, 2, 2, 1)),
    "a constant formula": lambda: check(1, Signal.ones(c), index=u),
    "a length": lambda: check(3 * c - 2, k4.length),
    "a number": lambda: check(7, 3 + 2 * 2),
    "a number of NumPy": lambda: check(np.int64(7), 3 + 2 * 2),
    "an array": lambda: check(np.array([1, 2, 1]), Signal.taps(1, 2, 1)),
    "a fraction": lambda: check(Fraction(1, 2), n / (2 * n)),
    "over all integers": lambda: check(Sum(k[i] * k[t - 2 * i], (i, -oo, oo)), k4, index=t),
    "a condition": lambda: check(And(l + r >= 3 * c - 6, l + r < 3 * c - 2), quarter),
    "for every n": lambda: check(And(l + r >= 3 * c - 6, l + r <= 3 * c - 3), quarter, for_all=[n]),
    "two conditions": lambda: check(Eq(Mod(n, 4), 0), Eq(Mod(n + 4, 4), 0)),
    "always": lambda: check(True, Claim(x.flip().flip(), x)),
    "never": lambda: check(False, Claim(n + 1, n)),
    "with a hypothesis": lambda: check(n / 2, floor((n + 1) / 2), given=Eq(Mod(n, 2), 0)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    RIGHT[name]()
    assert capsys.readouterr().out == "Right: proved for all lengths.\n"


WRONG: dict[str, tuple[Callable[[], None], str]] = {
    "no dilation": (
        lambda: check(padded.correlate(k.convolve(k), stride=4), two),
        r"At c = 2, l = 0, n = 1, r = 2, k = .* your answer gives \[\d+\] instead of \[\]",
    ),
    "a formula": (
        lambda: check(Sum(k[i] * k[t - i], (i, 0, c - 1)), k4, index=t),
        r"At c = 2, k = .* your answer gives .* instead of",
    ),
    "numbers": (
        lambda: check([1, 2], Signal.taps(1, 1)),
        r"^Entry 1 is not 2\.$",
    ),
    "too many numbers": (
        lambda: check([1, 2, 3], Signal.taps(1, 1)),
        r"^The number of entries is not 3\.$",
    ),
    "a matrix": (
        lambda: check(products([1, 2], [0, 1]), products([1, 2], [1, 1])),
        r"^Entry \(0, 0\) is not 0\.$",
    ),
    "a matrix of another shape": (
        lambda: check(products([1, 2], [0, 1]), products([1, 2], [1, 1, 1])),
        r"^The shape is not \(2, 2\)\.$",
    ),
    "a wrong number": (lambda: check(7, 3 + 2 * 3), r"^It is not 7\.$"),
    "a long list": (lambda: check([0] * 1000, Signal.taps(1)), "the list has 1000 entries"),
    "two equals signs": (lambda: check(l + r == 3, quarter), r"write Eq\(a, b\) for a = b"),
    "a length": (lambda: check(3 * c, k4.length), r"At c = 1 your answer gives 3 instead of 1\.$"),
    "a condition": (
        lambda: check(Eq(l + r, 3), quarter),
        r"At c = 1, l = 0, n = 4, r = 0 your condition is false, and should be true\.$",
    ),
    "a strange name": (
        lambda: check(padded.correlate(Signal("k4", 3 * c - 2), stride=4), two),
        "Your answer uses k4, which the question does not",
    ),
    "nothing": (lambda: check(..., two), "there is no answer yet"),
    "none": (lambda: check(None, two), "there is no answer yet"),
    "text": (lambda: check("n/4", two.length), "the text 'n/4'; write it without quotes"),
    "a float": (lambda: check(0.5 * n, two.length), "is rounded"),
    "a float tap": (lambda: check([0.5], Signal.taps(1)), r"the entries \[0.5\] cannot be read"),
    "a symbol for a signal": (lambda: check(n, two), "should be a signal .* the expression n"),
    "a signal for a length": (lambda: check(k, two.length), "should be a length; .* signal k"),
    "a condition for a length": (lambda: check(n > 1, two.length), "the condition n > 1"),
    "a length for a condition": (lambda: check(n, l > r), "a condition; it is the expression n"),
    "a list for a length": (lambda: check([n], two.length), "should be a length"),
    "a function": (lambda: check(len, two), "should be a signal or the list"),
    "an index as a factor": (lambda: check(t * k[t], k, index=t), "the formula .* cannot be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers(name: str) -> None:
    answer, message = WRONG[name]
    with pytest.raises(WrongAnswer, match=message):
        answer()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("x" * 10**7, Signal.taps(1, 2)),
        ({number: number for number in range(10**4)}, Signal.taps(1, 2)),
        ([10**3000] * 300, k),
        ([10**5000, 1], k),
        ([10**5000, 1], Signal.taps(1, 2)),
        ([[10**5000]], two.length),
        ([0.1] * 300, Signal.taps(1, 2)),
    ],
    ids=["text", "dictionary", "long numbers", "digits", "taps", "list", "floats"],
)
def test_messages_are_short(answer: Any, expected: Any) -> None:
    with pytest.raises(WrongAnswer) as error:
        check(answer, expected)
    assert 10 < len(str(error.value)) < 1500


def test_fractions_in_a_message() -> None:
    with pytest.raises(WrongAnswer, match=r"your answer gives \[1/2\] instead of \[1\]\.$"):
        check(k / 2, k)


def test_questions_that_make_no_sense() -> None:
    with pytest.raises(SymconvError, match="for_all= belongs to a claim") as error:
        check(n, n, for_all=[n])
    assert not isinstance(error.value, WrongAnswer)
    with pytest.raises(SymconvError, match="index=u belongs to a formula"):
        check(n, n, index=u)


def test_what_cannot_be_decided_is_not_right() -> None:
    squares = Signal.from_formula(u, Sum(x[u * i], (i, 0, 1)), length=n)
    with pytest.raises(Undecided, match="could not be decided"):
        check(x[0] + x[u], squares, index=u)


def test_jupyter_shows_the_message_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    shell.user_ns.update(check=check, k4=k4, c=c)
    assert not shell.run_cell("check(3*c, k4.length)").success
    said = capsys.readouterr().out.strip()
    assert said == "Not right yet. At c = 1 your answer gives 3 instead of 1."


def test_the_message_does_not_hold_the_solution() -> None:
    answers: list[Expr] = [2 * c, 3 * c, c**2]
    for answer in answers:
        with pytest.raises(WrongAnswer) as error:
            check(answer, k4.length)
        assert "3*c" not in str(error.value).replace(str(answer), "")
        assert "3c" not in str(error.value)

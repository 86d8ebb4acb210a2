"""Claims as text: what is read, where errors point, and that hostile text is harmless."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Eq, Expr, Max, Min, Mod, Ne, Rational, ceiling, floor

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, integers
from symconv.arithmetic.symbols import sign_of
from symconv.reading.text import ParsedClaim, parse_claim
from symconv.reading.text.files import read_claims
from symconv.reading.text.functions import FUNCTIONS, METHODS
from symconv.reading.text.help_words import sections
from symconv.reading.text.syntax import TextError
from tests.oracles.alike import agree, alike
from tests.oracles.involved_texts import check_refused_at_once, claim_read_at_once, decided_soon

n, m, p, q, r = integers("n m p q r", nonnegative=True)
c, d, s = integers("c d s", positive=True)
x, y, b = Signal("x", n), Signal("y", n), Signal("b", 1)
k, h = Signal("k", c), Signal("h", d)
LENGTHS = {"x": "n", "y": "n", "b": "1", "k": "c", "h": "d"}
POSITIVE = ["c >= 1", "d >= 1", "s >= 1"]


def read(text: str, **signals: str) -> ParsedClaim:
    return parse_claim(text, signals=LENGTHS | signals, given=POSITIVE)


def lhs(text: str) -> object:
    """The left side, where the right one is of the same sort."""
    for other in ("x", "0"):
        try:
            return read(f"{text} == {other}").claim.lhs
        except TextError as error:
            problem = error
    raise problem


SIGNALS: Mapping[str, SignalExpr] = {
    "x": x,
    "x.pad(p, q)": x.pad(p, q),
    "x.pad(-1, q - p)": x.pad(-1, q - p),
    "x.pad(left=1, right=2)": x.pad(1, 2),
    "x.pad(1, p, 'reflect')": x.pad(1, p, "reflect"),
    'x.pad(1, p, mode="zeros")': x.pad(1, p),
    "x.flip()": x.flip(),
    "x.downsample(2)": x.downsample(2),
    "x.downsample(s, offset=p)": x.downsample(s, offset=p),
    "x.dilate(2*s)": x.dilate(2 * s),
    "x.dilate(2*s - 1)": x.dilate(2 * s - 1),
    "x.convolve(k.convolve(h))": x.convolve(k.convolve(h)),
    "x.correlate(k)": x.correlate(k),
    "x.correlate(k.flip(), dilation=2, stride=3)": x.correlate(k.flip(), stride=3, dilation=2),
    "x.correlate(kernel=h)": x.correlate(h),
    "x.multiply(y)": x.multiply(y),
    "x.conv_transpose(k, stride=2, padding=p)": x.conv_transpose(k, stride=2, padding=p),
    "x.conv_transpose(k, stride=2, output_padding=1, dilation=3)": x.conv_transpose(
        k, stride=2, output_padding=1, dilation=3
    ),
    "x.pad_same(c, stride=2)": x.pad_same(c, stride=2),
    "x.avg_pool(2, stride=1, padding=1)": x.avg_pool(2, stride=1, padding=1),
    "x.avg_pool(2, count_include_pad=False)": x.avg_pool(2, count_include_pad=False),
    "x.add_bias(b)": x.add_bias(b),
    "x.phases(3)[2]": x.phases(3)[2],
    "x + y - x": x + y - x,
    "x - (y - x)": x - (y - x),
    "2*x": 2 * x,
    "x*2": 2 * x,
    "x/2": x / 2,
    "1/2*x": x / 2,
    "-2/3*x": x * Fraction(-2, 3),
    "-x": -x,
    "+x": x,
    "-(x + y)": -(x + y),
    "taps(1, -2, 1/2)": Signal.taps(1, -2, Fraction(1, 2)),
    "Signal.taps(1, Fraction(1, 2))": Signal.taps(1, Fraction(1, 2)),
    "taps()": Signal.taps(),
    "delta()": Signal.delta(),
    "ones(c)": Signal.ones(c),
    "Signal.ones(3)": Signal.ones(3),
    "interleave(x, y.flip())": Signal.interleave(x, y.flip()),
}


@pytest.mark.parametrize(("text", "signal"), SIGNALS.items())
def test_signals(text: str, signal: SignalExpr) -> None:
    assert alike(lhs(text), signal)


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=SIGNALS)
def test_what_is_printed_can_be_pasted_back(signal: SignalExpr) -> None:
    if "from_formula" in str(signal):
        with pytest.raises(TextError, match=r"there is no Signal\.from_formula"):
            lhs(str(signal))
    else:
        assert alike(lhs(str(signal)), signal)


def test_what_is_long_when_printed_can_be_pasted_back_too() -> None:
    signal = Signal.interleave(*x.phases(2))
    printed = lhs(str(signal))
    assert alike(printed, signal)
    assert isinstance(printed, SignalExpr)
    assert Claim(printed, signal).prove()
    assert alike(lhs("interleave(x.phases(2)[0], x.phases(2)[1])"), signal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*n + 1 - -p", 2 * n + 1 + p),
        ("n//2", floor(n / 2)),
        ("n//s", floor(n / s)),
        ("-n//2", floor(-n / 2)),
        ("n/4", n / 4),
        ("n//(2*c - 1)", floor(n / (2 * c - 1))),
        ("n % 4", Mod(n, 4)),
        ("(n + 1)**2", (n + 1) ** 2),
        ("-n**2", -(n**2)),
        ("floor(n/2) + ceil(n/2) + ceiling(p/3)", floor(n / 2) + ceiling(n / 2) + ceiling(p / 3)),
        ("max(n, p, 1) - min(n, p)", Max(n, p, 1) - Min(n, p)),
        ("abs(n - p)", abs(n - p)),
        ("len(x.pad(1, 2))", n + 3),
        ("x.pad(1, 2).length", n + 3),
        ("Max(0, n - S(1)/2*2)", Max(0, n - 1)),
        ("Mod(n, 3) + Rational(1, 2)*2*n", Mod(n, 3) + n),
        ("6/4*n", Rational(3, 2) * n),
    ],
)
def test_integer_expressions(text: str, value: object) -> None:
    found = read(f"{text} == 0").claim.lhs
    assert isinstance(found, Expr)
    assert agree(found, value)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("n >= p", n >= p),
        ("2 <= n <= 5", (n >= 2) & (n <= 5)),
        ("n == 3 or n != p", Eq(n, 3) | Ne(n, p)),
        ("not (n < p and p > 2)", ~((n < p) & (p > 2))),
        ("(n > 3) & ~(p > 2) | (q == 1)", ((n > 3) & ~(p > 2)) | Eq(q, 1)),
        ("Eq(Mod(n, 4), 0)", Eq(Mod(n, 4), 0)),
        ("len(x) >= 2", n >= 2),
    ],
)
def test_conditions(text: str, condition: object) -> None:
    claim = read(f"iff({text}, True)").claim
    assert claim.is_condition
    assert agree(claim.lhs, condition)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("n >= p", n >= p),
        ("2 <= n <= 5", (n >= 2) & (n <= 5)),
        ("n != p", Ne(n, p)),
        ("Eq(n, p)", Eq(n, p)),
        ("n == 3 or n != p", Eq(n, 3) | Ne(n, p)),
        ("not (n < p and p > 2)", ~((n < p) & (p > 2))),
        ("(n > 3) & ~(p > 2) | (q == 1)", ((n > 3) & ~(p > 2)) | Eq(q, 1)),
        ("~(n < p)", ~(n < p)),
    ],
)
def test_a_condition_is_claimed_to_hold_always(text: str, condition: object) -> None:
    assert read(text).claim == read(f"iff({text}, True)").claim
    assert agree(read(text).claim.lhs, condition)


def test_a_condition_on_lengths_is_decided() -> None:
    assert isinstance(read("x.correlate(k).length <= n").claim.prove(), Proved)
    verdict = read("x.correlate(k).length < n").claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"c": 1, "n": 0}


def test_a_condition_that_is_printed_can_be_pasted_back() -> None:
    claim = Claim(x.pad(p, p).correlate(k, stride=2).length, n)
    condition = claim.condition()
    parsed = read(f"iff({condition}, {condition})").claim
    assert agree(parsed.lhs, condition)


def test_claims_are_those_that_python_code_would_build() -> None:
    parsed = read("x.pad(p,q)\n  .correlate(k) == x.correlate(k)")
    assert parsed.claim == Claim(x.pad(p, q).correlate(k), x.correlate(k))
    given = parse_claim(
        "x.correlate(k) == x", signals={"x": "n", "k": "c"}, given=["n >= c", "c > 0"]
    )
    assert given.claim == Claim(x.correlate(k), x, given=[n >= c])


# --- signs ---------------------------------------------------------------------------


def assumed(text: str, **declared: object) -> list[str]:
    signals = {"x": "n", "k": "c", "g": "2*c", "h": "d"}
    parsed = parse_claim(text, signals=signals, **declared)  # type: ignore[arg-type]
    return [str(a) + f" ({a.why})" * bool(a.why) for a in parsed.assumed]


KERNEL, STRIDE = "(a kernel is not empty)", "(a stride is positive)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x.pad(p, 0) == x", ["n ≥ 0", "p ≥ 0"]),
        ("x.correlate(k) == x", [f"c ≥ 1 {KERNEL}", "n ≥ 0"]),
        ("x.correlate(x) == x", [f"n ≥ 1 {KERNEL}"]),
        ("x.correlate(g.flip()) == x", [f"c ≥ 1 {KERNEL}", "n ≥ 0"]),
        ("x.correlate(k.convolve(h)) == x", [f"c ≥ 1 {KERNEL}", f"d ≥ 1 {KERNEL}", "n ≥ 0"]),
        ("x.correlate(2*ones(c)) == x", [f"c ≥ 1 {KERNEL}", "n ≥ 0"]),
        ("x.convolve(k) == x", ["c ≥ 0", "n ≥ 0"]),
        ("x.correlate(k.pad(1, 0)) == x", ["c ≥ 0", "n ≥ 0"]),
        (
            "x.correlate(k, stride=s*t) == x",
            [f"c ≥ 1 {KERNEL}", "n ≥ 0", f"s ≥ 1 {STRIDE}", f"t ≥ 1 {STRIDE}"],
        ),
        ("x.downsample(s) == x", ["n ≥ 0", "s ≥ 1 (a factor is positive)"]),
        ("x.downsample(s + 1) == x", ["n ≥ 0", "s ≥ 0"]),
        ("n//s == n % t", [f"{v} ≥ 1 (a divisor is positive)" for v in "st"]),
    ],
)
def test_what_is_assumed_of_symbols(text: str, expected: list[str]) -> None:
    found = assumed(text)
    assert sorted(found) == sorted([*expected, *["n ≥ 0"] * ("n//" in text)])


def test_hypotheses_and_declarations_say_what_need_not_be_assumed() -> None:
    assert assumed("x.pad(p, 0) == x", given=["n >= 1", "0 < p <= 3"]) == []
    assert assumed("x.pad(p, 0) == x", given=["1 <= n and p == 2"]) == []
    assert assumed("x.pad(t, 0) == x", integers=["t"]) == ["n ≥ 0"]
    assert assumed("x.pad(t, 0) == x", given=["t >= -3"]) == ["n ≥ 0"]
    # That c is not negative leaves c = 0, which the kernel excludes.
    assert assumed("x.correlate(k) == x", given=["c >= 0", "n >= 0"]) == [f"c ≥ 1 {KERNEL}"]
    positive = parse_claim("n == 0", signals={}, given=["n > 0", "n <= 4"])
    assert positive.claim.given == (integers("n", positive=True) <= 4,)
    assert sign_of(positive.claim.symbols[0]).least == 1


def test_declared_integers_are_refuted_below_zero() -> None:
    text = "abs(t) == t"
    assert isinstance(parse_claim(text, signals={}).claim.prove(), Proved)
    verdict = parse_claim(text, signals={}, integers=["t"]).claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"t": -1}


# --- the list of words ---------------------------------------------------------------


def test_the_list_has_every_word_with_a_meaning() -> None:
    listed = dict(sections())
    every = [row for rows in listed.values() for row in rows]
    assert all(form and meaning and "symconv" not in meaning for form, meaning in every)
    assert len({meaning for _, meaning in every}) == len(every)
    methods = [form.partition("(")[0] for form, _ in listed["Operators of signals and tensors"]]
    assert methods == [f"x.{name}" for name in METHODS]
    shown = "\n".join(f"{form} {meaning}" for form, meaning in every)
    for word in FUNCTIONS:
        assert re.search(rf"\b{word}\b", shown), word
    arithmetic = " ".join(form for form, _ in listed["Arithmetic"])
    for operator in ("x/2", "n//2", "n % 4", "n**2", "x - y", "<=", "!=", "not"):
        assert operator in arithmetic


@pytest.mark.parametrize("form", [form for form, _ in dict(sections())["Integers and conditions"]])
def test_the_examples_in_the_list_can_be_read(form: str) -> None:
    for piece in form.replace(", …", "").split("), "):
        text = piece if piece.endswith(")") else f"{piece})"
        condition = text.startswith(("iff", "Eq", "Ne"))
        assert read(text if condition else f"{text} == 0").claim is not None


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("x.pda(1, 1) == x", 3, "no method 'pda'; did you mean pad?"),
        ("x == y.flp()", 8, "did you mean flip?"),
        ("x.pad(1) == x", 3, "'right'; its form is pad(left, right, mode='zeros', *, axis=None)"),
        ("x.pad(1, 2, 'zeros', 4) == x", 3, "too many positional arguments; its form is pad"),
        (
            "x.correlate(k, 2) == x",
            3,
            "its form is correlate(kernel, *, stride=1, dilation=1, axis",
        ),
        ("x.correlate(k, strid=2) == x", 16, "no argument 'strid'; did you mean stride?"),
        ("x.pad(1, 1, 'reflekt') == x", 3, "the mode of padding must be"),
        ("x.pad(1, 1, reflect) == x", 13, "expected a quoted word"),
        ("x.pad(n/2, 0) == x", 7, "use floor or ceiling"),
        ("x.downsample(0) == x", 14, "a factor is positive, and this is 0"),
        ("x.downsample(n - 1) == x", 14, "write a symbol s for it, with given s == n - 1"),
        ("x.phases(3) == x", 1, "x.phases(2)[0]"),
        ("x.phases(3)[3] == x", 13, "from 0 to 2"),
        ("x.phases(3)[n] == x", 13, "from 0 to 2"),
        ("x.phases(99)[0] == x", 3, "a number from 1 to 64"),
        ("x[0] == x", 3, "this is an entry, and a claim is about signals and tensors; x[0:1]"),
        ("x[0][1:] == x", 3, "this is an entry"),
        ("x[0, 1] == x", 3, "x has 1 axis, and 2 positions were given"),
        ("x[1:, :2] == x", 3, "x has 1 axis, and 2 positions were given"),
        ("x[..., ...] == x", 3, "there can be one ... in brackets"),
        ("x[-p:] == x", 3, "-p may be both; say otherwise with given p >= 1"),
        (
            "x[:p - 1] == x",
            4,
            "p - 1 may be both; write a symbol m for p - 1, with given m == p - 1",
        ),
        ("x[::0] == x", 5, "a step is positive, and this is 0"),
        ("x[::p - 5] == x", 5, "a step is positive, and this could be 0 or less; write a symbol s"),
        (
            "x[k:] == x",
            3,
            "expected an integer expression, and this is a signal; its length is len",
        ),
        ("x[n/2:] == x", 3, "use floor or ceiling"),
        ("x[True] == x", 3, "expected an integer expression, and this is a condition"),
        ("x[:, None=1] == x", 10, "not expected here"),
        ("x[p := 1] == x", 3, "expected a signal, an integer expression or a condition"),
        ("x[*k] == x", 3, "expected a signal"),
        ("x[None, None, None, None, None, None, None, None] == x", 3, "more than 8 axes"),
        ("x.shape == 1", 3, "write x.shape[0] for a size"),
        ("x.shape[1] == 1", 9, "x has axis 0 alone, and no axis 1"),
        ("x.shape[n] == 1", 9, "the axis is a number"),
        ("x.convolve == x", 3, "write convolve(…)"),
        ("x.size == 1", 3, "a signal has no attribute 'size'; write x.length"),
        ("x.sizes == 1", 3, "a signal has no attribute 'sizes'; it has length"),
        ("x.__class__ == x", 3, "no two underscores"),
        ("xx.pad(1, 1) == x", 1, "'xx' is not a signal; did you mean x? or declare"),
        ("x.convolve(3) == x", 12, "expected a signal, and this is an integer expression"),
        ("x == n", 6, "the left side is a signal, this is an integer expression"),
        ("x == y == x", 1, "one == only"),
        ("x = y", 3, "two equals signs"),
        ("n", 1, "a claim is lhs == rhs, iff(condition, condition), or a condition"),
        ("x == y and n >= 1", 1, "expected an integer expression, and this is a signal"),
        ("x != y", 1, "expected an integer expression, and this is a signal"),
        ("(n >= 1) == (p >= 1)", 2, "iff(condition, condition)"),
        ("n <=> p", 3, "iff(condition, condition)"),
        ("iff(n >= 1)", 1, "expected iff(condition, condition)"),
        ("iff(n >= 1, n)", 13, "expected a condition"),
        ("iff(n >= 1 & p >= 1, True)", 10, "put comparisons beside & and | in parentheses"),
        ("iff(iff(n >= 1, True), True)", 5, "a whole claim"),
        ("n == 0.5", 6, "write a fraction"),
        ("n == 1e5", 6, "write 1*"),
        ("2n == n", 1, "write 2*"),
        ("0x10 == n", 1, "write 0*"),
        ("n == 1_000", 6, "write 1*"),
        ("n == 1234567890", 6, "10 digits, and 9 are allowed"),
        ("n**p == n", 4, "an exponent is a number from 0 to 9"),
        ("n**10 == n", 4, "an exponent is a number from 0 to 9"),
        ("x**2 == x", 1, "x.convolve(h) is a convolution"),
        ("x*y == x", 1, "write x.multiply(h)"),
        ("n*x == x", 1, "an integer or a fraction"),
        ("x + 1 == x", 1, "both must be signals"),
        ("1 + x == x", 1, "only signals can be added"),
        ("x/0 == x", 1, "by zero"),
        ("n/0 == n", 3, "division by zero"),
        ("Fraction(1, 0) == n", 13, "division by zero"),
        ("n//0 == n", 4, "a divisor is positive, and this is 0"),
        ("flor(n) == n", 1, "no function 'flor'; did you mean floor?"),
        ("pad(x, 1) == n", 1, "it is a method: x.pad(left, right"),
        ("floor == n", 1, "a word of the language"),
        ("floor(n, 2) == n", 1, "floor takes 1 argument, got 2"),
        ("taps(n) == x", 6, "expected a number"),
        ("Signal.tabs(1) == x", 8, "did you mean taps?"),
        ("n ≥ 3 == n", 3, "write >="),
        ("x.pad(１, 1) == x", 7, "unexpected character '\\uff11'"),
        ("х == x", 1, "unexpected character '\\u0445'"),
        ("x\0 == x", 2, "unexpected character '\\x00'"),
        ("lambda: x", 1, "'lambda' is not part of the language"),
        ("(z := x) == x", 4, "unexpected character ':'"),
        ("[x for x in y] == x", 4, "'for' is not part"),
        ("f'x' == x", 2, "a quoted word stands alone"),
        ("'x' == x", 1, "a quoted word is the mode"),
        ("x if n else y", 3, "'if' is not part"),
        ("x.pad(*n) == x", 7, "one by one"),
        ("x.pad(**n) == x", 7, "one by one"),
        ("(x, y) == x", 1, "expected a signal, an integer expression or a condition"),
        ("x.pad(1, 1)(2) == x", 1, "by their name"),
        ("x.pad(1, 1 == x", 6, "never closed"),
        ("x.pad(1] == x", 8, "closes nothing"),
        ("x == ", 5, "ends too early"),
        ("x x == y", 3, "not expected here"),
        ("", 1, "nothing here"),
        ("x # comment", 3, "unexpected character '#'"),
    ],
)
def test_errors_point_at_the_place(text: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        read(text)
    error = caught.value
    assert problem in error.problem
    assert (error.line, error.column, error.where) == (1, column, "the claim")
    message, line, caret = str(error).split("\n")
    assert message == f"the claim, line 1, column {column}: {error.problem}"
    assert caret.index("^") == column + 1
    assert line == "  " + text.replace("\0", " ")


def test_the_caret_stands_below_wide_characters_and_in_long_lines() -> None:
    with pytest.raises(TextError) as caught:
        read("x +\n  taps(1, 0.5) == x")
    assert (caught.value.line, caught.value.column) == (2, 11)
    assert str(caught.value).endswith("\n    taps(1, 0.5) == x\n            ^")
    with pytest.raises(TextError) as caught:
        read(f"x.pad({'1 + ' * 200}$, 1) == x")
    line, caret = str(caught.value).split("\n")[1:]
    assert len(line) < 80
    assert line[caret.index("^")] == "$"
    wide = TextError("wrong", "今日は $", 4)
    assert str(wide).split("\n")[2] == "  " + " " * 7 + "^"


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"signals": {"x": "n +"}}, "the length of x, line 1, column 4: this ends too early"),
        ({"signals": {"x": "n - n - 1"}}, "must not be negative"),
        ({"signals": {"x": "n/2"}}, "use floor or ceiling"),
        ({"signals": {"x": "n", "y": "len(x)"}}, "said in integer symbols"),
        ({"signals": {"x": "n", "n": "1"}}, "said in integer symbols"),
        ({"signals": {"x": "t"}, "integers": ["t"]}, "say so with given t >= 0"),
        ({"signals": {"x__y": "n"}}, "the name of a signal is made of"),
        ({"signals": {"lambda": "n"}}, "the name of a signal is made of"),
        ({"signals": {"taps": "n"}}, "'taps' is a word of the language"),
        ({"signals": {"x": "n"}, "integers": ["x"]}, "both a signal and an integer"),
        ({"signals": {"x": "n"}, "integers": ["t u"]}, "the name of a symbol is made of"),
        ({"signals": {"x": "n"}, "given": ["n"]}, "expected a condition"),
        ({"signals": {"x": "n"}, "given": ["n < 0"]}, "can never hold, because n ≥ 0 is assumed"),
        ({"signals": {"x": "n"}, "given": "n >= 1"}, "lists of texts"),
    ],
)
def test_errors_in_declarations(declared: dict[str, object], problem: str) -> None:
    with pytest.raises(SymconvError, match=problem):
        parse_claim("x == x", **declared)  # type: ignore[arg-type]


# --- hostile text --------------------------------------------------------------------

HOSTILE = {
    "ten million characters": "x" * 10**7,
    "open brackets": "(" * 4000,
    "nested brackets": "(" * 1900 + "x" + ")" * 1900,
    "nested calls": "floor(" * 600,
    "minus signs": "-" * 3000 + "n == n",
    "minus signs in brackets": "-(" * 29 + "x" + ")" * 29 + " == x",
    "tildes": "~" * 3000 + "n",
    "nots": "not " * 900 + "n",
    "a long sum": "n" + "+n" * 1900 + " == n",
    "chained methods": "x" + ".flip()" * 500 + " == x",
    "chained powers": "n" + "**n" * 900 + " == n",
    "a tower": "9" + "**9" * 9 + " == n",
    "a tower in brackets": "(" * 9 + "9" + "**9)" * 9 + " == n",
    "a huge product": "*".join(["(a+b+c+d)"] * 20) + " == n",
    "a huge power": "(" + "+".join("abcdefghijklmo") + ")**9 == n",
    "digits": "9" * 3990,
    "subscripts": "x" + "[0]" * 900,
    "nested absolute values": "abs(a-" * 20 + "b" + ")" * 20 + " == n",
    "nested floors": "(" * 20 + "n" + "//b*m)" * 20 + " == n",
    "a large maximum": "max(" + ",".join(f"{v}*{w}" for v in "abcdefg" for w in "ijklo") + ") == n",
    "compared lengths": "max(n, len(x" + ".pad(-1,a).downsample(2)" * 19 + ")) == 1",
    "lengths of transposed layers": "x" + ".conv_transpose(k,stride=s)" * 12 + ".length == 1",
    "nested SAME padding": "x" + ".pad_same(3,stride=2)" * 30 + " == x",
    "nested interleaving": "interleave(x," * 20 + "x" + ")" * 20 + " == x",
    "large pools": "x" + ".avg_pool(64,count_include_pad=False)" * 10 + " == x",
    "conditional expressions": "a if b else " * 300 + "c",
    "lambdas": "lambda:" * 500 + "1",
    "attributes": "x.__class__.__mro__[1].__subclasses__() == x",
    "an import": "__import__('os').system('true') == x",
}


# What looks involved and can be read all the same: the work of a decision is bounded.
INVOLVED = {
    name: HOSTILE.pop(name)
    for name in (
        "compared lengths",
        "lengths of transposed layers",
        "nested SAME padding",
        "nested interleaving",
    )
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_at_once(text: str) -> None:
    check_refused_at_once(read, text)


@pytest.mark.parametrize("text", INVOLVED.values(), ids=INVOLVED)
def test_involved_text_is_refused_or_read_and_decided_soon(text: str) -> None:
    claim = claim_read_at_once(read, text)
    assert claim is None or decided_soon(claim)


def test_what_is_long_but_allowed_is_read_soon() -> None:
    start = time.process_time()
    for text in ("x" + ".correlate(k, stride=2)" * 30, "x" + " + x" * 70, "x" + ".dilate(9)" * 30):
        read(f"{text} == x")
    for text in ("x" + ".pad(-1, q).correlate(k, stride=s)" * 12, "x" + ".downsample(2)" * 30):
        read(f"{text}.length == n")
    assert time.process_time() - start < 5


def test_nothing_is_evaluated(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("print(1)", "x.pad(print(1), 0) == x", "exit() == x", "open('a') == x"):
        with pytest.raises(TextError):
            read(text)
    assert capfd.readouterr().out == ""


PIECES = """x k n 0 1 2 99 ( ) [ ] , . = == <= // ** / + - * % pad( correlate(k, stride= .length
    .flip() .downsample( .phases(2)[0] taps( ones( max( abs( floor( len( iff( and not or True
    'reflect' Signal. interleave( § ½ ' " \\ # : { lambda Fraction( Eq( .pad(1,1)"""
WORDS = st.sampled_from([" ", "\n", *PIECES.split()])


@settings(max_examples=150)
@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map("".join))
@example("x.pad(1,1)==x")
@example("True == x")
@example("max()==n")
@example("-True==n")
@example("x.flip(**x)==x")
def test_garbage_raises_nothing_but_our_errors(text: str) -> None:
    for whole in (text, f"{text} == x", f"iff({text}, n >= 1)"):
        try:
            read(whole)
        except SymconvError as error:
            assert str(error)  # noqa: PT017 - most texts are errors, some are claims


# --- files ---------------------------------------------------------------------------

FILE = """\
# Two statements
signal x: n
signal k: c   # the kernel

commutes: x.convolve(k) == k.convolve(x)
given n >= c
integer t
x.pad(t, 1)
   # a comment in between
   == x.pad(1, t)
"""


def test_a_file_declares_for_what_follows() -> None:
    first, second = read_claims(FILE, "claims.txt")
    assert (first.claim.name, second.claim.name) == ("commutes", None)
    assert first.claim.given == ()
    assert [str(g) for g in second.claim.given] == ["n >= c"]
    t = next(symbol for symbol in second.claim.symbols if symbol.name == "t")
    assert t == integers("t")
    assert [bool(parsed.claim.prove()) for parsed in (first, second)] == [True, False]


def test_hypotheses_on_taps() -> None:
    signals = {"x": "n", "k": "c", "h": "c"}
    for said in ("k == k.flip()", "k.flip() == k", "k == 2*h.flip()", "k == 0*k", "h == k"):
        parsed = parse_claim("x.correlate(k) == x.correlate(k)", signals=signals, given=[said])
        (hypothesis,) = parsed.claim.given
        assert isinstance(hypothesis, Claim)
        assert str(hypothesis) == said
        assert parsed.claim.prove()
    parsed = parse_claim(
        "x.conv(w) == x.conv(w.flip(axis=(2, 3)))",
        tensors={"x": "C, H, W", "w": "O, C, 3, 3"},
        given=["H >= 3", "w == w.flip(axis=(2, 3))"],
    )
    assert [isinstance(one, Claim) for one in parsed.claim.given] == [False, True]
    assert parsed.claim.prove()


@pytest.mark.parametrize(
    ("given", "column", "problem"),
    [
        ("k == 0", 6, "that all entries are 0 is written k == 0*k"),
        ("k.flip() == n", 13, "the left side is a signal, this is an integer expression"),
        ("n == k", 6, "the left side is an integer expression, this is a signal"),
        ("k == k + k", 1, "cannot be read: a hypothesis on taps is"),
        ("k == k", 1, "says nothing"),
        ("k == w", 1, "cannot compare a tensor of 1 axes with one of 2"),
        ("k == k.flop()", 8, "did you mean flip"),
        ("k == k.flip() and n >= 1", 1, "expected an integer expression, and this is a signal"),
        ("k != k.flip()", 1, "expected an integer expression, and this is a signal"),
    ],
)
def test_errors_in_hypotheses_on_taps(given: str, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_claim("x == x", signals={"x": "n", "k": "c"}, tensors={"w": "c, c"}, given=[given])
    assert problem in caught.value.problem
    assert caught.value.column == column


def test_files_have_hypotheses_on_taps() -> None:
    text = "signal x: n\nsignal k: c\n{}a: x.correlate(k) == x.correlate(k.flip())"
    for line, holds in (("", False), ("given k == k.flip()\n", True)):
        (parsed,) = read_claims(text.format(line), "claims.txt")
        assert bool(parsed.claim.prove()) == holds
    with pytest.raises(TextError, match="line 3, column 7: the hypothesis k == k says nothing"):
        read_claims(text.format("given k == k\n"), "claims.txt")


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("signal x: n\n\nx.pda(1) == x", 3, 3, "did you mean pad"),
        ("signal x: n\na: x.flip()\n  == x.flop()  # c", 3, 8, "did you mean flip"),
        ("signal x: n +", 1, 14, "ends too early"),
        ("signal x: n\nsignal x: m", 2, 7, "'x' is declared twice"),
        ("integer t\ninteger t", 2, 8, "'t' is declared twice"),
        ("signal x: n\ninteger x", 2, 8, "'x' is declared twice"),
        ("signal x n", 1, 7, "expected signal NAME: LENGTH"),
        ("given n >=", 1, 11, "ends too early"),
        ("given n < 0", 1, 7, "can never hold"),
        ("a: n == n\na: n == n", 2, 1, "a claim named 'a' stands above"),
        ("given: n >= 1\nn >= 1", 1, 6, "a declaration has no colon after given"),
        ("  n == n", 1, 1, "an indented line continues"),
        ("# nothing\n", 2, 1, "there is no claim"),
    ],
)
def test_errors_in_files(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        read_claims(text, "claims.txt")
    error = caught.value
    assert problem in error.problem
    assert (error.where, error.line, error.column) == ("claims.txt", line, column)

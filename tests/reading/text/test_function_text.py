"""Functions of which nothing is known, as text: how they are declared, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symconv import Claim, Pointwise, Refuted, Signal, SymconvError, integers
from symconv.reading.text import Declarations, ParsedClaim, TextError, parse_claim, read_claims

n = integers("n", nonnegative=True)
x, y = Signal("x", n), Signal("y", n)
f, g = Pointwise("f"), Pointwise("g", 0)


def read(text: str, **more: str) -> ParsedClaim:
    signals = {"x": "n", "y": "n", "k": "c"}
    return parse_claim(text, signals=signals, functions={"f": "", "g": "0", **more})


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("f(x.flip()) == f(x).flip()", Claim(f(x.flip()), f(x).flip())),
        ("g(x.pad(1, 1)) == g(x).pad(1, 1)", Claim(g(x.pad(1, 1)), g(x).pad(1, 1))),
        ("f(g(x) - y) == f(y)", Claim(f(g(x) - y), f(y))),
        ("relu(f(x)) == f(relu(x))", Claim(f(x).relu(), f(x.relu()))),
    ],
)
def test_functions_are_read(text: str, claim: Claim) -> None:
    parsed = read(text)
    assert parsed.claim == claim
    again = read(str(parsed.claim))
    assert again.claim == claim
    assert type(claim.prove()) is type(again.claim.prove())


def test_a_value_at_zero_is_what_padding_asks_for() -> None:
    assert read("g(x.pad(1, 1)) == g(x).pad(1, 1)").claim.prove()
    verdict = read("f(x.pad(1, 1)) == f(x).pad(1, 1)").claim.prove()
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.functions.keys() == {"f"}
    assert read("h(x) == x", h=" 1/2").claim == Claim(Pointwise("h", Fraction(1, 2))(x), x)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("h(x) == x", "there is no function 'h'; .* nothing is known is declared as a function"),
        ("f(x, y) == x", "f takes one tensor, got 2 arguments"),
        ("f() == x", "f takes one tensor, got 0 arguments"),
        ("f(x=x) == x", "f has no named arguments"),
        ("f(n) == x", "'n' is not a signal"),
        ("f(3) == x", "expected a signal, and this is an integer expression"),
        ("f == x", r"'f' is a function; write f\(x\)"),
        ("x.f() == x", "a signal has no method 'f'"),
        ("relu(x, y) == x", "too many positional arguments"),
        ("relu() == x", r"it is a method: x\.relu\(\)"),
        ("leaky_relu(x, n) == x", "expected a number, such as -2 or 1/2"),
        ("max(x, y) == x", r"of entries, write x\.max\(axis=1\), and maximum\(x, y\)"),
        ("min(x, y) == x", r"of entries, write -maximum\(-x, -y\)"),
        ("abs(x) == x", r"of entries, write maximum\(x, -x\)"),
        ("max(n, f(x)) == n", "expected an integer expression, and this is a signal; of entries"),
        ("maximum(x, 0) == x", "expected a signal, and this is an integer expression"),
        ("x.max_pool() == x", "missing a required argument: 'size'"),
        ("softmax(x) == x", "is not part of the language"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(TextError, match=problem):
        read(text)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("relu", "", r"relu is a function that is known; write x\.relu\(\)"),
        ("leaky_relu", "", "is a function that is known"),
        ("maximum", "", "'maximum' is a word of the language"),
        ("x", "", "'x' is declared a function, and something else too"),
        ("2f", "", "the name of a function is made of letters"),
        ("h", "n", "expected a number"),
        ("h", "0.5", "decimals are not exact"),
        ("h", "1/0", "division by zero"),
        ("h", "x", "expected"),
    ],
)
def test_declarations_that_are_none(name: str, value: str, problem: str) -> None:
    with pytest.raises(SymconvError, match=problem):
        read("x == x", **{name: value})


def test_a_signal_may_be_called_like_a_function_that_is_known() -> None:
    parsed = parse_claim("exp(exp).flip() == exp(exp.flip())", signals={"exp": "n"})
    assert parsed.claim.prove()


def test_a_kernel_of_values_is_as_long_as_what_they_are_of() -> None:
    for kernel in ("f(k)", "relu(k)", "k.tanh()", "maximum(k, -k)", "f(k.flip())"):
        parsed = read(f"x.correlate({kernel}).length == x.correlate(k).length")
        assert [str(taken) for taken in parsed.assumed] == ["c ≥ 1", "n ≥ 0"]
        assert parsed.claim.prove()


def test_files_declare_functions() -> None:
    text = """
signal x: n
function f
function g: 1/2
flipped: f(x.flip()) == f(x).flip()
g(x).flip() == g(x.flip())
"""
    first, second = read_claims(text, "claims.txt")
    half = Pointwise("g", Fraction(1, 2))
    assert first.claim.lhs is f(x.flip())
    assert second.claim.lhs is half(x).flip()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("function f: 1", "'f' is declared twice"),
        ("function x", "'x' is declared twice"),
        ("function: h", "a declaration has no colon after function"),
        ("function h:", "expected function NAME or function NAME: VALUE AT 0"),
        ("function h 0", "expected function NAME"),
        ("function gelu", "gelu is a function that is known"),
        ("signal f: n", "'f' is declared twice"),
        ("integer f", "'f' is declared twice"),
        ("function h: n", "expected a number"),
    ],
)
def test_lines_that_declare_nothing(line: str, problem: str) -> None:
    with pytest.raises(TextError, match=problem) as caught:
        read_claims(f"signal x: n\nfunction f\n{line}\nx == x\n", "claims.txt")
    assert caught.value.line == 3


def test_all_names_are_known() -> None:
    declared = Declarations.of({"x": "n"}, [], ["t"], {"w": "n, n"}, {"f": ""})
    assert declared.names == {"x", "t", "w", "f"}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"functions": {"f": None}}, r"f\(0\) must be text, got None"),
        ({"functions": {"f": 0}}, r"f\(0\) must be text, got 0"),
        ({"functions": {3: "0"}}, "the name of a function must be text, got 3"),
        ({"functions": ["f"]}, "functions takes texts by name"),
        ({"signals": {"x": None}}, "the length of x must be text, got None"),
        ({"signals": ["x"]}, "signals takes texts by name"),
        ({"tensors": {"w": (1, 2)}}, r"the shape of w must be text, got \(1, 2\)"),
        ({"given": [None]}, "the hypothesis must be text, got None"),
        ({"given": None}, "given and integers take lists of texts"),
        ({"integers": [3]}, "the name of a symbol must be text, got 3"),
        ({"integers": 3}, "given and integers take lists of texts"),
    ],
    ids=str,
)
def test_declarations_are_texts(declared: Any, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        parse_claim("x.flip() == x", **{"signals": {"x": "n"}, **declared})


@pytest.mark.parametrize("text", [None, 3, b"x == x"], ids=str)
def test_claims_are_texts(text: Any) -> None:
    for read in (lambda: parse_claim(text, signals={"x": "n"}), lambda: read_claims(text, "a")):
        with pytest.raises(SymconvError, match="text"):
            read()

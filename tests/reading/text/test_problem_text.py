"""Claims as text in which something is unknown: what is read, and what is refused, and where."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from symconv import Proved, Signal, SymconvError, Tensor, integers, solve
from symconv.reading.text import ParsedAmounts, ParsedProblem, TextError, parse_problem

SIGNALS = {"x": "n", "k": "c"}
IMAGES = {"x": "C, H, W", "w": "O, C, 3, 3", "v": "O, C, 1, 1"}
TWICE = "x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2)"
ONCE = "x.pad(l, r).correlate(K, stride=4)"


def tensors(text: str, **more: Any) -> ParsedProblem:
    problem = parse_problem(text, **{"unknowns": {"K": None}, "signals": SIGNALS, **more})
    assert isinstance(problem, ParsedProblem)
    return problem


def amounts(text: str, *unknowns: str, **more: Any) -> ParsedAmounts:
    more = {"unknowns": dict.fromkeys(unknowns), "signals": SIGNALS, **more}
    problem = parse_problem(text, **more)
    assert isinstance(problem, ParsedAmounts)
    return problem


# --- tensors -------------------------------------------------------------------------


@pytest.mark.parametrize("text", [f"{TWICE} == {ONCE}", f"{ONCE} == {TWICE}"])
@pytest.mark.parametrize("shape", [None, "3*c - 2"])
def test_the_exercise_on_either_side(text: str, shape: str | None) -> None:
    problem = tensors(text, unknowns={"K": shape})
    assert str(problem.lhs) == TWICE
    assert repr(problem.rhs) == ONCE
    assert list(problem.shapes) == ["K"] * (shape is not None)
    found = problem.solve()
    assert str(found.kernel) == "k.convolve(k.dilate(2))"
    assert found.is_unique


def test_the_text_says_what_python_says() -> None:
    """The same question in Python, in the same symbols, has the same answer."""
    problem = tensors(f"{TWICE} == {ONCE}")
    n, l, r = integers("n l r", nonnegative=True)
    x, k = Signal("x", n), Signal("k", integers("c", positive=True))
    padded = x.pad(l, r)
    twice = padded.correlate(k, stride=2).correlate(k, stride=2)
    assert problem.lhs is twice
    again = solve(twice, lambda K: padded.correlate(K, stride=4))
    assert again.kernel is problem.solve().kernel


def test_the_unknown_side_is_a_function_of_tensors_of_any_rank() -> None:
    text = "x.conv(w, padding=1) + x.conv(v) == x.conv(K, padding=1)"
    problem = tensors(text, signals={}, tensors=IMAGES)
    assert list(inspect.signature(problem.rhs).parameters) == ["K"]
    out, channels = integers("O C", positive=True)
    assert problem.rhs(Tensor("K", (out, channels, 3, 3))).ndim == 3
    with pytest.raises(TextError) as caught:
        problem.rhs(Signal("K", out))
    assert caught.value.text[caught.value.column - 1 :].startswith("conv(K")
    found = problem.solve()
    assert found.shape == problem.lhs.operands[0].operands[1].shape
    assert isinstance(found.verdict, Proved)


def test_several_unknowns_with_and_without_shapes() -> None:
    text = "x.conv(w, a).conv(v, b) == x.conv(K, B)"
    shapes = {"x": "C, H, W", "w": "O, C, 3, 3", "v": "P, O, 1, 1"}
    unknowns = {"K": "P, C, 3, 3", "B": None}
    problem = tensors(text, unknowns=unknowns, tensors=shapes, signals={"a": "O", "b": "P"})
    assert list(problem.shapes) == ["K"]
    found = problem.solve()
    assert list(found.kernels) == ["K", "B"]
    assert isinstance(found.verdict, Proved)


def test_sizes_of_the_unknown_may_stand_in_its_side() -> None:
    text = "x.convolve(k) == x.pad(K.length - 1, len(K) - 1).correlate(K)"
    found = tensors(text, given=["c >= 1", "n >= 1"]).solve()
    assert str(found.kernel) == "k.flip()"


def test_hypotheses_are_handed_on() -> None:
    text = "x.correlate(k.flip()) == x.correlate(K)"
    plain = tensors(text).solve()
    same = tensors(text, given=["k == k.flip()", "n >= c"]).solve()
    assert plain.claim is not None
    assert same.claim is not None
    assert isinstance(same.verdict, Proved)
    assert (len(plain.claim.given), len(same.claim.given)) == (0, 2)


def test_what_is_assumed_is_said() -> None:
    problem = tensors("x.pad(p, p).correlate(k) == x.pad(p, p).correlate(K)", given=["q >= p"])
    assert [str(a) for a in problem.assumed] == ["c ≥ 1", "n ≥ 0", "p ≥ 0", "q ≥ 0"]
    shaped = tensors("x.correlate(k) == x.correlate(K)", unknowns={"K": "m"}, given=["m == c"])
    assert "m ≥ 1" in [str(a) for a in shaped.assumed]
    called = tensors("relu(x) == x.correlate(K)")
    assert [str(a) for a in called.assumed] == ["n ≥ 0"]


def test_the_inputs_may_be_named() -> None:
    problem = tensors("x.correlate(k) == x.correlate(K)")
    assert problem.solve(of=["x"]).is_unique
    with pytest.raises(SymconvError, match="of y: it is no tensor that is declared; expected x, k"):
        problem.solve(of=["y"])


# --- amounts -------------------------------------------------------------------------


def test_a_name_that_stands_for_an_integer_is_an_amount() -> None:
    text = "x.pad(p, p).correlate(k).pad(q, q).correlate(k) == x.pad(P, P).correlate(k.convolve(k))"
    found = amounts(text, "P").solve()
    assert str(found) == "exactly P = p + q where q = 0 or c ≤ p + 1, for all n"


def test_symbols_are_given_by_name() -> None:
    text = "x.correlate(k, stride=2).correlate(k, stride=2) == x.correlate(K4, stride=s)"
    problem = amounts(text.replace("K4", "k.convolve(k.dilate(2))"), "s")
    found = problem.solve(among={"s": range(1, 9)})
    assert [(str(s), int(value)) for s, value in found.values.items()] == [("s", 4)]
    lengths = amounts("x.pad(P, P).correlate(k).length == n", "P").solve(for_all=["n"])
    assert [str(symbol) for symbol in lengths.for_all] == ["n"]
    assert str(lengths.values[lengths.unknowns[0]]) == "(c - 1)/2"


def test_amounts_may_be_restricted_and_negative() -> None:
    problem = amounts("n + t == m", "t", signals={}, integers=["t"], given=["t <= 3"])
    assert str(problem.solve(for_all=[])).startswith("exactly t = m − n")


# --- what is refused -----------------------------------------------------------------

LAYER = "x.correlate(k) == x.correlate(K)"

BAD: dict[str, tuple[str, dict[str, Any], int | None, str]] = {
    "it does not occur": (f"{TWICE} == {ONCE}", {"unknowns": {"J": None}}, 1, "the unknown J does"),
    "on both sides": (
        "x.correlate(K) == K.pad(1, 1).correlate(x)",
        {},
        19,
        "it stands on both sides; bring",
    ),
    "two of them, on both sides": (
        "x.correlate(K) == x.correlate(L)",
        {"unknowns": {"K": None, "L": None}},
        31,
        "K is unknown on the left side, and L on the right side",
    ),
    "a shape that ends": (LAYER, {"unknowns": {"K": "3*c - ("}}, 7, "never closed"),
    "a shape of tensors": (LAYER, {"unknowns": {"K": "x"}}, 1, "in integer symbols"),
    "a negative shape": (LAYER, {"unknowns": {"K": "-1"}}, 1, "must not be negative"),
    "declared too": ("x == x.flip()", {"unknowns": {"k": None}}, None, "'k' is declared a signal"),
    "a word": ("x == x.correlate(k)", {"unknowns": {"max": None}}, None, "word of the language"),
    "no name": ("x == x.correlate(k)", {"unknowns": {"2K": None}}, None, "the name of an unknown"),
    "nothing": ("x == x.correlate(k)", {"unknowns": {}}, None, "nothing is unknown"),
    "no mapping": ("x == x.correlate(k)", {"unknowns": "K"}, None, "unknowns takes shapes by name"),
    "a hypothesis": (
        LAYER,
        {"given": ["K == K.flip()"]},
        1,
        "hypotheses are on what is known, and K is an unknown tensor",
    ),
    "a size": (
        LAYER,
        {"signals": {"x": "n", "k": "K"}},
        1,
        "the sizes of what is known are integers, and K is an unknown tensor",
    ),
    "an inequality": ("x.correlate(k) <= x.correlate(K)", {}, 1, "a claim is lhs == rhs"),
    "lengths": ("x.length == x.correlate(K).length", {}, 1, "it is an integer expression"),
    "both sorts": (
        "x.correlate(k) == x.pad(P, P).correlate(K)",
        {"unknowns": {"K": None, "P": None}},
        None,
        "K is an unknown tensor here, and P an unknown integer",
    ),
    "an integer": (LAYER, {"integers": ["K"]}, None, "'K' is declared an integer"),
    "no symbol of the claim": ("n == n + 0*P", {"unknowns": {"P": None}}, 1, "no integer symbol"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name: str) -> None:
    text, more, column, problem = BAD[name]
    with pytest.raises(SymconvError) as caught:
        parse_problem(text, **{"unknowns": {"K": None}, "signals": SIGNALS, **more})
    assert problem in str(caught.value)
    assert getattr(caught.value, "column", None) == column


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("x.correlate(k) == x.correlate(K*K)", 31, "cannot multiply K by K"),
        ("x.correlate(k) == x.corelate(K)", 21, "did you mean correlate?"),
        ("x.correlate(k) == x.correlate(K, strid=2)", 34, "did you mean stride?"),
        ("x.correlate(k) == x.pad(K, K)", 25, "this is a signal"),
        ("x.correlate(k) == x.correlate(K) + J", 19, "both must be signals"),
    ],
)
def test_what_the_side_of_the_unknown_says_wrong(text: str, column: int, problem: str) -> None:
    """It is read when a tensor stands in the place of the unknown, and points at its place."""
    with pytest.raises(TextError) as caught:
        tensors(text, unknowns={"K": "c"}).solve()
    assert problem in caught.value.problem
    assert caught.value.column == column


def test_unknowns_that_are_multiplied_are_not_found() -> None:
    for text in ("x.multiply(k) == x.multiply(K.multiply(K))", "k.pad(1, 0) == K.convolve(K)"):
        shapes: Any = {"unknowns": {"K": "2"}, "signals": {"x": "2", "k": "2"}}
        found = tensors(text, **shapes).solve()
        assert (found.exists, found.obstacle) == (None, None), text
        assert "each has to enter linearly" in str(found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x == U + x", {"U"}),
        ("x == -U", {"U"}),
        ("x == 2*U - x/3", {"U"}),
        ("x == U[1:]", {"U"}),
        ("x == relu(U)", {"U"}),
        ("x == concatenate([x, U])", {"U"}),
        ("x == einsum('n,n->n', x, U)", {"U"}),
        ("x == x.pad(0, U.length)", {"U"}),
        ("x == x.pad(0, len(U))", {"U"}),
        ("x == x.pad(0, V).correlate(U)", {"U"}),
        ("x == x.pad(U, U)", set()),
        ("x.length == U", set()),
        ("x == x[U:]", set()),
    ],
)
def test_which_names_are_tensors(text: str, names: set[str]) -> None:
    more: Any = {"unknowns": {"U": None}, "signals": {"x": "n"}}
    assert isinstance(parse_problem(text, **more), ParsedProblem if names else ParsedAmounts)

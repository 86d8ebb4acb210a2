"""Hints for words of other libraries: in text, in Python, and that each of them is right."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sympy import symbols

import symconv
from symconv import SymconvError
from symconv.language import hints
from symconv.text import TextError, parse_claim
from symconv.text.functions import METHODS

Signal: Any = symconv.Signal  # much of this is no attribute on purpose

n, c = symbols("n c", integer=True, positive=True)
x, k = Signal("x", n), Signal("k", c)

ARGUMENTS = [
    ("correlate(k, padding=1)", "padding", "write x.pad(p, p).correlate(k)"),
    ("correlate(k, groups=2)", "groups", "one channel, so there are no groups"),
    ("correlate(k, bias=1)", "bias", "write .add_bias(b) behind it"),
    ("correlate(k, padding_mode='reflect')", "padding_mode", "x.pad(p, p, 'reflect')"),
    ("correlate(k, strides=2)", "strides", "the argument is called stride"),
    ("correlate(k, strid=2)", "strid", "did you mean stride?"),
    ("correlate(k, dilation_rate=2)", "dilation_rate", "the argument is called dilation"),
    ("convolve(k, mode='full')", "mode", "this is 'full'"),
    ("conv_transpose(k, groups=2)", "groups", "one channel"),
    ("avg_pool(2, ceil_mode=True)", "ceil_mode", "write x.pad(0, r).avg_pool(c)"),
    ("avg_pool(kernel_size=2)", "kernel_size", "the argument is called size"),
    ("pad(pad_width=1)", "pad_width", "write x.pad(left, right)"),
]
WORDS = [
    ("max_pool(2)", "maxima are not polynomials in the entries"),
    ("conv1d(k)", "write x.correlate(k, stride=s)"),
    ("unfold(3)", "write x.downsample(s, offset=j)"),
    ("relu()", "not linear"),
    ("avg_pool1d(2)", "write x.avg_pool(c, stride=s, padding=p)"),
    ("reverse()", "write x.flip()"),
    ("flop()", "did you mean flip?"),
    ("size", "write x.length"),
    ("shape", "a signal has one axis; x.length is its length"),
    ("T", "x.flip() reverses it"),
]
MODES = [
    ("constant", "write 'zeros'"),
    ("edge", "write 'replicate'"),
    ("wrap", "write 'circular'"),
    ("mirror", "write 'reflect'"),
    ("same", "write x.pad_same(c)"),
    ("median", "not linear in the entries"),
]


def in_text(call: str) -> str:
    with pytest.raises(TextError) as caught:
        parse_claim(f"x.{call} == x", signals={"x": "n", "k": "c"})
    return caught.value.problem


@pytest.mark.parametrize(("call", "name", "hint"), ARGUMENTS)
def test_arguments_of_other_libraries(call: str, name: str, hint: str) -> None:
    assert hint in in_text(call)
    method, _, rest = call.partition("(")
    positional = [{"k": k, "2": 2}[a] for a in re.findall(r"(?<![=\w])(k|2)(?=[,)])", rest)]
    with pytest.raises(SymconvError) as caught:
        getattr(x, method)(*positional, **{name: 1})
    assert isinstance(caught.value, TypeError)
    assert hint in str(caught.value)
    assert str(caught.value).startswith(f"{method}: got an unexpected keyword") or "missing" in str(
        caught.value
    )


@pytest.mark.parametrize(("call", "hint"), WORDS)
def test_words_of_other_libraries(call: str, hint: str) -> None:
    assert hint in in_text(call)
    name = call.partition("(")[0]
    signal = x.flip()  # a named signal has a size
    with pytest.raises(SymconvError) as caught:
        getattr(signal, name)
    assert isinstance(caught.value, AttributeError)
    assert hint in str(caught.value)
    assert f"a signal has no {name!r}" in str(caught.value)


@pytest.mark.parametrize(("mode", "hint"), MODES)
def test_modes_of_other_libraries(mode: str, hint: str) -> None:
    assert hint in in_text(f"pad(1, 1, '{mode}')")
    with pytest.raises(SymconvError, match=re.escape(hint)):
        x.pad(1, 1, mode)


def test_names_of_libraries_and_functions() -> None:
    for text in ("np.pad(x, 1) == x", "torch.flip(x) == x", "F.pad(x, 1) == x"):
        with pytest.raises(TextError, match="a claim calls the methods of signals"):
            parse_claim(text, signals={"x": "n"})
    for text, hint in (("conv1d(x, k) == x", "x.correlate(k, str"), ("relu(x) == x", "not linear")):
        with pytest.raises(TextError, match=re.escape(hint)):
            parse_claim(text, signals={"x": "n", "k": "c"})
    # A signal may be called so.
    assert parse_claim("F.flip().flip() == F", signals={"F": "n"}).claim.prove()


# --- the table -----------------------------------------------------------------------


def every_hint() -> Iterator[str]:
    yield from hints._WORDS.values()
    yield from hints._ARGUMENTS.values()
    yield from hints._MODES.values()


def codes(hint: str) -> Iterator[str]:
    """The pieces of a hint that look like code on a signal x."""
    for found in re.finditer(r"\bx\.|(?<!\w)\.add_bias|(?<!\w)\.pad", hint):
        depth, end = 0, found.end()
        while end < len(hint) and (depth or hint[end].isalnum() or hint[end] in "_.([+/)]"):
            depth += (hint[end] in "([") - (hint[end] in ")]")
            end += 1
        code = hint[found.start() : end].rstrip(".")
        yield code if code.startswith("x") else f"x{code}"


VALUES = {"l": 1, "r": 1, "p": 1, "q": 1, "s": 2, "a": 1, "c": 3, "j": 1, "d": 2}
OTHERS = {"x": "n", "y": "n", "k": "3", "b": "1", "w": "1", "h": "3"}
EVERY_CODE = {code for hint in every_hint() for code in codes(hint)}
FOR_PYTHON = {"x.evaluate(x=[1, 2, 3])", "x.vector(n=3)"}


@pytest.mark.parametrize("code", sorted(EVERY_CODE - FOR_PYTHON))
def test_what_a_hint_says_can_be_written(code: str) -> None:
    written = re.sub(r"\b([lrpqsacjd])\b", lambda name: str(VALUES[name[0]]), code)
    written = written.replace("left, right", "1, 2")
    other = "n" if written.endswith(".length") else "x"
    parsed = parse_claim(f"{written} == {other}", signals=OTHERS)
    assert parsed.claim.named or parsed.claim.symbols


def test_what_is_for_python_alone_works_there() -> None:
    assert x.evaluate(x=[1, 2, 3]) == [1, 2, 3]
    assert len(x.vector(n=3)) == 3
    assert FOR_PYTHON <= EVERY_CODE


def test_there_is_code_in_the_hints() -> None:
    assert len(EVERY_CODE) > 25
    assert "x.pad(p, p).correlate(k)" in EVERY_CODE
    assert "x.phases(s)[r]" in EVERY_CODE


def test_some_hints_are_equalities() -> None:
    for left, right in (
        ("x.dilate(2).convolve(Signal.ones(2))", "interleave(x, x)"),
        ("x.phases(2)[1]", "x.downsample(2, offset=1)"),
        ("x.correlate(Signal.ones(3), stride=2)/3", "x.avg_pool(3, stride=2)"),
        ("x.correlate(w)", "x.convolve(w)"),
    ):
        assert parse_claim(f"{left} == {right}", signals=OTHERS).claim.prove(), left


def test_no_hint_is_about_a_word_of_the_language() -> None:
    own = {name for name in dir(symconv.SignalExpr) if not name.startswith("_")}
    assert not hints._WORDS.keys() & own
    for method, name in hints._ARGUMENTS:
        assert not method or name not in METHODS[method].parameters
    assert not hints._MODES.keys() & {"zeros", "reflect", "symmetric", "replicate", "circular"}


# --- signals stay ordinary objects ---------------------------------------------------


@pytest.mark.parametrize("signal", [x, x.flip(), x.pad(1, 1).correlate(k, stride=2)], ids=str)
def test_signals_can_be_asked_copied_and_pickled(signal: Any) -> None:
    assert not hasattr(signal, "shape")
    assert getattr(signal, "shape", 3) == 3
    assert copy.copy(signal) is copy.deepcopy(signal) is signal
    assert pickle.loads(pickle.dumps(signal)) is signal  # equal signals are one object


def test_private_names_get_the_error_of_python() -> None:
    for name in ("__array__", "_repr_html_", "__getinitargs__", "_"):
        with pytest.raises(AttributeError) as caught:
            getattr(x, name)
        assert not isinstance(caught.value, SymconvError)


def test_an_error_within_a_property_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise AttributeError("something else is missing")

    monkeypatch.setattr("symconv.language.any_size.length_expression", broken)
    with pytest.raises(AttributeError, match="something else is missing"):
        x.flip().length  # noqa: B018 - it raises


def test_help_shows_the_methods_as_they_are() -> None:
    form = inspect.signature(symconv.SignalExpr.correlate)
    assert list(form.parameters) == ["self", "kernel", "stride", "dilation"]
    assert "A convolution layer" in str(inspect.getdoc(symconv.SignalExpr.correlate))
    assert symconv.SignalExpr.correlate.__qualname__ == "SignalExpr.correlate"


def test_arguments_that_do_not_fit_at_all() -> None:
    with pytest.raises(SymconvError, match=r"missing .* 'right'; its form is pad\(left, right, mo"):
        x.pad(1)
    with pytest.raises(SymconvError, match="too many positional arguments; its form is correlate"):
        x.correlate(k, 2)

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
from symconv.reading.text import TextError, parse_claim
from symconv.reading.text.functions import FORMS, METHODS

Signal: Any = symconv.Signal  # much of this is no attribute on purpose

n, c = symbols("n c", integer=True, positive=True)
x, k = Signal("x", n), Signal("k", c)

ARGUMENTS = [
    ("correlate(k, padding=1)", "padding", "write x.pad(p, p).correlate(k)"),
    ("correlate(k, groups=2)", "groups", "only layers over channels have it, as x.conv(w, gro"),
    ("correlate(k, bias=1)", "bias", "write .add_bias(b) behind it"),
    ("correlate(k, padding_mode='reflect')", "padding_mode", "x.pad(p, p, 'reflect')"),
    ("correlate(k, strides=2)", "strides", "the argument is called stride"),
    ("correlate(k, strid=2)", "strid", "did you mean stride?"),
    ("correlate(k, dilation_rate=2)", "dilation_rate", "the argument is called dilation"),
    ("convolve(k, mode='full')", "mode", "this is 'full'"),
    ("correlate(k, in_channels=2)", "in_channels", "the shape of the kernel says it"),
    ("correlate(k, dim=1)", "dim", "the argument is called axis"),
    ("avg_pool(2, axis=1)", "axis", "the argument is called axes"),
    ("conv_transpose(k, axis=1)", "axis", "it acts along the axes that the shapes say"),
    ("conv_transpose(k, data_format='NHWC')", "data_format", "the axes are (N, C, H, W)"),
    ("sum(keepdim=True)", "keepdim", "x.sum(axis=1)[:, None] has it again"),
    ("roll(2, dims=1)", "dims", "the argument is called axis"),
    ("upsample(scale_factor=2)", "scale_factor", "the argument is called factor"),
    ("avg_pool(kernel_size=2)", "kernel_size", "the argument is called size"),
    ("max_pool(kernel_size=2)", "kernel_size", "the argument is called size"),
    ("max_pool(2, axis=1)", "axis", "the argument is called axes"),
    ("max_pool(2, return_indices=True)", "return_indices", "only the largest entries are told"),
    ("max(keepdim=True)", "keepdim", "x.max(axis=1)[:, None] has it again"),
    ("relu(inplace=True)", "inplace", "a function of each entry, which takes no more"),
    ("leaky_relu(slope=1)", "slope", "the argument is called negative_slope"),
    ("pad(pad_width=1)", "pad_width", "write x.pad(left, right)"),
]
WORDS = [
    ("max_pool2d(2)", "write x.max_pool((c, c), stride=s, padding=p)"),
    ("amax(1)", "write x.max(axis=1)"),
    ("maximum(x)", "write maximum(x, y), a function and no method"),
    ("minimum(x)", "write -maximum(-x, -y)"),
    ("min()", "write -(-x).max(axis=1)"),
    ("abs()", "write maximum(x, -x)"),
    ("clip(0, 6)", "x.relu6() for what lies between 0 and 6"),
    ("ReLU()", "write x.relu()"),
    ("swish()", "write x.silu()"),
    ("softmax()", "depends on other entries too, and is not part of the language"),
    ("sin()", "declare one of which nothing is known (--function f)"),
    ("conv1d(k)", "write x.correlate(k, stride=s)"),
    ("conv2d(k)", "write x.conv(w, stride=s, padding=p), for a tensor x"),
    ("sliding_window_view(3)", "write x.windows(c, stride=s)"),
    ("im2col(3)", "write x.unfold(c, stride=s, padding=p)"),
    ("cat(x)", "write concatenate([x, y])"),
    ("stack(x)", "write concatenate([x[None], y[None]])"),
    ("permute(1, 0)", 'write x.rearrange("c h w -> h w c")'),
    ("reshape(2, 2)", 'write x.rearrange("(n r) -> n r", r=2)'),
    ("flatten()", 'write x.rearrange("c h w -> (c h w)")'),
    ("unsqueeze(0)", "write x[None]"),
    ("squeeze(0)", "write x[0]"),
    ("repeat(2)", 'write x.rearrange("n -> (r n)", r=2)'),
    ("dim", "write x.ndim"),
    ("matmul(x)", "write x.linear(w)"),
    ("BatchNorm2d(x)", "write x.batch_norm(m, i)"),
    ("avg_pool1d(2)", "write x.avg_pool(c, stride=s, padding=p)"),
    ("reverse()", "write x.flip()"),
    ("flop()", "did you mean flip?"),
    ("size", "write x.length"),
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
    for call in ("einops.rearrange(x, 1)", "np.pad(x, 1)", "torch.flip(x)", "F.pad(x, 1)"):
        with pytest.raises(TextError, match="a claim calls the methods of signals"):
            parse_claim(f"{call} == x", signals={"x": "n"})
    for text, hint in (
        ("conv1d(x, k) == x", "x.correlate(k, str"),
        ("softmax(x) == x", "not part of the language"),
    ):
        with pytest.raises(TextError, match=re.escape(hint)):
            parse_claim(text, signals={"x": "n", "k": "c"})
    # A signal may be called so.
    assert parse_claim("F.flip().flip() == F", signals={"F": "n"}).claim.prove()


# --- the table -----------------------------------------------------------------------


def every_hint() -> Iterator[str]:
    yield from hints._WORDS.values()
    yield from hints._ARGUMENTS.values()
    yield from hints._MODES.values()


BEGINS = r"\bx[.\[]|(?<!\w)\.(?:add_bias|pad)|\b(?:einsum|concatenate|maximum)\(|(?:0\*|\b)ones\("


def codes(hint: str) -> Iterator[str]:
    """The pieces of a hint that look like code on a signal x, or on tensors."""
    end = 0
    while found := re.compile(BEGINS).search(hint, end):
        depth = found[0].count("[") + found[0].count("(")
        end = found.end()
        while end < len(hint) and (depth or hint[end].isalnum() or hint[end] in "_.([+/)]"):
            depth += (hint[end] in "([") - (hint[end] in ")]")
            end += 1
        code = hint[found.start() : end].rstrip(".")
        yield f"x{code}" if code.startswith(".") else code


VALUES = {"l": 1, "r": 1, "p": 1, "q": 1, "s": 2, "a": 1, "c": 3, "j": 1, "d": 2}
OTHERS = {"x": "n", "y": "n", "k": "3", "b": "1", "w": "1", "h": "3"}
SHAPES = [
    OTHERS,
    {"x": "C, 8, 8", "w": "O, C, 3, 3", "m": "C", "i": "C"},
    {"x": "m, n", "y": "n, o", "w": "o, n"},
    {"x": "C, H", "w": "O, C, 3"},
]
EVERY_CODE = {code for hint in every_hint() for code in codes(hint)}
FOR_PYTHON = {"x.evaluate(x=[1, 2, 3])", "x.vector(n=3)"}
# What is said in general and not in an example.
GENERAL = {"x.rearrange(pattern)"}


def with_values(code: str) -> str:
    """Numbers for the letters, but not in patterns, nor for the names of arguments."""
    parts = re.split(r"(\"[^\"]*\")", code.replace("left, right", "1, 2"))
    value = r"\b([lrpqsacjd])\b(?!=)"
    return "".join(
        part if part.startswith('"') else re.sub(value, lambda name: str(VALUES[name[0]]), part)
        for part in parts
    )


@pytest.mark.parametrize("code", sorted(EVERY_CODE - FOR_PYTHON - GENERAL))
def test_what_a_hint_says_can_be_written(code: str) -> None:
    written = with_values(code)
    problems = []
    for tensors in SHAPES:
        try:
            parsed = parse_claim(f"{written} == {written}", tensors=tensors)
        except TextError as error:
            problems.append(str(error))
        else:
            assert parsed.claim.named or parsed.claim.symbols or "ndim" in code
            return
    pytest.fail("\n".join(problems))


def test_what_is_for_python_alone_works_there() -> None:
    assert x.evaluate(x=[1, 2, 3]) == [1, 2, 3]
    assert len(x.vector(n=3)) == 3
    assert FOR_PYTHON <= EVERY_CODE


def test_there_is_code_in_the_hints() -> None:
    assert len(EVERY_CODE) > 60
    assert GENERAL <= EVERY_CODE
    assert "concatenate([x[None], y[None]])" in EVERY_CODE
    assert "x.pad(p, p).correlate(k)" in EVERY_CODE
    assert "x.phases(s)[r]" in EVERY_CODE


def test_some_hints_are_equalities() -> None:
    for left, right in (
        ("x.dilate(2).convolve(Signal.ones(2))", "interleave(x, x)"),
        ("x.phases(2)[1]", "x.downsample(2, offset=1)"),
        ("x.correlate(Signal.ones(3), stride=2)/3", "x.avg_pool(3, stride=2)"),
        ("x.correlate(w)", "x.convolve(w)"),
        ("x.upsample(2)", "x.dilate(2).convolve(Signal.ones(2))"),
        ('x.rearrange("n -> (r n)", r=2)', "concatenate([x, x])"),
        ("x[1:-1]", "x.pad(-1, -1)"),
        ('einsum("i,j->ij", x, y)[0]', "x[0:1].rearrange('n -> (n r)', r=n).multiply(y)"),
    ):
        assert parse_claim(f"{left} == {right}", signals=OTHERS).claim.prove(), left


def test_some_hints_on_tensors_are_equalities() -> None:
    image = {"x": "4*C, H, W", "y": "H, W"}
    for left, right in (
        ("concatenate([y[None], y[None]])[1]", "y"),
        ("x[:, 0:1][:, 0]", "x[:, 0]"),
        ("y.rearrange('h w -> w h').flip(axis=0)", "y.flip(axis=1).rearrange('h w -> w h')"),
        ("x.pixel_shuffle(2).pixel_unshuffle(2)", "x"),
        ("x.sum(axis=1)[:, None]", "x.sum(axis=1).rearrange('c w -> c 1 w')"),
        ("x.pad(1, 2, axis=(1, 2))", "x.pad(1, 2, axis=1).pad(1, 2, axis=2)"),
    ):
        given = ["H >= 1"] if "0:1" in left else []
        assert parse_claim(f"{left} == {right}", tensors=image, given=given).claim.prove(), left


SEVERAL = [
    ("pad((1, 1), (2, 2))", "write x.pad(l, r, axis=1), along one axis after the other"),
    ("pad((1, 1, 2, 2))", "write x.pad(l, r, axis=1), along one axis after the other"),
    ("roll((1, 2))", "write x.roll(a, axis=1), along one axis after the other"),
    ("correlate(k, stride=(1, 2))", "x.conv(w, stride=(2, 1)) has one for each axis"),
    ("flip((1, 2))", "too many positional arguments; its form is flip(*, axis=None)"),
    ("pixel_shuffle((1, 2))", "expected one factor, not several; its form is pixel_shuffle(factor"),
]


@pytest.mark.parametrize(("call", "hint"), SEVERAL)
def test_several_numbers_where_one_is_taken(call: str, hint: str) -> None:
    assert hint in in_text(call)


def test_the_amounts_of_other_libraries_in_one_tuple() -> None:
    with pytest.raises(SymconvError, match=r"missing .*; write x\.pad\(l, r, axis=1\), along one"):
        x.pad((1, 1, 2, 2))


def test_every_axis_is_explained() -> None:
    for name in ("axis", "axes"):
        other = "axes" if name == "axis" else "axis"
        having = [method for method, form in METHODS.items() if name in form.parameters]
        assert having
        for method in having:
            for word in ("dim", "dims", other):
                assert hints.about_argument(method, word) == f"the argument is called {name}"


def test_tensors_are_called_so() -> None:
    image: Any = symconv.Tensor("x", (2, n))
    with pytest.raises(SymconvError, match="a tensor has no 'permute'; write x"):
        image.permute(1, 0)
    with pytest.raises(TextError, match="a tensor has no method 'permute'; write x"):
        parse_claim("x.permute(1, 0) == x", tensors={"x": "2, n"})


def test_no_hint_is_about_a_word_of_the_language() -> None:
    own = {name for name in dir(symconv.SignalExpr) if not name.startswith("_")}
    assert not hints._WORDS.keys() & own
    for method, name in hints._ARGUMENTS:
        assert not method or name not in FORMS[method].parameters
    assert not hints._MODES.keys() & {"zeros", "reflect", "symmetric", "replicate", "circular"}


# --- signals stay ordinary objects ---------------------------------------------------


@pytest.mark.parametrize("signal", [x, x.flip(), x.pad(1, 1).correlate(k, stride=2)], ids=str)
def test_signals_can_be_asked_copied_and_pickled(signal: Any) -> None:
    assert not hasattr(signal, "strides")
    assert getattr(signal, "strides", 3) == 3
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
    assert list(form.parameters) == ["self", "kernel", "stride", "dilation", "axis"]
    assert "A convolution layer" in str(inspect.getdoc(symconv.SignalExpr.correlate))
    assert symconv.SignalExpr.correlate.__qualname__ == "SignalExpr.correlate"


def test_arguments_that_do_not_fit_at_all() -> None:
    with pytest.raises(SymconvError, match=r"missing .* 'right'; its form is pad\(left, right, mo"):
        x.pad(1)
    with pytest.raises(SymconvError, match="too many positional arguments; its form is correlate"):
        x.correlate(k, 2)

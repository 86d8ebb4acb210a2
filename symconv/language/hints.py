"""What to write for words that a user of PyTorch, NumPy or TensorFlow would expect.

The same hints stand in the errors of Python code and of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, Signature, getattr_static, signature
from types import FunctionType
from typing import Any, NoReturn, TypeVar

from symconv.arithmetic.limits import LONGEST_NAME
from symconv.errors import SymconvError

__all__ = [
    "UnknownArgumentError",
    "UnknownAttributeError",
    "about_argument",
    "about_library",
    "about_mode",
    "about_word",
    "close",
    "explained",
    "no_attribute",
]

_C = TypeVar("_C", bound=type)


class UnknownAttributeError(AttributeError, SymconvError):
    """Something that a signal does not have; the message says what to write instead."""


class UnknownArgumentError(TypeError, SymconvError):
    """Arguments that do not fit a method; the message says what to write instead."""


# --- the table -----------------------------------------------------------------------

_ONE_CHANNEL = "signals have one channel"
_ONE_AXIS = "a signal has one axis; x.length is its length"
_PAD = "a layer pads nothing by itself: write x.pad(p, p).correlate(k)"
_LAYER = "write x.correlate(k, stride=s), and x.pad(p, p) before it for the padding"
_MAXIMUM = (
    "maxima are not polynomials in the entries, so no claim has them; the outputs of a pool "
    "are as many as those of x.correlate(Signal.ones(c), stride=s)"
)
_POINTWISE = "a function of each entry is not linear, and is not part of the language"
_AVERAGE = "write x.avg_pool(c, stride=s, padding=p)"
_TRANSPOSED = "write x.conv_transpose(k, stride=s, padding=p, output_padding=q)"
_REPEATED = (
    "write x.dilate(2).convolve(Signal.ones(2)) to have each entry twice, and x.dilate(2) for a "
    "zero between neighbours"
)
_WINDOWS = "write x.downsample(s, offset=j), the entries number j of all windows"
_INTERLEAVE = "write Signal.interleave(a, b), which takes entries in turn"
_PHASES = "write x.phases(s)[r], the entries x[s*u + r]"
_SLICES = "write x.pad(-l, -r) to crop, x.downsample(s, offset=a) for every s-th entry"
_JOINED = "write x.pad(0, y.length) + y.pad(x.length, 0) to join two signals"

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("conv", "conv1d", "Conv1d", "Conv1D", "cross_correlate", "layer"), _LAYER),
    **dict.fromkeys(("conv2d", "conv3d", "Conv2d", "Conv2D", "Conv3d"), _ONE_AXIS),
    **dict.fromkeys(("max_pool", "max_pool1d", "maxpool", "MaxPool1d", "MaxPool1D"), _MAXIMUM),
    **dict.fromkeys(("avg_pool1d", "avgpool", "AvgPool1d", "mean_pool"), _AVERAGE),
    **dict.fromkeys(
        ("conv_transpose1d", "ConvTranspose1d", "deconv", "deconvolve", "transposed_conv"),
        _TRANSPOSED,
    ),
    **dict.fromkeys(("relu", "ReLU", "gelu", "sigmoid", "tanh", "softmax", "sqrt"), _POINTWISE),
    **dict.fromkeys(
        ("batch_norm", "BatchNorm1d"), "write x.correlate(w).add_bias(b), with a w of length 1"
    ),
    **dict.fromkeys(("dot", "matmul", "linear"), "write x.correlate(y), with a y as long as x"),
    **dict.fromkeys(("unfold", "sliding_window_view", "im2col"), _WINDOWS),
    **dict.fromkeys(("fold", "col2im", "overlap_add"), _TRANSPOSED),
    **dict.fromkeys(("pixel_shuffle", "depth_to_space", "shuffle"), _INTERLEAVE),
    **dict.fromkeys(("pixel_unshuffle", "space_to_depth", "polyphase"), _PHASES),
    **dict.fromkeys(("upsample", "interpolate", "repeat", "repeat_interleave"), _REPEATED),
    **dict.fromkeys(("zero_stuff", "zero_insert", "dilated"), "write x.dilate(d)"),
    **dict.fromkeys(("subsample", "decimate", "stride"), "write x.downsample(s)"),
    **dict.fromkeys(("crop", "slice", "narrow", "chunk", "split"), _SLICES),
    **dict.fromkeys(("cat", "concat", "concatenate", "append", "hstack"), _JOINED),
    **dict.fromkeys(("stack", "vstack", "reshape", "view", "permute", "squeeze"), _ONE_AXIS),
    **dict.fromkeys(("unsqueeze", "flatten", "shape", "ndim", "dim"), _ONE_AXIS),
    **dict.fromkeys(("size", "numel", "len"), "write x.length"),
    **dict.fromkeys(("reverse", "flipud", "fliplr", "flipped"), "write x.flip()"),
    **dict.fromkeys(
        ("T", "mT", "transpose"),
        "a signal has one axis, so there is nothing to transpose; x.flip() reverses it, and the "
        "transposed layer is x.conv_transpose(k)",
    ),
    "shift": "write x.pad(a, -a), which moves zeros in, or x.roll(a), which is cyclic",
    **dict.fromkeys(("sum", "mean"), "write x.correlate(Signal.ones(n)), of one entry"),
    **dict.fromkeys(("zero_pad", "ZeroPad1d", "constant_pad"), "write x.pad(l, r)"),
    **dict.fromkeys(("reflection_pad", "ReflectionPad1d"), "write x.pad(l, r, 'reflect')"),
    **dict.fromkeys(("replication_pad", "ReplicationPad1d"), "write x.pad(l, r, 'replicate')"),
    **dict.fromkeys(("circular_pad", "CircularPad1d"), "write x.pad(l, r, 'circular')"),
    "numpy": "write x.evaluate(x=[1, 2, 3]), or x.vector(n=3) for symbols",
}
"""For methods, attributes and functions."""

_ANY = ""
_ARGUMENTS: Mapping[tuple[str, str], str] = {
    **{("correlate", a): _PAD for a in ("padding", "pad", "pads", "p")},
    ("correlate", "padding_mode"): "write x.pad(p, p, 'reflect').correlate(k)",
    ("correlate", "mode"): "this is 'valid'; write x.pad(p, p).correlate(k) for more outputs",
    ("correlate", "kernel_size"): "the kernel is a signal, such as k of length c",
    ("convolve", "mode"): "this is 'full'; crop it with .pad(-l, -r)",
    **{("convolve", a): "only x.correlate(k, stride=s) has it" for a in ("stride", "dilation")},
    ("convolve", "padding"): "this is the full convolution; x.pad(p, p) pads the signal before it",
    **{("avg_pool", a): "the argument is called size" for a in ("kernel_size", "pool_size")},
    ("avg_pool", "ceil_mode"): "write x.pad(0, r).avg_pool(c), where the r zeros count as entries",
    ("avg_pool", "divisor_override"): "write x.correlate(Signal.ones(c), stride=s)/d",
    ("conv_transpose", "output_size"): "the argument is output_padding, entries more on the right",
    **{("pad_same", a): "the argument is called size" for a in ("kernel", "kernel_size")},
    **{
        ("pad", a): "write x.pad(left, right), two amounts"
        for a in ("padding", "pad_width", "pad", "width", "amount")
    },
    **{
        ("pad", a): "zeros are all that is padded; another number is the entry of a signal"
        for a in ("value", "constant_values")
    },
    ("dilate", "dilation"): "the argument is called factor",
    **{("roll", a): "the argument is called shift" for a in ("shifts", "amount", "n", "offset")},
    ("downsample", "stride"): "the argument is called factor",
    (_ANY, "weight"): "the argument is called kernel",
    (_ANY, "groups"): f"{_ONE_CHANNEL}, so there are no groups",
    **{
        (_ANY, a): f"{_ONE_CHANNEL}: leave it out"
        for a in ("channels", "in_channels", "out_channels", "filters")
    },
    (_ANY, "bias"): "write .add_bias(b) behind it, with a signal b of length 1",
    **{(_ANY, a): "the argument is called stride, a number" for a in ("strides", "step")},
    **{
        (_ANY, a): "the argument is called dilation, a number"
        for a in ("dilations", "dilation_rate", "rate")
    },
    **{(_ANY, a): _ONE_AXIS for a in ("axis", "dim", "dims")},
}
"""For named arguments, by method; or for whatever method."""

_NO_MODE = "such values are not linear in the entries"
_MODES: Mapping[str, str] = {
    **dict.fromkeys(("constant", "zero"), "write 'zeros'"),
    **dict.fromkeys(("edge", "nearest", "border", "replication"), "write 'replicate'"),
    **dict.fromkeys(("wrap", "periodic", "grid-wrap", "periodization"), "write 'circular'"),
    **dict.fromkeys(("mirror", "reflection", "reflect101"), "write 'reflect'"),
    **dict.fromkeys(("symmetrical", "grid-mirror"), "write 'symmetric'"),
    "same": "write x.pad_same(c) for a kernel of c taps",
    "valid": "leave the padding out",
    "full": "write x.pad(c - 1, c - 1) for a kernel of c taps",
    **dict.fromkeys(("maximum", "minimum", "median"), _NO_MODE),
    **dict.fromkeys(("mean", "linear_ramp", "empty"), "this one is not part of the language"),
}
"""For modes of padding."""

_LIBRARIES = {"np", "numpy", "torch", "nn", "F", "tf", "keras", "jnp", "jax", "scipy", "sympy"}


def about_word(name: str) -> str:
    """What to write in place of a method, attribute or function; empty if that is not known.

    >>> about_word("avg_pool1d")
    'write x.avg_pool(c, stride=s, padding=p)'
    """
    return _WORDS.get(name, "")


def about_argument(method: str, name: str) -> str:
    """What to write in place of a named argument; empty if that is not known."""
    return _ARGUMENTS.get((method, name)) or _ARGUMENTS.get((_ANY, name), "")


def about_mode(mode: object) -> str:
    """What to write in place of a mode of padding; empty if that is not known."""
    return _MODES.get(mode.lower(), "") if isinstance(mode, str) else ""


def about_library(name: str) -> str:
    """What to write in place of the name of a library; empty if it is none."""
    known = name in _LIBRARIES
    return "a claim calls the methods of signals, such as x.pad(1, 1).correlate(k)" if known else ""


def close(name: str, known: Iterable[str], otherwise: str) -> str:
    """The question whether a similar word is meant, or something else to say.

    >>> close("flop", ["flip", "pad"], "")
    'did you mean flip?'
    """
    word, every = name[:LONGEST_NAME], sorted(known)
    found = [one for one in every if one.lower() == word.lower()]
    for cutoff in (0.7, 0.5):
        found = found or get_close_matches(word, every, n=2, cutoff=cutoff)
    return f"did you mean {' or '.join(found)}?" if found else otherwise


# --- in Python -----------------------------------------------------------------------


def no_attribute(thing: object, name: str) -> NoReturn:
    """For `__getattr__`: raise an error that says what to write instead.

    Raises:
        AttributeError: a private name, for which libraries ask to see what an object can do.
        UnknownAttributeError: any other name; it is an AttributeError too.
    """
    if name.startswith("_") or hasattr(type(thing), name):
        object.__getattribute__(thing, name)  # Python's own error, also that of a property
    internal = getattr(type(thing), "internal", ())
    public = [n for n in dir(type(thing)) if not n.startswith("_") and n not in internal]
    hint = about_word(name) or close(name, public, f"it has {', '.join(public)}")
    raise UnknownAttributeError(f"a signal has no {name!r}; {hint}")


def explained(cls: _C) -> _C:
    """Let the public methods of a class say what to write where their arguments do not fit.

    Those that it inherits become its own.
    """
    for name in dir(cls):
        method = getattr_static(cls, name)
        if isinstance(method, FunctionType) and not name.startswith("_"):
            call = _explained(method)
            call.__qualname__ = f"{cls.__name__}.{name}"
            setattr(cls, name, call)
    return cls


def _explained(method: Callable[..., Any]) -> Callable[..., Any]:
    form = signature(method)

    @wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return method(*arguments, **named)
        except TypeError as problem:
            error = _misfit(form, arguments, named)
            if error is None:
                raise problem from None
            name, shown = method.__name__, _shown(form)
            unknown = [a for a in named if a not in shown.parameters]
            hints = [about_argument(name, a) or close(a, shown.parameters, "") for a in unknown]
            hint = next(filter(None, hints), f"its form is {name}{shown}")
            raise UnknownArgumentError(f"{name}: {error}; {hint}") from None

    return call


def _misfit(
    form: Signature, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> TypeError | None:
    """How arguments do not fit a method, if they do not."""
    try:
        form.bind(*arguments, **named)
    except TypeError as error:
        return error
    return None


def _shown(form: Signature) -> Signature:
    parameters = list(form.parameters.values())[1:]
    return Signature([p.replace(annotation=Parameter.empty) for p in parameters])

"""What to write for words that a user of PyTorch, NumPy or TensorFlow would expect.

The same hints stand in the errors of Python code and of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
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
    "about_several",
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

_PAD = "a layer pads nothing by itself: write x.pad(p, p).correlate(k)"
_CONV = "write x.conv(w, stride=s, padding=p), for a tensor x (C, H, W) and a kernel w (O, C, c, c)"
_LAYER = (
    "write x.correlate(k, stride=s), and x.pad(p, p) before it for the padding; "
    "over channels x.conv(w, stride=s, padding=p)"
)
_DEPTHWISE = "write x.conv(w, groups=g), with as many groups as channels and a w (C, 1, c, c)"
_LARGEST = "write x.max_pool(c, stride=s, padding=p)"
_LARGESTS = "write x.max_pool((c, c), stride=s, padding=p), a size for each of the last axes"
_MAXIMUM = "write x.max(axis=1), and maximum(x, y) for the larger ones of two tensors"
_LARGER = "write maximum(x, y), a function and no method; of x and 0 it is x.relu()"
_MINIMUM = "write -(-x).max(axis=1)"
_SMALLER = "write -maximum(-x, -y)"
_ABSOLUTE = "write maximum(x, -x)"
_CLIPPED = "write x.relu() for max(x, 0), and x.relu6() for what lies between 0 and 6"
_NO_SOFTMAX = (
    "a function of each entry is one of x.relu(), x.sigmoid(), x.exp() and so on; this one "
    "depends on other entries too, and is not part of the language"
)
_OWN_FUNCTION = (
    "it is no known function; in text, declare one of which nothing is known (--function f), and "
    'in Python write f = Pointwise("f"); then f(x) applies it to each entry of x'
)
_STATISTICS = (
    "its statistics are not polynomials in the entries; x.batch_norm(m, i) takes them as given"
)
_AVERAGE = "write x.avg_pool(c, stride=s, padding=p)"
_AVERAGES = "write x.avg_pool((c, c), stride=s, padding=p), a size for each of the last axes"
_GLOBAL = "write x.mean(axis=(1, 2)), or x.adaptive_avg_pool((1, 1)) to keep the axes"
_ADAPTIVE = "write x.adaptive_avg_pool((1, 1)), how many outputs there are along the last axes"
_TRANSPOSED = "write x.conv_transpose(k, stride=s, padding=p, output_padding=q)"
_NORMALISED = "write x.batch_norm(m, i), with 1/√(σ² + ε) for each channel in i"
_UPSAMPLED = (
    "write x.upsample(2) to have each entry twice, of an image x.upsample((2, 2)); x.dilate(2) "
    "puts a zero between neighbours"
)
_REPEATED = 'write x.rearrange("n -> (r n)", r=2): an axis on the right alone repeats'
_WINDOWS = "write x.windows(c, stride=s), the windows along a new last axis"
_COLUMNS = "write x.unfold(c, stride=s, padding=p), or x.windows(c, stride=s, axis=1)"
_FOLDED = (
    "write x.fold((8, 8), 2, stride=2), the size of the image first, for what "
    "x.unfold(2, stride=2) has made of it; of one signal it is x.conv_transpose(k, stride=s)"
)
_INTERLEAVE = (
    "write x.pixel_shuffle(2) for an image, and for signals Signal.interleave(a, b), which takes "
    "entries in turn"
)
_PHASES = "write x.phases(s)[r], the entries x[s*u + r]"
_UNSHUFFLE = f"write x.pixel_unshuffle(2) for an image; for a signal {_PHASES}"
_SLICES = "write x[l:-r], as in NumPy, and x.downsample(s, offset=a) for every s-th entry"
_JOINED = "write concatenate([x, y]), with axis=… for tensors"
_STACKED = "write concatenate([x[None], y[None]]), where x[None] has a new axis"
_SHAPED = 'write x.rearrange("(n r) -> n r", r=2), with a pattern as einops has them'
_FLAT = 'write x.rearrange("c h w -> (c h w)"), with a pattern as einops has them'
_NEW_AXIS = "write x[None] for a new first axis, and x[..., None] for a new last one"
_TURNED = (
    'write x.rearrange("c h w -> h w c"), with a pattern as einops has them; a signal has one '
    "axis, and x.flip() reverses it; the transposed layer is x.conv_transpose(k)"
)
_SIZE = "write x.length, or x.shape[0] for the size of a tensor along an axis"
_MATRIX = (
    'write x.linear(w) for a matrix w (out, in), einsum("ij,jk->ik", x, y) for a product of '
    "matrices, and x.correlate(y) for signals of one length"
)
_AS_IT_IS = "a tensor never changes, so that nothing has to be copied; leave it out"
_REVERSED = "write x.flip(), and x.flip(axis=1) for a tensor"

_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "relu": ("ReLU", "Relu", "relu_"),
    "relu6": ("ReLU6",),
    "leaky_relu": ("LeakyReLU", "leakyrelu"),
    "sigmoid": ("Sigmoid", "expit", "logistic"),
    "tanh": ("Tanh",),
    "gelu": ("GELU",),
    "silu": ("SiLU", "swish", "Swish"),
    "hardswish": ("Hardswish", "hard_swish"),
    "exp": ("Exp",),
    "reciprocal": ("Reciprocal", "inverse"),
    "sqrt": ("Sqrt", "square_root"),
    "log": ("Log", "ln"),
    "erf": ("Erf", "error_function"),
}
"""What the functions that tensors have methods for are called elsewhere."""

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("conv1d", "Conv1d", "Conv1D", "cross_correlate", "layer"), _LAYER),
    **dict.fromkeys(("conv2d", "conv3d", "Conv2d", "Conv2D", "Conv3d", "Conv3D"), _CONV),
    **dict.fromkeys(("convolution", "convolve2d", "correlate2d"), _CONV),
    **dict.fromkeys(("depthwise_conv2d", "DepthwiseConv2D", "depthwise_conv"), _DEPTHWISE),
    **dict.fromkeys(("max_pool1d", "maxpool", "MaxPool1d", "MaxPool1D"), _LARGEST),
    **dict.fromkeys(("max_pool2d", "max_pool3d", "MaxPool2d", "MaxPool2D", "MaxPool3d"), _LARGESTS),
    **dict.fromkeys(("amax", "reduce_max", "global_max_pool", "adaptive_max_pool1d"), _MAXIMUM),
    **dict.fromkeys(("maximum", "fmax"), _LARGER),
    **dict.fromkeys(("amin", "min"), _MINIMUM),
    **dict.fromkeys(("minimum", "fmin"), _SMALLER),
    **dict.fromkeys(("argmax", "argmin", "softmax", "log_softmax", "logsumexp"), _NO_SOFTMAX),
    **dict.fromkeys(("Softmax", "softmin", "cumsum", "sort"), _NO_SOFTMAX),
    **dict.fromkeys(("avg_pool1d", "avgpool", "AvgPool1d", "mean_pool"), _AVERAGE),
    **dict.fromkeys(("avg_pool2d", "avg_pool3d", "AvgPool2d", "AvgPool3d"), _AVERAGES),
    "AveragePooling2D": _AVERAGES,
    **dict.fromkeys(("global_avg_pool", "GlobalAveragePooling2D"), _GLOBAL),
    **dict.fromkeys(("adaptive_avg_pool2d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"), _ADAPTIVE),
    **dict.fromkeys(("adaptive_avg_pool1d", "AdaptiveAvgPool1d"), "write x.adaptive_avg_pool(1)"),
    **dict.fromkeys(("div", "true_divide"), "write x/n, for a number or a size n"),
    **dict.fromkeys(
        ("conv_transpose1d", "ConvTranspose1d", "deconv", "deconvolve", "transposed_conv"),
        _TRANSPOSED,
    ),
    **dict.fromkeys(
        ("conv_transpose2d", "conv_transpose3d", "ConvTranspose2d", "Conv2DTranspose"), _TRANSPOSED
    ),
    **{word: f"write x.{name}()" for name, words in _FUNCTIONS.items() for word in words},
    **dict.fromkeys(("abs", "absolute"), _ABSOLUTE),
    **dict.fromkeys(("clip", "clamp", "threshold", "hardtanh"), _CLIPPED),
    "rsqrt": "write x.sqrt().reciprocal()",
    **dict.fromkeys(("sin", "cos", "elu", "selu"), _OWN_FUNCTION),
    **dict.fromkeys(("mish", "softplus", "hardsigmoid", "prelu", "activation"), _OWN_FUNCTION),
    **dict.fromkeys(("square", "pow"), "write x.multiply(x)"),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "batchnorm", "BatchNormalization"), _NORMALISED),
    **dict.fromkeys(("layer_norm", "LayerNorm", "group_norm", "GroupNorm"), _STATISTICS),
    **dict.fromkeys(("instance_norm", "InstanceNorm2d", "std", "normalize"), _STATISTICS),
    **dict.fromkeys(("dropout", "Dropout"), "in evaluation it changes nothing; leave it out"),
    **dict.fromkeys(("dot", "matmul", "mm", "bmm", "Linear", "Dense", "dense"), _MATRIX),
    "tensordot": 'write einsum("ij,jk->ik", x, y), with a letter for each axis',
    "einsum": 'write einsum("ij,jk->ik", x, y), a function and no method',
    "outer": 'write einsum("i,j->ij", x, y)',
    **dict.fromkeys(("sliding_window_view", "as_strided"), _WINDOWS),
    **dict.fromkeys(("im2col", "Unfold", "extract_patches"), _COLUMNS),
    **dict.fromkeys(("col2im", "Fold", "overlap_add"), _FOLDED),
    **dict.fromkeys(("PixelShuffle", "depth_to_space", "shuffle"), _INTERLEAVE),
    **dict.fromkeys(("PixelUnshuffle", "space_to_depth"), _UNSHUFFLE),
    "polyphase": _PHASES,
    "channel_shuffle": 'write x.rearrange("(g c) h w -> (c g) h w", g=2)',
    **dict.fromkeys(("Upsample", "interpolate", "UpSampling2D", "resize"), _UPSAMPLED),
    "repeat_interleave": _UPSAMPLED,
    **dict.fromkeys(("repeat", "tile"), _REPEATED),
    **dict.fromkeys(("broadcast_to", "expand_as"), "write x.expand((2, n)), with the new shape"),
    **dict.fromkeys(("zero_stuff", "zero_insert", "dilated"), "write x.dilate(d)"),
    **dict.fromkeys(("subsample", "decimate", "stride"), "write x.downsample(s)"),
    **dict.fromkeys(("crop", "slice", "narrow", "chunk", "split"), _SLICES),
    **dict.fromkeys(("select", "index_select", "take", "gather"), _SLICES),
    **dict.fromkeys(("cat", "concat", "concatenate", "append", "hstack"), _JOINED),
    **dict.fromkeys(("stack", "vstack"), _STACKED),
    **dict.fromkeys(("reshape", "view", "unflatten"), _SHAPED),
    **dict.fromkeys(("flatten", "ravel", "Flatten"), _FLAT),
    **dict.fromkeys(("permute", "moveaxis", "swapaxes", "T", "mT", "transpose"), _TURNED),
    "squeeze": "write x[0] for a first axis of size 1, and x[:, 0] for a second one",
    **dict.fromkeys(("unsqueeze", "expand_dims", "newaxis"), _NEW_AXIS),
    **dict.fromkeys(("size", "numel", "len"), _SIZE),
    **dict.fromkeys(
        ("channels", "height", "width"), "write x.shape[0], with the number of an axis"
    ),
    **dict.fromkeys(("dim", "rank"), "write x.ndim"),
    **dict.fromkeys(("reverse", "flipud", "fliplr", "flipped"), _REVERSED),
    "rot90": 'write x.rearrange("h w -> w h").flip(axis=0)',
    "shift": "write x.pad(a, -a), which moves zeros in, or x.roll(a), which is cyclic",
    **dict.fromkeys(("zero_pad", "ZeroPad1d", "constant_pad"), "write x.pad(l, r)"),
    "ZeroPad2d": "write x.pad(l, r, axis=(1, 2)), or along one axis after the other",
    **dict.fromkeys(("reflection_pad", "ReflectionPad1d"), "write x.pad(l, r, 'reflect')"),
    "ReflectionPad2d": "write x.pad(l, r, 'reflect', axis=(1, 2))",
    **dict.fromkeys(("replication_pad", "ReplicationPad1d"), "write x.pad(l, r, 'replicate')"),
    "ReplicationPad2d": "write x.pad(l, r, 'replicate', axis=(1, 2))",
    **dict.fromkeys(("circular_pad", "CircularPad1d"), "write x.pad(l, r, 'circular')"),
    **dict.fromkeys(("zeros", "zeros_like"), "write 0*x for zeros, or 0*ones(n)"),
    "ones_like": "write ones(n), or ones((C, H, W)) for a tensor",
    **dict.fromkeys(("contiguous", "clone", "detach", "copy"), _AS_IT_IS),
    "numpy": "write x.evaluate(x=[1, 2, 3]), or x.vector(n=3) for symbols",
}
"""For methods, attributes and functions."""

_ANY = ""
_BY_AXIS = (
    *("pad", "flip", "roll", "downsample", "dilate", "convolve", "correlate", "windows"),
    *("sum", "mean", "max", "add_bias", "batch_norm", "concatenate"),
)
_BY_AXES = ("pad_same", "avg_pool", "max_pool", "adaptive_avg_pool", "upsample")
_KEPT = "the axis is gone; x.sum(axis=1)[:, None] has it again"
_PLAIN = "it is a function of each entry, which takes no more; leave it out"
_CALLED: Mapping[str, Mapping[str, Iterable[str]]] = {
    "avg_pool": {"size": ("kernel_size", "pool_size", "ksize")},
    "adaptive_avg_pool": {"output_size": ("size", "outputs")},
    "batch_norm": {
        "running_mean": ("mean",),
        "weight": ("gamma", "scale"),
        "bias": ("beta", "offset", "shift"),
    },
    "conv": {"weight": ("kernel", "filter", "filters", "w"), "padding_mode": ("mode",)},
    "convolve": {"other": ("kernel", "weight", "h")},
    "dilate": {"factor": ("dilation",)},
    "divide": {"divisor": ("other", "size", "number")},
    "downsample": {"factor": ("stride",)},
    "expand": {"shape": ("size", "sizes")},
    "fold": {"size": ("kernel_size", "kernel")},
    "leaky_relu": {"negative_slope": ("slope", "alpha")},
    "max_pool": {"size": ("kernel_size", "pool_size", "ksize")},
    "linear": {"weight": ("kernel", "matrix", "w")},
    "pad_same": {"size": ("kernel", "kernel_size")},
    "pixel_shuffle": {"factor": ("upscale_factor", "block_size", "r")},
    "pixel_unshuffle": {"factor": ("downscale_factor", "block_size", "r")},
    "roll": {"shift": ("shifts", "amount", "n", "offset")},
    "unfold": {"size": ("kernel_size", "kernel", "sizes")},
    "upsample": {"factor": ("scale_factor", "scale", "size")},
    "windows": {"size": ("window_shape", "kernel_size", "window")},
}
"""What an argument of a method is called elsewhere."""

_ARGUMENTS: Mapping[tuple[str, str], str] = {
    **{
        (method, other): f"the argument is called {name}"
        for method, names in _CALLED.items()
        for name, others in names.items()
        for other in others
    },
    **{
        (method, other): f"the argument is called {name}"
        for name, methods in (("axis", _BY_AXIS), ("axes", _BY_AXES))
        for method in methods
        for other in ("axis", "axes", "dim", "dims")
        if other != name
    },
    **{("correlate", a): _PAD for a in ("padding", "pad", "pads", "p")},
    ("correlate", "padding_mode"): "write x.pad(p, p, 'reflect').correlate(k)",
    ("correlate", "mode"): "this is 'valid'; write x.pad(p, p).correlate(k) for more outputs",
    ("correlate", "kernel_size"): "the kernel is a signal, such as k of length c",
    ("convolve", "mode"): "this is 'full'; crop it with .pad(-l, -r)",
    **{("convolve", a): "only x.correlate(k, stride=s) has it" for a in ("stride", "dilation")},
    ("convolve", "padding"): "this is the full convolution; x.pad(p, p) pads the signal before it",
    ("conv", "kernel_size"): "the shape of the kernel says it, w (O, C, c, c)",
    ("conv_transpose", "output_size"): "the argument is output_padding, entries more on the right",
    **{
        ("pad", a): "write x.pad(left, right), two amounts, with axis=… for a tensor"
        for a in ("padding", "pad_width", "pad", "width", "amount")
    },
    **{
        ("pad", a): "zeros are all that is padded; another number is the entry of a signal"
        for a in ("value", "constant_values")
    },
    **{
        ("batch_norm", a): "the argument is inverse_deviation, 1/√(σ² + ε) for each channel"
        for a in ("running_var", "var", "variance", "eps", "epsilon")
    },
    **{
        ("batch_norm", a): "this is the layer in evaluation, with given statistics; leave it out"
        for a in ("training", "momentum", "use_input_stats")
    },
    ("upsample", "mode"): "this is 'nearest', the only one; leave it out",
    ("unfold", "dimension"): "along one axis write x.windows(c, stride=s, axis=1)",
    **{(method, a): _KEPT for method in ("sum", "mean") for a in ("keepdim", "keepdims")},
    **{("max", a): _KEPT.replace("sum", "max") for a in ("keepdim", "keepdims")},
    **{(method, a): _PLAIN for method in _FUNCTIONS for a in ("inplace", "out")},
    ("gelu", "approximate"): "it is the exact one, with the normal distribution; leave it out",
    ("max_pool", "return_indices"): "only the largest entries are told; leave it out",
    (_ANY, "weight"): "the argument is called kernel",
    (_ANY, "groups"): "only layers over channels have it, as x.conv(w, groups=g)",
    **{
        (_ANY, a): "the shape of the kernel says it, w (O, C, c, c) in x.conv(w)"
        for a in ("channels", "in_channels", "out_channels", "filters")
    },
    (_ANY, "bias"): "write .add_bias(b) behind it, with a signal b of length 1",
    **{(_ANY, a): "the argument is called stride" for a in ("strides", "step")},
    **{
        (_ANY, a): "the argument is called dilation" for a in ("dilations", "dilation_rate", "rate")
    },
    **{
        (_ANY, a): "the axes are (N, C, H, W), as in PyTorch; write "
        'x.rearrange("h w c -> c h w") before it'
        for a in ("data_format", "layout")
    },
    **{
        (_ANY, a): "it acts along the axes that the shapes say; x.rearrange(pattern) moves axes"
        for a in ("axis", "axes", "dim", "dims")
    },
}
"""For named arguments, by method; or for whatever method."""

_SEVERAL: Mapping[str, str] = {
    "pad": "write x.pad(l, r, axis=1), along one axis after the other",
    "roll": "write x.roll(a, axis=1), along one axis after the other",
    "downsample": "write x.downsample(s, axis=1), along one axis after the other",
    "dilate": "write x.dilate(d, axis=1), along one axis after the other",
    "correlate": "x.conv(w, stride=(2, 1)) has one for each axis",
    "windows": "write x.windows(c, axis=1), along one axis after the other",
}
"""For methods that take one number where others take several."""

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

_LIBRARIES = {
    *("np", "numpy", "torch", "nn", "F", "tf", "keras", "jnp", "jax", "scipy", "sympy", "einops"),
}


def about_word(name: str) -> str:
    """What to write in place of a method, attribute or function; empty if that is not known.

    >>> about_word("avg_pool1d")
    'write x.avg_pool(c, stride=s, padding=p)'
    """
    return _WORDS.get(name, "")


def about_argument(method: str, name: str) -> str:
    """What to write in place of a named argument; empty if that is not known."""
    return _ARGUMENTS.get((method, name)) or _ARGUMENTS.get((_ANY, name), "")


def about_several(method: str) -> str:
    """What to write for several numbers where a method takes one; empty if that is not known."""
    return _SEVERAL.get(method, "")


def about_mode(mode: object) -> str:
    """What to write in place of a mode of padding; empty if that is not known."""
    return _MODES.get(mode.lower(), "") if isinstance(mode, str) else ""


def about_library(name: str) -> str:
    """What to write in place of the name of a library; empty if it is none."""
    known = name in _LIBRARIES
    methods = "a claim calls the methods of signals, such as x.pad(1, 1).correlate(k)"
    return f"{methods}, and of tensors, such as x.conv(w)" if known else ""


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
    raise UnknownAttributeError(f"a {_kind_of(thing)} has no {name!r}; {hint}")


def _kind_of(thing: object) -> str:
    """Whether it is a signal or a tensor, which is not known of what cannot be measured."""
    with suppress(SymconvError):
        return str(getattr(thing, "kind", "signal"))
    return "signal"


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
            if any(isinstance(a, tuple | list) for a in arguments):
                hints.append(about_several(name))
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

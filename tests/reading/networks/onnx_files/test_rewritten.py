"""Models before and after rewritings that tools make of them, some of which are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv import SymconvError
from symconv.decision.comparing.comparison import Comparison
from symconv.reading.networks import read_onnx
from symconv.reading.networks.comparing import compare_readings
from tests.oracles.onnx_models import computed, installed

onnx = installed()

POOLED = "g (double[N,1,H,W] x) => (double[N,1,P,Q] y) <int64[8] p = {0,0,0,1,0,0,0,1}>"
THREE = "g (double[N,1,3] x) => (double[N,1,Q] y) <int64[6] p = {0,0,1,0,0,1}>"
AFTER = "g (double[N,1,H] x) => (double[N,1,Q] y) <int64[6] p = {0,0,0,0,0,2}>"
FIXED = "g (double[1,1,8] x) => (double[1,1,Q] y) <double[1,1,3] k = {1,2,4}>"
CLIPPED = (
    "g (double[N] x) => (double[N] y) <double a={0}, double b={1}, double c={2}, double d={3}>"
)

WRONG = {
    # The padding of the pool, which does not count, is made one with that before it, which does.
    "pad and pool, whose padding does not count": (
        f"{POOLED} {{ t = Pad (x, p)\n"
        "y = AveragePool <kernel_shape=[1,3], pads=[0,1,0,1], count_include_pad=0> (t) }",
        f"{POOLED} {{ "
        "y = AveragePool <kernel_shape=[1,3], pads=[0,2,0,2], count_include_pad=1> (x) }",
    ),
    # A max pool pads with what is less than all numbers, and not with 0.  Dilated, as ONNX's
    # evaluator leaves out the padding of others.
    "zeros padded before a max pool": (
        f"{THREE} {{ t = Pad (x, p)\n y = MaxPool <kernel_shape=[2], dilations=[2]> (t) }}",
        f"{THREE} {{ y = MaxPool <kernel_shape=[2], dilations=[2], pads=[1,1]> (x) }}",
    ),
    # A window that begins behind the input is left out, and one that begins in zeros is not.
    "zeros padded before a pool of rounded size": (
        f"{AFTER} {{ t = Pad (x, p)\n"
        "y = AveragePool <kernel_shape=[3], strides=[2], ceil_mode=1> (t) }",
        f"{AFTER} {{ y = AveragePool "
        "<kernel_shape=[3], strides=[2], ceil_mode=1, count_include_pad=1, pads=[0,2]> (x) }",
    ),
    "paddings of SAME_UPPER without the dilation": (
        f'{FIXED} {{ y = Conv <auto_pad="SAME_UPPER", dilations=[2]> (x, k) }}',
        f"{FIXED} {{ y = Conv <pads=[1,1], dilations=[2]> (x, k) }}",
    ),
    "clips of ranges that do not meet": (
        f"{CLIPPED} {{ t = Clip (x, a, b)\n y = Clip (t, c, d) }}",
        f"{CLIPPED} {{ y = Clip (x, c, b) }}",
    ),
}


def _model(text: str) -> Any:
    return onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 13]>\n{text}')


def _compared(*texts: str) -> Comparison:
    first, second = (read_onnx(_model(text).SerializeToString()) for text in texts)
    return compare_readings(first, second)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_rewritings_are_refuted_where_they_differ(name: str) -> None:
    found = _compared(*WRONG[name])
    assert found.verdict == "refuted"
    assert found.difference is not None
    one, other = (computed(_model(text), found.difference.inputs)[0] for text in WRONG[name])
    index = found.difference.index
    if index is None:
        assert (one.shape, other.shape) == found.difference.values
    else:
        assert np.allclose((one[index], other[index]), found.difference.values)


DILATED = "g (float[N,1,H] x) => (float[N,1,Q] y)"


@pytest.mark.parametrize(
    ("pads", "strides", "verdict"),
    [
        # Of one entry there is one window, which begins at −2, and has that entry in it.
        ("2,2", 1, "proved"),
        # More is required for all sizes than is needed at H = 1, where both run.
        ("4,1", 2, "unknown"),
        # The window of one entry begins at −3, and skips it.
        ("3,1", 2, "refuted"),
    ],
)
def test_dilated_windows_that_begin_in_the_padding(pads: str, strides: int, verdict: str) -> None:
    before, after = pads.split(",")
    size, dilation = (3, 2) if verdict == "proved" else (2, 4)
    pool = f"MaxPool <kernel_shape=[{size}], dilations=[{dilation}], strides=[{strides}]"
    found = _compared(
        f"{DILATED} <int64[6] p = {{0,0,{before},0,0,{after}}}> "
        f"{{ u = Relu (x)\n t = Pad (u, p)\n y = {pool}> (t) }}",
        f"{DILATED} {{ u = Relu (x)\n y = {pool}, pads=[{pads}]> (u) }}",
    )
    assert found.verdict == verdict, str(found)


def test_a_difference_of_fixed_sizes_is_told_without_sizes() -> None:
    found = _compared(*WRONG["paddings of SAME_UPPER without the dilation"])
    assert str(found).startswith("different: the output has the shape (1, 1, 8) in one")


NORM = (
    "g (float[N,1,H] x) => (float[N,3,Q] y) <float[3] s={1.3,0.3,1.7}, float[3] b={-1.1,0.4,1.9}, "
    "float[3] m={2.1,0.7,1.6}, float[3] v={0.1,0.3,1.2}, float[3,1,1] k={-2.9,-0.35,1.2}, "
    "float[3] e={0.001,0.001,0.001}, int64[2] axes={1,2}, float[3] zero={0,0,0}>"
)
NORMAL = f"{NORM} {{ t = Conv (x, k)\n y = BatchNormalization <epsilon=0.001> (t, s, b, m, v) }}"


NORM_OF_ONE = (
    "g (float[N,1,H] x) => (float[N,1,Q] y) <float[1] s={1.3}, float[1] b={-1.1}, "
    "float[1] m={2.1}, float[1] v={0.1}, float[1,1,1] k={-2.9}, float[1] e={0.001}, "
    "int64[2] axes={1,2}, float[1] zero={0}>"
)


@pytest.mark.parametrize("norm", [NORM, NORM_OF_ONE])
@pytest.mark.parametrize(("moved", "verdict"), [("e", "agree"), ("s", "refuted")])
def test_a_batch_norm_that_is_folded_by_nodes_has_weights_that_nearly_agree(
    norm: str, moved: str, verdict: str
) -> None:
    folded = (
        f"{norm} {{ a = Add (v, {moved})\n r = Sqrt (a)\n q = Div (s, r)\n"
        "u = Unsqueeze (q, axes)\n w = Mul (k, u)\n n = Sub (zero, m)\n o = Mul (n, q)\n"
        "l = Add (o, b)\n y = Conv (x, w, l) }"
    )
    found = _compared(NORMAL.replace(NORM, norm), folded)
    assert found.verdict == verdict
    assert found.deviation < 1e-6


def test_rounding_alone_refutes_nothing() -> None:
    """Functions that are not known to be equal, behind weights that were folded."""
    text = (
        f"{NORM} {{ t = Conv (x, k)\n h = BatchNormalization <epsilon=0.001> (t, s, b, m, v)\n"
        "z = Softmax <axis=1> (h)\n y = Log (z) }"
    )
    folded = (
        f"{NORM} {{ a = Add (v, e)\n r = Sqrt (a)\n q = Div (s, r)\n u = Unsqueeze (q, axes)\n"
        "w = Mul (k, u)\n n = Sub (zero, m)\n o = Mul (n, q)\n l = Add (o, b)\n"
        "h = Conv (x, w, l)\n y = LogSoftmax <axis=1> (h) }"
    )
    assert _compared(text, folded).verdict in ("agree", "unknown")


BY_CHANNEL = (
    "g (float[N,1,H] x) => (float[N,3,Q] y) <float[3,1,1] k={-2.9,-0.35,1.2}, float e={0.001}, "
    "float one={1}, float[3,1] sc={1.3,0.3,1.7}, float[1,3,1] shift={-1.1,0.4,1.9}, "
    "float[3,1] middle={2.1,0.7,1.6}, float[3,1] spread={0.1,0.3,1.2}>"
)


@pytest.mark.parametrize(
    "nodes",
    [
        "a = Add (spread, e)\n r = Sqrt (a)\n t = Conv (x, k)\n u = Sub (t, middle)\n"
        "q = Div (u, r)\n p = Mul (q, sc)\n y = Add (p, shift)",
        "a = Add (spread, e)\n r = Sqrt (a)\n f = Div (sc, r)\n t = Conv (x, k)\n"
        "p = Mul (t, f)\n o = Mul (middle, f)\n b = Sub (shift, o)\n y = Add (p, b)",
        "a = Add (spread, e)\n r = Sqrt (a)\n i = Reciprocal (r)\n f = Mul (i, sc)\n"
        "t = Conv (x, k)\n u = Sub (t, middle)\n p = Mul (u, f)\n y = Add (p, shift)",
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_batch_norm_in_nodes_has_constants_of_any_name_and_shape(
    nodes: str, is_turned: bool
) -> None:
    texts = NORMAL, f"{BY_CHANNEL} {{ {nodes} }}"
    assert _compared(*(reversed(texts) if is_turned else texts)).verdict == "proved"
    wrong = NORMAL, f"{BY_CHANNEL} {{ {nodes} }}".replace("spread={0.1", "spread={0.2")
    assert _compared(*(reversed(wrong) if is_turned else wrong)).verdict == "refuted"


def test_what_has_no_root_is_no_variance() -> None:
    """A constant that is less than 0 somewhere: 1/√(v + e) is no number there."""
    nodes = "a = Add (shift, e)\n t = Conv (x, k)\n r = Sqrt (a)\n y = Div (t, r)"
    text = f"{BY_CHANNEL} {{ {nodes} }}"
    with pytest.raises(SymconvError, match="finite"):
        read_onnx(_model(text).SerializeToString())


def test_a_bias_has_any_shape() -> None:
    head = "g (float[N,1,H] x) => (float[N,3,Q] y) <float[3,1,1] k={1,2,3}, "
    texts = (
        f"{head} float[3] b={{1,4,9}}> {{ y = Conv (x, k, b) }}",
        f"{head} float[1,3,1] c={{1,4,9}}> {{ t = Conv (x, k)\n y = Add (t, c) }}",
    )
    assert _compared(*texts).verdict == "proved"
    assert _compared(*reversed(texts)).verdict == "proved"
    along = f"{head} float[3] c={{1,4,9}}> {{ t = Conv (x, k)\n y = Add (t, c) }}"
    assert _compared(texts[0], along).verdict == "refuted"


@pytest.mark.parametrize(("groups", "width", "made"), [(1, 4, 6), (2, 4, 6), (4, 4, 4), (3, 3, 6)])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_norm_is_folded_into_a_transposed_layer_in_groups(
    groups: int, width: int, made: int, is_turned: bool
) -> None:
    """Output channel g·b + j of group g has the kernels [i, j] of its inputs, by definition."""
    random = np.random.default_rng(groups)
    kernel = random.standard_normal((width, made // groups, 3))
    scale, shift, mean = random.standard_normal((3, made))
    variance = random.uniform(0.5, 1.5, made)
    factor = scale / np.sqrt(variance + 0.001)
    by_group = factor.reshape(groups, 1, made // groups, 1)
    folded = (kernel.reshape(groups, -1, made // groups, 3) * by_group).reshape(kernel.shape)
    head = f"g (double[N,{width},H] x) => (double[N,{made},Q] y)"
    layer = f"ConvTranspose <group={groups}, strides=[2]>"
    before = f"{head} {{ t = {layer} (x, k)\n"
    before += "y = BatchNormalization <epsilon=0.001> (t, s, b, m, v) }"
    plain = _model(before)
    _put_in(plain, k=kernel, s=scale, b=shift, m=mean, v=variance)
    other = _model(f"{head} {{ y = {layer} (x, k, b) }}")
    _put_in(other, k=folded, b=shift - mean * factor)
    wrong = _model(f"{head} {{ y = {layer} (x, k, b) }}")
    _put_in(wrong, k=folded[:, ::-1] + folded[::-1], b=shift - mean * factor)
    for after, verdict in ((other, "agree"), (wrong, "refuted")):
        pair = [read_onnx(one.SerializeToString()) for one in (plain, after)]
        assert compare_readings(*(reversed(pair) if is_turned else pair)).verdict == verdict


def _put_in(made: Any, **arrays: Any) -> None:
    for name, array in arrays.items():
        made.graph.initializer.append(onnx.numpy_helper.from_array(array, name))


SHAPED = "g (float[N,1,H,W] x) => (float[N,1,P,Q] y) <float[1,1,1,3] k = {1,2,4}, int64 two = {2}>"


def test_what_is_made_has_to_fit_where_its_shape_alone_is_read() -> None:
    """A convolution of which nothing but the shape is left takes the same sizes as before."""
    found = _compared(
        f"{SHAPED} {{ t = Conv (x, k)\n y = Sub (t, t) }}",
        f"{SHAPED} {{ t = Conv (x, k)\n s = Shape (t)\n y = ConstantOfShape (s) }}",
    )
    assert found.verdict == "proved"
    assert found.sizes == "H and N, and W from 3 on"


SMALL = "g (float[1,3,99] x) => (float[1,3,99] y) <int64[1] one = {1}>"


def test_numbers_that_are_too_small_for_doubles_refute_nothing() -> None:
    """Logarithms of what has a few digits left: of a channel that is far below the others."""
    found = _compared(
        f"{SMALL} {{ a = Exp (x)\n s = ReduceSum (a, one)\n q = Div (a, s)\n y = Log (q) }}",
        f"{SMALL} {{ y = LogSoftmax <axis=1> (x) }}",
    )
    assert found.verdict in ("agree", "proved", "unknown")


CLAMPED = (
    "g (float[N,C,H] x) => (float[N,C,H] y) <float a={-1}, float b={0}, float c={1.5}, float d={4}>"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("t = Clip (x, b, c)\n y = Clip (t, b, c)", "y = Clip (x, b, c)"),
        ("t = Clip (x, a, c)\n y = Relu (t)", "y = Clip (x, b, c)"),
        ("t = Relu (x)\n y = Clip (t, a, c)", "y = Clip (x, b, c)"),
        ("t = Clip (x, a, b)\n y = Clip (t, c, d)", "y = Clip (x, c, c)"),
        ("t = Max (x, b)\n u = Max (t, a)\n y = Min (u, d)", "t = Relu (x)\n y = Min (t, d)"),
        ("t = Min (x, c)\n y = Max (t, d)", "y = Clip (x, d, d)"),
    ],
)
def test_what_is_clipped_several_times_is_clipped_once(before: str, after: str) -> None:
    assert _compared(f"{CLAMPED} {{ {before} }}", f"{CLAMPED} {{ {after} }}").verdict == "proved"
    wrong = f"{CLAMPED} {{ {after.replace('y =', 'z =')}\n y = Neg (z) }}"
    assert _compared(f"{CLAMPED} {{ {before} }}", wrong).verdict == "refuted"


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_logarithm_of_a_softmax(channels: int) -> None:
    shaped = f"g (float[N,{channels},H] x) => (float[N,{channels},H] y) <int64[1] one = {{1}}>"
    before = f"{shaped} {{ t = Softmax <axis=1> (x)\n y = Log (t) }}"
    assert _compared(before, f"{shaped} {{ y = LogSoftmax <axis=1> (x) }}").verdict == "proved"
    if channels > 1:  # a sum of one number is none that is read as that number
        by_sums = "e = Exp (x)\n s = ReduceSum (e, one)\n l = Log (s)\n y = Sub (x, l)"
        assert _compared(before, f"{shaped} {{ {by_sums} }}").verdict == "proved"
    assert not _compared(before, f"{shaped} {{ y = LogSoftmax <axis=2> (x) }}")
    zeros = "s = Shape (x)\n y = ConstantOfShape (s)"
    assert bool(_compared(before, f"{shaped} {{ {zeros} }}")) == (channels == 1)


FLAT = (
    "g (float[N,C,H,W] x) => (float[N,C,Q] y) <int64[3] s = {0,0,-1}, int64[6] p = {0,0,2,0,0,0}>"
)


def test_products_of_sizes_that_have_to_be_positive() -> None:
    """What is repeated at the ends of an image in a row has at least one entry."""
    edge = 't = Reshape (x, s)\n y = Pad <mode="edge"> (t, p)'
    twice = 't = Reshape (x, s)\n u = Neg (t)\n z = Pad <mode="edge"> (u, p)\n y = Neg (z)'
    texts = [f"{FLAT} {{ {nodes} }}" for nodes in (edge, twice)]
    found = _compared(*texts)
    assert found.verdict == "proved"
    assert found.sizes == "C, H, N, W"


@pytest.mark.parametrize(("taps", "verdict"), [("1,5", "agree"), ("4,2", "refuted")])
def test_taps_that_read_zeros_alone_may_be_any(taps: str, verdict: str) -> None:
    """Of an image of one column, the second tap reads what is padded."""
    texts = [
        f"g (float[N,1,H,1] x) => (float[N,1,H,1] y) <float[1,1,1,2] k = {{{one}}}> "
        "{ y = Conv <pads=[0,0,0,1]> (x, k) }"
        for one in ("1,2", taps)
    ]
    assert _compared(*texts).verdict == verdict


def test_an_input_on_which_one_of_two_does_not_depend() -> None:
    """A file may be read without it; numbers of its shape are compared."""
    shaped = "g (float[2,1,3] x) => (float[2,1,3] y) <float[2,1,3] c = {0,0,0,0,0,0}>"
    texts = [
        f"{shaped} {{ {nodes} }}" for nodes in ("y = LogSoftmax <axis=1> (x)", "y = Identity (c)")
    ]
    assert _compared(*texts)
    assert _compared(*reversed(texts))
    assert _compared(texts[1], texts[0].replace("axis=1", "axis=2")).verdict == "refuted"

"""Layers of tensors that have no meaning: what PyTorch refuses is refused, with what fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sympy import Eq

import symconv
from symconv import Claim, Proved, integers
from tests.oracles.layers_by_torch import installed
from tests.whole.test_bad_input import Call, check, refused

# Much of the bad input is ill-typed on purpose, so the types are left out here.
Tensor: Any = symconv.Tensor

C, D, H, W = integers("C D H W", positive=True)


@dataclass(frozen=True)
class Bad:
    """The layer, the shapes of its tensors, its other arguments, and what is said of them."""

    message: str
    layer: str
    shapes: tuple[tuple[int, ...], ...]
    arguments: dict[str, Any]


def bad(message: str, layer: str, *shapes: tuple[int, ...], **arguments: Any) -> Bad:
    return Bad(message, layer, shapes, arguments)


X, ROWS, WEIGHT = (4, 6, 6), (4, 6), (4, 4, 3, 3)


def conv(message: str, weight: tuple[int, ...] = WEIGHT, **arguments: Any) -> Bad:
    return bad(message, "conv", X, weight, **arguments)


def transposed(message: str, weight: tuple[int, ...] = WEIGHT, **arguments: Any) -> Bad:
    return bad(message, "conv_transpose", X, weight, **arguments)


def pool(message: str, size: tuple[int, ...] = (2, 2), **arguments: Any) -> Bad:
    return bad(message, "avg_pool", X, size=size, **arguments)


BAD = {
    "channels": conv("x has 4 channels along axis 0, and the kernel w reads 3", (4, 3, 3, 3)),
    "channels of groups": conv("reads 4 for each of 2 groups", groups=2),
    "groups of features": conv(
        "3 output channels .* 2 groups do not divide", (3, 2, 3, 3), groups=2
    ),
    "groups of channels": conv("x has 4 channels", (3, 1, 3, 3), groups=3),
    "no groups": conv("the number of groups of x must be a positive integer, got 0", groups=0),
    "no stride": conv("the stride of x must be a positive integer, got 0", stride=0),
    "no stride in one axis": conv("the stride of x must be a positive integer", stride=(1, 0)),
    "too many strides": conv("one for each of the 2 axes, got", stride=(1, 1, 1)),
    "a stride that is not whole": conv("must be an integer", stride=1.5),
    "no dilation": conv("the dilation of x must be a positive integer, got 0", dilation=0),
    "too many paddings": conv("one or a pair for each of the 2 axes", padding=(1, 1, 1)),
    "another word for a padding": conv("'valid' or 'same', got 'full'", padding="full"),
    "same with a stride": conv(
        "padding='same' is for layers of stride 1", padding="same", stride=2
    ),
    "no kernel": conv(r"x.conv\(w\) takes a kernel of the shape \(O, C, …\)", (4, 4)),
    "an empty kernel": conv("the kernel w is empty", (4, 4, 0, 3)),
    "bias": bad("4 and 3", "conv", X, WEIGHT, (3,)),
    "a bias for all": bad(r"b is one number, .* write b.expand\(\(4,\)\)", "conv", X, WEIGHT, (1,)),
    "a bias of two axes": bad("has 2 axes", "conv", X, WEIGHT, (4, 1)),
    "axes of a kernel": bad("w has 4 axes", "conv", (6, 6), (4, 4, 3, 3)),
    "axes of an image": bad("x has 5", "conv", (1, 1, 4, 6, 6), (4, 4, 3, 3)),
    "channels of a transposed layer": transposed("the kernel w .* takes 3", (3, 4, 3, 3)),
    "groups of a transposed layer": transposed("which 3 groups do not divide", groups=3),
    "no groups of a transposed layer": transposed("the number of groups", groups=0),
    "no stride of a transposed layer": transposed("the stride of x", stride=0),
    "bias of a transposed layer": bad("4 and 3", "conv_transpose", X, WEIGHT, (3,)),
    "output paddings": transposed("one for each of the 2 axes", output_padding=(1, 1, 1)),
    "an empty pool": pool("the size of an average pool of x must be a positive", (0, 2)),
    "no stride of a pool": pool("the stride of x must be a positive integer", stride=0),
    "strides of a pool": pool("one for each of the 2 axes", stride=(1, 1, 1)),
    "paddings of a pool": pool("one or a pair for each of the 2 axes", padding=(1, 1, 1)),
    "no divisor": pool("divisor_override must be a number other than 0", divisor_override=0),
    "columns": bad("of size 6, and axis 1 of w, of size 5", "linear", ROWS, (2, 5)),
    "axes of a matrix": bad("takes a matrix", "linear", ROWS, (2, 6, 1)),
    "bias of a matrix": bad("2 and 6", "linear", ROWS, (2, 6), (6,)),
    "means": bad("6 and 5", "batch_norm", ROWS, (5,), (6,)),
    "deviations": bad("6 and 5", "batch_norm", ROWS, (6,), (5,)),
    "one deviation": bad("b is one number", "batch_norm", ROWS, (6,), (1,)),
    "factors": bad("6 and 4", "batch_norm", ROWS, (6,), (6,), (4,)),
    "channels of pixels": bad("size 4, and 9 does not divide that", "pixel_shuffle", X, factor=3),
    "no pixels": bad("must be a positive", "pixel_shuffle", X, factor=0),
    "pixels of rows": bad("x has 2 axes", "pixel_shuffle", ROWS, factor=2),
    "squares": bad("size 6, and 4 does not divide that", "pixel_unshuffle", X, factor=4),
    "no squares": bad("must be a positive", "pixel_unshuffle", X, factor=0),
    "no stride of windows": bad("the stride of x", "unfold", X, size=(2, 2), stride=0),
    "windows of a row": bad("x has 1 axes", "unfold", (3,), size=(2, 2)),
    "rows that are folded": bad(
        "size 5, and 4 does not divide that", "fold", (5, 4), output_size=(3, 3), size=(2, 2)
    ),
    "columns that are folded": bad(
        "size 5, and 2 does not divide that", "fold", (4, 5), output_size=(3, 3), size=(2, 2)
    ),
    "windows larger than what is folded": bad(
        "splits into .* of sizes 0, 0", "fold", (4, 1), output_size=(1, 1), size=(2, 2)
    ),
}

NAMES = "xwbc"


@pytest.mark.parametrize("name", BAD)
def test_bad_layers(name: str) -> None:
    case = BAD[name]
    x, *others = (Tensor(*pair) for pair in zip(NAMES, case.shapes, strict=False))
    check(lambda: getattr(x, case.layer)(*others, **case.arguments), case.message)


PYTORCH: dict[str, tuple[str, dict[str, str]]] = {
    "conv": ("conv2d", {}),
    "conv_transpose": ("conv_transpose2d", {}),
    "avg_pool": ("avg_pool2d", {"size": "kernel_size"}),
    "adaptive_avg_pool": ("adaptive_avg_pool2d", {}),
    "unfold": ("unfold", {"size": "kernel_size"}),
    "fold": ("fold", {"size": "kernel_size"}),
    "pixel_shuffle": ("pixel_shuffle", {"factor": "upscale_factor"}),
    "pixel_unshuffle": ("pixel_unshuffle", {"factor": "downscale_factor"}),
}
"""PyTorch's functions, where they have another name or other names of arguments."""


def by_pytorch(case: Bad) -> Any:
    torch = installed()
    x, *others = (torch.zeros(shape, dtype=torch.float64) for shape in case.shapes)
    function, names = PYTORCH.get(case.layer, (case.layer, {}))
    arguments = {names.get(name, name): value for name, value in case.arguments.items()}
    if case.layer == "batch_norm":
        arguments = dict(zip(("weight", "bias"), others[2:], strict=False))
        others = others[:2]
    return getattr(torch.nn.functional, function)(x, *others, **arguments)


@pytest.mark.parametrize("name", BAD)
def test_pytorch_refuses_them(name: str) -> None:
    with pytest.raises((RuntimeError, ValueError, TypeError, IndexError)):
        by_pytorch(BAD[name])


GOOD = [
    conv("", (4, 2, 3, 3), stride=1, padding="same", dilation=2, groups=2),
    bad("", "conv", X, WEIGHT, (4,)),
    transposed("", (4, 4, 3, 3), stride=2, output_padding=1, groups=2),
    bad("", "conv_transpose", X, WEIGHT, (4,)),
    pool("", stride=1, padding=1, divisor_override=3),
    bad("", "adaptive_avg_pool", X, output_size=(3, None)),
    bad("", "linear", ROWS, (2, 6), (2,)),
    bad("", "batch_norm", ROWS, (6,), (6,), (6,), (6,)),
    bad("", "pixel_shuffle", X, factor=2),
    bad("", "pixel_unshuffle", X, factor=2),
    bad("", "unfold", X, size=(2, 2), stride=1),
    bad("", "fold", (4, 4), output_size=(3, 3), size=(2, 2)),
]
"""What differs from the bad ones only where these are bad."""


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.layer)
def test_good_layers(case: Bad) -> None:
    x, *others = (Tensor(*pair) for pair in zip(NAMES, case.shapes, strict=False))
    layer = getattr(x, case.layer)(*others, **case.arguments)
    assert isinstance(Claim(layer, 1 * layer).prove(), Proved)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.layer)
def test_pytorch_takes_good_layers(case: Bad) -> None:
    x, *others = (Tensor(*pair) for pair in zip(NAMES, case.shapes, strict=False))
    layer = getattr(x, case.layer)(*others, **case.arguments)
    assert layer.shape == tuple(by_pytorch(case).shape)


# --- where PyTorch has no such thing -----------------------------------------------------

x, w = Tensor("x", (C, H, W)), Tensor("w", (2, D, 3, 3))


@refused(
    (lambda: x.conv(Tensor("w", (2, C, 3, 3)), padding_mode="mirror"), "write 'reflect'"),
    (lambda: x.conv(Tensor("w", (2, C, 3, 3)), padding="SAME"), r"x\.pad_same"),
    (lambda: x.conv(3), r"x\.conv\(w\) takes a signal, got 3"),
    (lambda: x.avg_pool(2), r"may be \(N, C, L\) or \(C, H, W\)"),
    (lambda: x.avg_pool((C, 2), ceil_mode=True), "must be a number from 1 to 64, got C"),
    (lambda: x.avg_pool((2, 2), divisor_override=0), "must be a number other than 0, got 0"),
    (lambda: x.avg_pool((2, 2), divisor_override=-C), "has to be positive, got -C"),
    (lambda: x.adaptive_avg_pool((C + 1, 1)), "is not written as a multiple of C \\+ 1"),
    (lambda: x.adaptive_avg_pool((65, 1)), "must be a number from 1 to 64, got 65"),
    (lambda: x.adaptive_avg_pool((0, 1)), "the output size of x must be a positive integer"),
    (lambda: x.adaptive_avg_pool(1), r"may be \(N, C, L\) or \(C, H, W\)"),
    (lambda: x.upsample((2, 2, 2, 2)), "4 sizes are for 4 to 6 axes"),
    (lambda: x.upsample((0, 2)), "the factor of x must be a positive integer"),
    (lambda: x.pad_same((0, 2)), "must be a positive integer, got 0"),
    (lambda: x.pad_same((2, 2), stride=(1, 1, 1)), "one for each of the 2 axes"),
)
def test_bad_calls(call: Call, message: str) -> None:
    check(call, message)


def claims(layer: Any) -> Call:
    return lambda: Claim(layer, layer).prove()


@refused(
    (claims(x.conv(w)), "C channels along axis 0, and the kernel w reads D .* C == D"),
    (claims(x.conv(Tensor("w", (D, C, 3, 3)), Tensor("b", (H,)))), "D .* H"),
    (claims(x.conv_transpose(Tensor("w", (D, 2, 3, 3)))), "C == D"),
    (claims(x.linear(Tensor("w", (2, D)))), "W == D"),
    (claims(x.pixel_shuffle(2)), r"Eq\(Mod\(C, 4\), 0\)"),
    (claims(x.pixel_unshuffle(2)), r"Eq\(Mod\(H, 2\), 0\)"),
    (claims(x.pad(H, H, "reflect", axis=1)), "needs more entries than x could have"),
)
def test_sizes_that_could_fit_need_a_hypothesis(call: Call, message: str) -> None:
    check(call, message)


def test_sizes_that_fit_by_a_hypothesis() -> None:
    assert isinstance(Claim(x.conv(w), 1 * x.conv(w), given=[Eq(C, D)]).prove(), Proved)


def test_data_that_do_not_fit() -> None:
    data = {"x": np.zeros((2, 4, 4), dtype=int), "w": np.zeros((2, 3, 3, 3), dtype=int)}
    check(lambda: x.conv(w).evaluate(**data), "C|channels")
    wide = Tensor("x", X).conv(Tensor("w", WEIGHT), padding=6, padding_mode="reflect")
    zeros = {"x": np.zeros(X, dtype=int), "w": np.zeros(WEIGHT, dtype=int)}
    check(lambda: wide.evaluate(**zeros), "more than there are")


def test_a_kernel_larger_than_the_input_has_no_output() -> None:
    # PyTorch refuses it; symconv's layers have max(0, …) outputs, as in one axis.
    layer = Tensor("x", X).conv(Tensor("w", (4, 4, 7, 3)), stride=3)
    assert layer.shape == (4, 0, 2)
    assert Tensor("x", X).avg_pool((7, 2)).shape == (4, 0, 3)
    assert Tensor("x", X).unfold((7, 2)).shape == (56, 0)

"""Small networks as ONNX files and as code of PyTorch, the same or with a mistake in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

_RANDOM = np.random.default_rng(0)
KERNEL = _RANDOM.normal(size=(4, 3, 3, 3)).astype(np.float32)
SCALE, VARIANCE = (_RANDOM.uniform(0.5, 2, 4).astype(np.float32) for _ in range(2))
SHIFT, MEAN = (_RANDOM.normal(size=4).astype(np.float32) for _ in range(2))
FACTOR = SCALE / np.sqrt(VARIANCE + 1e-5)
FREE = ("N", 3, "H", "W")

CODE = """
import numpy as np
import torch
from torch import nn

print("imported")


class Net(nn.Module):
    def __init__(self, arrays="arrays.npz"):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(4)
        held = {name: torch.from_numpy(one) for name, one in np.load(arrays).items()}
        self.conv.weight.data = held["kernel"]
        self.bn.weight.data, self.bn.bias.data = held["scale"], held["shift"]
        self.bn.running_mean, self.bn.running_var = held["mean"], held["variance"]

    def forward(self, image):
        print("running")
        return torch.relu(self.bn(self.conv(image)))


class Labelled(Net):
    def forward(self, image):
        return {"out": super().forward(image) + 1}


class Less(nn.Module):
    def forward(self, a, b):
        return a - 2 * b


class Turned(nn.Module):
    def forward(self, b, a):
        return a - 2 * b


class Sized(nn.Module):
    def __init__(self, channels):
        super().__init__()


def failing():
    raise RuntimeError("no such weights")


net = Net()
number = 3
"""


def write_file(
    path: Path,
    nodes: Sequence[Any],
    inputs: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
) -> None:
    """A network in single precision, in operators that all evaluators know."""
    import onnx
    from onnx import helper, numpy_helper

    real = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, real, shape) for name, shape in inputs.items()],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(np.asarray(one), name) for name, one in constants.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)


def unfolded(path: Path, shape: Sequence[Any] = FREE) -> None:
    """Pad, Conv, BatchNormalization and Relu, of the input x."""
    from onnx import helper

    node = helper.make_node
    nodes = [
        node("Pad", ["x", "amounts"], ["padded"], name="pad"),
        node("Conv", ["padded", "kernel"], ["made"], name="conv"),
        node(
            "BatchNormalization", ["made", "scale", "shift", "mean", "variance"], ["n"], name="bn"
        ),
        node("Relu", ["n"], ["y"], name="relu"),
    ]
    amounts = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    held = {"kernel": KERNEL, "scale": SCALE, "shift": SHIFT, "mean": MEAN, "variance": VARIANCE}
    write_file(path, nodes, {"x": shape}, {"amounts": amounts, **held})


def folded(
    path: Path, mean: Any = MEAN, shape: Sequence[Any] = ("batch", 3, "height", "width")
) -> None:
    """The same as one Conv and Relu, of the input input.1; another mean is a mistake."""
    from onnx import helper

    nodes = [
        helper.make_node("Conv", ["input.1", "k", "b"], ["made"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["made"], ["y"], name="relu"),
    ]
    held = {"k": KERNEL * FACTOR[:, None, None, None], "b": SHIFT - mean * FACTOR}
    write_file(path, nodes, {"input.1": shape}, held)


def less(path: Path, names: Sequence[str] = ("a", "b"), by: float = 2.0) -> None:
    """Of two inputs, the first less a multiple of the second; the file names them in order."""
    from onnx import helper

    nodes = [
        helper.make_node("Mul", ["b", "two"], ["more"]),
        helper.make_node("Sub", ["a", "more"], ["y"]),
    ]
    write_file(path, nodes, dict.fromkeys(names, ("N",)), {"two": np.float32(by)})


def padded(path: Path, *amounts: int) -> None:
    """Zeros put around a signal, several times, and Relu."""
    from onnx import helper

    names = ["x", *(f"padded{number}" for number in range(len(amounts)))]
    nodes = [
        helper.make_node("Pad", [before, f"by{number}"], [after], name=f"pad{number}")
        for number, (before, after) in enumerate(pairwise(names))
    ]
    nodes.append(helper.make_node("Relu", names[-1:], ["y"], name="relu"))
    held = {f"by{number}": np.array([one, one]) for number, one in enumerate(amounts)}
    write_file(path, nodes, {"x": ("n",)}, held)


def code(folder: Path, name: str = "nets.py") -> None:
    """Modules of PyTorch: see `CODE`."""
    (folder / name).write_text(CODE, encoding="utf-8")
    np.savez(
        folder / "arrays.npz", kernel=KERNEL, scale=SCALE, shift=SHIFT, mean=MEAN, variance=VARIANCE
    )

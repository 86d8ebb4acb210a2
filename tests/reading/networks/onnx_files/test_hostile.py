"""Files that are broken, or made to do harm: an error that says where, and nothing besides."""

from __future__ import annotations

import random
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symconv.errors import SymconvError
from symconv.reading.networks import read_onnx
from tests.oracles.onnx_models import installed, model, node, read_model

onnx = installed()

SHAPE = ("N", 3, "H", "W")


def good() -> Any:
    kernel = np.arange(27.0).reshape(1, 3, 3, 3).astype(np.float32)
    return model([node("Conv", "x w")], {"x": SHAPE}, {"w": kernel})


def refused(made: Any, reason: str, **arguments: Any) -> None:
    """Check that it is an error, for which little memory is needed."""
    content = made if isinstance(made, bytes) else made.SerializeToString()
    tracemalloc.start()
    try:
        with pytest.raises(SymconvError, match=reason):
            read_onnx(content, **arguments)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(SymconvError, match="cannot be read"):
            read_onnx(path)
    with pytest.raises(SymconvError, match="expected the path"):
        read_onnx(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"", b"no file", b"\x08\x08", b"\xff" * 1000, b"PK\x03\x04"])
def test_something_else(content: bytes) -> None:
    refused(content, "no ONNX file")


def test_parts_and_damage() -> None:
    whole = good().SerializeToString()
    chooser = random.Random(7)
    for end in range(0, len(whole), 5):
        _read_or_refused(whole[:end])
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chooser.randint(1, 4)):
            damaged[chooser.randrange(len(damaged))] = chooser.randrange(256)
        _read_or_refused(bytes(damaged))


def _read_or_refused(content: bytes) -> None:
    with suppress(SymconvError):
        read_onnx(content)


def test_more_entries_than_there_are() -> None:
    made = good()
    made.graph.initializer[0].dims[:] = [10**6, 10**6, 3, 3]
    refused(made, "the array w of the shape .* needs 36000000000000 bytes, and there are 108")
    made.graph.initializer[0].dims[:] = [2**62, 2**62, 2**62]
    refused(made, "needs")
    made.graph.initializer[0].dims[:] = [-1, 27]
    refused(made, "negative size")
    listed = onnx.TensorProto(name="w", dims=[5], data_type=1, float_data=[1.0])
    made.graph.initializer[0].CopyFrom(listed)
    refused(made, "needs 5 entries, and has 1")


def test_large_things_are_not_made() -> None:
    shape = np.array([10**12], np.int64)
    made = [node("ConstantOfShape", "s", "z", value=onnx.numpy_helper.from_array(np.array([1])))]
    refused(model([*made, node("Add", "x z")], {"x": SHAPE}, {"s": shape}), "at most")
    for operator in ("Expand", "Tile"):
        nodes = [node(operator, "i s", "z"), node("Reshape", "x z")]
        given = {"s": shape, "i": np.array([1])}
        refused(model(nodes, {"x": SHAPE}, given), "would compute 1000000000000 entries")
    ends = {"a": np.array(0), "b": np.array(10**12), "c": np.array(1)}
    nodes = [node("Range", "a b c", "z"), node("Reshape", "x z")]
    refused(model(nodes, {"x": SHAPE}, ends), "would compute 1000000000001 entries")
    wide = {"a": np.zeros((10**5, 1), np.int64), "b": np.zeros((1, 10**5), np.int64)}
    nodes = [node("Add", "a b", "z"), node("Reshape", "x z")]
    refused(model(nodes, {"x": SHAPE}, wide), "would compute 10000000000 entries")
    # Of real numbers it is a tensor, which takes no memory.
    reading = read_model(
        model([node("ConstantOfShape", "s", "z"), node("Add", "x z")], {"x": ("L",)}, {"s": shape})
    )
    assert str(reading.output.shape) == "(L,)"


def test_circles_and_names() -> None:
    circle = [node("Relu", "b", "a"), node("Relu", "a", "b"), node("Add", "x a")]
    refused(model(circle, {"x": SHAPE}, {}), r"Relu_a \(Relu\) takes 'b', .* in a circle")
    refused(model([node("Relu", "z")], {"x": SHAPE}, {}), "nothing in the graph is called")
    refused(model([node("Relu", "x", "x")], {"x": SHAPE}, {}), "something else is called")
    twice = [node("Relu", "x"), node("Neg", "x")]
    refused(model(twice, {"x": SHAPE}, {}), r"Neg_y \(Neg\) makes 'y'")
    made = good()
    made.graph.initializer.append(made.graph.initializer[0])
    refused(made, "two constants w")
    made = good()
    made.graph.input.append(made.graph.input[0])
    refused(made, "two inputs x")
    made = good()
    made.graph.output[0].name = "else"
    refused(made, "nothing makes the output 'else'")
    made = good()
    made.graph.node[0].attribute.extend([onnx.helper.make_attribute("group", 1)] * 2)
    refused(made, "two attributes group")


def test_operators_and_versions() -> None:
    refused(model([node("Fold", "x")], {"x": SHAPE}, {}), "no operator in opset")
    foreign = node("Relu", "x", domain="com.microsoft")
    refused(model([foreign], {"x": SHAPE}, {}), "'com.microsoft', which is not imported")
    imports = [onnx.helper.make_opsetid("com.microsoft", 1)]
    refused(model([foreign], {"x": SHAPE}, {}, opset_imports=imports), "no operator of the domain")
    refused(model([node("Relu", "x")], {"x": SHAPE}, {}, opset=8), "from 9 on")
    refused(model([node("Relu", "x")], {"x": SHAPE}, {}, opset=1000), "--upgrade onnx")
    old = node("Upsample", "x s", mode="nearest")
    refused(model([old], {"x": SHAPE}, {"s": np.ones(4, np.float32)}, opset=10), "any more")
    made = good()
    made.opset_import.append(onnx.helper.make_opsetid("ai.onnx", 9))
    refused(made, "two versions")
    refused(model([node("Relu", "x x")], {"x": SHAPE}, {}), "takes 1 to 1 inputs")
    refused(model([node("Relu", "x", alpha=1.0)], {"x": SHAPE}, {}), "no attribute 'alpha'")
    refused(model([node("LeakyRelu", "x", alpha=1)], {"x": SHAPE}, {}), "of the kind INT")
    refused(model([node("Concat", "x x")], {"x": SHAPE}, {}), "axis is missing")


def test_kinds_of_numbers() -> None:
    made = good()
    made.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.INT64
    refused(made, "the input x has entries of the kind INT64")
    made.graph.input[0].type.tensor_type.elem_type = 200
    refused(made, "of an unknown kind, 200")
    made = good()
    made.graph.initializer[0].data_type = onnx.TensorProto.STRING
    refused(made, "the array w has entries of the kind STRING")
    made.graph.initializer[0].data_type = 99
    refused(made, "of the kind 99")
    refused(model([node("Conv", "x w")], {"x": SHAPE}, {"w": np.ones((1, 3, 3, 3), int)}), "INT64")
    for wrong in (np.nan, np.inf, -np.inf):
        kernel = np.full((1, 3, 1, 1), 1.0)
        kernel[0, 1] = wrong
        refused(model([node("Conv", "x w")], {"x": SHAPE}, {"w": kernel}), "w has numbers that are")
        refused(model([node("Add", "x c")], {"x": SHAPE}, {"c": np.array(wrong)}), "finite")
    made = good()
    sparse = onnx.helper.make_sparse_tensor(
        onnx.helper.make_tensor("s", 1, [1], [1.0]), onnx.helper.make_tensor("i", 7, [1], [0]), [5]
    )
    made.graph.sparse_initializer.append(sparse)
    refused(made, "sparse")
    made = good()
    made.graph.input[0].type.tensor_type.shape.dim[1].dim_value = -3
    refused(made, "negative size, -3")
    refused(model([node("Relu", "x")], {"x": None}, {}), "no shape of the input x")
    sequence = onnx.helper.make_tensor_sequence_value_info("x", 1, None)
    made = good()
    made.graph.input[0].CopyFrom(sequence)
    refused(made, "no tensor, but sequence_type")


def test_functions_within_functions() -> None:
    def function(name: str, *inner: str) -> Any:
        nodes = [
            node(one, "a" if i == 0 else f"t{i - 1}", f"t{i}", domain="own")
            for i, one in enumerate(inner)
        ]
        last = f"t{len(inner) - 1}" if inner else "a"
        nodes.append(node("Relu", last, "b"))
        imports = [onnx.helper.make_opsetid("", 20), onnx.helper.make_opsetid("own", 1)]
        return onnx.helper.make_function("own", name, ["a"], ["b"], nodes, imports)

    def called(functions: list[Any]) -> Any:
        imports = [onnx.helper.make_opsetid("own", 1)]
        first = node("F0", "x", domain="own")
        return model([first], {"x": SHAPE}, {}, functions=functions, opset_imports=imports)

    assert str(read_model(called([function("F0")])).output) == "x.relu()"
    refused(called([function("F0", "F0")]), "calls itself")
    doubled = [function(f"F{i}", f"F{i + 1}", f"F{i + 1}") for i in range(16)]
    refused(called([*doubled, function("F16")]), "more than 30000 nodes")
    refused(called([function("F0"), function("F0")]), "F0 is defined twice")
    one = function("F0")
    one.overload = "second"
    refused(called([one]), "one of several of that name")


# --- arrays in other files -----------------------------------------------------------


def beside(folder: Path, location: str, **others: Any) -> Path:
    """A file whose kernel lies elsewhere."""
    made = good()
    kernel = made.graph.initializer[0]
    kernel.ClearField("raw_data")
    kernel.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": location, **others}.items():
        kernel.external_data.add(key=key, value=str(value))
    path = folder / "net.onnx"
    path.write_bytes(made.SerializeToString())
    return path


def test_arrays_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    numbers = np.arange(27, dtype=np.float32)
    (tmp_path / "data" / "w.bin").write_bytes(b"12345678" + numbers.tobytes())
    reading = read_onnx(beside(tmp_path, "data/w.bin", offset=8, length=108))
    assert np.array_equal(reading.weights["w"].values.reshape(-1), numbers)
    for location, others, reason in (
        ("data/w.bin", {"offset": 9}, "there are 116"),
        ("data/w.bin", {"offset": 8, "length": 100}, "needs 108 bytes"),
        ("data/w.bin", {"offset": -1}, "needs"),
        ("data/w.bin", {"offset": "far"}, "integers"),
        ("data/none", {}, "no such file"),
        ("data", {}, "no such file"),
        ("", {}, "only files in the folder"),
    ):
        with pytest.raises(SymconvError, match=reason):
            read_onnx(beside(tmp_path, location, **others))


def test_nothing_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(108))
    for location in (
        *("../secret", str(secret), "a/../../secret", "..\\secret", "C:\\secret", "//host/secret"),
        "secret\0",
    ):
        with pytest.raises(SymconvError, match="only files in the folder"):
            read_onnx(beside(inner, location))
    (inner / "link").symlink_to(secret)
    (inner / "folder").symlink_to(tmp_path)
    for location in ("link", "folder/secret"):
        with pytest.raises(SymconvError, match="links are not followed"):
            read_onnx(beside(inner, location))
    content = beside(inner, "w.bin").read_bytes()
    with pytest.raises(SymconvError, match="not known where that is"):
        read_onnx(content)


def test_the_memory_that_a_large_file_takes(tmp_path: Path) -> None:
    size = 4_000_000
    weights = {f"w{i}": np.ones((size // 4000, 1000), np.float32) for i in range(4)}
    nodes = [node("MatMul", f"t{i} w{i}", f"t{i + 1}") for i in range(4)]
    made = model(nodes, {"t0": ("N", 1000)}, weights, outputs=("t4",))
    path = tmp_path / "net.onnx"
    path.write_bytes(made.SerializeToString())
    del made, weights
    length = path.stat().st_size
    tracemalloc.start()
    reading = read_onnx(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * length
    assert reading.weights["w3"].values.shape == (1000, 1000)

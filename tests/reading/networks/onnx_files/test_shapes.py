"""Shapes that nodes calculate, sizes that are symbols, and what stands for arrays."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Eq

from symconv import Claim, integers
from symconv.decision.verdicts import Proved
from symconv.errors import SymconvError
from symconv.reading.networks import read_onnx
from symconv.reading.networks.comparing import compare_readings
from tests.oracles.onnx_models import agree, installed, model, node, read_model, values

onnx = installed()

IMAGES = ("N", 4, "H", "W")
SIZES = ({"N": 1, "H": 6, "W": 4}, {"N": 3, "H": 2, "W": 8})


def ints(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


CONSTANTS = {
    "0": np.array(0),
    "1": np.array(1),
    "2": np.array(2),
    "a0": ints(0),
    "a2": ints(2),
    "a4": ints(4),
    "rest": ints(-1),
    "far": ints(2**63 - 1),
    "half": np.array(0.5, np.float32),
    "two": np.array([2.0, 2.0], np.float32),
}

CHAINS = {
    "flattened by its own shape": [
        node("Shape", "x", "s"),
        node("Gather", "s 0", "n"),
        node("Unsqueeze", "n a0", "m"),
        node("Concat", "m rest", "t", axis=0),
        node("Reshape", "x t"),
    ],
    "merged sizes": [
        node("Shape", "x", "s"),
        node("Slice", "s a2 far", "hw"),
        node("ReduceProd", "hw", "p", keepdims=1),
        node("Slice", "s a0 a2", "nc"),
        node("Concat", "nc p", "t", axis=0),
        node("Reshape", "x t"),
    ],
    "twice as large": [
        node("Shape", "x", "s", start=2),
        node("Cast", "s", "f", to=1),
        node("Mul", "f two", "g"),
        node("Floor", "g", "h"),
        node("Cast", "h", "i", to=7),
        node("Shape", "x", "nc", end=2),
        node("Concat", "nc i", "t", axis=0),
        node(
            "Resize", "x - - t", coordinate_transformation_mode="asymmetric", nearest_mode="floor"
        ),
    ],
    "the first half": [
        node("Shape", "x", "s"),
        node("Gather", "s 2", "n"),
        node("Div", "n 2", "m"),
        node("Unsqueeze", "m a0", "e"),
        node("Slice", "x a0 e a2"),
    ],
    "a mean by hand": [
        node("ReduceSum", "x a2", "z"),
        node("Shape", "x", "s"),
        node("Gather", "s 2", "n"),
        node("Cast", "n", "f", to=11),
        node("Div", "z f"),
    ],
    "zeros of a shape": [
        node("Shape", "x", "s"),
        node("ConstantOfShape", "s", "z", value=onnx.helper.make_tensor("v", 11, [1], [1.5])),
        node("Add", "x z"),
    ],
    "a shape compared": [
        node("Shape", "x", "s", start=1, end=2),
        node("Equal", "s a4", "e"),
        node("Where", "e a2 rest", "t"),
        node("Concat", "a0 t rest", "u", axis=0),
        node("Reshape", "x u"),
    ],
    "positions from the end": [
        node("Shape", "x", "s"),
        node("Gather", "s 1", "n"),
        node("Sub", "n 1", "m"),
        node("Gather", "x m", axis=1),
    ],
    "how many entries": [
        node("Size", "x", "n"),
        node("Cast", "n", "f", to=11),
        node("ReduceSum", "x", "z", keepdims=0),
        node("Div", "z f"),
    ],
}


@pytest.mark.parametrize("name", CHAINS)
def test_shapes_are_calculated(name: str) -> None:
    agree(CHAINS[name], IMAGES, CONSTANTS, SIZES)


def test_sizes_that_are_asked_for_need_a_hypothesis() -> None:
    nodes = [
        node("Shape", "x", "s", start=2, end=3),
        node("Greater", "s a4", "e"),
        node("Where", "e a2 rest", "t"),
        node("Concat", "a0 t rest", "u", axis=0),
        node("Reshape", "x u"),
    ]
    made = model(nodes, {"x": IMAGES}, CONSTANTS)
    with pytest.raises(SymconvError, match=r"Greater_e \(Greater\): .* add the hypothesis H > 4"):
        read_model(made)
    height = integers("H", positive=True)
    assert str(read_model(made, given=[height > 4]).output.shape) == "(N, 2, 2*H*W)"


def test_sizes_of_inputs() -> None:
    made = model([node("Relu", "x")], {"x": ("batch size", 3, None, 7)}, {})
    assert str(read_model(made).output.shape) == "(batch_size, 3, x_2, 7)"
    free = read_model(made, inputs={"x": ("N", "C", "H", "W")})
    assert str(free.output.shape) == "(N, C, H, W)"
    height = integers("H", positive=True)
    fixed = read_model(made, inputs={"x": ("N", 3, "H", "H")}, given=Eq(height, 5))
    assert str(fixed.output.shape) == "(N, 3, 5, 5)"
    for wrong, reason in (
        ({"z": ("N",)}, "'z' is no input; these are x"),
        ({"x": ("N", 3)}, "has 4 axes in the file, and 2"),
        ({"x": "N"}, "is a tuple"),
        ({"x": ("N", 3, "H W", 2)}, "a size is"),
    ):
        with pytest.raises(SymconvError, match=reason):
            read_model(made, inputs=wrong)


def test_a_size_and_an_input_of_one_name() -> None:
    reading = read_model(model([node("Relu", "N")], {"N": ("N",)}, {}))
    assert [tensor.name for tensor in reading.inputs] == ["N_2"]
    assert reading.output.shape == reading.inputs[0].shape


def test_outputs_that_are_asked_for() -> None:
    nodes = [node("Relu", "x", "y"), node("LSTM", "x x x", "z")]
    made = model(nodes, {"x": ("N", 2, 3)}, {}, outputs=("y", "z"))
    with pytest.raises(SymconvError, match=r"LSTM_z \(LSTM\): is not read"):
        read_model(made)
    assert str(read_model(made, outputs=["y"]).output) == "x.relu()"
    with pytest.raises(SymconvError, match="'w' is no output; these are y, z"):
        read_model(made, outputs=["w"])


# --- arrays --------------------------------------------------------------------------


def test_weights_by_name() -> None:
    w = np.arange(6.0).reshape(2, 3)
    nodes = [
        node("Transpose", "layer.w", "t"),
        node("MatMul", "x layer.w", "z"),
        node("MatMul", "z t"),
    ]
    reading = read_model(model(nodes, {"x": ("N", 2)}, {"layer.w": w}))
    assert list(reading.weights) == ["layer_w"]
    weight = reading.weights["layer_w"]
    assert (weight.origin, weight.values.tolist()) == ("layer.w", w.tolist())
    # The transposed one is no weight of its own, so that the product is symmetric for all weights.
    (found,) = values(reading, {"x": np.eye(2)}, {"N": 2})
    assert np.allclose(found, w @ w.T)


def test_numbers_are_what_was_meant() -> None:
    one = np.array(np.float32(0.1))
    nodes = [node("Mul", "x c", "z"), node("Add", "z d")]
    reading = read_model(model(nodes, {"x": ("N",)}, {"c": one, "d": np.array(np.float32(1) / 6)}))
    assert not reading.weights
    assert reading.output.evaluate(x=[1])[0] * 60 == 16


def test_a_batch_norm_has_the_deviation_of_its_own() -> None:
    given = {f"bn.{name}": np.full(3, 2.0) for name in ("w", "b", "mean", "running_var")}
    made = node("BatchNormalization", "x bn.w bn.b bn.mean bn.running_var", epsilon=0.25)
    reading = read_model(model([made], {"x": ("N", 3, "L")}, given))
    assert np.allclose(reading.weights["bn_inverse_deviation"].values, 1 / 1.5)
    assert "bn_running_var" not in reading.weights


NORM = ("bn.w", "bn.b", "bn.mean", "bn.running_var")


def norm_by_nodes(*quotient: Any) -> Any:
    """A batch norm of which each step is a node; some divide by the root, which is s, as q."""
    columns = [node("Unsqueeze", f"{name} axes", name[3:]) for name in NORM]
    nodes = [
        *columns,
        node("Sub", "x mean", "d"),
        node("Add", "running_var eps", "v"),
        *quotient,
        node("Mul", "q w", "m"),
        node("Add", "m b", "y"),
    ]
    rng = np.random.default_rng(0)
    given: dict[str, Any] = {name: rng.random(3, np.float32) + 0.5 for name in NORM}
    made = node("BatchNormalization", f"x {' '.join(NORM)}", epsilon=0.25)
    one = read_model(model([made], {"x": ("N", 3, "L")}, given))
    given |= {"axes": ints(1), "eps": np.array(0.25, np.float32)}
    return one, read_model(model(nodes, {"x": ("N", 3, "L")}, given))


@pytest.mark.parametrize(
    "quotient",
    [
        [node("Sqrt", "v", "s"), node("Div", "d s", "q")],
        [node("Sqrt", "v", "s"), node("Reciprocal", "s", "r"), node("Mul", "d r", "q")],
        [node("Pow", "v power", "r"), node("Mul", "d r", "q")],
    ],
    ids=["divided", "reciprocal", "power"],
)
def test_a_deviation_that_nodes_calculate_is_that_of_the_batch_norm(quotient: list[Any]) -> None:
    half = node("Constant", "", "power", value_float=-0.5)
    one, other = norm_by_nodes(half, *quotient)
    assert one.weights.keys() == other.weights.keys()
    found = compare_readings(one, other)
    assert found.verdict == "proved"


def test_a_deviation_beside_its_variance_is_made_of_it() -> None:
    quotient = [node("Sqrt", "v", "s"), node("Div", "d s", "p"), node("Mul", "p running_var", "q")]
    _, found = norm_by_nodes(*quotient)
    assert "bn_running_var" in found.weights
    assert "bn_inverse_deviation" not in found.weights


def test_constants_are_computed_where_no_layer_tells() -> None:
    nodes = [node("Cos", "w", "v"), node("Mul", "x v")]
    w = np.arange(3.0)
    reading = read_model(model(nodes, {"x": ("N", 3)}, {"w": w}))
    assert list(reading.weights) == ["v"]
    assert np.allclose(reading.weights["v"].values, np.cos(w))


def test_arrays_for_inputs() -> None:
    made = model([node("Mul", "x k")], {"x": ("N", 2), "k": (2,)}, {})
    assert [tensor.name for tensor in read_model(made).inputs] == ["x", "k"]
    reading = read_model(made, constants={"k": np.array([3.0, 4.0])})
    assert [tensor.name for tensor in reading.inputs] == ["x"]
    assert reading.weights["k"].values.tolist() == [3, 4]


def test_places_are_nodes() -> None:
    nodes = [node("Relu", "x", "z"), node("Neg", "z")]
    reading = read_model(model(nodes, {"x": ("N",)}, {}))
    assert reading.places[reading.output] == "Neg_y (Neg)"
    assert reading.places[reading.output.operands[0]] == "Relu_z (Relu)"
    assert reading.places[reading.inputs[0]] == ""


# --- functions and branches ----------------------------------------------------------


def test_functions_of_a_file() -> None:
    body = [node("LeakyRelu", "a", "t"), node("Mul", "t b", "c")]
    body[0].attribute.add(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
    imports = [onnx.helper.make_opsetid("", 20)]
    function = onnx.helper.make_function(
        "own", "Leaky", ["a", "b"], ["c"], body, imports, ["slope"]
    )
    made = model(
        [node("Leaky", "x x", domain="own", slope=0.5)],
        {"x": ("N",)},
        {},
        functions=[function],
        opset_imports=[onnx.helper.make_opsetid("own", 1)],
    )
    (found,) = values(read_model(made), {"x": np.array([-2.0, 3.0])}, {"N": 2})
    assert found.tolist() == [2, 9]


def test_operators_by_others() -> None:
    # ONNX says what this one is by others.
    reading = read_model(model([node("MeanVarianceNormalization", "x")], {"x": IMAGES}, {}))
    x = np.random.default_rng(4).normal(size=(2, 4, 3, 2))
    (found,) = values(reading, {"x": x}, {"N": 2, "H": 3, "W": 2})
    axes = (0, 2, 3)
    wanted = (x - x.mean(axes, keepdims=True)) / x.std(axes, keepdims=True)
    assert np.allclose(found, wanted)


def test_the_branch_that_is_taken() -> None:
    value = onnx.helper.make_empty_tensor_value_info("r")
    graphs = {
        name: onnx.helper.make_graph([node(operator, "x", "r")], name, [], [value])
        for name, operator in (("then_branch", "Relu"), ("else_branch", "Neg"))
    }
    made = [
        node("Shape", "x", "s", start=1),
        node("Equal", "s a4", "e"),
        node("Squeeze", "e a0", "c"),
        node("If", "c", **graphs),
    ]
    for n, shown in ((4, "x.relu()"), (5, "-x")):
        reading = read_model(model(made, {"x": ("N", n)}, CONSTANTS))
        assert str(reading.output) == shown
    with pytest.raises(SymconvError, match="add the hypothesis Eq"):
        read_model(model(made, {"x": ("N", "M")}, CONSTANTS))
    nodes = [node("ReduceSum", "x", "c", keepdims=0), node("If", "c", **graphs)]
    with pytest.raises(SymconvError, match=r"If_y \(If\): asks for a condition that depends on"):
        read_model(model(nodes, {"x": ("N", 2)}, {}))


# --- what it is for ------------------------------------------------------------------


def test_what_a_file_computes_is_proved(tmp_path: Path) -> None:
    kernel = np.random.default_rng(1).normal(size=(2, 3, 3, 3)).astype(np.float32)
    padded = [node("Pad", "x p", "z"), node("Conv", "z w")]
    at_once = [node("Conv", "x w", pads=[1, 1, 1, 1])]
    given = {"w": kernel, "p": ints(0, 0, 1, 1, 0, 0, 1, 1)}
    shape = ("N", 3, "H", "W")
    path = tmp_path / "net.onnx"
    path.write_bytes(model(padded, {"x": shape}, given).SerializeToString())
    one, other = read_onnx(path), read_model(model(at_once, {"x": shape}, given))
    verdict = Claim(one.output, other.output).prove()
    assert isinstance(verdict, Proved)
    assert str(verdict) == "proved for all sizes"


def test_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # as if it were not there
    with pytest.raises(SymconvError, match=r'pip install "symconv\[onnx\]"'):
        read_onnx(b"")

"""What is not read is an error that says what, where, and what to do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Mod

from symconv import Claim, Proved, compare, integers
from symconv.errors import SymconvError
from symconv.reading import networks
from symconv.reading.networks import read, symbolic
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import values

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module

IMAGES = ("N", 3, "H", "W")


class Inner(Module):  # type: ignore[misc]
    """Calls a function inside of another module."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)


def nested(function: Any) -> Any:
    return nn.Sequential(nn.ReLU(), nn.Sequential(nn.ReLU(), Inner(function))).eval()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: F.softmax(x), "torch.nn.functional.softmax"),
        (lambda x: F.softplus(x, threshold=3), "torch.nn.functional.softplus"),
        (lambda x: x**0.3, "torch.Tensor.__pow__|torch.Tensor.pow"),
        (lambda x: 2**x, "torch.Tensor.__rpow__"),
        (lambda x: x.norm(3), "torch.norm|torch.Tensor.norm"),
        (lambda x: F.group_norm(x, 2), "torch.nn.functional.group_norm"),
        (lambda x: torch.diag(x), "torch.diag"),
        (lambda x: x.sort(), "torch.Tensor.sort"),
        (lambda x: F.instance_norm(x[0, 0]), "torch.nn.functional.instance_norm"),
        (
            lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
            "scaled_dot_product_attention",
        ),
        (lambda x: torch.linalg.matmul(x, x), "torch.linalg.matmul"),
        (lambda x: x.clone(memory_format=torch.channels_last), "memory_format"),
        (lambda x: torch.add(x, 1j), "torch.add"),
        (lambda x: x * x.size(2), "torch.Tensor.mul"),
        (lambda x: x > 0, "torch.Tensor.gt"),
        (lambda x: x == x, "torch.Tensor.__eq__"),
        (lambda x: torch.fft.fft(x), "torch.fft.fft"),
        (lambda x: x.sum() if x.sum() else x, "torch.Tensor.__bool__"),
        (lambda x: x * float(x.mean()), "torch.Tensor.__float__"),
        (lambda x: x[x.argmax()], "torch.Tensor.argmax"),
        (lambda x: F.layer_norm(x, (3,)), "torch.nn.functional.layer_norm"),
        (lambda x: F.gelu(x, approximate="tanh"), "torch.nn.functional.gelu"),
        (lambda x: F.max_pool2d(x, 2, return_indices=True), "torch.nn.functional.max_pool2d"),
        (lambda x: F.interpolate(x, scale_factor=2, mode="bicubic"), "interpolate"),
        (lambda x: x.to(torch.int64), "torch.Tensor.to"),
        (lambda x: x[[0, 1], [0, 1]], "one list of positions"),
        (lambda x: x[0, :, [0, 1]], "one list of positions"),
        (lambda x: x[:, [True, False, True]], "a position is an integer"),
        (lambda x: x[:, torch.tensor([True, False, True])], "positions are integers"),
        (lambda x: x[:, torch.tensor([[0, 1]])], "torch.Tensor.__getitem__"),
        (lambda x: x[:, [0, 99]], "not all among"),
        (lambda x: x[:, []], "a list of positions has from 1"),
    ],
)
def test_the_function_and_the_module_are_named(function: Any, name: str) -> None:
    with pytest.raises(SymconvError, match=name) as caught:
        read(nested(function), IMAGES)
    assert "in 1.1 (Inner)" in str(caught.value)


def test_where_the_largest_entries_are_is_not_read() -> None:
    with pytest.raises(SymconvError, match="where the largest entries are"):
        read(lambda x: x[:, x.max(1)[1]], IMAGES)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x: x if x.size(2) > 7 else -x, r"add the hypothesis H > 7, or H <= 7, to given"),
        (lambda x: x if x.size(2) == x.size(3) else -x, r"Eq\(H, W\), or Ne\(H, W\)"),
        (lambda x: x * int(x.size(2)), r"hypothesis such as Eq\(H, 224\)"),
        (lambda x: sum(x[:, :, i] for i in range(x.size(2))), r"hypothesis such as Eq\(H, 224\)"),
        (lambda x: x[:, :, int(x.size(2) / 2) :], "math.floor"),
        (lambda x: x * math.sqrt(x.size(2)), r"hypothesis such as Eq\(H, 224\)"),
        (lambda x: x if x.size(2) / 2 > 3 else -x, r"add the hypothesis H > 6"),
        (lambda x: x if 0.5 * x.size(2) == 1.5 else -x, r"Eq\(H, 3\)"),
        (lambda x: x if x.size(2) == 7.0 else -x, r"Eq\(H, 7\)"),
        (lambda x: x * (2 / x.size(2)), "2 is divided by the size H"),
        (lambda x: x + torch.arange(x.size(2)), r"hypothesis such as Eq\(H, 224\)|PyTorch takes"),
        (lambda x: x.view(-1, 12), "not plain that 12 divides"),
        (lambda x: x.view(x.size(0), 3, 7, -1), "not plain that 21 divides"),
        (lambda x: x.squeeze(), r"add the hypothesis Eq\(N, 1\), or Ne\(N, 1\), to given"),
        (lambda x: x.chunk(2, 2), "not plain that 2 divides H"),
        (lambda x: x[:, :, 7], "not plain that there is a position 7"),
    ],
)
def test_questions_about_sizes(function: Any, told: str) -> None:
    with pytest.raises(SymconvError, match=told) as caught:
        read(nested(function), IMAGES)
    assert "in 1.1 (Inner)" in str(caught.value) or "PyTorch takes" in told


def test_hypotheses_answer() -> None:
    from sympy import Eq

    from symconv import integers

    h, w = integers("H W", positive=True)

    def branches(x: Any) -> Any:
        return 2 * x if x.size(2) > 7 else -x

    (x,) = read(branches, ("N", 3, h, w), given=[h >= 9]).inputs
    assert read(branches, ("N", 3, h, w), given=[h >= 9]).output is 2 * x
    assert read(branches, ("N", 3, h, w), given=h <= 7).output is -x
    with pytest.raises(SymconvError, match="add the hypothesis H > 7"):
        read(branches, ("N", 3, h, w), given=[h >= 7])
    fixed = read(lambda x: x * int(x.size(2)), ("N", 3, "H", "W"), given=[Eq(h, 5)])
    assert fixed.inputs[0].shape[2] == 5
    assert fixed.output is fixed.inputs[0] * 5


def test_hypotheses_tell_what_divides_a_size() -> None:
    h, w = integers("h w", positive=True)
    given = [Eq(Mod(h, 2), 0), Eq(Mod(w, 3), 0)]
    shape = ("N", 4, h, w)

    def windows(x: Any) -> Any:
        n, c, h, w = x.shape
        return x.view(n, c, h // 2, 2, w // 3, 3).permute(0, 1, 2, 4, 3, 5)

    def back(x: Any) -> Any:
        n, c, h, w = x.shape
        return windows(x).permute(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)

    for function in (windows, back, lambda x: x.reshape(*x.shape[:3], -1, 3)):
        reading = read(function, shape, given=given)
        x = torch.randn(2, 4, 4, 3, dtype=torch.float64)
        ours = values(reading.output, {"x": x.numpy()}, {}, {"N": 2, "h": 4, "w": 3})
        assert np.array_equal(ours, function(x).numpy())
        with pytest.raises(SymconvError, match="not plain that"):
            read(function, shape, given=given[:1])
    both = read(lambda x: (x, back(x)), shape, given=given)
    one, other = both.outputs
    assert isinstance(Claim(one, other, given=both.given).prove(), Proved)


def test_plain_questions_need_no_hypotheses() -> None:
    x = symbolic("x", ("N", 3, "H", "W"))
    h, w = x.shape[2:]
    assert h > 0
    assert h != 0
    assert h + 1 >= 2
    assert not h - 1 < 0
    assert h != 2.5
    assert h * 2 == 2 * h
    assert h / 2 * 2 == h
    assert (h + w) % 1 == 0
    assert (2 * h) // 2 == h
    assert math.floor(h / 1) == h
    assert divmod(4 * h, 4) == (h, 0)
    assert h**2 == h * h
    assert -h < 0.0
    assert str(h - w) == "H - W"
    assert x.shape == (x.size(0), 3, h, w)
    assert x.numel() == 3 * x.size(0) * h * w
    assert (x.dim(), x.ndim, len(x[0])) == (4, 4, 3)
    assert x.dtype is torch.get_default_dtype()


def test_batch_norm_in_another_order() -> None:
    norm = nn.BatchNorm2d(3).eval()
    parameters = (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    norm.running_mean.uniform_(-1, 1)

    def both(x: Any) -> Any:
        return norm(x), torch.batch_norm(x, *parameters, False, 0.1, 1e-5, False)

    one, other = read(both, IMAGES).outputs
    assert one is other


def test_the_middle_of_a_symbolic_size() -> None:
    reading = read(lambda x: x[:, :, math.ceil(x.size(2) / 2) : x.size(2) - 1], IMAGES)
    x = torch.randn(1, 3, 5, 2, dtype=torch.float64)
    assert reading.output.evaluate(x=x.numpy()).shape == (1, 3, 1, 2)


def block() -> Any:
    return nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.Dropout(0.5))


def test_training() -> None:
    with pytest.raises(SymconvError, match=r"training mode .*\.eval\(\)"):
        read(block(), IMAGES)
    x = symbolic("x", IMAGES)
    with pytest.raises(SymconvError, match=r"batch_norm in 1 \(BatchNorm2d\).*\.eval\(\)"):
        block()(x)
    with pytest.raises(SymconvError, match=r"dropout in Dropout.*\.eval\(\)"):
        nn.Dropout(0.5)(x)
    with pytest.raises(SymconvError, match="running statistics"):
        read(nn.BatchNorm2d(3, track_running_stats=False).eval(), IMAGES)


def test_lazy_layers() -> None:
    with pytest.raises(SymconvError, match="no shape yet"):
        read(nn.LazyConv2d(3, 1).eval(), IMAGES)


def test_hooks() -> None:
    module = block().eval()
    handle = module[1].register_forward_hook(lambda module, x, y: y * 2)
    with pytest.raises(SymconvError, match="hooks on 1"):
        read(module, IMAGES)
    handle.remove()
    assert read(module, IMAGES).outputs


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("name", ["0.weight", "1.running_var", "1.bias"])
def test_weights_that_are_not_finite(name: str, value: float) -> None:
    module = block().eval()
    module.state_dict()[name].view(-1)[0] = value
    with pytest.raises(SymconvError, match=f"{name} has numbers that are infinite or none"):
        read(module, IMAGES)


def test_other_numbers() -> None:
    with pytest.raises(SymconvError, match="complex"):
        read(nn.Linear(3, 3, dtype=torch.complex64).eval(), ("N", 3))
    with pytest.raises(SymconvError, match="meta"):
        read(nn.Linear(3, 3, device="meta").eval(), ("N", 3))
    negative = block().eval()
    negative[1].running_var.fill_(-1)
    with pytest.raises(SymconvError, match=r"1.running_var \+ 1e-05 has no root"):
        read(negative, IMAGES)


def replaced(weight: Any) -> None:
    weight.data = weight * 2


@pytest.mark.parametrize(
    "change",
    [
        lambda weight: weight.mul_(2),
        lambda weight: weight.data.mul_(2),
        lambda weight: torch.mul(weight, 2, out=weight.data),
        replaced,
    ],
)
@pytest.mark.parametrize("is_inside", [False, True])
def test_weights_that_change_while_the_module_runs(change: Any, is_inside: bool) -> None:
    layer = nn.Linear(3, 3, bias=False).eval()

    def later(x: Any) -> Any:
        y = layer(x)
        change(layer.weight)
        return y

    for function in (later, lambda x: later(x) + layer(x)):
        with pytest.raises(SymconvError, match="is changed while"):
            read(Inner(function).eval() if is_inside else function, ("N", 3))


def test_what_is_rounded_to_integers() -> None:
    places = torch.arange(3)
    for rounded in (lambda x: x.type_as(places), lambda x: x.to(places)):
        with pytest.raises(SymconvError, match=r"rounds to numbers of the kind torch\.int64"):
            read(rounded, ("N", 3))


def test_sizes_times_a_number_of_numpy() -> None:
    def half(x: Any) -> Any:
        return x[:, :, : math.floor(x.shape[2] * np.float64(0.5))]

    assert read(half, IMAGES).output is read(lambda x: x[:, :, : x.shape[2] // 2], IMAGES).output
    with pytest.raises(SymconvError, match="got inf"):
        read(lambda x: x[:, : x.shape[2] * math.inf], IMAGES)
    with pytest.raises(SymconvError, match=r"calculates with 1/2\*\(H\) and 1"):
        read(lambda x: x[:, :, : math.floor(x.shape[2] / 2 + 1)], IMAGES)


@pytest.mark.parametrize("size", [{"scale_factor": 1.1}, {"scale_factor": 2.1}, {"size": 287}])
def test_entries_that_are_nearest_by_some_code_alone(size: Any) -> None:
    with pytest.raises(SymconvError, match="implementations differ"):
        read(lambda x: F.interpolate(x, **size), ("N", 3, 7))


def test_factors_whose_inverse_is_rounded_down() -> None:
    for factor in (41, 25):
        x = torch.arange(3.0).reshape(1, 1, 3)
        is_so = F.interpolate(x, scale_factor=factor).flatten()[factor] == 1
        assert is_so == (factor == 25)
    assert read(lambda x: F.interpolate(x, scale_factor=25), ("N", 3, "L"))
    with pytest.raises(SymconvError, match="implementations differ"):
        read(lambda x: F.interpolate(x, scale_factor=41), ("N", 3, "L"))


def test_public_names_stay_what_they_are() -> None:
    """A module of the name of a function would take its place once it is imported."""
    read(nn.ReLU().eval(), IMAGES)
    for name in networks.__all__:
        assert callable(getattr(networks, name))


def test_tensors_that_were_made_apart() -> None:
    x, y = symbolic("x", ("N", 3)), symbolic("y", ("N", 3))
    with pytest.raises(SymconvError, match="were made apart"):
        x + y


@pytest.mark.parametrize("shape", ["N", (), 3, ("N", 2.5), ("2N",), ("N", -1), None])
def test_shapes_that_are_none(shape: Any) -> None:
    with pytest.raises(SymconvError):
        read(nn.ReLU().eval(), shape)


def test_entries_are_not_asked_for() -> None:
    def larger(x: Any) -> Any:
        return x if x.sum() > 0 else -x

    with pytest.raises(SymconvError, match="asks for entries as numbers, on which what follows"):
        read(Inner(larger).eval(), IMAGES)


def test_numbers_that_are_drawn() -> None:
    draws: tuple[Any, ...] = (
        lambda x: x + torch.randn(3, 1, 1),
        lambda x: x + torch.rand_like(x),
        lambda x: x + torch.zeros(3, 1, 1).uniform_(),
    )
    for function in draws:
        with pytest.raises(SymconvError, match="draws numbers at random"):
            read(Inner(function).eval(), IMAGES)
    weight = torch.randn(2, 3)
    for training in (True, False):
        dropped = Inner(lambda x, is_so=training: F.linear(x, F.dropout(weight, 0.5, is_so)))
        if training:
            with pytest.raises(SymconvError, match="drops entries at random"):
                read(dropped.eval(), ("N", 3))
        else:
            assert list(read(dropped.eval(), ("N", 3)).weights) == ["constant"]


@pytest.mark.filterwarnings("ignore:`torch.jit")  # of which it is a test that it is refused
def test_what_was_compiled() -> None:
    layer = nn.Conv2d(3, 4, 1).eval()
    for script in (torch.jit.script(layer), torch.jit.trace(layer, torch.zeros(1, 3, 2, 2))):
        with pytest.raises(SymconvError, match="0 is compiled by TorchScript"):
            read(nn.Sequential(script).eval(), IMAGES)
    x = symbolic("x", IMAGES)
    expected = read(nn.Sequential(layer).eval(), x)
    for same in (torch.compile(nn.Sequential(layer)), nn.Sequential(torch.compile(layer))):
        found = read(same.eval(), x)
        assert found.output is expected.output
    assert list(read(torch.compile(layer).eval(), IMAGES).weights) == ["weight", "bias"]
    parallel = nn.DataParallel(layer).eval()
    assert list(read(parallel, IMAGES).weights) == ["module_weight", "module_bias"]


def test_inputs_of_another_number() -> None:
    class Two(Module):  # type: ignore[misc]
        def forward(self, x: Any, y: Any, z: Any = None) -> Any:
            return x + y

    two = Two().eval()
    with pytest.raises(SymconvError, match=r"1 input is given, and Two takes \(x: .*'y'"):
        read(two, IMAGES)
    with pytest.raises(SymconvError, match="4 inputs are given"):
        read(two, *(IMAGES,) * 4)
    with pytest.raises(SymconvError, match="2 inputs are given, and function takes"):
        read(lambda x: x, IMAGES, IMAGES)
    assert len(read(two, IMAGES, IMAGES).inputs) == 2


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda x: None, "'NoneType'"),
        (lambda x: (x, None), "'NoneType'"),
        (lambda x: {"x": x, "n": 3}, "'int'"),
        (lambda x: (), "'tuple'"),
        (lambda x: torch.zeros(3), "'Tensor'"),
    ],
)
def test_what_is_no_tensor_that_depends_on_the_input(made: Any, told: str) -> None:
    with pytest.raises(SymconvError, match=f"the module returns {told}, and no tensor"):
        read(made, IMAGES)


def test_integers_as_inputs() -> None:
    with pytest.raises(SymconvError, match=r"torch.nn.functional.embedding in Embedding"):
        read(nn.Embedding(5, 3).eval(), ("N", "L"))
    with pytest.raises(SymconvError, match=r"torch.Tensor.long"):
        read(Inner(lambda x: x.long()).eval(), IMAGES)
    with pytest.raises(SymconvError, match=r"x\[...\] takes integers.*got a tensor"):
        read(Inner(lambda x: x[:, torch.tensor([[0, 2]])]).eval(), IMAGES)


@pytest.mark.parametrize("places", [[0, 2], torch.tensor([0, 2])])
def test_entries_at_a_list_of_positions_are_not_written(places: Any) -> None:
    def cleared(x: Any) -> Any:
        x = x + 1
        x[:, places] = 0
        return x

    with pytest.raises(SymconvError, match=r"x\[...\] = ... takes integers, slices"):
        read(cleared, IMAGES)


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_rounded_numbers() -> None:
    fake = nn.Sequential(torch.ao.quantization.FakeQuantize(), nn.Conv2d(3, 3, 1)).eval()
    with pytest.raises(SymconvError, match="aminmax"):
        read(fake, IMAGES)
    with pytest.raises(SymconvError, match="quantized"):
        read(torch.ao.nn.quantized.Conv2d(3, 3, 1).eval(), IMAGES)


def test_no_module() -> None:
    with pytest.raises(SymconvError, match="expected a module"):
        read(3, IMAGES)
    with pytest.raises(SymconvError, match="give the shape"):
        read(nn.ReLU().eval())
    with pytest.raises(SymconvError, match="no tensor that depends"):
        read(lambda x: x.dim(), IMAGES)
    with pytest.raises(SymconvError, match="channels"):
        read(nn.Conv2d(4, 4, 1).eval(), IMAGES)


def test_readings_that_are_compared_have_their_sizes() -> None:
    reading = read(nn.ReLU(), IMAGES)
    assert compare(reading, reading)
    size = integers("H", positive=True)
    for said in ({"shape": IMAGES}, {"given": [size >= 7]}, {"given": size >= 7}):
        with pytest.raises(SymconvError, match="have their shapes and hypotheses"):
            compare(reading, reading, **said)


def test_hypotheses_that_are_read_once_are_those_of_both_networks() -> None:
    size = integers("H", positive=True)
    given = iter([size >= 7])
    found = compare(nn.ReLU(), nn.ReLU(), IMAGES, given=given)
    assert found.given == (size >= 7,)
    halves = compare(
        lambda x: x[:, :, : 7 if x.shape[2] > 6 else 1],
        lambda x: x[:, :, :7],
        IMAGES,
        given=size >= 7,
    )
    assert halves

"""What is written in place is in every holder, views included; or it is an error that says so."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from symconv.errors import SymconvError
from symconv.reading.networks import read, symbolic
from tests.oracles.layers_by_torch import installed
from tests.oracles.modules import agree, some_sizes, values

torch = installed()
nn, F = torch.nn, torch.nn.functional
Module: Any = nn.Module

IMAGES = ("N", 4, "H", "W")


def relu_of_a_shared_input(x: Any) -> Any:
    y = F.relu(x, inplace=True)
    return x + y


def residual_changed_by_relu(x: Any) -> Any:
    """What a residual connection adds is changed before it is added."""
    y = 2 * x
    z = nn.ReLU(inplace=True)(y)
    z = z - 1
    z += y
    return z


def through_views(x: Any) -> Any:
    y = x.view(x.size(0), -1)
    z = x.transpose(1, 2)[:, 1:]
    y.mul_(2)
    z.sub_(1)
    return x, y, z


def part_of_the_channels(x: Any) -> Any:
    x[:, :2] = 0
    x[:, 3] += 1
    x[..., 1:-1].neg_()
    return x


def halves(x: Any) -> Any:
    one, other = x.chunk(2, 1)
    one.relu_()
    other.copy_(one)
    other[:] = other - 1
    return x, one, other


def filled_step_by_step(x: Any) -> Any:
    y = torch.zeros(x.size(0), 3, x.size(2), x.size(3), dtype=torch.float64)
    y[:, 0] = x[:, 1]
    y[:, 1:] += x[:, :2]
    y[:, 2].fill_(0.5)
    return y


def out_of_a_list(x: Any) -> Any:
    parts = [x[:, i] for i in range(4)]
    for part in parts[1:]:
        part += parts[0]
    return torch.stack(parts, 1), x


def flattened_and_back(x: Any) -> Any:
    y = x.flatten(1)
    y.unflatten(1, (2, -1))[:, 1].zero_()
    return x


def copies_stay(x: Any) -> Any:
    y, z = x.clone(), x + 0
    x.zero_()
    return x, y, z


def dropout_is_the_same(x: Any) -> Any:
    y = F.dropout(x, 0.5, training=False)
    y.clamp_(min=0)
    return x


def detached_is_the_same(x: Any) -> Any:
    x.detach().relu_()
    x.data.mul_(3)
    return x


def permuted(x: Any) -> Any:
    y = x.permute(0, 2, 3, 1)
    y[..., 0] = y[..., 1]
    y *= torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    return x


def squeezed(x: Any) -> Any:
    y = x.mean((2, 3), keepdim=True)
    y.squeeze(-1).squeeze(-1).add_(1)
    y.unsqueeze(0)[0].neg_()
    return y


def with_steps(x: Any) -> Any:
    x[:, ::2] = 0
    x[:, 1::2, ::2, ::3] += 1
    x[..., ::2].relu_()
    x.view(x.size(0), -1)[:, ::5].mul_(-2)
    return x


def into_numbers(x: Any) -> Any:
    y = torch.ones(4, 3, dtype=torch.float64)
    y[1:3].add_(x.mean((0, 2, 3))[:2, None])
    y[:, 1] = 2 * x.mean()
    y -= 1
    return torch.cat([y, y.t().reshape(4, 3)])


def into_a_view_of_numbers(x: Any) -> Any:
    whole = torch.arange(24, dtype=torch.float64).view(2, 3, 4)
    before, apart = whole[1], whole.clone()
    whole.permute(2, 1, 0)[:, 1:, 0].copy_(x.mean((0, 2, 3))[:, None])
    whole[1, :, ::2].mul_(3)
    return torch.stack([before + whole[0], whole.transpose(0, 1)[:, 1], apart[0]])


def data_of_numbers(x: Any) -> Any:
    y = torch.zeros(2, dtype=torch.float64)
    same, memory = y, y.view(2, 1)
    y.data = x.mean((2, 3))
    y *= 2
    return same + memory[0]


def numbers_that_take_turns(x: Any) -> Any:
    y, z = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    y.data = x.mean((0, 2, 3))
    z.data = y
    y.data = torch.full((4,), 5.0, dtype=torch.float64)
    z.add_(1)
    return torch.stack([y, z, z.data.clone().zero_()])


def numbers_repeated_by_a_size(x: Any) -> Any:
    """A view of numbers that are written later."""
    y = torch.zeros(1, 4, dtype=torch.float64)
    z = y.expand(x.size(0), -1)
    y.fill_(2)
    y[:, 1] = 3
    return z + x.mean((2, 3))


FUNCTIONS = (
    relu_of_a_shared_input,
    residual_changed_by_relu,
    through_views,
    part_of_the_channels,
    halves,
    filled_step_by_step,
    out_of_a_list,
    flattened_and_back,
    copies_stay,
    dropout_is_the_same,
    detached_is_the_same,
    permuted,
    squeezed,
    with_steps,
    into_numbers,
    into_a_view_of_numbers,
    data_of_numbers,
    numbers_that_take_turns,
    numbers_repeated_by_a_size,
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_holder_changes(function: Any) -> None:
    agree(function, IMAGES, some_sizes("N H W", 3, least=3, most=4))


def test_the_oracle_notices_a_copy() -> None:
    """The same function is read, and another one is run by PyTorch."""
    reading = read(relu_of_a_shared_input, IMAGES)
    x = torch.randn(1, 4, 2, 2, dtype=torch.float64)
    ours = values(reading.output, {"x": x.numpy()}, reading.weights)
    assert np.allclose(ours, (2 * x.relu()).numpy())
    assert not np.allclose(ours, (x + x.relu()).numpy())


def perhaps_a_copy(x: Any) -> Any:
    y = x.transpose(1, 2).reshape(x.size(0), -1)
    x.relu_()
    return y


def perhaps_a_view(x: Any) -> Any:
    y = torch.einsum("nchw->nhcw", x)
    y.relu_()
    return x


def by_way_of_another(x: Any) -> Any:
    y = x.float().transpose(1, 2).contiguous()
    x.relu_()
    return y


def into_an_expansion(x: Any) -> Any:
    x[:, :1].expand(-1, 4, -1, -1).zero_()
    return x


def into_memory_of_numpy(x: Any) -> Any:
    y = torch.from_numpy(np.zeros(4))
    y += x.sum()
    return x


def seen_by_numpy(x: Any) -> Any:
    y = torch.zeros(4, dtype=torch.float64)
    y.numpy()
    y[0] = x.sum()
    return x


def numbers_asked_for(x: Any) -> Any:
    y = torch.zeros(4, dtype=torch.float64)
    y[0] = x.sum()
    return y.numpy()


def drawn_at_random(x: Any) -> Any:
    y = torch.zeros(4, dtype=torch.float64)
    y[0] = x.sum()
    return y.uniform_()


def at_places(x: Any) -> Any:
    y = torch.zeros(4, dtype=torch.float64)
    y.index_copy_(0, torch.tensor([1]), x.sum().view(1))
    return y


def into_several(x: Any) -> Any:
    torch._foreach_add_([torch.zeros(1)], [x.sum().view(1)])
    return x


def out_argument(x: Any) -> Any:
    torch.add(x, x, out=torch.zeros(2))
    return x


def larger_result(x: Any) -> Any:
    y = x[:, :1]
    y += x
    return y


def other_shape(x: Any) -> Any:
    return x.unsqueeze_(0)


def to_numpy(x: Any) -> Any:
    return torch.from_numpy(x.numpy())


def positions(x: Any) -> Any:
    return x + torch.arange(x.size(2))[:, None]


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (positions, "arange: is not read of a size that is a symbol: give it as a number"),
        (perhaps_a_copy, "may have changed this tensor too"),
        (perhaps_a_view, "may have changed this tensor too"),
        (by_way_of_another, "may have changed this tensor too"),
        (into_an_expansion, "a view that is not followed"),
        (into_memory_of_numpy, "memory others see too, as NumPy does"),
        (seen_by_numpy, "memory others see too, as NumPy does"),
        (numbers_asked_for, "asks for entries as numbers"),
        (drawn_at_random, "uniform_: draws numbers at random"),
        (at_places, "index_copy_: is not read"),
        (into_several, "_foreach_add_: is not read"),
        (out_argument, "is not read with out="),
        (larger_result, "another shape"),
        (other_shape, "changes the shape in place"),
        (to_numpy, "asks for entries as numbers"),
    ],
)
def test_what_is_not_followed_is_refused(function: Any, told: str) -> None:
    with pytest.raises(SymconvError, match=told):
        read(function, IMAGES)


def test_symbols_are_not_lost_where_nothing_watches() -> None:
    """Code that `read` does not run cannot be followed into tensors of numbers."""
    x, numbers = symbolic("x", (2, 2)), torch.zeros(2, 2)
    writes: tuple[Any, ...] = (
        lambda: numbers.copy_(x),
        lambda: numbers.__setitem__(0, x[0]),
        lambda: numbers.add_(x),
        lambda: numbers.set_(x),
        lambda: torch.add(x, x, out=numbers),
    )
    for write in writes:
        with pytest.raises(SymconvError):
            write()
    with pytest.raises(RuntimeError, match="incompatible tensor type"):
        numbers.data = x
    assert torch.equal(numbers, torch.zeros(2, 2))


def test_a_buffer_is_not_written() -> None:
    """A module that keeps what it is given does not do the same every time."""

    class Keeps(Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("kept", torch.zeros(4))

        def forward(self, x: Any) -> Any:
            self.kept.view(2, 2)[0] = x.mean((0, 2, 3))[:2]
            return x

    with pytest.raises(SymconvError, match="kept is changed while the module runs"):
        read(Keeps().eval(), IMAGES)


def test_a_view_of_a_parameter_is_not_written() -> None:
    class Token(Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Parameter(torch.randn(1, 1, 4))

        def forward(self, x: Any) -> Any:
            tokens = self.token.view(1, 4).expand(x.size(0), 4)
            return torch.cat([tokens[:, :, None], x.flatten(2)], 2)

    agree(Token().eval(), IMAGES, some_sizes("N H W", 3, least=3, most=4))
    with pytest.raises(SymconvError, match="add_ changes a weight while the module runs"):
        read(Changing().eval(), IMAGES)


class Changing(Module):  # type: ignore[misc]
    """A module that writes into a view of its parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 4))

    def forward(self, x: Any) -> Any:
        return self.token.expand(x.size(0), 4).add_(1) + x.mean((2, 3))


VIEWS: tuple[Any, ...] = (
    lambda x: x.view(x.size(0), -1),
    lambda x: x.flatten(1),
    lambda x: x.reshape(-1),
    lambda x: x.transpose(0, -1),
    lambda x: x[1:],
    lambda x: x[..., :2],
    lambda x: x[0],
    lambda x: x.unsqueeze(1),
    lambda x: x.squeeze(1),
    lambda x: x.chunk(2, 0)[0],
    lambda x: x.contiguous(),
    lambda x: x.permute(*reversed(range(x.dim()))),
    lambda x: x.detach(),
    lambda x: x.clone(),
    lambda x: x * 2,
    lambda x: x.double(),
    lambda x: x.narrow(-1, 0, 1),
    lambda x: x.expand(2, *x.shape),
)

WRITES: tuple[Any, ...] = (
    lambda x: x.relu_(),
    lambda x: x.add_(1),
    lambda x: x.mul_(-2),
    lambda x: x[-1:].zero_(),
    lambda x: x.copy_(x * x),
    lambda x: x.__setitem__(0, 3.0),
    lambda x: x.clamp_(-1, 1),
)


@pytest.mark.parametrize("seed", range(150))
def test_random_programs(seed: int) -> None:
    """Tensors made of each other by views, copies and writing, in any order."""
    chooser = random.Random(seed)
    real = [torch.randn(3, 1, 4, dtype=torch.float64)]
    start = real[0].numpy().copy()
    symbols: list[Any] = [symbolic("x", (3, 1, 4))]
    refused = False
    for _ in range(8):
        i = chooser.randrange(len(real))
        if chooser.random() < 0.65:
            view = chooser.choice(VIEWS)
            try:
                made = view(real[i])
            except (RuntimeError, IndexError):
                continue  # PyTorch has no such view there
            if not made.numel():
                continue
            real.append(made)
            try:
                symbols.append(view(symbols[i]))
            except SymconvError:
                real.pop()
                refused = True
        else:
            write = chooser.choice(WRITES)
            before = [one.clone() for one in real]
            try:
                write(symbols[i])
            except SymconvError:
                refused = True
                continue
            try:
                write(real[i])
            except (RuntimeError, IndexError):
                assert all(torch.equal(a, b) for a, b in zip(before, real, strict=True))
                return  # PyTorch refuses, and symconv does not have to
    seen = 0
    for one, other in zip(symbols, real, strict=True):
        try:
            expression = one.expression
        except SymconvError:
            refused = True
            continue
        seen += 1
        ours = np.array(values(expression, {"x": start}, {}), dtype=float)
        assert ours.shape == tuple(other.shape)
        assert np.allclose(ours, other.numpy())
    assert seen or refused

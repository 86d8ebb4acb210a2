"""Tensors of numbers into which symbols are written, as `kernel[:, 0] = w` and `p.data = w` do.

PyTorch's own memory cannot hold symbols.  What such a tensor holds from then on is kept here, and
stands for it wherever the tensor is used, and for all that lie in the same memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from symconv.errors import SymconvError
from symconv.language.operators import Operator
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers import LAYERS
from symconv.reading.networks.views import Storage, path_to

__all__ = ["Held", "Written", "memory_of", "view_of"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a tensor holds: some of the entries that several share.

    Attributes:
        storage: the entries.
        path: the operators that make the tensor of them.
        is_contiguous: whether it is known to lie in memory by rows.
    """

    storage: Storage
    path: tuple[Operator, ...]
    is_contiguous: bool

    @property
    def expression(self) -> SignalExpr:
        """The tensor of symconv that it is now."""
        return self.storage.seen(self.path)


class Written:
    """The tensors of numbers that hold symbols.

    Args:
        read: gives the tensor of symconv for numbers, which it refuses if they are a weight's.
    """

    def __init__(self, read: Callable[[Any], SignalExpr]) -> None:
        self._read = read
        # The tensors too, so that no id and no memory is used again.
        self._objects: dict[int, tuple[Any, Held]] = {}
        self._memory: dict[int, tuple[Any, Storage]] = {}

    def __bool__(self) -> bool:
        return bool(self._objects or self._memory)

    def of(self, tensor: Any) -> Held | None:
        """What a tensor of numbers holds; None where no symbols were written.

        Raises:
            SymconvError: it lies in memory that holds symbols, in a way that is not followed.
        """
        if id(tensor) in self._objects:
            return self._objects[id(tensor)][1]
        memory = memory_of(tensor)
        if memory not in self._memory:
            return None
        base, storage = self._memory[memory]
        seen = view_of(storage.expression, base, tensor)
        path = None if seen is None else path_to(seen, storage.expression)
        if path is None:
            raise SymconvError(
                "a tensor of numbers shares its memory with one into which symbols were written, "
                "and it is not followed how; make it from that one, or .clone() it before"
            )
        return Held(storage, path, bool(tensor.is_contiguous()))

    def made(self, tensor: Any) -> Held:
        """What a tensor holds, into which symbols are about to be written.

        Raises:
            SymconvError: it is a weight of the module, or others as NumPy see the same memory.
        """
        found = self.of(tensor)
        if found is not None:
            return found
        memory = memory_of(tensor)
        if memory is None:
            return Held(Storage(self._read(tensor)), (), True)
        if not tensor.untyped_storage().resizable():
            raise SymconvError(
                "symbols are written into a tensor whose memory others see too, as NumPy does, "
                "who would not see them; write into a .clone() of it"
            )
        base = _whole(tensor)
        self._memory[memory] = (base, Storage(self._read(base)))
        return self.made(tensor)

    def rebind(self, tensor: Any, held: Held) -> None:
        """Let a tensor hold something else from now on, as `tensor.data = other` does."""
        self._objects[id(tensor)] = (tensor, held)


def memory_of(tensor: Any) -> int | None:
    """By what the memory of a tensor is known; None of one without entries."""
    if tensor.layout is not torch.strided or tensor.is_meta or not tensor.numel():
        return None
    return int(tensor.untyped_storage().data_ptr())


def _whole(tensor: Any) -> Any:
    """A tensor that lies by rows in all of the memory of another one, and shares it.

    It is the other one itself, or one of a single axis.
    """
    with torch.no_grad():
        memory = tensor.untyped_storage()
        count = memory.nbytes() // tensor.element_size()
        if tensor.numel() == count and tensor.is_contiguous():
            return tensor.detach()
        return torch.empty(0, dtype=tensor.dtype).set_(memory, 0, (count,), (1,))


def view_of(whole: SignalExpr, base: Any, view: Any) -> SignalExpr | None:
    """What a view is, in terms of the tensor that lies by rows in memory: cut, split and moved.

    None where the memory tells no such thing.
    """
    if not base.is_contiguous() or view.dtype != base.dtype:
        return None
    rest = view.storage_offset() - base.storage_offset()
    if rest == 0 and view.numel() == base.numel() and view.is_contiguous():
        return _layer("reshape", whole, *view.shape)
    axes = [axis for axis in range(view.ndim) if view.shape[axis] != 1 and view.stride(axis)]
    order = sorted(axes, key=lambda axis: -view.stride(axis))
    if rest < 0 or not view.numel():
        return None
    # The sizes of the tensor of which it is a part follow from how far apart entries lie.
    sizes, parts, around = [], list[Any](), base.numel()
    for axis in order:
        size, left = divmod(around, view.stride(axis))
        first, rest = divmod(rest, view.stride(axis))
        if left or first + view.shape[axis] > size:
            return None
        sizes.append(size)
        parts.append(slice(first, first + view.shape[axis]))
        around = view.stride(axis)
    if around > 1:
        sizes.append(around)
        parts.append(rest)
    split = whole if sizes == list(base.shape) else _layer("reshape", whole, *sizes)
    part = _layer("getitem", split, tuple(parts))
    moved = _layer("permute", part, *(order.index(axis) for axis in axes))
    for axis in range(view.ndim):
        if axis not in axes:
            moved = _layer("unsqueeze", moved, axis)
    return _layer("expand", moved, *view.shape)


def _layer(name: str, *args: Any) -> SignalExpr:
    result: SignalExpr = LAYERS[name](*args)
    return result

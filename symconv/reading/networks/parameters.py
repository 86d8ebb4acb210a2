"""The weights of modules of PyTorch by name, and in which module code is running."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn.parameter import is_lazy

from symconv.errors import SymconvError
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers import LAYERS
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.sizes import Hypotheses
from symconv.reading.networks.weights import Weights

__all__ = ["Context", "located"]


class Context:
    """What symbolic tensors have in common that are computed with each other.

    Attributes:
        hypotheses: about the sizes.
        weights: the named tensors of the weights that were met.
        places: in which module each tensor was first made, as "layer1.0.conv2 (Conv2d)"; empty
            where it was in the outermost one, or in none.
    """

    def __init__(self, hypotheses: Hypotheses, taken: Sequence[str]) -> None:
        self.hypotheses = hypotheses
        self.weights = Weights(taken)
        # The tensors too, so that no id is used again, and how often they had been written.
        self._names: dict[int, tuple[str, Any, int]] = {}
        self._by_memory: dict[int, Any] = {}
        self._modules: list[Any] = []
        self.places: dict[SignalExpr, str] = {}
        self._paths: dict[Any, dict[Any, str]] = {}

    def place(self, made: SignalExpr) -> None:
        """Note in which module a tensor is made, and all that was made for it on the way."""
        if made in self.places:
            return
        place = self._place()
        self.places[made] = place
        new = [made]
        while new:
            for part in new.pop().operands:
                if part not in self.places:
                    self.places[part] = place
                    new.append(part)

    def _place(self) -> str:
        around = list(_modules_around())
        if not around:
            return ""
        outer = around[0]
        if outer not in self._paths:
            self._paths[outer] = {module: name for name, module in outer.named_modules()}
        paths = self._paths[outer]
        inner = next(one for one in reversed(around) if one in paths)
        return f"{paths[inner]} ({type(inner).__name__})" if paths[inner] else ""

    def know(self, module: Any) -> None:
        """Learn what the weights of a module are called."""
        if any(known is module for known in self._modules):
            return
        self._modules.append(module)
        for listed in (module.named_parameters(), module.named_buffers()):
            for name, one in listed:
                self._names.setdefault(id(one), (name, one, one._version))
                if not is_lazy(one) and one.numel():
                    self._by_memory.setdefault(one.untyped_storage().data_ptr(), one)

    def _name(self, tensor: Any) -> str | None:
        """What a weight is called; None of a tensor that is none.

        Raises:
            SymconvError: it has been written since, so that it is not one tensor.
        """
        if id(tensor) not in self._names:
            for module in itertools.islice(_modules_around(), 1):
                self.know(module)
        if id(tensor) not in self._names:
            return None
        name, _, version = self._names[id(tensor)]
        if tensor._version != version:
            raise SymconvError(f"{name} is changed while the module runs, which is not followed")
        return name

    def weight(self, tensor: Any) -> SignalExpr:
        """The named tensor for a real one, or what a view of such a one is made of it.

        Raises:
            SymconvError: there are numbers in it that are not real, or not finite.
        """
        name = self._name(tensor)
        if name is None:
            base = self._by_memory.get(tensor.untyped_storage().data_ptr())
            view = None
            if tensor.numel() and base is not None:
                view = _view_of(self.weight(base), base, tensor)
            if view is not None:
                return view
            if not tensor.ndim:
                return filled((), tensor.item())
            name = "constant"
            self._names[id(tensor)] = (name, tensor, tensor._version)
        if id(tensor) not in self.weights:
            _check_numbers(tensor, name)
        values = partial(_double, tensor)
        return self.weights.tensor(id(tensor), name, tuple(tensor.shape), tensor, values, _precision(tensor))

    def inverse_deviation(self, variance: Any, eps: float) -> SignalExpr:
        """The named tensor for 1/√(σ² + ε)."""
        name = self._name(variance) or "variance"
        self._names.setdefault(id(variance), (name, variance, variance._version))
        owner = name.rpartition(".")[0]
        origin = f"{owner}.inverse_deviation" if owner else "inverse_deviation"
        key = (id(variance), float(eps))
        if key not in self.weights:
            _check_numbers(variance, name)
            if bool((variance + eps <= 0).any()):
                raise SymconvError(f"{name} + {eps} has no root, being 0 or less somewhere")

        def values() -> Any:
            return 1 / (_double(variance) + eps) ** 0.5

        return self.weights.tensor(key, origin, tuple(variance.shape), variance, values, _precision(variance))


def _precision(tensor: Any) -> float:
    kind = tensor.dtype if tensor.is_floating_point() else torch.float32
    return float(torch.finfo(kind).eps)


def _double(tensor: Any) -> Any:
    return tensor.detach().to(torch.float64).cpu().numpy().copy()


def _check_numbers(tensor: Any, name: str) -> None:
    """Refuse numbers that are not real, or not finite.

    Raises:
        SymconvError: there is one.
    """
    if is_lazy(tensor):
        raise SymconvError(f"{name} has no shape yet: run the module once with numbers")
    if tensor.is_complex():
        raise SymconvError(f"{name} has complex numbers, and entries are real ones here")
    if tensor.is_meta:
        raise SymconvError(f"{name} has no numbers, being on the device 'meta'")
    # The least and the largest are found in one pass, and are none where an entry is none.
    if tensor.numel() and not all(math.isfinite(one) for one in torch.aminmax(tensor.detach())):
        raise SymconvError(f"{name} has numbers that are infinite or none (nan)")


def _view_of(whole: SignalExpr, base: Any, view: Any) -> SignalExpr | None:
    """A view of a weight in terms of the weight: its axes moved, split, merged, and cut.

    None where the memory tells no such thing; then the view is a weight of its own.
    """
    if not base.is_contiguous() or view.dtype != base.dtype:
        return None
    rest = view.storage_offset() - base.storage_offset()
    if view.numel() == base.numel() and rest == 0:
        if view.is_contiguous():
            return _layer("reshape", whole, *view.shape)
        order = sorted(range(view.ndim), key=lambda a: (-view.stride(a), view.shape[a] != 1))
        if view.permute(order).is_contiguous():
            ordered = _layer("reshape", whole, *(view.shape[a] for a in order))
            return _layer("permute", ordered, *(order.index(a) for a in range(view.ndim)))
    if view.ndim == base.ndim and view.stride() == base.stride() and rest >= 0:
        parts = []
        for stride, n, m in zip(base.stride(), view.shape, base.shape, strict=True):
            first, rest = divmod(rest, stride)
            if first + n > m:
                return None
            parts.append(slice(first, first + n))
        return None if rest else _layer("getitem", whole, tuple(parts))
    return None


def _layer(name: str, *args: Any) -> SignalExpr:
    result: SignalExpr = LAYERS[name](*args)
    return result


# --- where in a module ---------------------------------------------------------------


def _modules_around() -> Iterator[Any]:
    """The modules that are being called, the outermost first."""
    found = []
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "_call_impl" and isinstance(
            frame.f_locals.get("self"), torch.nn.Module
        ):
            found.append(frame.f_locals["self"])
        frame = frame.f_back  # type: ignore[assignment]
    return reversed(found)


def located() -> str:
    """In which module code is running, for errors; empty where it is in none."""
    around = list(_modules_around())
    if not around:
        return ""
    outer, inner = around[0], around[-1]
    name = next((name for name, one in outer.named_modules() if one is inner), "")
    kind = type(inner).__name__
    return f" in {name} ({kind})" if name else f" in {kind}"

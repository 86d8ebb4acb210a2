"""The weights of modules of PyTorch by name, and in which module code is running."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn.parameter import is_lazy
from torch.nn.utils import parametrize

from symconv.errors import SymconvError
from symconv.language.graph import has_opaque
from symconv.language.signals import SignalExpr
from symconv.reading.networks.deviations import Deviations
from symconv.reading.networks.known_numbers import as_formula
from symconv.reading.networks.results import Reading, note_place
from symconv.reading.networks.sizes import Hypotheses
from symconv.reading.networks.weights import Weights
from symconv.reading.networks.written import Written, memory_of, view_of

__all__ = ["Context", "located"]


class Context:
    """What symbolic tensors have in common that are computed with each other.

    Attributes:
        hypotheses: about the sizes.
        weights: the named tensors of the weights that were met.
        written: the tensors of numbers that hold symbols.
        places: in which module each tensor was first made, as "layer1.0.conv2 (Conv2d)"; empty
            where it was in the outermost one, or in none.
    """

    def __init__(self, hypotheses: Hypotheses, taken: Sequence[str]) -> None:
        self.hypotheses = hypotheses
        self.weights = Weights(taken)
        # The tensors too, so that no id is used again, and how often they had been written.
        self._names: dict[int, tuple[str, Any, int]] = {}
        self._by_memory: dict[int, Any] = {}
        self._constants: dict[int, Any] = {}  # by their memory, too
        self._modules: list[Any] = []
        self._fresh: set[int] = set()
        self._computed: dict[int, tuple[Any, int, Callable[[], SignalExpr]]] = {}
        self._deviations = Deviations(
            self.weights, lambda one, eps: one.origin.rpartition(".")[2] == "running_var"
        )
        self._variances: dict[Hashable, Any] = {}
        self.written = Written(self._numbers)
        self.places: dict[SignalExpr, str] = {}
        self._paths: dict[Any, dict[Any, str]] = {}

    def place(self, made: SignalExpr) -> None:
        """Note in which module a tensor is made, and all that was made for it on the way."""
        if made not in self.places:
            note_place(self.places, made, self._place())

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

    def know(self, module: Any, is_made: bool = False) -> None:
        """Learn what the weights of a module are called.

        Args:
            module: the module.
            is_made: whether its code made it of another one, so that numbers which it put in are
                what they are, and only others are weights.
        """
        if any(known is module for known in self._modules):
            return
        self._modules.append(module)
        for listed in (module.named_parameters(), module.named_buffers()):
            for name, one in listed:
                if hasattr(one, "expression") or id(one) in self._names:
                    continue
                self._names[id(one)] = name.replace("_orig_mod.", ""), one, one._version
                if is_made:
                    self._fresh.add(id(one))
                memory = None if is_lazy(one) else memory_of(one)
                if memory is not None:
                    self._by_memory.setdefault(memory, one)
        self.know_calculated(module)

    def know_calculated(self, module: Any) -> None:
        """Learn what weights are called that parametrizations calculate, while they are kept."""
        for place, one in module.named_modules():
            if not parametrize.is_parametrized(one):
                continue
            for name in one.parametrizations:
                made = getattr(one, name)
                whole = f"{place}.{name}" if place else name
                if not hasattr(made, "expression"):
                    self._names.setdefault(id(made), (whole, made, made._version))

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

    def weight(self, tensor: Any, is_part: bool = False) -> SignalExpr:
        """The named tensor for a real one, or what a view of such a one is made of it.

        Numbers that belong to no module are what they are where they follow a simple formula.

        Args:
            tensor: the real one.
            is_part: whether it is asked what something else is computed of, which may be a sum of
                products where this one is none.

        Raises:
            SymconvError: there are numbers in it that are not real, or not finite.
        """
        if self.written:
            held = self.written.of(tensor)
            if held is not None:
                return held.expression
        name = self._name(tensor)
        if name is None:
            base = self._by_memory.get(memory_of(tensor) or 0)
            view = None if base is None else view_of(self.weight(base), base, tensor)
            if view is not None:
                return view
            followed = self._followed(tensor, is_part)
            if followed is not None:
                return followed
        if name is None or id(tensor) in self._fresh:
            _check_numbers(tensor, name or "a tensor")
            known = as_formula(_numbers(tensor), partial(_step, tensor.dtype))
            if known is not None:
                return known
        if name is None:
            name = "constant"
            self._names[id(tensor)] = (name, tensor, tensor._version)
            self._constants.setdefault(memory_of(tensor) or 0, tensor)
        if id(tensor) not in self.weights:
            _check_numbers(tensor, name)
        values = partial(_numbers, tensor)
        return self.weights.tensor(
            id(tensor), name, tuple(tensor.shape), tensor, values, _precision(tensor)
        )

    def note_written(self, tensor: Any) -> None:
        """Note that numbers are written into a tensor, which PyTorch does not count behind `.data`.

        If it is a weight, it is an error to use it in this run.
        """
        others = self._constants.get(memory_of(tensor) or 0)
        known = self._owner(tensor) or self._names.get(id(others))
        if known is not None:
            name, one, _ = known
            self._names[id(one)] = name, one, -1

    def check_unchanged(self) -> None:
        """Refuse weights that were changed after they were used.

        Raises:
            SymconvError: there is one.
        """
        for weight in self.weights.by_name.values():
            self._name(weight.source)

    def _owner(self, tensor: Any) -> tuple[str, Any, int] | None:
        """The weight in whose memory a tensor lies, by its name; None where it is none's."""
        owner = self._by_memory.get(memory_of(tensor) or 0)
        return self._names.get(id(tensor if owner is None else owner))

    def note(self, tensor: Any, follow: Callable[[], SignalExpr]) -> None:
        """Note how code computed a tensor of numbers.

        Args:
            tensor: the tensor.
            follow: tells what it is in terms of weights.
        """
        self._computed[id(tensor)] = tensor, tensor._version, follow

    def _followed(self, tensor: Any, is_part: bool) -> SignalExpr | None:
        """What code computed of weights, as a sum of products of these; None where it is none."""
        found = self._computed.get(id(tensor))
        if found is None or found[1] != tensor._version:
            return None
        try:
            made = found[2]()
        except (SymconvError, RuntimeError, TypeError):
            return None
        return None if has_opaque(made) and not is_part else made

    def _numbers(self, tensor: Any) -> SignalExpr:
        """The numbers of a tensor into which something is about to be written.

        Raises:
            SymconvError: it is a weight of a module.
        """
        known = self._owner(tensor)
        if known is not None:
            raise SymconvError(
                f"{known[0]} is changed while the module runs, which is not followed"
            )
        return self.weight(tensor.detach().clone())

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
            return 1 / (_numbers(variance).astype(float) + eps) ** 0.5

        found = self.weights.tensor(
            key, origin, tuple(variance.shape), variance, values, _precision(variance)
        )
        self._variances[id(variance)] = variance
        self._deviations.note(id(variance), float(eps), found)
        return found

    def related(self, reading: Reading, beside: Sequence[SignalExpr] = ()) -> Reading:
        """A reading in which tensors that are made of one variance are related to each other.

        Alone, 1/√(σ² + ε) is a tensor like others.  Beside σ² itself, or beside that with another
        ε, it is what it is made of, since otherwise what they have in common would be lost.

        Args:
            reading: what was read.
            beside: tensors with which its outputs are going to be compared.
        """
        return self._deviations.related(
            reading, beside, lambda variance: self.weight(self._variances[variance])
        )

    def deviations_named(self, made: SignalExpr, given: Sequence[SignalExpr]) -> SignalExpr:
        """The tensor with 1/r for each √(σ² + ε), r being the named tensor for 1/√(σ² + ε).

        So a deviation that code calculates itself is that of the batch norm.

        Args:
            made: the tensor.
            given: of what it is made; in these nothing is replaced.
        """
        return self._deviations.named(
            made, given, lambda weight, eps: self.inverse_deviation(weight.source, float(eps))
        )


def _step(kind: Any, number: float) -> float:
    """How far apart numbers of a kind are where a number lies; 0 for integers."""
    if not kind.is_floating_point:
        return 0
    _, exponent = math.frexp(number)
    return math.ldexp(float(torch.finfo(kind).eps), exponent - 1)


def _precision(tensor: Any) -> float:
    """The distance from 1 to the next number; integers are exact."""
    return float(torch.finfo(tensor.dtype).eps) if tensor.is_floating_point() else 0.0


def _numbers(tensor: Any) -> Any:
    """The numbers of a tensor as a NumPy array; where it can be, the same memory."""
    held = tensor.detach().cpu()
    return (held.float() if held.dtype == torch.bfloat16 else held).numpy()


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

"""While code runs: calls that no symbolic tensor is asked about, but a size or a tensor of numbers.

Where symbols are written into a tensor of numbers, what it holds is kept (`written`), and stands
for the tensor in each call that follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from symconv.errors import SymconvError
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers.arguments import as_list
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.parameters import Context, located
from symconv.reading.networks.results import LocatedError
from symconv.reading.networks.sizes import Size
from symconv.reading.networks.torch_tensors import (
    DROPOUTS,
    IGNORED,
    ONLY,
    Symbolic,
    dropped,
    each_of,
    full_name,
    held_of,
    read_arguments,
)
from symconv.reading.networks.views import Fixed
from symconv.reading.networks.written import Held

__all__ = ["Watched"]


class Watched(TorchFunctionMode):  # type: ignore[misc]
    """Sees each call of a function of PyTorch before the tensors in it are asked.

    Args:
        context: what the symbolic tensors have in common.
        may_draw: whether the code may draw numbers at random, as that which makes layers does.
    """

    def __init__(self, context: Context, may_draw: bool = False) -> None:
        super().__init__()
        self._context = context
        self._may_draw = may_draw

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Tensors of symbolic sizes; and symbols that would get lost in a tensor of numbers."""
        named = kwargs or {}
        name = full_name(func)
        last = name.rpartition(".")[2]
        try:
            if last.removesuffix("_").removesuffix("_like") in _RANDOM and not self._may_draw:
                raise SymconvError("draws numbers at random, so that each run gives others")
            if last in DROPOUTS and not self._may_draw and not _has_symbols((args, named)):
                return dropped(*args, **named)  # of numbers, too
            if name.endswith(".data.__set__") and self._rebound(*args):
                return None
            if self._context.written:
                args, named = self._standing((args, named))
            has_sizes = any(isinstance(one, Size) for one in each_of([args, named]))
            has_symbols = has_sizes or _has_symbols((args[1:], named))
            if _writes(last) and args and _is_real(args[0]):
                if has_symbols:
                    held = held_of(args[0], self._context)
                    args = (self._symbolic(args[0], held), *args[1:])
                else:
                    self._context.note_written(args[0])
            if _is_real(named.get("out")):
                self._context.note_written(named["out"])
            if has_sizes and last not in _MAKERS:
                args, named = self._sized((args, named))
                if not _has_symbols((args, named)):
                    raise SymconvError(
                        "is not read of a size that is a symbol: give it as a number in the shape, "
                        "or by a hypothesis such as Eq(H, 224)"
                    )
        except LocatedError:
            raise
        except SymconvError as error:
            raise LocatedError(f"{name}{located()}: {error}") from error
        if has_sizes and last in _MAKERS:
            return self._made(name, _MAKERS[last], args, named)
        if name == "torch.tensor" and args and isinstance(args[0], Symbolic):
            return args[0].detach().clone()
        result = func(*args, **named)
        if _is_new(result, last, args, named):
            self._context.note(result, partial(self._followed, result, func, args, named))
        return result

    def _followed(self, made: Any, func: Any, args: Any, named: dict[str, Any]) -> SignalExpr:
        """What code computed of weights, in terms of these.

        Raises:
            SymconvError: it is not read, or not what the same call gives now.
        """
        if not torch.equal(func(*args, **named), made):
            raise SymconvError("does not give the same twice")
        positional, others = (self._weighed(one) for one in (args, named))
        result = func(*positional, **others)
        if not isinstance(result, Symbolic):
            raise SymconvError("is not read")
        return result.expression

    def _weighed(self, value: Any) -> Any:
        """Arguments with the symbolic tensors of weights.

        Raises:
            SymconvError: symbols were written into one of them, which may have been later.
        """
        if _is_real(value) and self._context.written.of(value) is not None:
            raise SymconvError("is computed of numbers into which symbols were written")
        if _is_real(value) and value.is_floating_point():
            return Symbolic(self._context.weight(value, is_part=True), self._context)
        if type(value) in (list, tuple):
            return type(value)(self._weighed(one) for one in value)
        if type(value) is dict:
            return {key: self._weighed(one) for key, one in value.items()}
        return value

    def _symbolic(self, tensor: Any, held: Held) -> Symbolic:
        """What stands for a tensor of numbers: a parameter for a parameter."""
        made = Symbolic(held.expression, self._context, held.is_contiguous, held.storage, held.path)
        return torch.nn.Parameter(made) if isinstance(tensor, torch.nn.Parameter) else made

    def _standing(self, value: Any) -> Any:
        """Arguments in which symbolic tensors stand for those of numbers that hold symbols."""
        if _is_real(value):
            held = self._context.written.of(value)
            return value if held is None else self._symbolic(value, held)
        if type(value) in (list, tuple):
            return type(value)(self._standing(one) for one in value)
        if type(value) is dict:
            return {key: self._standing(one) for key, one in value.items()}
        return value

    def _sized(self, value: Any) -> Any:
        """Arguments in which symbolic tensors stand for those of numbers, beside a size.

        What is made of them, as by `expand`, may share their entries.
        """
        if _is_real(value):
            try:
                return self._symbolic(value, held_of(value, self._context))
            except SymconvError:
                weight = self._context.weight(value)
                return Symbolic(weight, self._context, value.is_contiguous(), Fixed(weight))
        if type(value) in (list, tuple):
            return type(value)(self._sized(one) for one in value)
        if type(value) is dict:
            return {key: self._sized(one) for key, one in value.items()}
        return value

    def _rebound(self, target: Any, value: Any) -> bool:
        """Follow `target.data = value` for a tensor of numbers; whether there are symbols in it."""
        written = self._context.written
        if not _is_real(target):
            return False
        numbers = [one for one in (target, value) if _is_real(one)]
        if len(numbers) == 2 and all(written.of(one) is None for one in numbers):
            self._context.note_written(target)
            return False
        written.rebind(target, held_of(value, self._context))
        return True

    def _made(
        self, name: str, maker: Callable[..., SignalExpr], args: Any, kwargs: dict[str, Any]
    ) -> Symbolic:
        kept = {key: one for key, one in kwargs.items() if key not in (*IGNORED, *ONLY)}
        try:
            read = (read_arguments(one, self._context) for one in (args, kept))
            positional, named = read
            result = maker(*positional, **named)
        except (SymconvError, TypeError) as error:
            raise LocatedError(f"{name}{located()}: {error}") from error
        return Symbolic(result, self._context)


def _is_real(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and not isinstance(value, Symbolic)


def _is_new(result: Any, name: str, args: Any, named: dict[str, Any]) -> bool:
    """Whether a result is computed of tensors of numbers, and none of these."""
    if not _is_real(result) or not result.is_floating_point() or _writes(name) or "out" in named:
        return False
    given = [one for one in each_of([args, named]) if isinstance(one, torch.Tensor)]
    return bool(given) and all(_is_real(one) and one is not result for one in given)


def _has_symbols(values: Any) -> bool:
    return any(isinstance(one, Symbolic) for one in each_of([*values]))


def _writes(name: str) -> bool:
    """Whether a function writes into its first argument."""
    if name.startswith("__"):
        return name == "__setitem__" or name in _WRITING_SIGNS
    return name.endswith("_")


_WRITING_SIGNS = frozenset(["__iadd__", "__idiv__", "__imul__", "__isub__", "__itruediv__"])

_RANDOM = frozenset(
    [
        *("bernoulli", "cauchy", "exponential", "geometric", "log_normal", "multinomial"),
        *("normal", "poisson", "rand", "randint", "randn", "random", "randperm", "uniform"),
    ]
)
"""What draws numbers, without what says that it writes in place, or makes a tensor like another."""

_MAKERS: Mapping[str, Callable[..., SignalExpr]] = {
    "full": lambda size, fill_value: filled(size, fill_value),
    "ones": lambda *size: filled(as_list(size), 1),
    "zeros": lambda *size: filled(as_list(size), 0),
}

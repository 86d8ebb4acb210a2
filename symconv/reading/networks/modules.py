"""Modules of PyTorch, run as they are on tensors of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from sympy.logic.boolalg import Boolean
from torch.nn.parameter import is_lazy

from symconv.arithmetic.symbols import integers
from symconv.errors import SymconvError, as_given
from symconv.language.signals import Tensor
from symconv.reading.networks.parameters import Context, located
from symconv.reading.networks.results import Reading
from symconv.reading.networks.sizes import Hypotheses
from symconv.reading.networks.torch_tensors import Symbolic, TorchSize, Watched

__all__ = ["inputs_of", "read", "symbolic"]


def symbolic(name: str, shape: Sequence[Any], given: Iterable[Any] = ()) -> Symbolic:
    """A tensor for PyTorch's functions and modules, whose entries and sizes are symbols."""
    ((made,), _) = inputs_of({name: shape}, given)
    return made


def inputs_of(
    shapes: Mapping[str, Sequence[Any]], given: Iterable[Any]
) -> tuple[tuple[Symbolic, ...], Context]:
    """Tensors of symbols by name, which have weights and hypotheses in common."""
    hypotheses = Hypotheses([given] if isinstance(given, Boolean | bool) else given, located)
    known: dict[str, Any] = dict(hypotheses.numbers)
    tensors = []
    for name, shape in shapes.items():
        if not isinstance(shape, Sequence) or isinstance(shape, str) or not shape:
            raise SymconvError(
                f'the shape of {name} is a tuple such as ("N", 3, "H", "W"), got {as_given(shape)}'
            )
        tensors.append(Tensor(name, [_size(one, known) for one in shape]))
    symbols = {symbol for tensor in tensors for symbol in tensor.every_symbol()}
    context = Context(hypotheses, [*shapes, *symbols])
    return tuple(Symbolic(tensor, context) for tensor in tensors), context


def _size(given: Any, known: dict[str, Any]) -> Any:
    """A size of a shape: a name is a positive integer, which a hypothesis may give."""
    if not isinstance(given, str):
        return known.get(getattr(given, "name", ""), given)
    if not given.isidentifier():
        raise SymconvError(f"a size is a number, a name or an expression, got {as_given(given)}")
    return known.setdefault(given, integers(given, positive=True))


def read(module: Any, *shapes: Any, given: Iterable[Any] = ()) -> Reading:
    """What a module computes from inputs of these shapes, for all sizes and all weights.

    See `symconv.reading.networks.read`.
    """
    if isinstance(module, torch.nn.Module):
        _check_module(module)
    elif not callable(module):
        raise SymconvError(f"expected a module, or a function of tensors, got {as_given(module)}")
    if not shapes:
        raise SymconvError('give the shape of the input, as ("N", 3, "H", "W")')
    if all(isinstance(one, Symbolic) for one in shapes):
        inputs, context = shapes, shapes[0]._context
        if given:
            raise SymconvError("hypotheses are given where the tensors are made, by symbolic(…)")
    else:
        names = ["x"] if len(shapes) == 1 else [f"x{i}" for i in range(1, len(shapes) + 1)]
        inputs, context = inputs_of(dict(zip(names, shapes, strict=True)), given)
    tensors = tuple(one.expression for one in inputs)
    context.places = dict.fromkeys(tensors, "")  # of this module alone
    if isinstance(module, torch.nn.Module):
        context.know(module)
    with torch.no_grad(), Watched(context):
        try:
            result = module(*inputs)
        except TypeError as error:
            if TorchSize.__name__ not in str(error):
                raise
            raise SymconvError(
                f"a size that is a symbol is given where PyTorch takes numbers alone; give the "
                f"shape in numbers there: {error}"
            ) from error
    return Reading(
        tuple(one.expression for one in _outputs(result)),
        tensors,
        context.weights.by_name,
        context.hypotheses.given,
        MappingProxyType(context.places),
    )


def _outputs(result: Any) -> list[Symbolic]:
    """The tensors in what a module returns."""
    if isinstance(result, Symbolic):
        return [result]
    if isinstance(result, Mapping):
        return _outputs(list(result.values()))
    if isinstance(result, list | tuple) and result:
        return [tensor for one in result for tensor in _outputs(one)]
    raise SymconvError(
        f"the module returns {as_given(type(result).__name__)}, and no tensor that depends on its "
        "input"
    )


def _check_module(module: Any) -> None:
    """Refuse a module that does not do the same every time, or does more than it says.

    Raises:
        SymconvError: with what to do.
    """
    training = [
        name or "the module itself"
        for name, one in module.named_modules()
        if one.training and _asks_for_training(one)
    ]
    if training:
        raise SymconvError(
            f"the module is in training mode ({_listed(training)}), in which batch norms and "
            "dropout do something else; call .eval() on it"
        )
    lazy = [
        name
        for listed in (module.named_parameters(), module.named_buffers())
        for name, one in listed
        if is_lazy(one)
    ]
    if lazy:
        raise SymconvError(
            f"{_listed(lazy)} has no shape yet, as in lazy layers: run the module once with numbers"
        )
    hooked = [
        name or "the module itself"
        for name, one in module.named_modules()
        if one._forward_hooks or one._forward_pre_hooks
    ]
    if hooked:
        raise SymconvError(
            f"there are hooks on {_listed(hooked)}, which may change what it computes; remove them"
        )


def _asks_for_training(module: Any) -> bool:
    """Whether what a module computes may depend on its mode.

    Most modules of PyTorch's own do not ask; those that `torch.fx` makes stay in training mode.
    """
    kinds = (torch.nn.modules.batchnorm._NormBase, torch.nn.modules.dropout._DropoutNd)
    own = type(module).__module__.startswith(("torch.nn.", "torch.fx."))
    return not own or isinstance(module, (*kinds, torch.nn.RReLU, torch.nn.MultiheadAttention))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown

"""Modules of PyTorch, run as they are on tensors of symbols."""

from __future__ import annotations

import copy
import inspect
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from types import MappingProxyType
from typing import Any

import torch
from torch.nn.parameter import is_lazy
from torch.nn.utils import parametrize

from symconv.arithmetic.limits import MOST_ENTRIES_RUN
from symconv.errors import SymconvError, as_given
from symconv.language.signals import Tensor
from symconv.reading.networks.parameters import Context, located
from symconv.reading.networks.results import Reading
from symconv.reading.networks.running import Module
from symconv.reading.networks.sizes import Hypotheses, conditions_of, named_size
from symconv.reading.networks.torch_tensors import Symbolic, TorchSize
from symconv.reading.networks.watched import Watched

__all__ = ["inputs_of", "is_module", "read", "read_rewritten", "symbolic"]


def symbolic(name: str, shape: Sequence[Any], given: Iterable[Any] = ()) -> Symbolic:
    """A tensor for PyTorch's functions and modules, whose entries and sizes are symbols."""
    ((made,), _) = inputs_of({name: shape}, given)
    return made


def inputs_of(
    shapes: Mapping[str, Sequence[Any]], given: Iterable[Any]
) -> tuple[tuple[Symbolic, ...], Context]:
    """Tensors of symbols by name, which have weights and hypotheses in common."""
    hypotheses = Hypotheses(given, located)
    known: dict[str, Any] = dict(hypotheses.numbers)
    tensors = []
    for name, shape in shapes.items():
        if not isinstance(shape, Sequence) or isinstance(shape, str) or not shape:
            raise SymconvError(
                f'the shape of {name} is a tuple such as ("N", 3, "H", "W"), got {as_given(shape)}'
            )
        tensors.append(Tensor(name, [named_size(one, known) for one in shape]))
    symbols = {symbol for tensor in tensors for symbol in tensor.every_symbol()}
    context = Context(hypotheses, [*shapes, *symbols])
    return tuple(Symbolic(tensor, context) for tensor in tensors), context


def is_module(given: Any) -> bool:
    """Whether something is a module of PyTorch."""
    return isinstance(given, torch.nn.Module)


def read(module: Any, *shapes: Any, given: Iterable[Any] = ()) -> Reading:
    """What a module computes from inputs of these shapes, for all sizes and all weights.

    See `symconv.reading.networks.read`.
    """
    if isinstance(module, torch.nn.Module):
        _check_module(module)
    elif not callable(module):
        raise SymconvError(f"expected a module, or a function of tensors, got {as_given(module)}")
    inputs = _inputs(shapes, given)
    tensors: tuple[Any, ...] = tuple(one.expression for one in inputs)
    refusal = partial(_refusal, module, tensors)
    reading, result = _run(module, inputs)
    return replace(reading, refusal=refusal, running=_running(module, reading, result))


def _refusal(module: Any, inputs: Sequence[Tensor], at: Mapping[str, int]) -> str | None:
    """Why a module refuses zeros of some sizes; empty where it takes them.

    None where there would be too many to run it.
    """
    weights = module.parameters() if isinstance(module, torch.nn.Module) else ()
    kinds = [one.dtype for one in weights if one.is_floating_point()][:1]
    values = {symbol: at[symbol.name] for one in inputs for symbol in one.names[1].values()}
    told = ""
    if sum(prod(size.at(values) for size in one.sizes) for one in inputs) > MOST_ENTRIES_RUN:
        return None
    for kind in kinds or [torch.float32, torch.float64]:  # whose kind a function has, nobody says
        zeros = [torch.zeros([size.at(values) for size in one.sizes], dtype=kind) for one in inputs]
        try:
            with torch.no_grad():
                module(*zeros)
        except Exception as error:  # whatever its code raises
            told = told or str(error) or type(error).__name__
        else:
            return ""
    return told


def read_rewritten(
    module: Any, rewrite: Any, *shapes: Any, given: Iterable[Any] = ()
) -> tuple[Reading, Reading]:
    """What a module computes, and what code makes of it computes, by the same weights.

    See `symconv.reading.networks.read_rewritten`.
    """
    if not isinstance(module, torch.nn.Module):
        raise SymconvError(f"expected a module that is rewritten, got {as_given(module)}")
    if not callable(rewrite):
        raise SymconvError(f"expected a function of a module, got {as_given(rewrite)}")
    _check_module(module)
    inputs = _inputs(shapes, given)
    context = inputs[0]._context
    context.know(module)
    before, _ = _run(_with_symbols(module, context), inputs)
    context.places = {}
    copied = _with_symbols(module, context)
    made = _called(rewrite, (copied,), context, may_draw=True)
    after = copied if made is None else made
    if not callable(after):
        raise SymconvError(
            f"the code that rewrites the module returns {as_given(after)}, and no module"
        )
    if isinstance(after, torch.nn.Module):
        _check_hooks(after)
        context.know(after, is_made=True)
    later, _ = _run(after, inputs)
    return context.related(before, later.outputs), context.related(later, before.outputs)


def _with_symbols(module: Any, context: Context) -> Any:
    """A copy of a module in which the named tensors of its weights stand for their numbers."""
    memo: dict[int, Any] = {}
    for one in module.parameters():
        if one.is_floating_point() or one.is_complex():
            memo[id(one)] = torch.nn.Parameter(Symbolic(context.weight(one), context))
    for one in module.buffers():
        if one.is_floating_point() or one.is_complex():
            memo[id(one)] = Symbolic(context.weight(one), context)
    return copy.deepcopy(module, memo)


def _inputs(shapes: Sequence[Any], given: Iterable[Any]) -> Sequence[Symbolic]:
    """The symbolic tensors of some shapes, or those that stand there already."""
    if not shapes:
        raise SymconvError('give the shape of the input, as ("N", 3, "H", "W")')
    if all(isinstance(one, Symbolic) for one in shapes):
        if conditions_of(given):
            raise SymconvError("hypotheses are given where the tensors are made, by symbolic(…)")
        return shapes
    names = ["x"] if len(shapes) == 1 else [f"x{i}" for i in range(1, len(shapes) + 1)]
    inputs, context = inputs_of(dict(zip(names, shapes, strict=True)), given)
    context.hypotheses.check_about(
        name
        for size in itertools.chain(*shapes)
        for name in ([size] if isinstance(size, str) else _names_in(size))
    )
    return inputs


def _names_in(size: Any) -> list[str]:
    """The symbols in a size."""
    return [symbol.name for symbol in getattr(size, "free_symbols", ())]


def _run(module: Any, inputs: Sequence[Symbolic]) -> tuple[Reading, Any]:
    """What a module or a function computes from inputs, and what it returns."""
    context = inputs[0]._context
    tensors: tuple[Any, ...] = tuple(one.expression for one in inputs)
    context.places = dict.fromkeys(tensors, "")  # of this module alone
    _check_arguments(module, len(inputs))
    result = _called(module, inputs, context)
    reading = context.related(
        Reading(
            tuple(one.expression for _, one in _outputs(result)),
            tensors,
            context.weights.by_name,
            context.hypotheses.given,
            MappingProxyType(context.places),
            keys=_keys(result),
        )
    )
    context.check_unchanged()
    return reading, result


def _running(module: Any, reading: Reading, result: Any) -> Module:
    """How a module is run on numbers, by whoever holds it."""
    kinds = [one.dtype for one in getattr(module, "parameters", list)() if one.is_floating_point()]
    kind = str(kinds[0] if kinds else torch.float32).removeprefix("torch.")
    inputs = tuple(one.name for one in reading.inputs)
    return Module(inputs, tuple(path for path, _ in _outputs(result)), kind)


def _called(code: Any, args: Sequence[Any], context: Context, may_draw: bool = False) -> Any:
    """What code returns that is watched.

    What `torch.compile` makes of a module runs as the module does, and what parametrizations
    calculate is calculated once.
    """
    eager = torch.compiler.set_stance("force_eager")
    with torch.no_grad(), eager, parametrize.cached():
        if isinstance(code, torch.nn.Module):
            context.know(code)
            context.know_calculated(code)
        try:
            with Watched(context, may_draw):
                return code(*args)
        except TypeError as error:
            if TorchSize.__name__ not in str(error):
                raise
            raise SymconvError(
                f"a size that is a symbol is given where PyTorch takes numbers alone; give the "
                f"shape in numbers there: {error}"
            ) from error


def _keys(result: Any) -> tuple[str, ...]:
    """What leads to each tensor in what a module returns, where keys of mappings do."""
    listed = result if isinstance(result, list | tuple) else ()
    if not isinstance(result, Mapping) and not any(isinstance(one, Mapping) for one in listed):
        return ()
    return tuple(path for path, _ in _outputs(result))


def _outputs(result: Any, path: str = "") -> list[tuple[str, Symbolic]]:
    """The tensors in what a module returns, each behind what gives it, such as "[0]"."""
    if isinstance(result, Symbolic):
        return [(path, result)]
    if isinstance(result, Mapping) and result:
        return [found for key, one in result.items() for found in _outputs(one, f"{path}[{key!r}]")]
    if isinstance(result, list | tuple) and result:
        listed = enumerate(result)
        return [found for number, one in listed for found in _outputs(one, f"{path}[{number}]")]
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
    compiled = [
        name or "the module itself"
        for name, one in module.named_modules()
        if isinstance(one, torch.jit.ScriptModule)
    ]
    if compiled:
        raise SymconvError(
            f"{_listed(compiled)} is compiled by TorchScript, and has no code in Python that could "
            "be run on symbols; read the module that it was made of"
        )
    _check_hooks(module)


def _check_arguments(module: Any, count: int) -> None:
    """Refuse more or fewer inputs than a module or a function takes.

    Raises:
        SymconvError: with what it takes.
    """
    code = module.forward if isinstance(module, torch.nn.Module) else module
    try:
        signature = inspect.signature(code)
    except (TypeError, ValueError):
        return  # written in C
    try:
        signature.bind(*[None] * count)
    except TypeError as error:
        inputs = "1 input is" if count == 1 else f"{count} inputs are"
        raise SymconvError(
            f"{inputs} given, and {type(module).__name__} takes {signature}: {error}; give a shape "
            "for each of its inputs"
        ) from error


def _check_hooks(module: Any) -> None:
    hooked = [
        name or "the module itself"
        for name, one in module.named_modules()
        if one._forward_hooks or one._forward_pre_hooks
    ]
    if hooked:
        raise SymconvError(
            f"there are hooks on {_listed(hooked)}, which may change what it computes; remove them "
            "(those of weight_norm by torch.nn.utils.remove_weight_norm, and likewise others)"
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

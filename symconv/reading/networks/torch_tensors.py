"""PyTorch's tensors with symbols: what a module computes with them is a tensor of symconv.

PyTorch asks the class of a tensor first, by `__torch_function__`, what one of its functions is to
do.  Here that is looked up in the table of layers; what is not in it is an error, and nothing is
ever computed with numbers, which these tensors do not have.

Only this module, `parameters`, `written`, `watched` and `modules` know PyTorch, and what makes
modules of merged layers; they are imported when it is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from inspect import signature
from typing import Any, NoReturn

import torch
from torch.overrides import resolve_name

from symconv.errors import SymconvError, as_given
from symconv.language.operators import Operator
from symconv.language.signals import SignalExpr
from symconv.reading.networks.layers import LAYERS
from symconv.reading.networks.layers.arguments import (
    as_list,
    constant,
    sizes_of,
    which_axes,
    without_axes,
)
from symconv.reading.networks.layers.entrywise import filled
from symconv.reading.networks.layers.shapes import expand_as
from symconv.reading.networks.parameters import Context, located
from symconv.reading.networks.results import LocatedError
from symconv.reading.networks.sizes import Quotient, Size, known_number
from symconv.reading.networks.views import Storage, path_to
from symconv.reading.networks.written import Held

__all__ = [
    "DROPOUTS",
    "IGNORED",
    "ONLY",
    "Shape",
    "Symbolic",
    "TorchSize",
    "dropped",
    "each_of",
    "full_name",
    "held_of",
    "read_arguments",
]


# --- tensors -------------------------------------------------------------------------


class TorchSize(Size, torch.SymInt):  # type: ignore[misc]
    """A size that PyTorch takes for one of its own symbolic integers, as an argument."""

    @property
    def node(self) -> NoReturn:
        """What PyTorch asks for where it is going to compute with it."""
        self._no_number()


class Shape(tuple[Any, ...]):
    """The sizes of a tensor, some of which are symbols."""

    __slots__ = ()

    def numel(self) -> Any:
        """How many entries there are."""
        return math.prod(self)


class Symbolic(torch.Tensor):  # type: ignore[misc]
    """A tensor of PyTorch whose sizes and entries are symbols, as `symbolic` makes it."""

    @staticmethod
    def __new__(  # noqa: D102
        cls: type[Symbolic],
        expression: SignalExpr,
        context: Context,
        contiguous: bool = True,
        storage: Storage | None = None,
        path: tuple[Operator, ...] = (),
    ) -> Symbolic:
        # PyTorch wants a shape; nobody is ever told of this one.  By the layout `p.data = x` is
        # an error for a tensor of numbers p, which would lose the symbols without a word.
        made: Symbolic = torch.Tensor._make_wrapper_subclass(
            cls, [1] * expression.ndim, layout=torch.sparse_coo
        )
        context.place(expression)
        made._context = context
        made._is_contiguous = contiguous
        made._storage_ = Storage(expression) if storage is None else storage
        made._path = path
        made._seen = (made._storage_.version, expression)
        return made

    _context: Context
    _is_contiguous: bool
    _storage_: Storage
    _path: tuple[Operator, ...]
    _seen: tuple[int, SignalExpr]

    @property
    def expression(self) -> SignalExpr:
        """The tensor of symconv that it is now.

        Raises:
            SymconvError: something was written in place, of which it is open whether it is in it.
        """
        storage = self._storage_
        if storage.refusal or self._seen[0] != storage.version:
            self._seen = (storage.version, storage.seen(self._path))
        return self._seen[1]

    def hold(self, held: Held) -> None:
        """Be another tensor from now on, as `p.data = x` asks for."""
        self._storage_, self._path = held.storage, held.path
        self._is_contiguous = held.is_contiguous
        self._seen = (held.storage.version, held.expression)

    @property
    def held(self) -> Held:
        """The entries that it is, and how."""
        return Held(self._storage_, self._path, self._is_contiguous)

    @property
    def weights(self) -> Mapping[str, Any]:
        """The weights that were met so far, by the names of their tensors."""
        return self._context.weights.by_name

    @classmethod
    def __torch_function__(
        cls,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """What a function of PyTorch does with such tensors."""
        return _called(func, args, kwargs or {})

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Reached by what does not ask `__torch_function__` first: nothing is computed here."""
        if func is torch.ops.aten.set_.source_Tensor:
            target, source = args
            if isinstance(target, Symbolic) and isinstance(source, Symbolic):
                target.hold(source.held)
                return target
        raise SymconvError(f"{func} computes with numbers, and is not read{located()}")


# --- calls ---------------------------------------------------------------------------


def _called(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    full = full_name(func)
    place, _, name = full.rpartition(".")
    name = _OTHER_NAMES.get(full, _OTHER_NAMES.get(name, name))
    try:
        context = _context_of(args, kwargs)
        if name == "__set__":
            return _set_attribute(place.rpartition(".")[2], *args)
        if place not in _PLACES:
            raise SymconvError("is not read")
        if name in _ASKED:
            return _answered(name, args, kwargs)
        if name == "getitem" and _has_positions(args[1]):
            name, args = "index", (args[0], _with_positions(args[1], context))
        elif name == "index_select":
            args, kwargs = _with_positions((args, kwargs), context)
        return _applied(context, full, name, args, kwargs)
    except LocatedError:
        raise
    except SymconvError as error:
        raise LocatedError(f"{full}{located()}: {error}") from error


def _has_positions(key: Any) -> bool:
    """Whether a list or a real tensor of positions stands in brackets; what it gives is a copy."""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(one, list) or _is_positions(one) for one in parts)


def _is_positions(one: Any) -> bool:
    return isinstance(one, torch.Tensor) and not isinstance(one, Symbolic) and one.ndim == 1


def _with_positions(value: Any, context: Context) -> Any:
    """The same, with lists of integers for the real tensors of positions."""
    if isinstance(value, tuple):
        return tuple(_with_positions(one, context) for one in value)
    if isinstance(value, dict):
        return {key: _with_positions(one, context) for key, one in value.items()}
    if not _is_positions(value):
        return value
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise SymconvError(f"positions are integers, got a tensor of {value.dtype}")
    if context.written and context.written.of(value) is not None:
        raise SymconvError("positions that are computed of an input are not read")
    return value.tolist()


_PLACES = frozenset(
    ["torch", "torch.Tensor", "torch._C._nn", "torch.functional", "torch.nn.functional"]
)
"""Where functions stand that are known by their names alone."""


_signature = cache(signature)
"""Of what stands in tables, so that each is looked at once."""


def _answered(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `_ASKED` says."""
    named = {_OTHER_KEYWORDS.get(key, key): one for key, one in kwargs.items()}
    try:
        _signature(_ASKED[name]).bind(*args, **named)
    except TypeError as error:
        raise SymconvError(f"is not read with these arguments ({error})") from error
    return _ASKED[name](*args, **named)


def full_name(func: Any) -> str:
    """What a function of PyTorch is called, as torch.Tensor.add."""
    name = resolve_name(func)
    if name is None:
        name = f"{getattr(func, '__module__', '')}.{getattr(func, '__name__', func)}"
    return str(name).removesuffix(".__get__")


def each_of(values: Any) -> Iterator[Any]:
    """What stands in arguments, in lists too."""
    if isinstance(values, list | tuple):
        for one in values:
            yield from each_of(one)
    elif isinstance(values, dict):
        yield from each_of(list(values.values()))
    else:
        yield values


def _context_of(args: Any, kwargs: Any) -> Context:
    found = [one._context for one in each_of([*args, kwargs]) if isinstance(one, Symbolic)]
    first = found[0]
    if any(other is not first for other in found):
        raise SymconvError(
            "two symbolic tensors were made apart, so that weights could have one name in both; "
            "make all inputs of a module together, by read(module, shape, shape)"
        )
    return first


def _applied(
    context: Context, full: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """A function of the table, whose result is new, a view, or written in place."""
    in_place = name.endswith("_") and not name.endswith("__")
    name = name.removesuffix("_") if in_place else name
    name = _OTHER_NAMES.get(name, name)
    layer = _OWN.get(name) or LAYERS.get(name)
    if layer is None:
        raise SymconvError("is not read")
    if in_place and name in _VIEWS:
        raise SymconvError("changes the shape in place, and is not read; use the result of a view")
    positional, named = list(args), dict(kwargs)
    in_place = bool(named.pop("inplace", False)) or in_place
    in_place = _only_what_it_means(name, layer, positional, named) or in_place
    first = args[0] if args else kwargs.get("input")
    read = read_arguments(positional, context), read_arguments(named, context)
    if layer is LAYERS["reshape"]:
        read[1]["same"] = context.hypotheses.are_equal
    try:
        _signature(layer).bind(*read[0], **read[1])
    except TypeError as error:
        raise SymconvError(f"is not read with these arguments ({error})") from error
    result = layer(*read[0], **read[1])
    if name in _QUOTIENTS:
        given = [one for one in each_of([*read]) if isinstance(one, SignalExpr)]
        result = context.deviations_named(result, given)
    if in_place:
        return _written(full, first, result, context)
    if name in _VIEWS and isinstance(first, Symbolic):
        if isinstance(result, tuple):
            return tuple(_view(name, first, one) for one in result)
        return _view(name, first, result)
    every = [one for one in each_of([*args, kwargs]) if isinstance(one, torch.Tensor)]
    made = Symbolic(result, context, name not in _IN_ANY_ORDER and all(map(_by_rows, every)))
    if name in _DOUBTFUL:
        for one in every:
            if isinstance(one, Symbolic):
                made._storage_.may_share(one._storage_)
    return made


_QUOTIENTS = frozenset(["div", "pow", "rdiv", "reciprocal", "rsqrt", "sqrt"])
"""What may divide by a deviation, or be one."""


def _by_rows(tensor: Any) -> bool:
    """Whether entries are known to lie in memory by rows."""
    if isinstance(tensor, Symbolic):
        return tensor._is_contiguous
    return bool(tensor.is_contiguous())


def read_arguments(value: Any, context: Context) -> Any:
    """The arguments of a call as layers take them."""
    if isinstance(value, Symbolic):
        return value.expression
    if isinstance(value, torch.Tensor):
        return context.weight(value)
    if isinstance(value, Quotient):
        raise SymconvError(f"{value} may be no integer; round it with //, math.floor or math.ceil")
    if isinstance(value, slice):
        return slice(*(known_number(one) for one in (value.start, value.stop, value.step)))
    if isinstance(value, list | tuple):
        return (
            type(value)(read_arguments(one, context) for one in value)
            if not isinstance(value, torch.Size | Shape)
            else tuple(read_arguments(one, context) for one in value)
        )
    if isinstance(value, dict):
        return {key: read_arguments(one, context) for key, one in value.items()}
    return known_number(value)


IGNORED = frozenset(["_stacklevel", "device", "layout", "non_blocking", "pin_memory"])
"""Arguments that say nothing about entries."""

ONLY = {
    "antialias": (False,),
    "dtype": (None, torch.float32, torch.float64),
    "memory_format": (None, torch.contiguous_format, torch.preserve_format),
    "out": (None,),
    "recompute_scale_factor": (None, False),
    "requires_grad": (False,),
    "return_indices": (False,),
}
"""Arguments that are read for these values alone."""


def _only_what_it_means(name: str, layer: Any, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Take away the arguments that only PyTorch has; an error where they would matter.

    Returns:
        Whether the result is written in place.
    """
    for key in list(kwargs):
        if key in IGNORED:
            del kwargs[key]
        elif key in ONLY:
            value = kwargs.pop(key)
            if not any(value is one or (one is not None and value == one) for one in ONLY[key]):
                raise SymconvError(f"is not read with {key}={as_given(value)}")
    if name == "cast":
        _check_cast([*args[1:], *kwargs.values()])
        del args[1:]
        kwargs.clear()
    parameters = _signature(layer).parameters.values()
    in_place = False
    if not any(one.kind is one.VAR_POSITIONAL for one in parameters):
        for extra in args[len(parameters) :]:  # behind what a layer means, PyTorch has flags
            if not isinstance(extra, bool) or (extra and name in _POOLS):
                raise SymconvError(f"is not read with the argument {as_given(extra)}")
            in_place = in_place or extra
        del args[len(parameters) :]
    for key in list(kwargs):
        kwargs[_OTHER_KEYWORDS.get(key, key)] = kwargs.pop(key)
    if "input" in kwargs and "input" not in {one.name for one in parameters}:
        args.insert(0, kwargs.pop("input"))
    return in_place


def _check_cast(given: Sequence[Any]) -> None:
    """Refuse numbers of another kind, as integers, to which entries would be rounded."""
    for one in given:
        if isinstance(one, torch.dtype) and one not in (torch.float32, torch.float64):
            raise SymconvError(f"rounds to numbers of the kind {one}")
        if isinstance(one, torch.Tensor) and one.dtype not in (torch.float32, torch.float64):
            raise SymconvError(f"rounds to numbers of the kind {one.dtype}")
        if isinstance(one, type) or (isinstance(one, str) and one.endswith("Tensor")):
            raise SymconvError(f"to {one} is not read; write .float() or .double()")
        if isinstance(one, str | torch.device) and torch.device(one).type == "meta":
            raise SymconvError("to the device 'meta' is not read, which has no numbers")


_POOLS = frozenset(f"{kind}_pool{d}d" for kind in ("max", "adaptive_max") for d in (1, 2, 3))
_OTHER_KEYWORDS = {"axis": "dim", "keepdims": "keepdim", "self": "input"}
"""NumPy's names of arguments, which PyTorch takes too."""


# --- views and writing ---------------------------------------------------------------

_VIEWS = frozenset(
    [
        *("alias", "chunk", "contiguous", "expand", "expand_as", "flatten", "getitem"),
        *("movedim", "narrow", "permute", "reshape", "reshape_as", "reversed_axes", "select"),
        *("split", "squeeze", "swapped_axes", "t", "transpose", "unbind", "unflatten"),
        *("unsqueeze", "view", "cast"),
    ]
)
"""What shares entries with its input, or may."""

_PERHAPS = frozenset(["contiguous", "flatten", "reshape", "reshape_as"])
"""What shares them where they lie in memory in the order of the result, and otherwise copies."""

_DOUBTFUL = frozenset(["channel_shuffle", "einsum", "pixel_shuffle", "pixel_unshuffle", "windows"])
"""What copies as a rule, and gives a view of its input now and then."""

_IN_ANY_ORDER = frozenset(["einsum", "matmul", "linear"])
"""What may give entries in another order in memory than by rows."""


def _view(name: str, of: Symbolic, result: SignalExpr) -> Symbolic:
    """A tensor that shares entries with another one, or may."""
    path = path_to(result, of.expression)
    context, storage = of._context, of._storage_
    if path is None or name == "cast" or (name in _PERHAPS and not of._is_contiguous):
        apart = Symbolic(result, context, name in _PERHAPS)
        storage.may_share(apart._storage_)
        return apart
    keeps = name in ("alias", "contiguous", "flatten", "reshape", "reshape_as", "unflatten")
    contiguous = of._is_contiguous and (keeps or name in ("view", "squeeze", "unsqueeze"))
    return Symbolic(result, context, contiguous, storage, (*of._path, *path))


def _written(full: str, target: Any, result: SignalExpr, context: Context) -> Any:
    """Writes a result into a tensor, and so into all that share entries with it."""
    if not isinstance(target, Symbolic):
        raise SymconvError(
            "writes symbols into a tensor of numbers, which cannot hold them; make that tensor "
            "from the input, as by torch.zeros_like(x) or x.new_zeros(...)"
        )
    target._storage_.write(target._path, result, full)
    context.place(target.expression)
    return target


def _set_attribute(name: str, target: Any, value: Any = None) -> None:
    """`target.data = value`, and what says nothing about entries."""
    if name in ("requires_grad", "grad"):
        return
    if name != "data":
        raise SymconvError(f"{name} is set, which is not followed")
    if isinstance(target, Symbolic):
        target.hold(held_of(value, target._context))
        return
    raise SymconvError("symbols are written into the data of a tensor of numbers")


def held_of(tensor: Any, context: Context) -> Held:
    """What a tensor holds, which shares its entries with others from now on."""
    return tensor.held if isinstance(tensor, Symbolic) else context.written.made(tensor)


def _copy(x: Symbolic, memo: dict[int, Any]) -> Symbolic:
    """`copy.deepcopy(x)`: copies share entries where the tensors did."""
    storage = memo.get(id(x._storage_))
    if storage is None:
        storage = memo[id(x._storage_)] = Storage(x._storage_.seen(()))
    copied = Symbolic(x.expression, x._context, x._is_contiguous, storage, x._path)
    if isinstance(x, torch.nn.Parameter):
        copied = torch.nn.Parameter(copied, requires_grad=False)
    memo[id(x)] = copied
    return copied


def _set_item(target: Any, key: Any, value: Any) -> None:
    """`target[key] = value`."""
    context = _context_of((target, value), {})
    if _has_positions(key):
        raise SymconvError("x[...] = ... takes integers, slices, None and an ellipsis")
    if not isinstance(target, Symbolic):
        _written("", target, filled((), 0), context)
    place = _called(torch.Tensor.__getitem__, (target, key), {})
    _written(
        "x[...] = ...", place, _fitted(read_arguments(value, context), place.expression), context
    )


def _fitted(value: Any, place: SignalExpr) -> SignalExpr:
    """A tensor or a number in the shape of the place where it is written."""
    new: SignalExpr = value if isinstance(value, SignalExpr) else filled((), value)
    return new if new.lengths == place.lengths else expand_as(new, place)


# --- what only PyTorch has -----------------------------------------------------------


def _input(input: SignalExpr, *_: Any) -> SignalExpr:  # noqa: A002
    return input


_OWN: Mapping[str, Callable[..., Any]] = {
    "alias": _input,
    "cast": _input,
    "clone": _input,
    "contiguous": _input,
    "copy": lambda input, src: _fitted(src, input),  # noqa: A006
    "fill": lambda input, value: _fitted(value, input),  # noqa: A006
    "full_like": lambda input, fill_value: filled(sizes_of(input), fill_value),  # noqa: A006
    "new_full": lambda input, size, fill_value: filled(size, fill_value),  # noqa: A006
    "new_ones": lambda input, *size: filled(as_list(size), 1),  # noqa: A006
    "new_zeros": lambda input, *size: filled(as_list(size), 0),  # noqa: A006
    "rdiv": lambda input, other: LAYERS["div"](other, input),  # noqa: A006
    "ones_like": lambda input: filled(sizes_of(input), 1),  # noqa: A006
    "view": LAYERS["reshape"],
    "zero": lambda input: _fitted(0, input),  # noqa: A006
    "zeros_like": lambda input: filled(sizes_of(input), 0),  # noqa: A006
}
"""Layers that other frameworks have no names for."""

_OTHER_NAMES = {
    "torch.batch_norm": "batch_norm_in_another_order",
    "torch.instance_norm": "instance_norm_in_another_order",
    "torch.Tensor.unfold": "windows",
    "torch.Tensor.__matmul__": "matmul",
    "T": "reversed_axes",
    "__add__": "add",
    "__getitem__": "getitem",
    "__iadd__": "add_",
    "__imul__": "mul_",
    "__isub__": "sub_",
    "__itruediv__": "div_",
    "__matmul__": "matmul",
    "__mul__": "mul",
    "__neg__": "neg",
    "__pow__": "pow",
    "__radd__": "add",
    "__rdiv__": "rdiv",
    "__rmul__": "mul",
    "__rsub__": "rsub",
    "__rtruediv__": "rdiv",
    "__sub__": "sub",
    "__truediv__": "div",
    "_weight_norm": "weight_norm",
    "absolute": "abs",
    "adjoint": "swapped_axes",
    "bmm": "matmul",
    "clip": "clamp",
    "concat": "cat",
    "concatenate": "cat",
    "cpu": "cast",
    "cuda": "cast",
    "data": "alias",
    "detach": "alias",
    "divide": "div",
    "double": "cast",
    "float": "cast",
    "ger": "outer",
    "mT": "swapped_axes",
    "mm": "matmul",
    "spmm": "matmul",
    "moveaxis": "movedim",
    "multiply": "mul",
    "mv": "matmul",
    "native_channel_shuffle": "channel_shuffle",
    "negative": "neg",
    "requires_grad_": "alias",
    "subtract": "sub",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "tile": "repeat",
    "to": "cast",
    "true_divide": "div",
    "type": "cast",
    "type_as": "cast",
    "upsample": "interpolate",
    "vdot": "dot",
    "view_as": "reshape_as",
}
"""Functions by the names that they have in the table."""


def _batch_norm(
    input: Any,  # noqa: A002
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    *_: Any,
) -> Symbolic:
    """By statistics that are numbers; those of the input are none."""
    if training or running_mean is None or running_var is None:
        raise SymconvError(
            "normalises by the statistics of its input, as in training; call .eval() on the "
            "module, and give its batch norms running statistics"
        )
    context = _context_of((input, running_var), {})
    if isinstance(running_var, Symbolic):
        spread = running_var.expression + constant(eps, "eps")
        root = LAYERS["rsqrt"](spread)
        deviation = context.deviations_named(root, [spread])
    else:
        deviation = context.inverse_deviation(running_var, eps)
    others = (None if one is None else read_arguments(one, context) for one in (weight, bias))
    result = LAYERS["batch_norm"](
        read_arguments(input, context), read_arguments(running_mean, context), deviation, *others
    )
    return Symbolic(result, context, _by_rows(input))


def _other_batch_norm(
    input: Any,  # noqa: A002
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    *others: Any,
) -> Symbolic:
    """The same with the arguments in the order of `torch.batch_norm`."""
    return _batch_norm(input, running_mean, running_var, weight, bias, *others)


def _instance_norm(
    input: Any,  # noqa: A002
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Symbolic:
    """By the statistics of each channel of the input, or by those that are numbers."""
    if not use_input_stats:
        return _batch_norm(input, running_mean, running_var, weight, bias, eps=eps)
    context = _context_of((input, weight, bias), {})
    read = read_arguments((input, weight, bias), context)
    return Symbolic(LAYERS["instance_norm"](*read, eps=eps), context, _by_rows(input))


DROPOUTS = frozenset(
    [
        *("alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d"),
        *("feature_alpha_dropout", "feature_dropout"),
    ]
)
"""What drops entries at random in training."""


def dropped(
    input: Any,  # noqa: A002
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    train: bool | None = None,
) -> Any:
    """The input itself in evaluation.

    Raises:
        SymconvError: entries are dropped, as in training.
    """
    if (training if train is None else train) and p:
        raise SymconvError("drops entries at random, as in training; call .eval() on the module")
    return input


def _rrelu(
    input: Any,  # noqa: A002
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Any:
    """The leaky ReLU with the slope in the middle, in evaluation."""
    if training:
        raise SymconvError("has a random slope, as in training; call .eval() on the module")
    slope = (lower + upper) / 2
    return _called(torch.nn.functional.leaky_relu, (input, slope, inplace), {})


def _largest(input: Any, dim: Any = None, keepdim: bool = False, other: Any = None) -> Any:  # noqa: A002
    """`max` of one tensor, along an axis with the places of the largest entries, and of two."""
    return _extreme("amax", "maximum", input, dim, keepdim, other)


def _smallest(input: Any, dim: Any = None, keepdim: bool = False, other: Any = None) -> Any:  # noqa: A002
    return _extreme("amin", "minimum", input, dim, keepdim, other)


def _extreme(along: str, of_two: str, x: Any, dim: Any, keepdim: bool, other: Any) -> Any:
    if isinstance(dim, torch.Tensor) or other is not None:
        context = _context_of((x, dim, other), {})
        pair = (x, dim if other is None else other)
        return Symbolic(
            LAYERS[of_two](*(read_arguments(one, context) for one in pair)), context, False
        )
    result = Symbolic(LAYERS[along](x.expression, dim, keepdim), x._context, x._is_contiguous)
    return result if dim is None else (result, _Places())


class _Places:
    """Where the largest entries are, which is not read: whatever is asked of it is an error."""

    def __getattr__(self, name: str) -> NoReturn:
        raise SymconvError(
            f"where the largest entries are depends on numbers, and is not read{located()}"
        )

    def __index__(self) -> int:
        return int(self.__getattr__("index"))


def _shape(x: Symbolic) -> Shape:
    context = x._context
    sizes = sizes_of(x.expression)
    return Shape(
        TorchSize(one, context.hypotheses) if one.number is None else one.number for one in sizes
    )


def _size(x: Symbolic, dim: int | None = None) -> Any:
    return _shape(x) if dim is None else _shape(x)[dim]


def _length(x: Symbolic) -> Any:
    return int(_shape(x)[0])


def _squeezed(input: Symbolic, dim: Any = None) -> Symbolic:  # noqa: A002
    """Without the axes of one entry; whether a size is 1, the hypotheses tell."""
    asked = () if dim in ((), []) else which_axes(input.expression, dim)
    gone = [axis for axis in asked if _shape(input)[axis] == 1]
    return _view("squeeze", input, without_axes(input.expression, gone))


def _no_numbers(x: Any, *_: Any, **__: Any) -> NoReturn:
    raise SymconvError(
        "asks for entries as numbers, on which what follows may depend; they are symbols here"
    )


def _is_contiguous(x: Symbolic, *_: Any, **__: Any) -> bool:
    if x._is_contiguous:
        return True
    raise SymconvError("asks how entries lie in memory, which is not known here")


_ASKED: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("dim", "ndim", "ndimension"), lambda x: x.expression.ndim),
    **dict.fromkeys(("numel", "nelement"), lambda x: _shape(x).numel()),
    **dict.fromkeys(
        ("__bool__", "__float__", "__int__", "__index__", "__complex__", "item", "tolist"),
        _no_numbers,
    ),
    **dict.fromkeys(("gt", "ge", "lt", "le", "eq", "ne", "__eq__", "__ne__"), _no_numbers),
    **dict.fromkeys(("allclose", "equal", "isnan", "isinf", "any", "all"), _no_numbers),
    **dict.fromkeys(("numpy", "__array__", "__contains__", "__reduce_ex__"), _no_numbers),
    **dict.fromkeys(("is_cuda", "requires_grad", "is_sparse", "is_quantized"), lambda x: False),
    **dict.fromkeys(("is_cpu", "is_leaf"), lambda x: True),
    **dict.fromkeys(("is_complex", "is_meta", "is_mkldnn", "is_nested"), lambda x: False),
    **dict.fromkeys(DROPOUTS, dropped),
    "__deepcopy__": _copy,
    "__len__": _length,
    "__repr__": lambda x, **_: f"Symbolic({x.expression})",
    "__format__": lambda x, spec: format(str(x.expression), spec),
    "__setitem__": _set_item,
    "batch_norm": _batch_norm,
    "batch_norm_in_another_order": _other_batch_norm,
    "_has_compatible_shallow_copy_type": lambda x, other: isinstance(other, Symbolic),
    "_version": lambda x: x._storage_.version,
    "detach_": lambda x: x,
    "device": lambda x: torch.device("cpu"),
    "dtype": lambda x: torch.get_default_dtype(),
    **dict.fromkeys(("grad", "grad_fn"), lambda x: None),
    "instance_norm": _instance_norm,
    "is_contiguous": _is_contiguous,
    "is_floating_point": lambda x: True,
    "layout": lambda x: torch.strided,
    "max": _largest,
    "min": _smallest,
    "rrelu": _rrelu,
    "shape": _shape,
    "size": _size,
    "squeeze": _squeezed,
}
"""What is answered without the table of layers, or needs more than the numbers of a layer."""

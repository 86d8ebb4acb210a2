"""A file read node by node: from what stands for the inputs to what stands for the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from symconv.arithmetic.limits import (
    DEEPEST_FUNCTION,
    MOST_NODES_OF_NETWORK,
    NEWEST_OPSET,
)
from symconv.errors import SymconvError, as_given
from symconv.language.signals import SignalExpr, Tensor
from symconv.reading.networks.onnx_files.constants import computed
from symconv.reading.networks.onnx_files.entrywise import ENTRYWISE
from symconv.reading.networks.onnx_files.graphs import (
    Attribute,
    Function,
    Graph,
    Input,
    Model,
    Node,
    function_of,
    loaded,
    package,
)
from symconv.reading.networks.onnx_files.integers import INTEGERS
from symconv.reading.networks.onnx_files.moving import MOVING
from symconv.reading.networks.onnx_files.numbers import FLOATS, Numbers, kind_called, known
from symconv.reading.networks.onnx_files.sliding import SLIDING
from symconv.reading.networks.onnx_files.values import (
    Call,
    Computed,
    Constant,
    Context,
    Integers,
    Unread,
    Value,
)
from symconv.reading.networks.results import LocatedError, Reading, note_place
from symconv.reading.networks.running import ARRAYS, Fed, File
from symconv.reading.networks.sizes import Hypotheses, named_size
from symconv.reading.networks.weights import Weight, Weights

__all__ = ["inputs_needed", "read_file", "read_model", "shape_in_file"]

_TENSORS: Mapping[str, Callable[[Call], Any]] = {**SLIDING, **ENTRYWISE, **MOVING}

_LOOPS = ("Loop", "Scan", "SequenceMap")


def read_file(
    source: str | Path | bytes,
    inputs: Mapping[str, Sequence[Any]],
    given: Iterable[Any],
    constants: Mapping[str, Any],
    outputs: Sequence[str],
) -> Reading:
    """What a file computes; see `symconv.reading.networks.read_onnx`."""
    path = "" if isinstance(source, bytes) else str(source)
    return read_model(loaded(source), inputs, given, constants, outputs, path)


def read_model(
    model: Model,
    inputs: Mapping[str, Sequence[Any]],
    given: Iterable[Any],
    constants: Mapping[str, Any] = MappingProxyType({}),
    outputs: Sequence[str] = (),
    path: str = "",
) -> Reading:
    """What a file computes whose content is known; see `symconv.reading.networks.read_onnx`.

    Args:
        model: the content.
        inputs: the shapes of inputs that are not as in the file.
        given: hypotheses.
        constants: arrays for inputs that are none.
        outputs: which ones are read.
        path: where the file is; empty of one that is nowhere.
    """
    return _Reader(model, given, path).read(inputs, constants, outputs)


def inputs_needed(model: Model) -> tuple[Input, ...]:
    """The inputs on which the outputs of a file depend."""
    return _inputs_needed(model.graph, model.graph.outputs)[0]


class _Reader:
    """The reading of one file.

    Attributes:
        model: the file.
        path: where it is.
        context: what its nodes have in common.
        places: in which node each tensor was first made.
    """

    def __init__(self, model: Model, given: Iterable[Any], path: str = "") -> None:
        self.model = model
        self.path = path
        self.hypotheses = Hypotheses(given)
        self.places: dict[SignalExpr, str] = {}
        self.context: Context
        self._count = 0

    # --- inputs ---

    def read(
        self,
        shapes: Mapping[str, Sequence[Any]],
        constants: Mapping[str, Any],
        wanted: Sequence[str],
    ) -> Reading:
        """What comes out for these shapes of what is put in."""
        graph = self.model.graph
        known_inputs = {one.name for one in graph.inputs}
        for name in {*shapes, *constants}:
            if name not in known_inputs:
                raise SymconvError(
                    f"{as_given(name)} is no input; these are {_listed(sorted(known_inputs))}"
                )
        outputs = list(wanted) or list(graph.outputs)
        unknown = [name for name in outputs if name not in graph.outputs]
        if unknown or not outputs:
            raise SymconvError(
                f"{as_given(unknown[0]) if unknown else 'nothing'} is no output; these are "
                f"{_listed(graph.outputs)}"
            )
        needed, nodes = _inputs_needed(graph, outputs)
        values, tensors = self._inputs(needed, shapes, constants)
        for name, numbers in graph.constants.items():
            values[name] = Constant(numbers, is_weight=True)
        self._run(nodes, values, self.model.opsets, "", 0)
        results = tuple(self._output(values, name) for name in outputs)
        reading = Reading(
            results,
            tensors,
            {},
            self.hypotheses.given,
            MappingProxyType(self.places),
            self._running(tensors, [one for one in needed if one.name not in constants], outputs),
        )
        reading = self.context.related(reading)
        return replace(reading, weights=self._weights(reading.outputs))

    def _running(
        self, tensors: Sequence[Tensor], fed: Sequence[Input], outputs: Sequence[str]
    ) -> File | None:
        """How the file is run; None where it is nowhere, or takes more than was read."""
        is_known = all(one.kind in ARRAYS for one in fed)
        if not self.path or not is_known or len(fed) < len(self.model.graph.inputs):
            return None
        inputs = zip(tensors, fed, strict=True)
        return File(
            self.path,
            tuple(Fed(tensor.name, one.name, one.kind, one.shape) for tensor, one in inputs),
            tuple(outputs),
        )

    def _weights(self, results: Iterable[SignalExpr]) -> Mapping[str, Weight]:
        """The weights that stand in the results, by the names of their tensors."""
        standing = {name for result in results for name in result.names[0]}
        met = self.context.weights.by_name.items()
        return MappingProxyType({name: weight for name, weight in met if name in standing})

    def _inputs(
        self,
        needed: Sequence[Input],
        shapes: Mapping[str, Sequence[Any]],
        constants: Mapping[str, Any],
    ) -> tuple[dict[str, Value], tuple[Tensor, ...]]:
        """What stands for the inputs that something depends on."""
        sizes: dict[str, Any] = dict(self.hypotheses.numbers)
        values: dict[str, Value] = {}
        measured = []
        for one in needed:
            if one.name in constants:
                array = np.asarray(constants[one.name])
                values[one.name] = Constant(known(one.name, array), is_weight=True)
                continue
            if one.kind not in FLOATS:
                raise SymconvError(
                    f"the input {one.name} has entries of the kind {one.kind}, and real numbers "
                    f"are read; give it by constants={{{one.name!r}: ...}}"
                )
            measured.append((one.name, _shape(one, shapes.get(one.name), sizes)))
        symbols = {
            symbol.name
            for _, shape in measured
            for size in shape
            for symbol in getattr(size, "free_symbols", ())
        }
        self.context = Context(self.hypotheses, Weights(symbols), self.model.opsets)
        tensors = []
        for name, shape in measured:
            tensor = Tensor(self.context.weights.free_name(name), shape or (1,))
            self.places[tensor] = ""
            tensors.append(tensor)
            values[name] = Computed(tensor if shape else tensor.rearrange("1 -> "))
        return values, tuple(tensors)

    def _output(self, values: Mapping[str, Value], name: str) -> SignalExpr:
        if name not in values:
            raise SymconvError(f"nothing makes the output {as_given(name)}")
        try:
            return values[name].tensor(self.context)
        except SymconvError as error:
            raise SymconvError(f"the output {name}: {error}") from error

    # --- nodes ---

    def _run(
        self,
        nodes: Sequence[Node],
        values: dict[str, Value],
        opsets: Mapping[str, int],
        around: str,
        depth: int,
        attributes: Mapping[str, Attribute] = MappingProxyType({}),
    ) -> None:
        """Read nodes one after the other.

        Args:
            nodes: in their order.
            values: what names stand for, to which the results are added.
            opsets: the versions of the operators.
            around: the node of the file in which these are, if they are in one.
            depth: in how many functions these nodes are.
            attributes: of the function in which they are.
        """
        for node in nodes:
            self._count += 1
            if self._count > MOST_NODES_OF_NETWORK:
                raise SymconvError(
                    f"with the nodes of its functions, the file has more than "
                    f"{MOST_NODES_OF_NETWORK} nodes"
                )
            place = around or str(node)
            try:
                missing = [name for name in node.inputs if name and name not in values]
                if missing:
                    raise SymconvError(f"takes {as_given(missing[0])}, which nothing is called")
                inputs = [values[name] if name else None for name in node.inputs]
                found = self._results(node, inputs, values, opsets, place, depth, attributes)
            except LocatedError:
                raise
            except SymconvError as error:
                within = f" in {around}" if around else ""
                raise LocatedError(f"{node}{within}: {error}") from error
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                # Of attributes that contradict each other in ways that nobody has thought of.
                raise LocatedError(f"{node}: contradicts itself ({error})") from error
            for at, name in enumerate(node.outputs):
                value = found[at] if at < len(found) else Unread(name)
                if name:
                    values[name] = value
                if isinstance(value, Computed):
                    note_place(self.places, value.expression, place)

    def _results(
        self,
        node: Node,
        inputs: list[Value | None],
        values: Mapping[str, Value],
        opsets: Mapping[str, int],
        place: str,
        depth: int,
        of_function: Mapping[str, Attribute],
    ) -> Sequence[Value]:
        """What stands for the results of one node."""
        attributes = _resolved(node.attributes, of_function)
        function = self.model.functions.get((node.domain, node.operator))
        if function is not None:
            return self._called(function, inputs, attributes, place, depth)
        if node.domain not in opsets:
            raise SymconvError(f"is of the domain {as_given(node.domain)}, which is not imported")
        opset = opsets[node.domain]
        schema = _schema(node, opset)
        _check(node, schema, attributes)
        call = Call(node, self.context, opset, schema.since_version, inputs, attributes)
        if node.operator == "Constant":
            return [_constant(call)]
        if node.operator == "If":
            return self._branch(call, values, opsets, place, depth, of_function)
        if node.operator in _LOOPS:
            raise SymconvError("does something again and again, which is not read")
        special = _SPECIAL.get(node.operator)
        if special is not None:
            value = special(call)
            if value is not None:
                return [value]
        if {type(one) for one in inputs if one is not None} == {Constant}:
            found = self._of_constants(call)
            if found is not None:
                return found
        by_integers = node.operator in INTEGERS and _of_integers(call)
        meaning = INTEGERS[node.operator] if by_integers else _TENSORS.get(node.operator)
        if meaning is not None:
            return _values(meaning(call))
        body = function_of(schema.function_body) if schema.has_function else None
        if body is not None:
            defaults = {name: Attribute("", one) for name, one in _defaults(schema).items()}
            return self._called(body, inputs, {**defaults, **attributes}, place, depth)
        raise SymconvError("is not read")

    def _of_constants(self, call: Call) -> Sequence[Value] | None:
        """Of constants: an array that is computed when it is asked for, or at once.

        What the table has a meaning for stays in terms of weights, where it may.
        """
        given = [None if one is None else one.numbers for one in call.inputs]  # type: ignore[union-attr]
        data = [one for one in call.inputs if isinstance(one, Constant)]
        is_weight = any(one.is_weight for one in data)
        meaning = _TENSORS.get(call.node.operator)
        if call.node.operator == "ConstantOfShape":
            return None
        if call.node.operator == "Identity":
            return [data[0]]
        if meaning is None or not data[0].is_real or len(call.node.outputs) != 1:
            return [Constant(one, is_weight) for one in computed(call, given) if one is not None]
        name = call.node.outputs[0]
        found: list[Numbers] = []

        def numbers() -> Numbers:
            if not found:
                found.extend(computed(call, given))
            return found[0]

        try:
            layer = meaning(call)
        except SymconvError:
            return [Constant(numbers(), is_weight)]
        if not isinstance(layer, SignalExpr):
            return None
        shape = tuple(size.as_integer() or 0 for size in layer.lengths)
        # In the precision of what it is made of, so that nothing has to be computed to tell.
        lazy = Numbers(name, data[0].numbers.kind, shape, lambda: numbers().array())
        return [Constant(lazy, is_weight, lambda: layer)]

    def _branch(
        self,
        call: Call,
        values: Mapping[str, Value],
        opsets: Mapping[str, int],
        place: str,
        depth: int,
        of_function: Mapping[str, Attribute],
    ) -> Sequence[Value]:
        """The branch that is taken, where the condition is known."""
        condition = call.value(0)
        if not isinstance(condition, Constant | Integers):
            raise SymconvError("asks for a condition that depends on entries, which are symbols")
        array = condition.array if isinstance(condition, Integers) else condition.numbers.array()
        if array.size != 1:
            raise SymconvError(f"asks for one condition, got the shape {array.shape}")
        graph = call.graph("then_branch" if array.reshape(-1)[0] else "else_branch")
        inner: dict[str, Value] = dict(values)
        for name, numbers in graph.constants.items():
            inner[name] = Constant(numbers, is_weight=True)
        _check_depth(depth)
        self._run(graph.nodes, inner, opsets, place, depth + 1, of_function)
        return [_named(inner, name) for name in graph.outputs]

    def _called(
        self,
        function: Function,
        inputs: Sequence[Value | None],
        attributes: Mapping[str, Attribute],
        place: str,
        depth: int,
    ) -> Sequence[Value]:
        """The results of a function, whose nodes are read with what it is applied to."""
        _check_depth(depth)
        if len(inputs) > len(function.inputs):
            raise SymconvError(f"takes {len(function.inputs)} inputs, and is given {len(inputs)}")
        values = {
            name: value
            for name, value in zip(function.inputs, inputs, strict=False)
            if value is not None
        }
        kept = {**function.defaults, **attributes}
        nodes = [_without_missing(node, values, function) for node in function.nodes]
        opsets = {**self.model.opsets, **function.opsets}
        self._run(nodes, values, opsets, place, depth + 1, kept)
        return [_named(values, name) for name in function.outputs]


def _check_depth(depth: int) -> None:
    if depth >= DEEPEST_FUNCTION:
        raise SymconvError(
            f"functions are called within each other more than {DEEPEST_FUNCTION} times, or one "
            "calls itself"
        )


def _named(values: Mapping[str, Value], name: str) -> Value:
    if name not in values:
        raise SymconvError(f"nothing makes the output {as_given(name)} of it")
    return values[name]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _without_missing(node: Node, values: Mapping[str, Value], function: Function) -> Node:
    """A node of a function, without the inputs that the caller has left out."""
    gone = {name for name in function.inputs if name not in values}
    if not gone.intersection(node.inputs):
        return node
    inputs = tuple("" if name in gone else name for name in node.inputs)
    return Node(node.operator, node.domain, node.name, inputs, node.outputs, node.attributes)


def _taken(node: Node) -> Iterable[str]:
    """The names that a node takes, also in the graphs within it."""
    yield from node.inputs
    for attribute in node.attributes.values():
        graphs = attribute.value if isinstance(attribute.value, list) else [attribute.value]
        for graph in graphs:
            if isinstance(graph, Graph):
                yield from graph.outputs
                for inner in graph.nodes:
                    yield from _taken(inner)


def _needed(graph: Graph, outputs: Iterable[str]) -> list[Node]:
    """The nodes on which outputs depend, in their order."""
    wanted = set(outputs)
    kept = []
    for node in reversed(graph.nodes):
        if wanted.intersection(node.outputs):
            kept.append(node)
            wanted.update(_taken(node))
    return kept[::-1]


def _inputs_needed(
    graph: Graph, outputs: Sequence[str]
) -> tuple[tuple[Input, ...], Sequence[Node]]:
    """The inputs and the nodes on which outputs depend, in their order."""
    nodes = _needed(graph, outputs)
    used = {name for node in nodes for name in _taken(node)} | set(outputs)
    return tuple(one for one in graph.inputs if one.name in used), nodes


def shape_in_file(one: Input) -> tuple[int | str, ...] | None:
    """The sizes of an input in its file, as numbers and names; None where it has no shape there."""
    if one.shape is None:
        return None
    return tuple(
        size if isinstance(size, int) else _identifier(size, one, axis)
        for axis, size in enumerate(one.shape)
    )


def _shape(one: Input, given: Sequence[Any] | None, sizes: dict[str, Any]) -> tuple[Any, ...]:
    """The sizes of an input: those that are given, or those in the file."""
    if given is None:
        in_file = shape_in_file(one)
        if in_file is None:
            raise SymconvError(
                f"the file says no shape of the input {one.name}; give it by "
                f'inputs={{{one.name!r}: ("N", 3, "H", "W")}}'
            )
        return tuple(n if isinstance(n, int) else named_size(n, sizes) for n in in_file)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise SymconvError(
            f'the shape of {one.name} is a tuple such as ("N", 3, "H", "W"), got {as_given(given)}'
        )
    if one.shape is not None and len(given) != len(one.shape):
        raise SymconvError(
            f"the input {one.name} has {len(one.shape)} axes in the file, and {len(given)} are "
            "given"
        )
    return tuple(named_size(size, sizes) for size in given)


def _identifier(name: str | None, one: Input, axis: int) -> str:
    """A name for a size: the one in the file, as far as it may stand in a formula."""
    if name is None:
        name = f"{one.name}_{axis}"
    plain = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
    return plain if plain.isidentifier() else f"n_{plain}"


# --- operators -----------------------------------------------------------------------


def _schema(node: Node, opset: int) -> Any:
    """What the format says of an operator.

    Raises:
        SymconvError: it says nothing, or what it says is newer than what is known here.
    """
    onnx = package()
    newest = onnx.defs.onnx_opset_version()
    if not node.domain and opset > newest:
        raise SymconvError(
            f"is of opset {opset}, and the package onnx knows those up to {newest}; a newer one "
            "may know it: pip install --upgrade onnx"
        )
    try:
        schema = onnx.defs.get_schema(node.operator, opset, node.domain)
    except onnx.defs.SchemaError:
        domain = f" of the domain {as_given(node.domain)}" if node.domain else ""
        raise SymconvError(f"is no operator{domain} in opset {opset}") from None
    if node.domain:
        raise SymconvError(f"is of the domain {as_given(node.domain)}, which is not read")
    if schema.deprecated:
        raise SymconvError(f"is no operator any more in opset {opset}")
    if schema.since_version > NEWEST_OPSET:
        raise SymconvError(
            f"was changed in opset {schema.since_version}, and is known up to opset {NEWEST_OPSET}"
        )
    return schema


def _check(node: Node, schema: Any, attributes: Mapping[str, Attribute]) -> None:
    """Refuse what the format does not allow.

    Raises:
        SymconvError: the number of inputs or outputs, or an attribute.
    """
    if not schema.min_input <= len(node.inputs) <= schema.max_input:
        raise SymconvError(
            f"takes {schema.min_input} to {schema.max_input} inputs, and has {len(node.inputs)}"
        )
    if not schema.min_output <= len(node.outputs) <= schema.max_output:
        raise SymconvError(f"has {len(node.outputs)} outputs, and at most {schema.max_output}")
    for name, one in attributes.items():
        if name not in schema.attributes:
            raise SymconvError(f"has no attribute {as_given(name)}")
        kind = schema.attributes[name].type.name
        if one.kind and one.kind != kind:
            raise SymconvError(f"the attribute {name} is of the kind {one.kind}, and not {kind}")
    for name, declared in schema.attributes.items():
        if declared.required and name not in attributes:
            raise SymconvError(f"the attribute {name} is missing")


def _defaults(schema: Any) -> dict[str, Any]:
    """The attributes of an operator by default."""
    from onnx.helper import get_attribute_value

    found = {}
    for name, declared in schema.attributes.items():
        if declared.default_value.name:
            value = get_attribute_value(declared.default_value)
            found[name] = value.decode() if isinstance(value, bytes) else value
    return found


def _resolved(
    own: Mapping[str, Attribute], of_function: Mapping[str, Attribute]
) -> dict[str, Attribute]:
    """Attributes of which some are those of the function around; what it has not is left out."""
    result = {}
    for name, one in own.items():
        if not one.refers_to:
            result[name] = one
        elif one.refers_to in of_function:
            result[name] = of_function[one.refers_to]
    return result


_FIRST = (
    *("Expand", "Gather", "ReduceProd", "ReduceSum", "Reshape", "Slice", "Split", "Squeeze"),
    "Unsqueeze",
)
"""Operators whose first input alone is the data; the others say where, or how large."""


def _of_integers(call: Call) -> bool:
    """Whether a node calculates with integers: with sizes, or with what is put beside them."""
    data: Sequence[Value | None] = call.inputs
    if call.node.operator in _FIRST:
        data = data[:1]
    return any(isinstance(one, Integers) for one in data) and not any(
        isinstance(one, Computed) for one in data
    )


def _values(found: Any) -> Sequence[Value]:
    """The results of a meaning."""
    several = found if isinstance(found, tuple | list) else [found]
    return [Computed(one) if isinstance(one, SignalExpr) else one for one in several]


# --- what is not a tensor ------------------------------------------------------------


def _constant(call: Call) -> Value:
    name = call.node.outputs[0]
    for kind, make in (
        ("value_float", np.float32),
        ("value_floats", np.float32),
        ("value_int", np.int64),
        ("value_ints", np.int64),
    ):
        if call.get(kind) is not None:
            return Constant(known(name, np.array(call.get(kind), dtype=make)))
    numbers = call.get("value")
    if not isinstance(numbers, Numbers):
        raise SymconvError("is no array of numbers, and is not read")
    return Constant(Numbers(name, numbers.kind, numbers.shape, numbers.array))


def _shape_of(call: Call) -> Value:
    """The sizes of a tensor."""
    sizes = _sizes_of(call.value(0), call)
    return _as_integers(call, sizes[slice(call.get("start", 0), call.get("end"))])


def _size_of(call: Call) -> Value:
    return _as_integers(call, prod(_sizes_of(call.value(0), call)))


def _sizes_of(found: Value, call: Call) -> list[Any]:
    match found:
        case Constant(numbers=numbers):
            return list(numbers.shape)
        case Integers(array=array):
            return list(array.shape)
    return call.sizes(found.tensor(call.context))


def _as_integers(call: Call, integers: Any) -> Value:
    """Integers, which are a constant where no size is in them."""
    array = np.empty(np.shape(integers), dtype=object)
    array[...] = integers
    if all(isinstance(one, int) for one in array.reshape(-1)):
        return Constant(known(call.node.outputs[0], array.astype(np.int64)))
    return Integers(array)


def _cast(call: Call) -> Value | None:
    """A tensor, or a constant of reals, as reals again; what else is rounded or counted."""
    found = call.value(0)
    if call.node.operator == "CastLike":
        other = call.value(1)
        if isinstance(other, Constant):
            kind = other.numbers.kind
        elif isinstance(other, Integers):
            kind = "FLOAT" if other.is_real else "INT64"
        else:
            kind = "FLOAT"
    else:
        kind = kind_called(call.get("to"))
    if isinstance(found, Computed | Unread):
        if kind not in FLOATS:
            raise SymconvError(f"makes entries of the kind {kind} of real numbers")
        return found
    if isinstance(found, Constant) and found.is_real and kind in FLOATS:
        return found
    if isinstance(found, Constant) and kind in FLOATS:
        numbers = found.numbers
        return Constant(
            Numbers(
                call.node.outputs[0],
                kind,
                numbers.shape,
                lambda: numbers.array().astype(np.float64),
            )
        )
    if call.node.operator == "CastLike" and not isinstance(found, Constant):
        return Integers(found.array, kind in FLOATS)
    return None


_SPECIAL: Mapping[str, Callable[[Call], Value | None]] = {
    "Cast": _cast,
    "CastLike": _cast,
    "Shape": _shape_of,
    "Size": _size_of,
}
"""What is asked before it is looked at whether a node is applied to constants or integers."""

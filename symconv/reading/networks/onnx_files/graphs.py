"""ONNX files as plain data: their nodes, inputs and constants, checked before anything is read.

Nothing that a file says of itself is believed: neither how large an array is, nor where it
lies, nor in which order the nodes can be computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symconv.arithmetic.limits import MOST_BYTES_OF_NETWORK, MOST_NODES_OF_NETWORK, OLDEST_OPSET
from symconv.errors import SymconvError, as_given
from symconv.reading.networks.onnx_files.numbers import Numbers, numbers_of

__all__ = ["Attribute", "Function", "Graph", "Input", "Model", "Node", "loaded", "package"]


def package() -> Any:
    """The package that knows the format.

    Raises:
        SymconvError: it is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise SymconvError(
            "ONNX files are read with the package onnx, which is not installed: "
            'pip install "symconv[onnx]"'
        ) from error
    return onnx


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a node.

    Attributes:
        kind: of the format, as INTS.
        value: numbers, text, lists of them, an array, or a graph.
        refers_to: within a function, the attribute of the caller that stands for it; or empty.
    """

    kind: str
    value: Any
    refers_to: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operator with the names of what it is applied to, and of what it makes."""

    operator: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]

    def __str__(self) -> str:
        label = self.name or next(filter(None, self.outputs), "")
        return f"{label} ({self.operator})" if label else self.operator


@dataclass(frozen=True, slots=True)
class Input:
    """An input: its kind of numbers, and its shape; a size is a number, a name or not given.

    The shape is None where none is given.
    """

    name: str
    kind: str
    shape: tuple[int | str | None, ...] | None


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of a graph, each behind those whose results it takes.

    Attributes:
        inputs: what is put in, without the constants.
        outputs: the names of what comes out.
        nodes: in the order in which they are computed.
        constants: arrays by name.
    """

    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    constants: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Function:
    """An operator that a file defines by others."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    defaults: Mapping[str, Attribute]
    opsets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Model:
    """A file.

    Attributes:
        graph: what it computes.
        opsets: which version of the operators of each domain.
        functions: the operators that it defines itself, by their domains and names.
    """

    graph: Graph
    opsets: Mapping[str, int]
    functions: Mapping[tuple[str, str], Function] = field(default_factory=dict)


def loaded(source: str | Path | bytes) -> Model:
    """The content of a file.

    Args:
        source: where it is, or what is in it.

    Raises:
        SymconvError: it is no such file, or contradicts itself.
    """
    onnx = package()
    folder: Path | None = None
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str | Path):
        path = Path(source)
        folder = path.parent
        try:
            size = path.stat().st_size
            if size > MOST_BYTES_OF_NETWORK:
                raise SymconvError(
                    f"{path} has {size} bytes, and a file of this format has at most "
                    f"{MOST_BYTES_OF_NETWORK}; its arrays can lie in files beside it"
                )
            content = path.read_bytes()
        except OSError as error:
            raise SymconvError(f"{path} cannot be read: {error.strerror or error}") from error
    else:
        raise SymconvError(f"expected the path of an ONNX file, got {as_given(source)}")
    if len(content) > MOST_BYTES_OF_NETWORK:
        raise SymconvError(f"a file of this format has at most {MOST_BYTES_OF_NETWORK} bytes")
    proto = onnx.ModelProto()
    where = "this" if isinstance(source, bytes) else str(source)
    try:
        proto.ParseFromString(content)
    except Exception as error:  # the class of protobuf's error depends on its version
        raise SymconvError(f"{where} is no ONNX file, or a part of one: {error}") from error
    del content
    if not proto.HasField("graph") or not proto.opset_import:
        raise SymconvError(f"{where} is no ONNX file: there is no graph with operators in it")
    return _model(proto, folder)


def _model(proto: Any, folder: Path | None) -> Model:
    opsets = _opsets(proto.opset_import)
    functions = {}
    for one in proto.functions:
        key = (_domain(one.domain), _word(one.name))
        _check_overload(one, f"the function {one.name}")
        if key in functions:
            raise SymconvError(f"the function {one.name} is defined twice")
        functions[key] = function_of(one, folder)
    if proto.training_info:
        raise SymconvError("the file says how a network is trained, which is not read")
    return Model(_graph(proto.graph, folder), opsets, functions)


def _check_overload(proto: Any, what: str) -> None:
    """Refuse functions of one name, between which something else decides.

    Raises:
        SymconvError: it is one of them.
    """
    if getattr(proto, "overload", ""):  # which older versions of the package do not know
        raise SymconvError(f"{what} is one of several of that name, which are not read")


def _opsets(given: Iterable[Any]) -> dict[str, int]:
    opsets: dict[str, int] = {}
    for one in given:
        domain = _domain(one.domain)
        if opsets.setdefault(domain, one.version) != one.version:
            raise SymconvError(f"two versions of the operators {domain or 'of ONNX'} are imported")
    if "" in opsets and opsets[""] < OLDEST_OPSET:
        raise SymconvError(
            f"the file uses the operators of opset {opsets['']}, and those from {OLDEST_OPSET} on "
            "are read; onnx.version_converter makes newer ones of them"
        )
    return opsets


def _domain(name: Any) -> str:
    return "" if name == "ai.onnx" else _word(name)


def _word(name: Any) -> str:
    """A name, which protobuf gives as bytes where it is no text.

    Raises:
        SymconvError: it is none.
    """
    if not isinstance(name, str):
        raise SymconvError(f"a name is not written in UTF-8: {name!r}")
    return name


def _words(names: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(_word, names))


def function_of(proto: Any, folder: Path | None = None) -> Function:
    """A function of the format as plain data."""
    defaults = {_word(one.name): _attribute(one, folder) for one in proto.attribute_proto}
    nodes = tuple(_node(one, folder) for one in proto.node)
    inputs, outputs = _words(proto.input), _words(proto.output)
    _check_order(nodes, inputs, f"the function {proto.name}")
    return Function(inputs, outputs, nodes, defaults, _opsets(proto.opset_import))


def _graph(proto: Any, folder: Path | None, outer: Sequence[str] | None = None) -> Graph:
    """A graph as plain data.

    Args:
        proto: of the format.
        folder: where arrays may lie.
        outer: of a graph within a node, anything; its names may be those around it.
    """
    if proto.sparse_initializer:
        name = proto.sparse_initializer[0].values.name
        raise SymconvError(f"the constant {name} is a sparse array, which is not read")
    constants: dict[str, Numbers] = {}
    for one in proto.initializer:
        if not one.name:
            raise SymconvError("a constant of the graph has no name")
        if one.name in constants:
            raise SymconvError(f"there are two constants {one.name}")
        constants[_word(one.name)] = numbers_of(one, folder)
    inputs = tuple(_input(one) for one in proto.input if one.name not in constants)
    names = [one.name for one in inputs]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise SymconvError(f"there are two inputs {twice[0]}")
    if len(proto.node) > MOST_NODES_OF_NETWORK:
        raise SymconvError(
            f"the graph has {len(proto.node)} nodes, and at most {MOST_NODES_OF_NETWORK} are read"
        )
    nodes = tuple(_node(one, folder) for one in proto.node)
    if outer is None:
        _check_order(nodes, [*constants, *names], "the graph")
    return Graph(inputs, _words(one.name for one in proto.output), nodes, constants)


def _check_order(nodes: Sequence[Node], given: Iterable[str], where: str) -> None:
    """Refuse names that are used twice, or before they are there, as they are in a circle.

    Raises:
        SymconvError: with the node.
    """
    known = {"", *given}
    makers = {name: node for node in reversed(nodes) for name in node.outputs}
    for node in nodes:
        for name in node.inputs:
            if name not in known:
                why = (
                    f"which is made by {makers[name]} behind it, or in a circle"
                    if name in makers
                    else f"which nothing in {where} is called"
                )
                raise SymconvError(f"{node} takes {as_given(name)}, {why}")
        for name in filter(None, node.outputs):
            if name in known:
                raise SymconvError(
                    f"{node} makes {as_given(name)}, and so something else is called"
                )
            known.add(name)


def _node(proto: Any, folder: Path | None) -> Node:
    attributes: dict[str, Attribute] = {}
    node = Node(
        _word(proto.op_type),
        _domain(proto.domain),
        _word(proto.name),
        _words(proto.input),
        _words(proto.output),
        attributes,
    )
    _check_overload(proto, f"the operator of {node}")
    for one in proto.attribute:
        if one.name in attributes:
            raise SymconvError(f"{node} has two attributes {one.name}")
        try:
            attributes[_word(one.name)] = _attribute(one, folder)
        except SymconvError as error:
            raise SymconvError(f"{node}, attribute {one.name}: {error}") from error
    return node


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise SymconvError("a text is not written in UTF-8") from error


_KINDS: Mapping[str, Callable[[Any, Path | None], Any]] = {
    "FLOAT": lambda one, _: one.f,
    "INT": lambda one, _: one.i,
    "STRING": lambda one, _: _text(one.s),
    "TENSOR": lambda one, folder: numbers_of(one.t, folder),
    "GRAPH": lambda one, folder: _graph(one.g, folder, ()),
    "FLOATS": lambda one, _: list(one.floats),
    "INTS": lambda one, _: list(one.ints),
    "STRINGS": lambda one, _: [_text(text) for text in one.strings],
    "GRAPHS": lambda one, folder: [_graph(graph, folder, ()) for graph in one.graphs],
}


def _attribute(proto: Any, folder: Path | None) -> Attribute:
    try:
        kind = package().AttributeProto.AttributeType.Name(proto.type)
    except ValueError:
        kind = str(proto.type)
    if proto.ref_attr_name:
        return Attribute(kind, None, _word(proto.ref_attr_name))
    if kind not in _KINDS:
        raise SymconvError(f"is of the kind {kind}, which is not read")
    return Attribute(kind, _KINDS[kind](proto, folder))


def _input(proto: Any) -> Input:
    onnx, name = package(), _word(proto.name)
    kind = proto.type.WhichOneof("value")
    if kind != "tensor_type":
        raise SymconvError(f"the input {name} is no tensor, but {kind or 'of no type'}")
    tensor = proto.type.tensor_type
    try:
        numbers = onnx.TensorProto.DataType.Name(tensor.elem_type)
    except ValueError:
        raise SymconvError(
            f"the input {name} has entries of an unknown kind, {tensor.elem_type}"
        ) from None
    if not tensor.HasField("shape"):
        return Input(name, numbers, None)
    shape: list[int | str | None] = []
    for one in tensor.shape.dim:
        which = one.WhichOneof("value")
        if which == "dim_value" and one.dim_value < 0:
            raise SymconvError(f"the input {name} has a negative size, {one.dim_value}")
        number = one.dim_value if which == "dim_value" else None
        shape.append(_word(one.dim_param) or None if number is None else number)
    return Input(name, numbers, tuple(shape))

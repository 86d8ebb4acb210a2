"""Networks that were written for other frameworks, as tensors of symconv.

`read(module, ("N", 3, "H", "W"))` runs a module of PyTorch, unmodified, on tensors whose sizes and
entries are symbols, and says what it computes: a tensor of symconv, in which each weight is a named
tensor.  `symbolic("x", ("N", 3, "H", "W"))` is such an input by itself, for `module(x)`.

`read_onnx("net.onnx")` reads an ONNX file.

What layers mean is one table (`symconv.reading.networks.layers`), which knows no framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from symconv.errors import SymconvError
from symconv.reading.networks.results import Reading

__all__ = ["Reading", "read", "read_onnx", "read_rewritten", "symbolic", "torch_reader"]


def torch_reader() -> Any:
    """The module `modules`, which knows PyTorch.

    Raises:
        SymconvError: PyTorch is not installed.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise SymconvError(
            "modules of PyTorch are read with PyTorch, which is not installed: "
            'pip install "symconv[torch]"'
        ) from error
    from symconv.reading.networks import modules

    return modules


def symbolic(name: str, shape: Sequence[Any], given: Iterable[Any] = ()) -> Any:
    """A tensor for PyTorch's functions and modules, whose sizes and entries are symbols.

    What a module makes of it has the tensor of symconv in `expression`, and the weights that were
    met in `weights`, by the names of their tensors.  Sizes may be calculated with; whether a
    condition on sizes holds is decided from the hypotheses.

    Args:
        name: what it is called.
        shape: the sizes: numbers, expressions, and names, each of which is a positive integer.
        given: hypotheses about the sizes, such as `H >= 7`; Eq(H, 224) gives a number.

    Raises:
        SymconvError: PyTorch is not installed, or the shape is none.
    """
    return torch_reader().symbolic(name, shape, given)


def read(module: Any, *shapes: Any, given: Iterable[Any] = ()) -> Reading:
    """What a module of PyTorch, or a function of its tensors, computes for all sizes and weights.

    The module runs on symbols in evaluation mode, and is left as it was.  Each weight is a named
    tensor, and 1/√(σ² + ε) of a batch norm one of its own; a weight that is used twice has one
    name.  A number in the code is what is written there: 0.1 is a tenth.  What is put in is taken
    to lie in memory by rows, as PyTorch has it by default.

    Args:
        module: the module, or a function.
        shapes: for each of its inputs the shape, or a tensor made by `symbolic`.
        given: hypotheses about the sizes.

    Returns:
        The output or outputs, the inputs, and the weights with their numbers.

    Raises:
        SymconvError: something in it is not read, with the function and the module in which it is
            called; a condition on sizes holds for some sizes only, with the hypothesis to add; the
            module is in training mode, has hooks, or weights that are no finite real numbers.
    """
    reading: Reading = torch_reader().read(module, *shapes, given=given)
    return reading


def read_rewritten(
    module: Any, rewrite: Any, *shapes: Any, given: Iterable[Any] = ()
) -> tuple[Reading, Reading]:
    """What a module computes, and what is computed by the module that code makes of it.

    The code is given a copy of the module whose parameters and buffers are symbols, the same
    that stand in the first reading; what it calculates of them, as the weights of a layer into
    which a batch norm is folded, is followed.  So a claim that both outputs are equal is one
    about all weights.  Numbers that the code puts in are what they are where they follow a simple
    formula, as zeros and unit matrices do; otherwise they are weights of their own.

    Args:
        module: the module, which is left as it was.
        rewrite: the code, a function of a module; it returns the new one, or None where it
            changes the one that it is given.
        shapes: for each input the shape, or a tensor made by `symbolic`.
        given: hypotheses about the sizes.

    Returns:
        The readings of the module, and of the new one.

    Raises:
        SymconvError: something in the module or in the code is not read.
    """
    pair: tuple[Reading, Reading] = torch_reader().read_rewritten(
        module, rewrite, *shapes, given=given
    )
    return pair


def read_onnx(
    source: str | Path | bytes,
    inputs: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    given: Iterable[Any] = (),
    constants: Mapping[str, Any] = MappingProxyType({}),
    outputs: Sequence[str] = (),
) -> Reading:
    """What an ONNX file computes for all sizes and weights.

    A size that has a name in the file is a positive integer of that name, one without a name is
    named by its input and axis, and one that is a number is that number, unless `inputs` says
    otherwise.  Each constant of the graph is a named tensor, but for those without axes, and for
    nodes that give one entry, which are the numbers that they are.  A float is the number next
    to which it is: 0.1, and 1/6.

    Nothing in a file is run, and nothing outside of its folder is read.

    Args:
        source: where the file is, or what is in it.
        inputs: the shapes of inputs that are not as in the file: `{"x": ("N", 3, "H", "W")}`.
        given: hypotheses about the sizes, as `H >= 7`; Eq(H, 224) gives a number.
        constants: arrays for inputs that are none, as the integers of a shape.
        outputs: the names of the outputs that are read, if not all are.

    Returns:
        The outputs, the inputs on which they depend, the weights with their numbers, and for
        each tensor the node in which it is made.

    Raises:
        SymconvError: the package onnx is not installed; the file is none, or contradicts itself;
            something in it is not read, with the node.
    """
    from symconv.reading.networks.onnx_files.graphs import package

    package()
    from symconv.reading.networks.onnx_files.nodes import read_file

    return read_file(source, inputs, given, constants, outputs)

"""How networks are run on numbers without symconv: lines of Python for ONNX Runtime or PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from symconv.decision.comparing.outputs import OutputDifference, seed_of

__all__ = ["ARRAYS", "Fed", "File", "Module", "Runnable", "Running", "reproduction"]


class Running(Protocol):
    """A network that can be run."""

    def lines(self, name: str, inputs: Mapping[str, str], difference: OutputDifference) -> Lines:
        """The lines after which a name is the output at which it differs, as a NumPy array.

        Args:
            name: which name.
            inputs: for the names of its inputs, what these are called in `difference`.
            difference: where it differs from another network.
        """


class Runnable(Protocol):
    """A network that was read, and may be run."""

    @property
    def inputs(self) -> Sequence[_Named]:
        """The named tensors that it was read with."""

    @property
    def running(self) -> Running | None:
        """How it is run, where that is known."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of Python.

    Attributes:
        modules: what has to be imported.
        code: the lines themselves.
    """

    modules: tuple[str, ...]
    code: tuple[str, ...]


# --- files of ONNX -------------------------------------------------------------------

ARRAYS = {"FLOAT": "float32", "DOUBLE": "float64", "FLOAT16": "float16"}
"""The types of arrays for kinds of entries, as far as NumPy has them."""


@dataclass(frozen=True, slots=True)
class Fed:
    """An input of a file.

    Attributes:
        tensor: the name of the tensor that stands for it.
        name: what it is called in the file.
        kind: of its entries.
        shape: in the file, where it has one there.
    """

    tensor: str
    name: str
    kind: str
    shape: Sequence[int | str | None] | None

    def takes(self, shape: Sequence[int]) -> bool:
        """Whether the file takes an array of that shape: a number in it is meant."""
        pairs = zip(self.shape or (), shape, strict=False)
        return all(one == size for one, size in pairs if isinstance(one, int))


@dataclass(frozen=True, slots=True)
class File:
    """An ONNX file.

    Attributes:
        path: where it is.
        fed: its inputs.
        outputs: the names of what comes out, in the order in which it was read.
    """

    path: str
    fed: tuple[Fed, ...]
    outputs: tuple[str, ...]

    def lines(self, name: str, inputs: Mapping[str, str], difference: OutputDifference) -> Lines:
        """See `Running`: by ONNX Runtime, or by ONNX's own evaluator.

        ONNX Runtime holds on to sizes that are numbers in the file, knows few layers in other
        than single precision, and may not be installed.
        """
        given = []
        is_taken = True
        for one in self.fed:
            called = inputs[one.tensor]
            is_taken &= one.kind == "FLOAT" and one.takes(difference.inputs[called].shape)
            array = f"inputs[{called!r}]"
            if one.shape == ():
                array += ".reshape(())"
            if one.kind != "FLOAT":
                array += f".astype(np.{ARRAYS[one.kind]})"
            given.append(f"{one.name!r}: {array}")
        if is_taken and find_spec("onnxruntime"):
            module, model = "onnxruntime", f"onnxruntime.InferenceSession({self.path!r})"
        else:
            module, model = "onnx.reference", f"onnx.reference.ReferenceEvaluator({self.path!r})"
        asked = f"[{self.outputs[difference.output]!r}], {{{', '.join(given)}}}"
        return Lines((module,), (f"{name} = {model}", f"{name} = {name}.run({asked})[0]"))


# --- modules of PyTorch --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Module:
    """A module of PyTorch, or a function of tensors.

    Attributes:
        inputs: the names of the tensors with which it is called.
        outputs: behind what it returns, what gives each output, as "[0]" or "['logits']".
        kind: of its numbers, as "float32".
        imported: the line that imports what is needed to make it.
        made: what makes it; empty where somebody holds it already.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    kind: str
    imported: str = ""
    made: str = ""

    def lines(self, name: str, inputs: Mapping[str, str], difference: OutputDifference) -> Lines:
        """See `Running`."""
        as_kind = "" if self.kind == "float32" else f".to(torch.{self.kind})"
        given = [f"torch.from_numpy(inputs[{inputs[one]!r}]){as_kind}" for one in self.inputs]
        back = ".float()" if self.kind == "bfloat16" else ""
        made = (self.imported, f"{name} = {self.made}") if self.made else ()
        which = f"{name}({', '.join(given)}){self.outputs[difference.output]}"
        called = f"{name} = {which}.detach(){back}.numpy()"
        return Lines(("torch",), (*made, called))


# --- both ----------------------------------------------------------------------------


def reproduction(
    first: Runnable, second: Runnable, difference: OutputDifference, saved: str = ""
) -> str:
    """Lines of Python that run both and print what they compute where they differ.

    Args:
        first: one network.
        second: the other; its inputs are those of the first, in their order.
        difference: where they differ.
        saved: the file in which the inputs are; otherwise they are drawn again.

    Returns:
        The lines; empty where it is not known how one of them is run.
    """
    modules = {"numpy as np": ""}
    code: list[str] = []
    held = []
    for name, network in (("before", first), ("after", second)):
        if network.running is None:
            return ""
        pairs = zip(network.inputs, first.inputs, strict=True)
        inputs = {one.name: called.name for one, called in pairs}
        lines = network.running.lines(name, inputs, difference)
        modules |= dict.fromkeys(lines.modules, "")
        code += lines.code
        if isinstance(network.running, Module) and not network.running.made:
            held.append(name)
    shown = ".shape" if difference.index is None else f"[{_index(difference.index)}]"
    head = [f"import {one}" for one in sorted(modules)]
    note = [f"# {' and '.join(held)}: what was compared"] if held else []
    arrays = [f"inputs = np.load({saved!r})"] if saved else list(_drawn(difference))
    told = f"print(before{shown}, after{shown})"
    return "\n".join([*head, "", *note, *arrays, *code, told])


def _index(index: tuple[int, ...]) -> str:
    return ", ".join(map(str, index)) or "()"


def _drawn(difference: OutputDifference) -> Sequence[str]:
    """The lines in which inputs are drawn as they were."""
    times = "" if difference.scale == 1 else f"{difference.scale:g} * "
    lines = []
    for name, array in difference.inputs.items():
        numbers = f"np.random.default_rng({seed_of(name)}).standard_normal({array.shape})"
        lines.append(f"    {name!r}: {times}{numbers}.astype(np.float32),")
    return ["inputs = {", *lines, "}"]

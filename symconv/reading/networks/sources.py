"""Networks that are named by text: ONNX files, and modules of PyTorch in importable code.

What is said of their inputs is said once for both: the inputs of one are paired with those of the
other, and have the shapes that are given, or that the files say.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from symconv.decision.comparing.comparison import Comparison, Layers
from symconv.errors import SymconvError, as_given
from symconv.reading.networks.comparing import compare_readings
from symconv.reading.networks.results import Reading
from symconv.reading.networks.running import Module
from symconv.reading.networks.weights import Weights
from symconv.reading.text.claims import Context
from symconv.reading.text.declarations import Declarations
from symconv.reading.text.syntax import Passage

__all__ = ["Pair", "compare_pair"]

Shape: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two networks as they are typed, and what is said of both.

    Attributes:
        first: a file, or a module as package.module:attribute or file.py:attribute.
        second: another one.
        inputs: the shapes of inputs, as x:N,3,H,W.
        given: the hypotheses.
        tolerance: how far weights may be from what they have to be; see `symconv.compare`.
    """

    first: str
    second: str
    inputs: Sequence[str] = ()
    given: Sequence[str] = ()
    tolerance: float | None = None


def compare_pair(
    pair: Pair, progress: Callable[[Layers], None] = lambda layers: None
) -> Comparison:
    """Whether two networks compute the same for all sizes; see `symconv.compare`.

    Args:
        pair: the networks.
        progress: is called with layers as they are compared.

    Raises:
        SymconvError: a text is not of the form, a network cannot be read, or their inputs differ.
    """
    said = _Said(pair.inputs, pair.given)
    found = [_found(text) for text in (pair.first, pair.second)]  # before code is imported
    first, second = (open_() for open_ in found)
    inputs = _inputs(first, second, said)
    said.check_names(inputs)
    readings = [one.read(inputs, said) for one in (first, second)]
    with redirect_stdout(sys.stderr):  # a module may be run once more, and may print
        return compare_readings(readings[0], readings[1], pair.tolerance, progress)


# --- what is said of inputs ----------------------------------------------------------


class _Said:
    """The options about inputs and sizes, read.

    Every name in them is a positive integer.

    Attributes:
        shapes: the shapes of inputs by name, in the order in which they were given.
        given: the hypotheses.
    """

    def __init__(self, inputs: Sequence[str], given: Sequence[str]) -> None:
        passages: dict[str, Passage] = {}
        for text in inputs:
            # A name may have a colon in it, as x:0 of TensorFlow.
            name, colon, shape = text.rpartition(":")
            if not colon or not name.strip() or not shape.strip():
                raise SymconvError(
                    f"--input {text!r}: expected NAME:SIZE,SIZE,…, such as x:N,3,H,W"
                )
            if name.strip() in passages:
                raise SymconvError(f"--input {text!r}: the shape of {name.strip()} is given twice")
            passages[name.strip()] = Passage(text, "--input", len(name) + 1)
        # They are declared under names that nothing else has: an input may be called as a size.
        tensors = {f"input_{number}_": one for number, one in enumerate(passages.values())}
        hypotheses = tuple(Passage(text, "--given") for text in given)
        declared = Declarations(given=hypotheses, tensors=tensors)
        names = Context(declared, ()).assumptions
        positive = tuple(Passage(f"{name} >= 1") for name in names)
        context = Context(replace(declared, given=(*hypotheses, *positive)), ())
        self._texts = given
        self.given = context.given
        made = context.names.signals.values()
        self.shapes = {name: one.shape for name, one in zip(passages, made, strict=True)}

    def check_names(self, inputs: Sequence[_Input]) -> None:
        """Refuse hypotheses about what is no size.

        Raises:
            SymconvError: with the sizes that there are.
        """
        known = {name for one in inputs for size in one.shape for name in _names_in(size)}
        for condition in self.given:
            other = sorted(_names_in(condition) - known)
            if other:
                listed = ", ".join(sorted(known)) or "numbers"
                raise SymconvError(
                    f"--given {_text_about(other[0], self._texts)!r}: {other[0]} is no size of an "
                    f"input; these are {listed}"
                )


def _text_about(name: str, texts: Sequence[str]) -> str:
    return next((text for text in texts if re.search(rf"\b{name}\b", text)), name)


def _names_in(size: Any) -> set[str]:
    """The names in a size or a condition."""
    if isinstance(size, str):
        return {size}
    return {symbol.name for symbol in getattr(size, "free_symbols", ())}


# --- inputs that are paired ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Input:
    """An input of both networks.

    Attributes:
        name: what it is called in the first one, if that has a name for it.
        others: what it may be called, and is where a network has this name.
        shape: in numbers, symbols, and names.
    """

    name: str
    others: frozenset[str]
    shape: Shape


def _inputs(first: _Source, second: _Source, said: _Said) -> list[_Input]:
    """The inputs of both, paired: by position where each has one, otherwise by name.

    Raises:
        SymconvError: they have other inputs, or other shapes.
    """
    files = [one for one in (first, second) if isinstance(one, _File)]
    if not files and not said.shapes:
        raise SymconvError(
            "give the shape of the input, as --input x:N,3,H,W; of several, in the order in which "
            "the modules take them"
        )
    names = list(files[0].shapes if files else said.shapes)
    paired = [{name} for name in names]
    for one in (first, second):
        own = list(one.names)
        if len(own) == len(names) == 1:
            paired[0].add(own[0])
        elif isinstance(one, _File) and set(own) != set(names):
            raise SymconvError(
                f"{files[0].text} has the inputs {_listed(names)}, and {one.text} has "
                f"{_listed(own)}; they are paired by their names, unless each network has one input"
            )
    for name in said.shapes:
        if not any(name in one for one in paired):
            every = " and ".join(f"{_listed(one.names)} of {one.text}" for one in files)
            raise SymconvError(f"--input {name}: there is no input {name}; these are {every}")
    shapes = _shapes(names, paired, files, said)
    return [
        _Input(name, frozenset(others), shape)
        for name, others, shape in zip(names, paired, shapes, strict=True)
    ]


def _shapes(
    names: Sequence[str], paired: Sequence[set[str]], files: Sequence[_File], said: _Said
) -> list[Shape]:
    """The shapes of inputs: those that are given, or those in the files, which must be the same.

    Sizes that have other names in the second file are called as in the first.
    """
    shapes: list[Shape] = []
    called: dict[str, str] = {}
    for name, others in zip(names, paired, strict=True):
        given = next((shape for one, shape in said.shapes.items() if one in others), None)
        if given is not None:
            shapes.append(given)
            continue
        in_files = [
            next(file.shapes[one] for one in others if one in file.shapes) for file in files
        ]
        if None in in_files:
            raise SymconvError(
                f"a file says no shape of the input {name}: give it, as --input {name}:N,3,H,W"
            )
        known = [shape for shape in in_files if shape is not None]
        if not all(_is_same(known[0], shape, called) for shape in known[1:]):
            told = " and ".join(
                f"({', '.join(map(str, shape))}) in {file.text}"
                for file, shape in zip(files, known, strict=True)
            )
            raise SymconvError(
                f"the input {name} has the shape {told}: say for which sizes they are compared, as "
                f"--input {name}:{_proposed(*known)}"
            )
        shapes.append(known[0])
    return shapes


def _is_same(one: Shape, other: Shape, called: dict[str, str]) -> bool:
    """Whether two shapes are the same but for the names of sizes.

    Args:
        one: a shape.
        other: another one.
        called: what names of the second are in the first, to which new ones are added.
    """
    if len(one) != len(other):
        return False
    for size, its in zip(one, other, strict=True):
        if isinstance(size, int) or isinstance(its, int):
            if size != its:
                return False
        elif called.setdefault(its, size) != size:
            return False
    return len(set(called.values())) == len(called)


def _proposed(one: Shape, other: Shape) -> str:
    """A shape in which sizes are free that are in one of two."""
    if len(one) != len(other):
        return "N,3,H,W"
    letters = "NCHWD" if len(one) < 6 else ""
    proposed = []
    for axis, (size, its) in enumerate(zip(one, other, strict=True)):
        name = next((n for n in (size, its) if isinstance(n, str)), None)
        free = letters[axis : axis + 1] or f"n{axis}"
        proposed.append(str(size) if size == its else name or free)
    return ",".join(proposed)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


# --- the two kinds of networks -------------------------------------------------------


class _Source(Protocol):
    """A network that was named.

    Attributes:
        text: how.
    """

    text: str

    @property
    def names(self) -> Sequence[str]:
        """The names of its inputs in their order, where they have names."""

    def read(self, inputs: Sequence[_Input], said: _Said) -> Reading:
        """What it computes; its inputs are in the order of these."""


def _found(text: str) -> Callable[[], _Source]:
    """Opens a network, whose file is there.

    Raises:
        SymconvError: the text names neither a file nor a module.
    """
    path = Path(text)
    where, colon, attribute = text.rpartition(":")
    if path.is_file() and path.suffix != ".py":
        return lambda: _File(text)
    expected = (
        "an ONNX file, or a module of PyTorch as package.module:attribute or file.py:attribute"
    )
    if path.suffix in (".onnx", ".py") or not colon:
        if path.is_file():
            raise SymconvError(f"{text} holds code: say what in it, as {text}:model")
        raise SymconvError(f"there is no file {text}; expected {expected}")
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", attribute):
        raise SymconvError(f"{text!r} names no module and no file; expected {expected}")
    if where.endswith(".py"):
        if not Path(where).is_file():
            raise SymconvError(f"there is no file {where}")
    elif not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", where):
        raise SymconvError(f"{text!r} names no module and no file; expected {expected}")
    return lambda: _Module(text, where, attribute)


class _File:
    """An ONNX file.

    Attributes:
        text: where it is.
        shapes: the inputs on which its outputs depend, with their shapes.
    """

    def __init__(self, text: str) -> None:
        from symconv.reading.networks.onnx_files.graphs import loaded, package

        package()
        from symconv.reading.networks.onnx_files.nodes import inputs_needed, shape_in_file

        self.text = text
        self._model = loaded(text)
        self.shapes = {one.name: shape_in_file(one) for one in inputs_needed(self._model)}

    @property
    def names(self) -> Sequence[str]:
        """The names of the inputs."""
        return list(self.shapes)

    def read(self, inputs: Sequence[_Input], said: _Said) -> Reading:
        """What it computes."""
        from symconv.reading.networks.onnx_files.nodes import read_model

        own = [next(name for name in self.shapes if name in one.others) for one in inputs]
        shapes = {name: one.shape for name, one in zip(own, inputs, strict=True)}
        try:
            reading = read_model(self._model, shapes, said.given, path=self.text)
        except SymconvError as error:
            raise SymconvError(f"{self.text}: {error}") from error
        order = [self.names.index(name) for name in own]
        return replace(reading, inputs=tuple(reading.inputs[at] for at in order))


class _Module:
    """A module of PyTorch that code makes, in evaluation mode.

    Attributes:
        text: how it was named.
    """

    def __init__(self, text: str, where: str, attribute: str) -> None:
        from symconv.reading.networks import torch_reader

        self.text = text
        self._reader = torch_reader()
        with _foreign(f"importing {text}"):
            found: Any = _imported(where)
            for name in attribute.split("."):
                if not hasattr(found, name):
                    raise SymconvError(f"there is no {name} in it")
                found = getattr(found, name)
        first, _, rest = attribute.partition(".")
        self._running = (
            ("import runpy", f"runpy.run_path({where!r})[{first!r}]{rest and '.'}{rest}")
            if where.endswith(".py")
            else (f"from {where} import {first}", attribute)
        )
        self._module = self._made(found)

    def _made(self, found: Any) -> Any:
        """The module: what was found, or what that makes."""
        if not self._reader.is_module(found):
            if not callable(found):
                raise SymconvError(
                    f"{self.text} is {as_given(found)}, and neither a module of PyTorch nor a "
                    "function that makes one"
                )
            needed = _parameters(found)[0]
            if needed:
                raise SymconvError(
                    f"{self.text} takes {_listed(needed)}: name a module, or a function without "
                    "arguments that makes one"
                )
            with _foreign(f"calling {self.text}"):
                found = found()
            imported, made = self._running
            self._running = imported, f"{made}()"
        if not self._reader.is_module(found):
            raise SymconvError(f"{self.text} makes {as_given(found)}, and no module of PyTorch")
        imported, made = self._running
        self._running = imported, f"{made}.eval()"
        return found.eval()

    @property
    def names(self) -> Sequence[str]:
        """The names of what its `forward` takes, those that need not be given at the end."""
        needed, others, _ = _parameters(self._module.forward)
        return [*needed, *others]

    def read(self, inputs: Sequence[_Input], said: _Said) -> Reading:
        """What it computes of inputs that have its own names, or are in the order of --input."""
        names = self._in_order(inputs, said)
        needed, others, is_open = _parameters(self._module.forward)
        if len(names) < len(needed) or (len(names) > len(needed) + len(others) and not is_open):
            raise SymconvError(
                f"{self.text} takes {_listed([*needed, *others])}, and there "
                f"{'is one input' if len(names) == 1 else f'are {len(names)} inputs'}, "
                f"{_listed(names)}: give the shape of each in this order by --input"
            )
        by_name = {one.name: one.shape for one in inputs}
        free = Weights()
        shapes = {free.free_name(name): by_name[name] for name in names}
        with _foreign(self.text):
            tensors, _ = self._reader.inputs_of(shapes, said.given)
            reading: Reading = self._reader.read(self._module, *tensors)
        order = [names.index(one.name) for one in inputs]
        running = reading.running
        if isinstance(running, Module):
            imported, made = self._running
            running = replace(running, imported=imported, made=made)
        return replace(reading, inputs=tuple(reading.inputs[at] for at in order), running=running)

    def _in_order(self, inputs: Sequence[_Input], said: _Said) -> list[str]:
        """The inputs in the order in which it takes them."""
        known = [one.name for one in inputs]
        own = self.names[: len(known)]
        if len(known) == 1:
            return known
        if set(own) == set(known):
            return list(own)
        if set(said.shapes) == set(known):
            return list(said.shapes)
        raise SymconvError(
            f"{self.text} takes {_listed(self.names)}, and the inputs are {_listed(known)}: give "
            "the shapes of all in the order in which the module takes them, by --input"
        )


def _parameters(function: Any) -> tuple[list[str], list[str], bool]:
    """What a function needs, what else it takes by position, and whether it takes any number."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of code that is not Python's, nothing is known
        return [], [], True
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed: list[str] = []
    others: list[str] = []
    for one in parameters:
        has_default = one.default is not inspect.Parameter.empty
        if one.kind in by_position:
            (others if has_default else needed).append(one.name)
        elif one.kind is inspect.Parameter.KEYWORD_ONLY and not has_default:
            needed.append(one.name)
    return needed, others, any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in parameters)


# --- code of others ------------------------------------------------------------------


@contextmanager
def _foreign(what: str) -> Iterator[None]:
    """Code of others runs in this: what it prints is no result, and what it raises no defect.

    Raises:
        SymconvError: with what it raises.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SymconvError as error:
        told = str(error)
        raise SymconvError(told if told.startswith(what) else f"{what}: {told}") from error
    except (Exception, SystemExit) as error:
        raise SymconvError(f"{what}: {type(error).__name__}: {error}{_place(error)}") from error


def _place(error: BaseException) -> str:
    """The line at which code has raised."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return "" if at is None else f" ({at.tb_frame.f_code.co_filename}, line {at.tb_lineno})"


def _imported(where: str) -> Any:
    """The code of a module or a file, which runs once.

    The working directory is searched last, so that no file in it takes the place of a library.
    """
    here = str(Path.cwd())
    is_new = here not in sys.path
    if is_new:
        sys.path.append(here)
    try:
        if not where.endswith(".py"):
            return importlib.import_module(where)
        path = Path(where).resolve()
        # Under a name that no import has, as a file may be called like a library.
        name = f"{path.stem} in {path.parent}"
        if name in sys.modules:
            return sys.modules[name]
        spec = spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise SymconvError(f"{where} cannot be imported")
        module = module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module
    finally:
        if is_new:
            sys.path.remove(here)

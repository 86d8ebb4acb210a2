"""Chains of linear layers at random, and the one layer that they are, or that they are not.

A chain is put together as text.  With it goes, for each axis, what is known of the one layer
that does the same: its padding, the size of its kernel and its stride.  A layer that keeps to
the laws of composition changes these (strides are multiplied, kernels grow by a stride for each
tap, crops move the padding); one that breaks them, as padding between layers does, changes them
as if it did not, which is the mistake that is usually made.  So a kernel is planted where no law
is broken, and mostly there is none where one is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any, Literal

import sympy
from sympy import Expr, Integer, Symbol

import symconv
from symconv import SignalExpr

__all__ = ["KernelProblem", "Stated", "kernel_problem", "stated"]

Kind = Literal["planted", "mutated"]

MOST_SYMBOLS = 4  # of a problem: all small sizes are gone through
LARGEST_STRIDE = 8  # of the one layer, where it is a number
TRANSPOSED = 0.08  # of so many problems all layers are transposed ones
MOST_TAPS = 9  # of a kernel along an axis, where its size is a number
FULL_NAMES = {"n": 1, "H": 1, "W": 1, "C": 1, "c": 1, "d": 1, "s": 1, "p": 0}
"""What a symbol is at least, by its first letter."""


@dataclass(frozen=True)
class KernelProblem:
    """Which kernel makes one layer of a chain?

    Attributes:
        kind: whether there is one by construction; of a mutated one there mostly is none.
        seed: what it is made of.
        tensors: the shapes of the input and of the parameters, by their names.
        lhs: the chain.
        rhs: the one layer, as a function of the unknown tensors.
        shapes: the shapes of these.
        is_told: whether the shapes are told, or to be found.
        given: hypotheses on the sizes.
        laws: which laws of composition are broken.
    """

    kind: Kind
    seed: int
    tensors: Mapping[str, str]
    lhs: str
    rhs: str
    shapes: Mapping[str, str]
    is_told: bool
    given: tuple[str, ...]
    laws: tuple[str, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the integer symbols."""
        texts = [*self.tensors.values(), *self.shapes.values(), *self.given, self.lhs, self.rhs]
        words = {word for text in texts for word in _words(text)}
        return tuple(sorted(word for word in words if _is_symbol(word)))

    @property
    def sizes_of_the_input(self) -> tuple[str, ...]:
        """The symbols on which the kernel may not depend."""
        return tuple(name for name in self.symbols if name in ("n", "H", "W"))

    def __str__(self) -> str:
        lines = [
            f"{name} = integers({name!r}, {'non' if least(name) == 0 else 'posi'}"
            f"{'negative' if least(name) == 0 else 'tive'}=True)"
            for name in self.symbols
        ]
        lines += [f"{name} = Tensor({name!r}, {shape})" for name, shape in self.tensors.items()]
        lines += [f"lhs = {self.lhs}", f"rhs = {self.rhs}", f"shape = {self._shape}"]
        lines += [f"given = [{', '.join(self.given)}]"]
        broken = f", which breaks: {', '.join(self.laws)}" if self.laws else ""
        return "\n".join([f"# {self.kind}, seed {self.seed}{broken}", *lines])

    @property
    def _shape(self) -> str:
        if not self.is_told:
            return "None"
        if len(self.shapes) == 1:
            return next(iter(self.shapes.values()))
        return "{" + ", ".join(f"{name!r}: {shape}" for name, shape in self.shapes.items()) + "}"


@dataclass(frozen=True)
class Stated:
    """A problem in symconv's own objects.

    Attributes:
        lhs: the chain.
        rhs: the one layer.
        shape: what `solve` is told of the unknowns.
        shapes: their shapes, told or not.
        given: the hypotheses.
        inputs: the tensors for all of which the sides are to be equal.
        parameters: the others.
    """

    lhs: SignalExpr
    rhs: Callable[..., SignalExpr]
    shape: Any
    shapes: Mapping[str, tuple[Any, ...]]
    given: tuple[Any, ...]
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]


def stated(problem: KernelProblem) -> Stated:
    """The problem, by the lines of Python that make it."""
    names: dict[str, Any] = {name: getattr(symconv, name) for name in ("Tensor", "integers")}
    names["Fraction"] = Fraction
    names["floor"] = sympy.floor
    shapes = ", ".join(f"{name!r}: {shape}" for name, shape in problem.shapes.items())
    exec(f"{problem}\nshapes = {{{shapes}}}", names)
    tensors = {name: names[name] for name in problem.tensors}
    return Stated(
        names["lhs"],
        names["rhs"],
        names["shape"],
        names["shapes"],
        tuple(names["given"]),
        {name: one for name, one in tensors.items() if name == "x"},
        {name: one for name, one in tensors.items() if name != "x"},
    )


def least(name: str) -> int:
    """What the symbol of a name is at least."""
    return FULL_NAMES[name[0]]


def _is_symbol(word: str) -> bool:
    return word[0] in FULL_NAMES and (len(word) == 1 or word[1:].isdigit())


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text + " ":
        if letter.isalnum() or letter == "_":
            word += letter
        elif word:
            yield word
            word = ""


# --- what is known of the one layer ----------------------------------------------------


@dataclass
class Axis:
    """The one layer along an axis: its padding, the size of its kernel, and its stride."""

    length: Expr
    left: Expr = field(default_factory=lambda: Integer(0))
    right: Expr = field(default_factory=lambda: Integer(0))
    size: Expr = field(default_factory=lambda: Integer(1))
    stride: Expr = field(default_factory=lambda: Integer(1))
    is_flipped: bool = False

    @property
    def is_full(self) -> bool:
        """Whether all that is not 0 is there, so that more padding could have come before."""
        spare = (self.left - self.size + 1, self.right - self.size + 1)
        return self.stride == 1 and all(sympy.expand(one).is_nonnegative for one in spare)

    def pads(self, left: Expr, right: Expr) -> None:
        self.left = sympy.expand(self.left + self.stride * left)
        self.right = sympy.expand(self.right + self.stride * right)

    def slides(self, size: Expr, stride: Expr, dilation: Expr) -> None:
        self.size = sympy.expand(self.size + self.stride * dilation * (size - 1))
        self.stride = sympy.expand(self.stride * stride)

    @property
    def has_an_output(self) -> str:
        return f"{sympy.expand(self.length + self.left + self.right)} >= {self.size}"


class _BrokenError(Exception):
    """A law would be broken where none may be."""


class Chain:
    """Layers one after the other, on an input of so many channels (none: on a signal)."""

    def __init__(self, rng: random.Random, axes: int, *, may_break: bool) -> None:
        self.rng, self.may_break = rng, may_break
        self.names: set[str] = set()
        self.tensors: dict[str, str] = {}
        self.given: dict[str, None] = {}
        self.laws: dict[str, None] = {}
        self.has_bias = False
        self.number = 0
        self.channels: Expr | None = None
        self.groups = 1
        lengths = {0: ["n"], 1: ["n"], 2: ["H", "W"]}[axes]
        self.axes = [Axis(self.symbol(name)) for name in lengths]
        if axes:
            self.channels = self.amount("C", 1, 3, 0.15)
            self.inputs = self.channels
            self.groups = int(self.channels) if self.channels.is_Integer else 1
        shape = [*([self.channels] if axes else []), *(axis.length for axis in self.axes)]
        self.tensors["x"] = _tuple(shape)
        self.text = self.start = "x"

    # --- amounts -----------------------------------------------------------------------

    def symbol(self, name: str) -> Expr:
        self.names.add(name)
        return _symbol(name)

    def amount(self, letter: str, low: int, high: int, symbolic: float) -> Expr:
        """A number, or now and then a symbol, a new one or one that is there."""
        if self.rng.random() < symbolic:
            there = [name for name in sorted(self.names) if name[0] == letter]
            if there and self.rng.random() < 0.3:
                return self.symbol(self.rng.choice(there))
            if len(self.names) < MOST_SYMBOLS:
                return self.symbol(letter if letter == "C" else f"{letter}{len(there) + 1}")
        return Integer(self.rng.randint(low, high))

    def parameter(self, letter: str, shape: list[Expr]) -> str:
        self.number += 1
        name = f"{letter}_{self.number}"
        self.tensors[name] = _tuple(shape)
        return name

    def breaks(self, law: str) -> None:
        """A law is broken, which it may be."""
        if not self.may_break:
            raise _BrokenError
        self.laws[law] = None

    def along(self, index: int) -> str:
        """The keyword for an axis; a signal has only one."""
        return "" if self.channels is None else f"axis={index + 1}"

    def pads(self, index: int, left: Expr, right: Expr) -> None:
        axis = self.axes[index]
        if (left, right) != (0, 0) and (self.has_bias or not axis.is_full):
            self.breaks("padding between layers")
        axis.pads(left, right)

    # --- layers ------------------------------------------------------------------------

    def any_axis(self) -> int:
        return self.rng.randrange(len(self.axes))

    def pad(self) -> None:
        index = self.any_axis()
        left, right = self.amount("p", 0, 2, 0.15), self.amount("p", 0, 2, 0)
        self.pads(index, left, right)
        self.text += _call("pad", left, right, self.along(index))

    def crop(self) -> None:
        index = self.any_axis()
        left, right = self.rng.choice([(1, 0), (0, 1), (1, 1), (2, 0)])
        axis = self.axes[index]
        axis.pads(Integer(-left), Integer(-right))
        self.given[axis.has_an_output] = None
        self.text += _call("pad", -left, -right, self.along(index))

    def flip(self) -> None:
        index = self.any_axis()
        axis = self.axes[index]
        if axis.stride != 1:
            self.breaks("flipped after a stride")
        axis.is_flipped = not axis.is_flipped
        axis.left, axis.right = axis.right, axis.left
        self.text += _call("flip", self.along(index))

    def downsample(self) -> None:
        index = self.any_axis()
        step, offset = self.amount("s", 2, 3, 0.2), self.rng.choice([0, 0, 1])
        axis = self.axes[index]
        if offset:
            axis.pads(Integer(-offset), Integer(0))
            self.given[axis.has_an_output] = None
        axis.stride = sympy.expand(axis.stride * step)
        told = f"offset={offset}" if offset else ""
        self.text += _call("downsample", step, told, self.along(index))

    def scale(self) -> None:
        number = self.rng.choice(["2", "-1", "Fraction(1, 3)"])
        self.text = f"({number} * {self.text})"

    def pool(self) -> None:
        size, stride = self.rng.randint(1, 3), self.rng.randint(1, 3)
        padding = self.rng.randint(0, size // 2) if self.rng.random() < 0.4 else 0
        if padding:
            for index in range(len(self.axes)):
                self.pads(index, Integer(padding), Integer(padding))
        for axis in self.axes:
            axis.slides(Integer(size), Integer(stride), Integer(1))
        told = size if self.channels is None else _tuple([size] * len(self.axes))
        self.text += _call(
            "avg_pool", told, f"stride={stride}", f"padding={padding}" if padding else ""
        )

    def bias(self) -> None:
        self.has_bias = True
        name = self.parameter("b", [self.channels or Integer(1)])
        self.text += _call("add_bias", name, "" if self.channels is None else "axis=0")

    def dilate(self) -> None:
        if self.text != "x":
            raise _BrokenError
        index = self.any_axis()
        factor = Integer(self.rng.randint(2, 3))
        self.text += _call("dilate", factor, self.along(index))
        self.start = self.text
        axis = self.axes[index]
        axis.length = sympy.expand(factor * (axis.length - 1) + 1)

    # --- of signals --------------------------------------------------------------------

    def correlate(self) -> None:
        size, stride = self.amount("c", 1, 3, 0.4), self.amount("s", 1, 3, 0.2)
        dilation = self.amount("d", 1, 2, 0.1)
        name = self.parameter("k", [size])
        self.axes[0].slides(size, stride, dilation)
        self.text += _call(
            "correlate",
            name,
            f"stride={stride}" if stride != 1 else "",
            f"dilation={dilation}" if dilation != 1 else "",
        )

    def convolve(self) -> None:
        size = self.amount("c", 1, 3, 0.4)
        name = self.parameter("k", [size])
        self.pads(0, size - 1, size - 1)
        self.axes[0].slides(size, Integer(1), Integer(1))
        self.text += _call("convolve", name)

    def same(self) -> None:
        """TensorFlow's SAME: how much is padded depends on the length, unless the stride is 1."""
        size, stride = self.rng.randint(1, 3), self.rng.randint(1, 3)
        if stride > 1 and size > 1:
            self.breaks("padding that depends on the length")
        self.pads(0, Integer((size - 1) // 2), Integer(size // 2))
        self.axes[0].slides(Integer(size), Integer(stride), Integer(1))
        name = self.parameter("k", [Integer(size)])
        self.text += _call("pad_same", size, f"stride={stride}")
        self.text += _call("correlate", name, f"stride={stride}")

    def branches(self) -> None:
        """Two layers of equal sizes, or a layer beside what it is given."""
        stride = self.amount("s", 1, 2, 0.1)
        step = f"stride={stride}" if stride != 1 else ""
        if self.rng.random() < 0.5:
            size = self.amount("c", 1, 3, 0.4)
            one, other = self.parameter("k", [size]), self.parameter("k", [size])
            self.axes[0].slides(size, stride, Integer(1))
            both = [self.text + _call("correlate", name, step) for name in (one, other)]
        else:
            padding = self.rng.randint(1, 2)
            self.pads(0, Integer(padding), Integer(padding))
            self.axes[0].slides(Integer(2 * padding + 1), stride, Integer(1))
            name = self.parameter("k", [Integer(2 * padding + 1)])
            skip = _call("downsample", stride) if step else ""
            wide = _call("pad", padding, padding) + _call("correlate", name, step)
            both = [self.text + skip, self.text + wide]
        self.text = f"({both[0]} {self.rng.choice('+-')} {both[1]})"

    # --- of channels -------------------------------------------------------------------

    def conv(self) -> None:
        assert self.channels is not None
        groups = 1
        made: Expr = Integer(self.rng.randint(1, 2))
        if self.channels.is_Integer and self.rng.random() < 0.4:
            taken = int(self.channels)
            groups = self.rng.choice([g for g in range(1, taken + 1) if taken % g == 0])
            made = groups * made
        stride = [self.amount("s", 1, 2, 0.1) for _ in self.axes]
        dilation = self.rng.choice([1, 1, 1, 2])
        size = [self.amount("c", 1, 3 if dilation == 1 else 2, 0.1) for _ in self.axes]
        padding = [
            Integer(self.rng.choice([0, 1, 1, 2])) if self.rng.random() < 0.4 else Integer(0)
            for _ in self.axes
        ]
        for index, amount in enumerate(padding):
            if amount != 0:
                self.pads(index, amount, amount)
        for axis, c, s in zip(self.axes, size, stride, strict=True):
            axis.slides(c, s, Integer(dilation))
        name = self.parameter("k", [made, self.channels / groups, *size])
        has_bias = self.rng.random() < 0.3
        bias = f"bias={self.parameter('b', [made])}" if has_bias else ""
        self.has_bias |= has_bias
        self.channels, self.groups = made, gcd(self.groups, groups)
        self.text += _call(
            "conv",
            name,
            bias,
            f"stride={_tuple(stride)}" if any(s != 1 for s in stride) else "",
            f"padding={_tuple(padding)}" if any(p != 0 for p in padding) else "",
            f"dilation={dilation}" if dilation != 1 else "",
            f"groups={groups}" if groups != 1 else "",
        )

    def normalise(self) -> None:
        assert self.channels is not None
        self.has_bias = True
        names = [self.parameter(letter, [self.channels]) for letter in ("m", "v")]
        self.text += _call("batch_norm", *names, "axis=0")

    def residual(self) -> None:
        """A layer beside one of a single tap, and beside what both are given."""
        assert self.channels is not None
        padding = [Integer(self.rng.randint(0, 1)) for _ in self.axes]
        for index, amount in enumerate(padding):
            if amount != 0:
                self.pads(index, amount, amount)
        for axis, p in zip(self.axes, padding, strict=True):
            axis.slides(2 * p + 1, Integer(1), Integer(1))
        wide = self.parameter("k", [self.channels, self.channels, *(2 * p + 1 for p in padding)])
        thin = self.parameter("k", [self.channels, self.channels, *(1 for _ in padding)])
        both = [self.text + _call("conv", wide, f"padding={_tuple(padding)}")]
        both += [self.text + _call("conv", thin)]
        skip = f" + {self.text}" if self.rng.random() < 0.5 else ""
        self.groups = 1
        self.text = f"({both[0]} + {both[1]}{skip})"


_OF_SIGNALS = {
    "correlate": 6,
    "convolve": 2,
    "pad": 3,
    "crop": 1,
    "flip": 1,
    "downsample": 2,
    "scale": 1,
    "pool": 1,
    "bias": 1,
    "dilate": 1,
    "same": 1,
    "branches": 1,
}
_OF_CHANNELS = {
    "conv": 6,
    "pad": 1,
    "crop": 1,
    "flip": 1,
    "downsample": 1,
    "scale": 1,
    "pool": 1,
    "bias": 1,
    "dilate": 1,
    "normalise": 1,
    "residual": 1,
}


def kernel_problem(seed: int, axes: int | None = None) -> KernelProblem:
    """A problem: a chain of layers, and the one layer that it is or, mostly, is not.

    Args:
        seed: what it is made of.
        axes: along how many axes layers slide, over channels; 0 for signals.
    """
    rng = random.Random(f"kernels {seed}")
    if axes is None and rng.random() < TRANSPOSED:
        return _transposed(rng, seed)
    if axes is None:
        axes = rng.choices([0, 1, 2], (0.6, 0.15, 0.25))[0]
    kind: Kind = rng.choice(("planted", "mutated"))
    while True:
        with suppress(_BrokenError):
            found = _kernel_problem(rng, seed, axes, kind)
            if found is not None:
                return found


def _kernel_problem(rng: random.Random, seed: int, axes: int, kind: Kind) -> KernelProblem | None:
    chain = Chain(rng, axes, may_break=kind == "mutated" and rng.random() < 0.75)
    weights = _OF_CHANNELS if axes else _OF_SIGNALS
    for _ in range(rng.choice([1, 2, 2, 3, 3, 4])):
        layer = rng.choices(list(weights), list(weights.values()))[0]
        getattr(chain, layer)()
    most = MOST_TAPS if axes < 2 else 5
    if any(a.size.is_Integer and a.size > most for a in chain.axes):
        return None
    if any(a.stride.is_Integer and a.stride > LARGEST_STRIDE for a in chain.axes):
        return None
    if chain.may_break and not chain.laws:
        return None
    if axes and "conv" not in chain.text:
        return None
    if len(chain.tensors) == 1 and rng.random() < 0.7:  # without a parameter
        return None
    mistake = ""
    if kind == "mutated" and not chain.laws:
        mistake = rng.choice(["stride", "padding", "size", "flip", "bias", "dilation", "groups"])
    return _asked(rng, seed, kind, chain, mistake)


def _asked(
    rng: random.Random, seed: int, kind: Kind, chain: Chain, mistake: str
) -> KernelProblem | None:
    """The right side for a chain, right as far as no law is broken, or with a mistake."""
    axes = [Axis(a.length, a.left, a.right, a.size, a.stride, a.is_flipped) for a in chain.axes]
    first, has_bias, groups = axes[0], chain.has_bias, chain.groups
    dilation = ""
    match mistake:
        case "stride":
            first.stride = first.stride + 1
        case "padding":
            first.left = first.left + rng.choice([1, -1])
        case "size":
            first.size = sympy.expand(
                first.size + (rng.choice([1, -1]) if first.size.is_Integer else 1)
            )
        case "flip":
            first.is_flipped = not first.is_flipped
        case "bias":
            has_bias = not has_bias
        case "dilation":
            dilation = "dilation=2"
            first.size = sympy.floor((first.size - 1) / 2) + 1
            if not first.size.is_Integer:
                return None
        case "groups":
            if chain.channels is None or not chain.channels.is_Integer:
                return None
            if not chain.inputs.is_Integer or groups != 1:
                return None
            groups = gcd(int(chain.channels), int(chain.inputs))
            if groups == 1:
                return None
    if first.size == 0:
        return None
    if not mistake and rng.random() < 0.15:  # a longer kernel, with more padding
        first.left, first.size = first.left + 1, first.size + 1
    elif groups > 1 and rng.random() < 0.3:
        groups = 1
    text = chain.start
    for index, axis in enumerate(axes):
        text += _call("flip", chain.along(index)) if axis.is_flipped else ""
        if axis.left != 0 or axis.right != 0:
            text += _call("pad", axis.left, axis.right, chain.along(index))
    strides = [axis.stride for axis in axes]
    shapes: dict[str, str] = {}
    if chain.channels is None:
        shapes["K"] = _tuple([first.size])
        outside = rng.random() < 0.15 and strides[0] != 1
        step = f"stride={strides[0]}" if strides[0] != 1 and not outside else ""
        shifted = first.left == first.right == first.size - 1
        if shifted and strides == [1] and not dilation and not first.is_flipped:
            text = chain.start + ".convolve(K)"
        else:
            text += _call("correlate", "K", step, dilation)
        text += _call("downsample", strides[0]) if outside else ""
        if not mistake and rng.random() < 0.05:
            shapes["J"] = shapes["K"]
            text = f"{text} + {text.replace('K', 'J')}"
        text = f"({text})" if "+" in text and has_bias else text
    else:
        shapes["K"] = _tuple([chain.channels, chain.inputs / groups, *(a.size for a in axes)])
        step = f"stride={_tuple(strides)}" if any(s != 1 for s in strides) else ""
        if dilation:
            dilation = f"dilation={_tuple([2] + [1] * (len(axes) - 1))}"
        text += _call("conv", "K", step, dilation, f"groups={groups}" if groups > 1 else "")
    if has_bias:
        shapes["B"] = _tuple([chain.channels or 1])
        text += _call("add_bias", "B", "" if chain.channels is None else "axis=0")
    if any(axis.left.is_negative or axis.right.is_negative for axis in axes):
        for axis in axes:
            chain.given[axis.has_an_output] = None
    is_told = len(shapes) > 1 or chain.channels is not None or rng.random() < 0.5
    return KernelProblem(
        kind,
        seed,
        chain.tensors,
        chain.text,
        f"lambda {', '.join(shapes)}: {text}",
        shapes,
        is_told,
        tuple(text for text in chain.given if not _is_true(text)),
        tuple(chain.laws) + ((f"the {mistake} of the one layer",) if mistake else ()),
    )


def _transposed(rng: random.Random, seed: int) -> KernelProblem:
    """Transposed layers: strides are multiplied, and padding, which crops, may only come last."""
    chain = Chain(rng, 0, may_break=rng.random() < 0.45)
    size, stride, padding = Integer(1), Integer(1), Integer(0)
    number = rng.choice([1, 2, 2, 3])
    for layer in range(number):
        step, taps = chain.amount("s", 1, 3, 0.2), chain.amount("c", 1, 3, 0.4)
        crop = Integer(rng.choice([0, 0, 1])) if layer == number - 1 or chain.may_break else None
        if padding != 0 and (step != 1 or taps != 1):
            chain.laws["a crop between layers"] = None
        stride, size = sympy.expand(stride * step), sympy.expand(step * (size - 1) + taps)
        padding = sympy.expand(step * padding + (crop or 0))
        told = f"stride={step}" if step != 1 else ""
        chain.text += _call(
            "conv_transpose",
            chain.parameter("k", [taps]),
            told,
            f"padding={crop}" if crop else "",
        )
    given = [f"n >= {2 * padding + 1}"] if padding != 0 else []
    mistake = rng.random() < 0.3 and not chain.laws
    if mistake:
        stride = stride + 1
        chain.laws["the stride of the one layer"] = None
    step = f"stride={stride}" if stride != 1 else ""
    right = _call("conv_transpose", "K", step, f"padding={padding}" if padding != 0 else "")
    return KernelProblem(
        "mutated" if chain.laws else "planted",
        seed,
        chain.tensors,
        chain.text,
        f"lambda K: x{right}",
        {"K": _tuple([size])},
        rng.random() < 0.5,
        tuple(given),
        tuple(chain.laws),
    )


def _is_true(condition: str) -> bool:
    """Whether a condition has no symbols, and needs not be said."""
    return not any(map(_is_symbol, _words(condition)))


def _symbol(name: str) -> Symbol:
    sign = {"nonnegative": True} if least(name) == 0 else {"positive": True}
    return Symbol(name, integer=True, **sign)


def _tuple(parts: list[Any]) -> str:
    return f"({', '.join(map(str, parts))}{',' if len(parts) == 1 else ''})"


def _call(method: str, *arguments: object) -> str:
    return f".{method}({', '.join(str(a) for a in arguments if str(a))})"

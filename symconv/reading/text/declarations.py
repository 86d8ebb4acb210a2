"""What is declared before a claim, and what the integer symbols in it stand for.

A symbol is the same everywhere, so its sign depends on all texts that are read together:
on the hypotheses, and on the operators that need it to be positive.  That is seen in the
trees of the texts, before any of them is read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from symconv.arithmetic.symbols import IntegerSymbol, Sign
from symconv.errors import SymconvError, as_given
from symconv.language.operators import OPERATORS
from symconv.language.operators.pointwise import Pointwise
from symconv.language.signals import SignalExpr
from symconv.reading.text.functions import (
    ARGUMENTS,
    AVERAGED,
    DIVISOR,
    KERNEL,
    LARGEST,
    METHODS,
    POINTWISE,
    STEP,
    bound_arguments,
    check_name,
    close,
    parts_of,
)
from symconv.reading.text.syntax import Passage, Phrase, read_phrase

__all__ = ["Assumption", "Declarations", "Names", "Vocabulary"]


@dataclass(frozen=True, slots=True)
class Declarations:
    """What is declared before a claim.

    Attributes:
        signals: the lengths of the named signals.
        given: the hypotheses.
        integers: the symbols that range over all integers.
        tensors: the shapes of the named tensors, sizes with commas between them; one size is
            that of a signal.
        functions: the functions of which nothing is known, but for the value at 0 where a passage
            says one.
    """

    signals: Mapping[str, Passage] = field(default_factory=dict)
    given: tuple[Passage, ...] = ()
    integers: tuple[str, ...] = ()
    tensors: Mapping[str, Passage] = field(default_factory=dict)
    functions: Mapping[str, Passage] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        signals: Mapping[str, str],
        given: Sequence[str],
        integers: Sequence[str],
        tensors: Mapping[str, str] | None = None,
        functions: Mapping[str, str] | None = None,
    ) -> Declarations:
        """Declarations that are given as plain strings."""
        for what, listed in (("given", given), ("integers", integers)):
            if isinstance(listed, str) or not isinstance(listed, Iterable):
                raise SymconvError(
                    f"given and integers take lists of texts, such as given=['n >= i']; {what} is "
                    f"{as_given(listed)}"
                )
        named = (("signals", signals), ("tensors", tensors), ("functions", functions))
        for what, texts in named:
            if texts is not None and not isinstance(texts, Mapping):
                raise SymconvError(
                    f"{what} takes texts by name, such as {what}={{'x': '…'}}, got "
                    f"{as_given(texts)}"
                )
        return cls(
            {name: Passage(size, f"the length of {name}") for name, size in signals.items()},
            tuple(Passage(condition, "the hypothesis") for condition in given),
            tuple(integers),
            {name: Passage(s, f"the shape of {name}") for name, s in (tensors or {}).items()},
            {name: Passage(value, f"{name}(0)") for name, value in (functions or {}).items()},
        )

    @property
    def shapes(self) -> dict[str, Passage]:
        """The lengths of the signals, and the shapes of the tensors."""
        return {**self.signals, **self.tensors}

    @property
    def names(self) -> set[str]:
        """Every name that is declared."""
        return {*self.shapes, *self.functions, *self.integers}


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken of an integer symbol about which nothing was declared.

    Attributes:
        name: the symbol.
        least: the smallest value that it takes.
        why: what asks for more than 0; empty for 0.
    """

    name: str
    least: int
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name} ≥ {self.least}"


class Vocabulary:
    """The integer symbols, with what is known of their signs.

    Args:
        declared: the declarations.
        phrases: the texts that will be read.

    Attributes:
        shapes: the trees of the lengths of the signals and the shapes of the tensors.
        hypotheses: the trees of the hypotheses.
        assumptions: what is taken of the symbols that are not declared, by name.

    >>> phrase = read_phrase(Passage("x.downsample(s)"))
    >>> words = Vocabulary(Declarations.of({"x": "n"}, [], []), [phrase])
    >>> [str(assumption) for assumption in words.assumptions.values()]
    ['n ≥ 0', 's ≥ 1', 'x ≥ 0']
    >>> words.symbol("s").sign.least
    1
    """

    def __init__(self, declared: Declarations, phrases: Sequence[Phrase]) -> None:
        for name in declared.signals:
            check_name(name, "a signal")
        for name in declared.tensors:
            check_name(name, "a tensor")
            if name in declared.signals:
                raise SymconvError(f"{name!r} is declared both a signal and a tensor")
        for name in declared.integers:
            check_name(name, "a symbol")
            for what, named in (("signal", declared.signals), ("tensor", declared.tensors)):
                if name in named:
                    raise SymconvError(f"{name!r} is declared both a {what} and an integer")
        for name in declared.functions:
            check_name(name, "a function")
            if name in declared.shapes or name in declared.integers:
                raise SymconvError(f"{name!r} is declared a function, and something else too")
        self.shapes = {name: read_phrase(shape) for name, shape in declared.shapes.items()}
        self._entrywise = {"maximum", *POINTWISE, *declared.functions}
        self.hypotheses = [read_phrase(condition) for condition in declared.given]
        every = [*phrases, *self.shapes.values(), *self.hypotheses]
        self._least: dict[str, int] = {}
        for hypothesis in self.hypotheses:
            for name, least in _lower_bounds(hypothesis.tree):
                self._least[name] = max(least, self._least.get(name, least))
        needed = {name: why for phrase in every for name, why in self._needs(phrase.tree)}
        self.assumptions: dict[str, Assumption] = {}
        nodes = (node for phrase in every for node in ast.walk(phrase.tree))
        for name in sorted({node.id for node in nodes if isinstance(node, ast.Name)}):
            least = int(name in needed)
            # A hypothesis such as t >= -3 says that t may be negative.
            said = name in declared.integers or (name in self._least and not least)
            if not said and self._least.get(name, 0) < max(least, 1):
                self.assumptions[name] = Assumption(name, least, needed.get(name, ""))

    def symbol(self, name: str) -> IntegerSymbol:
        """The integer symbol of that name."""
        assumed = self.assumptions.get(name)
        least = self._least.get(name) if assumed is None else assumed.least
        if least is None or least < 0:
            return IntegerSymbol(name)
        return IntegerSymbol(name, Sign(negative=False, zero=least == 0))

    def _needs(self, tree: ast.expr) -> Iterator[tuple[str, str]]:
        """The symbols that an operator needs to be positive, and why."""
        for node in ast.walk(tree):
            match node:
                case ast.BinOp(_, ast.FloorDiv() | ast.Mod() | ast.Div(), divisor):
                    yield from ((name, DIVISOR) for name in _factors(divisor))
                case ast.Call(ast.Name("Mod"), [_, divisor]):
                    yield from ((name, DIVISOR) for name in _factors(divisor))
                case ast.Slice(step=ast.expr() as step):
                    yield from ((name, STEP) for name in _factors(step))
                case ast.Call(ast.Attribute(inner, method)) if method in METHODS:
                    if method in ("mean", "adaptive_avg_pool"):
                        yield from ((name, AVERAGED) for name in self._kernel_sizes(inner))
                    if method == "max":
                        yield from ((name, LARGEST) for name in self._kernel_sizes(inner))
                    for parameter, argument in bound_arguments(node, method):
                        takes = ARGUMENTS[method][parameter]
                        if takes.positive:
                            yield from ((name, takes.positive) for name in _factors(argument))
                        if takes.kernel:
                            yield from ((name, KERNEL) for name in self._kernel_sizes(argument))

    def _kernel_sizes(self, node: ast.expr) -> Iterator[str]:
        """The symbols that are 0 only if the kernel is empty."""
        match node:
            case ast.Name(name) if name in self.shapes:
                for size in parts_of(self.shapes[name].tree):
                    yield from _factors(size)
            case ast.Call(ast.Name("ones") | ast.Attribute(_, "ones"), [shape]):
                for size in parts_of(shape):
                    yield from _factors(size)
            case ast.Call(ast.Name(name), operands) if name in self._entrywise:
                for operand in operands:
                    yield from self._kernel_sizes(operand)
            case ast.Call(ast.Name("einsum"), [ast.Constant(str() as pattern), *operands]):
                yield from self._kept_sizes(pattern, operands)
            case ast.Call(ast.Attribute(inner, method), others, named) if method in _KEEPING:
                for operand in (inner, *others, *(keyword.value for keyword in named)):
                    yield from self._kernel_sizes(operand)
            case ast.Subscript(inner, index) if _takes_all(index):
                yield from self._kernel_sizes(inner)
            case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
                yield from self._kernel_sizes(left)
                yield from self._kernel_sizes(right)
            case ast.UnaryOp(operand=inner):
                yield from self._kernel_sizes(inner)

    def _kept_sizes(self, pattern: str, operands: Sequence[ast.expr]) -> Iterator[str]:
        """The symbols in the sizes of named tensors along axes that einsum does not sum over."""
        left, _, kept = pattern.replace(" ", "").partition("->")
        for letters, operand in zip(left.split(","), operands, strict=False):
            if isinstance(operand, ast.Name) and operand.id in self.shapes:
                sizes = parts_of(self.shapes[operand.id].tree)
                for letter, size in zip(letters, sizes, strict=False):
                    if letter in kept:
                        yield from _factors(size)


def _takes_all(index: ast.expr) -> bool:
    """Whether a part has an entry of each tensor that has one: its slices have steps alone."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(
        isinstance(part, ast.Constant)
        if not isinstance(part, ast.Slice)
        else part.lower is part.upper is None
        for part in parts
    )


_KEEPING = {
    *POINTWISE,
    *(operator.method for operator in OPERATORS if operator.empty_by_operands_alone),
}
"""The methods that make no empty signal of signals that are not empty."""


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean: some are signals or tensors, and all others are integer symbols."""

    vocabulary: Vocabulary
    signals: Mapping[str, SignalExpr]
    measured: list[SignalExpr] = field(default_factory=list)
    """The signals whose lengths were read; they have to be defined, whatever comes of that."""
    functions: Mapping[str, Pointwise] = field(default_factory=dict)
    """The functions of which nothing is known."""

    def undeclared(self, name: str) -> str:
        """What to do about a name that should be that of a signal."""
        similar = close(name, self.signals, "")
        hint = f"{similar or 'declare it'}{' or declare' if similar else ''}"
        return f"{hint} as a signal {name}: LENGTH or a tensor {name}: SIZE, SIZE, …"


def _factors(node: ast.expr) -> Iterator[str]:
    """The bare symbols in a product, each of which is positive if the product is."""
    match node:
        case ast.Name(name):
            yield name
        case ast.BinOp(left, ast.Mult(), right):
            yield from _factors(left)
            yield from _factors(right)


def _lower_bounds(tree: ast.expr) -> Iterator[tuple[str, int]]:
    """What a hypothesis such as n >= 1 says about bare symbols."""
    match tree:
        case ast.BoolOp(ast.And(), parts):
            for part in parts:
                yield from _lower_bounds(part)
        case ast.Compare(first, operators, others):
            sides = [first, *others]
            for left, operator, right in zip(sides, operators, others, strict=False):
                match left, operator, right:
                    case ast.Name(name), ast.GtE() | ast.Eq(), bound:
                        more = 0
                    case ast.Name(name), ast.Gt(), bound:
                        more = 1
                    case bound, ast.LtE() | ast.Eq(), ast.Name(name):
                        more = 0
                    case bound, ast.Lt(), ast.Name(name):
                        more = 1
                    case _:
                        continue
                match bound:
                    case ast.Constant(int() as number):
                        yield name, number + more
                    case ast.UnaryOp(ast.USub(), ast.Constant(int() as number)):
                        yield name, more - number

"""The words of the language of claims as text: its methods and functions, and what they take."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from inspect import Parameter, Signature, signature
from keyword import iskeyword
from typing import Any

from symconv.arithmetic import unevaluated
from symconv.arithmetic.limits import LONGEST_NAME
from symconv.errors import SymconvError, as_given
from symconv.language.hints import close
from symconv.language.layers.methods import LayerMethods
from symconv.language.operators import Methods
from symconv.language.operators.base import Operand
from symconv.language.operators.pointwise import PointwiseMethods
from symconv.language.signals import SignalExpr
from symconv.language.tensor_functions import concatenate, einsum, maximum

__all__ = [
    "ARGUMENTS",
    "AVERAGED",
    "DIVISOR",
    "EXTREMES",
    "FORMS",
    "FRACTIONS",
    "FUNCTIONS",
    "JOINING",
    "KERNEL",
    "LARGEST",
    "MAKERS",
    "MEANINGS",
    "METHODS",
    "POINTWISE",
    "POSITIVE",
    "RESERVED",
    "ROUNDING",
    "STEP",
    "Argument",
    "arguments_problem",
    "bound_arguments",
    "check_name",
    "close",
    "parts_of",
]


def methods_of(kind: type) -> Iterator[str]:
    """The public methods that a class has by itself or from its bases, in their order."""
    for base in (*kind.__bases__, kind):
        if base is not Operand:  # which applies operators, and nobody says that in text
            yield from (name for name in vars(base) if not name.startswith("_"))


DIVISOR = "a divisor is positive"
POSITIVE = {
    "factor": "a factor is positive",
    "stride": "a stride is positive",
    "dilation": "a dilation is positive",
    "size": "a window is not empty",
    "groups": "a number of groups is positive",
    "divisor": DIVISOR,
}
"""The arguments of methods that are positive, and how that is said."""

OUTPUTS = "a number of outputs is positive"
KERNEL = "a kernel is not empty"
AVERAGED = "a mean is over some entries"
LARGEST = "a maximum is over some entries"
STEP = "a step is positive"


@dataclass(frozen=True, slots=True)
class Argument:
    """What an argument may be in text, as its annotation says.

    Attributes:
        name: what it is called.
        signal: a signal or a tensor.
        several: a tuple, whose parts may be tuples too.
        one: not only a tuple.
        word: text in quotes.
        truth: True or False, and nothing else.
        nothing: None.
        number: a number, and no symbol.
        fraction: any exact number, and no symbol.
        positive: why it is positive; empty where it need not be.
        kernel: whether it is not empty.
    """

    name: str
    signal: bool
    several: bool
    one: bool
    word: bool
    truth: bool
    nothing: bool
    number: bool
    fraction: bool
    positive: str
    kernel: bool

    @classmethod
    def of(cls, method: str, parameter: Parameter) -> Argument:
        """The argument of a method or function of the language."""
        kind, name = str(parameter.annotation), parameter.name
        anything = kind == "Any"
        return cls(
            name=name,
            signal="SignalExpr" in kind,
            several=anything or "Sequence" in kind,
            one=not kind.startswith("Sequence"),
            word=kind == "str" or "Literal" in kind or (anything and name == "padding"),
            truth=kind == "bool",
            nothing=anything or "None" in kind,
            number=kind.startswith("int"),
            fraction=(method, name) == ("leaky_relu", "negative_slope"),
            positive=OUTPUTS
            if (method, name) == ("adaptive_avg_pool", "output_size")
            else POSITIVE.get(name, ""),
            kernel=name == "kernel" or (method, name) == ("conv", "weight"),
        )

    @property
    def part(self) -> Argument:
        """What stands in a tuple of them."""
        return replace(self, one=True)


def _form(call: Callable[..., Any], *, is_method: bool) -> tuple[Signature, dict[str, Argument]]:
    """How it is called, as that is shown; and what each argument may be."""
    parameters = list(signature(call).parameters.values())[is_method:]
    shown = Signature([p.replace(annotation=Parameter.empty) for p in parameters])
    return shown, {p.name: Argument.of(call.__name__, p) for p in parameters}


JOINING: Mapping[str, Callable[..., SignalExpr]] = {
    "einsum": einsum,
    "concatenate": concatenate,
    "maximum": maximum,
}
"""The functions of tensors, none of which comes first."""

_CALLED = {
    name: _form(getattr(SignalExpr, name), is_method=True)
    for name in (*methods_of(Methods), *methods_of(LayerMethods))
}

METHODS = {name: form for name, (form, _) in _CALLED.items()}
"""The methods of signals, and the form of each."""

_CALLED |= {name: _form(call, is_method=False) for name, call in JOINING.items()}

FORMS = {name: form for name, (form, _) in _CALLED.items()}
"""The same, and the functions of tensors."""

ARGUMENTS: Mapping[str, Mapping[str, Argument]] = {
    name: takes for name, (_, takes) in _CALLED.items()
}
"""What these take, by their names and those of the arguments."""

POINTWISE = frozenset(methods_of(PointwiseMethods))
"""The functions of each entry, which are written x.relu() or relu(x)."""

MAKERS = {"taps", "delta", "ones", "interleave"}
ROUNDING = {
    "floor": unevaluated.rounded_down,
    "ceil": unevaluated.rounded_up,
    "ceiling": unevaluated.rounded_up,
    "abs": unevaluated.absolute,
    "Abs": unevaluated.absolute,
}
EXTREMES = {
    "max": unevaluated.largest,
    "Max": unevaluated.largest,
    "min": unevaluated.smallest,
    "Min": unevaluated.smallest,
}
FRACTIONS = {"Fraction", "Rational", "Integer", "S"}
MEANINGS = {
    "floor": "floor(n/2): rounded down, as n//2 is",
    **dict.fromkeys(("ceil", "ceiling"), "ceil(n/2): rounded up"),
    **dict.fromkeys(("abs", "Abs"), "abs(n - c): without its sign"),
    **dict.fromkeys(("max", "Max"), "max(n, c, …): the largest"),
    **dict.fromkeys(("min", "Min"), "min(n, c, …): the smallest"),
    "Mod": "Mod(n, 4): the remainder, as n % 4 is; from 0 to 3 for negative n too",
    "len": "len(x): the length of a signal, as x.length is",
    **dict.fromkeys(("Fraction", "Rational", "S", "Integer"), "Fraction(1, 2): a number, as 1/2"),
    **dict.fromkeys(("Eq", "Ne"), "Eq(n, c), Ne(n, c): conditions, as n == c and n != c are"),
    "iff": "iff(n > c, c < n): a whole claim, that two conditions are equivalent",
}
"""The functions of integers, conditions and lengths, with an example and what they are."""

FUNCTIONS = {*MAKERS, *JOINING, *MEANINGS}
RESERVED = {*FUNCTIONS, "Signal", "Tensor"}
"""What cannot name a signal or a symbol."""

_MANY = 1000
_ARITY = {
    "taps": (0, _MANY),
    "delta": (0, 0),
    "interleave": (1, _MANY),
    **dict.fromkeys(EXTREMES, (1, _MANY)),
    **dict.fromkeys(("Fraction", "Rational"), (1, 2)),
    **dict.fromkeys(("Mod", "Eq", "Ne", "iff"), (2, 2)),
}


def arguments_problem(name: str, number: int) -> str:
    """What is wrong with so many arguments of a function; empty if nothing is."""
    least, most = _ARITY.get(name, (1, 1))
    if least <= number <= most:
        return ""
    expected = f"{least} argument{'s' * (least != 1)}"
    if least != most:
        expected = f"at least {expected}" if most == _MANY else "1 or 2 arguments"
    return f"{name} takes {expected}, got {number}"


def bound_arguments(call: ast.Call, method: str) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a method with their names, the parts of a tuple one by one.

    None where they do not fit, which the reader reports.
    """
    with suppress(TypeError):
        named = {keyword.arg or "": keyword.value for keyword in call.keywords}
        for name, bound in METHODS[method].bind(*call.args, **named).arguments.items():
            for argument in bound.values() if isinstance(bound, dict) else (bound,):
                yield from ((name, part) for part in parts_of(argument))


def parts_of(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of a tuple, and of tuples in it; or the node itself."""
    if isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            yield from parts_of(part)
    else:
        yield node


def check_name(name: str, what: str) -> None:
    """Refuse what cannot name a signal or a symbol."""
    if not isinstance(name, str):
        raise SymconvError(f"the name of {what} must be text, got {as_given(name)}")
    well_formed = re.fullmatch("[A-Za-z_][A-Za-z_0-9]*", name) and "__" not in name
    if not well_formed or len(name) > LONGEST_NAME or iskeyword(name):
        raise SymconvError(
            f"the name of {what} is made of letters, digits and single underscores, such as k2; "
            f"got {name[:60]!a}"
        )
    if name in RESERVED:
        raise SymconvError(f"{name!r} is a word of the language and cannot name {what}")

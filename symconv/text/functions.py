"""The words of the language of claims as text: its methods and functions, and what they take."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from inspect import Parameter, Signature, signature
from keyword import iskeyword

from symconv.arithmetic import unevaluated
from symconv.arithmetic.limits import LONGEST_NAME
from symconv.errors import SymconvError
from symconv.language.hints import close
from symconv.language.layers.methods import LayerMethods
from symconv.language.operators import Methods
from symconv.language.signals import SignalExpr

__all__ = [
    "DIVISOR",
    "EXTREMES",
    "FRACTIONS",
    "FUNCTIONS",
    "KERNEL",
    "MAKERS",
    "MEANINGS",
    "METHODS",
    "POSITIVE",
    "RESERVED",
    "ROUNDING",
    "arguments_problem",
    "bound_arguments",
    "check_name",
    "close",
]


def methods_of(kind: type) -> Iterator[str]:
    """The public methods that a class has by itself or from its bases, in their order."""
    for base in (*kind.__bases__, kind):
        yield from (name for name in vars(base) if not name.startswith("_"))


def _form(name: str) -> Signature:
    parameters = list(signature(getattr(SignalExpr, name)).parameters.values())[1:]
    return Signature([p.replace(annotation=Parameter.empty) for p in parameters])


METHODS = {name: _form(name) for name in (*methods_of(Methods), *methods_of(LayerMethods))}
"""The methods of signals, and the form of each."""

POSITIVE = {
    "factor": "a factor is positive",
    "stride": "a stride is positive",
    "dilation": "a dilation is positive",
    "size": "a window is not empty",
}
"""The arguments of methods that are positive, and how that is said."""

KERNEL = "a kernel is not empty"
DIVISOR = "a divisor is positive"

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

FUNCTIONS = {*MAKERS, *MEANINGS}
RESERVED = {*FUNCTIONS, "Signal"}
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


def bound_arguments(call: ast.Call, method: str) -> dict[str, ast.expr]:
    """The arguments of a method by name; none where they do not fit, which the reader reports."""
    with suppress(TypeError):
        named = {keyword.arg or "": keyword.value for keyword in call.keywords}
        return dict(METHODS[method].bind(*call.args, **named).arguments)
    return {}


def check_name(name: str, what: str) -> None:
    """Refuse what cannot name a signal or a symbol."""
    well_formed = re.fullmatch("[A-Za-z_][A-Za-z_0-9]*", name) and "__" not in name
    if not well_formed or len(name) > LONGEST_NAME or iskeyword(name):
        raise SymconvError(
            f"the name of {what} is made of letters, digits and single underscores, such as k2; "
            f"got {name[:60]!a}"
        )
    if name in RESERVED:
        raise SymconvError(f"{name!r} is a word of the language and cannot name {what}")

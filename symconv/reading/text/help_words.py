"""The words of the language, each with what it means: made from the methods themselves."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, Signature, getdoc, signature
from typing import get_args

from symconv.language import tensor_functions
from symconv.language.operators import Extension
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.functions import FORMS, JOINING, MAKERS, MEANINGS, METHODS

__all__ = ["sections"]


def sections() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Titles, and below each the forms of words with what they mean.

    >>> dict(sections())["Known signals"][0]
    ('delta()', 'The unit δ of the convolution: the signal of length 1 whose entry is 1')
    """
    yield "Operators of signals and tensors", [_method(name) for name in METHODS]
    yield "Tensors", list(_tensors())
    yield "Known signals", [_maker(name) for name in sorted(MAKERS)]
    yield "Integers and conditions", list(_functions())
    yield (
        "Arithmetic",
        [
            (
                "x + y, x - y, 2*x, x/2, x/n",
                "Signals of one length, multiples by numbers, and quotients by sizes; tensors"
                " are broadcast as in NumPy",
            ),
            ("n + c, n - c, 2*n, n//2, n % 4, n**2", "Integers; n/2 where 2 divides n"),
            ("<, <=, ==, !=, >=, >, and, or, not", "Conditions"),
        ],
    )


def _method(name: str) -> tuple[str, str]:
    chosen = "[0]" if name == "phases" else ""
    others = ", ".join(map(repr, get_args(Extension)))
    modes = f"; other modes are {others}" if "mode" in METHODS[name].parameters else ""
    return f"x.{name}{METHODS[name]}{chosen}", _summary(SignalExpr, name) + modes


def _tensors() -> Iterator[tuple[str, str]]:
    yield "x[:, ::2, 1:-1], x[0], x[..., None]", "A part, as in NumPy; bounds may be symbols"
    yield "x.shape[0], x.ndim", "The size along an axis, and how many axes there are"
    for name in JOINING:
        yield f"{name}{FORMS[name]}", _summary(tensor_functions, name)
    yield "ones((C, H, W))", "The tensor of a shape of which every entry is 1"


def _maker(name: str) -> tuple[str, str]:
    bare = [
        p.replace(annotation=Parameter.empty)
        for p in signature(getattr(Signal, name)).parameters.values()
    ]
    return f"{name}{Signature(bare)}", _summary(Signal, name)


def _functions() -> Iterator[tuple[str, str]]:
    for meaning in dict.fromkeys(MEANINGS.values()):
        form, _, said = meaning.partition(": ")
        others = [f for f in MEANINGS if MEANINGS[f] == meaning and f"{f}(" not in form]
        yield form, f"{said[0].upper()}{said[1:]}{_also(others)}"


def _also(others: list[str]) -> str:
    return f"; also called {', '.join(others)}" if others else ""


def _summary(where: object, name: str) -> str:
    """The first line of what documents something, without the place where a layer is defined."""
    first = (getdoc(getattr(where, name)) or "").partition("\n")[0]
    return first.partition(", as `layers.")[0].replace("`", "").removesuffix(".")

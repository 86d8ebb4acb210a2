"""Functions in certificates: of each entry, and of what lies in a window.

A commutative ring has no order, so that a statement cannot say what a ReLU or a maximum is.  It
says the claim of every function in its place, which is more; a claim that needs to know more of its
function has no certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from symconv.errors import Uncertified
from symconv.formal.rocq_syntax import Names, rocq_names
from symconv.formal.tensor_syntax import application, function_key
from symconv.language.graph import walk
from symconv.language.operators import Add, Apply, MaxPool, Pad
from symconv.language.operators.base import Operator
from symconv.language.signals import SignalExpr

if TYPE_CHECKING:
    from symconv.formal.parts import Part, Parts

__all__ = ["LIBRARY_OF_FUNCTIONS", "function_part", "functions_of", "names_with_functions", "said"]

LIBRARY_OF_FUNCTIONS = "tensor_functions"
"""The file that certificates with functions need besides."""


def functions_of(signals: Iterable[SignalExpr]) -> dict[str, str]:
    """The functions in tensors, and the type of each in Rocq.

    >>> from symconv import Signal
    >>> x = Signal("x", 8)
    >>> functions_of([x.relu().max_pool(2)])
    {'maximum': 'seq R -> R', 'relu': 'R -> R'}

    Raises:
        Uncertified: one name stands for two of them.
    """
    found: dict[str, str] = {}
    for node in walk(*signals):
        if isinstance(node.operator, Apply | MaxPool):
            kind = "R -> R" if isinstance(node.operator, Apply) else "seq R -> R"
            key = function_key(node.operator)
            if found.setdefault(key, kind) != kind:
                raise Uncertified(f"{key} is a function of numbers here, and one of windows")
    return dict(sorted(found.items()))


def names_with_functions(others: Iterable[str], functions: Iterable[str]) -> dict[str, str]:
    """What symbols, tensors and functions are called in Rocq.

    Raises:
        Uncertified: a function has the name of a symbol or of a tensor.
    """
    others, functions = list(others), list(functions)
    for both in sorted({*others} & {*functions}):
        raise Uncertified(f"{both} is the name of a function and of something else")
    return rocq_names([*others, *functions])


def said(functions: Mapping[str, str], names: Names) -> Iterator[str]:
    """What the comment of a certificate says of its functions."""
    if functions:
        listed = " and ".join(names[key] for key in functions)
        yield f"It is stated for every function in place of {listed}, which is more than the claim."
    if "maximum" in functions:
        yield "A max pool applies its function to those entries of a window that exist, as a list."


# --- parts ---------------------------------------------------------------------------


def function_part(parts: Parts, signal: SignalExpr, x: Part) -> Part:
    """A function of a tensor as a part.

    It is that of a tensor which is shown to be equal, where there is one; of two tensors one behind
    the other it is made of the functions of both; otherwise its entries are what they are.

    Args:
        parts: the parts that there are.
        signal: the function of the tensor.
        x: the tensor.
    """
    what = application(signal, [x.name], parts.names)
    if what in parts.known:
        return parts.known[what]
    operator = signal.operator
    part = _behind(parts, signal, x) or _of_equal_tensor(parts, operator, what, x)
    if part is None:
        part = _atom(parts, operator, what, x)
        parts.equations[what] = f"{part.name}_is"
        parts.functions.append((operator, x, part))
    parts.known[what] = part
    return part


def _atom(parts: Parts, operator: Operator, what: str, x: Part) -> Part:
    if not isinstance(operator, MaxPool):
        return parts.atom(what, x.shape, f"by rewrite -{{0}}_is shape_apply shape_{x.name}.", x)
    axis, n = operator.axis, x.shape[operator.axis]
    s, d, c = operator.stride, operator.dilation, operator.window
    padded = n + operator.left.polynomial + operator.right.polynomial
    count = parts.count(s.polynomial, d.polynomial, c.polynomial, padded)
    return parts.atom(
        what,
        [*x.shape[:axis], count, *x.shape[axis + 1 :]],
        f"by rewrite -{{0}}_is (shape_pool (n := {parts.text(padded)}) _ _ _ _ shape_{x.name}); "
        "[{1}; compute_shape; equal_sizes | compute_shape; same_integer].",
        x,
    )


def _of_equal_tensor(parts: Parts, operator: Operator, what: str, x: Part) -> Part | None:
    for known, y, part in parts.functions:
        if known != operator or len(y.shape) != len(x.shape):
            continue
        lines = parts.equality(y, x)
        if lines is None:
            continue
        number = 1 + len(parts.equations)
        equation = parts.equations[what] = f"equal{number}"
        parts.lines += [
            f"have same{number} : {y.name} = {x.name}.",
            "{",
            *(f"  {line}" for line in lines),
            "}",
            f"have {equation} : {what} = {part.name} by rewrite -same{number}.",
            f"rewrite ?{equation}.",
        ]
        return part
    return None


def _behind(parts: Parts, signal: SignalExpr, x: Part) -> Part | None:
    """A function of two tensors one behind the other."""
    operator, (operand,) = signal.operator, signal.operands
    whole = parts.instead.get(operand, operand)
    found = _one_behind_other(whole)
    if found is None or (isinstance(operator, MaxPool) and operator.axis == found[0]):
        return None
    axis, operands = found
    if isinstance(operator, MaxPool):
        lemma, told = f"pool_of_two (a := {axis}) (b := {operator.axis}) _ _ _ _ _ _", "isT isT"
    else:
        lemma, told = f"apply_of_two (a := {axis}) _", "isT"
    y, z = map(parts.of, operands)
    moved = [operand.apply(operator) for operand in operands]
    pads = [of.apply(pad.operator) for of, pad in zip(moved, whole.operands, strict=True)]
    instead = parts.instead[signal] = pads[0].apply(whole.operator, pads[1])
    part = parts.of(instead)
    texts = [
        application(one, [of.name], parts.names) for one, of in zip(moved, (y, z), strict=True)
    ]
    what = application(signal, [x.name], parts.names)
    equation = f"equal{1 + len(parts.equations)}"
    outer, inner = ([parts.of(pad).name for pad in both] for both in (pads, whole.operands))
    unfolded = [part.name, *outer, x.name, *inner]
    rewritten = [*(f"{name}_is" for name in unfolded), *(parts.equations[t] for t in texts)]
    parts.lines += [
        f"have {equation} : {what} = {part.name}.",
        f"  rewrite {' '.join(f'-?{name}' for name in dict.fromkeys(rewritten))}.",
        f"  by apply: ({lemma} shape_{y.name} shape_{z.name} {told}); "
        "compute_shape; first [same_integer | equal_sizes].",
        f"rewrite ?{equation}.",
    ]
    parts.equations[what] = equation
    return part


def _one_behind_other(signal: SignalExpr) -> tuple[int, tuple[SignalExpr, SignalExpr]] | None:
    """The axis and the tensors, where it is a tensor and another one behind it."""
    if not isinstance(signal.operator, Add):
        return None
    match signal.operands[0].operator, signal.operands[1].operator:
        case Pad(left, after, axis), Pad(before, right, same) if axis == same:
            x, y = (operand.operands[0] for operand in signal.operands)
            sizes = y.lengths[axis], x.lengths[axis]
            outer = left == 0 and right == 0
            if outer and (after.polynomial, before.polynomial) == sizes:
                return axis, (x, y)
    return None

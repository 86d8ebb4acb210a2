"""Tensors as Rocq writes them, operator by operator: the definitions of `proofs/rocq/tensors.v`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.errors import Uncertified
from symconv.formal.formulas import formula_text
from symconv.formal.rocq_syntax import Names, argument, list_text, polynomial_text, scalar_text
from symconv.language.notation import plain
from symconv.language.operators import (
    Add,
    Apply,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Einsum,
    Extend,
    Flip,
    Formula,
    MaxPool,
    Multiply,
    Named,
    Pad,
    Rearrange,
    Roll,
    Scale,
    Taps,
    Windows,
)
from symconv.language.signals import SignalExpr

__all__ = [
    "application",
    "axes_text",
    "function_key",
    "kept_axes",
    "numbers_of",
    "numbers_text",
    "sizes_of_letters",
    "spread_text",
    "tensor_text",
]


def tensor_text(signal: SignalExpr, names: Names) -> str:
    """A tensor as Rocq writes it."""
    return application(signal, [tensor_text(operand, names) for operand in signal.operands], names)


def application(signal: SignalExpr, operands: Sequence[str], names: Names) -> str:
    """An operator applied to operands that are there as text.

    Raises:
        Uncertified: there is no rule for the operator.
    """
    atoms: dict[Atom, str] = dict(names.items())

    def amount(value: Polynomial) -> str:
        return argument(polynomial_text(value, atoms))

    def amounts(values: Iterable[Polynomial]) -> str:
        return f"[:: {'; '.join(polynomial_text(value, atoms) for value in values)}]"

    texts = [argument(text) for text in operands]
    match signal.operator:
        case Named(name):
            return names[name]
        case Pad(left, right, axis):
            return f"pad {axis} {amount(left.polynomial)} {amount(right.polynomial)} {texts[0]}"
        case Extend(left, right, mode, axis):
            told = " ".join(amount(a.polynomial) for a in (left, right))
            return f"extend {axis} {told} {mode}_ends {texts[0]}"
        case Flip(axis):
            return f"flip {axis} {texts[0]}"
        case Roll(shift, axis):
            return f"roll {axis} {amount(shift.polynomial)} {texts[0]}"
        case Downsample(factor, axis):
            return f"downsample {axis} {amount(factor.polynomial)} {texts[0]}"
        case Dilate(factor, axis):
            return f"dilate {axis} {amount(factor.polynomial)} {texts[0]}"
        case Windows(size, stride, dilation, axis):
            told = " ".join(amount(a.polynomial) for a in (size, stride, dilation))
            return f"windows {axis} {told} {texts[0]}"
        case Convolve(axis=axis):
            return f"convolve {axis} {texts[0]} {texts[1]}"
        case Correlate(stride, dilation, axis):
            told = f"{amount(stride.polynomial)} {amount(dilation.polynomial)}"
            return f"correlate {axis} {told} {texts[1]} {texts[0]}"
        case Conv(strides, dilations, groups) as operator:
            batch = signal.operands[0].ndim - operator.dimensions - 1
            told = " ".join(amounts(a.polynomial for a in group) for group in (strides, dilations))
            return f"conv {batch} {told} {amount(groups.polynomial)} {texts[1]} {texts[0]}"
        case Rearrange() as operator:
            sizes = amounts(size.polynomial for size in operator.sizes)
            source, target = (
                numbers_text([operator.names.index(name) for name in group] for group in groups)
                for groups in (operator.source, operator.target)
            )
            return f"rearrange {sizes} {source}%N {target}%N {texts[0]}"
        case Einsum(inputs, output):
            letters = list(dict.fromkeys([*"".join(inputs)]))
            sizes = amounts(sizes_of_letters(signal)[letter] for letter in letters)
            over = [letter for letter in letters if letter not in output]
            lists = [numbers_of(word, letters) for word in (output, over)]
            pairs = [
                f"({numbers_of(word, letters)}%N, {text})"
                for word, text in zip(inputs, operands, strict=True)
            ]
            return f"einsum {sizes} {lists[0]}%N {lists[1]}%N [:: {'; '.join(pairs)}]"
        case Add() | Multiply() as operator:
            word = "add" if isinstance(operator, Add) else "multiply"
            spread = [
                argument(spread_text(signal, operand, text, amounts))
                for operand, text in zip(signal.operands, texts, strict=True)
            ]
            return f"{word} {' '.join(spread)}"
        case Scale(number):
            return f"scale {scalar_text(number)} {texts[0]}"
        case Divide(divisor):
            return f"scale (ratio 1 {amount(divisor.polynomial)}) {texts[0]}"
        case Taps(numbers) as operator:
            entries = list_text(scalar_text(number) for number in numbers)
            return f"listed {list_text(map(str, operator.known_shape))} {entries}"
        case Formula():
            return formula_text(signal, operands, names)
        case Apply() as function if function_key(function) in names:
            return f"apply {names[function_key(function)]} {texts[0]}"
        case MaxPool() as pool if function_key(pool) in names:
            amounts_ = (pool.window, pool.stride, pool.dilation, pool.left, pool.right)
            told = " ".join(amount(a.polynomial) for a in amounts_)
            return f"pool {pool.axis} {told} {names[function_key(pool)]} {texts[0]}"
    raise Uncertified(f"certificates have no rule for {plain(signal)}")


def function_key(operator: Apply | MaxPool) -> str:
    """The function of an operator, by which it has a name in Rocq.

    >>> from symconv import Signal
    >>> x = Signal("x", 8)
    >>> function_key(x.relu().operator), function_key(x.leaky_relu().operator)
    ('relu', 'leaky_relu(x; 1/100)')
    """
    if isinstance(operator, MaxPool):
        return "maximum"
    function = operator.function
    if function.parameter is not None:
        return f"{function.name}(x; {function.parameter})"
    return function.call.format("x") if function.is_shifted else function.name


def numbers_text(groups: Iterable[Iterable[int]]) -> str:
    """Lists of numbers of axes, as a list."""
    return list_text(list_text(map(str, group)) for group in groups)


def numbers_of(word: Iterable[str], letters: Sequence[str]) -> str:
    """The numbers of the letters of a word, as a list."""
    return list_text(str(letters.index(letter)) for letter in word)


def sizes_of_letters(signal: SignalExpr) -> dict[str, Polynomial]:
    """The size of each letter of an einsum."""
    assert isinstance(signal.operator, Einsum)
    sizes: dict[str, Polynomial] = {}
    for word, operand in zip(signal.operator.inputs, signal.operands, strict=True):
        for letter, size in zip(word, operand.lengths, strict=True):
            sizes.setdefault(letter, size)
    return sizes


def kept_axes(signal: SignalExpr, operand: SignalExpr) -> list[int | None] | None:
    """For each axis of the operand that of the sum or product; None where it is repeated.

    None alone if nothing is repeated.
    """
    if operand.lengths == signal.lengths:
        return None
    offset = signal.ndim - operand.ndim
    one = Polynomial.constant(1)
    many = signal.ndim > 1
    kept = [
        None if many and size == one else offset + axis for axis, size in enumerate(operand.lengths)
    ]
    return None if offset == 0 and None not in kept else kept


def axes_text(kept: Sequence[int | None]) -> str:
    """These as an argument of `spread`."""
    return list_text("None" if axis is None else f"Some {axis}%N" for axis in kept)


def spread_text(
    signal: SignalExpr,
    operand: SignalExpr,
    text: str,
    amounts: Callable[[Iterable[Polynomial]], str],
) -> str:
    """An operand of a sum or product, repeated to its shape."""
    kept = kept_axes(signal, operand)
    if kept is None:
        return text
    return f"spread {amounts(signal.lengths)} {axes_text(kept)} {text}"

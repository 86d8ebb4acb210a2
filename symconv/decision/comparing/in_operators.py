"""Kernels that a formula tells, written in operators, as certificates have rules for these.

What is written is proved to be the tensor of the formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add
from string import ascii_lowercase

from sympy import Add, Expr, Indexed, Integer, Mul, Piecewise, Rational, Symbol, true
from sympy.logic.boolalg import Boolean

from symconv.decision.claims import Claim
from symconv.decision.prove import proof
from symconv.errors import SymconvError
from symconv.language.operators import Einsum, Formula
from symconv.language.signals import SignalExpr, formula_of
from symconv.language.tensor_functions import einsum

__all__ = ["in_operators"]


def in_operators(node: SignalExpr) -> SignalExpr:
    """A formula as sums of products of tensors, and a product of several as products of two.

    Other nodes, and formulas of which that is not found, are what they are.

    >>> from symconv import Tensor, integers
    >>> o, c = integers("o c", nonnegative=True)
    >>> w, s = Tensor("w", (4, 1)), Tensor("s", (4,))
    >>> print(in_operators(Tensor.from_formula((o, c), w[o, c] * s[o], shape=(4, 1))))
    einsum("a,ab->ab", s, w)
    """
    if isinstance(node.operator, Einsum) and len(node.operands) > 2:
        return _pairwise(node.operator.inputs, node.operator.output, node.operands)
    if not isinstance(node.operator, Formula) or not node.operands:
        return node
    try:
        terms = [_written(node, term) for term in Add.make_args(node.operator.expression)]
    except (SymconvError, _UnknownFormError):
        return node
    return reduce(add, terms)


def _pairwise(
    inputs: Sequence[Sequence[str]], output: Sequence[str], operands: Sequence[SignalExpr]
) -> SignalExpr:
    """An einsum of several tensors as one of two after the other."""
    letters, made = "".join(inputs[0]), operands[0]
    for number in range(1, len(operands)):
        needed = {*output, *(letter for word in inputs[number + 1 :] for letter in word)}
        both = dict.fromkeys([*letters, *inputs[number]])
        is_last = number == len(operands) - 1
        kept = "".join(output if is_last else (one for one in both if one in needed))
        made = einsum(f"{letters},{''.join(inputs[number])}->{kept}", made, operands[number])
        letters = kept
    return made


class _UnknownFormError(Exception):
    """A term that is not written in operators."""


def _written(node: SignalExpr, term: Expr) -> SignalExpr:
    """One term of a formula.

    Raises:
        _UnknownFormError: it is none that is known.
    """
    product, condition = term, true
    match term:
        case Piecewise(args=(inside, outside)) if outside.expr == 0:
            product, condition = inside.expr, inside.cond
    if product.has(Piecewise):
        raise _UnknownFormError
    asked = _formula(node, term)
    for made in _ways(node, product, condition):
        if proof(Claim(asked, made)):
            return made
    raise _UnknownFormError


def _formula(node: SignalExpr, entry: Expr) -> SignalExpr:
    """The tensor of the same shape whose entries are a part of a formula."""
    operator = node.operator
    assert isinstance(operator, Formula)
    named = dict(zip(operator.bases, node.operands, strict=True))
    return formula_of(Formula(operator.indices, entry, operator.sizes, operator.chosen), named)


def _ways(node: SignalExpr, product: Expr, condition: Boolean) -> Iterator[SignalExpr]:
    """The product of entries where a condition holds, as one of tensors.

    Where entries are read at an index less a number, padding says where they are; that may say
    all that the condition does.

    Raises:
        _UnknownFormError: it is no product of entries at indices.
    """
    operator = node.operator
    assert isinstance(operator, Formula)
    named = dict(zip(operator.bases, node.operands, strict=True))
    number, factors = Rational(1), []
    for factor in Mul.make_args(product):
        match factor:
            case Rational():
                number *= factor
            case Indexed():
                factors.append(_Factor(node, named[str(factor.base.label)], factor))
            case _:
                raise _UnknownFormError
    letters = dict(zip(operator.indices, ascii_lowercase, strict=False))
    words = [one.word(letters) for one in factors]
    tensors = [one.tensor for one in factors]
    output = "".join(letters.values())
    left = [index for index in operator.indices if not any(letters[index] in w for w in words)]
    for indices, entry in (
        (left, Integer(1)),
        (list(operator.indices), Piecewise((1, condition), (0, true))),
    ):
        more_words, more = list(words), list(tensors)
        if indices:
            sizes = [operator.sizes[operator.indices.index(index)] for index in indices]
            formula = Formula(tuple(indices), entry, tuple(sizes), operator.chosen)
            more.append(formula_of(formula))
            more_words.append("".join(letters[index] for index in indices))
        if more_words == [output]:
            made = more[0]
        elif len(more) == 1:
            made = einsum(f"{more_words[0]}->{output}", more[0])
        else:
            made = _pairwise(more_words, output, more)
        yield made if number == 1 else number * made
        if condition is true:
            return


class _Factor:
    """Entries of a tensor, each at an index of its own, or one less a number."""

    def __init__(self, node: SignalExpr, tensor: SignalExpr, entry: Indexed) -> None:
        operator = node.operator
        assert isinstance(operator, Formula)
        self.tensor = tensor
        self.indices: list[Symbol] = []
        for axis, place in enumerate(entry.indices):
            index = next((one for one in operator.indices if place.has(one)), None)
            before = None if index is None else index - place
            if index is None or index in self.indices or not isinstance(before, Integer):
                raise _UnknownFormError
            self.indices.append(index)
            size = operator.sizes[operator.indices.index(index)].polynomial
            behind = (size - tensor.lengths[axis] - int(before)).as_integer()
            if behind is None:
                raise _UnknownFormError
            if before or behind:
                ends = int(before), behind
                padded = self.tensor
                self.tensor = (
                    padded.pad(*ends) if padded.ndim == 1 else padded.pad(*ends, axis=axis)
                )

    def word(self, letters: dict[Symbol, str]) -> str:
        """The letters of its axes."""
        return "".join(letters[index] for index in self.indices)

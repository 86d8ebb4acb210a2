"""Sums of products over axes that tensors share, in the notation of Einstein and NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.arithmetic.polynomials import Polynomial, equal
from symconv.arithmetic.terms import Term
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.arrays import Array, Doubles, Place, indices
from symconv.language.assignments import Point
from symconv.language.operators.base import (
    ATOM,
    Code,
    Fixed,
    Index,
    InDoubles,
    Mathematics,
    NumPy,
    Operand,
    Operator,
    Requirement,
    Rule,
    Shape,
    axes_of,
    products,
    signal_of,
    size_along,
    summed,
    to_assume,
)
from symconv.language.operators.divide import Divide
from symconv.language.operators.scale import Scale

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["Einsum", "SumMethods"]


@dataclass(frozen=True, slots=True)
class Einsum(Operator):
    """See `symconv.einsum`.

    Attributes:
        inputs: for each operand a letter for each axis.
        output: the letters of the result; those that are missing are summed over.
    """

    inputs: tuple[str, ...]
    output: str

    is_drawn = False
    call = "einsum(…)"
    multiplies = True
    arity = None
    names_entries = True

    def _places(self) -> dict[str, list[tuple[int, int]]]:
        """Where each letter stands: in which operand, along which axis."""
        places: dict[str, list[tuple[int, int]]] = {}
        for i, letters in enumerate(self.inputs):
            for axis, letter in enumerate(letters):
                places.setdefault(letter, []).append((i, axis))
        return places

    @property
    def summed_letters(self) -> list[str]:
        """The letters over which is summed, in the order in which they are met."""
        return [letter for letter in self._places() if letter not in self.output]

    def check_axes(self, node: SignalExpr) -> None:
        """Refuse operands that are more or fewer than the pattern is for, or have other axes."""
        if len(node.operands) != len(self.inputs):
            raise SymconvError(
                f"{self.pattern!r} is for {len(self.inputs)} tensors, got {len(node.operands)}"
            )
        for letters, operand in zip(self.inputs, node.operands, strict=True):
            if len(letters) != operand.ndim:
                raise SymconvError(
                    f"{letters!r} in {self.pattern!r} is for {len(letters)} axes, and {operand} "
                    f"has {operand.ndim}"
                )

    def check(self, node: SignalExpr) -> None:
        """Refuse sizes of one letter that are different numbers."""
        for letter, places in self._places().items():
            numbers = [node.operands[i].lengths[axis].as_integer() for i, axis in places]
            if len({number for number in numbers if number is not None}) > 1:
                raise SymconvError(self._misfit(node, letter))

    @property
    def pattern(self) -> str:
        """The pattern as NumPy writes it."""
        return f"{','.join(self.inputs)}->{self.output}"

    def _misfit(self, node: SignalExpr, letter: str) -> str:
        places = self._places()[letter]
        sizes = [node.operands[i].shape[axis] for i, axis in places]
        (i, axis), size = places[0], sizes[0]
        j, other = next(
            ((place, s) for place, s in zip(places, sizes, strict=True) if s != size),
            (places[-1], sizes[-1]),
        )
        return (
            f"{letter!r} in {self.pattern!r} is axis {axis} of {node.operands[i]}, of size {size}, "
            f"and axis {j[1]} of {node.operands[j[0]]}, of size {other}"
            f"{to_assume(f'{size} == {other}', size, other)}"
        )

    def rank(self, operands: Sequence[SignalExpr]) -> int:
        """One for each letter of the result."""
        return len(self.output)

    def shape(self, node: SignalExpr) -> Shape:
        """The size of each letter of the result, where it first stands."""
        places = self._places()
        return tuple(self._size(node, places[letter][0]) for letter in self.output)

    def _size(self, node: SignalExpr, place: tuple[int, int]) -> Polynomial:
        i, axis = place
        return node.operands[i].lengths[axis]

    def shows_an_entry(self, node: SignalExpr) -> bool:
        """Whether the operands have entries."""
        return all(operand.is_nonempty for operand in node.operands)

    def requirements(self, node: SignalExpr) -> Iterator[Requirement]:
        """The sizes of one letter are equal."""
        for letter, (first, *others) in self._places().items():
            size = self._size(node, first)
            differing = [other for other in others if self._size(node, other) != size]
            for other in differing:
                yield Requirement(
                    (equal(size, self._size(node, other)),), partial(self._misfit, node, letter)
                )

    def entry(self, node: SignalExpr, index: Index, inside: bool, fresh: Iterator[int]) -> Rule:
        """Σ x[…]·w[…] over the letters that are not in the result."""
        places = self._places()
        over = {letter: next(fresh) for letter in self.summed_letters}
        at = dict(zip(self.output, index, strict=True))
        at |= {letter: Polynomial.of(number) for letter, number in over.items()}
        known = self._known_inside(node, over.keys()) if inside else set()
        result: tuple[Term, ...] = ()
        for i, letters in enumerate(self.inputs):
            place = tuple(at[letter] for letter in letters)
            terms = yield node.operands[i], place, i in known
            result = products(result, terms, fresh) if i else terms
        for letter in reversed(over):
            result = summed(result, over[letter], self._size(node, places[letter][0]))
        return result

    def _known_inside(self, node: SignalExpr, over: AbstractSet[str]) -> set[int]:
        """The operands that may be read as if inside, where the output index is.

        A summation index may lie outside, and then one of the entries has to be 0: one operand
        that it stands in is read as it is everywhere.  That is one that costs nothing, as a
        named tensor, if there is one.
        """
        known: set[int] = set()
        rest = set(range(len(self.inputs)))
        for i in sorted(rest, key=lambda i: node.operands[i].operator.is_source):
            summed_here = set(self.inputs[i]) & over
            others = set("".join(self.inputs[j] for j in rest - {i}))
            if summed_here <= others:
                known.add(i)
                rest.remove(i)
        return known

    def shape_at(
        self, at: Point, node: SignalExpr, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[int, ...]:
        """The size of each letter of the result."""
        sizes: dict[str, int] = {}
        for letter, places in self._places().items():
            found = [shapes[i][axis] for i, axis in places]
            if len(set(found)) > 1:
                raise SymconvError(self._misfit(node, letter))
            sizes[letter] = found[0]
        return tuple(sizes[letter] for letter in self.output)

    def array(self, fixed: Fixed, shape: tuple[int, ...], *operands: Array) -> list[Any]:
        """Every product that there is, added up where it belongs.

        The operands are multiplied one after the other, and it is summed over a letter as soon as
        no other one has it.
        """
        sizes = {
            letter: operands[i].shape[axis] for letter, ((i, axis), *_) in self._places().items()
        }
        known: dict[Place, Any] = {(): None}
        letters = ""
        for operand, word, kept in zip(operands, self.inputs, self._kept(), strict=True):
            new = [letter for letter in dict.fromkeys(word) if letter not in letters]
            found: dict[Place, Any] = {}
            for place, value in known.items():
                at = dict(zip(letters, place, strict=True))
                for more in product(*(range(sizes[letter]) for letter in new)):
                    at |= zip(new, more, strict=True)
                    entry = operand.at(tuple(at[letter] for letter in word))
                    one = entry if value is None else value * entry
                    where = tuple(at[letter] for letter in kept)
                    found[where] = found[where] + one if where in found else one
            known, letters = found, kept
        order = [letters.index(letter) for letter in self.output]
        placed = {tuple(place[i] for i in order): value for place, value in known.items()}
        return [placed.get(place, fixed.zero) for place in indices(shape)]

    def _kept(self) -> list[str]:
        """The letters that are left once each operand has been multiplied."""
        kept = []
        seen: dict[str, None] = {}
        for i, word in enumerate(self.inputs):
            seen |= dict.fromkeys(word)
            later = set("".join(self.inputs[i + 1 :])) | set(self.output)
            seen = {letter: None for letter in seen if letter in later}
            kept.append("".join(seen))
        return kept

    def _sizes(self, shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
        return {
            letter: size
            for word, one in zip(self.inputs, shapes, strict=True)
            for letter, size in zip(word, one, strict=True)
        }

    def work(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """Every product that is made, one operand after the other."""
        sizes = self._sizes(shapes)
        total, letters = 0, ""
        for word, kept in zip(self.inputs, self._kept(), strict=True):
            total += prod(sizes[letter] for letter in {*letters, *word})
            letters = kept
        return total

    def doubles(self, given: InDoubles, shape: tuple[int, ...], *operands: Doubles) -> Doubles:
        """Products of matrices, one operand after the other.

        It is summed over a letter as soon as no other operand has it.
        """
        import numpy as np

        value, word = np.ones(()), ""
        for operand, letters, kept in zip(operands, self.inputs, self._kept(), strict=True):
            one = "".join(dict.fromkeys(letters))
            if len(one) < len(letters):  # the entries where equal letters are equal
                operand = np.einsum(f"{letters}->{one}", operand)
            left_out = [one.index(a) for a in one if a not in word and a not in kept]
            other = operand.sum(axis=tuple(left_out)) if left_out else operand
            left = "".join(a for i, a in enumerate(one) if i not in left_out)
            value, word = _product(value, word, np.asarray(other), left, kept)
        return value.transpose([word.index(letter) for letter in self.output])

    def doubles_held(self, shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]) -> int:
        """The operands in the order that products of matrices ask for, and what is between."""
        between = [prod(self._sizes(shapes)[a] for a in kept) for kept in self._kept()]
        return sum(map(prod, shapes)) + 3 * max(between, default=1)

    def terms(self, sizes: Sequence[int]) -> int:
        """As many as its sums have values of their indices, at most."""
        return max(1, max(sizes, default=1))

    def code(self, write: Code, node: SignalExpr) -> str:
        """The call of the function, or of the method that sums over axes."""
        axes = self._only_summed()
        if axes is not None:
            (inner,) = node.operands
            return f"{write.receiver(inner)}.sum(axis={axes[0] if len(axes) == 1 else axes})"
        operands = ", ".join(map(write.text, node.operands))
        return f'einsum("{self.pattern}", {operands})'

    def _only_summed(self) -> tuple[int, ...] | None:
        """The axes over which is summed, if nothing else is done."""
        (letters, *others) = self.inputs
        kept = [letter for letter in letters if letter in self.output]
        if others or len(set(letters)) < len(letters) or kept != list(self.output):
            return None
        return tuple(axis for axis, letter in enumerate(letters) if letter not in self.output)

    def mathematics(self, write: Mathematics, node: SignalExpr) -> tuple[str, int]:
        """The pattern before the operands."""
        operands = [write.operand(operand, 0) for operand in node.operands]
        axes = self._only_summed()
        if axes is not None:
            told = ", ".join(map(str, axes))
            if write.is_latex:
                return (
                    rf"\operatorname{{sum}}^{{({told})}}\left({operands[0]}\right)",
                    ATOM,
                )
            return f"sum[axis {told}]({operands[0]})", ATOM
        if write.is_latex:
            pattern = self.pattern.replace("->", r"\to ")
            listed = r",\, ".join(operands)
            return rf"\operatorname{{einsum}}_{{{pattern}}}\left({listed}\right)", ATOM
        return f"einsum({self.pattern}; {', '.join(operands)})", ATOM

    def numpy_code(self, write: NumPy, node: SignalExpr) -> str:
        """np.einsum."""
        return f'np.einsum("{self.pattern}", {", ".join(map(write.text, node.operands))})'


def _product(
    left: Doubles, word: str, right: Doubles, other: str, kept: str
) -> tuple[Doubles, str]:
    """Two operands multiplied, and summed over the letters of both that are not kept.

    Args:
        left: the one.
        word: a letter for each of its axes, none twice.
        right: the other one.
        other: the letters of that.
        kept: the letters that are not summed over, among which are all that only one has.
    """
    both = [a for a in word if a in other and a in kept]
    over = [a for a in word if a in other and a not in kept]
    mine = [a for a in word if a not in other]
    theirs = [a for a in other if a not in word]
    sizes = dict(zip(word + other, left.shape + right.shape, strict=True))
    rows, inner, columns = (prod(sizes[a] for a in part) for part in (mine, over, theirs))
    batch = [sizes[a] for a in both]
    one = left.transpose([word.index(a) for a in both + mine + over])
    two = right.transpose([other.index(a) for a in both + over + theirs])
    one, two = one.reshape(*batch, rows, inner), two.reshape(*batch, inner, columns)
    result = one @ two if over else one * two
    letters = "".join(both + mine + theirs)
    return result.reshape([sizes[a] for a in letters]), letters


class SumMethods(Operand):
    """The methods of signals."""

    __slots__ = ()

    def sum(self, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """The sum over axes, which are no axes of the result; over all of them by default.

        References:
            `numpy.sum`.
        """
        this = signal_of(self)
        axes = range(this.ndim) if axis is None else axes_of(this, axis)
        letters = "abcdefghijklmnopqrstuvwxyz"[: this.ndim]
        kept = "".join(letter for i, letter in enumerate(letters) if i not in axes)
        return self.apply(Einsum((letters,), kept))

    def mean(self, axis: int | Sequence[int] | None = None) -> SignalExpr:
        """The mean over axes, which are no axes of the result; over all of them by default.

        It is the sum divided by the product of the sizes, each of which has to be positive.

        Raises:
            SymconvError: a size is 0.

        References:
            `numpy.mean`.
        """
        this = signal_of(self)
        axes = range(this.ndim) if axis is None else axes_of(this, axis)
        count = Amount.of(1)
        for one in axes:
            size = size_along(this, one)
            if (-size).is_at_least(0):
                raise SymconvError(
                    f"there is no mean over no entries, and {this} has size {size} along axis {one}"
                )
            count = count * size
        number = count.number
        quotient = Divide(count) if number is None else Scale(Fraction(1, number))
        return self.sum(axis).apply(quotient)

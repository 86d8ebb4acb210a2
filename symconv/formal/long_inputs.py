"""Inputs that are long enough: sizes at which what was asked for holds, as Rocq writes them.

A kernel is determined by what a layer does to inputs of one size, if that is large enough and the
hypotheses allow it.  Such a size is a sum of all that it has to be larger than, times the numbers
that have to divide it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from sympy import Eq, Mod, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.from_sympy import cases
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Atom, Conjunction, Monomial, Polynomial, Relation
from symconv.arithmetic.symbols import Sign

__all__ = ["LongInputs", "NoSizeError"]


class NoSizeError(Exception):
    """No size is found that is large enough and satisfies the hypotheses."""


class LongInputs:
    """Sizes that are as large as they have to be.

    Attributes:
        sizes: the symbols that stand for sizes of the input.
    """

    def __init__(
        self,
        sizes: AbstractSet[str],
        signs: Mapping[str, Sign],
        text: Callable[[Polynomial], str],
    ) -> None:
        self.sizes = sizes
        self._signs = signs
        self._text = text
        self._products: dict[str, None] = {}
        self._beyond: dict[str, dict[str, None]] = {name: {} for name in sorted(sizes)}
        self._multiples: dict[str, list[int]] = {name: [] for name in sorted(sizes)}

    def require(self, polynomial: Polynomial) -> None:
        """Have a polynomial that grows with a size be at least 0.

        Raises:
            NoSizeError: it does not grow with one.
        """
        moving = {m: c for m, c in polynomial.terms.items() if self._moves(m)}
        if not moving or any(
            len(m) > 1 or m[0] not in self.sizes or c < 0 for m, c in moving.items()
        ):
            raise NoSizeError
        beyond = self._beyond[min(str(m[0]) for m in moving)]
        for monomial, c in polynomial.terms.items():
            one = Polynomial({monomial: 1})
            is_known = is_at_least(one, 0, self._signs)
            if monomial in moving or (is_known and c > 0):
                continue
            text = self._text(Polynomial({monomial: abs(c)}) if is_known else one)
            beyond[text if is_known else f"{abs(c)} * Z.abs ({text})"] = None
            if is_known and len(monomial) > 1:
                self._products[self._text(one)] = None

    def suppose(self, condition: Boolean) -> None:
        """Have a hypothesis hold.

        Raises:
            NoSizeError: it is none that a large size satisfies.
        """
        match condition:
            case Eq(args=(Mod(args=(Symbol() as size, divisor)), rest)) if (
                size.name in self.sizes and divisor.is_Integer and divisor > 0 and rest == 0
            ):
                self._multiples[size.name].append(int(divisor))
            case _:
                for case in self._only(cases(condition)):
                    self.suppose_guards(case)

    def suppose_guards(self, guards: Conjunction) -> None:
        """The same for guards; those that are about no size are passed over."""
        for guard in guards:
            if any(map(self._moves, guard.polynomial.terms)):
                if guard.relation is not Relation.AT_LEAST_ZERO:
                    raise NoSizeError
                self.require(guard.polynomial)

    def _only(self, found: list[Conjunction]) -> list[Conjunction]:
        if len(found) != 1:
            raise NoSizeError
        return found

    def _moves(self, monomial: Monomial) -> bool:
        return any(
            atom in self.sizes
            if isinstance(atom, str)
            else not isinstance(atom, int) and bool(self.sizes & _symbols(atom))
            for atom in monomial
        )

    def lines(self) -> Iterator[str]:
        """The lines of the proof that choose the sizes."""
        for product in self._products:
            yield f"have ? : 0 <= {product} by positive."
        for name, beyond in self._beyond.items():
            value = " + ".join(["1", *beyond])
            for number in self._multiples[name]:
                value = f"{number} * ({value})"
            yield f"have [{name} {name}_is] : exists m, m = {value} by eexists."


def _symbols(atom: Atom) -> set[str]:
    return Polynomial.of(atom).symbols()

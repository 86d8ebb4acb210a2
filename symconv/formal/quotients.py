"""Names for the quotients by symbols, and the choices by cases, that a claim is written with.

Linear arithmetic takes a quotient by a number as it stands; one by a symbol is an integer of which
its products are known: q = a / s is the integer with s·q ≤ a < s·q + s, for s ≥ 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from symconv.arithmetic.polynomials import Atom, Floor, Guarded, Polynomial
from symconv.formal.parts import Parts
from symconv.formal.tensor_syntax import kept_axes, sizes_of_letters
from symconv.language.graph import walk
from symconv.language.operators import Add, Einsum, Multiply, Named
from symconv.language.signals import SignalExpr

__all__ = ["name_quotients"]


def name_quotients(parts: Parts, *signals: SignalExpr) -> None:
    """Give a name to each quotient by a symbol, each choice, and each size with one in it."""
    for polynomial in dict.fromkeys(_written(*signals)):
        for atom in polynomial.atoms():
            _name(parts, atom)


def _name(parts: Parts, atom: Atom) -> None:
    """Give a name to an atom that is, or has, a quotient by a symbol or a choice."""
    if not isinstance(atom, Floor | Guarded) or atom in parts.names:
        return
    for part in atom.parts:
        for inner in part.atoms():
            _name(parts, inner)
    if isinstance(atom, Floor) and atom.divisor.as_integer() is None:
        parts.name_quotient(atom)
        return
    if isinstance(atom, Guarded) and not atom.is_nonnegative_part:
        parts.name_chosen(atom)
        return
    has_named = any(one in parts.renamed for part in atom.parts for one in part.atoms())
    if has_named and isinstance(atom, Guarded) and atom.is_nonnegative_part:
        parts.name_nonnegative_part(atom)


def _written(*signals: SignalExpr) -> Iterator[Polynomial]:
    """The integers that a statement about tensors is written with."""
    for node in walk(*signals):
        yield from (amount.polynomial for amount in node.operator.amounts)
        match node.operator:
            case Named():
                yield from node.lengths
            case Einsum():
                yield from sizes_of_letters(node).values()
            case Add() | Multiply():
                if any(kept_axes(node, operand) is not None for operand in node.operands):
                    yield from node.lengths

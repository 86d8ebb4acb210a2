"""Indices where channels are in groups: outputs of which a quotient and a remainder are read.

A transposed layer in groups reads its kernel at [i + a·⌊u/b⌋, u − b·⌊u/b⌋] for the output channel
u, each group having a input channels and b output channels.  With u = b·h + j that is
[i + a·h, j]; and as 0 ≤ i < a, the group h is the first index of the kernel divided by a.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symconv.arithmetic.polynomials import Atom, Floor, Guard, Polynomial, Relation, floor

__all__ = ["group_by_guards", "split_outputs"]


def split_outputs(
    outputs: Sequence[int], positions: Sequence[Polynomial]
) -> tuple[tuple[int, ...], dict[Atom, Polynomial]]:
    """Indices for outputs, two for each of which the quotient by one number is read.

    Args:
        outputs: the indices of the output; no index has a larger number.
        positions: where the unknown is read.

    Returns:
        The indices, and what outputs and quotients are in the new ones.

    >>> u, b = Polynomial.of(2), Polynomial.constant(3)
    >>> new, instead = split_outputs([2], [u - b * floor(u, b)])
    >>> print(new, (u - b * floor(u, b)).substitute(instead))
    (3, 4) #4
    """
    new: list[int] = []
    instead: dict[Atom, Polynomial] = {}
    last = max(outputs, default=0)
    for output in outputs:
        u = Polynomial.of(output)
        quotients = {
            atom
            for position in positions
            for atom in position.every_atom()
            if isinstance(atom, Floor) and atom.numerator == u and not atom.divisor.indices()
        }
        if len(quotients) != 1:
            new.append(output)
            continue
        (quotient,) = quotients
        new += [last + 1, last + 2]
        instead[quotient] = Polynomial.of(last + 1)
        instead[output] = quotient.divisor * Polynomial.of(last + 1) + Polynomial.of(last + 2)
        last += 2
    return tuple(new), instead


def group_by_guards(
    index: int, guards: Sequence[Guard], known: Collection[int], hidden: Collection[str]
) -> tuple[Polynomial, tuple[Guard, Guard]] | None:
    """What an index h is by 0 ≤ e − a·h < a, which is ⌊e/a⌋, and the two guards that say so.

    Args:
        index: the number of h.
        guards: what is known.
        known: the indices in which it is asked for.
        hidden: the symbols in which it is not.
    """
    least = [g for g in guards if g.relation is Relation.AT_LEAST_ZERO]
    by_polynomial = {g.polynomial: g for g in least}
    for guard in least:
        a = -guard.polynomial.cofactor(index)
        number = a.as_integer()
        other = by_polynomial.get(a - 1 - guard.polynomial)
        if number is None or number < 1 or other is None:
            continue
        e = guard.polynomial + a * Polynomial.of(index)
        if e.indices() <= set(known) and not any(e.mentions(name) for name in hidden):
            return floor(e, a), (guard, other)
    return None

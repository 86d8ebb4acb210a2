"""Whether two things say the same: the same operators, and amounts of the same values.

Text is not simplified when it is read, so that what it says has the values of a SymPy
expression, but often another shape.
"""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any

from sympy import Basic, Indexed, IndexedBase, Integer, Sum, Tuple

from symconv import SignalExpr
from symconv.language.amounts import Amount
from symconv.language.operators import Formula
from tests.oracles import brute_force

POINTS = 60
LARGEST = 24


def agree(one: Any, other: Any) -> bool:
    """Whether two expressions or conditions, in the same symbols, have the same values.

    Compared at numbers that are chosen at random, small ones among them.
    """
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    if {s.name for s in one.free_symbols} != {s.name for s in other.free_symbols}:
        return False
    rng = random.Random(str(symbols))
    for number in range(POINTS):
        most = 2 if number < POINTS // 3 else LARGEST
        at = {s.name: rng.choice(brute_force.values_of(s, most)) for s in symbols}
        if brute_force.value(one, at) != brute_force.value(other, at):
            return False
    return True


def alike(one: Any, other: Any) -> bool:
    """Whether two signals are made of the same operators with the same amounts."""
    if isinstance(one, Amount) and isinstance(other, Amount):
        same_symbols = one.written.free_symbols == other.written.free_symbols
        return same_symbols and agree(one.written, other.written)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if not isinstance(one, SignalExpr) or not isinstance(other, SignalExpr):
        return bool(one == other)
    ours, theirs = one.operator, other.operator
    if type(ours) is not type(theirs):
        return False
    pairs = [(getattr(ours, f.name), getattr(theirs, f.name)) for f in fields(ours)]
    pairs += zip(one.operands, other.operands, strict=True)
    if isinstance(ours, Formula) and isinstance(theirs, Formula):
        pairs = list(zip(ours.sizes, theirs.sizes, strict=True))
        if [i.name for i in ours.indices] != [i.name for i in theirs.indices]:
            return False
        entry = theirs.expression.xreplace(dict(zip(theirs.indices, ours.indices, strict=True)))
        if not agree_on_entries(ours.expression, entry):
            return False
    return all(alike(a, b) for a, b in pairs)


def agree_on_entries(one: Basic, other: Basic) -> bool:
    """Whether two formulas have the same entries at the same places, and sums over the same.

    Part by part; SymPy sorts terms and factors, so these are compared in any order.
    """
    if one == other:
        return True
    ours, theirs = _parts(one), _parts(other)
    if not one.has(Indexed, Sum) and not isinstance(one, Tuple):
        return not other.has(Indexed, Sum) and agree(one, other)
    if type(one) is not type(other) or len(ours) != len(theirs):
        return False
    if one.is_Add or one.is_Mul:
        left = list(theirs)
        for part in ours:
            found = next((p for p in left if agree_on_entries(part, p)), None)
            if found is None:
                return False
            left.remove(found)
        return True
    return all(map(agree_on_entries, ours, theirs))


def _parts(part: Basic) -> tuple[Basic, ...]:
    return tuple(a for a in part.args if not isinstance(a, IndexedBase)) or (Integer(0),)

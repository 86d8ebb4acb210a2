"""The proof of a claim about two tensors, as lines of Rocq.

Each part of both sides gets a name, its shape, and its entries as sums, by one rule for each
operator.  Then a change of the integers that they run over makes one sum of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.decision.claims import Claim
from symconv.errors import Uncertified
from symconv.formal.arithmetic import Fact, refutation
from symconv.formal.expansions import Axes, Sum
from symconv.formal.index_maps import Side, Split, maps_between
from symconv.formal.parts import Part, Parts
from symconv.formal.rocq_syntax import only, polynomial_text
from symconv.language.graph import walk
from symconv.language.signals import SignalExpr

__all__ = ["proof_lines", "shape_lines"]

_OURS, _THEIRS = 1000, 2000
"""Numbers of the integers of either side, beyond those of the index."""


def proof_lines(
    claim: Claim, names: Mapping[str, str], given: Mapping[str, set[str]]
) -> Iterator[str]:
    """The lines between `Proof.` and `Qed.`, behind the introduction of the hypotheses.

    Args:
        claim: a claim about tensors.
        names: what its symbols and tensors are called in Rocq.
        given: the names of the hypotheses on integers, and the symbols in each.

    Raises:
        Uncertified: there is no rule for something in the claim, or no change of indices is found.
    """
    left, right = claim.signals
    signs = {symbol.name: sign_of(symbol) for symbol in claim.symbols}
    parts = Parts(names, signs, given)
    parts.compare_products(
        size for node in walk(left, right) for size in (*node.lengths, *_amounts(node))
    )
    one, other = parts.of(left), parts.of(right)
    yield "(* The parts of both sides: their shapes, and their entries as sums. *)"
    yield from parts.lines
    if one is other:
        yield "by []."
        return
    yield "(* Both sides have one shape. *)"
    yield f"have shapes : shape {other.name} = {parts.shape_text(one.shape)}."
    yield from (f"  {line}" for line in shape_lines(parts, other, one.shape))
    terms = _Terms(parts, one.shape)
    pairs, order = terms.paired(one, other)
    ordered = f"sum_{other.name}"
    if order != sorted(order):
        listed = "; ".join(map(str, order))
        yield f"have sums_in_order := expands_in_order (order := [:: {listed}]%N) {ordered} isT."
        ordered = "sums_in_order"
    yield f"apply: (equal_by_sums shape_{one.name} shapes sum_{one.name} {ordered})."
    rank = len(one.shape)
    indices = "".join(f"apply: inside_cons => i{axis} i{axis}_in; " for axis in range(rank))
    yield f"{indices}apply: inside_nil; compute_terms."
    yield "(* Their entries are the same sums. *)"
    yield from terms.equal(pairs)


_Pair: TypeAlias = tuple[Side, Side, Axes, Axes]
"""A sum of either side, and the changes of indices between them."""


class _Terms:
    """The lines that make the sums of one side those of the other."""

    def __init__(self, parts: Parts, shape: Axes) -> None:
        self._parts = parts
        self._shape = shape
        self._rank = len(shape)

    def paired(self, one: Part, other: Part) -> tuple[list[_Pair], list[int]]:
        """A sum of the other side for each of one, and in which order they come there."""
        left = dict(enumerate(other.sums))
        pairs, order = [], []
        for sum_ in one.sums:
            found = ((n, p) for n, its in left.items() for p in self._pairs(sum_, its))
            number, pair = next(found, (None, None))
            if number is None or pair is None:
                raise Uncertified("no change of the summation indices makes one side of the other")
            del left[number]
            order.append(number)
            pairs.append(pair)
        if left:
            raise Uncertified("the sides have different numbers of sums")
        return pairs, order

    def equal(self, pairs: Sequence[_Pair]) -> Iterator[str]:
        """The lines for sums that are paired, one after the other."""
        for number, pair in enumerate(pairs):
            if number < len(pairs) - 1:
                yield "apply: equal_sums."
            yield from self._one(*pair)

    def _pairs(self, one: Sum, other: Sum) -> Iterator[_Pair]:
        ours, theirs = Side.of(one, self._shape, _OURS), Side.of(other, self._shape, _THEIRS)
        for forth, back in maps_between(ours, theirs):
            yield ours, theirs, forth, back

    def _one(self, ours: Side, theirs: Side, forth: Axes, back: Axes) -> Iterator[str]:
        v, w = (
            [f"{letter}{1 + number}" for number in range(len(side.variables))]
            for letter, side in (("v", ours), ("w", theirs))
        )
        names = self._names(ours, theirs)
        yield "apply: (change_of_indices"
        yield f"  (f := {_function('v', v, forth, names)})"
        yield f"  (g := {_function('w', w, back, names)})"
        yield f"  (a := {self._parts.shape_text(ours.sum.sizes)})"
        yield f"  (b := {self._parts.shape_text(theirs.sum.sizes)}))."
        yield "- by compute_sums."
        yield "- by compute_sums."
        yield from self._direction(ours, theirs, v, forth, back, names)
        yield "  + entries_agree; first [reflexivity | in_the_ring; ring]."
        yield from self._direction(theirs, ours, w, back, forth, names)

    def _direction(
        self,
        side: Side,
        target: Side,
        variables: Sequence[str],
        forth: Axes,
        back: Axes,
        names: Mapping[Atom, str],
    ) -> Iterator[str]:
        introduced = "".join(f"apply: inside_cons => {v} {v}_in; " for v in variables)
        conditions = [f"e{1 + number}" for number in range(len(side.conditions))]
        taken = "".join(f"/holds_cons [{e} " for e in conditions) + "_" + "]" * len(conditions)
        yield f"- {introduced}apply: inside_nil; compute_sums => {taken}."
        yield from self._steps(side, names)
        yield "  split."
        known = _Known(side, self._parts, names)
        yield "  + " + " ".join(
            f"apply: inside_and; first {known.range(value, size)}."
            for value, size in zip(forth, target.sum.sizes, strict=True)
        )
        yield "    by []."
        there: dict[Atom, Polynomial] = dict(zip(target.variables, forth, strict=True))
        yield "  + " + " ".join(
            f"apply: holds_equal; first {known.equation(a.substitute(there), b.substitute(there))}."
            for a, b in target.conditions
        )
        yield "    by []."
        yield "  + " + " ".join(
            "apply: equal_lists; first "
            f"{known.equation(value.substitute(there), Polynomial.of(variable))}."
            for value, variable in zip(back, side.variables, strict=True)
        )
        yield "    by []."

    def _steps(self, side: Side, names: Mapping[Atom, str]) -> Iterator[str]:
        """The lines that leave those integers only that no condition gives."""
        text = partial(polynomial_text, names=names)
        for step in side.steps:
            if isinstance(step, Split):
                e, fresh = f"e{1 + step.condition}", (f"e{step.first + 1}", f"e{step.first + 2}")
                (a, c), (b, d) = step.quotients, step.remainders
                whole = f"{text(step.radix * a + b)} = {text(step.radix * c + d)}"
                inside = " ".join(f"{text(r)}_in" for r in (b, d))
                yield f"  have {{}}{e} : {whole} by clear -{e}; lia."
                yield (
                    f"  have [{' '.join(fresh)}] : {text(a)} = {text(c)} /\\ {text(b)} = {text(d)} "
                    f"by apply: (same_digits {inside}); clear -{e}; lia."
                )
                continue
            name = names[step.variable]
            if not step.is_written:
                e = f"{name}_in" if step.condition is None else f"e{1 + step.condition}"
                # The condition may be another equation of it, which subst could take instead.
                yield f"  have is_{name} : {name} = {text(step.value)} by clear -{e}; lia."
                yield f"  rewrite -> is_{name} in *; clear {name} is_{name}."
                continue
            yield f"  subst {name}."

    def _names(self, ours: Side, theirs: Side) -> dict[Atom, str]:
        names: dict[Atom, str] = dict(self._parts.names.items())
        names |= {m: m for m in self._parts.sizes.values()}
        names |= {axis: f"i{axis}" for axis in range(self._rank)}
        names |= {v: f"v{1 + number}" for number, v in enumerate(ours.variables)}
        names |= {w: f"w{1 + number}" for number, w in enumerate(theirs.variables)}
        return names


def _function(
    letter: str, variables: Sequence[str], values: Axes, names: Mapping[Atom, str]
) -> str:
    """A function of lists of integers, by what it makes of one of so many."""
    listed = "; ".join(polynomial_text(value, names) for value in values)
    result = f"[:: {listed}]" if listed else "[::]"
    if not variables:
        return f"fun=> {result}"
    pattern = "; ".join(variables)
    return f"fun {letter} => if {letter} is [:: {pattern}] then {result} else [::]"


def shape_lines(parts: Parts, part: Part, shape: Sequence[Polynomial]) -> Iterator[str]:
    """The proof that a part has a shape."""
    yield f"rewrite shape_{part.name}."
    for size, same in zip(part.shape, shape, strict=True):
        way = "same_integer" if size == same else _apart(parts, size, same)
        yield f"apply: equal_lists; first {way}."
    yield "by []."


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known where the integers of a side are inside and satisfy its conditions."""

    side: Side
    parts: Parts
    names: Mapping[Atom, str]

    def range(self, value: Polynomial, size: Polynomial) -> str:
        """That a value lies in the range of a size."""
        value = self.side.value(value)
        for name, known in self._ranges().items():
            if known == (value, size):
                return f"(assumption || ({only([name])}; lia))"
        facts, everything = self._about(value, size)
        low = self._refuted(-value - 1, facts, everything)
        high = self._refuted(value - size, facts, everything)
        return (
            f"(split; [apply: not_below => opposite; {low} | apply: not_above => opposite; {high}])"
        )

    def equation(self, one: Polynomial, other: Polynomial) -> str:
        """That two values are equal."""
        one, other = self.side.value(one), self.side.value(other)
        if one == other:
            return "same_integer"
        facts, everything = self._about(one, other)
        ways = [self._refuted(p, facts, everything) for p in (other - one - 1, one - other - 1)]
        return f"(apply: not_apart => opposite; [{ways[0]} | {ways[1]}])"

    def _refuted(
        self, opposite: Polynomial, facts: Sequence[Fact], everything: Sequence[str]
    ) -> str:
        text = partial(polynomial_text, names=self.names)
        return refutation(opposite, facts, everything, self.parts.positive, text)

    def _about(self, *values: Polynomial) -> tuple[list[Fact], list[str]]:
        """What is known of what values depend on: as facts, and all hypotheses by their names."""
        about = {a for value in values for a in value.indices()}
        atoms = {a for value in values for a in value.symbols()}
        facts: list[Fact] = []
        open_ = {
            name: (value, size, [value, size - 1 - value])
            for name, (value, size) in self._ranges().items()
        }
        open_ |= {
            f"e{1 + number}": (one, other, [one - other, other - one])
            for number, (one, other) in self.side.left.items()
        }
        found = True
        while found:
            found = False
            for name, (one, other, amounts) in list(open_.items()):
                indices = one.indices() | other.indices()
                if indices & about:
                    del open_[name]
                    facts += [Fact(name, amount) for amount in amounts]
                    about |= indices
                    atoms |= one.symbols() | other.symbols()
                    found = True
        everything = [*dict.fromkeys(fact.name for fact in facts), *self.parts.relevant(atoms)]
        return [*facts, *self.parts.facts_about(atoms)], everything

    def _ranges(self) -> dict[str, tuple[Polynomial, Polynomial]]:
        """The ranges that are known, by the names of the hypotheses."""
        numbers = (*self.side.outputs, *self.side.variables)
        sizes = (*self.side.shape, *self.side.sum.sizes)
        return {
            f"{self.names[number]}_in": (self.side.value(Polynomial.of(number)), size)
            for number, size in zip(numbers, sizes, strict=True)
        }


def _amounts(node: SignalExpr) -> Iterator[Polynomial]:
    for amount in node.operator.amounts:
        yield amount.polynomial


def _apart(parts: Parts, one: Polynomial, other: Polynomial) -> str:
    """That two sizes are equal."""
    atoms = {*one.symbols(), *other.symbols()}
    facts, everything = parts.facts_about(atoms), parts.relevant(atoms)
    ways = [
        refutation(opposite, facts, everything, parts.positive, parts.text)
        for opposite in (other - one - 1, one - other - 1)
    ]
    return f"(apply: not_apart => opposite; [{ways[0]} | {ways[1]}])"

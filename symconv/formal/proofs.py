"""The proof of a claim about two tensors, as lines of Rocq.

Each part of both sides gets a name, its shape, and its entries as sums, by one rule for each
operator.  Then a change of the integers that they run over makes one sum of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from symconv.arithmetic.polynomials import Atom, Floor, Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.decision.claims import Claim
from symconv.errors import Uncertified
from symconv.formal.arithmetic import (
    Fact,
    are_contradictory,
    contradiction,
    known_facts,
    refutation,
)
from symconv.formal.expansions import Axes
from symconv.formal.index_maps import Comparison, Side, Split
from symconv.formal.pairing import Plan, plan
from symconv.formal.parts import Part, Parts
from symconv.formal.rocq_syntax import only, polynomial_text
from symconv.language.graph import walk
from symconv.language.operators import Named, Scale
from symconv.language.signals import SignalExpr, put_in

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
    reason = Uncertified("a hypothesis on taps is about more than one tensor")
    for left, right, lines in _with_taps(claim):
        try:
            proof = list(_proof_lines(claim, left, right, names, given))
        except Uncertified as other:
            reason = other
            continue
        yield from lines
        yield from proof
        return
    raise reason


def _with_taps(claim: Claim) -> Iterator[tuple[SignalExpr, SignalExpr, list[str]]]:
    """The sides where what hypotheses on taps say is put in, and the lines that do it.

    What is 0 is put in on both sides, anything else on one side, or on none: a kernel that is
    the same from both ends is flipped on one side.
    """
    ways = [
        [(0, 1)] if isinstance(h.signals[1].operator, Scale) else [(1,), (0,), ()]
        for h in claim.about_taps
    ]
    for chosen in product(*ways):
        sides, lines = list(claim.signals), []
        for number, (hypothesis, places) in enumerate(
            zip(claim.about_taps, chosen, strict=True), 1
        ):
            tensor, instead = hypothesis.signals
            if not isinstance(tensor.operator, Named):
                return
            name = tensor.operator.name
            for place in places:
                if name in {
                    n.operator.name for n in walk(sides[place]) if isinstance(n.operator, Named)
                }:
                    sides[place] = put_in(sides[place], {name: instead})
                    lines.append(f"rewrite [in {'RHS' if place else 'LHS'}]taps{number}.")
        yield sides[0], sides[1], lines


def _proof_lines(
    claim: Claim,
    left: SignalExpr,
    right: SignalExpr,
    names: Mapping[str, str],
    given: Mapping[str, set[str]],
) -> Iterator[str]:
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
    found = terms.paired(one, other)
    sums = []
    for part, sides, second in ((one, found.one, False), (other, found.other, True)):
        sums.append(f"sum_{part.name}")
        for cases in sides.rounds:
            listed = _list_of(_list_of(map(terms.decision, c)) for c in cases)
            yield f"have pieces_{part.name} := expands_by_cases {listed} {sums[-1]}."
            sums[-1] = f"pieces_{part.name}"
        order = found.order(second)
        if order != sorted(order):
            listed = "; ".join(map(str, order))
            yield (
                f"have ordered_{part.name} := expands_in_order (order := [:: {listed}]%N) "
                f"{sums[-1]} isT."
            )
            sums[-1] = f"ordered_{part.name}"
    yield f"apply: (equal_by_sums shape_{one.name} shapes {' '.join(sums)})."
    rank = len(one.shape)
    indices = "".join(f"apply: inside_cons => i{axis} i{axis}_in; " for axis in range(rank))
    yield f"{indices}apply: inside_nil; compute_terms."
    yield "(* Their entries are the same sums. *)"
    yield from terms.equal(found)


_VIEWS = {
    (True, True): "holds_cons",
    (True, False): "unequal_first",
    (False, True): "at_most_first",
    (False, False): "above_first",
}
"""The lemmas on the first of some conditions, by whether it is an equation, and holds."""

_GOALS = {
    (True, True): "holds_equal",
    (True, False): "holds_unequal",
    (False, True): "holds_at_most",
    (False, False): "holds_above",
}
"""The lemmas by which such a condition holds."""


class _Terms:
    """The lines that make the sums of one side those of the other."""

    def __init__(self, parts: Parts, shape: Axes) -> None:
        self._parts = parts
        self._shape = shape
        self._rank = len(shape)

    def paired(self, one: Part, other: Part) -> Plan:
        """Which sums of the sides are equal."""
        ours = [Side.of(sum_, self._shape, _OURS) for sum_ in one.sums]
        theirs = [Side.of(sum_, self._shape, _THEIRS) for sum_ in other.sums]
        return plan(ours, theirs, self._contradict)

    def _contradict(self, side: Side, amounts: Sequence[Polynomial]) -> bool:
        known = _Known(side, self._parts, self._names(side, side))
        return known.refuted_by(amounts)

    def decision(self, case: Comparison) -> str:
        """A condition as a function of the index and the integers of a sum."""
        names: dict[Atom, str] = dict(self._parts.names.items())
        names |= {m: m for m in self._parts.sizes.values()}
        atoms = {a for p in (case.one, case.other) for a in p.indices()}
        for atom in atoms:
            start = _THEIRS if atom >= _THEIRS else _OURS
            inner = f"v {atom - start}" if atom >= _OURS else f"i {atom}"
            names[atom] = f"(component {inner})"
        sign = "=?" if case.is_equation else "<=?"
        texts = [polynomial_text(p, names) for p in (case.one, case.other)]
        return f"(fun i v => {texts[0]} {sign} {texts[1]})"

    def equal(self, found: Plan) -> Iterator[str]:
        """The lines for sums that are nothing, and for those that are paired."""
        empty = [found.one.sums[n] for n in found.one.empty]
        theirs = [found.other.sums[n] for n in found.other.empty]
        last = [] if found.pairs else [sides.pop() for sides in (empty, theirs) if sides]
        for lemma, sides in (("nothing_left", empty), ("nothing_right", theirs)):
            for side in sides:
                yield f"apply: {lemma}."
                yield from self._nothing(side)
        if len(last) == 2:
            yield "apply: both_nothing."
        elif last and not found.one.sums:
            yield "symmetry."
        for side in last:
            yield from self._nothing(side)
        for number, (_, _, pair) in enumerate(found.pairs):
            if number < len(found.pairs) - 1:
                yield "apply: equal_sums."
            yield from self._one(pair.one, pair.other, pair.forth, pair.back)

    def _nothing(self, side: Side) -> Iterator[str]:
        """The lines that show that a sum is nothing."""
        names = self._names(side, side)
        yield f"  apply: (no_summands (a := {self._parts.shape_text(side.sum.sizes)}));"
        yield "    first by compute_sums."
        yield f"  {self._introduced(side, names)}"
        if "(number 0)" in side.sum.scalars:
            yield "  by rewrite ?(mul0r, mulr0)."
            return
        yield from self._steps(side, names)
        known = _Known(side, self._parts, names)
        yield f"  exfalso; {known.contradiction()}."

    def _introduced(self, side: Side, names: Mapping[Atom, str]) -> str:
        """The tactics that name the integers of a sum and what its conditions say."""
        variables = [names[v] for v in side.variables]
        introduced = "".join(f"apply: inside_cons => {v} {v}_in; " for v in variables)
        cases = [_VIEWS[case.is_equation, case.holds] for case in side.cases]
        views = [
            *((view, f"c{number}") for number, view in enumerate(cases, 1)),
            *(
                (_VIEWS[Comparison.of(condition).is_equation, True], f"e{number}")
                for number, condition in enumerate(side.conditions, 1)
            ),
        ]
        taken = "".join(f"/{view} [{name} " for view, name in views) + "_" + "]" * len(views)
        return f"{introduced}apply: inside_nil; compute_sums => {taken}."

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
        known = _Known(ours, self._parts, names)
        numbers = _numbers(ours.sum.scalars, theirs.sum.scalars)
        if numbers is not None:
            yield f"  + have numbers : {numbers}."
        ring = "in_the_ring; ring" if numbers is None else "ring_by numbers"
        yield (
            f"  {'+' if numbers is None else ' '} {self._agree(known, theirs, forth)}; "
            f"first [reflexivity | {ring}]."
        )
        yield from self._direction(theirs, ours, w, back, forth, names)

    def _agree(self, known: _Known, target: Side, forth: Axes) -> str:
        """The tactic that makes the entries the same ones."""
        if not (known.side.cases or target.cases):
            return "entries_agree"
        there: dict[Atom, Polynomial] = dict(zip(target.variables, forth, strict=True))
        values = known.side.positions()
        values += [known.side.value(p.substitute(there)) for p in target.positions()]
        return f"entries_agree_by ltac:(first [same_integer | {known.linear(*values)}])"

    def _direction(
        self,
        side: Side,
        target: Side,
        variables: Sequence[str],
        forth: Axes,
        back: Axes,
        names: Mapping[Atom, str],
    ) -> Iterator[str]:
        yield f"- {self._introduced(side, names)}"
        yield from self._steps(side, names)
        yield "  split."
        known = _Known(side, self._parts, names)
        yield "  + " + " ".join(
            f"apply: inside_and; first {known.range(value, size)}."
            for value, size in zip(forth, target.sum.sizes, strict=True)
        )
        yield "    by []."
        there: dict[Atom, Polynomial] = dict(zip(target.variables, forth, strict=True))
        goals = [*target.cases, *map(Comparison.of, target.conditions)]
        yield "  + " + " ".join(
            f"apply: {_GOALS[goal.is_equation, goal.holds]}; first {known.goal(goal, there)}."
            for goal in goals
        )
        yield "    by []."
        yield "  + " + " ".join(
            "apply: equal_lists; first "
            f"{known.goal(Comparison(value, Polynomial.of(variable), True), there)}."
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
                cases = [f"c{number}" for number in range(1, 1 + len(side.cases))]
                e = " ".join([f"{name}_in", *cases])
                e = e if step.condition is None else f"e{1 + step.condition}"
                # The condition may be another equation of it, which subst could take instead.
                yield f"  have is_{name} : {name} = {text(step.value)} by clear -{e}; lia."
                yield f"  rewrite -> is_{name} in *; clear {name} is_{name}."
                continue
            if step.condition is not None and side.left:
                # Here too another equation, which is needed, could be taken.
                e = f"e{1 + step.condition}"
                yield f"  rewrite -> {e} in *; clear {name} {e}."
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
        yield f"apply: equal_lists; first {parts.equal(size, same)}."
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

    def goal(self, case: Comparison, values: Mapping[Atom, Polynomial]) -> str:
        """A condition of a piece, or of a sum, where its integers have values."""
        there = case.changed(values)
        way = self.comparison(there)
        written = (case.one, case.other, self.side.value(there.one))
        atoms = {atom for polynomial in written for atom in polynomial.every_atom()}
        if way == "same_integer" and any(isinstance(atom, Floor) for atom in atoms):
            # Quotients were simplified here that Rocq's `ring` does not know.
            return f"(first [{way} | {self.linear(*values.values())}])"
        return way

    def comparison(self, case: Comparison) -> str:
        """A condition of a piece, or of a sum."""
        one, other = self.side.value(case.one), self.side.value(case.other)
        if case.is_equation:
            return self.equation(one, other) if case.holds else self.linear(one, other)
        lemma = "not_below" if case.holds else "not_above"
        (opposite,) = Comparison(one, other, False, not case.holds).nonnegative
        return f"(apply: {lemma} => opposite; {self._refuted(opposite, *self._about(one, other))})"

    def linear(self, *values: Polynomial) -> str:
        """Linear arithmetic about values."""
        return f"({only(self._about(*values)[1])}; lia)"

    def refuted_by(self, amounts: Sequence[Polynomial]) -> bool:
        """Whether not all of these are nonnegative where all is as it is known."""
        facts, _ = self._about(*amounts, *map(Polynomial.of, self._numbers()))
        facts += [Fact("", amount) for amount in amounts]
        return are_contradictory(facts, self.parts.positive)

    def contradiction(self) -> str:
        """That this is never so."""
        text = partial(polynomial_text, names=self.names)
        about = self._about(*map(Polynomial.of, self._numbers()))
        return contradiction(*about, self.parts.positive, text)

    def _numbers(self) -> list[int]:
        return [*self.side.outputs, *self.side.basis]

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
            f"e{1 + number}": (*condition, Comparison.of(condition).nonnegative)
            for number, condition in self.side.left.items()
        }
        cases = [case.changed(self.side.values) for case in self.side.cases]
        open_ |= {
            f"c{number}": (case.one, case.other, case.nonnegative)
            for number, case in enumerate(cases, 1)
        }
        names: list[str] = []
        told = {a for value in values for a in value.every_atom()}
        found = True
        while found:
            found = False
            for name, (one, other, amounts) in list(open_.items()):
                indices = one.indices() | other.indices()
                if indices & about or not indices:
                    del open_[name]
                    names.append(name)
                    facts += [Fact(name, amount) for amount in amounts]
                    both = {*one.every_atom(), *other.every_atom()}
                    told |= both
                    about |= indices
                    atoms |= one.symbols() | other.symbols()
                    found = True
        everything = [*names, *self.parts.relevant(atoms)]
        facts += self.parts.facts_about(atoms)
        told |= {a for f in facts for p in f.when for a in p.every_atom()}
        return [*facts, *known_facts(told)], everything

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


def _numbers(one: Sequence[str], other: Sequence[str]) -> str | None:
    """That the products of some numbers are equal, and why; None if they are the same numbers."""
    ours, theirs = Counter(one) - Counter(other), Counter(other) - Counter(one)
    sides = [_list_of(sorted(part.elements())) for part in (ours, theirs)]
    if not (ours or theirs):
        return None
    # Rocq's `ring` replaces what stands on the left.
    left, right = sides if ours else reversed(sides)
    way = "equal_quotients nonzero" if "ratio" in left + right else "equal_numbers"
    return f"product_of (R := R) {left} = product_of {right} by {way}"


def _list_of(texts: Iterable[str]) -> str:
    inner = "; ".join(texts)
    return f"[:: {inner}]" if inner else "[::]"


def _bracketed(text: str) -> str:
    return text if text.isidentifier() else f"({text})"

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

from symconv.arithmetic.polynomials import Atom, Floor, Polynomial, divided
from symconv.arithmetic.symbols import sign_of
from symconv.decision.claims import Claim
from symconv.errors import Uncertified
from symconv.formal.arithmetic import (
    Fact,
    Hypothesis,
    are_contradictory,
    contradiction,
    known_facts,
    refutation,
)
from symconv.formal.expansions import Axes
from symconv.formal.index_maps import Comparison, Position, SameQuotient, Side, Split
from symconv.formal.pairing import Ends, Mirror, Pair, Plan, plan
from symconv.formal.parts import Part, Parts
from symconv.formal.quotients import name_quotients
from symconv.formal.rocq_syntax import Names, only, polynomial_text
from symconv.language.graph import walk
from symconv.language.operators import Extend, Flip, Named, Roll, Scale
from symconv.language.signals import SignalExpr, put_in

__all__ = ["proof_lines", "shape_lines"]

_OURS, _THEIRS = 1000, 2000
"""Numbers of the integers of either side, beyond those of the index."""


def proof_lines(claim: Claim, names: Names, given: Sequence[Hypothesis]) -> Iterator[str]:
    """The lines between `Proof.` and `Qed.`, behind the introduction of the hypotheses.

    Args:
        claim: a claim about tensors.
        names: what its symbols and tensors are called in Rocq.
        given: the hypotheses.

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
    mirrors = _mirrors(claim) if _repeats(*claim.signals) else {}
    seen = {mirror.hypothesis for mirror in mirrors.values()}
    ways = [
        [()]
        if f"taps{number}" in seen
        else [(0, 1)]
        if isinstance(h.signals[1].operator, Scale)
        else [(1,), (0,), ()]
        for number, h in enumerate(claim.about_taps, 1)
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
    names: Names,
    given: Sequence[Hypothesis],
) -> Iterator[str]:
    signs = {symbol.name: sign_of(symbol) for symbol in claim.symbols}
    parts = Parts(names, signs, given, proof=partial(_equal_lines, is_sure=True))
    if any(isinstance(node.operator, Extend | Roll) for node in walk(left, right)):
        parts.multiplies_all = True
        # Rounds are compared with each other as a whole, and one by one with what has none.
        parts.rounds_in_one = all(any(map(_goes_round, walk(side))) for side in (left, right))
    if _repeats(left, right):
        parts.ends = Ends({names[name]: mirror for name, mirror in _mirrors(claim).items()})
    parts.compare_products(
        size for node in walk(left, right) for size in (*node.lengths, *_amounts(node))
    )
    name_quotients(parts, left, right)
    one, other = parts.of(left), parts.of(right)
    yield "(* The parts of both sides: their shapes, and their entries as sums. *)"
    yield from parts.lines
    yield from _equal_lines(parts, one, other)


def _equal_lines(parts: Parts, one: Part, other: Part, *, is_sure: bool = False) -> Iterator[str]:
    """The lines that show that two parts are equal.

    Args:
        parts: the parts that there are.
        one: the one.
        other: the other.
        is_sure: whether it may be that they are not, so that no lines are to be written then.

    Raises:
        Uncertified: no change of indices is found.
    """
    if one is other:
        yield "by []."
        return
    if is_sure and not all(map(partial(_are_seen_equal, parts), one.shape, other.shape)):
        raise Uncertified("the sizes are not seen to be equal")
    yield "(* Both sides have one shape. *)"
    yield f"have shapes : shape {other.name} = {parts.shape_text(one.shape)}."
    yield from (f"  {line}" for line in shape_lines(parts, other, one.shape))
    terms = _Terms(parts, one.shape)
    found = terms.paired(one, other, is_sure)
    if parts.ends is not None:
        for x in sorted({name for _, _, pair in found.pairs for name in pair.mirrored}):
            mirror = parts.ends.mirrors[x]
            given = f"{mirror.hypothesis} shape_{x}"
            yield f"have mirrored_{x} := mirrored (a := {mirror.axis}) {given} isT."
    sums = []
    for part, sides, second in ((one, found.one, False), (other, found.other, True)):
        sums.append(f"sum_{part.name}")
        for number, cases in enumerate(sides.rounds):
            listed = _list_of(_list_of(map(terms.decision, c)) for c in cases)
            pieces = f"pieces_{part.name}_{number}" if number else f"pieces_{part.name}"
            yield f"have {pieces} := expands_by_cases {listed} {sums[-1]}."
            sums[-1] = pieces
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

    def paired(self, one: Part, other: Part, is_sure: bool) -> Plan:
        """Which sums of the sides are equal."""
        ends = self._parts.ends
        ours, theirs = (
            [Side.of(sum_, self._shape, start, keeps_ranges=ends is not None) for sum_ in part.sums]
            for part, start in ((one, _OURS), (other, _THEIRS))
        )
        return plan(ours, theirs, self._contradict, ends, is_sure=is_sure)

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
            inner = f"v0 {atom - start}" if atom >= _OURS else f"i0 {atom}"
            names[atom] = f"(component {inner})"
        sign = "=?" if case.is_equation else "<=?"
        texts = [polynomial_text(p, names) for p in (case.one, case.other)]
        return f"(fun i0 v0 => {texts[0]} {sign} {texts[1]})"

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
            yield from self._one(pair)

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

    def _one(self, pair: Pair) -> Iterator[str]:
        ours, theirs, forth, back = pair.one, pair.other, pair.forth, pair.back
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
            f"  {'+' if numbers is None else ' '} {self._agree(known, pair)}; "
            f"first [reflexivity | {ring}]."
        )
        yield from self._direction(theirs, ours, w, back, forth, names)

    def _agree(self, known: _Known, pair: Pair) -> str:
        """The tactic that makes the entries the same ones."""
        target = pair.other
        if not (known.side.cases or target.cases or pair.mirrored):
            return "entries_agree"
        there: dict[Atom, Polynomial] = dict(zip(target.variables, pair.forth, strict=True))
        values = known.side.positions()
        values += [known.side.value(p.substitute(there)) for p in target.positions()]
        equal = f"ltac:(first [same_integer | {known.linear(*values)}])"
        ways = [f"entries_agree_mirrored mirrored_{x} {equal}; " for x in sorted(pair.mirrored)]
        return f"{''.join(ways)}entries_agree_by {equal}"

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
        known = _Known(side, self._parts, names)
        quotients, told = known.quotients(back, target.variables, forth)
        yield from told.values()
        yield "  split."
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
        again = [value.substitute(quotients) for value in back]
        rewriting = " ".join(["rewrite", *(f"?{name}" for name in told)]) if told else "idtac"
        yield "  + " + " ".join(
            f"apply: equal_lists; first ({rewriting}; "
            f"{known.goal(Comparison(value, Polynomial.of(variable), True), there)})."
            for value, variable in zip(again, side.variables, strict=True)
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
            if isinstance(step, SameQuotient):
                told = " ".join(_in_range(position, names) for position in (step.one, step.other))
                yield f"  have is_{name} : {name} = {text(step.value)}."
                yield f"    have := same_quotient (m := {text(step.difference)}) {told}."
                yield "    by move=> same; have := same ltac:(lia) ltac:(lia); lia."
                yield f"  rewrite -> is_{name} in *; clear {name} is_{name}."
                continue
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


def _in_range(position: Position, names: Mapping[Atom, str]) -> str:
    """Why a position is below its size."""
    first, *others = (f"{names[digit]}_in" for digit in position.digits)
    for other in others:
        first = f"(position_in {first} {other})"
    return first


def _function(
    letter: str, variables: Sequence[str], values: Axes, names: Mapping[Atom, str]
) -> str:
    """A function of lists of integers, by what it makes of one of so many.

    What its argument is called is no name of a symbol, as v may be.
    """
    listed = "; ".join(polynomial_text(value, names) for value in values)
    result = f"[:: {listed}]" if listed else "[::]"
    if not variables:
        return f"fun=> {result}"
    pattern = "; ".join(variables)
    return f"fun {letter}0 => if {letter}0 is [:: {pattern}] then {result} else [::]"


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

    def quotients(
        self, values: Axes, variables: Sequence[int], there: Axes
    ) -> tuple[dict[Atom, Polynomial], dict[str, str]]:
        """The quotients in values of other integers that are known where these are those of here.

        For 0 ≤ a < q it is ⌊(q·b + a)/q⌋ = b.

        Args:
            values: what has quotients in it.
            variables: the numbers of the other integers.
            there: what these are in the integers of this side.

        Returns:
            What the quotients are, and the lines that show it by the names of what they show.
        """
        put: dict[Atom, Polynomial] = dict(zip(variables, there, strict=True))
        texts = dict(self.names)
        texts |= {v: f"({polynomial_text(p, self.names)})" for v, p in put.items()}
        found: dict[Atom, Polynomial] = {}
        lines: dict[str, str] = {}
        positions = self.side.known_positions()
        for atom in dict.fromkeys(a for p in values for a in p.atoms() if isinstance(a, Floor)):
            numerator = self.side.value(atom.numerator.substitute(put))
            for position in positions:
                if position.size != atom.divisor:
                    continue
                whole, beyond = divided(numerator - position.value, position.size)
                if not beyond.terms:
                    found[atom] = whole
                    parts = [polynomial_text(p, texts) for p in (atom.numerator, atom.divisor)]
                    value = polynomial_text(whole, self.names)
                    number = f"quotient{1 + len(lines)}"
                    lines[number] = (
                        f"  have {number} : ({parts[0]}) / ({parts[1]}) = {value}"
                        f" by apply: (quotient_is {_in_range(position, self.names)}); clear; ring."
                    )
                    break
        return found, lines

    def equation(self, one: Polynomial, other: Polynomial) -> str:
        """That two values are equal."""
        one, other = self.side.value(one), self.side.value(other)
        if one == other:
            return "same_integer"
        if self.parts.multiplies_all and (found := _without_common_factor(one - other)) is not None:
            # n·a = n·b: linear arithmetic shows a = b first, and then takes n·a for one integer.
            _, left, right = found
            n, a, b = (polynomial_text(p, self.names) for p in found)
            return (
                f"((have same : {n} * ({a}) = {n} * ({b}) by (apply: f_equal; "
                f"{self.equation(left, right)})); clear -same; lia)"
            )
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
        return [*facts, *known_facts(told, sure=not self.parts.multiplies_all)], everything

    def _ranges(self) -> dict[str, tuple[Polynomial, Polynomial]]:
        """The ranges that are known, by the names of the hypotheses."""
        numbers = (*self.side.outputs, *self.side.variables)
        sizes = (*self.side.shape, *self.side.sum.sizes)
        return {
            f"{self.names[number]}_in": (self.side.value(Polynomial.of(number)), size)
            for number, size in zip(numbers, sizes, strict=True)
        }


def _mirrors(claim: Claim) -> dict[str, Mirror]:
    """The tensors that are the same from both ends by hypotheses on taps, by their names."""
    found = {}
    for number, hypothesis in enumerate(claim.about_taps, 1):
        tensor, flipped = hypothesis.signals
        match tensor.operator, flipped.operator:
            case Named(name), Flip(axis) if flipped.operands[0].operator == tensor.operator:
                found[name] = Mirror(axis, tensor.lengths[axis], f"taps{number}")
    return found


def _repeats(*sides: SignalExpr) -> bool:
    """Whether entries are repeated at ends, other than by going round."""
    operators = [node.operator for node in walk(*sides)]
    return any(isinstance(op, Extend) and op.mode != "circular" for op in operators)


def _goes_round(node: SignalExpr) -> bool:
    operator = node.operator
    return isinstance(operator, Roll) or (
        isinstance(operator, Extend) and operator.mode == "circular"
    )


def _without_common_factor(
    difference: Polynomial,
) -> tuple[Polynomial, Polynomial, Polynomial] | None:
    """n, a and b for a difference n·a - n·b with a symbol n."""
    for symbol in sorted(difference.symbols()):
        n = Polynomial.of(symbol)
        quotient, rest = divided(difference, n)
        if not rest.terms and quotient.indices():
            left = Polynomial({m: c for m, c in quotient.terms.items() if c > 0})
            return n, left, left - quotient
    return None


def _amounts(node: SignalExpr) -> Iterator[Polynomial]:
    for amount in node.operator.amounts:
        yield amount.polynomial


def _are_seen_equal(parts: Parts, one: Polynomial, other: Polynomial) -> bool:
    """Whether two sizes are seen to be equal."""
    facts = parts.facts_about({*one.symbols(), *other.symbols()})
    return one == other or all(
        are_contradictory([Fact("", opposite), *facts], parts.positive)
        for opposite in (other - one - 1, one - other - 1)
    )


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

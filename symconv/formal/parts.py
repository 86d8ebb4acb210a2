"""The parts of a claim, and the rule that gives each its shape and its sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import (
    Atom,
    Floor,
    Guarded,
    Polynomial,
    Relation,
    divided,
)
from symconv.arithmetic.symbols import Sign
from symconv.errors import Uncertified
from symconv.formal.arithmetic import (
    Fact,
    Hypothesis,
    are_contradictory,
    known_facts,
    refutation,
)
from symconv.formal.expansions import (
    AtMost,
    Axes,
    Condition,
    Sum,
    all_joined,
    joined,
    known,
    moved,
    named,
    sum_of_one,
    sum_of_two,
)
from symconv.formal.formulas import (
    Cases,
    CasesText,
    Combined,
    Node,
    Scaled,
    Term,
    TermText,
    node_text,
    read_formula,
)
from symconv.formal.functions import function_part
from symconv.formal.pairing import Ends
from symconv.formal.rocq_syntax import (
    Names,
    argument,
    guard_text,
    list_text,
    only,
    polynomial_text,
    scalar_text,
)
from symconv.formal.tensor_syntax import (
    application,
    axes_text,
    kept_axes,
    numbers_of,
    numbers_text,
    sizes_of_letters,
    spread_text,
)
from symconv.language.arrays import indices
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
    Extension,
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
from symconv.language.operators.base import Operator
from symconv.language.signals import SignalExpr

__all__ = ["Part", "Parts"]


_OF_ONE_SHAPE = ("add ", "multiply ", "scale ", "flip ")
"""What makes a tensor of the shape of its first operand."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor that the proof has a name for.

    Attributes:
        name: the name.
        shape: its sizes, in symbols and in sizes that the proof has names for.
        sums: what its entries are.
    """

    name: str
    shape: Axes
    sums: list[Sum]


@dataclass(slots=True)
class Parts:
    """The parts that have a name, and the lines of the proof that give them one.

    Attributes:
        names: what the symbols and tensors of the claim are called in Rocq, and atoms with a name.
        signs: the signs of its symbols.
        given: the hypotheses on integers.
        known: the parts by what they are.
        sizes: the names of sizes, by what they are.
        about: for each of these the sizes and symbols that it is made of.
        facts: the names of the facts about each of them, beyond that it is not negative.
        renamed: atoms that have a name, as that name.
        signed: the names of sizes that may be negative.
        monomials: products of amounts that are not negative, and the symbols in each.
        inequalities: what is known of each size.
        functions: functions of entries or windows, of what, and the part that each is.
        equations: for each function of a part the name of the equation with the part that it is.
        instead: what a function of two tensors one behind the other is made of.
        proof: the proof that two parts are equal, which may be refused.
        multiplies_all: whether facts are multiplied by symbols that may be 0 too.
        rounds_in_one: whether a tensor that goes round is one sum over its rounds, or one for each.
        ends: what is to be seen where tensors continue beyond their ends.
        lines: the lines of the proof.
    """

    names: Names
    signs: Mapping[str, Sign]
    given: Sequence[Hypothesis]
    known: dict[str, Part] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)
    about: dict[str, set[str]] = field(default_factory=dict)
    facts: dict[str, list[str]] = field(default_factory=dict)
    inequalities: dict[str, list[Fact]] = field(default_factory=dict)
    renamed: dict[Atom, Polynomial] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    monomials: dict[str, tuple[Polynomial, set[str]]] = field(default_factory=dict)
    functions: list[tuple[Operator, Part, Part]] = field(default_factory=list)
    equations: dict[str, str] = field(default_factory=dict)
    instead: dict[SignalExpr, SignalExpr] = field(default_factory=dict)
    proof: Callable[[Parts, Part, Part], Iterable[str]] | None = None
    multiplies_all: bool = False
    rounds_in_one: bool = False
    ends: Ends | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def _atoms(self) -> dict[Atom, str]:
        return dict([*self.names.items(), *((m, m) for m in self.sizes.values())])

    def text(self, polynomial: Polynomial) -> str:
        """A size as Rocq writes it."""
        return polynomial_text(polynomial, self._atoms)

    def shape_text(self, shape: Iterable[Polynomial]) -> str:
        """A shape as Rocq writes it."""
        return list_text(map(self.text, shape))

    def of(self, signal: SignalExpr) -> Part:
        """A tensor as a part, after the parts that it is made of.

        Raises:
            Uncertified: there is no rule for something in it.
        """
        operands = [self.of(operand) for operand in signal.operands]
        if isinstance(signal.operator, Named):
            return self._leaf(signal)
        if isinstance(signal.operator, Formula):
            standing = dict(zip(signal.operator.bases, operands, strict=True))
            return self._formula(read_formula(signal), signal, signal.operator, standing)
        if isinstance(signal.operator, Apply | MaxPool):
            return function_part(self, signal, operands[0])
        if isinstance(signal.operator, Add | Multiply):
            operands = [
                self._spread(signal, operand, part)
                for operand, part in zip(signal.operands, operands, strict=True)
            ]
            word = "add" if isinstance(signal.operator, Add) else "multiply"
            what = f"{word} {operands[0].name} {operands[1].name}"
        else:
            what = application(signal, [part.name for part in operands], self.names)
        if what not in self.known:
            self.known[what] = self._made(signal, what, operands)
        return self.known[what]

    def _leaf(self, signal: SignalExpr) -> Part:
        assert isinstance(signal.operator, Named)
        name = self.names[signal.operator.name]
        if name not in self.known:
            self.known[name] = Part(name, self._sizes(signal.lengths), [named(name)])
            self.lines += self._shape_again(name, self.known[name].shape)
            self.lines.append(f"have sum_{name} := expand_entry {name}.")
        return self.known[name]

    def atom(self, what: str, shape: Axes, way: str, of: Part) -> Part:
        """A tensor of which nothing is said but its shape: its entries are what they are.

        Args:
            what: what it is.
            shape: its shape.
            way: why; {0} is its name, and {1} leaves what is known of its sizes.
            of: the tensor that it is made of.
        """
        part = Part(f"y{1 + len(self.known)}", shape, [])
        self.known[what] = part
        part.sums.append(named(part.name))
        told = self._known_of_shape(shape, [of])
        self.lines += [
            f"move {part.name}_is: ({what}) => {part.name}.",
            f"have shape_{part.name} : shape {part.name} = {self.shape_text(shape)}.",
            f"  {way.format(part.name, only(told))}",
            f"have sum_{part.name} := expand_entry {part.name}.",
        ]
        return part

    def equality(self, one: Part, other: Part) -> list[str] | None:
        """The lines that show that two parts are equal; None if there are none."""
        if self.proof is None:
            return None
        try:
            return list(self.proof(self, one, other))
        except Uncertified:
            return None

    def _shape_again(self, name: str, shape: Axes) -> Iterator[str]:
        """The line that says a shape in the words of the proof, if the claim has others."""
        text = f"shape {name} = {self.shape_text(shape)}"
        if any(one.name == f"shape_{name}" and one.text != text for one in self.given):
            way = "repeat (apply: equal_lists; first (ring || lia)); reflexivity"
            yield f"have {{}}shape_{name} : {text} by rewrite shape_{name}; {way}."

    def _spread(self, signal: SignalExpr, operand: SignalExpr, part: Part) -> Part:
        kept = kept_axes(signal, operand)
        if kept is None:
            return part

        def texts(sizes: Iterable[Polynomial]) -> str:
            return self.shape_text(list(sizes))

        what = spread_text(signal, operand, part.name, texts)
        if what not in self.known:

            def at(i: Axes) -> Axes:
                return [Polynomial({}) if axis is None else i[axis] for axis in kept]

            self.known[what] = self._named(
                what,
                self._sizes(signal.lengths),
                [moved(at, part.shape, one) for one in part.sums],
                f"expand_spread (sizes' := {self.shape_text(signal.lengths)}) "
                f"(axes := {axes_text(kept)}) {self._given(what, part)}",
                [part],
            )
        return self.known[what]

    def _given(self, what: str, *parts: Part) -> str:
        """The arguments of a rule that speak of the operands."""
        return " ".join(f"sum_{part.name} shape_{part.name}" for part in parts)

    def _named(
        self, what: str, shape: Axes, sums: list[Sum], rule: str, operands: Sequence[Part] = ()
    ) -> Part:
        """A part with a new name, and the lines that say its shape and its sums."""
        name = f"y{1 + len(self.known)}"
        way = f"{only(self._known_of_shape(shape, operands))}; sizes_are"
        if what.startswith(_OF_ONE_SHAPE) and shape == operands[0].shape:
            way = f"exact: (shape_like _ shape_{operands[0].name})"
        self.lines += [
            f"move {name}_is: ({what}) => {name}.",
            f"have shape_{name} : shape {name} = {self.shape_text(shape)}.",
            f"  by rewrite -{name}_is; {way}.",
            f"have sum_{name} := {rule}; rewrite {name}_is in sum_{name}.",
        ]
        return Part(name, shape, sums)

    def _known_of_shape(self, shape: Axes, operands: Sequence[Part]) -> list[str]:
        """The names of what is needed to show a shape."""
        about = {a for size in shape for a in size.symbols()}
        kept = [f"shape_{part.name}" for part in operands]
        kept += [f"{m}_is" for m in sorted(about & self.about.keys())]
        inside = about | {s for p in operands for n in p.shape for s in n.symbols()}
        kept += self.hypotheses(inside)
        before = [size for part in operands for size in part.shape]
        made = [n for n in shape if n not in before and n not in map(Polynomial.of, self.about)]
        if any(a in self.about or not isinstance(a, str) for n in made for a in n.every_atom()):
            kept += self.relevant(inside)  # how these sizes came about says that they are not 0
        return kept

    def _told(
        self,
        what: str,
        shape: Axes,
        sums: list[Sum],
        rule: str,
        told: str,
        operands: Sequence[Part] = (),
    ) -> Part:
        """A part whose sums are told to Rocq, which compares them with those of the rule."""
        part = self._named(what, shape, sums, rule, operands)
        self.lines[-1] = (
            f"have sum_{part.name} : expands {part.name} {told}"
            f" by rewrite -{part.name}_is; exact: {rule}."
        )
        return part

    def _known(
        self, what: str, shape: Axes, sums: list[Sum], rule: str, conditions: str, q: str
    ) -> Part:
        """A part whose entries are a number where conditions hold."""
        return self._told(what, shape, sums, rule, f"[:: known {conditions} (fun=> {q})]")

    def _listed(self, what: str, taps: Taps) -> Part:
        """Known entries: one sum for each that is not 0, or one for all that are equal."""
        shape = list(map(Polynomial.constant, taps.known_shape))
        if taps.numbers and len(set(taps.numbers)) == 1 and taps.numbers[0]:
            q = scalar_text(taps.numbers[0])
            rule = "expand_listed_equal (erefl _)"
            return self._known(what, shape, [known(lambda i: [], q)], rule, "(fun=> [::])", q)
        sums, told = [], []
        for place, number in zip(indices(taps.known_shape), taps.numbers, strict=True):
            if number:
                at, q = [Polynomial.constant(a) for a in place], scalar_text(number)
                sums.append(known(partial(_equal_to, at), q))
                text = list_text(map(self.text, at))
                told.append(f"known (fun i => same i {text}) (fun=> {q})")
        kept = list_text("true" if number else "false" for number in taps.numbers)
        entries = list_text(map(scalar_text, taps.numbers))
        rule = (
            f"expand_listed (sizes' := {self.shape_text(shape)}) (kept := {kept}) "
            f"(entries := {entries}) (erefl _) _"
        )
        part = self._told(what, shape, sums, rule, list_text(told))
        self.lines[-1] = self.lines[-1].replace(
            f"exact: {rule}.", f"refine ({rule}); repeat split; auto."
        )
        return part

    def hypotheses(self, atoms: Iterable[str]) -> list[str]:
        """The names of what is known at once of symbols and sizes: hypotheses, and signs."""
        found = set(atoms)
        return [
            *(one.name for one in self.given if one.symbols & found),
            *(f"{m}_ge" for m in self.about if m in found and m not in self.signed),
            *(name for name, (_, about) in self.monomials.items() if about <= found),
        ]

    def relevant(self, atoms: Iterable[str]) -> list[str]:
        """The names of all that is known of symbols and sizes, and of what these are made of."""
        found, open_ = set(atoms), list(atoms)
        while open_:
            new = self.about.get(open_.pop(), set()) - found
            found |= new
            open_ += new
        facts = [name for m in self.about if m in found for name in self.facts[m]]
        return [*self.hypotheses(found), *facts]

    def facts_about(self, atoms: Iterable[str]) -> list[Fact]:
        """What is known of symbols and sizes, and of what these are made of."""
        found, open_ = set(atoms), list(atoms)
        while open_:
            new = self.about.get(open_.pop(), set()) - found
            found |= new
            open_ += new
        facts = [fact for one in self.given if one.symbols & found for fact in one.facts()]
        facts += [
            Fact(f"{m}_ge", Polynomial.of(m))
            for m in self.about
            if m in found and m not in self.signed
        ]
        facts += [
            Fact(name, amount) for name, (amount, about) in self.monomials.items() if about <= found
        ]
        return facts + [fact for m in self.about if m in found for fact in self.inequalities[m]]

    @property
    def positive(self) -> set[str]:
        """The symbols that facts are multiplied by: positive ones, or all that are not negative."""
        least = {0, 1} if self.multiplies_all else {1}
        return {name for name, sign in self.signs.items() if sign.least in least}

    def compare_products(self, polynomials: Iterable[Polynomial]) -> None:
        """Say of each product of symbols in these what follows from their lower bounds.

        For s ≥ 1 and c ≥ 1 that is 0 ≤ (s − 1)(c − 1), which linear arithmetic would not find.
        """
        for polynomial in polynomials:
            for monomial in polynomial.terms:
                for count in range(2, len(monomial) + 1):
                    for product in combinations(monomial, count):
                        self._compare(product)

    def _compare(self, product: Sequence[Atom]) -> None:
        bounds = [(a, self.signs[a].least) for a in product if isinstance(a, str)]
        if len(bounds) < len(product) or any(low is None for _, low in bounds):
            return
        amount = Polynomial.constant(1)
        for a, low in bounds:
            amount = amount * (Polynomial.of(a) - (low or 0))
        about = {a for a, _ in bounds}
        if amount not in [told for told, _ in self.monomials.values()]:
            text = " * ".join(
                self.names[a] if not low else f"({self.names[a]} - {low})" for a, low in bounds
            )
            known = only(self.hypotheses(about))
            name = f"product{1 + len(self.monomials)}"
            self.lines.append(f"have {name} : 0 <= {text} by {known}; positive.")
            self.monomials[name] = amount, about

    def _is_at_least(self, polynomial: Polynomial, least: int) -> bool:
        return is_at_least(polynomial, least, self.signs)

    def _size(
        self,
        text: str,
        about: Iterable[Polynomial],
        bounds: Callable[[Polynomial], Iterable[Iterable[tuple[Polynomial, Sequence[Polynomial]]]]],
        fact: str = "",
    ) -> Polynomial:
        """A size under a name of its own, and what is known of it.

        Args:
            text: what it is.
            about: what it is made of.
            bounds: for each fact about it what is not negative because of it, and the amounts
                that have to be positive for that.
            fact: the lemma with these facts; where there is none, they follow from what it is.
        """
        if text not in self.sizes:
            name = f"m{1 + len(self.sizes)}"
            self.sizes[text] = name
            self.about[name] = {a for p in about for a in p.symbols()}
            found = [list(one) for one in bounds(Polynomial.of(name))]
            names = [f"fact{i}_{name}" for i in range(len(found))] if fact else [f"{name}_is"]
            self.facts[name] = names
            self.inequalities[name] = [
                Fact(told, amount, tuple(when))
                for told, one in zip(names, found, strict=True)
                for amount, when in one
            ]
            self.lines += [
                f"have [{name} {name}_is] : exists m0, m0 = {text} by eexists.",
                f"have {name}_ge : 0 <= {name} by clear -{name}_is; lia.",
            ]
            if fact:
                self.lines.append(f"have [{' '.join(names)}] := {fact} {name}_is.")
        return Polynomial.of(self.sizes[text])

    def written(self, polynomial: Polynomial) -> Polynomial:
        """An integer of the claim, in symbols and sizes with a name.

        Its text may have another order: rules are told what stands in the claim.
        """
        return polynomial.substitute(self.renamed)

    def _sizes(self, sizes: Iterable[Polynomial]) -> Axes:
        return list(map(self.written, sizes))

    def name_quotient(self, atom: Floor) -> None:
        """Give a name to a quotient by a symbol."""
        text, (a, s) = self.text(Polynomial.of(atom)), map(self.written, atom.parts)
        name = f"m{1 + len(self.sizes)}"
        self.sizes[text] = name
        self.about[name] = {*a.symbols(), *s.symbols()}
        self.facts[name] = [f"fact0_{name}"]
        rest = a - s * Polynomial.of(name)
        self.inequalities[name] = [Fact(f"fact0_{name}", p) for p in (rest, s - 1 - rest)]
        self.lines += [
            f"have [{name} {name}_is] : exists m0, m0 = {text} by eexists.",
            f"have fact0_{name} := quotient_facts {self._atomic(a)} {self._positive(s)}; "
            f"rewrite -{name}_is in fact0_{name}.",
        ]
        if self._is_at_least(atom.numerator, 0):
            shown = f"{self._nonnegative(a)} {self._positive(s)}"
            self.lines.append(
                f"have {name}_ge := Z.div_pos _ _ {shown}; rewrite -{name}_is in {name}_ge."
            )
        else:
            self.signed.add(name)
        self._rename(atom, name)

    def name_nonnegative_part(self, atom: Guarded) -> None:
        """Give a name to max(0, a), where there are names for what is in a."""
        a = self.written(atom.value)
        text = f"Z.max 0 {self._atomic(a)}"
        size = self._size(text, [a], lambda m: [[(m - a, ()), (a - m, (m,))]])
        (name,) = size.symbols()
        self._rename(atom, name)

    def name_chosen(self, atom: Guarded) -> None:
        """Give a name to an integer that has a value in one case, and is else 0.

        Raises:
            Uncertified: it may be negative, for all that is seen.
        """
        text, value = self.text(Polynomial.of(atom)), self.written(atom.value)
        found = [guard.map(self.written) for guard in atom.guards]
        about = {a for p in (value, *(g.polynomial for g in found)) for a in p.symbols()}
        facts, names = self.facts_about(about), self.relevant(about)
        holding = [Fact("", g.polynomial) for g in found]
        holding += [Fact("", -g.polynomial) for g in found if g.relation is Relation.ZERO]
        told = known_facts(a for p in (value, *(f.amount for f in holding)) for a in p.every_atom())
        negative = Fact("", -value - 1)
        if not are_contradictory([negative, *holding, *told, *facts], self.positive):
            raise Uncertified(f"{text} may be negative, for all that is seen")
        name = self.sizes[text] = f"m{1 + len(self.sizes)}"
        m = Polynomial.of(name)
        guards = [guard_text(guard, self._atoms) for guard in found]
        holds = " /\\ ".join([*guards, f"{name} = {self.text(value)}"])
        fails = " \\/ ".join(f"~ ({guard})" for guard in guards)
        self.about[name], self.facts[name] = about, [f"fact0_{name}"]
        when = tuple(fact.amount + 1 for fact in holding)
        self.inequalities[name] = [
            *(Fact(f"fact0_{name}", p, when, True) for p in (m - value, value - m)),
            *(Fact(f"fact0_{name}", -m, (-fact.amount,), True) for fact in holding),
        ]
        self.lines += [
            f"have [{name} {name}_is] : exists m0, m0 = {text} by eexists.",
            f"have fact0_{name} : {holds} \\/ ({fails}) /\\ {name} = 0.",
            f"  by clear -{name}_is; rewrite {{}}{name}_is; compared; lia.",
            f"have {name}_ge : 0 <= {name} by {only([f'fact0_{name}', *names])}; lia.",
        ]
        self._rename(atom, name)

    def _rename(self, atom: Atom, name: str) -> None:
        self.names = {**self.names, atom: name, name: name}
        self.renamed[atom] = Polynomial.of(name)
        self.lines.append(f"rewrite <- {name}_is in *.")
        self.given = [
            replace(one, symbols=one.symbols | {name}, amounts=tuple(self._sizes(one.amounts)))
            if any(atom in set(p.every_atom()) for p in one.amounts)
            else one
            for one in self.given
        ]

    def _made(self, signal: SignalExpr, what: str, parts: list[Part]) -> Part:
        """A part made by an operator."""
        first = parts[0] if parts else None
        operator = signal.operator
        match operator:
            case Pad(left, right, axis):
                assert first is not None
                l, r = self._sizes((left.polynomial, right.polynomial))
                size = first.shape[axis] + l + r
                exact = signal.operands[0].lengths[axis] + left.polynomial + right.polynomial
                if not self._is_at_least(exact, 0):
                    whole = size
                    size = self._size(
                        f"Z.max 0 ({self.text(whole)})",
                        [whole],
                        lambda m: [[(m - whole, ()), (whole - m, (m,))]],
                    )
                shape = [*first.shape[:axis], size, *first.shape[axis + 1 :]]
                at = partial(_along, axis, lambda u: u - l)
                before, after = self.text(left.polynomial), self.text(right.polynomial)
                rule = f"expand_pad (a := {axis}) (l := {before}) (r := {after})"
                return self._moved(what, shape, at, rule, first)
            case Extend(left, right, mode, axis):
                assert first is not None
                return self._extended(what, left.polynomial, right.polynomial, mode, axis, first)
            case Roll(shift, axis):
                assert first is not None
                m, n = shift.polynomial, first.shape[axis]
                bounds = self._follows(
                    f"- {self._atomic(n)} <= {self.text(m)} <= {self.text(n)}", m, n
                )
                reason = f"roll_goes_round (a := {axis}) shape_{first.name} isT {bounds}"
                return self._going_round(what, first.shape, m, axis, reason, first)
            case Flip(axis):
                assert first is not None
                last = first.shape[axis] - 1
                at = partial(_along, axis, lambda u: last - u)
                rule = f"expand_flip (a := {axis})"
                return self._moved(what, first.shape, at, rule, first)
            case Downsample(factor, axis):
                assert first is not None
                s, n = self.written(factor.polynomial), first.shape[axis]
                size = self._size(
                    f"Z.max 0 (({self.text(n)} + {self._atomic(s)} - 1) / {self._atomic(s)})",
                    [s, n],
                    lambda m: [[(s * m - n, ())], [(n - 1 - s * (m - 1), (m,))]],
                    f"size_of_downsampled {self._positive(s)} {self._nonnegative(n)}",
                )
                shape = [*first.shape[:axis], size, *first.shape[axis + 1 :]]
                at = partial(_along, axis, lambda u: s * u)
                rule = f"expand_downsample (a := {axis}) (d := {self.text(s)})"
                return self._moved(what, shape, at, rule, first)
            case Windows(size_, stride, dilation, axis):
                assert first is not None
                c, s, d = self._sizes(a.polynomial for a in (size_, stride, dilation))
                count = self.count(s, d, c, first.shape[axis])
                shape = [*first.shape[:axis], count, *first.shape[axis + 1 :], c]
                rule = (
                    f"expand_windows (a := {axis}) (c := {self.text(c)}) (e := {self.text(s)}) "
                    f"(d := {self.text(d)})"
                )

                def window(i: Axes) -> Axes:
                    return _along(axis, lambda u: s * u + d * i[-1], i[:-1])

                return self._moved(what, shape, window, rule, first)
            case Dilate(factor, axis):
                assert first is not None
                return self._dilated(what, signal, self.written(factor.polynomial), axis, first)
            case Convolve(axis=axis):
                return self._convolved(what, signal, axis, *parts)
            case Correlate(stride, dilation, axis):
                x, k = parts
                (s, d), c = self._sizes((stride.polynomial, dilation.polynomial)), k.shape[0]
                shape = list(x.shape)
                shape[axis] = self.count(s, d, c, x.shape[axis])

                def read(i: Axes, v: Axes) -> Axes:
                    return _along(axis, lambda u: s * u + d * v[0], i)

                places = (lambda i, v: [v[0]], read)
                sums = [
                    sum_of_two([c], _no_conditions, places, (k.shape, x.shape), (one, other))
                    for one in k.sums
                    for other in x.sums
                ]
                rule = (
                    f"expand_correlate (a := {axis}) (e := {self.text(s)}) (d := {self.text(d)}) "
                    f"{self._given(what, k, x)}"
                )
                return self._named(what, shape, sums, rule, parts)
            case Conv():
                return self._layer(what, signal, operator, *parts)
            case Rearrange():
                assert first is not None
                return self._rearranged(what, signal, operator, first)
            case Einsum():
                return self._einsum(what, signal, operator, parts)
            case Add():
                return self._added(what, *parts)
            case Multiply():
                return self._multiplied(what, *parts)
            case Taps():
                return self._listed(what, operator)
            case Scale(number) if number == 0:
                assert first is not None
                rule = "expand_scaled_zero (erefl _)"
                return self._told(what, first.shape, [], rule, "[::]", [first])
            case Scale() | Divide():
                assert first is not None
                return self._scaled(what, first)
        raise Uncertified(f"certificates have no rule for {plain(signal)}")

    def _moved(
        self, what: str, shape: Axes, at: Callable[[Axes], Axes], rule: str, of: Part
    ) -> Part:
        sums = [moved(at, of.shape, one) for one in of.sums]
        return self._named(what, shape, sums, f"{rule} {self._given(what, of)}", [of])

    def _extended(
        self, what: str, l: Polynomial, r: Polynomial, mode: Extension, axis: int, x: Part
    ) -> Part:
        """What stands before the tensor, the tensor itself, and what stands after it."""
        n = x.shape[axis]
        shape = [*x.shape[:axis], n + l + r, *x.shape[axis + 1 :]]
        if mode == "circular":
            inside = (self._follows(f"0 <= {self.text(a)} <= {self.text(n)}", a, n) for a in (l, r))
            reason = f"extend_goes_round (a := {axis}) shape_{x.name} isT {' '.join(inside)}"
            return self._going_round(what, shape, l, axis, reason, x)
        before: Callable[[Polynomial], Polynomial]
        after: Callable[[Polynomial], Polynomial]
        match mode:
            case "reflect":
                before, after = (lambda j: l - j), (lambda j: n - 2 - j)
            case "symmetric":
                before, after = (lambda j: l - 1 - j), (lambda j: n - 1 - j)
            case "replicate":
                before, after = (lambda j: Polynomial({})), (lambda j: n - 1)

        def end(
            skipped: Polynomial, size: Polynomial, entry: Callable[[Polynomial], Polynomial]
        ) -> list[Sum]:
            return [
                sum_of_one(
                    [size],
                    lambda i, v: [(v[0], i[axis] - skipped)],
                    lambda i, v: _along(axis, lambda u: entry(v[0]), i),
                    x.shape,
                    one,
                )
                for one in x.sums
            ]

        middle = [moved(partial(_along, axis, lambda u: u - l), x.shape, one) for one in x.sums]
        sums = [*end(Polynomial({}), l, before), *middle, *end(l + n, r, after)]
        place = Polynomial.of(0)
        functions = " ".join(
            f"({side} := fun i0 => {polynomial_text(f(place), self._atoms | {0: 'i0'})})"
            for side, f in (("before", before), ("after", after))
        )
        nonnegative = f"{self._nonnegative(l)} {self._nonnegative(r)}"
        rule = (
            f"expand_extend (a := {axis}) (l := {self.text(l)}) (r := {self.text(r)}) "
            f"(ends := {mode}_ends) {functions} (s := {self.shape_text(x.shape)}) isT "
            f"{nonnegative} ltac:(ends_are) ltac:(ends_are) {self._given(what, x)}"
        )
        return self._named(what, shape, sums, rule, [x])

    def _going_round(
        self, what: str, shape: Axes, m: Polynomial, axis: int, reason: str, x: Part
    ) -> Part:
        """Each entry is the one at the remainder of u - m."""
        n = x.shape[axis]
        if self.rounds_in_one:
            sums = [
                sum_of_one(
                    [Polynomial.constant(3), n],
                    lambda i, v: [(v[0] * n + v[1], i[axis] - m + n)],
                    lambda i, v: _along(axis, lambda u: v[1], i),
                    x.shape,
                    one,
                )
                for one in x.sums
            ]
        else:
            sums = [
                moved(partial(_along, axis, change), x.shape, one)
                for change in (lambda u: u - m + n, lambda u: u - m, lambda u: u - m - n)
                for one in x.sums
            ]
        number = "one" if self.rounds_in_one else "three"
        rule = (
            f"expand_in_{number} (a := {axis}) (m := {self.text(m)}) "
            f"(s := {self.shape_text(x.shape)}) isT ({reason})"
        )
        return self._named(what, shape, sums, f"{rule} {self._given(what, x)}", [x])

    def _follows(self, statement: str, *about: Polynomial) -> str:
        """A statement about sizes, shown from all that is known of them."""
        known = only(self.relevant(a for p in about for a in p.symbols()))
        return f"(ltac:({known}; lia) : {statement})"

    def _atomic(self, polynomial: Polynomial) -> str:
        return argument(self.text(polynomial))

    def _positive(self, polynomial: Polynomial) -> str:
        return self._sign(polynomial, "<")

    def _nonnegative(self, polynomial: Polynomial) -> str:
        return self._sign(polynomial, "<=")

    def _sign(self, polynomial: Polynomial, sign: str) -> str:
        return self.shown(f"0 {sign} {self.text(polynomial)}", polynomial)

    def shown(self, statement: str, *about: Polynomial) -> str:
        """A statement about sizes, shown from what is known at once."""
        known = only(self.hypotheses(a for p in about for a in p.symbols()))
        return f"(ltac:({known}; positive) : {statement})"

    def count(self, s: Polynomial, d: Polynomial, c: Polynomial, n: Polynomial) -> Polynomial:
        """How many windows there are."""
        exact = n - d * (c - 1)
        known = s == Polynomial.constant(1) and exact.symbols() <= self.signs.keys()
        if known and self._is_at_least(exact, 0):
            return exact
        told = " ".join(map(self._atomic, (s, d, c, n)))
        return self._size(
            f"Z.max 0 (windows_in {told})",
            [s, d, c, n],
            lambda m: [
                [(s * m - n + d * (c - 1), ())],
                [(n - d * (c - 1) - 1 - s * (m - 1), (m,))],
                [(n - d * (c - 1) - 1, (m,))],
            ],
            f"size_of_windows {self._positive(s)}",
        )

    def _dilated(self, what: str, signal: SignalExpr, d: Polynomial, axis: int, x: Part) -> Part:
        n = x.shape[axis]
        size = d * (n - 1) + 1
        if not self._is_at_least(signal.operands[0].lengths[axis], 1):
            size = self._size(
                f"Z.max 0 ({self._atomic(d)} * ({self.text(n)} - 1) + 1)",
                [d, n],
                lambda m: [
                    [(m - d * (n - 1) - 1, (n,)), (d * (n - 1) + 1 - m, (n,))],
                    [(n - 1, (m,))],
                ],
                f"size_of_dilated {self._positive(d)} {self._nonnegative(n)}",
            )
        shape = [*x.shape[:axis], size, *x.shape[axis + 1 :]]
        sums = [
            sum_of_one(
                [n],
                lambda i, v: [(i[axis], d * v[0])],
                lambda i, v: _along(axis, lambda u: v[0], i),
                x.shape,
                one,
            )
            for one in x.sums
        ]
        rule = (
            f"expand_dilate (a := {axis}) (s := {self.shape_text(x.shape)}) {self._positive(d)} "
            f"isT {self._given(what, x)}"
        )
        return self._named(what, shape, sums, rule, [x])

    def _convolved(self, what: str, signal: SignalExpr, axis: int, x: Part, k: Part) -> Part:
        n, c = x.shape[axis], k.shape[0]
        size = n + c - 1
        one, other = signal.operands
        if not (self._is_at_least(one.lengths[axis], 1) and self._is_at_least(other.lengths[0], 1)):
            size = self._size(
                f"Z.max 0 (convolved_size {self._atomic(n)} {self._atomic(c)})",
                [n, c],
                lambda m: [
                    [(m - n - c + 1, (n, c)), (n + c - 1 - m, (n, c))],
                    [(n - 1, (m,))],
                    [(c - 1, (m,))],
                ],
                f"size_of_convolved {self._nonnegative(n)} {self._nonnegative(c)}",
            )
        shape = [*x.shape[:axis], size, *x.shape[axis + 1 :]]
        sums = [
            sum_of_two(
                [n],
                lambda i, v: [],
                (lambda i, v: _along(axis, lambda u: v[0], i), lambda i, v: [i[axis] - v[0]]),
                (x.shape, k.shape),
                (t, u),
            )
            for t in x.sums
            for u in k.sums
        ]
        return self._named(
            what, shape, sums, f"expand_convolve (a := {axis}) {self._given(what, x, k)}", [x, k]
        )

    def _layer(self, what: str, signal: SignalExpr, operator: Conv, x: Part, w: Part) -> Part:
        batch = signal.operands[0].ndim - operator.dimensions - 1
        strides = self._sizes(s.polynomial for s in operator.stride)
        dilations = self._sizes(d.polynomial for d in operator.dilation)
        groups, outputs, channels = self.written(operator.groups.polynomial), *w.shape[:2]
        counts = [
            self.count(s, d, c, n)
            for s, d, c, n in zip(
                strides, dilations, w.shape[2:], x.shape[batch + 1 :], strict=True
            )
        ]
        shape = [*x.shape[:batch], outputs, *counts]
        told = f"(ss := {self.shape_text(strides)}) (ds := {self.shape_text(dilations)})"
        given = f"(b := {batch}) {told}"
        inside = f"(s := {self.shape_text(x.shape)})"

        def place(i: Axes, j: Axes) -> Axes:
            return [
                s * u + d * t
                for s, d, u, t in zip(strides, dilations, i[batch + 1 :], j, strict=True)
            ]

        if groups == Polynomial.constant(1):
            over, skip = w.shape[1:], 0
            where: Callable[[Axes, Axes], list[Condition]] = _no_conditions
            rule = f"expand_conv {given} {inside} isT {self._given(what, w, x)}"
        else:
            each, rest = divided(outputs, groups)
            if rest.terms:
                raise Uncertified(
                    f"the {self.text(outputs)} outputs of {plain(signal)} are not written as a "
                    f"multiple of {self.text(groups)} groups"
                )
            over, skip = [groups, each, *w.shape[1:]], 2

            def where(i: Axes, v: Axes) -> list[Condition]:
                return [(i[batch], v[0] * each + v[1])]

            shapes = f"(c := {self.shape_text(w.shape)}) {inside}"
            equal = f"{self.text(outputs)} = {self._atomic(groups)} * {self._atomic(each)}"
            rule = (
                f"expand_grouped_conv {given} (g := {self.text(groups)}) (r := {self.text(each)}) "
                f"{shapes} isT {self._positive(groups)} {self.shown(equal, outputs, groups, each)} "
                f"{self._given(what, w, x)}"
            )

        def tap(i: Axes, v: Axes) -> Axes:
            return [i[batch], *v[skip:]]

        def at(i: Axes, v: Axes) -> Axes:
            first = v[0] * channels if skip else Polynomial({})
            return [*i[:batch], first + v[skip], *place(i, v[skip + 1 :])]

        sums = [
            sum_of_two(over, where, (tap, at), (w.shape, x.shape), (t, u))
            for t in w.sums
            for u in x.sums
        ]
        return self._named(what, shape, sums, rule, [x, w])

    def _rearranged(self, what: str, signal: SignalExpr, operator: Rearrange, x: Part) -> Part:
        sizes = self._sizes(size.polynomial for size in operator.sizes)
        source, target = (
            [[operator.names.index(name) for name in group] for group in groups]
            for groups in (operator.source, operator.target)
        )
        order = [a for group in target for a in group]
        groups = [[sizes[a] for a in group] for group in target]
        shape = [_product(group) for group in groups]

        def at(i: Axes, v: Axes) -> Axes:
            return [
                joined([sizes[a] for a in group], [v[order.index(a)] for a in group])
                for group in source
            ]

        sums = [
            sum_of_one(
                [size for group in groups for size in group],
                lambda i, v: list(zip(i, all_joined(groups, v), strict=True)),
                at,
                x.shape,
                one,
            )
            for one in x.sums
        ]
        told = (
            f"(sizes' := {self.shape_text([size.polynomial for size in operator.sizes])}) "
            f"(source := {numbers_text(source)}%N) (target := {numbers_text(target)}%N)"
        )
        known = only(self.hypotheses(a for size in sizes for a in size.symbols()))
        rule = f"expand_rearrange {told} (ltac:({known}; nonnegatives)) isT {self._given(what, x)}"
        return self._named(what, shape, sums, rule, [x])

    def _einsum(self, what: str, signal: SignalExpr, operator: Einsum, parts: list[Part]) -> Part:
        if len(parts) > 2:
            raise Uncertified(f"certificates have no rule for {plain(signal)}: three operands")
        letters = list(dict.fromkeys("".join(operator.inputs)))
        written = sizes_of_letters(signal)
        sizes = {letter: self.written(size) for letter, size in written.items()}
        over = [letter for letter in letters if letter not in operator.output]
        order = [*operator.output, *over]

        def at(word: str) -> Callable[[Axes, Axes], Axes]:
            return lambda i, v: [[*i, *v][order.index(letter)] for letter in word]

        run = [sizes[letter] for letter in over]
        shape = [sizes[letter] for letter in operator.output]
        told = (
            f"(sizes' := {self.shape_text([written[letter] for letter in letters])}) "
            f"(output := {numbers_of(operator.output, letters)}%N) "
            f"(over := {numbers_of(over, letters)}%N) "
            f"(f := {numbers_of(operator.inputs[0], letters)}%N)"
        )
        if len(parts) == 1:
            (x,) = parts
            sums = [
                sum_of_one(run, _no_conditions, at(operator.inputs[0]), x.shape, t) for t in x.sums
            ]
            return self._named(
                what, shape, sums, f"expand_einsum_one {told} {self._given(what, x)}", [x]
            )
        x, y = parts
        f, g = operator.inputs
        sums = [
            sum_of_two(run, _no_conditions, (at(f), at(g)), (x.shape, y.shape), (t, u))
            for t in x.sums
            for u in y.sums
        ]
        told += f" (g := {numbers_of(g, letters)}%N)"
        rule = f"expand_einsum_two {told} {self._given(what, x, y)}"
        return self._named(what, shape, sums, rule, parts)

    def _same_shape(self, x: Part, y: Part) -> str:
        about = {a for part in (x, y) for size in part.shape for a in size.symbols()}
        known = only([f"shape_{x.name}", f"shape_{y.name}", *self.relevant(about)])
        way = "equal_sizes"
        if x.shape != y.shape:
            each = " ".join(
                f"apply: equal_lists; [{self.equal(n, m)} |];"
                for n, m in zip(x.shape, y.shape, strict=True)
            )
            way = f"first [{each} reflexivity | equal_sizes]"
        return (
            f"(ltac:({known}; rewrite shape_{x.name} shape_{y.name}; {way}) "
            f": shape {x.name} = shape {y.name})"
        )

    def equal(self, one: Polynomial, other: Polynomial) -> str:
        """The tactic that shows that two sizes are equal."""
        if one == other:
            return "same_integer"
        atoms = {*one.symbols(), *other.symbols()}
        facts, everything = self.facts_about(atoms), self.relevant(atoms)
        amounts = [one, other, *(p for fact in facts for p in (fact.amount, *fact.when))]
        facts += known_facts(a for p in amounts for a in p.every_atom())
        ways = [
            refutation(opposite, facts, everything, self.positive, self.text)
            for opposite in (other - one - 1, one - other - 1)
        ]
        return f"(apply: not_apart => opposite; [{ways[0]} | {ways[1]}])"

    def _formula(
        self, node: Node, signal: SignalExpr, operator: Formula, operands: Mapping[str, Part]
    ) -> Part:
        """A formula, after the parts that it is made of."""
        match node:
            case Term():
                texts = {name: part.name for name, part in operands.items()}
                text = TermText(node, len(operator.sizes), texts, self.names)
                what = text.tensor(self._sizes(size.polynomial for size in operator.sizes))
                make = partial(self._term, what, node, text, operator, operands)
            case Scaled(number, of):
                x = self._formula(of, signal, operator, operands)
                what = f"scale {scalar_text(number)} {x.name}"
                make = partial(self._scaled, what, x)
            case Cases(expression, indices, in_cases):
                texts = {name: part.name for name, part in operands.items()}
                sizes = [size.polynomial for size in operator.sizes]
                what = CasesText(expression, indices, texts, self.names).tensor(sizes)
                if what not in self.known:
                    whole = node_text(in_cases, sizes, texts, self.names)
                    self.lines.append(f"rewrite (_ : {what} = {whole}); last by clear; in_cases.")
                    self.known[what] = self._formula(in_cases, signal, operator, operands)
                return self.known[what]
            case Combined(word, one, other):
                x, y = (self._formula(part, signal, operator, operands) for part in (one, other))
                what = f"{word} {x.name} {y.name}"
                make = partial(self._added if word == "add" else self._multiplied, what, x, y)
        if what not in self.known:
            self.known[what] = make()
        return self.known[what]

    def _term(
        self,
        what: str,
        term: Term,
        text: TermText,
        operator: Formula,
        operands: Mapping[str, Part],
    ) -> Part:
        shape = self._sizes(size.polynomial for size in operator.sizes)

        def put(polynomial: Polynomial, i: Axes, v: Axes) -> Polynomial:
            values: dict[Atom, Polynomial] = dict(enumerate([*i, *v]))
            return polynomial.substitute(values)

        def where(i: Axes, v: Axes) -> list[Condition]:
            return [
                AtMost(put(c.one, i, v), put(c.other, i, v))
                if isinstance(c, AtMost)
                else (put(c[0], i, v), put(c[1], i, v))
                for c in term.conditions
            ]

        def at(number: int) -> Callable[[Axes, Axes], Axes]:
            return lambda i, v: [put(p, i, v) for p in term.entries[number][1]]

        q, over = scalar_text(term.number), list(term.sizes)
        parts = [operands[name] for name, _ in term.entries]
        cs = f"(fun i v => {text.conditions()})"
        if not parts and not over:
            if term.number == 0:
                return self._told(what, shape, [], "expand_zero (erefl _)", "[::]")
            sums = [known(lambda i: where(i, []), q)]
            if not term.conditions:
                return self._known(what, shape, sums, "expand_constant", "(fun=> [::])", q)
            cs = f"(fun i => {text.conditions()})"
            return self._known(what, shape, sums, "expand_cases", cs, q)
        if not parts:
            sums = [Sum(over, where, lambda i, v: [], (q,))]
            rule = f"expand_number (e := {text.box()}) (c := {cs}) (q := {q})"
            return self._cast(what, shape, sums, rule, parts)
        places = [f"(fun i v => {text.index(n)})" for n in range(len(parts))]
        if len(parts) == 2:
            x, y = parts
            sums = [
                sum_of_two(over, where, (at(0), at(1)), (x.shape, y.shape), (t, u))
                for t in x.sums
                for u in y.sums
            ]
            rule = (
                f"expand_two_entries (e := {text.box()}) (c := {cs}) (f := {places[0]}) "
                f"(g := {places[1]}) {self._given(what, x, y)}"
            )
            return self._cast(what, shape, sums, rule, parts)
        (x,) = parts
        if not over and not term.conditions:
            sums = [moved(lambda i: at(0)(i, []), x.shape, t) for t in x.sums]
            rule = f"expand_entries (f := fun i => {text.index(0)}) {self._given(what, x)}"
            return self._cast(what, shape, sums, rule, parts)
        sums = [sum_of_one(over, where, at(0), x.shape, t) for t in x.sums]
        rule = (
            f"expand_one_entry (e := {text.box()}) (c := {cs}) (f := {places[0]}) "
            f"{self._given(what, x)}"
        )
        return self._cast(what, shape, sums, rule, parts)

    def _cast(
        self, what: str, shape: Axes, sums: list[Sum], rule: str, operands: Sequence[Part]
    ) -> Part:
        """A part whose rule says the same of it in other words."""
        part = self._named(what, shape, sums, rule, operands)
        self.lines[-1] = (
            f"pose proof ({rule} : expands (R := R) ({what}) _) as sum_{part.name}; "
            f"rewrite {part.name}_is in sum_{part.name}."
        )
        return part

    def _added(self, what: str, x: Part, y: Part) -> Part:
        rule = f"expand_sum {self._same_shape(x, y)} sum_{x.name} sum_{y.name}"
        return self._named(what, x.shape, [*x.sums, *y.sums], rule, [x, y])

    def _multiplied(self, what: str, x: Part, y: Part) -> Part:
        def same(i: Axes, v: Axes) -> Axes:
            return i

        sums = [
            sum_of_two([], _no_conditions, (same, same), (x.shape, y.shape), (t, u))
            for t in x.sums
            for u in y.sums
        ]
        return self._named(
            what, x.shape, sums, f"expand_multiply {self._given(what, x, y)}", [x, y]
        )

    def _scaled(self, what: str, x: Part) -> Part:
        q = what.removeprefix("scale ").rpartition(" ")[0]
        sums = [Sum(t.sizes, t.conditions, t.factors, (q, *t.scalars)) for t in x.sums]
        return self._named(what, x.shape, sums, f"expand_scale (q := {q}) sum_{x.name}", [x])


def _equal_to(place: Axes, i: Axes) -> list[Condition]:
    return list(zip(i, place, strict=True))


def _no_conditions(i: Axes, v: Axes) -> list[Condition]:
    return []


def _along(axis: int, change: Callable[[Polynomial], Polynomial], index: Axes) -> Axes:
    return [*index[:axis], change(index[axis]), *index[axis + 1 :]]


def _product(sizes: Axes) -> Polynomial:
    result = Polynomial.constant(1)
    for size in sizes:
        result = result * size
    return result

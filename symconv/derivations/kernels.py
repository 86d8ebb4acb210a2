"""The derivation of a kernel that was found: definitions, substitution, a change of indices.

It is the chain that one would write by hand.  For two layers of stride 2 it begins with
Σ_i k[i]·a[2u + i], puts in what a[v] is, exchanges the sums, puts t = 2i + j, and reads off
K[t] = Σ_i k[i]·k[t − 2i], which stands in front of the input.  It rests on no trust in how it was
made: every step is decided as any step of a derivation is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

from sympy import Add, Dummy, Expr, Indexed, Mul, Piecewise, Rational, Sum, Symbol, floor

from symconv.arithmetic.polynomials import Relation
from symconv.arithmetic.such_that import such_that
from symconv.arithmetic.terms import GuardedSum, Term
from symconv.arithmetic.to_sympy import (
    letters,
    output_letters,
    polynomial_expression,
    terms_expression,
)
from symconv.decision.claims import Claim
from symconv.decision.solving.kernels.elimination import Elimination
from symconv.decision.solving.kernels.reading_off import Pair, pairs
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.verdicts import Proved
from symconv.derivations.indices import one_or_all, within_shape
from symconv.derivations.steps import Audit, Derivation
from symconv.errors import SymconvError
from symconv.language.any_size import guarded_sum
from symconv.language.graph import symbols_in, walk
from symconv.language.notation import plain
from symconv.language.operators.formula import Formula
from symconv.language.signals import Applied, SignalExpr, Tensor, replaced

__all__ = ["derivation_of"]


def derivation_of(found: Solution) -> Derivation:
    """The derivation of what was found, each step of which is proved for all sizes.

    It begins with an output of the left side, by the definition of its last layer, and ends
    with that of the right side.  A step in between that is not proved is left out.

    Raises:
        SymconvError: nothing was found, or its last steps were not proved.
    """
    if not isinstance(found.verdict, Proved):
        listed = " and ".join(found.problem.unknowns)
        raise SymconvError(f"there is no derivation: {listed} was not found, {found.verdict}")
    try:
        return _proved(_Chain(found))
    except _NotProvedError:
        raise
    except SymconvError:  # without names for what layers inside make
        return _proved(_Chain(found, named=False))


class _NotProvedError(SymconvError):
    """A step that is needed was not proved."""

    def __init__(self, audit: Audit) -> None:
        self.is_wrong = audit.first_wrong is not None
        open_ = (s for s in audit if not (isinstance(s.verdict, Proved) and s.verdict.is_complete))
        step = next(open_)
        super().__init__(
            f"no derivation was made of it: the step to {plain(step.formula)}, by "
            f"“{step.because}”, is {step.verdict}"
        )


def _proved(made: _Chain) -> Derivation:
    try:
        return _with_steps(made)
    except _NotProvedError as error:
        if not error.is_wrong:
            raise
    # Beyond the ends of an unknown, its formula need not be 0.
    made.bare = False
    return _with_steps(made)


def _with_steps(made: _Chain) -> Derivation:
    """The derivation with all steps that are proved.

    Raises:
        _NotProvedError: one that is needed is not.
    """
    steps = made.steps()
    while True:
        derivation = made.derivation(steps)
        audit = derivation.audit()
        if audit:
            return derivation
        # Those after a step that is left out are decided against another one.
        kept = [
            one
            for one, step in zip(steps, audit, strict=True)
            if one.is_needed
            or one.is_last
            or (isinstance(step.verdict, Proved) and step.verdict.is_complete)
        ]
        if len(kept) == len(steps):
            kept = [one for one in steps if one.is_last or not one.is_needed]
            if audit.first_wrong or len(kept) == len(steps) or not made.is_read_off:
                raise _NotProvedError(audit)
        steps = kept


@dataclass(frozen=True)
class _Written:
    """A step as it will be stated."""

    formula: Expr | SignalExpr
    because: str
    sums: Sequence[Symbol] = ()
    is_needed: bool = False
    is_last: bool = False


class _Chain:
    """The steps for a solution."""

    def __init__(self, found: Solution, *, named: bool = True) -> None:
        self.problem = found.problem
        # A kernel that is not recognised in all its parts is told by its formula.
        self.kernels = {
            name: found.formulas[name] if _has_formula(kernel) else kernel
            for name, kernel in found.kernels.items()
        }
        self.formulas = found.formulas
        self.bare = True
        self.brackets = {name: _formula(kernel) for name, kernel in found.formulas.items()}
        self.taken = {
            *self.problem.symbols,
            *self.problem.named,
            *self.problem.unknowns,
        }
        self.index = output_letters(self.problem.lhs.ndim, self.taken)
        self.taken |= {u.name for u in self.index}
        self.start, self.inner = self._layers() if named else (self.problem.lhs, {})

    def derivation(self, steps: Sequence[_Written]) -> Derivation:
        """The derivation with these steps."""
        unknowns = self.problem.unknowns
        made = Derivation(
            self.start,
            index=one_or_all(self.index),
            given=self.problem.given,
            introduced=self.problem.named.values(),
            defined={**self.inner, **{unknowns[n]: k for n, k in self.kernels.items()}},
        )
        for step in steps:
            made.step(step.formula, because=step.because, sums=step.sums)
        return made

    @cached_property
    def is_read_off(self) -> bool:
        """Whether the unknowns are what their formulas say, without what stands around them."""
        verdicts = [Claim(k, self.formulas[n]).prove() for n, k in self.kernels.items()]
        return all(isinstance(verdict, Proved) and verdict.is_complete for verdict in verdicts)

    def steps(self) -> list[_Written]:
        """All steps, of which some may not be proved, without those that say the same again."""
        found: list[_Written] = []
        before = plain(self.start.formula(*self.index))
        for step in self._all_steps():
            if plain(step.formula) != before:
                found.append(step)
                before = plain(step.formula)
        return found

    def _all_steps(self) -> Iterator[_Written]:
        formula = self.start.formula(*self.index)
        for name, meaning in reversed(self.inner.items()):
            formula = _put_in(formula, name.name, meaning)
            yield _Written(formula, f"the definition of {name.name}")
        known = [_Term(self, term) for term in guarded_sum(self.problem.lhs).terms]
        yield _Written(Add(*(term.written() for term in known)), "all in one sum")
        changes = self._changes(known)
        for term in known:
            term.put_first([k for change in changes if change.known is term for k in change.gone])
        yield _Written(Add(*(term.written() for term in known)), "the sums are exchanged")
        unknown = self._unknown_terms(changes)
        gathered = Add(*(self._with_brackets(term, changes) for term in unknown))
        flat = _in_one_sum(gathered)
        told = dict.fromkeys(filter(None, (", ".join(change.told()) for change in changes)))
        read = Add(*(term.written() for term in known)).atoms(Indexed)
        otherwise = (
            "the sums run over entries that are 0, too"
            if flat.atoms(Indexed) <= read
            else "the inner index is counted from another entry"
        )
        because = "; ".join(told) or otherwise
        if plain(flat) != plain(gathered):
            yield _Written(flat, because)
            because = "what the inner sum does not change is taken out of it"
        yield _Written(gathered, because, is_needed=True)  # what is read off stands in it
        sums = max(([*term.symbols.values()] for term in unknown), key=len)
        because = f"reading off {self._read_off(unknown, changes)}"
        yield _Written(self.problem.rhs, because, sums, is_last=True)

    def shape(self, name: str) -> tuple[Expr, ...]:
        """The sizes of a named tensor as they are written."""
        tensors = {**self.problem.named, **self.problem.unknowns}
        return tensors[name].written_shape

    # --- the left side ---

    def _layers(self) -> tuple[SignalExpr, dict[Tensor, SignalExpr]]:
        """The left side with names for what layers inside make, and the meanings of these."""
        lhs, inputs = self.problem.lhs, self.problem.inputs
        nodes = [node for node in walk(lhs) if node.names[0].keys() & inputs]
        summing = [node for node in nodes if node.operands and _is_sum(node)]
        below = {one for node in summing for one in walk(node) if one is not node}
        unused = letters("abefg", self.taken)
        named: dict[SignalExpr, Tensor] = {}
        meanings: dict[Tensor, SignalExpr] = {}
        for node in walk(lhs):
            if node in below and any(node is one for one in summing):
                tensor = Tensor(next(unused).name, node.shape)
                meanings[tensor] = _named(node, named)
                named[node] = tensor
                self.taken.add(tensor.name)
        return _named(lhs, named), meanings

    # --- the change of indices ---

    def _changes(self, known: Sequence[_Term]) -> list[_Change]:
        """The changes of indices, from each term of the left side to one of the right side."""
        found: list[_Change] = []
        matched: list[_Term] = []
        for name, terms in self.problem.terms.items():
            for term in terms:
                unknown = _Term(self, term)
                left, right = self.problem.left, self.problem.right
                for one in known:
                    if any(one is other for other in matched):
                        continue
                    alone = GuardedSum((one.term,), left.shape, left.shapes)
                    inputs, unseen = self.problem.inputs, self.problem.unseen
                    for pair in pairs(alone, term, right, name, inputs, unseen):
                        found.append(_Change(self, one, unknown, pair))
                        matched.append(one)
        return found

    # --- the right side ---

    def _unknown_terms(self, changes: Sequence[_Change]) -> list[_Term]:
        """The terms of the right side, with symbols for their indices."""
        found = []
        for term in self.problem.right.terms:
            mine = [change for change in changes if change.unknown.term is term]
            unknown = mine[0].unknown if mine else _Term(self, term)
            brackets = self._brackets_in(unknown, changes).values()
            bound = {s.name for one in brackets for s in _bound(one.expression)}
            unknown.name([change.plain for change in mine], bound)
            for change in mine:
                change.unknown = unknown
            found.append(unknown)
        return found

    def _brackets_in(self, unknown: _Term, changes: Sequence[_Change]) -> dict[str, Formula]:
        """The formulas of the unknowns; of one sum, with the indices of the other side."""
        mine = [change for change in changes if change.unknown.term is unknown.term]
        brackets = dict(self.brackets)
        if len(mine) == 1:
            name = mine[0].pair.unknown.name
            brackets[name] = _with_indices(brackets[name], mine[0].kept)
        return brackets

    def _with_brackets(self, unknown: _Term, changes: Sequence[_Change]) -> Expr:
        """A term of the right side with the formulas of the unknowns in their places."""
        formula = unknown.written()
        for name, bracket in self._brackets_in(unknown, changes).items():
            formula = _with_entries(formula, name, partial(self._bracket, bracket))
        return formula

    def _bracket(self, bracket: Formula, entry: Indexed) -> Expr:
        """What an unknown is at the position of an entry; 0 beyond its ends, unless it is bare."""
        value = _inside(bracket, entry)
        if self.bare:
            return value
        sizes = self.shape(str(entry.base.label))
        return such_that(value, within_shape(entry.indices, sizes))

    def _read_off(self, terms: Sequence[_Term], changes: Sequence[_Change]) -> str:
        """What each unknown is, at the place where it stands, if its indices are plain there."""
        told = []
        for name, bracket in self.brackets.items():
            entry = self.problem.unknowns[name][bracket.indices]
            value = bracket.expression
            for term in terms:
                placed = [e for e in term.written().atoms(Indexed) if str(e.base.label) == name]
                if placed and len({*placed[0].indices}) == sum(
                    isinstance(one, Symbol) for one in placed[0].indices
                ):
                    entry = placed[0]
                    value = _inside(self._brackets_in(term, changes)[name], entry)
                    break
            told.append(f"{plain(entry)} = {plain(value)}")
        return " and ".join(told)


class _Term:
    """A term of one side with symbols for its indices."""

    def __init__(self, within: _Chain, term: Term) -> None:
        self.within = within
        self.term = term
        numbers = [i.number for i in term.indices]
        self.symbols = dict(zip(numbers, letters("ijmtpqrs", within.taken), strict=False))
        self.order = numbers

    def put_first(self, first: Sequence[int]) -> None:
        """Sum over some indices last, where no range depends on these."""
        others = [number for number in self.order if number not in first]
        order = [*(number for number in self.order if number in first), *others]
        for place, number in enumerate(order):
            index = next(i for i in self.term.indices if i.number == number)
            if any(end.mentions(n) for n in order[place:] for end in (index.lower, index.upper)):
                return
        self.order = order

    def name(self, plain_: Sequence[Mapping[int, Symbol]], taken: Collection[str]) -> None:
        """Name the indices: by those of the other side that they are, and by new letters."""
        used = {s.name for known in plain_ for s in known.values()} | set(taken)
        symbols: dict[int, Symbol] = {}
        for number in self.order:
            same = {known.get(number) for known in plain_}
            one = same.pop() if len(same) == 1 else None
            if one is not None and one.name not in taken and one not in symbols.values():
                symbols[number] = one
        new = [number for number in self.order if number not in symbols]
        unused = list(islice(letters("tsrvwz", {*self.within.taken, *used}), len(new)))
        symbols.update(zip(new, sorted(unused, key=lambda s: s.name), strict=True))
        self.symbols = symbols

    def written(self) -> Expr:
        """The term as a formula."""
        problem = self.within.problem
        by_number = {i.number: i for i in self.term.indices}
        ordered = replace(self.term, indices=tuple(by_number[n] for n in self.order))
        shapes = {f.name: self.within.shape(f.name) for f in self.term.factors}
        indices = {**dict(enumerate(self.within.index)), **self.symbols}
        return terms_expression([ordered], shapes, problem.symbols, indices)


class _Change:
    """A change of indices from a term of the left side to one of the right side."""

    def __init__(self, within: _Chain, known: _Term, unknown: _Term, pair: Pair) -> None:
        self.within, self.known, self.unknown, self.pair = within, known, unknown, pair
        positive = within.problem.positive
        mine = [i.number for i in pair.known.indices]
        of = dict(zip(mine, (i.number for i in known.term.indices), strict=True))
        own = [g.polynomial for g in pair.guards if g.relation is Relation.ZERO]
        order = [*reversed(pair.between), *reversed(mine), *pair.outputs]
        found = Elimination([*pair.at, *pair.same, *own], order, positive)
        self.gone = [of[number] for number in mine if number in found.values]
        self.kept = [known.symbols[of[number]] for number in mine if number not in found.values]
        symbols: dict[Any, Symbol] = {**within.problem.symbols}
        symbols |= {number: known.symbols[of[number]] for number in mine}
        symbols |= dict(zip(pair.outputs, within.index, strict=True))
        forward = Elimination([*pair.same, *own], [*reversed(pair.between)], positive).values
        numbers = [i.number for i in unknown.term.indices]
        self.values: dict[int, Expr] = {
            number: polynomial_expression(forward[theirs], symbols)
            for number, theirs in zip(numbers, pair.between, strict=True)
            if theirs in forward and forward[theirs].indices() <= symbols.keys()
        }
        letters_ = set(known.symbols.values())
        self.plain = {n: value for n, value in self.values.items() if value in letters_}

    def told(self) -> Iterator[str]:
        """The change in words: t = 2i + j."""
        for number, value in self.values.items():
            symbol = self.unknown.symbols[number]
            if number not in self.plain:
                yield f"{plain(symbol)} = {plain(value)}"


# --- formulas ------------------------------------------------------------------------


def _is_sum(node: SignalExpr) -> bool:
    """Whether an entry is a sum of entries of the operands."""
    operands = [
        Tensor(f"operand_{i}", operand.shape) if operand.ndim else operand
        for i, operand in enumerate(node.operands)
    ]
    alone = Applied(node.operator, operands)
    return bool(alone.formula(*output_letters(alone.ndim, symbols_in(alone))).has(Sum))


def _named(node: SignalExpr, named: Mapping[SignalExpr, Tensor]) -> SignalExpr:
    return replaced(node, lambda one: named.get(one))


def _has_formula(kernel: SignalExpr) -> bool:
    return any(isinstance(node.operator, Formula) for node in walk(kernel))


def _formula(kernel: SignalExpr) -> Formula:
    assert isinstance(kernel.operator, Formula)
    return kernel.operator


def _inside(bracket: Formula, entry: Indexed) -> Expr:
    """What a formula says at the position of an entry, as a person writes it within a sum."""
    formula = _such_that(bracket.expression)
    used = {symbol for position in entry.indices for symbol in position.free_symbols}
    own = dict.fromkeys(_bound(formula))
    taken = {symbol.name for symbol in {*used, *own, *formula.atoms(Symbol)}}
    new = letters("ijmpq", taken)
    formula = formula.xreplace({old: next(new) for old in own if old in used})
    return formula.xreplace(dict(zip(bracket.indices, entry.indices, strict=True)))


def _such_that(formula: Expr) -> Expr:
    """A formula without `Piecewise`, which SymPy would move out of sums."""
    if isinstance(formula, Add):
        return Add(*map(_such_that, formula.args))
    if isinstance(formula, Piecewise) and len(formula.args) == 2:
        (value, condition), (otherwise, _) = formula.args
        if otherwise == 0:
            return such_that(value, condition)
    return formula


def _put_in(formula: Expr, name: str, meaning: SignalExpr) -> Expr:
    """A formula with the entries of a tensor as they are inside it."""

    def entry(of: Indexed) -> Expr:
        # Where a position is a fraction, a condition in the formula says that it is an integer.
        whole = {p: p if _is_polynomial(p) else floor(p) for p in of.indices}
        written: Expr = meaning.formula(*(whole[p] for p in of.indices))
        return written.xreplace({rounded: p for p, rounded in whole.items() if rounded != p})

    return _with_entries(formula, name, entry)


def _is_polynomial(position: Expr) -> bool:
    """Whether nothing is divided in it."""
    return all(number.is_Integer for number in position.atoms(Rational))


def _with_entries(formula: Expr, name: str, instead: Callable[[Indexed], Expr]) -> Expr:
    entries = [e for e in formula.atoms(Indexed) if str(e.base.label) == name]
    return formula.xreplace({entry: instead(entry) for entry in entries})


def _bound(formula: Expr) -> list[Symbol]:
    """The indices that are summed over, the outermost first."""
    return [s for one in formula.atoms(Sum) for s, *_ in reversed(one.limits)]


def _with_indices(bracket: Formula, indices: Sequence[Symbol]) -> Formula:
    """A formula that is one sum, with other indices."""
    own = _bound(bracket.expression)
    if len(own) != len(indices) or set(own) == set(indices):
        return bracket
    fresh = {old: Dummy(old.name, integer=True) for old in (*own, *bracket.indices)}
    there = dict(zip([fresh[old] for old in own], indices, strict=True))
    return replace(
        bracket,
        indices=tuple(fresh[old] for old in bracket.indices),
        expression=bracket.expression.xreplace(fresh).xreplace(there),
    )


def _in_one_sum(formula: Expr) -> Expr:
    """A formula where a sum within a sum is one sum with it."""
    return Add(*(_flat(part) for part in Add.make_args(formula)))


def _flat(part: Expr) -> Expr:
    if not isinstance(part, Sum):
        return part
    factors = Mul.make_args(part.function)
    sums = [factor for factor in factors if isinstance(factor, Sum)]
    if len(sums) != 1:
        return part
    (inner,) = sums
    rest = Mul(*(factor for factor in factors if factor is not inner))
    return Sum(inner.function * rest, *inner.limits, *part.limits)

"""Derivations: chains of index formulas, each decided against the one before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import sympy
from sympy import Add, Basic, Dummy, Expr, Indexed, IndexedBase, Integer, Max, Sum, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import DECISION_OPERATIONS, REPAIR_SHARE
from symconv.arithmetic.such_that import such_that
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.first_differences import first_difference
from symconv.decision.prove import prove
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown
from symconv.derivations.finite_sums import InfiniteSumError, made_finite
from symconv.derivations.indices import for_each_axis, indices_argument, one_or_all, within_shape
from symconv.derivations.repairs import Repair, repair
from symconv.errors import SymconvError, Undecided, VacuousError, as_given
from symconv.language.assignments import allows
from symconv.language.fixed_size import shape_at
from symconv.language.graph import leaves, requirements, symbols_in
from symconv.language.length_symbols import spelled_out
from symconv.language.signals import Signal, SignalExpr, Tensor, put_in

__all__ = ["Audit", "Derivation", "IllFormed", "Step", "such_that"]


@dataclass(frozen=True, slots=True)
class IllFormed:
    """A formula that says nothing, because a variable in it stands for nothing.

    Attributes:
        name: the variable.
        reason: what is wrong with it.
    """

    name: str
    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"ill-formed: {self.reason}"


StepVerdict: TypeAlias = Proved | Refuted | Unknown | IllFormed


@dataclass(frozen=True)
class Step:
    """A step of a derivation, decided.

    Attributes:
        number: from 1 on; 0 is the formula that the derivation starts with.
        formula: what the step claims to be equal to the formula before it.
        because: the reason that was given.
        verdict: `Proved`, `Refuted`, `Unknown` or `IllFormed`.  Where it is refuted, the
            counterexample's `index` is the value of the derivation's index (a tuple where
            there are several axes), and its `lhs` and `rhs` are the values of the formula
            before and of this one.  Where two signals have different numbers of outputs,
            `lhs` and `rhs` are these numbers, or the shapes of several axes, and `index` is
            None.
        against: the number of the formula that it was compared with: the last one before
            it that is not ill-formed.
        indices: the index of the derivation, one symbol for each axis.
        claim: the claim that was decided; the indices that occur are among its symbols.
        is_right: decides whether another formula would have been right in its place, with a
            small part of the work that a step may take; None where that is not enough.
        where: for which indices the step is claimed; of the outputs, where the derivation
            speaks of these.
        signals: those of the two formulas that were given as signals.
    """

    number: int
    formula: Expr
    because: str
    verdict: StepVerdict
    against: int
    indices: tuple[Symbol, ...] = field(repr=False)
    where: Boolean = field(default=sympy.true, repr=False)
    claim: Claim | None = field(default=None, repr=False)
    is_right: Callable[[Expr], bool | None] | None = field(default=None, repr=False)
    signals: tuple[SignalExpr, ...] = field(default=(), repr=False)

    @cached_property
    def repair(self) -> Repair | None:
        """For a refuted step: a formula near this one that would have been right, if found."""
        if self.is_right is None or not isinstance(self.verdict, Refuted):
            return None
        if self.verdict.counterexample.index is None:  # it is the number of outputs
            return None
        return repair(self.formula, self.indices, self.is_right)

    @cached_property
    def holds_where(self) -> Boolean | None:
        """For a refuted step: exactly the lengths and indices at which it holds after all.

        None if that is undecided, or for other verdicts.
        """
        if self.claim is None or not isinstance(self.verdict, Refuted):
            return None
        try:
            return self.claim.condition()
        except Undecided:
            return None

    @cached_property
    def difference(self) -> Expr | None:
        """For a refuted step: this formula minus the one before, at the counterexample.

        Its negative terms are missing in this formula, its positive ones are surplus.
        None for numbers of outputs, or for other verdicts.
        """
        if self.claim is None or not isinstance(self.verdict, Refuted):
            return None
        found = self.verdict.counterexample
        if found.index is None:
            return None
        at = _point(self.claim, self.indices, found)
        return -sympy.expand(self.claim.at(**at).difference[0])


class _Stated(NamedTuple):
    """A formula that a derivation states.

    Attributes:
        formula: the formula.
        signal: the signal whose entry it is, where it was given as a signal.
        shape: which outputs there are, by the last signal that was stated.
        sums: what the indices that a signal's formula sums over are called.
    """

    formula: Expr
    signal: SignalExpr | None = None
    shape: tuple[Expr, ...] | None = None
    sums: tuple[Symbol, ...] = ()


class Derivation:
    """A chain of formulas, each claimed to be equal to the one before it.

    A formula is a SymPy expression in the entries of signals, such as
    Sum(k[j] * x[2*u + j], (j, 0, c - 1)), for one entry with the index u; a tensor has an index
    for each axis, as in x[m, u, v].  Signals are zero outside their range.  A sum may be over a
    range, whose ends need not be integers, or over all integers (from -oo to oo), and with a
    condition on its index:
    Sum(such_that(x[m], Eq(Mod(m, 2), 0)), (m, -oo, oo)).

    A derivation that starts with a formula speaks of every integer u.  One that starts with
    a signal speaks of its outputs, 0 ≤ u < length, and so along each axis: what a formula
    gives elsewhere does not count.  A step that is a signal, too, must then have as many
    outputs.

    Args:
        start: the formula that the derivation begins with; a signal stands for its entry
            at the index.
        index: the index u; for several axes a tuple of symbols, one for each axis.
        where: a condition on the indices (and the lengths), under which alone the steps are
            claimed; of a signal's outputs, those that satisfy it.
        outside: whether a derivation that starts with a signal speaks of every integer u
            all the same.  A signal is zero outside of its outputs.
        given: hypotheses on the lengths, or on taps, as for a claim.
        introduced: signals and symbols that steps may use although neither the start nor
            the hypotheses have them.
        defined: names for tensors, which the start and the steps may use: named tensors, each
            with what it stands for, in which those before it may stand.

    Attributes:
        indices: the index, one symbol for each axis.
        shape: how many outputs the derivation speaks of along each axis (none where one is
            negative); None where it speaks of every integer u.
        outside: whether it starts with a signal and speaks of every integer u.
        defined: what each defined name stands for.

    Raises:
        SymconvError: the start cannot be read, has a sum with infinitely many terms, or is a
            signal that need not be defined, or one of another number of axes than there are
            indices; or the hypotheses cannot hold.  What a formula says never raises in a step:
            ill-formed is a verdict.

    >>> from sympy import Sum, oo
    >>> from symconv import integers
    >>> n, c = integers("n c", positive=True)
    >>> u, i, m = integers("u i m")
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> derivation = Derivation(x.convolve(k), index=u)
    >>> derivation.step(Sum(x[m] * k[u - m], (m, -oo, oo)), because="definition")
    <derivation with 1 step>
    >>> derivation.step(Sum(x[u - i] * k[i], (i, 0, c - 1)), because="i = u - m")
    <derivation with 2 steps>
    >>> derivation.step(Sum(x[u + i] * k[i], (i, 0, c - 1)), because="the kernel is flipped")
    <derivation with 3 steps>
    >>> for step in derivation.audit():
    ...     print(step.number, step.verdict.__class__.__name__, "-", step.because)
    1 Proved - definition
    2 Proved - i = u - m
    3 Refuted - the kernel is flipped

    A layer has outputs only where its kernel fits into its input, and its formula may go on:

    >>> layer = x.correlate(k)
    >>> formula = Sum(k[i] * x[u + i], (i, 0, c - 1))
    >>> print(Derivation(layer, index=u).step(formula).audit())
    For every output, 0 ≤ u < n + 1 − c:
    (0)   Σ_{0 ≤ i ≤ c − 1} k[i]·x[i + u]
    (1) = Σ_{0 ≤ i ≤ c − 1} k[i]·x[i + u]
          Right: proved for all lengths.
    Every step is right.
    >>> bool(Derivation(layer, index=u, outside=True).step(formula).audit())
    False

    A tensor has an index for each axis.  Two layers in a row, with channels that are summed over,
    are one layer, whose kernel is a sum:

    >>> from symconv import Tensor
    >>> A, B, C, H, W, P, Q, R, S = integers("A B C H W P Q R S", positive=True)
    >>> o, v, b, a, p, q, i, j, s, t = integers("o v b a p q i j s t")
    >>> x = Tensor("x", (A, H, W))
    >>> f, g = Tensor("f", (B, A, P, Q)), Tensor("g", (C, B, R, S))
    >>> merged = Derivation(x.conv(f, stride=2).conv(g, stride=2), index=(o, u, v))
    >>> first, second = [(a, 0, A - 1), (i, 0, P - 1), (j, 0, Q - 1)], [(b, 0, B - 1)]
    >>> second += [(p, 0, R - 1), (q, 0, S - 1)]
    >>> term = f[b, a, i, j] * x[a, 2 * (2*u + p) + i, 2 * (2*v + q) + j]
    >>> _ = merged.step(Sum(g[o, b, p, q] * Sum(term, *first), *second), "both definitions")
    >>> _ = merged.step(Sum(g[o, b, p, q] * term, *second, *first), "sums are exchanged")
    >>> kernel = g[o, b, p, q] * f[b, a, s - 2*p, t - 2*q]
    >>> every = [(a, -oo, oo), (s, -oo, oo), (t, -oo, oo)]
    >>> _ = merged.step(Sum(Sum(kernel, *second) * x[a, 4*u + s, 4*v + t], *every), "s = 2p + i")
    >>> wrong = Sum(Sum(kernel, *second) * x[a, 4*u + s, 2*v + t], *every)
    >>> audit = merged.step(wrong, "one stride is forgotten").audit()
    >>> [bool(step.verdict) for step in audit]
    [True, True, True, False]
    >>> audit[-1].verdict.counterexample.index
    (0, 0, 1)
    >>> audit[-1].repair.change
    '2v in place of v'

    What a layer inside makes may have a name, and a step may put its formula in:

    >>> x, k = Signal("x", n), Signal("k", c)
    >>> inner = x.correlate(k, stride=2)
    >>> a = Signal("a", inner.length)
    >>> y = Derivation(a.correlate(k, stride=2), index=u, defined={a: inner})
    >>> y.start
    Sum(a[i + 2*u]*k[i], (i, 0, c - 1))
    >>> layer = Sum(k[j] * x[2*(2*u + i) + j], (j, 0, c - 1))
    >>> bool(y.step(Sum(k[i] * layer, (i, 0, c - 1)), because="definition of a").audit())
    True
    """

    def __init__(
        self,
        start: Expr | SignalExpr,
        *,
        index: Symbol | tuple[Symbol, ...],
        where: Boolean | bool = True,
        outside: bool = False,
        given: Iterable[Hypothesis] | Hypothesis = (),
        introduced: Iterable[Symbol | SignalExpr] = (),
        defined: Mapping[Tensor, SignalExpr] | Mapping[Signal, SignalExpr] | None = None,
    ) -> None:
        self.indices = indices_argument(index)
        self.defined = _definitions({} if defined is None else defined)
        if not isinstance(outside, bool):
            raise SymconvError(f"outside= must be True or False, got {as_given(outside)}")
        self._start = self._stated(start)
        self.shape: tuple[Expr, ...] | None = None
        self.outside = outside and self._start.signal is not None
        if self._start.signal is not None and not outside:
            sizes = map(spelled_out, self._start.signal.shape)
            self.shape = tuple(map(_without_bound, sizes))
            # Where only outputs are spoken of, the formula need not say where they are.
            self._start = self._start._replace(formula=self._start.signal.formula(*self.indices))
        self.start = self._start.formula
        self.where = _condition(where)
        one_alone = isinstance(given, Boolean | bool | Claim)
        self.given = (given,) if one_alone else _several(given, "given")
        self.introduced = (*_several(introduced, "introduced"), *self.defined.values())
        for one in self.introduced:
            if not isinstance(one, Symbol | SignalExpr):
                raise SymconvError(f"introduced= may hold signals and symbols, got {as_given(one)}")
        self._steps: list[tuple[_Stated, str, Boolean]] = []
        self._claim(self._start, self._start, self.where)

    @property
    def index(self) -> Symbol:
        """The index, of one axis."""
        (index,) = self.indices
        return index

    @property
    def length(self) -> Expr | None:
        """How many outputs the derivation speaks of, of one axis; see `shape`."""
        return None if self.shape is None else self.shape[0]

    @property
    def outputs(self) -> Boolean:
        """The condition that the index is an output; true for a derivation of every index."""
        return sympy.true if self.shape is None else within_shape(self.indices, self.shape)

    @property
    def signals(self) -> tuple[SignalExpr, ...]:
        """The start and the steps that are signals."""
        stated = (self._start, *(step for step, _, _ in self._steps))
        return tuple(one.signal for one in stated if one.signal is not None)

    def step(
        self,
        formula: Expr | SignalExpr,
        because: str = "",
        *,
        where: Boolean | bool | None = None,
        sums: Sequence[Symbol] = (),
    ) -> Derivation:
        """Add a step; nothing is decided yet.

        Args:
            formula: what the formula before it is claimed to be equal to.
            because: the reason that is given.
            where: for which indices, where that is not what the derivation says; of a
                signal's outputs, for which of them.
            sums: where it is a signal, what its formula shall call the indices that it sums over,
                the outermost first; the others are called as `SignalExpr.formula` calls them.
        """
        if not isinstance(because, str):
            raise SymconvError(f"because= must be text, got {as_given(because)}")
        region = self.where if where is None else _condition(where)
        stated = self._stated(formula)._replace(sums=_several(sums, "sums"))
        self._steps.append((stated, because, region))
        return self

    def audit(self) -> Audit:
        """Decide each step against the last formula before it that is not ill-formed.

        Raises:
            SymconvError: the hypotheses cannot hold together.
        """
        return Audit(self, tuple(self._decided_steps(range(1, len(self._steps) + 1))))

    def audit_step(self, number: int, ill_formed: Collection[int] = ()) -> Step:
        """Decide one step alone.

        Args:
            number: which one, from 1 on.
            ill_formed: the steps before it that are ill-formed, and compared with nothing.

        Raises:
            SymconvError: there is no such step, or the hypotheses cannot hold together.
        """
        if not 1 <= number <= len(self._steps):
            raise SymconvError(f"the derivation has {len(self._steps)} steps, and no step {number}")
        return next(self._decided_steps((number,), ill_formed))

    def undecided_step(self, number: int, reason: str, ill_formed: Collection[int] = ()) -> Step:
        """A step that is not decided, for a reason such as that its time is over."""
        stated, because, where = self._steps[number - 1]
        against = max(n for n in range(number) if n not in ill_formed)
        return Step(number, stated.formula, because, Unknown(reason), against, self.indices, where)

    def _decided_steps(
        self, numbers: Sequence[int], ill_formed: Collection[int] = ()
    ) -> Iterator[Step]:
        """Some of the steps, decided; others only say what is before them.

        Args:
            numbers: which ones.
            ill_formed: of the others, those that are ill-formed.
        """
        before, against = self._start, 0
        known = self._known()
        bound = _bound_in(self.start)
        for number, (given, because, where) in enumerate(self._steps[: max(numbers, default=0)], 1):
            if number in ill_formed:
                bound |= _bound_in(given.formula)
                continue
            stated = self._among_outputs(given)
            verdict: StepVerdict | None = None
            if number in numbers:
                verdict = _ill_formed(stated.formula, known, bound)
                claim = None
                if verdict is None:
                    verdict, claim = self._decided(before, stated, where)
                failing = []
                if claim is not None and isinstance(verdict, Refuted):
                    failing.append(_point(claim, self.indices, verdict.counterexample))
                yield Step(
                    number,
                    stated.formula,
                    because,
                    verdict,
                    against,
                    self.indices,
                    where,
                    claim,
                    partial(self._is_right, before, where, failing),
                    tuple(one.signal for one in (before, stated) if one.signal is not None),
                )
            bound |= _bound_in(stated.formula)
            if not isinstance(verdict, IllFormed):
                shape = before.shape if stated.shape is None else stated.shape
                before, against = stated._replace(shape=shape), number

    def __repr__(self) -> str:
        count = len(self._steps)
        return f"<derivation with {count} step{'s' * (count != 1)}>"

    # --- deciding ----------------------------------------------------------------------

    def _decided(
        self, before: _Stated, stated: _Stated, where: Boolean
    ) -> tuple[StepVerdict, Claim | None]:
        """The verdict on a step, and the claim that was decided for it."""
        verdict, claim = self._entries_decided(before, stated, where)
        speaks_of_all_outputs = self.shape is not None and where == sympy.true
        if not (speaks_of_all_outputs and stated.signal and isinstance(verdict, Proved)):
            return verdict, claim
        alike, shapes = self._outputs_compared(before, stated)
        return (verdict, claim) if _is_complete(alike) else (alike, shapes)

    def _outputs_compared(
        self, before: _Stated, stated: _Stated
    ) -> tuple[StepVerdict, Claim | None]:
        """Whether two signals have as many outputs along each axis, and the claim that they do."""
        assert before.shape is not None
        assert stated.shape is not None
        try:
            claim = Claim(Tensor.ones(before.shape), Tensor.ones(stated.shape), self.given)
            verdict = claim.prove()
        except SymconvError as error:
            return Unknown(f"the numbers of outputs cannot be compared: {error}"), None
        if isinstance(verdict, Refuted):
            verdict = Refuted(_numbers_of_outputs(claim, verdict.counterexample), claim)
        return verdict, claim

    def _among_outputs(self, stated: _Stated) -> _Stated:
        """What is stated, where a signal that has the same outputs need not say where they are."""
        if self.shape is None or stated.signal is None:
            return stated
        alike, _ = self._outputs_compared(self._start, stated)
        if not _is_complete(alike):
            return stated
        formula = stated.signal.formula(*self.indices)
        return stated._replace(formula=_with_sums_over(formula, stated.sums))

    def _entries_decided(
        self, before: _Stated, stated: _Stated, where: Boolean
    ) -> tuple[StepVerdict, Claim | None]:
        formulas = [one.formula for one in (before, stated)]
        used = [_names(formula) & self.defined.keys() for formula in formulas]
        try:
            if used[0] == used[1] != set():
                # What holds for whatever tensors they name holds for those that they stand for.
                claim = self._claim(before, stated, where, spelled=False)
                verdict = claim.prove()
                if _is_complete(verdict):
                    return verdict, claim
            if any(used) and (proved := self._proved_as_tensors(before, stated, where)):
                return proved
            claim = self._claim(before, stated, where)
            verdict = claim.prove()
            in_part = not isinstance(verdict, Refuted) and not _is_complete(verdict)
            if (
                in_part
                and not any(used)
                and (proved := self._proved_as_tensors(before, stated, where))
            ):
                return proved
        except InfiniteSumError as error:
            return IllFormed(error.index.name, str(error)), None
        except VacuousError:
            raise
        except SymconvError as error:
            return Unknown(f"the formula cannot be read: {error}"), None
        if isinstance(verdict, Refuted):
            verdict = Refuted(self._counterexample(verdict.counterexample), claim)
        return verdict, claim

    def _is_right(
        self, before: _Stated, where: Boolean, failing: list[dict[str, int]], formula: Expr
    ) -> bool | None:
        """Whether a formula is right in the place of a step.

        Args:
            before: what it is compared with.
            where: for which indices.
            failing: values of the symbols at which others failed; these are tried first,
                and those at which the formula fails are added.
            formula: the formula.
        """
        try:
            claim = self._claim(before, _Stated(formula), where)
            names = {symbol.name for symbol in claim.symbols}
            points = [{name: at[name] for name in names} for at in failing if at.keys() >= names]
            if first_difference(claim, points)[0] is not None:
                return False
            verdict = prove(claim, budget=DECISION_OPERATIONS // REPAIR_SHARE)
        except SymconvError:
            return False
        if isinstance(verdict, Refuted):
            failing.append(dict(verdict.counterexample.lengths))
        if isinstance(verdict, Unknown):
            return None
        return _is_complete(verdict)

    def _claim(
        self, before: _Stated, stated: _Stated, where: Boolean, *, spelled: bool = True
    ) -> Claim:
        """What a step claims; every claim about entries is made here.

        Each entry is a signal of length 1: the index is a symbol like others.  Unless it is
        `spelled`, it is about whatever tensors the defined names are.

        Raises:
            SymconvError: a formula cannot be read, or one of the signals that the formulas
                were given as need not be defined.
        """
        hypotheses = tuple(h for h in (*self.given, self.outputs, where) if h != sympy.true)
        for signal in dict.fromkeys((self._start.signal, before.signal, stated.signal)):
            if signal is not None:
                _check_defined(self._spelled(signal), hypotheses)
        left, right = (_entry(one.formula) for one in (before, stated))
        if spelled:
            left, right = self._spelled(left), self._spelled(right)
        return Claim(left, right, hypotheses)

    def _proved_as_tensors(
        self, before: _Stated, stated: _Stated, where: Boolean
    ) -> tuple[Proved, Claim] | None:
        """The proof that two sides agree at all outputs, as tensors; None if there is none.

        About these, rules for entries know what they do not know about an index by itself.
        """
        start = self._start.signal
        if self.shape is None or start is None or where != sympy.true:
            return None
        try:
            left, right = (
                Tensor.from_formula(self.indices, made_finite(one.formula), shape=start.shape)
                if one.signal is None
                else one.signal
                for one in (before, stated)
            )
            claim = Claim(self._spelled(left), self._spelled(right), self.given)
            verdict = claim.prove()
        except SymconvError:
            return None
        return (verdict, claim) if isinstance(verdict, Proved) and verdict.is_complete else None

    def _spelled(self, signal: SignalExpr) -> SignalExpr:
        """A tensor with what the defined names stand for in their places."""
        for name, meaning in reversed(self.defined.items()):
            if name in signal.names[0]:
                signal = put_in(signal, {name: meaning})
        return signal

    def _counterexample(self, found: Counterexample) -> Counterexample:
        """The counterexample with the index apart from the lengths, and values for vectors."""
        lengths = dict(found.lengths)
        # An index that nothing depends on may have any value that it can have.
        index = [
            lengths.pop(symbol.name) if symbol.name in lengths else _nearest(symbol)
            for symbol in self.indices
        ]
        return Counterexample(lengths, found.signals, one_or_all(index), found.lhs[0], found.rhs[0])

    def _stated(self, formula: Any) -> _Stated:
        if isinstance(formula, SignalExpr):
            if formula.ndim != len(self.indices):
                raise SymconvError(self._not_fitting(formula))
            return _Stated(formula[self.indices], formula, formula.shape)
        if isinstance(formula, int) and not isinstance(formula, bool):
            return _Stated(Integer(formula))
        if not isinstance(formula, Expr):
            listed = ", ".join(map(str, self.indices))
            raise SymconvError(
                f"expected a SymPy formula in entries such as x[{listed}], got {as_given(formula)}"
            )
        return _Stated(formula)

    def _not_fitting(self, signal: SignalExpr) -> str:
        """What is wrong with a tensor of another number of axes."""
        axes, given = signal.ndim, len(self.indices)
        return (
            f"{signal} has {axes} ax{'is' if axes == 1 else 'es'}, and the derivation has the "
            f"ind{'ex' if given == 1 else 'ices'} {', '.join(map(str, self.indices))}: expected "
            f"{axes or 'no'} ind{'ex' if axes == 1 else 'ices'}, one for each axis"
        )

    def _known(self) -> set[str]:
        """The names of all that the derivation introduces."""
        parts: list[Basic] = [self.start, self.where, self.outputs, *self.indices]
        parts += [g for g in self.given if isinstance(g, Basic)]
        known = {name for part in parts for name in _free(part, frozenset())}
        for one in self.introduced:
            if isinstance(one, SignalExpr):
                known |= leaves(one).keys() | symbols_in(one).keys()
            else:
                known.add(one.name)
        return known | self.defined.keys()


@dataclass(frozen=True)
class Audit:
    """The steps of a derivation, decided.

    `print` shows it in a terminal, a notebook as a table; `bool` is True if every step is
    proved for all lengths.
    """

    derivation: Derivation
    steps: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> Step:
        return self.steps[number]

    def __str__(self) -> str:
        from symconv.derivations.audits import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from symconv.derivations.audits import as_html

        return as_html(self)

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def markdown(self) -> str:
        """The audit as Markdown, for feedback on a solution."""
        from symconv.derivations.audits import as_markdown

        return as_markdown(self)

    def record(self) -> dict[str, Any]:
        """The audit for scripts, as `json.dumps` takes it."""
        from symconv.derivations.audits import as_record

        return as_record(self)

    def __bool__(self) -> bool:
        """Whether every step is proved for all lengths."""
        return all(_is_complete(step.verdict) for step in self.steps)

    @property
    def first_wrong(self) -> Step | None:
        """The first step that is refuted or ill-formed."""
        wrong = (s for s in self.steps if isinstance(s.verdict, Refuted | IllFormed))
        return next(wrong, None)


# --- entries and outputs ---------------------------------------------------------------


def _without_bound(length: Expr) -> Expr:
    """A length for the condition u < length where u ≥ 0 is said: what is negative is 0, too."""
    if isinstance(length, Max) and 0 in length.args:
        return Max(*(a for a in length.args if a != 0))
    return length


def _is_complete(verdict: StepVerdict) -> bool:
    return isinstance(verdict, Proved) and verdict.is_complete


def _check_defined(signal: SignalExpr, hypotheses: tuple[Boolean, ...]) -> None:
    """Raise an error where a signal need not be defined: its entries are no formula there."""
    if any(requirements(signal)):
        verdict = Claim(signal, signal, hypotheses).prove()
        if not _is_complete(verdict):
            raise Undecided(f"whether {signal} is defined was not decided: {verdict}")


def _point(claim: Claim, indices: Sequence[Symbol], found: Counterexample) -> dict[str, int]:
    """The values of a claim's symbols at a counterexample."""
    at = dict(found.lengths)
    if found.index is not None:
        values = zip(indices, for_each_axis(found.index), strict=True)
        at |= {symbol.name: value for symbol, value in values if symbol in claim.symbols}
    return at


def _entry(formula: Expr) -> SignalExpr:
    return Signal.from_formula(Dummy("·", integer=True), made_finite(formula), length=1)


def _numbers_of_outputs(shapes: Claim, found: Counterexample) -> Counterexample:
    """The counterexample to a claim about shapes, with these for values."""
    at = {symbol: found.lengths[symbol.name] for symbol in shapes.symbols}
    left, right = (one_or_all(shape_at(side, at)) for side in shapes.signals)
    return Counterexample(found.lengths, {}, None, left, right)


def _nearest(symbol: Symbol) -> int:
    """The value of a symbol that is nearest to 0, among those that it may have."""
    return next(value for value in _by_size() if allows(symbol, value))


def _by_size() -> Iterator[int]:
    """All integers, those near 0 first."""
    yield 0
    for size in count(1):
        yield from (size, -size)


# --- arguments -------------------------------------------------------------------------


def _condition(where: object) -> Boolean:
    if isinstance(where, bool):
        return sympy.true if where else sympy.false
    if not isinstance(where, Boolean) or isinstance(where, Expr):
        raise SymconvError(
            f"where= must be a condition such as u >= 0 or Eq(Mod(u, 2), 0), got {as_given(where)}"
        )
    return where


def _several(things: object, what: str) -> tuple[Any, ...]:
    if isinstance(things, str) or not isinstance(things, Iterable):
        raise SymconvError(f"{what}= must be a list, got {as_given(things)}")
    return tuple(things)


def _definitions(defined: object) -> dict[str, SignalExpr]:
    """What each name stands for.

    Raises:
        SymconvError: they are no tensors, or not of the same shape as what they stand for.
    """
    if not isinstance(defined, Mapping):
        raise SymconvError(
            "defined= must be a mapping from named tensors to what they stand for, "
            f"got {as_given(defined)}"
        )
    for one, meaning in defined.items():
        if not isinstance(one, Tensor) or not isinstance(meaning, SignalExpr):
            raise SymconvError(
                "defined= takes named tensors, each with the tensor that it stands for, "
                f"got {as_given(one)}: {as_given(meaning)}"
            )
        if not _have_one_shape(one, meaning):
            shapes = (", ".join(map(str, tensor.shape)) for tensor in (one, meaning))
            raise SymconvError(
                f"{one} has the shape ({next(shapes)}), and what it stands for ({next(shapes)})"
            )
    names = {one.name: meaning for one, meaning in defined.items()}
    for position, (name, meaning) in enumerate(names.items()):
        unknown = meaning.names[0].keys() & set(list(names)[position:])
        if unknown:
            raise SymconvError(
                f"{name} stands for {meaning}, in which {min(unknown)} stands, which has no "
                "meaning before it"
            )
    return names


def _have_one_shape(one: Tensor, meaning: SignalExpr) -> bool:
    if one.ndim != meaning.ndim:
        return False
    ones = (Tensor.ones(tensor.shape) for tensor in (one, meaning))
    return one.lengths == meaning.lengths or _is_complete(Claim(next(ones), next(ones)).prove())


# --- names -----------------------------------------------------------------------------


def _with_sums_over(formula: Expr, symbols: Sequence[Symbol]) -> Expr:
    """A formula with other symbols for the indices of its sums, unless these mean something."""
    if isinstance(formula, Add):
        return Add(*(_with_sums_over(part, symbols) for part in formula.args))
    if not isinstance(formula, Sum) or formula.free_symbols & set(symbols):
        return formula
    own = [symbol for symbol, *_ in reversed(formula.limits)]
    new = dict(zip(own, symbols, strict=False))
    if (set(own) - new.keys()) & set(symbols):
        return formula
    between = {old: Dummy(old.name, integer=True) for old in new}
    return formula.xreplace(between).xreplace({between[old]: one for old, one in new.items()})


def _names(formula: Expr) -> set[str]:
    """The names of the tensors in a formula."""
    return {str(base.label) for base in formula.atoms(IndexedBase)}


def _ill_formed(formula: Expr, known: set[str], bound: set[str]) -> IllFormed | None:
    """The first variable of a formula that stands for nothing."""
    loose = [name for name in _free(formula, frozenset()) if name not in known]
    if not loose:
        return None
    name = loose[0]
    if name in bound | _bound_in(formula):
        return IllFormed(name, f"{name} is the index of a sum, and stands outside of that sum")
    return IllFormed(name, f"{name} was never introduced")


def _free(part: Basic, bound: frozenset[Symbol]) -> dict[str, None]:
    """The names of the free symbols and of the signals, in order."""
    match part:
        case Symbol():
            return {} if part in bound else {part.name: None}
        case Indexed():
            names: dict[str, None] = {str(part.base.label): None}
            for one in (*part.indices, *(part.base.shape or ())):
                names |= _free(one, bound)
            return names
        case Sum():
            # The first limits are the innermost: they may use the later indices.
            names = {}
            inner = bound | {symbol for symbol, *_ in part.limits}
            for position, (_, *ends) in enumerate(part.limits):
                outer = bound | {symbol for symbol, *_ in part.limits[position + 1 :]}
                for end in ends:
                    names |= _free(end, outer)
            return names | _free(part.function, inner)
    names = {}
    for argument in part.args:
        names |= _free(argument, bound)
    return names


def _bound_in(formula: Expr) -> set[str]:
    return {symbol.name for one in formula.atoms(Sum) for symbol, *_ in one.limits}

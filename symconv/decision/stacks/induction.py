"""Claims about stacks of layers, decided by induction over the number of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import gcd
from typing import Any

from sympy import Ge, Le, Symbol, true
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import (
    LARGEST_NUMBER_OF_LAYERS_TRIED,
    MORE_STRIDES_TRIED,
    MOST_LAYERS,
    STRIDES_TRIED,
)
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.arithmetic.unevaluated import Written, all_of, spelled_with
from symconv.decision.claims import Claim, Hypothesis, as_written, specialised
from symconv.decision.stacks.generic import Generic
from symconv.decision.stacks.stacked import Stack
from symconv.decision.strides import strides_of, values_up_to
from symconv.decision.verdicts import (
    Counterexample,
    Evidence,
    Proved,
    Refuted,
    Unknown,
    Verdict,
)
from symconv.errors import SymconvError, Undecided, VacuousError
from symconv.language.amounts import Amount, integer_argument
from symconv.language.assignments import spell
from symconv.language.operators.base import size_along
from symconv.language.scalars import strongest
from symconv.language.signals import SignalExpr, Tensor, substituted, with_lengths

__all__ = ["StackClaim"]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class StackClaim:
    """The statement that a stack is equal to another one, or to a tensor, for all sizes.

    Two stacks are equal for all numbers L of layers if they are for the smallest, and if their
    layers do the same with every tensor that may stand between them.  A stack is equal to a
    tensor F(L) if it is for the smallest L, and one more layer on F(L) gives F(L + 1).

    Where neither is proved, each number of layers up to a limit is decided by itself: one at
    which the claim fails refutes it, with the smallest such number.

    Args:
        lhs: a stack, or a tensor in whose sizes and amounts the number of layers may stand.
        rhs: another one; one of both is a stack.
        given: hypotheses, conditions on the sizes and claims about taps; see `Claim`.

    >>> from symconv import Signal, integers, repeat
    >>> n, c, L = integers("n c L", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> layers = repeat(lambda t: t.flip().correlate(k).flip(), L)(x)
    >>> print((layers == repeat(lambda t: t.correlate(k.flip()), L)(x)).prove())
    proved for all lengths

    Raises:
        SymconvError: no side is a stack, or the sides differ in their numbers of axes.
    """

    lhs: Stack | SignalExpr
    rhs: Stack | SignalExpr
    given: tuple[Hypothesis, ...]

    def __init__(
        self,
        lhs: object,
        rhs: object,
        given: Iterable[Hypothesis] | Hypothesis = (),
    ) -> None:
        if not (
            isinstance(lhs, Stack | SignalExpr)
            and isinstance(rhs, Stack | SignalExpr)
            and (isinstance(lhs, Stack) or isinstance(rhs, Stack))
        ):
            raise SymconvError(
                f"a claim about stacks has a stack on one side, and a stack or a tensor on the "
                f"other, got {lhs!r} and {rhs!r}"
            )
        # The same claim for the first layers refuses what no claim may have.
        claim = Claim(_first(lhs), _first(rhs), given)
        object.__setattr__(self, "lhs", lhs)
        object.__setattr__(self, "rhs", rhs)
        object.__setattr__(self, "given", claim.given)

    def prove(self) -> Verdict:
        """Decide the claim for all numbers of layers at once.

        Raises:
            SymconvError: the hypotheses cannot hold together, or something is not defined at some
                of the sizes.
        """
        if self.given:  # hypotheses that cannot hold together are refused
            Claim(true, true, _each_as_written(self.given)).prove()
        try:
            return _Induction(self).verdict()
        except (Undecided, SymconvError) as reason:
            return _number_by_number(self, str(reason))

    def __bool__(self) -> bool:
        raise SymconvError(
            f"{self} is a claim, which is not true or false before it is decided: write "
            "(stack == other).prove()"
        )

    def __str__(self) -> str:
        hypotheses = f" given {', '.join(map(str, self.given))}" if self.given else ""
        return f"{self.lhs} == {self.rhs}{hypotheses}"

    def __repr__(self) -> str:
        return f"<claim: {self}>"


def _first(side: Stack | SignalExpr) -> SignalExpr:
    return side.start if isinstance(side, Stack) else side


# --- induction -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of layers as a·K + b, where K is what induction is over."""

    each: int
    more: int


class _Induction:
    """The two claims that prove a claim about stacks, and what they prove together.

    Attributes:
        core: K, the number that induction is over; each count is a·K + b.
        least: the least value of K.
    """

    def __init__(self, claim: StackClaim) -> None:
        self._claim = claim
        self._stacks = [side for side in (claim.lhs, claim.rhs) if isinstance(side, Stack)]
        self.core, self.least = _core(self._stacks[0].count)
        self._counts = {stack: _in_terms_of(self.core, stack.count) for stack in self._stacks}

    def verdict(self) -> Proved:
        """The proof.

        Raises:
            Undecided: there is none of this kind, with the reason.
        """
        for stack in self._stacks:
            _ = stack.generic  # where no layer stands for all, there is no step
        base, steps = self._two_stacks() if len(self._stacks) == 2 else self._stack_and_tensor()
        first = _proof(base, "the fewest layers")
        problems: list[SymconvError] = []
        for make in steps:
            try:
                step = make()
                then = _proof(step, "one layer more")
                scope, ring = self._scope((first, then), step), strongest([first.ring, then.ring])
                return Proved(scope, tuple(_evidence(first, then)), ring)
            except SymconvError as problem:
                problems.append(problem)
        raise problems[0]

    # --- the claims ---

    def _begin(self, stack: Stack) -> SignalExpr:
        """The fewest layers that there may be."""
        count = self._counts[stack]
        layers = count.each * self.least + count.more
        if not 0 <= layers <= MOST_LAYERS:
            raise Undecided(f"induction would begin with {layers} layers")
        return stack.layers(layers, stack.start)

    def _step(self, stack: Stack, signal: SignalExpr, number: Any) -> SignalExpr:
        """As many more layers as K + 1 has than K."""
        count = self._counts[stack]
        is_number = (count.each, count.more) == (1, 0)  # a power of which is a symbol
        first = number if is_number else number * count.each + count.more
        return stack.layers(count.each, signal, first)

    def _two_stacks(self) -> tuple[Claim, list[Callable[[], Claim]]]:
        """The same at the beginning; and the same of every tensor that may stand between."""
        one, other = self._stacks
        base = Claim(self._begin(one), self._begin(other), _each_as_written(self._claim.given))

        def of_any_size() -> Generic:
            return Generic(
                base.signals[0],
                [partial(self._step, stack) for stack in self._stacks],
                [stack.count for stack in self._stacks],
                self._claim.given,
            )

        def of_any() -> Claim:
            """Of tensors whose sizes along the axes that change are not known."""
            generic = of_any_size()
            return self._alike(generic.tensor, generic.number)

        def of_these() -> Claim:
            """Of tensors that have the size that so many layers make."""
            generic, count = of_any_size(), self._counts[one]
            layers = integer_argument(generic.number * count.each + count.more, "the layers")
            before = Stack(one.layer, layers, one.start)
            sizes = [
                before.size(axis) if axis in generic.fresh else size_along(generic.tensor, axis)
                for axis in range(one.ndim)
            ]
            return self._alike(Tensor(generic.tensor.name, sizes), generic.number)

        return base, [of_any, of_these]

    def _alike(self, tensor: Tensor, number: Symbol) -> Claim:
        """That the layers of two stacks make the same of a tensor."""
        one, other = (self._step(stack, tensor, number) for stack in self._stacks)
        return Claim(one, other, _each_as_written((*self._claim.given, *self._between(number))))

    def _stack_and_tensor(self) -> tuple[Claim, list[Callable[[], Claim]]]:
        """The same at the beginning; and one layer more on F(K) gives F(K + 1)."""
        (stack,) = self._stacks
        left = self._claim.lhs is stack
        target = self._claim.rhs if left else self._claim.lhs
        assert isinstance(target, SignalExpr)
        begin, given = self._begin(stack), self._claim.given

        def claim(one: SignalExpr, other: SignalExpr, given: Iterable[Hypothesis]) -> Claim:
            first, second = (one, other) if left else (other, one)
            return Claim(first, second, _each_as_written(given))

        if not self.core.symbols() & target.every_symbol().keys():
            number = stack.generic.number
            step = self._step(stack, target, number)
            more = self._between(number)
            return claim(begin, target, given), [lambda: claim(step, target, (*given, *more))]
        symbol = _only_symbol(self.core, target)
        parts = (stack.start, *stack.generic.images)
        if any(symbol.name in part.every_symbol() for part in parts):
            raise Undecided(f"{symbol} stands in the layers too, so that each number has others")
        given, next_given = self._with_next(symbol)
        base = claim(begin, target, given).specialised({symbol: self.least})
        after = substituted(target, {symbol: symbol + 1})
        step = self._step(stack, target, symbol)
        return base, [lambda: claim(step, after, (*given, *next_given))]

    def _with_next(self, symbol: Symbol) -> tuple[tuple[Hypothesis, ...], tuple[Hypothesis, ...]]:
        """The hypotheses to use at K, and at K + 1, so that the latter imply the former.

        Those about K that are not implied are left out, which proves more than is claimed.
        """
        taps = [h for h in self._claim.given if isinstance(h, Claim)]
        if any(symbol in one.symbols for one in taps):
            raise Undecided(f"{symbol} stands in a hypothesis on taps, which then are others")
        conditions = [h for h in self._claim.given if not isinstance(h, Claim)]
        about = [h for h in conditions if symbol in h.free_symbols]
        others = (*taps, *(h for h in conditions if symbol not in h.free_symbols))
        later = tuple(_moved(h, symbol) for h in about)
        for hypothesis in about:
            implied = Claim(Written(hypothesis), true, _each_as_written((*others, *later))).prove()
            if not (isinstance(implied, Proved) and implied.is_complete):
                return others, ()
        return self._claim.given, later

    def _between(self, number: Symbol) -> tuple[Boolean, ...]:
        """That a number is a value of K before the last step, where a layer takes it."""
        if not any(stack.layer.takes_number for stack in self._stacks):
            return ()
        symbols = {n: s for stack in self._stacks for n, s in stack.count.symbols.items()}
        last = polynomial_expression(self.core - 1, symbols)
        return (
            Ge(number, self.least, evaluate=False),
            Le(number, last, evaluate=False),
        )

    # --- what they prove ---

    def _scope(self, proofs: Sequence[Proved], step: Claim) -> str:
        """What both of the claims prove together."""
        parts = [proof for proof in proofs if not proof.is_complete]
        if not parts:
            return proofs[0].scope
        # Strides stay as they are from layer to layer; other symbols do not.
        own = {n for side in (self._claim.lhs, self._claim.rhs) for n in _symbols_of(side)}
        new = {s.name for s in strides_of(step)} - (own - self.core.symbols())
        if new or len({part.scope for part in parts}) > 1:
            raise Undecided("induction over the number of layers needs all of its sizes")
        return parts[0].scope


def _proof(claim: Claim, what: str) -> Proved:
    """The proof of a part of an induction.

    Raises:
        Undecided: it is not proved.
    """
    verdict = claim.prove()
    if not isinstance(verdict, Proved):
        why = verdict.reason if isinstance(verdict, Unknown) else "it does not always hold"
        raise Undecided(f"induction over the number of layers fails at {what}: {why}")
    return verdict


def _evidence(first: Proved, then: Proved) -> Iterator[Evidence]:
    for proof, what in ((first, "the fewest layers"), (then, "one layer more")):
        for part in proof.evidence or (Evidence("both sides", "the same"),):
            yield replace(part, compared=f"{what}, {part.compared}")


def _core(count: Amount) -> tuple[Polynomial, int]:
    """What a count is a multiple of, a number aside; and its least value."""
    rest = count.polynomial - count.polynomial.terms.get((), 0)
    common = gcd(*rest.terms.values())
    core = Polynomial({monomial: c // common for monomial, c in rest.terms.items()})
    signs = {name: sign_of(symbol) for name, symbol in count.symbols.items()}
    for least in (1, 0):
        if is_at_least(core, least, signs):
            return core, least
    raise Undecided(f"the least number of layers, {count}, is not plain")


def _in_terms_of(core: Polynomial, count: Amount) -> _Count:
    """A count as a·K + b."""
    more = count.polynomial.terms.get((), 0)
    monomial, c = next(iter(core.terms.items()))
    each = count.polynomial.terms.get(monomial, 0) // c
    if each < 1 or count.polynomial != core * each + more:
        raise Undecided("the numbers of layers are not the same, nor multiples of one number")
    return _Count(each, more)


def _only_symbol(core: Polynomial, target: SignalExpr) -> Symbol:
    """The symbol that the number is, over which induction goes."""
    for name, symbol in target.every_symbol().items():
        if core == Polynomial.of(name):
            return symbol
    raise Undecided("induction needs a number of layers that is a symbol")


def _moved(hypothesis: Boolean, symbol: Symbol) -> Boolean:
    """A hypothesis for one more than a symbol."""
    values = {symbol: symbol + 1}
    return spelled_with(with_lengths(hypothesis, values), values)


def _each_as_written(given: Iterable[Hypothesis]) -> list[Hypothesis | Written]:
    return list(map(as_written, given))


def _symbols_of(side: Stack | SignalExpr) -> dict[str, Symbol]:
    if isinstance(side, SignalExpr):
        return dict(side.every_symbol())
    return {**side.start.every_symbol(), **side.layer(side.start, 0).every_symbol()}


# --- number by number ----------------------------------------------------------------


class _RefutedAtNumber(Refuted):
    """A refutation at one number of layers, which each counterexample names."""

    @property
    def would_hold_given(self) -> tuple[Claim, ...]:
        """Nothing: what suffices for one number of layers need not for others."""
        return ()

    @property
    def with_content(self) -> Counterexample | None:
        """See `Refuted.with_content`."""
        found = super().with_content
        own = {symbol.name for symbol in self.claim.symbols}
        numbers = {n: v for n, v in self.counterexample.lengths.items() if n not in own}
        return found and replace(found, lengths={**numbers, **found.lengths})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), super().__reduce__()[1]


def _number_by_number(claim: StackClaim, reason: str) -> Verdict:
    """The claim decided for each small number of layers."""
    stacks = [side for side in (claim.lhs, claim.rhs) if isinstance(side, Stack)]
    every = {name: symbol for stack in stacks for name, symbol in stack.count.symbols.items()}
    symbols = tuple(every[name] for name in sorted(every))
    largest = min(
        LARGEST_NUMBER_OF_LAYERS_TRIED, STRIDES_TRIED.get(len(symbols), MORE_STRIDES_TRIED)
    )
    tried: list[Mapping[Symbol, int]] = []
    rings: list[str] = []
    open_ = ""
    for values in values_up_to(symbols, largest):
        try:
            part = _with_layers(claim, values)
            verdict = part.prove()
        except VacuousError:
            continue
        except Undecided as problem:
            verdict = Unknown(str(problem))
        except SymconvError as error:  # an operator is not defined there
            raise SymconvError(f"{error}, with {spell(values)}") from None
        if isinstance(verdict, Refuted):
            return _named(verdict, part, values)
        if not (isinstance(verdict, Proved) and verdict.is_complete):
            open_ = open_ or f"{reason}; and with {spell(values)} it is {verdict}"
        else:
            rings.append(verdict.ring)
        tried.append(values)
    if open_ or not tried:
        return Unknown(open_ or reason)
    scope = ", ".join(
        f"{s} from {min(v[s] for v in tried)} to {max(v[s] for v in tried)}" for s in symbols
    )
    how = Evidence(scope, f"each decided by itself, because {reason}")
    if _within(claim, symbols, largest):
        return Proved(part.full_scope, (how,), strongest(rings))
    return Proved(f"{scope}, and all other {part.measures}", (how,), strongest(rings))


def _within(claim: StackClaim, symbols: Iterable[Symbol], largest: int) -> bool:
    """Whether the hypotheses leave no other numbers of layers."""
    small = all_of(*(Le(abs(s), largest, evaluate=False) for s in symbols))
    try:
        verdict = Claim(Written(small), true, _each_as_written(claim.given)).prove()
    except SymconvError:
        return False
    return isinstance(verdict, Proved) and verdict.is_complete


def _with_layers(claim: StackClaim, values: Mapping[Symbol, int]) -> Claim:
    """The claim with numbers of layers."""

    def side(one: Stack | SignalExpr) -> SignalExpr:
        if isinstance(one, Stack):
            return one.at_values(values)
        return substituted(one, values)

    given: list[Hypothesis] = [
        h.specialised(values) if isinstance(h, Claim) else specialised(h, values)
        for h in claim.given
    ]
    return Claim(side(claim.lhs), side(claim.rhs), _each_as_written(given))


def _named(verdict: Refuted, part: Claim, values: Mapping[Symbol, int]) -> Refuted:
    """A refutation whose counterexample names the number of layers."""
    found = verdict.counterexample
    lengths = {**{s.name: v for s, v in values.items()}, **found.lengths}
    why = "each number of layers is decided by itself"
    return _RefutedAtNumber(replace(found, lengths=lengths), part, None, why)

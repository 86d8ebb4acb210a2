"""A second reading of claims, at fixed lengths and straight from the definitions.

Nothing here knows how symconv decides a claim: the tests hold its verdicts against this.
"""

from __future__ import annotations

import math
import operator
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache, partial
from itertools import islice, product
from typing import Any

import sympy
from sympy import Basic, Integer, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from symconv import Claim, Proved, Refuted, SymconvError
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.decision.verdicts import Verdict
from symconv.language.graph import symbols_in
from symconv.language.length_symbols import LengthOf
from symconv.language.operators import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Extend,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Taps,
)
from symconv.language.signals import Signal, SignalExpr
from tests.oracles.scopes import within

Lengths = Mapping[str, int]
Entry = Callable[[str, int], Any]
Reading = Callable[[Lengths], Any]


class UndefinedError(ValueError):
    """A signal has no meaning at these lengths: a negative length, say, or an empty kernel."""


# --- integer expressions and conditions ----------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def value(expression: Basic, at: Lengths) -> Any:
    """An expression or a condition at fixed values of its symbols."""
    return reading(expression)(at)


@cache
def reading(expression: Basic) -> Reading:
    """The expression as a Python function of the values of its symbols."""
    if isinstance(expression, Symbol):
        name = expression.name
        return lambda at: at[name]
    if isinstance(expression, sympy.Rational):
        number = Fraction(int(expression.p), int(expression.q))
        plain = int(number) if number.denominator == 1 else number
        return lambda at: plain
    if isinstance(expression, BooleanTrue | BooleanFalse):
        truth = bool(expression)
        return lambda at: truth
    if isinstance(expression, LengthOf):
        program = Program(expression.signals, lambda name, i: 0)
        # It may not depend on all symbols of the signals; any value of the others will do.
        others = {s.name: _nearest(s) for s in symbols_in(*expression.signals).values()}
        return lambda at: len(program.run({**others, **at})[0])
    if isinstance(expression, sympy.Piecewise):
        branches = [(reading(v), reading(c)) for v, c in expression.args]
        return lambda at: next(v(at) for v, c in branches if c(at))
    parts = [reading(argument) for argument in expression.args]
    if isinstance(expression, Relational):
        compare = _COMPARE[expression.rel_op]
        return lambda at: compare(parts[0](at), parts[1](at))
    combine = _COMBINE[type(expression).__name__]
    return lambda at: _whole(combine([part(at) for part in parts]))


def _whole(number: Any) -> Any:
    """An integer as such, where it came about as a fraction."""
    if isinstance(number, Fraction) and number.denominator == 1:
        return number.numerator
    return number


_COMBINE: dict[str, Callable[[list[Any]], Any]] = {
    "Add": sum,
    "Mul": math.prod,
    "Pow": lambda a: Fraction(a[0]) ** a[1],
    "floor": lambda a: math.floor(a[0]),
    "ceiling": lambda a: math.ceil(a[0]),
    "Mod": lambda a: a[0] - a[1] * math.floor(Fraction(a[0]) / a[1]),
    "Max": max,
    "Min": min,
    "Abs": lambda a: abs(a[0]),
    "And": all,
    "Or": any,
    "Not": lambda a: not a[0],
    "ITE": lambda a: a[1] if a[0] else a[2],
    "Implies": lambda a: not a[0] or a[1],
    "Equivalent": lambda a: all(a) or not any(a),
}


# --- signals -------------------------------------------------------------------------

Step = tuple[Callable[..., list[Any]], tuple[int, ...]]  # a rule, and the numbers of its operands


class Program:
    """Signals as steps, each on the lists of earlier ones; equal parts are computed once.

    Args:
        signals: the signals.
        entry: the entries of the named ones, in any ring.
        zero: the zero of the ring.
        number: a rational number in the ring.
    """

    def __init__(
        self,
        signals: Sequence[SignalExpr],
        entry: Entry,
        zero: Any = 0,
        number: Callable[[Fraction], Any] = lambda q: int(q) if q.denominator == 1 else q,
    ) -> None:
        self._entry, self._zero, self._number = entry, zero, number
        self._steps: list[Step] = []
        known: dict[SignalExpr, int] = {}
        self._results = [self._add(signal, known) for signal in signals]

    def _add(self, signal: SignalExpr, known: dict[SignalExpr, int]) -> int:
        if signal not in known:
            # The signals in a formula are read entry by entry.
            operands = () if isinstance(signal.operator, Formula) else signal.operands
            numbers = tuple(self._add(operand, known) for operand in operands)
            self._steps.append((self._rule(signal), numbers))
            known[signal] = len(self._steps) - 1
        return known[signal]

    def run(self, at: Lengths) -> list[list[Any]]:
        """The entries of the signals."""
        done: list[list[Any]] = []
        for rule, operands in self._steps:
            done.append(rule(at, *[done[i] for i in operands]))
        return [done[i] for i in self._results]

    def _rule(self, signal: SignalExpr) -> Callable[..., list[Any]]:
        """What makes the entries of the signal of its operands', by the definition."""
        entry, zero = self._entry, self._zero
        match signal:
            case Signal(name, size):
                length = reading(size.written)
                return lambda at: [entry(name, i) for i in range(_length(length(at)))]
            case SignalExpr(Taps(numbers)):
                taps = [zero + self._number(a) for a in numbers]
                return lambda at: taps
            case SignalExpr(Pad(left, right)):
                before, after = reading(left.written), reading(right.written)
                return lambda at, x: _padded(x, before(at), after(at), zero)
            case SignalExpr(Extend(left, right, mode)):
                before, after = reading(left.written), reading(right.written)
                return lambda at, x: _extended(x, before(at), after(at), mode)
            case SignalExpr(Flip()):
                return lambda at, x: [x[len(x) - 1 - u] for u in range(len(x))]
            case SignalExpr(Downsample(factor)):
                step = reading(factor.written)
                return lambda at, x: [x[u] for u in range(0, len(x), step(at))]
            case SignalExpr(Dilate(factor)):
                step = reading(factor.written)
                return lambda at, x: _dilated(x, step(at), zero)
            case SignalExpr(Convolve(is_layer)):
                convolved = _kernel_convolved if is_layer else _convolved
                return lambda at, x, h: convolved(x, h, zero)
            case SignalExpr(Correlate(stride, dilation)):
                step, spread = reading(stride.written), reading(dilation.written)
                return lambda at, x, k: _layer(x, k, step(at), spread(at), zero)
            case SignalExpr(Add()):
                return lambda at, x, h: list(map(operator.add, *_of_one_length(x, h)))
            case SignalExpr(Multiply()):
                return lambda at, x, h: list(map(operator.mul, *_of_one_length(x, h)))
            case SignalExpr(Divide(amount)):
                divisor = reading(amount.written)
                return lambda at, x: [self._number(Fraction(1, divisor(at))) * a for a in x]
            case SignalExpr(Scale(number)):
                scale = self._number(number)
                return lambda at, x: [scale * a for a in x]
            case SignalExpr(Divide(divisor)):
                share = reading(divisor.written)
                return lambda at, x: [self._number(Fraction(1, share(at))) * a for a in x]
            case SignalExpr(Formula() as formula, named):
                return partial(self._formula_entries, formula, named)
        raise NotImplementedError(type(signal.operator).__name__)

    def _formula_entries(
        self, signal: Formula, named: tuple[SignalExpr, ...], at: Lengths
    ) -> list[Any]:
        sizes = {s.name: _length(value(s.size.written, at)) for s in named if isinstance(s, Signal)}

        def inside(name: str, i: int) -> Any:
            return self._entry(name, i) if 0 <= i < sizes[name] else self._zero

        size, index = _length(value(signal.sizes[0].written, at)), signal.indices[0].name
        chosen = {s.name: value(amount.written, at) for s, amount in signal.chosen}
        known = {**at, **chosen}
        for length in signal.expression.atoms(LengthOf):
            value(length, at)  # defined, also where there is no entry to read it for
        if signal.expression.is_Rational:
            return [self._zero + self._formula(signal.expression, known, inside)] * size
        return [
            self._zero + self._formula(signal.expression, {**known, index: u}, inside)
            for u in range(size)
        ]

    def _formula(self, e: Basic, at: Lengths, entry: Entry) -> Any:
        match e:
            case sympy.Add():
                return sum(self._formula(a, at, entry) for a in e.args)
            case sympy.Mul():
                return math.prod(self._formula(a, at, entry) for a in e.args)
            case sympy.Pow():
                return math.prod([self._formula(e.base, at, entry)] * int(e.exp))
            case sympy.Indexed():
                return entry(str(e.base.label), value(e.indices[0], at))
            case sympy.Piecewise():
                return next((self._formula(v, at, entry) for v, c in e.args if value(c, at)), 0)
            case SuchThat(args=(term, condition)):
                return self._formula(term, at, entry) if value(condition, at) else 0
            case sympy.Sum():
                *inner, (symbol, lower, upper) = e.limits
                body = sympy.Sum(e.function, *inner) if inner else e.function
                indices = range(value(lower, at), value(upper, at) + 1)
                return sum(self._formula(body, {**at, symbol.name: i}, entry) for i in indices)
        return self._number(Fraction(value(e, at)))


def _padded(x: list[Any], before: int, after: int, zero: Any) -> list[Any]:
    n = len(x)
    return [
        x[u - before] if 0 <= u - before < n else zero for u in range(max(0, n + before + after))
    ]


def _extended(x: list[Any], before: int, after: int, mode: str) -> list[Any]:
    n, most = len(x), max(before, after)
    if most and n < {"reflect": most + 1, "replicate": 1}.get(mode, most):
        raise UndefinedError(f"{mode} padding by {before} and {after} copies what is not there")
    continued = _CONTINUED[mode]
    return [x[continued(u - before, n)] for u in range(n + before + after)]


def _dilated(k: list[Any], factor: int, zero: Any) -> list[Any]:
    size = factor * (len(k) - 1) + 1 if k else 0
    return [k[u // factor] if u % factor == 0 else zero for u in range(size)]


def _convolved(x: list[Any], h: list[Any], zero: Any) -> list[Any]:
    if not x or not h:
        return []
    n, c = len(x), len(h)
    backwards = h[::-1]  # h[u − m] = backwards[c − 1 − u + m]
    firsts = [(u, max(0, u - c + 1)) for u in range(n + c - 1)]
    return [
        sum(map(operator.mul, x[m : u + 1], backwards[c - 1 - u + m :]), start=zero)
        for u, m in firsts
    ]


def _kernel_convolved(x: list[Any], k: list[Any], zero: Any) -> list[Any]:
    if not k:
        raise UndefinedError("a kernel is empty")
    return _convolved(x, k, zero)


def _layer(x: list[Any], k: list[Any], stride: int, dilation: int, zero: Any) -> list[Any]:
    if not k:
        raise UndefinedError("a kernel is empty")
    reach = dilation * (len(k) - 1)
    size = max(0, (len(x) - reach - 1) // stride + 1)
    starts = range(0, stride * size, stride)
    return [
        sum(map(operator.mul, k, x[start : start + reach + 1 : dilation]), start=zero)
        for start in starts
    ]


def _of_one_length(x: list[Any], h: list[Any]) -> tuple[list[Any], list[Any]]:
    if len(x) != len(h):
        raise UndefinedError(f"entries of signals of lengths {len(x)} and {len(h)} are combined")
    return x, h


def evaluate(signal: SignalExpr, at: Lengths, entry: Entry, zero: Any = 0) -> list[Any]:
    """The entries of a signal, given the entries of the named ones, in any ring."""
    (entries,) = Program([signal], entry, zero).run(at)
    return entries


_CONTINUED: dict[str, Callable[[int, int], int]] = {
    "reflect": lambda v, n: -v if v < 0 else v if v < n else 2 * n - 2 - v,
    "symmetric": lambda v, n: -1 - v if v < 0 else v if v < n else 2 * n - 1 - v,
    "replicate": lambda v, n: min(max(v, 0), n - 1),
    "circular": lambda v, n: v % n if n else v,
}


def _length(size: int) -> int:
    if size < 0:
        raise UndefinedError(f"a length is {size}")
    return size


class Polynomial(dict[tuple[tuple[str, int], ...], Fraction]):
    """A polynomial in the entries (name, index): its coefficients by sorted monomial."""

    def __add__(self, other: Any) -> Polynomial:
        result = Polynomial(self)
        for monomial, c in (other if isinstance(other, Polynomial) else _constant(other)).items():
            result[monomial] = result.get(monomial, Fraction(0)) + c
            if not result[monomial]:
                del result[monomial]
        return result

    def __mul__(self, other: Any) -> Polynomial:
        result = Polynomial()
        factor = other if isinstance(other, Polynomial) else _constant(other)
        for left, a in self.items():
            result = result + Polynomial(
                {tuple(sorted(left + right)): a * b for right, b in factor.items()}
            )
        return result

    __radd__ = __add__
    __rmul__ = __mul__


def _constant(number: Any) -> Polynomial:
    return Polynomial({(): Fraction(number)} if number else {})


def polynomials(signal: SignalExpr, at: Lengths) -> list[Polynomial]:
    """The entries of a signal as polynomials in the entries of the named ones."""
    return evaluate(
        signal, at, lambda name, i: Polynomial({((name, i),): Fraction(1)}), Polynomial()
    )


_PRIME = 2**61 - 1


@cache
def _random_entry(name: str, index: int) -> int:
    return random.Random(f"{name}[{index}]").randrange(_PRIME)


def _residue(number: Fraction) -> int:
    return number.numerator * pow(number.denominator, -1, _PRIME) % _PRIME


# --- claims --------------------------------------------------------------------------


def truth_of(claim: Claim) -> Callable[[Lengths], bool]:
    """Whether the claim holds, as a function of the lengths.

    The entries of named signals are random numbers modulo a large prime, for speed: two
    different polynomials of degree d agree there with a probability of at most d/2⁶¹,
    unless their difference is a multiple of the prime.
    """
    others = [reading(length) for length in _lengths_in(*claim.expressions, *claim.conditions)]
    others.append(Program(claim.about, lambda name, i: 0).run)
    if not claim.signals:
        sides = [reading(side) for side in claim.expressions]

        def agree_at(at: Lengths) -> bool:
            for other in others:
                other(at)  # an error where it is undefined
            return bool(sides[0](at) == sides[1](at))

        return agree_at
    program = Program(claim.signals, _random_entry, number=_residue)

    def holds_at(at: Lengths) -> bool:
        for other in others:
            other(at)
        left, right = program.run(at)
        return len(left) == len(right) and all(
            (a - b) % _PRIME == 0 for a, b in zip(left, right, strict=True)
        )

    return holds_at


def _lengths_in(*parts: Basic) -> list[LengthOf]:
    return list(dict.fromkeys(length for part in parts for length in part.atoms(LengthOf)))


def satisfies(claim: Claim, lengths: Lengths) -> bool:
    """Whether the lengths satisfy the hypotheses.

    Hypotheses about the length of a signal count only where the others hold; where such a
    length is undefined, the claim is.
    """
    plain = [given for given in claim.conditions if not given.has(LengthOf)]
    if not all(value(given, lengths) for given in plain):
        return False
    try:
        return all(value(given, lengths) for given in claim.conditions)
    except UndefinedError:
        return True


def holds(claim: Claim, lengths: Lengths) -> bool:
    """Whether a claim holds at fixed lengths."""
    return truth_of(claim)(lengths)


def holds_exactly(claim: Claim, lengths: Lengths) -> bool:
    """The same, by comparing all coefficients."""
    left, right = (polynomials(side, lengths) for side in claim.signals)
    return left == right


def is_defined(claim: Claim, lengths: Lengths) -> bool:
    """Whether the operators on both sides have a meaning at these lengths."""
    try:
        holds(claim, lengths)
    except UndefinedError:
        return False
    return True


def sort_key(lengths: Lengths) -> tuple[int, list[int]]:
    """What makes lengths small: the sum of absolute values, then by name the values."""
    return sum(map(abs, lengths.values())), [lengths[name] for name in sorted(lengths)]


def small_lengths(claim: Claim, total: int) -> Iterator[dict[str, int]]:
    """All lengths that the claim speaks of, smallest first, up to a sum of absolute values."""
    symbols = sorted(claim.symbols, key=lambda s: str(s.name))
    allowed = [values_of(symbol, total) for symbol in symbols]
    for size in range(total + 1):
        for values in _with_sum(allowed, size):
            lengths = {s.name: v for s, v in zip(symbols, values, strict=True)}
            if satisfies(claim, lengths):
                yield lengths


@cache
def values_of(symbol: Symbol, largest: int) -> tuple[int, ...]:
    if isinstance(symbol, IntegerSymbol):
        sign = symbol.sign
        parts = ((-largest, 0, sign.negative), (0, 1, sign.zero), (1, largest + 1, sign.positive))
        return tuple(v for low, high, is_allowed in parts if is_allowed for v in range(low, high))
    names = "positive", "negative", "zero", "even", "odd"
    said = {f"is_{name}": getattr(symbol, f"is_{name}") for name in names}
    return tuple(
        v
        for v in range(-largest, largest + 1)
        if all(known in (None, getattr(Integer(v), name)) for name, known in said.items())
    )


def _nearest(symbol: Symbol) -> int:
    return min(values_of(symbol, 1), key=abs)


def _with_sum(allowed: Sequence[Sequence[int]], size: int) -> Iterator[tuple[int, ...]]:
    if not allowed:
        if not size:
            yield ()
        return
    for v in allowed[0]:
        if abs(v) <= size:
            for rest in _with_sum(allowed[1:], size - abs(v)):
                yield (v, *rest)


# --- verdicts against brute force ----------------------------------------------------

Outcomes = list[tuple[dict[str, int], bool | None]]  # None where an operator is undefined


@lru_cache(maxsize=4)
def outcomes(claim: Claim, total: int, most: int) -> Outcomes:
    """What a claim is at its smallest lengths, up to a total and up to so many of them."""
    return list(_outcomes(claim, islice(small_lengths(claim, total), most)))


@lru_cache(maxsize=4)
def far_outcomes(claim: Claim, number: int = 16, largest: int = 10) -> Outcomes:
    """What a claim is at some larger lengths, which random numbers choose."""
    rng = random.Random(str(claim))
    points = []
    for _ in range(number):
        most = rng.randint(3, largest)
        at = {s.name: rng.choice(values_of(s, most)) for s in claim.symbols}
        if satisfies(claim, at):
            points.append(at)
    return list(_outcomes(claim, points))


def _outcomes(
    claim: Claim, points: Iterable[dict[str, int]]
) -> Iterator[tuple[dict[str, int], bool | None]]:
    holds_at = truth_of(claim)
    for at in points:
        try:
            yield at, holds_at(at)
        except UndefinedError:
            yield at, None


def checked_verdict(claim: Claim, total: int, most: int = 1000) -> Verdict | None:
    """The verdict on a claim, compared with brute force over its smallest lengths.

    None where symconv finds an operator undefined at some lengths, and that is so, or
    where no lengths satisfy the hypotheses.
    """
    try:
        verdict = claim.prove()
    except SymconvError as error:
        if _is_undefined(claim, str(error), total, most):
            return None
        if str(error).startswith("no lengths satisfy") and not outcomes(claim, total, most):
            return None
        raise AssertionError(f"{claim}: {error}, but nothing is undefined") from error
    check_verdict(claim, verdict, total, most)
    return verdict


def _is_undefined(claim: Claim, said: str, total: int, most: int) -> bool:
    """Whether a claim is undefined at the lengths that an error names."""
    found = re.findall(r"(\w+) = (-?\d+)", said.rpartition("(at ")[2])
    named = {name: int(v) for name, v in found}
    # An error about one value of a symbolic stride leaves the stride out.
    missing = [s.name for s in claim.symbols if s.name not in named]
    if missing and any(held is None for _, held in outcomes(claim, total, most)):
        return True
    points = (
        {**named, **dict(zip(missing, values, strict=True))}
        for values in product(range(1, 5), repeat=len(missing))
    )
    return not all(is_defined(claim, at) for at in points)


def check_verdict(claim: Claim, verdict: Verdict, total: int, most: int = 1000) -> None:
    """Compare a verdict with brute force over the smallest lengths and some larger ones."""
    near, far = outcomes(claim, total, most), far_outcomes(claim)
    undefined = next((at for at, held in near + far if held is None), None)
    assert undefined is None, f"{claim}: {verdict}, but it is undefined at {undefined}"
    match verdict:
        case Proved(scope):
            inside = within(scope)
            failing = next((at for at, held in near + far if not held and inside(at)), None)
            assert failing is None, f"{claim}: {verdict}, but it fails at {failing}"
        case Refuted(found):
            check_counterexample(claim, verdict)
            failing = next((at for at, held in near if not held), None)
            seen = bool(near) and sort_key(found.lengths) <= sort_key(near[-1][0])
            if seen or failing is not None:
                assert failing == dict(found.lengths), f"{claim}: {verdict}, but {failing} is first"


def check_counterexample(claim: Claim, verdict: Refuted) -> None:
    """Recompute both sides of a counterexample."""
    found = verdict.counterexample
    assert satisfies(claim, found.lengths), f"{claim}: {verdict}: hypotheses"
    assert all(found.lengths[s.name] in values_of(s, 99) for s in claim.symbols), f"{verdict}"
    assert not holds(claim, found.lengths), f"{claim}: {verdict}, but it holds there"
    if not claim.signals:
        sides = [value(side, found.lengths) for side in claim.expressions]
        assert sides == [found.lhs, found.rhs], f"{claim}: {verdict}: sides are {sides}"
        assert found.index is None
        return

    def given(name: str, i: int) -> int:
        return int(found.signals[name][i])

    left, right = (evaluate(side, found.lengths, given) for side in claim.signals)
    assert [left, right] == [found.lhs, found.rhs], f"{claim}: {verdict}: sides {left}, {right}"
    if len(left) == len(right):
        first = next((u for u, (a, b) in enumerate(zip(left, right, strict=True)) if a != b), None)
        assert first is not None, f"{claim}: {verdict}: equal vectors"
    else:
        first = None
    assert first == found.index, f"{claim}: {verdict}: first differing index is {first}"


def check_condition(claim: Claim, total: int, most: int = 1000) -> Boolean:
    """Compare the condition on the lengths with brute force; returns the condition."""
    condition = claim.condition()
    compare_condition(claim, condition, total, most)
    return condition


def compare_condition(claim: Claim, condition: Boolean, total: int, most: int = 1000) -> None:
    """Compare a condition on the lengths with brute force."""
    says = reading(condition)
    for at, held in outcomes(claim, total, most) + far_outcomes(claim):
        assert bool(says(at)) == held, f"{claim}: {condition} is wrong at {at}"


def check_condition_for_all(
    claim: Claim, symbol: Symbol, total: int, *, largest: int = 40, most: int = 40
) -> None:
    """Compare the condition for every value of one symbol with its values up to `largest`.

    A condition that says no is wrong where all of these values satisfy the claim: with
    the other lengths small, what can go wrong does so before.
    """
    condition = claim.condition(for_all=[symbol])
    assert symbol not in condition.free_symbols, f"{claim}: {condition} names {symbol}"
    holds_at = truth_of(claim)
    others: dict[tuple[int, ...], dict[str, int]] = {}
    for at in small_lengths(claim, total):
        rest = {name: v for name, v in at.items() if name != symbol.name}
        others.setdefault(tuple(rest.values()), rest)
        if len(others) > most:
            break
    for rest in others.values():
        expected = bool(value(condition, rest))
        # Where it should fail somewhere, look further before calling that wrong.
        points = [
            {**rest, symbol.name: v} for v in values_of(symbol, largest * (1 if expected else 4))
        ]
        allowed = [at for at in points if satisfies(claim, at)]
        allowed.sort(key=sort_key)
        failing = next((at for at in allowed if not holds_at(at)), None)
        assert expected == (failing is None), (
            f"{claim}: for all {symbol}: {condition} is wrong at {rest}: {failing}"
        )

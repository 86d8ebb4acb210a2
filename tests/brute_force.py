"""A second reading of claims, at fixed lengths and straight from the definitions.

Nothing here knows how symconv decides a claim: the tests hold its verdicts against this.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

import sympy
from sympy import Basic, Integer, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from symconv import Claim, Proved, Refuted, SymconvError, Unknown
from symconv.claims import Verdict
from symconv.signals import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Downsample,
    Extend,
    Flip,
    Formula,
    Multiply,
    Pad,
    Scale,
    Signal,
    SignalExpr,
    Taps,
)

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
    if isinstance(expression, sympy.Piecewise):
        branches = [(reading(v), reading(c)) for v, c in expression.args]
        return lambda at: next(v(at) for v, c in branches if c(at))
    parts = [reading(argument) for argument in expression.args]
    if isinstance(expression, Relational):
        compare = _COMPARE[expression.rel_op]
        return lambda at: compare(parts[0](at), parts[1](at))
    combine = _COMBINE[type(expression).__name__]
    return lambda at: combine([part(at) for part in parts])


_COMBINE: dict[str, Callable[[list[Any]], Any]] = {
    "Add": sum,
    "Mul": math.prod,
    "Pow": lambda a: a[0] ** a[1],
    "floor": lambda a: math.floor(a[0]),
    "ceiling": lambda a: math.ceil(a[0]),
    "Mod": lambda a: a[0] - a[1] * math.floor(Fraction(a[0]) / a[1]),
    "Max": max,
    "Min": min,
    "Abs": lambda a: abs(a[0]),
    "And": all,
    "Or": any,
    "Not": lambda a: not a[0],
    "Implies": lambda a: not a[0] or a[1],
    "Equivalent": lambda a: all(a) or not any(a),
}


# --- signals -------------------------------------------------------------------------


def evaluate(signal: SignalExpr, at: Lengths, entry: Entry, zero: Any = 0) -> list[Any]:
    """The entries of a signal, given the entries of the named ones, in any ring."""

    def operand(inner: SignalExpr) -> Callable[[int], Any]:
        entries = evaluate(inner, at, entry, zero)
        sizes[inner] = len(entries)
        return lambda u: entries[u] if 0 <= u < len(entries) else zero

    sizes: dict[SignalExpr, int] = {}
    match signal:
        case Signal(name, size):
            return [entry(name, i) for i in range(_length(value(size, at)))]
        case Pad(inner, left, right):
            x = operand(inner)
            before, after = value(left, at), value(right, at)
            return [x(u - before) for u in range(max(0, sizes[inner] + before + after))]
        case Taps(numbers):
            return [zero + int(a) if a.denominator == 1 else zero + a for a in numbers]
        case Extend(inner, left, right, mode):
            x = operand(inner)
            before, after, n = value(left, at), value(right, at), sizes[inner]
            least = {"reflect": max(before, after) + 1, "replicate": 1}.get(
                mode, max(before, after)
            )
            if n < least:
                raise UndefinedError(f"{signal} copies what is not there at {at}")
            continued = _CONTINUED[mode]
            return [x(continued(u - before, n)) for u in range(n + before + after)]
        case Flip(inner):
            x = operand(inner)
            return [x(sizes[inner] - 1 - u) for u in range(sizes[inner])]
        case Downsample(inner, factor):
            x, s = operand(inner), value(factor, at)
            return [x(s * u) for u in range(math.ceil(Fraction(sizes[inner], s)))]
        case Dilate(inner, factor):
            k, d = operand(inner), value(factor, at)
            size = d * (sizes[inner] - 1) + 1 if sizes[inner] else 0
            return [k(u // d) if u % d == 0 else zero for u in range(size)]
        case Convolve(first, second):
            x, h = operand(first), operand(second)
            n, c = sizes[first], sizes[second]
            size = n + c - 1 if n and c else 0
            return [sum((x(m) * h(u - m) for m in range(n)), start=zero) for u in range(size)]
        case Correlate(inner, kernel, stride, dilation):
            x, k = operand(inner), operand(kernel)
            n, c = sizes[inner], sizes[kernel]
            if not c:
                raise UndefinedError(f"{kernel} is empty at {at}")
            s, d = value(stride, at), value(dilation, at)
            size = max(0, (n - d * (c - 1) - 1) // s + 1)
            return [
                sum((k(j) * x(s * u + d * j) for j in range(c)), start=zero) for u in range(size)
            ]
        case Add(first, second):
            x, h = operand(first), operand(second)
            if sizes[first] != sizes[second]:
                raise UndefinedError(f"{signal} adds different lengths at {at}")
            return [x(u) + h(u) for u in range(sizes[first])]
        case Multiply(first, second):
            x, h = operand(first), operand(second)
            if sizes[first] != sizes[second]:
                raise UndefinedError(f"{signal} multiplies different lengths at {at}")
            return [x(u) * h(u) for u in range(sizes[first])]
        case Scale(number, inner):
            x = operand(inner)
            factor = int(number) if number.denominator == 1 else number
            return [factor * x(u) for u in range(sizes[inner])]
        case Formula():
            sizes_ = {s.name: _length(value(s.size, at)) for s in signal.signals}

            def inside(name: str, i: int) -> Any:
                return entry(name, i) if 0 <= i < sizes_[name] else zero

            index = signal.index.name
            return [
                zero + _formula(signal.entry, {**at, index: u}, inside)
                for u in range(_length(value(signal.size, at)))
            ]
    raise NotImplementedError(type(signal).__name__)


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


def _formula(e: Basic, at: Lengths, entry: Entry) -> Any:
    match e:
        case sympy.Add():
            return sum(_formula(a, at, entry) for a in e.args)
        case sympy.Mul():
            return math.prod(_formula(a, at, entry) for a in e.args)
        case sympy.Pow():
            return math.prod([_formula(e.base, at, entry)] * int(e.exp))
        case sympy.Indexed():
            return entry(str(e.base.label), value(e.indices[0], at))
        case sympy.Piecewise():
            return next((_formula(v, at, entry) for v, c in e.args if value(c, at)), 0)
        case sympy.Sum():
            *inner, (symbol, lower, upper) = e.limits
            body = sympy.Sum(e.function, *inner) if inner else e.function
            indices = range(value(lower, at), value(upper, at) + 1)
            return sum(_formula(body, {**at, symbol.name: i}, entry) for i in indices)
    return value(e, at)


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


@cache
def _random_entry(name: str, index: int) -> int:
    return random.Random(f"{name}[{index}]").getrandbits(64)


# --- claims --------------------------------------------------------------------------


def holds(claim: Claim, lengths: Lengths) -> bool:
    """Whether a claim holds at fixed lengths.

    The entries of named signals are random 64-bit numbers, for speed: two different
    polynomials of degree d agree there with a probability of at most d/2⁶⁴.
    """
    if not claim.signals:
        left, right = (value(side, lengths) for side in claim.expressions)
    else:
        left, right = (evaluate(side, lengths, _random_entry) for side in claim.signals)
    return bool(left == right)


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
    allowed = [_allowed(symbol, total) for symbol in symbols]
    for size in range(total + 1):
        for values in _with_sum(allowed, size):
            lengths = {s.name: v for s, v in zip(symbols, values, strict=True)}
            if all(value(h, lengths) for h in claim.given):
                yield lengths


@cache
def _allowed(symbol: Symbol, largest: int) -> tuple[int, ...]:
    names = "positive", "negative", "zero", "even", "odd"
    said = {f"is_{name}": getattr(symbol, f"is_{name}") for name in names}
    return tuple(
        v
        for v in range(-largest, largest + 1)
        if all(known in (None, getattr(Integer(v), name)) for name, known in said.items())
    )


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


def checked_verdict(claim: Claim, total: int, most: int = 1000) -> Verdict | None:
    """The verdict on a claim, compared with brute force over its smallest lengths.

    None where symconv finds an operator undefined at some lengths, and that is so.
    """
    points = list(islice(small_lengths(claim, total), most))
    undefined = next((at for at in points if not is_defined(claim, at)), None)
    try:
        verdict = claim.prove()
    except SymconvError as error:
        named = re.findall(r"(\w+) = (-?\d+)", str(error).rpartition("(at ")[2])
        if not named or is_defined(claim, {name: int(v) for name, v in named}):
            raise AssertionError(f"{claim}: {error}, but nothing is undefined") from error
        return None
    assert undefined is None, f"{claim}: {verdict}, but it is undefined at {undefined}"
    failing = next((at for at in points if not holds(claim, at)), None)
    match verdict:
        case Proved():
            assert failing is None, f"{claim}: {verdict}, but it fails at {failing}"
        case Refuted(found):
            check_counterexample(claim, verdict)
            seen = bool(points) and sort_key(found.lengths) <= sort_key(points[-1])
            if seen or failing is not None:
                assert failing == dict(found.lengths), f"{claim}: {verdict}, but {failing} is first"
        case Unknown():
            pass
    return verdict


def check_counterexample(claim: Claim, verdict: Refuted) -> None:
    """Recompute both sides of a counterexample."""
    found = verdict.counterexample
    assert all(value(h, found.lengths) for h in claim.given), f"{claim}: {verdict}: hypotheses"
    assert all(found.lengths[s.name] in _allowed(s, 99) for s in claim.symbols), f"{verdict}"
    assert not holds(claim, found.lengths), f"{claim}: {verdict}, but it holds there"
    if not claim.signals:
        sides = [value(side, found.lengths) for side in claim.expressions]
        assert sides == [found.lhs, found.rhs], f"{claim}: {verdict}: sides are {sides}"
        assert found.index is None
        return

    def given(name: str, i: int) -> int:
        return found.signals[name][i]

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
    for at in islice(small_lengths(claim, total), most):
        assert value(condition, at) == holds(claim, at), f"{claim}: {condition} is wrong at {at}"
    return condition


def check_condition_for_all(
    claim: Claim, symbol: Symbol, total: int, *, largest: int = 40, most: int = 40
) -> None:
    """Compare the condition for every value of one symbol with its values up to `largest`.

    A condition that says no is wrong where all of these values satisfy the claim: with
    the other lengths small, what can go wrong does so before.
    """
    condition = claim.condition(for_all=[symbol])
    assert symbol not in condition.free_symbols, f"{claim}: {condition} names {symbol}"
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
            {**rest, symbol.name: v} for v in _allowed(symbol, largest * (1 if expected else 4))
        ]
        allowed = [at for at in points if all(value(h, at) for h in claim.given)]
        allowed.sort(key=sort_key)
        failing = next((at for at in allowed if not holds(claim, at)), None)
        assert expected == (failing is None), (
            f"{claim}: for all {symbol}: {condition} is wrong at {rest}: {failing}"
        )

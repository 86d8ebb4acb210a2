"""Claims as text, read without evaluating anything; each error points at its place.

The text looks like the Python code that builds a claim, and Python's own parser makes a
tree of it, which is walked here: nothing is compiled, imported or looked up by name.
Limits on the length, the depth and the size of what is written keep every text, however
hostile, from taking long.

    signal      x   x.pad(1, 1)   x.correlate(k, stride=2)   a + b   x/2   taps(1, -2, 1)
    expression  n   2*n + 1   n//2   n % 4   floor(n/2)   max(n, c)   len(x)   x.length
    condition   n >= c   1 <= n <= 5   n % 4 == 0 and not n == 8
    claim       signal == signal   expression == expression   iff(condition, condition)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from functools import reduce
from inspect import Parameter, Signature, signature
from keyword import iskeyword
from operator import and_
from typing import Any, TypeAlias

import sympy
from sympy import Expr, Integer, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symconv.claims import Claim
from symconv.errors import SymconvError
from symconv.phrases import Passage, Phrase, TextError, read_phrase
from symconv.signals import (
    Add,
    Correlate,
    Downsample,
    Formula,
    Multiply,
    Pad,
    Signal,
    SignalExpr,
)

__all__ = [
    "Assumption",
    "Declarations",
    "ParsedClaim",
    "Passage",
    "TextError",
    "Value",
    "Vocabulary",
    "parse_claim",
    "read_claim",
]

Value: TypeAlias = SignalExpr | Expr | Boolean
"""What a text can say: a signal, an integer expression or a condition."""

_MOST_STEPS = 14  # floors and cases in a length that SymPy writes out
_LARGEST_UNEVEN_POOL = 12  # an average that does not count the padding has as many cases


@dataclass(frozen=True, slots=True)
class Declarations:
    """What is declared before a claim.

    Attributes:
        signals: the lengths of the named signals.
        given: the hypotheses.
        integers: the symbols that range over all integers.
    """

    signals: Mapping[str, Passage] = field(default_factory=dict)
    given: tuple[Passage, ...] = ()
    integers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, signals: Mapping[str, str], given: Sequence[str], integers: Sequence[str]
    ) -> Declarations:
        """Declarations that are given as plain strings."""
        if isinstance(given, str) or isinstance(integers, str):
            raise SymconvError("given and integers take lists of texts, such as given=['n >= i']")
        return cls(
            {name: Passage(size, f"the length of {name}") for name, size in signals.items()},
            tuple(Passage(condition, "the hypothesis") for condition in given),
            tuple(integers),
        )


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken of an integer symbol about which nothing was declared.

    Attributes:
        name: the symbol.
        least: the smallest value that it takes.
        why: what asks for more than 0; empty for 0.
    """

    name: str
    least: int
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name} ≥ {self.least}"


@dataclass(frozen=True, slots=True)
class ParsedClaim:
    """A claim that was read.

    Attributes:
        claim: the claim.
        assumed: what is taken of the symbols that are not declared, by name.
        passage: where it was written.
        declared: what was declared before it.
    """

    claim: Claim
    assumed: tuple[Assumption, ...]
    passage: Passage
    declared: Declarations


def parse_claim(
    text: str,
    *,
    signals: Mapping[str, str],
    given: Sequence[str] = (),
    integers: Sequence[str] = (),
) -> ParsedClaim:
    """Read a claim; nothing in the texts is evaluated.

    Args:
        text: `lhs == rhs` with two signals or two integer expressions, or
            `iff(condition, condition)`.
        signals: the lengths of the named signals.  All other names are integer symbols.
        given: hypotheses.  `n >= 1` makes n positive.
        integers: symbols that range over all integers.  All others are at least 0, or 1
            where an operator needs that, as a kernel does for its length: see `assumed`.

    >>> parsed = parse_claim("x.convolve(k) == k.convolve(x)", signals={"x": "n", "k": "c"})
    >>> print(parsed.claim.prove())
    proved for all lengths
    >>> [str(assumption) for assumption in parsed.assumed]
    ['c ≥ 0', 'n ≥ 0']
    >>> parse_claim("x.flop() == x", signals={"x": "n"})
    Traceback (most recent call last):
        ...
    symconv.phrases.TextError: the claim, line 1, column 3: a signal has no method 'flop'; did you
    mean flip?
      x.flop() == x
        ^

    Raises:
        TextError: a text is not of this form; it says where.
        SymconvError: a declaration is not one, or the claim cannot be stated.
    """
    declared = Declarations.of(signals, given, integers)
    return read_claim(Passage(text, "the claim"), declared)


def read_claim(passage: Passage, declared: Declarations, name: str | None = None) -> ParsedClaim:
    """Read a claim that stands in a longer text; see `parse_claim`."""
    phrase = read_phrase(passage)
    words = Vocabulary(declared, [phrase])
    lhs, rhs = _sides(phrase, words)
    try:
        claim = Claim(lhs, rhs, given=words.given, name=name)
    except SymconvError as error:
        raise passage.error(str(error), phrase.tree.col_offset) from None
    used = {symbol.name for symbol in claim.symbols}
    assumed = tuple(words.assumptions[n] for n in sorted(used & words.assumptions.keys()))
    return ParsedClaim(claim, assumed, passage, declared)


def _sides(phrase: Phrase, words: Vocabulary) -> tuple[Value, Value]:
    reader = _Reader(phrase, words)
    match phrase.tree:
        case ast.Compare(left, [ast.Eq()], [right]):
            sides = reader.value(left), reader.value(right)
            for node, side in zip((left, right), sides, strict=True):
                if _sort(side) == "a condition":
                    raise phrase.error(
                        node, "two conditions are compared by iff(condition, condition)"
                    )
            if _sort(sides[0]) != _sort(sides[1]):
                names = [n.id for n in (left, right) if isinstance(n, ast.Name)]
                hint = "".join(f"; {words.undeclared(n)}" for n in names if n not in words.sizes)
                raise phrase.error(
                    right, f"the left side is {_sort(sides[0])}, this is {_sort(sides[1])}{hint}"
                )
            return sides
        case ast.Compare(ops=operators) if sum(isinstance(o, ast.Eq) for o in operators) > 1:
            raise phrase.error(phrase.tree, "a claim has one == only")
        case ast.Call(ast.Name("iff"), [left, right], []):
            return reader.condition(left), reader.condition(right)
        case ast.Call(ast.Name("iff")):
            raise phrase.error(phrase.tree, "expected iff(condition, condition)")
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp(ast.Not()):
            raise phrase.error(
                phrase.tree,
                "a claim is lhs == rhs or iff(condition, condition), and hypotheses are declared "
                "as given; this is a condition",
            )
    raise phrase.error(phrase.tree, "a claim is lhs == rhs or iff(condition, condition)")


# --- the words of the language -------------------------------------------------------


def _method(name: str) -> Signature:
    parameters = list(signature(getattr(SignalExpr, name)).parameters.values())[1:]
    return Signature([p.replace(annotation=Parameter.empty) for p in parameters])


_METHODS = {
    name: _method(name)
    for name in (
        "pad",
        "flip",
        "downsample",
        "dilate",
        "convolve",
        "correlate",
        "multiply",
        "conv_transpose",
        "pad_same",
        "avg_pool",
        "add_bias",
        "phases",
    )
}
_POSITIVE = {
    "factor": "a factor is positive",
    "stride": "a stride is positive",
    "dilation": "a dilation is positive",
    "size": "a window is not empty",
}
_READS_LENGTHS = {"multiply", "pad_same", "add_bias"}
_SIGNALS = {"other", "kernel", "bias"}
_KERNEL = "a kernel is not empty"
_DIVISOR = "a divisor is positive"

_MAKERS = {"taps", "delta", "ones", "interleave"}
_ROUNDING = {
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "ceiling": sympy.ceiling,
    "abs": sympy.Abs,
    "Abs": sympy.Abs,
}
_EXTREMES = {"max": sympy.Max, "Max": sympy.Max, "min": sympy.Min, "Min": sympy.Min}
_FRACTIONS = {"Fraction", "Rational", "Integer", "S"}
_FUNCTIONS = {*_MAKERS, *_ROUNDING, *_EXTREMES, *_FRACTIONS, "Mod", "Eq", "Ne", "len", "iff"}
_RESERVED = {*_FUNCTIONS, "Signal"}


def _close(name: str, known: Iterable[str], otherwise: str) -> str:
    found = get_close_matches(name[:40], sorted(known), n=2, cutoff=0.5)
    return f"did you mean {' or '.join(found)}?" if found else otherwise


def _sort(value: Value) -> str:
    if isinstance(value, SignalExpr):
        return "a signal"
    return "an integer expression" if isinstance(value, Expr) else "a condition"


def _check_name(name: str, what: str) -> None:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]{0,39}", name) or "__" in name or iskeyword(name):
        raise SymconvError(
            f"the name of {what} is made of letters, digits and single underscores, such as k2; "
            f"got {name[:60]!a}"
        )
    if name in _RESERVED:
        raise SymconvError(f"{name!r} is a word of the language and cannot name {what}")


class Vocabulary:
    """What the names mean: signals, and integer symbols with what is known of their signs.

    The signs depend on all texts that are read together, because a symbol has to be the
    same everywhere.

    Args:
        declared: the declarations.
        phrases: the texts that will be read.

    Attributes:
        given: the hypotheses that say more than the signs of symbols.
        assumptions: what is taken of the symbols that are not declared, by name.
    """

    def __init__(self, declared: Declarations, phrases: Sequence[Phrase]) -> None:
        for name in declared.signals:
            _check_name(name, "a signal")
        for name in declared.integers:
            _check_name(name, "a symbol")
            if name in declared.signals:
                raise SymconvError(f"{name!r} is declared both a signal and an integer")
        self.sizes = {name: read_phrase(size) for name, size in declared.signals.items()}
        hypotheses = [read_phrase(condition) for condition in declared.given]
        every = [*phrases, *self.sizes.values(), *hypotheses]
        self._integers = set(declared.integers)
        self._least: dict[str, int] = {}
        for hypothesis in hypotheses:
            for name, least in _lower_bounds(hypothesis.tree):
                self._least[name] = max(least, self._least.get(name, least))
        needed = {name: why for phrase in every for name, why in self._needs(phrase.tree)}
        self.assumptions: dict[str, Assumption] = {}
        nodes = (node for phrase in every for node in ast.walk(phrase.tree))
        for name in sorted({node.id for node in nodes if isinstance(node, ast.Name)}):
            least = int(name in needed)
            # A hypothesis such as t >= -3 says that t may be negative.
            said = name in self._integers or (name in self._least and not least)
            if not said and self._least.get(name, 0) < max(least, 1):
                self.assumptions[name] = Assumption(name, least, needed.get(name, ""))
        self._symbols: dict[str, Symbol] = {}
        self._signals: dict[str, Signal] = {}
        for name in self.sizes:
            self._signals[name] = self._declare(name)
        self.given = tuple(
            condition
            for condition in map(self._hypothesis, hypotheses)
            if condition is not sympy.true
        )

    def read(self, phrase: Phrase) -> Value:
        """What one of the phrases says, which need not be a whole claim.

        >>> phrase = read_phrase(Passage("x.pad(p, p).length"))
        >>> Vocabulary(Declarations.of({"x": "n"}, [], []), [phrase]).read(phrase)
        n + 2*p
        """
        return _Reader(phrase, self).value(phrase.tree)

    def signal(self, name: str) -> Signal | None:
        """The signal of that name, if one is declared."""
        return self._signals.get(name)

    def symbol(self, name: str) -> Symbol:
        """The integer symbol of that name."""
        if name not in self._symbols:
            assumed = self.assumptions.get(name)
            least = self._least.get(name) if assumed is None else assumed.least
            sign = {} if least is None or least < 0 else {"nonnegative": True}
            sign = {"positive": True} if least is not None and least > 0 else sign
            self._symbols[name] = Symbol(name, integer=True, **sign)
        return self._symbols[name]

    def undeclared(self, name: str) -> str:
        """What to do about a name that should be that of a signal."""
        close = _close(name, self.sizes, "")
        return f"{close or 'declare it'}{' or declare' if close else ''} as a signal {name}: LENGTH"

    def _declare(self, name: str) -> Signal:
        phrase = self.sizes[name]
        for node in ast.walk(phrase.tree):
            if isinstance(node, ast.Name) and node.id in self.sizes:
                raise phrase.error(node, "the length of a signal is said in integer symbols")
        size = _Reader(phrase, self).integer(phrase.tree)
        unsigned = sorted(s.name for s in size.free_symbols if not s.is_nonnegative)
        if unsigned and not size.is_nonnegative:
            raise phrase.error(
                phrase.tree, f"a length is not negative: say so with given {unsigned[0]} >= 0"
            )
        try:
            return Signal(name, size)
        except SymconvError as error:
            raise phrase.error(phrase.tree, str(error)) from None

    def _hypothesis(self, phrase: Phrase) -> Boolean:
        condition = _Reader(phrase, self).condition(phrase.tree)
        if condition is sympy.false:
            names = {node.id for node in ast.walk(phrase.tree) if isinstance(node, ast.Name)}
            taken = [str(self.assumptions[n]) for n in sorted(names & self.assumptions.keys())]
            why = f", because {' and '.join(taken)} is assumed" if taken else ""
            hint = "; declare symbols that may be negative as integers" if taken else ""
            raise phrase.error(phrase.tree, f"this hypothesis can never hold{why}{hint}")
        return condition

    def _needs(self, tree: ast.expr) -> Iterator[tuple[str, str]]:
        """The symbols that an operator needs to be positive, and why."""
        for node in ast.walk(tree):
            match node:
                case ast.BinOp(_, ast.FloorDiv() | ast.Mod() | ast.Div(), divisor):
                    yield from ((name, _DIVISOR) for name in _factors(divisor))
                case ast.Call(ast.Name("Mod"), [_, divisor]):
                    yield from ((name, _DIVISOR) for name in _factors(divisor))
                case ast.Call(ast.Attribute(attr=method)) if method in _METHODS:
                    for parameter, argument in _arguments(node, method).items():
                        if parameter in _POSITIVE:
                            for name in _factors(argument):
                                yield name, _POSITIVE[parameter]
                        if (method, parameter) == ("correlate", "kernel"):
                            for name in self._kernel_lengths(argument):
                                yield name, _KERNEL

    def _kernel_lengths(self, node: ast.expr) -> Iterator[str]:
        """The symbols that are 0 only if the kernel is empty."""
        match node:
            case ast.Name(name) if name in self.sizes:
                yield from _factors(self.sizes[name].tree)
            case ast.Call(ast.Name("ones") | ast.Attribute(ast.Name("Signal"), "ones"), [size]):
                yield from _factors(size)
            case ast.Call(ast.Attribute(inner, "flip" | "dilate" | "downsample"), [*_], []):
                yield from self._kernel_lengths(inner)
            case ast.Call(ast.Attribute(inner, "convolve" | "multiply"), [other], []):
                yield from self._kernel_lengths(inner)
                yield from self._kernel_lengths(other)
            case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
                yield from self._kernel_lengths(left)
                yield from self._kernel_lengths(right)
            case ast.UnaryOp(operand=inner):
                yield from self._kernel_lengths(inner)


def _arguments(call: ast.Call, method: str) -> dict[str, ast.expr]:
    """The arguments of a method by name; none where they do not fit, which the reader reports."""
    with suppress(TypeError):
        named = {keyword.arg or "": keyword.value for keyword in call.keywords}
        return dict(_METHODS[method].bind(*call.args, **named).arguments)
    return {}


def _factors(node: ast.expr) -> Iterator[str]:
    """The bare symbols in a product, each of which is positive if the product is."""
    match node:
        case ast.Name(name):
            yield name
        case ast.BinOp(left, ast.Mult(), right):
            yield from _factors(left)
            yield from _factors(right)


def _lower_bounds(tree: ast.expr) -> Iterator[tuple[str, int]]:
    """What a hypothesis such as n >= 1 says about bare symbols."""
    match tree:
        case ast.BoolOp(ast.And(), parts):
            for part in parts:
                yield from _lower_bounds(part)
        case ast.Compare(first, operators, others):
            sides = [first, *others]
            for left, operator, right in zip(sides, operators, others, strict=False):
                match left, operator, right:
                    case ast.Name(name), ast.GtE() | ast.Eq(), bound:
                        more = 0
                    case ast.Name(name), ast.Gt(), bound:
                        more = 1
                    case bound, ast.LtE() | ast.Eq(), ast.Name(name):
                        more = 0
                    case bound, ast.Lt(), ast.Name(name):
                        more = 1
                    case _:
                        continue
                match bound:
                    case ast.Constant(int() as number):
                        yield name, number + more
                    case ast.UnaryOp(ast.USub(), ast.Constant(int() as number)):
                        yield name, more - number


# --- from a tree to signals, expressions and conditions ------------------------------


class _Reader:
    """Reads a tree, with the meaning that a vocabulary gives to names."""

    def __init__(self, phrase: Phrase, words: Vocabulary) -> None:
        self.phrase = phrase
        self.words = words

    def value(self, node: ast.expr) -> Value:
        """Whatever the node is."""
        try:
            return self._value(node)
        except TextError:
            raise
        except SymconvError as error:
            raise self.error(node, str(error)) from None
        except RecursionError:
            raise self.error(node, "nested too deeply") from None

    def signal(self, node: ast.expr) -> SignalExpr:
        """A node that must be a signal."""
        name = node.id if isinstance(node, ast.Name) else None
        if name and name not in _RESERVED and not self.words.signal(name):
            raise self.error(node, f"{name!r} is not a signal; {self.words.undeclared(name)}")
        value = self.value(node)
        if not isinstance(value, SignalExpr):
            raise self._unexpected(node, "a signal", value)
        return value

    def integer(self, node: ast.expr) -> Expr:
        """A node that must be an integer expression."""
        value = self.value(node)
        if not isinstance(value, Expr):
            hint = "; its length is len(…)" if isinstance(value, SignalExpr) else ""
            raise self._unexpected(node, "an integer expression", value, hint)
        return value

    def condition(self, node: ast.expr) -> Boolean:
        """A node that must be a condition."""
        value = self.value(node)
        if isinstance(value, SignalExpr | Expr):
            raise self._unexpected(node, "a condition such as n >= 1", value)
        return value

    def error(self, node: ast.expr | ast.keyword, problem: str) -> TextError:
        return self.phrase.error(node, problem)

    def sized(self, node: ast.expr, most: int = _MOST_STEPS) -> SignalExpr:
        """A signal whose length SymPy has to write out, which takes long if it is involved."""
        signal = self.signal(node)
        self._check_steps(node, signal, most)
        return signal

    def _check_steps(self, node: ast.expr, signal: SignalExpr, most: int = _MOST_STEPS) -> None:
        if _steps(signal) > most:
            raise self.error(
                node, "the length of this is too involved to be written out: too many strides"
            )

    def _unexpected(self, node: ast.expr, expected: str, value: Value, hint: str = "") -> TextError:
        return self.error(node, f"expected {expected}, and this is {_sort(value)}{hint}")

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(name):
                return self._name(node, name)
            case ast.Constant(bool() as truth):
                return sympy.true if truth else sympy.false
            case ast.Constant(int() as number):
                return Integer(number)
            case ast.UnaryOp(ast.Not() | ast.Invert(), operand):
                return sympy.Not(self.condition(operand))
            case ast.UnaryOp(operator, operand):
                return self._signed(operator, operand)
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as operator, right):
                return self._joined(operator, [left, right])
            case ast.BoolOp(operator, parts):
                return self._joined(operator, parts)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare(first, operators, others):
                return self._comparison([first, *others], operators)
            case ast.Attribute(inner, "length"):
                return self.sized(inner).length
            case ast.Attribute(_, name):
                raise self._at_attribute(
                    node,
                    f"write {name}(…) to call the method"
                    if name in _METHODS
                    else f"a signal has no attribute {name!r}; it has length",
                )
            case ast.Subscript(ast.Call(ast.Attribute(_, "phases")) as call, index):
                return self._phase(call, index)
            case ast.Subscript():
                raise self.error(node, "only phases have numbers, as in x.phases(2)[0]")
            case ast.Call(ast.Attribute(ast.Name("Signal"), name)):
                if name not in _MAKERS:
                    hint = _close(name, _MAKERS, f"expected {', '.join(sorted(_MAKERS))}")
                    raise self._at_attribute(node.func, f"there is no Signal.{name}; {hint}")
                return self._call(node, name)
            case ast.Call(ast.Attribute(inner, name) as function):
                return self._method(node, function, inner, name)
            case ast.Call(ast.Name(name)):
                return self._call(node, name)
            case ast.Call():
                raise self.error(node, "only functions and methods can be called, by their name")
            case ast.Constant(str()):
                raise self.error(node, "a quoted word is the mode of a padding only")
        raise self.error(node, "expected a signal, an integer expression or a condition")

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in _RESERVED:
            raise self.error(node, f"{name!r} is a word of the language, not a symbol")
        found = self.words.signal(name)
        if found is not None:
            return found
        try:
            _check_name(name, "a symbol")
        except SymconvError as error:
            raise self.error(node, str(error)) from None
        return self.words.symbol(name)

    def _signed(self, operator: ast.unaryop, operand: ast.expr) -> Value:
        value = self.value(operand)
        if not isinstance(value, SignalExpr | Expr):
            raise self._unexpected(operand, "a signal or an integer expression", value)
        return -value if isinstance(operator, ast.USub) else value

    def _joined(self, operator: ast.boolop | ast.operator, parts: Sequence[ast.expr]) -> Boolean:
        for part in parts:
            if isinstance(operator, ast.operator) and isinstance(part, ast.Name | ast.Constant):
                raise self.error(part, "put comparisons beside & and | in parentheses")
        join = sympy.And if isinstance(operator, ast.And | ast.BitAnd) else sympy.Or
        return join(*map(self.condition, parts))

    def _comparison(self, sides: Sequence[ast.expr], operators: Sequence[ast.cmpop]) -> Boolean:
        signs: dict[type[ast.cmpop], Callable[[Expr, Expr], Boolean]] = {
            ast.Lt: sympy.Lt,
            ast.LtE: sympy.Le,
            ast.Gt: sympy.Gt,
            ast.GtE: sympy.Ge,
            ast.Eq: sympy.Eq,
            ast.NotEq: sympy.Ne,
        }
        values = [self.integer(side) for side in sides]
        pairs = zip(values, operators, values[1:], strict=False)
        relations = [signs[type(operator)](a, b) for a, operator, b in pairs]
        # 2 <= n is n >= 2, as in Python.
        turned = [
            r.reversed if isinstance(r, Relational) and r.lhs.is_number else r for r in relations
        ]
        return reduce(and_, turned)

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        for part, value in ((node.left, left), (node.right, right)):
            if not isinstance(value, SignalExpr | Expr):
                raise self._unexpected(part, "a signal or an integer expression", value)
        if isinstance(left, SignalExpr) or isinstance(right, SignalExpr):
            for part, value in ((node.left, left), (node.right, right)):
                if isinstance(value, SignalExpr) and isinstance(node.op, ast.Add | ast.Sub):
                    self._check_steps(part, value)
            return self._signal_arithmetic(node, left, right)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                if right.is_zero:
                    raise self.error(node.right, "division by zero")
                return left / right
            case ast.FloorDiv():
                return sympy.floor(left / self._divisor(node.right, right))
            case ast.Mod():
                return sympy.Mod(left, self._divisor(node.right, right))
            case ast.Pow():
                return left**right
        raise self.error(node, "expected one of the operators + - * / // % **")

    def _divisor(self, node: ast.expr, value: Expr) -> Expr:
        if not value.is_positive:
            raise self.error(node, f"{_DIVISOR}, and {_not_positive(value)}")
        return value

    def _signal_arithmetic(self, node: ast.BinOp, left: Value, right: Value) -> SignalExpr:
        match node.op, left, right:
            case ast.Add(), SignalExpr() as signal, other:
                return signal + other
            case ast.Sub(), SignalExpr() as signal, other:
                return signal - other
            case ast.Mult(), SignalExpr() as signal, number:
                return signal * number
            case ast.Mult(), number, SignalExpr() as signal:
                return signal * number
            case ast.Div(), SignalExpr() as signal, Expr() as number:
                quotient: SignalExpr = signal / number
                return quotient
            case ((ast.Add() | ast.Sub()), _, _):
                raise self.error(node.left, "only signals can be added to signals")
        raise self.error(
            node, "signals have + and -, and * and / by a number; x.convolve(h) is a convolution"
        )

    def _call(self, node: ast.Call, name: str) -> Value:
        """A function by name; its arguments have no names of their own."""
        if name not in _FUNCTIONS:
            if name in _METHODS:
                hint = f"it is a method: x.{name}{_METHODS[name]}"
            else:
                hint = _close(name, _FUNCTIONS, f"expected {', '.join(sorted(_FUNCTIONS))}")
            raise self.error(node.func, f"there is no function {name[:40]!r}; {hint}")
        for keyword in node.keywords:
            raise self.error(keyword, f"{name} has no named arguments")
        arguments = self._positional(node)
        least, most = _ARITY.get(name, (1, 1))
        if not least <= len(arguments) <= most:
            raise self.error(node, f"{name} takes {_spelled(least, most)}, got {len(arguments)}")
        if name in _EXTREMES:
            return _EXTREMES[name](*map(self.integer, arguments))
        if name in _ROUNDING:
            return _ROUNDING[name](self.integer(arguments[0]))
        if name in _FRACTIONS:
            numerator, denominator = [*map(self._number, arguments), Fraction(1)][:2]
            if not denominator:
                raise self.error(arguments[1], "division by zero")
            exact = numerator / denominator
            return Rational(exact.numerator, exact.denominator)
        match name:
            case "taps":
                return Signal.taps(*map(self._number, arguments))
            case "delta":
                return Signal.delta()
            case "ones":
                return Signal.ones(self.integer(arguments[0]))
            case "interleave":
                # Its length is the largest of theirs.
                return Signal.interleave(*(self.sized(a, _MOST_STEPS // 3) for a in arguments))
            case "Mod":
                divisor = self._divisor(arguments[1], self.integer(arguments[1]))
                return sympy.Mod(self.integer(arguments[0]), divisor)
            case "Eq" | "Ne":
                relation = sympy.Eq if name == "Eq" else sympy.Ne
                return relation(*map(self.integer, arguments))
            case "len":
                return self.sized(arguments[0]).length
        raise self.error(node, "iff(condition, condition) is a whole claim")

    def _number(self, node: ast.expr) -> Fraction:
        value = self.integer(node)
        if not isinstance(value, Rational):
            raise self.error(node, "expected a number, such as -2 or 1/2")
        return Fraction(int(value.p), int(value.q))

    def _positional(self, node: ast.Call) -> list[ast.expr]:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self.error(argument, "arguments are written one by one")
        return node.args

    def _method(
        self, node: ast.Call, function: ast.Attribute, inner: ast.expr, name: str
    ) -> SignalExpr:
        receiver = self.signal(inner)
        if name not in _METHODS:
            hint = _close(name, _METHODS, f"it has {', '.join(sorted(_METHODS))}")
            raise self._at_attribute(function, f"a signal has no method {name[:40]!r}; {hint}")
        if name == "phases":
            raise self.error(node, "one of the phases has to be chosen, as in x.phases(2)[0]")
        arguments, options = self._bound(node, function, name)
        uneven = options.get("count_include_pad") is False
        if name in _READS_LENGTHS or uneven:
            self._check_steps(inner, receiver)
            for argument in arguments:
                if isinstance(argument, SignalExpr):
                    self._check_steps(node, argument)
        if uneven and arguments[0] > _LARGEST_UNEVEN_POOL:
            raise self.error(
                node, f"with count_include_pad=False, at most {_LARGEST_UNEVEN_POOL} entries"
            )
        try:
            built = getattr(receiver, name)(*arguments, **options)
        except SymconvError as error:
            raise self._at_attribute(function, str(error)) from None
        assert isinstance(built, SignalExpr)
        return built

    def _bound(
        self, node: ast.Call, function: ast.Attribute, name: str
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call, checked against the method and read."""
        form = _METHODS[name]
        positional = self._positional(node)
        named: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error(keyword, "arguments are written one by one")
            if keyword.arg not in form.parameters:
                hint = _close(keyword.arg, form.parameters, f"its form is {name}{form}")
                raise self.error(keyword, f"{name} has no argument {keyword.arg[:40]!r}; {hint}")
            named[keyword.arg] = keyword.value
        try:
            bound = form.bind(*positional, **named)
        except TypeError as error:
            raise self._at_attribute(function, f"{error}; its form is {name}{form}") from None
        for parameter, argument in bound.arguments.items():
            bound.arguments[parameter] = self._argument(parameter, argument)
        return bound.args, bound.kwargs

    def _argument(self, parameter: str, node: ast.expr) -> object:
        if parameter in _SIGNALS:
            return self.signal(node)
        if parameter == "mode":
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                return node.value
            raise self.error(node, "expected a quoted word, such as 'reflect'")
        if parameter == "count_include_pad":
            if isinstance(node, ast.Constant) and isinstance(node.value, bool):
                return node.value
            raise self.error(node, "expected True or False")
        value = self.integer(node)
        if parameter in _POSITIVE and not value.is_positive:
            raise self.error(node, f"{_POSITIVE[parameter]}, and {_not_positive(value)}")
        return int(value) if value.is_Integer else value

    def _phase(self, call: ast.Call, index: ast.expr) -> SignalExpr:
        assert isinstance(call.func, ast.Attribute)
        receiver = self.signal(call.func.value)
        arguments, options = self._bound(call, call.func, "phases")
        try:
            phases = receiver.phases(*arguments, **options)
        except SymconvError as error:
            raise self._at_attribute(call.func, str(error)) from None
        number = index.value if isinstance(index, ast.Constant) else None
        if type(number) is not int or not 0 <= number < len(phases):
            raise self.error(index, f"expected the number of a phase, from 0 to {len(phases) - 1}")
        return phases[number]

    def _at_attribute(self, node: ast.expr, problem: str) -> TextError:
        """An error at the name after the point."""
        assert isinstance(node, ast.Attribute)
        end = node.end_col_offset or node.col_offset
        return self.phrase.passage.error(problem, end - len(node.attr))


def _steps(signal: SignalExpr) -> int:
    """About how many floors and cases the length of a signal has, written out."""
    own = sum(
        isinstance(part, _CASES) for p in signal.parameters for part in sympy.preorder_traversal(p)
    )
    match signal:
        case Formula():
            return own
        case Add(inner, _) | Multiply(inner, _):
            return own + _steps(inner)
        case Pad(inner, left, right):
            crops = int(not (left.is_nonnegative and right.is_nonnegative))
            return own + _steps(inner) + crops
        case Downsample(inner, factor):
            return own + _steps(inner) + int(factor != 1)
        case Correlate(inner, kernel, stride, _):
            return own + _steps(inner) + _steps(kernel) + 2 * int(stride != 1)
    return own + sum(map(_steps, signal.operands))


_CASES = (
    sympy.floor,
    sympy.ceiling,
    sympy.Max,
    sympy.Min,
    sympy.Abs,
    sympy.Mod,
    sympy.Piecewise,
)


def _not_positive(value: Expr) -> str:
    if value.is_number:
        return f"this is {value}"
    if value.is_Symbol:
        return f"this could be 0 or less; say otherwise with given {value} >= 1"
    return f"this could be 0 or less; write a symbol s for it, with given s == {value}"


_MANY = 1000
_ARITY = {
    "taps": (0, _MANY),
    "delta": (0, 0),
    "interleave": (1, _MANY),
    **dict.fromkeys(_EXTREMES, (1, _MANY)),
    **dict.fromkeys(("Fraction", "Rational"), (1, 2)),
    **dict.fromkeys(("Mod", "Eq", "Ne", "iff"), (2, 2)),
}


def _spelled(least: int, most: int) -> str:
    if least == most:
        return f"{least} argument{'s' * (least != 1)}"
    return f"at least {least} argument{'s' * (least != 1)}" if most == _MANY else "1 or 2 arguments"

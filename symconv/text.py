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
from unicodedata import combining, east_asian_width

import sympy
from sympy import Expr, Integer, Rational, Symbol
from sympy.logic.boolalg import Boolean

from symconv.claims import Claim
from symconv.errors import SymconvError
from symconv.signals import Signal, SignalExpr

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
    "read_claims",
]

Value: TypeAlias = SignalExpr | Expr | Boolean
"""What a text can say: a signal, an integer expression or a condition."""

_MOST_CHARACTERS = 4_000
_MOST_TOKENS = 1_000
_MOST_DIGITS = 9
_DEEPEST_BRACKETS = 30
_DEEPEST_TREE = 80
_MOST_PREFIXES = 8  # signs, powers and `not` in a row
_LARGEST_EXPONENT = 9
_MOST_MONOMIALS = 200  # of an expression once it is multiplied out
_LARGEST_DEGREE = 24
_MOST_CHOICES = 24  # of max, min, abs and %: each is a case distinction
_MOST_CALLS = 120
_MOST_CHARACTERS_IN_FILE = 200_000
_MOST_CLAIMS_IN_FILE = 500
_WIDTH = 72  # of the piece of a line that an error shows


class TextError(SymconvError):
    """A text that cannot be read, and the place where.

    Attributes:
        problem: what is wrong, and what was expected.
        text: the whole text.
        where: what the text is, such as "the claim" or the name of a file.
        line: the line, from 1 on.
        column: the column in it, from 1 on, in characters.
    """

    def __init__(self, problem: str, text: str, offset: int = 0, where: str = "the text") -> None:
        lines = text[:offset].split("\n")
        self.problem = problem
        self.text = text
        self.where = where
        self.line = len(lines)
        self.column = len(lines[-1]) + 1
        shown = _pointed(text.split("\n")[self.line - 1], self.column)
        super().__init__(f"{where}, line {self.line}, column {self.column}: {problem}\n{shown}")


def _pointed(line: str, column: int) -> str:
    """The line, or the piece of it around the column, with a caret under the column."""
    start = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    piece = "".join(c if c.isprintable() else " " for c in line[start : start + _WIDTH])
    left, right = "…" * (start > 0), "…" * (start + _WIDTH < len(line))
    before = left + piece[: column - 1 - start]
    width = sum(0 if combining(c) else 1 + (east_asian_width(c) in "FW") for c in before)
    return f"  {left}{piece}{right}\n  {' ' * width}^"


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text that knows where it stands.

    Attributes:
        text: the whole text.
        where: what the whole text is, for messages.
        start: where the part begins.
        stop: where it ends; None for the end of the text.
    """

    text: str
    where: str = "the text"
    start: int = 0
    stop: int | None = None

    @property
    def content(self) -> str:
        """The part itself."""
        return self.text[self.start : self.stop]

    def error(self, problem: str, offset: int = 0) -> TextError:
        """An error at an offset from the start of the part."""
        return TextError(problem, self.text, min(self.start + offset, len(self.text)), self.where)


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
    symconv.text.TextError: the claim, line 1, column 3: a signal has no method 'flop'; did you
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
    phrase = _phrase(passage)
    words = Vocabulary(declared, [phrase])
    lhs, rhs = _sides(phrase, words)
    try:
        claim = Claim(lhs, rhs, given=words.given, name=name)
    except SymconvError as error:
        raise passage.error(str(error), phrase.tree.col_offset) from None
    used = {symbol.name for symbol in claim.symbols}
    assumed = tuple(words.assumptions[n] for n in sorted(used & words.assumptions.keys()))
    return ParsedClaim(claim, assumed, passage, declared)


def _sides(phrase: _Phrase, words: Vocabulary) -> tuple[Value, Value]:
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


# --- from text to a tree -------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[0-9]+)"
    r"""|(?P<quoted>'[a-z]*'|"[a-z]*")|(?P<sign>\*\*|//|[<>=!]=|[-+*/%<>()\[\],.=&|~])"""
)
_INSTEAD = {
    "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "·": "*", "×": "*", "^": "**",
    "∗": "x.convolve(h)", "⋆": "x.correlate(k)", "↓": "x.downsample(s)", "↑": "x.dilate(d)",
    "⇔": "iff(condition, condition)", "⌊": "floor(...)", "⌈": "ceil(...)", "!": "not or !=",
    "½": "1/2", "{": "(", "}": ")",
}  # fmt: skip
_WORDS = {"and", "or", "not", "True", "False"}
_CLOSED_BY = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A passage and its tree."""

    passage: Passage
    tree: ast.expr

    def error(self, node: ast.expr | ast.keyword, problem: str) -> TextError:
        return self.passage.error(problem, node.col_offset)


def _phrase(passage: Passage) -> _Phrase:
    """The tree of a passage, within the limits."""
    content = passage.content
    if len(content) > _MOST_CHARACTERS:
        raise passage.error(
            f"{len(content)} characters, and {_MOST_CHARACTERS} are allowed", _MOST_CHARACTERS
        )
    _check_tokens(passage)
    # On one line, without a margin, an offset in the tree is an offset in the passage: the
    # characters are ASCII.
    line = re.sub(r"\s", " ", content)
    margin = len(line) - len(line.lstrip())
    try:
        tree = ast.parse(line[margin:], mode="eval").body
    except SyntaxError as error:
        at = min(max(0, (error.offset or 1) - 1 + margin), len(content.rstrip()))
        raise passage.error(error.msg, at) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise passage.error("nested too deeply") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.keyword):
            node.col_offset += margin
            node.end_col_offset = (node.end_col_offset or 0) + margin
    phrase = _Phrase(passage, tree)
    _check_depth(phrase)
    _check_size(phrase)
    return phrase


def _check_tokens(passage: Passage) -> None:
    """Refuse what is no part of the language before Python's parser sees it."""
    content = passage.content
    opened: list[tuple[str, int]] = []
    position = tokens = prefixes = 0
    previous = ""
    while position < len(content):
        found = _TOKEN.match(content, position)
        if found is None or content.startswith("<=>", position):
            raise passage.error(_no_token(content, position), position)
        kind, token = found.lastgroup, found[0]
        problem = _token_problem(str(kind), token, content[found.end() : found.end() + 1])
        if kind == "sign" and token in "([":
            opened.append((token, position))
            if len(opened) > _DEEPEST_BRACKETS:
                problem = f"brackets more than {_DEEPEST_BRACKETS} deep"
        elif kind == "sign" and token in ")]":
            if not opened or _CLOSED_BY[opened.pop()[0]] != token:
                problem = f"this {token} closes nothing"
        elif token == "=" and not opened:
            problem = "a claim has ==, two equals signs"
        elif kind == "quoted" and previous == "name":
            problem = "a quoted word stands alone, such as 'reflect'"
        if kind != "space":
            tokens += 1
            prefix = token in ("+", "-", "~", "not", "**")
            prefixes = prefixes + 1 if prefix else prefixes if token == "(" else 0
            if prefixes > _MOST_PREFIXES:
                problem = f"more than {_MOST_PREFIXES} signs in a row"
            if tokens > _MOST_TOKENS:
                problem = f"more than {_MOST_TOKENS} names, numbers and signs"
        if problem:
            raise passage.error(problem, position)
        position, previous = found.end(), str(kind)
    if opened:
        raise passage.error(f"this {opened[-1][0]} is never closed", opened[-1][1])
    if not tokens:
        raise passage.error("there is nothing here")


def _no_token(content: str, position: int) -> str:
    if content.startswith("<=>", position):
        return "conditions are compared by iff(condition, condition)"
    character = content[position]
    if character in "'\"":
        return "a quoted word is the mode of a padding, such as 'reflect'"
    if character in _INSTEAD:
        return f"unexpected character {character}; write {_INSTEAD[character]}"
    return f"unexpected character {ascii(character)}"


def _token_problem(kind: str, token: str, following: str) -> str:
    """What is wrong with a token; empty if nothing is."""
    if kind == "number":
        if len(token) > _MOST_DIGITS:
            return f"a number of {len(token)} digits, and {_MOST_DIGITS} are allowed"
        if following.isalpha() or following == "_":
            return f"write {token}*… for a product, and numbers in decimal digits"
        if following == ".":
            return "decimals are not exact; write a fraction such as 1/2"
        if token.startswith("0") and token.strip("0"):
            return "a number does not begin with 0"
    if kind == "name":
        if "__" in token:
            return "a name has no two underscores in a row"
        if iskeyword(token) and token not in _WORDS:
            return f"{token!r} is not part of the language"
    return ""


def _parts(node: ast.AST) -> Iterator[ast.expr | ast.keyword]:
    return (n for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr | ast.keyword))


def _check_depth(phrase: _Phrase) -> None:
    level: list[ast.expr | ast.keyword] = [phrase.tree]
    for _ in range(_DEEPEST_TREE):
        level = [part for node in level for part in _parts(node)]
        if not level:
            return
    raise phrase.error(level[0], f"nested or chained more than {_DEEPEST_TREE} deep")


def _check_size(phrase: _Phrase) -> None:
    """Refuse expressions that would be huge once they are multiplied out."""
    calls = [node for node in ast.walk(phrase.tree) if isinstance(node, ast.Call)]
    if len(calls) > _MOST_CALLS:
        raise phrase.error(calls[_MOST_CALLS], f"more than {_MOST_CALLS} calls")
    choices = [node for node in ast.walk(phrase.tree) if _is_choice(node)]
    weight = sum(len(node.args) if isinstance(node, ast.Call) else 1 for node in choices)
    if weight > _MOST_CHOICES:
        raise phrase.error(
            choices[-1], f"more than {_MOST_CHOICES} arguments of max, min, abs and % in all"
        )
    _size(phrase.tree, phrase)


def _is_choice(node: ast.AST) -> Any:
    match node:
        case ast.Call(ast.Name("max" | "Max" | "min" | "Min" | "abs" | "Abs" | "Mod")):
            return node
        case ast.BinOp(op=ast.Mod()):
            return node
    return None


def _size(node: ast.expr | ast.keyword, phrase: _Phrase) -> tuple[int, int]:
    """At most how many monomials the node has once it is multiplied out, and their degree."""
    sizes = [_size(part, phrase) for part in _parts(node)]
    monomials, degree = 1, 1
    match node:
        case ast.BinOp(_, ast.Add() | ast.Sub() | ast.Mod(), _):
            monomials = sum(size[0] for size in sizes)
            degree = max(size[1] for size in sizes)
        case ast.BinOp(_, ast.Mult(), _):
            monomials, degree = sizes[0][0] * sizes[1][0], sizes[0][1] + sizes[1][1]
        case ast.BinOp(_, ast.Pow(), right):
            exponent = right.value if isinstance(right, ast.Constant) else None
            if type(exponent) is not int or not 0 <= exponent <= _LARGEST_EXPONENT:
                raise phrase.error(right, f"an exponent is a number from 0 to {_LARGEST_EXPONENT}")
            monomials, degree = sizes[0][0] ** exponent, sizes[0][1] * exponent
        case ast.BinOp() | ast.UnaryOp():
            monomials, degree = max(s[0] for s in sizes), max(s[1] for s in sizes)
        case ast.Call(ast.Name()):
            monomials, degree = len(node.args) + 1, max((s[1] for s in sizes), default=1)
    if monomials > _MOST_MONOMIALS or degree > _LARGEST_DEGREE:
        raise phrase.error(node, "this is too large once it is multiplied out")
    return monomials, degree


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

    def __init__(self, declared: Declarations, phrases: Sequence[_Phrase]) -> None:
        for name in declared.signals:
            _check_name(name, "a signal")
        for name in declared.integers:
            _check_name(name, "a symbol")
            if name in declared.signals:
                raise SymconvError(f"{name!r} is declared both a signal and an integer")
        self.sizes = {name: _phrase(size) for name, size in declared.signals.items()}
        hypotheses = [_phrase(condition) for condition in declared.given]
        every = [*phrases, *self.sizes.values(), *hypotheses]
        self._integers = set(declared.integers)
        self._least: dict[str, int] = {}
        for hypothesis in hypotheses:
            for name, least in _lower_bounds(hypothesis.tree):
                self._least[name] = max(least, self._least.get(name, least))
        needed = {name: why for phrase in every for name, why in self._needs(phrase.tree)}
        self.assumptions: dict[str, Assumption] = {}
        for name in sorted({n.id for p in every for n in ast.walk(p.tree) if _is_name(n)}):
            if name not in self._integers and self._least.get(name, -1) < (name in needed):
                self.assumptions[name] = Assumption(name, int(name in needed), needed.get(name, ""))
        self._symbols: dict[str, Symbol] = {}
        self._signals: dict[str, Signal] = {}
        for name in self.sizes:
            self._signals[name] = self._declare(name)
        self.given = tuple(
            condition
            for condition in map(self._hypothesis, hypotheses)
            if condition is not sympy.true
        )

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

    def _hypothesis(self, phrase: _Phrase) -> Boolean:
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


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


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
                if isinstance(bound, ast.Constant) and type(bound.value) is int:
                    yield name, bound.value + more


# --- from a tree to signals, expressions and conditions ------------------------------


class _Reader:
    """Reads a tree, with the meaning that a vocabulary gives to names."""

    def __init__(self, phrase: _Phrase, words: Vocabulary) -> None:
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
        if isinstance(node, ast.Name) and node.id not in self.words.sizes | dict.fromkeys(
            _RESERVED
        ):
            raise self.error(
                node, f"{node.id!r} is not a signal; {self.words.undeclared(node.id)}"
            )
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

    def _unexpected(
        self, node: ast.expr, expected: str, value: Value, hint: str = ""
    ) -> TextError:
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
                return self.signal(inner).length
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
            case ast.Call(ast.Attribute(inner, name)):
                return self._method(node, node.func, inner, name)
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
        return reduce(and_, (signs[type(operator)](a, b) for a, operator, b in pairs))

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        for part, value in ((node.left, left), (node.right, right)):
            if not isinstance(value, SignalExpr | Expr):
                raise self._unexpected(part, "a signal or an integer expression", value)
        if isinstance(left, SignalExpr) or isinstance(right, SignalExpr):
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
            case ast.Add(), SignalExpr(), _:
                return left + right
            case ast.Sub(), SignalExpr(), _:
                return left - right
            case ast.Mult(), SignalExpr(), _:
                return left * right
            case ast.Mult(), _, SignalExpr():
                return right * left
            case ast.Div(), SignalExpr(), Expr():
                return left / right
            case (ast.Add() | ast.Sub()), _, _:
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
            return Rational(*(self._number(a).numerator for a in arguments)) if all(
                self._number(a).denominator == 1 for a in arguments
            ) and (len(arguments) < 2 or self._number(arguments[1])) else self._no_fraction(node)
        match name:
            case "taps":
                return Signal.taps(*map(self._number, arguments))
            case "delta":
                return Signal.delta()
            case "ones":
                return Signal.ones(self.integer(arguments[0]))
            case "interleave":
                return Signal.interleave(*map(self.signal, arguments))
            case "Mod":
                divisor = self._divisor(arguments[1], self.integer(arguments[1]))
                return sympy.Mod(self.integer(arguments[0]), divisor)
            case "Eq" | "Ne":
                relation = sympy.Eq if name == "Eq" else sympy.Ne
                return relation(*map(self.integer, arguments))
            case "len":
                return self.signal(arguments[0]).length
        raise self.error(node, "iff(condition, condition) is a whole claim")

    def _no_fraction(self, node: ast.expr) -> Value:
        raise self.error(node, "expected a fraction of two integers, such as 1/2")

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
        result = getattr(receiver, name)
        arguments, options = self._bound(node, function, name)
        try:
            built = result(*arguments, **options)
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


def _not_positive(value: Expr) -> str:
    symbols = sorted(s.name for s in value.free_symbols if not s.is_positive)
    if not symbols:
        return f"this is {value}"
    return f"this could be 0 or less; say otherwise with given {symbols[0]} >= 1"


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


# --- files of claims -----------------------------------------------------------------

_DECLARATION = re.compile(r"(signal|given|integer)(?=\s)")
_NAMED = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*:")
_SIGNAL = re.compile(r"\s*(\w+)\s*:")


def read_claims(text: str, where: str, declared: Declarations | None = None) -> list[ParsedClaim]:
    """Read a file of claims, one on each line, `lhs == rhs` or `name: lhs == rhs`.

    Lines `signal x: n`, `given n >= i` and `integer t` declare for what follows.  An
    indented line continues the one above; `#` begins a comment.

    Args:
        text: the text of the file.
        where: its name, for messages.
        declared: what is declared before the first line.

    >>> parsed = read_claims('''
    ... signal x: n
    ... signal k: c
    ... commutes: x.convolve(k) == k.convolve(x)   # always
    ... ''', "claims.txt")
    >>> [(p.claim.name, str(p.claim)) for p in parsed]
    [('commutes', 'x.convolve(k) == k.convolve(x)')]

    Raises:
        TextError: a line cannot be read, or something is declared or named twice.
    """
    if len(text) > _MOST_CHARACTERS_IN_FILE:
        raise TextError(
            f"{len(text)} characters, and {_MOST_CHARACTERS_IN_FILE} are allowed", "", 0, where
        )
    current = declared or Declarations()
    claims: list[ParsedClaim] = []
    names: set[str] = set()
    for statement in _statements(text, where):
        word = _DECLARATION.match(statement.content)
        if word:
            current = _declared(current, word[1], _after(statement, word))
            continue
        name = _NAMED.match(statement.content)
        if name and name[1] in names:
            raise statement.error(f"a claim named {name[1]!r} stands above")
        names |= {name[1]} if name else set()
        if len(claims) == _MOST_CLAIMS_IN_FILE:
            raise statement.error(f"more than {_MOST_CLAIMS_IN_FILE} claims")
        passage = _after(statement, name) if name else statement
        try:
            claims.append(read_claim(passage, current, name[1] if name else None))
        except TextError:
            raise
        except SymconvError as error:
            raise passage.error(str(error)) from None
    if not claims:
        raise TextError("there is no claim in it", text, len(text), where)
    return claims


def _statements(text: str, where: str) -> Iterator[Passage]:
    """The statements of a file, without comments and blank lines."""
    bare = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0]), text)
    start, position = None, 0
    for line in bare.splitlines(keepends=True):
        begins = line.strip() and not line[0].isspace()
        if line.strip() and not begins and start is None:
            raise TextError("an indented line continues the one above", text, position, where)
        if start is not None and (begins or not line.strip()):
            yield Passage(bare, where, start, position)
            start = None
        if begins:
            start = position
        position += len(line)
    if start is not None:
        yield Passage(bare, where, start, position)


def _after(statement: Passage, found: re.Match[str]) -> Passage:
    return Passage(statement.text, statement.where, statement.start + found.end(), statement.stop)


def _declared(current: Declarations, word: str, rest: Passage) -> Declarations:
    signals, given, integers = dict(current.signals), current.given, current.integers
    if word == "given":
        given = (*given, rest)
    elif word == "integer":
        name = rest.content.strip()
        if name in integers or name in signals:
            raise rest.error(f"{name!r} is declared twice")
        integers = (*integers, name)
    else:
        found = _SIGNAL.match(rest.content)
        if not found:
            raise rest.error("expected signal NAME: LENGTH, such as signal x: n")
        if found[1] in signals or found[1] in integers:
            raise rest.error(f"{found[1]!r} is declared twice")
        signals[found[1]] = _after(rest, found)
    after = Declarations(signals, given, integers)
    try:
        Vocabulary(after, [])
    except TextError:
        raise
    except SymconvError as error:
        raise rest.error(str(error)) from None
    return after

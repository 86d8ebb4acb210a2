"""Text as trees: Python's parser makes them, within limits, and nothing is evaluated.

The limits on length, depth and size keep every text, however hostile, from taking long
here and where the tree is read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword
from unicodedata import combining, east_asian_width

from symconv.arithmetic.limits import (
    DEEPEST_BRACKETS,
    DEEPEST_CHOICES,
    DEEPEST_TREE,
    LARGEST_DEGREE,
    LARGEST_EXPONENT,
    MOST_CALLS,
    MOST_CHARACTERS,
    MOST_CHOICES,
    MOST_DIGITS,
    MOST_MONOMIALS,
    MOST_PREFIXES,
    MOST_TOKENS,
    WIDEST_PIECE_SHOWN,
)
from symconv.errors import SymconvError, as_given

__all__ = ["Passage", "Phrase", "TextError", "check_length", "read_phrase", "within_limits"]


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
    start = max(0, column - 1 - WIDEST_PIECE_SHOWN // 2) if len(line) > WIDEST_PIECE_SHOWN else 0
    piece = "".join(c if c.isprintable() else " " for c in line[start : start + WIDEST_PIECE_SHOWN])
    left, right = "…" * (start > 0), "…" * (start + WIDEST_PIECE_SHOWN < len(line))
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

    Raises:
        SymconvError: the text is none.
    """

    text: str
    where: str = "the text"
    start: int = 0
    stop: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise SymconvError(f"{self.where} must be text, got {as_given(self.text)}")

    @property
    def content(self) -> str:
        """The part itself."""
        return self.text[self.start : self.stop]

    def error(self, problem: str, offset: int = 0) -> TextError:
        """An error at an offset from the start of the part."""
        return TextError(problem, self.text, min(self.start + offset, len(self.text)), self.where)


# --- from text to a tree -------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[0-9]+)"
    r"""|(?P<quoted>'[ -&(-\[\]-~]*'|"[ !#-\[\]-~]*")"""
    r"|(?P<sign>\*\*|//|[<>=!]=|[-+*/%<>()\[\],.:=&|~])"
)
_INSTEAD = {
    "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "·": "*", "×": "*", "^": "**",
    "∗": "x.convolve(h)", "⋆": "x.correlate(k)", "↓": "x.downsample(s)", "↑": "x.dilate(d)",
    "⇔": "iff(condition, condition)", "⌊": "floor(...)", "⌈": "ceil(...)", "!": "not or !=",
    "½": "1/2", "{": "(", "}": ")",
}  # fmt: skip
_WORDS = {"and", "or", "not", "True", "False", "None"}
_CASES = {"floor", "ceil", "ceiling", "abs", "Abs", "max", "Max", "min", "Min", "Mod"}
_CLOSED_BY = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A passage and its tree."""

    passage: Passage
    tree: ast.expr

    def error(self, node: ast.expr | ast.keyword, problem: str) -> TextError:
        """An error at a node."""
        return self.passage.error(problem, node.col_offset)


def check_length(passage: Passage) -> None:
    """Refuse a formula or a claim that is too long, before anything looks for something in it.

    Raises:
        TextError: it is too long.
    """
    length = len(passage.content)
    if length > MOST_CHARACTERS:
        problem = f"{length} characters, and {MOST_CHARACTERS} are allowed"
        raise passage.error(problem, MOST_CHARACTERS)


def read_phrase(passage: Passage) -> Phrase:
    """The tree of a passage, which nothing has evaluated.

    Raises:
        TextError: it is not an expression, or beyond the limits.
    """
    content = passage.content
    check_length(passage)
    _check_tokens(passage)
    # On one line, without a margin, an offset in the tree is an offset in the passage: the
    # characters are ASCII.
    line = re.sub(r"\s", " ", content)
    margin = len(line) - len(line.lstrip())
    try:
        tree = ast.parse(line[margin:], mode="eval").body
    except SyntaxError as error:
        end = len(content.rstrip())
        at = min(error.offset - 1 + margin, end) if error.offset and error.lineno == 1 else end
        problem = "this ends too early" if at == end else error.msg
        problem = "this is not expected here" if problem == "invalid syntax" else problem
        raise passage.error(problem, at) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise passage.error("nested too deeply") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.keyword):
            node.col_offset += margin
            node.end_col_offset = (node.end_col_offset or 0) + margin
    return within_limits(Phrase(passage, tree))


def within_limits(phrase: Phrase) -> Phrase:
    """The phrase, if its tree is neither too deep nor too large."""
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
            if len(opened) > DEEPEST_BRACKETS:
                problem = f"brackets more than {DEEPEST_BRACKETS} deep"
        elif kind == "sign" and token in ")]":
            if not opened or _CLOSED_BY[opened.pop()[0]] != token:
                problem = f"this {token} closes nothing"
        elif token == ":" and (not opened or opened[-1][0] == "("):
            problem = "unexpected character ':'; a colon stands in brackets alone, as in x[1:]"
        elif token == "=" and not opened:
            problem = "a claim has ==, two equals signs"
        elif kind == "quoted" and previous == "name":
            problem = "a quoted word stands alone, such as 'reflect'"
        if kind != "space":
            tokens += 1
            prefix = token in ("+", "-", "~", "not", "**")
            prefixes = prefixes + 1 if prefix else prefixes if token == "(" else 0
            if prefixes > MOST_PREFIXES:
                problem = f"more than {MOST_PREFIXES} signs in a row"
            if tokens > MOST_TOKENS:
                problem = f"more than {MOST_TOKENS} names, numbers and signs"
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
        return "this quotation never ends on its line, or has a backslash or what is not ASCII"
    if character in _INSTEAD:
        return f"unexpected character {character}; write {_INSTEAD[character]}"
    return f"unexpected character {character!a}"


def _token_problem(kind: str, token: str, following: str) -> str:
    """What is wrong with a token; empty if nothing is."""
    if kind == "number":
        if len(token) > MOST_DIGITS:
            return f"a number of {len(token)} digits, and {MOST_DIGITS} are allowed"
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


def _check_depth(phrase: Phrase) -> None:
    level: list[ast.expr | ast.keyword] = [phrase.tree]
    for _ in range(DEEPEST_TREE):
        level = [part for node in level for part in _parts(node)]
        if not level:
            return
    raise phrase.error(level[0], f"nested or chained more than {DEEPEST_TREE} deep")


def _check_size(phrase: Phrase) -> None:
    """Refuse expressions that would be huge once they are multiplied out."""
    calls = [
        n for n in ast.walk(phrase.tree) if isinstance(n, ast.Call | ast.Subscript | ast.Slice)
    ]
    if len(calls) > MOST_CALLS:
        raise phrase.error(calls[MOST_CALLS], f"more than {MOST_CALLS} calls and parts")
    if sum(map(_choices, ast.walk(phrase.tree))) > MOST_CHOICES:
        raise phrase.error(
            phrase.tree, f"more than {MOST_CHOICES} arguments of max, min, abs and % in all"
        )
    _size(phrase.tree, phrase)


def _choices(node: ast.AST) -> int:
    match node:
        case ast.Call(ast.Name("max" | "Max" | "min" | "Min" | "abs" | "Abs" | "Mod"), arguments):
            return len(arguments)
        case ast.BinOp(op=ast.Mod()):
            return 1
    return 0


def _size(node: ast.expr | ast.keyword, phrase: Phrase) -> tuple[int, int, int]:
    """Bounds for a node: its monomials once it is multiplied out, their degree, nested cases."""
    sizes = [_size(part, phrase) for part in _parts(node)]
    most, degrees, depths = zip(*sizes, strict=True) if sizes else ((1,), (1,), (0,))
    monomials, degree, depth = max(most), max(degrees), max(depths)
    match node:
        case ast.BinOp(_, ast.Mod() | ast.FloorDiv() as operator, _):
            monomials = sum(most) if isinstance(operator, ast.Mod) else 1
            depth += 1
        case ast.BinOp(_, ast.Add() | ast.Sub(), _):
            monomials = sum(most)
        case ast.BinOp(_, ast.Mult(), _):
            monomials, degree = most[0] * most[1], sum(degrees)
        case ast.BinOp(_, ast.Pow(), right):
            exponent = right.value if isinstance(right, ast.Constant) else None
            if type(exponent) is not int or not 0 <= exponent <= LARGEST_EXPONENT:
                raise phrase.error(right, f"an exponent is a number from 0 to {LARGEST_EXPONENT}")
            monomials, degree = most[0] ** exponent, degrees[0] * exponent
        case ast.Call(ast.Name(name)) if name in _CASES:
            monomials, depth = len(node.args) + 1, depth + 1
        case ast.Call() | ast.Subscript():
            monomials = 1
    if monomials > MOST_MONOMIALS or degree > LARGEST_DEGREE:
        raise phrase.error(node, "this is too large once it is multiplied out")
    if depth > DEEPEST_CHOICES:
        raise phrase.error(node, f"more than {DEEPEST_CHOICES} floors and cases in each other")
    return monomials, degree, depth

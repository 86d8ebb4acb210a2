"""Files of claims, one claim on each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from symconv.arithmetic.limits import MOST_CHARACTERS_IN_FILE, MOST_CLAIMS_IN_FILE
from symconv.errors import SymconvError
from symconv.reading.text.claims import Context, ParsedClaim, read_claim
from symconv.reading.text.declarations import Declarations
from symconv.reading.text.syntax import Passage, TextError

__all__ = ["DECLARATION", "declared_after", "read_claims"]

DECLARATION = re.compile(r"(signal|tensor|function|given|integer)(?=\s)")
"""How a line begins that declares something."""

_DECLARING = {"signal", "tensor", "function", "given", "integer"}
_NAMING = {
    "signal": ("signals", "signal NAME: LENGTH, such as signal x: n"),
    "tensor": ("tensors", "tensor NAME: SIZE, SIZE, …, such as tensor x: C, H, W"),
    "function": ("functions", "function NAME or function NAME: VALUE AT 0, such as function f: 0"),
}
_NAMED = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*:")
_SIGNAL = re.compile(r"\s*(\w+)\s*:")
_FUNCTION = re.compile(r"\s*(\w+)\s*(?::(?=\s*\S)|$)")


def read_claims(text: str, where: str, declared: Declarations | None = None) -> list[ParsedClaim]:
    """Read a file of claims, one on each line, with or without a name: `name: lhs == rhs`.

    Lines `signal x: n`, `tensor w: O, C, c`, `function f`, `function g: 0` (with g(0) = 0),
    `given n >= i` and `integer t` declare for what follows.  An indented line continues the one
    above; `#` begins a comment.

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
    if not isinstance(text, str):
        raise SymconvError(f"claims are read from text, got a {type(text).__name__}")
    if len(text) > MOST_CHARACTERS_IN_FILE:
        raise TextError(
            f"{len(text)} characters, and {MOST_CHARACTERS_IN_FILE} are allowed", "", 0, where
        )
    current = declared or Declarations()
    claims: list[ParsedClaim] = []
    names: set[str] = set()
    for statement in _statements(text, where):
        word = DECLARATION.match(statement.content)
        if word:
            current = declared_after(current, word[1], _after(statement, word))
            continue
        name = _NAMED.match(statement.content)
        if name and name[1] in _DECLARING:
            # Otherwise a hypothesis with a colon would be a claim that it always holds.
            raise statement.error(f"a declaration has no colon after {name[1]}", len(name[1]))
        if name and name[1] in names:
            raise statement.error(f"a claim named {name[1]!r} stands above")
        names |= {name[1]} if name else set()
        if len(claims) == MOST_CLAIMS_IN_FILE:
            raise statement.error(f"more than {MOST_CLAIMS_IN_FILE} claims")
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
        if start is not None and begins:
            yield Passage(bare, where, start, position)
            start = None
        if begins:
            start = position
        position += len(line)
    if start is not None:
        yield Passage(bare, where, start, position)


def _after(statement: Passage, found: re.Match[str]) -> Passage:
    return Passage(statement.text, statement.where, statement.start + found.end(), statement.stop)


def declared_after(current: Declarations, word: str, rest: Passage) -> Declarations:
    """What is declared after a line that begins with the word signal, given or such.

    Raises:
        TextError: it is no such declaration, or something is declared twice.
    """
    if word == "given":
        after = replace(current, given=(*current.given, rest))
    elif word == "integer":
        name = rest.content.strip()
        if name in current.names:
            raise rest.error(f"{name!r} is declared twice")
        after = replace(current, integers=(*current.integers, name))
    else:
        field, expected = _NAMING[word]
        found = (_FUNCTION if word == "function" else _SIGNAL).match(rest.content)
        if not found:
            raise rest.error(f"expected {expected}")
        if found[1] in current.names:
            raise rest.error(f"{found[1]!r} is declared twice")
        present: Mapping[str, Passage] = getattr(current, field)
        changed: Any = {field: {**present, found[1]: _after(rest, found)}}
        after = replace(current, **changed)
    try:
        Context(after, [])
    except TextError:
        raise
    except SymconvError as error:
        raise rest.error(str(error)) from None
    return after

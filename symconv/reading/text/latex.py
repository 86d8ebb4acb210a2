r"""Index formulas and operator expressions in LaTeX, read without evaluating anything.

    formula     \sum_{i} k(i)\, k(t - 2i)   \sum_{i=0}^{c-1} k_i k_{t-2i}   \frac{1}{2} k[t]
    operators   k * (k \uparrow_2)   k * k\uparrow_{2}   \tilde{k}   (k * k)\downarrow_2

and the same in Unicode, such as k ∗ k↑₂ or Σ_i k[i]·k[t − 2i]; sums under conditions, cases,
brackets that are 1 where a condition holds, and the domain of a formula after it.  In the notation
of the exercise both * and \star are the convolution of signals, a tilde flips, and ↑ and ↓ belong
to the factor before them.  A grammar, `latex.lark`, makes the tree that the same formula has
as Python-like text; `symconv.reading.text.formulas` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from itertools import islice

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from symconv.arithmetic.limits import (
    DEEPEST_BRACKETS,
    LONGEST_NAME,
    MOST_DIGITS,
    MOST_SUMS,
    MOST_TOKENS,
)
from symconv.language.signals import Signal
from symconv.reading.text.formulas import ParsedFormula, read_formula
from symconv.reading.text.latex_trees import built
from symconv.reading.text.marked import Marked, marked
from symconv.reading.text.syntax import (
    Passage,
    Phrase,
    TextError,
    check_length,
    within_limits,
)

__all__ = ["parse_latex", "read_latex"]

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}

_INSTEAD = {
    r"\bar": r"a flipped kernel is \tilde{k}",
    r"\hat": r"a flipped kernel is \tilde{k}",
    r"\overline": r"a flipped kernel is \tilde{k}",
    r"\begin": r"write cases as \begin{cases} k_{t/2} & \text{if } 2 \mid t \\ 0 & "
    r"\text{otherwise} \end{cases}",
    r"\prod": "products are written out",
    r"\circledast": "a convolution is *",
    r"\otimes": "a convolution is *",
    r"\underbrace": "what is said about a part of a formula is left out",
}
_EXPECTED = {
    "COMMA": r"; what follows a whole formula is its domain, such as , 0 \le t < c",
    "_END_CASES": r"; a row of cases is k_{t/2} & \text{if } t \text{ even}",
    "_ROW": r"; a row of cases is k_{t/2} & \text{if } t \text{ even}",
    "MODULUS": r"; it belongs to a congruence, t \equiv 0 \pmod 2, and a remainder is t \bmod 2",
}


def parse_latex(
    text: str, signals: dict[str, Signal], *, index: str | None = None
) -> ParsedFormula:
    r"""Read an index formula or an operator expression in LaTeX.

    >>> from symconv import integers
    >>> k = Signal("k", integers("c", positive=True))
    >>> parse_latex(r"\sum_{i=0}^{c-1} k(i)\, k(t - 2i)", {"k": k}).value
    Sum(k[-2*i + t]*k[i], (i, 0, c - 1))
    >>> parse_latex(r"k * k\uparrow_2", {"k": k}).value
    k.convolve(k.dilate(2))

    Raises:
        TextError: the text is not of this form; it says where.
    """
    sides = read_latex(Passage(text, "the formula"), signals)
    if len(sides) > 1:
        raise sides[1].error(sides[1].tree, "expected one formula, without an equals sign")
    return read_formula(sides[0], signals, index=index)


def read_latex(passage: Passage, signals: Collection[str]) -> list[Phrase]:
    """The trees of the sides of an equation in LaTeX; one for a formula alone.

    Args:
        passage: the text.
        signals: the names of signals, as in the text; k_2 is the name of one, k_i an entry.

    Raises:
        TextError: the text is beyond the limits, or not of this form; it says where.
    """
    inner = _undressed(passage)
    content = inner.content
    check_length(inner)
    if not content.strip():
        raise passage.error("there is nothing here")
    text = marked(inner)
    try:
        _check_tokens(inner, text)
        parsed = _parser().parse(text.content)
        places = [inner.start - passage.start + place for place in text.places]
        trees = built(parsed, passage, places, signals)
    except UnexpectedInput as error:
        raise _explained(error, inner, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, TextError):
            raise error.orig_exc from None
        if isinstance(error.orig_exc, RecursionError):
            raise inner.error("nested too deeply") from None
        raise
    except RecursionError:
        raise inner.error("nested too deeply") from None
    return [within_limits(Phrase(passage, tree)) for tree in trees]


@cache
def _parser() -> Lark:
    return Lark.open("latex.lark", rel_to=__file__, parser="lalr", lexer="basic")


_DRESSES = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))


def _undressed(passage: Passage) -> Passage:
    """The passage without the signs of a formula around it, and the full stop."""
    content = passage.content
    start, stop = len(content) - len(content.lstrip()), len(content.rstrip())
    for opening, closing in _DRESSES:
        if content.startswith(opening, start):
            start += len(opening)
            end = content.find(closing, start)
            if end < 0:
                raise passage.error(
                    f"this {opening} is never closed by {closing}", start - len(opening)
                )
            rest = content[end + len(closing) : stop]
            if rest.strip(" .,;\n\t"):
                raise passage.error("expected one formula, and nothing beside it", end)
            stop = end
            break
    piece = content[start:stop].rstrip()
    piece = piece[:-1] if piece.endswith((".", ",", ";")) and piece[-2:-1] != "\\" else piece
    begin = passage.start + start
    return Passage(passage.text, passage.where, begin, begin + len(piece))


def _check_tokens(passage: Passage, text: Marked) -> None:
    """Refuse what is too long or deep, and brackets that do not match, before it is parsed."""
    opened: list[Token] = []
    sums = 0
    for number, token in enumerate(islice(_parser().lex(text.content), MOST_TOKENS + 1)):
        at = text.places[token.start_pos or 0]
        sums += token.type == "SUM"
        if number == MOST_TOKENS:
            raise passage.error(f"more than {MOST_TOKENS} names, numbers and signs", at)
        if sums > MOST_SUMS:
            raise passage.error(f"more than {MOST_SUMS} sums", at)
        if token.type == "NUMBER" and len(token) > MOST_DIGITS:
            raise passage.error(
                f"a number of {len(token)} digits, and {MOST_DIGITS} are allowed", at
            )
        if token in _CLOSED_BY:
            opened.append(token)
            if len(opened) > DEEPEST_BRACKETS:
                raise passage.error(f"brackets more than {DEEPEST_BRACKETS} deep", at)
        elif token in _CLOSED_BY.values() and (
            not opened or _CLOSED_BY[str(opened.pop())] != token
        ):
            raise passage.error(f"this {token} closes nothing", at)
    if opened:
        at = text.places[opened[-1].start_pos or 0]
        raise passage.error(f"this {opened[-1]} is never closed", at)


def _explained(error: UnexpectedInput, passage: Passage, text: Marked) -> TextError:
    content = passage.content
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return passage.error("this ends too early", len(content.rstrip()))
    at = text.places[error.pos_in_stream or 0]
    command = re.match(r"\\[A-Za-z]+|\\.", content[at:])
    if isinstance(error, UnexpectedCharacters) and command:
        hint = _INSTEAD.get(command[0], "")
        return passage.error(f"{command[0]} is not read here{'; ' * bool(hint)}{hint}", at)
    word = re.match(r"[A-Za-z]{2,}", content[at:])
    if word and isinstance(error, UnexpectedCharacters):
        return passage.error(
            f"{word[0][:LONGEST_NAME]!r} is not read here: names are single letters, and a "
            "product has a space or a sign between them",
            at,
        )
    character = content[at]
    if character == ".":
        return passage.error(r"decimals are not exact; write a fraction such as \frac{1}{2}", at)
    if isinstance(error, UnexpectedToken):
        hint = _EXPECTED.get(error.token.type, "")
        found = re.compile(r"\\[A-Za-z]+(\{\w+\*?\})?|\w+|\S").match(content, at)
        shown = str(error.token)[:20] if str(error.token).isprintable() or not found else found[0]
        return passage.error(f"{shown} is not expected here{hint}", at)
    shown = character if character.isprintable() else ascii(character)
    return passage.error(f"unexpected character {shown}", at)

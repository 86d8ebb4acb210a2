"""Patterns as text: "c (h r) w -> (c r) h w" of `rearrange`, and "oc,ch->oh" of `einsum`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from symconv.arithmetic.limits import LONGEST_PATTERN
from symconv.errors import PatternError, SymconvError, as_given

__all__ = ["Groups", "Pattern", "read_letters", "read_pattern", "shown_pattern"]

Groups: TypeAlias = tuple[tuple[str, ...], ...]
"""For each axis the names of the axes that are merged in it; none for an axis of size 1."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What stands on either side of the arrow."""

    source: Groups
    target: Groups


def shown_pattern(pattern: Pattern) -> str:
    """The pattern as text.

    >>> shown_pattern(read_pattern("a (b  c)->(a c) b 1", 2))
    'a (b c) -> (a c) b 1'
    """
    return " -> ".join(
        " ".join(
            group[0] if len(group) == 1 else f"({' '.join(group)})" if group else "1"
            for group in side
        )
        for side in (pattern.source, pattern.target)
    )


def read_pattern(text: object, axes: int, of: object = "the tensor") -> Pattern:
    """A pattern for a tensor of so many axes.

    Raises:
        SymconvError: there is a mistake in it, at which a caret points.
    """
    text = _checked(text, "a pattern is text such as 'c h w -> h w c'")
    arrows = [found.start() for found in re.finditer("->", text)]
    if len(arrows) != 1:
        raise PatternError(text, arrows[1] if arrows else len(text), "a pattern has one arrow ->")
    arrow = arrows[0]
    source = _side(text, 0, arrow)
    target = _side(text, arrow + 2, len(text))
    dropped = [name for name in chain(*source) if name not in set(chain(*target))]
    if dropped:
        place = re.search(rf"\b{dropped[0]}\b", text)
        raise PatternError(
            text,
            place.start() if place else 0,
            f"the axis {dropped[0]!r} is on the left alone; x.sum(axis=…) or x.mean(axis=…) "
            "takes an axis away",
        )
    if len(source) != axes:
        raise PatternError(
            text,
            0,
            f"{of} has {axes} ax{'is' if axes == 1 else 'es'}, and the left side of the "
            f"pattern {len(source)}",
        )
    return Pattern(source, target)


def _checked(text: object, expected: str) -> str:
    """Refuse what is no text, and what nobody has written by hand."""
    if not isinstance(text, str):
        raise SymconvError(f"{expected}, got {as_given(text)}")
    if len(text) > LONGEST_PATTERN:
        raise SymconvError(f"a pattern has at most {LONGEST_PATTERN} characters")
    return text


_TOKEN = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|[()1]|\s+")


def _side(text: str, start: int, end: int) -> Groups:
    groups: list[tuple[str, ...]] = []
    inner: list[str] | None = None
    opened = start
    places: list[tuple[str, int]] = []
    at = start
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None:
            what = "an ellipsis cannot stand" if text[at] == "." else f"{text[at]!r} cannot stand"
            raise PatternError(text, at, f"{what} in a pattern: write names, 1, ( and )")
        token = found.group()
        if token == "(":
            if inner is not None:
                raise PatternError(text, at, "there are no parentheses within parentheses")
            inner, opened = [], at
        elif token == ")":
            if inner is None:
                raise PatternError(text, at, "this parenthesis was never opened")
            groups.append(tuple(inner))
            inner = None
        elif not token.isspace():
            names = () if token == "1" else (token,)
            places += [(name, at) for name in names]
            if inner is None:
                groups.append(names)
            else:
                inner += names
        at = found.end()
    if inner is not None:
        raise PatternError(text, opened, "this parenthesis is not closed")
    counted = Counter(name for name, _ in places)
    for name, place in reversed(places):
        if counted[name] > 1:
            raise PatternError(text, place, f"{name!r} stands here twice")
    return tuple(groups)


def read_letters(text: object) -> tuple[tuple[str, ...], str]:
    """The letters of each tensor, and of the result, in a pattern of `einsum`.

    >>> read_letters("oc, ch -> oh")
    (('oc', 'ch'), 'oh')

    Raises:
        SymconvError: there is a mistake in it, at which a caret points.
    """
    pattern = _checked(text, "the pattern of einsum is text such as 'oc,ch->oh'")
    wrong = re.search(r"[^A-Za-z,\s>-]|(?<!-)>|-(?!>)", pattern)
    if wrong is not None:
        dots = "; an ellipsis is not part of these patterns" * (wrong.group() == ".")
        raise PatternError(
            pattern,
            wrong.start(),
            f"{wrong.group()!r} cannot stand here: write letters, commas and an arrow{dots}",
        )
    left, arrow, right = pattern.partition("->")
    if "->" in right:
        raise PatternError(pattern, pattern.rindex("->"), "a pattern has one arrow")
    inputs = tuple("".join(part.split()) for part in left.split(","))
    letters = "".join(inputs)
    if not arrow:
        return inputs, "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    output = "".join(right.split())
    for place, letter in enumerate(right, len(left) + 2):
        if letter == ",":
            raise PatternError(pattern, place, "there is one result")
        if letter.isspace():
            continue
        if letter not in letters:
            raise PatternError(pattern, place, f"{letter!r} is not an axis of any of the tensors")
        if output.count(letter) > 1:
            raise PatternError(pattern, place, f"{letter!r} stands in the result twice")
    return inputs, output

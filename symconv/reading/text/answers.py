r"""Answers as people write them: a formula, its left side before it and its domain after it.

    k4[t] = Sum(k[i]*k[t - 2*i], i) for 0 <= t < 3*c - 2
    k_4(t) = \sum_{i+2j=t} k_i k_j, \quad 0 \le t \le 3c - 3

The left side names what is answered, and may say what the index is.  Conditions are answers, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from symconv.reading.text.latex import read_latex
from symconv.reading.text.syntax import (
    Passage,
    Phrase,
    TextError,
    check_length,
    read_phrase,
    within_limits,
)
from symconv.reading.text.trees import both, divided, in_a_row, placed, restricted, starred

__all__ = [
    "LeftSide",
    "in_plain_text",
    "is_latex",
    "left_side",
    "read_condition",
    "read_latex_condition",
    "read_sides",
    "read_text",
]


@dataclass(frozen=True, slots=True)
class LeftSide:
    """The left side of an answer.

    Attributes:
        name: the name of what is answered.
        is_flipped: whether it is flipped.
        index: the index of its entry; None where the whole of it is meant.
    """

    name: str
    is_flipped: bool
    index: str | None


def is_latex(text: str, signals: Collection[str] = ()) -> bool:
    """Whether a formula looks like LaTeX, or like mathematics in Unicode."""
    if re.search(r"[\\${}]", text):
        return True
    lowered = re.finditer(r"(?<![A-Za-z_0-9])([A-Za-z])_[A-Za-z](?![A-Za-z_0-9])", text)
    if any(found[1] in signals and found[0] not in signals for found in lowered):
        return True
    looks_like_code = re.search(r"\b(Sum|Piecewise|Mod)\b|\.\s*[a-z]+\(|//|==", text)
    return not text.isascii() and not looks_like_code


def read_sides(
    passage: Passage, signals: Collection[str], *, latex: bool | None = None
) -> list[Phrase]:
    """The trees of the sides of an equation; one for a formula alone.

    Args:
        passage: the equation or formula; after it may stand its domain.
        signals: the names of signals, and of what is answered.
        latex: whether it is LaTeX; without that, whether it looks like it, or can be read as
            LaTeX only.

    >>> [phrase.tree.lineno for phrase in read_sides(Passage("k4[t] = k[t] for t >= 0"), ["k"])]
    [1, 1]

    Raises:
        TextError: it cannot be read; it says where.
    """
    if latex is True or (latex is None and is_latex(passage.content, signals)):
        return read_latex(passage, signals)
    try:
        return read_text(passage)
    except TextError:
        if latex is None:
            try:
                sides = read_latex(passage, signals)
            except TextError:
                pass  # it looks like text, so the error that counts is that of the text
            else:
                if len(sides) <= 2:
                    return sides
        raise


def left_side(phrase: Phrase, names: Collection[str], taken: Collection[str] = ()) -> LeftSide:
    """What a left side says.

    Args:
        phrase: the left side.
        names: what may be answered.
        taken: names that the index cannot have.

    Raises:
        TextError: it is nothing that may be answered.
    """
    tree, is_flipped, index = phrase.tree, False, None
    while True:
        match tree:
            case ast.Subscript(inner, ast.Name(name)) if index is None and not is_flipped:
                tree, index = inner, name
            case ast.Call(ast.Name(answered) as inner, [ast.Name(name)], []) if (
                answered in names and index is None
            ):
                tree, index = inner, name
            case ast.Call(ast.Attribute(inner, "flip"), [], []) | ast.Call(
                ast.Name("flip"), [inner], []
            ) if not is_flipped:
                tree, is_flipped = inner, True
            case ast.Name(name) if name in names and index not in taken:
                return LeftSide(name, is_flipped, index)
            case _:
                name = min(names, key=len, default="k")
                raise phrase.error(
                    phrase.tree,
                    f"expected {name}, {name}[t] or the flipped {name} left of the equals sign",
                )


def read_text(passage: Passage) -> list[Phrase]:
    """The trees of the sides of an equation that is written as Python-like text.

    Raises:
        TextError: it cannot be read; it says where.
    """
    end = passage.start + len(passage.content.rstrip())
    bare = Passage(passage.text, passage.where, passage.start, end)
    check_length(bare)
    left, formula = _left(bare)
    formula, domain = _apart(formula)
    phrase = starred(_moved(read_phrase(formula), passage))
    if domain is not None:
        condition = _domain(domain, passage)
        if condition is not None:
            whole = restricted(phrase.tree, condition)
            phrase = within_limits(Phrase(passage, whole))
    if left is None:
        return [phrase]
    return [starred(_moved(read_phrase(left), passage)), phrase]


def _left(passage: Passage) -> tuple[Passage | None, Passage]:
    """k4[t] = …: an equals sign within brackets is that of an argument."""
    formula = _formula_end(passage.content)
    found = re.match(r"([^=<>!]*?)\s*:?==?(?![=])", passage.content[:formula])
    if found is None or any(found[1].count(a) != found[1].count(b) for a, b in ("()", "[]")):
        return None, passage
    depth = 0
    for offset, character in enumerate(passage.content[found.end() : formula], found.end()):
        depth += (character in "([") - (character in ")]")
        if character == "=" and not depth:
            raise passage.error("expected one equals sign at most", offset)
    left = Passage(passage.text, passage.where, passage.start, passage.start + found.end(1))
    rest = Passage(passage.text, passage.where, passage.start + found.end(), passage.stop)
    return left, rest


def _formula_end(content: str) -> int:
    """Where a formula ends, and its domain begins."""
    depth = 0
    for offset, character in enumerate(content):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and (character == "," or _WORD.match(content, offset)):
            return offset
    return len(content)


def _apart(passage: Passage) -> tuple[Passage, Passage | None]:
    end = _formula_end(passage.content)
    if end == len(passage.content):
        return passage, None
    word = re.compile(r",?\s*((?:for|with|if)\b)?").match(passage.content, end)
    assert word is not None
    middle, after = passage.start + end, passage.start + word.end()
    return (
        Passage(passage.text, passage.where, passage.start, middle),
        Passage(passage.text, passage.where, after, passage.stop),
    )


_WORD = re.compile(r"\b(?:for|with|if)\b")
_PARITY = re.compile(r"(?:(even|odd)\s+([A-Za-z_]\w*)|([A-Za-z_]\w*)\s+(?:is\s+)?(even|odd))\s*\Z")
_RANGE = re.compile(r"([A-Za-z_]\w*)\s+in\s+range\s*\((.*)\)\s*\Z", re.DOTALL)
_LIST = re.compile(r"([A-Za-z_]\w*)\s*==?\s*(.+?)\s*,\s*\.\.\.\s*,\s*(.+)\Z", re.DOTALL)
_EVERYWHERE = re.compile(r"(?:all|every|each)\s+(?:integers?\s+)?[A-Za-z_]\w*\s*\Z")
_ELSEWHERE = re.compile(
    r"[,;]?\s*(?:and\s+)?(?:0\s+(?:otherwise|else)|(?:otherwise|else)\s+0)\s*\Z"
)


def _domain(domain: Passage, whole: Passage) -> ast.expr | None:
    """The condition that a domain is; None for every index."""
    content = _ELSEWHERE.sub("", domain.content)
    domain = Passage(domain.text, domain.where, domain.start, domain.start + len(content))
    start = len(content) - len(content.lstrip())

    def piece(first: int, last: int) -> ast.expr:
        part = Passage(domain.text, domain.where, domain.start + first, domain.start + last)
        return starred(_moved(read_phrase(part), whole)).tree

    if _EVERYWHERE.match(content, start):
        return None
    if found := _PARITY.match(content, start):
        group = 2 if found[2] else 3
        name = piece(found.start(group), found.end(group))
        word = found[1] or found[4]
        even = divided(name, placed(ast.Constant(2), name.col_offset))
        return even if word == "even" else placed(ast.UnaryOp(ast.Not(), even), name.col_offset)
    if found := _RANGE.match(content, start):
        name = piece(found.start(1), found.end(1))
        ends = [piece(*span) for span in _spans(found[2], found.start(2))]
        if not 1 <= len(ends) <= 2:
            raise domain.error("expected range(end) or range(start, end)", found.start(2))
        low = ends[0] if len(ends) == 2 else placed(ast.Constant(0), name.col_offset)
        return _between(low, ast.LtE(), name, ast.Lt(), ends[-1])
    if found := _LIST.match(content, start):
        name, low, high = (piece(found.start(n), found.end(n)) for n in (1, 2, 3))
        row = low.elts if isinstance(low, ast.Tuple) else [low]  # 0, 1, ..., c - 1
        if not in_a_row(row):
            raise domain.error("expected integers in a row, as in t = 0, 1, ..., c - 1")
        low = row[0]
        return _between(low, ast.LtE(), name, ast.LtE(), high)
    return both([piece(*span) for span in _spans(content, 0)])


def _between(
    low: ast.expr, first: ast.cmpop, name: ast.expr, second: ast.cmpop, high: ast.expr
) -> ast.expr:
    return placed(ast.Compare(low, [first, second], [name, high]), low.col_offset)


def _spans(content: str, start: int) -> Iterator[tuple[int, int]]:
    """The parts between commas that stand in no brackets."""
    depth, begin = 0, 0
    for offset, character in enumerate([*content, ","]):
        depth += (character in "([") - (character in ")]")
        if character == "," and (depth == 0 or offset == len(content)):
            yield start + begin, start + offset
            begin = offset + 1


def _moved(phrase: Phrase, passage: Passage) -> Phrase:
    """The phrase with places counted from the start of the whole passage."""
    shift = phrase.passage.start - passage.start
    for node in ast.walk(phrase.tree):
        if isinstance(node, ast.expr | ast.keyword):
            node.col_offset += shift
            node.end_col_offset = (node.end_col_offset or 0) + shift
    return Phrase(passage, phrase.tree)


# --- conditions --------------------------------------------------------------------------

_PLAIN = {
    **{"≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "≠": "!=", "−": "-", "·": "*"},
    **{"∧": " and ", "∨": " or ", "&&": " and ", "&": " and ", "||": " or "},
}


def in_plain_text(text: str) -> str:
    """A text in the signs of the language: ≤ is <=, and 2c is 2*c, but not below a fraction bar."""
    for character, instead in _PLAIN.items():
        text = text.replace(character, instead)
    return re.sub(r"(?<![\w./%])(?<![/%] )([0-9]+)(?=[A-Za-z(])", r"\1*", text)


def read_condition(passage: Passage) -> Phrase:
    """The tree of a condition as text; = is ==, and a comma says that both hold.

    Raises:
        TextError: it cannot be read; it says where.
    """
    text = in_plain_text(passage.content)
    text = re.sub(r"\bund\b", "and", re.sub(r"\boder\b", "or", text))
    text = re.sub(r"(?<![<>=!])=(?!=)", "==", text)
    phrase = read_phrase(passage if text == passage.content else Passage(text, passage.where))
    if isinstance(phrase.tree, ast.Tuple):
        return Phrase(phrase.passage, both(phrase.tree.elts))
    return phrase


def read_latex_condition(passage: Passage) -> Phrase:
    """The tree of a condition in LaTeX: what stands in brackets in a formula.

    Raises:
        TextError: it cannot be read; it says where.
    """
    inner = re.sub(r"^\s*\$+|\$+\.?\s*$", "", passage.content)
    inner = re.sub(r"&&?", "∧", inner).replace("||", "∨")
    (phrase,) = read_latex(Passage(f"[{inner}]", passage.where), ())
    match phrase.tree:
        case ast.List([ast.expr() as condition]):
            return Phrase(phrase.passage, condition)
    raise phrase.error(phrase.tree, "expected a condition, such as n \\ge c")

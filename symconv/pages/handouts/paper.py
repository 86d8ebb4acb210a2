"""What paper needs and a screen does not: hints far from exercises, and lines kept together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from pandocfilters import Div, Header, Para, Str, stringify

from symconv.arithmetic.limits import MOST_CHARACTERS_OF_A_LEAD, MOST_CHARACTERS_OF_A_QUESTION
from symconv.pages.handouts.pages import Block, div, kind_of

__all__ = ["on_paper"]


def on_paper(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a document for paper.

    Hints are collected at the end, and where each was, a Div `where-hint` remains.  What a
    page must not end with is in a Div `with-output` or `lead`.
    """
    shown: list[Block] = []
    hints: dict[str, list[Block]] = {}
    for block in blocks:
        if kind_of(block) != "hint":
            shown.append(block)
            continue
        (_, _, ((_, name),)), inner = block["c"]
        if name not in hints:
            shown.append(div("where-hint", [], name=name))
        hints.setdefault(name, []).extend(inner)
    if hints:
        shown += [div("new-page", []), Header(2, ["", [], []], [Str("Hints")])]
    shown += [div("hint", inner, name=name) for name, inner in hints.items()]
    return list(_kept_together(shown))


def _kept_together(blocks: Sequence[Block]) -> Iterator[Block]:
    cut = [part for block in blocks for part in _cut(block)]
    for number, block in enumerate(cut):
        after = cut[number + 1 : number + 3]
        if block["t"] == "Div":
            attributes, inner = block["c"]
            yield Div(attributes, list(_kept_together(inner)))
        elif block["t"] == "CodeBlock" and after and kind_of(after[0]) in ("output", "ruled"):
            yield div("with-output", [block])
        elif block["t"] == "Para" and after and _leads_to(block, after):
            yield div("lead", [block])
        else:
            yield block


def _cut(block: Block) -> Iterator[Block]:
    """A paragraph with formulas on lines of their own as several paragraphs."""
    if block["t"] != "Para":
        yield block
        return
    for _, inlines in groupby(block["c"], key=_is_displayed):
        part = list(inlines)
        while part and part[0]["t"] in ("Space", "SoftBreak"):
            del part[0]
        if part:
            yield Para(part)


def _leads_to(block: Block, after: Sequence[Block]) -> bool:
    """Whether a paragraph is short, and says what comes next, or asks for it."""
    text, kinds = stringify(block), [kind_of(one) for one in after]
    is_code = after[0]["t"] == "CodeBlock"
    if kinds[0] in ("ruled", "where-hint") or (is_code and kinds[-1] == "ruled"):
        return len(text) < MOST_CHARACTERS_OF_A_QUESTION
    is_shown = is_code or after[0]["t"] == "Table" or kinds[0] in ("output", "figure")
    is_formula = after[0]["t"] == "Para" and _is_displayed(after[0]["c"][0])
    leads = is_shown or is_formula or text.rstrip().endswith(":")
    return leads and len(text) < MOST_CHARACTERS_OF_A_LEAD


def _is_displayed(inline: Any) -> bool:
    return bool(inline["t"] == "Math" and inline["c"][0]["t"] == "DisplayMath")

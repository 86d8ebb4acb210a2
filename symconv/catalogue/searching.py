"""Looking for claims of the catalogue by words and verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from symconv.catalogue.published import Published
from symconv.catalogue.suites import Suite
from symconv.catalogue.theorems import Theorem
from symconv.language.hints import close

__all__ = ["Listing"]


@dataclass(frozen=True, slots=True)
class Listing:
    """Theorems and published statements.

    Attributes:
        theorems: the theorems.
        published: the statements, with the claims that settle them.
        suites: the suites whose statements these are, if they are not the catalogue's.

    >>> from symconv.catalogue.published import PUBLISHED
    >>> from symconv.catalogue.theorems import THEOREMS
    >>> everything = Listing(THEOREMS, PUBLISHED)
    >>> everything.search(["Noble", "upsampling"]).theorems[0].name
    'noble_identity_for_upsampling'
    >>> print(everything.nothing(["paddings", "nobel"], ""))
    There is nothing about 'nobel'; did you mean noble?
    """

    theorems: Sequence[Theorem]
    published: Sequence[Published]
    suites: Sequence[Suite] = ()

    @classmethod
    def of_suites(cls, suites: Sequence[Suite]) -> Listing:
        """What suites state."""
        return cls((), tuple(p for suite in suites for p in suite.published), suites)

    def __bool__(self) -> bool:
        return bool(self.theorems or self.published)

    @property
    def claims(self) -> list[Theorem]:
        """All claims, in order."""
        return [*self.theorems, *(t for p in self.published for t in p.theorems)]

    @property
    def names(self) -> list[str]:
        """The names of all claims."""
        return [theorem.name for theorem in self.claims]

    def search(self, words: Sequence[str], verdict: str = "") -> Listing:
        """What has all the words, in whatever case, and the verdict.

        A statement is listed with all its claims if the words are in what is said of it, and
        otherwise with those of its claims that have them.

        Args:
            words: parts of names, topics, statements, conditions, reasons and sources.
            verdict: "true", "false", or "conditional", which only published statements are;
                empty for any.
        """
        theorems = [
            theorem
            for theorem in self.theorems
            if _has(words, _texts(theorem)) and verdict in ("", _verdict(theorem))
        ]
        published = []
        for statement in self.published:
            if verdict not in ("", statement.verdict):
                continue
            said = _said(statement)
            claims = [t for t in statement.theorems if _has(words, [*said, *_texts(t)])]
            if _has(words, said):
                published.append(statement)
            elif claims:
                published.append(replace(statement, theorems=tuple(claims)))
        return Listing(theorems, published, self.suites)

    def nothing(self, words: Sequence[str], verdict: str) -> str:
        """What to say where a search has found nothing."""
        other = self.search(words)
        if other:
            counted = f"{len(other.theorems)} theorems and {len(other.published)} statements"
            missed = f"There is nothing {_about(words)}with the verdict {verdict}"
            return f"{missed}; with others, {counted}."
        known = {part for text in self._texts() for part in re.findall(r"[^\W\d_]{3,}", text)}
        missing = [word for word in words if not _has([word], self._texts())]
        if not missing:
            return f"There is nothing {_about(words)}in one place; leave out one of the words."
        suite = f" --suite {self.suites[0].name if len(self.suites) == 1 else 'all'}"
        shown = f"'symconv list{suite * bool(self.suites)}' shows everything."
        hint = close(missing[0].lower(), known, shown)
        return f"There is nothing {_about(missing[:1])[:-1]}; {hint}"

    def _texts(self) -> list[str]:
        said = [text for statement in self.published for text in _said(statement)]
        return [text.lower() for text in (*said, *(t for c in self.claims for t in _texts(c)))]


def _about(words: Sequence[str]) -> str:
    return f"about {' '.join(map(repr, words))} " if words else ""


def _has(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether each of the words is in one of the texts."""
    whole = "\n".join(texts).lower()
    return all(word.lower() in whole for word in words)


def _verdict(theorem: Theorem) -> str:
    return "true" if theorem.is_true else "false"


def _texts(theorem: Theorem) -> list[str]:
    condition = "" if theorem.condition is None else str(theorem.condition)
    return [theorem.name, theorem.statement, theorem.why, theorem.source, condition]


def _said(statement: Published) -> list[str]:
    return [
        statement.topic,
        statement.statement,
        statement.condition,
        statement.source,
        statement.unsettled,
    ]

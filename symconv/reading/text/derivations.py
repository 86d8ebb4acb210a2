r"""Derivations as they are typed, or pasted from a solution: formulas with reasons, line by line.

    signal x: n
    signal k: c
    given n >= 1
    index u
    start x.convolve(k).downsample(2)
    = Sum(x[m]*k[2*u - m], m)                    [definition]
    = Sum(x[m]*k[u - m], m) for even u           (because every other output is kept)

A line that cannot be read is told with its place, and hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import (
    MOST_CHARACTERS_IN_FILE,
    MOST_ENDS_TRIED,
    MOST_STEPS_IN_FILE,
)
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.decision.claims import Hypothesis
from symconv.errors import SymconvError
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.answers import read_sides
from symconv.reading.text.claims import Context
from symconv.reading.text.declarations import Declarations
from symconv.reading.text.files import DECLARATION, declared_after
from symconv.reading.text.formulas import ParsedFormula, read_formula
from symconv.reading.text.functions import check_name
from symconv.reading.text.syntax import Passage, TextError, check_length

__all__ = ["Stated", "TypedDerivation", "read_derivations"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A formula that a line states.

    Attributes:
        value: the formula, or an operator expression.
        passage: where it was written.
        because: the reason that was given.
        where: for which indices and lengths it is said to hold.
        at_every_index: whether it is said to hold at every integer.
    """

    value: Expr | SignalExpr
    passage: Passage
    because: str = ""
    where: Boolean = sympy.true
    at_every_index: bool = False


@dataclass(slots=True)
class TypedDerivation:
    """A derivation that was typed.

    Attributes:
        title: what it is called; empty if it has no name.
        index: the index of its formulas.
        formulas: the start, and the steps.
        given: the hypotheses.
        known: the signals and the symbols that were declared.
        defined: names for operator expressions, each with what it stands for.
        called: the left side, where that only names what is computed; otherwise empty.
        unread: the lines that cannot be read.
    """

    title: str = ""
    index: Symbol = field(default_factory=lambda: IntegerSymbol("u"))
    formulas: list[Stated] = field(default_factory=list)
    given: tuple[Hypothesis, ...] = ()
    known: tuple[SignalExpr | Symbol, ...] = ()
    defined: Mapping[Signal, SignalExpr] = field(default_factory=dict)
    called: str = ""
    unread: list[TextError] = field(default_factory=list)


def read_derivations(text: str, where: str) -> list[TypedDerivation]:
    r"""Read a file of derivations; nothing in it is evaluated.

    Lines `signal x: n`, `given n >= 1`, `integer a` declare as in a file of claims, `index u` says
    the index, and `let y = x.convolve(k)` gives a name.  `derivation NAME` names what follows.
    A formula begins a derivation, after `start` or not, and a line with = is a step.  Formulas
    are text or LaTeX, also as an align environment.  After a formula stand `for` and for which
    indices, and its reason in brackets after two blanks, or in parentheses after because.

    Args:
        text: the text of the file.
        where: its name, for messages.

    >>> text = r'''
    ... signal x: n
    ... signal k: c
    ... \begin{align}
    ... y(u) &= \sum_i k_i x_{u-i} && \text{definition} \\
    ...      &= \sum_m k_{u-m} x_m \quad (m = u - i)
    ... \end{align}'''
    >>> derivation, = read_derivations(text, "a file")
    >>> [(str(one.value), one.because) for one in derivation.formulas]
    [('Sum(k[i]*x[-i + u], (i, -oo, oo))', 'definition'), ('Sum(k[-m + u]*x[m], (m, -oo, oo))',
    'm = u - i')]

    Raises:
        TextError: the file is too long, or has no derivation.
    """
    if len(text) > MOST_CHARACTERS_IN_FILE:
        raise TextError(
            f"{len(text)} characters, and {MOST_CHARACTERS_IN_FILE} are allowed", "", 0, where
        )
    reader = _Reader()
    for statement in _statements(text, where):
        try:
            reader.take(statement)
        except TextError as error:
            reader.current.unread.append(error)
        except SymconvError as error:
            reader.current.unread.append(statement.error(str(error)))
    found = [one for one in reader.derivations if one.formulas or one.unread]
    if not found:
        raise TextError("there is no derivation in it", text, len(text), where)
    for derivation in found:
        if len(derivation.formulas) == 1 and not derivation.unread:
            only = derivation.formulas[0].passage
            derivation.unread.append(only.error("no step follows this formula; write = …"))
    return found


# --- statements ------------------------------------------------------------------------

_BLOCK = re.compile(
    r"(?m)^[ \t]*(?:\\begin\s*\{(?P<name>[a-z]+\*?)\}|(?P<bracket>\\\[)|(?P<dollars>\$\$))"
)
_KEYWORD = re.compile(r"(index|let|derivation|start)(?:\s*:|(?=\s)|\Z)\s*")
_NUMBER = re.compile(r"\(\s*\d+\s*\)\s*")
_STEP = re.compile(r"\s*&?\s*(?::?=|\\(?:overset|stackrel|underset)(?![a-zA-Z]))")
_GOES_ON = re.compile(r"[\s&~]*(?:\\(?:q?quad|[,;:! ]|(?:cdot|times)(?![a-zA-Z]))|[-+*·])")


def _statements(text: str, where: str) -> Iterator[Passage]:
    """The lines of a file that say something, and the rows of its blocks of LaTeX."""
    text = re.sub(r"(?m)^[ \t]*%.*$", lambda found: " " * len(found[0]), text)
    position = 0
    while block := _BLOCK.search(text, position):
        end = _end_of_block(text, where, block)
        yield from _lines(text, where, position, block.start())
        yield from _rows(Passage(text, where, block.end(), end))
        closing = text.find("\n", end)
        position = len(text) if closing < 0 else closing + 1
    yield from _lines(text, where, position, len(text))


def _end_of_block(text: str, where: str, block: re.Match[str]) -> int:
    if block["name"]:
        closing = rf"\\end\s*\{{{re.escape(block['name'])}\}}"
    else:
        closing = r"\\\]" if block["bracket"] else r"\$\$"
    found = re.compile(closing).search(text, block.end())
    if found is None:
        raise TextError("this block never ends", text, block.start(), where)
    return found.start()


def _lines(text: str, where: str, start: int, stop: int) -> Iterator[Passage]:
    """Statements: a line, and those after it that are indented and are no steps."""
    bare = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0]), text[:stop])
    begin: int | None = None
    end = position = start
    for line in bare[start:].splitlines(keepends=True):
        if line.strip():
            if begin is not None and (not line[0].isspace() or _begins(line)):
                yield Passage(bare, where, begin, end)
                begin = None
            if begin is None:
                begin = position + len(line) - len(line.lstrip())
            end = position + len(line.rstrip())
        position += len(line)
    if begin is not None:
        yield Passage(bare, where, begin, end)


def _begins(line: str) -> bool:
    """Whether an indented line begins a statement, as a step does."""
    bare = line.lstrip()
    return any(form.match(bare) for form in (_STEP, _NUMBER, _KEYWORD, DECLARATION))


def _rows(block: Passage) -> Iterator[Passage]:
    """The rows of an align environment; one that goes on with + belongs to that before it."""
    content, rows, begin = block.content, [], 0
    for at, depth, token in _scanned(content):
        if token.startswith("\\\\") and depth == 0:
            rows.append((begin, at))
            begin = at + len(token)
    rows.append((begin, len(content)))
    joined: list[tuple[int, int]] = []
    for first, last in rows:
        if not content[first:last].strip(" \t\n&"):
            continue
        if joined and _GOES_ON.match(content, first) and not _STEP.match(content[first:last]):
            first = joined.pop()[0]
        joined.append((first, last))
    for first, last in joined:
        piece = content[first:last]
        skipped = len(piece) - len(piece.lstrip(" \t\n"))
        yield Passage(block.text, block.where, block.start + first + skipped, block.start + last)


_TOKEN = re.compile(
    r"\\\\(?:\s*\[[^\[\]]*\])?|\\begin\s*\{(?:[dr]?cases\*?|array)\}|\\end\s*\{(?:[dr]?cases\*?|array)\}"
    r"|\\substack|\\[a-zA-Z]+|\\.|[()\[\]{}]|[^\\()\[\]{}]",
    re.DOTALL,
)


def _scanned(content: str) -> Iterator[tuple[int, int, str]]:
    """The signs of a text, each with its place and how many brackets are open before it."""
    depth = 0
    for found in _TOKEN.finditer(content):
        token = found[0]
        closes = token in (")", "]", "}") or (token.startswith("\\end") and token[-1] == "}")
        depth -= closes
        yield found.start(), depth, token
        depth += token in ("(", "[", "{") or (token.startswith("\\begin") and token != "\\begin")


# --- what the statements say -------------------------------------------------------------

_LABEL = re.compile(
    r"(?P<name>[A-Za-z]\w*?)(?:[\[(](?P<at>[A-Za-z]\w*)[\])]|_(?P<low>[a-z]))?\s*\Z"
)
_EQUALS = re.compile(
    r"\\(?:overset|stackrel|underset)\s*\{(?P<over>(?:[^{}]|\{[^{}]*\})*)\}\s*\{\s*&?\s*:?=\s*&?\s*\}"
    r"|(?P<plain>:?=)"
)
_REASONS = (
    re.compile(r"(?:\s{2,}|\t\s*)\[(?P<said>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\s*\Z"),
    re.compile(
        r"\s\(\s*(?P<word>because|by|since|as|using|weil|da|nach)\s+(?P<said>[^()]*"
        r"(?:\([^()]*\)[^()]*)*)\)\s*\Z"
    ),
    re.compile(r"\s(?P<word>because|weil)\s+(?P<said>[^()]*(?:\([^()]*\)[^()]*)*)\Z"),
    re.compile(r"\\tag\*?\s*\{(?P<tag>[^{}]*)\}[\s.,]*\Z"),
    re.compile(r"\\q?quad\s*(?P<said>\(\s*(?:\d+[a-z]?|\*+)\s*\))[\s.,]*\Z"),
)
_EVERYWHERE = re.compile(
    r"(?:,|\\q?quad|\s)*(?:\bfor\s+(?:all|every|each)\s+|\\forall\s*|∀\s*|"
    r"\\text\s*\{\s*for\s+(?:all|every|each)\s*(?:integers?\s*)?\}\s*)"
    r"(?:integers?\s+)?\$?(?P<index>\\?[A-Za-z]\w*)\$?"
    r"(?:\s*(?:\\in|∈)\s*(?:\\mathbb\s*\{?\s*Z\s*\}?|ℤ))?[\s.,]*\Z"
)


class _Reader:
    """Takes the statements one after another."""

    def __init__(self) -> None:
        self.derivations: list[TypedDerivation] = [TypedDerivation()]
        self._declared = Declarations()
        self._lets: dict[str, SignalExpr] = {}
        self._index: str | None = None
        self._found: str | None = None  # the index of this derivation, where none is declared
        self._count = 0

    @property
    def current(self) -> TypedDerivation:
        """The derivation to which the next line belongs."""
        return self.derivations[-1]

    def take(self, statement: Passage) -> None:
        """What a statement says."""
        content = statement.content
        if declared := DECLARATION.match(content):
            rest = _part(statement, declared.end(), len(content))
            self._end()
            self._declared = declared_after(self._declared, declared[1], rest)
        elif keyword := _KEYWORD.match(content):
            rest = _part(statement, keyword.end(), len(content))
            take = {
                "index": self._take_index,
                "let": self._let,
                "derivation": self._derivation,
                "start": self._start,
            }
            take[keyword[1]](rest)
        else:
            number = _NUMBER.match(content)
            rest = _part(statement, number.end() if number else 0, len(content))
            self._equation(rest)

    def _end(self) -> None:
        """What comes now belongs to another derivation."""
        if self.current.formulas or self.current.unread:
            self.derivations.append(TypedDerivation())
        self._found = None

    def _derivation(self, rest: Passage) -> None:
        self._end()
        self.current.title = " ".join(rest.content.split())

    def _take_index(self, rest: Passage) -> None:
        name = rest.content.strip().lstrip("\\")
        try:
            check_name(name, "an index")
        except SymconvError as error:
            raise rest.error(str(error)) from None
        if name in self._declared.names:
            raise rest.error(f"{name!r} is declared, and cannot be the index")
        self._end()
        self._index = name

    def _let(self, rest: Passage) -> None:
        found = re.match(r"\s*\\?([A-Za-z]\w*)\s*:?=", rest.content)
        if not found:
            raise rest.error("expected let NAME = EXPRESSION, such as let y = x.convolve(k)")
        name = found[1]
        if name in self._declared.names or name in self._lets:
            raise rest.error(f"{name!r} is declared twice", found.start(1))
        meaning = _part(rest, found.end(), len(rest.content))
        signals, symbols = self._names()
        value = self._formula(meaning, signals, symbols).value
        if not isinstance(value, SignalExpr):
            raise meaning.error("expected an expression in operators, such as x.convolve(k)")
        self._end()
        self._lets[name] = value

    def _start(self, rest: Passage) -> None:
        self._end_of_steps()
        self._equation(rest)

    def _end_of_steps(self) -> None:
        if self.current.formulas or self.current.unread:
            self._end()

    # --- formulas ----------------------------------------------------------------------

    def _equation(self, row: Passage) -> None:
        """A formula, or a chain of formulas with equals signs between them."""
        check_length(row)
        row, reason = _without_reason(row)
        parts = list(_sides(row))
        (_, first), *others = parts
        if first.content.strip(" \t\n&{}") and (others or not self._is_open()):
            self._end_of_steps()
            self._declare()
            if others and (label := self._label(first)):
                self.current.called = label
            else:
                self._state(first, "", "" if others else reason)
        elif not others:
            raise row.error("expected = and a formula, or start before the first one")
        elif not self._is_open() and not self.current.unread:
            raise row.error("no formula stands before this one; begin with start and a formula")
        for place, (over, part) in enumerate(others, 1):
            self._state(part, _plain(over), reason if place == len(others) else "")

    def _is_open(self) -> bool:
        return bool(self.current.formulas)

    def _label(self, first: Passage) -> str:
        """The left side, where it is a name that is not declared: what is computed."""
        bare = re.sub(r"[\s&{}\\]|\\[,;:!]", "", first.content)
        found = _LABEL.match(bare.replace("(k_4)", "k_4"))
        if not found or found["name"] in {*self._declared.names, *self._lets}:
            return ""
        index = found["at"] or found["low"]
        if index and self._index is None:
            self._found = index
        return bare if index is None or index == (self._index or self._found) else ""

    def _declare(self) -> None:
        """Put what is declared into the derivation that begins."""
        signals, symbols = self._names()
        current, context = self.current, Context(self._declared, [])
        current.given = context.given
        current.known = (*(signals[name] for name in self._declared.signals), *symbols)
        current.defined = {signals[name]: value for name, value in self._lets.items()}

    def _names(self) -> tuple[dict[str, Signal], list[Symbol]]:
        """The signals, also those that are defined, and the symbols that are declared."""
        context = Context(self._declared, [])
        signals: dict[str, Signal] = {}
        for name, tensor in context.names.signals.items():
            if not isinstance(tensor, Signal):
                raise SymconvError(f"{name} has several axes; typed derivations are about signals")
            signals[name] = tensor
        for name, value in self._lets.items():
            signals[name] = Signal(name, value.length)
        sizes = [s for one in signals.values() for s in one.sizes[0].symbols.values()]
        said = {name: context.names.vocabulary.symbol(name) for name in self._declared.integers}
        said |= {s.name: s for h in context.given for s in _symbols(h)}
        said |= {s.name: s for s in sizes}
        return signals, list(said.values())

    def _state(self, part: Passage, over: str, because: str) -> None:
        """Read a formula with what stands after it; an error is kept with the others."""
        self._count += 1
        if self._count > MOST_STEPS_IN_FILE:
            raise part.error(f"more than {MOST_STEPS_IN_FILE} formulas in derivations")
        signals, symbols = self._names()
        try:
            stated = self._read(part, signals, symbols)
        except TextError as error:
            self.current.unread.append(error)
        except SymconvError as error:
            self.current.unread.append(part.error(str(error)))
        else:
            said = _together(over, stated.because, because)
            self.current.formulas.append(replace(stated, because=said))
            self.current.index = IntegerSymbol(self._index or self._found or "u")

    def _read(
        self,
        part: Passage,
        signals: Mapping[str, Signal],
        symbols: Sequence[Symbol],
    ) -> Stated:
        """The longest beginning that is a formula with its domain; the rest is a reason."""
        problem: TextError | None = None
        *cuts, end = _cuts(part.content)
        for cut in (end, *reversed(cuts[:MOST_ENDS_TRIED])):
            piece = _part(part, 0, cut)
            everywhere = _EVERYWHERE.search(piece.content)
            if everywhere:
                index = everywhere["index"].lstrip("\\")
                known = self._index or self._found
                if known is None:
                    self._found = index
                if index == (known or index):
                    piece = _part(part, 0, everywhere.start())
            try:
                parsed = self._formula(piece, signals, symbols)
            except TextError as error:
                problem = error
                continue
            if problem is not None and _CONDITION.match(part.content, cut):
                raise problem  # a condition that cannot be read is no reason
            if self._index is None and self._found is None and parsed.index is not None:
                self._found = parsed.index.name
            formula = parsed.value if parsed.everywhere is None else parsed.everywhere
            where = sympy.true if parsed.domain is None else parsed.domain
            reason = _plain(part.content[cut:])
            return Stated(formula, piece, reason, where, everywhere is not None)
        assert problem is not None
        raise problem

    def _formula(
        self, piece: Passage, signals: Mapping[str, Signal], symbols: Sequence[Symbol]
    ) -> ParsedFormula:
        sides = read_sides(piece, signals)
        if len(sides) > 1:
            raise sides[1].error(sides[1].tree, "expected one formula")
        index = self._index or self._found
        return read_formula(sides[0], signals, index=index, symbols=symbols, loose=True)


def _symbols(hypothesis: Hypothesis) -> set[Symbol]:
    return set() if isinstance(hypothesis, bool) else {*getattr(hypothesis, "free_symbols", ())}


def _part(passage: Passage, first: int, last: int) -> Passage:
    return Passage(passage.text, passage.where, passage.start + first, passage.start + last)


def _without_reason(row: Passage) -> tuple[Passage, str]:
    """The row without a reason that is marked as one, and the reason."""
    said: list[str] = []
    while True:
        content = row.content
        for pattern in _REASONS:
            found = pattern.search(content)
            if found:
                named = found.groupdict()
                words = named.get("said") or f"({named.get('tag')})"
                if named.get("word") not in (None, "because", "weil") or words.startswith("of "):
                    words = f"{named['word']} {words}"
                said.insert(0, _plain(words))
                row = _part(row, 0, found.start())
                break
        else:
            return row, _together(*said)


def _together(*reasons: str) -> str:
    parts = (part for reason in reasons for part in reason.split("; "))
    return "; ".join(dict.fromkeys(filter(None, parts)))


def _sides(row: Passage) -> Iterator[tuple[str, Passage]]:
    """The formulas between the equals signs of a row, each with what stands over its sign."""
    content, begin, over = row.content, 0, ""
    position = 0
    for at, depth, token in _scanned(content):
        if at < position or depth:
            continue
        if token == "," or _ends_formula(content, at):
            break
        found = _EQUALS.match(content, at)
        if not found or content[at - 1 : at] in ("<", ">", "!", "="):
            continue
        if content[found.end() : found.end() + 1] == "=":
            position = found.end() + 1  # a condition
            continue
        yield over, _part(row, begin, at)
        over = found["over"] or ""
        begin = position = found.end()
    yield over, _part(row, begin, len(content))


_AFTER = re.compile(
    r"&\s*&|\\(?:text|textrm|mbox|textit|textnormal|forall|tag)(?![a-zA-Z])|\b(?:for|with|if)\b|∀"
)


def _ends_formula(content: str, at: int) -> bool:
    """Whether what stands at a place comes after a formula: words, or the column of reasons."""
    return bool(_AFTER.match(content, at))


def _cuts(content: str) -> Iterator[int]:
    """Where a formula may end, and a domain or a reason begin."""
    for at, depth, token in _scanned(content):
        if depth == 0 and at:
            is_sign = token in (",", "\\quad", "\\qquad") or _ends_formula(content, at)
            if is_sign or (token in ("(", "[") and _WORDS.match(content, at)):
                yield at
    yield len(content)


_WORDS = re.compile(r"(?<=\s)[(\[](?=[^()\[\]]*[a-z]{3})[^()\[\]+*/=<>_^\\]*[)\]][\s.,]*\Z")
_CONDITION = re.compile(
    r"[\s,&]*(?:(?:\\text\s*\{\s*)?\b(?:for|if)\b[^=<>≤≥≠]*(?:[=<>≤≥≠]|\\(?:le|ge|ne|lt|gt))"
    r"|(?:\\text\s*\{\s*)?\bwith\b[^=<>≤≥≠]*(?:[<>≤≥≠]|\\(?:le|ge|ne|lt|gt)))"
)


_SAID = {
    r"\cdot": "·", r"\times": "×", r"\mapsto": "↦", r"\to": "→", r"\le": "≤", r"\leq": "≤",
    r"\ge": "≥", r"\geq": "≥", r"\neq": "≠", r"\ne": "≠", r"\in": "∈", r"\sum": "Σ",
    r"\downarrow": "↓", r"\uparrow": "↑", r"\star": "⋆", r"\ast": "∗", r"\dots": "…",
    r"\ldots": "…", r"\Rightarrow": "⇒", r"\bmod": "mod",
}  # fmt: skip


def _plain(latex: str) -> str:
    """A reason without the commands of LaTeX, on one line."""
    text = re.sub(r"\\(?:text\w*|mbox|mathrm|mathbb|label)\s*\{([^{}]*)\}", r"\1", latex)
    text = re.sub(r"\\(?:q?quad|left|right|because)(?![a-zA-Z])|\\[,;:! ]|[$&~]", " ", text)
    text = re.sub(r"\\[a-zA-Z]+", lambda found: _SAID.get(found[0], found[0]), text)
    words = " ".join(text.split()).strip(" ,;.")
    while (words[:1], words[-1:]) in (("(", ")"), ("[", "]")) and _is_one_pair(words):
        if re.fullmatch(r"\(\s*(?:\d+[a-z]?|\*+)\s*\)", words):
            break
        words = words[1:-1].strip(" ,;.")
    return words


def _is_one_pair(words: str) -> bool:
    depth = 0
    for place, sign in enumerate(words):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0:
            return place == len(words) - 1
    return False

r"""LaTeX and Unicode made ready for the grammar: words and rows as single signs.

`\text{if $t$ is even}` becomes signs for "if" and "even" around a t, and it is known where each
character stood.  Words are read within `\text{…}` and the like, and outside of it where they
cannot be products of letters.  A word that is not known is an error at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from symconv.arithmetic.limits import LONGEST_NAME
from symconv.reading.text.syntax import Passage

__all__ = ["DIVISIBLE", "EVEN", "WORDS", "Marked", "marked"]

EVEN, _ODD, _FOR, _ALL, _ELSE, _AND, _OR, _SUCH, _INTEGRAL = map(chr, range(0xE000, 0xE009))
DIVISIBLE, _INDIVISIBLE, _CASES, _CELL, _ROW, _END = map(chr, range(0xE009, 0xE00F))

_SAID: dict[str, str] = {
    EVEN: "even|not odd|gerade|gerades|geraden",
    _ODD: "odd|not even|ungerade|ungerades|ungeraden",
    _FOR + _ALL: "for all integers|for all integer|for every integer|for all|for every|for each|"
    "für alle|für jedes",
    _FOR: "for|if|when|whenever|für|falls|wenn",
    _ELSE: "otherwise|else|elsewhere|sonst|ansonsten",
    _AND: "and|und",
    _OR: "or|oder",
    _SUCH: "such that|s.t.|where|with|mit|wobei|so dass",
    _INTEGRAL: "an integer|integer|integral|eine ganze Zahl|ganzzahlig|ganz",
    _INDIVISIBLE: "not divisible by|not a multiple of|nicht teilbar durch",
    DIVISIBLE: "divisible by|a multiple of|multiple of|teilbar durch|ein Vielfaches von",
    r"\mid ": "divides|teilt",
    r"\bmod ": "mod|modulo",
    "0": "zero|null",
    " ": "is|are|ist|sind",
    r"\min ": "min",
    r"\max ": "max",
    "floor": "floor",
    "ceil": "ceil",
    "flip": "flip",
}
_MEANT = {word: sign for sign, words in _SAID.items() for word in words.split("|")}
WORDS = "if, for, even, odd, otherwise, and, or, such that, divisible by, an integer"
"""The words that an error names."""


def _any_of(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


_PLAIN = _any_of(list(_MEANT))
_BARE = _any_of(
    [w for w in _MEANT if len(w) > 2 and w not in ("floor", "ceil", "flip", "min", "max")]
)
_SUBSCRIPTS = dict(
    zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₀₁₂₃₄₅₆₇₈₉", "aehijklmnoprstuvx+-0123456789", strict=True)
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_RUN = f"[{''.join(_SUBSCRIPTS)}]"
_ALIGNED = r"(?:align(?:ed|at)?|gather(?:ed)?|equation|split|multline|eqnarray|displaymath)\*?"

_PIECE = re.compile(
    rf"""
      (?P<opening>\\left\s*\\\{{\s*(?=\\begin\s*\{{array\}}))
    | (?P<closing>\\right\s*\.)
    | (?P<begin>\\begin\s*\{{(?:[dr]?cases\*?|array)\}}(?:\s*\{{[lcr|\s@]*\}})?)
    | (?P<end>\\end\s*\{{(?:[dr]?cases\*?|array)\}})
    | (?P<dress>\\(?:begin|end)\s*\{{{_ALIGNED}\}}
      | \\(?:tag\*?|label)\s*\{{[^{{}}]*\}} | \\(?:nonumber|notag)(?![A-Za-z]))
    | (?P<modulus>\(\s*(?:\\b?mod(?![A-Za-z])|\\(?:text|mathrm)\s*\{{\s*mod\s*\}}|mod(?=[\s0-9]))
      [^(){{}}]*\))
    | (?P<every>\\forall(?![A-Za-z])|∀)
    | (?P<stack>\\substack\s*\{{)
    | (?P<text>\\(?:text(?:rm|it|normal|up)?|mbox|mathrm|mathit|textsf)\s*\{{)
    | (?P<row>\\\\(?:\s*\[[^\[\]]*\])?)
    | (?P<command>\\[A-Za-z]+|\\.)
    | (?P<cell>&)
    | (?P<brace>[{{}}])
    | (?P<run>{_RUN}*[ₐ-ₜᵢᵣᵤᵥⱼ₊₋]{_RUN}*)
    | (?P<half>½)
    | (?P<greek>[{"".join(_GREEK)}])
    | (?P<word>(?<![A-Za-z_^])(?:{_BARE})(?![A-Za-z])|(?<=\s)(?:if|or)(?=\s))
    """,
    re.VERBOSE,
)


_MODULUS = re.compile(r"\(\s*mod\s*\$?([^()${}]*)\$?\s*\)")
_BESIDE = re.compile(r"\\q?quad(?![A-Za-z])\s*\((?P<inside>[^\\].*)\)[\s.]*\Z", re.DOTALL)
_RELATED = re.compile(
    r"[<>=≤≥≠∈]|\\(?:le|ge|ne|leq|geq|neq|lt|gt|in|leqslant|geqslant)(?![A-Za-z])"
)
_ROW_END = re.compile(r"[,.;](?=(?:\s|~|\\[,;:! ]|\\q?quad(?![A-Za-z]))*\Z)")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text for the grammar.

    Attributes:
        content: the text.
        places: where each of its characters stands in the passage, and the end of it.
    """

    content: str
    places: tuple[int, ...]


@dataclass(slots=True)
class _Output:
    pieces: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def put(self, text: str, at: int, *, as_it_stands: bool = False) -> None:
        self.pieces.append(text)
        self.places += range(at, at + len(text)) if as_it_stands else [at] * len(text)

    def end_row(self) -> None:
        """Leave out the comma or the full stop at the end of a row of cases."""
        for place in reversed(range(len(self.pieces))):
            piece = self.pieces[place]
            if piece.strip():
                self.pieces[place] = _ROW_END.sub(" ", piece)
                return


def marked(passage: Passage) -> Marked:
    r"""The text of a passage for the grammar.

    >>> marked(Passage(r"\frac12 k_i \text{ for even $i$}")).content.isascii()
    False
    >>> marked(Passage(r"k_i \text{ for small } i"))
    Traceback (most recent call last):
        ...
    symconv.reading.text.syntax.TextError: the text, line 1, column 16: the word 'small' is not read
    here; words that are: if, for, even, odd, otherwise, and, or, such that, divisible by, an
    integer
      k_i \text{ for small } i
                     ^

    Raises:
        TextError: a word is not known, or an environment does not end.
    """
    content = passage.content
    strange = re.search("[\ue000-\uf8ff]", content)
    if strange:
        raise passage.error(f"unexpected character {strange[0]!a}", strange.start())
    out = _Output()
    beside = _beside(content)
    opened: list[tuple[str, int]] = []  # braces and environments, and where they begin
    for kind, text, at in _pieces(content):
        cases = bool(opened) and opened[-1][0] == "begin"
        match kind:
            case "begin":
                opened.append((kind, at))
                out.put(_CASES, at)
            case "end" if cases:
                opened.pop()
                out.end_row()
                out.put(_END, at)
            case "stack":
                opened.append((kind, at))
                out.put(" ", at)
            case "text":
                _in_text(passage, text, at, out)
            case "brace" if text == "{":
                opened.append((kind, at))
                out.put(text, at)
            case "brace":
                opening = opened.pop()[0] if opened and not cases else "brace"
                out.put(" " if opening == "stack" else text, at)
            case "row" if cases:
                out.end_row()
                out.put(_ROW, at)
            case "row" if opened and opened[-1][0] == "stack":
                out.put(",", at)
            case "cell" if cases:
                out.put(_CELL, at)
            case "run" if len(text) > 1 or text not in "₊₋":
                out.put(f"_{{{''.join(_SUBSCRIPTS[sign] for sign in text)}}}", at)
            case "modulus":
                divisor = re.search(r"mod\s*\}?(.*)\)$", text, re.DOTALL)
                assert divisor is not None
                out.put(r"\pmod{", at)
                out.put(divisor[1], at + divisor.start(1), as_it_stands=True)
                out.put("}", at + len(text) - 1)
            case "every":
                out.put(_FOR + _ALL, at)
            case "half":
                out.put(r"\frac{1}{2}", at)
            case "greek":
                out.put(rf"\{_GREEK[text]} ", at)
            case "word":
                out.put(_MEANT[" ".join(text.split())], at)
            case "opening" | "closing" | "dress" | "row" | "cell" | "end":
                out.put(" ", at)
            case _:
                out.put(text, at, as_it_stands=True)
    for kind, at in opened:
        if kind == "begin":
            raise passage.error(r"these cases never end; write \end{cases}", at)
    signs = list("".join(out.pieces))
    for place, at in enumerate(out.places):
        signs[place] = beside.get(at, signs[place])
    return Marked("".join(signs), (*out.places, len(content)))


def _beside(content: str) -> dict[int, str]:
    r"""The parentheses around a domain or a number of a formula, \quad (0 \le t < c)."""
    found = _BESIDE.search(content)
    if found is None:
        return {}
    depth = 0
    for sign in (inside := found["inside"]):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return {}
    first, last = found.start("inside") - 1, found.end("inside")
    if re.fullmatch(r"\s*(\d+|\*+)\s*", inside):
        return dict.fromkeys(range(first, last + 1), " ")
    return {first: ",", last: " "} if _RELATED.search(inside) else {}


def _pieces(content: str) -> Iterator[tuple[str, str, int]]:
    """What is to be replaced, and the text between, each with its kind and place."""
    position = 0
    while position < len(content):
        found = _PIECE.search(content, position)
        if found is None:
            yield "", content[position:], position
            return
        if found.start() > position:
            yield "", content[position : found.start()], position
        kind, text = str(found.lastgroup), found[0]
        if kind == "text":  # to the brace that closes it
            end = content.find("}", found.end())
            text = content[found.start() : len(content) if end < 0 else end + 1]
        yield kind, text, found.start()
        position = found.start() + len(text)


def _in_text(passage: Passage, text: str, at: int, out: _Output) -> None:
    r"""Put what stands within \text{…}: words, and formulas between dollars."""
    start = text.index("{") + 1
    if not text.endswith("}"):
        raise passage.error("this { is never closed", at + start - 1)
    position, is_formula = start, False
    out.put(" ", at)
    while position < len(text) - 1:
        here = at + position
        if text[position] == "$":
            is_formula = not is_formula
            position += 1
        elif found := _MODULUS.match(text, position):
            out.put(rf"\pmod{{{found[1]}}}", here)
            position = found.end()
        elif is_formula or not text[position].isalpha():
            sign = text[position]
            out.put(sign if is_formula else {";": ",", ".": " "}.get(sign, sign), here)
            position += 1
        else:
            found = re.compile(rf"(?:{_PLAIN})(?![^\W\d_])").match(text, position)
            if found:
                out.put(_MEANT[" ".join(found[0].split())], here)
                position = found.end()
                continue
            word = re.compile(r"[^\W\d_]+").match(text, position)
            assert word is not None
            if len(word[0]) > 1 and not word[0].isdigit():
                raise passage.error(
                    f"the word {word[0][:LONGEST_NAME]!r} is not read here; words that are: "
                    f"{WORDS}",
                    here,
                )
            out.put(word[0], here)
            position = word.end()
    out.put(" ", at + len(text) - 1)

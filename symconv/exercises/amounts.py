"""Parts that ask for a length, for a condition, or for yes or no."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import sympy
from sympy import And, Expr, Not
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.unevaluated import difference
from symconv.decision.claims import Claim, as_written
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError, Undecided
from symconv.exercises.parts import (
    Answer,
    Part,
    Reading,
    Rule,
    entries_of,
    put_in,
)
from symconv.exercises.wording import given_by, vector, with_content
from symconv.language.notation import latex as latex_of
from symconv.language.signals import SignalExpr
from symconv.reading.text.answers import (
    in_plain_text,
    is_latex,
    read_condition,
    read_latex_condition,
)
from symconv.reading.text.functions import FUNCTIONS, close
from symconv.reading.text.latex import read_latex
from symconv.reading.text.python_operators import Value, sort
from symconv.reading.text.reader import Reader
from symconv.reading.text.syntax import Passage, Phrase, TextError, read_phrase
from symconv.reading.text.trees import starred, unparsed

__all__ = ["ConditionPart", "LengthPart", "YesNoPart"]


class _OfSizes(Part):
    """A part whose answer is said in sizes, without signals."""

    def _read_value(self, phrase: Phrase) -> Value:
        """What an answer says; only the names of the question stand in it."""
        names = self.context.names
        known = self._known()
        for node in ast.walk(phrase.tree):
            if not isinstance(node, ast.Name) or node.id in known or node.id in FUNCTIONS:
                continue
            if node.id in names.signals:
                raise phrase.error(node, f"{node.id} is no number; {self._wanted(known)}")
            hint = close(node.id, known, self._wanted(known))
            raise phrase.error(node, f"{node.id!r} is not known here; {hint}")
        return Reader(phrase, names).value(phrase.tree)

    def _wanted(self, known: Sequence[str]) -> str:
        if not known:
            return "it is said in numbers"
        return f"it is said in {', '.join(known)}"

    def _known(self) -> list[str]:
        """The names of integers that the question has."""
        names = self.context.names
        shapes = names.vocabulary.shapes.values()
        phrases = [*shapes, *names.vocabulary.hypotheses, *self._file_phrases]
        found = {name for phrase in phrases for name in entries_of(phrase.tree)}
        found |= {*self.names.integers}
        return sorted(found - {*names.signals, *FUNCTIONS, *self._hidden})

    _file_phrases: Sequence[Phrase] = ()
    _hidden: tuple[str, ...] = ()

    def read(self, text: str, latex: bool | None = None) -> Answer:
        """Read an answer: as text, or where that does not succeed as mathematics."""
        passage = Passage(text.rstrip(" \t\r\n.;"), "the answer")
        if latex or (latex is None and is_latex(text)):
            return self._answered(self._from_latex(passage))
        try:
            return self._answered(starred(self._from_text(passage)))
        except TextError as error:
            try:
                return self._answered(self._from_latex(passage))
            except TextError:
                raise error from None

    @abstractmethod
    def _from_text(self, passage: Passage) -> Phrase:
        """The tree of an answer as text."""

    @abstractmethod
    def _from_latex(self, passage: Passage) -> Phrase:
        """The tree of an answer in LaTeX."""

    @abstractmethod
    def _answered(self, phrase: Phrase) -> Answer:
        """What a tree says."""

    def same(self, one: Answer, other: Answer) -> Claim:
        """The claim that two answers are equal, or equivalent."""
        return Claim(as_written(one.value), as_written(other.value), self.hypotheses())

    def _as_answer(self, value: Any, phrase: Phrase) -> Answer:
        return Answer(value, Reading(unparsed(phrase.tree), latex_of(value)), phrase)


class LengthPart(_OfSizes):
    """A part that asks for a length, or another integer expression in sizes."""

    RULES = ("shifted", "under_condition")

    def _read_right(self) -> None:
        table = self.table
        self._unknown = table.text("unknown", "")
        self._called = table.texts("called")
        if not (self._right or self._answer):
            raise table.error(
                'a length is equal to answer = "…", which may be the length of a signal, or right '
                "by a claim with it"
            )
        if self._right and not self._unknown:
            raise table.error("the name that stands for the answer in it is missing", "unknown")
        with table.reading():
            which = "right" if self._right else "answer"
            self._claimed = read_phrase(Passage(self._right or self._answer, which))
            self._hidden = (self._unknown,) if self._unknown else ()
            self._file_phrases = (self._claimed,)
            self.context = self._in_context([self._claimed])
            self.right = None
            if not self._right:
                self.right = Reader(self._claimed, self.context.names).integer(self._claimed.tree)
        if self._right and self._unknown not in entries_of(self._claimed.tree):
            raise table.error(f"the unknown {self._unknown} does not stand in it", "right")

    def read_sample(self, text: str) -> Answer:
        """Read what the file states, which may be the length of a signal."""
        if self.right is None:
            return self.read(text)
        return self._as_answer(self.right, self._claimed)

    def _answered(self, phrase: Phrase) -> Answer:
        value = self._read_value(phrase)
        if not isinstance(value, Expr):
            raise phrase.error(phrase.tree, f"expected a length, and this is {sort(value)}")
        return self._as_answer(value, phrase)

    def _from_text(self, passage: Passage) -> Phrase:
        passage = Passage(in_plain_text(passage.content), passage.where)
        found = re.match(r"\s*(\w+)\s*:?=(?!=)", passage.content)
        if found is None:
            return read_phrase(passage)
        if found[1] in self._known():
            at = passage.content.index("=")
            raise passage.error("expected one expression, without an equals sign", at)
        return read_phrase(Passage(passage.text, passage.where, found.end()))

    def _from_latex(self, passage: Passage) -> Phrase:
        sides = read_latex(passage, ())
        if len(sides) > 1:
            for side in sides[:-1]:
                if not isinstance(side.tree, ast.Name) or side.tree.id in self._known():
                    raise side.error(side.tree, "expected one expression, without an equals sign")
        return sides[-1]

    def claim(self, answer: Answer, given: Sequence[Boolean] = ()) -> Claim:
        """The claim that an answer is right."""
        hypotheses = self.hypotheses(given)
        if self.right is not None:
            return Claim(as_written(answer.value), as_written(self.right), hypotheses)
        tree = _Put({self._unknown: answer.phrase.tree}).visit(deepcopy(self._claimed.tree))
        phrase = Phrase(self._claimed.passage, tree)
        try:
            sides = put_in(phrase, self.context, {})
        except SymconvError as error:
            problem = error.problem if isinstance(error, TextError) else str(error)
            raise answer.phrase.error(answer.phrase.tree, problem) from None
        return Claim(*sides, hypotheses)

    def difference(self, answer: Answer, found: Counterexample) -> str:
        """What a counterexample says."""
        if not self._right or not given_by(found):
            return super().difference(answer, found)
        value = f", where it is {self._at(answer, found)}," if self._at(answer, found) else ""
        return f"for {given_by(found)}{value} it does not do what is asked for"

    def _at(self, answer: Answer, found: Counterexample) -> str:
        """The value of an answer at a counterexample, where it has symbols."""
        symbols = {s.name: s for s in answer.value.free_symbols}
        if not symbols or not symbols.keys() <= found.lengths.keys():
            return ""
        return str(answer.value.subs({s: found.lengths[n] for n, s in symbols.items()}))

    def reasons(self, answer: Answer, found: Refuted) -> Iterator[Rule]:
        """Why a wrong answer is nearly right."""
        example = found.counterexample
        if self.rules.get("shifted") and self.right is not None and example.lengths:
            by = example.lhs - example.rhs
            moved = replace(answer, value=difference(answer.value, sympy.sympify(by)))
            if self.claim(moved).prove():
                yield Rule(
                    "shifted",
                    f"It is always {abs(by)} too {'large' if by > 0 else 'small'}.",
                )
        yield from super().reasons(answer, found)


class ConditionPart(_OfSizes):
    """A part that asks when a claim holds, exactly."""

    RULES = ("sufficient", "necessary", "under_condition")

    def _read_right(self) -> None:
        table = self.table
        if not (self._right or self._answer):
            raise table.error(
                'a condition says exactly when the claim right = "…" holds, or is equivalent to '
                'answer = "…"'
            )
        with table.reading():
            phrases = [read_phrase(Passage(self._right, "right"))] if self._right else []
            if self._answer:
                reading = read_latex_condition if is_latex(self._answer) else read_condition
                phrases.append(reading(Passage(self._answer, "answer")))
            self._file_phrases = phrases
            self.context = self._in_context(self._file_phrases)
            if self._right:
                sides = put_in(self._file_phrases[0], self.context, {})
                asked = Claim(*sides, self.hypotheses())
                try:
                    self.right = asked.condition(for_all=self._symbols(asked))
                except Undecided as error:
                    why = f"when it holds is not decided: {error}"
                    raise table.error(why, "right") from None
            else:
                self.right = self._read_value(self._file_phrases[0])

    def _symbols(self, claim: Claim) -> list[Any]:
        symbols = {symbol.name: symbol for symbol in claim.symbols}
        for name in self.for_all:
            if name not in symbols:
                known = ", ".join(symbols)
                raise self.table.error(f"{name!r} is no symbol of it; expected {known}", "for_all")
        return [symbols[name] for name in self.for_all]

    def _known(self) -> list[str]:
        return [name for name in super()._known() if name not in self.for_all]

    @property
    def right_words(self) -> str:
        """What is said of a right answer."""
        return "Right: exactly then."

    def read(self, text: str, latex: bool | None = None) -> Answer:
        """Read an answer."""
        word = _ALWAYS.get(text.strip().rstrip(".!").casefold())
        if word is not None:
            phrase = Phrase(Passage(text, "the answer"), ast.Constant(word, col_offset=0))
            return Answer(sympy.true if word else sympy.false, _said(word), phrase)
        return super().read(text, latex)

    def _answered(self, phrase: Phrase) -> Answer:
        value = self._read_value(phrase)
        if isinstance(value, SignalExpr | Expr):
            raise phrase.error(
                phrase.tree, f"expected a condition such as n >= 1, and this is {sort(value)}"
            )
        return self._as_answer(value, phrase)

    def _from_text(self, passage: Passage) -> Phrase:
        return read_condition(passage)

    def _from_latex(self, passage: Passage) -> Phrase:
        return read_latex_condition(passage)

    def claim(self, answer: Answer, given: Sequence[Boolean] = ()) -> Claim:
        """The claim that an answer is right."""
        return Claim(as_written(answer.value), as_written(self.right), self.hypotheses(given))

    def difference(self, answer: Answer, found: Counterexample) -> str:
        """What a counterexample says."""
        said, true = (str(bool(side)).lower() for side in (found.lhs, found.rhs))
        where = f"for {given_by(found)} " if given_by(found) else ""
        return f"{where}it is {said}, and should be {true}"

    def reasons(self, answer: Answer, found: Refuted) -> Iterator[Rule]:
        """Why a wrong answer is nearly right."""
        mine, right = answer.value, self.right
        if (
            self.rules.get("sufficient")
            and not self._never(mine)
            and self._never(And(mine, Not(right)))
        ):
            yield Rule("sufficient", "Whenever it holds, that is enough; but it need not hold.")
        if (
            self.rules.get("necessary")
            and not self._never(Not(mine))
            and self._never(And(right, Not(mine)))
        ):
            yield Rule("necessary", "It has to hold; but that is not enough.")
        yield from super().reasons(answer, found)

    def _never(self, condition: Boolean) -> bool:
        return bool(Claim(as_written(condition), sympy.false, self.hypotheses()).prove())


class YesNoPart(Part):
    """A part that asks whether a claim holds; its verdict is the answer."""

    def _read_right(self) -> None:
        table = self.table
        if not self._right:
            raise table.error('expected the claim, right = "…"; its verdict is the answer', "right")
        with table.reading("right"):
            phrase = read_phrase(Passage(self._right, "right"))
            self.context = self._in_context([phrase])
            sides = put_in(phrase, self.context, {})
            self.asked = Claim(*sides, self.hypotheses())
            self.found: Verdict = self.asked.prove()
        if isinstance(self.found, Unknown):
            raise table.error(f"it is not decided: {self.found.reason}", "right")
        if isinstance(self.found, Proved) and not self.found.is_complete:
            raise table.error(f"it is proved for {self.found.scope}, and open otherwise", "right")
        if self._answer and self._answer.strip().casefold() not in _YES_NO:
            raise table.error(f"expected yes or no, got {self._answer!r}", "answer")

    @property
    def sample(self) -> str:
        """What the file states, or else the verdict."""
        return self._answer or ("yes" if isinstance(self.found, Proved) else "no")

    @property
    def right_words(self) -> str:
        """What is said of a right answer."""
        return "Right."

    def read(self, text: str, latex: bool | None = None) -> Answer:
        """Read an answer: yes or no, in English or German."""
        del latex
        passage = Passage(text, "the answer")
        said = _YES_NO.get(text.strip().rstrip(".!,;").casefold())
        if said is None:
            raise passage.error("expected yes or no", len(text) - len(text.lstrip()))
        word = "yes" if said else "no"
        tree = ast.Constant(said, col_offset=0)
        return Answer(said, Reading(word, rf"\text{{{word}}}"), Phrase(passage, tree))

    def verdict(self, answer: Answer) -> tuple[Answer, Verdict]:
        """The verdict on the claim."""
        return answer, self.found

    def is_right(self, answer: Answer, verdict: Verdict) -> bool | None:
        """Whether the answer is the verdict."""
        del verdict
        said: bool = answer.value
        return said == isinstance(self.found, Proved)

    def claim(self, answer: Answer, given: Sequence[Boolean] = ()) -> Claim:
        """The claim that an answer is right."""
        del given
        return self.same(answer, replace(answer, value=isinstance(self.found, Proved)))

    def same(self, one: Answer, other: Answer) -> Claim:
        """The claim that two answers are the same."""
        return Claim(*(sympy.true if answer.value else sympy.false for answer in (one, other)))

    def sentence(self, answer: Answer, verdict: Verdict) -> str:
        """The verdict in a sentence; where the answer should be no, with the counterexample."""
        if self.is_right(answer, verdict):
            return self.right_words
        if not isinstance(verdict, Refuted):
            return "Not right: it always holds."
        found = with_content(verdict)
        given = f"for {given_by(found)} " if given_by(found) else ""
        if self.asked.is_condition:
            return f"Not right: {given}it does not hold."
        return (
            f"Not right: {given}the left side is {vector(found.lhs)}, and the right side is "
            f"{vector(found.rhs)}."
        )


_YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "ja", "j", "wahr", "richtig", "stimmt"), True),
    **dict.fromkeys(("no", "n", "false", "nein", "falsch"), False),
}
_ALWAYS = {
    **dict.fromkeys(("always", "true", "immer"), True),
    **dict.fromkeys(("never", "false", "nie", "niemals"), False),
}


def _said(word: bool) -> Reading:
    text = "always" if word else "never"
    return Reading(text, rf"\text{{{text}}}")


class _Put(ast.NodeTransformer):
    """A tree with others in the places of names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._values:
            return node
        value = deepcopy(self._values[node.id])
        for inner in ast.walk(value):
            if isinstance(inner, ast.expr):
                inner.col_offset = node.col_offset
        return value

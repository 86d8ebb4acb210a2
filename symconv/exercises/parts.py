"""What a part of an exercise asks for, and when an answer to it is right.

The kinds of parts stand in `kernels` and `amounts`; here is what they have in common.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

import sympy
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import (
    MOST_TYPICAL_ANSWERS,
    SHORTEST_LONG_SIZE,
)
from symconv.decision.claims import Claim, as_written
from symconv.decision.first_differences import first_difference
from symconv.decision.prove import prove
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError, Undecided, VacuousError
from symconv.exercises.tables import Table
from symconv.exercises.wording import given_by, vector, written
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr
from symconv.reading.text.claims import Context
from symconv.reading.text.declarations import Declarations, Vocabulary
from symconv.reading.text.functions import parts_of
from symconv.reading.text.reader import Reader
from symconv.reading.text.syntax import Passage, Phrase, TextError, read_phrase

__all__ = [
    "Answer",
    "Finding",
    "Mistake",
    "Names",
    "Part",
    "Reading",
    "Rule",
    "Unusual",
    "entries_of",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer was read.

    Attributes:
        text: as text, which is itself an answer that is read the same.
        latex: as LaTeX.
    """

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read.

    Attributes:
        value: what it says: a signal, an expression, a condition, or yes or no.
        reading: how it was read.
        phrase: where it was written, for errors.
        remarks: what its notation was taken to mean, where that could surprise.
        is_flipped: whether it is meant for what is asked for with all entries in reverse.
        more: what its kind of part knows of it besides.
    """

    value: Any
    reading: Reading
    phrase: Phrase
    remarks: tuple[str, ...] = ()
    is_flipped: bool = False
    more: Any = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A typical wrong answer.

    Attributes:
        name: what it is called.
        answer: the answer as text.
        misconception: what was misunderstood.
        claim: the claim that the answer is right.
        counterexample: the smallest sizes at which it is not; empty if that is not stated.
        kernel: the answer as a signal, where a kernel is asked for.
        condition: where the answer is right all the same; None if that is not stated.
        points: what it is worth; None where the rules for partial credit say it.
        given: further hypotheses of the claim.
        read: the answer as it was read.
    """

    name: str
    answer: str
    misconception: str
    claim: Claim
    counterexample: Mapping[str, int] = field(default_factory=dict)
    kernel: SignalExpr | None = None
    condition: Boolean | None = None
    points: Fraction | None = None
    given: tuple[Boolean, ...] = ()
    read: Answer | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unusual:
    """A right answer that looks different from the usual one.

    Attributes:
        name: what it is called.
        answer: the answer as text.
        why: why it is right.
        claim: the claim that it is.
        read: the answer as it was read.
    """

    name: str
    answer: str
    why: str
    claim: Claim
    read: Answer | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a wrong answer is nearly right.

    Attributes:
        name: the rule, as in the file.
        why: the reason, in a sentence.
    """

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in an exercise file that is not as it says.

    Attributes:
        where: the variant, the part, and what of it.
        problem: what is wrong.
        is_open: whether it is only not known to be right.
    """

    where: str
    problem: str
    is_open: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Names:
    """What [names] declares.

    Attributes:
        signals: lengths of signals.
        tensors: shapes of tensors.
        functions: functions of which nothing is known.
        integers: symbols that may be negative.
        given: hypotheses.
        others: further names of signals, which answers may use.
    """

    signals: Mapping[str, str]
    tensors: Mapping[str, str]
    functions: Mapping[str, str]
    integers: tuple[str, ...]
    given: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: Table) -> Names:
        """What the table says."""
        found = cls(
            table.named("signals"),
            table.named("tensors"),
            table.named("functions"),
            table.texts("integers"),
            table.texts("given"),
            table.lists("other_names"),
        )
        table.end()
        for name in found.others:
            if name not in found.signals:
                raise table.error(f"{name!r} is not declared in signals", "other_names")
        return found

    def declared(self, more: Sequence[str] = ()) -> Declarations:
        """The declarations, with further hypotheses."""
        return Declarations.of(
            self.signals, [*self.given, *more], self.integers, self.tensors, self.functions
        )


def context_of(declared: Declarations, phrases: Sequence[Phrase]) -> Context:
    """What the names mean; sizes of which nothing else is said are at least 1."""
    words = Vocabulary(declared, phrases)
    sizes = {
        part.id
        for shape in words.shapes.values()
        for part in parts_of(shape.tree)
        if isinstance(part, ast.Name)
    }
    positive = tuple(
        Passage(f"{one.name} >= 1", "the hypothesis")
        for one in words.assumptions.values()
        if one.name in sizes and not one.least
    )
    return Context(replace(declared, given=(*declared.given, *positive)), phrases)


class Part(ABC):
    """A part of an exercise, for one variant.

    Attributes:
        name: what it is called.
        asks: what kind of answer it asks for.
        question: its own question, as Markdown; it may be empty.
        points: what a right answer is worth.
        mistakes: typical wrong answers.
        unusual: right answers that look different.
        given: its hypotheses, as text.
        context: what its names mean.
    """

    context: Context
    RULES: ClassVar[tuple[str, ...]] = ()
    """The rules for partial credit that this kind has."""

    def __init__(self, table: Table, names: Names, asks: str, name: str) -> None:
        self.table = table
        self.names = names
        self.asks = asks
        self.name = name
        self.question = table.text("question", "")
        points = table.points("points")
        self.points = Fraction(1) if points is None else points
        self.given = table.texts("given")
        self._right = table.text("right", "")
        self._answer = table.text("answer", "")
        self.for_all = table.texts("for_all")
        uses = table.texts("uses")
        known = (*names.signals, *names.tensors)
        for used in uses:
            if used not in known:
                raise table.error(f"{used!r} is not declared; expected {', '.join(known)}", "uses")
        self.uses = uses or known
        self._read_right()
        self.rules = self._rules(table.table("partial"))
        self.mistakes = tuple(map(self._mistake, table.tables("mistakes", MOST_TYPICAL_ANSWERS)))
        self.unusual = tuple(map(self._unusual, table.tables("unusual", MOST_TYPICAL_ANSWERS)))
        table.end()

    # --- what each kind says -----------------------------------------------------------

    @abstractmethod
    def _read_right(self) -> None:
        """Read what is right."""

    @abstractmethod
    def read(self, text: str, latex: bool | None = None) -> Answer:
        """Read an answer.

        Raises:
            TextError: it cannot be read; it says where.
        """

    def read_sample(self, text: str) -> Answer:
        """Read what the file states, which may be what answers may not: the question again."""
        return self.read(text)

    @abstractmethod
    def claim(self, answer: Answer, given: Sequence[Boolean] = ()) -> Claim:
        """The claim that an answer is right, with further hypotheses."""

    @abstractmethod
    def same(self, one: Answer, other: Answer) -> Claim:
        """The claim that two answers say the same."""

    @property
    def sample(self) -> str:
        """A right answer, as the file states it; empty where it states none."""
        return self._answer

    def verdict(self, answer: Answer) -> tuple[Answer, Verdict]:
        """Whether an answer is right; and the answer, as which of two it may be meant."""
        return answer, self.decided(answer, self.claim(answer))

    def is_right(self, answer: Answer, verdict: Verdict) -> bool | None:
        """Whether an answer is right, by the verdict; None where that is open."""
        del answer
        return None if isinstance(verdict, Unknown) else isinstance(verdict, Proved)

    def reasons(self, answer: Answer, found: Refuted) -> Iterator[Rule]:
        """Why a wrong answer is nearly right, for the rules that are worth something."""
        del found
        if self.rules.get("under_condition"):
            yield from self._under_condition(answer)

    def remarks(self, answer: Answer, verdict: Verdict) -> Iterator[str]:
        """What else there is to say."""
        del answer, verdict
        return iter(())

    def doubts(self, where: str) -> Iterator[Finding]:
        """What else is to be checked of the right answer in the file."""
        del where
        return iter(())

    def sentence(self, answer: Answer, verdict: Verdict) -> str:
        """The verdict in a sentence."""
        match verdict:
            case Proved():
                return self.right_words if self.claim(answer).symbols else "Right."
            case Refuted(found):
                return f"Not right: {self.difference(answer, found)}."
            case Unknown(reason):
                return f"Not decided: {reason}."
        raise AssertionError(verdict)

    @property
    def right_words(self) -> str:
        """What is said of a right answer."""
        return "Right, for all sizes." if self.names.tensors else "Right, for all lengths."

    def difference(self, answer: Answer, found: Counterexample) -> str:
        """What a counterexample says, without the solution where it would be one."""
        given = given_by(found)
        if not given:
            return f"it is not {answer.reading}"
        return f"for {given} it gives {vector(found.lhs)} instead of {vector(found.rhs)}"

    # --- what they have in common ------------------------------------------------------

    def decided(self, answer: Answer, claim: Claim) -> Verdict:
        """The verdict on a claim about an answer; one that is not for all sizes is none."""
        try:
            verdict = claim.prove()
        except TextError:
            raise
        except SymconvError as error:  # an operator that is not defined at some length
            raise answer.phrase.error(answer.phrase.tree, str(error)) from None
        if isinstance(verdict, Proved) and not verdict.is_complete:
            scope = verdict.scope.removesuffix(" only")
            return Unknown(f"it is proved for {scope}, and open for all others")
        return verdict

    def mistake_of(self, answer: Answer, found: Refuted, budget: int) -> Mistake | None:
        """The typical mistake that an answer is equal to, for all sizes.

        Only one that is equal to it where it is wrong is compared for all sizes, and for all of
        them together that takes no more work than the budget.
        """
        lengths = found.counterexample.lengths
        for mistake in self.mistakes:
            if mistake.read is None:
                continue
            claim = self.same(answer, mistake.read)
            symbols = {symbol.name for symbol in claim.symbols}
            at = {name: value for name, value in lengths.items() if name in symbols}
            if at.keys() == symbols and first_difference(claim, [at])[0] is not None:
                continue
            same = prove(claim, budget=budget // max(len(self.mistakes), 1))
            if isinstance(same, Proved) and same.is_complete:
                return mistake
        return None

    def hypotheses(self, given: Sequence[Boolean] = ()) -> list[Any]:
        """The hypotheses of the part, with further ones, for a claim."""
        return [as_written(one) for one in (*self.context.given, *given)]

    def _in_context(self, phrases: Sequence[Phrase]) -> Context:
        """What the names mean; the signs of symbols depend on these texts of the file."""
        with self.table.reading():
            return context_of(self.names.declared(self.given), phrases)

    def condition_text(self, text: str, key: str) -> Boolean:
        """A condition in the file."""
        with self.table.reading():
            phrase = read_phrase(Passage(text, key))
            return Reader(phrase, self.context.names).condition(phrase.tree)

    def symbols_for_all(self) -> list[Any]:
        """The symbols for all of whose values a claim has to hold."""
        return [self.context.names.vocabulary.symbol(name) for name in self.for_all]

    def _under_condition(self, answer: Answer) -> Iterator[Rule]:
        """Whether an answer is right for all that the rule asks for, and when exactly."""
        claim = self.claim(answer)
        enough = [symbol >= SHORTEST_LONG_SIZE for symbol in claim.symbols]
        if self._when:
            enough = [self.condition_text(self._when, "partial.condition")]
        if not enough:
            return
        try:
            verdict = self.claim(answer, enough).prove()
        except VacuousError:  # there are no such sizes
            return
        if not isinstance(verdict, Proved) or not verdict.is_complete:
            return
        try:
            exactly = plain(claim.condition(for_all=self.symbols_for_all()))
        except Undecided:
            exactly = ""
        if exactly:
            yield Rule("under_condition", f"It is right exactly when {exactly}.")
        else:
            known = " and ".join(map(plain, enough))
            yield Rule("under_condition", f"It is right whenever {known}.")

    def _rules(self, table: Table) -> Mapping[str, Fraction]:
        rules = {}
        self._when = table.text("condition", "")
        for name in self.RULES:
            points = table.points(name)
            if points is not None:
                if points > self.points:
                    raise table.error(f"more than the {written(self.points)} of the part", name)
                rules[name] = points
        table.end()
        if self._when:
            self.condition_text(self._when, "partial.condition")
        return rules

    def _typical(self, table: Table, key: str) -> tuple[str, str, str, Answer]:
        text = table.text("answer")
        shown = table.text("shown", text)
        name = table.text("name", shown)
        said = table.text(key, "")
        with table.reading("answer"):
            return name, shown, said, self.read(text)

    def _mistake(self, table: Table) -> Mistake:
        name, text, feedback, answer = self._typical(table, "feedback")
        condition = table.text("right_when", "")
        at, points = table.numbers("differs_at"), table.points("points")
        given = [self.condition_text(text, "given") for text in table.texts("given")]
        table.end()
        if points is not None and points > self.points:
            raise table.error(f"more than the {written(self.points)} of the part", "points")
        with table.reading():
            claim = self.claim(answer, given)
        is_kernel = self.asks == "kernel" and isinstance(answer.value, SignalExpr)
        return Mistake(
            name,
            text,
            feedback,
            replaced_name(claim, name),
            at,
            answer.value if is_kernel else None,
            self.condition_text(condition, "right_when") if condition else None,
            points,
            tuple(given),
            answer,
        )

    def _unusual(self, table: Table) -> Unusual:
        name, text, why, answer = self._typical(table, "why")
        table.end()
        return Unusual(name, text, why, replaced_name(self.claim(answer), name), answer)


def replaced_name(claim: Claim, name: str) -> Claim:
    """The claim by another name."""
    given = map(as_written, claim.given)
    return Claim(as_written(claim.lhs), as_written(claim.rhs), given, name, claim.about)


def put_in(
    phrase: Phrase, context: Context, bound: Mapping[str, SignalExpr], unknown: str = ""
) -> tuple[Any, Any]:
    """The sides of a claim with signals bound to names; that with the unknown is the left one."""
    names = replace(context.names, signals={**context.names.signals, **bound})
    reader = Reader(phrase, names)
    match phrase.tree:
        case ast.Compare(left, [ast.Eq()], [right]):
            if unknown and unknown not in entries_of(left):
                left, right = right, left
            return as_written(reader.value(left)), as_written(reader.value(right))
        case ast.Call(ast.Name("iff"), [left, right], []):
            return as_written(reader.condition(left)), as_written(reader.condition(right))
    return as_written(reader.condition(phrase.tree)), as_written(sympy.true)


def entries_of(tree: ast.AST) -> Collection[str]:
    """The names in a tree."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

"""What an answer is worth, and why."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

from symconv.arithmetic.limits import DECISION_OPERATIONS
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Refuted, Unknown, Verdict
from symconv.errors import SymconvError
from symconv.exercises.parts import Answer, Mistake, Part, Reading, Rule
from symconv.exercises.wording import written

__all__ = ["OPEN", "Grade", "empty", "graded", "undecided", "unread"]

RIGHT, PARTLY, WRONG = "right", "partly right", "wrong"
OPEN, UNREAD, EMPTY = "not decided", "not read", "no answer"


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth.

    Attributes:
        verdict: `Proved` for all sizes; `Refuted`, where the left side of the counterexample
            is what the answer gives and the right side what is right; or `Unknown`.  For yes
            or no, the verdict on the claim.  None where there is no answer, or none is read.
        read_as: how the answer was read.
        remarks: what else there is to say, in sentences.
        mistake: the typical mistake that the answer is equal to, for all sizes.
        sentence: the verdict in a sentence.
        outcome: "right", "partly right", "wrong", "not decided", "not read" or "no answer".
        points: the points; None where it is not decided or not read.
        out_of: the points for a right answer.
        rule: why it is nearly right, where that is worth something.
    """

    verdict: Verdict | None
    read_as: Reading
    remarks: tuple[str, ...] = ()
    mistake: Mistake | None = field(default=None, repr=False)
    sentence: str = ""
    outcome: str = OPEN
    points: Fraction | None = None
    out_of: Fraction = Fraction(1)
    rule: Rule | None = None

    @property
    def is_right(self) -> bool:
        """Whether the answer is right for all sizes."""
        return self.outcome == RIGHT

    @property
    def hint(self) -> str:
        """What was misunderstood, where the answer is a typical mistake; otherwise empty."""
        return self.mistake.misconception if self.mistake else ""

    @property
    def of_points(self) -> str:
        """The points, such as "1 of 2 points"."""
        out_of = f"{written(self.out_of)} {'point' if self.out_of == 1 else 'points'}"
        return f"{self.outcome}, {out_of}" if self.points is None else self._of(self.points)

    def _of(self, points: Fraction) -> str:
        noun = "point" if self.out_of == 1 else "points"
        return f"{written(points)} of {written(self.out_of)} {noun}"

    @property
    def why(self) -> str:
        """Why there are points for an answer that is not right; empty where there are none."""
        if self.outcome != PARTLY or self.points is None:
            return ""
        reason = f": {self.rule.why}" if self.rule else ", for this mistake."
        return f"{self._of(self.points)}{reason}"

    @property
    def feedback(self) -> str:
        """All that is said to the student, in lines; the last one is how the answer was read."""
        read = f"Read as {self.read_as}" if self.read_as.text else ""
        return "\n".join(filter(None, [str(self), read]))

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.sentence, self.hint, self.why, *self.remarks]))

    def record(self) -> dict[str, Any]:
        """The grade for scripts: what JSON holds."""
        record: dict[str, Any] = {
            "outcome": self.outcome,
            "points": None if self.points is None else written(self.points),
            "out_of": written(self.out_of),
            "read_as": {"text": self.read_as.text, "latex": self.read_as.latex},
            "sentence": self.sentence,
            "feedback": self.feedback,
            "remarks": list(self.remarks),
        }
        match self.verdict:
            case Refuted(example):
                record["counterexample"] = counterexample_record(example, "answer", "expected")
            case Unknown(reason):
                record["reason"] = reason
        if self.mistake is not None:
            record["mistake"] = {"name": self.mistake.name, "misconception": self.hint}
        if self.rule is not None:
            record["partial"] = {"rule": self.rule.name, "why": self.rule.why}
        return record

    def _repr_markdown_(self) -> str:
        more = [part for part in (self.hint, self.why, *self.remarks) if part]
        read = [f"Read as ${self.read_as.latex}$"] if self.read_as.latex else []
        return "\n\n".join([f"**{self.sentence}**", *more, *read])

    def _repr_html_(self) -> str:
        sign = "," if self.is_right else ":"
        first, found, rest = self.sentence.partition(sign)
        more = [part for part in (self.hint, self.why, *self.remarks) if part]
        read = f"<p>Read as ${escape(self.read_as.latex)}$</p>" if self.read_as.latex else ""
        return (
            f"<p><b>{escape(first)}</b>{found}{escape(rest)}</p>"
            + "".join(f"<p>{escape(sentence)}</p>" for sentence in more)
            + read
        )


def graded(part: Part, answer: Answer) -> Grade:
    """What an answer that was read is worth.

    A typical mistake is worth what the file says.  Where it says nothing of that, and where it is
    no typical one, it is worth what the rule says that gives most.

    Raises:
        SymconvError: an operator in the answer is not defined at some of the sizes.
    """
    answer, verdict = part.verdict(answer)
    is_right = part.is_right(answer, verdict)
    outcome = {True: RIGHT, False: WRONG, None: OPEN}[is_right]
    points = {True: part.points, False: Fraction(0), None: None}[is_right]
    mistake, rule = None, None
    if is_right is False and isinstance(verdict, Refuted):
        mistake, rule = _nearly_right(part, answer, verdict)
        if mistake is not None and mistake.points is not None:
            points = mistake.points
        elif rule is not None:
            points = part.rules[rule.name]
        outcome = PARTLY if points else WRONG
    remarks = [*answer.remarks]
    with suppress(SymconvError):  # that there is no more to say changes no verdict
        remarks += part.remarks(answer, verdict)
    if rule is not None and rule.name == "flipped":  # it says the same
        remarks = [one for one in remarks if not one.startswith("It would be right for")]
    sentence = part.sentence(answer, verdict)
    return Grade(
        verdict,
        answer.reading,
        tuple(remarks),
        mistake,
        sentence,
        outcome,
        points,
        part.points,
        rule,
    )


def _nearly_right(
    part: Part, answer: Answer, verdict: Refuted
) -> tuple[Mistake | None, Rule | None]:
    """The typical mistake that a wrong answer is, and the rule that gives most for it."""
    mistake = None
    reasons: list[Rule] = []
    with suppress(SymconvError):  # an operator may not be defined, once the answer is changed
        mistake = part.mistake_of(answer, verdict, DECISION_OPERATIONS)
    if part.rules and (mistake is None or mistake.points is None):
        with suppress(SymconvError):
            reasons += part.reasons(answer, verdict)
    return mistake, max(reasons, key=lambda one: part.rules[one.name], default=None)


def undecided(part: Part, reason: str) -> Grade:
    """The grade of an answer for which there is no verdict."""
    sentence = f"Not decided: {reason}."
    return Grade(Unknown(reason), Reading("", ""), sentence=sentence, out_of=part.points)


def unread(part: Part, problem: str, what: str = "answer") -> Grade:
    """The grade of an answer, or a row, that cannot be read: a person has to look at it."""
    return Grade(
        None,
        Reading("", ""),
        sentence=f"This {what} cannot be read: {problem}",
        outcome=UNREAD,
        out_of=part.points,
    )


def empty(part: Part) -> Grade:
    """The grade of no answer."""
    return Grade(
        None,
        Reading("", ""),
        sentence="There is no answer.",
        outcome=EMPTY,
        points=Fraction(0),
        out_of=part.points,
    )

"""An exercise as a file: what it asks, what is right, and what answers are worth."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from symconv.arithmetic.limits import (
    MOST_BYTES_OF_FILE,
    MOST_PARTS,
    MOST_VALUES_OF_VARIANT,
    MOST_VARIANTS_CHECKED,
)
from symconv.decision.claims import Claim, as_written
from symconv.decision.verdicts import Refuted
from symconv.errors import SymconvError, as_given
from symconv.exercises.amounts import ConditionPart, LengthPart, YesNoPart
from symconv.exercises.grades import OPEN, Grade, empty, graded, unread
from symconv.exercises.kernels import KernelPart
from symconv.exercises.parts import Answer, Finding, Mistake, Names, Part
from symconv.exercises.tables import ExerciseError, Table
from symconv.exercises.variants import Variant, drawn, every
from symconv.exercises.wording import written

__all__ = ["Exercise", "Finding", "Marks", "Posed", "answer_graded", "marks_record"]

_KINDS: Mapping[str, type[Part]] = {
    **dict.fromkeys(("kernel", "signal", "formula"), KernelPart),
    "length": LengthPart,
    "condition": ConditionPart,
    "yes or no": YesNoPart,
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What the answers of a student are worth.

    Attributes:
        exercise: the name of the exercise.
        student: the student's number, if there is one.
        variant: the student's variant.
        grades: what each part is worth, by its name.
    """

    exercise: str
    student: str
    variant: Variant
    grades: Mapping[str, Grade]

    @property
    def total(self) -> Fraction | None:
        """The points of all parts; None where one has none, as it is not decided or not read."""
        points = [grade.points for grade in self.grades.values()]
        return None if None in points else sum(filter(None, points), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """The points of answers that are right."""
        return sum((grade.out_of for grade in self.grades.values()), Fraction(0))

    def record(self) -> dict[str, Any]:
        """The marks for scripts: what JSON holds."""
        parts = {name: grade.record() for name, grade in self.grades.items()}
        return marks_record(self.exercise, self.student, self.variant, parts)

    def __str__(self) -> str:
        lines = []
        for name, grade in self.grades.items():
            lines.append(f"{name}: {grade.of_points}")
            lines += [f"  {line}" for line in grade.feedback.splitlines()]
        total = "not known yet" if self.total is None else written(self.total)
        return "\n".join([*lines, f"total: {total} of {written(self.out_of)}"])

    def _repr_markdown_(self) -> str:
        shown = [f"**{n}** ({g.of_points}): {g._repr_markdown_()}" for n, g in self.grades.items()]
        total = "not known yet" if self.total is None else written(self.total)
        return "\n\n".join([*shown, f"**Total: {total} of {written(self.out_of)}**"])


def marks_record(
    exercise: str, student: str, variant: Variant, parts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The marks of a student for scripts, by the records of the grades."""
    points = [part["points"] for part in parts.values()]
    total = None if None in points else sum(map(Fraction, points), Fraction(0))
    out_of = sum((Fraction(part["out_of"]) for part in parts.values()), Fraction(0))
    return {
        "exercise": exercise,
        "student": student,
        "variant": dict(variant),
        "parts": parts,
        "total": None if total is None else written(total),
        "out_of": written(out_of),
    }


class Posed:
    """An exercise as one variant of it is posed.

    Attributes:
        variant: the variant.
        question: the question, as Markdown.
        parts: its parts, by name.
    """

    def __init__(self, exercise: Exercise, variant: Variant) -> None:
        top = Table(exercise.values, exercise.where, variant=variant)
        self.variant = variant
        top.text("name", "")
        self.question = top.text("question", "")
        names = Names.of(top.table("names"))
        top.table("variants")
        self.parts: dict[str, Part] = {}
        tables = top.tables("parts", MOST_PARTS)
        if not tables:
            raise top.error("there is no part; expected tables [[parts]]")
        top.end()
        for table in tables:
            part = _part(table, names)
            if part.name in self.parts:
                raise table.error(f"a part named {part.name!r} stands above", "name")
            self.parts[part.name] = part

    @property
    def text(self) -> str:
        """The whole question as Markdown, with its parts and their points."""
        blocks = [self.question.strip()]
        for name, part in self.parts.items():
            points = f"{written(part.points)} {'point' if part.points == 1 else 'points'}"
            blocks.append(f"**{name}** ({points}) {part.question.strip()}".strip())
        return "\n\n".join(filter(None, blocks))

    def part(self, name: str) -> Part:
        """The part of that name.

        Raises:
            SymconvError: there is none.
        """
        if name not in self.parts:
            known = ", ".join(self.parts)
            raise SymconvError(f"there is no part {as_given(name)}; expected {known}")
        return self.parts[name]

    def grade(self, part: str, answer: str, *, latex: bool | None = None) -> Grade:
        """What the answer to one part is worth; one that cannot be read is told to be so."""
        asked = self.part(part)
        if not answer.strip():
            return empty(asked)
        try:
            return graded(asked, asked.read(answer, latex))
        except SymconvError as error:
            return unread(asked, str(error))


class Exercise:
    """An exercise file that was read.

    Args:
        text: the text of the file, in TOML.
        where: its name, for messages.

    Attributes:
        name: what it is called; students' variants depend on it.
        values: what stands in the file.
        parameters: the values of each parameter of its variants.

    >>> exercise = Exercise('''
    ... question = "A layer has a kernel k of length c and stride {s}."
    ... [names]
    ... signals = {x = "n", k = "c"}
    ... given = ["n >= c"]
    ... [variants]
    ... s = [2, 3]
    ... [[parts]]
    ... name = "outputs"
    ... question = "How many outputs are there?"
    ... asks = "length"
    ... answer = "x.correlate(k, stride={s}).length"
    ... points = 2
    ... [parts.partial]
    ... shifted = 1
    ... ''')
    >>> print(exercise.posed({"s": 3}).text)
    A layer has a kernel k of length c and stride 3.
    <BLANKLINE>
    **outputs** (2 points) How many outputs are there?
    >>> marks = exercise.grade({"outputs": "floor((n - c)/3)"}, variant={"s": 3})
    >>> print(marks)
    outputs: 1 of 2 points
      Not right: for c = 1, n = 1 it gives 0 instead of 1.
      1 of 2 points: It is always 1 too small.
      Read as floor((n - c)/3)
    total: 1 of 2

    Raises:
        SymconvError: it is not as an exercise file has to be; it says the table and the key.
    """

    def __init__(self, text: str, where: str = "the exercise") -> None:
        if not isinstance(text, str):
            raise SymconvError(f"an exercise is read from text, got {as_given(text)}")
        if len(text) > MOST_BYTES_OF_FILE:
            raise SymconvError(f"{where} is larger than {MOST_BYTES_OF_FILE} bytes")
        self.where = where
        self.source = text
        try:
            self.values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SymconvError(f"{where}: this is not TOML: {error}") from None
        except RecursionError:
            raise SymconvError(f"{where}: nested too deeply") from None
        top = Table(self.values, where)
        self.name = top.text("name", "")
        self.parameters = self._parameters(top)
        self._posed: dict[tuple[tuple[str, int | str], ...], Posed] = {}

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Exercise:
        """The exercise in a file.

        Raises:
            SymconvError: the file cannot be read, or is no exercise.
        """
        try:
            data = Path(path).read_bytes()[: MOST_BYTES_OF_FILE + 1]
            text = data.decode("utf-8-sig")
        except OSError as error:
            raise SymconvError(f"{path} cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise SymconvError(f"{path}: this is not UTF-8") from None
        return cls(text, str(path))

    def _parameters(self, top: Table) -> Mapping[str, tuple[int | str, ...]]:
        found = {}
        values = top.raw("variants")
        for name, listed in values.items():
            is_right = isinstance(listed, list) and all(type(v) in (int, str) for v in listed)
            if not name.isidentifier() or not name.isascii():
                raise top.error("expected a name of letters, digits and _", f"[variants] {name}")
            if not is_right or not 0 < len(listed) <= MOST_VALUES_OF_VARIANT:
                raise top.error(
                    f"expected a list of numbers or texts, 1 to {MOST_VALUES_OF_VARIANT} of them, "
                    "such as [2, 3, 4]",
                    f"[variants] {name}",
                )
            found[name] = tuple(listed)
        return found

    def variant(self, student: str) -> Variant:
        """The variant of a student; see `symconv.exercises.variants.drawn`."""
        return drawn(self.parameters, self.name, student)

    @property
    def variants(self) -> Iterator[Variant]:
        """The variants, or the first of many, in an order in which all values come soon."""
        return every(self.parameters, MOST_VARIANTS_CHECKED)

    @cached_property
    def number_of_variants(self) -> int:
        """How many variants there are."""
        count = 1
        for listed in self.parameters.values():
            count *= len(listed)
        return count

    def posed(self, variant: Variant | None = None) -> Posed:
        """The exercise as a variant of it is posed; the first one, unless another is given.

        Raises:
            SymconvError: it is not as an exercise file has to be, or there is no such variant.
        """
        chosen = dict(next(self.variants) if variant is None else variant)
        for name, value in chosen.items():
            if value not in self.parameters.get(name, ()):
                raise SymconvError(f"{self.where}: there is no variant with {name} = {value}")
        if chosen.keys() != self.parameters.keys():
            missing = ", ".join(self.parameters.keys() - chosen.keys())
            raise SymconvError(f"{self.where}: a variant has a value of {missing} too")
        key = tuple(sorted(chosen.items()))
        if key not in self._posed:
            try:
                self._posed[key] = Posed(self, chosen)
            except RecursionError:
                raise SymconvError(f"{self.where}: nested too deeply") from None
            except ExerciseError as error:
                if not chosen:
                    raise
                shown = ", ".join(f"{name} = {value}" for name, value in chosen.items())
                raise ExerciseError(f"{error}\n(in the variant with {shown})") from None
        return self._posed[key]

    def grade(
        self,
        answers: Mapping[str, str] | str,
        *,
        student: str = "",
        variant: Variant | None = None,
        latex: bool | None = None,
    ) -> Marks:
        """What answers are worth.

        Args:
            answers: the answers by the names of the parts; one alone, where there is one part.
            student: the student's number, which draws the variant.
            variant: the variant, where there is no student.
            latex: whether the answers are LaTeX; without that, whether they look like it.

        Raises:
            SymconvError: there is no such part or variant, or the file is wrong.
        """
        if variant is None and student:
            variant = self.variant(student)
        posed = self.posed(variant)
        if isinstance(answers, str):
            if len(posed.parts) != 1:
                raise SymconvError(f"answers are given by part: {', '.join(posed.parts)}")
            answers = {next(iter(posed.parts)): answers}
        for name, answer in answers.items():
            posed.part(name)
            if not isinstance(answer, str):
                raise SymconvError(f"an answer is a text, got {as_given(answer)}")
        grades = {
            name: posed.grade(name, answers.get(name, ""), latex=latex) for name in posed.parts
        }
        return Marks(self.name, student, posed.variant, grades)

    def check(self, tell: Callable[[str], None] = lambda done: None) -> list[Finding]:
        """What in the file is not as it says; nothing, if all is well.

        In each variant, the right answer is graded right, and so are unusual ones; each mistake is
        wrong, at the sizes that are stated, and found again; and no two mistakes are the same.

        Args:
            tell: called with what was checked.

        Raises:
            SymconvError: it is not as an exercise file has to be.
        """
        found = list(self._unseen())
        for variant in self.variants:
            shown = ", ".join(f"{name} = {value}" for name, value in variant.items())
            for part in self.posed(variant).parts.values():
                where = ", ".join(filter(None, [shown, f"part {part.name}"]))
                with part.table.reading():
                    found += _checked(part, where)
                tell(where)
        return found

    def _unseen(self) -> Iterator[Finding]:
        """Parameters that nobody can know."""
        parts = self.values.get("parts", [])
        questions = [self.values.get("question", ""), *(p.get("question", "") for p in parts)]
        for name in self.parameters:
            if not any(f"{{{name}}}" in str(question) for question in questions):
                yield Finding(f"[variants] {name}", f"{{{name}}} stands in no question")


@cache
def _read(source: str, where: str) -> Exercise:
    return Exercise(source, where)


def answer_graded(
    source: str, where: str, variant: Variant, part: str, answer: str, latex: bool | None
) -> Grade:
    """What one answer is worth, in a process that grades many; each file is read once."""
    return _read(source, where).posed(variant).grade(part, answer, latex=latex)


def _part(table: Table, names: Names) -> Part:
    asks = table.text("asks")
    if asks not in _KINDS:
        raise table.error(f"expected {', '.join(_KINDS)}, got {asks!r}", "asks")
    name = table.text("name", asks)
    if not name.strip() or name != name.strip() or "=" in name or "\n" in name:
        raise table.error("expected a name on one line, without = in it", "name")
    if name.casefold() in _COLUMNS:
        raise table.error(f"{name!r} is a column of the results; take another name", "name")
    return _KINDS[asks](table, names, asks, name)


_COLUMNS = {"student", "variant"}


def _checked(part: Part, where: str) -> Iterator[Finding]:
    """What in a part is not as the file says."""
    if part.sample:
        yield from _not_right(part, part.read_sample(part.sample), f"{where}, answer")
        yield from part.doubts(f"{where}, answer")
    else:
        problem = "no answer is given, so that it is not known whether there is one"
        yield Finding(where, problem, is_open=True)
    for unusual in part.unusual:
        assert unusual.read is not None
        yield from _not_right(part, unusual.read, f"{where}, unusual {unusual.name}")
    for mistake in part.mistakes:
        said = f"{where}, mistake {mistake.name}"
        assert mistake.read is not None
        answer, verdict = part.verdict(mistake.read)
        if mistake.given:
            verdict = mistake.claim.prove()
        right = part.is_right(answer, verdict)
        if right is None:
            yield Finding(said, f"whether it is wrong is not decided: {verdict}", is_open=True)
        elif right:
            yield Finding(said, "it is right")
        elif isinstance(verdict, Refuted):
            lengths = verdict.counterexample.lengths
            if mistake.counterexample and dict(mistake.counterexample) != dict(lengths):
                shown = ", ".join(f"{name} = {value}" for name, value in lengths.items())
                yield Finding(said, f"it is wrong first at {shown}, and not as differs_at says")
            yield from _condition(part, mistake, said)
    yield from _alike(part, where)


def _not_right(part: Part, answer: Answer, where: str) -> Iterator[Finding]:
    grade = graded(part, answer)
    if grade.outcome == OPEN:
        yield Finding(where, grade.sentence, is_open=True)
    elif not grade.is_right:
        yield Finding(where, f"it is not right. {grade.sentence}")


def _condition(part: Part, mistake: Mistake, where: str) -> Iterator[Finding]:
    """Whether a mistake is right exactly where it is said to be."""
    if mistake.condition is None:
        return
    claim = mistake.claim
    symbols = [symbol for symbol in claim.symbols if symbol.name in part.for_all]
    exactly = claim.condition(for_all=symbols)
    given = map(as_written, claim.given)
    if not Claim(as_written(exactly), as_written(mistake.condition), given).prove():
        yield Finding(where, "it is not right exactly when right_when says")


def _alike(part: Part, where: str) -> Iterator[Finding]:
    """Mistakes that are the same answer, so that the second is never told."""
    read = [(m.name, m.read) for m in part.mistakes if m.read is not None and not m.given]
    for number, (name, answer) in enumerate(read):
        for other, earlier in read[:number]:
            if part.same(answer, earlier).prove():
                yield Finding(f"{where}, mistake {name}", f"it is the same answer as {other}")

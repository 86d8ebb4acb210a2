r"""Parts that ask for a kernel, any other signal, or a formula for entries.

An answer is a formula for the entries, such as Sum(k[i]*k[t - 2*i], i), or an expression in
operators, such as k * (k \uparrow_2); or the list of entries, [1, 2, 1].
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import And, Dummy, Expr, Integer, Or, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import LARGEST_SHIFT, MOST_ENTRIES_OF_ANSWER
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.decision.claims import Claim, as_written
from symconv.decision.first_differences import first_difference
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from symconv.derivations.finite_sums import InfiniteSumError, made_finite
from symconv.errors import SymconvError
from symconv.exercises.parts import (
    Answer,
    Finding,
    Part,
    Reading,
    Rule,
    entries_of,
    put_in,
)
from symconv.exercises.wording import given_by, operators, pretty, vector, with_content
from symconv.language.notation import latex as latex_of
from symconv.language.notation import plain
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.answers import LeftSide, left_side, read_sides
from symconv.reading.text.formulas import ParsedFormula, read_formula, text_of
from symconv.reading.text.latex_writing import latex_of as formula_latex
from symconv.reading.text.problems import ParsedProblem, read_problem
from symconv.reading.text.reader import Reader
from symconv.reading.text.syntax import Passage, Phrase, read_phrase
from symconv.reading.text.trees import Star, is_signal_tree

__all__ = ["KernelPart"]


class KernelPart(Part):
    """A part that asks for a signal: by a claim about it, or by the right one.

    Attributes:
        signals: the signals that answers may use, by all of their names.
        right: the right signal, as the file states it; None if it states none.
        length: how many entries a formula has; None where that is not said.
    """

    RULES = ("flipped", "shifted", "another_length", "under_condition")

    def _read_right(self) -> None:
        table = self.table
        self._unknown = table.text("unknown", "K")
        self._called = table.texts("called")
        self._is_unique = table.flag("unique")
        self._or_flipped = table.flag("or_flipped")
        length = table.text("length", "")
        if not (self._right or self._answer):
            raise table.error(
                f'a {self.asks} is right by a claim with it, right = "… {self._unknown} …", or '
                'where it is equal to answer = "…"'
            )
        if self._is_unique and not self._answer:
            raise table.error("with unique, the one answer is given too", "unique")
        with table.reading():
            phrases = [read_phrase(Passage(self._right, "right"))] if self._right else []
            sizes = [read_phrase(Passage(length, "length"))] if length else []
            self.context = self._in_context([*phrases, *sizes])
            self._claimed = phrases[0] if phrases else None
            signals = self.context.names.signals
            if self._claimed and not table.texts("uses"):
                beside = _beside(self._claimed.tree, self._unknown)
                self.uses = tuple(name for name in self.uses if name not in beside) or self.uses
            self.signals = {
                name: signal
                for used in self.uses
                if isinstance(signal := signals[used], Signal)
                for name in (used, *self.names.others.get(used, ()))
            }
            self._is_of_one_axis = all(signals[used].ndim == 1 for used in self.uses)
            self.length: Expr | None = None
            if sizes:
                self.length = Reader(sizes[0], self.context.names).integer(sizes[0].tree)
        if self._claimed and self._unknown not in entries_of(self._claimed.tree):
            raise table.error(f"the unknown {self._unknown} does not stand in it", "right")
        if self._unknown in signals:
            raise table.error(f"{self._unknown!r} is declared, so it is known", "unknown")
        self.right: SignalExpr | None = None
        if self._answer:
            with table.reading("answer"):
                self.right = self.read_sample(self._answer).value
            if self.length is None and self.right.ndim == 1:
                self.length = self.right.length
        if self._claimed:
            self._try_claim()

    def _try_claim(self) -> None:
        """See to it that the claim can be read with a signal in it."""
        example = self.right or next(iter(self.signals.values()), None)
        if example is None:
            return
        with self.table.reading("right"):
            self._put_in(example)

    def doubts(self, where: str) -> Iterator[Finding]:
        """Whether the one answer satisfies the claim, and is the only one that does."""
        if not (self._is_unique and self._claimed):
            return
        assert self.right is not None
        verdict = self._put_in(self.right).prove()
        if isinstance(verdict, Unknown) or (
            isinstance(verdict, Proved) and not verdict.is_complete
        ):
            yield Finding(where, f"whether the claim holds with it is open: {verdict}", True)
        elif isinstance(verdict, Refuted):
            yield Finding(where, f"the claim does not hold with it: {verdict.counterexample}")
        elif self._only is False:
            yield Finding(where, "it is not the only one of its length for which the claim holds")
        elif self._only is None:
            yield Finding(where, "whether it is the only one is not known", True)

    @property
    def _only(self) -> bool | None:
        """Whether the claim has one solution of this length alone."""
        assert self._claimed is not None
        unknown = Passage(str(self.length), "the length")
        declared = self.names.declared(self.given)
        try:
            problem = read_problem(self._claimed.passage, declared, {self._unknown: unknown})
            if not isinstance(problem, ParsedProblem):
                return None
            return problem.solve().is_unique
        except SymconvError:
            return None

    @property
    def right_words(self) -> str:
        """What is said of a right answer."""
        if self.asks == "kernel" and not self._by_claim:
            return "Right, for all kernel lengths."
        return super().right_words

    @property
    def _by_claim(self) -> bool:
        """Whether the claim decides, and not the one right answer."""
        return self._claimed is not None and not self._is_unique

    # --- what is right -------------------------------------------------------------------

    def claim(self, answer: Answer, given: Sequence[Boolean] = ()) -> Claim:
        """The claim that an answer is right."""
        kernel = answer.value.flip() if answer.is_flipped else answer.value
        if self._by_claim:
            return self._put_in(kernel, given)
        assert self.right is not None
        right = self.right.flip() if answer.is_flipped else self.right
        return Claim(answer.value, right, self.hypotheses(given))

    def _put_in(self, kernel: SignalExpr, given: Sequence[Boolean] = ()) -> Claim:
        assert self._claimed is not None
        sides = put_in(self._claimed, self.context, {self._unknown: kernel}, self._unknown)
        return Claim(*sides, self.hypotheses(given))

    def same(self, one: Answer, other: Answer) -> Claim:
        """The claim that two answers are equal, where there are entries."""
        mine, its = one.value, other.value
        if one.is_flipped != other.is_flipped:
            its = its.flip()
        if self.length is not None and mine.ndim == its.ndim == 1:
            mine, its = self._fitted(mine), self._fitted(its)
        return Claim(mine, its, self.hypotheses())

    def _fitted(self, kernel: SignalExpr) -> SignalExpr:
        return kernel.pad(0, self.length - kernel.length)

    def verdict(self, answer: Answer) -> tuple[Answer, Verdict]:
        """Whether it is right; one that has only flipped kernels may be meant for the flipped one.

        It may also be equal to the answer in the file, which is simpler than the claim.
        """
        if self._by_claim and self._sample_serves:
            equal = Claim(answer.value, as_written(self.right), self.hypotheses())
            verdict: Verdict = self.decided(answer, equal)
            if isinstance(verdict, Proved) and not answer.is_flipped:
                return answer, verdict
        verdict = self.decided(answer, self.claim(answer))
        has_left = isinstance(answer.more, _Written) and answer.more.has_left
        if has_left or not self._or_flipped or isinstance(verdict, Proved):
            return answer, verdict
        flips = list(_flips(answer.phrase.tree, self.signals))
        if not flips or not all(flips):
            return answer, verdict
        said = f"Its kernels are flipped, so it is compared with {self._shown_flipped}."
        flipped = replace(
            answer,
            is_flipped=True,
            remarks=(*answer.remarks, said),
            reading=self._reading(answer.more.parsed, answer.value, True),
        )
        return flipped, self.decided(flipped, self.claim(flipped))

    @cached_property
    def _sample_serves(self) -> bool:
        """Whether the claim is proved with the answer in the file."""
        if self.right is None:
            return False
        verdict = self._put_in(self.right).prove()
        return isinstance(verdict, Proved) and verdict.is_complete

    def reasons(self, answer: Answer, found: Refuted) -> Iterator[Rule]:
        """Why a wrong answer is nearly right."""
        at = [found.counterexample.lengths]
        if answer.value.ndim == 1:
            if self.rules.get("flipped") and self._holds(answer, answer.value.flip(), at):
                yield Rule("flipped", f"It is right for {self._shown_flipped}.")
            if self.rules.get("another_length"):
                yield from self._of_another_length(answer, at)
            if self.rules.get("shifted"):
                yield from self._shifted(answer, at)
        yield from super().reasons(answer, found)

    def _holds(self, answer: Answer, kernel: SignalExpr, at: Sequence[Mapping[str, int]]) -> bool:
        """Whether another signal would be right."""
        try:
            claim = self.claim(replace(answer, value=kernel))
            names = {symbol.name for symbol in claim.symbols}
            points = [point for point in at if point.keys() == names]
            if points and first_difference(claim, points)[0] is not None:
                return False
            verdict = claim.prove()
        except SymconvError:
            return False
        return isinstance(verdict, Proved) and verdict.is_complete

    def _of_another_length(self, answer: Answer, at: Sequence[Mapping[str, int]]) -> Iterator[Rule]:
        if self.length is None or not self._holds(answer, self._fitted(answer.value), at):
            return
        verdict = Claim(answer.value.length, as_written(self.length), self.hypotheses()).prove()
        if isinstance(verdict, Refuted):
            found = verdict.counterexample
            where = ", ".join(f"{name} = {value}" for name, value in found.lengths.items())
            number = (
                f"{found.lhs} {'entry' if found.lhs == 1 else 'entries'} instead of {found.rhs}"
            )
            yield Rule(
                "another_length",
                "Its entries are right, and their number is not"
                + (f": for {where} there are {number}." if where else f": there are {number}."),
            )

    def _shifted(self, answer: Answer, at: Sequence[Mapping[str, int]]) -> Iterator[Rule]:
        for places in (d for n in range(1, LARGEST_SHIFT + 1) for d in (n, -n)):
            for kernel in self._moved(answer, places):
                if self._holds(answer, kernel, at):
                    by = f"{abs(places)} {'place' if abs(places) == 1 else 'places'}"
                    where = "late" if places > 0 else "early"
                    yield Rule("shifted", f"Its entries are right, and stand {by} too {where}.")
                    return

    def _moved(self, answer: Answer, places: int) -> Iterator[SignalExpr]:
        """The answer with entry t + places at t."""
        parsed = answer.more.parsed if isinstance(answer.more, _Written) else None
        if parsed is not None and parsed.index and not isinstance(parsed.value, SignalExpr):
            t = parsed.index
            moved = made_finite(parsed.value).xreplace({t: t + Integer(places)})
            yield Signal.from_formula(t, moved, length=self.length)
            return
        yield answer.value.pad(-places, 0)
        if places > 0:
            yield answer.value.pad(-places, places)

    # --- what is said ----------------------------------------------------------------------

    def remarks(self, answer: Answer, verdict: Verdict) -> Iterator[str]:
        """What a formula gives beyond the entries; and whether the flipped answer is right."""
        if isinstance(verdict, Proved):
            yield from self._outside(answer)
        yield from self._domain(answer, verdict)
        if isinstance(verdict, Refuted) and not self._by_claim and answer.value.ndim == 1:
            other = replace(answer, is_flipped=not answer.is_flipped)
            if self.asks == "kernel" and self.claim(other).prove():
                name = self._shown if answer.is_flipped else self._shown_flipped
                yield f"It would be right for {name}."

    def sentence(self, answer: Answer, verdict: Verdict) -> str:
        """The verdict in a sentence; with a claim, at lengths for which something comes out."""
        if self._by_claim and isinstance(verdict, Refuted):
            return f"Not right: {self.difference(answer, with_content(verdict))}."
        return super().sentence(answer, verdict)

    def difference(self, answer: Answer, found: Counterexample) -> str:
        """What a counterexample says, without the solution where it would be one."""
        if not given_by(found):
            if found.index is None:
                return f"the number of entries is not {len(found.lhs)}"
            assert isinstance(found.index, int)
            return f"entry {found.index} is not {vector(found.lhs[found.index])}"
        if self._claimed and self._by_claim:
            if isinstance(found.lhs, bool) or isinstance(found.rhs, bool):
                return f"for {given_by(found)} it does not do what is asked for"
            sides = f"{vector(found.lhs)} instead of {vector(found.rhs)}"
            return f"for {given_by(found)} it leads to {sides}"
        return super().difference(answer, found)

    def _outside(self, answer: Answer) -> Iterator[str]:
        """Where a formula that is right gives something outside of the range of its index."""
        parsed = answer.more.parsed if isinstance(answer.more, _Written) else None
        if parsed is None or isinstance(parsed.value, SignalExpr) or self.length is None:
            return
        t = parsed.index or Symbol("t", integer=True)
        taken = {symbol.name for symbol in (t, *parsed.value.free_symbols)}
        other = next(letter for letter in "vwxyz" if letter not in taken)
        entry = Signal.from_formula(Dummy(other, integer=True), made_finite(parsed.value), length=1)
        beyond = Or(t < 0, t >= self.length)
        verdict = Claim(entry, 0 * Signal.delta(), [*self.hypotheses(), as_written(beyond)]).prove()
        if isinstance(verdict, Refuted):
            found = verdict.counterexample
            lengths = dict(found.lengths)
            at = lengths.pop(t.name, None)
            values = ", ".join(
                [f"{name} = {value}" for name, value in lengths.items()]
                + [f"{name} = {vector(taps)}" for name, taps in found.signals.items()]
            )
            yield (
                f"Outside 0 ≤ {t} < {plain(self.length)}, where {self._shown} is 0, the formula "
                f"is not: for {values} it gives {vector(found.lhs)[1:-1]} at {t} = {at}. That does "
                "not count as wrong."
            )

    def _domain(self, answer: Answer, verdict: Verdict) -> Iterator[str]:
        """What is wrong with the domain of an answer, if it has one."""
        parsed = answer.more.parsed if isinstance(answer.more, _Written) else None
        if parsed is None or parsed.domain is None or self.length is None:
            return
        assert parsed.index is not None
        t, everywhere = parsed.index, parsed.everywhere
        within = f"0 ≤ {t} < {plain(self.length)}"
        if isinstance(verdict, Refuted) and everywhere is not None:
            whole = self._kernel(replace(parsed, value=everywhere, domain=None))
            if self.claim(replace(answer, value=whole)).prove():
                said = text_of(parsed, self.signals).rpartition(" for ")[2]
                yield (
                    f"The formula is right, and its domain, {said}, is not: {self._shown} has "
                    f"entries at {within}."
                )
        elif isinstance(verdict, Proved):
            entries = And(t >= 0, t < self.length)
            given = [*self.hypotheses(), as_written(parsed.domain)]
            if isinstance(Claim(parsed.domain, entries, given).prove(), Refuted):
                yield f"Its domain goes beyond {within}, where {self._shown} has its entries."

    @property
    def _shown(self) -> str:
        """What is asked for, in a sentence."""
        if not self._called:
            return f"the {self._noun}"
        return pretty(self._called[0])

    @property
    def _shown_flipped(self) -> str:
        return f"the flipped {pretty(self._called[0]) if self._called else self._noun}"

    @property
    def _noun(self) -> str:
        return "signal" if self.asks == "formula" else self.asks

    # --- reading ---------------------------------------------------------------------------

    def read_sample(self, text: str) -> Answer:
        """Read what the file states, which may be operators where a formula is asked for."""
        return self._read(text, None, can_be_operators=True)

    def read(self, text: str, latex: bool | None = None) -> Answer:
        """Read an answer."""
        return self._read(text, latex, can_be_operators=self.asks != "formula")

    def _read(self, text: str, latex: bool | None, *, can_be_operators: bool) -> Answer:
        passage = Passage(text, "the answer")
        listed = self._read_list(passage) if can_be_operators else None
        if listed is not None:
            return listed
        if not self._is_of_one_axis:
            return self._read_tensor(passage)
        sides = self._sides(passage, latex)
        left = self._left(sides[0]) if len(sides) == 2 else None
        phrase = sides[-1]
        if not can_be_operators:
            _check_formula(phrase, self.signals)
        symbols = self._symbols()
        parsed = read_formula(
            phrase, self.signals, index=left.index if left else None, symbols=symbols
        )
        kernel = self._kernel(parsed)
        is_flipped = left is not None and left.is_flipped
        return Answer(
            kernel,
            self._reading(parsed, kernel, is_flipped),
            phrase,
            tuple(self._conventions(parsed)),
            is_flipped,
            _Written(parsed, left is not None),
        )

    def _symbols(self) -> list[Symbol]:
        """The symbols that an answer may use, besides the sizes of its signals.

        The size of an input that it must not use means nothing in it, and may be an index.
        """
        declared = self.names.declared(self.given)
        names = {*declared.integers, *entries_of_all(declared.given)} - {*declared.shapes}
        names -= entries_of_all([p for n, p in declared.shapes.items() if n not in self.uses])
        return [self.context.names.vocabulary.symbol(name) for name in sorted(names)]

    def _read_tensor(self, passage: Passage) -> Answer:
        """An answer about tensors of several axes, in operators."""
        phrase = read_phrase(passage)
        known = {name: self.context.names.signals[name] for name in self.uses}
        names = replace(self.context.names, signals=known)
        value = Reader(phrase, names).signal(phrase.tree)
        return Answer(value, Reading(str(value), latex_of(value)), phrase)

    def _read_list(self, passage: Passage) -> Answer | None:
        """The entries in a list of numbers, if it is one."""
        names = "|".join(map(re.escape, self._called or (self._unknown, self.name)))
        start = rf"\s*(?:(?:{names})\s*=)?(?=\s*[\[(]?\s*[-+]?\s*\d[^=*\\]*,)"
        found = re.match(start, passage.text)
        if not found:
            return None
        phrase = read_phrase(Passage(passage.text, passage.where, found.end()))
        match phrase.tree:
            case ast.List(parts) | ast.Tuple(parts) if len(parts) <= MOST_ENTRIES_OF_ANSWER:
                reader = Reader(phrase, self.context.names)
                taps = [reader.number(part) for part in parts]
            case _:
                return None
        value = Signal.taps(*taps)
        text = vector(taps)
        return Answer(value, Reading(text, text), phrase)

    def _kernel(self, parsed: ParsedFormula) -> SignalExpr:
        """The answer as a signal; what cannot be one is an error at its place."""
        value = parsed.value
        if isinstance(value, SignalExpr):
            return value
        if self.length is None:
            raise parsed.phrase.error(
                parsed.phrase.tree,
                f"how many entries {self._shown} has is not said, so it is written in operators, "
                "such as k.convolve(k)",
            )
        try:
            index = parsed.index or IntegerSymbol("t")
            return Signal.from_formula(index, made_finite(value), length=self.length)
        except InfiniteSumError as error:
            node = parsed.sums.get(error.index.name, parsed.phrase.tree)
            raise parsed.phrase.error(node, str(error)) from None
        except SymconvError as error:
            raise parsed.phrase.error(parsed.phrase.tree, str(error)) from None

    def _sides(self, passage: Passage, latex: bool | None) -> list[Phrase]:
        """The trees of the answer, and of what stands left of an equals sign before it."""
        names = {*self.signals, *self._called, self._unknown}
        sides = read_sides(passage, names, latex=latex)
        if len(sides) > 2:
            raise sides[2].error(sides[2].tree, "expected one equals sign at most")
        return sides

    def _left(self, phrase: Phrase) -> LeftSide:
        """What stands left of the equals sign: the name of what is asked for."""
        return left_side(phrase, self._called or (self._unknown, self.name), self._reserved)

    @property
    def _reserved(self) -> set[str]:
        """The names that cannot be an index."""
        sizes = (size for signal in self.signals.values() for size in signal.sizes)
        return {*self.signals} | {name for size in sizes for name in map(str, size.symbols)}

    # --- showing -----------------------------------------------------------------------------

    def _reading(self, parsed: ParsedFormula, kernel: SignalExpr, is_flipped: bool) -> Reading:
        value = parsed.value
        left, left_latex = self._left_side(is_flipped)
        if isinstance(value, SignalExpr):
            return Reading(left + operators(value), left_latex + latex_of(value))
        at = f"[{parsed.index}]" if parsed.index and left else ""
        left, left_latex = (side.replace(" = ", f"{at} = ") for side in (left, left_latex))
        return Reading(
            left + text_of(parsed, self.signals),
            left_latex + formula_latex(parsed, self.signals),
        )

    def _left_side(self, is_flipped: bool) -> tuple[str, str]:
        """What stands before a reading, as text and as LaTeX."""
        name = (self._called or ("",))[0]
        if not name:
            return ("flipped: ", r"\text{flipped: }") if is_flipped else ("", "")
        found = re.fullmatch(r"([A-Za-z]+)_?(\d+)", name)
        letter, low = (found[1], f"_{found[2]}") if found else (name, "")
        if is_flipped:
            return f"flip({name}) = ", rf"\tilde{{{letter}}}{low} = "
        return f"{name} = ", f"{letter}{low} = "

    def _conventions(self, parsed: ParsedFormula) -> Iterator[str]:
        """What the answer's own notation was taken to mean, where that could surprise."""
        phrase = parsed.phrase
        text = phrase.passage.text
        convolutions = [
            node
            for node in ast.walk(phrase.tree)
            if isinstance(node, ast.BinOp)
            and isinstance(node.op, Star)
            and all(is_signal_tree(side, self.signals) for side in (node.left, node.right))
        ]
        if convolutions and re.search(r"\\star(?![A-Za-z])|⋆", text):
            yield "⋆ is read as a convolution, as in the exercise, and not as a correlation."
        for node in convolutions:
            match node.right:
                case ast.Call(ast.Attribute(inner, "downsample")) if not _is_bracketed(
                    text, phrase.passage.start + inner.col_offset
                ) and re.search(r"↓|\\downarrow", text):
                    yield (
                        "↓ is read as belonging to the last factor; put the convolution in "
                        "parentheses if the whole of it is meant."
                    )
                    return


@dataclass(frozen=True, slots=True)
class _Written:
    """The formula of an answer, and whether a left side stands before it."""

    parsed: ParsedFormula
    has_left: bool


def _beside(tree: ast.expr, unknown: str) -> Collection[str]:
    """The names on the sides of a claim on which an unknown stands."""
    match tree:
        case ast.Compare(left, [ast.Eq()], [right]):
            return {n for side in (left, right) if unknown in (s := entries_of(side)) for n in s}
    return ()


def entries_of_all(passages: Iterable[Passage]) -> set[str]:
    """The names in some texts."""
    return {name for passage in passages for name in entries_of(read_phrase(passage).tree)}


def _check_formula(phrase: Phrase, signals: Mapping[str, Signal]) -> None:
    """Refuse operators, which would only say again what is asked."""
    for node in ast.walk(phrase.tree):
        match node:
            case ast.Call(ast.Attribute(attr=name)) if name != "flip":
                raise phrase.error(
                    node, f"a formula is asked for, in entries such as {next(iter(signals))}[t]"
                )
    if is_signal_tree(phrase.tree, signals):
        raise phrase.error(
            phrase.tree, f"a formula is asked for, in entries such as {next(iter(signals))}[t]"
        )


def _flips(tree: ast.AST, signals: Mapping[str, Any], is_flipped: bool = False) -> Iterator[bool]:
    """Whether each signal in a tree stands under an odd number of flips."""
    match tree:
        case ast.Call(ast.Attribute(inner, "flip"), [], []):
            yield from _flips(inner, signals, not is_flipped)
        case ast.Name(name):
            if name in signals:
                yield is_flipped
        case _:
            for part in ast.iter_child_nodes(tree):
                yield from _flips(part, signals, is_flipped)


def _is_bracketed(text: str, at: int) -> bool:
    return text[:at].rstrip().removesuffix(r"\left").rstrip()[-1:] in ("(", "[", "{")

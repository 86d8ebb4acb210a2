r"""A student's answer to the exercise, as text or LaTeX: right for all kernel lengths, or not.

The exercise asks for the kernel k₄ of one stride-4 layer that does what two stride-2 layers
with one kernel k, of length c, do.  An answer is a formula for its entries, such as
Sum(k[i]*k[t - 2*i], i), or an expression in operators, such as k * (k \uparrow_2).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sympy import And, Dummy, Or, Symbol

from symconv.arithmetic.limits import DECISION_OPERATIONS, WIDEST_TEXT
from symconv.decision.claims import Claim
from symconv.decision.first_differences import first_difference
from symconv.decision.prove import prove
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from symconv.derivations.finite_sums import InfiniteSumError, made_finite
from symconv.errors import SymconvError, as_given
from symconv.exercises.mistakes import K4, KERNEL, MISTAKES, UNUSUAL, Mistake, Unusual, entries
from symconv.language.notation import latex as latex_of
from symconv.language.operators import (
    Add,
    Convolve,
    Dilate,
    Downsample,
    Flip,
    Formula,
    Named,
    Scale,
)
from symconv.language.operators.add import positive_part
from symconv.language.signals import Signal, SignalExpr
from symconv.reading.text.answers import left_side, read_sides
from symconv.reading.text.formulas import (
    ParsedFormula,
    Star,
    is_signal_tree,
    read_formula,
    text_of,
)
from symconv.reading.text.latex import latex_of as formula_latex
from symconv.reading.text.syntax import Passage, Phrase

__all__ = ["Grade", "Reading", "grade", "show_grade", "show_typical"]

_NAMES = ("k", "k2", "k_2")
_SIGNALS = dict.fromkeys(_NAMES, KERNEL)
_MERGED = ("k4", "k_4")


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
class Grade:
    """What an answer is worth.

    Attributes:
        verdict: `Proved` for all kernel lengths; `Refuted`, where the left side of the
            counterexample is what the answer gives and the right side what k₄ is; or
            `Unknown`.
        read_as: how the answer was read.
        remarks: what else there is to say, in sentences.
        mistake: the typical mistake that the answer is equal to, for all kernel lengths.
    """

    verdict: Verdict
    read_as: Reading
    remarks: tuple[str, ...] = ()
    mistake: Mistake | None = field(default=None, repr=False)

    @property
    def is_right(self) -> bool:
        """Whether the answer is right for all kernel lengths."""
        return isinstance(self.verdict, Proved)

    @property
    def hint(self) -> str:
        """What was misunderstood, where the answer is a typical mistake; otherwise empty."""
        return self.mistake.misconception if self.mistake else ""

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        match self.verdict:
            case Proved():
                return "Right, for all kernel lengths."
            case Refuted(found):
                given, values = _given(found), (_vector(found.lhs), _vector(found.rhs))
                return f"Not right: for {given} it gives {values[0]} instead of {values[1]}."
            case Unknown(reason):
                return f"Not decided: {reason}."

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.sentence, self.hint, *self.remarks]))

    def _repr_markdown_(self) -> str:
        more = [part for part in (self.hint, *self.remarks) if part]
        read = f"Read as ${self.read_as.latex}$"
        return "\n\n".join([f"**{self.sentence}**", *more, read])

    def _repr_html_(self) -> str:
        first, _, rest = (
            self.sentence.partition(",") if self.is_right else (self.sentence.partition(":"))
        )
        sign = "," if self.is_right else ":"
        more = [part for part in (self.hint, *self.remarks) if part]
        return (
            f"<p><b>{escape(first)}</b>{sign}{escape(rest)}</p>"
            + "".join(f"<p>{escape(sentence)}</p>" for sentence in more)
            + f"<p>Read as ${escape(self.read_as.latex)}$</p>"
        )


def grade(answer: str, *, latex: bool | None = None) -> Grade:
    r"""Decide whether an answer for k₄ is right, for all kernel lengths c ≥ 1.

    A formula is compared with k₄ at every t with 0 ≤ t < 3c − 2, an operator expression
    with its length too.  The kernel is called k, k2 or k_2, and c is its length; the index is
    the one free letter.  An answer for the flipped kernel, \tilde{k}_4 = …, is compared with
    the flipped k₄; so is one without a left side, all of whose kernels are flipped.

    Args:
        answer: the answer; nothing in it is evaluated.
        latex: whether it is LaTeX; without that, whether it looks like it.

    >>> print(grade("Sum(k[i]*k[t - 2*i], i)"))
    Right, for all kernel lengths.
    >>> print(grade(r"k_4 = k * (k \uparrow_2)"))
    Right, for all kernel lengths.
    >>> print(grade(r"\sum_i k(i)\, k(t - i)").sentence)
    Not right: for c = 2, k = [1, 1] it gives [1, 2, 1, 0] instead of [1, 1, 1, 1].

    Raises:
        TextError: the answer cannot be read; it says where.
    """
    if not isinstance(answer, str):
        raise SymconvError(f"an answer is a text, got {as_given(answer)}")
    sides = _sides(Passage(answer, "the answer"), latex)
    left = left_side(sides[0], _MERGED, ("k", "c")) if len(sides) == 2 else None
    phrase = sides[-1]
    parsed = read_formula(phrase, _SIGNALS, index=left.index if left else None)
    kernel = _kernel(parsed)
    remarks = list(_conventions(parsed))
    if left is not None:
        is_flipped = left.is_flipped
        verdict = _decided(_claim(kernel, is_flipped), phrase)
    else:
        is_flipped, verdict = _guessed(kernel, phrase)
        if is_flipped:
            remarks.append("Its kernels are flipped, so it is compared with the flipped k₄.")
    if isinstance(verdict, Proved):
        remarks += _outside(parsed)
    remarks += _domain(parsed, verdict, is_flipped)
    mistake = _mistake(kernel, is_flipped, verdict) if isinstance(verdict, Refuted) else None
    if isinstance(verdict, Refuted) and _claim(kernel, not is_flipped).prove():
        other = "k₄" if is_flipped else "the flipped k₄"
        remarks.append(f"It would be right for {other}.")
    reading = _reading(parsed, is_flipped)
    return Grade(verdict, reading, tuple(remarks), mistake)


# --- reading ---------------------------------------------------------------------------


def _sides(passage: Passage, latex: bool | None) -> list[Phrase]:
    """The trees of the answer, and of what stands left of an equals sign before it."""
    sides = read_sides(passage, {*_NAMES, *_MERGED}, latex=latex)
    if len(sides) > 2:
        raise sides[2].error(sides[2].tree, "expected one equals sign at most")
    return sides


def _kernel(parsed: ParsedFormula) -> SignalExpr:
    """The answer as a signal; what cannot be one is an error at its place."""
    try:
        return entries(parsed.value, parsed.index)
    except InfiniteSumError as error:
        node = parsed.sums.get(error.index.name, parsed.phrase.tree)
        raise parsed.phrase.error(node, str(error)) from None
    except SymconvError as error:
        raise parsed.phrase.error(parsed.phrase.tree, str(error)) from None


def _flips(tree: ast.AST, is_flipped: bool = False) -> Iterator[bool]:
    """Whether each kernel in a tree stands under an odd number of flips."""
    match tree:
        case ast.Call(ast.Attribute(inner, "flip"), [], []):
            yield from _flips(inner, not is_flipped)
        case ast.Name(name):
            if name in _SIGNALS:
                yield is_flipped
        case _:
            for part in ast.iter_child_nodes(tree):
                yield from _flips(part, is_flipped)


# --- deciding --------------------------------------------------------------------------


def _claim(kernel: SignalExpr, is_flipped: bool) -> Claim:
    return Claim(kernel, K4.flip() if is_flipped else K4)


def _decided(claim: Claim, phrase: Phrase) -> Verdict:
    try:
        verdict = claim.prove()
    except SymconvError as error:  # an operator that is not defined at some length
        raise phrase.error(phrase.tree, str(error)) from None
    if isinstance(verdict, Proved) and not verdict.is_complete:
        scope = verdict.scope.removesuffix(" only")
        return Unknown(f"it is proved for {scope}, and open for all others")
    return verdict


def _guessed(kernel: SignalExpr, phrase: Phrase) -> tuple[bool, Verdict]:
    """Which of k₄ and the flipped k₄ an answer without a left side is meant to be."""
    flips = list(_flips(phrase.tree))
    verdict = _decided(_claim(kernel, False), phrase)
    if not flips or not all(flips) or isinstance(verdict, Proved):
        return False, verdict
    return True, _decided(_claim(kernel, True), phrase)


def _mistake(kernel: SignalExpr, is_flipped: bool, verdict: Refuted) -> Mistake | None:
    """The typical mistake that an answer is equal to, where k₄ has taps, for all lengths.

    Only one that is equal to it where it is wrong is compared for all lengths, and for all of
    them together that takes no more work than one decision may take.
    """
    compared, at = _fitted(kernel), [verdict.counterexample.lengths]
    for mistake in MISTAKES:
        if mistake.kernel is None:
            continue
        typical = mistake.kernel.flip() if is_flipped else mistake.kernel
        claim = Claim(compared, _fitted(typical))
        if first_difference(claim, at)[0] is not None:
            continue
        same = prove(claim, budget=DECISION_OPERATIONS // len(MISTAKES))
        if isinstance(same, Proved) and same.is_complete:
            return mistake
    return None


def _fitted(kernel: SignalExpr) -> SignalExpr:
    return kernel.pad(0, K4.length - kernel.length)


def _outside(parsed: ParsedFormula) -> Iterator[str]:
    """Where a formula that is right gives something outside the range of k₄."""
    if isinstance(parsed.value, SignalExpr):
        return
    t = parsed.index or Symbol("t", integer=True)
    entry = Signal.from_formula(Dummy("v", integer=True), made_finite(parsed.value), length=1)
    beyond = Or(t < 0, t >= K4.length)
    verdict = Claim(entry, 0 * Signal.delta(), given=[beyond]).prove()
    if isinstance(verdict, Refuted):
        found = verdict.counterexample
        lengths = dict(found.lengths)
        at = lengths.pop(t.name, None)
        values = ", ".join(
            [f"{name} = {value}" for name, value in lengths.items()]
            + [f"{name} = {_vector(taps)}" for name, taps in found.signals.items()]
        )
        yield (
            f"Outside 0 ≤ {t} < 3c − 2, where k₄ is 0, the formula is not: for {values} it gives "
            f"{_vector(found.lhs)[1:-1]} at {t} = {at}. That does not count as wrong."
        )


def _domain(parsed: ParsedFormula, verdict: Verdict, is_flipped: bool) -> Iterator[str]:
    """What is wrong with the domain of an answer, if it has one."""
    if parsed.domain is None or parsed.everywhere is None or parsed.index is None:
        return
    t = parsed.index
    if isinstance(verdict, Refuted):
        formula = entries(parsed.everywhere, t)
        if _claim(formula, is_flipped).prove():
            yield (
                f"The formula is right, and its domain, {_domain_text(parsed)}, is not: k₄ has "
                f"taps at 0 ≤ {t} < 3c − 2."
            )
        return
    taps = And(t >= 0, t < K4.length)
    beyond = Claim(parsed.domain, taps, given=[parsed.domain]).prove()
    if isinstance(beyond, Refuted):
        yield f"Its domain goes beyond 0 ≤ {t} < 3c − 2, where k₄ has its taps."


def _domain_text(parsed: ParsedFormula) -> str:
    return text_of(parsed, _SIGNALS).rpartition(" for ")[2]


def _conventions(parsed: ParsedFormula) -> Iterator[str]:
    """What the answer's own notation was taken to mean, where that could surprise."""
    phrase = parsed.phrase
    text = phrase.passage.text
    convolutions = [
        node
        for node in ast.walk(phrase.tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, Star)
        and all(is_signal_tree(side, _SIGNALS) for side in (node.left, node.right))
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


def _is_bracketed(text: str, at: int) -> bool:
    return text[:at].rstrip().removesuffix(r"\left").rstrip()[-1:] in ("(", "[", "{")


# --- showing ---------------------------------------------------------------------------


def _vector(values: Any) -> str:
    return f"[{', '.join(map(str, values))}]" if isinstance(values, list) else str(values)


def _given(found: Counterexample) -> str:
    """The lengths and signals of a counterexample."""
    parts = [f"{name} = {value}" for name, value in found.lengths.items()]
    parts += [f"{name} = {_vector(taps)}" for name, taps in found.signals.items()]
    return ", ".join(parts)


def _reading(parsed: ParsedFormula, is_flipped: bool) -> Reading:
    value = parsed.value
    merged, merged_latex = ("flip(k4)", r"\tilde{k}_4") if is_flipped else ("k4", "k_4")
    if isinstance(value, SignalExpr):
        return Reading(f"{merged} = {_operators(value)}", f"{merged_latex} = {latex_of(value)}")
    at = f"[{parsed.index}]" if parsed.index else ""
    return Reading(
        f"{merged}{at} = {text_of(parsed, _SIGNALS)}",
        f"{merged_latex}{at} = {formula_latex(parsed, _SIGNALS)}",
    )


def _operators(signal: SignalExpr) -> str:
    """An operator expression with parentheses around every factor that has an operator."""
    if not _is_plain(signal):
        return str(signal)
    match signal:
        case SignalExpr(Named(name)):
            return name
        case SignalExpr(Flip(), (Signal(name),)):
            return f"{name}\u0303"
        case SignalExpr(Flip(), (inner,)):
            return f"flip({_operators(inner)})"
        case SignalExpr(Dilate(factor), (inner,)) if factor.number is not None:
            return f"{_factor(inner)} ↑{factor}"
        case SignalExpr(Downsample(factor), (inner,)) if factor.number is not None:
            return f"{_factor(inner)} ↓{factor}"
        case SignalExpr(Convolve(), (left, right)):
            return f"{_factor(left)} ∗ {_factor(right)}"
        case SignalExpr(Add(), (left, right)):
            subtracted = positive_part(right)
            sign, shown = ("+", right) if subtracted is None else ("−", subtracted)
            return f"{_operators(left)} {sign} {_operators(shown)}"
        case SignalExpr(Scale(number), (inner,)):
            return f"{_number(number)} {_factor(inner)}"
    return str(signal)


def _number(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number)
    return f"({number.numerator}/{number.denominator})"


def _is_plain(signal: SignalExpr) -> bool:
    """Whether an expression has only the operators of the exercise."""
    known = Named | Flip | Dilate | Downsample | Convolve | Add | Scale
    return isinstance(signal.operator, known) and all(map(_is_plain, signal.operands))


def _factor(signal: SignalExpr) -> str:
    text = _operators(signal)
    return text if isinstance(signal.operator, Named | Flip) else f"({text})"


def show_grade(found: Grade, out: Console) -> dict[str, Any]:
    """Show a grade in a terminal or a pipe; the same as a record."""
    _indented(out, f"Read as  {found.read_as}", "cyan")
    style = {"Proved": "green", "Refuted": "red"}.get(type(found.verdict).__name__, "yellow")
    _indented(out, found.sentence, style)
    for sentence in filter(None, [found.hint, *found.remarks]):
        _indented(out, sentence)
    record: dict[str, Any] = {
        "read_as": {"text": found.read_as.text, "latex": found.read_as.latex},
        "verdict": type(found.verdict).__name__.lower(),
        "is_right": found.is_right,
        "sentence": found.sentence,
        "remarks": list(found.remarks),
    }
    match found.verdict:
        case Refuted(example):
            record["counterexample"] = counterexample_record(example, "answer", "expected")
        case Unknown(reason):
            record["reason"] = reason
    if found.mistake is not None:
        record["mistake"] = {"name": found.mistake.name, "misconception": found.hint}
    return record


def show_typical(out: Console) -> list[dict[str, Any]]:
    """Decide all typical answers, and show them in one table; the same as records."""
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), show_edge=False, show_lines=True)
    table.add_column("Answer", width=20, overflow="fold")
    table.add_column("Verdict", width=7)
    table.add_column("Smallest counterexample", width=19)
    table.add_column("What was misunderstood, or why it is right")
    records = []
    answers: tuple[Mistake | Unusual, ...] = (*MISTAKES, *UNUSUAL)
    for typical in answers:
        verdict = typical.claim.prove()
        why = typical.misconception if isinstance(typical, Mistake) else typical.why
        record: dict[str, Any] = {
            "name": typical.name,
            "answer": typical.answer,
            "verdict": type(verdict).__name__.lower(),
            "comment": why,
        }
        example, style = "", "green"
        if isinstance(verdict, Refuted):
            style = "red"
            record["counterexample"] = counterexample_record(
                verdict.counterexample, "answer", "expected"
            )
            example = _example(verdict.counterexample)
        word = {"proved": "right", "refuted": "wrong"}.get(record["verdict"], "unknown")
        table.add_row(_shown(typical), Text(word, style), example, why)
        records.append(record)
    out.print(table, width=min(out.width, WIDEST_TEXT))
    return records


def _shown(typical: Mistake | Unusual) -> str:
    kernel = typical.claim.lhs
    if isinstance(kernel, SignalExpr) and not isinstance(kernel.operator, Formula):
        return _operators(kernel)
    return typical.answer


def _example(found: Counterexample) -> str:
    given = _given(found).replace("], ", "]\n")
    return f"{given}:\n{_vector(found.lhs)}\ninstead of\n{_vector(found.rhs)}"


def _indented(out: Console, text: str, style: str = "") -> None:
    for line in Text(text).wrap(out, max(min(out.width, WIDEST_TEXT), 1)):
        out.print(line.plain.rstrip(), style=style or None, soft_wrap=True)

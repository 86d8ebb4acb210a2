"""The audit of a derivation for people and scripts: text, Markdown, HTML, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Add, Basic, Expr, Ge, IndexedBase, Integer, Le, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import MOST_TERMS_SHOWN
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown
from symconv.decision.wording import holds_sentence, taps_sentence
from symconv.derivations.indices import for_each_axis, one_or_all, within_shape
from symconv.language.notation import latex, plain
from symconv.language.operators.formula import Formula
from symconv.language.signals import SignalExpr

if TYPE_CHECKING:
    from symconv.derivations.steps import (  # they show themselves with this module
        Audit,
        Derivation,
        Step,
    )

__all__ = [
    "Words",
    "as_html",
    "as_markdown",
    "as_record",
    "as_text",
    "start_lines",
    "start_markdown",
    "start_record",
    "step_lines",
    "step_markdown",
    "step_record",
    "summary",
]


class Words:
    """How it is said for which indices a derivation is claimed: in Python, as here, or typed."""

    def outside(self, index: str) -> str:
        """That it is claimed for every integer."""
        del index
        return "outside=True"

    def where(self, condition: Boolean) -> str:
        """That it is claimed under a condition."""
        return f"where={condition}"


_IN_PYTHON = Words()


def as_text(audit: Audit) -> str:
    """The audit for a terminal.

    First it says for which indices, then each formula stands with its number, its reason, and
    what was found.
    """
    lines = start_lines(audit.derivation)
    for step in audit:
        lines += step_lines(audit.derivation, step)
    return "\n".join([*lines, _summary(audit)])


def start_lines(derivation: Derivation) -> list[str]:
    """For which indices a derivation is claimed, and its start."""
    return [_heading(derivation, _PLAIN), f"(0)   {plain(derivation.start)}"]


def step_lines(derivation: Derivation, step: Step, words: Words = _IN_PYTHON) -> list[str]:
    """The lines about a step: the formula with its reason, and what was found."""
    because = " ".join(step.because.split())
    reason = f"    [{because}]" if because else ""
    against = f"    (compared with ({step.against}))" * (step.against != step.number - 1)
    found = (f"      {line}" for line in _findings(derivation, step, _PLAIN, words))
    return [f"({step.number}) = {plain(step.formula)}{reason}{against}", *found]


def as_markdown(audit: Audit) -> str:
    """The audit as Markdown with formulas, for a marker's feedback."""
    derivation = audit.derivation
    parts = start_markdown(derivation)
    for step in audit:
        parts += step_markdown(derivation, step)
    return "\n\n".join([*parts, f"**{_summary(audit)}**"])


def start_markdown(derivation: Derivation) -> list[str]:
    """For which indices a derivation is claimed, and its start, as Markdown."""
    return [_heading(derivation, _MARKDOWN), f"**(0)** $${latex(derivation.start)}$$"]


def step_markdown(derivation: Derivation, step: Step, words: Words = _IN_PYTHON) -> list[str]:
    """The paragraphs about a step, as Markdown."""
    because = escape(" ".join(step.because.split()), quote=False)
    reason = f" *{because}*" if because else ""
    against = f" (compared with ({step.against}))" if step.against != step.number - 1 else ""
    formula = f"**({step.number})**{reason}{against} $$= {latex(step.formula)}$$"
    return [formula, *_findings(derivation, step, _MARKDOWN, words)]


def as_html(audit: Audit) -> str:
    """The audit as a table, with formulas that Jupyter sets."""
    rows = [_row("0", audit.derivation.start, "", [])]
    for step in audit:
        found = [escape(line, quote=False) for line in _findings(audit.derivation, step, _HTML)]
        rows.append(_row(str(step.number), step.formula, step.because, found))
    heading = f"<p>{escape(_heading(audit.derivation, _HTML), quote=False)}</p>"
    summary = f"<p><b>{escape(_summary(audit))}</b></p>"
    return f"{heading}<table>{''.join(rows)}</table>{summary}"


def _row(number: str, formula: Expr, because: str, found: Iterable[str]) -> str:
    sign = "=" if number != "0" else ""
    shown = escape(f"$\\displaystyle {sign} {latex(formula)}$", quote=False)
    cells = [f"({number})", shown, escape(because)]
    texts = "".join(f"<div>{line}</div>" for line in found)
    styled = "".join(f'<td style="text-align:left">{cell}</td>' for cell in (*cells, texts))
    return f'<tr style="vertical-align:top">{styled}</tr>'


def as_record(audit: Audit) -> dict[str, Any]:
    """The audit as JSON can hold it."""
    first = audit.first_wrong
    return {
        **start_record(audit.derivation),
        "first_wrong": None if first is None else first.number,
        "steps": [step_record(audit.derivation, step) for step in audit],
    }


def start_record(derivation: Derivation) -> dict[str, Any]:
    """What a derivation starts with, as JSON can hold it."""
    names = [index.name for index in derivation.indices]
    return {
        "start": _formula_record(derivation.start),
        "index": names[0] if len(names) == 1 else names,
        "claimed_for": _heading(derivation, _PLAIN).removesuffix(":"),
        "defined": {name: str(one) for name, one in derivation.defined.items()},
    }


def step_record(derivation: Derivation, step: Step) -> dict[str, Any]:
    """A step as JSON can hold it."""
    record: dict[str, Any] = {
        "number": step.number,
        "formula": _formula_record(step.formula),
        "because": step.because,
        "compared_with": step.against,
        "where": str(step.where),
    }
    match step.verdict:
        case Proved() as verdict:
            return record | {"verdict": "proved", "scope": verdict.scope, "ring": verdict.ring}
        case Refuted(found):
            where, repair = step.holds_where, step.repair
            return record | {
                "verdict": "refuted",
                "counterexample": counterexample_record(found, "before", "here"),
                "no_output": next(_no_output(derivation, step, _PLAIN), None),
                "missing": [str(t) for t in _missing(step)],
                "surplus": [str(t) for t in _surplus(step)],
                "holds_where": None if where is None else str(where),
                "repair": None
                if repair is None
                else {"formula": _formula_record(repair.formula), "change": repair.change},
            }
        case Unknown(reason):
            return record | {"verdict": "unknown", "reason": reason}
        case ill_formed:
            return record | {
                "verdict": "ill-formed",
                "name": ill_formed.name,
                "reason": ill_formed.reason,
            }


def _formula_record(formula: Expr) -> dict[str, str]:
    return {"text": str(formula), "latex": latex(formula)}


# --- what was found, in words ------------------------------------------------------------


class _Style:
    """How parts of a finding are written."""

    strong = ("", "")
    formula = ("", "")

    def emphasis(self, text: str) -> str:
        return f"{self.strong[0]}{text}{self.strong[1]}"

    def set(self, thing: Basic | SignalExpr) -> str:
        if self.formula == ("", ""):
            return plain(thing)
        return f"{self.formula[0]}{latex(thing)}{self.formula[1]}"

    def ranges(self, indices: Sequence[Symbol], shape: Sequence[Expr]) -> str:
        """Between what each index lies."""
        texts = []
        for index, size in zip(indices, shape, strict=True):
            first = 1 if index.is_positive else 0
            texts.append(
                f"{first} ≤ {plain(index)} < {plain(size)}"
                if self.formula == ("", "")
                else rf"{first} \leq {latex(index)} < {latex(size)}"
            )
        return ", ".join(f"{self.formula[0]}{text}{self.formula[1]}" for text in texts)


class _Markdown(_Style):
    strong = ("**", "**")
    formula = ("$", "$")


class _Html(_Style):
    formula = ("$", "$")


_PLAIN, _MARKDOWN, _HTML = _Style(), _Markdown(), _Html()


def _heading(derivation: Derivation, style: _Style) -> str:
    """For which indices a derivation is claimed."""
    words = _indices(derivation, derivation.where, style)
    if derivation.defined:
        told = (_definition(name, meaning, style) for name, meaning in derivation.defined.items())
        words += f", where {', '.join(told)}"
    return f"For {words}:"


def _definition(name: str, meaning: SignalExpr, style: _Style) -> str:
    """What a name stands for; where that is a formula, by an entry."""
    match meaning.operator:
        case Formula(indices, expression) as formula if not formula.chosen:
            named: Expr = IndexedBase(name)[indices]
            return f"{style.set(named)} = {style.set(expression)}"
    return f"{style.set(Symbol(name))} = {style.set(meaning)}"


def _indices(derivation: Derivation, where: Boolean, style: _Style) -> str:
    indices, shape = derivation.indices, derivation.shape
    if shape is None:
        words = "every integer " if len(indices) == 1 else "all integers "
        words += ", ".join(style.set(_with_assumptions(index)) for index in indices)
    else:
        words = f"every output, {style.ranges(indices, shape)}"
    if where != sympy.true:
        words += f"{'' if shape is None else ','} with {style.set(where)}"
    if derivation.outside:
        words += ", where a signal is 0 outside of its outputs"
    if given := [hypothesis for hypothesis in derivation.given if hypothesis != sympy.true]:
        words += f", given {' and '.join(_hypothesis(one, style) for one in given)}"
    return words


def _hypothesis(given: Hypothesis, style: _Style) -> str:
    """A hypothesis on lengths, or on taps."""
    return taps_sentence(given) if isinstance(given, Claim) else style.set(given)


def _with_assumptions(index: Symbol) -> Basic:
    """An index, or what its assumptions say about its sign."""
    bare = Symbol(index.name, integer=True)
    if index.is_positive or index.is_nonnegative:
        return Ge(bare, 1 if index.is_positive else 0)
    if index.is_negative or index.is_nonpositive:
        return Le(bare, -1 if index.is_negative else 0)
    return bare


def _findings(
    derivation: Derivation, step: Step, style: _Style, words: Words = _IN_PYTHON
) -> Iterator[str]:
    if step.where != derivation.where:
        yield f"Claimed for {_indices(derivation, step.where, style)}."
    match step.verdict:
        case Proved(scope) as verdict if not verdict.is_complete:
            yield f"{style.emphasis('Decided in part')}: proved for {scope}{verdict.over}."
        case Proved(scope) as verdict:
            yield f"{style.emphasis('Right')}: proved for {scope}{verdict.over}."
        case Refuted(found):
            yield f"{style.emphasis('Wrong')} {_where_it_fails(found, step)}"
            for what, terms in (("Missing", _missing(step)), ("Surplus", _surplus(step))):
                if terms:
                    more = len(terms) - MOST_TERMS_SHOWN
                    others = f" and {more} more" if more > 0 else ""
                    shown = ", ".join(map(style.set, terms[:MOST_TERMS_SHOWN]))
                    yield f"{what} there: {shown}{others}."
            yield from _no_output(derivation, step, style, words)
            if holds := holds_sentence(step.holds_where):
                yield holds
            if step.repair is not None:
                repaired = style.set(step.repair.formula)
                yield f"Right would be {repaired}: {step.repair.change}."
        case Unknown(reason):
            yield f"{style.emphasis('Not decided')}: {reason}."
        case ill_formed:
            yield f"{style.emphasis('Ill-formed')}: {ill_formed.reason}."


def _where_it_fails(found: Counterexample, step: Step) -> str:
    values: dict[str, Any] = dict(found.lengths)
    values |= _index_values(found, step)
    values |= found.signals
    at = ", ".join(f"{name} = {value}" for name, value in values.items())
    if found.index is not None:
        told = f"{found.rhs} instead of {found.lhs}"
    elif isinstance(found.rhs, tuple):
        told = f"outputs of shape {found.rhs} instead of {found.lhs}"
    else:
        told = f"{found.rhs} output{'s' * (found.rhs != 1)} instead of {found.lhs}"
    return f"at {at}: {told}."


def _index_values(found: Counterexample, step: Step) -> dict[str, int]:
    """The value of each index; nothing where there is none."""
    if found.index is None:
        return {}
    names = (symbol.name for symbol in step.indices)
    return dict(zip(names, for_each_axis(found.index), strict=True))


def _no_output(
    derivation: Derivation, step: Step, style: _Style, words: Words = _IN_PYTHON
) -> Iterator[str]:
    """Where every integer is spoken of: that the index is no output, and how to leave it out."""
    if derivation.shape is not None or not isinstance(step.verdict, Refuted):
        return
    found = step.verdict.counterexample
    index = _index_values(found, step)
    values = {**found.lengths, **index}
    for signal in step.signals:
        symbols = {symbol for size in signal.shape for symbol in size.free_symbols}
        if found.index is None or not values.keys() >= {s.name for s in symbols}:
            continue
        at = {s: Integer(values[s.name]) for s in symbols}
        shape = [int(size.xreplace(at)) for size in signal.shape]
        if not all(0 <= u < size for u, size in zip(index.values(), shape, strict=True)):
            said = ", ".join(f"{name} = {value}" for name, value in index.items())
            yield f"{said} is no output of {style.set(signal)}: {_outputs_there(shape)}."
            outputs = within_shape(step.indices, signal.shape)
            yield (
                f"Without {words.outside(', '.join(map(str, step.indices)))}, the derivation "
                "speaks of its outputs alone."
                if derivation.outside
                else f"With {words.where(outputs)}, it speaks of these outputs alone."
            )
            return


def _outputs_there(shape: Sequence[int]) -> str:
    """Which outputs there are, by the indices of the first and of the last one."""
    if 0 in shape:
        return "the output is empty there"
    first, last = one_or_all([0] * len(shape)), one_or_all([size - 1 for size in shape])
    if first == last:
        return f"the only output there is {first}"
    return f"the outputs there are {first} to {last}"


def _terms(step: Step) -> tuple[Expr, ...]:
    difference = step.difference
    return () if difference is None else Add.make_args(difference)


def _missing(step: Step) -> list[Expr]:
    return [-t for t in _terms(step) if t.could_extract_minus_sign()]


def _surplus(step: Step) -> list[Expr]:
    return [t for t in _terms(step) if not t.could_extract_minus_sign()]


def _summary(audit: Audit) -> str:
    first = audit.first_wrong
    return summary(None if first is None else first.number, all_right=bool(audit))


def summary(first_wrong: int | None, *, all_right: bool) -> str:
    """A sentence about all steps."""
    if first_wrong is not None:
        return f"The first wrong step is ({first_wrong})."
    if all_right:
        return "Every step is right."
    return "No step is wrong, but not every one was proved for all lengths."

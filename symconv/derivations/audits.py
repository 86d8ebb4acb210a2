"""The audit of a derivation for people and scripts: text, Markdown, HTML, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Add, And, Basic, Expr, Ge, Integer, Le, Lt, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.limits import MOST_TERMS_SHOWN
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown
from symconv.decision.wording import holds_sentence
from symconv.language.notation import latex, plain
from symconv.language.signals import SignalExpr

if TYPE_CHECKING:
    from symconv.derivations.steps import (  # they show themselves with this module
        Audit,
        Derivation,
        Step,
    )

__all__ = ["as_html", "as_markdown", "as_record", "as_text"]


def as_text(audit: Audit) -> str:
    """The audit for a terminal.

    First it says for which indices, then each formula stands with its number, its reason, and
    what was found.
    """
    derivation = audit.derivation
    lines = [_heading(derivation, _PLAIN), f"(0)   {plain(derivation.start)}"]
    for step in audit:
        words = " ".join(step.because.split())
        reason = f"    [{words}]" if words else ""
        lines.append(f"({step.number}) = {plain(step.formula)}{reason}")
        lines += [f"      {line}" for line in _findings(audit, step, _PLAIN)]
    return "\n".join([*lines, _summary(audit)])


def as_markdown(audit: Audit) -> str:
    """The audit as Markdown with formulas, for a marker's feedback."""
    derivation = audit.derivation
    parts = [_heading(derivation, _MARKDOWN), f"**(0)** $${latex(derivation.start)}$$"]
    for step in audit:
        words = escape(" ".join(step.because.split()), quote=False)
        reason = f" *{words}*" if words else ""
        against = f" (compared with ({step.against}))" if step.against != step.number - 1 else ""
        parts.append(f"**({step.number})**{reason}{against} $$= {latex(step.formula)}$$")
        parts += _findings(audit, step, _MARKDOWN)
    return "\n\n".join([*parts, f"**{_summary(audit)}**"])


def as_html(audit: Audit) -> str:
    """The audit as a table, with formulas that Jupyter sets."""
    rows = [_row("0", audit.derivation.start, "", [])]
    for step in audit:
        found = [escape(line, quote=False) for line in _findings(audit, step, _HTML)]
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
        "start": _formula_record(audit.derivation.start),
        "index": audit.derivation.index.name,
        "claimed_for": _heading(audit.derivation, _PLAIN).removesuffix(":"),
        "first_wrong": None if first is None else first.number,
        "steps": [_step_record(audit, step) for step in audit],
    }


def _step_record(audit: Audit, step: Step) -> dict[str, Any]:
    record: dict[str, Any] = {
        "number": step.number,
        "formula": _formula_record(step.formula),
        "because": step.because,
        "compared_with": step.against,
        "where": str(step.where),
    }
    match step.verdict:
        case Proved() as verdict:
            return record | {"verdict": "proved", "scope": verdict.scope}
        case Refuted(found):
            where, repair = step.holds_where, step.repair
            return record | {
                "verdict": "refuted",
                "counterexample": counterexample_record(found, "before", "here"),
                "no_output": next(_no_output(audit.derivation, step, _PLAIN), None),
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

    def range(self, index: Symbol, length: Expr) -> str:
        first = 1 if index.is_positive else 0
        if self.formula == ("", ""):
            return f"{first} ≤ {plain(index)} < {plain(length)}"
        return rf"{self.formula[0]}{first} \leq {latex(index)} < {latex(length)}{self.formula[1]}"


class _Markdown(_Style):
    strong = ("**", "**")
    formula = ("$", "$")


class _Html(_Style):
    formula = ("$", "$")


_PLAIN, _MARKDOWN, _HTML = _Style(), _Markdown(), _Html()


def _heading(derivation: Derivation, style: _Style) -> str:
    """For which indices a derivation is claimed."""
    return f"For {_indices(derivation, derivation.where, style)}:"


def _indices(derivation: Derivation, where: Boolean, style: _Style) -> str:
    index, length = derivation.index, derivation.length
    if length is None:
        words = f"every integer {style.set(_with_assumptions(index))}"
    else:
        words = f"every output, {style.range(index, length)}"
    if where != sympy.true:
        words += f"{'' if length is None else ','} with {style.set(where)}"
    if derivation.outside:
        words += ", where a signal is 0 outside of its outputs"
    if given := [hypothesis for hypothesis in derivation.given if hypothesis != sympy.true]:
        words += f", given {' and '.join(map(style.set, given))}"
    return words


def _with_assumptions(index: Symbol) -> Basic:
    """An index, or what its assumptions say about its sign."""
    bare = Symbol(index.name, integer=True)
    if index.is_positive or index.is_nonnegative:
        return Ge(bare, 1 if index.is_positive else 0)
    if index.is_negative or index.is_nonpositive:
        return Le(bare, -1 if index.is_negative else 0)
    return bare


def _findings(audit: Audit, step: Step, style: _Style) -> Iterator[str]:
    if step.where != audit.derivation.where:
        yield f"Claimed for {_indices(audit.derivation, step.where, style)}."
    match step.verdict:
        case Proved(scope) as verdict if not verdict.is_complete:
            yield f"{style.emphasis('Decided in part')}: proved for {scope}."
        case Proved(scope):
            yield f"{style.emphasis('Right')}: proved for {scope}."
        case Refuted(found):
            yield f"{style.emphasis('Wrong')} {_where_it_fails(found, step)}"
            for what, terms in (("Missing", _missing(step)), ("Surplus", _surplus(step))):
                if terms:
                    more = len(terms) - MOST_TERMS_SHOWN
                    others = f" and {more} more" if more > 0 else ""
                    shown = ", ".join(map(style.set, terms[:MOST_TERMS_SHOWN]))
                    yield f"{what} there: {shown}{others}."
            yield from _no_output(audit.derivation, step, style)
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
    if found.index is not None:
        values[step.index.name] = found.index
    values |= found.signals
    at = ", ".join(f"{name} = {value}" for name, value in values.items())
    outputs = f" output{'s' * (found.rhs != 1)}" if found.index is None else ""
    return f"at {at}: {found.rhs}{outputs} instead of {found.lhs}."


def _no_output(derivation: Derivation, step: Step, style: _Style) -> Iterator[str]:
    """Where every integer is spoken of: that the index is no output, and how to leave it out."""
    if derivation.length is not None or not isinstance(step.verdict, Refuted):
        return
    found = step.verdict.counterexample
    values = {**found.lengths, step.index.name: found.index}
    for signal in step.signals:
        symbols = signal.length.free_symbols
        if found.index is None or not values.keys() >= {s.name for s in symbols}:
            continue
        size = int(signal.length.xreplace({s: Integer(values[s.name]) for s in symbols}))
        if not 0 <= found.index < size:
            there = {0: "the output is empty there", 1: "the only output there is 0"}.get(
                size, f"the outputs there are 0 to {size - 1}"
            )
            yield f"{step.index} = {found.index} is no output of {style.set(signal)}: {there}."
            outputs = And(Ge(step.index, 0), Lt(step.index, signal.length))
            yield (
                "Without outside=True, the derivation speaks of its outputs alone."
                if derivation.outside
                else f"With where={outputs}, it speaks of these outputs alone."
            )
            return


def _terms(step: Step) -> tuple[Expr, ...]:
    difference = step.difference
    return () if difference is None else Add.make_args(difference)


def _missing(step: Step) -> list[Expr]:
    return [-t for t in _terms(step) if t.could_extract_minus_sign()]


def _surplus(step: Step) -> list[Expr]:
    return [t for t in _terms(step) if not t.could_extract_minus_sign()]


def _summary(audit: Audit) -> str:
    first = audit.first_wrong
    if first is not None:
        return f"The first wrong step is ({first.number})."
    if audit:
        return "Every step is right."
    return "No step is wrong, but not every one was proved for all lengths."

"""The audit of a derivation for people and scripts: text, Markdown, HTML, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr

from symconv.notation import latex, plain
from symconv.records import json_number
from symconv.verdicts import Counterexample, Proved, Refuted, Unknown
from symconv.wording import holds_sentence

if TYPE_CHECKING:
    from symconv.derivations import Audit, Step  # they show themselves with this module

__all__ = ["as_html", "as_markdown", "as_record", "as_text"]

_MOST_TERMS = 8  # of a difference that are written out


def as_text(audit: Audit) -> str:
    """The audit for a terminal.

    Each formula stands with its number, its reason, and what was found.
    """
    lines = [f"(0)   {plain(audit.derivation.start)}"]
    for step in audit:
        words = " ".join(step.because.split())
        reason = f"    [{words}]" if words else ""
        lines.append(f"({step.number}) = {plain(step.formula)}{reason}")
        lines += [f"      {line}" for line in _findings(step, _PLAIN)]
    return "\n".join([*lines, _summary(audit)])


def as_markdown(audit: Audit) -> str:
    """The audit as Markdown with formulas, for a marker's feedback."""
    parts = [f"**(0)** $${latex(audit.derivation.start)}$$"]
    for step in audit:
        words = escape(" ".join(step.because.split()), quote=False)
        reason = f" *{words}*" if words else ""
        against = f" (compared with ({step.against}))" if step.against != step.number - 1 else ""
        parts.append(f"**({step.number})**{reason}{against} $$= {latex(step.formula)}$$")
        parts += _findings(step, _MARKDOWN)
    return "\n\n".join([*parts, f"**{_summary(audit)}**"])


def as_html(audit: Audit) -> str:
    """The audit as a table, with formulas that Jupyter sets."""
    rows = [_row("0", audit.derivation.start, "", [])]
    for step in audit:
        found = [escape(line, quote=False) for line in _findings(step, _HTML)]
        rows.append(_row(str(step.number), step.formula, step.because, found))
    summary = f"<p><b>{escape(_summary(audit))}</b></p>"
    return f"<table>{''.join(rows)}</table>{summary}"


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
        "first_wrong": None if first is None else first.number,
        "steps": [_step_record(step) for step in audit],
    }


def _step_record(step: Step) -> dict[str, Any]:
    record: dict[str, Any] = {
        "number": step.number,
        "formula": _formula_record(step.formula),
        "because": step.because,
        "compared_with": step.against,
    }
    match step.verdict:
        case Proved() as verdict:
            return record | {"verdict": "proved", "scope": verdict.scope}
        case Refuted(found):
            where, repair = step.holds_where, step.repair
            return record | {
                "verdict": "refuted",
                "counterexample": {
                    "lengths": dict(found.lengths),
                    "index": found.index,
                    "signals": {name: list(values) for name, values in found.signals.items()},
                    "before": json_number(found.lhs),
                    "here": json_number(found.rhs),
                },
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

    def set(self, expression: Expr) -> str:
        if self.formula == ("", ""):
            return plain(expression)
        return f"{self.formula[0]}{latex(expression)}{self.formula[1]}"


class _Markdown(_Style):
    strong = ("**", "**")
    formula = ("$", "$")


class _Html(_Style):
    formula = ("$", "$")


_PLAIN, _MARKDOWN, _HTML = _Style(), _Markdown(), _Html()


def _findings(step: Step, style: _Style) -> Iterator[str]:
    match step.verdict:
        case Proved(scope) as verdict if not verdict.is_complete:
            yield f"{style.emphasis('Decided in part')}: proved for {scope}."
        case Proved(scope):
            yield f"{style.emphasis('Right')}: proved for {scope}."
        case Refuted(found):
            yield f"{style.emphasis('Wrong')} {_where_it_fails(found, step)}"
            for what, terms in (("Missing", _missing(step)), ("Surplus", _surplus(step))):
                if terms:
                    more = len(terms) - _MOST_TERMS
                    others = f" and {more} more" if more > 0 else ""
                    shown = ", ".join(map(style.set, terms[:_MOST_TERMS]))
                    yield f"{what} there: {shown}{others}."
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
    return f"at {at}: {found.rhs} instead of {found.lhs}."


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

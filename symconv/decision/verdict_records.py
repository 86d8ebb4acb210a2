"""Verdicts as records for scripts, with all that they carry."""

from __future__ import annotations

from typing import Any, TypeAlias

from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Evidence, Proved, Refuted, Unknown, Verdict
from symconv.language.notation import plain

__all__ = ["verdict_record"]

Record: TypeAlias = dict[str, Any]


def verdict_record(verdict: Verdict) -> Record:
    """A verdict, with its evidence, or its counterexample and how far the claim fails.

    >>> from symconv import Claim, Signal
    >>> x = Signal("x", 2)
    >>> record = verdict_record(Claim(x.flip().flip(), x).prove())
    >>> record["verdict"], record["scope"], record["ring"]
    ('proved', 'all lengths', 'every commutative ring')
    """
    match verdict:
        case Proved(scope, evidence, ring):
            told = list(map(_evidence_record, evidence))
            return {"verdict": "proved", "scope": scope, "ring": ring, "evidence": told}
        case Refuted(found):
            record = {"verdict": "refuted", "counterexample": counterexample_record(found)}
            return record | _extent_record(verdict)
        case Unknown(reason):
            return {"verdict": "unknown", "reason": reason}


def _evidence_record(evidence: Evidence) -> Record:
    record: Record = {"compared": evidence.compared, "how": evidence.how}
    if evidence.left is not None and evidence.right is not None:
        record |= {"left": str(evidence.left), "right": str(evidence.right)}
        record["indices"] = {str(i): str(e) for i, e in evidence.indices.items()}
        record["inverse"] = {str(i): str(e) for i, e in evidence.inverse.items()}
    return record


def _extent_record(verdict: Refuted) -> Record:
    condition, found = verdict.condition, verdict.differences
    record: Record = {"condition": None if condition is None else plain(condition)}
    if condition is None:
        record["condition_unknown"] = verdict.undecided
    if verdict.with_content is not None:
        record["counterexample_with_content"] = counterexample_record(verdict.with_content)
    if verdict.would_hold_given:
        record["would_hold_given"] = list(map(str, verdict.would_hold_given))
    if found is not None:
        names = [index.name for index in found.indices]
        record["differences"] = {
            "lengths": plain(found.lengths),
            "entries": plain(found.entries),
            **({"index": names[0]} if len(names) == 1 else {"indices": names}),
        }
    record |= {"numpy": verdict.reproduction}
    return record | ({"pytorch": verdict.pytorch} if verdict.pytorch else {})

"""Certificates: a claim that was proved for all lengths, stated and proved in Rocq.

The proof is the one that the verdict's evidence carries.  Each side is expanded into a sum
of products of entries, one lemma for each operator; the change of the summation variables
makes one sum of the other; and that the change stays within the ranges, that it is undone
by its inverse, and that the lengths agree, is linear arithmetic, which Rocq's `lia` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sympy.core.relational import Relational

from symconv.arithmetic.from_sympy import assumption_cases
from symconv.decision.claims import Claim
from symconv.decision.index_changes import Change
from symconv.decision.verdicts import Proved
from symconv.decision.wording import quantifiers
from symconv.errors import Uncertified
from symconv.formal.indices import change_of
from symconv.formal.proofs import proof_lines
from symconv.formal.rocq_files import imports, library
from symconv.formal.rocq_syntax import (
    application,
    comment,
    condition_text,
    equation_text,
    guard_text,
    integer_text,
    rocq_names,
)
from symconv.language.graph import walk
from symconv.language.length_symbols import lengths_in
from symconv.language.notation import plain
from symconv.language.signals import SignalExpr

__all__ = ["FIRST_LINE", "certificate", "script", "statement", "theorem_name"]

FIRST_LINE = "(* A certificate, written by symconv; coqc checks it."


def certificate(claim: Claim, about: Sequence[str] = ()) -> str:
    """A Rocq file that states a claim and proves it; `coqc` has the last word on it.

    The file needs nothing but MathComp and mathcomp-zify: the definitions and lemmas that it builds
    on are in it.  A claim about lengths is a statement about integers: where a length was worked
    out from a signal, symconv did that, and the certificate does not say it.

    Args:
        claim: the claim.
        about: lines that its comment says of it besides, as which layers it is about.

    Raises:
        Uncertified: the claim was not proved for all lengths, or a certificate cannot say it.
    """
    found = claim.prove()
    if not (isinstance(found, Proved) and found.is_complete):
        raise Uncertified(
            f"only what is proved for all lengths has a certificate, and this is {found}"
        )
    if not claim.signals:
        return script(claim, None, about)
    statement(claim)  # what cannot be said is the better reason
    carried = [e.change for e in found.evidence if e.change is not None]
    return script(claim, change_of(claim, carried[0] if carried else None), about)


def theorem_name(claim: Claim) -> str:
    """What a claim is called in its certificate."""
    wanted = claim.name or ""
    stated = re.findall(r"\b(?:Theorem|Lemma|Definition|Ltac) (\w+)", library())
    return wanted if rocq_names([wanted])[wanted] == wanted and wanted not in stated else "claim"


def script(claim: Claim, change: Change | None, about: Sequence[str] = ()) -> str:
    """The certificate of a claim, with a given change of indices, whether that is right or not.

    Args:
        claim: the claim.
        change: the change of indices; None for a claim about lengths.
        about: what the comment says besides.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    names = _names(claim)
    proof = ["by move=> *; lia."] if change is None else proof_lines(claim, change, names)
    name = theorem_name(claim)
    renamed = ", ".join(f"{new} is {old}" for old, new in names.items() if new != old)
    head = [
        FIRST_LINE,
        "",
        f"   {comment(claim.name)}:" if claim.name else "   A claim:",
        f"   {comment(_mathematics(claim))}",
        *([f"   As it was typed: {comment(str(claim))}"] if _has_lengths(claim) else []),
        f"   {comment(quantifiers(claim))}.",
        *([f"   In Rocq, {comment(renamed)}."] if renamed else []),
        "",
        *([*(f"   {comment(line)}" for line in about), ""] if about else []),
        *(
            [
                "   It is a statement about integers: if a side is the length of a signal, then",
                "   the formula for that length is symconv's.",
            ]
            if change is None
            else [
                "   What the statement speaks of is defined first; the statement and its proof are",
                "   the last thing in the file.",
            ]
        ),
        "   It needs Coq 8.16, MathComp 1.15 and mathcomp-zify. *)",
    ]
    parts = [
        "\n".join(head),
        imports() if change is None else library(),
        "\n".join([f"Theorem {name} {statement(claim)}", "Proof.", *proof, "Qed."]),
        f"(* Nothing was assumed: *)\nPrint Assumptions {name}.\n",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _names(claim: Claim) -> dict[str, str]:
    return rocq_names([*(s.name for s in claim.symbols), *sorted(claim.named)])


def _has_lengths(claim: Claim) -> bool:
    """Whether lengths of signals stand in the claim, which the statement has as formulas."""
    return any(lengths_in(part) for part in (*claim.expressions, *claim.conditions))


def _mathematics(claim: Claim) -> str:
    sign = "iff" if claim.is_condition else "="
    return f"{plain(claim.lhs)} {sign} {plain(claim.rhs)}"


# --- the statement -------------------------------------------------------------------


def statement(claim: Claim) -> str:
    """The claim as a statement of Rocq, without its name.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(statement(Claim(x.convolve(k), k.convolve(x))))
    (R : comRingType) (c n : int) (k x : seq R) :
        1 <= c ->
        1 <= n ->
        (size k)%:Z = c ->
        (size x)%:Z = n ->
      convolve x k
      = convolve k x.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    if claim.about_taps:
        raise Uncertified(
            "certificates have hypotheses on lengths only, and "
            f"{claim.about_taps[0]} is one on taps"
        )
    for node in walk(*claim.signals):
        if node.operator.is_opaque:
            raise Uncertified(
                f"certificates are about commutative rings, in which {plain(node)} has no meaning"
            )
        if node.ndim != 1:
            raise Uncertified(
                f"certificates are for signals, which have one axis, and {node} has {node.ndim}"
            )
    names = _names(claim)
    integers = " ".join(names[s.name] for s in claim.symbols)
    signals = " ".join(names[name] for name in sorted(claim.named))
    binders = ["(R : comRingType)"] if claim.signals else []
    binders += [f"({integers} : int)"] if integers else []
    binders += [f"({signals} : seq R)"] if signals else []
    lines = [f"    {hypothesis} ->" for hypothesis in _hypotheses(claim, names)]
    return "\n".join([" ".join([*binders, ":"]), *lines, f"  {_conclusion(claim, names)}."])


def _hypotheses(claim: Claim, names: Mapping[str, str]) -> Iterator[str]:
    for symbol in claim.symbols:
        cases = [[guard_text(g, names) for g in case] for case in assumption_cases(symbol)]
        if all(cases):
            text = r" \/ ".join(map(r" /\ ".join, cases))
            yield text if len(cases) == 1 else f"({text})"
    for hypothesis in claim.conditions:
        text = condition_text(hypothesis, names)
        yield text if isinstance(hypothesis, Relational) else f"({text})"
    for name, leaf in sorted(claim.named.items()):
        yield f"(size {names[name]})%:Z = {integer_text(leaf.sizes[0].written, names)}"


def _conclusion(claim: Claim, names: Mapping[str, str]) -> str:
    match claim.lhs, claim.rhs:
        case SignalExpr() as left, SignalExpr() as right:
            return f"{_signal_text(left, names)}\n  = {_signal_text(right, names)}"
        case left, right if claim.is_condition:
            return f"({condition_text(left, names)}) <-> ({condition_text(right, names)})"
        case left, right:
            return f"{equation_text(left, right, '=', names)} :> int"
    raise AssertionError(claim)


def _signal_text(signal: SignalExpr, names: Mapping[str, str]) -> str:
    return application(signal, [_signal_text(operand, names) for operand in signal.operands], names)

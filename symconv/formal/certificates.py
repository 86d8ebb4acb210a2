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

from symconv.arithmetic.from_sympy import assumption_cases, cases
from symconv.arithmetic.polynomials import Conjunction, Polynomial, Relation
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Proved
from symconv.decision.wording import quantifiers
from symconv.errors import Uncertified
from symconv.formal.arithmetic import Hypothesis
from symconv.formal.functions import (
    LIBRARY_OF_FUNCTIONS,
    functions_of,
    names_with_functions,
    said,
)
from symconv.formal.proofs import proof_lines
from symconv.formal.rocq_files import library
from symconv.formal.rocq_syntax import (
    comment,
    condition_text,
    equation_text,
    guard_text,
    integer_text,
    rocq_names,
)
from symconv.formal.tensor_syntax import function_key, tensor_text
from symconv.language.graph import requirements, walk
from symconv.language.length_symbols import lengths_in, spelled_out
from symconv.language.notation import plain
from symconv.language.operators import Apply, Extend, MaxPool, Roll
from symconv.language.signals import SignalExpr

__all__ = [
    "FIRST_LINE",
    "LIBRARY_OF_ENDS",
    "certificate",
    "hypotheses",
    "in_section",
    "lemmas_on_ends",
    "script",
    "statement",
    "theorem",
    "theorem_name",
]

FIRST_LINE = "(* A certificate, written by symconv; coqc checks it."


def certificate(claim: Claim, about: Sequence[str] = ()) -> str:
    """A Rocq file that states a claim and proves it; `coqc` has the last word on it.

    The file needs nothing but MathComp: the definitions and lemmas that it builds on are in it.  A
    claim about lengths is a statement about integers: where a length was worked out from a signal,
    symconv did that, and the certificate does not say it.

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
    return script(claim, about)


def theorem_name(claim: Claim) -> str:
    """What a claim is called in its certificate."""
    wanted = claim.name or ""
    stated = re.findall(
        r"\b(?:Theorem|Lemma|Definition|Ltac) (\w+)", library(LIBRARY_OF_ENDS, LIBRARY_OF_FUNCTIONS)
    )
    return wanted if rocq_names([wanted])[wanted] == wanted and wanted not in stated else "claim"


def script(claim: Claim, about: Sequence[str] = ()) -> str:
    """The certificate of a claim, whether that is true or not.

    Args:
        claim: the claim.
        about: what the comment says besides.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    names = _names(claim)
    functions = functions_of(claim.signals)
    name = theorem_name(claim)
    lines = theorem(claim, name, names)
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
        *(f"   {comment(line)}" for line in said(functions, names)),
        *(
            [
                "   It is a statement about integers: if a side is the length of a signal, then",
                "   the formula for that length is symconv's.",
            ]
            if not claim.signals
            else [
                "   What the statement speaks of is defined first; the statement and its proof are",
                "   the last thing in the file.",
            ]
        ),
        "   It needs Coq 8.16 and MathComp 1.15. *)",
    ]
    has_cases = any("in_cases." in line for line in lines)
    parts = [
        "\n".join(head),
        library(*_more(claim), *_CHOICES[:has_cases]) if claim.signals else _INTEGERS,
        "\n".join(in_section(claim, lines) if claim.signals else lines),
        f"(* Nothing was assumed: *)\nPrint Assumptions {name}.\n",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


_CHOICES = ("tensor_choices",)
"""What is embedded where a formula has cases."""


def lemmas_on_ends(claim: Claim) -> list[str]:
    """The file of lemmas that the certificate needs if a tensor goes on at its ends; else none."""
    goes_on = any(isinstance(node.operator, Extend | Roll) for node in walk(*claim.signals))
    return [LIBRARY_OF_ENDS] if goes_on else []


def _more(claim: Claim) -> list[str]:
    """The files that the certificate needs besides."""
    functions = [LIBRARY_OF_FUNCTIONS] if functions_of(claim.signals) else []
    return [*lemmas_on_ends(claim), *functions]


LIBRARY_OF_ENDS = "tensor_ends"
"""The lemmas on tensors that continue beyond their ends, or are rolled."""

_INTEGERS = "From Coq Require Import ZArith Lia.\nLocal Open Scope Z_scope."


def theorem(claim: Claim, name: str, names: Mapping[str, str]) -> list[str]:
    """The lines that state and prove a claim under a name.

    Args:
        claim: the claim.
        name: what it is called.
        names: what its symbols and tensors are called.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    stated = statement(claim, names)  # what cannot be said is the better reason
    try:
        proof = [f"  {line}" for line in _proof(claim, names)]
    except Uncertified as reason:
        if functions := functions_of(claim.signals):
            told = f"{reason}, for every function in place of {' and '.join(functions)}"
            raise Uncertified(told) from None
        raise
    return [f"Theorem {name} {stated}", "Proof.", *proof, "Qed."]


def in_section(claim: Claim, lines: Sequence[str]) -> list[str]:
    """Lines about tensors, after those that say in which ring the entries are."""
    kind = "fieldType" if _has_fractions(claim) else "comRingType"
    ring = [f"Variable R : {kind}.", "Add Ring ring_of_entries : (comring_is_ring R)."]
    return ["Section Certificate.", *ring, "", *lines, "", "End Certificate."]


def _has_fractions(claim: Claim) -> bool:
    sides = (*claim.signals, *(side for one in claim.about_taps for side in one.signals))
    return any("(ratio " in tensor_text(side, _names(claim)) for side in sides)


def _proof(claim: Claim, names: Mapping[str, str]) -> Iterator[str]:
    given = list(hypotheses(claim, names))
    if not claim.signals:
        yield from _integer_proof(statement(claim))
        return
    tensors = [names[name] for name in sorted(claim.named)]
    integers = [names[s.name] for s in claim.symbols]
    functions = [names[key] for key in functions_of(claim.signals)]
    told = [*integers, *tensors, *functions, *(one.name for one in given)]
    yield f"move=> {' '.join(told)}."
    yield from proof_lines(claim, names, given)


def _integer_proof(stated: str) -> Iterator[str]:
    """Linear arithmetic; quotients and remainders are given by what determines them."""
    way = "lia"
    if "Z.max 0 " in stated:  # a product with a size in it: which of both that is comes first
        sizes = "match goal with |- context [Z.max 0 ?a] => rewrite (Z.max_r 0 a) by lia end"
        way = f"first [lia | repeat {sizes}; nia]"
    if " / " in stated or " mod " in stated:
        way = "first [lia | Z.to_euclidean_division_equations; lia"
        way += " | Z.to_euclidean_division_equations; nia]"
    if "((- " in stated and not re.search(r"/ \d", stated):
        yield "intros."
        yield "assert (ceilings : forall a b, 0 < b -> (- a) / b = - ((a - 1) / b) - 1)"
        yield "  by (intros; Z.to_euclidean_division_equations; nia)."
        yield f"rewrite ?ceilings by lia; {way}."
    else:
        yield f"intros; {way}."


def _names(claim: Claim) -> dict[str, str]:
    others = [*(s.name for s in claim.symbols), *sorted(claim.named)]
    return names_with_functions(others, functions_of(claim.signals))


def _has_lengths(claim: Claim) -> bool:
    """Whether lengths of signals stand in the claim, which the statement has as formulas."""
    return any(lengths_in(part) for part in (*claim.expressions, *claim.conditions))


def _mathematics(claim: Claim) -> str:
    sign = "iff" if claim.is_condition else "="
    return f"{plain(claim.lhs)} {sign} {plain(claim.rhs)}"


# --- the statement -------------------------------------------------------------------


def statement(claim: Claim, names: Mapping[str, str] | None = None) -> str:
    """The claim as a statement of Rocq, without its name.

    Args:
        claim: the claim.
        names: what its symbols and tensors are called, where that was chosen.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(statement(Claim(x.convolve(k), k.convolve(x))))
    : forall (c n : Z) (k x : tensor R),
        1 <= c ->
        1 <= n ->
        shape k = [:: c] ->
        shape x = [:: n] ->
      convolve 0 x k
      = convolve 0 k x.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    names = _names(claim) if names is None else names
    for node in walk(*claim.signals):
        if node.operator.is_opaque and not (
            isinstance(node.operator, Apply | MaxPool) and function_key(node.operator) in names
        ):
            raise Uncertified(
                f"certificates are about commutative rings, in which {plain(node)} has no meaning"
            )
    integers = " ".join(names[s.name] for s in claim.symbols)
    tensors = " ".join(names[name] for name in sorted(claim.named))
    binders = [f"({integers} : Z)"] if integers else []
    binders += [f"({tensors} : tensor R)"] if tensors else []
    binders += [f"({names[key]} : {kind})" for key, kind in functions_of(claim.signals).items()]
    lines = [f"    {one.text} ->" for one in hypotheses(claim, names)]
    head = " ".join(["forall", *binders]) + "," if binders else ""
    return "\n".join([f": {head}".strip(), *lines, f"  {_conclusion(claim, names)}."])


def hypotheses(claim: Claim, names: Mapping[str, str]) -> Iterator[Hypothesis]:
    """The hypotheses, in the order of the statement."""
    for number, (text, about, known) in enumerate(_on_integers(claim, names), 1):
        amounts = _amounts(known[0]) if len(known) == 1 else ()
        yield Hypothesis(f"given{number}", text, frozenset(about), tuple(amounts))
    for name, leaf in sorted(claim.named.items()):
        sizes = "; ".join(integer_text(size.written, names) for size in leaf.sizes)
        shape = f"[:: {sizes}]" if sizes else "[::]"
        yield Hypothesis(f"shape_{names[name]}", f"shape {names[name]} = {shape}")
    if _has_fractions(claim):
        yield Hypothesis("nonzero", "(forall n : Z, n <> 0 -> number n <> 0%R :> R)")
    for number, one in enumerate(claim.about_taps, 1):
        left, right = (tensor_text(side, names) for side in one.signals)
        yield Hypothesis(f"taps{number}", f"{left} = {right}")


def _amounts(case: Conjunction) -> Iterator[Polynomial]:
    for guard in case:
        yield guard.polynomial
        if guard.relation is Relation.ZERO:
            yield -guard.polynomial


def _on_integers(
    claim: Claim, names: Mapping[str, str]
) -> Iterator[tuple[str, set[str], list[Conjunction]]]:
    """What is said of integers: the text, the symbols in it, and the cases that it is."""
    for symbol in claim.symbols:
        known = assumption_cases(symbol)
        said = [[guard_text(g, names) for g in case] for case in known]
        if all(said):
            text = r" \/ ".join(map(r" /\ ".join, said))
            yield text if len(said) == 1 else f"({text})", {symbol.name}, known
    for hypothesis in claim.conditions:
        text = condition_text(hypothesis, names)
        symbols = {str(s) for s in spelled_out(hypothesis).free_symbols}
        text = text if isinstance(hypothesis, Relational) else f"({text})"
        yield text, symbols, cases(hypothesis)
    for requirement in requirements(*claim.signals, *claim.about):
        for guard in requirement.guards:
            yield guard_text(guard, names), guard.polynomial.symbols(), [(guard,)]


def _conclusion(claim: Claim, names: Mapping[str, str]) -> str:
    match claim.lhs, claim.rhs:
        case SignalExpr() as left, SignalExpr() as right:
            ring = "" if claim.named else " :> tensor R"  # which nothing else says
            return f"{tensor_text(left, names)}\n  = {tensor_text(right, names)}{ring}"
        case left, right if claim.is_condition:
            return f"({condition_text(left, names)}) <-> ({condition_text(right, names)})"
        case left, right:
            return f"{equation_text(left, right, '=', names)}"
    raise AssertionError(claim)

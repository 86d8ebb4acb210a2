"""A claim as the page to play with reads it: operators, amounts and conditions as plain data.

What is written here is read by `operators.js`, which has a definition of its own for each of the
operators in `KNOWN`.  Numbers that could be too large for JavaScript's are texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from itertools import chain, count, islice, product
from typing import Any, TypeAlias

import sympy
from sympy import Indexed, Rational, Symbol
from sympy.core.relational import Relational

from symconv.arithmetic.limits import LONGEST_SIGNAL_SHOWN, MOST_CELLS, MOST_SIZES_TRIED_FOR_A_PAGE
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import sign_of
from symconv.decision.claims import Claim
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Proved, Refuted, Unknown, Verdict
from symconv.decision.wording import (
    content_sentence,
    differences_sentences,
    extent_sentences,
    quantifiers,
    sufficient_sentence,
)
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.fixed_size import shapes_at
from symconv.language.graph import in_kernels, leaves, walk
from symconv.language.length_symbols import lengths_in, spelled_out
from symconv.language.notation import as_typed, plain
from symconv.language.operators import (
    Add,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Extend,
    Flip,
    Formula,
    Multiply,
    Named,
    Operator,
    Pad,
    Roll,
    Scale,
    Taps,
)
from symconv.language.signals import SignalExpr

__all__ = ["KNOWN", "check_shown", "claim_record", "expression_record"]

Json: TypeAlias = Any

KNOWN: dict[type[Operator], str] = {
    Named: "named",
    Taps: "taps",
    Formula: "formula",
    Pad: "pad",
    Extend: "extend",
    Flip: "flip",
    Roll: "roll",
    Downsample: "downsample",
    Dilate: "dilate",
    Convolve: "convolve",
    Correlate: "correlate",
    Multiply: "multiply",
    Add: "add",
    Scale: "scale",
    Divide: "divide",
}
"""What the page calls the operators that it can show."""

_KINDS: tuple[tuple[type, str], ...] = (
    (sympy.Add, "+"),
    (sympy.Mul, "*"),
    (sympy.Pow, "^"),
    (sympy.floor, "floor"),
    (sympy.ceiling, "ceiling"),
    (sympy.Mod, "mod"),
    (sympy.Max, "max"),
    (sympy.Min, "min"),
    (sympy.Abs, "abs"),
    (sympy.And, "and"),
    (sympy.Or, "or"),
    (sympy.Not, "not"),
    (sympy.ITE, "if"),
    (sympy.Implies, "implies"),
    (sympy.Equivalent, "iff"),
)
_RELATIONS = {"==": "=", "!=": "≠", ">=": "≥", ">": ">", "<=": "≤", "<": "<"}


def expression_record(expression: Any) -> Json:
    """An expression, a condition or a formula for entries, as nested lists.

    >>> n = Symbol("n", integer=True)
    >>> expression_record(sympy.Eq(sympy.Mod(n, 2), 0))
    ['=', ['mod', 'n', 2], 0]

    Raises:
        SymconvError: something in it is no integer arithmetic.
    """
    return _written(spelled_out(expression))


def _written(e: Any) -> Json:
    match e:
        case sympy.logic.boolalg.BooleanAtom():
            return bool(e)
        case Rational():
            return _number(Fraction(int(e.p), int(e.q)))
        case Symbol():
            return str(e.name)
        case sympy.Piecewise():
            return ["cases", *([_written(value), _written(where)] for value, where in e.args)]
        case SuchThat(args=(term, where)):
            return ["cases", [_written(term), _written(where)]]
        case Indexed():
            (position,) = e.indices
            return ["entry", str(e.base.label), _written(position)]
        case sympy.Sum():
            (symbol, lower, upper), outer = e.limits[0], e.limits[1:]
            term = ["sum", _written(e.function), symbol.name, *map(_written, (lower, upper))]
            for symbol, lower, upper in outer:
                term = ["sum", term, symbol.name, *map(_written, (lower, upper))]
            return term
        case Relational():
            return [_RELATIONS[e.rel_op], *map(_written, e.args)]
    word = next((word for kind, word in _KINDS if isinstance(e, kind)), None)
    if word is not None:
        return [word, *map(_written, e.args)]
    raise SymconvError(f"a page to play with cannot show {e}")


def _number(number: Fraction) -> Json:
    if number.denominator == 1 and abs(number) < 2**31:
        return int(number)
    return ["number", str(number.numerator), str(number.denominator)]


# --- operators -----------------------------------------------------------------------------


def _node_record(node: SignalExpr, numbers: Mapping[SignalExpr, int], letter: str) -> Json:
    operator = node.operator
    record: dict[str, Json] = {
        "op": KNOWN[type(operator)],
        "of": [numbers[operand] for operand in node.operands],
        "letter": letter,
    }
    if isinstance(operator, Taps):
        return record | {"numbers": list(map(_number, operator.numbers))}
    if isinstance(operator, Formula | Named):
        record["size"] = expression_record(operator.sizes[0].written)
    if isinstance(operator, Named):
        return record | {"name": operator.name}
    if isinstance(operator, Formula):
        return record | {
            "entry": expression_record(operator.expression),
            "index": operator.indices[0].name,
            "bases": operator.bases,
            "chosen": [[s.name, expression_record(a.written)] for s, a in operator.chosen],
            "text": _short(plain(node)),
        }
    for field in fields(operator):
        value = getattr(operator, field.name)
        if isinstance(value, Amount):
            record[field.name] = expression_record(value.written)
        elif isinstance(value, Fraction):
            record[field.name] = _number(value)
        elif field.name != "axis":
            record[field.name] = value
    return record


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SIGNAL_SHOWN else f"{text[: LONGEST_SIGNAL_SHOWN // 4]} …"


def check_shown(claim: Claim) -> tuple[list[SignalExpr], list[list[SignalExpr]]]:
    """The nodes of a claim that a page shows, operands first, and the signals of both sides.

    Raises:
        SymconvError: a page cannot show it; the message says why.
    """
    if claim.about_taps:
        raise SymconvError(
            "a page to play with does not show hypotheses on taps; put what the taps are made of "
            "into the claim"
        )
    shown = [_shown_for(side) for side in (claim.lhs, claim.rhs)]
    nodes = walk(*chain(*shown), *claim.mentioned, *claim.about)
    for node in nodes:
        if node.ndim != 1:
            raise SymconvError(
                f"a page to play with shows signals of one axis, and {plain(node)} has {node.ndim}"
            )
        if type(node.operator) not in KNOWN:
            raise SymconvError(
                "a page to play with shows sums of products of entries along one axis, and "
                f"{plain(node)} is none"
            )
    return nodes, shown


def _letters(claim: Claim, nodes: Sequence[SignalExpr], outputs: Sequence[SignalExpr]) -> list[str]:
    """The names of the rows: those of named signals, y and z for the sides, and others."""
    taken = {*claim.named, *(symbol.name for symbol in claim.symbols)}

    def free(candidates: str) -> Iterator[str]:
        return (
            name
            for primes in count()
            for letter in candidates
            if (name := letter + "′" * primes) not in taken
        )

    ends, others = free("yz"), free("abdefgpqvw")
    named = {node: next(ends) for node in outputs if not isinstance(node.operator, Named)}
    return [
        node.operator.name if isinstance(node.operator, Named) else named.get(node) or next(others)
        for node in nodes
    ]


# --- claims --------------------------------------------------------------------------------


def claim_record(claim: Claim, verdict: Verdict, *, statement: str = "", why: str = "") -> Json:
    """All that a page shows of a claim.

    Args:
        claim: a claim about signals of one axis, or about lengths of such, of sums of products.
        verdict: what was decided.
        statement: the claim in words, if there are any.
        why: what makes it true, or what is wrong.

    Raises:
        SymconvError: the claim is of another kind.

    >>> from symconv import Signal
    >>> x = Signal("x", 2)
    >>> claim = Claim(x.flip(), x)
    >>> record = claim_record(claim, claim.prove())
    >>> [node["op"] for node in record["nodes"]], [side["node"] for side in record["sides"]]
    (['named', 'flip'], [1, 0])
    """
    nodes, shown = check_shown(claim)
    numbers = {node: number for number, node in enumerate(nodes)}
    outputs = list(dict.fromkeys(chain(*shown)))
    letters = _letters(claim, nodes, outputs)
    sides = [
        {
            "text": _side_text(side),
            "rows": [numbers[node] for node in walk(*rows)],
            **(
                {"node": numbers[side]}
                if isinstance(side, SignalExpr)
                else {"value": expression_record(side), "formula": plain(side)}
            ),
        }
        for side, rows in zip((claim.lhs, claim.rhs), shown, strict=True)
    ]
    return {
        "name": claim.name or "",
        "statement": statement,
        "why": why,
        "claim": _claim_text(claim),
        "quantifiers": quantifiers(claim),
        "symbols": [
            {"name": s.name, "least": sign_of(s).least, "largest": sign_of(s).largest}
            for s in claim.symbols
        ],
        "signals": list(leaves(*nodes)),
        "given": [
            {"text": plain(one), "condition": expression_record(one)} for one in claim.conditions
        ],
        "nodes": [
            _node_record(node, numbers, letter) for node, letter in zip(nodes, letters, strict=True)
        ],
        "sides": sides,
        "start": _start(claim, nodes, outputs, verdict),
        "verdict": _verdict_record(verdict),
    }


def _claim_text(claim: Claim) -> str:
    """The claim in plain mathematics; of lengths, as they are typed."""
    if claim.rhs == sympy.true:
        return _side_text(claim.lhs)
    sign = " ⟺ " if claim.is_condition else " = "
    return sign.join(map(_side_text, (claim.lhs, claim.rhs)))


def _side_text(side: Any) -> str:
    if isinstance(side, SignalExpr) or not lengths_in(side):
        return plain(side)
    return as_typed(side)


def _shown_for(side: Any) -> list[SignalExpr]:
    """The signals of which a side tells: itself, or those whose lengths stand in it."""
    if isinstance(side, SignalExpr):
        return [side]
    return list(dict.fromkeys(one.signal for one in lengths_in(side)))


def _verdict_record(verdict: Verdict) -> Json:
    match verdict:
        case Proved(scope, evidence):
            told = [str(one) for one in evidence]
            said = f"Proved for {scope}{verdict.over}."
            return {"kind": "proved", "complete": verdict.is_complete, "said": said, "told": told}
        case Unknown(reason):
            return {"kind": "unknown", "said": f"Not decided: {reason}.", "told": []}
        case Refuted(counterexample):
            told = [
                content_sentence(verdict),
                *extent_sentences(verdict),
                sufficient_sentence(verdict),
                *differences_sentences(verdict.differences),
            ]
            found = [counterexample, verdict.with_content]
            condition = verdict.condition
            return {
                "kind": "refuted",
                "said": "Refuted: it does not hold for all lengths.",
                "told": list(filter(None, told)),
                "condition": None if condition is None else expression_record(condition),
                "counterexamples": [counterexample_record(one) for one in found if one],
            }


def _start(
    claim: Claim, nodes: Sequence[SignalExpr], outputs: Sequence[SignalExpr], verdict: Verdict
) -> dict[str, int]:
    """Sizes to begin with: of a few entries, and such that there is something to see."""
    kernels = in_kernels(*nodes)
    inputs, lengths, factors = set[str](), set[str](), set[str]()
    for node in nodes:
        if isinstance(node.operator, Named):
            (lengths if node in kernels else inputs).update(node.operator.sizes[0].symbols)
        elif isinstance(node.operator, Correlate | Downsample | Dilate):
            factors |= {name for amount in node.operator.amounts for name in amount.symbols}

    def serve(numbers: Sequence[int], least: int) -> bool:
        """Whether all is defined there, and the outputs have at least so many entries."""
        at = dict(zip(claim.symbols, numbers, strict=True))
        try:
            claim.at(**{symbol.name: number for symbol, number in at.items()})
            shapes = shapes_at(nodes, at, {})
        except SymconvError:
            return False
        return all(least <= shapes[node][0] <= MOST_CELLS for node in outputs)

    usual = [3 if s.name in lengths else 2 if s.name in factors else 1 for s in claim.symbols]
    at_inputs = [s.name in inputs for s in claim.symbols]
    longer = (
        [n if is_input else one for one, is_input in zip(usual, at_inputs, strict=True)]
        for n in (8, 12, 16, 20, 24)
    )
    middles = [8 if is_input else one for one, is_input in zip(usual, at_inputs, strict=True)]
    around = [_around(middle) for middle in middles]
    nearby = (numbers for reach in (3, 13) for numbers in product(*(one[:reach] for one in around)))
    tries = islice(nearby, MOST_SIZES_TRIED_FOR_A_PAGE)
    found = next((one for one in longer if serve(one, 3)), None) or next(
        (one for one in tries if serve(one, 1)), None
    )
    if found is not None:
        return {s.name: number for s, number in zip(claim.symbols, found, strict=True)}
    if isinstance(verdict, Refuted):
        return dict(verdict.counterexample.lengths)
    return {s.name: sign_of(s).nearest for s in claim.symbols}


def _around(middle: int) -> list[int]:
    """Small sizes, those near to a number first."""
    return sorted(range(13), key=lambda size: abs(size - middle))

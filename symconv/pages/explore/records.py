"""A claim as the page to play with reads it: operators, amounts and conditions as plain data.

What is written here is read by `operators.js`, which has a definition of its own for each of the
operators in `KNOWN`.  Numbers that could be too large for JavaScript's are texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from functools import partial
from itertools import chain, count, islice, product
from math import prod
from types import MappingProxyType
from typing import Any, TypeAlias

import sympy
from sympy import Indexed, Rational, Symbol
from sympy.core.relational import Relational

from symconv.arithmetic.limits import (
    LONGEST_CONDITION_SHOWN,
    LONGEST_SIGNAL_SHOWN,
    MOST_CELLS,
    MOST_CELLS_AT_FIRST,
    MOST_CELLS_OF_A_PAGE,
    MOST_SIZES_TRIED_FOR_A_PAGE,
)
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.symbols import sign_of
from symconv.decision.claims import Claim
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Counterexample, Proved, Refuted, Unknown, Verdict
from symconv.decision.wording import (
    content_sentence,
    differences_sentences,
    extent_sentences,
    quantifiers,
    sufficient_sentence,
    taps_sentence,
)
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.fixed_size import shapes_at
from symconv.language.graph import in_kernels, leaves, walk
from symconv.language.length_symbols import LengthOf, lengths_in
from symconv.language.notation import as_typed, plain
from symconv.language.operators import (
    Add,
    Apply,
    Conv,
    Convolve,
    Correlate,
    Dilate,
    Divide,
    Downsample,
    Einsum,
    Extend,
    Flip,
    Formula,
    Maximum,
    MaxPool,
    Multiply,
    Named,
    Operator,
    Pad,
    Rearrange,
    Roll,
    Scale,
    Taps,
    Windows,
)
from symconv.language.operators.base import AlongAxis
from symconv.language.operators.equal_shapes import Entrywise
from symconv.language.signals import SignalExpr

__all__ = ["KNOWN", "claim_record", "expression_record"]

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
    Windows: "windows",
    Rearrange: "rearrange",
    Einsum: "einsum",
    Conv: "conv",
    Apply: "apply",
    MaxPool: "max_pool",
    Maximum: "maximum",
}
"""What the page calls the operators."""

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


def expression_record(
    expression: Any, numbers: Mapping[SignalExpr, int] = MappingProxyType({})
) -> Json:
    """An expression, a condition or a formula for entries, as nested lists.

    Args:
        expression: the expression.
        numbers: the tensors whose sizes are written as "#number.axis"; of others, the formula is.

    >>> n = Symbol("n", integer=True)
    >>> expression_record(sympy.Eq(sympy.Mod(n, 2), 0))
    ['=', ['mod', 'n', 2], 0]

    Raises:
        SymconvError: something in it is no integer arithmetic.
    """
    write = partial(expression_record, numbers=numbers)
    match expression:
        case LengthOf(signal=signal, axis=axis, formula=formula):
            return f"#{numbers[signal]}.{axis}" if signal in numbers else write(formula)
        case sympy.logic.boolalg.BooleanAtom():
            return bool(expression)
        case Rational():
            return _number(Fraction(int(expression.p), int(expression.q)))
        case Symbol():
            return str(expression.name)
        case sympy.Piecewise():
            return ["cases", *([write(value), write(where)] for value, where in expression.args)]
        case SuchThat(args=(term, where)):
            return ["cases", [write(term), write(where)]]
        case Indexed():
            return ["entry", str(expression.base.label), *map(write, expression.indices)]
        case sympy.Sum():
            (symbol, lower, upper), outer = expression.limits[0], expression.limits[1:]
            term = ["sum", write(expression.function), symbol.name, *map(write, (lower, upper))]
            for symbol, lower, upper in outer:
                term = ["sum", term, symbol.name, *map(write, (lower, upper))]
            return term
        case Relational():
            return [_RELATIONS[expression.rel_op], *map(write, expression.args)]
    word = next((word for kind, word in _KINDS if isinstance(expression, kind)), None)
    if word is not None:
        return [word, *map(write, expression.args)]
    raise SymconvError(f"a page to play with cannot show {expression}")


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
    match operator:
        case Taps():
            return record | {"numbers": list(map(_number, operator.numbers))}
        case Named():
            return record | {"name": operator.name, "sizes": _listed(operator.sizes)}
        case Formula():
            return record | {
                "sizes": _listed(operator.sizes),
                "entry": expression_record(operator.spelled),
                "indices": [symbol.name for symbol in operator.indices],
                "bases": operator.bases,
                "text": _short(plain(node)),
            }
        case Entrywise():
            are_signals = all(operand.ndim == 1 for operand in node.operands)
            return record | {
                "repeats": [
                    [axis for axis, n in enumerate(operand.lengths) if n.as_integer() == 1]
                    if not are_signals
                    else []
                    for operand in node.operands
                ]
            }
        case Apply(function):
            slope, zero = function.parameter, function.at_zero
            return record | {
                "function": function.name,
                "free": function.meaning is None,
                "parameter": None if slope is None else _number(slope),
                "zero": None if zero is None else _number(zero),
                "shifted": function.is_shifted,
                "call": function.call,
            }
        case Rearrange():
            record["pattern"] = operator.pattern
    for field in fields(operator):
        value = getattr(operator, field.name)
        if isinstance(value, Amount):
            value = expression_record(value.written)
        elif isinstance(value, Fraction):
            value = _number(value)
        elif isinstance(value, tuple) and all(isinstance(one, Amount) for one in value):
            value = _listed(value)
        record[field.name] = value
    return record


def _listed(amounts: Sequence[Amount]) -> list[Json]:
    return [expression_record(amount.written) for amount in amounts]


def _hidden(nodes: Sequence[SignalExpr], outputs: Sequence[SignalExpr]) -> set[SignalExpr]:
    """The nodes that are not drawn: of axes that are moved, and the same done axis by axis."""
    ends = set(outputs)  # a list would ask whether signals are equal, which is a claim
    users: dict[SignalExpr, set[type[Operator]]] = {}
    for node in nodes:
        for operand in node.operands:
            users.setdefault(operand, set()).add(type(node.operator))
    return {
        node
        for node in nodes
        if node not in ends
        and (
            isinstance(node.operator, Rearrange)
            or (
                isinstance(node.operator, AlongAxis)
                and len(node.operands) == 1
                and node.ndim > 1
                and users.get(node) == {type(node.operator)}
            )
        )
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SIGNAL_SHOWN else f"{text[: LONGEST_SIGNAL_SHOWN // 4]} …"


def _nodes(claim: Claim) -> tuple[list[SignalExpr], list[list[SignalExpr]]]:
    """The nodes of a claim that a page shows, operands first, and the tensors of both sides.

    What stands for tensors by hypotheses on taps is put in.
    """
    shown = [_shown_for(side) for side in (claim.free.lhs, claim.free.rhs)]
    nodes = walk(*chain(*shown), *claim.free.mentioned, *claim.free.about)
    return nodes, shown


def _letters(claim: Claim, nodes: Sequence[SignalExpr], outputs: Sequence[SignalExpr]) -> list[str]:
    """The names of the rows: those of named signals, y and z for the sides, and others."""
    taken = {*claim.named, *claim.functions, *(symbol.name for symbol in claim.symbols)}

    def free(candidates: str) -> Iterator[str]:
        return (
            name
            for primes in count()
            for letter in candidates
            if (name := letter + "′" * primes) not in taken
        )

    ends, others = free("yz"), free("abdefghjmopqrtuvw")
    named = {node: next(ends) for node in outputs if not isinstance(node.operator, Named)}
    return [
        node.operator.name if isinstance(node.operator, Named) else named.get(node) or next(others)
        for node in nodes
    ]


# --- claims --------------------------------------------------------------------------------


def claim_record(claim: Claim, verdict: Verdict, *, statement: str = "", why: str = "") -> Json:
    """All that a page shows of a claim.

    Args:
        claim: the claim.
        verdict: what was decided.
        statement: the claim in words, if there are any.
        why: what makes it true, or what is wrong.

    Raises:
        SymconvError: a page cannot show it, or has no room for its cells.

    >>> from symconv import Signal
    >>> x = Signal("x", 2)
    >>> claim = Claim(x.flip(), x)
    >>> record = claim_record(claim, claim.prove())
    >>> [node["op"] for node in record["nodes"]], [side["node"] for side in record["sides"]]
    (['named', 'flip'], [1, 0])
    """
    nodes, shown = _nodes(claim)
    numbers = {node: number for number, node in enumerate(nodes)}
    outputs = list(dict.fromkeys(chain(*shown)))
    letters = _letters(claim, nodes, outputs)
    hidden = _hidden(nodes, outputs)
    stands = {
        one: f"{name} where {' and '.join(map(taps_sentence, claim.about_taps))}"
        for name, one in claim.standing.tensors.items()
    }
    start = _start(claim, nodes, outputs, verdict)
    sides = [
        {
            "text": _side_text(side),
            "rows": [numbers[node] for node in walk(*rows) if node not in hidden],
            **(
                {"node": numbers[side]}
                if isinstance(side, SignalExpr)
                else {"value": expression_record(side, numbers), "formula": plain(side)}
            ),
        }
        for side, rows in zip((claim.free.lhs, claim.free.rhs), shown, strict=True)
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
        "functions": [
            {"name": name, "zero": None if zero is None else _number(zero)}
            for name, zero in claim.functions.items()
        ],
        "room": MOST_CELLS_OF_A_PAGE,
        "given": [
            {"text": plain(one), "condition": expression_record(one)}
            for one in claim.free.conditions
        ],
        "nodes": [
            _node_record(node, numbers, letter) | ({"text": stands[node]} if node in stands else {})
            for node, letter in zip(nodes, letters, strict=True)
        ],
        "sides": sides,
        "start": start,
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
            found = [counterexample, verdict.with_content]
            condition = verdict.condition
            is_long = condition is not None and len(plain(condition)) > LONGEST_CONDITION_SHOWN
            told = [
                f"It holds exactly when {plain(condition)}." if is_long else "",
                content_sentence(verdict),
                sufficient_sentence(verdict),
                *differences_sentences(verdict.differences),
            ]
            return {
                "kind": "refuted",
                "said": f"Refuted: it does not hold for {verdict.claim.full_scope}.",
                "extent": [] if is_long else extent_sentences(verdict),
                "told": list(filter(None, told)),
                "condition": None if condition is None else expression_record(condition),
                "counterexamples": [_counterexample(one) for one in found if one],
            }


def _counterexample(found: Counterexample) -> Json:
    record = counterexample_record(found)
    functions = record.get("functions", {})
    return record | {"functions": {name: _coefficients(text) for name, text in functions.items()}}


def _coefficients(polynomial: str) -> list[str]:
    """The coefficients of 1, v, v² and so on of a polynomial as SymPy writes it.

    >>> _coefficients("-v**3 + 3*v/2 - 5")
    ['-5', '3/2', '0', '-1']
    """
    found: dict[int, Fraction] = {}
    term = r"([+-]?)(\d*)\*?(v?)(?:\*\*(\d+))?(?:/(\d+))?"
    for sign, factor, v, power, divisor in re.findall(term, polynomial.replace(" ", "")):
        if factor or v:
            number = Fraction(int(factor or 1), int(divisor or 1))
            found[int(power or 1) if v else 0] = -number if sign == "-" else number
    return [str(found.get(power, 0)) for power in range(max(found, default=0) + 1)]


# --- sizes to begin with -----------------------------------------------------------------------


def _start(
    claim: Claim, nodes: Sequence[SignalExpr], outputs: Sequence[SignalExpr], verdict: Verdict
) -> dict[str, int]:
    """Sizes to begin with: of a few entries, and such that there is something to see.

    Raises:
        SymconvError: there is no room for all cells at any of those that are tried.
    """
    hidden = _hidden(nodes, outputs)
    drawn = [node for node in nodes if node not in hidden]
    has_planes = any(node.ndim > 1 for node in drawn)

    def cells(numbers: Sequence[int]) -> tuple[int, int]:
        """How many cells there are, and how many the shortest output has; none if not defined."""
        at = dict(zip(claim.symbols, numbers, strict=True))
        if any(number < (sign_of(symbol).least or 0) for symbol, number in at.items()):
            return 0, 0
        try:
            shapes = shapes_at(nodes, at, {})  # most are refused here, and at once
            claim.at(**{symbol.name: number for symbol, number in at.items()})
        except SymconvError:
            return 0, 0
        if any(shapes[node][0] > MOST_CELLS for node in outputs if node.ndim == 1):
            return 0, 0
        return sum(prod(shapes[node]) for node in drawn), min(
            (prod(shapes[node]) for node in outputs), default=0
        )

    def serves(numbers: Sequence[int], least: int, most: int = MOST_CELLS_AT_FIRST) -> bool:
        count, shortest = cells(numbers)
        return least <= shortest and 0 < count <= most

    symbols, roles = claim.symbols, _roles(nodes)
    inputs = (5, 6, 7, 8, 4, 3, 2) if has_planes else (8, 12, 16, 20, 24)
    several = ({"kernel": c, "channel": k} for k in (2, 1) for c in (3, 2)) if has_planes else [{}]
    tries = [
        [
            ({"input": n, "kernel": 3, "factor": 2} | more).get(roles.get(s.name, ""), 1)
            for s in symbols
        ]
        for more in several
        for n in inputs
    ]
    around = [_around(middle) for middle in tries[0]]
    nearby = (numbers for reach in (3, 13) for numbers in product(*(one[:reach] for one in around)))
    ways = (
        (one for one in tries if serves(one, 2)),
        (one for one in islice(nearby, MOST_SIZES_TRIED_FOR_A_PAGE) if serves(one, 1)),
        (one for one in tries if serves(one, 1, MOST_CELLS_OF_A_PAGE)),
    )
    found = next(chain(*ways), None)
    if found is not None:
        return {s.name: number for s, number in zip(symbols, found, strict=True)}
    start = (
        dict(verdict.counterexample.lengths)
        if isinstance(verdict, Refuted)
        else {s.name: sign_of(s).nearest for s in symbols}
    )
    count, _ = cells([start[s.name] for s in symbols])
    if count > MOST_CELLS_OF_A_PAGE:
        where = ", ".join(f"{name} = {n}" for name, n in start.items()) or "as it stands"
        raise SymconvError(
            f"a page to play with has room for {MOST_CELLS_OF_A_PAGE} cells, and this claim has "
            f"{count} ({where}); write it with smaller sizes, or with symbols for them"
        )
    return start


def _roles(nodes: Sequence[SignalExpr]) -> dict[str, str]:
    """What the symbols measure: an input, a kernel, channels, or a factor such as a stride."""
    kernels = in_kernels(*nodes)
    layers = [node.operator for node in nodes if isinstance(node.operator, Conv)]
    spatial = max((layer.dimensions for layer in layers), default=0)
    found: dict[str, str] = {}
    for node in nodes:
        operator = node.operator
        if isinstance(operator, Named):
            channels = max(0, node.ndim - (spatial or 2)) if node.ndim > 1 else 0
            for axis, size in enumerate(operator.sizes):
                role = "channel" if axis < channels else "kernel" if node in kernels else "input"
                if (role == "kernel" and not isinstance(size.written, Symbol)) or (
                    channels == 2 and not axis and node not in kernels
                ):
                    role = ""  # one of an expression is enough, and one image
                found |= dict.fromkeys(size.symbols.keys() - found.keys(), role)
        elif isinstance(operator, Correlate | Downsample | Dilate | Conv | MaxPool | Windows):
            found |= {name: "factor" for a in operator.amounts for name in a.symbols}
    return found


def _around(middle: int) -> list[int]:
    """Small sizes, those near to a number first."""
    return sorted(range(13), key=lambda size: abs(size - middle))

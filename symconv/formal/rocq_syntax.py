"""Lengths, conditions and signals as Rocq writes them, operator by operator.

A certificate is worth what its statement says, so nothing is simplified on the way: each
node of a SymPy expression and each operator becomes one term.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Any

import sympy
from sympy import And, Basic, Expr, Max, Min, Mod, Not, Or, Rational, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue, Equivalent, Implies

from symconv.arithmetic.polynomials import Atom, Floor, Guard, Guarded, Polynomial, Relation
from symconv.arithmetic.unevaluated import negative
from symconv.errors import Uncertified
from symconv.language.length_symbols import spelled_out
from symconv.language.notation import plain

__all__ = [
    "argument",
    "comment",
    "condition_text",
    "equation_text",
    "guard_text",
    "integer_text",
    "list_text",
    "only",
    "polynomial_text",
    "rocq_names",
    "scalar_text",
]

Names = Mapping[Any, str]
"""What the symbols and signals of a claim are called in Rocq, and atoms of polynomials."""

_TAKEN = re.compile(
    r"""
    as | at | cofix | else | end | exists2? | fix | for | forall | fun | if | in | is | let | match
    | mod | move | of | or | return | then | using | where | with | by | have | suff | pose
    | [sS]et | S?Prop | Type | Theorem | Lemma | Example | Definition | Proof | Qed | Defined | End
    | Axioms? | Parameters? | Variables? | Hypothes[ie]s | Context | (Co)?Fixpoint | Inductive
    | Section | Module | Import | Export | Require | Print | Check | Ltac | Notation | Arguments
    | R | S | O | Z | nat | int | bool | seq | true | false | unit | isT | lia | nia | ring
    | inside | box | range | tensor | shape | data | entry | build | along | clipped | joined
    | digits | product | places | windows_in | windows_along | component | position_of | size
    | pad | flip | roll | downsample | dilate | windows | convolve | correlate | conv | rearrange
    | einsum | add | multiply | scale | apply | pool | extend | \w+_ends | mirrored
    | sum | sizes | conditions | summand | value | total | same
    | holds | piece | pieces | by_cases | expands | read | moved | scaled | known | grouped
    | all_joined | all_digits
    | zeros | impulse | padded | positive | is_layer | kernel_serves | only_kernel
    | head | last | take | drop | nth | rcons | map | flatten | index | number | ratio
    | product_of | numbers | nonzero
    | (y|m|v|w|i|e|c|given|product|taps|same|equal)\d+ | \w*_(is|in|ge) | _\w*
    | (size|sum|shape|expand|pieces|ordered|fact\d)_\w+
    """,
    re.VERBOSE,
)
"""Names that mean something in Rocq, in the definitions or in the proof of a certificate."""


def rocq_names(names: Iterable[str]) -> dict[str, str]:
    """Names for symbols and signals that mean nothing else in a certificate.

    >>> rocq_names(["k2", "fun", "λ"])
    {'k2': 'k2', 'fun': 'z1', 'λ': 'z2'}
    """
    wanted = list(names)
    usable = {
        name
        for name in wanted
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and not _TAKEN.fullmatch(name)
    }
    fresh = (f"z{number}" for number in range(1, 2 * len(wanted) + 2))
    others = iter([name for name in fresh if name not in usable])
    return {name: name if name in usable else next(others) for name in wanted}


def comment(text: str) -> str:
    """Text that may stand in a comment, where quotes and brackets have a meaning.

    >>> comment('x (* "y" *)')
    "x ( * 'y' * )"
    """
    known = text.encode("utf-8", "replace").decode()  # what is no text cannot be written either
    plain_text = known.replace("(*", "( *").replace("*)", "* )").replace('"', "'")
    return re.sub(r"[\r\n]+", " ", plain_text)


def only(hypotheses: Iterable[str]) -> str:
    """The tactic that forgets all hypotheses but these, which would only slow the rest down.

    >>> only(["a", "b"]), only([])
    ('clear -a b', 'idtac')
    """
    kept = " ".join(dict.fromkeys(hypotheses))
    return f"clear -{kept}" if kept else "idtac"


# --- integers ------------------------------------------------------------------------


def integer_text(expression: Expr, names: Names) -> str:
    """An integer expression.

    >>> from symconv import integers
    >>> n, c = integers("n c")
    >>> integer_text(2 * sympy.floor((n - c) / 4) - 1, {"n": "n", "c": "c"})
    '2 * ((n - c) / 4) - 1'

    Raises:
        Uncertified: it is not linear arithmetic with quotients by numbers.
    """
    text, denominator = _scaled_text(spelled_out(expression), names)
    if denominator != 1:
        raise Uncertified(f"{plain(expression)} is not written as an integer")
    return text


def equation_text(left: Expr, right: Expr, sign: str, names: Names) -> str:
    """A comparison of two rational expressions, both times their common denominator.

    >>> n = sympy.Symbol("n", integer=True)
    >>> equation_text(sympy.ceiling(n / 8), n / 4, "=", {"n": "n"})
    '4 * (- ((- n) / 8)) = n'
    """
    sides = [_scaled_text(spelled_out(side), names) for side in (left, right)]
    common = lcm(*(denominator for _, denominator in sides))
    texts = [
        text if denominator == common else f"{common // denominator} * {argument(text)}"
        for text, denominator in sides
    ]
    return f" {sign} ".join(texts)


def _scaled_text(expression: Expr, names: Names) -> tuple[str, int]:
    """The text of the expression times an integer, and that integer."""
    summands = [_summand(part, names) for part in sympy.Add.make_args(expression)]
    denominator = lcm(*(number.denominator for number, _ in summands))
    scaled = [(int(number * denominator), text) for number, text in summands]
    return _sum_text(scaled), denominator


def _summand(expression: Expr, names: Names) -> tuple[Fraction, str]:
    """A number and what it multiplies; an empty text for a number alone."""
    coefficient, rest = expression.as_coeff_Mul()
    if not isinstance(coefficient, Rational):
        raise Uncertified(f"{plain(expression)} is not integer arithmetic")
    number = Fraction(int(coefficient.p), int(coefficient.q))
    return number, "" if rest == 1 else _product_text(rest, names)


def _sum_text(summands: Iterable[tuple[int, str]]) -> str:
    """Numbers times what stands beside them, added up: what is subtracted, and numbers, last."""
    text = ""
    for number, what in sorted(summands, key=lambda summand: (summand[0] < 0, not summand[1])):
        size = str(abs(number))
        product = size if not what else what if size == "1" else f"{size} * {what}"
        if number:
            text += f" {'-' if number < 0 else '+'} {product}"
    return text[3:] if text.startswith(" +") else text[1:] or "0"


def _product_text(expression: Expr, names: Names) -> str:
    """A product, in which a power is written out."""
    factors: list[str] = []
    for part in sympy.Mul.make_args(expression):
        base, exponent = part.as_base_exp()
        if not (exponent.is_Integer and exponent > 0):
            raise Uncertified(f"there is no rule for {plain(expression)} in a certificate")
        factors += [_atom_text(base, names)] * int(exponent)
    return " * ".join(factors)


def _atom_text(expression: Expr, names: Names) -> str:
    match expression:
        case Symbol():
            return names[expression.name]
        case sympy.floor():
            return _quotient_text(expression.args[0], names)
        case sympy.ceiling():
            return f"(- {_quotient_text(negative(expression.args[0]), names)})"
        case Mod(args=(value, modulus)):
            parts = (argument(integer_text(part, names)) for part in (value, modulus))
            return f"({' mod '.join(parts)})"
        case Max() | Min():
            function = "Z.max" if isinstance(expression, Max) else "Z.min"
            first, *rest = (argument(integer_text(value, names)) for value in expression.args)
            for other in rest:
                first = f"({function} {first} {other})"
            return first
        case sympy.Add():
            return f"({integer_text(expression, names)})"
    raise Uncertified(f"there is no rule for {plain(expression)} in a certificate")


def _quotient_text(expression: Expr, names: Names) -> str:
    try:
        text, number = _scaled_text(expression, names)
        divisor = str(number)
    except Uncertified:  # divided by symbols
        parts = sympy.fraction(sympy.together(expression))
        text, divisor = (integer_text(part, names) for part in parts)
    return f"({argument(text)} / {argument(divisor)})"


def argument(text: str) -> str:
    """The text as one argument of a function.

    >>> argument("n"), argument("n - 1"), argument("(a) + (b)"), argument("[:: n]")
    ('n', '(n - 1)', '((a) + (b))', '[:: n]')
    """
    return text if re.fullmatch(r"\w+", text) or _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str) -> bool:
    """Whether a bracket that the text begins with is closed by its last character."""
    depths = list(accumulate((character in "([") - (character in ")]") for character in text))
    return text.startswith(("(", "[")) and depths.index(0) == len(text) - 1


def list_text(texts: Iterable[str]) -> str:
    """A list.

    >>> list_text(["n", "c"]), list_text([])
    ('[:: n; c]', '[::]')
    """
    inner = "; ".join(texts)
    return f"[:: {inner}]" if inner else "[::]"


def scalar_text(number: Fraction) -> str:
    """A number as an element of the ring.

    >>> scalar_text(Fraction(1)), scalar_text(Fraction(-2)), scalar_text(Fraction(1, 3))
    ('1%R', '(number (-2))', '(ratio 1 3)')
    """
    if number in (0, 1):
        return f"{number}%R"  # which Rocq's `ring` knows
    if number.denominator == 1:
        return f"(number {argument(str(number.numerator))})"
    return f"(ratio {argument(str(number.numerator))} {number.denominator})"


def polynomial_text(polynomial: Polynomial, names: Mapping[Atom, str]) -> str:
    """A polynomial in symbols, sizes and indices, by their names.

    Raises:
        Uncertified: there is no rule for something in it.
    """
    summands = []
    for monomial, number in polynomial.terms.items():
        summands.append((number, " * ".join(_index_text(atom, names) for atom in monomial)))
    return _sum_text(summands)


def _index_text(atom: Atom, names: Mapping[Atom, str]) -> str:
    if atom in names:
        return names[atom]
    if isinstance(atom, Floor):
        parts = (argument(polynomial_text(part, names)) for part in atom.parts)
        return f"({' / '.join(parts)})"
    if isinstance(atom, Guarded):
        value = polynomial_text(atom.value, names)
        if atom.is_nonnegative_part:
            return f"(Z.max 0 {argument(value)})"
        guards = (f"({_guard_text(guard, names, '?')})" for guard in atom.guards)
        return f"(if {' && '.join(guards)} then {value} else 0)"
    what = "an index that the others do not give" if isinstance(atom, int) else str(atom)
    raise Uncertified(f"there is no rule for {what} in a certificate")


# --- conditions ----------------------------------------------------------------------

_SIGNS = {Eq: "=", Le: "<=", Lt: "<", Ge: ">=", Gt: ">"}


def condition_text(condition: Boolean, names: Names) -> str:
    r"""A condition on lengths.

    >>> from symconv import integers
    >>> n, c = integers("n c")
    >>> print(condition_text((n >= c) & (sympy.Eq(Mod(n, 4), 0) | (c < 3)), {"n": "n", "c": "c"}))
    ((n mod 4) = 0 \/ c < 3) /\ n >= c
    """
    match condition:
        case BooleanTrue() | BooleanFalse():
            return "True" if condition else "False"
        case And() | Or():
            sign = r" /\ " if isinstance(condition, And) else r" \/ "
            parts = sorted(condition.args, key=str)
            return sign.join(_bracketed(part, names) for part in parts)
        case Not():
            return f"~ {_bracketed(condition.args[0], names)}"
        case Implies():
            return " -> ".join(_bracketed(part, names) for part in condition.args)
        case Equivalent() if len(condition.args) == 2:
            return " <-> ".join(_bracketed(part, names) for part in condition.args)
        case Ne():
            return f"~ ({equation_text(condition.lhs, condition.rhs, '=', names)})"
        case Relational() if type(condition) in _SIGNS:
            return equation_text(condition.lhs, condition.rhs, _SIGNS[type(condition)], names)
    raise Uncertified(f"there is no rule for the condition {plain(condition)} in a certificate")


def _bracketed(condition: Basic, names: Names) -> str:
    text = condition_text(condition, names)
    return text if isinstance(condition, Relational) else f"({text})"


def guard_text(guard: Guard, names: Names) -> str:
    """A guard in symbols, such as 1 <= n.

    >>> guard_text(Guard(Polynomial.of("n") - 1, Relation.AT_LEAST_ZERO), {"n": "n"})
    '1 <= n'
    """
    return _guard_text(guard, dict(names.items()), "")


def _guard_text(guard: Guard, names: Mapping[Atom, str], mark: str) -> str:
    """A guard; `mark` is a question mark where it is to be true or false."""
    terms = guard.polynomial.terms.items()
    positive = Polynomial({m: c for m, c in terms if c > 0})
    negative = Polynomial({m: -c for m, c in terms if c < 0})
    sign = "<=" if guard.relation is Relation.AT_LEAST_ZERO else "="
    return f"{polynomial_text(negative, names)} {sign}{mark} {polynomial_text(positive, names)}"

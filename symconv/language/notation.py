"""Reading signals, lengths and conditions as text: Python code, plain mathematics, LaTeX.

In the mathematical notation ∗ is convolution, ⋆ is "valid" cross-correlation, ↓s keeps
every s-th entry, and ↑d puts d − 1 zeros between neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy import And, Basic, Eq, Expr, Ge, Gt, Le, Lt, Mod, Ne, Or, Piecewise
from sympy.core.relational import Relational
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter, sstr

from symconv.arithmetic.limits import LONGEST_SIGNAL_SHOWN
from symconv.arithmetic.such_that import SuchThat
from symconv.arithmetic.unevaluated import spelled_with
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount
from symconv.language.graph import walk
from symconv.language.length_symbols import lengths_in, spelled_out
from symconv.language.operators.base import POSTFIX
from symconv.language.signals import SignalExpr

__all__ = ["as_typed", "code", "latex", "plain", "plain_factor"]


def code(signal: SignalExpr) -> str:
    """The calls that build the signal.

    >>> from symconv import Signal
    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> print(code((x.pad(1, 1) - 2 * x.pad(2, 0)).correlate(k, stride=2)))
    (x.pad(1, 1) - 2*x.pad(2, 0)).correlate(k, stride=2)
    """
    write = _Code()
    for node in walk(signal):
        write.texts[node] = _shortened(node.operator.code(write, node))
    return write.texts[signal]


def _shortened(text: str) -> str:
    """The text, of which a part is left out if nobody would read it."""
    return (
        text
        if len(text) <= LONGEST_SIGNAL_SHOWN
        else f"{text[: LONGEST_SIGNAL_SHOWN // 2]} … {text[-LONGEST_SIGNAL_SHOWN // 4 :]}"
    )


class _Code:
    """Writes nodes as calls, from the texts of their operands."""

    def __init__(self) -> None:
        self.texts: dict[SignalExpr, str] = {}

    def text(self, operand: SignalExpr) -> str:
        """The code of an operand, or of something that is made of operands."""
        known = self.texts.get(operand)
        return operand.operator.code(self, operand) if known is None else known

    def receiver(self, operand: SignalExpr) -> str:
        """The same, so that a method can be called on it."""
        text = self.text(operand)
        return f"({text})" if operand.operator.parenthesised_in_code else text

    def argument(self, value: object) -> str:
        """An amount or an expression, a number, or a word."""
        match value:
            case Amount() | Basic():
                return _exact(value)
            case Fraction():
                return _fraction(value)
        return repr(value)

    def unless_one(self, **amounts: Amount) -> list[str]:
        """Arguments by name; without those that are 1, as they are by default."""
        return [f"{name}={self.argument(one)}" for name, one in amounts.items() if one != 1]


def _fraction(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number)
    return f"Fraction({number.numerator}, {number.denominator})"


def as_typed(thing: SignalExpr | Basic) -> str:
    """A side of a claim, or a hypothesis, as Python code: a length as that of its signal.

    >>> from symconv import Signal, integers
    >>> x = Signal("x", integers("n", nonnegative=True))
    >>> y = x.pad(1, 1, "reflect")
    >>> print(y.length, "|", as_typed(y.length))
    n + 2 | x.pad(1, 1, 'reflect').length
    """
    if isinstance(thing, SignalExpr):
        return code(thing)
    names = {
        one: sympy.Symbol(
            f"{_Code().receiver(one.signal)}."
            + ("length" if one.signal.ndim == 1 else f"shape[{one.axis}]"),
            commutative=True,
        )
        for one in lengths_in(thing)
    }
    return str(spelled_with(thing, names))


def _exact(expression: Basic | Amount) -> str:
    """SymPy code for an expression, in which 1/2 is not a float."""
    if isinstance(expression, Amount):
        return _exact(expression.written)
    expression = spelled_out(expression)
    fractions = any(not number.is_Integer for number in expression.atoms(sympy.Rational))
    return str(sstr(expression, sympy_integers=fractions))


def plain(thing: SignalExpr | Basic | Amount | int) -> str:
    """Mathematics in plain Unicode text, as a person would write it.

    >>> from symconv import Signal, integers
    >>> c, p = integers("c p")
    >>> print(plain(And(3*c - 6 <= p, p <= 3*c - 3)))
    3c − 6 ≤ p ≤ 3c − 3
    >>> x, k = Signal("x", 8), Signal("k", 3)
    >>> print(plain(x.pad(1, 1).correlate(k.convolve(k.dilate(2)), stride=4)))
    (pad(x; 1, 1) ⋆ (k ∗ k↑2))↓4
    """
    if isinstance(thing, SignalExpr):
        return _mathematics(thing, _PLAIN)
    return _expression(_checked(thing), _PLAIN)


def plain_factor(signal: SignalExpr) -> str:
    """The same for a signal, in parentheses where it could not stand behind a sign.

    >>> from symconv import Signal
    >>> k = Signal("k", 3)
    >>> print(plain_factor(k.dilate(2)), plain_factor(k.convolve(k)))
    k↑2 (k ∗ k)
    """
    write = _Mathematics(_PLAIN)
    for node in walk(signal):
        write.texts[node] = write.of(node)
    return write.operand(signal, POSTFIX)


def latex(thing: SignalExpr | Basic | Amount | int) -> str:
    r"""Mathematics in LaTeX.

    >>> from symconv import Signal
    >>> x, k = Signal("x", 8), Signal("k2", 3)
    >>> print(latex(x.flip().correlate(k, stride=2)))
    \left(\tilde{x} \star k_{2}\right)\downarrow_{2}
    """
    if isinstance(thing, SignalExpr):
        return _mathematics(thing, _LATEX)
    return _expression(_checked(thing), _LATEX)


def _checked(thing: object) -> Basic:
    """The thing, if it is SymPy's or a number; text is never evaluated."""
    if isinstance(thing, Amount):
        return thing.written
    if isinstance(thing, Basic):
        return thing
    if isinstance(thing, bool):
        return sympy.true if thing else sympy.false
    if isinstance(thing, int):
        return sympy.Integer(thing)
    raise SymconvError(
        f"expected a signal, an integer or a SymPy expression, got {as_given(thing)}"
    )


class _PlusFirst:
    """Sums with what is added before what is subtracted: u − m, and not −m + u."""

    minus = "-"

    def _print_Add(self, e: Any, order: Any = None) -> str:  # noqa: N802
        terms = self._as_ordered_terms(e, order)  # type: ignore[attr-defined]
        terms = sorted(terms, key=lambda t: t.could_extract_minus_sign())
        text = "".join(
            f" {self.minus} {self._subtracted(-t)}"
            if t.could_extract_minus_sign()
            else f" + {self._print(t)}"  # type: ignore[attr-defined]
            for t in terms
        )
        return text[3:] if text.startswith(" + ") else self.minus + text[3:]

    def _subtracted(self, e: Any) -> str:
        text: str = self._print(e)  # type: ignore[attr-defined]
        return f"({text})" if e.is_Add else text


class _LatexPrinter(_PlusFirst, LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX, with x[m] for an entry."""

    def _print_Indexed(self, e: Any) -> str:  # noqa: N802
        return f"{self._print(e.base)}[{', '.join(map(self._print, e.indices))}]"

    def _print_Mod(self, e: Any, exp: Any = None) -> str:  # noqa: N802
        text = rf"({_sub(self, e.args[0])} \bmod {_sub(self, e.args[1])})"
        return f"{text}^{{{exp}}}" if exp is not None else text

    def _print_Sum(self, e: Any) -> str:  # noqa: N802
        """The sum with the condition on its index below its sign."""
        term, condition = (
            e.function.args if isinstance(e.function, SuchThat) else (e.function, sympy.true)
        )
        text: str = self._print(term)
        if term.is_Add or term.could_extract_minus_sign():
            text = rf"\left({text}\right)"
        if condition == sympy.true and len(e.limits) == 1:
            ((symbol, lower, upper),) = e.limits
            low, high = self._print(lower), self._print(upper)
            return rf"\sum_{{{self._print(symbol)}={low}}}^{{{high}}} {text}"
        lines = []
        for symbol, lower, upper in reversed(e.limits):
            low = "" if lower == -sympy.oo else rf"{self._print(lower)} \leq "
            high = "" if upper == sympy.oo else rf" \leq {self._print(upper)}"
            lines.append(f"{low}{self._print(symbol)}{high}")
        if condition != sympy.true:
            lines.append(_bare(_expression(condition, _LATEX)))
        return r"\sum_{\substack{" + r" \\ ".join(lines) + "}} " + text

    def _print_SuchThat(self, e: Any) -> str:  # noqa: N802
        return str(self._print(Piecewise(e.args, (0, True))))


class _PlainPrinter(_PlusFirst, StrPrinter):  # type: ignore[misc]
    """SymPy's text, with ⌊x⌋ for floor, `n mod 4`, 3c for 3*c, a^b, and a minus sign."""

    minus = "−"

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        if isinstance(item, Mod):  # it always has parentheses
            return str(self._print(item))
        return str(super().parenthesize(item, level, strict))

    def _print_Integer(self, e: Any) -> str:  # noqa: N802
        return self._signed(super()._print_Integer(e))

    def _print_Rational(self, e: Any) -> str:  # noqa: N802
        return self._signed(super()._print_Rational(e))

    def _print_Float(self, e: Any) -> str:  # noqa: N802
        return self._signed(super()._print_Float(e))

    def _print_NegativeInfinity(self, e: Any) -> str:  # noqa: N802
        return f"{self.minus}∞"

    def _signed(self, text: str) -> str:
        return self.minus + text[1:] if text.startswith("-") else text

    def _print_Infinity(self, e: Any) -> str:  # noqa: N802
        return "∞"

    def _print_Sum(self, e: Any) -> str:  # noqa: N802
        signs = []
        for symbol, lower, upper in reversed(e.limits):
            low = "" if lower == -sympy.oo else f"{self._print(lower)} ≤ "
            high = "" if upper == sympy.oo else f" ≤ {self._print(upper)}"
            signs.append(f"Σ_{{{low}{symbol}{high}}}" if low or high else f"Σ_{symbol}")
        body = self._print(e.function)
        if e.function.is_Add or e.function.could_extract_minus_sign():
            body = f"({body})"
        return f"{' '.join(signs)} {body}"

    def _print_Pow(self, e: Any, rational: bool = False) -> str:  # noqa: N802
        if isinstance(e.base, sympy.Sum):
            return f"({self._print(e.base)})^{_sub(self, e.exp)}"
        if e.exp == -1 or abs(e.exp) == sympy.S.Half:  # 1/n, and roots
            return str(super()._print_Pow(e, rational))
        base, exponent = (self.parenthesize(part, PRECEDENCE["Pow"]) for part in e.args)
        return f"{base}^{exponent}"

    def _print_Piecewise(self, e: Any) -> str:  # noqa: N802
        branches = [
            self._print(value)
            if condition == sympy.true
            else f"{self._print(value)} if {_expression(condition, _PLAIN)}"
            for value, condition in e.args
        ]
        if e.args[-1] == (0, sympy.true):
            branches.pop()
        return f"({', else '.join(branches)})"

    def _print_SuchThat(self, e: Any) -> str:  # noqa: N802
        return f"({self._print(e.args[0])} if {_expression(e.args[1], _PLAIN)})"

    def _print_Mul(self, e: Any) -> str:  # noqa: N802
        sums = [f for f in e.args if isinstance(f, sympy.Sum)]
        if sums:
            others = sympy.Mul(*(f for f in e.args if f not in sums))
            texts = [self.parenthesize(others, PRECEDENCE["Mul"])] * (others != 1)
            return _product([*texts, *(f"({self._print(f)})" for f in sums)])
        above: list[Any] = []
        below: list[Any] = []
        negative = e.args[0].is_Rational and e.args[0].is_negative
        for factor in (-e if negative else e).as_ordered_factors():
            if factor.is_Rational:
                above += [sympy.Integer(factor.p)] * (factor.p != 1)
                below += [sympy.Integer(factor.q)] * (factor.q != 1)
            elif factor.is_Pow and factor.exp.as_coeff_Mul()[0] < 0:
                below.append(sympy.Pow(factor.base, -factor.exp))
            else:
                above.append(factor)
        texts, divisors = (
            [self.parenthesize(factor, PRECEDENCE["Mul"]) for factor in factors]
            for factors in (above, below)
        )
        if above and above[0].is_Rational:
            texts[0] = self._print(above[0])  # without parentheses around −3
        text = (self.minus if negative else "") + (_product(texts) if texts else "1")
        if divisors:
            text += f"/{divisors[0]}" if len(divisors) == 1 else f"/({_product(divisors)})"
        return text

    def _print_floor(self, e: Any) -> str:
        return f"⌊{self._print(e.args[0])}⌋"

    def _print_ceiling(self, e: Any) -> str:
        return f"⌈{self._print(e.args[0])}⌉"

    def _print_Max(self, e: Any) -> str:  # noqa: N802
        return f"max({self._in_order(e.args)})"

    def _print_Min(self, e: Any) -> str:  # noqa: N802
        return f"min({self._in_order(e.args)})"

    def _in_order(self, args: Sequence[Any]) -> str:
        """What is negative first, then by text."""
        return ", ".join(sorted(map(self._print, args), key=lambda t: t.replace(self.minus, "-")))

    def _print_Mod(self, e: Any) -> str:  # noqa: N802
        return f"({_sub(self, e.args[0])} mod {_sub(self, e.args[1])})"


def _product(factors: Sequence[str]) -> str:
    """3c, 3(n + 1), c·n and 3·⌊n/2⌋: a number stands directly before a name or a parenthesis."""
    first, *rest = factors
    if rest and first.isdecimal() and (rest[0][0].isalpha() or rest[0][0] in "_("):
        return "·".join([first + rest[0], *rest[1:]])
    return "·".join(factors)


def _sub(printer: StrPrinter, e: Any) -> str:
    return f"({printer._print(e)})" if e.is_Add else str(printer._print(e))


@dataclass(frozen=True, slots=True)
class _Style:
    """How one notation writes what is not particular to an operator."""

    is_latex: bool
    parentheses: str
    minus: str
    relations: Mapping[type, str]
    and_: str
    or_: str
    among: str
    not_among: str


_SIGNS = {Eq: "=", Ne: "≠", Le: "≤", Ge: "≥", Lt: "<", Gt: ">"}
_PLAIN = _Style(
    is_latex=False,
    parentheses="(%s)",
    minus="−",
    relations=_SIGNS,
    and_=" and ",
    or_=" or ",
    among=" ∈ {%s}",
    not_among=" ∉ {%s}",
)
_LATEX = _Style(
    is_latex=True,
    parentheses=r"\left(%s\right)",
    minus="-",
    relations={Eq: "=", Ne: r"\neq", Le: r"\leq", Ge: r"\geq", Lt: "<", Gt: ">"},
    and_=r" \wedge ",
    or_=r" \vee ",
    among=r" \in \{%s\}",
    not_among=r" \notin \{%s\}",
)


def _mathematics(signal: SignalExpr, style: _Style) -> str:
    write = _Mathematics(style)
    for node in walk(signal):
        text, binding = write.of(node)
        write.texts[node] = _shortened(text), binding
    return write.texts[signal][0]


class _Mathematics:
    """Writes nodes in a notation, from the texts of their operands."""

    def __init__(self, style: _Style) -> None:
        self.texts: dict[SignalExpr, tuple[str, int]] = {}
        self.is_latex, self.minus = style.is_latex, style.minus
        self._style = style

    def of(self, signal: SignalExpr) -> tuple[str, int]:
        """The text of a node, and how tightly it binds; the code has what is idle."""
        if signal.operator.is_idle:
            return self.texts.get(signal.operands[0]) or self.of(signal.operands[0])
        return signal.operator.mathematics(self, signal)

    def operand(self, signal: SignalExpr, least: int) -> str:
        """The text of an operand, in parentheses if it binds less tightly than `least`."""
        text, binding = self.texts.get(signal) or self.of(signal)
        return text if binding >= least else self.parenthesised(text)

    def number(self, value: Amount | Expr) -> str:
        """An amount."""
        return _expression(value.written if isinstance(value, Amount) else value, self._style)

    def factor(self, value: Amount) -> str:
        """An amount that stands behind an arrow."""
        text = self.number(value)
        return text if self.is_latex or value.written.is_Atom else f"({text})"

    def parenthesised(self, text: str) -> str:
        """The text in parentheses."""
        return self._style.parentheses % text

    def name(self, name: str) -> str:
        """The name of a signal."""
        return sympy.latex(sympy.Symbol(name)) if self.is_latex else name


def _expression(expression: Basic, style: _Style) -> str:
    expression = spelled_out(expression)
    match expression:
        case Or():
            listed, rest = _lists(expression.args, Eq, style)
            parts = listed + [_alternative(part, style) for part in rest]
            return style.or_.join(sorted(parts, key=lambda text: (len(text), text)))
        case And():
            listed, rest = _lists(expression.args, Ne, style)
            return style.and_.join([*listed, *_chains(rest, style)])
        case Relational():
            sides = [_bare(_expression(side, style)) for side in (expression.lhs, expression.rhs)]
            return f"{sides[0]} {style.relations[type(expression)]} {sides[1]}"
    if style is _LATEX:
        return str(_LatexPrinter().doprint(expression))
    return str(_PlainPrinter().doprint(expression))


def _says_a_value(part: Basic, relation: type[Relational]) -> bool:
    """Whether it says that a symbol or a remainder is, or is not, a certain number."""
    return isinstance(part, relation) and (
        isinstance(part.lhs, Mod | sympy.Symbol) and bool(part.rhs.is_Integer)
    )


def _lists(
    parts: Iterable[Basic], relation: type[Relational], style: _Style
) -> tuple[list[str], list[Basic]]:
    """The parts n = 6 and n = 8 as n ∈ {6, 8}, or n ≠ 6 and n ≠ 8 as n ∉ {6, 8}; the others."""
    numbers: dict[Basic, list[Relational]] = {}
    rest: list[Basic] = []
    for part in parts:
        if _says_a_value(part, relation):
            numbers.setdefault(part.lhs, []).append(part)
        else:
            rest.append(part)
    form = style.among if relation is Eq else style.not_among
    texts = []
    for number, found in numbers.items():
        if len(found) == 1:
            rest += found
        else:
            values = ", ".join(
                _expression(p.rhs, style) for p in sorted(found, key=lambda p: p.rhs)
            )
            texts.append(_bare(_expression(number, style)) + form % values)
    return texts, rest


def _alternative(part: Basic, style: _Style) -> str:
    text = _expression(part, style)
    return f"({text})" if isinstance(part, And) and style.and_ in text else text


def _bare(text: str) -> str:
    """`n mod 4` without the parentheses around it, where it stands alone."""
    depth = 0
    for i, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[1:-1] if i and i == len(text) - 1 else text
    return text


def _chains(conjunction: Iterable[Basic], style: _Style) -> list[str]:
    """The parts of a conjunction, with a ≤ m and m ≤ b joined to a ≤ m ≤ b."""
    parts = sorted(conjunction, key=str)
    bounds = {
        p: (p.lhs, p.rhs) if isinstance(p, Le) else (p.rhs, p.lhs)
        for p in parts
        if isinstance(p, Ge | Le)
    }
    texts: dict[Basic, str] = {}
    for first, (low, middle) in bounds.items():
        for second, (start, high) in bounds.items():
            if start == middle and not {first, second} & texts.keys():
                sides = (_bare(_expression(side, style)) for side in (low, middle, high))
                texts |= {first: f" {style.relations[Le]} ".join(sides), second: ""}
    factors: list[str] = []  # alternatives, which come last
    for part in parts:
        if part not in texts:
            text = _expression(part, style)
            if isinstance(part, Or) and style.or_ in text:
                factors.append(f"({text})")
                text = ""
            texts[part] = text
    return [*(texts[part] for part in parts if texts[part]), *factors]

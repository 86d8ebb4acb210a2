"""Sentences about a claim: what it is about, when it holds, and where its two sides differ."""

from __future__ import annotations

from collections.abc import Collection

import sympy
from sympy import Eq, Expr, Ge, Le, Max, Or
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.from_sympy import assumption_cases
from symconv.arithmetic.limits import LONGEST_CONDITION_SHOWN
from symconv.arithmetic.polynomials import every, some
from symconv.arithmetic.symbols import IntegerSymbol
from symconv.arithmetic.to_sympy import condition_expression
from symconv.decision.claims import Claim
from symconv.decision.verdicts import Differences, Refuted
from symconv.language.notation import as_typed, plain
from symconv.language.operators import Scale
from symconv.language.signals import SignalExpr, Tensor

__all__ = [
    "content_sentence",
    "differences_sentences",
    "extent_sentences",
    "holds_sentence",
    "quantifiers",
    "sufficient_sentence",
    "taps_sentence",
]


def quantifiers(claim: Claim, *, unknown: Collection[str] = ()) -> str:
    """What a claim is about, in plain text: its symbols, hypotheses and signals.

    Args:
        claim: the claim.
        unknown: the names of signals and symbols that are looked for, and so left out.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(quantifiers(Claim(x.convolve(k), k.convolve(x), given=[n >= c])))
    for all integers c ≥ 1, n ≥ 1 with n ≥ c, and all x of length n, k of length c
    """
    symbols = []
    for symbol in (s for s in claim.symbols if s.name not in unknown):
        bare = {symbol.name: IntegerSymbol(symbol.name)}
        said = condition_expression(some(map(every, assumption_cases(symbol))), bare)
        symbols.append(symbol.name if said == sympy.true else plain(said))
    known = {name: leaf for name, leaf in claim.named.items() if name not in unknown}
    signals = [f"{name} of {_measure(leaf)}" for name, leaf in known.items()]
    parts = [f"all integers {', '.join(symbols)}"] if symbols else []
    if claim.conditions and parts:
        parts[-1] += f" with {' and '.join(map(plain, claim.conditions))}"
    parts += [f"all {', '.join(signals)}"] if signals else []
    if claim.about_taps:
        parts[-1] += f" with {' and '.join(map(taps_sentence, claim.about_taps))}"
    functions = [
        name if value is None else f"{name} with {name}(0) = {value}"
        for name, value in claim.functions.items()
    ]
    parts += [f"all functions {', '.join(functions)}"] if functions else []
    return f"for {', and '.join(parts)}" if parts else "for these numbers"


def taps_sentence(hypothesis: Claim) -> str:
    """A hypothesis on taps, in plain text."""
    return f"{plain(hypothesis.lhs)} = {plain(hypothesis.rhs)}"


def _measure(leaf: Tensor) -> str:
    """The length or the shape of a named signal."""
    if leaf.ndim == 1:
        return f"length {plain(leaf.sizes[0])}"
    return f"shape ({', '.join(map(plain, leaf.sizes))})"


def holds_sentence(condition: Boolean | None) -> str:
    """When a refuted claim holds after all; empty if that is not known.

    >>> n = sympy.Symbol("n", integer=True)
    >>> holds_sentence(Eq(sympy.Mod(n, 2), 0))
    'It holds exactly when n mod 2 = 0.'
    """
    if condition is None:
        return ""
    if condition == sympy.false:
        return "It never holds."
    text = plain(condition)
    if len(text) > LONGEST_CONDITION_SHOWN:
        return "The exact condition under which it holds is long; it is the verdict's `condition`."
    return f"It holds exactly when {text}."


def content_sentence(verdict: Refuted) -> str:
    """Where a claim fails that fails first where something is empty; empty otherwise."""
    found = verdict.with_content
    if found is not None:
        return f"With entries, it fails first {found}."
    if not verdict.needs_entries:
        return ""
    doubtful = [s for s in verdict.claim.named.values() if not s.is_nonempty]
    names = " or ".join(signal.name for signal in doubtful)
    sizes = [size for s in doubtful for size in s.sizes if not size.is_at_least(1)]
    needed = " and ".join(dict.fromkeys(f"{plain(size)} ≥ 1" for size in sizes))
    return f"It fails only where {names} is empty: with the hypothesis {needed} it holds."


def extent_sentences(verdict: Refuted) -> list[str]:
    """When a refuted claim holds after all, or why that is not known."""
    if verdict.undecided:
        return [f"Exactly when it holds is not known: {verdict.undecided}."]
    return [sentence] if (sentence := holds_sentence(verdict.condition)) else []


def sufficient_sentence(verdict: Refuted) -> str:
    """With which hypotheses on taps a refuted claim holds; empty where none is found.

    >>> from symconv import Signal
    >>> x, b = Signal("x", 5), Signal("b", 5)
    >>> print(sufficient_sentence(Claim(x + b, x).prove()))
    But it holds for all lengths where b = 0.
    """
    said = []
    for one in verdict.would_hold_given:
        is_zero = isinstance(one.rhs, SignalExpr) and isinstance(one.rhs.operator, Scale)
        said.append(f"{as_typed(one.lhs)} = {0 if is_zero else as_typed(one.rhs)}")
    if not said:
        return ""
    # "It never holds." was said of sizes.
    begin = "But it" if verdict.condition == sympy.false else "It"
    return f"{begin} holds for all {verdict.claim.measures} where {' and '.join(said)}."


def differences_sentences(found: Differences | None) -> list[str]:
    """Where the two sides of a refuted claim differ.

    >>> from symconv import integers
    >>> n, u = integers("n u")
    >>> ends = Or(Eq(u, 0), Eq(u, n - 1))
    >>> differences_sentences(Differences(sympy.false, ends, (u,), (n,)))
    ['Only the first output and the last output differ.']
    """
    if found is None:
        return []
    several = len(found.shape) != 1
    size = "shape" if several else "length"
    sentences = []
    if found.lengths == sympy.true:
        return [f"The two outputs never have the same {size}."]
    if found.lengths != sympy.false:
        text = plain(found.lengths)
        sentences.append(
            f"The outputs differ in {size} exactly when {text}."
            if len(text) <= LONGEST_CONDITION_SHOWN
            else f"The outputs differ in {size} under a long condition; see `differences.lengths`."
        )
    alike = "Where they have one shape, " if several else "Where they are equally long, "
    where = "" if found.lengths == sympy.false else alike
    if several and found.entries not in (sympy.true, sympy.false):
        sentences.append(where + _several_axes(found))
    elif found.entries == sympy.true:
        sentences.append(f"{where}every output differs, if any does.")
    elif found.entries == sympy.false:
        sentences.append(f"{where}they are equal.")
    elif not all(case.has(found.index) for case in _listed(found)):
        text = plain(found.entries)
        if len(text) > LONGEST_CONDITION_SHOWN:
            text = "`differences.entries` holds"
        sentences.append(
            f"{where}if any output differs, output {found.index} does exactly when {text}."
        )
    else:
        texts = sorted((_outputs(case, found) for case in _listed(found)), key=_rank)
        joined = " and ".join(texts)
        if len(joined) > LONGEST_CONDITION_SHOWN:
            joined = "outputs under a long condition, `differences.entries`,"
        verb = "differs" if len(texts) == 1 and joined.endswith(" output") else "differ"
        sentences.append(f"{where}only {joined} {verb}.")
    return [s[0].upper() + s[1:] for s in sentences]


def _several_axes(found: Differences) -> str:
    """Which outputs of several axes differ."""
    index = f"[{', '.join(map(plain, found.indices))}]"
    text = plain(found.entries)
    if len(text) > LONGEST_CONDITION_SHOWN:
        text = "`differences.entries`"
    cases = found.entries.args if isinstance(found.entries, Or) else (found.entries,)
    if not all(case.has(*found.indices) for case in cases):
        return f"if any output differs, output {index} does exactly when {text}."
    if all(_is_border(case, found) for case in cases):
        return f"only the outputs at the border differ, {index} with {text}."
    return f"only the outputs {index} with {text} differ."


def _is_border(case: Boolean, found: Differences) -> bool:
    """Whether a case is about the first or the last outputs along one axis.

    So many of them, whatever the size is.
    """
    for u, size in zip(found.indices, found.shape, strict=True):
        if not isinstance(case, Eq | Le | Ge) or case.lhs != u or case.rhs.has(*found.indices):
            continue
        behind = sympy.expand(_without_max(size) - case.rhs)
        if isinstance(case, Eq):
            return bool(case.rhs == 0 or behind == 1)
        width = case.rhs if isinstance(case, Le) else behind
        return not width.free_symbols & size.free_symbols
    return False


def _listed(found: Differences) -> list[Boolean]:
    """The alternatives, with u = 3 and u = 5 as one of them; u = 0 is the first output."""
    cases = found.entries.args if isinstance(found.entries, Or) else (found.entries,)
    numbers = [
        case
        for case in cases
        if isinstance(case, Eq) and case.lhs == found.index and case.rhs.is_Integer and case.rhs > 0
    ]
    rest = [case for case in cases if case not in numbers]
    return [*rest, Or(*numbers)] if numbers else rest


def _rank(text: str) -> tuple[int, int, str]:
    first, last = text.startswith("the first"), text.startswith("the last")
    return (0 if first else 2 if last else 1, len(text), text)


def _outputs(case: Boolean, found: Differences) -> str:
    """One alternative in words, where it is a beginning or an end of the output."""
    u, length = found.index, _without_max(found.length)
    match case:
        case Eq() if case.lhs == u and case.rhs == 0:
            return "the first output"
        case Eq() if case.lhs == u and sympy.expand(length - 1 - case.rhs) == 0:
            return "the last output"
        case Le() if case.lhs == u and not case.rhs.has(u):
            return f"the first {_amount(case.rhs + 1)} outputs"
        case Ge() if case.lhs == u and not case.rhs.has(u):
            rest = sympy.expand(length - case.rhs)
            if not rest.has(sympy.floor, Max):
                return f"the last {_amount(rest)} outputs"
    text = plain(case)
    return f"the outputs {u} with {text}"


def _amount(number: Expr) -> str:
    text = plain(number)
    return text if number.is_Atom else f"({text})"


def _without_max(length: Expr) -> Expr:
    if isinstance(length, Max) and len(length.args) == 2 and 0 in length.args:
        return next(a for a in length.args if a != 0)
    return length

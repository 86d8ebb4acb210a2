"""Unknown amounts: which padding, stride or dilation makes both sides of a claim equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic import limits
from symconv.arithmetic.from_sympy import is_at_least, scaled_polynomial
from symconv.arithmetic.symbols import Sign, sign_of
from symconv.decision.claims import Claim
from symconv.decision.conditions import as_condition, require_for_all, why_no_symbol
from symconv.decision.difference_sets import signs
from symconv.decision.prove import bounded
from symconv.decision.solving.amounts.sets import AmountSets, Left, Numbers, amount_sets
from symconv.decision.solving.amounts.values import AmountValues, serve_always
from symconv.decision.solving.inputs import sizes_of_inputs
from symconv.decision.wording import taps_sentence
from symconv.errors import SymconvError, Undecided, as_given
from symconv.language.assignments import allows, spell, whole
from symconv.language.graph import has_opaque, in_kernels, leaves
from symconv.language.notation import plain
from symconv.language.telling import Told

__all__ = ["Amounts", "solve_amounts"]


@dataclass(frozen=True, slots=True)
class Amounts(Told):
    """For which amounts a claim holds for all lengths; see `solve_amounts`.

    Attributes:
        claim: the claim.
        unknowns: the symbols that were asked for.
        for_all: the symbols for all of whose values the claim shall hold.
        condition: exactly the amounts that serve: a condition on the unknowns, and on the
            symbols that are neither unknown nor in `for_all`.  Hypotheses on these others are
            not repeated in it.
        exists: for which values of these others there are such amounts.
        allowed: the amounts with which the hypotheses allow any lengths; of others, nothing is
            asked.
        values: each unknown that the others determine, as a formula in them.
        is_unique: whether never more than one choice serves, among the numbers that were tried
            where there are such; None where none serves, or where numbers may be missing.
        tried: the numbers that were put in one by one, for symbols that stand in products, or
            for which a range was given.  The answer is about these numbers only.
        is_complete: whether the hypotheses leave nothing beyond these numbers.
        left: the numbers among them for which there is no answer, and why.  Of amounts with
            these, the conditions say nothing.
    """

    claim: Claim
    unknowns: tuple[Symbol, ...]
    for_all: tuple[Symbol, ...]
    condition: Boolean
    exists: Boolean
    allowed: Boolean
    values: Mapping[Symbol, Expr]
    is_unique: bool | None
    tried: Numbers
    is_complete: bool
    left: tuple[Left, ...] = field(default=())
    kind: str = "some"
    """Whether "all" amounts that the hypotheses allow serve, "some" or "none"."""
    beyond: Boolean | None = None
    """Where numbers were tried for symbols that are not unknown, a condition under which the
    `values` are proved to serve for all numbers, and not for these alone, wherever they are
    integers that the unknowns may be; None where there is no such proof.  That no other amounts
    serve is known for the numbers that were tried."""

    @property
    def scope(self) -> str:
        """For what the answer holds: "all n", and which numbers were tried.

        >>> from symconv import integers
        >>> n, p = integers("n p", positive=True)
        >>> solve_amounts(Claim(2 * n, n + p), p, for_all=[], among={n: range(1, 4)}).scope
        'n from 1 to 3'
        """
        parts = [f"all {', '.join(map(str, free))}"] if (free := self._free) else []
        parts += [_range(symbol, numbers) for symbol, numbers in self.tried.items()]
        return ", ".join(parts) or "these numbers"

    @property
    def _free(self) -> tuple[Symbol, ...]:
        return tuple(symbol for symbol in self.for_all if symbol not in self.tried)

    def __bool__(self) -> bool:
        """Whether some amounts serve."""
        return self.kind != "none"

    def record(self) -> dict[str, Any]:
        """The answer for scripts: numbers, lists and texts, as JSON holds them."""
        return {
            "claim": str(self.claim),
            "unknowns": [s.name for s in self.unknowns],
            "for_all": [s.name for s in self.for_all],
            "kind": self.kind,
            "condition": str(self.condition),
            "exists": str(self.exists),
            "allowed": str(self.allowed),
            "values": {s.name: str(value) for s, value in self.values.items()},
            "is_unique": self.is_unique,
            "tried": {s.name: list(numbers) for s, numbers in self.tried.items()},
            "is_complete": self.is_complete,
            "scope": self.scope,
            "beyond": None if self.beyond is None else str(self.beyond),
            "left": [
                {
                    "at": {s.name: value for s, value in one.at.items()},
                    "is_defined": one.is_defined,
                    "reason": one.reason,
                }
                for one in self.left
            ],
        }

    def __str__(self) -> str:
        is_open = any(one.is_defined for one in self.left)
        said = ["as far as it is decided"] * is_open + [self._which()]
        if self._free:
            said.append(f"for all {', '.join(map(str, self._free))}")
        given = [plain(one) for one in self.claim.conditions]
        given += [taps_sentence(one) for one in self.claim.about_taps]
        if given:
            said.append(f"given {' and '.join(given)}")
        others = {s: n for s, n in self.tried.items() if s not in self._told_apart}
        if others:
            said.append(f"tried for {', '.join(_range(s, n) for s, n in others.items())}")
        return "\n".join([", ".join(said), *self._about_the_rest()])

    @property
    def _told_apart(self) -> tuple[Symbol, ...]:
        """The one unknown, if all that is tried are numbers for it."""
        return self.unknowns if len(self.unknowns) == 1 and self.unknowns[0] in self.tried else ()

    def _which(self) -> str:
        """The first words of the answer."""
        of = "".join(f", of {_of_range(self.tried[s])}" for s in self._told_apart)
        if self.kind == "none":
            return f"no such amount{'s' * (len(self.unknowns) > 1)}{of}"
        if self.kind == "all":
            where = "" if self.allowed == sympy.true or of else f" with {_shown(self.allowed)}"
            every = ", ".join(map(str, self.unknowns))
            return f"all {every}{where}{of}"
        if self.values.keys() == set(self.unknowns):
            listed = " and ".join(f"{s} = {plain(value)}" for s, value in self.values.items())
            where = "" if self.exists == sympy.true else f" where {_shown(self.exists)}"
            return f"{'only' if of else 'exactly'} {listed}{where}{of}"
        return f"{'only' if of else 'exactly for'} {_shown(self.condition)}{of}"

    def _about_the_rest(self) -> list[str]:
        lines = []
        is_told = self.exists in (sympy.true, self.condition)
        if self.kind == "some" and self.values.keys() != set(self.unknowns) and not is_told:
            lines.append(f"There are such amounts exactly where {_shown(self.exists)}.")
        lines += self._in_general()
        for is_defined, said in ((True, "decided"), (False, "defined")):
            found = [one for one in self.left if one.is_defined is is_defined]
            if found:
                shown = found[: limits.MOST_LEFT_SHOWN]
                where = " or ".join(spell(one.at) for one in shown)
                more = f" and {len(found) - len(shown)} more" * (len(found) > len(shown))
                lines.append(f"Not {said} for {where}{more}: {found[0].reason}.")
        return lines

    def _in_general(self) -> list[str]:
        """That the values serve for all numbers of symbols for which some were tried."""
        if self.beyond is None:
            return []
        symbols = [s for s in self.tried if s not in self.unknowns]
        listed = " and ".join(f"{s} = {plain(value)}" for s, value in self.values.items())
        loose = [s for s, value in self.values.items() if not _is_always(s, value)]
        may = f", where {' and '.join(map(str, loose))} may be that," if loose else ""
        where = "" if self.beyond == sympy.true else f" where {_shown(self.beyond)}"
        every = ", ".join(map(str, symbols))
        return [f"That {listed} serves{may} is proved for all {every}{where}."]

    def _repr_html_(self) -> str:
        return escape(str(self)).replace("\n", "<br>")


def solve_amounts(
    claim: Claim,
    *unknowns: Symbol,
    for_all: Sequence[Symbol] | None = None,
    among: Mapping[Symbol, Iterable[int]] | None = None,
) -> Amounts:
    """For which amounts, as paddings, strides or dilations, a claim holds for all lengths.

    The answer is exact: with these amounts the claim holds for all values of the symbols in
    `for_all` that the hypotheses allow, and with any others it fails for some.  Amounts with
    which the hypotheses allow no lengths at all are not among them.

    Where symbols are multiplied, as by a stride, numbers are put in for some of them, one after
    the other, and each is decided for all lengths; which, the answer says in `tried`.

    Args:
        claim: the claim; of two tensors, of lengths such as `Claim(y.length, n / 4)`, or of
            conditions.
        unknowns: the symbols that are asked for; those in `among` unless given.
        for_all: the symbols for all of whose values the claim shall hold.  Unless given, they
            are those in the shapes of the inputs: of the named tensors that are no kernels, less
            what stands in shapes of kernels, and less the unknowns.  A claim about lengths names
            no tensors, and needs the list.
        among: numbers for some symbols, such as {s: range(1, 9)}, which are tried one by one.

    >>> from sympy import Eq, Mod
    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> l, r, p, q, P = integers("l r p q P", nonnegative=True)
    >>> x, k, h = Signal("x", n), Signal("k", c), Signal("h", c)
    >>> y = x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2)
    >>> found = solve_amounts(Claim(y.length, n / 4, given=Eq(Mod(n, 4), 0)), l, r, for_all=[n])
    >>> print(found)
    exactly for 3c − 6 ≤ l + r ≤ 3c − 3, for all n, given n mod 4 = 0
    >>> found.condition
    (l + r >= 3*c - 6) & (l + r <= 3*c - 3)

    >>> padded = x.pad(p, p).correlate(k).pad(q, q).correlate(h)
    >>> found = solve_amounts(Claim(padded, x.pad(P, P).correlate(k.convolve(h))), P)
    >>> print(found)
    exactly P = p + q where q = 0 or c ≤ p + 1, for all n
    >>> found.values, found.exists
    ({P: p + q}, Eq(q, 0) | (c <= p + 1))

    >>> s = integers("s", positive=True)
    >>> both = x.correlate(k, stride=2).correlate(h, stride=2)
    >>> one = Claim(both, x.correlate(k.convolve(h.dilate(2)), stride=s))
    >>> print(solve_amounts(one, s, among={s: range(1, 9)}))
    only s = 4, of 1 to 8, for all n

    Raises:
        SymconvError: an unknown is no symbol of the claim, there is no telling what the lengths
            are, or the claim is not defined where the hypotheses allow it.
        Undecided: it is beyond what is decided.
    """
    if not isinstance(claim, Claim):
        raise SymconvError(
            f"solve_amounts takes a claim such as Claim(y.length, n), got {as_given(claim)}"
        )
    tried = _numbers(claim, among)
    unknowns = _unknowns(claim, unknowns or tuple(tried))
    lengths = _lengths(claim, unknowns, for_all)
    try:
        sets = amount_sets(claim, lengths, tried)
    except Undecided as reason:
        if has_opaque(*claim.signals):
            raise Undecided(
                f"{reason}; where there are functions or maxima, numbers for all symbols but "
                "those in for_all may help, as in among={s: range(1, 9)}"
            ) from None
        raise
    return _Answer(claim, unknowns, lengths, sets, frozenset(tried)).amounts()


# --- what was asked ------------------------------------------------------------------


def _unknowns(claim: Claim, symbols: Iterable[Any]) -> tuple[Symbol, ...]:
    found = tuple(symbols)
    if not found:
        raise SymconvError("say which amounts are unknown, as in solve_amounts(claim, p)")
    for symbol in found:
        if isinstance(symbol, list | tuple):
            listed = ", ".join(map(str, symbol)) or "p, q"
            raise SymconvError(
                "the unknowns are given one after the other, and not as a list: write "
                f"solve_amounts(claim, {listed})"
            )
        problem = why_no_symbol(claim, symbol)
        if problem:
            raise SymconvError(f"there is no unknown {as_given(symbol)}: {problem}")
    return tuple(dict.fromkeys(found))


def _numbers(claim: Claim, among: Any) -> Numbers:
    """The numbers that are asked for, without those that contradict the signs of symbols."""
    if among is None:
        return {}
    if not isinstance(among, Mapping):
        raise SymconvError(f"among={as_given(among)}: expected numbers such as {{s: range(1, 9)}}")
    result: dict[Symbol, tuple[int, ...]] = {}
    for symbol, numbers in among.items():
        problem = why_no_symbol(claim, symbol)
        if problem:
            raise SymconvError(f"among: {problem}")
        if not isinstance(numbers, Iterable) or isinstance(numbers, str):
            raise SymconvError(f"among: expected numbers for {symbol}, got {as_given(numbers)}")
        if isinstance(numbers, range) and len(numbers) > limits.MOST_STRIDES_DECIDED:
            raise SymconvError(
                f"among: at most {limits.MOST_STRIDES_DECIDED} numbers for {symbol} are decided, "
                f"and there are {len(numbers)}"
            )
        every = dict.fromkeys(whole(f"among: a number for {symbol}", one) for one in numbers)
        result[symbol] = tuple(sorted(number for number in every if allows(symbol, number)))
        if not result[symbol]:
            raise SymconvError(f"among: no number for {symbol} is one that its assumptions allow")
    return result


def _lengths(
    claim: Claim, unknowns: Sequence[Symbol], for_all: Sequence[Symbol] | None
) -> tuple[Symbol, ...]:
    """The symbols for all of whose values the claim shall hold."""
    if for_all is not None:
        require_for_all(claim, for_all)
        both = [symbol for symbol in for_all if symbol in unknowns]
        if both:
            raise SymconvError(f"{both[0]} is unknown, and in for_all too: it can be one of both")
        return tuple(dict.fromkeys(for_all))
    kernels = in_kernels(*claim.signals)
    inputs = [leaf for leaf in leaves(*claim.signals).values() if leaf not in kernels]
    rest = [symbol for symbol in claim.symbols if symbol not in unknowns]
    if rest and not inputs:  # a claim about lengths, which are numbers, names none
        raise SymconvError(
            "the claim names no input whose sizes could be all lengths: say for which "
            f"symbols it shall hold, as in for_all=[{rest[0]}], or for_all=[] for none"
        )
    sizes = sizes_of_inputs((t.lengths for t in inputs), (t.lengths for t in kernels))
    return tuple(symbol for symbol in rest if symbol.name in sizes)


# --- what is answered ----------------------------------------------------------------


class _Answer:
    """Reads the answer off from the sets.

    Args:
        claim: the claim.
        unknowns: what is asked for.
        for_all: the symbols for all of whose values it shall hold.
        found: the sets.
        asked: the symbols for which the numbers were given, and so are all that count.
    """

    def __init__(
        self,
        claim: Claim,
        unknowns: tuple[Symbol, ...],
        for_all: tuple[Symbol, ...],
        found: AmountSets,
        asked: frozenset[Symbol],
    ) -> None:
        self.claim = claim
        self.unknowns = unknowns
        self.for_all = for_all
        self.found = found
        self.sets = found.sets
        self._asked = asked
        self._names = [symbol.name for symbol in unknowns]

    def amounts(self) -> Amounts:
        """The answer."""
        found, sets = self.found, self.sets
        with bounded():
            with sets.within_budget():
                possible = sets.where(signs(self.unknowns))
                others = sets.exists(found.allowed, self._names)
                there = sets.exists(found.serving, self._names).coalesce()
                among = others.intersect(possible)
                is_none = found.serving.is_empty()
                is_open = any(one.is_defined for one in found.left)
                is_all = not is_open and found.serving.is_equal(found.allowed)
            alone = self._names if len(self._names) == 1 else ()
            condition = as_condition(self.claim, found.serving, among, sets, alone)
            allowed = condition
            if not is_all:
                allowed = as_condition(self.claim, found.allowed, among, sets, alone)
            exists = as_condition(self.claim, there, others, sets)
        values = {} if is_none else AmountValues(self.claim, self.unknowns, found).all()
        beyond = None
        known_too = found.tried.keys() - set(self.unknowns)
        if known_too and not found.is_complete and values.keys() == set(self.unknowns):
            beyond = serve_always(self.claim, values, exists)
        return Amounts(
            self.claim,
            self.unknowns,
            self.for_all,
            condition,
            exists,
            allowed,
            values,
            None if is_none else self._is_unique(),
            dict(found.tried),
            found.is_complete,
            found.left,
            "none" if is_none else "all" if is_all else "some",
            beyond,
        )

    def _is_unique(self) -> bool | None:
        with suppress(Undecided), bounded(), self.sets.within_budget():
            if not self.sets.has_at_most_one(self.found.serving, self._names):
                return False
            has_all = self.found.is_complete or self.found.tried.keys() <= self._asked
            is_open = any(one.is_defined for one in self.found.left)
            return True if has_all and not is_open else None
        return None


def _is_always(unknown: Symbol, value: Expr) -> bool:
    """Whether a value is plainly one that the unknown may be."""
    sign = sign_of(unknown)
    is_integer = scaled_polynomial(value)[1] == 1
    if sign == Sign():
        return is_integer
    return is_integer and sign.largest is None and is_at_least(value, 0 if sign.zero else 1)


# --- words ---------------------------------------------------------------------------


def _shown(condition: Boolean) -> str:
    text = plain(condition)
    return (
        text
        if len(text) <= limits.LONGEST_CONDITION_SHOWN
        else "a long condition (see `condition`)"
    )


def _range(symbol: Symbol, numbers: Sequence[int]) -> str:
    """Which numbers were tried for a symbol: s from 1 to 8."""
    is_range = len(numbers) > 1 and _are_in_a_row(numbers)
    return f"{symbol} from {_of_range(numbers)}" if is_range else f"{symbol} = {_of_range(numbers)}"


def _of_range(numbers: Sequence[int]) -> str:
    if len(numbers) > 1 and _are_in_a_row(numbers):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def _are_in_a_row(numbers: Sequence[int]) -> bool:
    return list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))

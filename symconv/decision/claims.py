"""Claims, and their instances at fixed sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeVar

import sympy
from sympy import Expr, Integer, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.from_sympy import always_divides, check_condition, scaled_polynomial
from symconv.arithmetic.unevaluated import Written, spelled_with
from symconv.arithmetic.work import allowed
from symconv.decision.verdicts import ALL_LENGTHS, ALL_SIZES, Verdict
from symconv.errors import SymconvError, Undecided, VacuousError, as_given
from symconv.language import fixed_size
from symconv.language.amounts import (
    check_numbers,
    lost_floor,
    parity_problem,
    simplified_around,
    undeclared,
)
from symconv.language.arrays import Array
from symconv.language.assignments import check_point, point, spell
from symconv.language.evaluation import holds_at, value_at
from symconv.language.functions import Function
from symconv.language.graph import check_names, has_opaque, requirements, walk
from symconv.language.length_symbols import lengths_in
from symconv.language.operators import Apply
from symconv.language.scalars import check_digits
from symconv.language.signals import SignalExpr, Tensor, as_numpy, substituted, with_lengths

if TYPE_CHECKING:
    from symconv.decision.taps import Standing  # of hypotheses, which are claims

__all__ = ["Claim", "Hypothesis", "Instance", "Side", "as_written", "specialised"]

Side: TypeAlias = SignalExpr | Expr | Boolean
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """The statement that two things are equal, for all lengths that satisfy the hypotheses.

    Args:
        lhs: a signal; or a SymPy expression in the lengths; or a SymPy condition on them.
        rhs: another one of the same sort.  Signals are equal when their lengths and all
            entries are, for every input over every commutative ring (every commutative
            ℚ-algebra where fractions occur, and the reals where maxima or functions do: a
            proof says it, in its `ring`); conditions are equal when they are equivalent.
        given: hypotheses: SymPy conditions on the lengths, and claims about taps, such as
            `w == w.flip()`, `b == 0*b` or `k == h`.  The assumptions of the symbols are
            hypotheses too.
        name: what the claim is called.
        about: further signals that the claim is about, which have to be defined too.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> print(Claim(x.convolve(k), k.convolve(x)).prove())
    proved for all lengths
    >>> print(Claim(x.correlate(k), x.convolve(k)).prove())
    refuted at c = 2, n = 1, k = [1, 1], x = [1]: the left side is [], the right side [1, 1]
    With entries, it fails first at c = 2, n = 2, k = [1, 1], x = [1, 1]: the left side is ...
    It holds exactly when c = 1.
    The outputs differ in length exactly when c ≥ 2.
    Where they are equally long, they are equal.
    >>> print(Claim(x.correlate(k), x.correlate(k.flip()), given=[n >= c, k == k.flip()]).prove())
    proved for all lengths

    Raises:
        SymconvError: the sides are of different sorts, names clash, or a hypothesis is
            neither a condition on lengths nor a claim about taps of a form that is read, or
            can never hold.
    """

    lhs: Side
    rhs: Side
    given: tuple[Hypothesis, ...] = field(default=())
    name: str | None = None
    about: tuple[SignalExpr, ...] = ()
    symbols: tuple[Symbol, ...] = field(init=False, repr=False)
    """The integer symbols of the claim and its hypotheses, by name."""
    named: Mapping[str, Tensor] = field(init=False, repr=False)
    """The named tensors of both sides, and of the hypotheses on taps."""
    standing: Standing = field(init=False, repr=False)
    """What stands for named tensors by the hypotheses on taps."""
    _free: Claim | None = field(init=False, repr=False)

    def __init__(
        self,
        lhs: Side | Written | int,
        rhs: Side | Written | int,
        given: Iterable[Hypothesis | Written] | Hypothesis | Written = (),
        name: str | None = None,
        about: Iterable[SignalExpr] = (),
    ) -> None:
        is_one = isinstance(given, Boolean | bool | Written | Claim)
        hypotheses: Any = (given,) if is_one else given
        if not isinstance(hypotheses, Iterable) or isinstance(
            hypotheses, str | Mapping | SignalExpr
        ):
            raise _no_hypothesis(given)
        with allowed():
            object.__setattr__(self, "lhs", _side(lhs, "left"))
            object.__setattr__(self, "rhs", _side(rhs, "right"))
            object.__setattr__(self, "given", tuple(map(_hypothesis, hypotheses)))
        object.__setattr__(self, "name", name)
        doubtful = (s for s in about if next(requirements(s), None) is not None)
        object.__setattr__(self, "about", tuple(dict.fromkeys(doubtful)))
        if _sort(self.lhs) != _sort(self.rhs):
            raise SymconvError(
                f"cannot compare {_sort(self.lhs)} with {_sort(self.rhs)}: {self.lhs} == {self.rhs}"
            )
        self._check_axes()
        free = [s for part in (*self.expressions, *self.conditions) for s in part.free_symbols]
        taps = [side for one in self.about_taps for side in one.signals]
        _, symbols = check_names((*self.signals, *taps, *self.mentioned, *self.about), free)
        object.__setattr__(self, "named", check_names((*self.signals, *taps), ())[0])
        self._check_functions(symbols)
        object.__setattr__(self, "symbols", tuple(symbols[name] for name in sorted(symbols)))
        self._free_from_taps()

    @property
    def functions(self) -> Mapping[str, Fraction | None]:
        """The functions in it of which nothing is known, by name, but for their values at 0."""
        every = (node.operator for node in walk(*self.signals))
        found = {o.function.name: o.function for o in every if isinstance(o, Apply)}
        return {name: found[name].at_zero for name in sorted(found) if found[name].meaning is None}

    def _free_from_taps(self) -> None:
        """Put what stands for named tensors into the sides."""
        from symconv.decision.taps import Standing, read_taps

        standing, free = Standing({}, ()), None
        if self.about_taps:
            with allowed():
                standing = read_taps(self.about_taps)
            left, right = (
                standing.put_in(side) if isinstance(side, SignalExpr) else Written(side)
                for side in (self.lhs, self.rhs)
            )
            defined = (*self.about, *map(standing.put_in, self.mentioned))
            conditions = map(Written, (*self.conditions, *standing.conditions))
            free = Claim(left, right, conditions, self.name, defined)
            # What is told of it is told of all that this claim names.
            object.__setattr__(free, "named", self.named)
            object.__setattr__(free, "symbols", self.symbols)
        object.__setattr__(self, "standing", standing)
        object.__setattr__(self, "_free", free)

    @property
    def free(self) -> Claim:
        """The claim without hypotheses on taps: what stands for tensors is put into its sides."""
        return self if self._free is None else self._free

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """The hypotheses on lengths."""
        return tuple(given for given in self.given if not isinstance(given, Claim))

    @property
    def about_taps(self) -> tuple[Claim, ...]:
        """The hypotheses on taps."""
        return tuple(given for given in self.given if isinstance(given, Claim))

    def _check_axes(self) -> None:
        """Refuse sides of which one has more axes than the other."""
        shapes = [side.lengths for side in self.signals]
        if len({len(shape) for shape in shapes}) > 1:
            raise SymconvError(
                f"cannot compare a tensor of {len(shapes[0])} axes with one of {len(shapes[1])}: "
                f"{self.lhs} == {self.rhs}"
            )

    def _check_functions(self, symbols: Mapping[str, Symbol]) -> None:
        """Refuse functions that are called like a tensor or a symbol, or two of one name."""
        functions: dict[str, Function] = {}
        for node in walk(*self.signals):
            if isinstance(node.operator, Apply) and node.operator.function.meaning is None:
                function = node.operator.function
                other = functions.setdefault(function.name, function)
                if function.name in {*self.named, *symbols}:
                    raise SymconvError(
                        f"{function.name!r} names both a function and something else; rename one"
                    )
                if other.at_zero != function.at_zero:
                    raise SymconvError(
                        f"two functions are named {function.name!r}, with different values at 0"
                    )

    @property
    def measures(self) -> str:
        """What it is about: "lengths", or "sizes" where there are several axes."""
        return "sizes" if self.has_several_axes else "lengths"

    @property
    def full_scope(self) -> str:
        """The scope of a proof that leaves nothing out."""
        return ALL_SIZES if self.has_several_axes else ALL_LENGTHS

    @property
    def has_several_axes(self) -> bool:
        """Whether the claim is about tensors, so that it has sizes rather than lengths."""
        tensors = (*self.signals, *self.named.values())
        return any(tensor.ndim != 1 for tensor in tensors)

    @property
    def signals(self) -> tuple[SignalExpr, ...]:
        """The two sides, if they are signals."""
        return tuple(side for side in (self.lhs, self.rhs) if isinstance(side, SignalExpr))

    @property
    def mentioned(self) -> tuple[SignalExpr, ...]:
        """The signals whose lengths stand in the sides or in the hypotheses, or that these equate.

        Only those that are not defined for all values of their symbols.
        """
        parts = (*self.expressions, *self.conditions)
        signals = dict.fromkeys(
            s for part in parts for one in lengths_in(part) for s in one.signals
        )
        signals |= dict.fromkeys(side for one in self.about_taps for side in one.signals)
        return tuple(s for s in signals if next(requirements(s), None) is not None)

    @property
    def expressions(self) -> tuple[Expr | Boolean, ...]:
        """The two sides, if they are expressions or conditions in the lengths."""
        return tuple(side for side in (self.lhs, self.rhs) if not isinstance(side, SignalExpr))

    @property
    def is_condition(self) -> bool:
        """Whether the claim says that two conditions are equivalent."""
        return _is_condition(self.lhs)

    def prove(self) -> Verdict:
        """Decide the claim for all lengths at once; deterministic, and within a fixed budget.

        Raises:
            SymconvError: the hypotheses cannot hold together, or an operator is not
                defined at some of the lengths (an empty kernel, say).
        """
        from symconv.decision.prove import prove

        return prove(self)

    def condition(self, *, for_all: Sequence[Symbol] = ()) -> Boolean:
        """Exactly the lengths at which the claim holds, among those the hypotheses allow.

        Args:
            for_all: symbols to quantify away: the condition then says when the claim
                holds for every value of these.

        >>> from symconv import integers
        >>> n = integers("n", positive=True)
        >>> Claim((n + 1) // 2, n / 2).condition()
        Eq(Mod(n, 2), 0)

        Raises:
            Undecided: the condition cannot be computed.
        """
        from symconv.decision.conditions import condition

        return condition(self, for_all)

    def specialised(self, values: Mapping[Symbol, SupportsIndex]) -> Claim:
        """The claim with some of its integer symbols replaced by numbers.

        Raises:
            SymconvError: a hypothesis or the sign of a length is false there.
        """
        numbers = {symbol: int(value) for symbol, value in values.items()}
        check_point(numbers)
        left, right = (
            substituted(side, numbers)
            if isinstance(side, SignalExpr)
            else specialised(side, numbers)
            for side in (self.lhs, self.rhs)
        )
        given = [
            one.specialised(numbers) if isinstance(one, Claim) else specialised(one, numbers)
            for one in self.given
        ]
        about = [substituted(signal, numbers) for signal in self.about]
        return Claim(as_written(left), as_written(right), map(as_written, given), self.name, about)

    def contradicted(self, at: Mapping[Symbol, int]) -> Boolean | None:
        """The first hypothesis that does not hold at the given values, if there is one.

        Those about the lengths of signals come last: others may say that these are defined.
        """
        ordered = sorted(self.free.conditions, key=lambda given: bool(lengths_in(given)))
        return next((given for given in ordered if not holds_at(given, at)), None)

    def at(self, /, **lengths: SupportsIndex) -> Instance:
        """The claim at fixed lengths.

        Raises:
            SymconvError: a name is unknown or missing, or the lengths contradict the
                assumptions or the hypotheses.
        """
        at = point(self.symbols, lengths)
        hypothesis = self.contradicted(at)
        if hypothesis is not None:
            raise SymconvError(f"{spell(at)} contradicts the hypothesis {hypothesis}")
        fixed_size.check_defined((*self.mentioned, *self.about), at)
        return Instance(self, at)

    def __reduce__(self) -> tuple[Any, ...]:
        # What is derived is derived again; expressions stay as they are, and are not simplified.
        left, right = map(as_written, self._sides())
        given = list(map(as_written, self.given))
        return Claim, (left, right, given, self.name, self.about)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claim) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[Any, ...]:
        sides = (_Same(side) if isinstance(side, SignalExpr) else side for side in self._sides())
        return (*sides, self.given, self.name, tuple(map(_Same, self.about)))

    def _sides(self) -> tuple[Side, Side]:
        return self.lhs, self.rhs

    def __bool__(self) -> bool:
        raise SymconvError(
            f"{self} is a claim, which is not true or false before it is decided: write "
            "Claim(x, y).prove() for signals x and y, or (x == y).prove(); whether two signals "
            "are built alike, x is y says"
        )

    def __str__(self) -> str:
        from symconv.language.notation import as_typed

        sign = "<=>" if self.is_condition else "=="
        given = (str(h) if isinstance(h, Claim) else as_typed(h) for h in self.given)
        hypotheses = f" given {', '.join(given)}" if self.given else ""
        return f"{as_typed(self.lhs)} {sign} {as_typed(self.rhs)}{hypotheses}"

    def __repr__(self) -> str:
        return f"<claim: {self}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self._latex()}$"

    def _latex(self) -> str:
        from symconv.language.notation import latex

        sign = r"\iff" if self.is_condition else "="
        said = (h._latex() if isinstance(h, Claim) else latex(h) for h in self.given)
        hypotheses = "".join(rf",\quad {one}" for one in said)
        return f"{latex(self.lhs)} {sign} {latex(self.rhs)}{hypotheses}"


Hypothesis: TypeAlias = Boolean | Claim
"""What may be assumed: a condition on sizes, or a claim about taps."""


class _Same:
    """A signal, equal to itself: between signals, == makes a claim."""

    __slots__ = ("signal",)

    def __init__(self, signal: SignalExpr) -> None:
        self.signal = signal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.signal is other.signal

    def __hash__(self) -> int:
        return hash(self.signal)


def as_written(part: _Part) -> _Part | Written:
    """A side or a hypothesis for another claim: expressions and conditions stay as they are."""
    return part if isinstance(part, SignalExpr | Claim) else Written(part)


def specialised(part: Any, values: Mapping[Symbol, int]) -> Any:
    """An expression or condition with symbols replaced by numbers, and not simplified."""
    known = {symbol: Integer(value) for symbol, value in values.items()}
    return spelled_with(with_lengths(part, values), known)


class Instance:
    """A claim at fixed sizes, whose entries are symbols.

    Attributes:
        claim: the claim.
        lengths: the values of its integer symbols, by name.
    """

    def __init__(self, claim: Claim, at: Mapping[Symbol, int]) -> None:
        self.claim = claim
        self.lengths = {symbol.name: int(value) for symbol, value in at.items()}
        self._at = at

    @cached_property
    def lhs(self) -> Any:
        """The left side: its entries, not expanded; or its value.

        The entries are in a list, and those of several axes in a NumPy array.
        """
        return self._read(self.claim.free.lhs)

    @cached_property
    def rhs(self) -> Any:
        """The right side, likewise."""
        return self._read(self.claim.free.rhs)

    @property
    def difference(self) -> Any:
        """Lhs − rhs, entry by entry, not expanded: there may be something left to simplify.

        A list, and a NumPy array where there are several axes.

        Raises:
            SymconvError: the sides differ in length, or the claim is about conditions.
        """
        if self.claim.signals and self.claim.signals[0].ndim != 1:
            if self.lhs.shape != self.rhs.shape:
                raise SymconvError(
                    f"the sides have the shapes {self.lhs.shape} and {self.rhs.shape} at {self}: "
                    "no difference"
                )
            return self.lhs - self.rhs
        left, right = ([side] if isinstance(side, Expr) else side for side in (self.lhs, self.rhs))
        if isinstance(left, bool):
            raise SymconvError(f"a claim about conditions has no difference: {self.claim}")
        if len(left) != len(right):
            raise SymconvError(
                f"the sides have {len(left)} and {len(right)} entries at {self}: no difference"
            )
        return [a - b for a, b in zip(left, right, strict=True)]

    @property
    def simplified(self) -> Any:
        """Each entry of the difference through `sympy.simplify`; all 0 where the claim holds."""
        difference = self.difference
        if isinstance(difference, list):
            return [sympy.simplify(entry) for entry in difference]
        simple = [sympy.simplify(entry) for entry in difference.reshape(-1)]
        return as_numpy(Array(difference.shape, simple))

    @property
    def holds(self) -> bool:
        """Whether the claim holds at these lengths, by expanding both sides as polynomials.

        Raises:
            Undecided: there are functions or maxima in it, so that they are none.
        """
        if not self.claim.signals:
            return bool(self.lhs == self.rhs)
        if has_opaque(*self.claim.signals):
            raise Undecided(f"the sides of {self.claim} are no polynomials; prove() decides it")
        sides = self.claim.free.signals
        (left, right), _ = fixed_size.polynomials(sides, self.claim.named, self._at)
        return left == right

    def _read(self, side: Side) -> Any:
        if isinstance(side, SignalExpr):
            symbols = fixed_size.symbol_arrays(self.claim.named, self._at)
            read = fixed_size.array(side, symbols, self._at, sympy.S.Zero)
            return read.entries if side.ndim == 1 else as_numpy(read)
        if self.claim.is_condition:
            return holds_at(side, self._at)
        value = value_at(side, self._at)
        return Rational(value.numerator, value.denominator)

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.lengths.items())

    def __repr__(self) -> str:
        return f"<instance of {self.claim.name or self.claim} at {self}>"


def _side(side: Side | Written | int, which: str) -> Side:
    if isinstance(side, Written):
        return _side_as_written(side.part, which)
    if isinstance(side, Expr | Boolean):
        _check_left_alone(side)
    return _side_as_written(side, which)


def _side_as_written(side: Side | int, which: str) -> Side:
    if isinstance(side, bool):
        return sympy.true if side else sympy.false
    if isinstance(side, int):
        check_digits(side)
        return Integer(side)
    if isinstance(side, SignalExpr):
        return side
    if isinstance(side, Expr):
        _check_integers(side)
        _check_floors(side)
        return side
    if isinstance(side, Boolean):
        _check_condition(side)
        return side
    raise SymconvError(
        f"the {which} side of a claim must be a signal, or an expression or a condition "
        f"in lengths, got {as_given(side)}"
    )


def _hypothesis(condition: object) -> Hypothesis:
    if isinstance(condition, Claim):
        if condition.signals and not condition.given:
            return condition
        raise SymconvError(
            f"the hypothesis {condition} is a claim about lengths, or has hypotheses itself: "
            "write a condition such as Eq(n, 3), and list all hypotheses of the claim together"
        )
    if isinstance(condition, Written):
        condition = condition.part
    elif isinstance(condition, Boolean):
        _check_left_alone(condition)
    if condition is True or condition is sympy.true:
        return sympy.true
    if condition is False or condition is sympy.false:
        raise VacuousError(
            "a hypothesis is false under the assumptions of its symbols, so the claim says nothing"
        )
    if not _is_condition(condition):
        raise _no_hypothesis(condition)
    _check_condition(condition)
    return condition


def _check_left_alone(part: Expr | Boolean) -> None:
    problem = simplified_around(part)
    if problem:
        raise SymconvError(f"in {part}, {problem}")


def _check_floors(side: Expr) -> None:
    """Refuse what SymPy takes for an integer and is none: it then has dropped a floor."""
    polynomial, denominator = scaled_polynomial(side)
    if denominator != 1 and side.is_integer and not always_divides(denominator, polynomial):
        raise SymconvError(
            f"SymPy takes {side} for an integer, and it is not always one{lost_floor(side)}"
        )


def _check_condition(condition: Boolean) -> None:
    _check_integers(condition)
    check_condition(condition)
    for relation in condition.atoms(Relational):
        for side in relation.args:
            _check_floors(side)


def _no_hypothesis(thing: object) -> SymconvError:
    return SymconvError(
        "a hypothesis must be a condition such as n >= c or Eq(Mod(n, 4), 0), or a claim about "
        f"taps such as w == w.flip(), got {as_given(thing)}"
    )


def _check_integers(expression: Expr | Boolean) -> None:
    check_numbers(expression)
    loose = undeclared(expression)
    if loose:
        raise SymconvError(
            f"{', '.join(loose)} in {expression} is not declared an integer: use "
            f"integers({' '.join(loose)!r}), of symconv"
        )
    declared = parity_problem(expression)
    if declared:
        raise SymconvError(f"in {expression}, {declared}")


def _sort(side: Side) -> str:
    if isinstance(side, SignalExpr):
        return "a signal"
    return "a condition" if _is_condition(side) else "a length"


def _is_condition(thing: object) -> bool:
    """Whether it is a SymPy condition; a symbol is not, though SymPy lets it stand for one."""
    return isinstance(thing, Boolean) and not isinstance(thing, Expr)

"""Integer sets with the lengths as parameters, decided exactly by the library isl.

Only this module, `symconv.arithmetic.conditions_of_sets`, `symconv.arithmetic.values_of_sets` and
`symconv.arithmetic.counting` know islpy.  A set's coordinates are indices, known by their
numbers; its parameters are the integer symbols of a claim.

References:
    S. Verdoolaege, *isl: An Integer Set Library for the Polyhedral Model*, ICMS 2010.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

import islpy as isl
from islpy import dim_type

from symconv.arithmetic.limits import (
    ATTEMPT_OPERATIONS,
    FEWEST_OPERATIONS,
    MOST_PIECES,
    OPERATIONS_PER_STEP,
    STEPS_PER_PIECE,
)
from symconv.arithmetic.polynomials import (
    Atom,
    Conjunction,
    Floor,
    Guard,
    Guarded,
    Polynomial,
    Relation,
)
from symconv.arithmetic.work import WorkUsedUpError, left, spend
from symconv.errors import NonlinearError, Undecided

__all__ = ["IntegerSets", "Set", "as_integer"]

Set = isl.Set

_SCALE = tuple(250 * 2**i for i in range(14))  # by which the operations of a block are measured


def as_integer(value: isl.Val) -> int:
    """The value of an isl number, which has to be an integer.

    Raises:
        isl.Error: the operations are used up; islpy by itself would go on with nothing.
    """
    text = value.to_str()
    if text is None:
        raise isl.Error("a number was asked for: maximal number of operations exceeded")
    return int(text)


class _Operations:
    """isl's context, and the blocks within which its operations are bounded.

    There is one for each thread, because contexts that are given up leave memory behind.
    What a decision still leaves is not isl's: each object that islpy hands out keeps 32 bytes
    for good (see tests/benchmarks/bench_memory.py), and a decision takes some hundred of them.

    Attributes:
        context: where all sets live.
    """

    def __init__(self) -> None:
        self.context = isl.Context()
        self._limits: list[int] = []  # of the blocks within which we are
        # A set about which something can be asked in a few operations.
        self._probe = isl.BasicSet.universe(isl.Space.set_alloc(self.context, 0, 1))

    @contextmanager
    def within(self, wanted: int) -> Iterator[None]:
        """Bounds the isl operations in a block; see `IntegerSets.within_budget`."""
        before = self._used() if self._limits else 0
        spend(1)  # so that there is something left
        affordable = (left() + 1) * OPERATIONS_PER_STEP  # to isl, 0 is no limit
        limit = min(wanted, affordable)
        if self._limits:
            limit = min(limit, max(self._limits[-1] - before, FEWEST_OPERATIONS))
        self._limits.append(limit)
        self._begin(limit)
        used = 0
        try:
            yield
            used = self._used()
        except isl.Error as error:
            # Out of budget in the middle of something, isl may report a consequence of it.
            used = self._used()
            if "maximal number of operations exceeded" not in str(error):
                raise Undecided(f"isl gave up: {error}") from error
            if limit == affordable:
                spend(used // OPERATIONS_PER_STEP + left())
            raise Undecided(f"the budget of {limit} isl operations was used up") from None
        except BaseException:
            used = self._used()
            raise
        finally:
            self._limits.pop()
            if self._limits:
                self._limits[-1] = max(self._limits[-1] - before - used, FEWEST_OPERATIONS)
            self._begin(self._limits[-1] if self._limits else 0)
            spend(used // OPERATIONS_PER_STEP)

    def _begin(self, limit: int) -> None:
        self.context.reset_operations()
        self.context.set_max_operations(limit)

    def _used(self) -> int:
        """About how many operations isl has counted since the last reset: at least so many.

        isl does not tell, but it refuses to go on beyond a limit.
        """
        for limit in _SCALE:
            self.context.set_max_operations(limit)
            with suppress(isl.Error):
                self._probe.sample_point()
                return int(limit)
        return int(_SCALE[-1])


class _Thread(threading.local):
    def __init__(self) -> None:
        self.operations = _Operations()


_thread = _Thread()


class IntegerSets:
    """The integer sets of one decision, which share the parameters and a budget.

    Args:
        parameters: the names of the integer symbols.
        budget: how many isl operations the decision may take; deterministic.

    isl's contexts know no threads: sets are for the thread in which they were made, or for
    another one after it.
    """

    def __init__(self, parameters: Sequence[str], budget: int) -> None:
        self.parameters = tuple(sorted(parameters))
        self.budget = budget
        self._operations = _thread.operations
        self._context = self._operations.context
        space = isl.Space.set_alloc(self._context, len(self.parameters), 0)
        for i in range(len(self.parameters)):
            space = space.set_dim_name(dim_type.param, i, f"p{i}")
        self._parameter_space = space

    def within_budget(self, budget: int | None = None) -> AbstractContextManager[None]:
        """Bounds the isl operations in a block; `Undecided` is raised when they are used up.

        A block within a block takes from what is left of the outer one, and all of them from
        the work that is allowed.

        Args:
            budget: how many operations the block may take; those of the decision unless given.
        """
        return self._operations.within(self.budget if budget is None else budget)

    def attempt(self, question: Callable[[], bool]) -> bool:
        """The answer to a question, False if it takes too long."""
        try:
            with self.within_budget(ATTEMPT_OPERATIONS):
                return question()
        except (NonlinearError, WorkUsedUpError):
            raise
        except Undecided:
            return False

    def with_indices(self, names: Sequence[str]) -> IntegerSets:
        """The same with more parameters, to which `indices_as_parameters` moves indices.

        Their names have to sort after those of the parameters, in their order.
        """
        return IntegerSets([*self.parameters, *names], self.budget)

    def indices_as_parameters(self, set_: Set, count: int) -> Set:
        """The set with its first coordinates as parameters, and the others forgotten."""
        width, size = set_.dim(dim_type.set), len(self.parameters)
        set_ = set_.project_out(dim_type.set, count, width - count)
        set_ = set_.move_dims(dim_type.param, size, dim_type.set, 0, count)
        for i in range(size, size + count):
            set_ = set_.set_dim_name(dim_type.param, i, f"p{i}")
        return set_.params()

    def where(self, cases: Sequence[Conjunction]) -> Set:
        """The parameters for which one of the cases holds."""
        result = Set.empty(self._space(0).params())
        for guards in cases:
            result = result | self.points((), guards).params()
        return result

    def points(
        self, coordinates: Sequence[int], guards: Conjunction, hidden: Sequence[int] = ()
    ) -> Set:
        """The coordinates for which some values of the hidden indices fulfil the guards.

        Raises:
            Undecided: a guard holds a product of two symbols or indices.
        """
        dimensions = {number: i for i, number in enumerate((*coordinates, *hidden))}
        frame = _Frame(self._context, self._space(len(dimensions)), self.parameters, dimensions)
        return frame.set(guards).project_out(dim_type.set, len(coordinates), len(hidden))

    def value(self, polynomial: Polynomial) -> int | isl.PwQPolynomial:
        """A polynomial in the parameters, as isl has it where it is no number."""
        number = polynomial.as_integer()
        if number is not None:
            return number
        frame = _Frame(self._context, self._space(0).params(), self.parameters, {})
        return frame.quasipolynomial(polynomial)

    def nothing(self, width: int) -> Set:
        """The empty set of points with so many coordinates."""
        return Set.empty(self._space(width))

    def shown(self, set_: Set, width: int) -> Set:
        """The set without the coordinates from `width` on, which exist all the same."""
        return set_.project_out(dim_type.set, width, set_.dim(dim_type.set) - width)

    def in_order(self, set_: Set) -> Iterator[dict[str, int]]:
        """The parameters in the set, the smallest first: see `smallest`."""
        rest = set_ if set_.is_params() else set_.params()
        while not rest.is_empty():
            _, lengths, _ = self.smallest(rest)
            yield lengths
            point = tuple(
                Guard(Polynomial.of(name) - value, Relation.ZERO) for name, value in lengths.items()
            )
            rest = rest - self.where([point])

    def permuted(self, set_: Set, order: Sequence[int]) -> Set:
        """The set with its coordinates rearranged: new coordinate i is the old order[i]."""
        space = set_.get_space()
        local = isl.LocalSpace.from_space(space)
        axes = [isl.Aff.var_on_domain(local, dim_type.set, i) for i in order]
        images = isl.MultiAff.zero(space.map_from_set())
        for i, axis in enumerate(axes):
            images = images.set_aff(i, axis)
        return set_.apply(isl.Map.from_multi_aff(images))

    def smallest(self, set_: Set) -> tuple[tuple[int, ...], dict[str, int], tuple[int, ...]]:
        """The smallest point: its sort key, parameters, and coordinates.

        Smallest in the sum of the absolute values of the parameters, then in the
        parameters by name, then in the coordinates.
        """
        set_ = set_.from_params() if set_.is_params() else set_
        size = len(self.parameters)
        width = set_.dim(dim_type.set)
        # One of which nothing is said is 0; isl would try its signs, with those of all others.
        for i in range(size):
            if not set_.involves_dims(dim_type.param, i, 1):
                set_ = set_.fix_val(dim_type.param, i, 0)
        flat = set_.move_dims(dim_type.set, 0, dim_type.param, 0, size)
        flat = flat.insert_dims(dim_type.set, 0, 1).add_dims(dim_type.set, size)
        local = isl.LocalSpace.from_space(flat.get_space())
        magnitudes = range(1 + size + width, 1 + 2 * size + width)
        total = isl.Constraint.equality_alloc(local).set_coefficient_val(dim_type.set, 0, -1)
        for parameter, magnitude in enumerate(magnitudes, start=1):
            total = total.set_coefficient_val(dim_type.set, magnitude, 1)
            for sign in (1, -1):
                bound = isl.Constraint.inequality_alloc(local)
                bound = bound.set_coefficient_val(dim_type.set, magnitude, 1)
                flat = flat.add_constraint(bound.set_coefficient_val(dim_type.set, parameter, sign))
        point = flat.add_constraint(total).lexmin().sample_point()
        values = [
            as_integer(point.get_coordinate_val(dim_type.set, i)) for i in range(1 + size + width)
        ]
        chosen = dict(zip(self.parameters, values[1 : 1 + size], strict=True))
        return tuple(values), chosen, tuple(values[1 + size :])

    def range(self, set_: Set, name: str) -> tuple[int | None, int | None]:
        """The smallest and the largest value of a parameter in a set; None where there is none."""
        others = [other for other in self.parameters if other != name]
        line = self.as_coordinates(self.exists(set_, others), [name])
        ends = (line.dim_min_val(0), line.dim_max_val(0))
        low, high = (as_integer(end) if end.is_int() else None for end in ends)
        return low, high

    def for_all(self, condition: Set, among: Set, names: Sequence[str]) -> Set:
        """The parameters for which the condition holds whatever the named ones are."""
        return self.exists(among, names) - self.exists(among - condition, names)

    def exists(self, set_: Set, names: Sequence[str]) -> Set:
        """The parameters that are in the set for some values of the named ones."""
        for position in map(self.parameters.index, names):
            set_ = set_.project_out(dim_type.param, position, 1).insert_dims(
                dim_type.param, position, 1
            )
            set_ = set_.set_dim_name(dim_type.param, position, f"p{position}")
        return set_

    def shifted(self, set_: Set, name: str) -> Set:
        """The set in which a parameter is larger by one wherever it was."""
        position, width = self.parameters.index(name), set_.dim(dim_type.set)
        moved = set_.move_dims(dim_type.set, width, dim_type.param, position, 1)
        space = moved.get_space()
        local = isl.LocalSpace.from_space(space)
        images = isl.MultiAff.zero(space.map_from_set())
        for i in range(width + 1):
            axis = isl.Aff.var_on_domain(local, dim_type.set, i)
            images = images.set_aff(i, axis.add_constant_val(self._one) if i == width else axis)
        moved = moved.apply(isl.Map.from_multi_aff(images))
        moved = moved.move_dims(dim_type.param, position, dim_type.set, width, 1)
        return moved.set_dim_name(dim_type.param, position, f"p{position}")

    @property
    def _one(self) -> isl.Val:
        return isl.Val.one(self._context)

    def taken_over(self, set_: Set, source: IntegerSets) -> Set:
        """A set of parameters of another decision, which are some of these; others may be anything.

        Both have to be of one thread.
        """
        # By way of other names: none may stand twice, not even for a moment.
        for old, name in enumerate(source.parameters):
            set_ = set_.set_dim_name(dim_type.param, old, f"q{self.parameters.index(name)}")
        for old, name in enumerate(source.parameters):
            set_ = set_.set_dim_name(dim_type.param, old, f"p{self.parameters.index(name)}")
        return set_.align_params(self._parameter_space)

    def as_coordinates(self, set_: Set, names: Sequence[str]) -> Set:
        """A set of parameters with some of them as its coordinates, in this order.

        As parameters they stay, and are free.
        """
        set_ = set_.from_params()
        for i, position in enumerate(map(self.parameters.index, names)):
            set_ = set_.move_dims(dim_type.set, i, dim_type.param, position, 1)
            set_ = set_.insert_dims(dim_type.param, position, 1)
            set_ = set_.set_dim_name(dim_type.param, position, f"p{position}")
        return set_

    def has_at_most_one(self, set_: Set, names: Sequence[str]) -> bool:
        """Whether the others determine the named parameters, wherever these are in the set."""
        return bool(self.as_coordinates(set_, names).is_singleton())

    def _space(self, dimensions: int) -> isl.Space:
        return self._parameter_space.add_dims(dim_type.set, dimensions)


class _Frame:
    """Translates guards over given coordinates."""

    def __init__(
        self,
        context: isl.Context,
        space: isl.Space,
        parameters: Sequence[str],
        dimensions: Mapping[int, int],
    ) -> None:
        self.context = context
        self.space = space
        self.local = isl.LocalSpace.from_space(space)
        self.places: dict[Atom, tuple[dim_type, int]] = {
            name: (dim_type.param, i) for i, name in enumerate(parameters)
        }
        self.places.update({number: (dim_type.set, i) for number, i in dimensions.items()})
        self.known: dict[Atom, isl.PwAff] = {}  # the values of floors and cases

    def set(self, guards: Conjunction) -> Set:
        basic = isl.BasicSet.universe(self.space)
        piecewise: list[Guard] = []
        for guard in guards:
            if all(
                not monomial or monomial[0] in self.places for monomial in guard.polynomial.terms
            ):
                basic = basic.add_constraint(self._constraint(guard))
            else:
                piecewise.append(guard)
        result = Set.from_basic_set(basic)
        for guard in piecewise:
            value = self._value(guard.polynomial)
            held = value.zero_set() if guard.relation is Relation.ZERO else value.nonneg_set()
            result = result.intersect(held)
        return result

    def _constraint(self, guard: Guard) -> isl.Constraint:
        alloc = (
            isl.Constraint.equality_alloc
            if guard.relation is Relation.ZERO
            else isl.Constraint.inequality_alloc
        )
        return self._filled(alloc(self.local), guard.polynomial)

    def _filled(self, linear: isl.Constraint, polynomial: Polynomial) -> isl.Constraint:
        for monomial, c in polynomial.terms.items():
            if not monomial:
                linear = linear.set_constant_val(self._number(c))
            else:
                place = self.places[_only(monomial)]
                linear = linear.set_coefficient_val(*place, self._number(c))
        return linear

    def _value(self, polynomial: Polynomial) -> isl.PwAff:
        result = self._constant(0)
        for monomial, c in polynomial.terms.items():
            part = self._atom(_only(monomial)) if monomial else self._constant(1)
            result = result + part.scale_val(self._number(c))
        return result

    def quasipolynomial(self, polynomial: Polynomial) -> isl.PwQPolynomial:
        """The value with products, which isl knows for counting."""
        result = isl.PwQPolynomial.from_pw_aff(self._constant(0))
        for monomial, c in polynomial.terms.items():
            part = isl.PwQPolynomial.from_pw_aff(self._constant(c))
            for atom in monomial:
                part = part * isl.PwQPolynomial.from_pw_aff(self._atom(atom))
            result = result + part
        return result

    def _few_pieces(self, value: isl.PwAff) -> isl.PwAff:
        """The value, unless it has so many cases that they fill the memory."""
        pieces = value.n_piece()
        spend(STEPS_PER_PIECE * pieces)
        if pieces > MOST_PIECES:
            raise Undecided(f"a length or a value has more than {MOST_PIECES} cases")
        return value

    def _number(self, value: int) -> isl.Val:
        if abs(value) < 2**31:
            return isl.Val.int_from_si(self.context, value)
        return isl.Val.read_from_str(self.context, str(value))

    def _constant(self, value: int) -> isl.PwAff:
        return isl.PwAff.from_aff(
            isl.Aff.zero_on_domain(self.local).set_constant_val(self._number(value))
        )

    def _atom(self, atom: Atom) -> isl.PwAff:
        if isinstance(atom, str | int):
            kind, i = self.places[atom]
            return isl.PwAff.var_on_domain(self.local, kind, i)
        if atom not in self.known:
            self.known[atom] = self._rounded_or_guarded(atom)
        return self.known[atom]

    def _rounded_or_guarded(self, atom: Floor | Guarded) -> isl.PwAff:
        match atom:
            case Floor(numerator, divisor):
                number = divisor.as_integer()
                if number is None:
                    raise NonlinearError(f"{atom} divides by a symbol")
                quotient = self._value(numerator).scale_down_val(self._number(number))
                return quotient.floor()
            case Guarded(value) if atom.is_nonnegative_part:
                return self._few_pieces(self._value(value).max(self._constant(0)))
            case Guarded(value, guards):
                held = self.set(guards)
                inside = self._value(value).intersect_domain(held)
                outside = self._constant(0).intersect_domain(held.complement())
                return self._few_pieces(inside.union_add(outside))


def _only(monomial: tuple[Atom, ...]) -> Atom:
    if len(monomial) > 1:
        product = "·".join(str(a) if isinstance(a, str) else "index" for a in monomial)
        raise NonlinearError(f"{product} is a product")
    return monomial[0]

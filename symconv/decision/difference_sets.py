"""The integer sets that decide a claim: where its hypotheses hold, and where its sides differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import chain, product

from sympy import And, Not, Or, Symbol
from sympy.logic.boolalg import Boolean

from symconv.arithmetic.from_sympy import assumption_cases, cases, scaled_polynomial
from symconv.arithmetic.integer_sets import IntegerSets, Set
from symconv.arithmetic.limits import MOST_NODES_EXPANDED, MOST_SYMBOLS_TOGETHER, NODES_SHARE
from symconv.arithmetic.polynomials import Conjunction, Polynomial, at_least, negated
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.terms import GuardedSum
from symconv.arithmetic.work import WorkUsedUpError
from symconv.decision.claims import Claim
from symconv.decision.coefficients import Comparison, compare
from symconv.decision.evidence import evidence
from symconv.decision.first_differences import Difference, small_lengths
from symconv.decision.networks.node_by_node import Network
from symconv.decision.parameters import Parameters, differing
from symconv.decision.verdicts import Evidence
from symconv.errors import NonlinearError, SymconvError, Undecided, VacuousError
from symconv.language.any_size import guarded_sum
from symconv.language.graph import has_opaque, requirements, walk
from symconv.language.length_symbols import lengths_in
from symconv.language.signals import SignalExpr

__all__ = ["Decision", "NotDefinedError", "hypotheses", "signs", "where_holds"]


class NotDefinedError(SymconvError):
    """A signal is not defined at lengths that the hypotheses allow.

    Attributes:
        lengths: the smallest of these.
    """

    def __init__(self, problem: str, lengths: Mapping[str, int]) -> None:
        self.problem = problem
        self.lengths = dict(lengths)
        at = ", ".join(f"{name} = {value}" for name, value in lengths.items())
        super().__init__(problem + f" (at {at})" * bool(at))

    def __reduce__(self) -> tuple[type[NotDefinedError], tuple[str, dict[str, int]]]:
        return NotDefinedError, (self.problem, self.lengths)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Where the two sides differ: at parameters, or at points (output index, positions).

    Attributes:
        where: that set; None says nowhere, for all parameters.
        names: the names in the monomials; None for parameters alone.
        evidence: tells why they differ nowhere else.
        exactly: where the set may be too large, this computes it.
    """

    where: Set | None
    names: tuple[str, ...] | None
    evidence: Callable[[], tuple[Evidence, ...]]
    exactly: Callable[[], Set] | None = None


def hypotheses(claim: Claim, sets: IntegerSets) -> Parameters:
    """The parameters that the hypotheses of a claim allow.

    Raises:
        VacuousError: no parameters are allowed.
        SymconvError: a hypothesis is about the length of a signal that is not defined for
            all parameters that the hypotheses without lengths allow.
    """
    return _allowed_by(claim.given, claim.symbols, sets)


def _allowed_by(
    given: Sequence[Boolean], symbols: Sequence[Symbol], sets: IntegerSets
) -> Parameters:
    positive = {symbol.name for symbol in symbols if sign_of(symbol).least == 1}
    known = Parameters(sets, sets.where(signs(symbols)), positive, ())
    about_lengths = [one for one in given if lengths_in(one)]
    for hypothesis in (one for one in given if one not in about_lengths):
        known = _narrowed(known, hypothesis)
    if about_lengths and not known.among.is_empty():
        signals = [s for part in about_lengths for one in lengths_in(part) for s in one.signals]
        _require(signals, known)
        for hypothesis in about_lengths:
            known = _narrowed(known, hypothesis)
    if known.among.is_empty():
        listed = ", ".join(map(str, given)) or "the assumptions of the symbols"
        raise VacuousError(
            f"no lengths satisfy the hypotheses ({listed}), so the claim says nothing"
        )
    return known


def signs(symbols: Sequence[Symbol]) -> list[Conjunction]:
    """What is assumed of the signs of symbols, as cases."""
    said = [assumption_cases(symbol) for symbol in symbols]
    return [tuple(chain(*guards)) for guards in product(*said)]


def _narrowed(known: Parameters, hypothesis: Boolean) -> Parameters:
    """What one hypothesis more allows."""
    try:
        return replace(known, among=known.among.intersect(where_holds(hypothesis, known.sets)))
    except NonlinearError:
        alternatives = cases(hypothesis)
        if len(alternatives) != 1:
            raise
        return replace(known, assumed=known.assumed + alternatives[0])


def _require(signals: Sequence[SignalExpr], known: Parameters) -> None:
    """Raise an error unless the tensors are defined for all parameters that are allowed."""
    for requirement in requirements(*signals):
        opposites = [negation for g in requirement.guards for negation in negated(g)]
        if known.never((guard,) for guard in opposites):
            continue
        outside = known.among - known.sets.where([requirement.guards])
        if known.assumed:
            raise NonlinearError("a hypothesis has a product of symbols in it")
        if not outside.is_empty():
            _, lengths, _ = known.sets.smallest(outside)
            raise NotDefinedError(requirement.message, lengths)


class Decision:
    """The integer sets that decide a claim.

    Attributes:
        claim: the claim.
        sets: where the integer sets live.
        parameters: what its hypotheses allow.
        failures: where its sides differ, or may differ.

    Raises:
        NonlinearError: products remain, and no change of indices gets around them.
    """

    def __init__(self, claim: Claim, budget: int) -> None:
        self.claim = claim
        self.sets = IntegerSets([s.name for s in claim.symbols], budget)
        self._parameters_by_names: dict[frozenset[str], Parameters] = {}
        with self.sets.within_budget():
            self.parameters = hypotheses(claim, self.sets)
            assumed = self.parameters.assumed
            if assumed and next(small_lengths(claim), None) is None:
                raise Undecided("no small lengths were found that satisfy the hypotheses")
            signals = (*claim.signals, *claim.mentioned, *claim.about)
            _require(signals, self.parameters)
            self.failures = list(self._failures(claim))
            if assumed and not all(f.where is None for f in self.failures):
                raise NonlinearError("a hypothesis has a product of symbols in it")

    @property
    def among(self) -> Set:
        """The parameters that the linear hypotheses allow."""
        return self.parameters.among

    def _failures(self, claim: Claim) -> Iterator[_Failure]:
        match claim.lhs, claim.rhs:
            case SignalExpr() as left, SignalExpr() as right:
                yield from self._tensors_differ(left, right)
            case left, right if claim.is_condition:
                one, other = where_holds(left, self.sets), where_holds(right, self.sets)
                differ = ((one - other) | (other - one)).intersect(self.among)
                yield _failure(differ, Evidence("conditions", "the same integer set"))
            case left, right:
                (p, a), (q, b) = scaled_polynomial(left), scaled_polynomial(right)
                yield _values_differ(p * b, q * a, "values", self.parameters)

    def _tensors_differ(self, left: SignalExpr, right: SignalExpr) -> Iterator[_Failure]:
        """Where two tensors differ; node by node where that is the way.

        Raises:
            Undecided: there are functions or maxima, and that they are equal is not found.
        """
        is_opaque = has_opaque(left, right)
        if is_opaque or len(walk(left, right)) > MOST_NODES_EXPANDED:
            network = Network(self.claim, self._parameters_of, self._evidence_of_equality)
            if network.are_equal() if is_opaque else self._are_soon_equal(network):
                yield _Failure(None, None, network.evidence)
                return
            if is_opaque:
                raise Undecided(network.reason())
        sums = guarded_sum(left), guarded_sum(right)
        yield from self._sums_differ(*sums, self.parameters, lambda: self.claim)

    def _are_soon_equal(self, network: Network) -> bool:
        """Whether a part of the operations suffices to see that both sides of a network are equal.

        The others are left for both sides as sums of products.
        """
        try:
            with self.sets.within_budget(self.sets.budget // NODES_SHARE):
                return network.are_equal()
        except (NonlinearError, WorkUsedUpError):
            raise
        except Undecided:
            return False

    def _evidence_of_equality(
        self, left: SignalExpr, right: SignalExpr
    ) -> Callable[[], tuple[Evidence, ...]] | None:
        """Tells why two tensors without names are equal; None where they differ."""
        sums = guarded_sum(left), guarded_sum(right)
        parameters = self._parameters_of(left, right)
        failures = list(self._sums_differ(*sums, parameters, lambda: Claim(left, right)))
        for failure in failures:
            where = failure.where if failure.exactly is None else failure.exactly()
            if where is not None and not where.is_empty():
                return None
        return lambda: tuple(
            told for failure in failures if failure.names is not None for told in failure.evidence()
        )

    def _parameters_of(self, *tensors: SignalExpr) -> Parameters:
        """What is known of the symbols in some tensors, where a claim has many others.

        Hypotheses that are about none of them, nor about others that hypotheses connect with them,
        say nothing about them.
        """
        if len(self.claim.symbols) <= MOST_SYMBOLS_TOGETHER:
            return self.parameters
        names = {name for tensor in tensors for name in tensor.names[1]}
        given: list[Boolean] = []
        rest = list(self.claim.conditions)
        while True:
            connected = [one for one in rest if names & {s.name for s in one.free_symbols}]
            if not connected:
                break
            given += connected
            rest = [one for one in rest if one not in connected]
            names |= {s.name for one in connected for s in one.free_symbols}
        key = frozenset(names)
        if key not in self._parameters_by_names:
            symbols = [symbol for symbol in self.claim.symbols if symbol.name in names]
            sets = IntegerSets([symbol.name for symbol in symbols], self.sets.budget)
            self._parameters_by_names[key] = _allowed_by(given, symbols, sets)
        return self._parameters_by_names[key]

    def _sums_differ(
        self,
        left: GuardedSum,
        right: GuardedSum,
        known: Parameters,
        claim: Callable[[], Claim],
    ) -> Iterator[_Failure]:
        for one, other in zip(left.shape, right.shape, strict=True):
            yield _values_differ(one, other, "lengths" if left.axes == 1 else "sizes", known)
        for found in compare(left, right, known):
            nowhere = found.doubtful is None or found.doubtful.is_empty()
            yield _Failure(
                None if nowhere else found.doubtful,
                found.names,
                partial(_told, found, claim),
                found.exactly,
            )

    def evidence(self) -> tuple[Evidence, ...]:
        """Why the sides differ nowhere else."""
        return tuple(e for failure in self.failures for e in failure.evidence())

    @property
    def is_exact(self) -> bool:
        """Whether the sides do differ where the failures say so."""
        return all(failure.exactly is None for failure in self.failures)

    def holds_everywhere(self) -> bool:
        """Whether the sides differ nowhere that the hypotheses allow."""
        for failure in self.failures:
            where = failure.where if failure.exactly is None else failure.exactly()
            if where is not None and not where.is_empty():
                return False
        return True

    def make_exact(self) -> None:
        """Replace the sets that may be too large."""
        for i, failure in enumerate(self.failures):
            if failure.exactly is not None:
                where = failure.exactly()
                self.failures[i] = replace(
                    failure, where=None if where.is_empty() else where, exactly=None
                )

    def doubtful(self) -> Set:
        """The parameters at which the sides may differ."""
        result = self.sets.where([])
        for failure in self.failures:
            if failure.where is not None:
                result = result | failure.where.params()
        return result

    def with_content(self) -> list[Set]:
        """The parameters at which every tensor has entries, and outputs too; and without these."""
        claim = self.claim
        named = claim.named.values()
        filled = [at_least(size.polynomial, 1) for leaf in named for size in leaf.sizes]
        outputs = [at_least(size, 1) for side in claim.signals for size in side.lengths]
        nonempty = self.sets.where([tuple(filled)]).intersect(self.among)
        return [nonempty.intersect(self.sets.where([tuple(outputs)])), nonempty]

    def holds(self) -> Set:
        """The parameters at which the claim holds."""
        self.make_exact()
        holds = self.among
        for failure in self.failures:
            if failure.where is not None:
                holds = (holds - failure.where.params()).coalesce()
        return holds

    def smallest_difference(self, within: Set | None = None) -> Difference | None:
        """The smallest lengths at which the sides differ, and the first point there.

        Args:
            within: the parameters that are looked at; all unless they are given.
        """
        where = [
            (failure.names, failure.where if within is None else _within(failure.where, within))
            for failure in self.failures
            if failure.where is not None
        ]
        found = [
            (*self.sets.smallest(points), names) for names, points in where if not points.is_empty()
        ]
        if not found:
            return None
        _, lengths, point, names = min(found, key=lambda f: f[0])
        return Difference(lengths, names, point)


def _values_differ(left: Polynomial, right: Polynomial, what: str, known: Parameters) -> _Failure:
    if left == right:
        same = Evidence(what, "the same formula")
        return _Failure(None, None, lambda: (same,))
    differ = differing(left, right)
    never = Evidence(what, "no length at which they differ")
    if known.never((guard,) for guard in differ):
        return _Failure(None, None, lambda: (never,))
    where = known.sets.where([(guard,) for guard in differ])
    return _failure(where.intersect(known.among), never)


def _failure(where: Set, otherwise: Evidence) -> _Failure:
    nowhere = where.is_empty()
    return _Failure(None if nowhere else where, None, lambda: (otherwise,) * nowhere)


def _told(found: Comparison, claim: Callable[[], Claim]) -> tuple[Evidence, ...]:
    return tuple(evidence(found, claim()))


def _within(points: Set, among: Set) -> Set:
    """The points of a set, or the parameters in it, that are among some parameters."""
    return points.intersect(among) if points.is_params() else points.intersect_params(among)


def where_holds(condition: Boolean, sets: IntegerSets) -> Set:
    """The parameters at which a condition holds."""
    match condition:
        case And():
            return reduce(Set.intersect, (where_holds(part, sets) for part in condition.args))
        case Or():
            return reduce(Set.union, (where_holds(part, sets) for part in condition.args))
        case Not():
            return where_holds(condition.args[0], sets).complement()
    return sets.where(cases(condition))

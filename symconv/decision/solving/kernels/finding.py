"""`solve`: unknown kernels are read off, and what was read off is proved to serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from sympy import Symbol

from symconv.arithmetic.limits import MOST_READINGS_TRIED
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.terms import Term
from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.prove import bounded
from symconv.decision.solving.kernels.formulas import by_terms
from symconv.decision.solving.kernels.problems import Problem, ShapeLike, problems
from symconv.decision.solving.kernels.reading_off import Pair, pairs, read_off
from symconv.decision.solving.kernels.recognition import recognised
from symconv.decision.solving.kernels.sizes import size_by_lengths, size_by_requirements, support
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.verdicts import Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError, Undecided
from symconv.language.graph import requirements
from symconv.language.signals import SignalExpr

__all__ = ["solve", "solved"]


def solve(
    lhs: SignalExpr,
    rhs: Callable[..., SignalExpr],
    *,
    shape: ShapeLike | Mapping[str, ShapeLike] | None = None,
    given: Iterable[Hypothesis] | Hypothesis = (),
    of: str | SignalExpr | Sequence[str | SignalExpr] | None = None,
) -> Solution:
    """Find the tensors with which two sides are equal for every input, of every size.

    On the side with the unknown K the terms are K[p]·x[q].  Where both sides read the same entry
    of x, what is left in front of it on the other side is the entry K[p].  That is read off for
    an output in the middle, and then the claim with that kernel is proved; so what is found
    rests on a proof, short inputs and borders included.  Where it is refuted, it is asked
    whether any other kernel would do.

    A kernel may depend on the other tensors, and on all symbols but the sizes of the input: the
    same one has to serve all of these.

    Args:
        lhs: the side that is known.
        rhs: a function that makes the other side of the unknowns, each a parameter of it; each
            has to enter linearly.
        shape: the shape of the unknown, or shapes by name where there are several.  What is not
            given is found: the smallest that serves.
        given: hypotheses, as for a claim.
        of: the inputs, named tensors, on which no unknown may depend: by default all those with
            which an unknown is multiplied.

    Returns:
        What was found: the kernel, the verdict, whether it is the only one; or why there is none.

    >>> from symconv import Signal, integers
    >>> n, c, l, r = integers("n c l r", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> padded = x.pad(l, r)
    >>> twice = padded.correlate(k, stride=2).correlate(k, stride=2)
    >>> found = solve(twice, lambda K: padded.correlate(K, stride=4))
    >>> found.kernel, found.shape, found.is_unique
    (k.convolve(k.dilate(2)), (3*c - 2,), True)
    >>> print(found.verdict)
    proved for all lengths
    >>> flipped = solve(x.flip().correlate(k), lambda K: x.correlate(K))
    >>> print(flipped.obstacle)
    at c = 1, n = 2: K has 1 entry there, and output [0], before x[1], needs 0 = k[0]

    Raises:
        SymconvError: the sides, the shapes or the hypotheses are not what they have to be.
    """
    found: list[Solution] = []
    for problem in problems(lhs, rhs, shape, given, of):
        solution = solved(problem)
        if isinstance(solution.verdict, Proved):
            return solution
        found.append(solution)
    # Of several numbers of axes, the one for which something was read off says most.
    return max(found, key=lambda one: isinstance(one.verdict, Refuted))


def solved(problem: Problem, proved: Callable[[Claim], Verdict] = Claim.prove) -> Solution:
    """What is found for a problem whose unknowns have a known number of axes each.

    Args:
        problem: the problem.
        proved: decides the claim with what was read off.
    """
    try:
        with bounded():
            problem.check()
            candidates = list(islice(_candidates(problem), MOST_READINGS_TRIED))
    except Undecided as reason:
        return Solution(problem, {}, {}, None, Unknown(str(reason)))
    refuted: Solution | None = None
    unknown: Solution | None = None
    for closed, read in candidates:
        solution = _proved(problem, closed, read, proved)
        if isinstance(solution.verdict, Proved):
            return solution
        if isinstance(solution.verdict, Refuted):
            refuted = solution if refuted is None else refuted
        else:
            unknown = solution if unknown is None else unknown
    best = unknown if refuted is None else refuted
    if best is not None:
        return best
    listed = " and ".join(problem.unknowns)
    why = (
        f"what {listed} would have to be depends on the output, or on the sizes of the input"
        if not problem.open
        else f"the shape of {listed} was not found; say which it is"
    )
    return Solution(problem, {}, {}, None, Unknown(why))


def _proved(
    problem: Problem,
    closed: Problem,
    read: Mapping[str, list[Term]],
    proved: Callable[[Claim], Verdict],
) -> Solution:
    """The claim with what was read off, decided."""
    try:
        formulas = {name: by_terms(closed, name, terms) for name, terms in read.items()}
        kernels = {
            name: recognised(closed, name, terms, formulas[name]) or formulas[name]
            for name, terms in read.items()
        }
        claim = closed.claim(kernels)
        verdict = proved(claim)
    except SymconvError as error:
        return Solution(problem, {}, {}, None, Unknown(str(error)))
    # Of one size that is not known, the others can be excluded; of several they are not.
    asked = problem if len(problem.open) == 1 and not isinstance(verdict, Proved) else closed
    return Solution(asked, kernels, formulas, claim, verdict)


def _candidates(problem: Problem) -> Iterator[tuple[Problem, dict[str, list[Term]]]]:
    """What the unknowns may be, with the shapes that they then have."""
    for sizes in _shapes(problem):
        try:
            closed = problem.with_shapes(sizes)
            closed.check()
        except SymconvError:
            continue
        ways = {name: list(_ways(closed, name)) for name in closed.unknowns}
        for chosen in product(*ways.values()):
            yield closed, dict(zip(ways, chosen, strict=True))
        # Of several that read the same, one will do, and the others are 0.
        for name in ways if len(ways) > 1 else ():
            for terms in ways[name]:
                yield closed, {other: terms if other == name else [] for other in ways}


def _ways(problem: Problem, name: str) -> Iterator[list[Term]]:
    """What is read off from each term in which an unknown stands."""
    seen: list[list[Term]] = []
    for term in problem.terms[name]:
        read = [
            read_off(pair, problem.unseen, problem.positive) for pair in _pairs(problem, name, term)
        ]
        terms = [one for one in read if one is not None and one.coefficient]
        # Where an input is extended by itself, what is read beyond its ends is left out.
        if (None not in read or terms) and terms not in seen:
            seen.append(terms)
            yield terms


def _pairs(problem: Problem, name: str, term: Term) -> list[Pair]:
    return pairs(problem.left, term, problem.right, name, problem.inputs, problem.unseen)


# --- shapes --------------------------------------------------------------------------


def _shapes(problem: Problem) -> Iterator[dict[Symbol, Polynomial]]:
    """What the sizes that are not given may be: by what is read, and by the sizes of both sides."""
    if not problem.open:
        yield {}
        return
    by_reading: dict[Symbol, Polynomial] = {}
    by_lengths: dict[Symbol, Polynomial] = {}
    required = [guard for one in requirements(problem.rhs) for guard in one.guards]
    for (name, axis), symbol in problem.open.items():
        for term in problem.terms[name]:
            found = _pairs(problem, name, term)
            size = support(found, axis, problem.unseen, problem.signs, symbol.name)
            if size is not None:
                by_reading.setdefault(symbol, size)
        hidden = {*problem.unseen, *(s.name for s in problem.open.values())}
        for ours, others in zip(problem.rhs.lengths, problem.lhs.lengths, strict=True):
            size = size_by_lengths(ours, others, symbol.name, problem.unseen)
            if size is not None and not any(size.mentions(one) for one in hidden):
                by_lengths.setdefault(symbol, size)
        size = size_by_requirements(required, symbol.name)
        if size is not None and not any(size.mentions(one) for one in hidden):
            by_lengths.setdefault(symbol, size)
            by_reading[symbol] = size
    every = list(problem.open.values())
    tried: list[dict[Symbol, Polynomial]] = []
    for first, second in ((by_reading, by_lengths), (by_lengths, by_reading)):
        sizes: dict[Symbol, Polynomial] = {**second, **first}
        if all(symbol in sizes for symbol in every) and sizes not in tried:
            tried.append(sizes)
            yield sizes

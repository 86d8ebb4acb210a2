"""Verdicts held against plain arithmetic, for claims that are made twice.

`tests.generators.independent_claims` makes each claim as what symconv reads, and as functions
of plain integers; nothing that is known here of a claim has passed through SymPy or symconv.

    python -m tests.runners.independent --claims 100000 --processes 2 --start 0

checks many claims of each kind, goes on after a disagreement, and prints what it met.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice, permutations
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

import sympy

import symconv
from symconv import Claim, Proved, Refuted, SymconvError, Undecided, Unknown
from symconv.decision.verdicts import Verdict
from symconv.reading.text import parse_claim
from tests.generators.doubles import Point, Row, UndefinedError, World
from tests.generators.independent_claims import DEEP, KINDS, Statement, statement, variants
from tests.oracles.outcomes import Disagreement
from tests.oracles.scopes import within
from tests.runners.patience import TooSlowError, patience, wake_up

At = dict[str, int]

_PRIME = 2**61 - 1
_SCANNED = 3000  # values of the symbols that are looked at, for those that hypotheses allow
_NEAR = {"formulas": 40, "counted": 60}  # of so many of them, the smallest, each claim is checked
_OTHERWISE_NEAR = 110
_FAR = 8  # and of some larger ones
_LARGEST = 11  # each symbol of which is at most this
_FOR_ALL = 25  # up to which values of a symbol have to agree with what is said of all of them
_BEYOND = 400  # and up to which one is looked for at which a claim about lengths fails


# --- a claim, as symconv reads it ----------------------------------------------------


def symbols(least: Mapping[str, int | None]) -> dict[str, Any]:
    """The symbols of a claim in Python: those that symconv hands out, once it does."""
    if not callable(getattr(symconv, "integers", None)):
        return {
            name: sympy.Symbol(name, integer=True, **_SIGNS[low]) for name, low in least.items()
        }
    return handed_out(least)


def handed_out(least: Mapping[str, int | None]) -> dict[str, Any]:
    """The same, by `symconv.integers`."""
    library: Any = symconv
    found: dict[str, Any] = {}
    for low, sign in _SIGNS.items():
        names = [name for name in least if least[name] == low]
        if names:
            made = library.integers(" ".join(names), **sign)
            found.update(zip(names, made if len(names) > 1 else [made], strict=True))
    return found


_SIGNS: Mapping[int | None, dict[str, bool]] = {
    1: {"positive": True},
    0: {"nonnegative": True},
    None: {},
}


def stated(claim: Statement) -> tuple[Claim, Mapping[str, int | None]]:
    """The claim for symconv, and what each symbol is at least there."""
    least = {name: claim.least[name] for name in claim.names}
    if claim.is_text:
        parsed = parse_claim(
            claim.text,
            signals={name: size.text for name, size in claim.signals.items()},
            given=[
                *(f"{name} >= 1" for name, low in least.items() if low == 1),
                *(h.text for h in claim.given),
            ],
            integers=[name for name, low in least.items() if low is None],
        )
        # What a text leaves open, symconv assumes and says.
        for assumed in parsed.assumed:
            least[assumed.name] = max(assumed.least, least[assumed.name] or 0)
        return parsed.claim, least
    world = World(symbols(least))
    lhs, rhs = (
        world.row(side) if isinstance(side, Row) else side.make(world)
        for side in (claim.lhs, claim.rhs)
    )
    return Claim(lhs, rhs, given=[h.make(world) for h in claim.given]), least


# --- a claim, by plain arithmetic ----------------------------------------------------


@cache
def _random_entry(name: str, i: int) -> int:
    return random.Random(f"entry {i} of {name}").randrange(_PRIME)


def _residue(number: Fraction) -> int:
    return number.numerator * pow(number.denominator, -1, _PRIME) % _PRIME


def sides(claim: Statement, at: Mapping[str, int]) -> tuple[Any, Any]:
    """Both sides at values of the symbols; entries are modulo a prime, as are all the others.

    The entries of named signals are random, so two different polynomials differ there but
    for a probability of less than 2⁻⁵⁰.
    """
    point = Point(at, _random_entry, _residue)
    return _sides(claim, point, lambda entry: entry % _PRIME)


def _sides(claim: Statement, point: Point, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    for size in claim.signals.values():
        if point.integer(size) < 0:
            raise UndefinedError(f"a length is {size.text}")
    left, right = (
        list(map(read, point.row(side))) if isinstance(side, Row) else side.value(point)
        for side in (claim.lhs, claim.rhs)
    )
    return left, right


@dataclass(frozen=True)
class Outcome:
    """What a claim is at values of its symbols that the hypotheses allow.

    Attributes:
        at: the values.
        sides: both sides; None where something is undefined.
    """

    at: At
    sides: tuple[Any, Any] | None

    @property
    def holds(self) -> bool:
        """Whether the sides are equal."""
        return self.sides is not None and self.sides[0] == self.sides[1]


def allowed(claim: Statement, at: Mapping[str, int]) -> bool:
    """Whether the hypotheses hold."""
    point = Point(at, _random_entry)
    return all(h.value(point) for h in claim.given)


def outcome(claim: Statement, at: At) -> Outcome:
    """What the claim is at values of its symbols."""
    try:
        return Outcome(at, sides(claim, at))
    except UndefinedError:
        return Outcome(at, None)


def points(least: Mapping[str, int | None]) -> Iterator[At]:
    """Values of the symbols: by the sum of their magnitudes, then by name."""
    names = sorted(least)

    def values(left: Sequence[str], total: int) -> Iterator[tuple[int, ...]]:
        if not left:
            if not total:
                yield ()
            return
        low = least[left[0]]
        for value in range(-total if low is None else low, total + 1):
            for rest in values(left[1:], total - abs(value)):
                yield (value, *rest)

    for total in range(60 if names else 1):
        for chosen in values(names, total):
            yield dict(zip(names, chosen, strict=True))


@dataclass(frozen=True)
class Outcomes:
    """What a claim is at many points.

    Attributes:
        near: at the smallest ones, in order; none is left out before the last.
        far: at some others.
    """

    near: list[Outcome]
    far: list[Outcome]

    @property
    def all(self) -> list[Outcome]:
        """At all of them."""
        return self.near + self.far

    @property
    def undefined(self) -> Outcome | None:
        """Somewhere where it has no meaning."""
        return next((o for o in self.all if o.sides is None), None)


def outcomes(claim: Statement, least: Mapping[str, int | None]) -> Outcomes:
    """What the claim is at small values of its symbols, and at some larger ones."""
    most = _NEAR.get(claim.kind, _OTHERWISE_NEAR)
    scanned = (at for at in islice(points(least), _SCANNED) if allowed(claim, at))
    near = [outcome(claim, at) for at in islice(scanned, most)]
    rng = random.Random(f"far {claim.kind} {claim.seed}")
    far = []
    for _ in range(_FAR):
        at = {n: rng.randint(-_LARGEST if a is None else a, _LARGEST) for n, a in least.items()}
        if allowed(claim, at):
            far.append(outcome(claim, at))
    return Outcomes(near, far)


def key(at: Mapping[str, int]) -> tuple[int, list[int]]:
    """What makes a counterexample small."""
    return sum(map(abs, at.values())), [at[name] for name in sorted(at)]


# --- SymPy's conditions, on plain integers -------------------------------------------

_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equality": lambda a, b: bool(a == b),
    "Unequality": lambda a, b: bool(a != b),
    "StrictLessThan": lambda a, b: bool(a < b),
    "LessThan": lambda a, b: bool(a <= b),
    "StrictGreaterThan": lambda a, b: bool(a > b),
    "GreaterThan": lambda a, b: bool(a >= b),
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Add": lambda *a: sum(a),
    "Mul": lambda *a: math.prod(a),
    "Pow": lambda a, b: Fraction(a) ** int(b),
    "floor": math.floor,
    "ceiling": math.ceil,
    "Mod": lambda a, b: a - b * math.floor(Fraction(a) / b),
    "Max": max,
    "Min": min,
    "Abs": abs,
    "And": lambda *a: all(a),
    "Or": lambda *a: any(a),
    "Not": lambda a: not a,
    "Xor": lambda *a: sum(a) % 2 == 1,
    "Implies": lambda a, b: not a or b,
    "Equivalent": lambda *a: all(a) or not any(a),
    "ITE": lambda a, b, c: b if a else c,
}


def says(tree: Any, at: Mapping[str, int]) -> Any:
    """A SymPy expression or condition at values of its symbols; SymPy computes nothing of it."""
    name = type(tree).__name__
    if name in ("bool", "BooleanTrue", "BooleanFalse"):
        return bool(tree)
    if getattr(tree, "is_Rational", False):
        return Fraction(int(tree.p), int(tree.q))
    if getattr(tree, "is_Symbol", False):
        return at[str(tree.name)]
    if name == "Piecewise":
        return next(says(value, at) for value, condition in tree.args if says(condition, at))
    parts = [says(part, at) for part in tree.args]
    return (_RELATIONS.get(name) or _FUNCTIONS[name])(*parts)


# --- what symconv says against it ----------------------------------------------------

_LIMITS = re.compile(
    r"too involved|more than \d+|too large once|nested too deeply|characters are allowed"
    r"|is not known to be (?:one|positive|an integer)|could be 0 or less|is all that is known"
    r"|needs amounts that are not negative|must not be negative, got"
    r"|SymPy itself moves a Piecewise"
    r"|but the sign of .* is not declared"
    r"|is not known to be positive|a length is not negative: say so"
    r"|which is not known to be|SymPy knows that",
    re.DOTALL,
)


def check(claim: Statement, *, thorough: bool = True) -> str:
    """Compare what symconv says of a claim with plain arithmetic; returns what it says.

    Args:
        claim: the claim.
        thorough: whether the conditions of some claims are checked too.

    Raises:
        Disagreement: they do not say the same.
    """
    if claim.kind == "metamorphic":
        return _check_variants(claim)
    return _checked(claim, thorough)[0]


def _checked(claim: Statement, thorough: bool) -> tuple[str, Verdict | None]:
    least: Mapping[str, int | None] = {name: claim.least[name] for name in claim.names}
    try:
        asked, least = stated(claim)
        verdict = asked.prove()
    except SymconvError as error:
        return refusal(claim, error, outcomes(claim, least)), None
    found = outcomes(claim, least)
    check_verdict(claim, verdict, found)
    if thorough:
        check_conditions(claim, asked, verdict, found, least)
    return kind_of(verdict), verdict


def kind_of(verdict: Verdict) -> str:
    """What a verdict says, in a word or two."""
    match verdict:
        case Proved():
            return "proved" if verdict.is_complete else "proved in part"
        case Refuted():
            return "refuted"
        case Unknown():
            return "unknown"


def _place_named(said: str) -> At:
    """The values that a message names, as in «(at c = 1, n = 27)»."""
    named = re.search(r"\(at ((?:\w+ = -?\d+(?:, )?)+)\)", said)
    pairs = re.findall(r"(\w+) = (-?\d+)", named[1]) if named else []
    return {name: int(value) for name, value in pairs}


def _is_undefined_at(claim: Statement, at: At) -> bool:
    """Whether something is undefined at values that the hypotheses allow."""
    if not at or at.keys() < set(claim.names):
        return False
    return allowed(claim, at) and outcome(claim, at).sides is None


def refusal(claim: Statement, error: SymconvError, found: Outcomes) -> str:
    """Why a claim may be refused."""
    said = str(error).replace("\n", " ")
    if found.undefined is not None or _is_undefined_at(claim, _place_named(said)):
        return "refused: undefined"
    if not found.all:  # where hypotheses allow nothing, what they would not allow may be told
        free = points({name: claim.least[name] for name in claim.names})
        if any(outcome(claim, at).sides is None for at in islice(free, 50)):
            return "refused: undefined"
    if not found.all and re.search("no lengths satisfy|can never hold|is false under", said):
        return "refused: says nothing"
    if is_limit(error) or isinstance(error, Undecided):
        return "refused: a limit"
    raise Disagreement("refused", claim, f"symconv: {said}; but nothing is undefined")


def is_limit(error: SymconvError) -> bool:
    """Whether an error names something that symconv says it does not take."""
    return _LIMITS.search(str(error)) is not None


def check_verdict(claim: Statement, verdict: Verdict, found: Outcomes) -> None:
    """Compare a verdict with what the claim is at many points."""
    if isinstance(verdict, Unknown):
        return
    said = f"symconv: {type(verdict).__name__}"
    if isinstance(verdict, Proved):
        said += f" for {verdict.scope}"
    else:
        said += f" {verdict.counterexample}"
    where = found.undefined
    if where is not None:
        raise Disagreement("undefined", claim, f"{said}; but something is undefined at {where.at}")
    if isinstance(verdict, Proved):
        inside = within(verdict.scope)
        wrong = next((o for o in found.all if not o.holds and inside(o.at)), None)
        if wrong is not None:
            raise Disagreement("proved", claim, f"{said}; but at {wrong.at}: {wrong.sides}")
        return
    check_counterexample(claim, verdict, found, said)


def check_counterexample(claim: Statement, verdict: Refuted, found: Outcomes, said: str) -> None:
    """Recompute a counterexample, and look for a smaller one."""
    shown = verdict.counterexample
    first = next((o.at for o in found.near if not o.holds), None)
    at = {name: int(value) for name, value in shown.lengths.items()}
    missing = [name for name in claim.names if name not in at]
    if missing:
        # Whatever these are, it is to fail: take the smallest that are allowed.
        rest = points({name: claim.least[name] for name in missing})
        at = next(
            (both for more in islice(rest, 500) if allowed(claim, both := {**at, **more})), at
        )
    if set(at) != set(claim.names):
        raise Disagreement("refuted", claim, f"{said}; but the symbols are {claim.names}")
    signs = {n: claim.least[n] for n in at}
    if any(low is not None and at[name] < low for name, low in signs.items()):
        raise Disagreement("refuted", claim, f"{said}; but the signs are others")
    if not allowed(claim, at):
        raise Disagreement("refuted", claim, f"{said}; but the hypotheses do not hold there")
    entries = {name: list(values) for name, values in shown.signals.items()}

    def entry(name: str, i: int) -> int:
        # Lengths do not depend on entries, and are shown without; nor does 0 times a signal.
        return int(entries[name][i]) if isinstance(claim.lhs, Row) and name in entries else 1

    try:
        left, right = _sides(claim, Point(at, entry), _simple)
    except UndefinedError as error:
        raise Disagreement("undefined", claim, f"{said}; but {error}") from None
    except (KeyError, IndexError):
        raise Disagreement("refuted", claim, f"{said}; but signals have other lengths") from None
    if left == right:
        raise Disagreement("refuted", claim, f"{said}; but both sides are {left}")
    if (_simple(shown.lhs), _simple(shown.rhs)) != (_simple(left), _simple(right)):
        raise Disagreement("refuted", claim, f"{said}; but the sides are {left} and {right}")
    if isinstance(left, list):
        differing = [u for u, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
        index = differing[0] if len(left) == len(right) else None
        if shown.index != index:
            raise Disagreement("refuted", claim, f"{said}; but they differ first at {index}")
    nearest = found.near[-1].at if found.near else None
    if first is None:
        smaller = nearest is not None and key(at) <= key(nearest)
    elif missing:
        smaller = key(first)[0] != key(at)[0]
    else:
        smaller = first != at
    if smaller:
        raise Disagreement("smallest", claim, f"{said}; but the first is {first}")


def _simple(value: Any) -> Any:
    """A number, or a list of them, without SymPy."""
    if isinstance(value, list | tuple):
        return list(map(_simple, value))
    if isinstance(value, bool) or type(value).__name__ in ("BooleanTrue", "BooleanFalse"):
        return bool(value)
    if hasattr(value, "p") and hasattr(value, "q"):
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)


def check_conditions(
    claim: Statement,
    asked: Claim,
    verdict: Verdict,
    found: Outcomes,
    least: Mapping[str, int | None],
) -> None:
    """Compare the conditions under which some claims hold, point by point."""
    rng = random.Random(f"conditions {claim.kind} {claim.seed}")
    chance = rng.random()
    if isinstance(verdict, Proved):
        if verdict.is_complete and chance < 0.1:
            with suppress(Undecided):
                check_condition(claim, asked.condition(), found)
        return
    if not isinstance(verdict, Refuted):
        return
    if chance < 0.5 and verdict.condition is not None:
        check_condition(claim, verdict.condition, found)
    if chance < 0.25:
        check_differences(claim, verdict, found)
    if chance > 0.85 and asked.symbols:
        symbol = rng.choice(asked.symbols)
        with suppress(Undecided):
            check_for_all(claim, asked.condition(for_all=[symbol]), str(symbol.name), found, least)


def check_condition(claim: Statement, condition: Any, found: Outcomes) -> None:
    """Compare the exact condition under which a claim holds."""
    for o in found.all:
        if bool(says(condition, o.at)) != o.holds:
            raise Disagreement(
                "condition", claim, f"symconv: exactly when {condition}; but at {o.at}: {o.sides}"
            )


def check_differences(claim: Statement, verdict: Refuted, found: Outcomes) -> None:
    """Compare where the sides of a refuted claim differ."""
    shown = verdict.differences
    if shown is None:
        return
    name = str(shown.index.name)
    for o in found.all:
        assert o.sides is not None
        left, right = o.sides
        told = bool(says(shown.lengths, o.at))
        if told != (len(left) != len(right)):
            raise Disagreement(
                "differences",
                claim,
                f"symconv: in length when {shown.lengths}; but at {o.at}: "
                f"{len(left)} and {len(right)}",
            )
        if told or left == right:
            continue
        size = says(shown.length, o.at)
        entries = [bool(says(shown.entries, {**o.at, name: u})) for u in range(len(left))]
        differ = [a != b for a, b in zip(left, right, strict=True)]
        if entries != differ or size != len(left):
            raise Disagreement(
                "differences",
                claim,
                f"symconv: {shown.length} entries that differ when {shown.entries}; "
                f"but at {o.at}: {differ}",
            )


def check_for_all(
    claim: Statement,
    condition: Any,
    name: str,
    found: Outcomes,
    least: Mapping[str, int | None],
) -> None:
    """Compare a condition for every value of one symbol with all of its small values."""
    rests: dict[tuple[int, ...], At] = {}
    for o in found.near:
        rest = {other: value for other, value in o.at.items() if other != name}
        rests.setdefault(tuple(rest.values()), rest)
    low = least[name]
    for rest in islice(rests.values(), 6):
        told = bool(says(condition, rest))
        values = range(-_FOR_ALL if low is None else low, _FOR_ALL + 1)
        every = [at for value in values if allowed(claim, at := {**rest, name: value})]
        failing = next((at for at in every if not outcome(claim, at).holds), None)
        if failing is None and not told and isinstance(claim.lhs, Row):
            continue  # it may fail beyond
        if failing is None and not told:
            signs = (1,) if low is not None else (1, -1)
            beyond = ({**rest, name: s * v} for v in range(_FOR_ALL, _BEYOND) for s in signs)
            failing = next(
                (at for at in beyond if allowed(claim, at) and not outcome(claim, at).holds), None
            )
        if told != (failing is None):
            raise Disagreement(
                "for all",
                claim,
                f"symconv: for all {name} when {condition}; but at {rest}: fails at {failing}",
            )


def _check_variants(claim: Statement) -> str:
    """Check a claim, and that its verdict stays the same where the claim says the same."""
    kind, verdict = _checked(claim, thorough=False)
    result = kind
    for how, other in variants(claim.seed):
        again, changed = _checked(other, thorough=False)
        # What cannot be written is no verdict; and a text takes a symbol to be positive where an
        # operator needs that, which in Python has to be said.
        refused = "refused: undefined" in (kind, again) and claim.is_text != other.is_text
        if type(changed) is type(verdict) or "refused: a limit" in (kind, again) or refused:
            continue
        if Unknown in (type(changed), type(verdict)):
            result = f"{kind}, and {again} put otherwise"  # weaker, and not wrong
            continue
        if not _are_alike(claim, other):
            continue  # the generator has drawn something else
        raise Disagreement("varied", claim, f"symconv: {kind}; but {again} {how}:\n    {other}")
    return result


def _are_alike(claim: Statement, other: Statement) -> bool:
    """Whether two claims hold at the same small values, by plain arithmetic.

    One of them may speak of further symbols; whatever these are, the other one has to agree.
    Where the names differ otherwise, they are alike if they are so by some exchange of names.
    """
    if len(claim.names) > len(other.names):
        return _are_alike(other, claim)
    theirs = outcomes(other, {name: other.least[name] for name in other.names}).near
    if set(claim.names) <= set(other.names):
        return _agree(claim, theirs, {name: name for name in claim.names})
    return any(
        _agree(claim, theirs, dict(zip(claim.names, names, strict=True)))
        for names in permutations(other.names, len(claim.names))
    )


def _agree(claim: Statement, found: list[Outcome], called: Mapping[str, str]) -> bool:
    """Whether a claim has these outcomes, which call its symbols otherwise."""
    for o in found:
        at = {name: o.at[other] for name, other in called.items()}
        lows = [(value, claim.least[name]) for name, value in at.items()]
        if any(low is not None and value < low for value, low in lows):
            return False
        one = outcome(claim, at)
        if not allowed(claim, at) or (one.sides is None, one.holds) != (o.sides is None, o.holds):
            return False
    return True


# --- many claims ---------------------------------------------------------------------


def _work(tasks: Connection, seconds: int, memory: int) -> None:
    """Check the claims that are asked for, until there is none."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    wake_up()
    while (task := tasks.recv()) is not None:
        tasks.send(answer(*task, seconds=seconds))


def answer(kind: str, seed: int, *, seconds: int = 0) -> tuple[str, str]:
    """What came of a claim, and the whole story where it is a disagreement."""
    try:
        with patience(seconds):
            return _answer(kind, seed)
    except TooSlowError:
        return "WRONG: too slow", "too slow, before anything was asked"


def _answer(kind: str, seed: int) -> tuple[str, str]:
    try:
        claim = statement(kind, seed)
    except Exception as error:  # then this program is wrong
        return "WRONG: not made", f"no claim was made: {type(error).__name__}: {error}"
    try:
        return check(claim), ""
    except Disagreement as found:
        return f"WRONG: {found.topic}", str(found)
    except TooSlowError:
        return "WRONG: too slow", f"too slow: {claim}"
    except MemoryError:
        return "WRONG: out of memory", f"out of memory: {claim}"
    except Exception as error:  # whatever it is, it is what is looked for
        return "WRONG: crash", f"{type(error).__name__}: {str(error)[:300]}: {claim}"


class _Worker:
    """A process that checks one claim after the other."""

    def __init__(self, seconds: int, memory: int) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, seconds, memory), daemon=True)
        self.process.start()
        theirs.close()
        self.task: tuple[str, int] | None = None
        self.since = time.monotonic()
        self.done = 0

    def ask(self, task: tuple[str, int]) -> None:
        self.task, self.since = task, time.monotonic()
        self.pipe.send(task)

    def end(self) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.pipe.close()


_RENEWED = 1500  # after so many claims a process is replaced: what it has cached goes with it


def run(
    tasks: Iterable[tuple[str, int]], processes: int, patience: int, memory: int
) -> Iterator[tuple[str, int, str, str]]:
    """What came of each claim, in whatever order they are finished."""
    waiting = deque(tasks)
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.task for worker in workers):
            while waiting and len(workers) < processes:
                workers.append(_Worker(patience, memory))
            for worker in workers:
                if worker.task is None and waiting:
                    worker.ask(waiting.popleft())
            busy = {worker.pipe: worker for worker in workers if worker.task}
            ready = wait(list(busy), timeout=5)
            for pipe, worker in busy.items():
                assert worker.task is not None
                if pipe in ready:
                    try:
                        label, story = pipe.recv()
                        worker.done += 1
                    except EOFError:
                        label = "WRONG: crash"
                        story = f"the process ended: {statement(*worker.task)}"
                        worker.done = _RENEWED
                elif time.monotonic() - worker.since > patience + 10:
                    # In the middle of a library, no alarm is heard.
                    label = "WRONG: too slow"
                    story = f"too slow, and does not listen: {statement(*worker.task)}"
                    worker.done = _RENEWED
                else:
                    continue
                yield (*worker.task, label, story)
                worker.task = None
                if worker.done >= _RENEWED:
                    worker.end()
                    workers.remove(worker)
    finally:
        for worker in workers:
            worker.end()


def table(counts: Mapping[str, Counter[str]]) -> str:
    """How often what came of claims, by kind."""
    columns = sorted({label for counter in counts.values() for label in counter})
    heads = ["kind", "claims", *columns]
    rows = [
        [kind, str(sum(counter.values())), *(str(counter[label]) for label in columns)]
        for kind, counter in counts.items()
    ]
    total = [sum(counter[label] for counter in counts.values()) for label in columns]
    rows.append(["in all", str(sum(total)), *map(str, total)])
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in [heads, *rows]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks many claims, and prints every disagreement and a table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--kinds", nargs="*", choices=(*KINDS, DEEP), default=KINDS, help=f"all but {DEEP}"
    )
    parser.add_argument(
        "--patience", type=int, default=180, help="seconds for a claim and its variants"
    )
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which it ends")
    parser.add_argument("--memory", type=int, default=2048, help="megabytes for each process")
    options = parser.parse_args(arguments)
    kinds: Sequence[str] = options.kinds
    tasks = (
        (kinds[i % len(kinds)], options.start + i // len(kinds)) for i in range(options.claims)
    )
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    begun = printed = time.monotonic()
    for kind, seed, label, story in run(
        tasks, options.processes, options.patience, options.memory * 2**20
    ):
        counts[kind][label] += 1
        if story:
            print(f"{kind} {seed}: {story}", flush=True)
        if time.monotonic() - printed > 300:
            printed = time.monotonic()
            print(table(counts), flush=True)
        if time.monotonic() - begun > 60 * options.minutes:
            break
    number = sum(sum(found.values()) for found in counts.values())
    print(table(counts))
    print(f"{number} claims in {time.monotonic() - begun:.0f} s")
    return int(any(label.startswith("WRONG") for found in counts.values() for label in found))


if __name__ == "__main__":
    sys.exit(main())

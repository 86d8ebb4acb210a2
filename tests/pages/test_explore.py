"""Pages to play with: what their JavaScript computes, in Chromium, is what symconv computes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sympy
from sympy import Expr, Symbol

from symconv import Claim, Signal, SymconvError
from symconv.arithmetic.symbols import sign_of
from symconv.catalogue.index import CATALOGUE
from symconv.decision.verdicts import Unknown
from symconv.language import fixed_size
from symconv.language.arrays import Array
from symconv.language.assignments import leaf_shape
from symconv.language.evaluation import holds_at, value_at
from symconv.language.graph import has_opaque, leaves, walk
from symconv.language.operators import OPERATORS, Apply
from symconv.pages import explore
from symconv.pages.explore.records import KNOWN, claim_record, expression_record
from tests.generators.cases import CASES
from tests.generators.networks import network_claim
from tests.generators.random_claims import random_claim
from tests.generators.tensor_claims import tensor_claim
from tests.oracles.chromium import chromium, needs_chromium
from tests.oracles.outcomes import stated

pytestmark = needs_chromium

UNDECIDED = Unknown("it was not asked")
LARGEST = 2_000  # entries of a tensor that is computed here
COEFFICIENTS = (Fraction(3), Fraction(-1, 2), Fraction(1))  # of functions of which nothing is known

Entry: TypeAlias = dict[str, str]
"""A polynomial: the numbers by monomials such as "k 0,x 2"."""
Point: TypeAlias = dict[Symbol, int]

DRIVER = """
(lines) => lines.map(({ claim, points, polynomials }) => points.map((at) => {
  const told = (a) => (a.x !== undefined ? a.x : `${a.n}/${a.d}`);
  const entry = (name, u) => fraction(BigInt((name.charCodeAt(0) + 7 * u + u * u) % 23 - 11), 2n);
  const coefficients = ({ zero }) =>
    [zero === null ? whole(3) : value(zero, {}), fraction(-1n, 2n), ONE];
  try {
    const read = new AtSizes(claim, at);
    const entries = read.entries(entry, coefficients);
    const known = new Map();
    const polynomial = (node, u) => Object.fromEntries(
      [...read.polynomial(node, u, known)].map(([monomial, a]) => [monomial, told(a)]));
    const nodes = claim.sides.map(({ node }) => node);
    return {
      shapes: nodes.map((node) => read.shapes[node]),
      numbers: nodes.map((node) => entries[node].map(told)),
      differ: differences(claim, read),
      polynomials: !polynomials ? null
        : nodes.map((node) => range(read.sizes[node]).map((u) => polynomial(node, u))),
    };
  } catch (error) {
    if (error instanceof Undefined) return null;
    if (error instanceof TooLong) return "too long";
    throw error;
  }
}))
"""


@pytest.fixture(scope="module")
def run() -> Iterator[Any]:
    """What a function of JavaScript, which may use the operators, makes of an argument."""
    code = (Path(explore.__file__).parent / "operators.js").read_text(encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        yield lambda script, argument=None: page.evaluate(
            f"(argument) => {{ {code}; return ({script})(argument); }}", argument
        )


# --- what Python says ------------------------------------------------------------------------


def entry_at(name: str, u: int) -> Fraction:
    """The same entry as in the driver."""
    return Fraction((ord(name[0]) + 7 * u + u * u) % 23 - 11, 2)


def function_at(zero: Fraction | None, number: Any) -> Any:
    """The same function as in the driver."""
    rest = [
        float(a) if isinstance(number, float) else a for a in (zero, *COEFFICIENTS) if a is not None
    ]
    constant, slope, square = (rest[0], *rest[-2:])
    return constant + slope * number + square * number * number


def numbers(claim: Claim, at: Point) -> list[Array]:
    """Both sides by their definitions, for the entries and functions of the driver."""
    named = leaves(*claim.free.signals)
    exact = all(
        node.operator.function.is_exact
        for node in walk(*claim.free.signals)
        if isinstance(node.operator, Apply)
    )
    arrays = {}
    for name, leaf in named.items():
        shape = leaf_shape(leaf, at)
        entries = [entry_at(name, u) for u in range(sympy.prod(shape))]
        arrays[name] = Array(shape, entries if exact else list(map(float, entries)))
    functions = {name: partial(function_at, zero) for name, zero in claim.functions.items()}
    return [fixed_size.array(side, arrays, at, 0, functions) for side in claim.free.signals]


def polynomials(claim: Claim, at: Point) -> list[list[Entry]]:
    """Both sides as `vector` has them, written as the page writes them."""
    named = leaves(*claim.free.signals)
    texts = {
        text: f"{name} {u}"
        for name, names in fixed_size.entry_names(named, at).items()
        for u, text in enumerate(names)
    }
    sides, back = fixed_size.polynomials(claim.free.signals, named, at)
    return [[dict(terms(back(entry), texts)) for entry in side.entries] for side in sides]


def terms(entry: Expr, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for term in sympy.Add.make_args(entry) if entry != 0 else ():
        number, rest = term.as_coeff_Mul()
        factors = [
            texts[base.name]
            for base, power in rest.as_powers_dict().items()
            if base != 1
            for _ in range(int(power))
        ]
        factors.sort(key=lambda text: (text.split()[0], int(text.split()[1])))
        yield ",".join(factors), f"{number.p}/{number.q}"


def same(told: Any, number: Any) -> bool:
    """Whether the page has a number of ours; of floats up to rounding."""
    if isinstance(number, float):
        # What has no value is null in JSON, and no number in Chromium.
        value = float(Fraction(told)) if isinstance(told, str) else told
        if value is None or value != value or abs(value) == float("inf"):
            return number != number or abs(number) == float("inf")
        return bool(abs(value - number) <= 1e-6 * (1 + abs(number)))
    exact = Fraction(told) if isinstance(told, str) else None
    return exact == number if exact is not None else same(told, float(number))


def check(run: Any, asked: Sequence[tuple[Claim, Sequence[Point]]], *, written: bool) -> list[Any]:
    """What the page told of claims at points; it agrees with what Python says."""
    lines = [
        {
            "claim": claim_record(claim, UNDECIDED),
            "points": [{symbol.name: n for symbol, n in at.items()} for at in points],
            "polynomials": written,
        }
        for claim, points in asked
    ]
    found = []
    for (claim, points), told in zip(asked, run(DRIVER, lines), strict=True):
        for at, one in zip(points, told, strict=True):
            if one != "too long":
                compare(claim, at, one, written)
                found.append(one)
    return found


def compare(claim: Claim, at: Point, told: Any, written: bool) -> None:
    free = claim.free
    where = f"{claim} at {at}"
    try:
        fixed_size.check_defined((*free.signals, *free.mentioned, *free.about), at)
    except SymconvError:
        assert told is None, where
        return
    assert told is not None, where
    try:
        left, right = numbers(claim, at)
    except SymconvError as error:
        if "no value" in str(error):  # of a function, at one of the entries
            return
        raise
    assert [tuple(shape) for shape in told["shapes"]] == [left.shape, right.shape], where
    for side, ours in zip(told["numbers"], (left, right), strict=True):
        assert len(side) == len(ours.entries), where
        assert all(map(same, side, ours.entries)), where
    if not written:
        return
    expected = polynomials(claim, at)
    assert told["polynomials"] == expected, where
    pairs = (
        zip(*expected, strict=False) if left.shape == right.shape or len(left.shape) == 1 else ()
    )
    assert told["differ"] == {
        "lengths": left.shape != right.shape,
        "outputs": [u for u, (a, b) in enumerate(pairs) if a != b],
        "isSure": True,
    }, where


def points(claim: Claim, rng: random.Random, count: int, most: int = 6) -> list[Point]:
    """Sizes at which nothing is large."""
    found = []
    for _ in range(count):
        at = {s: rng.randint(sign_of(s).least or 0, most) for s in claim.symbols}
        try:
            shapes = fixed_size.shapes_at(walk(*claim.free.signals), at, {})
        except SymconvError:
            found.append(at)
            continue
        if max(map(sympy.prod, shapes.values())) <= LARGEST:
            found.append(at)
    return found


# --- claims ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_random_claims_have_the_entries_of_vector(seed: int, run: Any) -> None:
    rng = random.Random(seed)
    claims = [random_claim(1000 * seed + i) for i in range(60)]
    found = check(run, [(claim, points(claim, rng, 5)) for claim in claims], written=True)
    defined = [one for one in found if one is not None]
    assert len(defined) > 100  # else the seeds show little
    assert any(one["differ"]["outputs"] for one in defined)


def drawn(claims: Iterable[Any]) -> Iterator[Claim]:
    """The claims that are stated without an error, and that a page has room for."""
    for one in claims:
        try:
            claim = stated(one)
            claim_record(claim, UNDECIDED)
        except SymconvError:
            continue
        yield claim


@pytest.mark.parametrize("seed", range(4))
def test_random_tensors_have_the_entries_of_their_definitions(seed: int, run: Any) -> None:
    rng = random.Random(seed)
    claims = drawn(tensor_claim(1000 * seed + i) for i in range(40))
    found = check(run, [(claim, points(claim, rng, 3, 4)) for claim in claims], written=False)
    assert sum(one is not None for one in found) > 40


@pytest.mark.parametrize("seed", range(4))
def test_random_networks_have_the_entries_of_their_definitions(seed: int, run: Any) -> None:
    rng = random.Random(seed)
    claims = list(drawn(network_claim(1000 * seed + i) for i in range(60)))
    found = check(run, [(claim, points(claim, rng, 3, 4)) for claim in claims], written=False)
    assert sum(one is not None for one in found) > 40
    assert any(has_opaque(*claim.signals) for claim in claims)


@pytest.mark.parametrize("part", range(4))
def test_the_catalogue_has_the_entries_of_vector(part: int, run: Any) -> None:
    rng = random.Random(part)
    claims = [one.claim for one in list(CATALOGUE.values())[part::4] if one.claim.signals]
    found = check(
        run,
        [(claim, points(claim, rng, 6, 3)) for claim in claims if not claim.has_several_axes],
        written=True,
    )
    found += check(
        run,
        [(claim, points(claim, rng, 6, 3)) for claim in claims if claim.has_several_axes],
        written=False,
    )
    assert sum(one is not None for one in found) > 60


def test_cases_worked_out_by_hand(run: Any) -> None:
    cases = [one for one in CASES if not has_opaque(one.signal)]
    asked = [
        (claim, [{symbol: one.at[symbol.name] for symbol in claim.symbols}])
        for one in cases
        for claim in [Claim(one.signal, one.signal)]
    ]
    assert len(asked) > 100
    assert check(run, asked, written=True)


# --- expressions -------------------------------------------------------------------------------


def test_expressions_and_conditions_have_the_values_of_their_own(run: Any) -> None:
    a, b = sympy.symbols("a b", integer=True)
    expressions = [
        sympy.floor(a / 3) - sympy.ceiling(b / 2) * sympy.Mod(a, 3),
        sympy.Max(a, b, 1) + sympy.Min(a, 2 * b) - abs(a - b),
        sympy.Piecewise((a, a > b), (b / 2, sympy.Eq(sympy.Mod(b, 2), 0)), (0, True)),
        (a - b) ** 3 / (a**2 + 1),
    ]
    conditions = [
        (a >= b) & sympy.Ne(a, 2),
        (a < b) | sympy.Eq(a, -b),
        sympy.Not(sympy.Eq(sympy.Mod(a, 2), 1), evaluate=False),
        sympy.ITE(a > 0, b > 0, b <= 0),
        sympy.Implies(a > b, b > 1),
        sympy.Equivalent(a > 0, b > 0),
    ]
    places = [{"a": i, "b": j} for i in range(-5, 6) for j in range(-5, 6)]
    told = run(
        """({ expressions, conditions, places }) => places.map((at) => [
          expressions.map((e) => { const a = value(e, at); return `${a.n}/${a.d}`; }),
          conditions.map((e) => holds(e, at)),
        ])""",
        {
            "expressions": list(map(expression_record, expressions)),
            "conditions": list(map(expression_record, conditions)),
            "places": places,
        },
    )
    for at, (values, truths) in zip(places, told, strict=True):
        numbers_ = {a: at["a"], b: at["b"]}
        assert list(map(Fraction, values)) == [value_at(e, numbers_) for e in expressions]
        assert truths == [holds_at(e, numbers_) for e in conditions]


def test_numbers_are_read_as_they_are_typed(run: Any) -> None:
    rng = random.Random(2)
    fractions = [Fraction(rng.randint(-(10**9), 10**9), rng.randint(1, 99)) for _ in range(200)]
    texts = [*map(str, [*range(-120, 120), *fractions, 10**30]), "+12", "−34", "12.25", " 7 "]
    told = run("(texts) => texts.map((text) => written(typedNumber(text)))", texts)
    wanted = [Fraction(text.replace("−", "-")) for text in texts]
    assert [Fraction(text.replace("−", "-")) for text in told] == wanted
    wrong = ["", "a5", "1-2", "1/0", "--1", "1e9", "NaN", "½", "1/2/3", "1.2/3", "<b>"]
    assert run("(texts) => texts.filter((text) => typedNumber(text))", wrong) == []


def test_rounding_makes_no_difference(run: Any) -> None:
    # Large and small values, of which the large ones cancel on one side only.
    x, a, b = Signal("x", 40), Signal("a", 2), Signal("b", 2)
    large = x.exp().exp()
    claims = [
        Claim(large.correlate(a).correlate(b), large.correlate(a.convolve(b))),
        Claim(large.correlate(a).correlate(b), large.correlate(a.convolve(b.flip()))),
    ]
    told = run(
        """(claims) => claims.map((claim) => range(200).map(() => {
          const read = new AtSizes(claim, {});
          return differences(claim, read).outputs.length;
        }))""",
        [claim_record(claim, UNDECIDED) for claim in claims],
    )
    assert set(told[0]) == {0}
    assert min(told[1]) > 0


def test_amounts_beyond_plain_numbers_are_refused(run: Any) -> None:
    n = Symbol("n", integer=True, positive=True)
    x = Signal("x", n)
    claim = Claim(x.pad(2**60, 1 - 2**60), x.pad(0, 1))
    assert run(DRIVER, [{"claim": claim_record(claim, UNDECIDED), "points": [{"n": 3}]}]) == [
        ["too long"]
    ]
    big = [Symbol(name, integer=True) for name in "abc"]
    sums = sympy.Add(big[0], big[1], big[2], evaluate=False)
    at = {"a": 2**53 - 1, "b": 2**53 - 1, "c": 3 - 2**53}
    assert run(
        "({ e, at }) => String(value(e, at).n)", {"e": expression_record(sums), "at": at}
    ) == str(sum(at.values()))


def test_each_operator_is_known_on_both_sides(run: Any) -> None:
    assert set(KNOWN) == set(OPERATORS)
    assert sorted(run("() => Object.keys(OPERATORS)")) == sorted(KNOWN.values())


def test_sides_are_equal_exactly_where_the_condition_holds(run: Any) -> None:
    rng, lines = random.Random(1), []
    for one in list(CATALOGUE.values())[::3]:
        if one.is_true or not one.claim.signals:
            continue
        record = claim_record(one.claim, one.claim.prove())
        if record["verdict"]["condition"] is not None:
            at = points(one.claim, rng, 20, 4 if one.claim.has_several_axes else 6)
            places = [{symbol.name: n for symbol, n in point.items()} for point in at]
            lines.append({"claim": record, "points": places})
    told = run(
        """(lines) => lines.flatMap(({ claim, points }) => points.flatMap((at) => {
          try {
            if (!claim.given.every(({ condition }) => holds(condition, at))) return [];
            const found = differences(claim, new AtSizes(claim, at));
            return [[holds(claim.verdict.condition, at), !found.lengths && !found.outputs.length]];
          } catch (error) {
            if (!(error instanceof Undefined || error instanceof TooLong)) throw error;
            return [];
          }
        }))""",
        lines,
    )
    assert all(is_said == is_so for is_said, is_so in told)
    assert {is_said for is_said, _ in told} == {True, False}
    assert len(told) > 300

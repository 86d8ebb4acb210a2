"""Pages to play with: what their JavaScript computes is what symconv computes."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sympy
from sympy import Expr, Symbol

from symconv import Claim, Pointwise, Signal, SignalExpr, SymconvError, Tensor, integers
from symconv.arithmetic.symbols import sign_of
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.theorems import MAIN, THEOREMS
from symconv.decision.verdicts import Refuted, Unknown
from symconv.language import fixed_size
from symconv.language.evaluation import holds_at, value_at
from symconv.language.graph import leaves, symbols_in
from symconv.pages import explore
from symconv.pages.explore.records import KNOWN, claim_record, expression_record
from symconv.reading.text import parse_claim
from tests.generators.cases import CASES
from tests.generators.random_claims import random_claim

HERE = Path(explore.__file__).parent
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")

UNDECIDED = Unknown("it was not asked")

n, c, s = integers("n c s", positive=True)
p = integers("p", nonnegative=True)
x, k = Signal("x", n), Signal("k", c)

Entry: TypeAlias = dict[str, str]
"""A polynomial: the numbers by monomials such as "k 0,x 2"."""

DRIVER = """
const told = [];
for (const line of require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const { claim, points } = JSON.parse(line);
  for (const at of points) {
    try {
      const read = new AtSizes(claim, at);
      const known = new Map();
      const sides = claim.sides.map(({ node }) => range(read.sizes[node]).map((u) => {
        const found = read.polynomial(node, u, known);
        return Object.fromEntries([...found].map(([m, a]) => [m, `${a.n}/${a.d}`]));
      }));
      const differ = differences(claim, read);
      const entries = read.entries((name, u) => whole(name.charCodeAt(0) + u * u));
      const numbers = claim.sides.map(({ node }) => entries[node].map((a) => `${a.n}/${a.d}`));
      told.push({ sides, differ, numbers });
    } catch (error) {
      if (!(error instanceof Undefined)) throw error;
      told.push(null);
    }
  }
}
console.log(JSON.stringify(told));
"""


def run(script: str, lines: Iterable[Any]) -> Any:
    """What Node prints for a script after the operators, on lines of JSON."""
    assert NODE is not None
    code = (HERE / "operators.js").read_text(encoding="utf-8") + script
    done = subprocess.run(
        [NODE, "-e", code],
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def entries(side: SignalExpr, at: Mapping[Symbol, int]) -> list[Entry]:
    """The entries of `vector`, as the page writes them."""
    here = {name: at[symbol] for name, symbol in symbols_in(side).items()}
    named = leaves(side)
    texts = {
        text: f"{name} {i}"
        for name, names in fixed_size.entry_names(named, at).items()
        for i, text in enumerate(names)
    }
    return [dict(terms(entry, texts)) for entry in side.vector(**here)]


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


def number_of(entry: Entry) -> str:
    """The value of an entry where entry u of a signal is the code of its name plus u²."""
    total = Fraction(0)
    for monomial, number in entry.items():
        product = Fraction(number)
        for factor in filter(None, monomial.split(",")):
            name, u = factor.split()
            product *= ord(name[0]) + int(u) ** 2
        total += product
    return f"{total.numerator}/{total.denominator}"


def expected(claim: Claim, at: Mapping[Symbol, int]) -> Any:
    """What Node has to tell of a claim at a point."""
    try:
        fixed_size.check_defined((*claim.signals, *claim.mentioned, *claim.about), at)
    except SymconvError:
        return None
    sides = [entries(side, at) for side in claim.signals]
    left, right = sides
    outputs = [u for u, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    return {
        "sides": sides,
        "differ": {"lengths": len(left) != len(right), "outputs": outputs},
        "numbers": [list(map(number_of, side)) for side in sides],
    }


def drawn_points(claim: Claim, rng: random.Random, count: int) -> list[dict[Symbol, int]]:
    return [
        {symbol: rng.randint(sign_of(symbol).least or 0, 6) for symbol in claim.symbols}
        for _ in range(count)
    ]


def check_claims(claims: Iterable[Claim], rng: random.Random, count: int) -> list[Any]:
    lines, wanted = [], []
    for claim in claims:
        points = drawn_points(claim, rng, count)
        wanted += [expected(claim, at) for at in points]
        at = [{symbol.name: number for symbol, number in point.items()} for point in points]
        lines.append({"claim": claim_record(claim, UNDECIDED), "points": at})
    told = run(DRIVER, lines)
    assert len(told) == len(wanted)
    for one, other in zip(told, wanted, strict=True):
        assert one == other
    return wanted


def shown(claim: Claim) -> bool:
    """Whether a page can show a claim."""
    try:
        claim_record(claim, UNDECIDED)
    except SymconvError:
        return False
    return True


@needs_node
@pytest.mark.parametrize("seed", range(10))
def test_random_claims_have_the_entries_of_vector(seed: int) -> None:
    claims = (random_claim(1000 * seed + i) for i in range(30))
    wanted = check_claims(claims, random.Random(seed), 5)
    defined = [one for one in wanted if one is not None]
    assert len(defined) > 50  # else the seeds show little
    assert any(one["differ"]["outputs"] for one in defined)


@needs_node
def test_the_catalogue_has_the_entries_of_vector() -> None:
    claims = [one.claim for one in CATALOGUE.values() if one.claim.signals and shown(one.claim)]
    assert len(claims) > 100
    wanted = check_claims(claims, random.Random(0), 4)
    assert sum(one is not None for one in wanted) > 200


@needs_node
def test_cases_worked_out_by_hand() -> None:
    cases = [one for one in CASES if one.signal.ndim == 1]
    claims = [Claim(one.signal, one.signal) for one in cases]
    kept = [(case, claim) for case, claim in zip(cases, claims, strict=True) if shown(claim)]
    assert len(kept) > 100
    wanted, lines = [], []
    for case, claim in kept:
        at = {symbol: case.at[symbol.name] for symbol in claim.symbols}
        wanted.append(expected(claim, at))
        point = {symbol.name: number for symbol, number in at.items()}
        lines.append({"claim": claim_record(claim, UNDECIDED), "points": [point]})
    for (case, _), one, other in zip(kept, run(DRIVER, lines), wanted, strict=True):
        assert one == other, case


@needs_node
def test_expressions_and_conditions_have_the_values_of_their_own() -> None:
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
    points = [{"a": i, "b": j} for i in range(-5, 6) for j in range(-5, 6)]
    script = """
    const [{ expressions, conditions, points }] =
      require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean).map(JSON.parse);
    console.log(JSON.stringify(points.map((at) => [
      expressions.map((e) => { const a = value(e, at); return `${a.n}/${a.d}`; }),
      conditions.map((e) => holds(e, at)),
    ])));
    """
    line = {
        "expressions": list(map(expression_record, expressions)),
        "conditions": list(map(expression_record, conditions)),
        "points": points,
    }
    for at, (values, truths) in zip(points, run(script, [line]), strict=True):
        numbers = {a: at["a"], b: at["b"]}
        assert list(map(Fraction, values)) == [value_at(e, numbers) for e in expressions]
        assert truths == [holds_at(e, numbers) for e in conditions]


@needs_node
def test_each_operator_is_known_on_both_sides() -> None:
    names = run("console.log(JSON.stringify(Object.keys(OPERATORS)));", [])
    assert sorted(names) == sorted(KNOWN.values())


CONDITIONS = """
const told = [];
for (const line of require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const { claim, points } = JSON.parse(line);
  for (const at of points) {
    try {
      const found = differences(claim, new AtSizes(claim, at));
      const given = claim.given.every(({ condition }) => holds(condition, at));
      const is = holds(claim.verdict.condition, at);
      told.push(given ? [is, !found.lengths && !found.outputs.length] : null);
    } catch (error) {
      if (!(error instanceof Undefined)) throw error;
      told.push(null);
    }
  }
}
console.log(JSON.stringify(told));
"""


@needs_node
def test_sides_are_equal_exactly_where_the_condition_holds() -> None:
    rng, lines = random.Random(1), []
    for one in (*THEOREMS, *list(CATALOGUE.values())[::4]):
        if one.is_true or not one.claim.signals or not shown(one.claim):
            continue
        record = claim_record(one.claim, one.claim.prove())
        if record["verdict"]["condition"] is not None:
            points = drawn_points(one.claim, rng, 40)
            at = [{symbol.name: number for symbol, number in point.items()} for point in points]
            lines.append({"claim": record, "points": at})
    told = [one for one in run(CONDITIONS, lines) if one is not None]
    assert all(is_said == is_so for is_said, is_so in told)
    assert {is_said for is_said, _ in told} == {True, False}
    assert len(told) > 300


# --- the page --------------------------------------------------------------------------------


BETWEEN = Claim(
    x.pad(1, 1).correlate(k).pad(1, 1).correlate(k),
    x.pad(2, 2).correlate(k.convolve(k)),
    given=[n >= c],
)


PADDED = parse_claim("x.pad(1, 1).correlate(k).length == n", signals={"x": "n", "k": "c"}).claim


def data_of(content: str) -> Any:
    """What a page holds of its claim."""
    (found,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', content, re.S
    )
    return json.loads(found)


@pytest.mark.parametrize("claim", [MAIN.claim, BETWEEN, PADDED, Claim(sympy.Max(n, c), n)])
def test_a_page_needs_nothing_else(claim: Claim) -> None:
    content = explore.page(claim, claim.prove(), statement="1 < 2 & so </script> on")
    assert len(content.encode()) < 300_000
    assert not re.search(r"(src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest|import\(", content)
    # A text within cannot end the script that holds it.
    assert content.count("</script>") == 2
    assert data_of(content)["statement"] == "1 < 2 & so </script> on"


def test_a_page_has_the_verdict_and_its_condition() -> None:
    verdict = BETWEEN.prove()
    assert isinstance(verdict, Refuted)
    record = data_of(explore.page(BETWEEN, verdict))
    told = record["verdict"]
    assert told["kind"] == "refuted"
    assert told["condition"] == expression_record(verdict.condition)
    assert told["counterexamples"][0]["lengths"] == verdict.counterexample.lengths
    assert [one["condition"] for one in record["given"]] == [["≥", "n", "c"]]
    proved = data_of(explore.page(MAIN.claim, MAIN.claim.prove()))
    assert (proved["verdict"]["kind"], proved["verdict"]["said"]) == (
        "proved",
        "Proved for all lengths.",
    )


def test_a_page_begins_where_there_is_something_to_see() -> None:
    for one in (MAIN.claim, BETWEEN):
        start = claim_record(one, UNDECIDED)["start"]
        at = one.at(**start)
        assert all(3 <= len(side) <= 40 for side in (at.lhs, at.rhs))


def test_what_is_not_shown_says_why() -> None:
    matrix, f = Tensor("m", (n, c)), Pointwise("f")
    for claim, why in [
        (Claim(x.max_pool(2), x.max_pool(2)), "sums of products"),
        (Claim(f(x), x), "sums of products"),
        (Claim(matrix, matrix), "has 2"),
        (Claim(x.correlate(k), x.correlate(k), given=[k == k.flip()]), "hypotheses on taps"),
    ]:
        with pytest.raises(SymconvError, match=why):
            claim_record(claim, UNDECIDED)


@needs_node
def test_the_script_of_a_page_can_be_read() -> None:
    assert NODE is not None
    parts = [(HERE / name).read_text(encoding="utf-8") for name in ("operators.js", "page.js")]
    checked = subprocess.run(
        [NODE, "--input-type=module", "--check"],
        input='"use strict";\n' + "".join(parts),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not checked.returncode, checked.stderr

"""What verdicts carry: evidence, conditions, where the sides differ, NumPy, assertions."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import And, Eq, Expr, Indexed, Mod, Mul, Or, Symbol, expand, false, floor, symbols

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, integers
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.theorems import MAIN
from symconv.decision.records import counterexample_record
from symconv.decision.verdicts import Differences, Evidence
from symconv.decision.wording import differences_sentences, holds_sentence
from symconv.language.notation import latex, plain
from symconv.language.scalars import REALS, strongest
from symconv.testing import assert_equal
from tests.oracles.brute_force import evaluate, polynomials, small_lengths, value

n, c, d, s, t = symbols("n c d s t", integer=True, positive=True)
p, q = symbols("p q", integer=True, nonnegative=True)
u, i = symbols("u i", integer=True)
x, y, k, h = Signal("x", n), Signal("y", n), Signal("k", c), Signal("h", d)
g = Signal("g", 3)

FALSE: dict[str, Claim] = {
    "padding twice": Claim(
        x.pad(p, p).correlate(k).pad(q, q).correlate(h),
        x.pad(p + q, p + q).correlate(k.convolve(h)),
    ),
    "3 and 3": Claim(
        x.pad(1, 1).correlate(g).pad(1, 1).correlate(g), x.pad(2, 2).correlate(g.convolve(g))
    ),
    "SAME": Claim(x.pad_same(3, stride=2), x.pad(0, 1)),
    "SAME, stride 3": Claim(
        x.pad_same(3, stride=3).correlate(g, stride=3), x.pad(1, 1).correlate(g, stride=3)
    ),
    "reflected": Claim(x.pad(1, 1, "reflect"), x.pad(1, 1, "replicate"), given=[n >= 2]),
    "circular": Claim(x.pad(1, 2, "circular"), x.pad(1, 2, "symmetric"), given=[n >= 2]),
    "pooling": Claim(
        x.avg_pool(2, stride=1, padding=1, count_include_pad=False),
        x.avg_pool(2, stride=1, padding=1),
    ),
    "transposed": Claim(
        x.conv_transpose(g, stride=2, padding=1, output_padding=1),
        x.conv_transpose(g, stride=2, padding=1).pad(0, 1),
    ),
    "dilated": Claim(x.dilate(3).downsample(2), x.dilate(2).downsample(3)),
    "crop": Claim(x.pad(2, -1).pad(-2, 1), x),
    "crop after": Claim(x.pad(-1, 3), x.pad(3, -1).flip()),
    "scaled": Claim(x / 3 - 2 * x.flip(), x.flip() - x.pad(1, -1) * 2),
    "taps": Claim(x.correlate(Signal.taps(1, -2, 1)), x.pad(-1, -1)),
    "product": Claim(x.multiply(x.flip()), x.multiply(x)),
    "formula": Claim(Signal.from_formula(u, x[n - u] + x[u] * x[0], length=n), x),
    "empty": Claim(x.pad(-2, 0).convolve(k), x.pad(-2, 0)),
    "long kernel": Claim(x.correlate(k.dilate(2)), x.correlate(k)),
    "a sum in another operator": Claim((x - 2 * y).dilate(1).flip(), x - y),
    "a fraction in another operator": Claim(0 * x, (-x / 2).dilate(2).downsample(2)),
    "counted": Claim(Signal.ones(c).convolve(Signal.ones(c)), Signal.ones(2 * c - 1)),
}
LENGTHS: dict[str, Claim] = {
    "floors": Claim(floor((floor((n - 1) / 2) - 1) / 2), floor(n / 4)),
    "modulo": Claim(Mod(n, 3), Mod(n, 2)),
    "layer": Claim(x.correlate(k, stride=2).length, n / 2),
    "conditions": Claim(Or(n > c, Eq(Mod(n, 2), 0)), And(n >= c, c < 4)),
}


def refuted(claim: Claim) -> Refuted:
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    return verdict


# --- NumPy ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*FALSE, *LENGTHS])
def test_numpy_reproduces_the_counterexample(name: str) -> None:
    verdict = refuted({**FALSE, **LENGTHS}[name])
    found = verdict.counterexample
    lines = verdict.reproduction.splitlines()
    assert len(lines) == 3
    printed: list[Any] = []
    names: dict[str, Any] = {"print": lambda *sides: printed.extend(sides)}
    exec("\n".join(lines), names)
    assert len(printed) == 2
    for side, expected in zip(printed, (found.lhs, found.rhs), strict=True):
        if isinstance(expected, list):
            assert np.asarray(side).shape == (len(expected),)
            assert np.allclose(side, [float(v) for v in expected])
        else:
            assert side == pytest.approx(float(expected))


def numbers_printed_by(verdict: Refuted, capsys: pytest.CaptureFixture[str]) -> list[int]:
    exec(verdict.reproduction, {})
    return list(map(int, re.findall(r"-?\d+", capsys.readouterr().out)))


@pytest.mark.parametrize("name", ["np", "print", "int", "list"])
def test_signals_with_names_that_python_has_already(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    y = Signal(name, n)
    verdict = refuted(Claim(y.pad(2, 0) - y.pad(1, 1), y.pad(0, 2)))
    found = verdict.counterexample
    assert len(found.lhs) == len(found.rhs) == 3
    assert numbers_printed_by(verdict, capsys) == [*found.lhs, *found.rhs]


@pytest.mark.parametrize("name", ["np", "print", "int", "floor", "lambda", "max", "n_{1}", "a b"])
def test_symbols_with_names_that_python_has_already(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    m = Symbol(name, integer=True, positive=True)
    verdict = refuted(Claim(2 * floor(m / 2), m))
    assert numbers_printed_by(verdict, capsys) == [0, 1]


def test_the_three_lines_run_by_themselves() -> None:
    verdict = refuted(FALSE["padding twice"])
    out = subprocess.run(
        [sys.executable, "-c", verdict.reproduction], capture_output=True, text=True, check=True
    ).stdout
    assert out.split() == ["[0", "0]", "[1", "0]"]


@pytest.mark.parametrize("name", [name for name, t in CATALOGUE.items() if not t.is_true])
def test_numpy_reproduces_the_catalogue(name: str) -> None:
    verdict = refuted(CATALOGUE[name].claim)
    printed: list[Any] = []
    exec(verdict.reproduction, {"print": lambda *sides: printed.extend(sides)})
    side = verdict.claim.lhs
    assert list(map(np.ndim, printed)) == [side.ndim if isinstance(side, SignalExpr) else 0] * 2
    assert not np.array_equal(*printed)


# --- where they differ ---------------------------------------------------------------


@pytest.mark.parametrize("name", FALSE)
def test_where_the_sides_differ(name: str) -> None:
    claim = FALSE[name]
    found = refuted(claim).differences
    assert found is not None
    somewhere = False
    for at in list(small_lengths(claim, 7))[:120]:
        left, right = (polynomials(side, at) for side in claim.signals)
        assert value(found.lengths, at) == (len(left) != len(right)), at
        differing = [a != b for a, b in zip(left, right, strict=False)]
        if len(left) == len(right) and any(differing):
            somewhere = True
            said = [value(found.entries, {**at, found.index.name: w}) for w in range(len(left))]
            assert said == differing, at
    assert somewhere or found.entries == False or found.lengths == True  # noqa: E712


def test_differences_in_words() -> None:
    def said(name: str) -> list[str]:
        return differences_sentences(refuted(FALSE[name]).differences)

    assert said("3 and 3") == ["Only the first output and the last output differ."]
    assert said("SAME") == [
        "The outputs differ in length exactly when n mod 2 = 1.",
        "Where they are equally long, they are equal.",
    ]
    assert said("transposed") == ["Only the last output differs."]
    assert differences_sentences(None) == []
    never = Differences(false, Eq(u, 0), (u,), (n,))
    assert differences_sentences(never) == ["Only the first output differs."]


def test_conditions_in_words() -> None:
    assert holds_sentence(refuted(FALSE["SAME, stride 3"]).condition) == (
        "It holds exactly when n mod 3 = 1."
    )
    assert holds_sentence(refuted(FALSE["3 and 3"]).condition) == "It never holds."
    assert holds_sentence(None) == ""
    condition = FALSE["padding twice"].condition(for_all=[n])
    assert plain(condition) == "q = 0 or c ≤ p + 1"


def test_residues_are_listed() -> None:
    condition = LENGTHS["modulo"].condition()
    assert plain(condition) == "n mod 6 ∈ {0, 1}"
    assert latex(condition) == r"n \bmod 6 \in \{0, 1\}"
    m = symbols("m", integer=True, nonnegative=True)
    assert plain(Claim(floor((m + 1) / 4), floor(m / 4)).condition()) == "m mod 4 ≠ 3"
    assert plain(Claim(Eq(n, c), n < 0).condition()) == "c ≠ n"


# --- evidence ------------------------------------------------------------------------


def check_evidence(evidence: Evidence) -> None:
    """The change of indices takes one product to the other, and back."""
    if evidence.left is None or evidence.right is None:
        assert not evidence.indices
        return

    def factors(product: Expr) -> list[str]:
        return sorted(map(str, product.args if product.is_Mul else [product]))

    def put(product: Expr, values: Mapping[Symbol, Expr]) -> Expr:
        fresh = {key: Symbol(f"{key}__") for key in values}
        moved = product.xreplace(fresh).xreplace(
            {fresh[key]: entry for key, entry in values.items()}
        )
        parts = moved.args if moved.is_Mul else [moved]
        return Mul(*(a.func(a.base, expand(a.indices[0])) for a in parts if isinstance(a, Indexed)))

    if not evidence.is_identical:  # a quotient, or the one value that an index has
        entries = [*evidence.indices.values(), *evidence.inverse.values()]
        assert any(entry.has(floor) or entry.is_number for entry in entries)
        return
    assert factors(put(evidence.right, evidence.indices)) == factors(put(evidence.left, {}))
    assert factors(put(evidence.left, evidence.inverse)) == factors(put(evidence.right, {}))
    for index, there in evidence.inverse.items():
        assert expand(there.xreplace(dict(evidence.indices)) - index) == 0


def test_the_evidence_for_the_theorem() -> None:
    verdict = MAIN.claim.prove()
    assert isinstance(verdict, Proved)
    (change,) = (e for e in verdict.evidence if e.indices)
    left_i, left_j = integers("i j")
    assert 2 * left_i + left_j in change.indices.values()
    assert "t = 2i + j" in str(change)
    check_evidence(change)


def test_the_evidence_for_all_strides() -> None:
    claim = Claim(
        x.correlate(k, stride=s).correlate(h, stride=t),
        x.correlate(k.convolve(h.dilate(s)), stride=s * t),
    )
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    changes = [e for e in verdict.evidence if e.indices]
    assert len(changes) == 1
    check_evidence(changes[0])


@pytest.mark.parametrize("name", [name for name, t in CATALOGUE.items() if t.is_true])
def test_the_evidence_of_the_catalogue(name: str) -> None:
    verdict = CATALOGUE[name].claim.prove()
    assert isinstance(verdict, Proved)
    assert verdict.evidence
    for evidence in verdict.evidence:
        check_evidence(evidence)


def test_a_wrong_change_of_indices_is_noticed() -> None:
    verdict = MAIN.claim.prove()
    assert isinstance(verdict, Proved)
    (change,) = (e for e in verdict.evidence if e.indices)
    wrong = {key: entry + 1 for key, entry in change.indices.items()}
    with pytest.raises(AssertionError):
        check_evidence(
            Evidence(change.compared, change.how, change.left, change.right, wrong, change.inverse)
        )


# --- assertions ----------------------------------------------------------------------


def test_assert_equal() -> None:
    assert_equal(x.convolve(k), k.convolve(x))
    assert_equal(x.correlate(k).length, n - c + 1, given=[n >= c])
    assert_equal(And(n >= c, c > 1), And(c > 1, c <= n))
    with pytest.raises(AssertionError) as caught:
        assert_equal(x.correlate(k), x.correlate(k.flip()), name="flipping does not matter")
    message = str(caught.value)
    assert message.startswith("flipping does not matter: x.correlate(k) == x.correlate(k.flip())")
    assert "c = 2, n = 2, k = [1, 0], x = [1, 0]: the left side is [1]" in message
    assert "It holds exactly when c = 1 or c ≥ n + 1." in message
    with pytest.raises(AssertionError, match=r"proved only for s from 1 to 6"):
        assert_equal(floor((s * s - s) / 2) * 2, s * s - s)
    with pytest.raises(SymconvError):
        assert_equal(x, n)  # a signal and a length: no question of being equal


def test_evaluate_agrees() -> None:
    # The oracle of this file reads the new operators by itself.
    at = {"n": 3}
    left = evaluate(x.pad(1, 2, "circular"), at, lambda name, j: 10 + j)
    assert left == [12, 10, 11, 12, 10, 11]


# --- rings ---------------------------------------------------------------------------

EVERY, RATIONAL = "every commutative ring", "every commutative ℚ-algebra"
RINGS: dict[str, tuple[Claim, str]] = {
    "sums and products": (Claim(x.convolve(k), k.convolve(x)), EVERY),
    "integers": (
        Claim(2 * x.correlate(Signal.taps(1, -3)), x.correlate(Signal.taps(2, -6))),
        EVERY,
    ),
    "a fraction": (Claim(x / 2 + x / 2, x), RATIONAL),
    "a fraction on the right": (Claim(x, x / 3 * 3), RATIONAL),
    "fractions as taps": (
        Claim(x.correlate(Signal.taps(Fraction(1, 2), 1)), x.correlate(Signal.taps(1, 2)) / 2),
        RATIONAL,
    ),
    "an average": (Claim(x.avg_pool(2), x.avg_pool(2)), RATIONAL),
    "a formula": (Claim(Signal.from_formula(u, x[u] / 2, length=n), x / 2), RATIONAL),
    "a formula with an integer": (Claim(Signal.from_formula(u, 2 * x[u], length=n), 2 * x), EVERY),
    "fractions in positions": (
        Claim(
            Signal.from_formula(u, x[floor(u / 2)], length=2 * n),
            x.dilate(2).pad(0, 1) + x.dilate(2).pad(1, 0),
        ),
        EVERY,
    ),
    "a fraction in a hypothesis": (Claim(2 * k, g.pad(0, 0), given=[k == g / 2]), RATIONAL),
    "lengths": (Claim(x.pad(1, 1).length / 2, n / 2 + 1), EVERY),
}


@pytest.mark.parametrize("name", RINGS)
def test_a_proof_says_over_what_it_holds(name: str) -> None:
    claim, ring = RINGS[name]
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    assert (verdict.scope, verdict.is_complete, verdict.ring) == ("all lengths", True, ring)
    assert str(verdict) == "proved for all lengths" + f", over {ring}" * (ring != EVERY)


def test_what_asks_for_most_decides() -> None:
    assert strongest([]) == EVERY
    assert strongest([EVERY, REALS, RATIONAL]) == REALS == "the reals"
    assert str(Proved("all sizes", ring=REALS)) == "proved for all sizes, over the reals"
    assert str(Proved("s from 1 to 6 only", ring=RATIONAL)).endswith("only, over " + RATIONAL)


def test_long_fractions_are_shown() -> None:
    n = integers("n", positive=True)
    x = Signal("x", n)
    verdict = Claim(x / 10**3000 / 10**3000, x).prove()
    assert isinstance(verdict, Refuted)
    assert "the left side is [1/10000000…00000000 (6001 digits)]" in str(verdict)
    record = counterexample_record(verdict.counterexample)
    assert record["lhs"] == [f"1/1{'0' * 6000}"]

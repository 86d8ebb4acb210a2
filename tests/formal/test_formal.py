"""The formal proof: the theory, the definitions against `Signal.evaluate`, and the certificates."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from symconv.formal.indices import change_of
from sympy import (
    And,
    Eq,
    Equivalent,
    Implies,
    Max,
    Min,
    Mod,
    Ne,
    Not,
    Or,
    ceiling,
    floor,
    symbols,
)

from symconv import Claim, Proved, Signal, SignalExpr, SymconvError
from symconv.catalogue.index import CATALOGUE
from symconv.command.certificates import check_destination
from symconv.command.cli import main
from symconv.errors import Uncertified
from symconv.formal import NoRocqError, Rocq, certificate, certificates, rocq_files, theory
from symconv.formal.certificates import FIRST_LINE, script, statement, theorem_name
from symconv.formal.rocq import RejectedError
from symconv.formal.rocq_files import FILES, LIBRARY, Statement, imports, source, statements
from symconv.formal.rocq_syntax import application, comment, condition_text, rocq_names
from symconv.formal.theory import MAIN_STATEMENT, NOTHING, check_theory
from symconv.language.graph import walk
from symconv.language.operators import Convolve, Correlate, Dilate, Downsample, Flip, Named, Pad
from tests.generators.mutations import signal_mutants
from tests.generators.theorems import THEOREMS
from tests.oracles.rocq import evaluated, needs_rocq
from tests.project import ROOT

n, c, d = symbols("n c d", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
s = symbols("s", integer=True, positive=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)


# --- the theory ----------------------------------------------------------------------

REQUIRED = {
    "two_layers_eq_one_layer",
    "layers_eq_one_layer",
    "two_stride2_layers_eq_one_stride4_layer",
    "size_k4",
    "size_is_a_quarter_iff",
    "k4_is_unique",
    "two_sided_layers_eq_one_layer",
    "padded_layer_eq_two_sided_layer",
    "dilated_layer_eq_layer_with_dilated_kernel",
    "noble_identity_for_downsampling",
    "noble_identity_for_upsampling",
    "convolve_is_polynomial_product",
    "dilate_is_composition_with_a_power",
    "two_layers_of_any_rank_eq_one_layer",
    "layer_of_any_rank_determines_kernel",
    "scale_and_bias_fold",
    "batch_norm_folds",
    "rearranged_and_back",
    "pixel_unshuffle_shuffle",
    "two_padded_layers_eq_one_layer",
    "repvgg_branches_eq_one_layer",
    "two_layers_with_any_groups_eq_one_layer",
}


@needs_rocq
def test_rocq_accepts_the_theory_without_assumptions() -> None:
    code, output = run("prove", "--formal", "--json")
    record = json.loads(output)
    assert (code, record["verdict"], record["name"]) == (0, "proved", MAIN_STATEMENT)
    found = record["statements"]
    assert {s["name"]: s["assumptions"] for s in found if s["assumptions"]} == {}
    assert {s["name"] for s in found if s["kind"] == "Theorem"} > REQUIRED
    assert [s["name"] for s in found] == [s.name for file in FILES for s in statements(file)]
    assert record["seconds"] > 0


@needs_rocq
@pytest.mark.parametrize(
    ("proof", "assumption"),
    [
        ("Theorem t : 1 = 0.\nProof.\nAdmitted.", "t"),
        ("Axiom a : 1 = 0.\nTheorem t : 1 = 0.\nProof. exact: a. Qed.", "a"),
    ],
)
def test_what_is_assumed_is_found(
    monkeypatch: pytest.MonkeyPatch, proof: str, assumption: str
) -> None:
    begin, end = (
        "From mathcomp Require Import all_ssreflect.",
        "Lemma u : 1 = 1.\nProof. by []. Qed.",
    )
    text = f"{begin}\n{proof}\n{end}\n"
    monkeypatch.setattr(theory, "source", lambda name: text)
    found = [("Theorem", "t", " : 1 = 0."), ("Lemma", "u", " : 1 = 1.")]
    made = [Statement(kind, name, name + rest, "one") for kind, name, rest in found]
    monkeypatch.setattr(theory, "statements", lambda name: made)
    checked = check_theory(("one",))
    assert not checked.is_free_of_assumptions
    t, u = checked.statements
    assert f"{assumption} : 1 = 0" in t.assumptions
    assert u.assumptions == ""


def test_all_files_are_checked_and_nothing_is_admitted() -> None:
    folder = ROOT / "proofs" / "rocq"
    assert {path.stem for path in folder.glob("*.v")} == set(FILES)
    for name in FILES:
        text = source(name)
        assert not re.search(r"\b(Admitted|Axiom|Parameter|Conjecture|Hypothesis|admit)\b", text)
        begun = re.findall(r"^(?:Theorem|Lemma|Example|Corollary|Fact) (\w+)", text, re.MULTILINE)
        assert [found.name for found in statements(name)] == begun
        assert text.count("Proof.") == text.count("Qed.") == len(begun)


def test_the_readme_states_every_theorem() -> None:
    text = (ROOT / "proofs" / "rocq" / "README.md").read_text("utf-8")
    for name in FILES:
        assert f"[{name}.v]({name}.v)" in text
        for found in statements(name):
            if found.kind in ("Theorem", "Example"):
                assert f"`{found.name}`" in text, found.name


# --- the definitions -----------------------------------------------------------------


def _numbers(rng: random.Random, size: int) -> list[int]:
    return [rng.randint(-3, 3) for _ in range(size)]


def _random_signal(rng: random.Random, data: dict[str, list[int]], depth: int) -> SignalExpr:
    """A signal of fixed lengths, whose kernels are not empty; the data grow with it."""

    def leaf(least: int) -> Signal:
        name = f"x{len(data)}_"
        data[name] = _numbers(rng, rng.choice([least, 1, 2, 3, 5, 8, 12]))
        return Signal(name, len(data[name]))

    if depth == 0:
        return leaf(3)
    inner = _random_signal(rng, data, depth - 1)
    factor = rng.choice([1, 2, 2, 3, 5])
    match rng.randrange(7):
        case 0:
            return inner.pad(rng.randint(-3, 3), rng.randint(-3, 3))
        case 1:
            return inner.flip()
        case 2:
            return inner.downsample(factor)
        case 3:
            return inner.dilate(factor)
        case 4:
            return inner.convolve(leaf(0))
        case 5:
            return inner.correlate(leaf(1), stride=factor)
        case _:
            return inner.correlate(leaf(1), stride=factor, dilation=rng.choice([1, 2, 3]))


def _edge_cases() -> Iterator[tuple[SignalExpr, dict[str, list[int]]]]:
    """Each operator at its edges: nothing, one entry, and more than there is."""
    for size in range(4):
        data = {"x": list(range(1, size + 1))}
        one = Signal("x", size)
        for amounts in [
            (0, 0),
            (2, 0),
            (0, 3),
            (-1, 0),
            (0, -1),
            (-1, 2),
            (2, -1),
            (-2, -2),
            (-9, 3),
        ]:
            yield one.pad(*amounts), data
        yield one.flip(), data
        for factor in (1, 2, 5):
            yield one.dilate(factor), data
            yield one.downsample(factor), data
        for taps in range(4):
            more = data | {"k": [(-2) ** j for j in range(taps)]}
            kernel = Signal("k", taps)
            yield one.convolve(kernel), more
            if taps:
                for stride in (1, 2, 5):
                    yield one.correlate(kernel, stride=stride), more
                    yield one.correlate(kernel, stride=stride, dilation=2), more


def _term(signal: SignalExpr, data: dict[str, list[int]]) -> str:
    literals = {
        name: f"[:: {'; '.join(f'({v})' for v in values)}]" for name, values in data.items()
    }

    def text(node: SignalExpr) -> str:
        return application(node, [text(operand) for operand in node.operands], literals)

    return text(signal).replace("[:: ]", "[::]")


@needs_rocq
def test_rocq_and_python_evaluate_the_definitions_alike() -> None:
    rng = random.Random(6)
    cases = list(_edge_cases())
    for number in range(250):
        data: dict[str, list[int]] = {}
        cases.append((_random_signal(rng, data, 1 + number % 3), data))
    kinds = {type(node.operator) for signal, _ in cases for node in walk(signal)}
    assert kinds == {Named, Pad, Flip, Downsample, Dilate, Convolve, Correlate}
    expected = []
    for signal, data in cases:
        names = {node.name for node in walk(signal) if isinstance(node, Signal)}
        expected.append(signal.evaluate(**{name: data[name] for name in names}))
    assert sum(map(bool, expected)) > len(cases) / 2, "most of the results are not empty"
    assert len(cases) > 400
    with Rocq() as rocq:
        rocq.check("definitions", source("definitions"))
        found = evaluated(rocq, [_term(signal, data) for signal, data in cases])
    for (signal, data), one, other in zip(cases, expected, found, strict=True):
        assert list(map(int, one)) == other, f"{signal} at {data}"


# --- certificates --------------------------------------------------------------------

OPERATORS = (Named, Pad, Correlate, Convolve, Dilate, Downsample, Flip)


def _has_certificate(claim: Claim) -> bool:
    """Whether the claim is made of these operators alone, with numbers for the strides."""
    nodes = [node for signal in claim.signals for node in walk(signal)]
    strides = [
        factor
        for node in nodes
        for factor in (
            node.operator.amounts
            if isinstance(node.operator, Correlate | Dilate | Downsample)
            else ()
        )
    ]
    return (
        bool(nodes)
        and all(isinstance(node.operator, OPERATORS) for node in nodes)
        and all(factor.number is not None for factor in strides)
    )


CERTIFIED = [t.name for t in CATALOGUE.values() if t.is_true and _has_certificate(t.claim)]
LENGTHS = [
    "output_is_a_quarter_iff_padding_fits",
    "three_stride2_layers_have_an_eighth_of_the_length",
    "formula_with_13_per_100_is_the_sum_over_chunks",
    "two_layers_per_dilation_to_128_see_511",
]


@pytest.fixture(scope="module")
def rocq() -> Iterator[Rocq]:
    """Rocq, with the library of the certificates checked once."""
    with Rocq() as found:
        for name in LIBRARY:
            found.check(name, source(name))
        yield found


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates import the library, which is checked already, instead of holding it."""
    required = f"{imports()}\nFrom symconv Require Import {' '.join(LIBRARY)}."
    monkeypatch.setattr(certificates, "library", lambda: required)


def test_there_are_claims_with_certificates() -> None:
    assert len(CERTIFIED) >= 20
    assert MAIN_STATEMENT in CERTIFIED


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", [*CERTIFIED, *LENGTHS])
def test_rocq_accepts_the_certificate_of(name: str, rocq: Rocq) -> None:
    checked = rocq.check("it", certificate(CATALOGUE[name].claim))
    assert checked.output.strip() == NOTHING


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "name",
    [
        "dilated layer",
        "convolution, associative with equal names",
        "crop of a dilation",
        "downsampling undoes dilation",
        "halves of an even number",
    ],
)
def test_rocq_accepts_the_certificate_of_the_claim(name: str, rocq: Rocq) -> None:
    checked = rocq.check("it", certificate(THEOREMS[name]))
    assert checked.output.strip() == NOTHING


MUTATED = [
    "two_stride2_layers_eq_one_stride4_layer",
    "noble_identity_for_downsampling",
    "layer_eq_convolution_with_flipped_kernel",
    "two_padded_layers_eq_one_where_the_first_pads_fully",
]


def _false_claims(claim: Claim) -> Iterator[Claim]:
    """The claim with one operator of its right side changed, where that makes it false."""
    assert isinstance(claim.rhs, SignalExpr)
    for mutant in signal_mutants(claim.rhs):
        same_shape = [type(a) for a in walk(mutant)] == [type(a) for a in walk(claim.rhs)]
        if same_shape and not any(a.size == 0 for a in walk(mutant) if isinstance(a, Signal)):
            changed = Claim(claim.lhs, mutant, claim.given, claim.name)
            try:
                if _has_certificate(changed) and not isinstance(changed.prove(), Proved):
                    yield changed
            except SymconvError:  # an operator is not defined there
                continue


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", MUTATED)
def test_rocq_rejects_a_false_claim_in_its_proof(name: str, rocq: Rocq) -> None:
    claim = CATALOGUE[name].claim
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    (carried,) = (e.change for e in verdict.evidence if e.change is not None)
    false = list(_false_claims(claim))
    assert len(false) >= 4
    for mutant in random.Random(name).sample(false, 2):
        text = script(mutant, carried)
        with pytest.raises(RejectedError) as caught:
            rocq.check("it", text)
        begins = text.splitlines().index("Proof.") + 1
        assert caught.value.line > begins, f"{mutant}: {caught.value}"
        assert "yntax error" not in caught.value.message


@needs_rocq
@pytest.mark.usefixtures("shared")
def test_rocq_rejects_another_statement_over_the_same_proof(rocq: Rocq) -> None:
    text = certificate(CATALOGUE[MAIN_STATEMENT].claim)
    for right, wrong in (
        ("= conv_layer 4 (convolve", "= conv_layer 3 (convolve"),
        ("(dilate 2 k)) (pad l r x).", "(dilate 3 k)) (pad l r x)."),
        ("    1 <= c ->\n", ""),
    ):
        begins, _, proof = text.partition("Proof.")
        changed = begins.replace(right, wrong)
        assert changed != begins
        with pytest.raises(RejectedError) as caught:
            rocq.check("it", f"{changed}Proof.{proof}")
        assert caught.value.line > changed.count("\n") + 1


@needs_rocq
@pytest.mark.usefixtures("shared")
def test_rocq_rejects_a_wrong_change_of_indices(rocq: Rocq) -> None:
    text = certificate(CATALOGUE["stride2_then_stride1_eq_stride2"].claim)
    wrong = text.replace("2 * i1 + i2", "i1 + i2").replace("i2 + 2 * i1", "i2 + i1")
    assert wrong != text
    with pytest.raises(RejectedError) as caught:
        rocq.check("it", wrong)
    assert caught.value.line > text.splitlines().index("Proof.") + 1
    assert "yntax error" not in caught.value.message


@needs_rocq
@pytest.mark.usefixtures("shared")
def test_factors_whose_positions_coincide(rocq: Rocq) -> None:
    # Here k[c − 1 − i] and k[u − j] are the same entry, as there is an output for c = 1 only.
    twice = k.downsample(2)
    claim = Claim(
        twice.correlate(k.flip()).convolve(k), k.convolve(twice.convolve(k).pad(1 - c, 1 - c))
    )
    assert rocq.check("it", certificate(claim)).output.strip() == NOTHING


CONDITIONS = [
    Eq(Mod(n, 4), 1) | (n > 3 * c),
    Ne(floor((2 * n - c) / 3), ceiling(-n / 2)),
    Equivalent(n >= c, Max(n, c) <= Min(n + c, 5)),
    Implies(n < c, Eq(Mod(-n, 3), 2) & (c / 2 <= n - 1)),
    Not(And(n > 2, Or(c < 3, Eq(floor(-c / 2), -2)))),
]


@needs_rocq
def test_conditions_mean_in_rocq_what_they_mean_in_sympy(rocq: Rocq) -> None:
    goals = [imports(), "From mathcomp Require Import all_algebra."]
    seen = set()
    for condition in CONDITIONS:
        for values in ((1, 1), (2, 5), (5, 2), (7, 4), (9, 3), (4, 4)):
            holds = bool(condition.subs({n: values[0], c: values[1]}))
            seen.add(holds)
            text = condition_text(condition, {"n": "n", "c": "c"})
            at = f"n = {values[0]} -> c = {values[1]} ->"
            said = f"({text})" if holds else f"~ ({text})"
            goals.append(f"Goal forall n c : int, {at} {said}. Proof. by move=> *; lia. Qed.")
    assert seen == {True, False}
    rocq.check("conditions", "\n".join(goals))


def test_the_statement_says_the_claim() -> None:
    claim = CATALOGUE["layer_eq_convolution_with_flipped_kernel"].claim
    assert statement(claim).splitlines()[-2:] == [
        "  conv_layer 2 k (pad l r x)",
        "  = downsample 2 (pad (1 - c) (1 - c) (convolve (pad l r x) (flip k))).",
    ]
    claim = Claim(
        x.correlate(k, dilation=3).length, 5, given=[Eq(Mod(n, 4), 0) | (n > c), ~(n < 3)]
    )
    assert statement(claim).splitlines()[1:] == [
        "    1 <= c ->",
        "    1 <= n ->",
        r"    (modz n 4 = 0 \/ n > c) ->",
        "    n >= 3 ->",
        "  (Num.max (0 : int) (n + 3 - 3 * c)) = 5 :> int.",
    ]


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("Theorem cheat : False. Proof. Admitted.", "'Admitted'"),
        ("Lemma fine : True. by []. Qed.\nTheorem cheat : True.\nProof. by []. Qed.", "'Proof.'"),
        ("Section S.\nVariable H : (1 = 0)%N.\nEnd S.", "'Variable '"),
        ("Axiom cheat : False.", "'Axiom'"),
    ],
)
def test_sources_that_say_less_than_they_seem_to_are_refused(
    monkeypatch: pytest.MonkeyPatch, added: str, message: str
) -> None:
    text = source("two_sided")
    monkeypatch.setattr(rocq_files, "source", lambda name: f"{text}\n{added}\n")
    with pytest.raises(SymconvError, match=message):
        statements("two_sided")
    code, output = run("prove", "--formal")
    assert code == 2
    assert "PROVED" not in output


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (Claim(x.dilate(s).downsample(s), x), "the stride or dilation s is a symbol"),
        (Claim(x.pad(n * c, 0).pad(-n * c, 0), x), "is a product of symbols"),
        (Claim(floor(n / s), floor(n / s)), "divides by a symbol"),
        (Claim(x + x, 2 * x), r"there is no rule for x \+ x"),
        (Claim(x.correlate(Signal.delta()), x), r"there is no rule for \[1\]"),
        (Claim(x.pad(1, 1, "circular"), x.pad(1, 1, "circular")), "no rule for pad"),
        (Claim(x.relu(), x.relu()), r"commutative rings, in which relu\(x\) has no meaning"),
        (Claim(x.max_pool(2), x.max_pool(2)), "commutative rings, in which maxpool"),
        (Claim(x.convolve(k), x.correlate(k)), "only what is proved for all lengths"),
        (Claim(x.dilate(2000), x.dilate(2000)), "numbers up to 1000"),
        (Claim(x.pad(10**9, 0).pad(-(10**9), 0), x), "numbers up to 1000"),
    ],
)
def test_a_claim_that_cannot_be_said_is_refused_with_its_reason(claim: Claim, reason: str) -> None:
    with pytest.raises(Uncertified, match=reason):
        certificate(claim)


@needs_rocq
@pytest.mark.usefixtures("shared")
def test_names_that_mean_something_in_rocq(rocq: Rocq) -> None:
    u, R, size_k, y1, λ, nil = symbols("u_ge R size_k y1 λ Axiom", integer=True, positive=True)  # noqa: N806
    pad, flip, t1 = Signal("pad", u), Signal("flip", R), Signal("t1", 2)
    claim = Claim(
        pad.convolve(flip).pad(size_k, y1).convolve(t1).pad(λ, nil),
        t1.convolve(pad.convolve(flip)).pad(size_k + λ, y1 + nil),
        name='" (* ',
    )
    assert claim.prove()
    assert rocq.check("it", certificate(claim)).output.strip() == NOTHING
    assert theorem_name(claim) == "claim"
    assert len(set(rocq_names(["v1", "fun", "in", "λ"]).values())) == 4


@pytest.mark.parametrize("name", ["size_pad", "expansion", "same_entry", "Definition", "my claim"])
def test_a_theorem_has_a_name_of_its_own(name: str) -> None:
    assert theorem_name(Claim(n, n, name=name)) == "claim"


def test_a_comment_ends_where_it_should() -> None:
    assert comment('a *) Axiom b : False. (* "\n c') == "a * ) Axiom b : False. ( * '  c"


def test_where_sets_were_compared_positions_are_the_indices() -> None:
    claim = CATALOGUE["centred_padding_eq_same_padding_for_stride_2_and_even_kernels"].claim
    verdict = claim.prove()
    assert isinstance(verdict, Proved)
    assert all(e.change is None for e in verdict.evidence)
    assert len(change_of(claim, None).forward) == 1


# --- the command ---------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    assert "Traceback" not in result.output
    return result.exit_code, result.output


@needs_rocq
def test_a_certificate_is_written_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "noble.v"
    name = "noble_identity_for_upsampling"
    code, output = run("prove", name, "--certificate", str(path), "--formal")
    assert code == 0
    for expected in (
        "PROVED",
        f"to check it: coqc {path}",
        f"Theorem {name} (R",
        "FORMALLY PROVED",
        NOTHING,
    ):
        assert expected in output
    text = path.read_text("utf-8")
    assert text.startswith(FIRST_LINE)
    assert "symconv Require" not in text  # it is one file
    code, _ = run("prove", name, "--certificate", str(path))  # it may be written again
    assert code == 0


def test_a_certificate_of_a_claim_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "swapped.v"
    options = ["--signal", "x:n", "--signal", "k:c", "--certificate", str(path), "--json"]
    code, output = run("check", "x.convolve(k) == k.convolve(x)", *options)
    assert code == 0
    record = json.loads(output)
    assert record["certificate"]["file"] == str(path)
    assert record["certificate"]["theorem"] == "claim"
    assert "convolve x k" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("k4_is_k_convolved_with_itself", 1, "REFUTED"),
        ("strided_dilated_layers_eq_one_layer", 3, "NO CERTIFICATE"),
        ("symmetric_padding_by_one_eq_replicating_one", 3, "there is no rule for"),
    ],
)
def test_without_a_proof_or_a_rule_no_file_is_written(
    tmp_path: Path, name: str, code: int, expected: str
) -> None:
    path = tmp_path / "none.v"
    found, output = run("prove", name, "--certificate", str(path))
    assert found == code
    assert expected in output
    assert not path.exists()


def test_without_coqc_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for arguments in (
        ["prove", "--formal"],
        ["prove", "noble_identity_for_upsampling", "--formal"],
    ):
        code, output = run(*arguments)
        assert code == 3
        assert "NOT CHECKED" in output
        assert "libcoq-mathcomp-zify" in output.replace("\n    ", " ")
    code, output = run("prove", "--formal", "--json")
    assert code == 3
    assert json.loads(output)["verdict"] == "unknown"


def _fake_coqc(folder: Path, script: str) -> None:
    path = folder / "coqc"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for coqc is a shell script")
@pytest.mark.parametrize(
    ("script_text", "error", "message"),
    [
        (
            "exec >&2; echo 'File \"./a.v\", line 2, characters 0-60:'; "
            "echo 'Error: Cannot find a physical path bound to logical path'; "
            "echo 'all_ssreflect with prefix mathcomp.'; exit 1",
            NoRocqError,
            "a library of Rocq is missing. Install on Debian",
        ),
        (
            "echo 'File \"./a.v\", line 7, characters 0-3:' >&2; echo 'Error: No.' >&2; exit 1",
            RejectedError,
            "a.v, line 7: No.",
        ),
        ("kill -9 $$", RejectedError, "a.v, line 0: "),
    ],
)
def test_what_coqc_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script_text: str,
    error: type[Exception],
    message: str,
) -> None:
    _fake_coqc(tmp_path, script_text)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with Rocq() as fake, pytest.raises(error, match=re.escape(message)):
        fake.check("a", "")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for coqc is a shell script")
def test_rocq_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_coqc(tmp_path, "exec sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    code, output = run("prove", "--formal", "--timeout", "0.2")
    assert code == 3
    assert "Rocq gave no answer within 0.2 s" in output


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("my-proof.v", "such as my_proof.v"),
        ("proof.txt", "such as proof.v"),
        ("2nd.v", "such as claim_2nd.v"),
        ("nowhere/proof.v", "there is no folder 'nowhere'"),
        (f"{'x' * 300}.v", "more than 200 characters"),
        (f"{'x' * 300}/x.v", "cannot be used for a certificate"),
    ],
)
def test_files_that_rocq_could_not_read_are_refused(path: str, message: str) -> None:
    with pytest.raises(SymconvError, match=re.escape(message)):
        check_destination(path)
    code, output = run("prove", "--certificate", path)
    assert code == 2
    assert "Error" in output


def test_nothing_is_overwritten_but_certificates(tmp_path: Path) -> None:
    path = tmp_path / "mine.v"
    path.write_text("Theorem precious : True.\n", encoding="utf-8")
    code, output = run("prove", "--certificate", str(path))
    assert code == 2
    assert "is no certificate" in output
    assert path.read_text("utf-8") == "Theorem precious : True.\n"
    path.write_text(f"{certificate(Claim(n, n))}(* my own remark *)\n", encoding="utf-8")
    assert run("prove", "--certificate", str(path))[0] == 2
    assert "my own remark" in path.read_text("utf-8")


def test_options_that_do_not_go_together() -> None:
    assert run("prove", "--formal", "--at", "n=8,c=3,l=3,r=3")[0] == 2
    assert run("check", "--file", __file__, "--formal")[0] == 2

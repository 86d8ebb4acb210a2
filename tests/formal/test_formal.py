"""The formal proof: the theory, the definitions against `Signal.evaluate`, and the certificates."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
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
    Piecewise,
    ceiling,
    floor,
    symbols,
)
from sympy.logic.boolalg import Boolean

from symconv import (
    Claim,
    Pointwise,
    Proved,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    concatenate,
    einsum,
    maximum,
)
from symconv.catalogue.index import CATALOGUE
from symconv.command.certificates import check_destination
from symconv.command.cli import main
from symconv.errors import Uncertified
from symconv.formal import NoRocqError, Rocq, certificate, certificates, rocq_files, theory
from symconv.formal.certificates import FIRST_LINE, LIBRARY_OF_ENDS, script, statement, theorem_name
from symconv.formal.functions import LIBRARY_OF_FUNCTIONS
from symconv.formal.rocq import RejectedError
from symconv.formal.rocq_files import FILES, LIBRARY, Statement, imports, source, statements
from symconv.formal.rocq_syntax import comment, condition_text, rocq_names
from symconv.formal.theory import MAIN_STATEMENT, NOTHING, check_theory
from symconv.language.graph import leaves, walk
from symconv.language.operators import Convolve, Correlate, Dilate, Downsample, Flip, Named, Pad
from tests.generators.mutations import signal_mutants
from tests.generators.theorems import THEOREMS
from tests.oracles.rocq import evaluated, needs_rocq
from tests.project import ROOT

n, c, d = symbols("n c d", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
s, t = symbols("s t", integer=True, positive=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
three = Signal("k3", 3)
ROLLED = [n >= l, n >= r, n >= l - r, n >= r - l]
N, C, M, H, W = symbols("N C M H W", integer=True, positive=True)
rows, image = Tensor("rows", (N, C, H)), Tensor("image", (N, C, H, W))
w, pointwise = Tensor("w", (M, C, 3)), Tensor("w", (M, C, 1, 1))
bias, factor = Signal("bias", M), Signal("factor", M)
upper, lower = Tensor("upper", (N, H)), Tensor("lower", (M, H))
u, one_bias = symbols("u", integer=True), Signal("b", 1)


def bias_where(condition: Boolean) -> Claim:
    """That a bias behind zeros is a bias before them and one on them, where that is not 0."""
    on_zeros = Signal.from_formula(
        u, Piecewise((0, condition), (one_bias[0], True)), length=n + l + r
    )
    return Claim(x.pad(l, r).add_bias(one_bias), x.add_bias(one_bias).pad(l, r) + on_zeros)


POOLS = Claim(
    concatenate([part.max_pool(c, stride=2, padding=((1, 0),), axes=1) for part in (upper, lower)]),
    concatenate([upper, lower]).max_pool(c, stride=2, padding=((1, 0),), axes=1),
    given=[c >= 2, c < H],
)
RELUS = Claim(
    x.flip().correlate(k.flip()).relu().correlate(h),
    x.correlate(k).flip().relu().correlate(h),
    given=[n >= c],
)


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
    """The signal with its data, by the operators of definitions.v."""
    texts = [f"({_term(operand, data)})" for operand in signal.operands]
    amounts = " ".join(f"({amount.number})" for amount in signal.operator.amounts)
    match signal.operator:
        case Named(name):
            return f"[:: {'; '.join(f'({v})' for v in data[name])}]".replace("[:: ]", "[::]")
        case Correlate(stride, dilation) if dilation == 1:
            return f"conv_layer {stride.number} {texts[1]} {texts[0]}"
        case Correlate():
            return f"dilated_layer {amounts} {texts[1]} {texts[0]}"
        case operator:
            return f"{operator.method} {amounts} {' '.join(texts)}"


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

ACCEPTED = {
    **{
        name: CATALOGUE[name].claim
        for name in (
            MAIN_STATEMENT,
            "layer_eq_convolution_with_flipped_kernel",
            "output_is_a_quarter_iff_padding_fits",
        )
    },
    **{
        name: THEOREMS[name]
        for name in (
            "convolution, associative with equal names",
            "crop of a dilation",
            "halves of an even number",
            "sums",
        )
    },
    "two layers with any strides": Claim(
        x.pad(l, r).correlate(k, stride=s).correlate(h, stride=t),
        x.pad(l, r).correlate(k.convolve(h.dilate(s)), stride=s * t),
    ),
    "pointwise layer with a stride": Claim(
        image.conv(pointwise, stride=s), image.downsample(s, axis=(2, 3)).conv(pointwise)
    ),
    "scale of a layer": Claim(
        rows.conv(w, bias).multiply(factor.rearrange("o -> o 1")),
        rows.conv(w.multiply(factor.rearrange("o -> o 1 1")), bias.multiply(factor)),
    ),
    "product of three": Claim(
        einsum("ij,jnk->ink", Tensor("a", (H, M)), einsum("jc,nck->jnk", w[:, :, 0], rows)),
        einsum("ic,nck->ink", einsum("ij,jc->ic", Tensor("a", (H, M)), w[:, :, 0]), rows),
    ),
    "average pool of a crop": Claim(x.avg_pool(2).pad(-1, 0), x.pad(-2, 0).avg_pool(2)),
    "rolled there and back": Claim(x.roll(l).flip().roll(r), x.roll(l - r).flip(), ROLLED),
    "circular padding that is cropped": Claim(
        x.pad(l, r, "circular").pad(0, -l - r), x.roll(l), [n >= l, n >= r]
    ),
    "bias on zeros": bias_where(And(u >= l, u < l + n)),
    "entries up to a multiple of a stride": Claim(
        x.correlate(k, stride=c), x.pad(0, floor(n / c) * c - n).correlate(k, stride=c)
    ),
    "reflection backwards": Claim(
        x.flip().pad(l, r, "reflect"), x.pad(r, l, "reflect").flip(), [n >= l + 1, n >= r + 1]
    ),
    "replicated twice": Claim(
        x.pad(l, 0, "replicate").pad(r, 0, "replicate"), x.pad(l + r, 0, "replicate")
    ),
    "convolution of a symmetric kernel, reflected": Claim(
        x.pad(1, 1, "reflect").correlate(three).pad(1, 0, "reflect"),
        x.pad(2, 1, "reflect").correlate(three),
        [n >= 3, three == three.flip()],
    ),
    "relu of two layers that are equal": RELUS,
    "max pools of two tensors behind each other": POOLS,
    "functions of two signals behind each other": Claim(
        concatenate([x.leaky_relu(), Pointwise("f")(h).leaky_relu()]),
        concatenate([x, Pointwise("f")(h)]).leaky_relu(),
    ),
    "relus of tensors that are not equal": Claim(
        x.pad(0, 1).relu().pad(0, 1) + x.pad(0, 2).flip().relu() + x.pad(0, 2).relu(),
        x.pad(0, 2).relu() + x.pad(0, 1).relu().pad(0, 1) + x.pad(0, 2).flip().relu(),
    ),
    "residual": Claim(
        x + x.convolve(k).pad(1 - c, 0).relu(), k.convolve(x).pad(1 - c, 0).relu() + x
    ),
}


@pytest.fixture(scope="module")
def rocq() -> Iterator[Rocq]:
    """Rocq, with the library of the certificates checked once."""
    with Rocq() as found:
        for name in (*LIBRARY, LIBRARY_OF_ENDS, LIBRARY_OF_FUNCTIONS, "tensor_choices"):
            found.check(name, source(name))
        yield found


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates import the library, which is checked already, instead of holding it."""

    def library(*more: str) -> str:
        return f"{imports()}\nFrom symconv Require Import {' '.join((*LIBRARY, *more))}."

    monkeypatch.setattr(certificates, "library", library)


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", ACCEPTED)
def test_rocq_accepts_the_certificate_of(name: str, rocq: Rocq) -> None:
    checked = rocq.check("it", certificate(ACCEPTED[name]))
    assert checked.output.strip() == NOTHING


FALSE = {
    "one more zero": Claim(
        x.pad(l, r).correlate(k, stride=s).correlate(h, stride=t),
        x.pad(l, r + 1).correlate(k.convolve(h.dilate(s)), stride=s * t),
    ),
    "padding between layers": Claim(
        x.pad(l, l).correlate(k).pad(r, r).correlate(h),
        x.pad(l + r, l + r).correlate(k.convolve(h)),
    ),
    "one more zero behind rows": Claim(
        image.conv(pointwise, stride=s),
        image.downsample(s, axis=(2, 3)).pad(0, 1, axis=3).conv(pointwise),
    ),
    "padding of a layer with a bias": Claim(
        rows.conv(w, bias).pad(1, 1, axis=2), rows.conv(w, bias, padding=1)
    ),
    "rolled to the other side": Claim(x.roll(l).flip(), x.flip().roll(l), [n >= l]),
    "convolution of a kernel that need not be symmetric, reflected": Claim(
        x.pad(1, 1, "reflect").correlate(three).pad(1, 0, "reflect"),
        x.pad(2, 1, "reflect").correlate(three),
        [n >= 3],
    ),
    "circular and replicated": Claim(
        x.pad(l, r, "circular"), x.pad(l, r, "replicate"), [n >= l, n >= r]
    ),
    "bias on zeros but the first of them": bias_where(And(u >= l, u <= l + n)),
    "layer behind a relu": Claim(x.relu().correlate(k), x.relu().correlate(k.flip())),
    "max pool backwards": Claim(x.max_pool(3, stride=1).flip(), x.max_pool(3, stride=1)),
    "half of an odd number": Claim(n / 2, floor((n + 1) / 2)),
}


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", FALSE)
def test_rocq_rejects_a_false_claim_in_its_proof(name: str, rocq: Rocq) -> None:
    claim = FALSE[name]
    assert not claim.prove()
    text = script(claim)
    with pytest.raises(RejectedError) as caught:
        rocq.check("it", text)
    assert caught.value.line > text.splitlines().index("Proof.") + 1, caught.value
    assert re.search("annot find witness|No applicable tactic", caught.value.message)


def _mutants(claim: Claim) -> Iterator[Claim]:
    """The claim with one change of its right side that makes it false."""
    assert isinstance(claim.rhs, SignalExpr)
    for mutant in signal_mutants(claim.rhs, tuple(leaves(*claim.signals).values())):
        with suppress(SymconvError):  # it is not defined for all lengths
            changed = Claim(claim.lhs, mutant, claim.given)
            if not isinstance(changed.prove(), Proved):
                yield changed


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", ["two layers with any strides", "scale of a layer"])
def test_rocq_rejects_the_statement_of_a_mutant_over_the_same_proof(name: str, rocq: Rocq) -> None:
    claim = ACCEPTED[name]
    text, said = certificate(claim), statement(claim)
    mutants = list(_mutants(claim))
    assert len(mutants) > 10
    for mutant in random.Random(name).sample(mutants, 2):
        changed = text.replace(said, statement(mutant))
        assert changed != text
        with pytest.raises(RejectedError) as caught:
            rocq.check("it", changed)
        begins = changed.splitlines().index("Proof.") + 1
        assert caught.value.line > begins, f"{mutant}: {caught.value}"
        assert "yntax error" not in caught.value.message


OTHER_STATEMENTS = {
    "one layer": (
        CATALOGUE[MAIN_STATEMENT].claim,
        (("= correlate 0 4 1", "= correlate 0 3 1"), ("    shape k = [:: c] ->\n", "")),
    ),
    "pools": (
        POOLS,
        (
            ("pool 1", "pool 0"),
            ("= pool 1 c 2 1 1", "= pool 1 c 2 1 0"),
            ("pad 0 N 0 lower", "pad 0 N 0 upper"),
        ),
    ),
    "relus": (
        RELUS,
        (("(flip 0 k)", "k"), ("apply relu (flip 0", "scale 1%R (flip 0")),
    ),
}


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", OTHER_STATEMENTS)
def test_rocq_rejects_another_statement_over_the_same_proof(name: str, rocq: Rocq) -> None:
    claim, changes = OTHER_STATEMENTS[name]
    text = certificate(claim)
    for right, wrong in changes:
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
    wrong = re.sub(r"(\(g := .*?\[:: )(\w+)", r"\1\2 - 1", text)
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
    goals = [imports(), "Ltac Zify.zify_post_hook ::= Z.to_euclidean_division_equations."]
    seen = set()
    for condition in CONDITIONS:
        for values in ((1, 1), (2, 5), (5, 2), (7, 4), (9, 3), (4, 4)):
            holds = bool(condition.subs({n: values[0], c: values[1]}))
            seen.add(holds)
            text = condition_text(condition, {"n": "n", "c": "c"})
            at = f"n = {values[0]} -> c = {values[1]} ->"
            said = f"({text})" if holds else f"~ ({text})"
            goals.append(f"Goal forall n c : Z, {at} {said}. Proof. by move=> *; lia. Qed.")
    assert seen == {True, False}
    rocq.check("conditions", "\n".join(goals))


def test_the_statement_says_the_claim() -> None:
    claim = CATALOGUE["layer_eq_convolution_with_flipped_kernel"].claim
    assert statement(claim).splitlines()[-2:] == [
        "  correlate 0 2 1 k (pad 0 l r x)",
        "  = downsample 0 2 (pad 0 (1 - c) (1 - c) (convolve 0 (pad 0 l r x) (flip 0 k))).",
    ]
    claim = Claim(
        x.correlate(k, dilation=3).length, 5, given=[Eq(Mod(n, 4), 0) | (n > c), ~(n < 3)]
    )
    assert statement(claim).splitlines()[1:] == [
        "    1 <= c ->",
        "    1 <= n ->",
        r"    ((n mod 4) = 0 \/ n > c) ->",
        "    n >= 3 ->",
        "  (Z.max 0 (n + 3 - 3 * c)) = 5.",
    ]


def test_the_statement_says_the_claim_about_tensors() -> None:
    grouped = Tensor("v", (2 * M, C, 3, 3))
    claim = Claim(
        Tensor("y", (N, 2 * C, H, W)).conv(grouped, stride=(s, 2), dilation=t, groups=2),
        einsum("abcd,be->aecd", image, pointwise.rearrange("o c 1 1 -> c o")),
    )
    assert statement(claim).splitlines() == [
        ": forall (C H M N W s t : Z) (image v w y : tensor R),",
        *(f"    1 <= {size} ->" for size in "CHMNWst"),
        "    shape image = [:: N; C; H; W] ->",
        "    shape v = [:: 2 * M; C; 3; 3] ->",
        "    shape w = [:: M; C; 1; 1] ->",
        "    shape y = [:: N; 2 * C; H; W] ->",
        "  conv 1 [:: s; 2] [:: t; t] 2 v y",
        "  = einsum [:: N; C; H; W; M] [:: 0; 4; 2; 3]%N [:: 1]%N "
        "[:: ([:: 0; 1; 2; 3]%N, image); ([:: 1; 4]%N, "
        "rearrange [:: M; C] [:: [:: 0]; [:: 1]; [::]; [::]]%N [:: [:: 1]; [:: 0]]%N w)].",
    ]
    symmetric = Claim(x, x.flip(), given=[x == x.flip()])
    assert statement(symmetric).splitlines()[3:] == ["    x = flip 0 x ->", "  x", "  = flip 0 x."]
    cropped = rows.pad(-1, l, axis=1) * Fraction(-2, 3)
    assert statement(Claim(cropped, cropped)).splitlines()[-1] == (
        "  = scale (ratio (-2) 3) (pad 1 (- 1) l rows)."
    )
    assert statement(RELUS).splitlines() == [
        ": forall (c d n : Z) (h k x : tensor R) (relu : R -> R),",
        *(f"    1 <= {size} ->" for size in "cdn"),
        "    n >= c ->",
        *(f"    shape {name} = [:: {size}] ->" for name, size in ("hd", "kc", "xn")),
        "  correlate 0 1 1 h (apply relu (correlate 0 1 1 (flip 0 k) (flip 0 x)))",
        "  = correlate 0 1 1 h (apply relu (flip 0 (correlate 0 1 1 k x))).",
    ]
    lines = statement(POOLS).splitlines()
    assert lines[0].endswith("(lower upper : tensor R) (maximum : seq R -> R),")
    assert lines[-1] == ("  = pool 1 c 2 1 1 0 maximum (add (pad 0 0 M upper) (pad 0 N 0 lower)).")
    u, v = symbols("u v", integer=True)
    diagonal = Piecewise((1, And(Eq(u, 2 * v), Eq(v, c))), (0, True))
    formula = Tensor.from_formula((u, v), diagonal, shape=(M, H)) + bias.rearrange("a -> a 1")
    assert statement(Claim(formula, formula)).splitlines()[-1] == (
        "  = add (build [:: M; H] (fun i => if holds [:: c =? (component i 1); "
        "(component i 0) =? 2 * (component i 1)] then 1%R else 0%R)) "
        "(spread [:: M; H] [:: Some 0%N; None] "
        "(rearrange [:: M] [:: [:: 0]]%N [:: [:: 0]; [::]]%N bias))."
    )


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
        (Claim(x.convolve(k), x.correlate(k)), "only what is proved for all lengths"),
        (Claim(maximum(x, x), maximum(x, x)), r"rings, in which max\(x, x\) has no meaning"),
        (Claim(x.relu().relu(), x.relu()), "for every function in place of relu"),
        (
            Claim(image.max_pool((2, 2)), image.max_pool(2, axes=3).max_pool(2, axes=2)),
            "for every function in place of maximum",
        ),
        (
            Claim(Pointwise("maximum")(x).max_pool(2), Pointwise("maximum")(x).max_pool(2)),
            "maximum is a function of numbers here, and one of windows",
        ),
        (
            Claim(Signal("relu", n).relu(), Signal("relu", n).relu()),
            "relu is the name of a function and of something else",
        ),
        (Claim(einsum("i,i,i->i", x, x, x), einsum("i,i,i->i", x, x, x)), "three operands"),
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


@pytest.mark.parametrize("name", ["expand_pad", "expands", "sizes_are", "Definition", "my claim"])
def test_a_theorem_has_a_name_of_its_own(name: str) -> None:
    assert theorem_name(Claim(n, n, name=name)) == "claim"


def test_a_comment_ends_where_it_should() -> None:
    assert comment('a *) Axiom b : False. (* "\n c') == "a * ) Axiom b : False. ( * '  c"


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
        f"Theorem {name} : forall",
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
    assert "convolve 0 x k" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("k4_is_k_convolved_with_itself", 1, "REFUTED"),
        ("strided_layer_eq_sum_over_phases", 3, "NO CERTIFICATE"),
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
    assert "Rocq gave no answer within 0." in output


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

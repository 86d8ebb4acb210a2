"""Certificates for two networks that are compared: what they claim, and what the index tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Eq

from symconv import Claim, SignalExpr, SymconvError, Tensor, integers
from symconv.decision.comparing.comparison import Comparison, compare_computations
from symconv.decision.comparing.statements import Statement
from symconv.errors import Uncertified
from symconv.formal import Rocq
from symconv.formal.theory import NOTHING
from symconv.language.assignments import allows
from symconv.language.double_precision import doubles
from tests.generators.computations import H, N, Network, W, channelwise, network, random
from tests.oracles.rocq import needs_rocq

KERNEL, SCALE, SHIFT = random(4, 3, 3, 3), random(4), random(4, seed=1)
UNFOLDED = {"w": KERNEL, "scale": SCALE, "shift": SHIFT}
FOLDED = {"k": KERNEL * SCALE[:, None, None, None], "shift": SHIFT}


def normed(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
    return (x.conv(w, padding=1).multiply(channelwise(scale)) + channelwise(shift)).relu()


def folded(x: SignalExpr, k: Tensor, shift: Tensor) -> SignalExpr:
    return x.conv(k, shift, padding=1).relu()


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Claim, Sequence[str]]]:
    """Certificates without a proof; what they are made of, by the names of the claims."""
    made: dict[str, tuple[Claim, Sequence[str]]] = {}

    def certificate(claim: Claim, about: Sequence[str] = ()) -> str:
        assert claim.prove()
        assert claim.name is not None
        made[claim.name] = claim, about
        return f"about {claim.name}\n"

    monkeypatch.setattr("symconv.formal.compared.certificate", certificate)
    return made


def compared(pair: Sequence[Network]) -> Comparison:
    one, other = pair
    return compare_computations(one, other)


def only(found: Comparison) -> Statement:
    """The claim about the only layers."""
    (layers,) = found.layers
    (statement,) = layers.statements
    return statement.told()


def valued(statement: Statement, networks: Sequence[Network], image: Any) -> list[Any]:
    """Both sides of a claim, where its tensors are what is said of them."""
    named: dict[str, Any] = {}
    for name, words in statement.names.items():
        origin, _, which = words.rpartition(" of ")
        if words == "the input x":
            named[name] = image
        else:
            named[name] = networks[which == "the second"].weights[origin].values
    claim = statement.claim
    at = {
        size: image.shape[axis]
        for name, one in claim.named.items()
        if statement.names[name] == "the input x"
        for axis, size in enumerate(one.shape)
        if size.is_Symbol
    }
    return doubles(claim.signals, named, at)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_claim_is_what_the_layers_compute_with_the_needed_kernel_in_its_place(
    is_turned: bool,
) -> None:
    pair = [network(normed, UNFOLDED), network(folded, FOLDED)]
    pair = pair[::-1] if is_turned else pair
    found = compared(pair)
    statement = only(found)
    claim = statement.claim
    assert claim.prove()
    assert not claim.given
    assert len(claim.symbols) == 3  # for all N, H and W
    assert all(allows(s, 1) and not allows(s, 0) for s in claim.symbols)
    assert sorted(statement.names) == ["k1", "k2", "k3", "x1"]
    owner = "the second" if is_turned else "the first"
    assert f"w of {owner}" in statement.names.values()
    assert not any(words.startswith("k of") for words in statement.names.values())
    image = random(2, 3, 4, 5, seed=3)
    for side, one in zip(valued(statement, pair, image), pair, strict=True):
        named = {"x": image} | {name: weight.values for name, weight in one.weights.items()}
        (wanted,) = doubles(one.outputs, named, {N: 2, H: 4, W: 5})
        assert np.allclose(np.maximum(side, 0), wanted)
    assert found.layers[0].last == ("relu",)


def test_a_claim_holds_for_other_numbers_than_those_of_the_networks() -> None:
    statement = only(compare_computations(network(normed, UNFOLDED), network(folded, FOLDED)))
    others = {name: random(*one.shape, seed=7) for name, one in UNFOLDED.items()}
    both = [network(normed, others), network(folded, {**FOLDED, "shift": others["shift"]})]
    left, right = valued(statement, both, random(1, 3, 6, 4))
    assert np.allclose(left, right)
    assert not np.allclose(left, 0)


def test_segments_of_one_form_have_one_certificate(
    claims: Mapping[str, tuple[Claim, Sequence[str]]],
) -> None:
    def twice(make: Any) -> Any:
        def net(x: SignalExpr, **by: Tensor) -> SignalExpr:
            for one in "ab":
                x = make(x, **{n[1:]: tensor for n, tensor in by.items() if n[0] == one})
            return x

        return net

    def both(numbers: Mapping[str, Any]) -> dict[str, Any]:
        return {
            p + n: factor * one for p, factor in (("a", 1), ("b", 2)) for n, one in numbers.items()
        }

    square, scale, shift = random(3, 3, 3, 3), SCALE[:3], SHIFT[:3]
    before = both({"w": square, "shift": shift}) | {"ascale": scale, "bscale": scale}
    after = both({"k": square * scale[:, None, None, None], "shift": shift})
    pair = network(twice(normed), before), network(twice(folded), after)
    certificates = compared(pair).certificates("one", "two")
    assert list(certificates.files) == [f"{name}.v" for name in claims]
    assert len(certificates.segments) == 2
    assert len(certificates.files) == 1
    (file,) = certificates.files
    assert [one.files for one in certificates.segments] == [(file,), (file,)]
    assert certificates.index.count(f"certificate: {file}\n") == 2
    ((_, about),) = claims.values()
    assert "The same claim is that of the segments 2 of the index." in " ".join(about)
    assert "x1 is what relu" in certificates.index
    assert re.search(r"k\d is bw of\s+the first", certificates.index)


def test_layers_that_are_built_alike_have_no_claim(
    claims: Mapping[str, tuple[Claim, Sequence[str]]],
) -> None:
    one = network(normed, UNFOLDED)
    certificates = compare_computations(one, one).certificates()
    assert not certificates.files
    (segment,) = certificates.segments
    assert not segment.is_left_out
    assert "no certificate: both are built alike, of the same tensors" in certificates.index
    # Numbers that are near each other are no claim either, but they are told.
    moved = network(normed, UNFOLDED | {"w": KERNEL * (1 + 1e-9)})
    certificates = compare_computations(one, moved).certificates()
    assert not certificates.files
    assert "left to numbers: w has to be w[" in certificates.index
    assert re.search(r"up to 1.0e-09\s+of the largest", certificates.index)
    assert not claims


def test_layers_that_differ_have_no_certificate(
    claims: Mapping[str, tuple[Claim, Sequence[str]]],
) -> None:
    wrong = network(folded, FOLDED | {"k": 2 * FOLDED["k"]})
    found = compare_computations(network(normed, UNFOLDED), wrong)
    assert found.verdict == "refuted"
    certificates = found.certificates("before", "after")
    assert not certificates.files
    assert not claims
    assert certificates.index.startswith("before  =  after\n\ndifferent at ")
    assert "no certificate: other weights: k is off by" in certificates.index
    assert "left to numbers: k has" not in certificates.index


def test_a_claim_without_a_certificate_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(claim: Claim, about: Sequence[str] = ()) -> str:
        raise Uncertified("there is no rule for it")

    monkeypatch.setattr("symconv.formal.compared.certificate", refused)
    found = compare_computations(network(normed, UNFOLDED), network(folded, FOLDED))
    certificates = found.certificates()
    (segment,) = certificates.segments
    assert segment.is_left_out
    assert segment.record()["reasons"] == ["there is no rule for it"]
    assert "no certificate: there is no rule for it\n    claim: x1.pad(1, 1" in certificates.index
    assert "Of 1 of the 1 segments below a claim was proved; 0 of these" in certificates.index


def test_numbers_that_stand_in_a_claim_are_told(
    claims: Mapping[str, tuple[Claim, Sequence[str]]],
) -> None:
    def plain(x: SignalExpr, w: Tensor, bias: Tensor) -> SignalExpr:
        return x.conv(w, bias)

    def doubled(x: SignalExpr, w: Tensor, bias: Tensor) -> SignalExpr:
        return x.conv(w, 2 * bias)

    found = compared([network(net, {"w": KERNEL, "bias": np.zeros(4)}) for net in (plain, doubled)])
    statement = only(found)
    assert dict(statement.numbers) == {"bias of both": 0}
    assert list(statement.names.values()) == ["the input x", "w of both"]
    assert found.verdict == "agree"
    index = found.certificates().index
    assert "For these numbers alone: every entry of bias of both is 0." in index
    (_, about), *_ = claims.values()
    assert any("bias of both is 0" in line for line in about)


def test_a_sum_in_no_layer_has_a_certificate_too(
    claims: Mapping[str, tuple[Claim, Sequence[str]]],
) -> None:
    def once(x: SignalExpr) -> SignalExpr:
        y = x.pad(3, 3, axis=2)
        return y.relu() + 2 * y.flip(axis=2).relu().flip(axis=2)

    def again(x: SignalExpr) -> SignalExpr:
        y = x.pad(1, 1, axis=2).pad(2, 2, axis=2)
        return y.flip(axis=2).relu().flip(axis=2) * 2 + y.relu()

    one, other = (replace(network(net, {}), places={}) for net in (once, again))
    found = compare_computations(one, other)
    assert found.verdict == "proved"
    certificates = found.certificates()
    stated = [str(claim) for claim, _ in claims.values()]
    assert any("pad(3, 3, axis=2)" in one and "pad(2, 2, axis=2)" in one for one in stated), stated
    assert len(certificates.segments) == len(found.layers) + len(found.between)


def test_hypotheses_stand_in_the_claim() -> None:
    def three(x: SignalExpr) -> SignalExpr:
        made: SignalExpr = x[:, :, :3]
        return made.relu()

    def all_but_one(x: SignalExpr) -> SignalExpr:
        made: SignalExpr = x[:, :, : H - 1]
        return made.relu()

    given = (Eq(H, 4), W >= 2)
    found = compared([network(net, {}, given=given) for net in (three, all_but_one)])
    assert found.verdict == "proved"
    statement = only(found)
    assert set(statement.claim.given) == set(given)
    assert statement.claim.prove()
    assert not Claim(statement.claim.lhs, statement.claim.rhs).prove()


# --- files ---------------------------------------------------------------------------


def test_certificates_are_saved_in_a_folder_of_their_own(
    claims: Mapping[str, tuple[Claim, Sequence[str]]], tmp_path: Path
) -> None:
    found = compare_computations(network(normed, UNFOLDED), network(folded, FOLDED))
    certificates = found.certificates()
    certificates.save(tmp_path / "new")
    (name,) = claims
    held = {one.name: one.read_text(encoding="utf-8") for one in (tmp_path / "new").iterdir()}
    assert held == {f"{name}.v": f"about {name}\n", "index.txt": certificates.index}
    assert re.fullmatch(r"segment_1_layer\w*", name)
    (tmp_path / "empty").mkdir()
    certificates.save(tmp_path / "empty")
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place, told in (
        ("new", "is there already, with files in it, and is left as it is"),
        ("file", "is there already, and is no folder"),
        ("no/folder", "there is no folder"),
    ):
        with pytest.raises(SymconvError, match=told):
            certificates.save(tmp_path / place)
    assert {one.name for one in (tmp_path / "new").iterdir()} == {*held}


@needs_rocq
def test_rocq_accepts_certificates_of_networks() -> None:
    n = integers("n", positive=True)

    def once(x: SignalExpr) -> SignalExpr:
        return x.pad(3, 3).flip().relu()

    def again(x: SignalExpr) -> SignalExpr:
        return x.flip().pad(1, 1).pad(2, 2).relu()

    pair = [network(net, {}, shape=(n,)) for net in (once, again)]
    ((file, text),) = compared(pair).certificates('a (*"*)', "b").files.items()
    assert "What both do last (relu) is no part of the claim." in text
    with Rocq() as rocq:
        assert rocq.check(Path(file).stem, text).output.strip() == NOTHING


@needs_rocq
def test_rocq_accepts_a_folded_kernel() -> None:
    n = integers("n", positive=True)

    def scaled(x: SignalExpr, w: Tensor, scale: Tensor, shift: Tensor) -> SignalExpr:
        made = x.conv(w, padding=1).multiply(scale.rearrange("c -> c 1"))
        return (made + shift.rearrange("c -> c 1")).relu()

    def with_bias(x: SignalExpr, k: Tensor, shift: Tensor) -> SignalExpr:
        return x.conv(k, shift, padding=1).relu()

    kernel, scale = random(2, 3, 3), random(2)
    before = {"w": kernel, "scale": scale, "shift": random(2, seed=1)}
    after = {"k": kernel * scale[:, None, None], "shift": random(2, seed=1)}
    pair = network(scaled, before, shape=(3, n)), network(with_bias, after, shape=(3, n))
    found = compared(pair)
    assert found.verdict == "agree"
    ((file, text),) = found.certificates().files.items()
    assert "k1 is w of the first" in text
    assert "In the place of weights of one alone (k) stands what they have to be." in text
    with Rocq() as rocq:
        assert rocq.check(Path(file).stem, text).output.strip() == NOTHING

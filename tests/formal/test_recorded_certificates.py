"""The record of what certificates Rocq has accepted, and the runner that writes it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from symconv import Claim
from symconv.catalogue.certificates import RECORD, Certificates, recorded
from symconv.errors import Uncertified
from symconv.formal import certificate
from symconv.formal.certificates import in_section, statement, theorem_name
from tests.generators.certificate_sample import SAMPLE, true_claims
from tests.oracles.rocq import needs_rocq
from tests.project import ROOT
from tests.runners import certificates
from tests.runners.certificates import Found, Limits, digest_of_statement, found, merged, toml

CLAIMS = {name: t.claim for theorems in true_claims().values() for name, t in theorems.items()}
LENGTH = "k4_has_3c_minus_2_taps"
AGAIN = "python -m tests.runners.certificates NAME --record"
LIMITS = Limits(seconds=60, megabytes=4096)
OUTCOMES = ("accepted", "refused", "rejected", "unfinished")


def written(claim: Claim) -> tuple[str, str]:
    """The certificate of a claim, or why there is none."""
    try:
        return certificate(claim), ""
    except Uncertified as reason:
        return "", str(reason)


def stated(claim: Claim) -> str:
    """A certificate without its proof."""
    name = theorem_name(claim)
    lines = [f"Theorem {name} {statement(claim)}", "Proof."]
    section = in_section(claim, lines) if claim.signals else lines
    return "\n".join([*section, f"Print Assumptions {name}."])


def test_what_is_stated_now_was_accepted() -> None:
    known = recorded()
    now = {name: digest_of_statement(stated(CLAIMS[name])) for name in known.accepted}
    assert known.accepted == now, AGAIN


@pytest.mark.parametrize("name", recorded().refused)
def test_what_was_refused_is_refused_now(name: str) -> None:
    text, refusal = written(CLAIMS[name])
    assert not text, AGAIN
    assert refusal == recorded().refused[name], AGAIN


def test_each_true_claim_is_recorded_once() -> None:
    names = [name for outcome in OUTCOMES for name in getattr(recorded(), outcome)]
    assert len(set(names)) == len(names)
    assert set(names) == CLAIMS.keys(), AGAIN
    assert RECORD.read_text(encoding="utf-8") == toml(recorded()), AGAIN


def test_most_true_claims_have_a_certificate() -> None:
    assert len(recorded().accepted) >= 0.9 * len(CLAIMS)


def test_the_sample_is_of_40_true_claims_that_were_accepted() -> None:
    names = [name for names in SAMPLE.values() for name in names]
    assert len(set(names)) == len(names) == 40
    assert set(names) <= recorded().accepted.keys()


def test_what_is_written_is_what_is_read() -> None:
    said = 'Unable to unify "k ↑ 2" with \\ "x".\n\tAnd more.'
    record = Certificates("8.16.1", "1.15.0", {"a": "0123"}, {"b": said}, {"c": ""}, {})
    assert Certificates(**tomllib.loads(toml(record))) == record


def test_answers_are_put_into_the_record() -> None:
    known = recorded()
    versions = {"rocq": known.rocq, "mathcomp": known.mathcomp}
    assert merged({}, versions) == known
    changed = merged({LENGTH: Found("rejected", "line 3: no\n  such thing")}, versions)
    assert changed.rejected[LENGTH] == "line 3: no such thing"
    assert changed.accepted == {n: d for n, d in known.accepted.items() if n != LENGTH}
    back = merged({LENGTH: Found("accepted", statement="0123")}, versions)
    assert back.accepted[LENGTH] == "0123"
    assert back.rejected == known.rejected
    with pytest.raises(ValueError, match="other versions"):
        merged({LENGTH: Found("accepted")}, {"rocq": "9.0", "mathcomp": "2.4"})
    with pytest.raises(ValueError, match="a crash is no answer"):
        merged({LENGTH: Found("crash", "a defect")}, versions)


def test_a_claim_of_which_nothing_is_known_is_not_tried_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = recorded()
    without = replace(known, accepted={n: d for n, d in known.accepted.items() if n != LENGTH})
    monkeypatch.setattr(certificates, "recorded", lambda: without)
    record = merged({}, {"rocq": known.rocq, "mathcomp": known.mathcomp})
    assert record.reason(LENGTH) == "not tried yet"


@pytest.mark.parametrize("name", [LENGTH, "noble_identity_for_upsampling"])
def test_the_digest_is_of_the_statement_alone(name: str) -> None:
    text = certificate(CLAIMS[name])
    digest = digest_of_statement(text)
    before, proof = text.rsplit("Proof.", 1)
    assert digest_of_statement(f"{before}Proof. idtac.{proof}") == digest
    assert digest_of_statement(text.replace("(*", "(* Rocq: ")) == digest
    assert digest_of_statement(f"{before.replace('1 <= c', '0 <= c')}Proof.{proof}") != digest
    other = before.replace("Variable R : comRingType", "Variable R : fieldType")
    assert (digest_of_statement(f"{other}Proof.{proof}") != digest) == ("Variable R" in text)


# --- the runner ----------------------------------------------------------------------


@needs_rocq
def test_what_comes_of_a_claim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    accepted = found(LENGTH, LIMITS, None, tmp_path)
    assert accepted.outcome == "accepted"
    text = (tmp_path / f"{LENGTH}.v").read_text(encoding="utf-8")
    assert text == certificate(CLAIMS[LENGTH])
    assert accepted.size == len(text.encode())
    assert accepted.checking > 0 < accepted.megabytes

    def again(text: str) -> Found:
        monkeypatch.setattr(certificates, "certificate", lambda claim: text)
        return found(LENGTH, LIMITS, replace(accepted, megabytes=-1), None)

    assert again(text).megabytes == -1  # Rocq is not asked about the same text again
    rejected = again(text.replace("1 <= c", "0 <= d"))
    assert rejected.outcome == "rejected"
    assert rejected.reason.startswith("line ")
    assumed = again(
        text.replace("Theorem", "Axiom a : False.\nTheorem").replace("intros; lia", "destruct a")
    )
    assert assumed.outcome == "rejected"
    assert assumed.reason.startswith("it assumes something: Axioms:\na : False")


@needs_rocq
def test_a_certificate_that_takes_too_long_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "certificates.json"
    command = [sys.executable, "-m", "tests.runners.certificates", LENGTH, "--cpu", "1"]
    done = subprocess.run(
        [*command, "-o", str(file)], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1, done.stderr
    row = json.loads(file.read_text(encoding="utf-8"))["claims"][LENGTH]
    assert (row["outcome"], row["reason"]) == ("unfinished", "more than 1 s of processor time")
    assert "0 of 1 (0.0 %) true claims have a certificate that Rocq accepts" in done.stdout

"""Certificates for kernels that were solved for: what they state, and that Rocq says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sympy import Eq

from symconv import Signal, Tensor, integers, solve
from symconv.command.cli import main
from symconv.decision.solving.kernels.solutions import Solution
from symconv.errors import Uncertified
from symconv.formal import RejectedError, Rocq, kernel_certificate, solved
from symconv.formal.rocq_files import LIBRARY, imports, source
from symconv.formal.solved import ONLY, SERVES, kernel_statements
from symconv.formal.theory import NOTHING
from tests.oracles.rocq import needs_rocq

n, c, s, t = integers("n c s t", positive=True)
l, r = integers("l r", nonnegative=True)
a, b = integers("a b")
N, C, H, W, O = integers("N C H W O", positive=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", 5)
image, images = Tensor("x", (C, H, W)), Tensor("x", (N, 2 * C, H))
w, v, grouped = Tensor("w", (O, C, 3, 3)), Tensor("v", (O, C, 1, 1)), Tensor("w", (2 * O, C, 3))
padded, cropped = x.pad(l, r), x.pad(a, b)

USED = (*LIBRARY, "tensor_layers", "tensor_kernels")


def exercise() -> Solution:
    twice = padded.correlate(k, stride=2).correlate(k, stride=2)
    return solve(twice, lambda K: padded.correlate(K, stride=4))


FOUND: dict[str, Callable[[], Solution]] = {
    "symbolic strides": lambda: solve(
        padded.correlate(k, stride=s).correlate(k, stride=t),
        lambda K: padded.correlate(K, stride=s * t),
    ),
    "padding of any sign": lambda: solve(
        cropped.correlate(k, stride=2).correlate(k, stride=2),
        lambda K: cropped.correlate(K, stride=4),
    ),
    "hypotheses on the input": lambda: solve(
        x.correlate(k, stride=2).correlate(k, stride=2),
        lambda K: x.correlate(K, stride=4),
        given=[Eq(n % 4, 0), n >= c + 3],
    ),
    "a field": lambda: solve(x.correlate(k) / 2, lambda K: x.correlate(K)),
    "two axes": lambda: solve(
        image.conv(w, padding=1) + image.conv(v),
        lambda K: image.conv(K, padding=1),
        shape=(O, C, 3, 3),
    ),
    "groups and a batch": lambda: solve(
        3 * images.conv(grouped, stride=s, groups=2),
        lambda K: images.conv(K, stride=s, groups=2),
    ),
    "an input of one size": lambda: solve(
        2 * Signal("x", 8).pad(2, 2).correlate(h),
        lambda K: Signal("x", 8).pad(2, 2).correlate(K),
    ),
}


@pytest.fixture(scope="module")
def rocq() -> Iterator[Rocq]:
    """Rocq, with the files that certificates are built on checked once."""
    with Rocq() as found:
        for name in USED:
            found.check(name, source(name))
        yield found


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates import these files instead of holding them."""
    required = f"{imports()}\nFrom symconv Require Import {' '.join(USED)}."
    monkeypatch.setattr(solved, "library", lambda *more: required)


# --- what is stated ------------------------------------------------------------------


def test_what_is_fixed_and_what_the_kernel_serves_for() -> None:
    stated = kernel_statements(exercise())
    assert list(stated) == [SERVES, ONLY]
    assert stated[SERVES].startswith(": forall (c l n r : Z) (k x : tensor R),\n")
    assert stated[ONLY] == (
        ": forall (c l r : Z) (k K : tensor R),\n"
        "    1 <= c ->\n"
        "    0 <= l ->\n"
        "    0 <= r ->\n"
        "    shape k = [:: c] ->\n"
        "    shape K = [:: 3 * c - 2] ->\n"
        "  (forall (n : Z) (x : tensor R),\n"
        "    1 <= n ->\n"
        "    shape x = [:: n] ->\n"
        "      correlate 0 2 1 k (correlate 0 2 1 k (pad 0 l r x))\n"
        "      = correlate 0 4 1 K (pad 0 l r x))\n"
        "  <-> K = convolve 0 k (dilate 0 2 k)."
    )


def test_hypotheses_on_the_input_stand_with_it() -> None:
    stated = kernel_statements(FOUND["hypotheses on the input"]())[ONLY]
    outside, _, inside = stated.partition("(forall (n : Z) (x : tensor R),")
    for text in ("(n mod 4) = 0 ->", "n >= c + 3 ->", "shape x = [:: n] ->"):
        assert text in inside
        assert text not in outside


def test_names_that_mean_something_in_rocq() -> None:
    padded_ = Signal("padded", c)
    found = solve(2 * x.correlate(padded_), lambda fun: x.correlate(fun))
    text = kernel_certificate(found)
    assert "z1 is padded, z2 is fun" in text
    assert "<-> z2 = scale (number 2) z1." in kernel_statements(found)[ONLY]


def test_the_file_holds_all_that_it_needs() -> None:
    text = kernel_certificate(exercise())
    assert "From symconv" not in text
    assert text.index(f"Theorem {SERVES}") < text.index(f"Theorem {ONLY}")
    assert text.endswith(f"Print Assumptions {ONLY}.\n")


# --- what Rocq says ------------------------------------------------------------------


@needs_rocq
def test_rocq_accepts_the_file_by_itself() -> None:
    with Rocq() as alone:
        assert alone.check("it", kernel_certificate(exercise())).output.strip() == NOTHING


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", FOUND)
def test_rocq_accepts(name: str, rocq: Rocq) -> None:
    assert rocq.check("it", kernel_certificate(FOUND[name]())).output.strip() == NOTHING


@needs_rocq
@pytest.mark.usefixtures("shared")
def test_rocq_rejects_another_kernel(rocq: Rocq) -> None:
    found = exercise()
    kernels = {"K": k.convolve(k.dilate(2)).flip()}
    false = replace(found, kernels=kernels, claim=found.problem.claim(kernels))
    _is_rejected(rocq, kernel_certificate(false), SERVES)


@needs_rocq
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    ("theorem", "right", "false"),
    [
        # Another kernel serves.
        (SERVES, "(convolve 0 k (dilate 0 2 k)) (pad", "(convolve 0 k (dilate 0 3 k)) (pad"),
        # Another one of its shape is the only one; one of any shape is; one short input says so.
        (ONLY, "<-> K = convolve 0 k (dilate", "<-> K = convolve 0 (flip 0 k) (dilate"),
        (ONLY, "    shape K = [:: 3 * c - 2] ->\n", ""),
        (ONLY, "    1 <= n ->\n", "    1 = n ->\n"),
    ],
)
def test_rocq_rejects(theorem: str, right: str, false: str, rocq: Rocq) -> None:
    text = kernel_certificate(exercise())
    before, title, after = text.partition(f"Theorem {theorem}")
    stated, begins, proof = after.partition("Proof.")
    assert stated.count(right) == 1
    _is_rejected(rocq, before + title + stated.replace(right, false) + begins + proof, theorem)


def _is_rejected(rocq: Rocq, text: str, theorem: str) -> None:
    """Whether Rocq does not accept a file, in the proof of a theorem."""
    with pytest.raises(RejectedError) as caught:
        rocq.check("it", text)
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(f"Theorem {theorem}"))
    begins, ends = (lines.index(word, first) + 1 for word in ("Proof.", "Qed."))
    assert begins < caught.value.line <= ends, str(caught.value)
    assert "yntax error" not in caught.value.message


# --- what has no certificate ---------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            lambda: solve(x.flip().correlate(k), lambda K: x.correlate(K)),
            "only a kernel that is proved for all sizes has a certificate",
        ),
        (
            lambda: solve(
                2 * x.correlate(k),
                lambda K, L: x.correlate(K) + x.correlate(L),
                shape={"K": c, "L": c},
            ),
            "there are 2 unknowns, K and L, and certificates are about one kernel",
        ),
        (
            lambda: solve(2 * x.correlate(k), lambda K: x.correlate(K).flip().flip()),
            "on a named tensor that may be padded; flip(flip(x ⋆ K)) is not that",
        ),
        (
            lambda: solve(
                x.pad(1, 0).pad(0, 1).correlate(k), lambda K: x.pad(1, 0).pad(0, 1).correlate(K)
            ),
            "on a named tensor that may be padded",
        ),
        (
            lambda: solve(
                2 * Signal("x", 2).pad(2, 2).correlate(h),
                lambda K: Signal("x", 2).pad(2, 2).correlate(K),
            ),
            "that K is the only one of its shape, and others serve as well",
        ),
        (
            lambda: solve(2 * x.correlate(k), lambda K: x.correlate(K), given=[n <= c + 5]),
            "no input is found that is long enough for K and satisfies the hypotheses",
        ),
        (
            lambda: solve(
                2 * Signal("x", 4).pad(1, 1).correlate(h),
                lambda K: Signal("x", 4).pad(1, 1).correlate(K),
            ),
            "an output reads all of K there is not found",
        ),
    ],
)
def test_what_is_refused(found: Callable[[], Solution], reason: str) -> None:
    with pytest.raises(Uncertified, match=re.escape(reason)):
        kernel_certificate(found())


# --- the command ---------------------------------------------------------------------

ASKED = ("x.correlate(k, stride=2).correlate(k, stride=2) == x.correlate(K, stride=4)",)
SIGNALS = ("--unknown", "K", "--signal", "x:n", "--signal", "k:c")


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "K.v"
    asked = ("solve", *ASKED, *SIGNALS, "--certificate", str(file))
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0
    assert "Certificate\n  WRITTEN" in result.output
    assert "    Theorem only_kernel : forall (c : Z) (k K : tensor R),\n" in result.output
    assert file.read_text(encoding="utf-8").endswith("Print Assumptions only_kernel.\n")
    record = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)
    assert record["answer"] == "found"
    assert record["certificate"]["file"] == str(file)
    assert [one["theorem"] for one in record["certificate"]["theorems"]] == [SERVES, ONLY]


def test_the_command_says_why_there_is_none(tmp_path: Path) -> None:
    file = tmp_path / "K.v"
    claim = "2*x.correlate(k) == x.correlate(K).flip().flip()"
    result = CliRunner().invoke(main, ["solve", claim, *SIGNALS, "--certificate", str(file)])
    assert result.exit_code == 3
    assert "  NO CERTIFICATE\n" in result.output
    assert not file.exists()


def test_amounts_have_none(tmp_path: Path) -> None:
    claim = "x.pad(1, 1).pad(1, 1).correlate(k) == x.pad(P, P).correlate(k)"
    result = CliRunner().invoke(
        main,
        ["solve", claim, "--unknown", "P", *SIGNALS[2:], "--certificate", str(tmp_path / "P.v")],
    )
    assert result.exit_code == 2
    assert "what is unknown here are" in result.output


def test_nothing_is_written_where_there_is_no_kernel(tmp_path: Path) -> None:
    file = tmp_path / "K.v"
    claim = "x.flip().correlate(k) == x.correlate(K)"
    result = CliRunner().invoke(main, ["solve", claim, *SIGNALS, "--certificate", str(file)])
    assert result.exit_code == 1
    assert not file.exists()

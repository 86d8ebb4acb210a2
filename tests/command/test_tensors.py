"""Claims about tensors in the command: options, reports, records, certificates and limits."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symconv import Claim, SymconvError, Tensor, integers
from symconv.command.cli import main
from symconv.command.simplify_cost import check_workload

LAYER = ("--tensor", "x:C,H,W", "--tensor", "w:O,C,3,3")
IMAGE = ("--tensor", "x:C,H,W")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def test_a_proof() -> None:
    result = run("check", "x.conv(w, padding=1) == x.pad(1, 1, axis=(1, 2)).conv(w)", *LAYER)
    assert result.exit_code == 0
    assert "For all sizes, by integer sets\n  PROVED" in result.output
    assert "all x of shape (C, H, W), w" in result.output
    assert "C ≥ 1 (a kernel is not empty), H ≥ 0" in result.output


def test_a_refutation() -> None:
    result = run("check", "x.flip(axis=1) == x", *IMAGE)
    assert result.exit_code == 1
    for line in (
        "    C = 1, H = 2, W = 1\n    x = [[[1], [0]]]\n",
        "    left side  = [[[0], [1]]]\n    right side = [[[1], [0]]]\n",
        "    the first difference is at index [0, 0, 0]\n",
        "  It holds exactly when C = 0 or H ≤ 1 or W = 0.\n",
        "    x = np.array([[[1], [0]]])\n    print(x[:, ::-1], x)\n",
    ):
        assert line in result.output


def test_the_record_of_a_proof() -> None:
    record = json.loads(run("check", "x.flip(axis=0).flip(axis=0) == x", *IMAGE, "--json").output)
    assert (record["verdict"], record["scope"]) == ("proved", "all sizes")
    assert record["claim"] == "x.flip(axis=0).flip(axis=0) == x"
    sizes = json.loads(run("check", "x.flip(axis=0).shape[0] == C", *IMAGE, "--json").output)
    assert (sizes["verdict"], sizes["claim"]) == ("proved", "x.flip(axis=0).shape[0] == C")


def test_the_record_of_a_refutation() -> None:
    record = json.loads(run("check", "x.flip(axis=1) == x", *IMAGE, "--json").output)
    assert record["counterexample"] == {
        "lengths": {"C": 1, "H": 2, "W": 1},
        "signals": {"x": [[[1], [0]]]},
        "index": [0, 0, 0],
        "lhs": [[[0], [1]]],
        "rhs": [[[1], [0]]],
    }
    assert record["condition"] == "C = 0 or H ≤ 1 or W = 0"
    differences = record["differences"]
    assert differences["indices"] == ["u", "v", "w"]
    assert "index" not in differences
    signal = json.loads(run("check", "x.flip() == x", "--tensor", "x:n", "--json").output)
    assert signal["differences"]["index"] == "u"
    assert "indices" not in signal["differences"]
    assert signal["counterexample"]["index"] == 0


@pytest.mark.parametrize("limit", [[], ["--timeout", "60"]])
def test_instances(limit: list[str]) -> None:
    def instance(claim: str, at: str) -> str:
        return run("check", claim, *IMAGE, "--at", at, *limit).output

    assert "4 outputs, every difference is 0" in instance("x[:] == x", "C=1,H=2,W=2")
    assert "4 outputs, 4 of them differ" in instance("x.flip(axis=1) == x", "C=1,H=2,W=2")
    assert "no output on either side" in instance("x.flip(axis=1) == x", "C=1,H=0,W=2")
    shapes = "shapes (1, 1, 2) and (1, 2, 2)"
    assert shapes in instance("x[:, ::2] == x", "C=1,H=2,W=2")
    assert "At fixed lengths, by SymPy's simplify on arrays of symbols" in instance(
        "x[:] == x", "C=1,H=2,W=2"
    )
    assert "2 and 2" in instance("x.shape[1] == H", "H=2")


def test_an_instance_that_is_too_large_is_refused_at_once() -> None:
    channels, height, width = integers("C H W", positive=True)
    x, w = Tensor("x", (channels, height, width)), Tensor("w", (channels, channels, 3, 3))
    claim = Claim(x.conv(w), x.conv(w))
    check_workload(claim.at(C=2, H=5, W=5))
    for at in ({"C": 9, "H": 30, "W": 30}, {"C": 1000, "H": 1000, "W": 1000}):
        start = time.process_time()
        with pytest.raises(SymconvError, match=r"products of entries to simplify, and \d+ are all"):
            check_workload(claim.at(**at))
        assert time.process_time() - start < 2


def test_files(tmp_path: Path) -> None:
    text = "tensor x: C, H\ntensor w: O, C, c\nfits: x.conv(w).shape[0] == O\nx[::-1] == x\n"
    path = tmp_path / "claims.txt"
    path.write_text(text)
    for result in (
        run("check", "--file", str(path), "--json"),
        run("check", "--file", "-", "--json", stdin=text),
        run("check", "--file", "-", "--json", "--total-timeout", "60", stdin=text),
    ):
        assert result.exit_code == 1
        assert [record["verdict"] for record in json.loads(result.stdout)] == ["proved", "refuted"]


def test_tensors_have_certificates(tmp_path: Path) -> None:
    path = tmp_path / "flipped.v"
    claim = "x.flip(axis=1).flip(axis=1) == x"
    assert run("check", claim, *IMAGE, "--certificate", str(path)).exit_code == 0
    assert "  flip 1 (flip 1 x)\n  = x." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tensor", "x"], "--tensor 'x': expected NAME:SIZE,SIZE,…"),
        (["--tensor", "x:C,H", "--tensor", "x:n"], "--tensor 'x:n': it is declared twice"),
        (["--signal", "x:n", "--tensor", "x:C,H"], "--tensor 'x:C,H': it is declared twice"),
        (["--signal", "x:C,H"], "a signal has one length; with several sizes, declare a tensor"),
        (["--tensor", "x:C,,H"], "--tensor, line 1, column 5: this is not expected here"),
        (["--tensor", "x:()"], "a tensor has an axis; for one number, declare x: 1"),
        (["--tensor", "x:C,t", "--integer", "t"], "say so with given t >= 0"),
    ],
)
def test_usage_errors(options: list[str], message: str) -> None:
    result = run("check", "x == x", *options)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_the_help_mentions_tensors() -> None:
    output = " ".join(run("check", "--help").output.split())
    assert "--tensor NAME:SIZE,SIZE,... Declare a tensor by its shape" in output
    assert "A signal has one axis, a tensor several" in output
    assert "x.rearrange(pattern, /, **sizes)" in output
    assert "x[:, ::2, 1:-1], x[0], x[..., None]" in output

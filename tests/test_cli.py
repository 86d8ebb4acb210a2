"""The command: what it prints, for people and for scripts, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symconv.claims import Claim, Unknown
from symconv.cli import main
from symconv.theorems import CATALOGUE, MAIN


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_prove_shows_the_theorem_its_proof_instances_and_the_output_size() -> None:
    result = run("prove")
    assert result.exit_code == 0
    for expected in (
        MAIN.name,
        "((pad(x; l, r) ⋆ k)↓2 ⋆ k)↓2  =  (pad(x; l, r) ⋆ (k ∗ k↑2))↓4",
        "for all integers c ≥ 1, l ≥ 0, n ≥ 1, r ≥ 0",
        "PROVED",
        "c = 3, l = 3, n = 8, r = 3",
        "every difference is 0",
        "iff 3c − 6 ≤ l + r ≤ 3c − 3",
    ):
        assert expected in result.output
    assert result.output.count(" ms") + result.output.count(" s\n") >= 3 + len(MAIN.instances)


@pytest.mark.parametrize("name", CATALOGUE)
def test_prove_name_exits_by_the_verdict(name: str) -> None:
    result = run("prove", name)
    true = CATALOGUE[name].is_true
    assert result.exit_code == (0 if true else 1)
    assert ("PROVED" in result.output) is true
    assert ("REFUTED" in result.output) is not true


def test_a_refutation_shows_the_counterexample_and_where_the_claim_holds() -> None:
    result = run("prove", "padding_each_layer_eq_padding_once")
    for expected in (
        "c = 3, n = 2, p = 1",
        "k = [1, 0, 1]",
        "x = [0, 1]",
        "left side  = [0]",
        "right side = [1]",
        "It holds exactly when",
    ):
        assert expected in result.output


def test_unknown_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "prove", lambda _: Unknown("it is too hard"))
    result = run("prove", "noble_identity_for_downsampling")
    assert result.exit_code == 3
    assert "UNKNOWN" in result.output
    assert "it is too hard" in result.output


def test_json_of_a_proof() -> None:
    result = run("prove", "--json", "--at", "n=8,c=3,l=3,r=3")
    record = json.loads(result.output)
    assert record["verdict"] == "proved"
    assert record["scope"] == "all lengths"
    assert record["output_size"]["condition"] == "3c − 6 ≤ l + r ≤ 3c − 3"
    (instance,) = record["instances"]
    assert instance["lengths"] == {"n": 8, "c": 3, "l": 3, "r": 3}
    assert instance["holds"] is True
    assert record["seconds"] > 0


def test_json_of_a_refutation() -> None:
    result = run("prove", "--json", "k4_is_k_convolved_with_itself")
    assert result.exit_code == 1
    record = json.loads(result.output)
    assert record["verdict"] == "refuted"
    assert record["counterexample"]["lengths"] == {"c": 2, "l": 0, "n": 1, "r": 2}
    assert (record["counterexample"]["lhs"], record["counterexample"]["rhs"]) == ([], [1])


def test_a_false_claim_at_lengths_where_it_fails() -> None:
    result = run("prove", "padding_each_layer_eq_padding_once", "--at", "n=2,c=3,p=1")
    assert "1 output, 1 of them differ" in result.output
    result = run("prove", "k4_is_k_convolved_with_itself", "--at", "n=1,c=2,l=0,r=2")
    assert "0 and 1 outputs" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove", "two_stride2_layers_eq_one_stride3_layer"], f"did you mean {MAIN.name}"),
        (["prove", "qqqqqqqqq"], "there is no claim named 'qqqqqqqqq'; see 'symconv list'"),
        (["prove", "--at", "n=8,c=3,l=3"], "no value for r: expected c, l, n, r"),
        (["prove", "--at", "n=8,c=3,l=3,r=3,q=1"], "unknown name 'q': expected c, l, n, r"),
        (
            ["prove", "--at", "n=8,c=0,l=3,r=3"],
            "c = 0 contradicts the assumption",
        ),
        (["prove", "--at", "n=8;c=3"], "expected name=integer, got 'n=8;c=3'"),
        (["prove", "--at", "n=8,n=9"], "n is given twice"),
        (["prove", "--at", "n=__import__('os')"], "expected name=integer"),
        (["prove", "one", "two"], "unexpected extra argument"),
        (["kernel"], "Missing argument 'TAPS...'"),
        (["kernel", "1", "x y"], "the tap 'x y' is not an integer, a fraction such as 1/3"),
        (["kernel", "1/0"], "the tap '1/0' is not an integer"),
        (["kernel", "1e9"], "the tap '1e9' is not an integer"),
        (["kernel", "--jsn", "1"], "the tap '--jsn' is not an integer"),
        (["kernel", "9" * 5000], "is not an integer"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_usage_errors_exit_with_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("taps", "expected"),
    [
        (["1", "2", "1"], "k4 = [1, 2, 3, 4, 3, 2, 1]"),
        (["5"], "k4 = [25]"),
        (["-1", "2"], "k4 = [1, -2, -2, 4]"),
        (["1/2", "1/3"], "k4 = [1/4, 1/6, 1/6, 1/9]"),
        (["0.5", "-.5"], "k4 = [1/4, -1/4, -1/4, 1/4]"),
        (["a", "b"], "k4 = [a**2, a*b, a*b, b**2]"),
        (["a", "-1/2"], "k4 = [a**2, -a/2, -a/2, 1/4]"),
        (["a", "-b", "c"], "k4 = [a**2, -a*b, -a*b + a*c, b**2, a*c - b*c, -b*c, c**2]"),
    ],
)
def test_kernel(taps: list[str], expected: str) -> None:
    result = run("kernel", *taps)
    assert result.exit_code == 0
    assert result.output == f"{expected}\n"


def test_kernel_json() -> None:
    result = run("kernel", "--json", "1", "1/2", "a")
    assert json.loads(result.output) == {
        "k": [1, "1/2", "a"],
        "k4": [1, "1/2", "a + 1/2", "1/4", "3*a/2", "a/2", "a**2"],
    }


def test_list() -> None:
    result = run("list")
    assert result.exit_code == 0
    for theorem in CATALOGUE.values():
        assert theorem.name in result.output
    rows = json.loads(run("list", "--json").output)
    assert [row["name"] for row in rows] == list(CATALOGUE)
    assert [row["true"] for row in rows] == [t.is_true for t in CATALOGUE.values()]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


def test_help_needs_no_sympy() -> None:
    code = (
        "import sys\nfrom symconv.cli import main\n"
        "try: main(['--help'])\nfinally: assert not {'sympy', 'islpy'} & sys.modules.keys()"
    )
    result = python("-c", code)
    assert result.returncode == 0, result.stderr
    assert "Exit codes: 0 proved, 1 refuted, 2 usage error, 3 unknown" in result.stdout


def test_importing_symconv_imports_no_islpy() -> None:
    code = "import sys, symconv; symconv.Claim; symconv.Signal; assert 'islpy' not in sys.modules"
    assert python("-c", code).returncode == 0


def test_a_pipe_gets_no_colours_and_no_progress() -> None:
    result = python("-m", "symconv.cli", "prove", COLUMNS="80")
    assert result.returncode == 0
    assert "\x1b" not in result.stdout + result.stderr
    assert "\r" not in result.stdout
    assert result.stderr == ""


def test_an_encoding_without_mathematics_is_no_reason_to_fail() -> None:
    result = python("-m", "symconv.cli", "list", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr


def test_the_readme_prints_what_it_says() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    example = readme.split("```python\n")[1].split("```")[0]
    said = [line[2:] for line in example.splitlines() if line.startswith("# ")]
    result = python("-c", example)
    assert result.stdout.splitlines() == said

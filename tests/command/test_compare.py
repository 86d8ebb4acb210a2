"""Networks compared by the command: files, modules, inputs, what is saved, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from symconv import Claim
from symconv.command.cli import main
from symconv.errors import Uncertified
from tests.generators import network_files
from tests.oracles import layers_by_torch, onnx_models
from tests.oracles.rocq import needs_rocq
from tests.project import ROOT


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments])


def record(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def numbers(code: str) -> list[float]:
    """What lines of Python print in the working directory."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert found.returncode == 0, found.stderr
    return [float(one) for one in found.stdout.splitlines()[-1].split()]


def check_reproduction(found: Any) -> None:
    """Check that the lines in a record print both numbers in it."""
    shown = found.get("where_both_are_defined", found)["counterexample"]
    wanted = [shown["first"], shown["second"]]
    assert numbers(found["reproduction"]) == pytest.approx(wanted, rel=1e-5, abs=1e-5)
    assert wanted[0] != pytest.approx(wanted[1], rel=1e-5, abs=1e-5)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    onnx_models.installed()
    monkeypatch.chdir(tmp_path)
    network_files.unfolded(Path("a.onnx"))
    network_files.folded(Path("b.onnx"))
    network_files.folded(Path("wrong.onnx"), network_files.MEAN * np.float32(1.5))
    return tmp_path


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    layers_by_torch.installed()
    monkeypatch.chdir(tmp_path)
    network_files.code(tmp_path)
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    return tmp_path


# --- files ---------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
@pytest.mark.usefixtures("files")
def test_a_batch_norm_that_is_folded(more: Sequence[str]) -> None:
    result = run("a.onnx", "b.onnx", *more)
    assert result.exit_code == 0
    assert "    a.onnx  =  b.onnx\n" in result.output
    assert "pad (Pad), conv (Conv), bn (BatchNormalization), relu (Relu)" in result.output
    assert "proved, weights up to" in result.output
    assert "  EQUAL, with these weights" in result.output
    assert "equal for all H, N, W" in result.output  # named as in the first file
    assert max(map(len, result.output.splitlines())) <= 80
    assert "\x1b" not in result.output


@pytest.mark.usefixtures("files")
def test_a_file_is_itself() -> None:
    result = run("a.onnx", "a.onnx")
    assert result.exit_code == 0
    assert "EQUAL, for all weights" in result.output
    assert "import" not in result.output
    found = record("a.onnx", "a.onnx")
    assert (found["verdict"], found["first"], found["second"]) == ("proved", "a.onnx", "a.onnx")
    assert [one["how"] for one in found["layers"]] == ["proved"]
    assert "reproduction" not in found


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
@pytest.mark.usefixtures("files")
def test_a_mistake_in_a_bias(more: Sequence[str]) -> None:
    result = run("a.onnx", "wrong.onnx", *more)
    assert result.exit_code == 1
    assert "  DIFFERENT" in result.output
    assert "other weights: b is off by" in result.output
    assert "different at H = 1, N = 1, W = 1: output[0, " in result.output
    found = record("a.onnx", "wrong.onnx", *more)
    assert found["verdict"] == "refuted"
    assert found["counterexample"]["sizes"] == {"H": 1, "N": 1, "W": 1}
    assert found["reproduction"] in "\n".join(line[4:] for line in result.output.splitlines())
    check_reproduction(found)


@pytest.mark.usefixtures("files")
def test_weights_within_a_tolerance() -> None:
    assert run("a.onnx", "wrong.onnx", "--tolerance", "0.9").exit_code == 0
    assert run("a.onnx", "b.onnx", "--tolerance", "0").exit_code == 1
    result = run("a.onnx", "b.onnx", "--tolerance", "1")
    assert result.exit_code == 2
    assert "--tolerance: expected a number from 0 to 1, got 1" in result.output


@pytest.mark.parametrize("name", ["x", "input.1"])
@pytest.mark.usefixtures("files")
def test_sizes_that_are_numbers_in_a_file_are_freed(name: str) -> None:
    network_files.folded(Path("fixed.onnx"), network_files.MEAN * np.float32(1.5), (1, 3, 8, 8))
    result = run("a.onnx", "fixed.onnx")
    assert result.exit_code == 2
    assert "(N, 3, H, W) in a.onnx and (1, 3, 8, 8) in fixed.onnx" in result.output
    assert "--input x:N,3,H,W" in result.output
    found = record("a.onnx", "fixed.onnx", "--input", f"{name}:B,3,H,H")
    assert found["counterexample"]["sizes"] == {"B": 1, "H": 1}
    assert "onnx.reference.ReferenceEvaluator('fixed.onnx')" in found["reproduction"]
    check_reproduction(found)
    given = record("a.onnx", "fixed.onnx", "--input", "x:N,3,H,W", "--given", "H>=W+2")
    assert given["counterexample"]["sizes"] == {"H": 3, "N": 1, "W": 1}


@pytest.mark.usefixtures("files")
def test_hypotheses_are_shown() -> None:
    result = run("a.onnx", "b.onnx", "--given", "H == 224", "--given", "W >= 3")
    assert result.exit_code == 0
    assert "    given H == 224, W >= 3\n" in result.output


@pytest.mark.usefixtures("files")
def test_inputs_are_saved_once() -> None:
    result = run("a.onnx", "wrong.onnx", "--save-inputs", "found.npz")
    assert result.exit_code == 1
    assert "The inputs are in found.npz.\n" in result.output
    with np.load("found.npz") as held:
        assert {name: one.shape for name, one in held.items()} == {"x": (1, 3, 1, 1)}
    lines = [line[4:] for line in result.output.splitlines()]
    start, end = lines.index("import numpy as np"), lines.index("inputs = np.load('found.npz')")
    assert start < end
    code = lines[start : next(i for i, one in enumerate(lines) if one.startswith("print(")) + 1]
    before, after = numbers("\n".join(code))
    assert before != pytest.approx(after, rel=1e-5)
    assert f"{before:.5f}"[:-1] in result.output
    again = run("a.onnx", "wrong.onnx", "--save-inputs", "found.npz")
    assert again.exit_code == 2
    assert "found.npz is there already, and is left as it is" in again.output


@pytest.mark.usefixtures("files")
def test_inputs_that_are_not_saved() -> None:
    result = run("a.onnx", "b.onnx", "--save-inputs", "none.npz")
    assert result.exit_code == 0
    assert "none.npz is not written: no inputs are known" in result.output
    assert not Path("none.npz").exists()
    for path, told in (("none.txt", "such as none.npz"), ("no/none.npz", "no folder 'no'")):
        refused = run("a.onnx", "b.onnx", "--save-inputs", path)
        assert refused.exit_code == 2
        assert told in refused.output


@pytest.mark.usefixtures("files")
def test_several_inputs_are_paired_by_their_names() -> None:
    network_files.less(Path("one.onnx"))
    network_files.less(Path("turned.onnx"), ("b", "a"))
    network_files.less(Path("other.onnx"), ("b", "a"), 3.0)
    assert run("one.onnx", "turned.onnx").exit_code == 0
    found = record("one.onnx", "other.onnx")
    assert found["verdict"] == "refuted"
    check_reproduction(found)
    result = run("one.onnx", "a.onnx")
    assert result.exit_code == 2
    assert "one.onnx has the inputs a, b, and a.onnx has x; they are paired by" in result.output


@pytest.mark.usefixtures("files")
def test_an_evaluator_where_there_is_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symconv.reading.networks.running.find_spec", lambda name: None)
    found = record("a.onnx", "wrong.onnx")
    assert "onnxruntime" not in found["reproduction"]
    check_reproduction(found)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.onnx", "none.onnx"], "there is no file none.onnx; expected an ONNX file, or a module"),
        (["a.onnx", "none"], "there is no file none; expected an ONNX file"),
        (["a.onnx", "bad-name:net"], "'bad-name:net' names no module and no file"),
        (["a.onnx", "none.py:net"], "there is no file none.py"),
        (["a.onnx", "code.py"], "code.py holds code: say what in it, as code.py:model"),
        (["a.onnx", "text.onnx"], "text.onnx is no ONNX file"),
        (
            ["a.onnx", "b.onnx", "--input", "q:N"],
            "no input q; these are x of a.onnx and input.1 of",
        ),
        (["a.onnx", "b.onnx", "--input", "x"], "expected NAME:SIZE,SIZE,"),
        (["a.onnx", "b.onnx", "--input", "x:N,3,H"], "has 4 axes in the file, and 3 are given"),
        (["a.onnx", "b.onnx", "--input", "x:N,,H"], "--input, line 1, column 5"),
        (["a.onnx", "b.onnx", *["--input", "x:N,3,H,W"] * 2], "the shape of x is given twice"),
        (["a.onnx", "b.onnx", "--given", "Q >= 3"], "Q is no size of an input; these are H, N, W"),
        (["a.onnx", "b.onnx", "--given", "H +"], "--given, line 1, column 4: this ends too early"),
        (["a.onnx", "b.onnx", "--given", "H + 1"], "expected a condition such as n >= 1"),
        (["a.onnx", "b.onnx", "--given", "H < 1"], "this hypothesis can never hold"),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_is_refused(arguments: list[str], told: str) -> None:
    Path("text.onnx").write_text("no network", encoding="utf-8")
    Path("code.py").write_text("raise RuntimeError\n", encoding="utf-8")
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("files")
def test_a_limit_that_is_over() -> None:
    assert run("a.onnx", "b.onnx", "--timeout", "0.01").exit_code == 3
    assert record("a.onnx", "b.onnx", "--timeout", "0.01") == {
        "first": "a.onnx",
        "second": "b.onnx",
        "verdict": "unknown",
        "reason": "no verdict within 0.01 s",
    }


def test_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.onnx").write_bytes(b"")
    for package, arguments in (("onnx", ["a.onnx"] * 2), ("torch", ["nets:net", "nets:net"])):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, package, None)  # as if it were not there
            result = run(*arguments, "--input", "x:N")
        assert result.exit_code == 2
        assert f'pip install "symconv[{package}]"' in result.stderr


# --- certificates --------------------------------------------------------------------

TRUE = "Theorem t : True.\nProof. exact I. Qed.\nPrint Assumptions t.\n"
FALSE = TRUE.replace("True", "False")
ASSUMED = f"Axiom a : False.\n{FALSE.replace('exact I', 'exact a')}"


@pytest.fixture
def stated(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the certificates of all claims replaced by a text, or by a refusal."""

    def put(text: str | None) -> None:
        def certificate(claim: Claim, about: Sequence[str] = ()) -> str:
            if text is None:
                raise Uncertified("there is no rule for it")
            return text

        monkeypatch.setattr("symconv.formal.compared.certificate", certificate)

    return put


@pytest.mark.usefixtures("files")
def test_certificates_are_written_with_an_index(stated: Any) -> None:
    stated(TRUE)
    result = run("a.onnx", "b.onnx", "--certificate", "proofs")
    assert result.exit_code == 0
    (file,) = Path("proofs").glob("*.v")
    assert file.name.startswith("segment_1_pad_conv_bn")
    assert file.read_text(encoding="utf-8") == TRUE
    assert f"      {file.name}\n" in result.output
    assert "  1 certificate in proofs; index.txt there tells what is left to" in result.output
    index = Path("proofs", "index.txt").read_text(encoding="utf-8")
    assert index.startswith("a.onnx  =  b.onnx\n")
    assert "first: pad (Pad), conv (Conv), bn (BatchNormalization)" in index
    assert "left to numbers: k has to be" in index
    again = run("a.onnx", "b.onnx", "--certificate", "proofs")
    assert again.exit_code == 2
    assert "proofs is there already, with files in it" in " ".join(again.stderr.split())
    assert Path("proofs", "index.txt").read_text(encoding="utf-8") == index


@pytest.mark.usefixtures("files")
def test_a_certificate_that_is_not_written(stated: Any) -> None:
    stated(None)
    result = run("a.onnx", "b.onnx", "--certificate", "proofs")
    assert result.exit_code == 0
    assert "none: there is no rule for it" in result.output
    assert [one.name for one in Path("proofs").iterdir()] == ["index.txt"]
    alone = run("a.onnx", "b.onnx", "--formal")
    assert alone.exit_code == 2
    assert "--formal checks certificates: say where" in " ".join(alone.stderr.split())


@needs_rocq
@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (TRUE, 0, "FORMALLY PROVED"),
        (FALSE, 3, "REJECTED"),
        (ASSUMED, 3, "REJECTED"),
        (None, 3, "1 of 1 segments have none for what was proved of them"),
    ],
)
@pytest.mark.usefixtures("files")
def test_rocq_has_the_last_word(stated: Any, text: str | None, code: int, told: str) -> None:
    stated(text)
    result = run("a.onnx", "b.onnx", "--certificate", "proofs", "--formal")
    assert result.exit_code == code
    assert told in result.output
    found = record("a.onnx", "b.onnx", "--certificate", "again", "--formal")
    assert found["verdict"] == "agree"
    assert found["certificate"]["verdict"] == ("unknown" if code else "proved")
    assert len(found["certificate"]["checks"]) == (text is not None)


@pytest.mark.usefixtures("files")
def test_certificates_where_rocq_is_not_installed(
    stated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated(TRUE)
    monkeypatch.setattr("symconv.formal.rocq.shutil.which", lambda name: None)
    result = run("a.onnx", "b.onnx", "--certificate", "proofs", "--formal")
    assert result.exit_code == 3
    assert "NOT CHECKED" in result.output
    assert "there is no coqc, the compiler of Rocq (Coq)" in result.output
    assert len([*Path("proofs").glob("*.v")]) == 1
    # That networks differ is known without it.
    assert run("a.onnx", "wrong.onnx", "--certificate", "more", "--formal").exit_code == 1


@needs_rocq
@pytest.mark.parametrize("more", [(), ("--timeout", "120")])
@pytest.mark.usefixtures("files")
def test_certificates_of_files_are_accepted(more: Sequence[str]) -> None:
    network_files.padded(Path("once.onnx"), 3)
    network_files.padded(Path("twice.onnx"), 1, 2)
    found = record("once.onnx", "twice.onnx", "--certificate", "proofs", "--formal", *more)
    assert found["verdict"] == "proved"
    (segment,) = found["certificate"]["segments"]
    assert segment["files"] == ["segment_1_pad0_relu.v"]
    (checked,) = found["certificate"]["checks"]
    assert (checked["file"], checked["verdict"]) == ("segment_1_pad0_relu.v", "proved")
    text = Path("proofs", checked["file"]).read_text(encoding="utf-8")
    assert "The first is once.onnx, and the second twice.onnx." in text
    assert "On the left, layers of the first: pad0 (Pad), relu (Relu)." in text


# --- modules -------------------------------------------------------------------------

IMAGES = ("--input", "image:N,3,H,W")


@pytest.mark.parametrize("more", [(), ("--timeout", "60")])
@pytest.mark.parametrize("name", ["nets:Net", "nets.py:Net", "nets.py:net"])
@pytest.mark.usefixtures("modules")
def test_modules_are_imported_and_what_they_print_is_no_result(
    name: str, more: Sequence[str]
) -> None:
    found = record("nets:net", name, *IMAGES, *more)
    assert found["verdict"] == "proved"
    assert found["sizes"] == "H, N, W"


@pytest.mark.usefixtures("files", "modules")
def test_a_module_and_its_file() -> None:
    # The file says the shape, and its input has another name.
    assert run("nets:Net", "b.onnx").exit_code == 0
    assert run("a.onnx", "nets.py:net", "--input", "image:1,3,H,H").exit_code == 0
    found = record("nets.py:net", "wrong.onnx")
    assert found["verdict"] == "refuted"
    check_reproduction(found)


@pytest.mark.usefixtures("modules")
def test_modules_that_differ() -> None:
    found = record("nets:net", "nets.py:Labelled", *IMAGES, "--given", "H >= 3")
    assert found["verdict"] == "refuted"
    assert found["counterexample"]["sizes"] == {"H": 3, "N": 1, "W": 1}
    check_reproduction(found)


@pytest.mark.usefixtures("files", "modules")
def test_the_order_of_inputs() -> None:
    named = ("--input", "b:N", "--input", "a:N")
    assert run("nets:Less", "nets:Turned", *named).exit_code == 0
    found = record("nets:Less", "nets:Turned", "--input", "u:N", "--input", "v:N")
    assert found["verdict"] == "refuted"
    check_reproduction(found)
    network_files.less(Path("less.onnx"))
    assert run("less.onnx", "nets:Turned").exit_code == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nets:Sized", "nets:Sized takes channels: name a module, or a function without arguments"),
        ("nets:Less", "takes a, b, and there is one input, image: give the shape of each in this"),
        ("nets:failing", "calling nets:failing: RuntimeError: no such weights"),
        ("nets:number", "nets:number is 3, and neither a module of PyTorch nor"),
        ("nets:nothing", "importing nets:nothing: there is no nothing in it"),
        ("unheard.of:net", "No module named 'unheard'"),
    ],
)
@pytest.mark.usefixtures("modules")
def test_modules_that_are_refused(name: str, told: str) -> None:
    result = run("nets:net", name, *IMAGES)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("modules")
def test_modules_alone_have_no_shape() -> None:
    result = run("nets:net", "nets:Net")
    assert result.exit_code == 2
    assert "give the shape of the input, as --input x:N,3,H,W" in result.stderr


@pytest.mark.usefixtures("modules")
def test_no_file_in_the_working_directory_replaces_a_library() -> None:
    Path("random.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    before = list(sys.path)
    assert run("nets:net", "nets.py:net", *IMAGES).exit_code == 0
    assert sys.path == before

"""Random ONNX models before and after each tool, compared, and run where the verdict says.

    python -m tests.runners.onnx_tools --claims 1000 --start 0

goes through all passes of onnxoptimizer, onnxsim, onnxscript's rules and ONNX Runtime's basic
optimization.  What is refuted is run on the inputs that the verdict saves, and has to have the
numbers that it says; what is proved is run at some sizes, most of them random, and has to agree.
What is unknown is run too, to see whether there is a difference that was not found.  Where ONNX
Runtime and ONNX's evaluator do not agree with each other, one of them has to agree with the
verdict.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from symconv import SymconvError
from symconv.decision.comparing.comparison import Comparison
from symconv.reading.networks import read_onnx
from symconv.reading.networks.comparing import compare_readings
from tests.generators.onnx_networks import onnx_network
from tests.oracles.onnx_tools import clashing, is_changed, runs, tools

__all__ = ["checked"]

_SIZES = ({"N": 1, "H": 6, "W": 7}, {"N": 2, "H": 3, "W": 9}, {"N": 1, "H": 4, "W": 4})


def _sizes(seed: int) -> Iterator[dict[str, int]]:
    """Where models are run: two sizes that most take, and small and larger ones by chance."""
    yield from _SIZES[:2]
    random = Random(seed)
    for most in (4, 12, 12):
        yield {
            "N": random.randint(1, 3),
            "H": random.randint(1, most),
            "W": random.randint(1, most),
        }


def checked(before: bytes, after: bytes, seed: int = 0) -> tuple[str, str]:
    """What is found of two models: the kind of it, and the story where there is one.

    Args:
        before: the content of a file.
        after: that of the other one.
        seed: from which the sizes are drawn at which they are run.
    """
    try:
        first = read_onnx(before)
    except SymconvError as error:
        return "not read before", str(error)
    try:
        second = read_onnx(after)
    except SymconvError as error:
        return "not read after", str(error)
    try:
        found = compare_readings(first, second)
    except SymconvError as error:
        return "not compared", str(error)
    if found or found.verdict == "unknown":
        return _checked_equal(before, after, found, seed)
    return _checked_refuted(before, after, found)


def _checked_equal(before: bytes, after: bytes, found: Comparison, seed: int) -> tuple[str, str]:
    """Run both at some sizes."""
    told = ""
    times = 0
    for at in _sizes(seed):
        data = _data(before, at)
        one, other = runs(before, data), runs(after, data)
        apart = {by: clashing(one[by], other[by]) for by in one if by in other}
        times += bool(apart)
        if apart and all(apart.values()):
            if not found:
                return "unknown, and they differ", f"{at}: {apart}\n{found}"
            return f"DISAGREEMENT: {found.verdict}", f"{at}: {apart}\n{found}"
        told = told or next((f"at {at}, {by}: {why}" for by, why in apart.items() if why), "")
        if (one and not other) or (other and not one):
            told = told or f"at {at} one runs and the other does not"
    if not found:
        return "unknown", f"{told}\n{found}".lstrip()
    kind = found.verdict if not told else f"{found.verdict}, though one runtime says otherwise"
    return (kind if times else f"{found.verdict}, never run"), told


def _checked_refuted(before: bytes, after: bytes, found: Comparison) -> tuple[str, str]:
    """Run both where they are said to differ."""
    difference = found.difference
    if difference is None:
        at = _sizes_in(found.reason)
        data = _data(before, at)
        one, other = runs(before, data), runs(after, data)
        takes = "the first is defined and" in found.reason
        ran = [any(_has_entries(result) for result in side.values()) for side in (one, other)]
        if ran == [takes, not takes]:
            return "refuted by the sizes, confirmed", str(found)
        return "refuted by the sizes, not confirmed", f"{ran}\n{found}"
    with tempfile.TemporaryDirectory() as folder:
        found.save_inputs(saved := Path(folder) / "inputs.npz")
        with np.load(saved) as loaded:
            arrays = {n: loaded[n] for n in _input_names(before)}
    one, other = runs(before, arrays), runs(after, arrays)
    for by in one:
        if by not in other:
            continue
        a, b = one[by][difference.output], other[by][difference.output]
        if difference.index is None:
            is_so = (a.shape, b.shape) == difference.values
        else:
            numbers = a[difference.index], b[difference.index]
            is_so = np.allclose(numbers, difference.values, rtol=1e-3, atol=1e-5)
        if is_so:
            return "refuted, confirmed", f"by {by}\n{found}"
    if not one or not other:
        return "refuted, not run", f"{list(one)} {list(other)}\n{found}"
    return "DISAGREEMENT: refuted", f"{_shown(one)}\n{_shown(other)}\n{found}"


def _has_entries(result: Any) -> bool:
    return all(one.size for one in result)


def _shown(found: dict[str, Any]) -> str:
    return str(
        {by: [(one.shape, one.ravel()[:4]) for one in result] for by, result in found.items()}
    )


def _sizes_in(reason: str) -> dict[str, int]:
    told = re.search(r"at (.*?) the (first|second) is", reason)
    return {n: int(v) for n, v in re.findall(r"(\w+) = (\d+)", told[1] if told else "")}


def _input_names(content: bytes) -> list[str]:
    import onnx

    graph = onnx.load_from_string(content).graph
    constants = {one.name for one in graph.initializer}
    return [one.name for one in graph.input if one.name not in constants]


def _data(content: bytes, at: dict[str, int]) -> dict[str, Any]:
    """Random numbers for the inputs at some sizes."""
    import onnx

    graph = onnx.load_from_string(content).graph
    names = set(_input_names(content))
    found: dict[str, Any] = {}
    for one in graph.input:
        if one.name in names:
            dims = one.type.tensor_type.shape.dim
            shape = [at.get(d.dim_param, 1) if d.dim_param else d.dim_value for d in dims]
            random = np.random.default_rng(len(found) + 1)
            found[one.name] = random.standard_normal(shape).astype(np.float32)
    return found


# --- one process for each model ------------------------------------------------------


def _answers(seed: int, wanted: str) -> Iterator[tuple[str, str, str, float]]:
    """For each tool its name, the kind and the story, and seconds."""
    import onnx

    made = onnx_network(seed)
    before = made.SerializeToString()
    try:
        onnx.checker.check_model(made, full_check=True)
    except Exception:
        yield "", "no model", "", 0.0
        return
    if not any(runs(before, _data(before, at)) for at in _sizes(seed)):
        yield "", "runs at none of the sizes", "", 0.0
        return
    known: list[tuple[bytes, tuple[str, str]]] = []
    for tool in tools():
        if wanted not in tool.name:
            continue
        begun = time.perf_counter()
        yield tool.name, "begun", "", 0.0
        try:
            after = tool.rewrite(before)
        except Exception as error:
            yield tool.name, "tool fails", f"{type(error).__name__}: {error}"[:300], 0.0
            continue
        if not is_changed(before, after):
            yield tool.name, "unchanged", "", 0.0
            continue
        answer = next((one for other, one in known if not is_changed(other, after)), None)
        if answer is None:
            try:
                answer = checked(before, after, seed)
            except Exception as error:
                answer = "DISAGREEMENT: crash", f"{type(error).__name__}: {error}"
            known.append((after, answer))
            if answer[0] not in ("proved", "agree"):
                answer = (answer[0], f"{answer[1]}\n{_text(after)}")
        yield tool.name, *answer, time.perf_counter() - begun


def _text(content: bytes) -> str:
    import onnx

    model = onnx.load_from_string(content)
    model.graph.ClearField("value_info")
    return str(onnx.printer.to_text(model))


def _run(seed: int, wanted: str, sending: Connection) -> None:
    faulthandler.disable()
    for answer in _answers(seed, wanted):
        sending.send(answer)
    sending.send(None)


def _within(seed: int, wanted: str, seconds: float) -> Iterator[tuple[str, str, str, float]]:
    """The answers for a model, in a process of its own: some tools end the process."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(seed, wanted, sending))
    process.start()
    sending.close()
    last = ""
    try:
        while True:
            if not receiving.poll(seconds):
                yield last, "too slow", f"more than {seconds:.0f} s", seconds
                break
            answer = receiving.recv()
            if answer is None:
                break
            last = answer[0]
            if answer[1] != "begun":
                yield answer
    except EOFError:
        yield last, "the process ended", "", 0.0
    finally:
        process.terminate()
        process.join()


def main() -> None:
    """Goes through random models, and prints what was found of each tool."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--claims", type=int, default=100, help="how many models")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, nargs="+", help="these seeds, and no others")
    parser.add_argument("--tool", default="", help="only tools with this in their names")
    parser.add_argument("--minutes", type=float, default=1e9, help="after which it ends")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one comparison")
    arguments = parser.parse_args()
    import onnxoptimizer  # noqa: F401 - loaded once, and not in each process
    import onnxruntime  # noqa: F401
    import onnxscript.rewriter  # noqa: F401
    import onnxsim  # noqa: F401

    kinds: Counter[str] = Counter()
    by_tool: dict[str, Counter[str]] = {}
    begun = time.monotonic()
    models = 0
    seeds = arguments.seeds or range(arguments.start, arguments.start + arguments.claims)
    for seed in seeds:
        models += 1
        for tool, kind, story, seconds in _within(seed, arguments.tool, arguments.timeout):
            kinds[kind] += 1
            by_tool.setdefault(tool, Counter())[kind] += 1
            if kind not in ("proved", "agree", "unchanged"):
                print(
                    f"seed {seed}, {tool}: {kind} ({seconds:.1f} s)\n{story}".rstrip(), flush=True
                )
        if time.monotonic() - begun > 60 * arguments.minutes:
            break
    print(f"\n{models} models in {time.monotonic() - begun:.0f} s")
    for tool, found in sorted(by_tool.items()):
        print(f"{tool}: {dict(found)}")
    changed = sum(n for kind, n in kinds.items() if kind not in _NO_PAIR)
    print(f"{changed} pairs that differ as graphs, {kinds['unchanged']} that do not")
    for kind, number in kinds.most_common():
        print(f"{number:7}  {kind}")
    sys.exit(1 if any(kind.startswith("DISAGREEMENT") for kind in kinds) else 0)


_NO_PAIR = ("unchanged", "tool fails", "the process ended", "no model", "runs at none of the sizes")


if __name__ == "__main__":
    main()

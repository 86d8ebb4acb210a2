"""Networks of pytorchcv as ONNX files, against their modules, and before and after tools.

    python -m tests.runners.onnx_exports --only resnet18 mobilenet_w1

Files are exported with their batch norms, for any batch and any image.  Each is compared with its
module, and with what onnxoptimizer, onnxsim, onnxscript and ONNX Runtime make of it; and each pair
is run by ONNX Runtime at one size.  It prints a line for each pair.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import torch

from symconv import SymconvError, integers
from symconv.reading.networks import Reading, read, read_onnx
from symconv.reading.networks.comparing import compare_readings
from tests.generators.pytorchcv_networks import architectures, network
from tests.oracles.onnx_tools import is_changed, runs, tools

__all__ = ["answers"]

_TOOLS = (
    *("onnxoptimizer", "onnxsim", "onnxscript optimizer", "onnxscript rewriter"),
    "onnxruntime basic",
)


def exported(net: Any, size: tuple[int, ...], exporter: str) -> bytes:
    """A file with the batch norms of a network in it."""
    image = torch.zeros(2, *size)
    made = io.BytesIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            auto = torch.export.Dim.AUTO
            program = torch.onnx.export(
                *(net, (image,)),
                dynamo=True,
                optimize=False,
                dynamic_shapes=({0: auto, 2: auto, 3: auto},),
                verbose=False,
            )
            assert program is not None
            return bytes(program.model_proto.SerializeToString())
        torch.onnx.export(
            *(net, (image,), made),
            dynamo=False,
            training=torch.onnx.TrainingMode.EVAL,
            do_constant_folding=False,
            input_names=["x"],
            # Names that are numbers, as by default, are names of what onnxoptimizer adds too.
            output_names=["y"],
            dynamic_axes={"x": {0: "N", 2: "H", 3: "W"}},
        )
    return made.getvalue()


def _shapes(size: tuple[int, ...]) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Shapes of images with hypotheses about them: all, those that are not small, and one."""
    h, w = integers("H W", positive=True)
    yield ("N", size[0], "H", "W"), ()
    yield ("N", size[0], "H", "W"), (h >= 65, w >= 65)
    yield ("N", *size), ()


def _read_file(content: bytes, shape: tuple[Any, ...], given: tuple[Any, ...]) -> Reading:
    import onnx

    graph = onnx.load_from_string(content).graph
    constants = {one.name for one in graph.initializer}
    (name,) = (one.name for one in graph.input if one.name not in constants)
    return read_onnx(content, {name: shape}, given)


def _compared(first: Reading, second: Reading) -> str:
    begun = time.process_time()
    found = compare_readings(first, second)
    told = f"{found.verdict}; {found.sizes}; weights {found.deviation:.1e}; "
    told += f"{time.process_time() - begun:.1f} s"
    return told if found else f"{told}\n{found}"


def _is_no_model(content: bytes) -> str:
    """What ONNX's own checker says against a file; empty where it is valid."""
    import onnx

    try:
        onnx.checker.check_model(onnx.load_from_string(content))
    except onnx.checker.ValidationError as error:
        return str(error)[:100]
    return ""


def _apart(before: bytes, after: bytes, shape: tuple[int, ...]) -> str:
    import onnx

    graph = onnx.load_from_string(before).graph
    names = {one.name for one in graph.input} - {one.name for one in graph.initializer}
    image = np.random.default_rng(1).standard_normal((1, *shape)).astype(np.float32)
    one, other = (
        runs(each, dict.fromkeys(names, image), evaluator=False) for each in (before, after)
    )
    if not one or not other:
        return "not run"
    a, b = one["onnxruntime"][0], other["onnxruntime"][0]
    return f"outputs {np.max(np.abs(a - b)) / np.max(np.abs(a)):.1e} apart"


def answers(name: str, exporter: str) -> Iterator[tuple[str, str]]:
    """For each tool, and for the module itself, what is found."""
    net = network(name)
    channels = getattr(net, "in_channels", 3)
    size = (channels, *getattr(net, "in_size", (224, 224)))
    try:
        content = exported(net, size, exporter)
    except Exception as error:
        yield "export", f"fails: {type(error).__name__}: {str(error)[:200]}"
        return
    why = ""
    for shape, given in _shapes(size):
        try:
            module, first = read(net, shape, given=given), _read_file(content, shape, given)
            break
        except SymconvError as error:
            why = why or str(error)
    else:
        yield "export", f"not read: {why}"
        return
    try:
        yield "module", _compared(module, first)
    except SymconvError as error:
        yield "module", f"not compared: {error}"
    for tool in tools():
        if tool.name not in _TOOLS:
            continue
        try:
            after = tool.rewrite(content)
        except Exception as error:
            yield tool.name, f"tool fails: {type(error).__name__}: {str(error)[:100]}"
            continue
        wrong = _is_no_model(after)
        if wrong:
            yield tool.name, f"tool fails: makes no valid model: {wrong}"
            continue
        if not is_changed(content, after):
            yield tool.name, "unchanged"
            continue
        try:
            told, *story = _compared(first, _read_file(after, shape, given)).split("\n", 1)
        except SymconvError as error:
            told, story = f"not compared: {error}", []
        yield tool.name, "\n".join([f"{told}; {_apart(content, after, size)}", *story])


# --- one process for each network ----------------------------------------------------


def _run(name: str, exporter: str, sending: Connection) -> None:
    try:
        for answer in answers(name, exporter):
            sending.send(answer)
    except Exception as error:  # to be looked at; the rest goes on
        sending.send(("", f"CRASH: {type(error).__name__}: {error}"))
    sending.send(None)


def main() -> None:
    """Compares files of pytorchcv's networks with their modules, and before and after tools."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--every", type=int, default=40, help="of all names, every so manieth")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--exporter", choices=("dynamo", "script"), default="script")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one pair")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    kinds: Counter[str] = Counter()
    context = multiprocessing.get_context("fork")
    for name in arguments.only or architectures()[:: arguments.every]:
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(name, arguments.exporter, sending))
        process.start()
        sending.close()
        try:
            while True:
                answer = ("", "too slow")
                if receiving.poll(arguments.timeout):
                    answer = receiving.recv()
                if answer is None:
                    break
                kinds[answer[1].split(";")[0].split(":")[0]] += 1
                print(f"{name}, {answer[0]}: {answer[1]}"[:1500], flush=True)
                if answer[1] == "too slow":
                    break
        except EOFError:
            kinds["the process ended"] += 1
            print(f"{name}: the process ended", flush=True)
        finally:
            process.terminate()
            process.join()
    for kind, number in kinds.most_common():
        print(f"{number:5}  {kind}")
    sys.exit(1 if kinds["refuted"] or kinds["CRASH"] else 0)


if __name__ == "__main__":
    main()

"""Networks of pytorchcv against what PyTorch makes of them when it folds their batch norms.

    python -m tests.runners.real_networks --every 6 --timeout 300

compares each network with its fusion by `torch.fx`, for all sizes of images, and both with each
other in PyTorch, in double precision at some sizes.  It prints one line for each network: the
verdict, the sizes, how far weights are off, how far the outputs are, seconds and megabytes.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import torch

from symconv import SymconvError
from symconv.reading.networks import read
from symconv.reading.networks.comparing import compare
from symconv.reading.networks.results import Reading
from tests.generators.pytorchcv_networks import architectures, network
from tests.generators.small_networks import folded

__all__ = ["Answer", "answer"]


@dataclass(frozen=True)
class Answer:
    """What came of one network.

    Attributes:
        kind: the verdict, or why there is none, in a few words.
        told: the rest of the line.
        story: what is to be looked at, where there is something.
    """

    kind: str
    told: str = ""
    story: str = ""


def answer(name: str) -> Answer:
    """Compare one network with its fusion."""
    try:
        net = network(name)
    except ImportError as error:
        return Answer("not made", _first_line(error))
    try:
        fused = folded(net)
    except Exception as error:  # whatever it is that PyTorch cannot trace
        return Answer("not traced", _first_line(error))
    channels = getattr(net, "in_channels", 3)
    size = tuple(getattr(net, "in_size", (224, 224)))
    begun = time.process_time()
    why = ""
    for shape in (("N", channels, "H", "W"), ("N", channels, *size), (1, channels, *size)):
        try:
            first, second = read(net, shape), read(fused, shape)
        except SymconvError as error:
            why = why or _first_line(error)
            continue
        except Exception as error:  # as inputs of another kind
            return Answer("not read", f"{type(error).__name__}: {_first_line(error)}")
        break
    else:
        return Answer("not read", why)
    reading = time.process_time() - begun
    found = compare(first, second)
    seconds = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = (
        f"{found.sizes}; weights {found.deviation:.1e}; {seconds:.1f} s "
        f"(read in {reading:.1f}); {memory} MB"
    )
    if why:
        told += f"; image of {' × '.join(map(str, size))}, as {why}"
    if not found:
        return Answer(found.verdict, told, str(found))
    single, double, moved, at = _apart(net, fused, first, (channels, *size))
    told += f"; outputs {single:.1e}, folded in double precision {double:.1e}, at {at}"
    if not double < max(_MOST_APART, 10 * moved):
        return Answer("DISAGREEMENT", told, str(found))
    return Answer(found.verdict, told)


_MOST_APART = 1e-9
"""Relative to the largest output: double precision rounds 10⁻¹⁶, which many layers multiply."""

_PIXELS = 2**17
"""Of an image that PyTorch computes in a second or so."""


def _apart(
    net: Any, fused: Any, first: Reading, size: Sequence[int]
) -> tuple[float, float, float, str]:
    """How far outputs are where PyTorch computes them in double precision, and at which sizes.

    With weights that were folded in single precision, with such that were in double, and where
    the image is moved by 10⁻¹³ of itself: some networks are chaotic.
    """
    channels, height, width = size
    batch, *image = (first.inputs[0].lengths[axis].as_integer() for axis in (0, 2, 3))
    while None in image and height * width > _PIXELS and not height % 2 and not width % 2:
        height, width = height // 2, width // 2  # a picture of a street, in double precision
    shapes = [(2 if height < 64 else 1, channels, height, width)]
    shapes += [(1, channels, height - 5, width - 9), (1, channels, height + 32, width + 64)]
    shapes += [(3 if height < 64 else 2, channels, height, width)]
    net = net.double()
    others = fused.double(), folded(net)
    worst, at = [0.0, 0.0, 0.0], []
    for shape in shapes:
        if batch not in (None, shape[0]) or (None not in image and image != list(shape[2:])):
            continue
        try:
            wanted, *found = (_outputs(each, shape) for each in (net, *others))
        except RuntimeError:
            continue  # it does not take this size
        found.append(_outputs(net, shape, 1 + 1e-13))
        for number, other in enumerate(found):
            for a, b in zip(wanted, other, strict=True):
                apart = float((a - b).abs().max() / a.abs().max())
                worst[number] = max(worst[number], apart)
        at.append("×".join(map(str, shape)))
        if len(at) == 2 or height * width > _PIXELS:
            break
    single, double, moved = worst if at else [math.nan] * 3
    return single, double, moved, " and ".join(at)


def _outputs(module: Any, shape: Sequence[int], scale: float = 1.0) -> list[Any]:
    torch.manual_seed(1)
    with torch.no_grad():
        return list(_tensors(module(scale * torch.randn(shape, dtype=torch.float64))))


def _tensors(result: Any) -> Iterator[Any]:
    if isinstance(result, torch.Tensor):
        yield result
    else:
        for one in result.values() if isinstance(result, dict) else result:
            yield from _tensors(one)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


# --- one process for each network ----------------------------------------------------


def _run(name: str, sending: Connection) -> None:
    try:
        found = answer(name)
    except Exception as error:  # to be looked at; the rest goes on
        found = Answer("CRASH", f"{type(error).__name__}: {error}", traceback.format_exc())
    sending.send(found)


def _within(name: str, seconds: float) -> Answer:
    """What comes of a network in a process of its own, whose memory is its own."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(name, sending))
    process.start()
    sending.close()
    try:
        if not receiving.poll(seconds):
            return Answer("too slow", f"more than {seconds:.0f} s")
        found: Answer = receiving.recv()
    except EOFError:
        return Answer("CRASH", "the process ended")
    finally:
        process.terminate()
        process.join()
    return found


def main() -> None:
    """Compares networks of pytorchcv with their fusions, and prints what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--every", type=int, default=6, help="of all names, every so manieth")
    parser.add_argument("--start", type=int, default=0, help="of those, the first")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one network")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    names = arguments.only or architectures()[:: arguments.every][arguments.start :]
    kinds: Counter[str] = Counter()
    others: list[str] = []
    for name in names:
        found = _within(name, arguments.timeout)
        kinds[found.kind] += 1
        print(f"{name}: {found.kind}; {found.told}", flush=True)
        if found.story:
            print("  " + found.story.replace("\n", "\n  "), flush=True)
        if found.kind not in ("agree", "proved"):
            others.append(f"{name}: {found.kind}; {found.told}")
    print(f"\n{kinds.total()} networks")
    for kind, number in kinds.most_common():
        print(f"{number:5}  {kind}")
    print("\nnot equal, or not known:", *others, sep="\n  ")
    sys.exit(1 if kinds["refuted"] or kinds["DISAGREEMENT"] or kinds["CRASH"] else 0)


if __name__ == "__main__":
    main()

"""What decisions leave behind: memory of Python's, and what islpy keeps of each object.

python -m tests.benchmarks.bench_memory
"""

from __future__ import annotations

import ctypes
import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import islpy as isl

from symconv import Claim, Signal, integers

_PAGE = 4096


def decided(number: int) -> None:
    """One of many different decisions."""
    n, c = integers("n c", positive=True)
    x, k = Signal("x", n), Signal("k", c)
    layers = x.pad(number % 7, 1).correlate(k, stride=2).correlate(k, stride=1 + number % 3)
    Claim(layers, x.pad(1, number % 5).correlate(k.convolve(k.dilate(2)), stride=2)).prove()


def left_behind(action: Callable[[int], object], times: int) -> float:
    """The bytes that an action leaves to the process each time, Linux only."""
    for number in range(200):
        action(number)
    before = _resident()
    for number in range(times):
        action(number)
    return (_resident() - before) / times


def _resident() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def python_memory(action: Callable[[int], object], times: int) -> float:
    """The bytes of Python objects that an action leaves each time."""
    for number in range(200):
        action(number)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(times):
            action(number)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / times


def main() -> None:
    """Print the figures."""
    context = isl.Context()
    space = isl.Space.set_alloc(context, 0, 1)
    per_object = left_behind(lambda _: isl.Set.empty(space), 20_000)
    print(f"an object of islpy, by itself: {per_object:.0f} bytes")
    print(f"a decision, Python's objects: {python_memory(decided, 300):.0f} bytes")
    print(f"a decision, the whole process: {left_behind(decided, 500):.0f} bytes")


if __name__ == "__main__":
    main()

"""Which variant of an exercise a student gets: the same always, by SHA-256."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice, product
from typing import TypeAlias

__all__ = ["Variant", "drawn", "every", "same_student"]

Variant: TypeAlias = Mapping[str, int | str]


def drawn(values: Mapping[str, Sequence[int | str]], exercise: str, student: str) -> Variant:
    """The variant of a student.

    The value of each parameter is the one at ``h mod n`` in its list of n, from 0 on, where h is
    the SHA-256 of the text ``exercise/parameter/student`` in UTF-8 as a big-endian integer.  So
    it depends on nothing but these texts and the list.

    >>> dict(drawn({"s": [2, 3, 4]}, "merging", "4711"))
    {'s': 2}
    >>> dict(drawn({"s": [2, 3, 4]}, "merging", " 04711 "))
    {'s': 2}
    """
    chosen = {}
    for parameter, listed in values.items():
        text = f"{exercise}/{parameter}/{same_student(student)}"
        number = int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")
        chosen[parameter] = listed[number % len(listed)]
    return chosen


def same_student(student: str) -> str:
    """A student's number without what spreadsheets lose: spaces around it, and zeros before it."""
    bare = student.strip()
    return (bare.lstrip("0") or "0") if bare.isascii() and bare.isdigit() else bare


def every(values: Mapping[str, Sequence[int | str]], most: int) -> Iterator[Variant]:
    """All variants, or so many of them, among which each value is as soon as it can be."""
    longest = max(map(len, values.values()), default=1)
    aligned = (tuple(v[n % len(v)] for v in values.values()) for n in range(longest))
    # A product may be huge, and is never listed.
    for found in islice(dict.fromkeys(_chained(aligned, product(*values.values()), most)), most):
        yield dict(zip(values, found, strict=True))


def _chained(
    first: Iterator[tuple[int | str, ...]], then: Iterator[tuple[int | str, ...]], most: int
) -> Iterator[tuple[int | str, ...]]:
    yield from islice(first, most)
    yield from islice(then, 2 * most)

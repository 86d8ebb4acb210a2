"""The arrays of ONNX files, which stay where they are until their numbers are asked for."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, prod
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from symconv.arithmetic.limits import LARGEST_DENOMINATOR_OF_FLOAT
from symconv.errors import SymconvError
from symconv.reading.networks.known_numbers import meant

__all__ = [
    "FLOATS",
    "Numbers",
    "check_finite",
    "exactly",
    "kind_called",
    "known",
    "numbers_of",
]

FLOATS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
"""The kinds of entries that are read as real numbers."""

_TYPES = {
    "FLOAT": np.float32,
    "DOUBLE": np.float64,
    "FLOAT16": np.float16,
    "BOOL": np.bool_,
    **{
        name.upper(): getattr(np, name)
        for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    },
}
"""What NumPy has for them; brain floats are told apart, of which it has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """An array in a file.

    Attributes:
        name: of the constant.
        kind: of its entries, as the format calls them.
        shape: how many there are along each axis.
        array: gives the entries, which are read anew each time.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    array: Callable[[], Any]

    @property
    def precision(self) -> float:
        """The distance from 1 to the next number of the kind; 0 of integers."""
        if self.kind == "BFLOAT16":
            return 2.0**-7
        stored = np.dtype(_TYPES[self.kind])
        return float(np.finfo(stored).eps) if stored.kind == "f" else 0.0


def kind_called(number: Any) -> str:
    """What the format calls a kind of entries that it gives by a number."""
    from onnx import TensorProto

    try:
        return str(TensorProto.DataType.Name(number))
    except (TypeError, ValueError):
        return str(number)


def known(name: str, array: Any) -> Numbers:
    """An array that is there already."""
    kinds = {np.dtype(one): kind for kind, one in _TYPES.items()}
    if array.dtype.name == "bfloat16":  # of a package beside NumPy
        array = array.astype(np.float32)
    kind = kinds.get(array.dtype)
    if kind is None:
        raise SymconvError(f"{name} has entries of the kind {array.dtype}, which is not read")
    return Numbers(name, kind, tuple(array.shape), lambda: array)


def numbers_of(proto: Any, folder: Path | None) -> Numbers:
    """An array of the format, of which is checked that as many entries are there as it says.

    Args:
        proto: of the format.
        folder: where the file is, if it is one; its arrays lie nowhere else.

    Raises:
        SymconvError: it is of another kind, or there are more entries, or fewer.
    """
    from onnx import TensorProto

    what = f"the array {proto.name}" if proto.name else "an array"

    try:
        kind = TensorProto.DataType.Name(proto.data_type)
    except ValueError:
        kind = str(proto.data_type)
    if kind not in _TYPES and kind not in FLOATS:
        raise SymconvError(f"{what} has entries of the kind {kind}, which is not read")
    shape = tuple(proto.dims)
    if any(n < 0 for n in shape):
        raise SymconvError(f"{what} has a negative size, {shape}")
    if proto.HasField("segment"):
        raise SymconvError(f"{what} is a part of one, which is not read")
    count, width = prod(shape), 2 if kind == "BFLOAT16" else np.dtype(_TYPES[kind]).itemsize
    if proto.data_location == TensorProto.EXTERNAL:
        return Numbers(proto.name, kind, shape, _beside(proto, folder, kind, shape, what))
    if proto.HasField("raw_data"):
        have, wanted = len(proto.raw_data), count * width
        if have != wanted:
            raise SymconvError(
                f"{what} of the shape {shape} needs {wanted} bytes, and there are {have}"
            )
        return Numbers(proto.name, kind, shape, lambda: _decoded(proto.raw_data, kind, shape))
    field = _field(kind)
    have = len(getattr(proto, field))
    if have != count:
        raise SymconvError(f"{what} of the shape {shape} needs {count} entries, and has {have}")
    return Numbers(proto.name, kind, shape, lambda: _from_list(proto, field, kind, shape))


def _field(kind: str) -> str:
    """Where the entries stand if they are not written as bytes."""
    special = {"FLOAT": "float_data", "DOUBLE": "double_data", "INT64": "int64_data"}
    return special.get(kind, "uint64_data" if kind in ("UINT32", "UINT64") else "int32_data")


def _from_list(proto: Any, field: str, kind: str, shape: tuple[int, ...]) -> Any:
    values = getattr(proto, field)
    if kind in ("FLOAT16", "BFLOAT16"):  # as the integers that have the same bits
        return _decoded(np.array(values, dtype=np.int64).astype("<u2").tobytes(), kind, shape)
    return np.array(values, dtype=_TYPES[kind]).reshape(shape)


def _decoded(content: bytes, kind: str, shape: tuple[int, ...]) -> Any:
    """The entries that are written as bytes, the least byte first."""
    if kind == "BFLOAT16":  # the upper half of a float
        halves = np.frombuffer(content, dtype="<u2").astype(np.uint32)
        return (halves << np.uint32(16)).view(np.float32).reshape(shape)
    stored = np.dtype(_TYPES[kind]).newbyteorder("<")
    return np.frombuffer(content, dtype=stored).reshape(shape)


def _beside(
    proto: Any, folder: Path | None, kind: str, shape: tuple[int, ...], what: str
) -> Callable[[], Any]:
    """Reads an array that lies in another file, in the folder of this one or below it.

    Raises:
        SymconvError: that file is elsewhere, is no plain file, or is too short.
    """
    told = {one.key: one.value for one in proto.external_data}
    location = told.get("location", "")
    if not isinstance(location, str):
        raise SymconvError(f"{what} lies in a file whose name is not written in UTF-8")
    if folder is None:
        raise SymconvError(f"{what} lies in another file, and it is not known where that is")
    path = _within(folder, location, what)
    try:
        offset = int(told.get("offset") or 0)
        length = int(told["length"]) if told.get("length") else None
    except ValueError:
        raise SymconvError(f"{what} does not say in integers where in a file it lies") from None
    width = 2 if kind == "BFLOAT16" else np.dtype(_TYPES[kind]).itemsize
    wanted = prod(shape) * width
    if offset < 0 or (length is not None and length != wanted):
        raise SymconvError(
            f"{what} of the shape {shape} needs {wanted} bytes, and {length} from {offset} on are "
            "said to be its own"
        )

    def read() -> Any:
        _within(folder, location, what)
        try:
            opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(opened, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise SymconvError(f"{what} lies in {location}, which is no plain file")
                if os.fstat(file.fileno()).st_size < offset + wanted:
                    raise SymconvError(f"{what} lies in {location}, which is too short for it")
                file.seek(offset)
                content = file.read(wanted)
        except OSError as error:
            raise SymconvError(
                f"{what} lies in {location}, which cannot be read: {error.strerror or error}"
            ) from error
        return _decoded(content, kind, shape)

    try:
        size = path.stat().st_size
    except OSError as error:
        raise SymconvError(
            f"{what} lies in {location}, which cannot be read: {error.strerror or error}"
        ) from error
    if size < offset + wanted:
        raise SymconvError(
            f"{what} needs {wanted} bytes of {location} from {offset} on, and there are {size}"
        )
    return read


def _within(folder: Path, location: str, what: str) -> Path:
    """A file in a folder or below it, to which no link leads.

    Raises:
        SymconvError: it is elsewhere, or there is none.
    """
    ways = (PurePosixPath(location), PureWindowsPath(location))
    steps = [*ways[0].parts, *ways[1].parts]
    if not location or "\0" in location or ".." in steps or any(p.anchor for p in ways):
        raise SymconvError(
            f"{what} is said to lie in {location!r}, and only files in the folder of the ONNX file "
            "are read"
        )
    path = folder
    for step in ways[0].parts:
        path = path / step
        if path.is_symlink():
            raise SymconvError(
                f"{what} is said to lie in {location!r}, which is a link; links are not followed"
            )
    if not path.is_file():
        raise SymconvError(f"{what} is said to lie in {location!r}, and there is no such file")
    return path


def check_finite(array: Any, name: str) -> None:
    """Refuse numbers that are infinite or none.

    Raises:
        SymconvError: there is one.
    """
    # The least and the largest are found without a copy, and are none where an entry is none.
    with np.errstate(invalid="ignore"):
        ends = (array.min(), array.max()) if array.size else ()
    if not all(isfinite(one) for one in ends):
        raise SymconvError(f"{name} has numbers that are infinite or none (nan)")


def exactly(number: Any, what: str) -> Fraction:
    """The number that was meant: a float in a file is the nearest one to it; see `meant`.

    >>> print(exactly(np.float32(0.1), "x"), exactly(np.float32(1) / 6, "x"), exactly(2, "x"))
    1/10 1/6 2

    Raises:
        SymconvError: it is not finite.
    """
    if isinstance(number, int | np.integer):
        return Fraction(int(number))
    kind = type(number) if isinstance(number, np.floating) else np.float64
    if not isfinite(number):
        raise SymconvError(f"{what} must be a finite number, got {number}")
    step = float(np.spacing(kind(abs(number))))
    return meant(float(number), step, LARGEST_DENOMINATOR_OF_FLOAT)

"""Reading the arguments of the command; what cannot be read is a usage error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any

import click

from symconv.arithmetic.limits import (
    LONGEST_SYMBOL_OF_TAP,
    MOST_BYTES_OF_FILE,
    MOST_DIGITS_OF_TAP,
    MOST_STRIDES_DECIDED,
)

if TYPE_CHECKING:
    from symconv.catalogue.theorems import Theorem
    from symconv.reading.text import Declarations, Passage

__all__ = [
    "among",
    "declared",
    "decoded",
    "lengths",
    "name_of",
    "named",
    "tap",
    "text_of",
    "unknowns",
]


def named(name: str) -> Theorem:
    """The claim of the catalogue, or of a suite, that is called so."""
    from difflib import get_close_matches

    from symconv.catalogue.suites import SUITES
    from symconv.catalogue.theorems import THEOREMS

    for theorem in THEOREMS:
        if theorem.name == name:
            return theorem
    begun = name.partition("_")[0]
    if begun in SUITES and name in SUITES[begun].theorems:
        return SUITES[begun].theorems[name]
    from symconv.catalogue.index import CATALOGUE  # takes a second or two

    if name in CATALOGUE:
        return CATALOGUE[name]
    known = [*CATALOGUE, *(SUITES[begun].theorems if begun in SUITES else ())]
    close = get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(close)}?" if close else "see 'symconv list'"
    raise click.UsageError(f"there is no claim named {name!r}; {hint}")


def lengths(text: str) -> dict[str, int]:
    """`n=8,c=3` as a mapping."""
    result: dict[str, int] = {}
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\w+)\s*=\s*([+-]?[0-9]{1,9})\s*", part)
        if not found:
            raise click.UsageError(f"--at {text!r}: expected name=integer, got {part.strip()!r}")
        if found[1] in result:
            raise click.UsageError(f"--at {text!r}: {found[1]} is given twice")
        result[found[1]] = int(found[2])
    return result


_FRACTION = rf"[+-]?[0-9]{{1,{MOST_DIGITS_OF_TAP}}}(/0*[1-9][0-9]{{0,{MOST_DIGITS_OF_TAP - 1}}})?"
_DECIMAL = rf"[+-]?[0-9]{{0,{MOST_DIGITS_OF_TAP // 2}}}\.[0-9]{{1,{MOST_DIGITS_OF_TAP // 2}}}"


def tap(text: str) -> Any:
    """An integer, a fraction or a symbol."""
    from sympy import Symbol

    if re.fullmatch(rf"{_FRACTION}|{_DECIMAL}", text):
        value = Fraction(text)
        return int(value) if value.denominator == 1 else value
    found = re.fullmatch(r"(-?)([^\W\d]\w*)", text)
    if not found or len(found[2]) > LONGEST_SYMBOL_OF_TAP:
        raise click.UsageError(
            f"the tap {text!r} is not an integer, a fraction such as 1/3, a decimal, or a symbol"
        )
    return -Symbol(found[2]) if found[1] else Symbol(found[2])


def declared(
    signals: Iterable[str],
    given: Iterable[str],
    integers: Sequence[str],
    tensors: Iterable[str] = (),
    functions: Iterable[str] = (),
) -> Declarations:
    """What the options --signal, --given, --integer, --tensor and --function declare."""
    from symconv.reading.text import Declarations
    from symconv.reading.text.syntax import Passage

    found: dict[str, dict[str, Passage]] = {"--signal": {}, "--tensor": {}, "--function": {}}
    needed = {"--signal": "NAME:LENGTH, such as x:n", "--tensor": "NAME:SIZE,SIZE,…"}
    given_texts = (("--signal", signals), ("--tensor", tensors), ("--function", functions))
    for option, texts in given_texts:
        for text in texts:
            name, colon, _ = text.partition(":")
            if option in needed and not colon:
                raise click.UsageError(f"{option} {text!r}: expected {needed[option]}")
            if any(name.strip() in known for known in found.values()):
                raise click.UsageError(f"{option} {text!r}: it is declared twice")
            found[option][name.strip()] = Passage(text, option, len(name) + 1)
    hypotheses = tuple(Passage(g, "--given") for g in given)
    return Declarations(
        found["--signal"], hypotheses, tuple(integers), found["--tensor"], found["--function"]
    )


def unknowns(texts: Iterable[str]) -> dict[str, Passage | None]:
    """What the option --unknown says: names, each with its shape behind a colon if it has one."""
    from symconv.reading.text import Passage

    found: dict[str, Passage | None] = {}
    for text in texts:
        name, colon, _ = text.partition(":")
        if name.strip() in found:
            raise click.UsageError(f"--unknown {text!r}: it is given twice")
        shape = Passage(text, "--unknown", len(name) + 1) if colon else None
        found[name.strip()] = shape
    return found


def among(texts: Iterable[str]) -> dict[str, Sequence[int]]:
    """`s:1..8` as the numbers from 1 to 8, and `s:1,2,4` as these three, by name."""
    number = r"[+-]?[0-9]{1,9}"
    found: dict[str, Sequence[int]] = {}
    for text in texts:
        name, _, numbers = (part.strip() for part in text.partition(":"))
        ends = re.fullmatch(rf"({number})\s*\.\.\s*({number})", numbers)
        listed = re.fullmatch(rf"{number}(\s*,\s*{number})*", numbers)
        if not name or not (ends or listed):
            raise click.UsageError(
                f"--among {text!r}: expected SYMBOL:FIRST..LAST, such as s:1..8, or s:1,2,4"
            )
        if name in found:
            raise click.UsageError(f"--among {text!r}: {name} is given twice")
        if ends and int(ends[1]) > int(ends[2]):
            raise click.UsageError(f"--among {text!r}: {ends[1]} is more than {ends[2]}")
        every = range(int(ends[1]), int(ends[2]) + 1) if ends else [*map(int, numbers.split(","))]
        if len(every) > MOST_STRIDES_DECIDED:
            raise click.UsageError(
                f"--among {text!r}: at most {MOST_STRIDES_DECIDED} numbers are tried, and these "
                f"are {len(every)}"
            )
        found[name] = every
    return found


def decoded(data: bytes, where: str, most: int = MOST_BYTES_OF_FILE) -> str:
    """The text of a file, of claims say, which must not be larger than so many bytes."""
    if len(data) > most:
        raise click.UsageError(f"{where} is larger than {most} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise click.UsageError(
            f"{where}, line {line}: this is not UTF-8; save it so, as spreadsheets and editors can"
        ) from None


def name_of(file: IO[bytes]) -> str:
    """What a file is called in messages."""
    name = str(getattr(file, "name", "-"))
    return "standard input" if name in ("-", "<stdin>") else name


def text_of(file: IO[bytes]) -> tuple[str, str]:
    """The text of a file, and its name for messages."""
    where = name_of(file)
    return decoded(file.read(MOST_BYTES_OF_FILE + 1), where), where

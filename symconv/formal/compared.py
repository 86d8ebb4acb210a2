"""Certificates for two networks that were compared: one for each claim about their layers.

A segment of layers has one claim, or several where sizes are distinguished, and segments of one
form have the same one.  What is left to numbers, and what has no certificate, an index tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill, wrap
from typing import Any

from symconv.arithmetic.limits import LONGEST_LAYERS_IN_A_FILE_NAME, WIDEST_TEXT
from symconv.decision.claims import Claim
from symconv.decision.comparing.comparison import Layers
from symconv.decision.comparing.statements import Statement
from symconv.errors import SymconvError
from symconv.formal.certificates import certificate
from symconv.language.telling import Told

__all__ = ["INDEX", "Certificates", "Segment", "certificates_of", "check_folder"]

INDEX = "index.txt"
"""The file that lists the segments and their certificates."""

_BUILT_ALIKE = "both are built alike, of the same tensors, so that there is no claim"


@dataclass(frozen=True, slots=True)
class Segment(Told):
    """Layers of both networks, and where it is proved that they are equal.

    Attributes:
        layers: the layers.
        files: the certificates of the claims about them.
        reasons: why there is no certificate, or not for all of the claims.
        statements: the claims, as they stand in certificates; none where both are built alike, or
            they are not equal.
    """

    layers: Layers
    files: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = field(default=(), repr=False)

    @property
    def is_left_out(self) -> bool:
        """Whether a claim about them was proved, and has no certificate."""
        return bool(self.statements and self.reasons)

    def __str__(self) -> str:
        found = (*self.files, *(f"no certificate: {one}" for one in self.reasons))
        return f"{self.layers.names}: {'; '.join(found)}"

    def record(self) -> dict[str, Any]:
        """The same for scripts."""
        return {
            "first": list(self.layers.first),
            "second": list(self.layers.second),
            "files": list(self.files),
            "reasons": list(self.reasons),
            "is_left_out": self.is_left_out,
        }


@dataclass(frozen=True, eq=False, slots=True)
class Certificates(Told):
    """Certificates for two networks that were compared; see `Comparison.certificates`.

    Attributes:
        files: the certificates, by the names of their files.
        segments: the layers of both, in the order in which they were compared.
        index: what each file is about, what has none, and what is left to numbers.
    """

    files: Mapping[str, str]
    segments: tuple[Segment, ...]
    index: str

    def __str__(self) -> str:
        return self.index

    def record(self) -> dict[str, Any]:
        """What each file is about, for scripts."""
        return {"index": INDEX, "segments": [one.record() for one in self.segments]}

    def save(self, folder: str | Path) -> None:
        """Write the certificates and the index, as `index.txt`, which is written last.

        Args:
            folder: where; it is made, unless it is there and empty.

        Raises:
            SymconvError: there is something in it, or it is no folder and cannot become one.
            OSError: a file cannot be written.
        """
        check_folder(folder)
        place = Path(folder)
        place.mkdir(exist_ok=True)
        for name, text in [*self.files.items(), (INDEX, self.index)]:
            with open(place / name, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)


def check_folder(folder: str | Path) -> None:
    """Refuse a folder in which certificates would be among other files.

    Raises:
        SymconvError: with the reason.
    """
    place = Path(folder)
    try:
        if not place.parent.is_dir():
            raise SymconvError(
                f"there is no folder {str(place.parent)!r} in which to make {place.name!r}"
            )
        if place.is_symlink() or place.exists():
            if not place.is_dir():
                raise SymconvError(f"{folder} is there already, and is no folder")
            if any(place.iterdir()):
                raise SymconvError(
                    f"{folder} is there already, with files in it, and is left as it is: name a "
                    "folder that is new or empty"
                )
    except OSError as error:
        raise SymconvError(f"{folder} cannot be used for certificates: {error}") from None


def certificates_of(
    every: Sequence[Layers],
    names: tuple[str, str],
    said: Sequence[str],
    progress: Callable[[str], None] = lambda layers: None,
) -> Certificates:
    """Certificates for the claims that were proved of layers of two networks.

    Args:
        every: the layers that were compared.
        names: what the networks are called.
        said: the verdict in words.
        progress: is told of layers as their certificates are made.
    """
    statements = [_told(layers) for layers in every]
    places: dict[Claim, list[int]] = {}
    for number, its in enumerate(statements, start=1):
        for one in its:
            places.setdefault(one.claim, []).append(number)
    files: dict[str, str] = {}
    found: dict[Claim, str] = {}
    refused: dict[Claim, str] = {}
    segments = []
    for number, (layers, its) in enumerate(zip(every, statements, strict=True), start=1):
        progress(layers.names)
        for case, one in enumerate(its, start=1):
            if one.claim in found or one.claim in refused:
                continue
            name = _name(number, len(every), layers, case if len(its) > 1 else None)
            head = _head(number, layers, one, names, places[one.claim])
            claim = Claim(one.claim.lhs, one.claim.rhs, one.claim.given, name)
            try:
                files[f"{name}.v"] = certificate(claim, head)
            except SymconvError as reason:  # Uncertified, or more work than is allowed
                refused[one.claim] = str(reason)
            else:
                found[one.claim] = f"{name}.v"
        claims = [one.claim for one in its]
        reasons = tuple(dict.fromkeys(refused[one] for one in claims if one in refused))
        if not claims:
            reasons = (_BUILT_ALIKE if layers.is_equal else layers.found,)
        own = tuple(found[one] for one in claims if one in found)
        segments.append(Segment(layers, own, reasons, tuple(its)))
    return Certificates(files, tuple(segments), _index(segments, names, said))


def _told(layers: Layers) -> list[Statement]:
    """The claims about layers, each once: cases of the sizes may have the same."""
    told = [one.told() for one in layers.statements]
    return list({one.claim: one for one in told}.values())


def _name(number: int, of: int, layers: Layers, case: int | None) -> str:
    """What a certificate is called, as Rocq allows it: by number and layers."""
    listed = "_".join(place.split(" ")[0] for place in layers.first or layers.second)
    words = re.sub(r"[^A-Za-z0-9]+", "_", listed)[:LONGEST_LAYERS_IN_A_FILE_NAME].strip("_")
    parts = ["segment", f"{number:0{len(str(of))}}", words, "" if case is None else f"case_{case}"]
    return "_".join(filter(None, parts))


# --- what is told --------------------------------------------------------------------


def _head(
    number: int,
    layers: Layers,
    statement: Statement,
    names: tuple[str, str],
    places: Sequence[int],
) -> list[str]:
    """What a certificate says of the layers that it is about."""
    others = [str(one) for one in dict.fromkeys(places) if one != number]
    told = [
        f"The first is {names[0]}, and the second {names[1]}.",
        f"On the left, layers of the first: {_layers(layers.first)}.",
        f"On the right, layers of the second: {_layers(layers.second)}.",
        *_last(layers),
        *_tensors(statement),
    ]
    if layers.deviations:
        weights = ", ".join(dict.fromkeys(one.weight for one in layers.deviations))
        told.append(
            f"In the place of weights of one alone ({weights}) stands what they have to be. That "
            "their numbers are that, up to rounding, is not stated here."
        )
    if others:
        told.append(f"The same claim is that of the segments {', '.join(others)} of the index.")
    return [line for one in told for line in wrap(one, WIDEST_TEXT, subsequent_indent="  ")]


def _layers(places: Sequence[str]) -> str:
    return ", ".join(places) or "none by name"


def _last(layers: Layers) -> Iterator[str]:
    if layers.last:
        yield (f"What both do last ({', '.join(layers.last)}) is no part of the claim.")


def _tensors(statement: Statement) -> Iterator[str]:
    named = [f"{name} is {words}" for name, words in statement.names.items()]
    yield f"{'; '.join(named)}."
    numbers = [f"{words} is {number}" for words, number in statement.numbers.items()]
    if numbers:
        yield f"For these numbers alone: every entry of {', '.join(numbers)}."


_SAYS = """
Each certificate states that some layers of the one network do the same as some of the other, for
all sizes that its hypotheses allow and all numbers in the tensors that it names, and proves it.
`coqc FILE` checks it, and needs neither symconv nor this index.
"""

_LEFT = """
Not in the certificates, but said by symconv: that the networks were read as they compute; that the
segments are all of both, and each reads in both what is made by segments before it, which is taken
for equal; for which sizes the networks are defined; what tensors are that weights are made into, as
1/√(σ² + ε) of a batch norm, which may be any in a claim; and what is left to numbers below, which
were compared in double precision.
"""


def _index(segments: Sequence[Segment], names: tuple[str, str], said: Sequence[str]) -> str:
    """The index: each segment with its layers, its certificates or why it has none."""
    claimed = [one for one in segments if one.statements]
    has = sum(not one.reasons for one in claimed)
    counted = (
        f"Of {len(claimed)} of the {len(segments)} segments below a claim was proved; "
        f"{has} of these have certificates."
    )
    parts = [
        f"{names[0]}  =  {names[1]}",
        "\n".join(_filled(line) for line in said),
        *(_filled(" ".join(text.split())) for text in (_SAYS, _LEFT)),
        _filled(counted),
        *("\n".join(_listed(number, one)) for number, one in enumerate(segments, start=1)),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(number: int, segment: Segment) -> Iterator[str]:
    layers = segment.layers
    is_named = layers.first or layers.second
    yield _filled(f"{number}. {layers.names if is_named else 'in no layer'}")
    for which, places in (("first", layers.first), ("second", layers.second)):
        if is_named:
            yield _filled(f"{which}: {_layers(places)}", 1)
    for file in segment.files:
        yield _filled(f"certificate: {file}", 1)
    for reason in segment.reasons:
        yield _filled(f"no certificate: {reason}", 1)
    for statement in segment.statements:
        if segment.reasons:
            yield _filled(f"claim: {statement.claim}", 1)
        for line in _tensors(statement):
            yield _filled(line, 2)
    if segment.statements:
        yield from (_filled(line, 1) for line in _last(layers))
    for one in layers.deviations if layers.is_equal else ():
        yield _filled(
            f"left to numbers: {one.weight} has to be {one.formula}, and is that up to "
            f"{one.relative:.1e} of the largest entry, where {one.allowed:.1e} is allowed"
            + (f"; {one.note}" if one.note else ""),
            1,
        )


def _filled(text: str, depth: int = 0) -> str:
    start = "    " * depth
    return fill(
        text,
        WIDEST_TEXT,
        initial_indent=start,
        subsequent_indent=f"{start}  " if depth else "",
        break_long_words=False,
        break_on_hyphens=False,
    )

"""The Rocq sources: where they are, and what they state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from symconv.errors import SymconvError

__all__ = ["FILES", "LIBRARY", "Statement", "imports", "library", "source", "statements"]

LIBRARY = (
    "tensors",
    "tensor_sums",
    "tensor_rules",
    "tensor_cases",
    "tensor_numbers",
    "tensor_changes",
)
"""What a certificate is built on, in the order in which the files need each other."""

FILES = (
    "definitions",
    "sums",
    "layers",
    "composition",
    "dilation",
    "uniqueness",
    "two_sided",
    "sanity",
    *LIBRARY,
    "tensor_ends",
    "tensor_functions",
    "tensor_layers",
    "tensor_composition",
    "tensor_kernels",
    "tensor_uniqueness",
    "tensor_folding",
    "tensor_shuffle",
    "tensor_padding",
    "tensor_padding_exact",
    "tensor_branches",
    "tensor_groups",
    "tensor_choices",
)
"""All files, in such an order."""

_IMPORTS = re.compile(
    r"^(Set Warnings|From |Set |Unset |Import |Local Open Scope).*\n", re.MULTILINE
)
_STATEMENT = re.compile(r"^(Theorem|Lemma|Example) (\w+)(.*?)\nProof\.", re.MULTILINE | re.DOTALL)
_BEGINNING = re.compile(
    r"\b(Theorem|Lemma|Example|Corollary|Proposition|Fact|Remark|Property|Goal|Program|Instance)\s"
)
_ASSUMING = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Hypothes[ie]s|Context|Variables"
    r"|Variable (?!R : (?:comRingType|fieldType)\.)|bypass_check|Unset Guard Checking)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the Rocq sources.

    Attributes:
        kind: Theorem, Lemma or Example.
        name: its name.
        text: the statement as it stands there, from its name to the end.
        file: the file, without its ending.
    """

    kind: str
    name: str
    text: str
    file: str


def source(name: str) -> str:
    """The text of a file.

    Raises:
        SymconvError: the file is not where an installed package or a clone has it.
    """
    path = _folder() / f"{name}.v"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SymconvError(
            f"the Rocq source {path} cannot be read ({error.strerror}); install symconv again"
        ) from None


def statements(name: str) -> list[Statement]:
    """What a file states, in order.

    Raises:
        SymconvError: a statement has another form than those of symconv, or something in the file
            is assumed, so that the list could not be relied on.

    >>> [s.name for s in statements("two_sided") if s.kind == "Theorem"]
    ['two_sided_layers_eq_one_layer', 'padded_layer_eq_two_sided_layer']
    """
    code = re.sub(r"\(\*.*?\*\)", "", source(name), flags=re.DOTALL)
    found = [
        Statement(kind, title, f"{title}{rest.rstrip()}", name)
        for kind, title, rest in _STATEMENT.findall(code)
    ]
    counted = {len(found), len(_BEGINNING.findall(code)), code.count("Proof."), code.count("Qed.")}
    if assuming := _ASSUMING.search(code):
        raise SymconvError(f"the Rocq source {name}.v has {assuming[0]!r}; install symconv again")
    if len(counted) > 1:
        raise SymconvError(
            f"the Rocq source {name}.v has a statement without 'Proof.' on a line of its own and "
            "'Qed.'; install symconv again"
        )
    return found


def imports() -> str:
    """The lines that make MathComp's notions and linear arithmetic known."""
    lines = [line for line in source(LIBRARY[-1]).splitlines() if _IMPORTS.match(f"{line}\n")]
    return "\n".join(line for line in lines if not line.startswith("From symconv"))


@cache
def library(*more: str) -> str:
    """The files of `LIBRARY`, and others that need these, as one text.

    It needs nothing but MathComp.
    """
    bodies = [_IMPORTS.sub("", source(name)).strip() for name in (*LIBRARY, *more)]
    return "\n\n".join([imports(), *bodies])


def _folder() -> Path:
    """The folder of the sources: in the package, or in the clone that it is run from."""
    package = Path(__file__).resolve().parent
    installed = package / "rocq_sources"
    return installed if installed.is_dir() else package.parent.parent / "proofs" / "rocq"

"""Formal proofs and certificates, as a person reads them in a terminal, and as records."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from rich.console import Console

from symconv.arithmetic.limits import LONGEST_FILE_NAME
from symconv.command.terminal import counting, duration, line, paragraph, row
from symconv.decision.claims import Claim
from symconv.decision.solving.kernels.solutions import Solution
from symconv.errors import SymconvError, Uncertified
from symconv.formal.certificates import FIRST_LINE, certificate, statement, theorem_name
from symconv.formal.rocq import NoRocqError, RejectedError, Rocq
from symconv.formal.solved import kernel_certificate, kernel_statements
from symconv.formal.theory import MAIN_STATEMENT, NOTHING, Theory, check_theory

__all__ = [
    "check_destination",
    "report_certificate",
    "report_checks",
    "report_kernel_certificate",
    "report_theory",
]

Record = dict[str, Any]


_TITLE = "The formal proof, checked by Rocq's kernel"


def report_theory(out: Console, timeout: float | None = None) -> Record:
    """Have Rocq check the formal theory, and show the theorem, its assumptions and the time."""
    out.print(MAIN_STATEMENT, style="bold")
    out.print()
    try:
        with out.status("starting Rocq") as status:
            theory = check_theory(
                timeout=timeout, progress=lambda step: status.update(f"Rocq checks {step}")
            )
    except (NoRocqError, RejectedError, TimeoutError) as reason:
        return {"name": MAIN_STATEMENT} | _show_unchecked(out, _reason(reason))
    main = next(c for c in theory.statements if c.statement.name == MAIN_STATEMENT)
    line(out, "for every commutative ring R (comRingType), with the operators of definitions.v:")
    out.print()
    for part in _dedented(main.statement.text):
        line(out, part, "cyan", indent=4)
    out.print()
    record = {"name": MAIN_STATEMENT, "statement": main.statement.text}
    return record | _show_theory(out, theory)


def _show_theory(out: Console, theory: Theory) -> Record:
    out.print(_TITLE, style="bold")
    took = sum(theory.seconds.values())
    assuming = [c for c in theory.statements if c.assumptions]
    proved = theory.is_free_of_assumptions
    row(
        out,
        "FORMALLY PROVED" if proved else "NOT PROVED: something is assumed",
        duration(took),
        "green" if proved else "red",
    )
    line(out, f"Rocq (Coq) {theory.version}, {len(theory.seconds) - 1} files", indent=4)
    kinds = [c.statement.kind for c in theory.statements]
    counted = f"{kinds.count('Theorem')} theorems, {kinds.count('Lemma')} lemmas and "
    counted += f"{kinds.count('Example')} counterexamples"
    if proved:
        paragraph(out, f"Assumptions: none, for {counted} ({NOTHING}).", indent=4)
    for checked in assuming:
        line(out, f"{checked.statement.name} assumes: {checked.assumptions}", "red", indent=4)
    out.print()
    out.print("The theorems", style="bold")
    for checked in theory.statements:
        if checked.statement.kind == "Theorem":
            line(out, f"{checked.statement.name}  ({checked.statement.file}.v)")
    return {
        "verdict": "proved" if proved else "unknown",
        "rocq": theory.version,
        "seconds": took,
        "statements": [
            {
                "kind": c.statement.kind,
                "name": c.statement.name,
                "file": f"{c.statement.file}.v",
                "statement": c.statement.text,
                "assumptions": c.assumptions or None,
            }
            for c in theory.statements
        ],
    }


def check_destination(path: str) -> None:
    """Refuse a file that no certificate can be written to.

    Raises:
        SymconvError: Rocq could not read a file of that name, or it holds something else.
    """
    file = Path(path)
    if len(file.name) > LONGEST_FILE_NAME:
        raise SymconvError(
            f"the name of the certificate has more than {LONGEST_FILE_NAME} characters"
        )
    if file.suffix != ".v" or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", file.stem):
        raise SymconvError(
            f"a certificate is called like a Rocq file, such as {_suggested(file.stem)}.v: "
            f"letters, digits and underscores, and then .v; got {file.name!r}"
        )
    try:
        if not file.parent.is_dir():
            raise SymconvError(f"there is no folder {str(file.parent)!r} for the certificate")
        if file.exists() and not file.is_file():
            raise SymconvError(f"{path} is there already, and is no ordinary file")
        if file.exists() and not _is_certificate(file.read_text(encoding="utf-8")):
            raise SymconvError(
                f"{path} is there already, and is no certificate; it is left as it is"
            )
    except (OSError, UnicodeDecodeError) as error:
        raise SymconvError(f"{path} cannot be used for a certificate: {error}") from None


def _is_certificate(text: str) -> bool:
    """Whether a file is a certificate to which nothing was added at the end."""
    return text.startswith(FIRST_LINE) and bool(re.search(r"\nPrint Assumptions \w+\.\n\Z", text))


def report_certificate(
    claim: Claim, path: str | None, out: Console, *, check: bool, timeout: float | None = None
) -> Record:
    """Write the certificate of a claim that was proved, or have Rocq check it, or both.

    Args:
        claim: the claim.
        path: the file to write to; None for none.
        out: where it is shown.
        check: whether Rocq is to check it.
        timeout: how many seconds Rocq may take.

    Raises:
        SymconvError: the file cannot be written.
    """
    out.print("Certificate", style="bold")
    try:
        text = certificate(claim)
    except Uncertified as reason:
        return _show_refused(out, reason)
    record: Record = {"theorem": theorem_name(claim), "statement": statement(claim)}
    record |= _show_written(out, text, path)
    _show_theorem(out, record, check)
    if not claim.signals:
        paragraph(
            out,
            "A statement about integers: where a side is the length of a signal, the formula for "
            "it is symconv's.",
            indent=4,
        )
    if check:
        record |= _show_check(out, text, timeout)
    out.print()
    return record


def report_kernel_certificate(
    found: Solution, path: str | None, out: Console, *, check: bool, timeout: float | None = None
) -> Record:
    """The same for a kernel that was solved for: that it serves, and that it is the only one.

    Args:
        found: what was found.
        path: the file to write to; None for none.
        out: where it is shown.
        check: whether Rocq is to check it.
        timeout: how many seconds Rocq may take.

    Raises:
        SymconvError: the file cannot be written.
    """
    out.print("Certificate", style="bold")
    try:
        text, stated = kernel_certificate(found), kernel_statements(found)
    except Uncertified as reason:
        return _show_refused(out, reason)
    theorems = [{"theorem": name, "statement": said} for name, said in stated.items()]
    record = {"theorems": theorems, **_show_written(out, text, path)}
    for theorem in theorems:
        _show_theorem(out, theorem, check)
    if check:
        record |= _show_check(out, text, timeout)
    out.print()
    return record


def _show_refused(out: Console, reason: Uncertified) -> Record:
    row(out, "NO CERTIFICATE", "", "yellow")
    paragraph(out, f"{reason}.", indent=4)
    out.print()
    return {"verdict": "unknown", "reason": str(reason)}


def _show_written(out: Console, text: str, path: str | None) -> Record:
    if path is None:
        return {}
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SymconvError(f"cannot write {path}: {error.strerror}") from None
    row(out, "WRITTEN", f"{len(text.splitlines())} lines", "green")
    line(out, f"to {path}; to check it: coqc {quote(path)}", indent=4)
    return {"file": path}


def _show_theorem(out: Console, record: Record, check: bool) -> None:
    for part in f"Theorem {record['theorem']} {record['statement']}".splitlines():
        line(out, part, "cyan" if not check else "", indent=4)


def _show_check(out: Console, text: str, timeout: float | None) -> Record:
    try:
        with Rocq() as rocq, out.status("Rocq checks the certificate"):
            checked, version = rocq.check("certificate", text, timeout=timeout), rocq.version
    except (NoRocqError, RejectedError, TimeoutError) as reason:
        return _show_unchecked(out, _reason(reason))
    if checked.output.strip() != NOTHING:
        return _show_unchecked(out, f"the certificate assumes something: {checked.output.strip()}")
    row(out, "FORMALLY PROVED", duration(checked.seconds), "green")
    line(out, f"by Rocq (Coq) {version}; assumptions: none ({NOTHING})", indent=4)
    return {"verdict": "proved", "rocq": version, "seconds": checked.seconds}


def report_checks(written: Mapping[str, Any], out: Console, timeout: float | None) -> Record:
    """Have Rocq check the certificates for two networks, one after the other.

    Args:
        written: the record of what was written: the folder, and what is in it.
        out: where it is shown.
        timeout: how many seconds Rocq may take for each.

    Returns:
        What Rocq said of each; the verdict is "proved" where it accepts all of them, and all that
        was proved of layers has one.
    """
    segments = written["segments"]
    files = list(dict.fromkeys(file for one in segments for file in one["files"]))
    checks: list[Record] = []
    out.print("The certificates, checked by Rocq's kernel", style="bold")
    try:
        with Rocq() as rocq, counting(out, "Rocq checks certificates", len(files)) as advance:
            record: Record = {"rocq": rocq.version, "checks": checks}
            for file in files:
                text = (Path(written["folder"]) / file).read_text(encoding="utf-8")
                checks.append({"file": file, **_show_one(out, rocq, Path(file), text, timeout)})
                advance()
    except NoRocqError as reason:
        return _show_unchecked(out, str(reason))
    left_out = sum(one["is_left_out"] for one in segments)
    if left_out:
        told = f"{left_out} of {len(segments)} segments have none for what was proved of them."
        paragraph(out, told, style="yellow")
    out.print()
    is_all = not left_out and all(one["verdict"] == "proved" for one in checks)
    return {**record, "verdict": "proved" if is_all else "unknown"}


def _show_one(out: Console, rocq: Rocq, file: Path, text: str, timeout: float | None) -> Record:
    try:
        checked = rocq.check(file.stem, text, timeout=timeout)
    except (RejectedError, TimeoutError) as reason:
        is_over = isinstance(reason, TimeoutError)
        row(
            out, str(file), "NOT CHECKED" if is_over else "REJECTED", "yellow" if is_over else "red"
        )
        paragraph(out, f"{_reason(reason)}.", indent=4)
        return {"verdict": "unknown", "reason": _reason(reason)}
    if checked.output.strip() != NOTHING:
        row(out, str(file), "REJECTED", "red")
        reason_given = f"the certificate assumes something: {checked.output.strip()}"
        paragraph(out, f"{reason_given}.", indent=4)
        return {"verdict": "unknown", "reason": reason_given}
    row(out, str(file), f"FORMALLY PROVED  {duration(checked.seconds)}", "green")
    return {"verdict": "proved", "seconds": checked.seconds}


def _reason(error: Exception) -> str:
    if isinstance(error, RejectedError):
        return (
            f"Rocq {error.version} does not accept {error}; it was written for Coq 8.16 with "
            "MathComp 1.15: with these versions, this is a defect of symconv"
        )
    return str(error)


def _show_unchecked(out: Console, reason: str) -> Record:
    row(out, "NOT CHECKED", "", "yellow")
    paragraph(out, f"{reason}.", indent=4)
    return {"verdict": "unknown", "reason": reason}


def _dedented(text: str) -> list[str]:
    first, *rest = text.splitlines()
    return [first, *textwrap.indent(textwrap.dedent("\n".join(rest)), "  ").splitlines()]


def _suggested(stem: str) -> str:
    usable = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_")
    return usable if re.match(r"[A-Za-z]", usable) else f"claim_{usable}".rstrip("_")

"""Two networks compared, as a person reads it in a terminal or a pipe, and as a record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from symconv.arithmetic.limits import WIDEST_TEXT
from symconv.command.terminal import duration, following, line, paragraph, row, timed
from symconv.decision.comparing.comparison import Comparison, Layers
from symconv.errors import SymconvError
from symconv.formal.compared import INDEX, Certificates
from symconv.reading.networks.sources import Pair, compare_pair

__all__ = ["check_destination", "report_comparison"]

Record = dict[str, Any]

_NOTHING = "no inputs are known at which they differ"


def report_comparison(pair: Pair, out: Console, saved: str = "", folder: str = "") -> Record:
    """Show whether two networks compute the same; the same as a record.

    Args:
        pair: both.
        out: where it is shown.
        saved: the file in which inputs are written at which they differ; empty for none.
        folder: where certificates are written; empty for nowhere.

    Raises:
        SymconvError: they cannot be compared, or certificates cannot be written; nothing was shown
            then.
    """
    with following(out, f"comparing {pair.first} and {pair.second}") as tell:
        found, seconds = timed(lambda: compare_pair(pair, lambda one: tell(one.names)))
    certificates = _certificates(found, pair, folder, out) if folder else None
    is_saved = bool(saved and found.counterexample)
    if is_saved:
        found.save_inputs(saved)
    record = {"first": pair.first, "second": pair.second, **found.record(), "seconds": seconds}
    code = found.reproduction
    if is_saved:
        code = found.reproduction_from(saved)
        record["inputs"] = saved
    if code:
        record["reproduction"] = code
    line(out, f"{pair.first}  =  {pair.second}", "cyan", indent=4)
    if pair.given:
        paragraph(out, f"given {', '.join(pair.given)}", indent=4)
    out.print()
    both = found if found.where_both is None else found.where_both
    if both.layers:
        out.print("Layer by layer, up to the next activation", style="bold")
        for layers in both.layers:
            _show_layers(out, layers)
        out.print()
    _show_verdict(out, found, "For all sizes", duration(seconds))
    out.print()
    if found.where_both is not None:
        _show_verdict(out, found.where_both, "For the sizes that both take", "")
        out.print()
    if code:
        for written in code.splitlines():
            line(out, written, "dim", indent=4 * bool(written))
        out.print()
    if saved:
        told = f"The inputs are in {saved}." if is_saved else f"{saved} is not written: {_NOTHING}."
        paragraph(out, told)
        out.print()
    if certificates is not None:
        record["certificate"] = {"folder": folder, **certificates.record()}
        _show_certificates(out, certificates, folder)
    return record


def _certificates(found: Comparison, pair: Pair, folder: str, out: Console) -> Certificates:
    with following(out, "writing certificates") as tell:
        certificates = found.certificates(pair.first, pair.second, tell)
    try:
        certificates.save(folder)
    except OSError as error:
        raise SymconvError(f"cannot write certificates to {folder}: {error.strerror}") from None
    return certificates


def _show_certificates(out: Console, certificates: Certificates, folder: str) -> None:
    out.print("Certificates", style="bold")
    for one in certificates.segments:
        paragraph(out, one.layers.names)
        for file in one.files:
            line(out, file, "green", indent=6)
        for reason in one.reasons:
            style = "yellow" if one.is_left_out else ""
            paragraph(out, f"none: {reason}", indent=6, style=style)
    out.print()
    count = len(certificates.files)
    told = f"{count} certificate{'s' * (count != 1)}"
    paragraph(out, f"{told} in {folder}; {INDEX} there tells what is left to numbers.")
    out.print()


def _show_layers(out: Console, layers: Layers) -> None:
    style = "" if layers.is_equal else "yellow" if layers.how == "open" else "red"
    if len(layers.names) + len(layers.found) + 4 <= min(out.width, WIDEST_TEXT):
        row(out, layers.names, layers.found, style)
        return
    paragraph(out, layers.names)
    paragraph(out, layers.found, indent=6, style=style)


def _show_verdict(out: Console, found: Comparison, title: str, took: str) -> None:
    out.print(title, style="bold")
    row(out, *_told(found, took))
    for said in found.verdict_lines():
        paragraph(out, said, indent=4)


def _told(found: Comparison, took: str) -> tuple[str, str, str]:
    match found.verdict:
        case "proved":
            return "EQUAL, for all weights", took, "green"
        case "agree":
            return "EQUAL, with these weights", took, "green"
        case "refuted":
            return "DIFFERENT", took, "red"
    return "UNKNOWN", took, "yellow"


def check_destination(path: str) -> None:
    """Refuse a file that no inputs can be written to.

    Raises:
        SymconvError: with the reason.
    """
    file = Path(path)
    if file.suffix != ".npz":
        raise SymconvError(f"inputs are written as a file of NumPy's, such as {file.stem}.npz")
    if not file.parent.is_dir():
        raise SymconvError(f"there is no folder {str(file.parent)!r} for the inputs")
    if file.exists() or file.is_symlink():
        raise SymconvError(f"{path} is there already, and is left as it is")

"""Which true claims have a certificate that Rocq has accepted, as a list, and as a record."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from symconv.catalogue.certificates import recorded
from symconv.catalogue.searching import Listing
from symconv.command.terminal import paragraph

__all__ = ["show_certificates"]


def show_certificates(found: Listing, out: Console) -> dict[str, Any]:
    """List the true claims, with why one has no certificate, and return them as records."""
    known = recorded()
    reasons = {t.name: known.reason(t.name) for t in found.claims if t.is_true}
    for name, reason in reasons.items():
        mark, style = ("no", "yellow") if reason else ("yes", "green")
        out.print(f"{mark:<5}  ", style=style, end="")
        out.print(name, style="bold", soft_wrap=True)
        if reason:
            paragraph(out, f"{reason.rstrip('.')}.", indent=7)
    with_one = sum(not reason for reason in reasons.values())
    checked_by = f"Rocq {known.rocq} with MathComp {known.mathcomp}"
    if reasons:
        out.print()
        counted = f"{with_one} of {len(reasons)} true claims have a certificate"
        paragraph(out, f"{counted} that {checked_by} has accepted.", indent=0)
    else:
        paragraph(out, "No true claim is among these.", indent=0)
    return {
        "claims": [
            {"name": name, "certificate": not reason, "reason": reason or None}
            for name, reason in reasons.items()
        ],
        "true": len(reasons),
        "with_certificate": with_one,
        "checked_by": {"rocq": known.rocq, "mathcomp": known.mathcomp},
    }

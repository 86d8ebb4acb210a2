r"""Which formulas can be set: those made of constructs that were seen to come out right.

Pandoc turns TeX into Typst and MathML.  It drops some constructs without a word (\tag,
\color), and others come out badly; so whatever is not known to be set well is an error.
"""

from __future__ import annotations

import re

__all__ = ["problem", "tidied"]

_COMMANDS = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho
    sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
    le leq ge geq ne neq lt gt equiv approx sim cong in notin ni subset subseteq supset supseteq
    cup cap setminus emptyset varnothing forall exists neg lnot land lor wedge vee
    to mapsto rightarrow leftarrow Rightarrow Leftarrow Leftrightarrow leftrightarrow iff implies
    uparrow downarrow cdot cdots ldots dots vdots ddots times div pm mp ast star circ bullet
    mid nmid infty partial prime colon
    sum prod int frac tfrac dfrac binom sqrt substack
    left right lfloor rfloor lceil rceil langle rangle
    min max gcd deg dim det log exp sin cos ker sup inf lim bmod pmod mod operatorname
    mathbb mathcal mathbf mathrm mathit mathsf text textbf textit
    tilde widetilde hat widehat bar overline underline vec dot ddot underbrace overbrace
    quad qquad displaystyle begin end limits
    """.split()  # noqa: SIM905
)
_SYMBOLS = frozenset(["\\\\", "\\ ", "\\,", "\\:", "\\{", "\\}", "\\%", "\\_", "\\&", "\\#", "\\$"])
_ENVIRONMENTS = frozenset(["aligned", "cases", "matrix", "pmatrix", "bmatrix", "array"])
_INSTEAD = {
    ";": r"\,",
    "!": "no negative space",
    "|": r"\left| and \right|, or \mid",
    "lvert": r"\left|",
    "rvert": r"\right|",
    "tag": "a number in the text",
    "big": r"\left and \right",
    "Longrightarrow": r"\Rightarrow",
    "align": "aligned within $$",
    "vmatrix": r"\det",
}
_COMMAND = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{([^}]*)\}")


def tidied(tex: str) -> str:
    r"""A formula as Jupyter gets it from SymPy, without what only Jupyter needs.

    >>> tidied(r"$\displaystyle x + 1$")
    'x + 1'
    """
    inner = tex.strip().strip("$").strip()
    return inner.removeprefix(r"\displaystyle").strip()


def problem(tex: str) -> str | None:
    r"""What in a formula cannot be set, and what to write instead; None if there is nothing.

    >>> problem(r"\sum_{i} k[i]\,x[u - i]")
    >>> problem(r"a \tag{1}")
    '\\tag cannot be set; write a number in the text'
    """
    found = [m[1] for m in _COMMAND.finditer(tex) if not _is_known(m[1])]
    found += [m[1] for m in _ENVIRONMENT.finditer(tex) if m[1] not in _ENVIRONMENTS]
    if not found and "|" in re.sub(r"\\(left|right)\s*\|", "", tex):
        return f"| cannot be set; write {_INSTEAD['|']}"
    if not found and len(re.findall(r"\\left\b", tex)) != len(re.findall(r"\\right\b", tex)):
        return r"\left without \right, or \right without \left"
    if not found:
        return None
    name = found[0]
    is_environment = name not in {m[1] for m in _COMMAND.finditer(tex)}
    what = f"the environment {name}" if is_environment else f"\\{name}"
    instead = _INSTEAD.get(name.rstrip("*"))
    return f"{what} cannot be set" + (f"; write {instead}" if instead else "")


def _is_known(name: str) -> bool:
    return name in _COMMANDS if name[0].isalpha() else f"\\{name}" in _SYMBOLS

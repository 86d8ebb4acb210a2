r"""Which formulas can be set: those made of constructs that were seen to come out right.

Pandoc turns TeX into Typst and MathML.  It drops some constructs without a word (\tag,
\color), and others come out badly; so whatever is not known to be set well is an error.
"""

from __future__ import annotations

import re

__all__ = ["broken", "problem", "spaced", "tidied"]

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
    mathbb mathcal mathrm mathit mathsf text textbf textit
    tilde hat bar vec dot ddot underbrace overbrace
    quad qquad displaystyle begin end mathbf
    """.split()  # noqa: SIM905
)
_SYMBOLS = frozenset(["\\\\", "\\ ", "\\,", "\\:", "\\{", "\\}", "\\%", "\\_", "\\#", "\\$"])
_ENVIRONMENTS = frozenset(["aligned", "cases", "matrix", "pmatrix", "bmatrix"])
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
    "overline": r"\bar for a single letter",
    "widetilde": r"\tilde for a single letter",
    "array": "pmatrix or cases",
    "vmatrix": r"\det",
}
_SIGN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_RELATIONS = frozenset(["=", r"\le", r"\ge", r"\ne", r"\equiv", r"\Rightarrow", r"\Leftrightarrow"])
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{([^}]*)\}")
_BODY = re.compile(r"\\begin\{(\w+)\}(.*?)\\end\{\1\}", re.DOTALL)


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
    for name in (found[1] for found in _COMMAND.finditer(tex)):
        if not _is_known(name):
            return _instead(name, f"\\{name}")
    for name in (found[1] for found in _ENVIRONMENT.finditer(tex)):
        if name not in _ENVIRONMENTS:
            return _instead(name, f"the environment {name}")
    if "|" in re.sub(r"\\(left|right)\s*\|", "", tex):
        return _instead("|", "|")
    if found := re.search(r"[^\x00-\x7f]", re.sub(r"\\text\{[^}]*\}", "", tex)):
        return f"{found[0]} cannot be set in a formula; write the TeX command for it"
    if re.search(r"\\mathbf(?!\{\d+\})", tex):
        return r"\mathbf cannot be set but for a number"
    left, right = (re.findall(rf"\\{side}\b\s*(.)", tex) for side in ("left", "right"))
    if len(left) != len(right):
        return r"\left without \right, or \right without \left"
    if "." in left + right:
        return r"\left. and \right. cannot be set; write cases for a brace on one side"
    return _table_problem(tex)


def _table_problem(tex: str) -> str | None:
    """What is wrong with the rows and columns of an environment."""
    if "aligned" in tex and not re.fullmatch(
        r"\\begin\{aligned\}(?!\s*\[).*\\end\{aligned\}[.,;]?", tex.strip(), re.DOTALL
    ):
        return "aligned can be set only as the whole formula, and without options"
    for name, body in _BODY.findall(tex):
        columns = {row.count("&") + 1 for row in re.split(r"\\\\", body) if row.strip()}
        if name in ("aligned", "cases") and columns - {2}:
            return f"{name} can be set only with one & in each row"
    if re.search(r"(?<!\\left\[)(?<!\\left\()\\begin\{matrix\}", tex):
        return "a matrix without brackets cannot be set; write pmatrix or bmatrix"
    return None


def spaced(tex: str) -> str:
    """The formula with a gap between the columns of cases, which Typst does not make."""
    return _BODY.sub(lambda m: m[0].replace("&", r"& \quad ") if m[1] == "cases" else m[0], tex)


def broken(tex: str) -> list[str]:
    r"""A formula within a line cut before its relations, where a line may end.

    >>> broken(r"\left( a = b \right) = c \le d_{i = 1}")
    ['\\left( a = b \\right) ', '= c ', '\\le d_{i = 1}']
    """
    parts, depth = [""], 0
    for sign in _SIGN.findall(tex):
        if sign in _RELATIONS and depth == 0 and parts[-1]:
            parts.append("")
        depth += sign in (r"\left", r"\begin", "{")
        depth -= sign in (r"\right", r"\end", "}")
        parts[-1] += sign
    return parts


def _instead(name: str, what: str) -> str:
    instead = _INSTEAD.get(name.rstrip("*"))
    return f"{what} cannot be set" + (f"; write {instead}" if instead else "")


def _is_known(name: str) -> bool:
    return name in _COMMANDS if name[0].isalpha() else f"\\{name}" in _SYMBOLS

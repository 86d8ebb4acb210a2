"""What `symconv` can be told to do: the arguments of each command, and what it does with them.

- `claims`, `unknowns`, `networks`, `exercises`, `pages`: the commands.

As SymPy and all else is imported only when a command runs, imports stand in the functions.
"""

from __future__ import annotations

from symconv.command.verbs.claims import check, list_theorems, prove
from symconv.command.verbs.exercises import audit, grade_answer, kernel
from symconv.command.verbs.networks import compare
from symconv.command.verbs.pages import explore, handout
from symconv.command.verbs.unknowns import solve

__all__ = ["VERBS"]

VERBS = (
    *(prove, check, list_theorems, solve, compare),
    *(explore, audit, grade_answer, kernel, handout),
)

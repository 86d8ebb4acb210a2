"""What is found for unknown kernels, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symconv.decision.claims import Claim
from symconv.decision.solving.kernels import telling
from symconv.decision.solving.kernels.obstacles import Obstacle, obstacle
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.solving.kernels.uniqueness import is_unique
from symconv.decision.verdicts import Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError, Undecided
from symconv.language.signals import SignalExpr

if TYPE_CHECKING:
    from symconv.derivations.steps import Derivation  # what was found shows how it comes about

__all__ = ["Solution"]


@dataclass(frozen=True, eq=False)
class Solution:
    """What the unknown tensors of a claim have to be; see `solve`.

    Attributes:
        problem: what was asked.
        kernels: the unknowns that were found, by name: recognised where they are simple, and
            otherwise by a formula.  Empty where nothing was read off.
        formulas: the same by formulas alone.
        claim: the claim with these; None if there are none.
        verdict: the verdict on it.
    """

    problem: Problem
    kernels: Mapping[str, SignalExpr]
    formulas: Mapping[str, SignalExpr]
    claim: Claim | None
    verdict: Verdict

    def __bool__(self) -> bool:
        """Whether they were found, and proved to serve."""
        return bool(self.verdict)

    def __getitem__(self, name: str) -> SignalExpr:
        """The unknown of that name; what was read off and does not serve stands in `kernels`.

        Raises:
            SymconvError: there is none of that name, or it was not found.
        """
        if name not in self.problem.unknowns:
            known = ", ".join(self.problem.unknowns)
            raise SymconvError(f"there is no unknown {name!r}; they are {known}")
        if name not in self.kernels or not isinstance(self.verdict, Proved):
            raise SymconvError(f"{name} was not found: {self._why()}")
        return self.kernels[name]

    def _only(self) -> str:
        names = list(self.problem.unknowns)
        if len(names) > 1:
            raise SymconvError(
                f"there are {len(names)} unknowns, {', '.join(names)}; write found[{names[0]!r}]"
            )
        return names[0]

    @property
    def kernel(self) -> SignalExpr:
        """The unknown, where there is one alone.

        Raises:
            SymconvError: there are several, or it was not found.
        """
        return self[self._only()]

    @property
    def formula(self) -> SignalExpr:
        """The same by a formula for its entries, even where it is recognised."""
        _ = self.kernel
        return self.formulas[self._only()]

    @property
    def shape(self) -> tuple[Expr, ...]:
        """The shape of the unknown, where there is one alone."""
        return self.kernel.shape

    @property
    def shapes(self) -> dict[str, tuple[Expr, ...]]:
        """The shapes of all that were found, by name."""
        return {name: kernel.shape for name, kernel in self.kernels.items()}

    @property
    def exists(self) -> bool | None:
        """Whether there are such tensors for all sizes; None if it is not known.

        A proof for some strides only leaves it open.  That there are none is said over fields of
        characteristic 0, of the shapes that were given, or of tensors with as many axes as those in
        `problem`.
        """
        if isinstance(self.verdict, Proved):
            return True if self.verdict.is_complete else None
        return None if self.obstacle is None else False

    @cached_property
    def is_unique(self) -> bool | None:
        """Whether no others of these shapes serve all sizes that the hypotheses allow.

        None where it is not known, and where none was found.  It is said over fields of
        characteristic 0: that 2·K = 2·k leaves no other K is not so where 2 is 0.
        """
        if not isinstance(self.verdict, Proved):
            return None
        return is_unique(self.problem)

    @cached_property
    def obstacle(self) -> Obstacle | None:
        """The smallest sizes at which there are none; None where that is not known, or not so."""
        if isinstance(self.verdict, Proved):
            return None
        return obstacle(self.problem)

    @cached_property
    def condition(self) -> Boolean | None:
        """The sizes for which what was read off serves every input, or None if nobody knows.

        It speaks of the symbols that are no sizes of the input: the condition holds where the
        sides are equal for all sizes of the input.
        """
        if self.claim is None:
            return None
        try:
            return self.claim.condition(for_all=self.for_all)
        except Undecided:
            return None

    @cached_property
    def derivation(self) -> Derivation:
        """How the unknowns come about, step by step, each of them proved for all sizes.

        It begins with an output of the left side.  What layers inside make has a name at first,
        which their definitions replace; then sums are exchanged, indices changed, and what stands
        in front of the input is read off.  The last line is the same output of the right side.

        >>> from symconv import Signal, integers, solve
        >>> n, c = integers("n c", positive=True)
        >>> x, k = Signal("x", n), Signal("k", c)
        >>> twice = x.correlate(k, stride=2).correlate(k, stride=2)
        >>> audit = solve(twice, lambda K: x.correlate(K, stride=4)).derivation.audit()
        >>> bool(audit), [step.because for step in audit][-3]
        (True, 't = 2i + j')
        >>> print(audit[-1].formula)
        Sum(K[t]*x[t + 4*u], (t, 0, 3*c - 3))

        Raises:
            SymconvError: nothing was found, or a step was not proved.
        """
        from symconv.derivations.kernels import derivation_of

        return derivation_of(self)

    @property
    def for_all(self) -> list[Symbol]:
        """The sizes of the input, on which no kernel may depend."""
        if self.claim is None:
            return []
        return [symbol for symbol in self.claim.symbols if symbol.name in self.problem.unseen]

    def _why(self) -> str:
        match self.verdict:
            case Unknown(reason):
                return reason
            case Refuted() if self.obstacle is not None:
                return f"there is {telling.absence(self)}: {self.obstacle}"
            case _:
                return "what was read off does not serve, and others were not excluded"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        names = list(self.problem.unknowns)
        listed = " and ".join(names)
        lines: list[str] = []
        if isinstance(self.verdict, Proved):
            for name, kernel in self.kernels.items():
                lines.append(f"{name} = {kernel}")
                lines.append(f"{name} has the shape {telling.shape_of(kernel)}")
                entry = telling.entry_of(self, name)
                if entry is not None and self.formulas[name] is not kernel:
                    indices, formula = entry
                    lines.append(f"{name}[{', '.join(map(str, indices))}] = {formula}")
            lines.append(str(self.verdict))
            lines.append(telling.uniqueness_sentence(self))
            return lines
        if self.obstacle is not None:
            lines.append(f"there is {telling.absence(self)}: {self.obstacle}")
        else:
            lines.append(f"whether there is a {listed} is not known: {self._why()}")
        candidate = telling.candidate_sentence(self, str)
        return [*lines, *[candidate] * bool(candidate)]

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return telling.as_html(self)

    def record(self) -> dict[str, Any]:
        """What was found, as a dictionary of texts, numbers and lists, for scripts.

        - `exists` and `is_unique`: as the attributes are called; null where it is not known.
        - `unknowns`: by name, the `kernel` in code, the same in `mathematics`, its `shape`, and
          the `entry` at the `indices`; null for an unknown for which nothing was read off.
        - `claim`: the claim with these; `verdict`: the verdict on it, as `symconv check --json`
          has it.
        - `for_all` and `condition`: the sizes of the inputs, and where it holds for all of these.
        - `obstacle`: where there are none, the smallest sizes (`lengths`), the `problem` in words,
          and the `needs`: the `output`, what it `reads`, and which entries of the `unknown` would
          have to be which `value`, at which `lengths`.
        """
        return telling.as_record(self)

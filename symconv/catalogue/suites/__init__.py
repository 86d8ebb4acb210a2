"""Suites: what the tests and rules of other projects state, each project by itself.

A suite is a module of this package with its statements, `STATEMENTS`, and one line in
`SUITES`; the name of each of its claims begins with the name of the suite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.catalogue.published import Published
    from symconv.catalogue.theorems import Theorem

__all__ = ["SUITES", "Suite"]


@dataclass(frozen=True, slots=True)
class Suite:
    """The statements of one project.

    Attributes:
        name: how it is called, which is its module too.
        about: whose statements they are, and about what.
    """

    name: str
    about: str

    @property
    def published(self) -> tuple[Published, ...]:
        """The statements; they are made when they are first asked for, which takes a second."""
        module: Any = import_module(f"{__name__}.{self.name}")
        statements: tuple[Published, ...] = module.STATEMENTS
        return statements

    @property
    def theorems(self) -> Mapping[str, Theorem]:
        """The claims that settle the statements, by name.

        >>> SUITES["taso"].theorems["taso_13_identity_kernel_of_odd_size"].is_true
        True
        """
        return {t.name: t for statement in self.published for t in statement.theorems}


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("xla", "XLA's algebraic simplifier: padding folded into a convolution, and more"),
        Suite("taso", "TASO's axioms with convolutions and pools"),
        Suite("tensorright", "TensorRight's rules for XLA's convolution, and those it left out"),
    )
}
"""All suites, by name."""

"""A claim that was typed, as plain data, which another process can be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each command imports what it needs, and no more
    from symconv.reading.text import Declarations, Passage

__all__ = ["TypedClaim"]


@dataclass(frozen=True, slots=True)
class TypedClaim:
    """A claim as text, and what is declared for it.

    Attributes:
        text: the claim.
        signals: the lengths of the named signals.
        given: the hypotheses.
        integers: the symbols that range over all integers.
        tensors: the shapes of the named tensors.
        functions: the functions of which nothing is known, with the value at 0 or nothing.
        name: what the claim is called.
    """

    text: str
    signals: Mapping[str, str] = field(default_factory=dict)
    given: Sequence[str] = ()
    integers: Sequence[str] = ()
    tensors: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None

    @classmethod
    def of(cls, passage: Passage, declared: Declarations, name: str | None = None) -> TypedClaim:
        """The claim in a passage."""
        return cls(
            passage.content,
            {name: size.content for name, size in declared.signals.items()},
            [condition.content for condition in declared.given],
            declared.integers,
            {name: shape.content for name, shape in declared.tensors.items()},
            {name: value.content for name, value in declared.functions.items()},
            name,
        )

    @property
    def passage(self) -> Passage:
        """Its text, to be read."""
        from symconv.reading.text import Passage

        return Passage(self.text, "the claim")

    @property
    def declared(self) -> Declarations:
        """What is declared."""
        from symconv.reading.text import Declarations

        return Declarations.of(
            self.signals, self.given, self.integers, self.tensors, self.functions
        )

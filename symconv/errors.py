"""The errors that symconv raises."""

from __future__ import annotations

__all__ = [
    "NonlinearError",
    "PatternError",
    "SymconvError",
    "Uncertified",
    "Undecided",
    "VacuousError",
    "as_given",
]


class SymconvError(ValueError):
    """A question that cannot be answered as it was asked.

    The message says what was asked, what was expected and what was got.
    """


class VacuousError(SymconvError):
    """A claim whose hypotheses cannot hold together says nothing."""


class Undecided(SymconvError):  # noqa: N818 - the public name says what it is
    """A question that was understood but lies beyond what symconv decides.

    Raised by `Claim.condition`; `Claim.prove` returns `Unknown` instead.
    """


class NonlinearError(Undecided):
    """A product of symbols or indices stands in the way; with numbers in it, it would not."""


class Uncertified(SymconvError):  # noqa: N818 - the public name says what it is
    """A claim for which no certificate can be written; the message says why."""


class PatternError(SymconvError):
    """A mistake in a pattern such as "c h w -> h w c", at which a caret points.

    Attributes:
        pattern: the pattern.
        at: where, in characters from its beginning.
        problem: what is wrong.
    """

    def __init__(self, pattern: str, at: int, problem: str) -> None:
        self.pattern = pattern
        self.at = at
        self.problem = problem
        super().__init__(f"{problem}\n    {pattern}\n    {' ' * at}^")

    def __reduce__(self) -> tuple[type[PatternError], tuple[str, int, str]]:
        return PatternError, (self.pattern, self.at, self.problem)


def as_given(value: object) -> str:
    """A value as Python writes it, for a message; of a number that it does not write, that.

    >>> print(as_given("f"), as_given([10**5000]))
    'f' a list with too long a number
    """
    try:
        return repr(value)
    except ValueError:
        if isinstance(value, int):
            return "a number too long to be written"
        return f"a {type(value).__name__} with too long a number"

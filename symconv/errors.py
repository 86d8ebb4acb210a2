"""The errors that symconv raises."""

__all__ = ["NonlinearError", "SymconvError", "Uncertified", "Undecided", "VacuousError"]


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

"""The errors that symconv raises."""

__all__ = ["SymconvError", "Undecided"]


class SymconvError(ValueError):
    """A question that cannot be answered as it was asked.

    The message says what was asked, what was expected and what was got.
    """


class Undecided(SymconvError):  # noqa: N818 - the public name says what it is
    """A question that was understood but lies beyond what symconv decides.

    Raised by `Claim.condition`; `Claim.prove` returns `Unknown` instead.
    """

"""How objects show themselves where a cell of a notebook, or of IPython, ends with them."""

from __future__ import annotations

from typing import Any

__all__ = ["Told"]


class Told:
    """Shows itself in IPython as its text; `repr` stays what Python makes of it."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Give the class the method itself: IPython prefers a class's own `__repr__` to it."""
        super().__init_subclass__()
        cls._repr_pretty_ = _as_text  # type: ignore[attr-defined]


def _as_text(told: Told, printer: Any, cycle: bool) -> None:
    printer.text(str(told))

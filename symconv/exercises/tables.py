"""The tables of an exercise file; what is not as expected is told by its table and its key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from symconv.arithmetic.limits import MOST_POINTS
from symconv.errors import SymconvError

__all__ = ["ExerciseError", "Table", "filled"]


class ExerciseError(SymconvError):
    """An exercise file that is not as it has to be: the file, the table, the key, the problem."""


class Table:
    """One table, whose keys are asked for one by one.

    Args:
        values: what stands in it.
        where: the name of the file.
        place: the table, such as "[[parts]] 2"; empty for the top of the file.
        variant: what stands for {name} in its texts.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        where: str,
        place: str = "",
        variant: Mapping[str, object] | None = None,
    ) -> None:
        self._values = values
        self._where = where
        self._place = place
        self._variant = variant or {}
        self._known: list[str] = []

    def error(self, problem: str, key: str = "") -> ExerciseError:
        """An error in this table, or at a key of it."""
        place = f"{self._place} {key}".strip()
        return ExerciseError(": ".join(filter(None, [self._where, place, problem])))

    @contextmanager
    def reading(self, key: str = "") -> Iterator[None]:
        """A block in which what cannot be read is an error in this table, or at a key of it."""
        try:
            yield
        except ExerciseError:
            raise
        except SymconvError as error:
            raise self.error(str(error), key) from None

    def text(self, key: str, default: str | None = None) -> str:
        """A text; the default where there is none, or an error where there is no default."""
        value = self._get(key, default)
        if value is None:
            raise self.error("it is missing; expected a text", key)
        return self._text(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self._expected(key, "a list of texts", value)
        return tuple(self._text(key, one) for one in value)

    def named(self, key: str) -> dict[str, str]:
        """Texts, or numbers, by name."""
        return {name: self._text(f"{key}.{name}", v) for name, v in self._table(key).items()}

    def lists(self, key: str) -> dict[str, tuple[str, ...]]:
        """Lists of texts, by name."""
        inner = Table(self._table(key), self._where, f"{self._place} {key}".strip(), self._variant)
        return {name: inner.texts(name) for name in self._table(key)}

    def numbers(self, key: str) -> dict[str, int]:
        """Integers, by name."""
        found = {}
        for name, value in self._table(key).items():
            if type(value) is not int:
                raise self._expected(f"{key}.{name}", "an integer", value)
            found[name] = value
        return found

    def points(self, key: str) -> Fraction | None:
        """A number of points, exactly as it is written; None where there is none."""
        value = self._get(key, None)
        if value is None:
            return None
        if type(value) not in (int, float) or not 0 <= value <= MOST_POINTS:
            raise self._expected(key, f"a number from 0 to {MOST_POINTS}", value)
        return Fraction(str(value))

    def flag(self, key: str) -> bool:
        """True or false; false where it is missing."""
        value = self._get(key, False)
        if not isinstance(value, bool):
            raise self._expected(key, "true or false", value)
        return value

    def table(self, key: str) -> Table:
        """An inner table, which may be missing."""
        return Table(self._table(key), self._where, f"[{self._inner(key)}]", self._variant)

    def raw(self, key: str) -> Mapping[str, Any]:
        """The values of an inner table as they are."""
        return self._table(key)

    def tables(self, key: str, most: int) -> list[Table]:
        """A list of inner tables."""
        values = self._get(key, [])
        if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
            raise self._expected(key, f"tables [[{self._inner(key)}]]", values)
        if len(values) > most:
            raise self.error(f"{len(values)} tables, and {most} are allowed", key)
        name = self._values.get("name", self._values.get("asks"))
        of = f" of {name}" if self._place and isinstance(name, str) else ""
        return [
            Table(one, self._where, f"[[{self._inner(key)}]] {number}{of}", self._variant)
            for number, one in enumerate(values, start=1)
        ]

    def end(self) -> None:
        """Refuse the keys that nobody has asked for."""
        for key in self._values.keys() - set(self._known):
            close = get_close_matches(key, self._known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"expected {', '.join(self._known)}"
            raise self.error(f"there is no such key; {hint}", key)

    def _inner(self, key: str) -> str:
        outer = re.match(r"\[+([\w.]+)\]", self._place)
        return f"{outer[1]}.{key}" if outer else key

    def _get(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._values.get(key, default)

    def _table(self, key: str) -> Mapping[str, Any]:
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self._expected(key, "a table", value)
        return value

    def _text(self, key: str, value: Any) -> str:
        if type(value) is int:
            return str(value)
        if not isinstance(value, str):
            raise self._expected(key, "a text", value)
        return filled(value, self._variant)

    def _expected(self, key: str, expected: str, value: Any) -> ExerciseError:
        kinds = {bool: "true or false", str: "a text", list: "a list", dict: "a table"}
        got = str(value) if type(value) in (int, float) else kinds.get(type(value), "a date")
        return self.error(f"expected {expected}, got {got}", key)


def filled(text: str, variant: Mapping[str, object]) -> str:
    r"""A text with the values of a variant in the places of {name}; other braces stay.

    >>> print(filled(r"stride {s}, \frac{1}{2}", {"s": 3}))
    stride 3, \frac{1}{2}
    """
    return re.sub(
        r"\{(\w+)\}", lambda found: str(variant.get(found[1], found[0])), text, flags=re.ASCII
    )

"""`python -m symconv` is the command `symconv`."""

from __future__ import annotations

from symconv.command.interrupts import ignored_from_now_on, leave_at_once

__all__ = ["main"]


def main() -> None:
    """The command, which may be interrupted while it is still being imported."""
    leave_at_once()
    try:
        from symconv.command.cli import main as command

        command()
    finally:
        ignored_from_now_on()


if __name__ == "__main__":
    main()

"""The command `symconv`."""

from __future__ import annotations

import sys

import click

from symconv.command.exit_codes import Commands
from symconv.command.verbs import VERBS

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symconv")
def main() -> None:
    """Claims about convolution layers, proved for all sizes at once or refuted.

    \b
    Exit codes: 0 proved, 1 refuted, 2 usage error, 3 unknown.  No verdict at all:
    70 a defect of symconv, 74 the output cannot be written, 130 interrupted,
    141 the reader of the output left.
    """  # noqa: D301 - for click, a backspace keeps the lines of a paragraph
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without ≤ gets ? and no traceback
            stream.reconfigure(errors="replace")


for _verb in VERBS:
    main.add_command(_verb)


if __name__ == "__main__":
    main()

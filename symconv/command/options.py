"""The options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce, wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from symconv.arithmetic.limits import LONGEST_TIMEOUT
from symconv.command import arguments

__all__ = [
    "at_option",
    "certificate_option",
    "claim_names",
    "declaring",
    "formal_option",
    "json_option",
    "seconds_option",
    "timeout_option",
]

_F = TypeVar("_F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
at_option = click.option(
    "--at",
    "points",
    multiple=True,
    metavar="LENGTHS",
    help="Check with simplify at these lengths, such as n=8,c=3,l=3,r=3.  May be repeated.",
)
formal_option = click.option(
    "--formal",
    is_flag=True,
    help="Have Rocq check the proof; needs coqc.  --timeout then bounds Rocq too.",
)
certificate_option = click.option(
    "--certificate",
    "certificate_file",
    metavar="FILE.v",
    help="Write the claim and its proof as a file that Rocq's coqc checks.",
)


def _seconds(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value <= LONGEST_TIMEOUT:  # so nan is refused too
        raise click.BadParameter(
            f"expected a number of seconds, more than 0 and at most {LONGEST_TIMEOUT}; "
            f"got {value:g}",
            ctx,
            option,
        )
    return value


def seconds_option(name: str, told: str) -> Callable[[_F], _F]:
    """An option for a number of seconds.

    Args:
        name: its name.
        told: what help says of it.
    """
    return click.option(name, type=float, callback=_seconds, metavar="SECONDS", help=told)


timeout_option = seconds_option(
    "--timeout", "Give up on a claim after so many seconds: the verdict is then unknown."
)

_DECLARING = (
    click.option(
        "--signal",
        "signals",
        multiple=True,
        metavar="NAME:LENGTH",
        help="Declare a signal, of one axis, such as x:n.  May be repeated.",
    ),
    click.option(
        "--tensor",
        "tensors",
        multiple=True,
        metavar="NAME:SIZE,SIZE,...",
        help="Declare a tensor by its shape, such as x:N,C,H,W or w:O,C,3,3.  May be repeated.",
    ),
    click.option(
        "--function",
        "functions",
        multiple=True,
        metavar="NAME[:VALUE]",
        help="Declare a function of which nothing is known, such as f, or g:0 where g(0) = 0.  "
        "May be repeated.",
    ),
    click.option(
        "--given",
        multiple=True,
        metavar="CONDITION",
        help="A hypothesis, such as 'n >= i', or 'w == w.flip()' about the entries of a signal or "
        "tensor.  May be repeated.",
    ),
    click.option(
        "--integer",
        "integers",
        multiple=True,
        metavar="SYMBOL",
        help="A symbol that may be negative.  May be repeated.",
    ),
)


def declaring(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that declare names, of which the command gets what they say as `declared`."""

    @wraps(command)
    def with_declared(
        *,
        signals: tuple[str, ...],
        tensors: tuple[str, ...],
        functions: tuple[str, ...],
        given: tuple[str, ...],
        integers: tuple[str, ...],
        **others: Any,
    ) -> Any:
        declared = arguments.declared(signals, given, integers, tensors, functions)
        return command(declared=declared, **others)

    return reduce(lambda inner, option: option(inner), reversed(_DECLARING), with_declared)


def claim_names(ctx: click.Context, argument: click.Parameter, begun: str) -> list[str]:
    """The names of claims, for completion: a file, because importing them takes a second."""
    names = Path(__file__).with_name("claim_names.txt").read_text(encoding="utf-8").split()
    return [name for name in names if name.startswith(begun)]

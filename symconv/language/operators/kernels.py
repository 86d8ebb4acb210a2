"""Kernels, of the operators that have one: a layer's has at least one tap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symconv.arithmetic.polynomials import at_least
from symconv.errors import SymconvError
from symconv.language.operators.base import Requirement
from symconv.language.operators.named import Named

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["check_kernel", "check_kernel_at", "is_no_empty_kernel"]


def check_kernel(kernel: SignalExpr) -> None:
    """Refuse a kernel whose own symbols say that it is or may be empty.

    Where a size is compound, the hypotheses of a claim may still exclude that: then
    `prove` decides.

    Raises:
        SymconvError: with the hypothesis that is missing.
    """
    open_ = [kernel]
    while open_:
        part = open_.pop()
        if any(size.as_integer() == 0 for size in part.lengths):
            raise SymconvError(
                f"the kernel {part} is empty; a layer's kernel has at least one entry"
            )
        if part.operator.checked_as_kernel:
            open_ += [operand for operand in part.operands if not operand.is_nonempty]
        named = part.operator
        if part.is_nonempty or not isinstance(named, Named):
            continue
        for size in named.sizes:
            if not size.written.is_Symbol or size.is_at_least(1):
                continue
            name = str(size)
            raise SymconvError(
                f"the kernel {part} could be empty, because {name} >= 0 is all that is known; "
                f"add the hypothesis {name} >= 1, by integers({name!r}, positive=True)"
            )


def is_no_empty_kernel(kernel: SignalExpr) -> Iterator[Requirement]:
    """That a kernel is not empty, where the signs of the symbols leave it open."""
    if not kernel.is_nonempty:
        yield Requirement(
            tuple(at_least(size, 1) for size in kernel.lengths),
            lambda: (
                f"the kernel {kernel} could be empty; add the hypothesis "
                + " and ".join(
                    f"{size} >= 1" for size in kernel.shape if size.is_Integer is not True
                )
            ),
        )


def check_kernel_at(kernel: SignalExpr, size: int) -> None:
    """Refuse a kernel without taps, at fixed sizes.

    Raises:
        SymconvError: it has none.
    """
    if not size:
        raise SymconvError(f"the kernel {kernel} is empty; a layer's kernel has at least one entry")

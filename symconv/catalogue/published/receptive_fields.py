"""Published statements about receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sympy import Eq, Expr, false

from symconv.catalogue.published.statements import (
    Published,
    c,
    fails,
    holds,
    k,
    published,
    t,
)
from symconv.decision.stacks.repeated import repeat
from symconv.language.signals import Signal, SignalExpr

__all__ = ["RECEPTIVE_FIELDS"]

_to_128, _to_64, _to_8 = ([2**i for i in range(size)] for size in (8, 7, 4))
_k2 = Signal("k", 2)


def _behind(field: SignalExpr, kernel: SignalExpr, dilations: Iterable[int]) -> SignalExpr:
    """A kernel with dilated layers behind it, as one."""
    for dilation in dilations:
        field = field.convolve(kernel.dilate(dilation))
    return field


def _stack(kernel: SignalExpr, dilations: Iterable[int]) -> Expr:
    """The receptive field: the number of taps of all the layers as one."""
    return _behind(Signal.delta(), kernel, dilations).length


def _stack_of(dilations: Sequence[int]) -> Callable[[SignalExpr], SignalExpr]:
    """One stack, as a layer."""
    return lambda field: _behind(field, k, dilations)


_RECEPTIVE_FIELD = published(
    "receptive_field_of_dilated_stacks",
    "With kernels of 2 taps, one stack of layers with dilations 1, 2, …, 128 and two stacks with "
    "1, 2, …, 64 have the same receptive field, 256; two stacks with 1, 2, 4, 8 have 32.",
    source="https://github.com/philipperemy/keras-tcn/issues/71, "
    "https://github.com/philipperemy/keras-tcn/issues/9",
    verdict="false",
    condition="the fields are 256 and 255, and 31; with c taps 255(c − 1) + 1 and 254(c − 1) + 1",
    theorems=(
        fails(
            "one_stack_to_128_sees_as_much_as_two_to_64",
            _stack(_k2, _to_128),
            _stack(_k2, _to_64 * 2),
            "One stack up to dilation 128 and two up to 64 have one receptive field.",
            "The sums of the dilations are 255 and 254.",
            at={},
            condition=false,
        ),
        holds(
            "receptive_field_of_one_stack_to_128",
            _stack(k, _to_128),
            255 * (c - 1) + 1,
            "One stack up to dilation 128 has the receptive field 255(c − 1) + 1.",
            "A layer of dilation d adds d(c − 1).",
        ),
        holds(
            "receptive_field_of_two_stacks_to_64",
            _stack(k, _to_64 * 2),
            254 * (c - 1) + 1,
            "Two stacks up to dilation 64 have the receptive field 254(c − 1) + 1.",
            "A layer of dilation d adds d(c − 1).",
        ),
        fails(
            "fields_of_the_stacks_agree_for_any_number_of_taps",
            _stack(k, _to_128),
            _stack(k, _to_64 * 2),
            "With c taps the fields are the same.",
            "They differ by c − 1.",
            at={"c": 2},
            condition=Eq(c, 1),
        ),
        fails(
            "two_stacks_to_8_see_32",
            _stack(_k2, _to_8 * 2),
            32,
            "Two stacks with dilations 1, 2, 4, 8 and 2 taps have the receptive field 32.",
            "It is 2(1 + 2 + 4 + 8) + 1.",
            at={},
            condition=false,
        ),
        *(
            holds(
                f"receptive_field_of_any_number_of_stacks_to_{dilations[-1]}",
                repeat(_stack_of(dilations), t)(Signal.delta()).length,
                sum(dilations) * t * (c - 1) + 1,
                f"Any number t of stacks up to dilation {dilations[-1]} has the receptive field "
                f"{sum(dilations)}t(c − 1) + 1.",
                "A layer of dilation d adds d(c − 1).",
            )
            for dilations in (_to_8, _to_64, _to_128)
        ),
        holds(
            "two_layers_per_dilation_to_128_see_511",
            _stack(_k2, _to_128 * 2),
            511,
            "With two layers for each dilation, one stack up to 128 has 511.",
            "It is 2·255 + 1.",
        ),
        holds(
            "two_layers_per_dilation_in_two_stacks_to_64_see_509",
            _stack(_k2, _to_64 * 4),
            509,
            "With two layers for each dilation, two stacks up to 64 have 509.",
            "It is 4·127 + 1.",
        ),
    ),
)

RECEPTIVE_FIELDS: tuple[Published, ...] = (_RECEPTIVE_FIELD,)

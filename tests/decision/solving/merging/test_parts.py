"""The parts of a network that are one layer: where it is cut, and for how many channels."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Mod

from symconv import Proved, Refuted, Signal, SignalExpr, Tensor, concatenate, integers
from symconv.decision.solving.merging.any_channels import Renamed, as_it_is, for_any_channels
from symconv.decision.solving.merging.parts import Parts, Run
from symconv.decision.solving.merging.regions import Region, linear_regions, passed_by_all
from symconv.language.graph import leaves
from tests.generators.chains import image_chain

N, H, W = integers("N H W", positive=True)
x = Tensor("x", (N, 4, H, W))
conv, other = Tensor("v", (4, 4, 3, 3)), Tensor("w", (4, 4, 3, 3))
point, depthwise = Tensor("p", (4, 4, 1, 1)), Tensor("d", (4, 1, 3, 3))
norm = [Signal(name, 4) for name in ("m", "r", "g", "b")]


def regions(*outputs: SignalExpr) -> list[tuple[SignalExpr, SignalExpr]]:
    return [(one.source, one.result) for one in linear_regions(outputs, [x])]


def run(output: SignalExpr) -> Run:
    (found,) = Parts().of([output], [x])
    return found


# --- where a network is cut --------------------------------------------------------------


def test_a_network_is_cut_at_functions_and_maxima() -> None:
    first = x.conv(conv).batch_norm(*norm)
    second = first.relu().conv(other)
    third = second.max_pool((2, 2)).conv(point)
    assert regions(third) == [
        (x, first),
        (first.relu(), second),
        (second.max_pool((2, 2)), third),
    ]


def test_what_is_read_in_several_places_is_an_end() -> None:
    shared = x.conv(conv)
    behind = shared.conv(other)
    assert regions(shared.relu(), behind) == [(x, shared), (shared, behind)]
    assert regions(shared, behind) == [(x, shared), (shared, behind)]
    last = behind.conv(point)
    assert regions(shared.relu(), last) == [(x, shared), (shared, last)]


def test_what_is_padded_may_be_read_in_several_places() -> None:
    start = x.relu()
    one, two = start.conv(conv, padding=1), start.conv(other, padding=1)
    assert one.operands[0] is two.operands[0]
    assert regions(one.relu(), two.relu()) == [(start, one), (start, two)]
    padded = start.pad(1, 1, axis=(2, 3))
    assert regions(one.relu(), padded.relu()) == [(start, padded), (start, one)]
    before = x.conv(point)
    assert regions(before.conv(conv, padding=1).relu(), before.conv(other, padding=1).relu()) == [
        (x, before),
        (before, before.conv(conv, padding=1)),
        (before, before.conv(other, padding=1)),
    ]


def test_branches_that_are_added_up_are_one_part() -> None:
    start = x.conv(conv)
    joined = start.conv(point) + start.conv(conv, padding=1) + start
    assert regions(joined.relu()) == [(x, joined)]
    residual = x.conv(conv, padding=1).relu().conv(other, padding=1)
    assert regions((residual + x).relu()) == [
        (x, x.conv(conv, padding=1)),
        (x.conv(conv, padding=1).relu(), residual),
    ]


def test_products_of_data_and_moved_channels_are_no_layers() -> None:
    first = x.conv(point)
    assert regions(first.multiply(x).conv(conv)) == [
        (x, first),
        (first.multiply(x), first.multiply(x).conv(conv)),
    ]
    both = concatenate([x.conv(point), x.conv(point)], axis=1)
    assert (x, x.conv(point)) in regions(both)


def test_what_is_no_layer_with_those_before_it_begins_another_part() -> None:
    counted = x.avg_pool((3, 3), stride=1, padding=1, count_include_pad=False)
    last = counted.conv(point).batch_norm(*norm)
    assert regions(last.relu())[-1] == (counted, last)
    last = counted.conv(conv, padding=1)
    assert regions(last.relu())[-1] == (counted, last)
    moved = x.pad(0, -2, axis=1)
    assert regions(moved.conv(Tensor("t", (4, 2, 1, 1)))) == [
        (x, moved),
        (moved, moved.conv(Tensor("t", (4, 2, 1, 1)))),
    ]
    turned = x.conv(conv, stride=2).flip(axis=2)
    assert regions(turned.conv(other))[1:] == [
        (x.conv(conv, stride=2), turned.conv(other)),
    ]


def test_a_constant_is_no_part() -> None:
    assert regions(x.relu()) == []
    assert regions(x) == []


def test_through_what_all_of_a_part_goes() -> None:
    first = x.conv(conv)
    joined = first + first.pad(1, 1, axis=(2, 3)).conv(other)
    last = joined.conv(point)
    assert passed_by_all(Region(x, last)) == [first, joined]
    assert passed_by_all(Region(x, x.conv(conv) + x.conv(other))) == []


# --- for any number of channels ----------------------------------------------------------


def data(general: Renamed, own: SignalExpr, rng: random.Random) -> tuple[dict[str, Any], Any]:
    """Random entries for the weights under both names, and for the input."""
    named: dict[str, Any] = {}
    for name, leaf in leaves(own).items():
        shape = [int(size) for size in leaf.sizes]
        entries = [rng.randint(-9, 9) for _ in range(int(np.prod(shape)))]
        named[name] = np.array(entries, dtype=object).reshape(shape).tolist()
    new = {name: named[network] for name, network in general.names.items()}
    return named, new | {"x": named["x"]}


@pytest.mark.parametrize("seed", range(60))
def test_a_chain_for_any_channels_is_the_chain(seed: int) -> None:
    rng = random.Random(seed)
    chain = image_chain(rng, 7, pads_between=True)
    region = Region(leaves(chain)["x"], chain)
    for of_input in (True, False):
        general = for_any_channels(region, of_input=of_input)
        assert general is not None
        named, new = data(general, chain, rng)
        numbers = {symbol.name: int(amount) for symbol, amount in general.sizes.items()}
        used = {name: n for name, n in numbers.items() if name in general.chain.every_symbol()}
        expected = np.array(chain.evaluate(**named), dtype=object)
        found = np.array(general.chain.evaluate(**new, **used), dtype=object)
        assert found.shape == expected.shape
        assert np.all(found == expected)


def test_channels_and_sizes_become_symbols() -> None:
    chain = x.conv(conv, padding=1).batch_norm(*norm)
    general = for_any_channels(Region(x, chain))
    assert general is not None
    assert [str(size) for size in general.input.shape] == ["N", "C", "H", "W"]
    assert {str(symbol): str(size) for symbol, size in general.sizes.items()} == {
        **{"N": "N", "C": "4", "H": "H", "W": "W", "O": "4"}
    }
    depthwise_chain = x.conv(depthwise, padding=1, groups=4)
    general = for_any_channels(Region(x, depthwise_chain))
    assert general is not None
    assert str(general.chain) == "x.pad(1, 1, axis=(2, 3)).conv(k1, groups=C)"


def test_what_depends_on_the_sizes_of_the_network_stays_as_it_is() -> None:
    inner = x.conv(conv, stride=2).relu()
    moved = inner.pad(0, H, axis=2).conv(other)
    assert for_any_channels(Region(inner, moved)) is None
    ones = Tensor.ones((H, 4)).sum(0)  # of which each entry is the height of another tensor
    scaled = inner.multiply(ones.rearrange("c -> c 1 1"))
    assert for_any_channels(Region(inner, scaled)) is None
    own = as_it_is(Region(inner, moved))
    assert own is not None
    assert own.sizes == {}
    assert own.input.lengths == inner.lengths


def test_sizes_of_a_network_that_are_called_like_weights_here() -> None:
    k1 = integers("k1", positive=True)
    y = Tensor("x", (N, 4, k1, W))
    chain = y.pad(0, k1, axis=2).conv(conv)
    assert as_it_is(Region(y, chain)) is None
    assert Parts().of([chain], [y])[0].whole is None


# --- which parts are one layer -----------------------------------------------------------


def test_alike_parts_are_decided_once() -> None:
    first = x.conv(conv, padding=1).batch_norm(*norm).relu()
    second = first.conv(other, padding=1).batch_norm(*reversed(norm)).relu()
    parts = Parts()
    runs = parts.of([second], [x])
    assert [one.whole is not None and one.whole.is_layer for one in runs] == [True, True]
    assert len(parts.merged) == 1


def test_a_chain_that_takes_more_as_one_layer_is_cut() -> None:
    wide, narrow = Tensor("wide", (2, 4, 1, 1)), Tensor("narrow", (40, 2, 1, 1))
    found = run(x.conv(wide).conv(narrow))
    assert found.whole is not None
    assert found.whole.is_layer
    assert [part.region.result for part in found.parts] == [
        x.conv(wide),
        x.conv(wide).conv(narrow),
    ]
    found = run(x.conv(point).conv(conv))
    assert [part.region.result for part in found.parts] == [x.conv(point).conv(conv)]


def test_padding_between_is_no_layer_and_its_parts_are() -> None:
    inner = x.conv(conv, padding=1).batch_norm(*norm)
    found = run(inner.conv(other, padding=1).batch_norm(*reversed(norm)))
    assert found.whole is not None
    assert found.whole.never_holds
    assert isinstance(found.whole.merged.verdict, Refuted)
    assert [part.is_layer for part in found.parts] == [True, True]
    assert found.parts[0].region.result is inner


def test_the_parts_of_branches() -> None:
    left = x.conv(point).conv(conv, padding=1)  # which is padded between, and no bias is there
    right = x.conv(conv, padding=1).conv(other, padding=1)
    found = run((left + right).relu())
    assert found.whole is not None
    assert not found.whole.is_layer
    assert [(part.region.result, part.is_layer) for part in found.parts] == [
        (left, True),
        (x.conv(conv, padding=1), True),
        (right, True),
    ]


def test_one_group_for_each_channel_and_padding_between() -> None:
    bias = Signal("b", 4)
    found = run(x.conv(point, bias).conv(depthwise, padding=1, groups=4))
    assert found.whole is not None
    assert found.whole.never_holds
    repairs = found.whole.merged.repairs
    assert [one.verdict.is_complete for one in repairs] == [True, True]


def test_hypotheses_are_used_where_a_part_holds_for_some_sizes() -> None:
    pooled = x.conv(conv).avg_pool((2, 2), ceil_mode=True)
    even = [Eq(Mod(H, 2), 0), Eq(Mod(W, 2), 0)]
    without, given = (Parts(given=one).of([pooled], [x])[0].whole for one in ((), even))
    assert without is not None
    assert given is not None
    assert isinstance(without.merged.verdict, Refuted)
    assert isinstance(given.merged.verdict, Proved)
    assert given.is_layer

"""The named tensors in a tensor: shared lines, against dictionaries."""

from __future__ import annotations

from random import Random

import pytest

from symconv import Signal, SymconvError, integers
from symconv.language.named_tensors import NamedTensors
from symconv.language.signals import SignalExpr

n = integers("n", positive=True)


def as_dictionary(mapping: NamedTensors) -> dict[str, int]:
    return {name: id(mapping[name]) for name in mapping}


def test_is_a_mapping_in_the_order_in_which_tensors_were_met() -> None:
    x, k = Signal("x", n), Signal("k", n)
    names = (x + k).names[0]
    assert list(names) == ["x", "k"]
    assert names["k"] is k
    assert "k" not in x.names[0]
    assert x.names[0].get("k") is None
    assert repr(names) == "NamedTensors(x, k)"
    with pytest.raises(KeyError):
        x.names[0]["k"]


def test_sums_in_any_order_have_the_names_of_their_parts() -> None:
    random = Random(1)
    leaves = [Signal(f"s{number}", n) for number in range(40)]
    tensors: list[SignalExpr] = list(leaves)
    known = [{one.name: id(one)} for one in leaves]
    for _ in range(1500):
        one, two = (random.randrange(len(tensors)) for _ in range(2))
        made = tensors[one] + tensors[two]
        first, then = sorted((one, two), key=lambda place: -len(known[place]))
        tensors.append(made)
        known.append(known[first] | known[then])
    for tensor, names in zip(tensors, known, strict=True):  # none was changed by later ones
        assert as_dictionary(tensor.names[0]) == names
        assert list(tensor.names[0]) == list(names)
        assert len(tensor.names[0]) == len(names)


def test_what_is_made_of_a_tensor_and_more_continues_its_line() -> None:
    start = Signal("start", n)
    others = [Signal(f"w{number}", n) for number in range(50)]
    made: SignalExpr = start
    for other in others:
        before = made
        made = before + other
        again = before + other.flip()  # what others make of the same is on the same line
        assert again.names[0]._line is made.names[0]._line
    assert made.names[0]._line.generation == 0
    fork = start + others[0] + others[7]
    assert fork.names[0]._line.generation == 1
    assert list((fork + made).names[0]) == ["start", *(one.name for one in others)]
    assert not list(fork.names[0].without_those_of(made.names[0]))


def test_names_are_checked_where_lines_part() -> None:
    start, w = Signal("first", n), Signal("w", n)
    longer = Signal("w", n + 1)
    left, right = start + w, start + longer[1:]
    assert list(right.names[0].without_those_of(left.names[0])) == [longer]
    with pytest.raises(SymconvError, match="two signals are named 'w' but have lengths"):
        left + right

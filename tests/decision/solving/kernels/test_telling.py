"""What was found for unknown tensors, told: records, tables and sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from symconv import Signal, SignalExpr, Solution, Tensor, integers, solve
from symconv.decision.solving.kernels.telling import (
    candidate_sentence,
    needs_table,
    uniqueness_sentence,
)

n, c = integers("n c", positive=True)
x, k = Signal("x", n), Signal("k", c)
C, O, H, W = integers("C O H W", positive=True)
image, w, v = Tensor("image", (C, H, W)), Tensor("w", (O, C, 3, 3)), Tensor("v", (O, C, 1, 1))


def between(K: SignalExpr) -> SignalExpr:
    return x.pad(2, 2).correlate(K)


SOLUTIONS: dict[str, Callable[[], Solution]] = {
    "found": lambda: solve(
        x.correlate(k, stride=2).correlate(k, stride=2), lambda K: x.correlate(K, stride=4)
    ),
    "found, of four axes": lambda: solve(
        image.conv(w, padding=1) + image.conv(v), lambda K: image.conv(K, padding=1)
    ),
    "outputs in the way": lambda: solve(x.pad(1, 1).correlate(k).pad(1, 1).correlate(k), between),
    "an output in the way": lambda: solve(x.flip().correlate(k), lambda K: x.correlate(K)),
    "sizes in the way": lambda: solve(x.correlate(k), lambda K: x.correlate(K), shape=c + 1),
    "unknown": lambda: solve(x.relu(), lambda K: x.correlate(K)),
}
KEYS = {"exists", "is_unique", "unknowns", "claim", "for_all", "verdict", "condition", "obstacle"}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_record_says_the_same_as_the_solution_in_json(name: str) -> None:
    found = SOLUTIONS[name]()
    record = found.record()
    assert json.loads(json.dumps(record)) == record
    assert record.keys() == KEYS
    assert (record["exists"], record["is_unique"]) == (found.exists, found.is_unique)
    assert record["unknowns"].keys() == found.problem.unknowns.keys()
    for unknown, told in record["unknowns"].items():
        assert (told is None) is (unknown not in found.kernels)
        if told is not None:
            assert told["kernel"] == str(found.kernels[unknown])
            assert told["shape"] == list(map(str, found.kernels[unknown].shape))
            assert len(told["indices"]) == found.kernels[unknown].ndim
    assert (record["obstacle"] is None) is (found.obstacle is None)
    assert record["verdict"]["verdict"] == type(found.verdict).__name__.lower()


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_notebook_shows_well_formed_html(name: str) -> None:
    found = SOLUTIONS[name]()
    html = found._repr_html_()
    page = ElementTree.fromstring(f"<div>{html}</div>")
    for table in page.iter("table"):
        caption = table.find("caption")
        assert caption is not None
        assert "K" in (caption.text or "")
        assert all(head.get("scope") == "col" for head in table.iter("th"))
        heads = len([*table.iter("th")])
        rows = table.findall("tbody/tr")
        assert rows
        assert all(len(row.findall("td")) == heads for row in rows)
    needs = found.obstacle.needs if found.obstacle is not None else ()
    for need in needs:
        assert f"{need.unknown} = {need.value}" in html
    if found.exists:
        assert str(found.verdict) in html


def test_a_formula_is_set_as_mathematics() -> None:
    html = SOLUTIONS["found"]()._repr_html_()
    assert r"$\displaystyle K[t] = \sum_{i=0}^{c - 1} k[t - 2 i] k[i]$" in html


def test_needs_at_other_sizes_say_at_which() -> None:
    obstacle = SOLUTIONS["outputs in the way"]().obstacle
    assert obstacle is not None
    head, rows = needs_table(obstacle)
    assert head == ["at", "output", "before", "needs"]
    assert [row[0] for row in rows] == ["c = 3, n = 1", "c = 3, n = 2"]
    alone = SOLUTIONS["an output in the way"]().obstacle
    assert alone is not None
    assert needs_table(alone) == (["output", "before", "needs"], [["[0]", "x[1]", "0 = k[0]"]])


def test_sentences() -> None:
    only = "It is the only one of that shape over fields of characteristic 0."
    assert uniqueness_sentence(SOLUTIONS["found"]()) == only
    assert candidate_sentence(SOLUTIONS["found"]()) == ""
    told = candidate_sentence(SOLUTIONS["outputs in the way"]())
    assert told == "With K = k ∗ k it holds for all n exactly when c ≤ 2."
    # For no length of the kernel it holds for all inputs.
    told = candidate_sentence(SOLUTIONS["sizes in the way"]())
    assert (
        told == "With K = pad(k; 0, 1) it fails at c = 1, n = 1; it holds exactly when c ≥ n + 1."
    )
    others = solve(
        x.correlate(k, stride=3), lambda K: x.correlate(K, stride=3), shape=c, given=n < c
    )
    assert uniqueness_sentence(others) == "Others of that shape serve as well."

"""Pictures: what is connected, what is marked, and that every reader of SVG can show them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from hashlib import sha256
from itertools import combinations, groupby, pairwise, product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sympy import Expr, Integer, Poly, Rational, Symbol, expand, symbols, sympify

from symconv import (
    Claim,
    Pointwise,
    Refuted,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    diagrams,
    maximum,
    solve,
)
from symconv.language.graph import leaves, symbols_in, walk
from symconv.language.operators import Add, Correlate, Formula, Multiply
from symconv.language.signals import substituted
from symconv.pages.diagrams import Diagram
from symconv.pages.diagrams.labels import label_places
from symconv.pages.diagrams.lettering import text_width
from symconv.pages.diagrams.network_layout import Names, Network, build
from tests.generators.cases import CASES, Case

n, c = symbols("n c", integer=True, positive=True)
l, r = symbols("l r", integer=True, nonnegative=True)
x, k, h = Signal("x", n), Signal("k", c), Signal("h", 2)

PADDED = x.pad(l, r)
TWO_LAYERS = PADDED.correlate(k, stride=2).correlate(k, stride=2)
K4 = k.convolve(k.dilate(2))
ONE_LAYER = PADDED.correlate(K4, stride=4)
THEOREM = Claim(TWO_LAYERS, ONE_LAYER)
AT: Any = {"n": 8, "c": 3, "l": 3, "r": 3}

BETWEEN = Claim(
    x.pad(1, 1).correlate(k).pad(1, 1).correlate(k),
    x.pad(2, 2).correlate(k.convolve(k)),
    given=[n >= c],
)


MATRIX = Tensor("m", (3, 2))


def _one_layer(K: SignalExpr) -> SignalExpr:
    return PADDED.correlate(K, stride=4)


def refuted(claim: Claim) -> Refuted:
    verdict = claim.prove()
    assert isinstance(verdict, Refuted)
    return verdict


# --- what is connected ---------------------------------------------------------------

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


def _name(text: str) -> tuple[str, int]:
    """The name and the index in a text such as x₁₀."""
    name = text.rstrip(_SUBSCRIPTS)
    return name, int("".join(str(_SUBSCRIPTS.index(digit)) for digit in text[len(name) :]))


def _value(text: str, compound: list[Expr]) -> Expr:
    """The tap that stands on a line: a number, or a number times an entry."""
    found = re.fullmatch(r"(−?)\(?([\d/]*)\)?([a-z]*\d*)([₀-₉]*)", text)
    assert found, text
    sign, number, name, index = found.groups()
    scale = Rational(number or 1) * (-1 if sign else 1)
    if not name:
        return scale
    name, i = _name(name + index)
    return compound[i] if name == "w" else scale * Symbol(f"{name}{i}")


def _sums(net: Network, compound: list[Expr]) -> list[Expr]:
    """The outputs, summed up along the lines of the network."""
    first = net.rows[0]
    if net.branches:
        entries = [Integer(0)] * len(first.cells)
        for branch, wires in zip(net.branches, net.joins(), strict=True):
            added = _sums(branch, compound)
            for wire in wires:
                entries[wire.target] += added[wire.source]
    else:
        entries = [Symbol("{}{}".format(*_name(cell.text))) for cell in first.cells]
    for row in net.rows[1:]:
        sums = [Integer(0)] * len(row.cells)
        for wire in row.wires:
            tap = _value(wire.tap, compound) if wire.tap else 1
            sums[wire.target] += tap * entries[wire.source]
        entries = sums
    return [expand(entry) for entry in entries]


def _path(signal: SignalExpr) -> bool:
    """Whether there is one row above each row, or a sum, with named signals as the inputs."""
    while signal.operands and not isinstance(signal.operator, Formula):
        if isinstance(signal.operator, Multiply):
            return False
        if isinstance(signal.operator, Add):
            return all(map(_path, signal.operands))
        signal = signal.operands[0]
    return isinstance(signal, Signal)


def _build(signal: SignalExpr, **lengths: int) -> tuple[Network, SignalExpr]:
    at = {symbol: lengths[name] for name, symbol in symbols_in(signal).items()}
    fixed = substituted(signal, at)
    return build(fixed, _range(fixed), Names(fixed)), fixed


def _range(signal: SignalExpr) -> tuple[int, ...]:
    return tuple(range(int(signal.length)))


DRAWN = [case for case in CASES if _path(case.signal)]


@pytest.mark.parametrize("case", DRAWN, ids=str)
def test_the_sums_along_the_lines_are_the_entries(case: Case) -> None:
    net, fixed = _build(case.signal, **case.at)
    kernels = [node.operands[1] for node in walk(fixed) if isinstance(node.operator, Correlate)]
    compound: list[Expr] = next((kernel.vector() for kernel in kernels if kernel.operands), [])
    assert _sums(net, compound) == fixed.vector()


def test_many_cases_are_drawn() -> None:
    assert len(DRAWN) > 60


@pytest.mark.parametrize(
    ("signal", "lengths"),
    [
        (TWO_LAYERS, AT),
        (ONE_LAYER, AT),
        (TWO_LAYERS, {"n": 1, "c": 1, "l": 0, "r": 0}),
        (x.pad(2, 2, "reflect").correlate(k.flip(), dilation=2), {"n": 6, "c": 3}),
        (x.pad(2, 3, "symmetric").correlate(k), {"n": 3, "c": 2}),
        (x.pad(2, 4, "replicate").correlate(k, stride=3), {"n": 3, "c": 2}),
        (x.pad(1, 2, "circular").correlate(k, dilation=2), {"n": 5, "c": 2}),
        (x.correlate(k).correlate(k).correlate(k), {"n": 9, "c": 3}),
        (x.conv_transpose(k, stride=2, padding=1), {"n": 4, "c": 3}),
        (x.flip().pad(-1, -1).downsample(2), {"n": 9}),
    ],
    ids=str,
)
def test_reached_are_the_input_entries_that_occur(signal: SignalExpr, lengths: Any) -> None:
    fixed = _build(signal, **lengths)[1]
    entries = fixed.vector()
    for u in _range(fixed):
        net = build(fixed, (u,), Names(fixed))
        occurring = {m for m in range(lengths["n"]) if entries[u].has(Symbol(f"x{m}"))}
        assert net.reached[0] == occurring
        assert net.reached[-1] == {u}
        # the text alternative names them, and no others
        line = next(s for s in _network(signal, u, lengths) if s.startswith("Output"))
        named = {_name(text)[1] for text in re.findall(r"x[₀-₉]+", line)}
        assert named == occurring


def _network(signal: SignalExpr, u: int, lengths: Any) -> list[str]:
    return diagrams.network(signal, outputs=(u,), **lengths).description.splitlines()


def test_unreached_cells_have_no_lines() -> None:
    net, fixed = _build(TWO_LAYERS, **AT)
    one = build(fixed, (1,), Names(fixed))
    assert len(one.wires(2)) == 9
    assert len(net.wires(2)) == 15  # a₀ to a₄; a₅ reaches no output
    assert one.wires(3) == [w for w in net.rows[3].wires if w.target == 1]


def test_rows_are_named_by_letters_that_are_free() -> None:
    y, a = Signal("y", 3), Signal("a", 2)
    lines = str(diagrams.network(y.pad(1, 1).correlate(a).correlate(a.convolve(a))))
    assert "b = … ⋆ a: b₀ b₁ b₂ b₃." in lines
    assert "y = …" not in lines
    assert "w = a ∗ a: w₀ = a₀², w₁ = 2a₀a₁, w₂ = a₁²." in lines


def test_a_formula_and_known_taps_are_inputs() -> None:
    assert "ones(3)" in str(diagrams.network(Signal.ones(3).correlate(h)))
    words = str(diagrams.network(Signal("x", 3).correlate(Signal.taps(1, -2, 1))))
    assert "y₀ = 1·x₀ − 2·x₁ + 1·x₂." in words
    assert "taps: 1 −2 1." in str(diagrams.network(Signal.taps(1, -2, 1).correlate(h)))


def test_zeros_are_counted() -> None:
    lines = diagrams.network(x.dilate(2).pad(1, 0).correlate(k), n=3, c=4).description
    assert "Output 0 is reached by x₀, x₁, 1 zero of the padding and 1 zero of a dilation." in lines


# --- the picture ---------------------------------------------------------------------


def _root(diagram: Diagram) -> ElementTree.Element:
    return ElementTree.fromstring(diagram.svg)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix("{http://www.w3.org/2000/svg}")


def _all(diagram: Diagram, tag: str) -> list[ElementTree.Element]:
    """The elements of a kind, without the background."""
    return [element for element in _root(diagram)[3:] if _tag(element) == tag]


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def _texts(diagram: Diagram) -> list[str]:
    return [_text(element) for element in _all(diagram, "text")]


def _at(element: ElementTree.Element, *names: str) -> list[float]:
    return [float(element.get(name, "nan")) for name in names]


def _pictures() -> Iterator[Any]:
    small: Any = {"n": 1, "c": 1, "l": 0, "r": 0}
    for name, diagram in {
        "network": lambda: diagrams.network(TWO_LAYERS, **AT),
        "network, all outputs": lambda: diagrams.network(TWO_LAYERS, outputs=(0, 1), **AT),
        "network, one entry": lambda: diagrams.network(TWO_LAYERS, **small),
        "network, no output": lambda: diagrams.network(x.correlate(k), outputs=(), n=2, c=3),
        "network, no input": lambda: diagrams.network(Signal("x", 0).pad(1, 1)),
        "network, long names": lambda: diagrams.network(
            Signal("signal", 12).correlate(Signal("k2", 3)).flip()
        ),
        "network, wide": lambda: diagrams.network(x.correlate(k), outputs=range(36), n=40, c=5),
        "network, sparse": lambda: diagrams.network(
            x.correlate(k, stride=9).pad(9, 9).correlate(k, stride=5), n=40, c=2
        ),
        "network, a sum": lambda: diagrams.network(
            (x.pad(1, 1).correlate(k) + x + k).correlate(k), n=3, c=3, outputs=(0,)
        ),
        "network, sums of sums": lambda: diagrams.network(
            ((x + x.flip()).pad(1, 1).correlate(k) - x).add_bias(Signal("b", 1)),
            outputs=(0, 3),
            n=4,
            c=3,
        ),
        "network, an empty sum": lambda: diagrams.network(
            2 * Signal("e", 0) + Signal("e", 0), outputs=()
        ),
        "networks of sums": lambda: diagrams.networks(
            Claim(x.correlate(k) + x.correlate(2 * k), x.correlate(3 * k)), n=6, c=3
        ),
        "networks": lambda: diagrams.networks(THEOREM, **AT),
        "networks side by side": lambda: diagrams.networks(BETWEEN, n=3, c=3),
        "products": lambda: diagrams.products(K4, c=3),
        "products of sums": lambda: diagrams.products(k.convolve(k).convolve(k), c=3),
        "no products": lambda: diagrams.products(Signal("a", 0).convolve(k), c=2),
        "counterexample": lambda: diagrams.counterexample(refuted(BETWEEN)),
        "counterexample, lengths": lambda: diagrams.counterexample(
            refuted(Claim(x.correlate(k), x.convolve(k)))
        ),
        "monomials": lambda: diagrams.monomials(THEOREM, **AT),
        "monomials, differences": lambda: diagrams.monomials(BETWEEN, n=4, c=3),
        "taps": lambda: diagrams.taps(solve(TWO_LAYERS, _one_layer), c=3),
        "taps, many terms": lambda: diagrams.taps(k.convolve(k).convolve(k).convolve(k), c=3),
        "taps, a grid": lambda: diagrams.taps(MATRIX.correlate(Signal.taps(1, -2), axis=0)),
        "taps, several grids": lambda: diagrams.taps(Tensor("w", (2, 1, 3, 3)).pad(1, 1, axis=3)),
        "no taps": lambda: diagrams.taps(Signal("a", 0)),
        "taps, in the way": lambda: diagrams.taps(
            solve(BETWEEN.lhs, lambda K: x.pad(2, 2).correlate(K))
        ),
        "grids": lambda: diagrams.grids({"k": MATRIX, "padded": MATRIX.pad(1, 1, axis=(0, 1))}),
        "grids, tables": lambda: diagrams.grids({"a long name": [[True], [False]], "n": [[0, n]]}),
        "grids, empty": lambda: diagrams.grids({"none": [], "zero by two": Tensor("z", (0, 2))}),
        "no monomials": lambda: diagrams.monomials(Claim(0 * x, 0 * x), axes=("x", "x"), n=1),
    }.items():
        yield pytest.param(diagram, id=name)


@pytest.mark.parametrize("draw", [*_pictures()])
def test_every_reader_can_show_it(draw: Any) -> None:
    diagram = draw()
    root = _root(diagram)
    assert _tag(root) == "svg"
    assert root.get("role") == "img"
    assert [_tag(child) for child in root[:2]] == ["title", "desc"]
    assert root[0].text
    assert root[1].text == diagram.description == str(diagram) == repr(diagram)
    assert diagram._repr_svg_() == diagram.svg
    plain = {"svg", "title", "desc", "rect", "line", "circle", "polygon", "text", "tspan"}
    assert {_tag(element) for element in root.iter()} <= plain
    names = {name for element in root.iter() for name in element.attrib}
    assert not names & {"style", "class", "id", "href", "onload", "transform"}
    assert diagram.svg.count("http") == 1  # the name of SVG
    left, top, width, height = map(float, root.get("viewBox", "").split())
    assert [width, height] == _at(root, "width", "height")
    assert root[2].attrib == {
        **dict(zip(("x", "y", "width", "height"), root.get("viewBox", "").split(), strict=True)),
        "fill": "white",
    }
    for element in root[2:]:
        for across, down in _corners(element):
            assert left <= across <= left + width
            assert top <= down <= top + height
    assert draw().svg == diagram.svg


def _corners(element: ElementTree.Element) -> Iterator[tuple[float, float]]:
    match _tag(element):
        case "rect":
            a, b, width, height = _at(element, "x", "y", "width", "height")
            yield from ((a, b), (a + width, b + height))
        case "line":
            a, b, a2, b2 = _at(element, "x1", "y1", "x2", "y2")
            yield from ((a, b), (a2, b2))
        case "circle":
            a, b, radius = _at(element, "cx", "cy", "r")
            yield from ((a - radius, b - radius), (a + radius, b + radius))
        case "polygon":
            for point in element.get("points", "").split():
                a, b = map(float, point.split(","))
                yield a, b
        case "text":
            left, top, right, bottom = _text_box(element)
            yield from ((left, top), (right, bottom))


def _text_box(element: ElementTree.Element) -> tuple[float, float, float, float]:
    """What a text takes in any font: it is given how long it is, or has at most two signs."""
    a, b, size = _at(element, "x", "y", "font-size")
    text = _text(element)
    assert element.get("textLength") or len(text) <= 2, text
    signs = (0.4 if sign in _SUBSCRIPTS else 0.64 for sign in text)  # as wide as in DejaVu Serif
    wide = float(element.get("textLength") or size * sum(signs))
    start = a - {"start": 0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "")]
    return start, b - 0.7 * size, start + wide, b + 0.2 * size


@pytest.mark.parametrize("draw", [*_pictures()])
def test_no_text_stands_on_another_in_any_font(draw: Any) -> None:
    boxes = [(_text_box(e), _text(e)) for e in _all(draw(), "text")]
    for (one, text), (other, text2) in combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across < 1 or down < 1, (text, text2)


def test_stars_have_their_place() -> None:
    texts = [e for e in _all(diagrams.networks(THEOREM, **AT), "text") if "⋆" in _text(e)]
    assert texts
    assert {_text(e) for e in texts} == {"⋆"}  # another font has it, and no other sign follows


def test_the_same_bytes_whatever_the_hashes() -> None:
    code = (
        "from tests.pages.test_diagrams import *\n"
        "drawn = [diagrams.networks(THEOREM, **AT), diagrams.monomials(THEOREM, **AT)]\n"
        "print(sha256(''.join(d.svg for d in drawn).encode()).hexdigest())"
    )
    drawn = [diagrams.networks(THEOREM, **AT), diagrams.monomials(THEOREM, **AT)]
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert other.strip() == sha256("".join(d.svg for d in drawn).encode()).hexdigest()


@pytest.mark.parametrize(("left", "right"), [(3, 3), (0, 2), (1, 0), (0, 0)])
def test_padding_is_dashed(left: int, right: int) -> None:
    diagram = diagrams.network(TWO_LAYERS, n=8, c=2, l=left, r=right)
    dashed = [cell for cell in _all(diagram, "rect") if cell.get("stroke-dasharray")]
    assert len(dashed) == left + right == _texts(diagram).count("0")
    assert ("dashed: padding" in " ".join(_texts(diagram))) == bool(left + right)


def test_inserted_zeros_are_dotted() -> None:
    diagram = diagrams.network(x.dilate(3).pad(1, 0), n=4)
    dashes = Counter(cell.get("stroke-dasharray") for cell in _all(diagram, "rect"))
    assert sorted(number for dash, number in dashes.items() if dash) == [1, 12]  # 6 in both rows
    assert "dotted: inserted zeros" in " ".join(_texts(diagram))


def test_reached_cells_are_shaded_and_lines_carry_taps() -> None:
    diagram = diagrams.network(TWO_LAYERS, outputs=(0,), **AT)
    fills = Counter(
        cell.get("fill") for cell in _all(diagram, "rect") if cell.get("stroke") != "none"
    )
    # x₀ to x₃; three zeros and these; a₀ to a₂; y₀
    assert fills == {"#d5e1f0": 4 + 7 + 3 + 1, "white": 4 + 7 + 3 + 1}
    assert len(_all(diagram, "line")) == 4 + 9 + 3
    texts = Counter(_texts(diagram))
    assert [texts[tap] for tap in ("k₀", "k₁", "k₂")] == [4, 4, 4]


def test_cells_do_not_overlap() -> None:
    for diagram in (
        diagrams.network(TWO_LAYERS, n=20, c=4, l=3, r=3),
        diagrams.network(x.dilate(2).convolve(k).pad(-1, -1), n=4, c=3),
        diagrams.network(x.correlate(k, stride=9).pad(9, 9).correlate(k), n=40, c=2),
    ):
        rects = [cell for cell in _all(diagram, "rect") if cell.get("stroke") != "none"]
        boxes = sorted(_at(cell, "y", "x", "width") for cell in rects)
        for _, row in groupby(boxes, key=lambda box: box[0]):
            for (_, start, width), (_, following, _) in pairwise(row):
                assert start + width <= following


def test_moved_entries_stand_below_each_other_and_sums_below_their_middle() -> None:
    diagram = diagrams.network(TWO_LAYERS, outputs=(0, 1), **AT)
    lines = [_at(line, "x1", "y1", "x2", "y2") for line in _all(diagram, "line")]
    assert all(x1 == x2 for x1, y1, x2, y2 in lines if y2 - y1 < 40)
    ends = {(x2, y2) for _, y1, x2, y2 in lines if y2 - y1 > 40}
    assert len(ends) == 5 + 2
    for end in ends:
        starts = [x1 for x1, _, x2, y2 in lines if (x2, y2) == end]
        assert len(starts) == 3
        assert min(starts) + max(starts) == pytest.approx(2 * end[0])


def test_rows_that_would_be_too_wide_are_centred() -> None:
    sparse = x.correlate(k, stride=9).pad(9, 9).correlate(k, stride=5)
    width = float(_root(diagrams.network(sparse, n=40, c=2)).get("width", ""))
    assert width < 1300


@pytest.mark.parametrize("case", CASES, ids=str)
def test_anything_is_drawn_or_refused(case: Case) -> None:
    lengths: Any = {name: case.at[name] for name in symbols_in(case.signal)}
    outputs = range(min(2, case.length))
    try:
        diagram = diagrams.network(case.signal, outputs=outputs, **lengths)
    except SymconvError as error:
        assert "one at a time" in str(error)  # noqa: PT017 - the others are drawn
        assert not _path(case.signal)
    else:
        assert _texts(diagram)


@pytest.mark.parametrize(
    ("signal", "outputs", "lengths"),
    [
        (TWO_LAYERS, (0, 1), AT),
        (ONE_LAYER, (0, 1), AT),
        (x.correlate(k).correlate(k), (0, 1, 2), {"n": 12, "c": 3}),
        (x.dilate(2).convolve(k), (1, 2, 3), {"n": 4, "c": 3}),
    ],
    ids=str,
)
def test_labels_hide_nothing(signal: SignalExpr, outputs: tuple[int, ...], lengths: Any) -> None:
    diagram = diagrams.network(signal, outputs=outputs, **lengths)
    labels = [rect for rect in _all(diagram, "rect") if rect.get("stroke") == "none"]
    lines = [_at(line, "x1", "y1", "x2", "y2") for line in _all(diagram, "line")]
    taps = [text for text in _texts(diagram) if text.rstrip(_SUBSCRIPTS) in {"k", "w"}]
    assert len(labels) >= len([tap for tap in taps if tap[-1:] in _SUBSCRIPTS]) > 0
    for label in labels:
        a, b, width, height = _at(label, "x", "y", "width", "height")
        middle = b + height / 2
        crossing = 0
        for x1, y1, x2, y2 in lines:
            if y1 < middle < y2:
                crossing += a <= x1 + (middle - y1) / (y2 - y1) * (x2 - x1) <= a + width
        assert crossing == 1
        for other in labels:
            c_, d, wide, high = _at(other, "x", "y", "width", "height")
            apart = c_ >= a + width or a >= c_ + wide or d >= b + height or b >= d + high
            assert other is label or apart


def test_labels_without_room_are_left_out_and_said_so() -> None:
    room, places = label_places([(0, 0), (1, 1), (2, 2)], ["k₀", "k₁", "k₂"], 64)
    assert room < 0
    assert None in places
    assert label_places([], [], 64) == (float("inf"), [])
    crowded = diagrams.network(x.correlate(k), outputs=range(36), n=40, c=5)
    assert "taps in the order k₀, k₁, k₂, k₃, k₄" in " ".join(_texts(crowded))
    flipped = diagrams.network(x.convolve(k), outputs=range(36), n=32, c=5)
    assert "taps in the order k₄, k₃, k₂, k₁, k₀" in " ".join(_texts(flipped))


def test_both_sides_are_titled() -> None:
    diagram = diagrams.networks(THEOREM, outputs=(0, 1), **AT)
    texts = _texts(diagram)
    assert {"left side:", "right side:"} <= set(texts)
    assert "Left side: ((pad(x; 3, 3) ⋆ k)↓2 ⋆ k)↓2." in diagram.description
    assert "Right side: (pad(x; 3, 3) ⋆ (k ∗ k↑2))↓4." in diagram.description
    separate = diagrams.network(TWO_LAYERS, outputs=(0, 1), **AT)
    assert set(separate.description.splitlines()[1:]) <= set(diagram.description.splitlines())


def test_an_output_of_one_side_only() -> None:
    diagram = diagrams.networks(Claim(x.correlate(k), x.convolve(k)), outputs=(2,), n=3, c=2)
    assert diagram.description.count("Output 2 is reached") == 1


# --- products ------------------------------------------------------------------------


@pytest.mark.parametrize("taps", [1, 2, 3, 5])
@pytest.mark.parametrize("spread", [1, 2, 3])
def test_products_stand_in_the_column_of_their_tap(taps: int, spread: int) -> None:
    diagram = diagrams.products(k.convolve(k.dilate(spread)), c=taps)
    columns: dict[float, list[tuple[float, str]]] = {}
    for element in _all(diagram, "text"):
        across, down = _at(element, "x", "y")
        columns.setdefault(across, []).append((down, _text(element)))
    labels = columns.pop(0.0)
    headed = {int(min(column)[1]): sorted(column)[1:] for column in columns.values()}
    last_rows = max(down for down, text in labels)
    assert sorted(headed) == list(range(taps + spread * (taps - 1)))
    expected = k.convolve(k.dilate(spread)).vector(c=taps)
    for t, column in headed.items():
        inside = [text for down, text in column if down < last_rows]
        products = [text for text in inside if text.count("k") == 2]
        pairs = [(i, j) for j in range(taps) for i in range(taps) if i + spread * j == t]
        assert products == [f"k{_SUBSCRIPTS[i]}k{_SUBSCRIPTS[j]}" for i, j in pairs]
        below = " ".join(text for down, text in column if down >= last_rows)
        assert _polynomial(below) == expected[t]
        assert f"t = {t}: {below}" in diagram.description


def _polynomial(text: str) -> Expr:
    """The sum in a text such as 2k₀k₁ + k₂²."""
    total = Integer(0)
    for term in text.replace("− ", "−").replace("+ ", "").split():
        found = re.fullmatch(r"(−?\d*)((?:k[₀-₉]+[²³]?)*)", term)
        assert found, term
        product = Integer(found[1].replace("−", "-") or 1)
        for index, power in re.findall(r"k([₀-₉]+)([²³]?)", found[2]):
            product *= Symbol(f"k{_name(f'k{index}')[1]}") ** {"": 1, "²": 2, "³": 3}[power]
        total += product
    return expand(total)


def test_factors_that_are_sums_or_numbers() -> None:
    words = str(diagrams.products(k.convolve(k).convolve(k), c=2))
    assert "Times k₀, from column 0: k₀²k₀, 2k₀k₁·k₀, k₁²k₀." in words
    assert "t = 1: 3k₀²k₁" in words
    words = str(diagrams.products((k + k.flip()).convolve(Signal.taps(1, 0, -2)), c=2))
    assert "Times −2, from column 2: (k₀ + k₁)·(−2)" in words
    assert "Times 0" not in words


# --- counterexamples -----------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        BETWEEN,
        Claim(x.correlate(k), x.convolve(k)),
        Claim(x.convolve(k), x.correlate(k)),
        Claim(x.flip(), x),
        Claim(x.pad(1, 1, "reflect"), x.pad(1, 1), given=[n >= 3]),
        Claim(x / 2, -x),
    ],
    ids=str,
)
def test_the_differing_outputs_are_marked(claim: Claim) -> None:
    verdict = refuted(claim)
    found = verdict.counterexample
    diagram = diagrams.counterexample(verdict)
    thick = [rect for rect in _all(diagram, "rect") if float(rect.get("stroke-width", 1)) > 2]
    heads = {
        _at(element, "x")[0]: int(_text(element))
        for element in _all(diagram, "text")
        if element.get("y") == _all(diagram, "text")[1].get("y") and _text(element).isdigit()
    }
    marked = Counter(
        heads[round(sum(_at(rect, "x", "width")[i] * (1, 0.5)[i] for i in (0, 1)), 2)]
        for rect in thick
    )
    left, right = found.lhs, found.rhs
    expected = Counter(
        u
        for u in range(max(len(left), len(right)))
        for side in (left, right)
        if u < len(side) and left[u : u + 1] != right[u : u + 1]
    )
    assert marked == expected
    assert _texts(diagram).count("≠") == len(expected)
    *_, words = diagram.description.splitlines()
    assert {int(u) for u in re.findall(r"index (\d+)", words)} == set(expected)
    for name, values in found.signals.items():
        assert f"{name}: {' '.join(map(str, values))}." in diagram.description


def test_padded_inputs_are_shown() -> None:
    diagram = diagrams.counterexample(refuted(BETWEEN))
    assert "pad(x; 1, 1): 0 1 0 0 0." in diagram.description
    assert "pad(x; 2, 2): 0 0 1 0 0 0 0." in diagram.description
    dashed = [cell for cell in _all(diagram, "rect") if cell.get("stroke-dasharray")]
    assert len(dashed) == 2 + 4


# --- monomials -----------------------------------------------------------------------


@pytest.mark.parametrize("output", [0, 1])
@pytest.mark.parametrize(
    ("claim", "lengths"),
    [
        (THEOREM, AT),
        (BETWEEN, {"n": 4, "c": 3}),
        (Claim(x.correlate(k), x.convolve(k).pad(1 - c, 1 - c)), {"n": 6, "c": 4}),
        (Claim(x.correlate(k) / 3, -x.correlate(2 * k)), {"n": 3, "c": 2}),
    ],
    ids=lambda value: str(value) if isinstance(value, Claim) else "",
)
def test_marks_are_the_monomials(claim: Claim, lengths: Any, output: int) -> None:
    instance = claim.at(**lengths)
    sides = []
    for entry in (instance.lhs[output], instance.rhs[output]):
        poly = Poly(entry, *sorted(entry.free_symbols, key=str))
        terms = {}
        for exponents, coefficient in poly.terms():
            factors = [s.name for s, e in zip(poly.gens, exponents, strict=True) for _ in range(e)]
            first = min(int(name[1:]) for name in factors if name[0] == "k")
            second = next(int(name[1:]) for name in factors if name[0] == "x")
            terms[tuple(factors)] = ((first, second), Fraction(str(coefficient)))
        sides.append(terms)
    left, right = sides
    expected: Counter[str] = Counter()
    numbers = []
    for key in {*left, *right}:
        both = [side[key][1] for side in sides if key in side]
        sort = "both sides" if key in left else "right side only"
        if len(both) == 1:
            sort = "left side only" if key in left else "right side only"
        elif both[0] != both[1]:
            sort = "different coefficients"
        expected[sort] += 1
        distinct = list(dict.fromkeys(both))
        if distinct != [1]:
            numbers.append(" | ".join(str(value).replace("-", "−") for value in distinct))
    diagram = diagrams.monomials(claim, output=output, **lengths)
    circles = Counter(circle.get("fill") for circle in _all(diagram, "circle"))
    corners = Counter(
        "square"
        if len({p.split(",")[0] for p in shape.get("points", "").split()}) == 2
        else "other"
        for shape in _all(diagram, "polygon")
    )
    drawn = {
        "both sides": circles["black"],
        "left side only": circles["white"],
        "right side only": corners["square"],
        "different coefficients": corners["other"],
    }
    # one more of each sort in the legend
    assert {sort: number - 1 for sort, number in drawn.items() if number} == expected
    texts = Counter(_texts(diagram))
    for number, times in Counter(numbers).items():
        assert texts[number] >= times
    places = {side[key][0] for side in sides for key in side}
    assert {tuple(map(int, p)) for p in re.findall(r"at \((\d+), (\d+)\)", str(diagram))} == places


def test_marks_lie_at_their_indices() -> None:
    diagram = diagrams.monomials(Claim(x.correlate(k), x.convolve(k).pad(-1, -1)), n=3, c=2)
    ticks = {(_text(e), e.get("text-anchor")): e for e in _all(diagram, "text")}
    across = {
        int(t): _at(e, "x")[0] for (t, a), e in ticks.items() if t.isdigit() and a == "middle"
    }
    down = {int(t): _at(e, "y")[0] for (t, a), e in ticks.items() if t.isdigit() and a == "end"}
    circles = [_at(circle, "cx", "cy") for circle in _all(diagram, "circle")][:2]
    assert across[0] < across[1]
    assert down[0] > down[1]
    assert [a for a, _ in circles] == [across[0], across[1]]
    assert [b for _, b in circles] == pytest.approx([down[0], down[1]], abs=5)


def test_monomials_that_share_a_point_stand_side_by_side() -> None:
    diagram = diagrams.monomials(THEOREM, axes=(("k", 0), ("k", 1)), **AT)
    dots = [_at(circle, "cx", "cy") for circle in _all(diagram, "circle")][:-1]
    assert len(dots) == 5
    for (a, b), (a2, b2) in combinations(dots, 2):
        assert (a - a2) ** 2 + (b - b2) ** 2 > 100
    many = x.correlate(Signal.ones(38)).correlate(k)
    with pytest.raises(SymconvError, match="up to 38 monomials share one"):
        diagrams.monomials(Claim(many, many), axes=("k", "k"), n=40, c=3)


def test_the_factors_of_one_name_are_told_apart() -> None:
    words = str(diagrams.monomials(THEOREM, axes=(("k", 0), ("k", 1)), **AT))
    assert "(smaller index of k, larger index of k)" in words
    assert "k₁k₂x₁ at (1, 2), k₁k₂x₂ at (1, 2)" in words
    three = Claim(x.correlate(k).correlate(k).correlate(k), x.correlate(k.convolve(k).convolve(k)))
    words = str(diagrams.monomials(three, axes=(("k", 2), "x"), n=4, c=2))
    assert "(index 3 of k in rising order, index of x)" in words
    assert "k₀k₁²x₂ at (1, 2) (coefficient 3)" in words


# --- questions that cannot be answered -----------------------------------------------

Y = Signal("y", n)
wrong: Any = diagrams  # its arguments are to have wrong types


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: wrong.network(TWO_LAYERS, n=8, c=3, l=3), "no value for r"),
        (lambda: wrong.network(TWO_LAYERS, q=1, **AT), "unknown name 'q'"),
        (lambda: wrong.network(TWO_LAYERS, **{**AT, "c": 0}), "c is positive"),
        (lambda: wrong.network(TWO_LAYERS, outputs=(2,), **AT), "expected one of 0 to 1"),
        (lambda: wrong.network(TWO_LAYERS, outputs=(-1,), **AT), "at least 0, got -1"),
        (lambda: wrong.network(TWO_LAYERS, outputs=0, **AT), r"such as \(0, 1\), got 0"),
        (lambda: wrong.network(TWO_LAYERS, outputs=("0",), **AT), "an integer, got '0'"),
        (lambda: wrong.network(TWO_LAYERS, outputs="0", **AT), "got '0'"),
        (lambda: wrong.network(x.correlate(k), n=2, c=3), "the output is empty; outputs=()"),
        (lambda: wrong.network("x"), "expected a signal such as"),
        (lambda: wrong.network(x + Y, n=40), "too wide to stand side by side"),
        (lambda: wrong.network(x.multiply(Y).flip(), n=2), "draw x and y one at a time"),
        (lambda: wrong.network(x, n=41), "41 entries; a picture holds at most 40"),
        (lambda: wrong.network(x.pad(10**9, 0), n=1), "at most 40 in a row"),
        (lambda: wrong.network(x.pad(3, 3, "reflect"), n=2), "more than there are"),
        (
            lambda: wrong.network(x.correlate(k), outputs=range(21), n=40, c=20),
            "420 lines; a picture holds at most 400",
        ),
        (lambda: wrong.networks(TWO_LAYERS, **AT), r"expected a claim, Claim\(left, right\)"),
        (lambda: wrong.networks(Claim(n, n), n=1), "one about lengths or conditions"),
        (lambda: wrong.networks(THEOREM, outputs=(2,), **AT), "there is no output 2"),
        (lambda: wrong.networks(BETWEEN, n=2, c=3), "contradicts the hypothesis"),
        (lambda: wrong.products(x.correlate(k), n=3, c=2), "expected a convolution such as"),
        (lambda: wrong.products(3), "expected a signal such as"),
        (lambda: wrong.products(K4), "no value for c"),
        (lambda: wrong.products(K4, c=20), "at most 40 in a row"),
        (
            lambda: wrong.products(k.convolve(k).convolve(k).convolve(k).convolve(k), c=8),
            "pixels wide; a picture holds at most 1600",
        ),
        (lambda: wrong.taps(THEOREM, c=3), "expected a kernel, such as a signal"),
        (lambda: wrong.taps(K4), "no value for c"),
        (lambda: wrong.taps(K4, c=70), "208 entries there; a picture holds at most 200"),
        (lambda: wrong.taps(Signal("long_name", 60).flip()), "pixels wide"),
        (lambda: wrong.taps(k.relu(), c=2), "is a function or a maximum"),
        (lambda: wrong.taps(solve(x.relu(), lambda K: x.correlate(K)), c=2), "was not found"),
        (lambda: wrong.grids(MATRIX), "expected tables by their names"),
        (lambda: wrong.grids({}), "expected tables by their names"),
        (lambda: wrong.grids({"w": x}, n=3), "'w' should have two axes; x has 1"),
        (lambda: wrong.grids({"w": Tensor("w", (n, c))}, n=3), "no value for c"),
        (lambda: wrong.grids({"w": Tensor("w", (n, 2))}, n=101), "'w' has 202 cells"),
        (lambda: wrong.grids({"w": MATRIX.relu()}), "is a function or a maximum"),
        (lambda: wrong.grids({"w": 3}), "'w' should be a tensor of two axes or a list of rows"),
        (lambda: wrong.grids({"w": ["ab"]}), "or a list of rows"),
        (lambda: wrong.grids({"w": [[1], [1, 2]]}), r"the rows of 'w' have \[1, 2\] entries"),
        (lambda: wrong.grids({"w": [["a"]]}), "a cell of 'w' should be True, False"),
        (lambda: wrong.grids({"w": [[True] * 90]}), "pixels wide"),
        (lambda: wrong.counterexample(THEOREM), "Refuted, got Claim"),
        (lambda: wrong.counterexample(THEOREM.prove()), "Refuted, got Proved: proved"),
        (lambda: wrong.counterexample(Claim(n, n + 1).prove()), "about lengths or conditions"),
        (lambda: wrong.monomials(THEOREM, axes=("q", "x"), **AT), "no signal named 'q'"),
        (lambda: wrong.monomials(THEOREM, axes="kx", **AT), "axes must be a pair"),
        (lambda: wrong.monomials(THEOREM, axes=("k", 3), **AT), "an axis is the name"),
        (lambda: wrong.monomials(THEOREM, axes=("k", ("k", 2)), **AT), "has 2 factors of k"),
        (lambda: wrong.monomials(THEOREM, axes=("k", ("k", -1)), **AT), "at least 0, got -1"),
        (lambda: wrong.monomials(THEOREM, output=2, **AT), "no output 2 on both sides"),
        (lambda: wrong.monomials(THEOREM, output="0", **AT), "an integer, got '0'"),
        (
            lambda: wrong.monomials(Claim(x.correlate(k), x.convolve(k)), output=1, n=2, c=2),
            "they have 1 and 3 outputs",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(ask: Any, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        ask()


def test_widths_grow_with_the_text() -> None:
    assert text_width("") == 0
    assert text_width("k₀") < text_width("k₀k₁") < text_width("k₀ + k₁")
    assert text_width("m", 20) == 2 * text_width("m", 10)
    assert {*leaves(TWO_LAYERS)} == {"x", "k"}


# --- taps ----------------------------------------------------------------------------


@pytest.mark.parametrize("taps_of_k", [1, 2, 3, 4])
def test_each_tap_has_its_products(taps_of_k: int) -> None:
    """The words and the cells say the same, which is what the entries are by evaluation."""
    found = solve(TWO_LAYERS, _one_layer)
    diagram = diagrams.taps(found, c=taps_of_k)
    entries = found.kernel.evaluate(k=list(symbols(f"k:{taps_of_k}")))
    told = [line.partition(" = ")[2].rstrip(".") for line in str(diagram).splitlines()[1:]]
    assert len(told) == 3 * taps_of_k - 2
    for text, entry in zip(told, entries, strict=True):
        assert _sum(text) == expand(entry)
        for term in re.split(r" (?=[+−] )", text):
            assert term in _texts(diagram)


def _sum(text: str) -> Expr:
    """The value of a sum such as k₀² + 2k₀k₁."""
    total: Expr = Integer(0)
    for term in text.split(" + "):
        number, factors = re.fullmatch(r"(\d*)((?:k[₀-₉]²?)+)", term).groups()  # type: ignore[union-attr]
        value: Expr = Integer(number or 1)
        for index, square in re.findall(r"k([₀-₉])(²?)", factors):
            value *= Symbol(f"k{_SUBSCRIPTS.index(index)}") ** (2 if square else 1)
        total += value
    return expand(total)


def test_a_grid_of_taps_for_each_index_along_the_other_axes() -> None:
    w = Tensor("w", (2, 1, 3, 3))
    diagram = diagrams.taps(w)
    assert {"tap[0, 0]", "tap[1, 0]", "w₀₀₁₂", "w₁₀₂₂"} <= set(_texts(diagram))
    assert "tap[1, 0, 2, 2] = w₁₀₂₂." in str(diagram).splitlines()
    large = str(diagrams.taps(Tensor("w", (1, 1, 12, 12))))
    assert "tap[0, 0, 0, 11] = w₀,₀,₀,₁₁." in large
    assert large.endswith("104 more taps are drawn.")


def test_the_outputs_that_are_in_the_way_are_a_table() -> None:
    found = solve(BETWEEN.lhs, lambda K: x.pad(2, 2).correlate(K))
    diagram = diagrams.taps(found)
    assert found.obstacle is not None
    texts = _texts(diagram)
    for need in found.obstacle.needs:
        assert f"{need.unknown} = {need.value}" in texts
        assert need.reads in texts
        assert f"needs {need.unknown} = {need.value}." in str(diagram)


# --- grids ---------------------------------------------------------------------------


def test_a_tensor_is_a_grid_of_its_entries() -> None:
    image = Tensor("x", (n, c)).pad(1, 0, axis=(0, 1))
    diagram = diagrams.grids({"image": image, "k": MATRIX}, n=2, c=3)
    expected = image.array(n=2, c=3)
    words = str(diagram).splitlines()[1].removeprefix("image: ").removesuffix(".").split("; ")
    told = [row.split(", ") for row in words]
    for i, j in product(range(3), range(4)):
        indices = "".join(str(_SUBSCRIPTS.index(letter)) for letter in told[i][j][1:])
        assert told[i][j][0] + indices == str(expected[i, j]).replace("_", "")
    places = {_text(t): _at(t, "x", "y") for t in _all(diagram, "text")}
    (left, top), (right, bottom) = places["x₀₀"], places["x₁₂"]
    assert left < right
    assert top < bottom
    assert _texts(diagram)[-1] == "k"
    white = [cell for cell in _all(diagram, "rect") if cell.get("fill") == "white"]
    assert len(white) == 6  # the zeros of the padding


@pytest.mark.parametrize("rows", [[[True, False, False], [False, True, True]], [[False]]])
def test_yes_and_no_are_dark_and_white(rows: list[list[bool]]) -> None:
    made = [rows, np.array(rows), [[sympify(one) for one in row] for row in rows]]
    pictures = [diagrams.grids({"where": table}) for table in made]
    assert len({diagram.svg for diagram in pictures}) == 1
    cells = sorted(_all(pictures[0], "rect"), key=lambda cell: _at(cell, "y", "x"))
    flat = [one for row in rows for one in row]
    assert [cell.get("fill") != "white" for cell in cells] == flat
    assert str(pictures[0]).splitlines()[0].endswith("# is a dark cell.")
    assert "".join(str(pictures[0]).split("where: ")[1].split()) == (
        "".join(".#"[one] for one in flat) + "."
    )


def test_numbers_are_written() -> None:
    diagram = diagrams.grids(
        {"a": [[0, -2], [Fraction(1, 2), 2 * n]], "b": np.array([[0.25, 1.23456]])}
    )
    assert str(diagram).splitlines()[1:] == ["a: 0, −2; 1/2, 2n.", "b: 0.25, 1.23."]
    assert {"0", "−2", "1/2", "2n", "0.25", "1.23"} <= set(_texts(diagram))
    assert str(diagrams.grids({"both": [[True, 1]]})).endswith("both: #, 1.")


# --- what is not drawn ---------------------------------------------------------------


@pytest.mark.parametrize(
    "signal", [x.relu(), Pointwise("f")(x), x.max_pool(2), maximum(x, x.flip())], ids=str
)
def test_functions_and_maxima_are_not_drawn(signal: SignalExpr) -> None:
    claim = Claim(signal.pad(0, 1), signal)
    drawings: list[Callable[[], object]] = [
        lambda: diagrams.network(signal.pad(1, 1), n=4),
        lambda: diagrams.networks(claim, n=4),
        lambda: diagrams.monomials(claim, n=4),
        lambda: diagrams.counterexample(refuted(claim)),
    ]
    for draw in drawings:
        with pytest.raises(SymconvError, match=r"sums of products of entries, and .* a maximum of"):
            draw()

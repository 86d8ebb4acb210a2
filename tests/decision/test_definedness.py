"""What is not defined at all lengths is refused, and settled once a hypothesis excludes that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sympy import Eq, Expr, Piecewise, Sum, symbols
from sympy.logic.boolalg import Boolean

from symconv import Claim, Proved, Refuted, Signal, SignalExpr, SymconvError, integers
from symconv.language.signals import substituted
from symconv.reading.text import parse_claim
from tests.oracles import brute_force

n, c, d, s = integers("n c d s", positive=True)
p = integers("p", nonnegative=True)
u, j = integers("u j")
x, y, k, h = Signal("x", n), Signal("y", n), Signal("k", c), Signal("h", d)
mirrored = x.pad(1, 1, "reflect")  # defined for n ≥ 2

X, XK = {"x": "n"}, {"x": "n", "k": "c"}
XKH = {**XK, "h": "d"}

# Text, signals, hypotheses without which it is not defined, and whether it is true then.
TEXTS: list[tuple[str, Mapping[str, str], list[str], bool]] = [
    ("x.pad(1, 1, 'reflect').length == n + 2", X, ["n >= 2"], True),
    ("x.pad(1, 1, 'reflect').length == n + 1", X, ["n >= 2"], False),
    ("x.pad(2, 0, 'symmetric').length == n + 2", X, ["n >= 2"], True),
    ("x.pad(0, 3, 'circular').length == n + 3", X, ["n >= 3"], True),
    ("x.pad(3, 3, 'replicate').length == n + 6", X, ["n >= 1"], True),
    ("x.pad(p, p, 'reflect').length == n + 2*p", X, ["n > p"], True),
    ("len(x.pad(1, 1, 'reflect')) - n == 2", X, ["n >= 2"], True),
    ("max(len(x.pad(1, 1, 'reflect')), n + 5) == n + 5", X, ["n >= 2"], True),
    ("len(x.pad(1, 1, 'reflect')) - len(x.pad(1, 1, 'reflect')) == 0*n", X, ["n >= 2"], True),
    ("0*len(x.pad(1, 1, 'reflect')) == 0*n", X, ["n >= 2"], True),
    ("len(x.pad(1, 1, 'reflect'))**0 + n == n + 1", X, ["n >= 2"], True),
    ("x.pad(0*len(x.pad(1, 1, 'reflect')), 0) == x", X, ["n >= 2"], True),
    ("(x.correlate(k) + x.correlate(h)).length == x.correlate(k).length", XKH, ["c == d"], True),
    (
        "x.correlate(k).multiply(x.correlate(h)).length == n - c + 1",
        XKH,
        ["c == d", "n >= c"],
        True,
    ),
    ("x.correlate(k.pad(-1, -1)).length == n - c + 3", XK, ["n >= c", "c >= 3"], True),
    ("x.correlate(k.pad(-1, -1)).length == n - c + 2", XK, ["n >= c", "c >= 3"], False),
    (
        "x.correlate(k.downsample(2, offset=1)).length == n - c//2 + 1",
        XK,
        ["n >= c", "c >= 2"],
        True,
    ),
    ("x.conv_transpose(k.pad(-1, 0)).length == n + c - 2", XK, ["c >= 2", "n >= 1"], True),
    ("iff(x.pad(1, 1, 'reflect').length >= 5, n >= 3)", X, ["n >= 2"], True),
    ("iff(x.pad(1, 1, 'reflect').length >= 5, n >= 4)", X, ["n >= 2"], False),
    ("iff(n >= 3, x.pad(1, 1, 'reflect').length >= 5 and n >= 1)", X, ["n >= 2"], True),
    ("iff(x.pad(1, 1, 'reflect').length >= 3 or n >= 0, n >= 0)", X, ["n >= 2"], True),
    ("iff(x.pad(1, 1, 'reflect').length >= 3 or 1 >= 0, n >= 0)", X, ["n >= 2"], True),
    ("iff(not (x.pad(1, 1, 'reflect').length < 5 and 0 >= 1), n >= 0)", X, ["n >= 2"], True),
    ("0*x.pad(1, 1, 'reflect') == 0*x.pad(1, 1)", X, ["n >= 2"], True),
    ("x.pad(1, 1, 'reflect').pad(-1, -1) == x", X, ["n >= 2"], True),
    ("x.pad(len(x.pad(1, 1, 'reflect')) - n - 2, 0) == x", X, ["n >= 2"], True),
    ("x.downsample(2, offset=len(x.pad(1, 1, 'reflect'))).length == 0*n", X, ["n >= 2"], True),
    ("x.downsample(len(x.pad(1, 1, 'reflect'))).length == 1", X, ["n >= 2"], True),
    ("ones(len(x.pad(1, 1, 'reflect'))) == ones(n + 2)", X, ["n >= 2"], True),
]
TEXT_IDS = [text for text, *_ in TEXTS]
each_text = pytest.mark.parametrize(("text", "signals", "given", "truth"), TEXTS, ids=TEXT_IDS)


@each_text
def test_what_is_undefined_somewhere_is_refused(
    text: str, signals: Mapping[str, str], given: list[str], truth: bool
) -> None:
    claim = parse_claim(text, signals=signals).claim
    with pytest.raises(SymconvError) as caught:
        claim.prove()
    check_refusal(claim, str(caught.value))
    with pytest.raises(SymconvError):
        claim.condition()


def check_refusal(claim: Claim, message: str) -> None:
    """A refusal names the hypothesis that is missing, and lengths at which it is missed."""
    assert "hypothesis" in message, message
    assert "\n" not in message
    at = re.search(r"\(at ([^()]*)\)$", message)
    assert at, message
    lengths = {name: int(v) for name, v in re.findall(r"(\w+) = (-?\d+)", at[1])}
    assert lengths.keys() == {symbol.name for symbol in claim.symbols}
    assert not brute_force.is_defined(claim, lengths), f"{claim} is defined at {lengths}"
    # The smallest such lengths are named.
    smallest = next(
        at for at in brute_force.small_lengths(claim, 12) if not brute_force.is_defined(claim, at)
    )
    assert lengths == smallest, f"{claim} is not defined at {smallest} already"


@each_text
def test_a_hypothesis_settles_it(
    text: str, signals: Mapping[str, str], given: list[str], truth: bool
) -> None:
    claim = parse_claim(text, signals=signals, given=given).claim
    verdict = brute_force.checked_verdict(claim, 9, 300)
    assert isinstance(verdict, Proved if truth else Refuted), verdict
    if truth:
        assert verdict.is_complete  # type: ignore[union-attr]
    brute_force.check_condition(claim, 9, 300)


@each_text
def test_each_hypothesis_is_needed(
    text: str, signals: Mapping[str, str], given: list[str], truth: bool
) -> None:
    # With one of them less it is undefined, or false.
    for dropped in range(len(given)):
        rest = given[:dropped] + given[dropped + 1 :]
        claim = parse_claim(text, signals=signals, given=rest).claim
        verdict = brute_force.checked_verdict(claim, 9, 300)
        assert not isinstance(verdict, Proved), f"{given[dropped]}: {verdict}"


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        ("x.pad(5, 5, 'circular').length == 12", {"x": "2"}),
        ("x.pad(1, 1, 'reflect').length == 3", {"x": "1"}),
        ("x.pad(1, 1, 'reflect') == x.pad(1, 1, 'reflect')", {"x": "1"}),
        ("iff(x.pad(5, 5, 'circular').length >= 12, True)", {"x": "2"}),
        ("x.pad(0, 1, 'replicate').length == 1", {"x": "0"}),
    ],
)
def test_what_is_undefined_everywhere_is_refused(text: str, signals: Mapping[str, str]) -> None:
    claim = parse_claim(text, signals=signals).claim
    assert not brute_force.is_defined(claim, {})
    with pytest.raises(SymconvError, match="more entries than"):
        claim.prove()


def test_enough_entries_at_numbers() -> None:
    for size in range(1, 8):
        for amount in range(5):
            claim = Claim(Signal("x", size).pad(amount, 0, "circular").length, size + amount)
            if amount <= size:
                assert isinstance(claim.prove(), Proved)
            else:
                with pytest.raises(SymconvError, match="more entries than"):
                    claim.prove()


@pytest.mark.parametrize("mode", ["reflect", "symmetric", "replicate", "circular"])
def test_padding_by_nothing_copies_nothing(mode: Any) -> None:
    """Of a signal without entries too: what an amount p is at 0 is what 0 is."""
    empty, y = Signal("x", 0), Signal("x", p)
    assert empty.pad(0, 0, mode).evaluate(x=[]) == []
    assert y.pad(p, p, mode).length.subs(p, 0) == 0
    if mode != "reflect":  # of p entries there are p to be copied, of which one stands at the end
        for claim in (Claim(y.pad(p, 0, mode)[p:], y), Claim(y.pad(0, p, mode)[:p], y)):
            assert brute_force.is_defined(claim, {"p": 0})
            assert isinstance(claim.prove(), Proved)
    else:
        with pytest.raises(SymconvError, match="more entries than"):
            Claim(y.pad(p, 0, mode)[p:], y).prove()
        assert isinstance(Claim(y.pad(p, 0, mode)[p:], y, given=[p <= 0]).prove(), Proved)
    with pytest.raises(SymconvError, match="more entries than"):
        Claim(empty.pad(0, p, mode), empty.pad(0, p, mode)).prove()
    assert isinstance(Claim(empty.pad(0, p, mode), empty, given=[p <= 0]).prove(), Proved)


# --- hypotheses about lengths ----------------------------------------------------------


def test_a_hypothesis_about_a_length_has_to_be_defined() -> None:
    claim = parse_claim("x.pad(0, 1) == x", signals=X, given=["x.pad(1, 1, 'reflect').length >= 3"])
    with pytest.raises(SymconvError, match=r"more entries than .* hypothesis .*\(at n = 0\)$"):
        claim.claim.prove()
    with pytest.raises(SymconvError, match="more entries than"):
        claim.claim.condition()


@pytest.mark.parametrize("length", ["x.pad(1, 1, 'reflect').length", "len(x.pad(1, 1, 'reflect'))"])
@pytest.mark.parametrize("order", [1, -1])
def test_hypotheses_make_each_other_defined(length: str, order: int) -> None:
    given = ["n >= 2", f"{length} >= 6"][::order]
    claim = parse_claim("x.pad(0, 1) == x", signals=X, given=given).claim
    verdict = brute_force.checked_verdict(claim, 12, 300)
    assert isinstance(verdict, Refuted)
    assert verdict.counterexample.lengths == {"n": 4}


def test_a_hypothesis_about_a_length_does_not_make_itself_defined() -> None:
    # That the length is 4 or more follows from n ≥ 2, but says nothing where there is none.
    given = ["x.pad(1, 1, 'reflect').length >= 4"]
    claim = parse_claim("x == x", signals=X, given=given).claim
    with pytest.raises(SymconvError, match="more entries than"):
        claim.prove()


def test_a_length_in_a_hypothesis_excludes_what_it_says() -> None:
    claim = Claim(x.pad(0, 1), x, given=[n >= 2, mirrored.length >= 7])
    assert claim.at(n=5).lengths == {"n": 5}
    with pytest.raises(SymconvError, match="contradicts the hypothesis"):
        claim.at(n=4)
    with pytest.raises(SymconvError, match="contradicts the hypothesis"):
        claim.at(n=1)


# --- amounts, entries and formulas -----------------------------------------------------

MIRRORED = mirrored.length  # n + 2
AMOUNTS: Mapping[str, Callable[[Any], SignalExpr]] = {
    "a padding": lambda size: y.pad(size, 0),
    "a padding on the right": lambda size: y.pad(1, size + 1),
    "a cropping": lambda size: y.pad(-size, 0),
    "a mirrored padding": lambda size: y.pad(size, 2 * n, "reflect").pad(-size, 0),
    "a factor": lambda size: y.downsample(size),
    "a dilation": lambda size: y.dilate(size),
    "an offset": lambda size: y.downsample(2, offset=size),
    "a stride": lambda size: y.correlate(k, stride=size),
    "a dilation of a layer": lambda size: y.correlate(k, dilation=size),
    "a stride of a transposed layer": lambda size: y.conv_transpose(k, stride=size),
    "a padding of a transposed layer": lambda size: y.conv_transpose(k, padding=size),
    "an output padding": lambda size: y.conv_transpose(k, output_padding=size),
    "a size of SAME padding": lambda size: y.pad_same(size),
    "a stride of SAME padding": lambda size: y.pad_same(3, stride=size),
    "a stride of a pool": lambda size: y.avg_pool(2, stride=size),
    "a padding of a pool": lambda size: y.avg_pool(2, padding=size),
    "a length of ones": lambda size: Signal.ones(size),
    "a length of a signal": lambda size: Signal("w", size),
    "a length of a formula": lambda size: Signal.from_formula(u, y[u], length=size),
    "a position": lambda size: Signal.from_formula(u, y[u + size], length=n),
    "a position of a padded signal": lambda size: Signal.from_formula(
        u, y.pad(1, 1)[u - size], length=n
    ),
    "an index": lambda size: Signal.from_formula(u, y.pad(3, n).formula(size), length=n),
    "a limit": lambda size: Signal.from_formula(u, Sum(y[j], (j, 0, size)), length=n),
    "a condition": lambda size: Signal.from_formula(
        u, Piecewise((y[u], u < size), (0, True)), length=n
    ),
}


def same(signal: SignalExpr) -> SignalExpr:
    """The same signal, built in another way."""
    return signal.flip().flip()


@pytest.mark.parametrize("name", [name for name in AMOUNTS if name != "a mirrored padding"])
def test_amounts_that_are_lengths_have_to_be_defined(name: str) -> None:
    try:
        made = AMOUNTS[name](MIRRORED)
    except SymconvError as error:
        assert "hypothesis" in str(error)  # noqa: PT017 - refused at once is as well
        return
    claim = Claim(same(made), made)
    with pytest.raises(SymconvError, match=r"needs more entries than x .* hypothesis"):
        claim.prove()
    with pytest.raises(SymconvError, match="more"):
        Claim(made.length, made.length + p - p).prove()


@pytest.mark.parametrize("name", [name for name in AMOUNTS if name != "a mirrored padding"])
def test_a_hypothesis_makes_amounts_that_are_lengths_defined(name: str) -> None:
    made = AMOUNTS[name](MIRRORED)
    verdict = Claim(same(made), made, given=[n >= 2]).prove()
    assert isinstance(verdict, Proved), verdict
    plain = AMOUNTS[name](n + 2)
    verdict = Claim(made, plain, given=[n >= 2]).prove()
    assert isinstance(verdict, Proved), verdict


def test_fixed_lengths_are_checked_too() -> None:
    claim = Claim(MIRRORED, n + 2)
    assert claim.at(n=2).holds
    with pytest.raises(SymconvError, match="more than there are"):
        claim.at(n=1)
    with pytest.raises(SymconvError, match="more"):
        claim.specialised({n: 1}).prove()
    assert isinstance(claim.specialised({n: 2}).prove(), Proved)


def test_fixed_lengths_of_amounts_are_checked_too() -> None:
    claim = Claim(y.pad(MIRRORED - n - 2, 0), y)
    assert isinstance(claim.specialised({n: 2}).prove(), Proved)
    with pytest.raises(SymconvError, match="more"):
        claim.specialised({n: 1}).prove()


ENTRIES: Mapping[str, tuple[SignalExpr, Boolean, str]] = {
    "reflected": (mirrored, n >= 2, "reflect padding by 1 and 1 needs more entries"),
    "reflected ones": (Signal.ones(n).pad(1, 1, "reflect"), n >= 2, "needs more entries"),
    "reflected taps": (Signal.taps(1, 2, 3).pad(p, p, "reflect"), p <= 2, "needs more entries"),
    "nothing of a reflection": (mirrored - mirrored, n >= 2, "needs more entries"),
    "zero times a reflection": (0 * mirrored, n >= 2, "needs more entries"),
    "a reflection of a reflection": (
        mirrored.pad(3, 0, "reflect"),
        n >= 2,
        "needs more entries than x could",
    ),
    "a sum": (x + Signal("w", c), Eq(n, c), "cannot add x and w: their lengths n and c could"),
    "a product": (x.multiply(Signal("w", c)), Eq(n, c), "cannot multiply x and w"),
    "a layer": (x.correlate(k.pad(-1, 0)), c >= 2, "the kernel .* could be empty"),
    "a transposed layer": (x.conv_transpose(k.pad(-1, 0)), c >= 2, "the kernel .* could be empty"),
}
POSITIONS: Mapping[str, Expr | int] = {
    "u": u,
    "u - 2": u - 2,
    "n - u": n - u,
    "0": 0,
    "1 - n": 1 - n,
}


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("place", POSITIONS)
@pytest.mark.parametrize("inside", [False, True])
def test_entries_of_what_is_undefined(name: str, place: str, inside: bool) -> None:
    signal, given, message = ENTRIES[name]
    position = POSITIONS[place]
    entry = signal.formula(position) if inside else signal[position]
    copied = Signal.from_formula(u, entry, length=n)
    claims = [
        ((same(copied), copied), ()),
        ((copied.length, n), ()),
        ((x.pad(copied.length - n, 0), x), ()),
    ]
    for sides, more in claims:
        with pytest.raises(SymconvError, match=message + ".* hypothesis"):
            Claim(*sides, given=more).prove()
        assert isinstance(Claim(*sides, given=[given, *more]).prove(), Proved)


def test_entries_of_what_is_undefined_in_sums_and_conditions() -> None:
    summed = Signal.from_formula(u, Sum(mirrored[j], (j, 0, u)), length=n)
    chosen = Signal.from_formula(u, Piecewise((mirrored[u], u > 3), (0, True)), length=n)
    multiplied = Signal.from_formula(u, mirrored[u] * x[u] - 1, length=n)
    for signal in (summed, chosen, multiplied):
        with pytest.raises(SymconvError, match="needs more entries than x could"):
            Claim(same(signal), signal).prove()
        verdict = Claim(same(signal), signal, given=[n >= 2]).prove()
        assert isinstance(verdict, Proved), verdict
        with pytest.raises(SymconvError, match="more"):
            signal.vector(n=1)
        assert len(signal.vector(n=2)) == 2


@pytest.mark.parametrize(
    "signal",
    [
        Signal("x", n + 1).pad(1, 1, "reflect"),
        Signal("x", p + 2).pad(1, 1, "reflect"),
        Signal("x", n).pad(1, 1, "symmetric"),
        Signal("x", n).pad(7, 7, "replicate"),
        Signal("x", n).pad(n, 0, "circular"),
        Signal("x", p).pad(0, p, "circular"),
        x.correlate(Signal("k", c + 1).pad(-1, 0)),
        Signal.interleave(x, h),
        Signal.interleave(*x.phases(3)),
    ],
    ids=str,
)
def test_entries_of_what_symbols_define_can(signal: SignalExpr) -> None:
    reread = Signal.from_formula(u, signal[u], length=signal.length)
    verdict = Claim(reread, signal).prove()
    assert isinstance(verdict, Proved), verdict


# --- kernels ---------------------------------------------------------------------------

LAYERS: Mapping[str, Callable[[SignalExpr, SignalExpr], SignalExpr]] = {
    "correlate": lambda x, k: x.correlate(k),
    "correlate, strided and dilated": lambda x, k: x.correlate(k, stride=2, dilation=3),
    "conv_transpose": lambda x, k: x.conv_transpose(k),
    "conv_transpose, strided": lambda x, k: x.conv_transpose(k, stride=2),
    "conv_transpose, dilated and padded": lambda x, k: x.conv_transpose(
        k, stride=2, dilation=2, padding=1, output_padding=1
    ),
}
each_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@each_layer
def test_a_kernel_is_not_empty(layer: Callable[[SignalExpr, SignalExpr], SignalExpr]) -> None:
    with pytest.raises(SymconvError, match=r"kernel .* is empty; a layer's kernel has"):
        layer(x, Signal("k", 0))
    with pytest.raises(SymconvError, match=r"kernel .* is empty; a layer's kernel has"):
        layer(x, Signal.taps())
    with pytest.raises(SymconvError, match=r"could be empty, .* hypothesis p >= 1"):
        layer(x, Signal("k", p))
    with pytest.raises(SymconvError, match=r"could be empty, .* hypothesis p >= 1"):
        layer(x, Signal("k", p).flip())


@each_layer
def test_a_kernel_that_hypotheses_fill(
    layer: Callable[[SignalExpr, SignalExpr], SignalExpr],
) -> None:
    made = layer(x, k.pad(-1, 0))
    with pytest.raises(SymconvError, match=r"kernel .* could be empty; add the hypothesis"):
        Claim(same(made), made).prove()
    with pytest.raises(SymconvError, match=r"kernel .* could be empty; add the hypothesis"):
        Claim(made.length, made.length).prove()
    assert isinstance(Claim(same(made), made, given=[c >= 2]).prove(), Proved)
    with pytest.raises(SymconvError, match=r"kernel .* is empty"):
        made.vector(n=3, c=1)
    with pytest.raises(SymconvError, match=r"kernel .* is empty"):
        made.evaluate(x=[1, 2], k=[1])
    assert len(made.vector(n=8, c=2)) == brute_force.value(made.length, {"n": 8, "c": 2})


@each_layer
def test_a_text_assumes_that_a_kernel_is_not_empty(
    layer: Callable[[SignalExpr, SignalExpr], SignalExpr],
) -> None:
    forms = {
        "x.correlate(k)": "correlate(k)",
        "x.correlate(k, stride=2)": "correlate(k, stride=2)",
        "x.conv_transpose(k)": "conv_transpose(k)",
        "x.conv_transpose(k, stride=s)": "conv_transpose(k, stride=s)",
    }
    for text in forms:
        parsed = parse_claim(f"{text} == {text}", signals=XK)
        assumed = {a.name: a for a in parsed.assumed}
        assert str(assumed["c"]) == "c ≥ 1"
        assert isinstance(parsed.claim.prove(), Proved)
    assert layer(x, k).length is not None


def test_the_length_of_a_transposed_layer() -> None:
    parsed = parse_claim(
        "x.conv_transpose(k, stride=s).length == (n - 1)*s + c", signals=XK, given=["n >= 1"]
    )
    verdict = parsed.claim.prove()
    assert isinstance(verdict, Proved)
    assert verdict.is_complete
    without = parse_claim("x.conv_transpose(k, stride=s).length == (n - 1)*s + c", signals=XK).claim
    verdict = without.prove()
    assert isinstance(verdict, Refuted)
    brute_force.check_verdict(without, verdict, 12)
    # Nothing has no length: 0 where (n − 1)·s + c is 1 − 2.
    assert verdict.counterexample.lengths == {"c": 1, "n": 0, "s": 2}


# --- conditions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "given"),
    [(Eq(mirrored.length, 7), n >= 2), (mirrored.length > 4, n > 1), (mirrored.length >= n, n > 2)],
    ids=str,
)
def test_conditions_about_lengths(condition: Boolean, given: Boolean) -> None:
    with pytest.raises(SymconvError, match=r"more entries than .* hypothesis"):
        Claim(condition, n >= 0).prove()
    with pytest.raises(SymconvError, match=r"more entries than .* hypothesis"):
        Claim(n >= 0, condition).prove()
    claim = Claim(condition, n >= 0, given=[given])
    verdict = brute_force.checked_verdict(claim, 12)
    assert isinstance(verdict, Proved | Refuted)
    brute_force.check_condition(claim, 12)


def test_claims_show_the_lengths_that_were_compared() -> None:
    assert str(Claim(mirrored.length, n + 2)) == "x.pad(1, 1, 'reflect').length == n + 2"
    length: Expr = mirrored.length
    assert str(length) == "n + 2"


def test_lengths_of_foreign_symbols_stand_for_themselves() -> None:
    (size,) = symbols("n,", integer=True, positive=True)
    signal = Signal("x", size).pad(-1, -1)
    assert str(signal.length) == "Max(0, n - 2)"
    for number in range(1, 6):
        expected = max(0, number - 2)
        assert signal.length.subs(size, number) == expected
        assert signal.length.xreplace({size: number}) == expected
        assert (signal.length + 1).xreplace({size: number}) == expected + 1
        assert (2 * signal.length).subs({size: number}) == 2 * expected


def test_lengths_in_formulas_follow_their_symbols() -> None:
    """A mean that leaves out the padding holds the length of what it is taken of."""
    n, m = integers("n m", positive=True)

    def pooled(length: Expr | int) -> SignalExpr:
        once = Signal("x", length).avg_pool(2, stride=2, padding=1, count_include_pad=False)
        return once.avg_pool(3, stride=2, count_include_pad=False)

    longer = substituted(pooled(2 * n), {n: n + 1})
    assert isinstance(Claim(longer, pooled(2 * n + 2)).prove(), Proved)
    assert longer.vector(n=2) == pooled(6).vector()
    again = substituted(longer, {n: m + n})
    assert again.vector(m=1, n=2) == pooled(8).vector()
    assert isinstance(Claim(substituted(again, {m: 1, n: 2}), pooled(8)).prove(), Proved)

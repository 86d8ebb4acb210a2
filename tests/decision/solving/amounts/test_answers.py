"""Unknown amounts: paddings, strides and dilations with which claims hold for all lengths."""

from __future__ import annotations

import json
import pickle
import random
from collections import Counter
from typing import Any

import pytest
from sympy import And, Eq, Max, Mod, Or, Piecewise, Symbol, false, floor, true

from symconv import (
    Claim,
    Pointwise,
    Signal,
    SignalExpr,
    SymconvError,
    Tensor,
    Undecided,
    integers,
    solve,
    solve_amounts,
)
from symconv.arithmetic import limits
from symconv.decision.solving.inputs import sizes_of_inputs
from symconv.errors import VacuousError
from tests.generators.random_claims import is_symbolic, random_claim
from tests.oracles.amounts import check_amounts
from tests.oracles.brute_force import small_lengths

n, c, d, s, t, D = integers("n c d s t D", positive=True)
l, r, p, q, P = integers("l r p q P", nonnegative=True)
z = integers("z")
x, k, h = Signal("x", n), Signal("k", c), Signal("h", d)
four = Eq(Mod(n, 4), 0)


def same(one: Any, other: Any) -> bool:
    """Whether two conditions say the same of their symbols."""
    return bool(Claim(one, other).prove())


# --- paddings ------------------------------------------------------------------------


def test_two_layers_of_stride_two_have_a_quarter_of_the_outputs() -> None:
    y = x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2)
    found = solve_amounts(Claim(y.length, n / 4, given=four), l, r, for_all=[n])
    assert found.condition == And(l + r >= 3 * c - 6, l + r <= 3 * c - 3)
    assert (found.exists, found.allowed, found.kind) == (true, true, "some")
    assert (found.values, found.is_unique, found.tried) == ({}, False, {})
    assert found.is_complete
    assert str(found) == "exactly for 3c − 6 ≤ l + r ≤ 3c − 3, for all n, given n mod 4 = 0"
    assert check_amounts(found, 7, largest=24, far=40, most=200) == 200


@pytest.mark.parametrize("kernel", [k, Signal("k", 3)])
def test_a_single_padding_instead_of_two(kernel: Signal) -> None:
    two = x.pad(p, p).correlate(kernel).pad(q, q).correlate(h)
    found = solve_amounts(Claim(two, x.pad(P, P).correlate(kernel.convolve(h))), P)
    assert found.values == {P: p + q}
    assert same(found.exists, Or(Eq(q, 0), kernel.length <= p + 1))
    assert same(found.condition, And(found.exists, Eq(P, p + q)))
    assert found.is_unique
    assert found.for_all == (n,)
    assert check_amounts(found, 3, largest=9, most=80) == 80


def test_the_same_length() -> None:
    y = x.pad(l, r).correlate(k)
    found = solve_amounts(Claim(y.length, n), l, r, for_all=[n])
    assert found.condition == Eq(l + r, c - 1)
    even = solve_amounts(Claim(y.length, n, given=[Eq(l, r)]), l, r, for_all=[n])
    assert even.exists == Eq(Mod(c, 2), 1)
    assert even.is_unique
    assert {s: str(value) for s, value in even.values.items()} == {l: "(c - 1)/2", r: "(c - 1)/2"}
    assert same(even.condition, And(Eq(l, r), Eq(l + r, c - 1)))
    # Of what the hypothesis does not allow, the condition says that it does not serve.
    assert even.condition.subs({c: 3, l: 0, r: 2}) == false
    one = solve_amounts(Claim(x.pad(p, p).correlate(k).length, n), p, for_all=[n])
    assert str(one) == "exactly p = (c − 1)/2 where c mod 2 = 1, for all n"


def test_it_is_another_question_for_some_lengths() -> None:
    claim = Claim(n + P, 2 * n)
    assert solve_amounts(claim, P, for_all=[n]).kind == "none"
    each = solve_amounts(claim, P, for_all=[])
    assert each.values == {P: n}
    assert str(each) == "exactly P = n"


def test_none_and_all() -> None:
    none = solve_amounts(Claim(x.correlate(k), x.pad(p, 1)), p)
    assert (none.kind, none.condition, none.exists) == ("none", false, false)
    assert (none.values, none.is_unique) == ({}, None)
    assert str(none) == "no such amount, for all n"
    every = solve_amounts(Claim(x.pad(p, q), x.pad(p, 0).pad(0, q)), p, q)
    assert (every.kind, every.condition, every.exists) == ("all", true, true)
    assert every.is_unique is False
    assert str(every) == "all p, q, for all n"


def test_amounts_may_be_negative() -> None:
    found = solve_amounts(Claim(x.pad(z, 1), x.pad(-1, 1)), z)
    assert found.values == {z: -1}


def test_some_unknowns_are_determined_and_others_not() -> None:
    claim = Claim(x.pad(P, 0).pad(l, r), x.pad(l, r).pad(P, 0), given=[Eq(P, 2 * q), l >= r])
    found = solve_amounts(claim, P, l)
    assert found.values == {P: 2 * q}
    assert found.is_unique is False
    assert check_amounts(found, 4, most=100) > 20


def test_a_formula_with_floors_or_cases() -> None:
    assert solve_amounts(Claim(P, c // 2), P, for_all=[]).values == {P: floor(c / 2)}
    largest = solve_amounts(Claim(P, Max(c, d)), P, for_all=[])
    assert largest.values == {P: Piecewise((c, c >= d), (d, True))}
    assert largest.is_unique
    assert "P = (c if c ≥ d, else d)" in str(largest)


# --- strides and dilations -----------------------------------------------------------


def test_the_stride_of_two_layers() -> None:
    both = x.correlate(k, stride=2).correlate(h, stride=2)
    claim = Claim(both, x.correlate(k.convolve(h.dilate(2)), stride=s))
    found = solve_amounts(claim, s, among={s: range(1, 9)})
    assert str(found) == "only s = 4, of 1 to 8, for all n"
    assert found.condition == Eq(s, 4)
    assert (found.is_unique, found.is_complete) == (True, False)
    assert found.tried == {s: tuple(range(1, 9))}
    assert found.scope == "all n, s from 1 to 8"
    assert solve_amounts(claim, among={s: range(1, 9)}).condition == found.condition
    # Without a range there is one, beyond which others may serve.
    some = solve_amounts(claim, s)
    assert some.condition == Eq(s, 4)
    assert (some.is_unique, some.is_complete) == (None, False)
    assert max(some.tried[s]) == limits.STRIDES_TRIED[1]
    bounded = solve_amounts(Claim(claim.lhs, claim.rhs, given=[s <= 5]), s)
    assert (bounded.is_unique, bounded.is_complete) == (True, True)


def test_stride_and_dilation() -> None:
    both = x.correlate(k, stride=2).correlate(h, stride=2)
    claim = Claim(both, x.correlate(k.convolve(h.dilate(D)), stride=s))
    found = solve_amounts(claim, s, D, among={s: range(1, 9), D: range(1, 5)})
    assert found.values == {s: 4}
    assert same(found.condition, And(Eq(s, 4), D <= 4, Or(Eq(D, 2), Eq(d, 1))))
    assert found.is_unique is False
    assert check_amounts(found, 3, largest=12, most=60) == 60


def test_symbols_that_are_neither_unknown_nor_lengths_may_stand_in_products() -> None:
    both = x.correlate(k, stride=2).correlate(h, stride=t)
    claim = Claim(both, x.correlate(k.convolve(h.dilate(2)), stride=s))
    found = solve_amounts(claim, s, among={s: range(1, 9), t: range(1, 5)})
    assert found.values == {s: 2 * t}
    assert found.exists == true
    assert "tried for" in str(found)


def test_a_formula_with_a_stride_is_found_by_numbers_and_proved_for_all() -> None:
    two = x.pad(p, p).correlate(k, stride=s).pad(q, q).correlate(h)
    one = x.pad(P, P).correlate(k.convolve(h.dilate(s)), stride=s)
    found = solve_amounts(Claim(two, one), P)
    assert found.values == {P: p + q * s}
    assert same(found.exists, Or(Eq(q, 0), c <= p + 1))
    assert found.beyond == found.exists
    assert found.is_unique is None  # for larger strides others might serve too
    assert str(found) == (
        "exactly P = p + q·s where q = 0 or c ≤ p + 1, for all n, tried for s from 1 to 6\n"
        "That P = p + q·s serves is proved for all s where q = 0 or c ≤ p + 1."
    )
    assert check_amounts(found, 2, largest=9, most=100) > 50


def test_a_formula_for_a_stride() -> None:
    both = x.correlate(k, stride=D).correlate(h, stride=t)
    claim = Claim(both, x.correlate(k.convolve(h.dilate(D)), stride=s))
    few = range(1, 4)
    found = solve_amounts(claim, s, among={s: range(1, 10), t: few, D: few})
    assert (found.values, found.beyond, found.is_unique) == ({s: D * t}, true, True)


def test_a_formula_that_is_not_always_an_amount() -> None:
    claim = Claim(x.pad(P, P).correlate(k, dilation=D).length, n)
    found = solve_amounts(claim, P, for_all=[n])
    assert str(found.values[P]) == "(D*c - D)/2"
    assert found.beyond == true
    assert "serves, where P may be that, is proved for all D" in str(found)


def test_no_formula_where_numbers_do_not_suggest_one() -> None:
    found = solve_amounts(Claim(P, s * s), P, for_all=[], among={s: range(1, 6)})
    assert P not in found.values
    assert found.beyond is None
    assert found.is_unique
    # Through the first two numbers goes a line, which the third one is not on.
    line = solve_amounts(Claim(P, s * s), P, for_all=[], among={s: [1, 2]})
    assert (str(line.values[P]), line.beyond) == ("3*s - 2", None)


def test_a_product_that_is_proved_for_all_needs_no_numbers() -> None:
    y = x.pad(p, q).correlate(k, stride=s)
    found = solve_amounts(Claim(y, x.pad(p, 0).pad(0, q).correlate(k, stride=s)), p, q)
    assert (found.kind, found.tried, found.is_complete) == ("all", {}, True)


def test_lengths_may_be_tried_too() -> None:
    claim = Claim(x.pad(P, 0).length, 2 * n)
    found = solve_amounts(claim, P, for_all=[n], among={n: [3]})
    assert found.values == {P: 3}
    assert solve_amounts(claim, P, for_all=[n], among={n: [3, 4]}).kind == "none"


def test_numbers_for_which_nothing_is_defined_are_named() -> None:
    claim = Claim(x.correlate(Signal("k", p + q)).length, n - 1, given=[n >= 3])
    found = solve_amounts(claim, for_all=[n], among={p: range(3), q: range(3)})
    assert same(found.condition, And(Eq(p + q, 2), p <= 2, q <= 2))
    assert [(one.at, one.is_defined) for one in found.left] == [({p: 0, q: 0}, False)]
    assert "\nNot defined for p = 0, q = 0: " in str(found)
    assert found.is_unique is False
    with pytest.raises(SymconvError, match="with p = 0, q = 0"):
        solve_amounts(claim, for_all=[n], among={p: [0], q: [0]})


# --- functions -----------------------------------------------------------------------


def test_functions_and_maxima_number_by_number() -> None:
    pools = Claim(x.max_pool(2, stride=2).max_pool(2, stride=2), x.max_pool(4, stride=s))
    assert solve_amounts(pools, s, among={s: range(1, 7)}).values == {s: 4}
    f = Pointwise("f", at_zero=0)
    moved = Claim(f(x.pad(3, 0)), f(x).pad(P, 0))
    with pytest.raises(Undecided, match="numbers for all symbols but those in for_all"):
        solve_amounts(moved, P)
    assert solve_amounts(moved, P, among={P: range(5)}).values == {P: 3}
    # One counterexample tells nothing of which paddings p it needs.
    with pytest.raises(Undecided, match="with P = 0"):
        solve_amounts(Claim(f(x.pad(p, 0)), f(x).pad(P, 0)), P, among={P: range(5)})
    proved = solve_amounts(Claim(f(x.pad(p, 0)), f(x).pad(p, 0)), p)
    assert (proved.kind, proved.is_complete) == ("all", True)


def test_what_is_not_decided_is_named() -> None:
    f = Pointwise("f", at_zero=0)
    claim = Claim(f(x.pad(p, 0)), f(x).pad(p * s, 0))
    found = solve_amounts(claim, s, among={s: [1, 2]})
    assert [one.at for one in found.left] == [{s: 2}]
    assert found.left[0].is_defined
    assert str(found).startswith("as far as it is decided, only s = 1, of 1 to 2, for all n")
    assert "Not decided for s = 2" in str(found)
    assert found.is_unique is None  # 2 might serve too


# --- hypotheses ----------------------------------------------------------------------


def test_amounts_without_any_lengths_do_not_serve() -> None:
    claim = Claim(x.pad(p, q), x.pad(p, 0).pad(0, q), given=[p + q <= n, n <= 5])
    found = solve_amounts(claim, p, q)
    assert found.kind == "all"
    assert found.condition == found.allowed == (p + q <= 5)
    assert str(found).startswith("all p, q with p + q ≤ 5, for all n, given")
    with pytest.raises(VacuousError):
        solve_amounts(Claim(claim.lhs, claim.rhs, given=[n < 1]), p)
    with pytest.raises(VacuousError, match="none of the numbers"):
        solve_amounts(claim, p, q, among={p: [7, 8]})


def test_hypotheses_on_the_other_symbols_are_not_repeated() -> None:
    claim = Claim(x.pad(p, p).correlate(k).length, n, given=Eq(Mod(c, 2), 1))
    found = solve_amounts(claim, p, for_all=[n])
    assert found.exists == true
    assert found.condition == Eq(2 * p, c - 1)


def test_hypotheses_on_taps() -> None:
    y = x.pad(P, P).correlate(k.flip())
    claim = Claim(y, x.pad(p, p).correlate(k), given=k == k.flip())
    found = solve_amounts(claim, P)
    assert found.values == {P: p}
    assert "k = " in str(found)


def test_a_hypothesis_with_a_product() -> None:
    claim = Claim(x.pad(P, 0), x.pad(q, 0), given=[s * q <= n])
    found = solve_amounts(claim, P)
    assert found.values == {P: q}
    assert found.tried


# --- which symbols stand for all lengths ---------------------------------------------


def test_sizes_of_inputs() -> None:
    channels, height, out = integers("C H O", positive=True)
    image, w = Tensor("image", (channels, height, n)), Tensor("w", (out, channels, 3, 3))
    b = Tensor("b", (out,))
    shapes = [w.lengths, b.lengths]
    assert sizes_of_inputs([image.lengths], shapes) == {"H", "n"}
    assert sizes_of_inputs([image.lengths, w.lengths], shapes[1:]) == {"C", "H", "n"}
    layer = image.conv(w, bias=b)
    found = solve_amounts(Claim(layer.pad(0, P, axis=1), layer.pad(0, 1, axis=1)), P)
    assert found.for_all == (height, n)
    assert sizes_of_inputs([x.lengths, Signal("b", n - c + 1).lengths], [k.lengths]) == {"n"}
    # All that ask for all sizes of the input ask for the same ones, without numbers of channels.
    assert solve(layer, lambda W: image.conv(W, bias=b), shape=w.shape).for_all == [height, n]
    # What is asked for is no length, even if it is one of an input.
    assert solve_amounts(Claim(x.pad(n, 0), x.pad(3, 0)), n).for_all == ()


def test_images() -> None:
    channels, height, width, out = integers("C H W O", positive=True)
    image, w = Tensor("image", (channels, height, width)), Tensor("w", (out, channels, 3, 3))
    found = solve_amounts(Claim(image.conv(w, padding=P).shape[1], height), P, for_all=[height])
    assert found.values == {P: 1}
    padded = image.pad(1, 1, axis=1).pad(1, 1, axis=2).conv(w)
    found = solve_amounts(Claim(image.conv(w, padding=P), padded), P)
    assert found.values == {P: 1}
    assert set(found.for_all) == {height, width}


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknowns", "more", "message"),
    [
        ((), {}, "say which amounts are unknown"),
        ((z,), {}, "no unknown z: z is not a symbol of the claim, which has P, n"),
        (("P",), {}, "'P' is not a SymPy symbol"),
        (([P],), {}, "one after the other, and not as a list"),
        ((10**5000,), {}, "no unknown a number too long to be written"),
        ((Symbol("P", integer=True),), {}, "with different assumptions"),
        ((P,), {"for_all": [P]}, "P is unknown, and in for_all too"),
        ((P,), {"for_all": [z]}, "z is not a symbol"),
        ((P,), {"for_all": n}, "expected a list of symbols"),
        ((P,), {}, "names no input.*for_all=\\[n\\]"),
        ((P,), {"among": [1, 2]}, "expected numbers such as"),
        ((P,), {"among": {z: [1]}}, "z is not a symbol"),
        ((P,), {"among": {P: 3}}, "expected numbers for P"),
        ((P,), {"among": {P: [1.5]}}, "must be an integer"),
        ((P,), {"among": {P: [-1]}}, "no number for P"),
        ((P,), {"among": {P: range(10**9)}}, "at most"),
        ((P, n), {"for_all": [], "among": {P: range(40), n: range(40)}}, "combinations"),
    ],
)
def test_what_is_refused(unknowns: Any, more: Any, message: str) -> None:
    with pytest.raises(SymconvError, match=message):
        solve_amounts(Claim(n + P, 2 * n), *unknowns, **more)


def test_only_claims() -> None:
    with pytest.raises(SymconvError, match="takes a claim"):
        solve_amounts(x.length, P)


def test_a_claim_that_is_not_defined() -> None:
    claim = Claim(x.pad(p, 0).correlate(Signal("k", p + q)), x)
    with pytest.raises(SymconvError, match="p = 0, q = 0"):
        solve_amounts(claim, p)


# --- as a whole ----------------------------------------------------------------------


def test_a_record_is_plain_and_an_answer_can_be_kept() -> None:
    claim = Claim(x.pad(P, 0).correlate(k, stride=2), x.correlate(k, stride=s))
    found = solve_amounts(claim, P, s, among={s: range(1, 4)})
    record = found.record()
    assert json.loads(json.dumps(record)) == record
    assert record["values"] == {"P": "0", "s": "2"}
    assert record["tried"] == {"s": [1, 2, 3]}
    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    both = x.correlate(k, stride=2).correlate(h, stride=2)
    claim = Claim(both, x.correlate(k.convolve(h.dilate(2)), stride=s))
    monkeypatch.setattr(limits, "ALLOWANCE", 1_000)
    with pytest.raises(Undecided, match="used up"):
        solve_amounts(claim, s, among={s: [6]})
    monkeypatch.setattr(limits, "ALLOWANCE", 60_000)
    found = solve_amounts(claim, s, among={s: range(1, 200)})
    assert str(found).startswith("as far as it is decided, only s = 4, of 1 to 199")
    assert found.is_unique is None
    assert found.left
    assert all(one.is_defined and "used up" in one.reason for one in found.left)


def test_random_claims_by_trying() -> None:
    """All answers for random claims are held against all small values."""
    kinds: Counter[str] = Counter()
    for seed in range(260):
        rng = random.Random(seed)
        claim = random_claim(seed)
        if (
            len(claim.symbols) < 2
            or is_symbolic(claim)
            or next(small_lengths(claim, 9), None) is None
        ):
            continue
        symbols = rng.sample(claim.symbols, rng.randint(1, min(2, len(claim.symbols) - 1)))
        rest = [symbol for symbol in claim.symbols if symbol not in symbols]
        try:
            found = solve_amounts(claim, *symbols, for_all=rng.sample(rest, rng.randint(0, 1)))
        except SymconvError:
            kinds["refused"] += 1
            continue
        compared = check_amounts(found, 4, largest=9, far=16, most=12)
        kinds[found.kind] += compared > 0
    assert kinds["refused"] < 30, kinds
    assert min(kinds[kind] for kind in ("all", "some", "none")) > 10, kinds


def test_random_lengths_by_trying() -> None:
    """Lengths of random layers, which some paddings make equal to another length."""
    kinds: Counter[str] = Counter()
    for seed in range(80):
        rng = random.Random(seed)
        y: SignalExpr = x
        for _ in range(rng.randint(1, 2)):
            y = y.pad(rng.choice([0, 1, l, p]), rng.choice([0, r, p, q]))
            y = y.correlate(rng.choice([k, Signal("g", 3)]), stride=rng.randint(1, 3))
        chosen = y.length.subs({one: rng.choice([0, 1, 2, q]) for one in (l, r, p)})
        wanted = rng.choice([chosen, chosen, n, n // 2])
        modulus = rng.choice([1, 2, 3, 4])
        claim = Claim(y.length, wanted, given=[Eq(Mod(n, modulus), 0)] if modulus > 1 else ())
        unknowns = [one for one in (l, r, p, q) if one in claim.symbols]
        if not unknowns:
            continue
        found = solve_amounts(
            claim, *rng.sample(unknowns, rng.randint(1, len(unknowns))), for_all=[n]
        )
        compared = check_amounts(found, 4, largest=20, far=40, most=60)
        assert compared, claim
        kinds[found.kind] += 1
    assert kinds["some"] > 10, kinds
    assert kinds["none"] > 1, kinds

"""Exercise files: what is read, who gets which variant, and what a check of a file finds."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from symconv import SymconvError
from symconv.exercises import Exercise, WrongAnswer
from symconv.exercises.mistakes import MISTAKES, TWO_LAYERS, UNUSUAL
from symconv.exercises.variants import drawn, every, same_student
from tests.project import ROOT

FILES = sorted((ROOT / "proofs" / "exercises").glob("*.toml"))

BASE = """
question = "Two layers, one kernel."
[names]
signals = { x = "n", k = "c" }
[[parts]]
asks = "kernel"
uses = ["k"]
right = "x.correlate(k).correlate(k) == x.correlate(K)"
answer = "k.convolve(k)"
"""


def problems(text: str) -> list[str]:
    return list(map(str, Exercise(text, "e.toml").check()))


# --- the files that are there ------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_are_as_they_say(path: Path) -> None:
    exercise = Exercise.load(path)
    assert exercise.check() == []
    assert exercise.number_of_variants > 1
    for variant in exercise.variants:
        posed = exercise.posed(variant)
        assert "{" not in re.sub(r"_\{|\\uparrow_\{", "", posed.text)
        for value in variant.values():
            assert str(value) in posed.text


def test_the_examples_ask_for_all_kinds() -> None:
    asked = {p.asks for path in FILES for p in Exercise.load(path).posed().parts.values()}
    assert asked == {"kernel", "formula", "length", "condition", "yes or no"}


def test_the_first_exercise_is_a_file_too() -> None:
    assert TWO_LAYERS.check() == []
    kernel, padding = TWO_LAYERS.posed().parts.values()
    assert (*kernel.mistakes, *padding.mistakes) == MISTAKES
    assert kernel.unusual == UNUSUAL
    assert [m.kernel is None for m in padding.mistakes] == [True, True]
    marks = TWO_LAYERS.grade({"kernel": "k * k.dilate(2)", "padding": "x.pad(c, 2*c - 4)"})
    assert [grade.outcome for grade in marks.grades.values()] == ["right", "right"]
    marks = TWO_LAYERS.grade({"kernel": "k̃ ∗ k̃↑2", "padding": "x.pad(c, c)"})
    assert [grade.outcome for grade in marks.grades.values()] == ["right", "wrong"]
    assert "for c = 1, n = 4 it leads to 2 instead of 1" in marks.grades["padding"].feedback


def test_the_file_in_the_document_is_one() -> None:
    text = (ROOT / "proofs" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert problems(block) == []


# --- variants ----------------------------------------------------------------------------


def test_a_student_gets_the_same_variant_for_ever() -> None:
    values: dict[str, list[int | str]] = {"s": [2, 3, 4], "pad": ["left", "right"]}
    # As it was in the first version: nobody may get another variant by an update.
    found = [tuple(drawn(values, "merging", str(n)).values()) for n in range(4711, 4717)]
    assert found == PINNED
    for student in ("4711", "Zoë", ""):
        for name, listed in values.items():
            digest = sha256(f"merging/{name}/{student}".encode()).hexdigest()
            expected = listed[int(digest, 16) % len(listed)]
            assert drawn(values, "merging", student)[name] == expected


PINNED = [(2, "right"), (3, "right"), (2, "left"), (2, "left"), (4, "left"), (3, "left")]


def test_variants_are_spread() -> None:
    values: dict[str, list[int | str]] = {"s": [2, 3, 4], "r": [1, 2]}
    counts = Counter(tuple(drawn(values, "e", str(n)).values()) for n in range(1200))
    assert len(counts) == 6
    assert all(150 < count < 250 for count in counts.values())


def test_what_spreadsheets_lose_makes_no_difference() -> None:
    assert same_student(" 0047 ") == "47"
    assert same_student("000") == "0"
    assert same_student("a0047") == "a0047"
    assert same_student("٠٧") == "٠٧"  # digits, but no ASCII


def test_every_value_is_among_the_variants_that_are_checked() -> None:
    many: dict[str, list[int | str]] = {"a": list(range(20)), "b": list(range(7)), "c": ["x", "y"]}
    found = list(every(many, 24))
    assert len(found) == len({tuple(v.values()) for v in found}) == 24
    for name, listed in many.items():
        assert {variant[name] for variant in found} == set(listed)
    few: dict[str, list[int | str]] = {"a": [1, 2], "b": [3, 4, 5]}
    assert len(list(every(few, 24))) == 6
    assert list(every({}, 24)) == [{}]


def test_variants_stand_in_texts_and_other_braces_stay() -> None:
    exercise = Exercise(
        BASE.replace('"Two layers', r'"\\frac{1}{2} of {s}, {t}, $x_{{s}}$, layers')
        + "[variants]\ns = [5]\n"
    )
    assert exercise.posed().question == r"\frac{1}{2} of 5, {t}, $x_{5}$, layers, one kernel."
    with pytest.raises(SymconvError, match="there is no variant with s = 6"):
        exercise.posed({"s": 6})
    with pytest.raises(SymconvError, match="has a value of s too"):
        exercise.posed({})


# --- what is no exercise file --------------------------------------------------------------

REFUSED = {
    "": "e.toml: there is no part; expected tables [[parts]]",
    "x =": "e.toml: this is not TOML: ",
    "x = " + "[" * 5000: "e.toml: nested too deeply",
    "[[parts]]": "e.toml: [[parts]] 1 asks: it is missing; expected a text",
    "parts = 3": "e.toml: parts: expected tables [[parts]], got 3",
    "[[parts]]\nasks = [1]": "e.toml: [[parts]] 1 asks: expected a text, got a list",
    BASE.replace('"kernel"', '"kernl"'): "[[parts]] 1 asks: expected kernel, signal, formula, ",
    BASE + "pionts = 3": "[[parts]] 1 pionts: there is no such key; did you mean points?",
    BASE + "points = -1": "[[parts]] 1 points: expected a number from 0 to 1000, got -1",
    BASE + "points = nan": "[[parts]] 1 points: expected a number from 0 to 1000, got nan",
    BASE + "points = true": "points: expected a number from 0 to 1000, got true or false",
    BASE + "points = 1979-05-27": "points: expected a number from 0 to 1000, got a date",
    BASE + "unique = 1": "[[parts]] 1 unique: expected true or false, got 1",
    BASE.replace("x.correlate(K)", "x.correlate(L)"): "right: the unknown K does not stand in it",
    BASE.replace(
        "x.correlate(K)", "x.corelate(K)"
    ): "right: right, line 1, column 34: a signal has",
    BASE.replace(' == x.correlate(K)"', '"'): "right: the unknown K does not stand in it",
    BASE.replace("k.convolve(k)", "k.convolv(k)"): "[[parts]] 1 answer: the answer, line 1, col",
    BASE.replace('c" }', 'c", K = "c" }'): "[[parts]] 1 unknown: 'K' is declared, so it is",
    BASE.replace('"c"', "3.5"): "e.toml: [names] signals.k: expected a text, got 3.5",
    BASE.replace('["k"]', '["h"]'): "[[parts]] 1 uses: 'h' is not declared; expected x, k",
    BASE.replace('["k"]', '"k"'): "[[parts]] 1 uses: expected a list of texts, got a text",
    BASE.replace("[[parts]]", 'given = ["n >"]\n[[parts]]'): "the hypothesis, line 1, column 4",
    BASE.replace("[[parts]]", 'other_names = {h=["k"]}\n[[parts]]'): "[names] other_names: 'h' is",
    BASE.replace("[[parts]]", "signal = 3\n[[parts]]"): "[names] signal: there is no such key; did",
    BASE + "[parts.partial]\nflipped = 2": "[parts.partial] flipped: more than the 1 of the part",
    BASE + "[parts.partial]\nfliped = 1": "[parts.partial] fliped: there is no such key; did you",
    BASE + '[[parts.mistakes]]\nfeedback = "?"': "[[parts.mistakes]] 1 of kernel answer: it is m",
    BASE + '[[parts.mistakes]]\nanswer = "k("': "[[parts.mistakes]] 1 of kernel answer: the answe",
    BASE + '[[parts.mistakes]]\nanswer = "k"\npoints = 2': "points: more than the 1 of the part",
    BASE + '[[parts.mistakes]]\nanswer = "k"\ndiffers_at = {c = "2"}': "differs_at.c: expected an",
    BASE + "[variants]\ns = []": "e.toml: [variants] s: expected a list of numbers or texts",
    BASE + "[variants]\ns = [1.5]": "e.toml: [variants] s: expected a list of numbers or texts",
    BASE + '[variants]\n"a b" = [1]': "e.toml: [variants] a b: expected a name of letters",
    BASE + '[[parts]]\nasks = "kernel"\nanswer = "k"': "a part named 'kernel' stands above",
    BASE + '[[parts]]\nname = "Student"\nasks = "length"': "is a column of the results; take ano",
    BASE + '[[parts]]\nname = "a=b"\nasks = "length"': "expected a name on one line, without =",
    BASE + '[[parts]]\nasks = "yes or no"': "[[parts]] 2 right: expected the claim",
    BASE + '[[parts]]\nasks = "yes or no"\nright = "x == k"\nanswer = "?"': "expected yes or no",
    BASE + '[[parts]]\nasks = "length"': "[[parts]] 2: a length is equal to answer",
    BASE + '[[parts]]\nasks = "length"\nanswer = "x"': "expected an integer expression, and this",
    BASE + '[[parts]]\nasks = "length"\nright = "x.pad(p, p).length == n"': "2 unknown: the name",
    BASE + '[[parts]]\nasks = "condition"': "[[parts]] 2: a condition says exactly when",
    BASE + '[[parts]]\nasks = "condition"\nright = "n > c"\nfor_all = ["m"]': "no symbol of it",
    BASE.replace("uses", "unique = true\nuses").replace("answer", "#"): "1 unique: with unique",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_errors_name_the_table_the_key_and_what_is_expected(text: str) -> None:
    with pytest.raises(SymconvError) as caught:
        Exercise(text, "e.toml").posed()
    assert not isinstance(caught.value, WrongAnswer)
    assert str(caught.value).startswith("e.toml: ")
    assert REFUSED[text] in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SymconvError, match=r"none\.toml cannot be read: No such file"):
        Exercise.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes("question = 'Lösung'".encode("latin-1"))
    with pytest.raises(SymconvError, match=r"latin\.toml: this is not UTF-8"):
        Exercise.load(tmp_path / "latin.toml")
    (tmp_path / "bom.toml").write_text(BASE, encoding="utf-8-sig")
    assert Exercise.load(tmp_path / "bom.toml").check() == []


# --- what is not as the file says ------------------------------------------------------------

UNIQUE = BASE.replace("uses", "unique = true\nuses")

FOUND = {
    BASE.replace(
        "k.convolve(k)", "k.convolve(k.dilate(2))"
    ): "kernel, answer: it is not right. Not",
    UNIQUE.replace(
        "k.convolve(k)", "k"
    ): "kernel, answer: the claim does not hold with it: at c = 1",
    # Every other entry of K is read by no output.
    UNIQUE.replace("x.correlate(k).correlate(k)", "x[:1].convolve(k).downsample(2)")
    .replace("x.correlate(K)", "x[:1].convolve(K).downsample(2)")
    .replace('k.convolve(k)"', 'k"'): "it is not the only one of its length",
    BASE + '[[parts.mistakes]]\nanswer = "Sum(k[i]*k[t - i], i)"': "*k[t - i], i): it is right",
    BASE + '[[parts.mistakes]]\nanswer = "k"\n[[parts.mistakes]]\nanswer = "k.flip().flip()"': (
        "mistake k.flip().flip(): it is the same answer as k"
    ),
    BASE + '[[parts.mistakes]]\nanswer = "k"\ndiffers_at = { c = 2 }': (
        "mistake k: it is wrong first at c = 1, n = 1, and not as differs_at says"
    ),
    BASE + '[[parts.mistakes]]\nanswer = "k.convolve(k.dilate(2))"\nright_when = "c <= 2"': (
        "it is not right exactly when right_when says"
    ),
    BASE + '[[parts.unusual]]\nanswer = "k"': "unusual k: it is not right. Not right: for c = 1",
    BASE
    + '[[parts]]\nasks = "yes or no"\nright = "x.correlate(k) == x.convolve(k)"\nanswer="yes"': (
        "part yes or no, answer: it is not right. Not right: for c = 2"
    ),
    BASE + '[[parts]]\nasks = "yes or no"\nright = "x.flip().flip() == x"\nanswer = "no"': (
        "part yes or no, answer: it is not right. Not right: it always holds."
    ),
    BASE
    + '[[parts]]\nasks = "condition"\nright = "x.correlate(k).length == n"\nanswer = "n > c"': (
        "part condition, answer: it is not right. Not right: for c = 1, n = 1 it is false"
    ),
    BASE.replace("answer", "length = '2*c - 1'\n#"): "no answer is given",
    BASE + "[variants]\ns = [2, 3]": "[variants] s: {s} stands in no question",
}


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_an_author_cannot_be_wrong_silently(text: str) -> None:
    found = problems(text)
    assert len(found) == 1, found
    assert FOUND[text] in found[0]


def test_what_is_stated_rightly_is_not_found() -> None:
    assert problems(BASE) == problems(UNIQUE) == []
    mistake = '[[parts.mistakes]]\nanswer = "k.convolve(k.dilate(2))"\nright_when = "c <= 1"\n'
    # An input that is shorter than the kernels gives nothing, whatever they are.
    assert problems(BASE + mistake.replace("c <= 1", "c == 1 or n < 2*c - 1")) == []
    assert problems(UNIQUE + mistake + "differs_at = { c = 2 }") == []


def test_a_wrong_answer_in_the_file_is_no_answer_to_be_equal_to() -> None:
    exercise = Exercise(BASE.replace("k.convolve(k)", "k.convolve(k.dilate(2))"))
    assert exercise.grade("k.convolve(k)").grades["kernel"].is_right
    assert exercise.grade("k.convolve(k.dilate(2))").grades["kernel"].is_right is False

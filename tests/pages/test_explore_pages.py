"""Pages to play with as people have them: in Chromium, with a pointer, keys and addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sympy

import symconv
from symconv import Claim, Pointwise, Refuted, Signal, SymconvError, Tensor, integers, maximum
from symconv.catalogue.index import CATALOGUE
from symconv.catalogue.theorems import MAIN
from symconv.decision.verdicts import Unknown, Verdict
from symconv.language import fixed_size
from symconv.language.arrays import Array
from symconv.language.assignments import leaf_shape
from symconv.language.evaluation import holds_at
from symconv.language.graph import leaves
from symconv.pages import explore
from symconv.pages.explore.records import claim_record, expression_record
from symconv.reading.text import parse_claim
from tests.oracles.chromium import chromium, needs_chromium

UNDECIDED = Unknown("it was not asked")

n, c = integers("n c", positive=True)
x, k = Signal("x", n), Signal("k", c)

BETWEEN = Claim(
    x.pad(1, 1).correlate(k).pad(1, 1).correlate(k),
    x.pad(2, 2).correlate(k.convolve(k)),
    given=[n >= c],
)
PADDED = parse_claim("x.pad(1, 1).correlate(k).length == n", signals={"x": "n", "k": "c"}).claim
IMAGES = next(one for one in CATALOGUE.values() if one.claim.has_several_axes and not one.is_true)

Open: TypeAlias = Callable[..., Any]


# --- what is written ---------------------------------------------------------------------------


def data_of(content: str) -> Any:
    """What a page holds of its claim."""
    (found,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', content, re.S
    )
    return json.loads(found)


@pytest.mark.parametrize("claim", [MAIN.claim, BETWEEN, PADDED, Claim(sympy.Max(n, c), n)])
def test_a_page_needs_nothing_else(claim: Claim) -> None:
    content = explore.page(claim, claim.prove(), statement="1 < 2 & so </script> on").html
    assert len(content.encode()) < 300_000
    assert not re.search(r"(src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest|import\(", content)
    # A text within cannot end the script that holds it.
    assert content.count("</script>") == 2
    assert data_of(content)["statement"] == "1 < 2 & so </script> on"


def test_a_page_has_the_verdict_and_its_condition() -> None:
    verdict = BETWEEN.prove()
    assert isinstance(verdict, Refuted)
    record = data_of(explore.page(BETWEEN, verdict).html)
    told = record["verdict"]
    assert told["kind"] == "refuted"
    assert told["condition"] == expression_record(verdict.condition)
    assert told["counterexamples"][0]["lengths"] == verdict.counterexample.lengths
    assert [one["condition"] for one in record["given"]] == [["≥", "n", "c"]]
    proved = data_of(explore.page(MAIN.claim, MAIN.claim.prove()).html)
    assert (proved["verdict"]["kind"], proved["verdict"]["said"]) == (
        "proved",
        "Proved for all lengths.",
    )


def test_a_page_begins_where_there_is_something_to_see() -> None:
    for one in (MAIN.claim, BETWEEN):
        start = claim_record(one, UNDECIDED)["start"]
        at = one.at(**start)
        assert all(2 <= len(side) <= 40 for side in (at.lhs, at.rhs))


def test_what_a_page_has_no_room_for_says_why() -> None:
    image = Tensor("m", (64, 64))
    with pytest.raises(SymconvError, match="has room for 1200 cells, and this claim has 12288"):
        claim_record(Claim(image.flip(axis=0), image.flip(axis=1)), UNDECIDED)


def test_a_notebook_says_where_a_page_begins(tmp_path: Path) -> None:
    found = symconv.explore(BETWEEN, n=6, c=3)
    assert found.record["start"] == {"n": 6, "c": 3}
    found.save(tmp_path / "page.html")
    assert data_of((tmp_path / "page.html").read_text(encoding="utf-8")) == found.record
    for sizes, why in ({"n": 2, "c": 3}, "hypothesis"), ({"n": 6}, "c"):
        with pytest.raises(SymconvError, match=why):
            symconv.explore(BETWEEN, **sizes)
    with pytest.raises(SymconvError, match="cannot be written"):
        found.save(tmp_path / "no" / "page.html")


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@contextmanager
def tab(browser: Any, **settings: Any) -> Iterator[Any]:
    """A page of the browser in which nothing goes wrong, and nothing but files is asked for."""
    page = browser.new_page(**settings)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        yield page
    finally:
        page.close()
    assert not wrong
    assert all(url.startswith("file:") for url in asked)


@pytest.fixture
def opened(browser: Any, folder: Path) -> Iterator[Open]:
    """Opens the page of a claim, at an address if one is given."""
    with tab(browser, viewport={"width": 1200, "height": 900}) as page:

        def open_page(claim: Claim, verdict: Verdict | None = None, address: str = "") -> Any:
            path = folder / f"{abs(hash(str(claim)))}.html"
            path.write_text(
                explore.page(claim, claim.prove() if verdict is None else verdict).html,
                encoding="utf-8",
            )
            page.goto("about:blank")
            page.goto(f"{path.as_uri()}{address}")
            return page

        yield open_page


def settle(page: Any, milliseconds: int = 260) -> None:
    """Wait until the page has been drawn, and has written its address, which it does late."""
    page.evaluate(
        "(time) => new Promise((done) => setTimeout(() => requestAnimationFrame(done), time))",
        milliseconds,
    )


def texts(page: Any, side: int, letter: str) -> list[str]:
    """What stands in the cells of a row, by its letter."""
    found: list[str] = page.evaluate(
        """([side, letter]) => {
          const rows = document.querySelectorAll(".side")[side].querySelectorAll('[role="row"]');
          const one = [...rows].find((row) => row.ariaLabel.split(/[ ,]/)[0] === letter);
          return [...one.querySelectorAll(".cell")].map((cell) => cell.textContent);
        }""",
        [side, letter],
    )
    return found


def here(page: Any) -> str:
    return str(page.inner_text("#here"))


def number(text: str) -> Fraction:
    return Fraction(text.replace("−", "-"))


def sizes(page: Any) -> dict[str, int]:
    found: dict[str, int] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#sizes input[type=number]")]
          .map((field) => [field.id.replace("size-", ""), Number(field.value)]))"""
    )
    return found


def check_cells(page: Any, claim: Claim) -> None:
    """The outputs are what the definitions make of the entries that stand in the named rows."""
    at = {symbol: sizes(page)[symbol.name] for symbol in claim.symbols}
    sides = claim.free.signals
    for side, signal in enumerate(sides):
        arrays = {
            name: Array(shape, list(map(number, texts(page, side, name))) if 0 not in shape else [])
            for name, leaf in leaves(signal).items()
            for shape in [leaf_shape(leaf, at)]
        }
        wanted = fixed_size.array(signal, arrays, at).entries
        node = data_of(page.content())["sides"][side]["node"]
        cells = page.evaluate(
            "(begin) => [...document.querySelectorAll(`[data-cell^='${begin}']`)]"
            ".map((cell) => cell.textContent)",
            f"{side}.{node}.",
        )
        assert list(map(number, cells)) == wanted, f"{claim} at {at}"


@needs_chromium
@pytest.mark.parametrize("part", range(12))
def test_every_claim_of_the_catalogue_has_a_page(part: int, browser: Any, folder: Path) -> None:
    with tab(browser, viewport={"width": 390, "height": 844}) as page:
        for one in list(CATALOGUE.values())[part::12]:
            verdict = one.claim.prove()
            content = explore.page(one.claim, verdict, statement=one.statement, why=one.why).html
            assert len(content.encode()) < 300_000
            path = folder / f"{one.name}.html"
            path.write_text(content, encoding="utf-8")
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, one.name
            assert "Not drawn" not in here(page), one.name
            if one.claim.signals and "Not defined" not in here(page):
                check_cells(page, one.claim)
            check_verdict(page, one.claim, verdict)


def check_verdict(page: Any, claim: Claim, verdict: Verdict) -> None:
    """What is said of the sizes is so, and the counterexample is shown at a click."""
    at = {symbol: sizes(page)[symbol.name] for symbol in claim.symbols}
    is_claimed = claim.contradicted(at) is None
    if isinstance(verdict, Refuted) and is_claimed and "Not defined" not in here(page):
        condition = verdict.condition
        if condition is not None:
            holds = holds_at(condition, at)
            assert ("✓ The exact condition holds" in here(page)) == holds
            assert ("✗ The exact condition does not hold" in here(page)) == (not holds)
            assert ("✗ They differ" in here(page) or "✗ The left side" in here(page)) != holds
    if not isinstance(verdict, Refuted):
        assert not is_claimed or "✗" not in here(page)
        return
    page.click("#counterexamples button")
    settle(page, 0)
    found = verdict.counterexample
    assert sizes(page) == dict(found.lengths)
    assert "✗" in here(page)
    if claim.signals and found.index is not None:
        assert page.get_attribute(".cell.chosen", "aria-label").endswith(", differs")
        check_cells(page, claim)


@needs_chromium
def test_sizes_are_typed_and_dragged(opened: Open) -> None:
    page = opened(MAIN.claim)
    page.fill("#size-n", "20")
    settle(page)
    assert len(texts(page, 0, "x")) == 20
    check_cells(page, MAIN.claim)
    box = page.locator("#sizes input[type=range]").nth(0).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 3, middle, steps=4)
    page.mouse.up()
    settle(page)
    assert sizes(page)["c"] == len(texts(page, 0, "k")) > 3
    page.fill("#size-n", "-3")
    assert page.get_attribute("#size-n", "aria-invalid") == "true"
    assert page.inner_text("#wrong") == ("n has to be an integer from 1 to 512; it is still 20.")
    page.locator("#size-n").blur()
    assert page.input_value("#size-n") == "20"
    assert not page.locator("#wrong").is_visible()
    page.click("#reset")
    settle(page)
    assert sizes(page) == claim_record(MAIN.claim, UNDECIDED)["start"]


@needs_chromium
def test_taps_are_dragged_and_typed(opened: Open) -> None:
    page = opened(MAIN.claim)
    assert texts(page, 0, "k") == ["1", "2", "3"]
    box = page.locator('.side:first-child .cell[aria-label^="k[1]"]').bounding_box()
    x_, y_ = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x_, y_)
    page.mouse.down()
    page.mouse.move(x_, y_ - 31, steps=5)
    page.mouse.up()
    settle(page)
    assert texts(page, 0, "k") == texts(page, 1, "k") == ["1", "5", "3"]
    page.locator('.side:first-child .cell[aria-label^="k[2]"]').click()
    page.fill("#entry-field", "-1/2")
    settle(page)
    assert texts(page, 1, "k") == ["1", "5", "−1/2"]
    page.click("#greater")
    settle(page)
    assert texts(page, 1, "k") == ["1", "5", "1/2"]
    page.fill("#entry-field", "-12")
    settle(page)
    assert texts(page, 1, "k") == ["1", "5", "−12"]
    page.click("#entries summary")
    page.fill("#taps-k", "2 0.25")
    settle(page)
    assert texts(page, 1, "k") == ["2", "1/4", "3"]
    check_cells(page, MAIN.claim)


@needs_chromium
def test_a_cell_tells_its_formula_and_what_it_reads(opened: Open) -> None:
    page = opened(MAIN.claim, address="#c=2&l=0&n=6&r=0")
    page.locator('.side:first-child .cell[aria-label^="y[0]"]').hover()
    assert [one.inner_text() for one in page.locator("#pointed p").all()] == [
        "y[0] = b[0]·k[0] + b[1]·k[1] = 27",
        "y[0] = k[0]²·x[0] + k[0]·k[1]·x[1] + k[0]·k[1]·x[2] + k[1]²·x[3]",
        "z[0] = a[0]·e[0] + a[1]·e[1] + a[2]·e[2] + a[3]·e[3] = 27",
        "z[0] = k[0]²·x[0] + k[0]·k[1]·x[1] + k[0]·k[1]·x[2] + k[1]²·x[3]",
    ]
    lit = page.evaluate(
        """() => [...document.querySelectorAll(".side:first-child .reads")]
          .map((cell) => cell.getAttribute("aria-label").split(" ")[0])"""
    )
    row = [f"{letter}[{u}]" for letter in "xa" for u in range(4)]
    assert lit == ["k[0]", "k[1]", *row, "b[0]", "b[1]", "y[0]"]
    assert page.evaluate("document.querySelectorAll('.side:last-child .reads').length") > 8
    page.mouse.move(2, 2)
    assert not page.locator(".reads:not(.key)").count()


@needs_chromium
@pytest.mark.parametrize("touch", [False, True])
def test_each_click_on_another_cell_holds_it(touch: bool, browser: Any, folder: Path) -> None:
    path = folder / "held.html"
    path.write_text(explore.page(MAIN.claim, UNDECIDED).html, encoding="utf-8")
    with tab(browser, viewport={"width": 390, "height": 844}, has_touch=touch) as page:
        page.goto(path.as_uri())
        for label, is_held in (("b[0]", True), ("b[1]", True), ("x[2]", True), ("x[2]", False)):
            cell = page.locator(f'.side:first-child .cell[aria-label^="{label}"]')
            if touch:
                cell.tap()
            else:
                cell.click()
            settle(page)
            assert page.locator(".cell.chosen").get_attribute("aria-label").startswith(label)
            assert ("%40=" in page.url) == is_held, label


@needs_chromium
def test_keys_walk_hold_and_change(opened: Open) -> None:
    page = opened(MAIN.claim)
    page.locator('.side:first-child .cell[tabindex="0"]').focus()

    def label() -> str:
        return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))

    assert label().startswith("y[0] = ")
    page.keyboard.press("ArrowRight")
    assert label().startswith("y[1] = ")
    for key, letter in (("ArrowUp", "b"), ("ArrowUp", "a"), ("ArrowUp", "x"), ("ArrowUp", "k")):
        page.keyboard.press(key)
        assert label().startswith(letter)
    page.keyboard.press("Home")
    assert label() == "k[0] = 1"
    page.keyboard.press("+")
    settle(page)
    assert label() == "k[0] = 2"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settle(page)
    assert page.url.endswith("%40=0.0.0")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.url.endswith("%40=0.0.1")
    page.keyboard.press("ArrowLeft")
    page.mouse.move(600, 500)
    assert page.locator(".cell.chosen").get_attribute("aria-label").startswith("x[0]")
    page.keyboard.press("Escape")
    settle(page)
    assert not page.locator(".cell.chosen").count()


@needs_chromium
def test_the_address_keeps_what_is_seen(opened: Open, browser: Any) -> None:
    page = opened(MAIN.claim)
    page.fill("#size-n", "17")
    page.click("#entries summary")
    page.fill("#taps-k", "3 -1 1/2")
    page.click("#numbers summary")
    page.locator("#numbers-list input").first.fill("3")
    page.locator(".side:last-child .cell").last.click()
    settle(page)
    with tab(browser) as other:
        other.goto(page.url)
        for one in (page, other):
            assert sizes(one)["n"] == 17
            assert texts(one, 0, "k") == ["3", "−1", "1/2"]
            assert "Numbers of the claim were changed" in here(one)
            assert one.locator(".cell.chosen").count() == 1
        labels = "[...document.querySelectorAll('.cell')].map((cell) => cell.ariaLabel)"
        assert page.evaluate(labels) == other.evaluate(labels)
        # What does not fit is left out.
        other.goto(page.url.split("#")[0] + "#n=-4&c=999999&q=7&k=a%20b&@=9.9.9")
        other.reload()
        assert sizes(other) == claim_record(MAIN.claim, UNDECIDED)["start"]


@needs_chromium
def test_numbers_of_the_claim_are_changed(opened: Open) -> None:
    page = opened(MAIN.claim)
    page.click("#numbers summary")
    field = page.locator("#numbers-list .row-of-fields").filter(has_text="stride of y")
    field.locator("input[type=range]").fill("3")
    settle(page)
    assert field.locator("input[type=number]").input_value() == "3"
    assert "Numbers of the claim were changed" in here(page)
    assert "✗" in here(page)
    page.click("#reset")
    settle(page)
    assert "✓ Both sides are equal here, for all entries." in here(page)


@needs_chromium
def test_a_page_in_a_frame_leaves_the_address_alone(browser: Any, folder: Path) -> None:
    path = folder / "frame.html"
    path.write_text(symconv.explore(MAIN.claim, n=9, c=2, l=0, r=0).frame, encoding="utf-8")
    with tab(browser) as page:
        page.goto(path.as_uri())
        (frame,) = page.frames[1:]
        frame.fill("#size-n", "11")
        settle(page, 400)
        assert frame.locator('.side:first-child .cell[aria-label^="x["]').count() == 11
        assert (page.url, frame.url) == (path.as_uri(), "about:srcdoc")


@needs_chromium
def test_hypotheses_and_what_is_not_defined(opened: Open) -> None:
    page = opened(BETWEEN)
    page.fill("#size-n", "1")
    settle(page)
    assert "The hypothesis n ≥ c does not hold here" in here(page)
    page = opened(
        Claim(x.pad(2, 2, "reflect").flip(), x.flip().pad(2, 2, "reflect"), given=[n >= 3])
    )
    assert "✓ Both sides are equal here, for all entries." in here(page)
    page.fill("#size-n", "2")
    settle(page)
    assert "Not defined at these sizes: reflect padding needs at least 3 entries" in here(page)
    page.fill("#size-n", "7")
    settle(page)
    assert "✓ Both sides are equal here, for all entries." in here(page)


@needs_chromium
def test_lengths_have_a_page(opened: Open) -> None:
    page = opened(PADDED)
    assert page.inner_text("#extent") == "It holds exactly when c = 3 or (n = 0 and c ≥ 4)."
    assert "✓ The exact condition holds at these sizes." in here(page)
    page.fill("#size-c", "2")
    settle(page)
    assert "✗ The left side is 9, the right side 8." in here(page)
    page = opened(PADDED, address="#c=3&n=8&1.left=4")
    assert len(texts(page, 0, "y")) == 11
    assert "✗ The left side is 11, the right side 8." in here(page)
    assert page.inner_text(".side:first-child h2") == "Left side: 11"


@needs_chromium
def test_functions_and_maxima_are_evaluated(opened: Open) -> None:
    f = Pointwise("f")
    page = opened(Claim(f(x.relu()).max_pool(2), f(x.relu().max_pool(2))))
    assert texts(page, 0, "x")[:4] == ["1", "−2", "3", "−4"]
    assert texts(page, 1, "a")[:4] == ["1", "0", "3", "0"]
    assert "✗ They differ" in here(page)
    page.click("#counterexamples button")
    settle(page)
    assert "with these entries" in here(page)
    assert "happen to be equal" not in here(page)
    page = opened(Claim(maximum(x, x.flip()), maximum(x.flip(), x)))
    assert "✓ Both sides are equal here, for all entries." in here(page)
    page = opened(Claim(x.sigmoid(), x.sigmoid()), UNDECIDED)
    assert texts(page, 0, "y")[0] == "0.7311"
    page.locator('.side:first-child .cell[aria-label^="y[0]"]').click()
    assert page.inner_text("#pointed") == "y[0] = sigmoid(x[0]) ≈ 0.7311"
    assert "✓ Both sides are equal here, for all entries that were tried." in here(page)


@needs_chromium
def test_images_are_planes(opened: Open) -> None:
    page = opened(IMAGES.claim)
    check_cells(page, IMAGES.claim)
    page.locator('.side:first-child .cell[aria-label^="y[0, 0, 0, 0]"]').hover()
    assert page.inner_text("#pointed").startswith("y[0, 0, 0, 0] = ")
    assert page.locator(".side:first-child .reads").count() > 4
    where = [
        one.bounding_box()
        for one in page.locator('.side:first-child .cell[aria-label^="x["]').all()[:7]
    ]
    assert len({box["y"] for box in where}) > 1  # they lie in rows


@needs_chromium
def test_a_maximum_over_windows_of_two_axes_names_what_it_is_taken_of(opened: Open) -> None:
    m = Tensor("m", (n, 4))
    pooled = m.relu().max_pool(2, axes=(0, 1))
    page = opened(Claim(pooled, m.max_pool(2, axes=(0, 1)).relu()), address="#n=4")
    page.locator('.side:first-child .cell[aria-label^="y[0, 0]"]').hover()
    told = page.inner_text("#pointed").split("\n")[0]
    assert told.startswith("y[0, 0] = max(")
    assert "+" not in told
    assert len(set(re.findall(r"\w\[[01], [01]\]", told.split("max")[1]))) == 4


@needs_chromium
def test_the_page_suits_phones_and_the_dark(browser: Any, folder: Path) -> None:
    path = folder / "dark.html"
    path.write_text(explore.page(BETWEEN, BETWEEN.prove()).html, encoding="utf-8")
    colours = set()
    for scheme in ("light", "dark"):
        with tab(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme) as page:
            page.goto(path.as_uri())
            page.fill("#size-n", "24")
            settle(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            # The fields stay in sight while cells are looked at.
            page.evaluate("scrollTo(0, 400)")
            assert page.locator("#size-n").bounding_box()["y"] >= 0
            small = [
                one.bounding_box()["height"]
                for one in page.locator("#panel input[type=number], #panel button:visible").all()
            ]
            assert min(small) >= 28
    assert len(colours) == 2


@needs_chromium
@pytest.mark.parametrize("address", ["", "#c=8", "#c=20"])
def test_a_drag_is_answered_at_once(opened: Open, address: str) -> None:
    page = opened(MAIN.claim, address=address)
    times = page.evaluate(
        """() => {
          window.requestAnimationFrame = (draw) => draw();
          const field = document.getElementById("size-n");
          return [64, 63, 64, 62, 64, 61, 64, 60, 64, 63, 64].map((size) => {
            const begin = performance.now();
            field.value = size;
            field.dispatchEvent(new Event("input"));
            document.body.getBoundingClientRect();
            return performance.now() - begin;
          });
        }"""
    )
    assert min(times) < 50  # others are as fast, unless another process is in the way

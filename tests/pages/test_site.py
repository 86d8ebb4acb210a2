"""The site: each link leads somewhere, nothing is loaded from elsewhere, and it fits a phone."""

import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner

from symconv.catalogue.theorems import MAIN, THEOREMS
from symconv.command import sites
from symconv.command.cli import main
from tests.oracles.chromium import chromium, needs_chromium

# The names of the attributes with which a page loads something, and does not lead to it.
LOADS = {"src", "srcset", "data", "poster", "background", "action", "xlink:href"}

NOTEBOOK = """# %% [markdown]
# # Notebook {number} & more
#
# A formula $\\sum_{{i}} k[i]$, and a [link](https://example.org).

# %%
from symconv import Signal, diagrams

diagrams.network(Signal("x", 9).correlate(Signal("k", 3)))

# %% [markdown]
# **Exercise 1.** What?

# %% [markdown] tags=["solution"]
# The plantedsolution.
"""


class Page(HTMLParser):
    """What a page loads, where it leads, and the names of its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LOADS or (tag, name) == ("link", "href"):
                self.loaded.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name == "id":
                self.names.add(value or "")


def check_site(folder: Path) -> None:
    """All that a browser would find wrong, and all that leads nowhere."""
    pages = {p: Page(p.read_text(encoding="utf-8")) for p in folder.rglob("*.html")}
    reached = {folder / "index.html"}
    for path, page in pages.items():
        for address in (*page.loaded, *page.links):
            parts = urlsplit(address)
            if parts.scheme == "data" or (parts.scheme and address in page.links):
                assert parts.scheme in ("data", "https", "http", "mailto"), (path, address)
                continue
            assert not parts.scheme, (path, address)
            assert not parts.netloc, (path, address)
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            assert target.is_file(), (path, address)
            assert target.is_relative_to(folder), (path, address)
            reached.add(target)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].names, (path, address)
    assert not {*pages} - reached, "pages to which nothing leads"
    for path in (*folder.rglob("*.css"), *pages):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|\bfetch\(|XMLHttpRequest", text), path
        assert {*re.findall(r"url\([\"']?([a-z]*):", text)} <= {"data"}, path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command on two notebooks, with three claims and a part of the reference."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sites, "PUBLISHED", ())
    monkeypatch.setattr(sites, "THEOREMS", THEOREMS[:3])
    monkeypatch.setattr(sites, "_MODULES", ("symconv.testing", "symconv.formal"))
    (tmp_path / "notes").mkdir()
    for number in (1, 2):
        text = NOTEBOOK.format(number=number)
        (tmp_path / "notes" / f"0{number}_notes.py").write_text(text, encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(main, ["handout", "notes", "--site", *arguments])


def test_site(tmp_path: Path, run: Callable[..., Any]) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    folder = tmp_path / "build" / "site"
    assert result.output.startswith("build/site/index.html  ")
    check_site(folder)
    assert (folder / "api" / "symconv" / "testing.html").exists()
    assert (folder / "claims" / f"{MAIN.name}.html").exists()
    first, second = (folder / "course" / f"0{n}_notes.html" for n in (1, 2))
    text = first.read_text(encoding="utf-8")
    assert "<title>Notebook 1 &amp; more</title>" in text
    assert 'rel="next" href="02_notes.html">Notebook 2 &amp; more →' in text
    assert 'rel="prev"' not in text
    assert 'rel="prev" href="01_notes.html"' in second.read_text(encoding="utf-8")
    pages = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    assert not any("plantedsolution" in page for page in pages)
    # A second time, for instructors and of one notebook: what there is no more goes, and
    # what somebody else has put there stays.
    (folder / "mine.txt").write_text("mine")
    (tmp_path / "notes" / "01_notes.py").unlink()
    assert run("--instructor").exit_code == 0
    check_site(folder)
    assert not first.exists()
    assert (folder / "mine.txt").exists()
    assert "plantedsolution" in second.read_text(encoding="utf-8")


@needs_chromium
def test_site_in_a_browser(tmp_path: Path, run: Callable[..., Any]) -> None:
    assert run("--output", "out").exit_code == 0
    check_in_a_browser(tmp_path / "out")


def check_in_a_browser(folder: Path) -> None:
    """No page asks for anything but files, complains, or is wider than a phone."""
    wrong: list[Any] = []
    requests: set[str] = set()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: requests.add(urlsplit(request.url).scheme))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(error))
        paths = [p for p in folder.rglob("*.html") if p.parent != folder / "claims"]
        for path in [*paths, folder / "claims" / "index.html", *folder.glob("claims/two_*.html")]:
            if 'http-equiv="refresh"' in path.read_text(encoding="utf-8"):
                continue  # it leads to another one at once
            page.goto(path.resolve().as_uri())
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390 or "api" in path.parts, path
            assert not wrong, (path, wrong)
            assert requests <= {"file", "data"}, path
        page.goto((folder / "index.html").resolve().as_uri())
        page.get_by_role("link", name="Claims", exact=True).click()
        page.locator("main a").first.click()
        page.get_by_text("All claims").click()
        page.get_by_role("link", name="Contents").click()
        page.locator("ol a").first.click()
        page.locator('a[rel="next"]').click()
        assert page.title()


@needs_chromium
@pytest.mark.skipif("SYMCONV_SITE" not in os.environ, reason="SYMCONV_SITE does not say where")
def test_the_whole_site() -> None:
    folder = Path(os.environ["SYMCONV_SITE"]).resolve()
    check_site(folder)
    check_in_a_browser(folder)


@pytest.mark.parametrize(
    "page",
    [
        '<img src="https://example.org/a.png">',
        '<link rel="stylesheet" href="//example.org/a.css">',
        '<a href="missing.html">',
        '<a href="#missing">',
        '<a href="/etc/passwd">',
        "<style>@import 'a.css'</style>",
        "<style>a { background: url(https://example.org) }</style>",
    ],
)
def test_the_check_of_sites_can_fail(tmp_path: Path, page: str) -> None:
    (tmp_path / "index.html").write_text("<p>")
    check_site(tmp_path)
    (tmp_path / "index.html").write_text(page)
    with pytest.raises(AssertionError):
        check_site(tmp_path)


def test_site_with_bad_input(
    tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for more in (["--to", "pdf"], ["--student", "--instructor"]):
        result = run(*more)
        assert result.exit_code == 2
        assert "a site has one version" in result.output
    (tmp_path / "taken").write_text("")
    result = run("--output", "taken/site")
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    bad = tmp_path / "notes" / "03_bad.py"
    bad.write_text("# %% [markdown]\n# # Bad\n\n# %%\n1 / 0\n")
    result = run()
    assert result.exit_code == 2
    assert "ZeroDivisionError" in result.output
    assert not (tmp_path / "build").exists()
    monkeypatch.setattr(sites, "find_spec", lambda name: None)
    result = run()
    assert result.exit_code == 2
    assert "pip install 'symconv[docs]'" in result.output
    assert "ZeroDivisionError" not in result.output, "nothing was run"


def test_what_an_earlier_site_left_goes_and_nothing_else(tmp_path: Path) -> None:
    folder, beside = tmp_path / "site", tmp_path / "beside.txt"
    sites._write(folder, {"old.html": b"", "course/a.html": b""})
    mine = folder / "mine.txt"
    for path in (mine, beside):
        path.write_text("kept")
    names = (folder / ".symconv-site").read_text()
    (folder / ".symconv-site").write_text(f"{names}../beside.txt\n{beside}\n\n")
    sites._write(folder, {"course/a.html": b"new"})
    assert not (folder / "old.html").exists()
    assert (folder / "course" / "a.html").read_bytes() == b"new"
    assert mine.exists()
    assert beside.exists()

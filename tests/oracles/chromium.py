"""Chromium for the tests: skipped, with a reason, where it is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

__all__ = ["chromium", "needs_chromium"]

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")

needs_chromium = pytest.mark.skipif(
    _PROGRAM is None or find_spec("playwright") is None,
    reason="Chromium is not installed: apt-get install chromium; pip install playwright",
)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser of Playwright's, which is the one that is installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Where tests run as root, Chromium starts without its sandbox only.
        browser = playwright.chromium.launch(executable_path=_PROGRAM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()

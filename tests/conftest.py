"""Settings of the tests."""

from __future__ import annotations

import gc

from hypothesis import settings

# Laws are no benchmarks: on a busy machine an example may take long.
settings.register_profile("symconv", deadline=None)
settings.load_profile("symconv")


def pytest_collection_finish() -> None:
    """The tests stay until the end: no need to look through all of them for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

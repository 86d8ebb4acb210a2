"""Settings of the tests."""

from hypothesis import settings

# Laws are no benchmarks: on a busy machine an example may take long.
settings.register_profile("symconv", deadline=None)
settings.load_profile("symconv")

"""Sums and means over axes."""

from __future__ import annotations

import pytest

from symconv import SymconvError, Tensor, integers

H = integers("H", positive=True)


def test_means_over_numbers_of_what_is_not_defined_everywhere() -> None:
    """A circular padding asks for entries, which does not make 3 places of a window fewer."""
    x = Tensor("x", (2, H))
    windows = x.pad(1, 1, "circular", axis=1).windows(3, axis=1)
    mean = windows.mean(2)
    assert mean.ndim == 2
    assert mean.evaluate(x=[[1, 2, 6], [0, 0, 3]]).tolist() == [[3, 3, 3], [1, 1, 1]]
    with pytest.raises(SymconvError, match="has size 0"):
        Tensor("x", (2, 0)).mean(1)

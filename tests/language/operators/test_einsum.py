"""Sums and means over axes."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from symconv import SymconvError, Tensor, einsum, integers

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


def test_many_tensors_are_multiplied_one_after_the_other() -> None:
    """All at once, sixteen matrices of 3 × 3 would be 43 million products."""
    matrices = [Tensor(f"m{i}", (3, 3)) for i in range(16)]
    pairs = ",".join(letters + after for letters, after in pairwise("abcdefghijklmnopq"))
    chain = einsum(f"{pairs}->aq", *matrices)
    numbers = {f"m{i}": [[i, 1, 0], [2, -i, 1], [0, 1, 3]] for i in range(16)}
    expected = reduce(np.matmul, (np.array(numbers[f"m{i}"], dtype=object) for i in range(16)))
    assert chain.evaluate(**numbers).tolist() == expected.tolist()

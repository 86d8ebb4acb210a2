"""The definitions of `proofs/rocq/tensors.v`: what Rocq evaluates them to, and symconv."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import get_args

from symconv.errors import Uncertified
from symconv.formal import Rocq
from symconv.formal.rocq_files import source
from symconv.formal.tensor_syntax import tensor_text
from symconv.language.operators import Extension
from tests.generators.evaluations import STEPS, Evaluation, random_evaluation
from tests.oracles.rocq import evaluated_tensors, needs_rocq

FILLED, ALL = 16, 24
"""So many evaluations with each operator as the last one, and how many of them have entries."""


_FUNCTIONS = {
    "whole": {"relu": "relu", "maximum": "maximum"},
    "fractions": {"relu": "relu_of_fraction", "maximum": "maximum_of_fractions"},
}
"""The functions that symconv knows, as Rocq evaluates them."""


def _evaluations() -> Iterator[tuple[str, Evaluation, str]]:
    """An operator, what has it as the last one, and the term of that."""
    for name in STEPS:
        rng, found, empty = random.Random(name), 0, 0
        while found < ALL:
            made = random_evaluation(rng, name, found % 3)
            if made is None or (made.value.size == 0 and empty == ALL - FILLED):
                continue
            with suppress(Uncertified):  # no statement has a size such as max(0, n - 1) + c
                yield name, made, _term(made)
                found += 1
                empty += made.value.size == 0


def _term(made: Evaluation) -> str:
    """The tensor as a statement has it, with its data in the place of names."""

    def text(literal: str) -> str:
        names = {name: f"({number})" for name, number in made.numbers.items()}
        names |= _FUNCTIONS[literal]
        for name, entries in made.tensors.items():
            lists = (f"[:: {'; '.join(map(str, part))}]" for part in (entries.shape, entries.flat))
            names[name] = f"({literal} {' '.join(lists)})".replace("[:: ]", "[::]")
        return tensor_text(made.signal, names)

    term = text("whole")
    return text("fractions") if "ratio" in term else term


def _entries(made: Evaluation, are_fractions: bool) -> list[int]:
    """The entries in order; of fractions numerator and denominator in turn."""
    if not are_fractions:
        return list(map(int, made.value.flat))
    exact = [Fraction(int(q.numerator), int(q.denominator)) for q in made.value.flat]
    return [part for q in exact for part in (q.numerator, q.denominator)]


def _defined() -> set[str]:
    """The operators of tensors.v, and what formulas are written with."""
    _, _, operators = source("tensors").partition("Section Operators.")
    words = re.findall(r"^Definition (\w+)", operators, re.MULTILINE)
    return {*words, "build", "holds"}


def _ends() -> set[str]:
    """How a tensor may continue beyond its ends."""
    return set(re.findall(r"^Definition (\w+_ends)", source("tensors"), re.MULTILINE))


@needs_rocq
def test_rocq_and_python_evaluate_tensors_alike() -> None:
    cases = list(_evaluations())
    assert len(cases) == ALL * len(STEPS) > 450
    terms = [term for _, _, term in cases]
    words = Counter(word for term in terms for word in set(re.findall(r"\w+", term)))
    assert {word for word in _defined() if words[word] < FILLED / 2} == set()
    assert _ends() == {f"{mode}_ends" for mode in get_args(Extension)} <= words.keys()
    with Rocq() as rocq:
        rocq.check("tensors", source("tensors"))
        found = evaluated_tensors(rocq, terms)
    for (name, made, term), (shape, entries) in zip(cases, found, strict=True):
        assert shape == list(made.value.shape), f"{name}: {term}"
        assert entries == _entries(made, "ratio" in term), f"{name}: {term}"

"""The evidence for a verdict, as people read it: which index of one sum is which of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sympy import Expr, IndexedBase, Mul, Symbol

from symconv.arithmetic.terms import Factor, Term
from symconv.arithmetic.to_sympy import letters, output_letters, polynomial_expression
from symconv.decision.claims import Claim
from symconv.decision.coefficients import Comparison
from symconv.decision.index_changes import Change
from symconv.decision.verdicts import Evidence
from symconv.language.notation import plain

__all__ = ["evidence", "evidence_of_taps"]


def evidence(found: Comparison, claim: Claim) -> Iterator[Evidence]:
    """The evidence that one kind of monomial has the same coefficients on both sides."""
    compared = f"monomials {'·'.join(found.names) or '1'}"
    for change in found.changes:
        yield _of_change(compared, change, claim)
    if found.doubtful is not None:
        yield Evidence(compared, found.how)


def evidence_of_taps(claim: Claim) -> tuple[Evidence, ...]:
    """That a proof is about the sides into which hypotheses on taps were put."""
    return tuple(Evidence(str(one), "put into both sides") for one in claim.about_taps)


def _of_change(compared: str, change: Change, claim: Claim) -> Evidence:
    taken = {s.name for s in claim.symbols} | claim.named.keys()
    symbols = {s.name: s for s in claim.symbols}
    axes = claim.signals[0].lengths
    one = islice(letters("u", taken), 1)
    output = list(one) if len(axes) == 1 else output_letters(len(axes), taken)
    names: dict[Any, Expr] = {**symbols, **dict(enumerate(output))}
    taken |= {u.name for u in output}
    left = _named(change.left, "ijm" if len(axes) == 1 else "ijklmnpq", taken)
    right = _named(change.right, "tvw" if len(axes) == 1 else "abcdefgh", taken)
    bases = {
        name: IndexedBase(name, shape=leaf.written_shape) for name, leaf in claim.named.items()
    }

    def position(factor: Factor, indices: Mapping[int, Symbol]) -> tuple[Expr, ...]:
        return tuple(polynomial_expression(p, names | {**indices}) for p in factor.position)

    def entry(factor: Factor, indices: Mapping[int, Symbol]) -> Expr:
        if not factor.position:  # a number, which has a name
            return Symbol(factor.name)
        return bases[factor.name][position(factor, indices)]

    def product(term: Term, indices: Mapping[int, Symbol]) -> Expr:
        return Mul(*(entry(f, indices) for f in term.factors), *shares)

    # Numbers are left out, and so are sizes that only one side is divided by.
    alike = change.left.divisors == change.right.divisors
    divisors = change.left.divisors if alike else ()
    shares = [1 / polynomial_expression(divisor, names) for divisor in divisors]
    forward = {
        right[j]: polynomial_expression(p, names | left) for j, p in sorted(change.forward.items())
    }
    backward = {
        left[j]: polynomial_expression(p, names | right) for j, p in sorted(change.backward.items())
    }
    by = ", ".join(f"{t} = {plain(value)}" for t, value in forward.items())
    return Evidence(
        compared,
        f"the same sum, by {by}" if by else "the same summand",
        product(change.left, left),
        product(change.right, right),
        forward,
        backward,
        change.is_identical,
        change,
    )


def _named(term: Term, first: str, taken: Iterable[str]) -> dict[int, Symbol]:
    numbers = sorted(index.number for index in term.indices)
    return dict(zip(numbers, letters(first, taken), strict=False))

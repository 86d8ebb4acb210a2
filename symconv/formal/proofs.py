"""The proof of a claim about two signals, as lines of Rocq.

Each part of both sides gets a name, its length as linear arithmetic, and its entries as a sum,
by one lemma of `expansions.v` for each operator.  Then the change of indices makes one sum of
the other.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from symconv.arithmetic.polynomials import Atom, Polynomial
from symconv.decision.claims import Claim
from symconv.decision.index_changes import Change
from symconv.formal.indices import Indices
from symconv.formal.rocq_syntax import application
from symconv.language.graph import walk
from symconv.language.operators import Convolve, Correlate, Dilate, Downsample, Flip, Pad
from symconv.language.signals import Signal, SignalExpr

__all__ = ["proof_lines"]


def proof_lines(claim: Claim, change: Change, names: Mapping[str, str]) -> Iterator[str]:
    """The lines between `Proof.` and `Qed.`.

    Args:
        claim: a claim about signals.
        change: the change of indices.
        names: what its symbols and signals are called in Rocq.

    Raises:
        Uncertified: there is no rule for something in the claim.
    """
    left, right = claim.signals
    parts = _Parts(names, _measured(claim))
    yield "move=> *."
    yield "(* The parts of both sides, and their entries as sums. *)"
    one = yield from parts.named(left)
    other = yield from parts.named(right)
    yield "(* Both sides have entries at the same places. *)"
    yield f"apply: (eq_signals sum_{one} sum_{other}) => [u u_ge | u u_ge inside]; first by lia."
    yield "(* Their entries are the same sums, by a change of the summation variables. *)"
    ours, others = Indices.of(left, "i"), Indices.of(right, "t")
    forward = _all_values(claim, others, change.forward, ours)
    backward = _all_values(claim, ours, change.backward, others)
    symbols: dict[Atom, str] = dict(names.items())
    symbols[0] = "u"  # the output index
    yield "apply: (sums_are_equal"
    yield f"  (f := fun {ours.pattern()} => {others.tuple(forward, symbols | ours.names)})"
    yield f"  (g := fun {others.pattern()} => {ours.tuple(backward, symbols | others.names)})"
    yield f"  (sum_{one}.1 u) (sum_{other}.1 u))."
    yield f"- move=> {ours.introduction()} /= in_sum; split."
    yield "  + lia."
    yield "  + equal_tuples."
    yield "  + equal_products."
    yield f"- move=> {others.introduction()} /= in_sum; split."
    yield "  + lia."
    yield "  + equal_tuples."


def _measured(claim: Claim) -> set[SignalExpr]:
    """The parts whose length the sums mention."""
    return {
        operand
        for signal in claim.signals
        for node in walk(signal)
        for operand in (
            node.operands[1:]
            if isinstance(node.operator, Correlate)
            else ()
            if isinstance(node.operator, Downsample)
            else node.operands
        )
    }


def _all_values(
    claim: Claim, indices: Indices, given: Mapping[int, Polynomial], source: Indices
) -> dict[int, Polynomial]:
    """The values of one side's indices in the other side's, from the change of indices."""
    lengths = {name: leaf.sizes[0].polynomial for name, leaf in claim.named.items()}
    # Numbers of indices mean another index on the other side: they are moved out of the way.
    shift = 1 + max((i.number for i in indices.term.indices), default=0)
    away: dict[Atom, Polynomial] = {
        i.number: Polynomial.of(i.number + shift) for i in source.term.indices
    }
    back: dict[Atom, Polynomial] = {
        i.number + shift: Polynomial.of(i.number) for i in source.term.indices
    }
    moved = {number: value.substitute(away) for number, value in given.items()}
    return {n: value.substitute(back) for n, value in indices.values(moved, lengths).items()}


@dataclass(slots=True)
class _Parts:
    """The parts that have a name.

    Attributes:
        names: what the symbols and signals are called in Rocq.
        measured: the parts whose length matters.
        known: the names of the parts, by what they are.
        positive: the names of those that are known not to be empty.
    """

    names: Mapping[str, str]
    measured: set[SignalExpr]
    known: dict[str, str] = field(default_factory=dict)
    positive: set[str] = field(default_factory=set)

    def named(self, signal: SignalExpr) -> Generator[str, None, str]:
        """Name a signal, after the parts that it is made of."""
        operands: list[str] = []
        for operand in signal.operands:
            operands.append((yield from self.named(operand)))
        what = application(signal, operands, self.names)
        if what not in self.known:
            if isinstance(signal, Signal):
                self.known[what] = what
                yield f"have sum_{what} := expand_signal {what}."
            else:
                name = f"y{1 + len(self.known.keys() - self.known.values())}"
                self.known[what] = name
                yield f"move {name}_is: ({what}) => {name}."
                yield from self._facts(signal, name, operands)
        return self.known[what]

    def _facts(self, signal: SignalExpr, name: str, operands: list[str]) -> Iterator[str]:
        """What the lemma on an operator says of a part: its entries as a sum, and its length."""
        given = [f"{name}_is"]
        if isinstance(signal.operator, Correlate | Downsample | Dilate):
            given.append("isT")  # the stride is positive
        if isinstance(signal.operator, Correlate):
            operands = operands[::-1]  # the kernel comes first
            yield from self._nonempty(operands[0])
            given.append(f"positive_{operands[0]}")
        given += [f"sum_{operand}" for operand in operands]
        yield f"have sum_{name} := expand_{_rule(signal)} {' '.join(given)}."
        if signal in self.measured:
            yield f"have /= size_{name} := size_from_places sum_{name}."

    def _nonempty(self, part: str) -> Iterator[str]:
        if part not in self.positive:
            self.positive.add(part)
            yield f"have positive_{part} : (0 < size {part})%N by lia."


def _rule(signal: SignalExpr) -> str:
    """What the lemmas on an operator are called after."""
    match signal.operator:
        case Correlate(_, dilation):
            return "conv_layer" if dilation == 1 else "dilated_layer"
        case (Pad() | Flip() | Convolve() | Dilate() | Downsample()) as operator:
            return type(operator).__name__.lower()
    raise AssertionError(signal)

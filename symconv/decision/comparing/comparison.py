"""Whether two networks are the same: the verdict, layer by layer, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zipfile import ZipFile

from symconv.arithmetic.limits import MOST_LAYERS_SHOWN, WORK_OF_A_COMPARISON
from symconv.arithmetic.work import allowed
from symconv.decision.claims import Claim
from symconv.decision.comparing.aligning import Alignment, How, Pair, align
from symconv.decision.comparing.calculated_weights import with_functions_as_weights
from symconv.decision.comparing.computations import Computation, Sides, sides
from symconv.decision.comparing.outputs import (
    Evaluated,
    OutputDifference,
    differs_at_the_border,
    differs_by_a_constant,
    first_difference,
)
from symconv.decision.comparing.segments import Comparer, Deviation
from symconv.decision.comparing.sizes import Sizes, is_defined_at, sizes_taken
from symconv.decision.comparing.statements import Statement
from symconv.decision.comparing.written_out import with_functions_of_both
from symconv.decision.prove import proof
from symconv.errors import SymconvError, Undecided
from symconv.language.telling import Told

if TYPE_CHECKING:
    from symconv.formal.compared import Certificates

__all__ = ["Comparison", "Layers", "compare_computations"]

Outcome: TypeAlias = Literal["proved", "agree", "refuted", "unknown"]


@dataclass(frozen=True)
class Layers(Told):
    """Some layers of both networks, up to the next function or maximum.

    Attributes:
        first: the layers of the first network.
        second: the layers of the second one.
        how: "proved" for all weights; "agree", where weights are numbers that agree up to
            rounding; otherwise in what they differ: "weights", "functions", or "layers", or
            "open", where nothing is known.
        deviations: for weights that only one network has, how far they are from what they have
            to be.
        reason: why nothing is known, or in what they differ.
        statements: the claims that were proved of them, for all sizes and weights, where they are
            equal; none where both are built alike, of the same tensors.
        last: what both do last in the same way, as a ReLU, which these claims are not about.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    how: How
    deviations: tuple[Deviation, ...] = ()
    reason: str = ""
    statements: tuple[Statement, ...] = field(default=(), repr=False, compare=False)
    last: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def is_equal(self) -> bool:
        """Whether they are equal, up to the tolerance of weights."""
        return self.how in ("proved", "agree")

    def __str__(self) -> str:
        return f"{self.names}: {self.found}"

    @property
    def names(self) -> str:
        """The layers in words: those of the first, and of the second where they are others."""
        names = _listed(self.first) or _listed(self.second) or "the output"
        if self.second != self.first and self.first and self.second:
            names += f" / {_listed(self.second, _common(self.first))}"
        return names

    @property
    def found(self) -> str:
        """What is known of them, in words."""
        worst = max(self.deviations, key=lambda one: one.relative, default=None)
        match self.how:
            case "proved":
                return "proved"
            case "agree":
                if worst is None:
                    return "proved for these weights"
                return f"proved, weights up to {worst.relative:.1e}"
            case "weights":
                told = [
                    f"{one.weight} is off by {one.relative:.1e} of its largest entry, "
                    f"where {one.allowed:.1e} is allowed" + (f"; {one.note}" if one.note else "")
                    for one in self.deviations
                    if not one.is_within
                ]
                return "other weights: " + "; ".join([*told, self.reason] if self.reason else told)
            case "functions":
                return f"another function: {self.reason}"
            case "layers":
                return "other layers" + (f": {self.reason}" if self.reason else "")
            case _:
                return f"not known: {self.reason}" if self.reason else "not known"

    def record(self) -> dict[str, Any]:
        """The same for scripts."""
        found: dict[str, Any] = {
            "first": list(self.first),
            "second": list(self.second),
            "how": self.how,
        }
        if self.deviations:
            found["weights"] = [
                {
                    "weight": one.weight,
                    "formula": one.formula,
                    "relative_difference": one.relative,
                    "allowed": one.allowed,
                    **({"note": one.note} if one.note else {}),
                }
                for one in self.deviations
            ]
        return found | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True, eq=False)
class Comparison(Told):
    """Whether two networks compute the same; see `symconv.compare`.

    Attributes:
        verdict: "proved" for all sizes that they take and all weights; "agree", where both are
            equal for all these sizes if some weights are what they have to be, and these are so
            up to the tolerance; "refuted", or "unknown".
        sizes: the sizes that both take, in words.
        layers: the layers of both, compared up to the next function or maximum.
        difference: an output at which they differ, at the smallest sizes of those that were tried.
        reason: why nothing is known; or which network takes sizes that the other one does not.
        given: the hypotheses, and which sizes are taken.
    """

    verdict: Outcome
    sizes: str
    layers: tuple[Layers, ...]
    difference: OutputDifference | None = None
    reason: str = ""
    given: tuple[Any, ...] = ()
    where_both: Comparison | None = field(default=None, repr=False)
    """Where they take different sizes: the comparison for those that both take."""
    reproduced: Callable[[OutputDifference, str], str] | None = field(default=None, repr=False)
    """Writes the lines that run both networks, on inputs that are drawn or in a file."""
    has_weights: bool = True
    """Whether there are weights in them."""
    between: tuple[Layers, ...] = field(default=(), repr=False)
    """Sums that are in no layer, and were proved equal for all weights: nothing is told of them,
    but certificates are written."""

    def __bool__(self) -> bool:
        """Whether they are the same for all sizes, weights up to the tolerance."""
        return self.verdict in ("proved", "agree")

    @property
    def deviation(self) -> float:
        """The largest relative difference of a weight from what it has to be; 0 if proved."""
        return max(
            (d.relative for one in self.layers if one.is_equal for d in one.deviations),
            default=0.0,
        )

    @property
    def counterexample(self) -> OutputDifference | None:
        """Where they differ, at the smallest sizes of those that were tried and that both take."""
        return self.difference if self.where_both is None else self.where_both.difference

    @property
    def reproduction(self) -> str:
        """Lines of Python that run both networks and print the two numbers that differ.

        Files are run by ONNX Runtime, or by the evaluator of the package onnx, and modules by
        PyTorch.  Empty where nothing differs, or it is not known how one of them is run.
        """
        return self.reproduction_from("")

    def reproduction_from(self, saved: str) -> str:
        """The same for inputs that were saved by `save_inputs`.

        Args:
            saved: the file.
        """
        if self.counterexample is None or self.reproduced is None:
            return ""
        return self.reproduced(self.counterexample, saved)

    def save_inputs(self, path: str | Path) -> None:
        """Write the inputs at which they differ as a file of NumPy's, each under its name.

        Args:
            path: the file, which must not be there yet.

        Raises:
            SymconvError: no inputs are known at which they differ, or the file is there.
            OSError: it cannot be written.
        """
        import numpy as np  # of no use to anybody who compares signals

        if self.counterexample is None:
            raise SymconvError("there are no inputs at which they are known to differ")
        # Single precision has these numbers, and most networks take nothing else.
        arrays = {n: one.astype(np.float32) for n, one in self.counterexample.inputs.items()}
        try:
            file = open(path, "xb")  # noqa: SIM115 - what is there already is not removed below
        except FileExistsError:
            raise SymconvError(f"{path} is there already, and is left as it is") from None
        try:
            with file, ZipFile(file, "w") as archive:  # as `np.savez`, which has names of its own
                for name, one in arrays.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                        np.lib.format.write_array(entry, one)
        except BaseException:
            Path(path).unlink(missing_ok=True)  # a part of a file says nothing
            raise

    def certificates(
        self,
        first: str = "the first network",
        second: str = "the second network",
        progress: Callable[[str], None] = lambda layers: None,
    ) -> Certificates:
        """Certificates for all that was proved symbolically, which Rocq checks.

        Each is about some layers of both, and states the claim that was proved of them: for all
        sizes, and all numbers in the weights.  What rests on numbers, and what has no
        certificate, is told in an index.

        Args:
            first: what the first network is called in them.
            second: what the second one is called.
            progress: is told of layers as their certificates are made.
        """
        from symconv.formal.compared import certificates_of

        both = self if self.where_both is None else self.where_both
        said = self.verdict_lines()
        if both is not self:
            said += ["for the sizes that both take:", *both.verdict_lines()]
        return certificates_of([*both.layers, *both.between], (first, second), said, progress)

    @property
    def differing(self) -> tuple[Layers, ...]:
        """The layers that differ."""
        return tuple(one for one in self.layers if one.how in ("weights", "functions", "layers"))

    def __str__(self) -> str:
        return "\n".join(self._lines(MOST_LAYERS_SHOWN))

    def report(self) -> str:
        """All that is known, with every layer."""
        return "\n".join(self._lines(len(self.layers)))

    def _repr_html_(self) -> str:
        from html import escape

        verdict, *rest = self._lines(MOST_LAYERS_SHOWN)
        return "<br>".join([f"<b>{escape(verdict)}</b>", *map(escape, rest)])

    def _lines(self, most: int) -> list[str]:
        lines = self.verdict_lines()
        if self.where_both is not None:
            lines.append("for the sizes that both take:")
            return lines + ["  " + line for line in self.where_both._lines(most)]
        return lines + self._table(most)

    def verdict_lines(self) -> list[str]:
        """The verdict in words, without the layers."""
        match self.verdict:
            case "proved":
                weights = ", and for all weights" if self.has_weights else ""
                return [f"equal for all {self.sizes}{weights}: proved"]
            case "agree":
                lines = [f"equal for all {self.sizes}: proved, with these weights"]
                if self.deviation:
                    lines.append(
                        "the weights are what they have to be up to "
                        f"{self.deviation:.1e} of the largest entry of each tensor"
                    )
                return lines
            case "refuted":
                return [f"different{self._where()}"]
            case _:
                return [f"unknown: {self.reason}"]

    def _where(self) -> str:
        found = self.difference
        if found is None:
            return f" {self.reason}"
        sizes = ", ".join(f"{name} = {value}" for name, value in found.sizes.items())
        at = f" at {sizes}" if sizes else ""  # all of them may be numbers
        one, other = found.values
        if found.index is None:
            return f"{at}: the output has the shape {one} in one and {other} in the other"
        entry = f"[{', '.join(map(str, found.index))}]" if found.index else ""
        one, other = _apart(one, other)
        return (
            f"{at}: output{entry} is {one} in the first and {other} in the second, "
            "for random inputs"
        )

    def _table(self, most: int) -> list[str]:
        shown = [one for one in self.layers if not one.is_equal]
        equal = [one for one in self.layers if one.is_equal]
        if len(self.layers) <= most:
            return [f"  {one}" for one in self.layers]
        lines = [f"  {one}" for one in shown[:most]]
        if len(shown) > most:
            lines.append(f"  … {len(shown) - most} more that are not equal")
        proved = sum(one.how == "proved" for one in equal)
        worst = sorted(equal, key=lambda one: -max((d.relative for d in one.deviations), default=0))
        rest = 0 if shown else most
        lines += [f"  {one}" for one in worst[:rest] if one.deviations]
        lines.append(
            f"  in all, {len(equal)} of {len(self.layers)} groups of layers are equal, "
            f"{proved} of them for all weights"
        )
        return lines

    def record(self) -> dict[str, Any]:
        """The same for scripts: numbers, words, lists and dictionaries."""
        found: dict[str, Any] = {
            "verdict": self.verdict,
            "sizes": self.sizes,
            "given": list(map(str, self.given)),
            "deviation": self.deviation,
            "layers": [one.record() for one in self.layers],
        }
        if self.reason:
            found["reason"] = self.reason
        if self.difference is not None:
            one = self.difference
            found["counterexample"] = {
                "sizes": dict(one.sizes),
                "output": one.output,
                "index": None if one.index is None else list(one.index),
                "first": _plain(one.values[0]),
                "second": _plain(one.values[1]),
                "rounding": one.rounding,
            }
        if self.reproduction:
            found["reproduction"] = self.reproduction
        if self.where_both is not None:
            found["where_both_are_defined"] = self.where_both.record()
        return found


def _apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with so many digits that they differ."""
    for digits in (7, 10, 13, 17):
        shown = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if shown[0] != shown[1]:
            break
    return shown


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _common(places: Sequence[str]) -> list[str]:
    """The modules in which all layers of a list are."""
    head = places[0].split(" ")[0].split(".")[:-1] if len(places) > 1 else []
    for place in places:
        parts = place.split(" ")[0].split(".")
        while head and parts[: len(head)] != head:
            head.pop()
    return head


def _listed(places: Sequence[str], said: Sequence[str] = ()) -> str:
    """The names of layers without what they have in common, and without what was said before."""
    head = _common(places)
    start = len(".".join(head)) + 1 if head else 0
    rest = ", ".join(place[start:] if len(place) > start else place for place in places)
    return rest if not head or head == list(said) else f"{'.'.join(head)}: {rest}"


# --- comparing -----------------------------------------------------------------------


def compare_computations(
    first: Computation,
    second: Computation,
    tolerance: float | None = None,
    progress: Callable[[Layers], None] = lambda layers: None,
) -> Comparison:
    """Whether two computations are the same for all sizes.

    Args:
        first: one.
        second: the other, of inputs of the same shapes.
        tolerance: how far weights may be from what they have to be, relative to the largest entry.
        progress: is told of layers as they are compared.

    Raises:
        SymconvError: their inputs have different shapes, they have different numbers of outputs,
            or are defined for no sizes.
    """
    _check(first, second)
    both = sides(first, second)
    try:
        taken = [
            # Of what is made, outputs may need the shape alone, or nothing: it is computed too.
            sizes_taken((*side.outputs, *side.places), both.inputs, both.given, side.places)
            for side in (both.a, both.b)
        ]
        apart = taken[0].first_apart(taken[1])
        common = taken[0] if apart is None else taken[0].both(taken[1])
    except Undecided as reason:
        return Comparison(
            "unknown", "", (), reason=f"which sizes they take was not found: {reason}"
        )
    found = None if common is None else _compared(both, common, tolerance, progress)
    if apart is None:
        assert found is not None  # there are sizes that both take
        return _as_they_run(found, (first, second), taken[0].first)
    return _with_other_sizes((first, second), taken, apart, found)


def _check(first: Computation, second: Computation) -> None:
    """Refuse what cannot be compared.

    Raises:
        SymconvError: with what is different.
    """
    shapes = [[tuple(map(str, one.sizes)) for one in each.inputs] for each in (first, second)]
    if shapes[0] != shapes[1]:
        told = [", ".join(f"({', '.join(one)})" for one in each) for each in shapes]
        raise SymconvError(f"the inputs have different shapes, {told[0]} and {told[1]}")
    counts = len(first.outputs), len(second.outputs)
    if counts[0] != counts[1]:
        raise SymconvError(
            f"the first has {counts[0]} outputs and the second {counts[1]}; compare functions that "
            "return the tensors in question"
        )


def _with_other_sizes(
    networks: tuple[Computation, Computation],
    taken: Sequence[Sizes],
    apart: tuple[Mapping[str, int], bool],
    found: Comparison | None,
) -> Comparison:
    """The comparison of networks that take different sizes; they are run to see that it is so.

    What cannot be run is read at these sizes.
    """
    at, is_first = apart
    told = ", ".join(f"{name} = {value}" for name, value in at.items())
    takes, refuses = ("first", "second") if is_first else ("second", "first")
    why = taken[1 if is_first else 0].why_not(at)
    reason = (
        f"in the sizes that they take: at {told} the {takes} is defined and the {refuses} is not"
        + (f" ({why})" if why else "")
        + f"; the first takes {taken[0].in_words()}, and the second {taken[1].in_words()}"
    )
    sizes = "none in common" if found is None else found.sizes
    for one, should in zip(networks, (is_first, not is_first), strict=True):
        refused = None if one.refusal is None else one.refusal(at)
        if refused is None:
            does, which = is_defined_at((*one.outputs, *one.places), at), "read at these sizes"
        else:
            does, which = not refused, "itself"
        if does != should:
            runs = "runs" if does else "does not run"
            reason = (
                f"by symconv's rules they differ {reason}; but the network {which} {runs} there"
            )
            return Comparison("unknown", sizes, (), None, reason, (), found)
    return Comparison("refuted", sizes, (), None, reason, (), found)


def _as_they_run(
    found: Comparison, networks: tuple[Computation, Computation], at: Mapping[str, int]
) -> Comparison:
    """The comparison, unless one of two networks that are proved equal refuses the smallest sizes.

    What it computes and returns nothing of may be what refuses them.
    """
    if not found:
        return found
    refusals = [None if one.refusal is None else one.refusal(at) for one in networks]
    if None in refusals or all(refusals) or not any(refusals):
        return found
    which, why = ("first", refusals[0]) if refusals[0] else ("second", refusals[1])
    told = ", ".join(f"{name} = {value}" for name, value in at.items())
    reason = (
        "what they return is equal wherever both are defined; but the "
        f"{which} itself does not run at {told} ({why})"
    )
    return replace(found, verdict="unknown", reason=reason)


def _compared(
    both: Sides,
    sizes: Sizes,
    tolerance: float | None,
    progress: Callable[[Layers], None],
) -> Comparison:
    words, given = sizes.in_words(), sizes.given
    comparer = Comparer(both, sizes, tolerance)
    alignment = align(both, sizes, comparer, lambda pair: progress(_layers(pair)))
    compared = both
    calculated = None if alignment.is_equal else with_functions_as_weights(both)
    if calculated is not None:
        weighing = Comparer(calculated, sizes, tolerance)
        again = align(calculated, sizes, weighing)
        if again.is_equal or (again.is_settled and not alignment.is_settled):
            compared, comparer, alignment = calculated, weighing, again
    if alignment.is_equal:
        return _equal(both, sizes, alignment)
    numbers = Evaluated(compared, sizes, alignment, comparer)
    try:
        difference, differing = first_difference(numbers)
        why = "the outputs agree at the sizes that were tried" if difference is None else ""
    except SymconvError as problem:
        difference, differing, why = None, [], str(problem)
    if difference is None:
        written_out = with_functions_of_both(both)
        if written_out is not None:
            comparer = Comparer(written_out, sizes, tolerance)
            another = align(written_out, sizes, comparer)
            if another.is_equal:
                return _equal(both, sizes, another)
        layers = tuple(map(_layers, alignment.pairs))
        claims = () if both.a.own or both.b.own else _proved_at_once(both, sizes)
        if claims:
            names = ("all layers",)
            statements = tuple(s for one in claims for s in comparer.statements(one, one.named))
            layers = (Layers(names, names, "proved", statements=statements),)
            return Comparison("proved", words, layers, given=given, has_weights=bool(both.weights))
    else:
        at = difference.sizes

        def told(pair: Pair) -> Layers:
            if pair.how != "open" or pair not in differing:
                return _layers(pair)
            border = differs_at_the_border(numbers, pair)
            is_constant = differs_by_a_constant(numbers, pair, at)
            return _differing_layers(pair, border, is_constant)

        with allowed(WORK_OF_A_COMPARISON):  # beyond, less is told of the layers
            layers = tuple(map(told, alignment.pairs))
        between = _between(alignment)
        return Comparison("refuted", words, layers, difference, "", given, between=between)
    reason, between = _why(alignment, why), _between(alignment)
    return Comparison("unknown", words, layers, None, reason, given, between=between)


def _equal(both: Sides, sizes: Sizes, alignment: Alignment) -> Comparison:
    """What is said where all segments are equal."""
    is_proved = all(pair.how == "proved" for pair in alignment.pairs)
    return Comparison(
        "proved" if is_proved else "agree",
        sizes.in_words(),
        tuple(map(_layers, alignment.pairs)),
        given=sizes.given,
        has_weights=bool(both.weights),
        between=_between(alignment),
    )


def _between(alignment: Alignment) -> tuple[Layers, ...]:
    """The sums in no layer of which something was proved; many are built alike."""
    every = map(_layers, alignment.between)
    return tuple(one for one in every if one.statements)


def _proved_at_once(both: Sides, sizes: Sizes) -> tuple[Claim, ...]:
    """One claim for each output, if all of them are proved, as where functions were moved."""
    outputs = zip(both.a.outputs, both.b.outputs, strict=True)
    try:
        with allowed(WORK_OF_A_COMPARISON):
            claims = tuple(Claim(one, other, sizes.given) for one, other in outputs)
            return claims if all(map(proof, claims)) else ()
    except SymconvError:
        return ()


def _why(alignment: Alignment, why: str) -> str:
    """Why nothing is known: the first node that could not be matched."""
    if alignment.unmatched:
        first = f"nothing in the first network was found for {alignment.unmatched[0]} of the second"
    else:
        pair = next(pair for pair in alignment.pairs if not pair.is_equal)
        first = str(_layers(pair))
    return f"{first}; {why}" if why else first


def _layers(pair: Pair) -> Layers:
    found = pair.equality
    if found is None:
        return Layers(pair.a, pair.b, pair.how, (), pair.reason)
    statements = found.statements if pair.is_equal else ()
    layers = pair.a, pair.b, pair.how, found.deviations, pair.reason
    return Layers(*layers, statements, found.last)


def _differing_layers(pair: Pair, border: Mapping[str, int] | None, is_constant: bool) -> Layers:
    """Layers of which nothing was proved, and whose numbers differ.

    Args:
        pair: their segments.
        border: sizes at which only the ends of what they make differ, if there are.
        is_constant: whether the difference is the same for all inputs.
    """
    how: How = "layers"
    reason = ""
    if border is not None:
        at = ", ".join(f"{name} = {value}" for name, value in border.items())
        reason = (f"at {at} " if at else "") + "only outputs at the border differ"
        if is_constant:
            reason += ", and by the same for all inputs"
    elif is_constant:
        how, reason = "weights", "a constant is added that the other one does not add, as a bias"
    return Layers(pair.a, pair.b, how, (), reason)

"""Certificates for kernels that were solved for: that one serves, and that it is the only one.

Both are theorems of Rocq in one file.  The first is the claim with the kernel that was found.
The second says of every tensor of that shape that the sides are equal, for all inputs of all sizes,
if and only if it is that kernel.  Its proof needs inputs of one size alone, chosen so that the
whole window of one output lies in the input: those with a single one determine the kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import wrap
from typing import TypeAlias

import sympy

from symconv.arithmetic.from_sympy import assumption_cases
from symconv.arithmetic.limits import WIDEST_TEXT
from symconv.arithmetic.plain_bounds import is_at_least
from symconv.arithmetic.polynomials import Atom, Polynomial, divided, nonnegative_part
from symconv.arithmetic.symbols import Sign, sign_of
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.decision.claims import Claim
from symconv.decision.solving.kernels.problems import Problem
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.verdicts import Proved
from symconv.decision.wording import quantifiers
from symconv.errors import Uncertified
from symconv.formal.arithmetic import Hypothesis
from symconv.formal.certificates import (
    FIRST_LINE,
    hypotheses,
    in_section,
    lemmas_on_ends,
    statement,
    theorem,
)
from symconv.formal.long_inputs import LongInputs, NoSizeError
from symconv.formal.parts import Parts
from symconv.formal.proofs import shape_lines
from symconv.formal.rocq_files import library
from symconv.formal.rocq_syntax import comment, polynomial_text, rocq_names
from symconv.formal.tensor_syntax import tensor_text
from symconv.language.graph import requirements
from symconv.language.length_symbols import spelled_out
from symconv.language.notation import plain
from symconv.language.operators import Conv, Correlate, Named, Pad
from symconv.language.signals import SignalExpr

__all__ = ["ONLY", "SERVES", "kernel_certificate", "kernel_statements"]

SERVES = "kernel_serves"
"""The theorem that both sides are equal with the kernel that was found."""

ONLY = "only_kernel"
"""The theorem that they are equal with no other kernel of its shape."""

_LIBRARY = ("tensor_layers", "tensor_kernels")
_ONE = Polynomial.constant(1)
_ZERO = Polynomial.constant(0)


def kernel_certificate(found: Solution) -> str:
    """A Rocq file that states and proves what `solve` says of a kernel; `coqc` has the last word.

    Its theorem `kernel_serves` is the claim with the kernel that was found, and `only_kernel` says
    that the sides are equal, for all inputs of all sizes, with no other tensor of that shape.  What
    the kernel may depend on is fixed there: all symbols that are no sizes of the input, and all
    tensors but the input.  It holds in every commutative ring, so that it is more than
    `Solution.is_unique` says, which is about fields of characteristic 0.

    Args:
        found: what `solve` found.

    Raises:
        Uncertified: nothing was proved for all sizes; there are several unknowns, or others that
            serve; the unknown is not the kernel of one layer on a named tensor that may be padded;
            or there is no rule for something in the claim.
    """
    stated = _Uniqueness(found)
    claim, names = stated.claim, stated.names
    serves = theorem(claim, SERVES, names)
    only = [
        f"Theorem {ONLY} {stated.statement}",
        "Proof.",
        *(f"  {line}" for line in stated.proof()),
        "Qed.",
    ]
    parts = [
        "\n".join(stated.head()),
        library(*_LIBRARY, *lemmas_on_ends(claim)),
        "\n".join(in_section(claim, [*serves, "", *only])),
        f"(* Nothing was assumed, in the first theorem neither, which the second one uses: *)\n"
        f"Print Assumptions {ONLY}.\n",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def kernel_statements(found: Solution) -> dict[str, str]:
    """What the certificate of a kernel states, by the names of the theorems.

    >>> from symconv import Signal, integers, solve
    >>> n, c = integers("n c", positive=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> twice = x.correlate(k, stride=2).correlate(k, stride=2)
    >>> found = solve(twice, lambda K: x.correlate(K, stride=4))
    >>> print(kernel_statements(found)["only_kernel"])
    : forall (c : Z) (k K : tensor R),
        1 <= c ->
        shape k = [:: c] ->
        shape K = [:: 3 * c - 2] ->
      (forall (n : Z) (x : tensor R),
        1 <= n ->
        shape x = [:: n] ->
          correlate 0 2 1 k (correlate 0 2 1 k x)
          = correlate 0 4 1 K x)
      <-> K = convolve 0 k (dilate 0 2 k).

    Raises:
        Uncertified: as in `kernel_certificate`.
    """
    stated = _Uniqueness(found)
    return {SERVES: statement(stated.claim, stated.names), ONLY: stated.statement}


# --- the layer -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layer:
    """The layer whose kernel is looked for.

    Attributes:
        operator: the layer.
        x: the name of its input.
        batch: the sizes before the channels, which signals do not have.
        channels: the channels that the input has.
        sizes: the other sizes of the input, before it is padded.
        paddings: by how much it is padded along each of these axes; None where it is not.
        taps: the sizes of the kernel along these axes.
    """

    operator: Correlate | Conv
    x: str
    batch: Sequence[Polynomial]
    channels: Polynomial
    sizes: Sequence[Polynomial]
    paddings: Sequence[tuple[Polynomial, Polynomial] | None]
    taps: Sequence[Polynomial]

    @property
    def strides(self) -> list[Polynomial]:
        """The strides."""
        stride = self.operator.stride
        return [s.polynomial for s in (stride if isinstance(stride, tuple) else (stride,))]

    @property
    def dilations(self) -> list[Polynomial]:
        """The dilations."""
        dilation = self.operator.dilation
        return [d.polynomial for d in (dilation if isinstance(dilation, tuple) else (dilation,))]


def _layer(problem: Problem) -> _Layer:
    """The layer whose kernel is unknown.

    Raises:
        Uncertified: the unknown is something else.
    """
    (name,) = problem.unknowns
    made = problem.rhs
    other = Uncertified(
        f"that {name} is the only one has a certificate where {name} is the kernel of one layer, "
        f"with nothing behind it, on a named tensor that may be padded; {plain(made)} is not that"
    )
    operator = made.operator
    if not isinstance(operator, Correlate | Conv) or len(made.operands) != 2:
        raise other
    x, kernel = made.operands
    first = 0 if isinstance(operator, Correlate) else x.ndim - operator.dimensions
    is_unknown = isinstance(kernel.operator, Named) and kernel.operator.name == name
    if not is_unknown or (isinstance(operator, Correlate) and x.ndim > 1):
        raise other
    paddings: list[tuple[Polynomial, Polynomial] | None] = [None] * (x.ndim - first)
    last = x.ndim
    while isinstance(x.operator, Pad):
        axis = x.operator.axis
        if not first <= axis < last:  # an axis is padded once, the last one outside
            raise other
        paddings[axis - first] = (x.operator.left.polynomial, x.operator.right.polynomial)
        last = axis
        (x,) = x.operands
    if not isinstance(x.operator, Named) or x.operator.name not in problem.inputs:
        raise other
    if problem.inputs != {x.operator.name}:
        raise Uncertified(
            f"in a certificate, {name} may depend on all tensors but {x.operator.name}, and here "
            f"it must not depend on {' and '.join(sorted(problem.inputs))}"
        )
    taps = kernel.lengths if first == 0 else kernel.lengths[2:]
    batch, channels = x.lengths[: max(first - 1, 0)], x.lengths[first - 1] if first else _ONE
    return _Layer(operator, x.operator.name, batch, channels, x.lengths[first:], paddings, taps)


# --- the statement and its proof -----------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Uniqueness:
    """The theorem that a kernel is the only one.

    Attributes:
        found: what was found.
        layer: the layer whose kernel it is.
    """

    found: Solution
    layer: _Layer = field(init=False)

    def __post_init__(self) -> None:
        found, unknowns = self.found, self.found.problem.unknowns
        if len(unknowns) > 1:
            raise Uncertified(
                f"there are {len(unknowns)} unknowns, {' and '.join(unknowns)}, and certificates "
                "are about one kernel"
            )
        if not (isinstance(found.verdict, Proved) and found.verdict.is_complete):
            raise Uncertified("only a kernel that is proved for all sizes has a certificate")
        object.__setattr__(self, "layer", _layer(found.problem))
        if found.is_unique is not True:
            why = "others serve as well" if found.is_unique is False else "that is not known"
            raise Uncertified(
                f"the certificate would say that {self.name} is the only one of its shape, "
                f"and {why}"
            )
        for leaf in self.claim.named.values():
            if leaf.name != self.layer.x and self._is_inside(_symbols(leaf)):
                raise Uncertified(
                    f"the size of {leaf.name} changes with that of {self.layer.x}, and the "
                    f"certificate would have one {leaf.name} for all sizes"
                )

    @property
    def name(self) -> str:
        """What the unknown is called."""
        return next(iter(self.found.problem.unknowns))

    @property
    def claim(self) -> Claim:
        """The claim with the kernel that was found."""
        assert self.found.claim is not None
        return self.found.claim

    @cached_property
    def names(self) -> dict[str, str]:
        """What the symbols, the tensors and the unknown are called in Rocq."""
        symbols = [symbol.name for symbol in self.claim.symbols]
        return rocq_names([*symbols, *sorted(self.claim.named), self.name])

    def _is_inside(self, about: Iterable[str]) -> bool:
        """Whether something is said of sizes of the input, for all of which the kernel serves."""
        return not self.found.problem.unseen.isdisjoint(about)

    @cached_property
    def _hypotheses(self) -> list[tuple[Hypothesis, bool]]:
        """Each hypothesis, and whether it is about the input."""
        shape_of_input = f"shape_{self.names[self.layer.x]}"
        return [
            (one, one.name == shape_of_input or self._is_inside(one.symbols))
            for one in hypotheses(self.claim, self.names)
        ]

    def _integers(self, inside: bool) -> list[str]:
        symbols = [symbol.name for symbol in self.claim.symbols]
        return [self.names[s] for s in symbols if self._is_inside([s]) == inside]

    def _tensors(self, inside: bool) -> list[str]:
        return [self.names[t] for t in sorted(self.claim.named) if (t == self.layer.x) == inside]

    def _given(self, inside: bool) -> list[str]:
        return [one.name for one, is_inside in self._hypotheses if is_inside == inside]

    @cached_property
    def _kernel(self) -> SignalExpr:
        return self.found.kernel

    @cached_property
    def _kernel_text(self) -> str:
        return tensor_text(self._kernel, self.names)

    @property
    def _shape_of_unknown(self) -> str:
        atoms: dict[Atom, str] = dict(self.names.items())
        sizes = self.found.problem.unknowns[self.name].lengths
        return _list_of(polynomial_text(size, atoms) for size in sizes)

    @cached_property
    def statement(self) -> str:
        """The statement, without its name."""
        unknown, problem = self.names[self.name], self.found.problem
        integers, inner = self._integers(False), self._integers(True)
        binders = [f"({' '.join(integers)} : Z)"] if integers else []
        binders += [f"({' '.join([*self._tensors(False), unknown])} : tensor R)"]
        every = [f"({' '.join(inner)} : Z)"] if inner else []
        every += [f"({' '.join(self._tensors(True))} : tensor R)"]
        lhs, rhs = (tensor_text(side, self.names) for side in (problem.lhs, problem.rhs))
        return "\n".join(
            [
                f": forall {' '.join(binders)},",
                *(f"    {one.text} ->" for one, is_inside in self._hypotheses if not is_inside),
                f"    shape {unknown} = {self._shape_of_unknown} ->",
                f"  (forall {' '.join(every)},",
                *(f"    {one.text} ->" for one, is_inside in self._hypotheses if is_inside),
                f"      {lhs}",
                f"      = {rhs})",
                f"  <-> {unknown} = {self._kernel_text}.",
            ]
        )

    def head(self) -> list[str]:
        """The comment at the beginning of the file."""
        claim, name, problem = self.claim, self.name, self.found.problem
        renamed = ", ".join(f"{new} is {old}" for old, new in self.names.items() if new != old)
        inner = [f"all {', '.join(self._integers(True))}"] * bool(self._integers(True))
        said = [
            f"The kernel {name} for which",
            f"{plain(problem.lhs)} = {plain(problem.rhs)}:",
            f"{name} = {plain(self._kernel)}.",
            "",
            f"{SERVES}: both sides are equal with it, {quantifiers(claim)}.",
            "",
            f"{ONLY}: a tensor {name} of this shape makes them equal, for "
            f"{' and '.join([*inner, f'all {self.layer.x}'])} that the hypotheses allow, if and "
            "only if it is that one. All else is fixed first, and the tensor may depend on it. "
            "This is for every commutative ring; symconv itself says it for fields of "
            "characteristic 0.",
        ]
        lines = [line for one in said for line in wrap(comment(one), WIDEST_TEXT) or [""]]
        return [
            FIRST_LINE,
            "",
            *(f"   {line}".rstrip() for line in lines),
            *([f"   In Rocq, {comment(renamed)}."] if renamed else []),
            "",
            "   What the statements speak of is defined first; the two theorems are the last thing",
            "   in the file.",
            "   It needs Coq 8.16 and MathComp 1.15. *)",
        ]

    # --- the proof ---

    def proof(self) -> Iterator[str]:
        """The lines between `Proof.` and `Qed.`.

        Raises:
            Uncertified: no size of the input is found for which it would work.
        """
        names, x, unknown = self.names, self.names[self.layer.x], self.names[self.name]
        integers = [names[symbol.name] for symbol in self.claim.symbols]
        tensors = [names[tensor] for tensor in sorted(self.claim.named)]
        given = [one.name for one, _ in self._hypotheses]
        serves = f"(@{SERVES} {' '.join([*integers, *tensors, *given])})"
        every = [*self._integers(True), *self._tensors(True), *self._given(True)]
        outer = [*self._integers(False), *self._tensors(False), unknown, *self._given(False)]
        yield f"move=> {' '.join([*outer, f'shape_{unknown}'])}."
        yield f"split=> [agree_is | -> {' '.join(every)}]; last exact: {serves}."
        parts = self._parts
        parts.compare_products([*self._kernel.lengths, *self.layer.strides, *self.layer.dilations])
        yield from parts.lines
        known = len(parts.lines)
        made = parts.of(self._kernel)
        yield "(* The kernel has this shape. *)"
        yield f"have shape_is : shape ({self._kernel_text}) = {self._shape_of_unknown}."
        for line in (*parts.lines[known:], *shape_lines(parts, made, self._kernel.lengths)):
            yield f"  {line}"
        yield "(* The input is so long that an output reads it with all taps. *)"
        yield from self._long_input()
        padded = f"padded {self._first} {self._paddings} {x}"
        sides = [self._layer_text(kernel, padded) for kernel in (unknown, f"({self._kernel_text})")]
        yield f"have same_is ({x} : tensor R) : shape {x} = {self._shape_of_input} ->"
        yield f"    {sides[0]}"
        yield f"    = {sides[1]}."
        yield f"  move=> shape_{x}; exact: (etrans (esym (agree_is {' '.join(every)})) {serves})."
        yield from self._determined(unknown)

    @cached_property
    def _parts(self) -> Parts:
        signs = {symbol.name: sign_of(symbol) for symbol in self.claim.symbols}
        given = [one for one, is_inside in self._hypotheses if not is_inside]
        return Parts(self.names, signs, given)

    def _long_input(self) -> Iterator[str]:
        """The lines that choose a size of the input, at which one output reads it with all taps."""
        claim, layer, parts = self.claim, self.layer, self._parts
        signs, unseen = parts.signs, self.found.problem.unseen
        long = LongInputs(unseen, signs, parts.text)
        fixed: list[Polynomial] = []

        def ask(polynomial: Polynomial) -> None:
            if self._is_inside(polynomial.symbols()):
                long.require(polynomial)
            else:
                fixed.append(polynomial)

        try:
            for s, d, c, n, padding, u in self._axes():
                left, right = padding or (_ZERO, _ZERO)
                ask(n + left + _negative_part(right, signs) - s * u - d * (c - 1) - 1)
            for size in layer.batch:
                ask(size - 1)
            for symbol in (s for s in claim.symbols if s.name in unseen):
                (guards,) = assumption_cases(symbol)
                long.suppose_guards(guards)
            for condition in map(spelled_out, claim.conditions):
                if self._is_inside(str(s) for s in condition.free_symbols):
                    long.suppose(condition)
            for requirement in requirements(*claim.signals, *claim.about):
                long.suppose_guards(requirement.guards)
        except (NoSizeError, ValueError):
            raise Uncertified(
                f"no input is found that is long enough for {self.name} and satisfies the "
                "hypotheses"
            ) from None
        if not all(map(self._is_always, fixed)):
            raise Uncertified(
                f"the input has one size along an axis, and that an output reads all of "
                f"{self.name} there is not found"
            )
        text = parts.text
        for axis, (s, d, c, _, _, u) in enumerate(self._axes()):
            yield f"have stride{axis}_ge : 0 < {text(s)} by positive."
            yield f"have dilation{axis}_ge : 0 < {text(d)} by positive."
            yield f"have tap{axis}_ge : 0 < {text(c)} by lia."
            if u.as_integer() is None and s != _ONE:
                yield f"have ? : 0 <= ({text(s)} - 1) * ({text(u)})."
                yield "  by apply: Z.mul_nonneg_nonneg; lia."
        yield from long.lines()
        for one, is_inside in self._hypotheses:
            if is_inside and one.name != f"shape_{self.names[layer.x]}":
                yield f"have {one.name} : {one.text}."
                yield "  by lia || (Z.to_euclidean_division_equations; lia)."

    def _is_always(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial is at least 0, whatever the input."""
        given = [c for c in self.claim.conditions if not self._is_inside(map(str, c.free_symbols))]
        symbols = {symbol.name: symbol for symbol in self.claim.symbols}
        wanted = polynomial_expression(polynomial, symbols) >= 0
        return isinstance(Claim(wanted, sympy.true, given).prove(), Proved)

    def _axes(self) -> Iterator[_Axis]:
        """Each axis along which the layer has windows, and an output that reads the input."""
        layer, signs = self.layer, self._parts.signs
        along = (layer.strides, layer.dilations, layer.taps, layer.sizes, layer.paddings)
        for s, d, c, n, padding in zip(*along, strict=True):
            left = _ZERO if padding is None else padding[0]
            yield s, d, c, n, padding, left - _negative_part(left, signs)

    # --- as Rocq writes it ---

    @property
    def _first(self) -> int:
        """The first axis along which there are windows."""
        return len(self.layer.batch) + isinstance(self.layer.operator, Conv)

    @property
    def _padding_texts(self) -> list[str]:
        text = self._parts.text
        return [
            "None" if one is None else f"Some ({text(one[0])}, {text(one[1])})"
            for one in self.layer.paddings
        ]

    @property
    def _paddings(self) -> str:
        return _list_of(self._padding_texts)

    @property
    def _shape_of_input(self) -> str:
        atoms: dict[Atom, str] = dict(self.names.items())
        shape = self.claim.named[self.layer.x].lengths
        return _list_of(polynomial_text(size, atoms) for size in shape)

    def _layer_text(self, kernel: str, x: str) -> str:
        layer, text = self.layer, self._parts.text
        strides, dilations = (_list_of(map(text, v)) for v in (layer.strides, layer.dilations))
        match layer.operator:
            case Conv(groups=groups):
                told = f"conv {len(layer.batch)} {strides} {dilations} ({text(groups.polynomial)})"
            case Correlate():
                (s,), (d,) = layer.strides, layer.dilations
                told = f"correlate 0 ({text(s)}) ({text(d)})"
        return f"{told} {kernel} ({x})"

    def _determined(self, unknown: str) -> Iterator[str]:
        """The lines that conclude, from what the layer does to inputs of the chosen size."""
        layer, text = self.layer, self._parts.text
        axes = list(self._axes())
        s, d, c = (list(map(text, v)) for v in (layer.strides, layer.dilations, layer.taps))
        n, u = list(map(text, layer.sizes)), [text(output) for *_, output in axes]
        if isinstance(layer.operator, Correlate):
            told = " ".join(f"({one[0]})" for one in (s, d, c, n, u, self._padding_texts))
            yield f"have reads_in : reads_input {told}."
            yield "  by lazy beta iota zeta delta [reads_input]; lia."
            yield (
                "exact: (padded_correlation_determines_kernel stride0_ge dilation0_ge tap0_ge "
                f"shape_is shape_{unknown} reads_in same_is)."
            )
            return
        kernel, groups = self._kernel_text, text(layer.operator.groups.polynomial)
        outputs, channels = (text(size) for size in self._kernel.lengths[:2])
        for name, values in (("stride", s), ("dilation", d), ("tap", c)):
            yield f"have {name}s_ge : positive {_list_of(values)}."
            listed = "; ".join(
                f"apply: (positive_and {name}{axis}_ge)" for axis in range(len(axes))
            )
            yield f"  by {listed}."
        lists = " ".join(map(_list_of, (s, d)))
        yield f"have layer_is : is_layer {len(axes)} {lists} ({kernel})."
        yield "  exact: (is_layer_of_shape shape_is)."
        yield f"have groups_ge : 0 < {groups} by positive."
        yield f"have divides_is : component (shape ({kernel})) 0 mod ({groups}) = 0."
        yield f"  rewrite shape_is; change (({outputs}) mod ({groups}) = 0)."
        yield f"  {self._divides()}."
        there = text(layer.channels)
        yield f"have channels_ge : {groups} * component (shape ({kernel})) 1 <= {there}."
        yield f"  by rewrite shape_is; change ({groups} * ({channels}) <= {there}); lia."
        batch = _list_of(map(text, layer.batch))
        yield f"have batch_ge : positive {batch}."
        each = "".join("apply: positive_and; first lia; " for _ in layer.batch)
        yield f"  by {each}[]." if not each else f"  {each}by []."
        places = " ".join(map(_list_of, (n, u, self._padding_texts)))
        yield f"have reads_in : read_input {lists} (drop 2 (shape ({kernel}))) {places}."
        yield "  by rewrite shape_is; lazy beta iota zeta delta [drop read_input reads_input]; lia."
        told = f"(ms := {batch}) (C := {there}) (ps := {_list_of(self._padding_texts)})"
        yield f"exact: (padded_layer_of_any_rank_determines_kernel {told} layer_is"
        yield f"  (etrans shape_{unknown} (esym shape_is)) groups_ge divides_is channels_ge"
        yield "  batch_ge reads_in same_is)."

    def _divides(self) -> str:
        """The proof that the groups divide the outputs."""
        assert isinstance(self.layer.operator, Conv)
        groups = self.layer.operator.groups.polynomial
        if groups == _ONE:
            return "exact: Z.mod_1_r"
        outputs = self._kernel.lengths[0]
        quotient, rest = divided(outputs, groups)
        if rest == _ZERO:
            text = self._parts.text
            equal = f"{text(outputs)} = ({text(quotient)}) * ({text(groups)})"
            return f"have -> : {equal} by lia. exact: Z_mod_mult"
        return "by lia"


_Axis: TypeAlias = tuple[
    Polynomial,
    Polynomial,
    Polynomial,
    Polynomial,
    tuple[Polynomial, Polynomial] | None,
    Polynomial,
]
"""Along an axis the stride, the dilation, the taps, the size and the padding, and an output."""


def _negative_part(polynomial: Polynomial, signs: Mapping[str, Sign]) -> Polynomial:
    """min(0, p), where signs may say which of both it is."""
    if is_at_least(polynomial, 0, signs):
        return _ZERO
    return polynomial if is_at_least(-polynomial, 0, signs) else -nonnegative_part(-polynomial)


def _list_of(texts: Iterable[str]) -> str:
    inner = "; ".join(texts)
    return f"[:: {inner}]" if inner else "[::]"


def _symbols(leaf: SignalExpr) -> set[str]:
    return {name for size in leaf.lengths for name in size.symbols()}

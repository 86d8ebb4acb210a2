"""The one layer that a chain of linear layers is: when it is the same, and what it saves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import sympy
from sympy import Expr
from sympy.logic.boolalg import Boolean

from symconv.decision.claims import Claim, Hypothesis
from symconv.decision.solving.inputs import sizes_of_inputs
from symconv.decision.solving.kernels.finding import solve
from symconv.decision.solving.kernels.obstacles import Obstacle
from symconv.decision.solving.kernels.solutions import Solution
from symconv.decision.solving.merging.chains import Chain, read_chain
from symconv.decision.solving.merging.composing import flipped
from symconv.decision.solving.merging.multiplications import Cost, multiplications, total
from symconv.decision.solving.merging.normal_form import LinearLayer
from symconv.decision.solving.merging.repairs import repaired
from symconv.decision.verdict_records import verdict_record
from symconv.decision.verdicts import Proved, Refuted, Unknown, Verdict
from symconv.errors import SymconvError
from symconv.language.graph import leaves
from symconv.language.notation import code, plain
from symconv.language.signals import SignalExpr, Tensor
from symconv.language.telling import Told

__all__ = ["Merged", "Repair", "merge"]

ChainLike: TypeAlias = "SignalExpr | Sequence[Callable[[SignalExpr], SignalExpr]]"
"""A chain on a tensor, or the layers one after the other."""

PerAxis: TypeAlias = "Expr | tuple[Any, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Repair(Told):
    """Another chain, which is one layer where the chain as it was given is not.

    Attributes:
        how: what is done, in words.
        chain: the other chain.
        layer: the layer that it is: the one that was meant.
        verdict: that they are the same.
    """

    how: str
    chain: SignalExpr
    layer: SignalExpr
    verdict: Proved

    def __str__(self) -> str:
        return f"{self.how}: {self.chain} is that layer ({self.verdict})"


@dataclass(frozen=True, eq=False, repr=False)
class Merged:
    """The one layer that a chain of linear layers is, or would be; see `merge`.

    Attributes:
        claim: that the chain is the layer.
        chain: the chain.
        input: the tensor to which both are applied.
        layer: the one layer on the input, with its bias.
        verdict: whether both are the same: `Proved` for all sizes; or refuted, with the smallest
            counterexample.
        costs: the multiplications of each layer of the chain.
    """

    claim: Claim
    chain: SignalExpr
    input: SignalExpr
    layer: SignalExpr
    verdict: Verdict
    costs: tuple[Cost, ...] = field(repr=False)
    _chain: Chain = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.verdict)

    def __repr__(self) -> str:
        return f"<one layer: {self.layer}; {self.verdict}>"

    @property
    def normal_form(self) -> LinearLayer:
        """What the chain is composed to: how the layer slides, and its kernels."""
        return self._chain.whole

    @property
    def _sliding(self) -> list[int]:
        """The axes along which the layer slides."""
        whole = self.normal_form
        if whole.over_channels is not None and whole.channel is not None:
            return list(range(whole.channel + 1, len(whole.axes)))
        if len(whole.axes) == 1:
            return [0]
        return [axis for axis, one in enumerate(whole.axes) if not one.is_idle]

    @property
    def kernel(self) -> Any:
        """The kernel: (O, C/groups, …) over channels, and of one axis otherwise.

        Where a layer without channels slides along several axes, a tuple of kernels, one for each
        of these.
        """
        weight = self.normal_form.over_channels
        if weight is not None:
            return weight.kernel
        kernels = []
        for axis in self._sliding:
            kernel = self.normal_form.along(axis).kernel
            kernels.append(flipped(kernel) if self.normal_form.is_transposed(axis) else kernel)
        return kernels[0] if len(kernels) == 1 else tuple(kernels)

    @property
    def bias(self) -> SignalExpr | None:
        """The bias, a number for each channel; None without one."""
        return self.normal_form.bias

    @property
    def stride(self) -> PerAxis:
        """The stride: the product of all; a tuple where the axes have different ones."""
        return _each([self.normal_form.axes[axis].stride.written for axis in self._sliding])

    @property
    def dilation(self) -> PerAxis:
        """The dilation of the kernel: what those of the layers have in common."""
        weight = self.normal_form.over_channels
        if weight is not None:
            return _each([d.written for d in weight.dilation])
        taps = [self.normal_form.along(axis) for axis in self._sliding]
        return _each([sympy.Integer(1) if t.is_single else t.dilation.written for t in taps])

    @property
    def input_dilation(self) -> PerAxis:
        """From one input to the next, with zeros between: the stride of a transposed layer."""
        return _each([self.normal_form.axes[axis].spread.written for axis in self._sliding])

    @property
    def padding(self) -> PerAxis:
        """What is padded before and behind: a pair, or a tuple of one for each axis."""
        found: list[Any] = []
        for axis in self._sliding:
            one = self.normal_form.axes[axis]
            found.append((one.left.written, one.right.written))
        return found[0] if len(self.normal_form.axes) == len(found) == 1 else tuple(found)

    @property
    def groups(self) -> Expr:
        """How many groups of channels there are."""
        weight = self.normal_form.over_channels
        return sympy.Integer(1) if weight is None else weight.groups.written

    @property
    def condition(self) -> Boolean | None:
        """The sizes for which both are the same, exactly; None where that is not known."""
        if isinstance(self.verdict, Proved):
            return sympy.true if self.verdict.is_complete else None
        return self.verdict.condition if isinstance(self.verdict, Refuted) else None

    @cached_property
    def condition_for_all_inputs(self) -> Boolean | None:
        """Exactly when both are the same for all sizes of the input; None where it is not known."""
        if not isinstance(self.verdict, Refuted):
            return self.condition
        own = leaves(self.input)
        others = (leaf.lengths for name, leaf in leaves(self.chain).items() if name not in own)
        sizes = sizes_of_inputs([self.input.lengths], others)
        try:
            return self.claim.condition(for_all=[s for s in self.claim.symbols if s.name in sizes])
        except SymconvError:
            return None

    @cached_property
    def solution(self) -> Solution | None:
        """What `solve` finds for the kernel and the bias of such a layer, not knowing this one.

        None where it is not asked: where the layer has several kernels, along axes one by one, or
        the input is no named tensor.
        """
        kernel, bias = self.kernel, self.bias
        taken = {*leaves(self.chain), *self.chain.every_symbol()}
        if not isinstance(self.input, Tensor) or isinstance(kernel, tuple) or taken & {"K", "B"}:
            return None
        shapes = {"K": kernel.shape} | ({} if bias is None else {"B": bias.shape})

        def layer(K: SignalExpr, B: SignalExpr | None = None) -> SignalExpr:
            made = self.normal_form.with_kernel(K, B)
            assert made is not None, self.layer
            return made.of(self.input)

        def with_bias(K: SignalExpr, B: SignalExpr) -> SignalExpr:
            return layer(K, B)

        def without(K: SignalExpr) -> SignalExpr:
            return layer(K)

        try:
            return solve(
                self.chain,
                without if bias is None else with_bias,
                shape=shapes,
                given=self.claim.given,
                of=self.input,
            )
        except SymconvError:
            return None

    @property
    def is_unique(self) -> bool | None:
        """Whether no other kernel and bias of these shapes serve; None where it is not known."""
        if not isinstance(self.verdict, Proved) or self.solution is None:
            return None
        return self.solution.is_unique

    @property
    def obstacle(self) -> Obstacle | None:
        """The sizes at which no kernel and bias serve such a layer; None where none are known."""
        if isinstance(self.verdict, Proved) or self.solution is None:
            return None
        return self.solution.obstacle

    @property
    def cost_before(self) -> Expr:
        """How many multiplications the chain takes, in the sizes."""
        return total(self.costs)

    @property
    def cost_after(self) -> Expr:
        """How many the one layer takes."""
        return total(self.costs_after)

    @cached_property
    def costs_after(self) -> tuple[Cost, ...]:
        """What the one layer takes; several where it slides along axes one by one."""
        return multiplications(read_chain(self.layer, self.input))

    @cached_property
    def repairs(self) -> tuple[Repair, ...]:
        """Other chains that are that layer, each proved; none where the chain itself is."""
        if isinstance(self.verdict, Proved) and self.verdict.is_complete:
            return ()
        found = []
        for how, chain in repaired(self._chain):
            try:
                verdict = Claim(chain, self.layer, self.claim.given).prove()
            except SymconvError:  # it is not defined for all sizes
                continue
            if isinstance(verdict, Proved):
                found.append(Repair(how, chain, self.layer, verdict))
        return tuple(found)

    @property
    def repair(self) -> Repair | None:
        """The first of the repairs; None where there is none, or none is needed."""
        return self.repairs[0] if self.repairs else None

    def record(self) -> dict[str, Any]:
        """All of it as plain values, for scripts."""
        condition, always = self.condition, self.condition_for_all_inputs
        record: dict[str, Any] = {
            "chain": code(self.chain),
            "input": code(self.input),
            "layer": code(self.layer),
            "kernel": _listed(self.kernel),
            "bias": None if self.bias is None else code(self.bias),
            "stride": _listed(self.stride),
            "padding": _listed(self.padding),
            "dilation": _listed(self.dilation),
            "input_dilation": _listed(self.input_dilation),
            "groups": str(self.groups),
            **verdict_record(self.verdict),
            "condition": None if condition is None else str(condition),
            "condition_for_all_inputs": None if always is None else str(always),
            "multiplications": {
                "before": str(self.cost_before),
                "after": str(self.cost_after),
                "layers": [
                    {"layer": cost.layer, "multiplications": str(cost.multiplications)}
                    for cost in self.costs
                ],
            },
        }
        record["repairs"] = [
            {"how": one.how, "chain": code(one.chain), **verdict_record(one.verdict)}
            for one in self.repairs
        ]
        return record

    def __str__(self) -> str:
        is_same = isinstance(self.verdict, Proved)
        lines = [
            f"{self.chain}",
            f"{'is' if is_same else 'is compared with'} one layer: {self.layer}",
            str(self.verdict),
            *self._others(),
            *self._for_all_inputs(),
            "multiplications:",
            *(f"  {cost.layer}: {plain(cost.multiplications)}" for cost in self.costs),
            f"  together {plain(self.cost_before)}",
            f"  as one layer {plain(self.cost_after)}",
        ]
        if not is_same:
            lines += [f"repair: {repair}" for repair in self.repairs]
            lines += ["no repair was found"] * (not self.repairs)
        return "\n".join(lines)

    def _others(self) -> list[str]:
        """Whether other kernels of the same shape serve."""
        both = "kernel" if self.bias is None else "kernel and no other bias"
        if self.obstacle is not None:
            return [f"No other {both} of this shape does it either: {self.obstacle}"]
        return (
            ["It is the only one of this shape over fields of characteristic 0."]
            if self.is_unique
            else []
        )

    def _for_all_inputs(self) -> list[str]:
        """For which other sizes a refuted claim holds for all inputs, where that says more."""
        found = self.condition_for_all_inputs
        if not isinstance(self.verdict, Refuted) or found in (None, self.condition):
            return []
        if found is sympy.false:
            return [
                "For no choice of the other sizes are they the same for all sizes of the input."
            ]
        return [f"They are the same for all sizes of the input exactly when {plain(found)}."]


def merge(
    layers: ChainLike,
    of: SignalExpr | str | None = None,
    *,
    given: Iterable[Hypothesis] | Hypothesis = (),
) -> Merged:
    """The one layer that a chain of linear layers is, with the sizes for which it is the same.

    Of layers with kernels k₁, k₂, …, strides s₁, s₂, … and dilations d₁, d₂, … the kernel is

        (k₁ ↑d₁) ∗ (k₂ ↑s₁·d₂) ∗ (k₃ ↑s₁·s₂·d₃) ∗ …,

    its stride is s₁·s₂·s₃·…, and its padding p₁ + s₁·p₂ + s₁·s₂·p₃ + …; over channels, kernels
    are summed over the channels between.  A bias is what the layers behind make of it.  Whether
    that layer is the chain is decided for all sizes: behind a layer, padding with zeros is
    something else than what the layer makes of zeros, so that such a chain mostly is no layer.
    Then there is a repair where one is proved: the padding before the first layer, or the bias as
    padding.

    Layers are `conv`, `correlate`, `convolve`, `conv_transpose`, `linear`, padding with zeros,
    crops and steps, `flip`, `dilate`, average pools, `batch_norm`, biases and multiples, and sums
    of branches of these.

    Args:
        layers: a chain on a tensor, such as x.correlate(k).correlate(h); or functions of a tensor,
            one after the other.
        of: the input, or its name, where the chain reads several tensors; any tensor in the chain
            may be it.  For functions, what the first of them is applied to.
        given: hypotheses on the sizes, as of a claim.

    >>> from symconv import Signal, integers
    >>> n, c = integers("n c", positive=True)
    >>> l, r = integers("l r", nonnegative=True)
    >>> x, k = Signal("x", n), Signal("k", c)
    >>> merged = merge(x.pad(l, r).correlate(k, stride=2).correlate(k, stride=2))
    >>> merged.layer
    x.pad(l, r).correlate(k.convolve(k.dilate(2)), stride=4)
    >>> print(merged.verdict)
    proved for all lengths
    >>> merged.cost_after
    (3*c - 2)*Max(0, floor((-3*c + l + n + r + 2)/4) + 1)
    >>> between = merge(x.pad(1, 1).correlate(k).pad(1, 1).correlate(k), given=[n >= c])
    >>> print(between.condition)
    (c <= 2) | (n <= 2*c - 6)
    >>> print(between.repair)
    pad before the first layer only: x.pad(2, 2).correlate(k).correlate(k) is that layer ...

    Raises:
        SymconvError: something in the chain is no such layer, as a function, which is named with
            where to cut the chain; or several tensors may be the input.

    References:
        X. Ding et al., *RepVGG*, arXiv:2101.03697; *Diverse Branch Block*, arXiv:2103.13425.
    """
    result, source = _result(layers, of)
    merged = _merged(read_chain(result, source, as_if_long=True), given)
    if merged:
        return merged
    exact = read_chain(result, merged.input)
    if exact.whole.of(merged.input) is merged.layer:
        return merged
    return _merged(exact, given) or merged


def _merged(chain: Chain, given: Iterable[Hypothesis] | Hypothesis) -> Merged:
    """What a chain is, decided."""
    layer = chain.whole.of(chain.input)
    claim = Claim(chain.result, layer, given)
    verdict: Verdict
    try:
        verdict = claim.prove()
    except SymconvError as problem:
        Claim(chain.result, chain.result, given).prove()  # the chain itself may not be defined
        verdict = Unknown(f"the layer is not defined for all sizes: {problem}")
    costs = multiplications(chain)
    return Merged(claim, chain.result, chain.input, layer, verdict, costs, chain)


def _result(
    layers: ChainLike, of: SignalExpr | str | None
) -> tuple[SignalExpr, SignalExpr | str | None]:
    """The chain on a tensor."""
    if isinstance(layers, SignalExpr):
        return layers, of
    if (
        not isinstance(layers, Sequence)
        or isinstance(layers, str)
        or not all(map(callable, layers))
    ):
        raise SymconvError(
            "merge takes a chain of layers on a tensor, such as x.correlate(k).correlate(h), or "
            f"functions of a tensor, got {layers!r}"
        )
    if not isinstance(of, SignalExpr):
        raise SymconvError(
            f"merge([layer, …], x) takes the tensor to which the first layer is applied, got {of!r}"
        )
    result: Any = of
    for layer in layers:
        result = layer(result)
        if not isinstance(result, SignalExpr):
            raise SymconvError(f"a layer makes a tensor of a tensor, and {layer!r} gave {result!r}")
    return result, of


def _each(values: Sequence[Any]) -> PerAxis:
    """One value for all axes, where all have the same."""
    if not values:
        return ()
    return values[0] if all(value == values[0] for value in values) else tuple(values)


def _listed(value: Any) -> Any:
    """Tensors and amounts as text, tuples as lists."""
    if isinstance(value, tuple):
        return list(map(_listed, value))
    return code(value) if isinstance(value, SignalExpr) else str(value)

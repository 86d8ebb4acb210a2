"""One layer that several layers of a network are: in the terms of PyTorch, and in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Expr
from sympy.logic.boolalg import Boolean

from symconv.decision.solving.merging.composing import Weight
from symconv.decision.solving.merging.merged import Merged, Repair
from symconv.decision.solving.merging.normal_form import LinearLayer, Slide
from symconv.decision.solving.merging.parts import Part
from symconv.decision.verdict_records import verdict_record
from symconv.decision.verdicts import Refuted, Verdict
from symconv.decision.wording import differences_sentences
from symconv.errors import SymconvError
from symconv.language.amounts import Amount
from symconv.language.notation import plain
from symconv.language.operators.base import size_along
from symconv.language.signals import SignalExpr

__all__ = ["LayerForm", "MergedLayers"]


@dataclass(frozen=True, slots=True)
class LayerForm:
    """A layer in the terms of PyTorch.

    Attributes:
        kind: the class, as Conv2d.
        inputs: how many channels, or features, come in.
        outputs: how many come out.
        kernel_size: along each axis that it slides along; empty for a linear layer.
        stride: likewise.
        padding: likewise.
        output_padding: likewise; of transposed layers.
        dilation: likewise.
        groups: how many groups of channels there are.
        bias: whether there is one.
        padded_before: zeros that have to be put around the input beforehand, since they differ at
            both ends: pairs, the last axis first, as `torch.nn.functional.pad` takes them; what is
            negative is cut off.
    """

    kind: str
    inputs: int
    outputs: int
    kernel_size: tuple[int, ...] = ()
    stride: tuple[int, ...] = ()
    padding: tuple[int, ...] = ()
    output_padding: tuple[int, ...] = ()
    dilation: tuple[int, ...] = ()
    groups: int = 1
    bias: bool = True
    padded_before: tuple[int, ...] = ()

    @property
    def is_transposed(self) -> bool:
        """Whether it is a transposed layer, whose weight has the channels that come in first."""
        return self.kind.startswith("ConvTranspose")

    @property
    def arguments(self) -> dict[str, Any]:
        """What PyTorch's class is called with, without what it takes by itself."""
        if not self.kernel_size:
            first: dict[str, Any] = {"in_features": self.inputs, "out_features": self.outputs}
            return first | ({} if self.bias else {"bias": False})
        found: dict[str, Any] = {"in_channels": self.inputs, "out_channels": self.outputs}
        for name, usual in _USUAL.items():
            values = getattr(self, name)
            if any(value != usual for value in values):
                found[name] = values[0] if len(set(values)) == 1 else values
        if self.groups != 1:
            found["groups"] = self.groups
        return found | ({} if self.bias else {"bias": False})

    def __str__(self) -> str:
        given = self.arguments
        channels = [given.pop(name) for name in list(given)[:2]]
        told = ", ".join([*map(str, channels), *(f"{name}={one}" for name, one in given.items())])
        layer = f"{self.kind}({told})"
        if not self.padded_before:
            return layer
        return f"{layer} behind ConstantPad{len(self.kernel_size)}d({self.padded_before}, 0)"


_USUAL = {"kernel_size": None, "stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}


@dataclass(frozen=True, eq=False, repr=False)
class MergedLayers:
    """Layers of a network, one behind the other or beside it, that are one layer; or are not.

    Attributes:
        layers: the modules that they are in, as "layer1.0.conv2 (Conv2d)"; or as
            "layer1.0.act (Hardswish, in part)" where one does more, or is called elsewhere too.
        input: the tensor of the network that the first of them reads.
        output: the tensor of the network that the last one makes.
        merged: which layer they are, if they are one, on an input of any size, and for any number
            of channels where that is possible: sizes and weights have names of their own there.
        saves: whether they take no more multiplications as one layer.
        parts: where they are not one layer for all sizes, or take more as one: which of them are
            one layer each.
    """

    layers: tuple[str, ...]
    input: SignalExpr
    output: SignalExpr
    merged: Merged
    saves: bool
    parts: tuple[MergedLayers, ...]
    _part: Part = field(repr=False)
    _numbers: Callable[[str], Any] = field(repr=False)

    def __bool__(self) -> bool:
        return self._part.is_layer

    def __repr__(self) -> str:
        return f"<{str(self).splitlines()[0]}>"

    @property
    def verdict(self) -> Verdict:
        """Whether they are one layer."""
        return self.merged.verdict

    @property
    def condition(self) -> Boolean | None:
        """The sizes of the input for which they are that layer; None where it is not known.

        The names of the sizes are those in `merged`.
        """
        return self._part.condition

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What can be changed so that they are that layer, each proved for all sizes."""
        return tuple(one for one in self.merged.repairs if one.verdict.is_complete)

    @property
    def cost_before(self) -> Expr:
        """How many multiplications the layers take, in the sizes of the network."""
        return self._in_the_network(self.merged.cost_before)

    @property
    def cost_after(self) -> Expr:
        """How many the one layer takes."""
        return self._in_the_network(self.merged.cost_after)

    def _in_the_network(self, number: Expr) -> Expr:
        sizes = {symbol: amount.written for symbol, amount in self._part.sizes.items()}
        result: Expr = number.xreplace(sizes)
        return result

    # --- the layer -------------------------------------------------------------------

    @cached_property
    def form(self) -> LayerForm:
        """The layer in the terms of PyTorch; where a repair is needed, with that.

        Raises:
            SymconvError: they are no layer and no repair is known, or PyTorch has no such layer.
        """
        if not self and not self.repairs:
            raise SymconvError(
                f"{_listed(self.layers)} are not one layer, and no repair is known: {self.verdict}"
            )
        return _Form(self._part).found()

    @property
    def weight(self) -> Any:
        """The weight of that layer, in double precision, in the shape that PyTorch's has.

        Raises:
            SymconvError: as for `form`.
        """
        return self._entries[0]

    @property
    def bias(self) -> Any:
        """Its bias; None without one."""
        return self._entries[1]

    def module(self) -> Any:
        """The layer as a module of PyTorch, in double precision.

        It has the padding before it where that differs at both ends.

        Raises:
            SymconvError: as for `form`.
        """
        from symconv.reading.networks.merging.torch_modules import module_of

        return module_of(self.form, self.weight, self.bias)

    @cached_property
    def _entries(self) -> tuple[Any, Any]:
        import numpy as np  # of no use until numbers are asked for

        from symconv.language.double_precision import doubles

        form, layer = self.form, self.merged.normal_form
        weight = _Form(self._part).weight
        tensors = [weight.kernel] + ([] if layer.bias is None else [layer.bias])
        entries = {name: self._numbers(own) for name, own in self._part.names.items()}
        kernel, *others = doubles(tensors, entries, self._part.channels)
        bias = None
        if others:
            bias = np.broadcast_to(others[0], (form.outputs,)).copy()  # one may be for all
        return _as_pytorch_has_it(kernel, form), bias

    # --- told ------------------------------------------------------------------------

    def record(self) -> dict[str, Any]:
        """All of it as plain values, for scripts."""
        try:
            form, why = self.form, None
        except SymconvError as problem:
            form, why = None, str(problem)
        return {
            "layers": list(self.layers),
            "is_one_layer": bool(self),
            "kind": None if form is None else form.kind,
            "arguments": None if form is None else form.arguments,
            "padded_before": None if form is None else list(form.padded_before),
            "no_form": why,
            **verdict_record(self.verdict),
            "condition": None if self.condition is None else str(self.condition),
            "multiplications": {"before": str(self.cost_before), "after": str(self.cost_after)},
            "repairs": [
                {"how": one.how, **verdict_record(one.verdict)} for one in self.repairs if not self
            ],
            "parts": [part.record() for part in self.parts],
        }

    def __str__(self) -> str:
        names = _listed(self.layers)
        if self:
            lines = [f"{names}: one layer, {self._told_form()}", f"    {self.verdict}"]
        else:
            lines = [f"{names}: not one layer", *(f"    {line}" for line in self._why())]
            lines += [
                f"    repair: {one.how}; then they are {self._told_form()}: {one.verdict}"
                for one in self.repairs
            ]
            lines += ["    no repair was found"] * (not self.repairs)
        after = f", as one layer {plain(self.cost_after)}" if self or self.repairs else ""
        lines.append(f"    multiplications: {plain(self.cost_before)}{after}")
        if self and not self.saves:
            lines.append("    As one layer they take more" + " than these:" * bool(self.parts))
        for part in self.parts:
            lines += [f"    {line}" for line in str(part).splitlines()]
        return "\n".join(lines)

    def _told_form(self) -> str:
        try:
            return str(self.form)
        except SymconvError as problem:
            return f"a layer for which PyTorch has no module, as {problem}"

    def _why(self) -> list[str]:
        """Why they are not one layer."""
        verdict, condition = self.verdict, self.condition
        if not isinstance(verdict, Refuted):
            return str(verdict).splitlines()
        if condition is None:
            channels = " and numbers of channels" * bool(self._part.channels)
            first, *others = str(verdict).splitlines()
            return [f"They are not that for all sizes{channels}: {first}", *others]
        told = "They are one layer for no sizes."
        if not self._part.never_holds:
            sizes = ", ".join(map(str, self.merged.input.shape))
            told = f"On an input ({sizes}) they are one layer exactly when {plain(condition)}."
        return [told, *differences_sentences(verdict.differences)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "the module itself"


def _as_pytorch_has_it(kernel: Any, form: LayerForm) -> Any:
    """The kernel (out, in/groups, …) as the weight of a layer, which may be a transposed one."""
    if not form.is_transposed:
        return kernel
    outputs, inputs, *sizes = kernel.shape
    groups = form.groups
    apart = kernel.reshape(groups, outputs // groups, inputs, *sizes).swapaxes(1, 2)
    turned = apart.reshape(groups * inputs, outputs // groups, *sizes)
    return turned[(..., *([slice(None, None, -1)] * len(sizes)))].copy()


@dataclass(frozen=True, slots=True)
class _Form:
    """A part of a network while it is put in the terms of PyTorch."""

    part: Part

    @property
    def _layer(self) -> LinearLayer:
        return self.part.merged.normal_form

    @property
    def weight(self) -> Weight:
        """The kernel over channels.

        Raises:
            SymconvError: there are no channels.
        """
        weight = self._layer.over_channels
        if weight is None:
            raise SymconvError("nothing is done with channels in it")
        return weight

    def _number(self, amount: Amount) -> int:
        """An amount in numbers.

        Raises:
            SymconvError: it depends on the sizes.
        """
        try:
            return amount.at(self.part.channels)
        except SymconvError:
            raise SymconvError(f"{amount} depends on the sizes of the input") from None

    def found(self) -> LayerForm:
        """The layer.

        Raises:
            SymconvError: PyTorch has no such layer.
        """
        layer, weight = self._layer, self.weight
        assert layer.channel is not None, layer
        if any(not one.is_idle for one in layer.axes[: layer.channel + 1]):
            raise SymconvError("it moves along the axis of the channels, or of the batch")
        sliding = layer.axes[layer.channel + 1 :]
        if any(one.is_reversed for one in sliding):
            raise SymconvError("it reads the input in reverse")
        shape = [
            self._number(size_along(weight.kernel, axis)) for axis in range(weight.kernel.ndim)
        ]
        groups = self._number(weight.groups)
        if not weight.dimensions:
            if groups != 1:
                raise SymconvError("it multiplies each feature by a number")
            return LayerForm("Linear", shape[1], shape[0], bias=layer.bias is not None)
        form = LayerForm(
            kind=f"Conv{weight.dimensions}d",
            inputs=shape[1] * groups,
            outputs=shape[0],
            kernel_size=tuple(shape[2:]),
            dilation=tuple(map(self._number, weight.dilation)),
            groups=groups,
            bias=layer.bias is not None,
        )
        if all(one.spread == 1 for one in sliding):
            return self._convolution(form, sliding)
        return self._transposed(form, sliding)

    def _convolution(self, form: LayerForm, sliding: Sequence[Slide]) -> LayerForm:
        ends = [(self._number(one.left), self._number(one.right)) for one in sliding]
        is_usual = all(left == right >= 0 for left, right in ends)
        around = () if is_usual else tuple(end for pair in reversed(ends) for end in pair)
        return replace(
            form,
            stride=tuple(self._number(one.stride) for one in sliding),
            padding=tuple(left if is_usual else 0 for left, _ in ends),
            padded_before=around,
        )

    def _transposed(self, form: LayerForm, sliding: Sequence[Slide]) -> LayerForm:
        if any(one.stride != 1 for one in sliding):
            raise SymconvError("it is a transposed layer with a stride behind it")
        padding, more = [], []
        spread = tuple(self._number(one.spread) for one in sliding)
        for one, size, dilation, s in zip(
            sliding, form.kernel_size, form.dilation, spread, strict=True
        ):
            left, right = self._number(one.left), self._number(one.right)
            padding.append(dilation * (size - 1) - left)
            more.append(right - left)
            if padding[-1] < 0 or not 0 <= more[-1] < max(s, dilation):
                raise SymconvError(
                    "it is a transposed layer, and what is cut off at its ends is no padding of one"
                )
        return replace(
            form,
            kind=form.kind.replace("Conv", "ConvTranspose"),
            stride=spread,
            padding=tuple(padding),
            output_padding=tuple(more),
        )

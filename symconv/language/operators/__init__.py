"""The operators of the language, each in a module of its own; this is the list of them.

What they have in common is in `base`, `kernels` and `equal_shapes`.  What is not listed here is
no operator: a layer is made of operators (`symconv.language.layers`).
"""

from __future__ import annotations

from symconv.language.operators.add import Add, AddMethods
from symconv.language.operators.base import Operator
from symconv.language.operators.conv import Conv
from symconv.language.operators.convolve import Convolve, ConvolveMethod
from symconv.language.operators.correlate import Correlate, CorrelateMethod
from symconv.language.operators.dilate import Dilate, DilateMethod
from symconv.language.operators.divide import Divide, DivideMethods
from symconv.language.operators.downsample import Downsample, DownsampleMethod
from symconv.language.operators.einsum import Einsum, SumMethods
from symconv.language.operators.extend import Extend, Extension
from symconv.language.operators.flip import Flip, FlipMethod
from symconv.language.operators.formula import Formula
from symconv.language.operators.max_pool import MaxPool
from symconv.language.operators.maximum import Maximum
from symconv.language.operators.multiply import Multiply, MultiplyMethod
from symconv.language.operators.named import Named
from symconv.language.operators.pad import Pad, PadMethod
from symconv.language.operators.pointwise import Apply, PointwiseMethods
from symconv.language.operators.rearrange import Rearrange, RearrangeMethods
from symconv.language.operators.roll import Roll, RollMethod
from symconv.language.operators.scale import Scale, ScaleMethods
from symconv.language.operators.taps import Taps
from symconv.language.operators.windows import Windows, WindowsMethod

__all__ = [
    "OPERATORS",
    "Add",
    "Apply",
    "Conv",
    "Convolve",
    "Correlate",
    "Dilate",
    "Divide",
    "Downsample",
    "Einsum",
    "Extend",
    "Extension",
    "Flip",
    "Formula",
    "MaxPool",
    "Maximum",
    "Methods",
    "Multiply",
    "Named",
    "Operator",
    "Pad",
    "Rearrange",
    "Roll",
    "Scale",
    "Taps",
    "Windows",
]

OPERATORS: tuple[type[Operator], ...] = (
    Named,
    Taps,
    Formula,
    Pad,
    Extend,
    Flip,
    Roll,
    Downsample,
    Dilate,
    Convolve,
    Correlate,
    Multiply,
    Add,
    Scale,
    Divide,
    Windows,
    Rearrange,
    Einsum,
    Conv,
    Apply,
    MaxPool,
    Maximum,
)


class Methods(
    PadMethod,
    FlipMethod,
    RollMethod,
    DownsampleMethod,
    DilateMethod,
    ConvolveMethod,
    CorrelateMethod,
    MultiplyMethod,
    AddMethods,
    ScaleMethods,
    DivideMethods,
    WindowsMethod,
    RearrangeMethods,
    SumMethods,
    PointwiseMethods,
):
    """The methods and signs by which operators are applied, in the order in which they are told."""

    __slots__ = ()

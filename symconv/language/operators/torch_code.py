"""NumPy's arrays as PyTorch's tensors, in lines that reproduce a counterexample."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symconv.language.signals import SignalExpr

__all__ = ["torch_tensor"]


def torch_tensor(text: str, signal: SignalExpr) -> str:
    """NumPy's array as PyTorch's tensor: none that runs backwards, and none of integers.

    Args:
        text: the code of the array; where PyTorch has made it, it is PyTorch's tensor already.
        signal: what it is the code of.
    """
    if signal.operator.may_be_torch and text.startswith("torch."):
        return text.removesuffix(".numpy()")
    backwards = ":-" in text  # of one entry too, which NumPy takes for contiguous as it stands
    integers = any(f"np.{made}(" in text for made in ("array", "ones", "zeros"))
    return f"torch.tensor({f'np.copy({text})' if backwards else text}{', dtype=float' * integers})"

"""Merged axes of the sides of a claim are taken apart, so that nothing is divided by sizes."""

from __future__ import annotations

from symconv.decision.claims import Claim
from symconv.language.operators import Rearrange
from symconv.language.signals import SignalExpr

__all__ = ["taken_apart"]


def taken_apart(claim: Claim) -> Claim | None:
    """The same claim, with the axes split that a side has merged last; None if there are none.

    To split an axis of h·r entries into h and r moves the entries, and loses none.  So what is
    proved of the tensors with split axes, which have to be as long for that on both sides, holds
    for those of the claim.

    >>> from symconv import Tensor, integers
    >>> H, W = integers("H W", positive=True)
    >>> x, y = Tensor("x", (H, W)), Tensor("y", (H * W,))
    >>> taken_apart(Claim(x.rearrange("h w -> (h w)"), y)).rhs.shape
    (H, W)
    """
    groups: dict[int, dict[str, object]] = {}
    for side in claim.signals:
        match side:
            case SignalExpr(Rearrange() as merging, _):
                sizes = dict(zip(merging.names, merging.sizes, strict=True))
                for axis, group in enumerate(merging.target):
                    if len(group) > 1 and axis not in groups:
                        parts = [sizes[name].written for name in group]
                        groups[axis] = {f"i{axis}_{j}": part for j, part in enumerate(parts)}
    if not groups:
        return None
    axes = [list(groups.get(axis, [f"i{axis}"])) for axis in range(claim.signals[0].ndim)]
    source = " ".join(f"({' '.join(names)})" if len(names) > 1 else names[0] for names in axes)
    pattern = f"{source} -> {' '.join(name for names in axes for name in names)}"
    known = {name: size for group in groups.values() for name, size in group.items()}
    left, right = (side.rearrange(pattern, **known) for side in claim.signals)
    return Claim(left, right, claim.given, about=(*claim.signals, *claim.about))

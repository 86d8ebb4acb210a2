"""Layers that move entries: axes exchanged, split, merged, cut and joined, as PyTorch has them.

The axes by which an axis is split or merged have to be seen in the sizes: N·2·C splits into N, 2
and C, while of C and 2·D it is not known whether they are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from operator import mul
from types import EllipsisType
from typing import Any

from symconv.arithmetic.polynomials import Floor, Polynomial, quotient
from symconv.errors import SymconvError, as_given
from symconv.language.amounts import Amount, integer_argument
from symconv.language.layers.arguments import small_number
from symconv.language.operators.base import axes_of, size_along
from symconv.language.signals import SignalExpr
from symconv.language.tensor_functions import concatenate
from symconv.reading.networks.layers.arguments import (
    as_list,
    names_of,
    rearranged,
    sizes_of,
    which_axes,
    without_axes,
)

__all__ = [
    "cat",
    "chunk",
    "expand",
    "expand_as",
    "flatten",
    "flip",
    "movedim",
    "narrow",
    "part",
    "permute",
    "repeat",
    "repeat_interleave",
    "reshape",
    "reshape_as",
    "reversed_axes",
    "roll",
    "select",
    "split",
    "squeeze",
    "stack",
    "swapped",
    "t",
    "transpose",
    "unbind",
    "unflatten",
    "unsqueeze",
    "windows",
]


# --- shapes --------------------------------------------------------------------------


def _times(amounts: Sequence[Amount]) -> Amount:
    return reduce(mul, amounts, Amount.of(1))


def _written(sizes: Sequence[Amount]) -> str:
    return f"({', '.join(map(str, sizes))})"


def _whole_quotient(n: Amount, m: Amount) -> Amount | None:
    """n/m where it is plain that m divides n."""
    whole = quotient(n.polynomial, m.polynomial)
    return (
        None
        if whole is None
        else Amount(whole, {name: n.symbols[name] for name in whole.symbols()})
    )


Same = Callable[[Amount, Amount], bool]
"""Tells whether two sizes are equal."""


def _with_the_rest(x: SignalExpr, wanted: Sequence[Any], same: Same) -> list[Amount]:
    """The sizes of a shape, of which one may be −1 for what is left."""
    given = [_written_like(integer_argument(size, "a size", x), sizes_of(x)) for size in wanted]
    open_ = [axis for axis, size in enumerate(given) if size == -1]
    if not open_:
        return given
    if len(open_) > 1:
        raise SymconvError(f"only one size of a shape can be -1, got {_written(given)}")
    have = [size for size in sizes_of(x) if size != 1]
    named = []
    for size in (size for size in given if size != -1):
        if size in have:
            have.remove(size)  # what stands on both sides needs no division
        else:
            named.append(size)
    whole, part = _times(have), _times(named)
    rest = _whole_quotient(whole, part)
    if rest is None and part.is_at_least(1) and same((whole // part) * part, whole):
        rest = whole // part
    if rest is None:
        raise SymconvError(
            f"{_written(given)} is no shape for {_written(sizes_of(x))}, of which it is not plain "
            f"that {part} divides {whole}; give sizes as numbers, by the shape of the input or by "
            f"a hypothesis such as Eq(H, 224), or add the hypothesis Eq(Mod({whole}, {part}), 0)"
        )
    return [rest if axis == open_[0] else size for axis, size in enumerate(given)]


def _plainly_equal(one: Amount, other: Amount) -> bool:
    return one.polynomial == other.polynomial


def _floor_of_small(atom: Any) -> tuple[Floor, int] | None:
    """⌊(n + 1)/2⌋ and −1 for ⌊(n − 1)/2⌋, of which the one is the other and that number."""
    divisor = atom.divisor.as_integer() if isinstance(atom, Floor) else None
    if divisor is None:
        return None
    whole = atom.numerator.terms.get((), 0) // divisor
    return Floor(atom.numerator - whole * divisor, atom.divisor), whole


def _written_like(size: Amount, others: Sequence[Amount]) -> Amount:
    """The same size, with ⌊(n − 1)/2⌋ + 1 for ⌊(n + 1)/2⌋ where the others have that."""
    forms = {}
    for other in others:
        for atom in other.polynomial.every_atom():
            found = _floor_of_small(atom)
            if found is not None:
                forms[found[0]] = Polynomial.of(atom) - found[1]
    instead = {}
    for atom in size.polynomial.atoms():
        found = _floor_of_small(atom)
        if found is not None and found[0] in forms:
            instead[atom] = forms[found[0]] + found[1]
    return Amount(size.polynomial.substitute(instead), size.symbols) if instead else size


def reshape(x: SignalExpr, *shape: Any, same: Same = _plainly_equal) -> SignalExpr:
    """The same entries by rows in another shape, in which one size may be −1.

    Args:
        x: the tensor.
        shape: its new sizes.
        same: tells which sizes are equal, as by hypotheses about them.

    References:
        `torch.reshape`, `torch.Tensor.view`.

    >>> from symconv import Tensor, integers
    >>> N, H, W = integers("N H W", positive=True)
    >>> reshape(Tensor("x", (N, 6, H, W)), N, 2, 3, -1).shape
    (N, 2, 3, H*W)
    """
    have, want = sizes_of(x), _with_the_rest(x, as_list(shape), same)
    groups = _paired(have, want, same)
    if groups is None:
        raise SymconvError(
            f"it is not plain that {_written(want)} has as many entries as {_written(have)}; give "
            "sizes as numbers, by the shape of the input or by a hypothesis such as Eq(H, 224)"
        )
    source: list[tuple[str, ...]] = []
    between: list[tuple[str, ...]] = []
    sizes: dict[str, Amount] = {}
    split: list[list[Amount]] = []
    for old, new in groups:
        if not old:
            continue  # new axes of one entry come at the end
        olds = [f"a{len(source) + i}" for i in range(len(old))]
        sizes |= zip(olds, old, strict=True)
        if len(old) > 1 and len(new) > 1:  # merged first, and then split
            source += [(name,) for name in olds]
            between.append(tuple(olds))
            split.append(list(new))
            continue
        if len(old) == 1:
            names = olds if len(new) == 1 else [f"b{len(between) + i}" for i in range(len(new))]
            sizes |= zip(names, [old[0]] if len(new) == 1 else new, strict=True)
            source.append(tuple(names))
            between += [(name,) for name in names]
            split += [[] for _ in names]
        elif len(new) == 1:
            source += [(name,) for name in olds]
            between.append(tuple(olds))
            split.append([])
        else:  # axes of one entry that are gone
            source += [() for _ in olds]
    merged = rearranged(x, source, between, sizes)
    if not any(split):
        return _with_ones(merged, groups)
    parts: list[tuple[str, ...]] = []
    wholes: list[tuple[str, ...]] = []
    known: dict[str, Amount] = {}
    for axis, new in enumerate(split):
        names = [f"a{axis}"] if not new else [f"c{axis}_{i}" for i in range(len(new))]
        known |= zip(names, new or [size_along(merged, axis)], strict=True)
        wholes.append(tuple(names))
        parts += [(name,) for name in names]
    return _with_ones(rearranged(merged, wholes, parts, known), groups)


def _with_ones(
    x: SignalExpr, groups: Sequence[tuple[Sequence[Amount], Sequence[Amount]]]
) -> SignalExpr:
    """The tensor with the new axes of one entry that belong to no old axis."""
    places: list[int] = []
    axis = 0
    for old, new in groups:
        if not old:
            places += range(axis, axis + len(new))
        axis += len(new)
    return _with_new_axes(x, places)


def _with_new_axes(x: SignalExpr, places: Sequence[int]) -> SignalExpr:
    names = iter(names_of(x.ndim))
    total = x.ndim + len(places)
    target = [() if axis in places else (next(names),) for axis in range(total)]
    source = [group for group in target if group]
    sizes = dict(zip(names_of(x.ndim), sizes_of(x), strict=True))
    return rearranged(x, source, target, sizes)


def _paired(
    have: Sequence[Amount], want: Sequence[Amount], same: Same
) -> list[tuple[list[Amount], list[Amount]]] | None:
    """Old axes and new ones, in groups with as many entries; None where these are not found.

    Axes of one entry are groups without another side, unless they meet one.
    """
    groups: list[tuple[list[Amount], list[Amount]]] = []
    i = j = 0
    while i < len(have) or j < len(want):
        if i < len(have) and j < len(want) and _plainly_equal(have[i], want[j]):
            groups.append(([have[i]], [want[j]]))
            i, j = i + 1, j + 1
        elif i < len(have) and have[i] == 1:
            groups.append(([have[i]], []))
            i += 1
        elif j < len(want) and want[j] == 1:
            groups.append(([], [want[j]]))
            j += 1
        else:
            found = _group(have[i:], want[j:], _plainly_equal) or _group(have[i:], want[j:], same)
            if found is None:
                return None
            groups.append((list(have[i : i + found[0]]), list(want[j : j + found[1]])))
            i, j = i + found[0], j + found[1]
    return groups


def _group(have: Sequence[Amount], want: Sequence[Amount], same: Same) -> tuple[int, int] | None:
    """The fewest axes of both that have as many entries."""
    wanted = list(accumulate(want, mul))
    for i, old in enumerate(accumulate(have, mul), 1):
        for j, new in enumerate(wanted, 1):
            if same(old, new):
                return i, j
    return None


def reshape_as(x: SignalExpr, other: SignalExpr) -> SignalExpr:
    """The same entries in the shape of another tensor."""
    return reshape(x, *sizes_of(other))


def flatten(x: SignalExpr, start_dim: int = 0, end_dim: int = -1) -> SignalExpr:
    """Axes from one to another merged to one.

    References:
        `torch.flatten`.
    """
    if not x.ndim:
        return _with_new_axes(x, [0])
    (first,), (last,) = axes_of(x, start_dim), axes_of(x, end_dim)
    if first > last:
        raise SymconvError(f"flatten from axis {first} to axis {last}, which is before it")
    names = names_of(x.ndim)
    target = [
        *((name,) for name in names[:first]),
        tuple(names[first : last + 1]),
        *((name,) for name in names[last + 1 :]),
    ]
    sizes = dict(zip(names, sizes_of(x), strict=True))
    return rearranged(x, [(name,) for name in names], target, sizes)


def unflatten(x: SignalExpr, dim: int, sizes: Sequence[Any]) -> SignalExpr:
    """An axis split into several, of which one size may be −1.

    References:
        `torch.unflatten`.
    """
    (axis,) = axes_of(x, dim)
    every: list[Any] = list(sizes_of(x))
    known = [integer_argument(size, "a size", x) for size in sizes if size != -1]
    rest = _whole_quotient(every[axis], _times(known))
    if rest is None:
        raise SymconvError(f"it is not plain that {_times(known)} divides {every[axis]}")
    new = [rest if size == -1 else size for size in sizes]
    return reshape(x, *every[:axis], *new, *every[axis + 1 :])


# --- the order of axes ---------------------------------------------------------------


def permute(x: SignalExpr, *dims: Any) -> SignalExpr:
    """The axes in another order: axis i of the result is axis dims[i].

    References:
        `torch.permute`.
    """
    order = axes_of(x, as_list(dims))
    if len(order) != x.ndim:
        raise SymconvError(f"permute takes all {x.ndim} axes of {x}, got {as_list(dims)}")
    names = names_of(x.ndim)
    sizes = dict(zip(names, sizes_of(x), strict=True))
    return rearranged(x, [(name,) for name in names], [(names[axis],) for axis in order], sizes)


def transpose(x: SignalExpr, dim0: int, dim1: int) -> SignalExpr:
    """Two axes exchanged.

    References:
        `torch.transpose`.
    """
    (one,), (other,) = axes_of(x, dim0), axes_of(x, dim1)
    order = list(range(x.ndim))
    order[one], order[other] = other, one
    return permute(x, order)


def t(x: SignalExpr) -> SignalExpr:
    """A matrix transposed."""
    if x.ndim > 2:
        raise SymconvError(f"t() is for matrices, and {x} has {x.ndim} axes")
    return reversed_axes(x)


def reversed_axes(x: SignalExpr) -> SignalExpr:
    """All axes in the reverse order, as `x.T` has it."""
    return permute(x, list(reversed(range(x.ndim))))


def swapped(x: SignalExpr) -> SignalExpr:
    """The last two axes exchanged, as `x.mT` has it."""
    return transpose(x, -2, -1)


def movedim(x: SignalExpr, source: Any, destination: Any) -> SignalExpr:
    """Axes moved to other places; the others keep their order.

    References:
        `torch.movedim`.
    """
    places = dict(zip(axes_of(x, destination), axes_of(x, source), strict=True))
    others = iter(axis for axis in range(x.ndim) if axis not in places.values())
    return permute(x, [places[axis] if axis in places else next(others) for axis in range(x.ndim)])


# --- axes of one entry ---------------------------------------------------------------


def squeeze(x: SignalExpr, dim: Any = None) -> SignalExpr:
    """Without the axes of one entry; of those that are named, if any are.

    Raises:
        SymconvError: a size is a symbol, and may be 1 or more.

    References:
        `torch.squeeze`.
    """
    gone = []
    for axis in which_axes(x, dim):
        size = size_along(x, axis)
        if size == 1:
            gone.append(axis)
        elif size.number is None and not size.is_at_least(2):
            raise SymconvError(
                f"squeeze leaves out axis {axis} of {_written(sizes_of(x))} where {size} is 1; "
                f"name the axes that it is for, or give {size} as a number or as one that is 2 "
                "or more, such as M + 1"
            )
    return without_axes(x, gone)


def unsqueeze(x: SignalExpr, dim: int) -> SignalExpr:
    """With a new axis of one entry.

    References:
        `torch.unsqueeze`.
    """
    if not -x.ndim - 1 <= dim <= x.ndim:
        raise SymconvError(f"there is no place {dim} for a new axis of {x}")
    return _with_new_axes(x, [dim % (x.ndim + 1)])


def expand(x: SignalExpr, *sizes: Any) -> SignalExpr:
    """Axes of one entry repeated, and new ones before the first; −1 leaves an axis as it is.

    References:
        `torch.Tensor.expand`.
    """
    wanted = [integer_argument(size, "a size", x) for size in as_list(sizes)]
    new = len(wanted) - x.ndim
    have = sizes_of(x)
    if any(size == -1 for size in wanted[: max(new, 0)]):
        raise SymconvError("a new axis of expand needs a size, and not -1")
    full = [have[i - new] if size == -1 else size for i, size in enumerate(wanted)]
    if new == 0 and all(map(_plainly_equal, full, have)):
        return x
    return x.expand(full)


def expand_as(x: SignalExpr, other: SignalExpr) -> SignalExpr:
    """Repeated to the shape of another tensor."""
    return expand(x, *sizes_of(other))


# --- repeated ------------------------------------------------------------------------


def repeat(x: SignalExpr, *sizes: Any) -> SignalExpr:
    """So many copies one after the other along each axis.

    References:
        `torch.Tensor.repeat`, `torch.tile`.
    """
    counts = [integer_argument(size, "a number of copies", x) for size in as_list(sizes)]
    if len(counts) < x.ndim:
        raise SymconvError(f"repeat takes a number for each of the {x.ndim} axes of {x}")
    wide = _with_new_axes(x, range(len(counts) - x.ndim))
    return _copied(wide, counts, before=True)


def repeat_interleave(x: SignalExpr, repeats: Any, dim: int | None = None) -> SignalExpr:
    """Each entry so many times along an axis; of all entries by rows without one.

    References:
        `torch.repeat_interleave`.
    """
    rows = flatten(x) if dim is None else x
    (axis,) = axes_of(rows, 0 if dim is None else dim)
    counts = [Amount.of(1)] * rows.ndim
    counts[axis] = integer_argument(repeats, "a number of copies", x)
    return _copied(rows, counts, before=False)


def _copied(x: SignalExpr, counts: Sequence[Amount], before: bool) -> SignalExpr:
    names = names_of(x.ndim)
    sizes = dict(zip(names, sizes_of(x), strict=True))
    target: list[tuple[str, ...]] = []
    for axis, (name, count) in enumerate(zip(names, counts, strict=True)):
        if count == 1:
            target.append((name,))
        else:
            sizes[f"r{axis}"] = count
            target.append((f"r{axis}", name) if before else (name, f"r{axis}"))
    return rearranged(x, [(name,) for name in names], target, sizes)


# --- parts ---------------------------------------------------------------------------


def part(x: SignalExpr, key: Any) -> SignalExpr:
    """`x[key]` of integers, slices, None and an ellipsis: an axis with an integer is left out.

    Raises:
        SymconvError: there is something else in it, as a list or a tensor of positions.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    for one in parts:
        if isinstance(one, bool | list | SignalExpr) or not (
            one is None
            or isinstance(one, int | slice | EllipsisType | Amount)
            or hasattr(one, "__index__")
        ):
            given = "a tensor" if isinstance(one, SignalExpr) else as_given(one)
            raise SymconvError(f"x[...] takes integers, slices, None and an ellipsis, got {given}")
        if isinstance(one, slice) and isinstance(one.step, int) and one.step < 1:
            raise SymconvError(f"the step of a slice is 1 or more in PyTorch, got {one.step}")
    if sum(isinstance(one, EllipsisType) for one in parts) > 1:
        raise SymconvError("there can be one ... in brackets")
    dots = next((i for i, one in enumerate(parts) if isinstance(one, EllipsisType)), len(parts))
    named = sum(one is not None and not isinstance(one, EllipsisType) for one in parts)
    if named > x.ndim:
        raise SymconvError(f"{x} has {x.ndim} axes, and {named} positions were given")
    rest = [slice(None)] * (x.ndim - named)
    every = [*parts[:dots], *rest, *parts[dots + 1 :]]
    axis = 0
    new: list[int] = []
    gone: list[int] = []
    slices: list[slice] = []
    for one in every:
        if one is None:
            new.append(axis - len(gone) + len(new))
            continue
        if isinstance(one, slice):
            slices.append(one)
        else:
            slices.append(_one_position(x, one, axis))
            gone.append(axis)
        axis += 1
    if not slices:
        return _with_new_axes(x, new)
    cut: SignalExpr = x[tuple(slices)]
    return _with_new_axes(without_axes(cut, gone), new)


def _one_position(x: SignalExpr, position: Any, axis: int) -> slice:
    """An axis at one position, which stays as an axis of size 1."""
    at, n = integer_argument(position, "the position", x), size_along(x, axis)
    if (-at).is_at_least(1):
        at = at + n
    if not at.is_at_least(0) or not (n - at).is_at_least(1):
        raise SymconvError(
            f"it is not plain that there is a position {position} along axis {axis} of "
            f"{_written(sizes_of(x))}"
        )
    return slice(at, at + 1)


def narrow(x: SignalExpr, dim: int, start: Any, length: Any) -> SignalExpr:
    """So many entries along an axis, from one on.

    References:
        `torch.narrow`.
    """
    (axis,) = axes_of(x, dim)
    first = integer_argument(start, "the beginning", x)
    if (-first).is_at_least(1):
        first = first + size_along(x, axis)
    last = first + integer_argument(length, "the length", x)
    if not first.is_at_least(0) or not (size_along(x, axis) - last).is_at_least(0):
        raise SymconvError(
            f"it is not plain that there are entries {first} to {last} along axis {axis} of "
            f"{_written(sizes_of(x))}"
        )
    cut: SignalExpr = x[(*[slice(None)] * axis, slice(first, last))]
    return cut


def select(x: SignalExpr, dim: int, index: Any) -> SignalExpr:
    """One entry along an axis, which is left out.

    References:
        `torch.select`.
    """
    (axis,) = axes_of(x, dim)
    return part(x, (*[slice(None)] * axis, index))


def unbind(x: SignalExpr, dim: int = 0) -> tuple[SignalExpr, ...]:
    """The entries along an axis, one by one.

    References:
        `torch.unbind`.
    """
    (axis,) = axes_of(x, dim)
    count = small_number(size_along(x, axis), "the size of an axis that is taken apart")
    return tuple(select(x, axis, i) for i in range(count))


def split(x: SignalExpr, split_size_or_sections: Any, dim: int = 0) -> tuple[SignalExpr, ...]:
    """Parts of a given size, of which the last may be smaller, or of given sizes.

    References:
        `torch.split`.
    """
    (axis,) = axes_of(x, dim)
    n = size_along(x, axis)
    if not isinstance(split_size_or_sections, list | tuple):
        size = integer_argument(split_size_or_sections, "the size of the parts", x)
        exactly = _whole_quotient(n, size) if size.is_at_least(1) else None
        if exactly is not None and exactly.number is not None:
            count = exactly.number
        elif n.number is not None and size.number is not None and size.number > 0:
            count = max(1, -(-n.number // size.number))
        else:
            raise SymconvError(
                f"how many parts of size {size} {n} entries have has to be a number; give the "
                "sizes of the parts, or that of the input as a number"
            )
        sections = [size] * (count - 1)
        sections.append(n - size * (count - 1))
    else:
        sections = [
            integer_argument(one, "the size of a part", x) for one in split_size_or_sections
        ]
        if not _plainly_equal(_sum(sections), n):
            raise SymconvError(f"parts of sizes {_written(sections)} are not {n} entries")
    starts = [_sum(sections[:i]) for i in range(len(sections))]
    return tuple(narrow(x, axis, start, size) for start, size in zip(starts, sections, strict=True))


def _sum(amounts: Sequence[Amount]) -> Amount:
    total = Amount.of(0)
    for one in amounts:
        total = total + one
    return total


def chunk(x: SignalExpr, chunks: int, dim: int = 0) -> tuple[SignalExpr, ...]:
    """So many parts of one size ⌈n/chunks⌉, of which the last may be smaller or missing.

    References:
        `torch.chunk`.
    """
    (axis,) = axes_of(x, dim)
    count = small_number(chunks, "the number of parts")
    n = size_along(x, axis)
    exactly = _whole_quotient(n, Amount.of(count))
    if exactly is None and n.number is None:
        raise SymconvError(
            f"it is not plain that {count} divides {n}; write the size as {count}*C, or as a number"
        )
    if exactly is not None:
        return tuple(narrow(x, axis, exactly * i, exactly) for i in range(count))
    return split(x, max(1, -(-int(n) // count)), axis)


# --- several -------------------------------------------------------------------------


def cat(tensors: Sequence[SignalExpr], dim: int = 0) -> SignalExpr:
    """One after the other along an axis.

    References:
        `torch.cat`.
    """
    return tensors[0] if len(tensors) == 1 else concatenate(list(tensors), dim)


def stack(tensors: Sequence[SignalExpr], dim: int = 0) -> SignalExpr:
    """One after the other along a new axis.

    References:
        `torch.stack`.
    """
    axis = dim % (tensors[0].ndim + 1)
    return cat([unsqueeze(one, axis) for one in tensors], axis)


def flip(x: SignalExpr, *dims: Any) -> SignalExpr:
    """The entries in reverse order along axes.

    References:
        `torch.flip`.
    """
    return x.flip(axis=axes_of(x, as_list(dims)))


def roll(x: SignalExpr, shifts: Any, dims: Any = None) -> SignalExpr:
    """The entries moved along axes, those that leave coming in at the other end.

    References:
        `torch.roll`.
    """
    if dims is None:
        return reshape(roll(flatten(x), shifts, 0), *sizes_of(x))
    amounts = shifts if isinstance(shifts, list | tuple) else [shifts]
    for shift, axis in zip(
        amounts, axes_of(x, dims if isinstance(dims, list | tuple) else [dims]), strict=True
    ):
        x = x.roll(shift, axis=axis)
    return x


def windows(x: SignalExpr, dimension: int, size: Any, step: Any) -> SignalExpr:
    """Sliding windows along an axis, along a new last axis.

    References:
        `torch.Tensor.unfold`.
    """
    return x.windows(size, stride=step, axis=dimension)

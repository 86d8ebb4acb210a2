"""What is asked: a side, and another one in which tensors are unknown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, product
from typing import Any, TypeAlias

from sympy import Expr, Symbol, true

from symconv.arithmetic.limits import MOST_AXES_OF_AN_UNKNOWN, MOST_UNKNOWNS_WITHOUT_SHAPES
from symconv.arithmetic.polynomials import Polynomial
from symconv.arithmetic.symbols import IntegerSymbol, Sign, sign_of
from symconv.arithmetic.terms import GuardedSum, Term
from symconv.arithmetic.to_sympy import polynomial_expression
from symconv.decision.claims import Claim, Hypothesis, as_written
from symconv.decision.solving.inputs import sizes_of_inputs
from symconv.errors import SymconvError, Undecided
from symconv.language.amounts import Whole, length_argument
from symconv.language.any_size import guarded_sum
from symconv.language.graph import has_opaque, leaves, symbols_in
from symconv.language.signals import SignalExpr, Tensor

__all__ = ["Problem", "ShapeLike", "problems"]

ShapeLike: TypeAlias = Whole | Sequence[Whole]
"""The sizes of a tensor; of one axis, its length will do."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Two sides that are to be equal, and what is unknown in the second one.

    Attributes:
        lhs: the side that is known.
        function: makes the other one of the unknowns.
        unknowns: the unknowns, by name; sizes that are not known either are symbols.
        open: these symbols, by the unknown and the axis.
        given: the hypotheses.
        of: the names of the tensors on which the unknowns must not depend, where they were given;
            otherwise see `inputs`.
    """

    lhs: SignalExpr
    function: Callable[..., Any]
    unknowns: Mapping[str, Tensor]
    open: Mapping[tuple[str, int], Symbol]
    given: tuple[Hypothesis, ...]
    of: tuple[str, ...] = ()

    @cached_property
    def rhs(self) -> SignalExpr:
        """The other side with the unknowns."""
        return self.with_kernels(self.unknowns)

    def with_kernels(self, kernels: Mapping[str, SignalExpr]) -> SignalExpr:
        """The other side with tensors in the places of the unknowns."""
        made = self.function(*(kernels[name] for name in self.unknowns))
        if not isinstance(made, SignalExpr):
            raise SymconvError(
                f"the right side has to be a tensor made of {', '.join(self.unknowns)}, "
                f"got {made!r}"
            )
        return made

    def claim(self, kernels: Mapping[str, SignalExpr]) -> Claim:
        """That both sides are equal with these tensors."""
        return Claim(self.lhs, self.with_kernels(kernels), self.given)

    def with_shapes(self, sizes: Mapping[Symbol, Polynomial]) -> Problem:
        """The problem in which sizes are known that were open."""
        symbols = self.symbols
        written = {s: polynomial_expression(p, symbols) for s, p in sizes.items()}
        unknowns = {
            name: Tensor(
                name,
                tuple(
                    written.get(self.open.get((name, axis)), size)
                    for axis, size in enumerate(unknown.shape)
                ),
            )
            for name, unknown in self.unknowns.items()
        }
        left = {place: symbol for place, symbol in self.open.items() if symbol not in sizes}
        return Problem(self.lhs, self.function, unknowns, left, self.given, self.of)

    def with_open_sizes(self) -> Problem:
        """The problem for unknowns of whatever sizes, where these are no symbols or numbers."""
        taken = {*self.symbols, *self.unknowns, *self.left.shapes}
        unknowns = {}
        for name, unknown in self.unknowns.items():
            sizes: list[Expr] = []
            for axis, size in enumerate(unknown.shape):
                if not size.is_Atom:
                    size = _fresh(name, axis, unknown.ndim, taken)
                    taken.add(size.name)
                sizes.append(size)
            unknowns[name] = Tensor(name, tuple(sizes))
        return Problem(self.lhs, self.function, unknowns, {}, self.given, self.of)

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """The integer symbols of both sides, by name."""
        return symbols_in(self.lhs, self.rhs)

    @cached_property
    def named(self) -> dict[str, Tensor]:
        """The named tensors of both sides."""
        return leaves(self.lhs, self.rhs)

    @cached_property
    def signs(self) -> dict[str, Sign]:
        """What is known of their signs."""
        return {name: sign_of(symbol) for name, symbol in self.symbols.items()}

    @cached_property
    def positive(self) -> frozenset[str]:
        """Those that are at least 1."""
        return frozenset(name for name, sign in self.signs.items() if sign.least == 1)

    @cached_property
    def right(self) -> GuardedSum:
        """The other side, read."""
        return guarded_sum(self.rhs)

    @cached_property
    def left(self) -> GuardedSum:
        """The known side less what is known of the other one."""
        read = guarded_sum(self.lhs)
        known = [t.scaled(Fraction(-1)) for t in self.right.terms if not self._of(t)]
        return GuardedSum((*read.terms, *known), read.shape, {**self.right.shapes, **read.shapes})

    def _of(self, term: Term) -> list[str]:
        return [f.name for f in term.factors if f.name in self.unknowns]

    @cached_property
    def terms(self) -> dict[str, list[Term]]:
        """The terms of the other side in which an unknown stands, by its name."""
        found: dict[str, list[Term]] = {name: [] for name in self.unknowns}
        for term in self.right.terms:
            for name in self._of(term):
                found[name].append(term)
        return found

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The tensors on which no unknown may depend: those that it is multiplied with."""
        if self.of:
            return frozenset(self.of)
        beside = {
            f.name
            for term in chain(*self.terms.values())
            for f in term.factors
            if f.name not in self.unknowns
        }
        if beside:
            return frozenset(beside)
        known = (t for t in self.right.terms if not self._of(t))
        return frozenset(f.name for term in known for f in term.factors)

    @cached_property
    def unseen(self) -> frozenset[str]:
        """The symbols on which no unknown may depend: sizes of the inputs alone."""
        shapes = self.left.shapes
        others = (shapes[name] for name in self._known_beside_inputs())
        return sizes_of_inputs(
            (shapes[name] for name in self.inputs & shapes.keys()),
            chain(others, (unknown.lengths for unknown in self.unknowns.values())),
        )

    def _known_beside_inputs(self) -> set[str]:
        """The tensors of the known side that an unknown can be made of.

        These stand beside an input there; or beside none, where an unknown does so too.
        """
        alone = any(len(term.factors) == 1 for term in chain(*self.terms.values()))
        rows = ([f.name for f in term.factors] for term in self.left.terms)
        beside = (row for row in rows if alone or self.inputs.intersection(row))
        return set(chain(*beside)) - self.inputs - self.unknowns.keys()

    def check(self) -> None:
        """Refuse what this way of finding an unknown cannot do.

        Raises:
            Undecided: there are functions or maxima, or unknowns are multiplied.
            SymconvError: an unknown does not stand in the other side.
        """
        if has_opaque(self.lhs, self.rhs):
            raise Undecided(
                "there are functions or maxima in it; a kernel is found in sums of products alone"
            )
        for name, terms in self.terms.items():
            if not terms:
                raise SymconvError(f"the unknown {name} has no part in the right side, {self.rhs}")
        for term in self.right.terms:
            if len(self._of(term)) > 1:
                raise Undecided(
                    f"unknowns are multiplied with one another, {' and '.join(self._of(term))}; "
                    "each has to enter linearly"
                )


def problems(
    lhs: object,
    rhs: object,
    shape: ShapeLike | Mapping[str, ShapeLike] | None,
    given: Iterable[Hypothesis] | Hypothesis,
    of: str | SignalExpr | Sequence[str | SignalExpr] | None,
) -> Iterator[Problem]:
    """The problems that may be meant, one for each number of axes; see `symconv.solve`.

    Raises:
        SymconvError: something that is given is not what it has to be.
    """
    if not isinstance(lhs, SignalExpr):
        raise SymconvError(f"the left side has to be a signal or a tensor, got {lhs!r}")
    names = _names(rhs)
    assert callable(rhs)
    shapes = _shapes(shape, names)
    hypotheses = Claim(lhs, lhs, given).given
    if hypotheses:  # some that cannot hold together are refused
        Claim(true, true, [as_written(one) for one in hypotheses]).prove()
    taken = {name for part in lhs.names for name in part}
    clash = sorted(taken & set(names))
    if clash:
        raise SymconvError(
            f"the unknown is called {clash[0]}, as something in the left side is; "
            "rename one of them"
        )
    about = {name for one in hypotheses if isinstance(one, Claim) for name in one.named}
    asked_of = sorted(about & set(names))
    if asked_of:
        raise SymconvError(
            f"a hypothesis is about the unknown {asked_of[0]}; hypotheses are about what is known: "
            f"write what it is like into the right side, such as {asked_of[0]} + "
            f"{asked_of[0]}.flip() for a kernel that is the same from both ends"
        )
    inputs = _inputs(of)
    open_ = [name for name in names if name not in shapes]
    if len(open_) > MOST_UNKNOWNS_WITHOUT_SHAPES:
        raise SymconvError(
            f"the shapes of {len(open_)} unknowns are not given, and at most "
            f"{MOST_UNKNOWNS_WITHOUT_SHAPES} are found; write them as shape={{{open_[0]!r}: …}}"
        )
    errors: list[SymconvError] = []
    is_any = False
    ranks = product(range(1, MOST_AXES_OF_AN_UNKNOWN + 1), repeat=len(open_))
    for chosen in sorted(ranks, key=sum):
        tensors, symbols = _tensors(names, shapes, dict(zip(open_, chosen, strict=True)), taken)
        asked = Problem(lhs, rhs, tensors, symbols, hypotheses, inputs)
        try:
            made = asked.rhs
        except SymconvError as error:
            errors.append(error)
            continue
        if made.ndim == lhs.ndim:
            known = asked.named.keys() - set(names)
            strange = [name for name in inputs if name not in known]
            if strange:
                raise SymconvError(
                    f"of={strange[0]!r}: no known tensor has that name; there are "
                    f"{', '.join(sorted(known))}"
                )
            is_any = True
            yield asked
        else:
            errors.append(
                SymconvError(
                    f"the left side has {lhs.ndim} axes and the right side {made.ndim}: "
                    f"{lhs} and {made}"
                )
            )
    if not is_any:
        raise _explained(errors[0], names)


def _explained(error: SymconvError, names: Sequence[str]) -> SymconvError:
    """The error, and what to do where an unknown is an amount, or the bias of a signal."""
    text = str(error)
    for name in names:
        if text.startswith("a bias must be a signal of length 1") and text.endswith(f"got {name}"):
            return SymconvError(f"{text}; say so by shape={{{name!r}: 1}}")
    if "must be an integer" in text and any(text.endswith(f"got {name}") for name in names):
        return SymconvError(
            f"{text}; an unknown is a tensor here, and unknown amounts such as paddings and "
            "strides are found by solve_amounts"
        )
    return error


def _names(rhs: object) -> list[str]:
    """The names of the unknowns: those of the function's parameters."""
    if not callable(rhs) or isinstance(rhs, SignalExpr | type):
        raise SymconvError(
            "the right side is a function of what is unknown, such as "
            f"lambda K: x.correlate(K, stride=4), got {rhs!r}"
        )
    try:
        parameters = list(inspect.signature(rhs).parameters.values())
    except (TypeError, ValueError) as error:
        raise SymconvError(f"the names of the unknowns are not known: {error}") from error
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if not parameters or any(
        p.kind not in plain or p.default is not inspect.Parameter.empty for p in parameters
    ):
        raise SymconvError(
            "the right side has one parameter for each unknown, such as lambda K, b: …, "
            f"got {inspect.signature(rhs)}"
        )
    return [p.name for p in parameters]


def _shapes(
    shape: ShapeLike | Mapping[str, ShapeLike] | None, names: Sequence[str]
) -> dict[str, tuple[Expr, ...]]:
    """The shapes that are given, by the name of the unknown."""
    if shape is None:
        return {}
    if not isinstance(shape, Mapping):
        if len(names) > 1:
            raise SymconvError(
                f"there are {len(names)} unknowns; write their shapes by name, as "
                f"shape={{{names[0]!r}: …}}"
            )
        shape = {names[0]: shape}
    strange = [name for name in shape if name not in names]
    if strange:
        raise SymconvError(f"there is no unknown {strange[0]!r}; they are {', '.join(names)}")
    return {
        name: tuple(
            length_argument(size, name).written
            for size in (sizes if isinstance(sizes, Sequence) else (sizes,))
        )
        for name, sizes in shape.items()
    }


def _inputs(of: str | SignalExpr | Sequence[str | SignalExpr] | None) -> tuple[str, ...]:
    if of is None:
        return ()
    several = tuple(of) if isinstance(of, list | tuple | set | frozenset) else (of,)
    if not all(isinstance(one, str | Tensor) for one in several):
        raise SymconvError(f"of= takes named tensors, or their names, got {of!r}")
    return tuple(one.name if isinstance(one, Tensor) else str(one) for one in several)


def _tensors(
    names: Sequence[str],
    shapes: Mapping[str, tuple[Expr, ...]],
    ranks: Mapping[str, int],
    taken: Iterable[str],
) -> tuple[dict[str, Tensor], dict[tuple[str, int], Symbol]]:
    """The unknowns; sizes that are not given are new symbols."""
    used = {*taken, *names}
    open_: dict[tuple[str, int], Symbol] = {}
    tensors = {}
    for name in names:
        sizes = shapes.get(name)
        if sizes is None:
            for axis in range(ranks[name]):
                open_[name, axis] = _fresh(name, axis, ranks[name], used)
                used.add(open_[name, axis].name)
            sizes = tuple(open_[name, axis] for axis in range(ranks[name]))
        tensors[name] = Tensor(name, sizes)
    return tensors, open_


def _fresh(name: str, axis: int, axes: int, taken: Collection[str]) -> Symbol:
    """A symbol for a size that is not known."""
    label = f"size_of_{name}" + (f"_{axis}" if axes > 1 else "")
    while label in taken:
        label += "_"
    return IntegerSymbol(label, Sign(negative=False, zero=False))

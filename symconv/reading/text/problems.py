"""Claims as text in which something is unknown: tensors, or amounts such as a padding.

A name that is unknown stands on one side of `lhs == rhs`.  For a tensor, that side is a function:
the tree is read again with a tensor bound to the name, which may have any number of axes, as long
as it can be read.  An amount is a symbol like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, Signature

from sympy import Expr, Symbol

from symconv.decision.claims import Hypothesis
from symconv.decision.solving.amounts.answers import Amounts, solve_amounts
from symconv.decision.solving.kernels.finding import solve
from symconv.decision.solving.kernels.solutions import Solution
from symconv.errors import SymconvError, as_given
from symconv.language.graph import symbols_in
from symconv.language.signals import SignalExpr
from symconv.reading.text.claims import Context, ParsedClaim, read_claim
from symconv.reading.text.declarations import Assumption, Declarations, Names
from symconv.reading.text.functions import (
    ARGUMENTS,
    JOINING,
    MAKERS,
    METHODS,
    POINTWISE,
    bound_arguments,
    check_name,
)
from symconv.reading.text.python_operators import sort
from symconv.reading.text.reader import Reader
from symconv.reading.text.syntax import Passage, Phrase, read_phrase

__all__ = ["ParsedAmounts", "ParsedProblem", "Side", "parse_problem", "read_problem"]


class Side:
    """The side with the unknowns: a function of tensors, each a parameter by its name.

    Args:
        phrase: where it stands.
        tree: what it says.
        names: what all other names mean.
        unknowns: the names of the unknowns.
    """

    def __init__(
        self, phrase: Phrase, tree: ast.expr, names: Names, unknowns: Sequence[str]
    ) -> None:
        self._phrase = phrase
        self._tree = tree
        self._names = names
        self._unknowns = tuple(unknowns)
        kind = Parameter.POSITIONAL_ONLY
        self.__signature__ = Signature([Parameter(name, kind) for name in unknowns])

    def __call__(self, *tensors: SignalExpr) -> SignalExpr:
        """The side with these in the places of the unknowns."""
        bound = dict(zip(self._unknowns, tensors, strict=True))
        names = replace(self._names, signals={**self._names.signals, **bound})
        return Reader(self._phrase, names).signal(self._tree)

    def __repr__(self) -> str:
        content = self._phrase.passage.content
        return content[self._tree.col_offset : self._tree.end_col_offset]


@dataclass(frozen=True, slots=True)
class ParsedProblem:
    """A claim with unknown tensors that was read; see `symconv.solve`.

    Attributes:
        lhs: the side without the unknowns.
        rhs: the other side, as a function of them.
        shapes: the shapes of those that have one.
        given: the hypotheses.
        assumed: what is taken of the symbols that are not declared.
        passage: where it was written.
        declared: what was declared before it.
        unknowns: the shapes of the unknowns as they were written, None where there is none.
    """

    lhs: SignalExpr
    rhs: Side
    shapes: Mapping[str, tuple[Expr, ...]]
    given: tuple[Hypothesis, ...]
    assumed: tuple[Assumption, ...]
    passage: Passage
    declared: Declarations
    unknowns: Mapping[str, Passage | None]

    def solve(self, of: Sequence[str] = ()) -> Solution:
        """What the unknowns have to be; `of` are the inputs on which they must not depend."""
        for name in of:
            if name not in self.declared.shapes:
                known = ", ".join(self.declared.shapes) or "none"
                raise SymconvError(f"of {name}: it is no tensor that is declared; expected {known}")
        return solve(self.lhs, self.rhs, shape=self.shapes or None, given=self.given, of=of or None)


@dataclass(frozen=True, slots=True)
class ParsedAmounts:
    """A claim in which amounts are unknown; see `symconv.solve_amounts`.

    Attributes:
        parsed: the claim.
        symbols: the unknowns.
    """

    parsed: ParsedClaim
    symbols: tuple[Symbol, ...]

    @property
    def passage(self) -> Passage:
        """Where it was written."""
        return self.parsed.passage

    @property
    def declared(self) -> Declarations:
        """What was declared before it."""
        return self.parsed.declared

    @property
    def unknowns(self) -> dict[str, Passage | None]:
        """The names of the unknowns, which have no shapes."""
        return dict.fromkeys(symbol.name for symbol in self.symbols)

    def solve(
        self,
        for_all: Sequence[str] | None = None,
        among: Mapping[str, Sequence[int]] | None = None,
    ) -> Amounts:
        """For which amounts it holds; symbols are given by their names."""
        tried = {self._symbol(name, "among"): numbers for name, numbers in (among or {}).items()}
        every = None if for_all is None else [self._symbol(name, "for all") for name in for_all]
        return solve_amounts(self.parsed.claim, *self.symbols, for_all=every, among=tried or None)

    def _symbol(self, name: str, what: str) -> Symbol:
        return _symbol(self.parsed, name, what)


def parse_problem(
    text: str,
    *,
    unknowns: Mapping[str, str | None],
    signals: Mapping[str, str] | None = None,
    given: Sequence[str] = (),
    integers: Sequence[str] = (),
    tensors: Mapping[str, str] | None = None,
) -> ParsedProblem | ParsedAmounts:
    """Read a claim in which something is unknown; nothing in the texts is evaluated.

    Args:
        text: `lhs == rhs`, as for `parse_claim`; with unknown amounts, any claim.
        unknowns: the names of the unknowns, each with its shape, such as `O, C, 3, 3`, or None
            where that is not known either.  Without a shape, a name that stands where an integer
            is expected is an amount.
        signals: the lengths of the named signals.
        given: hypotheses.
        integers: symbols that range over all integers.
        tensors: the shapes of the named tensors.

    >>> declared = {"x": "n", "k": "c"}
    >>> text = "x.correlate(k, stride=2).correlate(k, stride=2) == x.correlate(K, stride=4)"
    >>> problem = parse_problem(text, unknowns={"K": None}, signals=declared)
    >>> problem.solve().kernel
    k.convolve(k.dilate(2))
    >>> text = "x.pad(p, p).correlate(k).correlate(k) == x.pad(P, P).correlate(k.convolve(k))"
    >>> print(parse_problem(text, unknowns={"P": None}, signals=declared).solve())
    exactly P = p, for all n
    >>> parse_problem("x.correlate(k) == K.correlate(K)", unknowns={"L": None}, signals=declared)
    Traceback (most recent call last):
        ...
    symconv.reading.text.syntax.TextError: the claim, line 1, column 1: the unknown L does not
    stand in it
      x.correlate(k) == K.correlate(K)
      ^

    Raises:
        TextError: a text is not of this form; it says where.
        SymconvError: a declaration is not one, or the claim cannot be stated.
    """
    declared = Declarations.of(signals or {}, given, integers, tensors)
    if isinstance(unknowns, str) or not isinstance(unknowns, Mapping):
        raise SymconvError(
            "unknowns takes shapes by name, such as unknowns={'K': 'O, C, 3, 3'}, or None for a "
            f"shape, got {as_given(unknowns)}"
        )
    shapes = {
        name: None if shape is None else Passage(shape, f"the shape of {name}")
        for name, shape in unknowns.items()
    }
    return read_problem(Passage(text, "the claim"), declared, shapes)


def read_problem(
    passage: Passage, declared: Declarations, unknowns: Mapping[str, Passage | None]
) -> ParsedProblem | ParsedAmounts:
    """Read a claim with unknowns that stands in a longer text; see `parse_problem`."""
    _check(declared, unknowns)
    phrase = read_phrase(passage)
    there = set(_names(phrase.tree))
    for name in unknowns:
        if name not in there:
            raise passage.error(f"the unknown {name} does not stand in it", phrase.tree.col_offset)
    shaped = {name: shape for name, shape in unknowns.items() if shape is not None}
    declared_too = replace(declared, tensors={**declared.tensors, **shaped})
    tensors = {*shaped, *(_Sorts(declared_too).tensors_of(phrase.tree) & unknowns.keys())}
    amounts = [name for name in unknowns if name not in tensors]
    if not tensors:
        parsed = read_claim(passage, declared)
        symbols = tuple(_symbol(parsed, name, "the unknown") for name in amounts)
        return ParsedAmounts(parsed, symbols)
    if amounts:
        raise SymconvError(
            f"{sorted(tensors)[0]} is an unknown tensor here, and {amounts[0]} an unknown integer; "
            "one sort is found at a time, so put in a value or a symbol for one of them"
        )
    for name in unknowns:
        if name in declared.integers:
            raise SymconvError(f"{name!r} is declared an integer, and stands where a tensor does")
    _check_known(declared, unknowns)
    context = Context(declared_too, [phrase])
    known, asked = _sides(phrase, unknowns)
    names = context.names
    lhs = Reader(phrase, names).value(known)
    if not isinstance(lhs, SignalExpr):
        raise phrase.error(known, f"with unknown tensors, this is a tensor; it is {sort(lhs)}")
    return ParsedProblem(
        lhs,
        Side(phrase, asked, names, list(unknowns)),
        {name: names.signals[name].shape for name in shaped},
        context.given,
        _assumed(context, there, unknowns),
        passage,
        declared,
        unknowns,
    )


def _check(declared: Declarations, unknowns: Mapping[str, Passage | None]) -> None:
    """Refuse names that cannot be those of unknowns."""
    if not unknowns:
        raise SymconvError("nothing is unknown: say which name is")
    kinds = {"signal": declared.signals, "tensor": declared.tensors, "function": declared.functions}
    for name in unknowns:
        check_name(name, "an unknown")
        for kind, named in kinds.items():
            if name in named:
                raise SymconvError(
                    f"{name!r} is declared a {kind}, so it is known; leave out one of the two"
                )


def _check_known(declared: Declarations, unknowns: Collection[str]) -> None:
    """Refuse hypotheses and sizes in which unknown tensors stand."""
    said = {
        "hypotheses are on what is known": declared.given,
        "the sizes of what is known are integers": declared.shapes.values(),
    }
    for why, passages in said.items():
        for phrase in map(read_phrase, passages):
            for node in ast.walk(phrase.tree):
                if isinstance(node, ast.Name) and node.id in unknowns:
                    raise phrase.error(node, f"{why}, and {node.id} is an unknown tensor")


def _sides(phrase: Phrase, unknowns: Collection[str]) -> tuple[ast.expr, ast.expr]:
    """The side without the unknowns, and the one with them."""
    match phrase.tree:
        case ast.Compare(left, [ast.Eq()], [right]):
            pass
        case _:
            raise phrase.error(
                phrase.tree, "with unknown tensors, a claim is lhs == rhs, of two tensors"
            )
    used = [
        [n for n in ast.walk(side) if isinstance(n, ast.Name) and n.id in unknowns]
        for side in (left, right)
    ]
    if all(used):
        first, other = used[0][0].id, used[1][0]
        problem = (
            "it stands on both sides"
            if first == other.id
            else f"{first} is unknown on the left side, and {other.id} on the right side"
        )
        raise phrase.error(other, f"{problem}; bring what is unknown to one side")
    return (right, left) if used[0] else (left, right)


def _names(tree: ast.expr) -> Iterator[str]:
    """The names in a tree that are not those of functions."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            yield node.id


def _assumed(
    context: Context, there: Collection[str], unknowns: Collection[str]
) -> tuple[Assumption, ...]:
    """What is taken of the symbols that stand in it, and in shapes and hypotheses."""
    signals = context.names.signals
    hypotheses = context.names.vocabulary.hypotheses
    used = {*there, *symbols_in(*(signals[name] for name in there if name in signals))}
    used |= {name for hypothesis in hypotheses for name in _names(hypothesis.tree)}
    used -= {*unknowns, *signals}
    return tuple(context.assumptions[name] for name in sorted(used & context.assumptions.keys()))


def _symbol(parsed: ParsedClaim, name: str, what: str) -> Symbol:
    """The symbol of a claim that is called so."""
    symbols = {symbol.name: symbol for symbol in parsed.claim.symbols}
    if name not in symbols:
        known = ", ".join(symbols) or "there is none"
        raise parsed.passage.error(f"{what} {name}: it is no integer symbol here; expected {known}")
    return symbols[name]


class _Sorts:
    """Which names stand where a tensor is expected, seen in the tree alone.

    Args:
        declared: what is declared.
    """

    def __init__(self, declared: Declarations) -> None:
        self._shapes = declared.shapes
        self._of_tensors = {*JOINING, *POINTWISE, *declared.functions, "interleave", "len"}
        self._makers = {*self._of_tensors, *MAKERS} - {"len"}

    def tensors_of(self, tree: ast.expr) -> set[str]:
        """The names that are tensors for what is done with them."""
        expected: list[ast.expr] = []
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(inner) | ast.Subscript(inner):
                    expected.append(inner)
                case ast.Compare(left, _, others) if any(map(self._is_tensor, (left, *others))):
                    expected += [left, *others]
                case ast.Call(ast.Name(name), arguments) if name in self._of_tensors:
                    expected += arguments
                case ast.Call(ast.Attribute(inner, method)) if method in METHODS:
                    expected.append(inner)
                    expected += [
                        argument
                        for parameter, argument in bound_arguments(node, method)
                        if ARGUMENTS[method][parameter].signal
                    ]
        return {name for node in expected for name in self._added(node)}

    def _is_tensor(self, node: ast.expr) -> bool:
        """Whether it is plainly a tensor."""
        match node:
            case ast.Name(name):
                return name in self._shapes
            case ast.Call(ast.Attribute()):
                return True
            case ast.Call(ast.Name(name)):
                return name in self._makers
            case ast.Subscript(inner):
                return not (isinstance(inner, ast.Attribute) and inner.attr == "shape")
            case ast.BinOp(left, _, right):
                return self._is_tensor(left) or self._is_tensor(right)
            case ast.UnaryOp(operand=inner):
                return self._is_tensor(inner)
        return False

    def _added(self, node: ast.expr) -> Iterator[str]:
        """The names in sums and multiples that are tensors, if the whole is one."""
        match node:
            case ast.Name(name):
                yield name
            case ast.UnaryOp(operand=inner) | ast.BinOp(inner, ast.Div(), _):
                yield from self._added(inner)
            case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult(), right):
                yield from self._added(left)
                yield from self._added(right)
            case ast.Tuple(parts) | ast.List(parts):
                for part in parts:
                    yield from self._added(part)

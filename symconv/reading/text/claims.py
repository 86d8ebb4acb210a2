"""Claims as text, read without evaluating anything; each error points at its place.

The text looks like the Python code that builds a claim, and Python's own parser makes a
tree of it, which is walked: nothing is compiled, imported or looked up by name.  See
`symconv.reading.text.reader` for what stands on the sides of a claim.

    claim       signal == signal   expression == expression   iff(condition, condition)
                condition
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sympy

from symconv.arithmetic.from_sympy import is_at_least, without_certain
from symconv.arithmetic.limits import MOST_AXES
from symconv.arithmetic.symbols import sign_of
from symconv.arithmetic.unevaluated import Written
from symconv.decision.claims import Claim, Hypothesis, as_written
from symconv.decision.taps import read_taps
from symconv.errors import SymconvError
from symconv.language.amounts import Amount, length_argument
from symconv.language.graph import symbols_in
from symconv.language.operators.pointwise import Pointwise
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.reading.text.declarations import Assumption, Declarations, Names, Vocabulary
from symconv.reading.text.functions import RESERVED
from symconv.reading.text.python_operators import Value, sort
from symconv.reading.text.reader import Reader
from symconv.reading.text.syntax import Passage, Phrase, read_phrase

__all__ = ["Context", "ParsedClaim", "parse_claim", "read_claim"]


@dataclass(frozen=True, slots=True)
class ParsedClaim:
    """A claim that was read.

    Attributes:
        claim: the claim.
        assumed: what is taken of the symbols that are not declared, by name.
        passage: where it was written.
        declared: what was declared before it.
    """

    claim: Claim
    assumed: tuple[Assumption, ...]
    passage: Passage
    declared: Declarations


def parse_claim(
    text: str,
    *,
    signals: Mapping[str, str] | None = None,
    given: Sequence[str] = (),
    integers: Sequence[str] = (),
    tensors: Mapping[str, str] | None = None,
    functions: Mapping[str, str] | None = None,
) -> ParsedClaim:
    """Read a claim; nothing in the texts is evaluated.

    Args:
        text: `lhs == rhs` with two signals, tensors or integer expressions;
            `iff(condition, condition)`; or a condition, which is claimed to hold always.
        signals: the lengths of the named signals.  All other names are integer symbols.
        given: hypotheses: conditions, of which `n >= 1` makes n positive; and equalities of
            tensors, such as `w == w.flip()`.
        integers: symbols that range over all integers.  All others are at least 0, or 1
            where an operator needs that, as a kernel does for its length: see `assumed`.
        tensors: the shapes of the named tensors, such as `C, H, W`.
        functions: the functions of which nothing is known, with the value at 0, such as `0`, or
            an empty text where that is not known either.

    >>> parsed = parse_claim("x.convolve(k) == k.convolve(x)", signals={"x": "n", "k": "c"})
    >>> print(parsed.claim.prove())
    proved for all lengths
    >>> [str(assumption) for assumption in parsed.assumed]
    ['c ≥ 0', 'n ≥ 0']
    >>> print(parse_claim("len(x.correlate(k)) <= n", signals={"x": "n", "k": "c"}).claim.prove())
    proved for all lengths
    >>> shapes = {"x": "C, H, W", "w": "O, C, 1, 1"}
    >>> pointwise = "x.conv(w) == einsum('oc,chw->ohw', w[:, :, 0, 0], x)"
    >>> print(parse_claim(pointwise, tensors=shapes).claim.prove())
    proved for all sizes
    >>> padded = "f(x.pad(1, 1)) == f(x).pad(1, 1)"
    >>> print(parse_claim(padded, signals={"x": "n"}, functions={"f": "0"}).claim.prove())
    proved for all lengths
    >>> parse_claim("x.flop() == x", signals={"x": "n"})
    Traceback (most recent call last):
        ...
    symconv.reading.text.syntax.TextError: the claim, line 1, column 3: a signal has no method
    'flop'; did you mean flip?
      x.flop() == x
        ^

    Raises:
        TextError: a text is not of this form; it says where.
        SymconvError: a declaration is not one, or the claim cannot be stated.
    """
    declared = Declarations.of(signals or {}, given, integers, tensors, functions)
    return read_claim(Passage(text, "the claim"), declared)


def read_claim(passage: Passage, declared: Declarations, name: str | None = None) -> ParsedClaim:
    """Read a claim that stands in a longer text; see `parse_claim`."""
    phrase = read_phrase(passage)
    context = Context(declared, [phrase])
    lhs, rhs = _sides(phrase, context.names)
    try:
        about = dict.fromkeys(context.names.measured)
        given = map(as_written, context.given)
        claim = Claim(as_written(lhs), as_written(rhs), given, name, about)
    except SymconvError as error:
        raise passage.error(str(error), phrase.tree.col_offset) from None
    used = {symbol.name for symbol in claim.symbols} | symbols_in(*context.names.measured).keys()
    assumed = tuple(context.assumptions[n] for n in sorted(used & context.assumptions.keys()))
    return ParsedClaim(claim, assumed, passage, declared)


def _sides(phrase: Phrase, names: Names) -> tuple[Value, Value]:
    reader = Reader(phrase, names)
    match phrase.tree:
        case ast.Compare(left, [ast.Eq()], [right]):
            sides = reader.value(left), reader.value(right)
            for node, side in zip((left, right), sides, strict=True):
                if sort(side) == "a condition":
                    raise phrase.error(
                        node, "two conditions are compared by iff(condition, condition)"
                    )
            if sort(sides[0]) != sort(sides[1]):
                bare = [n.id for n in (left, right) if isinstance(n, ast.Name)]
                unknown = [name for name in bare if name not in names.signals]
                hint = "".join(f"; {names.undeclared(name)}" for name in unknown)
                raise phrase.error(
                    right, f"the left side is {sort(sides[0])}, this is {sort(sides[1])}{hint}"
                )
            return sides
        case ast.Compare(ops=operators) if sum(isinstance(o, ast.Eq) for o in operators) > 1:
            raise phrase.error(phrase.tree, "a claim has one == only")
        case ast.Call(ast.Name("iff"), [left, right], []):
            return reader.condition(left), reader.condition(right)
        case ast.Call(ast.Name("iff")):
            raise phrase.error(phrase.tree, "expected iff(condition, condition)")
        case (
            ast.Compare()
            | ast.BoolOp()
            | ast.UnaryOp(ast.Not() | ast.Invert())
            | ast.BinOp(op=ast.BitAnd() | ast.BitOr())
            | ast.Call(ast.Name("Eq" | "Ne"))
        ):
            return reader.condition(phrase.tree), sympy.true
    raise phrase.error(
        phrase.tree, "a claim is lhs == rhs, iff(condition, condition), or a condition"
    )


class Context:
    """What is declared, once it is read; texts are read in it.

    Args:
        declared: the declarations.
        phrases: the texts that will be read, on which the signs of the symbols depend.

    Attributes:
        names: what the names mean.
        given: the hypotheses that say more than the signs of symbols.
        assumptions: what is taken of the symbols that are not declared, by name.
    """

    def __init__(self, declared: Declarations, phrases: Sequence[Phrase]) -> None:
        vocabulary = Vocabulary(declared, phrases)
        self.assumptions: Mapping[str, Assumption] = vocabulary.assumptions
        lengths = Names(vocabulary, {})
        shapes = vocabulary.shapes
        for name in declared.signals:
            if isinstance(shapes[name].tree, ast.Tuple):
                raise shapes[name].error(
                    shapes[name].tree,
                    "a signal has one length; with several sizes, declare a tensor "
                    f"{name}: SIZE, SIZE, …",
                )
        signals = {name: _tensor(name, shape, shapes, lengths) for name, shape in shapes.items()}
        functions = {name: _function(name, at, lengths) for name, at in declared.functions.items()}
        self.names = Names(vocabulary, signals, lengths.measured, functions)
        hypotheses = map(self._hypothesis, vocabulary.hypotheses)
        self.given = tuple(condition for condition in hypotheses if condition is not sympy.true)

    def read(self, phrase: Phrase) -> Value:
        """What one of the phrases says, which need not be a whole claim.

        >>> phrase = read_phrase(Passage("x.pad(p, p).length"))
        >>> Context(Declarations.of({"x": "n"}, [], []), [phrase]).read(phrase)
        n + 2*p
        """
        return Reader(phrase, self.names).value(phrase.tree)

    def _hypothesis(self, phrase: Phrase) -> Hypothesis:
        taps = self._about_taps(phrase)
        if taps is not None:
            return taps
        condition = without_certain(Reader(phrase, self.names).condition(phrase.tree))
        if condition is sympy.false:
            names = {node.id for node in ast.walk(phrase.tree) if isinstance(node, ast.Name)}
            known = names & self.assumptions.keys() - RESERVED
            taken = [str(self.assumptions[name]) for name in sorted(known)]
            why = f", because {' and '.join(taken)} is assumed" if taken else ""
            hint = "; declare symbols that may be negative as integers" if taken else ""
            raise phrase.error(phrase.tree, f"this hypothesis can never hold{why}{hint}")
        return condition

    def _about_taps(self, phrase: Phrase) -> Claim | None:
        """A hypothesis that equates tensors, if it does."""
        match phrase.tree:
            case ast.Compare(left, [ast.Eq()], [right]):
                reader = Reader(phrase, self.names)
                one, other = reader.value(left), reader.value(right)
            case _:
                return None
        if not (isinstance(one, SignalExpr) or isinstance(other, SignalExpr)):
            return None
        if not (isinstance(one, SignalExpr) and isinstance(other, SignalExpr)):
            hint = ""
            if isinstance(left, ast.Name) and other == 0:
                hint = f"; that all entries are 0 is written {left.id} == 0*{left.id}"
            raise phrase.error(right, f"the left side is {sort(one)}, this is {sort(other)}{hint}")
        try:
            taps = Claim(one, other)
            read_taps([taps])
        except SymconvError as error:
            raise phrase.error(phrase.tree, str(error)) from None
        return taps


def _tensor(name: str, phrase: Phrase, declared: Collection[str], names: Names) -> Tensor:
    for node in ast.walk(phrase.tree):
        if isinstance(node, ast.Name) and node.id in declared:
            what = (
                "shape of a tensor" if isinstance(phrase.tree, ast.Tuple) else "length of a signal"
            )
            raise phrase.error(node, f"the {what} is said in integer symbols")
    if not isinstance(phrase.tree, ast.Tuple):
        return Signal(name, _size(phrase, phrase.tree, names, f"signal {name!r}"))
    if not phrase.tree.elts:
        raise phrase.error(phrase.tree, f"a tensor has an axis; for one number, declare {name}: 1")
    if len(phrase.tree.elts) > MOST_AXES:
        raise phrase.error(phrase.tree.elts[MOST_AXES], f"more than {MOST_AXES} axes")
    return Tensor(
        name,
        [
            _size(phrase, tree, names, f"{name!r} along axis {axis}")
            for axis, tree in enumerate(phrase.tree.elts)
        ],
    )


def _function(name: str, at_zero: Passage, names: Names) -> Pointwise:
    if not at_zero.content.strip():
        return Pointwise(name)
    phrase = read_phrase(at_zero)
    return Pointwise(name, Reader(phrase, names).number(phrase.tree))


def _size(phrase: Phrase, tree: ast.expr, names: Names, of: str) -> Amount:
    size = Reader(phrase, names).integer(tree)
    unsigned = sorted(s.name for s in size.free_symbols if sign_of(s).least is None)
    if unsigned and not is_at_least(size, 0):
        raise phrase.error(tree, f"a length is not negative: say so with given {unsigned[0]} >= 0")
    try:
        return length_argument(Written(size), of)
    except SymconvError as error:
        raise phrase.error(tree, str(error)) from None

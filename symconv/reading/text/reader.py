"""From a tree to a signal, an integer expression or a condition: nothing is evaluated.

    signal      x   x.pad(1, 1)   x.correlate(k, stride=2)   a + b   x/2   taps(1, -2, 1)
    tensor      x.conv(w, stride=(1, 2))   x[:, ::2, 1:-1]   einsum("oc,chw->ohw", w, x)
                relu(x)   x.max_pool(2)   maximum(x, y)   f(x), where f is declared
    expression  n   2*n + 1   n//2   n % 4   floor(n/2)   max(n, c)   x.length   x.shape[1]
    condition   n >= c   1 <= n <= 5   n % 4 == 0 and not n == 8

What a text says is put together as it is written, without SymPy's arithmetic.  The limits
on the size of a text keep every text, however hostile, from taking long.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from inspect import Parameter, Signature
from types import EllipsisType
from typing import Any

import sympy
from sympy import Expr, Integer, Rational
from sympy.logic.boolalg import Boolean

from symconv.arithmetic import unevaluated
from symconv.arithmetic.limits import LARGEST_UNEVEN_POOL, LONGEST_NAME, MOST_AXES
from symconv.arithmetic.unevaluated import Written
from symconv.errors import PatternError, SymconvError
from symconv.language.amounts import Amount, integer_argument
from symconv.language.any_size import length_of
from symconv.language.hints import about_argument, about_library, about_several, about_word
from symconv.language.operators.base import no_axis
from symconv.language.operators.pointwise import Pointwise
from symconv.language.signals import Signal, SignalExpr, Tensor
from symconv.reading.text.declarations import Names
from symconv.reading.text.functions import (
    ARGUMENTS,
    DIVISOR,
    EXTREMES,
    FORMS,
    FRACTIONS,
    FUNCTIONS,
    JOINING,
    MAKERS,
    METHODS,
    POINTWISE,
    RESERVED,
    ROUNDING,
    STEP,
    Argument,
    arguments_problem,
    check_name,
    close,
)
from symconv.reading.text.python_operators import (
    Value,
    combined,
    compared,
    is_positive,
    not_positive,
    open_end,
    sort,
)
from symconv.reading.text.syntax import Phrase, TextError

__all__ = ["Reader"]


class Reader:
    """Reads the tree of a phrase and its parts.

    Args:
        phrase: where the tree stands, for errors.
        names: what the names in it mean.
    """

    def __init__(self, phrase: Phrase, names: Names) -> None:
        self.phrase = phrase
        self.names = names

    def value(self, node: ast.expr) -> Value:
        """Whatever the node is."""
        try:
            return self._value(node)
        except TextError:
            raise
        except SymconvError as error:
            raise self.error(node, str(error)) from None
        except RecursionError:
            raise self.error(node, "nested too deeply") from None

    def signal(self, node: ast.expr) -> SignalExpr:
        """A node that must be a signal."""
        name = node.id if isinstance(node, ast.Name) else None
        if name and name not in RESERVED and not self.names.signals.get(name):
            hint = about_library(name) or self.names.undeclared(name)
            raise self.error(node, f"{name!r} is not a signal; {hint}")
        value = self.value(node)
        if not isinstance(value, SignalExpr):
            raise self._unexpected(node, "a signal", value)
        return value

    def integer(self, node: ast.expr, instead: str = "") -> Expr:
        """A node that must be an integer expression.

        Args:
            node: the node.
            instead: what to write for a signal; otherwise its length is meant.
        """
        value = self.value(node)
        if not isinstance(value, Expr):
            hint = ""
            if isinstance(value, SignalExpr):
                size = (
                    "its length is len(…)" if value.ndim == 1 else "its sizes are ….shape[0] etc."
                )
                hint = f"; {instead or size}"
            raise self._unexpected(node, "an integer expression", value, hint)
        return value

    def condition(self, node: ast.expr) -> Boolean:
        """A node that must be a condition."""
        value = self.value(node)
        if isinstance(value, SignalExpr | Expr):
            raise self._unexpected(node, "a condition such as n >= 1", value)
        return value

    def error(self, node: ast.expr | ast.keyword, problem: str) -> TextError:
        """An error at a node."""
        return self.phrase.error(node, problem)

    def _length(self, node: ast.expr) -> Expr:
        """The length of a node that must be a signal."""
        signal = self.signal(node)
        if signal.ndim != 1:
            raise self.error(
                node, f"this has {signal.ndim} axes; its sizes are written x.shape[0] and so on"
            )
        return self._size(signal, 0)

    def _size(self, signal: SignalExpr, axis: int) -> Expr:
        self.names.measured.append(signal)
        return length_of(signal, axis=axis)

    def _shape(self, node: ast.expr, index: ast.expr) -> Expr:
        """The size of a node that must be a signal along an axis."""
        signal = self.signal(node)
        axis = self._number_of(index, "the axis is a number such as 0 or -1")
        if not -signal.ndim <= axis < signal.ndim:
            raise self.error(index, str(no_axis(signal, axis)))
        return self._size(signal, axis % signal.ndim)

    def _number_of(self, node: ast.expr, otherwise: str) -> int:
        value = self.integer(node)
        if not value.is_Integer:
            raise self.error(node, otherwise)
        return int(value)

    def _unexpected(self, node: ast.expr, expected: str, value: Value, hint: str = "") -> TextError:
        return self.error(node, f"expected {expected}, and this is {sort(value)}{hint}")

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(name):
                return self._name(node, name)
            case ast.Constant(bool() as truth):
                return sympy.true if truth else sympy.false
            case ast.Constant(int() as number):
                return Integer(number)
            case ast.UnaryOp(ast.Not() | ast.Invert(), operand):
                return unevaluated.negation(self.condition(operand))
            case ast.UnaryOp(operator, operand):
                return self._signed(operator, operand)
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as operator, right):
                return self._joined(operator, [left, right])
            case ast.BoolOp(operator, parts):
                return self._joined(operator, parts)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare(first, operators, others):
                return compared([*map(self.integer, [first, *others])], operators)
            case ast.Attribute(inner, "length"):
                return self._length(inner)
            case ast.Attribute(inner, "ndim"):
                return Integer(self.signal(inner).ndim)
            case ast.Attribute(_, name):
                raise self._at_attribute(node, self._no_attribute(name))
            case ast.Subscript(ast.Call(ast.Attribute(_, "phases")) as call, index):
                return self._phase(call, index)
            case ast.Subscript(ast.Attribute(inner, "shape"), index):
                return self._shape(inner, index)
            case ast.Subscript(inner, index):
                return self._part(node, inner, index)
            case ast.Call(ast.Attribute(ast.Name("Signal" | "Tensor" as kind), name)):
                if name not in MAKERS:
                    hint = close(name, MAKERS, f"expected {', '.join(sorted(MAKERS))}")
                    raise self._at_attribute(node.func, f"there is no {kind}.{name}; {hint}")
                return self._call(node, name)
            case ast.Call(ast.Attribute(inner, name) as function):
                return self._method(node, function, inner, name)
            case ast.Call(ast.Name(name)):
                return self._call(node, name)
            case ast.Call():
                raise self.error(node, "only functions and methods can be called, by their name")
            case ast.Constant(str()):
                raise self.error(node, "a quoted word is the mode of a padding or a pattern only")
        raise self.error(node, "expected a signal, an integer expression or a condition")

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in RESERVED:
            raise self.error(node, f"{name!r} is a word of the language, not a symbol")
        found = self.names.signals.get(name)
        if found is not None:
            return found
        if name in self.names.functions:
            raise self.error(node, f"{name!r} is a function; write {name}(x)")
        check_name(name, "a symbol")
        return self.names.vocabulary.symbol(name)

    def _signed(self, operator: ast.unaryop, operand: ast.expr) -> Value:
        value = self.value(operand)
        if not isinstance(value, SignalExpr | Expr):
            raise self._unexpected(operand, "a signal or an integer expression", value)
        if isinstance(operator, ast.UAdd):
            return value
        return unevaluated.negative(value) if isinstance(value, Expr) else -value

    def _joined(self, operator: ast.boolop | ast.operator, parts: Sequence[ast.expr]) -> Boolean:
        for part in parts:
            if isinstance(operator, ast.operator) and isinstance(part, ast.Name | ast.Constant):
                raise self.error(part, "put comparisons beside & and | in parentheses")
        is_and = isinstance(operator, ast.And | ast.BitAnd)
        join = unevaluated.all_of if is_and else unevaluated.any_of
        return join(*map(self.condition, parts))

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        for part, value in ((node.left, left), (node.right, right)):
            if not isinstance(value, SignalExpr | Expr):
                raise self._unexpected(part, "a signal or an integer expression", value)
        if isinstance(right, Expr):
            if isinstance(node.op, ast.FloorDiv | ast.Mod) and isinstance(left, Expr):
                self._check_positive(node.right, right, DIVISOR)
            if isinstance(node.op, ast.Div) and right.is_zero and isinstance(left, Expr):
                raise self.error(node.right, "division by zero")
        return combined(node.op, left, right)

    def _check_positive(self, node: ast.expr, value: Expr, why: str) -> None:
        if not is_positive(value):
            raise self.error(node, f"{why}, and {not_positive(value)}")

    def _no_attribute(self, name: str) -> str:
        if name in METHODS:
            return f"write {name}(…) to call the method"
        if name == "shape":
            return "a shape is no integer; write x.shape[0] for a size"
        return f"a signal has no attribute {name!r}; {about_word(name) or 'it has length, shape'}"

    def _part(self, node: ast.Subscript, inner: ast.expr, index: ast.expr) -> SignalExpr:
        """A part of a tensor, as in NumPy."""
        receiver = self.signal(inner)
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        key = tuple(map(self._place, places))
        if not any(one is None or isinstance(one, slice) for one in key):
            alone = sum(one is not ... for one in key)
            if alone == receiver.ndim:
                raise self.error(
                    index,
                    "this is an entry, and a claim is about signals and tensors; x[0:1] is a "
                    "signal of one entry",
                )
        new = sum(one is None for one in key)
        if receiver.ndim + new > MOST_AXES:
            raise self.error(index, f"more than {MOST_AXES} axes")
        try:
            part = receiver[key]
        except SymconvError as error:
            raise self.error(index, str(error)) from None
        assert isinstance(part, SignalExpr)
        return part

    def _place(self, node: ast.expr) -> Amount | slice | EllipsisType | None:
        """What stands in the brackets for one axis."""
        match node:
            case ast.Constant(None):
                return None
            case ast.Constant(value) if value is ...:
                return ...
            case ast.Slice(lower, upper, step):
                start, stop = (self._position(bound) for bound in (lower, upper))
                return slice(start, stop, self._step(step))
        return self._position(node)

    def _position(self, node: ast.expr | None) -> Amount | None:
        if node is None:
            return None
        amount = self._amount(node, "the position")
        problem = open_end(amount)
        if problem:
            raise self.error(node, problem)
        return amount

    def _step(self, node: ast.expr | None) -> Amount | None:
        if node is None:
            return None
        amount = self._amount(node, "the step")
        if not (-amount).is_at_least(1):
            self._check_positive(node, amount.written, STEP)
        return amount

    def _amount(self, node: ast.expr, what: str) -> Amount:
        """A node that must be an integer, as an amount."""
        try:
            return integer_argument(Written(self.integer(node)), what)
        except TextError:
            raise
        except SymconvError as error:
            raise self.error(node, str(error)) from None

    def _call(self, node: ast.Call, name: str) -> Value:
        """A function by name."""
        if name in self.names.functions:
            return self._applied(node, self.names.functions[name])
        if name in JOINING:
            return self._joining(node, name)
        if name in POINTWISE and node.args:
            function = ast.Attribute(
                node.args[0],
                name,
                col_offset=node.col_offset,
                end_col_offset=node.func.end_col_offset,
            )
            call = ast.Call(function, node.args[1:], node.keywords, col_offset=node.col_offset)
            return self._method(call, function, node.args[0], name)
        arguments = self._arguments(node, name)
        if name in EXTREMES:
            instead = f"of entries, {about_word('amax' if name.lower() == 'max' else 'minimum')}"
            return EXTREMES[name](*(self.integer(one, instead) for one in arguments))
        if name in ROUNDING:
            instead = f"of entries, {about_word('abs')}" if name.lower() == "abs" else ""
            return ROUNDING[name](*(self.integer(one, instead) for one in arguments))
        if name in FRACTIONS:
            return self._fraction(arguments)
        match name:
            case "taps":
                if any(isinstance(argument, ast.List) for argument in arguments):
                    return Tensor.taps(self._rows(arguments))
                return Signal.taps(*map(self.number, arguments))
            case "delta":
                return Signal.delta()
            case "ones":
                return self._ones(arguments[0])
            case "interleave":
                return Signal.interleave(*map(self.signal, arguments))
            case "Mod":
                value, divisor = map(self.integer, arguments)
                self._check_positive(arguments[1], divisor, DIVISOR)
                return unevaluated.remainder(value, divisor)
            case "Eq" | "Ne":
                kind = sympy.Eq if name == "Eq" else sympy.Ne
                return unevaluated.relation(kind, *map(self.integer, arguments))
            case "len":
                return self._length(arguments[0])
        raise self.error(node, "iff(condition, condition) is a whole claim")

    def _applied(self, node: ast.Call, function: Pointwise) -> SignalExpr:
        """A function of which nothing is known, of each entry."""
        for keyword in node.keywords:
            raise self.error(keyword, f"{function} has no named arguments")
        arguments = self._positional(node)
        if len(arguments) != 1:
            raise self.error(node, f"{function} takes one tensor, got {len(arguments)} arguments")
        return function(self.signal(arguments[0]))

    def _rows(self, nodes: Sequence[ast.expr]) -> list[Any]:
        """Numbers in nested lists, in the one list that is given."""
        if len(nodes) > 1:
            raise self.error(nodes[1], "taps in brackets are one list, as in [[1, 2], [3, 4]]")

        def row(node: ast.expr) -> Any:
            return list(map(row, node.elts)) if isinstance(node, ast.List) else self.number(node)

        found: list[Any] = row(nodes[0])
        return found

    def _ones(self, node: ast.expr) -> SignalExpr:
        if not isinstance(node, ast.Tuple | ast.List):
            return Signal.ones(self._amount(node, "the length of ones"))
        if len(node.elts) > MOST_AXES:
            raise self.error(node.elts[MOST_AXES], f"more than {MOST_AXES} axes")
        return Tensor.ones([self._amount(size, "the size of ones") for size in node.elts])

    def _joining(self, node: ast.Call, name: str) -> SignalExpr:
        """What is made of several tensors."""
        arguments, options = self._bound(node, name, lambda problem: self.error(node, problem))
        try:
            return JOINING[name](*arguments, **options)
        except PatternError as error:
            raise self._in_pattern(node, error) from None
        except SymconvError as error:
            raise self.error(node, str(error)) from None

    def _arguments(self, node: ast.Call, name: str) -> list[ast.expr]:
        """The arguments of a function, which have no names of their own."""
        if name not in FUNCTIONS:
            if name in METHODS:
                hint = f"it is a method: x.{name}{METHODS[name]}"
            else:
                otherwise = f"expected {', '.join(sorted(FUNCTIONS))}"
                similar = close(name, FUNCTIONS, otherwise)
                if len(node.args) == 1:
                    similar += "; one of which nothing is known is declared as a function"
                hint = about_word(name) or similar
            raise self.error(node.func, f"there is no function {name[:LONGEST_NAME]!r}; {hint}")
        for keyword in node.keywords:
            raise self.error(keyword, f"{name} has no named arguments")
        arguments = self._positional(node)
        problem = arguments_problem(name, len(arguments))
        if problem:
            raise self.error(node, problem)
        return arguments

    def _fraction(self, arguments: Sequence[ast.expr]) -> Rational:
        numerator, denominator = [*map(self.number, arguments), Fraction(1)][:2]
        if not denominator:
            raise self.error(arguments[1], "division by zero")
        exact = numerator / denominator
        return Rational(exact.numerator, exact.denominator)

    def number(self, node: ast.expr) -> Fraction:
        """A node that must be an exact number."""
        value = self.integer(node)
        if not isinstance(value, Rational):
            raise self.error(node, "expected a number, such as -2 or 1/2")
        return Fraction(int(value.p), int(value.q))

    def _positional(self, node: ast.Call) -> list[ast.expr]:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self.error(argument, "arguments are written one by one")
        return node.args

    def _method(
        self, node: ast.Call, function: ast.Attribute, inner: ast.expr, name: str
    ) -> SignalExpr:
        receiver = self.signal(inner)
        if name not in METHODS:
            otherwise = f"it has {', '.join(sorted(METHODS))}"
            hint = about_word(name) or close(name, METHODS, otherwise)
            raise self._at_attribute(
                function, f"a {receiver.kind} has no method {name[:LONGEST_NAME]!r}; {hint}"
            )
        if name == "phases":
            raise self.error(node, "one of the phases has to be chosen, as in x.phases(2)[0]")
        arguments, options = self._bound(node, name, self._at(function))
        if name == "avg_pool":
            self._check_pool(node, arguments[0], options)
        try:
            built = getattr(receiver, name)(*arguments, **options)
        except PatternError as error:
            raise self._in_pattern(node, error) from None
        except SymconvError as error:
            raise self._at_attribute(function, str(error)) from None
        assert isinstance(built, SignalExpr)
        if built.ndim > MOST_AXES:
            raise self._at_attribute(function, f"more than {MOST_AXES} axes")
        return built

    def _in_pattern(self, node: ast.Call, error: PatternError) -> TextError:
        """An error at its place in the pattern, the first argument."""
        pattern = node.args[0]
        return self.phrase.passage.error(error.problem, pattern.col_offset + 1 + error.at)

    def _check_pool(self, node: ast.Call, size: Any, options: Mapping[str, Any]) -> None:
        """Refuse averages of too many cases: each number of entries that count is one."""
        counted = options.get("count_include_pad") is False or options.get("ceil_mode") is True
        numbers = size if isinstance(size, tuple) else (size,)
        largest = max((one for one in numbers if isinstance(one, int)), default=0)
        if counted and largest > LARGEST_UNEVEN_POOL:
            how = "ceil_mode=True" if options.get("ceil_mode") else "count_include_pad=False"
            raise self.error(node, f"with {how}, at most {LARGEST_UNEVEN_POOL} entries")

    def _at(self, node: ast.expr) -> Callable[[str], TextError]:
        return lambda problem: self._at_attribute(node, problem)

    def _bound(
        self, node: ast.Call, name: str, error: Callable[[str], TextError]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call, checked against the form of what is called, and read.

        Args:
            node: the call.
            name: the method or function.
            error: makes an error about the arguments as a whole.
        """
        form, takes = FORMS[name], ARGUMENTS[name]
        positional = self._positional(node)
        named: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error(keyword, "arguments are written one by one")
            if keyword.arg not in form.parameters and not _takes_any_name(form):
                known = close(keyword.arg, form.parameters, f"its form is {name}{form}")
                hint = about_argument(name, keyword.arg) or known
                raise self.error(
                    keyword, f"{name} has no argument {keyword.arg[:LONGEST_NAME]!r}; {hint}"
                )
            named[keyword.arg] = keyword.value
        try:
            bound = form.bind(*positional, **named)
        except TypeError as problem:
            several = any(isinstance(one, ast.Tuple | ast.List) for one in positional)
            hint = (several and about_several(name)) or f"its form is {name}{form}"
            raise error(f"{problem}; {hint}") from None
        for parameter, given in bound.arguments.items():
            what = takes[parameter]
            if isinstance(given, dict):
                read: Any = {key: self._argument(name, what, one) for key, one in given.items()}
            elif isinstance(given, tuple):
                read = tuple(self._argument(name, what, one) for one in given)
            else:
                read = self._argument(name, what, given)
            bound.arguments[parameter] = read
        return bound.args, bound.kwargs

    def _argument(self, call: str, what: Argument, node: ast.expr) -> Any:
        """An argument of the sort that is taken there."""
        match node:
            case ast.Constant(None) if what.nothing:
                return None
            case ast.Constant(str() as word) if what.word:
                return word
            case ast.Constant(bool() as truth) if what.truth:
                return truth
            case ast.Tuple(parts) | ast.List(parts) if what.several:
                if len(parts) > MOST_AXES and not what.signal:
                    problem = f"one for each axis, of which there are {MOST_AXES} at most"
                    raise self.error(parts[MOST_AXES], problem)
                return tuple(self._argument(call, what.part, part) for part in parts)
            case ast.Tuple() | ast.List():
                hint = about_several(call) or f"its form is {call}{FORMS[call]}"
                raise self.error(node, f"expected one {what.name}, not several; {hint}")
            case _ if not what.one:
                listed = "[x, y]" if what.signal else "(2, 3)"
                raise self.error(node, f"expected several in brackets, such as {listed}")
        if what.signal:
            return self.signal(node)
        if what.truth:
            raise self.error(node, "expected True or False")
        if what.word and not what.several:
            example = "a quoted word, such as 'reflect'"
            if what.name == "pattern":
                example = "a pattern in quotes, such as 'c h w -> h w c'"
            raise self.error(node, f"expected {example}")
        if what.fraction:
            return self.number(node)
        if what.number:
            return self._number_of(node, f"the {what.name} is a number such as 0 or -1")
        value = self.integer(node)
        if what.positive:
            self._check_positive(node, value, what.positive)
        if value.is_Integer:
            return int(value)
        return self._amount(node, f"the {what.name}")

    def _phase(self, call: ast.Call, index: ast.expr) -> SignalExpr:
        assert isinstance(call.func, ast.Attribute)
        receiver = self.signal(call.func.value)
        arguments, options = self._bound(call, "phases", self._at(call.func))
        try:
            phases = receiver.phases(*arguments, **options)
        except SymconvError as error:
            raise self._at_attribute(call.func, str(error)) from None
        number = index.value if isinstance(index, ast.Constant) else None
        if type(number) is not int or not 0 <= number < len(phases):
            raise self.error(index, f"expected the number of a phase, from 0 to {len(phases) - 1}")
        return phases[number]

    def _at_attribute(self, node: ast.expr, problem: str) -> TextError:
        """An error at the name after the point."""
        assert isinstance(node, ast.Attribute)
        end = node.end_col_offset or node.col_offset
        return self.phrase.passage.error(problem, end - len(node.attr))


def _takes_any_name(form: Signature) -> bool:
    """Whether arguments may have names of their own, as the sizes of axes."""
    return any(p.kind is Parameter.VAR_KEYWORD for p in form.parameters.values())

"""The rooms of the house, and the arrows between them: down only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import symconv
from symconv.arithmetic import limits
from tests.project import ROOT

HOUSE = Path(symconv.__file__).parent

ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "arithmetic": {"errors"},
    "language": {"errors", "arithmetic"},
    "decision": {"errors", "arithmetic", "language"},
    "reading": {"errors", "arithmetic", "language", "decision"},
    "testing": {"errors", "decision", "reading"},
    "formal": {"errors", "arithmetic", "language", "decision"},
    "catalogue": {"arithmetic", "language", "decision"},
    "derivations": {"errors", "arithmetic", "language", "decision"},
    "exercises": {"errors", "arithmetic", "language", "decision", "reading", "derivations"},
    "pages": {"errors", "arithmetic", "language", "decision"},
    "command": {
        *("errors", "arithmetic", "language", "decision", "reading", "formal", "catalogue"),
        *("exercises", "pages"),
    },
    "__main__": {"command"},
}
"""What each room may know, from the bottom to the top; a room knows itself."""

EXCEPTIONS = {
    # x == y is a claim about two signals: a method of a public object.
    ("language.signals", "decision.claims"),
    # found.derivation tells how a kernel comes about: a property of a public object, too.
    ("decision.solving.kernels.solutions", "derivations.kernels"),
    ("decision.solving.kernels.solutions", "derivations.steps"),
    # comparison.certificates() is a method of one.
    ("decision.comparing.comparison", "formal.compared"),
}
"""The arrows that go up."""

MOST_ENTRIES = 16

LIMITS = "arithmetic.limits"
NO_LIMITS = (
    ("command.exit_codes", "_DEFECT _NO_OUTPUT _NO_READER", "exit codes"),
    ("command.interrupts", "INTERRUPTED", "an exit code"),
    ("formal.proofs", "_OURS _THEIRS", "numbers that tell integers apart"),
    ("pages.diagrams.grid_drawing", "_SQUARE _GAP", "layout"),
    ("pages.diagrams.labels", "_ROOM", "layout"),
    ("pages.diagrams.lettering", "SIZE SMALL", "layout"),
    ("pages.diagrams.monomial_planes", "_TICK", "layout"),
    ("pages.diagrams.svg", "HEIGHT HALO _MARGIN", "layout"),
    ("pages.diagrams.network_drawing", "_GAP _WIDE _WIDEST _ROOMY", "layout"),
    ("pages.handouts.notebooks", "_ROW", "layout"),
    ("reading.text.functions", "_MANY", "any number of arguments"),
)
"""The other constants that are numbers, and what they are."""


def modules() -> dict[str, Path]:
    found = {}
    for path in HOUSE.rglob("*.py"):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(path: Path) -> Iterator[str]:
    """What a module imports of symconv, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(source), names=names) if source.startswith("symconv"):
                place = source.removeprefix("symconv").removeprefix(".")
                for alias in names:
                    inner = f"{place}.{alias.name}".removeprefix(".")
                    yield inner if inner in MODULES else place
            case ast.ImportFrom(level=level) if level:
                pytest.fail(f"{path} imports from {'.' * level}: write the whole name")
            case ast.Import(names=names):
                yield from (a.name[8:] for a in names if a.name.startswith("symconv."))


def test_arrows_go_down() -> None:
    arrows = {(name, other) for name, path in MODULES.items() if name for other in imported(path)}
    room = {name: name.partition(".")[0] for name in MODULES}
    up = {
        (name, other)
        for name, other in arrows
        if other and room[other] not in {room[name], *ROOMS[room[name]]}
    }
    assert up == EXCEPTIONS
    # Public names are for users: inside, each is imported from where it is.
    assert not {name for name, other in arrows if not other}


def test_a_room_knows_only_rooms_below_it() -> None:
    below: set[str] = set()
    for name, known in ROOMS.items():
        assert known <= below, name
        below.add(name)


def test_nothing_is_allowed_that_is_not_needed() -> None:
    for name, known in ROOMS.items():
        files = [path for module, path in MODULES.items() if module.partition(".")[0] == name]
        used = {other.partition(".")[0] for path in files for other in imported(path)}
        assert known <= used, name


def test_few_entries_at_the_door() -> None:
    entries = [entry.name for entry in HOUSE.iterdir() if entry.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


def constants(path: Path) -> Iterator[str]:
    """The names that a module gives to numbers, written out or computed from such names."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Tuple(names)], value=ast.Tuple(values)):
                yield from (ast.unparse(n) for n, v in zip(names, values, strict=True) if number(v))
            case ast.Assign(targets=[name], value=value) if number(value):
                yield ast.unparse(name)
            case ast.AnnAssign(target=name, value=ast.expr() as value) if number(value):
                yield ast.unparse(name)


def number(expression: ast.expr) -> bool:
    match expression:
        case ast.Constant(value):
            return type(value) in (int, float)
        case ast.UnaryOp(_, value):
            return number(value)
        case ast.BinOp(left, _, right):
            return number(left) and number(right)
        case ast.Name(name) | ast.Attribute(_, name):
            return name.isupper() and name in vars(limits)
    return False


def test_limits_stand_in_one_place() -> None:
    found = {
        (module, name)
        for module, path in MODULES.items()
        if module != LIMITS
        for name in constants(path)
    }
    assert found == {(module, name) for module, names, _ in NO_LIMITS for name in names.split()}


def test_each_limit_has_a_reason_and_is_kept_to() -> None:
    body = ast.parse(MODULES[LIMITS].read_text(encoding="utf-8")).body
    given = {name for name in vars(limits) if name.isupper()}
    told = {
        node.targets[0].id
        for node, below in pairwise(body)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
    }
    assert given == told
    others = [p.read_text(encoding="utf-8") for name, p in MODULES.items() if name != LIMITS]
    used = set(re.findall(r"\b[A-Z][A-Z_]+\b", "\n".join(others)))
    assert not given - used
    # It is imported by all, also by the command, which starts at once.
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert list(map(ast.unparse, imports)) == ["from __future__ import annotations"]


def test_public_names_are_lazy_and_there() -> None:
    for name in symconv.__all__:
        assert getattr(symconv, name) is not None
    assert set(symconv.__all__) <= set(dir(symconv))


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    places = {path.relative_to(ROOT / "tests").parts[0] for path in ROOT.glob("tests/**/test_*.py")}
    assert places == {*rooms, "whole"}

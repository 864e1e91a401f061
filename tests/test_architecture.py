"""The rooms and the one way through them."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("nlp", "tiering", "service")
MAY_IMPORT = {"nlp": set(), "tiering": {"nlp"}, "service": {"nlp", "tiering"}}
OUTSIDE_WORLD = {"fastapi", "sqlalchemy", "psycopg", "httpx", "requests", "uvicorn", "socket"}
CLOCKS = {"now", "today", "utcnow"}
HEAVY = ("torch", "transformers", "spacy", "onnxruntime", "jieba", "pandas")


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_lies_below(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.split(".")[0] in set(ROOMS) - allowed
    }
    assert not wrong


@pytest.mark.parametrize("room", ["nlp", "tiering"])
def test_inner_rooms_touch_no_network_and_no_database(room: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.split(".")[0] in OUTSIDE_WORLD
    }
    assert not wrong


@pytest.mark.parametrize("room", ["nlp", "tiering"])
def test_inner_rooms_read_no_clock(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
    ]
    assert not wrong


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_is_for(room: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(room)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


@pytest.mark.parametrize("heavy", HEAVY)
def test_importing_nlp_stays_light(heavy: str) -> None:
    code = f"import sys, nlp; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def doors() -> list[str]:
    """The packages of the inner rooms that others may use."""
    return [
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ("nlp", "tiering")
        for path in modules(room)
        if path.name == "__init__.py" and "__all__" in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("package", doors())
def test_the_front_door_is_sorted_and_opens(package: str) -> None:
    door = import_module(package)
    capitals_first = sorted(
        door.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert door.__all__ == capitals_first
    assert all(hasattr(door, name) for name in door.__all__)


@pytest.mark.parametrize("room", ["tiering", "service"])
def test_nobody_goes_past_the_front_door_of_a_package_of_tiering(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if is_behind_a_door(name) and not path.is_relative_to(ROOT.joinpath(*name.split(".")[:-1]))
    ]
    assert not wrong


def is_behind_a_door(name: str) -> bool:
    """Whether this is a module within a package of the tiering room, as `tiering.risk.caps`."""
    parts = name.split(".")
    return (
        parts[0] == "tiering"
        and len(parts) > 2
        and ROOT.joinpath(*parts).with_suffix(".py").exists()
    )

"""The tree keeps the shape that style.md asks for."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from bot import errors, ports

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = sorted(path for room in ("bot", "adapters", "workers") for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 35
MOST_METHODS = 6


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", PRODUCT + TESTS + SCRIPTS, ids=named)
def test_no_module_is_longer_than_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_no_function_is_longer_than_thirty_five_lines(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in functions(ast.parse(path.read_text(encoding="utf-8")))
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_every_module_says_in_its_docstring_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_broad_excepts_stand_only_in_the_handler(path: Path) -> None:
    caught = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in _BROAD)
    ]

    assert caught == [] or named(path) == "workers/handler.py"


_BROAD = {"Exception", "BaseException"}


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_there_are_no_notes_to_self(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_tests_use_no_mocks_and_never_sleep(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    slept = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) in {"time.sleep", "sleep"}]

    assert not {name for name in imported if "mock" in name}
    assert slept == []


def test_no_port_has_more_than_six_methods() -> None:
    sizes = {
        name: len([m for m in vars(port) if not m.startswith("_")])
        for name, port in inspect.getmembers(ports, inspect.isclass)
        if port.__module__ == ports.__name__
    }

    assert sizes
    assert {name: size for name, size in sizes.items() if size > MOST_METHODS} == {}


def test_the_docstring_of_the_errors_is_their_tree() -> None:
    tree = inspect.getdoc(errors) or ""
    classes = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}

    assert classes == set(re.findall(r"\w+Error\b", tree.partition("`retryable`")[0]))


def test_retryable_is_said_in_the_tree_of_errors() -> None:
    lines = (inspect.getdoc(errors) or "").splitlines()
    said = {re.findall(r"\w+Error\b", line)[0] for line in lines if "(retryable)" in line}
    kinds = inspect.getmembers(errors, inspect.isclass)

    assert said == {name for name, kind in kinds if getattr(kind, "retryable", False)}

"""One call, one receipt: a gated operation never calls another; what several share is a step."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

from ledger.operations import OPERATIONS
from tests.contracts.source import APPS, CHECKOUT, name_of, python_files, tree_of


def _gated() -> dict[str, set[str]]:
    """Module → its gated operations."""
    found: dict[str, set[str]] = {}
    for entry in OPERATIONS.values():
        found.setdefault(entry.function.__module__, set()).add(entry.function.__name__)
    return found


def _module(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _known_here(tree: ast.Module, module: str) -> set[str]:
    """Names by which gated operations can be called in this file: its own, and imported ones."""
    gated = _gated()
    known = set(gated.get(module, set()))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name in gated.get(node.module, set()):
                    known.add(alias.asname or alias.name)
                known |= {
                    f"{alias.asname or alias.name}.{verb}" for verb in gated.get(f"{node.module}.{alias.name}", set())
                }
    return known


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return f"{node.func.value.id}.{node.func.attr}"
    return ""


def test_operations_do_not_call_one_another() -> None:
    rooms = ("/operations/", "/queries/", "/models/", "/checks/")
    found = []
    for path in python_files():
        if not any(room in f"/{name_of(path)}" for room in rooms):
            continue
        tree = tree_of(path)
        known = _known_here(tree, _module(path))
        found += [
            f"{name_of(path)}:{node.lineno} {_called(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _called(node) in known
        ]

    assert found == []


def test_operations_live_in_operations_rooms() -> None:
    modules = {entry.function.__module__ for entry in OPERATIONS.values()}

    assert [name for name in sorted(modules) if name.split(".")[1] != "operations"] == []
    assert {name.split(".")[0] for name in modules} == set(APPS) - {"ledger", "genpin"}
    assert all((CHECKOUT / f"{name.replace('.', '/')}.py").exists() for name in modules)


def test_every_room_of_operations_is_open_from_the_start() -> None:
    """A fresh process knows them all: what only an import in a test registers has no doors in the plant."""
    gated = [path for app in APPS for path in (CHECKOUT / app / "operations").rglob("*.py") if _gates(path)]

    loaded = "import sys, django; django.setup(); print(*sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "genpin.settings"}
    fresh = subprocess.run(
        [sys.executable, "-c", loaded], cwd=CHECKOUT, env=environment, capture_output=True, check=True
    )

    assert len(gated) > 30
    assert {_module(path) for path in gated} - set(fresh.stdout.decode().split()) == set()


def _gates(path: Path) -> bool:
    return "\n@operation(" in path.read_text(encoding="utf-8")


def test_operations_take_keywords_and_say_what_they_do() -> None:
    wrong = []
    for name, entry in OPERATIONS.items():
        parameters = inspect.signature(entry.function).parameters.values()
        if any(one.kind is not inspect.Parameter.KEYWORD_ONLY for one in parameters):
            wrong.append(f"{name}: positional arguments")
        if next(iter(parameters)).name != "caller":
            wrong.append(f"{name}: no caller")
        if len(entry.doc) < 20:
            wrong.append(f"{name}: no docstring")
        if name.split(".")[1].split("_")[0] in {"do", "handle", "process", "manage", "perform"}:
            wrong.append(f"{name}: not a verb that says anything")

    assert wrong == []

"""Rooms: imports point down and inwards, and stand at the top of a file."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.contracts.source import APPS, CHECKOUT, name_of, python_files, tree_of


def test_import_contracts_are_kept() -> None:
    program = Path(sys.executable).parent / "lint-imports"

    answer = subprocess.run([program, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_app_stands_under_the_contracts() -> None:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    apps = {path.parent.name for path in CHECKOUT.glob("*/apps.py")}

    assert set(contracts["root_packages"]) == apps == set(APPS)
    layers, rooms = contracts["contracts"][0], contracts["contracts"][1]
    assert layers["layers"] == list(APPS)
    # ledger has no inner rooms, and genpin is the composition root
    assert set(rooms["containers"]) == apps - {"ledger", "genpin"}
    assert rooms["exhaustive"] is True


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        if path.name != "apps.py"
        for outer in ast.walk(tree_of(path))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert found == []

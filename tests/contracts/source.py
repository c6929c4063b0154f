"""The source as the contracts read it: our Python files by room, their syntax trees, what git tracks."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("genpin", "logistics", "assembly", "inventory", "documents", "accounts", "ledger")
"""Top to bottom."""


def python_files(*rooms: str) -> list[Path]:
    """Our Python files of these first folders (all apps by default), without migrations."""
    found = []
    for room in rooms or APPS:
        found += [path for path in (CHECKOUT / room).rglob("*.py") if "migrations" not in path.parts]
    return sorted(found)


def name_of(path: Path) -> str:
    """The path as a contract writes it."""
    return path.relative_to(CHECKOUT).as_posix()


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def tracked_files() -> list[Path]:
    """Text files that git tracks or would track; in a checkout without git, everything that is not made by a tool."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(git, cwd=CHECKOUT, capture_output=True, check=False)
    if answer.returncode == 0:
        names = [CHECKOUT / name for name in answer.stdout.decode().split("\0") if name]
    else:
        rooms = (*APPS, "tests", "scripts", "templates", "static", "docs", "locale", ".ci")
        names = [path for room in rooms for path in (CHECKOUT / room).rglob("*")]
    return sorted(path for path in names if path.is_file() and not _is_binary(path))


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(4096)


def templates() -> list[Path]:
    """Every page and fragment."""
    return sorted((CHECKOUT / "templates").rglob("*.html"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node

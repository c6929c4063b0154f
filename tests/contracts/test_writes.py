"""Only operations write: no other room changes a row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.source import name_of, python_files, tree_of

ALLOWED = {
    "genpin/scans.py": "the raw scan and its answer: stored before anything is judged (RULINGS 3)",
    "genpin/relay.py": "when a delivery was sent, and the relay's sign of life",
    "genpin/tasks.py": "that a delivery is done, or why not",
    "genpin/paper_reactions.py": "how far a print job is, while it runs",
    "genpin/simulation/copying.py": "the simulated plant, into an empty database; a test compares it row by row",
    "genpin/benchmarks/bare_rows.py": "the limit beside a benchmark: the same rows without the product, taken back",
    "genpin/benchmarks/kits.py": "the same for a kit",
}
"""File → why it may write. May only shrink: a file that no longer writes must leave."""

ALWAYS = {"get_or_create", "update_or_create", "bulk_create", "bulk_update", "aupdate", "acreate", "adelete"}
ON_ROWS = {"update", "delete", "save"}
ROWS = {"objects", "_default_manager", "_base_manager", "filter", "exclude", "all", "get", "first", "select_for_update"}
BULK = {"insert_rows", "update_rows"}
STATEMENT = re.compile(
    r"^\s*(WITH\b.*?\b)?(INSERT\s+INTO|UPDATE\s+\S+\s+.*?\bSET\b|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY\s+\S+.*\bFROM\b)",
    re.IGNORECASE | re.DOTALL,
)


def _is_operations_room(path: Path) -> bool:
    name = name_of(path)
    return name.startswith("ledger/") or "/operations/" in name


def writes_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and kind of each write in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _write_by_call(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
            yield node.lineno, "SQL"


def _write_by_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    if isinstance(call.func, ast.Name) and call.func.id in BULK:
        yield call.lineno, call.func.id
    if not isinstance(call.func, ast.Attribute):
        return
    name, value = call.func.attr, call.func.value
    names = {part.attr for part in ast.walk(value) if isinstance(part, ast.Attribute)}
    on_rows = name in {"create", *ON_ROWS} and bool(names & ROWS)
    on_a_row = name in {"save", "delete"} and isinstance(value, ast.Name) and value.id not in NOT_ROWS
    if name in ALWAYS or on_rows or on_a_row:
        yield call.lineno, name


NOT_ROWS = {"canvas", "workbook", "font", "subset", "files", "image", "book"}
"""Names of things that are saved without a database."""


@pytest.mark.complaint(10)
def test_only_operations_write() -> None:
    found = {
        name_of(path): list(writes_of(tree_of(path)))
        for path in python_files()
        if not _is_operations_room(path) and name_of(path) not in ALLOWED
    }

    assert {name: writes for name, writes in found.items() if writes} == {}


def test_every_exception_still_writes() -> None:
    trees = {name_of(path): tree_of(path) for path in python_files()}

    assert [name for name in ALLOWED if name not in trees or not list(writes_of(trees[name]))] == []


def test_the_search_finds_what_it_looks_for() -> None:
    source = """
Unit.objects.create(a=1)
unit.save()
Unit.objects.filter(pk=1).update(a=2)
unit.placements.all().delete()
Unit.objects.bulk_create([])
insert_rows(rows)
cursor.execute("  UPDATE inventory_unit SET a = 1")
cursor.execute("WITH x AS (SELECT 1) INSERT INTO t SELECT 1")
facts.update({})
digest.update(b"")
canvas.save()
"SELECT a FROM t FOR UPDATE"
"Update the label."
"""

    assert [line for line, _kind in writes_of(ast.parse(source))] == [2, 3, 4, 5, 6, 7, 8, 9]

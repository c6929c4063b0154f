"""docs/developer/complaints.md: each complaint has a test that carries its number, and each such test stands there."""

from __future__ import annotations

import ast
import re

from tests.contracts.source import CHECKOUT, name_of, python_files, tree_of

TABLE = CHECKOUT / "docs" / "developer" / "complaints.md"
WANTED = {*range(1, 11), *range(15, 24), *range(25, 29), 32, 41}
"""The complaints that must be answered by a test."""


def _told() -> set[tuple[int, str]]:
    """(number, test) of the table."""
    found = set()
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| (\d+) \| .+? \| (.+) \|$", line)
        if row:
            found |= {(int(row.group(1)), test) for test in re.findall(r"`(tests/[\w/]+\.py::\w+)`", row.group(2))}
    return found


def _marked() -> set[tuple[int, str]]:
    """(number, test) of the markers."""
    found = set()
    for path in python_files("tests"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.complaint":
                    assert len(mark.args) == 1 and isinstance(mark.args[0], ast.Constant), ast.unparse(mark)
                    found.add((int(str(mark.args[0].value)), f"{name_of(path)}::{node.name}"))
    return found


def test_what_the_table_names_is_there_and_carries_the_number() -> None:
    assert sorted(_told() - _marked()) == []


def test_every_number_that_a_test_carries_has_a_row() -> None:
    assert sorted({number for number, _test in _marked()} - {number for number, _test in _told()}) == []


def test_every_complaint_is_answered() -> None:
    assert {number for number, _test in _told()} >= WANTED


def test_what_answers_is_a_test() -> None:
    assert [test for _number, test in _marked() if not test.split("::")[1].startswith("test_")] == []

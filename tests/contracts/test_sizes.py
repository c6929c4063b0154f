"""Files, functions and templates stay small enough to be read at one sitting."""

from __future__ import annotations

from tests.contracts.source import functions, name_of, python_files, templates, tree_of

FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 60, 120


SAMPLES = {
    "tests/ui/samples.py::burn_in": "one page's words, written out",
    "tests/ui/samples_rack.py::a_rack": "one page's words, written out",
}
"""Long by nature. May only shrink."""


def test_files_are_short() -> None:
    files = python_files() + python_files("tests", "scripts")

    long = {name_of(path): count for path in files if (count := _lines(path.read_text())) > FILE_LINES}

    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}::{function.name}": count
        for path in python_files() + python_files("tests", "scripts")
        for function in functions(tree_of(path))
        if (count := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES
    }

    assert {name: count for name, count in long.items() if name not in SAMPLES} == {}
    assert [name for name in SAMPLES if name not in long] == []


def test_templates_are_short() -> None:
    long = {name_of(path): count for path in templates() if (count := _lines(path.read_text())) > TEMPLATE_LINES}

    assert long == {}


def _lines(text: str) -> int:
    return len(text.splitlines())

"""Names say what a thing is; these words say nothing."""

from __future__ import annotations

import ast
import re

from tests.contracts.source import name_of, python_files, templates, tree_of

EMPTY_WORDS = {
    "util", "utils", "common", "misc", "base", "manager", "handler", "processor", "service", "services", "data", "info",
    "helper", "helpers",
}  # fmt: skip

OUTSIDE = {
    "templates/base.html": "the office shell, named by the house; Django's own convention",
    "assembly/test_logs/dcgm_info.py": "the section's own name in the tool's output",
    "logistics/lead_times/simulate.py::Common": "to be renamed: what all scenarios share is SharedDraws",
    "tests/logistics/lead_times/test_page_charts.py::StrictHandler": "the library's word for it (http.server)",
}
"""Names that stand, with the reason. May only shrink."""


def _words(name: str) -> set[str]:
    name = name.replace("master_data", "")  # マスターデータ, a word of the trade
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced)}


def test_no_file_has_an_empty_name() -> None:
    files = [name_of(path) for path in python_files() + python_files("tests", "scripts") + templates()]
    found = {name for name in files if _words(name.rsplit("/", 1)[-1].rsplit(".", 1)[0]) & EMPTY_WORDS}

    assert found == {name for name in OUTSIDE if "::" not in name}


def test_no_class_has_an_empty_name() -> None:
    found = {
        f"{name_of(path)}::{node.name}"
        for path in python_files() + python_files("tests", "scripts")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and _words(node.name) & EMPTY_WORDS
    }

    assert found == {name for name in OUTSIDE if "::" in name}

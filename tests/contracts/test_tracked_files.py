"""What must not be in the repository: addresses of registries, paths of one machine, secrets, scripts inside pages."""

from __future__ import annotations

import re
import tomllib

import pytest

from genpin import words
from tests.contracts.source import CHECKOUT, name_of, templates, tracked_files

# Put together here, so that this file does not hold what it forbids.
FORBIDDEN = [
    *("pyp" + "i.org", "python" + "hosted.org", "npm" + "js.org", "docker" + ".io", "--index" + "-url"),
    *("/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/"),
    *("BEGIN PRIVATE" + " KEY", "BEGIN RSA" + " PRIVATE KEY"),
]


def test_no_registry_and_no_path_of_one_machine_is_named() -> None:
    found = [
        f"{name_of(path)}: {word}"
        for path in tracked_files()
        for word in FORBIDDEN
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]

    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements.in", "requirements-dev.in"])
def test_requirements_name_packages_and_no_addresses(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "git+" not in text


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_locked_by_hash(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if re.match(r"^[A-Za-z0-9]", line)]

    assert [line.split("==")[0] for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_project_file_is_readable() -> None:
    assert tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"] == "genpin"


INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "a style in the page": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "htmx that evaluates": re.compile(r"\bhx-(on|vals\s*=\s*[\"']js:)", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "another host": re.compile(r"(src|href|action|srcset)\s*=\s*[\"']\s*(https?:)?//", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|\{%\s*autoescape off", re.I),
}


DRAWN = {
    ("templates/components/chart.html", "unescaped text"): "a chart drawn by us, its text escaped there",
    ("templates/assembly/burn_in_run.html", "unescaped text"): "a sparkline of numbers, drawn by us",
}
"""May only shrink."""


@pytest.mark.parametrize("what", INLINE)
def test_templates_keep_the_content_security_policy(what: str) -> None:
    found = []
    for path in templates():
        if (name_of(path), what) in DRAWN:
            continue
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
        found += [f"{name_of(path)}: {match.group(0).strip()}" for match in INLINE[what].finditer(text)]

    assert found == []


TWOFOLD: set[str] = set()
"""Known, to be given a context or one wording. May only shrink."""


def test_one_string_has_one_japanese_in_all_catalogues() -> None:
    """Django merges the catalogues into one: the same English with two meanings needs a context."""
    seen: dict[tuple[object, str], dict[str, str]] = {}
    for app in words.APPS:
        for message in words._read(words.catalogue_path(CHECKOUT, app)):
            if message.id and message.string:
                key = (words._key(message), message.context or "")
                seen.setdefault(key, {})[app] = str(message.string)

    twofold = {str(key[0]): by_app for key, by_app in seen.items() if len(set(by_app.values())) > 1}
    assert {text: by_app for text, by_app in twofold.items() if text not in TWOFOLD} == {}
    assert [text for text in TWOFOLD if text not in twofold] == []

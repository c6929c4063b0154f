"""README and docs/ name only what exists: targets, files, pictures, commands, addresses; guides quote the screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import get_commands
from django.urls import Resolver404, resolve

CHECKOUT = Path(__file__).resolve().parents[2]
README = CHECKOUT / "README.md"
GUIDES = sorted((CHECKOUT / "docs" / "user").glob("*.md"))
PAGES = [README, *sorted((CHECKOUT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
ADDRESS = re.compile(r"(?:(?:GET|POST) )?(/(?:[a-zA-Z0-9{}_.…-]+/?)*)")
ELSEWHERE = ("/var/", "/run/", "/tmp/", "/proc/")
"""Folders of a machine, not addresses."""
PLANNED: set[str] = set()
"""Commands that a page names as not built yet. May only shrink."""


def ids(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_two_commands_are_targets() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", text_of(CHECKOUT / "Makefile")))
    named = set(re.findall(r"(?m)(?:^ {4}|`|PORT=\d+ )make ([a-z-]+)", text_of(README)))

    assert {"demo", "test"} <= named
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_and_pictures_exist(page: Path) -> None:
    links = [link.split("#")[0] for link in LINK.findall(text_of(page)) if not link.startswith("#")]

    assert [link for link in links if "://" in link] == []
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_commands_exist(page: Path) -> None:
    known = set(get_commands()) | PLANNED

    assert [name for name in COMMAND.findall(text_of(page)) if name not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_addresses_resolve(page: Path) -> None:
    assert [address for address in addresses(text_of(page)) if not resolves(address)] == []


def addresses(text: str) -> Iterator[str]:
    """What stands in backquotes and looks like an address of a page, a {placeholder} taken as 1."""
    for code in CODE.findall(text):
        found = ADDRESS.fullmatch(code)
        if found and found[1] != "/" and not f"{found[1]}/".startswith(ELSEWHERE):
            yield re.sub(r"{\w+}|…", "1", found[1])


def resolves(address: str) -> bool:
    """Whether the address, or something under it, is one of ours."""
    for wish in (address, f"{address}1"):
        try:
            resolve(wish)
        except Resolver404:
            continue
        return True
    return address == "/api/operations/app.verb_noun/"


def test_named_tests_and_folders_exist() -> None:
    named = re.findall(r"`((?:tests|genpin|ledger|documents|logistics|scripts)/[\w./]*)`", text_of(README))

    assert [name for name in named if not (CHECKOUT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_no_machine_and_no_other_host(page: Path) -> None:
    hosts = [host for host in re.findall(r"https?://([\w.-]+)", text_of(page)) if host not in ALLOWED_HOSTS]

    assert hosts == []
    assert re.findall(r"/(?:root|home|Users|work)/", text_of(page)) == []


ALLOWED_HOSTS = {"localhost", "genpin.example.jp"}


@pytest.mark.parametrize("guide", GUIDES, ids=ids)
def test_guides_quote_the_sentences_of_the_screens(guide: Path) -> None:
    sentences = dict(catalogue())
    rows = [line.strip("| \n").split(" | ") for line in text_of(guide).splitlines() if line.count(" | ") == 3]
    quoted = {row[1]: row[0] for row in rows if row[0] != "表示"}

    assert {en: ja for en, ja in quoted.items() if sentences.get(en) != ja} == {}


def catalogue() -> Iterator[tuple[str, str]]:
    """English → Japanese of all catalogues, placeholders as …"""
    for path in sorted((CHECKOUT / "locale").glob("*/ja/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="ja"):
                if isinstance(message.id, str) and isinstance(message.string, str):
                    yield _bare(message.id), _bare(message.string)


def _bare(text: str) -> str:
    return re.sub(r"%\(\w+\)[sd]", "…", text)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_its_licence(name: str) -> None:
    locked = set(re.findall(r"(?m)^([a-z0-9._-]+)==", text_of(CHECKOUT / name)))
    told = set(re.findall(r"(?m)^\| \*{0,2}([a-z0-9._-]+?)\*{0,2} \| \S", text_of(CHECKOUT / "docs" / "licences.md")))

    assert sorted(locked - told) == []


def test_every_wanted_package_has_its_reason() -> None:
    wanted = [
        re.split(r"[\[<>=]", line)[0].strip()
        for name in ("requirements.in", "requirements-dev.in")
        for line in text_of(CHECKOUT / name).splitlines()
        if line and line[0] not in "#-"
    ]
    reasons = text_of(CHECKOUT / "docs" / "decisions" / "0009-dependencies.md")

    assert [package for package in wanted if package not in reasons] == []

"""What a template may not contain, and that every page draws in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import translation

from ledger.templatetags.genpin_ui import STATES
from tests.ui.preview import ROOT, draw
from tests.ui.samples import SAMPLES
from tests.ui.samples_more import MORE

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "genpin").glob("*.js"))
SHEET = ROOT / "static" / "genpin" / "genpin.css"
ICONS = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static" / "genpin" / "icons.svg").read_text(encoding="utf-8")))
PAGES = {**SAMPLES, **MORE}
VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "path", "circle", "use"}


def named(path: Path) -> str:
    """A file as a test's name."""
    return str(path.relative_to(ROOT))


class Balance(HTMLParser):
    """Counts what is opened and closed; ids that stand twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]} at {self.getpos()}")
        else:
            self.open.pop()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_is_short_and_without_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 120
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"\son\w+\s*=", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag
    assert not re.search(r"\bhttps?://", text)
    assert not re.search(r"\{#[^#]*\n", text), "a comment in {# #} ends with its line"


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=named)
def test_signs_that_the_font_draws_swapped_are_not_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "\u2264" not in text
    assert "\u2265" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_icon_and_state_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert set(re.findall(r'{% icon "(\w+)"', text)) <= ICONS
    assert set(re.findall(r'drawing="(\w+)"', text)) <= ICONS
    assert set(re.findall(r'icons\.svg\' %}#(\w+)"', text)) <= ICONS
    assert set(re.findall(r'{% state "(\w+)"', text)) <= set(STATES)


def test_every_state_has_its_icon() -> None:
    assert {icon for icon, _word in STATES.values()} <= ICONS


def test_the_style_sheet_loads_nothing() -> None:
    text = SHEET.read_text(encoding="utf-8")

    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page_draws_well_formed_without_style_attributes(name: str, language: str) -> None:
    template, make = PAGES[name]
    with translation.override(language):
        page = draw(template, make(language), language=language)

    balance = Balance()
    balance.feed(page)

    assert balance.faults == []
    assert len(balance.ids) == len(set(balance.ids))
    assert f'<html lang="{language}"' in page
    assert not re.search(r"\sstyle=", page)
    assert "{#" not in page
    assert "{%" not in page
    assert set(re.findall(r"icons\.svg#(\w+)", page)) <= ICONS


def test_the_reply_of_a_station_moves_rack_work_and_top_together() -> None:
    template, make = SAMPLES["station"]
    assert template == "assembly/station.html"

    reply = draw("assembly/_answer.html", make("ja"))

    assert reply.count("hx-swap-oob") == 3
    for part in ("floor-rack", "floor-step", "floor-top"):
        assert f'id="{part}"' in reply
    assert "<html" not in reply

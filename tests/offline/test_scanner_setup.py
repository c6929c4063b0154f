"""The page that sets up a scanner says what is wrong with it and what to change; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.cast import a_caller, person
from tests.offline.floor import Tablet
from tests.plant import Plant
from tests.ui.test_scanner_hygiene import WEDGE

pytestmark = [pytest.mark.browser, pytest.mark.commits, pytest.mark.complaint(23)]

RIGHT = ("GP1-0123456789", "GP2:=_@[]", "GP3aBcDeF", "[)>\x1e06\x1dGP4\x1dS12\x1e\x04")


@pytest.fixture
def tablet(chromium: Any, live_plant: Plant) -> Iterator[Tablet]:
    """Somebody at the page."""
    a_caller("mei")
    client = Client()
    client.force_login(person("mei"))
    device = Tablet(chromium, live_plant)
    cookie = client.cookies["genpin_session"].value
    device.context.add_cookies([{"name": "genpin_session", "value": cookie, "url": live_plant.url}])
    device.page.goto(f"{live_plant.url}/scanner/")
    yield device
    device.close()


def read(tablet: Tablet, text: str, end: str = "Enter") -> None:
    """What a wedge types: control characters as Ctrl with a key."""
    keys = {"\x1d": "Control+]", "\x1e": "Control+^", "\x04": "Control+d"}
    for character in text:
        if character in keys:
            tablet.page.keyboard.press(keys[character])
        else:
            tablet.page.keyboard.insert_text(character) if ord(character) > 0x7E else tablet.page.keyboard.type(
                character
            )
    if end:
        tablet.page.keyboard.press(end)


def verdict(tablet: Tablet, step: str) -> str:
    """Which sentence is shown below a code."""
    shown = f"[data-step={step}] [data-verdict]:visible"
    tablet.page.wait_for_selector(shown)
    expect(tablet.page.locator(shown)).to_have_count(1)
    return str(tablet.page.get_attribute(shown, "data-verdict"))


def test_a_scanner_that_is_right_passes_all_four(tablet: Tablet) -> None:
    for text in RIGHT:
        read(tablet, text)

    steps = ("ending", "layout", "case", "separators")
    assert [verdict(tablet, step) for step in steps] == ["enter", "right", "right", "right"]
    expect(tablet.page.locator("[data-all-right]")).to_be_visible()


def test_what_is_wrong_is_said(tablet: Tablet) -> None:
    read(tablet, RIGHT[0], end="Tab")
    assert verdict(tablet, "ending") == "tab"
    for came, name in (
        ('GP2+^="@[', "us_on_jis"),
        ("GP2'_[]\\", "jis_on_us"),
        ("GP2;;;;", "broken"),
        ("ＧＰ２：＝＿＠［］", "wide"),
    ):
        read(tablet, came)
        assert verdict(tablet, "layout") == name, came
    for came, name in (("gp3AbCdEf", "swapped"), ("GP3ABCDEF", "large")):
        read(tablet, came)
        assert verdict(tablet, "case") == name
    for came, name in (("[)>06GP4S12", "lost"), ("[)>|06|GP4|S12|", "other"), ("[)>06GP4", "broken")):
        read(tablet, came)
        assert verdict(tablet, "separators") == name
    expect(tablet.page.locator("[data-all-right]")).to_be_hidden()


def test_a_scanner_without_any_end_works_after_a_pause(tablet: Tablet) -> None:
    tablet.page.evaluate(WEDGE, [RIGHT[0], ""])

    assert verdict(tablet, "ending") == "pause"
    expect(tablet.page.locator("#scan")).to_have_value("")

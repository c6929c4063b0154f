"""Hands on a scanner: pace, missing ends, a focus that is elsewhere, the IME, two tabs; in a real browser, with the
server played as in test_scan_door.py."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.test_scan_door import Server, says, scan, server, until

__all__ = ["server"]

pytestmark = pytest.mark.browser

WEDGE = """([text, end]) => {
    const here = () => document.activeElement;
    const told = (key) => here().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    for (const sign of text) {
        if (!told(sign)) continue;
        const field = here();
        if (!(field instanceof HTMLInputElement)) continue;
        field.setRangeText(sign, field.value.length, field.value.length, "end");
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    if (end && told(end) && here().form?.matches("[data-scan-door]")) here().form.requestSubmit();
}"""
"""What a wedge does within a few milliseconds, whatever else this machine is busy with."""


def settled(page: Any, server: Server, count: int) -> list[str]:
    """The texts that arrived, when there are so many."""
    until(page, lambda: len(server.posts) >= count)
    page.wait_for_timeout(300)
    return [post["text"] for post in server.posts]


@pytest.mark.complaint(23)
def test_a_burst_of_twenty_scans_in_two_seconds_is_kept_whole_and_in_order(page: Any, server: Server) -> None:
    wanted = [f"CT26-{number:07}" for number in range(20)]

    page.evaluate(
        """(texts) => {
            const field = document.getElementById("scan");
            for (const text of texts) { field.value = text; field.form.requestSubmit(); }
        }""",
        wanted,
    )

    assert settled(page, server, 20) == wanted


@pytest.mark.complaint(23)
def test_a_scanner_that_sends_no_end_is_understood_by_its_pace(page: Any, server: Server) -> None:
    page.evaluate("localStorage.removeItem('genpin.suffix')")
    page.evaluate(WEDGE, ["CT26-0031874", ""])
    says(page, "取付けました CT26-0031874")

    page.keyboard.type("CT26", delay=120)  # a person types slowly, and ends it
    page.wait_for_timeout(600)
    assert len(server.posts) == 1
    page.keyboard.press("Enter")
    assert settled(page, server, 2) == ["CT26-0031874", "CT26"]


@pytest.mark.complaint(23)
@pytest.mark.parametrize("place", ["field", "button", "dialog"])
def test_a_scan_counts_wherever_the_focus_is(page: Any, server: Server, place: str) -> None:
    page.evaluate(
        """(place) => {
            const dialog = document.createElement("dialog");
            const [input, button] = ["input", "button"].map((name) => document.createElement(name));
            input.id = "elsewhere"; input.value = "0.6"; input.inputMode = "decimal";
            (place === "dialog" ? dialog : document.body).append(input, button);
            document.body.append(dialog);
            if (place === "dialog") dialog.showModal();
            (place === "field" ? input : button).focus();
        }""",
        place,
    )

    page.evaluate(WEDGE, ["CT26-0031874", "Enter"])
    says(page, "取付けました CT26-0031874")

    expect(page.locator("#elsewhere")).to_have_value("0.6")
    assert [post["text"] for post in server.posts] == ["CT26-0031874"]


@pytest.mark.complaint(23)
def test_with_the_ime_on_a_scan_is_rebuilt_from_its_keys_where_that_is_certain(page: Any, server: Server) -> None:
    keys = """(codes) => {
        const field = document.getElementById("scan");
        const composing = { key: "Process", keyCode: 229, isComposing: true, bubbles: true };
        field.dispatchEvent(new CompositionEvent("compositionstart"));
        for (const [code, shiftKey] of codes) {
            field.dispatchEvent(new KeyboardEvent("keydown", { ...composing, code, shiftKey }));
        }
        field.value = "かな";
        field.dispatchEvent(new CompositionEvent("compositionend"));
    }"""
    sure = [("KeyC", True), ("KeyT", True), ("Digit2", False), ("Digit6", False), ("Minus", False), ("Digit1", False)]

    page.evaluate(keys, sure)
    says(page, "取付けました CT26-1")
    page.evaluate(keys, [*sure, ("Quote", True)])
    page.wait_for_timeout(300)

    assert [post["text"] for post in server.posts] == ["CT26-1"]
    expect(page.locator("#floor-ime")).to_be_visible()
    expect(page.locator("#scan")).to_have_value("")


def test_two_tabs_of_one_device_send_each_scan_once(page: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ui.test_scan_door.SITE", "http://localhost")  # a secure context: tabs have locks
    first, second = page, page.context.new_page()
    for tab in (first, second):
        tab.route("**/*", server.reply)
        tab.goto("http://localhost/stations/A3/")
    server.down = True
    for number in range(3):
        scan(first, f"FIRST-{number}")
        scan(second, f"SECOND-{number}")
    until(first, lambda: second.locator("[data-queue] li").count() == 6)

    server.down = False
    for tab in (first, second):
        tab.evaluate("window.dispatchEvent(new Event('online'))")
    until(first, lambda: len(server.posts) >= 6)
    until(first, lambda: not any(tab.locator("[data-queue] [data-mark=waiting]").count() for tab in (first, second)))

    assert sorted(post["text"] for post in server.posts) == sorted(
        f"{tab}-{number}" for number in range(3) for tab in ("FIRST", "SECOND")
    )
    assert [post["seq"] for post in server.posts] == list(range(14, 20))


def test_muted_is_remembered_and_seen(page: Any, server: Server) -> None:
    page.click("[data-mute]")
    page.reload()

    expect(page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-mute]")).to_have_text("消音中", use_inner_text=True)


@pytest.mark.parametrize("place", ["lock", "words"])
def test_a_badge_or_a_tool_is_read_into_the_field_that_asks_for_it(page: Any, server: Server, place: str) -> None:
    page.evaluate(
        """(place) => {
            const dialog = document.createElement("dialog");
            const input = document.createElement("input");
            input.id = "asked";
            if (place === "lock") dialog.id = "bench-lock";
            (place === "lock" ? dialog : document.body).append(input);
            document.body.append(dialog);
            if (place === "lock") dialog.showModal();
            input.focus();
        }""",
        place,
    )

    page.evaluate(WEDGE, ["BADGE-0031874", "Enter"])
    page.wait_for_timeout(300)

    expect(page.locator("#asked")).to_have_value("BADGE-0031874")
    assert server.posts == []

"""The burn-in schedule in a real browser: a bar is dragged, carried by keys, and told why it cannot stay."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from assembly.models import Build, Reservation
from assembly.operations.reservations import reserve_cell
from tests.assembly.burn_in_world import a_burn_in_room, some_racks
from tests.cast import PASSWORD, a_caller, person

pytestmark = [pytest.mark.browser, pytest.mark.commits, pytest.mark.slow]

HOUR = timedelta(hours=1)
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)


def keep(build: Build, cell: str, start: int) -> Reservation:
    at = NOW + start * HOUR
    caller = a_caller("plan", at=NOW)
    return reserve_cell(caller=caller, build_id=build.pk, cell_code=cell, from_at=at, to_at=at + 30 * HOUR)


def where(build: Build) -> tuple[str, float]:
    kept = Reservation.objects.get(build=build, cancelled_at=None)
    return kept.cell.code, (kept.period.lower - NOW) / HOUR


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("GENPIN_PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"schedule-{name}.png"), full_page=True)


def test_a_bar_is_dragged_carried_and_refused(live_plant: Any, page: Any) -> None:
    a_burn_in_room()
    one, two = some_racks(2, at=NOW - HOUR)
    keep(one, "A-01", 3)
    person("plan")
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto(f"{live_plant.url}/login/")
    page.fill("[name=username]", "plan")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "login" not in url)

    # 0. The live board is told of what happens elsewhere (server-sent events at the pages' own address).
    page.goto(f"{live_plant.url}/burn-in/")
    page.wait_for_selector("#board[data-told=yes]")
    keep(two, "A-03", 3)
    page.wait_for_selector(f"#board article:has-text('{two.unit.name}')")

    page.goto(f"{live_plant.url}/burn-in/schedule/")
    picture(page, "board")

    # 1. By pointer: one row down, two days later (5.5 pixels an hour).
    box = page.locator(f".rack-bar[aria-label^='{one.unit.name}'] rect").bounding_box()
    x, y = box["x"] + 20, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 20, steps=3)
    page.mouse.move(x + 264, y + 34, steps=3)
    page.mouse.up()
    page.wait_for_selector(f".rack-bar.marked[aria-label^='{one.unit.name}']")
    assert where(one) == ("A-02", 51)

    # 2. By keys: Enter, up, six hours on, Enter. The bar keeps the focus.
    bar = page.locator(f".rack-bar[aria-label^='{one.unit.name}']")
    bar.focus()
    for key in ("Enter", "ArrowUp", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector(".rack-bar.marked[aria-label*='A-01']:focus")
    assert where(one) == ("A-01", 57)

    # 3. Onto a cell that is taken: the bar stays and says why; Escape leaves a bar where it was.
    page.locator(f".rack-bar[aria-label^='{two.unit.name}']").focus()
    for key in ("Enter", "ArrowUp", "ArrowUp", *["Shift+ArrowRight"] * 8, "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("foreignObject .notice[role=alert]")
    picture(page, "refused")
    assert where(two) == ("A-03", 3)
    page.locator(f".rack-bar[aria-label^='{two.unit.name}']").focus()
    for key in ("Enter", "ArrowUp", "Escape"):
        page.keyboard.press(key)
    page.wait_for_selector(f".rack-bar[aria-label^='{two.unit.name}'][aria-pressed=false]:not([transform])")

    # 4. A proposal, looked at.
    page.goto(f"{live_plant.url}/burn-in/proposal/?propose=1&again=1")
    page.wait_for_selector("text=先着順")
    picture(page, "proposal")

"""Journey 7: the design changes. A new bill and a new design are released with the day from which they count; trays in
progress keep what they were started with, new builds take the new one; a substitute part needs an approved deviation,
and the papers say so (for the rack's own record see tests/assembly/test_as_built_sheet.py). Through the shipped
server: the planner and quality in a Japanese browser, the rest by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assembly.models import Build
from genpin.master.loading import load
from tests import cast
from tests.assembly.world import done, received, started
from tests.journeys.doors import Door, Refused
from tests.plant import Plant

TRAY, NEW = "GB300-CT", "GB300-CT-2"
OLD_DRIVE, NEW_DRIVE, SUBSTITUTE = "SSD-E1S-3T84", "SSD-E1S-7T68", "SSD-E1S-3T84-B"
DRIVE = {
    "number": NEW_DRIVE, "revision": "A", "name_ja": "SSD 7.68 TB", "name_en": "SSD 7.68 TB", "kind": "e1s",
    "level": "board",
}  # fmt: skip


@pytest.fixture
def doors(live_plant: Plant) -> dict[str, Door]:
    """The loaded plant, and its people at the API."""
    load(cast.a_caller(cast.system(), key="master"))
    people = {name: Door(live_plant.url, name) for name in ("plan", "mei", "tanaka", "admin")}
    for name, door in people.items():
        cast.person(name)
        door.token = door.post("token", {"username": name, "password": cast.PASSWORD})["token"]
    return people


def at_home(page: Any, url: str, name: str) -> None:
    """Somebody signs in at the browser, in Japanese."""
    page.context.clear_cookies()
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", cast.PASSWORD)
    page.click("form button[type=submit], form .btn[data-kind=primary]")
    page.wait_for_url(lambda address: "/login/" not in address)


def fill(page: Any, **fields: str) -> None:
    """The form's fields, then its one primary button."""
    for name, value in fields.items():
        box = page.locator(f"main [name={name}]")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    page.locator("main form [data-kind=primary]").last.click()


def slots(door: Door, build_id: int) -> dict[str, str]:
    """Position → part of a build, as the API tells."""
    told = door.get(f"builds/{build_id}/slots")
    rows = told["results"] if isinstance(told, dict) else told
    return {row["position"]: row["part"] for row in rows}


def draft_a_bill(page: Any, url: str) -> str:
    """A draft begun from the bill in force, one line changed, compared; gives its address."""
    page.goto(f"{url}/boms/?q={TRAY}")
    page.get_by_role("link", name=TRAY, exact=True).first.click()
    page.get_by_role("link", name="ここから下書きを始める").click()
    fill(page, revision="2")
    page.get_by_text("下書きを始めました。").wait_for()
    bill = page.url
    row = page.locator("tr", has=page.get_by_role("link", name=OLD_DRIVE, exact=True))
    row.get_by_role("link", name="変更").click()
    fill(page, part_number=NEW_DRIVE)
    page.get_by_text("保存しました。").wait_for()
    page.locator("select[name=with]").select_option(label="C / 1")
    page.get_by_role("button", name="絞り込む").click()
    expect(page.locator("section[aria-labelledby=diff]")).to_contain_text(NEW_DRIVE)
    return bill


def release_what_was_seen(page: Any, bill: str, other: Door, today: str) -> None:
    """Somebody else changes the draft meanwhile: the release that did not see it is refused, both versions shown."""
    page.goto(f"{bill}release/")
    number = bill.rstrip("/").rpartition("/")[2]
    line = {"version": 0, "part_number": "SCR-M3X8", "quantity": "4", "unit": "pcs"}
    other.post(f"bom-drafts/{number}/lines/990", line)
    fill(page, effective_from=today)
    page.get_by_role("heading", name="両方の内容").wait_for()
    expect(page.locator("main")).to_contain_text("SCR-M3X8")
    page.get_by_role("button", name="自分の内容で上書き保存").click()
    page.get_by_text("部品表を発行しました。").wait_for()


def release_a_design(page: Any, url: str, today: str) -> None:
    """A copy of the design, the part replaced, the bill named, released from today."""
    page.goto(f"{url}/planning/designs/new/?from={TRAY}")
    fill(page, code=NEW)
    page.get_by_role("link", name="部品を置換").click()
    fill(page, old_part=OLD_DRIVE, new_part=NEW_DRIVE)
    page.get_by_text("下書きの部品を置換しました。").wait_for()
    page.locator("main .page-head").get_by_role("link", name="変更").click()
    fill(page, bom_revision="2")
    page.get_by_text("保存しました。").wait_for()
    page.get_by_role("link", name="発行", exact=True).click()
    fill(page, effective_from=today)
    page.get_by_text("設計を発行しました。").wait_for()


def fit_a_substitute(page: Any, url: str, build: Build, doors: dict[str, Door]) -> None:
    """Refused, approved in the browser, fitted, told by the traveller."""
    done(build, 100)
    started(build, 110)
    unit = received([SUBSTITUTE])[0]
    slot = next(row["id"] for row in _rows(doors["plan"].get(f"builds/{build.pk}/slots")) if row["position"] == "e1s_0")
    with pytest.raises(Refused) as refused:
        doors["mei"].post(f"slots/{slot}/installation", {"serial": unit.serial})
    assert (refused.value.status, refused.value.code) == (409, "WrongPart")
    at_home(page, url, "tanaka")
    page.goto(f"{url}/racks/{build.unit.name}/deviations/new/?slot=e1s_0")
    fill(page, position="e1s_0", part=SUBSTITUTE, reason="供給不足、同等品")
    page.get_by_text("DV-").first.wait_for()
    doors["mei"].post(f"slots/{slot}/installation", {"serial": unit.serial})
    paper = doors["plan"].paper("traveller", build.unit.tag)  # the as-built record is the rack's
    assert SUBSTITUTE in paper.replace("\n", "")
    assert "逸脱" in paper


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.complaint(18)
def test_racks_in_progress_keep_their_design_and_new_builds_take_the_new_one(
    doors: dict[str, Door], live_plant: Plant, page: Any
) -> None:
    plan, url = doors["plan"], live_plant.url
    today = timezone.localdate()

    # 1. An order for two trays; the first is started before anything changes.
    due = {"need_by": str(today + timedelta(days=30)), "start_on": str(today)}
    order = plan.post("build-orders", {"order": {"product": TRAY, "quantity": 2, **due}})["id"]
    first = plan.post(f"build-orders/{order}/builds", {"version": 1, "quantity": 1})["builds"][0]
    frozen = slots(plan, first)
    assert frozen["e1s_0"] == OLD_DRIVE

    # 2. The planner drafts the next bill in the browser; 3. its release is refused while stale; 4. the design takes it.
    plan.post("parts", {"part": DRIVE})
    at_home(page, url, "plan")
    bill = draft_a_bill(page, url)
    assert slots(plan, first) == frozen  # editing a bill never touches a running build
    release_what_was_seen(page, bill, doors["admin"], str(today))
    release_a_design(page, url, str(today))

    # 5. The second tray of the same order takes the new design and bill; the first keeps its own.
    second = plan.post(f"build-orders/{order}/builds", {"version": 2, "quantity": 1})["builds"][0]
    assert slots(plan, second)["e1s_0"] == NEW_DRIVE
    assert slots(plan, first) == frozen
    rows = {build.pk: build for build in Build.objects.select_related("design", "bom", "unit")}
    assert [(rows[pk].design.code, rows[pk].bom.revision) for pk in (first, second)] == [(TRAY, "1"), (NEW, "2")]
    page.goto(f"{url}/planning/orders/{order}/")
    expect(page.locator("main")).to_contain_text("すべて開始")

    # 6. A substitute drive: refused until quality has approved the deviation; then fitted, and the papers say so.
    fit_a_substitute(page, url, rows[first], doors)


def _rows(told: Any) -> list[dict[str, Any]]:
    return list(told["results"] if isinstance(told, dict) else told)

"""Journey 4: a supplier names a lot. One screen says every rack and tray it sits in and where; one act holds them all;
the notice is a PDF; what arrives later of the lot is held at its receipt.

The plant is built by operations; people use the API and a real browser against the shipped processes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from playwright.sync_api import expect

from inventory.models import Hold
from tests.cast import PASSWORD, person
from tests.journeys.doors import Door, Refused
from tests.logistics.recall_world import LOT, SuspectPlant, a_suspect_plant, tray_of
from tests.plant import Plant

PICTURES = os.environ.get("GENPIN_PICTURES", "")


def picture(page: Any, name: str) -> None:
    """Kept where somebody asks for pictures."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def signed_in(page: Any, plant: Plant, name: str) -> None:
    person(name)
    page.goto(f"{plant.url}/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("form[method=post] button[data-kind=primary]")
    page.wait_for_url(lambda url: "/login/" not in url)


def at_the_api(plant: Plant, name: str) -> Door:
    person(name)
    door = Door(plant.url, name)
    door.token = door.post("token", {"username": name, "password": PASSWORD})["token"]
    return door


@pytest.fixture
def suspects(live_plant: Plant) -> SuspectPlant:
    """Four racks with the lot, on the floor, packed, on the road and at the site."""
    return a_suspect_plant()


@pytest.mark.commits
@pytest.mark.browser
@pytest.mark.slow
def test_a_recall_in_one_screen(live_plant: Plant, suspects: SuspectPlant, page: Any) -> None:
    signed_in(page, live_plant, "tanaka")
    page.set_viewport_size({"width": 1180, "height": 820})

    # 1. The supplier names a lot: it is asked for, and the first row answers.
    page.goto(f"{live_plant.url}/recall/")
    picture(page, "recall-ask")
    page.select_option("select[name=kind]", "lots")
    page.fill("textarea[name=names]", LOT)
    page.click("text=該当品を表示")
    answer = page.locator("main").inner_text()
    expect(page.locator(".readout", has_text="ラック").locator(".value")).to_have_text("4", use_inner_text=True)
    expect(page.locator(".readout", has_text="トレイ").locator(".value")).to_have_text("4", use_inner_text=True)
    for words in ("工場内", "梱包済み", "輸送中", "現地"):
        assert words in answer
    for rack in suspects.racks.values():
        assert rack.serial in answer
        assert f"{tray_of(rack).serial} → {rack.serial} (tray_1)" in answer.replace("\xa0", " ")
    picture(page, "recall-answer")

    # 2. All of it is held in one act; a rack that is held does not leave, at the API either.
    page.fill("textarea[name=reason]", "仕入先の連絡:硬化不良")
    page.click("text=回収を開始して保留")
    page.wait_for_url("**/recall/RC-*/")
    number = page.locator("h1 .code").inner_text()
    expect(page.locator("main")).to_contain_text("9 件中 9 件が未解除")
    assert Hold.objects.filter(recall__number=number, released_at=None).count() == 9
    picture(page, "recall-page")
    mei = at_the_api(live_plant, "mei")
    with pytest.raises(Refused) as refused:
        mei.do("assembly.start_run", build_id=suspects.floor.build.pk, number=90)
    assert refused.value.code == "UnitHeld"

    # 3. The notice: every rack, where it is, why; and one for each rack in one file, pressed in the background.
    rosa = at_the_api(live_plant, "rosa")
    notice = page.request.get(f"{live_plant.url}/documents/recall-notice/{number}.pdf")
    assert notice.status == 200
    with pymupdf.open(stream=notice.body()) as paper:
        text = "".join(sheet.get_text() for sheet in paper)
    for rack in suspects.racks.values():
        assert rack.serial in text
    assert LOT in text
    page.click("text=ラックごとの通知書を")
    page.wait_for_selector("a[href$='file.pdf']", timeout=60_000)

    # 4. More of the lot arrives next week: it is held as it is received (checked in tests of start_recall); the
    #    preview of the API says the same as the page, to whoever may read.
    told = rosa.get(f"recalls/preview/?kind=lots&names={LOT}")
    assert (told["racks"], told["trays"]) == (4, 4)
    assert {row["place"] for row in told["rows"]} == {"floor", "crate", "transit", "site"}
    assert all(row["held"] for row in told["rows"])

    # 5. Quality has checked: the recall is closed with a reason, and its holds are released.
    page.goto(f"{live_plant.url}/recall/{number}/")
    page.fill("textarea[name=reason]", "全数を確認、硬化は正常")
    page.click("text=回収を終了して保留を解除")
    page.wait_for_selector("text=を終了しました")
    assert not Hold.objects.filter(recall__number=number, released_at=None).exists()
    page.click("text=English")
    picture(page, "recall-page-en")

"""The first third of journey 1 at a tablet in Japanese: goods received by scan, damage told with a photo, a kit.

Through the shipped server and a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from assembly.models import Kit, KitPick
from assembly.operations.kits import open_kit
from documents.models import Photo
from genpin.master.loading import load
from inventory.models import Discrepancy, GoodsReceipt, Unit
from tests import cast
from tests.assembly.world import TRAY, a_build
from tests.cast import PASSWORD, a_caller, person
from tests.database import connected_to
from tests.pictures import a_picture
from tests.plant import Plant
from tests.world import a_notice

pytestmark = [pytest.mark.commits, pytest.mark.browser]

TABLET = {"width": 1180, "height": 820}


@pytest.fixture
def goods(committed_db: str, live_plant: Plant) -> Iterator[Plant]:
    with connected_to(committed_db):
        load(a_caller(cast.system(), key="master"))
        for who in ("mei", "plan", "rosa", "tanaka"):
            person(who)
        yield live_plant


def seen(page: Any, name: str) -> None:
    """Kept for looking at, where a folder for pictures is named."""
    folder = os.environ.get("GENPIN_PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def scan(page: Any, text: str) -> None:
    page.fill("#scan", text)
    page.press("#scan", "Enter")


def test_a_delivery_is_received_and_a_kit_is_fetched(goods: Plant, page: Any, tmp_path: Path) -> None:
    serials = ["PDB-0001", "PDB-0002", "PDB-0003"]
    notice = a_notice([{"part number": "PDB-CT", "serial": serial} for serial in serials], number="ASN-T1")
    page.set_viewport_size(TABLET)
    page.goto(f"{goods.url}/login/?next=/receiving/R1/")
    page.fill("#id_username", "mei")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit], form .btn[data-kind=primary]")
    page.wait_for_selector("#scan")

    scan(page, "ASN-T1")
    page.wait_for_selector("#floor-rack :text('ASN-T1')")
    scan(page, serials[0])
    page.wait_for_selector(".answer[data-state=ok]")
    scan(page, serials[1])
    page.wait_for_selector("#floor-rack :text('2 / 3')")
    seen(page, "receiving")
    assert GoodsReceipt.objects.filter(line__notice=notice).count() == 2

    page.click("a:has-text('破損している')")
    page.wait_for_selector("input[name=code]")
    tag = Unit.objects.get(serial=serials[1]).tag
    expect(page.locator("input[name=code]")).to_have_value(tag)
    photo = tmp_path / "damage.jpg"
    photo.write_bytes(a_picture(1600, 1200))
    page.set_input_files("input[type=file]", str(photo))
    page.fill("textarea[name=text]", "角が潰れている")
    seen(page, "difference")
    page.click("main button[data-kind=primary]")
    page.wait_for_selector("#scan")
    found = Discrepancy.objects.get()
    assert (found.kind, found.unit.serial, found.hold.released_at) == ("damaged", serials[1], None)
    assert Photo.objects.get().subject_id == found.pk

    kit = open_kit(caller=a_caller("plan"), build_id=a_build(TRAY).pk, location_code="LINE-TRAY")
    page.goto(f"{goods.url}/kitting/{kit.number}/")
    page.wait_for_selector(".next .what")
    seen(page, "kit")
    scan(page, serials[1])
    page.wait_for_selector(".answer[data-state=hold]")
    seen(page, "kit-held")
    scan(page, serials[0])
    page.wait_for_selector(".answer[data-state=ok]")
    seen(page, "kit-fetched")
    assert KitPick.objects.get().picked_unit.serial == serials[0]
    assert Kit.objects.get().is_open

    page.set_viewport_size({"width": 1440, "height": 900})
    for name, address in (
        ("kits", "/kitting/"),
        ("discrepancy", f"/discrepancies/{found.number}/"),
        ("discrepancies", "/discrepancies/"),
        ("notice", f"/ship-notices/{notice.pk}/"),
    ):
        page.goto(goods.url + address)
        expect(page.locator("h1")).to_have_count(1)
        seen(page, name)

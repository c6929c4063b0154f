"""Journey 6: the Wi-Fi drops. Twenty scans without a connection, replayed in order, each applied exactly once,
conflicts shown to the operator and settled. Real browser, real server, the network really cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.operations.sessions import start_session
from assembly.models import Build
from assembly.operations.installs import install_unit
from genpin.master.loading import load
from inventory.checks import run_checks
from inventory.models import Placement, ScanConflict, Unit
from ledger.models import Event, ScanLog
from tests.assembly.world import a_tray, a_unit_of, slot_of
from tests.cast import a_caller, system
from tests.offline.floor import KEPT, Tablet
from tests.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.commits, pytest.mark.slow]

CHIP = "900-2G548-A801-000"


@pytest.fixture
def tablet(chromium: Any, live_plant: Plant) -> Iterator[Tablet]:
    """Mei at assembly 1, with the plant's master data."""
    load(a_caller(system(), key="master"))
    a_caller("mei"), a_caller("kenji")
    device = Tablet(chromium, live_plant)
    yield device
    device.close()


def placed(unit: Unit) -> Placement:
    """Where it is now."""
    return Placement.objects.get(unit=unit, to_at=None)


def installed(build: Build) -> int:
    """Units in it."""
    return Placement.objects.filter(host=build.unit, to_at=None).count()


def settled_by_touch(page: Any, wanted: list[str]) -> None:
    """What was refused is listed, and settled by touch."""
    assert list(ScanConflict.objects.order_by("pk").values_list("text", flat=True)) == wanted
    page.wait_for_selector("a[data-when=conflicts]:visible")
    expect(page.locator("[data-count=conflicts]")).to_have_text("3", use_inner_text=True)
    page.click("a[data-when=conflicts]")
    for reason in ("二度読取った", "班長と一緒に処置した", "二度読取った"):
        page.click(".card >> nth=0")
        page.click(f"button:has-text('{reason}')")
    page.wait_for_selector("text=要確認の読取りはありません")
    assert not ScanConflict.objects.open().exists()
    assert Event.objects.filter(kind="inventory.scan-settled").count() == 3
    assert not list(run_checks(["inventory.refused-scans-are-listed"]))


@pytest.mark.complaint(24)
def test_twenty_scans_through_a_hole_in_the_wifi(tablet: Tablet) -> None:
    tray, other = a_tray(), a_tray()
    first, second, taken = (a_unit_of(CHIP) for _number in range(3))
    board = a_unit_of("PDB-CT")
    page = tablet.page
    tablet.sign_in()
    tablet.scanned(tray.unit.tag)

    # the line goes down; nothing of what is scanned is green
    tablet.cut()
    scans = [first.serial, board.serial, *(["CMD-HELP", tray.unit.tag] * 7), taken.serial, second.serial]
    for text in scans[:-2]:
        tablet.scan(text)
    page.wait_for_timeout(400)
    tablet.scan(first.serial)  # once more, some moments later: a person was not sure
    for text in scans[-2:]:
        tablet.scan(text)
    tablet.wait(lambda: tablet.kept() == 19)
    expect(page.locator(".banner[data-when=offline]")).to_be_visible()
    expect(page.locator(".answer")).to_have_attribute("data-state", "queued")
    expect(page.locator(".answer[data-state=ok]")).to_have_count(0)

    # meanwhile another station takes one of the parts, and mei begins to work somewhere else
    caller = a_caller("kenji", at=timezone.now())
    install_unit(caller=caller, slot_id=slot_of(other, "superchip_0").pk, serial=taken.serial)
    start_session(caller=a_caller("mei", at=timezone.now()), station_code="A2")
    page.wait_for_timeout(1500)
    tablet.scan("CMD-HELP")
    tablet.wait(lambda: tablet.kept() == 20)

    # a reload without a connection opens the same station, with the queue
    page.reload()
    tablet.wait(lambda: tablet.kept() == 20)
    expect(page.locator(".banner[data-when=offline]")).to_be_visible()
    expect(page.locator("[data-count=queued] >> nth=0")).to_have_text("20", use_inner_text=True)
    assert ScanLog.objects.count() == 1

    # the line is back: in order, and the first refusal waits for a person
    tablet.join()
    stopped = "[data-scan-go]:visible"
    page.wait_for_selector(stopped, timeout=60_000)
    expect(page.locator("[data-queue] li:has([data-mark=stop])")).to_contain_text(first.serial)
    assert ScanLog.objects.filter(answer__isnull=False).count() == 18
    page.click(stopped)
    expect(page.locator("[data-queue] [data-mark=stop]")).to_have_count(2, timeout=60_000)
    page.click(stopped)
    page.wait_for_selector(".banner[data-when=ended]:visible", timeout=60_000)

    # each exactly once
    assert list(ScanLog.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 22))
    assert (placed(first).host_id, placed(second).host_id, placed(board).host_id) == (tray.unit_id,) * 3
    assert placed(taken).host_id == other.unit_id
    assert installed(tray) == 3
    fitted = Event.objects.filter(kind="assembly.unit-installed", door="scan")
    assert fitted.count() == 3
    assert all(event.happened_at < event.recorded_at for event in fitted)
    settled_by_touch(page, [first.serial, taken.serial, "CMD-HELP"])


def test_nobody_else_s_page_is_kept_and_signing_out_takes_it_away(tablet: Tablet) -> None:
    page = tablet.page
    tablet.sign_in("mei")
    tablet.station = "A2"
    tablet.open()
    assert page.evaluate(KEPT) == ["/stations/A2/"]

    page.goto(f"{tablet.plant.url}/stations/")
    page.evaluate("document.querySelector('form[action=\"/logout/\"]')?.submit()")
    page.goto(f"{tablet.plant.url}/login/")
    tablet.until(f"async () => (await {KEPT}).length === 0")
    tablet.cut()
    page.goto(f"{tablet.plant.url}/stations/A2/")

    expect(page.locator(".word")).to_have_text("通信断", use_inner_text=True)
    expect(page.locator("body")).not_to_contain_text("芽衣", use_inner_text=True)


def test_a_server_that_is_gone_loses_nothing_and_a_crashed_tab_goes_on(tablet: Tablet) -> None:
    tray, board = a_tray(), a_unit_of("PDB-CT")
    tablet.sign_in()
    tablet.scanned(tray.unit.tag)
    web = tablet.plant.processes["web"]
    command = list(web.args)  # type: ignore[arg-type]
    web.kill()
    web.wait(10)

    tablet.scan(board.serial)
    tablet.wait(lambda: tablet.page.is_visible(".banner[data-when=offline]"))
    tablet.page.close()  # the tab is gone; another one opens the kept page
    tablet.page = tablet.context.new_page()
    tablet.page.goto(f"{tablet.plant.url}/stations/A1/")
    tablet.wait(lambda: tablet.kept() == 1)
    tablet.plant.start("web", command)
    tablet.plant.wait_for("/readyz")

    tablet.wait(lambda: Placement.objects.filter(unit=board, host=tray.unit).exists())
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1

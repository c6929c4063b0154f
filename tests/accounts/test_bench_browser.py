"""A shift at a registered tablet in a real browser, in Japanese: badge, PIN, work, relief, lock, idle lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Device, OperatorSession
from genpin.master.loading import load
from ledger.models import Event, ScanLog
from tests import cast
from tests.assembly.world import a_tray, a_unit_of
from tests.cast import PASSWORD, PIN, a_caller, person
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.commits, pytest.mark.slow]


HELD = """fetch("/bench/alive/", {
  method: "POST", headers: {"X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value},
}).then((reply) => reply.json()).then((said) => said.locked)"""
"""Whether the server holds the device for locked."""


@pytest.fixture
def tablet(live_plant: Any, page: Any) -> Iterator[Any]:
    """A tablet that an administrator has registered to station A1, with nobody signed in."""
    load(a_caller(cast.system(), key="master"))
    for who in cast.CAST:
        person(who)
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto(f"{live_plant.url}/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.goto(f"{live_plant.url}/devices/")
    picture(page, "devices")
    page.select_option("[name=station]", "A1")
    page.fill("[name=name]", "タブレット A1-1")
    page.click("text=この端末を登録 >> nth=-1")
    page.wait_for_selector("text=サインアウトすると社員証を求めます")
    page.context.clear_cookies(name="genpin_session")
    page.goto(f"{live_plant.url}/login/")
    return page


def picture(page: Any, name: str) -> None:
    """A screenshot, where somebody wants to look."""
    folder = os.environ.get("GENPIN_PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"bench-{name}.png"))


def badge(page: Any, who: str) -> None:
    """What the gun types at the door; the focus is wherever it is."""
    page.keyboard.type(f"BADGE-{who.upper()}")
    page.keyboard.press("Enter")


def touch_pin(page: Any, pin: str = PIN, where: str = "") -> None:
    """The keys, touched with a glove."""
    for digit in pin:
        page.click(f"{where} [data-key='{digit}']")
    page.click(f"{where} .keys9 [data-kind=primary]")


def scan(page: Any, text: str) -> None:
    """What the gun types at a station."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def says(page: Any, words: str) -> None:
    page.wait_for_selector(f"#floor-answer .say:has-text('{words}')", timeout=10_000)


def open_session() -> OperatorSession:
    return OperatorSession.objects.select_related("user").get(ended_at=None)


def test_badge_pin_work_relief_and_lock(tablet: Any, live_plant: Any) -> None:
    # 1. badge, then PIN; a wrong PIN opens nothing
    tablet.wait_for_selector("text=社員証を読取ってください")
    picture(tablet, "badge")
    badge(tablet, "mei")
    tablet.wait_for_selector("text=PIN を押してください")
    touch_pin(tablet, "0000")
    tablet.wait_for_selector("text=PIN が違います")
    picture(tablet, "wrong-pin")
    touch_pin(tablet)
    tablet.wait_for_url("**/stations/A1/")
    assert open_session().user.username == "mei" and Device.objects.get().station.code == "A1"

    # 2. work
    tray, part, other = a_tray(), a_unit_of("PDB-CT"), a_unit_of("900-2G548-A801-000")
    scan(tablet, tray.unit.tag)
    says(tablet, tray.unit.serial)
    scan(tablet, part.serial)
    says(tablet, "取付けました")
    picture(tablet, "work")

    # 3. another badge in the scan field: relief by that person's PIN, and the work stays in hand
    scan(tablet, "BADGE-KENJI")
    tablet.wait_for_selector("text=PIN を入れて交替してください")
    picture(tablet, "relief")
    assert open_session().user.username == "mei"
    for digit in PIN:
        tablet.click(f"#floor-step [data-key='{digit}']")
    tablet.click("text=交替する")
    tablet.wait_for_selector(f".who:has-text('{person('kenji').name_ja}')")
    says(tablet, "作業を引継ぎました")
    assert open_session().user.username == "kenji" and open_session().begins_with == {"build": tray.pk}
    scan(tablet, other.serial)
    says(tablet, "取付けました")
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 2

    # 4. NG asks for the cause, and a touch is as good as a scan
    scan(tablet, "CMD-NG")
    tablet.wait_for_selector("[data-scan-text='CAUSE-BENT']")
    picture(tablet, "ng")

    _locked_by_hand(tablet, other.serial)
    _left_alone(tablet, live_plant.url)


def _locked_by_hand(tablet: Any, serial: str) -> None:
    # 5. locked by hand: what is typed stays, a stranger's scan does nothing, the same person goes on
    tablet.evaluate("document.getElementById('scan').value = 'half a num'")
    tablet.click("[data-lock]")
    tablet.wait_for_selector("#bench-lock[open]")
    picture(tablet, "locked")
    scan(tablet, serial)
    tablet.wait_for_selector("[data-lock-error]:has-text('登録がありません')")
    scans = ScanLog.objects.count()
    badge(tablet, "kenji")
    tablet.wait_for_selector("[data-lock-form=pin]:not([hidden])")
    picture(tablet, "locked-pin")
    touch_pin(tablet, where="#bench-lock")
    tablet.wait_for_selector("#bench-lock:not([open])", state="attached")
    expect(tablet.locator("#scan")).to_have_value("half a num")
    assert ScanLog.objects.count() == scans
    assert open_session().locked_at is None


def _left_alone(tablet: Any, url: str) -> None:
    # 6. left alone it locks by itself, and the server holds it for locked too
    tablet.clock.install()
    tablet.reload()
    tablet.clock.fast_forward(10 * 60 * 1000 - 10_000)
    tablet.wait_for_selector("#bench-soon:not([hidden])")
    picture(tablet, "soon")
    tablet.clock.fast_forward(12_000)
    tablet.wait_for_selector("#bench-lock[open]")
    until(tablet, lambda: tablet.evaluate(HELD))
    assert Event.objects.filter(kind="accounts.session-locked").count() == 2

    # 7. whoever comes next relieves through the lock
    badge(tablet, "mei")
    tablet.wait_for_selector("[data-lock-form=pin]:not([hidden])")
    touch_pin(tablet, where="#bench-lock")
    tablet.wait_for_selector(f".who:has-text('{person('mei').name_ja}')")
    assert open_session().user.username == "mei"
    tablet.goto(f"{url}/stations/people/")
    picture(tablet, "presence")
    expect(tablet.locator("main")).to_contain_text(person("mei").name_ja)

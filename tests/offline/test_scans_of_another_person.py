"""A shared tablet: what one person read in a Wi-Fi hole waits while their session is open; the next person is told
whose it is, works undisturbed, and it is sent when that session ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import OperatorSession
from accounts.operations.sessions import end_session
from genpin.master.loading import load
from ledger.models import ScanLog
from tests.assembly.world import a_tray
from tests.cast import a_caller, person, system
from tests.offline.floor import Tablet
from tests.plant import Plant

pytestmark = [pytest.mark.commits, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def tablet(chromium: Any, live_plant: Plant) -> Iterator[Tablet]:
    """Mei at assembly 1, with the plant's master data."""
    load(a_caller(system(), key="master"))
    for who in ("mei", "kenji"):
        person(who)
    device = Tablet(chromium, live_plant)
    device.sign_in("mei")
    yield device
    device.close()


def kenji_takes_the_tablet(tablet: Tablet) -> None:
    """His own sign-in on the same device; Mei's session at the station stays open."""
    client = Client()
    client.force_login(person("kenji"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    tablet.context.clear_cookies()
    tablet.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": tablet.plant.url}]
    )  # fmt: skip
    tablet.join()
    tablet.page.goto(f"{tablet.plant.url}/stations/{tablet.station}/")


def test_whose_scans_wait_is_said_and_they_go_when_that_session_ends(tablet: Tablet) -> None:
    page, tray, other = tablet.page, a_tray(), a_tray()
    tablet.scanned(tray.unit.tag)
    tablet.cut()
    tablet.scan("CMD-HELP")
    page.wait_for_selector(".answer[data-state=queued]")
    kenji_takes_the_tablet(tablet)

    banner = page.locator("[data-when=elsewhere]")
    banner.wait_for()
    expect(banner).to_contain_text("この端末で別の人の読取りが待っています: 1")
    expect(banner).to_contain_text(person("mei").name_ja)
    tablet.scanned(other.unit.tag)
    page.wait_for_timeout(1_200)  # longer than the calm after which unconfirmed scans are shown
    expect(page.locator("#floor-answer .answer")).to_have_attribute("data-state", "ok")
    assert not ScanLog.objects.filter(text="CMD-HELP").exists()

    mine = OperatorSession.objects.get(user=person("mei"), ended_at=None)
    end_session(caller=a_caller("mei"), session_id=mine.pk)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    tablet.wait(lambda: ScanLog.objects.filter(text="CMD-HELP", operator_session=mine.pk).exists())
    banner.wait_for(state="hidden")

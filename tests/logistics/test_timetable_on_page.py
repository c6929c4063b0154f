"""The page of a planned shipment says which sailing is missed and whether it arrives on a day off."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from logistics.queries.timetable import holiday_name
from tests.cast import person
from tests.logistics.released import DOCK, SITE, a_calendar, a_timetable
from tests.logistics.world import a_shipment, lanes

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")


def page(departs: datetime, language: str = "ja") -> str:
    shipment = a_shipment(planned_departure_at=departs, need_by=None)
    client = Client()
    client.force_login(person("rosa"))
    client.cookies["genpin_language"] = language
    return client.get(reverse("shipment", args=[shipment.number])).content.decode()


def test_a_missed_cut_off_is_told_with_the_next_sailing() -> None:
    told = page(datetime(2026, 12, 7, 15, 0, tzinfo=JST))  # at the port 17:30, closed 16:30

    assert "その日の便に間に合いません" in told
    assert "16:30" in told and "12/08 17:55" in told
    assert "12/09 11:55" in told  # 15 h at sea, 3 h on the road


def test_a_kept_cut_off_on_working_days_is_no_notice() -> None:
    told = page(datetime(2026, 12, 7, 13, 0, tzinfo=JST))

    assert "間に合いません" not in told
    assert "休日の到着" not in told


def test_an_arrival_on_a_public_holiday_is_told_by_its_name() -> None:
    departs = datetime(2026, 11, 2, 13, 0, tzinfo=JST)  # there on the 3rd, 文化の日

    assert holiday_name(datetime(2026, 11, 3).date()) == "文化の日"
    assert "文化の日" in page(departs)
    assert "public holiday" in page(departs, "en")
    assert "weekend" in page(datetime(2026, 12, 4, 13, 0, tzinfo=JST), "en")


def test_calendars_in_force_are_named_with_working_days_beside_elapsed_ones() -> None:
    lanes()
    a_calendar(SITE, DOCK)
    a_timetable()
    told = page(datetime(2026, 12, 4, 13, 0, tzinfo=JST), "en")  # Friday: there on Saturday, agreed by telephone

    assert "Closed by calendar JPSEN-1 r1" in told and "It opens on 2026/12/07 (Mon) 09:00." in told
    assert "JPSEN-1 r1 (agreed by telephone), HRM-SEN-SHIBUSHI-2 r1" in told
    assert "1.0 elapsed days · 0 working days of JPSEN-1 r1" in told
    assert "Ask the site whether" not in told


def test_a_blank_sailing_is_told_with_its_reason() -> None:
    lanes()
    a_timetable()
    told = page(datetime(2026, 12, 8, 9, 0, tzinfo=JST))

    assert "その日は欠便" in told and "ドック" in told and "12/10 17:55" in told

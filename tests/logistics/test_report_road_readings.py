"""report_road_readings: told singly, in any order, kept once; judged by the same limits as a file of the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from assembly.models import Nonconformity
from inventory.models import Hold
from ledger.models import Event
from logistics.files.road_course import joined
from logistics.models import CrateLogger, Excursion, LoggerFile, RoadReading
from logistics.operations.loggers import UnknownLogger
from logistics.operations.milestones import NotDeparted
from logistics.operations.road_judging import NotThisJourney
from logistics.operations.road_readings import ReadingsWrong, ToldReading, report_road_readings
from logistics.queries.conditions import courses_of, excursions_of, unread_loggers
from logistics.queries.custody_sheet import custody_sheet
from tests.cast import NOON, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.road_world import (
    FITTED,
    HERE,
    LEFT,
    at_the_dock,
    content,
    on_the_way,
    read,
    rows,
    settle,
    shipment_of,
)
from tests.logistics.world import HOUR, a_crate

pytestmark = pytest.mark.django_db


def at(minutes: float, **values: Any) -> ToldReading:
    """A reading so many minutes after the departure."""
    told = {name: Decimal(str(value)) for name, value in values.items() if name != "place"}
    return ToldReading(LEFT + timedelta(minutes=minutes), place=values.get("place", ""), **told)


def tell(*readings: ToldReading, serial: str = "LG-1", user: str = "sora", more: bool = False) -> dict[str, Any]:
    return report_road_readings(caller=a_caller(user), serial=serial, readings=list(readings), more_follows=more)


def test_readings_are_kept_once_in_any_order_and_a_file_tells_them_again() -> None:
    logger = on_the_way()
    late, early = at(20, shock="-0.4", temperature=21.5, place="周南 IC"), at(10, shock=0.3)

    first = tell(late)
    answer = tell(early, late, early)
    again = tell(late, early)

    assert (first["kept"], answer["kept"], again["kept"], again["already"]) == (2, 1, 0, True)
    told = list(RoadReading.objects.order_by("at", "measure").values_list("measure", "value", "place"))
    assert told == [
        ("shock", Decimal("0.3"), ""), ("shock", Decimal("0.4"), "周南 IC"),
        ("temperature", Decimal("21.5"), "周南 IC"),
    ]  # fmt: skip
    assert Event.objects.filter(kind="logistics.road-readings-reported").count() == LoggerFile.objects.count() == 2

    odd = {1: ("0", "0", "0.3", "1", "21", "40"), 2: ("0", "0", "0.4", "1", "21.5", "40")}
    lines = rows(LEFT, LEFT + HOUR, odd=odd)
    read(logger, content(lines))
    whole = joined(courses_of(list(logger.files.all())))
    assert len(whole["shock"][0]) == 7  # each moment of the hour once
    assert tell(early, late)["already"]


def test_heat_that_goes_on_is_one_finding_and_stops_the_rack_as_a_file_does() -> None:
    logger = on_the_way()
    tell(at(0, temperature=20))
    for minutes in (10, 20, 30):
        answer = tell(at(minutes, temperature=45 + minutes / 10))

    report = Nonconformity.objects.get()
    assert answer["nonconformity"] == report.number
    assert Hold.objects.filter(released_at=None).count() == 1
    (shown,) = excursions_of([logger.pk])
    assert (shown.began_at, shown.ended_at, shown.peak) == (LEFT + 10 * HOUR / 60, LEFT + HOUR / 2, Decimal("48.000"))

    local = [(LEFT + 9 * HOUR + timedelta(minutes=m), 45 + m / 10 if m else 20) for m in (0, 10, 20, 30)]
    read(logger, content([f"{one:%Y/%m/%d %H:%M},{value}" for one, value in local], head="日時,温度(℃)"))
    hot = Nonconformity.objects.filter(excursions__measure="temperature").distinct()
    assert Excursion.objects.filter(file__source="file", measure="temperature").count() == 0  # told before

    settle(report.number)
    tell(at(40, temperature=20))
    assert hot.count() == 1
    tell(at(300, temperature=50))
    assert hot.count() == 2


def test_silence_is_judged_when_the_logger_has_stopped_and_only_then_it_is_read() -> None:
    logger = on_the_way()
    tell(at(0, shock=0.1))
    tell(at(600, shock=0.1))
    assert not Excursion.objects.exists()
    at_the_dock(logger)
    unread = unread_loggers([logger.crate_id])
    assert unread.filter(pk=logger.pk).exists()

    answer = tell(at(600, shock=0.1))  # the very last post again: nothing new, but the account is closed

    assert (answer["kept"], answer["already"]) == (0, False)
    assert {one.measure for one in Excursion.objects.all()} == {"gap"}
    assert not unread.filter(pk=logger.pk).exists()
    assert tell(at(600, shock=0.1))["already"]
    sheet: Any = custody_sheet(shipment_of(logger).number)
    assert [(one.name, one.rows) for one in sheet.road.files] == [("API x 3", 2)]  # each moment once


def test_a_backlog_told_after_the_arrival_is_judged_by_its_last_post() -> None:
    logger = at_the_dock()
    unread = unread_loggers([logger.crate_id])
    span = int((HERE - LEFT).total_seconds() / 60)
    told = [at(minutes, shock=0.1) for minutes in range(-120, span + 1, 60)]
    first, last = told[: len(told) // 2], told[len(told) // 2 :]

    tell(*first, more=True)
    assert unread.filter(pk=logger.pk).exists()
    tell(*last, more=True)
    assert tell(*last, more=True)["already"]
    assert unread.filter(pk=logger.pk).exists()
    closing = tell(*last)

    assert not closing["already"]
    assert not Excursion.objects.exists()
    assert not Hold.objects.filter(released_at=None).exists()
    assert not unread.filter(pk=logger.pk).exists()


def test_a_shock_by_a_clock_that_runs_ahead_is_judged() -> None:
    logger = on_the_way()
    ahead = ToldReading(NOON + timedelta(minutes=4), shock=Decimal(15))

    assert tell(ahead)["excursions"] == 1

    assert logger.files.get().findings == []
    assert Nonconformity.objects.count() == 1


def test_what_cannot_be_is_refused_whole_and_changes_nothing() -> None:
    logger = on_the_way()
    a_caller("sora")
    good = at(10, shock=0.1)
    bad = [
        (UnknownLogger, {"serial": "LG-9"}, [good]),
        (ReadingsWrong, {}, []),
        (ReadingsWrong, {}, [good, at(20)]),
        (ReadingsWrong, {}, [good, at(20, humidity=101)]),
        (ReadingsWrong, {}, [good, at(20, shock="NaN")]),
        (ReadingsWrong, {}, [good, ToldReading(NOON + HOUR, shock=Decimal(1))]),
        (ReadingsWrong, {}, [good, at(20, shock=0.1, place="a\nb")]),
        (NotThisJourney, {}, [ToldReading(FITTED - 9 * HOUR, shock=Decimal(1))]),
    ]
    for refusal, others, readings in bad:
        with refused(refusal):
            tell(*readings, **others)
    from_crate = CrateLogger.objects.create(
        crate=a_crate(at=LEFT), serial="LG-2", interval_minutes=10, started_at=LEFT, event_id=logger.event_id
    )
    with refused(NotDeparted):
        tell(good, serial=from_crate.serial)
    assert not LoggerFile.objects.exists()
    assert HERE > LEFT


def test_machine_posts_them_and_pages_and_paper_say_where_they_came_from() -> None:
    logger = on_the_way()
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(person("sora"))
    body = {
        "serial": "lg-1",
        "readings": [{"at": (LEFT + HOUR).isoformat(), "shock": "12.5", "tilt": "3", "place": "Shunan IC"}],
    }
    address = reverse("api_logistics_report_road_readings")
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "t1"}}
    answers = [client.post(address, body, **sent) for _turn in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["kept"] == 2
    page = client.get(reverse("logger", args=[logger.pk])).text
    assert "Told by API, 1 time" in page and "Shunan IC" in page and "12.5 g" in page
    charts = client.get(reverse("shipment_conditions", args=[shipment_of(logger).number]))
    assert charts.status_code == 200 and "Told by API, 1 time" in charts.text
    sheet: Any = custody_sheet(shipment_of(logger).number)
    assert [(one.name, one.rows) for one in sheet.road.files] == [("API x 1", 1)]
    bare = {**body, "readings": [{"at": (LEFT + HOUR).isoformat()}]}
    wrong = client.post(address, bare, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "ReadingsWrong")

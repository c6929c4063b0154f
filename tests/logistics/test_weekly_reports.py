"""The weekly report: figures as of the week's end, kept; papers; delivered once to each address."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from documents.models import IssuedDocument
from documents.operations.issuing import copy_of
from genpin import report_delivery
from genpin.report_delivery import ReportNotDelivered
from genpin.tasks import make_last_weekly_report
from inventory.models import Supplier
from ledger.models import Delivery, Event
from ledger.refusals import NotPermitted
from logistics.models import WeeklyDelivery, WeeklyReport
from logistics.operations.disruptions import end_disruption
from logistics.operations.receivings import finish_receiving
from logistics.operations.weekly_reports import WeekNotOver, WeekOdd, last_week_ended, make_weekly_report, week_due
from logistics.queries.outlook import PLANT
from logistics.queries.weekly_reports import weekly_sheet
from tests.cast import NOON, a_caller
from tests.inventory.inspected import judged, looked, waiting
from tests.logistics.facts import refused
from tests.logistics.storm_world import DAY, a_stop
from tests.logistics.world import HOUR, a_tested_rack, arrived, departed, received

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)
AFTER = datetime(2026, 11, 23, 7, tzinfo=PLANT)
"""NOON of the cast is the Friday of that week."""


def make(begins_on: date = MONDAY, *, user: str = "rosa", at: datetime = AFTER) -> WeeklyReport:
    report: WeeklyReport = make_weekly_report(caller=a_caller(user, at=at), begins_on=begins_on)
    return report


def event_of(report: WeeklyReport) -> Event:
    return Event.objects.get(pk=report.event_id)


def deliver(report: WeeklyReport) -> None:
    report_delivery.deliver(a_caller("rosa", at=AFTER), event_of(report))


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.REPORTS_FOLDER = tmp_path / "reports"
    settings.REPORTS_FOLDER.mkdir()
    settings.REPORT_TO = []
    return Path(settings.REPORTS_FOLDER)


@pytest.fixture
def world() -> None:
    received(at=NOON - 24 * HOUR)
    departed(at=NOON - 20 * HOUR, need_by=date(2026, 11, 21))
    a_tested_rack(at=NOON - 10 * HOUR, need_by=date(2026, 11, 20))


def test_figures_are_those_of_the_week_and_stay(world: None) -> None:
    report = make()
    sheet = weekly_sheet(report.pk)

    told = {one.key: int(one.now) for one in sheet.headlines}
    assert (told["received"], told["departed"], told["wip"]) == (1, 2, 2)
    assert [one.days_late < 0 for one in sheet.promised] == [True]
    assert sheet.late and sheet.late[0].yen > 0
    assert hashlib.sha256(report.facts.encode()).hexdigest() == report.facts_sha256
    received(at=AFTER + 24 * HOUR)
    assert make(at=AFTER + 48 * HOUR) == report
    again = make(MONDAY - timedelta(days=7), at=AFTER + 48 * HOUR)
    assert {one.key: int(one.now) for one in weekly_sheet(again.pk).headlines}["received"] == 0


def test_what_the_night_enters_after_midnight_is_of_the_week() -> None:
    sunday = datetime(2026, 11, 22, 22, tzinfo=PLANT)
    shipment = arrived(departed(at=NOON - 20 * HOUR, need_by=date(2026, 11, 21)), at=NOON)
    monday = a_caller("sora", at=sunday + 3 * HOUR)
    finish_receiving(caller=monday, shipment_id=shipment.pk, occurred_at=sunday)
    stop = a_stop(at=sunday + 3 * HOUR, begins_at=sunday)
    end_disruption(caller=a_caller("rosa", at=sunday + 4 * HOUR), number=stop.number, ended_at=sunday + HOUR)

    sheet, after = (weekly_sheet(make(MONDAY + n * DAY, at=AFTER + n * DAY).pk) for n in (0, 7))

    told = {one.key: (int(one.now), int(one.before or 0)) for one in sheet.headlines}
    assert (told["received"], told["wip"]) == ((1, 0), (0, 1))
    assert [one.received for one in sheet.plan if one.day <= sunday.date()][-2:] == [0, 1]
    assert [one.received_at for one in sheet.promised] == [sunday] and not sheet.late
    assert [(one.number, one.ended_at) for one in sheet.disruptions] == [(stop.number, sunday + HOUR)]
    assert [(one.now, one.before) for one in after.headlines if one.key == "received"] == [(Decimal(0), Decimal(1))]


def test_a_name_that_no_paper_can_print_keeps_no_report_from_its_readers() -> None:
    found, (unit,) = waiting(count=1)
    looked(found, unit.serial)
    judged(found)
    Supplier.objects.filter(pk=found.supplier_id).update(name="삼성 Samsung")
    report = make()

    assert "삼성 Samsung" in report.facts
    assert [one.name for one in weekly_sheet(report.pk).suppliers] == ["〓〓 Samsung"]
    assert copy_of("weekly-report", report.number, "ja")[0].startswith(b"%PDF")


def test_only_a_whole_week_has_a_report() -> None:
    for name in ("rosa", "mei"):
        a_caller(name)
    for refusal, begins_on, user in (
        (WeekOdd, MONDAY + timedelta(days=1), "rosa"),
        (WeekOdd, date(1999, 11, 1), "rosa"),
        (WeekNotOver, MONDAY + timedelta(days=7), "rosa"),
        (NotPermitted, MONDAY, "mei"),
    ):
        with refused(refusal):
            make(begins_on, user=user)
    assert not WeeklyReport.objects.exists()
    assert last_week_ended(AFTER) == MONDAY


def test_papers_of_both_languages_have_the_same_bytes_each_time(world: None) -> None:
    report = make()
    for language in ("ja", "en"):
        first, _subject = copy_of("weekly-report", report.number, language)
        assert first.startswith(b"%PDF") and first == copy_of("weekly-report", report.number, language)[0]


def test_report_comes_once_to_folder_and_mail(folder: Path, settings: Any) -> None:
    settings.REPORT_TO = ["chief@example.invalid"]
    report = make()
    assert Delivery.objects.filter(event_id=report.event_id, reaction="deliver_weekly_report").count() == 1
    deliver(report)
    WeeklyDelivery.objects.filter(way="folder").update(delivered_at=None)  # as after a kill between rename and mark
    written = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    deliver(report)

    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == written
    papers = {paper.bytes_hash for paper in IssuedDocument.objects.filter(kind="weekly-report")}
    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()} == papers
    (sent,) = mail.outbox
    assert [name for name, _content, _type in sent.attachments] == sorted(written, reverse=True)
    assert set(WeeklyDelivery.objects.values_list("way", "fault")) == {("folder", ""), ("email", "")}


def test_missing_folder_is_said_and_tried_again(folder: Path, client: Any) -> None:
    shutil.rmtree(folder)
    report = make()
    with pytest.raises(ReportNotDelivered, match="FileNotFoundError"):
        deliver(report)
    row = WeeklyDelivery.objects.get()
    assert (row.delivered_at, row.tries) == (None, 1)
    client.force_login(User.objects.get(username="rosa"))
    assert b"FileNotFoundError" in client.get(reverse("weekly_reports")).content

    folder.mkdir()
    deliver(report)
    row.refresh_from_db()
    assert (row.tries, row.fault) == (2, "")
    assert row.delivered_at is not None and len(list(folder.iterdir())) == 2


def test_an_address_that_is_none_is_said_and_stops_no_other(folder: Path, settings: Any) -> None:
    settings.REPORT_TO = ["chief@@example.invalid\n", "boss@example.invalid"]
    report = make()
    with pytest.raises(ReportNotDelivered):
        deliver(report)

    assert [sent.to for sent in mail.outbox] == [["boss@example.invalid"]]
    assert WeeklyDelivery.objects.exclude(fault="").get().address == settings.REPORT_TO[0]


def test_a_week_is_due_from_monday_seven_on() -> None:
    assert week_due(AFTER) == MONDAY
    assert week_due(AFTER - timedelta(seconds=1)) is None
    assert week_due(AFTER - timedelta(hours=8)) == MONDAY - timedelta(days=7)


def test_the_clocks_task_makes_the_report_that_is_due_once() -> None:
    first, second = make_last_weekly_report(), make_last_weekly_report()

    assert first == second
    assert [row.begins_on for row in WeeklyReport.objects.all()] == [day for day in [week_due(timezone.now())] if day]

"""import_logger_file: kept and summed up; what went beyond the limits stops the rack until quality has settled it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assembly.models import Nonconformity
from documents import files
from documents.files import FileAbsent
from inventory.models import Hold
from inventory.operations.incoming_files import FileMissing, FileRefused
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import ConditionSummary, CrateLogger, Excursion, IndicatorReading, LoggerFile
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.condition_limits import RoadLimit, release_condition_limits
from logistics.operations.custody import SealSeen
from logistics.operations.departures import depart_shipment
from logistics.operations.handovers import Handing, hand_over
from logistics.operations.logger_files import LoggerOther, NotThisJourney
from logistics.operations.loggers import (
    LoggerBusy,
    LoggerReasonWanted,
    LoggerSeen,
    LoggerSettled,
    LoggersUnseen,
    LoggerWrong,
    UnknownLogger,
    fit_logger,
    give_up_logger,
    remove_logger,
)
from logistics.operations.milestones import NotDeparted, Report, report_milestone
from logistics.operations.moments import plant_clock
from logistics.operations.road_gate import LoggerUnread, RoadFindingOpen
from logistics.operations.shipments import ShipmentGone
from logistics.queries.conditions import course_of, loggers_to_read, open_excursions
from logistics.queries.exceptions import exceptions_now
from tests.cast import NOON, a_caller
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
from tests.logistics.world import HOUR, a_crate, a_shipment, rack_of

pytestmark = pytest.mark.django_db
SHOCK = ("11", "2", "0", "1.5", "21.5", "48")


@pytest.fixture
def logger() -> CrateLogger:
    return at_the_dock()


def accept(logger: CrateLogger) -> None:
    shipment = shipment_of(logger)
    verdict = Verdict(shipment.pk, rack_of(shipment).serial, "accepted", "H1-A01")
    accept_rack(caller=a_caller("sora"), verdict=verdict)


def test_calm_journey_is_summed_up_and_the_rack_accepted(logger: CrateLogger) -> None:
    with refused(LoggerUnread):
        accept(logger)
    assert list(loggers_to_read(FITTED)) == [logger]
    assert not loggers_to_read(FITTED + 90 * HOUR).exists()

    answer = read(logger, content(rows()))

    assert not loggers_to_read(FITTED).exists()
    assert (answer["rows"], answer["excursions"], answer["nonconformity"]) == (181, 0, "")
    shock = ConditionSummary.objects.get(measure="shock")
    assert (shock.n, shock.gaps, shock.longest_gap_minutes) == (181, 0, Decimal("10.0"))
    assert shock.maximum == shock.minimum == shock.last == Decimal("0.458")  # √(0.1² + 0.2² + 0.4²)
    assert {one.measure for one in ConditionSummary.objects.all()} == {
        "shock", "shock_x", "shock_y", "shock_z", "tilt", "temperature", "humidity",
    }  # fmt: skip
    course = course_of(LoggerFile.objects.get())
    assert len(course["humidity"][0]) == 181
    event = Event.objects.get(kind="logistics.logger-file-imported")
    assert event.payload["serial"] == "LG-1"
    accept(logger)


def test_shock_on_the_ferry_holds_the_rack_until_it_is_settled() -> None:
    logger = on_the_way()
    shipment = shipment_of(logger)
    handing = Handing(
        shipment.pk, "CR-HYUGA", "架空 太郎", "港 花子", [SealSeen("S-1", "intact")], occurred_at=LEFT + 5 * HOUR,
        loggers=[LoggerSeen("LG-1", "recording")],
    )  # fmt: skip
    hand_over(caller=a_caller("rosa"), handing=handing)
    report_milestone(caller=a_caller("rosa"), report=Report(shipment.pk, "leg_departed", LEFT + 6 * HOUR, 2))
    logger = at_the_dock(logger)

    answer = read(logger, content(rows(odd={60: SHOCK, 61: SHOCK, 120: ("0", "0", "12", "20", "21", "50")})))

    assert answer["excursions"] == 3
    first, *others = open_excursions()
    assert (first.measure, first.peak, first.limit) == ("shock", Decimal("11.180"), Decimal("10.00"))
    assert (first.began_at, first.ended_at) == (FITTED + 10 * HOUR, FITTED + 10 * HOUR + timedelta(minutes=10))
    assert (first.holder, first.leg_number) == ("carrier:CR-HYUGA", 2)  # type: ignore[attr-defined]
    assert [(one.measure, one.peak) for one in others] == [("shock", Decimal(12)), ("tilt", Decimal(20))]
    report = Nonconformity.objects.get()
    assert (report.number, report.defect_code) == (answer["nonconformity"], "TRANSPORT")
    assert [one["code"] for one in report.says] == ["excursion"] * 3 + ["road-asks"]
    assert report.says[0]["holder"]["ja"] in report.text
    with refused(RoadFindingOpen) as caught:
        accept(logger)
    assert report.number in caught.value.say
    exception = next(one for one in exceptions_now(NOON) if one.kind == "excursion")
    assert (exception.subject, exception.since) == (report.number, FITTED + 10 * HOUR)

    settle(report.number)

    assert not open_excursions().exists()
    assert not [one for one in exceptions_now(NOON) if one.kind == "excursion"]
    accept(logger)


def test_same_file_twice_and_the_rest_of_a_file_tell_nothing_again(logger: CrateLogger) -> None:
    half = content(rows(end=FITTED + 15 * HOUR, odd={60: SHOCK}))
    first = read(logger, half)
    assert first["excursions"] == 2  # the shock, and the silence until the arrival
    counts = (Event.objects.count(), Excursion.objects.count(), Nonconformity.objects.count())

    again = read(logger, half)
    assert (again["already"], again["file"]) == (True, first["file"])
    assert (Event.objects.count(), Excursion.objects.count(), Nonconformity.objects.count()) == counts

    whole = read(logger, content(rows(odd={60: SHOCK})))
    assert whole["excursions"] == 0
    assert LoggerFile.objects.count() == 2


def test_file_read_half_way_leaves_the_rest_of_the_way_to_be_read_or_given_up() -> None:
    logger = on_the_way()
    part = content(rows(end=LEFT + 6 * HOUR))
    assert read(logger, part, at=LEFT + 7 * HOUR)["excursions"] == 0
    at_the_dock(logger)

    assert read(logger, part)["already"] is True
    with refused(LoggerUnread) as caught:
        accept(logger)
    assert plant_clock(LEFT + 6 * HOUR) in caught.value.say
    with transaction.atomic():  # its battery ran flat at the port
        give_up_logger(caller=a_caller("sora"), logger_id=logger.pk, reason="Flat battery")
        assert Nonconformity.objects.count() == 1
        transaction.set_rollback(True)

    whole = read(logger, content(rows()))

    assert whole["excursions"] == 0
    with refused(LoggerSettled):
        give_up_logger(caller=a_caller("sora"), logger_id=logger.pk, reason="Gone")
    accept(logger)


def test_file_that_was_read_just_before_the_arrival_counts() -> None:
    logger = on_the_way()
    read(logger, content(rows(end=HERE - HOUR)), at=HERE - HOUR)
    at_the_dock(logger)

    accept(logger)


def test_file_without_shock_does_not_clear_the_rack_and_a_silent_shock_sensor_is_a_hole(logger: CrateLogger) -> None:
    warm = [",".join(line.split(",")[:1] + line.split(",")[5:]) for line in rows()]
    assert read(logger, content(warm, head="日時,温度(℃),湿度(%RH)"))["excursions"] == 0
    assert LoggerFile.objects.get().findings == [{"code": "no-shock", "n": 1}]
    with refused(LoggerUnread) as caught:
        accept(logger)
    assert "衝撃" in caught.value.say

    silent = {number: ("", "", "", "1.5", "21.5", "48") for number in range(60, 70)}
    assert read(logger, content(rows(odd=silent)))["excursions"] == 1
    assert (Excursion.objects.get().measure, Excursion.objects.get().peak) == ("gap", Decimal(110))


def test_one_file_speaks_for_one_logger(logger: CrateLogger) -> None:
    other = at_the_dock(on_the_way("LG-2"))
    read(logger, content(rows()))

    with refused(LoggerOther) as caught:
        read(other, content(rows()))

    assert "LG-1" in caught.value.say


def test_page_stores_no_file_of_a_person_without_the_right(logger: CrateLogger) -> None:
    browser, data = Client(), content(rows(), before=["Not to be kept"])
    browser.force_login(a_caller("mei").user)

    answer = browser.post(
        reverse("logger", args=[logger.pk]), {"file": SimpleUploadedFile("log.csv", data), "zone": "", "key": "k"}
    )

    assert answer.status_code == 403
    with pytest.raises(FileAbsent):
        files.get(sha256(data).hexdigest())


def test_hole_in_the_record_is_an_excursion_and_readings_beside_the_journey_are_not_judged(logger: CrateLogger) -> None:
    lines = rows(FITTED - 2 * HOUR, HERE + HOUR, odd={3: SHOCK})
    answer = read(logger, content([*lines[:40], *lines[47:]]))

    gap = Excursion.objects.get()
    assert (gap.measure, gap.peak, answer["excursions"]) == ("gap", Decimal(80), 1)
    file = LoggerFile.objects.get()
    assert file.findings == [{"code": "before-start", "n": 12}, {"code": "after-stop", "n": 6}]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (FITTED, NOON + HOUR),
        (FITTED - 90 * HOUR, HERE - 90 * HOUR),
        (FITTED - 9 * HOUR, HERE - 9 * HOUR),
    ],
)
def test_file_of_another_journey_is_refused(logger: CrateLogger, start, end) -> None:  # type: ignore[no-untyped-def]
    with refused(NotThisJourney):
        read(logger, content(rows(start, end)))


def test_zone_of_the_logger_counts_where_none_is_written(logger: CrateLogger) -> None:
    assert read(logger, content(rows(FITTED - 9 * HOUR, HERE - 9 * HOUR)), zone="UTC")["excursions"] == 0


def test_what_cannot_be_read_is_refused_and_changes_nothing(logger: CrateLogger) -> None:
    with refused(FileRefused) as caught:
        read(logger, content(rows(odd={2: ("1e400", "0", "0", "1", "x", "150")})))
    assert [(one.line, one.column) for one in caught.value.faults] == [
        (4, "衝撃X(g)"), (4, "温度(℃)"), (4, "湿度(%RH)"),
    ]  # fmt: skip
    with refused(LoggerOther):
        read(logger, content(rows(), before=["シリアル番号,LG-77"]))
    with refused(FileMissing):
        read(logger, b"x", file_sha256="0" * 64)
    with refused(UnknownLogger):
        read(logger, b"x", logger_id=0)
    with refused(NotPermitted):
        read(logger, content(rows()), user="mei")


def test_missing_logger_at_the_dock_and_lost_data_hold_the_rack() -> None:
    logger = at_the_dock(state="missing")
    assert [one["code"] for one in Nonconformity.objects.get().says] == ["logger-missing", "road-asks"]
    with refused(RoadFindingOpen):
        accept(logger)
    with refused(LoggerSettled):
        give_up_logger(caller=a_caller("sora"), logger_id=logger.pk, reason="Gone")

    other = at_the_dock(on_the_way("lg-2 "))
    give_up_logger(caller=a_caller("sora"), logger_id=other.pk, reason="Battery flat")

    report = Nonconformity.objects.order_by("pk").last()
    assert report is not None
    assert "Battery flat" in report.text
    assert Hold.objects.count() == 2


def test_every_logger_is_looked_for_at_the_dock() -> None:
    logger = on_the_way()
    a_caller("sora")
    with refused(LoggersUnseen):
        at_the_dock(logger, state="")
    assert not IndicatorReading.objects.filter(moment="receipt").exists()


def test_one_logger_records_one_crate_at_a_time() -> None:
    a_caller("sora")
    logger, other = on_the_way(), a_crate()
    told = {"crate": other.sscc, "interval_minutes": 10}
    with refused(LoggerBusy):
        fit_logger(caller=a_caller("mei"), serial=" ｌｇ-1", **told)
    with refused(LoggerWrong):
        fit_logger(caller=a_caller("mei"), **told | {"serial": " "})
    with refused(ShipmentGone):
        fit_logger(caller=a_caller("mei"), **told | {"serial": "LG-9", "crate": logger.crate.sscc})
    with refused(NotPermitted):
        fit_logger(caller=a_caller("sora"), serial="LG-3", **told)

    with pytest.raises(IntegrityError, match="logger_records_one_crate_at_a_time"), transaction.atomic():
        CrateLogger.objects.create(crate=other, serial="LG-1", interval_minutes=1, started_at=NOON, event_id=1)

    at_the_dock(logger)

    again = fit_logger(caller=a_caller("mei"), serial="LG-1", **told)
    with refused(NotDeparted):
        read(again, content(rows()))


def test_logger_that_was_fitted_by_mistake_is_taken_off_before_the_departure() -> None:
    crate, other = a_crate(at=LEFT - 24 * HOUR), a_crate(at=LEFT - 24 * HOUR)
    shipment = a_shipment([crate], at=LEFT - 20 * HOUR)
    told = {"crate": crate.sscc, "interval_minutes": 10}
    a_caller("sora")
    wrong = fit_logger(caller=a_caller("mei", at=FITTED), serial="LG-8", **told)
    with refused(LoggerReasonWanted):
        remove_logger(caller=a_caller("mei", at=FITTED), logger_id=wrong.pk, reason=" ")
    with refused(NotPermitted):
        remove_logger(caller=a_caller("sora", at=FITTED), logger_id=wrong.pk, reason="Wrong serial")

    remove_logger(caller=a_caller("mei", at=FITTED), logger_id=wrong.pk, reason="Wrong serial")

    assert Event.objects.get(kind="logistics.logger-removed").payload["reason"] == "Wrong serial"
    with refused(LoggerSettled):
        remove_logger(caller=a_caller("mei", at=FITTED), logger_id=wrong.pk, reason="Again")
    fit_logger(caller=a_caller("mei", at=FITTED - HOUR), serial="LG-8", crate=other.sscc, interval_minutes=10)
    right = fit_logger(caller=a_caller("mei", at=FITTED), serial="LG-1", **told)
    depart_shipment(caller=a_caller("rosa", at=LEFT), shipment_id=shipment.pk, truck="1", seal="S-1")
    with refused(ShipmentGone):
        remove_logger(caller=a_caller("mei"), logger_id=right.pk, reason="Late")
    at_the_dock(right)
    with refused(UnknownLogger):
        read(wrong, content(rows()))
    read(right, content(rows()))
    accept(right)


def test_released_limits_judge_what_is_read_from_then_on(logger: CrateLogger) -> None:
    spec = RoadLimit("tilt", None, Decimal(1), "B", "The maker's sheet")
    release_condition_limits(caller=a_caller("tanaka"), revision=0, changes=[spec], reason="Sheet of the maker")

    assert read(logger, content(rows()))["excursions"] == 1
    file = LoggerFile.objects.get()
    assert file.limits is not None
    assert file.limits.revision == 1

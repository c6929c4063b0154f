"""A plan against what is released: refused with the next departure that fits, or accepted for a reason by who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accounts.models import RoleGrant
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import PlanBasis, Shipment
from logistics.operations.calendars import CalendarContent, ClosureRow, WindowRow
from logistics.operations.replanning import NewWay, replan_shipment
from logistics.operations.shipments import plan_shipment
from logistics.operations.timetables import SailingRow
from logistics.operations.way_judging import CarrierResting, GateClosed, NothingSails, SiteClosed
from logistics.queries.shipments import shipment_page
from tests.cast import a_caller, person
from tests.logistics.facts import refused
from tests.logistics.released import DOCK, DRIVER, GATE, PLANT, SITE, a_calendar, a_timetable
from tests.logistics.world import LANE, a_plan, lanes

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")


@pytest.fixture(autouse=True)
def ways() -> Iterator[None]:
    lanes()
    person("rosa")
    with translation.override("en"):
        yield


def jst(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=JST)


def plan(departs: datetime, **others: object) -> Shipment:
    given = {"planned_departure_at": departs.astimezone(UTC), "need_by": None, "accepted_because": "", **others}
    wish = a_plan(**given)
    return plan_shipment(caller=a_caller("rosa"), plan=wish)


def basis(shipment: Shipment) -> list[tuple[str, str]]:
    return [(str(row.calendar or row.timetable), row.accepted_because) for row in shipment.basis.order_by("id")]


def test_plan_names_the_revisions_that_judged_it() -> None:
    a_calendar(PLANT, GATE)
    a_calendar(SITE, DOCK)
    a_timetable()
    shipment = plan(jst(12, 2, 13))  # 15:30 at the port, 17:55 to 08:55, there at 11:55

    assert basis(shipment) == [("JPHRM-1 r1", ""), ("JPSEN-1 r1", ""), (f"{LANE} 2 r1", "")]
    told = Event.objects.get(pk=shipment.event_id).payload
    assert told["calendars"] == ["JPHRM-1 r1", "JPSEN-1 r1"]
    assert told["timetables"] == [f"{LANE}-2 r1"]
    assert told["arrives_at"].startswith("2026-12-03T02:55")

    a_calendar(SITE, replace(DOCK, closes_on_holidays=False))
    assert basis(shipment)[1] == ("JPSEN-1 r1", "")  # what judged it, for good


def test_plan_without_released_calendars_is_judged_by_none() -> None:
    shipment = plan(jst(12, 5, 3))

    assert basis(shipment) == []
    assert "calendars" not in Event.objects.get(pk=shipment.event_id).payload


def test_calendar_that_is_released_later_judges_no_earlier_plan() -> None:
    a_calendar(PLANT, GATE, at=jst(11, 20, 12).astimezone(UTC) + timedelta(hours=1))

    assert basis(plan(jst(12, 5, 3))) == []


@pytest.mark.parametrize(
    ("departs", "why", "free"),
    [
        (jst(12, 5, 13), "closed on this weekday", "2026/12/07 (Mon) 06:00"),
        (jst(12, 2, 4), "06:00–14:00, 14:00–22:00", "2026/12/02 (Wed) 06:00"),
        (jst(12, 31, 9), "年末年始", "2027/01/05 (Tue) 06:00"),
        (jst(9, 22, 9), "国民の休日", "2026/09/24 (Thu) 06:00"),
        (jst(3, 22, 9, year=2027), "春分の日 振替休日", "2027/03/23 (Tue) 06:00"),
    ],
)
def test_closed_gate_is_refused_with_the_next_departure(departs: datetime, why: str, free: str) -> None:
    a_calendar(PLANT, GATE, at=jst(9, 1, 9).astimezone(UTC))

    with refused(GateClosed) as caught:
        plan(departs)
    assert why in str(caught.value.say) and "JPHRM-1 r1" in str(caught.value.true)
    assert free in str(caught.value.do)


def test_fridays_night_shift_lets_a_truck_out_on_saturday_morning() -> None:
    a_calendar(PLANT, GATE)

    assert plan(jst(12, 5, 5)).pk
    with refused(GateClosed):
        plan(jst(12, 5, 6))


def test_arrival_when_the_site_receives_nothing_is_refused_with_one_that_fits() -> None:
    a_calendar(PLANT, GATE)
    a_calendar(SITE, DOCK)

    with refused(SiteClosed) as caught:
        plan(jst(12, 4, 13))  # Friday: there on Saturday
    assert "2026/12/05 (Sat) 11:55" in str(caught.value.say)
    assert "2026/12/07 (Mon) 06:00" in str(caught.value.do) and "2026/12/08 (Tue) 11:55" in str(caught.value.do)


def test_blank_sailing_moves_the_arrival() -> None:
    a_calendar(SITE, DOCK)
    a_timetable()
    shipment = plan(jst(12, 8, 9))  # 8 and 9 December in dock: sails on the 10th

    told = Event.objects.get(pk=shipment.event_id).payload
    assert told["arrives_at"].startswith("2026-12-11T02:55")


def test_timetable_that_has_ended_is_refused() -> None:
    a_timetable(valid_to=date(2026, 12, 10))

    with refused(NothingSails):
        plan(jst(12, 11, 9))


def test_no_fitting_departure_is_said() -> None:
    a_calendar(SITE, DOCK)
    a_timetable(sailings=[SailingRow(days="56", departs_at="17:55", cut_off_at="16:30")], blanks=[])

    with refused(SiteClosed) as caught:
        plan(jst(12, 4, 9))
    assert "four weeks" in str(caught.value.do)


def test_resting_carrier_is_refused() -> None:
    weekdays = CalendarContent(
        windows=[WindowRow(days="12345", opens="00:00", closes="00:00", next_day=True)],
        closures=[ClosureRow(first_day=date(2026, 12, 2), last_day=date(2026, 12, 2), reason="健康診断")],
    )
    a_calendar(DRIVER, weekdays)

    with refused(CarrierResting) as caught:
        plan(jst(12, 2, 9))
    assert "健康診断" in str(caught.value.say)


def test_drivers_day_off_makes_the_truck_wait_behind_the_ferry() -> None:
    a_calendar(DRIVER, CalendarContent(windows=[WindowRow(days="1234567", opens="10:00", closes="20:00")]))
    shipment = plan(jst(12, 2, 13))  # at Shibushi 08:55, the driver begins at 10:00

    assert Event.objects.get(pk=shipment.event_id).payload["arrives_at"].startswith("2026-12-03T04:00")


def test_exception_with_a_reason_is_kept_in_the_event_and_the_basis() -> None:
    a_calendar(PLANT, GATE)
    a_calendar(SITE, DOCK)
    shipment = plan(jst(12, 5, 9), accepted_because="守衛 山本と 12/1 に合意")

    told = Event.objects.get(pk=shipment.event_id).payload
    assert told["accepted_because"] == "守衛 山本と 12/1 に合意"
    assert [line[:16] for line in told["against"]] == ["The plant's gate", "By the plan it a"]
    assert basis(shipment) == [("JPHRM-1 r1", "守衛 山本と 12/1 に合意"), ("JPSEN-1 r1", "守衛 山本と 12/1 に合意")]


def test_reason_where_nothing_is_closed_is_not_kept() -> None:
    a_calendar(PLANT, GATE)
    shipment = plan(jst(12, 2, 9), accepted_because="just in case")

    assert basis(shipment) == [("JPHRM-1 r1", "")]


def test_exception_by_who_may_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    a_calendar(PLANT, GATE)
    rights = type(person("rosa")).has_perm
    monkeypatch.setattr(
        type(person("rosa")),
        "has_perm",
        lambda self, right, obj=None: right != "logistics.plan_outside_hours" and rights(self, right, obj),
    )

    with refused(NotPermitted):
        plan(jst(12, 5, 9), accepted_because="agreed")
    assert not PlanBasis.objects.exists() and RoleGrant.objects.exists()


def test_a_plan_made_anew_is_judged_as_the_first_one_was() -> None:
    a_calendar(PLANT, GATE)
    shipment = plan(jst(12, 2, 13))
    saturday = NewWay(LANE, shipment.carrier.code, jst(12, 5, 13).astimezone(UTC))

    def again(way: NewWay) -> Shipment:
        caller = a_caller("rosa")
        row = replan_shipment(caller=caller, shipment_id=shipment.pk, version=1, way=way, reason="late parts")
        return row.shipment

    with refused(GateClosed) as refusal:
        again(saturday)
    assert str(refusal.value.do).startswith("The next departure that fits: 2026/12/07")
    assert Shipment.objects.get().planned_departure_at == jst(12, 2, 13)

    now = again(replace(saturday, accepted_because="guard agreed, K. Mori"))
    rows = shipment.basis.order_by("id")
    assert [(row.accepted_because, row.event_id == rows[0].event_id) for row in rows] == [
        ("", True),
        ("guard agreed, K. Mori", False),
    ]
    told = Event.objects.get(kind="logistics.shipment-replanned").payload
    assert told["accepted_because"] == "guard agreed, K. Mori"
    page = shipment_page(now.number)
    assert page is not None and page.shipment.judged_by == [  # type: ignore[attr-defined]
        "JPHRM-1 r1 (guard agreed, K. Mori)"
    ], "what judged the plan in force"

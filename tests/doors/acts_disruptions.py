"""Acts on disruptions, and on the plans of shipments that they strike."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from logistics.models import Carrier, Disruption, Lane, Shipment
from logistics.operations import disruptions as rooms
from logistics.operations.disruptions import ExpectedEnd, Strikes
from logistics.operations.replanning import Detour, NewPlan, NewWay
from logistics.queries.timetable import next_departure
from logistics.queries.way_basis import way_basis
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.storm_world import ROAD, SHIBUSHI
from tests.logistics.world import a_shipment, departed


def _hour(days: float) -> datetime:
    return (timezone.localtime() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


def _free() -> datetime:
    """A departure that the calendars in force allow, whatever day it is today."""
    lane = Lane.objects.select_related("origin", "destination").prefetch_related("legs__carrier").get(code=ROAD)
    found = next_departure(way_basis([lane], timezone.now()), lane, Carrier.objects.get(code="CR-SETO"), _hour(2))
    assert found is not None
    return timezone.localtime(found[0])


def _expected(days: float = 3) -> ExpectedEnd:
    return ExpectedEnd(_hour(days), "船会社の運航案内", "B", _hour(days - 1), _hour(days + 2))


def _stop() -> Disruption:
    return rooms.report_disruption(
        caller=caller("rosa"), kind="ferry_stopped", headline="欠航", begins_at=_hour(-1), expected=_expected(),
        strikes=Strikes(legs=[f"{SHIBUSHI}:2"]),
    )  # fmt: skip


def _typed(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def _expected_form(expected: ExpectedEnd) -> dict[str, str]:
    points = {name: _typed(getattr(expected, name)) for name in ("p10_at", "p50_at", "p90_at")}
    return {**points, "source": expected.source, "grade": expected.grade}


def report_disruption() -> Act:
    page = reverse("disruption_new")
    form = {
        "kind": "ferry_stopped", "headline": "欠航", "begins_at": _typed(_hour(1)), "legs": [f"{SHIBUSHI}:2"],
        **_expected_form(_expected()),
    }  # fmt: skip
    return Act(
        "rosa",
        {
            "kind": "ferry_stopped", "headline": "欠航", "begins_at": _hour(1), "expected": _expected(),
            "strikes": Strikes(legs=[f"{SHIBUSHI}:2"]),
        },
        (page, form),
        {"strikes": Strikes()},
        "NothingStruck",
        (page, {**form, "legs": []}),
    )  # fmt: skip


def revise_disruption() -> Act:
    row, early = _stop(), replace(_expected(), p50_at=_hour(-2))
    page = reverse("disruption_act", args=[row.number, "expectation"])
    return Act(
        "rosa",
        {"number": row.number, "version": 1, "expected": _expected(4)},
        (page, {**_expected_form(_expected(4)), "version": 1}),
        {"expected": early},
        "EndBeforeStart",
        (page, {**_expected_form(early), "version": 1}),
    )


def end_disruption() -> Act:
    row = _stop()
    page = reverse("disruption_act", args=[row.number, "end"])
    return Act(
        "rosa", {"number": row.number}, (page, {}), {"ended_at": _hour(-3)}, "EndBeforeStart",
        (page, {"ended_at": _typed(_hour(-3))}),
    )  # fmt: skip


def _waiting() -> Shipment:
    return a_shipment(planned_departure_at=_hour(1), need_by=None)


def replan_shipment() -> Act:
    row = _waiting()
    page = reverse("shipment_replan", args=[row.number])
    form = {
        "lane": ROAD, "carrier": "CR-SETO", "planned_departure_at": _typed(_free()), "reason": "欠航", "version": 1,
    }  # fmt: skip
    gone = _hour(-2)
    return Act(
        "rosa",
        {"shipment_id": row.pk, "version": 1, "way": NewWay(ROAD, "CR-SETO", _free()), "reason": "欠航"},
        (page, form),
        {"way": NewWay(ROAD, "CR-SETO", gone)},
        "DeparturePassed",
        (page, {**form, "planned_departure_at": _typed(gone)}),
    )


def replan_shipments() -> Act:
    stop = _stop()
    plans = [NewPlan(_waiting().pk, 1, ROAD, "CR-SETO", _free()) for _turn in range(2)]
    page = reverse("disruption", args=[stop.number])
    form = {
        f"plan-{one.shipment_id}": f"{one.shipment_id}|1|{ROAD}|CR-SETO|{one.planned_departure_at.isoformat()}"
        for one in plans
    }
    return Act(
        "rosa",
        {"plans": plans, "reason": "欠航", "disruption": stop.number},
        (page, {**form, "reason": "欠航"}),
        {"reason": " "},
        "ReasonMissing",
        (page, {**form, "reason": " "}),
    )


def reroute_shipment() -> Act:
    row = departed(at=days_ago(1), need_by=None)
    page = reverse("shipment_reroute", args=[row.number])
    form = {"place": "大阪南港", "lane": ROAD, "from_leg": 1, "reason": "欠航", "version": 1}
    return Act(
        "rosa",
        {"shipment_id": row.pk, "version": 1, "detour": Detour("大阪南港", ROAD, 1), "reason": "欠航"},
        (page, form),
        {"detour": Detour("大阪南港", ROAD, 9)},
        "UnknownLeg",
        (page, {**form, "from_leg": 9}),
    )


ACTS: Acts = {
    "logistics.end_disruption": end_disruption,
    "logistics.replan_shipment": replan_shipment,
    "logistics.replan_shipments": replan_shipments,
    "logistics.report_disruption": report_disruption,
    "logistics.reroute_shipment": reroute_shipment,
    "logistics.revise_disruption": revise_disruption,
}

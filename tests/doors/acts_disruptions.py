"""Acts on disruptions, and on the plans of shipments that they strike."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from logistics.models import Disruption, Shipment
from logistics.operations import disruptions as rooms
from logistics.operations.disruptions import ExpectedEnd, Strikes
from logistics.operations.replanning import Detour, NewPlan, NewWay
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.storm_world import ROAD, SHIBUSHI
from tests.logistics.world import a_shipment, departed


def _hour(days: float) -> datetime:
    return (timezone.localtime() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


def _expected(days: float = 3) -> ExpectedEnd:
    return ExpectedEnd(_hour(days), "船会社の運航案内", "B", _hour(days - 1), _hour(days + 2))


def _stop() -> Disruption:
    return rooms.report_disruption(
        caller=caller("rosa"), kind="ferry_stopped", headline="欠航", begins_at=_hour(-1), expected=_expected(),
        strikes=Strikes(legs=[f"{SHIBUSHI}:2"]),
    )  # fmt: skip


def report_disruption() -> Act:
    return Act(
        "rosa",
        {
            "kind": "ferry_stopped", "headline": "欠航", "begins_at": _hour(1), "expected": _expected(),
            "strikes": Strikes(legs=[f"{SHIBUSHI}:2"]),
        },
        wrong={"strikes": Strikes()},
        refusal="NothingStruck",
    )  # fmt: skip


def revise_disruption() -> Act:
    row = _stop()
    return Act(
        "rosa",
        {"number": row.number, "version": 1, "expected": _expected(4)},
        wrong={"expected": replace(_expected(), p50_at=_hour(-2))},
        refusal="EndBeforeStart",
    )


def end_disruption() -> Act:
    return Act("rosa", {"number": _stop().number}, wrong={"number": "DS-00-00000"}, refusal="UnknownDisruption")


def _waiting() -> Shipment:
    return a_shipment(planned_departure_at=_hour(1), need_by=None)


def replan_shipment() -> Act:
    row = _waiting()
    way = NewWay(ROAD, "CR-SETO", _hour(2))
    return Act(
        "rosa",
        {"shipment_id": row.pk, "version": 1, "way": way, "reason": "欠航"},
        wrong={"reason": " "},
        refusal="ReasonMissing",
    )


def replan_shipments() -> Act:
    plans = [NewPlan(_waiting().pk, 1, ROAD, "CR-SETO", _hour(2)) for _turn in range(2)]
    return Act("rosa", {"plans": plans, "reason": "欠航"}, wrong={"plans": plans[:1] * 2}, refusal="PlannedTwice")


def reroute_shipment() -> Act:
    row = departed(at=days_ago(1), need_by=None)
    return Act(
        "rosa",
        {"shipment_id": row.pk, "version": 1, "detour": Detour("大阪南港", ROAD, 1), "reason": "欠航"},
        wrong={"detour": Detour("大阪南港", ROAD, 9)},
        refusal="UnknownLeg",
    )


ACTS: Acts = {
    "logistics.end_disruption": end_disruption,
    "logistics.replan_shipment": replan_shipment,
    "logistics.replan_shipments": replan_shipments,
    "logistics.report_disruption": report_disruption,
    "logistics.reroute_shipment": reroute_shipment,
    "logistics.revise_disruption": revise_disruption,
}

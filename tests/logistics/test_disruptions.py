"""What stops the ways: reported, revised, ended; and the forecasts that know it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from logistics.models import Disruption, DisruptionExpectation
from logistics.operations.disruptions import (
    DisruptionEnded,
    DisruptionOdd,
    EndBeforeStart,
    NothingStruck,
    Strikes,
    UnknownDisruption,
    end_disruption,
    report_disruption,
    revise_disruption,
)
from logistics.operations.milestones import Report, UnknownLeg, report_milestone
from logistics.operations.moments import MomentAhead
from logistics.queries.outlook import Outlook, outlook
from tests.cast import NOON, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.storm_world import DAY, MOJI, ROAD, SHIBUSHI, a_stop, again, an_end
from tests.logistics.world import a_crate, a_shipment, a_tested_rack, departed, lanes, rack_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ways() -> None:
    lanes()


def p50(view: Outlook, unit: Any) -> datetime:
    return view.by_unit[unit.pk].p50_at


def test_a_stop_is_numbered_kept_and_told() -> None:
    row = a_stop()

    assert row.number.startswith("DS-26-")
    assert [leg.leg.number for leg in row.struck.all()] == [2]
    told = Event.objects.get(kind="logistics.disruption-reported")
    assert (told.pk, told.payload["legs"]) == (row.event_id, [f"{SHIBUSHI}:2"])
    kept = DisruptionExpectation.objects.get()
    assert (kept.p10_at - row.begins_at) / (kept.p50_at - row.begins_at) == pytest.approx(0.7, abs=1e-4)
    assert (kept.p90_at - row.begins_at) / (kept.p50_at - row.begins_at) == pytest.approx(1.6, abs=1e-4)


@pytest.mark.parametrize(
    ("strikes", "hit"),
    [
        (Strikes(carrier_code="CR-NISHI"), [f"{MOJI}:2"]),
        (Strikes(mode="ferry"), [f"{MOJI}:2", f"{SHIBUSHI}:2"]),
        (Strikes(place="志布志港"), [f"{SHIBUSHI}:2", f"{SHIBUSHI}:3"]),
        (Strikes(place="Shibushi port", mode="ferry"), [f"{SHIBUSHI}:2"]),
        (Strikes(legs=[f"{ROAD}:1"], carrier_code="CR-HYUGA"), [f"{ROAD}:1", f"{SHIBUSHI}:2"]),
    ],
)
def test_a_carrier_a_mode_or_a_place_says_which_legs(strikes: Strikes, hit: list[str]) -> None:
    row = a_stop(strikes=strikes)

    assert Event.objects.get(pk=row.event_id).payload["legs"] == hit


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "meteor"}, DisruptionOdd),
        ({"headline": " "}, DisruptionOdd),
        ({"expected": an_end(grade="D")}, DisruptionOdd),
        ({"expected": an_end(source=" ")}, DisruptionOdd),
        ({"expected": an_end(p10_at=NOON + 4 * DAY)}, DisruptionOdd),
        ({"expected": an_end(-1)}, EndBeforeStart),
        ({"strikes": Strikes()}, NothingStruck),
        ({"strikes": Strikes(carrier_code="CR-HYUGA", mode="air")}, NothingStruck),
        ({"strikes": Strikes(legs=["NOWHERE:1"])}, UnknownLeg),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], refusal: Any) -> None:
    a_stop()
    with refused(refusal):
        a_stop(**wrong)
    assert Disruption.objects.count() == 1


def test_only_logistics_reports() -> None:
    person("mei")
    with refused(NotPermitted):
        report_disruption(
            caller=a_caller("mei"), kind="typhoon", headline="台風", begins_at=NOON, expected=an_end(),
            strikes=Strikes(mode="ferry"),
        )  # fmt: skip


def test_a_new_expectation_is_kept_beside_the_old_one() -> None:
    row = a_stop()
    later = an_end(5, source="電話:欠航延長", grade="C")

    revise_disruption(caller=a_caller("rosa"), number=row.number, version=1, expected=later)

    assert [(one.version, one.p50_at) for one in row.expectations.all()] == [
        (2, NOON + 5 * DAY), (1, NOON + 3 * DAY),
    ]  # fmt: skip
    assert (again(row).version, again(row).source) == (2, "電話:欠航延長")
    assert "p50_at" in Event.objects.get(kind="logistics.disruption-revised").payload["changes"]
    with refused(StaleEdit):
        revise_disruption(caller=a_caller("rosa"), number=row.number, version=1, expected=an_end(6))
    revise_disruption(caller=a_caller("rosa"), number=row.number, version=2, expected=later)
    assert again(row).version == 2


def test_it_ends_once_and_not_before_it_began() -> None:
    row = a_stop()
    with refused(EndBeforeStart):
        end_disruption(caller=a_caller("rosa"), number=row.number, ended_at=NOON - DAY)
    with refused(MomentAhead):
        end_disruption(caller=a_caller("rosa"), number=row.number, ended_at=NOON + DAY)
    with refused(UnknownDisruption):
        end_disruption(caller=a_caller("rosa"), number="DS-26-99999")

    end_disruption(caller=a_caller("rosa"), number=row.number, ended_at=NOON - HOUR)

    assert (again(row).ended_at, again(row).closed_at) == (NOON - HOUR, NOON)
    with refused(DisruptionEnded):
        end_disruption(caller=a_caller("rosa"), number=row.number)
    with refused(DisruptionEnded):
        revise_disruption(caller=a_caller("rosa"), number=row.number, version=1, expected=an_end(9))


def test_what_had_not_begun_is_called_off() -> None:
    row = a_stop(begins_at=NOON + DAY)

    end_disruption(caller=a_caller("rosa"), number=row.number)

    assert again(row).ended_at == NOON + DAY
    assert Event.objects.get(kind="logistics.disruption-ended").payload["called_off"] is True


def test_arrivals_move_for_those_who_would_meet_it_and_for_nobody_else() -> None:
    south = rack_of(a_shipment([a_crate(at=NOON - 6 * HOUR)], at=NOON - 5 * HOUR, planned_departure_at=NOON + HOUR))
    road = rack_of(
        a_shipment([a_crate(at=NOON - 6 * HOUR)], at=NOON - 5 * HOUR, lane_code=ROAD, planned_departure_at=NOON + HOUR)
    )
    before = outlook(NOON)

    row = a_stop(expected=an_end(4))
    during = outlook(NOON)

    assert p50(during, south) - p50(before, south) > 2 * DAY
    assert during.by_unit[road.pk] == before.by_unit[road.pk]
    assert (during.by_unit[south.pk].p_late or 0) >= (before.by_unit[south.pk].p_late or 0)
    assert outlook(NOON - HOUR).known.stops == ()  # what was told later is not known then
    end_disruption(caller=a_caller("rosa"), number=row.number)
    assert outlook(NOON).by_unit[south.pk] == before.by_unit[south.pk]


def test_a_ship_at_sea_goes_on_and_the_truck_at_the_port_waits() -> None:
    at_sea, at_port = (
        departed([a_crate(at=NOON - 30 * HOUR)], at=NOON - 10 * HOUR, planned_departure_at=NOON - 10 * HOUR)
        for _turn in range(2)
    )
    for shipment in (at_sea, at_port):
        tell(shipment.pk, "leg_arrived", 1, NOON - 7 * HOUR)
    tell(at_sea.pk, "leg_departed", 2, NOON - 6.5 * HOUR)
    before = outlook(NOON)
    a_stop()
    during = outlook(NOON)

    assert during.by_unit[rack_of(at_sea).pk] == before.by_unit[rack_of(at_sea).pk]
    assert p50(during, rack_of(at_port)) - p50(before, rack_of(at_port)) > DAY


def test_days_of_standing_still_are_no_age() -> None:
    """Who stood for a stop of two days is forecast afterwards as one who came to the port two days later."""
    waited = departed([a_crate(at=NOON - 80 * HOUR)], at=NOON - 58 * HOUR, planned_departure_at=NOON - 58 * HOUR)
    fresh = departed([a_crate(at=NOON - 32 * HOUR)], at=NOON - 10 * HOUR, planned_departure_at=NOON - 10 * HOUR)
    tell(waited.pk, "leg_arrived", 1, NOON - 54 * HOUR)
    row = a_stop(at=NOON - 54 * HOUR, begins_at=NOON - 54 * HOUR)
    end_disruption(caller=a_caller("rosa", at=NOON - 6 * HOUR), number=row.number)
    tell(waited.pk, "leg_departed", 2, NOON - 6 * HOUR)
    tell(fresh.pk, "leg_arrived", 1, NOON - 6 * HOUR)

    view = outlook(NOON)

    assert abs(p50(view, rack_of(waited)) - p50(view, rack_of(fresh))) < 6 * HOUR


def test_a_rack_without_a_shipment_takes_the_share_of_the_lanes() -> None:
    rack = a_tested_rack(NOON - 6 * HOUR)
    for lane in (SHIBUSHI, ROAD, ROAD):
        a_shipment(lane_code=lane)
    before = outlook(NOON)
    a_stop(expected=an_end(30))
    during = outlook(NOON)

    moved = [during.by_unit[rack.pk].p50_at - before.by_unit[rack.pk].p50_at]
    assert moved[0] < 2 * DAY  # two of three ways are open: the median moves to the old P75
    assert during.by_unit[rack.pk].p80_at - before.by_unit[rack.pk].p80_at > 10 * DAY


def tell(shipment_id: int, kind: Any, leg: int, at: datetime) -> None:
    report_milestone(caller=a_caller("rosa", at=at), report=Report(shipment_id, kind, at, leg_number=leg))

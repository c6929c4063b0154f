"""start_recall: everything that a criterion hits, found wherever it is and held in one act."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from assembly.operations.runs import start_run
from inventory.models import Criterion, Hold, Recall, Unit
from inventory.operations.finding import UnitHeld
from inventory.operations.holds import ReasonMissing
from inventory.operations.lots import LotHeld
from inventory.operations.recalls import CriterionBlank
from inventory.operations.receiving import receive_notice
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from logistics.operations.departures import depart_shipment
from logistics.operations.recalls import NothingHit, UnknownName, start_recall
from logistics.queries.recalls import recall_answer
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.recall_world import DAY, LOT, a_suspect_plant, tray_of, use_lot
from tests.logistics.world import a_build, a_shipment, a_tested_rack, lanes, run
from tests.world import a_location, a_lot, a_notice, a_part, a_supplier, a_unit, received_units

pytestmark = pytest.mark.django_db


def lots(*names: str, **others: object) -> Criterion:
    return Criterion("lots", list(names), **others)  # type: ignore[arg-type]


def test_a_lot_is_found_in_every_rack_wherever_it_is() -> None:
    plant = a_suspect_plant()

    answer = recall_answer(lots(LOT))

    assert {row.place: row.thing.unit_id for row in answer.rows} == {
        place: rack.pk for place, rack in plant.racks.items()
    }
    assert (answer.count("rack"), answer.count("tray"), answer.count("loose")) == (4, 4, 0)
    assert [answer.count("rack", place) for place in ("floor", "crate", "transit", "site")] == [1, 1, 1, 1]
    path = next(row for row in answer.rows if row.place == "site").paths[0]
    assert (path.start.how, path.start.what) == ("used", LOT)
    assert [thing.unit_id for thing in path.units] == [tray_of(plant.site).pk, plant.site.pk]
    assert [step.position for step in path.steps] == ["tray_1"]


def test_all_of_it_is_held_in_one_act_with_one_event_a_subject() -> None:
    plant = a_suspect_plant()

    answer = start_recall(caller=a_caller("tanaka"), criterion=lots(LOT), reason="硬化不良")

    recall = Recall.objects.get(number=answer["number"])
    held = Hold.objects.filter(recall=recall)
    wanted = {rack.pk for rack in plant.racks.values()} | {tray_of(rack).pk for rack in plant.racks.values()}
    assert set(held.filter(unit__isnull=False).values_list("unit_id", flat=True)) == wanted
    assert held.get(lot__isnull=False).lot == plant.lot
    assert (answer["holds"], answer["racks"], answer["trays"]) == (9, 4, 4)
    placed = Event.objects.filter(kind="inventory.hold-placed", payload__recall=recall.number)
    subjects = list(placed.values_list("subject_type", "subject_id"))
    assert len(subjects) == len(set(subjects)) == 9
    opened = Event.objects.get(pk=recall.opened_event_id)
    assert (opened.kind, opened.payload["names"], opened.payload["reason"]) == (
        "inventory.recall-opened", [LOT], "硬化不良",
    )  # fmt: skip
    assert recall.criterion == lots(LOT)


def test_what_is_held_does_not_move_on() -> None:
    lanes()
    plant = a_suspect_plant()
    shipment = a_shipment([plant.packed.placements.get(to_at=None).host.crate])  # type: ignore[union-attr]

    start_recall(caller=a_caller("tanaka"), criterion=lots(LOT), reason="硬化不良")

    with refused(UnitHeld):
        depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="姫路 1", seal="S")
    with refused(UnitHeld):
        start_run(caller=a_caller("mei"), build_id=plant.floor.build.pk, number=90)
    fresh = a_unit()
    with refused(LotHeld):
        use_lot(plant.lot, fresh)


def test_serials_are_found_by_tag_label_old_name_and_part() -> None:
    part = a_part()
    first, second, third = received_units(part, 3)

    answer = recall_answer(Criterion("serials", [first.tag, second.serial, f"{part.number}:{third.serial}", "GHOST"]))

    assert {row.thing.unit_id for row in answer.rows} == {first.pk, second.pk, third.pk}
    assert answer.starts.unknown == ["GHOST"]
    assert answer.count("loose") == 3


def test_deliveries_of_a_supplier_are_bounded_by_their_days() -> None:
    part = a_part()
    early, late = received_units(part, 1, at=NOON - 9 * DAY)[0], received_units(part, 1, at=NOON - 2 * DAY)[0]
    wish = Criterion("supplier", ["SUP-1"], part.number, NOON - 3 * DAY, NOON)

    assert {row.thing.unit_id for row in recall_answer(wish).rows} == {late.pk}
    assert {row.thing.unit_id for row in recall_answer(replace(wish, from_at=None)).rows} == {early.pk, late.pk}


def test_a_station_and_a_person_are_followed_through_their_work() -> None:
    build = a_build()
    start_run(caller=a_caller("mei", station="W-7"), build_id=build.pk, number=10)
    other = a_tested_rack()

    by_station = recall_answer(Criterion("station", ["W-7"]))
    by_person = recall_answer(Criterion("operator", ["mei"]))

    assert [(row.thing.unit_id, path.start.detail) for row in by_station.rows for path in row.paths] == [
        (build.unit_id, "10")
    ]
    assert {row.thing.unit_id for row in by_person.rows} == {build.unit_id, other.pk}
    assert "fitted" in {path.start.detail for row in by_person.rows for path in row.paths}
    past = Criterion("station", ["W-7"], from_at=NOON - 9 * DAY, to_at=NOON - DAY)
    assert recall_answer(past).rows == []


@pytest.mark.complaint(8)
def test_what_arrives_later_and_matches_is_held_as_it_is_received() -> None:
    part = a_part()
    a_location()
    answer = start_recall(caller=a_caller("tanaka"), criterion=lots("L-NEXT"), reason="仕入先の連絡")
    assert answer["not_here_yet"] == ["L-NEXT"]
    start_recall(caller=a_caller("tanaka"), criterion=Criterion("serials", ["SN-BAD"]), reason="リスト")
    a_supplier()
    start_recall(
        caller=a_caller("tanaka"),
        criterion=Criterion("supplier", ["SUP-1"], part.number, NOON - DAY),
        reason="出荷停止品",
    )

    first = received_units(a_part(), 2, lot="L-NEXT")
    second = received_units(a_part(), serials=["SN-BAD", "SN-GOOD"])
    third = received_units(part, 1)
    paste = a_lot(number="L-NEXT")

    def holds_on(*units: Unit) -> list[str]:
        return [hold.reason for hold in Hold.objects.filter(unit__in=units)]

    assert Hold.objects.filter(lot=first[0].lot).get().placed_by.username == "tanaka"
    assert Hold.objects.filter(lot=paste).exists()
    assert holds_on(*first) == []  # their lot holds them
    assert holds_on(second[0]) == ["リスト"]
    assert holds_on(second[1]) == []
    assert holds_on(third[0]) == ["出荷停止品"]
    event = Event.objects.get(pk=Hold.objects.get(unit=second[0]).placed_event_id)
    assert event.payload["recall"].startswith("RC-26-")


def test_what_is_no_recall_is_refused() -> None:
    a_suspect_plant()
    caller = a_caller("tanaka")

    with refused(ReasonMissing):
        start_recall(caller=caller, criterion=lots(LOT), reason="  ")
    with refused(CriterionBlank):
        start_recall(caller=caller, criterion=lots(" "), reason="x")
    with refused(CriterionBlank):
        start_recall(caller=caller, criterion=Criterion("mood", ["bad"]), reason="x")
    with refused(CriterionBlank):
        start_recall(caller=caller, criterion=lots(LOT, from_at=NOON, to_at=NOON - timedelta(days=1)), reason="x")
    with refused(UnknownName):
        start_recall(caller=caller, criterion=Criterion("station", ["NOWHERE"]), reason="x")
    with refused(UnknownName):
        start_recall(caller=caller, criterion=Criterion("supplier", ["NOBODY"]), reason="x")
    with refused(NothingHit):
        start_recall(caller=caller, criterion=Criterion("tool", ["TQ-404"]), reason="x")
    assert not Recall.objects.exists()


@pytest.mark.parametrize("who", ["mei", "rosa", "plan", "aud"])
def test_only_quality_recalls(who: str) -> None:
    a_lot(number=LOT)
    caller = a_caller(who)
    with refused(NotPermitted):
        start_recall(caller=caller, criterion=lots(LOT), reason="x")


def test_the_same_key_opens_one_recall() -> None:
    a_lot(number=LOT)
    caller = a_caller("tanaka", key="k")

    first = start_recall(caller=caller, criterion=lots(LOT), reason="x")
    again = start_recall(caller=caller, criterion=lots(LOT), reason="x")

    assert first == again
    assert Recall.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "wall"),
    [
        ({"reason": ""}, "recall_has_a_reason"),
        ({"kind": "mood"}, "recall_kind_is_known"),
        ({"from_at": NOON, "to_at": NOON}, "recall_period_runs_forward"),
        ({"closed_at": NOON}, "closing_of_a_recall_names_its_person"),
    ],
)
def test_the_walls_stand_alone(change: dict[str, object], wall: str) -> None:
    a_lot(number=LOT)
    start_recall(caller=a_caller("tanaka"), criterion=lots(LOT), reason="x")
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        Recall.objects.update(**change)


def test_the_answer_asks_the_same_few_questions_however_many_are_hit(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    lot = a_lot(number=LOT)
    use_lot(lot, a_unit())
    with django_assert_num_queries(6):
        recall_answer(lots(LOT))
    for _turn in range(5):
        use_lot(lot, a_unit())
    with django_assert_num_queries(6):
        recall_answer(lots(LOT))


@pytest.mark.commits
def test_what_arrives_while_a_recall_is_opened_is_held_by_one_of_the_two() -> None:
    part = a_part()
    a_location()
    notices = [a_notice([{"part number": part.number, "serial": f"S-{turn}", "lot": "L-RACE"}]) for turn in range(6)]
    receivers = [a_caller("mei") for _ in notices]
    quality = a_caller("tanaka")
    barrier = threading.Barrier(7)

    def act(number: int) -> str:
        try:
            barrier.wait(20)
            if number == 6:
                start_recall(caller=quality, criterion=Criterion("supplier", ["SUP-1"]), reason="全品")
            else:
                receive_notice(caller=receivers[number], notice_id=notices[number].pk, location_code="RCV-1")
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(7) as pool:
        answers = list(pool.map(act, range(7)))

    assert answers == ["done"] * 7
    for unit in Unit.objects.filter(part=part):
        assert unit.holds.exists() or unit.lot.holds.exists(), unit.serial  # type: ignore[union-attr]


def test_a_crate_is_not_held_for_what_is_in_it() -> None:
    plant = a_suspect_plant()
    start_recall(caller=a_caller("tanaka"), criterion=lots(LOT), reason="x")
    crate = plant.packed.placements.get(to_at=None).host
    assert crate is not None
    assert not Hold.objects.filter(unit=crate).exists()


def test_a_rack_that_is_hit_twice_counts_once() -> None:
    build = a_build()
    run(build, 10, NOON - 9 * DAY)
    run(build, 20, NOON - 8 * DAY)
    lot = a_lot(number=LOT)
    use_lot(lot, tray_of(build.unit))
    use_lot(lot, build.unit)

    answer = recall_answer(lots(LOT))

    assert answer.count("rack") == 1
    assert len(answer.rows[0].paths) == 2

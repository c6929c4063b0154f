"""Incoming inspection: what arrives waits, held in every way, until the numbers of its plan and a signature free it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.operations.sessions import PinNotChecked
from documents.models import Photo
from documents.photos import put_photo
from inventory.models import Hold, InspectedPiece, Inspection, Unit
from inventory.operations.endings import end_unit
from inventory.operations.finding import UnitEnded, UnitHeld, UnknownSerial, refuse_held
from inventory.operations.holds import WaitsForInspection, release_hold
from inventory.operations.inspecting import (
    InspectionJudged,
    NotInInspection,
    PieceInspected,
    PieceUnknown,
    PointOdd,
    SampleComplete,
    ValueMissing,
    take_back_piece,
)
from inventory.operations.inspections import UnknownInspection
from inventory.operations.lots import LotHeld, consume_lot
from inventory.operations.receiving import receive_notice, receive_unit, receive_units
from inventory.operations.sampling_plans import assign_sampling_plan
from inventory.operations.verdicts import (
    NotJudgedByYou,
    NotRejected,
    SecondJudgeWanted,
    VerdictDiffers,
    VerdictTooEarly,
    VerdictUnknown,
    concede_inspection,
    sort_inspection,
)
from ledger.models import Event
from ledger.refusals import KeyReused, NotPermitted
from tests.cast import a_caller
from tests.inventory.inspected import (
    LENGTH,
    LOOK,
    a_lot_waiting,
    a_plan,
    clean,
    inspected_part,
    judged,
    looked,
    pin_of,
    waiting,
)
from tests.inventory.unchanged import refused
from tests.pictures import a_picture
from tests.world import a_location, a_notice, a_part, a_supplier, a_unit, fresh, received_units

pytestmark = pytest.mark.django_db


def held(units: list[Unit]) -> list[bool]:
    there = set(Hold.objects.open().filter(unit__in=units).values_list("unit_id", flat=True))
    return [unit.pk in there for unit in units]


def test_what_arrives_opens_one_inspection_and_is_held() -> None:
    inspection, units = waiting((1, 2, 0), count=5)

    assert (inspection.lot_size, inspection.sample, inspection.accept, inspection.verdict) == (5, 2, 0, None)
    assert all(held(units))
    with pytest.raises(UnitHeld, match=inspection.number):
        refuse_held([units[0].pk])
    event = Event.objects.get(pk=inspection.event_id)
    assert (event.kind, event.payload["sample"]) == ("inventory.inspection-opened", 2)
    assert received_units(a_part(), 1)[0].holds.count() == 0  # a part without a plan is free
    clean()


def test_more_of_the_same_notice_grows_the_inspection_until_its_verdict() -> None:
    part = inspected_part((1, 2, 0), (3, 3, 0))
    a_location("RCV-1")
    serials = [fresh("SN") for _ in range(5)]
    notice = a_notice([{"part number": part.number, "serial": serial} for serial in serials])

    receive_unit(caller=a_caller("mei"), serial=serials[0], location_code="RCV-1")
    receive_units(caller=a_caller("mei"), serials=serials[1:3], location_code="RCV-1")
    grown = Inspection.objects.get()
    assert (grown.lot_size, grown.sample) == (3, 3)
    for serial in serials[:3]:
        looked(grown, serial)
    judged(grown)
    receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="RCV-1")

    later = Inspection.objects.exclude(pk=grown.pk).get()
    assert (later.lot_size, later.sample, later.verdict) == (2, 2, None)
    assert held(list(Unit.objects.filter(part=part).order_by("pk"))) == [False] * 3 + [True] * 2
    clean()


def test_the_supplier_rule_goes_before_that_of_all_and_none_means_none() -> None:
    part = inspected_part((1, 1, 0))
    none = a_plan(kind="none", points=[])
    assign_sampling_plan(
        caller=a_caller("tanaka"), part_number=part.number, plan_code=none.code, supplier_code=a_supplier().code
    )
    received_units(part, 2)
    assert not Inspection.objects.exists()


def test_receiving_many_costs_no_query_a_unit() -> None:
    part = inspected_part((1, 2, 0))
    a_location("RCV-1")
    counts = []
    for size in (3, 70):
        notice = a_notice([{"part number": part.number, "serial": fresh("SN")} for _ in range(size)])
        with connection.execute_wrapper(counted := _Counter()):
            receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="RCV-1")
        counts.append(counted.count)
    assert counts[1] - counts[0] <= 4  # COPY asks for its keys first


class _Counter:
    count = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.count += 1
        return execute(sql, params, many, context)


def test_an_accepted_lot_is_free_in_one_act_but_for_its_bad_piece() -> None:
    inspection, units = waiting((1, 3, 1), count=6)
    looked(inspection, units[0].serial)
    bad = looked(inspection, units[1].tag, ok=False, defect="Dented", photos=[put_photo(a_picture())])
    with refused(VerdictTooEarly):
        judged(inspection)
    looked(inspection, units[2].serial)
    with refused(VerdictDiffers):
        judged(inspection, "rejected")

    accepted = judged(inspection, remarks="One dent")

    assert (accepted.verdict, accepted.judged_by.username, accepted.nonconforming) == ("accepted", "tanaka", 1)
    assert held(units) == [False, True, False, False, False, False]
    assert (bad.defect, Photo.objects.filter(subject_type="inventory.inspectedpiece").count()) == ("Dented", 1)
    assert Event.objects.filter(subject_type="inventory.unit", subject_id=units[1].pk).filter(
        kind="inventory.piece-inspected", payload__verdict="NG"
    )
    last = Hold.objects.open().get(unit=units[1])
    assert release_hold(caller=a_caller("tanaka"), number=last.number, reason="Within drawing").released_at
    clean()


def test_a_rejected_lot_stays_held_against_everybody() -> None:
    inspection, units = waiting((1, 2, 0), count=4)
    hold = Hold.objects.get(unit=units[3])
    with refused(WaitsForInspection):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="We need it")
    looked(inspection, units[0].serial, ok=False)
    with refused(VerdictTooEarly):
        judged(inspection)
    judged(inspection, "rejected")  # one is enough: the rest of the sample need not be looked at

    assert all(held(units))
    with refused(WaitsForInspection):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="We need it")
    for sql in (
        f"UPDATE inventory_hold SET released_at = now(), released_by_id = placed_by_id WHERE id = {hold.pk}",
        f"UPDATE inventory_hold SET inspection_id = NULL WHERE id = {hold.pk}",
        f"UPDATE inventory_inspection SET verdict = 'accepted' WHERE id = {inspection.pk}",
        f"DELETE FROM inventory_inspection WHERE id = {inspection.pk}",
        "UPDATE inventory_inspectedpiece SET ok = true",
        "UPDATE inventory_inspectedpiece SET withdrawn_at = now(), withdrawn_by_id = by_id, withdrawn_event_id = 1",
        "INSERT INTO inventory_inspectedpiece (inspection_id, number, ok, defect, at, by_id, event_id)"
        " SELECT inspection_id, 9, true, '', at, by_id, event_id FROM inventory_inspectedpiece",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(sql)
    end_unit(caller=a_caller("tanaka"), unit=units[0].tag, how="scrapped", reason="Broken")
    clean()


def test_the_database_lets_no_waiting_unit_into_a_host_and_no_waiting_lot_be_used() -> None:
    _inspection, units = waiting((1, 2, 0), count=1)
    host = a_unit(a_part(level="tray", kind="tray"))
    with pytest.raises(IntegrityError, match="goes into nothing"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE inventory_placement SET to_at = now(), closed_event_id = 1 WHERE unit_id = %s;"
            "INSERT INTO inventory_placement"
            " (unit_id, unit_level, host_id, host_level, position, from_at, why, event_id)"
            " VALUES (%s, %s, %s, %s, 'X', now() + interval '1 s', '', 1)",
            [units[0].pk, units[0].pk, units[0].level, host.pk, host.level],
        )
    _other, lot = a_lot_waiting()
    with refused(LotHeld):
        consume_lot(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(1), host=host.tag, operation_name="110")
    with pytest.raises(IntegrityError, match="is not used"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO inventory_consumption (lot_id, host_id, quantity, operation, event_id)"
            " VALUES (%s, %s, 1, '', 1)",
            [lot.pk, host.pk],
        )


def test_sorting_looks_at_the_rest_and_frees_the_good_ones() -> None:
    inspection, units = waiting((1, 2, 0), count=4)
    looked(inspection, units[0].serial, ok=False)
    with refused(NotRejected):
        sort_inspection(caller=a_caller("tanaka"), number=inspection.number)
    judged(inspection, "rejected")

    sorting = sort_inspection(caller=a_caller("tanaka"), number=inspection.number)
    assert (sorting.kind, sorting.sample) == ("sorting", 3)
    with refused(NotRejected):
        sort_inspection(caller=a_caller("tanaka"), number=inspection.number)
    with refused(PieceInspected):
        looked(sorting, units[0].serial)
    for unit, ok in zip(units[1:], (True, False, True), strict=True):
        looked(sorting, unit.serial, ok=ok)
    judged(sorting)

    assert held(units) == [True, False, True, False]
    clean()


def scrapped(unit: Unit) -> None:
    end_unit(caller=a_caller("tanaka"), unit=unit.tag, how="scrapped", reason="Crushed")


def test_a_unit_that_ends_unseen_is_not_waited_for() -> None:
    part = inspected_part()
    a_location("RCV-1")
    serials = [fresh("SN") for _ in range(4)]
    notice = a_notice([{"part number": part.number, "serial": serial} for serial in serials])
    receive_units(caller=a_caller("mei"), serials=serials[:3], location_code="RCV-1")
    inspection, units = Inspection.objects.get(part=part), list(Unit.objects.filter(part=part).order_by("pk"))
    looked(inspection, units[0].serial)
    scrapped(units[0])  # it was looked at
    scrapped(units[1])

    inspection.refresh_from_db()
    assert (inspection.lot_size, inspection.sample, inspection.inspected) == (3, 2, 1)
    told = Event.objects.get(kind="inventory.inspection-resized")
    assert (told.subject_id, told.payload["before"], told.payload["sample"]) == (inspection.pk, 3, 2)
    with refused(UnitEnded):
        looked(inspection, units[1].serial)
    take_back_piece(caller=a_caller("mei"), number=inspection.number, piece=1)
    receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code="RCV-1")
    inspection.refresh_from_db()
    assert (inspection.lot_size, inspection.sample, inspection.inspected) == (4, 2, 0)

    for serial in (serials[2], serials[3]):
        looked(inspection, serial)
    judged(inspection)

    assert held(list(Unit.objects.filter(part=part).order_by("pk"))) == [True, True, False, False]
    clean()


def test_a_sorting_waits_for_no_unit_that_has_ended() -> None:
    inspection, units = waiting((1, 2, 0), count=5)
    looked(inspection, units[0].serial, ok=False)
    judged(inspection, "rejected")
    scrapped(units[0])
    scrapped(units[1])
    sorting = sort_inspection(caller=a_caller("tanaka"), number=inspection.number)
    assert sorting.sample == 3
    scrapped(units[2])
    for unit in units[3:]:
        looked(sorting, unit.serial)

    judged(sorting)

    assert held(units) == [True, True, True, False, False]
    clean()


def test_special_acceptance_is_signed_by_a_second_person() -> None:
    inspection, units = waiting((1, 2, 0), count=3)
    looked(inspection, units[0].serial, ok=False)
    judged(inspection, "rejected")
    told = {"number": inspection.number, "reason": "Customer agreed, mail of the 20th"}
    with refused(SecondJudgeWanted):
        concede_inspection(caller=a_caller("tanaka"), pin_check_id=pin_of("tanaka"), **told)
    with refused(NotPermitted):
        concede_inspection(caller=a_caller("mei"), pin_check_id=pin_of("mei"), **told)

    conceded = concede_inspection(caller=a_caller("plan"), pin_check_id=pin_of("plan"), **told)

    assert (conceded.verdict, conceded.is_free, conceded.conceded_by.username) == ("rejected", True, "plan")
    assert held(units) == [True, False, False]
    with refused(NotRejected):
        sort_inspection(caller=a_caller("tanaka"), number=inspection.number)
    clean()


def test_values_are_judged_by_their_limits() -> None:
    inspection, units = waiting((1, 4, 1), count=4, points=[LOOK, LENGTH])
    with refused(ValueMissing):
        looked(inspection, units[0].serial)
    with refused(PointOdd):
        looked(inspection, units[0].serial, values={1: "10"})
    with refused(PointOdd):
        looked(inspection, units[0].serial, values={2: "10"}, failed=[3])
    edge = looked(inspection, units[0].serial, values={2: "10.5"})
    over = looked(inspection, units[1].serial, values={2: "10.5001"})
    broken = looked(inspection, units[2].serial, ok=False, failed=[1])

    assert [piece.ok for piece in (edge, over, broken)] == [True, False, False]
    assert over.defect in ("Length", "長さ")
    assert [result.ok for result in over.results.all()] == [True, False]


def test_a_piece_counts_once_and_a_slip_is_taken_back() -> None:
    inspection, units = waiting((1, 2, 0), count=3)
    stranger = a_unit()
    piece = looked(inspection, units[0].serial, ok=False, key="k-1")
    assert looked(inspection, units[0].serial, ok=False, key="k-1").pk == piece.pk  # a double tap
    with refused(KeyReused):
        looked(inspection, units[1].serial, key="k-1")
    with refused(PieceInspected):
        looked(inspection, units[0].tag)
    with refused(NotInInspection):
        looked(inspection, stranger.serial)
    with refused(UnknownSerial):
        looked(inspection, "NOBODY")

    take_back_piece(caller=a_caller("mei"), number=inspection.number, piece=1)
    with refused(PieceUnknown):
        take_back_piece(caller=a_caller("mei"), number=inspection.number, piece=1)
    looked(inspection, units[0].serial)
    looked(inspection, units[1].serial)
    with refused(SampleComplete):
        looked(inspection, units[2].serial)
    judged(inspection)

    assert InspectedPiece.objects.filter(inspection=inspection).count() == 3
    for act in (lambda: looked(inspection, units[2].serial), lambda: judged(inspection)):
        with refused(InspectionJudged):
            act()
    with refused(InspectionJudged):
        take_back_piece(caller=a_caller("mei"), number=inspection.number, piece=1)


def test_only_quality_signs_and_only_with_a_pin() -> None:
    inspection, units = waiting((1, 1, 0), count=1)
    looked(inspection, units[0].serial)
    with refused(NotJudgedByYou):
        judged(inspection, by="mei")
    with refused(PinNotChecked):
        judged(inspection, pin_check_id=pin_of("mei"))
    with refused(NotPermitted):
        looked(inspection, units[0].serial, by="aud")
    with refused(UnknownInspection):
        judged(Inspection(number="IQ999999"))
    with refused(VerdictUnknown):
        judged(inspection, "maybe")
    assert judged(inspection).is_free

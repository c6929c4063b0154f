"""Incoming inspection of lots: bad pieces are set apart, held with their lot, and found by recalls of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import Criterion, Hold, Inspection, Lot, ShipNoticeLine, Stock
from inventory.operations.holds import place_hold, release_hold
from inventory.operations.lots import consume_lot
from inventory.operations.receiving import receive_lot
from inventory.queries.recall import recall_of_lot
from inventory.queries.recall_starts import stored_starts
from tests.cast import a_caller
from tests.inventory.inspected import a_lot_waiting, clean, judged, looked
from tests.world import a_notice, a_unit

pytestmark = pytest.mark.django_db


def test_pieces_of_a_lot_are_counted_and_bad_ones_become_a_held_lot() -> None:
    inspection, lot = a_lot_waiting("20")
    assert (inspection.sample, inspection.lot_size) == (3, 20)
    assert [looked(inspection, ok=ok).number for ok in (True, False, True)] == [1, 2, 3]

    judged(inspection)

    apart = Lot.objects.get(number=f"{lot.number}-NG-{inspection.number}")
    assert [Stock.objects.get(lot=one).quantity for one in (lot, apart)] == [19, 1]
    assert list(Hold.objects.open().values_list("lot_id", flat=True)) == [apart.pk]
    consume_lot(caller=a_caller("mei"), lot=lot.tag, quantity=Decimal(1), host=a_unit().tag, operation_name="110")
    clean()


def test_what_is_set_apart_of_a_lot_stays_with_it_in_holds_and_recalls() -> None:
    inspection, lot = a_lot_waiting("20")
    place_hold(caller=a_caller("tanaka"), target=lot.tag, reason="Odd smell")
    for ok in (True, False, True):
        looked(inspection, ok=ok)
    judged(inspection)

    apart = Lot.objects.get(origin=lot)
    reasons = {hold.lot_id: hold.reason for hold in Hold.objects.open().filter(inspection=None)}
    assert reasons == {lot.pk: "Odd smell", apart.pk: "Odd smell"}
    assert Hold.objects.open().filter(lot=apart).count() == 2
    assert lot.supplier is not None
    for criterion in (Criterion("lots", [lot.number]), Criterion("lots", [lot.tag]),
                      Criterion("supplier", [lot.supplier.code], lot.part.number)):  # fmt: skip
        assert stored_starts(criterion).lot_ids == [lot.pk, apart.pk]
    assert stored_starts(Criterion("lots", [apart.tag])).lot_ids == [apart.pk]

    for hold in Hold.objects.open().filter(lot=apart):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="Good enough")
    host = a_unit()
    consume_lot(caller=a_caller("mei"), lot=apart.tag, quantity=Decimal(1), host=host.tag, operation_name="110")
    assert [hit.unit_id for hit in recall_of_lot(lot.pk)] == [host.pk]
    assert [start.unit_id for start in stored_starts(Criterion("lots", [lot.number])).units] == [host.pk]
    clean()


def test_a_second_inspection_of_the_lot_frees_what_the_first_set_apart_of_its_own_hold_only() -> None:
    first, lot = a_lot_waiting("20")
    notice = a_notice([{"part number": lot.part.number, "lot": lot.number, "quantity": "10"}])
    line = ShipNoticeLine.objects.get(notice=notice)
    receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(10), location_code="RCV-1")
    second = Inspection.objects.get(notice=notice)
    for inspection, seen in ((first, (True, False, True)), (second, (True, True, True))):
        for ok in seen:
            looked(inspection, ok=ok)
    judged(first)
    apart = Lot.objects.get(origin=lot)
    assert set(apart.holds.filter(released_at=None).values_list("inspection", flat=True)) == {first.pk, second.pk}

    judged(second)

    assert list(Hold.objects.open().values_list("lot_id", "inspection_id")) == [(apart.pk, first.pk)]
    clean()

"""Crates put on shipments, moved between them and taken off, by several planners at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from genpin.master.vehicles import USUAL, VEHICLES
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from logistics.checks import each_fact_has_its_event
from logistics.models import LoadPlan, Shipment, ShipmentCrate
from logistics.operations.crate_moves import (
    CrateMoved,
    CratesUnnamed,
    CrateThere,
    Origin,
    assign_crates,
    withdraw_crates,
)
from logistics.operations.departures import depart_shipment
from logistics.operations.load_judging import CratePlace, DeckTooSmall, LoadWish, OverLimit
from logistics.operations.loads import plan_load
from logistics.operations.replanning import NewWay, replan_shipment
from logistics.operations.shipments import CrateAssigned, ShipmentGone
from logistics.operations.vehicles import define_vehicle_kind, retire_vehicle_kind
from logistics.queries.load_board import load_board
from logistics.views.load_board_facts import Marks, truck_facts
from tests.cast import NOON, a_caller, rosa
from tests.logistics.facts import refused
from tests.logistics.world import CARRIER, HOUR, LANE, a_crate, a_shipment, departed, lanes

LATER = NewWay(LANE, CARRIER, NOON + 49 * HOUR)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ways():
    lanes()
    rosa()


def on(shipment):
    return sorted(shipment.crates.values_list("crate__sscc", flat=True))


def put(shipment, *crates, version=None, start=None, who="rosa"):
    """As the board sends it: what stands now, unless a version is told."""
    now = Shipment.objects.in_bulk([one.pk for one in (shipment, start) if one])
    return assign_crates(
        caller=a_caller(who),
        shipment_id=shipment.pk,
        version=version or now[shipment.pk].version,
        crates=[crate.sscc for crate in crates],
        origin=Origin(start.pk, now[start.pk].version) if start else None,
    )


def take(shipment, *crates, version=None, who="rosa"):
    version = version or Shipment.objects.get(pk=shipment.pk).version
    ssccs = [crate.sscc for crate in crates]
    return withdraw_crates(caller=a_caller(who), shipment_id=shipment.pk, version=version, crates=ssccs, reason="x")


def test_a_crate_goes_from_one_to_another_and_back_to_those_that_wait():
    crate, stays = a_crate(), a_crate()
    first, second = a_shipment([crate, stays]), a_shipment()

    told = {"shipment_id": second.pk, "version": 1, "crates": [crate.sscc], "origin": Origin(first.pk, 1)}
    for _sent_again in range(2):  # the first answer was lost on the way
        assign_crates(caller=a_caller("rosa", key="k"), **told, reason="the ferry is full")

    assert (on(first), on(second)) == ([stays.sscc], [crate.sscc])
    left, came = Event.objects.filter(kind__startswith="logistics.crates-").order_by("-pk")[:2][::-1]
    assert (left.kind, left.subject_id, left.payload["to"]) == ("logistics.crates-withdrawn", first.pk, second.number)
    assert (came.kind, came.subject_id, came.payload["from"]) == ("logistics.crates-assigned", second.pk, first.number)
    assert left.payload["reason"] == came.payload["reason"] == "the ferry is full"
    assert came.payload["changes"] == {"crates": ["", crate.sscc]}
    assert [one.version for one in Shipment.objects.order_by("pk")] == [2, 2]

    take(second, crate)

    assert on(second) == []
    assert not hasattr(type(crate).objects.get(pk=crate.pk), "shipment_crate")
    assert list(each_fact_has_its_event()) == []
    put(first, crate)
    assert on(first) == sorted([crate.sscc, stays.sscc])


def test_loads_of_both_are_judged_anew():
    define_vehicle_kind(caller=a_caller("plan"), code=USUAL, figures=VEHICLES[USUAL])
    small = replace(VEHICLES[USUAL], payload_kg=Decimal(2_000))
    define_vehicle_kind(caller=a_caller("plan"), code="SMALL", figures=small)
    crate, stays = a_crate(), a_crate()
    first, second = a_shipment([crate, stays]), a_shipment(vehicle_code="SMALL")
    places = [CratePlace(crate.sscc, 0, 0), CratePlace(stays.sscc, 3_000, 700)]
    plan_load(caller=a_caller("rosa"), shipment_id=first.pk, version=1, load=LoadWish(USUAL, places=places))

    put(second, crate, start=first)

    assert LoadPlan.objects.get(shipment=second).load_kg == 1_690
    kept = LoadPlan.objects.get(shipment=first)
    assert (kept.load_kg, kept.uniform) == (1_690, False)
    assert [(one.row.crate_id, one.x_mm) for one in kept.places.select_related("row")] == [(stays.pk, 3_000)]
    with refused(OverLimit):
        put(second, stays, start=first)
    assert (on(first), on(second)) == ([stays.sscc], [crate.sscc])


def test_a_load_that_fits_only_as_it_is_told_gives_a_crate_and_takes_it_back():
    """Also where its kind of vehicle is retired meanwhile and a permit that nothing needs has run out."""
    deck = {"deck_length_mm": 2_800, "deck_width_mm": 1_000, "rear_axle_mm": 2_000}
    define_vehicle_kind(caller=a_caller("plan"), code="TIGHT", figures=replace(VEHICLES[USUAL], **deck))
    crate, stays = a_crate(), a_crate()
    shipment = a_shipment([stays], vehicle_code="TIGHT")
    put(shipment, crate)
    places = [CratePlace(stays.sscc, 0, 0), CratePlace(crate.sscc, 1_400, 0)]
    told = LoadWish("TIGHT", permit="P-1", permit_until=NOON.date() - timedelta(days=9), places=places)
    plan_load(caller=a_caller("rosa"), shipment_id=shipment.pk, version=2, load=told)
    retire_vehicle_kind(caller=a_caller("plan"), code="TIGHT")

    take(shipment, crate)
    put(shipment, crate)

    assert (on(shipment), LoadPlan.objects.get().uniform) == (sorted([crate.sscc, stays.sscc]), True)
    board = load_board().trucks[0]
    assert isinstance(truck_facts(board, Marks())["judged"]["refusal"], DeckTooSmall)
    with refused(DeckTooSmall):  # nobody has said yet where they stand
        depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T")


def test_wall_a_departed_shipment_keeps_its_crates():
    """departed_shipment_keeps_its_crates."""
    crate, planned, gone = a_crate(), a_shipment(), departed()
    row = gone.crates.get()

    for write in (
        row.delete,
        lambda: gone.crates.update(shipment=planned),
        lambda: ShipmentCrate.objects.create(shipment=gone, crate=crate, event_id=1),
    ):
        with pytest.raises(IntegrityError, match="keeps its crates"), transaction.atomic():
            write()


def test_the_second_of_two_planners_is_told_who_moved_what():
    crate, other = a_crate(), a_crate()
    first, second, third = a_shipment([crate]), a_shipment(), a_shipment()
    put(second, crate, start=first, who="admin")

    with refused(CrateMoved) as caught:
        put(third, crate, start=first)
    assert second.number in caught.value.true
    assert a_caller("admin").user.name in caught.value.true
    with refused(CrateAssigned) as caught:
        put(third, crate)
    assert a_caller("admin").user.name in caught.value.true
    with refused(StaleEdit) as caught:  # another crate, onto a truck that was seen without the first
        put(second, other, version=1)
    assert [(one.name, one.was, one.theirs) for one in caught.value.differences] == [("crates", "", crate.sscc)]
    take(second, crate, who="admin")
    with refused(CrateMoved) as caught:
        take(second, crate)
    assert a_caller("admin").user.name in caught.value.true


def test_a_plan_made_anew_counts_as_a_change_too():
    crate, shipment = a_crate(), a_shipment()
    replan_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, version=1, way=LATER, reason="the gate is closed")

    with refused(StaleEdit):
        put(shipment, crate, version=1)
    put(shipment, crate, version=2)
    assert on(shipment) == [crate.sscc]


def test_what_cannot_be_moved():
    crate, shipment, gone = a_crate(), a_shipment(), departed()
    away = gone.crates.get().crate

    with refused(CratesUnnamed):
        put(shipment)
    with refused(ShipmentGone):
        take(gone, away)
    with refused(ShipmentGone):
        put(shipment, away, start=gone)
    put(shipment, crate)
    with refused(CrateThere):
        put(shipment, crate, start=shipment)
    a_caller("mei")
    with refused(NotPermitted):
        take(shipment, crate, who="mei")

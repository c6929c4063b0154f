"""Loads: what vehicles, roads and docks allow, when a shipment is planned and when it leaves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from genpin.master.vehicles import USUAL, VEHICLES
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.loads.deck import Box, Stand, carried, proposed
from logistics.loads.road import checks_of
from logistics.models import LoadPlace, LoadPlan, Shipment, Site, VehicleKind
from logistics.operations.crate_moves import assign_crates
from logistics.operations.crates import Centre, CrateWrong, pack_rack
from logistics.operations.departures import depart_shipment
from logistics.operations.load_judging import (
    CratePlace,
    DeckTooSmall,
    FloorTooWeak,
    LoadWish,
    OverLimit,
    PermitExpired,
    PermitMissing,
    PlacesWrong,
    VehicleUnnamed,
)
from logistics.operations.loads import plan_load
from logistics.operations.shipments import ShipmentGone, plan_shipment
from logistics.operations.vehicles import (
    UnknownVehicle,
    VehicleTaken,
    VehicleWrong,
    define_vehicle_kind,
    retire_vehicle_kind,
)
from logistics.queries.packing import packing_list_sheet
from tests.cast import a_caller
from tests.logistics.facts import refused
from tests.logistics.world import a_crate, a_plan, a_shipment, a_tested_rack, lanes, packing_of

TRUCK = VEHICLES[USUAL]


def vehicle(**others):
    """The usual truck, with other figures."""
    given = replace(TRUCK, **others)
    return VehicleKind(
        code="V",
        **{name: getattr(given, name) for name in given.__dataclass_fields__},
    ).figures


def box(name="1", mass=1_690, length=1_400, width=900, height=2_450, **centre):
    return Box(name, Decimal(mass), length, width, height, **centre)


def kind(code=USUAL, **others):
    return define_vehicle_kind(caller=a_caller("plan"), code=code, figures=replace(TRUCK, **others))


def version_of(shipment):
    return Shipment.objects.values_list("version", flat=True).get(pk=shipment.pk)


def plan(shipment, code=USUAL, user="rosa", **others):
    return plan_load(
        caller=a_caller(user), shipment_id=shipment.pk, version=version_of(shipment), load=LoadWish(code, **others)
    )


def test_axles_carry_by_the_lever():
    """By hand: the deck's front 1,400 mm behind the front axle, 7,300 mm from axle to axle."""
    one = box(mass=1_000, length=1_000, width=1_000)

    over_the_rear = carried(vehicle(), [one], [Stand(one, 5_400, 700)], Decimal(0))
    halfway = carried(vehicle(), [one], [Stand(one, 1_750, 700)], Decimal(0))

    assert (over_the_rear.front_kg, over_the_rear.rear_kg) == (4_800, 7_700)
    assert (halfway.front_kg, halfway.rear_kg) == (5_300, 7_200)
    assert halfway.gross_kg == halfway.front_kg + halfway.rear_kg == 12_500


def test_centre_of_gravity_counts_and_turns_with_its_crate():
    one = box(mass=1_000, length=2_000, width=1_000, centre_x_mm=730)

    ahead = carried(vehicle(), [one], [Stand(one, 0, 0)], Decimal(0))
    turned = carried(vehicle(), [one], [Stand(one, 0, 0, turned=True)], Decimal(0))

    assert ahead.centre_x_mm == 1_730
    assert (turned.centre_x_mm, turned.centre_y_mm) == (500, 270)  # its front points to the left of the deck


def test_unknown_places_are_spread_and_say_so():
    found = carried(vehicle(), [box()], [], Decimal(0))

    assert found.uniform
    assert found.centre_x_mm == 4_800


@pytest.mark.parametrize(
    ("figures", "boxes", "designated", "over"),
    [
        ({}, [box()], False, []),
        ({"payload_kg": Decimal(1_600)}, [box()], False, ["payload"]),
        ({"front_limit_kg": Decimal(4_900)}, [box()], False, ["front_axle"]),
        ({"rear_limit_kg": Decimal(7_000)}, [box()], False, ["rear_axle"]),
        ({"gross_limit_kg": Decimal(13_000)}, [box()], False, ["vehicle_gross"]),
        ({"inside_height_mm": 2_449}, [box()], False, ["inside_height"]),
        ({"inside_height_mm": 2_450}, [box()], False, []),
        ({}, [box(mass=8_500)], False, []),  # 20,000 kg to the kilogram
        ({}, [box(mass=8_501)], False, ["gross"]),
        ({}, [box(mass=8_501)], True, []),
        ({"deck_height_mm": 1_351}, [box()], False, ["height"]),
        ({"deck_height_mm": 1_350}, [box()], False, []),
        ({"deck_height_mm": 1_650}, [box()], True, []),
        ({"deck_height_mm": 1_651}, [box()], True, ["height"]),
        ({"length_mm": 12_001, "width_mm": 2_501}, [box()], True, ["length", "width"]),
    ],
)
def test_limits_hold_to_the_kilogram_and_millimetre(figures, boxes, designated, over):
    kind = vehicle(**figures)

    checks = checks_of(kind, boxes, carried(kind, boxes, [], Decimal(0)), designated=designated)

    assert [check.kind for check in checks if check.over > 0] == over


def test_proposal_stands_apart_on_the_deck_with_both_axles_in_their_limits():
    boxes = [box(str(number)) for number in range(6)]

    stands = proposed(vehicle(), boxes)
    found = carried(vehicle(), boxes, stands, Decimal(0))

    assert all(one.end_x_mm + 100 <= other.x_mm for one, other in pairwise(stands))
    assert stands[-1].end_x_mm <= TRUCK.deck_length_mm
    assert found.front_kg < TRUCK.front_limit_kg
    assert found.rear_kg < TRUCK.rear_limit_kg
    assert len(proposed(vehicle(), [box(str(number)) for number in range(12)])) == 12  # two abreast
    assert proposed(vehicle(), [box(str(number)) for number in range(15)]) is None


@pytest.fixture
def shipment(db):
    """A shipment of one crate at a plant that knows one truck."""
    lanes()
    a_caller("rosa")
    kind()
    return a_shipment([a_crate()])


def test_plan_names_its_vehicle_and_is_judged_at_once(shipment):
    row = LoadPlan.objects.get(shipment=shipment)

    assert (row.vehicle.code, row.load_kg, row.gross_kg, row.uniform) == (USUAL, 1690, 13_190, True)
    assert Event.objects.get(pk=row.event_id).kind == "logistics.load-planned"
    with refused(UnknownVehicle):
        plan_shipment(caller=a_caller("rosa"), plan=a_plan(vehicle_code="CART"))


def test_places_make_the_axle_loads(shipment):
    sscc = shipment.crates.get().crate.sscc

    row = plan(shipment, securing_kg=Decimal(40), places=[CratePlace(f"(00){sscc}", 5_200, 750)])

    assert (row.uniform, row.load_kg, row.front_kg, row.rear_kg) == (False, 1730, 4_800, 8_430)
    assert LoadPlace.objects.get().end_x_mm == 6_600
    assert plan(shipment).uniform
    assert not LoadPlace.objects.exists()


@pytest.mark.parametrize(
    ("figures", "wish", "refusal"),
    [
        ({"payload_kg": Decimal(1_000)}, {}, OverLimit),
        ({"inside_height_mm": 2_000}, {"permit": "P-1", "permit_until": date(2027, 1, 1)}, OverLimit),
        ({"deck_height_mm": 1_500}, {}, PermitMissing),
        ({"deck_height_mm": 1_500}, {"permit": "P-1"}, PermitExpired),
        ({"deck_height_mm": 1_500}, {"permit": "P-1", "permit_until": date(2026, 11, 20)}, PermitExpired),
        ({"deck_length_mm": 800, "rear_axle_mm": 700}, {}, DeckTooSmall),
        ({}, {"securing_kg": Decimal(-1)}, PlacesWrong),
        ({}, {"places": [CratePlace("045695111000000013", 0, 0)]}, PlacesWrong),
    ],
)
def test_impossible_loads_are_refused(shipment, figures, wish, refusal):
    kind("OTHER", **figures)

    with refused(refusal):
        plan(shipment, "OTHER", **wish)


def test_permit_lifts_the_road_and_refusal_says_by_how_much(shipment):
    kind("HIGH", deck_height_mm=1_500)
    with refused(PermitMissing) as caught:
        plan(shipment, "HIGH")

    assert "3,950 mm" in caught.value.say
    assert "150 mm" in caught.value.say
    assert plan(shipment, "HIGH", on_designated_roads=True).height_mm == 3_950
    row = plan(shipment, "HIGH", permit="九整 26-1", permit_until=date(2026, 11, 21))
    assert packing_list_sheet(shipment.pk).permits == (row.permit,)


def test_floor_of_a_dock_is_asked(shipment):
    Site.objects.filter(code="JPSEN-1").update(floor_kg_m2=Decimal(1_300))

    with refused(FloorTooWeak) as caught:
        plan(shipment)
    assert "1,341 kg/m²" in caught.value.say


def test_more_crates_are_judged_with_those_that_are_there(shipment):
    sscc = shipment.crates.get().crate.sscc
    plan(shipment, places=[CratePlace(sscc, 3_000, 700)])
    more = a_crate()

    assign_crates(caller=a_caller("rosa"), shipment_id=shipment.pk, version=version_of(shipment), crates=[more.sscc])

    assert LoadPlan.objects.get().load_kg == 3_380
    assert LoadPlan.objects.get().uniform
    heavy = a_crate(gross_kg=Decimal(11_900))
    with refused(OverLimit):
        assign_crates(
            caller=a_caller("rosa"), shipment_id=shipment.pk, version=version_of(shipment), crates=[heavy.sscc]
        )
    with refused(PlacesWrong) as caught:
        plan(shipment, places=[CratePlace(sscc, 0, 0), CratePlace(more.sscc, 1_399, 899)])
    assert sscc in caught.value.say
    plan(shipment, places=[CratePlace(sscc, 0, 0), CratePlace(more.sscc, 1_400, 0)])  # they touch


def test_departure_judges_again(shipment):
    kind("HIGH", deck_height_mm=1_500)
    plan(shipment, "HIGH", permit="P-1", permit_until=date(2026, 11, 21))
    LoadPlan.objects.update(permit_until=date(2026, 11, 1))

    with refused(PermitExpired):
        depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T")
    bare = a_shipment([a_crate()], vehicle_code="")
    with refused(VehicleUnnamed):
        depart_shipment(caller=a_caller("rosa"), shipment_id=bare.pk, truck="T")
    plan(shipment)
    depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T")
    with refused(ShipmentGone):
        plan(shipment)


def test_who_may_not_ship_is_refused(shipment):
    with refused(NotPermitted):
        plan(shipment, user="mei")


def test_wall_nothing_is_stacked(shipment):
    plan(shipment, places=[CratePlace(shipment.crates.get().crate.sscc, 0, 0)])
    here = LoadPlace.objects.get()

    with pytest.raises(IntegrityError, match="crates_never_stand_on_each_other"), transaction.atomic():
        LoadPlace.objects.create(plan=here.plan, row_id=0, x_mm=1_399, y_mm=0, end_x_mm=2_000, end_y_mm=10)


@pytest.mark.django_db
def test_vehicles_are_defined_once_and_retired():
    kind()

    with refused(VehicleTaken):
        kind()
    with refused(VehicleWrong):
        kind("ODD", rear_limit_kg=Decimal(6_000))
    retire_vehicle_kind(caller=a_caller("plan"), code=USUAL)
    with refused(UnknownVehicle):
        retire_vehicle_kind(caller=a_caller("plan"), code=USUAL)


@pytest.mark.django_db
def test_centre_of_gravity_is_kept_and_printed():
    rack = a_tested_rack()
    with refused(CrateWrong):
        pack_rack(caller=a_caller("mei"), packing=packing_of(rack, centre=Centre(701, 0, 1_100)))

    crate = pack_rack(caller=a_caller("mei"), packing=packing_of(rack, centre=Centre(20, -10, 1_180)))

    assert (crate.centre_x_mm, crate.centre_y_mm, crate.centre_height_mm) == (20, -10, 1_180)
    sheet = packing_list_sheet(a_shipment([crate]).pk)
    assert sheet.crates[0].centre == (20, -10, 1_180)

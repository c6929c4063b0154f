"""packing_list_sheet: a shipment as it was sealed and as it left."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.models import Build
from documents.kinds import NothingToPrint
from documents.operations.issuing import copy_of
from documents.seal import facts_hash
from logistics.models import Departure, Leg, Shipment
from logistics.papers import find_shipment
from logistics.queries.packing import next_sailing, packing_list_sheet
from tests.cast import NOON
from tests.documents.reading import text_of
from tests.logistics.world import (
    CARRIER,
    HOUR,
    LANE,
    a_crate,
    a_shipment,
    accepted,
    arrived,
    departed,
    lanes,
    rack_of,
    received,
)

pytestmark = pytest.mark.django_db
JST = ZoneInfo("Asia/Tokyo")


def facts_of(shipment: Shipment) -> str:
    return facts_hash(packing_list_sheet(shipment.pk))


def test_planned_shipment_names_crates_and_what_is_in_them() -> None:
    crate = a_crate()
    shipment = a_shipment([crate])
    rack = rack_of(shipment)

    sheet = packing_list_sheet(shipment.pk)

    assert (sheet.shipment, sheet.lane, sheet.vehicle, sheet.seals) == (shipment.number, LANE, "", ())
    assert sheet.order == Build.objects.get(unit=rack).order_number
    assert sheet.destination.en == "Satsumasendai data centre"
    told = sheet.crates[0]
    assert (told.sscc, told.gross_kg, told.net_kg) == (crate.sscc, Decimal(1690), Decimal(1370))
    assert [(one.kind.en, one.rating, one.state) for one in told.indicators] == [
        ("Shock indicator", "25 g", "intact"), ("Tilt indicator", "30 deg", "intact"),
    ]  # fmt: skip
    assert [(item.serial, item.tag, item.quantity) for item in told.contents] == [(rack.serial, rack.tag, 1)]
    assert [(stamp.meaning, stamp.family_name) for stamp in sheet.stamps] == [("prepared", "ロサ・マルティネス")]


def test_departure_adds_truck_seal_and_its_stamp() -> None:
    shipment = departed()

    sheet = packing_list_sheet(shipment.pk)

    departure = Departure.objects.get(shipment=shipment)
    assert (sheet.vehicle, sheet.seals, sheet.departs_at) == (departure.truck, ("S-1",), departure.at)
    assert (sheet.record, sheet.carrier.en) == (departure.event_id, shipment.carrier.name_en)  # type: ignore[union-attr]
    assert [stamp.meaning for stamp in sheet.stamps] == ["prepared", "checked"]


def test_what_happens_afterwards_changes_nothing_on_it() -> None:
    shipment = departed()
    before = facts_of(shipment)

    rack = accepted(received(arrived(shipment)))

    assert rack.placements.get(to_at=None).host is None
    assert facts_of(shipment) == before
    assert packing_list_sheet(shipment.pk).crates[0].contents[0].serial == rack.serial


def test_departure_is_another_fact() -> None:
    planned = a_shipment([a_crate()])
    left = departed()

    assert packing_list_sheet(planned.pk).record < packing_list_sheet(left.pk).record
    assert facts_of(planned) != facts_of(left)


def test_legs_follow_one_another_and_wait_for_the_ship() -> None:
    sheet = packing_list_sheet(a_shipment([a_crate()]).pk)

    road, ferry, last = sheet.legs
    assert [leg.mode.en for leg in sheet.legs] == ["Road", "Ferry", "Road"]
    assert road.departs_at == NOON + 24 * HOUR
    assert ferry.departs_at == datetime(2026, 11, 21, 17, 55, tzinfo=JST)
    assert last.departs_at == ferry.arrives_at == datetime(2026, 11, 22, 8, 55, tzinfo=JST)
    assert sheet.arrives_at == last.arrives_at


@pytest.mark.parametrize(("ready", "sails"), [("16:30", 21), ("16:31", 22), ("23:59", 22)])
def test_missed_cut_off_costs_a_day(ready: str, sails: int) -> None:
    lanes()
    ferry = Leg.objects.get(lane__code=LANE, mode="ferry")
    hour, minute = map(int, ready.split(":"))

    start = next_sailing(ferry, datetime(2026, 11, 21, hour, minute, tzinfo=JST))

    assert start == datetime(2026, 11, sails, 17, 55, tzinfo=JST)


def test_questions_are_as_many_for_three_crates_as_for_one() -> None:
    one, three = a_shipment([a_crate()]), a_shipment([a_crate() for _ in range(3)])
    counts = []
    for shipment in (one, three):
        with CaptureQueriesContext(connection) as caught:
            assert packing_list_sheet(shipment.pk).crates
        counts.append(len(caught))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 10


def test_shipment_is_found_by_its_number_only() -> None:
    shipment = a_shipment([a_crate()])

    assert find_shipment(f" {shipment.number} ").id == shipment.pk
    with pytest.raises(NothingToPrint):
        find_shipment("SH-404")


def test_empty_shipment_has_a_list_too() -> None:
    sheet = packing_list_sheet(a_shipment().pk)

    assert (sheet.crates, sheet.order) == ((), "")
    assert sheet.at == NOON - timedelta(days=4)


@pytest.mark.parametrize(("language", "words"), [("ja", ("梱包明細書", "陸送")), ("en", ("Packinglist", "Road"))])
def test_list_is_pressed_in_both_languages(language: str, words: tuple[str, ...]) -> None:
    shipment = departed()

    text = text_of(copy_of("packing-list", shipment.number, language)[0])

    assert [word for word in words if word not in text] == []
    assert CARRIER not in text and "姫路130あ12-34" in text

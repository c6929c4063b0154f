"""Returns from the site: opened, packed, sent, received into a new life; the first life's figures stay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assembly.models import Build
from genpin.master.logistics_lanes import BACK, SITE
from inventory.models import Hold, Part, Placement, Unit
from inventory.operations.finding import UnitHeld
from inventory.operations.holds import release_hold
from inventory.operations.placements import move_units
from inventory.operations.returns import TradeCheckMissing
from inventory.text import TextUnprintable
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Acceptance, Forecast, Shipment, SiteReturn
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.crate_moves import assign_crates
from logistics.operations.crates import pack_rack
from logistics.operations.departures import depart_shipment
from logistics.operations.exports import check_shipment_export
from logistics.operations.lanes import LaneNames, LegPlan, define_lane
from logistics.operations.loggers import LoggerSeen, LoggersUnseen, fit_logger
from logistics.operations.readiness import NoBuild
from logistics.operations.receivings import finish_receiving
from logistics.operations.shipments import CrateGoesElsewhere
from logistics.operations.site_returns import (
    NoReturnAboard,
    NotAPlant,
    NotAtSite,
    NotInThePlant,
    SiteReturnOpen,
    SiteReturnPassed,
    UnknownRetest,
    UnknownSiteReturn,
    cancel_site_return,
    open_site_return,
    pack_site_return,
    receive_site_returns,
)
from logistics.operations.sites import SiteWords, define_site
from logistics.queries.etas import record_by_source
from logistics.queries.lives import rack_lives
from logistics.queries.shipments import shipment_page
from logistics.queries.site_returns import complete_again_at, journeys_of, site_return_rows, state_of
from logistics.queries.tower import control_tower
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.returned import a_return_crate, asked, come_back, opened, packed, under_way
from tests.logistics.world import (
    HOUR,
    a_crate,
    a_shipment,
    a_tested_rack,
    accepted,
    arrived,
    lanes,
    packing_of,
    readings_of,
    received,
    run,
)
from tests.world import a_location, received_units

pytestmark = pytest.mark.django_db


def place_of(unit):
    return Placement.objects.get(unit=unit, to_at=None)


def test_return_is_opened_where_the_rack_stands():
    rack = accepted()

    found = opened(rack)

    assert found.number.startswith("RT-26-")
    assert (found.site.code, found.destination.code, found.came_from) == (SITE, "JPHRM-1", "H1-A01")
    assert found.retest_from == 30  # its first test
    event = Event.objects.get(pk=found.opened_event_id)
    assert (event.kind, event.subject_id, event.payload["rma"]) == ("logistics.return-opened", rack.pk, found.rma)
    assert place_of(rack).location.code == "H1-A01"
    with refused(SiteReturnOpen):
        opened(rack)


@pytest.mark.parametrize(
    ("wrong", "refusal"), [({"destination_code": SITE}, NotAPlant), ({"retest_from": 35}, UnknownRetest)]
)
def test_impossible_returns_are_refused(wrong, refusal):
    rack = accepted()

    with refused(refusal):
        open_site_return(caller=a_caller("sora"), asked=asked(rack, **wrong))


def test_only_what_was_built_here_and_delivered_goes_back():
    lanes()
    rack = a_tested_rack()
    for name in ("sora", "mei"):
        a_caller(name)
    bought = received_units(Part.objects.get(number="TRAY-1"), 1)[0]
    with refused(NotAtSite):
        opened(rack)
    with refused(NoBuild):
        opened(bought)
    with refused(NotPermitted):
        open_site_return(caller=a_caller("mei"), asked=asked(rack))


def test_rack_leaves_its_position_for_a_crate_and_the_position_is_free_again():
    rack = accepted()

    found = packed(rack)

    crate = found.crate
    assert (place_of(rack).host_id, place_of(crate.unit).location_id) == (crate.unit_id, found.site.location_id)
    assert Acceptance.objects.get(unit=rack).vacated_event_id == crate.event_id
    accepted(received(arrived(at=NOON - 30 * HOUR), at=NOON - 5 * HOUR), at=NOON - 4 * HOUR)  # another, at H1-A01
    with refused(SiteReturnPassed):
        pack_site_return(caller=a_caller("sora"), number=found.number, crate=a_return_crate())
    with refused(SiteReturnPassed):
        cancel_site_return(caller=a_caller("sora"), number=found.number, reason="it works")


def test_return_is_given_up_before_it_is_packed():
    found = opened(accepted())

    cancel_site_return(caller=a_caller("sora"), number=found.number, reason="a cable was loose")

    assert SiteReturn.objects.get().cancelled_why == "a cable was loose"
    assert opened(Unit.objects.get(pk=found.unit_id)).pk != found.pk
    with refused(UnknownSiteReturn):
        cancel_site_return(caller=a_caller("sora"), number="RT-0", reason="x")


def test_crates_of_returns_go_back_and_no_others_do():
    shipment = under_way(accepted())
    assert shipment.lane.origin.code == SITE
    outward, own = a_shipment(), a_crate()
    back = packed(accepted(received(arrived(at=NOON - 30 * HOUR), at=NOON - 25 * HOUR), "H1-A02"))

    with refused(CrateGoesElsewhere):
        assign_crates(caller=a_caller("rosa"), shipment_id=outward.pk, version=1, crates=[back.crate.sscc])
    empty = a_shipment(lane_code="SEN-HRM-ROAD", carrier_code="CR-SETO", need_by=None)
    with refused(CrateGoesElsewhere):
        assign_crates(caller=a_caller("rosa"), shipment_id=empty.pk, version=1, crates=[own.sscc])
    with refused(NoReturnAboard):
        receive_site_returns(caller=a_caller("mei"), shipment_id=outward.pk, location_code="PACK", readings=[])


def test_what_came_back_stands_in_quarantine_on_hold_with_its_test_open():
    rack = accepted()

    found = come_back(rack)

    assert (place_of(rack).location.code, found.received_into.code) == ("QRN", "QRN")
    build = Build.objects.get(unit=rack)
    assert build.completed_at is None
    wanted = build.reworks.get().operations.values_list("operation__number", flat=True)
    assert sorted(wanted) == [30, 90]
    assert found.number in Hold.objects.get(unit=rack, released_at=None).reason
    assert Event.objects.get(pk=found.received_event_id).kind == "logistics.return-received"
    shipment = Shipment.objects.get(crates__crate=found.crate)
    assert shipment.arrival.received_at is not None
    with refused(NoReturnAboard):
        receive_site_returns(caller=a_caller("mei"), shipment_id=shipment.pk, location_code="QRN", readings=[])


def test_a_return_whose_receiving_was_finished_at_the_dock_is_taken_in_all_the_same():
    rack = accepted()
    crate = packed(rack, NOON - 8 * HOUR).crate
    fit_logger(caller=a_caller("rosa", at=NOON - 8 * HOUR), crate=crate.sscc, serial="LG-B", interval_minutes=10)
    shipment = a_shipment([crate], at=NOON - 8 * HOUR, lane_code=BACK.code, carrier_code="CR-SETO", need_by=None)
    depart_shipment(
        caller=a_caller("rosa", at=NOON - 7 * HOUR), shipment_id=shipment.pk, truck="鹿児島 100", seal="B-1"
    )
    a_location("QRN", "quarantine")
    told = {"shipment_id": shipment.pk, "readings": readings_of(shipment)}
    with refused(LoggersUnseen):
        receive_site_returns(caller=a_caller("mei", at=NOON - HOUR), location_code="QRN", **told)
    seen = [LoggerSeen("LG-B", "recording")]
    with refused(NotInThePlant):
        receive_site_returns(caller=a_caller("mei", at=NOON - HOUR), location_code="H1-A01", loggers=seen, **told)

    caller = a_caller("sora", at=NOON - HOUR)
    arrive_shipment(caller=caller, loggers=seen, **told)
    finish_receiving(caller=a_caller("sora", at=NOON - HOUR), shipment_id=shipment.pk)
    receive_site_returns(caller=a_caller("mei"), location_code="QRN", shipment_id=shipment.pk, readings=[])

    assert place_of(rack).location.code == "QRN"
    assert Hold.objects.filter(unit=rack, released_at=None).exists()


def test_reasons_may_have_lines():
    found = opened(accepted(), reason="NVLink drops out\nafter a day " + "x" * 250)

    assert found.reason.startswith("NVLink drops out after a day xx")
    with refused(TextUnprintable):
        cancel_site_return(caller=a_caller("sora"), number=found.number, reason="x" * 501)


def test_border_is_closed_to_a_return_without_its_check():
    """To a plant in another country the gate of every export holds (domain/japan.md 4)."""
    rack = accepted()
    a_location("TW-DOCK", "site")
    words = SiteWords("桃園工場", "Taoyuan plant", country="TW")
    define_site(caller=a_caller("plan"), code="TWTPE-1", site_kind="plant", words=words, location_code="TW-DOCK")
    leg = LegPlan("road", "薩摩川内", "Satsumasendai", "桃園", "Taoyuan", "CR-SETO", Decimal(60))
    define_lane(
        caller=a_caller("plan"), code="SEN-TPE", names=LaneNames("x", "x"), origin_code=SITE,
        destination_code="TWTPE-1", legs=[leg],
    )  # fmt: skip
    back = packed(rack, destination_code="TWTPE-1")
    way = {"lane_code": "SEN-TPE", "carrier_code": "CR-SETO", "need_by": None}
    shipment = a_shipment([back.crate], at=NOON - 8 * HOUR, **way)

    with refused(TradeCheckMissing):
        depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T")

    Part.objects.filter(number="RACK-1").update(hs_code="8471.50", eccn="4A090")
    check_shipment_export(
        caller=a_caller("rosa"), shipment_id=shipment.pk, gaihi="listed", eccn="4A090", basis="判定書", licence="L-1"
    )
    depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T")


def test_lives_and_tower_stay_as_they_were_and_the_second_way_has_its_own_clock():
    """Decision 0025: a return, the repair and the second way out are no part of the first life."""
    rack = accepted(at=NOON - 60 * HOUR)
    before, tower = rack_lives(NOON), control_tower(NOON)
    first = {f"{point}_at": NOON - 62 * HOUR for point in ("p10", "p50", "p80", "p95")}
    Forecast.objects.create(unit=rack, made_at=NOON - 90 * HOUR, model="m", event_id=1, **first)

    come_back(rack, at=NOON - 20 * HOUR)
    hold = Hold.objects.get(unit=rack, released_at=None)
    assert rack_lives(NOON) == before
    with refused(UnitHeld):
        pack_rack(caller=a_caller("mei"), packing=packing_of(rack))
    release_hold(caller=a_caller("tanaka", at=NOON - 19 * HOUR), number=hold.number, reason="repaired")
    move_units(caller=a_caller("mei", at=NOON - 19 * HOUR), serials=[rack.serial], location_code="PACK")
    run(Build.objects.get(unit=rack), 30, NOON - 18 * HOUR)
    crate = pack_rack(caller=a_caller("mei", at=NOON - 15 * HOUR), packing=packing_of(rack))
    second = a_shipment([crate], at=NOON - 14 * HOUR)
    depart_shipment(caller=a_caller("rosa", at=NOON - 12 * HOUR), shipment_id=second.pk, truck="T")
    received(arrived(second, at=NOON - 8 * HOUR), at=NOON - 7 * HOUR)
    verdict = Verdict(second.pk, rack.serial, "accepted", "H1-A03")
    accept_rack(caller=a_caller("sora", at=NOON - 6 * HOUR), verdict=verdict)

    after = rack_lives(NOON)
    assert [(one.received_at, one.shipment_number, one.steps) for one in after] == [
        (one.received_at, one.shipment_number, one.steps) for one in before
    ]
    now = control_tower(NOON)
    assert (now.received, now.needed, now.shipments) == (tower.received, tower.needed, tower.shipments)
    ways = journeys_of(rack.pk)
    assert [(way.back, way.shipment.number if way.shipment else "") for way in ways] == [
        (False, before[0].shipment_number), (True, SiteReturn.objects.get().crate.shipment_crate.shipment.number),
        (False, second.number),
    ]  # fmt: skip
    assert ways[2].received_at - ways[2].departed_at == timedelta(hours=5)
    assert [len(shipment_page(way.shipment.number).forecasts) for way in ways] == [1, 0, 0]
    model = record_by_source(NOON)[0]
    assert (model.source, model.asked, model.told, model.error) == ("model", 1, 1, 1)
    first = SiteReturn.objects.get().number
    own = (state_of(site_return_rows().get()), complete_again_at(site_return_rows().get()))
    assert own[0] == "ready" and own[1] is not None and NOON - 18 * HOUR <= own[1] <= NOON - 15 * HOUR

    again = come_back(rack, at=NOON - HOUR / 2)  # held, its build open again

    rows = {row.number: row for row in site_return_rows()}
    assert (state_of(rows[first]), complete_again_at(rows[first])) == own
    assert (state_of(rows[again.number]), complete_again_at(rows[again.number])) == ("received", None)
    assert [site_return_rows(state=name).get().number for name in ("ready", "received")] == [first, again.number]

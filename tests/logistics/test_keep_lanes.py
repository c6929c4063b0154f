"""Sites, positions, carriers, lanes: master data of the ways."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from genpin.master import logistics_lanes
from inventory.models import Location
from inventory.operations.placements import UnknownLocation
from inventory.text import TextUnprintable
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Carrier, Lane, Leg, Position, Site
from logistics.operations.lanes import (
    CarrierTaken,
    LaneNames,
    LaneTaken,
    LegPlan,
    LegsWrong,
    UnknownCarrier,
    define_carrier,
    define_lane,
)
from logistics.operations.sites import (
    PositionDefined,
    SiteTaken,
    SiteWords,
    UnknownSite,
    UnknownSiteKind,
    define_positions,
    define_site,
)
from tests.cast import a_caller
from tests.logistics.facts import refused
from tests.logistics.world import lanes

pytestmark = pytest.mark.django_db
WORDS = SiteWords("仙台", "Sendai")


@pytest.fixture(autouse=True)
def ways():
    lanes()


def leg(**others):
    return LegPlan(
        **{
            "mode": "road", "from_ja": "播磨", "from_en": "Harima", "to_ja": "薩摩川内", "to_en": "Satsumasendai",
            "carrier_code": "CR-SETO", "planned_hours": Decimal(17), **others,
        }
    )  # fmt: skip


def lane(code="L-1", user="plan", legs=None, **others):
    facts = {"origin_code": logistics_lanes.PLANT, "destination_code": logistics_lanes.SITE, **others}
    return define_lane(
        caller=a_caller(user),
        code=code,
        names=LaneNames("道", "Way"),
        legs=legs if legs is not None else [leg()],
        **facts,
    )


def test_product_data_defines_three_ways_there_one_back_and_a_hall():
    assert Lane.objects.filter(destination__kind="customer").count() == 3
    assert Lane.objects.filter(origin__kind="customer").count() == 1
    assert Position.objects.count() == 240
    ferry = Leg.objects.get(lane__code="HRM-SEN-SHIBUSHI", mode="ferry")
    assert (ferry.planned_hours, f"{ferry.departs_at:%H:%M}", ferry.grade) == (15, "17:55", "B")
    position = Position.objects.get(code="H1-A01")
    assert position.location.code == "H1-A01"
    assert position.location.kind == "position"


def test_second_load_changes_nothing():
    before = Event.objects.count()

    logistics_lanes.load(a_caller("plan", key="again"))

    assert Event.objects.count() == before


def test_lane_keeps_its_legs_in_order():
    found = lane(legs=[leg(to_en="Kobe", departs_at="09:30"), leg(from_en="Kobe", mode="ferry")])

    assert [(one.number, one.mode) for one in found.legs.all()] == [(1, "road"), (2, "ferry")]
    event = Event.objects.get(kind="logistics.lane-defined", subject_id=found.pk)
    assert event.payload["legs"][0]["hours"] == "17"


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [leg(mode="teleport")],
        [leg(planned_hours=Decimal(0))],
        [leg(grade="Z")],
        [leg(), leg()],
        [leg(departs_at="25:00")],
    ],
)
def test_legs_that_make_no_way_are_refused(legs):
    a_caller("plan")
    before = Lane.objects.count()

    with pytest.raises(LegsWrong):
        lane(legs=legs)
    assert Lane.objects.count() == before


def test_names_that_are_taken_or_unknown_are_refused():
    with refused(LaneTaken):
        lane("HRM-SEN-ROAD")
    with refused(UnknownSite):
        lane(origin_code="JPSDJ-9")
    with refused(UnknownCarrier):
        lane(legs=[leg(carrier_code="CR-NOBODY")])
    with refused(CarrierTaken):
        define_carrier(caller=a_caller("plan"), code="CR-SETO", name_ja="x", name_en="x")
    with refused(TextUnprintable):
        define_carrier(caller=a_caller("plan"), code="CR-BELL", name_ja="瀬戸　運送", name_en="Seto\x07")
    assert Carrier.objects.count() == 4


def test_site_is_keyed_by_its_code():
    site = define_site(
        caller=a_caller("plan", key="k"), code="JPSDJ-1", site_kind="customer", words=WORDS, location_code="SEN-DOCK-1"
    )

    assert Event.objects.get(kind="logistics.site-defined", subject_id=site.pk).payload["code"] == "JPSDJ-1"
    again = {"code": "JPSDJ-1", "site_kind": "customer", "words": WORDS, "location_code": "SEN-DOCK-1"}
    assert define_site(caller=a_caller("plan", key="k"), **again) == site
    with refused(SiteTaken):
        define_site(caller=a_caller("plan"), **again)
    with refused(UnknownSiteKind):
        define_site(caller=a_caller("plan"), **{**again, "code": "X", "site_kind": "moon"})
    with refused(UnknownLocation):
        define_site(caller=a_caller("plan"), **{**again, "code": "X", "location_code": "NOWHERE"})


def test_positions_are_defined_once():
    define_positions(caller=a_caller("plan"), site_code=logistics_lanes.SITE, codes=["H2-A01", "H2-A01", "H2-A02"])

    assert Position.objects.filter(code__startswith="H2").count() == 2
    assert Location.objects.get(code="H2-A01").parent.code == "SEN-DOCK-1"
    with refused(PositionDefined):
        define_positions(caller=a_caller("plan"), site_code=logistics_lanes.SITE, codes=["H2-A03", "H2-A01"])


def test_who_keeps_no_master_data_is_refused():
    a_caller("mei")
    with refused(NotPermitted):
        lane(user="mei")
    with refused(NotPermitted):
        define_positions(caller=a_caller("mei"), site_code=logistics_lanes.SITE, codes=["H3-A01"])


def test_walls_of_lanes_and_sites():
    there = Lane.objects.first()
    with pytest.raises(IntegrityError, match="leg_number_is_unique_in_its_lane"), transaction.atomic():
        Leg.objects.create(lane=there, number=1, mode="road", carrier=Carrier.objects.first(), planned_hours=1)
    with pytest.raises(IntegrityError, match="site_kind_is_known"), transaction.atomic():
        Site.objects.update(kind="moon")

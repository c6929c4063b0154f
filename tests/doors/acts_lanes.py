"""Acts of logistics: carriers, lanes, sites and their positions; forecasts."""

from __future__ import annotations

from decimal import Decimal

from logistics.models import Carrier, Lane
from logistics.operations.lanes import LaneNames, LegPlan
from logistics.operations.sites import SiteWords
from tests.doors.act import Act, Acts
from tests.world import a_location


def record_forecasts() -> Act:
    return Act("rosa", {"draws": 100, "seed": 1}, wrong={"draws": 0}, refusal="DrawsOutOfRange")


def define_carrier() -> Act:
    taken = Carrier.objects.all()[0].code
    return Act(
        "plan",
        {"code": "CR-DOOR", "name_ja": "扉運送", "name_en": "Door Haulage"},
        wrong={"code": taken},
        refusal="CarrierTaken",
    )


def define_lane() -> Act:
    lane = Lane.objects.order_by("pk")[0]
    leg = LegPlan("road", "播磨", "Harima", "川内", "Sendai", Carrier.objects.all()[0].code, Decimal(14))
    return Act(
        "plan",
        {
            "code": "DOOR-LANE", "names": LaneNames("扉線", "Door lane"), "origin_code": lane.origin.code,
            "destination_code": lane.destination.code, "legs": [leg],
        },
        wrong={"legs": []},
        refusal="LegsWrong",
    )  # fmt: skip


def define_positions() -> Act:
    code = Lane.objects.order_by("pk")[0].destination.code
    return Act("plan", {"site_code": code, "codes": ["H9-Z98"]}, wrong={"site_code": "NO-SITE"}, refusal="UnknownSite")


def define_site() -> Act:
    a_location("DOOR-DOCK", "dock")
    words = SiteWords("扉工場", "Door Plant")
    return Act(
        "plan",
        {"code": "JPDOR", "site_kind": "plant", "words": words, "location_code": "DOOR-DOCK"},
        wrong={"site_kind": "moon"},
        refusal="UnknownSiteKind",
    )


ACTS: Acts = {
    "logistics.define_carrier": define_carrier,
    "logistics.define_lane": define_lane,
    "logistics.define_positions": define_positions,
    "logistics.define_site": define_site,
    "logistics.record_forecasts": record_forecasts,
}

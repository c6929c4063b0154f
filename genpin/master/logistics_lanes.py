"""The plant in Harima, the site in Satsumasendai, the ways between, the hall's positions. Defined by operations.

Carriers are invented and marked so. Figures of legs carry a grade: A official or measured, B published secondary, C
assumed (leadtime/MODEL.md 8.1). Sites are keyed by code: 川内 (JPSEN) and 仙台 (JPSDJ) both romanise to Sendai.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from inventory.operations.locations import LocationRow, define_locations
from ledger.callers import Caller
from logistics.models import Carrier, Lane, MapPlace, Position, Site
from logistics.operations.lanes import LaneNames, LegPlan, define_carrier, define_lane
from logistics.operations.places import PlacePoint, place_on_map
from logistics.operations.sites import SiteWords, define_positions, define_site

PLANT = "JPHRM-1"
SITE = "JPSEN-1"
SITE_DOCK = "SEN-DOCK-1"

PLACES = (
    LocationRow(code="HRM-PLANT", name_ja="播磨工場", name_en="Harima plant", kind="site"),
    LocationRow(
        code="HRM-SHIP", name_ja="播磨工場 出荷場", name_en="Harima plant, shipping", kind="dock", parent="HRM-PLANT"
    ),
    LocationRow(code="SEN-SITE", name_ja="薩摩川内データセンター", name_en="Satsumasendai data centre", kind="site"),
    LocationRow(
        code=SITE_DOCK, name_ja="薩摩川内 荷受場 1", name_en="Satsumasendai dock 1", kind="site", parent="SEN-SITE"
    ),
)

PLANT_WORDS = SiteWords("播磨工場", "Harima plant", "兵庫県たつの市(架空の番地)", "Tatsuno, Hyogo (invented)")
SITE_WORDS = SiteWords(
    "薩摩川内データセンター",
    "Satsumasendai data centre",
    "鹿児島県薩摩川内市(架空の番地)",
    "Satsumasendai, Kagoshima (invented)",
)

CARRIERS = (
    ("CR-SETO", "瀬戸精機輸送(架空)", "Seto Precision Haulage (invented)"),
    ("CR-AKASHI", "明石エアサス運輸(架空)", "Akashi Air-Ride Transport (invented)"),
    ("CR-NISHI", "西海フェリー(架空)", "Nishiumi Ferry (invented)"),
    ("CR-HYUGA", "日向灘フェリー(架空)", "Hyuganada Ferry (invented)"),
)

HARIMA = ("播磨工場", "Harima plant")
SENDAI = ("薩摩川内", "Satsumasendai")
ROKKO = ("神戸六甲港", "Kobe Rokko port")
SHIN_MOJI = ("新門司港", "Shin-Moji port")
NANKO = ("大阪南港", "Osaka Nanko port")
SHIBUSHI = ("志布志港", "Shibushi port")
RELAY = ("広島中継所", "Hiroshima relay point")

POINTS = tuple(
    PlacePoint(place[0], Decimal(latitude), Decimal(longitude))
    for place, latitude, longitude in (
        (HARIMA, "34.86", "134.55"), (SENDAI, "31.81", "130.30"), (ROKKO, "34.69", "135.27"),
        (SHIN_MOJI, "33.87", "130.99"), (NANKO, "34.62", "135.42"), (SHIBUSHI, "31.46", "131.10"),
        (RELAY, "34.44", "132.42"),
    )
)  # fmt: skip
"""To a hundredth of a degree, a kilometre: what a coarse map shows. Read off public maps (B)."""


def _leg(mode: str, start: tuple[str, str], end: tuple[str, str], carrier: str, hours: str) -> LegPlan:
    return LegPlan(
        mode=mode, from_ja=start[0], from_en=start[1], to_ja=end[0], to_en=end[1], carrier_code=carrier,
        planned_hours=Decimal(hours),
    )  # fmt: skip


def _km(leg: LegPlan, km: str, grade: str = "C") -> LegPlan:
    return replace(leg, distance_km=Decimal(km), grade=grade)


def _sailing(leg: LegPlan, departs: str, cut_off: str, grade: str) -> LegPlan:
    return replace(leg, departs_at=departs, cut_off_at=cut_off, grade=grade)


@dataclass(frozen=True)
class LaneRow:
    """A lane to define."""

    code: str
    names: LaneNames
    legs: tuple[LegPlan, ...]


LANES = (
    LaneRow(
        "HRM-SEN-MOJI",
        LaneNames("播磨 – 新門司 – 薩摩川内", "Harima – Shin-Moji – Satsumasendai"),
        (
            _km(_leg("road", HARIMA, ROKKO, "CR-SETO", "2"), "75"),  # C: about 75 km of expressway
            # Osaka/Kobe–Shin-Moji 12.5 h, C; evening sailing and the cut-off before it are assumed
            _sailing(_leg("ferry", ROKKO, SHIN_MOJI, "CR-NISHI", "12.5"), "20:00", "18:30", "C"),
            # Fukuoka–Satsumasendai 3.5–4 h, C; from Shin-Moji one hour more
            _km(_leg("road", SHIN_MOJI, SENDAI, "CR-SETO", "5"), "330"),
        ),
    ),
    LaneRow(
        "HRM-SEN-SHIBUSHI",
        LaneNames("播磨 – 志布志 – 薩摩川内", "Harima – Shibushi – Satsumasendai"),
        (
            _km(_leg("road", HARIMA, NANKO, "CR-AKASHI", "2.5"), "105"),  # C
            # 583 km, overnight about 15 h, 17:55 to 08:55 (travair.jp and others), B; the cut-off is assumed
            _km(_sailing(_leg("ferry", NANKO, SHIBUSHI, "CR-HYUGA", "15"), "17:55", "16:30", "B"), "583", "B"),
            _km(_leg("road", SHIBUSHI, SENDAI, "CR-AKASHI", "3"), "130"),  # C
        ),
    ),
    LaneRow(
        "HRM-SEN-ROAD",
        LaneNames("播磨 – 薩摩川内(陸路・中継)", "Harima – Satsumasendai (road, relay)"),
        (
            # One driver covers some 500 km a day (labour rules since April 2024, B): a relay halfway
            _km(_leg("road", HARIMA, RELAY, "CR-SETO", "5"), "260"),
            _km(_leg("road", RELAY, SENDAI, "CR-SETO", "12"), "570"),
        ),
    ),
)

BACK = LaneRow(
    "SEN-HRM-ROAD",
    LaneNames("薩摩川内 – 播磨(返却・陸路)", "Satsumasendai – Harima (returns, road)"),
    (
        _km(_leg("road", SENDAI, RELAY, "CR-SETO", "12"), "570"),  # as the way out, C
        _km(_leg("road", RELAY, HARIMA, "CR-SETO", "5"), "260"),
    ),
)
"""The way of returns: one driver a day, relayed halfway, as the way out by road."""

HALL_ROWS = "ABCDEF"
HALL_COLUMNS = 40
POSITIONS = tuple(f"H1-{row}{column:02d}" for row in HALL_ROWS for column in range(1, HALL_COLUMNS + 1))
"""240 places in hall 1: rows A to F of 40."""


def load(caller: Caller) -> dict[str, int]:
    """Define what is missing, through operations; a second load defines nothing. `caller.key` is the key's stem."""
    define_locations(caller=_named(caller, "places"), locations=list(PLACES))
    known = set(Carrier.objects.values_list("code", flat=True))
    for code, ja, en in CARRIERS:
        if code not in known:
            define_carrier(caller=_named(caller, code), code=code, name_ja=ja, name_en=en)
    _sites(caller)
    for row, ends in [*((row, (PLANT, SITE)) for row in LANES), (BACK, (SITE, PLANT))]:
        if not Lane.objects.filter(code=row.code).exists():
            define_lane(
                caller=_named(caller, row.code), code=row.code, names=row.names, origin_code=ends[0],
                destination_code=ends[1], legs=list(row.legs),
            )  # fmt: skip
    if not MapPlace.objects.exists():
        place_on_map(caller=_named(caller, "map"), places=list(POINTS))
    there = set(Position.objects.values_list("code", flat=True))
    missing = [code for code in POSITIONS if code not in there]
    if missing:
        define_positions(caller=_named(caller, "positions"), site_code=SITE, codes=missing)
    return {"lanes": len(LANES) + 1, "positions": len(POSITIONS), "carriers": len(CARRIERS)}


def _sites(caller: Caller) -> None:
    rows = ((PLANT, "plant", "HRM-SHIP", PLANT_WORDS), (SITE, "customer", SITE_DOCK, SITE_WORDS))
    known = set(Site.objects.values_list("code", flat=True))
    for code, kind, dock, words in rows:
        if code not in known:
            define_site(caller=_named(caller, code), code=code, site_kind=kind, words=words, location_code=dock)


def _named(caller: Caller, name: str) -> Caller:
    return replace(caller, key=f"{caller.key}:{name}")

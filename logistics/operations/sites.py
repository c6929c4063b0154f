"""The places that shipments leave from and go to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.operations.locations import LocationRow, add_locations
from inventory.operations.placements import location_by_code
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal
from logistics.models import Position, Site

SITE_KINDS = ("plant", "customer")


class SiteTaken(Refusal):
    """A site with that code exists already."""


class UnknownSite(Refusal):
    """No site has that code."""


class UnknownSiteKind(Refusal):
    """A site is a plant or a customer's."""


class FloorWrong(Refusal):
    """A floor that bears nothing."""


class PositionDefined(Refusal):
    """A place with that code exists already."""


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What a site is called, in both languages, where it is, and what the floor of its dock bears (kg/m², if known)."""

    name_ja: str
    name_en: str
    address_ja: str = ""
    address_en: str = ""
    country: str = "JP"
    floor_kg_m2: Decimal | None = None


@operation(permission="logistics.keep_master_data", returns=Site)
def define_site(*, caller: Caller, code: str, site_kind: str, words: SiteWords, location_code: str) -> Site:
    """Define a plant or a customer's site; `location_code` is its dock, where received goods stand.

    Keyed by code: 川内 (JPSEN) and 仙台 (JPSDJ) both romanise to Sendai. Refuses SiteTaken, UnknownSiteKind,
    FloorWrong, UnknownLocation."""
    location = location_by_code(location_code)
    if site_kind not in SITE_KINDS:
        raise UnknownSiteKind(_("There is no site kind “%(kind)s”.") % {"kind": site_kind[:40]})
    if words.floor_kg_m2 is not None and words.floor_kg_m2 <= 0:
        raise FloorWrong(_("What a floor bears is above zero."), true=_("Nothing was recorded."))
    if Site.objects.filter(code=code).exists():
        raise SiteTaken(_("Site %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))

    site = Site(
        code=code,
        kind=site_kind,
        location=location,
        name_ja=words.name_ja,
        name_en=words.name_en,
        address_ja=words.address_ja,
        address_en=words.address_en,
        country=words.country,
        floor_kg_m2=words.floor_kg_m2,
    )
    site.save(force_insert=True)
    record(caller, "logistics.site-defined", site, code=code, site_kind=site_kind, dock=location.code)
    return site


def site_by_code(code: str) -> Site:
    """Step: a site by its code. Refuses UnknownSite."""
    site = Site.objects.filter(code=code.strip()).select_related("location").first()
    if site is None:
        raise UnknownSite(
            _("There is no site %(code)s.") % {"code": code.strip()[:40]},
            true=_("Sites are keyed by code: JPSEN is Satsumasendai, JPSDJ is Sendai in Miyagi."),
            do=_("Check the site's code."),
        )
    return site


@operation(permission="logistics.keep_master_data")
def define_positions(*, caller: Caller, site_code: str, codes: list[str]) -> dict[str, object]:
    """Define places for racks in a site's data hall, each with its Location of the same code, all or none.

    One event each. Refuses UnknownSite, PositionDefined, LocationDiffers, LocationOdd."""
    site = site_by_code(site_code)
    wanted = list(dict.fromkeys(code.strip() for code in codes))
    taken = Position.objects.filter(code__in=wanted).select_related("site").order_by("code").first()
    if taken is not None:
        raise PositionDefined(
            _("Position %(code)s exists already at %(site)s.") % {"code": taken.code, "site": taken.site.code},
            true=_("Nothing was recorded."),
        )

    locations = add_locations(
        caller,
        [
            LocationRow(code=code, name_ja=code, name_en=code, kind="position", parent=site.location.code)
            for code in wanted
        ],
    )
    positions = Position.objects.bulk_create(
        [Position(site=site, code=place.code, location=place) for place in locations]
    )
    record_many(
        caller,
        "logistics.position-defined",
        [Happening(position, {"code": position.code, "site": site.code}) for position in positions],
    )
    return {"site": site.code, "positions": [position.pk for position in positions]}

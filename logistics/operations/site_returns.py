"""Returns from a customer's site (RMA): opened and packed there, carried by a shipment, received back into the plant.

A returned rack or tray lives on as the same unit: the clocks of its first life stay as they were (decision 0025), and
from its receipt on its route begins again at a named operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from assembly.models import Build
from assembly.operations.rework import demand
from assembly.operations.runs import lock_builds
from assembly.queries.route import routes_of
from documents.words import PLANT_TIME
from inventory.models import Placement, Unit
from inventory.operations.finding import Whereabouts, find_unit_id, lock_units, refuse_ended
from inventory.operations.holds import put_on_hold, refuse_no_reason
from inventory.operations.placements import Move, location_by_code, place
from inventory.operations.units import next_keys
from inventory.text import refuse_unprintable, remark
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import Acceptance, Crate, Shipment, Site, SiteReturn
from logistics.operations.arrivals import Arriving, arrive
from logistics.operations.conditions import IndicatorRead
from logistics.operations.contents import lock_with_contents
from logistics.operations.crates import Centre, FittedIndicator, RackToPack, crate_up, refuse_crates
from logistics.operations.custody import SealSeen
from logistics.operations.departures import is_return
from logistics.operations.loggers import LoggerSeen
from logistics.operations.readiness import NoBuild
from logistics.operations.receivings import Received, finish_receiving_many
from logistics.operations.shipments import lock_shipments
from logistics.operations.sites import site_by_code
from logistics.queries.departing import AWAY

STEPS_UP = 6
"""Hosts above a unit, at most: chip, board, module, tray, rack, crate."""
REASON_LIMIT = 500
TESTED = ("rack_test", "tray_test")


class NotAtSite(Refusal):
    """The unit does not stand at a customer's site."""


class SiteReturnOpen(Refusal):
    """The unit is going back already."""


class UnknownSiteReturn(Refusal):
    """No return has that number."""


class SiteReturnPassed(Refusal):
    """The return is past that step, or was given up."""


class NotAPlant(Refusal):
    """A return goes to a plant."""


class UnknownRetest(Refusal):
    """The route has no such operation to begin again with."""


class NotInThePlant(Refusal):
    """What comes back is put into a place of the plant."""


class NoReturnAboard(Refusal):
    """The shipment carries no return, or has not left."""


@dataclass(frozen=True, slots=True)
class ReturnAsked:
    """A rack or tray (serial, tag) that is to go back: to which plant, why, under which number of the customer or maker
    (RMA), who asks. `retest_from`: the operation with which its route begins again; none: its first test."""

    unit: str
    destination_code: str
    reason: str
    rma: str
    asked_by: str
    retest_from: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnCrate:
    """The crate of a return: masses in kg (gross with what is in it), outer sizes in mm, indicators fitted."""

    tare_kg: Decimal
    gross_kg: Decimal
    length_mm: int
    width_mm: int
    height_mm: int
    indicators: list[FittedIndicator] = field(default_factory=list)
    centre: Centre | None = None


@operation(permission="logistics.open_return", returns=SiteReturn)
def open_site_return(*, caller: Caller, asked: ReturnAsked) -> SiteReturn:
    """Open the return of a rack or tray that stands at a customer's site. Nothing moves yet. Locks the unit.

    Refuses UnknownSerial, AmbiguousSerial, UnitEnded, NoBuild (only what was built here), NotAtSite, UnknownSite,
    NotAPlant, UnknownRetest, ReasonMissing, SiteReturnOpen, TextUnprintable."""
    for text in (asked.reason, asked.rma, asked.asked_by):
        refuse_no_reason(text)
    refuse_unprintable(asked.rma, asked.asked_by)
    destination = site_by_code(asked.destination_code)
    here = _lock_unit(find_unit_id(asked.unit))
    build = _build_of(here.unit)
    site, came_from = _site_of(here)
    if destination.kind != "plant":
        raise NotAPlant(
            _("%(site)s is no plant.") % {"site": destination.name}, true=_("Nothing was recorded."),
            do=_("Choose the plant that takes it back."),
        )  # fmt: skip
    retest = _retest_of(build, asked.retest_from)
    if SiteReturn.objects.filter(unit=here.unit, received_at=None, cancelled_at=None).exists():
        raise _open_already()

    (key,) = next_keys(SiteReturn, 1)
    number = _next_number(caller)
    told: dict[str, Any] = {
        "reason": remark(asked.reason, REASON_LIMIT),
        "rma": asked.rma.strip(),
        "asked_by": asked.asked_by.strip(),
    }
    event = record(
        caller, "logistics.return-opened", here.unit, number=number, return_id=key, unit=here.unit.name,
        site=site.code, destination=destination.code, came_from=came_from, retest_from=retest, **told,
    )  # fmt: skip
    return SiteReturn.objects.create(
        pk=key, number=number, unit=here.unit, site=site, destination=destination, came_from=came_from,
        retest_from=retest, opened_at=caller.happened_at, opened_by_id=caller.user.pk, opened_event_id=event, **told,
    )  # fmt: skip


@operation(permission="logistics.open_return", returns=SiteReturn)
def pack_site_return(*, caller: Caller, number: str, crate: ReturnCrate) -> SiteReturn:
    """Seal what goes back into a crate of its own at the site's dock; a rack leaves its hall position, a tray its rack.
    Locks the return, then the unit with its contents.

    Refuses UnknownSiteReturn, SiteReturnPassed, NotAtSite, UnitEnded, CrateWrong, IndicatorUsed, IndicatorTripped."""
    found = _lock(number)
    if found.crate_id is not None:
        raise _passed(found, _("It is packed already."))
    lock_with_contents([found.unit_id])
    here = _lock_unit(found.unit_id)
    _site_of(here)
    packing = RackToPack(
        here.unit.tag, crate.tare_kg, crate.gross_kg, crate.length_mm, crate.width_mm, crate.height_mm,
        crate.indicators, centre=crate.centre,
    )  # fmt: skip
    refuse_crates([packing], [here.unit.pk])

    sealed: Crate = crate_up(caller, [packing], [here], [found.site.location_id])[0]
    Acceptance.objects.filter(unit=here.unit, position__isnull=False, vacated_event_id=None).update(
        vacated_event_id=sealed.event_id
    )
    found.crate = sealed
    found.save(update_fields=["crate"])
    return found


@operation(permission="logistics.open_return", returns=SiteReturn)
def cancel_site_return(*, caller: Caller, number: str, reason: str) -> SiteReturn:
    """Give a return up while it is not packed: the unit stays at the site. Locks the return.

    Refuses UnknownSiteReturn, SiteReturnPassed, ReasonMissing, TextUnprintable."""
    refuse_no_reason(reason)
    why = remark(reason, REASON_LIMIT)
    found = _lock(number)
    if found.crate_id is not None:
        raise _passed(found, _("It is packed already."))
    found.cancelled_at, found.cancelled_why = caller.happened_at, why
    found.cancelled_event_id = record(caller, "logistics.return-cancelled", found.unit, number=found.number, reason=why)
    found.save(update_fields=["cancelled_at", "cancelled_why", "cancelled_event_id"])
    return found


@operation(permission="inventory.receive", returns=Shipment)
def receive_site_returns(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    shipment_id: int,
    location_code: str,
    readings: list[IndicatorRead],
    seals: list[SealSeen] | None = None,
    loggers: list[LoggerSeen] | None = None,
    handed_by: str = "",
    occurred_at: datetime | None = None,
) -> Shipment:
    """A shipment of returns stands at the plant: its indicators are read, it is received, each unit leaves its crate
    for a place of the plant (quarantine) on hold, with its route demanded again from the operation its return names.

    Locks the shipment, builds, crates with contents, then the units. Refuses UnknownShipment, NoReturnAboard, what an
    arrival refuses (NotDeparted, IndicatorsUnread, SealUnread, LoggersUnseen, …; not asked again where its arrival is
    recorded), UnknownLocation, NotInThePlant."""
    shipment = lock_shipments([shipment_id])[shipment_id]
    aboard = SiteReturn.objects.filter(crate__shipment_crate__shipment=shipment, received_at=None)
    rows = list(aboard.select_for_update(no_key=True, of=("self",)).select_related("unit").order_by("pk"))
    if not rows or not is_return(shipment):
        raise NoReturnAboard(
            _("Shipment %(number)s brings nothing back.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Look up the return's page: it names its shipment."),
        )
    location = location_by_code(location_code)
    if location.kind in AWAY:
        raise NotInThePlant(
            _("%(place)s is no place of the plant.") % {"place": location.code}, true=_("Nothing was recorded."),
            do=_("Scan the place in the plant where it stands now, such as quarantine."),
        )  # fmt: skip
    builds = lock_builds(Build.objects.filter(unit__in=[row.unit_id for row in rows]).values_list("pk", flat=True))
    if not shipment.has_arrived:
        arrive(caller, [Arriving(shipment.pk, readings, occurred_at, seals or [], handed_by, loggers or [])])
        shipment = Shipment.objects.get(pk=shipment.pk)
    if shipment.arrival.received_at is None:  # the dock may have ended its receiving by itself
        finish_receiving_many(caller, [Received(shipment.pk, occurred_at)])
    held = lock_units([row.unit_id for row in rows])
    by_unit = {build.unit_id: build for build in builds.values()}
    for row in rows:
        _take_in(caller, row, (held[row.unit_id], by_unit[row.unit_id]), location.pk)
    return shipment


def _take_in(caller: Caller, row: SiteReturn, locked: tuple[Whereabouts, Build], location_id: int) -> None:
    """One (locked) unit begins its next life: at its place, on hold, its route open from the named operation."""
    here, build = locked
    event = record(
        caller, "logistics.return-received", row.unit, number=row.number, unit=row.unit.name, rma=row.rma,
        location_id=location_id, retest_from=row.retest_from,
    )  # fmt: skip
    place(caller, [Move(unit=here.unit, event_id=event, location_id=location_id, was=here.placement, why=row.number)])
    if build.origin != "imported":  # read in as history: no runs are on record, quality decides by the hold alone
        route = routes_of([build])[build.pk]
        again = {one.operation.number for one in route.operations if one.operation.number >= row.retest_from}
        demand(caller, route, again, reason=f"{row.number} {row.reason}", event=event)
    put_on_hold(caller, [row.unit.tag], f"{row.number} {row.reason}")
    row.received_at, row.received_into_id, row.received_event_id = caller.happened_at, location_id, event
    row.received_by = cast("User", caller.user)
    row.save(update_fields=["received_at", "received_into", "received_by", "received_event_id"])


def _lock_unit(unit_id: int) -> Whereabouts:
    here = lock_units([unit_id])[unit_id]
    refuse_ended(here.unit)
    return here


def _build_of(unit: Unit) -> Build:
    build = Build.objects.filter(unit=unit).select_related("design").first()
    if build is None:
        raise NoBuild(
            _("%(unit)s was not built here.") % {"unit": unit.name},
            true=_("A rack or a tray goes back as it was built. Nothing was recorded."),
            do=_("Scan the serial of the rack or the tray that it sits in."),
        )
    return build


def _site_of(here: Whereabouts) -> tuple[Site, str]:
    """The customer's site where a (locked) unit stands, and the place there in words. Refuses NotAtSite."""
    at, hosts = here.placement, []
    for _step in range(STEPS_UP):
        if at is None or at.host_id is None:
            break
        hosts.append(f"{at.host.name if at.host else ''} {at.position}")
        at = Placement.objects.filter(unit_id=at.host_id, to_at=None).select_related("location", "host").first()
    place_id = at.location_id if at is not None else None
    dock_or_hall = Q(location_id=place_id) | Q(positions__location_id=place_id)
    site = Site.objects.filter(dock_or_hall, kind="customer").distinct().first() if place_id else None
    if site is None or at is None or at.location is None:
        raise NotAtSite(
            _("%(unit)s does not stand at a customer's site.") % {"unit": here.unit.name},
            true=_("Nothing was recorded."),
            do=_("A return is opened for what was delivered. In the plant report a nonconformity instead."),
        )
    return site, " · ".join([at.location.code, *reversed(hosts)])


def _retest_of(build: Build, wanted: int | None) -> int:
    """The operation with which the route begins again. Refuses UnknownRetest."""
    rows = list(build.design.routing.operations.order_by("number").values_list("number", "stage"))
    numbers = [number for number, _stage in rows]
    if wanted is None:
        return next((number for number, stage in rows if stage in TESTED), numbers[-1])
    if wanted not in numbers:
        raise UnknownRetest(
            _("The route of the build has no operation %(number)d.") % {"number": wanted},
            true=_("It has: %(list)s. Nothing was recorded.") % {"list": ", ".join(map(str, numbers))},
            do=_("Choose the operation with which its test begins again."),
        )
    return wanted


def _next_number(caller: Caller) -> str:
    """RT-26-0001: the year it was opened and a number from a sequence; gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('logistics_return_number')")
        return f"RT-{caller.happened_at.astimezone(PLANT_TIME).year % 100:02d}-{cursor.fetchone()[0]:04d}"


def _lock(number: str) -> SiteReturn:
    rows = SiteReturn.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "site__location")
    found = rows.filter(number=number.strip()).first()
    if found is None:
        raise UnknownSiteReturn(
            _("There is no site return %(number)s.") % {"number": number.strip()[:40]}, true=_("Nothing was recorded.")
        )
    if found.cancelled_at is not None or found.received_at is not None:
        raise _passed(found, _("It was given up.") if found.cancelled_at else _("It is back in the plant."))
    return found


def _passed(found: SiteReturn, true: str) -> SiteReturnPassed:
    return SiteReturnPassed(
        _("Return %(number)s is past that step.") % {"number": found.number}, true=true, do=_("Look at its page.")
    )


def _open_already() -> SiteReturnOpen:
    return SiteReturnOpen(
        _("The unit is going back already."), true=_("Nothing was recorded."), do=_("Look at its open site return.")
    )


wall("unit_goes_back_once_at_a_time", _open_already)

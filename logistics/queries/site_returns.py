"""Returns from the sites, and the journeys of a unit: each way out and back with its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.models import Hold
from ledger.models import Event
from logistics.models import Acceptance, Crate, CrateArrival, Departure, Shipment, SiteReturn

STATES = ("opened", "packed", "on_the_way", "at_plant", "received", "ready", "cancelled")

_HELD = Exists(Hold.objects.filter(unit=OuterRef("unit"), released_at=None).order_by())
_WENT_ON = Exists(Crate.objects.filter(unit__contents__unit=OuterRef("unit"), pk__gt=OuterRef("crate")).order_by())
"""It was packed again since: complete and released, else it could not have been. What befalls it later is no matter of
this return."""


def site_return_rows(text: str = "", state: str = "") -> QuerySet[SiteReturn]:
    """Returns, the newest first, with unit, ends and shipment. One query a page. `text`: a number, an RMA number, a
    serial or a tag."""
    rows = SiteReturn.objects.select_related(
        "unit__part", "unit__build", "site", "destination", "opened_by", "received_by", "received_into",
        "crate__unit", "crate__shipment_crate__shipment__departure", "crate__shipment_crate__shipment__arrival",
    ).annotate(is_held=_HELD, went_on=_WENT_ON)  # fmt: skip
    if text:
        rows = rows.filter(
            Q(number__iendswith=text) | Q(rma__icontains=text) | Q(unit__serial__iexact=text) | Q(unit__tag=text)
        )
    conditions = {
        "opened": Q(crate=None, cancelled_at=None),
        "packed": Q(crate__isnull=False, crate__shipment_crate__shipment__departure=None),
        "on_the_way": Q(
            crate__shipment_crate__shipment__departure__isnull=False, crate__shipment_crate__shipment__arrival=None
        ),
        "at_plant": Q(crate__shipment_crate__shipment__arrival__isnull=False, received_at=None),
        "received": Q(received_at__isnull=False, went_on=False) & (Q(unit__build__completed_at=None) | Q(is_held=True)),
        "ready": Q(received_at__isnull=False)
        & (Q(went_on=True) | Q(unit__build__completed_at__isnull=False, is_held=False)),
        "cancelled": Q(cancelled_at__isnull=False),
    }
    return rows.filter(conditions[state]) if state in conditions else rows


def shipment_of(row: SiteReturn) -> Shipment | None:
    """The shipment that carries a return, as `site_return_rows` loads it."""
    found = getattr(row.crate, "shipment_crate", None) if row.crate is not None else None
    return found.shipment if found is not None else None


def state_of(row: SiteReturn) -> str:
    """Where a return of `site_return_rows` is: one of STATES."""
    shipment = shipment_of(row)
    if row.cancelled_at is not None:
        return "cancelled"
    if row.received_at is not None:
        open_still = row.unit.build.completed_at is None or row.is_held  # type: ignore[attr-defined]
        return "received" if open_still and not row.went_on else "ready"  # type: ignore[attr-defined]
    if row.crate is None:
        return "opened"
    if shipment is None or not shipment.has_departed:
        return "packed"
    return "at_plant" if shipment.has_arrived else "on_the_way"


def complete_again_at(row: SiteReturn) -> datetime | None:
    """When the unit of a received return was complete again, for the last time before it left once more (its packing
    may be what completes it); None while it is not, and for history read in, whose build was never opened again. At
    most two queries."""
    build = row.unit.build
    if row.received_at is None:
        return None
    if not row.went_on:  # type: ignore[attr-defined]
        done = build.completed_at
        return done if done is not None and done > row.received_at else None
    told = Event.objects.of_subject(build).filter(kind="assembly.build-completed", pk__gt=row.received_event_id)
    later = Q(shipment__crates__crate__pk__gt=row.crate_id, shipment__crates__crate__unit__contents__unit=row.unit_id)
    left = Departure.objects.filter(later).order_by("event_id").values_list("event_id", flat=True).first()
    if left is not None:
        told = told.filter(pk__lt=left)
    return told.values_list("happened_at", flat=True).last()


@dataclass(frozen=True, slots=True)
class Journey:
    """One way of a unit: out to a site, or back with a return. Moments are None until then. `need_by` is the promise of
    this way."""

    back: bool
    sscc: str
    sealed_at: datetime
    shipment: Shipment | None
    site_return: SiteReturn | None
    acceptance: Acceptance | None
    came: CrateArrival | None = None
    """Its own arrival, where the shipment arrived in parts."""

    @property
    def departed_at(self) -> datetime | None:
        return self.shipment.departure.at if self.shipment is not None and self.shipment.has_departed else None

    @property
    def arrived_at(self) -> datetime | None:
        if self.came is not None:
            return self.came.at
        return self.shipment.arrival.at if self.shipment is not None and self.shipment.has_arrived else None

    @property
    def received_at(self) -> datetime | None:
        if self.came is not None:
            return self.came.received_at
        return self.shipment.arrival.received_at if self.shipment is not None and self.shipment.has_arrived else None


def journeys_of(unit_id: int) -> list[Journey]:
    """Every way of a unit in order, by the crates it was sealed into. Two queries."""
    crates = (
        Crate.objects.filter(unit__contents__unit_id=unit_id)
        .select_related(
            "site_return", "shipment_crate__shipment__lane__origin", "shipment_crate__shipment__lane__destination",
            "shipment_crate__shipment__departure", "shipment_crate__shipment__arrival", "shipment_crate__arrival",
        )
        .order_by("pk")
        .distinct()
    )  # fmt: skip
    words = {row.shipment_id: row for row in Acceptance.objects.filter(unit_id=unit_id).select_related("position")}
    ways = []
    for crate in crates:
        row = getattr(crate, "shipment_crate", None)
        back: SiteReturn | None = getattr(crate, "site_return", None)
        shipment = row.shipment if row is not None else None
        word = words.get(shipment.pk) if shipment is not None else None
        came: CrateArrival | None = getattr(row, "arrival", None)
        ways.append(Journey(back is not None, crate.sscc, crate.sealed_at, shipment, back, word, came))
    return ways

"""Steps of custody: the next row of a shipment's chain of holders, its seals, and what they must tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.refusals import Refusal
from logistics.models import Carrier, Handover, HandoverCrate, HandoverSeal, Shipment, ShipmentCrate, Site
from logistics.operations.moments import plant_clock

SealState = Literal["fitted", "intact", "broken", "missing"]
SHOWN = 40
"""Characters of what somebody sent that a sentence shows."""


class UnknownSeal(Refusal):
    """No seal of that number is on the shipment, or it is there already."""


class SealUnread(Refusal):
    """A seal that is on the shipment was not read."""


class HandOverTooEarly(Refusal):
    """The hand-over is said to be before the one before it."""


@dataclass(frozen=True, slots=True)
class SealSeen:
    """A seal as it is found: intact, broken or missing; fitted: put on at this hand-over."""

    number: str
    state: SealState


@dataclass(frozen=True, slots=True)
class Side:
    """Who gives or takes: the holder (`site:CODE`, `carrier:CODE`), the person as told, and whether that is one of
    ours: then the caller."""

    holder: str
    name: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Passing:
    """A hand-over to write: `at` and `event_id` are those of the act that it belongs to; `giver` by default whoever
    held the shipment until now. `crates`: ids of the crates counted."""

    shipment: Shipment
    kind: Literal["departure", "change", "arrival"]
    giver: Side
    taker: Side
    at: datetime
    event_id: int
    seals: Sequence[SealSeen] = ()
    crates: Sequence[int] = ()
    vehicle: str = ""
    place: str = ""
    remarks: str = ""


@dataclass(slots=True)
class Held:
    """How the custody of a shipment stands: the row that the next one follows, the seals that are on it, and the number
    of its latest row."""

    last: Handover | None = None
    seals: set[str] = field(default_factory=set)
    number: int = 0


def site_holder(site: Site) -> str:
    """A site as a holder."""
    return f"site:{site.code}"


def carrier_holder(carrier: Carrier) -> str:
    """A carrier as a holder."""
    return f"carrier:{carrier.code}"


def seals_in(text: str) -> list[str]:
    """The numbers in a field for seals: parted by commas, semicolons or blanks."""
    return list(dict.fromkeys(one for one in re.split(r"[,;、,\s]+", text) if one))


def custody_held(shipment_ids: Collection[int]) -> dict[int, Held]:
    """Step: how the custody of (locked) shipments stands. Two queries."""
    found = {pk: Held() for pk in shipment_ids}
    rows = Handover.objects.filter(shipment_id__in=list(found)).order_by("number").prefetch_related("seals")
    for row in rows:
        held = found[row.shipment_id]
        held.last, held.number = row, row.number
        held.seals = seals_after(held.seals, row)
    return found


def seals_after(seals: Collection[str], row: Handover) -> set[str]:
    """The seals that are on a load after a hand-over (with its `seals`), from those before it."""
    there = set(seals)
    for seal in row.seals.all():
        if seal.state == "fitted":
            there.add(seal.number)
        elif seal.state != "intact":
            there.discard(seal.number)
    return there


def refuse_seals(shipment: Shipment, seen: Sequence[SealSeen], known: Collection[str]) -> None:
    """Step: every seal that is on the shipment is told, and no other. Refuses UnknownSeal, SealUnread."""
    told: dict[str, str] = {}
    for one in seen:
        number = one.number.strip()
        wrong = number in told or not number or (number in known) == (one.state == "fitted")
        if wrong:
            raise UnknownSeal(
                _("Seal %(seal)s does not fit shipment %(number)s.")
                % {"seal": number[:SHOWN] or "–", "number": shipment.number},
                true=_("On it are: %(list)s. Nothing was recorded.") % {"list": ", ".join(sorted(known)) or "–"},
                do=_("Read the number again. A seal that was put in its place is a new one; the old one is missing."),
            )
        told[number] = one.state
    unread = sorted(set(known) - set(told))
    if unread:
        raise SealUnread(
            _("Seal %(seal)s was not read.") % {"seal": unread[0]},
            true=_("It was fitted to %(number)s. Nothing was recorded.") % {"number": shipment.number},
            do=_("Say whether it is intact, broken or missing."),
        )


def refuse_early(at: datetime, last: Handover | None) -> None:
    """Step: custody runs forward. Refuses HandOverTooEarly."""
    if last is not None and at < last.at:
        raise HandOverTooEarly(
            _("%(moment)s lies before the last hand-over.") % {"moment": plant_clock(at)},
            true=_("It was at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(last.at)},
            do=_("Enter the time at which it happened."),
        )


def pass_on(caller: Caller, passings: Sequence[Passing], held: Mapping[int, Held]) -> list[Handover]:
    """Step: write the next hand-over of each (locked) shipment, in the name of its act; set-based. The giver is
    whoever the chain says holds the shipment. Refuses nothing: the acts judge."""
    rows = Handover.objects.bulk_create(
        [_row(caller, one, held[one.shipment.pk]) for one in passings],
    )
    HandoverSeal.objects.bulk_create(
        HandoverSeal(handover=row, number=seal.number.strip(), state=seal.state)
        for row, one in zip(rows, passings, strict=True)
        for seal in one.seals
    )
    HandoverCrate.objects.bulk_create(
        HandoverCrate(handover=row, crate_id=pk) for row, one in zip(rows, passings, strict=True) for pk in one.crates
    )
    return rows


def _row(caller: Caller, one: Passing, held: Held) -> Handover:
    last = held.last
    return Handover(
        shipment=one.shipment,
        number=held.number + 1,
        kind=one.kind,
        giver=last.taker if last else one.giver.holder,
        taker=one.taker.holder,
        giver_name=one.giver.name.strip(),
        taker_name=one.taker.name.strip(),
        giver_user_id=caller.user.pk if one.giver.ours else None,
        taker_user_id=caller.user.pk if one.taker.ours else None,
        vehicle=one.vehicle.strip(),
        place=one.place.strip(),
        remarks=one.remarks.strip(),
        at=one.at,
        previous=last.number if last else None,
        previous_at=last.at if last else None,
        recorded_at=caller.at,
        by_id=caller.user.pk,
        event_id=one.event_id,
    )


def crate_ids_of(shipment_ids: Collection[int]) -> dict[int, list[int]]:
    """Step: the crates of each shipment. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = ShipmentCrate.objects.filter(shipment_id__in=list(shipment_ids)).order_by("crate_id")
    for shipment_id, crate_id in rows.values_list("shipment_id", "crate_id"):
        found[shipment_id].append(crate_id)
    return found

"""Crates onto shipments that have not left, from one to another, and off again: what the loading board does.

A shipment's version counts every change of its plan: lane and departure (replanning), crates (here), load (loads).
Whoever moves a crate names the versions and the place that were seen. Lock order: shipments by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.models import Event
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from ledger.versions import refuse_stale
from logistics.models import Crate, LoadPlace, LoadPlan, Shipment, ShipmentCrate
from logistics.operations.load_judging import LoadWish, keep_loads
from logistics.operations.loads import wish_of_plan
from logistics.operations.moments import plant_clock
from logistics.operations.shipments import (
    assign_many,
    crates_by_sscc,
    crates_changed,
    lock_shipments,
    refuse_assigned,
    refuse_gone,
)
from logistics.text import bare_sscc


class CratesUnnamed(Refusal):
    """No crate was named."""


class CrateMoved(Refusal):
    """The crate is not on the shipment on which it was seen."""


class CrateThere(Refusal):
    """The crate is to go to the shipment that it is on."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The shipment that crates come from, and its version that was seen."""

    shipment_id: int
    version: int


@operation(permission="logistics.ship", returns=Shipment)
def assign_crates(
    *,
    caller: Caller,
    shipment_id: int,
    version: int,
    crates: list[str],
    origin: Origin | None = None,
    reason: str = "",
) -> Shipment:
    """Put crates (by SSCC) on a shipment that has not left; `origin`: the shipment that they come from, none where they
    waited. The load of both is judged anew: at the origin the crates that stay stand where they stood, at the end
    nobody has said yet where the new ones stand. Locks the shipments.

    Refuses UnknownShipment, CratesUnnamed, UnknownCrate, ShipmentGone, CrateThere, CrateMoved, CrateAssigned (both say
    who moved it where), StaleEdit, CrateGoesElsewhere, TextUnprintable, and what the loads refuse with and without them
    (OverLimit, PermitMissing, FloorTooWeak, …)."""
    refuse_unprintable(reason)
    seen = {shipment_id: version} | ({origin.shipment_id: origin.version} if origin else {})
    shipments = lock_shipments(seen)
    found, end = _named(crates), shipments[shipment_id]
    start = shipments[origin.shipment_id] if origin else None
    for shipment in shipments.values():
        refuse_gone(shipment)
    _refuse_elsewhere(found, start, end)
    _refuse_stale(shipments.values(), seen)

    before = _standing(shipments)
    if start is not None:
        _take_off(caller, start, found, before, {"to": end.number, "reason": reason.strip()})
    came = {"from": start.number if start else "", "reason": reason.strip()}
    end.version += 1
    assign_many(caller, [(end, list(found))], {end.pk: came | crates_changed(end, before[end.pk], added=found)})
    Shipment.objects.bulk_update(shipments.values(), ["version"])
    _judge_again(caller, start, end)
    return end


@operation(permission="logistics.ship", returns=Shipment)
def withdraw_crates(*, caller: Caller, shipment_id: int, version: int, crates: list[str], reason: str = "") -> Shipment:
    """Take crates (by SSCC) off a shipment that has not left: they wait for another one. What stays on it stands where
    it stood; its load is judged anew. Locks the shipment.

    Refuses UnknownShipment, CratesUnnamed, UnknownCrate, ShipmentGone, CrateMoved, StaleEdit, TextUnprintable, and what
    the load refuses without them (an axle that bears more once its counterweight is gone: OverLimit)."""
    refuse_unprintable(reason)
    shipments = lock_shipments([shipment_id])
    found, shipment = _named(crates), shipments[shipment_id]
    refuse_gone(shipment)
    _refuse_elsewhere(found, shipment, None)
    _refuse_stale([shipment], {shipment_id: version})

    _take_off(caller, shipment, found, _standing(shipments), {"to": "", "reason": reason.strip()})
    shipment.save(update_fields=["version"])
    _judge_again(caller, shipment, None)
    return shipment


def _named(texts: Sequence[str]) -> dict[str, Crate]:
    """The crates by their plain SSCC, in the order they were named."""
    if not texts:
        raise CratesUnnamed(
            _("No crate was named."), true=_("Nothing was recorded."), do=_("Choose a crate, or scan its label.")
        )
    known = crates_by_sscc(texts)
    return {sscc: known[sscc] for sscc in (bare_sscc(text) for text in texts)}


def _standing(shipments: Mapping[int, Shipment]) -> dict[int, list[str]]:
    """The SSCCs on each of these (locked) shipments."""
    found: dict[int, list[str]] = {pk: [] for pk in shipments}
    rows = ShipmentCrate.objects.filter(shipment_id__in=list(shipments)).order_by("crate__sscc")
    for pk, sscc in rows.values_list("shipment_id", "crate__sscc"):
        found[pk].append(sscc)
    return found


def _take_off(
    caller: Caller,
    shipment: Shipment,
    found: Mapping[str, Crate],
    before: Mapping[int, list[str]],
    told: dict[str, str],
) -> None:
    """The crates leave a (locked) shipment: its next version, the event, then the rows with where they stood."""
    shipment.version += 1
    said: dict[str, object] = {"number": shipment.number, "crates": list(found), **told}
    said |= crates_changed(shipment, before[shipment.pk], removed=found)
    record_many(caller, "logistics.crates-withdrawn", [Happening(shipment, said)])
    rows = ShipmentCrate.objects.filter(shipment=shipment, crate__in=list(found.values()))
    LoadPlace.objects.filter(row__in=rows).delete()
    rows.delete()


def _judge_again(caller: Caller, start: Shipment | None, end: Shipment | None) -> None:
    """The loads that are planned, as a whole: where crates left, the others stand where they stood; where crates came,
    nobody has said where they stand, so the load counts as spread over the deck until somebody does; whether all fit
    on the deck is judged then, and at the departure. The vehicle is the planned one, also of a retired kind."""
    ids = [one.pk for one in (start, end) if one is not None]
    rows = LoadPlan.objects.filter(shipment_id__in=ids).select_related("vehicle")
    plans = {plan.shipment_id: plan for plan in rows.prefetch_related("places__row__crate")}
    wishes = []
    if start is not None and start.pk in plans:
        wishes.append((start, wish_of_plan(plans[start.pk])))
    if end is not None and end.pk in plans:
        wishes.append((end, spread(plans[end.pk])))
    keep_loads(caller, wishes, again={plan.vehicle.code: plan.vehicle for plan in plans.values()})


def spread(plan: LoadPlan) -> LoadWish:
    """Step: a kept plan (with its vehicle) as a wish with the load spread over the deck."""
    return LoadWish(plan.vehicle.code, plan.securing_kg, plan.on_designated_roads, plan.permit, plan.permit_until)


def _refuse_stale(shipments: Iterable[Shipment], seen: Mapping[int, int]) -> None:
    for shipment in shipments:
        refuse_stale(shipment, seen[shipment.pk], {})


def _refuse_elsewhere(found: Mapping[str, Crate], start: Shipment | None, end: Shipment | None) -> None:
    """Each crate is where it was seen: waiting, or on `start`."""
    if start is not None and end is not None and start.pk == end.pk:
        raise CrateThere(
            _("The crate is on %(number)s already.") % {"number": end.number},
            true=_("Nothing was recorded."),
            do=_("Choose another shipment."),
        )
    for sscc, crate in found.items():
        row: ShipmentCrate | None = getattr(crate, "shipment_crate", None)
        if start is None and row is not None:
            refuse_assigned(crate, _moved_by(sscc, row, None))
        elif start is not None and (row is None or row.shipment_id != start.pk):
            raise CrateMoved(
                _("Crate %(sscc)s is no longer on %(number)s.") % {"sscc": sscc, "number": start.number},
                true=_moved_by(sscc, row, start),
                do=_("Look where it is now, and move it from there."),
            )


def _moved_by(sscc: str, row: ShipmentCrate | None, start: Shipment | None) -> str:
    """Who put the crate where it is now, or took it from where it was seen, and when."""
    if row is not None:
        event = Event.objects.get(pk=row.event_id)
        say = _("%(person)s put it on %(number)s at %(moment)s. Nothing was recorded.")
        return say % {"number": row.shipment.number, **_who(event)}
    gone = Event.objects.filter(
        subject_type=Shipment._meta.label_lower, subject_id=start.pk if start else 0, kind="logistics.crates-withdrawn",
        payload__crates__contains=[sscc],
    ).order_by("pk").last()  # fmt: skip
    if gone is None:
        return _("It is on no shipment. Nothing was recorded.")
    return _("%(person)s took it off at %(moment)s; it is on no shipment. Nothing was recorded.") % _who(gone)


def _who(event: Event) -> dict[str, str]:
    person = User.objects.filter(pseudonym=event.actor).first()
    name = person.name if person else _("somebody who is no longer named")
    return {"person": name, "moment": plant_clock(event.recorded_at)}

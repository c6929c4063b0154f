"""What a scan means where crates are: an SSCC shows its crate; at the site a rack and a position accept the rack."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory.models import Placement, Unit
from inventory.operations.finding import find_unit_ids
from inventory.scanning import ScanAnswer, ScanContext, own_code
from ledger.callers import Caller
from logistics.models import Acceptance, Crate, MissingCrate, Shipment
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.text import bare_sscc, is_sscc

MINE = ("rack", "shipment")
"""The facts that this resolver hands to the next scan."""


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver of logistics: crates everywhere, acceptance at stations of the site."""
    own = own_code(text)
    if own is not None:
        rack = context.facts.get("rack")
        if own.kind != "LOC" or context.station_kind != "site" or not rack:
            return None
        return _accept(caller, str(rack), own.value, context)
    sscc = bare_sscc(text)
    if is_sscc(sscc):
        return _show_crate(sscc, context)
    return _take_rack(text, context) if context.station_kind == "site" else None


def show_shipment(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: what a carrier names a load by: the shipment's number, the truck that took it, the seal on it."""
    if own_code(text) is not None:
        return None
    named = Q(number=text) | Q(departure__truck=text) | Q(departure__seal=text)
    rows = Shipment.objects.filter(named).select_related("lane", "carrier", "departure", "arrival")
    shipment = rows.order_by("-pk").first()
    if shipment is None:
        return None
    state = _("arrived") if shipment.has_arrived else _("on the way") if shipment.has_departed else _("planned")
    if not shipment.has_arrived and MissingCrate.objects.filter(shipment_crate__shipment=shipment).exists():
        state = _("arrived in part")
    return ScanAnswer(
        state="run",
        word=_("Shipment"),
        say=(shipment.number, f"{shipment.lane.name} · {state}"),
        detail=({"code": shipment.carrier.code, "text": shipment.carrier.name},),
        next=_("Scan a crate of it."),
        context=_without_mine(context),
    )


def _show_crate(sscc: str, context: ScanContext) -> ScanAnswer | None:
    """A crate and what is in it. One that nobody sealed here is left to the other resolvers."""
    crate = Crate.objects.filter(sscc=sscc).select_related("unit", "shipment_crate__shipment").first()
    if crate is None:
        return None
    inside = Placement.objects.filter(host=crate.unit, to_at=None).select_related("unit").first()
    row = getattr(crate, "shipment_crate", None)
    detail = [{"code": sscc, "text": _("crate %(tag)s") % {"tag": crate.unit.tag}}]
    if row is not None:
        detail.append({"code": row.shipment.number, "text": _("Shipment")})
    facts = _without_mine(context)
    if inside is not None and row is not None and context.station_kind == "site":
        facts |= {"rack": inside.unit.tag, "shipment": row.shipment_id}
    return ScanAnswer(
        state="run",
        word=_("Crate"),
        say=(_("Rack %(rack)s is inside.") % {"rack": inside.unit.name},) if inside else (_("The crate is empty."),),
        detail=tuple(detail),
        next=_("Scan the position in the data hall.") if "rack" in facts else "",
        context=facts,
    )


def _take_rack(text: str, context: ScanContext) -> ScanAnswer | None:
    """A rack that stands in its crate at the site is taken in hand; anything else is not ours."""
    hits = find_unit_ids([text])[text]
    if len(hits) != 1:
        return None
    way = "host__crate__shipment_crate"
    here = Q(**{f"{way}__shipment__arrival__isnull": False}) | Q(**{f"{way}__arrival__isnull": False})
    placement = (
        Placement.objects.filter(here, unit_id=hits[0], to_at=None)
        .select_related("unit", "host__crate__shipment_crate__shipment")
        .first()
    )
    if placement is None or placement.host is None:
        return None
    shipment = placement.host.crate.shipment_crate.shipment
    return ScanAnswer(
        state="run",
        word=_("Rack"),
        say=(placement.unit.name,),
        detail=({"code": shipment.number, "text": _("Shipment")},),
        next=_("Scan the position in the data hall."),
        context=_without_mine(context) | {"rack": placement.unit.tag, "shipment": shipment.pk},
    )


def _accept(caller: Caller, rack: str, position: str, context: ScanContext) -> ScanAnswer:
    """Plain acceptance: with remarks, or a refusal, it is done on the page of the shipment."""
    verdict = Verdict(int(context.facts.get("shipment", 0)), rack, "accepted", position)
    row: Acceptance = accept_rack(caller=caller, verdict=verdict)
    unit = Unit.objects.get(pk=row.unit_id)
    return ScanAnswer(
        state="ok",
        say=(_("%(rack)s is accepted and stands at %(position)s.") % {"rack": unit.name, "position": position},),
        next=_("Scan the next rack."),
        context=_without_mine(context),
    )


def _without_mine(context: ScanContext) -> dict[str, Any]:
    return {name: value for name, value in context.facts.items() if name not in (*MINE, "unit")}

"""Trade control: what leaves the country leaves under a named judgement only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _

from inventory.models import Placement
from inventory.operations.returns import LicenceMissing, TradeCheckMissing
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import ExportCheck, Shipment
from logistics.operations.shipments import lock_shipments, refuse_gone
from logistics.queries.departing import leaves_country, unchecked_exports

Gaihi = Literal["listed", "not_listed"]


class StaysInCountry(Refusal):
    """The shipment does not leave the country: it needs no judgement."""


class GoodsUnclassified(Refusal):
    """Goods in the crates have no HS code or no ECCN."""


@operation(permission="inventory.check_export", returns=ExportCheck)
def check_shipment_export(
    *, caller: Caller, shipment_id: int, gaihi: Gaihi, eccn: str, basis: str, licence: str = ""
) -> ExportCheck:
    """Record the trade-control judgement (外為法: 該非判定) on a shipment that leaves the country: the ECCN, what the
    judgement rests on; a listed item needs a licence or a named exception. Another check replaces an earlier one until
    the departure. Locks the shipment. Refuses UnknownShipment, ShipmentGone, StaysInCountry, TradeCheckMissing (a field
    is blank), LicenceMissing, GoodsUnclassified (a part in the crates has no HS code or no ECCN)."""
    shipment = lock_shipments([shipment_id])[shipment_id]
    refuse_gone(shipment)
    if not leaves_country(shipment):
        raise StaysInCountry(
            _("Shipment %(number)s stays in the country.") % {"number": shipment.number},
            true=_("It needs no trade-control check. Nothing was recorded."),
        )
    told: dict[str, Any] = {"eccn": eccn.strip(), "basis": basis.strip(), "licence": licence.strip()}
    _refuse_blank(gaihi, told)
    _refuse_unclassified(shipment)

    destination = shipment.lane.destination.country
    event = record(
        caller, "logistics.export-checked", shipment, number=shipment.number, gaihi=gaihi, destination=destination,
        **told,
    )  # fmt: skip
    return ExportCheck.objects.create(
        shipment=shipment, gaihi=gaihi, destination=destination, at=caller.at, by_id=caller.user.pk, event_id=event,
        **told,
    )  # fmt: skip


def refuse_unchecked(shipments: Collection[Shipment]) -> None:
    """Step: refuse TradeCheckMissing for a (locked) shipment that leaves the country unjudged, for another country than
    was judged, or with crates that were put on it after the judgement. No query for shipments that stay in the country,
    else two."""
    unchecked = unchecked_exports(shipments)
    for one in shipments:
        if one.pk in unchecked:
            raise TradeCheckMissing(
                _("No trade-control check lets %(number)s out to %(country)s.")
                % {"number": one.number, "country": one.lane.destination.country},
                true=_("Crates were put on it after its check. Nothing was recorded.")
                if unchecked[one.pk]
                else _("The shipment is still here. Nothing was recorded."),
                do=_("Have the judgement (該非判定) and the ECCN of its load checked first."),
            )


def _refuse_blank(gaihi: str, told: dict[str, Any]) -> None:
    if not told["eccn"] or not told["basis"]:
        raise TradeCheckMissing(
            _("The check needs the ECCN and its basis."),
            true=_("Nothing was recorded."),
            do=_("Fill in what is blank."),
        )
    if gaihi == "listed" and not told["licence"]:
        raise LicenceMissing(
            _("A listed item leaves the country under a licence or a named exception only."),
            true=_("Nothing was recorded."),
            do=_("Enter the licence or the exception with its number."),
        )


def _refuse_unclassified(shipment: Shipment) -> None:
    """The goods themselves, as they are declared: what sits directly in the crates."""
    crates = shipment.crates.values("crate__unit_id")
    goods: Sequence[Placement] = list(
        Placement.objects.filter(host_id__in=crates, to_at=None).select_related("unit__part").order_by("unit_id")
    )
    bare = [one.unit for one in goods if not one.unit.part.hs_code or not one.unit.part.eccn]
    if bare:
        raise GoodsUnclassified(
            _("Part %(part)s has no HS code or no ECCN.") % {"part": bare[0].part.number},
            true=_("%(count)d of %(all)d units are not classified. Nothing was recorded.")
            % {"count": len(bare), "all": len(goods)},
            do=_("Have the part classified on its page first."),
        )

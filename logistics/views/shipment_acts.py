"""What may be done with a shipment now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.models import Milestone, Shipment
from logistics.operations.departures import is_return
from logistics.queries.departing import leaves_country

Act = tuple[str, str, str]
"""What the address names it by, its label, the right that it wants."""


def acts_of(shipment: Shipment, user: Any) -> list[dict[str, str]]:
    """What may be done now with a row of `shipment_rows`, by this person; the next one is the filled button."""
    acts: list[Act] = []
    if not shipment.has_departed:
        acts.append(("departure", _("The truck leaves"), "logistics.ship"))
        acts.append(("replan", _("Plan anew"), "logistics.ship"))
        if leaves_country(shipment):
            acts.append(("export-check", _("Trade-control check"), "inventory.check_export"))
    elif not shipment.has_arrived:
        acts += _arriving(shipment)
        acts.append(("milestone", _("Report on the way"), "logistics.report_milestone"))
        acts.append(("hand-over", _("Hand over to the next carrier"), "logistics.hand_over"))
        acts.append(("reroute", _("Send another way"), "logistics.ship"))
    else:
        acts += _arrived(shipment)
    acts += _at_any_time(shipment)
    rows = [
        {"label": label, "url": reverse("shipment_act", args=[shipment.number, act]), "icon": "", "kind": ""}
        for act, label, right in acts
        if user.has_perm(right)
    ]
    if rows:
        rows[0]["kind"] = "primary"
    return rows


def _arriving(shipment: Shipment) -> list[Act]:
    """What the dock does with a shipment that is on its way, as a whole or in part."""
    here: int = getattr(shipment, "here_count", 0)
    if here:
        late = ("part-arrival", _("Arrival of a late crate"), "logistics.receive_at_site")
        return [*_of_parts(shipment, here), late]
    acts = [("arrival", _("Arrival at the dock"), "logistics.receive_at_site")]
    if getattr(shipment, "rack_count", 0) > 1 and not is_return(shipment):
        acts.append(("part-arrival", _("Arrival in part"), "logistics.receive_at_site"))
    return acts


def _of_parts(shipment: Shipment, here: int) -> list[Act]:
    """What is open of the crates that are here: their receiving, then the site's word."""
    received: int = getattr(shipment, "received_count", 0)
    acts = [("receiving", _("Receiving is finished"), "logistics.receive_at_site")] if received < here else []
    return [*acts, ("acceptance", _("Accept a rack"), "logistics.accept")] if received else acts


def _arrived(shipment: Shipment) -> list[Act]:
    here: int = getattr(shipment, "here_count", 0)
    if is_return(shipment):  # what comes back is taken in on the page of its return
        return []
    if here:
        return _of_parts(shipment, here)
    if shipment.arrival.received_at is None:
        return [("receiving", _("Receiving is finished"), "logistics.receive_at_site")]
    return [("acceptance", _("Accept a rack"), "logistics.accept")]


def _at_any_time(shipment: Shipment) -> list[Act]:
    acts = []
    reports: list[Milestone] = getattr(shipment, "reports", [])
    if any(is_open_doubt(one) for one in reports):
        acts.append(("doubt", _("Settle a doubtful place"), "logistics.report_milestone"))
    if not (shipment.has_arrived and shipment.arrival.received_at):
        acts.append(("eta", _("Give an ETA"), "logistics.report_milestone"))
    if not shipment.has_arrived:
        acts.append(("waybill", _("Note the waybill"), "logistics.ship"))
    return acts


def is_open_doubt(report: Milestone) -> bool:
    """Whether a carrier's place in this report waits for somebody's word."""
    note = getattr(report, "line_note", None)
    return note is not None and note.doubt and not hasattr(note, "review")

"""What follows an event: one readable table, event kind → reactions.

A reaction is a function of (caller, event). `atomic` ones run with their delivery row in one transaction and leave
either both or nothing; the others do long work in steps of their own and must bear being called again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genpin import paper_reactions, report_delivery
from ledger.callers import Caller
from ledger.models import Event
from ledger.reactions import register_reaction
from logistics.models import Forecast
from logistics.operations.forecasts import keep_forecasts


def renew_forecasts(caller: Caller, event: Event) -> None:
    """What stops the ways, or a new plan, moves arrivals: the forecasts are made and kept anew, once for all that
    was recorded meanwhile."""
    if not Forecast.objects.filter(made_at__gt=event.recorded_at).exists():
        keep_forecasts(caller)


@dataclass(frozen=True)
class Reaction:
    """What is done, and whether it is one transaction."""

    function: Callable[[Caller, Event], None]
    atomic: bool = True


REACTIONS: dict[str, Reaction] = {
    "issue_as_built": Reaction(paper_reactions.issue_as_built),
    "issue_traveller": Reaction(paper_reactions.issue_traveller),
    "issue_packing_list": Reaction(paper_reactions.issue_packing_list),
    "issue_delivery_note": Reaction(paper_reactions.issue_delivery_note),
    "renew_forecasts": Reaction(renew_forecasts),
    "deliver_weekly_report": Reaction(report_delivery.deliver, atomic=False),
    "press_prints": Reaction(paper_reactions.press_prints, atomic=False),
}

TABLE: dict[str, list[str]] = {
    "assembly.build-completed": ["issue_traveller", "issue_as_built"],
    "logistics.shipment-departed": ["issue_packing_list", "issue_delivery_note"],
    "logistics.disruption-reported": ["renew_forecasts"],
    "logistics.disruption-revised": ["renew_forecasts"],
    "logistics.disruption-ended": ["renew_forecasts"],
    "logistics.shipment-replanned": ["renew_forecasts"],
    "logistics.shipment-rerouted": ["renew_forecasts"],
    "logistics.weekly-report-made": ["deliver_weekly_report"],
    "documents.prints-requested": ["press_prints"],
}


def register_all() -> None:
    """Fill the ledger's table; called once when the applications are ready."""
    for kind, names in TABLE.items():
        for name in names:
            register_reaction(kind, name)

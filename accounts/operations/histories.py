"""Saying that a history is simulated: the first event of a plant that `simulate_plant` fills, and the last."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.operations.people import PlantNotEmpty
from ledger.callers import Caller
from ledger.models import Event
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

BEGUN, WHOLE = "accounts.simulated-history-begun", "accounts.simulated-history-ended"


class NoSimulatedHistory(Refusal):
    """No simulated history was begun."""


@operation(permission="accounts.keep_people")
def begin_simulated_history(*, caller: Caller, seed: int, racks: int) -> dict[str, int]:
    """Say that what follows is a simulated history, from this moment on. The first event of all.

    Locks nothing. Refuses PlantNotEmpty: a simulated plant begins in an empty database only."""
    if Event.objects.exists():
        raise PlantNotEmpty(
            _("This database holds a record already."),
            true=_("Nothing was recorded."),
            do=_("Name an empty database in DATABASE_URL, or choose another GENPIN_HOME."),
        )
    event = record(
        caller, "accounts.simulated-history-begun", ("accounts.user", caller.user.pk), seed=seed, racks=racks
    )
    return {"event": event}


@operation(permission="accounts.keep_people")
def end_simulated_history(*, caller: Caller) -> dict[str, int]:
    """Say that the simulated history is whole; real time begins. Locks nothing. Refuses NoSimulatedHistory."""
    if not Event.objects.filter(kind=BEGUN).exists():
        raise NoSimulatedHistory(_("No simulated history was begun."), true=_("Nothing was recorded."))
    return {"event": record(caller, WHOLE, ("accounts.user", caller.user.pk))}

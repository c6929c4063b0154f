"""Marking the units that verify stations, so that their attempts are no production."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assembly.models import ReferenceMark
from assembly.operations.nonconformities import ReasonWanted
from inventory.models import Unit
from inventory.operations.finding import find_unit_id, refuse_ended
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class MarkedAlready(Refusal):
    """The unit is a reference unit already."""


class NotMarked(Refusal):
    """The unit is no reference unit now."""


@operation(permission="assembly.keep_reference_units", returns=ReferenceMark)
def mark_reference_unit(*, caller: Caller, unit: str, reason: str) -> ReferenceMark:
    """Say that a unit (tag, PART:SERIAL or serial) verifies stations from now on. Attempts that begin while the mark
    stands are in no yield and no capability; earlier ones stay counted. Locks the unit.

    Refuses UnknownSerial, AmbiguousSerial, UnitEnded, ReasonWanted, MarkedAlready."""
    found = _locked(unit)
    refuse_ended(found)
    if not reason.strip():
        raise ReasonWanted(
            _("A reference unit needs a reason."),
            true=_("Nothing was recorded."),
            do=_("Write what it verifies, at which station."),
        )
    if ReferenceMark.objects.filter(unit=found, ended_event_id=None).exists():
        raise _already()

    event = record(caller, "assembly.reference-unit-marked", found, reason=reason.strip())
    return ReferenceMark.objects.create(
        unit=found, reason=reason.strip(), marked_at=caller.happened_at, marked_by_id=caller.user.pk, event_id=event
    )


@operation(permission="assembly.keep_reference_units", returns=ReferenceMark)
def end_reference_mark(*, caller: Caller, unit: str, reason: str) -> ReferenceMark:
    """A unit verifies stations no longer: what begins from now on counts as production. Locks the unit.

    Refuses UnknownSerial, AmbiguousSerial, ReasonWanted, NotMarked."""
    found = _locked(unit)
    if not reason.strip():
        raise ReasonWanted(
            _("Ending a reference mark needs a reason."), true=_("Nothing was recorded."), do=_("Write why.")
        )
    mark = ReferenceMark.objects.filter(unit=found, ended_event_id=None).first()
    if mark is None:
        raise NotMarked(
            _("%(unit)s is no reference unit.") % {"unit": found.name},
            true=_("Nothing was recorded."),
            do=_("Choose one from the list."),
        )

    mark.ended_event_id = record(caller, "assembly.reference-unit-released", found, reason=reason.strip())
    mark.ended_at, mark.ended_by_id = max(caller.happened_at, mark.marked_at), caller.user.pk
    mark.ended_why = reason.strip()
    mark.save(update_fields=["ended_event_id", "ended_at", "ended_by", "ended_why"])
    return mark


def _locked(text: str) -> Unit:
    return Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=find_unit_id(text))


def _already() -> MarkedAlready:
    return MarkedAlready(
        _("This unit is a reference unit already."),
        true=_("Nothing was recorded."),
        do=_("End its mark first, if the reason has changed."),
    )


wall("unit_has_one_standing_reference_mark", _already)

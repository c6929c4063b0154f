"""Approved departures from a frozen design."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from assembly.models import Deviation, Slot
from assembly.operations.fits import UnknownSlot, WrongPart
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.rework import lock_build
from inventory.models import Part
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class DeviationApproved(Refusal):
    """That part is approved at that position already."""


@operation(permission="assembly.dispose_nonconformity", returns=Deviation)
def approve_deviation(*, caller: Caller, build_id: int, position: str, part_number: str, reason: str) -> Deviation:
    """Approve another part at one position of one build; its design stays frozen. Locks the build.

    Refuses UnknownSlot, WrongPart (no such part), ReasonWanted, DeviationApproved."""
    if not reason.strip():
        raise ReasonWanted(_("A deviation needs a reason."), do=_("Write why."))
    build = lock_build(build_id)
    slot = Slot.objects.filter(build=build, position=position).first()
    if slot is None:
        raise UnknownSlot(_("The build has no slot %(slot)s.") % {"slot": position[:40]})
    part = Part.objects.filter(number=part_number).first()
    if part is None:
        raise WrongPart(_("There is no part %(number)s.") % {"number": part_number[:60]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('assembly_deviation_number')")
        number = f"DV-{caller.happened_at.year % 100:02d}-{cursor.fetchone()[0]:04d}"

    event = record(
        caller, "assembly.deviation-approved", build, number=number, position=position, part=part_number, reason=reason
    )
    return Deviation.objects.create(
        number=number,
        build=build,
        position=position,
        part=part,
        reason=reason,
        approved_by_id=caller.user.pk,
        approved_at=caller.happened_at,
        event_id=event,
    )


wall(
    "deviation_is_approved_once",
    lambda: DeviationApproved(
        _("That part is approved at that position already."), true=_("Nothing was recorded."), do=_("Fit the part.")
    ),
)

"""Taking a burn-in cell out of service for a stretch of time, and giving it back."""

from __future__ import annotations

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.models import BurnInCell, BurnInRun, CellOutage, Reservation
from assembly.operations.cell_room import CellBlocked
from assembly.operations.reservations import cells_by_code, lock_plant, refuse_period
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

NAMED = 5
"""Racks that a refusal names; of more it tells the count."""
REASON_LIMIT = 500


class CellReserved(Refusal):
    """Racks have the cell in that period, or one soaks in it."""


class OutageReason(Refusal):
    """Nobody says why the cell is out of service."""


class UnknownOutage(Refusal):
    """There is no such open outage."""


@operation(permission="assembly.run_burn_in", returns=CellOutage)
def block_cell(*, caller: Caller, cell_code: str, from_at: datetime, to_at: datetime, reason: str) -> CellOutage:
    """Take a cell out of service over a period: nothing is reserved, started or placed in it then. Racks that have it
    in that period are named: they are moved first, in their own right. Locks the cell, feed, loop.

    Refuses UnknownCell, WrongPeriod, OutageReason, CellBlocked, CellReserved."""
    cell = cells_by_code([cell_code])[cell_code]
    refuse_period(caller, from_at, to_at)
    if not reason.strip():
        raise OutageReason(_("An outage needs a reason."), do=_("Say why the cell takes no rack."))
    lock_plant([cell.pk])
    period = DateTimeTZRange(from_at, to_at)
    if CellOutage.objects.filter(cell=cell, ended_at=None, period__overlap=period).exists():
        raise CellBlocked(
            _("Cell %(cell)s is out of service in that period already.") % {"cell": cell.code},
            true=_("Nothing was recorded."),
            do=_("End that outage first."),
        )
    _refuse_kept(caller, cell, period)

    event = record(
        caller, "assembly.cell-blocked", cell, cell=cell.code, begins=from_at, ends=to_at, reason=reason.strip()
    )
    return CellOutage.objects.create(cell=cell, period=period, reason=reason.strip()[:REASON_LIMIT], event_id=event)


@operation(permission="assembly.run_burn_in", returns=CellOutage)
def unblock_cell(*, caller: Caller, outage_id: int) -> CellOutage:
    """Give a cell back before its outage is over. Locks the cell, feed, loop. Refuses UnknownOutage."""
    cell_id = CellOutage.objects.filter(pk=outage_id).values_list("cell", flat=True).first()
    if cell_id is not None:
        lock_plant([cell_id])
    outage = CellOutage.objects.select_related("cell").filter(pk=outage_id, ended_at=None).first()
    if outage is None or outage.period.upper <= caller.happened_at:
        raise UnknownOutage(_("There is no such open outage."), true=_("Nothing was recorded."))

    outage.ended_event_id = record(
        caller, "assembly.cell-unblocked", outage.cell, cell=outage.cell.code, outage=outage.pk
    )
    outage.ended_at = caller.happened_at
    outage.save(update_fields=["ended_at", "ended_event_id"])
    return outage


def _refuse_kept(caller: Caller, cell: BurnInCell, period: DateTimeTZRange) -> None:
    soaking = BurnInRun.objects.filter(cell=cell, ended_at=None).select_related("run__build__unit").first()
    if soaking is not None and period.lower <= caller.happened_at:
        raise CellReserved(
            _("%(rack)s is soaking in cell %(cell)s.") % {"rack": soaking.run.build.unit.name, "cell": cell.code},
            true=_("Nothing was recorded."),
            do=_("End the burn-in first."),
        )
    rows = Reservation.objects.filter(cell=cell, cancelled_at=None, period__overlap=period)
    kept = list(rows.select_related("build__unit").order_by("period"))
    if kept:
        racks = ", ".join(
            f"{row.build.unit.name} ({timezone.localtime(row.period.lower):%m/%d %H:%M})" for row in kept[:NAMED]
        )
        raise CellReserved(
            _("Cell %(cell)s is kept in that period for %(count)d racks: %(racks)s.")
            % {"cell": cell.code, "count": len(kept), "racks": racks + (" …" if len(kept) > NAMED else "")},
            true=_("Nothing was recorded."),
            do=_("Move these racks to other cells first, on the schedule."),
        )


wall(
    "cell_is_out_of_service_once_at_a_time",
    lambda: CellBlocked(_("The cell was taken out of service at the same moment."), true=_("Nothing was recorded.")),
)

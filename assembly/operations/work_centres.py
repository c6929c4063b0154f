"""Work centres: named, and given the pace that their stations should keep."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assembly.models import WorkCentre
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

LONGEST_TAKT = 7 * 24 * 60
"""Minutes: a week."""


class WorkCentreExists(Refusal):
    """A work centre of that code is defined already."""


class UnknownWorkCentre(Refusal):
    """No work centre has that code."""


class WorkCentreOdd(Refusal):
    """A work centre without a code or a name, or with a pace that cannot be."""


class TaktChanged(Refusal):
    """Somebody else set another pace meanwhile."""


@operation(permission="assembly.keep_master_data", returns=WorkCentre)
def define_work_centre(
    *, caller: Caller, code: str, name_ja: str, name_en: str, takt_minutes: int | None = None, order: int = 0
) -> WorkCentre:
    """Name a work centre; `takt_minutes` is the time in which each of its stations should end one operation.

    Locks nothing: the code is kept unique by its constraint. Refuses WorkCentreExists, WorkCentreOdd."""
    code = code.strip()
    if not (code and name_ja.strip() and name_en.strip()):
        raise WorkCentreOdd(_("A work centre needs a code and its names."), true=_("Nothing was recorded."))
    _refuse_odd_takt(takt_minutes)
    if WorkCentre.objects.filter(code=code).exists():
        raise _exists(code)

    centre = WorkCentre.objects.create(
        code=code, name_ja=name_ja.strip(), name_en=name_en.strip(), takt_minutes=takt_minutes, order=order, event_id=0
    )
    event = record(
        caller, "assembly.work-centre-defined", centre, code=code, name=centre.name_en, takt_minutes=takt_minutes
    )
    WorkCentre.objects.filter(pk=centre.pk).update(event_id=event)
    centre.event_id = event
    return centre


@operation(permission="assembly.keep_master_data", returns=WorkCentre)
def set_takt(*, caller: Caller, code: str, takt_minutes: int | None, was_minutes: int | None) -> WorkCentre:
    """Set the pace of a work centre in minutes an operation; None takes it away. `was_minutes` is the pace that the
    caller saw: where another one holds by now, nothing is overwritten. Locks the work centre.

    Refuses UnknownWorkCentre, WorkCentreOdd, TaktChanged."""
    _refuse_odd_takt(takt_minutes)
    centre = WorkCentre.objects.select_for_update(no_key=True).filter(code=code.strip()).first()
    if centre is None:
        raise UnknownWorkCentre(
            _("There is no work centre %(code)s.") % {"code": code.strip()[:40]}, true=_("Nothing was recorded.")
        )
    if centre.takt_minutes != was_minutes:
        raise TaktChanged(
            _("The pace of %(name)s was changed meanwhile.") % {"name": centre.name},
            true=_("It is %(now)s minutes now; you saw %(was)s and want %(wish)s. Nothing was recorded.")
            % {"now": _minutes(centre.takt_minutes), "was": _minutes(was_minutes), "wish": _minutes(takt_minutes)},
            do=_("Look at the new value and decide again."),
        )

    event = record(caller, "assembly.takt-set", centre, code=centre.code, takt_minutes=takt_minutes, was=was_minutes)
    centre.takt_minutes, centre.event_id = takt_minutes, event
    centre.save(update_fields=["takt_minutes", "event_id"])
    return centre


def _minutes(value: int | None) -> str:
    return "–" if value is None else str(value)


def _refuse_odd_takt(minutes: int | None) -> None:
    if minutes is not None and not 0 < minutes <= LONGEST_TAKT:
        raise WorkCentreOdd(
            _("A pace of %(minutes)s minutes cannot be.") % {"minutes": minutes},
            true=_("Nothing was recorded."),
            do=_("Give minutes from 1 to %(longest)d.") % {"longest": LONGEST_TAKT},
        )


def _exists(code: str) -> WorkCentreExists:
    return WorkCentreExists(
        _("Work centre %(code)s is defined already.") % {"code": code}, true=_("Nothing was recorded.")
    )


wall("assembly_workcentre_code_key", lambda: _exists(""))

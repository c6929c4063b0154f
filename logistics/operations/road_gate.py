"""Whether the road lets a rack be accepted: what it found is settled by quality, every logger was read to the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from assembly.models import Nonconformity
from inventory.models import Unit
from ledger.refusals import Refusal
from logistics.models import Crate, CrateLogger
from logistics.operations.conditions import ROAD_DEFECT
from logistics.operations.moments import plant_clock
from logistics.queries.conditions import unread_loggers


class RoadFindingOpen(Refusal):
    """What was found on the road about the rack is not settled."""


class LoggerUnread(Refusal):
    """A logger travelled with the rack and its files do not tell of the whole way, or of no shock."""


def refuse_road_open(racks: Mapping[int, Unit], crates: Sequence[Crate]) -> None:
    """Step: refuse RoadFindingOpen while a nonconformity of the road about one of these (locked) racks is open: not
    disposed of, or disposed of and what was demanded (the re-test of NVLink and leaks) not yet passed; refuse
    LoggerUnread while a logger on one of these crates was not read to the end of the way or told of no shock, and its
    data were not told to be lost (domain/japan.md 5)."""
    open_rows = Nonconformity.objects.open().filter(build__unit_id__in=list(racks), defect_code=ROAD_DEFECT)
    report = open_rows.select_related("build__unit").order_by("pk").first()
    if report is not None:
        raise RoadFindingOpen(
            _("%(number)s is open: what the road did to %(rack)s is not settled.")
            % {"number": report.number, "rack": report.build.unit.name},
            true=_("It is decided; what was demanded has not passed yet. Nothing was recorded.")
            if report.disposition
            else _("Nobody has decided it yet. Nothing was recorded."),
            do=_("Do the operations again that quality demanded.")
            if report.disposition
            else _("Have quality decide it by name: a re-test of NVLink and leaks as rework, or use as is."),
        )
    logger = unread_loggers([crate.pk for crate in crates]).first()
    if logger is not None:
        raise _unread(logger)


def _unread(logger: CrateLogger) -> LoggerUnread:
    """What is missing of a logger of `unread_loggers`: its file, the end of the way, or shock."""
    until: datetime | None = logger.read_until  # type: ignore[attr-defined]
    told = {"serial": logger.serial, "sscc": logger.crate.sscc}
    if until is None:
        return LoggerUnread(
            _("Logger %(serial)s on crate %(sscc)s was not read.") % told,
            true=_("What the rack went through is not known. Nothing was recorded."),
            do=_("Read in the logger's file, or say why its data are lost."),
        )
    if not logger.whole:  # type: ignore[attr-defined]
        return LoggerUnread(
            _("Logger %(serial)s on crate %(sscc)s was read only until %(moment)s.")
            % {**told, "moment": plant_clock(until)},
            true=_("What the rack went through after that is not known. Nothing was recorded."),
            do=_("Read in the logger's file as it is now, or say why its data are lost."),
        )
    return LoggerUnread(
        _("The files of logger %(serial)s on crate %(sscc)s have no shock readings.") % told,
        true=_("Nobody knows whether the rack was struck. Nothing was recorded."),
        do=_("Read in a file with shock, or say why its data are lost."),
    )

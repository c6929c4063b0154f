"""Whether the road lets a rack be accepted: what it found is settled by quality, and every logger was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from assembly.models import Nonconformity
from inventory.models import Unit
from ledger.refusals import Refusal
from logistics.models import Crate, CrateLogger
from logistics.operations.conditions import ROAD_DEFECT
from logistics.queries.conditions import unread_loggers


class RoadFindingOpen(Refusal):
    """What was found on the road about the rack is not settled."""


class LoggerUnread(Refusal):
    """A logger travelled with the rack and its file was not read."""


def refuse_road_open(racks: Mapping[int, Unit], crates: Sequence[Crate]) -> None:
    """Step: refuse RoadFindingOpen while a nonconformity of the road about one of these (locked) racks is open: not
    disposed of, or disposed of and what was demanded (the re-test of NVLink and leaks) not yet passed; refuse
    LoggerUnread while a logger on one of these crates has no file and its data were not told to be lost
    (domain/japan.md 5)."""
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
    logger: CrateLogger | None = unread_loggers([crate.pk for crate in crates]).first()
    if logger is not None:
        raise LoggerUnread(
            _("Logger %(serial)s on crate %(sscc)s was not read.")
            % {"serial": logger.serial, "sscc": logger.crate.sscc},
            true=_("What the rack went through is not known. Nothing was recorded."),
            do=_("Read in the logger's file, or say why its data are lost."),
        )

"""Loggers on crates: fitted before the truck leaves, seen at hand-overs, stopped at the dock, or given up by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from inventory.models import Placement, Unit
from inventory.operations.finding import lock_units
from inventory.operations.units import next_keys
from inventory.text import fold, normalise
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import Crate, CrateLogger, LoggerReading, Shipment, ShipmentCrate
from logistics.models.conditions import LOGGER_STATES
from logistics.operations.conditions import hold_racks
from logistics.operations.milestones import NotDeparted
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.operations.shipments import crates_by_sscc, lock_shipments, refuse_gone
from logistics.queries.conditions import taken_off, unread_loggers
from logistics.text import bare_sscc

LoggerState = Literal["recording", "stopped", "missing"]
Seen = tuple[int, CrateLogger, str]
"""Shipment id, logger, state."""
INTERVAL_LIMIT = 24 * 60
SHOWN = 40
REASON_LIMIT = 500


class LoggerWrong(Refusal):
    """A logger has a serial and records every minute to every day."""


class LoggerBusy(Refusal):
    """The logger records another crate."""


class UnknownLogger(Refusal):
    """There is no such logger, or none on the shipment."""


class LoggersUnseen(Refusal):
    """A logger of a crate was not looked for at receipt."""


class LoggerSettled(Refusal):
    """The logger's data are there, or were given up before."""


class LoggerReasonWanted(Refusal):
    """Data are given up, and a logger is taken off, for a reason."""


@dataclass(frozen=True, slots=True)
class LoggerSeen:
    """A logger as it is found: recording, stopped or missing."""

    serial: str
    state: LoggerState


@operation(permission="logistics.pack", returns=CrateLogger)
def fit_logger(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    crate: str,
    serial: str,
    interval_minutes: int,
    model: str = "",
    rating: str = "",
    started_at: datetime | None = None,
) -> CrateLogger:
    """A logger (輸送記録計) starts to record a crate (by SSCC) that has not left: every `interval_minutes`; `rating` is
    what it is set to, as it shows it (10 g / 30°).

    The serial is kept in capitals: its file and the scanners at the site write it in any case (RULINGS 9).
    Locks the shipment of the crate, then the crate. Refuses UnknownCrate, ShipmentGone, LayoutError, LoggerWrong,
    LoggerBusy, MomentAhead."""
    row = crates_by_sscc([crate])[bare_sscc(crate)]
    _lock_crate(row)
    serial = normalise(serial).upper()
    if not serial or not 1 <= interval_minutes <= INTERVAL_LIMIT:
        raise LoggerWrong(
            _("A logger has a serial and records every 1 to %(limit)d minutes.") % {"limit": INTERVAL_LIMIT},
            true=_("Nothing was recorded."),
            do=_("Read the logger's label and its setting again."),
        )
    at = moment_of(caller, started_at)
    _refuse_busy(serial, at)

    (key,) = next_keys(CrateLogger, 1)
    event = record(
        caller, "logistics.logger-fitted", row.unit, happened_at=at, serial=serial, sscc=row.sscc, logger=key,
        model=model.strip(), interval=interval_minutes, rating=rating.strip(),
    )  # fmt: skip
    logger = CrateLogger.objects.create(
        pk=key, crate=row, serial=serial, model=model.strip(), interval_minutes=interval_minutes,
        rating=rating.strip(), started_at=at, event_id=event,
    )  # fmt: skip
    LoggerReading.objects.create(logger=logger, moment="seal", state="recording", at=at, event_id=event)
    return logger


def _lock_crate(crate: Crate) -> None:
    """The shipment of a crate, then the crate. Refuses ShipmentGone. Read again under the lock of the crate, which a
    departure needs too: somebody may have moved the crate to a shipment that left meanwhile."""
    shipment_id = ShipmentCrate.objects.filter(crate=crate).values_list("shipment_id", flat=True).first()
    if shipment_id is not None:
        refuse_gone(lock_shipments([shipment_id])[shipment_id])
    lock_units([crate.unit_id])
    row = ShipmentCrate.objects.filter(crate=crate).select_related("shipment__departure").first()
    if row is not None:
        refuse_gone(row.shipment)


def _refuse_busy(serial: str, at: datetime) -> None:
    rows = CrateLogger.objects.filter(~taken_off(), serial__iexact=serial).select_related("crate")
    busy = next((one for one in rows if one.stopped_at is None or one.stopped_at > at), None)
    if busy is not None:
        raise LoggerBusy(
            _("Logger %(serial)s records crate %(sscc)s.") % {"serial": serial[:SHOWN], "sscc": busy.crate.sscc},
            true=_("It records one crate at a time, until that one has arrived. Nothing was recorded.")
            if busy.stopped_at is None
            else _("It did so until %(moment)s. Nothing was recorded.") % {"moment": plant_clock(busy.stopped_at)},
            do=_("Take another logger, or read its serial again. One fitted by mistake is taken off on its page."),
        )


@operation(permission="logistics.read_logger", returns=LoggerReading)
def give_up_logger(*, caller: Caller, logger_id: int, reason: str) -> LoggerReading:
    """Say that the data of a logger are lost (it is gone, its battery was flat on the way, its file cannot be read or
    has no shock): the rack is put on hold with a nonconformity, since nobody knows what it went through.

    Locks the shipment, then the rack's build and the rack. Refuses UnknownLogger, NotDeparted, LoggerSettled,
    LoggerReasonWanted."""
    logger, shipment = lock_logger(logger_id)
    _refuse_bare(reason)
    if not unread_loggers([logger.crate_id]).filter(pk=logger.pk).exists():
        raise LoggerSettled(
            _("Logger %(serial)s has given its data, or was given up already.") % {"serial": logger.serial},
            true=_("Nothing was recorded."),
        )
    says = [{"code": "logger-lost", "serial": logger.serial, "text": reason.strip()}, {"code": "road-asks"}]
    racks = racks_been_in([logger.crate.unit_id])
    builds = lock_builds_of({rack.pk: rack for rack in racks})

    event = record(
        caller, "logistics.logger-given-up", shipment, number=shipment.number, serial=logger.serial,
        reason=reason.strip(),
    )  # fmt: skip
    row = LoggerReading.objects.create(
        logger=logger, moment="readout", state="missing", reason=reason.strip(), at=caller.happened_at, event_id=event
    )
    if logger.stopped_at is None:
        CrateLogger.objects.filter(pk=logger.pk).update(stopped_at=max(caller.happened_at, logger.started_at))
    hold_racks(caller, [(rack, says) for rack in racks], builds)
    return row


@operation(permission="logistics.pack", returns=CrateLogger)
def remove_logger(*, caller: Caller, logger_id: int, reason: str) -> CrateLogger:
    """Take a logger off a crate that has not left (its serial was entered wrong, its battery is low): it stops at the
    moment of its start, so it recorded nothing of a journey, and its serial is free again.

    Locks the shipment of the crate, then the crate. Refuses UnknownLogger, ShipmentGone, LoggerSettled (it was taken
    off before), LoggerReasonWanted."""
    rows = CrateLogger.objects.select_related("crate__unit__part_revision__part")
    found = rows.filter(pk=logger_id).first()
    if found is None:
        raise unknown_logger()
    _lock_crate(found.crate)
    logger = rows.get(pk=logger_id)
    _refuse_bare(reason)
    if logger.stopped_at is not None:
        raise LoggerSettled(
            _("Logger %(serial)s was taken off crate %(sscc)s before.")
            % {"serial": logger.serial, "sscc": logger.crate.sscc},
            true=_("Nothing was recorded."),
        )

    record(
        caller, "logistics.logger-removed", logger.crate.unit, serial=logger.serial, sscc=logger.crate.sscc,
        logger=logger.pk, reason=reason.strip(),
    )  # fmt: skip
    logger.stopped_at = logger.started_at
    logger.save(update_fields=["stopped_at"])
    return logger


def _refuse_bare(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise LoggerReasonWanted(
            _("A reason of 1 to %(limit)d characters is needed.") % {"limit": REASON_LIMIT},
            true=_("Nothing was recorded."),
        )


def unknown_logger() -> UnknownLogger:
    """Step: the refusal of a logger that there is not."""
    return UnknownLogger(
        _("There is no such logger."), true=_("Nothing was recorded."), do=_("Scan the logger's serial again.")
    )


def lock_logger(logger_id: int) -> tuple[CrateLogger, Shipment]:
    """Step: a logger with its crate, its shipment locked. Refuses UnknownLogger, NotDeparted."""
    rows = CrateLogger.objects.select_related("crate__unit__part_revision__part", "crate__shipment_crate")
    logger = rows.filter(~taken_off(), pk=logger_id).first()
    if logger is None:
        raise unknown_logger()
    row: ShipmentCrate | None = getattr(logger.crate, "shipment_crate", None)
    shipment = lock_shipments([row.shipment_id])[row.shipment_id] if row else None
    if shipment is None or not shipment.has_departed:
        raise NotDeparted(
            _("Crate %(sscc)s has not left yet.") % {"sscc": logger.crate.sscc},
            true=_("There is no journey to speak of. Nothing was recorded."),
            do=_("Record the departure of its shipment first."),
        )
    return rows.get(pk=logger_id), shipment


def racks_been_in(crate_unit_ids: Iterable[int]) -> list[Unit]:
    """Step: what sits in these crates, or sat in them last. One query."""
    rows = Placement.objects.filter(host_id__in=list(crate_unit_ids)).select_related("unit").order_by("pk")
    return list({row.host_id: row.unit for row in rows}.values())


def fitted_loggers(shipments: Mapping[int, Shipment]) -> dict[int, dict[str, CrateLogger]]:
    """Step: the loggers that record on the crates of each shipment, by serial. One query."""
    found: dict[int, dict[str, CrateLogger]] = {pk: {} for pk in shipments}
    rows = CrateLogger.objects.filter(crate__shipment_crate__shipment_id__in=list(shipments), stopped_at=None)
    for one in rows.select_related("crate__shipment_crate").order_by("pk"):
        found[one.crate.shipment_crate.shipment_id][one.serial] = one
    return found


def matched_loggers(
    seen: Sequence[LoggerSeen], shipment: Shipment, fitted: Mapping[str, CrateLogger], *, whole: bool
) -> list[tuple[int, CrateLogger, str]]:
    """Step: (shipment id, logger, state) of what was seen; `whole`: every logger must be told of. Refuses
    UnknownLogger, LoggersUnseen."""
    by_serial = {serial.upper(): serial for serial in fitted}
    matched: dict[str, tuple[int, CrateLogger, str]] = {}
    for one in seen:
        serial = by_serial.get(fold(one.serial).upper(), "")
        if serial not in fitted or serial in matched or one.state not in LOGGER_STATES:
            raise UnknownLogger(
                _("%(serial)s is no logger of shipment %(number)s.")
                % {"serial": one.serial[:SHOWN], "number": shipment.number},
                true=_("Nothing was recorded."),
                do=_("Read the serial on the logger again; it is recording, stopped or missing."),
            )
        matched[serial] = (shipment.pk, fitted[serial], one.state)
    unseen = sorted(set(fitted) - set(matched))
    if whole and unseen:
        raise LoggersUnseen(
            _("Logger %(serial)s on crate %(sscc)s was not looked for.")
            % {"serial": unseen[0], "sscc": fitted[unseen[0]].crate.sscc},
            true=_("%(count)d of %(all)d loggers are unseen. Nothing was recorded.")
            % {"count": len(unseen), "all": len(fitted)},
            do=_("Look at every logger; one that is not there is missing."),
        )
    return list(matched.values())


def keep_loggers_seen(
    seen: Sequence[tuple[int, CrateLogger, str]],
    moment: Literal["handover", "receipt"],
    moments: Mapping[int, datetime],
    events: Mapping[int, int],
) -> None:
    """Step: write how loggers were found; `moments` and `events` by shipment. At receipt all of them stop, on the way
    those that are missing: what is gone records nothing more of this crate."""
    LoggerReading.objects.bulk_create(
        LoggerReading(logger=logger, moment=moment, state=state, at=moments[pk], event_id=events[pk])
        for pk, logger, state in seen
    )
    ended = [(pk, logger) for pk, logger, state in seen if moment == "receipt" or state == "missing"]
    for pk, logger in ended:
        logger.stopped_at = max(moments[pk], logger.started_at)
    if ended:
        CrateLogger.objects.bulk_update([logger for _pk, logger in ended], ["stopped_at"])


wall(
    "logger_records_one_crate_at_a_time",
    lambda: LoggerBusy(
        _("The logger was fitted to another crate at the same moment."), true=_("Nothing was recorded.")
    ),
)
wall(
    "logger_is_read_once_at_a_moment",
    lambda: LoggerSettled(_("The logger was given up at the same moment."), true=_("Nothing was recorded.")),
)

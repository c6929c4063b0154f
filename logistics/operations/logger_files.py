"""A logger's file is read: kept, summed up, judged by the limits in force; what went beyond them stops the rack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from assembly.burn_in.columns import parquet_bytes
from assembly.burn_in.moments import moment
from assembly.burn_in.wide import Samples
from documents import files
from documents.operations.filing import register_file
from inventory.operations.incoming_files import FileRefused, keep_file, stored_content
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import ask
from logistics.files.logger_lines import LoggerText, read_logger_lines
from logistics.files.road_course import Course
from logistics.models import CrateLogger, LoggerFile
from logistics.models.conditions import MEASURES
from logistics.operations.loggers import lock_logger
from logistics.operations.road_judging import (
    Journey,
    NotThisJourney,
    findings_of,
    judge,
    lock_racks,
    refuse_beside,
    stop_racks,
    sum_up,
    told_of,
    way_words,
)

Zone = Literal["Asia/Tokyo", "UTC", "Asia/Taipei", "America/Chicago", "America/Mexico_City"]
NEAR = timedelta(minutes=20)
"""How near to a whole number of hours both ends must lie off for the zone to be in doubt."""


class LoggerOther(Refusal):
    """The file is of another logger."""


class LoggerFileTaken(Refusal):
    """The same file was taken at the same moment."""


@operation(permission="logistics.read_logger")
def import_logger_file(
    *, caller: Caller, logger_id: int, file_sha256: str, file_name: str, zone: Zone = "Asia/Tokyo"
) -> dict[str, object]:
    """Read a logger's stored file (`documents.files.put` it first); `zone`: that of times which name none.

    The same file again changes nothing and answers `already`. What lies beyond the limits in force, and what no earlier
    file told, puts the rack on hold and opens one nonconformity, which names who held the crate then. Readings from
    before the logger was fitted or after it stopped are counted and not judged. Locks the shipment, the file by its
    hash, then the rack's build and the rack. Refuses UnknownLogger, NotDeparted, FileMissing, FileRefused (every bad
    line with a sentence), LoggerOther (also a file that was read in for another), NotThisJourney (ahead of the clock,
    beside the journey, or off by whole hours)."""
    logger, shipment = lock_logger(logger_id)
    ask("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"logger file {file_sha256}"])  # it may come for another too
    there = LoggerFile.objects.filter(logger=logger, file_sha256=file_sha256).first()
    if there is not None:
        return _answer(there, already=True)
    content = stored_content(file_sha256)
    text = read_logger_lines(content, ZoneInfo(zone))
    if text.faults:
        raise FileRefused(text.faults)
    journey = Journey.of(caller, logger, shipment)
    _refuse_other(text, logger, file_sha256)
    _refuse_elsewhere(caller, text, journey)
    stopped = lock_racks(journey)
    judgement = judge(text.course, journey)

    keep_file(caller, file_sha256, content, file_name)
    (key,) = next_keys(LoggerFile, 1)
    event = record(
        caller, "logistics.logger-file-imported", shipment, number=shipment.number, serial=logger.serial,
        sscc=logger.crate.sscc, rows=text.rows, excursions=len(judgement.stretches), file_sha256=file_sha256,
    )  # fmt: skip
    first, last = text.span
    row = LoggerFile.objects.create(
        pk=key, logger=logger, file_sha256=file_sha256, course_sha256=_keep_course(caller, text.course, key),
        file_name=file_name[:200], rows=text.rows, from_at=moment(first), to_at=moment(last),
        findings=_findings(text, journey, judgement.inside), limits=judgement.limits, imported_at=caller.at,
        imported_by_id=caller.user.pk, event_id=event,
    )  # fmt: skip
    sum_up(row, judgement)
    stop_racks(caller, row, judgement, journey, stopped)
    return _answer(row, already=False)


def _refuse_other(text: LoggerText, logger: CrateLogger, sha256: str) -> None:
    """A file that names no logger belongs to the one for which it was read in first; a logger that kept its memory
    over two journeys may tell of both in one file."""
    same = LoggerFile.objects.filter(file_sha256=sha256).exclude(logger__serial__iexact=logger.serial)
    taken = same.select_related("logger").order_by("pk").first()
    if taken is not None:
        raise LoggerOther(
            _("This file was read in for logger %(other)s: it is not of %(serial)s.")
            % {"other": taken.logger.serial, "serial": logger.serial},
            true=_("Nothing was imported."),
            do=_("Choose the file that logger %(serial)s wrote.") % {"serial": logger.serial},
        )
    if text.serial and text.serial.casefold() != logger.serial.casefold():
        raise LoggerOther(
            _("The file is of logger %(other)s, not of %(serial)s.")
            % {"other": text.serial[:40], "serial": logger.serial},
            true=_("Nothing was imported."),
            do=_("Scan the serial of the logger that wrote it, or choose its own file."),
        )


def _refuse_elsewhere(caller: Caller, text: LoggerText, journey: Journey) -> None:
    """The file must be of this journey, not ahead of our clock, and not off by a zone."""
    zone = _("Look at the logger's clock and choose the zone in which it writes.")
    refuse_beside(caller, text.span, journey, zone)
    first, last = (moment(end) for end in text.span)
    early, late = first - journey.start, last - journey.end
    hours = round(early / timedelta(hours=1))
    off = timedelta(hours=hours)
    if journey.over and hours and abs(early - off) <= NEAR and abs(late - off) <= NEAR:
        raise NotThisJourney(
            _("The readings begin and end %(hours)+d hours off the journey: that is another zone.") % {"hours": hours},
            true=way_words(journey),
            do=zone,
        )


def _findings(text: LoggerText, journey: Journey, inside: Course) -> list[dict[str, Any]]:
    """What is odd about the file and yet read: that of the reader, readings beside the journey, no shock on it."""
    silent = [] if "shock" in inside else [{"code": "no-shock", "n": 1}]
    return [*text.findings, *findings_of(text.course, journey), *silent]


def _keep_course(caller: Caller, course: Course, key: int) -> str:
    """The readings as a Parquet file of the content store."""
    parts = [(MEASURES.index(measure), *course[measure]) for measure in sorted(course, key=MEASURES.index)]
    samples = Samples(
        np.concatenate([np.full(len(at), number, np.int32) for number, at, _values in parts]),
        np.concatenate([at for _number, at, _values in parts]),
        np.concatenate([values for _number, _at, values in parts]),
    )
    content = parquet_bytes(samples, key)
    sha256 = files.put(content)
    register_file(caller, sha256, len(content), "application/vnd.apache.parquet", f"logger-file-{key}.parquet")
    return sha256


def _answer(row: LoggerFile, *, already: bool) -> dict[str, object]:
    told = {"file": row.pk, "name": row.file_name, "rows": row.rows, "findings": len(row.findings)}
    return {**told, **told_of(row), "already": already}


wall(
    "logger_file_is_imported_once",
    lambda: LoggerFileTaken(_("This file was imported at the same moment."), true=_("Nothing was imported.")),
)

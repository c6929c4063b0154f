"""A logger's file is read: kept, summed up, judged by the limits in force; what went beyond them stops the rack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from assembly.burn_in.columns import parquet_bytes
from assembly.burn_in.moments import micros, moment
from assembly.burn_in.wide import Samples
from assembly.models import Nonconformity
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
from logistics.files.road_course import Course, Stretch, figures_of, fresh, joined, judged, within
from logistics.models import ConditionLimits, ConditionSummary, CrateLogger, Excursion, LoggerFile, Shipment
from logistics.models.conditions import MEASURES
from logistics.operations.conditions import hold_racks
from logistics.operations.loggers import lock_logger, racks_been_in
from logistics.operations.moments import plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.queries.conditions import MEASURE_WORDS, Limit, bounds_of, course_of, limits_in_force
from logistics.queries.custody import holder_names_at

Zone = Literal["Asia/Tokyo", "UTC", "Asia/Taipei", "America/Chicago", "America/Mexico_City"]
AHEAD = timedelta(minutes=10)
"""How far a logger's clock may run before ours."""
NEAR = timedelta(minutes=20)
"""How near to a whole number of hours both ends must lie off for the zone to be in doubt."""
TOLD = 6
"""Excursions that a nonconformity names; the page has all."""


class LoggerOther(Refusal):
    """The file is of another logger."""


class NotThisJourney(Refusal):
    """The file cannot be of the journey that the logger made with the crate."""


class LoggerFileTaken(Refusal):
    """The same file was taken at the same moment."""


@dataclass(frozen=True, slots=True)
class _Journey:
    """From when to when a logger recorded the crate; `over`: it stopped (else `end` is now)."""

    logger: CrateLogger
    shipment: Shipment
    start: datetime
    end: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class _Judgement:
    limits: ConditionLimits | None
    counting: Mapping[str, Limit]
    stretches: Sequence[Stretch]
    inside: Course


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
    journey = _Journey(
        logger, shipment, logger.started_at, logger.stopped_at or caller.at, over=logger.stopped_at is not None
    )
    _refuse_other(text, logger, file_sha256)
    _refuse_elsewhere(caller, text, journey)
    racks = racks_been_in([logger.crate.unit_id])
    builds = lock_builds_of({rack.pk: rack for rack in racks})
    judgement = _judged(text, journey)

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
    _sum_up(row, judgement)
    says = _says(judgement.stretches, shipment)
    reports = hold_racks(caller, [(rack, says) for rack in racks], builds) if says else []
    _keep_excursions(row, judgement.stretches, reports)
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


def _refuse_elsewhere(caller: Caller, text: LoggerText, journey: _Journey) -> None:
    """The file must be of this journey, and not ahead of our clock."""
    first, last = (moment(end) for end in text.span)
    told = {"first": plant_clock(first), "last": plant_clock(last)}
    way = _("The crate was on its way from %(start)s to %(end)s. Nothing was imported.") % {
        "start": plant_clock(journey.shipment.departure.at), "end": plant_clock(journey.end),
    }  # fmt: skip
    zone = _("Look at the logger's clock and choose the zone in which it writes.")
    if last > caller.at + AHEAD:
        raise NotThisJourney(_("The last reading is of %(last)s: that lies in the future.") % told, true=way, do=zone)
    if last < journey.shipment.departure.at or first > journey.end:
        raise NotThisJourney(
            _("The readings run from %(first)s to %(last)s: that is not this journey.") % told, true=way, do=zone
        )
    early, late = first - journey.start, last - journey.end
    hours = round(early / timedelta(hours=1))
    off = timedelta(hours=hours)
    if journey.over and hours and abs(early - off) <= NEAR and abs(late - off) <= NEAR:
        raise NotThisJourney(
            _("The readings begin and end %(hours)+d hours off the journey: that is another zone.") % {"hours": hours},
            true=way,
            do=zone,
        )


def _judged(text: LoggerText, journey: _Journey) -> _Judgement:
    """What lies beyond the limits in all files of the logger together and was not told before."""
    limits, counting = limits_in_force(journey.logger.crate.unit.part_revision.part.number)
    earlier = list(journey.logger.files.order_by("pk"))
    course = joined([*(course_of(file) for file in earlier), text.course])
    start, end = micros(journey.start), micros(journey.end)
    if not journey.over:  # it records on: what comes after the last reading is no hole
        end = min(end, max(int(at[-1]) for at, _values in course.values()))
    found = judged(course, start, end, bounds_of(counting))
    known = [
        Stretch(one.measure, micros(one.began_at), micros(one.ended_at), float(one.peak), float(one.limit))
        for one in Excursion.objects.filter(file__in=earlier)
    ]
    return _Judgement(limits, counting, fresh(found, known), within(text.course, start, end))


def _findings(text: LoggerText, journey: _Journey, inside: Course) -> list[dict[str, Any]]:
    """What is odd about the file and yet read: that of the reader, readings beside the journey, no shock on it."""
    times = np.unique(np.concatenate([at for at, _values in text.course.values()]))
    before, after = int((times < micros(journey.start)).sum()), int((times > micros(journey.end)).sum())
    found = [*text.findings]
    found += [{"code": "before-start", "n": before}] if before else []
    found += [{"code": "after-stop", "n": after}] if after else []
    found += [] if "shock" in inside else [{"code": "no-shock", "n": 1}]
    return found


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


def _sum_up(row: LoggerFile, judgement: _Judgement) -> None:
    gap = judgement.counting["gap"].high if "gap" in judgement.counting else None
    rows = []
    for measure, (at, values) in judgement.inside.items():
        one = figures_of(at, values, gap)
        rows.append(
            ConditionSummary(
                file=row, measure=measure, n=one.n, gaps=one.gaps, longest_gap_minutes=_exact(one.longest, 1),
                minimum=_exact(one.minimum), mean=_exact(one.mean), maximum=_exact(one.maximum), last=_exact(one.last),
            )
        )  # fmt: skip
    ConditionSummary.objects.bulk_create(rows)


def _exact(value: float, places: int = 3) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places))


def _says(stretches: Sequence[Stretch], shipment: Shipment) -> list[dict[str, Any]]:
    """What a nonconformity says of them, in both languages; a shock or a tilt asks for the re-test (japan.md 5)."""
    if not stretches:
        return []
    told = list(stretches[:TOLD])
    holders = holder_names_at(shipment, [moment(one.began) for one in told])
    says: list[dict[str, Any]] = [_said(one, holder) for one, holder in zip(told, holders, strict=True)]
    if len(stretches) > TOLD:
        says.append({"code": "plain", "text": f"+ {len(stretches) - TOLD}"})
    if any(one.measure in ("shock", "tilt", "gap") for one in stretches):
        says.append({"code": "road-asks"})
    return says


def _said(one: Stretch, holder: dict[str, str]) -> dict[str, Any]:
    ja, en, unit = MEASURE_WORDS[one.measure]
    return {
        "code": "excursion", "name": {"ja": ja, "en": en}, "peak": f"{one.peak:.4g} {unit}",
        "limit": f"{one.limit:g} {unit}", "began": plant_clock(moment(one.began)), "holder": holder,
    }  # fmt: skip


def _keep_excursions(row: LoggerFile, stretches: Sequence[Stretch], reports: Sequence[Nonconformity]) -> None:
    Excursion.objects.bulk_create(
        Excursion(
            file=row, measure=one.measure, began_at=moment(one.began), ended_at=moment(one.ended),
            peak=_exact(one.peak), limit=_exact(one.limit, 2), nonconformity=reports[0], event_id=row.event_id,
        )
        for one in (stretches if reports else ())
    )  # fmt: skip


def _answer(row: LoggerFile, *, already: bool) -> dict[str, object]:
    found = list(row.excursions.select_related("nonconformity"))
    return {
        "file": row.pk, "name": row.file_name, "rows": row.rows, "findings": len(row.findings),
        "excursions": len(found), "nonconformity": found[0].nonconformity.number if found else "", "already": already,
    }  # fmt: skip


wall(
    "logger_file_is_imported_once",
    lambda: LoggerFileTaken(_("This file was imported at the same moment."), true=_("Nothing was imported.")),
)

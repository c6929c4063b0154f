"""What the loggers of a shipment told, as an EPCIS 2.0 document (JSON-LD): one event a logger on the SSCC of its crate,
the figures of the whole way and every excursion as sensor elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Prefetch

from assembly.burn_in.moments import micros, moment
from documents.files import FileAbsent
from inventory.files.cells import PLANT
from logistics.files.road_course import Course, figures_of, joined, within
from logistics.models import CrateLogger, Excursion, LoggerFile, Shipment
from logistics.queries.conditions import courses_of, excursions_of, taken_off

CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"genpin": "https://genpin.example/epcis/"},
]
KINDS: Mapping[str, tuple[str, str]] = {
    "shock": ("Acceleration", "K40"),
    "tilt": ("Angle", "DD"),
    "temperature": ("Temperature", "CEL"),
    "humidity": ("RelativeHumidity", "P1"),
    "gap": ("Time", "MIN"),
}
"""Measure → measurement type of the GS1 Web Vocabulary and unit of UN/ECE Recommendation 20: g, degrees, ℃, %, minutes.
The axes of a shock are left out: the resultant is judged."""
PLACES = 3


def condition_document(shipment: Shipment, now: datetime) -> dict[str, Any]:
    """The document as plain JSON; an event list without events where no logger has told anything. Three queries, one
    more for each logger whose readings were told singly."""
    rows = CrateLogger.objects.filter(~taken_off(), crate__shipment_crate__shipment=shipment).select_related("crate")
    files = Prefetch("files", LoggerFile.objects.order_by("pk"))
    loggers = [one for one in rows.prefetch_related(files).order_by("pk") if one.files.all()]
    found: dict[int, list[Excursion]] = {one.pk: [] for one in loggers}
    for one in excursions_of(list(found)) if found else ():
        found[one.file.logger_id].append(one)
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _clock(now),
        "epcisBody": {"eventList": [_event(one, found[one.pk], shipment, now) for one in loggers]},
    }


def _event(logger: CrateLogger, excursions: Sequence[Excursion], shipment: Shipment, now: datetime) -> dict[str, Any]:
    kept = list(logger.files.all())
    last = max(one.to_at for one in kept)
    elements = [*_whole(logger, kept, now), *(_excursion(one, logger) for one in excursions)]
    told: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": _clock(last),
        "eventTimeZoneOffset": "+09:00",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "epcList": [f"https://id.gs1.org/00/{logger.crate.sscc}"],
        "genpin:shipment": shipment.number,
        "genpin:sources": [{"genpin:source": one.source, "genpin:sha256": one.file_sha256} for one in kept],
    }
    return told | ({"sensorElementList": elements} if elements else {})


def _whole(logger: CrateLogger, kept: Sequence[LoggerFile], now: datetime) -> list[dict[str, Any]]:
    """The figures of the way, of everything the logger told, by file or singly; nothing once the raw readings are
    removed from the store."""
    try:
        course = joined(courses_of(kept))
    except FileAbsent:
        return []
    inside: Course = within(course, micros(logger.started_at), micros(logger.stopped_at or now))
    reports, ends = [], []
    for measure, (kind, unit) in KINDS.items():
        if measure not in inside:
            continue
        at, values = inside[measure]
        one = figures_of(at, values, None)
        ends += [int(at[0]), int(at[-1])]
        least, mean, most = (round(value, PLACES) for value in (one.minimum, one.mean, one.maximum))
        reports.append({"type": kind, "minValue": least, "maxValue": most, "meanValue": mean, "uom": unit,
                        "genpin:readings": one.n})  # fmt: skip
    if not reports:
        return []
    return [{"sensorMetadata": _metadata(logger, moment(min(ends)), moment(max(ends))), "sensorReport": reports}]


def _excursion(one: Excursion, logger: CrateLogger) -> dict[str, Any]:
    """A stretch beyond a limit is an alarm; a stretch without a reading is the sensor's error."""
    kind, unit = KINDS[one.measure]
    worst = "maxValue" if one.peak > one.limit else "minValue"
    report = {
        "type": kind,
        "exception": "ERROR_CONDITION" if one.measure == "gap" else "ALARM_CONDITION",
        worst: float(one.peak),
        "uom": unit,
        "genpin:limit": float(one.limit),
        "genpin:nonconformity": one.nonconformity.number,
    }
    return {"sensorMetadata": _metadata(logger, one.began_at, one.ended_at), "sensorReport": [report]}


def _metadata(logger: CrateLogger, start: datetime, end: datetime) -> dict[str, str]:
    device = f"urn:genpin:logger:{quote(logger.serial, safe='')}"
    return {"startTime": _clock(start), "endTime": _clock(end), "deviceID": device}


def _clock(at: datetime) -> str:
    """The plant's clock with three decimals, which is all that an event hash keeps."""
    return at.astimezone(PLANT).isoformat(timespec="milliseconds")

"""What loggers and indicators of a shipment tell, as facts of its chain of custody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Prefetch

from documents.paper import marked_text
from documents.words import Words
from logistics.documents.custody_conditions import Beyond, Device, ReadFile, RoadRecord
from logistics.models import CrateLogger, Excursion, IndicatorReading, LoggerFile, LoggerReading
from logistics.queries.conditions import MEASURE_WORDS, excursions_of, moments_told, taken_off
from logistics.queries.shipments import CrateRow, ShipmentPage

UNHELD = Words("", "")


@dataclass(frozen=True)
class Monitored:
    """The facts, and the events that they come from."""

    record: RoadRecord
    events: set[int]


def road_of(page: ShipmentPage) -> Monitored | None:
    """None of a shipment on whose crates no logger travels. One query; four more with loggers, one more
    where readings were told singly."""
    loggers = _loggers(page)
    if not loggers:
        return None
    found = list(excursions_of([one.pk for one in loggers]).select_related("nonconformity__disposed_by"))
    names = {one.key: one for link in page.custody for one in (link.giver, link.taker)}
    holders = {key: Words(one.name_ja, one.name_en) for key, one in names.items()}
    by_crate: dict[int, list[CrateLogger]] = {}
    for one in loggers:
        by_crate.setdefault(one.crate_id, []).append(one)
    devices = [device for row in page.crates for device in _devices(row, by_crate.get(row.row.crate_id, ()))]
    singly = [one.pk for one in loggers if any(file.source == "api" for file in one.files.all())]
    moments = moments_told(singly) if singly else {}
    files = [file for one in loggers for file in _told(one, moments.get(one.pk, 0))]
    record = RoadRecord(tuple(devices), tuple(files), tuple(_beyond(one, holders) for one in found))
    return Monitored(record, _events(loggers, found, page))


def _loggers(page: ShipmentPage) -> list[CrateLogger]:
    crates = [row.row.crate_id for row in page.crates]
    rows = CrateLogger.objects.filter(~taken_off(), crate_id__in=crates).select_related("crate").order_by("pk")
    files = Prefetch("files", LoggerFile.objects.select_related("limits").order_by("pk"))
    return list(rows.prefetch_related(Prefetch("readings", LoggerReading.objects.order_by("pk")), files))


def _events(loggers: Iterable[CrateLogger], found: Iterable[Excursion], page: ShipmentPage) -> set[int]:
    events = {one.event_id for one in loggers}
    events |= {reading.event_id for one in loggers for reading in one.readings.all()}
    events |= {file.event_id for one in loggers for file in one.files.all()}
    events |= {reading.event_id for row in page.crates for reading in row.readings}
    for one in found:
        told = one.nonconformity
        events |= {pk for pk in (told.opened_event_id, told.disposed_event_id, told.closed_event_id) if pk}
    return events


def _devices(row: CrateRow, loggers: Iterable[CrateLogger]) -> list[Device]:
    sscc = row.row.crate.sscc
    found = [_logger(sscc, one) for one in loggers]
    by_indicator: dict[int, list[IndicatorReading]] = {}
    for reading in row.readings:
        by_indicator.setdefault(reading.indicator_id, []).append(reading)
    return found + [_indicator(sscc, readings) for readings in by_indicator.values()]


def _logger(sscc: str, one: CrateLogger) -> Device:
    readings = list(one.readings.all())
    setting = " ".join(filter(None, (one.model, one.rating)))
    lost = next((reading.reason for reading in readings if reading.moment == "readout"), "")
    return _device((sscc, "logger", one.serial, marked_text(setting)), readings, marked_text(" ".join(lost.split())))


def _indicator(sscc: str, readings: Sequence[IndicatorReading]) -> Device:
    one = readings[0].indicator
    return _device((sscc, one.kind, one.serial, one.rating), readings, "")


def _device(
    told: tuple[str, str, str, str], readings: Sequence[LoggerReading] | Sequence[IndicatorReading], remarks: str
) -> Device:
    """How it was found at receipt; where nobody could, at the hand-over or readout at which it was found missing."""
    fitted = next((one.state for one in readings if one.moment == "seal"), "")
    at_receipt = next((one for one in readings if one.moment == "receipt"), None)
    gone = next((one for one in readings if one.state == "missing"), None)
    last = at_receipt or gone
    lost_at = gone.at if gone is not None and last is gone and gone.moment != "receipt" else None
    return Device(*told, fitted, last.state if last else "", lost_at, remarks)


def _told(logger: CrateLogger, moments: int) -> list[ReadFile]:
    """Its files, and one line for all that was told singly, at so many moments: the hash over their hashes, a line each
    in order."""
    kept = list(logger.files.all())
    singly = [one for one in kept if one.source == "api"]
    found = [_file(one, logger) for one in kept if one.source == "file"]
    if singly:
        limits = {f"r{one.limits.revision}" if one.limits else "" for one in singly}
        found.append(
            ReadFile(
                logger.serial, f"API x {len(singly)}", moments,
                min(one.from_at for one in singly), max(one.to_at for one in singly), ", ".join(sorted(limits)),
                sha256("\n".join(one.file_sha256 for one in singly).encode()).hexdigest(),
            )
        )  # fmt: skip
    return found


def _file(file: LoggerFile, logger: CrateLogger) -> ReadFile:
    limits = f"r{file.limits.revision}" if file.limits else ""
    name = marked_text(" ".join(file.file_name.split())[:60])
    return ReadFile(logger.serial, name, file.rows, file.from_at, file.to_at, limits, file.file_sha256)


def _beyond(one: Excursion, holders: Mapping[str, Words]) -> Beyond:
    report = one.nonconformity
    ja, en, unit = MEASURE_WORDS[one.measure]
    closed = report.closed_at is not None
    return Beyond(
        sscc=one.file.logger.crate.sscc,
        measure=Words(ja, en.capitalize()),
        unit=unit,
        began_at=one.began_at,
        ended_at=one.ended_at,
        peak=one.peak,
        limit=one.limit,
        holder=holders.get(str(getattr(one, "holder", "") or ""), UNHELD),
        nonconformity=report.number,
        settled=(report.disposition or "") if closed else "",
        settled_at=report.closed_at,
        settled_by=report.disposed_by.name if closed and report.disposed_by else "",
    )

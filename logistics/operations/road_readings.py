"""Single readings of the road, as the system of a carrier or tracker tells them: judged as a logger's file is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from django.utils.translation import gettext as _

from assembly.burn_in.moments import micros, moment
from inventory.operations.units import next_keys
from inventory.text import fold
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.files.logger_lines import PLACES, PLAUSIBLE
from logistics.files.road_course import Course
from logistics.models import CrateLogger, LoggerFile, RoadReading
from logistics.models.conditions import TOLD_SINGLY
from logistics.operations.loggers import lock_logger, unknown_logger
from logistics.operations.moments import plant_clock
from logistics.operations.road_judging import (
    AHEAD,
    Journey,
    findings_of,
    judge,
    lock_racks,
    refuse_beside,
    stop_racks,
    sum_up,
    told_of,
)
from logistics.queries.conditions import courses_of, logger_named, unread_loggers

READINGS_LIMIT = 2_000
"""Moments of one post: a fortnight of every ten minutes."""
PLACE_LIMIT = 100
TOLD = 5
"""Bad readings that a refusal names."""
NAME = "API"


class ReadingsWrong(Refusal):
    """Readings that cannot be: nothing told, no value, a value that nothing can measure, a moment ahead."""


@dataclass(frozen=True, slots=True)
class ToldReading:
    """What a logger measured at a moment: `shock` in g (the resultant), `tilt` in degrees, `temperature` in ℃,
    `humidity` in %; at least one of them, kept to three decimals. `place`: where, as its system says it."""

    at: datetime
    shock: Decimal | None = None
    tilt: Decimal | None = None
    temperature: Decimal | None = None
    humidity: Decimal | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Value:
    """One value as it is kept."""

    measure: str
    at: int
    value: Decimal
    place: str


@operation(permission="logistics.read_logger")
def report_road_readings(
    *, caller: Caller, serial: str, readings: list[ToldReading], more_follows: bool = False
) -> dict[str, object]:
    """Keep single readings of the logger of that serial, fitted last, many at once and in any order.

    A reading that was told before, singly or by file, changes nothing; when all were, the answer is `already`. They are
    judged together with all that the logger told, by the limits in force and as a file is: what went beyond them puts
    the rack on hold and opens one nonconformity, unless it goes on from one that is open. Silences are judged once the
    logger has stopped, since readings may come late; a post that says that more follow (`more_follows`: the first ones
    of a backlog) leaves them to the last. Locks the shipment, then the rack's build and the rack. Refuses
    UnknownLogger, NotDeparted, ReadingsWrong (nothing of the post is taken), NotThisJourney."""
    named = logger_named(serial)
    if named is None:
        raise unknown_logger()
    values = _checked(caller, readings)
    logger, shipment = lock_logger(named.pk)
    journey = Journey.of(caller, logger, shipment)
    do = _("Look at the clock of the logger and at its serial.")
    refuse_beside(caller, (min(one.at for one in values), max(one.at for one in values)), journey, do)
    new = _new(values, logger)
    closing = not new and not more_follows and _closes(journey)
    digest = _digest(values, closing=closing)
    before = logger.files.filter(source="api", file_sha256=digest).first()
    if before is not None or not (new or closing):
        return _answer(before, logger, 0, already=True)
    stopped = lock_racks(journey)
    course = _course(new or values)
    judgement = judge(course, journey, holes=journey.over and not more_follows)

    (key,) = next_keys(LoggerFile, 1)
    times = sorted({one.at for one in new or values})
    event = record(
        caller, "logistics.road-readings-reported", shipment, number=shipment.number, serial=logger.serial,
        sscc=logger.crate.sscc, readings=len(new), excursions=len(judgement.stretches), from_at=moment(times[0]),
        to_at=moment(times[-1]), sha256=digest,
    )  # fmt: skip
    row = LoggerFile.objects.create(
        pk=key, logger=logger, file_sha256=digest, source="api", more_follows=more_follows, file_name=NAME,
        rows=len(times), from_at=moment(times[0]), to_at=moment(times[-1]), findings=findings_of(course, journey),
        limits=judgement.limits, imported_at=caller.at, imported_by_id=caller.user.pk, event_id=event,
    )  # fmt: skip
    insert_rows(
        [
            RoadReading(
                file=row, logger=logger, measure=one.measure, at=moment(one.at), value=one.value, place=one.place
            )
            for one in new
        ]
    )
    sum_up(row, judgement)
    stop_racks(caller, row, judgement, journey, stopped)
    return _answer(row, logger, len(new), already=False)


def _checked(caller: Caller, readings: Sequence[ToldReading]) -> list[_Value]:
    """Every value told, each once. Refuses ReadingsWrong."""
    if not 1 <= len(readings) <= READINGS_LIMIT:
        raise _wrong([_("One post tells 1 to %(limit)d readings.") % {"limit": READINGS_LIMIT}])
    faults: list[str] = []
    values: dict[tuple[str, int, Decimal], _Value] = {}
    for number, one in enumerate(readings, start=1):
        say = _fault(caller, one)
        if say:
            faults.append(_("Reading %(number)d: %(say)s") % {"number": number, "say": say})
            continue
        for measure, value in _told(one):
            kept = _Value(measure, micros(one.at), _kept(measure, value), fold(one.place))
            values.setdefault((measure, kept.at, kept.value), kept)
    if faults:
        raise _wrong(faults)
    return list(values.values())


def _told(one: ToldReading) -> list[tuple[str, Decimal]]:
    told = ((measure, getattr(one, measure)) for measure in TOLD_SINGLY)
    return [(measure, value) for measure, value in told if value is not None]


def _kept(measure: str, value: Decimal) -> Decimal:
    """As a file's cell is kept: the size of a shock or a tilt, three decimals (rounded as a float is, so that both ways
    tell the same value)."""
    return Decimal(str(round(float(abs(value) if measure in ("shock", "tilt") else value), PLACES)))


def _fault(caller: Caller, one: ToldReading) -> str:
    told = _told(one)
    if not told:
        return _("it tells no value.")
    for measure, value in told:
        low, high = PLAUSIBLE[measure]
        if not value.is_finite() or not Decimal(str(low)) <= value <= Decimal(str(high)):
            return _("“%(text)s” cannot have been measured: it lies outside %(low)g to %(high)g.") % {
                "text": str(value)[:40], "low": low, "high": high,
            }  # fmt: skip
    if one.at > caller.at + AHEAD:
        return _("%(moment)s lies in the future.") % {"moment": plant_clock(one.at)}
    if len(one.place) > PLACE_LIMIT or not one.place.isprintable():
        return _("its place is longer than %(limit)d characters, or cannot be printed.") % {"limit": PLACE_LIMIT}
    return ""


def _wrong(faults: Sequence[str]) -> ReadingsWrong:
    more = [f"+ {len(faults) - TOLD}"] if len(faults) > TOLD else []
    say = " ".join([*faults[:TOLD], *more])
    return ReadingsWrong(say, true=_("Nothing was recorded."), do=_("Correct the readings."))


def _new(values: Sequence[_Value], logger: CrateLogger) -> list[_Value]:
    """Without what the logger has told before, singly or by file."""
    known = {
        (measure, int(at), Decimal(str(round(float(value), PLACES))))
        for course in courses_of(list(logger.files.order_by("pk")))
        for measure in TOLD_SINGLY
        if measure in course
        for at, value in zip(*course[measure], strict=True)
    }
    return [one for one in values if (one.measure, one.at, one.value) not in known]


def _closes(journey: Journey) -> bool:
    """Readings that are known close the account of a logger that has stopped and has not told of the whole way yet."""
    return journey.over and unread_loggers([journey.logger.crate_id]).filter(pk=journey.logger.pk).exists()


def _course(values: Sequence[_Value]) -> Course:
    found: Course = {
        measure: (
            np.array([one.at for one in rows], np.int64),
            np.array([float(one.value) for one in rows], np.float64),
        )
        for measure in TOLD_SINGLY
        if (rows := sorted((one for one in values if one.measure == measure), key=lambda one: (one.at, one.value)))
    }
    return found


def _digest(values: Sequence[_Value], *, closing: bool) -> str:
    """SHA-256 over the canonical JSON of the readings, in order of time; a post that closes the account with known
    readings is another one than that which told them first."""
    told = [
        [moment(one.at).astimezone(UTC).isoformat(), one.measure, f"{one.value:.3f}", one.place]
        for one in sorted(values, key=lambda one: (one.at, one.measure, one.value))
    ]
    told += [["closed"]] if closing else []
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _answer(row: LoggerFile | None, logger: CrateLogger, kept: int, *, already: bool) -> dict[str, object]:
    told = told_of(row) if row is not None else {"excursions": 0, "nonconformity": ""}
    return {"logger": logger.pk, "serial": logger.serial, "kept": kept, **told, "already": already}


wall(
    "road_reading_is_kept_once",
    lambda: ReadingsWrong(_("These readings were told at the same moment."), true=_("Nothing was recorded.")),
)

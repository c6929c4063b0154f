"""What stops the ways: reported with its expected end, revised when more is known, ended.

Lock order: a disruption comes before shipments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import changes_of, refuse_stale, write_changed
from logistics.lead_times.closures import FIRST_SHARE, LAST_SHARE
from logistics.models import DisruptedLeg, Disruption, DisruptionExpectation, Leg
from logistics.models.disruptions import DISRUPTION_KINDS, GRADES
from logistics.operations.milestones import UnknownLeg
from logistics.operations.moments import moment_of, plant_clock


class UnknownDisruption(Refusal):
    """There is no such disruption."""


class DisruptionOdd(Refusal):
    """A disruption cannot be as it is described."""


class NothingStruck(Refusal):
    """No leg is stopped by it."""


class EndBeforeStart(Refusal):
    """The end lies before the beginning."""


class DisruptionEnded(Refusal):
    """The disruption is over."""


@dataclass(frozen=True, slots=True)
class ExpectedEnd:
    """When it is believed to end, who says so (carrier's notice, JMA text, phone …), and the grade of that word (A
    official or measured, B published, C assumed). Without P10 and P90 they are taken at 0.7 and 1.6 of the length."""

    p50_at: datetime
    source: str
    grade: str = "C"
    p10_at: datetime | None = None
    p90_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Strikes:
    """What is stopped: legs by name ("HRM-SEN-MOJI:2"), and all legs of a carrier, a mode, a place (as written in
    either language); of several of these three, those that fit all."""

    legs: list[str] = field(default_factory=list)
    carrier_code: str = ""
    mode: str = ""
    place: str = ""


@operation(permission="logistics.report_disruption", returns=Disruption)
def report_disruption(
    *, caller: Caller, kind: str, headline: str, begins_at: datetime, expected: ExpectedEnd, strikes: Strikes
) -> Disruption:
    """Report that something stops, or will stop, legs of the ways to a site; the plant numbers it. Locks nothing.

    Refuses DisruptionOdd (unknown kind or grade, no headline, no source, points out of order), EndBeforeStart,
    NothingStruck, UnknownLeg, TextUnprintable."""
    refuse_unprintable(headline, expected.source)
    if kind not in DISRUPTION_KINDS or not headline.strip():
        raise _odd(_("A disruption needs a known kind and a headline."))
    points = _points(begins_at, expected)
    legs = struck_legs(strikes)
    _refuse_nothing(legs)

    number = _number(caller)
    row = Disruption.objects.create(
        number=number, kind=kind, headline=headline.strip(), begins_at=begins_at, **points,
        reported_at=caller.at, reported_by_id=caller.user.pk, event_id=0,
    )  # fmt: skip
    row.event_id = record(
        caller, "logistics.disruption-reported", row, number=number, disruption_kind=kind, headline=row.headline,
        begins_at=begins_at, **points, legs=[leg_name(leg) for leg in legs], version=1,
    )  # fmt: skip
    row.save(update_fields=["event_id"])
    DisruptedLeg.objects.bulk_create([DisruptedLeg(disruption=row, leg=leg) for leg in legs])
    _keep_expectation(caller, row, row.event_id)
    return row


@operation(permission="logistics.report_disruption", returns=Disruption)
def revise_disruption(*, caller: Caller, number: str, version: int, expected: ExpectedEnd) -> Disruption:
    """Tell a new expected end; the earlier ones stay. Locks the disruption.

    Refuses UnknownDisruption, StaleEdit, DisruptionEnded, DisruptionOdd, EndBeforeStart."""
    refuse_unprintable(expected.source)
    row = _locked(number)
    points = _points(row.begins_at, expected)
    refuse_stale(row, version, points)
    _refuse_ended(row)

    changed = changes_of(row, points)
    if not changed:
        return row
    event = write_changed(caller, row, "logistics.disruption-revised", changed, number=row.number)
    for name in changed:
        setattr(row, name, points[name])
    row.save(update_fields=[*changed, "version"])
    _keep_expectation(caller, row, event)
    return row


@operation(permission="logistics.report_disruption", returns=Disruption)
def end_disruption(*, caller: Caller, number: str, ended_at: datetime | None = None) -> Disruption:
    """It is over since a moment, or since now; one that had not begun is called off. Locks the disruption.

    Refuses UnknownDisruption, DisruptionEnded, MomentAhead, EndBeforeStart."""
    row = _locked(number)
    _refuse_ended(row)
    at = moment_of(caller, ended_at)
    if ended_at is None:
        at = max(at, row.begins_at)
    if at < row.begins_at:
        raise _early(row.begins_at)

    row.ended_at, row.closed_at = at, caller.at
    row.ended_event_id = record(
        caller, "logistics.disruption-ended", row, number=row.number, ended_at=at, expected_at=row.p50_at,
        called_off=at == row.begins_at,
    )  # fmt: skip
    row.save(update_fields=["ended_at", "closed_at", "ended_event_id"])
    return row


def struck_legs(strikes: Strikes) -> list[Leg]:
    """Step: the legs that are meant, in their order. One query. Refuses UnknownLeg."""
    rows = list(Leg.objects.select_related("lane", "carrier").order_by("lane__code", "number"))
    by_name = {leg_name(leg): leg for leg in rows}
    missing = next((name for name in strikes.legs if name not in by_name), None)
    if missing is not None:
        raise UnknownLeg(
            _("There is no leg %(leg)s.") % {"leg": missing[:60]},
            true=_("Nothing was recorded."),
            do=_("Choose a leg from the list."),
        )
    named = {by_name[name].pk for name in strikes.legs}
    return [leg for leg in rows if leg.pk in named or _fits(leg, strikes)]


def leg_name(leg: Leg) -> str:
    """Step: a leg as operations name it: its lane's code and its number."""
    return f"{leg.lane.code}:{leg.number}"


def _fits(leg: Leg, strikes: Strikes) -> bool:
    """Whether a leg is of that carrier, that mode and that place, as far as these are named."""
    asked = [
        (strikes.carrier_code, (leg.carrier.code,)),
        (strikes.mode, (leg.mode,)),
        (strikes.place, (leg.from_ja, leg.from_en, leg.to_ja, leg.to_en)),
    ]
    named = [(wish, there) for wish, there in asked if wish]
    return bool(named) and all(wish in there for wish, there in named)


def _points(begins_at: datetime, expected: ExpectedEnd) -> dict[str, Any]:
    """The expected end in three points, its source and its grade. Refuses EndBeforeStart, DisruptionOdd."""
    if expected.grade not in GRADES or not expected.source.strip():
        raise _odd(_("An expected end needs its source and a grade A, B or C."))
    if expected.p50_at <= begins_at:
        raise _early(begins_at)
    length = expected.p50_at - begins_at
    p10 = expected.p10_at or begins_at + length * FIRST_SHARE
    p90 = expected.p90_at or begins_at + length * LAST_SHARE
    if p10 <= begins_at:
        raise _early(begins_at)
    if not p10 <= expected.p50_at <= p90 or p10 == p90:
        raise _odd(_("P10, P50 and P90 of the expected end come one after the other."))
    return {
        "p10_at": p10.replace(microsecond=0), "p50_at": expected.p50_at, "p90_at": p90.replace(microsecond=0),
        "source": expected.source.strip(), "grade": expected.grade,
    }  # fmt: skip


def _keep_expectation(caller: Caller, row: Disruption, event_id: int) -> None:
    DisruptionExpectation.objects.create(
        disruption=row, version=row.version, p10_at=row.p10_at, p50_at=row.p50_at, p90_at=row.p90_at,
        source=row.source, grade=row.grade, told_at=caller.at, told_by_id=caller.user.pk, event_id=event_id,
    )  # fmt: skip


def _number(caller: Caller) -> str:
    """DS-26-00001: the year, and a number from a sequence; gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('logistics_disruption_number')")
        return f"DS-{caller.happened_at.year % 100:02d}-{cursor.fetchone()[0]:05d}"


def disruption_by_number(number: str) -> Disruption:
    """Step: a disruption by its number. Refuses UnknownDisruption."""
    row = Disruption.objects.filter(number=number).first()
    if row is None:
        raise _unknown(number)
    return row


def _locked(number: str) -> Disruption:
    row = Disruption.objects.select_for_update(no_key=True).filter(number=number).first()
    if row is None:
        raise _unknown(number)
    return row


def _unknown(number: str) -> UnknownDisruption:
    return UnknownDisruption(
        _("There is no disruption %(number)s.") % {"number": number[:40]}, do=_("Choose one from the list.")
    )


def _refuse_ended(row: Disruption) -> None:
    if row.ended_at is not None:
        raise DisruptionEnded(
            _("Disruption %(number)s is over.") % {"number": row.number},
            true=_("It ended at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(row.ended_at)},
            do=_("Report a new one if it stops again."),
        )


def _refuse_nothing(legs: list[Leg]) -> None:
    if not legs:
        raise NothingStruck(
            _("No leg fits what you named."),
            true=_("A disruption stops at least one leg. Nothing was recorded."),
            do=_("Choose legs, or a carrier, a mode or a place that a lane has."),
        )


def _odd(say: str) -> DisruptionOdd:
    return DisruptionOdd(say, true=_("Nothing was recorded."), do=_("Correct it and send it again."))


def _early(begins_at: datetime) -> EndBeforeStart:
    return EndBeforeStart(
        _("The end does not lie after the beginning."),
        true=_("It begins at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(begins_at)},
        do=_("Enter a later end."),
    )

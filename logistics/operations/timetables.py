"""Sailings and flights of a leg as released data: weekdays, departure and cut-off, valid from a day to another, blank
sailings; drafted whole, released with a reason, then fixed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import refuse_stale, write_changed
from logistics.models import BlankSailing, Leg, Sailing, Timetable
from logistics.operations.calendar_rules import (
    REASON_LIMIT,
    clock,
    days_in_order,
    refuse_far,
    refuse_long,
    refuse_odd_closures,
    refuse_too_many,
    wrong,
)
from logistics.operations.calendars import ClosureRow, refuse_no_reason
from logistics.operations.lanes import lanes_by_code

CUT_OFF_DAYS = 14
FIELDS = ("valid_from", "valid_to", "grade", "source")


class UnknownTimetable(Refusal):
    """There is no draft of that timetable."""


class UnknownLeg(Refusal):
    """The lane has no leg of that number, or one that leaves at any time."""


class NoSailings(Refusal):
    """The draft has no sailing: a timetable that stops a leg is not released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SailingRow:
    """Weekdays "1" Monday to "7" Sunday, local times "20:00" of departure and cut-off, the cut-off so many days
    before (0: the same day)."""

    days: str
    departs_at: str
    cut_off_at: str
    cut_off_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableContent:
    """What a revision says: valid from–to (none: until further notice), its sailings, the days without (blank
    sailings), grade A official, B published secondary, C assumed, and where it is from."""

    valid_from: date
    grade: Literal["A", "B", "C"]
    valid_to: date | None = None
    source: str = ""
    sailings: list[SailingRow] = field(default_factory=list)
    blanks: list[ClosureRow] = field(default_factory=list)


@operation(permission="logistics.keep_calendars", returns=Timetable)
def draft_timetable(
    *, caller: Caller, lane_code: str, leg_number: int, content: TimetableContent, version: int = 0
) -> Timetable:
    """Draft the next revision of a leg's sailings (`version` 0), or change the draft that was seen (its version). A
    draft moves no plan. Locks the draft.

    Refuses UnknownLane, UnknownLeg, CalendarWrong (no weekday, a cut-off after the departure, an end before the
    beginning, blank sailings that overlap or give no reason), StaleEdit."""
    _refuse_odd(content)
    leg = _leg(lane_code.strip(), leg_number)
    draft = Timetable.objects.select_for_update(no_key=True, of=("self",)).filter(leg=leg, released_at=None).first()
    if draft is None:
        return _drafted(caller, leg, content)
    after = _told(content)
    refuse_stale(draft, version, {})
    before = rows_told(draft)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return draft

    for name in FIELDS:
        setattr(draft, name, getattr(content, name))
    Sailing.objects.filter(timetable=draft).delete()
    BlankSailing.objects.filter(timetable=draft).delete()
    _write_rows(draft, content)
    write_changed(caller, draft, "logistics.timetable-changed", changed, timetable=str(draft))
    draft.save(update_fields=[*FIELDS, "version"])
    return draft


@operation(permission="logistics.keep_calendars", returns=Timetable)
def release_timetable(*, caller: Caller, timetable_id: int, version: int, reason: str) -> Timetable:
    """Release the draft that was seen: plans made from now on sail by it on the days on which it is valid. Locks the
    draft. Refuses UnknownTimetable, StaleEdit, NoSailings, CalendarReasonWanted."""
    draft = Timetable.objects.select_for_update(no_key=True, of=("self",)).select_related("leg__lane")
    found = draft.filter(pk=timetable_id, released_at=None).first()
    if found is None:
        raise UnknownTimetable(
            _("There is no draft of that timetable."),
            true=_("What is released is never changed. Nothing was recorded."),
            do=_("Begin a draft of the next revision."),
        )
    refuse_stale(found, version, {})
    reason = " ".join(reason.split())[:REASON_LIMIT]
    refuse_no_reason(reason)
    told = rows_told(found)
    if not told["sailings"]:
        raise NoSailings(
            _("%(name)s has no sailing.") % {"name": str(found)},
            true=_("Nothing was recorded."),
            do=_("Enter its departures; days without one are blank sailings."),
        )

    found.released_at, found.released_by, found.reason = caller.at, cast("User", caller.user), reason
    found.version += 1
    found.event_id = record(
        caller, "logistics.timetable-released", found, timetable=str(found), revision=found.revision, reason=reason,
        version=found.version, changes={"released_at": [None, caller.at.isoformat()]}, **told,
    )  # fmt: skip
    found.save(update_fields=["released_at", "released_by", "reason", "event_id", "version"])
    return found


def _leg(lane_code: str, number: int) -> Leg:
    """The leg. Refuses UnknownLane, UnknownLeg."""
    lane = lanes_by_code({lane_code})[lane_code]
    leg = Leg.objects.select_related("lane").filter(lane=lane, number=number).first()
    if leg is None or leg.mode == "road":
        raise UnknownLeg(
            _("Leg %(number)d of %(lane)s has no sailings.") % {"number": number, "lane": lane_code},
            true=_("A road is left at any time."),
            do=_("Choose a leg by ferry, ship, aircraft or train."),
        )
    return leg


def _refuse_odd(content: TimetableContent) -> None:
    refuse_too_many(content.sailings, content.blanks)
    refuse_far(content.valid_from, *([content.valid_to] if content.valid_to else []))
    if content.valid_to is not None and content.valid_to < content.valid_from:
        raise wrong(
            _("The timetable ends on %(last)s, before it begins on %(first)s.")
            % {"first": content.valid_from.isoformat(), "last": content.valid_to.isoformat()}
        )
    refuse_long(content.source, REASON_LIMIT)
    seen: set[tuple[str, str]] = set()
    for row in content.sailings:
        _refuse_odd_sailing(row)
        mine = {(day, row.departs_at.strip()) for day in days_in_order(row.days)}
        if seen & mine:
            raise wrong(_("The sailing at %(time)s is named twice on a weekday.") % {"time": row.departs_at.strip()})
        seen |= mine
    refuse_odd_closures(content.blanks)


def _refuse_odd_sailing(row: SailingRow) -> None:
    departs, closes = clock(row.departs_at), clock(row.cut_off_at)
    if not 0 <= row.cut_off_days <= CUT_OFF_DAYS or (row.cut_off_days == 0 and closes > departs):
        raise wrong(
            _("The cut-off %(cut_off)s is after the departure at %(departs)s, or more than two weeks before.")
            % {"cut_off": f"{closes:%H:%M}", "departs": f"{departs:%H:%M}"}
        )


def _drafted(caller: Caller, leg: Leg, content: TimetableContent) -> Timetable:
    before = Timetable.objects.filter(leg=leg).order_by("-revision").first()
    draft = Timetable.objects.create(
        leg=leg, revision=before.revision + 1 if before else 1, event_id=0,
        **{name: getattr(content, name) for name in FIELDS},
    )  # fmt: skip
    _write_rows(draft, content)
    draft.event_id = record(
        caller, "logistics.timetable-drafted", draft, timetable=str(draft), lane=leg.lane.code, leg=leg.number,
        revision=draft.revision, version=1,
        changes={name: [None, value] for name, value in _told(content).items()},
    )  # fmt: skip
    draft.save(update_fields=["event_id"])
    return draft


def _write_rows(draft: Timetable, content: TimetableContent) -> None:
    sailings, blanks = _rows(draft, content)
    Sailing.objects.bulk_create(sailings)
    BlankSailing.objects.bulk_create(blanks)


def _rows(draft: Timetable | None, content: TimetableContent) -> tuple[list[Sailing], list[BlankSailing]]:
    sailings = [
        Sailing(
            timetable=draft, days=days_in_order(row.days), departs_at=clock(row.departs_at),
            cut_off_at=clock(row.cut_off_at), cut_off_days=row.cut_off_days,
        )
        for row in content.sailings
    ]  # fmt: skip
    blanks = [
        BlankSailing(timetable=draft, first_day=row.first_day, last_day=row.last_day, reason=row.reason.strip())
        for row in content.blanks
    ]
    by_time = sorted(sailings, key=lambda one: (one.departs_at, one.days))
    return by_time, sorted(blanks, key=lambda one: one.first_day)


def _told(content: TimetableContent) -> dict[str, Any]:
    sailings, blanks = _rows(None, content)
    return _words(content, sailings, blanks)


def rows_told(timetable: Timetable) -> dict[str, Any]:
    """Step: what events say of a revision's rows. Two queries."""
    sailings = sorted(timetable.sailings.all(), key=lambda one: (one.departs_at, one.days))
    return _words(timetable, sailings, timetable.blanks.all())


def _words(facts: Any, sailings: Any, blanks: Any) -> dict[str, Any]:
    return {
        "valid_from": facts.valid_from.isoformat(),
        "valid_to": facts.valid_to.isoformat() if facts.valid_to else None,
        "grade": facts.grade,
        "source": facts.source.strip(),
        "sailings": "; ".join(map(str, sailings)),
        "blanks": "; ".join(map(str, blanks)),
    }


for _constraint in ("timetable_has_one_draft", "timetable_revision_is_unique"):
    wall(
        _constraint,
        lambda: wrong(_("Somebody drafted this timetable at the same moment.")),
    )

"""Calendars as released data: drafted whole, released with a reason, then fixed. A plan names the revision that judged
it; a change is the next revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import refuse_stale, write_changed
from logistics.models import Calendar, CalendarClosure, CalendarOpening, CalendarWindow
from logistics.operations.calendar_rules import (
    REASON_LIMIT,
    CalendarWrong,
    clock,
    days_in_order,
    refuse_odd_calendar,
)
from logistics.operations.lanes import carriers_by_code
from logistics.operations.sites import site_by_code

CalendarKind = Literal["site", "carrier", "customs", "holidays"]


class UnknownCalendar(Refusal):
    """There is no draft of that calendar."""


class NoHours(Refusal):
    """The draft never opens: a calendar that stops everything is not released."""


class CalendarReasonWanted(Refusal):
    """Nobody says why this is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarOwner:
    """Whose: `site` and `carrier` by their code, `customs` and national `holidays` by the country's two letters."""

    kind: CalendarKind
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """Weekly hours: weekdays "1" Monday to "7" Sunday, local times "08:00"; `next_day`: they end the day after."""

    days: str
    opens: str
    closes: str
    next_day: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRow:
    """Days without hours, both ends included; of `holidays`: holidays besides those the library knows."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """Hours of one day in place of all others; of `holidays`: a day that is no holiday."""

    day: date
    opens: str
    closes: str
    reason: str
    next_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarContent:
    """What a revision of a calendar says."""

    windows: list[WindowRow] = field(default_factory=list)
    closures: list[ClosureRow] = field(default_factory=list)
    openings: list[OpeningRow] = field(default_factory=list)
    closes_on_holidays: bool = True


@operation(permission="logistics.keep_calendars", returns=Calendar)
def draft_calendar(*, caller: Caller, owner: CalendarOwner, content: CalendarContent, version: int = 0) -> Calendar:
    """Draft the next revision of an owner's calendar (`version` 0), or change the draft that was seen (its version).
    A draft judges nothing. Locks the draft.

    Refuses UnknownSite, UnknownCarrier, CalendarWrong (no weekday, hours that end before they begin, hours or closures
    that overlap, a row without its reason), StaleEdit."""
    refuse_odd_calendar(owner.kind, content)
    whose = _owner(owner)
    draft = Calendar.objects.select_for_update(no_key=True, of=("self",)).filter(**whose, released_at=None).first()
    if draft is None:
        return _drafted(caller, whose, content)
    after = _told(content)
    refuse_stale(draft, version, {})
    before = rows_told(draft)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return draft

    draft.closes_on_holidays = content.closes_on_holidays
    for kind in (CalendarWindow, CalendarClosure, CalendarOpening):
        kind._default_manager.filter(calendar=draft).delete()
    _write_rows(draft, content)
    write_changed(caller, draft, "logistics.calendar-changed", changed, calendar=str(draft))
    draft.save(update_fields=["closes_on_holidays", "version"])
    return draft


@operation(permission="logistics.keep_calendars", returns=Calendar)
def release_calendar(*, caller: Caller, calendar_id: int, version: int, reason: str) -> Calendar:
    """Release the draft that was seen: plans made from now on are judged by it; those made before keep theirs. `reason`
    says where the hours come from. Locks the draft.

    Refuses UnknownCalendar, StaleEdit, NoHours, CalendarReasonWanted."""
    draft = Calendar.objects.select_for_update(no_key=True, of=("self",)).filter(pk=calendar_id, released_at=None)
    found = draft.first()
    if found is None:
        raise UnknownCalendar(
            _("There is no draft of that calendar."),
            true=_("What is released is never changed. Nothing was recorded."),
            do=_("Begin a draft of the next revision."),
        )
    refuse_stale(found, version, {})
    reason = " ".join(reason.split())[:REASON_LIMIT]
    refuse_no_reason(reason)
    told = rows_told(found)
    if found.kind != "holidays" and not told["windows"] and not told["openings"]:
        raise NoHours(
            _("%(name)s has no hours: nothing would ever be open.") % {"name": str(found)},
            true=_("Nothing was recorded."),
            do=_("Enter the weekly hours first."),
        )

    found.released_at, found.released_by, found.reason = caller.at, cast("User", caller.user), reason
    found.version += 1
    found.event_id = record(
        caller, "logistics.calendar-released", found, calendar=str(found), revision=found.revision, reason=reason,
        version=found.version, changes={"released_at": [None, caller.at.isoformat()]}, **told,
    )  # fmt: skip
    found.save(update_fields=["released_at", "released_by", "reason", "event_id", "version"])
    return found


def refuse_no_reason(reason: str) -> None:
    """Step: refuse CalendarReasonWanted for a blank (or unprintable) reason."""
    refuse_unprintable(reason)
    if not reason:
        raise CalendarReasonWanted(
            _("Say where these times come from."),
            true=_("Nothing was recorded."),
            do=_("Name the notice, the agreement or the decision."),
        )


def _owner(owner: CalendarOwner) -> dict[str, Any]:
    """The columns that name the owner. Refuses UnknownSite, UnknownCarrier, CalendarWrong."""
    code = owner.code.strip().upper()
    blank: dict[str, Any] = {"kind": owner.kind, "site": None, "carrier": None, "country": ""}
    if owner.kind == "site":
        return blank | {"site": site_by_code(code)}
    if owner.kind == "carrier":
        return blank | {"carrier": carriers_by_code({code})[code]}
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise CalendarWrong(
            _("“%(code)s” is not a country of two letters, such as JP.") % {"code": code[:20]},
            true=_("Nothing was recorded."),
        )
    return blank | {"country": code}


def _drafted(caller: Caller, whose: dict[str, Any], content: CalendarContent) -> Calendar:
    """The next revision. A form that was opened on a draft which is released by now begins the next one."""
    before = Calendar.objects.filter(**whose).order_by("-revision").first()
    draft = Calendar.objects.create(
        **whose, revision=before.revision + 1 if before else 1, closes_on_holidays=content.closes_on_holidays,
        event_id=0,
    )  # fmt: skip
    _write_rows(draft, content)
    draft.event_id = record(
        caller, "logistics.calendar-drafted", draft, calendar=str(draft), revision=draft.revision, version=1,
        changes={name: [None, value] for name, value in _told(content).items()},
    )  # fmt: skip
    draft.save(update_fields=["event_id"])
    return draft


def _write_rows(draft: Calendar, content: CalendarContent) -> None:
    windows, closures, openings = _rows(draft, content)
    CalendarWindow.objects.bulk_create(windows)
    CalendarClosure.objects.bulk_create(closures)
    CalendarOpening.objects.bulk_create(openings)


def _rows(
    draft: Calendar | None, content: CalendarContent
) -> tuple[list[CalendarWindow], list[CalendarClosure], list[CalendarOpening]]:
    """The rows as they are kept: windows by time, days by date, texts trimmed."""
    windows = [
        CalendarWindow(
            calendar=draft, days=days_in_order(row.days), **_hours(row.opens, row.closes),
            next_day=row.next_day, name=row.name.strip(),
        )
        for row in content.windows
    ]  # fmt: skip
    closures = [
        CalendarClosure(calendar=draft, first_day=row.first_day, last_day=row.last_day, reason=row.reason.strip())
        for row in content.closures
    ]
    openings = [
        CalendarOpening(
            calendar=draft, day=row.day, **_hours(row.opens, row.closes), next_day=row.next_day,
            reason=row.reason.strip(),
        )
        for row in content.openings
    ]  # fmt: skip
    return (
        sorted(windows, key=lambda one: (one.opens, one.days)),
        sorted(closures, key=lambda one: one.first_day),
        sorted(openings, key=lambda one: (one.day, one.opens)),
    )


def _hours(opens: str, closes: str) -> dict[str, time]:
    return {"opens": clock(opens), "closes": clock(closes)}


def _told(content: CalendarContent) -> dict[str, Any]:
    """What events say of a content."""
    windows, closures, openings = _rows(None, content)
    return _words(content.closes_on_holidays, windows, closures, openings)


def rows_told(calendar: Calendar) -> dict[str, Any]:
    """Step: what events say of a revision's rows. Three queries."""
    windows = sorted(calendar.windows.all(), key=lambda one: (one.opens, one.days))
    return _words(calendar.closes_on_holidays, windows, calendar.closures.all(), calendar.openings.all())


def _words(closes_on_holidays: bool, windows: Any, closures: Any, openings: Any) -> dict[str, Any]:
    return {
        "closes_on_holidays": closes_on_holidays,
        "windows": "; ".join(map(str, windows)),
        "closures": "; ".join(map(str, closures)),
        "openings": "; ".join(map(str, openings)),
    }


for _constraint in ("calendar_has_one_draft", "calendar_revision_is_unique"):
    wall(
        _constraint,
        lambda: CalendarWrong(
            _("Somebody drafted this calendar at the same moment."), true=_("Nothing was recorded."),
            do=_("Look at that draft."),
        ),
    )  # fmt: skip

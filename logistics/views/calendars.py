"""The desk's pages of calendars: the list, one revision with its months and closed days, its draft, its release."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.views.planning_words import tabs
from inventory.views.boms import day, state_of
from inventory.views.desk import (
    Cell,
    Edit,
    Sheet,
    act,
    choice_filter,
    edit_page,
    list_page,
    search_filter,
    text_of,
)
from logistics.models import Calendar, Carrier, Site
from logistics.operations.calendars import CalendarOwner, draft_calendar, release_calendar
from logistics.planning_forms import (
    CalendarForm,
    ClosureForms,
    OpeningForms,
    ReleaseForm,
    WindowForms,
    calendar_content,
)
from logistics.queries.calendars import calendar_list
from logistics.queries.way_basis import one_calendar
from logistics.text import WEEKDAYS
from logistics.views.calendar_words import KINDS, closed_rows, hours_facts, month_grid, owner_code, owner_words
from logistics.views.draft_rows import Draft, Rows, draft_page
from logistics.views.saying import reads

RIGHT = "logistics.keep_calendars"
KEEPS = permission_required(RIGHT, raise_exception=True)
FORM = require_http_methods(["GET", "POST"])
MONTHS = range(1, 13)
YEARS = range(2000, 2100)


@reads
@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """Every revision of every calendar, drafts first."""
    sheet = Sheet(
        name="calendars",
        heading=_("Calendars"),
        intro=_("When the plant's gate, the site's dock, carriers and customs work. A plan is judged by the newest"
                " released revision, and names it."),
        columns=[_("Whose calendar"), _("Kind"), _("Revision"), _("Holidays"), _("State"), _("Released on"),
                 _("Where these times come from")],
        rows=calendar_list(text_of(request, "q"), text_of(request, "state"), text_of(request, "kind")),
        cells=_cells,
        filters=[
            search_filter(request, _("Site, carrier or reason")),
            choice_filter(request, "kind", _("Kind"), list(KINDS.items())),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=[
            {"label": _("Sailings and flights"), "url": reverse("timetables"), "kind": ""},
            *act(request, _("Begin a draft"), reverse("calendar_new"), RIGHT, "primary"),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


def _cells(row: Calendar) -> list[Cell]:
    heeds = "–" if row.kind == "holidays" else _("rests") if row.closes_on_holidays else _("works")
    return [
        Cell(owner_words(row), reverse("calendar", args=[row.pk])), Cell(str(KINDS[row.kind])),
        Cell(row.revision, css="num"), Cell(heeds), Cell(state_of(row)[1], state=state_of(row)[0]),
        Cell(day(row.released_at)), Cell(row.reason),
    ]  # fmt: skip


@reads
@require_GET
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """One revision: the month that is asked for (`?month=2026-12`), the closed days of a year from it, its hours."""
    found = _found(calendar_id)
    now = timezone.now()
    first = _month(text_of(request, "month"), timezone.localdate(now))
    judging = one_calendar(found.pk, now)
    newest = Calendar.objects.filter(**_whose(found)).exclude(released_at=None).order_by("-revision").first()
    context = {
        "calendar": found,
        "owner": owner_words(found),
        "kind": KINDS[found.kind],
        "state": state_of(found),
        "in_force": newest is not None and newest.pk == found.pk,
        "newer": newest if newest is not None and newest.revision > found.revision else None,
        "acts": _acts(found) if request.user.has_perm(RIGHT) else [],
        "hours": hours_facts(found),
        "grid": month_grid(judging.hours, first, timezone.localdate(now)) if found.kind != "holidays" else None,
        "month": first,
        "weekdays": WEEKDAYS,
        "earlier": (first - timedelta(days=1)).replace(day=1),
        "later": (first + timedelta(days=31)).replace(day=1),
        "closed": closed_rows(found, judging.hours, first),
        "openings": list(found.openings.all()),
        "closures": list(found.closures.all()),
        "tabs": tabs(request),
    }
    return render(request, "logistics/calendar.html", context)


def _found(calendar_id: int) -> Calendar:
    return get_object_or_404(Calendar.objects.select_related("site", "carrier", "released_by"), pk=calendar_id)


def _whose(found: Calendar) -> dict[str, Any]:
    return {"kind": found.kind, "site": found.site, "carrier": found.carrier, "country": found.country}


def _month(text: str, today: date) -> date:
    """The first of the month asked for as 2026-12, else of the present one."""
    year, _dash, month = text.partition("-")
    written = len(text) == len("2026-12") and all(part.isascii() and part.isdecimal() for part in (year, month))
    if written and int(year) in YEARS and int(month) in MONTHS:
        return date(int(year), int(month), 1)
    return today.replace(day=1)


def _acts(found: Calendar) -> list[dict[str, str]]:
    change = f"{reverse('calendar_new')}?{urlencode({'from': found.pk})}"
    if found.released_at is not None:
        return [{"label": _("Draft the next revision"), "url": change, "kind": "primary"}]
    return [
        {"label": _("Change the draft"), "url": change, "kind": ""},
        {"label": _("Release it"), "url": reverse("calendar_release", args=[found.pk]), "kind": "primary"},
    ]


@KEEPS
@FORM
def calendar_new(request: HttpRequest) -> HttpResponse:
    """Draft a calendar; `?from=` a revision fills the rows, and a draft of its owner that stands is changed."""
    text = text_of(request, "from")
    base = Calendar.objects.filter(pk=int(text) if text.isdecimal() and len(text) < 18 else 0).first()
    standing = Calendar.objects.filter(**_whose(base), released_at=None).first() if base else None
    shown = standing or base
    owners = [(f"{base.kind}:{owner_code(base)}", owner_words(base))] if base else _owners()
    initial = {"closes_on_holidays": shown.closes_on_holidays if shown else True}
    back = (reverse("calendar", args=[base.pk]), str(base)) if base else (reverse("calendars"), _("Calendars"))
    return draft_page(
        request,
        Draft(
            heading=_("Draft of a calendar"),
            intro=_("A draft judges no plan until it is released."),
            back=back,
            head=CalendarForm(request.POST or None, initial=initial, owners=owners),
            tables=_tables(shown),
            gated=draft_calendar,
            arguments=lambda head, rows: {"owner": _owner(head["owner"]), "content": calendar_content(head, rows)},
            version=standing.version if standing else 0,
            done=_("The draft is saved."),
            to=lambda row: reverse("calendar", args=[row.pk]),
        ),
    )


def _owner(text: str) -> CalendarOwner:
    kind, _colon, code = text.partition(":")
    return CalendarOwner(kind=kind, code=code)  # type: ignore[arg-type]


def _owners() -> list[tuple[str, str]]:
    """Who can have a calendar: sites, carriers, and the customs and holidays of the countries they are in."""
    sites = list(Site.objects.order_by("kind", "code"))
    countries = sorted({site.country for site in sites} | {"JP"})
    return [
        *((f"site:{site.code}", f"{site.name} {site.code}") for site in sites),
        *((f"carrier:{one.code}", f"{one.name} {one.code}") for one in Carrier.objects.order_by("code")),
        *((f"customs:{code}", f"{KINDS['customs']} {code}") for code in countries),
        *((f"holidays:{code}", f"{KINDS['holidays']} {code}") for code in countries),
    ]


def _tables(shown: Calendar | None) -> list[Rows]:
    """The rows of a revision as its form shows them."""
    windows, closures, openings = (
        (shown.windows.all(), shown.closures.all(), shown.openings.all()) if shown else ((), (), ())
    )
    hours = ("opens", "closes", "next_day")
    return [
        Rows("windows", WindowForms, _("Weekly hours"),
             _("Shifts of the gate, or windows in which trucks are received. A shift past midnight ends on the next"
               " day and belongs to the day on which it begins."),
             [{"days": list(row.days), "name": row.name, **_told(row, hours)} for row in windows]),
        Rows("closures", ClosureForms, _("Closures"),
             _("Golden Week, Obon, year end, maintenance: both ends included."),
             [_told(row, ("first_day", "last_day", "reason")) for row in closures]),
        Rows("openings", OpeningForms, _("Special openings"),
             _("Hours of one day, in place of the week's, of a holiday and of a closure."),
             [_told(row, ("day", *hours, "reason")) for row in openings]),
    ]  # fmt: skip


def _told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@KEEPS
@FORM
def calendar_release(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Release a draft, and say where its times come from."""
    found = _found(calendar_id)
    edit = Edit(
        ReleaseForm(request.POST or None), _("Release %(name)s") % {"name": str(found)}, _("Release it"),
        (reverse("calendar", args=[found.pk]), str(found)), release_calendar,
        lambda given: {"calendar_id": found.pk, **given}, _("The calendar is released."), version=found.version,
        intro=_("Plans made from now on are judged by it. Plans that were made keep the revision that judged them."),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("calendars/", calendars, name="calendars"),
    path("calendars/new/", calendar_new, name="calendar_new"),
    path("calendars/<int:calendar_id>/", calendar, name="calendar"),
    path("calendars/<int:calendar_id>/release/", calendar_release, name="calendar_release"),
]

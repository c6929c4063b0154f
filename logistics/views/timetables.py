"""The desk's pages of sailings and flights: the list, one revision with its next departures, its draft, its release."""

from __future__ import annotations

from datetime import timedelta
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
from documents.words import PLANT_TIME
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
from logistics.lead_times.calendars import Closure
from logistics.lead_times.sailings import LegSailings, Validity, WeeklySailing
from logistics.models import Lane, Leg, Timetable
from logistics.operations.timetables import draft_timetable, release_timetable
from logistics.planning_forms import ClosureForms, ReleaseForm, SailingForms, TimetableForm, timetable_content
from logistics.queries.calendars import timetable_list
from logistics.queries.way_basis import BY_TIMETABLE
from logistics.text import moment_words
from logistics.views.calendar_words import days_words
from logistics.views.draft_rows import Draft, Rows, draft_page
from logistics.views.saying import MODES, reads

RIGHT = "logistics.keep_calendars"
KEEPS = permission_required(RIGHT, raise_exception=True)
FORM = require_http_methods(["GET", "POST"])
NEXT_SHOWN = 10


@reads
@require_GET
def timetables(request: HttpRequest) -> HttpResponse:
    """Every revision of the timetables, drafts first."""
    sheet = Sheet(
        name="timetables",
        heading=_("Sailings and flights"),
        intro=_("Departures and cut-offs of ferries, ships and aircraft, from when to when they are valid. A leg"
                " without a released timetable sails daily at the time of its lane."),
        columns=[_("Leg"), _("Lane"), _("Carrier"), _("Revision"), _("Valid"), _("Grade"), _("State"),
                 _("Released on"), _("Source")],
        rows=timetable_list(text_of(request, "q"), text_of(request, "state"), text_of(request, "lane")),
        cells=_cells,
        filters=[
            search_filter(request, _("Port, carrier or source")),
            choice_filter(request, "lane", _("Lane"), [(lane.code, lane.name) for lane in Lane.objects.all()]),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=act(request, _("Begin a draft"), reverse("timetable_new"), RIGHT, "primary"),
        crumbs=((reverse("calendars"), _("Calendars")),),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


def _cells(row: Timetable) -> list[Cell]:
    return [
        Cell(leg_words(row.leg), reverse("timetable", args=[row.pk])), Cell(row.leg.lane.code, css="code"),
        Cell(row.leg.carrier.name), Cell(row.revision, css="num"), Cell(valid_words(row)), Cell(row.grade),
        Cell(state_of(row)[1], state=state_of(row)[0]), Cell(day(row.released_at)), Cell(row.source),
    ]  # fmt: skip


def leg_words(leg: Leg) -> str:
    """How it goes, from where to where."""
    return f"{MODES.get(leg.mode, leg.mode)} {leg.start} → {leg.end}"


def valid_words(row: Timetable) -> str:
    """From when to when."""
    return f"{day(row.valid_from)} – {day(row.valid_to)}".rstrip()


@reads
@require_GET
def timetable(request: HttpRequest, timetable_id: int) -> HttpResponse:
    """One revision: its sailings, its next departures with their cut-offs, its blank sailings."""
    found = _found(timetable_id)
    sailings, blanks = list(found.sailings.all()), list(found.blanks.all())
    newest = Timetable.objects.filter(leg=found.leg).exclude(released_at=None).order_by("-revision").first()
    context = {
        "timetable": found,
        "leg": leg_words(found.leg),
        "valid": valid_words(found),
        "state": state_of(found),
        "newer": newest if newest is not None and newest.revision > found.revision else None,
        "acts": _acts(found) if request.user.has_perm(RIGHT) else [],
        "sailings": [
            {"days": days_words(row.days), "departs": row.departs_at, "cut_off": row.cut_off_at,
             "before": row.cut_off_days}
            for row in sailings
        ],
        "next": _next(found, sailings, blanks),
        "blanks": blanks,
        "tabs": tabs(request),
    }  # fmt: skip
    return render(request, "logistics/timetable.html", context)


def _next(found: Timetable, sailings: list[Any], blanks: list[Any]) -> list[dict[str, str]]:
    """The departures that one who is ready now can still catch, by this revision alone."""
    weekly = tuple(WeeklySailing(row.days, row.departs_at, row.cut_off_at, row.cut_off_days) for row in sailings)
    none = tuple(Closure(row.first_day, row.last_day, row.reason) for row in blanks)
    table = LegSailings((Validity(found.valid_from, found.valid_to, weekly, none, found.pk),))
    rows: list[dict[str, str]] = []
    at = timezone.now()
    while len(rows) < NEXT_SHOWN:
        caught = table.next_after(at, PLANT_TIME)
        if caught is None:
            break
        rows.append({
            "departs": moment_words(caught.departs_at), "cut_off": moment_words(caught.cut_off_at),
            "blank": ", ".join(one.reason for one in caught.blank),
        })  # fmt: skip
        at = caught.cut_off_at + timedelta(minutes=1)
    return rows


def _found(timetable_id: int) -> Timetable:
    rows = Timetable.objects.select_related("leg__lane", "leg__carrier", "released_by")
    return get_object_or_404(rows, pk=timetable_id)


def _acts(found: Timetable) -> list[dict[str, str]]:
    change = f"{reverse('timetable_new')}?{urlencode({'from': found.pk})}"
    if found.released_at is not None:
        return [{"label": _("Draft the next revision"), "url": change, "kind": "primary"}]
    return [
        {"label": _("Change the draft"), "url": change, "kind": ""},
        {"label": _("Release it"), "url": reverse("timetable_release", args=[found.pk]), "kind": "primary"},
    ]


@KEEPS
@FORM
def timetable_new(request: HttpRequest) -> HttpResponse:
    """Draft the sailings of a leg; `?from=` a revision fills the rows; a draft that stands is changed."""
    text = text_of(request, "from")
    base = Timetable.objects.filter(pk=int(text) if text.isdecimal() and len(text) < 18 else 0).first()
    standing = Timetable.objects.filter(leg=base.leg, released_at=None).first() if base else None
    shown = standing or base
    legs = Leg.objects.filter(mode__in=BY_TIMETABLE).select_related("lane").order_by("lane__code", "number")
    if base:
        legs = legs.filter(pk=base.leg_id)
    names = ("valid_from", "valid_to", "grade", "source")
    initial = {name: getattr(shown, name) for name in names} if shown else {"valid_from": timezone.localdate()}
    choices = [(f"{leg.lane.code}:{leg.number}", f"{leg.lane.code} {leg_words(leg)}") for leg in legs]
    back = (
        (reverse("timetable", args=[base.pk]), str(base))
        if base
        else (reverse("timetables"), _("Sailings and flights"))
    )
    return draft_page(
        request,
        Draft(
            heading=_("Draft of a timetable"),
            intro=_("A draft moves no plan until it is released."),
            back=back,
            head=TimetableForm(request.POST or None, initial=initial, legs=choices),
            tables=_tables(shown),
            gated=draft_timetable,
            arguments=_arguments,
            version=standing.version if standing else 0,
            done=_("The draft is saved."),
            to=lambda row: reverse("timetable", args=[row.pk]),
        ),
    )


def _arguments(head: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    lane, _colon, number = head["leg"].rpartition(":")
    return {"lane_code": lane, "leg_number": int(number), "content": timetable_content(head, rows)}


def _tables(shown: Timetable | None) -> list[Rows]:
    sailings, blanks = (shown.sailings.all(), shown.blanks.all()) if shown else ((), ())
    return [
        Rows("sailings", SailingForms, _("Departures"),
             _("Who is there by the cut-off goes with it; the cut-off may be some days before."),
             [{"days": list(row.days), "departs_at": row.departs_at, "cut_off_at": row.cut_off_at,
               "cut_off_days": row.cut_off_days} for row in sailings]),
        Rows("blanks", ClosureForms, _("Blank sailings"), _("Days without a departure, both ends included, and why."),
             [{"first_day": row.first_day, "last_day": row.last_day, "reason": row.reason} for row in blanks]),
    ]  # fmt: skip


@KEEPS
@FORM
def timetable_release(request: HttpRequest, timetable_id: int) -> HttpResponse:
    """Release a draft, and say where its times come from."""
    found = _found(timetable_id)
    edit = Edit(
        ReleaseForm(request.POST or None), _("Release %(name)s") % {"name": str(found)}, _("Release it"),
        (reverse("timetable", args=[found.pk]), str(found)), release_timetable,
        lambda given: {"timetable_id": found.pk, **given}, _("The timetable is released."), version=found.version,
        intro=_("Plans made from now on sail by it. Plans that were made keep the revision that judged them."),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("timetables/", timetables, name="timetables"),
    path("timetables/new/", timetable_new, name="timetable_new"),
    path("timetables/<int:timetable_id>/", timetable, name="timetable"),
    path("timetables/<int:timetable_id>/release/", timetable_release, name="timetable_release"),
]

"""The desk's pages of firmware baselines: by part, one revision beside the one before and beside what units report, and
its draft as a form with a row for each component."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from assembly.firmware_forms import BaselineForm, BaselineReleaseForm
from assembly.models import FirmwareBaseline, FirmwareNeed
from assembly.operations.firmware import (
    NeedSpec,
    discard_firmware_baseline,
    draft_firmware_baseline,
    release_firmware_baseline,
)
from assembly.queries.firmware import ReportedVersion, baseline_list, reported_versions
from assembly.views.planning_words import tabs
from inventory.models import Part
from inventory.planning_forms import DiscardForm
from inventory.views.boms import day, discard_words, state_of
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

READS = permission_required("assembly.read", raise_exception=True)
KEEPS = permission_required("assembly.keep_firmware", raise_exception=True)
RELEASES = permission_required("assembly.release_firmware", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])
UNREAD = "?"
SHOWN = 3
"""Versions of a component that a cell names; the table below has all."""


@READS
@require_GET
def firmware_baselines(request: HttpRequest) -> HttpResponse:
    """Baselines, drafts first."""
    sheet = Sheet(
        name="firmware-baselines",
        heading=_("Firmware baselines"),
        intro=_("What trays, switch trays and shelves have to report before their rack soaks and leaves"),
        columns=[_("Part number"), _("Name"), _("Revision"), _("Components"), _("State"), _("Released on"),
                 _("Released by"), _("Reason")],
        rows=baseline_list(text_of(request, "q"), text_of(request, "state")),
        cells=lambda row: [
            Cell(row.part.number, reverse("firmware_baseline", args=[row.pk]), "code"), Cell(row.part.name),
            Cell(row.revision, css="num"), Cell(row.count, css="num"),
            Cell(state_of(row)[1], state=state_of(row)[0]), Cell(day(row.released_at)),
            Cell(row.released_by.name if row.released_by else ""), Cell(row.reason),
        ],
        filters=[
            search_filter(request, _("Part, component or reason")),
            choice_filter(request, "state", _("State"), [("draft", _("Draft")), ("released", _("Released for use"))]),
        ],
        acts=act(request, _("Begin a draft"), reverse("firmware_draft"), "assembly.keep_firmware", "primary"),
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@READS
@require_GET
def firmware_baseline(request: HttpRequest, baseline_id: int) -> HttpResponse:
    """One revision: what it asks for, what the revision before asked for, what units report; all its revisions."""
    found = _found(baseline_id)
    revisions = list(
        FirmwareBaseline.objects.filter(part=found.part).select_related("released_by").order_by("-revision")[:30]
    )
    earlier = next((row for row in revisions if row.revision < found.revision), None)
    before = {row.component: row.wanted for row in earlier.needs.all()} if earlier else {}
    lately = _by_component(reported_versions(found.part_id, found.pk))
    rows = list(found.needs.all())
    sheet = Sheet(
        name=f"firmware-{found.part.number}-{found.revision}",
        heading=_heading(found),
        intro=_intro(found, revisions),
        columns=[_("Component"), _("Required version"), _("In the revision before"), _("Reported now"),
                 _("Judgement")],
        rows=rows,
        cells=lambda row: _cells(row, before, lately.get(row.component, [])),
        acts=_acts(request, found, revisions),
        crumbs=((reverse("firmware_baselines"), _("Firmware baselines")),),
        tabs=tabs(request),
    )  # fmt: skip
    asked = {row.component for row in rows}
    return list_page(
        request, sheet, template="assembly/firmware_baseline.html",
        others=[_reported(name, told) for name, told in lately.items() if name not in asked],
        revisions=[{"row": row, "state": state_of(row), "current": row.pk == found.pk,
                    "url": reverse("firmware_baseline", args=[row.pk])} for row in revisions],
    )  # fmt: skip


def _found(baseline_id: int) -> FirmwareBaseline:
    return get_object_or_404(
        FirmwareBaseline.objects.select_related("part", "released_by", "drafted_by"), pk=baseline_id
    )


def _heading(found: FirmwareBaseline) -> str:
    return _("Firmware baseline %(part)s, revision %(revision)d") % {
        "part": found.part.number, "revision": found.revision,
    }  # fmt: skip


def _intro(found: FirmwareBaseline, revisions: Sequence[FirmwareBaseline]) -> str:
    if found.released_at is None or found.released_by is None:
        return _("Draft, version %(version)d, by %(person)s: it stops nothing yet.") % {
            "version": found.version, "person": found.drafted_by.name,
        }  # fmt: skip
    told = {"day": day(found.released_at), "person": found.released_by.name, "reason": found.reason}
    newest = next((row for row in revisions if row.released_at is not None), None)
    if newest is not None and newest.pk != found.pk:
        return _("Released %(day)s by %(person)s: %(reason)s. It still counts for racks that soaked under it.") % told
    return _("Released %(day)s by %(person)s: %(reason)s. It counts for every rack that does not soak yet.") % told


def _acts(request: HttpRequest, found: FirmwareBaseline, revisions: Sequence[FirmwareBaseline]) -> list[dict[str, str]]:
    draft = next((row for row in revisions if row.released_at is None), None)
    edit = f"{reverse('firmware_draft')}?{urlencode({'part': found.part.number})}"
    if found.released_at is not None:
        label = _("Go on with the draft") if draft else _("Begin a draft from it")
        return act(request, label, edit, "assembly.keep_firmware", "primary")
    address = {name: reverse(f"firmware_{name}", args=[found.pk]) for name in ("discard", "release")}
    return [
        *act(request, _("Give it up"), address["discard"], "assembly.keep_firmware", "plain"),
        *act(request, _("Change the draft"), edit, "assembly.keep_firmware"),
        *act(request, _("Release it"), address["release"], "assembly.release_firmware", "primary"),
    ]


def _by_component(rows: Sequence[ReportedVersion]) -> dict[str, list[ReportedVersion]]:
    found: dict[str, list[ReportedVersion]] = defaultdict(list)
    for row in rows:
        found[row.component].append(row)
    return dict(found)


def _cells(row: FirmwareNeed, before: Mapping[str, str], lately: Sequence[ReportedVersion]) -> list[Cell]:
    state, word = _judged(lately)
    earlier = before.get(row.component, _("not asked for"))
    return [
        Cell(row.component, css="code"), Cell(row.wanted, css="code"), Cell(earlier),
        Cell(spread(lately), css="code"), Cell(word, state=state),
    ]  # fmt: skip


def _judged(lately: Sequence[ReportedVersion]) -> tuple[str, str]:
    """Of the units that report the component: do they meet it."""
    if not lately:
        return "unknown", _("not reported")
    short = sum(row.units for row in lately if not row.met)
    if not short:
        return "done", _("met")
    return "fail", ngettext("%(count)d unit does not meet it", "%(count)d units do not meet it", short) % {
        "count": short
    }


def _reported(name: str, told: Sequence[ReportedVersion]) -> dict[str, Any]:
    return {"name": name, "spread": spread(told), "at": max(row.read_at for row in told)}


def spread(told: Sequence[ReportedVersion]) -> str:
    """Versions with the number of units that report them, the most frequent first."""
    words = [f"{_('no version') if row.version == UNREAD else row.version} ×{row.units}" for row in told[:SHOWN]]
    return " · ".join([*words, *(["…"] if len(told) > SHOWN else [])]) or "–"


@KEEPS
@FORM
def firmware_draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft, or change the one that is there: `?part=` fills the rows from the draft, else from the newest
    released revision, else from what units of the part report."""
    number = text_of(request, "part")
    part = Part.objects.filter(number=number).first() if number else None
    newest = FirmwareBaseline.objects.filter(part=part).order_by("-revision").first() if part else None
    draft = newest if newest is not None and newest.released_at is None else None
    lately = _by_component(reported_versions(part.pk)) if part else {}
    form = BaselineForm(
        request.POST if request.method == "POST" else None, rows=_rows(newest, lately), initial={"part_number": number}
    )
    back = (reverse("firmware_baseline", args=[newest.pk]), str(newest)) if newest else (
        reverse("firmware_baselines"), _("Firmware baselines")
    )  # fmt: skip
    edit = Edit(
        form, _("Draft of a firmware baseline"), _("Save the draft"), back, draft_firmware_baseline,
        lambda given: {
            "part_number": given["part_number"], "needs": [NeedSpec(**need) for need in form.needs()], "version": 0,
        },
        _("The draft is saved."), to=lambda row: reverse("firmware_baseline", args=[row.pk]),
        version=draft.version if draft else 0,
        intro=_("A draft stops nothing until quality releases it. A saved draft gives four more rows."),
        template="assembly/firmware_draft.html",
        more={"lately": [_reported(name, told) for name, told in lately.items()]},
    )  # fmt: skip
    return edit_page(request, edit)


def _rows(newest: FirmwareBaseline | None, lately: Mapping[str, Sequence[ReportedVersion]]) -> list[dict[str, str]]:
    if newest is not None:
        return [
            {"component": row.component, "rule": row.rule, "versions": " | ".join(row.versions)}
            for row in newest.needs.all()
        ]
    read = {name: [row.version for row in told if row.version != UNREAD] for name, told in lately.items()}
    return [{"component": name, "rule": "one_of", "versions": told[0]} for name, told in read.items() if told]


def _back(found: FirmwareBaseline) -> tuple[str, str]:
    return reverse("firmware_baseline", args=[found.pk]), str(found)


@RELEASES
@FORM
def firmware_release(request: HttpRequest, baseline_id: int) -> HttpResponse:
    """Release a draft, and say why."""
    found = _found(baseline_id)
    edit = Edit(
        BaselineReleaseForm(request.POST or None), _("Release %(name)s") % {"name": str(found)}, _("Release it"),
        _back(found), release_firmware_baseline, lambda given: {"part_number": found.part.number, **given},
        _("The baseline is released."), version=found.version,
        intro=_("From now on no rack soaks or leaves whose units report otherwise, or nothing. Racks that soak already"
                " keep the baseline of their soak."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def firmware_discard(request: HttpRequest, baseline_id: int) -> HttpResponse:
    """Give up a draft: the page asks once more, and why."""
    found = _found(baseline_id)
    edit = Edit(
        DiscardForm(request.POST or None), _("Give up draft %(name)s") % {"name": str(found)}, _("Give up the draft"),
        _back(found), discard_firmware_baseline, lambda given: {"part_number": found.part.number, **given},
        _("The draft is given up."), to=reverse("firmware_baselines"), version=found.version, intro=discard_words(),
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("planning/firmware/", firmware_baselines, name="firmware_baselines"),
    path("planning/firmware/draft/", firmware_draft, name="firmware_draft"),
    path("planning/firmware/<int:baseline_id>/", firmware_baseline, name="firmware_baseline"),
    path("planning/firmware/<int:baseline_id>/release/", firmware_release, name="firmware_release"),
    path("planning/firmware/<int:baseline_id>/discard/", firmware_discard, name="firmware_discard"),
]

"""The planner's pages of tools with their calibrations, qualifications, and stations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Skill, SkillGrant, Station, User
from accounts.operations.sessions import STATION_KINDS, edit_station
from accounts.operations.skills import define_skill, edit_skill, end_skill, grant_skill
from assembly.models import RoutingOperation, Tool
from assembly.models.tools import TOOL_KINDS
from assembly.operations.tools import edit_tool, record_calibration, register_tool, retire_tool
from assembly.planning_forms import (
    CalibrationForm,
    GrantForm,
    ReasonOnlyForm,
    SkillForm,
    SkillNewForm,
    StationForm,
    ToolForm,
    ToolNewForm,
    choose,
)
from assembly.queries.planning import grant_list, station_list, tool_list
from assembly.views.planning_words import STATION_KIND_WORDS, TOOL_KIND_WORDS, tabs, until_state
from inventory.views.boms import day
from inventory.views.desk import Cell, Edit, Sheet, act, choice_filter, edit_page, list_page, search_filter, text_of

READS = permission_required("assembly.read", raise_exception=True)
KEEPS = permission_required("assembly.keep_tools", raise_exception=True)
SKILLS = permission_required("accounts.keep_skills", raise_exception=True)
FORM = require_http_methods(["GET", "POST"])
KINDS = [(kind, TOOL_KIND_WORDS[kind]) for kind in TOOL_KINDS]


@READS
@require_GET
def tools(request: HttpRequest) -> HttpResponse:
    """Tools, those without a valid calibration first."""
    today = timezone.localdate()
    sheet = Sheet(
        name="tools",
        heading=_("Tools"),
        intro=_("Only a calibrated tool may stand behind a measured value"),
        columns=[_("Tool number"), _("Name"), _("Kind"), _("Maker"), _("Serial"), _("Kept at"), _("Calibrated on"),
                 _("Due on"), _("State")],
        rows=tool_list(today, text_of(request, "q"), text_of(request, "kind"), text_of(request, "state")),
        cells=_cells,
        filters=[
            search_filter(request, _("Number, name or serial")),
            choice_filter(request, "kind", _("Kind"), KINDS),
            choice_filter(request, "state", _("State"), [("valid", _("valid")), ("due", _("expired")),
                                                         ("retired", _("out of use"))]),
        ],
        acts=[
            *act(request, _("Calibration list (PDF)"), _calibration_list(request), "documents.print"),
            *act(request, _("Import"), reverse("planning_import"), "assembly.keep_tools"),
            *act(request, _("Register a tool"), reverse("tool_new"), "assembly.keep_tools", "primary"),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


def _calibration_list(request: HttpRequest) -> str:
    """The paper of the kind that is chosen, or of all."""
    kind = text_of(request, "kind")
    return reverse("document_copy", args=["calibration-list", kind if kind in TOOL_KINDS else "all"])


def _cells(tool: Any) -> list[Cell]:
    state, word = until_state(tool.due_on, timezone.localdate(), ended=tool.retired_at is not None)
    if tool.calibrated_on is None and tool.retired_at is None:
        state, word = "stop", _("never calibrated")
    if tool.result == "fail" and tool.retired_at is None:
        state, word = "fail", _("calibration failed")
    return [
        Cell(tool.code, reverse("tool", args=[tool.pk]), "code"),
        Cell(tool.name),
        Cell(str(TOOL_KIND_WORDS.get(tool.kind, tool.kind))),
        Cell(tool.maker),
        Cell(tool.serial, css="code"),
        Cell(tool.place, css="code"),
        Cell(day(tool.calibrated_on)),
        Cell(day(tool.due_on)),
        Cell(word, state=state),
    ]


@READS
@require_GET
def tool(request: HttpRequest, tool_id: int) -> HttpResponse:
    """One tool: what is said of it, its calibrations, which operations ask for its kind."""
    found = get_object_or_404(tool_list(timezone.localdate()), pk=tool_id)
    cells = _cells(found)
    asking = RoutingOperation.objects.filter(tool_kinds__contains=[found.kind]).select_related("routing")
    context = {
        "tool": found,
        "facts": [
            {"label": _("Name (Japanese)"), "value": found.name_ja},
            {"label": _("Name (English)"), "value": found.name_en},
            {"label": _("Kind"), "value": cells[2].text},
            {"label": _("Maker"), "value": found.maker},
            {"label": _("Serial"), "value": found.serial, "code": True},
            {"label": _("Kept at"), "value": found.place, "code": True},
            {"label": _("Calibrated every (months)"), "value": found.calibration_months},
            {"label": _("Version"), "value": found.version},
        ],
        "state": cells[-1],
        "calibrations": list(found.calibrations.order_by("-calibrated_on", "-pk")[:50]),
        "asking": list(asking.order_by("routing__code", "number")[:50]),
        "may": request.user.has_perm("assembly.keep_tools") and found.retired_at is None,
        "tabs": tabs(request),
    }
    return render(request, "assembly/tool.html", context)


def _back(tool: Tool) -> tuple[str, str]:
    return reverse("tool", args=[tool.pk]), tool.code


@KEEPS
@FORM
def tool_new(request: HttpRequest) -> HttpResponse:
    """Register a tool."""
    form = ToolNewForm(request.POST or None)
    choose(form, kind=KINDS)
    edit = Edit(
        form, _("Register a tool"), _("Register"), (reverse("tools"), _("Tools")), register_tool, lambda given: given,
        _("The tool is registered. Record its calibration before it is used."),
        to=lambda row: reverse("tool", args=[row.pk]),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def tool_edit(request: HttpRequest, tool_id: int) -> HttpResponse:
    """Change what is said of a tool."""
    found = get_object_or_404(Tool, pk=tool_id)
    form = ToolForm(request.POST or None, initial={name: getattr(found, name) for name in ToolForm.base_fields})
    choose(form, kind=KINDS)
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.code}, _("Save"), _back(found), edit_tool,
        lambda given: {"tool_id": found.pk, **given}, _("Saved."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def tool_calibration(request: HttpRequest, tool_id: int) -> HttpResponse:
    """Record a calibration."""
    found = get_object_or_404(Tool, pk=tool_id)
    form = CalibrationForm(request.POST or None, initial={"calibrated_on": timezone.localdate()})
    edit = Edit(
        form, _("Calibration of %(tool)s") % {"tool": found.code}, _("Record"), _back(found), record_calibration,
        lambda given: {"tool_code": found.code, **given}, _("The calibration is recorded."),
        intro=_("A calibration that failed stops the use of the tool from that day."),
    )  # fmt: skip
    return edit_page(request, edit)


@KEEPS
@FORM
def tool_retire(request: HttpRequest, tool_id: int) -> HttpResponse:
    """Take a tool out of use."""
    found = get_object_or_404(Tool, pk=tool_id)
    edit = Edit(
        ReasonOnlyForm(request.POST or None), _("Take %(tool)s out of use") % {"tool": found.code},
        _("Take out of use"), _back(found), retire_tool, lambda given: {"tool_id": found.pk, **given},
        _("The tool is out of use."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@READS
@require_GET
def skills(request: HttpRequest) -> HttpResponse:
    """Who holds which qualification, those that end first on top."""
    today = timezone.localdate()
    known = list(Skill.objects.all())
    rows = grant_list(today, text_of(request, "q"), text_of(request, "skill"), text_of(request, "state"))
    sheet = Sheet(
        name="skills",
        heading=_("Qualifications"),
        intro=_("An operation that asks for one is started by those who hold it"),
        columns=[_("Person"), _("Qualification"), _("Name"), _("From"), _("Until"), _("State"), _("Proof"),
                 _("Given by")],
        rows=rows,
        cells=lambda row: _grant_cells(row, today),
        filters=[
            search_filter(request, _("Person")),
            choice_filter(request, "skill", _("Qualification"), [(one.code, one.name) for one in known]),
            choice_filter(request, "state", _("State"), [("valid", _("valid")), ("ended", _("expired"))]),
        ],
        acts=[
            *act(request, _("Import"), reverse("planning_import"), "accounts.keep_skills"),
            *act(request, _("New qualification"), reverse("skill_new"), "accounts.keep_skills"),
            *act(request, _("Give a qualification"), reverse("skill_grant"), "accounts.keep_skills", "primary"),
        ],
        tabs=tabs(request),
    )  # fmt: skip
    may = request.user.has_perm("accounts.keep_skills")
    return list_page(request, sheet, template="assembly/skills.html", known=known, may=may)


def _grant_cells(grant: SkillGrant, today: Any) -> list[Cell]:
    state, word = ("done", _("valid")) if grant.until_on is None else until_state(grant.until_on, today)
    if grant.ended_at is not None:
        state, word = "void", _("taken away")
    return [
        Cell(grant.user.name, "" if grant.ended_at else reverse("skill_end", args=[grant.pk])),
        Cell(grant.skill.code, css="code"),
        Cell(grant.skill.name),
        Cell(day(grant.from_on)),
        Cell(day(grant.until_on) or _("without an end")),
        Cell(word, state=state),
        Cell(grant.proof),
        Cell(grant.granted_by.name),
    ]


def _skills() -> tuple[str, str]:
    return reverse("skills"), _("Qualifications")


@SKILLS
@FORM
def skill_new(request: HttpRequest) -> HttpResponse:
    """Define a qualification."""
    edit = Edit(
        SkillNewForm(request.POST or None), _("New qualification"), _("Register"), _skills(), define_skill,
        lambda given: given, _("The qualification is registered."),
    )  # fmt: skip
    return edit_page(request, edit)


@SKILLS
@FORM
def skill_edit(request: HttpRequest, skill_id: int) -> HttpResponse:
    """Change a qualification."""
    found = get_object_or_404(Skill, pk=skill_id)
    form = SkillForm(request.POST or None, initial={name: getattr(found, name) for name in SkillForm.base_fields})
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.code}, _("Save"), _skills(), edit_skill,
        lambda given: {"skill_id": found.pk, **given}, _("Saved."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


@SKILLS
@FORM
def skill_grant(request: HttpRequest) -> HttpResponse:
    """Give a person a qualification, or renew it."""
    form = GrantForm(request.POST or None, initial={"from_on": timezone.localdate()})
    people = User.objects.filter(is_active=True).exclude(role_grants=None).distinct().order_by("name_ja")
    choose(
        form, username=[(user.username, user.name) for user in people],
        skill_code=[(skill.code, f"{skill.code} {skill.name}") for skill in Skill.objects.all()],
    )  # fmt: skip
    edit = Edit(
        form, _("Give a qualification"), _("Give"), _skills(), grant_skill, lambda given: given,
        _("The qualification is given."),
    )  # fmt: skip
    return edit_page(request, edit)


@SKILLS
@FORM
def skill_end(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take a qualification away."""
    grant = get_object_or_404(SkillGrant.objects.select_related("user", "skill"), pk=grant_id)
    edit = Edit(
        ReasonOnlyForm(request.POST or None),
        _("Take %(skill)s away from %(person)s") % {"skill": grant.skill.name, "person": grant.user.name},
        _("Take away"), _skills(), end_skill, lambda given: {"grant_id": grant.pk, **given},
        _("The qualification is taken away."),
    )  # fmt: skip
    return edit_page(request, edit)


@READS
@require_GET
def planned_stations(request: HttpRequest) -> HttpResponse:
    """Stations as master data."""
    may = request.user.has_perm("accounts.plan_stations")
    sheet = Sheet(
        name="stations",
        heading=_("Stations"),
        columns=[_("Code"), _("Name (Japanese)"), _("Name (English)"), _("Kind"), _("Work centres"),
                 _("Place in lists"), _("Last used"), _("History")],
        rows=station_list(text_of(request, "q")),
        cells=lambda row: [
            Cell(row.code, reverse("station_edit", args=[row.pk]) if may else "", "code"), Cell(row.name_ja),
            Cell(row.name_en), Cell(str(STATION_KIND_WORDS.get(row.kind, row.kind))),
            Cell(row.work_centre, css="code"), Cell(row.order, css="num"), Cell(day(row.last_used)),
            Cell(_("History"), reverse("station_history", args=[row.code])),
        ],
        filters=[search_filter(request, _("Code, name or work centre"))],
        tabs=tabs(request),
    )  # fmt: skip
    return list_page(request, sheet)


@permission_required("accounts.plan_stations", raise_exception=True)
@FORM
def station_edit(request: HttpRequest, station_id: int) -> HttpResponse:
    """Change a station."""
    found = get_object_or_404(Station, pk=station_id)
    form = StationForm(request.POST or None, initial={name: getattr(found, name) for name in StationForm.base_fields})
    choose(form, kind=[(kind, STATION_KIND_WORDS[kind]) for kind in STATION_KINDS])
    edit = Edit(
        form, _("Change %(part)s") % {"part": found.code}, _("Save"), (reverse("planned_stations"), _("Stations")),
        edit_station, lambda given: {"station_id": found.pk, **given}, _("Saved."), version=found.version,
    )  # fmt: skip
    return edit_page(request, edit)


URLS = [
    path("planning/tools/", tools, name="tools"),
    path("planning/tools/new/", tool_new, name="tool_new"),
    path("planning/tools/<int:tool_id>/", tool, name="tool"),
    path("planning/tools/<int:tool_id>/edit/", tool_edit, name="tool_edit"),
    path("planning/tools/<int:tool_id>/calibrations/new/", tool_calibration, name="tool_calibration"),
    path("planning/tools/<int:tool_id>/retirement/", tool_retire, name="tool_retire"),
    path("planning/skills/", skills, name="skills"),
    path("planning/skills/new/", skill_new, name="skill_new"),
    path("planning/skills/<int:skill_id>/edit/", skill_edit, name="skill_edit"),
    path("planning/skills/grants/new/", skill_grant, name="skill_grant"),
    path("planning/skills/grants/<int:grant_id>/end/", skill_end, name="skill_end"),
    path("planning/stations/", planned_stations, name="planned_stations"),
    path("planning/stations/<int:station_id>/edit/", station_edit, name="station_edit"),
]

"""Pages: incoming inspections, what waits first; one of them with its pieces, its verdict and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.operations.badges import person_of_badge
from accounts.operations.pins import check_pin
from inventory.forms import ConcessionForm, VerdictForm
from inventory.models import Inspection, Supplier
from inventory.operations.verdicts import concede_inspection, judge_inspection, sort_inspection
from inventory.queries.inspections import inspection_page, inspection_rows, pieces_of
from inventory.views.desk import Cell, Sheet, act, choice_filter, list_page, post_call, search_filter, text_of
from inventory.views.inspection_words import inspection_row, limits_of, piece_row, state_of
from inventory.views.reading import reads
from ledger.doors import Outcome, call_from_page, caller_from, new_key
from ledger.refusals import Refusal


@reads
def inspections(request: HttpRequest) -> HttpResponse:
    """What waits for its inspection, the oldest first; by filter also what was judged."""
    state = text_of(request, "state") or "waiting"
    suppliers = Supplier.objects.values_list("code", "name")
    states = [
        ("waiting", _("Waits for inspection")),
        ("accepted", _("Accepted on inspection")),
        ("rejected", _("Rejected on inspection")),
        ("all", _("All, newest first")),
    ]
    shown = {"name": "state", "label": _("State"), "value": state, "kind": "select"}
    shown["options"] = [{"value": value, "label": label} for value, label in states]  # type: ignore[assignment]
    sheet = Sheet(
        name="inspections",
        heading=_("Incoming inspection"),
        intro=_("What has arrived and is held until its inspection is accepted."),
        columns=[_("Number"), _("State"), _("Part number"), _("Name"), _("Supplier"), _("Notice"), _("Lot"),
                 _("Quantity arrived"), _("Inspected"), "NG", _("Sampling plan"), _("Arrival")],
        rows=inspection_rows(text=text_of(request, "q"), state=state, supplier=text_of(request, "supplier")),
        cells=_cells,
        filters=[
            search_filter(request, _("Number, part, notice, lot or serial")),
            shown,
            choice_filter(request, "supplier", _("Supplier"), suppliers),
        ],
        acts=[
            {"label": _("Sampling plans"), "url": reverse("sampling_plans"), "kind": ""},
            {"label": _("Ship notices"), "url": reverse("ship_notices"), "kind": ""},
        ],
    )  # fmt: skip
    return list_page(request, sheet)


def _cells(found: Inspection) -> list[Cell]:
    row = inspection_row(found)
    return [
        Cell(row["number"], row["url"], "code"),
        Cell(row["word"], state=row["state"]),
        Cell(row["part"], css="code"),
        Cell(row["name"]),
        Cell(row["supplier"]),
        Cell(row["notice"], row["notice_url"], "code"),
        Cell(row["lot"] or "–", css="code"),
        Cell(f"{row['size']:f}", css="num"),
        Cell(f"{row['inspected']} / {row['sample']}", css="num"),
        Cell(row["bad"], css="num"),
        Cell(row["plan"], css="code"),
        Cell(f"{row['opened_at'].astimezone():%Y/%m/%d %H:%M}"),
    ]


@require_GET
@permission_required("inventory.read", raise_exception=True)
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    """One inspection: what arrived, what was looked at, the verdict."""
    return _shown(request, _found(number))


def _found(number: str) -> Inspection:
    found = inspection_page(number)
    if found is None:
        raise Http404
    return found


@require_POST
@permission_required("inventory.read", raise_exception=True)
def inspection_judge(request: HttpRequest, number: str) -> HttpResponse:
    """Sign the verdict that the numbers give."""
    form = VerdictForm(request.POST)
    verdict = request.POST.get("verdict", "")
    if not form.is_valid():
        return _shown(request, _found(number), verdict_form=form, status=422)
    arguments = {"number": number, "verdict": verdict, "remarks": form.cleaned_data["remarks"]}
    outcome = _signed(request, form, judge_inspection, **arguments)
    if outcome.refusal is not None:
        return _shown(request, _found(number), verdict_form=form, refusal=outcome.refusal, status=outcome.status)
    messages.success(request, _("The verdict is signed."))
    return redirect("inspection", number)


@require_POST
@permission_required("inventory.read", raise_exception=True)
def inspection_concede(request: HttpRequest, number: str) -> HttpResponse:
    """Accept specially what was rejected."""
    form = ConcessionForm(request.POST)
    if not form.is_valid():
        return _shown(request, _found(number), concession_form=form, status=422)
    outcome = _signed(request, form, concede_inspection, number=number, reason=form.cleaned_data["remarks"])
    if outcome.refusal is not None:
        return _shown(request, _found(number), concession_form=form, refusal=outcome.refusal, status=outcome.status)
    messages.success(request, _("Accepted specially and signed."))
    return redirect("inspection", number)


@require_POST
@permission_required("inventory.read", raise_exception=True)
def inspection_sort(request: HttpRequest, number: str) -> HttpResponse:
    """Sort what was rejected: an inspection of every piece that was not looked at."""
    found = _found(number)
    back = (reverse("inspection", args=[number]), found.number)
    sorting = getattr(found, "sorting", None)
    to = reverse("inspection", args=[sorting.number]) if sorting else reverse("inspections")
    return post_call(
        request, sort_inspection, done=_("The sorting is open: every piece is inspected."), to=to, back=back,
        number=number,
    )  # fmt: skip


def _signed(request: HttpRequest, form: VerdictForm, gated: Callable[..., Any], **arguments: Any) -> Outcome:
    """The PIN is checked here, at the door; the operation takes the id of the check."""
    caller = caller_from(request, door="page", key=new_key())
    who = form.cleaned_data["person"].strip()
    try:
        person = _person(who) if who else User.objects.get(pk=request.user.pk or 0)
        sent = request.POST.get("key", "")
        check = check_pin(person, form.cleaned_data["pin"], at=caller.at, session=caller.session, form=sent)
    except Refusal as refusal:
        return Outcome(refusal=refusal)
    return call_from_page(request, gated, pin_check_id=check.pk, **arguments)


def _person(who: str) -> User:
    """The person who signs, by badge or by name. Refuses UnknownBadge, BadgeEnded."""
    return User.objects.filter(username=who, is_active=True).first() or person_of_badge(who)


def _shown(
    request: HttpRequest,
    found: Inspection,
    *,
    verdict_form: VerdictForm | None = None,
    concession_form: ConcessionForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row = inspection_row(found)
    sorting = getattr(found, "sorting", None)
    undecided = found.verdict == "rejected" and found.conceded_at is None and sorting is None
    wanted = "rejected" if found.rejects and found.kind == "sample" else "accepted" if found.accepts else ""
    pieces = pieces_of(found)
    points = list(found.plan.points.all())
    may = request.user.has_perm
    context = {
        "row": row,
        "facts": _facts(found, row),
        "points": [{"number": point.number, "text": point.text, "limits": limits_of(point)} for point in points],
        "pieces": [piece_row(piece) for piece in pieces],
        "verdict": _verdict(found),
        "wanted": wanted if found.verdict is None else "",
        "verdict_form": (verdict_form or VerdictForm())
        if wanted and not found.verdict and may("inventory.inspect")
        else None,
        "concession_form": (concession_form or ConcessionForm())
        if undecided and may("inventory.concede_inspection")
        else None,
        "sorts": undecided and found.origin_id is None and may("inventory.judge_inspection"),
        "undecided": undecided,
        "sorting": inspection_row(sorting) if sorting else None,
        "works": found.verdict is None and may("inventory.inspect"),
        "prints": may("documents.print"),
        "refusal": refusal,
        "form": verdict_form or concession_form,
        "key": request.POST.get("key") or new_key(),
        "acts": act(request, _("Holds"), reverse("holds"), "inventory.hold"),
    }
    return render(request, "inventory/inspection.html", context, status=status)


def _facts(found: Inspection, row: dict[str, Any]) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Part number"), "value": f"{row['part']}", "code": True},
        {"label": _("Supplier"), "value": row["supplier"]},
        {"label": _("Notice"), "value": row["notice"], "url": row["notice_url"], "code": True},
    ]
    if row["lot"]:
        facts.append({"label": _("Lot"), "value": row["lot"], "code": True})
    facts += [
        {"label": _("Quantity arrived"), "value": f"{row['size']:f}"},
        {"label": _("Sample"), "value": f"{found.sample} · {row['rule']}"},
        {
            "label": _("Sampling plan"),
            "value": f"{row['plan']} {found.plan.name}",
            "url": reverse("sampling_plan", args=[found.plan_id]),
        },
    ]
    if found.origin is not None:
        facts.append(
            {
                "label": _("Sorts"),
                "value": found.origin.number,
                "url": reverse("inspection", args=[found.origin.number]),
            }
        )
    return facts


def _verdict(found: Inspection) -> dict[str, Any] | None:
    if found.verdict is None or found.judged_by is None:
        return None
    state, word = state_of(found)
    return {
        "state": state,
        "word": word,
        "by": found.judged_by.name,
        "at": found.judged_at,
        "remarks": found.remarks,
        "conceded_by": found.conceded_by.name if found.conceded_by else "",
        "conceded_at": found.conceded_at,
        "conceded_why": found.conceded_why,
    }


URLS = [
    path("inspections/", inspections, name="inspections"),
    path("inspections/<str:number>/", inspection, name="inspection"),
    path("inspections/<str:number>/verdict/", inspection_judge, name="inspection_judge"),
    path("inspections/<str:number>/sorting/", inspection_sort, name="inspection_sort"),
    path("inspections/<str:number>/special-acceptance/", inspection_concede, name="inspection_concede"),
]

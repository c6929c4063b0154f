"""The page where pieces are inspected, at a tablet: scan a piece, look and measure, OK or NG."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from inventory.forms import PieceForm
from inventory.models import InspectedPiece, Inspection, InspectionPoint
from inventory.operations.inspecting import (
    MeasuredValue,
    PieceFinding,
    inspect_piece,
    take_back_piece,
    unit_to_inspect,
)
from inventory.queries.inspections import inspection_page, pieces_of, units_to_inspect
from inventory.scanning import own_code
from inventory.views.inspection_words import inspection_row, limits_of, piece_row
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import NotPermitted, Refusal

INSPECTS = permission_required("inventory.inspect", raise_exception=True)
SHOWN = 6
"""Units named at the left as still to be inspected."""


@require_GET
@INSPECTS
def inspection_work(request: HttpRequest, number: str) -> HttpResponse:
    """One inspection at work. `?code=` is the piece in hand, `?done=` the piece that was just recorded."""
    return _page(request, _found(number))


@require_POST
@permission_required("inventory.read", raise_exception=True)
def inspection_piece(request: HttpRequest, number: str) -> HttpResponse:
    """What the scan field or the form of the piece in hand sent. `scan`: a label takes a piece in hand, CMD-OK and
    CMD-NG record it, CMD-UNDO takes the last one back."""
    found = _found(number)
    if not request.user.has_perm("inventory.inspect"):
        return _page(request, found, refusal=NotPermitted("inventory.inspect"), status=403)
    scan, hand = request.POST.get("scan", "").strip(), request.POST.get("code", "").strip()
    if "ok" in request.POST:
        return _form_sent(request, found, hand)
    command = own_code(scan)
    if command is not None and command.kind == "CMD" and command.value in ("OK", "NG"):
        finding = PieceFinding(ok=command.value == "OK", code=hand)
        return _recorded(request, found, call_from_page(request, inspect_piece, number=number, finding=finding), hand)
    if command is not None and command.kind == "CMD" and command.value == "UNDO":
        return _taken_back(request, found, _last(found))
    return redirect(_address(number, code=scan))


def _form_sent(request: HttpRequest, found: Inspection, hand: str) -> HttpResponse:
    form = PieceForm(request.POST, request.FILES, points=list(found.plan.points.all()))
    if not form.is_valid():
        return _page(request, found, hand=hand, form=form, status=422)
    told = form.cleaned_data
    finding = PieceFinding(
        ok=told["ok"],
        code=hand,
        failed=told["failed"],
        values=[MeasuredValue(point=point, value=value) for point, value in form.values()],
        defect=told["defect"],
        photos=told["photos"],
    )
    outcome = call_from_page(request, inspect_piece, number=found.number, finding=finding)
    return _recorded(request, found, outcome, hand, form)


def _recorded(
    request: HttpRequest, found: Inspection, outcome: Outcome, hand: str, form: PieceForm | None = None
) -> HttpResponse:
    if outcome.refusal is not None:
        return _page(request, found, hand=hand, form=form, refusal=outcome.refusal, status=outcome.status)
    return redirect(_address(found.number, done=outcome.result.number))


@require_POST
@permission_required("inventory.read", raise_exception=True)
def inspection_take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Take a slip back."""
    text = request.POST.get("piece", "")
    return _taken_back(
        request, _found(number), int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    )


def _taken_back(request: HttpRequest, found: Inspection, piece: int) -> HttpResponse:
    outcome = call_from_page(request, take_back_piece, number=found.number, piece=piece)
    if outcome.refusal is not None:
        return _page(request, found, refusal=outcome.refusal, status=outcome.status)
    return redirect(_address(found.number, back=piece))


def _last(found: Inspection) -> int:
    rows = InspectedPiece.objects.filter(inspection=found, withdrawn_at=None).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def _address(number: str, **asked: Any) -> str:
    return f"{reverse('inspection_work', args=[number])}?{urlencode(asked)}"


def _found(number: str) -> Inspection:
    found = inspection_page(number)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    found: Inspection,
    *,
    hand: str = "",
    form: PieceForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    hand = hand or request.GET.get("code", "").strip()[:200]
    by_lot = found.lot_id is not None
    name = ""
    if hand and not by_lot and refusal is None:
        try:
            name = unit_to_inspect(found, hand).name
        except Refusal as strange:
            refusal, hand = strange, ""
    open_now = found.verdict is None and found.inspected < found.sample
    pieces = pieces_of(found)
    done = [piece for piece in pieces if piece.withdrawn_at is None]
    points = list(found.plan.points.all())
    context = {
        "row": inspection_row(found),
        "pieces": [piece_row(piece) for piece in reversed(pieces)],
        "left": [] if by_lot or not open_now else list(units_to_inspect(found)[:SHOWN]),
        "asks": open_now and (by_lot or bool(hand)),
        "open": open_now,
        "hand": hand,
        "title": name or hand or _("Piece %(number)d") % {"number": found.inspected + 1},
        "visual": [point for point in points if point.kind == "visual"],
        "failed": form["failed"].value() or [] if form else [],
        "values": [_value(point, form) for point in points if point.kind == "measured"],
        "form": form or PieceForm(points=points),
        "answer": _answer(request, found, done, hand, refusal),
        "operator": {"name": _name(request), "shift": ""},
        "key": new_key(),
        "now": timezone.now(),
        "state_url": reverse("inspection", args=[found.number]),
    }
    return render(request, "inventory/inspection_work.html", context, status=status)


def _name(request: HttpRequest) -> str:
    return request.user.name if isinstance(request.user, User) else ""


def _value(point: InspectionPoint, form: PieceForm | None) -> dict[str, Any]:
    """A measured point as assembly/_measure.html draws one."""
    name = f"v_{point.number}"
    bound = form[name] if form else None
    return {
        "name": name,
        "label": point.text,
        "unit": point.unit,
        "low": point.low,
        "high": point.high,
        "value": bound.value() if bound else "",
        "error": " ".join(map(str, bound.errors)) if bound else "",
        "limits": limits_of(point),
    }


def _answer(
    request: HttpRequest, found: Inspection, done: list[InspectedPiece], hand: str, refusal: Refusal | None
) -> dict[str, Any]:
    """What the page says largest: the last act, or what is wanted."""
    if refusal is not None:
        return {"state": "stop", "say": [refusal.say], "wrong": refusal.say, "true": refusal.true, "do": refusal.do}
    if found.verdict is not None:
        row = inspection_row(found)
        return {"state": "ok" if found.is_free else "hold", "word": row["word"], "say": [row["name"]]}
    just = next((piece for piece in done if str(piece.number) == request.GET.get("done")), None)
    if just is not None and not just.ok:
        say = _("Piece %(number)d is NG: %(defect)s.") % {"number": just.number, "defect": just.defect}
        return {"state": "hold", "word": "NG", "say": [say, _("Put it on the quarantine shelf.")]}
    if just is not None:
        return {"state": "ok", "say": [_("Piece %(number)d is OK.") % {"number": just.number}]}
    if request.GET.get("back"):
        return {"state": "late", "word": _("Taken back"), "say": [_("Inspect the piece again.")]}
    return _wanted(found, hand)


def _wanted(found: Inspection, hand: str) -> dict[str, Any]:
    if found.accepts or found.rejects:
        return {"state": "run", "word": _("Verdict"), "say": [_("Quality signs the verdict now.")]}
    if hand:
        return {"state": "run", "word": _("In hand"), "say": [hand]}
    if found.lot_id is not None:
        return {"state": "wait", "word": _("Take a piece"), "say": [_("Take any piece of the lot.")]}
    return {"state": "wait", "word": _("Take a piece"), "say": [_("Scan the label of any piece of this delivery.")]}


URLS = [
    path("inspections/<str:number>/bench/", inspection_work, name="inspection_work"),
    path("inspections/<str:number>/pieces/", inspection_piece, name="inspection_piece"),
    path("inspections/<str:number>/taking-back/", inspection_take_back, name="inspection_take_back"),
]

"""Pages of kitting: the list, one kit to fetch at a tablet."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from assembly.models import Build, Kit
from assembly.operations.kits import Fetched, cancel_kit, complete_kit, open_kit, pick_parts, return_pick
from assembly.queries.kits import KitShortage, LineState, kit_lines, kit_rows, kit_shortages
from assembly.views.builds import the_build
from inventory.forms import searched
from inventory.models import Location
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key

SHORT_SHOWN = 20
KITTED_AT = ("LINE-TRAY", "LINE-RACK")
"""Where kits stand, by what is built: trays, racks. The first location of kind line where these are not."""


@permission_required("assembly.read", raise_exception=True)
@require_GET
def kits(request: HttpRequest) -> HttpResponse:
    """Kits, the newest first, and what the open ones lack."""
    chosen = {name: searched(request.GET.get(name)) for name in ("q", "state", "kind")}
    chosen = {name: value for name, value in chosen.items() if value}
    rows = kit_rows(text=chosen.get("q", ""), state=chosen.get("state", ""), kind=chosen.get("kind", ""))
    heading = [_("Kit"), _("Rack or tray"), _("Order"), _("Lines"), _("Fetched"), _("Place"), _("Opened"), _("State")]
    file = exported(request, "kits", heading, rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    short = kit_shortages(timezone.localdate())
    lacking = {row.kit_id for row in short}
    filters = _filters(chosen)
    context = {
        "kits": [_row(kit, lacking) for kit in page],
        "page": page,
        "total": Kit.objects.count(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {entry["name"]: entry["label"] for entry in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "short": [_short(row) for row in short[:SHORT_SHOWN]],
        "short_count": len(short),
        "now": timezone.now(),
    }
    return render(request, "assembly/kits.html", context)


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    states = [("", _("All")), ("open", _("Open")), ("complete", _("Complete")), ("cancelled", _("Cancelled"))]
    kinds = [("", _("All")), ("tray", _("Trays")), ("rack", _("Racks"))]
    return [
        {"name": "q", "label": _("Kit, unit or order"), "value": chosen.get("q"), "kind": "search"},
        _select("state", _("State"), chosen, states),
        _select("kind", _("Kind"), chosen, kinds),
    ]


def _select(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": shown}


def _row(kit: Any, lacking: set[int]) -> dict[str, Any]:
    state, word = _state(kit, kit.pk in lacking)
    return {
        "number": kit.number,
        "url": reverse("kit", args=[kit.number]),
        "build": kit.build.unit.name,
        "build_url": reverse("rack", args=[kit.build.unit.name]),
        "product": kit.build.design.part_revision.part.name,
        "order": kit.build.order_number,
        "need_by": kit.build.need_by,
        "lines": kit.line_count,
        "done": kit.done_count,
        "place": kit.location.name,
        "opened_at": kit.opened_at,
        "by": kit.opened_by.name,
        "state": state,
        "word": word,
    }


def _state(kit: Kit, lacking: bool) -> tuple[str, str]:
    if kit.completed_at is not None:
        return "done", _("Complete")
    if kit.cancelled_at is not None:
        return "void", _("Cancelled")
    return ("late", _("Parts are short")) if lacking else ("run", _("Being fetched"))


def _cells(kit: Any) -> list[Any]:
    row = _row(kit, set())
    opened = f"{timezone.localtime(kit.opened_at):%Y-%m-%d %H:%M}"
    return [row["number"], row["build"], row["order"], row["lines"], row["done"], row["place"], opened, row["word"]]


def _short(row: KitShortage) -> dict[str, Any]:
    return {
        "kit": row.kit,
        "url": reverse("kit", args=[row.kit]),
        "build": row.build,
        "need_by": row.need_by,
        "part": row.part_number,
        "name": row.name,
        "missing": row.missing.normalize(),
        "free": row.free.normalize(),
    }


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def kit(request: HttpRequest, number: str) -> HttpResponse:
    """One kit at a tablet: what to fetch next from where, by scan. A scanned form works without script."""
    found = get_object_or_404(Kit.objects.select_related("build__unit", "build__design", "location"), number=number)
    if request.method == "GET":
        return _page(request, found)
    code, quantity = request.POST.get("code", "").strip(), _quantity(request.POST.get("quantity", ""))
    if not code:
        return _page(request, found)
    outcome = call_from_page(request, pick_parts, kit_number=found.number, fetched=[Fetched(code, quantity)])
    return _page(request, found, outcome=outcome, code=code)


def _quantity(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.strip() else None
    except InvalidOperation:
        return Decimal(0)  # refused by the operation, with what is wanted


@require_POST
@permission_required("assembly.read", raise_exception=True)
def kit_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Complete or cancel a kit, or put one pick back."""
    found = get_object_or_404(Kit.objects.select_related("build__unit", "build__design", "location"), number=number)
    reason = searched(request.POST.get("reason"))
    if act == "complete":
        outcome = call_from_page(request, complete_kit, kit_number=found.number)
    elif act == "cancel":
        outcome = call_from_page(request, cancel_kit, kit_number=found.number, reason=reason)
    else:
        pick = request.POST.get("pick", "")
        outcome = call_from_page(
            request, return_pick, pick_id=int(pick) if pick.isdecimal() else 0, reason=reason or _("Put back")
        )
    if outcome.refusal is not None:
        return _page(request, found, outcome=outcome)
    return redirect("kit", found.number)


@require_POST
@permission_required("assembly.read", raise_exception=True)
def kit_open(request: HttpRequest, number: str) -> HttpResponse:
    """Open the kit of a build, at the line where it is built."""
    build: Build = the_build(number)
    place = KITTED_AT[build.design.kind == "rack"]
    if not Location.objects.filter(code=place).exists():
        place = Location.objects.filter(kind="line").values_list("code", flat=True).first() or ""
    outcome = call_from_page(request, open_kit, build_id=build.pk, location_code=place)
    if outcome.refusal is None:
        return redirect("kit", outcome.result.number)
    there = Kit.objects.open().filter(build=build).first()
    if there is not None:
        return redirect("kit", there.number)
    context = {"refusal": outcome.refusal, "back_url": reverse("rack", args=[build.unit.name])}
    return render(request, "assembly/refused.html", context, status=outcome.status)


def _page(request: HttpRequest, found: Kit, *, outcome: Outcome | None = None, code: str = "") -> HttpResponse:
    lines = kit_lines(found, timezone.localdate())
    wanted = [line for line in lines if not line.is_done]
    may = isinstance(request.user, User) and request.user.has_perm("assembly.kit")
    then = next((line for line in wanted if line.next is not None), None)
    context = {
        "kit": found,
        "product": found.build.design.part_revision.part.name,
        "build_url": reverse("rack", args=[found.build.unit.name]),
        "lines": [_line(line) for line in sorted(lines, key=lambda line: (line.is_done, line.line.number))],
        "done": len(lines) - len(wanted),
        "total": len(lines),
        "short": sum(line.short for line in lines),
        "wanted": _wanted(then),
        "answer": _answer(found, outcome, code, len(wanted)),
        "may": may and found.is_open,
        "operator": {"name": getattr(request.user, "name", ""), "shift": ""},
        "list_url": reverse("document_copy", args=["kit_list", found.number]),
        "key": new_key(),
        "now": timezone.now(),
    }
    return render(request, "assembly/kit.html", context, status=outcome.status if outcome else 200)


def _wanted(state: LineState | None) -> dict[str, Any] | None:
    if state is None or state.next is None:
        return None
    return {
        "part": state.line.part.number,
        "name": state.line.part.name,
        "place": state.next.place_name,
        "place_code": state.next.place,
        "code": state.next.name,
        "tag": state.next.tag,
        "expires_on": state.next.expires_on,
        "quantity": state.left.normalize() if state.line.slot is None else None,
        "unit": state.line.unit,
        "position": state.line.slot.position if state.line.slot else "",
    }


def _line(state: LineState) -> dict[str, Any]:
    word, colour = (
        (_("Fetched"), "done") if state.is_done else (_("Out of stock"), "late") if state.short else ("", "wait")
    )
    return {
        "number": state.line.number,
        "part": state.line.part.number,
        "name": state.line.part.name,
        "position": state.line.slot.position if state.line.slot else "",
        "quantity": state.line.quantity.normalize(),
        "left": state.left.normalize(),
        "unit": state.line.unit if state.line.slot is None else "",
        "place": state.next.place_name if state.next else "",
        "picks": [
            {
                "id": pick.pk,
                "code": pick.picked_unit.name if pick.picked_unit else pick.lot.number if pick.lot else "",
                "open": pick.ended_at is None,
            }
            for pick in state.picks
        ],
        "state": colour,
        "word": word or _("To fetch"),
    }


def _answer(found: Kit, outcome: Outcome | None, code: str, wanted: int) -> dict[str, Any]:
    """What the page says largest: the last act, or where the kit stands."""
    if outcome is not None and outcome.refusal is not None:
        said = outcome.refusal
        state = "hold" if said.code in ("UnitHeld", "LotHeld") else "stop"
        return {"state": state, "say": [said.say], "wrong": said.say, "true": said.true, "do": said.do}
    if found.completed_at is not None:
        return {"state": "ok", "word": _("Complete"), "say": [_("The kit stands at %(place)s.") % _named(found)]}
    if found.cancelled_at is not None:
        return {"state": "wait", "word": _("Cancelled"), "say": [found.cancelled_why]}
    if outcome is not None:
        older = outcome.result["older"]
        if older:
            say = _("An older one lies in stock. Take the older one first next time.")
            return {"state": "late", "say": [_("%(code)s is fetched.") % {"code": code}, say]}
        return {"state": "ok", "say": [_("%(code)s is fetched.") % {"code": code}]}
    if not wanted:
        return {"state": "run", "word": _("All fetched"), "say": [_("Bring it to %(place)s.") % _named(found)]}
    return {"state": "wait", "word": _("Fetch"), "say": [_("Fetch the part below and scan its label.")]}


def _named(found: Kit) -> dict[str, str]:
    return {"place": found.location.name}


URLS = [
    path("kitting/", kits, name="kits"),
    path("kitting/<str:number>/", kit, name="kit"),
    path("kitting/<str:number>/<str:act>/", kit_act, name="kit_act"),
    path("racks/<str:number>/kit/", kit_open, name="kit_open"),
]

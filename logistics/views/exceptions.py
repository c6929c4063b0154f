"""Exceptions (例外): the list of what wants a person, and one with its care."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.roles import ROLES
from inventory.forms import searched
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.models import Event
from logistics.exception_forms import CareForm, CloseForm
from logistics.operations.exceptions import Care, close_exception, take_exception
from logistics.queries.exceptions import Exceptional, exceptions_now, exceptions_of, narrowed, past_exceptions
from logistics.views.exception_words import KINDS, STATES, exception_row, past_row
from logistics.views.saying import reads

PAST = "over"
RIGHT = "logistics.keep_exceptions"
HISTORY = 50


@reads
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What stands, the oldest first; `state=over`: what was closed or ended. `?export=csv` gives the list."""
    now = timezone.now()
    chosen = {name: value for name in ("q", "kind", "owner", "state") if (value := searched(request.GET.get(name)))}
    standing = exceptions_now(now) if chosen.get("state") != PAST else []
    asked = (chosen.get("q", ""), chosen.get("kind", ""), chosen.get("owner", ""))
    over = chosen.get("state") == PAST
    rows: Any = past_exceptions(*asked) if over else narrowed(standing, *asked, chosen.get("state", ""))
    told = (past_row(row) if over else exception_row(row, now) for row in rows)
    file = exported(request, "exceptions", _heading(), told, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    shown = page_of(request, rows)
    context = {
        "rows": [past_row(row) if over else exception_row(row, now) for row in shown],
        "page": shown,
        "over": over,
        "nobody": sum(row.state == "open" and row.care is None for row in standing),
        "total": len(standing),
        "filters": _filters(chosen, standing),
        "chosen": chosen_links(request, chosen, _labels()),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "logistics/exceptions.html", context)


def _labels() -> dict[str, str]:
    return {"q": _("Shipment or number"), "kind": _("Kind"), "owner": _("Owner"), "state": _("State")}


def _filters(chosen: dict[str, str], standing: list[Exceptional]) -> list[dict[str, Any]]:
    owners = {row.care.owner.username: row.care.owner.name for row in standing if row.care is not None}
    states = [("", _("Standing")), *((key, STATES[key][1]) for key in ("open", "in_hand", "waiting", "closed"))]
    choices = {
        "state": [*states, (PAST, _("Closed and over"))],
        "owner": [("", _("Everybody")), ("-", _("Nobody")), *sorted(owners.items(), key=lambda pair: pair[1])],
        "kind": [("", _("All")), *((key, word) for key, (_state, word) in KINDS.items())],
    }
    labels = _labels()
    selects = [
        {
            "name": name, "label": labels[name], "value": chosen.get(name, ""), "kind": "select",
            "options": [{"value": value, "label": label} for value, label in options],
        }
        for name, options in choices.items()
    ]  # fmt: skip
    return [{"name": "q", "label": labels["q"], "value": chosen.get("q", ""), "kind": "search"}, *selects]


def _heading() -> list[str]:
    return [
        _("Number"), _("Exception"), _("Shipment"), _("What it is about"), _("Stands since"), _("State"), _("Owner"),
        _("Due by"), _("Remark"),
    ]  # fmt: skip


def _cells(row: dict[str, Any]) -> list[Any]:
    names = ("number", "name", "shipment", "detail", "since", "word", "owner", "due_on", "says")
    return [row[name] for name in names]


@reads
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, exception: str) -> HttpResponse:
    """One exception; a POST takes it in hand, or closes it (`close`)."""
    now = timezone.now()
    parts = exception.split(":", 2)
    rows = exceptions_of(parts[1], now) if len(parts) == 3 else []
    row = next((one for one in rows if one.key == exception), None)
    if row is None:
        raise Http404
    closes = request.method == "POST" and "close" in request.POST
    form = _care_form(row, request.POST if request.method == "POST" and not closes else None, request.user)
    close_form = CloseForm(request.POST if closes else None, initial={"version": _version(row)})
    outcome = Outcome()
    sent = close_form if closes else form
    if request.method == "POST" and sent.is_valid():
        outcome = _done(request, exception, sent, closes=closes)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("exception", exception=exception)
    bad = request.method == "POST" and outcome.refusal is None
    context = {
        "row": exception_row(row, now),
        "form": form,
        "close_form": close_form,
        "bad_form": sent,
        "refusal": outcome.refusal,
        "key": new_key(),
        "may": request.user.has_perm(RIGHT) and row.fact is not None,
        "may_close": row.fact is not None and (row.care is None or row.care.is_open),
        "history": _history(row),
        "now": now,
    }
    return render(request, "logistics/exception.html", context, status=422 if bad else outcome.status)


def _version(row: Exceptional) -> int:
    return row.care.version if row.care is not None and row.care.is_open else 0


def _care_form(row: Exceptional, data: Any, user: Any) -> CareForm:
    care = row.care if row.care is not None and row.care.is_open else None
    first: dict[str, Any] = {"owner": user.username, "state": "in_hand", "version": _version(row)}
    if care is not None:
        first |= {name: getattr(care, name) for name in ("state", "waiting_for", "due_on", "note")}
        first["owner"] = care.owner.username
    return CareForm(data, initial=first, owners=_owners(care.owner if care is not None else user))


def _owners(kept: User) -> list[tuple[str, str]]:
    """Who may have one: people with a role that keeps exceptions, by section and name. One query."""
    codes = [code for code, role in ROLES.items() if RIGHT in role.rights and code != "system"]
    rows = User.objects.filter(is_active=True, role_grants__ended_at=None, role_grants__role__in=codes).distinct()
    people = {user.username: user for user in [kept, *rows.order_by("section", "username")]}
    return [(user.username, f"{user.name} ({user.section})" if user.section else user.name) for user in people.values()]


def _done(request: HttpRequest, exception: str, form: forms.Form, *, closes: bool) -> Outcome:
    given = dict(form.cleaned_data)
    version = given.pop("version")
    if closes:
        return call_from_page(request, close_exception, exception=exception, version=version, reason=given["reason"])
    return call_from_page(request, take_exception, exception=exception, version=version, care=Care(**given))


def _history(row: Exceptional) -> list[dict[str, Any]]:
    """What was done about it, the latest first: who, when, what changed. Three queries."""
    ids = list(row.shipment.exceptions.filter(kind=row.kind, subject=row.subject).values_list("pk", flat=True))
    events = list(
        Event.objects.filter(subject_type="logistics.shipmentexception", subject_id__in=ids).order_by("-pk")[:HISTORY]
    )
    actors = {event.actor for event in events} | {
        event.payload["owner"] for event in events if "owner" in event.payload
    }
    people = {str(user.pseudonym): user.name for user in User.objects.filter(pseudonym__in=actors)} if events else {}
    gone = _("somebody whose name was erased")
    return [
        {
            "at": event.recorded_at, "number": event.payload["number"], "by": people.get(str(event.actor), gone),
            "owner": people.get(event.payload.get("owner", ""), ""), "word": _event_word(event),
            "says": _event_says(event),
        }
        for event in events
    ]  # fmt: skip


def _event_word(event: Event) -> str:
    if event.kind == "logistics.exception-taken":
        state = event.payload.get("changes", {}).get("state", ["", ""])[1]
        return str(STATES[state][1]) if state in STATES and state != "open" else _("Owner named")
    return str(STATES["closed" if event.kind == "logistics.exception-closed" else "ended"][1])


def _event_says(event: Event) -> str:
    changes = event.payload.get("changes", {})
    said = [changes.get(name, ["", ""])[1] for name in ("waiting_for", "due_on", "note")]
    return " · ".join(str(one) for one in [*said, event.payload.get("reason")] if one)

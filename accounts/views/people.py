"""People: the list, and one person's badge, PIN and leaving. Names are kept here and nowhere in the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import BadgeForm, PinForm, ReasonForm
from accounts.models import User
from accounts.operations.badges import end_badge, issue_badge
from accounts.operations.people import end_person, set_pin
from accounts.queries import badges_of, people_with_badges, roles_of
from accounts.roles import ROLES
from accounts.views.lists import chosen_of, empty_words, page_of, search_filter, select_filter, wish
from ledger.doors import call_from_page, new_key

keeps_people = permission_required("accounts.keep_people", raise_exception=True)


def role_words(codes: list[str]) -> str:
    """Roles in the reader's language."""
    return ", ".join(ROLES[code].name_en if get_language() == "en" else ROLES[code].name_ja for code in codes)


@keeps_people
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, with roles and whether they have a badge."""
    roles = [(role.code, role_words([role.code])) for role in ROLES.values() if role.code != "system"]
    filters = [
        search_filter(request, _("Name or section"), "mei"),
        select_filter(request, "role", _("Role"), roles),
        select_filter(request, "state", _("State"), [("here", _("works here")), ("left", _("has left"))]),
    ]
    chosen = chosen_of(request, filters)
    found = people_with_badges(wish(request, "q"), wish(request, "role"), wish(request, "state"))
    page = page_of(request, found)
    users = list(page)
    held = roles_of(users)
    context = {
        "rows": [_row(user, held.get(user.pk, [])) for user in users],
        "page": page,
        "filters": filters,
        "chosen": chosen,
        "empty": empty_words(chosen),
    }
    return render(request, "accounts/people.html", context)


def _row(user: Any, roles: list[str]) -> dict[str, Any]:
    return {
        "username": user.username,
        "url": reverse("person", args=[user.username]),
        "name": user.name,
        "section": user.section,
        "roles": role_words(roles),
        "badge_at": user.badge_at,
        "has_pin": bool(user.pin_hash),
        "state": "ok" if user.is_active else "void",
        "word": _("works here") if user.is_active else _("has left"),
    }


@keeps_people
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: give or take the badge, give a PIN, end the account. Each form says which act it is."""
    user = get_object_or_404(User.objects.exclude(username="genpin"), username=username)
    forms_here = {name: _form(request, name) for name in ACTS}
    act, refusal, status = request.POST.get("act", ""), None, 200
    if request.method == "POST" and act in ACTS:
        status, form = 422, forms_here[act]
        if form.is_valid():
            gated, arguments, said = ACTS[act](form)
            outcome = call_from_page(request, gated, username=username, **arguments)
            if outcome.refusal is None:
                messages.success(request, said % {"name": user.name})
                return redirect("person", username=username)
            refusal, status = outcome.refusal, outcome.status
    context = {
        "person": user,
        "name": user.name,
        "roles": role_words(roles_of([user]).get(user.pk, [])),
        "badges": badges_of(user),
        "forms": forms_here,
        "form": forms_here.get(act),
        "refusal": refusal,
        "keys": {name: new_key() for name in ACTS},
        "may_end": user.pk != request.user.pk,
    }
    return render(request, "accounts/person.html", context, status=status)


def _form(request: HttpRequest, name: str) -> forms.Form:
    kind = {"badge": BadgeForm, "badge_end": ReasonForm, "pin": PinForm, "leave": ReasonForm}[name]
    mine = request.method == "POST" and request.POST.get("act") == name
    return kind(request.POST if mine else None, prefix="", auto_id=f"id_{name}_%s")


def _hashed(form: forms.Form) -> str:
    """The salt follows from the form's key, so that a double click is one act."""
    salt = salted_hmac("genpin pin", form.data.get("key", ""), algorithm="sha256").hexdigest()[:22]
    return make_password(form.cleaned_data["pin"], salt=salt)


Act = Callable[[forms.Form], tuple[Callable[..., Any], dict[str, Any], str]]

ACTS: dict[str, Act] = {
    "badge": lambda form: (
        issue_badge,
        {"scan_text": form.cleaned_data["scan_text"]},
        _("%(name)s has a new badge."),
    ),
    "badge_end": lambda form: (
        end_badge,
        {"reason": form.cleaned_data["reason"]},
        _("The badge of %(name)s opens nothing any more."),
    ),
    "pin": lambda form: (
        set_pin,
        {"pin_hash": _hashed(form)},
        _("%(name)s has a new PIN."),
    ),
    "leave": lambda form: (
        end_person,
        {"reason": form.cleaned_data["reason"]},
        _("%(name)s has left: badge, PIN and password open nothing any more."),
    ),
}

"""Doors that belong to no one app: home by role, search by any number, sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.operations.sign_ins import WINDOW, is_locked
from accounts.views.benches import this_device
from assembly.models import Build, Nonconformity
from assembly.text import report_words
from inventory.models import Lot, Unit
from inventory.operations.finding import find_unit_ids
from inventory.text import LayoutError, normalise
from logistics.models import Crate, Shipment

LIMIT = 50


class SignInForm(AuthenticationForm):
    """Name and password; says when a name is locked, which it is whether or not somebody has it."""

    def get_invalid_login_error(self) -> ValidationError:
        """Why nobody is signed in."""
        if is_locked(self.cleaned_data.get("username", ""), timezone.now()):
            say = _("Too many wrong passwords: this name is locked for %(minutes)d minutes.")
            return ValidationError(say % {"minutes": WINDOW // timedelta(minutes=1)}, code="locked")
        return super().get_invalid_login_error()


class SignIn(LoginView):
    """Name and password; people who are signed in go home."""

    template_name = "login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a registered device asks for a badge instead, unless somebody of the office wants the password."""
        if "office" not in request.GET and this_device(request) is not None:
            wish = urlencode({"next": request.GET.get("next", "")})
            return redirect(f"{reverse('bench')}?{wish}")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Who signs in by password has the rights of the office again."""
        answer = super().form_valid(form)
        self.request.session.pop("bench", None)
        return answer


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The start page of the reader's role."""
    user = request.user
    return redirect(user.home if isinstance(user, User) else "racks")


@login_required
@permission_required("inventory.read", raise_exception=True)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Anything with a number: goes straight there when one thing has it, else a list."""
    query = request.GET.get("q", "")
    try:
        text = normalise(query)
    except LayoutError as refusal:
        return render(
            request, "search.html", {"q": query, "notice": refusal.detail, "results": [], "total": 0}, status=422
        )
    hits = _hits(text) if text else []
    if len(hits) == 1:
        return redirect(hits[0]["url"])
    return render(request, "search.html", {"q": query, "results": hits, "total": len(hits)})


def _hits(text: str) -> list[dict[str, str]]:
    exact = find_unit_ids([text])[text]
    where = Q(pk__in=exact) if exact else Q(serial__iendswith=text) | Q(tag__iendswith=text)
    units = Unit.objects.filter(where).select_related("part", "build__design").order_by("serial")[:LIMIT]
    found = [_unit_hit(unit) for unit in units]
    found += [
        _hit(shipment.number, _("Shipment"), shipment.lane.name, reverse("shipment", args=[shipment.number]))
        for shipment in Shipment.objects.filter(number__iexact=text).select_related("lane")
    ]
    found += [
        _hit(crate.sscc, _("Crate"), crate.unit.tag, reverse("unit", args=[crate.unit.tag]))
        for crate in Crate.objects.filter(sscc=text).select_related("unit")
    ]
    found += [
        _hit(build.order_number, _("Manufacturing order"), build.unit.name, reverse("rack", args=[build.unit.name]))
        for build in Build.objects.filter(order_number__iexact=text).select_related("unit")[:LIMIT]
    ]
    found += [
        _hit(report.number, _("Nonconformity"), report_words(report), reverse("nonconformity", args=[report.number]))
        for report in Nonconformity.objects.filter(number__iexact=text)
    ]
    found += [
        _hit(lot.number, _("Lot"), lot.part.name, reverse("lot", args=[lot.tag]))
        for lot in Lot.objects.filter(Q(tag=text) | Q(number=text)).select_related("part")[:LIMIT]
    ]
    return found


def _hit(number: str, kind: str, name: str, url: str) -> dict[str, str]:
    return {"number": number, "kind": kind, "name": name, "url": url, "where": ""}


def _unit_hit(unit: Unit) -> dict[str, str]:
    is_rack = hasattr(unit, "build") and unit.build.design.kind == "rack"
    url = reverse("rack", args=[unit.name]) if is_rack else reverse("unit", args=[unit.tag])
    return _hit(unit.name, _("Unit"), unit.part.name, url) | {"where": unit.tag}

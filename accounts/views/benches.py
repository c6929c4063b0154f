"""The door of a registered device: badge, then PIN, then the station. A badge names, only the PIN opens.

Pages for a browser without script; the lock that lies over a station's page asks the same addresses for JSON, so that
nothing typed is lost."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Device, OperatorSession, User
from accounts.operations.badges import person_of_badge
from accounts.operations.devices import bench_session, device_of
from accounts.operations.pins import check_pin
from accounts.operations.sessions import (
    end_session,
    is_locked,
    keep_alive,
    lock_session,
    start_session,
    take_over_session,
    unlock_session,
)
from accounts.views.floor import remember
from ledger.doors import caller_from, new_key
from ledger.refusals import NotPermitted, Refusal

COOKIE = "genpin_device"
"""The signed cookie of a registered device. Browsers keep one for 400 days; it is renewed at each sign-in."""
COOKIE_AGE = 400 * 24 * 60 * 60
BACKEND = "genpin.backends.CountingBackend"
"""The session says by which backend its person came in; rights are read the same way for all."""


def this_device(request: HttpRequest) -> Device | None:
    """The registered device that the request comes from, if it does."""
    token = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    return device_of(token) if token else None


def give_cookie(request: HttpRequest, answer: HttpResponse, token: str) -> None:
    """Let the browser remember which device it is."""
    answer.set_signed_cookie(
        COOKIE, token, salt=COOKIE, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=request.is_secure()
    )


@login_not_required
@require_GET
def bench(request: HttpRequest) -> HttpResponse:
    """Who works here: the badge is asked for. Elsewhere than at a registered device it says so."""
    device = this_device(request)
    return _page(request, device, {"locked": _open_at(device)})


@login_not_required
@require_POST
def bench_badge(request: HttpRequest) -> HttpResponse:
    """Whose badge was scanned; the PIN is asked for next."""
    device = this_device(request)
    if device is None:
        return _no_device(request)
    text = request.POST.get("badge", "").strip()
    try:
        person = person_of_badge(text)
    except Refusal as refusal:
        return _refused(request, device, refusal, {"locked": _open_at(device)})
    if _wants_json(request):
        return JsonResponse({"badge": text, "name": person.name})
    return _page(request, device, {"person": person, "badge": text})


@login_not_required
@require_POST
def bench_sign_in(request: HttpRequest) -> HttpResponse:
    """Badge and PIN: opens the lock of the same person, relieves another one, or begins work at the station."""
    device = this_device(request)
    if device is None:
        return _no_device(request)
    text = request.POST.get("badge", "").strip()
    person: User | None = None
    try:
        person = person_of_badge(text)
        session, stays = _opened(request, device, person)
    except Refusal as refusal:
        return _refused(request, device, refusal, {"person": person, "badge": text})
    remember(request, session)
    target = _wanted(request, session)
    answer: HttpResponse = JsonResponse({"open": stays, "go": target}) if _wants_json(request) else redirect(target)
    give_cookie(request, answer, str(request.get_signed_cookie(COOKIE, salt=COOKIE)))
    return answer


def _opened(request: HttpRequest, device: Device, person: User) -> tuple[OperatorSession, bool]:
    """The session after badge and PIN, and whether the page that is open may stay as it is."""
    if not person.has_perm("accounts.work_at_station"):
        raise NotPermitted("accounts.work_at_station")
    former = _open_at(device)
    session_id = former.pk if former else None
    pin = request.POST.get("pin", "")
    check = check_pin(person, pin, at=timezone.now(), session=session_id, device_id=device.pk)
    stays = former is not None and former.user_id == person.pk == request.user.pk
    if not stays:
        login(request, person, backend=BACKEND)
    caller = caller_from(request, door="page", key=new_key())
    if former is None:
        return start_session(caller=caller, station_code=device.station.code, device_id=device.pk), False
    if former.user_id == person.pk:
        return unlock_session(caller=caller, session_id=former.pk, pin_check_id=check.pk), stays
    return take_over_session(caller=caller, session_id=former.pk, pin_check_id=check.pk), False


@require_POST
def bench_lock(request: HttpRequest) -> HttpResponse:
    """Lock this device: by its button, or by its page because nobody did anything."""
    caller = caller_from(request, door="page", key=new_key())
    session_id = request.session.get("bench")
    try:
        if session_id:
            lock_session(caller=caller, session_id=uuid.UUID(session_id), idle="idle" in request.POST)
    except Refusal as refusal:
        if _wants_json(request):
            return JsonResponse(refusal.as_json(), status=422)
    return JsonResponse({"locked": True}) if _wants_json(request) else redirect("bench")


@require_POST
def bench_alive(request: HttpRequest) -> JsonResponse:
    """Somebody touched the page: not idle. Says whether the server holds the device for locked, or its session over."""
    session = bench_session(uuid.UUID(request.session["bench"])) if request.session.get("bench") else None
    over = session is None or session.ended_at is not None or session.user_id != request.user.pk
    at = timezone.now()
    locked = session is not None and is_locked(session, at)
    if session is not None and not over and not locked:
        keep_alive(session, at)
    return JsonResponse({"locked": locked, "over": over})


@permission_required("accounts.work_at_station", raise_exception=True)
@require_POST
def bench_leave(request: HttpRequest) -> HttpResponse:
    """Change over: the session ends, the device waits for the next badge."""
    caller = caller_from(request, door="page", key=new_key())
    try:
        if caller.session:
            end_session(caller=caller, session_id=caller.session)
    except Refusal:
        pass  # it had ended already: there is nothing left to end
    logout(request)
    return redirect("bench")


def _open_at(device: Device | None) -> OperatorSession | None:
    """Who is still at the device, whatever its browser remembers."""
    if device is None:
        return None
    rows = OperatorSession.objects.filter(device=device, ended_at=None).select_related("station", "user")
    return rows.order_by("-started_at").first()


def _wanted(request: HttpRequest, session: OperatorSession) -> str:
    """Where the device goes on: where it was, else at its station."""
    wish = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    own = reverse("station", args=[session.station.code])
    return wish if wish.startswith("/") and allowed and wish not in ("/", reverse("bench")) else own


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _no_device(request: HttpRequest) -> HttpResponse:
    """A browser that is no registered device signs in by name and password."""
    if _wants_json(request):
        return JsonResponse({"say": _("This device is not registered."), "true": "", "do": ""}, status=422)
    return HttpResponseRedirect(f"{reverse('login')}?next={reverse('bench')}")


def _refused(request: HttpRequest, device: Device, refusal: Refusal, known: dict[str, Any]) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(refusal.as_json(), status=422)
    return _page(request, device, {**known, "refusal": refusal}, status=422)


def _page(request: HttpRequest, device: Device | None, known: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "station": device.station if device else None,
        "device": device,
        "heading": _("Who works here"),
        "now": timezone.now(),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        **known,
    }
    if known.get("person"):
        context["person"] = cast("User", known["person"]).name
    return render(request, "accounts/bench.html", context, status=status)

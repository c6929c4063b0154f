"""The language of a request; requests that cannot be read; who came in by badge and PIN."""

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.models import OperatorSession
from accounts.operations.devices import bench_session
from accounts.operations.sessions import SessionLocked, is_locked, keep_alive, refuse_locked
from accounts.roles import OFFICE_ONLY
from documents.files import FileAbsent
from genpin.faults import crowded, file_lost, too_large
from genpin.turns import CROWDED, LONG

LENGTH_DIGITS = 15
"""Digits of a length that are read at all."""
FORM = 4 * 1024 * 1024
"""Bytes of a form around its file."""


class LanguageCookieMiddleware:
    """Language by cookie, else Japanese.

    Django's LocaleMiddleware would also follow the browser's Accept-Language: the tablets on the floor come with
    English browsers, and the people at them read Japanese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wish = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


class ReadableRequestMiddleware:
    """Refuses, before anything reads it, a request whose address holds NUL, which no column can hold, or whose body
    is larger than anything that is sent here, comes when too many are on their way, or from nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or any("\x00" in text for told in request.GET.lists() for text in told[1]):
            raise BadRequest("NUL in the address")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > LENGTH_DIGITS:
            raise RequestDataTooBig("no length")
        return self._refused(request, int(length)) or self.get_response(request)

    def _refused(self, request: HttpRequest, length: int) -> HttpResponse | None:
        limit = settings.BODY_LIMIT
        if request.path_info.startswith(settings.UPLOAD_ADDRESSES):
            limit = max(limit, settings.UPLOAD_LIMIT + FORM)
        if length > limit:
            return too_large(request, limit)
        if request.META.get(CROWDED):
            return crowded(request)
        page = not request.path_info.startswith("/api/")
        if length > LONG and page and not request.user.is_authenticated:  # the API asks before it reads
            return redirect_to_login(request.get_full_path())
        return None


class LostFileMiddleware:
    """A stored file that is not there: a page that says so in place of a fault of the server, and a line in the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return file_lost(request, exception) if isinstance(exception, FileAbsent) else None


class KeptPageMiddleware:
    """Says on a station's page which operator session it belongs to: the service worker keeps it under that name, and
    throws it away when another session's page comes, or the sign-in page. Nothing else is kept on a device."""

    PAGES = frozenset({"station", "receiving"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.url_name in self.PAGES and request.method == "GET":
            session = request.session.get("operator_session", "")
            if response.status_code == 200 and session:
                response.headers["Genpin-Keep"] = session
        return response


class BenchMiddleware:
    """Who came in by badge and PIN at a registered device works as long as that session is open and not locked, by the
    server's truth, and without the rights of the office.

    The scan door judges its own lock, by the moment each scan was made (genpin/scans.py). A locked page keeps what was
    typed: its forms are answered 423, and the lock over the page asks for badge and PIN."""

    OPEN = ("/bench/", "/logout/", "/i18n/", "/api/scans/", "/static/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.session.get("bench")
        answer = self._met(request, told) if told else None
        return self.get_response(request) if answer is None else answer

    def _met(self, request: HttpRequest, told: str) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        session, at = bench_session(uuid.UUID(told)), timezone.now()
        if session is None or session.ended_at is not None or session.user_id != request.user.pk:
            logout(request)  # ended elsewhere: the person went to another station, was relieved, or has left
            return _to_the_bench(request) if _is_page(request) else None
        request.user.rights = request.user.rights - OFFICE_ONLY  # type: ignore[union-attr, misc]
        if request.path_info.startswith(self.OPEN):
            return None
        if is_locked(session, at):
            return self._locked(request, session)
        if request.method == "POST" or _is_page(request):
            keep_alive(session, at)
        return None

    def _locked(self, request: HttpRequest, session: OperatorSession) -> HttpResponse:
        if _is_page(request):
            return _to_the_bench(request)
        try:
            refuse_locked(session, timezone.now())
        except SessionLocked as refusal:
            return JsonResponse(refusal.as_json(), status=423)
        return _to_the_bench(request)


def _is_page(request: HttpRequest) -> bool:
    """A page that somebody opens; not a form, a fragment or the API."""
    fragment = "HX-Request" in request.headers or request.path_info.startswith("/api/")
    return request.method == "GET" and not fragment


def _to_the_bench(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('bench')}?{urlencode({'next': request.get_full_path()})}")

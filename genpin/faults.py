"""What a request gets that no view could answer: a page for people, JSON with a sentence under /api/."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

logger = logging.getLogger("genpin.files")


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: too large, too many fields, characters that nothing can be called by."""
    say = _("The request is too large, or holds characters that cannot be stored.")
    return _told(request, "BadInput", say, 400) or render(request, "400.html", {"say": say}, status=400)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413, before a byte of the body is read."""
    say = _("At most %(limit)d MB can be sent at once. Nothing was recorded.") % {"limit": limit // 1024 // 1024}
    return _told(request, "TooLarge", say, 413) or render(request, "400.html", {"say": say}, status=413)


def crowded(request: HttpRequest) -> HttpResponse:
    """503, before a byte of the body is read: all places for large files are taken."""
    say = _("Too many large files are being sent at this moment. Nothing was recorded; send it again in a minute.")
    answer = _told(request, "Crowded", say, 503) or render(request, "400.html", {"say": say}, status=503)
    answer.headers["Retry-After"] = "60"
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    return _told(request, "NotFound", _("There is nothing at this address."), 404) or defaults.page_not_found(
        request, exception
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; the log has it."""
    say = _("The server failed at this request. Nothing was recorded; send it again with the same key.")
    return _told(request, "ServerFault", say, 500) or defaults.server_error(request)


def file_lost(request: HttpRequest, exception: Exception) -> HttpResponse:
    """503: a stored file that the database names is not on the disk, or damaged. The log names it for the operator,
    and whoever asked is told that the record itself stands."""
    logger.error("a stored file is absent at %s: %s", request.path_info, exception)
    say = _("The file is not in the store, or it is damaged. The record about it is whole. Tell the administrator.")
    return _told(request, "FileAbsent", say, 503) or render(request, "file_lost.html", {"say": say}, status=503)


def _told(request: HttpRequest, code: str, say: str, status: int) -> HttpResponse | None:
    """The answer for a machine; None for a person's browser."""
    if not request.path_info.startswith("/api/"):
        return None
    return JsonResponse({"code": code, "detail": say}, status=status)

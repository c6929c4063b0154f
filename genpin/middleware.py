"""The language of a request; requests that cannot be read."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

LENGTH_DIGITS = 15
"""Digits of a length that are read at all."""


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
    is larger than anything that is sent here: 400 with a sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or any("\x00" in text for told in request.GET.lists() for text in told[1]):
            raise BadRequest("NUL in the address")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > LENGTH_DIGITS or int(length) > settings.BODY_LIMIT:
            raise RequestDataTooBig("more than BODY_LIMIT")
        return self.get_response(request)

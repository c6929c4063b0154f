"""Draws the templates with sample facts into a folder, for looking at them: `python -m tests.ui.preview OUT`.

No database, no product settings: the templates, the tags and the static files only.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation

from genpin import words
from tests.ui.samples import SAMPLES
from tests.ui.samples_more import MORE

ROOT = Path(__file__).resolve().parents[2]
urlpatterns = [path("i18n/setlang/", lambda request: None, name="set_language")]


def configure() -> None:
    """The least of Django that the templates need; the catalogues are compiled beside the sources for the moment."""
    if settings.configured:
        return
    for folder in (ROOT / "locale").iterdir():
        words.compile_catalogues(folder)
    settings.configure(
        DEBUG=False,
        SECRET_KEY="preview",
        USE_TZ=True,
        TIME_ZONE="Asia/Tokyo",
        LANGUAGE_CODE="ja",
        ROOT_URLCONF="tests.ui.preview",
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
        LOCALE_PATHS=[str(folder) for folder in (ROOT / "locale").iterdir() if folder.is_dir()],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "templates"],
                "OPTIONS": {"libraries": {"genpin_ui": "ledger.templatetags.genpin_ui"}},
            }
        ],
    )
    django.setup()


def a_request(address: str = "/", query: str = "", theme: str = "") -> HttpRequest:
    """A request without a server."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = address
    request.GET = QueryDict(query)
    if theme:
        request.COOKIES["genpin_theme"] = theme
    return request


def draw(template: str, context: dict[str, Any], *, language: str = "ja", theme: str = "", query: str = "") -> str:
    """One page as text."""
    inside = not template.endswith(("login.html", "verify.html"))
    person = SimpleNamespace(is_authenticated=inside, get_full_name="田中 恵", get_username="tanaka")
    with translation.override(language):
        facts = {"request": a_request(query=query, theme=theme), "user": person, "csrf_token": "preview", **context}
        return render_to_string(template, facts)


def write(out: Path) -> None:
    """Every sample, in both languages, with the static files beside."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "static", out / "static", dirs_exist_ok=True)
    for name, (template, make) in {**SAMPLES, **MORE}.items():
        for language in ("ja", "en"):
            with translation.override(language):
                context = make(language)
            (out / f"{name}.{language}.html").write_text(draw(template, context, language=language))


if __name__ == "__main__":
    configure()
    write(Path(sys.argv[1]))

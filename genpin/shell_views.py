"""The installable shell: what a device keeps of the station page, so that a hole in the Wi-Fi stops nobody."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.jinja import htmx_script

NOT_ON_THE_FLOOR = {"charts.js", "service-worker.js"}
KINDS = {".css", ".js", ".svg", ".png"}


@login_not_required
@require_GET
def manifest(_request: HttpRequest) -> JsonResponse:
    """How the station page installs on a tablet, in the reader's language."""
    icons = [
        {"src": static(f"genpin/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    facts = {
        "id": "/stations/",
        "name": _("Genpin: stations"),
        "short_name": "現品 Genpin",
        "description": _("Scanning at the stations of the plant, also through a hole in the Wi-Fi."),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": reverse("station_home"),
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#f2f3f0",
        "theme_color": "#174a84",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_GET
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The worker, at the root so that it sees every page; it changes when any file of the shell does."""
    answer = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """What a device shows instead of a page that it has not kept. Nobody's: the same for all, in both languages."""
    return render(request, "away.html")


@cache
def _worker() -> str:
    """Read once a process: the files do not change under a running server."""
    code = Path(str(finders.find("genpin/service-worker.js"))).read_text(encoding="utf-8")
    shell = shell_addresses()
    version = hashlib.sha256(f"{code}{shell}".encode()).hexdigest()[:16]
    head = {"VERSION": version, "SHELL": shell, "AWAY": reverse("away")}
    lines = [f"const {name} = {json.dumps(value)};" for name, value in head.items()]
    return "\n".join((*lines, code))


def shell_addresses() -> list[str]:
    """The addresses of everything that a floor page loads."""
    folder = settings.BASE_DIR / "static" / "genpin"
    names = sorted(path.name for path in folder.iterdir() if path.suffix in KINDS and path.name not in NOT_ON_THE_FLOOR)
    return [static(f"genpin/{name}") for name in names] + re.findall(r'src="([^"]+)"', htmx_script())

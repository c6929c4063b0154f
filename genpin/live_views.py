"""The door of the live boards: server-sent events at the address of the pages themselves."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from genpin.live import Bell, burn_in_state

BURN_IN = Bell(burn_in_state, Path(settings.GENPIN_HOME) / "stopping")


@require_GET
@permission_required("assembly.read", raise_exception=True)
def burn_in_live(request: HttpRequest) -> HttpResponseBase:
    """An event whenever the burn-in board has changed; the page then asks for it as ever, with its reader's rights and
    language. 503 when all places are taken: the page polls."""
    if not BURN_IN.enter():
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    lines = BURN_IN.stream(request.headers.get("Last-Event-ID", "")[:40])
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(lines, content_type="text/event-stream", headers=headers)

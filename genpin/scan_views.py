"""POST /api/scans/: JSON for machines, the station page's own fragment for browsers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import OperatorSession
from assembly.views import stations
from genpin.scans import TEXT_LIMIT, Scan, ScanTooEarly, take_scan
from inventory.views import receiving
from ledger.doors import caller_from
from ledger.refusals import BadInput
from ledger.shapes import CENTURIES


class ScanSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A scan as a device sends it."""

    id = serializers.UUIDField()
    operator_session = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1)
    station = serializers.CharField(allow_blank=True, required=False)
    text = serializers.CharField(max_length=TEXT_LIMIT, trim_whitespace=False, allow_blank=True)
    at = serializers.DateTimeField(required=False)


class FragmentRenderer(BaseRenderer):
    """Lets a station page ask for HTML."""

    media_type = "text/html"
    format = "html"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        return escape(data.get("detail", "")) if isinstance(data, dict) else data


class ScanDoor(APIView):
    """Anything a scanner reads. The same id again gives the same answer; 425 means: the scan before has none yet."""

    renderer_classes = [JSONRenderer, FragmentRenderer]
    parser_classes = [JSONParser, FormParser]

    @extend_schema(
        operation_id="scan",
        tags=["scans"],
        request=ScanSerializer,
        responses={200: OpenApiResponse(description="The answer, also when it is a refusal (state stop)")},
    )
    def post(self, request: Request) -> Response | HttpResponse:
        if not request.user.has_perm("accounts.work_at_station"):
            self.permission_denied(request)
        scan = read_shape(request.data)
        caller = caller_from(request, door="scan", key=str(scan.id), device_at=scan.at)
        try:
            answer = take_scan(caller, scan)
        except ScanTooEarly as refusal:
            return Response(refusal.as_json(), status=425, headers={"Retry-After": "1"})
        if request.accepted_renderer.format == "html":
            return _fragment(request._request, scan.operator_session, answer)
        return Response(answer)


def _fragment(request: HttpRequest, session_id: uuid.UUID, answer: dict[str, Any]) -> HttpResponse:
    """Each kind of station draws its own answer."""
    kind = OperatorSession.objects.values_list("station__kind", flat=True).get(pk=session_id)
    draw = receiving.answer_fragment if kind == "receiving" else stations.answer_fragment
    return draw(request, session_id, answer)


def read_shape(body: Any) -> Scan:
    """The scan in a request body. Refuses BadInput with the field that is wrong (400)."""
    if not isinstance(body, Mapping):
        raise BadInput(_("A JSON object is expected."))
    wrong: dict[str, list[str]] = {}
    identity = _uuid(body.get("id"), "id", wrong)
    session = _uuid(body.get("operator_session"), "operator_session", wrong)
    seq = str(body.get("seq", ""))
    if not (seq.isascii() and seq.isdecimal() and len(seq) <= 10 and 1 <= int(seq) < 2**31):
        wrong["seq"] = [_("A whole number from 1 is expected.")]
    text = body.get("text")
    if not isinstance(text, str) or len(text) > TEXT_LIMIT or not _storable(text):
        wrong["text"] = [_("Text of at most %(limit)d characters is expected.") % {"limit": TEXT_LIMIT}]
    at = _moment(body.get("at"), wrong)
    if wrong:
        raise BadInput("; ".join(f"{name}: {' '.join(why)}" for name, why in wrong.items()), fields=wrong)
    return Scan(identity, session, int(seq), _station(body), str(text), at)


def _station(body: Mapping[str, Any]) -> str:
    """What the device calls its station: kept, never trusted."""
    name = str(body.get("station", ""))[:60]
    return name if _storable(name) else ""


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _uuid(value: Any, name: str, wrong: dict[str, list[str]]) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        wrong[name] = [_("A UUID is expected.")]
        return uuid.UUID(int=0)


def _moment(value: Any, wrong: dict[str, list[str]]) -> datetime | None:
    """The device's time; a scan sent by the bare form has none."""
    if value in (None, ""):
        return None
    try:
        moment = parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in CENTURIES:
        wrong["at"] = [_("A date and time with its zone is expected.")]
    return moment

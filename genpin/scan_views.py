"""POST /api/scans/: JSON for machines, the station page's own fragment for browsers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import OperatorSession
from accounts.operations.sessions import SessionLocked
from assembly.views import stations
from genpin.scans import (
    TEXT_LIMIT,
    NotYourSession,
    Scan,
    ScanIdReused,
    ScanNumberReused,
    ScanTooEarly,
    next_number,
    take_scan,
)
from inventory.queries.scan_conflicts import open_conflicts
from inventory.views import receiving
from ledger.doors import caller_from
from ledger.refusals import BadInput, NotFound
from ledger.shapes import CENTURIES

OFFSET_LIMIT_MS = 50 * 366 * 24 * 60 * 60 * 1000
"""A clock that is off by more than fifty years is no clock."""


class ScanSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A scan as a device sends it."""

    id = serializers.UUIDField()
    operator_session = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1)
    station = serializers.CharField(allow_blank=True, required=False)
    text = serializers.CharField(max_length=TEXT_LIMIT, trim_whitespace=False, allow_blank=True)
    at = serializers.DateTimeField(required=False, help_text="The device's clock when it was read")
    sent_at = serializers.DateTimeField(required=False, help_text="The device's clock when this request left it")
    offset_ms = serializers.IntegerField(
        required=False, help_text="Our clock less the device's, as the device measured it before the scan"
    )
    kept = serializers.BooleanField(required=False, help_text="It waited on the device without a connection")
    aside = serializers.BooleanField(required=False, help_text="Do not apply it: list it to be settled")


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
        responses={
            200: OpenApiResponse(description="The answer, also when it is a refusal (state stop)"),
            409: OpenApiResponse(description="Not taken; `Genpin-Code` says why, `Genpin-Next-Seq` the free number"),
            425: OpenApiResponse(description="The scan before has no answer yet: send this one again"),
        },
    )
    def post(self, request: Request) -> Response | HttpResponse:
        if not request.user.has_perm("accounts.work_at_station"):
            self.permission_denied(request)
        now = timezone.now()
        body: Any = request.data
        scan, offset = read_shape(body), read_offset(body, now)
        caller = caller_from(request, door="scan", key=str(scan.id), device_at=scan.at, now=now, offset=offset)
        try:
            answer = take_scan(caller, scan)
        except ScanTooEarly as refusal:
            return Response(refusal.as_json(), status=425, headers={"Retry-After": "1", "Genpin-Code": refusal.code})
        except ScanNumberReused as refusal:
            headers = {"Genpin-Code": refusal.code, "Genpin-Next-Seq": str(next_number(scan.operator_session))}
            return Response(refusal.as_json(), status=409, headers=headers)
        except (NotYourSession, ScanIdReused) as refusal:
            return Response(refusal.as_json(), status=409, headers={"Genpin-Code": refusal.code})
        except SessionLocked as refusal:
            # as for a session that is over: the device keeps the scan
            return Response(refusal.as_json(), status=403, headers={"Genpin-Code": refusal.code})
        if request.accepted_renderer.format == "html":
            return _timed(_fragment(request._request, scan.operator_session, answer), now)
        return _timed(Response(answer), now)


class Pulse(APIView):
    """What a station's device asks between scans: are you there, how late is it, what waits for me?"""

    @extend_schema(
        operation_id="pulse",
        tags=["scans"],
        parameters=[OpenApiParameter("operator_session", OpenApiTypes.UUID, required=True)],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        if not request.user.has_perm("accounts.work_at_station"):
            self.permission_denied(request)
        now = timezone.now()
        wrong: dict[str, list[str]] = {}
        identity = _uuid(request.query_params.get("operator_session"), "operator_session", wrong)
        session = OperatorSession.objects.filter(pk=identity).first()
        if session is None:
            raise NotFound
        facts = {
            "now": now,
            "open": session.ended_at is None,
            "yours": session.user_id == request.user.pk,
            "next_seq": next_number(identity),
            "conflicts": open_conflicts(session.station_id),
        }
        return _timed(Response(facts), now)


Reply = TypeVar("Reply", bound=HttpResponse)


def _timed(answer: Reply, now: datetime) -> Reply:
    """With our clock in a header: the device measures by it how wrong its own is."""
    answer["Genpin-Now"] = str(round(now.timestamp() * 1000))
    return answer


def _fragment(request: HttpRequest, session_id: uuid.UUID, answer: dict[str, Any]) -> HttpResponse:
    """Each kind of station draws its own answer, with the way to the list where something is to be settled."""
    kind, code = OperatorSession.objects.values_list("station__kind", "station__code").get(pk=session_id)
    if answer.get("conflict"):
        list_of_station = reverse("station_conflicts", args=[code])
        answer = {**answer, "acts": [{"label": _("Scans to settle"), "href": list_of_station, "icon": "call"}]}
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
    at = _moment(body.get("at"), "at", wrong)
    if wrong:
        raise BadInput("; ".join(f"{name}: {' '.join(why)}" for name, why in wrong.items()), fields=wrong)
    flags = {name: body.get(name) is True for name in ("kept", "aside")}
    return Scan(identity, session, int(seq), _station(body), str(text), at, **flags)


def read_offset(body: Mapping[str, Any], now: datetime) -> timedelta | None:
    """How far our clock is ahead of the device's: as it measured before the scan, else by when this request left it.

    The second one is late by the way of the request, and wrong when the device's clock was set while the scan waited;
    it stands in where a device has measured nothing yet. Refuses BadInput."""
    wrong: dict[str, list[str]] = {}
    sent_at = _moment(body.get("sent_at"), "sent_at", wrong)
    told = body.get("offset_ms")
    if told is not None and (isinstance(told, bool) or not isinstance(told, int) or abs(told) > OFFSET_LIMIT_MS):
        wrong["offset_ms"] = [_("A whole number of milliseconds is expected.")]
    if wrong:
        raise BadInput("; ".join(f"{name}: {' '.join(why)}" for name, why in wrong.items()), fields=wrong)
    if told is not None:
        return timedelta(milliseconds=told)
    return None if sent_at is None else now - sent_at


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


def _moment(value: Any, name: str, wrong: dict[str, list[str]]) -> datetime | None:
    """The device's time; a scan sent by the bare form has none."""
    if value in (None, ""):
        return None
    try:
        moment = parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in CENTURIES:
        wrong[name] = [_("A date and time with its zone is expected.")]
    return moment

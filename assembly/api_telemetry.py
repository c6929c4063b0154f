"""`POST /api/telemetry/`: samples as JSON, or as the columns of an Arrow stream or a Parquet file."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.parsers import BaseParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assembly.api_rights import MayRead
from assembly.feeding import put_down
from assembly.models import TelemetryFile
from assembly.operations.telemetry_columns import feed_columns
from assembly.operations.telemetry_files import receive_telemetry_file
from assembly.queries.telemetry_files import telemetry_files
from assembly.serializers import TelemetryFileSerializer
from assembly.uploads import PIECE, too_big
from documents.files import FileTooLarge
from inventory.forms import searched
from ledger.doors import OperationEndpoint, caller_from, new_key
from ledger.operations import OPERATIONS
from ledger.refusals import BadInput, NotPermitted
from ledger.shapes_api import RefusalSerializer, serializer_for

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of one body of columns; larger tables come as files."""
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"


class _Columns(BaseParser):
    """The body as it came, as far as it may be held."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        content = stream.read(BODY_LIMIT + 1)
        if len(content) > BODY_LIMIT:
            say = _("A body of at most %(limit)d MB is expected.") % {"limit": BODY_LIMIT // 1024 // 1024}
            raise BadInput(say, fields={"body": [say]})
        return content


class ArrowParser(_Columns):
    media_type = ARROW


class ParquetParser(_Columns):
    media_type = PARQUET


_WHERE = [
    OpenApiParameter("cell", str, description="With columns: the code of the cell."),
    OpenApiParameter("burn_in", int, description="With columns: the burn-in run, instead of its cell."),
]
_BINARY = {"type": "string", "format": "binary"}
_FORM = {
    "type": "object",
    "properties": {"file": _BINARY, "cell": {"type": "string"}, "burn_in": {"type": "integer"}},
    "required": ["file"],
}


class Telemetry(OperationEndpoint):
    """POST samples: JSON calls `feed_telemetry`; a body of columns of one cell (`?cell=`) calls `feed_columns`."""

    entry = OPERATIONS["assembly.feed_telemetry"]
    parser_classes = (JSONParser, ArrowParser, ParquetParser)

    @extend_schema(
        operation_id="assembly_feed_telemetry",
        tags=["assembly"],
        parameters=_WHERE,
        request={"application/json": serializer_for(entry, without=()), ARROW: _BINARY, PARQUET: _BINARY},
        responses={201: dict, **{status: RefusalSerializer for status in (400, 403, 404, 409)}},
    )  # type: ignore[untyped-decorator]
    def post(self, request: Request, **path: Any) -> Response:
        if not request.user.has_perm(self.entry.permission):
            raise NotPermitted(self.entry.permission)  # before the body is read
        if not isinstance(request.data, bytes):
            return super().post(request, **path)
        burn_in_id = _number("burn_in", request.query_params.get("burn_in", ""))
        answer = feed_columns(
            caller=caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key()),
            columns=base64.b64encode(request.data).decode("ascii"),
            cell_code=request.query_params.get("cell", "")[:40],
            burn_in_id=burn_in_id,
        )
        return Response(answer, status=201)


class TelemetryFiles(ListAPIView[TelemetryFile]):
    """Telemetry files, newest first; `?q=`, `?burn_in=`. POST sends one (multipart: `file`, and `cell` or `burn_in`),
    which is received at once (202) and read afterwards; its `state` says how far that is."""

    permission_classes = (MayRead,)
    parser_classes = (MultiPartParser,)
    serializer_class = TelemetryFileSerializer
    queryset = TelemetryFile.objects.none()

    def get_queryset(self) -> QuerySet[TelemetryFile]:
        told = self.request.query_params
        return telemetry_files(searched(told.get("q")), _number("burn_in", told.get("burn_in", "")))

    @extend_schema(
        operation_id="send_telemetry_file",
        tags=["assembly"],
        request={"multipart/form-data": _FORM},
        responses={202: TelemetryFileSerializer, **{status: RefusalSerializer for status in (400, 403, 404, 409)}},
    )  # type: ignore[untyped-decorator]
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("assembly.feed_telemetry"):
            raise NotPermitted("assembly.feed_telemetry")  # before a byte is stored
        upload = request.FILES.get("file")
        if upload is None:
            say = _("A file is expected.")
            raise BadInput(say, fields={"file": [say]})
        told = request.data if isinstance(request.data, dict) else {}
        run = _number("burn_in", str(told.get("burn_in", "")))
        try:
            kept = put_down(upload.chunks(PIECE), limit=settings.UPLOAD_LIMIT)
        except FileTooLarge:
            raise too_big(settings.UPLOAD_LIMIT) from None
        received = receive_telemetry_file(
            caller=caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key()),
            file_sha256=kept.sha256,
            file_name=str(upload.name)[:200],
            cell_code=str(told.get("cell", ""))[:40],
            burn_in_id=run,
        )
        return Response(TelemetryFileSerializer(received).data, status=202)


class TelemetryFileDetail(RetrieveAPIView[TelemetryFile]):
    """One telemetry file: how far it is read, what was stored, or why it was refused."""

    permission_classes = (MayRead,)
    serializer_class = TelemetryFileSerializer
    queryset = TelemetryFile.objects.select_related("burn_in__cell")


def _number(name: str, text: str) -> int | None:
    """A row's number as a query or a form tells it; None for none. Refuses BadInput."""
    if text and not (text.isascii() and text.isdecimal() and len(text) < 18):
        say = _("A whole number is expected.")
        raise BadInput(f"{name}: {say}", fields={name: [say]})
    return int(text) if text else None


TELEMETRY_URLS = [
    path("telemetry/", Telemetry.as_view(), name="api_telemetry"),
    path("telemetry/files/", TelemetryFiles.as_view(), name="api_telemetry_files"),
    path("telemetry/files/<int:pk>/", TelemetryFileDetail.as_view(), name="api_telemetry_file"),
]

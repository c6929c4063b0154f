"""`POST /api/telemetry/`: samples as JSON, or as the columns of an Arrow stream or a Parquet file."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import IO, Any

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from assembly.operations.telemetry_columns import feed_columns
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
        burn_in = request.query_params.get("burn_in", "")
        if burn_in and not (burn_in.isascii() and burn_in.isdecimal() and len(burn_in) < 18):
            say = _("A whole number is expected.")
            raise BadInput(f"burn_in: {say}", fields={"burn_in": [say]})
        answer = feed_columns(
            caller=caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key()),
            columns=base64.b64encode(request.data).decode("ascii"),
            cell_code=request.query_params.get("cell", "")[:40],
            burn_in_id=int(burn_in) if burn_in else None,
        )
        return Response(answer, status=201)


TELEMETRY_URLS = [path("telemetry/", Telemetry.as_view(), name="api_telemetry")]

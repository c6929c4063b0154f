"""The API of the road: loggers and excursions to read, a logger's file to send, and the acts on loggers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents import files
from inventory.forms import searched
from ledger.doors import caller_from, endpoint, new_key
from ledger.refusals import BadInput, NotPermitted
from logistics.api_rights import READERS
from logistics.forms import LoggerFileForm
from logistics.models import ConditionSummary, CrateLogger, Excursion, LoggerFile, Shipment
from logistics.operations.logger_files import import_logger_file
from logistics.operations.loggers import UnknownLogger
from logistics.queries.condition_events import condition_document
from logistics.queries.conditions import excursion_rows, logger_named, logger_rows, taken_off, with_files


class ConditionSummarySerializer(serializers.ModelSerializer[ConditionSummary]):
    """The figures of one measure: g, degrees, ℃, %; the longest gap in minutes."""

    class Meta:
        model = ConditionSummary
        fields = ["measure", "n", "gaps", "longest_gap_minutes", "minimum", "mean", "maximum", "last"]
        read_only_fields = fields


class LoggerFileSerializer(serializers.ModelSerializer[LoggerFile]):
    """What a logger told at once, with its figures: a file that was read, or (`source` api) readings told singly.
    `findings` are codes with how many."""

    summaries = ConditionSummarySerializer(many=True)

    class Meta:
        model = LoggerFile
        fields = [
            "id", "source", "file_name", "file_sha256", "rows", "from_at", "to_at", "findings", "summaries", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class CrateLoggerSerializer(serializers.ModelSerializer[CrateLogger]):
    """A logger on a crate; `state`: how it was found last (recording, stopped, missing)."""

    sscc = serializers.CharField(source="crate.sscc")
    state = serializers.CharField(source="latest_state")
    files = LoggerFileSerializer(many=True)

    class Meta:
        model = CrateLogger
        fields = [
            "id", "serial", "model", "interval_minutes", "rating", "sscc", "started_at", "stopped_at", "state", "files",
        ]  # fmt: skip
        read_only_fields = fields


class ExcursionSerializer(serializers.ModelSerializer[Excursion]):
    """A stretch beyond a limit; `holder` (`site:CODE`, `carrier:CODE`) and `leg_number`: who held the crate then."""

    shipment = serializers.CharField(source="file.logger.crate.shipment_crate.shipment.number")
    sscc = serializers.CharField(source="file.logger.crate.sscc")
    holder = serializers.CharField(allow_null=True)
    leg_number = serializers.IntegerField(allow_null=True)
    nonconformity = serializers.CharField(source="nonconformity.number")
    settled_at = serializers.DateTimeField(source="nonconformity.closed_at", allow_null=True)

    class Meta:
        model = Excursion
        fields = [
            "id", "shipment", "sscc", "measure", "began_at", "ended_at", "peak", "limit", "holder", "leg_number",
            "nonconformity", "settled_at", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class ShipmentLoggers(generics.ListAPIView):  # type: ignore[type-arg]
    """The loggers on the crates of a shipment with their files."""

    permission_classes = READERS
    serializer_class = CrateLoggerSerializer
    queryset = CrateLogger.objects.none()

    def get_queryset(self) -> QuerySet[CrateLogger]:
        rows = logger_rows().filter(~taken_off(), crate__shipment_crate__shipment_id=self.kwargs["shipment_id"])
        return with_files(rows)


class Excursions(generics.ListAPIView):  # type: ignore[type-arg]
    """What went beyond the limits of the road, the newest first; `?state=open` what nobody has settled, `?shipment=` a
    number."""

    permission_classes = READERS
    serializer_class = ExcursionSerializer
    queryset = Excursion.objects.none()

    def get_queryset(self) -> QuerySet[Excursion]:
        asked = self.request.query_params
        wish = Q(nonconformity__closed_at=None) if searched(asked.get("state")) == "open" else Q()
        number = searched(asked.get("shipment"))
        wish &= Q(file__logger__crate__shipment_crate__shipment__number=number) if number else Q()
        return excursion_rows(wish).order_by("-began_at", "-pk")


class ShipmentConditions(APIView):
    """What the loggers of a shipment told, as an EPCIS 2.0 document: least, mean and greatest of each measure over the
    way, and every excursion, as `sensorElementList`."""

    permission_classes = READERS

    @extend_schema(operation_id="shipment_conditions_epcis", tags=["logistics"], responses={200: dict})
    def get(self, request: Request, shipment_id: int) -> Response:
        shipment = get_object_or_404(Shipment, pk=shipment_id)
        return Response(condition_document(shipment, timezone.now()))


class LoggerFiles(generics.GenericAPIView):  # type: ignore[type-arg]
    """POST a logger's file (multipart, fields `serial`, `file`, and `zone` where its times name none)."""

    permission_classes = READERS
    serializer_class = LoggerFileSerializer
    queryset = LoggerFile.objects.none()

    @extend_schema(
        operation_id="import_logger_file_upload",
        tags=["logistics"],
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "serial": {"type": "string"}, "zone": {"type": "string"},
                    "file": {"type": "string", "format": "binary"},
                },
            }
        },
        responses={201: dict},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("logistics.read_logger"):
            raise NotPermitted("logistics.read_logger")  # before anything is read or stored
        given: Any = request.data
        form = LoggerFileForm(data=given, files=request.FILES)
        if not form.is_valid():
            why = {name: [str(one) for one in found] for name, found in form.errors.items()}
            raise BadInput("; ".join(f"{name}: {' '.join(found)}" for name, found in why.items()), fields=why)
        serial = searched(given.get("serial")) or ""
        logger = logger_named(serial)
        if logger is None:
            raise UnknownLogger(f"serial: {serial[:40]!r}")
        upload = form.cleaned_data["file"]
        caller = caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key())
        result = import_logger_file(
            caller=caller, logger_id=logger.pk, file_sha256=files.put(upload.read()), file_name=str(upload.name),
            zone=form.cleaned_data["zone"],
        )  # fmt: skip
        return Response(result, status=200 if result["already"] else 201)


API_URLS: list[Any] = [
    path("shipments/<int:shipment_id>/loggers/", ShipmentLoggers.as_view(), name="api_shipment_loggers"),
    path("shipments/<int:shipment_id>/conditions/", ShipmentConditions.as_view(), name="api_shipment_conditions"),
    path("excursions/", Excursions.as_view(), name="api_excursions"),
    path("logger-files/", LoggerFiles.as_view(), name="api_logger_files"),
    path(
        "logger-readings/", endpoint("logistics.report_road_readings"), name="api_logistics_report_road_readings",
    ),
    path("loggers/", endpoint("logistics.fit_logger"), name="api_logistics_fit_logger"),
    path(
        "loggers/<int:logger_id>/giving-up/", endpoint("logistics.give_up_logger", ("logger_id",)),
        name="api_logistics_give_up_logger",
    ),
    path(
        "loggers/<int:logger_id>/removal/", endpoint("logistics.remove_logger", ("logger_id",)),
        name="api_logistics_remove_logger",
    ),
    path(
        "condition-limits/", endpoint("logistics.release_condition_limits"),
        name="api_logistics_release_condition_limits",
    ),
]  # fmt: skip

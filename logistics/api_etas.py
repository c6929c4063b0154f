"""The API of ETAs: what was said of a shipment by carriers and persons, how good each source was, and giving one."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import Eta
from logistics.queries.etas import eta_rows, record_by_source


class EtaSerializer(serializers.ModelSerializer[Eta]):
    """A word on a shipment: of the carrier `carrier`, or of a person with its reason. `earliest_at` and `latest_at` are
    alike where one moment was said."""

    carrier = serializers.CharField(source="carrier.code", allow_null=True, default=None)

    class Meta:
        model = Eta
        fields = [
            "id", "awaited", "source", "carrier", "earliest_at", "latest_at", "reason", "given_at", "recorded_at",
            "milestone_id", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class Etas(generics.ListAPIView):  # type: ignore[type-arg]
    """What carriers and persons said of a shipment, the newest first. Our model's forecasts are of racks."""

    permission_classes = READERS
    serializer_class = EtaSerializer
    queryset = Eta.objects.none()

    def get_queryset(self) -> QuerySet[Eta]:
        return eta_rows(self.kwargs["shipment_id"])


class SourceRecordSerializer(serializers.Serializer[Any]):
    """How a source's words came true; errors in hours, positive: later than said."""

    source = serializers.CharField()  # type: ignore[assignment]
    carrier = serializers.CharField()
    awaited = serializers.CharField()
    asked = serializers.IntegerField()
    told = serializers.IntegerField()
    error = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    spread = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    kept = serializers.IntegerField()


class EtaRecord(APIView):
    """The record of ETAs by source over the latest arrivals: what was known a day before, against what came."""

    permission_classes = READERS

    @extend_schema(operation_id="eta_record", responses=SourceRecordSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = [_tenths(asdict(row)) for row in record_by_source(timezone.now())]
        return Response(SourceRecordSerializer(rows, many=True).data)


def _tenths(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: None if row[name] is None else Decimal(f"{row[name]:.1f}") for name in ("error", "spread")}


API_URLS: list[Any] = [
    path("shipments/<int:shipment_id>/etas/", Etas.as_view(), name="api_etas"),
    path("etas/record/", EtaRecord.as_view(), name="api_eta_record"),
    path("etas/", endpoint("logistics.give_eta"), name="api_logistics_give_eta"),
]

"""The API of disruptions: what stops the ways, whom it strikes with what cost, what can still be done, new plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import Disruption
from logistics.operations.disruptions import leg_name
from logistics.queries.alternatives import Alternative, Choice, choices_of
from logistics.queries.disruptions import Struck, Window, disruption_rows, impact_of

ROWS = 200
"""Affected rows of one answer, the dearest first."""


class DisruptionSerializer(serializers.ModelSerializer[Disruption]):
    """Something that stops legs (`HRM-SEN-MOJI:2`), with its expected end in three points; `ended_at` null: open."""

    legs = serializers.SerializerMethodField()

    class Meta:
        model = Disruption
        fields = [
            "number", "kind", "headline", "begins_at", "p10_at", "p50_at", "p90_at", "source", "grade", "version",
            "legs", "reported_at", "ended_at", "event_id",
        ]  # fmt: skip
        read_only_fields = fields

    def get_legs(self, row: Disruption) -> list[str]:
        return [leg_name(one.leg) for one in row.struck.all()]


class ExpectedArrivalSerializer(serializers.Serializer[Window]):
    """When the slowest rack is received, the chance of delay, expected days late, and what these cost."""

    p50_at = serializers.DateTimeField()
    p80_at = serializers.DateTimeField()
    p_late = serializers.FloatField(allow_null=True)
    late_days = serializers.SerializerMethodField()
    yen = serializers.SerializerMethodField()

    def get_late_days(self, row: Window) -> Decimal:
        return round(Decimal(row.late_days), 2)

    def get_yen(self, row: Window) -> int:
        return round(row.yen)


class AlternativeSerializer(serializers.Serializer[Alternative]):
    """A way to go: keep, later, lane or reroute (from `place`, by leg `from_leg` on). `more_yen`: against keeping."""

    kind = serializers.CharField(source="option.kind")
    lane_code = serializers.CharField(source="option.lane.code")
    carrier_code = serializers.CharField(source="option.carrier_code")
    planned_departure_at = serializers.DateTimeField(source="option.departs_at")
    from_leg = serializers.IntegerField(source="option.from_leg", allow_null=True)
    place = serializers.CharField(source="option.place_en")
    window = ExpectedArrivalSerializer()
    more_yen = serializers.SerializerMethodField()

    def get_more_yen(self, row: Alternative) -> int:
        return round(row.more_yen)


class StruckSerializer(serializers.Serializer[Struck]):
    """Racks struck together: on_the_way, ready or in_work; their window without the disruption and with it."""

    group = serializers.CharField()
    shipment = serializers.CharField(source="shipment_number")
    racks = serializers.SerializerMethodField()
    before = ExpectedArrivalSerializer()
    after = ExpectedArrivalSerializer()

    def get_racks(self, row: Struck) -> list[str]:
        return [life.name for life in row.lives]


class ChoiceSerializer(serializers.Serializer[Choice]):
    """A shipment with its alternatives, keeping the plan first."""

    shipment = serializers.CharField(source="struck.shipment_number")
    alternatives = AlternativeSerializer(many=True)


class ImpactSerializer(serializers.Serializer[Any]):
    """A disruption, whom it strikes, and the alternatives of struck shipments."""

    disruption = DisruptionSerializer()
    more_late_days = serializers.DecimalField(max_digits=12, decimal_places=2)
    more_yen = serializers.IntegerField()
    affected = StruckSerializer(many=True)
    choices = ChoiceSerializer(many=True)


class Disruptions(generics.ListAPIView):  # type: ignore[type-arg]
    """Disruptions, the open ones first; `?q=`, `?state=` (open, ended), `?kind=`."""

    permission_classes = READERS
    serializer_class = DisruptionSerializer
    queryset = Disruption.objects.none()

    def get_queryset(self) -> QuerySet[Disruption]:
        asked = (searched(self.request.query_params.get(name)) for name in ("q", "state", "kind"))
        return disruption_rows(*asked)


class OneDisruption(APIView):
    """One disruption: whom it strikes with what cost, and what can still be done. An ended one strikes nobody."""

    permission_classes = READERS

    @extend_schema(operation_id="disruption_impact", responses=ImpactSerializer)
    def get(self, request: Request, number: str) -> Response:
        row = get_object_or_404(disruption_rows(), number=number)
        impact = impact_of(number, timezone.now())
        rows = impact.rows[:ROWS]
        answer = {
            "disruption": row,
            "more_late_days": round(Decimal(impact.more_late_days), 2),
            "more_yen": round(impact.more_yen),
            "affected": rows,
            "choices": choices_of(impact, rows, number),
        }
        return Response(ImpactSerializer(answer).data)


def _post(address: str, name: str, *arguments: str) -> Any:
    return path(address, endpoint(f"logistics.{name}", arguments), name=f"api_logistics_{name}")


API_URLS = [
    path("disruptions/", Disruptions.as_view(), name="api_disruptions"),
    path("disruptions/<str:number>/", OneDisruption.as_view(), name="api_disruption"),
    _post("disruptions/<str:number>/expectation/", "revise_disruption", "number"),
    _post("disruptions/<str:number>/end/", "end_disruption", "number"),
    _post("reports/disruptions/", "report_disruption"),
    _post("shipments/replans/", "replan_shipments"),
    _post("shipments/<int:shipment_id>/replan/", "replan_shipment", "shipment_id"),
    _post("shipments/<int:shipment_id>/reroute/", "reroute_shipment", "shipment_id"),
]

"""The API of weekly reports: the list with its deliveries, and making one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import generics, serializers

from inventory.forms import searched
from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import WeeklyDelivery, WeeklyReport
from logistics.queries.weekly_reports import weekly_rows


class WeeklyDeliverySerializer(serializers.ModelSerializer[WeeklyDelivery]):
    """An address: delivered, or what was wrong when it was tried last."""

    class Meta:
        model = WeeklyDelivery
        fields = ["way", "address", "tries", "tried_at", "delivered_at", "fault"]
        read_only_fields = fields


class WeeklyReportSerializer(serializers.ModelSerializer[WeeklyReport]):
    """A report without its facts; its paper is `/documents/weekly-report/<number>.pdf`."""

    deliveries = WeeklyDeliverySerializer(source="deliveries_now", many=True)

    class Meta:
        model = WeeklyReport
        fields = ["id", "number", "begins_on", "facts_sha256", "made_at", "deliveries", "event_id"]
        read_only_fields = fields


class WeeklyReports(generics.ListAPIView):  # type: ignore[type-arg]
    """Weekly reports, the newest week first; `?q=` a part of the number."""

    permission_classes = READERS
    serializer_class = WeeklyReportSerializer
    queryset = WeeklyReport.objects.none()

    def get_queryset(self) -> QuerySet[WeeklyReport]:
        return weekly_rows(searched(self.request.query_params.get("q")))


API_URLS: list[Any] = [
    path("weekly-reports/", WeeklyReports.as_view(), name="api_weekly_reports"),
    path("weekly-reports/making/", endpoint("logistics.make_weekly_report"), name="api_logistics_make_weekly_report"),
]

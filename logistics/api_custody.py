"""The API of custody: the chain of a shipment to read, and the hand-over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import generics, serializers

from ledger.doors import endpoint
from logistics.api_rights import READERS
from logistics.models import Handover
from logistics.queries.custody import handover_rows


class SealSerializer(serializers.Serializer[Any]):
    """A seal as it was found: fitted (there), intact, broken or missing."""

    number = serializers.CharField()
    state = serializers.CharField()


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """A row of the chain: `giver` and `taker` are `site:CODE` or `carrier:CODE`; `crates` is how many were counted, 0
    when the load stayed under its seal."""

    seals = SealSerializer(source="seal_list", many=True)
    crates = serializers.IntegerField(source="crate_count")

    class Meta:
        model = Handover
        fields = [
            "id", "number", "kind", "giver", "giver_name", "taker", "taker_name", "vehicle", "place", "at",
            "recorded_at", "seals", "crates", "remarks", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class Custody(generics.ListAPIView):  # type: ignore[type-arg]
    """The hand-overs of a shipment that were recorded, the newest first: each giver is the taker of the one before."""

    permission_classes = READERS
    serializer_class = HandoverSerializer
    queryset = Handover.objects.none()

    def get_queryset(self) -> QuerySet[Handover]:
        return handover_rows(self.kwargs["shipment_id"])


API_URLS: list[Any] = [
    path("shipments/<int:shipment_id>/custody/", Custody.as_view(), name="api_custody"),
    path("hand-overs/", endpoint("logistics.hand_over"), name="api_logistics_hand_over"),
]

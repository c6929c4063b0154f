"""Shapes: what the API says of shipments and milestones."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from logistics.models import (
    CarrierFile,
    Milestone,
    SavedComparison,
    ScenarioInput,
    ScenarioRevision,
    Shipment,
    ShipmentCrate,
)


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """A report; `leg` is the number of the leg. `late`: told more than six hours after it happened; `out_of_order`:
    something later was known before."""

    leg = serializers.IntegerField(source="leg.number", allow_null=True, default=None)
    late = serializers.BooleanField(source="is_late")
    out_of_order = serializers.BooleanField()

    class Meta:
        model = Milestone
        fields = [
            "id", "kind", "leg", "place", "happened_at", "reported_at", "late", "out_of_order", "source", "expected_at",
            "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class CratePartSerializer(serializers.ModelSerializer[ShipmentCrate]):
    """A crate of a shipment that arrived in parts; `reason` (left_behind, other_vehicle, unknown) is blank of what came
    with the truck."""

    sscc = serializers.CharField(source="crate.sscc")
    arrived_at = serializers.DateTimeField(source="arrival.at", default=None)
    received_at = serializers.DateTimeField(source="arrival.received_at", default=None)
    reason = serializers.CharField(source="missing.reason", default="")
    place = serializers.CharField(source="missing.place", default="")

    class Meta:
        model = ShipmentCrate
        fields = ["sscc", "arrived_at", "received_at", "reason", "place"]
        read_only_fields = fields


class ShipmentSerializer(serializers.ModelSerializer[Shipment]):
    """A shipment with what happened to it; moments are null until then. `parts`: of one that arrived in parts its
    crates, each with its own moments and why it was missing; `arrived_at` is when the last one came."""

    lane = serializers.CharField(source="lane.code")
    carrier = serializers.CharField(source="carrier.code")
    destination = serializers.CharField(source="lane.destination.code")
    departed_at = serializers.SerializerMethodField()
    arrived_at = serializers.SerializerMethodField()
    received_at = serializers.SerializerMethodField()
    crates = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    last_report = serializers.SerializerMethodField()

    class Meta:
        model = Shipment
        fields = [
            "id", "number", "lane", "carrier", "destination", "planned_departure_at", "need_by", "departed_at",
            "arrived_at", "received_at", "crates", "parts", "last_report", "event_id",
        ]  # fmt: skip
        read_only_fields = fields

    def get_departed_at(self, row: Shipment) -> Any:
        return row.departure.at if row.has_departed else None

    def get_arrived_at(self, row: Shipment) -> Any:
        return row.arrival.at if row.has_arrived else None

    def get_received_at(self, row: Shipment) -> Any:
        return row.arrival.received_at if row.has_arrived else None

    def get_crates(self, row: Shipment) -> list[str]:
        return [one.crate.sscc for one in getattr(row, "crate_rows", [])]

    @extend_schema_field(CratePartSerializer(many=True))
    def get_parts(self, row: Shipment) -> Any:
        rows = getattr(row, "crate_rows", [])
        return CratePartSerializer(rows, many=True).data if any(one.is_here for one in rows) else []

    def get_last_report(self, row: Shipment) -> Any:
        reports = getattr(row, "reports", [])
        return MilestoneSerializer(reports[0]).data if reports else None


class CarrierFileSerializer(serializers.ModelSerializer[CarrierFile]):
    """A carrier's file that was taken; `doubts`: reports of a doubtful place that nobody has settled."""

    carrier = serializers.CharField(source="carrier.code")
    doubts = serializers.IntegerField(default=0)

    class Meta:
        model = CarrierFile
        fields = ["id", "carrier", "file_name", "file_sha256", "lines", "reported", "doubts", "imported_at", "event_id"]
        read_only_fields = fields


class ScenarioInputSerializer(serializers.ModelSerializer[ScenarioInput]):
    """An input that differs from the base."""

    class Meta:
        model = ScenarioInput
        fields = ["key", "p10", "p50", "p90", "value", "grade", "source", "switch"]
        read_only_fields = fields


class ScenarioSerializer(serializers.ModelSerializer[ScenarioRevision]):
    """A revision of a scenario of the plant's own."""

    scenario_id = serializers.IntegerField()
    inputs = ScenarioInputSerializer(many=True)
    retired_at = serializers.DateTimeField(source="scenario.retired_at", allow_null=True)

    class Meta:
        model = ScenarioRevision
        fields = [
            "scenario_id", "code", "number", "name", "base", "remark", "inputs", "saved_at", "retired_at", "event_id",
        ]  # fmt: skip
        read_only_fields = fields


class SavedComparisonSerializer(serializers.ModelSerializer[SavedComparison]):
    """A saved comparison without its facts."""

    class Meta:
        model = SavedComparison
        fields = ["id", "number", "name", "as_of", "facts_sha256", "event_id"]
        read_only_fields = fields


class WholeComparisonSerializer(serializers.ModelSerializer[SavedComparison]):
    """A saved comparison with its facts, as text."""

    class Meta:
        model = SavedComparison
        fields = [*SavedComparisonSerializer.Meta.fields, "facts"]
        read_only_fields = fields

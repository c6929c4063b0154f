"""Shapes of the API's answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from inventory.models import (
    Discrepancy,
    Hold,
    Identifier,
    InspectedPiece,
    Inspection,
    Lot,
    Placement,
    PointResult,
    SamplingLine,
    SamplingPlan,
    ScanConflict,
    ShipNotice,
    Unit,
)
from inventory.queries.notices import LineGroup


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    """One name of a unit."""

    class Meta:
        model = Identifier
        fields = ("id", "kind", "raw", "normalised", "source", "first_seen_at", "closed_at")
        read_only_fields = fields


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """A unit and where it is."""

    part = serializers.CharField(source="part.number")
    revision = serializers.CharField(source="part_revision.revision")
    kind = serializers.CharField(source="part.kind")
    supplier = serializers.CharField(source="supplier.code", default=None)
    held = serializers.BooleanField(source="is_held")
    place = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields: tuple[str, ...] = (
            "id", "tag", "serial", "part", "revision", "kind", "supplier", "country", "held", "place", "born_at",
            "ended_at", "ended_why",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_place(self, unit: Unit) -> dict[str, Any] | None:
        here: list[Placement] = unit.here  # type: ignore[attr-defined]
        if not here:
            return None
        placement = here[0]
        return {
            "location": placement.location.code if placement.location else None,
            "host": {"id": placement.host.pk, "tag": placement.host.tag} if placement.host else None,
            "position": placement.position,
            "from_at": placement.from_at,
        }


class UnitDetailSerializer(UnitSerializer):
    """A unit with all its names."""

    identifiers = IdentifierSerializer(many=True)

    class Meta(UnitSerializer.Meta):
        fields = (*UnitSerializer.Meta.fields, "identifiers")
        read_only_fields = fields


class LotSerializer(serializers.ModelSerializer[Lot]):
    """A lot and where it lies."""

    part = serializers.CharField(source="part.number")
    supplier = serializers.CharField(source="supplier.code", default=None)
    stock = serializers.SerializerMethodField()

    class Meta:
        model = Lot
        fields = ("id", "tag", "number", "part", "supplier", "unit", "expires_on", "stock")
        read_only_fields = fields

    def get_stock(self, lot: Lot) -> list[dict[str, str]]:
        return [{"location": row.location.code, "quantity": str(row.quantity)} for row in lot.stocks.all()]


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """A hold on a unit or a lot."""

    unit = serializers.CharField(source="unit.tag", default=None)
    lot = serializers.CharField(source="lot.tag", default=None)
    placed_by = serializers.UUIDField(source="placed_by.pseudonym")

    class Meta:
        model = Hold
        fields = ("id", "number", "unit", "lot", "reason", "placed_at", "placed_by", "released_at", "release_reason")
        read_only_fields = fields


class ShipNoticeSerializer(serializers.ModelSerializer[ShipNotice]):
    """A ship notice, expected against received."""

    supplier = serializers.CharField(source="supplier.code")
    line_count = serializers.IntegerField()
    expected = serializers.DecimalField(max_digits=20, decimal_places=4)
    received = serializers.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        model = ShipNotice
        fields = (
            "id", "number", "supplier", "order_number", "ordered_at", "shipped_at", "file_name", "file_sha256",
            "imported_at", "line_count", "expected", "received",
        )  # fmt: skip
        read_only_fields = fields


class LineGroupSerializer(serializers.Serializer[LineGroup]):
    """What is announced of one part and lot for one promised day, against what came."""

    part_number = serializers.CharField()
    revision = serializers.CharField()
    lot_number = serializers.CharField()
    line_id = serializers.IntegerField()
    expires_on = serializers.DateField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    expected = serializers.DecimalField(max_digits=20, decimal_places=4)
    received = serializers.DecimalField(max_digits=20, decimal_places=4)


class ScanConflictSerializer(serializers.ModelSerializer[ScanConflict]):
    """A refused scan that waits for a person, or is settled."""

    station = serializers.CharField(source="session.station.code")
    scanned_by = serializers.UUIDField(source="session.user.pseudonym")
    settled_by = serializers.UUIDField(source="settled_by.pseudonym", default=None)

    class Meta:
        model = ScanConflict
        fields = (
            "id", "act", "kind", "station", "scanned_by", "text", "happened_at", "raised_at", "code", "wrong",
            "act_wanted", "settled_at", "settled_by", "how", "reason", "again",
        )  # fmt: skip
        read_only_fields = fields


class DiscrepancySerializer(serializers.ModelSerializer[Discrepancy]):
    """A difference between a ship notice and what came."""

    notice = serializers.CharField(source="notice.number")
    supplier = serializers.CharField(source="notice.supplier.code")
    line = serializers.IntegerField(source="line.number", default=None)
    part = serializers.CharField(source="line.part.number", default=None)
    unit = serializers.CharField(source="unit.tag", default=None)
    hold = serializers.CharField(source="hold.number", default=None)
    photos = serializers.SerializerMethodField()

    class Meta:
        model = Discrepancy
        fields = (
            "id", "number", "notice", "supplier", "line", "part", "unit", "hold", "kind", "quantity", "seen", "text",
            "found_at", "photos", "settlement", "settlement_reason", "settled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_photos(self, found: Discrepancy) -> list[int]:
        return found.photo_ids or []  # type: ignore[attr-defined]


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    """An incoming inspection: how much of what is looked at, how far it is, its verdict."""

    part = serializers.CharField(source="part.number")
    supplier = serializers.CharField(source="supplier.code")
    notice = serializers.CharField(source="notice.number")
    lot = serializers.CharField(source="lot.number", default=None)
    plan = serializers.CharField(source="plan.code")
    plan_revision = serializers.IntegerField(source="plan.revision")
    origin = serializers.CharField(source="origin.number", default=None)
    judged_by = serializers.CharField(source="judged_by.name", default=None)
    free = serializers.BooleanField(source="is_free")

    class Meta:
        model = Inspection
        fields: tuple[str, ...] = (
            "id", "number", "kind", "part", "supplier", "notice", "lot", "plan", "plan_revision", "origin", "lot_size",
            "sample", "accept", "inspected", "nonconforming", "opened_at", "verdict", "remarks", "judged_at",
            "judged_by", "conceded_at", "conceded_why", "free",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class PointResultSerializer(serializers.ModelSerializer[PointResult]):
    """What a piece showed at one point."""

    point = serializers.IntegerField(source="point.number")

    class Meta:
        model = PointResult
        fields = ("point", "ok", "value")
        read_only_fields = fields


class InspectedPieceSerializer(serializers.ModelSerializer[InspectedPiece]):
    """One piece that was looked at."""

    unit = serializers.CharField(source="unit.tag", default=None)
    results = PointResultSerializer(many=True)
    photos = serializers.ListField(source="photo_ids", child=serializers.IntegerField())

    class Meta:
        model = InspectedPiece
        fields = ("number", "unit", "ok", "defect", "results", "photos", "at", "withdrawn_at")
        read_only_fields = fields


class SamplingLineSerializer(serializers.ModelSerializer[SamplingLine]):
    """For lots from so many pieces: how many are looked at, accepted at most."""

    class Meta:
        model = SamplingLine
        fields = ("lot_from", "lot_to", "sample", "accept")
        read_only_fields = fields


class SamplingPlanSerializer(serializers.ModelSerializer[SamplingPlan]):
    """A revision of a sampling plan with its lines."""

    lines = SamplingLineSerializer(many=True)

    class Meta:
        model = SamplingPlan
        fields = (
            "id", "code", "revision", "name_ja", "name_en", "standard", "kind", "version", "released_at", "lines",
        )  # fmt: skip
        read_only_fields = fields

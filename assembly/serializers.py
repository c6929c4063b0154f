"""Shapes of the API's answers about builds."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from assembly.models import AndonCall, ColumnMap, Kit, Nonconformity, TelemetryFile
from assembly.queries.kits import LineState
from assembly.queries.racks import BuildRow
from assembly.queries.route import OperationState
from assembly.queries.slots import FilledSlot
from assembly.text import report_words


class BuildSerializer(serializers.Serializer[BuildRow]):
    """A build as a list shows it; `trays`: filled and all places by kind of slot."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    tag = serializers.CharField()
    kind = serializers.CharField()
    design = serializers.CharField()
    product = serializers.CharField()
    order_number = serializers.CharField()
    need_by = serializers.DateField(allow_null=True)
    operation = serializers.IntegerField(allow_null=True)
    operation_name = serializers.CharField()
    stage = serializers.CharField()
    running = serializers.BooleanField()
    state = serializers.CharField()
    since = serializers.DateTimeField()
    updated = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    trays = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))


class SlotSerializer(serializers.Serializer[FilledSlot]):
    """A slot and what sits in it."""

    id = serializers.IntegerField()
    position = serializers.CharField()
    kind = serializers.CharField()
    ru = serializers.IntegerField(allow_null=True)
    slot_number = serializers.IntegerField(allow_null=True)
    tray_index = serializers.IntegerField(allow_null=True)
    required = serializers.BooleanField()  # type: ignore[assignment]
    part = serializers.CharField(source="part_number")
    state = serializers.CharField()
    unit_id = serializers.IntegerField(allow_null=True)
    serial = serializers.CharField()
    tag = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    earlier = serializers.IntegerField()


class OperationSerializer(serializers.Serializer[OperationState]):
    """An operation of a build's route: its state, the run that stands, what is still to be signed."""

    number = serializers.IntegerField(source="operation.number")
    name = serializers.CharField(source="operation.name")
    kind = serializers.CharField(source="operation.kind")
    stage = serializers.CharField(source="operation.stage")
    state = serializers.CharField()
    attempts = serializers.SerializerMethodField()
    run_id = serializers.SerializerMethodField()
    missing_signs = serializers.ListField(child=serializers.CharField())

    def get_attempts(self, state: OperationState) -> int:
        return len(state.runs)

    def get_run_id(self, state: OperationState) -> int | None:
        return state.latest.pk if state.latest else None


class NonconformitySerializer(serializers.Serializer[Any]):
    """A nonconformity."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    build_id = serializers.IntegerField()
    build = serializers.CharField(source="build.unit.name")
    unit_id = serializers.IntegerField()
    unit = serializers.CharField(source="unit.name")
    run_id = serializers.IntegerField(allow_null=True)
    defect_code = serializers.CharField()
    text = serializers.SerializerMethodField()
    cause = serializers.CharField(source="cause.code", default=None)
    opened_at = serializers.DateTimeField()
    disposition = serializers.CharField(allow_null=True)
    disposition_reason = serializers.CharField()
    disposed_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_text(self, report: Nonconformity) -> str:
        return report_words(report)


class AndonCallSerializer(serializers.Serializer[AndonCall]):
    """A call: where, why, who raised, acknowledged and resolved it, and when. People by login name."""

    number = serializers.CharField()
    station = serializers.CharField(source="station.code")
    unit = serializers.CharField(source="build.unit.name", allow_null=True, default=None)
    reason = serializers.CharField()
    text = serializers.CharField()
    raised_at = serializers.DateTimeField()
    raised_by = serializers.CharField(source="raised_by.username")
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", allow_null=True, default=None)
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolved_by = serializers.CharField(source="resolved_by.username", allow_null=True, default=None)
    outcome = serializers.CharField()


class ColumnMapSerializer(serializers.ModelSerializer[ColumnMap]):
    """A column map by its newest revision."""

    column_count = serializers.IntegerField()

    class Meta:
        model = ColumnMap
        fields = ("id", "code", "name", "revision", "column_count", "made_at", "retired_at")
        read_only_fields = fields


class KitSerializer(serializers.ModelSerializer[Kit]):
    """A kit and how far it is."""

    build = serializers.IntegerField(source="build_id")
    unit = serializers.CharField(source="build.unit.name")
    location = serializers.CharField(source="location.code")
    line_count = serializers.IntegerField()
    done_count = serializers.IntegerField()

    class Meta:
        model = Kit
        fields = (
            "id", "number", "build", "unit", "location", "opened_at", "completed_at", "cancelled_at", "cancelled_why",
            "line_count", "done_count",
        )  # fmt: skip
        read_only_fields = fields


class KitLineSerializer(serializers.Serializer[LineState]):
    """A line of a kit, and where the next of it lies."""

    number = serializers.IntegerField(source="line.number")
    part = serializers.CharField(source="line.part.number")
    position = serializers.CharField(source="line.slot.position", default=None)
    quantity = serializers.DecimalField(source="line.quantity", max_digits=14, decimal_places=4)
    left = serializers.DecimalField(max_digits=14, decimal_places=4)
    short = serializers.BooleanField()
    place = serializers.CharField(source="next.place", default=None)
    code = serializers.CharField(source="next.name", default=None)
    picks = serializers.SerializerMethodField()

    def get_picks(self, state: LineState) -> list[dict[str, object]]:
        return [
            {
                "id": pick.pk,
                "unit": pick.picked_unit.tag if pick.picked_unit else None,
                "lot": pick.lot.number if pick.lot else None,
                "quantity": str(pick.quantity),
            }
            for pick in state.picks
        ]


class TelemetryFileSerializer(serializers.ModelSerializer[TelemetryFile]):
    """A telemetry file: `state` received, being_read, read or refused (`why`); `at_byte` of `size` is read."""

    cell = serializers.CharField(source="burn_in.cell.code")
    state = serializers.SerializerMethodField()

    class Meta:
        model = TelemetryFile
        fields = (
            "id", "name", "sha256", "size", "burn_in", "cell", "received_at", "state", "at_byte", "counts", "ended_at",
            "why",
        )  # fmt: skip
        read_only_fields = fields

    def get_state(self, file: TelemetryFile) -> str:
        if file.ended_at is not None:
            return "refused" if file.why else "read"
        return "being_read" if file.pieces else "received"

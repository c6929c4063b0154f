"""The API of logistics: shipments and milestones to read, the comparison, and an endpoint for each operation."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents import files
from inventory.forms import searched
from ledger.doors import caller_from, endpoint, new_key
from ledger.refusals import BadInput, NotPermitted
from logistics.api_rights import READERS
from logistics.comparison_forms import CompareForm, wish_of
from logistics.forms import CarrierFileForm, RecallForm, asked_of
from logistics.lead_times.calibration import coverage_of
from logistics.models import Carrier, CarrierFile, Milestone, SavedComparison, ScenarioRevision, Shipment, ShipmentCrate
from logistics.operations.carrier_files import import_carrier_file
from logistics.queries.calibration import calibration_record
from logistics.queries.carrier_files import carrier_file_rows
from logistics.queries.comparison import compare_page
from logistics.queries.own_scenarios import choices_for, scenario_rows
from logistics.queries.recalls import KINDS, PLACES, Affected, recall_answer
from logistics.queries.saved_comparisons import saved_rows
from logistics.queries.shipments import ShipmentFilter, shipment_rows
from logistics.serializers import (
    CarrierFileSerializer,
    MilestoneSerializer,
    SavedComparisonSerializer,
    ScenarioSerializer,
    ShipmentSerializer,
    WholeComparisonSerializer,
)

RECALL_ROWS = 1_000
"""Rows of one preview; the export of the page has all."""


class Shipments(generics.ListAPIView):  # type: ignore[type-arg]
    """Shipments, the newest first; `?text=`, `?state=` (planned, on_the_way, in_part, arrived, received), `?lane=`."""

    permission_classes = READERS
    serializer_class = ShipmentSerializer
    queryset = Shipment.objects.none()

    def get_queryset(self) -> QuerySet[Shipment]:
        asked = {name: self.request.query_params.get(name, "") for name in ("text", "state", "lane")}
        return with_crates(shipment_rows(ShipmentFilter(**asked)))


class OneShipment(generics.RetrieveAPIView):  # type: ignore[type-arg]
    """One shipment by its id."""

    permission_classes = READERS
    serializer_class = ShipmentSerializer

    def get_queryset(self) -> QuerySet[Shipment]:
        return with_crates(shipment_rows())


_CRATES = ShipmentCrate.objects.select_related("crate", "arrival", "missing")


def with_crates(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """With the SSCCs of the crates: one more query a page."""
    return rows.prefetch_related(Prefetch("crates", _CRATES.order_by("crate__sscc"), to_attr="crate_rows"))


class Milestones(generics.ListAPIView):  # type: ignore[type-arg]
    """The milestones of a shipment, the newest first."""

    permission_classes = READERS
    serializer_class = MilestoneSerializer
    queryset = Milestone.objects.none()

    def get_queryset(self) -> QuerySet[Milestone]:
        return Milestone.objects.with_order().filter(shipment_id=self.kwargs["shipment_id"]).select_related("leg")


class Compare(APIView):
    """The lead-time comparison as the page shows it: days from kit ready to the end of site receiving."""

    permission_classes = READERS

    @extend_schema(
        parameters=[
            OpenApiParameter(name, OpenApiTypes.NUMBER)
            for name in ("racks", "need_by_days", "month", "inbound_p50", "first_pass_yield", "late_yen", "early_yen")
        ]
        + [OpenApiParameter("against", OpenApiTypes.STR, many=True)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        own = choices_for(request.query_params.getlist("against"))
        form = CompareForm(request.query_params or None, own=own)
        if form.is_bound and not form.is_valid():
            faults = {name: [str(one) for one in found] for name, found in form.errors.items()}
            raise BadInput("; ".join(f"{name}: {' '.join(found)}" for name, found in faults.items()), fields=faults)
        facts = compare_page(wish_of(form), timezone.now())
        answer = json.loads(facts.comparison.as_json())
        stays = {
            stage: {"closed": own.statistics.n_closed, "open": own.statistics.n_open, "p50_days": own.statistics.p50}
            for stage, own in facts.days.items()
        }
        return Response(answer | {"own_stays": stays, "as_of": facts.as_of, "racks": facts.wish.racks})


class OwnScenarios(generics.ListAPIView):  # type: ignore[type-arg]
    """Scenarios of the plant's own, the newest revision of each by name, with what differs from the base; `?q=`,
    `?state=` (used, retired). `code` is what `against` of the comparison takes."""

    permission_classes = READERS
    serializer_class = ScenarioSerializer
    queryset = ScenarioRevision.objects.none()

    def get_queryset(self) -> QuerySet[ScenarioRevision]:
        asked = self.request.query_params
        return scenario_rows(searched(asked.get("q")), searched(asked.get("state")))


class SavedComparisons(generics.ListAPIView):  # type: ignore[type-arg]
    """Comparisons that were saved, the newest first; `?q=` a number or a part of the name."""

    permission_classes = READERS
    serializer_class = SavedComparisonSerializer
    queryset = SavedComparison.objects.none()

    def get_queryset(self) -> QuerySet[SavedComparison]:
        return saved_rows(searched(self.request.query_params.get("q")))


class OneSavedComparison(generics.RetrieveAPIView):  # type: ignore[type-arg]
    """One by its id, with everything that was kept: `facts` is the text whose SHA-256 is `facts_sha256`."""

    permission_classes = READERS
    serializer_class = WholeComparisonSerializer
    queryset = SavedComparison.objects.all()


class ForecastRecord(APIView):
    """How forecasts came true: first claims of each rack that have fallen due and were kept, by level, with the band of
    an honest forecast. As they were given, or with `?of=again` recomputed for past days."""

    permission_classes = READERS

    @extend_schema(
        operation_id="forecast_record",
        parameters=[OpenApiParameter("of", OpenApiTypes.STR)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        record = calibration_record(timezone.now(), again=request.query_params.get("of") == "again")
        levels = [asdict(row) for row in coverage_of(record.claims, record.as_of)]
        counts = {"as_of": record.as_of, "kept": record.kept, "claims": len(record.claims)}
        taught = asdict(record.recalibration) | {"is_on": record.recalibration.is_on, "since": record.since}
        return Response(counts | {"levels": levels, "recalibration": taught})


class RecallPreview(APIView):
    """Everything that a criterion hits, with paths: `?kind=lots|serials|supplier|station|tool|operator|firmware`,
    `names` (one a line), `part`, `from_on`, `to_on` (days), `as_of` (a date and time), `ever=on`. At most
    1,000 rows."""

    permission_classes = READERS

    @extend_schema(
        operation_id="recall_preview",
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR)
            for name in ("kind", "names", "part", "from_on", "to_on", "as_of", "ever")
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        form = RecallForm(request.query_params)
        if not form.is_valid():
            faults = {name: [str(one) for one in found] for name, found in form.errors.items()}
            raise BadInput("; ".join(f"{name}: {' '.join(found)}" for name, found in faults.items()), fields=faults)
        asked = asked_of(form)
        answer = recall_answer(asked.criterion, asked.as_of, ever=asked.ever)
        return Response(
            {
                "racks": answer.count("rack"),
                "trays": answer.count("tray"),
                "loose": answer.count("loose"),
                "places": {place: {kind: answer.count(kind, place) for kind in KINDS} for place in PLACES},
                "lots": [lot.tag for lot in answer.lots],
                "unknown": answer.starts.unknown,
                "rows": [_affected(row) for row in answer.rows[:RECALL_ROWS]],
                "more_rows": max(0, len(answer.rows) - RECALL_ROWS),
            }
        )


def _affected(row: Affected) -> dict[str, Any]:
    return {
        "tag": row.thing.tag,
        "serial": row.thing.serial,
        "kind": row.kind,
        "place": row.place,
        "location": row.location_code,
        "crate": row.crate.name if row.crate else None,
        "held": row.thing.is_held,
        "paths": [
            {
                "how": path.start.how,
                "what": path.start.what,
                "detail": path.start.detail,
                "quantity": path.start.quantity,
                "units": [thing.tag for thing in path.units],
                "positions": [step.position for step in path.steps],
                "past": path.is_past,
            }
            for path in row.paths
        ],
    }


class CarrierFiles(generics.ListAPIView):  # type: ignore[type-arg]
    """Carriers' files that were taken, the newest first; POST one (multipart, fields `carrier` and `file`) to read it
    in."""

    permission_classes = READERS
    serializer_class = CarrierFileSerializer
    queryset = CarrierFile.objects.none()

    def get_queryset(self) -> QuerySet[CarrierFile]:
        asked = self.request.query_params
        return carrier_file_rows(searched(asked.get("q")), searched(asked.get("carrier")))

    @extend_schema(
        operation_id="import_carrier_file_upload",
        tags=["logistics"],
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"carrier": {"type": "string"}, "file": {"type": "string", "format": "binary"}},
            }
        },
        responses={201: dict},
    )
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("logistics.report_milestone"):
            raise NotPermitted("logistics.report_milestone")  # before anything is read or stored
        carriers = [(code, code) for code in Carrier.objects.values_list("code", flat=True)]
        form = CarrierFileForm(data=request.data, files=request.FILES, carriers=carriers)
        if not form.is_valid():
            why = {name: [str(one) for one in found] for name, found in form.errors.items()}
            raise BadInput("; ".join(f"{name}: {' '.join(found)}" for name, found in why.items()), fields=why)
        upload = form.cleaned_data["file"]
        caller = caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key())
        result = import_carrier_file(
            caller=caller, carrier_code=form.cleaned_data["carrier"], file_sha256=files.put(upload.read()),
            file_name=str(upload.name),
        )  # fmt: skip
        return Response(result, status=200 if result["already"] else 201)


def _post(address: str, name: str, *arguments: str) -> Any:
    suffix = address.rstrip("/").rpartition("/")[2].replace("-", "_")
    return path(address, endpoint(f"logistics.{name}", arguments), name=f"api_logistics_{name}_{suffix}")


API_URLS = [
    path("shipments/", Shipments.as_view(), name="api_shipments"),
    path("shipments/<int:pk>/", OneShipment.as_view(), name="api_shipment"),
    path("shipments/<int:shipment_id>/milestones/", Milestones.as_view(), name="api_milestones"),
    path("lead-times/compare/", Compare.as_view(), name="api_lead_times_compare"),
    path("lead-times/record/", ForecastRecord.as_view(), name="api_forecast_record"),
    _post("racks/packing/", "pack_rack"),
    _post("shipments/plan/", "plan_shipment"),
    _post("shipments/<int:shipment_id>/crates/", "assign_crates", "shipment_id"),
    _post("shipments/<int:shipment_id>/crates/withdrawal/", "withdraw_crates", "shipment_id"),
    _post("shipments/<int:shipment_id>/departure/", "depart_shipment", "shipment_id"),
    _post("places/", "place_on_map"),
    _post("work-limits/", "limit_work"),
    _post("milestones/", "report_milestone"),
    _post("milestones/<int:milestone_id>/review/", "review_milestone", "milestone_id"),
    path("carrier-files/", CarrierFiles.as_view(), name="api_carrier_files"),
    _post("carrier-files/words/", "define_carrier_words"),
    _post("carrier-files/words/retirement/", "retire_carrier_word"),
    _post("shipments/<int:shipment_id>/waybills/", "record_waybill", "shipment_id"),
    _post("shipments/<int:shipment_id>/arrival/", "arrive_shipment", "shipment_id"),
    _post("shipments/<int:shipment_id>/export-check/", "check_shipment_export", "shipment_id"),
    _post("shipments/<int:shipment_id>/receiving/", "finish_receiving", "shipment_id"),
    _post("shipments/<int:shipment_id>/receiving-in-part/", "receive_crates", "shipment_id"),
    _post("part-arrivals/", "arrive_in_part"),
    _post("late-arrivals/", "arrive_late"),
    _post("acceptances/", "accept_rack"),
    path("lead-times/scenarios/", OwnScenarios.as_view(), name="api_own_scenarios"),
    _post("lead-times/scenarios/saving/", "save_scenario"),
    _post("lead-times/scenarios/<int:scenario_id>/retirement/", "retire_scenario", "scenario_id"),
    path("lead-times/comparisons/", SavedComparisons.as_view(), name="api_saved_comparisons"),
    path("lead-times/comparisons/<int:pk>/", OneSavedComparison.as_view(), name="api_saved_comparison"),
    _post("lead-times/comparisons/saving/", "save_comparison"),
    _post("forecasts/", "record_forecasts"),
    path("recalls/preview/", RecallPreview.as_view(), name="api_recall_preview"),
    _post("recalls/", "start_recall"),
    _post("recalls/<str:number>/widening/", "widen_recall", "number"),
]

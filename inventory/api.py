"""The API of parts, units, lots and ship notices: lists by cursor, genealogy, recall, and one address an operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents import files
from inventory.forms import FileForm, searched
from inventory.models import Discrepancy, Hold, Inspection, Lot, SamplingPlan, ScanConflict, ShipNotice, Unit
from inventory.operations.ship_notices import import_ship_notice
from inventory.queries.discrepancies import discrepancy_rows
from inventory.queries.genealogy import Named, Node, Step, genealogy_down, genealogy_up
from inventory.queries.inspections import inspection_rows, pieces_of, plan_rows
from inventory.queries.notices import notice_groups, notice_rows
from inventory.queries.recall import recall_of_lot
from inventory.queries.scan_conflicts import conflict_rows
from inventory.queries.units import UnitFilter, narrowed, unit_rows
from inventory.serializers import (
    DiscrepancySerializer,
    HoldSerializer,
    InspectedPieceSerializer,
    InspectionSerializer,
    LineGroupSerializer,
    LotSerializer,
    SamplingPlanSerializer,
    ScanConflictSerializer,
    ShipNoticeSerializer,
    UnitDetailSerializer,
    UnitSerializer,
)
from ledger.doors import caller_from, endpoint, new_key
from ledger.refusals import BadInput, NotPermitted
from ledger.shapes import CENTURIES


class MayRead(BasePermission):
    """Whoever may read inventory."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.has_perm("inventory.read"))


class Reading(APIView):
    """What the reading addresses share."""

    permission_classes = (MayRead,)


class UnitFilters(django_filters.FilterSet):  # type: ignore[misc]
    """Filters of the list of units."""

    q = django_filters.CharFilter(method="by_text")
    tag = django_filters.CharFilter()
    serial = django_filters.CharFilter()
    part = django_filters.CharFilter(field_name="part__number")
    kind = django_filters.CharFilter(field_name="part__kind")
    supplier = django_filters.CharFilter(field_name="supplier__code")
    location = django_filters.CharFilter(method="by_location")
    state = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ("free", "fitted", "held", "ended")], method="by_state"
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Unit], _name: str, value: str) -> QuerySet[Unit]:
        return narrowed(rows, UnitFilter(text=value))

    def by_location(self, rows: QuerySet[Unit], _name: str, value: str) -> QuerySet[Unit]:
        return narrowed(rows, UnitFilter(location=value))

    def by_state(self, rows: QuerySet[Unit], _name: str, value: str) -> QuerySet[Unit]:
        return narrowed(rows, UnitFilter(state=value))


class UnitList(Reading, ListAPIView[Unit]):
    """Units, newest first."""

    serializer_class = UnitSerializer
    filterset_class = UnitFilters
    queryset = Unit.objects.none()

    def get_queryset(self) -> QuerySet[Unit]:
        return unit_rows(UnitFilter())


class UnitDetail(Reading, RetrieveAPIView[Unit]):
    """One unit with its identifiers."""

    serializer_class = UnitDetailSerializer
    queryset = Unit.objects.none()

    def get_queryset(self) -> QuerySet[Unit]:
        return unit_rows(UnitFilter()).prefetch_related("identifiers")


AS_OF = OpenApiParameter("as_of", str, description="A date and time with its zone; without it: now.")


class Genealogy(Reading):
    """What is inside a unit, at any depth, at an instant."""

    @extend_schema(operation_id="unit_genealogy", tags=["inventory"], parameters=[AS_OF], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, pk: int) -> Response:
        unit, as_of = get_object_or_404(Unit, pk=pk), read_as_of(request)
        children = [_node(node) for node in genealogy_down(unit.pk, as_of)]
        return Response(
            {"unit": {"id": unit.pk, "tag": unit.tag, "serial": unit.serial}, "as_of": as_of, "children": children}
        )


class WhereUsed(Reading):
    """What a unit is inside of, the nearest first, ending with the place."""

    @extend_schema(operation_id="unit_where_used", tags=["inventory"], parameters=[AS_OF], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, pk: int) -> Response:
        unit, as_of = get_object_or_404(Unit, pk=pk), read_as_of(request)
        steps = [_step(step) for step in genealogy_up(unit.pk, as_of)]
        return Response(
            {"unit": {"id": unit.pk, "tag": unit.tag, "serial": unit.serial}, "as_of": as_of, "hosts": steps}
        )


def read_as_of(request: Request) -> datetime | None:
    """The instant asked for. Refuses BadInput."""
    text = request.query_params.get("as_of", "")
    if not text:
        return None
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in CENTURIES:
        say = _("A date and time with its zone is expected, such as 2026-11-20T16:05:00+09:00.")
        raise BadInput(say, fields={"as_of": [say]})
    return moment


def _named(unit: Named) -> dict[str, Any]:
    return {
        "id": unit.unit_id,
        "tag": unit.tag,
        "serial": unit.serial,
        "part": unit.part_number,
        "revision": unit.revision,
        "kind": unit.kind,
        "held": unit.is_held,
    }


def _node(node: Node) -> dict[str, Any]:
    period = {"position": node.position, "from_at": node.from_at, "to_at": node.to_at, "event": node.event_id}
    return _named(node.unit) | period | {"children": [_node(child) for child in node.children]}


def _step(step: Step) -> dict[str, Any]:
    return {
        "unit": _named(step.host) if step.host else None,
        "position": step.position or None,
        "location": step.location_code or None,
        "from_at": step.from_at,
        "to_at": step.to_at,
        "event": step.event_id,
    }


class LotList(Reading, ListAPIView[Lot]):
    """Lots, newest first; `?number=` and `?part=`."""

    serializer_class = LotSerializer
    filterset_fields = {"number": ["exact"], "tag": ["exact"], "part__number": ["exact"]}
    queryset = Lot.objects.select_related("part", "supplier").prefetch_related("stocks__location")


class Recall(Reading):
    """Every unit that a lot is in, and what it sits in now."""

    @extend_schema(operation_id="lot_recall", tags=["inventory"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, pk: int) -> Response:
        lot = get_object_or_404(Lot, pk=pk)
        hits = [hit._asdict() for hit in recall_of_lot(lot.pk)]
        return Response({"lot": {"id": lot.pk, "tag": lot.tag, "number": lot.number}, "units": hits})


class HoldList(Reading, ListAPIView[Hold]):
    """Holds, newest first; `?open=true` for those not released."""

    serializer_class = HoldSerializer
    queryset = Hold.objects.none()

    def get_queryset(self) -> QuerySet[Hold]:
        rows = Hold.objects.select_related("unit", "lot", "placed_by")
        return rows.filter(Q(released_at=None)) if self.request.query_params.get("open") == "true" else rows


class ScanConflictList(Reading, ListAPIView[ScanConflict]):
    """Refused scans, newest first; `?state=open` or `settled`, `?station=`, `?q=`."""

    serializer_class = ScanConflictSerializer
    queryset = ScanConflict.objects.none()

    def get_queryset(self) -> QuerySet[ScanConflict]:
        asked = self.request.query_params
        return conflict_rows(
            text=searched(asked.get("q")), state=asked.get("state", ""), station=searched(asked.get("station"))
        )


class ShipNoticeList(Reading, ListAPIView[ShipNotice]):
    """Ship notices, newest first; POST a file (multipart, field `file`) to import it."""

    serializer_class = ShipNoticeSerializer
    queryset = ShipNotice.objects.none()

    def get_queryset(self) -> QuerySet[ShipNotice]:
        return notice_rows(
            text=searched(self.request.query_params.get("q")), state=self.request.query_params.get("state", "")
        )

    @extend_schema(  # type: ignore[untyped-decorator]
        operation_id="import_ship_notice_file",
        tags=["inventory"],
        request={
            "multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        },
        responses={201: dict},
    )
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("inventory.import_ship_notice"):
            raise NotPermitted("inventory.import_ship_notice")  # before anything is read or stored
        form = FileForm(data={}, files=request.FILES)
        if not form.is_valid():
            why = [str(fault) for faults in form.errors.values() for fault in faults]
            raise BadInput(" ".join(why), fields={"file": why})
        upload = form.cleaned_data["file"]
        caller = caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key())
        result = import_ship_notice(caller=caller, file_sha256=files.put(upload.read()), file_name=str(upload.name))
        return Response(result, status=200 if result["already"] else 201)


class ShipNoticeDetail(Reading):
    """One ship notice, expected against received by part and lot."""

    @extend_schema(operation_id="ship_notice", tags=["inventory"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, pk: int) -> Response:
        notice = get_object_or_404(notice_rows(), pk=pk)
        lines = LineGroupSerializer(notice_groups(pk), many=True).data  # type: ignore[arg-type]
        return Response({**ShipNoticeSerializer(notice).data, "lines": lines})


class DiscrepancyList(Reading, ListAPIView[Discrepancy]):
    """Differences between ship notices and what came, newest first; `?state=open`, `?kind=`, `?q=`."""

    serializer_class = DiscrepancySerializer
    queryset = Discrepancy.objects.none()

    def get_queryset(self) -> QuerySet[Discrepancy]:
        asked = self.request.query_params
        return discrepancy_rows(text=searched(asked.get("q")), state=asked.get("state", ""), kind=asked.get("kind", ""))


class InspectionList(Reading, ListAPIView[Inspection]):
    """Incoming inspections, newest first; `?state=waiting`, `accepted`, `rejected`, `?supplier=`, `?q=`."""

    serializer_class = InspectionSerializer
    queryset = Inspection.objects.none()

    def get_queryset(self) -> QuerySet[Inspection]:
        asked = self.request.query_params
        return inspection_rows(
            text=searched(asked.get("q")), state=asked.get("state", ""), supplier=searched(asked.get("supplier"))
        )


class InspectionDetail(Reading):
    """One incoming inspection with its pieces."""

    @extend_schema(operation_id="inspection", tags=["inventory"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, number: str) -> Response:
        found = get_object_or_404(inspection_rows(), number=number)
        pieces = InspectedPieceSerializer(pieces_of(found), many=True).data
        return Response({**InspectionSerializer(found).data, "pieces": pieces})


class SamplingPlanList(Reading, ListAPIView[SamplingPlan]):
    """Sampling plans, by code, the newest revision first; `?state=draft` or `released`, `?q=`."""

    serializer_class = SamplingPlanSerializer
    queryset = SamplingPlan.objects.none()

    def get_queryset(self) -> QuerySet[SamplingPlan]:
        asked = self.request.query_params
        rows = plan_rows(text=searched(asked.get("q")), state=asked.get("state", ""))
        return rows.prefetch_related("lines")


def _operation(address: str, name: str, *arguments: str) -> Any:
    return path(address, endpoint(f"inventory.{name}", arguments), name=f"api_{name}")


API_URLS = [
    path("units/", UnitList.as_view(), name="api_units"),
    path("units/<int:pk>/", UnitDetail.as_view(), name="api_unit"),
    path("units/<int:pk>/genealogy/", Genealogy.as_view(), name="api_genealogy"),
    path("units/<int:pk>/where-used/", WhereUsed.as_view(), name="api_where_used"),
    path("lots/", LotList.as_view(), name="api_lots"),
    path("lots/<int:pk>/recall/", Recall.as_view(), name="api_recall"),
    path("holds/", HoldList.as_view(), name="api_holds"),
    path("scan-conflicts/", ScanConflictList.as_view(), name="api_scan_conflicts"),
    path("ship-notices/", ShipNoticeList.as_view(), name="api_ship_notices"),
    path("ship-notices/<int:pk>/", ShipNoticeDetail.as_view(), name="api_ship_notice"),
    _operation("ship-notices/<int:notice_id>/receipt/", "receive_notice", "notice_id"),
    _operation("ship-notice-lines/<int:line_id>/receipt/", "receive_lot", "line_id"),
    path("discrepancies/", DiscrepancyList.as_view(), name="api_discrepancies"),
    _operation("ship-notices/<int:notice_id>/discrepancies/", "report_discrepancy", "notice_id"),
    _operation("discrepancies/<str:number>/settlement/", "settle_discrepancy", "number"),
    path("inspections/", InspectionList.as_view(), name="api_inspections"),
    path("inspections/<str:number>/", InspectionDetail.as_view(), name="api_inspection"),
    path("sampling-plans/", SamplingPlanList.as_view(), name="api_sampling_plans"),
    _operation("inspections/<str:number>/pieces/", "inspect_piece", "number"),
    _operation("inspections/<str:number>/pieces/<int:piece>/taking-back/", "take_back_piece", "number", "piece"),
    _operation("inspections/<str:number>/verdict/", "judge_inspection", "number"),
    _operation("inspections/<str:number>/sorting/", "sort_inspection", "number"),
    _operation("inspections/<str:number>/special-acceptance/", "concede_inspection", "number"),
    _operation("sampling-plans/<str:code>/draft/", "draft_sampling_plan", "code"),
    _operation("sampling-plans/<str:code>/release/", "release_sampling_plan", "code"),
    _operation("sampling-rules/", "assign_sampling_plan"),
    _operation("goods-receipts/", "receive_unit"),
    _operation("goods-receipts/bulk/", "receive_units"),
    _operation("unit-moves/", "move_units"),
    _operation("units/<int:unit_id>/identifiers/", "add_identifier", "unit_id"),
    _operation("identifiers/<int:identifier_id>/closing/", "close_identifier", "identifier_id"),
    _operation("unit-endings/", "end_unit"),
    _operation("holds/placing/", "place_hold"),
    _operation("holds/placing/bulk/", "place_holds"),
    _operation("holds/<str:number>/release/", "release_hold", "number"),
    _operation("scan-conflicts/<int:conflict_id>/settlement/", "settle_scan", "conflict_id"),
    _operation("returns/", "request_return"),
    _operation("returns/<str:number>/check/", "check_return", "number"),
    _operation("returns/<str:number>/departure/", "send_return", "number"),
    _operation("returns/<str:number>/settlement/", "settle_return", "number"),
    _operation("recalls/<str:number>/closing/", "close_recall", "number"),
    _operation("stock-moves/", "move_stock"),
    _operation("consumptions/", "consume_lot"),
    _operation("consumptions/bulk/", "consume_lots"),
    _operation("suppliers/", "define_supplier"),
    _operation("parts/", "define_part"),
    _operation("parts/bulk/", "define_parts"),
    _operation("boms/", "release_bom"),
    _operation("parts/<int:part_id>/", "edit_part", "part_id"),
    _operation("parts/<int:part_id>/revisions/", "revise_part", "part_id"),
    _operation("parts/<int:part_id>/aliases/", "add_part_alias", "part_id"),
    _operation("suppliers/<int:supplier_id>/", "edit_supplier", "supplier_id"),
    _operation("bom-drafts/", "draft_bom"),
    _operation("bom-drafts/<int:bom_id>/lines/<int:number>/", "put_bom_line", "bom_id", "number"),
    _operation("bom-drafts/<int:bom_id>/lines/<int:number>/removal/", "drop_bom_line", "bom_id", "number"),
    _operation("bom-drafts/<int:bom_id>/release/", "release_bom_draft", "bom_id"),
    _operation("bom-drafts/<int:bom_id>/discard/", "discard_bom_draft", "bom_id"),
    _operation("locations/", "define_location"),
    _operation("locations/bulk/", "define_locations"),
]

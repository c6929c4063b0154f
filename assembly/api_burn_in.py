"""The API of the burn-in room's plan: what is kept, and a proposal for the racks that wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assembly.api_rights import MayRead
from assembly.models import CellOutage, Reservation
from assembly.queries.burn_in_plan import waiting_for_cells
from assembly.queries.burn_in_proposal import MOST, ROAD_DAYS, Wanted, worked_out
from ledger.doors import endpoint


class ReservationSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A kept cell; `period` from (included) to (not included)."""

    cell = serializers.CharField(source="cell.code")
    rack = serializers.CharField(source="build.unit.name")
    build_id = serializers.IntegerField()
    from_at = serializers.DateTimeField(source="period.lower")
    to_at = serializers.DateTimeField(source="period.upper")

    class Meta:
        model = Reservation
        fields = ("id", "cell", "rack", "build_id", "from_at", "to_at", "kw", "lpm")


class PlacingSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A line of a proposal, as place_racks takes it, with its lateness in hours."""

    build_id = serializers.IntegerField()
    cell_code = serializers.CharField()
    from_at = serializers.DateTimeField()
    to_at = serializers.DateTimeField()
    instead_of = serializers.IntegerField()
    late_hours = serializers.IntegerField()


class ProposalSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A proposal: its lines, who has no place, and the weighted lateness against first come first served."""

    placings = PlacingSerializer(many=True)
    unplaced = serializers.DictField(child=serializers.CharField())
    late_hours = serializers.IntegerField()
    first_come_late_hours = serializers.IntegerField()
    at_least = serializers.IntegerField()


class ReservationList(ListAPIView):  # type: ignore[type-arg]
    """Cells that are kept now or later, the newest first."""

    permission_classes = (MayRead,)
    serializer_class = ReservationSerializer
    queryset = Reservation.objects.none()

    def get_queryset(self) -> QuerySet[Reservation]:
        rows = Reservation.objects.filter(cancelled_at=None, period__endswith__gt=timezone.now())
        return rows.select_related("cell", "build__unit")


class Proposal(APIView):
    """Where the waiting racks should go: nothing is kept by asking. 429 while another proposal is worked out."""

    permission_classes = (MayRead,)

    @extend_schema(  # type: ignore[untyped-decorator]
        operation_id="burn_in_proposal",
        tags=["assembly"],
        parameters=[OpenApiParameter("road", int), OpenApiParameter("again", bool)],
        responses={200: ProposalSerializer},
    )
    def get(self, request: Request) -> Response:
        road = request.query_params.get("road", "")
        days = int(road) if road.isascii() and road.isdecimal() and len(road) < 3 else ROAD_DAYS
        now = timezone.now()
        waiting = waiting_for_cells(now, days)[:MOST]
        wanted = Wanted(days, request.query_params.get("again") in ("1", "true"))
        plan = worked_out(now, waiting, wanted)
        if plan is None:
            raise Throttled(wait=5, detail=_("Another proposal is being worked out."))
        kept = {rack.build.pk: rack.reservation.pk for rack in waiting if rack.reservation is not None}
        answer: dict[str, Any] = {
            "placings": [
                {
                    "build_id": one.key,
                    "cell_code": one.cell,
                    "from_at": one.from_at,
                    "to_at": one.to_at,
                    "instead_of": kept.get(one.key, 0),
                    "late_hours": one.late // timedelta(hours=1),
                }
                for one in plan.placings
            ],
            "unplaced": {str(key): why for key, why in plan.unplaced.items()},
            "late_hours": plan.late_hours,
            "first_come_late_hours": plan.first_come_late_hours,
            "at_least": plan.at_least,
        }
        return Response(ProposalSerializer(answer).data)


class CellOutageSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A stretch in which a cell takes no rack, from (included) to (not included)."""

    cell = serializers.CharField(source="cell.code")
    from_at = serializers.DateTimeField(source="period.lower")
    to_at = serializers.DateTimeField(source="period.upper")

    class Meta:
        model = CellOutage
        fields = ("id", "cell", "from_at", "to_at", "reason")


class CellOutageList(ListAPIView, endpoint("assembly.block_cell").cls):  # type: ignore[type-arg, misc]
    """Cells that are out of service now or later, the newest first. POST takes one out."""

    permission_classes = (MayRead,)
    serializer_class = CellOutageSerializer
    queryset = CellOutage.objects.none()

    def get_queryset(self) -> QuerySet[CellOutage]:
        return CellOutage.objects.filter(ended_at=None, period__endswith__gt=timezone.now()).select_related("cell")


API_URLS = [
    path("cell-outages/", CellOutageList.as_view(), name="api_cell_outages"),
    path(
        "cell-outages/<int:outage_id>/end/",
        endpoint("assembly.unblock_cell", ("outage_id",)),
        name="api_unblock_cell",
    ),
    path("reservations/", ReservationList.as_view(), name="api_reservations"),
    path("burn-in-proposal/", Proposal.as_view(), name="api_burn_in_proposal"),
]

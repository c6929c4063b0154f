"""The API of quality figures: the same as on their pages, for the same parts of an address."""

from __future__ import annotations

import math
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assembly.models import ReferenceMark
from assembly.quality_forms import NUMBERS, TEXTS, Asked, asked_of, question_of
from assembly.queries.attempts import AttemptList
from assembly.queries.pareto import WAYS, pareto_of
from assembly.queries.process import process_of
from assembly.queries.reference_units import reference_marks
from assembly.queries.values import ValueSet, source_of, values_of
from assembly.queries.yields import Figure, yields_by_tool, yields_of
from ledger.doors import endpoint

LINES = 500
"""Attempts that one answer holds at most."""


class MayRead(BasePermission):
    """Whoever may read assembly."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.has_perm("assembly.read"))


ASKED = [
    *[OpenApiParameter(name, OpenApiTypes.DATE) for name in ("from", "to")],
    *[OpenApiParameter(name, OpenApiTypes.INT) for name in NUMBERS],
    *[OpenApiParameter(name, OpenApiTypes.STR) for name in TEXTS],
]


class FigureSerializer(serializers.Serializer[Figure]):
    """Counts of attempts, and the yield with its 95 % interval by Wilson, as fractions; null of no attempt."""

    n = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    later = serializers.IntegerField()
    aborted = serializers.IntegerField()
    station = serializers.IntegerField()
    reference = serializers.IntegerField()
    imported = serializers.IntegerField()
    first_pass_yield = serializers.FloatField(source="share.value", allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), source="share.interval", allow_null=True)


class OperationYieldSerializer(FigureSerializer):
    """The figure of one operation of a product's routing."""

    part = serializers.CharField()
    routing = serializers.CharField()
    operation = serializers.IntegerField()
    operation_id = serializers.IntegerField()


class RolledYieldSerializer(serializers.Serializer[Any]):
    """All operations of a product's routing multiplied; null while `missing` names operations without an attempt."""

    part = serializers.CharField(source="part.number")
    routing = serializers.CharField()
    rolled_yield = serializers.FloatField(source="value", allow_null=True)
    fewest = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.IntegerField())


class YieldSerializer(serializers.Serializer[Any]):
    """First-pass yield over plant days, both included."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    whole = FigureSerializer()
    operations = OperationYieldSerializer(many=True)
    rolled = RolledYieldSerializer(many=True)
    stations = serializers.DictField(child=FigureSerializer())
    tools = serializers.DictField(child=FigureSerializer())


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt and how it was judged; `turn` counts those of its unit that passed or failed."""

    run_id = serializers.IntegerField()
    unit = serializers.CharField()
    product = serializers.CharField()
    routing = serializers.CharField()
    operation = serializers.IntegerField()
    number = serializers.IntegerField()
    outcome = serializers.CharField()
    turn = serializers.IntegerField(allow_null=True)
    station = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    result = serializers.CharField(allow_null=True)
    imported = serializers.BooleanField()


class AttemptsSerializer(serializers.Serializer[Any]):
    """A slice of the attempts that fit, newest first; `count` is all of them."""

    count = serializers.IntegerField()
    results = AttemptSerializer(many=True)


class ReferenceMarkSerializer(serializers.ModelSerializer[ReferenceMark]):
    """A unit that verifies stations."""

    unit = serializers.CharField(source="unit.tag")
    serial = serializers.CharField(source="unit.serial")
    part = serializers.CharField(source="unit.part.number")

    class Meta:
        model = ReferenceMark
        fields = ("id", "unit", "serial", "part", "reason", "marked_at", "ended_at", "ended_why")


class YieldFigures(APIView):
    """First-pass yield: lifetime first attempts that ended in the days `from` to `to` (plant time), by the rule of the
    page. `station=-`: without a station."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="yields", tags=["assembly"], parameters=ASKED, responses=YieldSerializer)  # type: ignore[untyped-decorator]
    def get(self, request: Request) -> Response:
        wanted = _asked(request)
        found = yields_of(wanted.wish)
        operations = [
            {
                **FigureSerializer(row.figure).data,
                "part": row.part.number,
                "routing": str(row.operation.routing),
                "operation": row.operation.number,
                "operation_id": row.operation.pk,
            }
            for row in found.operations
        ]
        tools = yields_by_tool(wanted.wish)
        return Response(
            {
                "first_day": wanted.first,
                "last_day": wanted.last,
                "whole": FigureSerializer(found.whole).data,
                "operations": operations,
                "rolled": RolledYieldSerializer(found.rolled, many=True).data,  # type: ignore[arg-type]
                "stations": {code: FigureSerializer(figure).data for code, figure in found.stations.items()},
                "tools": {code: FigureSerializer(figure).data for code, figure in tools.items()},
            }
        )


class AttemptFigures(APIView):
    """The attempts behind a figure, newest first: `kind` as on the page, `offset`, and `limit` up to 500."""

    permission_classes = (MayRead,)
    slices = (OpenApiParameter("offset", OpenApiTypes.INT), OpenApiParameter("limit", OpenApiTypes.INT))

    @extend_schema(
        operation_id="attempts", tags=["assembly"], parameters=[*ASKED, *slices], responses=AttemptsSerializer
    )  # type: ignore[untyped-decorator]
    def get(self, request: Request) -> Response:
        rows = AttemptList(_asked(request).wish)
        offset = min(_whole(request, "offset", 0), 10**9)
        limit = min(_whole(request, "limit", 50), LINES)
        lines = AttemptSerializer(rows[offset : offset + limit], many=True).data  # type: ignore[arg-type]
        return Response({"count": rows.count(), "results": lines})


class BarSerializer(serializers.Serializer[Any]):
    """One key, how many attempts failed, of how many that passed or failed there, and the share of all up to here."""

    key = serializers.CharField()
    name = serializers.CharField()
    failed = serializers.IntegerField()
    of = serializers.IntegerField(allow_null=True)
    cumulative = serializers.FloatField()


class ParetoSerializer(serializers.Serializer[Any]):
    """Failed attempts by what stands behind them, most first, at most 500 bars; `unnamed` of them name nothing."""

    failed = serializers.IntegerField()
    unnamed = serializers.IntegerField()
    bars = BarSerializer(many=True)


class ParetoFigures(APIView):
    """What fails most in the days `from` to `to`: `by` cause, operation, station, tool or lot."""

    permission_classes = (MayRead,)
    by = OpenApiParameter("by", OpenApiTypes.STR, enum=WAYS)

    @extend_schema(operation_id="pareto", tags=["assembly"], parameters=[*ASKED, by], responses=ParetoSerializer)  # type: ignore[untyped-decorator]
    def get(self, request: Request) -> Response:
        by = request.query_params.get("by", "")
        found = pareto_of(_asked(request).wish, by if by in WAYS else WAYS[0])
        shown = {"failed": found.failed, "unnamed": found.unnamed, "bars": found.bars[:LINES]}
        return Response(ParetoSerializer(shown).data)


class IndexSerializer(serializers.Serializer[Any]):
    """An index with its 95 % interval (Bissell)."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CapabilitySerializer(serializers.Serializer[Any]):
    """Capability of the values that count; indices are null where `why` says what cannot be told (few, flat,
    no_limits, none). `left_out`: how many values do not count, by reason; `others`: judged by which other limits."""

    n = serializers.IntegerField()
    why = serializers.CharField()
    limits = serializers.CharField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    standard_deviation = serializers.FloatField(allow_null=True)
    outside = serializers.IntegerField()
    cp = serializers.FloatField(allow_null=True)
    cpk = IndexSerializer(allow_null=True)
    pp = serializers.FloatField(allow_null=True)
    ppk = IndexSerializer(allow_null=True)
    normality_probability = serializers.FloatField(allow_null=True)
    left_out = serializers.DictField(child=serializers.IntegerField())
    others = serializers.DictField(child=serializers.IntegerField())


class CapabilityFigures(APIView):
    """Capability of a measured value of a product, as its page shows it: `what` is field:<id> of an operation's field,
    or point:<tool>:<name> of testers' files; `limits` as an answer named them."""

    permission_classes = (MayRead,)
    what = (OpenApiParameter("what", OpenApiTypes.STR), OpenApiParameter("limits", OpenApiTypes.STR))

    @extend_schema(
        operation_id="capability", tags=["assembly"], parameters=[*ASKED, *what], responses=CapabilitySerializer
    )  # type: ignore[untyped-decorator]
    def get(self, request: Request) -> Response:
        wanted, question = _asked(request), question_of(request.query_params.dict())
        source = source_of(question.field, question.point, wanted.wish.product)
        found = values_of(wanted.wish, source, question.limits) if source else ValueSet((), "", {}, cut=False)
        process = process_of(found, question.base)
        told = process.capability
        facts = {
            **{name: getattr(told, name) for name in ("n", "outside", "cp", "cpk", "pp", "ppk")},
            "why": told.why if found.used else "none",
            "limits": found.chosen,
            "low": process.low,
            "high": process.high,
            "mean": None if math.isnan(told.mean) else told.mean,
            "standard_deviation": None if math.isnan(told.overall) else told.overall,
            "normality_probability": told.normality.probability if told.normality else None,
            "left_out": found.left_out(),
            "others": found.others,
        }
        return Response(CapabilitySerializer(facts).data)


class ReferenceUnits(ListAPIView):  # type: ignore[type-arg]
    """The units that verify stations, with their marks, newest first; `?standing=1`: those that stand."""

    permission_classes = (MayRead,)
    serializer_class = ReferenceMarkSerializer
    queryset = ReferenceMark.objects.none()

    def get_queryset(self) -> QuerySet[ReferenceMark]:
        return reference_marks(standing=bool(self.request.query_params.get("standing")))


def _asked(request: Request) -> Asked:
    return asked_of(request.query_params.dict(), timezone.localdate())


def _whole(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


API_URLS = [
    path("quality/yields/", YieldFigures.as_view(), name="api_yields"),
    path("quality/attempts/", AttemptFigures.as_view(), name="api_attempts"),
    path("quality/pareto/", ParetoFigures.as_view(), name="api_pareto"),
    path("quality/capability/", CapabilityFigures.as_view(), name="api_capability"),
    path("quality/reference-units/", ReferenceUnits.as_view(), name="api_reference_units"),
    path(
        "quality/reference-units/marks/",
        endpoint("assembly.mark_reference_unit"),
        name="api_mark_reference_unit",
    ),
    path(
        "quality/reference-units/<str:unit>/end/",
        endpoint("assembly.end_reference_mark", ("unit",)),
        name="api_end_reference_mark",
    ),
]

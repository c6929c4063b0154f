"""The API of a rack's configuration (what was compared, what differs, who approved it) and of disposition rules."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assembly.api_rights import MayRead
from assembly.models import Build, DispositionRule
from assembly.queries.configuration import Compared, reconciled
from assembly.queries.dispositions import rule_list, rules_in_force
from inventory.forms import searched
from ledger.doors import endpoint


class ComparedSerializer(serializers.Serializer[Compared]):
    """One thing that was compared. `state`: match, alias, not_scanned, not_in_hardware, slot, unreadable, firmware or
    unreported (of `firmware:COMPONENT`: `scanned` is what revision `baseline` asks for); `key` names the difference for
    its approval; `test_run`: the latest file that tells it; `open`: it stops the rack."""

    key = serializers.CharField()
    state = serializers.CharField()
    what = serializers.CharField()
    place = serializers.CharField()
    scanned = serializers.CharField()
    reported = serializers.CharField()
    say = serializers.CharField()
    open = serializers.BooleanField(source="is_open")
    baseline = serializers.SerializerMethodField()
    test_run = serializers.IntegerField(source="test_run_id", allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    approved_by = serializers.CharField(source="approval.by.username", default=None, allow_null=True)
    approved_at = serializers.DateTimeField(source="approval.at", default=None, allow_null=True)
    reason = serializers.CharField(source="approval.reason", default="")

    def get_baseline(self, one: Compared) -> int | None:
        """The revision of the firmware baseline."""
        return one.baseline.revision if one.baseline else None


class ConfigurationSerializer(serializers.Serializer[dict[str, object]]):
    """Whether the rack may leave as far as its configuration goes, and everything that was compared."""

    may_leave = serializers.BooleanField()
    compared = ComparedSerializer(many=True)


class RackConfiguration(APIView):
    """A rack's configuration: designed and built against what its hardware reports."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="rack_configuration", tags=["assembly"], responses=ConfigurationSerializer)  # type: ignore[untyped-decorator]
    def get(self, request: Request, build_id: int) -> Response:
        build = get_object_or_404(Build, pk=build_id)
        told = reconciled([build.pk])[build.pk]
        answer = {"may_leave": not any(one.is_open for one in told), "compared": told}
        return Response(ConfigurationSerializer(answer).data)


class RuleSerializer(serializers.ModelSerializer[DispositionRule]):
    """One disposition rule; `tool` "" is every tool."""

    class Meta:
        model = DispositionRule
        fields = ("id", "tool", "condition", "key", "disposition", "reason")


class RuleList(ListAPIView, endpoint("assembly.release_dispositions").cls):  # type: ignore[type-arg, misc]
    """The disposition rules in force; `?condition=`, `?q=`. POST releases the next revision."""

    permission_classes = (MayRead,)
    serializer_class = RuleSerializer
    queryset = DispositionRule.objects.none()

    def get_queryset(self) -> QuerySet[DispositionRule]:
        told = self.request.query_params
        newest, _rules = rules_in_force()
        return rule_list(newest, searched(told.get("q")), told.get("condition", ""))


API_URLS = [
    path("disposition-rules/", RuleList.as_view(), name="api_dispositions"),
    path("racks/<int:build_id>/configuration/", RackConfiguration.as_view(), name="api_rack_configuration"),
    path(
        "racks/<int:build_id>/configuration/approval/",
        endpoint("assembly.approve_differences", ("build_id",)),
        name="api_rack_differences",
    ),
    path(
        "racks/<int:build_id>/configuration/withdrawal/",
        endpoint("assembly.withdraw_approvals", ("build_id",)),
        name="api_rack_withdrawal",
    ),
]
